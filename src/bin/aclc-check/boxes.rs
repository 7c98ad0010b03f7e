//! Boxes of headers: a set of values per field, all fields independent.
//!
//! Fields that a packet does not have (a port of an ICMP message) may hold anything: every box the certificate gives that
//! tests a field also asks for the protocol and position that have it, so it holds all or none of such a packet.

use crate::set::Set;
use serde::Deserialize;
use std::collections::BTreeSet;

/// IPv4 or IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) enum Family {
    #[serde(rename = "4")]
    V4,
    #[serde(rename = "6")]
    V6,
}

/// The fields, by their place in a box, with their largest values; addresses as their family has them.
pub(crate) const FIELDS: [(&str, u128); 10] = [
    ("src", 0),
    ("dst", 0),
    ("protocol", 255),
    ("sport", 65_535),
    ("dport", 65_535),
    ("flags", 63),
    ("icmp_type", 255),
    ("icmp_code", 255),
    // 0 whole, 1 first fragment, 2 later fragment
    ("position", 2),
    // 0 without, 1 with an extension header other than Fragment; always 0 in IPv4
    ("ext", 1),
];
pub(crate) const SRC: usize = 0;
pub(crate) const DST: usize = 1;
pub(crate) const PROTOCOL: usize = 2;
pub(crate) const DPORT: usize = 4;
pub(crate) const POSITION: usize = 8;

impl Family {
    pub(crate) const BOTH: [Family; 2] = [Family::V4, Family::V6];

    /// The largest value of a field.
    pub(crate) fn last(self, field: usize) -> u128 {
        match (field, self) {
            (SRC | DST, Family::V4) => u128::from(u32::MAX),
            (SRC | DST, Family::V6) => u128::MAX,
            (9, Family::V4) => 0,
            _ => FIELDS[field].1,
        }
    }
}

/// A box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Box(pub(crate) [Set; 10]);

impl Box {
    /// Every packet of a family.
    pub(crate) fn any(family: Family) -> Box {
        Box(std::array::from_fn(|field| Set::upto(family.last(field))))
    }

    /// The same with another set in one field.
    pub(crate) fn with(mut self, field: usize, set: Set) -> Box {
        self.0[field] = set;
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().any(Set::is_empty)
    }

    /// A box that tests a field asks for packets that have it, or it would hold half of a packet.
    pub(crate) fn is_tidy(&self, family: Family) -> bool {
        let free = |field: usize| self.0[field] == Set::upto(family.last(field));
        let asks = |protocols: &[u128]| {
            let set = Set::of(protocols.iter().map(|&p| (p, p)).collect());
            self.0[2].is_subset(&set) && !self.0[8].contains(2)
        };
        let icmp = if family == Family::V4 { 1 } else { 58 };
        ((free(3) && free(4)) || asks(&[6, 17, 132]))
            && (free(5) || asks(&[6]))
            && ((free(6) && free(7)) || asks(&[icmp]))
    }

    fn meets(&self, other: &Box) -> bool {
        self.0.iter().zip(&other.0).all(|(a, b)| a.meets(b))
    }

    fn and(&self, other: &Box) -> Box {
        Box(std::array::from_fn(|field| {
            self.0[field].and(&other.0[field])
        }))
    }

    /// The packets outside another box: field by field, what sticks out there, with the fields before it inside.
    fn minus(&self, other: &Box, out: &mut Vec<Box>) {
        if !self.meets(other) {
            out.push(self.clone());
            return;
        }
        let mut rest = self.clone();
        for field in 0..FIELDS.len() {
            let outside = rest.0[field].minus(&other.0[field]);
            if !outside.is_empty() {
                out.push(rest.clone().with(field, outside));
            }
            rest.0[field] = rest.0[field].and(&other.0[field]);
        }
    }
}

/// A union of boxes, which may overlap.
pub(crate) type Boxes = Vec<Box>;

/// Packets of both.
pub(crate) fn and(a: &[Box], b: &[Box]) -> Boxes {
    let pairs = a.iter().flat_map(|a| b.iter().map(move |b| (a, b)));
    pairs
        .filter(|(a, b)| a.meets(b))
        .map(|(a, b)| a.and(b))
        .collect()
}

/// Packets of `a` that are not in `b`.
pub(crate) fn minus(a: &[Box], b: &[Box]) -> Boxes {
    let mut left: Boxes = a.iter().filter(|a| !a.is_empty()).cloned().collect();
    for cut in b {
        if left.is_empty() {
            break;
        }
        let mut next = Vec::with_capacity(left.len());
        left.iter().for_each(|one| one.minus(cut, &mut next));
        left = next;
    }
    left
}

/// A packet of `a` that is not in `b`, if there is one.
pub(crate) fn outside(a: &[Box], b: &[Box]) -> Option<Box> {
    // Box by box: what one leaves must not grow with what the others leave.
    a.iter()
        .find_map(|one| minus(std::slice::from_ref(one), b).pop())
}

/// Whether the two have a packet in common.
pub(crate) fn meet(a: &[Box], b: &[Box]) -> bool {
    a.iter()
        .any(|a| b.iter().any(|b| !a.is_empty() && a.meets(b)))
}

/// The box of some values of one field.
pub(crate) fn only(family: Family, field: usize, set: &Set) -> Boxes {
    vec![Box::any(family).with(field, set.clone())]
}

/// Whether boxes that share no packet hold all packets together: then they have as many points as there are. Addresses are
/// counted by the ranges between those that some box names, or no number would be large enough.
pub(crate) fn cover(family: Family, boxes: &[Box]) -> bool {
    let ends = |field: usize| -> Vec<u128> {
        let ranges = boxes.iter().flat_map(|one| one.0[field].ranges());
        let ends = ranges.flat_map(|&(low, high)| [Some(low), high.checked_add(1)]);
        let ends: BTreeSet<u128> = ends.flatten().chain([0]).collect();
        ends.into_iter().collect()
    };
    let ends = [ends(SRC), ends(DST)];
    let size = |one: &Box| -> Option<u128> {
        let each = one.0.iter().enumerate().map(|(field, set)| {
            let ranges = set.ranges().iter();
            let count = |&(low, high): &(u128, u128)| match ends.get(field) {
                None => high - low + 1,
                Some(ends) => {
                    let before = |value| ends.partition_point(|&end| end <= value) as u128;
                    before(high) - before(low) + 1
                }
            };
            ranges.map(count).sum()
        });
        each.into_iter()
            .try_fold(1u128, |all, count: u128| all.checked_mul(count))
    };
    let sizes = boxes.iter().map(size);
    let sum = sizes
        .into_iter()
        .try_fold(0u128, |sum, size| sum.checked_add(size?));
    sum.is_some() && sum == size(&Box::any(family))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A box of two fields with two bits each.
    fn small(sport: u32, dport: u32) -> Box {
        let set = |mask: u32| {
            Set::of(
                (0..2)
                    .filter(|bit| mask >> bit & 1 == 1)
                    .map(|bit| (bit, bit))
                    .collect(),
            )
        };
        Box::any(Family::V4).with(3, set(sport)).with(4, set(dport))
    }

    fn points(boxes: &[Box]) -> u32 {
        let all = (0..2).flat_map(|s| (0..2).map(move |d| (s, d)));
        let inside = |s, d| {
            boxes
                .iter()
                .any(|b| b.0[3].contains(s) && b.0[4].contains(d))
        };
        all.fold(0, |mask, (s, d)| mask << 1 | u32::from(inside(s, d)))
    }

    #[test]
    fn difference_and_overlap_of_all_small_boxes() {
        for a in 0..16 {
            for b in 0..16 {
                let (x, y) = (small(a & 3, a >> 2), small(b & 3, b >> 2));
                let (p, q) = (
                    points(std::slice::from_ref(&x)),
                    points(std::slice::from_ref(&y)),
                );
                assert_eq!(
                    points(&minus(std::slice::from_ref(&x), std::slice::from_ref(&y))),
                    p & !q
                );
                assert_eq!(
                    points(&and(std::slice::from_ref(&x), std::slice::from_ref(&y))),
                    p & q
                );
                assert_eq!(
                    outside(std::slice::from_ref(&x), std::slice::from_ref(&y)).is_none(),
                    p & !q == 0
                );
                assert_eq!(meet(&[x], &[y]), p & q != 0);
            }
        }
    }
    #[test]
    fn boxes_cover_all_only_together() {
        for family in Family::BOTH {
            let half = |field: usize, low: u128, high: u128| {
                Box::any(family).with(field, Set::of(vec![(low, high)]))
            };
            for field in 0..9 {
                let last = family.last(field);
                let (a, b) = (half(field, 0, last / 2), half(field, last / 2 + 1, last));
                assert!(cover(family, &[a.clone(), b.clone()]));
                assert!(!cover(family, std::slice::from_ref(&a)));
                assert!(last < 3 || !cover(family, &[a.clone(), half(field, last, last)]));
                // Cut in another field as well, and one point of that missing.
                let other = (field + 1) % 9;
                let most = family.last(other);
                let one = Set::one(most);
                let rest = b.clone().with(other, Set::upto(most - 1));
                let corner = b.clone().with(other, one);
                assert!(cover(family, &[a.clone(), rest.clone(), corner]));
                assert!(!cover(family, &[a, rest]));
            }
            assert!(!cover(family, &[]));
        }
    }
}
