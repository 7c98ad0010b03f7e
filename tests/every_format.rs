//! What holds of every format alike: the same bytes whatever the surroundings, the digest of the vendor facts, a workbook that
//! a reader opens, and no word stronger than a proof.

use crate::evidence::FORMATS;
use crate::support::{AT, POLICY, SWITCHES, aclc, golden_texts, root, scratch};
use calamine::Reader as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The golden captures with a broken reply, written in one order or the other.
fn folder(name: &str, backwards: bool) -> PathBuf {
    let dir = scratch(name);
    std::fs::create_dir(dir.join("configs")).unwrap();
    let mut files: Vec<(String, String)> = SWITCHES
        .iter()
        .zip(golden_texts())
        .map(|(switch, text)| {
            (
                format!("configs/{switch}.cfg"),
                text.replace(" established", ""),
            )
        })
        .collect();
    files.push((
        "policy.acl".to_owned(),
        std::fs::read_to_string(root().join(POLICY)).unwrap(),
    ));
    if backwards {
        files.reverse();
    }
    for (name, text) in files {
        std::fs::write(dir.join(name), text).unwrap();
    }
    dir
}

/// The real program in a folder, with an environment.
fn run(dir: &Path, args: &[&str], environment: &[(&str, &str)]) -> Vec<u8> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aclc"));
    command.current_dir(dir).args(args).env_clear();
    let ran = command.envs(environment.iter().copied()).output().unwrap();
    assert_ne!(
        ran.status.code(),
        Some(2),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    ran.stdout
}

#[test]
fn the_surroundings_change_no_byte_in_any_format() {
    let (one, other) = (folder("formats-one", false), folder("formats-other", true));
    let here = [("TZ", "Asia/Tokyo"), ("LANG", "ja_JP.UTF-8"), ("HOME", "/")];
    let there = [
        ("TZ", "Pacific/Honolulu"),
        ("LC_ALL", "C"),
        ("LANG", "en_US.UTF-8"),
        ("COLUMNS", "40"),
    ];
    for format in FORMATS {
        let args = [
            "verify",
            "policy.acl",
            "--configs",
            "configs",
            "--at",
            AT,
            "--lang",
            "ja",
            "--format",
            format,
        ];
        let first = run(&one, &args, &here);
        assert!(!first.is_empty(), "{format}");
        assert!(first == run(&other, &args, &there), "{format}");
    }
    for format in ["text", "json", "sarif", "markdown", "codequality", "html"] {
        let args = [
            "diff",
            "configs",
            "policy.acl",
            "--at",
            AT,
            "--lang",
            "en",
            "--format",
            format,
        ];
        assert!(
            run(&one, &args, &here) == run(&other, &args, &there),
            "diff {format}"
        );
    }
    let args = [
        "verify",
        "policy.acl",
        "--configs",
        "configs",
        "--at",
        AT,
        "--certificate",
        "c.json",
    ];
    run(&one, &args, &here);
    run(&other, &args, &there);
    let certificate = |dir: &Path| std::fs::read(dir.join("c.json")).unwrap();
    assert!(certificate(&one) == certificate(&other), "certificate");
}

#[test]
fn the_digest_of_the_vendor_facts_is_in_every_output() {
    let dir = folder("formats-facts", false);
    let digest = aclc::facts::digest();
    let config = "configs/L3SW-CORE01.cfg";
    let commands: [(&[&str], &[&str]); 5] = [
        (&["verify", "policy.acl", "--configs", "configs"], &FORMATS),
        (
            &["diff", "configs", "policy.acl"],
            &["text", "json", "sarif", "markdown", "codequality", "html"],
        ),
        (
            &["lint", config],
            &["text", "json", "sarif", "markdown", "codequality"],
        ),
        (
            &["build", "policy.acl", "-o", "out"],
            &["text", "json", "sarif", "junit", "markdown"],
        ),
        (
            &[
                "query",
                "policy.acl",
                "--from",
                "端末_取扱",
                "--to",
                "画面転送ネットワーク",
            ],
            &["text", "json"],
        ),
    ];
    for (command, formats) in commands {
        for format in formats {
            let args = [command, &["--at", AT, "--lang", "en", "--format", format]].concat();
            let out = run(&dir, &args, &[]);
            let text = match *format {
                "xlsx" => cells(&out),
                _ => String::from_utf8(out).unwrap(),
            };
            assert!(text.contains(digest), "{command:?} {format}");
        }
    }
}

/// The text of every cell.
fn cells(bytes: &[u8]) -> String {
    let mut book: calamine::Xlsx<_> = calamine::Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    let mut all = String::new();
    for (_, range) in book.worksheets() {
        for cell in range.rows().flatten() {
            all.push_str(&cell.to_string());
            all.push('\n');
        }
    }
    all
}

#[test]
fn a_reader_opens_the_workbook_in_both_languages() {
    let dir = folder("formats-workbook", false);
    for (lang, names) in [
        ("ja", ["判定", "必要な通信", "変更の効果"]),
        ("en", ["claims", "flows", "effect of the change"]),
    ] {
        let args = [
            "verify",
            "policy.acl",
            "--configs",
            "configs",
            "--before",
            "policy.acl",
            "--at",
            AT,
            "--lang",
            lang,
            "--format",
            "xlsx",
        ];
        let bytes = run(&dir, &args, &[]);
        let mut book: calamine::Xlsx<_> =
            calamine::Xlsx::new(std::io::Cursor::new(&bytes)).unwrap();
        let sheets = book.sheet_names();
        for name in names {
            assert!(
                sheets.iter().any(|sheet| sheet == name),
                "{name}: {sheets:?}"
            );
        }
        for name in sheets {
            let range = book.worksheet_range(&name).unwrap();
            let width = range.width();
            assert!(width > 1 && range.height() > 0, "{name} is a table");
            let heads = range.rows().next().unwrap();
            assert!(
                heads.iter().all(|head| !head.to_string().is_empty()),
                "{name}: {heads:?}"
            );
            assert!(
                book.worksheet_formula(&name).unwrap().is_empty(),
                "{name} has a formula"
            );
        }
    }
    // Each column has a width of its own.
    let bytes = run(
        &dir,
        &["verify", "policy.acl", "--at", AT, "--format", "xlsx"],
        &[],
    );
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let all: Vec<String> = (0..zip.len())
        .map(|at| {
            zip.by_index(at)
                .unwrap()
                .name()
                .map(|name| name.to_string())
                .unwrap()
        })
        .collect();
    let is_sheet = |name: &&String| name.starts_with("xl/worksheets/sheet");
    let sheets: Vec<&String> = all.iter().filter(is_sheet).collect();
    assert!(sheets.len() > 7, "{sheets:?}");
    for sheet in sheets {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut zip.by_name(sheet).unwrap(), &mut text).unwrap();
        assert!(
            text.contains("<cols>") && text.contains("width=\""),
            "{sheet}"
        );
        assert!(text.contains("<pane "), "{sheet}: the heads stay in sight");
    }
}

/// Words that claim more than a proof about access lists can: allowed where they deny it, or name something else.
const STRONG: [&str; 9] = [
    "安全",
    "分離",
    "隔離",
    "保証",
    " safe",
    "secure",
    "separated",
    "isolated",
    "guarantee",
];
const MAY: [&str; 4] = [
    // The law's own term, 安全管理措置.
    "安全管理措置",
    // What a person vouches for, not the program.
    "利用者が保証",
    // That something does not hold.
    "not separated",
    "分けられて",
];

#[test]
fn no_word_is_stronger_than_the_proof() {
    let mut wrong = Vec::new();
    let dir = root().join("src/base/text");
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for (number, line) in (1..)
            .zip(text.lines())
            .filter(|(_, line)| !line.starts_with(['#', '[']))
        {
            let rest = MAY
                .iter()
                .fold(line.to_lowercase(), |rest, may| rest.replace(may, ""));
            if STRONG.iter().any(|word| rest.contains(word)) {
                wrong.push(format!("{}:{number}: {line}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn past_so_many_cells_no_certificate_is_written_and_why_is_said() {
    let dir = scratch("formats-large");
    // Boxes that overlap in three fields at once leave many cells between them.
    let seed = 20_000;
    eprintln!("seed {seed}");
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut list = String::new();
    for entry in 0..1500 {
        let hosts = (1 << rng.u32(2..8)) - 1;
        let (a, b) = (rng.u32(0..4), rng.u32(0..256) & !hosts);
        let mut range = || {
            let low = rng.u32(1..55_000);
            format!("range {low} {}", low + rng.u32(1000..3000))
        };
        let (from, to) = (range(), range());
        let action = if entry % 2 == 0 { "permit" } else { "deny" };
        list.push_str(&format!(
            " {action} tcp 10.1.{a}.{b} 0.0.0.{hosts} {from} host 10.2.0.11 {to}\n"
        ));
    }
    let config = format!(
        "hostname SW\nip access-list extended A_IN\n{list} deny ip any any\ninterface Vlan10\n ip address 10.1.0.1 255.255.252.0\n ip access-group A_IN in\ninterface Vlan20\n ip address 10.2.0.1 255.255.255.0\n"
    );
    std::fs::write(dir.join("SW.cfg"), config).unwrap();
    let policy = "site S { ipv4-only }\nzone A vlan 10 10.1.0.0/22\nzone B vlan 20 10.2.0.0/24 { host b1 .11 }\nswitch SW : cisco-ios-xe \"C9300\" { svi A, B }\nprove A -> B only b1 : tcp 1-65535\n";
    std::fs::write(dir.join("policy.acl"), policy).unwrap();
    let (policy, configs, file) = (dir.join("policy.acl"), dir.clone(), dir.join("c.json"));
    let words = [&policy, &configs, &file].map(|path| path.to_str().unwrap());
    let ran = aclc(&[
        "verify",
        words[0],
        "--configs",
        words[1],
        "--at",
        AT,
        "--certificate",
        words[2],
    ]);
    let (written, said) = (file.exists(), ran.err.contains("20000 cells"));
    assert!(written != said, "{}", ran.err);
    assert!(said, "this list is too large to look at: {}", ran.err);
}
