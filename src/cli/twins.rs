//! `aclc twins POLICY [--configs DIR]`: the members of each redundant pair do the same, up to their own addresses (M16).

use super::args::Verify;
use super::diff::{meaning, side};
use super::session::{Outcome, Session};
use super::{Exit, verify};
use crate::base::Diagnostic;
use crate::job::{self, Options};
use crate::report::{convert, text as print};
use crate::text;

pub(super) fn run(session: &mut Session<'_, '_>, args: &Verify, options: &Options) -> Outcome {
    let (policy, _) = meaning(session, &args.policy)?;
    let captures = match verify::configs(session, args.configs.as_deref())? {
        Some(captures) => captures,
        None => side(session, &args.policy, options)?.0,
    };
    let found = job::diff::twins(&session.sources, &policy, &captures, options)?;
    if found.is_empty() {
        return Err(vec![Diagnostic::error(text!("twins-none"))]);
    }
    let report = convert::twins(session.words(), &found);
    session.print(&report, print::twins);
    Ok(match report.verdict {
        "equal" => Exit::Clean,
        "different" => Exit::Findings,
        _ => Exit::Unknown,
    })
}
