//! `aclc diff OLD NEW [--policy POLICY] [--approved FILE|TICKET]`

use super::args::{Classes, Diff};
use super::session::{Outcome, Session};
use super::{Exit, input};
use crate::base::{Diagnostic, FileId, Source};
use crate::diff::Verdict;
use crate::job::approve::{self, Approval, ApproveOutcome};
use crate::job::diff::{How, Known};
use crate::job::lint::limit_reached;
use crate::job::{self, Capture, Options};
use crate::model::Policy;
use crate::report::redact::Redactor;
use crate::report::{convert, text as print};
use crate::text;
use std::path::Path;

pub(super) fn run(session: &mut Session<'_, '_>, args: &Diff, options: &Options) -> Outcome {
    let named = args.policy.as_deref();
    let names = named.map(|path| meaning(session, path)).transpose()?;
    let (old, old_policy) = side(session, &args.old, options)?;
    let (new, new_policy) = side(session, &args.new, options)?;
    let said = names.as_ref().or(new_policy.as_ref());
    let said = said.or(old_policy.as_ref());
    let known = Known {
        old: old_policy.as_ref().map(|(policy, _)| policy),
        new: new_policy.as_ref().map(|(policy, _)| policy),
        names: said.map(|(policy, _)| policy),
    };
    let how = How {
        core_only: args.class == Classes::Core,
        twins: false,
    };
    let outcome = job::diff::run(&session.sources, &old, &new, known, how, options)?;
    if outcome.limited {
        session.remark(&[limit_reached()]);
    }
    let redactor = match (args.redact, said) {
        (false, _) => None,
        (true, Some((policy, _))) => Some(Redactor::new(&policy.network)),
        (true, None) => return Err(vec![Diagnostic::error(text!("redact-no-policy"))]),
    };
    let mut report = convert::diff(session.words(), &outcome);
    report.redactor.clone_from(&redactor);
    let mut twin = convert::diff(session.other_words(), &outcome);
    let mut exit = match outcome.verdict {
        Verdict::Equal => Exit::Clean,
        Verdict::Different => Exit::Findings,
        Verdict::Unknown => Exit::Unknown,
    };
    if let Some(approved) = &args.approved {
        let Some((policy, file)) = said else {
            return Err(vec![Diagnostic::error(text!("approval-no-policy"))]);
        };
        let names = approve::Known {
            file: *file,
            policy,
        };
        let sides = [old.as_slice(), new.as_slice()];
        let judged = judge(session, approved, sides, &names, known.old, options)?;
        report.approval = Some(convert::approval(session.words(), &judged, policy));
        twin.approval = Some(convert::approval(session.other_words(), &judged, policy));
        exit = Exit::of(judged.verdict);
    }
    report.twin = Some(Box::new(twin));
    let file = args.report_output.as_deref();
    session.deliver(&report, print::diff, redactor.as_ref(), file)?;
    Ok(exit)
}

/// Whether the change is what was approved: a file of statements, or a ticket.
fn judge(
    session: &mut Session<'_, '_>,
    approved: &str,
    [old, new]: [&[Capture]; 2],
    names: &approve::Known<'_>,
    before: Option<&Policy>,
    options: &Options,
) -> Result<ApproveOutcome, Vec<Diagnostic>> {
    let statements = match session.io.root.join(approved).is_file() {
        true => Some(input::policy(session, Path::new(approved))?),
        false => None,
    };
    let approval = statements.map_or(Approval::Ticket(approved), Approval::File);
    let sources = &session.sources;
    approve::judge(sources, old, new, names, before, approval, options)
}

/// A policy and its file.
pub(super) type Meant = (Policy, FileId);

/// The meaning of a policy file.
pub(super) fn meaning(
    session: &mut Session<'_, '_>,
    path: &Path,
) -> Result<Meant, Vec<Diagnostic>> {
    let file = input::policy(session, path)?;
    let loaded = job::network::policy(&session.sources, file)?;
    session.remark(&loaded.diagnostics);
    Ok((loaded.policy, file))
}

/// One side: captures, or what `build` would write for a policy.
pub(super) fn side(
    session: &mut Session<'_, '_>,
    path: &Path,
    options: &Options,
) -> Result<(Vec<Capture>, Option<Meant>), Vec<Diagnostic>> {
    if !is_policy(path) {
        return Ok((input::captures(session, path)?, None));
    }
    let (policy, file) = meaning(session, path)?;
    let written = job::network::write(&policy, options)?;
    let captures: Vec<Capture> = written
        .into_iter()
        .map(|one| {
            let shown = format!("{}#{}.cfg", path.display(), one.switch);
            let file = session
                .sources
                .add(Source::capture(&shown, one.text.as_bytes()));
            Capture {
                name: one.switch,
                file,
            }
        })
        .collect();
    Ok((captures, Some((policy, file))))
}

/// Policies are told from captures by their name.
pub(super) fn is_policy(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ext| ext.eq_ignore_ascii_case("acl"))
}
