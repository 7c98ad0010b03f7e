//! `verify` as text: a line per claim, the packet and its way for each ×, the reasons for each ？, then what it rests on.

use super::table::aligned;
use super::trace::hops;
use super::{Look, Page, Tone};
use crate::report::outcome::{Claim, OpenFact, Term, Verify};
use crate::report::words;
use crate::text;

/// The report.
#[must_use]
pub fn verify(look: Look, outcome: &Verify) -> String {
    let mut page = Page::default();
    let assumptions = claims(&mut page, look, &outcome.claims);
    open_facts(&mut page, look, &outcome.open_facts);
    super::guideline::guidelines(&mut page, look, &outcome.guidelines);
    terms(&mut page, look, &outcome.terms);
    page.gaps(look, &outcome.gaps);
    page.list(look, &text!("report-assumptions"), &assumptions);
    page.inputs(look, &outcome.inputs);
    if let Some(effect) = &outcome.effect {
        page.line("");
        page.line(look.paint(Tone::Title, &look.say(&text!("html-effect"))));
        page.out.push_str(&super::diff::diff(look, effect));
    }
    page.line("");
    page.line(look.say(&text!(
        "report-run",
        at = &outcome.at,
        version = outcome.version,
        facts = outcome.facts
    )));
    page.line(summary(look, outcome.verdict, &outcome.claims));
    page.out
}

/// Exceptions on a list of their own, then what ends.
fn terms(page: &mut Page, look: Look, terms: &[Term]) {
    for (exception, heading) in [
        (true, text!("terms-exceptions")),
        (false, text!("terms-ending")),
    ] {
        let mine = terms.iter().filter(|term| term.exception == exception);
        let rows: Vec<Vec<String>> = mine.map(|term| row(look, term)).collect();
        page.list(look, &heading, &aligned(&rows));
    }
}

fn row(look: Look, term: &Term) -> Vec<String> {
    let until = term.until.as_deref().unwrap_or("-");
    let until = match term.in_force {
        true => text!("term-until", until = until),
        false => text!("term-ended", until = until),
    };
    let notes = [&term.ticket, &term.owner, &term.because];
    let notes = notes
        .into_iter()
        .map(|note| note.clone().unwrap_or_default());
    [look.say(&until), term.text.clone()]
        .into_iter()
        .chain(notes)
        .collect()
}

/// The claims of `verify` and `build`. Returns what they lean on, numbered as the claims refer to it.
pub(super) fn claims(page: &mut Page, look: Look, claims: &[Claim]) -> Vec<String> {
    let mut known: Vec<&str> = Vec::new();
    for claim in claims {
        one(page, look, claim, &mut known);
    }
    let numbered = known.iter().enumerate();
    numbered
        .map(|(index, text)| format!("{}. {text}", index + 1))
        .collect()
}

/// What a site could settle by testing its device, which claims that would decide, and the line to write.
pub(super) fn open_facts(page: &mut Page, look: Look, facts: &[OpenFact]) {
    if facts.is_empty() {
        return;
    }
    page.line("");
    page.line(look.paint(Tone::Title, &look.say(&text!("report-open-facts"))));
    for fact in facts {
        page.line(format!(
            "  {}  {}",
            look.paint(Tone::Doubt, &fact.id),
            fact.says
        ));
        let lists = [
            (text!("report-fact-decides"), &fact.decides),
            (text!("report-fact-together"), &fact.together),
        ];
        for (heading, claims) in lists.into_iter().filter(|(_, claims)| !claims.is_empty()) {
            page.line(format!("    {}{}", look.say(&heading), claims.join(", ")));
        }
        let line = text!("report-fact-line", line = &fact.line);
        page.line(format!("    {}", look.say(&line)));
    }
}

/// The last line: the verdict of the file, and how many of each.
pub(super) fn summary(look: Look, verdict: &str, claims: &[Claim]) -> String {
    format!(
        "{}  {}",
        look.verdict(verdict),
        look.say(&words::counts(claims))
    )
}

fn one<'c>(page: &mut Page, look: Look, claim: &'c Claim, known: &mut Vec<&'c str>) {
    let measures = match claim.measures.is_empty() {
        true => String::new(),
        false => format!("  {}", claim.measures.join("")),
    };
    let verdict = look.verdict(claim.verdict);
    let id = look.paint(Tone::Title, &claim.id);
    page.line(format!("{verdict}  {id}  {}{measures}", claim.text));
    if claim.level.connection != claim.level.packet {
        page.line(format!("    {}", levels(look, claim)));
    }
    if let Some(code) = claim.reason {
        page.line(format!("    {}", look.say(&words::reason(code))));
    }
    packet(page, look, claim);
    details(page, look, claim);
    leans_on(page, look, claim, known);
}

fn levels(look: Look, claim: &Claim) -> String {
    look.say(&text!(
        "report-levels",
        connection = look.say(&words::verdict(claim.level.connection)),
        packet = look.say(&words::verdict(claim.level.packet))
    ))
}

/// The witness, or of an unknown claim the candidate, with its way.
fn packet(page: &mut Page, look: Look, claim: &Claim) {
    let Some(heading) = words::packet(claim) else {
        return;
    };
    let ends = claim.ends.as_ref();
    let ends = ends.map_or(String::new(), |(from, to)| format!("  ({from} -> {to})"));
    page.line(format!("    {}{ends}", look.say(&heading)));
    for line in hops(look, claim.trace.as_deref().unwrap_or_default()) {
        page.line(format!("      {line}"));
    }
}

fn details(page: &mut Page, look: Look, claim: &Claim) {
    // What stands beside the witness of a refuted claim explains it; nothing is open there.
    let because = match claim.verdict {
        "refuted" => text!("report-beside"),
        _ => text!("report-because-one"),
    };
    let lists = [
        (because, &claim.because),
        (text!("report-hole"), &claim.holes),
    ];
    for (heading, items) in lists {
        let heading = look.say(&heading);
        for item in items {
            page.line(format!("    {heading}{item}"));
        }
    }
}

/// The numbers of a claim's assumptions; runs are joined.
fn leans_on<'c>(page: &mut Page, look: Look, claim: &'c Claim, known: &mut Vec<&'c str>) {
    let mut numbers: Vec<usize> = Vec::new();
    for assumption in &claim.assumptions {
        let at = known
            .iter()
            .position(|text| text == assumption)
            .unwrap_or_else(|| {
                known.push(assumption);
                known.len() - 1
            });
        numbers.push(at + 1);
    }
    if !numbers.is_empty() {
        let list = words::runs(numbers);
        let leans = look.say(&text!("report-assumption"));
        page.line(format!("    {leans}{list}"));
    }
}
