//! Certificates that a liar writes where packets may take a way that no route says: each way is one that the checker takes.

use crate::certificate::{check, forged, read, small};
use crate::forged::{named, rejected};
use serde_json::{Value, json};

/// A network whose first claim is false for this text, certified as in the sound one.
fn lies(name: &str, policy: &str, sound: &str, text: &str, why: &str) {
    let (dir, exit, said) = small(&format!("{name}-sound"), policy, &[("SW", sound)]);
    assert_eq!(exit, 0, "{name}: {said}");
    let sound = read(&dir.join("c.json"));
    let (dir, exit, said) = small(name, policy, &[("SW", text)]);
    assert_eq!(exit, 3, "{name}: {said}");
    let document = read(&dir.join("c.json"));
    rejected(&dir, &document, why, |d: &mut Value| {
        d["claims"][0]["verdict"] = json!("proved");
        for part in ["reach", "arguments"] {
            d["cases"][0][part] = sound["cases"][0][part].clone();
        }
    });
}

const POLICY: &str = r#"
site S { ipv4-only }
zone A vlan 10 10.1.0.0/24
zone B vlan 20 10.2.0.0/24 { host b1 .11 }
zone C vlan 30 10.3.0.0/24
switch SW : cisco-ios-xe "C9300" { svi A, B, C }
prove A -> C none as NONE
"#;

/// A reaches b1 on one port; one text of the configuration stands in place of another.
fn config(from: &str, to: &str) -> String {
    let text = "hostname SW\nip routing\nip access-list extended A_IN\n 10 permit tcp 10.1.0.0 0.0.0.255 host 10.2.0.11 eq 443\n \
20 deny ip any any\ninterface Vlan10\n ip address 10.1.0.1 255.255.255.0\n ip access-group A_IN in\n\
interface Vlan20\n ip address 10.2.0.1 255.255.255.0\ninterface Vlan30\n ip address 10.3.0.1 255.255.255.0\n";
    assert!(text.contains(from), "{from}");
    text.replace(from, to)
}

#[test]
fn packets_may_go_where_no_route_says() {
    let address = " ip address 10.1.0.1 255.255.255.0\n";
    let with = |line: &str| config(address, &format!("{address}{line}"));
    let sound = config("", "");
    lies(
        "ways-redirect",
        POLICY,
        &sound,
        &with(" ip policy route-map X\n"),
        "not ",
    );
    lies(
        "ways-rewrite",
        POLICY,
        &sound,
        &with(" ip nat inside\n"),
        "not ",
    );
    let learns = config(
        "ip routing\n",
        "ip routing\nrouter ospf 1\n network 10.0.0.0 0.255.255.255 area 0\n",
    );
    lies("ways-learn", POLICY, &sound, &learns, "not ");
    let routed = config(
        "ip routing\n",
        "ip routing\nip route 10.2.0.11 255.255.255.255 10.3.0.9\n",
    );
    lies("ways-host", POLICY, &sound, &routed, "not ");
    let onto = config(
        "ip routing\n",
        "ip routing\nip route 10.2.0.11 255.255.255.255 Vlan30\n",
    );
    let (_, exit, _) = small("ways-onto", POLICY, &[("SW", &onto)]);
    assert!([0, 3].contains(&exit));
}

/// A stranger on B to whom a route leads may hand packets back, and they go on to C.
#[test]
fn a_stranger_may_hand_packets_back() {
    let policy = r#"
site S { ipv4-only }
zone A vlan 10 10.1.0.0/24
zone B vlan 20 10.2.0.0/24
zone C vlan 30 10.3.0.0/24
switch SW : cisco-ios-xe "C9300" { svi A, B, C }
prove A -> C none as NONE
"#;
    let text = |route: &str| {
        format!(
            "hostname SW\nip routing\nip access-list extended A_IN\n 10 permit ip any 10.9.0.0 0.0.255.255\n 20 deny ip any any\n\
interface Vlan10\n ip address 10.1.0.1 255.255.255.0\n ip access-group A_IN in\n\
interface Vlan20\n ip address 10.2.0.1 255.255.255.0\ninterface Vlan30\n ip address 10.3.0.1 255.255.255.0\n{route}"
        )
    };
    let stranger = text("ip route 10.9.0.0 255.255.0.0 10.2.0.9\n");
    let (dir, exit, said) = small("ways-back", policy, &[("SW", &stranger)]);
    assert_eq!(exit, 0, "{said}");
    let document = read(&dir.join("c.json"));
    // What comes back is presented to the interface of B: the set of it may not be left out.
    rejected(&dir, &document, "is not closed", |d| {
        for reach in d["cases"][0]["reach"].as_array_mut().unwrap() {
            let sets = reach["sets"].as_array_mut().unwrap();
            sets.retain(|set| set["interface"] == 0);
        }
    });
}

const SPOOF: &str = r#"
site S { ipv4-only }
zone A vlan 10 10.1.0.0/24
zone B vlan 20 10.2.0.0/24
zone T vlan 30 10.3.0.0/29
switch R1 : cisco-ios-xe "C9300" { svi A; svi T .1; route B via R2 }
switch R2 : cisco-ios-xe "C9300" { svi B; svi T .2; route A via R1 }
prove A no-spoof as SPOOF
prove A -> B none as NONE
"#;

/// A list that lets some packets in, and a route to B.
fn r1(permit: &str, via: &str) -> String {
    format!(
        "hostname R1\nip routing\nip access-list extended A_IN\n 10 permit tcp {permit}\n 20 deny ip any any\n\
interface Vlan10\n ip address 10.1.0.1 255.255.255.0\n ip access-group A_IN in\n\
interface Vlan30\n ip address 10.3.0.1 255.255.255.248\nip route 10.2.0.0 255.255.255.0 {via}\n"
    )
}

/// It lets nothing in.
const R2: &str = "hostname R2\nip routing\nip access-list extended T_IN\n 10 deny ip any any\ninterface Vlan20\n \
ip address 10.2.0.1 255.255.255.0\ninterface Vlan30\n ip address 10.3.0.2 255.255.255.248\n ip access-group T_IN in\n\
ip route 10.1.0.0 255.255.255.0 10.3.0.1\n";

/// What leaves a link with a source that is not there has left, whoever takes it and whatever becomes of it.
#[test]
fn a_forged_source_has_left_however_it_does() {
    let own = "10.1.0.0 0.0.0.255 host 10.2.0.11";
    let (sound, exit, said) = small(
        "forged-spoof-sound",
        SPOOF,
        &[("R1", &r1(own, "10.3.0.2")), ("R2", R2)],
    );
    assert_eq!(exit, 0, "{said}");
    let sound = read(&sound.join("c.json"));
    for (name, permit, via) in [
        ("router", "any host 10.2.0.11", "10.3.0.2"),
        ("owner", "any host 10.3.0.2", "10.3.0.2"),
        ("stranger", "any host 10.2.0.11", "10.3.0.6"),
        ("link", "any host 10.3.0.5", "10.3.0.2"),
    ] {
        let (dir, exit, said) = small(
            &format!("forged-spoof-{name}"),
            SPOOF,
            &[("R1", &r1(permit, via)), ("R2", R2)],
        );
        assert_eq!(exit, 3, "{name}: {said}");
        let document = read(&dir.join("c.json"));
        assert_eq!(document["claims"][0]["verdict"], "refuted");
        rejected(&dir, &document, "arrives and is not listed", |d| {
            d["claims"][0]["verdict"] = json!("proved");
            d["cases"][0]["arguments"][0] = sound["cases"][0]["arguments"][0].clone();
        });
    }
}

const CHANGING: &str = r#"
site S { ipv4-only; log-denied }
zone A vlan 10 10.1.0.0/24
zone B vlan 20 10.2.0.0/24 { host b1 .11 }
zone C vlan 30 10.3.0.0/24
switch SW : cisco-ios-xe "C9300" { svi A, B, C }
prove A -> C none as NONE
prove A -> C logged as LOG
"#;

/// With a line that may rewrite packets, or without.
fn changing(line: &str) -> String {
    format!(
        "hostname SW\nip routing\nip access-list extended A_IN\n 10 permit tcp 10.1.0.0 0.0.0.255 host 10.2.0.11 eq 443\n \
20 deny ip any any log\nip access-list extended C_OUT\n 10 deny ip any any log\ninterface Vlan10\n \
ip address 10.1.0.1 255.255.255.0\n ip access-group A_IN in\n{line}interface Vlan20\n ip address 10.2.0.1 255.255.255.0\n\
interface Vlan30\n ip address 10.3.0.1 255.255.255.0\n ip access-group C_OUT out\n"
    )
}

#[test]
fn what_may_be_rewritten_may_come_out_anywhere() {
    let (sound, exit, said) = small("forged-rewrite-sound", CHANGING, &[("SW", &changing(""))]);
    assert_eq!(exit, 0, "{said}");
    let sound = read(&sound.join("c.json"));
    let (dir, exit, said) = small(
        "forged-rewrite",
        CHANGING,
        &[("SW", &changing(" ip nat inside\n"))],
    );
    assert_eq!(exit, 3, "{said}");
    let document = read(&dir.join("c.json"));
    assert_eq!(document["effects"][0]["may"], "rewrite");
    rejected(&dir, &document, "this ", |d| {
        d["claims"][0]["verdict"] = json!("proved");
        d["cases"][0]["reach"] = sound["cases"][0]["reach"].clone();
        d["cases"][0]["arguments"] = sound["cases"][0]["arguments"].clone();
    });
    rejected(&dir, &document, "left out", |d| d["effects"] = json!([]));
    rejected(&dir, &document, "belong", |d| {
        d["effects"][0]["interface"] = json!(9)
    });
}

/// A switch that only looks on may drop what a host sends to its gateway.
#[test]
fn a_bystander_may_drop_what_a_host_sends() {
    let policy = r#"
site S { ipv4-only }
zone A vlan 10 10.1.0.0/24
zone B vlan 20 10.2.0.0/24 { host b1 .11 }
switch SW : cisco-ios-xe "C9300" { svi A .1; svi B }
switch BY : cisco-ios-xe "C9300" { svi A .9 }
allow A -> b1 : tcp 443
prove allows works as WORKS
"#;
    let sw = "hostname SW\nip routing\ninterface Vlan10\n ip address 10.1.0.1 255.255.255.0\ninterface Vlan20\n ip address 10.2.0.1 255.255.255.0\n";
    let by = "hostname BY\nip routing\nip access-list extended X\n 10 deny ip any any\ninterface Vlan10\n \
ip address 10.1.0.9 255.255.255.0\n ip access-group X in\n";
    let (dir, _, said) = small("forged-bystander", policy, &[("SW", sw), ("BY", by)]);
    let mut document = read(&dir.join("c.json"));
    let number = named(&document, "interfaces", "Vlan10");
    let device = document["interfaces"][number]["device"].as_u64().unwrap();
    let at = |name: &str| named(&document, "devices", name);
    let first = if device == at("SW") as u64 {
        number
    } else {
        number + 1
    };
    let by = at("BY");
    let goal = json!({ "link": document["interfaces"].as_array().unwrap().iter().find(|one| one["name"] == "Vlan20").unwrap()["link"] });
    document["claims"][0]["verdict"] = json!("proved");
    document["cases"][0]["arguments"][0] = json!({ "carried": [{
        "family": "4", "start": [{ "in": first }], "packets": [{ "src": "10.1.0.5", "dst": "10.2.0.11" }], "goal": goal,
    }] });
    let file = dir.join("forged.json");
    std::fs::write(&file, forged(document.clone())).unwrap();
    let (exit, sees) = check(&file);
    assert_eq!(exit, 0, "{said}{sees}");
    for known in ["yes", "open"] {
        rejected(&dir, &document, "ends at Dropped", |d| {
            d["devices"][by]["bridged_in"] = json!(known)
        });
    }
    let router = if first == number { number + 1 } else { number };
    rejected(&dir, &document, "ends at", |d| {
        d["cases"][0]["arguments"][0]["carried"][0]["start"] =
            json!([{ "in": first }, { "in": router }]);
    });
    rejected(&dir, &document, "no interface", |d| {
        d["cases"][0]["arguments"][0]["carried"][0]["start"] = json!([{ "in": 99 }]);
    });
}

const WORKING: &str = r#"
site S { ipv4-only }
zone A vlan 10 10.1.0.0/24
zone B vlan 20 10.2.0.0/24 { host b1 .11 }
switch SW : cisco-ios-xe "C9300" { svi A, B }
allow A -> b1 : tcp 443
prove allows works as WORKS
"#;

/// A network that carries the session, with one text of its configuration in place of another.
fn working(from: &str, to: &str) -> String {
    let text = "hostname SW\nip routing\nip access-list extended A_IN\n 10 permit tcp 10.1.0.0 0.0.0.255 host 10.2.0.11 eq 443\n \
20 deny ip any any log\ninterface Vlan10\n ip address 10.1.0.1 255.255.255.0\n ip access-group A_IN in\n\
interface Vlan20\n ip address 10.2.0.1 255.255.255.0\n";
    assert!(text.contains(from), "{from}");
    text.replace(from, to)
}

/// Whatever drops it: an entry with a log or without, a line that only may, a route, a switch that does not forward.
#[test]
fn what_must_arrive_is_not_said_to_where_something_may_drop_it() {
    let (sound, exit, said) = small("forged-works-sound", WORKING, &[("SW", &working("", ""))]);
    assert_eq!(exit, 0, "{said}");
    let sound = read(&sound.join("c.json"));
    let permit = "10 permit tcp 10.1.0.0 0.0.0.255 host 10.2.0.11 eq 443\n";
    let address = " ip address 10.1.0.1 255.255.255.0\n";
    for (name, from, to) in [
        ("log", permit, "10 deny tcp any any eq 443 log\n"),
        ("silent", permit, "10 deny tcp any any eq 443\n"),
        (
            "perhaps",
            permit,
            "10 permit tcp any any eq 443 time-range NIGHT\n",
        ),
        (
            "narrow",
            address,
            " ip address 10.1.0.1 255.255.255.0\n ip verify unicast source reachable-via rx\n",
        ),
        (
            "null",
            "ip routing\n",
            "ip routing\nip route 10.2.0.11 255.255.255.255 Null0\n",
        ),
        ("forward", "ip routing\n", "no ip routing\n"),
    ] {
        let text = working(from, to);
        let (dir, exit, said) = small(&format!("forged-works-{name}"), WORKING, &[("SW", &text)]);
        assert_eq!(exit, 3, "{name}: {said}");
        let document = read(&dir.join("c.json"));
        rejected(&dir, &document, "ends at Dropped", |d| {
            d["claims"][0]["verdict"] = json!("proved");
            d["cases"][0]["arguments"] = sound["cases"][0]["arguments"].clone();
        });
    }
}
