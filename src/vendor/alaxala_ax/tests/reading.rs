//! What captures are read as.

use super::super::FACTS;
use super::*;
use crate::acl::{AclState, Direction, Question};
use crate::base::Lang;
use crate::device::{EffectClass, InterfaceKind};

#[test]
fn published_floor_filter_is_read_without_gaps() {
    let device = corpus("floor-filter");
    assert_eq!(device.hostname.as_deref(), Some("L3SW-FLOOR-1"));
    assert!(device.gaps.is_empty(), "{:?}", device.gaps);
    assert!(device.effects.is_empty(), "{:?}", device.effects);
    let acl = list(&device, "VLAN0101-in");
    assert!(acl.is_settled());
    let syn = TcpFlags::SYN;
    let telnet = tcp("10.255.10.5", 40000, "10.1.1.1", 23, syn);
    assert_eq!(fate(acl, &telnet), (Fate::Deny, Some(32)));
    let web = tcp("10.255.10.5", 40000, "10.1.1.1", 80, syn);
    assert_eq!(fate(acl, &web), (Fate::Permit, Some(35)));
    let kinds: Vec<_> = device
        .interfaces
        .iter()
        .map(|i| (i.kind, i.addrs.len(), i.bindings.len()))
        .collect();
    assert_eq!(
        kinds,
        [
            (InterfaceKind::Svi(101), 1, 1),
            (InterfaceKind::Loopback, 1, 0),
            (InterfaceKind::Management, 1, 0)
        ]
    );
    assert_eq!(
        device.modelled,
        [
            "entry-grammar",
            "forwarding-needs-no-line",
            "list-sees-to-switch"
        ]
    );
}

#[test]
fn core_switch_with_noise_is_read_without_gaps() {
    let device = corpus("core");
    assert!(device.gaps.is_empty(), "{:?}", device.gaps);
    assert!(device.effects.is_empty(), "{:?}", device.effects);
    let svi = &device.interfaces[0];
    assert_eq!((svi.addrs.len(), svi.helpers.len()), (3, 2));
    assert_eq!(svi.virtuals, [v4("10.10.17.254")]);
    assert!(svi.ipv6 && !svi.shutdown && device.interfaces[1].shutdown);
    assert!(svi.binding(Family::V6, Direction::In).is_some());
    assert_eq!(device.interfaces[1].bindings.len(), 2);
    let routes: Vec<_> = device
        .routes
        .iter()
        .map(|r| (r.prefix.to_string(), r.distance, r.conditional))
        .collect();
    assert_eq!(
        routes,
        [
            ("0.0.0.0/0".to_owned(), 2, false),
            ("10.20.8.0/22".to_owned(), 200, true),
            ("::/0".to_owned(), 2, false)
        ]
    );
    let acl = list(&device, "V111_IN");
    assert_eq!(acl.entries.len(), 6);
    let odd_third_octet = tcp("10.10.19.1", 1, "10.20.0.10", 8005, TcpFlags::SYN);
    assert_eq!(fate(acl, &odd_third_octet).0, Fate::Permit);
    let even_third_octet = tcp("10.10.18.1", 1, "10.20.0.10", 8005, TcpFlags::SYN);
    assert_eq!(fate(acl, &even_third_octet).0, Fate::Deny);
    let reply = list(&device, "V300_IN");
    let back = |flags| tcp("10.20.0.10", 443, "10.10.17.9", 50000, flags);
    assert_eq!(fate(reply, &back(TcpFlags::ACK)).0, Fate::Permit);
    assert_eq!(fate(reply, &back(TcpFlags::RST)).0, Fate::Deny);
    assert!(device.modelled.contains(&"flag-word-ack".to_owned()));
    let standard = list(&device, "V300_OUT");
    assert!(standard.is_settled() && standard.entries.len() == 2);
}

#[test]
fn cp932_and_the_model_of_the_header_are_read() {
    let (_, bytes) = CORPUS[2];
    let device = read(bytes, "");
    assert_eq!(device.model.as_deref(), Some("AX2530S-24T"));
    assert!(device.gaps.is_empty(), "{:?}", device.gaps);
    assert_eq!(device.acls.len(), 2);
    assert_eq!(list(&device, "100").entries.len(), 2);
    assert!(device.sees.bridged_in.question().is_some());
}

#[test]
fn what_is_not_understood_is_a_gap_or_an_effect() {
    let device = corpus("odd");
    let seen: Vec<String> = device
        .gaps
        .iter()
        .map(|gap| format!("{} {} | {}", gap.line, gap.why.key, gap.text))
        .collect();
    let expect = [
        "16 ax-gap-port-list | ip access-group PORT-in in",
        "24 ax-gap-mode | ipv6 traffic-filter ODD6 in",
        "25 ax-gap-mac-list | mac access-group MACS in",
        "26 ax-gap-vrrp | vrrp 1 something new",
        "27 ax-gap-interface-line | ip mystery 5",
        "36 ax-gap-route | ip route vrf 2 0.0.0.0 0.0.0.0 10.1.10.2",
        "40 ax-gap-unknown-line | frobnicate the network password <masked>",
        "45 ax-gap-redirect | 10 permit ip 10.1.0.0 0.0.255.255 any action policy-list 3",
        "49 ax-gap-entry | 5 permit tcp any any eq nowhere",
        "50 ax-gap-entry | 7 permit foo any host 10.2.0.1",
        "51 ax-gap-ah | 10 deny ah any any",
        "55 ax-gap-entry | 50 permit icmp any any echo",
        "56 ax-gap-line | 60 something else",
        "58 ax-gap-sequence | 80 permit tcp host 10.9.0.1 any eq ssh",
        "59 ax-gap-sequence | 80 permit tcp host 10.9.0.2 any eq ssh",
    ];
    assert_eq!(seen, expect);
    let classes: Vec<_> = device.effects.iter().map(|e| (e.line, e.class)).collect();
    use EffectClass::{Narrows as N, Redirects as R, Rewrites as X};
    let expect = [
        (16, X),
        (17, N),
        (25, X),
        (26, X),
        (27, X),
        (36, R),
        (40, X),
        (45, R),
    ];
    assert_eq!(classes, expect);
    assert_eq!(device.dynamic, [(String::new(), 33)]);
    assert!(device.interfaces.iter().all(|i| i.name != "vlan 666"));
    assert_eq!(list(&device, "EMPTY").state, AclState::Empty);
    assert_eq!(list(&device, "NOWHERE").state, AclState::Undefined);
    for gap in &device.gaps {
        assert!(!gap.why.render(Lang::En).starts_with('['), "{:?}", gap.why);
        assert!(!gap.why.render(Lang::Ja).starts_with('['), "{:?}", gap.why);
    }
}

#[test]
fn unknown_parts_taint_only_what_reaches_them() {
    let device = corpus("odd");
    let acl = list(&device, "ODD");
    let syn = TcpFlags::SYN;
    // The duplicate entries first, then 5, 7, the unread line 60.
    let to_odd_host = tcp("10.1.10.5", 40000, "10.2.0.1", 443, syn);
    assert_eq!(fate(acl, &to_odd_host).0, Fate::Unknown);
    let empty = list(&device, "EMPTY");
    let decided = decide(empty, &to_odd_host);
    assert_eq!(decided.fate, Fate::Unknown);
    let fact = |id: &str| Question::Fact {
        dialect: "alaxala-ax",
        id: id.to_owned(),
    };
    assert_eq!(decided.because, [fact("empty-list-permits")]);
    let decided = decide(list(&device, "NOWHERE"), &to_odd_host);
    assert_eq!(decided.because, [fact("undefined-list-permits")]);
    // `layer3-2` has no IPv6 lists: the deny may filter nothing.
    let six = tcp("fd00::1", 1, "fd00::2", 2, syn);
    assert_eq!(fate(list(&device, "ODD6"), &six).0, Fate::Unknown);
}

#[test]
fn old_chassis_text_is_refused_whole() {
    let device = corpus("ax7800r");
    assert_eq!(device.gaps[0].why.key, "ax-gap-old-software");
    assert_eq!(device.effects[0].class, EffectClass::Rewrites);
    assert!(device.acls.is_empty());
}

#[test]
fn modelled_facts_open_on_request() {
    let text = "interface vlan 1\n  ip address 10.0.0.1 255.0.0.0\n  ip access-group A in\n\
                ip route 0.0.0.0 0.0.0.0 10.0.0.2\nip access-list extended A\n  10 permit ip any any\n";
    let source = Source::capture("a", text.as_bytes());
    let mut hint = hint("AX3660S");
    let device = AlaxalaAx.read(&source, &hint);
    assert!(device.acls[0].is_settled() && device.effects.is_empty());
    assert_eq!(device.modelled.len(), 4);
    hint.confirmed_only = true;
    let device = AlaxalaAx.read(&source, &hint);
    assert!(!device.acls[0].is_settled() && device.effects.len() == 1);
    assert!(device.modelled.is_empty() && device.sees.bridged_in.must());
    assert!(device.forwards.v4.question().is_some());
}

#[test]
fn neighbour_discovery_is_denied_unless_only_confirmed_facts_count() {
    let source = Source::capture("a", b"ipv6 access-list A\n  10 permit tcp any any\n");
    let at = |text: &str| text.parse::<IpAddr>().unwrap();
    let l4 = L4::Icmp { kind: 135, code: 0 };
    let whole = PositionSet::WHOLE;
    let ns = Flow::new(at("fe80::1"), at("ff02::1"), ICMPV6, l4, whole, false).unwrap();
    for (confirmed_only, expect) in [(false, Fate::Deny), (true, Fate::Unknown)] {
        let hint = Hint {
            confirmed_only,
            ..hint("AX3660S")
        };
        let device = AlaxalaAx.read(&source, &hint);
        assert_eq!(fate(&device.acls[0], &ns).0, expect);
        let leant = device.modelled.contains(&"implicit-nd-permit".to_owned());
        assert_eq!(leant, !confirmed_only);
    }
}

#[test]
fn entries_are_searched_by_number_and_numbered_by_tens() {
    let text = "ip access-list extended A\n  30 deny ip any any\n  10 permit udp any any\n  permit tcp any any\n  \
                10 permit udp any any\n";
    let device = read(text.as_bytes(), "AX3660S");
    let order: Vec<_> = device.acls[0]
        .entries
        .iter()
        .map(|e| (e.seq.unwrap(), e.text.as_str()))
        .collect();
    assert_eq!(
        order,
        [
            (10, "10 permit udp any any"),
            (30, "30 deny ip any any"),
            (40, "permit tcp any any")
        ]
    );
    assert!(device.gaps.is_empty());
}

#[test]
fn unclear_distances_and_typed_commands_are_effects() {
    for (text, expect) in [
        (
            "ip route 0.0.0.0 0.0.0.0 10.0.0.1\nip route 0.0.0.0 0.0.0.0 10.0.0.2 3\n",
            2,
        ),
        (
            "ip route 0.0.0.0 0.0.0.0 10.0.0.1\nip route 0.0.0.0 0.0.0.0 10.0.0.2 200\n",
            0,
        ),
        ("!AX3660S-1(config)# no ip access-group A in\n", 1),
        ("AX3660S-1(config)# no ip access-group A in\n", 1),
        ("!AX3660S-1# save\n! comment\n", 0),
        ("ipv6 router ospf 1 vrf 3\n", 1),
        ("interface tunnel 1\n", 1),
        ("ip access-list A\n", 1),
        ("banner login plain-text \"\nip route a\n", 1),
        ("banner a \"\nx\n\"\nbanner b \"\ny\n\"\nip route a\n", 1),
    ] {
        assert_eq!(read(text.as_bytes(), "").effects.len(), expect, "{text}");
    }
}

#[test]
fn the_registry_detects_it() {
    for (name, bytes) in CORPUS {
        let source = Source::capture(name, bytes);
        assert!(AlaxalaAx.score(&source.text) > 0, "{name}");
    }
    assert_eq!(
        AlaxalaAx.score("hostname SW1\ninterface Vlan10\n ip access-group A in\n"),
        0
    );
}

#[test]
fn every_open_fact_says_what_would_settle_it() {
    for (id, fact) in &FACTS.facts {
        let open = FACTS.known(id, true).question().is_some();
        assert!(!open || fact.settle.is_some(), "{id}");
    }
    assert_eq!(FACTS.limit("name"), 31);
}

#[test]
fn the_registry_tells_its_captures_from_others() {
    for (name, bytes) in CORPUS {
        let source = Source::capture(name, bytes);
        let found = crate::vendor::detect(&source.text).map(Dialect::id);
        assert_eq!(found, Some("alaxala-ax"), "{name}");
    }
}
