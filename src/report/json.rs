//! Outcomes as JSON, one document on one line.

use serde::Serialize;

/// The document with its line end.
#[must_use]
pub fn render(outcome: &impl Serialize) -> String {
    let mut out = serde_json::to_string(outcome)
        .expect("outcomes are structs of strings, numbers and lists, which always serialise");
    out.push('\n');
    out
}
