//! What a report shows besides the claims: from where to where connections can be opened, and whether each `allow` works.
//!
//! In: a policy and devices. Out: a verdict-like state per pair of places and per `allow`, on bounds alone: what readings
//! leave open is said to be open, and no question is split (D5). Nothing of this is a claim.

use super::spec::Half;
use super::view::View;
use super::world::World;
use super::{Verdict, only, works};
use crate::acl::Reading;
use crate::model::{At, Place, Policy, Spot};
use crate::net::Family;
use crate::pset::{Limits, PacketSet, Space};
use crate::reach::Side;
use crate::topo::Named;
use jiff::civil::Date;
use std::sync::Arc;

/// What can be opened between two places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Opens {
    /// Nothing.
    Nothing,
    /// What an `allow` lists.
    Listed,
    /// Besides, replies of a stateless protocol, which nobody needs to have asked for (D36).
    Holes,
    /// Something may arrive that nothing lists: readings differ, or it was not asked for.
    Unlisted,
    /// The two share a link: nothing separates them (D25).
    Neighbours,
}

/// The answers.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    /// Per pair of zones or externals that is not `Nothing`: from, to, what, and the `allow`s that list it.
    pub pairs: Vec<(Place, Place, Opens, Vec<usize>)>,
    /// The places of the pairs, in the order of the policy.
    pub places: Vec<Place>,
    /// Per `allow`: requests arrive, replies arrive; `None` if it is not in force or has none.
    pub allows: Vec<[Option<Verdict>; 2]>,
    /// A limit was reached, or there are too many pairs: nothing is known.
    pub cut: bool,
}

/// Pairs of places that are asked, at most.
const MOST_PAIRS: usize = 300_000;

/// Looks at every pair of places and every `allow`.
#[must_use]
pub fn survey(policy: &Policy, at: Date, devices: &[Arc<Named>], limits: Limits) -> Survey {
    let world = World::new(policy, at, devices, &Reading::new());
    let spaces = Family::BOTH.map(|family| world.space(family, limits));
    let views: Vec<View<'_>> = Family::BOTH
        .iter()
        .zip(&spaces)
        .map(|(&family, space)| View::in_world(&world, family, space))
        .collect();
    let mut out = Survey {
        allows: (0..policy.allows.len())
            .map(|allow| works_of(&views, allow))
            .collect(),
        ..Survey::default()
    };
    let places = spots(policy);
    out.places = places.iter().map(|(place, _)| *place).collect();
    out.cut = places.len() * places.len() > MOST_PAIRS;
    if !out.cut {
        let common = views.iter().map(|view| Common {
            view,
            openings: view.space().minus(view.sets.openings, view.sets.to_own),
        });
        let common: Vec<Common<'_, '_>> = common.collect();
        for (a, from) in &places {
            for (b, to) in places.iter().filter(|(b, _)| a != b) {
                let opens = common.iter().map(|common| common.opens(from, to)).max();
                let opens = opens.unwrap_or(Opens::Nothing);
                if opens != Opens::Nothing {
                    out.pairs.push((*a, *b, opens, listing(policy, at, *a, *b)));
                }
            }
        }
    }
    out.cut |= spaces.iter().any(Space::exhausted);
    out
}

/// Zones and externals with their spots.
fn spots(policy: &Policy) -> Vec<(Place, Vec<Spot>)> {
    let network = &policy.network;
    let mut all = Vec::new();
    for (index, zone) in network.zones.iter().enumerate() {
        let id = crate::model::ZoneId(index);
        let spot = |link: &crate::model::ZoneLink| Spot {
            at: At::Link(id, link.vlan),
            place: Place::Zone(id),
            addrs: crate::model::Addrs::prefixes(&link.prefixes),
        };
        all.push((Place::Zone(id), zone.links.iter().map(spot).collect()));
    }
    for (index, external) in network.externals.iter().enumerate() {
        let id = crate::model::ExternalId(index);
        let spot = Spot {
            at: At::External(id),
            place: Place::External(id),
            addrs: external.addrs.clone(),
        };
        all.push((Place::External(id), vec![spot]));
    }
    all
}

fn zone_of(place: Place) -> Place {
    match place {
        Place::Host(zone, _) => Place::Zone(zone),
        other => other,
    }
}

/// The `allow`s in force between two places or their hosts.
fn listing(policy: &Policy, at: Date, from: Place, to: Place) -> Vec<usize> {
    let has = |spots: &[Spot], place| spots.iter().any(|spot| zone_of(spot.place) == place);
    let all = policy.allows.iter().enumerate();
    all.filter(|(_, a)| a.in_force(at) && has(&a.from, from) && has(&a.to, to))
        .map(|(index, _)| index)
        .collect()
}

/// What is the same for every pair of a family.
struct Common<'v, 'a> {
    view: &'v View<'a>,
    /// Openings that are not for the switches themselves: management, DHCP to a relay are no matter between two zones.
    openings: PacketSet,
}

impl Common<'_, '_> {
    fn opens(&self, from: &[Spot], to: &[Spot]) -> Opens {
        let pairs = from.iter().flat_map(|a| to.iter().map(move |b| (a, b)));
        pairs
            .map(|(a, b)| self.one(a, b))
            .max()
            .unwrap_or(Opens::Nothing)
    }

    fn one(&self, from: &Spot, to: &Spot) -> Opens {
        let (view, space) = (self.view, self.view.space());
        let Some(origin) = view.origin(from.at) else {
            return Opens::Nothing;
        };
        match only::beside(view, from, to) {
            only::Beside::Inside => return Opens::Nothing,
            only::Beside::OneLink => return Opens::Neighbours,
            only::Beside::Apart => {}
        }
        let spread = view.spread_of(origin, Side::May);
        // Most pairs end here, before anything of the size of the network is looked at.
        let quiet = |link: usize| space.disjoint(spread.delivered[link], self.openings);
        if matches!(to.at, At::Link(..)) && view.link_of(to.at).is_none_or(quiet) {
            return Opens::Nothing;
        }
        let arrived = space.intersect(view.arrivals(&spread, to), self.openings);
        // What this place itself can send: the neighbours on its link have rows of their own.
        let arrived = space.intersect(arrived, view.from(from.addrs.of(view.family)));
        if space.is_empty(arrived) {
            return Opens::Nothing;
        }
        let requests = view.halves.iter().filter(|half| {
            !half.reply && half.family == view.family && view.origin(half.from.at) == Some(origin)
        });
        let boxes: Vec<_> = requests
            .flat_map(super::spec::Half::with_companions)
            .collect();
        let rest = space.minus(arrived, space.of_matches(&boxes));
        if space.is_empty(rest) {
            return Opens::Listed;
        }
        match space.subset(rest, only::replies(view, origin, to)) {
            true => Opens::Holes,
            false => Opens::Unlisted,
        }
    }
}

fn works_of(views: &[View<'_>], allow: usize) -> [Option<Verdict>; 2] {
    [false, true].map(|reply| {
        let mut worst = None;
        for view in views {
            let mine = |half: &&Half| {
                half.allow == allow && half.reply == reply && half.family == view.family
            };
            let halves: Vec<Half> = view.halves.iter().filter(mine).cloned().collect();
            if !halves.is_empty() && works::asks(std::slice::from_ref(view), &halves) {
                worst = worst.max(Some(works::check(view, &halves).0));
            }
        }
        worst
    })
}
