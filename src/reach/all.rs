//! All-path reach: what arrives whichever state holds (D27), as A- or A+.

use super::filters::Net;
use super::{Beyond, Side};
use crate::acl::{Direction, Known};
use crate::pset::PacketSet;
use crate::topo::Target;
use std::net::IpAddr;

/// Where packets are to arrive.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Goal {
    /// On these links, with the destination itself as next hop.
    pub links: Vec<usize>,
    /// Handed to these hosts.
    pub handed: Vec<Beyond>,
    /// At own addresses of this device.
    pub local: Option<usize>,
}

impl Goal {
    /// Whether being handed to a next hop is an arrival.
    #[must_use]
    pub fn takes(&self, link: usize, addr: IpAddr) -> bool {
        self.handed.iter().any(|beyond| beyond.is(link, addr))
    }
}

impl Net<'_> {
    /// The part of `packets` that a host on a link, sending to the router port `first`, gets to the goal under every
    /// state; `side` chooses the reading (Must = A-, May = A+).
    #[must_use]
    pub fn carried(&self, first: usize, packets: PacketSet, goal: &Goal, side: Side) -> PacketSet {
        let mut stack = Vec::new();
        self.present_all(first, None, packets, goal, side, &mut stack)
    }

    /// The same for packets the device makes itself (D20): no in-list, its out-lists as the fact says.
    #[must_use]
    pub fn carried_from(
        &self,
        device: usize,
        vrf: &str,
        packets: PacketSet,
        goal: &Goal,
        side: Side,
    ) -> PacketSet {
        self.routed_all(device, vrf, packets, true, goal, side, &mut Vec::new())
    }

    fn pick(side: Side, must: PacketSet, may: PacketSet) -> PacketSet {
        match side {
            Side::Must => must,
            Side::May => may,
        }
    }

    /// What of some packets gets across a link, past other switches on it.
    fn crossing(
        &self,
        link: usize,
        packets: PacketSet,
        sender: Option<usize>,
        receiver: Option<usize>,
        side: Side,
    ) -> PacketSet {
        match side {
            Side::Must => self.across(link, packets, sender, receiver),
            // A+: the kindest reading of where the cables run goes round every other switch.
            Side::May => packets,
        }
    }

    fn present_all(
        &self,
        port: usize,
        sender: Option<usize>,
        packets: PacketSet,
        goal: &Goal,
        side: Side,
        stack: &mut Vec<usize>,
    ) -> PacketSet {
        let space = self.space;
        // The same port twice means a loop: headers do not change, so the packet would be here again for ever (D27).
        if space.is_empty(packets) || stack.contains(&port) {
            return space.empty();
        }
        let device = self.topo.ports[port].device;
        let link = self.topo.ports[port].link;
        let packets = self.crossing(link, packets, sender, Some(port), side);
        let table = self.table(port);
        let filter = self.ask(port, Direction::In, packets);
        let own = self.to_own(port, filter, packets);
        let arrived = if goal.local == Some(device) {
            Self::pick(side, own.must, own.may)
        } else {
            space.empty()
        };
        let passed = space.intersect(packets, Self::pick(side, filter.must, filter.may));
        // An address that another router shares is that one's in some state: then it must get there as well.
        let mine = space.minus(table.own, table.shared);
        let routed = space.minus(space.minus(passed, mine), table.unrouted);
        stack.push(port);
        let vrf = self.topo.interface(port).vrf.clone();
        let far = self.routed_all(device, &vrf, routed, false, goal, side, stack);
        stack.pop();
        let both = space.intersect(space.intersect(arrived, far), table.shared);
        let one = space.minus(space.union(arrived, far), table.shared);
        space.union(one, both)
    }

    #[allow(
        clippy::too_many_arguments,
        reason = "the state of one walk; a struct would only rename it"
    )]
    fn routed_all(
        &self,
        device: usize,
        vrf: &str,
        packets: PacketSet,
        from_switch: bool,
        goal: &Goal,
        side: Side,
        stack: &mut Vec<usize>,
    ) -> PacketSet {
        let space = self.space;
        let forwards: &Known = self.topo.forwards(device, self.family);
        let on = from_switch
            || if side == Side::Must {
                forwards.must()
            } else {
                forwards.may()
            };
        let uncertain = self.topo.strays(device, vrf, self.family);
        if !on || (uncertain && side == Side::Must) {
            return space.empty();
        }
        if uncertain {
            return packets;
        }
        let mut arrived = space.empty();
        for (dst, targets) in &self.table_of(device, vrf).routes {
            let part = space.intersect(packets, *dst);
            if space.is_empty(part) {
                continue;
            }
            // Every target is a state that may hold, so all of them must carry.
            let carried = targets.iter().fold(part, |left, target| {
                space.intersect(
                    left,
                    self.leave_all(target, left, from_switch, goal, side, stack),
                )
            });
            arrived = space.union(arrived, carried);
        }
        arrived
    }

    fn leave_all(
        &self,
        target: &Target,
        part: PacketSet,
        from_switch: bool,
        goal: &Goal,
        side: Side,
        stack: &mut Vec<usize>,
    ) -> PacketSet {
        let space = self.space;
        let (out, next_hop) = match *target {
            Target::Null => return space.empty(),
            Target::Connected(out) => (out, None),
            Target::Via(out, addr) => (out, Some(addr)),
        };
        let link = self.topo.ports[out].link;
        let fact = if from_switch {
            self.topo.device(out).sees.from_switch.clone()
        } else {
            Known::Yes
        };
        let passed = self.sent(out, &fact, part);
        let part = Self::pick(side, passed.must, passed.may);
        let Some(addr) = next_hop else {
            return self.delivered_all(out, part, goal, side, stack);
        };
        let mut owners = self.topo.owners(link, addr).peekable();
        if owners.peek().is_none() {
            let known = goal.takes(link, addr);
            return if known {
                self.crossing(link, part, Some(out), None, side)
            } else {
                space.empty()
            };
        }
        // A virtual address has several owners: whichever is active must carry.
        owners.fold(part, |left, port| {
            space.intersect(
                left,
                self.present_all(port, Some(out), left, goal, side, stack),
            )
        })
    }

    fn delivered_all(
        &self,
        out: usize,
        part: PacketSet,
        goal: &Goal,
        side: Side,
        stack: &mut Vec<usize>,
    ) -> PacketSet {
        let space = self.space;
        let link = self.topo.ports[out].link;
        // A virtual address has several owners here as well: whichever is active must carry.
        let (mut taken, mut lost) = (space.empty(), space.empty());
        for port in self
            .topo
            .ports_of(link, self.family)
            .filter(|&port| port != out)
        {
            let here = space.intersect(part, self.frame.addressed[port]);
            if !space.is_empty(here) {
                let carried = self.present_all(port, Some(out), here, goal, side, stack);
                taken = space.union(taken, here);
                lost = space.union(lost, space.minus(here, carried));
            }
        }
        let mut arrived = space.minus(taken, lost);
        let mut rest = space.minus(part, taken);
        if side == Side::Must {
            rest = self.unanswered(link, rest);
        }
        if goal.links.contains(&link) {
            rest = self.crossing(link, rest, Some(out), None, side);
            arrived = space.union(arrived, rest);
        }
        arrived
    }

    /// The part of `rest` that nobody on the link may answer for (proxy ARP, a question): an address outside the subnets
    /// that a router has there is not certain to reach its host, be it for that router or for a host before an external.
    fn unanswered(&self, link: usize, rest: PacketSet) -> PacketSet {
        let ports = self.topo.ports_of(link, self.family);
        ports.fold(rest, |left, port| {
            self.space.intersect(left, self.frame.near[port])
        })
    }
}
