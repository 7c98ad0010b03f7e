//! Certificates of what a line does not say by itself: routes of a captured table, next hops that other routes lead to,
//! broadcasts that a relay sends on, lists that guard a switch's own services. Each is accepted, and what is tampered with is not.

use crate::certificate::{certified, check, folder, forged, read, sha256, small};
use crate::routes;
use crate::support::aclc;
use serde_json::{Value, json};
use std::path::Path;

/// What the checker says of a document with a change and a digest that fits.
fn tampered(dir: &Path, document: &Value, change: impl Fn(&mut Value)) -> (i32, String) {
    let mut document = document.clone();
    change(&mut document);
    let file = dir.join("forged.json");
    std::fs::write(&file, forged(document)).unwrap();
    check(&file)
}

/// Rejected, and for this reason.
pub(crate) fn rejected(dir: &Path, document: &Value, why: &str, change: impl Fn(&mut Value)) {
    let (exit, said) = tampered(dir, document, change);
    assert_eq!(exit, 1, "{why}: {said}");
    assert!(said.contains(why), "{why}: {said}");
}

/// The number of the row of a prefix.
pub(crate) fn row(document: &Value, prefix: &str) -> usize {
    let routes = document["routes"].as_array().unwrap();
    let found = routes.iter().position(|route| route["prefix"] == prefix);
    found.unwrap_or_else(|| panic!("no row {prefix}: {routes:?}"))
}

#[test]
fn routes_of_a_captured_table_are_held_to_its_lines() {
    let dir = routes::settled("certificate", "");
    let (exit, said) = certified(
        dir.join("policy.acl").to_str().unwrap(),
        dir.join("out").to_str().unwrap(),
        &dir.join("c.json"),
    );
    assert_eq!(exit, 0, "{said}");
    assert!(said.contains("R1.routes"), "{said}");
    let document = read(&dir.join("c.json"));
    let at = row(&document, "10.2.0.0/24");
    assert_eq!(document["routes"][at]["learnt"], true);
    let change = |path: String, value: Value| {
        move |d: &mut Value| *d.pointer_mut(&path).unwrap() = value.clone()
    };
    let of = |name: &str| format!("/routes/{at}/{name}");
    for (why, path, value) in [
        ("leads elsewhere", of("hops/0/via"), json!("10.3.0.3")),
        ("stand in", of("prefix"), json!("10.2.0.0/25")),
        ("left out", of("lines/0"), json!(7)),
        ("left out", of("lines"), json!([])),
        ("left out", of("learnt"), json!(false)),
    ] {
        let (exit, said) = tampered(&dir, &document, change(path.clone(), value));
        assert_eq!(exit, 1, "{path}: {said}");
        assert!(said.contains(why), "{path}: {said}");
    }
    let table = |d: &Value| {
        let mut devices = d["devices"].as_array().unwrap().iter();
        devices
            .position(|device| !device["table"].is_null())
            .unwrap()
    };
    rejected(&dir, &document, "no table that tells it", |d| {
        let at = table(d);
        d["devices"][at]["table"] = Value::Null;
    });
    rejected(&dir, &document, "left out", |d| {
        d["routes"].as_array_mut().unwrap().remove(at);
    });
    // The table itself is one of the files.
    let file = dir.join("out/R1.routes");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("10.3.0.2", "10.3.0.3")).unwrap();
    assert_eq!(check(&dir.join("c.json")).0, 1);
}

/// A default, and a row that goes on in the next line: neither may lose a part.
const MORE: &str = "\
O*E2  0.0.0.0/0 [110/1] via 10.3.0.2, 00:10:00, Vlan30
O        10.7.0.0/16 [110/2] via 10.3.0.2, 00:10:00, Vlan30
                     [110/2] via 10.3.0.3, 00:10:00, Vlan30
";

#[test]
fn no_part_of_a_captured_table_may_be_left_out() {
    let dir = routes::settled("certificate-more", MORE);
    let words = ["policy.acl", "out", "c.json"].map(|name| dir.join(name));
    let [policy, configs, _] = words.each_ref().map(|path| path.to_str().unwrap());
    let (_, said) = certified(policy, configs, &words[2]);
    assert!(said.contains("\ncertified"), "{said}");
    let document = read(&words[2]);
    let (default, two) = (row(&document, "0.0.0.0/0"), row(&document, "10.7.0.0/16"));
    assert_eq!(document["routes"][two]["hops"].as_array().unwrap().len(), 2);
    rejected(&dir, &document, "left out", |d| {
        d["routes"].as_array_mut().unwrap().remove(default);
    });
    rejected(&dir, &document, "left out", |d| {
        d["routes"][two]["hops"].as_array_mut().unwrap().remove(1);
        d["routes"][two]["lines"].as_array_mut().unwrap().remove(1);
    });
    rejected(&dir, &document, "leads elsewhere", |d| {
        d["routes"][two]["hops"].as_array_mut().unwrap().remove(1);
    });
}

const RECURSIVE: &str = r#"
site S { ipv4-only }
zone A vlan 10 10.1.0.0/24
zone B vlan 20 10.2.0.0/24 { host b1 .11 }
zone T vlan 30 10.3.0.0/29
switch R1 : cisco-ios-xe "C9300" { svi A; svi T .1; route B via R2 }
switch R2 : cisco-ios-xe "C9300" { svi B; svi T .2; route A via R1 }
allow A -> b1 : tcp 443
prove A -> T none as TRANSIT
prove allows works as WORKS
"#;

const R1: &str = "\
hostname R1
ip routing
ip access-list extended A_IN
 10 permit tcp 10.1.0.0 0.0.0.255 host 10.2.0.11 eq 443
 20 deny ip any any
interface Vlan10
 ip address 10.1.0.1 255.255.255.0
 ip access-group A_IN in
interface Vlan30
 ip address 10.3.0.1 255.255.255.248
ip route 10.2.0.0 255.255.255.0 10.9.0.2
ip route 10.9.0.0 255.255.255.0 10.9.9.2
ip route 10.9.9.0 255.255.255.0 10.3.0.2
";

/// From B to A, over the link between them.
pub(crate) const R2: &str = "\
hostname R2
ip routing
ip access-list extended B_IN
 10 permit tcp host 10.2.0.11 eq 443 10.1.0.0 0.0.0.255 established
 20 deny ip any any
interface Vlan20
 ip address 10.2.0.1 255.255.255.0
 ip access-group B_IN in
interface Vlan30
 ip address 10.3.0.2 255.255.255.248
ip route 10.1.0.0 255.255.255.0 10.3.0.1
";

#[test]
fn a_next_hop_is_followed_through_other_routes() {
    let configs = [("R1", R1), ("R2", R2)];
    let (dir, exit, said) = small("certificate-recursive", RECURSIVE, &configs);
    assert_eq!(exit, 0, "{said}");
    let document = read(&dir.join("c.json"));
    let at = row(&document, "10.2.0.0/24");
    assert_eq!(
        document["routes"][at]["hops"],
        json!([{ "out": null, "via": "10.9.0.2" }]),
        "what the line says, not where it leads"
    );
    rejected(&dir, &document, "leads elsewhere", |d| {
        d["routes"][at]["hops"][0]["via"] = json!("10.3.0.2");
    });
    rejected(&dir, &document, "does not belong", |d| {
        d["routes"][at]["hops"][0] = json!({ "out": 1, "via": "10.9.0.2" });
    });
    rejected(&dir, &document, "left out", |d| {
        let far = row(d, "10.9.9.0/24");
        d["routes"].as_array_mut().unwrap().remove(far);
    });
    // Routes that lead to each other lead nowhere.
    let circle = R1.replace("255.255.255.0 10.3.0.2", "255.255.255.0 10.9.0.3");
    let other = folder(
        "certificate-circle",
        RECURSIVE,
        &[("R1", &circle), ("R2", R2)],
    );
    let words = ["policy.acl", "", "c.json"].map(|name| other.join(name));
    let [policy, configs, file] = words.each_ref().map(|path| path.to_str().unwrap());
    let ran = aclc(&[
        "verify",
        policy,
        "--configs",
        configs,
        "--certificate",
        file,
    ]);
    assert!(
        ran.err.contains("certificate-unmodelled") && !words[2].exists(),
        "{}",
        ran.err
    );
    // The argument of the sound network over the lines of a circle.
    let forged_circle = |d: &mut Value| {
        let far = row(d, "10.9.9.0/24");
        d["routes"][far]["hops"][0]["via"] = json!("10.9.0.3");
        let config = other.join("R1.cfg").to_str().unwrap().to_owned();
        for file in d["files"].as_array_mut().unwrap() {
            if file["path"].as_str().unwrap().ends_with("R1.cfg") {
                file["path"] = json!(config);
                file["sha256"] = json!(sha256(circle.as_bytes()));
            }
        }
    };
    rejected(&dir, &document, "not resolved", forged_circle);
}

const RELAYS: &str = r#"
site S { ipv4-only }
zone A vlan 10 10.1.0.0/24
zone B vlan 20 10.2.0.0/24 { host b1 .11 }
zone C vlan 30 10.3.0.0/24 { host c1 .11 }
switch SW : cisco-ios-xe "C9300" { svi A, B, C }
prove A -> C none as NONE
"#;

fn relaying(server: &str) -> String {
    format!(
        "\
hostname SW
ip access-list extended A_IN
 10 permit udp any host 255.255.255.255 eq 53
 20 deny ip any any
interface Vlan10
 ip address 10.1.0.1 255.255.255.0
 ip access-group A_IN in
 ip helper-address {server}
interface Vlan20
 ip address 10.2.0.1 255.255.255.0
interface Vlan30
 ip address 10.3.0.1 255.255.255.0
"
    )
}

#[test]
fn broadcasts_that_a_relay_sends_on_are_reckoned_with() {
    let (good, exit, said) = small(
        "certificate-relay",
        RELAYS,
        &[("SW", &relaying("10.2.0.11"))],
    );
    assert_eq!(exit, 0, "{said}");
    let sound = read(&good.join("c.json"));
    let a = sound["interfaces"].as_array().unwrap();
    let a = a.iter().position(|one| one["name"] == "Vlan10").unwrap();
    assert_eq!(sound["interfaces"][a]["relays"][0]["to"], "10.2.0.11");
    rejected(&good, &sound, "a relay leads elsewhere", |d| {
        d["interfaces"][a]["relays"][0]["to"] = json!("10.2.0.12");
    });
    rejected(&good, &sound, "left out", |d| {
        d["interfaces"][a]["relays"] = json!([]);
    });
    // To a server that nothing may reach: nobody certifies it, not even with the argument of the sound network.
    let (bad, exit, said) = small(
        "certificate-relayed",
        RELAYS,
        &[("SW", &relaying("10.3.0.11"))],
    );
    assert_eq!(exit, 3, "{said}");
    let document = read(&bad.join("c.json"));
    rejected(&bad, &document, "arrives and is not listed", |d| {
        d["claims"] = sound["claims"].clone();
        for part in ["reach", "arguments"] {
            d["cases"][0][part] = sound["cases"][0][part].clone();
        }
        d["claims"][0]["file"] = document["claims"][0]["file"].clone();
    });
}

const MANAGED: &str = r#"
site S { ipv4-only }
zone A vlan 10 10.1.0.0/24
zone B vlan 20 10.2.0.0/24 { host b1 .11 }
switch SW : cisco-ios-xe "C9300" { svi A, B }
allow A -> SW : tcp 22
prove allows works as WORKS
prove A -> b1 none as NONE
"#;

fn guarded(vty: &str) -> String {
    format!(
        "\
hostname SW
ip access-list extended A_IN
 10 permit tcp 10.1.0.0 0.0.0.255 host 10.1.0.1 eq 22
 15 permit tcp 10.1.0.0 0.0.0.255 host 10.2.0.1 eq 22
 20 deny ip any any
ip access-list standard MANAGERS
 10 permit 10.1.0.7
interface Vlan10
 ip address 10.1.0.1 255.255.255.0
 ip access-group A_IN in
interface Vlan20
 ip address 10.2.0.1 255.255.255.0
line vty 0 4
{vty} transport input ssh
"
    )
}

#[test]
fn what_guards_a_service_of_a_switch_may_drop_what_arrived_there() {
    let (open, exit, said) = small("certificate-open-vty", MANAGED, &[("SW", &guarded(""))]);
    assert_eq!(exit, 0, "{said}");
    let sound = read(&open.join("c.json"));
    let text = guarded(" access-class MANAGERS in\n");
    let (dir, exit, said) = small("certificate-vty", MANAGED, &[("SW", &text)]);
    assert_eq!(exit, 3, "{said}");
    assert!(said.contains("\ncertified 確認済  NONE"), "{said}");
    let document = read(&dir.join("c.json"));
    let effect = &document["effects"][0];
    assert_eq!(effect["may"], "drop");
    assert!(effect["own"].is_array(), "{effect}");
    rejected(&dir, &document, "ends at Dropped", |d| {
        d["cases"][0]["arguments"][0] = sound["cases"][0]["arguments"][0].clone();
        d["claims"][0]["verdict"] = json!("proved");
    });
}
