//! What somebody has to look at again: required flows, statements without owner, ticket or end, entries that decide nothing,
//! capacity.

use super::{Page, heads, verdict};
use crate::base::Text;
use crate::report::evidence::Flow;
use crate::report::outcome::{Finding, Term};
use crate::report::words;
use crate::text;
use maud::{Markup, html};

pub(super) fn flows(page: &Page<'_>) -> Markup {
    html! {
        p { (page.say(&text!("html-flows-words"))) }
        table {
            (heads(page.lang, &[text!("column-statement"), text!("column-forward"), text!("column-back"), text!("column-ticket"), text!("column-owner"), text!("column-until")]))
            tbody { @for flow in &page.evidence.flows { (flow_row(page, flow)) } }
        }
    }
}

fn flow_row(page: &Page<'_>, flow: &Flow) -> Markup {
    let good = !flow.expired
        && flow
            .works
            .iter()
            .flatten()
            .all(|verdict| *verdict == "proved");
    let way = |works: Option<&'static str>| match works {
        Some(verdict) => self::verdict(page.lang, verdict),
        None => html! { "—" },
    };
    let [ticket, owner, until] = &flow.notes;
    html! {
        tr data-row=(if good { "good" } else { "open" }) {
            td { (flow.text) " " span.mono { "(" (flow.line) ")" } }
            td { (way(flow.works[0])) } td { (way(flow.works[1])) }
            td { (ticket) } td { (owner) }
            td { (until) @if flow.expired { " " span.bad { (page.say(&text!("html-expired"))) } } }
        }
    }
}

/// What has no owner, has ended, or decides nothing.
pub(super) fn entries(page: &Page<'_>) -> Markup {
    let flows = &page.evidence.flows;
    let of = |index: usize| {
        flows
            .iter()
            .filter(move |flow| flow.notes.get(index).is_some_and(String::is_empty))
    };
    let list = |heading: Text, all: Vec<&Flow>| {
        html! {
            h3 { (page.say(&heading)) " (" (all.len()) ")" }
            @if all.is_empty() { p { (page.say(&text!("html-none"))) } }
            ul { @for flow in all { li data-row="open" { (flow.text) " " span.mono { "(" (flow.line) ")" } } } }
        }
    };
    html! {
        (terms(page, true, text!("terms-exceptions")))
        (terms(page, false, text!("terms-ending")))
        (list(text!("html-no-owner"), of(1).collect()))
        (list(text!("html-no-ticket"), of(0).collect()))
        (list(text!("html-expired-list"), flows.iter().filter(|flow| flow.expired).collect()))
        (findings(page))
        @if !page.verify.gaps.is_empty() {
            h3 { (page.say(&text!("report-gaps"))) }
            ul { @for gap in &page.verify.gaps { li data-row="open" { span.mono { (gap.file) ":" (gap.line) " " (gap.text) } " — " (gap.why) } } }
        }
    }
}

/// Exceptions, or openings that end, with the reason that the policy gives.
fn terms(page: &Page<'_>, exception: bool, heading: Text) -> Markup {
    let terms = page.verify.terms.iter();
    let mine: Vec<&Term> = terms.filter(|term| term.exception == exception).collect();
    let titles = [
        text!("column-statements"),
        text!("column-until"),
        text!("column-ticket"),
        text!("column-owner"),
        text!("column-because"),
    ];
    let cell = |note: &Option<String>| note.clone().unwrap_or_default();
    html! {
        h3 { (page.say(&heading)) " (" (mine.len()) ")" }
        @if mine.is_empty() { p { (page.say(&text!("html-none"))) } }
        @else { table {
            (heads(page.lang, &titles))
            tbody { @for term in mine {
                tr data-row=(if term.in_force { "good" } else { "open" }) {
                    td { (term.text) }
                    td.nowrap { (cell(&term.until)) @if !term.in_force { " " span.bad { (page.say(&text!("html-expired"))) } } }
                    td { (cell(&term.ticket)) } td { (cell(&term.owner)) } td { (cell(&term.because)) }
                }
            } }
        } }
    }
}

/// Findings in captures; what was made from the policy nobody typed, and it is not looked at.
fn findings(page: &Page<'_>) -> Markup {
    if page.evidence.captured.is_empty() {
        return html! {
            h3 { (page.say(&text!("html-findings"))) }
            p { (page.say(&text!("html-findings-unasked"))) }
        };
    }
    html! {
        h3 { (page.say(&text!("html-findings"))) " (" (page.evidence.findings.len()) ")" }
        p { (page.say(&text!("html-findings-words"))) }
        @if !page.evidence.findings.is_empty() {
            table {
                (heads(page.lang, &[text!("column-code"), text!("column-list"), text!("column-lines"), text!("column-message")]))
                tbody { @for alike in alike(&page.evidence.findings) { (findings_row(page, alike)) } }
            }
        }
    }
}

/// Findings of one kind about one list stand next to each other: a row for all of them.
fn alike(findings: &[Finding]) -> Vec<&[Finding]> {
    let same = |a: &Finding, b: &Finding| (a.code, &a.file, &a.acl) == (b.code, &b.file, &b.acl);
    findings.chunk_by(same).collect()
}

fn findings_row(page: &Page<'_>, alike: &[Finding]) -> Markup {
    let Some(first) = alike.first() else {
        return html! {};
    };
    let quiet = alike.iter().all(|finding| finding.severity == "info");
    let lines = alike.iter().filter_map(|finding| finding.line);
    let lines = words::runs(lines.map(|line| line as usize).collect());
    html! {
        tr data-row=(if quiet { "good" } else { "open" }) {
            td { (page.say(&words::finding(first.code))) div.small { (first.code) } }
            td { @if let Some(acl) = &first.acl { code { (acl) } br; } span.mono { (first.file) } }
            td { (lines) }
            td {
                (first.message)
                @if alike.len() > 1 { div.small { (page.say(&text!("html-findings-more", count = alike.len() - 1))) } }
            }
        }
    }
}

pub(super) fn capacity(page: &Page<'_>) -> Markup {
    html! {
        table {
            (heads(page.lang, &[text!("column-device"), text!("column-table"), text!("column-used"), text!("column-available")]))
            tbody { @for row in &page.evidence.capacity {
                tr { td { (row.switch) } td { (row.table) } td { (row.used) }
                    td { (row.available.map_or_else(|| "？".to_owned(), |n| n.to_string())) } }
            } }
        }
    }
}
