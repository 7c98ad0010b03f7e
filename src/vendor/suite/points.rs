//! The points at which a reader of lists may go wrong, one by one, with a text per dialect in which the wrong reading shows.
//!
//! Each row was seen red with the reader broken at that point: entries searched in the order of the text, a number used twice taken in
//! turn, `lt` with its port, a condition passed over, an entry that was not understood believed. [`POINTS`] says what each point is;
//! a dialect that has no such thing is in [`WITHOUT`], with the reason.

mod rows;

use super::{packet, read};
use crate::acl::{Fate, decide};
use crate::vendor::{DIALECTS, by_id};
use rows::ROWS;

/// Names of the points.
const POINTS: [(&str, &str); 9] = [
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
    (
        "again",
        "a list that stands in the text in two ways that differ, or is taken back",
    ),
];

/// What a dialect does not have.
const WITHOUT: [(&str, &str, &str); 2] = [
    (
        "juniper-junos",
        "unnumbered",
        "terms have names and no numbers",
    ),
    ("linux-nftables", "unnumbered", "rules have no numbers"),
];

/// Dialect, point, text, then packets with their fates in the list `X`.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static [(Fate, &'static str)],
);

#[test]
fn no_reader_goes_wrong_at_a_point() {
    let mut wrong = Vec::new();
    for (id, point, text, fates) in ROWS {
        let device = read(by_id(id).unwrap(), text.as_bytes());
        let acl = device.acls.iter().find(|acl| acl.name == "X");
        let Some(acl) = acl else {
            if !fates.is_empty() {
                wrong.push(format!("{id} {point}: no list"));
            }
            continue;
        };
        if fates.is_empty() {
            wrong.push(format!("{id} {point}: a list that was taken back"));
        }
        for (expect, flow) in *fates {
            let found = decide(acl, &packet(flow)).fate;
            if found != *expect {
                wrong.push(format!(
                    "{id} {point}: {flow}: {found:?} for {expect:?}\n{text}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
