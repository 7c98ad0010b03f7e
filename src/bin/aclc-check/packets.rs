//! Sets of packets: a [`Set`] of integers per header field is a [`Box`], and boxes together are any set of packets.
//!
//! A packet is a point: its fields as integers, a field that it does not have (a port of an ICMP message) as 0. All that is
//! shown here holds point by point, so it does no harm that a box holds points that are no packets.

use crate::Reject;
use ipnet::IpNet;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Integers as sorted, disjoint, inclusive ranges.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Set(Vec<(u128, u128)>);

impl Set {
    /// All of `0..=last`.
    pub(crate) fn upto(last: u128) -> Set {
        Set(vec![(0, last)])
    }

    /// A union of ranges in any order.
    pub(crate) fn of(ranges: impl IntoIterator<Item = (u128, u128)>) -> Set {
        let mut ranges: Vec<(u128, u128)> = ranges.into_iter().collect();
        ranges.sort_unstable();
        let mut out: Vec<(u128, u128)> = Vec::new();
        for (low, high) in ranges {
            match out.last_mut() {
                Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
                _ => out.push((low, high)),
            }
        }
        Set(out)
    }

    /// Single values.
    pub(crate) fn each(values: impl IntoIterator<Item = u128>) -> Set {
        Set::of(values.into_iter().map(|value| (value, value)))
    }

    pub(crate) fn ranges(&self) -> &[(u128, u128)] {
        &self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn contains(&self, value: u128) -> bool {
        self.meets(&Set(vec![(value, value)]))
    }

    /// The ranges that share a value with a range.
    fn near(&self, (low, high): (u128, u128)) -> impl Iterator<Item = &(u128, u128)> {
        let first = self.0.partition_point(|&(_, top)| top < low);
        self.0[first..].iter().take_while(move |one| one.0 <= high)
    }

    /// Whether the two share a value.
    pub(crate) fn meets(&self, other: &Set) -> bool {
        self.0.iter().any(|one| other.near(*one).next().is_some())
    }

    pub(crate) fn and(&self, other: &Set) -> Set {
        let part = |one: &(u128, u128), two: &(u128, u128)| (one.0.max(two.0), one.1.min(two.1));
        let each = self.0.iter();
        Set(each
            .flat_map(|one| other.near(*one).map(move |two| part(one, two)))
            .collect())
    }

    pub(crate) fn or(&self, other: &Set) -> Set {
        Set::of(self.0.iter().chain(&other.0).copied())
    }

    /// Every other value of 128 bits.
    fn not(&self) -> Set {
        let (mut out, mut next) = (Vec::new(), Some(0));
        for &(low, high) in &self.0 {
            out.extend(next.filter(|&next| next < low).map(|next| (next, low - 1)));
            next = high.checked_add(1);
        }
        out.extend(next.map(|next| (next, u128::MAX)));
        Set(out)
    }

    pub(crate) fn minus(&self, other: &Set) -> Set {
        self.and(&other.not())
    }

    pub(crate) fn is_subset(&self, other: &Set) -> bool {
        self.minus(other).is_empty()
    }
}

/// An address, alone or with its length.
pub(crate) fn net(text: &str) -> Option<IpNet> {
    let host = || text.parse::<IpAddr>().map(IpNet::from).ok();
    text.parse().ok().or_else(host)
}

/// An address as an integer.
pub(crate) fn bits(addr: IpAddr) -> u128 {
    match addr {
        IpAddr::V4(addr) => addr.to_bits().into(),
        IpAddr::V6(addr) => addr.to_bits(),
    }
}

/// The first and the last address of a prefix.
pub(crate) fn ends(net: &IpNet) -> (u128, u128) {
    (bits(net.network()), bits(net.broadcast()))
}

/// `10.0.0.0/8,10.1.0.1-10.1.0.9` or `80,8000-8010`.
impl TryFrom<String> for Set {
    type Error = Reject;
    fn try_from(text: String) -> Result<Set, Reject> {
        let one = |word: &str| {
            let number = word.parse::<u32>().map(|n| (n.into(), n.into())).ok();
            number.or_else(|| net(word).as_ref().map(ends))
        };
        let range = |part: &str| {
            let (low, high) = part.split_once('-').unwrap_or((part, part));
            let both = one(low).zip(one(high)).map(|(low, high)| (low.0, high.1));
            let both = both.filter(|(low, high)| low <= high);
            both.ok_or_else(|| format!("`{part}` is no value"))
        };
        let parts = text.split(',').filter(|_| !text.is_empty());
        Ok(Set::of(parts.map(range).collect::<Result<Vec<_>, _>>()?))
    }
}

/// IPv4 or IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) enum Family {
    #[serde(rename = "4")]
    V4,
    #[serde(rename = "6")]
    V6,
}

impl Family {
    pub(crate) const BOTH: [Family; 2] = [Family::V4, Family::V6];

    pub(crate) fn of(net: &IpNet) -> Family {
        Family::BOTH[usize::from(net.addr().is_ipv6())]
    }

    /// Every packet of the family.
    pub(crate) fn all(self) -> Box {
        let addrs = Set::upto(u32::MAX.into());
        match self {
            Family::V4 => Box::any()
                .with(SRC, addrs.clone())
                .with(DST, addrs)
                .with(EXT, Set::upto(0)),
            Family::V6 => Box::any(),
        }
    }
}

/// The fields, by their place in a box, with their largest values.
const FIELDS: [(&str, u128); 10] = [
    ("src", u128::MAX),
    ("dst", u128::MAX),
    ("protocol", 255),
    ("sport", 65_535),
    ("dport", 65_535),
    ("flags", 63),
    ("icmp_type", 255),
    ("icmp_code", 255),
    // 0 whole, 1 first fragment, 2 later fragment
    ("position", 2),
    // 0 without, 1 with an extension header other than Fragment
    ("ext", 1),
];
pub(crate) const SRC: usize = 0;
pub(crate) const DST: usize = 1;
pub(crate) const PROTOCOL: usize = 2;
pub(crate) const DPORT: usize = 4;
pub(crate) const FLAGS: usize = 5;
pub(crate) const ICMP_TYPE: usize = 6;
pub(crate) const POSITION: usize = 8;
const EXT: usize = 9;

/// Packets with some values per field, all fields independent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "BTreeMap<String, Set>")]
pub(crate) struct Box([Set; 10]);

/// A union of boxes, which may overlap.
pub(crate) type Boxes = Vec<Box>;

/// Fields that are free are left out. A box that tests a field asks for packets that have it, so that who reads it is not misled.
impl TryFrom<BTreeMap<String, Set>> for Box {
    type Error = Reject;
    fn try_from(fields: BTreeMap<String, Set>) -> Result<Box, Reject> {
        let mut out = Box::any();
        for (name, set) in fields {
            let known = FIELDS.iter().position(|field| field.0 == name);
            let field = known.filter(|&field| set.is_subset(&Set::upto(FIELDS[field].1)));
            out.0[field.ok_or_else(|| format!("no such values of a field `{name}`"))?] = set;
        }
        let asks = |fields: &[usize], protocols: &[u128]| {
            let free = |&field: &usize| out.0[field] == Set::upto(FIELDS[field].1);
            let tested = out.0[PROTOCOL].is_subset(&Set::each(protocols.iter().copied()));
            fields.iter().all(free) || tested && !out.0[POSITION].contains(2)
        };
        match asks(&[3, DPORT], &[6, 17, 132])
            && asks(&[FLAGS], &[6])
            && asks(&[ICMP_TYPE, 7], &[1, 58])
        {
            true => Ok(out),
            false => Err("a box tests a field that its packets do not have".to_owned()),
        }
    }
}

impl Box {
    /// Everything.
    pub(crate) fn any() -> Box {
        Box(FIELDS.map(|(_, last)| Set::upto(last)))
    }

    /// The same with another set in one field.
    pub(crate) fn with(mut self, field: usize, set: Set) -> Box {
        self.0[field] = set;
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().any(Set::is_empty)
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
    fn minus(&self, other: &Box, out: &mut Boxes) {
        if !self.meets(other) {
            return out.push(self.clone());
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

/// All packets with some values of a field.
pub(crate) fn with(field: usize, set: Set) -> Boxes {
    vec![Box::any().with(field, set)]
}

/// Packets of both.
pub(crate) fn and(a: &[Box], b: &[Box]) -> Boxes {
    let pairs = a.iter().flat_map(|a| b.iter().map(move |b| (a, b)));
    let meeting = pairs.filter(|(a, b)| a.meets(b));
    meeting.map(|(a, b)| a.and(b)).collect()
}

/// Packets of `a` that are not in `b`.
pub(crate) fn minus(a: &[Box], b: &[Box]) -> Boxes {
    let mut left: Boxes = a.iter().filter(|a| !a.is_empty()).cloned().collect();
    for cut in b {
        let mut next = Vec::with_capacity(left.len());
        left.iter().for_each(|one| one.minus(cut, &mut next));
        left = next;
    }
    left
}

/// A packet of `a` that is not in `b`, if there is one. Box by box: what one leaves must not grow with what others leave.
pub(crate) fn outside(a: &[Box], b: &[Box]) -> Option<Box> {
    let mut each = a.iter();
    each.find_map(|one| minus(std::slice::from_ref(one), b).pop())
}

/// Whether the two have a packet in common.
pub(crate) fn meet(a: &[Box], b: &[Box]) -> bool {
    let mut some = a.iter().filter(|a| !a.is_empty());
    some.any(|a| b.iter().any(|b| a.meets(b)))
}

/// Whether boxes that share no packet hold all packets of a box together: then they have as many points as it has. Points are
/// counted by the ranges between those that some box names, or no number would be large enough.
pub(crate) fn cover(all: &Box, boxes: &[Box]) -> bool {
    let inside: Boxes = boxes.iter().map(|one| one.and(all)).collect();
    let ends: [Vec<u128>; 10] = std::array::from_fn(|field| {
        let ranges = inside.iter().chain([all]).flat_map(|one| &one.0[field].0);
        let ends = ranges.flat_map(|&(low, high)| [Some(low), high.checked_add(1)]);
        ends.flatten()
            .collect::<BTreeSet<u128>>()
            .into_iter()
            .collect()
    });
    let size = |one: &Box| {
        let mut fields = one.0.iter().zip(&ends);
        fields.try_fold(1u128, |product, (set, ends)| {
            let before = |value| ends.partition_point(|&end| end <= value) as u128;
            let counts = set
                .0
                .iter()
                .map(|&(low, high)| before(high) - before(low) + 1);
            product.checked_mul(counts.sum())
        })
    };
    let mut sizes = inside.iter().map(size);
    let sum = sizes.try_fold(0u128, |sum, size| sum.checked_add(size?));
    sum.is_some() && sum == size(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(mask: u128) -> Set {
        Set::each((0..6).filter(|bit| mask >> bit & 1 == 1))
    }

    #[test]
    fn sets_of_six_values_agree_with_bit_masks() {
        for a in 0..64 {
            for b in 0..64 {
                assert_eq!(set(a).and(&set(b)), set(a & b));
                assert_eq!(set(a).or(&set(b)), set(a | b));
                assert_eq!(set(a).minus(&set(b)), set(a & !b));
                assert_eq!(set(a).meets(&set(b)), a & b != 0);
                assert_eq!(set(a).is_subset(&set(b)), a & !b == 0);
            }
            assert!((0..6).all(|bit| set(a).contains(bit) == (a >> bit & 1 == 1)));
        }
    }

    #[test]
    fn the_ends_of_the_range_are_no_exception() {
        let all = Set::upto(u128::MAX);
        assert!(all.minus(&all).is_empty());
        let top = Set::each([u128::MAX]);
        assert_eq!(all.minus(&top), Set::upto(u128::MAX - 1));
        assert!(top.minus(&Set::upto(u128::MAX - 1)) == top && all.contains(u128::MAX));
    }

    #[test]
    fn values_are_read_as_they_are_written() {
        let read = |text: &str| Set::try_from(text.to_owned());
        assert_eq!(
            read("80,8000-8010").unwrap(),
            Set::of([(80, 80), (8000, 8010)])
        );
        assert_eq!(
            read("10.0.0.0/30").unwrap(),
            Set::of([(0x0a00_0000, 0x0a00_0003)])
        );
        assert_eq!(read("::1-::3,::2").unwrap(), Set::of([(1, 3)]));
        assert!(read("").unwrap().is_empty());
        for wrong in ["9-8", "a", "1,", "10.0.0.0/33", "-1", "1-2-3"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        let read = |text: &str| serde_json::from_str::<Box>(text);
        let tcp = read(r#"{"protocol": "6", "dport": "80", "position": "0-1"}"#).unwrap();
        assert_eq!(tcp.0[DPORT], Set::each([80]));
        for wrong in [
            r#"{"dport": "80"}"#,
            r#"{"protocol": "6", "dport": "80"}"#,
            r#"{"protocol": "17", "flags": "2", "position": "0"}"#,
            r#"{"protocol": "6", "icmp_code": "2", "position": "0"}"#,
            r#"{"protocol": "256"}"#,
            r#"{"color": "1"}"#,
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    /// A box of two fields with two bits each.
    fn small(sport: u32, dport: u32) -> Box {
        let set = |mask: u32| Set::each((0..2).filter(|bit| mask >> bit & 1 == 1));
        Box::any().with(3, set(sport)).with(4, set(dport))
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
                let (x, y) = ([small(a & 3, a >> 2)], [small(b & 3, b >> 2)]);
                let (p, q) = (points(&x), points(&y));
                assert_eq!(points(&minus(&x, &y)), p & !q);
                assert_eq!(points(&and(&x, &y)), p & q);
                assert_eq!(outside(&x, &y).is_none(), p & !q == 0);
                assert_eq!(meet(&x, &y), p & q != 0);
            }
        }
    }

    #[test]
    fn boxes_cover_all_only_together() {
        for family in Family::BOTH {
            let all = family.all();
            for field in 0..9 {
                let last = all.0[field].0[0].1;
                let half = |low, high| all.clone().with(field, Set::of([(low, high)]));
                let (a, b) = (half(0, last / 2), half(last / 2 + 1, last));
                assert!(cover(&all, &[a.clone(), b.clone()]));
                assert!(!cover(&all, std::slice::from_ref(&a)));
                assert!(last < 3 || !cover(&all, &[a.clone(), half(last, last)]));
                // Cut in another field as well, and one point of that missing.
                let other = (field + 1) % 9;
                let most = all.0[other].0[0].1;
                let rest = b.clone().with(other, Set::upto(most - 1));
                let corner = b.clone().with(other, Set::each([most]));
                assert!(cover(&all, &[a.clone(), rest.clone(), corner]));
                assert!(!cover(&all, &[a, rest]));
            }
            assert!(!cover(&all, &[]));
        }
    }
}
