//! Inside the namespaces: the network of a policy is built, and exercised or held up.

use super::super::input;
use super::super::verify::configs;
use super::linux::failed;
use super::progress::Bar;
use super::{Diagnostic, Exit, Lab, Options, Outcome, Session, outside};
use crate::base::text::sanitise;
use crate::job::lab::{Subject, subject};
use crate::lab::hosts::namespace;
use crate::lab::outcome::Outcome as Counted;
use crate::lab::plan::{Plan, plan};
use crate::lab::run::{Amount, run};
use crate::lab::shell::{Failure, build};
use crate::lab::sockets::{place, sessions};
use crate::lab::witness::witnesses;
use crate::report::{convert, text};
use std::path::Path;

/// Packets at random of a policy, by family, if nothing is said.
const AT_RANDOM: usize = 2000;
/// Packets of the solver's regions, by link and family.
const PER_LINK: usize = 200;
/// Sessions of machines, by family.
const SESSIONS: usize = 240;

fn with_plan<T>(
    session: &mut Session<'_, '_>,
    args: &Lab,
    policy: &Path,
    options: &Options,
    run: impl FnOnce(&mut Session<'_, '_>, &Plan<'_>, &Subject) -> Result<T, Failure>,
) -> Result<T, Vec<Diagnostic>> {
    let policy = input::policy(session, policy)?;
    let configs = configs(session, args.configs.as_deref())?;
    let subject = subject(
        &session.sources,
        policy,
        configs.as_deref(),
        args.claims,
        options,
    )?;
    session.remark(&subject.diagnostics);
    let plan = plan(
        &subject.policy,
        options.at,
        &subject.devices,
        &subject.native,
    );
    build(&plan).map_err(|failure| failed(&failure))?;
    run(session, &plan, &subject).map_err(|failure| failed(&failure))
}

pub(super) fn test(
    session: &mut Session<'_, '_>,
    args: &Lab,
    policy: &Path,
    options: &Options,
) -> Outcome {
    let amount = Amount {
        per_link: args.per_link.unwrap_or(PER_LINK),
        at_random: args.random.unwrap_or(AT_RANDOM),
        sessions: SESSIONS,
        seed: args.seed,
        limits: options.limits,
    };
    let bar = Bar::new(session.lang);
    let mut left_out = 0;
    let outcome = with_plan(session, args, policy, options, |_, plan, subject| {
        let mut progress = |done: usize, all: usize| {
            bar.show(done, all);
            bar.awaited()
        };
        let mut outcome = run(plan, amount, &mut progress)?;
        sessions(plan, amount, &mut outcome)?;
        witnesses(plan, &subject.witnesses, &mut outcome)?;
        left_out = plan.left_out;
        Ok(outcome)
    });
    bar.clear();
    report(session, &outcome?, args.seed, left_out)
}

/// Prints what came out, and says it by the exit code.
pub(super) fn report(
    session: &mut Session<'_, '_>,
    outcome: &Counted,
    seed: u64,
    left_out: usize,
) -> Outcome {
    let report = convert::lab(session.words(), outcome, seed, left_out);
    session.print(&report, text::lab);
    Ok(match report.verdict {
        "equal" => Exit::Clean,
        "different" => Exit::Findings,
        _ => Exit::Unknown,
    })
}

/// Builds the network, says so, and stays until it is ended.
pub(super) fn hold(
    session: &mut Session<'_, '_>,
    args: &Lab,
    policy: &Path,
    options: &Options,
) -> Outcome {
    outside::take_note(session, policy)?;
    with_plan(session, args, policy, options, |session, plan, _| {
        for (index, host) in place(plan)?.iter().enumerate() {
            let addrs: Vec<String> = host.all().map(|addr| addr.to_string()).collect();
            let (space, name) = (namespace(index), sanitise(&host.name));
            session.result(&format!("{space}  {name}  {}\n", addrs.join(" ")));
        }
        session.result("up\n");
        loop {
            std::thread::park();
        }
    })
}
