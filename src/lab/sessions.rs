//! Which sessions the machines try, and how far each must get.
//!
//! In: the machines, the sessions that the policy permits, both opinions. Out: attempts of TCP, UDP and echo, permitted and
//! not, with the packets that each step of them needs. Must not know: sockets.

use super::hosts::{Host, within};
use super::opinion::{Ends, Opinions, excluded};
use super::plan::Plan;
use crate::net::proto::{TCP, UDP};
use crate::net::{Family, Flow, L4, Match, PortSet, PositionSet, TcpFlags};
use crate::reach::End;
use fastrand::Rng;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A connection: handshake, data there, data back.
    Tcp,
    /// A datagram there and one back.
    Udp,
    /// An echo that the other kernel answers by itself.
    Echo,
}

/// One attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Try {
    /// What.
    pub kind: Kind,
    /// The machine that opens, its address and port.
    pub from: (usize, IpAddr, u16),
    /// The machine that answers, its address and port.
    pub to: (usize, IpAddr, u16),
}

/// A packet of a session, and whether it goes back.
pub type Leg = (Flow, bool);

impl Try {
    /// The steps that can be seen, with the packets that each needs: all of a step must arrive before the next begins.
    #[must_use]
    pub fn steps(&self) -> Vec<Vec<Leg>> {
        let flags = |names: &[TcpFlags]| {
            let none = TcpFlags::default();
            names.iter().fold(none, |all, flag| all.with(*flag))
        };
        let (syn, ack, psh) = (TcpFlags::SYN, TcpFlags::ACK, TcpFlags::PSH);
        let steps = match self.kind {
            Kind::Tcp => vec![
                vec![self.tcp(false, syn), self.tcp(true, flags(&[syn, ack]))],
                vec![self.tcp(false, flags(&[psh, ack]))],
                vec![self.tcp(true, flags(&[psh, ack]))],
            ],
            Kind::Udp => vec![vec![self.udp(false)], vec![self.udp(true)]],
            Kind::Echo => vec![vec![self.echo(false), self.echo(true)]],
        };
        let whole = |legs: Vec<Option<Leg>>| legs.into_iter().flatten().collect();
        steps.into_iter().map(whole).collect()
    }

    fn leg(&self, back: bool, protocol: u8, l4: L4) -> Option<Leg> {
        let (src, dst) = match back {
            true => (self.to.1, self.from.1),
            false => (self.from.1, self.to.1),
        };
        let flow = Flow::new(src, dst, protocol, l4, PositionSet::WHOLE, false);
        flow.ok().map(|flow| (flow, back))
    }

    fn ports(&self, back: bool) -> (u16, u16) {
        match back {
            true => (self.to.2, self.from.2),
            false => (self.from.2, self.to.2),
        }
    }

    fn tcp(&self, back: bool, flags: TcpFlags) -> Option<Leg> {
        let (sport, dport) = self.ports(back);
        let l4 = L4::Tcp {
            sport,
            dport,
            flags,
        };
        self.leg(back, TCP, l4)
    }

    fn udp(&self, back: bool) -> Option<Leg> {
        let (sport, dport) = self.ports(back);
        self.leg(back, UDP, L4::Ports { sport, dport })
    }

    fn echo(&self, back: bool) -> Option<Leg> {
        let family = Family::of(self.from.1);
        let kind = match (family, back) {
            (Family::V4, false) => 8,
            (Family::V4, true) => 0,
            (Family::V6, false) => 128,
            (Family::V6, true) => 129,
        };
        let l4 = L4::Icmp { kind, code: 0 };
        self.leg(back, Match::icmp_of(family), l4)
    }
}

/// What is expected of one packet of a session.
#[derive(Clone, Debug)]
pub struct Expected {
    /// It arrives, or it does not; `None`: that is a state, or the kernel cannot be asked.
    pub arrives: Option<bool>,
    /// Where it goes by the sets, and by the interpreter.
    pub ends: [Ends; 2],
    /// Port that it is given to; `None` if the machine has no route for it.
    pub port: Option<usize>,
}

/// What both opinions expect of a packet.
#[must_use]
pub fn expected(
    plan: &Plan<'_>,
    opinions: &Opinions<'_>,
    hosts: &[Host],
    one: &Try,
    (flow, back): &Leg,
) -> Expected {
    let (near, far) = match back {
        true => (&hosts[one.to.0], &hosts[one.from.0]),
        false => (&hosts[one.from.0], &hosts[one.to.0]),
    };
    let Some(port) = near.first_hop(flow.dst()) else {
        let ends = [Ends::new(), Ends::new()];
        return Expected {
            arrives: Some(false),
            ends,
            port: None,
        };
    };
    let (interpreter, _) = opinions.interpreter(port, flow);
    let solver = opinions.solver(near.link, flow);
    let there = |end: &End| match end {
        End::Delivered(link) => *link == far.link,
        End::Handed(link, via) => *link == far.link && far.addrs.iter().any(|a| a.addr() == *via),
        End::Local(_) | End::Dropped => false,
    };
    let count = interpreter.iter().filter(|end| there(end)).count();
    let arrives = match count {
        0 => Some(false),
        _ if count == interpreter.len() => Some(true),
        _ => None,
    };
    Expected {
        arrives: arrives.filter(|_| excluded(plan, flow).is_none()),
        ends: [solver, interpreter],
        port: Some(port),
    }
}

/// Attempts between each two machines besides what is permitted.
const CROSS: usize = 4;

/// The attempts of one family, at most so many: what each `allow` permits, ports beside it, and half as many, and some, of
/// whatever is between any two machines.
#[must_use]
pub fn tries(
    plan: &Plan<'_>,
    hosts: &[Host],
    family: Family,
    most: usize,
    rng: &mut Rng,
) -> Vec<Try> {
    let mut drawn = Drawn {
        hosts,
        family,
        ports: BTreeSet::from([22, 80, 443]),
        used: 0,
        tries: Vec::new(),
    };
    drawn.permitted(plan, rng);
    rng.shuffle(&mut drawn.tries);
    drawn.tries.truncate(most * 2 / 3);
    let others = drawn.tries.len() / 2 + 30;
    let most = most.min(drawn.tries.len() + others);
    drawn.crossing(rng);
    drawn.tries.truncate(most);
    drawn.tries
}

struct Drawn<'a> {
    hosts: &'a [Host],
    family: Family,
    /// Ports that the policy names, and their neighbours.
    ports: BTreeSet<u16>,
    /// Client ports that were given out.
    used: u16,
    tries: Vec<Try>,
}

impl Drawn<'_> {
    fn permitted(&mut self, plan: &Plan<'_>, rng: &mut Rng) {
        let topo = &plan.world.topo;
        let network = &plan.world.policy.network;
        let link = |at| network.vlan_of(at).and_then(|vlan| topo.vlan(vlan));
        let family = self.family;
        let halves = plan.world.halves.iter();
        for half in halves.filter(|half| !half.reply && half.family == family) {
            let (Some(near), Some(far)) = (link(half.from.at), link(half.to.at)) else {
                continue;
            };
            let ends = [
                within(self.hosts, near, &half.from.addrs),
                within(self.hosts, far, &half.to.addrs),
            ];
            let ends = ends.map(|all| {
                let mine = all.into_iter().filter(|(_, a)| Family::of(*a) == family);
                mine.collect::<Vec<_>>()
            });
            let (Some(&from), Some(&to)) = (rng.choice(&ends[0]), rng.choice(&ends[1])) else {
                continue;
            };
            for boxed in half.core.iter().filter(|_| near != far) {
                self.of_box(boxed, from, to, rng);
            }
        }
    }

    /// The lowest and highest port of each range, and one beside it.
    fn of_box(&mut self, boxed: &Match, from: (usize, IpAddr), to: (usize, IpAddr), rng: &mut Rng) {
        if boxed.protocol.contains(Match::icmp_of(self.family)) {
            self.put(Kind::Echo, from, to, 0, 0);
        }
        for (protocol, kind) in [(TCP, Kind::Tcp), (UDP, Kind::Udp)] {
            if !boxed.protocol.contains(protocol) || boxed.dport.is_full() {
                continue;
            }
            for &(low, high) in boxed.dport.ranges().iter().take(4) {
                let beside = match rng.bool() {
                    true => low.saturating_sub(1),
                    false => high.saturating_add(1),
                };
                for dport in BTreeSet::from([low, high, beside]) {
                    self.ports.insert(dport);
                    let sport = self.client(&boxed.sport, from.0);
                    self.put(kind, from, to, sport, dport);
                }
            }
        }
    }

    fn crossing(&mut self, rng: &mut Rng) {
        let ports: Vec<u16> = self.ports.iter().copied().collect();
        let mine = |host: &Host, family| {
            let all = host.all().filter(move |addr| Family::of(*addr) == family);
            all.collect::<Vec<IpAddr>>()
        };
        let all = 0..self.hosts.len();
        let pairs = all
            .clone()
            .flat_map(|from| all.clone().map(move |to| (from, to)));
        let apart = |(from, to): &(usize, usize)| self.hosts[*from].link != self.hosts[*to].link;
        let mut pairs: Vec<(usize, usize)> = pairs.filter(apart).collect();
        rng.shuffle(&mut pairs);
        for (from, to) in pairs {
            let ends = [from, to].map(|host| mine(&self.hosts[host], self.family));
            for _ in 0..CROSS {
                let (Some(&src), Some(&dst)) = (rng.choice(&ends[0]), rng.choice(&ends[1])) else {
                    break;
                };
                let kind = [Kind::Tcp, Kind::Tcp, Kind::Udp, Kind::Echo][rng.usize(..4)];
                let dport = rng.choice(&ports).copied().unwrap_or(443);
                let sport = self.client(&PortSet::full(), from);
                self.put(kind, (from, src), (to, dst), sport, dport);
            }
        }
    }

    /// A client port: the one that the service holds it to, else one that nobody has had.
    fn client(&mut self, held: &PortSet, host: usize) -> u16 {
        let (low, high) = self.hosts[host].ephemeral;
        let low = if high >= 30_000 { low.max(20_000) } else { low };
        self.used += 1;
        match held.ranges().first() {
            Some(&(first, _)) if first > 0 && first < low => first,
            _ => low + self.used % (high - low).max(1),
        }
    }

    fn put(
        &mut self,
        kind: Kind,
        from: (usize, IpAddr),
        to: (usize, IpAddr),
        sport: u16,
        dport: u16,
    ) {
        // Port zero is no port of a socket.
        let (sport, dport) = match kind {
            Kind::Echo => (0, 0),
            _ if dport == 0 || sport == 0 => return,
            _ => (sport, dport),
        };
        self.tries.push(Try {
            kind,
            from: (from.0, from.1, sport),
            to: (to.0, to.1, dport),
        });
    }
}
