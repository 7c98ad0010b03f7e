//! `logged` (D41): what is dropped of a set of packets is dropped by an entry that logs.
//!
//! It is a forbidding claim: no packet, in no state, is dropped in silence. What a list drops in silence is what its twin
//! permits in which every deny without `log`, the end of the list among them, is a permit and everything else a deny. A
//! packet that no route leads on is dropped in silence too; what nobody routes (D33) is no drop. Must not know: wording.

use super::evaluate::Answer;
use super::only::{any_client, request_box, sources};
use super::replay::{OurBug, name, pick};
use super::view::{Origin, View};
use super::{Verdict, Witness, WitnessKind};
use crate::acl::{Ace, Acl, Action, Direction, Known};
use crate::device::{EffectClass, Scope};
use crate::model::{Spot, Term};
use crate::net::{Flow, Match};
use crate::pset::{Bounds, PacketSet};
use crate::reach::{End, Hop, HopAction, HopKind, Side, Spread, Trace, Walker};
use crate::topo::Topo;
use std::cell::Cell;

/// Packets that are dropped in silence, from one place to another.
struct Silent {
    /// The link they start on.
    link: usize,
    /// Whose neighbours they are.
    from: Spot,
    /// Where they were to go.
    to: Spot,
    /// Under some reading.
    may: PacketSet,
    /// Under every reading.
    must: PacketSet,
}

/// The verdict in one family, what is dropped in silence, and whether anything was asked.
fn check(
    view: &View<'_>,
    from: &[Spot],
    to: &[Spot],
    services: Option<&[Term]>,
) -> (Verdict, Vec<Silent>, bool) {
    let space = view.space();
    let lists = Lists::of(view);
    let wanted = wanted(view, services);
    let (mut found, mut asked) = (Vec::new(), false);
    for source in from {
        let Some(Origin::Link(link)) = view.origin(source.at) else {
            continue;
        };
        if view.topo.routers_of(link, view.family).next().is_none() {
            continue;
        }
        let dropped = |side| lists.dropped(view, &view.spread(link, side), side);
        let (may, must) = (dropped(Side::May), dropped(Side::Must));
        for target in to.iter().filter(|spot| apart(view, source, spot)) {
            asked = true;
            let named = space.intersect(view.to(target.addrs.of(view.family)), wanted);
            let named = space.intersect(named, sources(view, source));
            let silent = Silent {
                link,
                from: source.clone(),
                to: target.clone(),
                may: space.intersect(may, named),
                must: space.intersect(must, named),
            };
            if !space.is_empty(silent.may) {
                found.push(silent);
            }
        }
    }
    let verdicts = found
        .iter()
        .map(|silent| match space.is_empty(silent.must) {
            true => Verdict::Unknown,
            false => Verdict::Refuted,
        });
    (Verdict::worst(verdicts), found, asked)
}

/// On another link, with addresses of the family.
pub(super) fn apart(view: &View<'_>, source: &Spot, target: &Spot) -> bool {
    let vlan = |spot: &Spot| view.policy.network.vlan_of(spot.at);
    let one_link = vlan(target).is_some() && vlan(source) == vlan(target);
    !one_link && !target.addrs.of(view.family).is_empty()
}

/// Requests of the services, or everything.
pub(super) fn wanted(view: &View<'_>, services: Option<&[Term]>) -> PacketSet {
    match services {
        None => view.space().full(),
        Some(terms) => {
            let boxes: Vec<Match> = terms
                .iter()
                .filter_map(|term| request_box(view, term, &any_client(view)))
                .collect();
            view.space().of_matches(&boxes)
        }
    }
}

/// Per port and direction: what is dropped there in silence.
struct Lists {
    inward: Vec<Bounds>,
    outward: Vec<Bounds>,
}

impl Lists {
    fn of(view: &View<'_>) -> Lists {
        let side = |direction| {
            (0..view.topo.ports.len())
                .map(|port| at_port(view, port, direction))
                .collect()
        };
        Lists {
            inward: side(Direction::In),
            outward: side(Direction::Out),
        }
    }

    /// What of the packets of a spread is dropped in silence somewhere.
    fn dropped(&self, view: &View<'_>, spread: &Spread, side: Side) -> PacketSet {
        let space = view.space();
        let pick = |bounds: Bounds| match side {
            Side::May => bounds.may,
            Side::Must => bounds.must,
        };
        let mut all = space.empty();
        for port in 0..view.topo.ports.len() {
            let (mut came, mut leaves) = (
                asked_of(view, port, spread.at[port], side),
                spread.leaving[port],
            );
            if side == Side::May {
                // A frame on the link may cross a switch whose lists there see bridged frames (D25).
                let sees = &view.topo.device(port).sees;
                let link = view.topo.ports[port].link;
                let frames = |fact: &Known| match fact.may() {
                    true => frames(view, spread, link),
                    false => space.empty(),
                };
                came = space.union(came, frames(&sees.bridged_in));
                leaves = space.union(leaves, frames(&sees.bridged_out));
            }
            let dropped = space.intersect(came, pick(self.inward[port]));
            all = space.union(all, dropped);
            let dropped = space.intersect(leaves, pick(self.outward[port]));
            all = space.union(all, dropped);
        }
        if side == Side::May {
            // Whether a line about the switch's own services logs what it drops is not modelled.
            for (named, &local) in view.topo.devices.iter().zip(&spread.local) {
                let guards: Vec<Match> = named.device.guards(view.family).map(|(_, m)| m).collect();
                let dropped = space.intersect(local, space.of_matches(&guards));
                all = space.union(all, dropped);
            }
        }
        let lost = spread.routeless.iter();
        lost.fold(all, |all, &lost| space.union(all, lost))
    }
}

/// What a spread puts on a link.
fn frames(view: &View<'_>, spread: &Spread, link: usize) -> PacketSet {
    let space = view.space();
    let handed = spread.handed.iter().filter(|((on, _), _)| *on == link);
    let put = space.union(spread.delivered[link], spread.crossing[link]);
    let put = handed.fold(put, |all, (_, &set)| space.union(all, set));
    // What was injected there has been presented to every router on it.
    let ports = view.topo.links[link].ports.iter();
    ports.fold(put, |all, &port| space.union(all, spread.at[port]))
}

/// What of the packets at a port meets its in-list: those to the switch as the fact says (D18).
pub(super) fn asked_of(view: &View<'_>, port: usize, came: PacketSet, side: Side) -> PacketSet {
    let space = view.space();
    let fact = &view.topo.device(port).sees.to_switch;
    let asked = match side {
        Side::May => fact.may(),
        Side::Must => *fact == Known::Yes,
    };
    if asked || space.is_empty(came) {
        return came;
    }
    let device = view.topo.ports[port].device;
    let own = view
        .topo
        .own(device, &view.topo.interface(port).vrf, view.family);
    space.minus(came, view.to(&own))
}

fn at_port(view: &View<'_>, port: usize, direction: Direction) -> Bounds {
    let space = view.space();
    let device = view.topo.device(port);
    let binding = view.topo.interface(port).binding(view.family, direction);
    let mut bounds = match binding {
        None => Bounds {
            must: space.empty(),
            may: space.empty(),
        },
        Some(binding) => space.permitted(&silent(&device.acls[binding.acl])),
    };
    let here = |scope: &Scope| match scope {
        Scope::Interface(index, way) => {
            *index == view.topo.ports[port].interface && way.is_none_or(|way| way == direction)
        }
        Scope::Vrf(vrf) => *vrf == view.topo.interface(port).vrf,
        Scope::Device => true,
        Scope::Own(..) => false,
    };
    let mut narrows = device.effects.iter();
    if narrows.any(|effect| effect.class == EffectClass::Narrows && here(&effect.scope)) {
        bounds.may = space.full();
    }
    bounds
}

/// The list whose permits are what a list drops in silence.
fn silent(acl: &Acl) -> Acl {
    let turned = |ace: &Ace| Ace {
        action: match ace.action {
            Action::Deny if !ace.log => Action::Permit,
            Action::Permit | Action::Deny => Action::Deny,
            Action::Unread => Action::Unread,
        },
        ..ace.clone()
    };
    Acl {
        entries: acl.entries.iter().map(turned).collect(),
        tail: acl.tail.iter().map(turned).collect(),
        ..acl.clone()
    }
}

/// The answer to a claim.
pub(super) fn answer(
    views: &[View<'_>],
    claim: &str,
    from: &[Spot],
    to: &[Spot],
    services: Option<&[Term]>,
) -> Result<Answer, OurBug> {
    let mut answer = Answer::proved();
    let mut asked = false;
    for view in views {
        let (verdict, found, here) = check(view, from, to, services);
        asked |= here;
        if verdict <= answer.verdict {
            continue;
        }
        answer = Answer::both(verdict);
        let refuted = verdict == Verdict::Refuted;
        let shown = found
            .iter()
            .find(|silent| !refuted || !view.space().is_empty(silent.must));
        if let Some(silent) = shown {
            show(view, claim, silent, refuted, &mut answer)?;
        }
    }
    match asked {
        true => Ok(answer),
        false => Ok(Answer::unknown("vacuous")),
    }
}

/// Ways of a packet that are looked at for the one that ends in silence.
const MOST_WAYS: usize = 200;

fn show(
    view: &View<'_>,
    claim: &str,
    silent: &Silent,
    refuted: bool,
    answer: &mut Answer,
) -> Result<(), OurBug> {
    let set = if refuted { silent.must } else { silent.may };
    let Some(flow) = pick(view, set, Some(&silent.from), &silent.to) else {
        return Ok(());
    };
    let trace = way(view, silent.link, &flow);
    if refuted && trace.is_none() {
        return Err(OurBug {
            claim: claim.to_owned(),
            flow: flow.to_string(),
        });
    }
    // What may only be dropped has no certain way to show.
    let trace = trace.unwrap_or_else(|| {
        let walker = Walker::new(view.topo, view.beyond());
        walker.walk(&flow, silent.link, None, true, &|_| true).0
    });
    answer.because.clone_from(&trace.because);
    let witness = Witness {
        flow,
        kind: WitnessKind::Request,
        trace,
        from: name(view, &silent.from),
        to: name(view, &silent.to),
    };
    if refuted {
        answer.because.clear();
        answer.witness = Some(witness);
    } else {
        answer.candidate = Some(witness);
    }
    Ok(())
}

/// A way of a packet that ends in silence.
fn way(view: &View<'_>, link: usize, flow: &Flow) -> Option<Trace> {
    let walker = Walker::new(view.topo, view.beyond());
    (0..MOST_WAYS).find_map(|nth| {
        let seen = Cell::new(0);
        let wanted = |end: &End| {
            let dropped = *end == End::Dropped;
            let this = seen.get();
            seen.set(this + usize::from(dropped));
            dropped && this == nth
        };
        let (trace, end) = walker.walk(flow, link, None, false, &wanted);
        let silent = trace
            .hops
            .last()
            .is_some_and(|hop| ends_silently(view.topo, hop));
        (end == End::Dropped && silent).then_some(trace)
    })
}

/// Whether a way ended in silence: at a deny that does not log, at the end of a list, or without a route.
fn ends_silently(topo: &Topo, hop: &Hop) -> bool {
    if hop.kind == HopKind::Route {
        return true;
    }
    let dropped = matches!(hop.action, HopAction::Deny | HopAction::Unknown);
    if hop.kind != HopKind::List || !dropped {
        return false;
    }
    let mut devices = topo.devices.iter();
    let device = devices.find(|named| named.name == hop.device);
    let acl = device.and_then(|named| {
        let mut acls = named.device.acls.iter();
        acls.find(|acl| Some(&acl.name) == hop.acl.as_ref() && entry(acl, hop.line).is_some())
    });
    let ace = acl.and_then(|acl| entry(acl, hop.line));
    hop.line.is_none() || ace.is_some_and(|ace| !ace.log || ace.action == Action::Unread)
}

fn entry(acl: &Acl, line: Option<u32>) -> Option<&Ace> {
    acl.all().find(|ace| line.is_some() && ace.line == line)
}
