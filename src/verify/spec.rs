//! A policy as packets: request, reply and companions of each session (D34-D37), and what of them is required (D42).
//!
//! Everything here is boxes of headers per pair of spots; nothing knows a list or a route.

use crate::model::{Addrs, At, Before, Network, Policy, Session, Spot, Switch, Term, near_end};
use crate::net::proto::TCP;
use crate::net::{
    AddrRanges, ByteSet, ExtSet, Family, FlagSet, Match, PortSet, PositionSet, TcpFlags,
};
use ipnet::IpNet;
use jiff::civil::Date;

/// Request or reply of one term between two spots, in one family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Half {
    /// Index of the allow in [`Policy::allows`].
    pub allow: usize,
    /// Client spot of the statement.
    pub from: Spot,
    /// Server spot of the statement.
    pub to: Spot,
    /// Family.
    pub family: Family,
    /// It is the reply: it travels from `to` to `from`.
    pub reply: bool,
    /// Whole and first packets without extension headers, any addresses of the spots: Req or Rep.
    pub core: Vec<Match>,
    /// Protocols, for the companions.
    pub protocol: ByteSet,
    /// What D42 requires to arrive.
    pub required: Vec<Match>,
    /// An opening that stays open (D36): a reply of a protocol without flags.
    pub stateless: bool,
    /// An ICMP error: it may come from a router on any link (D37).
    pub anywhere: bool,
}

impl Half {
    /// Where it is sent from.
    #[must_use]
    pub fn source(&self) -> &Spot {
        if self.reply { &self.to } else { &self.from }
    }

    /// Where it is to arrive.
    #[must_use]
    pub fn target(&self) -> &Spot {
        if self.reply { &self.from } else { &self.to }
    }

    /// Core and companions: later fragments of the address pair and protocol, and the same packets with extension
    /// headers.
    #[must_use]
    pub fn with_companions(&self) -> Vec<Match> {
        companions(&self.core)
    }
}

/// Boxes and their companions (Com of D34).
#[must_use]
pub fn companions(core: &[Match]) -> Vec<Match> {
    let later = core.iter().map(|m| m.without_l4(PositionSet::LATER));
    let mut all: Vec<Match> = core.iter().cloned().chain(later).collect();
    for m in &mut all {
        m.ext = ExtSet::FULL;
    }
    all.sort();
    all.dedup();
    all
}

/// Every half of every allow in force.
#[must_use]
pub fn halves(policy: &Policy, at: Date) -> Vec<Half> {
    let hosts = Hosts::new(&policy.network);
    let allows = policy.allows.iter().enumerate();
    let in_force = allows.filter(|(_, allow)| allow.in_force(at));
    in_force
        .flat_map(|(index, allow)| {
            let stated = Stated {
                allow: index,
                wide_return: &|term, from| policy.answers_wide(allow, term, from.at, at),
            };
            sessions(&hosts, &stated, &allow.from, &allow.to, &allow.terms)
        })
        .collect()
}

/// The halves of sessions that a claim names, as if an `allow` said so: for what they require.
#[must_use]
pub fn halves_of(policy: &Policy, from: &[Spot], to: &[Spot], terms: &[Term]) -> Vec<Half> {
    let stated = Stated {
        allow: usize::MAX,
        wide_return: &|_, _| false,
    };
    sessions(&Hosts::new(&policy.network), &stated, from, to, terms)
}

/// What the halves of a statement have in common.
struct Stated<'s> {
    allow: usize,
    /// Whether replies of a term to a spot go without the flag test (D35).
    wide_return: &'s dyn Fn(&Term, &Spot) -> bool,
}

/// The halves of each term between each two spots in each family that both have.
fn sessions(
    hosts: &Hosts<'_>,
    stated: &Stated<'_>,
    from: &[Spot],
    to: &[Spot],
    terms: &[Term],
) -> Vec<Half> {
    let mut halves = Vec::new();
    for (a, b) in from.iter().flat_map(|a| to.iter().map(move |b| (a, b))) {
        for family in Family::BOTH {
            if !a.addrs.of(family).is_empty() && !b.addrs.of(family).is_empty() {
                let each = terms
                    .iter()
                    .flat_map(|term| make_halves(hosts, stated, a, b, family, term));
                halves.extend(each);
            }
        }
    }
    halves
}

fn make_halves(
    hosts: &Hosts<'_>,
    stated: &Stated<'_>,
    from: &Spot,
    to: &Spot,
    family: Family,
    term: &Term,
) -> Vec<Half> {
    let network = hosts.network;
    let shapes = sides(
        &term.session,
        family,
        ephemeral(network, from),
        (stated.wide_return)(term, from),
    );
    let make = |(reply, shape): (bool, Shape)| {
        let (source, target) = if reply { (to, from) } else { (from, to) };
        let place = |spot: &Spot| spot.addrs.of(family).to_set();
        let src = if shape.any_source {
            AddrRanges::any(family).to_set()
        } else {
            place(source)
        };
        let core = Match {
            src,
            dst: place(target),
            ..shape.full.clone()
        }
        .tidy();
        let needed = |spot: &Spot, other: &Spot| {
            let needed = network.needed(spot, other.at);
            hosts.of(spot, family).intersect(needed.of(family)).to_set()
        };
        let required = shape.required.iter().map(|m| {
            Match {
                src: needed(source, target),
                dst: needed(target, source),
                ..m.clone()
            }
            .tidy()
        });
        Half {
            allow: stated.allow,
            from: from.clone(),
            to: to.clone(),
            family,
            reply,
            protocol: core.protocol,
            core: vec![core],
            required: required.collect(),
            stateless: reply && !shape.flags_tested,
            anywhere: shape.any_source,
        }
    };
    shapes.into_iter().map(make).collect()
}

/// Reply ports of a client (D34).
#[must_use]
pub fn ephemeral(network: &Network, client: &Spot) -> (u16, u16) {
    match client.at {
        At::Link(zone, _) => network.zone(zone).ephemeral,
        At::External(_) | At::Switch(_) => network.site.ephemeral,
    }
}

/// One direction of a session without its addresses.
struct Shape {
    full: Match,
    required: Vec<Match>,
    any_source: bool,
    flags_tested: bool,
}

/// Request and reply of a session. Empty if the session is of the other family.
fn sides(
    session: &Session,
    family: Family,
    ephemeral: (u16, u16),
    wide_return: bool,
) -> Vec<(bool, Shape)> {
    let base = Match {
        position: PositionSet::L4,
        ext: ext_absent(family),
        ..Match::any(family)
    };
    match session {
        Session::Ports {
            protocol,
            dport,
            from,
        } => ports(
            &base,
            *protocol,
            dport,
            from.as_ref(),
            ephemeral,
            wide_return,
        ),
        Session::Icmp { family: f, .. } if *f != family => Vec::new(),
        Session::Icmp {
            kind, code, error, ..
        } => icmp(&base, *kind, *code, *error),
        Session::Protocol(number) => {
            let full = Match {
                protocol: ByteSet::one(*number),
                ..base
            };
            let shape = || Shape {
                required: vec![full.clone()],
                full: full.clone(),
                any_source: false,
                flags_tested: false,
            };
            vec![(false, shape()), (true, shape())]
        }
    }
}

fn ext_absent(family: Family) -> ExtSet {
    if family == Family::V4 {
        ExtSet::FULL
    } else {
        ExtSet::ABSENT
    }
}

fn ports(
    base: &Match,
    protocol: u8,
    dport: &PortSet,
    from: Option<&(PortSet, bool)>,
    ephemeral: (u16, u16),
    wide_return: bool,
) -> Vec<(bool, Shape)> {
    let range = PortSet::range(ephemeral.0, ephemeral.1);
    let held = from.map(|(fixed, open)| {
        if *open {
            fixed.union(&range)
        } else {
            fixed.clone()
        }
    });
    let asks = held.clone().unwrap_or_else(PortSet::full);
    let answers = held.unwrap_or(range);
    let base = Match {
        protocol: ByteSet::one(protocol),
        ..base.clone()
    };
    let tcp = protocol == TCP;
    let ack = FlagSet::all(TcpFlags::ACK, TcpFlags::from_bits(0));
    let open_or_ack = FlagSet::opening().union(ack);
    let when_tcp = |flags: FlagSet| if tcp { flags } else { FlagSet::FULL };
    let request = Match {
        sport: asks,
        dport: dport.clone(),
        ..base.clone()
    };
    let must = Match {
        sport: answers.clone(),
        flags: when_tcp(open_or_ack),
        ..request.clone()
    };
    let reply_flags = if wide_return {
        FlagSet::FULL
    } else {
        FlagSet::established()
    };
    let reply = Match {
        sport: dport.clone(),
        dport: answers,
        flags: when_tcp(reply_flags),
        ..base
    };
    let must_reply = Match {
        flags: when_tcp(ack),
        ..reply.clone()
    };
    vec![
        (
            false,
            Shape {
                full: request,
                required: vec![must],
                any_source: false,
                flags_tested: tcp,
            },
        ),
        (
            true,
            Shape {
                full: reply,
                required: vec![must_reply],
                any_source: false,
                flags_tested: tcp && !wide_return,
            },
        ),
    ]
}

fn icmp(base: &Match, kind: u8, code: Option<u8>, error: bool) -> Vec<(bool, Shape)> {
    let codes = |code: Option<u8>| code.map_or(ByteSet::FULL, ByteSet::one);
    let message = |kind: u8, code: Option<u8>| Match {
        protocol: ByteSet::one(Match::icmp_of(base.family)),
        icmp_type: ByteSet::one(kind),
        icmp_code: codes(code),
        ..base.clone()
    };
    let shape = |full: Match| Shape {
        required: vec![full.clone()],
        full,
        any_source: error,
        flags_tested: false,
    };
    let answer = match (base.family, kind) {
        _ if error => Some(message(kind, code)),
        (Family::V4, 8) => Some(message(0, Some(0))),
        (Family::V6, 128) => Some(message(129, Some(0))),
        _ => None,
    };
    let request = (false, shape(message(kind, code)));
    std::iter::once(request)
        .chain(answer.map(|full| (true, shape(full))))
        .collect()
}

/// Who the hosts of a network are (D42).
pub struct Hosts<'n> {
    network: &'n Network,
    /// No hosts, per family: own and virtual addresses of switches.
    switches: Addrs,
}

impl<'n> Hosts<'n> {
    /// Of a policy's network.
    #[must_use]
    pub fn new(network: &'n Network) -> Hosts<'n> {
        let own = network.switches.iter().map(Switch::own_addrs);
        Hosts {
            network,
            switches: own.fold(Addrs::none(), |all, one| all.union(&one)),
        }
    }

    /// The hosts of a spot: without network and broadcast addresses, own and virtual addresses of switches, and what is
    /// not routed or martian. Where the place is a switch: its own addresses.
    #[must_use]
    pub fn of(&self, spot: &Spot, family: Family) -> AddrRanges {
        let all = spot.addrs.of(family);
        let none = match spot.at {
            At::Switch(_) => return all.clone(),
            At::External(id) => match self.network.external(id).before {
                Before::Host(_) => martians(family),
                // The router's own end of the link that stands for what is behind it.
                Before::Opaque(_) => martians(family).union(near_end().of(family)),
            },
            At::Link(zone, _) => {
                let links = &self.network.zone(zone).links;
                let prefixes = links.iter().flat_map(|link| &link.prefixes);
                let edges: Vec<IpNet> = prefixes.flat_map(edges).collect();
                AddrRanges::prefixes(family, &edges)
            }
        };
        all.minus(&none).minus(self.switches.of(family))
    }
}

/// Network and broadcast address of a prefix that has them (RFC 3021: /31 has none; IPv6: the subnet-router anycast).
fn edges(net: &IpNet) -> Vec<IpNet> {
    match net {
        IpNet::V4(v4) if v4.prefix_len() < 31 => {
            vec![IpNet::from(net.network()), IpNet::from(net.broadcast())]
        }
        IpNet::V6(v6) if v6.prefix_len() < 127 => vec![IpNet::from(net.network())],
        _ => Vec::new(),
    }
}

/// Sources and destinations no host has (D33; RFC 6890): unspecified, loopback, link-local, multicast, reserved.
#[must_use]
pub fn martians(family: Family) -> AddrRanges {
    let texts: &[&str] = match family {
        Family::V4 => &[
            "0.0.0.0/8",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ],
        Family::V6 => &["::/127", "::ffff:0:0/96", "fe80::/10", "ff00::/8"],
    };
    let nets: Vec<IpNet> = texts
        .iter()
        .map(|text| text.parse().expect("a constant prefix"))
        .collect();
    AddrRanges::prefixes(family, &nets)
}
