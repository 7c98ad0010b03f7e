//! The comparison: every packet given to the kernel, to the solver and to the interpreter.
//!
//! In: a [`Plan`] inside a network namespace of its own. Out: counts, and each packet on which they differ, with both
//! opinions and the deciding lines. What is missing or odd is asked again, alone, before it is believed.
//! Must not know: formats of output.

use super::flows::{Shot, shots};
use super::frame::frame;
use super::opinion::{Ends, Opinions};
use super::outcome::{Disagreement, MOST_WRONG, Outcome};
use super::plan::{Plan, mac_of};
use super::shell::{Failure, forget, rules_hit};
use super::wire::{SENDER, Sighting, Wire};
use crate::net::{Family, Flow};
use crate::pset::Limits;
use crate::reach::{End, Trace};
use fastrand::Rng;
use std::collections::{BTreeMap, BTreeSet};

/// How much is sent.
#[derive(Clone, Copy, Debug)]
pub struct Amount {
    /// Packets of the solver's regions, by link and family.
    pub per_link: usize,
    /// Packets at random, by family.
    pub at_random: usize,
    /// Sessions of machines, by family, at most.
    pub sessions: usize,
    /// Seed of everything that is chosen.
    pub seed: u64,
    /// Limit of the packet sets, in nodes.
    pub limits: Limits,
}

/// Packets under way at a time: the socket's buffer holds them, their copies and their questions.
const BATCH: usize = 32;
/// Addresses that routers may have learnt before they are told to forget them; the kernel keeps 1024.
const NEIGHBOURS: usize = 400;

/// Sends and compares. `progress` is told how many of how many were sent, and says whether to go on.
///
/// # Errors
/// Sockets and commands.
pub fn run(
    plan: &Plan<'_>,
    amount: Amount,
    progress: &mut dyn FnMut(usize, usize) -> bool,
) -> Result<Outcome, Failure> {
    let mut outcome = Outcome {
        networks: 1,
        ..Outcome::default()
    };
    let mut rng = Rng::with_seed(amount.seed);
    let mut runner = Runner::new(plan, amount.seed)?;
    for family in Family::BOTH {
        let space = plan.world.space(family, amount.limits);
        let opinions = Opinions::new(&plan.world.topo, family, &space);
        let shots = shots(
            &opinions,
            plan,
            family,
            amount.per_link,
            amount.at_random,
            &mut rng,
        );
        for (index, batch) in shots.chunks(BATCH).enumerate() {
            if !progress(index * BATCH, shots.len()) {
                return Err(Failure::Abandoned);
            }
            runner.batch(&opinions, batch, &mut outcome)?;
        }
        outcome.exhausted |= space.exhausted();
    }
    Ok(outcome)
}

/// Sends and listens.
pub(super) struct Runner<'a> {
    plan: &'a Plan<'a>,
    seed: u64,
    wire: Wire<'a>,
    number: u32,
    /// Destinations since routers last forgot their neighbours.
    asked: BTreeSet<std::net::IpAddr>,
}

impl<'a> Runner<'a> {
    pub(super) fn new(plan: &'a Plan<'a>, seed: u64) -> Result<Runner<'a>, Failure> {
        let mut runner = Runner {
            plan,
            seed,
            wire: Wire::open(&plan.world.topo)?,
            number: 0,
            asked: BTreeSet::new(),
        };
        runner.wire.settle(50)?;
        // Another wire may have answered for addresses before.
        runner.forget()?;
        Ok(runner)
    }

    fn shoot(&mut self, shot: &Shot) -> Result<u32, Failure> {
        self.number += 1;
        let salt = u64::from(self.number).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16;
        let bytes = frame(&shot.flow, self.number, salt, mac_of(shot.port), SENDER);
        self.wire.send(shot.port, &bytes)?;
        Ok(self.number)
    }

    /// Before routers have no room for more addresses, they forget all.
    fn make_room(&mut self, shots: &[Shot]) -> Result<(), Failure> {
        self.asked.extend(shots.iter().map(|shot| shot.flow.dst()));
        match self.asked.len() < NEIGHBOURS {
            true => Ok(()),
            false => self.forget(),
        }
    }

    fn forget(&mut self) -> Result<(), Failure> {
        self.asked.clear();
        forget()
    }

    fn batch(
        &mut self,
        opinions: &Opinions<'_>,
        shots: &[Shot],
        outcome: &mut Outcome,
    ) -> Result<(), Failure> {
        self.make_room(shots)?;
        let mut numbers = BTreeMap::new();
        for (index, shot) in shots.iter().enumerate() {
            numbers.insert(self.shoot(shot)?, index);
        }
        let mut ends: Vec<Ends> = vec![Ends::new(); shots.len()];
        for sighting in self.wire.settle(4)? {
            if let Some(&index) = numbers.get(&sighting.number)
                && is_of(&sighting, &shots[index].flow)
            {
                ends[index].insert(sighting.end);
            }
        }
        for (shot, kernel) in shots.iter().zip(ends) {
            outcome.sent += 1;
            outcome.arrived += usize::from(!kernel.is_empty());
            let (interpreter, trace) = opinions.interpreter(shot.port, &shot.flow);
            let link = self.plan.world.topo.ports[shot.port].link;
            let solver = opinions.solver(link, &shot.flow);
            let mut kernel = kernel;
            for patience in [60, 250, 1300] {
                if self.agree(&kernel, &solver, &interpreter, shot) {
                    break;
                }
                outcome.asked_again += 1;
                kernel = self.alone(shot, patience)?;
            }
            if self.agree(&kernel, &solver, &interpreter, shot) {
                continue;
            }
            outcome.wrong_in_all += 1;
            if outcome.wrong.len() < MOST_WRONG {
                let wrong = self.disagreement(shot, [kernel, solver, interpreter], trace)?;
                outcome.wrong.push(wrong);
            }
        }
        Ok(())
    }

    /// The kernel does one of what may happen; the solver says the same for all routers of the link together.
    fn agree(&self, kernel: &Ends, solver: &Ends, interpreter: &Ends, shot: &Shot) -> bool {
        // Equal-cost paths: the kernel takes one, and one may end at a list.
        let lost = interpreter.is_empty() || interpreter.contains(&End::Dropped);
        let mut interpreter = interpreter.clone();
        interpreter.remove(&End::Dropped);
        let interpreter = &interpreter;
        let kernel_fits = match kernel.is_empty() {
            true => lost,
            false => kernel.len() == 1 && kernel.is_subset(interpreter),
        };
        let topo = &self.plan.world.topo;
        // Also a device that routes nothing takes what is for itself.
        let mut there = topo.ports_of(topo.ports[shot.port].link, shot.flow.family());
        let alone = there.all(|port| port == shot.port);
        let sets_fit = match alone {
            true => solver == interpreter,
            false => interpreter.is_subset(solver),
        };
        kernel_fits && sets_fit && kernel.is_subset(solver)
    }

    /// The links that routers have put the last packet on.
    pub(super) fn crossed(&self) -> Vec<usize> {
        self.wire.crossed(self.number).collect()
    }

    /// One packet, with patience: a router whose question for an address was lost asks again after a second.
    pub(super) fn alone(&mut self, shot: &Shot, patience: u16) -> Result<Ends, Failure> {
        self.wire.settle(5)?;
        let number = self.shoot(shot)?;
        let seen = self.wire.settle(patience)?;
        let mine = seen
            .into_iter()
            .filter(|s| s.number == number && is_of(s, &shot.flow));
        Ok(mine.map(|sighting| sighting.end).collect())
    }

    fn disagreement(
        &mut self,
        shot: &Shot,
        [kernel, solver, interpreter]: [Ends; 3],
        trace: Trace,
    ) -> Result<Disagreement, Failure> {
        let topo = &self.plan.world.topo;
        let rules = rules_hit(&mut || self.alone(shot, 60).map(drop))?;
        let arrived = |end: &&End| **end != End::Dropped;
        let words = |ends: &Ends| {
            let ends = ends.iter().filter(arrived);
            ends.map(|end| shown(self.plan, end)).collect()
        };
        Ok(Disagreement {
            seed: self.seed,
            flow: shot.flow,
            at: format!(
                "{} {}",
                topo.device_name(shot.port),
                topo.interface(shot.port).name
            ),
            kernel: words(&kernel),
            solver: words(&solver),
            interpreter: words(&interpreter),
            trace,
            rules,
        })
    }
}

/// An ICMP error that quotes a packet of ours is not that packet.
pub(super) fn is_of(sighting: &Sighting, flow: &Flow) -> bool {
    (sighting.src, sighting.dst) == (flow.src(), flow.dst())
}

/// An end in words.
pub(super) fn shown(plan: &Plan<'_>, end: &End) -> String {
    let topo = &plan.world.topo;
    match end {
        End::Delivered(link) => topo.link_name(*link),
        End::Handed(link, addr) => format!("{} {addr}", topo.link_name(*link)),
        End::Local(device) => topo.devices[*device].name.clone(),
        End::Dropped => String::new(),
    }
}
