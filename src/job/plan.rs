//! `plan`: from one configuration of a network to another, step by step, every state proved (D47).

use super::Limits;
use super::{Capture, Job, Options, capacity, network, read};
use crate::base::{Diagnostic, Source, SourceMap, Text};
use crate::device::Device;
use crate::diff::{Verdict as Difference, beside, compare_in, places};
use crate::model::Policy;
use crate::plan::{Judged, Ordered, Outcome, Site, order};
use crate::text;
use crate::topo::Named;
use crate::vendor::live::Running;
use crate::vendor::{Dialect, Hint, by_id};
use crate::verify::Verdict;
use crate::verify::states::{Judge, Property};
use std::collections::{BTreeMap, BTreeSet};
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
    pub frame: (&'static [&'static str], &'static [&'static str]),
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

/// One switch on both sides.
struct Both {
    name: String,
    dialect: &'static dyn Dialect,
    hint: Hint,
    old: Running,
    new: Running,
}

/// Reads a text of one switch.
type Reader = Box<dyn Fn(&str) -> Device>;

/// Plans a change.
///
/// # Errors
/// A switch that is not on both sides in one dialect, or whose dialect has no known way to change a list.
pub fn plan(sources: &SourceMap, asked: &Asked<'_>, options: &Options) -> Job<PlanOutcome> {
    let both = pairs(sources, asked, options)?;
    let readers: Vec<Reader> = both.iter().map(reader).collect();
    let mut sites = Vec::new();
    for (one, read) in both.iter().zip(&readers) {
        let mechanism = one.dialect.mechanism();
        sites.push(Site {
            name: one.name.clone(),
            mechanism: mechanism.expect("INVARIANT: a switch without a mechanism was refused"),
            old: one.old.clone(),
            new: one.new.clone(),
            read,
        });
    }
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
    let settled = |site: usize, id: &str| {
        let fact = both[site].dialect.facts().facts.get(id);
        let known = fact.is_some_and(|f| f.value && f.confidence.settles(options.confirmed_only));
        known || asked.attested.iter().any(|attested| attested == id)
    };
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
    let because: Vec<Text> = questions.collect::<BTreeSet<_>>().into_iter().collect();
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
    let switches = sites.iter().map(|site| Switch {
        name: site.name.clone(),
        frame: site.mechanism.frame,
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
    let canonical = |texts: &[Running]| -> Vec<_> {
        let each = texts.iter().zip(sites);
        each.map(|(text, site)| text.canonical(site.mechanism))
            .collect()
    };
    let mut texts: Vec<Running> = sites.iter().map(|site| site.old.clone()).collect();
    let mut passed = vec![canonical(&texts)];
    for one in &ordered.steps {
        let site = one.step.site;
        if texts[site]
            .apply(sites[site].mechanism, &one.step.commands)
            .is_err()
        {
            return false;
        }
        passed.push(canonical(&texts));
    }
    passed.pop();
    ordered.steps.iter().rev().all(|one| {
        let site = one.step.site;
        let undone = texts[site]
            .apply(sites[site].mechanism, &one.step.undo)
            .is_ok();
        undone && passed.pop() == Some(canonical(&texts))
    })
}

/// Whether the lists of a state fit into the tables of the models, as far as these are known.
fn fits(policy: &Policy, state: &[Arc<Named>]) -> bool {
    state.iter().all(|named| {
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
    })
}

fn reader(one: &Both) -> Box<dyn Fn(&str) -> Device> {
    let (dialect, hint, name) = (one.dialect, one.hint.clone(), one.name.clone());
    let known: std::cell::RefCell<BTreeMap<String, Device>> = Default::default();
    Box::new(move |text| {
        if let Some(device) = known.borrow().get(text) {
            return device.clone();
        }
        let source = Source::capture(&format!("{name}.cfg"), text.as_bytes());
        let device = dialect.read(&source, &hint);
        known.borrow_mut().insert(text.to_owned(), device.clone());
        device
    })
}

/// Every switch on both sides, or why it cannot be planned for.
fn pairs(sources: &SourceMap, asked: &Asked<'_>, options: &Options) -> Job<Vec<Both>> {
    let mut errors = Vec::new();
    let mut out = Vec::new();
    let find = |side: &[Capture], name: &str| side.iter().find(|c| c.name == name).cloned();
    let names: BTreeSet<&str> = asked
        .old
        .iter()
        .chain(asked.new)
        .map(|c| c.name.as_str())
        .collect();
    for name in names {
        let (Some(old), Some(new)) = (find(asked.old, name), find(asked.new, name)) else {
            errors.push(Diagnostic::error(text!("plan-one-side", device = name)));
            continue;
        };
        let sides = [
            (&old, asked.old_policy.unwrap_or(asked.policy)),
            (&new, asked.policy),
        ];
        let devices = sides.map(|(c, policy)| read::device_of(sources, c, Some(policy), options));
        let [Ok(before), Ok(after)] = devices else {
            errors.extend(
                devices
                    .into_iter()
                    .filter_map(Result::err)
                    .map(|error| *error),
            );
            continue;
        };
        if before.dialect != after.dialect {
            errors.push(
                Diagnostic::error(text!(
                    "plan-other-dialect",
                    device = name,
                    old = before.dialect,
                    new = after.dialect
                ))
                .help(text!("plan-other-dialect-help")),
            );
            continue;
        }
        let dialect = by_id(before.dialect).expect("INVARIANT: a device has a registered dialect");
        if dialect.mechanism().is_none() {
            errors.push(
                Diagnostic::error(text!(
                    "plan-no-mechanism",
                    device = name,
                    dialect = dialect.id()
                ))
                .help(text!("plan-no-mechanism-help")),
            );
            continue;
        }
        let mut switches = asked.policy.network.switches.iter();
        let stated = switches.find(|s| s.label.name == name && s.dialect == before.dialect);
        let hint = stated.map(|switch| network::hint(switch, options));
        let text = |capture: &Capture| Running::of(&sources.get(capture.file).text);
        out.push(Both {
            name: name.to_owned(),
            dialect,
            hint: hint.unwrap_or_default(),
            old: text(&old),
            new: text(&new),
        });
    }
    if errors.is_empty() {
        Ok(out)
    } else {
        Err(errors)
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
