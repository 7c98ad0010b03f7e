//! The effect of a change: what is newly permitted and newly denied, the lines that decide, the statement, its owner and
//! ticket, a packet. A section of the report, and with a cover a page of its own (`diff`).

use super::{cover, heads, tone};
use crate::base::{Lang, Text};
use crate::report::outcome::{Approval, Change, ChangedFlow, Diff, Side};
use crate::report::words;
use crate::text;
use maud::{Markup, html};

/// The cover of a change.
pub(super) fn cover(lang: Lang, diff: &Diff) -> Markup {
    let statements = || diff.changes.iter().flat_map(|change| &change.statements);
    let tickets = statements().filter_map(|statement| statement.ticket.as_deref());
    let owners = statements().filter_map(|statement| statement.owner.as_deref());
    let devices = diff.changes.iter().map(|change| change.device.as_str());
    cover::sheet(
        lang,
        (
            &text!("html-change-title").render(lang),
            text!("html-change-subtitle"),
        ),
        &summary(lang, diff),
        &[
            (text!("html-subject"), String::new()),
            (text!("html-tickets"), words::once(tickets)),
            (text!("column-owner"), words::once(owners)),
            (text!("html-devices"), words::once(devices)),
            (text!("html-work-day"), String::new()),
        ],
    )
}

fn summary(lang: Lang, diff: &Diff) -> Markup {
    html! {
        div.verdict.(tone_of(diff.verdict)) {
            (words::verdict(diff.verdict).render(lang)) " — " (words::changed(diff).render(lang))
        }
        @if let Some(approval) = &diff.approval {
            div.verdict.(tone(approval.verdict)) {
                (text!("html-approval").render(lang)) " " (words::verdict(approval.verdict).render(lang))
            }
        }
    }
}

fn tone_of(verdict: &str) -> &'static str {
    match verdict {
        "equal" => "good",
        _ => "doubt",
    }
}

/// What changes, as a section. `prefix` sets its anchors apart.
pub(super) fn section(lang: Lang, prefix: &str, diff: &Diff) -> Markup {
    let titles = [
        text!("column-effect"),
        text!("column-flows"),
        text!("column-end-to-end"),
        text!("column-statement"),
        text!("column-ticket"),
        text!("column-owner"),
    ];
    html! {
        p { (text!("html-effect-words").render(lang)) }
        (summary(lang, diff))
        @if !diff.changes.is_empty() {
            table {
                (heads(lang, &titles))
                tbody { @for (number, change) in diff.changes.iter().enumerate() { (row(lang, prefix, number, change)) } }
            }
        }
        @for (number, change) in diff.changes.iter().enumerate() { (detail(lang, prefix, number, change)) }
        @if let Some(approval) = &diff.approval { (approved(lang, approval)) }
        (wording(lang, diff))
        @if !diff.not_compared.is_empty() {
            h3 { (text!("diff-not-compared").render(lang)) }
            ul { @for one in &diff.not_compared { li { (one) } } }
        }
        @if !diff.gaps.is_empty() {
            h3 { (text!("report-gaps").render(lang)) }
            ul { @for gap in &diff.gaps { li data-row="open" { span.mono { (gap.file) ":" (gap.line) " " (gap.text) } " — " (gap.why) } } }
        }
    }
}

/// Where the text differs, apart from what that does to packets. The lines themselves may hold secrets.
fn wording(lang: Lang, diff: &Diff) -> Markup {
    let titles = [
        text!("column-device"),
        text!("column-gone"),
        text!("column-come"),
        text!("column-changes"),
    ];
    let changes = |device: &str| {
        let changes = diff.changes.iter();
        changes.filter(|change| change.device == device).count()
    };
    html! {
        h3 { (text!("html-wording").render(lang)) }
        @if diff.wording.is_empty() { p { (text!("html-wording-none").render(lang)) } }
        @else {
            p { (text!("html-wording-words").render(lang)) }
            table {
                (heads(lang, &titles))
                tbody { @for (device, gone, come) in &diff.wording {
                    tr { td { (device) } td { (gone) } td { (come) } td { (changes(device)) } }
                } }
            }
        }
    }
}

fn effect(lang: Lang, change: &Change) -> Markup {
    let tone = match change.effect {
        "newly-permitted" => "bad",
        _ => "doubt",
    };
    html! {
        span.nowrap.(tone) { (words::effect(change.effect).render(lang)) }
        @if let Some(class) = words::packet_class(change.class) { div.small { (class.render(lang)) } }
        @if !change.certain { div.small { (text!("report-uncertain").render(lang)) } }
    }
}

fn row(lang: Lang, prefix: &str, number: usize, change: &Change) -> Markup {
    let each = |pick: fn(&crate::report::outcome::Statement) -> Option<&String>| {
        let all = change
            .statements
            .iter()
            .filter_map(pick)
            .map(String::as_str);
        words::once(all)
    };
    let ends = change.end_to_end.map(|differs| match differs {
        true => text!("diff-end-to-end"),
        false => text!("diff-not-end-to-end"),
    });
    html! {
        tr data-row="open" {
            td { (effect(lang, change)) a href=(format!("#{prefix}-change-{number}")) { (number + 1) } }
            td { (flows(lang, change, 4)) }
            td { @if let Some(ends) = ends { (ends.render(lang)) } @else { "—" } }
            td {
                @for statement in &change.statements { div { (words::behind(statement).render(lang)) } }
                @if change.unstated == Some(true) { div.bad { (text!("diff-unstated").render(lang)) } }
            }
            td { (each(|statement| statement.ticket.as_ref())) }
            td { (each(|statement| statement.owner.as_ref())) }
        }
    }
}

fn flows(lang: Lang, change: &Change, most: usize) -> Markup {
    let line = |flow: &ChangedFlow| format!("{} → {} {}", flow.from, flow.to, flow.service);
    let more = change.shown.len().saturating_sub(most) + change.more;
    html! {
        @for flow in change.shown.iter().take(most) { div { (line(flow)) } }
        @if more > 0 { div.small { (text!("diff-more", count = more).render(lang)) } }
    }
}

fn detail(lang: Lang, prefix: &str, number: usize, change: &Change) -> Markup {
    let place = [change.attachment.as_deref(), change.direction];
    let place: Vec<&str> = place.into_iter().flatten().collect();
    let place = match place.is_empty() {
        true => text!("diff-unbound").render(lang),
        false => place.join(" "),
    };
    html! {
        article.claim.changed id=(format!("{prefix}-change-{number}")) tabindex="-1" data-row="open" {
            h3 { (number + 1) ". " (effect(lang, change)) " " (change.device) " " (place) " " code { (change.acl) } }
            (flows(lang, change, usize::MAX))
            p.mono { (text!("diff-example", packet = &change.witness.shown).render(lang)) }
            (decided(lang, text!("diff-old"), &change.old))
            (decided(lang, text!("diff-new"), &change.new))
        }
    }
}

fn decided(lang: Lang, heading: Text, side: &Side) -> Markup {
    html! {
        div {
            (heading.render(lang))
            @if let Some(line) = side.line {
                @if let Some(file) = &side.file { span.mono { (file) ":" (line) } " " }
                @else { (words::line(Some(line)).render(lang)) " " }
            }
            code { (side.text) }
        }
    }
}

/// Whether the change is what was approved, with the packets that are not.
fn approved(lang: Lang, approval: &Approval) -> Markup {
    let titles = [
        text!("column-effect"),
        text!("column-flows"),
        text!("column-packet"),
    ];
    html! {
        h3 { (text!("approval-heading").render(lang)) }
        ul {
            @for text in &approval.opens { li { (text!("approval-opens", text = text).render(lang)) } }
            @for text in &approval.closes { li { (text!("approval-closes", text = text).render(lang)) } }
        }
        @if !approval.misfits.is_empty() {
            table {
                (heads(lang, &titles))
                tbody { @for misfit in &approval.misfits {
                    tr data-row="open" {
                        td { span.bad { (words::misfit(misfit.matter).render(lang)) } }
                        td { @for flow in &misfit.flows { div { (flow.from) " → " (flow.to) " " (flow.service) } } }
                        td.mono { (misfit.witness.shown) }
                    }
                } }
            }
        }
    }
}
