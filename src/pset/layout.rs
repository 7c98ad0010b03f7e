//! Fields to levels: which field is tested first, and in chunks of how many bits.
//!
//! Measured on municipal, ISP-like and firewall-like lists: the wrong order of fields costs a factor of 6 to 30, no order
//! is good everywhere, and a sample of some hundred lines ranks the orders as the whole list does. So the order is chosen
//! per job ([`Layout::for_acls`]), from seven that have been best somewhere. Addresses are one level per 32 bits, as an
//! entry is then few nodes, unless a mask has holes: `0.255.255.0` is 65,536 intervals of one 32-bit level but four small
//! nodes of 8-bit levels, since people put holes on octets.

use super::{Space, list};
use crate::acl::{Ace, Acl};
use crate::net::{AddrSet, Family, Wildcard};

/// A field of the header (D6). The order is the one for printing, except that L4 fields must come after `Position`, so
/// that no piece constrains a field that its packets lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Source address.
    Src,
    /// Destination address.
    Dst,
    /// Protocol.
    Protocol,
    /// Whole, first, later.
    Position,
    /// Source port.
    Sport,
    /// Destination port.
    Dport,
    /// TCP flags.
    Flags,
    /// ICMP type.
    IcmpType,
    /// ICMP code.
    IcmpCode,
    /// Extension header (IPv6).
    Ext,
}

use Field::{Dport, Dst, Ext, Flags, IcmpCode, IcmpType, Position, Protocol, Sport, Src};

/// Every field in canonical order.
pub(super) const CANONICAL: [Field; 10] = [
    Src, Dst, Protocol, Position, Sport, Dport, Flags, IcmpType, IcmpCode, Ext,
];

/// The orders tried on a sample; the first wins ties and is taken without a sample. Fields not named follow as in [`TAIL`].
const ORDERS: [[Field; 5]; 7] = [
    [Dst, Protocol, Dport, Src, Sport],
    [Dst, Src, Dport, Sport, Protocol],
    [Src, Dst, Dport, Sport, Protocol],
    [Protocol, Dst, Src, Dport, Sport],
    [Protocol, Src, Dst, Dport, Sport],
    [Protocol, Dport, Sport, Dst, Src],
    [Protocol, Dst, Dport, Src, Sport],
];
const TAIL: [Field; 5] = [Flags, IcmpType, IcmpCode, Position, Ext];

/// Lines of a sample, at most.
const SAMPLE: usize = 500;
/// Below so many lines no sample is taken: the first order is good enough.
const TOO_FEW: usize = 50;
/// Lines of the first, smaller sample, and how many orders go on to the second.
const FIRST: usize = 60;
const FINALISTS: usize = 3;
/// A sample is one line in so many, or more: to choose must not cost more than a poor choice would.
const THIN: usize = 4;
/// Intervals of one wildcard in one level from which on 8-bit chunks are chosen.
const TOO_MANY_INTERVALS: u32 = 16;

/// A node costs as much time as this many edges.
const EDGES_PER_NODE: usize = 8;

/// One level: a chunk of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Var {
    pub(super) field: Field,
    /// Bits of the field below the chunk.
    pub(super) shift: u32,
    /// Greatest value.
    pub(super) top: u32,
}

/// Order of the fields and width of the address chunks, for one family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    family: Family,
    order: Vec<Field>,
    width: u32,
    vars: Vec<Var>,
    /// First level and the one behind the last, by field.
    levels: [(u32, u32); CANONICAL.len()],
}

impl Layout {
    /// Fields in this order (those not named follow), addresses in chunks of `width` bits.
    ///
    /// # Panics
    /// If `width` is not 4, 8, 16 or 32.
    #[must_use]
    pub fn new(family: Family, order: &[Field], width: u32) -> Layout {
        assert!([4, 8, 16, 32].contains(&width), "chunks divide an address");
        let mut fields: Vec<Field> = Vec::with_capacity(CANONICAL.len());
        for &field in order.iter().chain(&TAIL).chain(&CANONICAL) {
            if !fields.contains(&field) && (field != Ext || family == Family::V6) {
                fields.push(field);
            }
        }
        let mut vars = Vec::new();
        let mut levels = [(0, 0); CANONICAL.len()];
        for &field in &fields {
            let start = u32::try_from(vars.len()).unwrap_or(0);
            vars.extend(chunks(field, family, width));
            levels[field as usize] = (start, u32::try_from(vars.len()).unwrap_or(0));
        }
        Layout {
            family,
            order: fields,
            width,
            vars,
            levels,
        }
    }

    /// Fields in printing order.
    #[must_use]
    pub fn canonical(family: Family, width: u32) -> Layout {
        Layout::new(family, &CANONICAL, width)
    }

    /// Without a list to look at.
    #[must_use]
    pub fn usual(family: Family) -> Layout {
        Layout::new(family, &ORDERS[0], 32)
    }

    /// The layout under which a sample of these lists is smallest. Lists of the other family do not count.
    #[must_use]
    pub fn for_acls(family: Family, acls: &[&Acl]) -> Layout {
        let acls: Vec<&Acl> = acls
            .iter()
            .copied()
            .filter(|acl| acl.family == family)
            .collect();
        let width = width_for(&acls);
        let lines: usize = acls.iter().map(|acl| acl.all().len()).sum();
        let all = ORDERS.map(|order| Layout::new(family, &order, width));
        if lines < TOO_FEW {
            let [first, ..] = all;
            return first;
        }
        // The best of the few first: an order that costs more than one before it is soon given up.
        let mut ranked = ranked(&sample(&acls, FIRST), all.to_vec(), false);
        if lines > FIRST {
            ranked.truncate(FINALISTS);
            let most = SAMPLE.min(lines / THIN).max(FIRST);
            ranked = self::ranked(&sample(&acls, most), ranked, true);
        }
        ranked.swap_remove(0)
    }

    /// The family.
    #[must_use]
    pub fn family(&self) -> Family {
        self.family
    }

    /// The fields, first tested first.
    #[must_use]
    pub fn order(&self) -> &[Field] {
        &self.order
    }

    /// Bits of an address chunk.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    pub(super) fn vars(&self) -> &[Var] {
        &self.vars
    }

    /// The levels of a field, first tested first.
    pub(super) fn levels(&self, field: Field) -> std::ops::Range<u32> {
        let (start, end) = self.levels[field as usize];
        start..end
    }
}

fn chunks(field: Field, family: Family, width: u32) -> Vec<Var> {
    let one = |top| {
        vec![Var {
            field,
            shift: 0,
            top,
        }]
    };
    match field {
        Src | Dst => (0..family.bits() / width)
            .rev()
            .map(|chunk| Var {
                field,
                shift: chunk * width,
                top: u32::MAX >> (32 - width),
            })
            .collect(),
        Sport | Dport => one(0xffff),
        Protocol | IcmpType | IcmpCode => one(0xff),
        Flags => one(63),
        Position => one(2),
        Ext => one(1),
    }
}

/// Layouts by what a sample costs under them, the cheapest first; equal ones stay in order. To `prune` is to give up one
/// that costs more than another before it; it comes last.
fn ranked(samples: &[Vec<&Ace>], layouts: Vec<Layout>, prune: bool) -> Vec<Layout> {
    let mut least = usize::MAX;
    let cost = |layout: Layout| {
        let limit = if prune { least } else { usize::MAX };
        let space = Space::with_layout(layout.clone()).with_limit(limit / EDGES_PER_NODE);
        for aces in samples {
            list::build(&space, aces);
        }
        let size = space.size();
        let cost = match space.exhausted() {
            true => usize::MAX,
            false => size.nodes * EDGES_PER_NODE + size.edges,
        };
        least = least.min(cost);
        (cost, layout)
    };
    let mut costs: Vec<(usize, Layout)> = layouts.into_iter().map(cost).collect();
    costs.sort_by_key(|(cost, _)| *cost);
    costs.into_iter().map(|(_, layout)| layout).collect()
}

/// Every so many-th entry of the lists, counted through, in order; about `most` of them.
fn sample<'a>(acls: &[&'a Acl], most: usize) -> Vec<Vec<&'a Ace>> {
    let total: usize = acls.iter().map(|acl| acl.all().len()).sum();
    let stride = total / most + 1;
    let mut count = 0;
    let mut take = |_: &&Ace| {
        count += 1;
        count % stride == 0
    };
    let picked = acls.iter().map(|acl| {
        let n = acl.all().len();
        (0..n)
            .filter_map(|index| acl.ace(index))
            .filter(&mut take)
            .collect::<Vec<_>>()
    });
    picked.filter(|aces| !aces.is_empty()).collect()
}

fn width_for(acls: &[&Acl]) -> u32 {
    let boxes = || {
        acls.iter()
            .flat_map(|acl| acl.all())
            .flat_map(|ace| ace.boxes(true))
    };
    let holes = |set: &AddrSet| set.parts().iter().any(has_holes);
    if boxes().any(|m| holes(&m.src) || holes(&m.dst)) {
        8
    } else {
        32
    }
}

/// Whether a 32-bit chunk of the wildcard would be many intervals.
fn has_holes(wildcard: &Wildcard) -> bool {
    (0..wildcard.family().bits() / 32).any(|chunk| {
        #[allow(clippy::cast_possible_truncation, reason = "one chunk is wanted")]
        let free = (wildcard.free() >> (chunk * 32)) as u32;
        let scattered = free.count_ones() - free.trailing_ones();
        scattered > TOO_MANY_INTERVALS.ilog2()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acl::{AclState, Action};
    use crate::net::{Match, PortSet};

    fn list(boxes: impl Iterator<Item = Match>) -> Acl {
        Acl {
            name: "T".to_owned(),
            family: Family::V4,
            state: AclState::Defined,
            entries: boxes
                .map(|m| Ace::implicit(Action::Permit, vec![m.tidy()], ""))
                .collect(),
            tail: vec![Ace::implicit(
                Action::Deny,
                vec![Match::any(Family::V4)],
                "",
            )],
            line: None,
        }
    }

    #[test]
    fn masks_with_holes_get_narrow_chunks_and_others_do_not() {
        let width = |free: u128| {
            let wildcard = Wildcard::new(Family::V4, 0x0a00_0000, free);
            let acl = list([Match::pair(wildcard, wildcard)].into_iter());
            Layout::for_acls(Family::V4, &[&acl]).width()
        };
        assert_eq!(
            [width(0), width(0xff), width(0xffff_ffff), width(0x0300)],
            [32; 4]
        );
        assert_eq!([width(0xff00), width(0x00ff_ff00), width(0xfe)], [8; 3]);
    }

    /// Each source with ports of its own: sources first makes a node per source, ports first one per pair of both.
    #[test]
    fn the_order_follows_the_lines() {
        let boxes = (0..200u16).map(|number| Match {
            dport: PortSet::range(number, 1000 + number),
            ..Match::pair(
                Wildcard::new(Family::V4, 0x0a00_0000 + u128::from(number), 0),
                Wildcard::any(Family::V4),
            )
        });
        let acl = list(boxes);
        let layout = Layout::for_acls(Family::V4, &[&acl]);
        let place = |field| layout.order().iter().position(|other| *other == field);
        assert!(place(Src) < place(Dport), "{:?}", layout.order());
        assert_eq!(layout, Layout::for_acls(Family::V4, &[&acl]));
    }
}
