//! `lab test NEW --from OLD`: the change is planned, and its states are gone through, there and back, with packets under way.

use super::super::diff::{meaning, side};
use super::inside::report;
use super::linux::failed;
use super::progress::Bar;
use super::{Lab, Options, Outcome, Session};
use crate::job::lab::of_nft;
use crate::job::plan::{Asked, State, plan, states};
use crate::lab::change::{Lacks, padded, walk};
use crate::lab::plan::plan as network;
use crate::lab::run::Amount;
use std::path::Path;

/// Packets at random, by family and side.
const AT_RANDOM: usize = 400;
/// Packets of the solver's regions, by link, family and side.
const PER_LINK: usize = 100;

pub(super) fn test(
    session: &mut Session<'_, '_>,
    args: &Lab,
    [old, new]: [&Path; 2],
    options: &Options,
) -> Outcome {
    let (old, old_policy) = side(session, old, options)?;
    let (policy, _) = meaning(session, new)?;
    let (new, _) = side(session, new, options)?;
    let asked = Asked {
        old: &old,
        new: &new,
        old_policy: old_policy.as_ref().map(|(policy, _)| policy),
        policy: &policy,
        attested: &[],
    };
    let planned = plan(&session.sources, &asked, options)?;
    let states = states(&session.sources, &asked, &planned, options)?;
    let devices: Vec<_> = states.iter().map(|state| state.devices.clone()).collect();
    let networks = padded(&devices)
        .into_iter()
        .zip(&states)
        .map(|(devices, state)| {
            let native = of_nft(state.texts.clone(), &devices);
            network(&policy, options.at, &devices, &native)
        });
    let networks: Vec<_> = networks.collect();
    let lacks = |state: &State| Lacks {
        safe: state.leaks,
        live: state.loses,
    };
    let lacks: Vec<Lacks> = states.iter().map(lacks).collect();
    let amount = Amount {
        per_link: args.per_link.unwrap_or(PER_LINK),
        at_random: args.random.unwrap_or(AT_RANDOM),
        sessions: 0,
        seed: args.seed,
        limits: options.limits,
    };
    let bar = Bar::new(session.lang);
    let mut progress = |done: usize, all: usize| {
        bar.show(done, all);
        bar.awaited()
    };
    let outcome = walk(&networks, &lacks, amount, &mut progress);
    bar.clear();
    let left_out = networks.iter().map(|network| network.left_out).sum();
    report(
        session,
        &outcome.map_err(|failure| failed(&failure))?,
        args.seed,
        left_out,
    )
}
