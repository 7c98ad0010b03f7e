//! What only NX-OS has, over its corpus.

use super::CiscoNxOs;
use crate::acl::{Direction, Fate, decide};
use crate::base::Source;
use crate::device::{Device, EffectClass, InterfaceKind, NextHop, Scope};
use crate::net::Family;
use crate::vendor::suite::packet;
use crate::vendor::{Dialect, Hint};

fn read(text: &str) -> Device {
    let source = Source::capture("test.cfg", text.as_bytes());
    CiscoNxOs.read(&source, &Hint::default())
}

fn corpus(name: &str) -> Device {
    let root = env!("CARGO_MANIFEST_DIR");
    let path = format!("{root}/tests/corpus/cisco-nx-os/{name}");
    read(&std::fs::read_to_string(path).unwrap())
}

fn fate(device: &Device, list: &str, text: &str) -> (Fate, Option<u32>) {
    let acl = device.acls.iter().find(|acl| acl.name == list).unwrap();
    let decided = decide(acl, &packet(text));
    (decided.fate, acl.ace(decided.index).and_then(|ace| ace.seq))
}

#[test]
fn interfaces_and_routes_of_a_whole_configuration() {
    let device = corpus("core.cfg");
    let face = |name: &str| device.interfaces.iter().find(|i| i.name == name).unwrap();
    let vlan111 = face("Vlan111");
    let addrs: Vec<String> = vlan111.addrs.iter().map(ToString::to_string).collect();
    assert_eq!(
        addrs,
        [
            "10.10.17.1/24",
            "10.10.19.1/24",
            "fd7a:1c2b:0:111::1/64",
            "fe80::1/128"
        ]
    );
    assert_eq!(vlan111.helpers.len(), 2);
    assert_eq!(
        vlan111.virtuals,
        ["10.10.17.254".parse::<std::net::IpAddr>().unwrap()]
    );
    // A VLAN interface is down until `no shutdown`.
    assert!(face("Vlan1").shutdown && !vlan111.shutdown);
    assert_eq!(face("mgmt0").kind, InterfaceKind::Management);
    assert_eq!(face("Ethernet1/1").kind, InterfaceKind::Routed);
    assert_eq!(face("Vlan300").vrf, "BLUE");
    assert!(device.interfaces.iter().all(|i| i.name != "Ethernet1/3"));
    let vrfs: Vec<&str> = device.routes.iter().map(|r| r.vrf.as_str()).collect();
    assert_eq!(vrfs, ["", "", "", "", "BLUE", "management"]);
    assert_eq!(
        (device.routes[1].distance, &device.routes[2].via),
        (5, &NextHop::Null)
    );
    assert!(vlan111.binding(Family::V6, Direction::In).is_some());
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
            "tcp 10.10.17.3:1 10.20.0.11:443 syn",
            (Fate::Deny, Some(40)),
        ),
        (
            "V111_IN",
            "udp 10.10.17.3:1 10.10.33.15:53",
            (Fate::Permit, Some(50)),
        ),
        // A permit with ports takes later fragments, as on IOS (modelled).
        (
            "V111_IN",
            "tcp 10.10.17.3 10.20.0.10 later",
            (Fate::Permit, Some(30)),
        ),
        (
            "V111_IN",
            "icmp 1.1.1.1 2.2.2.2 3/4",
            (Fate::Permit, Some(70)),
        ),
        (
            "V111_OUT",
            "tcp 10.20.0.1:1 10.10.17.9:2 rst",
            (Fate::Permit, Some(10)),
        ),
        (
            "V111_OUT",
            "tcp 10.20.0.1:1 10.10.17.9:2 syn",
            (Fate::Deny, None),
        ),
        ("V111_IN6", "icmp ::1 ::2 135/0", (Fate::Permit, Some(10))),
        (
            "V111_IN6",
            "tcp [fd7a:1c2b:0:111::9]:1 [fd7a:1c2b:0:210::11]:443 syn",
            (Fate::Permit, Some(50)),
        ),
    ] {
        assert_eq!(fate(&device, list, text), expect, "{list}: {text}");
    }
}

#[test]
fn odd_lines_become_gaps_and_effects() {
    let device = corpus("odd.cfg");
    let gaps: Vec<&str> = device.gaps.iter().map(|g| g.text.as_str()).collect();
    assert_eq!(
        gaps,
        [
            "10 permit tcp any addrgroup PARTLY eq 22",
            "20 permit tcp any addrgroup UNDEFINED eq 22",
            "30 permit tcp any any portgroup NOWHERE",
            "10 permit tcp any any eq 80",
            "10 permit tcp any any eq 81",
            "30 permit tcp any any eq foo",
            "40 permit tcp any host 10.9.9.9 eq 22 frobnicate",
            "100 permit tcp any any eq 80 81",
            "no 10",
            "ip route 10.51.0.0/16 somewhere",
            "some new-feature",
            "interface nve1",
            "frobnicate the network",
        ]
    );
    let effects: Vec<_> = device
        .effects
        .iter()
        .map(|e| (e.class, &e.scope, e.text.as_str()))
        .collect();
    let (n, r, x) = (
        EffectClass::Narrows,
        EffectClass::Redirects,
        EffectClass::Rewrites,
    );
    let (vlan10, vlan20) = (Scope::Interface(0, None), Scope::Interface(1, None));
    let blue = Scope::Vrf("BLUE".to_owned());
    assert_eq!(
        effects,
        [
            (
                x,
                &Scope::Device,
                "ip nat inside source list NATTED interface Vlan10"
            ),
            (
                r,
                &Scope::Device,
                "ip pim rp-address 10.1.0.1 group-list 224.0.0.0/4"
            ),
            (
                r,
                &Scope::Vrf(String::new()),
                "ip route 10.51.0.0/16 somewhere"
            ),
            (r, &blue, "ip route 10.53.0.0/16 10.1.0.9 vrf GREEN"),
            (r, &blue, "route-target import 65000:2"),
            (r, &blue, "import map LEAK"),
            (n, &Scope::Device, "vlan filter M vlan-list 10,30"),
            (r, &vlan10, "ip policy route-map PBR"),
            (x, &Scope::Device, "some new-feature"),
            (n, &vlan20, "ip port access-group ODD in"),
            (n, &Scope::Device, "service-policy type qos input POLICE"),
            (x, &Scope::Device, "interface nve1"),
            (x, &Scope::Device, "frobnicate the network"),
        ]
    );
    let dynamic: Vec<&str> = device.dynamic.iter().map(|(vrf, _)| vrf.as_str()).collect();
    assert_eq!(dynamic, ["", "GREEN", ""]);
    assert!(device.routes.iter().any(|route| route.conditional));
}

#[test]
fn odd_entries_are_bounded() {
    let device = corpus("odd.cfg");
    for (list, text, expect) in [
        // The list says that later fragments pass; where that stands in the search is open.
        ("ODD", "udp 1.1.1.1 2.2.2.2 later", Fate::Unknown),
        ("ODD", "tcp 1.1.1.1:1 2.2.2.2:90 syn", Fate::Unknown),
        ("GROUPS", "tcp 1.1.1.1:1 10.5.0.1:22 syn", Fate::Permit),
        ("GROUPS", "tcp 1.1.1.1:1 10.5.0.2:22 syn", Fate::Unknown),
        ("GROUPS", "udp 1.1.1.1:1 10.5.0.2:22", Fate::Deny),
        ("TWICE", "tcp 1.1.1.1:1 2.2.2.2:80 syn", Fate::Unknown),
        ("TWICE", "udp 1.1.1.1:1 2.2.2.2:80", Fate::Deny),
        ("NOWHERE", "udp 1.1.1.1:1 2.2.2.2:80", Fate::Permit),
        ("EMPTY", "udp 1.1.1.1:1 2.2.2.2:80", Fate::Unknown),
        ("EMPTY6", "udp [::1]:1 [::2]:80", Fate::Unknown),
    ] {
        assert_eq!(fate(&device, list, text).0, expect, "{list}: {text}");
    }
}

#[test]
fn nd_is_permitted_by_nobody_on_a_nexus_9000() {
    let text = "ipv6 access-list A\n  10 permit tcp any any eq 443\n";
    let source = Source::capture("a", text.as_bytes());
    let of = |model: Option<&str>| {
        let hint = Hint {
            model: model.map(str::to_owned),
            ..Hint::default()
        };
        fate(
            &CiscoNxOs.read(&source, &hint),
            "A",
            "icmp fe80::1 fe80::2 135/0",
        )
        .0
    };
    assert_eq!(of(Some("N9K-C93180YC-FX")), Fate::Deny);
    assert_eq!(
        (of(Some("N7K-C7010")), of(None)),
        (Fate::Unknown, Fate::Unknown)
    );
}

#[test]
fn lists_as_shown_are_read() {
    let device = corpus("show-access-lists.cfg");
    assert_eq!((device.gaps.len(), device.acls.len()), (0, 3));
    assert_eq!(
        fate(&device, "V111_IN", "tcp 10.10.17.3:1 10.20.0.10:443 syn"),
        (Fate::Permit, Some(20))
    );
}
