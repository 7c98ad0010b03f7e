//! Facts that readers have built in: a value that changes in a data file alone is seen here.

use super::{packet, read};
use crate::acl::Fate::{self, Permit, Unknown};
use crate::acl::decide;
use crate::vendor::{DIALECTS, by_id};
use std::collections::BTreeSet;
use std::path::Path;

/// Facts that no code asks: readers and writers do as they say, and `facts` prints them.
const BUILT_IN: &[(&str, &str, bool)] = &[
    ("alaxala-ax", "first-list-decides", true),
    ("alaxala-ax", "implicit-discard-costs-entry", true),
    ("alaxala-ax", "l4-entry-matches-later", false),
    ("alaxala-ax", "range-inbound-only", true),
    ("alaxala-ax", "second-binding-refused", true),
    ("hpe-comware", "rule-matches-fragments", true),
    ("juniper-junos", "except-longest-match", true),
    ("juniper-junos", "next-header-sees-first-only", true),
    ("juniper-junos", "tests-check-no-protocol", true),
    ("juniper-junos", "then-without-action-accepts", true),
    ("linux-nftables", "accept-skips-later-base-chains", false),
    ("linux-nftables", "empty-chain-permits", true),
    ("linux-nftables", "forward-chain-sees-own-addresses", false),
    ("linux-nftables", "forward-chain-sees-own-packets", false),
    ("linux-nftables", "port-test-reads-later", true),
    ("linux-nftables", "protocol-test-matches-later", true),
    (
        "linux-nftables",
        "protocol-test-skips-extension-headers",
        true,
    ),
    ("linux-nftables", "tracking-reassembles", true),
];

/// Facts that verdicts lean on and no code turns round: `no` would need other code.
const LEANT_ON: &[(&str, &str)] = &[
    ("alaxala-ax", "ipv6-address-enables-ipv6"),
    ("allied-telesis-awplus", "virtual-router-form"),
    ("hpe-comware", "dhcp-relay-form"),
    ("hpe-comware", "static-preference"),
    ("juniper-junos", "dhcp-relay-form"),
    ("juniper-junos", "empty-prefix-list-matches-nothing"),
    ("juniper-junos", "static-preference"),
    ("juniper-junos", "values-or-conditions-and"),
];

/// All that is written below a folder, tests left out.
fn code(folder: &Path, out: &mut String) {
    let mut entries: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" && name != "suite" {
            code(&path, out);
        } else if name.ends_with(".rs") && !name.starts_with("test") && name != "oracle.rs" {
            out.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn facts_that_nobody_asks_are_built_in() {
    let mut text = String::new();
    code(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src/vendor"),
        &mut text,
    );
    let mut unasked = BTreeSet::new();
    for dialect in DIALECTS {
        for id in dialect.facts().facts.keys() {
            // `X-other-models` is asked where the model is not the one that was read.
            let asked = id.strip_suffix("-other-models").unwrap_or(id);
            let is_asked = |id: &str| text.contains(&format!("\"{id}\""));
            if !is_asked(id) && !is_asked(asked) {
                unasked.insert((dialect.id(), id.as_str()));
            }
        }
    }
    let known = BUILT_IN.iter().map(|(dialect, id, _)| (*dialect, *id));
    assert_eq!(unasked, known.collect());
}

#[test]
fn what_is_built_in_is_what_the_data_say() {
    let leant = LEANT_ON.iter().map(|(dialect, id)| (dialect, id, &true));
    let built_in = BUILT_IN
        .iter()
        .map(|(dialect, id, value)| (dialect, id, value));
    for (dialect, id, value) in built_in.chain(leant) {
        let fact = &by_id(dialect).unwrap().facts().facts[*id];
        assert_eq!(fact.value, *value, "{dialect} {id}");
    }
}

/// `ack rst` and a segment with RST alone: one flag is enough, or nobody knows.
#[test]
fn of_several_flags_one_is_enough() {
    let rows: [(&str, &str, Fate); 4] = [
        (
            "cisco-ios-xe",
            "ip access-list extended X\n 10 permit tcp any any ack rst\n",
            Permit,
        ),
        (
            "cisco-nx-os",
            "ip access-list X\n  10 permit tcp any any ack rst\n",
            Unknown,
        ),
        (
            "arista-eos",
            "ip access-list X\n   10 permit tcp any any ack rst\n",
            Permit,
        ),
        (
            "aruba-aos-cx",
            "access-list ip X\n    10 permit tcp any any ack rst\n",
            Unknown,
        ),
    ];
    for (id, text, fate) in rows {
        let device = read(by_id(id).unwrap(), text.as_bytes());
        let list = device.acls.iter().find(|acl| acl.name == "X").unwrap();
        let reset = packet("tcp 10.0.0.5:40000 10.0.0.9:80 rst");
        assert_eq!(decide(list, &reset).fate, fate, "{id}");
    }
}
