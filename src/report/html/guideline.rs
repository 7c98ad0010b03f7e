//! Guidelines: who plays which role, and each measure with what stands behind it.

use super::{Page, heads, tone};
use crate::base::Text;
use crate::report::outcome::{Guideline, Part};
use crate::report::words;
use crate::text;
use maud::{Markup, html};

/// All guidelines of the policy.
pub(super) fn guidelines(page: &Page<'_>) -> Markup {
    html! {
        @for guideline in &page.verify.guidelines { (one(page, guideline)) }
        @if page.verify.guidelines.is_empty() { p { (page.say(&text!("html-no-guideline"))) } }
    }
}

fn one(page: &Page<'_>, guideline: &Guideline) -> Markup {
    let heading = text!(
        "guideline-heading",
        name = &guideline.name,
        edition = &guideline.edition,
        title = &guideline.title
    );
    let none = || page.say(&text!("guideline-none"));
    let others = guideline.others.join(", ");
    html! {
        h3 { (page.say(&heading)) }
        table {
            (heads(page.lang, &[text!("column-measures"), text!("column-verdict"), text!("column-behind"), text!("column-claim")]))
            tbody { @for measure in &guideline.measures {
                @for (number, part) in measure.parts.iter().enumerate() {
                    tr data-row=(row_of(part)) {
                        @if number == 0 {
                            th scope="rowgroup" rowspan=(measure.parts.len()) { (measure.measure) " " (measure.title) }
                        }
                        (cells(page, part))
                    }
                }
            } }
        }
        table {
            caption { (page.say(&text!("html-roles"))) }
            (heads(page.lang, &[text!("column-role"), text!("column-places"), text!("column-meaning")]))
            tbody { @for role in &guideline.roles {
                tr { th scope="row" { (role.role) } td { (role.places.clone().unwrap_or_else(none)) } td { (role.text) } }
            } }
        }
        @if !others.is_empty() { p { (page.say(&text!("guideline-others", names = others))) } }
        ul.small { @for clause in &guideline.clauses {
            li { (clause.measures.concat()) " " (page.say(&words::clause(clause))) }
        } }
    }
}

fn row_of(part: &Part) -> &'static str {
    match (part.applies, part.class, part.verdict) {
        (false, ..) | (_, "proved", Some("proved")) => "good",
        _ => "open",
    }
}

/// What it is worth, what is said, and the claims or the place for a name and a date.
fn cells(page: &Page<'_>, part: &Part) -> Markup {
    let (words, tone): (Text, &str) = words::part(part).map_or_else(
        |verdict| (words::verdict(verdict), tone(verdict)),
        |words| (words, "doubt"),
    );
    let signed = part.applies && !matches!(part.class, "proved" | "log");
    html! {
        td.nowrap { span.(tone) { (page.say(&words)) } }
        td { (part.text) }
        td {
            @for (at, id) in part.claims.iter().enumerate() {
                @if at > 0 { ", " }
                a href={ "#" (page.id(id)) } { (id) }
            }
            @if signed { span.sign { (page.say(&text!("guideline-sign"))) } }
        }
    }
}
