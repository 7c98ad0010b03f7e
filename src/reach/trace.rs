//! The way of one packet, hop by hop, as it is printed (contract, "trace").

use crate::acl::{Direction, Question};

/// What kind of step a hop is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HopKind {
    /// A list, or the place where one could be bound.
    List,
    /// Carried inside one link; no device decides.
    Bridged,
    /// A route looked up.
    Route,
    /// Handed to the switch itself (own address).
    Local,
}

/// What happened there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HopAction {
    /// Let through by an entry.
    Permit,
    /// Dropped.
    Deny,
    /// Nothing to decide: no list, a route found.
    None,
    /// Readings differ.
    Unknown,
}

/// One hop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// Kind.
    pub kind: HopKind,
    /// Device name; empty for `bridged`.
    pub device: String,
    /// Interface name; for `bridged` the link (`VLAN 300`).
    pub interface: String,
    /// Direction, for lists.
    pub direction: Option<Direction>,
    /// Name of the list.
    pub acl: Option<String>,
    /// Deciding line in the device's file; `None` for the end of a list, a missing list, and other hops.
    pub line: Option<u32>,
    /// The deciding line's text, empty for the end of a list.
    pub text: String,
    /// What happened.
    pub action: HopAction,
}

/// How a walk ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TraceEnd {
    /// Put on the destination's link, or handed to an external.
    Arrives,
    /// Dropped by a list, for want of a route, or in a loop.
    Dropped,
    /// Handed to a switch's own address.
    Local,
    /// Readings differ.
    Unknown,
}

/// A walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The hops in order.
    pub hops: Vec<Hop>,
    /// How it ended.
    pub end: TraceEnd,
    /// For `Unknown`: what it hangs on.
    pub because: Vec<Question>,
}
