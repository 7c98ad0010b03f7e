//! Wrong input: exit 2, every finding with its place and a way out, at once, and nothing written.

use crate::support::{AT, POLICY, Ran, aclc, golden, root, scratch};
use aclc::cli::Exit;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What is promised; an unoptimised build on a shared machine takes longer over 20 MB.
const SOON: Duration = Duration::from_millis(if cfg!(debug_assertions) { 4000 } else { 1000 });

fn policy() -> String {
    std::fs::read_to_string(root().join(POLICY)).unwrap()
}

/// Builds into a directory that has something in it already, and looks whether it stays as it was.
fn build(path: &Path) -> Ran {
    let out = path.with_extension("out");
    std::fs::create_dir_all(&out).unwrap();
    std::fs::write(out.join("L3SW-CORE01.cfg"), "! as it was\n").unwrap();
    let started = Instant::now();
    let ran = aclc(&[
        "build",
        path.to_str().unwrap(),
        "-o",
        out.to_str().unwrap(),
        "--at",
        AT,
        "--lang",
        "en",
    ]);
    let took = started.elapsed();
    assert!(took < SOON, "{}: {took:?}", path.display());
    let names: Vec<_> = std::fs::read_dir(&out)
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(
        names,
        ["L3SW-CORE01.cfg"],
        "{}: something was written",
        path.display()
    );
    assert_eq!(
        std::fs::read_to_string(out.join("L3SW-CORE01.cfg")).unwrap(),
        "! as it was\n"
    );
    ran
}

fn write(name: &str, bytes: &[u8]) -> PathBuf {
    let path = scratch(&format!("bad-{name}")).join("policy.acl");
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Exit 2 with these words underlined on these lines (in the JSON of `check`), a help, and the place in the text.
fn refused(name: &str, bytes: &[u8], expected: &[(&str, &str)]) {
    let path = write(name, bytes);
    let ran = build(&path);
    assert_eq!(ran.exit, Exit::CannotRun, "{name}: {}", ran.err);
    assert!(ran.out.is_empty(), "{name}: {}", ran.out);
    let shown = path.to_str().unwrap();
    let json = aclc(&["build", shown, "--at", AT, "--format", "json"]).json();
    assert_eq!(json["schema"], "aclc/error/1", "{name}");
    let all = json["diagnostics"].as_array().unwrap();
    let text = String::from_utf8_lossy(bytes).into_owned();
    for (code, underlined) in expected {
        let hit = all
            .iter()
            .find(|d| d["code"] == *code && marked(&text, d) == *underlined);
        let listed: Vec<String> = all
            .iter()
            .map(|d| format!("{} `{}`", d["code"], marked(&text, d)))
            .collect();
        let hit =
            hit.unwrap_or_else(|| panic!("{name}: no {code} at `{underlined}` in {listed:?}"));
        assert!(
            hit["help"].is_string(),
            "{name}: {code} at `{underlined}` offers no way out"
        );
        let place = format!("{shown}:{}:{}", hit["line"], hit["column"]);
        assert!(
            ran.err.contains(&place),
            "{name}: no `{place}` in\n{}",
            ran.err
        );
        assert!(
            ran.err.contains('^'),
            "{name}: nothing is underlined in\n{}",
            ran.err
        );
    }
}

/// The words a diagnostic underlines, read off its lines and columns.
fn marked(text: &str, diagnostic: &serde_json::Value) -> String {
    let number = |key: &str| diagnostic[key].as_u64().unwrap_or(0) as usize;
    let line = text
        .lines()
        .nth(number("line").wrapping_sub(1))
        .unwrap_or_default();
    let from = number("column").saturating_sub(1);
    let to = if number("end_line") == number("line") {
        number("end_column").saturating_sub(1)
    } else {
        usize::MAX
    };
    line.chars()
        .skip(from)
        .take(to.saturating_sub(from))
        .collect()
}

/// The golden policy with one place changed.
fn with(from: &str, to: &str) -> Vec<u8> {
    let text = policy();
    assert!(text.contains(from), "the golden policy has no `{from}`");
    text.replacen(from, to, 1).into_bytes()
}

#[test]
fn unknown_and_repeated_names_all_at_once() {
    let text = policy()
        .replacen(
            "許可 端末 -> 財務, 文書 :",
            "許可 端末 -> 財務課, 文書 :",
            1,
        )
        .replacen(
            "許可 端末 -> proxy : std.proxy",
            "許可 端末 -> proxy : std.proxi",
            1,
        )
        .replacen("ホスト 文書 .12", "ホスト 財務 .12", 1);
    refused(
        "names",
        text.as_bytes(),
        &[
            ("unknown-name", "財務課"),
            ("unknown-name", "proxi"),
            ("repeated-name", "財務"),
        ],
    );
}

#[test]
fn overlapping_zones() {
    refused(
        "overlap",
        &with("VLAN 120 10.10.24.0/25", "VLAN 120 10.10.18.0/25"),
        &[("overlap", "10.10.18.0/25")],
    );
}

#[test]
fn host_bits() {
    refused(
        "host-bits",
        &with("10.10.32.0/24", "10.10.32.5/24"),
        &[("host-bits", "10.10.32.5/24")],
    );
}

#[test]
fn a_zone_without_a_port() {
    refused(
        "no-port",
        &with(
            "出入口 端末_取扱, 端末_一般, 複合機,",
            "出入口 端末_取扱, 端末_一般,",
        ),
        &[("zone-without-svi", "VLAN 120 10.10.24.0/25")],
    );
}

#[test]
fn an_interface_for_what_is_no_zone() {
    refused(
        "no-vlan",
        &with(
            "出入口 仮想化端末, 業務システム,",
            "出入口 仮想化端末, 業務系,",
        ),
        &[("unknown-name", "業務系")],
    );
}

#[test]
fn an_allow_under_a_forbid() {
    let bytes = with(
        "許可 端末 -> wsus",
        "許可 端末 -> 業務システム : std.https\n許可 端末 -> wsus",
    );
    refused(
        "allow-forbidden",
        &bytes,
        &[("allow-in-forbid", "許可 端末 -> 業務システム : std.https")],
    );
}

#[test]
fn an_unsupported_dialect() {
    refused(
        "dialect",
        &with("alaxala-ax \"AX", "alaxala-bx \"AX"),
        &[("unknown-dialect", "alaxala-bx")],
    );
}

#[test]
fn broken_files() {
    let sentinel = |name: &str, bytes: &[u8]| {
        let ran = build(&write(name, bytes));
        assert_eq!(ran.exit, Exit::CannotRun, "{name}: {}", ran.err);
        assert!(!ran.err.trim().is_empty(), "{name}: no reason");
        assert!(
            ran.err.len() < 100_000,
            "{name}: {} bytes of reasons",
            ran.err.len()
        );
        ran.err
    };
    assert!(sentinel("utf8", b"\xe7\x89\x88 1\n\xff\xfe\n").contains("UTF-8"));
    sentinel("braces", "{".repeat(10_000).as_bytes());
    sentinel("zones", "segment a {\n".repeat(10_000).as_bytes());
    let mut rng = fastrand::Rng::with_seed(20);
    let noise: Vec<u8> = (0..20 << 20).map(|_| rng.u8(..)).collect();
    sentinel("noise", &noise);
    let ascii: Vec<u8> = (0..20 << 20).map(|_| rng.u8(32..127)).collect();
    sentinel("one-line", &ascii);
    let letters: String = (0..20 << 20)
        .map(|_| *rng.choice(b"{}();:,->ab \n").unwrap() as char)
        .collect();
    sentinel("letters", letters.as_bytes());
}

#[test]
fn an_empty_file_and_a_directory() {
    let empty = build(&write("empty", b""));
    assert_eq!(empty.exit, Exit::CannotRun, "{}", empty.err);
    let dir = scratch("bad-directory").join("policy.acl");
    std::fs::create_dir_all(&dir).unwrap();
    let ran = build(&dir);
    assert_eq!(ran.exit, Exit::CannotRun, "{}", ran.err);
    assert!(ran.err.contains("policy.acl"), "{}", ran.err);
}

#[test]
fn captures_that_are_none() {
    for (name, bytes) in [
        ("empty", b"".to_vec()),
        (
            "noise",
            (0..1 << 16).map(|i: u32| ((i * 7919) >> 3) as u8).collect(),
        ),
        ("braces", "{ ".repeat(10_000).into_bytes()),
    ] {
        let dir = scratch(&format!("capture-{name}"));
        std::fs::write(dir.join("L3SW-CORE01.cfg"), &bytes).unwrap();
        std::fs::write(dir.join("L3SW-MYN01.cfg"), golden("L3SW-MYN01")).unwrap();
        let args = [
            "verify",
            POLICY,
            "--configs",
            dir.to_str().unwrap(),
            "--at",
            AT,
            "--format",
            "json",
        ];
        let ran = aclc(&args);
        assert_ne!(
            ran.exit,
            Exit::Clean,
            "{name}: a proof about nothing\n{}",
            ran.out
        );
        ran.json();
    }
}

#[test]
fn a_missing_capture() {
    let dir = scratch("capture-missing");
    std::fs::write(dir.join("L3SW-CORE01.cfg"), golden("L3SW-CORE01")).unwrap();
    let ran = aclc(&[
        "verify",
        POLICY,
        "--configs",
        dir.to_str().unwrap(),
        "--at",
        AT,
        "--lang",
        "en",
    ]);
    assert_eq!(ran.exit, Exit::CannotRun);
    assert!(ran.err.contains("L3SW-MYN01"), "{}", ran.err);
}
