//! `aclc check POLICY`

use super::args::{Check, Format};
use super::session::{Outcome, Session};
use super::{Exit, input};
use crate::base::Severity;
use crate::job::{self, Options};
use crate::report::{convert, json, text};

pub(super) fn run(session: &mut Session<'_, '_>, args: &Check, options: &Options) -> Outcome {
    let policy = input::policy(session, &args.policy)?;
    let outcome = job::check::check(&session.sources, policy, options)?;
    match session.format {
        Format::Text => {
            session.remark(&outcome.diagnostics);
            let out = text::check(session.look(), &outcome.diagnostics);
            session.result(&out);
        }
        Format::Json => {
            let out = convert::check(session.words(), &outcome);
            session.result(&json::render(&out));
        }
    }
    let worst = outcome.diagnostics.iter().map(|one| one.severity).min();
    Ok(match worst {
        Some(Severity::Error) => Exit::CannotRun,
        Some(Severity::Warning) => Exit::Findings,
        Some(Severity::Info) | None => Exit::Clean,
    })
}
