//! The most readable packet of a set.
//!
//! Wishes are tried in turn, each kept if some packet is left; then the lowest value of each field in printing order, so
//! the choice does not hang on the layout. Martian sources are chosen only if there is no other packet (D33).

use super::dd::{Dd, EMPTY, Id};
use super::encode::joined;
use super::layout::{Field, Layout};
use super::{PacketSet, Space};
use crate::net::proto::{TCP, UDP};
use crate::net::{
    AddrSet, ByteSet, ExtSet, Family, FlagSet, Flow, L4, Match, PortSet, PositionSet, TcpFlags,
    Wildcard,
};
use std::collections::HashSet;

/// What the caller would like to see in a witness, most wanted first.
#[derive(Clone, Debug, Default)]
pub struct Prefer {
    /// Each is kept if some packet of the set is in it.
    pub sets: Vec<PacketSet>,
}

impl Space {
    /// The most readable packet of a set; `None` if it is empty or the space is exhausted.
    #[must_use]
    pub fn witness(&self, set: PacketSet, prefer: &Prefer) -> Option<Flow> {
        if self.is_empty(set) {
            return None;
        }
        let family = self.family();
        let real = self.complement(self.of_matches(&from(family, MARTIAN)));
        let mut left = self.wish(set, real);
        for &sets in &prefer.sets {
            left = self.wish(left, sets);
        }
        for boxes in wishes(family) {
            left = self.wish(left, self.of_matches(&boxes));
        }
        let avoided = self.of_matches(from(family, ODD).iter().chain(&to(family, ODD)));
        left = self.wish(left, self.complement(avoided));
        for place in pleasant(family) {
            left = self.wish(
                left,
                self.of_match(&Match::between(place.clone(), AddrSet::any(family))),
            );
            left = self.wish(
                left,
                self.of_match(&Match::between(AddrSet::any(family), place)),
            );
        }
        if self.exhausted() {
            return None;
        }
        let flow = self.with(|dd, layout| lowest(dd, layout, left.0))?;
        // INVARIANT: reading a packet off a set gives a packet of the set.
        debug_assert!(self.exhausted() || self.contains(set, &flow));
        Some(flow)
    }

    fn wish(&self, set: PacketSet, wish: PacketSet) -> PacketSet {
        let both = self.intersect(set, wish);
        if self.is_empty(both) { set } else { both }
    }
}

/// Loopback, multicast, unspecified (D33), per family.
const MARTIAN: [&[(u128, u32)]; 2] = [
    &[(0x7f00_0000, 8), (0xe000_0000, 4), (0, 32)],
    &[(1, 128), (0xff << 120, 8), (0, 128)],
];
/// What else one does not expect to see routed: this-network, link-local, reserved and broadcast; IPv4-mapped.
const ODD: [&[(u128, u32)]; 2] = [
    &[
        (0, 8),
        (0x7f00_0000, 8),
        (0xa9fe_0000, 16),
        (0xe000_0000, 3),
    ],
    &[(0, 8), (0xfe80 << 112, 10), (0xff << 120, 8)],
];

fn prefix(family: Family, (value, length): (u128, u32)) -> Wildcard {
    Wildcard::new(
        family,
        value,
        family.ones().checked_shr(length).unwrap_or(0),
    )
}

fn places(family: Family, table: [&[(u128, u32)]; 2]) -> AddrSet {
    let list = table[usize::from(family == Family::V6)];
    AddrSet::new(family, list.iter().map(|&entry| prefix(family, entry)))
}

fn from(family: Family, table: [&[(u128, u32)]; 2]) -> [Match; 1] {
    [Match::between(places(family, table), AddrSet::any(family))]
}

fn to(family: Family, table: [&[(u128, u32)]; 2]) -> [Match; 1] {
    [Match::between(AddrSet::any(family), places(family, table))]
}

/// Addresses that look like a site's own.
fn pleasant(family: Family) -> Vec<AddrSet> {
    let list: &[(u128, u32)] = match family {
        Family::V4 => &[(0x0a00_0000, 8), (0xac10_0000, 12), (0xc0a8_0000, 16)],
        Family::V6 => &[(0x2001_0db8 << 96, 32), (0xfd << 120, 8), (0x2 << 124, 3)],
    };
    list.iter()
        .map(|&entry| prefix(family, entry).into())
        .collect()
}

/// Whole packets of well-known protocols, opening a session from an ephemeral port.
fn wishes(family: Family) -> Vec<Vec<Match>> {
    let any = Match::any(family);
    let of = |numbers: &[u8]| Match {
        protocol: ByteSet::of(numbers.iter().copied()),
        ..any.clone()
    };
    let icmp = Match::icmp_of(family);
    let flags = |flags: TcpFlags| Match {
        flags: FlagSet(1 << flags.bits()),
        ..any.clone()
    };
    let ports = |sport: (u16, u16), dport: (u16, u16)| Match {
        sport: PortSet::range(sport.0, sport.1),
        dport: PortSet::range(dport.0, dport.1),
        ..any.clone()
    };
    let (all, real) = ((0, u16::MAX), (1, u16::MAX));
    let echo = Match {
        icmp_type: ByteSet::one(if family == Family::V4 { 8 } else { 128 }),
        ..any.clone()
    };
    let wishes = [
        Match {
            position: PositionSet::WHOLE,
            ..any.clone()
        },
        Match {
            ext: ExtSet::ABSENT,
            ..any.clone()
        },
        of(&[TCP, UDP, icmp]),
        of(&[TCP]),
        of(&[UDP]),
        flags(TcpFlags::SYN),
        flags(TcpFlags::ACK),
        flags(TcpFlags::SYN.with(TcpFlags::ACK)),
        echo,
        Match {
            icmp_code: ByteSet::one(0),
            ..any.clone()
        },
        ports((49152, u16::MAX), all),
        ports((49152, u16::MAX), (443, 443)),
        ports((1, 1023), (49152, u16::MAX)),
        ports((40000, u16::MAX), all),
        ports((1024, u16::MAX), all),
        ports(real, all),
        ports(all, real),
    ];
    wishes.into_iter().map(|wish| vec![wish]).collect()
}

/// Reads a packet off a set: field by field, the chosen value, and only what has it from there on.
fn lowest(dd: &mut Dd, layout: &Layout, mut set: Id) -> Option<Flow> {
    let mut pick = |field: Field| -> u128 {
        let address = matches!(field, Field::Src | Field::Dst);
        layout.levels(field).fold(0, |sum, level| {
            let var = layout.vars()[level as usize];
            let values = values_at(dd, set, level);
            let value = if address && var.shift == 0 {
                host_like(&values)
            } else {
                values[0].0
            };
            let only = dd.choose(level, [(value, value)], super::dd::FULL);
            set = dd.and(set, only);
            sum | u128::from(value) << var.shift
        })
    };
    #[allow(
        clippy::cast_possible_truncation,
        reason = "values of the field's own width"
    )]
    let mut byte = |field| pick(field) as u8;
    let protocol = byte(Field::Protocol);
    let position = PositionSet(1 << byte(Field::Position));
    let ext = layout.family() == Family::V6 && byte(Field::Ext) == 1;
    let (src, dst) = (pick(Field::Src), pick(Field::Dst));
    #[allow(
        clippy::cast_possible_truncation,
        reason = "values of the field's own width"
    )]
    let mut short = |field| pick(field) as u16;
    let (sport, dport) = (short(Field::Sport), short(Field::Dport));
    let [flags, kind, code] = [Field::Flags, Field::IcmpType, Field::IcmpCode].map(&mut short);
    #[allow(
        clippy::cast_possible_truncation,
        reason = "values of the field's own width"
    )]
    let l4 = match protocol {
        _ if position == PositionSet::LATER => L4::None,
        TCP => L4::Tcp {
            sport,
            dport,
            flags: TcpFlags::from_bits(flags as u8),
        },
        number if ByteSet::with_ports().contains(number) => L4::Ports { sport, dport },
        number if number == Match::icmp_of(layout.family()) => L4::Icmp {
            kind: kind as u8,
            code: code as u8,
        },
        _ => L4::None,
    };
    let family = layout.family();
    Flow::new(
        family.addr(src),
        family.addr(dst),
        protocol,
        l4,
        position,
        ext,
    )
    .ok()
}

/// The values of a level that some packet of a non-empty set has; sorted, disjoint.
fn values_at(dd: &Dd, set: Id, level: u32) -> Vec<(u32, u32)> {
    let mut out = Vec::new();
    let mut seen = HashSet::from([set]);
    let mut open = vec![set];
    while let Some(id) = open.pop() {
        if dd.level(id) > level {
            return vec![(0, dd.top(level))];
        }
        let mut low = 0;
        for edge in dd.edges(id) {
            if edge.to != EMPTY {
                if dd.level(id) == level {
                    out.push((low, edge.hi));
                } else if seen.insert(edge.to) {
                    open.push(edge.to);
                }
            }
            low = edge.hi.saturating_add(1);
        }
    }
    joined(out)
}

/// The lowest value that does not end in 0 or 255, as networks and broadcasts do; else the lowest.
fn host_like(values: &[(u32, u32)]) -> u32 {
    let within = |&(low, high): &(u32, u32)| {
        let next = match low & 0xff {
            0 => low.checked_add(1),
            255 => low.checked_add(2),
            _ => Some(low),
        };
        next.filter(|&next| next <= high)
    };
    values.iter().find_map(within).unwrap_or(values[0].0)
}
