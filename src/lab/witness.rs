//! Packets that break claims, given to the kernel: it must take each the way the proof says.
//!
//! In: the packets with their ways. Out: where the kernel took them, or the definition by which it cannot be asked. What an
//! external hands back (D29) is handed back here too, where the way says so. Must not know: claims.

use super::flows::Shot;
use super::opinion::{Ends, excluded};
use super::outcome::{Outcome, Witnessed};
use super::plan::Plan;
use super::run::{Runner, shown};
use super::shell::Failure;
use crate::acl::Direction;
use crate::net::Flow;
use crate::reach::{End, Hop, HopKind, Trace, TraceEnd};
use crate::topo::Topo;

/// A packet that breaks a claim: the claim in names, the packet, its way.
pub type Broken = (String, Flow, Trace);

/// How long an answer is waited for, in milliseconds: a router may ask for an address first, again after a second.
const PATIENCE: [u16; 2] = [150, 1300];

/// Sends each, and notes where it went.
///
/// # Errors
/// Sockets and commands.
pub fn witnesses(plan: &Plan<'_>, wanted: &[Broken], outcome: &mut Outcome) -> Result<(), Failure> {
    if wanted.is_empty() {
        return Ok(());
    }
    let mut runner = Runner::new(plan, 0)?;
    for (claim, flow, trace) in wanted {
        let not_asked = not_asked(plan, flow, trace);
        let (mut ends, mut agrees) = (Vec::new(), true);
        if not_asked.is_none() {
            for patience in PATIENCE {
                (ends, agrees) = sent(plan, &mut runner, flow, trace, patience)?;
                if agrees {
                    break;
                }
            }
        }
        outcome.wrong_in_all += usize::from(!agrees);
        outcome.witnesses.push(Witnessed {
            claim: claim.clone(),
            flow: *flow,
            arrives: arrives(trace),
            kernel: ends,
            not_asked,
            agrees,
        });
    }
    Ok(())
}

fn arrives(trace: &Trace) -> bool {
    matches!(trace.end, TraceEnd::Arrives | TraceEnd::Local)
}

/// Why the kernel cannot be asked, by the definition that says so.
fn not_asked(plan: &Plan<'_>, flow: &Flow, trace: &Trace) -> Option<&'static str> {
    let start = trace.hops.first().map(|hop| (hop.kind, hop.direction));
    match start {
        // Carried inside a link: no router, and so no rule, ever sees it.
        None | Some((HopKind::Bridged, _)) => Some("D25"),
        Some((HopKind::List, Some(Direction::In))) => excluded(plan, flow),
        // The switch sends it.
        Some(_) => Some("D20"),
    }
}

/// The passages of a packet, each from where it enters a first switch; where it came to, and whether that is where its way
/// ends.
fn sent(
    plan: &Plan<'_>,
    runner: &mut Runner<'_>,
    flow: &Flow,
    trace: &Trace,
    patience: u16,
) -> Result<(Vec<String>, bool), Failure> {
    let topo = &plan.world.topo;
    let inward = |hop: &&Hop| hop.kind == HopKind::List && hop.direction == Some(Direction::In);
    let mut entries = trace
        .hops
        .iter()
        .filter(inward)
        .filter_map(|hop| port(topo, hop));
    let mut next = entries.next();
    let mut ends = Vec::new();
    while let Some(port) = next {
        let found = runner.alone(&Shot { flow: *flow, port }, patience)?;
        let crossed = runner.crossed();
        let there = is_end(topo, trace, &found, &crossed);
        ends = found.iter().map(|end| shown(plan, end)).collect();
        if there && ends.is_empty() {
            // Put on its last link, for a router that drops it (D27).
            ends.extend(crossed.last().map(|link| topo.link_name(*link)));
        }
        if there {
            return Ok((ends, true));
        }
        next = entries.find(|&port| crossed.contains(&topo.ports[port].link));
    }
    let agrees = !arrives(trace) && ends.is_empty();
    Ok((ends, agrees))
}

fn port(topo: &Topo, hop: &Hop) -> Option<usize> {
    let here = |&port: &usize| {
        topo.device_name(port) == hop.device && topo.interface(port).name == hop.interface
    };
    (0..topo.ports.len()).find(here)
}

/// Whether a packet has gone to the end of its way: put on the last link, or at an own address of the last switch.
fn is_end(topo: &Topo, trace: &Trace, found: &Ends, crossed: &[usize]) -> bool {
    let Some(last) = trace.hops.last() else {
        return false;
    };
    match trace.end {
        TraceEnd::Local => found.iter().any(
            |end| matches!(end, End::Local(device) if topo.devices[*device].name == last.device),
        ),
        TraceEnd::Arrives => {
            port(topo, last).is_some_and(|port| crossed.contains(&topo.ports[port].link))
        }
        TraceEnd::Dropped | TraceEnd::Unknown => false,
    }
}
