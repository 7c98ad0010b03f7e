//! A change made step by step while packets are under way (D47): not one gets through that neither the network before nor the
//! one after lets through, and not one of an allowed session is lost that both carry.
//!
//! In: the states of a change, from OLD to NEW. Out: per state what got through or was lost, with the packet. Each state is
//! set in the kernel as a device sets it: lists in one transaction, addresses and routes by commands of their own.
//! Must not know: how the steps were found.

use super::flows::shots;
use super::frame::frame;
use super::opinion::{Ends, Opinions, excluded};
use super::outcome::{Disagreement, MOST_WRONG, Outcome};
use super::plan::{Plan, Settings, mac_of};
use super::run::{Amount, is_of, shown};
use super::shell::{Failure, build, sh};
use super::wire::{SENDER, Wire};
use crate::device::Interface;
use crate::net::{Family, Flow};
use crate::reach::End;
use crate::topo::Named;
use fastrand::Rng;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::IpAddr;
use std::sync::Arc;

/// What a state may lack, by the plan's own words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lacks {
    /// Packets may get through.
    pub safe: bool,
    /// Packets may be lost.
    pub live: bool,
}

/// Packets under way at a time.
const BATCH: usize = 32;
/// Packets of one family that must, and that may, arrive all the time.
const WATCHED: usize = 120;
/// How long the last packets of a state are waited for, in milliseconds: a router asks again for an address after a second.
const PATIENCE: u16 = 1300;

/// Gives every state the same interfaces, so that all have the same wires: one that is not there is down and empty.
#[must_use]
pub fn padded(states: &[Vec<Arc<Named>>]) -> Vec<Vec<Arc<Named>>> {
    let devices = states.first().map_or(0, Vec::len);
    let mut all: Vec<Vec<Interface>> = vec![Vec::new(); devices];
    for (known, named) in states.iter().flat_map(|state| all_of(state)) {
        let known = &mut all[known];
        for interface in &named.device.interfaces {
            if known.iter().all(|other| other.name != interface.name) {
                known.push(Interface {
                    shutdown: true,
                    ..Interface::new(&interface.name, interface.kind)
                });
            }
        }
    }
    let pad = |(index, named): (usize, &Arc<Named>)| {
        let mut device = named.device.clone();
        let mine = std::mem::take(&mut device.interfaces);
        let find = |name: &str| {
            mine.iter()
                .find(|interface| interface.name == name)
                .cloned()
        };
        let each = all[index].iter();
        device.interfaces = each
            .map(|empty| find(&empty.name).unwrap_or_else(|| empty.clone()))
            .collect();
        Arc::new(Named {
            name: named.name.clone(),
            device,
        })
    };
    let states = states.iter();
    states
        .map(|state| all_of(state).map(pad).collect())
        .collect()
}

fn all_of(state: &[Arc<Named>]) -> impl Iterator<Item = (usize, &Arc<Named>)> {
    state.iter().enumerate()
}

/// Builds the first state, goes through all of them, and back again, with packets under way. `lacks` is what each state may
/// lack.
///
/// # Errors
/// Sockets and commands.
pub fn walk(
    plans: &[Plan<'_>],
    lacks: &[Lacks],
    amount: Amount,
    progress: &mut dyn FnMut(usize, usize) -> bool,
) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::default();
    let (Some(old), Some(new)) = (plans.first(), plans.last()) else {
        return Ok(outcome);
    };
    build(old)?;
    let watched = watched(plans, old, new, amount);
    let mut traffic = Traffic {
        wire: Wire::open(&old.world.topo)?,
        plans,
        watched: &watched,
        number: 0,
        under_way: BTreeMap::new(),
        arrived: Vec::new(),
    };
    traffic.wire.settle(50)?;
    // Routers learn the addresses that are asked for.
    traffic.volley(&mut outcome)?;
    traffic.rest(&mut outcome)?;
    let there = 0..plans.len();
    let way: Vec<usize> = there.clone().chain(there.rev().skip(1)).collect();
    for (index, pair) in way.windows(2).enumerate() {
        if !progress(index, way.len()) {
            return Err(Failure::Abandoned);
        }
        let [from, to] = [pair[0], pair[1]];
        let lost = traffic.step(from, to, &mut outcome)?;
        let may = Lacks {
            safe: lacks[from].safe || lacks[to].safe,
            live: lacks[from].live || lacks[to].live,
        };
        traffic.judge(to, may, &lost, amount.seed, &mut outcome);
        outcome.states += 1;
    }
    Ok(outcome)
}

/// A packet that is sent all the time.
struct Watched {
    flow: Flow,
    port: usize,
    /// It arrives before and after, and belongs to an allowed session.
    must: bool,
    /// Where it goes before or after.
    may: Ends,
}

/// Packets of all kinds: those that must arrive all the time, and others.
fn watched(plans: &[Plan<'_>], old: &Plan<'_>, new: &Plan<'_>, amount: Amount) -> Vec<Watched> {
    let mut rng = Rng::with_seed(amount.seed);
    let mut all = Vec::new();
    for family in Family::BOTH {
        let spaces = [old, new].map(|plan| plan.world.space(family, amount.limits));
        let sides = [
            Opinions::new(&old.world.topo, family, &spaces[0]),
            Opinions::new(&new.world.topo, family, &spaces[1]),
        ];
        let mut drawn = Vec::new();
        for (opinions, plan) in sides.iter().zip([old, new]) {
            let (link, random) = (amount.per_link, amount.at_random);
            drawn.extend(shots(opinions, plan, family, link, random, &mut rng));
        }
        rng.shuffle(&mut drawn);
        let (mut must, mut others) = (0, 0);
        for shot in drawn {
            let not_asked = plans
                .iter()
                .any(|plan| excluded(plan, &shot.flow).is_some());
            if not_asked || is_own(plans, shot.flow.dst()) {
                continue;
            }
            let [before, after] = sides
                .each_ref()
                .map(|o| o.interpreter(shot.port, &shot.flow).0);
            let one = Watched {
                must: carries(&before) && before == after && is_allowed(plans, &shot.flow),
                may: before.union(&after).cloned().collect(),
                flow: shot.flow,
                port: shot.port,
            };
            let count = if one.must { &mut must } else { &mut others };
            if *count < WATCHED {
                *count += 1;
                all.push(one);
            }
        }
    }
    rng.shuffle(&mut all);
    all
}

/// Whether every way of a packet ends somewhere.
fn carries(ends: &Ends) -> bool {
    !ends.is_empty() && !ends.contains(&End::Dropped)
}

/// Sessions are what must live.
fn is_allowed(plans: &[Plan<'_>], flow: &Flow) -> bool {
    let halves = |plan: &Plan<'_>| {
        let mut boxes = plan.world.halves.iter().flat_map(|half| &half.required);
        boxes.any(|boxed| boxed.contains(flow))
    };
    plans.iter().all(halves)
}

/// Whether a switch has an address in any state: who answers for it changes with the states.
fn is_own(plans: &[Plan<'_>], addr: IpAddr) -> bool {
    let family = Family::of(addr);
    plans.iter().any(|plan| {
        let topo = &plan.world.topo;
        let mut each =
            (0..topo.devices.len()).flat_map(|d| topo.vrfs(d).into_iter().map(move |v| (d, v)));
        each.any(|(device, vrf)| topo.own(device, vrf, family).contains(addr))
    })
}

struct Traffic<'a> {
    wire: Wire<'a>,
    plans: &'a [Plan<'a>],
    watched: &'a [Watched],
    number: u32,
    /// Packets that were sent and not seen, by their number.
    under_way: BTreeMap<u32, usize>,
    /// Packets and where they came to an end.
    arrived: Vec<(usize, End)>,
}

impl Traffic<'_> {
    /// From one state to the next while packets are sent; those that were lost.
    fn step(
        &mut self,
        from: usize,
        to: usize,
        outcome: &mut Outcome,
    ) -> Result<Vec<usize>, Failure> {
        let script = transition(&self.plans[from].settings, &self.plans[to].settings);
        self.wire.moves(&self.plans[to].world.topo);
        std::thread::scope(|scope| {
            let typing = scope.spawn(|| sh(&script));
            while !typing.is_finished() {
                self.volley(outcome)?;
            }
            match typing.join() {
                Ok(done) => done.map(drop),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        })?;
        self.volley(outcome)?;
        self.rest(outcome)
    }

    /// Every watched packet once.
    fn volley(&mut self, outcome: &mut Outcome) -> Result<(), Failure> {
        for first in (0..self.watched.len()).step_by(BATCH) {
            let batch = self.watched.iter().enumerate().skip(first).take(BATCH);
            for (index, one) in batch {
                self.number += 1;
                let salt = u64::from(self.number).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16;
                let bytes = frame(&one.flow, self.number, salt, mac_of(one.port), SENDER);
                self.wire.send(one.port, &bytes)?;
                self.under_way.insert(self.number, index);
                outcome.sent += 1;
            }
            self.listen(3, outcome)?;
        }
        Ok(())
    }

    fn listen(&mut self, quiet: u16, outcome: &mut Outcome) -> Result<(), Failure> {
        for sighting in self.wire.settle(quiet)? {
            if let Some(&index) = self.under_way.get(&sighting.number)
                && is_of(&sighting, &self.watched[index].flow)
            {
                self.under_way.remove(&sighting.number);
                self.arrived.push((index, sighting.end));
                outcome.arrived += 1;
            }
        }
        Ok(())
    }

    /// Waits for what must still come; what does not.
    fn rest(&mut self, outcome: &mut Outcome) -> Result<Vec<usize>, Failure> {
        for quiet in [20, 100, PATIENCE] {
            let watched = self.watched;
            let awaited = |index: &usize| watched[*index].must;
            if self.under_way.values().any(awaited) {
                self.listen(quiet, outcome)?;
            }
        }
        let lost: BTreeSet<usize> = std::mem::take(&mut self.under_way).into_values().collect();
        let watched = self.watched;
        Ok(lost
            .into_iter()
            .filter(|&index| watched[index].must)
            .collect())
    }

    /// What got through or was lost on the way to a state, against what that may lack.
    fn judge(
        &mut self,
        state: usize,
        may: Lacks,
        lost: &[usize],
        seed: u64,
        outcome: &mut Outcome,
    ) {
        let leaks: BTreeMap<usize, End> = std::mem::take(&mut self.arrived)
            .into_iter()
            .filter(|(index, end)| !may.safe && !self.watched[*index].may.contains(end))
            // Before a switch has the address that others route to, a host of ours answers for it: nobody would.
            .filter(|(_, end)| !matches!(end, End::Handed(_, to) if is_own(self.plans, *to)))
            .collect();
        let lost = lost
            .iter()
            .filter(|_| !may.live)
            .map(|&index| (index, None));
        let leaks = leaks.into_iter().map(|(index, end)| (index, Some(end)));
        for (index, end) in leaks.chain(lost) {
            let one = &self.watched[index];
            outcome.wrong_in_all += 1;
            if outcome.wrong.len() < MOST_WRONG {
                outcome.wrong.push(self.wrong(state, one, end, seed));
            }
        }
    }

    fn wrong(&self, state: usize, one: &Watched, end: Option<End>, seed: u64) -> Disagreement {
        let plan = &self.plans[state];
        let topo = &plan.world.topo;
        let words = |ends: &Ends| {
            let ends = ends.iter().filter(|end| **end != End::Dropped);
            ends.map(|end| shown(plan, end)).collect::<Vec<String>>()
        };
        let limits = crate::pset::Limits::default();
        let space = plan.world.space(one.flow.family(), limits);
        let opinions = Opinions::new(topo, one.flow.family(), &space);
        let (now, trace) = opinions.interpreter(one.port, &one.flow);
        let interface = &topo.interface(one.port).name;
        Disagreement {
            seed,
            flow: one.flow,
            at: format!("[{state}] {} {interface}", topo.device_name(one.port)),
            kernel: end.iter().map(|end| shown(plan, end)).collect(),
            solver: words(&one.may),
            interpreter: words(&now),
            trace,
            rules: Vec::new(),
        }
    }
}

/// The commands from one state of the namespaces to another.
fn transition(from: &[Settings], to: &[Settings]) -> String {
    let mut out = String::new();
    for (before, after) in from.iter().zip(to) {
        one_space(&mut out, before, after);
    }
    out
}

fn one_space(out: &mut String, before: &Settings, after: &Settings) {
    let space = &after.space;
    if before.lists != after.lists {
        // One transaction, as the kernel offers it: the old table goes and the new one comes at once.
        let lists = &after.lists;
        let _ = writeln!(
            out,
            "ip netns exec {space} nft -f - <<'EOF'\ntable inet aclc\ndelete table inet aclc\n{lists}\nEOF"
        ); // writing to a string cannot fail
    }
    for (key, value) in after
        .switches
        .iter()
        .filter(|one| !before.switches.contains(one))
    {
        let _ = writeln!(
            out,
            "ip netns exec {space} sh -c 'echo {value} > /proc/sys/net/{key}'"
        );
    }
    let lines = |one: &Settings| {
        let all = one.addresses.iter().chain(&one.others).chain(&one.routes);
        all.cloned().collect::<Vec<String>>()
    };
    let (old, new) = (lines(before), lines(after));
    if old == new {
        return;
    }
    let _ = writeln!(
        out,
        "ip -n {space} -force -batch - 2>/dev/null <<'EOF' || true"
    );
    let set = |line: &String| line.replace("address add ", "address replace ");
    let gone = old.iter().filter(|line| !new.contains(line));
    let undone = gone.filter_map(|line| undone(line, &new));
    // What comes is there before what goes is gone; taking an address away may take others with it, so all is set again.
    let all = new.iter().map(set).chain(undone).chain(new.iter().map(set));
    for line in all {
        let _ = writeln!(out, "{line}");
    }
    out.push_str("EOF\n");
}

/// The line that takes another back; a route that goes elsewhere now was replaced.
fn undone(line: &str, new: &[String]) -> Option<String> {
    let words: Vec<&str> = line.split(' ').collect();
    match words.as_slice() {
        ["address", "add", addr, "dev", name, ..] => Some(format!("address del {addr} dev {name}")),
        ["link", "set", name, "up"] => Some(format!("link set {name} down")),
        ["route", "replace", "blackhole", prefix] | ["route", "replace", prefix, ..] => {
            let start = format!("route replace {prefix} ");
            let kept = new.iter().any(|other| other.starts_with(&start));
            (!kept).then(|| format!("route del {prefix}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_taken_back_unless_they_are_replaced() {
        let new = vec!["route replace 10.0.0.0/8 via 10.1.1.2 dev v1 onlink".to_owned()];
        let back = |line: &str| undone(line, &new);
        assert_eq!(
            back("address add 10.0.0.1/24 dev v3").as_deref(),
            Some("address del 10.0.0.1/24 dev v3")
        );
        assert_eq!(back("link set v3 up").as_deref(), Some("link set v3 down"));
        assert_eq!(
            back("route replace 10.0.0.0/8 via 10.9.9.9 dev v1 onlink"),
            None
        );
        assert_eq!(
            back("route replace 10.2.0.0/16 dev v1").as_deref(),
            Some("route del 10.2.0.0/16")
        );
    }
}
