//! Witnesses: the most readable packet of a set, walked hop by hop before anyone sees it (D43).

use super::view::{Origin, View};
use super::{Witness, WitnessKind};
use crate::acl::{Fate, Question, decide};
use crate::model::{At, Spot};
use crate::net::{Flow, Match, PositionSet};
use crate::pset::{PacketSet, Prefer};
use crate::reach::{End, Hop, HopAction, HopKind, Trace, TraceEnd, Walker};

/// The packet sets and the interpreter disagree: our bug. No verdict is given (exit 2).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the replay of `{flow}` for claim `{claim}` does not end where the packet sets say")]
pub struct OurBug {
    /// Claim.
    pub claim: String,
    /// The packet.
    pub flow: String,
}

/// How people call a spot.
pub(super) fn name(view: &View<'_>, spot: &Spot) -> String {
    view.policy.network.name(spot.place).to_owned()
}

/// The most readable packet: whole, opening, from an address of the place, to a host.
pub(super) fn pick(
    view: &View<'_>,
    set: PacketSet,
    from: Option<&Spot>,
    to: &Spot,
) -> Option<Flow> {
    let space = view.space();
    let mut sets = vec![view.sets.openings];
    if let Some(from) = from {
        sets.push(view.from(&view.hosts.of(from, view.family)));
        sets.push(view.from(from.addrs.of(view.family)));
    }
    sets.push(space.complement(view.sets.martian_sources));
    sets.push(view.to(&view.hosts.of(to, view.family)));
    let whole = Match {
        position: PositionSet::WHOLE,
        ..Match::any(view.family)
    };
    sets.push(space.of_match(&whole));
    space.witness(set, &Prefer { sets })
}

/// Whether an end is an arrival in a spot.
pub(super) fn arrives(view: &View<'_>, spot: &Spot, end: &End) -> bool {
    let goal = view.goal(spot);
    match end {
        End::Delivered(link) => goal.links.contains(link),
        End::Handed(link, addr) => goal.takes(*link, *addr),
        // An own address inside the place, or on its link (D27); the sets have checked which.
        End::Local(device) => goal.local.is_none_or(|wanted| wanted == *device),
        End::Dropped => false,
    }
}

/// A packet that gets through from where it starts to a spot. `possible`: under some reading only.
pub(super) fn through(
    view: &View<'_>,
    claim: &str,
    flow: Flow,
    origin: Origin,
    from: Option<&Spot>,
    to: &Spot,
    possible: bool,
) -> Result<Witness, OurBug> {
    let walker = Walker::new(view.topo, view.beyond()).arrivals();
    let wanted = |end: &End| {
        let strange =
            matches!(end, End::Handed(link, addr) if view.hands_to_stranger(to, *link, *addr));
        arrives(view, to, end) || strange
    };
    let (trace, end) = match origin {
        Origin::Link(link) => walker.walk(&flow, link, None, possible, &wanted),
        Origin::Device(device) => walker.walk_from(&flow, device, possible, &wanted),
    };
    if !wanted(&end) && !possible {
        return Err(OurBug {
            claim: claim.to_owned(),
            flow: flow.to_string(),
        });
    }
    let unnamed = || match origin {
        Origin::Link(link) => view.topo.link_name(link),
        Origin::Device(device) => view.topo.devices[device].name.clone(),
    };
    let from = from.map_or_else(unnamed, |from| name(view, from));
    Ok(Witness {
        flow,
        kind: WitnessKind::Request,
        trace,
        from,
        to: name(view, to),
    })
}

/// Neighbours on one link: one hop, no device (D25).
pub(super) fn bridged(view: &View<'_>, flow: Flow, from: &Spot, to: &Spot) -> Witness {
    let link = view.link_of(from.at);
    let hop = Hop {
        kind: HopKind::Bridged,
        device: String::new(),
        interface: link.map_or_else(String::new, |link| view.topo.link_name(link)),
        direction: None,
        acl: None,
        line: None,
        text: String::new(),
        action: HopAction::None,
    };
    let trace = Trace {
        hops: vec![hop],
        end: TraceEnd::Arrives,
        because: Vec::new(),
    };
    Witness {
        flow,
        kind: WitnessKind::Request,
        trace,
        from: name(view, from),
        to: name(view, to),
    }
}

/// A required packet that does not arrive, with the way to where it is dropped.
pub(super) fn lost(
    view: &View<'_>,
    claim: &str,
    flow: Flow,
    source: &Spot,
    target: &Spot,
    reply: bool,
    possible: bool,
) -> Result<Witness, OurBug> {
    let walker = Walker::new(view.topo, view.beyond());
    let there = |end: &End| {
        arrives(view, target, end)
            && !(matches!(end, End::Local(_)) && view.goal(target).local.is_none())
    };
    let not_there = |end: &End| !there(end);
    let (mut trace, end) = match (source.at, view.link_of(source.at)) {
        (At::Switch(_), _) => match view.device_of(source.at) {
            Some(device) => walker.walk_from(&flow, device, possible, &not_there),
            None => (
                Trace {
                    hops: Vec::new(),
                    end: TraceEnd::Dropped,
                    because: Vec::new(),
                },
                End::Dropped,
            ),
        },
        (_, None) => (
            Trace {
                hops: Vec::new(),
                end: TraceEnd::Dropped,
                because: Vec::new(),
            },
            End::Dropped,
        ),
        (_, Some(link)) => {
            let ports = first_ports(view, source, &flow);
            walker.walk(&flow, link, Some(&ports), possible, &not_there)
        }
    };
    if there(&end) {
        match bridged_drop(view, &flow, source, target) {
            Some((hop, question)) => {
                trace.hops.push(hop);
                trace.because.extend(question);
                trace.end = TraceEnd::Unknown;
            }
            None if !possible => {
                return Err(OurBug {
                    claim: claim.to_owned(),
                    flow: flow.to_string(),
                });
            }
            None => {}
        }
    }
    let kind = if reply {
        WitnessKind::Reply
    } else {
        WitnessKind::Request
    };
    Ok(Witness {
        flow,
        kind,
        trace,
        from: name(view, source),
        to: name(view, target),
    })
}

/// The router ports a source hands this packet to.
fn first_ports(view: &View<'_>, source: &Spot, flow: &Flow) -> Vec<usize> {
    let hops = view.first_hops(source.at);
    hops.into_iter()
        .find(|(dst, ..)| view.space().contains(*dst, flow))
        .map(|(_, ports, _)| ports)
        .unwrap_or_default()
}

/// A list of another switch on the first or last link that would drop the frame if it crossed that switch (D25).
fn bridged_drop(
    view: &View<'_>,
    flow: &Flow,
    source: &Spot,
    target: &Spot,
) -> Option<(Hop, Vec<Question>)> {
    use crate::acl::Direction;
    let links = [view.link_of(source.at), view.link_of(target.at)];
    for &port in links
        .into_iter()
        .flatten()
        .flat_map(|link| &view.topo.links[link].ports)
    {
        let device = view.topo.device(port);
        let sides = [
            (Direction::In, &device.sees.bridged_in),
            (Direction::Out, &device.sees.bridged_out),
        ];
        for (direction, sees) in sides.into_iter().filter(|(_, sees)| sees.may()) {
            let Some(binding) = view.topo.interface(port).binding(view.family, direction) else {
                continue;
            };
            let acl = &device.acls[binding.acl];
            let decided = decide(acl, flow);
            if decided.fate == Fate::Permit {
                continue;
            }
            let ace = acl.ace(decided.index);
            let hop = Hop {
                kind: HopKind::List,
                device: view.topo.device_name(port).to_owned(),
                interface: view.topo.interface(port).name.clone(),
                direction: Some(direction),
                acl: Some(acl.name.clone()),
                line: ace.and_then(|ace| ace.line),
                text: ace.map(|ace| ace.text.clone()).unwrap_or_default(),
                action: HopAction::Unknown,
            };
            let cables = Question::Cables {
                device: hop.device.clone(),
                interface: hop.interface.clone(),
            };
            let others = sees.question().cloned().into_iter().chain(decided.because);
            return Some((hop, std::iter::once(cables).chain(others).collect()));
        }
    }
    None
}
