//! Boxes and sets as JSON: per field a comma-separated list of values and ranges, fields that are free left out.

use super::Budget;
use crate::base::Text;
use crate::net::{AddrRanges, AddrSet, Family, Match, PositionSet, Wildcard};
use crate::pset::{PacketSet, Space};
use crate::text;
use ipnet::IpNet;
use serde_json::{Map, Value};

/// Ranges that one address with holes in its mask may come to.
const MOST_RANGES: u32 = 10;

/// A set as disjoint boxes.
pub(super) fn cells(space: &Space, set: PacketSet, budget: &mut Budget) -> Result<Value, Text> {
    // A position of two bits has a fourth value that no packet has.
    let positions = [PositionSet::L4, PositionSet::LATER].map(|position| Match {
        position,
        ..Match::any(space.family())
    });
    let set = space.intersect(set, space.of_matches(&positions));
    let regions = space.regions(set, super::MOST_CELLS + 1);
    if regions.cut {
        return Err(text!("certificate-too-large", most = super::MOST_CELLS));
    }
    budget.take(regions.list.len())?;
    regions.list.iter().map(of_box).collect()
}

/// Boxes one by one.
pub(super) fn all(boxes: &[Match]) -> Result<Value, Text> {
    boxes.iter().map(of_box).collect()
}

/// A box.
pub(super) fn of_box(m: &Match) -> Result<Value, Text> {
    let mut out = Map::new();
    let mut put = |name: &str, text: String| out.insert(name.to_owned(), Value::from(text));
    if !m.src.is_any() {
        put("src", addr_set(&m.src)?);
    }
    if !m.dst.is_any() {
        put("dst", addr_set(&m.dst)?);
    }
    if !m.protocol.is_full() {
        put("protocol", list(m.protocol.ranges()));
    }
    if !m.sport.is_full() {
        put("sport", list(m.sport.ranges().to_vec()));
    }
    if !m.dport.is_full() {
        put("dport", list(m.dport.ranges().to_vec()));
    }
    if m.flags.0 != u64::MAX {
        put("flags", list(bits(m.flags.0, 64)));
    }
    if !m.icmp_type.is_full() {
        put("icmp_type", list(m.icmp_type.ranges()));
    }
    if !m.icmp_code.is_full() {
        put("icmp_code", list(m.icmp_code.ranges()));
    }
    if m.position != PositionSet::FULL {
        put("position", list(bits(u64::from(m.position.0), 3)));
    }
    if m.family == Family::V6 && m.ext.0 & 3 != 3 {
        put("ext", list(bits(u64::from(m.ext.0), 2)));
    }
    Ok(Value::Object(out))
}

/// Addresses.
pub(super) fn addrs(ranges: &AddrRanges) -> String {
    spans(ranges.family(), ranges.ranges())
}

/// The same of addresses whose masks may have holes.
pub(super) fn addr_set(set: &AddrSet) -> Result<String, Text> {
    let mut ranges = AddrRanges::none(set.family());
    for part in set.parts() {
        for (low, high) in spread(part)? {
            let family = set.family();
            ranges = ranges.union(&AddrRanges::span(family.addr(low), family.addr(high)));
        }
    }
    Ok(addrs(&ranges))
}

/// The ranges of an address whose mask may have holes.
fn spread(part: &Wildcard) -> Result<Vec<(u128, u128)>, Text> {
    let low = (1u128 << part.free().trailing_ones().min(127)) - 1;
    let low = if part.free() == u128::MAX {
        u128::MAX
    } else {
        low
    };
    let holes = part.free() & !low;
    if holes.count_ones() > MOST_RANGES {
        return Err(text!("certificate-holes", addr = part.to_string()));
    }
    let mut out = Vec::new();
    let mut hole = 0u128;
    loop {
        let first = part.value() | hole;
        out.push((first, first | low));
        // The next subset of the bits of `holes`, in order.
        hole = hole.wrapping_sub(holes) & holes;
        if hole == 0 {
            return Ok(out);
        }
    }
}

fn spans(family: Family, ranges: &[(u128, u128)]) -> String {
    let one = |&(low, high): &(u128, u128)| {
        let (first, last) = (family.addr(low), family.addr(high));
        let size = high - low;
        let block = size & size.wrapping_add(1) == 0 && low & size == 0;
        let prefix = |len: u32| {
            let len = u8::try_from(len).ok()?;
            IpNet::new(first, len).ok()
        };
        match prefix(family.bits() - size.count_ones()).filter(|_| block) {
            _ if low == high => first.to_string(),
            Some(net) => net.to_string(),
            None => format!("{first}-{last}"),
        }
    };
    ranges.iter().map(one).collect::<Vec<_>>().join(",")
}

pub(super) fn list<T: PartialEq + ToString>(ranges: Vec<(T, T)>) -> String {
    let one = |(low, high): &(T, T)| match low == high {
        true => low.to_string(),
        false => format!("{}-{}", low.to_string(), high.to_string()),
    };
    ranges.iter().map(one).collect::<Vec<_>>().join(",")
}

/// The bits of a mask as ranges of their numbers.
fn bits(mask: u64, width: u64) -> Vec<(u64, u64)> {
    runs((0..width).filter(|bit| mask >> bit & 1 == 1))
}

/// Ascending numbers as ranges.
pub(super) fn runs(numbers: impl Iterator<Item = u64>) -> Vec<(u64, u64)> {
    let mut out: Vec<(u64, u64)> = Vec::new();
    for number in numbers {
        match out.last_mut() {
            Some((_, high)) if *high + 1 == number => *high = number,
            _ => out.push((number, number)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_holes_becomes_its_ranges() {
        let part = Wildcard::new(Family::V4, 0x0a00_0000, 0x0000_05ff);
        let ranges = spread(&part).unwrap();
        assert_eq!(
            ranges,
            [(0x0a00_0000, 0x0a00_01ff), (0x0a00_0400, 0x0a00_05ff)]
        );
        let any = Wildcard::any(Family::V6);
        assert_eq!(spread(&any).unwrap(), [(0, u128::MAX)]);
        let host = Wildcard::host("10.0.0.1".parse().unwrap());
        assert_eq!(spans(Family::V4, &spread(&host).unwrap()), "10.0.0.1");
        let odd = Wildcard::new(Family::V6, 0, u128::MAX << 64);
        assert!(spread(&odd).is_err());
    }

    #[test]
    fn ranges_are_prefixes_where_they_can_be() {
        let text = |low, high| spans(Family::V4, &[(low, high)]);
        assert_eq!(text(0x0a00_0000, 0x0aff_ffff), "10.0.0.0/8");
        assert_eq!(text(0x0a00_0001, 0x0a00_0002), "10.0.0.1-10.0.0.2");
        assert_eq!(text(0, 0xffff_ffff), "0.0.0.0/0");
        assert_eq!(bits(0b1_0110, 6), [(1, 2), (4, 4)]);
    }
}
