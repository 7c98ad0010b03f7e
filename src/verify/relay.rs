//! `no-relay` (D41, INV-09): no host can be opened from A and itself open into B.
//!
//! For each link: the hosts on it that an opening from A's links reaches, and what those hosts, with their own address, can
//! open in B. Both legs are any-path reach: E+ to prove that no such host exists, E- to refute it (D3). Replies of an
//! `allow` are excused as in `only`, each stateless one a standing hole (D36). Neighbours on one link reach each other (D25).

use super::Verdict;
use super::only::{note_holes, replies, sources};
use super::view::{Origin, View};
use crate::model::{At, Place, Spot, ZoneId};
use crate::net::{AddrRanges, AddrSet, Match};
use crate::pset::PacketSet;
use crate::reach::Side;
use crate::topo::LinkKey;

/// Boxes of one projection onto addresses; past it every address counts for E+ and none for E-.
const MOST_BOXES: usize = 1 << 14;

/// A stepping stone: hosts of one link with an opening to them and an opening from them.
pub(super) struct Stone {
    /// From where it is opened.
    pub(super) from: Spot,
    /// The link `from` sits on.
    pub(super) outer: usize,
    /// The link the hosts are on.
    pub(super) inner: usize,
    /// Openings that reach them; the destination is the host.
    pub(super) first: PacketSet,
    /// What they open; the source is the host.
    pub(super) second: PacketSet,
    /// Where that arrives.
    pub(super) to: Spot,
    /// Under every reading.
    pub(super) certain: bool,
}

/// The answer for one family.
pub(super) struct Answer {
    pub(super) verdict: Verdict,
    /// The worst one.
    pub(super) stone: Option<Stone>,
    /// Stateless replies that were excused: indices into the view's halves.
    pub(super) holes: Vec<usize>,
    /// Whether some source link with a router exists.
    pub(super) asked: bool,
}

/// Evaluates the claim in one family.
pub(super) fn check(view: &View<'_>, from: &[Spot], to: &[Spot], except: &[Spot]) -> Answer {
    let mut answer = Answer {
        verdict: Verdict::Proved,
        stone: None,
        holes: Vec::new(),
        asked: false,
    };
    let declared = union(view, except);
    for a in from {
        let Some(outer) = view.link_of(a.at) else {
            continue;
        };
        answer.asked |= view.topo.routers_of(outer, view.family).next().is_some();
        for inner in 0..view.topo.links.len() {
            for side in [Side::Must, Side::May] {
                let certain = side == Side::Must;
                if answer.verdict == Verdict::Refuted {
                    return answer;
                }
                let stone = stone(
                    view,
                    (a, outer),
                    inner,
                    to,
                    &declared,
                    side,
                    &mut answer.holes,
                );
                if let Some(stone) = stone {
                    answer.verdict = answer.verdict.max(if certain {
                        Verdict::Refuted
                    } else {
                        Verdict::Unknown
                    });
                    answer.stone = Some(stone);
                }
            }
        }
    }
    answer
}

fn stone(
    view: &View<'_>,
    (from, outer): (&Spot, usize),
    inner: usize,
    to: &[Spot],
    declared: &AddrRanges,
    side: Side,
    holes: &mut Vec<usize>,
) -> Option<Stone> {
    let space = view.space();
    let here = places(view, inner);
    // Who sits on a link that nobody named is an open question (D32).
    if here.is_empty() && side == Side::Must {
        return None;
    }
    let first = opened(view, (from, outer), inner, &here, side, holes);
    let first = space.minus(first, view.to(&declared.union(&view.routers(inner))));
    let hosts = destinations(view, first, side)?;
    let own = space.of_match(&Match {
        src: hosts,
        ..Match::any(view.family)
    });
    to.iter().find_map(|b| {
        let second = space.intersect(opens(view, inner, b, side, holes), own);
        (!space.is_empty(second)).then(|| Stone {
            from: from.clone(),
            outer,
            inner,
            first,
            second,
            to: b.clone(),
            certain: side == Side::Must,
        })
    })
}

/// Openings from a spot to hosts on a link.
pub(super) fn opened(
    view: &View<'_>,
    (from, outer): (&Spot, usize),
    inner: usize,
    here: &[Spot],
    side: Side,
    holes: &mut Vec<usize>,
) -> PacketSet {
    let space = view.space();
    if outer == inner {
        let others = union(view, here).minus(from.addrs.of(view.family));
        return space.intersect(view.to(&others), view.sets.openings);
    }
    let all = space.minus(
        view.spread(outer, side).delivered[inner],
        view.sets.neighbour_discovery,
    );
    let all = space.intersect(all, sources(view, from));
    let excused = here.iter().map(|spot| {
        note_holes(view, Origin::Link(outer), spot, all, holes);
        replies(view, Origin::Link(outer), spot)
    });
    let excused = excused.fold(space.empty(), |a, b| space.union(a, b));
    space.minus(space.intersect(all, view.sets.openings), excused)
}

/// Openings that hosts of a link get into a spot.
fn opens(view: &View<'_>, link: usize, to: &Spot, side: Side, holes: &mut Vec<usize>) -> PacketSet {
    let space = view.space();
    if view.link_of(to.at) == Some(link) {
        let dst = to.addrs.of(view.family);
        let all = space.intersect(view.to(dst), view.sets.openings);
        // Nobody opens himself.
        let alone = matches!(dst.ranges(), [(first, last)] if first == last);
        return if alone {
            space.minus(all, view.from(dst))
        } else {
            all
        };
    }
    let all = view.arrivals(&view.spread(link, side), to);
    note_holes(view, Origin::Link(link), to, all, holes);
    space.minus(
        space.intersect(all, view.sets.openings),
        replies(view, Origin::Link(link), to),
    )
}

/// The destinations of a set of packets; `None` if there is none. What is too much to list is everything or nothing, as
/// the side needs it.
pub(super) fn destinations(view: &View<'_>, set: PacketSet, side: Side) -> Option<AddrSet> {
    if view.space().is_empty(set) {
        return None;
    }
    let regions = view.space().regions(set, MOST_BOXES);
    match (regions.cut, side) {
        (true, Side::May) => Some(AddrSet::any(view.family)),
        (true, Side::Must) => None,
        (false, _) => {
            let parts = regions.list.iter().flat_map(|region| region.dst.parts());
            Some(AddrSet::new(view.family, parts.copied()))
        }
    }
}

/// The zones on a link.
pub(super) fn places(view: &View<'_>, link: usize) -> Vec<Spot> {
    let LinkKey::Vlan(vlan) = view.topo.links[link].key else {
        return Vec::new();
    };
    let zones = view.policy.network.zones.iter().enumerate();
    let parts = zones.flat_map(|(index, zone)| {
        let here = zone.links.iter().filter(move |part| part.vlan == vlan);
        here.map(move |part| (ZoneId(index), part))
    });
    let spots = parts.map(|(id, part)| Spot {
        at: At::Link(id, vlan),
        place: Place::Zone(id),
        addrs: crate::model::Addrs::prefixes(&part.prefixes),
    });
    spots.collect()
}

pub(super) fn union(view: &View<'_>, spots: &[Spot]) -> AddrRanges {
    spots
        .iter()
        .fold(AddrRanges::none(view.family), |all, spot| {
            all.union(spot.addrs.of(view.family))
        })
}
