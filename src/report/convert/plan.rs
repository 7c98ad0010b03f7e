//! `plan`: each step with its commands, what holds in it, and what it gives up.

use super::{VERSION, Words, safe};
use crate::base::Text;
use crate::diff::Verdict as Difference;
use crate::job::Options;
use crate::job::plan::{PlanOutcome, Switch as Changed, of_property};
use crate::plan::{Judged, Step, What};
use crate::report::outcome as out;
use crate::report::packet::Packet;
use crate::text;
use crate::vendor::live::{Block, OUT};
use crate::vendor::redact::{MASK, has_secret, redact};
use crate::verify::states::{Breach, Property};

/// `plan`.
#[must_use]
pub fn plan(words: Words<'_>, outcome: &PlanOutcome, options: &Options) -> out::Plan {
    let steps = (1..).zip(&outcome.steps);
    let steps: Vec<out::PlanStep> = steps
        .map(|(number, step)| plan_step(words, outcome, number, step))
        .collect();
    let mut notes = words.all(&outcome.notes);
    notes.extend(masked(&steps).map(|note| words.say(&note)));
    out::Plan {
        schema: "aclc/plan/1",
        verdict: outcome.verdict.word(),
        steps,
        by_way: outcome.by_way,
        end: match outcome.end {
            Difference::Equal => "equal",
            Difference::Different => "different",
            Difference::Unknown => "unknown",
        },
        rollback: if outcome.restores {
            "proved"
        } else {
            "refuted"
        },
        because: words.all(&outcome.because),
        notes,
        inputs: words.inputs(),
        at: options.at.to_string(),
        facts: crate::facts::digest(),
        version: VERSION,
    }
}

fn plan_step(
    words: Words<'_>,
    outcome: &PlanOutcome,
    number: usize,
    one: &Judged,
) -> out::PlanStep {
    let step = &one.step;
    let switch = outcome.switches.get(step.site);
    let switch = switch.expect("INVARIANT: every step is of one of the switches");
    let whole = matches!(step.what, What::Out | What::In);
    let lines = |blocks: &[Block]| -> Vec<String> {
        if whole {
            return words.all(
                &blocks
                    .iter()
                    .map(|block| put(switch, block))
                    .collect::<Vec<_>>(),
            );
        }
        let all = blocks.iter().flat_map(Block::typed);
        all.map(|line| shown(&line)).collect()
    };
    let named = |words: &[&str], name: &str| -> Vec<String> {
        words.iter().map(|w| w.replace("{step}", name)).collect()
    };
    let framed = |lines: &[String], name: &str| -> Vec<String> {
        let (before, after) = (switch.frame.before, switch.frame.after);
        [named(before, name), lines.to_vec(), named(after, name)].concat()
    };
    let (commands, undo) = (lines(&step.commands), lines(&step.undo));
    let (name, back) = (format!("aclc-{number}"), format!("aclc-{number}-back"));
    let property = |property| of_property(one, property).word();
    out::PlanStep {
        number,
        device: safe(&switch.name),
        what: words.say(&what(switch, step)),
        effect: !matches!(step.what, What::Write(_) | What::Remove(_)),
        check: safe(&step.check.0),
        expect: step.check.1.iter().map(|line| shown(line)).collect(),
        safe: property(Property::Safe),
        live: property(Property::Live),
        manageable: property(Property::Manageable),
        fits: property(Property::Fits),
        compromise: compromise(words, one),
        typed: framed(&commands, &name),
        confirm: named(switch.frame.confirm, &name),
        undo_typed: framed(&undo, &back),
        undo_confirm: named(switch.frame.confirm, &back),
        commands,
        undo,
    }
}

/// A line of a configuration as it is typed; what looks like a secret is masked.
fn shown(line: &str) -> String {
    let blanks = line.len() - line.trim_start().len();
    match has_secret(line) {
        true => format!("{}{}", " ".repeat(blanks), redact(line)),
        false => safe(line),
    }
}

/// What is to be said of masked lines, if there are any.
fn masked(steps: &[out::PlanStep]) -> Option<Text> {
    let lines = |step: &out::PlanStep| [&step.commands, &step.undo].map(Clone::clone).concat();
    let has = |step: &&out::PlanStep| lines(step).iter().any(|line| line.contains(MASK));
    let numbers = steps.iter().filter(has).map(|step| step.number.to_string());
    let numbers: Vec<String> = numbers.collect();
    (!numbers.is_empty()).then(|| text!("plan-masked", mask = MASK, steps = numbers.join(", ")))
}

/// A device as a whole, put in or taken out.
fn put(switch: &Changed, block: &Block) -> Text {
    let [old, new] = switch.exchanged.map(Option::unwrap_or_default);
    match block.header.as_str() {
        OUT => text!("plan-device-out", device = &switch.name),
        "old" => text!("plan-device-in", device = &switch.name, dialect = old),
        _ => text!("plan-device-in", device = &switch.name, dialect = new),
    }
}

fn what(switch: &Changed, step: &Step) -> Text {
    match &step.what {
        What::Commit => text!("plan-commit"),
        What::Load => text!("plan-load"),
        What::Out | What::In => {
            let block = step.commands.first();
            put(
                switch,
                block.expect("INVARIANT: a device is put in or taken out"),
            )
        }
        What::Write(list) => text!("plan-write", list = list),
        What::Bind {
            interface,
            list,
            before: Some(before),
        } => text!(
            "plan-rebind",
            interface = interface,
            list = list,
            before = before
        ),
        What::Bind {
            interface, list, ..
        } => text!("plan-bind", interface = interface, list = list),
        What::Unbind(interface, list) => text!("plan-unbind", interface = interface, list = list),
        What::Edit(list) => text!("plan-edit", list = list),
        What::Interface(interface) => text!("plan-interface", interface = interface),
        What::Line(line) => text!("plan-line", line = shown(line)),
        What::Down(interface) => text!("plan-down", interface = interface),
        What::Up(interface) => text!("plan-up", interface = interface),
        What::Remove(list) => text!("plan-remove", list = list),
    }
}

/// The worst that a step gives up.
fn compromise(words: Words<'_>, one: &Judged) -> Option<out::Compromise> {
    let certain = |b: &&Breach| b.verdict == crate::verify::Verdict::Refuted;
    let worst = one
        .breaches
        .iter()
        .filter(certain)
        .min_by_key(|breach| breach.property);
    let Some(breach) = worst else {
        let id = one.outage?;
        return Some(out::Compromise {
            property: "live",
            why: words.say(&text!("plan-why-transient", id = id)),
            witness: None,
        });
    };
    let (from, to) = (&breach.between.0, &breach.between.1);
    let (property, why) = match breach.property {
        Property::Safe => ("safe", text!("plan-why-safe", from = from, to = to)),
        Property::Live => ("live", text!("plan-why-live", from = from, to = to)),
        Property::Manageable => (
            "manageable",
            text!("plan-why-manageable", from = from, to = to),
        ),
        Property::Fits => ("fits", text!("plan-why-fits")),
    };
    Some(out::Compromise {
        property,
        why: words.say(&why),
        witness: breach.flow.as_ref().map(Packet::from),
    })
}
