//! An approval against a change: what the change opens and closes, end to end, is what was approved, and nothing else.
//!
//! In: two states of a network and what may be opened and closed, as sessions. Out: a verdict, and each thing that was not
//! approved or does not happen, with a packet. The states are compared on arrivals (D27), under the same reading of both.

use super::arrivals::{Arrivals, End, Pair, arrivals, gained, in_each_family, show};
use super::equality::{Ends, Reached, high, no_list_between};
use super::replay::OurBug;
use super::spec::{Half, companions};
use super::view::View;
use super::world::{World, open_facts};
use super::{Verdict, works};
use crate::acl::{Question, Reading};
use crate::model::{At, Policy};
use crate::net::{ByteSet, Flow, Match};
use crate::pset::Limits;
use crate::pset::{Bounds, PacketSet, Space};
use crate::reach::{Side, Trace};
use crate::topo::Named;
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

/// One state and what was approved of it.
pub struct State<'p> {
    /// Names the places of the state.
    pub policy: &'p Policy,
    /// As read.
    pub devices: &'p [Arc<Named>],
    /// Of the new state: sessions that may be opened. Of the old one: those that may be closed.
    pub sessions: Vec<Half>,
}

/// What is the matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Matter {
    /// Gets through now, and nobody approved it.
    Opened,
    /// Gets through no longer, and nobody approved that.
    Closed,
    /// Was approved to be opened, and does not work.
    NotOpened,
    /// Was approved to be closed, and still gets through.
    NotClosed,
}

/// A packet that the approval does not fit.
#[derive(Clone, Debug)]
pub struct Misfit {
    /// What is the matter.
    pub matter: Matter,
    /// Link of injection, or place.
    pub from: String,
    /// Where it arrives.
    pub to: String,
    /// Under every reading.
    pub certain: bool,
    /// The packet.
    pub flow: Flow,
    /// Its way in the state where it gets through, or is to.
    pub trace: Trace,
    /// Other packets of the same kind, as boxes; at most a few.
    pub regions: Vec<Match>,
}

/// Open facts that are split on, at most.
const MOST_FACTS: usize = 4;

/// Whether a change does what was approved and nothing else.
///
/// # Errors
/// [`OurBug`] if a packet that is to be shown does not go where the sets say.
pub fn approve(
    old: &State<'_>,
    new: &State<'_>,
    at: Date,
    limits: Limits,
) -> Result<(Verdict, Vec<Misfit>), OurBug> {
    let (verdict, mut misfits) = under(old, new, at, limits, &Reading::new())?;
    if verdict == Verdict::Refuted {
        // What the bounds leave open is often no misfit at all once the facts are looked at one by one.
        misfits.retain(|misfit| misfit.certain);
    }
    if verdict != Verdict::Unknown {
        return Ok((verdict, misfits));
    }
    let both: Vec<Arc<Named>> = old.devices.iter().chain(new.devices).cloned().collect();
    let facts: BTreeSet<Question> = open_facts(&both).into_iter().collect();
    let facts: Vec<Question> = facts.into_iter().take(MOST_FACTS).collect();
    let mut all = Vec::new();
    for bits in 0u32..1 << facts.len() {
        let answers = facts.iter().enumerate();
        let reading = answers.map(|(i, fact)| (fact.clone(), bits >> i & 1 == 1));
        all.push(under(old, new, at, limits, &reading.collect())?);
    }
    let first = all[0].0;
    Ok(match all.iter().all(|(verdict, _)| *verdict == first) {
        true if first != Verdict::Unknown => all.swap_remove(0),
        _ => (Verdict::Unknown, misfits),
    })
}

fn under(
    old: &State<'_>,
    new: &State<'_>,
    at: Date,
    limits: Limits,
    reading: &Reading,
) -> Result<(Verdict, Vec<Misfit>), OurBug> {
    let worlds = [old, new].map(|state| {
        let mut world = World::new(state.policy, at, state.devices, reading);
        world.halves = Rc::new(state.sessions.clone());
        world
    });
    let answers = in_each_family(&worlds, limits, |views| one_family(&views[0], &views[1]));
    let mut misfits = Vec::new();
    let mut verdict = Verdict::Proved;
    for answer in answers {
        match answer {
            None => verdict = verdict.max(Verdict::Unknown),
            Some(found) => misfits.extend(found?),
        }
    }
    let worst = misfits.iter().map(|misfit| match misfit.certain {
        true => Verdict::Refuted,
        false => Verdict::Unknown,
    });
    Ok((verdict.max(Verdict::worst(worst)), misfits))
}

fn one_family(old: &View<'_>, new: &View<'_>) -> Result<Vec<Misfit>, OurBug> {
    let [before, after] = [arrivals(old), arrivals(new)];
    let mut found = beyond(new, &before, &after, Matter::Opened)?;
    found.extend(beyond(old, &after, &before, Matter::Closed)?);
    found.extend(not_opened(new)?);
    found.extend(not_closed(new, old)?);
    Ok(found)
}

/// What arrives in this view's state, and not in the other, without a session of the view that says so.
fn beyond(
    view: &View<'_>,
    less: &Arrivals,
    more: &Arrivals,
    matter: Matter,
) -> Result<Vec<Misfit>, OurBug> {
    let space = view.space();
    let ends = Ends::of(view);
    let mut found = Vec::new();
    for (pair, set) in gained(space, less, more) {
        let approved = approved(view, &ends, &pair);
        let rest = Bounds {
            must: space.minus(set.must, approved),
            may: space.minus(set.may, approved),
        };
        if space.is_empty(rest.may) {
            continue;
        }
        let certain = !space.is_empty(rest.must);
        let part = if certain { rest.must } else { rest.may };
        if let Some((flow, trace)) = show(view, &pair, part, certain)? {
            found.push(Misfit {
                matter,
                from: pair.0.clone(),
                to: pair.1.name(),
                certain,
                flow,
                trace,
                regions: few(space, part),
            });
        }
    }
    Ok(found)
}

const MOST_REGIONS: usize = 64;

fn few(space: &Space, set: PacketSet) -> Vec<Match> {
    space.regions(set, MOST_REGIONS).list
}

/// The approved sessions, with replies and companions, between a link and an end. Own addresses of a switch are opened by
/// naming the switch, and by nothing else.
fn approved(view: &View<'_>, ends: &Ends, (from, end): &Pair) -> PacketSet {
    let topo = view.topo;
    let index = |name: &str| (0..topo.links.len()).find(|&link| topo.link_name(link) == name);
    let Some(link) = index(from) else {
        return view.space().empty();
    };
    let place = no_list_between(topo, link);
    match end {
        End::Link(name) => index(name).map(|to| high(view, ends, &place, Reached::Link(to))),
        End::NextHop(name, addr) => {
            index(name).map(|to| high(view, ends, &place, Reached::NextHop(to, *addr)))
        }
        End::Own(name) => Some(to_switch(view, link, name)),
    }
    .unwrap_or(view.space().empty())
}

fn to_switch(view: &View<'_>, link: usize, device: &str) -> PacketSet {
    let ours = |half: &&Half| {
        let target = half.target().at;
        let named =
            matches!(target, At::Switch(id) if view.policy.network.switch(id).label.name == device);
        named && half.family == view.family
    };
    let boxes = view.halves.iter().filter(ours).filter(|half| {
        let start = view.link_of(half.source().at);
        start == Some(link) || start.is_some_and(|start| crosses(view, half, start, link))
    });
    let boxes: Vec<Match> = boxes.flat_map(|half| companions(&half.core)).collect();
    view.space().of_matches(&boxes)
}

/// Whether packets of a session are put on a link on their way.
fn crosses(view: &View<'_>, half: &Half, start: usize, link: usize) -> bool {
    let (space, crossing) = (view.space(), view.spread(start, Side::May));
    !space.disjoint(crossing.crossing[link], space.of_matches(&half.core))
}

/// Approved sessions that do not work now (D42).
fn not_opened(view: &View<'_>) -> Result<Vec<Misfit>, OurBug> {
    let (_, missing) = works::check(view, view.halves);
    let space = view.space();
    let mut found = Vec::new();
    for m in missing {
        let certain = !space.is_empty(m.certain);
        let set = if certain { m.certain } else { m.possible };
        let Some(flow) = super::replay::pick(view, set, Some(&m.source), &m.target) else {
            continue;
        };
        let lost = super::replay::lost(
            view, "approved", flow, &m.source, &m.target, m.reply, !certain,
        )?;
        found.push(Misfit {
            matter: Matter::NotOpened,
            from: lost.from,
            to: lost.to,
            certain,
            flow: lost.flow,
            trace: lost.trace,
            regions: few(space, set),
        });
    }
    Ok(found)
}

/// Requests that were approved to be closed and still arrive.
fn not_closed(new: &View<'_>, old: &View<'_>) -> Result<Vec<Misfit>, OurBug> {
    let space = new.space();
    let mut found = Vec::new();
    for half in old
        .halves
        .iter()
        .filter(|h| !h.reply && h.family == new.family)
    {
        let Some(link) = new.link_of(half.source().at) else {
            continue;
        };
        let boxes = space.intersect(space.of_matches(&half.core), new.sets.openings);
        let [may, must] = [Side::May, Side::Must].map(|side| {
            let arrived = new.arrivals(&new.spread(link, side), half.target());
            space.intersect(arrived, boxes)
        });
        if space.is_empty(may) {
            continue;
        }
        let certain = !space.is_empty(must);
        let part = if certain { must } else { may };
        let Some(flow) = super::replay::pick(new, part, Some(half.source()), half.target()) else {
            continue;
        };
        let origin = super::view::Origin::Link(link);
        let shown = super::replay::through(
            new,
            "approved",
            flow,
            origin,
            Some(half.source()),
            half.target(),
            !certain,
        )?;
        found.push(Misfit {
            matter: Matter::NotClosed,
            from: shown.from,
            to: shown.to,
            certain,
            flow: shown.flow,
            trace: shown.trace,
            regions: few(space, part),
        });
    }
    Ok(found)
}

/// The sessions of a `forbid`, as an `allow` of the same words would have them; without services, everything both ways.
#[must_use]
pub fn forbidden(policy: &Policy) -> Vec<Half> {
    let mut halves = Vec::new();
    for forbid in &policy.forbids {
        if let Some(terms) = &forbid.terms {
            halves.extend(super::spec::halves_of(
                policy,
                &forbid.from,
                &forbid.to,
                terms,
            ));
            continue;
        }
        for a in &forbid.from {
            for b in &forbid.to {
                for family in crate::net::Family::BOTH {
                    let (src, dst) = (a.addrs.of(family), b.addrs.of(family));
                    if src.is_empty() || dst.is_empty() {
                        continue;
                    }
                    let make = |reply: bool| {
                        let (src, dst) = if reply { (dst, src) } else { (src, dst) };
                        Half {
                            allow: usize::MAX,
                            from: a.clone(),
                            to: b.clone(),
                            family,
                            reply,
                            core: vec![Match::between(src.to_set(), dst.to_set())],
                            protocol: ByteSet::FULL,
                            required: Vec::new(),
                            stateless: false,
                            anywhere: false,
                        }
                    };
                    halves.extend([make(false), make(true)]);
                }
            }
        }
    }
    halves
}
