//! `verify --between` as text: a line per day on which something ends, with what it changes.

use super::{Look, Page};
use crate::report::outcome::Between;
use crate::text;

/// The report.
#[must_use]
pub fn between(look: Look, outcome: &Between) -> String {
    let mut page = Page::default();
    for day in &outcome.days {
        page.line(format!("{}  {}", day.at, look.verdict(day.verdict)));
        for text in &day.ended {
            page.line(format!(
                "    {}",
                look.say(&text!("between-ended", text = text))
            ));
        }
        for change in &day.changes {
            let (before, after) = (look.verdict(change.before), look.verdict(change.after));
            page.line(format!(
                "    {}  {before} -> {after}  {}",
                change.id, change.text
            ));
        }
    }
    page.inputs(look, &outcome.inputs);
    page.line("");
    let changes = outcome
        .days
        .iter()
        .filter(|day| !day.changes.is_empty())
        .count();
    let summary = text!(
        "between-summary",
        first = &outcome.first,
        last = &outcome.last,
        days = changes
    );
    page.line(format!(
        "{}  {}",
        look.verdict(outcome.verdict),
        look.say(&summary)
    ));
    page.out
}
