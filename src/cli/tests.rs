//! The command line as its users meet it: arguments, streams, files, exit codes.

use super::{Exit, Io, run};
use crate::base::Lang;
use jiff::civil::date;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

/// A directory of its own for a test.
struct Place(PathBuf);

impl Place {
    fn new(name: &str, files: &[(&str, &str)]) -> Place {
        let dir = std::env::temp_dir().join(format!("aclc-cli-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).unwrap();
        for (name, text) in files {
            let path = dir.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Place(dir)
    }

    fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, "")
    }

    fn run_with(&self, args: &[&str], stdin: &str) -> Ran {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut io = Io {
            stdin: &mut stdin.as_bytes(),
            stdout: &mut out,
            stderr: &mut err,
            root: self.0.clone(),
            today: date(2026, 11, 23),
            lang: Lang::En,
            colour: (false, false),
        };
        let args = std::iter::once("aclc").chain(args.iter().copied());
        let exit = run(args.map(OsString::from), &mut io);
        Ran {
            exit,
            out: String::from_utf8(out).unwrap(),
            err: String::from_utf8(err).unwrap(),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

struct Ran {
    exit: Exit,
    out: String,
    err: String,
}

impl Ran {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

const CONFIG: &str = "\
hostname CORE01
ip access-list extended V300_IN
 remark REQ2025-0123
 10 permit tcp 10.30.0.0 0.0.0.255 host 10.40.0.5 eq 443
 20 deny ip any any
interface Vlan300
 ip address 10.30.0.1 255.255.255.0
 ip access-group V300_IN in
";

const PACKET: &str = r#"{"protocol":"tcp","src":"10.30.0.7","dst":"10.40.0.5","sport":40000,"dport":443,"flags":["syn"]}"#;

#[test]
fn usage_errors_are_2_and_in_the_format_asked_for() {
    let place = Place::new("usage", &[]);
    for args in [
        &[][..],
        &["lint"],
        &["frobnicate"],
        &["lint", "--frob"],
        &["trace", "a"],
    ] {
        let ran = place.run(args);
        assert_eq!(ran.exit, Exit::CannotRun, "{args:?}");
        assert!(
            ran.out.is_empty() && ran.err.contains("error[usage]"),
            "{args:?}: {}",
            ran.err
        );
    }
    let ran = place.run(&["lint", "--format", "json"]);
    assert_eq!(ran.exit, Exit::CannotRun);
    assert!(ran.err.is_empty());
    assert_eq!(ran.json()["schema"], "aclc/error/1");
    assert_eq!(ran.json()["diagnostics"][0]["code"], "usage");
    assert!(
        place
            .run(&["lint", "--lang", "ja"])
            .err
            .contains("引数が足りない")
    );
    assert!(
        place
            .run(&["lint", "a", "--at", "2026-2-3"])
            .err
            .contains("bad-date")
    );
    assert!(
        place
            .run(&["lint", "a", "--dialect", "cisco-ios-xd"])
            .err
            .contains("did you mean")
    );
}

#[test]
fn help_is_a_result_in_either_language() {
    let place = Place::new("help", &[]);
    let ran = place.run(&["--help"]);
    assert_eq!(ran.exit, Exit::Clean);
    assert!(ran.out.contains("Examples:") && ran.err.is_empty());
    assert!(
        place
            .run(&["diff", "--help", "--lang=ja"])
            .out
            .contains("変更前")
    );
    for command in [
        "check", "build", "verify", "diff", "trace", "query", "lint", "facts",
    ] {
        let out = place.run(&[command, "--help"]).out;
        assert!(out.contains(&format!("aclc {command}")), "{command}");
        let without_words = out
            .lines()
            .filter(|line| line.trim_start().starts_with("--"));
        for line in without_words {
            assert!(line.split_whitespace().count() > 2, "{command}: {line}");
        }
    }
}

#[test]
fn facts_are_counted_and_one_dialect_is_told_in_full() {
    let place = Place::new("facts", &[]);
    let ran = place.run(&["facts", "--format", "json"]);
    assert_eq!(ran.exit, Exit::Clean);
    let all = ran.json();
    assert_eq!(all["schema"], "aclc/facts/1");
    assert_eq!(all["digest"], crate::facts::digest());
    let first = all["dialects"][0].as_object().unwrap();
    let keys: Vec<&str> = first.keys().map(String::as_str).collect();
    let counts = ["dialect", "confirmed", "modelled", "open", "open_facts"];
    assert_eq!(keys, counts);
    let ids = first["open_facts"].as_array().unwrap();
    assert_eq!(first["open"], ids.len());
    assert!(ids[0].as_str().unwrap().starts_with("cisco-ios-xe/"));

    let told = |more: &[&str]| {
        let args = [&["facts", "--format", "json", "alaxala-ax"], more].concat();
        let json = place.run(&args).json();
        assert_eq!(json["dialects"].as_array().unwrap().len(), 1);
        json["dialects"][0].clone()
    };
    let of = |dialect: &Value, id: &str| {
        let facts = dialect["facts"].as_array().unwrap().iter();
        let mut found = facts.filter(|fact| fact["id"] == id);
        found.next().unwrap().clone()
    };
    let (usual, strict) = (told(&[]), told(&["--facts", "confirmed"]));
    let fact = of(&usual, "several-flags");
    assert_eq!(
        (&fact["value"], &fact["open"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(of(&usual, "flag-word-ack")["open"], false);
    assert_eq!(of(&strict, "flag-word-ack")["open"], true);
    assert_eq!(usual["limits"]["name"], 31);
    assert_eq!(usual["tables"][0]["mode"], Value::Null);
    assert_eq!(
        place
            .run(&["facts", "--dialect", "alaxala-ax", "--format", "json"])
            .json()["dialects"][0],
        usual
    );

    let ja = place.run(&["facts", "cisco-ios-xe", "--lang", "ja"]).out;
    for words in [
        "資料が矛盾",
        "いいえ(仮)  未確認",
        "VLAN 内でブリッジされるフレーム",
        "出典: S13",
        "確定の方法",
    ] {
        assert!(ja.contains(words), "{words}: {ja}");
    }
}

#[test]
fn facts_of_an_unknown_dialect_are_2() {
    let place = Place::new("facts-unknown", &[]);
    let ran = place.run(&["facts", "alaxala-as"]);
    assert_eq!((ran.exit, ran.out.as_str()), (Exit::CannotRun, ""));
    assert!(ran.err.contains("did you mean `alaxala-ax`"), "{}", ran.err);
    let ran = place.run(&["facts", "huawei", "--format", "json"]);
    assert_eq!(ran.exit, Exit::CannotRun);
    let error = &ran.json()["diagnostics"][0];
    assert_eq!(error["code"], "dialect-unknown");
    assert!(error["help"].as_str().unwrap().contains("cisco-ios-xe"));
}

#[test]
fn files_that_cannot_be_read_are_2() {
    let place = Place::new("files", &[("text", "nothing of a switch\n")]);
    let code = |args: &[&str]| {
        let ran = place.run(args);
        assert_eq!(ran.exit, Exit::CannotRun, "{args:?}");
        ran.json()["diagnostics"][0]["code"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(code(&["lint", "missing", "--format=json"]), "file-missing");
    assert_eq!(code(&["lint", ".", "--format=json"]), "file-is-directory");
    assert_eq!(code(&["lint", "text", "--format=json"]), "dialect-unclear");
    assert_eq!(code(&["lint", "-", "-", "--format=json"]), "stdin-twice");
    assert_eq!(code(&["diff", ".", "text", "--format=json"]), "no-configs");
}

#[test]
fn lint_tells_findings_remarks_and_gaps_apart() {
    let gap = CONFIG.replace("eq 443", "eq 443 frobnicate");
    let open = CONFIG.replace(" 20 deny ip any any\n", "");
    let bad = CONFIG.replace("20 deny", "20 permit");
    let place = Place::new(
        "lint",
        &[
            ("good.cfg", CONFIG),
            ("gap.cfg", &gap),
            ("open.cfg", &open),
            ("bad.cfg", &bad),
        ],
    );
    assert_eq!(place.run(&["lint", "good.cfg"]).exit, Exit::Clean);
    assert_eq!(
        place.run(&["lint", "open.cfg"]).exit,
        Exit::Clean,
        "a remark only"
    );
    assert_eq!(place.run(&["lint", "gap.cfg"]).exit, Exit::Unknown);
    assert_eq!(
        place.run(&["lint", "gap.cfg", "bad.cfg"]).exit,
        Exit::Findings
    );
    assert_eq!(
        place.run(&["lint", "bad.cfg", "missing"]).exit,
        Exit::CannotRun
    );
    let ran = place.run(&["lint", "open.cfg", "--format", "json"]);
    assert_eq!(
        ran.json(),
        json!({"schema": "aclc/lint/1", "findings": [{
            "code": "implicit-end", "severity": "info", "file": "open.cfg", "acl": "V300_IN", "line": 2,
            "message": "list `V300_IN` has no explicit end, the dialect's invisible one decides the rest", "blockers": []
        }], "facts": crate::facts::digest(), "version": env!("CARGO_PKG_VERSION")})
    );
    assert!(ran.err.is_empty());
}

#[test]
fn a_limit_is_unknown_never_clean() {
    let wider = CONFIG.replace("eq 443", "eq 444");
    let place = Place::new("limit", &[("a.cfg", CONFIG), ("b.cfg", &wider)]);
    for args in [&["lint", "a.cfg"][..], &["diff", "a.cfg", "b.cfg"]] {
        for limit in [["--max-nodes", "1"], ["--timeout", "0"]] {
            let ran = place.run(&[args, &limit].concat());
            assert_eq!(ran.exit, Exit::Unknown, "{args:?} {limit:?}");
            assert!(ran.err.contains("limit-reached"), "{args:?} {limit:?}");
        }
        let ran = place.run(&[args, &["--timeout", "1000"]].concat());
        assert!(!ran.err.contains("limit-reached"), "{args:?}");
    }
}

#[test]
fn lint_reads_standard_input() {
    let place = Place::new("stdin", &[]);
    let ran = place.run_with(&["lint", "-"], CONFIG);
    assert_eq!(ran.exit, Exit::Clean);
    assert!(ran.out.ends_with("\nno findings\n"), "{}", ran.out);
}

#[test]
fn a_packet_is_echoed_with_its_answer() {
    let place = Place::new(
        "trace",
        &[("a.cfg", CONFIG), ("p", &format!("{PACKET}\r\n"))],
    );
    let args = [
        "trace",
        "a.cfg",
        "--acl",
        "V300_IN",
        "--packets",
        "p",
        "--format",
        "json",
    ];
    let ran = place.run(&args);
    assert_eq!(ran.exit, Exit::Clean);
    let tail = r#","verdict":"permit","line":4,"text":"10 permit tcp 10.30.0.0 0.0.0.255 host 10.40.0.5 eq 443"}"#;
    assert_eq!(ran.out, format!(r#"{{"packet":{PACKET}{tail}"#) + "\n");
}

#[test]
fn a_bad_packet_is_answered_in_its_place() {
    let place = Place::new("bad", &[("a.cfg", CONFIG)]);
    let v6 = r#"{"protocol":58,"src":"::1","dst":"::2","icmp_type":1,"icmp_code":0}"#;
    let args = [
        "trace",
        "a.cfg",
        "--acl",
        "V300_IN",
        "--packets",
        "-",
        "--format",
        "json",
    ];
    let ran = place.run_with(&args, &format!("{PACKET}\n\nbad\n{v6}\n{PACKET}"));
    assert_eq!(ran.exit, Exit::CannotRun);
    let lines: Vec<Value> = ran
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let keys: Vec<bool> = lines
        .iter()
        .map(|line| line.get("error").is_some())
        .collect();
    assert_eq!(keys, [false, true, true, true, false]);
    assert_eq!(lines[3]["error"]["code"], "acl-other-family");
    assert_eq!(lines[3]["error"]["line"], 4);
    let text = ["trace", "a.cfg", "--acl", "V300_IN", "--packets", "-"];
    assert_eq!(
        place.run_with(&text, "bad\n").out,
        "line 1: no packet in JSON (column 1: expected value)\n"
    );
}

#[test]
fn an_unknown_list_is_2_with_a_proposal() {
    let place = Place::new("unknown", &[("a.cfg", CONFIG)]);
    let ran = place.run(&["trace", "a.cfg", "--acl", "V300_In_", "--packets", "-"]);
    assert_eq!(ran.exit, Exit::CannotRun);
    assert!(ran.err.contains("did you mean `V300_IN`?"), "{}", ran.err);
}

#[test]
fn diff_says_equal_different_and_unknown() {
    let remark = CONFIG.replace("REQ2025-0123", "REQ2026-0001");
    let wider = CONFIG.replace("0.0.0.255 host", "0.0.1.255 host");
    let gap = CONFIG.replace("eq 443", "eq 443 frobnicate");
    let place = Place::new(
        "diff",
        &[
            ("old.cfg", CONFIG),
            ("remark.cfg", &remark),
            ("wider.cfg", &wider),
            ("gap.cfg", &gap),
        ],
    );
    let ran = place.run(&["diff", "old.cfg", "remark.cfg"]);
    assert_eq!(ran.exit, Exit::Clean);
    assert!(ran.out.contains("○ equal"));
    assert_eq!(
        place.run(&["diff", "gap.cfg", "gap.cfg"]).exit,
        Exit::Clean,
        "the same gap cancels"
    );
    assert_eq!(
        place.run(&["diff", "old.cfg", "gap.cfg"]).exit,
        Exit::Unknown
    );
    let ran = place.run(&["diff", "old.cfg", "wider.cfg", "--format", "json"]);
    assert_eq!(ran.exit, Exit::Findings);
    let json = ran.json();
    assert_eq!(json["verdict"], "different");
    let core = &json["changes"][0];
    let mut expect = json!({
        "device": "CORE01", "attachment": "Vlan300", "direction": "in", "acl": "V300_IN", "effect": "newly-permitted",
        "class": "core", "certain": true, "end_to_end": null,
        "flows": [{"from": "10.30.1.0/24", "to": "10.40.0.5/32", "service": "tcp 443"}],
        "old": {"line": 5, "text": "20 deny ip any any"},
        "new": {"line": 4, "text": "10 permit tcp 10.30.0.0 0.0.1.255 host 10.40.0.5 eq 443"}
    });
    expect["witness"] = core["witness"].clone();
    assert_eq!(*core, expect);
    assert_eq!(core["witness"]["dport"], 443);
    assert_eq!(json["changes"][1]["class"], "later");
    assert_eq!(json["inputs"][1]["path"], "wider.cfg");
    let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert_eq!(
        keys[..5],
        ["schema", "verdict", "changes", "gaps", "inputs"]
    );
}

#[test]
fn diff_pairs_directories_and_sees_what_comes_and_goes() {
    let unfiltered = CONFIG.replace(" ip access-group V300_IN in\n", "");
    let place = Place::new(
        "pair",
        &[
            ("old/core.cfg", CONFIG),
            ("same/core.cfg", CONFIG),
            ("open/core.cfg", &unfiltered),
            ("more/core.cfg", CONFIG),
            ("more/new.cfg", CONFIG),
        ],
    );
    assert_eq!(place.run(&["diff", "old", "same"]).exit, Exit::Clean);
    let ran = place.run(&["diff", "old", "open", "--format", "json"]);
    assert_eq!(ran.exit, Exit::Findings);
    assert_eq!(
        ran.json()["changes"][0]["new"],
        json!({"line": null, "text": "no list"})
    );
    assert_eq!(ran.json()["changes"][0]["effect"], "newly-permitted");
    let ran = place.run(&["diff", "old", "more", "--format", "json"]);
    assert_eq!(ran.exit, Exit::Findings);
    assert_eq!(ran.json()["changes"][0]["device"], "new");
    assert_eq!(ran.json()["changes"][0]["old"]["text"], "no interface");
}

#[test]
fn names_cannot_reach_a_terminal_as_commands() {
    let hostile = CONFIG
        .replace("V300_IN", "V\u{1b}[31m\u{9b}2J")
        .replace("CORE01", "C\u{1b}]0;x\u{7}");
    let place = Place::new(
        "hostile",
        &[
            ("a.cfg", &hostile),
            ("b.cfg", &hostile.replace("443", "444")),
        ],
    );
    for args in [
        &["lint", "a.cfg"][..],
        &["lint", "a.cfg", "--format", "json"],
        &["diff", "a.cfg", "b.cfg"],
        &["diff", "a.cfg", "b.cfg", "--format", "json"],
        &["trace", "a.cfg", "--acl", "\u{1b}[31m", "--packets", "-"],
        &["lint", "\u{1b}[31m"],
        &["\u{1b}[31m"],
    ] {
        let ran = place.run(args);
        let both = format!("{}{}", ran.out, ran.err);
        let bad = |c: char| c.is_control() && c != '\n' && c != '\t';
        assert!(!both.contains(bad), "{args:?}: {both:?}");
        assert!(!both.is_empty());
    }
}

#[test]
fn colour_is_only_there_when_asked_for() {
    let place = Place::new(
        "colour",
        &[("a.cfg", &CONFIG.replace("20 deny", "20 permit"))],
    );
    assert!(!place.run(&["lint", "a.cfg"]).out.contains('\u{1b}'));
    assert!(
        place
            .run(&["lint", "a.cfg", "--color", "always"])
            .out
            .contains('\u{1b}')
    );
}

/// A standard output on which writing fails.
struct Broken(std::io::ErrorKind);

impl std::io::Write for Broken {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(self.0.into())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A reader that has had enough changes nothing; a full disk loses the result, and a lost result is none.
#[test]
fn a_result_that_cannot_be_printed_is_no_result() {
    use std::io::ErrorKind::{BrokenPipe, StorageFull};
    let place = Place::new("pipe", &[("a.cfg", CONFIG)]);
    for (kind, exit) in [(BrokenPipe, Exit::Clean), (StorageFull, Exit::CannotRun)] {
        for args in [
            &["lint", "a.cfg"][..],
            &["trace", "a.cfg", "--acl", "V300_IN", "--packets", "-"],
        ] {
            let mut err = Vec::new();
            let mut io = Io {
                stdin: &mut PACKET.as_bytes(),
                stdout: &mut Broken(kind),
                stderr: &mut err,
                root: place.0.clone(),
                today: date(2026, 11, 23),
                lang: Lang::En,
                colour: (false, false),
            };
            let args = std::iter::once("aclc").chain(args.iter().copied());
            assert_eq!(run(args.map(OsString::from), &mut io), exit);
            let said = String::from_utf8(err).unwrap();
            assert_eq!(said.contains("cannot-print"), kind == StorageFull, "{said}");
        }
    }
}

#[test]
fn policies_must_be_utf8() {
    let place = Place::new("utf8", &[]);
    fs::write(place.0.join("p.acl"), [0x92, 0x5b, 0x96, 0x96]).unwrap();
    let ran = place.run(&["check", "p.acl"]);
    assert_eq!(ran.exit, Exit::CannotRun);
    assert!(ran.err.contains("UTF-8"), "{}", ran.err);
}
