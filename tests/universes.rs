//! VRFs, routers without lists, learnt routes: what is joined, what is bounded, what is assumed.

use crate::support::{AT, Ran, aclc, scratch, verified};
use aclc::cli::Exit;
use serde_json::Value;
use std::path::PathBuf;

const VRF: &str = r#"
site S { ipv4-only }
zone A vlan 10 10.1.0.0/24 dhcp b1
zone B vlan 20 10.2.0.0/24 { host b1 .11 }
zone G vlan 60 10.6.0.0/24
zone E vlan 61 10.6.1.0/29 { host gw .5 }
zone T vlan 30 10.3.0.0/29 { host fw .5 }
external NET behind fw = rest
external GUESTNET behind gw = rest
switch SW : cisco-ios-xe "C9300" {
  svi A, B, T
  route any via fw
  vrf 来庁者 { svi G, E; route any via gw }
}
allow A -> b1 : tcp 443 ticket R1
allow A -> NET : tcp 443 ticket R2
allow A -> SW : tcp 22 ticket R3
allow G -> GUESTNET : tcp 443 ticket R4
forbid G -> NET
prove G -> A, B, T none as GUEST
prove A -> GUESTNET none as IN
prove G -> SW only { } as OWN
prove allows works as WORKS
"#;

fn write(name: &str, policy: &str) -> PathBuf {
    let dir = scratch(name);
    std::fs::write(dir.join("policy.acl"), policy).unwrap();
    dir
}

fn build(dir: &std::path::Path) -> Ran {
    let (policy, out) = (dir.join("policy.acl"), dir.join("out"));
    let args = [
        "build",
        policy.to_str().unwrap(),
        "-o",
        out.to_str().unwrap(),
        "--at",
        AT,
    ];
    aclc(&args)
}

/// Verdict by claim, on the texts in `out` with an edit of one.
fn verdicts(dir: &std::path::Path, file: &str, edit: impl Fn(&str) -> String) -> Vec<Value> {
    let (policy, out) = (dir.join("policy.acl"), dir.join("out"));
    let path = out.join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    let changed = edit(&text);
    std::fs::write(&path, &changed).unwrap();
    let args = [
        "verify",
        policy.to_str().unwrap(),
        "--configs",
        out.to_str().unwrap(),
        "--at",
        AT,
        "--format",
        "json",
    ];
    let ran = aclc(&args);
    std::fs::write(&path, text).unwrap();
    ran.json()["claims"].as_array().unwrap().clone()
}

fn verdict<'v>(claims: &'v [Value], id: &str) -> &'v str {
    let claim = claims.iter().find(|claim| claim["id"] == id).unwrap();
    claim["verdict"].as_str().unwrap()
}

#[test]
fn vrfs_are_universes_of_their_own() {
    let policy = VRF.replace("prove G -> SW only { } as OWN", "prove G -> SW none as OWN");
    let dir = write("vrf", &policy);
    let ran = build(&dir);
    assert_eq!(ran.exit, Exit::Clean, "{}{}", ran.out, ran.err);
    let text = std::fs::read_to_string(dir.join("out/SW.cfg")).unwrap();
    let vrf = text
        .lines()
        .find_map(|line| line.strip_prefix("vrf definition "))
        .unwrap();
    assert!(
        vrf.starts_with("X_")
            && text.contains(&format!("ip route vrf {vrf} 0.0.0.0 0.0.0.0 10.6.1.5")),
        "{text}"
    );
    // Sessions with the switch open the addresses of the universe they come from only.
    assert!(
        text.contains("host 10.1.0.1 eq 22") && !text.contains("host 10.6.0.1 eq 22"),
        "{text}"
    );
    // Lists that pass everything open nothing between the universes.
    let open = |text: &str| text.replace("deny   ip any any", "permit ip any any");
    let claims = verdicts(&dir, "SW.cfg", open);
    assert_eq!(verdict(&claims, "GUEST"), "proved");
    assert_eq!(verdict(&claims, "IN"), "proved");
    // An interface that fell out of its VRF is a router between them.
    let fell = |text: &str| {
        let face = format!("interface Vlan60\n vrf forwarding {vrf}\n");
        assert!(text.contains(&face));
        open(&text.replace(&face, "interface Vlan60\n"))
    };
    let claims = verdicts(&dir, "SW.cfg", fell);
    assert_eq!(verdict(&claims, "GUEST"), "refuted");
    // A leak may be one too.
    let leak = |text: &str| {
        open(&text.replace(
            "ip routing\n",
            &format!("ip routing\nip route vrf {vrf} 10.2.0.0 255.255.255.0 10.2.0.11 global\n"),
        ))
    };
    let claims = verdicts(&dir, "SW.cfg", leak);
    assert_eq!(verdict(&claims, "GUEST"), "unknown");
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
prove C -> A none as BACK
prove A, I -> W none as WIRE
prove I, W filtered as BOUND
prove allows works as WORKS
"#;

const BEYOND: &str = r#"
site S { ipv4-only }
zone A vlan 10 10.1.0.0/24
zone B vlan 20 10.2.0.0/24 { host b1 .11 }
zone I vlan 30 10.3.0.0/29 gateway .1
zone D vlan 40 10.4.0.0/24 { host d1 .11 }
opaque FW { svi I .2; svi D .1; route A via S1; route B via S1 }
external NET behind FW = rest
external CITY behind FW = 172.16.0.0/16
switch S1 : cisco-ios-xe "C9300" { svi A; svi B; svi I .1; route any via FW; route D via FW }
allow A -> NET : tcp 443 ticket R1
allow A -> d1 : tcp 80 ticket R2
allow CITY -> b1 : tcp 8443 ticket R3
prove B -> NET none as OUT
prove NET -> A none as IN
prove CITY -> B only b1 : tcp 8443 as HOLE
prove allows works as WORKS
"#;

/// What lies behind a router without a text is reached by its routes, and may send anything (D29).
#[test]
fn an_external_may_lie_behind_a_router_without_lists() {
    let dir = write("beyond", BEYOND);
    let ran = build(&dir);
    assert_eq!(ran.exit, Exit::Clean, "{}{}", ran.out, ran.err);
    // The words that stand for its port are ours, and shown to nobody.
    assert!(
        !ran.out.contains("192.0.0.") && !ran.out.contains("409"),
        "{}",
        ran.out
    );
    let wide = |from: &'static str, to: &'static str| {
        move |text: &str| {
            assert!(text.contains(from), "{text}");
            text.replacen(from, to, 1)
        }
    };
    // Past our lists only its filter may stop a packet, and nobody knows it.
    let any = wide(
        "permit tcp host 10.2.0.11 eq 8443 172.16.0.0 0.0.255.255 range 1024 65535 established",
        "permit tcp any any eq 443",
    );
    assert_eq!(verdict(&verdicts(&dir, "S1.cfg", any), "OUT"), "unknown");
    let wide_in = wide(
        "permit tcp 172.16.0.0 0.0.255.255 host 10.2.0.11 eq 8443",
        "permit tcp any 10.2.0.0 0.0.0.255 eq 8443",
    );
    assert_eq!(
        verdict(&verdicts(&dir, "S1.cfg", wide_in), "HOLE"),
        "unknown"
    );
    // What must work does not where our own list stops it.
    let shut = wide(
        "permit tcp 10.1.0.0 0.0.0.255 any eq 443",
        "permit tcp 10.1.0.0 0.0.0.255 any eq 444",
    );
    assert_eq!(verdict(&verdicts(&dir, "S1.cfg", shut), "WORKS"), "refuted");
}

#[test]
fn a_router_without_lists_passes_everything() {
    let dir = write("opaque", OPAQUE);
    let ran = build(&dir);
    assert_eq!(ran.exit, Exit::Unknown, "{}{}", ran.out, ran.err);
    // Whoever sits on one side of it may reach the other: nobody models what stops them.
    let unknown: Vec<&str> = ran
        .out
        .lines()
        .filter(|line| line.starts_with("？") && line.contains("prove "))
        .collect();
    assert!(
        unknown.len() == 1 && unknown[0].contains("WIRE"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("not modelled (opaque)"), "{}", ran.out);
    let policy = OPAQUE.replace("prove A, I -> W none as WIRE\n", "");
    let dir = write("opaque-fine", &policy);
    let ran = build(&dir);
    assert_eq!(ran.exit, Exit::Clean, "{}{}", ran.out, ran.err);
    assert!(
        ran.out
            .contains("opaque `FW` passes everything that reaches it"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("opaque `FW` does not change packets"),
        "{}",
        ran.out
    );
    assert!(!dir.join("out/FW.cfg").exists());
    // A hole in one switch: the router between may close it, so it is not certain; the other switch lets nothing more in.
    let wide = |text: &str| {
        text.replace(
            "permit tcp 10.1.0.0 0.0.0.255 host 10.4.0.11 eq 443",
            "permit tcp 10.1.0.0 0.0.0.255 10.4.0.0 0.0.0.255 eq 443",
        )
    };
    assert_eq!(verdict(&verdicts(&dir, "S1.cfg", wide), "ONLY"), "proved");
    let both = wide(&std::fs::read_to_string(dir.join("out/S1.cfg")).unwrap());
    std::fs::write(dir.join("out/S1.cfg"), both).unwrap();
    assert_eq!(verdict(&verdicts(&dir, "S2.cfg", wide), "ONLY"), "unknown");
    // What does not pass our own lists does not work, whatever it passes.
    let lost = |text: &str| {
        text.replace(
            "permit tcp 10.1.0.0 0.0.0.255 host 10.4.0.11 eq 443",
            "deny tcp 10.1.0.0 0.0.0.255 host 10.4.0.11 eq 443",
        )
    };
    assert_eq!(verdict(&verdicts(&dir, "S2.cfg", lost), "WORKS"), "refuted");
}

const LEARNT: &str = r#"
site S { ipv4-only }
zone A vlan 10 10.1.0.0/24
zone B vlan 20 10.2.0.0/24 { host b1 .11 }
zone T vlan 30 10.3.0.0/29 { host r .5 }
external FAR behind r = 10.9.0.0/16
switch SW : cisco-ios-xe "C9300" { svi A, B, T; dynamic ospf on T; route FAR via r }
allow A -> b1 : tcp 443 ticket R1
prove A -> FAR none as LED
prove A -> B only b1 : tcp 443 as ONLY
prove allows works as WORKS
"#;

fn verify(dir: &std::path::Path, more: &[&str]) -> Ran {
    verified(&dir.join("policy.acl"), more)
}

#[test]
fn learnt_routes_are_bounded_not_guessed() {
    let dir = write("learnt", LEARNT);
    let ran = verify(&dir, &[]);
    assert_eq!(ran.exit, Exit::Unknown, "{}", ran.err);
    let claims = ran.json()["claims"].as_array().unwrap().clone();
    // An allowed packet may be led to the other router; nothing else gets past the list.
    assert_eq!(verdict(&claims, "LED"), "unknown");
    assert_eq!(verdict(&claims, "ONLY"), "proved");
    assert_eq!(verdict(&claims, "WORKS"), "unknown");
    let why = claims[0]["because"].to_string();
    assert!(why.contains("SW"), "{why}");
    // Without the word the routes are those that are written.
    let dir = write("learnt-static", &LEARNT.replace(" dynamic ospf on T;", ""));
    let ran = build(&dir);
    assert_eq!(ran.exit, Exit::Clean, "{}{}", ran.out, ran.err);
    // The text decides: a policy that says routes are learnt is told that they are not (D31).
    std::fs::write(dir.join("policy.acl"), LEARNT).unwrap();
    let ran = verify(&dir, &["--configs", dir.join("out").to_str().unwrap()]);
    assert!(
        ran.exit == Exit::Clean && ran.err.contains("dynamic-not-in-text"),
        "{}",
        ran.err
    );
}

/// What OSPF and VRRP need at an interface is written before any deny, and missed if it is not there (D21, D45).
#[test]
fn hellos_are_written_where_routes_are_learnt() {
    let dir = write(
        "hellos",
        &LEARNT.replace("dynamic ospf on T", "dynamic ospf on T, A"),
    );
    let policy = dir.join("policy.acl");
    let ran = aclc(&["build", policy.to_str().unwrap(), "--at", AT]);
    assert_eq!(ran.exit, Exit::Unknown, "{}", ran.out);
    // Equality is not proved where nobody knows the routes, and says so.
    assert!(
        ran.out.contains("D45") && ran.out.contains("routes"),
        "{}",
        ran.out
    );
}
