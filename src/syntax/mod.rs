//! Our language: text -> folding -> [`ast`], with every finding, never failing.
//!
//! In: the text of one policy file. Out: its tree with the place of every word as it was typed, and diagnostics.
//! The grammar is `grammar/policy.pest`; its reference in examples is `grammar/README.md`.
//! Must not know: what a name means.
#![warn(clippy::indexing_slicing, clippy::string_slice)]

pub mod ast;
mod build;
mod confused;
mod expect;
mod explain;
mod fold;
mod habits;
pub mod keywords;
mod parse;
mod print;
mod refs;
mod respell;
mod scan;

pub use build::address;
pub use parse::{MAX_BYTES, MAX_DEPTH, not_utf8, parse, quoted};
pub use print::format;
pub use refs::{Reference, may_refer, references};
pub use respell::respell;

#[cfg(test)]
mod tests;
