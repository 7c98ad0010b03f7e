//! What the integration tests share: the program in-process, scratch directories, the golden case, an independent oracle.

pub(crate) mod mutate;
pub(crate) mod network;
pub(crate) mod oracle;
pub(crate) mod p1;
pub(crate) mod random;
pub(crate) mod smtlib;
pub(crate) mod walk;

use aclc::base::Lang;
use aclc::cli::{Exit, Io, run};
use oracle::{Packet, Position};
use serde_json::Value;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The evaluation date of every golden result.
pub(crate) const AT: &str = "2026-11-23";
/// The golden policy, relative to the root of the crate.
pub(crate) const POLICY: &str = "golden/p1_wired/policy.acl";
/// Its two switches.
pub(crate) const SWITCHES: [&str; 2] = ["L3SW-CORE01", "L3SW-MYN01"];

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) exit: Exit,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.out, self.err))
    }
}

/// The root of the crate: relative paths in arguments start there.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Runs the program with its surroundings fixed: English, no colour, the golden date.
pub(crate) fn aclc<S: AsRef<std::ffi::OsStr>>(args: &[S]) -> Ran {
    aclc_with(args, "")
}

/// [`aclc`] with something on standard input.
pub(crate) fn aclc_with<S: AsRef<std::ffi::OsStr>>(args: &[S], stdin: &str) -> Ran {
    let mut all = vec![OsString::from("aclc")];
    all.extend(args.iter().map(|arg| arg.as_ref().to_owned()));
    let stdin = stdin.as_bytes().to_vec();
    // The program gives itself this stack too: parsing is recursive within the limit of nesting.
    let work = std::thread::Builder::new()
        .stack_size(64 << 20)
        .spawn(move || {
            let (mut out, mut err) = (Vec::new(), Vec::new());
            let mut io = Io {
                stdin: &mut stdin.as_slice(),
                stdout: &mut out,
                stderr: &mut err,
                root: root(),
                today: AT.parse().expect("a date"),
                lang: Lang::En,
                colour: (false, false),
            };
            let exit = run(all, &mut io);
            let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
            Ran {
                exit,
                out: text(out),
                err: text(err),
            }
        });
    work.expect("a thread").join().expect("no panic")
}

/// Runs `verify` of a policy on the day of the tests, with JSON as result.
pub(crate) fn verified(policy: &Path, more: &[&str]) -> Ran {
    let policy = policy.to_str().unwrap();
    let args = ["verify", policy, "--at", AT, "--format", "json"];
    aclc(&[&args, more].concat())
}

/// A fresh directory for one test.
pub(crate) fn scratch(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).expect("a scratch directory");
    dir
}

/// The golden text of a switch.
pub(crate) fn golden(switch: &str) -> String {
    let path = root().join("golden/p1_wired").join(format!("{switch}.cfg"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Both golden texts, in the order of [`SWITCHES`].
pub(crate) fn golden_texts() -> [String; 2] {
    SWITCHES.map(golden)
}

/// Verifies these texts against the golden policy.
pub(crate) fn verify(dir: &Path, texts: &[String; 2]) -> Ran {
    for (switch, text) in SWITCHES.iter().zip(texts) {
        std::fs::write(dir.join(format!("{switch}.cfg")), text).expect("written");
    }
    let dir = dir.to_str().expect("UTF-8");
    aclc(&[
        "verify",
        POLICY,
        "--configs",
        dir,
        "--at",
        AT,
        "--format",
        "json",
    ])
}

/// A number from the environment, for longer runs.
pub(crate) fn asked(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |value| value.parse().expect("a number"))
}

/// A packet as the contract writes it.
pub(crate) fn packet(p: &Packet) -> Value {
    let mut object = serde_json::Map::new();
    let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
    put(
        "protocol",
        match (p.proto, p.v6) {
            (6, _) => "tcp".into(),
            (17, _) => "udp".into(),
            (1, false) => "icmp".into(),
            (58, true) => "icmpv6".into(),
            (n, _) => n.into(),
        },
    );
    put("src", oracle::show((p.v6, p.src)).into());
    put("dst", oracle::show((p.v6, p.dst)).into());
    if p.position != Position::Later {
        if p.proto == 6 || p.proto == 17 {
            put("sport", p.sport.into());
            put("dport", p.dport.into());
        }
        if p.proto == 6 {
            let set: Vec<&str> = FLAGS
                .iter()
                .enumerate()
                .filter(|(i, _)| p.flags >> i & 1 == 1)
                .map(|(_, f)| *f)
                .collect();
            put("flags", set.into());
        }
        if p.icmp_applies() {
            put("icmp_type", p.icmp.0.into());
            put("icmp_code", p.icmp.1.into());
        }
    }
    match p.position {
        Position::Whole => None,
        Position::First => put("fragment", "first".into()),
        Position::Later => put("fragment", "later".into()),
    };
    if p.ext {
        put("ext_headers", true.into());
    }
    object.into()
}

const FLAGS: [&str; 6] = ["fin", "syn", "rst", "psh", "ack", "urg"];

/// A witness as the oracle's packet.
pub(crate) fn read_packet(json: &Value) -> Packet {
    let text = |key: &str| {
        json[key]
            .as_str()
            .unwrap_or_else(|| panic!("no `{key}` in {json}"))
    };
    let number = |key: &str| json[key].as_u64().unwrap_or(0);
    let (src, dst) = (oracle::addr(text("src")), oracle::addr(text("dst")));
    let proto = match json["protocol"].as_str() {
        Some("tcp") => 6,
        Some("udp") => 17,
        Some("icmp") => 1,
        Some("icmpv6") => 58,
        _ => number("protocol") as u8,
    };
    let flags = json["flags"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|f| FLAGS.iter().position(|g| f == g));
    Packet {
        v6: src.0,
        src: src.1,
        dst: dst.1,
        proto,
        position: match json["fragment"].as_str() {
            Some("first") => Position::First,
            Some("later") => Position::Later,
            _ => Position::Whole,
        },
        sport: number("sport") as u16,
        dport: number("dport") as u16,
        flags: flags.fold(0, |all, i| all | 1 << i),
        icmp: (number("icmp_type") as u8, number("icmp_code") as u8),
        ext: json["ext_headers"] == true,
    }
}
