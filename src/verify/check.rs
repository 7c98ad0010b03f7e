//! All claims of a policy on some devices: bounds first, then case by case over the open facts that matter (D5, D43).

use super::evaluate::Answer;
use super::replay::OurBug;
use super::session::Session;
use super::{ClaimResult, Verdict};
use crate::acl::Question;
use crate::base::Text;
use crate::model::{Assumption, At, Claim, ClaimKind, Policy};
use crate::pset::Limits;
use crate::text;
use crate::topo::Named;
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What is to be verified, and how far.
#[derive(Clone, Copy)]
pub struct Options {
    /// Of each family's sets; past them the answer is unknown.
    pub limits: Limits,
    /// Ask for D45 as well.
    pub equality: bool,
    /// How a question is said; wording is not this module's business.
    pub words: fn(&Question) -> Text,
    /// How leaning on a modelled fact (dialect, id) is said.
    pub modelled: fn(&str, &str) -> Text,
}

/// The answers.
#[derive(Clone, Debug)]
pub struct Report {
    /// A result per claim, in order.
    pub claims: Vec<ClaimResult>,
    /// D45, if asked.
    pub equality: Option<ClaimResult>,
    /// Refuted before unknown before proved; without equality.
    pub verdict: Verdict,
}

/// Verifies every claim of a policy on devices.
///
/// # Errors
/// [`OurBug`] if a witness does not replay: then there is no verdict at all.
pub fn verify(
    policy: &Policy,
    at: Date,
    devices: &[Arc<Named>],
    options: &Options,
) -> Result<Report, OurBug> {
    let mut session = Session::new(policy, at, *options);
    session.verify(devices)?;
    let report = session.into_report();
    Ok(report.expect("INVARIANT: what was verified has a report"))
}

pub(super) fn worth_splitting(answer: &Answer) -> bool {
    answer.verdict == Verdict::Unknown && !matches!(answer.reason, Some("limit" | "vacuous"))
}

/// One claim over all cases: agreed, or unknown with the smallest set of facts that decides it.
pub(super) fn settle(facts: &[Question], cases: &[&Answer], answer: &mut Answer) {
    let first = cases[0];
    if cases.iter().all(|case| case.verdict == first.verdict) {
        match first.verdict {
            Verdict::Unknown => {
                answer.because = first.because.clone();
                answer.because.sort();
                answer.because.dedup();
            }
            Verdict::Proved | Verdict::Refuted => *answer = first.clone(),
        }
        return;
    }
    let deciding = smallest(facts.len(), cases);
    let mut because: Vec<Question> = facts
        .iter()
        .enumerate()
        .filter(|(i, _)| deciding >> i & 1 == 1)
        .map(|(_, fact)| fact.clone())
        .collect();
    let unsure = cases.iter().filter(|case| case.verdict == Verdict::Unknown);
    because.extend(unsure.flat_map(|case| case.because.iter().cloned()));
    because.sort();
    because.dedup();
    answer.because = because;
    if answer.candidate.is_none() {
        answer.candidate = cases.iter().find_map(|case| case.witness.clone());
    }
}

/// The smallest set of facts (as bits) whose answers determine the verdict; ties go to the earlier facts.
fn smallest(facts: usize, cases: &[&Answer]) -> usize {
    let determines = |mask: usize| {
        (0..cases.len()).all(|a| {
            (0..cases.len()).all(|b| (a ^ b) & mask != 0 || cases[a].verdict == cases[b].verdict)
        })
    };
    let mut masks: Vec<usize> = (0..1 << facts).collect();
    masks.sort_by_key(|mask| (mask.count_ones(), *mask));
    masks
        .into_iter()
        .find(|&mask| determines(mask))
        .unwrap_or((1 << facts) - 1)
}

pub(super) fn result(
    policy: &Policy,
    modelled: &[Text],
    claim: &Claim,
    answer: Answer,
    options: &Options,
) -> ClaimResult {
    let mut because: Vec<Text> = answer.because.iter().map(options.words).collect();
    because.splice(0..0, answer.notes);
    if answer.reason == Some("vacuous") && because.is_empty() {
        because.push(text!("vacuous-why"));
    }
    ClaimResult {
        id: claim.id.clone(),
        text: claim.text.clone(),
        span: claim.span,
        verdict: answer.verdict,
        level: answer.level,
        reason: answer.reason,
        witness: answer.witness,
        candidate: answer.candidate,
        because,
        questions: answer.because,
        holes: once(answer.holes),
        assumptions: assumptions(policy, &claim.kind, modelled),
        measures: claim.measures.clone(),
    }
}

/// Each text once, in the order of its first mention: a zone on several links has the same hole on each.
fn once(texts: Vec<Text>) -> Vec<Text> {
    let mut seen: Vec<Text> = Vec::new();
    for text in texts {
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    seen
}

pub(super) fn equality_result(
    policy: &Policy,
    modelled: &[Text],
    answer: Answer,
    options: &Options,
) -> ClaimResult {
    let span = policy.claims.first().map_or(
        crate::base::Span::new(crate::base::FileId(0), 0, 0),
        |claim| claim.span,
    );
    let claim = Claim {
        id: "D45".to_owned(),
        text: "read back = policy".to_owned(),
        span,
        strict: true,
        kind: ClaimKind::AllowsWork,
        measures: Vec::new(),
    };
    let mut result = result(policy, modelled, &claim, answer, options);
    for assumption in &policy.assumptions {
        if let Assumption::Authentic { vlan, because } = assumption {
            let text = text!("assume-authentic", vlan = *vlan, because = because);
            result.assumptions.push(text);
        }
    }
    result
}

/// What a verdict leans on (D49). `filtered` is read off the text and leans on nothing.
fn assumptions(policy: &Policy, kind: &ClaimKind, modelled: &[Text]) -> Vec<Text> {
    let mut all: Vec<Text> = match kind {
        ClaimKind::Filtered { .. } => return Vec::new(),
        ClaimKind::Works { .. } | ClaimKind::AllowsWork => {
            let opaque = |name: &String| text!("assume-opaque-passes", name = name);
            let always = [
                text!("assume-links"),
                text!("assume-neighbours"),
                text!("assume-wires"),
            ];
            always
                .into_iter()
                .chain(opaques(policy).map(opaque))
                .collect()
        }
        ClaimKind::Only { .. }
        | ClaimKind::NoRelay { .. }
        | ClaimKind::Logged { .. }
        | ClaimKind::NoSpoof { .. } => {
            let opaque = |name: &String| text!("assume-opaque-unchanged", name = name);
            let always = [
                text!("assume-links"),
                text!("assume-hosts"),
                text!("assume-fragments"),
                text!("assume-unrouted"),
            ];
            always
                .into_iter()
                .chain(opaques(policy).map(opaque))
                .collect()
        }
    };
    if let ClaimKind::Only { from, .. }
    | ClaimKind::Logged { from, .. }
    | ClaimKind::NoRelay { from, .. }
    | ClaimKind::NoSpoof { from } = kind
    {
        for assumption in &policy.assumptions {
            if let Assumption::Authentic { vlan, because } = assumption
                && from
                    .iter()
                    .any(|spot| policy.network.vlan_of(spot.at) == Some(*vlan))
            {
                all.push(text!("assume-authentic", vlan = *vlan, because = because));
            }
        }
    }
    if let ClaimKind::Only { to, .. } = kind
        && to.iter().any(|spot| matches!(spot.at, At::Switch(_)))
    {
        all.push(text!("assume-broadcasts"));
    }
    if !matches!(kind, ClaimKind::Works { .. } | ClaimKind::AllowsWork) {
        let shut = policy
            .network
            .externals
            .iter()
            .filter(|external| external.no_hairpin);
        all.extend(shut.map(|external| text!("assume-no-hairpin", name = &external.label.name)));
    }
    all.extend_from_slice(modelled);
    all
}

/// The names of the routers whose filter is not modelled.
fn opaques(policy: &Policy) -> impl Iterator<Item = &String> {
    let opaque = policy
        .network
        .switches
        .iter()
        .filter(|switch| switch.opaque);
    opaque.map(|switch| &switch.label.name)
}

/// The vendor facts of status *modelled* that the devices lean on, in words (D49).
pub(super) fn modelled(devices: &[Arc<Named>], options: &Options) -> Vec<Text> {
    let ids: BTreeSet<(&str, &str)> = devices
        .iter()
        .flat_map(|named| {
            let ids = named.device.modelled.iter();
            ids.map(|id| (named.device.dialect, id.as_str()))
        })
        .collect();
    ids.into_iter()
        .map(|(dialect, id)| (options.modelled)(dialect, id))
        .collect()
}
