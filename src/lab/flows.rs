//! Which packets are sent: from the solver's regions with their boundaries, and at random.
//!
//! In: the opinions of one family, a seeded generator. Out: packets by the port they are given to.
//! Must not know: how packets are sent.

use super::opinion::{Opinions, excluded};
use super::plan::Plan;
use crate::net::addr::bits_of;
use crate::net::proto::{SCTP, TCP, UDP};
use crate::net::{AddrSet, Family, FlagSet, Flow, L4, Match, PortSet, PositionSet, TcpFlags};
use crate::pset::PacketSet;
use crate::reach::End;
use crate::topo::Topo;
use fastrand::Rng;
use std::net::IpAddr;

/// A packet and the port it is given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shot {
    /// The packet.
    pub flow: Flow,
    /// Index into [`Topo::ports`].
    pub port: usize,
}

/// Values that lists of a family name, with their neighbours: where mistakes show.
pub struct Edges {
    family: Family,
    addrs: Vec<IpAddr>,
    ports: Vec<u16>,
    protocols: Vec<u8>,
    icmp: Vec<(u8, u8)>,
}

/// Regions of one end, at most.
const MOST_REGIONS: usize = 2_000;

impl Edges {
    /// From the lists, interfaces and routes of a network.
    #[must_use]
    pub fn new(topo: &Topo, family: Family) -> Edges {
        let mut addrs = Vec::new();
        let mut ports: Vec<u16> = vec![0, 1, 22, 53, 80, 443, 1023, 1024, 40000, u16::MAX];
        let mut icmp = match family {
            Family::V4 => vec![(8, 0), (0, 0), (3, 4), (3, 1), (11, 0), (5, 1), (13, 0)],
            Family::V6 => vec![(128, 0), (129, 0), (1, 0), (2, 0), (3, 0), (4, 1), (200, 0)],
        };
        let mut around = |set: &AddrSet| {
            for part in set.parts().iter().filter(|part| !part.is_any()) {
                let (low, high) = (part.value(), part.value() | part.free());
                let all = [
                    low.wrapping_sub(1),
                    low,
                    low + 1,
                    high.saturating_sub(1),
                    high,
                    high.wrapping_add(1),
                ];
                addrs.extend(all.map(|bits| family.addr(bits & family.ones())));
            }
        };
        for acl in topo.devices.iter().flat_map(|named| &named.device.acls) {
            for boxed in acl
                .all()
                .flat_map(|ace| ace.boxes(true))
                .filter(|m| m.family == family)
            {
                around(&boxed.src);
                around(&boxed.dst);
                for set in [&boxed.sport, &boxed.dport] {
                    for &(low, high) in set.ranges() {
                        ports.extend([low.wrapping_sub(1), low, high, high.wrapping_add(1)]);
                    }
                }
                if !boxed.icmp_type.is_full() {
                    icmp.extend(boxed.icmp_type.iter().map(|kind| (kind, 0)));
                }
            }
        }
        for interface in topo
            .devices
            .iter()
            .flat_map(|named| &named.device.interfaces)
        {
            let nets = interface
                .addrs
                .iter()
                .filter(|net| Family::of_net(net) == family);
            for net in nets {
                let (low, high) = (bits_of(net.network()), bits_of(net.broadcast()));
                let all = [
                    low + 1,
                    low + 2,
                    low + 5,
                    low + 10,
                    high.saturating_sub(1),
                    high.saturating_sub(3),
                ];
                addrs.extend(all.map(|bits| family.addr(bits)));
                addrs.push(net.addr());
            }
        }
        addrs.sort_unstable();
        addrs.dedup();
        ports.sort_unstable();
        ports.dedup();
        icmp.sort_unstable();
        icmp.dedup();
        Edges {
            family,
            addrs,
            ports,
            protocols: vec![
                TCP,
                TCP,
                TCP,
                UDP,
                UDP,
                Match::icmp_of(family),
                Match::icmp_of(family),
                SCTP,
                47,
                50,
                89,
                112,
            ],
            icmp,
        }
    }

    /// Any packet that has business here, or nearly so; fragments and spoofed sources too.
    #[must_use]
    pub fn random(&self, rng: &mut Rng) -> Option<Flow> {
        let addr = |rng: &mut Rng| match rng.u8(..16) {
            0 => Some(self.family.addr(rng.u128(..) & self.family.ones())),
            _ => rng.choice(&self.addrs).copied(),
        };
        let (src, dst) = (addr(rng)?, addr(rng)?);
        let protocol = match rng.u8(..24) {
            0 => rng.u8(..),
            _ => *rng.choice(&self.protocols)?,
        };
        let position = match rng.u8(..8) {
            0 => PositionSet::FIRST,
            1 => PositionSet::LATER,
            _ => PositionSet::WHOLE,
        };
        let ext = self.family == Family::V6 && rng.u8(..10) == 0;
        let port = |rng: &mut Rng| match rng.u8(..6) {
            0 => rng.u16(..),
            _ => rng.choice(&self.ports).copied().unwrap_or_default(),
        };
        let flags = TcpFlags::from_bits(*rng.choice(&[2, 18, 16, 4, 20, 17, 24, 0, 63, 41])?);
        let (sport, dport) = (port(rng), port(rng));
        let (kind, code) = match rng.u8(..8) {
            0 => (rng.u8(..), rng.u8(..4)),
            _ => *rng.choice(&self.icmp)?,
        };
        let l4 = l4(
            self.family,
            protocol,
            position,
            (sport, dport, flags),
            (kind, code),
        );
        Flow::new(src, dst, protocol, l4, position, ext).ok()
    }
}

/// The L4 header that a packet of a protocol has (D6).
fn l4(
    family: Family,
    protocol: u8,
    position: PositionSet,
    (sport, dport, flags): (u16, u16, TcpFlags),
    (kind, code): (u8, u8),
) -> L4 {
    match protocol {
        _ if position == PositionSet::LATER => L4::None,
        TCP => L4::Tcp {
            sport,
            dport,
            flags,
        },
        UDP | SCTP => L4::Ports { sport, dport },
        number if number == Match::icmp_of(family) => L4::Icmp { kind, code },
        _ => L4::None,
    }
}

/// A packet of a box: its corners, or anything in it.
fn of_box(boxed: &Match, rng: &mut Rng) -> Option<Flow> {
    let addr = |set: &AddrSet, rng: &mut Rng| {
        let part = rng.choice(set.parts())?;
        let bits = match rng.u8(..4) {
            0 => 0,
            1 => part.free(),
            2 => part.free() & 2,
            _ => rng.u128(..) & part.free(),
        };
        Some(boxed.family.addr(part.value() | bits))
    };
    let port = |set: &PortSet, rng: &mut Rng| {
        let &(low, high) = rng.choice(set.ranges())?;
        Some(*rng.choice(&[low, high, rng.clone().u16(low..=high)])?)
    };
    let (src, dst) = (addr(&boxed.src, rng)?, addr(&boxed.dst, rng)?);
    let usual = [TCP, UDP, Match::icmp_of(boxed.family), SCTP, 47, 50];
    let protocols: Vec<u8> = boxed.protocol.iter().collect();
    let likely: Vec<u8> = usual
        .into_iter()
        .filter(|p| boxed.protocol.contains(*p))
        .collect();
    let protocol = match (rng.u8(..5), likely.is_empty()) {
        (1.., false) => *rng.choice(&likely)?,
        _ => *rng.choice(&protocols)?,
    };
    let positions = [PositionSet::WHOLE, PositionSet::FIRST, PositionSet::LATER];
    let positions: Vec<PositionSet> = positions
        .into_iter()
        .filter(|p| p.intersect(boxed.position).0 != 0)
        .collect();
    let position = *rng.choice(&positions)?;
    let ext =
        boxed.family == Family::V6 && (boxed.ext.0 == 2 || (boxed.ext.0 == 3 && rng.u8(..8) == 0));
    let (sport, dport) = (port(&boxed.sport, rng)?, port(&boxed.dport, rng)?);
    let flags = any_flags(boxed.flags, rng)?;
    let byte = |set: crate::net::ByteSet, rng: &mut Rng| {
        let &(low, high) = rng.choice(&set.ranges())?;
        Some(rng.u8(low..=high))
    };
    let icmp = [boxed.icmp_type, boxed.icmp_code].map(|set| byte(set, rng).unwrap_or(0));
    let l4 = l4(
        boxed.family,
        protocol,
        position,
        (sport, dport, flags),
        icmp.into(),
    );
    Flow::new(src, dst, protocol, l4, position, ext).ok()
}

fn any_flags(set: FlagSet, rng: &mut Rng) -> Option<TcpFlags> {
    let all: Vec<TcpFlags> = (0..64)
        .map(TcpFlags::from_bits)
        .filter(|flags| set.contains(*flags))
        .collect();
    rng.choice(&all).copied()
}

/// The packets of one family: for each link some of every region of what is permitted and of what is denied, and some at
/// random; each is given to every router on the link.
#[must_use]
pub fn shots(
    opinions: &Opinions<'_>,
    plan: &Plan<'_>,
    family: Family,
    per_link: usize,
    at_random: usize,
    rng: &mut Rng,
) -> Vec<Shot> {
    let topo = &plan.world.topo;
    let edges = Edges::new(topo, family);
    let mut shots = Vec::new();
    let links: Vec<(usize, Vec<usize>)> = (0..topo.links.len())
        .map(|link| {
            let ports = topo
                .routers_of(link, family)
                .filter(|&port| plan.live[port]);
            (link, ports.collect())
        })
        .filter(|(_, ports): &(usize, Vec<usize>)| !ports.is_empty())
        .collect();
    let mut put = |flow: Flow, ports: &[usize]| {
        if excluded(plan, &flow).is_none() {
            shots.extend(ports.iter().map(|&port| Shot { flow, port }));
        }
    };
    for (link, ports) in &links {
        let mut boxes = regions(opinions, *link);
        rng.shuffle(&mut boxes);
        boxes.truncate(per_link);
        let each = per_link / boxes.len().max(1);
        for flow in boxes.iter().flat_map(|boxed| {
            let flows: Vec<Flow> = (0..each).filter_map(|_| of_box(boxed, rng)).collect();
            flows
        }) {
            put(flow, ports);
            // The rest of the session, from both sides.
            let Some(End::Delivered(far)) = opinions.solver(*link, &flow).into_iter().next() else {
                continue;
            };
            let back = links.iter().find(|(other, _)| *other == far);
            if flow.position() != PositionSet::WHOLE {
                continue;
            }
            for (reply, l4) in session(&flow) {
                let (src, dst) = match reply {
                    true => (flow.dst(), flow.src()),
                    false => (flow.src(), flow.dst()),
                };
                let packet = Flow::new(src, dst, flow.protocol(), l4, flow.position(), flow.ext());
                let from = if reply {
                    back.map(|(_, ports)| ports)
                } else {
                    Some(ports)
                };
                if let (Ok(packet), Some(from)) = (packet, from) {
                    put(packet, from);
                }
            }
        }
    }
    for _ in 0..at_random {
        let Some((_, ports)) = rng.choice(&links) else {
            break;
        };
        if let Some(flow) = edges.random(rng) {
            put(flow, ports);
        }
    }
    shots
}

/// Boxes of every end of packets from a link, and of what ends nowhere.
fn regions(opinions: &Opinions<'_>, link: usize) -> Vec<Match> {
    let space = opinions.space();
    let sets: Vec<PacketSet> = opinions.spread(link, |spread| {
        let ends = spread
            .delivered
            .iter()
            .chain(spread.handed.values())
            .chain(&spread.local);
        let ends: Vec<PacketSet> = ends.copied().filter(|set| !space.is_empty(*set)).collect();
        let all = ends
            .iter()
            .fold(space.empty(), |all, set| space.union(all, *set));
        ends.into_iter().chain([space.complement(all)]).collect()
    });
    let boxes = |set| space.regions(set, MOST_REGIONS).list;
    sets.into_iter().flat_map(boxes).collect()
}

/// What the other packets of a session look like: the handshake, data, the end, and the way back.
fn session(flow: &Flow) -> Vec<(bool, L4)> {
    let with = |names: &[TcpFlags]| {
        names
            .iter()
            .fold(TcpFlags::default(), |all, f| all.with(*f))
    };
    let (syn, ack, psh) = (TcpFlags::SYN, TcpFlags::ACK, TcpFlags::PSH);
    match flow.l4() {
        L4::Tcp {
            sport,
            dport,
            flags,
        } if flags == syn => {
            let there = |flags| {
                (
                    false,
                    L4::Tcp {
                        sport,
                        dport,
                        flags,
                    },
                )
            };
            let back = |flags| {
                (
                    true,
                    L4::Tcp {
                        sport: dport,
                        dport: sport,
                        flags,
                    },
                )
            };
            vec![
                back(with(&[syn, ack])),
                there(ack),
                there(with(&[psh, ack])),
                back(with(&[psh, ack])),
                back(with(&[TcpFlags::FIN, ack])),
                there(TcpFlags::RST),
                back(syn),
            ]
        }
        L4::Ports { sport, dport } => vec![(
            true,
            L4::Ports {
                sport: dport,
                dport: sport,
            },
        )],
        L4::Icmp { kind: 8, code } => vec![(true, L4::Icmp { kind: 0, code })],
        L4::Icmp { kind: 128, code } => vec![(true, L4::Icmp { kind: 129, code })],
        _ => Vec::new(),
    }
}
