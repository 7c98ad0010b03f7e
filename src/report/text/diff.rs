//! `diff` as text: what gets through now and what no longer, per place, with a packet and the lines to blame.

use super::table::aligned;
use super::{Look, Page, Tone};
use crate::base::Text;
use crate::report::outcome::{Approval, Change, ChangedFlow, Diff, Side, Statement};
use crate::report::words::effect;
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
        let what = match misfit.matter {
            "opened" => text!("approval-opened"),
            "closed" => text!("approval-closed"),
            "not-opened" => text!("approval-not-opened"),
            _ => text!("approval-not-closed"),
        };
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
    let mut words = vec![look.paint(tone, &look.say(&effect(change.effect)))];
    words.extend(class(change.class).map(|class| look.say(&class)));
    if !change.certain {
        words.push(look.say(&text!("report-uncertain")));
    }
    words.extend(change.end_to_end.map(|differs| {
        look.say(&if differs {
            text!("diff-end-to-end")
        } else {
            text!("diff-not-end-to-end")
        })
    }));
    page.line(format!("  {}", words.join("  ")));
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
        page.line(format!("    {}", look.say(&behind(statement))));
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

/// A statement with its notes.
fn behind(statement: &Statement) -> Text {
    let notes = [&statement.ticket, &statement.owner, &statement.because];
    let notes: Vec<&str> = notes.into_iter().flatten().map(String::as_str).collect();
    let notes = notes.join("  ");
    match statement.reply {
        true => text!(
            "diff-statement-reply",
            text = &statement.text,
            notes = notes
        ),
        false => text!("diff-statement", text = &statement.text, notes = notes),
    }
}

fn class(class: &str) -> Option<Text> {
    match class {
        "rst" => Some(text!("class-rst")),
        "later" => Some(text!("class-later")),
        "ext" => Some(text!("class-ext")),
        _ => None,
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
    let count = |effect| {
        outcome
            .changes
            .iter()
            .filter(|c| c.effect == effect)
            .count()
    };
    let verdict = look.verdict(outcome.verdict);
    let counted = || {
        text!(
            "diff-summary",
            permitted = count("newly-permitted"),
            denied = count("newly-denied")
        )
    };
    let words = match (outcome.verdict, outcome.limited_to) {
        ("equal", Some(_)) => text!("diff-equal-core", others = outcome.changes.len()),
        ("equal", None) if outcome.text_only => text!("diff-text-only"),
        ("equal", None) if outcome.not_compared.is_empty() => text!("diff-equal"),
        ("equal", None) => text!("diff-equal-lists"),
        ("different", None)
            if outcome.network == Some("different") && outcome.changes.is_empty() =>
        {
            text!("diff-network")
        }
        _ if outcome.core == "equal" && !outcome.changes.is_empty() => {
            text!("diff-core-equal", others = outcome.changes.len())
        }
        _ => counted(),
    };
    format!("{verdict}  {}", look.say(&words))
}
