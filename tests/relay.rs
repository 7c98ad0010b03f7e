//! `no-relay` (D41) on what a build writes: proved, refuted with both legs, and the declared gateway.

use crate::support::{scratch, verified};
use aclc::cli::Exit;
use serde_json::Value;

/// A PC that is remote-controlled from outside, either among the terminals that use the gateway or in a room of its own.
fn claims(name: &str, target: &str, prove: &str) -> (Exit, Vec<Value>) {
    let policy = format!(
        r#"site CITY {{ ipv4-only }}
zone TERM vlan 10 10.0.10.0/24 {{ host pc .31 }}
zone VPN vlan 20 10.0.20.0/24
zone SCREEN vlan 30 10.0.30.0/27 {{ host gw .10 }}
zone CORE vlan 40 10.0.40.0/24
zone ROOM vlan 50 10.0.50.0/24 {{ host other .31 }}
switch S1 : cisco-ios-xe "C9300-48T" {{ svi TERM, VPN, SCREEN, CORE, ROOM }}
allow TERM -> gw : tcp 443
allow gw -> CORE : tcp 22443
allow VPN -> {target} : tcp 443
{prove}
"#
    );
    let path = scratch(&format!("relay-{name}")).join("policy.acl");
    std::fs::write(&path, policy).unwrap();
    let ran = verified(&path, &[]);
    let claims = ran.json()["claims"].as_array().unwrap().clone();
    (ran.exit, claims)
}

#[test]
fn a_double_hop_is_found_and_its_absence_proved() {
    let hop = "prove VPN -> SCREEN, CORE no-relay as HOP";
    let (exit, good) = claims("apart", "other", hop);
    assert_eq!((exit, &good[0]["verdict"]), (Exit::Clean, &"proved".into()));
    let (exit, bad) = claims("hop", "pc", hop);
    assert_eq!(
        (exit, &bad[0]["verdict"]),
        (Exit::Findings, &"refuted".into())
    );
    let legs = format!("{} {}", bad[0]["because"][0], bad[0]["witness"]);
    for word in ["10.0.10.31:443", "VPN"] {
        assert!(bad[0]["because"][0].to_string().contains(word), "{legs}");
    }
    assert_eq!(bad[0]["witness"]["src"], "10.0.10.31", "{legs}");
    assert_eq!(bad[0]["witness"]["dst"], "10.0.30.10", "{legs}");
}

#[test]
fn only_a_declared_gateway_may_stand_between() {
    let both = "prove TERM -> CORE no-relay except gw as A\nprove TERM -> CORE no-relay as B";
    let (exit, found) = claims("gateway", "other", both);
    assert_eq!(exit, Exit::Findings);
    assert_eq!(found[0]["verdict"], "proved");
    assert_eq!(found[1]["verdict"], "refuted");
    assert_eq!(found[1]["witness"]["src"], "10.0.30.10");
}

/// A neighbour of the first host on the link of the protected group needs no router (D25).
#[test]
fn a_host_inside_the_group_that_can_be_opened_is_a_stepping_stone() {
    let (exit, found) = claims("inside", "other", "prove TERM -> SCREEN no-relay as IN");
    assert_eq!(
        (exit, &found[0]["verdict"]),
        (Exit::Findings, &"refuted".into())
    );
    assert_eq!(found[0]["trace"][0]["hop"], "bridged");
    let (exit, _) = claims("alone", "other", "prove TERM -> gw no-relay as ALONE");
    assert_eq!(exit, Exit::Clean, "a host is no stepping stone to itself");
}
