//! What is written, read back, and refused.

use super::{fate, read};
use crate::acl::{Direction, Draft, DraftEntry, DraftLine, Fate};
use crate::base::Lang;
use crate::device::{Binding, Config, Interface, InterfaceKind, NextHop, Route};
use crate::net::{Family, Wildcard};
use crate::vendor::Dialect;
use crate::vendor::hpe_comware::HpeComware;
use std::collections::BTreeMap;

fn between(permit: bool, src: &str, dst: &str) -> DraftEntry {
    let wildcard = |text: &str| match text {
        "any" => Wildcard::any(Family::V4),
        "any6" => Wildcard::any(Family::V6),
        prefix => Wildcard::from_prefix(prefix.parse().unwrap()),
    };
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
    ns.icmp = Some((135, None));
    let entry = DraftLine::Entry;
    let list = |name: &str, family, lines| Draft {
        name: name.to_owned(),
        family,
        lines,
    };
    let remark = DraftLine::Remark("2026-041 web".to_owned());
    let acls = vec![
        list(
            "V10_IN",
            Family::V4,
            vec![remark, entry(web), entry(reply), entry(holes), entry(deny)],
        ),
        list(
            "V10_IN",
            Family::V6,
            vec![entry(ns), entry(between(false, "any6", "any6"))],
        ),
    ];
    let mut face = Interface::new("Vlan-interface10", InterfaceKind::Svi(10));
    face.addrs = ["10.1.0.2/24", "10.1.1.1/24", "2001:db8::2/64"]
        .map(|a| a.parse().unwrap())
        .to_vec();
    face.ipv6 = true;
    face.share(false, 7, "10.1.0.1".parse().unwrap());
    face.helpers = vec!["10.2.0.11".parse().unwrap()];
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
    let mut other = Interface::new("Ten-GigabitEthernet1/0/1", InterfaceKind::Routed);
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
                60,
            ),
            route("BLUE", "10.5.0.0/16", NextHop::Null, 200),
            route("", "::/0", NextHop::Via("2001:db8::9".parse().unwrap()), 60),
        ],
        acls,
    }
}

#[test]
fn what_is_written_reads_as_it_was() {
    let config = config();
    let text = HpeComware.write(&config).unwrap();
    insta::assert_snapshot!("written", text);
    let device = read(&text);
    assert!(
        device.gaps.is_empty() && device.effects.is_empty(),
        "{:?} {:?}",
        device.gaps,
        device.effects
    );
    for (read, written) in device.interfaces.iter().zip(&config.interfaces) {
        let mut read = read.clone();
        read.line = 0;
        read.bindings.iter_mut().for_each(|b| b.line = 0);
        assert_eq!(&read, written);
    }
    let mut routes = device.routes.clone();
    routes.iter_mut().for_each(|r| r.line = 0);
    assert_eq!(routes, config.routes);
    for (packet, expect) in [
        ("tcp 10.1.0.5 9 10.2.0.10 443 syn", Fate::Permit),
        ("tcp 10.1.0.5 9 10.2.0.10 444 syn", Fate::Deny),
        ("tcp 10.2.0.10 443 10.1.0.5 50000 ack", Fate::Permit),
        ("tcp 10.2.0.10 443 10.1.0.5 50000 rst", Fate::Deny),
        ("47 10.77.5.9 1.2.3.4", Fate::Permit),
        ("47 10.77.6.9 1.2.3.4 later", Fate::Deny),
    ] {
        assert_eq!(fate(&device.acls[0], packet).0, expect, "{packet}");
    }
    assert_eq!(
        fate(&device.acls[1], "icmp6 ::1 fe80::1 135 0").0,
        Fate::Permit
    );
    assert_eq!(fate(&device.acls[1], "47 ::1 fe80::1 ext").0, Fate::Deny);
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
    let cases: [(Change, &str); 14] = [
        (|c| c.hostname = "a b".to_owned(), "a letter first"),
        (|c| c.acls[0].name = "3000".to_owned(), "a letter first"),
        (|c| c.acls[1].family = Family::V4, "two lists of one family"),
        (|c| c.acls[0].lines.clear(), "no entries"),
        (|c| first(c).protocol = None, "TCP and UDP only"),
        (|c| first(c).protocol = Some(132), "SCTP"),
        (|c| first(c).dport = Some((2, 1)), "backwards"),
        (
            |c| first(c).dst = Wildcard::any(Family::V6),
            "another family",
        ),
        (
            |c| {
                *first(c) = between(false, "any", "any");
                first(c).icmp = Some((8, None));
            },
            "needs a code",
        ),
        (|c| c.interfaces[1].name = "port 1".to_owned(), "interface"),
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
        let refused = HpeComware.write(&config).unwrap_err();
        let shown: Vec<String> = refused.iter().map(|t| t.render(Lang::En)).collect();
        assert!(
            shown.iter().any(|t| t.contains(why)),
            "case {index}: {shown:?}"
        );
    }
}
