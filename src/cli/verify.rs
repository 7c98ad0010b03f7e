//! `aclc verify POLICY [--configs DIR]`

use super::args::Verify;
use super::session::{Outcome, Session};
use super::{Exit, input, output};
use crate::base::Diagnostic;
use crate::job::{self, Capture, Options};
use crate::report::{certificate::sealed, convert, text};
use std::path::Path;

pub(super) fn run(session: &mut Session<'_, '_>, args: &Verify, options: &Options) -> Outcome {
    let policy = input::policy(session, &args.policy).map_err(|error| vec![*error])?;
    let configs = configs(session, args.configs.as_deref())?;
    let configs = configs.as_deref();
    let verified = job::verify::run(&session.sources, policy, configs, options)?;
    let outcome = &verified.outcome;
    session.remark(&outcome.diagnostics);
    if let Some(path) = &args.certificate {
        let made = job::verify::certificate(&session.sources, policy, configs, &verified, options);
        match made {
            Ok(certificate) => {
                output::write_file(&session.io.root, path, sealed(certificate).as_bytes())?
            }
            Err(why) => session.remark(&[Diagnostic::warning(why)]),
        }
    }
    let report = convert::verify(session.words(), outcome, options);
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
