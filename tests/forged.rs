//! Certificates that a liar writes for a claim that is false: over the lines of the false network, with the sets and arguments of
//! a sound one, and with whatever it takes to make them fit. None is accepted.

use crate::certificate::{check, forged, read, small};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const POLICY: &str = r#"
site S { ipv4-only }
zone A vlan 10 10.1.0.0/24
zone B vlan 20 10.2.0.0/24 { host b1 .11 }
switch SW : cisco-ios-xe "C9300" { svi A, B }
prove A -> B none as NONE
prove B -> A none as BACK
"#;

/// A may reach B, if `open`.
fn config(open: bool) -> String {
    let first = if open {
        "permit tcp any any eq 443"
    } else {
        "deny tcp any any eq 443"
    };
    format!(
        "\
hostname SW
ip routing
ip access-list extended A_IN
 10 {first}
 20 deny ip any any
ip access-list extended B_IN
 10 deny ip any any
interface Vlan5
 ip address 10.5.0.1 255.255.255.0
 shutdown
interface Vlan10
 ip address 10.1.0.1 255.255.255.0
 ip access-group A_IN in
interface Vlan20
 ip address 10.2.0.1 255.255.255.0
 no shutdown
 ip access-group B_IN in
interface Vlan30
 ip address 10.30.0.1 255.255.255.0
 shutdown
"
    )
}

/// The false network's certificate with the sound one's claims and arguments.
fn lie(name: &str) -> (PathBuf, Value) {
    let (sound, exit, said) = small(&format!("{name}-sound"), POLICY, &[("SW", &config(false))]);
    assert_eq!(exit, 0, "{said}");
    let sound = read(&sound.join("c.json"));
    let (dir, exit, said) = small(name, POLICY, &[("SW", &config(true))]);
    assert_eq!(exit, 3, "{said}");
    let mut document = read(&dir.join("c.json"));
    for part in ["reach", "arguments"] {
        document["cases"][0][part] = sound["cases"][0][part].clone();
    }
    document["claims"][0]["verdict"] = json!("proved");
    (dir, document)
}

pub(crate) fn rejected(dir: &Path, document: &Value, why: &str, change: impl Fn(&mut Value)) {
    let mut document = document.clone();
    change(&mut document);
    let file = dir.join("forged.json");
    std::fs::write(&file, forged(document)).unwrap();
    let (exit, said) = check(&file);
    assert_eq!(exit, 1, "{why}: {said}");
    assert!(said.contains(why), "{why}: {said}");
}

/// The number of what has a name.
pub(crate) fn named(document: &Value, part: &str, name: &str) -> usize {
    let mut all = document[part].as_array().unwrap().iter();
    all.position(|one| one["name"] == name).unwrap()
}

/// What an entry at a place decides: everything.
fn decides_all(document: &mut Value, list: usize, entry: usize) {
    document["cases"][0]["cells"][list] = json!([{ "entry": entry, "cells": [{}] }]);
}

/// Says of lines that nothing transcribes them.
fn hide(document: &mut Value, lines: &str) {
    let others = &mut document["files"][1]["others"];
    *others = json!(format!("{},{lines}", others.as_str().unwrap()));
}

const EVERYTHING: &str = "0.0.0.0/0";

#[test]
fn the_sound_argument_does_not_hold_in_the_false_network() {
    let (dir, document) = lie("forged-plain");
    rejected(&dir, &document, "arrives and is not listed", |_| {});
}

#[test]
fn the_entries_of_a_list_are_those_of_its_lines_in_their_order() {
    let (dir, document) = lie("forged-entries");
    let list = named(&document, "lists", "A_IN");
    let deny = |lines: Value| json!({ "lines": lines, "action": "deny", "log": false, "certain": [{}], "perhaps": [] });
    rejected(&dir, &document, "stands in no line", |d| {
        d["lists"][list]["entries"]
            .as_array_mut()
            .unwrap()
            .insert(0, deny(json!([])));
        decides_all(d, list, 0);
    });
    rejected(&dir, &document, "not the order of its lines", |d| {
        d["lists"][list]["entries"]
            .as_array_mut()
            .unwrap()
            .swap(0, 1);
        decides_all(d, list, 0);
    });
    rejected(&dir, &document, "the line says the opposite", |d| {
        d["lists"][list]["entries"][0]["action"] = json!("deny");
        d["lists"][list]["entries"][0]["certain"] = json!([{}]);
        decides_all(d, list, 0);
    });
    rejected(&dir, &document, "left out", |d| {
        d["lists"][list]["entries"]
            .as_array_mut()
            .unwrap()
            .remove(0);
        decides_all(d, list, 0);
    });
    rejected(&dir, &document, "left out", |d| {
        d["lists"][list]["entries"]
            .as_array_mut()
            .unwrap()
            .remove(0);
        decides_all(d, list, 0);
        hide(d, "4");
    });
    rejected(&dir, &document, "the line says the opposite", |d| {
        d["lists"][list]["entries"][1]["action"] = json!("permit");
    });
    rejected(&dir, &document, "the line does not log", |d| {
        d["lists"][list]["entries"][1]["log"] = json!(true);
    });
    rejected(&dir, &document, "stands in no line", |d| {
        let end = d["lists"][list]["entries"]
            .as_array_mut()
            .unwrap()
            .last_mut();
        end.unwrap()["log"] = json!(true);
    });
    rejected(&dir, &document, "out of order", |d| {
        d["cases"][0]["cells"][list]
            .as_array_mut()
            .unwrap()
            .reverse();
    });
    rejected(&dir, &document, "overlap", |d| {
        let cells = d["cases"][0]["cells"][list][0]["cells"]
            .as_array_mut()
            .unwrap();
        cells.push(cells[0].clone());
    });
    rejected(&dir, &document, "a cell is not what it matches", |d| {
        decides_all(d, list, 0)
    });
    rejected(&dir, &document, "an earlier entry takes", |d| {
        decides_all(d, list, 1)
    });
    rejected(&dir, &document, "there is none", |d| {
        decides_all(d, list, 9)
    });
    rejected(&dir, &document, "no partition", |d| {
        d["cases"][0]["cells"][list] = json!([])
    });
    rejected(&dir, &document, "has no cells", |d| {
        d["cases"][0]["cells"][list] = Value::Null
    });
}

#[test]
fn a_list_is_bound_where_its_lines_bind_it() {
    let (dir, document) = lie("forged-binding");
    let (a, b) = (
        named(&document, "lists", "A_IN"),
        named(&document, "lists", "B_IN"),
    );
    let vlan = named(&document, "interfaces", "Vlan10");
    rejected(&dir, &document, "does not stand in its line", |d| {
        d["interfaces"][vlan]["lists"][0]["list"] = json!(b)
    });
    rejected(&dir, &document, "left out", |d| {
        d["interfaces"][vlan]["lists"][0] = json!({ "list": b, "lines": [17] });
    });
    rejected(&dir, &document, "left out", |d| {
        d["interfaces"][vlan]["lists"][0] = json!({ "list": b, "lines": [17] });
        hide(d, "13");
    });
    rejected(&dir, &document, "does not stand in its line", |d| {
        d["lists"][a]["name"] = json!("A_I")
    });
    rejected(&dir, &document, "does not stand in its line", |d| {
        d["lists"][a]["name"] = json!("");
    });
    rejected(&dir, &document, "belong", |d| {
        d["lists"][a]["family"] = json!("6")
    });
    rejected(&dir, &document, "belong", |d| {
        d["interfaces"][vlan]["lists"][0]["list"] = json!(7)
    });
    rejected(&dir, &document, "says nothing", |d| {
        d["interfaces"][vlan]["lists"][0]["lines"] = json!([99])
    });
    rejected(&dir, &document, "does not stand in its line", |d| {
        d["interfaces"][vlan]["lists"][0] = json!({ "list": b, "lines": [] });
        hide(d, "13");
    });
}

#[test]
fn an_interface_is_where_its_lines_put_it() {
    let (dir, document) = lie("forged-interface");
    let vlan = named(&document, "interfaces", "Vlan20");
    let without = |d: &mut Value| {
        d["interfaces"].as_array_mut().unwrap().remove(vlan);
        for reach in d["cases"][0]["reach"].as_array_mut().unwrap() {
            let sets = reach["sets"].as_array_mut().unwrap();
            sets.retain(|set| set["interface"] != vlan);
        }
    };
    rejected(&dir, &document, "left out", without);
    rejected(&dir, &document, "left out", |d| {
        without(d);
        hide(d, "14,17");
    });
    rejected(&dir, &document, "not on the link of its VLAN", |d| {
        d["interfaces"][vlan]["link"] = Value::Null;
        d["interfaces"][vlan]["families"] = json!([]);
    });
    rejected(&dir, &document, "not on the link of its VLAN", |d| {
        d["links"].as_array_mut().unwrap().push(json!("nowhere"));
        d["interfaces"][vlan]["link"] = json!(d["links"].as_array().unwrap().len() - 1);
    });
    rejected(&dir, &document, "is not shut", |d| {
        d["interfaces"][vlan]["families"] = json!([])
    });
    rejected(&dir, &document, "does not stand in its file", |d| {
        d["interfaces"][vlan]["addresses"] = json!(["10.2.0.1/24", "10.2.0.1/25"]);
    });
    rejected(&dir, &document, "does not stand in its file", |d| {
        d["interfaces"][vlan]["virtual"] = json!(["10.2.0.9"]);
    });
    rejected(&dir, &document, "left out", |d| {
        d["interfaces"][vlan]["addresses"] = json!(["10.2.0.1/25"]);
    });
    rejected(&dir, &document, "left out", |d| {
        d["interfaces"][vlan]["addresses"] = json!([])
    });
    rejected(&dir, &document, "its name does not stand", |d| {
        d["interfaces"][vlan]["name"] = json!("Vlan21")
    });
    rejected(&dir, &document, "its name does not stand", |d| {
        d["interfaces"][vlan]["lines"] = json!([]);
        hide(d, "14");
    });
    rejected(&dir, &document, "belong", |d| {
        d["interfaces"][vlan]["families"] = json!(["6"])
    });
}

#[test]
fn a_claim_that_asks_for_nothing_is_no_claim() {
    let (dir, document) = lie("forged-nothing");
    for (field, value) in [
        ("sources", json!("")),
        ("requests", json!([])),
        ("requests", json!([{ "src": "" }])),
        (
            "into",
            json!({ "link": { "link": 1, "dst": "", "own": "" } }),
        ),
        ("into", json!({ "handed": { "link": 1, "hosts": "" } })),
        (
            "into",
            json!({ "neighbour": { "src": "", "dst": EVERYTHING } }),
        ),
    ] {
        rejected(&dir, &document, "asks for nothing", |d| {
            let parts = &mut d["cases"][0]["arguments"][0]["nothing_but"];
            parts
                .as_array_mut()
                .unwrap()
                .iter_mut()
                .for_each(|part| part[field] = value.clone());
        });
    }
    for argument in ["nothing_but", "carried", "filtered", "no_relay", "logged"] {
        rejected(&dir, &document, "asks for nothing", |d| {
            d["cases"][0]["arguments"][0] = json!({ argument: [] });
        });
    }
    let nobody = json!({ "family": "4", "start": [{ "in": 0 }], "packets": [{ "src": "" }], "goal": { "link": 1 } });
    rejected(&dir, &document, "asks for no packet", |d| {
        d["cases"][0]["arguments"][0] = json!({ "carried": [nobody] });
    });
    rejected(&dir, &document, "asks for no packet", |d| {
        let mut part = nobody.clone();
        part["packets"] = json!([{}]);
        part["start"] = json!([]);
        d["cases"][0]["arguments"][0] = json!({ "carried": [part] });
    });
    rejected(&dir, &document, "asks for no packet", |d| {
        d["cases"][0]["arguments"][0] =
            json!({ "logged": [{ "reach": 0, "packets": [{ "src": "" }] }] });
    });
    rejected(&dir, &document, "no link", |d| {
        let part = &mut d["cases"][0]["arguments"][0]["nothing_but"][0];
        part["into"] = json!({ "link": { "link": 9, "dst": EVERYTHING, "own": "" } });
    });
    rejected(&dir, &document, "no device", |d| {
        d["cases"][0]["arguments"][0]["nothing_but"][0]["into"] = json!({ "device": 9 });
    });
    rejected(&dir, &document, "no set", |d| {
        d["cases"][0]["arguments"][0]["nothing_but"][0]["reach"] = json!(9)
    });
}

/// A reply is what opens nothing, and only openings count unless the claim is strict.
#[test]
fn a_segment_that_opens_is_no_reply() {
    let (dir, document) = lie("forged-reply");
    rejected(&dir, &document, "arrives and is not listed", |d| {
        d["cases"][0]["arguments"][0]["nothing_but"][0]["replies"] = json!([{}]);
    });
    rejected(&dir, &document, "arrives and is not listed", |d| {
        d["cases"][0]["arguments"][0]["nothing_but"][0]["listed"] =
            json!([{ "protocol": "0-5,7-255" }]);
    });
}

#[test]
fn a_verdict_that_is_not_proved_has_no_argument() {
    let (sound, _, _) = small("forged-verdict", POLICY, &[("SW", &config(false))]);
    let document = read(&sound.join("c.json"));
    for verdict in ["refuted", "unknown", "certain"] {
        rejected(&sound, &document, "with an argument", |d| {
            d["claims"][0]["verdict"] = json!(verdict)
        });
    }
    rejected(&sound, &document, "without answers", |d| {
        d["cases"] = json!([])
    });
    rejected(&sound, &document, "without answers", |d| {
        d["cases"][0]["answers"] = json!([true])
    });
    rejected(&sound, &document, "schema", |d| {
        d["schema"] = json!("aclc/certificate/3")
    });
    rejected(&sound, &document, "belong", |d| {
        d["cases"][0]["arguments"].as_array_mut().unwrap().pop();
    });
    rejected(&sound, &document, "belong", |d| {
        let sets = d["cases"][0]["reach"][0]["sets"].as_array_mut().unwrap();
        sets.push(sets[0].clone());
    });
}

/// The sets hold what may be sent from where packets start.
#[test]
fn sets_that_are_left_out_are_not_closed() {
    let (dir, document) = lie("forged-sets");
    rejected(&dir, &document, "is not closed", |d| {
        for reach in d["cases"][0]["reach"].as_array_mut().unwrap() {
            reach["sets"] = json!([]);
        }
    });
    rejected(&dir, &document, "is not closed", |d| {
        for reach in d["cases"][0]["reach"].as_array_mut().unwrap() {
            for set in reach["sets"].as_array_mut().unwrap() {
                set["cells"] = json!([{ "protocol": "17" }]);
            }
        }
    });
}
