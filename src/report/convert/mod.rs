//! Outcomes of the jobs -> what leaves the program. Words are chosen here, data is made safe to print.
//!
//! A file per family of commands; what they share (paths, gaps, hops, places) stands here.

mod change;
mod claims;
mod facts;
mod network;
mod plan;

pub use change::{approval, diff, twins};
pub use claims::{between, build, mutate, verify};
pub use facts::facts;
pub use network::{import, lab, query, trace, trace_line};
pub use plan::plan;

use super::issue::Place;
use super::outcome as out;
use crate::acl::Direction;
use crate::base::{FileId, Lang, SourceMap, Text, text::sanitise};
use crate::job::FileGap;
use crate::job::check::CheckOutcome;
use crate::job::coverage::{CoverageOutcome, LineState};
use crate::job::lint::LintOutcome;
use crate::reach::{Hop, HopAction, HopKind};

/// What every conversion needs to find words.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    /// The files.
    pub sources: &'a SourceMap,
    /// The language.
    pub lang: Lang,
}

impl Words<'_> {
    pub(in crate::report) fn say(&self, text: &Text) -> String {
        text.render(self.lang)
    }

    fn all(&self, texts: &[Text]) -> Vec<String> {
        texts.iter().map(|text| self.say(text)).collect()
    }

    pub(in crate::report) fn path(&self, file: FileId) -> String {
        safe(&self.sources.get(file).path)
    }

    fn gaps(&self, gaps: &[FileGap]) -> Vec<out::Gap> {
        let gap = |gap: &FileGap| out::Gap {
            file: self.path(gap.file),
            line: gap.gap.line,
            text: safe(&gap.gap.text),
            why: self.say(&gap.gap.why),
        };
        gaps.iter().map(gap).collect()
    }

    /// The file of a device: it has the device's name.
    fn file_of(&self, device: &str) -> Option<String> {
        let is_it = |path: &str| {
            let name = path.rsplit('/').next().unwrap_or(path);
            let cut = name.rsplit_once('.');
            cut.is_some_and(|(stem, end)| stem == device && end.eq_ignore_ascii_case("cfg"))
        };
        let mut paths = self.sources.iter().map(|(_, source)| &source.path);
        paths.find(|path| is_it(path)).map(|path| safe(path))
    }

    /// Where a statement stands.
    fn place(&self, span: crate::base::Span) -> Place {
        let source = self.sources.get(span.file);
        let (line, column) = source.position(span.start);
        Place {
            file: safe(&source.path),
            line: Some(line),
            column: Some(column),
        }
    }

    fn inputs(&self) -> Vec<out::Input> {
        let input = |source: &crate::base::Source| out::Input {
            path: safe(&source.path),
            sha256: source.sha256.clone(),
        };
        self.sources
            .iter()
            .map(|(_, source)| input(source))
            .collect()
    }
}

/// Digest of the vendor facts, and the program's version: what every outcome is replayed by.
const VERSION: &str = env!("CARGO_PKG_VERSION");

fn safe(data: &str) -> String {
    sanitise(data).into_owned()
}

fn some(data: Option<&String>) -> Option<String> {
    data.map(|data| safe(data))
}

fn hop(words: Words<'_>, hop: &Hop) -> out::Hop {
    out::Hop {
        hop: match hop.kind {
            HopKind::List => "list",
            HopKind::Bridged => "bridged",
            HopKind::Route => "route",
            HopKind::Local => "local",
        },
        device: safe(&hop.device),
        interface: safe(&hop.interface),
        direction: hop.direction.map(Direction::word),
        acl: some(hop.acl.as_ref()),
        line: hop.line,
        action: match hop.action {
            HopAction::Permit => "permit",
            HopAction::Deny => "deny",
            HopAction::None => "none",
            HopAction::Unknown => "unknown",
        },
        text: safe(&hop.text),
        file: words.file_of(&hop.device),
    }
}

/// `check`.
#[must_use]
pub fn check(words: Words<'_>, outcome: &CheckOutcome) -> out::Check {
    out::Check {
        schema: "aclc/check/1",
        diagnostics: crate::report::diagnostics::to_json(
            &outcome.diagnostics,
            words.sources,
            words.lang,
        ),
    }
}

/// `check --coverage`.
#[must_use]
pub fn coverage(words: Words<'_>, outcome: &CoverageOutcome) -> out::Coverage {
    let state = |state: LineState| out::CoverageState {
        state: state.word(),
        count: outcome.count(state),
        lines: outcome.runs(state),
    };
    out::Coverage {
        schema: "aclc/coverage/1",
        file: words.path(outcome.file),
        dialect: outcome.dialect,
        states: LineState::ALL.map(state).to_vec(),
    }
}

/// `lint`.
#[must_use]
pub fn lint(words: Words<'_>, outcome: &LintOutcome) -> out::Lint {
    let findings = outcome.findings.iter().map(|(file, finding)| out::Finding {
        code: finding.code,
        severity: finding.severity.word(),
        file: words.path(*file),
        acl: some(finding.acl.as_ref()),
        line: finding.line,
        message: words.say(&finding.message),
        blockers: finding.blockers.clone(),
    });
    out::Lint {
        schema: "aclc/lint/1",
        findings: findings.collect(),
        facts: crate::facts::digest(),
        version: VERSION,
    }
}

/// A line of `--packets` that is no packet.
#[must_use]
pub fn packet_error(lang: Lang, path: &str, number: u64, why: &Text) -> out::Diagnostic {
    let line = u32::try_from(number).ok();
    out::Diagnostic {
        code: why.key,
        severity: crate::base::Severity::Error.word(),
        message: why.render(lang),
        file: Some(safe(path)),
        line,
        column: None,
        end_line: line,
        end_column: None,
        help: None,
    }
}
