//! `aclc verify POLICY [--configs DIR] [--between DATE DATE | --mutate]`

use super::args::Verify;
use super::session::{Outcome, Session, date};
use super::{Exit, input};
use crate::base::{Diagnostic, FileId};
use crate::job::{self, Capture, Options};
use crate::report::{convert, text};
use crate::text;
use std::path::Path;

pub(super) fn run(session: &mut Session<'_, '_>, args: &Verify, options: &Options) -> Outcome {
    let policy = input::policy(session, &args.policy)?;
    let configs = configs(session, args.configs.as_deref())?;
    let configs = configs.as_deref();
    if let Some([first, last]) = args.between.as_deref() {
        return between(session, policy, configs, options, (first, last));
    }
    if args.mutate {
        return mutate(session, policy, configs, options);
    }
    let outcome = job::verify::verify(&session.sources, policy, configs, options)?;
    session.remark(&outcome.diagnostics);
    let report = convert::verify(session.words(), &outcome, options);
    session.print(&report, text::verify);
    Ok(Exit::of(outcome.verdict()))
}

fn between(
    session: &mut Session<'_, '_>,
    policy: FileId,
    configs: Option<&[Capture]>,
    options: &Options,
    (first, last): (&str, &str),
) -> Outcome {
    let days = |typed: &str| date(typed).map_err(|error| vec![*error]);
    let days = (days(first)?, days(last)?);
    if days.0 > days.1 {
        let headline = text!("days-backwards", first = first, last = last);
        let help = text!("days-backwards-help", first = first, last = last);
        return Err(vec![Diagnostic::error(headline).help(help)]);
    }
    let outcome = job::between::between(&session.sources, policy, configs, options, days)?;
    session.remark(&outcome.diagnostics);
    let report = convert::between(session.words(), &outcome, days);
    session.print(&report, text::between);
    Ok(Exit::of(outcome.verdict()))
}

fn mutate(
    session: &mut Session<'_, '_>,
    policy: FileId,
    configs: Option<&[Capture]>,
    options: &Options,
) -> Outcome {
    let outcome = job::mutate::mutate(&session.sources, policy, configs, options)?;
    session.remark(&outcome.diagnostics);
    let report = convert::mutate(session.words(), &outcome, options);
    session.print(&report, text::mutate);
    Ok(match outcome.unnoticed.is_empty() {
        true => Exit::Clean,
        false => Exit::Findings,
    })
}

/// The captures of `--configs`, if it was given.
pub(super) fn configs(
    session: &mut Session<'_, '_>,
    dir: Option<&Path>,
) -> Result<Option<Vec<Capture>>, Vec<Diagnostic>> {
    dir.map(|dir| input::directory(session, dir)).transpose()
}
