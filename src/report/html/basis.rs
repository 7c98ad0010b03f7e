//! What the verdicts rest on: assumptions, what people attest, the inputs, and how an outsider makes it all again.

use super::{Page, heads, row_of, verdict};
use crate::report::words;
use crate::text;
use maud::{Markup, html};

pub(super) fn assumptions(page: &Page<'_>) -> Markup {
    html! {
        p { (page.say(&text!("html-assumptions-words"))) }
        ol { @for assumption in &page.verify.assumptions { li { (assumption) } } }
        h3 { (page.say(&text!("html-excluded"))) }
        p { (page.say(&text!("html-excluded-words"))) }
    }
}

/// What only people can attest, by the measures of the Ministry's deck of 2025-01-31.
pub(super) fn attest(page: &Page<'_>) -> Markup {
    let all = [
        ("①", text!("attest-1")),
        ("②", text!("attest-2")),
        ("③", text!("attest-3")),
        ("④", text!("attest-4")),
        ("⑤", text!("attest-5")),
        ("⑥", text!("attest-6")),
        ("⑦", text!("attest-7")),
        ("⑧", text!("attest-8")),
        ("⑨", text!("attest-9")),
        ("⑩", text!("attest-10")),
        ("⑪", text!("attest-11")),
        ("⑫", text!("attest-12")),
    ];
    html! {
        p { (page.say(&text!("html-attest-words"))) }
        table.attest {
            (heads(page.lang, &[text!("column-measures"), text!("column-attest"), text!("column-signed")]))
            tbody { @for (number, words) in &all { tr { th scope="row" { (number) } td { (page.say(words)) } td {} } } }
        }
    }
}

pub(super) fn inputs(page: &Page<'_>) -> Markup {
    html! {
        table {
            (heads(page.lang, &[text!("column-file"), text!("column-sha256")]))
            tbody {
                @for input in &page.verify.inputs { tr { td.mono { (input.path) } td.mono { (input.sha256) } } }
                @if let Some((path, digest)) = &page.evidence.certificate { tr { td.mono { (path) } td.mono { (digest) } } }
            }
        }
        (captured(page))
        h3 { (page.say(&text!("html-rollback"))) }
        @match &page.evidence.rollback {
            Some((word, says)) => p data-row=(row_of(word)) { (verdict(page.lang, word)) " " (says) },
            None => p { (page.say(&text!("html-no-rollback"))) },
        }
        h3 { (page.say(&text!("html-recheck"))) }
        p { (page.say(&text!("html-recheck-words"))) }
        p.mono { (page.evidence.command) }
        p { (page.say(&text!("html-recheck-version", version = page.verify.version, facts = page.verify.facts))) }
        @match &page.evidence.certificate {
            Some((path, _)) => { p { (page.say(&text!("html-recheck-certificate"))) } p.mono { "aclc-check " (path) } }
            None => p { (page.say(&text!("html-recheck-uncertified"))) },
        }
    }
}

/// When each configuration was captured: an input as all others, so nothing is said where nobody says it.
fn captured(page: &Page<'_>) -> Markup {
    let all = &page.evidence.captured;
    let unsaid = || page.say(&text!("html-captured-unsaid"));
    html! {
        h3 { (page.say(&text!("html-captured"))) }
        @if all.is_empty() { p { (page.say(&text!("html-captured-none"))) } }
        @else {
            p { (page.say(&text!("html-captured-words"))) }
            table {
                (heads(page.lang, &[text!("column-device"), text!("column-file"), text!("column-captured"), text!("column-says")]))
                tbody { @for one in all { tr {
                    td { (one.switch) }
                    td.mono { (one.path) }
                    td { (one.stated.clone().unwrap_or_else(unsaid)) }
                    td.mono {
                        @if one.says.is_empty() { (unsaid()) }
                        @for (line, text) in &one.says { div { (words::line(Some(*line)).render(page.lang)) " " (text) } }
                    }
                } } }
            }
        }
    }
}
