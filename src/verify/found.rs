//! What was found out about one family of a network, with what each finding hangs on: after a change of lists only what
//! hangs on it is worked out again.
//!
//! A finding hangs on lists (its [`Trail`]: which packets it offered to which lists) and on spreads (its [`Start`]s). All
//! else, addresses, routes, effects and the policy, is the same for as long as a [`Found`] is kept.

use super::view::Origin;
use super::works::Group;
use crate::model::At;
use crate::pset::{PacketSet, Space};
use crate::reach::{Changes, Goal, Side, Spread, Trail};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

/// A spread: from where, and which bound.
pub(super) type Start = (Origin, Side);

/// What a computation hangs on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Grounds {
    /// What it asked of lists itself.
    pub(super) trail: Trail,
    /// The spreads it looked at.
    pub(super) starts: BTreeSet<Start>,
}

impl Grounds {
    /// Whether its result is what it was.
    pub(super) fn stand(&self, space: &Space, news: &News) -> bool {
        self.starts.is_disjoint(&news.spreads) && self.trail.stands(space, &news.lists)
    }
}

/// What is no longer as it was.
#[derive(Clone, Debug, Default)]
pub(super) struct News {
    pub(super) lists: Changes,
    pub(super) spreads: BTreeSet<Start>,
}

impl News {
    pub(super) fn is_empty(&self) -> bool {
        self.lists.is_empty() && self.spreads.is_empty()
    }
}

/// Source, goal, packets and bound of an all-path question.
pub(super) type Way = (At, Goal, PacketSet, Side);

/// The findings.
#[derive(Default)]
pub(super) struct Found {
    pub(super) spreads: BTreeMap<Start, (Rc<Spread>, Trail)>,
    pub(super) carried: HashMap<Way, (PacketSet, Trail)>,
    /// Links from which nothing arrives that the policy does not say (D45).
    pub(super) equal: BTreeMap<usize, Grounds>,
    /// The policy's sessions by their ends.
    pub(super) groups: Option<Rc<Vec<Group>>>,
    /// Per port: what its link needs of its list besides sessions.
    pub(super) needed: BTreeMap<usize, PacketSet>,
}

impl Found {
    /// Drops what hangs on lists that changed. The spreads among it are returned: whether they are different now is only
    /// known when they are worked out again.
    pub(super) fn drop_changed(
        &mut self,
        space: &Space,
        changes: &Changes,
    ) -> Vec<(Start, Rc<Spread>)> {
        self.carried
            .retain(|_, (_, trail)| trail.stands(space, changes));
        let fallen =
            |(_, (_, trail)): &(&Start, &(Rc<Spread>, Trail))| !trail.stands(space, changes);
        let fallen: Vec<Start> = self
            .spreads
            .iter()
            .filter(fallen)
            .map(|(start, _)| *start)
            .collect();
        let taken = fallen.into_iter().filter_map(|start| {
            let (spread, _) = self.spreads.remove(&start)?;
            Some((start, spread))
        });
        taken.collect()
    }
}
