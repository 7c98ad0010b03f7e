//! The golden cases: what `build` writes and `verify` says, byte for byte, whatever the surroundings.

use crate::support::{AT, POLICY, SWITCHES, aclc, golden, root, scratch};
use aclc::cli::Exit;
use std::path::Path;
use std::process::Command;

/// Compares with a file of the repository, or writes it if `ACLC_UPDATE` is set. The digest of the vendor facts is left out:
/// what is known of one dialect changes no verdict about another, and `aclc facts` and the README hold the digest itself.
fn expect(path: &str, found: &str) {
    let file = root().join(path);
    let found = found.replace(aclc::facts::digest(), "<facts>");
    if std::env::var_os("ACLC_UPDATE").is_some() {
        std::fs::write(&file, &found).unwrap();
    }
    let held = std::fs::read_to_string(&file).unwrap_or_default();
    if held != found {
        let line = held
            .lines()
            .zip(found.lines())
            .take_while(|(a, b)| a == b)
            .count()
            + 1;
        panic!(
            "{path} differs from line {line} on:\n  held:  {}\n  found: {}\nif the new text is right, run `ACLC_UPDATE=1 cargo test --test main golden` and review the diff",
            held.lines().nth(line - 1).unwrap_or("(end)"),
            found.lines().nth(line - 1).unwrap_or("(end)"),
        );
    }
}

/// A policy with what is held of it: the text of its switches, and what `verify` says of that text.
struct Case {
    dir: &'static str,
    switches: &'static [&'static str],
    /// File, arguments, verdict.
    says: &'static [(&'static str, &'static [&'static str], Exit)],
}

const SETTLED: [(&str, &[&str], Exit); 3] = [
    ("verify.json", &["--format", "json"], Exit::Clean),
    ("verify.en.txt", &["--lang", "en"], Exit::Clean),
    ("verify.ja.txt", &["--lang", "ja"], Exit::Clean),
];

/// One switch that holds every network owns addresses in all of them: what is proved of those addresses leans on what its
/// lists see, and is unknown where only confirmed facts may be leant on and that one is not.
const SINGLE: [(&str, &[&str], Exit); 2] = [
    ("verify.ja.txt", &["--lang", "ja"], Exit::Clean),
    (
        "verify-confirmed.ja.txt",
        &["--lang", "ja", "--facts", "confirmed"],
        Exit::Unknown,
    ),
];

/// The same where it is not even modelled whether a list sees packets to the switch: what was written equals the policy, and
/// may be written if that is allowed.
const OPEN: [(&str, &[&str], Exit); 1] = [("verify.ja.txt", &["--lang", "ja"], Exit::Unknown)];

/// A pattern of the document: proved, in the words an officer reads.
const PROVED: [(&str, &[&str], Exit); 1] = [("verify.ja.txt", &["--lang", "ja"], Exit::Clean)];

const fn case(
    dir: &'static str,
    switches: &'static [&'static str],
    says: &'static [(&'static str, &'static [&'static str], Exit)],
) -> Case {
    Case {
        dir,
        switches,
        says,
    }
}

const CASES: &[Case] = &[
    case("p1_wired", &SWITCHES, &SETTLED),
    case("p1_one_switch", &["L3SW-CORE01", "L3SW-CORE02"], &SETTLED),
    case(
        "p1_one_switch/juniper-junos",
        &["L3SW-CORE01", "L3SW-CORE02"],
        &PROVED,
    ),
    case("p1_single/cisco-ios-xe", &["L3SW-01"], &SINGLE),
    case("p1_single/alaxala-ax", &["L3SW-01"], &SINGLE),
    case("p1_single/cisco-nx-os", &["L3SW-01"], &OPEN),
    case("p1_single/arista-eos", &["L3SW-01"], &OPEN),
    case("p1_single/aruba-aos-cx", &["L3SW-01"], &OPEN),
    case("p1_single/allied-telesis-awplus", &["L3SW-01"], &OPEN),
    case("awplus_ipv6", &["L3SW-01"], &OPEN),
    case("p1_single/juniper-junos", &["L3SW-01"], &SINGLE),
    case("p1_single/linux-nftables", &["L3SW-01"], &PROVED),
    // What lists on these switches see of packets to the switch is open, so the policy claims nothing of own addresses.
    case("p1_single/hpe-comware", &["L3SW-01"], &SINGLE),
    case("p2_one_ssid", &SWITCHES, &PROVED),
    case("p2_radius_vlan", &SWITCHES, &PROVED),
    case("p3_two_ssid", &SWITCHES, &PROVED),
    case("p4_dedicated", &SWITCHES, &PROVED),
    case("p5_maint", &SWITCHES, &PROVED),
    case("p6_remote", &SWITCHES, &PROVED),
    case("beta_terminal", &SWITCHES, &PROVED),
    case(
        "branch_offices",
        &["L3SW-BR1", "L3SW-BR2", "L3SW-CORE01", "L3SW-MYN01"],
        &PROVED,
    ),
    case("tokutei", &SWITCHES, &PROVED),
    case("daas_edge", &SWITCHES, &PROVED),
];

/// Policies that cannot be kept as they are, with what is said of what would be written.
const REFUTED: [&str; 2] = ["p2_one_ssid/flat", "p6_remote/double_hop"];

#[test]
fn what_lists_cannot_separate_is_refuted() {
    for name in REFUTED {
        let policy = format!("golden/{name}.acl");
        let ran = aclc(&["verify", &policy, "--at", AT, "--lang", "ja"]);
        assert_eq!(ran.exit, Exit::Findings, "{name}: {}", ran.err);
        assert!(ran.out.contains("inseparable"), "{name}");
        expect(&format!("golden/{name}.ja.txt"), &ran.out);
    }
}

impl Case {
    fn path(&self, file: &str) -> String {
        format!("golden/{}/{file}", self.dir)
    }
}

#[test]
fn build_writes_the_golden_text() {
    for case in CASES {
        let dir = scratch(&format!("golden-build-{}", case.dir.replace('/', "-")));
        let policy = case.path("policy.acl");
        let to = ["build", &policy, "-o", dir.to_str().unwrap(), "--at", AT];
        // What is written does not depend on the leave to write it unproved; equality is proved in any case.
        let ran = aclc(&[&to, &["--allow-unproved"][..]].concat());
        assert_eq!(ran.exit, case.says[0].2, "{policy}: {}", ran.err);
        let files: Vec<String> = case.switches.iter().map(|s| format!("{s}.cfg")).collect();
        for file in &files {
            let found = std::fs::read_to_string(dir.join(file)).unwrap();
            expect(&case.path(file), &found);
        }
        let mut names: Vec<String> = std::fs::read_dir(&dir)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, files, "nothing else is written");
    }
}

#[test]
fn verify_says_the_same() {
    for case in CASES {
        let (policy, configs) = (case.path("policy.acl"), format!("golden/{}", case.dir));
        for (file, extra, exit) in case.says {
            let fixed = ["verify", &policy, "--configs", &configs, "--at", AT];
            let ran = aclc(&[&fixed, *extra].concat());
            assert_eq!(
                ran.exit, *exit,
                "{policy} {extra:?}: {}{}",
                ran.out, ran.err
            );
            expect(&case.path(file), &ran.out);
        }
    }
}

/// The real program, with an environment.
fn process(args: &[&str], env: &[(&str, &str)]) -> (Option<i32>, Vec<u8>, Vec<u8>) {
    let program = Path::new(env!("CARGO_BIN_EXE_aclc"));
    let out = Command::new(program)
        .args(args)
        .current_dir(root())
        .envs(env.iter().copied())
        .output()
        .unwrap();
    (out.status.code(), out.stdout, out.stderr)
}

#[test]
fn same_bytes_whatever_the_surroundings() {
    let surroundings: [&[(&str, &str)]; 3] = [
        &[("LANG", "C"), ("LC_ALL", "C"), ("TZ", "UTC")],
        &[
            ("LANG", "de_DE.UTF-8"),
            ("LC_ALL", ""),
            ("TZ", "America/New_York"),
            ("COLUMNS", "40"),
        ],
        &[
            ("LANG", "en_US.UTF-8"),
            ("LC_ALL", "tr_TR.UTF-8"),
            ("TZ", "Asia/Kiritimati"),
            ("TERM", "xterm-256color"),
        ],
    ];
    for args in [
        ["build", POLICY, "--at", AT].as_slice(),
        &[
            "verify",
            POLICY,
            "--configs",
            "golden/p1_wired",
            "--at",
            AT,
            "--format",
            "json",
        ],
        &["verify", POLICY, "--configs", "golden/p1_wired", "--at", AT],
    ] {
        let all: Vec<_> = surroundings.iter().map(|env| process(args, env)).collect();
        assert_eq!(all[0].0, Some(0));
        assert!(
            all.iter().all(|one| *one == all[0]),
            "{args:?} depends on its surroundings"
        );
    }
    // The language of the environment changes words, never what is written to a device or the verdict.
    let ja = process(&["build", POLICY, "--at", AT], &[("LC_ALL", "ja_JP.UTF-8")]);
    let text = String::from_utf8(ja.1).unwrap();
    for switch in SWITCHES {
        assert!(
            text.contains(golden(switch).trim_end()),
            "{switch} depends on the language"
        );
    }
}
