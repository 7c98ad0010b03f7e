//! What is written, read back, and refused.

use super::{fate, read};
use crate::acl::{Direction, Draft, DraftEntry, DraftLine, Fate};
use crate::base::Lang;
use crate::device::{Binding, Config, Interface, InterfaceKind, NextHop, Route};
use crate::net::{Family, Wildcard};
use crate::vendor::Dialect;
use crate::vendor::juniper_junos::JuniperJunos;
use std::collections::BTreeMap;

fn wildcard(text: &str) -> Wildcard {
    match text {
        "any" => Wildcard::any(Family::V4),
        "any6" => Wildcard::any(Family::V6),
        prefix => Wildcard::from_prefix(prefix.parse().unwrap()),
    }
}

fn between(permit: bool, src: &str, dst: &str) -> DraftEntry {
    DraftEntry::between(permit, wildcard(src), wildcard(dst))
}

fn config() -> Config {
    let mut web = between(true, "10.1.0.0/24", "10.2.0.10/32");
    web.protocol = Some(6);
    web.dport = Some((443, 443));
    let mut reply = between(true, "10.2.0.10/32", "10.1.0.0/24");
    reply.protocol = Some(6);
    reply.sport = Some((443, 443));
    reply.dport = Some((49152, 65535));
    reply.established = true;
    let mut holes = between(true, "any", "any");
    holes.src = Wildcard::new(Family::V4, 0x0a00_0500, 0x00ff_00ff);
    let mut deny = between(false, "any", "any");
    deny.log = true;
    let mut ns = between(true, "any6", "fe80::/10");
    ns.icmp = Some((135, Some(0)));
    let mut all_ports = between(true, "any6", "2001:db8::/32");
    all_ports.protocol = Some(17);
    all_ports.dport = Some((0, 65535));
    let entry = DraftLine::Entry;
    let remark = |text: &str| DraftLine::Remark(text.to_owned());
    let list = |name: &str, family, lines| Draft {
        name: name.to_owned(),
        family,
        lines,
    };
    let acls = vec![
        list(
            "V10_IN",
            Family::V4,
            vec![
                remark("2026-041: web"),
                entry(web),
                entry(reply),
                entry(holes),
                entry(deny),
            ],
        ),
        list(
            "V10_IN",
            Family::V6,
            vec![
                entry(ns),
                entry(all_ports),
                entry(between(false, "any6", "any6")),
            ],
        ),
    ];
    let mut face = Interface::new("irb.10", InterfaceKind::Svi(10));
    face.addrs = ["10.1.0.2/24", "10.1.1.1/24", "2001:db8::2/64"]
        .map(|a| a.parse().unwrap())
        .to_vec();
    face.ipv6 = true;
    face.share(false, 7, "10.1.0.1".parse().unwrap());
    face.share(false, 7, "2001:db8::1".parse().unwrap());
    face.helpers = vec!["10.2.0.11".parse().unwrap(), "10.2.0.12".parse().unwrap()];
    let bind = |family, direction, acl| Binding {
        family,
        direction,
        acl,
        line: 0,
    };
    face.bindings = vec![
        bind(Family::V4, Direction::In, 0),
        bind(Family::V6, Direction::Out, 1),
    ];
    let mut other = Interface::new("ge-0/0/1.0", InterfaceKind::Routed);
    other.addrs = vec!["10.9.0.1/30".parse().unwrap()];
    other.vrf = "BLUE".to_owned();
    other.shutdown = true;
    let route = |vrf: &str, prefix: &str, via, distance| Route {
        vrf: vrf.to_owned(),
        prefix: prefix.parse().unwrap(),
        via,
        distance,
        conditional: false,
        line: 0,
    };
    Config {
        hostname: "SW1".to_owned(),
        model: None,
        options: BTreeMap::new(),
        interfaces: vec![face, other],
        routes: vec![
            route(
                "",
                "0.0.0.0/0",
                NextHop::Via("10.1.0.9".parse().unwrap()),
                5,
            ),
            route("", "10.5.0.0/16", NextHop::Null, 200),
            route(
                "BLUE",
                "::/0",
                NextHop::Via("2001:db8::9".parse().unwrap()),
                9,
            ),
        ],
        acls,
    }
}

#[test]
fn what_is_written_reads_as_it_was() {
    let config = config();
    let text = JuniperJunos.write(&config).unwrap();
    insta::assert_snapshot!("written", text);
    let device = read(&text);
    assert!(
        device.gaps.is_empty() && device.effects.is_empty(),
        "{:?} {:?}",
        device.gaps,
        device.effects
    );
    assert_eq!(device.hostname.as_deref(), Some("SW1"));
    for (read, written) in device.interfaces.iter().zip(&config.interfaces) {
        let mut read = read.clone();
        read.line = 0;
        read.bindings.iter_mut().for_each(|b| b.line = 0);
        assert_eq!(&read, written);
    }
    let mut routes = device.routes.clone();
    routes.iter_mut().for_each(|r| r.line = 0);
    routes.sort_by_key(|r| r.prefix.to_string());
    let mut expect = config.routes.clone();
    expect.sort_by_key(|r| r.prefix.to_string());
    assert_eq!(routes, expect);
    let acl = &device.acls[0];
    for (packet, expect) in [
        ("tcp 10.1.0.5 9 10.2.0.10 443 syn", Fate::Permit),
        ("tcp 10.1.0.5 9 10.2.0.10 444 syn", Fate::Deny),
        ("tcp 10.2.0.10 443 10.1.0.5 50000 ack", Fate::Permit),
        ("tcp 10.2.0.10 443 10.1.0.5 50000 syn", Fate::Deny),
        ("47 10.77.5.9 1.2.3.4", Fate::Permit),
        ("47 10.77.6.9 1.2.3.4", Fate::Deny),
    ] {
        assert_eq!(fate(acl, packet).0, expect, "{packet}");
    }
    let last = acl.entries.last().unwrap();
    assert!(last.log && last.is_settled());
    let six = device.acls.iter().find(|a| a.family == Family::V6).unwrap();
    assert_eq!(fate(six, "icmp6 ::1 fe80::1 135 0 first").0, Fate::Permit);
    assert_eq!(fate(six, "udp ::1 1 2001:db8::1 9").0, Fate::Permit);
}

#[test]
fn what_the_device_cannot_say_is_refused() {
    type Change = fn(&mut Config);
    fn first(config: &mut Config) -> &mut DraftEntry {
        match &mut config.acls[0].lines[1] {
            DraftLine::Entry(entry) => entry,
            DraftLine::Remark(_) => unreachable!(),
        }
    }
    let cases: [(Change, &str); 15] = [
        (|c| c.hostname = "a b".to_owned(), "a letter first"),
        (|c| c.acls[0].name = "9".to_owned(), "a letter first"),
        (|c| c.acls[0].name = "a".repeat(65), "64 characters"),
        (|c| c.acls[1].family = Family::V4, "two lists of one family"),
        (|c| c.acls[0].lines.clear(), "no entries"),
        (|c| first(c).protocol = None, "ports are certain"),
        (|c| first(c).dport = Some((2, 1)), "backwards"),
        (
            |c| first(c).dst = Wildcard::any(Family::V6),
            "another family",
        ),
        (|c| first(c).icmp = Some((8, None)), "ICMP of its family"),
        (
            |c| {
                first(c).protocol = Some(17);
                first(c).established = true;
            },
            "TCP only",
        ),
        (
            |c| c.interfaces[1].name = "ge-0/0/1".to_owned(),
            "interface",
        ),
        (
            |c| c.interfaces[0].redundancy[0].hsrp = true,
            "virtual address",
        ),
        (
            |c| c.interfaces[0].virtuals.push("10.1.1.9".parse().unwrap()),
            "virtual address",
        ),
        (|c| c.interfaces[0].bindings[1].acl = 0, "binding"),
        (|c| c.routes[0].conditional = true, "route"),
    ];
    for (index, (change, why)) in cases.into_iter().enumerate() {
        let mut config = config();
        change(&mut config);
        let refused = JuniperJunos.write(&config).unwrap_err();
        let shown: Vec<String> = refused.iter().map(|t| t.render(Lang::En)).collect();
        assert!(
            shown.iter().any(|t| t.contains(why)),
            "case {index}: {shown:?}"
        );
    }
    let mut six = config();
    if let DraftLine::Entry(entry) = &mut six.acls[1].lines[1] {
        entry.protocol = Some(44);
        entry.dport = None;
    }
    let refused = JuniperJunos.write(&six).unwrap_err();
    assert!(refused[0].render(Lang::En).contains("extension header"));
}
