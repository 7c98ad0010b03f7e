//! Which switches and links traffic between two places crosses, by the routes the policy states.

use crate::model::{At, Gateway, Network, StaticRoute, Svi, Switch, SwitchId};
use crate::net::{AddrRanges, Family};
use ipnet::IpNet;
use std::net::IpAddr;

/// One passage through a switch, for some destinations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leg {
    /// The switch.
    pub switch: SwitchId,
    /// VLAN it comes in on; `None` if the switch makes the packet itself.
    pub from: Option<u16>,
    /// VLAN it leaves by; `None` if it ends at the switch's own address.
    pub to: Option<u16>,
    /// Destinations that take this leg.
    pub dst: AddrRanges,
}

/// What all passages of one question share.
#[derive(Clone, Copy)]
pub struct Trip<'n> {
    /// The network as the policy states it.
    pub network: &'n Network,
    /// The destinations are own addresses of a switch.
    pub to_switch: bool,
    /// The table of a switch that sends itself.
    pub vrf: &'n str,
}

/// The legs from hosts on a VLAN, or what lies behind one, to destinations of one family, in order along each path.
#[must_use]
pub fn paths_from(trip: &Trip<'_>, at: At, dst: &AddrRanges) -> Vec<Leg> {
    let mut legs = Vec::new();
    let network = trip.network;
    let Some(vlan) = network.vlan_of(at) else {
        return legs;
    };
    for (switch, part) in first_hops(network, network.gateways_at(at), vlan, dst) {
        follow(trip, switch, Some(vlan), &part, &mut legs, 0);
    }
    legs
}

/// The legs from a switch itself.
#[must_use]
pub fn paths_from_switch(trip: &Trip<'_>, switch: SwitchId, dst: &AddrRanges) -> Vec<Leg> {
    let mut legs = Vec::new();
    follow(trip, switch, None, dst, &mut legs, 0);
    legs
}

/// The switches that hosts hand packets to, with the destinations they hand to each (D26): stated gateways first, else
/// every switch on the VLAN.
fn first_hops(
    network: &Network,
    gateways: &[Gateway],
    vlan: u16,
    dst: &AddrRanges,
) -> Vec<(SwitchId, AddrRanges)> {
    let family = dst.family();
    let mut rest = dst.clone();
    let mut hops = Vec::new();
    let stated = gateways
        .iter()
        .filter(|gateway| Family::of(gateway.addr) == family);
    let (special, general): (Vec<_>, Vec<_>) =
        stated.partition(|gateway| gateway.only_for.is_some());
    for gateway in special {
        let spots = gateway.only_for.iter().flatten();
        let wanted = spots.fold(AddrRanges::none(family), |all, spot| {
            all.union(spot.addrs.of(family))
        });
        let part = rest.intersect(&wanted);
        rest = rest.minus(&wanted);
        hops.extend(owners(network, vlan, gateway.addr).map(|switch| (switch, part.clone())));
    }
    if general.is_empty() {
        let all = network
            .switches
            .iter()
            .enumerate()
            .filter(|(_, switch)| switch.svi(vlan).is_some());
        hops.extend(all.map(|(index, _)| (SwitchId(index), rest.clone())));
    }
    for gateway in general {
        hops.extend(owners(network, vlan, gateway.addr).map(|switch| (switch, rest.clone())));
    }
    hops.retain(|(_, part)| !part.is_empty());
    hops
}

/// The switches that have an address on a VLAN; several share a virtual one.
fn owners(network: &Network, vlan: u16, addr: IpAddr) -> impl Iterator<Item = SwitchId> + '_ {
    let has = move |switch: &Switch| {
        let svi = switch.svi(vlan);
        svi.is_some_and(|svi| {
            svi.addrs.iter().any(|net| net.addr() == addr) || svi.virtuals.contains(&addr)
        })
    };
    network
        .switches
        .iter()
        .enumerate()
        .filter(move |(_, switch)| has(switch))
        .map(|(index, _)| SwitchId(index))
}

fn follow(
    trip: &Trip<'_>,
    at: SwitchId,
    from: Option<u16>,
    dst: &AddrRanges,
    legs: &mut Vec<Leg>,
    depth: usize,
) {
    let network = trip.network;
    let switch = network.switch(at);
    if dst.is_empty() || loops(network, switch, depth) {
        return;
    }
    let vrf = from.and_then(|vlan| switch.svi(vlan));
    let vrf = vrf.map_or(trip.vrf, |svi| svi.vrf.as_str());
    let family = dst.family();
    // A zone's prefix holds own addresses too, but they are the guard's business: only a destination that names a switch
    // ends at one.
    let mut rest = dst.clone();
    if trip.to_switch {
        let own = dst.intersect(switch.own_in(vrf).of(family));
        rest = dst.minus(&own);
        if !own.is_empty() {
            legs.push(Leg {
                switch: at,
                from,
                to: None,
                dst: own,
            });
        }
    }
    let mut onward = Vec::new();
    for svi in &switch.svis {
        if rest.is_empty() {
            break;
        }
        // Most links hold none of the destinations; the tables' names are the dearer question.
        if !svi.addrs.iter().any(|net| rest.meets(net)) || svi.vrf != vrf {
            continue;
        }
        let connected = AddrRanges::prefixes(family, &svi.addrs);
        let part = rest.intersect(&connected);
        rest = rest.minus(&connected);
        if !part.is_empty() {
            // The address may be another switch's own on this link: the packet goes on into it.
            onward.push((svi.vlan, None, part));
        }
    }
    let mut routes: Vec<&StaticRoute> = switch
        .routes
        .iter()
        .filter(|route| rest.meets(&route.prefix) && route.vrf == vrf)
        .collect();
    routes.sort_by_key(|r| (std::cmp::Reverse(r.prefix.prefix_len()), r.prefix, r.via));
    for route in routes {
        let part = rest.intersect(&AddrRanges::prefix(route.prefix));
        rest = rest.minus(&part);
        let here = |svi: &&Svi| svi.addrs.iter().any(|net| net.contains(&route.via));
        let out = switch.svis.iter().find(|svi| svi.vrf == vrf && here(svi));
        if let Some(svi) = out.filter(|_| !part.is_empty()) {
            onward.push((svi.vlan, Some(route.via), part));
        }
    }
    for (vlan, via, part) in onward {
        legs.push(Leg {
            switch: at,
            from,
            to: Some(vlan),
            dst: part.clone(),
        });
        let next: Vec<(SwitchId, AddrRanges)> = match via {
            Some(via) => owners(network, vlan, via)
                .map(|next| (next, part.clone()))
                .collect(),
            None if trip.to_switch => neighbours(network, at, vlan, &part),
            None => Vec::new(),
        };
        for (next, part) in next {
            follow(trip, next, Some(vlan), &part, legs, depth + 1);
        }
    }
}

/// More tables in a row than there are is a loop; the read-back will say so.
fn loops(network: &Network, switch: &Switch, depth: usize) -> bool {
    let switches = network.switches.len();
    depth > switches && depth > switches * switch.vrfs().len()
}

/// The other switches on a VLAN whose own addresses there are among the destinations.
fn neighbours(
    network: &Network,
    at: SwitchId,
    vlan: u16,
    dst: &AddrRanges,
) -> Vec<(SwitchId, AddrRanges)> {
    let others = network
        .switches
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != at.0);
    let own = others.filter_map(|(index, switch)| {
        let svi = switch.svi(vlan)?;
        let addrs: Vec<IpNet> = svi
            .addrs
            .iter()
            .map(IpNet::addr)
            .chain(svi.virtuals.iter().copied())
            .map(IpNet::from)
            .collect();
        let part = dst.intersect(&AddrRanges::prefixes(dst.family(), &addrs));
        (!part.is_empty()).then_some((SwitchId(index), part))
    });
    own.collect()
}
