//! The shared parts in the words of this dialect: names, tables, heads of lists, routes.

use crate::device::NextHop;
use crate::net::Family;
use crate::vendor::cisco_ios_xe::KIN;
use crate::vendor::ios_like::lists::{head, item, numbered, without_place};
use crate::vendor::ios_like::route::{Read, v4, v6};
use crate::vendor::ios_like::table::{LONGEST, Place};
use crate::vendor::ios_like::vlan::vlan_list;
use crate::vendor::words::Words;

#[test]
fn names_and_digits_are_read() {
    let names = KIN.names();
    assert_eq!(
        (names.port("www"), names.port("443"), names.port("65536")),
        (Some(80), Some(443), None)
    );
    assert_eq!(names.protocol("icmp", Family::V6), Some(58));
    assert_eq!(names.protocol_name(47, Family::V4), Some("gre"));
    assert_eq!(names.icmp("packet-too-big", Family::V4), Some((3, Some(4))));
    assert_eq!(names.icmp("nd-ns", Family::V4), None);
    assert!(names.is_igmp("host-report") && !names.is_igmp("echo"));
}

#[test]
fn whole_words_count() {
    assert!(
        KIN.data
            .tables
            .is_irrelevant(Place::Top, "logging host 10.0.0.1")
    );
    assert!(!KIN.data.tables.is_irrelevant(Place::Top, "loggings"));
    assert!(
        KIN.data
            .tables
            .is_irrelevant(Place::Top, "ip ssh version 2")
            && !KIN.data.tables.is_irrelevant(Place::Top, "ip nat inside")
    );
    assert!(
        KIN.data
            .tables
            .is_irrelevant(Place::Interface, "ip ospf cost 10")
    );
    assert!(
        !KIN.data
            .tables
            .is_irrelevant(Place::Interface, "ip ospf 1 area 0")
    );
}

#[test]
fn every_place_has_a_table_and_no_beginning_is_too_long() {
    for place in [
        Place::Top,
        Place::Interface,
        Place::Vrf,
        Place::Vlan,
        Place::Policy,
        Place::List,
    ] {
        let lines = &KIN.facts().irrelevant[place.key()];
        assert!(
            lines.iter().all(|line| Words::new(line).count() <= LONGEST),
            "{place:?}"
        );
    }
    assert_eq!(KIN.facts().irrelevant.len(), 6);
}

#[test]
fn heads_in_all_forms() {
    let show = |text| head(text, &KIN).map(|h| (h.name, h.family.digit(), h.standard, h.shown));
    assert_eq!(
        show("ip access-list extended A-IN"),
        Some(("A-IN", '4', false, false))
    );
    assert_eq!(
        show("ip access-list standard 10"),
        Some(("10", '4', true, false))
    );
    assert_eq!(show("ipv6 access-list A6"), Some(("A6", '6', false, false)));
    assert_eq!(
        show("Extended IP access list 102"),
        Some(("102", '4', false, true))
    );
    assert_eq!(
        show("IPv6 access list A6 (per-user)"),
        Some(("A6", '6', false, true))
    );
    assert!(head("ip access-list extended A B", &KIN).is_some_and(|h| !h.whole));
    assert_eq!(show("ip access-list role-based A"), None);
    assert_eq!(
        numbered("access-list 102 permit ip any any", &KIN).map(|(_, rest)| rest),
        Some("permit ip any any")
    );
    assert_eq!(
        numbered("access-list 700 permit 0000.0000.0001", &KIN),
        None
    );
}

#[test]
fn numbers_stand_before_or_behind() {
    let seq = |text, family| item(text, family, false, true, &KIN).0;
    assert_eq!(seq("10 permit ip any any", Family::V4), Some(10));
    assert_eq!(seq("sequence 20 permit ipv6 any any", Family::V6), Some(20));
    assert_eq!(
        seq("permit ipv6 any any (3 matches) sequence 30", Family::V6),
        Some(30)
    );
    assert_eq!(seq("permit ipv6 any any", Family::V6), None);
    assert_eq!(
        without_place("access-list 102 permit ip any any"),
        "permit ip any any"
    );
    assert_eq!(without_place("sequence 5 permit x sequence 6"), "permit x");
}

fn show(text: &str) -> String {
    let mut words = Words::new(text);
    words.next();
    let read = match words.next() {
        Some("route") if text.starts_with("ipv6") => v6(words, 1, &KIN),
        _ => v4(words, 1, &KIN),
    };
    match read {
        Ok(None) => "never".to_owned(),
        Err(vrf) => format!("unread in `{vrf}`"),
        Ok(Some(Read { route: r, leaks })) => {
            let via = match r.via {
                NextHop::Via(addr) => addr.to_string(),
                NextHop::Interface(name, None) => name,
                NextHop::Interface(name, Some(addr)) => format!("{name} {addr}"),
                NextHop::Null => "null".to_owned(),
            };
            let mark = |on, word: &str| {
                if on {
                    format!(" {word}")
                } else {
                    String::new()
                }
            };
            format!(
                "{}|{} {via} {}{}{}",
                r.vrf,
                r.prefix,
                r.distance,
                mark(r.conditional, "if"),
                mark(leaks, "leaks")
            )
        }
    }
}

#[test]
fn routes_in_all_forms() {
    for (line, expect) in [
        ("ip route 0.0.0.0 0.0.0.0 10.0.0.1", "|0.0.0.0/0 10.0.0.1 1"),
        (
            "ip route 10.1.0.0 255.255.0.0 Null0 250",
            "|10.1.0.0/16 null 250",
        ),
        // Bits beyond the mask: no device prints that.
        ("ip route 10.1.2.3 255.255.0.0 Null0 250", "unread in ``"),
        (
            "ip route vrf BLUE 10.0.0.0 255.0.0.0 Vlan20 10.9.0.1 name x tag 5",
            "BLUE|10.0.0.0/8 Vlan20 10.9.0.1 1",
        ),
        (
            "ip route 10.0.0.0 255.0.0.0 Vlan 20",
            "|10.0.0.0/8 Vlan20 1",
        ),
        (
            "ip route 10.0.0.0 255.0.0.0 10.0.0.1 track 3",
            "|10.0.0.0/8 10.0.0.1 1 if",
        ),
        (
            "ip route vrf A 10.0.0.0 255.0.0.0 10.0.0.1 global",
            "A|10.0.0.0/8 10.0.0.1 1 leaks",
        ),
        ("ip route 10.0.0.0 255.0.0.0 10.0.0.1 255", "never"),
        ("ip route 10.0.0.0 255.0.255.0 10.0.0.1", "unread in ``"),
        ("ip route vrf A 0.0.0.0 0.0.0.0 dhcp", "unread in `A`"),
        ("ip route 10.0.0.0 255.0.0.0 10.0.0.1 foo", "unread in ``"),
        ("ip route static bfd Vlan1 10.0.0.1", "unread in ``"),
        ("ipv6 route ::/0 FD7A::1", "|::/0 fd7a::1 1"),
        (
            "ipv6 route FD7A:1::/32 Vlan300 FE80::1 5",
            "|fd7a:1::/32 Vlan300 fe80::1 5",
        ),
        ("ipv6 route vrf A FD7A::/16 Null0", "A|fd7a::/16 null 1"),
        (
            "ipv6 route ::/0 FD7A::1 nexthop-vrf B",
            "|::/0 fd7a::1 1 leaks",
        ),
    ] {
        assert_eq!(show(line), expect, "{line}");
    }
}

#[test]
fn lists_of_vlans() {
    assert_eq!(vlan_list("10,20-22 30"), Some(vec![10, 20, 21, 22, 30]));
    assert_eq!(vlan_list("2-1000,1002"), Some(vec![]));
    assert_eq!(vlan_list("all"), None);
    assert_eq!(vlan_list(""), None);
    assert_eq!(vlan_list("20-10"), None);
}
