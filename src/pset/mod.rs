//! Packet sets: any union of boxes, exactly, with equality in one comparison.
//!
//! In come boxes ([`crate::net::Match`]), points ([`crate::net::Flow`]) and lists ([`crate::acl::Acl`]); out come handles
//! ([`PacketSet`]), answers, one readable packet ([`Space::witness`]) or a short list of [`Region`]s. Uncertain sets travel
//! as [`Bounds`] (D4). Must not know: names, vendors, text, where a list is bound.
//!
//! **The budget.** A [`Space`] may hold only so many nodes, and may be told to stop ([`Limits`]). When they are used up, [`Space::exhausted`] becomes true and
//! stays so, and from then on *every operation returns the empty set at once*. No answer of an exhausted space means
//! anything: ask `exhausted()` before you turn answers into a verdict. A limit reached is an open question, never a pass
//! (D43).
//!
//! ```text
//! layout    fields -> levels: order and chunk width, chosen per job from a sample of its lines
//! dd, ops   the diagram engine: interval decision diagrams, hash-consed; no node leaves this folder
//! encode    boxes and packets -> diagrams
//! space     the set algebra that callers see          bounds   the same for uncertain sets
//! list      permitted sets (D12), deciding entries (D13)
//! shards    the permitted set of a very long list     lines    unreachable and redundant entries
//! regions   a set -> short field-wise pieces          witness  a set -> its most readable packet
//! ```
#![warn(missing_docs)]

mod bounds;
mod dd;
mod encode;
mod layout;
mod lines;
mod list;
mod ops;
mod regions;
mod shards;
mod space;
mod tree;
mod witness;

#[cfg(test)]
mod tests;

pub use bounds::Bounds;
pub use layout::{Field, Layout};
pub use lines::{LineFinding, Useless};
pub use list::Deciders;
pub use regions::{Region, Regions, ranges};
pub use space::{Limits, PacketSet, Size, Space};
pub use witness::Prefer;
