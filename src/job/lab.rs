//! `lab`: the policy and the devices that are to be run.

use super::{Capture, Job, Options, network};
use crate::base::{Diagnostic, FileId, SourceMap};
use crate::model::Policy;
use crate::topo::Named;
use std::sync::Arc;

/// What is run.
pub struct Subject {
    /// The policy.
    pub policy: Policy,
    /// Devices as read back, or as captured.
    pub devices: Vec<Arc<Named>>,
    /// Findings about the inputs; printed to standard error.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads what is run.
///
/// # Errors
/// Wrong input (exit 2).
pub fn subject(
    sources: &SourceMap,
    policy: FileId,
    configs: Option<&[Capture]>,
    options: &Options,
) -> Job<Subject> {
    let loaded = network::policy(sources, policy)?;
    let devices = network::devices(sources, &loaded.policy, configs, options)?;
    let mut diagnostics = loaded.diagnostics;
    diagnostics.extend(devices.diagnostics);
    Ok(Subject {
        policy: loaded.policy,
        devices: devices.named,
        diagnostics,
    })
}
