//! Two configurations -> the packets whose fate changed, and the entries to blame (D46).
//!
//! In: two devices as read. Out: places that are compared, and per place a [`Comparison`].
//! Must not know: files, text, wording, policies. Both sides are read under the same answers to open questions.

mod beside;
mod compare;
mod places;
mod readings;

#[cfg(test)]
mod tests;

pub use beside::{Beside, beside};
pub use compare::{Change, Class, Comparison, Effect, Scope, Verdict, compare, compare_in};
pub use places::{Place, Side, places};
