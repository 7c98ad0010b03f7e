//! `verify --mutate` as text: the lines that no claim notices.

use super::{Look, Page};
use crate::report::outcome::Mutate;
use crate::text;

/// The report.
#[must_use]
pub fn mutate(look: Look, outcome: &Mutate) -> String {
    let mut page = Page::default();
    for line in &outcome.unnoticed {
        let instead = match &line.instead {
            Some(instead) => text!("mutate-instead", text = instead.trim()),
            None => text!("mutate-taken-out"),
        };
        let (text, instead) = (line.text.trim(), look.say(&instead));
        page.line(format!("{}:{}  {text}  {instead}", line.file, line.line));
    }
    page.inputs(look, &outcome.inputs);
    page.line("");
    let summary = text!(
        "mutate-summary",
        lines = outcome.lines,
        changes = outcome.changes,
        unnoticed = outcome.unnoticed.len()
    );
    page.line(look.say(&summary));
    page.out
}
