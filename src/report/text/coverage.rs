//! `check --coverage` as text: a row per state with its lines.

use super::table::aligned;
use super::{Look, Page};
use crate::report::outcome::Coverage;
use crate::text;

/// The report.
#[must_use]
pub fn coverage(look: Look, outcome: &Coverage) -> String {
    let mut page = Page::default();
    page.line(format!("{}  {}", outcome.file, outcome.dialect));
    let mut rows = Vec::new();
    for state in &outcome.states {
        let word = match state.state {
            "understood" => text!("coverage-understood"),
            "irrelevant" => text!("coverage-irrelevant"),
            "narrows" => text!("coverage-narrows"),
            "bounded" => text!("coverage-bounded"),
            _ => text!("coverage-gap"),
        };
        let run = |(first, last): &(u32, u32)| match first == last {
            true => first.to_string(),
            false => format!("{first}-{last}"),
        };
        let lines: Vec<String> = state.lines.iter().map(run).collect();
        rows.push(vec![
            look.say(&word),
            state.count.to_string(),
            lines.join(", "),
        ]);
    }
    for row in aligned(&rows) {
        page.line(format!("  {row}"));
    }
    page.out
}
