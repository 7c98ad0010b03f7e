//! Read back equals the policy (D45): Low is inside A-, E+ is inside High.

use super::spec::{Half, companions};
use super::view::View;
use super::{Verdict, works};
use crate::net::Match;
use crate::pset::PacketSet;
use crate::reach::Side;
use std::collections::BTreeMap;
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    let ends = by_end(view);
    for link in 0..view.topo.links.len() {
        for found in wider(view, &ends, link) {
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
fn wider(view: &View<'_>, ends: &Ends<'_>, link: usize) -> Vec<Unequal> {
    let space = view.space();
    let (may, must) = (view.spread(link, Side::May), view.spread(link, Side::Must));
    let nd = view.neighbour_discovery();
    let mut found = Vec::new();
    let mut compare = |end: Reached, may: PacketSet, must: PacketSet| {
        let high = high(view, ends, link, end);
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
        // What one router puts there for another's own address is left to claims, like all own-address arrivals.
        let own = view.to(&view.routers(other));
        let hosts = |set| space.minus(set, own);
        compare(
            Reached::Link(other),
            hosts(set),
            hosts(must.delivered[other]),
        );
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

/// The sessions by where they end.
type Ends<'v> = BTreeMap<Reached, Vec<&'v Half>>;

fn by_end<'v>(view: &'v View<'_>) -> Ends<'v> {
    let mut ends: Ends<'v> = BTreeMap::new();
    for half in view.halves.iter().filter(|half| half.family == view.family) {
        let goal = view.goal(half.target());
        let links = goal.links.into_iter().map(Reached::Link);
        let handed = goal
            .handed
            .into_iter()
            .map(|(link, addr)| Reached::NextHop(link, addr));
        for end in links.chain(handed) {
            ends.entry(end).or_default().push(half);
        }
    }
    ends
}

/// Req, Rep and Com of the sessions between a link and an end (D45): of those that start on the link, and of those that
/// cross it on their way. A list cannot tell a packet that a router put on a transit link from one that somebody there
/// made up, so a build does not fail for it; the claims do see it (D24).
fn high(view: &View<'_>, ends: &Ends<'_>, link: usize, end: Reached) -> PacketSet {
    let mut boxes: Vec<Match> = Vec::new();
    for half in ends.get(&end).into_iter().flatten() {
        let start = view.link_of(half.source().at);
        if start == Some(link) || start.is_some_and(|start| crosses(view, half, start, link)) {
            boxes.extend(companions(&half.core));
        }
    }
    view.space().of_matches(&boxes)
}

/// Whether packets of a session are put on a link towards a further router.
fn crosses(view: &View<'_>, half: &Half, start: usize, link: usize) -> bool {
    let crossing = view.spread(start, Side::May).crossing[link];
    let space = view.space();
    !space.is_empty(crossing) && !space.disjoint(crossing, space.of_matches(&half.core))
}
