//! `lab`: the policy and the devices that are to be run.

use super::{Capture, Job, Options, network};
use crate::base::{Diagnostic, FileId, SourceMap};
use crate::model::Policy;
use crate::net::Flow;
use crate::reach::HopKind;
use crate::topo::Named;

/// What is run.
pub struct Subject {
    /// The policy.
    pub policy: Policy,
    /// Devices as read back, or as captured.
    pub devices: Vec<Named>,
    /// Packets that break claims: the claim, the packet, device and interface where it enters.
    pub witnesses: Vec<(String, Flow, String, String)>,
    /// Findings about the inputs; printed to standard error.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads what is run; with `claims`, also asks which of them are broken.
///
/// # Errors
/// Wrong input (exit 2).
pub fn subject(
    sources: &SourceMap,
    policy: FileId,
    configs: Option<&[Capture]>,
    claims: bool,
    options: &Options,
) -> Job<Subject> {
    let loaded = network::policy(sources, policy)?;
    let devices = network::devices(sources, &loaded.policy, configs, options)?;
    let witnesses = match claims {
        true => witnesses(&loaded.policy, &devices.named, options)?,
        false => Vec::new(),
    };
    let mut diagnostics = loaded.diagnostics;
    diagnostics.extend(devices.diagnostics);
    Ok(Subject {
        policy: loaded.policy,
        devices: devices.named,
        witnesses,
        diagnostics,
    })
}

/// The witness of each refuted claim that enters a switch somewhere.
fn witnesses(
    policy: &Policy,
    devices: &[Named],
    options: &Options,
) -> Job<Vec<(String, Flow, String, String)>> {
    let asked = network::verify_options(options, false);
    let report = crate::verify::verify(policy, options.at, devices, &asked)
        .map_err(|bug| network::our_bug(&bug))?;
    let found = report.claims.iter().filter_map(|claim| {
        let witness = claim.witness.as_ref()?;
        let hop = witness.trace.hops.first()?;
        let enters = hop.kind == HopKind::List;
        enters.then(|| {
            (
                claim.text.clone(),
                witness.flow,
                hop.device.clone(),
                hop.interface.clone(),
            )
        })
    });
    Ok(found.collect())
}
