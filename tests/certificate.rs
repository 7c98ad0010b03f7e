//! Certificates: what `verify --certificate` writes is accepted by `aclc-check`, and nothing that was tampered with is.
//!
//! A forger here knows the format and repairs the digest; what only a comparison by eye can find (the transcription of a line
//! rewritten together with all its cells) is stated in the checker's own documentation and is no case of these tests.

use crate::support::{AT, POLICY, SWITCHES, aclc, golden_texts, root, scratch};
use aclc::cli::Exit;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the checker says of a certificate: exit code and text.
fn check(certificate: &Path) -> (i32, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_aclc-check"))
        .arg("--root")
        .arg(root())
        .arg(certificate)
        .output()
        .expect("the checker runs");
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    (ran.status.code().unwrap_or(-1), said)
}

/// Writes the golden captures, with an edit of the first one, and their certificate.
fn made(name: &str, edit: impl Fn(String) -> String) -> (PathBuf, PathBuf) {
    let dir = scratch(name);
    for (index, (switch, text)) in SWITCHES.iter().zip(golden_texts()).enumerate() {
        let text = if index == 0 { edit(text) } else { text };
        std::fs::write(dir.join(format!("{switch}.cfg")), text).unwrap();
    }
    std::fs::copy(root().join(POLICY), dir.join("policy.acl")).unwrap();
    let certificate = dir.join("certificate.json");
    let policy = dir.join("policy.acl");
    let words = [policy.to_str(), dir.to_str(), certificate.to_str()].map(Option::unwrap);
    let [policy, configs, file] = words;
    let args = [
        "verify",
        policy,
        "--configs",
        configs,
        "--at",
        AT,
        "--certificate",
        file,
    ];
    let ran = aclc(&args);
    assert_ne!(ran.exit, Exit::CannotRun, "{}", ran.err);
    assert!(certificate.exists(), "{}", ran.err);
    (dir, certificate)
}

fn read(certificate: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(certificate).unwrap()).unwrap()
}

/// The same document with a digest that fits.
fn forged(mut document: Value) -> String {
    document.as_object_mut().unwrap().shift_remove("digest");
    let body = document.to_string();
    let digest: String = Sha256::digest(body.as_bytes())
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    document["digest"] = json!(digest);
    document.to_string()
}

#[test]
fn every_golden_case_has_a_certificate_that_holds() {
    for (case, code) in [
        ("p1_wired", 0),
        ("p1_one_switch", 3),
        ("p1_single/cisco-ios-xe", 3),
        ("p1_single/alaxala-ax", 3),
    ] {
        let dir = scratch(&format!("certificate-{}", case.replace('/', "-")));
        let file = dir.join("certificate.json");
        let (policy, configs) = (
            format!("golden/{case}/policy.acl"),
            format!("golden/{case}"),
        );
        let file = file.to_str().unwrap();
        let args = [
            "verify",
            &policy,
            "--configs",
            &configs,
            "--at",
            AT,
            "--certificate",
            file,
        ];
        let ran = aclc(&args);
        assert_eq!(ran.exit, Exit::Clean, "{case}: {}", ran.err);
        let first = std::fs::read(file).unwrap();
        let (exit, said) = check(Path::new(file));
        // Stepping stones are proved and have no certificate; the checker says so and is not content.
        assert_eq!(exit, code, "{case}: {said}");
        assert_eq!(said.contains("not certified"), code == 3, "{said}");
        aclc(&args);
        assert_eq!(
            std::fs::read(file).unwrap(),
            first,
            "same input, same bytes"
        );
    }
}

#[test]
fn a_changed_file_is_noticed() {
    let (dir, certificate) = made("certificate-files", |text| text);
    assert_eq!(check(&certificate).0, 0);
    for name in ["L3SW-CORE01.cfg", "L3SW-MYN01.cfg", "policy.acl"] {
        let path = dir.join(name);
        let held = std::fs::read(&path).unwrap();
        let mut rng = fastrand::Rng::with_seed(8);
        for _ in 0..4 {
            let mut bytes = held.clone();
            let at = rng.usize(..bytes.len());
            bytes[at] ^= 1;
            std::fs::write(&path, &bytes).unwrap();
            let (exit, said) = check(&certificate);
            assert_eq!(exit, 1, "{name} byte {at}: {said}");
        }
        std::fs::write(&path, &held).unwrap();
    }
    assert_eq!(check(&certificate).0, 0);
}

/// Every place of a document that holds no list or object, by its path.
fn leaves(value: &Value, path: &str, out: &mut Vec<String>) {
    match value {
        Value::Array(list) => list
            .iter()
            .enumerate()
            .for_each(|(index, one)| leaves(one, &format!("{path}/{index}"), out)),
        Value::Object(object) => object
            .iter()
            .for_each(|(name, one)| leaves(one, &format!("{path}/{name}"), out)),
        _ => out.push(path.to_owned()),
    }
}

/// A path without its numbers.
fn kind(path: &str) -> String {
    let part = |part: &str| match part.parse::<usize>() {
        Ok(_) => "*".to_owned(),
        Err(_) => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// A different value of the same type.
fn changed(value: &Value) -> Value {
    match value {
        Value::Null => json!(0),
        Value::Bool(yes) => json!(!yes),
        Value::Number(number) => json!(number.as_u64().unwrap() + 1),
        Value::String(text) => {
            // Another digit somewhere: a neighbouring address, port, prefix length or word.
            let at = text.rfind(|c: char| c.is_ascii_digit());
            match at {
                Some(at) => {
                    let digit = if &text[at..=at] == "1" { "2" } else { "1" };
                    json!(format!("{}{digit}{}", &text[..at], &text[at + 1..]))
                }
                None => json!(format!("{text}x")),
            }
        }
        other => panic!("no leaf: {other}"),
    }
}

#[test]
fn every_kind_of_value_is_under_the_digest() {
    let (dir, certificate) = made("certificate-leaves", |text| text);
    let document = read(&certificate);
    let mut all = Vec::new();
    leaves(&document, "", &mut all);
    let mut rng = fastrand::Rng::with_seed(11);
    rng.shuffle(&mut all);
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|path| seen.insert(kind(path)));
    assert!(all.len() > 50, "{} kinds", all.len());
    let file = dir.join("tampered.json");
    for path in all {
        let mut tampered = document.clone();
        let place = tampered.pointer_mut(&path).unwrap();
        *place = changed(place);
        std::fs::write(&file, tampered.to_string()).unwrap();
        let (exit, said) = check(&file);
        assert_eq!(exit, 1, "{path}: {said}");
    }
}

/// Kinds of values whose change makes another statement that may follow as well: what is said of the run, names that only
/// people read, and what the policy asks for, which is shown beside the policy's line (checker's documentation). Facts of a
/// device and cells of a reach set may be changed to something weaker that still carries the proof.
fn may_stand(kind: &str) -> bool {
    const FREE: &[&str] = &[
        "/version",
        "/at",
        "/facts",
        "/links/*",
        "/devices/*/name",
        "/claims/*/id",
        "/claims/*/text",
        "/claims/*/line",
        "/interfaces/*/vrf",
        "/devices/*/own/*/vrf",
        "/routes/*/vrf",
    ];
    const WEAKER: &[&str] = &[
        "/devices/*/forwards",
        "/devices/*/to_switch",
        "/devices/*/from_switch",
        "/devices/*/bridged",
        "/externals/",
        "/reach/",
        "/claims/*/argument/",
    ];
    FREE.contains(&kind) || WEAKER.iter().any(|start| kind.starts_with(start))
}

#[test]
fn a_forger_who_repairs_the_digest_is_caught_at_every_transcribed_value() {
    let (dir, certificate) = made("certificate-forged", |text| text);
    let document = read(&certificate);
    let mut all = Vec::new();
    leaves(&document, "", &mut all);
    let mut rng = fastrand::Rng::with_seed(12);
    rng.shuffle(&mut all);
    let mut seen: std::collections::BTreeMap<String, u32> = std::collections::BTreeMap::new();
    // Entries that decide nothing (an earlier one takes all their packets) prove nothing either.
    let decides = |path: &str| {
        let parts: Vec<&str> = path.split('/').collect();
        let [_, "lists", list, "entries", entry, ..] = parts.as_slice() else {
            return true;
        };
        let groups = &document["lists"][list.parse::<usize>().unwrap()]["cells"];
        let entry: u64 = entry.parse().unwrap();
        let boxes = document.pointer(&parts[..5].join("/")).unwrap();
        let one = boxes["certain"]
            .as_array()
            .is_some_and(|boxes| boxes.len() == 1);
        let known = boxes["perhaps"].as_array().is_some_and(Vec::is_empty);
        one && known
            && groups
                .as_array()
                .is_some_and(|groups| groups.iter().any(|group| group["entry"] == entry))
    };
    all.retain(|path| {
        let kind = kind(path);
        let count = seen.entry(kind.clone()).or_default();
        *count += u32::from(decides(path));
        *count <= 2 && decides(path) && kind != "/digest"
    });
    let file = dir.join("tampered.json");
    let (mut caught, mut stood) = (0, Vec::new());
    for path in all {
        let mut tampered = document.clone();
        let place = tampered.pointer_mut(&path).unwrap();
        *place = changed(place);
        std::fs::write(&file, forged(tampered)).unwrap();
        let (exit, said) = check(&file);
        match exit {
            1 => caught += 1,
            _ if may_stand(&kind(&path)) => {}
            _ => stood.push(format!("{path}: {said}")),
        }
    }
    assert!(stood.is_empty(), "{}", stood.join("\n"));
    assert!(caught > 80, "{caught} were caught");
}

#[test]
fn leaving_out_any_part_of_the_argument_is_caught() {
    let (dir, certificate) = made("certificate-parts", |text| text);
    let document = read(&certificate);
    let file = dir.join("tampered.json");
    let mut rng = fastrand::Rng::with_seed(13);
    let lists = ["/lists", "/files", "/devices", "/interfaces", "/routes"];
    let bound: Vec<usize> = (0..document["lists"].as_array().unwrap().len())
        .filter(|&list| !document["lists"][list]["cells"].is_null())
        .collect();
    let groups = bound.iter().map(|list| format!("/lists/{list}/cells"));
    let cells = bound
        .iter()
        .map(|list| format!("/lists/{list}/cells/0/cells"));
    let sets =
        (0..document["reach"].as_array().unwrap().len()).map(|at| format!("/reach/{at}/sets"));
    let all = lists
        .iter()
        .map(|list| (*list).to_owned())
        .chain(groups)
        .chain(cells)
        .chain(sets);
    for path in all {
        let mut tampered = document.clone();
        let list = tampered.pointer_mut(&path).unwrap().as_array_mut().unwrap();
        if list.is_empty() {
            continue;
        }
        list.remove(rng.usize(..list.len()));
        std::fs::write(&file, forged(tampered)).unwrap();
        let (exit, said) = check(&file);
        assert_eq!(exit, 1, "an element of {path} left out: {said}");
    }
}

#[test]
fn a_refuted_claim_cannot_be_certified() {
    let (_, certificate) = made("certificate-true", |text| text);
    let good = read(&certificate);
    let (dir, certificate) = made("certificate-false", |text| {
        let reply = " 20 permit tcp host 10.20.0.10 eq 443 10.10.17.0 0.0.0.255 range 1024 65535";
        let broken = text.replace(&format!("{reply} established"), reply);
        assert_ne!(broken, text);
        broken
    });
    let (exit, said) = check(&certificate);
    assert_eq!(exit, 3, "{said}");
    assert!(said.contains("refuted"), "{said}");
    let mut document = read(&certificate);
    let refuted = document["claims"].as_array().unwrap().iter();
    let at = refuted
        .into_iter()
        .position(|claim| claim["verdict"] == "refuted")
        .unwrap();
    // The argument of the sound network, over the entries of this one.
    document["claims"] = good["claims"].clone();
    document["reach"] = good["reach"].clone();
    assert_eq!(document["claims"][at]["verdict"], "proved");
    let file = dir.join("forged.json");
    std::fs::write(&file, forged(document)).unwrap();
    let (exit, said) = check(&file);
    assert_eq!(exit, 1, "{said}");
    assert!(said.contains("arrives and is not listed"), "{said}");
}

#[test]
fn a_claim_that_asks_for_less_is_shown_with_what_it_asks() {
    let (_, certificate) = made("certificate-show", |text| text);
    let ran = Command::new(env!("CARGO_BIN_EXE_aclc-check"))
        .args(["--show".as_ref(), certificate.as_os_str()])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(said.contains("= ip access-list extended V300_IN") && said.contains("list V300_IN"));
    assert!(said.contains("\"nothing_but\"") && said.contains("\"carried\""));
}

#[test]
fn no_certificate_is_written_where_it_could_not_be_checked() {
    let dir = scratch("certificate-none");
    let file = dir.join("certificate.json");
    let ran = aclc(&[
        "verify",
        POLICY,
        "--at",
        AT,
        "--certificate",
        file.to_str().unwrap(),
    ]);
    assert_eq!(ran.exit, Exit::Clean);
    assert!(
        ran.err.contains("certificate") && !file.exists(),
        "{}",
        ran.err
    );
}
