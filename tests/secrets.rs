//! Passwords, keys, communities and hashes of every dialect reach no output (`tests/corpus/<dialect>/secrets.cfg`).
//!
//! Each capture there has secrets in the dialect's own forms, in lines that are read, in lines that are not understood, and in
//! remarks. All begin with `hush`, so one word is looked for in whatever the program says.

use crate::support::{AT, Ran, aclc, root, scratch};
use aclc::vendor::DIALECTS;
use std::path::{Path, PathBuf};

/// What every secret begins with.
const SECRET: &str = "hush";

const FORMATS: [&str; 7] = [
    "text",
    "json",
    "sarif",
    "junit",
    "markdown",
    "codequality",
    "html",
];

/// The secrets alone, and behind what the golden policy would write, for jobs that need a network.
fn captures(dialect: &str) -> (PathBuf, PathBuf) {
    let dir = scratch(&format!("secrets-{dialect}"));
    let secrets = root().join(format!("tests/corpus/{dialect}/secrets.cfg"));
    let golden = root().join(format!("golden/p1_single/{dialect}/L3SW-01.cfg"));
    let [secrets, golden] = [secrets, golden].map(|path| std::fs::read_to_string(path).unwrap());
    assert!(secrets.matches(SECRET).count() > 4, "{dialect}");
    let (alone, both) = (dir.join("alone.cfg"), dir.join("L3SW-01.cfg"));
    std::fs::write(&alone, &secrets).unwrap();
    let golden = golden.trim_end().trim_end_matches("end");
    std::fs::write(&both, format!("{golden}\n{secrets}")).unwrap();
    (alone, both)
}

fn silent(what: &str, ran: &Ran) {
    for said in [&ran.out, &ran.err] {
        let line = said.lines().find(|line| line.contains(SECRET));
        // In a page all is on one line.
        let at = line.and_then(|line| line.split_once(SECRET));
        let near = at.map(|(before, after)| {
            let start = before.char_indices().rev().nth(60).map_or(0, |(at, _)| at);
            let behind: String = after.chars().take(10).collect();
            format!("{}{SECRET}{behind}", &before[start..])
        });
        assert_eq!(near, None, "{what}");
    }
}

fn run(what: &str, args: &[&str]) -> Ran {
    let ran = aclc(&[args, &["--at", AT, "--lang", "en"]].concat());
    silent(&format!("{what}: {args:?}"), &ran);
    ran
}

#[test]
fn no_secret_of_a_capture_reaches_an_output() {
    for (at, dialect) in DIALECTS.iter().map(|dialect| dialect.id()).enumerate() {
        let (alone, both) = captures(dialect);
        let golden = format!("golden/p1_single/{dialect}/L3SW-01.cfg");
        let file = alone.to_str().unwrap();
        let given = ["--dialect", dialect];
        for format in ["text", "json", "sarif", "markdown", "codequality"] {
            let form = ["--format", format];
            let ran = run(dialect, &[&["lint", file], &form[..], &given].concat());
            assert!(
                !ran.out.is_empty(),
                "{dialect}: what is not understood is told"
            );
        }
        for format in ["text", "json"] {
            let form = ["--format", format];
            run(
                dialect,
                &[&["diff", &golden, file], &form[..], &given].concat(),
            );
            run(
                dialect,
                &[&["check", "--coverage", file], &form[..], &given].concat(),
            );
        }
        run(dialect, &[&["import", file], &given[..]].concat());
        run(dialect, &[&["sheet", file], &given[..]].concat());
        let flat = flat(&alone);
        run(
            dialect,
            &[
                &["lint", flat.to_str().unwrap(), "--format", "json"],
                &given[..],
            ]
            .concat(),
        );
        traced(dialect, &alone);
        judged(dialect, &both, at);
    }
}

/// The same lines without their places: most are not understood then, and told.
fn flat(alone: &Path) -> PathBuf {
    let text = std::fs::read_to_string(alone).unwrap();
    let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
    let path = alone.with_file_name("flat.cfg");
    std::fs::write(&path, lines.join("\n")).unwrap();
    path
}

/// `trace --acl` shows the deciding entry, which is one with a secret.
fn traced(dialect: &str, config: &Path) {
    let packets = scratch(&format!("secrets-packets-{dialect}")).join("p.jsonl");
    let packet = r#"{"protocol":"tcp","src":"10.0.0.1","dst":"10.0.0.2","sport":1,"dport":2}"#;
    std::fs::write(&packets, packet).unwrap();
    let (config, packets) = (config.to_str().unwrap(), packets.to_str().unwrap());
    let list = match dialect {
        "linux-nftables" => return, // a chain has no name of its own to trace by
        _ => "SECRETS",
    };
    for format in ["text", "json"] {
        let args = ["trace", config, "--acl", list, "--packets", packets];
        let ran = run(
            dialect,
            &[&args[..], &["--format", format, "--dialect", dialect]].concat(),
        );
        assert!(!ran.out.is_empty(), "{dialect}: {}", ran.err);
    }
}

/// Jobs on a network: three formats of each dialect, every format of some. What a reader keeps of a line is the same for all.
fn judged(dialect: &str, config: &Path, at: usize) {
    let policy = format!("golden/p1_single/{dialect}/policy.acl");
    let configs = config.parent().unwrap().join("configs");
    std::fs::create_dir_all(&configs).unwrap();
    std::fs::copy(config, configs.join("L3SW-01.cfg")).unwrap();
    let configs = configs.to_str().unwrap();
    for format in FORMATS.iter().cycle().skip(at * 3).take(3) {
        let args = ["verify", &policy, "--configs", configs, "--format", format];
        let ran = run(dialect, &args);
        assert!(!ran.out.is_empty(), "{dialect} {format}: {}", ran.err);
    }
    let zones = ["--from", "端末_取扱", "--to", "業務サーバ"];
    run(
        dialect,
        &[&["query", &policy, "--configs", configs], &zones[..]].concat(),
    );
}

/// An interface that goes takes its keys along; to bring it back they are needed, and are not shown.
#[test]
fn a_plan_masks_what_it_would_type() {
    let dir = scratch("secrets-plan");
    let golden = root().join("golden/p1_single/cisco-ios-xe/L3SW-01.cfg");
    let text = std::fs::read_to_string(golden).unwrap();
    let more = "interface Vlan999\n ip ospf message-digest-key 1 md5 hush1\n standby 1 authentication hush2\n!\nend\n";
    let with = text.replace("\nend\n", &format!("\n{more}"));
    assert_ne!(with, text);
    let [old, new] = [("old", &with), ("new", &text)].map(|(side, text)| {
        let side = dir.join(side);
        std::fs::create_dir_all(&side).unwrap();
        std::fs::write(side.join("L3SW-01.cfg"), text).unwrap();
        side.to_str().unwrap().to_owned()
    });
    let policy = "golden/p1_single/cisco-ios-xe/policy.acl";
    let out = dir.join("documents");
    for (from, to) in [(&old, &new), (&new, &old)] {
        let ran = run(
            "plan",
            &["plan", from, to, "--policy", policy, "--format", "json"],
        );
        assert!(ran.out.contains("<masked>"), "{}", ran.out);
        assert!(
            ran.out.contains("type the line of the saved configuration"),
            "{}",
            ran.out
        );
        let to = out.to_str().unwrap();
        run(
            "documents",
            &["plan", &old, &new, "--policy", policy, "-o", to],
        );
        for file in ["procedure.md", "rollback.md"] {
            let text = std::fs::read_to_string(out.join(file)).unwrap();
            assert!(!text.contains(SECRET), "{text}");
        }
    }
}
