//! Guidelines: measures with the verdicts of the claims behind them.
//!
//! In: what the policy asks ([`Guideline`]) and the results of its claims. Out: [`out::Guideline`]. A part is never said to be
//! proved unless each claim of it is. Must not know: how it is laid out.

use super::outcome as out;
use crate::base::Lang;
use crate::base::text::sanitise;
use crate::model::guideline::{Guideline, Part};
use crate::verify::{ClaimResult, Verdict};

/// All guidelines of a policy.
pub(super) fn all(
    lang: Lang,
    guidelines: &[Guideline],
    claims: &[ClaimResult],
) -> Vec<out::Guideline> {
    let one = |guideline: &Guideline| one(lang, guideline, claims);
    guidelines.iter().map(one).collect()
}

fn one(lang: Lang, guideline: &Guideline, claims: &[ClaimResult]) -> out::Guideline {
    let clauses = guideline.clauses.iter().map(|clause| out::Clause {
        text: clause.says.say(lang),
        confirmed: clause.confirmed,
        measures: clause.measures.clone(),
    });
    let roles = guideline.roles.iter().map(|role| out::Role {
        role: role.id.clone(),
        text: role.says.say(lang),
        places: role
            .places
            .as_ref()
            .map(|places| sanitise(places).into_owned()),
    });
    let measures = guideline.measures.iter().map(|measure| out::Measure {
        measure: measure.number.clone(),
        title: measure.says.say(lang),
        parts: measure
            .parts
            .iter()
            .map(|part| of(lang, part, claims))
            .collect(),
    });
    out::Guideline {
        name: guideline.name.clone(),
        edition: guideline.edition.clone(),
        title: guideline.title.say(lang),
        clauses: clauses.collect(),
        roles: roles.collect(),
        measures: measures.collect(),
    }
}

fn of(lang: Lang, part: &Part, claims: &[ClaimResult]) -> out::Part {
    let mine: Vec<&ClaimResult> = part
        .claims
        .iter()
        .map(|id| {
            let result = claims.iter().find(|claim| claim.id == *id);
            result.expect("INVARIANT: each claim of a guideline has a result")
        })
        .collect();
    let worst = Verdict::worst(mine.iter().map(|claim| claim.verdict));
    out::Part {
        class: part.class.word(),
        applies: !part.void,
        verdict: (!mine.is_empty()).then(|| worst.word()),
        text: part.says.say(lang),
        claims: part.claims.clone(),
        attested: mine.iter().any(|claim| claim.attested()),
    }
}
