//! Any-path reach: the least set of (place, packet) closed under steps (D27), as E+ or E-.

use super::filters::{Net, asked};
use crate::acl::Known;
use crate::pset::PacketSet;
use crate::topo::Target;
use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;

/// Which bound of D3 is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// E+: some reading, some state; over-approximated. Proves forbidding claims.
    May,
    /// E-: every reading, some state; under-approximated. Refutes forbidding claims.
    Must,
}

/// Where packets that were injected on one link get to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spread {
    /// Per link: put there by a switch with the destination itself as next hop.
    pub delivered: Vec<PacketSet>,
    /// Per link and next hop that is no modelled router: handed over.
    pub handed: BTreeMap<(usize, IpAddr), PacketSet>,
    /// Per device: handed to its own addresses.
    pub local: Vec<PacketSet>,
    /// Per link: put there by a switch towards another router.
    pub crossing: Vec<PacketSet>,
    /// Per link: put there by a switch that may choose any next hop (D23 R and X, D31): handed to whoever has an address
    /// there, whether or not a route names it.
    pub strayed: Vec<PacketSet>,
}

struct Run<'n, 'a> {
    net: &'n Net<'a>,
    side: Side,
    /// Hosts that may hand packets back unchanged, per link (D29).
    hairpins: &'n [(usize, IpAddr)],
    /// Per port: what has been presented to it.
    at: Vec<PacketSet>,
    queue: VecDeque<(usize, PacketSet)>,
    rewritten: Vec<bool>,
    out: Spread,
}

impl Net<'_> {
    /// Packets injected on a link by whoever sits there, with any source address, through any router on it (D24, D26).
    #[must_use]
    pub fn spread(
        &self,
        link: usize,
        packets: PacketSet,
        hairpins: &[(usize, IpAddr)],
        side: Side,
    ) -> Spread {
        let empty = self.space.empty();
        let mut run = Run {
            net: self,
            side,
            hairpins,
            at: vec![empty; self.topo.ports.len()],
            queue: VecDeque::new(),
            rewritten: vec![false; self.topo.devices.len()],
            out: Spread {
                delivered: vec![empty; self.topo.links.len()],
                handed: BTreeMap::new(),
                local: vec![empty; self.topo.devices.len()],
                crossing: vec![empty; self.topo.links.len()],
                strayed: vec![empty; self.topo.links.len()],
            },
        };
        run.inject(link, packets);
        while let Some((port, fresh)) = run.queue.pop_front() {
            run.enter(port, fresh);
        }
        run.out
    }
}

impl Run<'_, '_> {
    fn choose(&self, must: PacketSet, may: PacketSet) -> PacketSet {
        match self.side {
            Side::May => may,
            Side::Must => must,
        }
    }

    /// A fact as this side takes it: E+ if it is possible, E- if it is certain.
    fn holds(&self, fact: &Known) -> bool {
        match self.side {
            Side::May => fact.may(),
            Side::Must => fact.must(),
        }
    }

    /// Presents packets to every router on a link.
    fn inject(&mut self, link: usize, packets: PacketSet) {
        let ports: Vec<usize> = self.net.topo.ports_of(link, self.net.family).collect();
        for port in ports {
            self.present(port, packets);
        }
    }

    /// A frame reaches a port. Lists of other switches on the link that see bridged frames do not count on either side of
    /// the bound: whoever sends or receives may sit on this side of them (D24, D25), and who sits where may vary.
    fn present(&mut self, port: usize, packets: PacketSet) {
        let net = self.net;
        let fresh = net.space.minus(packets, self.at[port]);
        if !net.space.is_empty(fresh) {
            self.at[port] = net.space.union(self.at[port], fresh);
            self.queue.push_back((port, fresh));
        }
    }

    /// The pipeline of D17 from the in-list to the routes.
    fn enter(&mut self, port: usize, fresh: PacketSet) {
        let net = self.net;
        let space = net.space;
        let device = net.topo.ports[port].device;
        let table = net.table(port);
        let passed = {
            let filter = net.inward[port];
            space.intersect(fresh, self.choose(filter.must, filter.may))
        };
        let own = asked(
            space,
            &net.topo.device(port).sees.to_switch,
            net.inward[port],
            space.intersect(fresh, table.own),
        );
        let own = self.choose(own.must, own.may);
        self.out.local[device] = space.union(self.out.local[device], own);
        if net.topo.rewrites(device) {
            if self.side == Side::May && !self.rewritten[device] {
                self.rewritten[device] = true;
                self.scatter(device, None, space.full());
            }
            return;
        }
        if !self.holds(net.topo.forwards(device, net.family)) {
            return;
        }
        let routed = space.minus(space.minus(passed, table.own), table.unrouted);
        self.route(device, &net.topo.interface(port).vrf, routed);
    }

    fn route(&mut self, device: usize, vrf: &str, routed: PacketSet) {
        let net = self.net;
        if net.space.is_empty(routed) {
            return;
        }
        if net.topo.strays(device, vrf) {
            if self.side == Side::Must {
                return;
            }
            self.scatter(device, Some(vrf), routed);
        }
        for (dst, targets) in &net.table_of(device, vrf).routes {
            let part = net.space.intersect(routed, *dst);
            if net.space.is_empty(part) {
                continue;
            }
            for target in targets {
                match *target {
                    Target::Null => {}
                    Target::Connected(out) => self.leave(out, None, part),
                    Target::Via(out, next_hop) => self.leave(out, Some(next_hop), part),
                }
            }
        }
    }

    /// Out of a port, past its out-list, onto its link.
    fn leave(&mut self, out: usize, next_hop: Option<IpAddr>, part: PacketSet) {
        let net = self.net;
        let link = net.topo.ports[out].link;
        let filter = net.outward[out];
        let part = net
            .space
            .intersect(part, self.choose(filter.must, filter.may));
        if net.space.is_empty(part) {
            return;
        }
        match next_hop {
            None => self.deliver(link, out, part),
            Some(addr) => {
                let owners: Vec<usize> = net.topo.owners(link, addr).collect();
                if owners.is_empty() {
                    self.hand(link, addr, part);
                }
                if !owners.is_empty() {
                    self.out.crossing[link] = net.space.union(self.out.crossing[link], part);
                }
                for port in owners {
                    self.present(port, part);
                }
            }
        }
    }

    /// The destination itself is the next hop: a host, or a router that has the address on this link.
    fn deliver(&mut self, link: usize, out: usize, part: PacketSet) {
        let net = self.net;
        let space = net.space;
        self.out.delivered[link] = space.union(self.out.delivered[link], part);
        let ports: Vec<usize> = net
            .topo
            .ports_of(link, net.family)
            .filter(|&port| port != out)
            .collect();
        for port in ports {
            let here = space.intersect(part, net.addressed[port]);
            if !space.is_empty(here) {
                self.present(port, here);
            }
        }
    }

    /// To a next hop that is no modelled router; it may come back (D29).
    fn hand(&mut self, link: usize, addr: IpAddr, part: PacketSet) {
        let space = self.net.space;
        let slot = self.out.handed.entry((link, addr)).or_insert(space.empty());
        *slot = space.union(*slot, part);
        if self.hairpins.contains(&(link, addr)) {
            self.inject(link, part);
        }
    }

    /// Anywhere the device has a port (of the VRF): to every host, router and external there (D23 R and X, D31).
    fn scatter(&mut self, device: usize, vrf: Option<&str>, packets: PacketSet) {
        let net = self.net;
        for (out, port) in net.topo.ports.iter().enumerate() {
            let elsewhere = vrf.is_some_and(|vrf| net.topo.interface(out).vrf != vrf);
            if port.device != device || elsewhere {
                continue;
            }
            // What was rewritten may be another packet behind the out-list than in front of it.
            let part = match vrf {
                Some(_) => net.space.intersect(packets, net.outward[out].may),
                None => packets,
            };
            if net.space.is_empty(part) {
                continue;
            }
            self.deliver(port.link, out, part);
            let strayed = &mut self.out.strayed[port.link];
            *strayed = net.space.union(*strayed, part);
            let others: Vec<usize> = net
                .topo
                .ports_of(port.link, net.family)
                .filter(|&p| p != out)
                .collect();
            for other in others {
                self.present(other, part);
            }
            for &(link, addr) in self.hairpins {
                if link == port.link {
                    self.hand(link, addr, part);
                }
            }
        }
    }
}
