//! Read back equals the policy (D45): Low is inside A-, E+ is inside High.

use super::spec::{Half, companions};
use super::view::View;
use super::{Verdict, works};
use crate::model::At;
use crate::net::Match;
use crate::pset::PacketSet;
use crate::reach::Side;
use std::net::IpAddr;

/// Something that arrives and should not, or should and does not.
#[derive(Clone, Debug)]
pub(super) enum Unequal {
    /// Wider than the policy.
    Wider {
        link: usize,
        end: Reached,
        may: PacketSet,
        must: PacketSet,
    },
    /// Narrower than the policy.
    Narrower(works::Missing),
}

/// Where it arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reached {
    /// On a link.
    Link(usize),
    /// At a next hop.
    NextHop(usize, IpAddr),
}

/// Compares one family of the read-back with the policy.
pub(super) fn check(view: &View<'_>, halves: &[&Half]) -> (Verdict, Vec<Unequal>) {
    let (mut verdict, missing) = works::check(view, halves);
    let mut unequal: Vec<Unequal> = missing.into_iter().map(Unequal::Narrower).collect();
    for link in 0..view.topo.links.len() {
        for found in wider(view, link) {
            if let Unequal::Wider { must, .. } = &found {
                let one = if view.space().is_empty(*must) {
                    Verdict::Unknown
                } else {
                    Verdict::Refuted
                };
                verdict = verdict.max(one);
            }
            unequal.push(found);
        }
    }
    (verdict, unequal)
}

/// What was injected on a link and arrives elsewhere without a session that says so.
fn wider(view: &View<'_>, link: usize) -> Vec<Unequal> {
    let space = view.space();
    let (may, must) = (view.spread(link, Side::May), view.spread(link, Side::Must));
    let nd = view.neighbour_discovery();
    let mut found = Vec::new();
    // Where people attest that addresses are not forged, only what can lie there is injected (D40).
    let forged = match view.authentic(link) {
        true => space.complement(view.from(&super::spoof::sources_of(view, link))),
        false => space.empty(),
    };
    let mut compare = |end: Reached, may: PacketSet, must: PacketSet| {
        let high = space.union(high(view, link, end), forged);
        let may = space.minus(space.minus(may, nd), high);
        if !space.is_empty(may) {
            found.push(Unequal::Wider {
                link,
                end,
                may,
                must: space.minus(space.minus(must, nd), high),
            });
        }
    };
    for (other, &set) in may
        .delivered
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != link)
    {
        compare(Reached::Link(other), set, must.delivered[other]);
    }
    for (&(other, addr), &set) in may.handed.iter().filter(|((other, _), _)| *other != link) {
        let certain = must
            .handed
            .get(&(other, addr))
            .copied()
            .unwrap_or(space.empty());
        compare(Reached::NextHop(other, addr), set, certain);
    }
    found
}

fn sits_on(view: &View<'_>, at: At, link: usize) -> bool {
    let device = view.device_of(at);
    let ports = &view.topo.links[link].ports;
    device.is_some_and(|device| {
        ports
            .iter()
            .any(|&port| view.topo.ports[port].device == device)
    })
}

/// Req, Rep and Com of the sessions between a link and an end (D45).
fn high(view: &View<'_>, link: usize, end: Reached) -> PacketSet {
    let ends_here = |half: &&Half| match (half.target().at, end) {
        (At::Link(..), Reached::Link(other)) => view.link_of(half.target().at) == Some(other),
        // On its way to a far switch a packet is put on the link that the switch sits on.
        (At::Switch(_), Reached::Link(other)) => sits_on(view, half.target().at, other),
        (At::External(_), Reached::NextHop(..)) => {
            let Reached::NextHop(other, addr) = end else {
                return false;
            };
            view.goal(half.target()).takes(other, addr)
        }
        _ => false,
    };
    // A switch sends from every link that it sits on, as the other routers there see it (D20).
    let starts_here = |half: &&Half| {
        half.anywhere
            || view.link_of(half.source().at) == Some(link)
            || sits_on(view, half.source().at, link)
    };
    let boxes: Vec<Match> = view
        .halves
        .iter()
        .filter(starts_here)
        .filter(ends_here)
        .flat_map(|half| companions(&half.core))
        .collect();
    view.space().of_matches(&boxes)
}
