//! The specification, one packet at a time: may this flow go from this link to that arrival? (D34-D37, D42, D45)
//!
//! In: a [`Policy`], an evaluation date, a link of injection, a [`Flow`], an arrival. Out: by which opening, and as what.
//! Written straight from the definitions and without packet sets: it is the second opinion to the verifier.
//! Not here: what a link needs to work (D21, the legs of a relay between hosts and switches, D22), and packets that switches
//! themselves send (D20); both are no injection on a link.
//! Must not know: lists, devices, routes, packet sets.

use super::{Allow, At, Network, Policy, Session, Spot, Term};
use crate::net::addr::bits_of;
use crate::net::proto::TCP;
use crate::net::{Family, FlagSet, Flow, L4, Match, PortSet, PositionSet, TcpFlags};
use ipnet::IpNet;
use jiff::civil::Date;
use std::net::IpAddr;

/// As what a packet is allowed; the number is the index in [`Policy::allows`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Req: it opens, or belongs to what was opened.
    Request(usize),
    /// Rep: it answers. ICMP errors that an opening names are replies too (D37).
    Reply(usize),
    /// Com: a later fragment of either, or either with an extension header.
    Companion(usize),
}

/// By which opening in force a packet may go from a link to an arrival, requests before replies before companions.
#[must_use]
pub fn allowed(policy: &Policy, at: Date, from_vlan: u16, flow: &Flow, to: At) -> Option<Kind> {
    let kinds = policy
        .allows
        .iter()
        .enumerate()
        .filter(|(_, allow)| allow.in_force(at));
    let kinds = kinds.filter_map(|(index, allow)| {
        let walk = Walk {
            policy,
            at,
            network: &policy.network,
            allow,
            from_vlan,
            flow,
            to,
        };
        walk.kind(index)
    });
    kinds.min_by_key(|kind| match *kind {
        Kind::Request(index) => (0, index),
        Kind::Reply(index) => (1, index),
        Kind::Companion(index) => (2, index),
    })
}

/// Whether the openings in force demand that a packet gets from a link to an arrival (D42, Low of D45).
#[must_use]
pub fn required(policy: &Policy, at: Date, from_vlan: u16, flow: &Flow, to: At) -> bool {
    let plain = flow.position() == PositionSet::WHOLE && !flow.ext();
    let in_force = policy.allows.iter().filter(|allow| allow.in_force(at));
    plain
        && in_force.into_iter().any(|allow| {
            let walk = Walk {
                policy,
                at,
                network: &policy.network,
                allow,
                from_vlan,
                flow,
                to,
            };
            walk.demanded()
        })
}

/// One packet against one opening.
struct Walk<'a> {
    policy: &'a Policy,
    at: Date,
    network: &'a Network,
    allow: &'a Allow,
    from_vlan: u16,
    flow: &'a Flow,
    to: At,
}

impl<'a> Walk<'a> {
    fn kind(&self, index: usize) -> Option<Kind> {
        let sessions = || self.allow.terms.iter().map(|term| &term.session);
        let fresh = !self.flow.ext() && self.flow.position() != PositionSet::LATER;
        let requested = self
            .forth()
            .any(|client| sessions().any(|s| self.is_request(s, client)));
        if requested {
            return Some(if fresh {
                Kind::Request(index)
            } else {
                Kind::Companion(index)
            });
        }
        let mut terms = self.allow.terms.iter();
        let answered = terms.any(|term| self.back().any(|client| self.is_reply(term, client)));
        let error = sessions().any(|s| self.is_error(s));
        (answered || error).then_some(if fresh {
            Kind::Reply(index)
        } else {
            Kind::Companion(index)
        })
    }

    /// Clients on the link that have the source address, if a server at the arrival has the destination.
    fn forth(&self) -> impl Iterator<Item = &'a Spot> {
        self.ends(&self.allow.from, &self.allow.to)
            .map(|(client, _)| client)
    }

    /// Clients at the arrival that have the destination address, if a server on the link has the source.
    fn back(&self) -> impl Iterator<Item = &'a Spot> {
        self.ends(&self.allow.to, &self.allow.from)
            .map(|(_, client)| client)
    }

    /// Pairs of a spot on the link with the source and a spot at the arrival with the destination, on different links.
    fn ends(
        &self,
        senders: &'a [Spot],
        receivers: &'a [Spot],
    ) -> impl Iterator<Item = (&'a Spot, &'a Spot)> {
        let (network, vlan, to) = (self.network, self.from_vlan, self.to);
        let (src, dst) = (self.flow.src(), self.flow.dst());
        let apart = network.vlan_of(to) != Some(vlan);
        let senders = senders
            .iter()
            .filter(move |s| apart && network.vlan_of(s.at) == Some(vlan) && s.addrs.contains(src));
        senders.flat_map(move |sender| {
            let there = receivers
                .iter()
                .filter(move |r| r.at == to && r.addrs.contains(dst));
            there.map(move |receiver| (sender, receiver))
        })
    }

    /// Reply ports of a client (D34).
    fn ephemeral(&self, client: &Spot) -> PortSet {
        let (first, last) = match client.at {
            At::Link(zone, _) => self.network.zone(zone).ephemeral,
            At::External(_) | At::Switch(_) => self.network.site.ephemeral,
        };
        PortSet::range(first, last)
    }

    /// Source ports of a request: those of the service, else any.
    fn client_ports(
        &self,
        from: Option<&(PortSet, bool)>,
        client: &Spot,
        otherwise: PortSet,
    ) -> PortSet {
        match from {
            Some((fixed, true)) => fixed.union(&self.ephemeral(client)),
            Some((fixed, false)) => fixed.clone(),
            None => otherwise,
        }
    }

    /// Req of D34, and its companions.
    fn is_request(&self, session: &Session, client: &Spot) -> bool {
        match session {
            Session::Ports {
                protocol,
                dport,
                from,
            } => {
                let sports = self.client_ports(from.as_ref(), client, PortSet::full());
                self.flow.protocol() == *protocol
                    && (self.is_later()
                        || ports(self.flow.l4())
                            .is_some_and(|(s, d)| sports.contains(s) && dport.contains(d)))
            }
            Session::Icmp { error: true, .. } => false,
            Session::Icmp {
                family, kind, code, ..
            } => self.is_icmp(*family, *kind, *code),
            Session::Protocol(number) => self.flow.protocol() == *number,
        }
    }

    /// Rep of D34, and its companions.
    fn is_reply(&self, term: &Term, client: &Spot) -> bool {
        match &term.session {
            Session::Ports {
                protocol,
                dport,
                from,
            } => {
                let cports = self.client_ports(from.as_ref(), client, self.ephemeral(client));
                self.flow.protocol() == *protocol
                    && (self.is_later()
                        || ports(self.flow.l4())
                            .is_some_and(|(s, d)| dport.contains(s) && cports.contains(d))
                            && self.answers(term, client.at))
            }
            Session::Icmp { error: true, .. } => false,
            Session::Icmp {
                family, kind, code, ..
            } => {
                let answer = match (family, kind) {
                    (Family::V4, 8) => Some(0),
                    (Family::V6, 128) => Some(129),
                    _ => None,
                };
                let echo = code.is_none_or(|code| code == 0);
                answer.is_some_and(|answer| echo && self.is_icmp(*family, answer, Some(0)))
            }
            Session::Protocol(number) => self.flow.protocol() == *number,
        }
    }

    /// An error message to either party, from wherever a router on the way may be (D37).
    fn is_error(&self, session: &Session) -> bool {
        let Session::Icmp {
            family,
            kind,
            code,
            error: true,
        } = session
        else {
            return false;
        };
        let dst = self.flow.dst();
        let parties = self.allow.from.iter().chain(&self.allow.to);
        let addressed = parties
            .into_iter()
            .any(|spot| spot.at == self.to && spot.addrs.contains(dst));
        addressed
            && self.network.vlan_of(self.to) != Some(self.from_vlan)
            && self.is_icmp(*family, *kind, *code)
    }

    fn is_icmp(&self, family: Family, kind: u8, code: Option<u8>) -> bool {
        let protocol =
            self.flow.family() == family && self.flow.protocol() == Match::icmp_of(family);
        let message = match self.flow.l4() {
            L4::Icmp { kind: k, code: c } => k == kind && code.is_none_or(|code| code == c),
            _ => self.is_later(),
        };
        protocol && message
    }

    fn is_later(&self) -> bool {
        self.flow.position() == PositionSet::LATER
    }

    /// TCP answers carry ACK or RST, unless the opening says it does without that test (D35).
    fn answers(&self, term: &Term, client: At) -> bool {
        match self.flow.l4() {
            L4::Tcp { flags, .. } => {
                let wide = || self.policy.answers_wide(self.allow, term, client, self.at);
                FlagSet::established().contains(flags) || wide()
            }
            _ => true,
        }
    }

    /// D42: what must arrive is less than what may.
    fn demanded(&self) -> bool {
        if !self.is_host(self.flow.src()) || !self.is_target(self.flow.dst()) {
            return false;
        }
        let sessions = || self.allow.terms.iter().map(|term| &term.session);
        let acks = has_ack(self.flow.l4());
        let opens = match self.flow.l4() {
            L4::Tcp { flags, .. } => FlagSet::opening().contains(flags),
            _ => true,
        };
        let narrow = |session: &Session, client: &Spot| match session {
            // A client outside its reply ports is promised nothing.
            Session::Ports { from: None, .. } => ports(self.flow.l4())
                .is_some_and(|(sport, _)| self.ephemeral(client).contains(sport)),
            _ => true,
        };
        let request = self
            .forth()
            .any(|c| sessions().any(|s| self.is_request(s, c) && narrow(s, c)));
        let mut terms = self.allow.terms.iter();
        let reply = terms.any(|term| self.back().any(|client| self.is_reply(term, client)));
        request && (opens || acks) || reply && (self.flow.protocol() != TCP || acks)
    }

    /// An address a host can have: routed, nobody else's, and not a name of its subnet.
    fn is_host(&self, addr: IpAddr) -> bool {
        let own = self
            .network
            .switches
            .iter()
            .any(|switch| switch.own_addrs().contains(addr));
        let links = self.network.zones.iter().flat_map(|zone| &zone.links);
        let edge = links
            .flat_map(|link| &link.prefixes)
            .any(|net| is_edge(net, addr));
        !own && !edge && is_routed(addr)
    }

    /// The destination is a host's, or that of the switch the packet is for.
    fn is_target(&self, addr: IpAddr) -> bool {
        match self.to {
            At::Switch(_) => is_routed(addr),
            At::Link(..) | At::External(_) => self.is_host(addr),
        }
    }
}

fn ports(l4: L4) -> Option<(u16, u16)> {
    match l4 {
        L4::Tcp { sport, dport, .. } | L4::Ports { sport, dport } => Some((sport, dport)),
        L4::Icmp { .. } | L4::None => None,
    }
}

fn has_ack(l4: L4) -> bool {
    matches!(l4, L4::Tcp { flags, .. } if flags.has(TcpFlags::ACK))
}

/// Network and broadcast address of IPv4, subnet-router anycast of IPv6 (RFC 4291 2.6.1).
fn is_edge(net: &IpNet, addr: IpAddr) -> bool {
    let wide = Family::of_net(net).bits() - u32::from(net.prefix_len()) > 1;
    wide && (addr == net.network() || net.addr().is_ipv4() && addr == net.broadcast())
}

/// Neither martian nor link-local nor to many (D33).
fn is_routed(addr: IpAddr) -> bool {
    match addr {
        IpAddr::V4(a) => {
            let first = a.octets()[0];
            first != 0 && first != 127 && first < 224 && !a.is_link_local()
        }
        IpAddr::V6(a) => {
            !(a.is_unspecified()
                || a.is_loopback()
                || a.is_multicast()
                || bits_of(addr) >> 118 == 0xfe80 >> 6)
        }
    }
}

#[cfg(test)]
mod tests;
