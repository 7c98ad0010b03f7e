//! `trace` of a network: one packet, hop by hop (D17-D33).

use super::{Capture, Job, Options, not_built};
use crate::base::{Diagnostic, FileId, SourceMap};
use crate::net::Flow;
use crate::reach::Trace;

/// A walk and where it ended.
#[derive(Clone, Debug)]
pub struct TraceOutcome {
    /// The walk.
    pub trace: Trace,
    /// Zone, external or pseudo-zone it arrived in.
    pub zone: Option<String>,
    /// Findings about the inputs; printed to standard error.
    pub diagnostics: Vec<Diagnostic>,
}

/// Follows a packet. Without `from` it starts in the zone that holds its source.
///
/// # Errors
/// Wrong input (exit 2): no zone or two hold the source, `from` is unknown.
pub fn trace(
    _sources: &SourceMap,
    _policy: FileId,
    _configs: Option<&[Capture]>,
    _flow: &Flow,
    _from: Option<&str>,
    _options: &Options,
) -> Job<TraceOutcome> {
    not_built("trace POLICY")
}
