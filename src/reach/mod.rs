//! Where packets get to: one flow hop by hop ([`walk`]), or sets of them ([`Net::spread`], [`Net::carried`]).
//!
//! In: a topology and the packet sets of its lists. Out: traces, and per link, external next hop and device what may
//! and what must arrive (D17-D33). [`walk`] uses the interpreter only, never a set: it is the second opinion that
//! replays every witness. Must not know: zones' names, policies, text.
//!
//! **After a change** [`Net::again`] takes over what did not change and says which packets lists treat otherwise; what a
//! computation offered to which lists is its [`Trail`] ([`Net::followed`]), and its result stands while the two have no
//! packet in common ([`Trail::stands`]).

mod all;
mod filters;
mod spread;
pub mod trace;
mod trail;
pub mod walk;

pub use all::Goal;
pub use filters::{Made, Net};
pub use spread::{Side, Spread};
pub use trace::{Hop, HopAction, HopKind, Trace, TraceEnd};
pub use trail::{Changes, Trail};
pub use walk::{End, Walker};

use crate::net::AddrRanges;
use std::net::IpAddr;

/// The host on a link, with all its addresses, behind which an external lies (D29).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Beyond {
    /// The link.
    pub link: usize,
    /// The addresses of one family by which packets are handed over.
    pub hosts: AddrRanges,
    /// It may hand packets back unchanged.
    pub hairpin: bool,
}

/// Whether a next hop is one that the policy names.
fn named(beyond: &[Beyond], link: usize, addr: IpAddr) -> bool {
    beyond.iter().any(|beyond| beyond.is(link, addr))
}

impl Beyond {
    /// Whether a next hop on a link is this host.
    #[must_use]
    pub fn is(&self, link: usize, addr: IpAddr) -> bool {
        self.link == link && self.hosts.contains(addr)
    }
}
