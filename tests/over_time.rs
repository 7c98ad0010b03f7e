//! `verify --between` and `verify --mutate`: days and lines, one at a time.

use crate::support::{AT, aclc, scratch};
use aclc::cli::Exit;
use std::collections::BTreeSet;

const POLICY: &str = "site CITY { ipv4-only }
zone A vlan 10 10.0.10.0/24
zone B vlan 20 10.0.20.0/24 { host b1 .11; host b2 .12 }
switch S1 : cisco-ios-xe { svi A, B }
allow A -> b1 : std.https ticket T1
allow A -> b2 : std.https ticket T2 until 2026-12-31
prove A -> B only { b1 : std.https; b2 : std.https }
prove allows works
";

fn policy(name: &str, text: &str) -> String {
    let path = scratch(name).join("policy.acl");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn an_opening_that_ended_and_still_stands_is_found_on_its_day() {
    // What was built while it was in force stays on the device; the claim that lists what is allowed no longer lists it.
    let text = POLICY
        .replace("only { b1 : std.https; b2 : std.https }", "only exceptions")
        .replace(
            "allow A -> b2 : std.https ticket T2 until",
            "exception A1 -> b2 : tcp 443 ticket T2 owner O because \"x\" until",
        )
        .replace("0/24\nzone B", "0/24 { host A1 .5 }\nzone B")
        .replace("allow A -> b1 : std.https ticket T1\n", "");
    let path = policy("between", &text);
    let configs = scratch("between-configs");
    let configs = configs.to_str().unwrap();
    assert_eq!(
        aclc(&["build", &path, "-o", configs, "--at", AT]).exit,
        Exit::Clean
    );
    let args = [
        "verify",
        &path,
        "--configs",
        configs,
        "--between",
        "2026-11-01",
        "2027-03-31",
        "--format",
        "json",
    ];
    let ran = aclc(&args);
    assert_eq!(ran.exit, Exit::Findings, "{}{}", ran.out, ran.err);
    let json = ran.json();
    let days: Vec<&str> = json["days"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| d["at"].as_str().unwrap())
        .collect();
    assert_eq!(days, ["2026-11-01", "2027-01-01"]);
    let change = &json["days"][1]["changes"][0];
    assert_eq!(
        (change["before"].as_str(), change["after"].as_str()),
        (Some("proved"), Some("refuted"))
    );
    assert!(
        json["days"][1]["ended"][0]
            .as_str()
            .unwrap()
            .starts_with("exception A1 -> b2")
    );
    // The last day is in the period, the day after it not.
    for (last, count) in [("2026-12-31", 1), ("2027-01-01", 2)] {
        let json = aclc(&[
            "verify",
            &path,
            "--between",
            "2026-11-01",
            last,
            "--format",
            "json",
        ])
        .json();
        assert_eq!(json["days"].as_array().unwrap().len(), count, "{last}");
    }
    let backwards = aclc(&["verify", &path, "--between", "2027-01-01", "2026-01-01"]);
    assert_eq!(backwards.exit, Exit::CannotRun);
    let text = aclc(&[
        "verify",
        &path,
        "--configs",
        configs,
        "--between",
        "2026-11-01",
        "2027-03-31",
        "--lang",
        "ja",
    ]);
    assert!(
        text.out.contains("2027-01-01") && text.out.contains("前日で期限が切れた"),
        "{}",
        text.out
    );
}

/// What was accepted ends as well: from that day on the policy says what it may not say.
#[test]
fn a_day_on_which_what_was_accepted_ends_is_asked() {
    let text = POLICY.replace(
        "allow A -> b1 : std.https ticket T1",
        "allow A -> b1 : tcp any ticket T1 accept all-ports because \"x\" until 2026-12-31",
    );
    let path = policy(
        "between-accept",
        &text.replace(" until 2026-12-31\nprove", "\nprove"),
    );
    for (last, exit) in [
        ("2026-12-31", Exit::Findings),
        ("2027-01-01", Exit::CannotRun),
    ] {
        let ran = aclc(&[
            "verify",
            &path,
            "--between",
            "2026-11-01",
            last,
            "--lang",
            "en",
        ]);
        assert_eq!(ran.exit, exit, "{last}: {}{}", ran.out, ran.err);
    }
}

#[test]
fn lines_that_no_claim_notices_are_named() {
    let whole = policy("mutate", POLICY);
    let found = |path: &str| {
        let ran = aclc(&["verify", path, "--mutate", "--at", AT, "--format", "json"]);
        assert_eq!(ran.exit, Exit::Findings, "{}{}", ran.out, ran.err);
        let json = ran.json();
        let lines = json["unnoticed"].as_array().unwrap().clone();
        assert!(json["changes"].as_u64().unwrap() as usize > lines.len());
        let changes: BTreeSet<&str> = lines
            .iter()
            .map(|l| l["change"].as_str().unwrap())
            .collect();
        assert!(
            changes.is_superset(&BTreeSet::from(["removed", "wider"])),
            "{changes:?}"
        );
        // A line that lost its action or is gone altogether.
        let gone = lines
            .iter()
            .filter(|line| line["change"] == "removed" || line["change"] == "action");
        gone.map(|line| line["text"].as_str().unwrap().trim().to_owned())
            .collect::<Vec<_>>()
    };
    let unnoticed = found(&whole);
    let named = |lines: &[String], text: &str| lines.iter().any(|line| line.contains(text));
    assert!(
        !named(&unnoticed, "host 10.0.20.11 eq 443") && !named(&unnoticed, "access-group V10_IN")
    );
    // Nobody claimed anything about what B may open: its list could as well be missing.
    assert!(
        named(&unnoticed, "ip access-group V20_IN in"),
        "{unnoticed:?}"
    );
    let claims = format!("{POLICY}prove B -> A none\nprove switches filtered\n");
    let more = found(&policy("mutate-more", &claims));
    assert!(!named(&more, "ip access-group V20_IN in"), "{more:?}");
    assert!(!named(&more, "hostname"), "a name is not asked about");
}

/// A wider block, another port: what no claim notices is named with what could stand there.
#[test]
fn changes_inside_a_line_are_made_too() {
    let ran = aclc(&[
        "verify",
        &policy("mutate-inside", POLICY),
        "--mutate",
        "--at",
        AT,
        "--format",
        "json",
    ]);
    let json = ran.json();
    let lines = json["unnoticed"].as_array().unwrap();
    let found = |change: &str, text: &str| {
        let mine = lines.iter().filter(|line| line["change"] == change);
        mine.map(|line| line["instead"].as_str().unwrap())
            .any(|line| line.contains(text))
    };
    // Towards the server every change breaks `only` or `works`; who may be answered nobody has claimed.
    for change in ["wider", "narrower", "port", "action"] {
        assert!(
            !found(change, "10.0.10.0 0.0.0.255 host 10.0.20.11 eq"),
            "{change}: {lines:?}"
        );
    }
    assert!(
        found("wider", "permit tcp 10.0.20.10 0.0.0.1 eq 443"),
        "{lines:?}"
    );
    assert!(json["changes"].as_u64() > json["lines"].as_u64());
}
