//! What is written, read back, and refused.

use super::*;
use crate::acl::{Draft, DraftEntry, DraftLine};
use crate::base::Lang;
use crate::device::{Binding, Config, Interface, InterfaceKind, NextHop, Route};
use crate::net::Wildcard;
use std::collections::BTreeMap;

fn wildcard(text: &str) -> Wildcard {
    match text {
        "any" => Wildcard::any(Family::V4),
        "any6" => Wildcard::any(Family::V6),
        prefix => Wildcard::from_prefix(prefix.parse().unwrap()),
    }
}

pub(super) fn config() -> Config {
    let mut web = DraftEntry::between(true, wildcard("10.1.0.0/24"), wildcard("10.2.0.10/32"));
    web.protocol = Some(6);
    web.dport = Some((443, 443));
    let mut reply = DraftEntry::between(true, wildcard("10.2.0.10/32"), wildcard("10.1.0.0/24"));
    reply.protocol = Some(6);
    reply.sport = Some((443, 443));
    reply.dport = Some((49152, 65535));
    reply.established = true;
    let mut gre = DraftEntry::between(true, wildcard("10.1.0.0/24"), wildcard("any"));
    gre.protocol = Some(47);
    let mut ns = DraftEntry::between(true, wildcard("any6"), wildcard("fe80::/10"));
    ns.protocol = Some(58);
    ns.icmp = Some((135, None));
    let mut echo = DraftEntry::between(true, wildcard("any6"), wildcard("2001:db8:2::/64"));
    echo.protocol = Some(58);
    echo.icmp = Some((128, Some(0)));
    let mut deny = DraftEntry::between(false, wildcard("any"), wildcard("any"));
    deny.log = true;
    let deny6 = DraftEntry::between(false, wildcard("any6"), wildcard("any6"));
    let entry = DraftLine::Entry;
    let list = |name: &str, family, lines| Draft {
        name: name.to_owned(),
        family,
        lines,
    };
    let remark = DraftLine::Remark("2026-041 \"web\" \u{7}".to_owned());
    let acls = vec![
        list(
            "V10_IN",
            Family::V4,
            vec![remark, entry(web), entry(reply), entry(gre), entry(deny)],
        ),
        list(
            "V10_IN6",
            Family::V6,
            vec![entry(ns), entry(echo), entry(deny6)],
        ),
    ];
    let mut face = Interface::new("vlan 10", InterfaceKind::Svi(10));
    face.addrs = ["10.1.0.1/24", "10.1.1.1/24", "2001:db8::1/64"]
        .map(|a| a.parse().unwrap())
        .to_vec();
    face.ipv6 = true;
    face.helpers = vec!["10.9.0.5".parse().unwrap()];
    let bind = |family, acl| Binding {
        family,
        direction: Direction::In,
        acl,
        line: 0,
    };
    face.bindings = vec![bind(Family::V4, 0), bind(Family::V6, 1)];
    let mut other = Interface::new("vlan 20", InterfaceKind::Svi(20));
    other.addrs = vec!["10.2.0.1/24".parse().unwrap()];
    let route = |prefix: &str, via, distance| Route {
        vrf: String::new(),
        prefix: prefix.parse().unwrap(),
        via,
        distance,
        conditional: false,
        line: 0,
    };
    Config {
        hostname: "SW-1".to_owned(),
        model: None,
        options: BTreeMap::new(),
        interfaces: vec![face, other],
        routes: vec![
            route("0.0.0.0/0", NextHop::Via("10.1.0.2".parse().unwrap()), 1),
            route(
                "10.8.0.0/16",
                NextHop::Interface("vlan 20".to_owned(), None),
                9,
            ),
            route("fd00::/8", NextHop::Null, 1),
        ],
        acls,
    }
}

#[test]
fn what_is_written_is_read_back() {
    let config = config();
    let text = LinuxNftables.write(&config).unwrap();
    let device = read(&text);
    assert!(device.gaps.is_empty(), "{:?}", device.gaps);
    assert!(device.effects.is_empty(), "{:?}", device.effects);
    assert_eq!(device.hostname.as_deref(), Some("SW-1"));
    for (written, found) in config.interfaces.iter().zip(&device.interfaces) {
        assert_eq!((written.kind, &written.addrs), (found.kind, &found.addrs));
        assert_eq!(
            (written.ipv6, &written.helpers),
            (found.ipv6, &found.helpers)
        );
        assert_eq!(written.bindings.len(), found.bindings.len());
    }
    let routes: Vec<_> = device
        .routes
        .iter()
        .map(|r| (r.prefix.to_string(), r.distance))
        .collect();
    assert_eq!(
        routes,
        [
            ("0.0.0.0/0".to_owned(), 1),
            ("10.8.0.0/16".to_owned(), 2),
            ("fd00::/8".to_owned(), 1)
        ]
    );
    assert!(device.sees.to_switch.must());
    let names: Vec<&str> = device.acls.iter().map(|acl| acl.name.as_str()).collect();
    assert_eq!(names, ["V10_IN", "V10_IN6"]);
    let inward = list(&device, "vlan10", Family::V4, Direction::In);
    let flows = [
        "10.1.0.5 10.2.0.10 tcp 40000 443 syn",
        "10.1.0.5 10.2.0.10 tcp later",
        "10.1.0.5 10.2.0.10 udp later",
        "10.2.0.10 10.1.0.5 tcp 443 50000 rst",
        "10.2.0.10 10.1.0.5 tcp 443 50000 syn",
        "10.1.0.5 10.9.0.9 47",
        "10.1.0.5 10.9.0.9 50",
    ];
    assert_eq!(fates(inward, &flows), "++-+-+-");
    let inward = list(&device, "vlan10", Family::V6, Direction::In);
    let flows = [
        "fe80::9 fe80::1 icmpv6 135 0",
        "fe80::9 fe80::1 icmpv6 136 0",
        "2001:db8::9 2001:db8:2::1 icmpv6 128 0 first ext",
        "2001:db8::9 2001:db8:2::1 icmpv6 128 1",
    ];
    assert_eq!(fates(inward, &flows), "+-+-");
}

#[test]
fn what_cannot_be_said_is_refused() {
    let refused = |change: &dyn Fn(&mut Config)| {
        let mut config = config();
        change(&mut config);
        let whys = LinuxNftables.write(&config).expect_err("refused");
        whys.iter()
            .map(|why| why.render(Lang::En))
            .collect::<Vec<_>>()
            .join("; ")
    };
    for (change, expect) in [
        (
            &(|c: &mut Config| c.acls[0].name = "fwd".to_owned()) as &dyn Fn(&mut Config),
            "`fwd`",
        ),
        (&|c| c.acls[1].name = "V10_IN".to_owned(), "twice"),
        (&|c| c.interfaces[0].vrf = "BLUE".to_owned(), "VRF"),
        (
            &|c| c.interfaces[0].share(false, 1, "10.1.0.9".parse().unwrap()),
            "virtual address",
        ),
        (&|c| c.routes[0].conditional = true, "0.0.0.0/0"),
        (&|c| c.hostname = "a b".to_owned(), "host name"),
        (
            &|c| {
                if let DraftLine::Entry(entry) = &mut c.acls[0].lines[1] {
                    entry.protocol = Some(47);
                }
            },
            "protocol",
        ),
    ] {
        let why = refused(change);
        assert!(why.contains(expect), "{expect}: {why}");
    }
}
