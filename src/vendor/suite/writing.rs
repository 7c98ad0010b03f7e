//! Writing: what is written reads back as what was to be written, packet by packet; what is large takes linear time.

use super::{DIALECTS, read, whys};
use crate::acl::{Direction, Draft, DraftEntry, DraftLine, Fate, decide};
use crate::base::{Lang, Source, Text};
use crate::device::{Binding, Config, Device, Interface, InterfaceKind, NextHop, Route};
use crate::net::{Family, Flow, L4, PositionSet, TcpFlags, Wildcard};
use crate::vendor::{Capabilities, Dialect, Hint};
use fastrand::Rng;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A model and options with which every list can be bound.
fn hint(dialect: &dyn Dialect) -> Hint {
    let (model, options): (&str, &[(&str, &str)]) = match dialect.id() {
        "alaxala-ax" => (
            "AX3660S-24T4X",
            &[
                ("flow-detection-mode", "layer3-6"),
                ("flow-detection-out-mode", "layer3-3-out"),
            ],
        ),
        "cisco-ios-xe" => ("C9300-48T", &[]),
        "cisco-nx-os" => ("N9K-C93180YC-FX", &[]),
        "aruba-aos-cx" => ("8325", &[]),
        "allied-telesis-awplus" => ("AT-x930-28GTX", &[("hwfilter-size", "ipv4-full-ipv6")]),
        _ => return Hint::default(),
    };
    Hint {
        model: Some(model.to_owned()),
        options: options
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect(),
        confirmed_only: false,
    }
}

fn wildcard(text: &str) -> Wildcard {
    match text {
        "any" => Wildcard::any(Family::V4),
        "any6" => Wildcard::any(Family::V6),
        prefix => Wildcard::from_prefix(prefix.parse().unwrap()),
    }
}

fn deny_all(family: Family) -> DraftLine {
    let any = Wildcard::any(family);
    DraftLine::Entry(DraftEntry::between(false, any, any))
}

fn config(dialect: &dyn Dialect, acls: Vec<Draft>) -> Config {
    let hint = hint(dialect);
    let mut face = Interface::new("Vlan10", InterfaceKind::Svi(10));
    face.addrs = ["10.1.0.1/24", "2001:db8:10::1/64"]
        .map(|a| a.parse().unwrap())
        .to_vec();
    face.ipv6 = true;
    face.helpers = vec!["10.9.0.5".parse().unwrap()];
    face.ports = vec!["port1.0.1-1.0.4".to_owned()];
    for (acl, draft) in acls.iter().enumerate().take(2) {
        face.bindings.push(Binding {
            family: draft.family,
            direction: Direction::In,
            acl,
            line: 0,
        });
    }
    let route = |prefix: &str, via| Route {
        vrf: String::new(),
        prefix: prefix.parse().unwrap(),
        via,
        distance: 1,
        conditional: false,
        line: 0,
    };
    let via = |addr: &str| NextHop::Via(addr.parse().unwrap());
    Config {
        hostname: "SW1".to_owned(),
        model: hint.model,
        options: hint.options,
        interfaces: vec![face],
        routes: vec![
            route("0.0.0.0/0", via("10.1.0.2")),
            route("10.66.0.0/16", NextHop::Null),
            route("::/0", via("2001:db8:10::2")),
        ],
        acls,
    }
}

fn written(dialect: &dyn Dialect, config: &Config) -> Result<(String, Device), String> {
    let all = |texts: Vec<Text>| {
        let texts: Vec<String> = texts.iter().map(|t| t.render(Lang::En)).collect();
        texts.join("; ")
    };
    let text = dialect.write(config).map_err(all)?;
    let source = Source::capture("test.cfg", text.as_bytes());
    let device = dialect.read(&source, &hint(dialect));
    Ok((text, device))
}

fn list(name: &str, family: Family, lines: Vec<DraftLine>) -> Draft {
    Draft {
        name: name.to_owned(),
        family,
        lines,
    }
}

/// Both families where the device has both.
fn families(can: &Capabilities) -> Vec<Family> {
    let six = can.ipv6_lists.must();
    Family::BOTH
        .into_iter()
        .filter(|family| *family == Family::V4 || six)
        .collect()
}

#[test]
fn what_is_written_reads_back() {
    for dialect in DIALECTS {
        let can = dialect.capabilities(&hint(*dialect));
        let mut lists = Vec::new();
        for family in families(&can) {
            let (name, src, dst) = match family {
                Family::V4 => ("V10_IN", "10.1.0.0/24", "10.2.0.10/32"),
                Family::V6 => ("V10_IN6", "2001:db8:10::/64", "2001:db8:20::10/128"),
            };
            let mut web = DraftEntry::between(true, wildcard(src), wildcard(dst));
            (web.protocol, web.dport) = (Some(6), Some((443, 443)));
            web.log = can.log;
            let remark = DraftLine::Remark("2026-041 web".to_owned());
            lists.push(list(
                name,
                family,
                vec![remark, DraftLine::Entry(web), deny_all(family)],
            ));
        }
        let config = config(*dialect, lists);
        let (text, device) =
            written(*dialect, &config).unwrap_or_else(|why| panic!("{}: {why}", dialect.id()));
        let id = dialect.id();
        assert_eq!(whys(&device), [], "{id}\n{text}");
        assert_eq!(device.effects, [], "{id}\n{text}");
        let [face] = &device.interfaces[..] else {
            panic!("{id}: one interface\n{text}");
        };
        let wanted = &config.interfaces[0];
        assert_eq!(
            (face.kind, &face.addrs),
            (wanted.kind, &wanted.addrs),
            "{id}\n{text}"
        );
        assert_eq!(
            (face.shutdown, &face.helpers),
            (false, &wanted.helpers),
            "{id}"
        );
        assert!(
            Family::BOTH.iter().all(|family| face.carries(*family)),
            "{id}"
        );
        for (index, draft) in config.acls.iter().enumerate() {
            let bound = face.binding(draft.family, Direction::In);
            let name = bound.map(|b| device.acls[b.acl].name.as_str());
            assert_eq!(name, Some(draft.name.as_str()), "{id} {index}\n{text}");
        }
        let routes = |all: &[Route]| -> BTreeMap<String, NextHop> {
            all.iter()
                .map(|r| (r.prefix.to_string(), r.via.clone()))
                .collect()
        };
        assert_eq!(
            routes(&device.routes),
            routes(&config.routes),
            "{id}\n{text}"
        );
        assert!(device.forwards.v4.must() || id != "cisco-ios-xe", "{id}");
        // Detected as what it is, and the same when the secret-free text is read again.
        assert_eq!(
            crate::vendor::detect(&text).map(Dialect::id),
            Some(id),
            "{text}"
        );
    }
}

/// Bits that vary among the addresses used here: few, so that entries and packets meet.
const BITS: u32 = 0x0303;

fn address(rng: &mut Rng, family: Family) -> IpAddr {
    let bits = 0x0a00_0000 | (rng.u32(..) & BITS);
    match family {
        Family::V4 => IpAddr::V4(Ipv4Addr::from_bits(bits)),
        Family::V6 => IpAddr::V6(Ipv6Addr::from_bits((0x2001_0db8 << 96) | u128::from(bits))),
    }
}

fn place(rng: &mut Rng, family: Family) -> Wildcard {
    let addr = address(rng, family);
    let whole = match family {
        Family::V4 => 32,
        Family::V6 => 128,
    };
    match rng.u8(..4) {
        0 => Wildcard::any(family),
        1 => Wildcard::host(addr),
        _ => {
            let free = rng.choice([1u8, 2, 8, 9, 10]).unwrap();
            Wildcard::from_prefix(ipnet::IpNet::new(addr, whole - free).unwrap())
        }
    }
}

const PORTS: [u16; 5] = [0, 53, 80, 443, 65535];

fn range(rng: &mut Rng) -> Option<(u16, u16)> {
    let (a, b) = (PORTS[rng.usize(..5)], PORTS[rng.usize(..5)]);
    match rng.u8(..3) {
        0 => None,
        1 => Some((a, a)),
        _ => Some((a.min(b), a.max(b))),
    }
}

fn draft_entry(rng: &mut Rng, family: Family, can: &Capabilities) -> DraftEntry {
    let mut entry = DraftEntry::between(rng.bool(), place(rng, family), place(rng, family));
    let icmp = crate::net::Match::icmp_of(family);
    entry.protocol = *rng
        .choice(&[None, Some(6), Some(6), Some(17), Some(icmp), Some(47)])
        .unwrap();
    match entry.protocol {
        Some(6) if can.established && rng.u8(..3) == 0 => {
            entry.established = true;
            entry.dport = range(rng);
        }
        Some(6 | 17) => (entry.sport, entry.dport) = (range(rng), range(rng)),
        Some(p) if p == icmp && rng.bool() => entry.icmp = Some((rng.u8(..4) + 126, None)),
        _ => {}
    }
    entry.log = can.log && rng.bool();
    entry
}

/// Whether a draft means a whole packet to match it.
fn matches(entry: &DraftEntry, flow: &Flow) -> bool {
    let within = |range: Option<(u16, u16)>, port: u16| {
        range.is_none_or(|(first, last)| (first..=last).contains(&port))
    };
    let ports = |s, d| within(entry.sport, s) && within(entry.dport, d);
    let header = match flow.l4() {
        L4::Tcp {
            sport,
            dport,
            flags,
        } => {
            let open = flags.has(TcpFlags::ACK) || flags.has(TcpFlags::RST);
            ports(sport, dport) && (!entry.established || open)
        }
        L4::Ports { sport, dport } => ports(sport, dport),
        L4::Icmp { kind, .. } => entry.icmp.is_none_or(|(wanted, _)| wanted == kind),
        L4::None => true,
    };
    header
        && entry.src.contains(flow.src())
        && entry.dst.contains(flow.dst())
        && entry.protocol.is_none_or(|p| p == flow.protocol())
}

fn packet(rng: &mut Rng, family: Family) -> Flow {
    let icmp = crate::net::Match::icmp_of(family);
    let protocol = *rng.choice(&[6, 6, 17, icmp, 47, 89]).unwrap();
    let port = |rng: &mut Rng| PORTS[rng.usize(..5)].wrapping_add(u16::from(rng.bool()));
    let (sport, dport) = (port(rng), port(rng));
    let l4 = match protocol {
        // Segments with RST and without ACK: what `established` does with them is a fact of each dialect.
        6 => L4::Tcp {
            sport,
            dport,
            flags: if rng.bool() {
                TcpFlags::ACK
            } else {
                TcpFlags::SYN
            },
        },
        17 => L4::Ports { sport, dport },
        p if p == icmp => L4::Icmp {
            kind: rng.u8(..4) + 126,
            code: 0,
        },
        _ => L4::None,
    };
    let (src, dst) = (address(rng, family), address(rng, family));
    Flow::new(src, dst, protocol, l4, PositionSet::WHOLE, false).unwrap()
}

#[test]
fn lists_written_and_read_decide_as_their_drafts() {
    const SEED: u64 = 45;
    for dialect in DIALECTS {
        let mut rng = Rng::with_seed(SEED);
        let can = dialect.capabilities(&hint(*dialect));
        let (mut fates, mut refused) = ([0u32; 3], 0);
        for round in 0..60 {
            let every = families(&can);
            let family = every[round % every.len()];
            let mut entries: Vec<DraftEntry> = (0..rng.usize(1..12))
                .map(|_| draft_entry(&mut rng, family, &can))
                .collect();
            let any = Wildcard::any(family);
            entries.push(DraftEntry::between(false, any, any));
            let lines = entries.iter().cloned().map(DraftLine::Entry).collect();
            let config = config(*dialect, vec![list("V10_IN", family, lines)]);
            let id = dialect.id();
            // Nobody has to be able to say everything, but most of it; nothing is said otherwise.
            let Ok((text, device)) = written(*dialect, &config) else {
                refused += 1;
                assert!(refused < 30, "{id} seed {SEED} {round}: refuses too much");
                continue;
            };
            assert_eq!(whys(&device), [], "{id}\n{text}");
            let acl = device.acls.iter().find(|acl| acl.name == "V10_IN").unwrap();
            for _ in 0..40 {
                let flow = packet(&mut rng, family);
                let first = entries.iter().find(|entry| matches(entry, &flow)).unwrap();
                let wanted = if first.permit {
                    Fate::Permit
                } else {
                    Fate::Deny
                };
                let found = decide(acl, &flow).fate;
                assert_eq!(
                    found, wanted,
                    "{id} seed {SEED} round {round}: {flow}\n{text}"
                );
                fates[found as usize] += 1;
            }
        }
        assert!(
            fates[0] > 200 && fates[1] > 200,
            "{}: {fates:?}",
            dialect.id()
        );
    }
}

#[test]
fn large_lists_take_linear_time() {
    for dialect in DIALECTS {
        let entry = |n: u32| {
            let src = IpAddr::V4(Ipv4Addr::from_bits(0x0a00_0000 + n * 4));
            let mut entry = DraftEntry::between(
                !n.is_multiple_of(7),
                Wildcard::host(src),
                wildcard("10.2.0.10/32"),
            );
            (entry.protocol, entry.dport) = (Some(6), Some((443, 443)));
            DraftLine::Entry(entry)
        };
        let mut lines: Vec<DraftLine> = (0..10_000).map(entry).collect();
        lines.push(deny_all(Family::V4));
        let config = config(*dialect, vec![list("V10_IN", Family::V4, lines)]);
        let start = std::time::Instant::now();
        let (_, device) =
            written(*dialect, &config).unwrap_or_else(|why| panic!("{}: {why}", dialect.id()));
        let taken = start.elapsed();
        println!("{}: {taken:?}", dialect.id());
        assert!(device.acls[0].entries.len() > 10_000);
        assert!(taken.as_secs() < 10, "{}: {taken:?}", dialect.id());
    }
}

#[test]
fn what_reads_nothing_writes_nothing_weaker() {
    for dialect in DIALECTS {
        // An empty list permits on some devices: none may write it.
        let config = config(*dialect, vec![list("V10_IN", Family::V4, Vec::new())]);
        assert!(written(*dialect, &config).is_err(), "{}", dialect.id());
        let mut entry = DraftEntry::between(true, wildcard("any"), wildcard("any"));
        (entry.protocol, entry.dport) = (Some(47), Some((1, 2)));
        let lines = vec![DraftLine::Entry(entry), deny_all(Family::V4)];
        let config = self::config(*dialect, vec![list("V10_IN", Family::V4, lines)]);
        assert!(
            written(*dialect, &config).is_err(),
            "{}: ports of GRE",
            dialect.id()
        );
    }
}

#[test]
fn an_unread_line_is_kept_from_nobody() {
    for dialect in DIALECTS {
        let device = read(*dialect, b"frobnicate the network\n");
        assert_eq!(
            (device.gaps.len(), device.effects.len()),
            (1, 1),
            "{}",
            dialect.id()
        );
    }
}
