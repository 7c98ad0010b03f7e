//! The set algebra that callers see.

use super::dd::{Dd, EMPTY, FULL, Id};
use super::encode;
use super::layout::Layout;
use crate::acl::Acl;
use crate::net::{Family, Flow, Match};
use std::cell::RefCell;
use std::fmt;
use std::sync::atomic::AtomicBool;

/// Budget of a space unless told otherwise, in nodes.
const DEFAULT_LIMIT: usize = 1 << 24;

/// A set of packets: a handle into the [`Space`] that made it, meaningless in any other. Equal handles are equal sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PacketSet(pub(super) Id);

/// How far an answer may go; past it every space is exhausted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// Nodes of one space.
    pub nodes: Option<usize>,
    /// Raised by whoever has waited long enough, and never lowered. Nothing here looks at a clock.
    pub stop: Option<&'static AtomicBool>,
}

/// How much a space holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Nodes made so far.
    pub nodes: usize,
    /// Edges made so far.
    pub edges: usize,
}

/// The arena for the packet sets of one family in one job. Nothing in it is freed before it is dropped.
///
/// **Once [`Space::exhausted`] is true, every operation returns the empty set and every answer is worthless. Callers ask
/// before they conclude anything.**
pub struct Space {
    layout: Layout,
    dd: RefCell<Dd>,
}

impl Space {
    /// For a family, without a list to choose the layout by.
    #[must_use]
    pub fn new(family: Family) -> Space {
        Space::with_layout(Layout::usual(family))
    }

    /// With the layout that suits these lists best.
    #[must_use]
    pub fn for_acls(family: Family, acls: &[&Acl]) -> Space {
        Space::with_layout(Layout::for_acls(family, acls))
    }

    /// With a given layout.
    #[must_use]
    pub fn with_layout(layout: Layout) -> Space {
        let tops = layout.vars().iter().map(|var| var.top).collect();
        Space {
            layout,
            dd: RefCell::new(Dd::new(tops, DEFAULT_LIMIT)),
        }
    }

    /// With a budget of nodes (eight edges count as a node as well). The flag of an exhausted space stays.
    #[must_use]
    pub fn with_limit(self, nodes: usize) -> Space {
        self.dd.borrow_mut().set_limit(nodes);
        self
    }

    /// Within limits that a user has set.
    #[must_use]
    pub fn within(self, limits: Limits) -> Space {
        let mut dd = self.dd.borrow_mut();
        dd.set_stop(limits.stop);
        if let Some(nodes) = limits.nodes {
            dd.set_limit(nodes);
        }
        drop(dd);
        self
    }

    /// Whether the budget has run out. It never becomes false again.
    #[must_use]
    pub fn exhausted(&self) -> bool {
        self.dd.borrow().exhausted()
    }

    /// The family.
    #[must_use]
    pub fn family(&self) -> Family {
        self.layout.family()
    }

    /// The layout.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// How much it holds.
    #[must_use]
    pub fn size(&self) -> Size {
        let (nodes, edges) = self.dd.borrow().size();
        Size { nodes, edges }
    }

    /// How much one set holds.
    #[must_use]
    pub fn size_of(&self, set: PacketSet) -> Size {
        let (nodes, edges) = self.with(|dd, _| dd.reach(set.0));
        Size { nodes, edges }
    }

    /// Runs `f` on the diagrams, or answers empty if the budget has run out, before or during `f`.
    pub(super) fn run(&self, f: impl FnOnce(&mut Dd, &Layout) -> Id) -> PacketSet {
        let dd = &mut *self.dd.borrow_mut();
        if dd.exhausted() {
            return PacketSet(EMPTY);
        }
        let id = f(dd, &self.layout);
        PacketSet(if dd.exhausted() { EMPTY } else { id })
    }

    /// Runs `f` on the diagrams.
    pub(super) fn with<T>(&self, f: impl FnOnce(&mut Dd, &Layout) -> T) -> T {
        f(&mut self.dd.borrow_mut(), &self.layout)
    }

    /// No packet.
    #[must_use]
    pub fn empty(&self) -> PacketSet {
        PacketSet(EMPTY)
    }

    /// Every packet of the family.
    #[must_use]
    pub fn full(&self) -> PacketSet {
        self.run(|_, _| FULL)
    }

    /// A box; empty if it is of another family.
    #[must_use]
    pub fn of_match(&self, m: &Match) -> PacketSet {
        self.run(|dd, layout| encode::of_match(dd, layout, m, FULL))
    }

    /// A union of boxes.
    #[must_use]
    pub fn of_matches<'a>(&self, boxes: impl IntoIterator<Item = &'a Match>) -> PacketSet {
        self.run(|dd, layout| encode::of_boxes(dd, layout, boxes.into_iter(), FULL))
    }

    /// One packet; empty if it is of another family.
    #[must_use]
    pub fn of_flow(&self, flow: &Flow) -> PacketSet {
        self.run(|dd, layout| encode::of_flow(dd, layout, flow))
    }

    /// In either.
    #[must_use]
    pub fn union(&self, a: PacketSet, b: PacketSet) -> PacketSet {
        self.run(|dd, _| dd.or(a.0, b.0))
    }

    /// In both.
    #[must_use]
    pub fn intersect(&self, a: PacketSet, b: PacketSet) -> PacketSet {
        self.run(|dd, _| dd.and(a.0, b.0))
    }

    /// In `a` but not in `b`.
    #[must_use]
    pub fn minus(&self, a: PacketSet, b: PacketSet) -> PacketSet {
        self.run(|dd, _| dd.minus(a.0, b.0))
    }

    /// Every other packet of the family.
    #[must_use]
    pub fn complement(&self, a: PacketSet) -> PacketSet {
        self.run(|dd, _| dd.minus(FULL, a.0))
    }

    /// In any of them; much faster than one by one.
    #[must_use]
    pub fn union_all(&self, sets: &[PacketSet]) -> PacketSet {
        let ids: Vec<Id> = sets.iter().map(|set| set.0).collect();
        self.run(|dd, _| encode::first_of(dd, &ids))
    }

    /// Whether no packet is in it. Of an exhausted space every result is empty: ask [`Space::exhausted`].
    #[must_use]
    pub fn is_empty(&self, a: PacketSet) -> bool {
        a.0 == EMPTY
    }

    /// Whether every packet of `a` is in `b`; false if the space is exhausted.
    #[must_use]
    pub fn subset(&self, a: PacketSet, b: PacketSet) -> bool {
        self.with(|dd, _| !dd.exhausted() && dd.subset(a.0, b.0))
    }

    /// Whether no packet is in both; false if the space is exhausted.
    #[must_use]
    pub fn disjoint(&self, a: PacketSet, b: PacketSet) -> bool {
        self.with(|dd, _| !dd.exhausted() && dd.disjoint(a.0, b.0))
    }

    /// Whether a packet is in it; false if the space is exhausted.
    #[must_use]
    pub fn contains(&self, a: PacketSet, flow: &Flow) -> bool {
        self.with(|dd, layout| !dd.exhausted() && encode::contains(dd, layout, a.0, flow))
    }
}

impl fmt::Debug for Space {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Space")
            .field("layout", &self.layout)
            .field("size", &self.size())
            .field("exhausted", &self.exhausted())
            .finish_non_exhaustive()
    }
}
