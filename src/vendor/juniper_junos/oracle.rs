//! The reader against a second opinion: random terms are made as text *and* as a test on one packet, written from the
//! generator's own numbers; the filter read from the text must treat random packets as the tests say (D7-D12).

use super::tests::read;
use crate::acl::{Fate, decide};
use crate::net::{Family, Flow, L4, PositionSet, TcpFlags};
use fastrand::Rng;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether a term matches a packet.
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

/// A term: the words behind its name, and what it does.
struct Term {
    lines: Vec<String>,
    /// `None`: the next term.
    permit: Option<bool>,
    tests: Vec<Test>,
}

/// Bits that vary among the addresses used here: few, so that terms and packets meet.
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

/// Prefixes with and without `except`: the longest that fits decides.
fn places(
    rng: &mut Rng,
    family: Family,
    word: &str,
) -> (Vec<String>, impl Fn(IpAddr) -> bool + use<>) {
    let mut members: Vec<(u32, u32, bool)> = Vec::new();
    let mut lines = Vec::new();
    for _ in 0..rng.usize(1..5) {
        let addr = address(rng, family);
        let host = *rng.choice([0u32, 1, 2, 8, 9, 10, 32].iter()).unwrap();
        let value = u32::try_from(u64::from(low(addr)) >> host).unwrap();
        if members.iter().any(|(v, h, _)| (*v, *h) == (value, host)) {
            continue;
        }
        let include = rng.u8(..4) > 0;
        let shown = match (addr, host) {
            (IpAddr::V4(_), 32) => "0.0.0.0/0".to_owned(),
            (IpAddr::V4(a), 0) if rng.bool() => a.to_string(),
            (IpAddr::V4(a), _) => format!("{a}/{}", 32 - host),
            (IpAddr::V6(a), _) => format!("{a}/{}", 128 - host),
        };
        let except = if include { "" } else { " except" };
        lines.push(format!("{word} {shown}{except}"));
        members.push((value, host, include));
    }
    let test = move |addr: IpAddr| {
        let fits = |(value, host, _): &&(u32, u32, bool)| {
            u32::try_from(u64::from(low(addr)) >> host).unwrap() == *value
        };
        let best = members.iter().filter(fits).min_by_key(|(_, host, _)| *host);
        best.is_some_and(|(_, _, include)| *include)
    };
    (lines, test)
}

const PORTS: [(u16, &str); 5] = [
    (0, "0"),
    (53, "domain"),
    (80, "http"),
    (443, "https"),
    (65535, "65535"),
];

/// A range, and one more port.
#[derive(Clone, Copy)]
struct Ports(u16, u16, Option<u16>);

impl Ports {
    fn has(self, port: u16) -> bool {
        (self.0..=self.1).contains(&port) || self.2 == Some(port)
    }
}

fn ports(rng: &mut Rng) -> (String, Ports) {
    let pick = |rng: &mut Rng| *rng.choice(PORTS.iter()).unwrap();
    let ((a, name), (b, _)) = (pick(rng), pick(rng));
    let (first, last) = (a.min(b), a.max(b));
    match rng.u8(..3) {
        0 => (name.to_owned(), Ports(a, a, None)),
        1 => (format!("{first}-{last}"), Ports(first, last, None)),
        _ => (format!("[ {a} {b} ]"), Ports(a, a, Some(b))),
    }
}

fn port_test(test: impl Fn(u16, u16) -> bool + 'static) -> Test {
    Box::new(move |f| match f.l4() {
        L4::Tcp { sport, dport, .. } | L4::Ports { sport, dport } => when(test(sport, dport)),
        _ => Hit::Maybe,
    })
}

fn flag_test(test: impl Fn(TcpFlags) -> bool + 'static) -> Test {
    Box::new(move |f| match f.l4() {
        L4::Tcp { flags, .. } => when(test(flags)),
        _ => Hit::Maybe,
    })
}

fn icmp_test(test: impl Fn(u8, u8) -> bool + 'static) -> Test {
    Box::new(move |f| match f.l4() {
        L4::Icmp { kind, code } => when(test(kind, code)),
        _ => Hit::Maybe,
    })
}

fn term(rng: &mut Rng, family: Family) -> Term {
    let v4 = family == Family::V4;
    let mut lines = Vec::new();
    let mut tests: Vec<Test> = Vec::new();
    let from = |lines: &mut Vec<String>, text: &str| lines.push(format!("from {text}"));
    if rng.bool() {
        let (words, test) = places(rng, family, "source-address");
        words.iter().for_each(|w| from(&mut lines, w));
        tests.push(Box::new(move |f| when(test(f.src()))));
    }
    if rng.u8(..3) == 0 {
        let (words, test) = places(rng, family, "destination-address");
        words.iter().for_each(|w| from(&mut lines, w));
        tests.push(Box::new(move |f| when(test(f.dst()))));
    } else if rng.u8(..6) == 0 {
        let (words, test) = places(rng, family, "address");
        words.iter().for_each(|w| from(&mut lines, w));
        tests.push(Box::new(move |f| when(test(f.src()) || test(f.dst()))));
    }
    // What looks behind the IP header is open wherever the header is not where the test looks.
    let mut l4: Vec<Test> = Vec::new();
    match rng.u8(..8) {
        0 => {
            let (text, test) = ports(rng);
            from(&mut lines, &format!("destination-port {text}"));
            l4.push(port_test(move |_, d| test.has(d)));
        }
        1 => {
            let (text, test) = ports(rng);
            from(&mut lines, &format!("source-port-except {text}"));
            l4.push(port_test(move |s, _| !test.has(s)));
        }
        2 => {
            let (text, test) = ports(rng);
            from(&mut lines, &format!("port {text}"));
            l4.push(port_test(move |s, d| test.has(s) || test.has(d)));
        }
        3 => {
            from(&mut lines, "tcp-established");
            l4.push(flag_test(|f| f.has(TcpFlags::ACK) || f.has(TcpFlags::RST)));
        }
        4 => {
            from(&mut lines, "tcp-flags \"(syn & !ack) | urg\"");
            l4.push(flag_test(|f| {
                f.has(TcpFlags::URG) || f.has(TcpFlags::SYN) && !f.has(TcpFlags::ACK)
            }));
        }
        5 => {
            from(&mut lines, "icmp-type [ 3 echo-reply ]");
            let reply = if v4 { 0 } else { 129 };
            l4.push(icmp_test(move |k, _| k == 3 || k == reply));
        }
        _ => {}
    }
    let has_l4 = !l4.is_empty();
    protocol(rng, v4, has_l4, &mut lines, &mut tests);
    tests.extend(l4);
    if rng.u8(..8) == 0 {
        from(&mut lines, if v4 { "dscp ef" } else { "traffic-class ef" });
        tests.push(Box::new(|_| Hit::Maybe));
    }
    if v4 && rng.u8(..10) == 0 {
        from(&mut lines, "fragment-offset 1-8191");
        tests.push(Box::new(|f| when(f.position() == PositionSet::LATER)));
    }
    let permit = match rng.u8(..6) {
        0 => None,
        1 | 2 => Some(false),
        _ => Some(true),
    };
    lines.push(format!(
        "then {}",
        match (permit, rng.bool()) {
            (None, _) => "next term",
            (Some(true), true) => "accept",
            (Some(true), false) => "count c",
            (Some(false), true) => "discard",
            (Some(false), false) => "reject",
        }
    ));
    rng.shuffle(&mut lines);
    Term {
        lines,
        permit,
        tests,
    }
}

/// The protocol condition, and what it hides from the tests behind the header.
fn protocol(rng: &mut Rng, v4: bool, has_l4: bool, lines: &mut Vec<String>, tests: &mut Vec<Test>) {
    let list = [
        ("tcp", 6u8),
        ("udp", 17),
        ("gre", 47),
        ("103", 103),
        ("icmp", if v4 { 1 } else { 58 }),
    ];
    let (a, b) = (
        rng.choice(list.iter()).unwrap(),
        rng.choice(list.iter()).unwrap(),
    );
    let name = |x: &(&str, u8)| {
        if x.1 == 58 {
            "icmp6".to_owned()
        } else {
            x.0.to_owned()
        }
    };
    let (x, y) = (a.1, b.1);
    let chosen = move |p: u8| p == x || p == y;
    let words = format!("[ {} {} ]", name(a), name(b));
    match (rng.u8(..4), v4) {
        (0 | 1, true) => {
            lines.push(format!("from protocol {words}"));
            tests.push(Box::new(move |f| when(chosen(f.protocol()))));
        }
        (2, true) => {
            lines.push(format!("from protocol-except {words}"));
            tests.push(Box::new(move |f| when(!chosen(f.protocol()))));
        }
        (0 | 1, false) => {
            lines.push(format!("from next-header {words}"));
            tests.push(Box::new(move |f| {
                when(f.position() == PositionSet::WHOLE && !f.ext() && chosen(f.protocol()))
            }));
        }
        (2, false) => {
            lines.push(format!("from payload-protocol {words}"));
            tests.push(Box::new(move |f| {
                let open = f.ext() || f.position() == PositionSet::LATER;
                when(chosen(f.protocol())).min(if open { Hit::Maybe } else { Hit::Yes })
            }));
        }
        (_, false) if has_l4 => {
            // Without a protocol the bytes behind the fixed header are tested: those of another header, if there is one.
            tests.push(Box::new(|f| {
                match f.ext() || f.position() != PositionSet::WHOLE {
                    true => Hit::Maybe,
                    false => Hit::Yes,
                }
            }));
            // A test that fails on the real header may still hold on those bytes; see `hit`.
        }
        _ => {}
    }
}

/// The weakest of the tests. A packet whose header is not where the test looks is never a certain "no" of that test.
fn hit(term: &Term, flow: &Flow, family: Family) -> Hit {
    let no_protocol = !term
        .lines
        .iter()
        .any(|l| l.starts_with("from next-header") || l.starts_with("from payload-protocol"));
    let hidden = family == Family::V6
        && no_protocol
        && (flow.ext() || flow.position() != PositionSet::WHOLE);
    let l4 = |text: &String| {
        ["port", "source-port", "destination-port", "tcp-", "icmp-"]
            .iter()
            .any(|w| text.starts_with(&format!("from {w}")))
    };
    if hidden && term.lines.iter().any(l4) {
        // The packet as one of a protocol without header fields: only addresses and conditions count.
        let bare = Flow::new(
            flow.src(),
            flow.dst(),
            253,
            L4::None,
            PositionSet::WHOLE,
            false,
        );
        let bare = bare.unwrap();
        return term
            .tests
            .iter()
            .map(|t| t(&bare))
            .min()
            .unwrap()
            .min(Hit::Maybe);
    }
    term.tests.iter().map(|t| t(flow)).min().unwrap_or(Hit::Yes)
}

fn packet(rng: &mut Rng, family: Family) -> Flow {
    let own_icmp = if family == Family::V4 { 1 } else { 58 };
    let protocol = *rng
        .choice([6, 6, 17, 17, own_icmp, 103, 47, 2].iter())
        .unwrap();
    let (src, dst) = (address(rng, family), address(rng, family));
    let position = *rng
        .choice(
            [
                PositionSet::WHOLE,
                PositionSet::WHOLE,
                PositionSet::FIRST,
                PositionSet::LATER,
            ]
            .iter(),
        )
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
            kind: *rng.choice([0, 3, 8, 129, 135].iter()).unwrap(),
            code: rng.u8(..3),
        },
        _ => L4::None,
    };
    let ext = family == Family::V6 && rng.u8(..4) == 0;
    Flow::new(src, dst, protocol, l4, position, ext).unwrap()
}

/// First match wins; a possible match of the other action above leaves it open.
fn expected(terms: &[Term], flow: &Flow, family: Family) -> Fate {
    let mut maybe = [false, false];
    let deciding = terms
        .iter()
        .filter_map(|t| Some((t.permit?, hit(t, flow, family))))
        .chain([(false, Hit::Yes)]);
    for (permit, hit) in deciding {
        match hit {
            Hit::Yes if maybe[usize::from(!permit)] => return Fate::Unknown,
            Hit::Yes if permit => return Fate::Permit,
            Hit::Yes => return Fate::Deny,
            Hit::Maybe => maybe[usize::from(permit)] = true,
            Hit::No => {}
        }
    }
    unreachable!("the end of the filter matches")
}

fn text(family: Family, terms: &[Term], curly: bool) -> String {
    let word = if family == Family::V4 {
        "inet"
    } else {
        "inet6"
    };
    let mut out = String::new();
    for (n, term) in terms.iter().enumerate() {
        if curly {
            out.push_str(&format!("term t{n} {{\n"));
            for line in &term.lines {
                let (head, rest) = line.split_once(' ').unwrap();
                out.push_str(&format!("    {head} {{\n        {rest};\n    }}\n"));
            }
            out.push_str("}\n");
        } else {
            for line in &term.lines {
                out.push_str(&format!(
                    "set firewall family {word} filter F term t{n} {line}\n"
                ));
            }
        }
    }
    if curly {
        format!("firewall {{\nfamily {word} {{\nfilter F {{\n{out}}}\n}}\n}}\n")
    } else {
        out
    }
}

#[test]
fn filters_do_what_their_terms_say() {
    const SEED: u64 = 11;
    let mut rng = Rng::with_seed(SEED);
    let mut fates = [0u32; 3];
    for round in 0..400 {
        let family = Family::BOTH[round % 2];
        let terms: Vec<Term> = (0..rng.usize(1..10))
            .map(|_| term(&mut rng, family))
            .collect();
        let text = text(family, &terms, rng.bool());
        let device = read(&text);
        assert_eq!(
            device.gaps.len(),
            0,
            "seed {SEED} round {round}\n{text}{:?}",
            device.gaps
        );
        for _ in 0..60 {
            let flow = packet(&mut rng, family);
            let fate = decide(&device.acls[0], &flow).fate;
            let expect = expected(&terms, &flow, family);
            assert_eq!(fate, expect, "seed {SEED} round {round}: {flow}\n{text}");
            fates[fate as usize] += 1;
        }
    }
    assert!(
        fates.iter().all(|&count| count > 1000),
        "a test that always sees one fate tests nothing: {fates:?}"
    );
}
