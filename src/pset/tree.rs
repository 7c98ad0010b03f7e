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

    /// Hands each packet of `wanted` that an entry has to the first such entry: `found(entry, part)`.
    pub(super) fn share(
        &self,
        dd: &mut Dd,
        start: usize,
        wanted: Id,
        found: &mut impl FnMut(usize, Id),
    ) {
        if dd.disjoint(wanted, self.union) {
            return;
        }
        let inside = dd.and(wanted, self.union);
        match &self.halves {
            None => found(start, inside),
            Some(halves) => {
                halves.0.share(dd, start, inside, found);
                let rest = dd.minus(inside, halves.0.union);
                halves.1.share(dd, start + halves.0.len, rest, found);
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
