//! What has to be shown for a claim, as data: a certificate writes it down, and whoever reads it needs no packet set.
//!
//! In: a view and a claim. Out: obligations on what was read from text. They are those that [`super::only`],
//! [`super::works`], [`super::spoof`], [`super::relay`], [`super::logged`] and [`super::filtered`] decide with sets; here
//! nothing is decided.

mod carried;
mod logged;
mod packets;
mod relay;

pub(super) use packets::packets;

use super::only::{self, Beside, Only};
use super::view::{Origin, View};
use super::world::World;
use super::{filtered, spec, spoof};
use crate::model::{At, Claim, ClaimKind, Spot};
use crate::net::{AddrRanges, AddrSet, Family, Match};
use crate::pset::PacketSet;
use crate::reach::Goal;
use crate::verify::spec::Half;

/// What has to be shown.
pub enum Need {
    /// All that gets from places to places is listed or a reply.
    Nothing(Vec<NothingBut>),
    /// Packets get where they are to get, whichever state holds.
    Carried(Vec<Journey>),
    /// Interfaces have a list for what comes in: port and family.
    Filtered(Vec<(usize, Family)>),
    /// No host can be opened and itself open what it must not.
    NoRelay(Vec<Relay>),
    /// Nothing is dropped without a log.
    Logged(Vec<Logged>),
}

/// The hosts of a link that somebody opens, and what they open (D41).
pub struct Relay {
    /// The family.
    pub family: Family,
    /// The link of the hosts.
    pub link: usize,
    /// Every host of it that may be opened.
    pub hosts: AddrSet,
    /// Declared gateways, and routers.
    pub spared: AddrRanges,
    /// Who opens them from another link.
    pub opened: Option<Opened>,
    /// What neighbours on the link open.
    pub beside: AddrRanges,
    /// What the hosts open.
    pub onward: Vec<NothingBut>,
}

/// Who opens hosts from another link.
pub struct Opened {
    /// Where packets start.
    pub origin: Origin,
    /// Only these sources count (D40).
    pub sources: Option<AddrRanges>,
    /// Replies.
    pub replies: Vec<Match>,
}

/// Packets that are not dropped without a log, wherever they get to.
pub struct Logged {
    /// The family.
    pub family: Family,
    /// Where they start.
    pub origin: Origin,
    /// The packets.
    pub packets: PacketSet,
}

/// All that arrives at one place from one origin is listed, or a reply.
pub struct NothingBut {
    /// The family.
    pub family: Family,
    /// Where packets start, with any source address.
    pub origin: Origin,
    /// Only these sources count (D40).
    pub sources: Option<AddrRanges>,
    /// Only these packets count (`: S` of `none`).
    pub requests: Option<Vec<Match>>,
    /// Where they arrive.
    pub into: Into,
    /// What is listed.
    pub listed: Vec<Match>,
    /// Replies; an opening TCP packet is none.
    pub replies: Vec<Match>,
    /// Every packet counts, not only those that open (D35).
    pub strict: bool,
}

/// Where packets arrive.
pub enum Into {
    /// Delivered on a link to one of `dst`, or taken by a switch as one of its own `local` addresses.
    Link {
        /// The link.
        link: usize,
        /// Destinations.
        dst: AddrRanges,
        /// Own addresses.
        local: AddrRanges,
    },
    /// Handed to one of these hosts of a link.
    Handed {
        /// The link.
        link: usize,
        /// The hosts.
        hosts: AddrRanges,
    },
    /// Taken by a device as one of its own addresses.
    Device(usize),
    /// Put on any link but this one.
    Elsewhere(usize),
    /// The two are on one link: between these addresses everything passes (D25).
    Neighbour {
        /// From.
        src: AddrRanges,
        /// To.
        dst: AddrRanges,
    },
}

/// Packets that must get to a goal.
pub struct Journey {
    /// The family.
    pub family: Family,
    /// Where they start.
    pub start: Start,
    /// The packets, as disjoint boxes.
    pub packets: PacketSet,
    /// Where they must get.
    pub goal: End,
}

/// Where a journey starts.
pub enum Start {
    /// At each of these ports: the first hops of a host.
    Ports(Vec<usize>),
    /// Made by a device, in a VRF.
    Device(usize, String),
}

/// Where a journey ends.
pub enum End {
    /// At a goal of the network.
    Goal(Goal),
    /// Past the in-list of this port.
    Entered(usize),
    /// Past the out-list of this port.
    Left(usize),
}

/// The obligations of a claim, or `None` where they have no such form (`logged` over lists that may drop or not; what
/// must work through routers without a text).
#[must_use]
pub fn need(world: &World<'_>, views: &[View<'_>], claim: &Claim) -> Option<Need> {
    match &claim.kind {
        ClaimKind::Only { .. } => {
            let parts = Only::of(&claim.kind)?;
            let each = views.iter();
            let all = each.flat_map(|view| nothing_but(world, view, &parts, claim.strict));
            Some(Need::Nothing(all.collect()))
        }
        ClaimKind::NoSpoof { from } => {
            let each = views.iter().flat_map(|view| no_spoof(view, from));
            Some(Need::Nothing(each.collect()))
        }
        ClaimKind::Works { .. } | ClaimKind::AllowsWork
            if world.topo.devices.iter().any(|d| d.device.is_opaque()) =>
        {
            None
        }
        ClaimKind::Works { .. } | ClaimKind::AllowsWork => {
            Some(Need::Carried(journeys(world, views, &claim.kind)))
        }
        ClaimKind::Filtered { of } => {
            let ports = filtered::ports(world.policy, &world.topo, of);
            let carries = |port: usize, family: Family| world.topo.interface(port).carries(family);
            let both = |port: usize| Family::BOTH.map(|family| (port, family));
            let each = ports.into_iter().flat_map(both);
            let each = each.filter(|&(port, family)| carries(port, family));
            Some(Need::Filtered(each.collect()))
        }
        ClaimKind::NoRelay { from, to, except } => {
            let each = views.iter();
            let all = each.flat_map(|view| relay::relays(view, from, to, except));
            Some(Need::NoRelay(all.collect()))
        }
        ClaimKind::Logged { from, to, services } => {
            let each = views.iter();
            let all = each.map(|view| logged::logged(view, from, to, services.as_deref()));
            let all: Option<Vec<Vec<Logged>>> = all.collect();
            Some(Need::Logged(all?.into_iter().flatten().collect()))
        }
    }
}

/// What a claim that something works must carry, also through routers without a text.
fn journeys(world: &World<'_>, views: &[View<'_>], kind: &ClaimKind) -> Vec<Journey> {
    let named;
    let halves: Vec<&Half> = match kind {
        ClaimKind::Works { from, to, terms } => {
            named = spec::halves_of(world.policy, from, to, terms);
            named.iter().collect()
        }
        _ => world.halves.iter().collect(),
    };
    let each = views.iter();
    each.flat_map(|view| carried::journeys(view, &halves))
        .collect()
}

/// The questions of [`only::check`], in its order.
fn nothing_but(
    world: &World<'_>,
    view: &View<'_>,
    claim: &Only<'_>,
    strict: bool,
) -> Vec<NothingBut> {
    let mut all = Vec::new();
    for from in claim.from {
        let Some(origin) = view.origin(from.at) else {
            continue;
        };
        for to in claim.to {
            let text_decides = matches!(to.at, At::Switch(_));
            let nobody = to.addrs.of(view.family).is_empty();
            if nobody && !text_decides && !only::may_have_strangers(view, to) {
                continue;
            }
            match only::beside(view, from, to) {
                Beside::Inside => {}
                Beside::OneLink => all.push(neighbours(view, claim, origin, (from, to), strict)),
                Beside::Apart => {
                    all.extend(one(view, claim, origin, Some(from), to, strict));
                }
            }
        }
    }
    for &link in &world.unnamed {
        let origin = Origin::Link(link);
        let each = claim.to.iter();
        all.extend(each.flat_map(|to| one(view, claim, origin, None, to, strict)));
    }
    all
}

fn neighbours(
    view: &View<'_>,
    claim: &Only<'_>,
    origin: Origin,
    (from, to): (&Spot, &Spot),
    strict: bool,
) -> NothingBut {
    NothingBut {
        family: view.family,
        origin,
        sources: None,
        requests: only::request_boxes(view, claim),
        into: Into::Neighbour {
            src: from.addrs.of(view.family).clone(),
            dst: to.addrs.of(view.family).clone(),
        },
        listed: of_family(view, only::listed_boxes(view, claim, Some(from))),
        replies: of_family(view, only::reply_boxes(view, origin, to)),
        strict,
    }
}

/// Sessions of both families are asked; only those of the view's are of use.
fn of_family(view: &View<'_>, boxes: Vec<Match>) -> Vec<Match> {
    boxes
        .into_iter()
        .filter(|m| m.family == view.family)
        .collect()
}

/// What must be shown of one origin and one target; a target without a link or a text can be reached by nothing.
fn one(
    view: &View<'_>,
    claim: &Only<'_>,
    origin: Origin,
    from: Option<&Spot>,
    to: &Spot,
    strict: bool,
) -> Option<NothingBut> {
    let link = view.link_of(to.at);
    let into = match to.at {
        At::Link(..) => {
            let link = link?;
            let (dst, local) = view.arrival_addrs(to, link);
            Into::Link { link, dst, local }
        }
        At::External(id) => Into::Handed {
            link: link?,
            hosts: view
                .policy
                .network
                .external(id)
                .behind
                .of(view.family)
                .clone(),
        },
        At::Switch(_) => Into::Device(view.device_of(to.at)?),
    };
    Some(NothingBut {
        family: view.family,
        origin,
        sources: from.and_then(|from| sources(view, from)),
        requests: only::request_boxes(view, claim),
        into,
        listed: of_family(view, only::listed_boxes(view, claim, from)),
        replies: of_family(view, only::reply_boxes(view, origin, to)),
        strict,
    })
}

/// The sources that count: all, or those that people attest (D40).
fn sources(view: &View<'_>, from: &Spot) -> Option<AddrRanges> {
    let link = view.link_of(from.at)?;
    let attested = view.authentic(link);
    attested.then(|| from.addrs.of(view.family).clone())
}

fn no_spoof(view: &View<'_>, from: &[Spot]) -> Vec<NothingBut> {
    let mut links: Vec<usize> = from
        .iter()
        .filter_map(|spot| view.link_of(spot.at))
        .collect();
    links.sort_unstable();
    links.dedup();
    // Where people attest it, nothing is injected with a source that is not there (D40).
    links.retain(|&link| !view.authentic(link));
    let one = |link| NothingBut {
        family: view.family,
        origin: Origin::Link(link),
        sources: None,
        requests: None,
        into: Into::Elsewhere(link),
        listed: vec![Match {
            src: spoof::sources_of(view, link).to_set(),
            ..Match::any(view.family)
        }],
        replies: Vec::new(),
        strict: true,
    };
    links.into_iter().map(one).collect()
}
