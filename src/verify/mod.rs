//! Claims against what was read back: proved, refuted, or unknown (D3, D34-D45).
//!
//! In: a policy and the devices read from text. Out: a [`ClaimResult`] per claim, each refutation replayed first.
//! Must not know: how text is printed, wording.

pub mod approve;
pub mod argument;
pub mod arrivals;
pub mod attested;
pub mod behind;
pub mod check;
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
pub mod seen;
pub mod session;
mod sets;
pub mod spec;
mod spoof;
pub mod states;
pub mod survey;
pub mod verdict;
pub mod view;
mod works;
pub mod world;

pub use check::{Options, Report, verify};
pub use session::Session;
pub use verdict::{ClaimResult, Level, Verdict, Witness, WitnessKind};

#[cfg(test)]
mod tests;
