//! `lint` as text: a line per finding, then how many.

use super::{Look, Page, Tone};
use crate::base::{Diagnostic, Severity, Text};
use crate::report::outcome::{Finding, Lint};
use crate::report::words;
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
    let summary = summary(count("error"), count("warning"), count("info"));
    page.made(look, outcome.version, outcome.facts);
    page.line(look.say(&summary));
    page.out
}

/// The last line of `check`, whose findings go to standard error.
#[must_use]
pub fn check(look: Look, findings: &[Diagnostic]) -> String {
    let count = |severity| findings.iter().filter(|f| f.severity == severity).count();
    let words = summary(
        count(Severity::Error),
        count(Severity::Warning),
        count(Severity::Info),
    );
    format!("{}\n", look.say(&words))
}

fn summary(errors: usize, warnings: usize, infos: usize) -> Text {
    match errors + warnings + infos {
        0 => text!("lint-clean"),
        _ => text!(
            "lint-summary",
            errors = errors,
            warnings = warnings,
            infos = infos
        ),
    }
}

fn line(look: Look, finding: &Finding) -> String {
    let place = match finding.line {
        Some(line) => format!("{}:{line}", finding.file),
        None => finding.file.clone(),
    };
    let tone = match finding.severity {
        "error" => Tone::Bad,
        "warning" => Tone::Doubt,
        _ => Tone::Quiet,
    };
    let word = look.paint(tone, &look.say(&words::severity(finding.severity)));
    let list = finding.acl.as_ref();
    let list = list.map_or(String::new(), |acl| format!(" {acl}:"));
    format!(
        "{place}: {word}[{}]:{list} {}",
        finding.code, finding.message
    )
}
