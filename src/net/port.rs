//! Sets of port numbers.

use std::fmt;

/// A set of 16-bit numbers as sorted, disjoint, non-adjacent ranges.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortSet {
    /// INVARIANT: sorted by start, `a.1 + 1 < b.0` for neighbours a, b, and `start <= end`.
    ranges: Vec<(u16, u16)>,
}

impl PortSet {
    /// All ports, 0-65535.
    #[must_use]
    pub fn full() -> PortSet {
        PortSet {
            ranges: vec![(0, u16::MAX)],
        }
    }

    /// No port.
    #[must_use]
    pub fn empty() -> PortSet {
        PortSet { ranges: Vec::new() }
    }

    /// `start..=end`; empty if `start > end`.
    #[must_use]
    pub fn range(start: u16, end: u16) -> PortSet {
        PortSet::from_ranges([(start, end)])
    }

    /// One port.
    #[must_use]
    pub fn one(port: u16) -> PortSet {
        PortSet::range(port, port)
    }

    /// The union of ranges in any order; ranges with `start > end` are ignored.
    #[must_use]
    pub fn from_ranges(ranges: impl IntoIterator<Item = (u16, u16)>) -> PortSet {
        let mut sorted: Vec<(u16, u16)> = ranges.into_iter().filter(|(a, b)| a <= b).collect();
        sorted.sort_unstable();
        let mut out: Vec<(u16, u16)> = Vec::with_capacity(sorted.len());
        for (start, end) in sorted {
            match out.last_mut() {
                Some(last) if u32::from(start) <= u32::from(last.1) + 1 => last.1 = last.1.max(end),
                _ => out.push((start, end)),
            }
        }
        PortSet { ranges: out }
    }

    /// The ranges, sorted, disjoint, non-adjacent.
    #[must_use]
    pub fn ranges(&self) -> &[(u16, u16)] {
        &self.ranges
    }

    /// Whether every port is in it.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.ranges == [(0, u16::MAX)]
    }

    /// Whether no port is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Whether a port is in it.
    #[must_use]
    pub fn contains(&self, port: u16) -> bool {
        self.ranges
            .iter()
            .any(|&(start, end)| (start..=end).contains(&port))
    }

    /// All other ports.
    #[must_use]
    pub fn complement(&self) -> PortSet {
        let mut out = Vec::with_capacity(self.ranges.len() + 1);
        let mut next = 0u32;
        for &(start, end) in &self.ranges {
            if u32::from(start) > next {
                out.push((u16::try_from(next).unwrap_or(u16::MAX), start - 1));
            }
            next = u32::from(end) + 1;
        }
        if let Ok(next) = u16::try_from(next) {
            out.push((next, u16::MAX));
        }
        PortSet { ranges: out }
    }

    /// Ports of either.
    #[must_use]
    pub fn union(&self, other: &PortSet) -> PortSet {
        PortSet::from_ranges(self.ranges.iter().chain(&other.ranges).copied())
    }

    /// Ports of both.
    #[must_use]
    pub fn intersect(&self, other: &PortSet) -> PortSet {
        self.complement().union(&other.complement()).complement()
    }

    /// How many ports.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.ranges
            .iter()
            .map(|&(a, b)| u32::from(b) - u32::from(a) + 1)
            .sum()
    }

    /// How many values with don't-care bits it takes to say the set where a table has no test of ranges: 1024-65535 takes six.
    #[must_use]
    pub fn masked(&self) -> u32 {
        let mut count = 0;
        for &(start, end) in &self.ranges {
            let (mut at, end) = (u32::from(start), u32::from(end));
            while at <= end {
                // As many low bits as the start has zeros, and as fit before the end.
                let zeros = at.trailing_zeros().min(16);
                let fits = (end - at + 1).ilog2();
                at += 1 << zeros.min(fits);
                count += 1;
            }
        }
        count
    }
}

/// `any`, `443`, `80, 8000-8010`.
impl fmt::Display for PortSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_full() {
            return f.write_str("any");
        }
        for (index, (start, end)) in self.ranges.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            match start == end {
                true => write!(f, "{comma}{start}")?,
                false => write!(f, "{comma}{start}-{end}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_as_values_with_dont_care_bits() {
        for (ranges, expect) in [
            (vec![(0, u16::MAX)], 1),
            (vec![(443, 443)], 1),
            (vec![(1024, u16::MAX)], 6), // as the guide of NX-OS says of `gt 1023`
            (vec![(1, u16::MAX - 1)], 30),
            (vec![(80, 81), (8000, 8010)], 4),
            (vec![], 0),
        ] {
            assert_eq!(
                PortSet::from_ranges(ranges.clone()).masked(),
                expect,
                "{ranges:?}"
            );
        }
    }

    #[test]
    fn complement_is_an_involution_at_the_edges() {
        for ranges in [
            vec![],
            vec![(0, 0)],
            vec![(u16::MAX, u16::MAX)],
            vec![(0, 5), (7, 9)],
            vec![(0, u16::MAX)],
        ] {
            let set = PortSet::from_ranges(ranges);
            assert_eq!(set.complement().complement(), set);
            for port in [0, 5, 6, 7, 9, 10, 65534, 65535] {
                assert_ne!(set.contains(port), set.complement().contains(port));
            }
        }
        assert_eq!(
            PortSet::from_ranges([(5, 6), (1, 4), (9, 8)]).to_string(),
            "1-6"
        );
    }
}
