//! `aclc diff OLD NEW [--policy POLICY]`

use super::args::{Classes, Diff};
use super::session::{Outcome, Session};
use super::{Exit, input};
use crate::base::{Diagnostic, Source};
use crate::diff::Verdict;
use crate::job::diff::Known;
use crate::job::lint::limit_reached;
use crate::job::{self, Capture, Options};
use crate::model::Policy;
use crate::report::{convert, text};
use std::path::Path;

pub(super) fn run(session: &mut Session<'_, '_>, args: &Diff, options: &Options) -> Outcome {
    let names = args
        .policy
        .as_deref()
        .map(|path| meaning(session, path))
        .transpose()?;
    let (old, old_policy) = side(session, &args.old, options)?;
    let (new, new_policy) = side(session, &args.new, options)?;
    let known = Known {
        old: old_policy.as_ref(),
        new: new_policy.as_ref(),
        names: names
            .as_ref()
            .or(new_policy.as_ref())
            .or(old_policy.as_ref()),
    };
    let core_only = args.class == Classes::Core;
    let outcome = job::diff::run(&session.sources, &old, &new, known, core_only, options)?;
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

/// The meaning of a policy file.
fn meaning(session: &mut Session<'_, '_>, path: &Path) -> Result<Policy, Vec<Diagnostic>> {
    let file = input::policy(session, path)?;
    let loaded = job::network::policy(&session.sources, file)?;
    session.remark(&loaded.diagnostics);
    Ok(loaded.policy)
}

/// One side: captures, or what `build` would write for a policy.
fn side(
    session: &mut Session<'_, '_>,
    path: &Path,
    options: &Options,
) -> Result<(Vec<Capture>, Option<Policy>), Vec<Diagnostic>> {
    if !is_policy(path) {
        return Ok((input::captures(session, path)?, None));
    }
    let policy = meaning(session, path)?;
    let written = job::network::write(&policy, options)?;
    let captures = written.into_iter().map(|one| {
        let shown = format!("{}#{}.cfg", path.display(), one.switch);
        let file = session
            .sources
            .add(Source::capture(&shown, one.text.as_bytes()));
        Capture {
            name: one.switch,
            file,
        }
    });
    Ok((captures.collect(), Some(policy)))
}

/// Policies are told from captures by their name.
fn is_policy(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ext| ext.eq_ignore_ascii_case("acl"))
}
