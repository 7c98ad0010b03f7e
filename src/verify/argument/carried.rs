//! What must work: the journeys of all sessions, and the legs of relays (D22, D42).

use super::{End, Journey, Start};
use crate::model::{At, Spot};
use crate::net::Family;
use crate::pset::PacketSet;
use crate::reach::Goal;
use crate::verify::spec::Half;
use crate::verify::view::View;
use crate::verify::works;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr};

/// The journeys of [`works::check`]: all sessions between two places at once, then the legs of relays.
pub(super) fn journeys(view: &View<'_>, halves: &[&Half]) -> Vec<Journey> {
    let space = view.space();
    let mut pairs: Vec<(&Spot, &Spot, PacketSet)> = Vec::new();
    let mine = halves.iter().filter(|half| half.family == view.family);
    for half in mine.filter(|half| !half.required.is_empty()) {
        let (source, target) = (half.source(), half.target());
        if works::one_link(view, (source.at, target.at)) {
            continue;
        }
        let required = works::required(view, half);
        let known = pairs
            .iter_mut()
            .find(|(a, b, _)| (a.at, b.at) == (source.at, target.at));
        match known {
            Some((.., all)) => *all = space.union(*all, required),
            None => pairs.push((source, target, required)),
        }
    }
    let mut all = Vec::new();
    for (source, target, packets) in pairs {
        all.extend(walks(view, source, packets, || {
            End::Goal(view.goal(target))
        }));
    }
    if view.family == Family::V4 {
        let derived = |half: &&&Half| {
            let allow = view.policy.allows.get(half.allow);
            !half.reply && allow.is_some_and(|allow| allow.dhcp)
        };
        let each = halves.iter().filter(derived);
        all.extend(each.flat_map(|half| relay(view, half)));
    }
    all
}

/// Packets of a place by the first hops that take them.
fn walks(
    view: &View<'_>,
    source: &Spot,
    packets: PacketSet,
    goal: impl Fn() -> End,
) -> Vec<Journey> {
    let space = view.space();
    let parts: Vec<(PacketSet, Start)> = match (source.at, view.device_of(source.at)) {
        (At::Link(..) | At::External(_), _) => {
            let hops = view.first_hops(source.at).into_iter();
            hops.map(|(dst, ports, _)| (space.intersect(packets, dst), Start::Ports(ports)))
                .collect()
        }
        (At::Switch(_), Some(device)) => {
            let own = |vrf: &str| view.from(&view.topo.own(device, vrf, view.family));
            let vrfs = view.topo.vrfs(device).into_iter();
            vrfs.map(|vrf| {
                let part = space.intersect(packets, own(vrf));
                (part, Start::Device(device, vrf.to_owned()))
            })
            .collect()
        }
        (At::Switch(_), None) => Vec::new(),
    };
    let parts = parts.into_iter().filter(|(part, _)| !space.is_empty(*part));
    let journey = |(packets, start)| Journey {
        family: view.family,
        start,
        packets,
        goal: goal(),
    };
    parts.map(journey).collect()
}

/// The legs of relay for one client link and its servers (D22).
fn relay(view: &View<'_>, half: &Half) -> Vec<Journey> {
    let Some(link) = view.link_of(half.from.at) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for server in half.to.addrs.v4.addrs() {
        let helping = |&port: &usize| {
            let helpers = &view.topo.interface(port).helpers;
            helpers.iter().any(|&helper| IpAddr::V4(helper) == server)
        };
        let ports = view.topo.ports_of(link, Family::V4);
        for port in ports.filter(helping) {
            all.extend(legs(view, half, port, server));
        }
    }
    all
}

fn legs(view: &View<'_>, half: &Half, port: usize, server: IpAddr) -> Vec<Journey> {
    let broadcast = IpAddr::V4(Ipv4Addr::BROADCAST);
    let nobody = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let of = |(a, from), (b, to)| view.space().of_match(&works::udp(a, from, b, to));
    let device = view.topo.ports[port].device;
    let interface = view.topo.interface(port);
    let own = |vrf: String| Start::Device(device, vrf);
    let journey = |start, packets, goal| Journey {
        family: view.family,
        start,
        packets,
        goal,
    };
    let discover = of((works::host(nobody), 68), (works::host(broadcast), 67));
    let mut all = vec![journey(
        Start::Ports(vec![port]),
        discover,
        End::Entered(port),
    )];
    let address = interface
        .addrs
        .iter()
        .map(IpNet::addr)
        .find(IpAddr::is_ipv4);
    let Some(address) = address else {
        return all;
    };
    let ask = of((works::host(address), 67), (works::host(server), 67));
    let there = End::Goal(view.goal(&half.to));
    all.push(journey(own(interface.vrf.clone()), ask, there));
    let answer = of((works::host(server), 67), (works::host(address), 67));
    let home = || {
        End::Goal(Goal {
            local: Some(device),
            ..Goal::default()
        })
    };
    all.extend(walks(view, &half.to, answer, home));
    let clients = half.from.addrs.v4.union(&works::host(broadcast));
    let offer = of((works::host(address), 67), (clients, 68));
    all.push(journey(own(interface.vrf.clone()), offer, End::Left(port)));
    all
}
