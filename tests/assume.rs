//! What a site attests about its devices: facts it has tested, lines it says are irrelevant.

use crate::support::{AT, Ran, aclc, scratch};
use aclc::cli::Exit;
use serde_json::Value;
use std::path::PathBuf;

/// A box model whose lists nobody read: whether they see packets to the switch is open.
const POLICY: &str = r#"
site S { ipv4-only }
zone A vlan 10 10.1.0.0/24
zone B vlan 20 10.2.0.0/24 { host b1 .11 }
switch SW : alaxala-ax "AX3650S-24T6XW" { option flow-detection-mode layer3-6; svi A, B }
allow A -> b1 : tcp 443 ticket R1
prove A -> SW none as OWN
prove B -> A none as BACK
"#;
const FACT: &str = "list-sees-to-switch-other-models";

fn policy(name: &str, more: &str) -> PathBuf {
    let path = scratch(name).join("policy.acl");
    std::fs::write(&path, format!("{POLICY}{more}\n")).unwrap();
    path
}

fn run(name: &str, command: &[&str], more: &str) -> Ran {
    let path = policy(name, more);
    let args = [command, &[path.to_str().unwrap(), "--at", AT]].concat();
    aclc(&args)
}

fn verify(name: &str, more: &str) -> (Ran, Vec<Value>) {
    let ran = run(name, &["verify", "--format", "json"], more);
    let claims = match ran.exit {
        Exit::CannotRun => Vec::new(),
        _ => ran.json()["claims"].as_array().unwrap().clone(),
    };
    (ran, claims)
}

fn leans(claim: &Value) -> bool {
    let texts = claim["assumptions"].as_array().unwrap();
    texts
        .iter()
        .any(|text| text.as_str().unwrap().contains(FACT))
}

#[test]
fn an_unknown_names_the_fact_its_claims_and_the_line() {
    let (ran, claims) = verify("assume-open", "");
    assert_eq!(ran.exit, Exit::Unknown, "{}", ran.err);
    let verdicts: Vec<&Value> = claims.iter().map(|claim| &claim["verdict"]).collect();
    assert_eq!(verdicts, ["unknown", "unknown"]);
    let open = ran.json()["open_facts"].clone();
    let fact = open.as_array().unwrap();
    let fact = fact
        .iter()
        .find(|f| f["id"] == format!("alaxala-ax/{FACT}"));
    let fact = fact.unwrap();
    assert_eq!(
        fact["decides"],
        serde_json::json!(["OWN", "BACK"]),
        "{open}"
    );
    let line = fact["line"].as_str().unwrap();
    assert_eq!(
        line,
        format!("assume fact alaxala-ax/{FACT} = yes because \"...\"")
    );
    let text = run("assume-open-text", &["verify"], "").out;
    assert!(
        text.contains(line) && text.contains("it alone decides: OWN, BACK"),
        "{text}"
    );
    // The line as printed settles it.
    let (ran, _) = verify("assume-line", line);
    assert_eq!(ran.exit, Exit::Clean, "{}{}", ran.out, ran.err);
}

#[test]
fn a_tested_fact_decides_either_way_and_is_printed_where_it_does() {
    for (answer, exit, verdict) in [
        ("yes", Exit::Clean, "proved"),
        ("no", Exit::Findings, "refuted"),
    ] {
        let line = format!("assume fact {FACT} = {answer} because \"tested\"");
        let (ran, claims) = verify(&format!("assume-{answer}"), &line);
        assert_eq!(ran.exit, exit, "{}{}", ran.out, ran.err);
        assert_eq!(claims[0]["verdict"], verdict);
        assert!(leans(&claims[0]) && leans(&claims[1]), "{claims:?}");
        assert!(!ran.err.contains("warning"), "{}", ran.err);
    }
    // Bound lists that no packet to the switch may meet lean on nothing.
    let more = format!(
        "prove A -> B only b1 : tcp 443 as REST\nassume fact {FACT} = yes because \"x\"\nprove allows works as WORKS"
    );
    let (_, claims) = verify("assume-rest", &more);
    let leaning: Vec<&Value> = claims
        .iter()
        .filter(|c| leans(c))
        .map(|c| &c["id"])
        .collect();
    assert_eq!(
        leaning,
        ["OWN", "BACK", "REST"],
        "own addresses inside a zone are part of it (D27)"
    );
}

#[test]
fn a_fact_of_another_switch_settles_nothing() {
    let other = r#"zone C vlan 30 10.3.0.0/24
switch S2 : alaxala-ax "AX2530S" { option flow-detection-mode layer3-6; svi C }
"#;
    let on = |switch: &str| format!("{other}assume fact {FACT}{switch} = yes because \"tested\"");
    let (ran, claims) = verify("assume-s2", &on(" switch S2"));
    assert_eq!(
        (ran.exit, &claims[0]["verdict"]),
        (Exit::Unknown, &"unknown".into())
    );
    assert!(!ran.err.contains("warning"), "{}", ran.err);
    let (_, claims) = verify("assume-sw", &on(" switch SW"));
    assert_eq!(claims[0]["verdict"], "proved");
    // Of two models it must be said which was tested.
    let (ran, _) = verify("assume-which", &on(""));
    assert_eq!(ran.exit, Exit::CannotRun);
    assert!(ran.out.contains("fact-which-switch"), "{}", ran.err);
}

#[test]
fn what_is_no_fact_to_settle_is_refused() {
    for (line, code) in [
        (
            "assume fact alaxala-ax/list-sees-to-switsch-other-models = yes because \"x\"",
            "unknown-fact",
        ),
        (
            "assume fact cisco-ios-xe/list-sees-to-switch = yes because \"x\"",
            "fact-no-switch",
        ),
        (
            "assume fact nobody/list-sees-to-switch = yes because \"x\"",
            "unknown-dialect",
        ),
        (
            "assume fact l4-entry-matches-later = yes because \"x\"",
            "fact-confirmed",
        ),
        (
            "assume fact list-sees-bridged-other-models = yes",
            "assume-because",
        ),
        (
            "assume fact empty-list-permits = yes because \"x\" until 2027-01-01",
            "assume-note",
        ),
        (
            "assume fact empty-list-permits = yes because \"x\"; assume fact alaxala-ax/empty-list-permits = no because \"y\"",
            "fact-twice",
        ),
    ] {
        let (ran, _) = verify("assume-refused", line);
        assert_eq!(ran.exit, Exit::CannotRun, "{line}");
        assert!(ran.out.contains(code), "{line}\n{}", ran.out);
    }
}

#[test]
fn a_fact_that_nothing_leans_on_is_reported() {
    let line = "assume fact implicit-discard-suppressed = no because \"x\"";
    let (ran, _) = verify("assume-unused", line);
    assert!(ran.err.contains("assume-unused"), "{}", ran.err);
}

/// A modelled fact is used as settled; a site that found it otherwise is believed, with every other modelled fact as it was.
#[test]
fn a_site_may_contradict_a_modelled_fact() {
    let own = POLICY.replace("AX3650S-24T6XW", "AX3660S-24T4X");
    let verdict = |name: &str, more: &str, facts: &str| {
        let path = scratch(name).join("policy.acl");
        std::fs::write(&path, format!("{own}{more}\n")).unwrap();
        let path = path.to_str().unwrap();
        let ran = aclc(&[
            "verify", path, "--at", AT, "--format", "json", "--facts", facts,
        ]);
        let json = ran.json();
        (
            json["claims"][0]["verdict"].as_str().unwrap().to_owned(),
            ran,
        )
    };
    let line =
        |answer: &str| format!("assume fact list-sees-to-switch = {answer} because \"tested\"");
    assert_eq!(verdict("modelled", "", "modelled").0, "proved");
    let (found, ran) = verdict("modelled-no", &line("no"), "modelled");
    assert_eq!(found, "refuted");
    let texts = ran.json()["claims"][0]["assumptions"].to_string();
    assert!(
        texts.contains("tested by the site, alaxala-ax/list-sees-to-switch = no"),
        "{texts}"
    );
    assert!(
        texts.contains("alaxala-ax/forwarding-needs-no-line"),
        "the others are still leant on: {texts}"
    );
    let (found, ran) = verdict("modelled-yes", &line("yes"), "modelled");
    let texts = ran.json()["claims"][0]["assumptions"].to_string();
    assert_eq!(found, "proved");
    assert!(
        texts.contains("tested by the site")
            && !texts.contains("taken as modelled, alaxala-ax/list-sees-to-switch:"),
        "{texts}"
    );
    assert_eq!(verdict("modelled-open", "", "confirmed").0, "unknown");
}

const CAPTURE: &str = "hostname SW\nip routing\nfrobnicate all\ninterface Vlan10\n ip address 10.1.0.1 255.255.255.0\n ip access-group DENY in\ninterface Vlan20\n ip address 10.2.0.1 255.255.255.0\n ip access-group DENY in\nip access-list extended DENY\n 10 deny ip any any\n";

#[test]
fn a_line_that_is_irrelevant_by_declaration_is_left_out() {
    let policy = "site S { ipv4-only }\nzone A vlan 10 10.1.0.0/24\nzone B vlan 20 10.2.0.0/24\nswitch SW : cisco-ios-xe \"C9300\" { svi A, B }\nprove A -> B none as P\n";
    let judge = |name: &str, more: &str| {
        let dir = scratch(name);
        std::fs::write(dir.join("SW.cfg"), CAPTURE).unwrap();
        std::fs::write(dir.join("policy.acl"), format!("{policy}{more}")).unwrap();
        let path = dir.join("policy.acl");
        let args = [
            "verify",
            path.to_str().unwrap(),
            "--configs",
            dir.to_str().unwrap(),
            "--at",
            AT,
            "--format",
            "json",
        ];
        aclc(&args)
    };
    assert_eq!(judge("irrelevant-none", "").exit, Exit::Unknown);
    let ran = judge(
        "irrelevant",
        "assume irrelevant SW \"frobnicate  all\" because \"vendor said\"",
    );
    assert_eq!(ran.exit, Exit::Clean, "{}{}", ran.out, ran.err);
    let texts = ran.json()["assumptions"].to_string();
    assert!(
        texts.contains("frobnicate all") && texts.contains("vendor said"),
        "{texts}"
    );
    let ran = judge(
        "irrelevant-other",
        "assume irrelevant SW \"frobnicate some\" because \"vendor said\"",
    );
    assert_eq!(ran.exit, Exit::Unknown);
    assert!(ran.err.contains("assume-unused"), "{}", ran.err);
    for (line, code) in [
        ("assume irrelevant SW because \"x\"", "irrelevant-line"),
        ("assume irrelevant A \"x\" because \"x\"", "wrong-kind"),
        ("assume authentic A \"x\" because \"x\"", "assume-text"),
    ] {
        let ran = judge("irrelevant-bad", line);
        assert!(
            ran.exit == Exit::CannotRun && ran.out.contains(code),
            "{line}: {}",
            ran.out
        );
    }
}
