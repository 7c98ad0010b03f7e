//! `assume fact` statements: which fact of which switches, and what is wrong with them.

use crate::base::{Diagnostic, Span, Text, suggest};
use crate::facts::{Confidence, Facts};
use crate::model::{Assumption, Policy, Switch, SwitchId};
use crate::text;
use crate::vendor::{DIALECTS, Dialect, by_id};
use std::collections::{BTreeMap, BTreeSet};

/// A fact as a statement names it.
pub(super) struct Stated<'p> {
    dialect: Option<&'p str>,
    pub(super) id: &'p str,
    switches: &'p [SwitchId],
    pub(super) value: bool,
    span: Span,
}

impl<'p> Stated<'p> {
    pub(super) fn of(assumption: &'p Assumption) -> Option<Stated<'p>> {
        match assumption {
            Assumption::Fact {
                dialect,
                id,
                switches,
                value,
                span,
                ..
            } => Some(Stated {
                dialect: dialect.as_deref(),
                id,
                switches,
                value: *value,
                span: *span,
            }),
            Assumption::Authentic { .. } | Assumption::Irrelevant { .. } => None,
        }
    }

    /// The dialects it may mean: the one it names, else those of the policy's switches that have such a fact.
    pub(super) fn dialects(&self, policy: &Policy) -> Vec<&'static Facts> {
        let used: BTreeSet<&str> = match self.dialect {
            Some(dialect) => BTreeSet::from([dialect]),
            None => policy
                .network
                .switches
                .iter()
                .map(|s| s.dialect.as_str())
                .collect(),
        };
        let known = used.into_iter().filter_map(by_id).map(Dialect::facts);
        known
            .filter(|facts| facts.facts.contains_key(self.id))
            .collect()
    }

    fn applies(&self, policy: &Policy, switch: SwitchId, dialect: &str) -> bool {
        policy.network.switch(switch).dialect == dialect
            && (self.switches.is_empty() || self.switches.contains(&switch))
    }
}

/// What is wrong with the facts that a policy states.
#[must_use]
pub fn check(policy: &Policy) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut first: BTreeMap<(SwitchId, &str), Span> = BTreeMap::new();
    for stated in policy.assumptions.iter().filter_map(Stated::of) {
        if let Some(diagnostic) = wrong(policy, &stated) {
            found.push(diagnostic);
            continue;
        }
        for (id, _) in mine(policy, &stated) {
            if let Some(&before) = first.get(&(id, stated.id)) {
                let headline = text!("fact-twice", id = stated.id);
                let diagnostic =
                    Diagnostic::error(headline).label(stated.span, text!("again-here"));
                found.push(diagnostic.label(before, text!("first-here")));
                break;
            }
            first.insert((id, stated.id), stated.span);
        }
    }
    found
}

/// The switches that a statement is about.
pub(super) fn mine<'p>(
    policy: &'p Policy,
    stated: &Stated<'_>,
) -> impl Iterator<Item = (SwitchId, &'p Switch)> {
    let dialects = stated.dialects(policy);
    let dialect = dialects.first().map_or("", |facts| facts.dialect);
    let all = policy.network.switches.iter().enumerate();
    all.map(|(index, switch)| (SwitchId(index), switch))
        .filter(|(id, _)| stated.applies(policy, *id, dialect))
        .collect::<Vec<_>>()
        .into_iter()
}

fn wrong(policy: &Policy, stated: &Stated<'_>) -> Option<Diagnostic> {
    let error = |headline: Text| Some(Diagnostic::error(headline).at(stated.span));
    let dialects = stated.dialects(policy);
    let facts = match dialects.as_slice() {
        [facts] => *facts,
        [] => return Some(unknown(policy, stated)),
        several => {
            let names = several
                .iter()
                .map(|facts| format!("{}/{}", facts.dialect, stated.id));
            let names = names.collect::<Vec<_>>().join(", ");
            let help = text!("fact-ambiguous-help", names = names);
            return error(text!("fact-ambiguous", id = stated.id)).map(|d| d.help(help));
        }
    };
    let other = |id: &&SwitchId| policy.network.switch(**id).dialect != facts.dialect;
    if let Some(&id) = stated.switches.iter().find(other) {
        let switch = policy.network.switch(id);
        return error(text!(
            "fact-other-dialect",
            dialect = facts.dialect,
            switch = &switch.label.name,
            other = &switch.dialect
        ));
    }
    let switches: Vec<&Switch> = mine(policy, stated).map(|(_, switch)| switch).collect();
    if switches.is_empty() {
        return error(text!("fact-no-switch", dialect = facts.dialect));
    }
    // A fact is one question per model (D1).
    let models: BTreeSet<&Option<String>> = switches.iter().map(|switch| &switch.model).collect();
    if stated.switches.is_empty() && models.len() > 1 {
        let names = switches.iter().map(|switch| switch.label.name.as_str());
        let names = names.collect::<Vec<_>>().join(", ");
        let help = text!("fact-which-switch-help", names = names);
        return error(text!("fact-which-switch", id = stated.id)).map(|d| d.help(help));
    }
    let fact = &facts.facts[stated.id];
    if fact.confidence != Confidence::Confirmed {
        return None;
    }
    let source = &fact.source;
    if fact.value == stated.value {
        let headline = text!("fact-confirmed-anyway", id = stated.id, source = source);
        return Some(Diagnostic::warning(headline).at(stated.span));
    }
    error(text!("fact-confirmed", id = stated.id, source = source))
}

/// No dialect has such a fact.
fn unknown(policy: &Policy, stated: &Stated<'_>) -> Diagnostic {
    let diagnostic = Diagnostic::error(text!("unknown-fact", id = stated.id)).at(stated.span);
    let used = |dialect: &&&dyn Dialect| match stated.dialect {
        Some(named) => dialect.id() == named,
        None => policy
            .network
            .switches
            .iter()
            .any(|switch| switch.dialect == dialect.id()),
    };
    let known: Vec<&'static dyn Dialect> = DIALECTS.iter().filter(used).copied().collect();
    let ids = known
        .iter()
        .flat_map(|dialect| dialect.facts().facts.keys().map(String::as_str));
    match suggest::nearest(stated.id, ids) {
        Some(near) => diagnostic.help(text!("nearest-name", name = near)),
        None => {
            let names = known.iter().map(|dialect| dialect.id());
            let names = names.collect::<Vec<_>>().join(", ");
            diagnostic.help(text!("unknown-fact-help", dialects = names))
        }
    }
}
