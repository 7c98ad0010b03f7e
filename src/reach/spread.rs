//! Any-path reach: the least set of (place, packet) closed under steps (D27), as E+ or E-.

use super::Beyond;
use super::filters::Net;
use crate::acl::{Direction, Known};
use crate::net::Family;
use crate::pset::PacketSet;
use crate::topo::Target;
use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;

/// Which bound of D3 is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// Per port: presented to it, before its list.
    pub at: Vec<PacketSet>,
    /// Some step was taken that is only possible, besides what lists and facts leave open.
    pub open: bool,
    /// Per link: put there by a switch that may choose any next hop (D23 R and X, D31): handed to whoever has an address
    /// there, whether or not a route names it.
    pub strayed: Vec<PacketSet>,
    /// Per port: routed out of it, in front of its out-list, what the switch itself made only if that may see it (D18).
    pub leaving: Vec<PacketSet>,
    /// Per device: past the in-list, and no route leads on. Under [`Side::May`] also what only may have none.
    pub routeless: Vec<PacketSet>,
}

struct Run<'n, 'a> {
    net: &'n Net<'a>,
    side: Side,
    /// The hosts behind which externals lie.
    beyond: &'n [Beyond],
    queue: VecDeque<(usize, PacketSet)>,
    rewritten: Vec<bool>,
    out: Spread,
}

impl Net<'_> {
    /// Packets injected on a link by whoever sits there, with any source address, through any router on it (D24, D26).
    #[must_use]
    pub fn spread(&self, link: usize, packets: PacketSet, beyond: &[Beyond], side: Side) -> Spread {
        let mut run = Run::new(self, beyond, side);
        run.inject(link, packets);
        run.finish()
    }

    /// Packets that a device makes itself (D20), each in the VRF of its source.
    #[must_use]
    pub fn spread_from(
        &self,
        device: usize,
        packets: &[(&str, PacketSet)],
        beyond: &[Beyond],
        side: Side,
    ) -> Spread {
        let mut run = Run::new(self, beyond, side);
        for &(vrf, packets) in packets {
            run.route(device, vrf, packets, true);
        }
        run.finish()
    }
}

impl<'n, 'a> Run<'n, 'a> {
    fn new(net: &'n Net<'a>, beyond: &'n [Beyond], side: Side) -> Run<'n, 'a> {
        let empty = net.space.empty();
        Run {
            net,
            side,
            beyond,
            queue: VecDeque::new(),
            rewritten: vec![false; net.topo.devices.len()],
            out: Spread {
                delivered: vec![empty; net.topo.links.len()],
                handed: BTreeMap::new(),
                local: vec![empty; net.topo.devices.len()],
                crossing: vec![empty; net.topo.links.len()],
                at: vec![empty; net.topo.ports.len()],
                open: false,
                strayed: vec![empty; net.topo.links.len()],
                leaving: vec![empty; net.topo.ports.len()],
                routeless: vec![empty; net.topo.devices.len()],
            },
        }
    }

    fn finish(mut self) -> Spread {
        while let Some((port, fresh)) = self.queue.pop_front() {
            self.enter(port, fresh);
        }
        self.out
    }

    /// Records that no route leads on.
    fn strand(&mut self, device: usize, packets: PacketSet) {
        let all = &mut self.out.routeless[device];
        *all = self.net.space.union(*all, packets);
    }

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
        if self.side == Side::May {
            self.relay(link, packets);
        }
    }

    /// Whoever sits on a link may have sent some of these packets as broadcasts, which a router turned into what they are.
    fn relay(&mut self, link: usize, packets: PacketSet) {
        let net = self.net;
        for relay in &net.frame.relays {
            let port = &net.topo.ports[relay.port];
            let sent = net.space.intersect(packets, relay.sent);
            if port.link != link || net.space.is_empty(sent) {
                continue;
            }
            let sent = net.space.intersect(sent, net.relayed(relay));
            let vrf = &net.topo.interface(relay.port).vrf;
            self.route(port.device, vrf, sent, false);
        }
    }

    /// A frame reaches a port. Lists of other switches on the link that see bridged frames do not count on either side of
    /// the bound: whoever sends or receives may sit on this side of them (D24, D25), and who sits where may vary.
    fn present(&mut self, port: usize, packets: PacketSet) {
        let net = self.net;
        let fresh = net.space.minus(packets, self.out.at[port]);
        if !net.space.is_empty(fresh) {
            self.out.at[port] = net.space.union(self.out.at[port], fresh);
            self.queue.push_back((port, fresh));
        }
    }

    /// The pipeline of D17 from the in-list to the routes.
    fn enter(&mut self, port: usize, fresh: PacketSet) {
        let net = self.net;
        let space = net.space;
        let device = net.topo.ports[port].device;
        let table = net.table(port);
        let filter = net.ask(port, Direction::In, fresh);
        let passed = space.intersect(fresh, self.choose(filter.must, filter.may));
        let own = net.to_own(port, filter, fresh);
        let own = self.choose(own.must, own.may);
        self.out.local[device] = space.union(self.out.local[device], own);
        if net.topo.rewrites(device) {
            if self.side == Side::May {
                self.strand(device, passed);
            }
            if self.side == Side::May && !self.rewritten[device] {
                self.rewritten[device] = true;
                // A tunnel may end here, or an address be translated into an own one.
                self.out.local[device] = space.full();
                self.scatter(device, None, space.full(), false);
            }
            return;
        }
        let forwards = net.topo.forwards(device, net.family);
        let stopped = match self.side {
            Side::May => !forwards.must(),
            Side::Must => !forwards.may(),
        };
        if stopped {
            self.strand(
                device,
                space.minus(space.minus(passed, table.own), table.unrouted),
            );
        }
        if !self.holds(forwards) {
            return;
        }
        // Directed broadcast and multicast routing are effects of class R (D33); a leak may end at another VRF's address.
        let redirected = self.side == Side::May && net.topo.redirects(device);
        let kept = if redirected {
            let leaked = space.intersect(passed, net.own_anywhere(device));
            self.out.local[device] = space.union(self.out.local[device], leaked);
            table.stuck
        } else {
            table.unrouted
        };
        // The standby router of a virtual address sends packets for it on to the active one (D19).
        let mine = space.minus(table.own, table.shared);
        let routed = space.minus(space.minus(passed, mine), kept);
        self.route(device, &net.topo.interface(port).vrf, routed, false);
    }

    fn route(&mut self, device: usize, vrf: &str, routed: PacketSet, from_switch: bool) {
        let net = self.net;
        if net.space.is_empty(routed) {
            return;
        }
        if net.topo.strays(device, vrf, net.family) {
            if self.side == Side::Must {
                return;
            }
            // What sends packets elsewhere may also send them into another VRF: leaks are of this class (D23, D31).
            let vrf = Some(vrf).filter(|_| !net.topo.redirects(device));
            self.scatter(device, vrf, routed, true);
            self.strand(device, routed);
        }
        let mut left = routed;
        for (dst, targets) in &net.table_of(device, vrf).routes {
            let part = net.space.intersect(routed, *dst);
            if net.space.is_empty(part) {
                continue;
            }
            left = net.space.minus(left, part);
            for target in targets {
                match *target {
                    Target::Null => self.strand(device, part),
                    Target::Connected(out) => self.leave(out, None, part, from_switch),
                    Target::Via(out, hop) => self.leave(out, Some(hop), part, from_switch),
                }
            }
        }
        self.strand(device, left);
    }

    /// Out of a port, past its out-list, onto its link.
    fn leave(&mut self, out: usize, next_hop: Option<IpAddr>, part: PacketSet, from_switch: bool) {
        let net = self.net;
        let link = net.topo.ports[out].link;
        let fact = match from_switch {
            true => &net.topo.device(out).sees.from_switch,
            false => &Known::Yes,
        };
        if fact.may() {
            self.out.leaving[out] = net.space.union(self.out.leaving[out], part);
        }
        let passed = net.sent(out, fact, part);
        let part = self.choose(passed.must, passed.may);
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
            let here = space.intersect(part, net.frame.addressed[port]);
            if !space.is_empty(here) {
                self.present(port, here);
            }
            if self.side == Side::May {
                // A router may answer for addresses that are not in its subnets here (proxy ARP).
                let far = space.minus(space.minus(part, net.frame.near[port]), here);
                self.out.open |= !space.is_empty(far);
                self.present(port, far);
            }
        }
        if self.side == Side::May {
            self.answered(link, space.minus(part, net.frame.near[out]));
        }
    }

    /// Out of a port for addresses that are not in its subnets: the hosts before externals may answer for them as well.
    fn answered(&mut self, link: usize, far: PacketSet) {
        if self.net.space.is_empty(far) {
            return;
        }
        let family = self.net.family;
        let here = self.beyond.iter().filter(|beyond| beyond.link == link);
        let hosts = here.filter_map(|beyond| beyond.hosts.first());
        for addr in hosts.filter(|&addr| Family::of(addr) == family) {
            self.out.open = true;
            self.hand(link, addr, far);
        }
    }

    /// To a next hop that is no modelled router; it may come back (D29).
    fn hand(&mut self, link: usize, addr: IpAddr, part: PacketSet) {
        let space = self.net.space;
        let slot = self.out.handed.entry((link, addr)).or_insert(space.empty());
        *slot = space.union(*slot, part);
        let mut known = self.beyond.iter().filter(|beyond| beyond.is(link, addr));
        let back = match known.next() {
            Some(first) => first.hairpin || known.any(|beyond| beyond.hairpin),
            // A router that nobody named: what it does with packets is open (D28).
            None => self.side == Side::May,
        };
        if back {
            self.out.open |= !super::named(self.beyond, link, addr);
            self.inject(link, part);
        }
    }

    /// Anywhere the device has a port (of the VRF): to every host, router and external there (D23 R and X, D31).
    fn scatter(&mut self, device: usize, vrf: Option<&str>, packets: PacketSet, filtered: bool) {
        self.out.open = true;
        let net = self.net;
        for (out, port) in net.topo.ports.iter().enumerate() {
            let elsewhere = vrf.is_some_and(|vrf| net.topo.interface(out).vrf != vrf);
            if port.device != device || elsewhere {
                continue;
            }
            // What was rewritten may be another packet behind the out-list than in front of it.
            let all = &mut self.out.leaving[out];
            *all = net.space.union(*all, packets);
            let part = if filtered {
                net.sent(out, &Known::Yes, packets).may
            } else {
                packets
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
            // Also to externals that hand nothing back: what reaches them has arrived (D27).
            self.answered(port.link, part);
        }
    }
}
