//! `lint`: findings in device text, file by file.

use super::{Job, Options, read};
use crate::base::{Diagnostic, FileId, Severity, SourceMap};
use crate::lint::{Finding, Subject, lint};
use crate::text;

/// The findings of all files.
#[derive(Clone, Debug, Default)]
pub struct LintOutcome {
    /// In order of files and lines.
    pub findings: Vec<(FileId, Finding)>,
    /// A list was too large for the limit: what is not reported may still be there.
    pub limited: bool,
}

/// What the findings amount to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LintVerdict {
    /// Nothing but remarks.
    Clean,
    /// Something is wrong.
    Findings,
    /// Nothing is known to be wrong, and something was not understood.
    Unknown,
}

impl LintOutcome {
    /// Findings before unknown before clean.
    #[must_use]
    pub fn verdict(&self) -> LintVerdict {
        let mut serious = self
            .findings
            .iter()
            .filter(|(_, finding)| finding.severity != Severity::Info);
        let unread = self.limited || self.findings.iter().any(|(_, finding)| finding.is_gap());
        match (serious.any(|(_, finding)| !finding.is_gap()), unread) {
            (true, _) => LintVerdict::Findings,
            (false, true) => LintVerdict::Unknown,
            (false, false) => LintVerdict::Clean,
        }
    }
}

/// Looks at captures.
///
/// # Errors
/// Files whose dialect is unclear.
pub fn run(sources: &SourceMap, files: &[FileId], options: &Options) -> Job<LintOutcome> {
    let mut outcome = LintOutcome::default();
    let mut errors: Vec<Diagnostic> = Vec::new();
    for &file in files {
        match read::device(sources, file, options) {
            Err(error) => errors.push(*error),
            Ok(device) => {
                let subject = Subject::new(sources.get(file), &device, options.limits);
                outcome.limited |= subject.limited();
                let found = lint(&subject).into_iter().map(|finding| (file, finding));
                outcome.findings.extend(found);
            }
        }
    }
    match errors.is_empty() {
        true => Ok(outcome),
        false => Err(errors),
    }
}

/// The remark that a limit was reached, for standard error.
#[must_use]
pub fn limit_reached() -> Diagnostic {
    Diagnostic::warning(text!("limit-reached"))
}
