//! The points at which a reader of lists may go wrong, one by one, with a text per dialect in which the wrong reading shows.
//!
//! Each row was seen red with the reader broken at that point: entries searched in the order of the text, a number used twice taken in
//! turn, `lt` with its port, a condition passed over, an entry that was not understood believed. [`POINTS`] says what each point is;
//! a dialect that has no such thing is in [`WITHOUT`], with the reason.

mod rows;

use super::{packet, read};
use crate::acl::{Direction, Fate, decide};
use crate::base::Source;
use crate::net::Family;
use crate::vendor::{DIALECTS, Hint, by_id};
use rows::{MODELLED, ROWS};

/// Names of the points.
const POINTS: [(&str, &str); 11] = [
    (
        "order",
        "entries are searched by number, or as they stand where there is none",
    ),
    (
        "unnumbered",
        "an entry without a number goes behind what stands above it",
    ),
    ("twice", "the same number, or name, twice"),
    ("fragments", "what tests fragments, and what tests none"),
    ("ports", "the ends of ranges and comparisons"),
    ("message", "type and code of an ICMP message"),
    (
        "condition",
        "a condition that is not modelled is not passed over",
    ),
    (
        "unread",
        "an entry that is not understood decides nothing for certain",
    ),
    ("several", "several lists or chains that a packet meets"),
    ("extension", "IPv6 packets with extension headers"),
    (
        "again",
        "a list that stands in the text in two ways that differ, or is taken back",
    ),
];

/// Why a dialect has no chains of lists.
const ONE: &str =
    "one list to an interface, family and direction; what else is on the way is an effect";

/// What a dialect does not have.
const WITHOUT: [(&str, &str, &str); 9] = [
    (
        "juniper-junos",
        "unnumbered",
        "terms have names and no numbers",
    ),
    ("cisco-ios-xe", "several", ONE),
    ("cisco-nx-os", "several", ONE),
    ("arista-eos", "several", ONE),
    ("aruba-aos-cx", "several", ONE),
    ("allied-telesis-awplus", "several", ONE),
    ("alaxala-ax", "several", ONE),
    ("hpe-comware", "several", ONE),
    ("linux-nftables", "unnumbered", "rules have no numbers"),
];

/// Dialect, point, text, then packets with their fates in the list `X`, or in the one that stands before the packet.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static [(Fate, &'static str)],
);

/// What is found otherwise than a row says.
fn wrong(rows: &[Row], confirmed_only: bool) -> String {
    let hint = Hint {
        confirmed_only,
        ..Hint::default()
    };
    let mut wrong = Vec::new();
    for (id, point, text, fates) in rows {
        let source = Source::capture("test.cfg", text.as_bytes());
        let device = by_id(id).unwrap().read(&source, &hint);
        let list = |name: &str| device.acls.iter().find(|acl| acl.name == name);
        if fates.is_empty() && list("X").is_some() {
            wrong.push(format!("{id} {point}: a list that was taken back"));
        }
        for (expect, flow) in *fates {
            let (name, flow) = flow.split_once(": ").unwrap_or(("X", flow));
            let Some(acl) = list(name) else {
                let names: Vec<&String> = device.acls.iter().map(|acl| &acl.name).collect();
                wrong.push(format!("{id} {point}: no list {name} among {names:?}"));
                continue;
            };
            let found = decide(acl, &packet(flow)).fate;
            if found != *expect {
                wrong.push(format!(
                    "{id} {point}: {flow}: {found:?} for {expect:?}\n{text}"
                ));
            }
        }
    }
    wrong.join("\n")
}

#[test]
fn no_reader_goes_wrong_at_a_point() {
    assert_eq!(wrong(ROWS, false), "");
}

/// The same where only confirmed facts may be leant on.
#[test]
fn what_is_modelled_is_open_on_request() {
    assert_eq!(wrong(MODELLED, true), "");
}

#[test]
fn every_dialect_is_tried_at_every_point() {
    for dialect in DIALECTS {
        for (point, what) in POINTS {
            let of = |(id, at): (&str, &str)| id == dialect.id() && at == point;
            let rows = ROWS.iter().filter(|(id, at, ..)| of((id, at))).count();
            let without = WITHOUT.iter().filter(|(id, at, _)| of((id, at))).count();
            assert!(
                (rows > 0) != (without > 0),
                "{} {point}: {what}",
                dialect.id()
            );
        }
    }
}

/// Two lists of a family and direction on one interface: a second line takes the place of the first.
#[test]
fn of_two_lists_in_one_place_the_last_holds() {
    for (id, text) in [
        (
            "cisco-ios-xe",
            "interface Vlan10\n ip access-group A in\n ip access-group B in\n",
        ),
        (
            "cisco-nx-os",
            "interface Vlan10\n  ip access-group A in\n  ip access-group B in\n",
        ),
        (
            "arista-eos",
            "interface Vlan10\n   ip access-group A in\n   ip access-group B in\n",
        ),
        (
            "aruba-aos-cx",
            "interface vlan 10\n    apply access-list ip A routed-in\n    apply access-list ip B routed-in\n",
        ),
    ] {
        let device = read(by_id(id).unwrap(), text.as_bytes());
        let bound = device.interfaces[0].binding(Family::V4, Direction::In);
        assert_eq!(device.acls[bound.unwrap().acl].name, "B", "{id}");
        let outward = device.interfaces[0].binding(Family::V4, Direction::Out);
        assert_eq!(outward, None, "{id}");
    }
}
