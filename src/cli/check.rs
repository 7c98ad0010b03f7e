//! `aclc check POLICY`, `aclc check --coverage CONFIG`

use super::args::{Check, Format};
use super::session::{Outcome, Session};
use super::{Exit, input};
use crate::base::Severity;
use crate::job::coverage::LineState;
use crate::job::{self, Options};
use crate::report::{convert, text};
use std::path::Path;

pub(super) fn run(session: &mut Session<'_, '_>, args: &Check, options: &Options) -> Outcome {
    if let Some(config) = &args.coverage {
        return coverage(session, config, options);
    }
    let policy = args.policy.as_deref().unwrap_or(Path::new("-"));
    let policy = input::policy(session, policy)?;
    let outcome = job::check::check(&session.sources, policy, options)?;
    if session.format == Format::Text {
        session.remark(&outcome.diagnostics);
    }
    let report = convert::check(session.words(), &outcome);
    session.print(&report, |look, _| text::check(look, &outcome.diagnostics));
    let worst = outcome.diagnostics.iter().map(|one| one.severity).min();
    Ok(match worst {
        Some(Severity::Error) => Exit::CannotRun,
        Some(Severity::Warning) => Exit::Findings,
        Some(Severity::Info) | None => Exit::Clean,
    })
}

/// Which lines of a configuration are understood.
fn coverage(session: &mut Session<'_, '_>, config: &Path, options: &Options) -> Outcome {
    let capture = input::capture(session, config).map_err(|error| vec![*error])?;
    let outcome = job::coverage::coverage(&session.sources, capture.file, options)?;
    let report = convert::coverage(session.words(), &outcome);
    session.print(&report, text::coverage);
    Ok(match outcome.count(LineState::Gap) {
        0 => Exit::Clean,
        _ => Exit::Unknown,
    })
}
