//! `verify --between`: the days on which a verdict changes (D48).
//!
//! What a policy means changes with its dates on the day after an `until` only, so these days are asked and no others.

use super::{Capture, Job, Options, network, verify};
use crate::base::{Diagnostic, FileId, SourceMap};
use crate::model::Policy;
use crate::verify::Verdict;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// The verdicts over some days.
#[derive(Clone, Debug, Default)]
pub struct BetweenOutcome {
    /// The first day, then each day on which a statement has ended.
    pub days: Vec<Day>,
    /// Findings about the inputs.
    pub diagnostics: Vec<Diagnostic>,
}

impl BetweenOutcome {
    /// The worst of all days.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        Verdict::worst(self.days.iter().map(|day| day.verdict))
    }
}

/// A day.
#[derive(Clone, Debug)]
pub struct Day {
    /// Which.
    pub at: Date,
    /// The verdict of the file on it.
    pub verdict: Verdict,
    /// Statements whose last day was the day before.
    pub ended: Vec<String>,
    /// Claims whose verdict is another than before.
    pub changes: Vec<Change>,
}

/// A claim with another verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its id.
    pub id: String,
    /// Its text.
    pub text: String,
    /// Until the day before.
    pub before: Verdict,
    /// From this day on.
    pub after: Verdict,
}

/// What ends, what is allowed and what is accepted, with the first day without it.
fn ends(policy: &Policy) -> Vec<(Date, String)> {
    let allows = policy.allows.iter();
    let allows = allows.map(|allow| (allow.until, allow.text.clone()));
    let accepts = policy.accepts.iter();
    let accepts = accepts.map(|accept| (accept.until, format!("accept {}", accept.code)));
    let first = |(until, text): (Option<Date>, String)| Some((until?.tomorrow().ok()?, text));
    allows.chain(accepts).filter_map(first).collect()
}

/// Verifies a policy on each day of a period on which something ends.
///
/// # Errors
/// As [`verify::verify`].
pub fn between(
    sources: &SourceMap,
    policy: FileId,
    configs: Option<&[Capture]>,
    options: &Options,
    (first, last): (Date, Date),
) -> Job<BetweenOutcome> {
    let loaded = network::policy(sources, policy)?;
    let ends = ends(&loaded.policy);
    let later: BTreeSet<Date> = ends.iter().map(|(day, _)| *day).collect();
    let later = later.into_iter().filter(|day| first < *day && *day <= last);
    let days = std::iter::once(first).chain(later);
    let mut out = BetweenOutcome::default();
    let mut before: Vec<Verdict> = Vec::new();
    for at in days {
        let today = Options { at, ..*options };
        let outcome = verify::verify(sources, policy, configs, &today)?;
        let changes = outcome
            .claims
            .iter()
            .zip(&before)
            .filter(|(claim, old)| claim.verdict != **old);
        let changes = changes.map(|(claim, &before)| Change {
            id: claim.id.clone(),
            text: claim.text.clone(),
            before,
            after: claim.verdict,
        });
        let changes = changes.collect();
        let ended = ends.iter().filter(|(day, _)| *day == at);
        out.days.push(Day {
            at,
            verdict: outcome.verdict(),
            ended: ended.map(|(_, text)| text.clone()).collect(),
            changes,
        });
        if before.is_empty() {
            out.diagnostics.clone_from(&outcome.diagnostics);
        }
        before = outcome.claims.iter().map(|claim| claim.verdict).collect();
    }
    Ok(out)
}
