//! A redundant pair (`golden/p1_one_switch`): a mistake on one member counts, because either may be the active one (D2).

use crate::support::{AT, aclc, aclc_with, root, scratch};
use aclc::cli::Exit;
use serde_json::Value;

const MEMBERS: [&str; 2] = ["L3SW-CORE01", "L3SW-CORE02"];

fn text(member: &str) -> String {
    let path = root().join(format!("golden/p1_one_switch/{member}.cfg"));
    std::fs::read_to_string(path).unwrap()
}

/// Verifies the golden text with one line of one member changed (or taken out), every list line that contains `find`.
fn verify(
    name: &str,
    changed: &str,
    find: &[&str],
    into: impl Fn(&str) -> String,
) -> (Exit, Vec<Value>) {
    let dir = scratch(&format!("pair-{name}"));
    for member in MEMBERS {
        let mut lines: Vec<String> = text(member).lines().map(str::to_owned).collect();
        let hits = lines
            .iter_mut()
            .filter(|line| member == changed && find.iter().all(|word| line.contains(word)));
        let mut count = 0;
        hits.for_each(|line| {
            *line = into(line);
            count += 1;
        });
        assert!(count > 0 || member != changed, "no line with {find:?}");
        std::fs::write(dir.join(format!("{member}.cfg")), lines.join("\n") + "\n").unwrap();
    }
    let policy = "golden/p1_one_switch/policy.acl";
    let dir = dir.to_str().unwrap();
    let args = [
        "verify",
        policy,
        "--configs",
        dir,
        "--at",
        AT,
        "--format",
        "json",
    ];
    let ran = aclc(&args);
    let bad = ran.json()["claims"].as_array().unwrap().clone();
    // The guideline says the same of its measures once more.
    let own = |claim: &Value| claim["measures"].as_array().is_some_and(Vec::is_empty);
    let bad = bad
        .into_iter()
        .filter(|claim| claim["verdict"] != "proved" && own(claim));
    (ran.exit, bad.collect())
}

#[test]
fn a_hole_in_one_member_refutes() {
    for member in MEMBERS {
        let reply = [
            "permit tcp host 10.20.0.10 eq 443 10.10.17.0",
            "established",
        ];
        let (exit, bad) = verify("hole", member, &reply, |line| {
            line.replace(" established", "")
        });
        assert_eq!(exit, Exit::Findings);
        assert_eq!(bad.len(), 1, "{bad:?}");
        let hop = &bad[0]["trace"][0];
        assert_eq!(
            (&bad[0]["verdict"], &hop["device"]),
            (&"refuted".into(), &member.into())
        );
    }
}

#[test]
fn a_permit_missing_in_one_member_is_a_session_that_does_not_always_work() {
    for member in MEMBERS {
        let request = ["permit tcp 10.10.17.0 0.0.0.255 host 10.20.0.10 eq 443"];
        let (exit, bad) = verify("lost", member, &request, |_| " !".to_owned());
        assert_eq!(exit, Exit::Findings);
        assert_eq!(bad.len(), 1, "{bad:?}");
        assert_eq!(bad[0]["text"], "証明 全許可 疎通");
        let hops = bad[0]["trace"].as_array().unwrap();
        assert_eq!(hops.last().unwrap()["device"], member);
    }
}

/// The hellos of the other member get through the list of each redundant interface (D21), and nobody else's.
#[test]
fn hellos_are_let_in() {
    let decides = |list: &str, packet: &str| {
        let file = "golden/p1_one_switch/L3SW-CORE01.cfg";
        let args = [
            "trace",
            file,
            "--acl",
            list,
            "--packets",
            "-",
            "--format",
            "json",
            "--at",
            AT,
        ];
        let ran = aclc_with(&args, &format!("{packet}\n"));
        ran.json()["verdict"].as_str().unwrap().to_owned()
    };
    let vrrp = r#"{"protocol":112,"src":"10.10.17.3","dst":"224.0.0.18"}"#;
    let vrrp6 = r#"{"protocol":112,"src":"fe80::3","dst":"ff02::12"}"#;
    let hsrp =
        r#"{"protocol":"udp","src":"10.20.32.3","dst":"224.0.0.102","sport":1985,"dport":1985}"#;
    for (list, packet) in [("V111_IN", vrrp), ("V111_IN6", vrrp6), ("V320_IN", hsrp)] {
        assert_eq!(decides(list, packet), "permit", "{list} {packet}");
    }
    for (list, packet) in [("V320_IN", vrrp), ("V111_IN", hsrp)] {
        assert_eq!(decides(list, packet), "deny", "{list} {packet}");
    }
}
