//! Sets of integers as sorted, disjoint, inclusive ranges: addresses, ports and every other field of a header.

/// A set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Set(Vec<(u128, u128)>);

impl Set {
    /// All of `0..=last`.
    pub(crate) fn upto(last: u128) -> Set {
        Set(vec![(0, last)])
    }

    /// One value.
    pub(crate) fn one(value: u128) -> Set {
        Set(vec![(value, value)])
    }

    /// A union of ranges in any order.
    pub(crate) fn of(mut ranges: Vec<(u128, u128)>) -> Set {
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

    pub(crate) fn ranges(&self) -> &[(u128, u128)] {
        &self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn contains(&self, value: u128) -> bool {
        self.meets(&Set::one(value))
    }

    /// The ranges that end at a value or later.
    fn from(&self, value: u128) -> &[(u128, u128)] {
        &self.0[self.0.partition_point(|&(_, high)| high < value)..]
    }

    /// Whether the two share a value.
    pub(crate) fn meets(&self, other: &Set) -> bool {
        let meets = |&(low, high): &(u128, u128)| {
            let next = other.from(low).first();
            next.is_some_and(|&(bottom, _)| bottom <= high)
        };
        self.0.iter().any(meets)
    }

    pub(crate) fn and(&self, other: &Set) -> Set {
        let mut out = Vec::new();
        for &(low, high) in &self.0 {
            let inside = other.from(low).iter().take_while(|&&(b, _)| b <= high);
            out.extend(inside.map(|&(bottom, top)| (low.max(bottom), high.min(top))));
        }
        Set(out)
    }

    pub(crate) fn or(&self, other: &Set) -> Set {
        Set::of([&self.0[..], &other.0].concat())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn set(mask: u32) -> Set {
        let bits = (0..6).filter(|bit| mask >> bit & 1 == 1);
        Set::of(bits.map(|bit| (bit, bit)).collect())
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
        let top = Set::one(u128::MAX);
        assert_eq!(all.minus(&top), Set::upto(u128::MAX - 1));
        assert!(top.minus(&Set::upto(u128::MAX - 1)) == top && all.contains(u128::MAX));
    }
}
