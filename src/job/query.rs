//! `query`: everything that gets from one zone to another.

use super::{Capture, FileGap, Job, Options, not_built};
use crate::base::{Diagnostic, FileId, SourceMap};
use crate::net::Flow;
use crate::verify::Verdict;

/// What gets through, as a short disjoint list.
#[derive(Clone, Debug)]
pub struct QueryOutcome {
    /// Proved if the list is complete and every flow is certain, else unknown.
    pub verdict: Verdict,
    /// The flows.
    pub flows: Vec<QueryFlow>,
    /// Lines that were not understood.
    pub gaps: Vec<FileGap>,
    /// Findings about the inputs; printed to standard error.
    pub diagnostics: Vec<Diagnostic>,
}

/// Packets of one kind that get through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryFlow {
    /// Name or prefixes of the source.
    pub from: String,
    /// Name or prefixes of the destination.
    pub to: String,
    /// Protocol.
    pub protocol: String,
    /// Source ports; empty if there are none.
    pub sport: String,
    /// Destination ports; empty if there are none.
    pub dport: String,
    /// Reply rather than request.
    pub reply: bool,
    /// Under every reading.
    pub certain: bool,
    /// One of them.
    pub witness: Flow,
}

/// What gets from `from` to `to`.
///
/// # Errors
/// Wrong input (exit 2), unknown zones among it.
pub fn query(
    _sources: &SourceMap,
    _policy: FileId,
    _configs: Option<&[Capture]>,
    _from: &str,
    _to: &str,
    _options: &Options,
) -> Job<QueryOutcome> {
    not_built("query")
}
