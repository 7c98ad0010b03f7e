//! `verify`: the claims of a policy against what `build` would write, or against captures.

use super::{Capture, FileGap, Job, Options, network};
use crate::base::{Diagnostic, FileId, SourceMap, Text};
use crate::model::Policy;
use crate::model::guideline::Guideline;
use crate::verify::{ClaimResult, Verdict};
use jiff::civil::Date;

/// The claims and what they stand on.
#[derive(Clone, Debug, Default)]
pub struct VerifyOutcome {
    /// The claims in policy order.
    pub claims: Vec<ClaimResult>,
    /// Lines of the captures that were not understood, whether or not a claim depends on them.
    pub gaps: Vec<FileGap>,
    /// Assumptions of the whole run (D49); those of one claim are with the claim.
    pub assumptions: Vec<Text>,
    /// Guidelines of the policy, whose claims are among the claims.
    pub guidelines: Vec<Guideline>,
    /// Exceptions, and openings that end.
    pub terms: Vec<Term>,
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

/// An opening that an officer has to keep an eye on: 特定通信, or one with a last day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The statement in names.
    pub text: String,
    /// 特定通信.
    pub exception: bool,
    /// `ticket`.
    pub ticket: Option<String>,
    /// `owner`.
    pub owner: Option<String>,
    /// `because`.
    pub because: Option<String>,
    /// Last day in force.
    pub until: Option<Date>,
    /// It is in force on the evaluation date (D48).
    pub in_force: bool,
}

/// Exceptions first, each kind by its last day.
fn terms(policy: &Policy, at: Date) -> Vec<Term> {
    let kept = policy
        .allows
        .iter()
        .filter(|allow| allow.exception || allow.until.is_some());
    let mut terms: Vec<Term> = kept
        .map(|allow| Term {
            text: allow.text.clone(),
            exception: allow.exception,
            ticket: allow.ticket.clone(),
            owner: allow.owner.clone(),
            because: allow.because.clone(),
            until: allow.until,
            in_force: allow.in_force(at),
        })
        .collect();
    terms.sort_by_key(|term| (!term.exception, term.until));
    terms
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
    diagnostics.extend(devices.diagnostics);
    Ok(VerifyOutcome {
        claims: report.claims,
        gaps: devices.gaps,
        assumptions,
        terms: terms(&loaded.policy, options.at),
        guidelines: loaded.policy.guidelines,
        diagnostics,
    })
}
