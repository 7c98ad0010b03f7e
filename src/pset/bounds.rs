//! Uncertain sets: pairs of bounds, with the swaps of D4 made into operations.

use super::{PacketSet, Space};

/// What is in a set under every reading, and what is in it under some. INVARIANT: `must` is a part of `may`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// In the set under every reading.
    pub must: PacketSet,
    /// In the set under some reading.
    pub may: PacketSet,
}

impl Bounds {
    /// A set that is known exactly.
    #[must_use]
    pub fn exactly(set: PacketSet) -> Bounds {
        Bounds {
            must: set,
            may: set,
        }
    }

    /// Whether the set is known exactly.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.must == self.may
    }
}

impl Space {
    /// In either.
    #[must_use]
    pub fn bounds_union(&self, a: Bounds, b: Bounds) -> Bounds {
        self.both(a, b, |x, y| self.union(x, y), (b.must, b.may))
    }

    /// In both.
    #[must_use]
    pub fn bounds_intersect(&self, a: Bounds, b: Bounds) -> Bounds {
        self.both(a, b, |x, y| self.intersect(x, y), (b.must, b.may))
    }

    /// In `a` but not in `b`: the right side swaps (D4).
    #[must_use]
    pub fn bounds_minus(&self, a: Bounds, b: Bounds) -> Bounds {
        self.both(a, b, |x, y| self.minus(x, y), (b.may, b.must))
    }

    /// Not in `a`: the halves swap (D4).
    #[must_use]
    pub fn bounds_complement(&self, a: Bounds) -> Bounds {
        self.bounds_minus(Bounds::exactly(self.full()), a)
    }

    fn both(
        &self,
        a: Bounds,
        b: Bounds,
        op: impl Fn(PacketSet, PacketSet) -> PacketSet,
        (with_must, with_may): (PacketSet, PacketSet),
    ) -> Bounds {
        let must = op(a.must, with_must);
        let may = if a.is_exact() && b.is_exact() {
            must
        } else {
            op(a.may, with_may)
        };
        Bounds { must, may }
    }
}
