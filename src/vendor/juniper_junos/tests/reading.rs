//! What single conditions, actions and bindings mean.

use super::{corpus, fate, fates, list, read};
use crate::acl::{AclState, Direction, Fate, decide};
use crate::device::{EffectClass, NextHop, Scope};
use crate::vendor::juniper_junos::JuniperJunos;
use crate::vendor::testing::packet;
use crate::vendor::{Dialect, Hint};
use Fate::{Deny, Permit, Unknown};

const TCP: &str = "tcp 10.0.0.1 1000 10.0.0.2 22 syn";
const UDP: &str = "udp 10.0.0.1 1000 10.0.0.2 22";
const PING: &str = "icmp 10.0.0.1 10.0.0.2 8 0";
const GRE: &str = "47 10.0.0.1 10.0.0.2";

#[test]
fn a_condition_without_a_protocol_tests_bytes() {
    let terms = "inet filter F term a from destination-port ssh\ninet filter F term a then accept";
    assert_eq!(
        fates(terms, &[TCP, UDP, PING, GRE]),
        [Permit, Permit, Unknown, Unknown]
    );
    assert_eq!(fates(terms, &["tcp 10.0.0.1 1 10.0.0.2 23"]), [Deny]);
    assert_eq!(fates(terms, &["6 10.0.0.1 10.0.0.2 later"]), [Unknown]);
    let terms = "inet filter F term a from protocol tcp\ninet filter F term a from destination-port ssh\n\
                 inet filter F term a then accept";
    assert_eq!(
        fates(
            terms,
            &[
                TCP,
                UDP,
                PING,
                "6 10.0.0.1 10.0.0.2 later",
                "17 10.0.0.1 10.0.0.2 later"
            ]
        ),
        [Permit, Deny, Deny, Unknown, Deny]
    );
    let terms = "inet filter F term a from icmp-type 8\ninet filter F term a then accept";
    assert_eq!(
        fates(terms, &[PING, "icmp 10.0.0.1 10.0.0.2 0 0", TCP]),
        [Permit, Deny, Unknown]
    );
    let terms = "inet filter F term a from tcp-established\ninet filter F term a then accept";
    assert_eq!(
        fates(terms, &["tcp 10.0.0.1 1 10.0.0.2 2 rst", TCP, UDP]),
        [Permit, Deny, Unknown]
    );
}

#[test]
fn ports_and_addresses_in_both_directions() {
    let terms = "inet filter F term a from port 22\ninet filter F term a from protocol tcp\ninet filter F term a then accept";
    assert_eq!(
        fates(
            terms,
            &[
                TCP,
                "tcp 10.0.0.1 22 10.0.0.2 1",
                "tcp 10.0.0.1 1 10.0.0.2 2"
            ]
        ),
        [Permit, Permit, Deny]
    );
    let terms = "inet filter F term a from port-except 22\ninet filter F term a from protocol tcp\ninet filter F term a then accept";
    assert_eq!(
        fates(
            terms,
            &[
                TCP,
                "tcp 10.0.0.1 22 10.0.0.2 1",
                "tcp 10.0.0.1 1 10.0.0.2 2"
            ]
        ),
        [Deny, Deny, Permit]
    );
    let terms = "inet filter F term a from address 10.0.0.0/31\ninet filter F term a from destination-address 10.0.0.2\n\
                 inet filter F term a then accept";
    assert_eq!(
        fates(
            terms,
            &[
                TCP,
                "tcp 10.0.0.2 1 10.0.0.2 2",
                "tcp 10.0.0.2 1 10.0.0.1 2"
            ]
        ),
        [Permit, Deny, Deny]
    );
}

#[test]
fn except_and_prefix_lists() {
    let device = read(corpus("set"));
    let odds = list(&device, "ODDS");
    for (text, expect) in [
        ("udp 10.9.9.9 5 10.77.5.3 80", Permit), // holes
        ("47 10.9.9.9 10.77.5.3", Unknown),      // bytes like those of port 22
        ("1 10.9.9.9 10.77.5.3 later", Unknown),
        ("103 10.9.9.9 10.77.6.3", Unknown),   // marked: dscp
        ("tcp 10.9.9.9 5 10.77.5.3 22", Deny), // no-protocol
        ("tcp 10.9.9.9 5 10.77.5.3 80 syn", Deny),
        ("tcp 10.9.9.9 5 10.77.5.3 80 fin ack", Deny),
        ("udp 10.9.9.9 53 10.77.6.3 80", Permit),
        ("47 10.9.9.9 10.77.6.3 later", Unknown), // pieces, unless no-protocol
        ("udp 10.9.9.9 5 10.77.6.3 80 first", Unknown),
        ("udp 10.9.9.9 5 10.77.6.3 80", Unknown),
    ] {
        assert_eq!(fate(odds, text).0, expect, "{text}");
    }
    let excepted =
        "inet filter F term a from source-prefix-list X except\ninet filter F term a then accept";
    assert_eq!(fates(excepted, &[TCP]), [Unknown]);
    let lists = "set policy-options prefix-list P 10.0.0.0/8\nset policy-options prefix-list P 2001:db8::/32\n\
                 set firewall family inet filter F term a from source-prefix-list P\nset firewall family inet filter F term a then accept\n\
                 set firewall family inet filter F term b from prefix-list Q\nset firewall family inet filter F term b then accept\n";
    let device = read(lists);
    assert_eq!(fate(list(&device, "F"), TCP).0, Unknown);
    assert_eq!(
        fate(list(&device, "F"), "tcp 11.0.0.1 1 11.0.0.2 1").0,
        Deny
    );
    let excepted = "inet filter F term a from source-address 10.0.0.1 except\ninet filter F term a then accept";
    assert_eq!(
        fates(excepted, &[TCP, "tcp 10.0.0.5 1 10.0.0.2 1"]),
        [Deny, Deny]
    );
}

#[test]
fn an_except_beside_a_prefix_list_is_read_both_ways() {
    let text = "set policy-options prefix-list P 10.1.0.0/16\nset policy-options prefix-list P 10.9.0.0/16\n\
                set policy-options prefix-list Q 10.9.9.0/24\n\
                set firewall family inet filter F term a from source-address 0.0.0.0/0\n\
                set firewall family inet filter F term a from source-address 10.0.0.0/8 except\n\
                set firewall family inet filter F term a from source-address 10.7.0.0/16\n\
                set firewall family inet filter F term a from source-prefix-list P\n\
                set firewall family inet filter F term a from source-prefix-list Q except\n\
                set firewall family inet filter F term a then accept\n";
    let device = read(text);
    let of = |src: &str| fate(list(&device, "F"), &format!("udp {src} 5 192.0.2.1 5")).0;
    assert_eq!(of("11.0.0.1"), Permit);
    assert_eq!(of("10.7.0.1"), Permit); // longest match in one condition
    assert_eq!(of("10.2.0.1"), Deny);
    assert_eq!(of("10.1.0.1"), Unknown);
    assert_eq!(of("10.9.9.1"), Unknown);
}

#[test]
fn next_header_sees_the_first_header_only() {
    let terms = "inet6 filter F term a from next-header tcp\ninet6 filter F term a from destination-port 22\n\
                 inet6 filter F term a then accept";
    let [whole, first, later, ext] = [
        "tcp ::1 1 ::2 22 syn",
        "tcp ::1 1 ::2 22 syn first",
        "6 ::1 ::2 later",
        "tcp ::1 1 ::2 22 syn ext",
    ];
    let all = [whole, first, later, ext];
    assert_eq!(fates(terms, &all), [Permit, Deny, Deny, Deny]);
    let terms = terms.replace("next-header", "payload-protocol");
    assert_eq!(fates(&terms, &all), [Permit, Permit, Unknown, Unknown]);
    let terms =
        "inet6 filter F term a from next-header fragment\ninet6 filter F term a then accept";
    assert_eq!(fates(terms, &all), [Deny, Permit, Permit, Unknown]);
    let terms = "inet6 filter F term a from destination-port 22\ninet6 filter F term a then accept";
    assert_eq!(fates(terms, &all), [Permit, Unknown, Unknown, Unknown]);
    let terms = "inet6 filter F term a from source-address ::1\ninet6 filter F term a then accept";
    assert_eq!(fates(terms, &all), [Permit; 4]);
    let terms =
        "inet6 filter F term a from extension-header fragment\ninet6 filter F term a then accept";
    assert_eq!(fates(terms, &all), [Deny, Permit, Permit, Deny]);
}

#[test]
fn fragments_of_ipv4() {
    let of = |condition: &str| {
        let terms =
            format!("inet filter F term a from {condition}\ninet filter F term a then accept");
        fates(
            &terms,
            &[
                GRE,
                "47 10.0.0.1 10.0.0.2 first",
                "47 10.0.0.1 10.0.0.2 later",
            ],
        )
    };
    assert_eq!(of("is-fragment"), [Deny, Unknown, Permit]);
    assert_eq!(of("first-fragment"), [Unknown, Permit, Deny]);
    assert_eq!(of("fragment-offset 0"), [Permit, Permit, Deny]);
    assert_eq!(of("fragment-offset 1-8191"), [Deny, Deny, Permit]);
    assert_eq!(of("fragment-offset 1-5"), [Deny, Deny, Unknown]);
    assert_eq!(of("fragment-offset-except 0"), [Deny, Deny, Permit]);
    assert_eq!(of("fragment-flags more-fragments"), [Unknown; 3]);
}

#[test]
fn actions() {
    let after = "inet filter F term z then discard";
    let of = |then: &str| {
        let terms = format!("inet filter F term a {then}\n{after}");
        fates(&terms, &[GRE])[0]
    };
    for (then, expect) in [
        ("", Permit),
        ("then count x", Permit),
        ("then accept", Permit),
        ("then reject tcp-reset", Deny),
        ("then next term", Deny),
        ("then policer P", Permit),
        ("then routing-instance X", Unknown),
        ("then decapsulate gre", Unknown),
        ("filter OTHER", Unknown),
        ("then [ accept discard ]", Unknown),
    ] {
        assert_eq!(of(then), expect, "{then}");
    }
}

#[test]
fn the_core_switch() {
    let device = read(corpus("core"));
    let users = list(&device, "USERS-IN");
    for (text, expect) in [
        ("tcp 10.1.1.5 9 10.2.0.10 443 syn", (Permit, Some(199))),
        ("tcp 10.1.0.70 9 10.2.0.10 443 syn", (Deny, Some(240))),
        ("udp 10.1.0.5 9 10.2.9.9 123", (Unknown, Some(219))),
        ("udp 10.1.0.5 9 10.2.9.9 53", (Permit, Some(231))),
        ("icmp 10.1.0.5 10.2.9.9 8 0", (Permit, Some(225))),
    ] {
        let (fate, line) = fate(users, text);
        let line = line.map(|line| {
            corpus("core")
                .lines()
                .nth(line as usize - 1)
                .unwrap()
                .trim()
        });
        let expected = expect.1.map(|_| line.unwrap());
        assert_eq!((fate, line), (expect.0, expected), "{text}");
        assert!(
            line.is_some_and(|line| line.starts_with("term ")),
            "{line:?}"
        );
    }
    let out = list(&device, "COMMON + USERS-OUT");
    assert_eq!(fate(out, "tcp 127.0.0.1 1 10.0.0.1 1 ack").0, Deny);
    assert_eq!(fate(out, "tcp 10.0.0.1 1 10.0.0.1 1 ack").0, Permit);
    let names: Vec<&str> = device.interfaces.iter().map(|i| i.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "ge-0/0/0.0",
            "xe-0/1/0.400",
            "irb.10",
            "irb.20",
            "lo0.0",
            "me0.0"
        ]
    );
    assert!(
        device.gaps.iter().all(|gap| gap.text.contains("term ntp")),
        "{:?}",
        device.gaps
    );
    // The policer may drop, where its filter is bound.
    let narrows: Vec<_> = device.effects.iter().map(|e| (e.class, &e.scope)).collect();
    assert_eq!(
        narrows,
        [(
            EffectClass::Narrows,
            &Scope::Interface(2, Some(Direction::In))
        )]
    );
}

#[test]
fn groups_in_a_filter_leave_the_order_open() {
    let text = "set groups G firewall family inet filter <*> term g from protocol udp\nset groups G firewall family inet filter <*> term g then discard\n\
                set firewall apply-groups G\nset firewall family inet filter A term a then accept\nset firewall family inet filter B\n";
    let device = read(text);
    assert_eq!(fate(list(&device, "A"), UDP).0, Unknown);
    assert_eq!(fate(list(&device, "A"), TCP).0, Permit);
    assert_eq!(fate(list(&device, "B"), UDP).0, Deny);
    assert_eq!(list(&device, "B").entries.len(), 1);
    // An action of the term itself is preferred to an inherited one.
    let text = "set groups G firewall family inet filter <*> term <*> then discard\nset firewall apply-groups G\n\
                set firewall family inet filter A term a then accept\nset firewall family inet filter B term b from protocol udp\n";
    let device = read(text);
    assert_eq!(fate(list(&device, "A"), UDP).0, Permit);
    assert_eq!(fate(list(&device, "B"), UDP).0, Deny);
}

#[test]
fn empty_undefined_and_cut_filters() {
    let device = read(corpus("odd"));
    assert_eq!(list(&device, "A").state, AclState::Defined);
    assert_eq!(fate(list(&device, "A"), TCP).0, Unknown); // an option that is not known
    assert_eq!(fate(list(&device, "CUT"), UDP).0, Unknown);
    assert_eq!(fate(list(&device, "NOWHERE"), UDP).0, Unknown);
    let empty = read(
        "set firewall family inet filter E\nset interfaces ge-0/0/0 unit 0 family inet filter input E\n",
    );
    assert_eq!(list(&empty, "E").state, AclState::Empty);
    assert_eq!(fate(list(&empty, "E"), UDP).0, Deny);
    let b = list(&device, "B");
    assert_eq!(fate(b, UDP).0, Unknown);
    assert_eq!(
        device
            .gaps
            .iter()
            .filter(|g| g.text.contains("term "))
            .count(),
        7
    );
}

#[test]
fn routes_and_instances() {
    let device = read(corpus("core"));
    let shown: Vec<String> = device
        .routes
        .iter()
        .map(|r| format!("{} {:?} {}", r.prefix, r.via, r.distance))
        .collect();
    assert_eq!(
        shown,
        [
            "0.0.0.0/0 Via(10.9.0.2) 5",
            "10.60.0.0/16 Via(10.9.4.2) 5",
            "10.60.0.0/16 Via(10.9.4.3) 200",
            "10.66.0.0/16 Null 5",
            "::/0 Via(2001:db8:1::fe) 5",
        ]
    );
    let device = read(corpus("set"));
    let blue = device
        .interfaces
        .iter()
        .find(|i| i.name == "irb.20")
        .unwrap();
    assert!(blue.vrf == "BLUE" && blue.shutdown);
    assert!(device.routes.iter().any(|r| r.vrf == "BLUE"));
    assert_eq!(device.dynamic.len(), 1);
    let hop = read(
        "set routing-options static route 10.0.0.0/8 qualified-next-hop 10.1.0.1 interface irb.1\n",
    );
    let via = NextHop::Interface("irb.1".to_owned(), Some("10.1.0.1".parse().unwrap()));
    assert_eq!(hop.routes[0].via, via);
}

#[test]
fn models_with_the_code_of_ptx_filter_their_own_packets() {
    let sees = |model: Option<&str>| {
        let hint = Hint {
            model: model.map(str::to_owned),
            ..Hint::default()
        };
        JuniperJunos.capabilities(&hint).sees.from_switch.must()
    };
    assert!(sees(Some("QFX10002-60C")) && !sees(Some("EX4650-48Y")) && !sees(None));
}

#[test]
fn modelled_facts_are_open_on_request() {
    let source = crate::base::Source::capture(
        "a",
        b"set firewall family inet filter F term a from protocol tcp\nset firewall family inet filter F term a then accept\n",
    );
    for (confirmed_only, expect) in [(false, Permit), (true, Unknown)] {
        let hint = Hint {
            confirmed_only,
            ..Hint::default()
        };
        let device = JuniperJunos.read(&source, &hint);
        assert_eq!(decide(&device.acls[0], &packet(TCP)).fate, expect);
        assert_eq!(device.modelled.is_empty(), confirmed_only);
    }
    assert_eq!(read("").acls.len(), 0);
    // Where the order of `address` terms is open, a later term on addresses may act first.
    let text = "set firewall family inet filter F term a from address 10.0.0.0/8\nset firewall family inet filter F term a then accept\n\
                set firewall family inet filter F term b from source-address 10.0.0.1\nset firewall family inet filter F term b then discard\n";
    let source = crate::base::Source::capture("a", text.as_bytes());
    let hint = Hint {
        confirmed_only: true,
        ..Hint::default()
    };
    assert_eq!(
        fate(&JuniperJunos.read(&source, &hint).acls[0], TCP).0,
        Unknown
    );
    assert_eq!(fate(&read(text).acls[0], TCP).0, Permit);
}
