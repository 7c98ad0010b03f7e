//! What a site attests about its devices: vendor facts that it has tested (`assume fact`, D1), lines that it says change the
//! fate of no packet (`assume irrelevant`, D23).
//!
//! In: the assumptions of a policy. Out: findings in them, devices read with them, what each result leans on (D49).
//! A fact is settled behind the reader, as a reading of its open question: no dialect knows of sites.

mod open;
mod stated;

pub use open::OpenFact;
pub(super) use open::open_facts;
pub use stated::check;

use super::network::Devices;
use super::{Job, Options, network};
use crate::acl::{Question, Reading};
use crate::base::{Diagnostic, Source, Text};
use crate::device::Device;
use crate::facts::Confidence;
use crate::model::{Assumption, Policy, SwitchId};
use crate::text;
use crate::topo::Named;
use crate::vendor::redact::redact;
use crate::vendor::{Capabilities, Dialect, Hint};
use crate::verify::Report;
use crate::verify::attested::{self, Without};
use stated::{Stated, mine};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The site's answers for one switch: facts, and lines that are to be left out.
#[derive(Default)]
struct Answers {
    facts: BTreeMap<String, bool>,
    lines: BTreeSet<String>,
}

fn answers(policy: &Policy, switch: SwitchId) -> Answers {
    let mut answers = Answers::default();
    for assumption in &policy.assumptions {
        if let Some(stated) = Stated::of(assumption)
            && mine(policy, &stated).any(|(id, _)| id == switch)
        {
            answers.facts.insert(stated.id.to_owned(), stated.value);
        }
        if let Assumption::Irrelevant {
            switch: on, line, ..
        } = assumption
            && *on == switch
        {
            answers.lines.insert(redact(line));
        }
    }
    answers
}

/// Modelled facts that the site found to be otherwise are asked again, with all that are modelled.
fn asks_again(dialect: &dyn Dialect, answers: &Answers) -> bool {
    answers.facts.iter().any(|(id, value)| {
        let fact = dialect.facts().facts.get(id);
        fact.is_some_and(|f| f.confidence == Confidence::Modelled && f.value != *value)
    })
}

/// The answers as a reading; where modelled facts were asked again, their own values too.
fn reading(dialect: &dyn Dialect, answers: &Answers, again: bool) -> Reading {
    let facts = dialect.facts();
    let modelled = facts
        .facts
        .iter()
        .filter(|(_, fact)| again && fact.confidence == Confidence::Modelled)
        .map(|(id, fact)| (id, fact.value));
    let stated = answers.facts.iter().map(|(id, value)| (id, *value));
    let question = |id: &String| Question::Fact {
        dialect: facts.dialect,
        id: id.clone(),
    };
    modelled
        .chain(stated)
        .map(|(id, value)| (question(id), value))
        .collect()
}

/// What lists see has one answer for both families: a fact about one settles it only if the other agrees.
fn for_both_families(dialect: &dyn Dialect, reading: &Reading) -> Reading {
    let facts = dialect.facts();
    let agrees = |question: &Question, value: bool| {
        let Question::Fact { id, .. } = question else {
            return true;
        };
        let twin = match (id.strip_suffix("-v4"), id.strip_suffix("-v6")) {
            (Some(stem), _) => format!("{stem}-v6"),
            (_, Some(stem)) => format!("{stem}-v4"),
            (None, None) => return true,
        };
        let Some(fact) = facts.facts.get(&twin) else {
            return true;
        };
        let asked = Question::Fact {
            dialect: facts.dialect,
            id: twin,
        };
        let settled = fact.confidence.settles(true).then_some(fact.value);
        reading.get(&asked).copied().or(settled) == Some(value)
    };
    let kept = reading.iter().filter(|(q, value)| agrees(q, **value));
    kept.map(|(question, value)| (question.clone(), *value))
        .collect()
}

/// What lists of a switch can do, with what the site attests.
#[must_use]
pub(super) fn capabilities(policy: &Policy, switch: SwitchId, options: &Options) -> Capabilities {
    let of = policy.network.switch(switch);
    let dialect = network::dialect_of(of);
    let answers = answers(policy, switch);
    let again = asks_again(dialect, &answers);
    let mut hint = network::hint(of, options);
    hint.confirmed_only |= again;
    let mut able = dialect.capabilities(&hint);
    let reading = reading(dialect, &answers, again && !options.confirmed_only);
    able.ipv6_lists = able.ipv6_lists.under(&reading);
    able.sees = able.sees.under(&for_both_families(dialect, &reading));
    able
}

/// What the site attests of one fact of a switch.
#[must_use]
pub(super) fn stated(
    policy: &Policy,
    switch: &str,
    dialect: &dyn Dialect,
    id: &str,
) -> Option<bool> {
    let mut switches = policy.network.switches.iter();
    let index = switches.position(|s| s.label.name == switch && s.dialect == dialect.id())?;
    let answers = answers(policy, SwitchId(index));
    answers.facts.get(id).copied()
}

/// Reads the text of a switch, with what the site attests.
#[must_use]
pub(super) fn read(
    policy: &Policy,
    switch: SwitchId,
    dialect: &dyn Dialect,
    source: &Source,
    options: &Options,
) -> Device {
    let hint = network::hint(policy.network.switch(switch), options);
    let answers = answers(policy, switch);
    if dialect.id() != policy.network.switch(switch).dialect {
        // Read on request as another dialect: what was tested is not what is read.
        return dialect.read(source, &hint);
    }
    let again = asks_again(dialect, &answers);
    let hint = Hint {
        confirmed_only: hint.confirmed_only || again,
        ..hint
    };
    let asked = dialect.read(source, &hint);
    let reading = reading(dialect, &answers, again && !options.confirmed_only);
    let sees = asked.sees.under(&for_both_families(dialect, &reading));
    let modelled = (again && !options.confirmed_only).then(|| modelled(dialect, &asked));
    let mut device = asked.under(&reading);
    device.sees = sees;
    if let Some(modelled) = modelled {
        device.modelled = modelled;
    }
    device.modelled.retain(|id| !answers.facts.contains_key(id));
    leave_out(&mut device, &answers.lines);
    device
}

/// The modelled facts among what a text asks.
fn modelled(dialect: &dyn Dialect, asked: &Device) -> Vec<String> {
    let ids = asked.questions().into_iter().filter_map(|q| match q {
        Question::Fact { id, .. } => Some(id),
        _ => None,
    });
    let is_modelled = |id: &String| {
        let fact = dialect.facts().facts.get(id);
        fact.is_some_and(|fact| fact.confidence == Confidence::Modelled)
    };
    ids.filter(is_modelled).collect()
}

/// Takes the effects of irrelevant lines away, and what was remarked on them.
fn leave_out(device: &mut Device, lines: &BTreeSet<String>) {
    if lines.is_empty() {
        return;
    }
    let named = |text: &str| lines.contains(&redact(text));
    let gone: BTreeSet<u32> = device
        .effects
        .iter()
        .filter(|effect| named(&effect.text))
        .map(|effect| effect.line)
        .collect();
    device.effects.retain(|effect| !gone.contains(&effect.line));
    device.gaps.retain(|gap| !gone.contains(&gap.line));
}

/// An assumption about devices in words.
fn words(policy: &Policy, assumption: &Assumption) -> Option<Text> {
    if let Some(stated) = Stated::of(assumption) {
        let facts = *stated.dialects(policy).first()?;
        let Assumption::Fact { because, .. } = assumption else {
            return None;
        };
        let answer = if stated.value {
            text!("facts-yes")
        } else {
            text!("facts-no")
        };
        return Some(text!(
            "assume-tested",
            id = format!("{}/{}", facts.dialect, stated.id),
            answer = answer,
            says = facts.facts[stated.id].words(),
            because = because
        ));
    }
    match assumption {
        Assumption::Irrelevant {
            switch,
            line,
            because,
            ..
        } => Some(text!(
            "assume-irrelevant",
            switch = &policy.network.switch(*switch).label.name,
            line = redact(line),
            because = because
        )),
        Assumption::Authentic { .. } | Assumption::Fact { .. } => None,
    }
}

/// Whether every claim leans on it: a declaration about a line is printed in every report (D23), and a fact that is modelled
/// where nobody tested it holds up what the modelled ones hold up.
fn everywhere(policy: &Policy, assumption: &Assumption) -> bool {
    let Some(stated) = Stated::of(assumption) else {
        return true;
    };
    let facts = stated.dialects(policy);
    let fact = facts.first().and_then(|facts| facts.facts.get(stated.id));
    fact.is_some_and(|fact| fact.confidence == Confidence::Modelled)
}

/// The devices without each assumption about them that changes anything, and a remark on each that changes nothing.
fn without(
    policy: &Policy,
    devices: &[Arc<Named>],
    read: &dyn Fn(&Policy) -> Vec<Arc<Named>>,
) -> (Vec<Without>, Vec<Diagnostic>) {
    let (mut each, mut unused) = (Vec::new(), Vec::new());
    for (index, assumption) in policy.assumptions.iter().enumerate() {
        let Some(words) = words(policy, assumption) else {
            continue;
        };
        let fewer = read(&less(policy, |other, _| other != index));
        let same = |(a, b): (&Arc<Named>, &Arc<Named>)| a.device == b.device;
        if fewer.iter().zip(devices).all(same) {
            let (Assumption::Irrelevant { span, .. } | Assumption::Fact { span, .. }) = assumption
            else {
                continue;
            };
            unused.push(Diagnostic::warning(text!("assume-unused")).at(*span));
            continue;
        }
        each.push(Without {
            words,
            everywhere: everywhere(policy, assumption),
            devices: fewer,
        });
    }
    (each, unused)
}

fn less(policy: &Policy, keep: impl Fn(usize, &Assumption) -> bool) -> Policy {
    let kept = policy.assumptions.iter().enumerate();
    let kept = kept.filter(|(index, assumption)| keep(*index, assumption));
    Policy {
        assumptions: kept.map(|(_, assumption)| assumption.clone()).collect(),
        ..policy.clone()
    }
}

/// Adds to the claims what they lean on, captured routing tables among it; remarks on what nothing leans on.
///
/// # Errors
/// Our own bug (exit 2).
pub(super) fn lean(
    policy: &Policy,
    devices: &Devices,
    read: &dyn Fn(&Policy) -> Devices,
    report: &mut Report,
    options: &Options,
) -> Job<Vec<Diagnostic>> {
    let stated = policy.assumptions.iter().any(Assumption::is_of_devices);
    if !stated && devices.tables.is_empty() {
        return Ok(Vec::new());
    }
    let (mut each, unused) = without(policy, &devices.named, &|policy| read(policy).named);
    each.extend(devices.tables.iter().map(|table| Without {
        words: table.2.clone(),
        everywhere: false,
        devices: devices.without(std::slice::from_ref(table)),
    }));
    let none = match stated {
        true => {
            let none = read(&less(policy, |_, assumption| !assumption.is_of_devices()));
            none.without(&none.tables)
        }
        false => devices.without(&devices.tables),
    };
    let asked = network::verify_options(options, false);
    attested::lean(policy, options.at, (&each, &none), report, &asked)
        .map_err(|bug| network::our_bug(&bug))?;
    Ok(unused)
}
