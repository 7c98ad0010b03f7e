//! Boxes and packets to diagrams.
//!
//! A box is built from the last field up: each field's values lead to what has been built for the fields below it, so a
//! box is one node per constrained field. Constraints are tidied first ([`Match::tidy`]): a set never constrains a field
//! that its packets lack, hence equality of sets is equality of packets (D6).

use super::dd::{Dd, EMPTY, FULL, Id};
use super::layout::{Field, Layout, Var};
use crate::acl::{Ace, Action};
use crate::net::addr::bits_of;
use crate::net::{AddrSet, ByteSet, FlagSet, Flow, L4, Match, PortSet, Wildcard};

/// One wildcard may become this many intervals of a level, no more; beyond that the space counts as exhausted.
const MOST_INTERVALS: u32 = 1 << 16;

/// A box that leads to `inner`.
pub(super) fn of_match(dd: &mut Dd, layout: &Layout, m: &Match, inner: Id) -> Id {
    if m.family != layout.family() || m.is_empty() {
        return EMPTY;
    }
    let (protocol, position, ext) = m.scope();
    let (position, ext) = (position.0 & 7, ext.0 & 3);
    if protocol.is_empty() || position == 0 || ext == 0 {
        return EMPTY;
    }
    let mut below = inner;
    for &field in layout.order().iter().rev() {
        let levels = layout.levels(field);
        let level = levels.start;
        below = match field {
            Field::Src => of_addrs(dd, layout, levels, &m.src, below),
            Field::Dst => of_addrs(dd, layout, levels, &m.dst, below),
            Field::Protocol => of_bytes(dd, level, protocol, below),
            Field::IcmpType => of_bytes(dd, level, m.icmp_type, below),
            Field::IcmpCode => of_bytes(dd, level, m.icmp_code, below),
            Field::Sport => of_ports(dd, level, &m.sport, below),
            Field::Dport => of_ports(dd, level, &m.dport, below),
            Field::Flags if m.flags == FlagSet::FULL => below,
            Field::Flags => dd.choose(level, bits(m.flags.0), below),
            Field::Position => dd.choose(level, bits(position.into()), below),
            Field::Ext => dd.choose(level, bits(ext.into()), below),
        };
    }
    below
}

fn of_bytes(dd: &mut Dd, level: u32, set: ByteSet, below: Id) -> Id {
    if set.is_full() {
        return below;
    }
    // Runs that meet at a word's edge become one edge of the node by themselves.
    let words = [0, 64, 128, 192].into_iter().zip(set.words());
    let runs =
        words.flat_map(|(base, word)| bits(word).map(move |(low, high)| (base + low, base + high)));
    dd.choose(level, runs, below)
}

fn of_ports(dd: &mut Dd, level: u32, set: &PortSet, below: Id) -> Id {
    if set.is_full() {
        return below;
    }
    dd.choose(
        level,
        set.ranges()
            .iter()
            .map(|&(low, high)| (low.into(), high.into())),
        below,
    )
}

/// Boxes of one entry, each leading to `inner`.
pub(super) fn of_boxes<'a>(
    dd: &mut Dd,
    layout: &Layout,
    boxes: impl Iterator<Item = &'a Match>,
    inner: Id,
) -> Id {
    let sets: Vec<Id> = boxes.map(|m| of_match(dd, layout, m, inner)).collect();
    first_of(dd, &sets)
}

/// The boxes of C, or of P, leading to `inner`. An unread entry has no certain match (D10): all it has is possible.
pub(super) fn of_ace(dd: &mut Dd, layout: &Layout, ace: &Ace, possible: bool, inner: Id) -> Id {
    if ace.action == Action::Unread && !possible {
        return EMPTY;
    }
    of_boxes(dd, layout, ace.boxes(possible), inner)
}

/// Each packet goes where the first of the diagrams that has it sends it. A balanced tree: one by one, every step would
/// copy the wide top node of all that went before (measured: 20 times slower, 15 times the memory).
pub(super) fn first_of(dd: &mut Dd, pieces: &[Id]) -> Id {
    match pieces {
        [] => EMPTY,
        [one] => *one,
        _ => {
            let (left, right) = pieces.split_at(pieces.len() / 2);
            let (left, right) = (first_of(dd, left), first_of(dd, right));
            dd.over(left, right)
        }
    }
}

/// One packet; fields it lacks stay free.
pub(super) fn of_flow(dd: &mut Dd, layout: &Layout, flow: &Flow) -> Id {
    if flow.family() != layout.family() {
        return EMPTY;
    }
    let levels = (0u32..).zip(layout.vars()).collect::<Vec<_>>();
    levels
        .into_iter()
        .rev()
        .fold(FULL, |below, (level, var)| match value(flow, *var) {
            Some(value) => dd.choose(level, [(value, value)], below),
            None => below,
        })
}

/// Whether a packet is in a set.
pub(super) fn contains(dd: &Dd, layout: &Layout, mut id: Id, flow: &Flow) -> bool {
    if flow.family() != layout.family() {
        return false;
    }
    while id > FULL {
        let var = layout.vars()[dd.level(id) as usize];
        // A set is constant along a field that the packet lacks, so any value will do.
        id = dd.follow(id, value(flow, var).unwrap_or(0));
    }
    id == FULL
}

/// What a packet has at a level; `None` if it lacks the field.
fn value(flow: &Flow, var: Var) -> Option<u32> {
    let chunk = |bits: u128| {
        #[allow(clippy::cast_possible_truncation, reason = "masked to one chunk")]
        let chunk = (bits >> var.shift & u128::from(var.top)) as u32;
        chunk
    };
    match (var.field, flow.l4()) {
        (Field::Src, _) => Some(chunk(bits_of(flow.src()))),
        (Field::Dst, _) => Some(chunk(bits_of(flow.dst()))),
        (Field::Protocol, _) => Some(flow.protocol().into()),
        (Field::Position, _) => Some(flow.position().0.trailing_zeros()),
        (Field::Ext, _) => Some(flow.ext().into()),
        (Field::Sport, L4::Tcp { sport, .. } | L4::Ports { sport, .. }) => Some(sport.into()),
        (Field::Dport, L4::Tcp { dport, .. } | L4::Ports { dport, .. }) => Some(dport.into()),
        (Field::Flags, L4::Tcp { flags, .. }) => Some(flags.bits().into()),
        (Field::IcmpType, L4::Icmp { kind, .. }) => Some(kind.into()),
        (Field::IcmpCode, L4::Icmp { code, .. }) => Some(code.into()),
        _ => None,
    }
}

fn of_addrs(
    dd: &mut Dd,
    layout: &Layout,
    levels: std::ops::Range<u32>,
    set: &AddrSet,
    below: Id,
) -> Id {
    if set.is_any() {
        return below;
    }
    if let ([part], 1) = (set.parts(), levels.len())
        && part.as_prefix().is_some()
    {
        let (low, free) = (part.value(), part.free());
        #[allow(
            clippy::cast_possible_truncation,
            reason = "one level holds the whole address"
        )]
        let range = (low as u32, (low | free) as u32);
        return dd.choose(levels.start, [range], below);
    }
    if levels.len() == 1 {
        let mut ranges = Vec::new();
        for part in set.parts() {
            intervals(dd, layout.vars()[levels.start as usize], part, &mut ranges);
        }
        return dd.choose(levels.start, joined(ranges), below);
    }
    let chains: Vec<Id> = set
        .parts()
        .iter()
        .map(|part| {
            levels.clone().rev().fold(below, |below, level| {
                let mut ranges = Vec::new();
                intervals(dd, layout.vars()[level as usize], part, &mut ranges);
                dd.choose(level, ranges, below)
            })
        })
        .collect();
    first_of(dd, &chains)
}

/// The values of one chunk of a wildcard, as sorted intervals.
fn intervals(dd: &mut Dd, var: Var, wildcard: &Wildcard, out: &mut Vec<(u32, u32)>) {
    let chunk = |bits: u128| {
        #[allow(clippy::cast_possible_truncation, reason = "masked to one chunk")]
        let chunk = (bits >> var.shift & u128::from(var.top)) as u32;
        chunk
    };
    let (value, free) = (chunk(wildcard.value()), chunk(wildcard.free()));
    let low = low_ones(free);
    let scattered = free & !low;
    if scattered.count_ones() > MOST_INTERVALS.ilog2() {
        dd.exhaust();
        return;
    }
    // Counts through the subsets of the scattered bits in rising order.
    let mut subset = 0u32;
    loop {
        out.push((value | subset, value | subset | low));
        subset = subset.wrapping_sub(scattered) & scattered;
        if subset == 0 {
            return;
        }
    }
}

/// The run of 1-bits at the bottom.
fn low_ones(free: u32) -> u32 {
    match free.trailing_ones() {
        32 => u32::MAX,
        count => (1 << count) - 1,
    }
}

/// Sorted, disjoint, non-adjacent.
pub(super) fn joined(mut ranges: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    ranges.sort_unstable();
    let mut out: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
    for (low, high) in ranges {
        match out.last_mut() {
            Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
            _ => out.push((low, high)),
        }
    }
    out
}

/// The 1-bits of a mask as intervals.
fn bits(mut mask: u64) -> impl Iterator<Item = (u32, u32)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        if mask == 0 {
            return None;
        }
        let skip = mask.trailing_zeros();
        let run = (mask >> skip).trailing_ones();
        let low = at + skip;
        at = low + run;
        mask = mask.checked_shr(skip + run).unwrap_or(0);
        Some((low, at - 1))
    })
}
