//! `aclc check POLICY`

use super::args::{Check, Format};
use super::session::{Outcome, Session};
use super::{Exit, input};
use crate::base::Severity;
use crate::job::{self, Options};
use crate::report::{convert, text};

pub(super) fn run(session: &mut Session<'_, '_>, args: &Check, options: &Options) -> Outcome {
    let policy = input::policy(session, &args.policy)?;
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
