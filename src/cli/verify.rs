//! `aclc verify POLICY [--configs DIR]`

use super::args::Verify;
use super::session::{Outcome, Session};
use super::{Exit, input};
use crate::base::Diagnostic;
use crate::job::{self, Capture, Options};
use crate::report::{convert, text};
use std::path::Path;

pub(super) fn run(session: &mut Session<'_, '_>, args: &Verify, options: &Options) -> Outcome {
    let policy = input::policy(session, &args.policy)?;
    let configs = configs(session, args.configs.as_deref())?;
    let outcome = job::verify::verify(&session.sources, policy, configs.as_deref(), options)?;
    session.remark(&outcome.diagnostics);
    let report = convert::verify(session.words(), &outcome, options);
    session.print(&report, text::verify);
    Ok(Exit::of(outcome.verdict()))
}

/// The captures of `--configs`, if it was given.
pub(super) fn configs(
    session: &mut Session<'_, '_>,
    dir: Option<&Path>,
) -> Result<Option<Vec<Capture>>, Vec<Diagnostic>> {
    dir.map(|dir| input::directory(session, dir)).transpose()
}
