//! What a policy does not explain of some lists: permits that are in none of its sessions, the riskiest first.

use super::Captured;
use crate::acl::{Ace, Acl, Action, Direction};
use crate::device::Interface;
use crate::net::proto::{ICMPV6, UDP};
use crate::net::{AddrRanges, ByteSet, Family, Flow, Match, PortSet, PositionSet};
use crate::pset::Limits;
use crate::pset::{PacketSet, Prefer, Space};
use crate::topo::{interface_addrs, subnets};
use ipnet::IpNet;

/// A permit that is not explained, or not altogether.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// Switch.
    pub device: String,
    /// List.
    pub acl: String,
    /// Line in the file.
    pub line: Option<u32>,
    /// The entry.
    pub text: String,
    /// 3: every protocol; 2: every port of one, or a range; 1: a few ports.
    pub risk: u8,
    /// A packet of it.
    pub witness: Flow,
}

/// The permits of bound lists that let more through than `sessions` (requests, replies, companions) and what a link needs.
/// `None` past the limit.
#[must_use]
pub fn leftovers(all: &[Captured], sessions: &[Match], limits: Limits) -> Option<Vec<Leftover>> {
    let mut found = Vec::new();
    for family in Family::BOTH {
        let lists = all.iter().flat_map(|captured| &captured.device.acls);
        let acls: Vec<&Acl> = lists.filter(|acl| acl.family == family).collect();
        let space = Space::for_acls(family, &acls);
        let space = space.within(limits);
        let sessions = space.of_matches(sessions.iter().filter(|m| m.family == family));
        let own = own(all, family);
        for captured in all {
            of_device(captured, &own, &space, sessions, &mut found);
        }
        if space.exhausted() {
            return None;
        }
    }
    found.sort_by(|a, b| (b.risk, &a.device, a.line).cmp(&(a.risk, &b.device, b.line)));
    Some(found)
}

fn of_device(
    captured: &Captured,
    own: &AddrRanges,
    space: &Space,
    sessions: PacketSet,
    found: &mut Vec<Leftover>,
) {
    let family = own.family();
    for interface in &captured.device.interfaces {
        for direction in [Direction::In, Direction::Out] {
            let Some(binding) = interface.binding(family, direction) else {
                continue;
            };
            let acl = &captured.device.acls[binding.acl];
            let link = space.of_matches(&link_traffic(captured, interface, own));
            let explained = space.union(sessions, link);
            for (index, part) in space.deciding(acl, space.full()) {
                let Some(ace) = acl.ace(index).filter(|ace| ace.action != Action::Deny) else {
                    continue;
                };
                let rest = space.minus(part, explained);
                let Some(witness) = space.witness(rest, &Prefer::default()) else {
                    continue;
                };
                found.push(Leftover {
                    device: captured.name.clone(),
                    acl: acl.name.clone(),
                    line: ace.line,
                    text: ace.text.clone(),
                    risk: risk(ace),
                    witness,
                });
            }
        }
    }
}

/// The addresses of all switches: of a pair, each knows the other's.
fn own(all: &[Captured], family: Family) -> AddrRanges {
    let interfaces = all.iter().flat_map(|captured| &captured.device.interfaces);
    interfaces.fold(AddrRanges::none(family), |own, i| {
        own.union(&interface_addrs(i, family))
    })
}

fn risk(ace: &Ace) -> u8 {
    let wide = |ports: &PortSet| ports.count() > 1024;
    let of_box = |m: &Match| match (m.protocol.is_full(), wide(&m.dport) && wide(&m.sport)) {
        (true, _) => 3,
        (false, true) => 2,
        (false, false) => 1,
    };
    ace.boxes(true).map(of_box).max().unwrap_or(3)
}

/// What a policy derives for a link by itself (D21, D22, D25): traffic inside it, to groups and to link-local addresses,
/// neighbour discovery, and the legs of a relay to and from the switch.
fn link_traffic(captured: &Captured, interface: &Interface, own: &AddrRanges) -> Vec<Match> {
    let family = own.family();
    let net = |text: &str| AddrRanges::prefix(text.parse::<IpNet>().expect("a constant prefix"));
    let any = AddrRanges::any(family);
    let link = subnets(interface, family);
    let groups = match family {
        Family::V4 => net("224.0.0.0/4").union(&net("255.255.255.255/32")),
        Family::V6 => net("ff00::/8").union(&net("fe80::/10")),
    };
    let mut all = vec![
        Match::between(link.to_set(), link.to_set()),
        Match::between(any.to_set(), groups.to_set()),
    ];
    if family == Family::V6 {
        all.push(Match {
            protocol: ByteSet::one(ICMPV6),
            icmp_type: ByteSet::of(133..=136),
            position: PositionSet::L4,
            ..Match::any(family)
        });
        // An entry with a type also takes the later fragments of its address pair (D21).
        let near = own.union(&link);
        let to_near = Match {
            protocol: ByteSet::one(ICMPV6),
            ..Match::between(any.to_set(), near.to_set())
        };
        all.push(to_near.without_l4(PositionSet::LATER));
    }
    let interfaces = &captured.device.interfaces;
    let servers = interfaces.iter().flat_map(|i| &i.helpers);
    let servers: Vec<IpNet> = servers
        .map(|&addr| IpNet::from(std::net::IpAddr::V4(addr)))
        .collect();
    let servers = AddrRanges::prefixes(family, &servers);
    for (src, dst) in [(&servers, own), (own, &servers), (own, &any)] {
        let leg = Match {
            protocol: ByteSet::one(UDP),
            sport: PortSet::range(67, 68),
            dport: PortSet::range(67, 68),
            position: PositionSet::L4,
            ..Match::between(src.to_set(), dst.to_set())
        };
        all.push(leg.clone());
        all.push(leg.without_l4(PositionSet::LATER));
    }
    all
}
