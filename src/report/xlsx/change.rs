//! The sheets of a change: what is newly permitted and newly denied, whether that was approved, what is not known, the inputs.

use super::Table;
use crate::base::Lang;
use crate::report::outcome::{Approval, Change, ChangedFlow, Diff, Side};
use crate::report::words;
use crate::text;

/// All of them.
pub(super) fn tables(diff: &Diff, lang: Lang) -> Vec<Table> {
    let mut all = vec![effect(diff, lang)];
    all.extend(diff.approval.as_ref().map(|one| approval(one, lang)));
    all.extend([open(diff, lang), inputs(diff, lang)]);
    all
}

/// Titles of [`effect`].
pub(super) fn heads() -> Vec<(crate::base::Text, u16)> {
    vec![
        (text!("column-effect"), 14),
        (text!("column-device"), 18),
        (text!("column-interface"), 16),
        (text!("column-list"), 18),
        (text!("column-flows"), 60),
        (text!("column-packet"), 40),
        (text!("diff-old"), 40),
        (text!("diff-new"), 40),
        (text!("column-statements"), 50),
        (text!("column-ticket"), 14),
        (text!("column-owner"), 14),
        (text!("column-end-to-end"), 18),
    ]
}

/// A row per change, in the order of the report.
pub(super) fn effect(diff: &Diff, lang: Lang) -> Table {
    let rows = diff.changes.iter().map(|change| row(change, lang));
    (text!("sheet-effect"), heads(), rows.collect())
}

fn row(change: &Change, lang: Lang) -> Vec<String> {
    let mut said = vec![words::effect(change.effect).render(lang)];
    said.extend(words::packet_class(change.class).map(|class| class.render(lang)));
    if !change.certain {
        said.push(text!("report-uncertain").render(lang));
    }
    let mut flows = flows(&change.shown);
    if change.more > 0 {
        flows.push(text!("diff-more", count = change.more).render(lang));
    }
    let each = change.statements.iter();
    let mut statements: Vec<String> = each
        .map(|statement| words::behind(statement).render(lang))
        .collect();
    if change.unstated == Some(true) {
        statements.push(text!("diff-unstated").render(lang));
    }
    let side = |side: &Side| match side.line {
        Some(line) => format!("{} {}", words::line(Some(line)).render(lang), side.text),
        None => side.text.clone(),
    };
    let place: Vec<&str> = [change.attachment.as_deref(), change.direction]
        .into_iter()
        .flatten()
        .collect();
    let ends = change.end_to_end.map(|differs| match differs {
        true => text!("diff-end-to-end").render(lang),
        false => text!("diff-not-end-to-end").render(lang),
    });
    let noted = |pick: fn(&crate::report::outcome::Statement) -> Option<&String>| {
        let all = change.statements.iter().filter_map(pick);
        words::once(all.map(String::as_str))
    };
    vec![
        said.join("\n"),
        change.device.clone(),
        place.join(" "),
        change.acl.clone(),
        flows.join("\n"),
        change.witness.shown.clone(),
        side(&change.old),
        side(&change.new),
        statements.join("\n"),
        noted(|statement| statement.ticket.as_ref()),
        noted(|statement| statement.owner.as_ref()),
        ends.unwrap_or_default(),
    ]
}

fn flows(shown: &[ChangedFlow]) -> Vec<String> {
    let one = |flow: &ChangedFlow| format!("{} -> {} {}", flow.from, flow.to, flow.service);
    shown.iter().map(one).collect()
}

/// What was approved, then what does not fit it.
fn approval(approval: &Approval, lang: Lang) -> Table {
    let verdict = words::verdict(approval.verdict).render(lang);
    let mut rows = vec![vec![verdict]];
    let opens = approval.opens.iter();
    let opens = opens.map(|text| text!("approval-opens", text = text));
    let closes = approval.closes.iter();
    let closes = closes.map(|text| text!("approval-closes", text = text));
    rows.extend(
        opens
            .chain(closes)
            .map(|text| vec![String::new(), text.render(lang)]),
    );
    rows.extend(approval.misfits.iter().map(|misfit| {
        vec![
            words::misfit(misfit.matter).render(lang),
            flows(&misfit.flows).join("\n"),
            misfit.witness.shown.clone(),
        ]
    }));
    let heads = vec![
        (text!("column-effect"), 24),
        (text!("column-flows"), 70),
        (text!("column-packet"), 50),
    ];
    (text!("sheet-approval"), heads, rows)
}

/// What this comparison says nothing about, and the lines that were not understood.
fn open(diff: &Diff, lang: Lang) -> Table {
    let not_compared = text!("diff-not-compared").render(lang);
    let beside = diff.not_compared.iter();
    let mut rows: Vec<Vec<String>> = beside
        .map(|one| vec![not_compared.clone(), String::new(), one.clone()])
        .collect();
    rows.extend(diff.gaps.iter().map(|gap| {
        let place = format!("{}:{}", gap.file, gap.line);
        vec![place, gap.text.clone(), gap.why.clone()]
    }));
    let heads = vec![
        (text!("column-file"), 40),
        (text!("column-text"), 60),
        (text!("column-reason"), 70),
    ];
    (text!("sheet-open"), heads, rows)
}

fn inputs(diff: &Diff, lang: Lang) -> Table {
    let run = text!(
        "html-change-run",
        version = diff.version,
        facts = diff.facts
    );
    let verdict = words::verdict(diff.verdict).render(lang);
    let summary = vec![verdict, words::changed(diff).render(lang)];
    let files = diff.inputs.iter();
    let files = files.map(|one| vec![one.path.clone(), one.sha256.clone()]);
    let rows = files.chain([summary, vec![String::new(), run.render(lang)]]);
    let heads = vec![(text!("column-file"), 50), (text!("column-sha256"), 80)];
    (text!("sheet-inputs"), heads, rows.collect())
}
