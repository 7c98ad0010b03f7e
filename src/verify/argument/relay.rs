//! `no-relay` (D41): for each link, the hosts that can be opened, and that they open nothing they must not.

use super::{Into, NothingBut, Opened, Relay, of_family, one, sources};
use crate::model::Spot;
use crate::net::{AddrRanges, AddrSet, Match};
use crate::reach::Side;
use crate::verify::only::{self, Only};
use crate::verify::relay as claim;
use crate::verify::view::{Origin, View};

/// The questions of [`claim::check`], in its order.
pub(super) fn relays(view: &View<'_>, from: &[Spot], to: &[Spot], except: &[Spot]) -> Vec<Relay> {
    let declared = claim::union(view, except);
    let mut all = Vec::new();
    for a in from {
        let Some(outer) = view.link_of(a.at) else {
            continue;
        };
        let links = 0..view.topo.links.len();
        all.extend(links.map(|inner| relay(view, (a, outer), inner, to, &declared)));
    }
    all
}

fn relay(
    view: &View<'_>,
    (from, outer): (&Spot, usize),
    inner: usize,
    to: &[Spot],
    declared: &AddrRanges,
) -> Relay {
    let (space, family) = (view.space(), view.family);
    let here = claim::places(view, inner);
    let spared = declared.union(&view.routers(inner));
    let first = claim::opened(
        view,
        (from, outer),
        inner,
        &here,
        Side::May,
        &mut Vec::new(),
    );
    let first = space.minus(first, view.to(&spared));
    let hosts = claim::destinations(view, first, Side::May);
    let none = || AddrRanges::none(family);
    let (opened, beside) = match outer == inner {
        true => (None, claim::union(view, &here).minus(from.addrs.of(family))),
        false => {
            let origin = Origin::Link(outer);
            let arrived = view.spread(outer, Side::May).delivered[inner];
            let arrived = space.intersect(arrived, view.sets.openings);
            // Where nothing arrives nothing needs an excuse.
            let excuses: &[Spot] = if space.is_empty(arrived) { &[] } else { &here };
            let each = excuses.iter();
            let replies: Vec<Match> = each
                .flat_map(|spot| of_family(view, only::reply_boxes(view, origin, spot)))
                .collect();
            let sources = sources(view, from);
            (
                Some(Opened {
                    origin,
                    sources,
                    replies,
                }),
                none(),
            )
        }
    };
    let onward = match hosts {
        None => Vec::new(),
        Some(_) => to.iter().filter_map(|b| onward(view, inner, b)).collect(),
    };
    Relay {
        family,
        link: inner,
        hosts: hosts.unwrap_or_else(|| AddrSet::none(family)),
        spared,
        opened,
        beside,
        onward,
    }
}

/// What the hosts of a link may open in a spot: replies at most, or nothing if they sit beside it.
fn onward(view: &View<'_>, link: usize, to: &Spot) -> Option<NothingBut> {
    let nothing = Only {
        from: &[],
        to: &[],
        services: None,
        flows: &[],
        exceptions: false,
    };
    let origin = Origin::Link(link);
    if view.link_of(to.at) != Some(link) {
        return one(view, &nothing, origin, None, to, false);
    }
    let dst = to.addrs.of(view.family).clone();
    // Nobody opens himself.
    let alone = matches!(dst.ranges(), [(first, last)] if first == last);
    let any = AddrRanges::any(view.family);
    Some(NothingBut {
        family: view.family,
        origin,
        sources: None,
        requests: None,
        into: Into::Neighbour {
            src: if alone { any.minus(&dst) } else { any },
            dst,
        },
        listed: Vec::new(),
        replies: Vec::new(),
        strict: false,
    })
}
