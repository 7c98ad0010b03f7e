//! Claims against what was read back: proved, refuted, or unknown (D3, D34-D45).
//!
//! In: a policy and the devices read from text. Out: a [`ClaimResult`] per claim, each refutation replayed first.
//! Must not know: how text is printed, wording.

pub mod spec;
pub mod verdict;
pub mod view;

pub use verdict::{ClaimResult, Level, Verdict, Witness, WitnessKind};
