//! Lists to sets: what a list permits (D12) and which entry decides what (D13).
//!
//! Both bounds of D12 are a plain first match over a list of other matches. Must-permit: a permit entry takes its certain
//! match, every other entry blocks with its possible match. May-permit: permit and unread entries take their possible
//! match, a deny entry blocks with its certain match. In a settled list the two are the same list.

use super::dd::{DENY, Dd, EMPTY, FULL, Id};
use super::encode::{first_of, of_ace};
use super::layout::Layout;
use super::tree::Tree;
use super::{Bounds, PacketSet, Space, shards};
use crate::acl::{Ace, Acl, Action};
use std::collections::{BTreeMap, HashSet};

/// Which of the two bounds a walk is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// For must-permit: others block with all they may match.
    Must,
    /// For may-permit: others block with what they match for certain.
    May,
}

impl Side {
    /// Whether an entry takes its possible match on this side, else its certain one.
    pub(super) fn takes_possible(self, action: Action) -> bool {
        action == Action::Unread || (action == Action::Permit) == (self == Side::May)
    }

    /// Where the packets of an entry end on this side.
    pub(super) fn end(self, action: Action) -> Id {
        match action {
            Action::Permit => FULL,
            Action::Deny => DENY,
            Action::Unread if self == Side::May => FULL,
            Action::Unread => DENY,
        }
    }
}

/// Whether C = P for all: an unread entry never is settled.
pub(super) fn settled<'a>(mut aces: impl Iterator<Item = &'a Ace>) -> bool {
    aces.all(|ace| ace.is_settled() && (ace.action != Action::Unread || ace.certain.is_empty()))
}

pub(super) fn permitted(dd: &mut Dd, layout: &Layout, aces: &[&Ace], side: Side) -> Id {
    let piece = |ace: &&Ace| {
        let possible = side.takes_possible(ace.action);
        of_ace(dd, layout, ace, possible, side.end(ace.action))
    };
    let pieces = aces.iter().map(piece).collect();
    permitted_of(dd, pieces)
}

/// What the first of the pieces that has a packet permits.
pub(super) fn permitted_of(dd: &mut Dd, mut pieces: Vec<Id>) -> Id {
    // An exact repetition takes nothing.
    let mut seen = HashSet::new();
    pieces.retain(|&piece| piece != EMPTY && seen.insert(piece));
    let (early, late) = pieces.split_at(pieces.len() / 2);
    let (early, late) = (first_of(dd, early), first_of(dd, late));
    dd.over_permitted(early, late)
}

/// Builds what these entries permit, for the size it takes.
pub(super) fn build(space: &Space, aces: &[&Ace]) {
    space.run(|dd, layout| permitted(dd, layout, aces, Side::Must));
}

impl Space {
    /// The certain and the possible match of an entry (D10). An unread entry matches nothing for certain.
    #[must_use]
    pub fn of_ace(&self, ace: &Ace) -> Bounds {
        let side = |possible| self.run(|dd, layout| of_ace(dd, layout, ace, possible, FULL));
        Bounds {
            must: side(false),
            may: side(true),
        }
    }

    /// Must-permit and may-permit of a list (D12).
    #[must_use]
    pub fn permitted(&self, acl: &Acl) -> Bounds {
        let aces: Vec<&Ace> = acl.all().collect();
        let side = |side| {
            self.run(|dd, layout| match aces.len() < shards::LONG {
                true => permitted(dd, layout, &aces, side),
                false => shards::permitted(dd, layout, &aces, side, shards::PIECES),
            })
        };
        let must = side(Side::Must);
        let may = if settled(acl.all()) {
            must
        } else {
            side(Side::May)
        };
        Bounds { must, may }
    }

    /// Must-deny and may-deny of a list: everything else, halves swapped (D4, D12).
    #[must_use]
    pub fn denied(&self, acl: &Acl) -> Bounds {
        self.bounds_complement(self.permitted(acl))
    }

    /// Prepares a list for [`Space::decided_by`] of sets within one; the smaller that is, the less there is to prepare.
    #[must_use]
    pub fn deciders(&self, acl: &Acl, within: PacketSet) -> Deciders {
        let aces: Vec<&Ace> = acl.all().collect();
        self.with(|dd, layout| {
            let mut tree = |side: Side| {
                let mut set = |ace: &&Ace| {
                    let possible = side.takes_possible(ace.action);
                    let all = of_ace(dd, layout, ace, possible, FULL);
                    dd.and(all, within.0)
                };
                let sets: Vec<Id> = aces.iter().map(&mut set).collect();
                Tree::new(dd, &sets)
            };
            let must = tree(Side::Must);
            let may = (!settled(acl.all())).then(|| tree(Side::May));
            let certain = |ace: &&Ace| of_ace(dd, layout, ace, false, Side::Must.end(ace.action));
            let permit = match may {
                None => EMPTY,
                Some(_) => {
                    let certain: Vec<Id> = aces.iter().map(certain).collect();
                    let all = first_of(dd, &certain);
                    dd.permitted(all)
                }
            };
            Deciders { must, may, permit }
        })
    }

    /// Shares a set out among the entries that decide its packets (D13): (index in [`Acl::all`], part), rising, no empty
    /// parts. A packet whose fate is open goes to the first entry whose other effect may matter.
    #[must_use]
    pub fn decided_by(&self, list: &Deciders, set: PacketSet) -> Vec<(usize, PacketSet)> {
        let mut parts: BTreeMap<usize, Id> = BTreeMap::new();
        self.run(|dd, _| {
            let Some(may) = &list.may else {
                share(dd, &list.must, set.0, &mut parts);
                return EMPTY;
            };
            // Among packets whose first certain entry permits, the decider is the first that permits for certain or may do
            // anything else: the very list that must-permit walks. Among the others it is the list of may-permit.
            let (permit, deny) = (dd.and(set.0, list.permit), dd.minus(set.0, list.permit));
            share(dd, &list.must, permit, &mut parts);
            share(dd, may, deny, &mut parts);
            EMPTY
        });
        match self.exhausted() {
            true => Vec::new(),
            false => parts
                .into_iter()
                .map(|(index, id)| (index, PacketSet(id)))
                .collect(),
        }
    }

    /// [`Space::decided_by`] for one set only.
    #[must_use]
    pub fn deciding(&self, acl: &Acl, set: PacketSet) -> Vec<(usize, PacketSet)> {
        self.decided_by(&self.deciders(acl, set), set)
    }
}

/// A list prepared for [`Space::decided_by`], of the space that made it.
pub struct Deciders {
    /// The matches that the walk for must-permit goes by.
    must: Tree,
    /// Those of the walk for may-permit, unless the list is settled.
    may: Option<Tree>,
    /// Packets whose first certain entry permits, unless the list is settled.
    permit: Id,
}

fn share(dd: &mut Dd, tree: &Tree, set: Id, parts: &mut BTreeMap<usize, Id>) {
    let mut found: Vec<(usize, Id)> = Vec::new();
    tree.share(dd, 0, set, &mut |index, part| found.push((index, part)));
    for (index, part) in found {
        let known = parts.get(&index).copied().unwrap_or(EMPTY);
        parts.insert(index, dd.or(known, part));
    }
}
