//! What a computation asked of lists, so that it is repeated only where their answer changed.

use crate::acl::Direction;
use crate::pset::{PacketSet, Space};
use std::collections::BTreeMap;

/// A port, and the way through it.
pub(super) type Gate = (usize, Direction);

/// Which packets a computation has offered to which lists. Its result stands for as long as they treat those alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trail(BTreeMap<Gate, PacketSet>);

/// The packets that lists treat otherwise than before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes(pub(super) BTreeMap<Gate, PacketSet>);

impl Trail {
    /// Whether no list was asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds packets that a list was asked about.
    pub(super) fn note(&mut self, space: &Space, gate: Gate, packets: PacketSet) {
        let known = self.0.entry(gate).or_insert(packets);
        *known = space.union(*known, packets);
    }

    /// Adds what another computation asked.
    pub(super) fn join(&mut self, space: &Space, other: &Trail) {
        for (&gate, &packets) in &other.0 {
            self.note(space, gate, packets);
        }
    }

    /// Whether every list still treats all it was asked about as it did.
    #[must_use]
    pub fn stands(&self, space: &Space, changes: &Changes) -> bool {
        let alike = |(gate, &changed): (&Gate, &PacketSet)| {
            let asked = self.0.get(gate);
            asked.is_none_or(|&asked| space.disjoint(asked, changed))
        };
        changes.0.iter().all(alike)
    }
}

impl Changes {
    /// Whether all lists treat all packets as before.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
