//! `plan`: from one configuration of a network to another, step by step, every state proved (D47).

mod sides;
mod states;

pub use states::{State, states};

use super::Limits;
use super::{Capture, Job, Options, attest, capacity, network};
use crate::base::{Diagnostic, SourceMap, Text};
use crate::diff::{Verdict as Difference, beside, compare_in, places};
use crate::model::Policy;
use crate::plan::{Judged, Ordered, Outcome, Room, Site, order};
use crate::text;
use crate::topo::Named;
use crate::vendor::live::{Frame, Running};
use crate::verify::Verdict;
use crate::verify::states::{Judge, Property};
use sides::{Both, pairs};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A plan and what is known of it.
#[derive(Clone, Debug)]
pub struct PlanOutcome {
    /// Over everything: proved only if every state has every property, the end is NEW, and back is OLD.
    pub verdict: Verdict,
    /// The steps, in one order over all switches.
    pub steps: Vec<Judged>,
    /// Names of the switches that the steps' sites stand for.
    pub switches: Vec<Switch>,
    /// By way of lists that permit what both the old and the new list permit.
    pub by_way: bool,
    /// Whether the end does what NEW does.
    pub end: Difference,
    /// Whether taking the steps back restores the text of OLD.
    pub restores: bool,
    /// Open questions, in words.
    pub because: Vec<Text>,
    /// What was attested, what is left as it is, and what nobody can say.
    pub notes: Vec<Text>,
}

/// A switch and what is typed around its commands.
#[derive(Clone, Debug)]
pub struct Switch {
    /// Name.
    pub name: String,
    /// Before and after a block of commands.
    pub frame: &'static Frame,
    /// Dialects before and after of a device that is exchanged; none where it is not there.
    pub exchanged: [Option<&'static str>; 2],
}

/// What is compared, and by which policy.
pub struct Asked<'a> {
    /// Before.
    pub old: &'a [Capture],
    /// After.
    pub new: &'a [Capture],
    /// The policy of the old side, if it is one.
    pub old_policy: Option<&'a Policy>,
    /// Names the places, the sessions that must live, and the models.
    pub policy: &'a Policy,
    /// Ids of facts that people attest.
    pub attested: &'a [String],
}

/// Plans a change.
///
/// # Errors
/// A switch whose dialect has no known way to change a list, or whose text has lines without a place in it.
pub fn plan(sources: &SourceMap, asked: &Asked<'_>, options: &Options) -> Job<PlanOutcome> {
    let both = pairs(sources, asked, options)?;
    let sites: Vec<Site<'_>> = both.iter().map(site).collect();
    let side = |pick: for<'s> fn(&'s Site<'_>) -> &'s Running| -> Vec<Arc<Named>> {
        let named = |site: &Site<'_>| {
            Arc::new(Named {
                name: site.name.clone(),
                device: (site.read)(&pick(site).text()),
            })
        };
        sites.iter().map(named).collect()
    };
    let (old, new) = (side(|site| &site.old), side(|site| &site.new));
    let judge = Judge::new(asked.policy, options.at, &old, &new, options.limits);
    let settled = |site: usize, id: &str| settled(asked, &both[site], id, options);
    let fits = |state: &[Arc<Named>]| fits(asked.policy, state);
    let ordered = match order(&sites, &judge, &settled, &fits) {
        Outcome::Order(ordered) => ordered,
        Outcome::Bug(bug) => return Err(network::our_bug(&bug)),
        Outcome::Wrong(wrong) => {
            return Err(vec![Diagnostic::error(text!(
                "plan-cannot-type",
                line = wrong.0
            ))]);
        }
    };
    Ok(outcome(asked, &sites, &both, &new, ordered))
}

fn site<'s>(one: &'s Both<'_>) -> Site<'s> {
    Site {
        name: one.name.clone(),
        mechanism: one.mechanism,
        old: one.old.clone(),
        new: one.new.clone(),
        read: one.read.as_ref(),
    }
}

/// Whether a fact holds: by its source, or because people attest it on the command line or in the policy.
fn settled(asked: &Asked<'_>, one: &Both<'_>, id: &str, options: &Options) -> bool {
    let attested = asked.attested.iter().any(|attested| attested == id);
    let stated = || attest::stated(asked.policy, &one.name, one.dialect, id);
    let fact = one.dialect.facts().facts.get(id);
    let known = fact.is_some_and(|f| f.value && f.confidence.settles(options.confirmed_only));
    // What is taken out or put in as a whole leans on nothing.
    id.is_empty() || attested || stated().unwrap_or(known)
}

fn outcome(
    asked: &Asked<'_>,
    sites: &[Site<'_>],
    both: &[Both],
    new: &[Arc<Named>],
    ordered: Ordered,
) -> PlanOutcome {
    let mut notes: Vec<Text> = Vec::new();
    for id in asked.attested {
        notes.push(text!("plan-attested", id = id));
    }
    let mut end = Difference::Equal;
    for ((site, text), named) in sites.iter().zip(&ordered.last).zip(new) {
        let last = (site.read)(&text.text());
        for place in places(Some(&last), Some(&named.device)) {
            let sides = [
                place.old.acl(Some(&last), place.family),
                place.new.acl(Some(&named.device), place.family),
            ];
            end =
                end.max(compare_in(&sides[0], &sides[1], &place.scope, Limits::default()).verdict);
        }
        let left = beside(&last, &named.device);
        if !left.is_empty() {
            end = end.max(Difference::Unknown);
            let what: Vec<&str> = left.iter().map(|one| one.word()).collect();
            notes.push(text!(
                "plan-left",
                device = &site.name,
                what = what.join(", ")
            ));
        }
    }
    let restores = restores(sites, &ordered);
    let managed = |switch: &str| {
        asked.policy.allows.iter().any(|allow| {
            let mut to = allow.to.iter();
            to.any(|spot| asked.policy.network.name(spot.place) == switch)
        })
    };
    let touched: BTreeSet<usize> = ordered.steps.iter().map(|one| one.step.site).collect();
    for site in touched.iter().filter(|site| !managed(&sites[**site].name)) {
        notes.push(text!("plan-no-management", device = &sites[*site].name));
    }
    let questions = ordered.open.iter().map(|(site, id)| {
        super::question::words(&crate::acl::Question::Fact {
            dialect: both[*site].dialect.id(),
            id: (*id).to_owned(),
        })
    });
    let unknown = ordered.steps.iter().flat_map(|one| &one.breaches);
    let unknown = unknown.filter(|breach| breach.verdict == Verdict::Unknown);
    let hangs = unknown.flat_map(|breach| &breach.because);
    let questions = questions.chain(hangs.map(super::question::words));
    let because: Vec<Text> = questions.collect::<BTreeSet<_>>().into_iter().collect();
    let ids = ordered
        .open
        .iter()
        .map(|(site, id)| (both[*site].dialect.id(), *id));
    for (dialect, id) in ids.collect::<BTreeSet<_>>() {
        notes.push(text!("plan-settle", dialect = dialect, id = id));
    }
    let breaches = ordered.steps.iter().flat_map(|one| {
        let outage = one.outage.map(|_| Verdict::Refuted);
        one.breaches
            .iter()
            .map(|breach| breach.verdict)
            .chain(outage)
    });
    let mut verdict = Verdict::worst(breaches);
    if !because.is_empty() {
        verdict = verdict.max(Verdict::Unknown);
    }
    verdict = verdict.max(match end {
        Difference::Equal => Verdict::Proved,
        Difference::Unknown => Verdict::Unknown,
        Difference::Different => Verdict::Refuted,
    });
    if !restores {
        verdict = Verdict::Refuted;
    }
    let switches = sites.iter().zip(both).map(|(site, both)| Switch {
        name: site.name.clone(),
        frame: (site.mechanism.frame)(&site.old),
        exchanged: both.exchanged,
    });
    PlanOutcome {
        verdict,
        switches: switches.collect(),
        by_way: ordered.by_way,
        end,
        restores,
        because,
        notes,
        steps: ordered.steps,
    }
}

/// Takes every step back, last first: each state must be the one before the step, and the last OLD, as text.
fn restores(sites: &[Site<'_>], ordered: &Ordered) -> bool {
    let canonical =
        |texts: &[Running]| -> Vec<_> { texts.iter().map(Running::canonical).collect() };
    let mut texts: Vec<Running> = sites.iter().map(|site| site.old.clone()).collect();
    let mut passed = vec![canonical(&texts)];
    for one in &ordered.steps {
        let site = one.step.site;
        if texts[site].apply(&one.step.commands).is_err() {
            return false;
        }
        passed.push(canonical(&texts));
    }
    passed.pop();
    ordered.steps.iter().rev().all(|one| {
        let site = one.step.site;
        let undone = texts[site].apply(&one.step.undo).is_ok();
        undone && passed.pop() == Some(canonical(&texts))
    })
}

/// Whether the lists of a state fit into the tables of the models, as far as these are known.
fn fits(policy: &Policy, state: &[Arc<Named>]) -> Room {
    let all_fit = state.iter().all(|named| {
        let mut switches = policy.network.switches.iter();
        let Some(switch) = switches.find(|switch| switch.label.name == named.name) else {
            return true;
        };
        let used = capacity::used(switch, &named.device);
        used.iter().all(|table| {
            table
                .available
                .is_none_or(|available| table.used <= available)
        })
    });
    match all_fit {
        true => Room::Enough,
        false => Room::TooLittle,
    }
}

/// The verdict of one property over the states of a step.
#[must_use]
pub fn of_property(step: &Judged, property: Property) -> Verdict {
    let mine = step
        .breaches
        .iter()
        .filter(|breach| breach.property == property);
    let outage = (property == Property::Live && step.outage.is_some()).then_some(Verdict::Refuted);
    Verdict::worst(mine.map(|breach| breach.verdict).chain(outage))
}
