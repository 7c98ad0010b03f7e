//! `aclc lab up|test|down POLICY`, `aclc lab test NEW --from OLD` for a change step by step, and `aclc lab test --random N` on
//! policies and networks that are drawn.
//!
//! The work is done by the same program inside namespaces of its own (`unshare`): what it makes ends with it. `up` leaves
//! that program running, and its number in a file; `down` ends it.

#[cfg(target_os = "linux")]
use super::Exit;
use super::args::Lab;
use super::session::{Outcome, Session};
use crate::base::Diagnostic;
use crate::job::Options;
use crate::text;

#[cfg(not(target_os = "linux"))]
pub(super) fn run(_: &mut Session<'_, '_>, _: &Lab, _: &Options) -> Outcome {
    Err(vec![Diagnostic::error(text!("lab-not-linux"))])
}

#[cfg(target_os = "linux")]
mod change;
#[cfg(target_os = "linux")]
mod drawn;
#[cfg(target_os = "linux")]
mod inside;
#[cfg(target_os = "linux")]
mod outside;
#[cfg(target_os = "linux")]
mod progress;

#[cfg(target_os = "linux")]
pub(super) use linux::run;

#[cfg(target_os = "linux")]
mod linux {
    use super::super::args::Action;
    use super::{Diagnostic, Lab, Options, Outcome, Session, change, drawn, inside, outside, text};
    use crate::lab::shell::Failure;

    pub(in super::super) fn run(
        session: &mut Session<'_, '_>,
        args: &Lab,
        options: &Options,
    ) -> Outcome {
        match (args.action, &args.policy, args.inside) {
            (Action::Test, _, false) => outside::test(),
            (Action::Test, Some(policy), true) => match &args.from {
                Some(old) => change::test(session, args, [old, policy], options),
                None => inside::test(session, args, policy, options),
            },
            (Action::Test, None, true) => drawn::test(session, args, options),
            (_, None, _) => Err(vec![Diagnostic::error(text!("lab-needs-policy"))]),
            (Action::Down, Some(policy), _) => outside::down(session, policy),
            (Action::Up, Some(policy), false) => outside::up(session, policy),
            (Action::Up, Some(policy), true) => inside::hold(session, args, policy, options),
        }
    }

    pub(super) fn failed(failure: &Failure) -> Vec<Diagnostic> {
        vec![Diagnostic::error(text!(
            "lab-failed",
            why = failure.to_string()
        ))]
    }
}
