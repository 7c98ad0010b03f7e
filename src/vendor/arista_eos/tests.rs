//! What only EOS has, over its corpus.

use super::AristaEos;
use crate::acl::{Fate, Known, decide};
use crate::base::{Lang, Source};
use crate::device::{Config, Device, Effect, EffectClass, Interface, InterfaceKind, Scope};
use crate::vendor::suite::packet;
use crate::vendor::{Dialect, Hint};

fn read(text: &str) -> Device {
    let source = Source::capture("test.cfg", text.as_bytes());
    AristaEos.read(&source, &Hint::default())
}

fn corpus(name: &str) -> Device {
    let root = env!("CARGO_MANIFEST_DIR");
    let path = format!("{root}/tests/corpus/arista-eos/{name}");
    read(&std::fs::read_to_string(path).unwrap())
}

fn fate(device: &Device, list: &str, text: &str) -> (Fate, Option<u32>) {
    let acl = device.acls.iter().find(|acl| acl.name == list).unwrap();
    let decided = decide(acl, &packet(text));
    (decided.fate, acl.ace(decided.index).and_then(|ace| ace.seq))
}

#[test]
fn the_mask_of_a_standard_list_is_read_both_ways() {
    let device = corpus("standard.cfg");
    let of = |src: &str| fate(&device, "MASKS", &format!("udp {src}:5 10.9.9.9:5"));
    assert_eq!(of("10.0.0.9"), (Fate::Permit, Some(10)));
    assert_eq!(of("10.1.200.1"), (Fate::Permit, Some(20)));
    // `0.0.255.255` spares the low half, or the high half.
    assert_eq!(of("10.2.0.0"), (Fate::Unknown, Some(30)));
    assert_eq!(of("10.2.200.1"), (Fate::Unknown, Some(30)));
    assert_eq!(of("172.16.0.0"), (Fate::Unknown, Some(30)));
    assert_eq!(of("172.16.0.1"), (Fate::Permit, Some(50)));
    assert!(device.gaps.is_empty(), "{:?}", device.gaps);
}

#[test]
fn interfaces_and_routing_of_a_whole_configuration() {
    let device = corpus("core.cfg");
    let face = |name: &str| device.interfaces.iter().find(|i| i.name == name).unwrap();
    let vlan111 = face("Vlan111");
    let virtuals: Vec<String> = vlan111.virtuals.iter().map(ToString::to_string).collect();
    assert_eq!(virtuals, ["10.10.17.254", "10.10.19.254"]);
    assert_eq!((vlan111.redundancy.len(), vlan111.helpers.len()), (1, 2));
    assert_eq!(face("Management1").kind, InterfaceKind::Management);
    assert!(device.interfaces.iter().all(|i| i.name != "Ethernet3"));
    // A line for each VRF that routes; the management VRF does not count.
    assert_eq!(
        (&device.forwards.v4, &device.forwards.v6),
        (&Known::Yes, &Known::Yes)
    );
    let off =
        "interface Vlan1\n   vrf A\n   ip address 10.0.0.1/24\nip routing\nno ip routing vrf A\n";
    assert_eq!(read(off).forwards.v4, Known::No);
    let open = "interface Vlan1\n   vrf A\n   ip address 10.0.0.1/24\nip routing\n";
    assert!(read(open).forwards.v4.question().is_some());
}

#[test]
fn packets_of_a_whole_configuration() {
    let device = corpus("core.cfg");
    for (list, text, expect) in [
        (
            "V111_IN",
            "tcp 10.10.17.3:1 10.20.0.10:8443 syn",
            (Fate::Permit, Some(30)),
        ),
        (
            "V111_IN",
            "tcp 10.10.17.3:1 10.20.0.10:80 syn",
            (Fate::Deny, Some(40)),
        ),
        // What a permit with ports does with later fragments is open.
        (
            "V111_IN",
            "tcp 10.10.17.3 10.20.0.10 later",
            (Fate::Unknown, Some(30)),
        ),
        (
            "V111_IN",
            "tcp 1.1.1.1:22 10.10.17.3:81 syn",
            (Fate::Permit, Some(70)),
        ),
        (
            "V111_IN",
            "tcp 1.1.1.1:22 10.10.17.3:179 syn",
            (Fate::Deny, Some(999)),
        ),
        (
            "V111_IN",
            "tcp 10.254.1.9:22 10.1.17.3:179 syn",
            (Fate::Permit, Some(80)),
        ),
        (
            "SNMP",
            "udp 10.99.0.9:1 10.1.1.1:1",
            (Fate::Permit, Some(10)),
        ),
        ("V111_IN6", "icmp ::1 ::2 135/0", (Fate::Permit, Some(10))),
        // The device permits router messages itself, perhaps before `deny ipv6 any any`.
        ("V111_IN6", "icmp ::1 ::2 134/0", (Fate::Unknown, None)),
        ("V111_IN6", "icmp ::1 ::2 later", (Fate::Unknown, Some(10))),
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
            "ipv6 address 2001:db8:20::/64 eui-64",
            "some new-feature",
            "interface Vxlan1",
            "10 permit tcp any any eq www",
            "10 permit tcp any any eq 81",
            "20 permit tcp any any eq gnmi",
            "40 permit tcp any host 10.9.9.9 eq ssh frobnicate",
            "no 10",
            "ip route 10.51.0.0/16 somewhere",
            "ip route vrf BLUE 10.52.0.0/16 egress-vrf default 10.1.0.9",
            "frobnicate the network",
        ]
    );
    let effects: Vec<_> = device
        .effects
        .iter()
        .map(|e| (e.class, e.text.as_str()))
        .collect();
    let (n, r, x) = (
        EffectClass::Narrows,
        EffectClass::Redirects,
        EffectClass::Rewrites,
    );
    assert_eq!(
        effects,
        [
            (n, "ip access-group ODD in"),
            (n, "service-policy type qos input POLICE"),
            (r, "service-policy type pbr input PBR"),
            (n, "ipv6 address 2001:db8:20::/64 eui-64"),
            (x, "ip nat source dynamic access-list NATTED pool P"),
            (x, "some new-feature"),
            (x, "interface Vxlan1"),
            (n, "ip access-group CPU in"),
            (r, "ip route 10.51.0.0/16 somewhere"),
            (
                r,
                "ip route vrf BLUE 10.52.0.0/16 egress-vrf default 10.1.0.9"
            ),
            (x, "frobnicate the network"),
        ]
    );
    assert_eq!(device.effects[0].scope, Scope::Interface(2, None));
    let dynamic: Vec<&str> = device.dynamic.iter().map(|(vrf, _)| vrf.as_str()).collect();
    assert_eq!(dynamic, ["", "GREEN"]);
    assert_eq!(device.interfaces[0].kind, InterfaceKind::Svi(300));
}

#[test]
fn lists_without_entries_deny_and_undefined_ones_are_open() {
    let device = corpus("odd.cfg");
    for (list, text, expect) in [
        ("EMPTY", "udp 1.1.1.1:1 2.2.2.2:2", Fate::Deny),
        ("EMPTY6", "udp [::1]:1 [::2]:2", Fate::Deny),
        ("NOWHERE", "udp 1.1.1.1:1 2.2.2.2:2", Fate::Unknown),
        ("CLOSED6", "icmp fe80::1 fe80::2 135/0", Fate::Unknown),
        ("CLOSED6", "icmp fe80::1 fe80::2 128/0", Fate::Deny),
        ("CLOSED6", "icmp fe80::1 fe80::2 later", Fate::Deny),
        ("ODD", "tcp 1.1.1.1:1 2.2.2.2:2 rst", Fate::Unknown),
    ] {
        assert_eq!(fate(&device, list, text).0, expect, "{list}: {text}");
    }
}

#[test]
fn lists_as_shown_are_read() {
    let device = corpus("show-ip-access-lists.cfg");
    assert_eq!((device.gaps.len(), device.acls.len()), (0, 3));
    assert_eq!(
        fate(&device, "V111_IN", "tcp 10.10.17.3:1 10.20.0.10:443 syn"),
        (Fate::Permit, Some(20))
    );
    assert_eq!(
        fate(&device, "EMPTY", "udp 1.1.1.1:1 2.2.2.2:2").0,
        Fate::Deny
    );
}

#[test]
fn hsrp_is_refused() {
    let mut face = Interface::new("Vlan10", InterfaceKind::Svi(10));
    face.share(true, 1, "10.0.0.9".parse().unwrap());
    let config = Config {
        hostname: "SW1".to_owned(),
        model: None,
        options: Default::default(),
        interfaces: vec![face],
        routes: Vec::new(),
        acls: Vec::new(),
    };
    let refusals = AristaEos.write(&config).unwrap_err();
    assert!(refusals[0].render(Lang::En).contains("VRRP"));
}

/// `interface defaults`: `shutdown` there may hold for ports that say nothing.
#[test]
fn ports_may_be_down_by_default() {
    let ports = "interface Ethernet1\n   no switchport\n   ip address 10.0.0.1/24\ninterface Ethernet2\n   no shutdown\n   no switchport\n   ip address 10.0.1.1/24\n";
    let defaults = |line: &str| {
        read(&format!(
            "interface defaults\n   ethernet\n      {line}\n{ports}"
        ))
    };
    let scopes = |device: &Device| -> Vec<Scope> {
        let narrows = |effect: &&Effect| effect.class == EffectClass::Narrows;
        let found = device.effects.iter().filter(narrows);
        found.map(|effect| effect.scope.clone()).collect()
    };
    assert_eq!(scopes(&defaults("shutdown")), [Scope::Interface(0, None)]);
    assert_eq!(scopes(&defaults("mtu 1500")), []);
}
