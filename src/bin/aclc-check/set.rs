//! Sets of integers as sorted, disjoint, inclusive ranges: addresses, ports and every other field of a header.

/// A set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Set(Vec<(u128, u128)>);

impl Set {
    /// All of `0..=last`.
    pub(crate) fn upto(last: u128) -> Set {
        Set(vec![(0, last)])
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

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The smallest value.
    pub(crate) fn first(&self) -> Option<u128> {
        self.0.first().map(|&(low, _)| low)
    }

    pub(crate) fn contains(&self, value: u128) -> bool {
        self.0
            .iter()
            .any(|&(low, high)| low <= value && value <= high)
    }

    pub(crate) fn and(&self, other: &Set) -> Set {
        let (mut a, mut b) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut out = Vec::new();
        while let (Some(&&x), Some(&&y)) = (a.peek(), b.peek()) {
            let (low, high) = (x.0.max(y.0), x.1.min(y.1));
            if low <= high {
                out.push((low, high));
            }
            match x.1 < y.1 {
                true => a.next(),
                false => b.next(),
            };
        }
        Set(out)
    }

    pub(crate) fn or(&self, other: &Set) -> Set {
        Set::of(self.0.iter().chain(&other.0).copied().collect())
    }

    pub(crate) fn minus(&self, other: &Set) -> Set {
        let mut out = Vec::new();
        for &(low, high) in &self.0 {
            let mut next = Some(low);
            for &(from, to) in other
                .0
                .iter()
                .filter(|&&(from, to)| from <= high && to >= low)
            {
                match next {
                    Some(at) if from > at => out.push((at, from - 1)),
                    _ => {}
                }
                next = next.and_then(|at| to.checked_add(1).map(|after| after.max(at)));
            }
            out.extend(next.filter(|&at| at <= high).map(|at| (at, high)));
        }
        Set(out)
    }

    pub(crate) fn is_subset(&self, other: &Set) -> bool {
        self.minus(other).is_empty()
    }

    /// Whether the two share a value.
    pub(crate) fn meets(&self, other: &Set) -> bool {
        let (mut a, mut b) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
            if x.0.max(y.0) <= x.1.min(y.1) {
                return true;
            }
            match x.1 < y.1 {
                true => a.next(),
                false => b.next(),
            };
        }
        false
    }
}

/// A natural number of any size, lowest digit first: a header space has more packets than 128 bits count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Big(Vec<u32>);

impl Big {
    pub(crate) fn zero() -> Big {
        Big(Vec::new())
    }

    fn small(mut value: u128) -> Big {
        let mut digits = Vec::new();
        while value > 0 {
            digits.push((value & 0xffff_ffff) as u32);
            value >>= 32;
        }
        Big(digits)
    }

    /// How many values a set has.
    pub(crate) fn size(set: &Set) -> Big {
        let one = Big::small(1);
        let mut sum = Big::zero();
        for &(low, high) in &set.0 {
            sum = sum.plus(&Big::small(high - low)).plus(&one);
        }
        sum
    }

    pub(crate) fn plus(&self, other: &Big) -> Big {
        let mut carry = 0u64;
        let mut out = Vec::new();
        for at in 0..self.0.len().max(other.0.len()) {
            let digit = |n: &Big| u64::from(n.0.get(at).copied().unwrap_or(0));
            let sum = digit(self) + digit(other) + carry;
            out.push((sum & 0xffff_ffff) as u32);
            carry = sum >> 32;
        }
        if carry > 0 {
            out.push(carry as u32);
        }
        Big(out)
    }

    pub(crate) fn times(&self, other: &Big) -> Big {
        let mut sum = Big::zero();
        for (shift, &digit) in self.0.iter().enumerate() {
            let mut row = vec![0u32; shift];
            let mut carry = 0u64;
            for &other in &other.0 {
                let product = u64::from(digit) * u64::from(other) + carry;
                row.push((product & 0xffff_ffff) as u32);
                carry = product >> 32;
            }
            row.push(carry as u32);
            sum = sum.plus(&Big(row));
        }
        while sum.0.last() == Some(&0) {
            sum.0.pop();
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(mask: u32) -> Set {
        Set::of(
            (0..6)
                .filter(|bit| mask >> bit & 1 == 1)
                .map(|bit| (bit, bit))
                .collect(),
        )
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
        }
    }

    #[test]
    fn the_ends_of_the_range_are_no_exception() {
        let all = Set::upto(u128::MAX);
        assert!(all.minus(&all).is_empty());
        let top = Set::of(vec![(u128::MAX, u128::MAX)]);
        assert_eq!(all.minus(&top), Set::upto(u128::MAX - 1));
        assert_eq!(Big::size(&all), Big(vec![0, 0, 0, 0, 1]));
    }

    #[test]
    fn products_are_exact() {
        let n = |value| Big::small(value);
        let (a, b) = (0xffff_ffff_ffffu128, 0x1_0000_0001u128);
        assert_eq!(n(a).times(&n(b)), n(a * b));
        assert_eq!(n(a).times(&n(0)), Big::zero());
        assert_eq!(n(a).plus(&n(b)), n(a + b));
    }
}
