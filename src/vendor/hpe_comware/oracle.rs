//! The reader against a second opinion: random rules are made as text *and* as a test on one packet, written from the
//! generator's own numbers; the list read from the text must treat random packets as the tests say (D7-D12).

use super::tests::read;
use crate::acl::{Fate, decide};
use crate::net::{Family, Flow, L4, PositionSet, TcpFlags};
use fastrand::Rng;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether a rule matches a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Hit {
    No,
    Maybe,
    Yes,
}

fn when(condition: bool) -> Hit {
    if condition { Hit::Yes } else { Hit::No }
}

type Test = Box<dyn Fn(&Flow) -> Hit>;

struct Rule {
    text: String,
    permit: bool,
    /// On addresses, protocol, position.
    outer: Vec<Test>,
    /// On ports, flags and ICMP fields.
    inner: Vec<Test>,
    /// Something that packets of D6 do not decide.
    open: bool,
    protocol: Option<u8>,
}

/// Bits that vary among the addresses used here: few, so that rules and packets meet.
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

fn place(rng: &mut Rng, family: Family) -> (String, Box<dyn Fn(IpAddr) -> bool>) {
    let addr = address(rng, family);
    match (rng.u8(..4), addr) {
        (0, _) => ("any".to_owned(), Box::new(|_| true)),
        (1, IpAddr::V4(v4)) => (format!("{v4} 0"), Box::new(move |a| a == addr)),
        (_, IpAddr::V4(v4)) => {
            let free = rng.u32(..) & BITS;
            let test = move |a| low(a) | free == v4.to_bits() | free;
            (
                format!("{v4} {}", Ipv4Addr::from_bits(free)),
                Box::new(test),
            )
        }
        (form, IpAddr::V6(v6)) => {
            let host = *rng.choice([0u32, 1, 8, 9].iter()).unwrap();
            let mark = if form == 1 { ' ' } else { '/' };
            let test = move |a: IpAddr| low(a) >> host == low(addr) >> host;
            (format!("{v6}{mark}{}", 128 - host), Box::new(test))
        }
    }
}

const PORTS: [(u16, &str); 5] = [
    (0, "0"),
    (53, "dns"),
    (80, "80"),
    (514, "514"),
    (65535, "65535"),
];

fn ports(rng: &mut Rng) -> (String, impl Fn(u16) -> bool + use<>) {
    let pick = |rng: &mut Rng| *rng.choice(PORTS.iter()).unwrap();
    let ((a, name), (b, _)) = (pick(rng), pick(rng));
    let (first, last) = (a.min(b), a.max(b));
    let kind = rng.u8(..5);
    let text = match kind {
        0 => format!("eq {name}"),
        1 => format!("neq {name}"),
        2 if a > 0 => format!("lt {name}"),
        3 if a < u16::MAX => format!("gt {name}"),
        _ => format!("range {first} {last}"),
    };
    let test = move |port: u16| match kind {
        0 => port == a,
        1 => port != a,
        2 if a > 0 => port < a,
        3 if a < u16::MAX => port > a,
        _ => (first..=last).contains(&port),
    };
    (text, test)
}

fn rule(rng: &mut Rng, family: Family) -> Rule {
    let v4 = family == Family::V4;
    let own_icmp = if v4 { 1 } else { 58 };
    let words = [
        (if v4 { "ip" } else { "ipv6" }, None),
        ("tcp", Some(6u8)),
        ("udp", Some(17)),
        (if v4 { "icmp" } else { "icmpv6" }, Some(own_icmp)),
        ("103", Some(103)),
    ];
    let (word, protocol) = *rng.choice(words.iter()).unwrap();
    let mut criteria = Vec::new();
    let mut outer: Vec<Test> = vec![Box::new(move |f| {
        when(protocol.is_none_or(|p| p == f.protocol()))
    })];
    let mut inner: Vec<Test> = Vec::new();
    for source in [true, false] {
        let side = if source { "source" } else { "destination" };
        if rng.bool() {
            let (text, test) = place(rng, family);
            criteria.push(format!("{side} {text}"));
            outer.push(Box::new(move |f| {
                when(test(if source { f.src() } else { f.dst() }))
            }));
        }
        if matches!(protocol, Some(6 | 17)) && rng.u8(..3) == 0 {
            let (text, test) = ports(rng);
            criteria.push(format!("{side}-port {text}"));
            inner.push(Box::new(move |f| match f.l4() {
                L4::Tcp { sport, dport, .. } | L4::Ports { sport, dport } => {
                    when(test(if source { sport } else { dport }))
                }
                _ => Hit::No,
            }));
        }
    }
    if protocol == Some(6) {
        flags(rng, &mut criteria, &mut inner);
    }
    if protocol == Some(own_icmp) && rng.bool() {
        let (text, kind, code) = match (rng.bool(), v4) {
            (true, true) => ("icmp-type port-unreachable", 3, Some(3)),
            (false, true) => ("icmp-type 8", 8, None),
            (true, false) => ("icmp6-type neighbor-solicitation", 135, Some(0)),
            (false, false) => ("icmp6-type 128 0", 128, Some(0)),
        };
        criteria.push(text.to_owned());
        inner.push(Box::new(move |f| match f.l4() {
            L4::Icmp { kind: k, code: c } => when(k == kind && code.is_none_or(|code| code == c)),
            _ => Hit::No,
        }));
    }
    if inner.is_empty() && rng.u8(..6) == 0 {
        criteria.push("fragment".to_owned());
        outer.push(Box::new(|f| when(f.position() == PositionSet::LATER)));
    }
    let open = rng.u8(..8) == 0;
    if open {
        criteria.push("time-range NIGHT".to_owned());
    }
    if rng.bool() {
        criteria.push("counting".to_owned());
    }
    rng.shuffle(&mut criteria);
    let permit = rng.u8(..3) > 0;
    let action = if permit { "permit" } else { "deny" };
    Rule {
        text: format!("{action} {word} {}", criteria.join(" ")),
        permit,
        outer,
        inner,
        open,
        protocol,
    }
}

fn flags(rng: &mut Rng, criteria: &mut Vec<String>, inner: &mut Vec<Test>) {
    let (text, test): (&str, fn(TcpFlags) -> Hit) = match rng.u8(..6) {
        0 => ("ack 1", |f| when(f.has(TcpFlags::ACK))),
        1 => ("syn 0", |f| when(!f.has(TcpFlags::SYN))),
        2 => ("ack 1 rst 0", |f| {
            match (f.has(TcpFlags::ACK), f.has(TcpFlags::RST)) {
                (true, false) => Hit::Yes,
                (false, true) => Hit::No,
                _ => Hit::Maybe,
            }
        }),
        3 => ("established", |f| {
            when(f.has(TcpFlags::ACK) || f.has(TcpFlags::RST)).min(Hit::Maybe)
        }),
        _ => return,
    };
    criteria.push(text.to_owned());
    inner.push(Box::new(move |f| match f.l4() {
        L4::Tcp { flags, .. } => test(flags),
        _ => Hit::No,
    }));
}

fn hit(rule: &Rule, flow: &Flow) -> Hit {
    let mut hit = rule.outer.iter().map(|t| t(flow)).min().unwrap_or(Hit::Yes);
    if !rule.inner.is_empty() {
        let header = match flow.position() {
            PositionSet::LATER => Hit::Maybe,
            _ => rule.inner.iter().map(|t| t(flow)).min().unwrap_or(Hit::Yes),
        };
        hit = hit.min(header);
    }
    // Behind extension headers only a rule on addresses alone is settled.
    let hidden = flow.ext() && (rule.protocol.is_some() || !rule.inner.is_empty());
    if rule.open || hidden {
        hit.min(Hit::Maybe)
    } else {
        hit
    }
}

fn packet(rng: &mut Rng, family: Family) -> Flow {
    let own_icmp = if family == Family::V4 { 1 } else { 58 };
    let protocol = *rng.choice([6, 6, 17, 17, own_icmp, 103, 2].iter()).unwrap();
    let (src, dst) = (address(rng, family), address(rng, family));
    let position = *rng
        .choice([PositionSet::WHOLE, PositionSet::FIRST, PositionSet::LATER].iter())
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
            kind: *rng.choice([3, 8, 128, 135].iter()).unwrap(),
            code: *rng.choice([0, 3].iter()).unwrap(),
        },
        _ => L4::None,
    };
    let ext = family == Family::V6 && rng.u8(..4) == 0;
    Flow::new(src, dst, protocol, l4, position, ext).unwrap()
}

/// First match wins; a possible match of the other action above leaves it open.
fn expected(rules: &[Rule], denies: bool, flow: &Flow) -> Fate {
    let mut maybe = [false, false];
    let all = rules.iter().map(|r| (r.permit, hit(r, flow)));
    for (permit, hit) in all.chain([(!denies, Hit::Yes)]) {
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

#[test]
fn lists_do_what_their_rules_say() {
    const SEED: u64 = 12;
    let mut rng = Rng::with_seed(SEED);
    let mut fates = [0u32; 3];
    for round in 0..400 {
        let family = Family::BOTH[round % 2];
        let rules: Vec<Rule> = (0..rng.usize(1..12))
            .map(|_| rule(&mut rng, family))
            .collect();
        let word = if family == Family::V4 { "" } else { "ipv6 " };
        let numbered = rules.iter().enumerate();
        let mut lines: Vec<String> = numbered
            .map(|(n, r)| format!(" rule {} {}\n", n * 5, r.text))
            .collect();
        // The device searches by id, whatever the order of the lines.
        rng.shuffle(&mut lines);
        let denies = rng.bool();
        let end = if denies {
            " packet-filter default deny\n#\n"
        } else {
            ""
        };
        let text = format!("#\n{end}acl {word}advanced name A\n{}#\n", lines.concat());
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
            let expect = expected(&rules, denies, &flow);
            assert_eq!(fate, expect, "seed {SEED} round {round}: {flow}\n{text}");
            fates[fate as usize] += 1;
        }
    }
    assert!(
        fates.iter().all(|&count| count > 1000),
        "a test that always sees one fate tests nothing: {fates:?}"
    );
}
