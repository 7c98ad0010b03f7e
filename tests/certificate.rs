//! Certificates: what `verify --certificate` writes is accepted by `aclc-check`: every form of claim and every dialect, open
//! facts case by case, lines whose effect is not modelled. What was tampered with is in `tampered.rs`.

use crate::support::{AT, POLICY, SWITCHES, aclc, golden_texts, root, scratch};
use aclc::cli::Exit;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the checker says of a certificate: exit code and text.
pub(crate) fn check(certificate: &Path) -> (i32, String) {
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
pub(crate) fn made(name: &str, edit: impl Fn(String) -> String) -> (PathBuf, PathBuf) {
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

pub(crate) fn read(certificate: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(certificate).unwrap()).unwrap()
}

/// The same document with a digest that fits.
pub(crate) fn forged(mut document: Value) -> String {
    document.as_object_mut().unwrap().shift_remove("digest");
    let body = document.to_string();
    document["digest"] = json!(sha256(body.as_bytes()));
    document.to_string()
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A policy and the folder of its captures, verified with a certificate: what the checker says of it.
pub(crate) fn certified(policy: &str, configs: &str, file: &Path) -> (i32, String) {
    let (configs, file) = (configs.to_owned(), file.to_str().unwrap().to_owned());
    let args = [
        "verify",
        policy,
        "--configs",
        &configs,
        "--at",
        AT,
        "--certificate",
        &file,
    ];
    let ran = aclc(&args);
    assert!(
        Path::new(&file).exists(),
        "{policy}: {}{}",
        ran.out,
        ran.err
    );
    check(Path::new(&file))
}

/// Every policy below a folder that has captures beside it, by its path in the crate.
fn policies(below: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(root().join(below))
        .unwrap()
        .map(|entry| below.join(entry.unwrap().file_name()))
        .collect();
    entries.sort();
    let is = |path: &Path, ext: &str| path.extension().is_some_and(|found| found == ext);
    let captured = entries.iter().any(|path| is(path, "cfg"));
    let here = entries
        .iter()
        .filter(|path| captured && is(path, "acl"))
        .cloned();
    let folders = entries
        .iter()
        .filter(|path| root().join(path).is_dir() && !path.ends_with("twins"));
    let mut all: Vec<PathBuf> = here.collect();
    all.extend(folders.flat_map(|folder| policies(folder)));
    all
}

/// Every pattern: claims of each form, lists of each dialect, policies in several files.
#[test]
fn every_golden_case_has_a_certificate_that_holds() {
    let dir = scratch("certificate-golden");
    let mut all = 0;
    for path in policies(Path::new("golden")) {
        let folder = path.parent().unwrap();
        let (policy, folder) = (path.to_str().unwrap(), folder.to_str().unwrap());
        let file = dir.join(format!("{}.json", policy.replace(['/', '\\'], "-")));
        let (exit, said) = certified(policy, folder, &file);
        // Whatever is proved is certified; what is refuted or unknown is said to be so.
        assert!(!said.contains("not certified"), "{policy}: {said}");
        let others = said.contains("refuted ") || said.contains("unknown ");
        assert_eq!(exit, if others { 3 } else { 0 }, "{policy}: {said}");
        all += said.matches("\ncertified").count();
    }
    assert!(all > 300, "{all} certified");
}

#[test]
fn the_same_input_makes_the_same_certificate() {
    let dir = scratch("certificate-same");
    let file = dir.join("c.json");
    let make = || {
        certified("golden/p1_wired/policy.acl", "golden/p1_wired", &file);
        std::fs::read(&file).unwrap()
    };
    assert!(make() == make());
}

/// The folder of a network of a few lines.
pub(crate) fn folder(name: &str, policy: &str, configs: &[(&str, &str)]) -> PathBuf {
    let dir = scratch(name);
    std::fs::write(dir.join("policy.acl"), policy).unwrap();
    for (switch, text) in configs {
        std::fs::write(dir.join(format!("{switch}.cfg")), text).unwrap();
    }
    dir
}

/// Such a folder, and what the checker says of its certificate.
pub(crate) fn small(name: &str, policy: &str, configs: &[(&str, &str)]) -> (PathBuf, i32, String) {
    let dir = folder(name, policy, configs);
    let policy = dir.join("policy.acl");
    let (policy, configs) = (policy.to_str().unwrap(), dir.to_str().unwrap());
    let (exit, said) = certified(policy, configs, &dir.join("c.json"));
    (dir, exit, said)
}

const SPLIT: &str = r#"
site S { ipv4-only }
zone A vlan 10 10.1.0.0/24
zone B vlan 20 10.2.0.0/24 { host b1 .11 }
switch SW : alaxala-ax "AX3660S-24T4XW" { option flow-detection-mode layer3-6; svi A, B }
prove A -> B none strict as SPLIT
prove B -> A none as BACK
"#;

/// Whether a bare protocol word matches later fragments is open on these devices: either list may let them through, never both.
const BOTH_LISTS: &str = "\
hostname \"SW\"
flow detection mode layer3-6
ip access-list extended A_IN
  10 permit tcp 10.1.0.0 0.0.0.255 host 10.2.0.11
ip access-list extended B_OUT
  10 deny tcp 10.1.0.0 0.0.0.255 host 10.2.0.11
  20 permit ip any any
ip access-list extended B_IN
  10 deny ip any any
interface vlan 10
  ip address 10.1.0.1 255.255.255.0
  ip access-group A_IN in
interface vlan 20
  ip address 10.2.0.1 255.255.255.0
  ip access-group B_IN in
  ip access-group B_OUT out
";

#[test]
fn what_hangs_on_an_open_fact_is_certified_case_by_case() {
    let (dir, exit, said) = small("certificate-cases", SPLIT, &[("SW", BOTH_LISTS)]);
    assert_eq!(exit, 0, "{said}");
    let document = read(&dir.join("c.json"));
    assert_eq!(
        document["questions"],
        json!(["alaxala-ax/protocol-entry-matches-later"])
    );
    let answers: Vec<&Value> = document["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| &case["answers"])
        .collect();
    assert_eq!(answers, [&json!([]), &json!([false]), &json!([true])]);
    let forge = |change: &dyn Fn(&mut Value)| {
        let mut document = document.clone();
        change(&mut document);
        let file = dir.join("forged.json");
        std::fs::write(&file, forged(document)).unwrap();
        check(&file)
    };
    // A case is left out, or given twice, or with the cells of another.
    let (exit, said) = forge(&|d| {
        d["cases"].as_array_mut().unwrap().pop();
    });
    assert_eq!(exit, 3, "{said}");
    assert!(said.contains("not certified 証明書なし  SPLIT"), "{said}");
    assert_eq!(forge(&|d| d["cases"][2]["answers"] = json!([false])).0, 1);
    assert_eq!(
        forge(&|d| d["cases"][2]["cells"] = d["cases"][1]["cells"].clone()).0,
        1
    );
    assert_eq!(forge(&|d| d["cases"][2]["cells"][0] = Value::Null).0, 1);
    // The argument of a case does not hold without its answers.
    assert_eq!(forge(&|d| d["cases"][0] = json!({"answers": [], "cells": d["cases"][0]["cells"], "reach": d["cases"][1]["reach"], "arguments": d["cases"][1]["arguments"]})).0, 1);
    assert_eq!(
        forge(&|d| d["lists"][0]["entries"][0]["perhaps"][0]["question"] = Value::Null).0,
        1
    );
}

const REDIRECTS: &str = r#"
site S { ipv4-only }
zone A vlan 10 10.1.0.0/24
zone B vlan 20 10.2.0.0/24 { host b1 .11 }
zone C vlan 30 10.3.0.0/24
switch SW : cisco-ios-xe "C9300" { svi A, B, C }
prove A -> C none as NONE
prove A -> C logged as LOG
"#;

const POLICY_ROUTED: &str = "\
hostname SW
ip access-list extended A_IN
 10 permit tcp 10.1.0.0 0.0.0.255 host 10.2.0.11 eq 443
 20 deny ip any any log
ip access-list extended C_OUT
 10 deny ip any any log
interface Vlan10
 ip address 10.1.0.1 255.255.255.0
 ip access-group A_IN in
 ip policy route-map X
interface Vlan20
 ip address 10.2.0.1 255.255.255.0
interface Vlan30
 ip address 10.3.0.1 255.255.255.0
 ip access-group C_OUT out
";

#[test]
fn lines_that_may_send_elsewhere_are_reckoned_with() {
    let (dir, exit, said) = small("certificate-redirect", REDIRECTS, &[("SW", POLICY_ROUTED)]);
    assert_eq!(exit, 0, "{said}");
    let mut document = read(&dir.join("c.json"));
    assert_eq!(document["effects"][0]["may"], "redirect");
    // Its line is bound to the file, and what it may do is shown there.
    let shown = Command::new(env!("CARGO_BIN_EXE_aclc-check"))
        .args(["--show".as_ref(), dir.join("c.json").as_os_str()])
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&shown.stdout).contains("\"may\":\"redirect\""));
    document["effects"][0]["lines"] = json!([2]);
    let file = dir.join("forged.json");
    std::fs::write(&file, forged(document)).unwrap();
    assert_eq!(check(&file).0, 1);
    // Without the out-list what is sent elsewhere arrives, and nobody certifies that it does not.
    let open = POLICY_ROUTED.replace(" ip access-group C_OUT out\n", "");
    let (_, exit, said) = small("certificate-redirected", REDIRECTS, &[("SW", &open)]);
    assert_eq!(exit, 3, "{said}");
    assert!(said.contains("unknown"), "{said}");
}

#[test]
fn a_deny_that_does_not_log_cannot_be_certified_as_logged() {
    let (dir, exit, said) = small("certificate-logged", REDIRECTS, &[("SW", POLICY_ROUTED)]);
    assert_eq!(exit, 0, "{said}");
    let document = read(&dir.join("c.json"));
    let mut tampered = document.clone();
    assert_eq!(tampered["lists"][0]["entries"][1]["log"], true);
    tampered["lists"][0]["entries"][1]["log"] = json!(false);
    let file = dir.join("forged.json");
    std::fs::write(&file, forged(tampered)).unwrap();
    let (exit, said) = check(&file);
    assert_eq!(exit, 1, "{said}");
    assert!(said.contains("LOG"), "{said}");
    // The line that is said to log does not.
    let quiet = POLICY_ROUTED.replace("20 deny ip any any log", "20 deny ip any any");
    let (dir, _, _) = small("certificate-quiet", REDIRECTS, &[("SW", &quiet)]);
    let mut tampered = read(&dir.join("c.json"));
    tampered["lists"][0]["entries"][1]["log"] = json!(true);
    let file = dir.join("forged.json");
    std::fs::write(&file, forged(tampered)).unwrap();
    let (exit, said) = check(&file);
    assert!(exit == 1 && said.contains("does not log"), "{said}");
}

/// The host that may be opened and opens onward is not to be hidden.
#[test]
fn a_stepping_stone_cannot_be_left_out() {
    let dir = scratch("certificate-stone");
    let file = dir.join("c.json");
    let (exit, said) = certified("golden/p6_remote/policy.acl", "golden/p6_remote", &file);
    assert_eq!(exit, 0, "{said}");
    let document = read(&file);
    let arguments = document["cases"][0]["arguments"].as_array().unwrap();
    let at = arguments
        .iter()
        .position(|one| one.get("no_relay").is_some())
        .unwrap();
    let parts = arguments[at]["no_relay"].as_array().unwrap();
    let stones = parts.iter().filter(|part| part["hosts"] != "").count();
    assert!(stones > 0, "somebody can be opened");
    let nobody = json!({"reach": 9999, "sources": null, "replies": []});
    for (field, value) in [
        ("hosts", json!("")),
        ("onward", json!([])),
        ("spared", json!("")),
        ("opened", nobody),
    ] {
        let mut tampered = document.clone();
        let parts = &mut tampered["cases"][0]["arguments"][at]["no_relay"];
        let open = parts.as_array_mut().unwrap().iter_mut();
        for part in open.filter(|part| part["hosts"] != "") {
            part[field] = value.clone();
        }
        let forged_file = dir.join("forged.json");
        std::fs::write(&forged_file, forged(tampered)).unwrap();
        let (exit, said) = check(&forged_file);
        assert_eq!(exit, 1, "{field}: {said}");
    }
}

const OPAQUE: &str = r#"
site S { ipv4-only }
zone A vlan 10 10.1.0.0/24
zone I vlan 30 10.3.0.0/29
zone W vlan 31 10.3.1.0/29
zone C vlan 40 10.4.0.0/24 { host c1 .11 }
opaque FW { svi I .2; svi W .1; route C via S2; route A via S1 }
switch S1 : cisco-ios-xe "C9300" { svi A; svi I .1; route any via FW }
switch S2 : cisco-ios-xe "C9300" { svi C; svi W .2; route any via FW }
allow A -> c1 : tcp 443 ticket R1
prove A -> C only c1 : tcp 443 as ONLY
prove allows works as WORKS
"#;

#[test]
fn a_router_without_a_text_has_no_line_to_be_held_to() {
    let dir = scratch("certificate-opaque");
    let policy = dir.join("policy.acl");
    std::fs::write(&policy, OPAQUE).unwrap();
    let (policy, configs) = (policy.to_str().unwrap(), dir.to_str().unwrap());
    let built = aclc(&["build", policy, "-o", configs, "--at", AT]);
    assert_eq!(built.exit, Exit::Clean, "{}{}", built.out, built.err);
    let (exit, said) = certified(policy, configs, &dir.join("c.json"));
    assert_eq!(exit, 3, "{said}");
    assert!(said.contains("\ncertified 確認済  ONLY"), "{said}");
    // What must work through it is assumed, and nobody certifies an assumption.
    assert!(said.contains("not certified 証明書なし  WORKS"), "{said}");
    let document = read(&dir.join("c.json"));
    let fw = document["devices"]
        .as_array()
        .unwrap()
        .iter()
        .find(|d| d["name"] == "FW");
    assert_eq!(fw.unwrap()["file"], Value::Null);
}

#[test]
fn a_claim_that_asks_for_less_is_shown_with_what_it_asks() {
    let (_, certificate) = made("certificate-show", |text| text);
    let ran = Command::new(env!("CARGO_BIN_EXE_aclc-check"))
        .args(["--show".as_ref(), certificate.as_os_str()])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(
        said.contains("= ip access-list extended V300_IN") && said.contains("\"name\":\"V300_IN\"")
    );
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
