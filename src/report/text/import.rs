//! `import` as text: whether the policy equals the configurations, and what it does not explain.

use super::{Look, Page, Tone};
use crate::report::outcome::Import;
use crate::text;

/// The report, without the policy itself.
#[must_use]
pub fn import(look: Look, outcome: &Import) -> String {
    let mut page = Page::default();
    if !outcome.unexplained.is_empty() {
        let heading = text!("import-unexplained", count = outcome.unexplained.len());
        page.line(look.paint(Tone::Title, &look.say(&heading)));
    }
    for one in &outcome.unexplained {
        let risk = match one.risk {
            "high" => look.paint(Tone::Bad, &look.say(&text!("risk-high"))),
            "medium" => look.paint(Tone::Doubt, &look.say(&text!("risk-medium"))),
            _ => look.say(&text!("risk-low")),
        };
        let line = one
            .line
            .map(|line| look.say(&text!("report-line", line = line)));
        let line = line.unwrap_or_default();
        page.line(format!(
            "  {risk}  {}  {}  {line}  {}",
            one.device, one.acl, one.text
        ));
        let example = text!("diff-example", packet = &one.witness.shown);
        page.line(format!("      {}", look.say(&example)));
    }
    if !outcome.notes.is_empty() {
        page.line("");
        page.line(look.paint(Tone::Title, &look.say(&text!("import-notes"))));
        for note in &outcome.notes {
            page.line(format!("  {note}"));
        }
    }
    page.gaps(look, &outcome.gaps);
    page.line("");
    let verdict = look.verdict(outcome.verdict);
    let words = match outcome.verdict {
        "proved" => text!("import-equal"),
        "refuted" => text!("import-unequal"),
        _ => text!("import-unknown"),
    };
    page.line(format!("{verdict}  {}", look.say(&words)));
    if let Some(witness) = &outcome.witness {
        let example = text!("diff-example", packet = &witness.shown);
        page.line(format!("  {}", look.say(&example)));
    }
    for because in &outcome.because {
        page.line(format!("  {because}"));
    }
    page.out
}
