//! Each claim with its verdict: in a sentence, with measures and class; then what the verdict says, the packet and its way
//! where it is not proved, and what can be done.

use super::{Page, diagram, heads, row_of, verdict};
use crate::base::Text;
use crate::report::evidence::Interface;
use crate::report::outcome::{Claim, Clause, Hop};
use crate::report::words;
use crate::text;
use maud::{Markup, html};

pub(super) fn verdicts(page: &Page<'_>) -> Markup {
    // Measures belong to a guideline; without one their columns would be empty.
    let measured = page
        .verify
        .claims
        .iter()
        .any(|claim| !claim.measures.is_empty());
    let mut titles = vec![text!("column-verdict"), text!("column-claim")];
    if measured {
        titles.extend([text!("column-measures"), text!("column-class")]);
    }
    html! {
        table.verdicts {
            (heads(page.lang, &titles))
            tbody { @for (number, claim) in page.verify.claims.iter().enumerate() {
                tr data-row=(row_of(claim.verdict)) {
                    td { (verdict(page.lang, claim.verdict)) }
                    td {
                        (says(page, number))
                        div.small { a href={ "#" (page.id(&claim.id)) } { (claim.id) } " " (claim.text) }
                    }
                    @if measured {
                        td { (claim.measures.join(" ")) }
                        td.nowrap { @if let Some(class) = claim.class { (page.say(&words::class(class))) } }
                    }
                }
            } }
        }
    }
}

/// The claim in a sentence.
fn says<'p>(page: &'p Page<'_>, number: usize) -> &'p str {
    page.evidence
        .sentences
        .get(number)
        .map_or("", String::as_str)
}

pub(super) fn details(page: &Page<'_>) -> Markup {
    let claims = page.verify.claims.iter().enumerate();
    let counted = page
        .verify
        .claims
        .iter()
        .any(|claim| claim.packet_classes.is_some());
    html! {
        @if counted { p.small { (page.say(&text!("packet-classes-words"))) } }
        @for (number, claim) in claims { (detail(page, number, claim)) }
        (open_facts(page))
    }
}

/// What a test of a device would settle, which claims that decides, and the line to write then.
fn open_facts(page: &Page<'_>) -> Markup {
    let facts = &page.verify.open_facts;
    let claims = |heading: Text, ids: &[String]| {
        html! {
            @if !ids.is_empty() { div { (page.say(&heading)) @for (at, id) in ids.iter().enumerate() {
                @if at > 0 { ", " } a href={ "#" (page.id(id)) } { (id) }
            } } }
        }
    };
    html! {
        @if !facts.is_empty() {
            h3 { (page.say(&text!("report-open-facts"))) }
            ul { @for fact in facts { li data-row="open" {
                span.mono { (fact.id) } " " (fact.says)
                (claims(text!("report-fact-decides"), &fact.decides))
                (claims(text!("report-fact-together"), &fact.together))
                div { (page.say(&text!("report-fact-line", line = &fact.line))) }
            } } }
        }
    }
}

fn detail(page: &Page<'_>, number: usize, claim: &Claim) -> Markup {
    let place = claim
        .place
        .as_ref()
        .and_then(|place| Some((&place.file, place.line?)));
    html! {
        article.claim.(claim.verdict) id=(page.id(&claim.id)) tabindex="-1" data-row=(row_of(claim.verdict)) {
            h3 { (verdict(page.lang, claim.verdict)) " " (says(page, number)) }
            p.small { (claim.id) " " (claim.text) @if let Some((file, line)) = place { " " span.mono { "(" (file) ":" (line) ")" } } }
            p { (page.say(&sentence(claim))) }
            @if let Some(classes) = words::classes(claim) { p { (page.say(&classes)) } }
            @if claim.level.connection != claim.level.packet {
                p { (page.say(&text!("report-levels",
                    connection = words::verdict(claim.level.connection), packet = words::verdict(claim.level.packet)))) }
            }
            @if claim.verdict != "proved" { (open(page, claim)) }
            @if !claim.holes.is_empty() {
                h4 { (page.say(&text!("heading-holes"))) }
                ul { @for hole in &claim.holes { li { (hole) } } }
            }
            @for clause in clauses(page, claim) { p.small { (page.say(&clause)) } }
            @let numbers = numbers(page, claim);
            @if !numbers.is_empty() { p.small { (page.say(&text!("report-assumption"))) (numbers) } }
        }
    }
}

/// The clauses of law and guideline behind the measures that a claim serves.
fn clauses(page: &Page<'_>, claim: &Claim) -> Vec<Text> {
    let clauses = page.verify.guidelines.iter().flat_map(|one| &one.clauses);
    let serves = |clause: &&Clause| {
        let mut measures = clause.measures.iter();
        measures.any(|measure| claim.measures.contains(measure))
    };
    clauses.filter(serves).map(words::clause).collect()
}

/// What the verdict says, and nothing more.
fn sentence(claim: &Claim) -> Text {
    match claim.verdict {
        // What leans on nothing was read off the text, no packet was reckoned with (D49).
        "proved" if claim.assumptions.is_empty() => text!("html-says-read"),
        "proved" => text!("html-says-proved"),
        "refuted" => text!("html-says-refuted"),
        _ => text!("html-says-unknown"),
    }
}

/// Numbers of the assumptions in the page's list; runs are joined.
fn numbers(page: &Page<'_>, claim: &Claim) -> String {
    let all = &page.verify.assumptions;
    let at = claim.assumptions.iter();
    let at = at.filter_map(|one| all.iter().position(|a| a == one));
    words::runs(at.map(|at| at + 1).collect())
}

/// The packet, its way, and what can be done.
fn open(page: &Page<'_>, claim: &Claim) -> Markup {
    let hops = claim.trace.as_deref().unwrap_or_default();
    html! {
        @for why in words::why(claim, page.lang) { p.mono { (why) } }
        @if !hops.is_empty() {
            button type="button" data-way=(way(page, hops)) { (page.say(&text!("html-show-way"))) }
            ol.way { @for (at, hop) in hops.iter().enumerate() {
                li class=[(at + 1 == hops.len()).then_some("last")] {
                    strong { (hop.device) } " " (hop.interface) " " (hop.direction.unwrap_or_default())
                    @if let Some(acl) = &hop.acl { " " code { (acl) } " " (page.say(&words::line(hop.line))) }
                    " — " (page.say(&words::action(hop)))
                    @if !hop.text.is_empty() { br; code { (hop.text) } }
                }
            } }
        }
        p { strong { (page.say(&text!("html-remedy"))) } " " (page.say(&remedy(claim, hops))) }
    }
}

/// The parts of the drawing that a packet passes.
fn way(page: &Page<'_>, hops: &[Hop]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for hop in hops {
        parts.push(format!("d:{}", hop.device));
        parts.push(format!("i:{}:{}", hop.device, hop.interface));
        let mine = |i: &&Interface| i.device == hop.device && i.name == hop.interface;
        parts.extend(page.evidence.interfaces.iter().find(mine).map(diagram::key));
    }
    parts.dedup();
    parts.join(" ")
}

fn remedy(claim: &Claim, hops: &[Hop]) -> Text {
    if claim.verdict == "unknown" {
        return text!("remedy-unknown");
    }
    if claim.reason == Some("inseparable") {
        return text!("remedy-inseparable");
    }
    let of = |wanted: &str| {
        hops.iter()
            .rfind(|hop| hop.hop == "list" && hop.action == wanted)
    };
    let told = |hop: &Hop| {
        (
            hop.device.clone(),
            hop.acl.clone().unwrap_or_default(),
            words::line(hop.line),
        )
    };
    let bare = hops
        .iter()
        .find(|hop| hop.hop == "list" && hop.action == "none" && hop.direction == Some("in"));
    match (of("deny").map(told), of("permit").map(told), bare) {
        (Some((device, acl, line)), _, _) => {
            text!("remedy-denied", device = device, acl = acl, line = line)
        }
        (None, _, Some(hop)) => text!(
            "remedy-no-list",
            device = &hop.device,
            interface = &hop.interface
        ),
        (None, Some((device, acl, line)), None) => {
            text!("remedy-permitted", device = device, acl = acl, line = line)
        }
        (None, None, None) => text!("remedy-look"),
    }
}
