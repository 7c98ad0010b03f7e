//! Claims against what was read back: proved, refuted, or unknown (D3, D34-D45).
//!
//! In: a policy and the devices read from text. Out: a [`ClaimResult`] per claim, each refutation replayed first.
//! Must not know: how text is printed, wording.
//!
//! ```text
//! session   the devices again and again: cases over open facts, the report
//! seen      one reading of the network, looked at again: which answers still stand
//! evaluate  one claim in one world: verdict, packet, questions
//! only works relay spoof filtered equality control   what the sets say, per kind of claim
//! view      one family: sets, spreads, goals; found: what is kept of them, with what it hangs on
//! ```
//!
//! **Who adds a claim** asks the network through [`view::View`] and [`crate::reach::Net`]: then what it hangs on is noted, and
//! the answer is kept for as long as that is the same. A claim that reads a text itself (lines of lists, bindings) says so
//! in `seen::always_asked`.

pub mod approve;
pub mod argument;
pub mod arrivals;
pub mod attested;
pub mod behind;
pub mod check;
pub mod classes;
mod control;
mod equality;
pub mod evaluate;
mod filtered;
mod found;
mod logged;
mod only;
pub mod query;
mod relay;
pub mod replay;
mod seen;
pub mod session;
mod sets;
pub mod sides;
pub mod spec;
mod spoof;
pub mod states;
pub mod survey;
pub mod verdict;
pub mod view;
mod works;
pub mod world;

pub use crate::pset::Limits;
pub use check::{Options, Report, verify};
pub use session::Session;
pub use verdict::{ClaimResult, Level, Verdict, Witness, WitnessKind};

#[cfg(test)]
mod tests;
