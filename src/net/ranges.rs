//! Sets of addresses as sorted ranges: the arithmetic of places (union, difference), cut into prefixes at the end.

use super::addr::{bits_of, range_to_prefixes};
use super::{AddrSet, Family, Wildcard};
use ipnet::IpNet;
use std::net::IpAddr;

/// A set of addresses of one family.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddrRanges {
    family: Family,
    /// INVARIANT: sorted, disjoint, non-adjacent, inclusive.
    ranges: Vec<(u128, u128)>,
}

impl AddrRanges {
    /// No address.
    #[must_use]
    pub fn none(family: Family) -> AddrRanges {
        AddrRanges {
            family,
            ranges: Vec::new(),
        }
    }

    /// Every address.
    #[must_use]
    pub fn any(family: Family) -> AddrRanges {
        AddrRanges {
            family,
            ranges: vec![(0, family.ones())],
        }
    }

    /// One range; empty if the ends are of different families or in the wrong order.
    #[must_use]
    pub fn span(first: IpAddr, last: IpAddr) -> AddrRanges {
        let family = Family::of(first);
        let ordered = Family::of(last) == family && first <= last;
        AddrRanges {
            family,
            ranges: if ordered {
                vec![(bits_of(first), bits_of(last))]
            } else {
                Vec::new()
            },
        }
    }

    /// The addresses of a prefix.
    #[must_use]
    pub fn prefix(net: IpNet) -> AddrRanges {
        AddrRanges::span(net.network(), net.broadcast())
    }

    /// The addresses of several prefixes of a family; others are dropped.
    #[must_use]
    pub fn prefixes<'a>(family: Family, nets: impl IntoIterator<Item = &'a IpNet>) -> AddrRanges {
        let nets = nets.into_iter().filter(|net| Family::of_net(net) == family);
        AddrRanges::from_ranges(
            family,
            nets.map(|net| (bits_of(net.network()), bits_of(net.broadcast())))
                .collect(),
        )
    }

    fn from_ranges(family: Family, mut ranges: Vec<(u128, u128)>) -> AddrRanges {
        ranges.sort_unstable();
        let mut out: Vec<(u128, u128)> = Vec::with_capacity(ranges.len());
        for (start, end) in ranges {
            match out.last_mut() {
                Some(last) if start <= last.1.saturating_add(1) => last.1 = last.1.max(end),
                _ => out.push((start, end)),
            }
        }
        AddrRanges {
            family,
            ranges: out,
        }
    }

    /// The family.
    #[must_use]
    pub fn family(&self) -> Family {
        self.family
    }

    /// The ranges, sorted, disjoint, inclusive.
    #[must_use]
    pub fn ranges(&self) -> &[(u128, u128)] {
        &self.ranges
    }

    /// Whether no address is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Whether an address is in it.
    #[must_use]
    pub fn contains(&self, addr: IpAddr) -> bool {
        let bits = bits_of(addr);
        Family::of(addr) == self.family && self.from(bits).first().is_some_and(|r| r.0 <= bits)
    }

    /// Addresses of either (same family).
    #[must_use]
    pub fn union(&self, other: &AddrRanges) -> AddrRanges {
        let (mut left, mut right) = (self.ranges.as_slice(), other.ranges.as_slice());
        let mut out: Vec<(u128, u128)> = Vec::with_capacity(left.len() + right.len());
        while let Some(&(start, end)) = match (left.first(), right.first()) {
            (Some(a), Some(b)) if b < a => right.split_off_first(),
            (Some(_), _) => left.split_off_first(),
            (None, _) => right.split_off_first(),
        } {
            match out.last_mut() {
                Some(last) if start <= last.1.saturating_add(1) => last.1 = last.1.max(end),
                _ => out.push((start, end)),
            }
        }
        AddrRanges {
            family: self.family,
            ranges: out,
        }
    }

    /// Addresses of `self` that are not in `other` (same family).
    #[must_use]
    pub fn minus(&self, other: &AddrRanges) -> AddrRanges {
        let mut out = Vec::with_capacity(self.ranges.len());
        for &(start, end) in &self.ranges {
            let mut next = Some(start);
            for &(a, b) in other.from(start) {
                let Some(from) = next.filter(|_| a <= end) else {
                    break;
                };
                if a > from {
                    out.push((from, a - 1));
                }
                next = b.checked_add(1);
            }
            if let Some(from) = next.filter(|&from| from <= end) {
                out.push((from, end));
            }
        }
        AddrRanges {
            family: self.family,
            ranges: out,
        }
    }

    /// The ranges that do not end before an address.
    fn from(&self, addr: u128) -> &[(u128, u128)] {
        let before = self.ranges.partition_point(|&(_, end)| end < addr);
        &self.ranges[before..]
    }

    /// Addresses of both (same family).
    #[must_use]
    pub fn intersect(&self, other: &AddrRanges) -> AddrRanges {
        self.minus(&self.minus(other))
    }

    /// Whether the two share an address.
    #[must_use]
    pub fn overlaps(&self, other: &AddrRanges) -> bool {
        let meets =
            |&(start, end): &(u128, u128)| other.from(start).first().is_some_and(|r| r.0 <= end);
        self.family == other.family && self.ranges.iter().any(meets)
    }

    /// Whether it holds an address of a prefix.
    #[must_use]
    pub fn meets(&self, net: &IpNet) -> bool {
        let (first, last) = (bits_of(net.network()), bits_of(net.broadcast()));
        Family::of_net(net) == self.family && self.from(first).first().is_some_and(|r| r.0 <= last)
    }

    /// Whether every address of `other` is in it.
    #[must_use]
    pub fn covers(&self, other: &AddrRanges) -> bool {
        other.minus(self).is_empty()
    }

    /// The fewest prefixes, ascending.
    #[must_use]
    pub fn to_prefixes(&self) -> Vec<IpNet> {
        let cut =
            |&(a, b): &(u128, u128)| range_to_prefixes(self.family.addr(a), self.family.addr(b));
        self.ranges.iter().flat_map(cut).collect()
    }

    /// The same set as wildcards.
    #[must_use]
    pub fn to_set(&self) -> AddrSet {
        AddrSet::new(
            self.family,
            self.to_prefixes().into_iter().map(Wildcard::from_prefix),
        )
    }

    /// Its addresses one by one, ascending.
    pub fn addrs(&self) -> impl Iterator<Item = IpAddr> + '_ {
        let each = self.ranges.iter().flat_map(|&(a, b)| a..=b);
        each.map(|bits| self.family.addr(bits))
    }

    /// The lowest address.
    #[must_use]
    pub fn first(&self) -> Option<IpAddr> {
        self.ranges.first().map(|&(a, _)| self.family.addr(a))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &[&str]) -> AddrRanges {
        let nets: Vec<IpNet> = text.iter().map(|t| t.parse().unwrap()).collect();
        AddrRanges::prefixes(Family::V4, &nets)
    }

    #[test]
    fn addresses_that_share_a_prefix_are_still_several() {
        let texts: Vec<String> = set(&["10.0.0.2/32", "10.0.0.3/32", "10.0.0.8/32"])
            .addrs()
            .map(|addr| addr.to_string())
            .collect();
        assert_eq!(texts, ["10.0.0.2", "10.0.0.3", "10.0.0.8"]);
    }

    #[test]
    fn difference_cuts_out_the_middle_and_the_edges() {
        let all = set(&["10.0.0.0/30"]);
        assert_eq!(all.minus(&set(&["10.0.0.1/32"])).ranges().len(), 2);
        assert_eq!(all.minus(&all), AddrRanges::none(Family::V4));
        let any = AddrRanges::any(Family::V4);
        assert_eq!(
            any.minus(&set(&["255.255.255.255/32", "0.0.0.0/32"]))
                .ranges(),
            [(1, 0xffff_fffe)]
        );
        assert_eq!(any.minus(&any.minus(&all)), all);
        assert!(any.covers(&all) && !all.covers(&any));
    }

    /// Every operation against what it means, address by address, on sets of a few addresses near both ends.
    #[test]
    fn operations_are_what_they_say() {
        let rng = &mut fastrand::Rng::with_seed(7);
        let some = |rng: &mut fastrand::Rng, base: u32| {
            let one = |_| {
                let addr = std::net::Ipv4Addr::from(base | rng.u32(..16));
                let length = 31 + rng.u8(..2);
                IpNet::new(addr.into(), length).unwrap().trunc()
            };
            let hosts: Vec<IpNet> = (0..6).map(one).collect();
            AddrRanges::prefixes(Family::V4, &hosts)
        };
        for base in [0, u32::MAX - 15].repeat(300) {
            let (a, b) = (some(rng, base), some(rng, base));
            let all = [a.union(&b), a.minus(&b), a.intersect(&b)];
            for addr in (base..=base | 15).map(|bits| std::net::Ipv4Addr::from(bits).into()) {
                let (in_a, in_b) = (a.contains(addr), b.contains(addr));
                let is = all.each_ref().map(|set| set.contains(addr));
                assert_eq!(
                    is,
                    [in_a || in_b, in_a && !in_b, in_a && in_b],
                    "{a:?} {b:?}"
                );
            }
            assert_eq!(a.overlaps(&b), !all[2].is_empty(), "{a:?} {b:?}");
            for set in all {
                let again = AddrRanges::prefixes(Family::V4, &set.to_prefixes());
                assert_eq!(again, set, "neighbours are joined");
            }
        }
    }
}
