//! Unions over runs of entries, as a balanced tree: whole runs are skipped at once when none of their packets is wanted.

use super::dd::{Dd, EMPTY, Id};

/// A run of entries and the union of their sets.
pub(super) struct Tree {
    pub(super) union: Id,
    /// Halves of a run of two or more; the first begins where the run begins.
    pub(super) halves: Option<Box<(Tree, Tree)>>,
    pub(super) len: usize,
}

impl Tree {
    pub(super) fn new(dd: &mut Dd, sets: &[Id]) -> Tree {
        let len = sets.len();
        if len < 2 {
            return Tree {
                union: sets.first().copied().unwrap_or(EMPTY),
                halves: None,
                len,
            };
        }
        let (left, right) = sets.split_at(len / 2);
        let (left, right) = (Tree::new(dd, left), Tree::new(dd, right));
        Tree {
            union: dd.or(left.union, right.union),
            halves: Some(Box::new((left, right))),
            len,
        }
    }

    /// Hands each packet of `wanted` to the first entry below `end` that has it: `found(entry, part)`. Returns the packets
    /// that no entry has.
    pub(super) fn share(
        &self,
        dd: &mut Dd,
        start: usize,
        end: usize,
        wanted: Id,
        found: &mut impl FnMut(usize, Id),
    ) -> Id {
        if start >= end || dd.disjoint(wanted, self.union) {
            return wanted;
        }
        match &self.halves {
            None => {
                let part = dd.and(wanted, self.union);
                found(start, part);
                dd.minus(wanted, self.union)
            }
            Some(halves) => {
                let outside = dd.minus(wanted, self.union);
                let inside = dd.and(wanted, self.union);
                let rest = halves.0.share(dd, start, end, inside, found);
                let rest = halves.1.share(dd, start + halves.0.len, end, rest, found);
                dd.or(outside, rest)
            }
        }
    }

    /// The entries below `end` that have a packet of `wanted` no earlier one has. For few packets: unlike `share` it makes
    /// nothing on the way down.
    pub(super) fn deciders(
        &self,
        dd: &mut Dd,
        start: usize,
        end: usize,
        wanted: &mut Id,
        found: &mut Vec<usize>,
    ) {
        if *wanted == EMPTY || start >= end || dd.disjoint(*wanted, self.union) {
            return;
        }
        match &self.halves {
            None => {
                found.push(start);
                *wanted = dd.minus(*wanted, self.union);
            }
            Some(halves) => {
                halves.0.deciders(dd, start, end, wanted, found);
                halves
                    .1
                    .deciders(dd, start + halves.0.len, end, wanted, found);
            }
        }
    }
}
