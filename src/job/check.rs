//! `check`: parse, resolve, lint a policy; no device text.

use super::{Job, Options, not_built};
use crate::base::{Diagnostic, FileId, SourceMap};

/// What was found in a policy. Errors among it mean that it has no meaning (exit 2).
#[derive(Clone, Debug, Default)]
pub struct CheckOutcome {
    /// All of it, in file order.
    pub diagnostics: Vec<Diagnostic>,
}

/// Checks a policy.
///
/// # Errors
/// If it cannot even be looked at; findings are in the outcome.
pub fn check(_sources: &SourceMap, _policy: FileId, _options: &Options) -> Job<CheckOutcome> {
    not_built("check")
}
