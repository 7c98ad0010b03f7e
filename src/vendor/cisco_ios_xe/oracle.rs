//! The reader against a second opinion: random entries are made as text *and* as a test on one packet, written from the
//! generator's own numbers; the list read from the text must treat random packets as the tests say (D7-D12).

use super::tests::read;
use crate::acl::{Fate, decide};
use crate::net::{Family, Flow, L4, PositionSet, TcpFlags};
use fastrand::Rng;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an entry matches a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Hit {
    No,
    Maybe,
    Yes,
}

fn when(condition: bool) -> Hit {
    if condition { Hit::Yes } else { Hit::No }
}

/// Words of an entry, if it has such a clause, and their test.
type Clause<T> = (String, Option<Box<T>>);

type Test = Box<dyn Fn(&Flow) -> Hit>;

/// An entry as text and as a test.
struct Entry {
    text: String,
    permit: bool,
    test: Test,
}

/// Bits that vary among the addresses used here: few, so that entries and packets meet.
const BITS: u32 = 0x0000_0303;

fn address(rng: &mut Rng, family: Family) -> IpAddr {
    let bits = 0x0a00_0000 | (rng.u32(..) & BITS);
    match family {
        Family::V4 => IpAddr::V4(Ipv4Addr::from_bits(bits)),
        Family::V6 => IpAddr::V6(Ipv6Addr::from_bits((0x2001_0db8 << 96) | u128::from(bits))),
    }
}

fn low(addr: IpAddr) -> u32 {
    match addr {
        IpAddr::V4(addr) => addr.to_bits(),
        #[allow(clippy::cast_possible_truncation, reason = "the low half varies")]
        IpAddr::V6(addr) => addr.to_bits() as u32,
    }
}

/// A place and whether an address is in it.
fn place(rng: &mut Rng, family: Family) -> (String, Box<dyn Fn(IpAddr) -> bool>) {
    let addr = address(rng, family);
    match (rng.u8(..6), addr) {
        (0..3, _) => ("any".to_owned(), Box::new(|_| true)),
        (3, _) => (format!("host {addr}"), Box::new(move |a| a == addr)),
        (_, IpAddr::V4(v4)) => {
            let free = rng.u32(..) & BITS;
            let text = format!("{v4} {}", Ipv4Addr::from_bits(free));
            (
                text,
                Box::new(move |a| low(a) | free == v4.to_bits() | free),
            )
        }
        (_, IpAddr::V6(v6)) => {
            let host_bits = rng.choice([1u32, 2, 8, 9, 10]).unwrap();
            let text = format!("{}/{}", v6.to_string().to_uppercase(), 128 - host_bits);
            (
                text,
                Box::new(move |a| low(a) >> host_bits == low(IpAddr::V6(v6)) >> host_bits),
            )
        }
    }
}

/// Ports that entries test and packets carry, with a name that is read for each.
const PORTS: [(u16, &str); 6] = [
    (0, "0"),
    (53, "domain"),
    (80, "www"),
    (443, "443"),
    (514, "syslog"),
    (65535, "65535"),
];

fn port_text(rng: &mut Rng) -> (u16, String) {
    let (port, name) = *rng.choice(&PORTS).unwrap();
    (
        port,
        if rng.bool() {
            name.to_owned()
        } else {
            port.to_string()
        },
    )
}

fn ports(rng: &mut Rng) -> Clause<dyn Fn(u16) -> bool> {
    let (a, name_a) = port_text(rng);
    let (b, name_b) = port_text(rng);
    match rng.u8(..9) {
        0 => (format!(" eq {name_a}"), Some(Box::new(move |p| p == a))),
        1 => (
            format!(" eq {name_a} {name_b}"),
            Some(Box::new(move |p| p == a || p == b)),
        ),
        2 => (format!(" neq {name_a}"), Some(Box::new(move |p| p != a))),
        3 => (
            format!("  neq {name_a} {name_b}"),
            Some(Box::new(move |p| p != a && p != b)),
        ),
        4 => (format!(" lt {name_a}"), Some(Box::new(move |p| p < a))),
        5 => (format!(" gt {name_a}"), Some(Box::new(move |p| p > a))),
        6 if a <= b => (
            format!(" range {name_a} {name_b}"),
            Some(Box::new(move |p| p >= a && p <= b)),
        ),
        _ => (String::new(), None),
    }
}

fn flags(rng: &mut Rng) -> Clause<dyn Fn(TcpFlags) -> Hit> {
    let (ack, rst, syn) = (TcpFlags::ACK, TcpFlags::RST, TcpFlags::SYN);
    match rng.u8(..8) {
        0 => (
            " established".to_owned(),
            Some(Box::new(move |f| when(f.has(ack) || f.has(rst)))),
        ),
        1 => (" syn".to_owned(), Some(Box::new(move |f| when(f.has(syn))))),
        2 => (
            " ack syn".to_owned(),
            Some(Box::new(move |f| when(f.has(ack) || f.has(syn)))),
        ),
        3 => (
            " match-all +ack -syn".to_owned(),
            Some(Box::new(move |f| when(f.has(ack) && !f.has(syn)))),
        ),
        4 => (
            " match-any +rst -ack".to_owned(),
            Some(Box::new(move |f| when(f.has(rst) || !f.has(ack)))),
        ),
        _ => (String::new(), None),
    }
}

fn icmp(rng: &mut Rng, family: Family) -> Clause<dyn Fn(u8, u8) -> bool> {
    match (rng.u8(..5), family) {
        (0, Family::V4) => (" echo".to_owned(), Some(Box::new(|k, _| k == 8))),
        (0, Family::V6) => (" nd-ns".to_owned(), Some(Box::new(|k, _| k == 135))),
        (1, Family::V4) => (
            " packet-too-big".to_owned(),
            Some(Box::new(|k, c| k == 3 && c == 4)),
        ),
        (1, Family::V6) => (" packet-too-big".to_owned(), Some(Box::new(|k, _| k == 2))),
        (2, _) => (" 3".to_owned(), Some(Box::new(|k, _| k == 3))),
        (3, _) => (" 3 4".to_owned(), Some(Box::new(|k, c| k == 3 && c == 4))),
        _ => (String::new(), None),
    }
}

/// Words that the packets of D6 cannot decide.
const CONDITIONS: [(&str, &str); 2] = [
    ("dscp ef", "dscp af11"),
    ("time-range NIGHT", "time-range NIGHT"),
];

fn entry(rng: &mut Rng, family: Family) -> Entry {
    let v4 = family == Family::V4;
    let permit = rng.u8(..3) > 0;
    let own_icmp = if v4 { 1 } else { 58 };
    let words = [
        (if v4 { "ip" } else { "ipv6" }, None),
        ("tcp", Some(6)),
        ("udp", Some(17)),
        ("icmp", Some(own_icmp)),
        ("103", Some(103)),
        ("esp", Some(50)),
    ];
    let (word, protocol) = *rng.choice(words).as_ref().unwrap();
    let ported = matches!(protocol, Some(6 | 17));
    let (src_text, src) = place(rng, family);
    let (dst_text, dst) = place(rng, family);
    let none = || (String::new(), None);
    let (sport_text, sport) = if ported {
        ports(rng)
    } else {
        (String::new(), None)
    };
    let (dport_text, dport) = if ported {
        ports(rng)
    } else {
        (String::new(), None)
    };
    let (flag_text, flag) = if protocol == Some(6) {
        flags(rng)
    } else {
        (String::new(), None)
    };
    let (icmp_text, message) = if protocol == Some(own_icmp) {
        icmp(rng, family)
    } else {
        none()
    };
    let l4 = sport.is_some() || dport.is_some() || flag.is_some() || message.is_some();
    let fragments = !l4 && rng.u8(..6) == 0;
    let condition = (rng.u8(..8) == 0).then(|| rng.choice(CONDITIONS).unwrap().0);
    let action = if permit { "permit" } else { "deny  " };
    let mut text = format!(
        "{action} {word} {src_text}{sport_text} {dst_text}{dport_text}{icmp_text}{flag_text}"
    );
    if fragments {
        text.push_str(" fragments");
    }
    if let Some(condition) = condition {
        text.push_str(&format!(" {condition}"));
    }
    if rng.bool() {
        text.push_str(" log");
    }
    let test = move |f: &Flow| {
        let later = f.position() == PositionSet::LATER;
        if !src(f.src())
            || !dst(f.dst())
            || protocol.is_some_and(|p| p != f.protocol())
            || (fragments && !later)
        {
            return Hit::No;
        }
        let header = match f.l4() {
            _ if l4 && later => when(permit),
            L4::Tcp {
                sport: s,
                dport: d,
                flags,
            } => {
                let ports =
                    sport.as_ref().is_none_or(|t| t(s)) && dport.as_ref().is_none_or(|t| t(d));
                when(ports).min(flag.as_ref().map_or(Hit::Yes, |t| t(flags)))
            }
            L4::Ports { sport: s, dport: d } => {
                when(sport.as_ref().is_none_or(|t| t(s)) && dport.as_ref().is_none_or(|t| t(d)))
            }
            L4::Icmp { kind, code } => when(message.as_ref().is_none_or(|t| t(kind, code))),
            L4::None => Hit::Yes,
        };
        // Behind extension headers only an entry on addresses alone is settled.
        let open = condition.is_some() || (f.ext() && protocol.is_some());
        if open { header.min(Hit::Maybe) } else { header }
    };
    Entry {
        text,
        permit,
        test: Box::new(test),
    }
}

fn packet(rng: &mut Rng, family: Family) -> Flow {
    let own_icmp = if family == Family::V4 { 1 } else { 58 };
    let protocol = *rng
        .choice([6, 6, 17, 17, own_icmp, 103, 50, 2])
        .as_ref()
        .unwrap();
    let (src, dst) = (address(rng, family), address(rng, family));
    let position = *rng
        .choice([PositionSet::WHOLE, PositionSet::FIRST, PositionSet::LATER])
        .as_ref()
        .unwrap();
    let mut port = || {
        let (port, _) = PORTS[rng.usize(..PORTS.len())];
        if rng.bool() {
            port
        } else {
            port.wrapping_add(1)
        }
    };
    let (sport, dport) = (port(), port());
    let l4 = match protocol {
        _ if position == PositionSet::LATER => L4::None,
        6 => L4::Tcp {
            sport,
            dport,
            flags: TcpFlags::from_bits(rng.u8(..)),
        },
        17 => L4::Ports { sport, dport },
        p if p == own_icmp => L4::Icmp {
            kind: *rng.choice([0, 2, 3, 8, 135, 136]).as_ref().unwrap(),
            code: rng.u8(3..6),
        },
        _ => L4::None,
    };
    let ext = family == Family::V6 && rng.u8(..4) == 0;
    Flow::new(src, dst, protocol, l4, position, ext).unwrap()
}

/// First match wins; a possible match of the other action above leaves it open.
fn expected(entries: &[Entry], flow: &Flow) -> Fate {
    let mut maybe = [false, false];
    let mut walk: Vec<(bool, Hit)> = entries.iter().map(|e| (e.permit, (e.test)(flow))).collect();
    if flow.family() == Family::V6 && flow.protocol() == 58 {
        let nd = matches!(
            flow.l4(),
            L4::None
                | L4::Icmp {
                    kind: 135 | 136,
                    ..
                }
        );
        walk.push((true, when(nd).min(Hit::Maybe)));
    }
    walk.push((false, Hit::Yes));
    for (permit, hit) in walk {
        match hit {
            Hit::Yes if maybe[usize::from(!permit)] => return Fate::Unknown,
            Hit::Yes if permit => return Fate::Permit,
            Hit::Yes => return Fate::Deny,
            Hit::Maybe => maybe[usize::from(permit)] = true,
            Hit::No => {}
        }
    }
    unreachable!("the end of the list matches")
}

fn list_text(rng: &mut Rng, family: Family, entries: &[Entry]) -> String {
    let word = if family == Family::V6 {
        "sequence "
    } else {
        ""
    };
    let mut lines: Vec<String> = entries
        .iter()
        .enumerate()
        .map(|(n, e)| format!(" {word}{} {}\n", 10 * (n + 1), e.text))
        .collect();
    lines.push(format!(" {word}15 remark anything\n"));
    // The device searches by number, whatever the order of the lines.
    rng.shuffle(&mut lines);
    let head = if family == Family::V6 {
        "ipv6 access-list A"
    } else {
        "ip access-list extended A"
    };
    format!("{head}\n{}", lines.concat())
}

#[test]
fn lists_do_what_their_entries_say() {
    const SEED: u64 = 10;
    let mut rng = Rng::with_seed(SEED);
    let mut fates = [0u32; 3];
    for round in 0..400 {
        let family = Family::BOTH[round % 2];
        let entries: Vec<Entry> = (0..rng.usize(1..13))
            .map(|_| entry(&mut rng, family))
            .collect();
        let text = list_text(&mut rng, family, &entries);
        let device = read(&text);
        assert_eq!(
            device.gaps.len(),
            0,
            "seed {SEED} round {round}\n{text}{:?}",
            device.gaps
        );
        for _ in 0..50 {
            let flow = packet(&mut rng, family);
            let fate = decide(&device.acls[0], &flow).fate;
            assert_eq!(
                fate,
                expected(&entries, &flow),
                "seed {SEED} round {round}: {flow}\n{text}"
            );
            fates[fate as usize] += 1;
        }
    }
    assert!(
        fates.iter().all(|&count| count > 1000),
        "a test that always sees one fate tests nothing: {fates:?}"
    );
}
