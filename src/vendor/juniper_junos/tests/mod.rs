//! Tests of the whole dialect, and the corpus and packets that they share.

mod hostile;
mod reading;
mod written;

use super::JuniperJunos;
use crate::acl::{Acl, Fate, decide};
use crate::base::Source;
use crate::device::Device;
use crate::vendor::testing::{packet, summary};
use crate::vendor::{Dialect, Hint};

const CORPUS: [(&str, &str); 3] = [
    (
        "core",
        include_str!("../../../../tests/corpus/juniper-junos/core.cfg"),
    ),
    (
        "set",
        include_str!("../../../../tests/corpus/juniper-junos/set.cfg"),
    ),
    (
        "odd",
        include_str!("../../../../tests/corpus/juniper-junos/odd.cfg"),
    ),
];

pub(super) fn read(text: &str) -> Device {
    JuniperJunos.read(
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

/// Fate and line of a packet.
fn fate(acl: &Acl, text: &str) -> (Fate, Option<u32>) {
    let decided = decide(acl, &packet(text));
    (decided.fate, acl.ace(decided.index).unwrap().line)
}

/// The fates of packets by a filter of one text.
fn fates(terms: &str, packets: &[&str]) -> Vec<Fate> {
    let text: String = terms
        .lines()
        .map(|line| format!("set firewall family {}\n", line.trim()))
        .collect();
    let device = read(&text);
    packets
        .iter()
        .map(|text| {
            let v6 = packet(text).src().is_ipv6();
            let of_family = |acl: &&Acl| (acl.family == crate::net::Family::V6) == v6;
            let acl = device.acls.iter().find(of_family).unwrap();
            fate(acl, text).0
        })
        .collect()
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
        assert_eq!(found, Some("juniper-junos"), "{name}");
    }
    for other in crate::vendor::DIALECTS {
        if other.id() != "juniper-junos" {
            assert!(other.score(corpus("core")) < JuniperJunos.score(corpus("core")));
        }
    }
    assert_eq!(
        JuniperJunos.score("ip access-list extended A\n 10 permit ip any any\n"),
        0
    );
}
