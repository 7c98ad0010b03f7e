//! Which entries of a list are there for nothing.
//!
//! *Unreachable*: under every reading, earlier entries take all the packets it may match. *Redundant*: all packets that may
//! reach it get the same fate without it, under every reading. Findings hold together: all found entries can be removed at
//! once, and then (if the list is settled) no further one can. A blocker of an unreachable entry may be redundant itself.
//!
//! Method: halve the list; hand each half the packets that reach it and what happens to those that fall through, both cut
//! down to the packets the half matches at all; the later half first, so that the earlier one is judged by what is left of
//! the later. A half that nothing reaches is done at once. (To take the unreachable ones out first and to look for redundant
//! ones among the rest costs more, even where half of the list is unreachable.)

use super::Space;
use super::dd::{Dd, EMPTY, FULL, Id};
use super::encode::of_ace;
use super::layout::Layout;
use super::list::{Side, settled};
use super::tree::Tree;
use crate::acl::{Ace, Acl, Action};

/// An entry that can be removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFinding {
    /// Its index in [`Acl::all`]; never one of the tail.
    pub index: usize,
    /// Why.
    pub why: Useless,
}

/// Why an entry can be removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Useless {
    /// Nothing is left for it. These earlier entries take it all, and none of them can be left out; rising. Empty if the
    /// entry matches nothing in itself, or if so many entries of the list are unreachable that the search was given up.
    Unreachable(Vec<usize>),
    /// Its packets fare the same without it.
    Redundant,
}

/// Steps of the search for blockers, per entry of the list.
const STEPS_PER_ENTRY: usize = 32;

impl Space {
    /// The unreachable entries alone, rising, without what takes their packets.
    #[must_use]
    pub fn unreachable(&self, acl: &Acl) -> Vec<usize> {
        let found = self.with(|dd, layout| {
            let aces: Vec<&Ace> = acl.all().collect();
            Sides::new(dd, layout, acl, &aces).unreachable(dd, acl.entries.len())
        });
        match self.exhausted() {
            true => Vec::new(),
            false => found,
        }
    }

    /// The entries that can be removed, all at once, without a change under any reading; rising. The tail stays. Entries
    /// that log are judged by their packets alone.
    #[must_use]
    pub fn lines(&self, acl: &Acl) -> Vec<LineFinding> {
        if self.exhausted() {
            return Vec::new();
        }
        let findings = self.with(|dd, layout| {
            let aces: Vec<&Ace> = acl.all().collect();
            let sides = Sides::new(dd, layout, acl, &aces);
            let mut sweep = Sweep {
                actions: aces.iter().map(|ace| ace.action).collect(),
                pieces: pieces(dd, layout, &aces),
                removable: acl.entries.len(),
                unreachable: Vec::new(),
                redundant: Vec::new(),
            };
            sweep.run(dd, &sides.run(), FULL, NOTHING, false);
            findings(dd, &sides, sweep.unreachable, sweep.redundant)
        });
        if self.exhausted() {
            Vec::new()
        } else {
            findings
        }
    }
}

/// The matches of the entries of a list: C and P of each, and unions over runs.
struct Sides {
    certain: Vec<Id>,
    possible: Vec<Id>,
    taken: Tree,
    /// By P, unless the list is settled.
    matched: Option<Tree>,
}

impl Sides {
    fn new(dd: &mut Dd, layout: &Layout, acl: &Acl, aces: &[&Ace]) -> Sides {
        let certain = matches(dd, layout, aces, false);
        let taken = Tree::new(dd, &certain);
        let (possible, matched) = match settled(acl.all()) {
            true => (certain.clone(), None),
            false => {
                let possible = matches(dd, layout, aces, true);
                let matched = Tree::new(dd, &possible);
                (possible, Some(matched))
            }
        };
        Sides {
            certain,
            possible,
            taken,
            matched,
        }
    }

    fn run(&self) -> Run<'_> {
        Run {
            start: 0,
            matched: self.matched.as_ref().unwrap_or(&self.taken),
            taken: &self.taken,
        }
    }

    fn unreachable(&self, dd: &mut Dd, removable: usize) -> Vec<usize> {
        let mut found = Vec::new();
        self.run().unreachable(dd, FULL, removable, &mut found);
        found
    }
}

/// P or C of each entry.
fn matches(dd: &mut Dd, layout: &Layout, aces: &[&Ace], possible: bool) -> Vec<Id> {
    let set = |ace: &&Ace| of_ace(dd, layout, ace, possible, FULL);
    aces.iter().map(set).collect()
}

/// What each entry does, on both sides.
fn pieces(dd: &mut Dd, layout: &Layout, aces: &[&Ace]) -> Vec<Pair> {
    let mut piece = |ace: &Ace, side: Side| {
        let possible = side.takes_possible(ace.action);
        of_ace(dd, layout, ace, possible, side.end(ace.action))
    };
    let pair = |ace: &&Ace| Pair {
        must: piece(ace, Side::Must),
        may: piece(ace, Side::May),
    };
    aces.iter().map(pair).collect()
}

/// The two bounds of what a part of the list does; equal in a settled list, and then computed once.
#[derive(Clone, Copy)]
struct Pair {
    must: Id,
    may: Id,
}

impl Pair {
    fn map(self, other: Pair, mut op: impl FnMut(Id, Id) -> Id) -> Pair {
        let must = op(self.must, other.must);
        let same = self.must == self.may && other.must == other.may;
        Pair {
            must,
            may: if same { must } else { op(self.may, other.may) },
        }
    }
}

/// A run of entries: what they may match and what they take for certain.
struct Run<'a> {
    start: usize,
    matched: &'a Tree,
    taken: &'a Tree,
}

impl<'a> Run<'a> {
    fn end(&self) -> usize {
        self.start + self.matched.len
    }

    /// Its halves, if it has more than one entry.
    fn halves(&self) -> Option<(Run<'a>, Run<'a>)> {
        let (matched, taken) = (self.matched.halves.as_ref()?, self.taken.halves.as_ref()?);
        let half = |start, matched, taken| Run {
            start,
            matched,
            taken,
        };
        let middle = self.start + matched.0.len;
        Some((
            half(self.start, &matched.0, &taken.0),
            half(middle, &matched.1, &taken.1),
        ))
    }

    /// The entries below `removable` that nothing of `reach` gets to.
    fn unreachable(&self, dd: &mut Dd, reach: Id, removable: usize, found: &mut Vec<usize>) {
        if self.start >= removable {
            return;
        }
        if dd.disjoint(reach, self.matched.union) {
            return found.extend(self.start..self.end().min(removable));
        }
        if let Some((early, late)) = self.halves() {
            let reach = dd.and(reach, self.matched.union);
            early.unreachable(dd, reach, removable, found);
            let left_over = dd.minus(reach, early.taken.union);
            late.unreachable(dd, left_over, removable, found);
        }
    }
}

struct Sweep {
    actions: Vec<Action>,
    pieces: Vec<Pair>,
    removable: usize,
    unreachable: Vec<usize>,
    redundant: Vec<usize>,
}

const NOTHING: Pair = Pair {
    must: EMPTY,
    may: EMPTY,
};

impl Sweep {
    /// Judges a run that `reach` gets to and behind which `below` is permitted. Returns what the entries that stay do, if
    /// it is `wanted`.
    fn run(&mut self, dd: &mut Dd, run: &Run<'_>, reach: Id, below: Pair, wanted: bool) -> Pair {
        // The tail stays whatever reaches it now: it may be all that is left below a redundant entry.
        if run.end() <= self.removable && dd.disjoint(reach, run.matched.union) {
            self.unreachable.extend(run.start..run.end());
            return NOTHING;
        }
        let within = run.matched.union;
        let reach = dd.and(reach, within);
        let Some((early_run, late_run)) = run.halves() else {
            return self.entry(dd, run.start, reach, below);
        };
        let left_over = dd.minus(reach, early_run.taken.union);
        let below = below.map(NOTHING, |below, _| dd.and(below, within));
        let late = self.run(dd, &late_run, left_over, below, true);
        let between = late.map(below, |late, below| {
            let both = dd.over_permitted(late, below);
            dd.and(both, early_run.matched.union)
        });
        let early = self.run(dd, &early_run, reach, between, wanted);
        if wanted {
            early.map(late, |early, late| dd.over(early, late))
        } else {
            NOTHING
        }
    }

    fn entry(&mut self, dd: &mut Dd, index: usize, reach: Id, below: Pair) -> Pair {
        let same = match self.actions[index] {
            Action::Permit => dd.subset(reach, below.must),
            Action::Deny => dd.disjoint(reach, below.may),
            Action::Unread => false,
        };
        if same && index < self.removable {
            self.redundant.push(index);
            return NOTHING;
        }
        self.pieces[index]
    }
}

fn findings(
    dd: &mut Dd,
    sides: &Sides,
    unreachable: Vec<usize>,
    redundant: Vec<usize>,
) -> Vec<LineFinding> {
    let mut steps = STEPS_PER_ENTRY * sides.possible.len();
    let redundant = redundant.into_iter().map(|index| LineFinding {
        index,
        why: Useless::Redundant,
    });
    let mut all: Vec<LineFinding> = redundant.collect();
    for index in unreachable {
        let by = blockers(dd, index, sides, &mut steps);
        all.push(LineFinding {
            index,
            why: Useless::Unreachable(by),
        });
    }
    all.sort_by_key(|finding| finding.index);
    all
}

/// Entries before `index` that together take all of `hidden`, none of them dispensable.
fn blockers(dd: &mut Dd, index: usize, sides: &Sides, steps: &mut usize) -> Vec<usize> {
    if *steps == 0 {
        return Vec::new();
    }
    let (hidden, certain) = (sides.possible[index], &sides.certain);
    let (mut deciders, mut left) = (Vec::new(), hidden);
    sides.taken.deciders(dd, 0, index, &mut left, &mut deciders);
    *steps = steps.saturating_sub(deciders.len() + 1);
    // A single one that takes everything is the best answer; it need not be among the first.
    if let Some(&one) = deciders
        .iter()
        .find(|&&decider| dd.subset(hidden, certain[decider]))
    {
        return vec![one];
    }
    minimal(dd, hidden, &deciders, certain)
}

/// Drops, from the last, each decider whose share the ones before and the kept ones behind take anyway.
fn minimal(dd: &mut Dd, hidden: Id, deciders: &[usize], certain: &[Id]) -> Vec<usize> {
    let mut left_before = vec![hidden];
    for &decider in deciders {
        let last = *left_before.last().unwrap_or(&hidden);
        left_before.push(dd.minus(last, certain[decider]));
    }
    let (mut kept, mut left) = (Vec::new(), hidden);
    for (at, &decider) in deciders.iter().enumerate().rev() {
        let open = dd.and(left_before[at], left);
        if open != EMPTY {
            kept.push(decider);
            left = dd.minus(left, certain[decider]);
        }
    }
    kept.reverse();
    kept
}
