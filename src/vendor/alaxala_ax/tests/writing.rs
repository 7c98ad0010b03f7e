//! What drafts are written as, and what is refused.

use super::*;
use crate::acl::{Direction, Draft, DraftEntry, DraftLine};
use crate::base::Lang;
use crate::device::{Binding, Config, Interface, InterfaceKind, NextHop, Route};

fn reply() -> DraftEntry {
    DraftEntry {
        protocol: Some(TCP),
        sport: Some((443, 443)),
        dport: Some((1024, 65535)),
        established: true,
        log: true,
        ..DraftEntry::between(true, wild("10.20.0.10"), wild("10.10.17.0/24"))
    }
}

fn config(entries: Vec<DraftEntry>, family: Family, direction: Direction) -> Config {
    let mut lines = vec![
        DraftLine::Remark("T-2026-014 \"screen\" only".to_owned()),
        DraftLine::Remark("second".to_owned()),
    ];
    lines.extend(entries.into_iter().map(DraftLine::Entry));
    let mut svi = Interface::new("vlan 300", InterfaceKind::Svi(300));
    svi.addrs = vec![
        "10.20.0.1/27".parse().unwrap(),
        "10.21.0.1/27".parse().unwrap(),
    ];
    svi.addrs.push("fd00:0:0:300::1/64".parse().unwrap());
    svi.ipv6 = true;
    svi.helpers = vec![Ipv4Addr::new(10, 10, 33, 11)];
    svi.share(false, 11, v4("10.20.0.3"));
    svi.bindings.push(Binding {
        family,
        direction,
        acl: 0,
        line: 0,
    });
    let options = [
        ("flow-detection-mode", "layer3-6"),
        ("flow-detection-out-mode", "layer3-2-out"),
    ];
    Config {
        hostname: "L3SW-CORE01".to_owned(),
        model: Some("AX3660S-24T4X".to_owned()),
        options: options
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .into_iter()
            .collect(),
        interfaces: vec![svi],
        routes: vec![Route {
            vrf: String::new(),
            prefix: "0.0.0.0/0".parse().unwrap(),
            via: NextHop::Via(v4("10.20.0.2")),
            distance: 1,
            conditional: false,
            line: 0,
        }],
        acls: vec![Draft {
            name: "V300_IN".to_owned(),
            family,
            lines,
        }],
    }
}

#[test]
fn written_text_looks_like_a_printed_one() {
    let mut icmp = DraftEntry::between(true, wild("0.0.0.0/0"), wild("10.20.0.0/27"));
    icmp.protocol = Some(ICMP);
    icmp.icmp = Some((8, Some(0)));
    let end = DraftEntry::between(false, wild("0.0.0.0/0"), wild("0.0.0.0/0"));
    let text = AlaxalaAx
        .write(&config(vec![reply(), icmp, end], Family::V4, Direction::In))
        .unwrap();
    let expect = "hostname \"L3SW-CORE01\"\n!\nflow detection mode layer3-6\nflow detection out mode layer3-2-out\n!\n\
        interface vlan 300\n  ip address 10.20.0.1 255.255.255.224\n  ip address 10.21.0.1 255.255.255.224 secondary\n  \
        ipv6 address fd00:0:0:300::1/64\n  ipv6 enable\n  ip helper-address 10.10.33.11\n  vrrp 11 ip 10.20.0.3\n  \
        ip access-group V300_IN in\n!\nip route 0.0.0.0 0.0.0.0 10.20.0.2\n!\nip access-list extended V300_IN\n  \
        remark \"T-2026-014 'screen' only\"\n  \
        10 permit tcp host 10.20.0.10 eq https 10.10.17.0 0.0.0.255 range 1024 65535 ack\n  \
        20 permit icmp any 10.20.0.0 0.0.0.31 8 0\n  30 deny ip any any\n!\n";
    assert_eq!(text, expect);
}

#[test]
fn what_is_written_reads_back_the_same() {
    let seed = 0xA1A;
    let mut rng = fastrand::Rng::with_seed(seed);
    for _ in 0..300 {
        let family = if rng.bool() { Family::V4 } else { Family::V6 };
        let direction = if rng.bool() {
            Direction::In
        } else {
            Direction::Out
        };
        let entries: Vec<_> = (0..rng.usize(1..8))
            .map(|_| random_draft(&mut rng, family, direction))
            .collect();
        let config = config(entries.clone(), family, direction);
        let text = AlaxalaAx.write(&config).unwrap();
        let device = read(text.as_bytes(), "AX3660S");
        assert!(
            device.gaps.is_empty() && device.effects.is_empty(),
            "seed {seed}: {text}"
        );
        let (was, is) = (&config.interfaces[0], &device.interfaces[0]);
        assert_eq!(
            (&was.addrs, &was.helpers, &was.redundancy),
            (&is.addrs, &is.helpers, &is.redundancy)
        );
        assert_eq!(is.bindings.len(), 1);
        assert_eq!(device.routes[0].via, config.routes[0].via);
        for _ in 0..60 {
            let flow = random_flow(&mut rng, family);
            let (fate, meant) = (fate(&device.acls[0], &flow).0, meaning(&entries, &flow));
            assert_eq!(fate, meant, "seed {seed}: {flow}\n{text}");
        }
    }
}

/// What drafted entries mean on AX3660S, from the draft alone.
fn meaning(entries: &[DraftEntry], flow: &Flow) -> Fate {
    let hits = entries.iter().map(|e| (e.permit, hit(e, flow)));
    first_match(hits)
}

fn hit(e: &DraftEntry, flow: &Flow) -> Hit {
    let addresses = e.src.contains(flow.src()) && e.dst.contains(flow.dst());
    if !addresses || e.protocol.is_some_and(|p| p != flow.protocol()) {
        return Hit::No;
    }
    let l4 = e.sport.is_some() || e.dport.is_some() || e.established || e.icmp.is_some();
    let carries = flow.position() != PositionSet::LATER && !flow.ext();
    if e.protocol.is_none() || (!l4 && carries) {
        return Hit::Yes;
    }
    if !l4 {
        return Hit::Perhaps;
    }
    let inside =
        |range: Option<(u16, u16)>, port| range.is_none_or(|(a, b)| a <= port && port <= b);
    let fits = match flow.l4() {
        L4::Tcp {
            sport,
            dport,
            flags,
        } => {
            inside(e.sport, sport)
                && inside(e.dport, dport)
                && (!e.established || flags.has(TcpFlags::ACK))
        }
        L4::Ports { sport, dport } => inside(e.sport, sport) && inside(e.dport, dport),
        L4::Icmp { kind, code } => e
            .icmp
            .is_none_or(|(k, c)| k == kind && c.is_none_or(|c| c == code)),
        L4::None => false,
    };
    if fits && carries { Hit::Yes } else { Hit::No }
}

fn random_draft(rng: &mut fastrand::Rng, family: Family, direction: Direction) -> DraftEntry {
    let icmp = if family == Family::V4 { ICMP } else { ICMPV6 };
    let mut e = DraftEntry::between(
        rng.bool(),
        random_wildcard(rng, family),
        random_wildcard(rng, family),
    );
    e.protocol = *rng
        .choice([None, Some(TCP), Some(UDP), Some(icmp), Some(47), Some(SCTP)].iter())
        .unwrap();
    let ports = |rng: &mut fastrand::Rng| {
        let a = rng.u16(78..82);
        let b = if direction == Direction::In {
            a + rng.u16(0..3)
        } else {
            a
        };
        rng.bool().then_some((a, b))
    };
    if matches!(e.protocol, Some(TCP | UDP)) {
        (e.sport, e.dport) = (ports(rng), ports(rng));
    }
    e.established = e.protocol == Some(TCP) && rng.bool();
    if e.protocol == Some(icmp) && rng.bool() {
        e.icmp = Some((rng.u8(0..3), rng.bool().then(|| rng.u8(0..2))));
    }
    e.log = rng.bool();
    e
}

#[test]
fn refusals_name_the_reason() {
    let draft = |change: fn(&mut DraftEntry)| {
        let mut e = reply();
        change(&mut e);
        e
    };
    let keep = |_: &mut Config| {};
    type Change = fn(&mut Config);
    let cases: Vec<(DraftEntry, Direction, Change, &str)> = vec![
        (reply(), Direction::Out, keep, "range-inbound-only"),
        (
            draft(|e| e.protocol = Some(SCTP)),
            Direction::In,
            keep,
            "tcp and udp",
        ),
        (
            draft(|e| e.protocol = Some(UDP)),
            Direction::In,
            keep,
            "flags",
        ),
        (
            draft(|e| {
                *e = DraftEntry {
                    protocol: Some(51),
                    ..DraftEntry::between(true, e.src, e.dst)
                }
            }),
            Direction::In,
            keep,
            "ah-entry-matches",
        ),
        (
            draft(|e| e.icmp = Some((8, None))),
            Direction::In,
            keep,
            "ICMP",
        ),
        (
            draft(|e| e.src = wild("fd00::1")),
            Direction::In,
            keep,
            "family",
        ),
        (
            reply(),
            Direction::In,
            |c| c.acls[0].name = "a b".to_owned(),
            "a b",
        ),
        (
            reply(),
            Direction::In,
            |c| c.acls[0].name = "x".repeat(32),
            "31",
        ),
        (
            reply(),
            Direction::In,
            |c| c.acls[0].lines.clear(),
            "empty-list-permits",
        ),
        (
            reply(),
            Direction::In,
            |c| c.acls.push(c.acls[0].clone()),
            "twice",
        ),
        (
            reply(),
            Direction::In,
            |c| c.interfaces[0].vrf = "2".to_owned(),
            "VRF",
        ),
        (
            reply(),
            Direction::In,
            |c| c.interfaces[0].kind = InterfaceKind::Routed,
            "routed",
        ),
        (
            reply(),
            Direction::In,
            |c| c.interfaces[0].bindings[0].acl = 9,
            "missing",
        ),
        (
            reply(),
            Direction::In,
            |c| c.routes[0].vrf = "2".to_owned(),
            "route",
        ),
        (
            reply(),
            Direction::In,
            |c| c.hostname = "a\"b".to_owned(),
            "host name",
        ),
    ];
    for (entry, direction, change, expect) in cases {
        let mut config = config(vec![entry], Family::V4, direction);
        change(&mut config);
        let refused = AlaxalaAx.write(&config).unwrap_err();
        assert_eq!(refused.len(), 1, "{refused:?}");
        let text = refused[0].render(Lang::En);
        assert!(text.contains(expect), "{text} should name {expect}");
        assert!(!refused[0].render(Lang::Ja).contains('['), "{refused:?}");
    }
}

#[test]
fn ipv6_lists_need_a_mode_that_has_them() {
    let entry = || DraftEntry::between(false, wild("::/0"), wild("::/0"));
    let odd = DraftEntry::between(false, Wildcard::new(Family::V6, 1, 2), wild("::/0"));
    for (entry, direction, mode, expect) in [
        (entry(), Direction::In, Some("layer3-2"), Some("layer3-6")),
        (
            entry(),
            Direction::In,
            None,
            Some("flow-mode-default-lacks-ipv6"),
        ),
        (entry(), Direction::In, Some("layer3-6"), None),
        (
            entry(),
            Direction::Out,
            Some("layer3-1-out"),
            Some("layer3-2-out"),
        ),
        (odd, Direction::In, Some("layer3-6"), Some("prefixes")),
    ] {
        let mut config = config(vec![entry], Family::V6, direction);
        let key = if direction == Direction::In {
            "flow-detection-mode"
        } else {
            "flow-detection-out-mode"
        };
        config.options.remove(key);
        if let Some(mode) = mode {
            config.options.insert(key.to_owned(), mode.to_owned());
        }
        let got = AlaxalaAx.write(&config).err();
        let text = got.map(|all| all[0].render(Lang::En));
        match (expect, &text) {
            (None, None) => {}
            (Some(expect), Some(text)) => assert!(text.contains(expect), "{text}"),
            _ => panic!("{mode:?}: {text:?}"),
        }
    }
}

#[test]
fn virtual_addresses_without_a_known_form_are_refused() {
    let refused = |change: &dyn Fn(&mut Interface)| {
        let mut config = config(vec![reply()], Family::V4, Direction::In);
        change(&mut config.interfaces[0]);
        let refusals = AlaxalaAx.write(&config).unwrap_err();
        refusals[0].render(Lang::En).contains("virtual addresses")
    };
    assert!(refused(&|svi| svi.share(true, 1, v4("10.20.0.4"))));
    assert!(refused(&|svi| svi.share(false, 11, v4("10.20.0.4"))));
    assert!(refused(&|svi| svi.share(
        false,
        12,
        "fd00::3".parse().unwrap()
    )));
    assert!(refused(&|svi| svi.virtuals.push(v4("10.20.0.4"))));
}
