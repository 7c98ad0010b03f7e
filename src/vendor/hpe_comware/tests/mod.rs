//! Tests of the whole dialect, and the corpus that they share.

mod hostile;
mod reading;
mod written;

use super::HpeComware;
use crate::acl::{Acl, Fate, decide};
use crate::base::Source;
use crate::device::Device;
use crate::vendor::testing::{packet, summary};
use crate::vendor::{Dialect, Hint};

const CORPUS: [(&str, &str); 3] = [
    (
        "core",
        include_str!("../../../../tests/corpus/hpe-comware/core.cfg"),
    ),
    (
        "odd",
        include_str!("../../../../tests/corpus/hpe-comware/odd.cfg"),
    ),
    (
        "display-acl",
        include_str!("../../../../tests/corpus/hpe-comware/display-acl.cfg"),
    ),
];

pub(super) fn read(text: &str) -> Device {
    HpeComware.read(
        &Source::capture("test.cfg", text.as_bytes()),
        &Hint::default(),
    )
}

fn corpus(name: &str) -> &'static str {
    CORPUS.iter().find(|(n, _)| *n == name).unwrap().1
}

fn list<'a>(device: &'a Device, name: &str) -> &'a Acl {
    device.acls.iter().find(|acl| acl.name == name).unwrap()
}

/// Fate and id of the deciding rule.
fn fate(acl: &Acl, text: &str) -> (Fate, Option<u32>) {
    let decided = decide(acl, &packet(text));
    (decided.fate, acl.ace(decided.index).unwrap().seq)
}

#[test]
fn the_corpus_reads_like_this() {
    for (name, text) in CORPUS {
        insta::assert_snapshot!(name, summary(&read(text)));
    }
}

#[test]
fn the_text_is_recognised() {
    for (name, text) in CORPUS {
        let found = crate::vendor::detect(text).map(Dialect::id);
        assert_eq!(found, Some("hpe-comware"), "{name}");
    }
}
