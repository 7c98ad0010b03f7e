//! Broken twins of the golden cases: one human mistake each (M01-M25), made in the device text by hand.
//!
//! `edit.toml` says what was changed and why, `expected.txt` what `verify` must make of it: the verdict of the file, then the
//! claims that are not proved. Every witness must do in the oracle what the report says.

use crate::mutation::replays;
use crate::support::p1::HAIRPIN;
use crate::support::walk::Net;
use crate::support::{AT, SWITCHES, aclc, golden_texts, root, scratch, verify};
use aclc::cli::Exit;
use std::path::Path;

/// Applies one edit: at the line `find` (the first one below `below`), delete, replace, insert after, put before.
fn apply(text: &str, edit: &toml::Table) -> String {
    let word = |key: &str| edit.get(key).and_then(toml::Value::as_str);
    let find = word("find").expect("`find`");
    let mut lines: Vec<&str> = text.lines().collect();
    let start = word("below").map_or(0, |below| {
        lines.iter().position(|line| *line == below).expect(below)
    });
    let at = start
        + lines[start..]
            .iter()
            .position(|line| *line == find)
            .unwrap_or_else(|| panic!("no line `{find}`"));
    match (word("replace"), word("insert"), word("before")) {
        (Some(new), None, None) => lines[at] = new,
        (None, Some(new), None) => lines.insert(at + 1, new),
        (None, None, Some(new)) => lines.insert(at, new),
        (None, None, None) if edit.contains_key("delete") => drop(lines.remove(at)),
        _ => panic!("an edit does one thing: {edit}"),
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

pub(crate) fn edits(dir: &Path) -> toml::Table {
    let text = std::fs::read_to_string(dir.join("edit.toml")).unwrap();
    text.parse().unwrap()
}

pub(crate) fn twin(dir: &Path) -> [String; 2] {
    let edits = edits(dir);
    let mut texts = golden_texts();
    for edit in edits["edit"].as_array().unwrap() {
        let edit = edit.as_table().unwrap();
        let file = edit["file"].as_str().unwrap().trim_end_matches(".cfg");
        let index = SWITCHES
            .iter()
            .position(|switch| *switch == file)
            .expect("a switch");
        texts[index] = apply(&texts[index], edit);
    }
    texts
}

/// The folders of P1's mistakes, in order.
pub(crate) fn folders() -> Vec<std::path::PathBuf> {
    let home = root().join("golden/p1_wired/twins");
    let entries = std::fs::read_dir(home).unwrap();
    let mut twins: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    twins.sort();
    twins
}

#[test]
fn every_mistake_is_seen() {
    let twins = folders();
    assert_eq!(twins.len(), 11, "a folder per mistake");
    let scratch = scratch("twins");
    let mut wrong = Vec::new();
    for dir in twins {
        let name = dir.file_name().unwrap().to_string_lossy().into_owned();
        let texts = twin(&dir);
        let ran = verify(&scratch, &texts);
        let report = ran.json();
        let claims = report["claims"].as_array().unwrap();
        let mut found = format!("{}\n", report["verdict"].as_str().unwrap());
        for claim in claims.iter().filter(|claim| claim["verdict"] != "proved") {
            let (verdict, text) = (
                claim["verdict"].as_str().unwrap(),
                claim["text"].as_str().unwrap(),
            );
            found += &format!("{verdict}: {text}\n");
            let shown = ["witness", "candidate"]
                .iter()
                .any(|key| claim[*key].is_object());
            let said = claim["because"]
                .as_array()
                .is_some_and(|because| !because.is_empty());
            if !said && (!shown || verdict == "unknown") {
                wrong.push(format!("{name}: no packet and no reason: {claim}"));
            }
        }
        let exit = if found.starts_with("refuted") {
            Exit::Findings
        } else {
            Exit::Unknown
        };
        if ran.exit != exit {
            wrong.push(format!("{name}: exit {:?} for {found}", ran.exit));
        }
        let net = Net::read(&texts, HAIRPIN).unwrap();
        wrong.extend(
            replays(&net, claims)
                .into_iter()
                .map(|what| format!("{name}: {what}")),
        );
        let path = dir.join("expected.txt");
        if std::env::var_os("ACLC_UPDATE").is_some() {
            std::fs::write(&path, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        if expected != found {
            wrong.push(format!(
                "{name}: expected\n{expected}found\n{found}(ACLC_UPDATE=1 writes it)"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a twin says now against what is held of it.
fn differs(dir: &Path, found: &str) -> Option<String> {
    let path = dir.join("expected.txt");
    if std::env::var_os("ACLC_UPDATE").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let what = format!("{}: expected\n{expected}found\n{found}", dir.display());
    (expected != found).then_some(what)
}

/// The patterns besides the first, with how many mistakes each is held against.
pub(crate) const PATTERNS: [(&str, usize); 11] = [
    ("p1_one_switch", 1),
    ("p2_one_ssid", 2),
    ("p2_radius_vlan", 4),
    ("p3_two_ssid", 4),
    ("p4_dedicated", 2),
    ("p5_maint", 7),
    ("p6_remote", 2),
    ("beta_terminal", 2),
    ("branch_offices", 2),
    ("tokutei", 2),
    ("daas_edge", 1),
];

/// The files of a pattern with the edits of a twin, in a directory of their own for the test of that name.
pub(crate) fn broken(
    test: &str,
    pattern: &str,
    dir: &Path,
    edits: &toml::Table,
) -> std::path::PathBuf {
    let home = root().join("golden").join(pattern);
    let name = dir.file_name().unwrap().to_string_lossy().into_owned();
    let out = scratch(&format!("{test}-{pattern}-{name}"));
    for entry in std::fs::read_dir(home).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_str().unwrap();
        let mine = edits
            .get("edit")
            .and_then(toml::Value::as_array)
            .into_iter()
            .flatten();
        let mine = mine.map(|edit| edit.as_table().unwrap());
        let mut mine = mine
            .filter(|edit| edit["file"].as_str() == Some(file))
            .peekable();
        if path.is_dir() {
            continue;
        }
        match mine.peek() {
            None => drop(std::fs::copy(&path, out.join(file)).unwrap()),
            Some(_) => {
                let text = std::fs::read_to_string(&path).unwrap();
                let text = mine.fold(text, |text, edit| apply(&text, edit));
                std::fs::write(out.join(file), text).unwrap();
            }
        }
    }
    out
}

/// A mistake that another command than `verify` sees: its exit code and what it says, in Japanese.
fn said(pattern: &str, dir: &Path, edits: &toml::Table, command: &[toml::Value]) -> String {
    let broken = broken("said", pattern, dir, edits);
    let broken = broken.to_str().unwrap();
    let fill = |word: &toml::Value| {
        let word = word.as_str().unwrap();
        let golden = format!("golden/{pattern}");
        word.replace("{dir}", broken).replace("{golden}", &golden)
    };
    let args: Vec<String> = command.iter().map(fill).collect();
    let ran = aclc(&[args, vec!["--lang".to_owned(), "ja".to_owned()]].concat());
    let text = format!("{:?}\n{}{}", ran.exit, ran.err, ran.out).replace(broken, ".");
    // Digests of inputs change with every edit of a golden text.
    let kept = text.lines().filter(|line| {
        line.trim_start()
            .split(' ')
            .next()
            .is_none_or(|w| w.len() != 64)
    });
    let kept = kept.filter(|line| !line.contains("aclc 0."));
    kept.map(|line| format!("{}\n", line.trim_end())).collect()
}

#[test]
fn every_mistake_in_every_pattern_is_seen() {
    let mut wrong = Vec::new();
    for (pattern, count) in PATTERNS {
        let home = root().join("golden").join(pattern).join("twins");
        let mut twins: Vec<_> = std::fs::read_dir(&home)
            .unwrap()
            .map(|e| e.unwrap().path())
            .collect();
        twins.sort();
        assert_eq!(twins.len(), count, "{pattern}: a folder per mistake");
        for dir in twins {
            let edits = edits(&dir);
            if let Some(command) = edits.get("command").and_then(toml::Value::as_array) {
                let found = said(pattern, &dir, &edits, command);
                wrong.extend(differs(&dir, &found));
                continue;
            }
            let configs = broken("twin", pattern, &dir, &edits);
            let at = edits.get("at").and_then(toml::Value::as_str).unwrap_or(AT);
            let policy = format!("golden/{pattern}/policy.acl");
            let configs = configs.to_str().unwrap();
            let args = [
                "verify",
                &policy,
                "--configs",
                configs,
                "--at",
                at,
                "--format",
                "json",
            ];
            let ran = aclc(&args);
            let json = ran.json();
            let mut found = String::new();
            for claim in json["claims"]
                .as_array()
                .unwrap_or(&Vec::new())
                .iter()
                .filter(|c| c["verdict"] != "proved")
            {
                let word = |key: &str| claim[key].as_str().unwrap_or_default().to_owned();
                found += &format!("{} {}\n", word("verdict"), word("id"));
                if !claim["class"].is_null() {
                    wrong.push(format!("{}: {} has a class", dir.display(), word("id")));
                }
                let because = claim["because"].as_array().is_some_and(|b| !b.is_empty());
                if !because && !claim["witness"].is_object() {
                    wrong.push(format!(
                        "{}: neither packet nor reason: {claim}",
                        dir.display()
                    ));
                }
            }
            if ran.exit != Exit::Findings {
                wrong.push(format!(
                    "{}: exit {:?}\n{found}{}",
                    dir.display(),
                    ran.exit,
                    ran.err
                ));
            }
            wrong.extend(differs(&dir, &found));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
