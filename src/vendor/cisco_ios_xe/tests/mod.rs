//! Tests over whole configurations: the corpus, what is written and read back, and hostile texts.

mod hostile;
mod parts;
mod written;

use super::CiscoIosXe;
use crate::acl::{AclState, Direction, Fate, Known, decide};
use crate::base::{Lang, Source};
use crate::device::{Device, EffectClass, Interface, InterfaceKind, NextHop, Scope};
use crate::net::Family;
pub(super) use crate::vendor::suite::packet;
use crate::vendor::{Dialect, Hint};
use std::net::IpAddr;

pub(super) fn read(text: &str) -> Device {
    CiscoIosXe.read(
        &Source::capture("test.cfg", text.as_bytes()),
        &Hint::default(),
    )
}

pub(super) fn corpus(name: &str) -> String {
    let path = format!(
        "{}/tests/corpus/cisco-ios-xe/{name}",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read_to_string(path).unwrap()
}

fn fate(device: &Device, list: &str, text: &str) -> (Fate, Option<u32>) {
    let acl = device.acls.iter().find(|acl| acl.name == list).unwrap();
    let decided = decide(acl, &packet(text));
    (decided.fate, acl.ace(decided.index).and_then(|ace| ace.seq))
}

fn whys(device: &Device) -> Vec<(u32, String)> {
    device
        .gaps
        .iter()
        .map(|gap| (gap.line, gap.why.render(Lang::En)))
        .collect()
}

#[test]
fn a_whole_configuration_reads_without_gaps_and_effects() {
    let device = read(&corpus("core.cfg"));
    assert_eq!(whys(&device), []);
    let guards: Vec<_> = device.effects.iter().map(|effect| &effect.scope).collect();
    let (tcp, snmp) = (Scope::Own(Some(6), None), Scope::Own(Some(17), Some(161)));
    assert_eq!(guards, [&tcp, &snmp, &tcp, &tcp]);
    assert_eq!(device.hostname.as_deref(), Some("L3SW-CORE01"));
    assert_eq!(device.model.as_deref(), Some("C9300-24T"));
    let names: Vec<_> = device
        .interfaces
        .iter()
        .map(|i| (i.name.as_str(), i.kind))
        .collect();
    assert_eq!(
        names,
        [
            ("GigabitEthernet0/0", InterfaceKind::Management),
            ("GigabitEthernet1/0/24", InterfaceKind::Routed),
            ("Loopback0", InterfaceKind::Loopback),
            ("Vlan1", InterfaceKind::Svi(1)),
            ("Vlan111", InterfaceKind::Svi(111)),
            ("Vlan112", InterfaceKind::Svi(112)),
            ("Vlan300", InterfaceKind::Svi(300)),
        ]
    );
    let vlan111 = &device.interfaces[4];
    let addrs: Vec<String> = vlan111.addrs.iter().map(ToString::to_string).collect();
    assert_eq!(
        addrs,
        [
            "10.10.17.1/24",
            "10.10.17.129/25",
            "fe80::1/128",
            "fd7a:1c2b:0:111::1/64"
        ]
    );
    assert_eq!(
        vlan111.virtuals,
        ["10.10.17.254".parse::<IpAddr>().unwrap()]
    );
    assert_eq!(vlan111.helpers.len(), 2);
    assert!(vlan111.ipv6 && !vlan111.shutdown && device.interfaces[3].shutdown);
    assert_eq!(device.interfaces[0].vrf, "Mgmt-vrf");
    let bound = |face: &Interface, family, direction| {
        face.binding(family, direction)
            .map(|b| device.acls[b.acl].name.clone())
    };
    assert_eq!(
        bound(vlan111, Family::V4, Direction::In).as_deref(),
        Some("V111_IN")
    );
    assert_eq!(
        bound(vlan111, Family::V6, Direction::In).as_deref(),
        Some("V111_IN6")
    );
    assert_eq!(
        bound(&device.interfaces[5], Family::V4, Direction::In).as_deref(),
        Some("102")
    );
    assert_eq!(
        bound(&device.interfaces[5], Family::V4, Direction::Out).as_deref(),
        Some("V112_OUT")
    );
    assert_eq!(device.routes.len(), 4);
    assert_eq!(device.routes[2].via, NextHop::Null);
    assert_eq!(device.routes[3].vrf, "Mgmt-vrf");
    assert_eq!(
        (&device.forwards.v4, &device.forwards.v6),
        (&Known::Yes, &Known::Yes)
    );
}

#[test]
fn packets_of_the_whole_configuration() {
    let device = read(&corpus("core.cfg"));
    for (list, text, expect) in [
        (
            "V111_IN",
            "udp 0.0.0.0:68 255.255.255.255:67",
            (Fate::Permit, Some(10)),
        ),
        (
            "V111_IN",
            "tcp 10.10.17.30:50000 10.20.0.10:443 syn",
            (Fate::Permit, Some(30)),
        ),
        (
            "V111_IN",
            "tcp 10.10.17.30 10.20.0.10 later",
            (Fate::Permit, Some(30)),
        ),
        (
            "V111_IN",
            "tcp 10.10.17.30:50000 10.20.0.10:80 syn",
            (Fate::Deny, Some(40)),
        ),
        (
            "V111_IN",
            "tcp 10.10.17.30:50000 10.10.17.1:23 syn",
            (Fate::Deny, Some(50)),
        ),
        (
            "V111_IN",
            "tcp 10.10.17.30:50000 10.10.17.1:24 syn",
            (Fate::Deny, Some(999)),
        ),
        (
            "V111_IN",
            "udp 10.10.17.30:50000 10.10.33.15:53",
            (Fate::Permit, Some(70)),
        ),
        (
            "V111_IN",
            "udp 10.10.17.30:50000 10.10.33.12:53",
            (Fate::Deny, Some(999)),
        ),
        (
            "V111_IN",
            "icmp 10.9.9.9 10.10.33.12 3/4",
            (Fate::Permit, Some(100)),
        ),
        (
            "V111_IN",
            "icmp 10.9.9.9 10.10.33.12 3/3",
            (Fate::Deny, Some(999)),
        ),
        (
            "V300_IN",
            "tcp 10.20.0.10:443 10.10.17.9:50000 ack",
            (Fate::Permit, Some(10)),
        ),
        (
            "V300_IN",
            "tcp 10.20.0.10:443 10.10.17.9:50000 rst",
            (Fate::Permit, Some(10)),
        ),
        (
            "V300_IN",
            "tcp 10.20.0.10:443 10.10.17.9:50000 syn",
            (Fate::Deny, Some(999)),
        ),
        (
            "V112_OUT",
            "tcp 10.20.0.10:443 10.10.17.9:50000 syn",
            (Fate::Deny, None),
        ),
        (
            "102",
            "tcp 10.10.18.4:443 10.10.17.9:80 syn",
            (Fate::Permit, None),
        ),
        (
            "SNMP_RO",
            "udp 10.99.0.200:443 10.10.17.9:80",
            (Fate::Permit, Some(20)),
        ),
        (
            "V111_IN6",
            "icmp fd7a::1 fe80::1 135/0",
            (Fate::Permit, Some(10)),
        ),
        (
            "V111_IN6",
            "icmp fd7a::1 fd7a::2 135/0",
            (Fate::Deny, Some(50)),
        ),
        (
            "V111_IN6",
            "tcp fd7a:1c2b:0:111::5 fd7a:1c2b:0:210::11 later",
            (Fate::Permit, Some(40)),
        ),
        (
            "V111_IN6",
            "tcp [fd7a:1c2b:0:111::5]:4 [fd7a:1c2b:0:210::11]:443 syn ext",
            (Fate::Unknown, Some(40)),
        ),
        (
            "V111_IN6",
            "tcp [fd7a:1c2b:0:111::5]:4 [fd7a:1c2b:0:210::11]:80 syn ext",
            (Fate::Deny, Some(50)),
        ),
    ] {
        assert_eq!(fate(&device, list, text), expect, "{list}: {text}");
    }
}

/// The device without what depends on how the file is laid out.
fn shape(device: &Device) -> String {
    let mut device = device.clone();
    device.interfaces.iter_mut().for_each(|i| {
        i.line = 0;
        i.bindings.iter_mut().for_each(|b| b.line = 0);
    });
    device.routes.iter_mut().for_each(|r| r.line = 0);
    for acl in &mut device.acls {
        acl.line = None;
        acl.entries.iter_mut().for_each(|ace| ace.line = None);
    }
    format!(
        "{:?}",
        (
            &device.interfaces,
            &device.routes,
            &device.acls,
            device.gaps.len(),
            device.effects.len()
        )
    )
}

#[test]
fn noise_changes_nothing() {
    let text = corpus("core.cfg");
    let clean = shape(&read(&text));
    assert_eq!(shape(&read(&text.replace('\n', "\r\n"))), clean, "CRLF");
    assert_eq!(
        shape(&read(&text.replace('\n', "  \n"))),
        clean,
        "trailing blanks"
    );
    for wipe in [
        format!("{0}        {0}", "\u{8}".repeat(9)),
        "        ".to_owned(),
    ] {
        let paged: String = text
            .lines()
            .enumerate()
            .map(|(n, line)| {
                if n % 24 == 23 {
                    format!(" --More-- {wipe}{line}\n")
                } else {
                    format!("{line}\n")
                }
            })
            .collect();
        assert_eq!(shape(&read(&paged)), clean, "pager");
    }
    let flat: String = text
        .lines()
        .map(|l| {
            if l.starts_with(" 1") || l.starts_with(" 9") {
                l.trim_start()
            } else {
                l
            }
        })
        .fold(String::new(), |all, line| all + line + "\n");
    assert_eq!(shape(&read(&flat)), clean, "entries without indentation");
    let mut bytes = text.replace("2026-041 dhcp", "XX").into_bytes();
    let at = bytes.windows(2).position(|w| w == b"XX").unwrap();
    bytes.splice(at..at + 2, [0x92, 0x5b, 0x96, 0x96]); // 端末 in CP932
    let device = CiscoIosXe.read(&Source::capture("a", &bytes), &Hint::default());
    assert_eq!(shape(&device), clean, "CP932 remark");
}

#[test]
fn a_shown_copy_must_agree() {
    let base = "ip access-list extended A\n 10 permit tcp any any eq 80\n";
    let shuffled = "ip access-list standard 9\n 10 permit 1.1.1.1\n 20 permit 2.2.2.2\nsw#show access-lists\n\
        Standard IP access list 9\n    20 permit 2.2.2.2\n    10 permit 1.1.1.1\n";
    assert_eq!(read(shuffled).gaps.len(), 0);
    let shown = "sw#show access-lists\nExtended IP access list A\n    10 permit tcp any any eq www (3 matches)\n";
    let device = read(&format!("{base}{shown}"));
    assert_eq!((device.acls.len(), device.gaps.len()), (1, 0));
    let device = read(&format!("{base}{}", shown.replace("www", "81")));
    assert_eq!((device.acls.len(), device.gaps.len()), (1, 1));
    assert_eq!(
        fate(&device, "A", "tcp 1.1.1.1:1 2.2.2.2:80 syn"),
        (Fate::Unknown, None)
    );
}

#[test]
fn a_head_that_is_not_understood_leaves_its_list_open() {
    let device = read(
        "ip access-list extended A sometimes\n 10 permit ip any any\ninterface Vlan1\n ip access-group A in\n",
    );
    assert_eq!(device.gaps.len(), 1);
    assert_eq!(
        fate(&device, "A", "tcp 1.1.1.1:1 2.2.2.2:80 syn"),
        (Fate::Unknown, None)
    );
}

#[test]
fn routes_into_another_table_are_leaks() {
    let text = "interface Vlan1\n vrf forwarding A\n ip address 10.0.0.1 255.0.0.0\nip route 10.9.0.0 255.255.0.0 Vlan1 10.0.0.2\n";
    let effects: Vec<_> = read(text)
        .effects
        .into_iter()
        .map(|e| (e.class, e.scope))
        .collect();
    assert_eq!(
        effects,
        [(EffectClass::Redirects, Scope::Vrf(String::new()))]
    );
}

#[test]
fn lists_as_shown_are_read() {
    let device = read(&corpus("show-access-lists.cfg"));
    assert_eq!(
        whys(&device),
        [(9, "not understood from `(99` on".to_owned())]
    );
    assert_eq!(
        fate(&device, "10", "udp 10.99.0.9:1 10.1.1.1:1"),
        (Fate::Permit, Some(10))
    );
    assert_eq!(
        fate(&device, "10", "udp 10.98.0.9:1 10.1.1.1:1"),
        (Fate::Deny, Some(20))
    );
    assert_eq!(
        fate(&device, "NIGHTLY", "udp 10.98.0.9:1 10.1.1.1:1"),
        (Fate::Unknown, Some(10))
    );
    assert_eq!(
        fate(&device, "V111_IN6", "tcp [2001:db8:1::5]:1 [::1]:443 syn"),
        (Fate::Permit, Some(20))
    );
}

#[test]
fn odd_lines_become_gaps_and_effects() {
    let device = read(&corpus("odd.cfg"));
    let gaps: Vec<String> = device.gaps.iter().map(|g| g.text.clone()).collect();
    assert_eq!(
        gaps,
        [
            "ipv6 address 2001:DB8:20::/64 eui-64",
            "some new-feature",
            "interface Tunnel1",
            "ip route 10.51.0.0 255.255.0.0 somewhere",
            "20 permit tcp any object-group PARTLY eq 22",
            "30 permit tcp any object-group UNDEFINED eq 22",
            "10 permit tcp any any eq 80",
            "10 permit tcp any any eq 81",
            "30 permit tcp any any eq foo",
            "40 permit tcp any host 10.9.9.9 eq 22 frobnicate",
            "50 evaluate REFLECTED",
            "no 10",
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
    assert_eq!(
        effects,
        [
            (r, &vlan10, "ip policy route-map PBR"),
            (
                n,
                &Scope::Interface(0, Some(Direction::In)),
                "ip verify unicast source reachable-via rx"
            ),
            (n, &vlan20, "ipv6 address 2001:DB8:20::/64 eui-64"),
            (x, &vlan20, "ip nat inside"),
            (x, &Scope::Device, "some new-feature"),
            (n, &vlan20, "ip access-group PORT-IN in"),
            (n, &Scope::Device, "service-policy input POLICE"),
            (x, &Scope::Device, "interface Tunnel1"),
            (
                r,
                &Scope::Vrf(String::new()),
                "ip route 10.51.0.0 255.255.0.0 somewhere"
            ),
            (n, &Scope::Device, "vlan filter M vlan-list 10,30"),
            (x, &Scope::Device, "frobnicate the network"),
        ]
    );
    let dynamic: Vec<&str> = device.dynamic.iter().map(|(vrf, _)| vrf.as_str()).collect();
    assert_eq!(dynamic, ["BLUE", "", "GREEN"]);
    assert!(device.routes[0].conditional);
    assert!(
        device.sees.to_switch.question().is_some(),
        "object groups leave it open"
    );
    assert!(device.forwards.v4.must() && device.forwards.v6.question().is_some());
}

#[test]
fn odd_entries_bound_their_packets() {
    let device = read(&corpus("odd.cfg"));
    let state = |name: &str| {
        device
            .acls
            .iter()
            .find(|acl| acl.name == name)
            .map(|acl| acl.state)
    };
    assert_eq!(state("NOWHERE"), Some(AclState::Undefined));
    assert_eq!(
        (state("EMPTY"), state("EMPTY6")),
        (Some(AclState::Empty), Some(AclState::Empty))
    );
    assert_eq!(state("PORT-IN"), None);
    for (list, text, expect) in [
        (
            "NOWHERE",
            "tcp 10.1.0.5:1 10.2.1.7:80 syn",
            (Fate::Permit, None),
        ),
        (
            "EMPTY",
            "tcp 10.1.0.5:1 10.2.1.7:80 syn",
            (Fate::Unknown, None),
        ),
        ("EMPTY6", "tcp [::5]:1 [::6]:80 syn", (Fate::Permit, None)),
        (
            "GROUPS",
            "tcp 10.1.0.5:1 10.2.1.7:80 syn",
            (Fate::Permit, Some(10)),
        ),
        (
            "GROUPS",
            "udp 10.1.0.5:1 10.4.0.1:8005",
            (Fate::Permit, Some(10)),
        ),
        (
            "GROUPS",
            "icmp 10.1.0.5 10.3.0.6 8/0",
            (Fate::Permit, Some(10)),
        ),
        ("GROUPS", "udp 10.1.0.5:1 10.3.0.7:8005", (Fate::Deny, None)),
        (
            "GROUPS",
            "tcp 10.7.0.5:1 10.5.0.1:22 syn",
            (Fate::Permit, Some(20)),
        ),
        (
            "GROUPS",
            "tcp 10.7.0.5:1 10.5.0.2:22 syn",
            (Fate::Unknown, Some(20)),
        ),
        ("GROUPS", "udp 10.7.0.5:1 10.5.0.2:22", (Fate::Deny, None)),
        (
            "TWICE",
            "tcp 10.7.0.5:1 10.5.0.2:80 syn",
            (Fate::Unknown, Some(10)),
        ),
        (
            "TWICE",
            "tcp 10.7.0.5:1 10.5.0.2:82 syn",
            (Fate::Deny, Some(20)),
        ),
        ("ODD", "udp 10.7.0.5:1 10.5.0.2:82", (Fate::Unknown, None)),
    ] {
        assert_eq!(fate(&device, list, text), expect, "{list}: {text}");
    }
    let without_no = corpus("odd.cfg")
        .replace(" no 10\n", "")
        .replace(" 50 evaluate REFLECTED\n", "")
        .replace(" 20 permit ip any any time-range NIGHT\n", "");
    let device = read(&without_no);
    for (text, expect) in [
        ("tcp 10.7.0.5:1 10.5.0.2:443 syn", (Fate::Unknown, Some(10))),
        ("tcp 10.7.0.5:1 10.5.0.2:99 syn", (Fate::Unknown, Some(30))),
        (
            "tcp 10.7.0.5:1 10.5.0.2:99 ack rst",
            (Fate::Permit, Some(60)),
        ),
        ("udp 10.7.0.5:1 10.5.0.2:99", (Fate::Deny, None)),
        ("2 10.7.0.5 10.5.0.2", (Fate::Unknown, Some(80))),
        ("udp 10.7.0.5 10.5.0.2 later", (Fate::Deny, None)),
    ] {
        assert_eq!(fate(&device, "ODD", text), expect, "{text}");
    }
}

#[test]
fn the_dialect_knows_its_texts() {
    for name in ["core.cfg", "odd.cfg", "show-access-lists.cfg"] {
        assert!(CiscoIosXe.score(&corpus(name)) > 0, "{name}");
    }
    assert_eq!(
        CiscoIosXe.score("interface vlan 10\n  ip address 10.0.0.1 255.255.255.0\n"),
        0
    );
}
#[test]
fn modelled_facts_are_named_and_open_on_request() {
    let text =
        "ip access-list extended A\n permit tcp any any established\n permit icmp any any echo\n";
    let source = Source::capture("a", text.as_bytes());
    let device = read(text);
    assert_eq!(
        device.modelled,
        ["established-matches-rst", "icmp-name-table"]
    );
    assert_eq!(
        fate(&device, "A", "tcp 1.1.1.1:1 2.2.2.2:2 rst").0,
        Fate::Permit
    );
    let hint = Hint {
        confirmed_only: true,
        ..Hint::default()
    };
    let device = CiscoIosXe.read(&source, &hint);
    assert!(device.modelled.is_empty());
    for (text, expect) in [
        ("tcp 1.1.1.1:1 2.2.2.2:2 ack", Fate::Permit),
        ("tcp 1.1.1.1:1 2.2.2.2:2 rst", Fate::Unknown),
        ("tcp 1.1.1.1:1 2.2.2.2:2 syn", Fate::Deny),
        ("icmp 1.1.1.1 2.2.2.2 8/0", Fate::Unknown),
        ("udp 1.1.1.1:1 2.2.2.2:2", Fate::Deny),
    ] {
        assert_eq!(fate(&device, "A", text).0, expect, "{text}");
    }
}

#[test]
fn extension_headers_are_no_protocols() {
    let device =
        read("ipv6 access-list A\n permit ahp any any\n permit esp any any\n deny ipv6 any any\n");
    for (text, expect) in [
        ("tcp [::1]:1 [::2]:2 syn", Fate::Unknown),
        ("50 ::1 ::2", Fate::Permit),
        ("51 ::1 ::2", Fate::Unknown),
    ] {
        assert_eq!(fate(&device, "A", text).0, expect, "{text}");
    }
}

#[test]
fn a_text_may_take_back_what_it_said() {
    let text = "ip routing\nip access-list extended A\n permit ip any any\nno ip access-list extended A\n\
        ip access-list extended A\n deny ip any any\ninterface Vlan1\n ip address 10.0.0.1 255.0.0.0\n ip access-group A in\n \
        no ip access-group A in\n shutdown\n no shutdown\nno ip routing\n";
    let device = read(text);
    assert_eq!((device.acls.len(), device.gaps.len()), (1, 0));
    assert_eq!(
        fate(&device, "A", "tcp 1.1.1.1:1 2.2.2.2:2 ack").0,
        Fate::Deny
    );
    assert!(device.interfaces[0].bindings.is_empty() && !device.interfaces[0].shutdown);
    assert_eq!(device.forwards.v4, Known::No);
}
