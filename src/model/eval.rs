//! The specification, one packet at a time: may this flow go from this link to that arrival? (D34-D37, D42, D45)
//!
//! In: a [`Policy`], an evaluation date, a link of injection, a [`Flow`], an arrival. Out: by which opening, and as what.
//! Written straight from the definitions and without packet sets: it is the second opinion to the verifier.
//! Not here: what a link needs to work (D21, the legs of a relay between hosts and switches, D22), and packets that switches
//! themselves send (D20); both are no injection on a link.
//! Must not know: lists, devices, routes, packet sets.

use super::{Allow, At, Network, Policy, Session, Spot};
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
        let answered = self
            .back()
            .any(|client| sessions().any(|s| self.is_reply(s, client)));
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
    fn is_reply(&self, session: &Session, client: &Spot) -> bool {
        match session {
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
                            && self.answers())
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
    fn answers(&self) -> bool {
        match self.flow.l4() {
            L4::Tcp { flags, .. } => {
                self.allow.wide_return || FlagSet::established().contains(flags)
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
        let reply = self.back().any(|c| sessions().any(|s| self.is_reply(s, c)));
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
mod tests {
    use super::*;
    use crate::base::FileId;
    use crate::net::proto::{ICMP, UDP};

    const TOUR: &str = include_str!("../../golden/p1_wired/policy.acl");

    fn tour(more: &str) -> Policy {
        let (file, _) = crate::syntax::parse(FileId(0), &format!("{TOUR}\n{more}\n"));
        let (policy, diags) =
            crate::model::lower(&[(FileId(0), file)], &["cisco-ios-xe", "alaxala-ax"]);
        assert!(diags.is_empty(), "{diags:?}");
        policy.unwrap()
    }

    fn tcp(src: &str, dst: &str, sport: u16, dport: u16, flags: TcpFlags) -> Flow {
        let l4 = L4::Tcp {
            sport,
            dport,
            flags,
        };
        Flow::new(
            src.parse().unwrap(),
            dst.parse().unwrap(),
            TCP,
            l4,
            PositionSet::WHOLE,
            false,
        )
        .unwrap()
    }

    fn bare(src: &str, dst: &str, protocol: u8, l4: L4, position: PositionSet, ext: bool) -> Flow {
        Flow::new(
            src.parse().unwrap(),
            dst.parse().unwrap(),
            protocol,
            l4,
            position,
            ext,
        )
        .unwrap()
    }

    /// The arrival at a zone of the tour by VLAN.
    fn link(policy: &Policy, vlan: u16) -> At {
        At::Link(policy.network.links()[&vlan][0], vlan)
    }

    const DAY: Date = jiff::civil::date(2026, 12, 1);

    /// Word of the kind, and whether it is required.
    fn ask(policy: &Policy, vlan: u16, flow: &Flow, to: At) -> (&'static str, bool) {
        let word = match allowed(policy, DAY, vlan, flow, to) {
            Some(Kind::Request(_)) => "request",
            Some(Kind::Reply(_)) => "reply",
            Some(Kind::Companion(_)) => "companion",
            None => "no",
        };
        let needed = required(policy, DAY, vlan, flow, to);
        assert!(
            !needed || word != "no",
            "what is required is allowed: {flow}"
        );
        (word, needed)
    }

    #[test]
    fn sessions_of_the_tour() {
        let policy = tour("");
        let (sxfer, term) = (link(&policy, 300), link(&policy, 111));
        let (syn, ack) = (TcpFlags::SYN, TcpFlags::ACK);
        let (pc, gateway, node) = ("10.10.17.5", "10.20.0.10", "10.20.0.11");
        for (vlan, flow, to, expect) in [
            (
                111,
                tcp(pc, gateway, 50000, 443, syn),
                sxfer,
                ("request", true),
            ),
            // Requests come from any port; only those from `ephemeral` are promised an answer.
            (
                111,
                tcp(pc, gateway, 80, 443, syn),
                sxfer,
                ("request", false),
            ),
            (
                111,
                tcp(pc, gateway, 50000, 443, TcpFlags::default()),
                sxfer,
                ("request", false),
            ),
            (111, tcp(pc, gateway, 50000, 444, syn), sxfer, ("no", false)),
            (111, tcp(pc, node, 50000, 443, syn), sxfer, ("no", false)),
            // From the other terminals' link, or with an address that is not the link's own.
            (112, tcp(pc, gateway, 50000, 443, syn), sxfer, ("no", false)),
            (
                111,
                tcp("10.10.18.5", gateway, 50000, 443, syn),
                sxfer,
                ("no", false),
            ),
            // Network and own addresses may, and need not.
            (
                111,
                tcp("10.10.17.0", gateway, 50000, 443, syn),
                sxfer,
                ("request", false),
            ),
            (
                111,
                tcp("10.10.17.1", gateway, 50000, 443, syn),
                sxfer,
                ("request", false),
            ),
            (
                300,
                tcp(gateway, pc, 443, 50000, ack),
                term,
                ("reply", true),
            ),
            (
                300,
                tcp(gateway, pc, 443, 50000, TcpFlags::RST),
                term,
                ("reply", false),
            ),
            (300, tcp(gateway, pc, 443, 50000, syn), term, ("no", false)),
            (300, tcp(gateway, pc, 443, 80, ack), term, ("no", false)),
        ] {
            assert_eq!(
                ask(&policy, vlan, &flow, to),
                expect,
                "{flow} from VLAN {vlan}"
            );
        }
    }

    #[test]
    fn companions_are_fragments_and_extension_headers() {
        let policy = tour("");
        let infra = link(&policy, 210);
        let (pc, dc1) = ("fd7a:1c2b:0:111::5", "fd7a:1c2b:0:210::11");
        let later = bare(pc, dc1, UDP, L4::None, PositionSet::LATER, false);
        assert_eq!(ask(&policy, 111, &later, infra), ("companion", false));
        let ext = |dport| {
            bare(
                pc,
                dc1,
                UDP,
                L4::Ports {
                    sport: 50000,
                    dport,
                },
                PositionSet::WHOLE,
                true,
            )
        };
        assert_eq!(ask(&policy, 111, &ext(53), infra), ("companion", false));
        assert_eq!(ask(&policy, 111, &ext(54), infra), ("no", false));
        let sctp = bare(pc, dc1, 132, L4::None, PositionSet::LATER, false);
        assert_eq!(ask(&policy, 111, &sctp, infra), ("no", false));
    }

    #[test]
    fn fixed_client_ports_hold_both_ways() {
        let policy = tour("");
        let (infra, term) = (link(&policy, 210), link(&policy, 111));
        let udp = |src, dst, sport, dport| {
            bare(
                src,
                dst,
                UDP,
                L4::Ports { sport, dport },
                PositionSet::WHOLE,
                false,
            )
        };
        let (pc, dc1) = ("10.10.17.5", "10.10.33.11");
        // ntp: udp 123 from 123+ephemeral; dhcp: udp 67 from 68
        assert_eq!(
            ask(&policy, 111, &udp(pc, dc1, 123, 123), infra),
            ("request", true)
        );
        assert_eq!(
            ask(&policy, 111, &udp(pc, dc1, 124, 123), infra),
            ("no", false)
        );
        assert_eq!(
            ask(&policy, 210, &udp(dc1, pc, 123, 123), term),
            ("reply", true)
        );
        assert_eq!(
            ask(&policy, 111, &udp(pc, dc1, 68, 67), infra),
            ("request", true)
        );
        assert_eq!(
            ask(&policy, 111, &udp(pc, dc1, 50000, 67), infra),
            ("no", false)
        );
    }

    #[test]
    fn dates_externals_and_switches() {
        let policy = tour("");
        let syn = TcpFlags::SYN;
        let wsus = tcp("10.10.17.5", "10.10.33.21", 50000, 8530, syn);
        let infra = link(&policy, 210);
        let day =
            |y, m, d| allowed(&policy, jiff::civil::date(y, m, d), 111, &wsus, infra).is_some();
        assert!(day(2027, 3, 31) && !day(2027, 4, 1));
        let lgwan = At::External(crate::model::ExternalId(0));
        let out = |dst| tcp("10.10.33.31", dst, 50000, 443, syn);
        assert_eq!(
            ask(&policy, 210, &out("203.0.113.9"), lgwan),
            ("request", true)
        );
        assert_eq!(
            ask(&policy, 210, &out("127.0.0.1"), lgwan),
            ("request", false)
        );
        assert_eq!(ask(&policy, 210, &out("10.20.8.9"), lgwan), ("no", false));
        // What lies behind the firewall enters on the firewall's link.
        let back = tcp("203.0.113.9", "10.10.33.31", 443, 50000, TcpFlags::ACK);
        assert_eq!(ask(&policy, 290, &back, infra), ("reply", true));
        let myn = At::Switch(crate::model::SwitchId(1));
        let ssh = |dst| tcp("10.20.48.5", dst, 50000, 22, syn);
        assert_eq!(
            ask(&policy, 350, &ssh("10.20.48.1"), myn),
            ("request", true)
        );
        assert_eq!(ask(&policy, 350, &ssh("10.20.0.1"), myn), ("no", false));
    }

    #[test]
    fn errors_come_from_any_source_and_echo_is_answered() {
        let policy = tour("allow 複合機 -> 業務サーバ : std.ping, std.pmtu");
        let (print, biz) = (link(&policy, 120), link(&policy, 200));
        let icmp = |src, dst, kind, code| {
            bare(
                src,
                dst,
                ICMP,
                L4::Icmp { kind, code },
                PositionSet::WHOLE,
                false,
            )
        };
        let (pr, srv) = ("10.10.24.5", "10.10.32.11");
        assert_eq!(
            ask(&policy, 120, &icmp(pr, srv, 8, 0), biz),
            ("request", true)
        );
        assert_eq!(
            ask(&policy, 200, &icmp(srv, pr, 0, 0), print),
            ("reply", true)
        );
        assert_eq!(
            ask(&policy, 200, &icmp(srv, pr, 8, 0), print),
            ("no", false)
        );
        assert_eq!(
            ask(&policy, 300, &icmp("192.0.2.1", pr, 3, 4), print),
            ("reply", false)
        );
        assert_eq!(
            ask(&policy, 300, &icmp("192.0.2.1", srv, 3, 4), biz),
            ("reply", false)
        );
        assert_eq!(
            ask(&policy, 300, &icmp("192.0.2.1", srv, 3, 3), biz),
            ("no", false)
        );
    }

    #[test]
    fn a_wide_return_is_an_opening() {
        let policy = tour("allow 複合機 -> 財務 : tcp 445 accept wide-return because \"AW+\"");
        let print = link(&policy, 120);
        let syn = tcp("10.10.32.11", "10.10.24.5", 445, 50000, TcpFlags::SYN);
        assert_eq!(ask(&policy, 200, &syn, print), ("reply", false));
    }
}
