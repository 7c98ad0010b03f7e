//! `diff` as text: what gets through now and what no longer, per place, with a packet and the lines to blame.

use super::table::aligned;
use super::{Look, Page, Tone};
use crate::report::outcome::{Approval, Change, ChangedFlow, Diff, Side, Twins};
use crate::report::words;
use crate::text;

/// The report.
#[must_use]
pub fn diff(look: Look, outcome: &Diff) -> String {
    let mut page = Page::default();
    let mut place = String::new();
    for change in &outcome.changes {
        let here = heading(look, change);
        if here != place {
            page.line(look.paint(Tone::Title, &here));
            place = here;
        }
        one(&mut page, look, change);
    }
    page.gaps(look, &outcome.gaps);
    if !outcome.not_compared.is_empty() {
        page.line("");
        page.line(look.paint(Tone::Title, &look.say(&text!("diff-not-compared"))));
        for one in &outcome.not_compared {
            page.line(format!("  {one}"));
        }
    }
    page.inputs(look, &outcome.inputs);
    page.line("");
    page.made(look, outcome.version, outcome.facts);
    page.line(summary(look, outcome));
    if let Some(approval) = &outcome.approval {
        judged(&mut page, look, approval);
    }
    page.out
}

/// Whether the change fits its approval.
fn judged(page: &mut Page, look: Look, approval: &Approval) {
    page.line("");
    page.line(look.paint(Tone::Title, &look.say(&text!("approval-heading"))));
    for statement in &approval.opens {
        page.line(format!(
            "  {}",
            look.say(&text!("approval-opens", text = statement))
        ));
    }
    for statement in &approval.closes {
        page.line(format!(
            "  {}",
            look.say(&text!("approval-closes", text = statement))
        ));
    }
    for misfit in &approval.misfits {
        let what = words::misfit(misfit.matter);
        let what = look.paint(Tone::Bad, &look.say(&what));
        page.line(format!("  {what}  {} -> {}", misfit.from, misfit.to));
        let row = |flow: &ChangedFlow| {
            vec![
                flow.from.clone(),
                "->".to_owned(),
                flow.to.clone(),
                flow.service.clone(),
            ]
        };
        let rows: Vec<Vec<String>> = misfit.flows.iter().map(row).collect();
        for line in aligned(&rows) {
            page.line(format!("    {line}"));
        }
        let example = text!("diff-example", packet = &misfit.witness.shown);
        page.line(format!("    {}", look.say(&example)));
    }
    page.line("");
    let words = match approval.verdict {
        "proved" => text!("approval-exact"),
        "refuted" => text!("approval-not-exact"),
        _ => text!("approval-unknown"),
    };
    let verdict = look.verdict(approval.verdict);
    page.line(format!("{verdict}  {}", look.say(&words)));
}

fn heading(look: Look, change: &Change) -> String {
    let list = match change.acl.is_empty() {
        true => look.say(&text!("diff-no-list")),
        false => change.acl.clone(),
    };
    match (&change.attachment, change.direction) {
        (Some(attachment), Some(direction)) => {
            format!("{}  {attachment} {direction}  {list}", change.device)
        }
        _ => {
            let unbound = look.say(&text!("diff-unbound"));
            format!("{}  {list}  ({unbound})", change.device)
        }
    }
}

fn one(page: &mut Page, look: Look, change: &Change) {
    let tone = match change.effect {
        "newly-permitted" => Tone::Bad,
        _ => Tone::Doubt,
    };
    let mut said = vec![look.paint(tone, &look.say(&words::effect(change.effect)))];
    said.extend(words::packet_class(change.class).map(|class| look.say(&class)));
    if !change.certain {
        said.push(look.say(&text!("report-uncertain")));
    }
    said.extend(change.end_to_end.map(|differs| {
        look.say(&if differs {
            text!("diff-end-to-end")
        } else {
            text!("diff-not-end-to-end")
        })
    }));
    page.line(format!("  {}", said.join("  ")));
    let row = |flow: &ChangedFlow| {
        let arrow = "->".to_owned();
        vec![
            flow.from.clone(),
            arrow,
            flow.to.clone(),
            flow.service.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = change.shown.iter().map(row).collect();
    for line in aligned(&rows) {
        page.line(format!("    {line}"));
    }
    if change.more > 0 {
        page.line(format!(
            "    {}",
            look.say(&text!("diff-more", count = change.more))
        ));
    }
    for statement in &change.statements {
        page.line(format!("    {}", look.say(&words::behind(statement))));
    }
    if change.unstated == Some(true) {
        page.line(format!("    {}", look.say(&text!("diff-unstated"))));
    }
    let example = text!("diff-example", packet = &change.witness.shown);
    page.line(format!("    {}", look.say(&example)));
    for (heading, side) in [
        (text!("diff-old"), &change.old),
        (text!("diff-new"), &change.new),
    ] {
        page.line(format!("    {}{}", look.say(&heading), decider(look, side)));
    }
}

fn decider(look: Look, side: &Side) -> String {
    match side.line {
        Some(line) => format!(
            "{}  {}",
            look.say(&text!("report-line", line = line)),
            side.text
        ),
        None => side.text.clone(),
    }
}

fn summary(look: Look, outcome: &Diff) -> String {
    let verdict = look.verdict(outcome.verdict);
    format!("{verdict}  {}", look.say(&words::changed(outcome)))
}

/// Every redundant pair by itself.
#[must_use]
pub fn twins(look: Look, outcome: &Twins) -> String {
    let each = outcome.pairs.iter().map(|pair| {
        let heading = look.paint(Tone::Title, &pair.pair);
        format!("{heading}\n{}\n", diff(look, &pair.diff))
    });
    each.collect()
}
