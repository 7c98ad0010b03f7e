//! `trace` as text: one list line by line, or a walk hop by hop.

use super::table::aligned;
use super::{Look, Page};
use crate::report::outcome::{Diagnostic, Hop, Trace, TraceLine};
use crate::report::words;
use crate::text;

/// A packet of `trace --acl`, on one line.
#[must_use]
pub fn trace_line(look: Look, line: &TraceLine) -> String {
    let at = match line.line {
        Some(number) => look.say(&text!("report-line", line = number)),
        None => look.say(&text!("report-end-of-list")),
    };
    let because = match line.because.is_empty() {
        true => String::new(),
        false => format!("  ({})", line.because.join("; ")),
    };
    let verdict = look.verdict(line.verdict);
    format!("{verdict}  {}  {at}  {}{because}\n", line.shown, line.text)
}

/// A packet of `trace --acl` that is none, in its place.
#[must_use]
pub fn trace_error(look: Look, number: u64, error: &Diagnostic) -> String {
    let text = text!("trace-bad-line", line = number, why = &error.message);
    format!("{}\n", look.say(&text))
}

/// A walk.
#[must_use]
pub fn trace(look: Look, outcome: &Trace) -> String {
    let mut page = Page::default();
    let zone = outcome.zone.as_ref();
    let zone = zone.map_or(String::new(), |zone| format!("  ({zone})"));
    page.line(format!(
        "{}  {}{zone}",
        look.verdict(outcome.verdict),
        outcome.shown
    ));
    for line in hops(look, &outcome.trace) {
        page.line(format!("  {line}"));
    }
    page.list(look, &text!("report-because"), &outcome.because);
    page.out
}

/// Hops as a table: number, device, interface, direction, list and line, what happened, the line's text.
pub(super) fn hops(look: Look, hops: &[Hop]) -> Vec<String> {
    let row = |(number, hop): (usize, &Hop)| {
        vec![
            (number + 1).to_string(),
            hop.device.clone(),
            hop.interface.clone(),
            hop.direction.unwrap_or("-").to_owned(),
            at(look, hop),
            look.say(&words::action(hop)),
            hop.text.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = hops.iter().enumerate().map(row).collect();
    aligned(&rows)
}

fn at(look: Look, hop: &Hop) -> String {
    let list = match &hop.acl {
        Some(acl) => acl.clone(),
        None => return "-".to_owned(),
    };
    format!("{list} {}", look.say(&words::line(hop.line)))
}
