//! `accept`: what is widened or kept knowingly, the nearest scope first.

use crate::support::{AT, Ran, aclc, scratch};
use aclc::cli::Exit;

const POLICY: &str = r#"
site S { ipv4-only }
zone A vlan 10 10.1.0.0/24
zone B vlan 20 10.2.0.0/24 { host b1 .11 }
zone C vlan 40 10.4.0.0/24 { host c1 .11 }
zone T vlan 30 10.3.0.0/29 gateway .1
service web = tcp 443@web
switch S1 : cisco-ios-xe "C9300" { svi A, B; svi T .1; route C via S2@s1 }
switch S2 : cisco-ios-xe "C9300" { svi C; svi T .2; route any via S1@s2 }
allow A -> b1 : web@note
allow A -> c1 : web
prove B -> A none as NEAR
prove C -> A none as FAR
prove allows works
@top
"#;

/// The policy with words at some of its marks.
fn policy(places: &[(&str, &str)]) -> String {
    let marks = ["@web", "@s1", "@s2", "@note", "@top"];
    marks.iter().fold(POLICY.to_owned(), |text, mark| {
        let with = places.iter().find(|(place, _)| place == mark);
        text.replace(mark, with.map_or("", |(_, words)| *words))
    })
}

fn verify(name: &str, text: &str, more: &[&str]) -> Ran {
    let path = scratch(name).join("policy.acl");
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap().to_owned();
    let args = [&["verify", path.as_str(), "--format", "json"], more].concat();
    aclc(&args)
}

/// Verdicts of NEAR and FAR.
fn verdicts(name: &str, places: &[(&str, &str)]) -> String {
    let text = policy(places);
    let ran = verify(name, &text, &["--at", AT]);
    assert_ne!(ran.exit, Exit::CannotRun, "{text}\n{}", ran.out);
    let json = ran.json();
    let verdict = |i: usize| json["claims"][i]["verdict"].as_str().unwrap().to_owned();
    format!("{} {}", verdict(0), verdict(1))
}

const WORD: &str = " accept wide-return because \"x\"";
const IN_BLOCK: &str = "; accept wide-return because \"x\"";

#[test]
fn a_wide_return_opens_as_far_as_it_is_said() {
    let service = " { accept wide-return because \"x\" }";
    for (name, places, expected) in [
        ("accept-none", vec![], "proved proved"),
        ("accept-top", vec![("@top", WORD)], "refuted refuted"),
        ("accept-service", vec![("@web", service)], "refuted refuted"),
        ("accept-note", vec![("@note", WORD)], "refuted proved"),
        // The far switch still tests the flags on the way back.
        ("accept-s1", vec![("@s1", IN_BLOCK)], "refuted proved"),
        ("accept-s2", vec![("@s2", IN_BLOCK)], "proved proved"),
        (
            "accept-both",
            vec![("@s1", IN_BLOCK), ("@s2", IN_BLOCK)],
            "refuted refuted",
        ),
    ] {
        assert_eq!(verdicts(name, &places), expected, "{name}");
    }
}

#[test]
fn the_nearest_scope_holds_also_where_it_has_lapsed() {
    let lapsed = " accept wide-return because \"x\" until 2026-01-31";
    let places = [("@note", lapsed), ("@top", WORD)];
    assert_eq!(verdicts("accept-lapsed", &places), "proved refuted");
}

/// What is accepted is built, and equals the policy (D45): only the lists of the switch that was named lose the test.
#[test]
fn what_is_accepted_is_built() {
    for (name, place, near, far) in [
        ("accept-build-note", ("@note", WORD), true, false),
        ("accept-build-s1", ("@s1", IN_BLOCK), true, true),
        ("accept-build-s2", ("@s2", IN_BLOCK), false, true),
    ] {
        let text = policy(&[place]).replace("prove B -> A none as NEAR", "");
        let path = scratch(name).join("policy.acl");
        std::fs::write(&path, text).unwrap();
        let ran = aclc(&["build", path.to_str().unwrap(), "--at", AT]);
        assert_eq!(ran.exit, Exit::Clean, "{}{}", ran.out, ran.err);
        let wide = |server: &str| {
            let reply =
                format!("permit tcp host {server} eq 443 10.1.0.0 0.0.0.255 range 1024 65535\n");
            ran.out.contains(&reply)
        };
        assert_eq!(
            (wide("10.2.0.11"), wide("10.4.0.11")),
            (near, far),
            "{name}\n{}",
            ran.out
        );
    }
}

#[test]
fn every_port_is_a_service_if_that_is_accepted() {
    let text = |accept: &str| policy(&[]).replacen("b1 : web", &format!("b1 : tcp any{accept}"), 1);
    let code = |name, accept: &str| verify(name, &text(accept), &["--at", AT]);
    assert!(code("accept-ports-not", "").out.contains("\"all-ports\""));
    let fine = " accept all-ports because \"x\"";
    assert_eq!(code("accept-ports", fine).exit, Exit::Clean);
    let until = " accept all-ports because \"x\" until 2026-01-31";
    let ran = code("accept-ports-lapsed", until);
    assert!(
        ran.exit == Exit::CannotRun && ran.out.contains("accept-lapsed"),
        "{}",
        ran.out
    );
}

#[test]
fn a_finding_that_is_accepted_is_a_remark() {
    let open = policy(&[]).replace("gateway .1", "");
    let check = |name, text: &str| {
        let path = scratch(name).join("policy.acl");
        std::fs::write(&path, text).unwrap();
        aclc(&["check", path.to_str().unwrap(), "--at", AT])
    };
    let ran = check("accept-finding-not", &open);
    assert!(
        ran.exit == Exit::Findings && ran.err.contains("warning[several-routers]"),
        "{}",
        ran.out
    );
    let ran = check(
        "accept-finding",
        &format!("{open}accept several-routers because \"hosts use .1\"\n"),
    );
    assert!(
        ran.exit == Exit::Clean && ran.err.contains("accepted: hosts use .1"),
        "{}",
        ran.out
    );
}

#[test]
fn an_opening_past_its_day_is_reported() {
    let text = policy(&[("@note", " until 2026-01-31")]);
    let ran = verify("accept-expired", &text, &["--at", AT]);
    assert!(ran.err.contains("allow-expired"), "{}", ran.err);
    let kept = format!("{text}accept allow-expired because \"audit\"\n");
    let ran = verify("accept-expired-kept", &kept, &["--at", AT]);
    assert!(ran.err.contains("accepted: audit"), "{}", ran.err);
}
