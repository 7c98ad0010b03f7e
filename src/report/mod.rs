//! Results for people and for programs. In: what the stages found. Out: text and JSON.
//!
//! Must not know: how anything is computed. Words are chosen here and nowhere before.
#![warn(clippy::indexing_slicing, clippy::string_slice)]

pub mod diagnostics;
