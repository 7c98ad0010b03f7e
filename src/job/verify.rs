//! `verify`: the claims of a policy against what `build` would write, or against captures.

use super::attest::{self, OpenFact};
use super::{Capture, FileGap, Job, Options, learnt, network, remarks};
use crate::base::{Diagnostic, FileId, SourceMap, Text};
use crate::certificate::{File, Subject, Table};
use crate::model::Policy;
use crate::model::guideline::Guideline;
use crate::syntax::keywords::language_of;
use crate::text;
use crate::topo::Named;
use crate::verify::classes::{Classes, classes};
use crate::verify::{ClaimResult, Verdict};
use jiff::civil::Date;
use serde_json::Value;
use std::sync::Arc;

/// The claims and what they stand on.
#[derive(Clone, Debug, Default)]
pub struct VerifyOutcome {
    /// The claims in policy order.
    pub claims: Vec<ClaimResult>,
    /// Per claim that is proved: the classes of packets that it covers. Empty if nobody asked ([`count`]).
    pub classes: Vec<Option<Classes>>,
    /// Vendor facts that unknown claims hang on and the site could settle.
    pub open_facts: Vec<OpenFact>,
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

/// The outcome with what it was computed from.
pub struct Verified {
    /// The claims.
    pub outcome: VerifyOutcome,
    /// The policy.
    pub policy: Policy,
    /// The devices as read.
    pub devices: Vec<Arc<Named>>,
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
    run(sources, policy, configs, options).map(|verified| verified.outcome)
}

/// [`verify`], and what it was computed from.
///
/// # Errors
/// Those of [`verify`].
pub fn run(
    sources: &SourceMap,
    policy: FileId,
    configs: Option<&[Capture]>,
    options: &Options,
) -> Job<Verified> {
    let loaded = network::policy(sources, policy)?;
    let texts = network::Texts::of(&loaded.policy, configs, options)?;
    let devices = texts.read(sources, &loaded.policy, options)?;
    let asked = network::verify_options(options, false);
    let mut report = crate::verify::verify(&loaded.policy, options.at, &devices.named, &asked)
        .map_err(|bug| network::our_bug(&bug))?;
    let again = |policy: &Policy| {
        let devices = texts.read(sources, policy, options);
        devices.expect("INVARIANT: these texts were read before")
    };
    let (policy_of, named) = (&loaded.policy, &devices.named);
    let unused = attest::lean(policy_of, &devices, &again, &mut report, options)?;
    let lang = language_of(&sources.get(policy).text);
    let open_facts = attest::open_facts(policy_of, named, &report.claims, lang);
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
    diagnostics.extend(unused);
    diagnostics.extend(remarks::expired(&loaded.policy, options.at));
    remarks::settle(&loaded.policy, options.at, &mut diagnostics);
    Ok(Verified {
        outcome: VerifyOutcome {
            open_facts,
            claims: report.claims,
            classes: Vec::new(),
            gaps: devices.gaps,
            assumptions,
            terms: terms(&loaded.policy, options.at),
            guidelines: loaded.policy.guidelines.clone(),
            diagnostics,
        },
        policy: loaded.policy,
        devices: devices.named,
    })
}

/// Counts the classes of packets that the proved claims cover.
pub fn count(verified: &mut Verified, options: &Options) {
    let claims = verified.outcome.claims.iter();
    let proved: Vec<bool> = claims
        .map(|claim| claim.verdict == Verdict::Proved)
        .collect();
    let (policy, devices) = (&verified.policy, &verified.devices);
    verified.outcome.classes = classes(policy, options.at, devices, options.limits, &proved);
}

/// The verdict as data that can be checked without the solver, or why there is none.
///
/// # Errors
/// The reason in words.
pub fn certificate(
    sources: &SourceMap,
    policy: FileId,
    configs: Option<&[Capture]>,
    verified: &Verified,
    options: &Options,
) -> Result<Value, Text> {
    let file = |id: FileId| {
        let source = sources.get(id);
        File {
            path: source.path.clone(),
            sha256: source.sha256.clone(),
            lines: source.lines().map(|(line, _)| line).max().unwrap_or(0),
        }
    };
    let captures = configs.ok_or_else(|| text!("certificate-not-captured"))?;
    let mut ids = vec![policy];
    let mut place = |id: FileId| {
        let known = ids.iter().position(|one| *one == id);
        known.unwrap_or_else(|| {
            ids.push(id);
            ids.len() - 1
        })
    };
    // A router that the policy declares `opaque` has no capture.
    let capture = |named: &Arc<Named>| captures.iter().find(|one| one.name == named.name);
    let devices = verified.devices.iter().map(capture);
    let texts = devices.map(|mine| mine.map(|capture| place(capture.file)));
    let texts = texts.collect();
    let tables = verified.devices.iter().map(|named| {
        let capture = captures.iter().find(|one| one.name == named.name)?;
        let (id, lines) = learnt::lines(sources, capture.file, &named.device)?;
        Some(Table {
            file: place(id),
            lines,
        })
    });
    let tables = tables.collect();
    // Claims may stand in files that the policy imports.
    let claims = verified.outcome.claims.iter().map(|claim| {
        let (line, _) = sources.get(claim.span.file).position(claim.span.start);
        (claim, place(claim.span.file), line)
    });
    let claims = claims.collect();
    crate::certificate::write(&Subject {
        policy: &verified.policy,
        at: options.at,
        devices: &verified.devices,
        files: ids.into_iter().map(file).collect(),
        texts,
        tables,
        claims,
        facts: crate::facts::digest(),
        limits: options.limits,
    })
}
