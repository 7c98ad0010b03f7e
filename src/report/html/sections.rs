//! The parts of the page, in the order in which an officer, then an auditor reads them.

use super::{Page, diagram};
use crate::base::Text;
use crate::report::evidence::{Flow, Interface, Pair};
use crate::report::outcome::{Claim, Finding, Hop};
use crate::report::words;
use crate::text;
use crate::verify::survey::Opens;
use maud::{Markup, html};

/// Zones of a matrix that can be looked at; above, the pairs stand in a list.
const MOST_IN_MATRIX: usize = 60;

/// Every section: the name of its anchor, its heading, its body.
pub(super) fn all(page: &Page<'_>) -> Vec<(&'static str, Text, Markup)> {
    vec![
        ("verdicts", text!("html-verdicts"), verdicts(page)),
        ("details", text!("html-details"), details(page)),
        ("matrix", text!("html-matrix"), matrix(page)),
        ("network", text!("html-network"), network(page)),
        ("flows", text!("html-flows"), flows(page)),
        ("entries", text!("html-entries"), entries(page)),
        ("capacity", text!("html-capacity"), capacity(page)),
        ("assumptions", text!("html-assumptions"), assumptions(page)),
        ("attest", text!("html-attest"), attest(page)),
        ("inputs", text!("html-inputs"), inputs(page)),
    ]
}

fn tone(verdict: &str) -> &'static str {
    match verdict {
        "proved" => "good",
        "refuted" => "bad",
        _ => "doubt",
    }
}

fn row_of(verdict: &str) -> &'static str {
    if verdict == "proved" { "good" } else { "open" }
}

fn verdict(page: &Page<'_>, verdict: &str) -> Markup {
    html! { span.nowrap.(tone(verdict)) { (page.say(&words::verdict(verdict))) } }
}

fn heads(page: &Page<'_>, heads: &[Text]) -> Markup {
    html! { thead { tr { @for head in heads { th scope="col" { (page.say(head)) } } } } }
}

/// Title, classification, sign-off boxes, the verdict in one line.
pub(super) fn cover(page: &Page<'_>) -> Markup {
    let mut tickets: Vec<&str> = page
        .evidence
        .flows
        .iter()
        .map(|flow| flow.notes[0].as_str())
        .collect();
    tickets.retain(|ticket| !ticket.is_empty());
    tickets.sort_unstable();
    tickets.dedup();
    let mut devices: Vec<&str> = page
        .evidence
        .interfaces
        .iter()
        .map(|i| i.device.as_str())
        .collect();
    devices.dedup();
    html! {
        header.cover {
            span.mark { (page.say(&text!("html-confidential"))) }
            h1 { (page.title()) }
            p { (page.say(&text!("html-subtitle"))) }
            div.verdict.(tone(page.verify.verdict)) {
                (page.say(&words::verdict(page.verify.verdict))) " — " (page.say(&words::counts(&page.verify.claims)))
            }
            p { (page.say(&text!("html-scope"))) }
            div.boxes {
                div { (page.say(&text!("html-made-by"))) }
                div { (page.say(&text!("html-checked-by"))) }
                div { (page.say(&text!("html-approved-by"))) }
            }
            table {
                tbody {
                    tr { th scope="row" { (page.say(&text!("html-subject"))) } td {} }
                    tr { th scope="row" { (page.say(&text!("html-tickets"))) } td { (tickets.join(", ")) } }
                    tr { th scope="row" { (page.say(&text!("html-devices"))) } td { (devices.join(", ")) } }
                    tr { th scope="row" { (page.say(&text!("html-work-day"))) } td {} }
                    tr { th scope="row" { (page.say(&text!("html-at"))) } td { (page.verify.at) } }
                }
            }
        }
    }
}

fn verdicts(page: &Page<'_>) -> Markup {
    html! {
        table {
            (heads(page, &[text!("column-verdict"), text!("column-claim"), text!("column-measures"), text!("column-class")]))
            tbody { @for claim in &page.verify.claims {
                tr data-row=(row_of(claim.verdict)) {
                    td { (verdict(page, claim.verdict)) }
                    td { a href={ "#" (page.id(&claim.id)) } { (claim.id) } " " (claim.text) }
                    td { (claim.measures.join(" ")) }
                    td { (claim.class.map_or(String::new(), |class| page.say(&class_words(class)))) }
                }
            } }
        }
    }
}

fn class_words(class: &'static str) -> Text {
    match class {
        "proved" => text!("class-proved"),
        "log" => text!("class-log"),
        "attest" => text!("class-attest"),
        other => text!("report-reason", reason = other),
    }
}

fn details(page: &Page<'_>) -> Markup {
    html! { @for claim in &page.verify.claims { (detail(page, claim)) } }
}

fn detail(page: &Page<'_>, claim: &Claim) -> Markup {
    let place = claim
        .place
        .as_ref()
        .and_then(|place| Some((&place.file, place.line?)));
    html! {
        article.claim.(claim.verdict) id=(page.id(&claim.id)) tabindex="-1" data-row=(row_of(claim.verdict)) {
            h3 { (verdict(page, claim.verdict)) " " (claim.id) }
            p { (claim.text) @if let Some((file, line)) = place { " " span.mono { "(" (file) ":" (line) ")" } } }
            p { (page.say(&sentence(claim))) }
            @if claim.level.connection != claim.level.packet {
                p { (page.say(&text!("report-levels",
                    connection = words::verdict(claim.level.connection), packet = words::verdict(claim.level.packet)))) }
            }
            @if claim.verdict != "proved" { (open(page, claim)) }
            @if !claim.holes.is_empty() {
                h4 { (page.say(&text!("heading-holes"))) }
                ul { @for hole in &claim.holes { li { (hole) } } }
            }
            @let numbers = numbers(page, claim);
            @if !numbers.is_empty() { p { (page.say(&text!("report-assumption"))) (numbers) } }
        }
    }
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

/// Numbers of the assumptions in the page's list.
fn numbers(page: &Page<'_>, claim: &Claim) -> String {
    let all = &page.verify.assumptions;
    let at = claim
        .assumptions
        .iter()
        .filter_map(|one| all.iter().position(|a| a == one));
    at.map(|at| (at + 1).to_string())
        .collect::<Vec<_>>()
        .join(", ")
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

/// The class and the sign of a cell, with its words.
fn opens_words(opens: Opens) -> (&'static str, &'static str, Text) {
    let (class, sign) = match opens {
        Opens::Nothing => ("", ""),
        Opens::Listed => ("s", "●"),
        Opens::Holes => ("h", "◐"),
        Opens::Unlisted => ("u", "×"),
        Opens::Neighbours => ("n", "＝"),
    };
    (class, sign, words::opens(opens))
}

fn matrix(page: &Page<'_>) -> Markup {
    let places = &page.evidence.places;
    if page.evidence.cut {
        return html! { p { (page.say(&text!("html-matrix-cut"))) } };
    }
    let find = |from: usize, to: usize| {
        page.evidence
            .pairs
            .iter()
            .find(|p| (p.from, p.to) == (from, to))
    };
    let states = [
        Opens::Listed,
        Opens::Holes,
        Opens::Unlisted,
        Opens::Neighbours,
        Opens::Nothing,
    ];
    html! {
        p { (page.say(&text!("html-matrix-words"))) }
        ul.legend { @for state in states { @let (class, sign, words) = opens_words(state); li class=(class) { (if sign.is_empty() { "・" } else { sign }) " " (page.say(&words)) } } }
        @if places.len() <= MOST_IN_MATRIX {
            div.scroll { table.matrix {
                thead { tr { td {} @for place in places { th scope="col" { (place.name) } } } }
                tbody { @for (from, place) in places.iter().enumerate() { tr {
                    th scope="row" { (place.name) }
                    @for to in 0..places.len() { (cell(page, from, to, find(from, to))) }
                } } }
            } }
        }
        table {
            caption { (page.say(&text!("html-pairs"))) }
            (heads(page, &[text!("column-from"), text!("column-to"), text!("column-opens"), text!("column-statements")]))
            tbody { @for pair in &page.evidence.pairs { (pair_row(page, pair)) } }
        }
    }
}

fn cell(page: &Page<'_>, from: usize, to: usize, pair: Option<&Pair>) -> Markup {
    if from == to {
        return html! { td.x {} };
    }
    let (class, sign, words) = opens_words(pair.map_or(Opens::Nothing, |pair| pair.opens));
    match pair {
        None => html! { td {} },
        Some(pair) => {
            html! { td class=(class) title=(format!("{}: {}", page.say(&words), pair.allows.join(" / "))) { (sign) } }
        }
    }
}

fn pair_row(page: &Page<'_>, pair: &Pair) -> Markup {
    let name = |at: usize| {
        page.evidence
            .places
            .get(at)
            .map_or("", |place| place.name.as_str())
    };
    let (_, sign, words) = opens_words(pair.opens);
    let row = match pair.opens {
        Opens::Unlisted | Opens::Neighbours => "open",
        _ => "good",
    };
    html! {
        tr data-row=(row) {
            td { (name(pair.from)) } td { (name(pair.to)) } td { (sign) " " (page.say(&words)) }
            td { @for allow in &pair.allows { div { (allow) } } }
        }
    }
}

fn network(page: &Page<'_>) -> Markup {
    html! {
        p { (page.say(&text!("html-diagram-words"))) }
        div.scroll { (diagram::draw(page)) }
        table {
            caption { (page.say(&text!("html-interfaces"))) }
            (heads(page, &[text!("column-device"), text!("column-interface"), text!("column-addresses"), text!("column-in"), text!("column-out")]))
            tbody { @for interface in &page.evidence.interfaces { (interface_row(page, interface)) } }
        }
        table {
            caption { (page.say(&text!("html-places"))) }
            (heads(page, &[text!("column-segment"), text!("column-zone"), text!("column-vlan"), text!("column-addresses")]))
            tbody { @for place in &page.evidence.places {
                tr data-row="good" {
                    td { (place.segment) } td { (place.name) }
                    td { (place.vlans.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")) } td.mono { (place.where_) }
                }
            } }
        }
    }
}

fn interface_row(page: &Page<'_>, interface: &Interface) -> Markup {
    let lists = |wanted: &str| {
        let all = interface
            .lists
            .iter()
            .filter(|(direction, _)| *direction == wanted);
        all.map(|(_, words)| words.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let bare = !interface.unfiltered.is_empty();
    html! {
        tr data-row=(if bare { "open" } else { "good" }) {
            td { (interface.device) } td { (interface.name) } td.mono { (interface.addresses.join(", ")) }
            td { (lists("in"))
                @if bare { " " span.bad { (page.say(&text!("html-unfiltered", families = interface.unfiltered.join(", ")))) } }
            }
            td { (lists("out")) }
        }
    }
}

fn flows(page: &Page<'_>) -> Markup {
    html! {
        p { (page.say(&text!("html-flows-words"))) }
        table {
            (heads(page, &[text!("column-statement"), text!("column-forward"), text!("column-back"), text!("column-ticket"), text!("column-owner"), text!("column-until")]))
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
        Some(verdict) => self::verdict(page, verdict),
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
fn entries(page: &Page<'_>) -> Markup {
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
        (list(text!("html-no-owner"), of(1).collect()))
        (list(text!("html-no-ticket"), of(0).collect()))
        (list(text!("html-expired-list"), flows.iter().filter(|flow| flow.expired).collect()))
        h3 { (page.say(&text!("html-findings"))) " (" (page.evidence.findings.len()) ")" }
        p { (page.say(&text!("html-findings-words"))) }
        table {
            (heads(page, &[text!("column-place"), text!("column-code"), text!("column-message")]))
            tbody { @for finding in &page.evidence.findings { (finding_row(finding)) } }
        }
        @if !page.verify.gaps.is_empty() {
            h3 { (page.say(&text!("report-gaps"))) }
            ul { @for gap in &page.verify.gaps { li data-row="open" { span.mono { (gap.file) ":" (gap.line) " " (gap.text) } " — " (gap.why) } } }
        }
    }
}

fn finding_row(finding: &Finding) -> Markup {
    let line = finding
        .line
        .map_or(String::new(), |line| format!(":{line}"));
    html! {
        tr data-row=(if finding.severity == "info" { "good" } else { "open" }) {
            td.mono { (finding.file) (line) } td { (finding.code) }
            td { @if let Some(acl) = &finding.acl { code { (acl) } " " } (finding.message) }
        }
    }
}

fn capacity(page: &Page<'_>) -> Markup {
    html! {
        table {
            (heads(page, &[text!("column-device"), text!("column-table"), text!("column-used"), text!("column-available")]))
            tbody { @for row in &page.evidence.capacity {
                tr { td { (row.switch) } td { (row.table) } td { (row.used) }
                    td { (row.available.map_or_else(|| "？".to_owned(), |n| n.to_string())) } }
            } }
        }
    }
}

fn assumptions(page: &Page<'_>) -> Markup {
    html! {
        p { (page.say(&text!("html-assumptions-words"))) }
        ol { @for assumption in &page.verify.assumptions { li { (assumption) } } }
        h3 { (page.say(&text!("html-excluded"))) }
        p { (page.say(&text!("html-excluded-words"))) }
    }
}

/// What only people can attest, by the measures of the Ministry's deck of 2025-01-31.
fn attest(page: &Page<'_>) -> Markup {
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
            (heads(page, &[text!("column-measures"), text!("column-attest"), text!("column-signed")]))
            tbody { @for (number, words) in &all { tr { th scope="row" { (number) } td { (page.say(words)) } td {} } } }
        }
    }
}

fn inputs(page: &Page<'_>) -> Markup {
    html! {
        table {
            (heads(page, &[text!("column-file"), text!("column-sha256")]))
            tbody {
                @for input in &page.verify.inputs { tr { td.mono { (input.path) } td.mono { (input.sha256) } } }
                @if let Some((path, digest)) = &page.evidence.certificate { tr { td.mono { (path) } td.mono { (digest) } } }
            }
        }
        h3 { (page.say(&text!("html-recheck"))) }
        p { (page.say(&text!("html-recheck-words"))) }
        p.mono { (page.evidence.command) }
        @if let Some((path, _)) = &page.evidence.certificate { p.mono { "aclc-check " (path) } }
    }
}
