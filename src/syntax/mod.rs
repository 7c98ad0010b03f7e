//! Our language: text -> folding -> [`ast`], with every finding, never failing.
//!
//! Must not know: what a name means.
#![warn(clippy::indexing_slicing, clippy::string_slice)]

pub mod ast;
