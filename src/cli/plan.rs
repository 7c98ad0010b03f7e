//! `aclc plan OLD NEW [--policy POLICY] [-o DIR]`

use super::args::Plan;
use super::diff::{Meant, meaning, side};
use super::session::{Outcome, Session};
use super::{Exit, output};
use crate::base::Diagnostic;
use crate::job::{self, Options};
use crate::report::{convert, text as print};
use crate::text;

pub(super) fn run(session: &mut Session<'_, '_>, args: &Plan, options: &Options) -> Outcome {
    let named = args.policy.as_deref();
    let names = named.map(|path| meaning(session, path)).transpose()?;
    let (old, old_policy) = side(session, &args.old, options)?;
    let (new, new_policy) = side(session, &args.new, options)?;
    let policy = |meant: &Option<Meant>| meant.as_ref().map(|(policy, _)| policy.clone());
    let said = policy(&names)
        .or(policy(&new_policy))
        .or(policy(&old_policy));
    let Some(said) = said else {
        return Err(vec![Diagnostic::error(text!("plan-no-policy"))]);
    };
    let before = policy(&old_policy);
    let asked = job::plan::Asked {
        old: &old,
        new: &new,
        old_policy: before.as_ref(),
        policy: &said,
        attested: &args.attest,
    };
    let outcome = job::plan::plan(&session.sources, &asked, options)?;
    let report = convert::plan(session.words(), &outcome, options);
    if let Some(dir) = &args.documents {
        let (work, back) = print::procedures(session.look(), &report);
        let files = [
            ("procedure.md".to_owned(), work.as_str()),
            ("rollback.md".to_owned(), back.as_str()),
        ];
        output::write_all(&session.io.root, dir, &files).map_err(|error| vec![*error])?;
    }
    session.print(&report, print::plan);
    Ok(Exit::of(outcome.verdict))
}
