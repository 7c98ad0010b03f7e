//! `aclc diff OLD NEW [--policy POLICY]`

use super::args::Diff;
use super::session::{Outcome, Session};
use super::{Exit, input};
use crate::base::Diagnostic;
use crate::diff::Verdict;
use crate::job::lint::limit_reached;
use crate::job::{self, Options};
use crate::report::{convert, text};
use crate::text;
use std::path::Path;

pub(super) fn run(session: &mut Session<'_, '_>, args: &Diff, options: &Options) -> Outcome {
    let policies = [&args.old, &args.new]
        .into_iter()
        .any(|path| is_policy(path));
    if policies || args.policy.is_some() {
        let command = "diff with a policy";
        return Err(vec![Diagnostic::error(text!(
            "not-built",
            command = command
        ))]);
    }
    let old = input::captures(session, &args.old)?;
    let new = input::captures(session, &args.new)?;
    let outcome = job::diff::run(&session.sources, &old, &new, options)?;
    if outcome.limited {
        session.remark(&[limit_reached()]);
    }
    let report = convert::diff(session.words(), &outcome);
    session.print(&report, text::diff);
    Ok(match outcome.verdict {
        Verdict::Equal => Exit::Clean,
        Verdict::Different => Exit::Findings,
        Verdict::Unknown => Exit::Unknown,
    })
}

/// Policies are told from captures by their name.
fn is_policy(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ext| ext.eq_ignore_ascii_case("acl"))
}
