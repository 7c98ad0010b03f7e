//! `verify`: the claims of a policy against what `build` would write, or against captures.

use super::{Capture, FileGap, Job, Options, network};
use crate::base::{Diagnostic, FileId, SourceMap, Text};
use crate::text;
use crate::verify::{ClaimResult, Verdict};

/// The claims and what they stand on.
#[derive(Clone, Debug, Default)]
pub struct VerifyOutcome {
    /// The claims in policy order.
    pub claims: Vec<ClaimResult>,
    /// Lines of the captures that were not understood, whether or not a claim depends on them.
    pub gaps: Vec<FileGap>,
    /// Assumptions of the whole run (D49); those of one claim are with the claim.
    pub assumptions: Vec<Text>,
    /// Findings about the inputs, warnings and remarks only; printed to standard error.
    pub diagnostics: Vec<Diagnostic>,
}

impl VerifyOutcome {
    /// Refuted before unknown before proved (D43).
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        Verdict::worst(self.claims.iter().map(|claim| claim.verdict))
    }
}

/// Proves or refutes the claims of a policy. With `configs`, on those captures (all `*.cfg` of the directory, also those
/// of switches that the policy does not name, D32); without, on what `build` would write.
///
/// # Errors
/// Wrong input (exit 2): the policy has errors, a switch has no capture or two.
pub fn verify(
    sources: &SourceMap,
    policy: FileId,
    configs: Option<&[Capture]>,
    options: &Options,
) -> Job<VerifyOutcome> {
    let loaded = network::policy(sources, policy)?;
    let devices = network::devices(sources, &loaded.policy, configs, options)?;
    let asked = network::verify_options(options, false);
    let report = crate::verify::verify(&loaded.policy, options.at, &devices.named, &asked)
        .map_err(|bug| network::our_bug(&bug))?;
    let mut assumptions: Vec<Text> = Vec::new();
    for text in report.claims.iter().flat_map(|claim| &claim.assumptions) {
        if !assumptions.contains(text) {
            assumptions.push(text.clone());
        }
    }
    let mut diagnostics = loaded.diagnostics;
    let pairs = super::diff::twins(
        sources,
        &loaded.policy,
        configs.unwrap_or_default(),
        options,
    )?;
    for (pair, outcome) in pairs {
        if outcome.verdict != crate::diff::Verdict::Equal || !outcome.beside.is_empty() {
            let differs = Diagnostic::warning(text!("twins-differ", pair = pair));
            diagnostics.push(differs.help(text!("twins-differ-help")));
        }
    }
    diagnostics.extend(devices.diagnostics);
    Ok(VerifyOutcome {
        claims: report.claims,
        gaps: devices.gaps,
        assumptions,
        diagnostics,
    })
}
