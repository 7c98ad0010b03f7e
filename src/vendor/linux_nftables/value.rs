//! Fields that a rule can test, and the values it tests them against.
//!
//! In: the words of one value. Out: sets of addresses, ports, bytes, flags, interface names. `None`: not understood.
//! Must not know: rules, chains.

use super::FACTS;
use super::cond::{Cond, condition};
use crate::net::proto::{ICMP, ICMPV6, SCTP, TCP, UDP};
use crate::net::{
    AddrRanges, AddrSet, ByteSet, ExtSet, Family, FlagSet, Match, PortSet, PositionSet, TcpFlags,
    Wildcard,
};
use ipnet::IpNet;
use std::net::IpAddr;

/// What is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Addr(Family, bool),
    /// `meta l4proto`, `ip protocol`: the protocol of a family, or of both.
    Protocol(Option<Family>),
    /// `ip6 nexthdr`: what the first header names.
    NextHeader,
    /// Ports of these protocols; `th` is any.
    Port(Option<u8>, bool),
    Flags,
    Icmp(Family, bool),
    /// `meta nfproto`, `meta protocol`, `ether type`.
    Family,
    /// `ip frag-off` with the bits that are looked at.
    FragmentBits,
    /// `frag frag-off`: IPv6, there is a Fragment header.
    FragmentOffset,
    /// `exthdr frag`.
    Fragment,
    /// `exthdr hbh` and the like.
    Header,
    Iface(bool),
    /// Something that is not in the header of D6 (D7), by its words.
    Outside(String),
}

/// A set of values of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Values {
    Addrs(AddrSet),
    Bytes(ByteSet),
    Ports(PortSet),
    /// Certain and possible combinations: two of the eight bits are not in the header of D6.
    Flags(FlagSet, FlagSet),
    Names(Vec<String>),
    /// `exists`, or a bit that is looked at.
    Bool(bool),
}

impl Values {
    /// The values of either.
    pub(super) fn or(self, other: Values) -> Option<Values> {
        Some(match (self, other) {
            (Values::Addrs(a), Values::Addrs(b)) => {
                let parts = a.parts().iter().chain(b.parts()).copied();
                Values::Addrs(AddrSet::new(a.family(), parts.collect::<Vec<_>>()))
            }
            (Values::Bytes(a), Values::Bytes(b)) => Values::Bytes(a.union(b)),
            (Values::Ports(a), Values::Ports(b)) => Values::Ports(a.union(&b)),
            (Values::Flags(a, b), Values::Flags(c, d)) => Values::Flags(a.union(c), b.union(d)),
            (Values::Names(mut a), Values::Names(b)) => {
                a.extend(b);
                Values::Names(a)
            }
            _ => return None,
        })
    }

    /// All other values.
    pub(super) fn not(self) -> Option<Values> {
        Some(match self {
            Values::Addrs(set) => Values::Addrs(complement(&set)?),
            Values::Bytes(set) => Values::Bytes(set.complement()),
            Values::Ports(set) => Values::Ports(set.complement()),
            Values::Flags(certain, possible) => {
                Values::Flags(FlagSet(!possible.0), FlagSet(!certain.0))
            }
            Values::Bool(yes) => Values::Bool(!yes),
            Values::Names(_) => return None,
        })
    }

    /// Nothing, of the kind a field has.
    pub(super) fn none(field: &Field) -> Option<Values> {
        Some(match field {
            Field::Addr(family, _) => Values::Addrs(AddrSet::none(*family)),
            Field::Port(..) => Values::Ports(PortSet::empty()),
            Field::Protocol(_) | Field::NextHeader | Field::Icmp(..) | Field::Family => {
                Values::Bytes(ByteSet::EMPTY)
            }
            Field::Flags => Values::Flags(FlagSet::EMPTY, FlagSet::EMPTY),
            Field::Iface(_) => Values::Names(Vec::new()),
            _ => return None,
        })
    }
}

/// All addresses outside a set of prefixes, or outside one set with a mask.
fn complement(set: &AddrSet) -> Option<AddrSet> {
    let family = set.family();
    let prefixes: Option<Vec<IpNet>> = set.parts().iter().map(Wildcard::as_prefix).collect();
    if let Some(prefixes) = prefixes {
        let inside = AddrRanges::prefixes(family, &prefixes);
        return Some(AddrRanges::any(family).minus(&inside).to_set());
    }
    let [one] = set.parts() else {
        return None;
    };
    // A fixed bit differs, and all above it agree: disjoint.
    let bits = (0..family.bits()).rev().map(|bit| 1u128 << bit);
    let fixed: Vec<u128> = bits.filter(|bit| one.free() & bit == 0).collect();
    let others = fixed.iter().enumerate().map(|(index, bit)| {
        let below = fixed.iter().skip(index + 1).fold(0, |all, bit| all | bit);
        Wildcard::new(family, one.value() ^ bit, one.free() | below)
    });
    Some(AddrSet::new(family, others.collect::<Vec<_>>()))
}

/// One value of a field: an address, a range `A-B`, a name, a number.
pub(super) fn value(field: &Field, words: &[&str]) -> Option<Values> {
    if *field == Field::Flags {
        let combination = TcpFlags::from_bits(u8::try_from(flag_bits(words)? & 63).ok()?);
        return Some(Values::Flags(
            FlagSet::EMPTY,
            FlagSet::filter(|flags| flags == combination),
        ));
    }
    let &[word] = words else {
        return match words {
            [first, "-", last] => value(field, &[&format!("{first}-{last}")]),
            _ => None,
        };
    };
    match field {
        Field::Addr(family, _) => addresses(*family, word).map(Values::Addrs),
        Field::Port(proto, _) => range(word, |w| port(*proto, w))
            .map(|(first, last)| Values::Ports(PortSet::range(first, last))),
        Field::Protocol(_) | Field::NextHeader => bytes(word, |w| named("protocols", w)),
        Field::Icmp(family, kind) => {
            let table = match (family, kind) {
                (Family::V4, true) => "icmp-types",
                (Family::V4, false) => "icmp-codes",
                (Family::V6, true) => "icmpv6-types",
                (Family::V6, false) => "icmpv6-codes",
            };
            bytes(word, |w| named(table, w))
        }
        Field::Family => family_value(word),
        Field::Iface(_) => Some(Values::Names(vec![word.to_owned()])),
        Field::Fragment | Field::Header => match word {
            "exists" | "1" => Some(Values::Bool(true)),
            "missing" | "0" => Some(Values::Bool(false)),
            _ => None,
        },
        Field::FragmentBits | Field::FragmentOffset | Field::Outside(_) | Field::Flags => None,
    }
}

fn family_value(word: &str) -> Option<Values> {
    let family = match word {
        "ipv4" | "ip" | "2" | "0x0800" | "0x800" => 4,
        "ipv6" | "ip6" | "10" | "0x86dd" => 6,
        _ => return None,
    };
    Some(Values::Bytes(ByteSet::one(family)))
}

fn addresses(family: Family, word: &str) -> Option<AddrSet> {
    let parse = |text: &str| -> Option<IpAddr> {
        let addr: IpAddr = text.parse().ok()?;
        (Family::of(addr) == family).then_some(addr)
    };
    if let Some((net, length)) = word.split_once('/') {
        let net = IpNet::new(parse(net)?, length.parse().ok()?).ok()?;
        return Some(Wildcard::from_prefix(net).into());
    }
    if let Some((first, last)) = word.split_once('-') {
        let (first, last) = (parse(first)?, parse(last)?);
        return (first <= last).then(|| AddrRanges::span(first, last).to_set());
    }
    parse(word).map(|addr| Wildcard::host(addr).into())
}

/// `A` or `A-B`.
fn range<T: Copy + PartialOrd>(word: &str, one: impl Fn(&str) -> Option<T>) -> Option<(T, T)> {
    if let Some(value) = one(word) {
        return Some((value, value));
    }
    let (first, last) = word.split_once('-')?;
    let (first, last) = (one(first)?, one(last)?);
    (first <= last).then_some((first, last))
}

fn bytes(word: &str, one: impl Fn(&str) -> Option<u8>) -> Option<Values> {
    let (first, last) = range(word, |w| number(w).or_else(|| one(w)))?;
    Some(Values::Bytes(ByteSet::of(first..=last)))
}

fn port(proto: Option<u8>, word: &str) -> Option<u16> {
    let table = if proto == Some(UDP) {
        "udp-ports"
    } else {
        "tcp-ports"
    };
    number(word).or_else(|| named(table, word))
}

/// Decimal, or hexadecimal behind `0x`.
pub(super) fn number<T: TryFrom<u64>>(word: &str) -> Option<T> {
    let value = match word.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok()?,
        None => crate::vendor::words::number(word)?,
    };
    T::try_from(value).ok()
}

fn named<T: TryFrom<i64>>(table: &str, name: &str) -> Option<T> {
    T::try_from(FACTS.names.get(table)?.get(name)?.as_integer()?).ok()
}

/// `syn | ack`, `(fin|syn)`, `0x12`: eight bits, ECE and CWR above the six of D6.
pub(super) fn flag_bits(words: &[&str]) -> Option<u32> {
    let mut bits = 0;
    for word in words
        .iter()
        .filter(|w| !matches!(**w, "|" | "," | "(" | ")"))
    {
        bits |= match (TcpFlags::named(word), *word) {
            (Some(flag), _) => u32::from(flag.bits()),
            (None, "ecn") => 64,
            (None, "cwr") => 128,
            (None, other) => number::<u8>(other).map(u32::from)?,
        };
    }
    Some(bits)
}

/// The packets whose field has one of the values.
pub(super) fn conds(field: &Field, values: &Values) -> Option<[Cond; 2]> {
    Some(match (field, values) {
        (Field::Addr(family, src), Values::Addrs(set)) => {
            let any = Match::any(*family);
            let boxed = match src {
                true => Match {
                    src: set.clone(),
                    ..any
                },
                false => Match {
                    dst: set.clone(),
                    ..any
                },
            };
            only(Cond::exact(*family, vec![boxed]))
        }
        (Field::Family, Values::Bytes(set)) => Family::BOTH.map(|family| {
            let digit = if family == Family::V4 { 4 } else { 6 };
            match set.contains(digit) {
                true => Cond::all(family),
                false => Cond::none(family),
            }
        }),
        (Field::Protocol(of), Values::Bytes(set)) => each(*of, |family| protocol(family, *set)),
        (Field::NextHeader, Values::Bytes(set)) => only(next_header(*set)),
        (Field::Port(proto, src), Values::Ports(set)) => Family::BOTH.map(|family| {
            let any = Match::any(family);
            let ports = match src {
                true => Match {
                    sport: set.clone(),
                    ..any
                },
                false => Match {
                    dport: set.clone(),
                    ..any
                },
            };
            match proto {
                Some(proto) => upper(
                    Match {
                        protocol: ByteSet::one(*proto),
                        ..ports
                    },
                    None,
                ),
                None => any_transport(ports),
            }
        }),
        (Field::Flags, Values::Flags(certain, possible)) => Family::BOTH.map(|family| {
            let tcp = Match {
                protocol: ByteSet::one(TCP),
                ..Match::any(family)
            };
            upper(
                Match {
                    flags: *certain,
                    ..tcp.clone()
                },
                Some(Match {
                    flags: *possible,
                    ..tcp
                }),
            )
        }),
        (Field::Icmp(family, kind), Values::Bytes(set)) => {
            let own = if *family == Family::V4 { ICMP } else { ICMPV6 };
            let any = Match {
                protocol: ByteSet::one(own),
                ..Match::any(*family)
            };
            let boxed = match kind {
                true => Match {
                    icmp_type: *set,
                    ..any
                },
                false => Match {
                    icmp_code: *set,
                    ..any
                },
            };
            only(upper(boxed, None))
        }
        (Field::Fragment, Values::Bool(yes)) => {
            let position = if *yes {
                PositionSet(6)
            } else {
                PositionSet::WHOLE
            };
            only(at(Family::V6, position, PositionSet(0)))
        }
        (Field::Header, Values::Bool(yes)) => only(header(*yes)),
        _ => return None,
    })
}

/// The condition for its family, and none for the other.
fn only(cond: Cond) -> [Cond; 2] {
    match cond.family {
        Family::V4 => [cond, Cond::none(Family::V6)],
        Family::V6 => [Cond::none(Family::V4), cond],
    }
}

fn each(of: Option<Family>, make: impl Fn(Family) -> Cond) -> [Cond; 2] {
    Family::BOTH.map(|family| match of {
        Some(one) if one != family => Cond::none(family),
        _ => make(family),
    })
}

/// Certainly and possibly these fragment positions.
pub(super) fn at(family: Family, certain: PositionSet, possible: PositionSet) -> Cond {
    let boxed = |position| Match {
        position,
        ..Match::any(family)
    };
    Cond::exact(family, vec![boxed(certain)]).or_open(
        condition("bits of the fragment offset"),
        vec![boxed(possible)],
    )
}

/// A protocol, found behind extension headers. A later fragment shows it if the Fragment header names it; if extension
/// headers follow there, they are not to be seen and nothing matches. It never matches another protocol.
fn protocol(family: Family, set: ByteSet) -> Cond {
    let boxed = Match {
        protocol: set,
        ..Match::any(family)
    };
    if family == Family::V4 {
        return Cond::exact(family, vec![boxed]);
    }
    let l4 = Match {
        position: PositionSet::L4,
        ..boxed.clone()
    };
    let later = Match {
        position: PositionSet::LATER,
        ext: ExtSet::ABSENT,
        ..boxed.clone()
    };
    let hidden = Match {
        position: PositionSet::LATER,
        ext: ExtSet::PRESENT,
        ..boxed
    };
    Cond::exact(family, vec![l4, later]).or_open(behind_headers(), vec![hidden])
}

fn behind_headers() -> crate::acl::Question {
    condition("headers behind the Fragment header of a later fragment")
}

/// What the first header names: the protocol only if nothing stands in between.
fn next_header(set: ByteSet) -> Cond {
    const FRAGMENT: u8 = 44;
    let plain = Match {
        protocol: set,
        position: PositionSet::WHOLE,
        ext: ExtSet::ABSENT,
        ..Match::any(Family::V6)
    };
    let pieces = Match {
        position: if set.contains(FRAGMENT) {
            PositionSet(6)
        } else {
            PositionSet(0)
        },
        ext: ExtSet::ABSENT,
        ..Match::any(Family::V6)
    };
    let headed = Match {
        ext: ExtSet::PRESENT,
        ..Match::any(Family::V6)
    };
    Cond::exact(Family::V6, vec![plain, pieces])
        .or_open(condition("first IPv6 extension header"), vec![headed])
}

/// A test of upper-layer fields. Without connection tracking the kernel also looks at the bytes at their place in a later
/// fragment, so there it may match whatever it asks for.
fn upper(certain: Match, possible: Option<Match>) -> Cond {
    let family = certain.family;
    let later = Match {
        protocol: certain.protocol,
        position: PositionSet::LATER,
        ..Match::any(family)
    };
    let whole = |boxed: Match| Match {
        position: PositionSet::L4,
        ..boxed
    };
    if certain
        .protocol
        .intersect(ByteSet::of([TCP, UDP, SCTP, Match::icmp_of(family)]))
        != certain.protocol
    {
        // A protocol whose fields are not in the header of D6.
        let boxed = Match {
            protocol: certain.protocol,
            ..Match::any(family)
        };
        return Cond::none(family).or_open(condition("fields of other protocols"), vec![boxed]);
    }
    let cond = Cond::exact(family, vec![whole(certain)])
        .or_open(condition("payload bytes of a later fragment"), vec![later]);
    match possible {
        Some(possible) => cond.or_open(condition("flags ECE and CWR"), vec![whole(possible)]),
        None => cond,
    }
}

/// `th sport`, `th dport`: the bytes at the place of ports, whatever the protocol.
fn any_transport(ports: Match) -> Cond {
    let family = ports.family;
    let l4 = Match {
        protocol: ByteSet::with_ports(),
        position: PositionSet::L4,
        ..ports
    };
    let others = Match {
        protocol: ByteSet::with_ports().complement(),
        ..Match::any(family)
    };
    let later = Match {
        position: PositionSet::LATER,
        ..Match::any(family)
    };
    Cond::exact(family, vec![l4])
        .or_open(condition("payload bytes of a later fragment"), vec![later])
        .or_open(condition("bytes at the place of ports"), vec![others])
}

/// A given extension header other than Fragment is there, or is not.
fn header(exists: bool) -> Cond {
    let boxed = |ext| Match {
        ext,
        ..Match::any(Family::V6)
    };
    let open = vec![boxed(ExtSet::PRESENT)];
    let certain = if exists {
        Vec::new()
    } else {
        vec![boxed(ExtSet::ABSENT)]
    };
    Cond::exact(Family::V6, certain).or_open(condition("which IPv6 extension header"), open)
}
