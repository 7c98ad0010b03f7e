//! Outcomes for people and for pipelines.
//!
//! In: what the jobs found. Out: types of our own with the contract's field names ([`outcome`]), JSON, and text in two
//! languages. Must not know: how anything is computed, files, terminals. Words are chosen here and nowhere before; only
//! this module derives `Serialize`.
#![warn(clippy::indexing_slicing, clippy::string_slice)]

pub mod convert;
pub mod diagnostics;
pub mod grid;
pub mod json;
pub mod outcome;
pub mod packet;
pub mod region;
pub mod schema;
pub mod sheets;
pub mod text;

#[cfg(test)]
mod tests;
