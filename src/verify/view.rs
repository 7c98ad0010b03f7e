//! One family of one network under one reading, with what the claims ask of it.

use super::spec::{Half, martians};
use crate::model::{Assumption, At, Policy, Spot, ZoneId};
use crate::net::{AddrRanges, Family, Match, PositionSet};
use crate::pset::{PacketSet, Space};
use crate::reach::{Beyond, Goal, Net, Side, Spread};
use crate::topo::Topo;
use std::cell::RefCell;
use std::collections::BTreeMap;
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
    pub(super) replies: Vec<Vec<usize>>,
    settled: bool,
    spreads: RefCell<BTreeMap<(usize, Side), Rc<Spread>>>,
}

/// Where packets of a claim start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
        let net = Net::new(topo, family, space);
        let settled = net.is_settled();
        let mut replies = vec![Vec::new(); topo.links.len()];
        for (index, half) in halves.iter().enumerate().filter(|(_, half)| half.reply) {
            let vlan = policy.network.vlan_of(half.to.at);
            if let Some(link) = vlan.and_then(|vlan| topo.vlan(vlan)) {
                replies[link].push(index);
            }
        }
        View {
            settled,
            replies,
            policy,
            topo,
            family,
            net,
            halves,
            beyond,
            spreads: RefCell::default(),
        }
    }

    /// The arena.
    #[must_use]
    pub fn space(&self) -> &'a Space {
        self.net.space()
    }

    /// Packets from anyone on a link, any source address, as they spread (D24).
    #[must_use]
    pub fn spread(&self, link: usize, side: Side) -> Rc<Spread> {
        // Where nothing is open, and no step was only possible, both bounds are the same; one of them is enough.
        if self.settled && side == Side::Must {
            let may = self.spread(link, Side::May);
            if !may.open {
                return may;
            }
        }
        if let Some(done) = self.spreads.borrow().get(&(link, side)) {
            return Rc::clone(done);
        }
        let done = Rc::new(
            self.net
                .spread(link, self.space().full(), self.beyond, side),
        );
        self.spreads
            .borrow_mut()
            .insert((link, side), Rc::clone(&done));
        done
    }

    /// Where the packets of a place start; `None` if it has no link, or the switch no text.
    #[must_use]
    pub fn origin(&self, at: At) -> Option<Origin> {
        match at {
            At::Switch(_) => self.device_of(at).map(Origin::Device),
            At::Link(..) | At::External(_) => self.link_of(at).map(Origin::Link),
        }
    }

    /// How packets from an origin spread; a device sends with its own addresses.
    #[must_use]
    pub fn spread_of(&self, origin: Origin, side: Side) -> Rc<Spread> {
        match origin {
            Origin::Link(link) => self.spread(link, side),
            Origin::Device(device) => {
                let vrfs = self.topo.vrfs(device);
                let own = |vrf: &str| self.from(&self.topo.own(device, vrf, self.family));
                let sent: Vec<_> = vrfs.into_iter().map(|vrf| (vrf, own(vrf))).collect();
                Rc::new(self.net.spread_from(device, &sent, self.beyond, side))
            }
        }
    }

    /// All packets to some addresses.
    #[must_use]
    pub fn to(&self, dst: &AddrRanges) -> PacketSet {
        self.space().of_match(&Match {
            dst: dst.to_set(),
            ..Match::any(self.family)
        })
    }

    /// All packets from some addresses.
    #[must_use]
    pub fn from(&self, src: &AddrRanges) -> PacketSet {
        self.space().of_match(&Match {
            src: src.to_set(),
            ..Match::any(self.family)
        })
    }

    /// Packets from addresses no host has.
    #[must_use]
    pub fn martian_sources(&self) -> PacketSet {
        self.from(&martians(self.family))
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
        let name = &self.policy.network.switch(id).label.name;
        self.topo
            .devices
            .iter()
            .position(|named| named.name == *name)
    }

    /// Where a spot's packets are to arrive.
    #[must_use]
    pub fn goal(&self, spot: &Spot) -> Goal {
        let link = self.link_of(spot.at);
        match spot.at {
            At::Link(..) => Goal {
                links: link.into_iter().collect(),
                ..Goal::default()
            },
            At::Switch(_) => Goal {
                local: self.device_of(spot.at),
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
            let mut dst = spot.addrs.of(self.family).clone();
            if let (At::Link(_, vlan), crate::model::Place::Zone(_)) = (spot.at, spot.place) {
                dst = dst.union(&AddrRanges::any(self.family).minus(&self.named_on(vlan)));
            }
            all = space.union(all, space.intersect(spread.delivered[link], self.to(&dst)));
            all = space.union(all, self.own_inside(spread, link, spot));
        }
        let handed = spread.handed.iter();
        for (_, &set) in handed.filter(|((link, addr), _)| goal.takes(*link, *addr)) {
            all = space.union(all, set);
        }
        if let Some(device) = goal.local {
            // Every address it has by its text, also those the policy does not know (D19, D31).
            all = space.union(all, spread.local[device]);
        }
        space.minus(all, self.neighbour_discovery())
    }

    /// Every address that a router has by its text, virtual ones too.
    #[must_use]
    pub fn own_addrs(&self) -> AddrRanges {
        let interfaces = self
            .topo
            .devices
            .iter()
            .flat_map(|named| &named.device.interfaces);
        interfaces.fold(AddrRanges::none(self.family), |all, interface| {
            all.union(&crate::topo::interface_addrs(interface, self.family))
        })
    }

    /// Whether people attest that source addresses are not forged on a link (D40).
    #[must_use]
    pub fn authentic(&self, link: usize) -> bool {
        let here = |a: &Assumption| matches!(a, Assumption::Authentic { vlan, .. } if self.topo.vlan(*vlan) == Some(link));
        // Where a device may rewrite packets, what was sent with an own address arrives with another.
        let rewrites = (0..self.topo.devices.len()).any(|device| self.topo.rewrites(device));
        !rewrites && self.policy.assumptions.iter().any(here)
    }

    /// Addresses of zones on a VLAN.
    fn named_on(&self, vlan: u16) -> AddrRanges {
        let links = self
            .policy
            .network
            .zones
            .iter()
            .flat_map(|zone| &zone.links)
            .filter(|link| link.vlan == vlan);
        let nets: Vec<ipnet::IpNet> = links
            .flat_map(|link| link.prefixes.iter().copied())
            .collect();
        AddrRanges::prefixes(self.family, &nets)
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
        let inside = self.to(spot.addrs.of(self.family));
        let mut all = space.empty();
        for (device, &local) in spread.local.iter().enumerate() {
            all = space.union(all, space.intersect(local, inside));
            for port in self.topo.links[link]
                .ports
                .iter()
                .filter(|&&port| self.topo.ports[port].device == device)
            {
                // A zone that is only partly asked about owns no address that it does not name.
                if matches!(spot.place, crate::model::Place::Zone(_)) {
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

    /// ND messages: thrown away by every receiver once they crossed a router (D33).
    #[must_use]
    pub fn neighbour_discovery(&self) -> PacketSet {
        if self.family == Family::V4 {
            return self.space().empty();
        }
        let nd = Match {
            protocol: crate::net::ByteSet::one(crate::net::proto::ICMPV6),
            icmp_type: crate::net::ByteSet::of(133..=137),
            position: PositionSet::L4,
            ..Match::any(self.family)
        };
        self.space().of_match(&nd)
    }

    /// Opening packets (D35).
    #[must_use]
    pub fn openings(&self) -> PacketSet {
        use crate::net::proto::TCP;
        use crate::net::{ByteSet, FlagSet};
        let any = Match {
            position: PositionSet::L4,
            ..Match::any(self.family)
        };
        let tcp = Match {
            protocol: ByteSet::one(TCP),
            flags: FlagSet::opening(),
            ..any.clone()
        };
        let other = Match {
            protocol: ByteSet::one(TCP).complement(),
            ..any
        };
        self.space().of_matches(&[tcp, other])
    }

    /// The router ports a host of a zone hands packets to, with the destinations it hands there (D26): every port of
    /// one entry may be in use. The flag says that several are possible and nobody declared which.
    #[must_use]
    pub fn first_hops(&self, zone: ZoneId, vlan: u16) -> Vec<(PacketSet, Vec<usize>, bool)> {
        let Some(link) = self.topo.vlan(vlan) else {
            return Vec::new();
        };
        let space = self.space();
        let gateways = &self.policy.network.zone(zone).gateways;
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
        let all: Vec<usize> = self.topo.ports_of(link, self.family).collect();
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
        let space = self.space();
        let zone = match source.at {
            At::Link(zone, vlan) => Some((zone, vlan)),
            At::External(id) => {
                let external = self.policy.network.external(id);
                Some((external.zone, external.vlan))
            }
            At::Switch(_) => None,
        };
        let Some((zone, vlan)) = zone else {
            let device = self.device_of(source.at);
            return device.map_or(space.empty(), |d| self.carried_from(d, goal, packets, side));
        };
        let mut arrived = space.empty();
        for (dst, ports, ambiguous) in self.first_hops(zone, vlan) {
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
