//! The golden case: what `build` writes and `verify` says, byte for byte, whatever the surroundings.

use crate::support::{AT, POLICY, SWITCHES, aclc, golden, root, scratch};
use aclc::cli::Exit;
use std::path::Path;
use std::process::Command;

/// Compares with a file of the repository, or writes it if `ACLC_UPDATE` is set.
fn expect(path: &str, found: &str) {
    let file = root().join(path);
    if std::env::var_os("ACLC_UPDATE").is_some() {
        std::fs::write(&file, found).unwrap();
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

#[test]
fn build_writes_the_golden_text() {
    let dir = scratch("golden-build");
    let ran = aclc(&["build", POLICY, "-o", dir.to_str().unwrap(), "--at", AT]);
    assert_eq!(ran.exit, Exit::Clean, "{}", ran.err);
    for switch in SWITCHES {
        let found = std::fs::read_to_string(dir.join(format!("{switch}.cfg"))).unwrap();
        expect(&format!("golden/p1_wired/{switch}.cfg"), &found);
    }
    let mut names: Vec<String> = std::fs::read_dir(&dir)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        SWITCHES.map(|switch| format!("{switch}.cfg")),
        "nothing else is written"
    );
}

#[test]
fn verify_says_the_same() {
    let verify = |extra: &[&str]| {
        let fixed = ["verify", POLICY, "--configs", "golden/p1_wired", "--at", AT];
        let ran = aclc(&[&fixed, extra].concat());
        assert_eq!(ran.exit, Exit::Clean, "{}{}", ran.out, ran.err);
        ran.out
    };
    expect(
        "golden/p1_wired/verify.json",
        &verify(&["--format", "json"]),
    );
    expect("golden/p1_wired/verify.en.txt", &verify(&["--lang", "en"]));
    expect("golden/p1_wired/verify.ja.txt", &verify(&["--lang", "ja"]));
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
