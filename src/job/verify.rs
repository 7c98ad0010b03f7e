//! `verify`: the claims of a policy against what `build` would write, or against captures.

use super::attest::{self, OpenFact};
use super::{Capture, FileGap, Job, Options, network};
use crate::base::{Diagnostic, FileId, SourceMap, Text};
use crate::model::Policy;
use crate::model::guideline::Guideline;
use crate::syntax::keywords::language_of;
use crate::verify::{ClaimResult, Verdict};

/// The claims and what they stand on.
#[derive(Clone, Debug, Default)]
pub struct VerifyOutcome {
    /// The claims in policy order.
    pub claims: Vec<ClaimResult>,
    /// Vendor facts that unknown claims hang on and the site could settle.
    pub open_facts: Vec<OpenFact>,
    /// Lines of the captures that were not understood, whether or not a claim depends on them.
    pub gaps: Vec<FileGap>,
    /// Assumptions of the whole run (D49); those of one claim are with the claim.
    pub assumptions: Vec<Text>,
    /// Guidelines of the policy, whose claims are among the claims.
    pub guidelines: Vec<Guideline>,
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
    let texts = network::Texts::of(&loaded.policy, configs, options)?;
    let devices = texts.read(sources, &loaded.policy, options)?;
    let asked = network::verify_options(options, false);
    let mut report = crate::verify::verify(&loaded.policy, options.at, &devices.named, &asked)
        .map_err(|bug| network::our_bug(&bug))?;
    let again = |policy: &Policy| {
        let devices = texts.read(sources, policy, options);
        devices
            .expect("INVARIANT: these texts were read before")
            .named
    };
    let (policy_of, named) = (&loaded.policy, &devices.named);
    let unused = attest::lean(policy_of, named, &again, &mut report, options)?;
    let lang = language_of(&sources.get(policy).text);
    let open_facts = attest::open_facts(policy_of, named, &report.claims, lang);
    let mut assumptions: Vec<Text> = Vec::new();
    for text in report.claims.iter().flat_map(|claim| &claim.assumptions) {
        if !assumptions.contains(text) {
            assumptions.push(text.clone());
        }
    }
    let mut diagnostics = loaded.diagnostics;
    diagnostics.extend(devices.diagnostics);
    diagnostics.extend(unused);
    Ok(VerifyOutcome {
        open_facts,
        claims: report.claims,
        gaps: devices.gaps,
        assumptions,
        guidelines: loaded.policy.guidelines,
        diagnostics,
    })
}
