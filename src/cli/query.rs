//! `aclc query POLICY [--configs DIR] --from ZONE --to ZONE`

use super::args::Query;
use super::session::{Outcome, Session};
use super::verify::configs;
use super::{Exit, input};
use crate::job::{self, Options};
use crate::report::{convert, text};

pub(super) fn run(session: &mut Session<'_, '_>, args: &Query, options: &Options) -> Outcome {
    let policy = input::policy(session, &args.policy)?;
    let configs = configs(session, args.configs.as_deref())?;
    let outcome = job::query::query(
        &session.sources,
        policy,
        configs.as_deref(),
        &args.from,
        &args.to,
        options,
    )?;
    session.remark(&outcome.diagnostics);
    let report = convert::query(session.words(), &outcome);
    session.print(&report, text::query);
    Ok(Exit::of(outcome.verdict))
}
