//! `lab`: the policy and the devices that are to be run.

use super::{Capture, Job, Options, network};
use crate::base::{Diagnostic, FileId, SourceMap};
use crate::model::Policy;
use crate::net::Flow;
use crate::reach::Trace;
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
    /// Packets that break claims: the claim, the packet, its way.
    pub witnesses: Vec<(String, Flow, Trace)>,
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
    let texts = match configs {
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
    let native = of_nft(texts, &devices.named);
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

/// What is run of a policy that was drawn: the text of each switch goes through `edit` before it is read back.
///
/// # Errors
/// A policy without meaning, or that a dialect cannot express.
pub fn drawn(
    sources: &SourceMap,
    policy: FileId,
    edit: &mut dyn FnMut(&str, String) -> String,
    options: &Options,
) -> Job<Subject> {
    let loaded = network::policy(sources, policy)?;
    let mut written = network::write(&loaded.policy, options)?;
    for one in &mut written {
        one.text = edit(&one.switch, std::mem::take(&mut one.text));
    }
    let devices = network::read_back(&loaded.policy, &written, options);
    let texts = written.into_iter().map(|file| (file.switch, file.text));
    Ok(Subject {
        native: of_nft(texts.collect(), &devices),
        policy: loaded.policy,
        devices,
        witnesses: Vec::new(),
        diagnostics: loaded.diagnostics,
    })
}

/// The texts that the kernel takes as they are.
#[must_use]
pub fn of_nft(texts: BTreeMap<String, String>, devices: &[Arc<Named>]) -> BTreeMap<String, String> {
    let native = |name: &str, text: &str| {
        let device = devices.iter().find(|named| named.name == *name);
        text.starts_with(NFT_FILE) && device.is_some_and(|named| named.device.dialect == NFT)
    };
    let texts = texts.into_iter();
    texts.filter(|(name, text)| native(name, text)).collect()
}

/// The witness of each refuted claim.
fn witnesses(
    policy: &Policy,
    devices: &[Arc<Named>],
    options: &Options,
) -> Job<Vec<(String, Flow, Trace)>> {
    let asked = network::verify_options(options, false);
    let report = crate::verify::verify(policy, options.at, devices, &asked)
        .map_err(|bug| network::our_bug(&bug))?;
    let found = report.claims.into_iter().filter_map(|claim| {
        let witness = claim.witness?;
        Some((claim.text, witness.flow, witness.trace))
    });
    Ok(found.collect())
}
