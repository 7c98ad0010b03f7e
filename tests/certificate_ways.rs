//! Certificates of packets that pass several switches: a forger who says that they end elsewhere, that nobody else answers for
//! an address, or that no other switch sees them pass, is caught.

use crate::certificate::{read, sha256, small};
use crate::certificate_forms::{R2, rejected, row};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const POLICY: &str = r#"
site S { ipv4-only }
zone A vlan 10 10.1.0.0/24
zone B vlan 20 10.2.0.0/24 { host b1 .11 }
zone T vlan 30 10.3.0.0/29
switch R1 : cisco-ios-xe "C9300" { svi A; svi T .1; route B via R2 }
switch R2 : cisco-ios-xe "C9300" { svi B; svi T .2; route A via R1 }
switch R3 : cisco-ios-xe "C9300" { svi T .3 }
allow A -> b1 : tcp 443
prove A -> b1 only b1 : tcp 443 as ONLY
prove allows works as WORKS
"#;

/// From A to T, with a route of its own.
fn r1(route: &str) -> String {
    format!(
        "\
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
ip route 10.2.0.0 255.255.255.0 {route}
"
    )
}

/// A bystander on T that lets nothing in.
const R3: &str = "\
hostname R3
ip routing
ip access-list extended T_IN
 10 deny ip any any
interface Vlan30
 ip address 10.3.0.3 255.255.255.248
 ip access-group T_IN in
";

/// The network with a route of R1, and its certificate.
fn network(name: &str, policy: &str, route: &str) -> (PathBuf, Value, i32) {
    let r1 = r1(route);
    let configs = [("R1", r1.as_str()), ("R2", R2), ("R3", R3)];
    let (dir, exit, _) = small(name, policy, &configs);
    let document = read(&dir.join("c.json"));
    (dir, document, exit)
}

/// The numbers of two links by the names of interfaces on them.
fn link(document: &Value, interface: &str) -> Value {
    let mut all = document["interfaces"].as_array().unwrap().iter();
    all.find(|one| one["name"] == interface).unwrap()["link"].clone()
}

fn device(document: &Value, name: &str) -> usize {
    let mut all = document["devices"].as_array().unwrap().iter();
    all.position(|one| one["name"] == name).unwrap()
}

#[test]
fn what_must_arrive_somewhere_does_not_arrive_elsewhere() {
    let (dir, document, exit) = network("certificate-ways", POLICY, "10.3.0.2");
    assert_eq!(exit, 0);
    let journeys = &document["cases"][0]["arguments"][1]["carried"];
    let (b, t) = (link(&document, "Vlan20"), link(&document, "Vlan30"));
    let there = journeys.as_array().unwrap().iter();
    let there = there.clone().position(|one| one["goal"]["link"] == b);
    let at = there.expect("a journey to B");
    for goal in [
        json!({ "link": t }),
        json!({ "device": device(&document, "R2") }),
        json!({ "hosts": { "link": t, "hosts": "10.3.0.2" } }),
    ] {
        rejected(&dir, &document, "ends at", |d| {
            d["cases"][0]["arguments"][1]["carried"][at]["goal"] = goal.clone();
        });
    }
    rejected(&dir, &document, "claim WORKS", |d| {
        d["cases"][0]["arguments"][1]["carried"] = json!([]);
    });
}

#[test]
fn a_list_that_sees_frames_pass_may_drop_them() {
    let (dir, document, _) = network("certificate-bystander", POLICY, "10.3.0.2");
    let r3 = device(&document, "R3");
    for known in ["yes", "open"] {
        rejected(&dir, &document, "ends at Dropped", |d| {
            d["devices"][r3]["bridged_in"] = json!(known);
        });
    }
}

/// Another network's claims, sets and arguments over the lines of this one.
fn argued_as(sound: &Value) -> impl Fn(&mut Value) + '_ {
    |d: &mut Value| {
        let files: Vec<Value> = (0..)
            .map_while(|at| d["claims"].get(at).map(|claim| claim["file"].clone()))
            .collect();
        d["claims"] = sound["claims"].clone();
        for (at, file) in files.into_iter().enumerate() {
            d["claims"][at]["file"] = file;
        }
        for part in ["reach", "arguments"] {
            d["cases"][0][part] = sound["cases"][0][part].clone();
        }
    }
}

#[test]
fn a_router_that_answers_for_an_address_elsewhere_is_reckoned_with() {
    let policy = POLICY.replace(
        "prove A -> b1 only b1 : tcp 443 as ONLY",
        "prove A -> b1 none as NONE",
    );
    let (_, sound, _) = network("certificate-null", &policy, "Null0");
    assert_eq!(sound["claims"][0]["verdict"], "proved");
    // Out of the port to T: whoever answers there for 10.2.0.11 gets the packets, and R2 may (proxy ARP).
    let (dir, document, _) = network("certificate-proxy", &policy, "Vlan30");
    assert_ne!(document["claims"][0]["verdict"], "proved");
    rejected(&dir, &document, "is not closed", argued_as(&sound));
}

/// A document over another text of R1.
fn over(document: &Value, dir: &Path, text: &str) -> Value {
    let file = dir.join("other.cfg");
    std::fs::write(&file, text).unwrap();
    let mut document = document.clone();
    for one in document["files"].as_array_mut().unwrap() {
        if one["path"].as_str().unwrap().ends_with("R1.cfg") {
            one["path"] = json!(file.to_str());
            one["sha256"] = json!(sha256(text.as_bytes()));
        }
    }
    document
}

#[test]
fn an_own_address_is_no_next_hop() {
    let (dir, document, _) = network("certificate-own-hop", POLICY, "10.3.0.2");
    let at = row(&document, "10.2.0.0/24");
    let other = over(&document, &dir, &r1("10.3.0.1"));
    rejected(&dir, &other, "own address", |d| {
        d["routes"][at]["hops"][0]["via"] = json!("10.3.0.1");
    });
    let other = over(&document, &dir, &r1("10.77.0.1"));
    rejected(&dir, &other, "leads nowhere", |d| {
        d["routes"][at]["hops"][0]["via"] = json!("10.77.0.1");
    });
}
