//! What each vendor means by the same lists: order by number, `established`, end of list, lists that are empty or nowhere
//! defined, neighbour discovery, fragments (D8, D11, D14, D18).
//!
//! `tests/corpus/<id>/meaning.cfg` says the same in every dialect, as far as it can be said there; the table says what
//! becomes of the same packets. A fact that changes in a profile changes a word here, and somebody looks at it.

use super::{corpus, packet, read};
use crate::acl::Fate::{self, Deny, Permit, Unknown};
use crate::acl::{AclState, decide};
use crate::net::Family;
use crate::vendor::by_id;

/// List, fate, names of packets.
type Row = (&'static str, Fate, &'static str);

/// `FOUR`: 20 deny tcp 23, 10 permit tcp 80, 30 permit established, 40 permit udp to 10.0.0.9. `DENY`: deny tcp 23, then permit
/// all. `SIX`: permit tcp 80; `SIXDENY`: the same, then deny all. `EMPTY` has no entry, `NOWHERE` is bound and nothing else.
const MEANING: [(&str, &[Row]); 9] = [
    (
        "cisco-ios-xe",
        &[
            ("FOUR", Permit, "http ack rst later-tcp later-udp-l3"),
            ("FOUR", Deny, "telnet telnet-ack syn end"),
            ("DENY", Permit, "later-tcp"),
            ("DENY", Deny, "telnet telnet-ack"),
            ("EMPTY", Unknown, "http"),
            ("NOWHERE", Permit, "http"),
            ("SIX", Permit, "http"),
            ("SIX", Deny, "end rs ra echo"),
            ("SIX", Unknown, "ns na later"),
            ("SIXDENY", Deny, "ns na rs ra"),
            ("EMPTY6", Permit, "http"),
            ("NOWHERE6", Permit, "http"),
        ],
    ),
    (
        "cisco-nx-os",
        &[
            ("FOUR", Permit, "http ack rst later-tcp later-udp-l3"),
            ("FOUR", Deny, "telnet telnet-ack syn end"),
            ("DENY", Permit, "later-tcp"),
            ("DENY", Deny, "telnet telnet-ack"),
            ("EMPTY", Unknown, "http"),
            ("NOWHERE", Permit, "http"),
            ("SIX", Permit, "http"),
            ("SIX", Deny, "end echo"),
            ("SIX", Unknown, "ns na rs ra later"),
            ("SIXDENY", Deny, "ns na rs ra"),
            ("EMPTY6", Unknown, "http"),
            ("NOWHERE6", Permit, "http"),
        ],
    ),
    (
        "arista-eos",
        &[
            ("FOUR", Permit, "http ack rst later-udp-l3"),
            ("FOUR", Deny, "telnet telnet-ack syn end"),
            ("FOUR", Unknown, "later-tcp"),
            ("DENY", Deny, "telnet telnet-ack"),
            ("DENY", Unknown, "later-tcp"),
            ("EMPTY", Deny, "http"),
            ("NOWHERE", Unknown, "http"),
            ("SIX", Permit, "http"),
            ("SIX", Deny, "end echo"),
            ("SIX", Unknown, "ns na rs ra later"),
            ("SIXDENY", Unknown, "ns na rs ra"),
            ("EMPTY6", Deny, "http"),
            ("NOWHERE6", Unknown, "http"),
        ],
    ),
    (
        "alaxala-ax",
        &[
            ("FOUR", Permit, "http ack"),
            ("FOUR", Deny, "telnet telnet-ack syn end later-tcp"),
            ("FOUR", Unknown, "rst later-udp-l3"),
            ("DENY", Permit, "later-tcp"),
            ("DENY", Deny, "telnet telnet-ack"),
            ("EMPTY", Unknown, "http"),
            ("NOWHERE", Unknown, "http"),
            ("SIX", Permit, "http"),
            ("SIX", Deny, "end ns na rs ra echo later"),
            ("SIXDENY", Deny, "ns na rs ra"),
            ("EMPTY6", Unknown, "http"),
            ("NOWHERE6", Unknown, "http"),
        ],
    ),
    (
        "allied-telesis-awplus",
        &[
            ("FOUR", Permit, "http ack rst syn end later-udp-l3"),
            ("FOUR", Deny, "telnet telnet-ack"),
            ("FOUR", Unknown, "later-tcp"),
            ("DENY", Deny, "telnet telnet-ack"),
            ("DENY", Unknown, "later-tcp"),
            ("EMPTY", Unknown, "http"),
            ("NOWHERE", Unknown, "http"),
            ("SIX", Permit, "http end ns na rs ra echo later"),
            ("SIXDENY", Deny, "ns na rs ra"),
            ("EMPTY6", Unknown, "http"),
            ("NOWHERE6", Unknown, "http"),
        ],
    ),
    (
        "aruba-aos-cx",
        &[
            ("FOUR", Permit, "http ack rst later-udp-l3"),
            ("FOUR", Deny, "telnet telnet-ack syn end"),
            ("FOUR", Unknown, "later-tcp"),
            ("DENY", Deny, "telnet telnet-ack"),
            ("DENY", Unknown, "later-tcp"),
            ("EMPTY", Deny, "http"),
            ("NOWHERE", Unknown, "http"),
            ("SIX", Permit, "http"),
            ("SIX", Deny, "end ns na rs ra echo"),
            ("SIX", Unknown, "later"),
            ("SIXDENY", Deny, "ns na rs ra"),
            ("EMPTY6", Deny, "http"),
            ("NOWHERE6", Unknown, "http"),
        ],
    ),
    (
        "juniper-junos",
        &[
            ("FOUR", Permit, "http ack rst later-udp-l3"),
            ("FOUR", Deny, "telnet telnet-ack syn end"),
            ("FOUR", Unknown, "later-tcp"),
            ("DENY", Deny, "telnet telnet-ack"),
            ("DENY", Unknown, "later-tcp"),
            ("EMPTY", Deny, "http"),
            ("NOWHERE", Unknown, "http"),
            ("SIX", Permit, "http"),
            ("SIX", Deny, "end ns na rs ra echo later"),
            ("SIXDENY", Deny, "ns na rs ra"),
            ("EMPTY6", Deny, "http"),
            ("NOWHERE6", Unknown, "http"),
        ],
    ),
    (
        "hpe-comware",
        &[
            ("FOUR", Permit, "http ack rst syn end later-udp-l3"),
            ("FOUR", Deny, "telnet telnet-ack"),
            ("FOUR", Unknown, "later-tcp"),
            ("DENY", Deny, "telnet telnet-ack"),
            ("DENY", Unknown, "later-tcp"),
            ("EMPTY", Unknown, "http"),
            ("NOWHERE", Unknown, "http"),
            ("SIX", Permit, "http end ns na rs ra echo later"),
            ("SIXDENY", Deny, "ns na rs ra"),
            ("EMPTY6", Unknown, "http"),
            ("NOWHERE6", Unknown, "http"),
        ],
    ),
    (
        "linux-nftables",
        &[
            ("FOUR", Permit, "http ack rst later-udp-l3"),
            ("FOUR", Deny, "telnet telnet-ack syn end"),
            ("FOUR", Unknown, "later-tcp"),
            ("DENY", Deny, "telnet telnet-ack"),
            ("DENY", Unknown, "later-tcp"),
        ],
    ),
];

/// The packets by name.
fn named(name: &str, family: Family) -> &'static str {
    match (name, family) {
        ("http", Family::V4) => "tcp 10.0.0.5:40000 10.0.0.9:80 syn",
        ("telnet", _) => "tcp 10.0.0.5:40000 10.0.0.9:23 syn",
        ("telnet-ack", _) => "tcp 10.0.0.5:40000 10.0.0.9:23 ack",
        ("ack", _) => "tcp 10.0.0.5:40000 10.0.0.9:99 ack",
        ("rst", _) => "tcp 10.0.0.5:40000 10.0.0.9:99 rst",
        ("syn", _) => "tcp 10.0.0.5:40000 10.0.0.9:99 syn",
        ("end", Family::V4) => "47 10.0.0.5 10.0.0.8",
        ("later-tcp", _) => "tcp 10.0.0.5 10.0.0.9 later",
        ("later-udp-l3", _) => "udp 10.0.0.5 10.0.0.9 later",
        ("http", Family::V6) => "tcp [2001:db8::5]:40000 [2001:db8::9]:80 syn",
        ("end", Family::V6) => "47 2001:db8::5 2001:db8::9",
        ("ns", _) => "icmp 2001:db8::5 ff02::1:ff00:9 135/0",
        ("na", _) => "icmp 2001:db8::5 2001:db8::9 136/0",
        ("rs", _) => "icmp fe80::5 ff02::2 133/0",
        ("ra", _) => "icmp fe80::1 ff02::1 134/0",
        ("echo", _) => "icmp 2001:db8::5 2001:db8::9 128/0",
        ("later", _) => "tcp 2001:db8::5 2001:db8::9 later ext",
        _ => panic!("no packet {name}"),
    }
}

#[test]
fn the_same_lists_mean_what_each_vendor_means() {
    for (id, rows) in MEANING {
        let dialect = by_id(id).unwrap();
        let mut files = corpus(dialect).into_iter();
        let (_, text) = files.find(|(name, _)| name == "meaning.cfg").unwrap();
        let device = read(dialect, &text);
        for (list, expect, names) in rows {
            let acl = device.acls.iter().find(|acl| acl.name == *list);
            let acl = acl.unwrap_or_else(|| panic!("{id}: no list {list}"));
            let state = match list.trim_end_matches('6') {
                "EMPTY" => AclState::Empty,
                "NOWHERE" => AclState::Undefined,
                _ => AclState::Defined,
            };
            assert_eq!(acl.state, state, "{id} {list}");
            for name in names.split(' ') {
                let flow = packet(named(name, acl.family));
                assert_eq!(decide(acl, &flow).fate, *expect, "{id} {list}: {name}");
            }
        }
    }
}

#[test]
fn every_dialect_of_the_registry_has_its_rows() {
    let rows: Vec<&str> = MEANING.iter().map(|(id, _)| *id).collect();
    for dialect in crate::vendor::DIALECTS {
        assert!(rows.contains(&dialect.id()), "{}", dialect.id());
    }
}
