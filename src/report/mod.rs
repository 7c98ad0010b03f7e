//! Outcomes for people and for pipelines.
//!
//! In: what the jobs found. Out: types of our own with the contract's field names ([`outcome`]), JSON, and text in two
//! languages. Must not know: how anything is computed, files, terminals. Words are chosen here and nowhere before; only
//! this module derives `Serialize`.
#![warn(clippy::indexing_slicing, clippy::string_slice)]

pub mod certificate;
pub mod codequality;
pub mod convert;
pub mod diagnostics;
pub mod evidence;
pub mod format;
pub mod grid;
mod guideline;
pub mod html;
pub mod issue;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod outcome;
pub mod packet;
pub mod redact;
pub mod region;
pub mod sarif;
pub mod schema;
pub mod sheets;
pub mod text;
pub mod words;
pub mod xlsx;

#[cfg(test)]
mod tests;

use sha2::{Digest as _, Sha256};

/// SHA-256 of a text in hexadecimal.
fn digest_of(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 of some texts in hexadecimal; the ends between them count.
fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex(&hash.finalize())
}
