//! What has to be shown for a claim, as data: a certificate writes it down, and whoever reads it needs no packet set.
//!
//! In: a view and a claim. Out: obligations on what was read from text. They are those that [`super::only`],
//! [`super::works`], [`super::spoof`] and [`super::filtered`] decide with sets; here nothing is decided.

use super::only::{self, Beside, Only};
use super::spec::Half;
use super::view::{Origin, View};
use super::world::World;
use super::{filtered, spec, spoof, works};
use crate::model::{At, Claim, ClaimKind, Spot};
use crate::net::{AddrRanges, Family, Match};
use crate::pset::PacketSet;
use crate::reach::Goal;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr};

/// What has to be shown.
pub enum Need {
    /// All that gets from places to places is listed or a reply.
    Nothing(Vec<NothingBut>),
    /// Packets get where they are to get, whichever state holds.
    Carried(Vec<Journey>),
    /// Interfaces have a list for what comes in: port and family.
    Filtered(Vec<(usize, Family)>),
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
    /// Past the in-list of the port where it started.
    Entered,
    /// Past the out-list of this port.
    Left(usize),
}

/// The obligations of a claim, or `None` where this has no such form (`no-relay`, `logged`).
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
        ClaimKind::Works { from, to, terms } => {
            let halves = spec::halves_of(world.policy, from, to, terms);
            let halves: Vec<&Half> = halves.iter().collect();
            let each = views.iter().flat_map(|view| carried(view, &halves));
            Some(Need::Carried(each.collect()))
        }
        ClaimKind::AllowsWork => {
            let halves: Vec<&Half> = world.halves.iter().collect();
            let each = views.iter().flat_map(|view| carried(view, &halves));
            Some(Need::Carried(each.collect()))
        }
        ClaimKind::Filtered { of } => {
            let ports = filtered::ports(world.policy, &world.topo, of);
            let carries = |port: usize, family: Family| world.topo.interface(port).carries(family);
            let both = |port: usize| Family::BOTH.map(|family| (port, family));
            let each = ports.into_iter().flat_map(both);
            let each = each.filter(|&(port, family)| carries(port, family));
            Some(Need::Filtered(each.collect()))
        }
        ClaimKind::NoRelay { .. } | ClaimKind::Logged { .. } => None,
    }
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
        listed: of_family(view, only::listed_boxes(view, claim)),
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
    let authentic = |from: &&Spot| {
        view.link_of(from.at)
            .is_some_and(|link| view.authentic(link))
    };
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
        sources: from
            .filter(authentic)
            .map(|from| from.addrs.of(view.family).clone()),
        requests: only::request_boxes(view, claim),
        into,
        listed: of_family(view, only::listed_boxes(view, claim)),
        replies: of_family(view, only::reply_boxes(view, origin, to)),
        strict,
    })
}

fn no_spoof(view: &View<'_>, from: &[Spot]) -> Vec<NothingBut> {
    let mut links: Vec<usize> = from
        .iter()
        .filter_map(|spot| view.link_of(spot.at))
        .collect();
    links.sort_unstable();
    links.dedup();
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

/// The journeys of [`works::check`]: all sessions between two places at once, then the legs of relays.
fn carried(view: &View<'_>, halves: &[&Half]) -> Vec<Journey> {
    let space = view.space();
    let mut pairs: Vec<(&Spot, &Spot, PacketSet)> = Vec::new();
    let mine = halves.iter().filter(|half| half.family == view.family);
    for half in mine.filter(|half| !half.required.is_empty()) {
        let (source, target) = (half.source(), half.target());
        if works::one_link(view, (source.at, target.at)) {
            continue;
        }
        let required = works::required(view, half);
        let known = pairs
            .iter_mut()
            .find(|(a, b, _)| (a.at, b.at) == (source.at, target.at));
        match known {
            Some((.., all)) => *all = space.union(*all, required),
            None => pairs.push((source, target, required)),
        }
    }
    let mut all = Vec::new();
    for (source, target, packets) in pairs {
        all.extend(walks(view, source, packets, || {
            End::Goal(view.goal(target))
        }));
    }
    if view.family == Family::V4 {
        let derived = |half: &&&Half| {
            let allow = view.policy.allows.get(half.allow);
            !half.reply && allow.is_some_and(|allow| allow.dhcp)
        };
        let each = halves.iter().filter(derived);
        all.extend(each.flat_map(|half| relay(view, half)));
    }
    all
}

/// Packets of a place by the first hops that take them.
fn walks(
    view: &View<'_>,
    source: &Spot,
    packets: PacketSet,
    goal: impl Fn() -> End,
) -> Vec<Journey> {
    let space = view.space();
    let zone = match source.at {
        At::Link(zone, vlan) => Some((zone, vlan)),
        At::External(id) => {
            let external = view.policy.network.external(id);
            Some((external.zone, external.vlan))
        }
        At::Switch(_) => None,
    };
    let parts: Vec<(PacketSet, Start)> = match (zone, view.device_of(source.at)) {
        (Some((zone, vlan)), _) => {
            let hops = view.first_hops(zone, vlan).into_iter();
            hops.map(|(dst, ports, _)| (space.intersect(packets, dst), Start::Ports(ports)))
                .collect()
        }
        (None, Some(device)) => {
            let own = |vrf: &str| view.from(&view.topo.own(device, vrf, view.family));
            let vrfs = view.topo.vrfs(device).into_iter();
            vrfs.map(|vrf| {
                let part = space.intersect(packets, own(vrf));
                (part, Start::Device(device, vrf.to_owned()))
            })
            .collect()
        }
        (None, None) => Vec::new(),
    };
    let parts = parts.into_iter().filter(|(part, _)| !space.is_empty(*part));
    let journey = |(packets, start)| Journey {
        family: view.family,
        start,
        packets,
        goal: goal(),
    };
    parts.map(journey).collect()
}

/// The legs of relay for one client link and its servers (D22).
fn relay(view: &View<'_>, half: &Half) -> Vec<Journey> {
    let Some(link) = view.link_of(half.from.at) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for server in half.to.addrs.v4.addrs() {
        let helping = |&port: &usize| {
            let helpers = &view.topo.interface(port).helpers;
            helpers.iter().any(|&helper| IpAddr::V4(helper) == server)
        };
        let ports = view.topo.ports_of(link, Family::V4);
        for port in ports.filter(helping) {
            all.extend(legs(view, half, port, server));
        }
    }
    all
}

fn legs(view: &View<'_>, half: &Half, port: usize, server: IpAddr) -> Vec<Journey> {
    let broadcast = IpAddr::V4(Ipv4Addr::BROADCAST);
    let nobody = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let of = |(a, from), (b, to)| view.space().of_match(&works::udp(a, from, b, to));
    let device = view.topo.ports[port].device;
    let interface = view.topo.interface(port);
    let own = |vrf: String| Start::Device(device, vrf);
    let journey = |start, packets, goal| Journey {
        family: view.family,
        start,
        packets,
        goal,
    };
    let discover = of((works::host(nobody), 68), (works::host(broadcast), 67));
    let mut all = vec![journey(Start::Ports(vec![port]), discover, End::Entered)];
    let address = interface
        .addrs
        .iter()
        .map(IpNet::addr)
        .find(IpAddr::is_ipv4);
    let Some(address) = address else {
        return all;
    };
    let ask = of((works::host(address), 67), (works::host(server), 67));
    let there = End::Goal(view.goal(&half.to));
    all.push(journey(own(interface.vrf.clone()), ask, there));
    let answer = of((works::host(server), 67), (works::host(address), 67));
    let home = || {
        End::Goal(Goal {
            local: Some(device),
            ..Goal::default()
        })
    };
    all.extend(walks(view, &half.to, answer, home));
    let clients = half.from.addrs.v4.union(&works::host(broadcast));
    let offer = of((works::host(address), 67), (clients, 68));
    all.push(journey(own(interface.vrf.clone()), offer, End::Left(port)));
    all
}
