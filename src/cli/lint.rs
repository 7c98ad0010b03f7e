//! `aclc lint CONFIG...`

use super::args::Lint;
use super::session::{Outcome, Session};
use super::{Exit, input};
use crate::job::Options;
use crate::job::lint::{LintVerdict, limit_reached, run as look};
use crate::report::{convert, text};

pub(super) fn run(session: &mut Session<'_, '_>, args: &Lint, options: &Options) -> Outcome {
    let mut files = Vec::new();
    let mut errors = Vec::new();
    for path in &args.configs {
        match input::capture(session, path) {
            Ok(capture) => files.push(capture.file),
            Err(error) => errors.push(*error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let outcome = look(&session.sources, &files, options)?;
    if outcome.limited {
        session.remark(&[limit_reached()]);
    }
    let report = convert::lint(session.words(), &outcome);
    session.print(&report, text::lint);
    Ok(match outcome.verdict() {
        LintVerdict::Clean => Exit::Clean,
        LintVerdict::Findings => Exit::Findings,
        LintVerdict::Unknown => Exit::Unknown,
    })
}
