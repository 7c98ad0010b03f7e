//! What only AOS-CX has, over its corpus.

use super::ArubaAosCx;
use crate::acl::{Direction, Fate, decide};
use crate::base::Source;
use crate::device::{Device, EffectClass, InterfaceKind, NextHop, Scope};
use crate::net::Family;
use crate::vendor::suite::packet;
use crate::vendor::{Dialect, Hint};

fn corpus(name: &str) -> Device {
    let root = env!("CARGO_MANIFEST_DIR");
    let bytes = std::fs::read(format!("{root}/tests/corpus/aruba-aos-cx/{name}")).unwrap();
    ArubaAosCx.read(&Source::capture("test.cfg", &bytes), &Hint::default())
}

fn fate(device: &Device, list: &str, text: &str) -> (Fate, Option<u32>) {
    let acl = device.acls.iter().find(|acl| acl.name == list).unwrap();
    let decided = decide(acl, &packet(text));
    (decided.fate, acl.ace(decided.index).and_then(|ace| ace.seq))
}

#[test]
fn interfaces_and_routes_of_a_whole_configuration() {
    let device = corpus("core.cfg");
    let kinds: Vec<_> = device
        .interfaces
        .iter()
        .map(|i| (i.name.as_str(), i.kind))
        .collect();
    assert_eq!(
        kinds,
        [
            ("mgmt", InterfaceKind::Management),
            ("1/1/1", InterfaceKind::Routed),
            ("loopback 0", InterfaceKind::Loopback),
            ("vlan 111", InterfaceKind::Svi(111)),
            ("vlan 112", InterfaceKind::Svi(112)),
            ("vlan 300", InterfaceKind::Svi(300)),
        ]
    );
    let vlan111 = &device.interfaces[3];
    assert_eq!((vlan111.virtuals.len(), vlan111.redundancy.len()), (1, 0));
    assert_eq!(
        (device.interfaces[4].redundancy.len(), vlan111.helpers.len()),
        (1, 2)
    );
    let bound = vlan111.binding(Family::V4, Direction::Out).unwrap();
    assert_eq!(device.acls[bound.acl].name, "V111_OUT");
    let vias: Vec<_> = device
        .routes
        .iter()
        .map(|r| (r.vrf.as_str(), r.distance))
        .collect();
    assert_eq!(vias, [("", 1), ("", 5), ("", 1), ("BLUE", 1), ("", 1)]);
    assert_eq!(device.routes[2].via, NextHop::Null);
}

#[test]
fn packets_of_a_whole_configuration() {
    let device = corpus("core.cfg");
    for (list, text, expect) in [
        (
            "V111_IN",
            "tcp 10.10.17.3:1 10.20.2.127:8005 syn",
            (Fate::Permit, Some(30)),
        ),
        (
            "V111_IN",
            "tcp 10.10.17.3:1 10.20.2.128:8005 syn",
            (Fate::Deny, Some(40)),
        ),
        (
            "V111_IN",
            "icmp 1.1.1.1 2.2.2.2 8/0",
            (Fate::Permit, Some(60)),
        ),
        (
            "V111_IN",
            "tcp 1.1.1.1:1 2.2.2.2:2 rst",
            (Fate::Permit, Some(70)),
        ),
        (
            "V111_IN",
            "tcp 1.1.1.1:1 2.2.2.2:2 syn",
            (Fate::Deny, Some(999)),
        ),
        (
            "V111_IN",
            "tcp 1.1.1.1 2.2.2.2 later",
            (Fate::Unknown, Some(70)),
        ),
        ("V111_IN6", "icmp ::1 ::2 135/0", (Fate::Permit, Some(10))),
        ("V111_IN6", "udp [::1]:1 [::2]:2", (Fate::Deny, None)),
    ] {
        assert_eq!(fate(&device, list, text), expect, "{list}: {text}");
    }
}

#[test]
fn odd_lines_become_gaps_and_effects() {
    let device = corpus("odd.cfg");
    let lines: Vec<u32> = device.gaps.iter().map(|g| g.line).collect();
    assert_eq!(lines, [9, 10, 11, 12, 16, 34, 39, 41, 42]);
    let effects: Vec<_> = device
        .effects
        .iter()
        .map(|e| (e.class, &e.scope, e.line))
        .collect();
    let (n, r, x) = (
        EffectClass::Narrows,
        EffectClass::Redirects,
        EffectClass::Rewrites,
    );
    let (vlan10, vlan20) = (Scope::Interface(0, None), Scope::Interface(1, None));
    assert_eq!(
        effects,
        [
            (n, &Scope::Device, 19),
            (r, &Scope::Vrf("BLUE".to_owned()), 22),
            (n, &vlan20, 24),
            (n, &vlan10, 29),
            (r, &vlan10, 29),
            (x, &Scope::Device, 34),
            (n, &vlan20, 38),
            (x, &Scope::Device, 39),
            (r, &Scope::Vrf(String::new()), 41),
            (x, &Scope::Device, 42),
        ]
    );
}

#[test]
fn a_number_used_again_replaces_and_a_warning_opens_the_list() {
    let device = corpus("odd.cfg");
    for (list, text, expect) in [
        ("TWICE", "tcp 1.1.1.1:1 2.2.2.2:80 syn", Fate::Deny),
        ("TWICE", "tcp 1.1.1.1:1 2.2.2.2:81 syn", Fate::Permit),
        ("EMPTY", "tcp 1.1.1.1:1 2.2.2.2:81 syn", Fate::Deny),
        ("NOWHERE", "tcp 1.1.1.1:1 2.2.2.2:81 syn", Fate::Unknown),
        // What the device says that it does not do is no list at all.
        ("ODD", "tcp 1.1.1.1:1 10.9.9.9:9 syn", Fate::Unknown),
        ("ODD", "udp 1.1.1.1 2.2.2.2 later", Fate::Unknown),
    ] {
        assert_eq!(fate(&device, list, text).0, expect, "{list}: {text}");
    }
}

/// Lines that campus configurations of others have.
#[test]
fn shared_bundles_and_routing_protocols_are_read() {
    let text = "interface lag 1 multi-chassis\n    no routing\n    vlan trunk allowed 10\ninterface lag 2 multi-chassis static\n    vlan access 10\n\
                interface vlan 10\n    vrf attach A\n    ip address 10.0.0.1/24\n    ip rip 1\n    ipv6 ospfv3 1 area 0.0.0.0\n    ipv6 ospfv3 cost 10\n    ip rip send 2\n";
    let source = Source::capture("test.cfg", text.as_bytes());
    let device = ArubaAosCx.read(&source, &Hint::default());
    assert!(device.gaps.is_empty(), "{:?}", device.gaps);
    let vrf = || "A".to_owned();
    assert_eq!(device.dynamic, [(vrf(), 9), (vrf(), 10)]);
}
