//! Where packets get to: one flow hop by hop ([`walk`]), or a set of them to a fixpoint.
//!
//! In: a topology and packet sets of its lists. Out: traces, and per place what may and what must arrive (D17-D33).
//! Must not know: zones' names, policies, text.

pub mod trace;

pub use trace::{Hop, HopAction, HopKind, Trace, TraceEnd};
