//! Tables that people keep (CSV, XLSX) as the statements they stand for (language section 4).
//!
//! In: the bytes of a table, and the tree of the policy that mentions it. Out: a text with a line per row, so that every finding
//! points at its cell, and the tree with hosts, zones and addresses in place of the table.
//! Must not know: files, what a name means.
#![warn(clippy::indexing_slicing, clippy::string_slice)]

mod cells;
mod expand;
mod heads;
mod read;

pub use cells::{Cell, Row, reference, rows};
pub use expand::expand;
pub use read::source;

#[cfg(test)]
mod tests;
