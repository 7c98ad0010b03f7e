//! `lab`: the policy and the devices that are to be run.

use super::{Capture, Job, Options, network};
use crate::base::{Diagnostic, FileId, SourceMap};
use crate::model::Policy;
use crate::net::Flow;
use crate::reach::HopKind;
use crate::topo::Named;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The dialect whose files the kernel takes as they are.
const NFT: &str = "linux-nftables";
/// How such a file begins; a capture of several commands does not.
const NFT_FILE: &str = "#!/usr/sbin/nft";

/// What is run.
pub struct Subject {
    /// The policy.
    pub policy: Policy,
    /// Devices as read back, or as captured.
    pub devices: Vec<Arc<Named>>,
    /// Packets that break claims: the claim, the packet, device and interface where it enters.
    pub witnesses: Vec<(String, Flow, String, String)>,
    /// Texts that nft takes as they are, by the name of the device.
    pub native: BTreeMap<String, String>,
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
    let native = match configs {
        Some(captures) => captures
            .iter()
            .map(|capture| {
                (
                    capture.name.clone(),
                    sources.get(capture.file).text.to_string(),
                )
            })
            .collect(),
        None => {
            let written = network::write(&loaded.policy, options)?;
            let named = written.into_iter().map(|file| (file.switch, file.text));
            named.collect::<BTreeMap<String, String>>()
        }
    };
    let of_nft = |name: &str, text: &str| {
        let device = devices.named.iter().find(|named| named.name == *name);
        text.starts_with(NFT_FILE) && device.is_some_and(|named| named.device.dialect == NFT)
    };
    let native = native
        .into_iter()
        .filter(|(name, text)| of_nft(name, text))
        .collect();
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
        native,
        diagnostics,
    })
}

/// The witness of each refuted claim that enters a switch somewhere.
fn witnesses(
    policy: &Policy,
    devices: &[Arc<Named>],
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
