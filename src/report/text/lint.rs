//! `lint` as text: a line per finding, then how many.

use super::{Look, Page, Tone};
use crate::report::outcome::{Finding, Lint};
use crate::text;

/// The report.
#[must_use]
pub fn lint(look: Look, outcome: &Lint) -> String {
    let mut page = Page::default();
    for finding in &outcome.findings {
        page.line(line(look, finding));
    }
    let count = |severity| {
        let of = outcome.findings.iter().filter(|f| f.severity == severity);
        of.count()
    };
    let summary = match outcome.findings.is_empty() {
        true => text!("lint-clean"),
        false => text!(
            "lint-summary",
            errors = count("error"),
            warnings = count("warning"),
            infos = count("info")
        ),
    };
    page.line(look.say(&summary));
    page.out
}

fn line(look: Look, finding: &Finding) -> String {
    let place = match finding.line {
        Some(line) => format!("{}:{line}", finding.file),
        None => finding.file.clone(),
    };
    let (tone, word) = match finding.severity {
        "error" => (Tone::Bad, text!("severity-error")),
        "warning" => (Tone::Doubt, text!("severity-warning")),
        _ => (Tone::Quiet, text!("severity-info")),
    };
    let word = look.paint(tone, &look.say(&word));
    let list = finding.acl.as_ref();
    let list = list.map_or(String::new(), |acl| format!(" {acl}:"));
    format!(
        "{place}: {word}[{}]:{list} {}",
        finding.code, finding.message
    )
}
