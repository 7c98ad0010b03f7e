//! What a link needs of the lists on it besides sessions (D21, D25, part of Low in D45): neighbour discovery, the DHCP
//! broadcast, and on lists known to see bridged frames the traffic inside the link.

use super::view::View;
use crate::acl::{Direction, Known};
use crate::net::proto::{ICMPV6, UDP};
use crate::net::{AddrRanges, ByteSet, ExtSet, Family, Match, PortSet, PositionSet};
use crate::pset::PacketSet;
use crate::topo::{LinkKey, interface_addrs};
use ipnet::IpNet;

/// Traffic that a list drops and must not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Blocked {
    /// The port whose inbound list it is.
    pub(super) port: usize,
    /// Under every reading.
    pub(super) certain: PacketSet,
    /// Under some reading.
    pub(super) possible: PacketSet,
}

/// Everything that the inbound lists of the policy's switches drop and must not.
pub(super) fn check(view: &View<'_>) -> Vec<Blocked> {
    let space = view.space();
    let ours = |port: &usize| {
        let name = view.topo.device_name(*port);
        view.policy
            .network
            .switches
            .iter()
            .any(|switch| switch.label.name == name)
    };
    let mut blocked = Vec::new();
    for port in (0..view.topo.ports.len()).filter(ours) {
        if view
            .topo
            .interface(port)
            .binding(view.family, Direction::In)
            .is_none()
        {
            continue;
        }
        let needed = needed_at(view, port);
        let entering = view.net.entering(port, needed);
        let possible = space.minus(needed, entering.must);
        if !space.is_empty(possible) {
            blocked.push(Blocked {
                port,
                certain: space.minus(needed, entering.may),
                possible,
            });
        }
    }
    blocked
}

/// What the link of a port needs of its list, worked out once.
fn needed_at(view: &View<'_>, port: usize) -> PacketSet {
    if let Some(&known) = view.found().borrow().needed.get(&port) {
        return known;
    }
    let all = view.space().of_matches(&needed(view, port));
    view.found().borrow_mut().needed.insert(port, all);
    all
}

fn net(text: &str) -> AddrRanges {
    AddrRanges::prefix(text.parse::<IpNet>().expect("a constant prefix"))
}

/// The prefixes that zones have on the link of a port.
fn prefixes(view: &View<'_>, port: usize) -> AddrRanges {
    let LinkKey::Vlan(vlan) = view.topo.links[view.topo.ports[port].link].key else {
        return AddrRanges::none(view.family);
    };
    let links = view
        .policy
        .network
        .zones
        .iter()
        .flat_map(|zone| &zone.links);
    let here: Vec<IpNet> = links
        .filter(|link| link.vlan == vlan)
        .flat_map(|link| link.prefixes.iter().copied())
        .collect();
    AddrRanges::prefixes(view.family, &here)
}

fn needed(view: &View<'_>, port: usize) -> Vec<Match> {
    let link = prefixes(view, port);
    if link.is_empty() {
        return Vec::new();
    }
    let mut all = Vec::new();
    let sees = &view.topo.device(port).sees;
    if sees.to_switch.may() {
        all.extend(discovery(view, port, &link));
        all.extend(discover(view, port, &link));
    }
    if sees.bridged_in == Known::Yes {
        all.extend(inner(view, port, &link));
    }
    all
}

/// A whole packet without extension headers.
fn plain(src: &AddrRanges, dst: &AddrRanges) -> Match {
    let ext = if src.family() == Family::V4 {
        ExtSet::FULL
    } else {
        ExtSet::ABSENT
    };
    Match {
        position: PositionSet::WHOLE,
        ext,
        ..Match::between(src.to_set(), dst.to_set())
    }
}

/// NS, NA, RS, RA to the switch and to the link's groups.
fn discovery(view: &View<'_>, port: usize, link: &AddrRanges) -> Vec<Match> {
    if view.family == Family::V4 || !view.topo.interface(port).carries(Family::V6) {
        return Vec::new();
    }
    let from = link.union(&net("fe80::/10")).union(&net("::/128"));
    let own = interface_addrs(view.topo.interface(port), Family::V6);
    let to = own.union(&net("fe80::/10")).union(&net("ff02::/16"));
    let message = Match {
        protocol: ByteSet::one(ICMPV6),
        icmp_type: ByteSet::of(133..=136),
        ..plain(&from, &to)
    };
    vec![message.tidy()]
}

/// The broadcast of DHCP clients, new ones and those that rebind (D21), where a relay is configured.
fn discover(view: &View<'_>, port: usize, link: &AddrRanges) -> Vec<Match> {
    if view.family == Family::V6 || view.topo.interface(port).helpers.is_empty() {
        return Vec::new();
    }
    let own = interface_addrs(view.topo.interface(port), Family::V4);
    let from = link.minus(&own).union(&net("0.0.0.0/32"));
    let request = Match {
        protocol: ByteSet::one(UDP),
        sport: PortSet::one(68),
        dport: PortSet::one(67),
        ..plain(&from, &net("255.255.255.255/32"))
    };
    vec![request.tidy()]
}

/// Traffic inside the link, never to an own unicast address of the switch that holds the list.
fn inner(view: &View<'_>, port: usize, link: &AddrRanges) -> Vec<Match> {
    let topo = view.topo;
    let own = topo.own(
        topo.ports[port].device,
        &topo.interface(port).vrf,
        view.family,
    );
    let groups = match view.family {
        Family::V4 => net("224.0.0.0/4").union(&net("255.255.255.255/32")),
        Family::V6 => net("ff00::/8"),
    };
    let to = link.minus(&own).union(&groups);
    vec![plain(&link.minus(&own), &to)]
}
