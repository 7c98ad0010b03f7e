//! One family of one network under one reading, with what the claims ask of it.

use super::found::{Found, Grounds, Start};
use super::sets::{self, Sets};
use super::spec::{Half, Hosts};
use super::world::World;
use crate::model::{Assumption, At, Place, Policy, Spot};
use crate::net::{AddrRanges, Family};
use crate::pset::{PacketSet, Space};
use crate::reach::{Beyond, Goal, Net, Side, Spread};
use crate::topo::Topo;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;
use std::rc::Rc;

/// A network as the claims see it.
pub struct View<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// Devices and links.
    pub topo: &'a Topo,
    /// Family.
    pub family: Family,
    /// The sets.
    pub net: Net<'a>,
    /// Sessions in force, of this family.
    pub halves: &'a [Half],
    beyond: &'a [Beyond],
    /// Per link: the replies that are sent from it, as indices of `halves`. Every claim asks for those of its links.
    pub(super) replies: Rc<Vec<Vec<usize>>>,
    /// Who a host is.
    pub(super) hosts: Hosts<'a>,
    /// Sets that every claim asks for.
    pub(super) sets: Sets,
    /// Addresses of zones by VLAN.
    named: BTreeMap<u16, AddrRanges>,
    /// Devices by the number of the policy's switch.
    switches: Vec<Option<usize>>,
    /// Nothing is open, so that both bounds are one.
    settled: bool,
    /// What has been found out.
    found: RefCell<Found>,
    /// The spreads that were looked at, for [`View::grounds`].
    starts: RefCell<BTreeSet<Start>>,
    /// By spot: what of what is delivered on its link has arrived in it.
    inside: RefCell<HashMap<Spot, PacketSet>>,
}

/// Where packets of a claim start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Anyone on a link.
    Link(usize),
    /// A device itself, where the claim names it (D20).
    Device(usize),
}

/// Where packets arrive, for a claim.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The spot.
    pub spot: Spot,
    /// The packets.
    pub packets: PacketSet,
}

impl<'a> View<'a> {
    /// Prepares a view; lists are turned into sets here.
    #[must_use]
    pub fn new(
        policy: &'a Policy,
        topo: &'a Topo,
        halves: &'a [Half],
        beyond: &'a [Beyond],
        family: Family,
        space: &'a Space,
    ) -> View<'a> {
        View::knowing(
            policy,
            Net::new(topo, family, space),
            halves,
            beyond,
            Found::default(),
        )
    }

    /// A view of a network that something is known of.
    pub(super) fn knowing(
        policy: &'a Policy,
        net: Net<'a>,
        halves: &'a [Half],
        beyond: &'a [Beyond],
        found: Found,
    ) -> View<'a> {
        let (topo, family, space) = (net.topo(), net.family(), net.space());
        let settled = net.is_settled();
        let mut found = found;
        let replies = found
            .replies
            .get_or_insert_with(|| Rc::new(replies(policy, topo, halves)));
        let replies = Rc::clone(replies);
        let position = |name: &str| topo.devices.iter().position(|named| named.name == name);
        let switches = policy.network.switches.iter();
        View {
            hosts: Hosts::new(&policy.network),
            sets: Sets::new(space, topo, &named_hosts(policy, family)),
            named: named(policy, family),
            switches: switches
                .map(|switch| position(&switch.label.name))
                .collect(),
            inside: RefCell::default(),
            settled,
            replies,
            policy,
            topo,
            family,
            net,
            halves,
            beyond,
            found: RefCell::new(found),
            starts: RefCell::default(),
        }
    }

    /// One family of a world.
    #[must_use]
    pub fn in_world(world: &'a World<'a>, family: Family, space: &'a Space) -> View<'a> {
        let (topo, halves, beyond) = (&world.topo, &world.halves, &world.beyond);
        View::new(world.policy, topo, halves, beyond, family, space)
    }

    /// What has been found out, to be kept.
    pub(super) fn into_found(self) -> Found {
        self.found.into_inner()
    }

    /// Whether both bounds are one.
    pub(super) fn settled(&self) -> bool {
        self.settled
    }

    /// What has been found out.
    pub(super) fn found(&self) -> &RefCell<Found> {
        &self.found
    }

    /// A computation, and what it hangs on. Who surrounds it hangs on the same.
    pub(super) fn grounds<T>(&self, work: impl FnOnce() -> T) -> (T, Grounds) {
        let outer = self.starts.take();
        let (result, trail) = self.net.followed(work);
        let starts = self.starts.replace(outer);
        self.starts.borrow_mut().extend(&starts);
        (result, Grounds { trail, starts })
    }

    /// Takes what is known of a computation as if it had been done again.
    pub(super) fn lean_on(&self, grounds: &Grounds) {
        self.net.asked_again(&grounds.trail);
        self.starts.borrow_mut().extend(&grounds.starts);
    }

    /// The arena.
    #[must_use]
    pub fn space(&self) -> &'a Space {
        self.net.space()
    }

    /// Packets from anyone on a link, any source address, as they spread (D24).
    #[must_use]
    pub fn spread(&self, link: usize, side: Side) -> Rc<Spread> {
        self.spread_of(Origin::Link(link), side)
    }

    /// How packets from an origin spread; a device sends with its own addresses.
    #[must_use]
    pub fn spread_of(&self, origin: Origin, side: Side) -> Rc<Spread> {
        // Where nothing is open, and no step was only possible, both bounds are the same; one of them is enough.
        if self.settled && side == Side::Must {
            let may = self.spread_of(origin, Side::May);
            if !may.open {
                return may;
            }
        }
        self.starts.borrow_mut().insert((origin, side));
        if let Some((known, _)) = self.found.borrow().spreads.get(&(origin, side)) {
            return Rc::clone(known);
        }
        // Whoever looks at a spread hangs on it, not on what it asked: it may ask otherwise and come out the same.
        let (spread, trail) = self.net.apart(|| Rc::new(self.spreading(origin, side)));
        let mut found = self.found.borrow_mut();
        found
            .spreads
            .insert((origin, side), (Rc::clone(&spread), trail));
        spread
    }

    fn spreading(&self, origin: Origin, side: Side) -> Spread {
        match origin {
            Origin::Link(link) => {
                let all = self.space().full();
                self.net.spread(link, all, self.beyond, side)
            }
            Origin::Device(device) => {
                let vrfs = self.topo.vrfs(device);
                let own = |vrf: &str| self.from(&self.topo.own(device, vrf, self.family));
                let sent: Vec<_> = vrfs.into_iter().map(|vrf| (vrf, own(vrf))).collect();
                self.net.spread_from(device, &sent, self.beyond, side)
            }
        }
    }

    /// Works out again what fell with a change of lists, and says what came out otherwise.
    pub(super) fn renew(&self, fallen: Vec<(Start, Rc<Spread>)>) -> BTreeSet<Start> {
        let mut other = BTreeSet::new();
        for ((origin, side), before) in fallen {
            let _ = self.spread_of(origin, side);
            match self.found.borrow_mut().spreads.get_mut(&(origin, side)) {
                Some((now, _)) if **now == *before => *now = before,
                _ => {
                    other.insert((origin, side));
                }
            }
        }
        self.starts.take();
        other
    }

    /// Where the packets of a place start; `None` if it has no link, or the switch no text.
    #[must_use]
    pub fn origin(&self, at: At) -> Option<Origin> {
        match at {
            At::Switch(_) => self.device_of(at).map(Origin::Device),
            At::Link(..) | At::External(_) => self.link_of(at).map(Origin::Link),
        }
    }

    /// All packets to some addresses.
    #[must_use]
    pub fn to(&self, dst: &AddrRanges) -> PacketSet {
        sets::to(self.space(), dst)
    }

    /// All packets from some addresses.
    #[must_use]
    pub fn from(&self, src: &AddrRanges) -> PacketSet {
        sets::from(self.space(), src)
    }

    /// The link a spot sits on; `None` for switches and links without a device.
    #[must_use]
    pub fn link_of(&self, at: At) -> Option<usize> {
        self.topo.vlan(self.policy.network.vlan_of(at)?)
    }

    /// The device of a switch.
    #[must_use]
    pub fn device_of(&self, at: At) -> Option<usize> {
        let At::Switch(id) = at else { return None };
        self.switches[id.0]
    }

    /// Where a spot's packets are to arrive.
    #[must_use]
    pub fn goal(&self, spot: &Spot) -> Goal {
        self.goal_at(spot.at)
    }

    /// The same for any spot of a place: what is in its addresses is not asked.
    pub(super) fn goal_at(&self, at: At) -> Goal {
        let link = self.link_of(at);
        match at {
            At::Link(..) => Goal {
                links: link.into_iter().collect(),
                ..Goal::default()
            },
            At::Switch(_) => Goal {
                local: self.device_of(at),
                ..Goal::default()
            },
            At::External(id) => {
                let hosts = self.policy.network.external(id).behind.of(self.family);
                let handed = link.into_iter().map(|link| Beyond {
                    link,
                    hosts: hosts.clone(),
                    hairpin: false,
                });
                Goal {
                    handed: handed.collect(),
                    ..Goal::default()
                }
            }
        }
    }

    /// What arrives in a spot of all that was injected on another link, for a forbidding claim (D27, D28): for a zone
    /// also what arrives for addresses nobody named, and at own addresses of switches inside it.
    #[must_use]
    pub fn arrivals(&self, spread: &Spread, spot: &Spot) -> PacketSet {
        let space = self.space();
        let goal = self.goal(spot);
        let mut all = space.empty();
        for &link in &goal.links {
            let inside = self.inside(spot);
            all = space.union(all, space.intersect(spread.delivered[link], inside));
            all = space.union(all, self.own_inside(spread, link, spot));
        }
        let handed = spread.handed.iter();
        let there = |link, addr| goal.takes(link, addr) || self.hands_to_stranger(spot, link, addr);
        for (_, &set) in handed.filter(|((link, addr), _)| there(*link, *addr)) {
            all = space.union(all, set);
        }
        if let Some(device) = goal.local {
            // Every address it has by its text, also those the policy does not know (D19, D31).
            all = space.union(all, spread.local[device]);
        }
        space.minus(all, self.sets.neighbour_discovery)
    }

    /// Whether packets handed to a next hop get to a zone although no route of the policy ends there (D28): the next hop is
    /// one of its addresses, or one on its link that nobody named, and no external lies behind it.
    #[must_use]
    pub fn hands_to_stranger(&self, spot: &Spot, link: usize, addr: IpAddr) -> bool {
        let At::Link(_, vlan) = spot.at else {
            return false;
        };
        let mut known = self.beyond.iter();
        let here = self.link_of(spot.at) == Some(link) && !known.any(|b| b.is(link, addr));
        let nobodys = matches!(spot.place, Place::Zone(_)) && !self.named_on(vlan).contains(addr);
        here && (spot.addrs.contains(addr) || nobodys)
    }

    /// Whether people attest that source addresses are not forged on a link (D40).
    #[must_use]
    pub fn authentic(&self, link: usize) -> bool {
        let here = |a: &Assumption| matches!(a, Assumption::Authentic { vlan, .. } if self.topo.vlan(*vlan) == Some(link));
        // Where a device may rewrite packets, what was sent with an own address arrives with another.
        let rewrites = (0..self.topo.devices.len()).any(|device| self.topo.rewrites(device));
        !rewrites && self.policy.assumptions.iter().any(here)
    }

    /// Packets to the addresses of a spot; for a zone also to those on its VLAN that nobody named (D28).
    fn inside(&self, spot: &Spot) -> PacketSet {
        if let Some(&known) = self.inside.borrow().get(spot) {
            return known;
        }
        let mut dst = spot.addrs.of(self.family).clone();
        if let (At::Link(_, vlan), Place::Zone(_)) = (spot.at, spot.place) {
            dst = dst.union(&AddrRanges::any(self.family).minus(&self.named_on(vlan)));
        }
        let all = self.to(&dst);
        self.inside.borrow_mut().insert(spot.clone(), all);
        all
    }

    /// Addresses of zones on a VLAN.
    fn named_on(&self, vlan: u16) -> AddrRanges {
        let known = self.named.get(&vlan).cloned();
        known.unwrap_or_else(|| AddrRanges::none(self.family))
    }

    /// What counts as an arrival on a link for a spot: destinations of what is delivered there, and own addresses of
    /// switches (D27, D28). [`View::arrivals`] as addresses.
    #[must_use]
    pub fn arrival_addrs(&self, spot: &Spot, link: usize) -> (AddrRanges, AddrRanges) {
        let mine = spot.addrs.of(self.family);
        let (mut dst, mut local) = (mine.clone(), mine.clone());
        if let (At::Link(_, vlan), crate::model::Place::Zone(_)) = (spot.at, spot.place) {
            dst = dst.union(&AddrRanges::any(self.family).minus(&self.named_on(vlan)));
            for &port in &self.topo.links[link].ports {
                let addrs = crate::topo::interface_addrs(self.topo.interface(port), self.family)
                    .minus(&self.named_on_link(link))
                    .minus(&crate::topo::unrouted_sources(self.family));
                local = local.union(&addrs);
            }
        }
        (dst, local)
    }

    /// Own addresses of switches inside a spot's addresses, or configured on an interface of its link (D27): not the
    /// link-local ones, which every interface answers to.
    fn own_inside(&self, spread: &Spread, link: usize, spot: &Spot) -> PacketSet {
        let space = self.space();
        let (mut all, mut inside) = (space.empty(), None);
        for (device, &local) in spread.local.iter().enumerate() {
            if space.is_empty(local) {
                continue;
            }
            let inside = *inside.get_or_insert_with(|| self.to(spot.addrs.of(self.family)));
            all = space.union(all, space.intersect(local, inside));
            for port in self.topo.links[link]
                .ports
                .iter()
                .filter(|&&port| self.topo.ports[port].device == device)
            {
                // A zone that is only partly asked about owns no address that it does not name.
                if matches!(spot.place, Place::Zone(_)) {
                    let named = self.named_on_link(link);
                    let addrs =
                        crate::topo::interface_addrs(self.topo.interface(*port), self.family)
                            .minus(&named)
                            .minus(&crate::topo::unrouted_sources(self.family));
                    all = space.union(all, space.intersect(local, self.to(&addrs)));
                }
            }
        }
        all
    }

    fn named_on_link(&self, link: usize) -> AddrRanges {
        match self.topo.links[link].key {
            crate::topo::LinkKey::Vlan(vlan) => self.named_on(vlan),
            crate::topo::LinkKey::Routed(..) => AddrRanges::none(self.family),
        }
    }

    /// The addresses of routers on a link.
    #[must_use]
    pub fn routers(&self, link: usize) -> AddrRanges {
        self.topo
            .ports_of(link, self.family)
            .map(|port| crate::topo::interface_addrs(self.topo.interface(port), self.family))
            .fold(AddrRanges::none(self.family), |all, one| all.union(&one))
    }

    /// The router ports a host of a zone hands packets to, with the destinations it hands there (D26): every port of
    /// one entry may be in use. The flag says that several are possible and nobody declared which.
    #[must_use]
    pub fn first_hops(&self, at: At) -> Vec<(PacketSet, Vec<usize>, bool)> {
        let Some(link) = self.link_of(at) else {
            return Vec::new();
        };
        let space = self.space();
        let gateways = self.policy.network.gateways_at(at);
        let mut rest = space.full();
        let mut hops = Vec::new();
        let mine = gateways
            .iter()
            .filter(|gateway| Family::of(gateway.addr) == self.family);
        let (special, general): (Vec<_>, Vec<_>) =
            mine.partition(|gateway| gateway.only_for.is_some());
        for gateway in special {
            let spots = gateway.only_for.iter().flatten();
            let dst = spots.fold(AddrRanges::none(self.family), |all, spot| {
                all.union(spot.addrs.of(self.family))
            });
            let part = space.intersect(rest, self.to(&dst));
            rest = space.minus(rest, part);
            hops.push((part, self.topo.owners(link, gateway.addr).collect(), false));
        }
        let stated: Vec<usize> = general
            .iter()
            .flat_map(|gateway| self.topo.owners(link, gateway.addr))
            .collect();
        if !general.is_empty() {
            hops.push((rest, stated, false));
            return hops;
        }
        let all: Vec<usize> = self.topo.routers_of(link, self.family).collect();
        let has_virtual = |&port: &usize| {
            self.topo
                .interface(port)
                .virtuals
                .iter()
                .any(|addr| Family::of(*addr) == self.family)
        };
        let shared: Vec<usize> = all.iter().copied().filter(has_virtual).collect();
        if shared.is_empty() {
            let ambiguous = all.len() > 1;
            hops.push((rest, all, ambiguous));
        } else {
            hops.push((rest, shared, false));
        }
        hops
    }

    /// The part of `packets` that gets from a spot to a goal under every state (D42); `side` chooses the reading.
    #[must_use]
    pub fn carried(&self, source: &Spot, goal: &Goal, packets: PacketSet, side: Side) -> PacketSet {
        let way = (source.at, goal.clone(), packets, side);
        if let Some((known, trail)) = self.found.borrow().carried.get(&way) {
            self.net.asked_again(trail);
            return *known;
        }
        let (arrived, trail) = self
            .net
            .followed(|| self.carrying(source, goal, packets, side));
        self.found
            .borrow_mut()
            .carried
            .insert(way, (arrived, trail));
        arrived
    }

    fn carrying(&self, source: &Spot, goal: &Goal, packets: PacketSet, side: Side) -> PacketSet {
        let space = self.space();
        if let At::Switch(_) = source.at {
            let device = self.device_of(source.at);
            return device.map_or(space.empty(), |d| self.carried_from(d, goal, packets, side));
        }
        let mut arrived = space.empty();
        for (dst, ports, ambiguous) in self.first_hops(source.at) {
            let part = space.intersect(packets, dst);
            let each = ports
                .iter()
                .map(|&port| self.net.carried(port, part, goal, side));
            let joined = match (ambiguous, side) {
                (true, Side::May) => each.fold(space.empty(), |all, one| space.union(all, one)),
                _ if ports.is_empty() => space.empty(),
                _ => each.fold(part, |all, one| space.intersect(all, one)),
            };
            arrived = space.union(arrived, joined);
        }
        arrived
    }

    /// The same from a switch: each packet in the VRF that has its source address.
    fn carried_from(
        &self,
        device: usize,
        goal: &Goal,
        packets: PacketSet,
        side: Side,
    ) -> PacketSet {
        let space = self.space();
        let vrfs = self.topo.vrfs(device);
        vrfs.iter().fold(space.empty(), |all, vrf| {
            let mine = self.from(&self.topo.own(device, vrf, self.family));
            let part = space.intersect(packets, mine);
            space.union(all, self.net.carried_from(device, vrf, part, goal, side))
        })
    }

    /// The hosts behind which externals lie.
    #[must_use]
    pub fn beyond(&self) -> &'a [Beyond] {
        self.beyond
    }
}

/// Per link: the replies that are sent from it.
fn replies(policy: &Policy, topo: &Topo, halves: &[Half]) -> Vec<Vec<usize>> {
    let mut replies = vec![Vec::new(); topo.links.len()];
    for (index, half) in halves.iter().enumerate().filter(|(_, half)| half.reply) {
        let vlan = policy.network.vlan_of(half.to.at);
        if let Some(link) = vlan.and_then(|vlan| topo.vlan(vlan)) {
            replies[link].push(index);
        }
    }
    replies
}

/// The addresses that a policy gives to hosts by name.
fn named_hosts(policy: &Policy, family: Family) -> AddrRanges {
    let hosts = policy.network.zones.iter().flat_map(|zone| &zone.hosts);
    hosts.fold(AddrRanges::none(family), |all, host| {
        all.union(host.addrs.of(family))
    })
}

/// Addresses of zones by VLAN.
fn named(policy: &Policy, family: Family) -> BTreeMap<u16, AddrRanges> {
    let mut named = BTreeMap::new();
    for link in policy.network.zones.iter().flat_map(|zone| &zone.links) {
        let all = named
            .entry(link.vlan)
            .or_insert_with(|| AddrRanges::none(family));
        *all = all.union(&AddrRanges::prefixes(family, &link.prefixes));
    }
    named
}
