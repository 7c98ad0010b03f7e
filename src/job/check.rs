//! `check`: parse, resolve, lint a policy; no device text.

use super::{Job, Options, network, remarks};
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
pub fn check(sources: &SourceMap, policy: FileId, options: &Options) -> Job<CheckOutcome> {
    let (policy, mut diagnostics) = network::findings(sources, policy);
    if let Some(policy) = policy {
        diagnostics.extend(remarks::lapsed(&policy, options.at));
        diagnostics.extend(remarks::remarks(&policy, options));
        remarks::settle(&policy, options.at, &mut diagnostics);
    }
    Ok(CheckOutcome { diagnostics })
}
