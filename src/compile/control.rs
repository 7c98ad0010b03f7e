//! Control traffic a link needs at its SVI (D21), the legs of DHCP relay (D22), traffic inside the link (D25).

use super::ListKey;
use super::draft::{Section, link_prefixes, wildcards};
use super::expand::Build;
use super::shape::{Shape, udp};
use crate::acl::{Direction, DraftEntry};
use crate::model::{At, Place, Spot, SwitchId, Zone, ZoneId};
use crate::net::hello::Hello;
use crate::net::{AddrRanges, Family, Wildcard};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr};

/// Adds control, relay and inner entries to the lists that exist.
pub(super) fn control(build: &mut Build<'_>) {
    let network = &build.policy.network;
    for (index, switch) in network.switches.iter().enumerate() {
        for svi in &switch.svis {
            let key = |direction, family| ListKey {
                switch: SwitchId(index),
                vlan: svi.vlan,
                direction,
                family,
            };
            let out_own = build.abilities[index].from_switch.may();
            for family in Family::BOTH {
                if link_prefixes(build.policy, svi.vlan, family).is_empty() {
                    continue;
                }
                let ways = [Direction::In, Direction::Out];
                for way in ways
                    .into_iter()
                    .filter(|way| *way == Direction::In || out_own)
                {
                    let key = key(way, family);
                    let inbound = ListKey {
                        direction: Direction::In,
                        ..key
                    };
                    let each = [
                        ("control ND", neighbour_discovery(build, inbound)),
                        ("control redundancy", redundancy_hellos(build, key)),
                        ("control OSPF", routing_hellos(build, key)),
                    ];
                    for (remark, entries) in each {
                        build.drafts.add(key, Section::Control, remark, entries);
                    }
                }
                inner(build, index, svi.vlan, family);
            }
        }
    }
    for index in 0..network.zones.len() {
        if !network.zone(ZoneId(index)).dhcp.is_empty() {
            relay(build, network.zone(ZoneId(index)));
        }
    }
}

fn prefix(text: &str) -> Wildcard {
    Wildcard::from_prefix(text.parse::<IpNet>().expect("a constant prefix"))
}

/// NS, NA, RS, RA to link-local, link multicast and the SVI's own addresses, never to any (D21).
fn neighbour_discovery(build: &Build<'_>, key: ListKey) -> Vec<DraftEntry> {
    if key.family == Family::V4 {
        return Vec::new();
    }
    let mut targets = vec![prefix("fe80::/10"), prefix("ff02::/16")];
    let svi = build.policy.network.switch(key.switch).svi(key.vlan);
    let own = svi.into_iter().flat_map(|svi| {
        svi.addrs
            .iter()
            .map(IpNet::addr)
            .chain(svi.virtuals.iter().copied())
    });
    targets.extend(own.filter(IpAddr::is_ipv6).map(Wildcard::host));
    if build.abilities[key.switch.0].bridged_in.may() {
        targets.extend(
            link_prefixes(build.policy, key.vlan, Family::V6)
                .into_iter()
                .map(Wildcard::from_prefix),
        );
    }
    let any = Wildcard::any(Family::V6);
    let mut entries = Vec::new();
    for kind in 133..=136 {
        let shape = Shape {
            icmp: Some((kind, None)),
            ..Shape::protocol(58)
        };
        entries.extend(targets.iter().map(|&dst| shape.entry(any, dst, false)));
    }
    entries
}

/// Hellos of the other member of a redundant pair.
fn redundancy_hellos(build: &Build<'_>, key: ListKey) -> Vec<DraftEntry> {
    let svi = build.policy.network.switch(key.switch).svi(key.vlan);
    let group = svi.and_then(|svi| svi.redundancy);
    group.map_or_else(Vec::new, |(hsrp, _)| {
        hellos(build, key, &Hello::redundancy(hsrp, key.family))
    })
}

/// What OSPF says, where the switch learns routes (D21, D31).
fn routing_hellos(build: &Build<'_>, key: ListKey) -> Vec<DraftEntry> {
    let mut dynamic = build.policy.network.switch(key.switch).dynamic.iter();
    match dynamic.any(|dynamic| dynamic.vlans.contains(&key.vlan)) {
        true => hellos(build, key, &Hello::ospf(key.family)),
        false => Vec::new(),
    }
}

fn hellos(build: &Build<'_>, key: ListKey, hello: &Hello) -> Vec<DraftEntry> {
    let link = link_prefixes(build.policy, key.vlan, key.family);
    let from = wildcards(&Hello::sources(&AddrRanges::prefixes(key.family, &link)));
    let shape = match hello.port {
        Some(port) => udp(port, port),
        None => Shape::protocol(hello.protocol),
    };
    let mut to: Vec<Wildcard> = hello.nets().map(Wildcard::from_prefix).collect();
    // Both members of a pair have the same lists.
    let switch = build.policy.network.switch(key.switch);
    let twin = switch.twin.map(|twin| build.policy.network.switch(twin));
    let members = [Some(switch), twin].into_iter().flatten();
    let svis = members.filter_map(|member| member.svi(key.vlan));
    to.extend(match (hello.unicast, key.family, key.direction) {
        (false, ..) => Vec::new(),
        (true, Family::V6, _) => vec![prefix("fe80::/10")],
        (true, Family::V4, Direction::Out) => from.clone(),
        (true, Family::V4, Direction::In) => svis
            .flat_map(|svi| svi.own())
            .filter(IpAddr::is_ipv4)
            .map(Wildcard::host)
            .collect(),
    });
    let pairs = from
        .iter()
        .flat_map(|&src| to.iter().map(move |&dst| (src, dst)));
    pairs
        .map(|(src, dst)| shape.entry(src, dst, false))
        .collect()
}

/// Traffic inside a link, on lists that may see bridged frames (D25).
fn inner(build: &mut Build<'_>, switch: usize, vlan: u16, family: Family) {
    let ability = &build.abilities[switch];
    let sides = [
        (Direction::In, ability.bridged_in.may()),
        (Direction::Out, ability.bridged_out.may()),
    ];
    let nets: Vec<Wildcard> = link_prefixes(build.policy, vlan, family)
        .into_iter()
        .map(Wildcard::from_prefix)
        .collect();
    let everyone: Vec<Wildcard> = match family {
        Family::V4 => vec![prefix("255.255.255.255/32"), prefix("224.0.0.0/4")],
        Family::V6 => vec![prefix("ff00::/8")],
    };
    let mut entries = Vec::new();
    if family == Family::V6 {
        // To groups only: fe80::/10 as destination would open the switch's own link-local address, and what neighbour
        // discovery needs of it is control traffic.
        let hello = |&dst: &Wildcard| DraftEntry::between(true, prefix("fe80::/10"), dst);
        entries.extend(everyone.iter().map(hello));
    }
    for &src in &nets {
        entries.extend(nets.iter().chain(&everyone).map(|&dst| DraftEntry {
            permit: true,
            ..DraftEntry::between(true, src, dst)
        }));
    }
    if family == Family::V4 {
        let nobody = Wildcard::host(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        entries.push(udp(68, 67).entry(nobody, prefix("255.255.255.255/32"), false));
    }
    for (direction, bridged) in sides {
        let key = ListKey {
            switch: SwitchId(switch),
            vlan,
            direction,
            family,
        };
        if bridged {
            build
                .drafts
                .add(key, Section::Inner, "inside the link", entries.clone());
        }
    }
}

/// The four legs of DHCP relay (D22); the unicast renewal is an `allow` of its own.
fn relay(build: &mut Build<'_>, zone: &Zone) {
    let network = &build.policy.network;
    for link in &zone.links {
        for (index, switch) in network.switches.iter().enumerate() {
            let Some(svi) = switch.svi(link.vlan) else {
                continue;
            };
            let relay = svi.addrs.iter().map(IpNet::addr).find(IpAddr::is_ipv4);
            let Some(relay) = relay else { continue };
            let key = |vlan, direction| ListKey {
                switch: SwitchId(index),
                vlan,
                direction,
                family: Family::V4,
            };
            let broadcast = Wildcard::host(IpAddr::V4(Ipv4Addr::BROADCAST));
            let clients = link
                .prefixes
                .iter()
                .filter(|net| net.addr().is_ipv4())
                .map(|net| Wildcard::from_prefix(*net));
            let clients: Vec<Wildcard> = clients.collect();
            let nobody = Wildcard::host(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
            let discover = std::iter::once(nobody).chain(clients.iter().copied());
            let discover: Vec<DraftEntry> = discover
                .map(|src| udp(68, 67).entry(src, broadcast, false))
                .collect();
            build.drafts.add(
                key(link.vlan, Direction::In),
                Section::Control,
                "control DHCP",
                discover,
            );
            if build.abilities[index].from_switch.may() {
                let offer = clients
                    .iter()
                    .chain([&broadcast])
                    .map(|&dst| udp(67, 68).entry(Wildcard::host(relay), dst, false));
                let offer = offer.collect();
                build.drafts.add(
                    key(link.vlan, Direction::Out),
                    Section::Control,
                    "control DHCP",
                    offer,
                );
            }
            for &server in &zone.dhcp {
                relay_server(
                    build,
                    (SwitchId(index), &svi.vrf),
                    relay,
                    IpAddr::V4(server),
                );
            }
        }
    }
}

/// Switch to server and back.
fn relay_server(
    build: &mut Build<'_>,
    (switch, vrf): (SwitchId, &str),
    relay: IpAddr,
    server: IpAddr,
) {
    let network = &build.policy.network;
    let place = |addr: IpAddr| AddrRanges::prefix(IpNet::from(addr));
    let own: Vec<IpAddr> = network.switch(switch).own_in(vrf).v4.addrs().collect();
    let requests = super::paths_from_switch(
        &super::Trip {
            network,
            to_switch: false,
            vrf,
        },
        switch,
        &place(server),
    );
    for leg in &requests {
        for (vlan, direction) in [(leg.from, Direction::In), (leg.to, Direction::Out)] {
            let Some(vlan) = vlan else { continue };
            if leg.switch == switch && !build.abilities[switch.0].from_switch.may() {
                continue;
            }
            let key = ListKey {
                switch: leg.switch,
                vlan,
                direction,
                family: Family::V4,
            };
            // Which of its addresses and ports the relay uses differs by vendor (D22).
            let sources = own.iter().map(|&addr| Wildcard::host(addr));
            let entries = sources.flat_map(|src| {
                [udp(67, 67), udp(68, 67)]
                    .map(|shape| shape.entry(src, Wildcard::host(server), false))
            });
            let entries = entries.collect();
            build
                .drafts
                .add(key, Section::Control, "control DHCP", entries);
        }
    }
    let home = network.zones.iter().enumerate().find_map(|(index, zone)| {
        let link = zone
            .links
            .iter()
            .find(|link| link.prefixes.iter().any(|net| net.contains(&server)))?;
        Some((ZoneId(index), link.vlan))
    });
    let Some((zone, vlan)) = home else { return };
    let addrs = crate::model::Addrs::prefixes(&[IpNet::from(server)]);
    let spot = Spot {
        at: At::Link(zone, vlan),
        place: Place::Zone(zone),
        addrs,
    };
    for leg in build.legs(&spot, &place(relay), true, "") {
        let Some(vlan) = leg.from else { continue };
        let key = ListKey {
            switch: leg.switch,
            vlan,
            direction: Direction::In,
            family: Family::V4,
        };
        let entry = udp(67, 67).entry(Wildcard::host(server), Wildcard::host(relay), false);
        build
            .drafts
            .add(key, Section::Control, "control DHCP", vec![entry]);
    }
}
