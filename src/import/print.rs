//! Places and sessions -> the text of a policy.

use super::Captured;
use super::places::{External, Places, Zone, plain};
use super::sessions::requests;
use super::statements::allows;
use crate::device::{Interface, InterfaceKind, NextHop, Redundancy, Route};
use crate::net::Family;
use ipnet::IpNet;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::IpAddr;

/// A proposal.
#[derive(Clone, Debug)]
pub struct Said {
    /// The policy, in English keywords; claims come later.
    pub text: String,
    /// Zones by name, in order of VLANs.
    pub zones: Vec<String>,
    /// Requests that the language has no word for, as they were read.
    pub unsaid: Vec<String>,
    /// Next hops that hosts are supposed to use, to be confirmed by people (D26): VLAN and router.
    pub gateways: Vec<(u16, IpAddr)>,
}

/// Proposes a policy for some devices.
#[must_use]
pub fn propose(all: &[Captured]) -> Said {
    let mut places = Places::of(all);
    let mut unsaid = Vec::new();
    for (_, zone) in places.zones.clone() {
        for helper in &zone.helpers {
            let addr = IpAddr::V4(*helper);
            if let Some(vlan) = places.zone_of(addr) {
                places.host(
                    vlan,
                    &crate::net::AddrRanges::prefix(IpNet::from(addr)),
                    None,
                );
            }
        }
    }
    let found = requests(all, &places);
    let allows = allows(&mut places, found, &mut unsaid);
    let mut out = String::new();
    let gateways = gateways(all, &places);
    for (vlan, zone) in &places.zones {
        print_zone(&mut out, &places, *vlan, zone, &gateways);
    }
    for external in &places.externals {
        let to = match &external.prefixes {
            None => "rest".to_owned(),
            Some(nets) => list(nets.iter().map(ToString::to_string)),
        };
        let id = short(&external.name, &format!("OUT{}", external.vlan));
        let _ = writeln!(
            out,
            "external {}{id} behind {} = {to}",
            external.name, external.host
        );
    }
    out.push('\n');
    switches(&mut out, all, &places);
    out.push('\n');
    out.push_str(&allows);
    Said {
        text: out,
        zones: places
            .zones
            .values()
            .map(|zone| quoted(&zone.name))
            .collect(),
        unsaid,
        gateways: gateways
            .iter()
            .flat_map(|(vlan, all)| all.iter().map(|(addr, _)| (*vlan, *addr)))
            .collect(),
    }
}

pub(super) fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

/// A name as it may stand in a policy. Names of ours are plain; those of others are quoted.
pub(super) fn quoted(name: &str) -> String {
    let ours = name
        .strip_prefix('V')
        .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    match ours {
        true => name.to_owned(),
        false => format!("\"{}\"", text_of(name)),
    }
}

/// The inside of a text literal.
fn text_of(data: &str) -> String {
    let clean = crate::base::text::sanitise(data);
    clean
        .replace(['\\', '"', '\t', '「', '」'], " ")
        .trim()
        .to_owned()
}

/// An id for a name that is too long to be one.
fn short(name: &str, id: &str) -> String {
    const LONGEST: usize = 20;
    match name.len() > LONGEST {
        true => format!(" as {id}"),
        false => String::new(),
    }
}

fn print_zone(
    out: &mut String,
    places: &Places,
    vlan: u16,
    zone: &Zone,
    gateways: &BTreeMap<u16, Vec<(IpAddr, Vec<String>)>>,
) {
    let nets = list(zone.prefixes.iter().map(ToString::to_string));
    let id = match zone.name == plain(vlan) {
        true => String::new(),
        false => format!(" as {}", plain(vlan)),
    };
    let has = |family| {
        zone.prefixes
            .iter()
            .any(|net| Family::of_net(net) == family)
    };
    let only = match (has(Family::V4), has(Family::V6)) {
        (true, false) => "  ipv4-only",
        (false, true) => "  ipv6-only",
        _ => "",
    };
    let host_of = |addr: &std::net::Ipv4Addr| {
        let home = places.zones.get(&places.zone_of(IpAddr::V4(*addr))?)?;
        let part = vec![IpNet::from(IpAddr::V4(*addr))];
        home.hosts.get(&part).map(|host| host.name.clone())
    };
    let servers: Vec<String> = zone.helpers.iter().filter_map(host_of).collect();
    let dhcp = match servers.is_empty() {
        true => String::new(),
        false => format!("  dhcp {}", servers.join(", ")),
    };
    let name = quoted(&zone.name);
    let _ = write!(out, "zone {name}{id}  vlan {vlan} {nets}{only}{dhcp}");
    for (addr, only_for) in gateways.get(&vlan).into_iter().flatten() {
        let only_for = match only_for.is_empty() {
            true => String::new(),
            false => format!(" for {}", only_for.join(", ")),
        };
        let _ = write!(out, "  gateway {addr}{only_for}");
    }
    let behind = places.externals.iter().filter(|e| e.vlan == vlan);
    let behind: Vec<&External> = behind.collect();
    if zone.hosts.is_empty() && behind.is_empty() {
        out.push('\n');
        return;
    }
    out.push_str(" {\n");
    for (number, (part, host)) in (1..).zip(&zone.hosts) {
        let addrs = list(
            part.iter()
                .map(|net| match net.prefix_len() == net.max_prefix_len() {
                    true => net.addr().to_string(),
                    false => net.to_string(),
                }),
        );
        let remarks: Vec<String> = host.remarks.iter().map(|r| text_of(r)).collect();
        let remarks = match remarks.is_empty() {
            true => String::new(),
            false => format!("    # {}", remarks.join("; ")),
        };
        let id = short(&host.name, &format!("H{vlan}_{number}"));
        let _ = writeln!(out, "  host {}{id} {addrs}{remarks}", host.name);
    }
    let mut printed = BTreeSet::new();
    for external in behind {
        if !printed.insert(&external.host) {
            continue;
        }
        let hops = list(external.hops.iter().map(ToString::to_string));
        let id = short(&external.host, &format!("GW{vlan}"));
        let _ = writeln!(out, "  host {}{id} {hops}", external.host);
    }
    out.push_str("}\n");
}

/// On a link with several routers of ours and no virtual address: the router whose default route leads away from the link
/// for everything, the others for what they are connected to. A proposal, because no text says what hosts use (D26).
fn gateways(all: &[Captured], places: &Places) -> BTreeMap<u16, Vec<(IpAddr, Vec<String>)>> {
    let mut out = BTreeMap::new();
    for (&vlan, zone) in &places.zones {
        let on = |c: &&Captured| {
            c.device
                .interfaces
                .iter()
                .any(|i| i.kind == InterfaceKind::Svi(vlan))
        };
        let routers: Vec<&Captured> = all.iter().filter(on).collect();
        let face = |c: &Captured| {
            let mut faces = c.device.interfaces.iter();
            faces.find(|i| i.kind == InterfaceKind::Svi(vlan)).cloned()
        };
        let faces: Vec<Interface> = routers.iter().filter_map(|c| face(c)).collect();
        if routers.len() < 2 || faces.iter().any(|i| !i.virtuals.is_empty()) {
            continue;
        }
        let leads_away = |c: &Captured| {
            let default = |r: &&Route| r.prefix.prefix_len() == 0;
            c.device.routes.iter().filter(default).any(|r| match r.via {
                NextHop::Via(hop) => !zone.prefixes.iter().any(|net| net.contains(&hop)),
                NextHop::Interface(..) | NextHop::Null => false,
            })
        };
        let general = routers.iter().position(|c| leads_away(c)).unwrap_or(0);
        let mut stated = Vec::new();
        for (index, (router, face)) in routers.iter().zip(&faces).enumerate() {
            let Some(addr) = face.addrs.iter().map(IpNet::addr).find(IpAddr::is_ipv4) else {
                continue;
            };
            let zones = router
                .device
                .interfaces
                .iter()
                .filter_map(|i| match i.kind {
                    InterfaceKind::Svi(other) if other != vlan => places.zones.get(&other),
                    _ => None,
                });
            let zones: Vec<String> = zones.map(|zone| quoted(&zone.name)).collect();
            match index == general {
                true => stated.push((addr, Vec::new())),
                false if zones.is_empty() => {}
                false => stated.push((addr, zones)),
            }
        }
        out.insert(vlan, stated);
    }
    out
}

fn switches(out: &mut String, all: &[Captured], places: &Places) {
    let mut done = BTreeSet::new();
    for (index, one) in all.iter().enumerate() {
        if !done.insert(index) {
            continue;
        }
        let twin = all.iter().enumerate().skip(index + 1).find(|(_, other)| {
            let shared = |c: &Captured| -> BTreeSet<IpAddr> {
                c.device
                    .interfaces
                    .iter()
                    .flat_map(|i| i.virtuals.clone())
                    .collect()
            };
            let routed = shared(one)
                .into_iter()
                .filter(|a| !crate::topo::link_local_source(*a));
            let theirs = shared(other);
            routed.into_iter().any(|addr| theirs.contains(&addr))
        });
        let pair = twin.map(|(other, captured)| {
            done.insert(other);
            captured
        });
        switch(out, one, pair, places);
    }
}

fn switch(out: &mut String, one: &Captured, pair: Option<&Captured>, places: &Places) {
    let twin = pair
        .map(|p| format!(", {}", quoted_switch(&p.name)))
        .unwrap_or_default();
    let model = one
        .device
        .model
        .as_ref()
        .map(|m| format!(" \"{}\"", text_of(m)))
        .unwrap_or_default();
    let name = quoted_switch(&one.name);
    let _ = writeln!(
        out,
        "switch {name}{twin} : {}{model} {{",
        one.device.dialect
    );
    let outward = one.device.interfaces.iter().flat_map(|i| &i.bindings);
    if outward
        .into_iter()
        .any(|b| b.direction == crate::acl::Direction::Out)
    {
        out.push_str("  bind in, out\n");
    }
    for (key, value) in &one.options {
        let _ = writeln!(out, "  option {key} {value}");
    }
    for face in &one.device.interfaces {
        let InterfaceKind::Svi(vlan) = face.kind else {
            let addrs = face
                .addrs
                .iter()
                .map(IpNet::addr)
                .filter(|a| !crate::topo::link_local_source(*a));
            let addrs: Vec<String> = addrs.map(|a| a.to_string()).collect();
            if !addrs.is_empty() {
                let _ = writeln!(out, "  own {}", addrs.join(", "));
            }
            continue;
        };
        let Some(zone) = places.zones.get(&vlan) else {
            continue;
        };
        let other = pair.and_then(|p| p.device.interfaces.iter().find(|i| i.kind == face.kind));
        let own = |i: &Interface| {
            let addrs = i
                .addrs
                .iter()
                .map(IpNet::addr)
                .filter(|a| !crate::topo::link_local_source(*a));
            list(addrs.map(|a| a.to_string()))
        };
        let right = other.map(|i| format!(" | {}", own(i))).unwrap_or_default();
        let _ = writeln!(
            out,
            "  svi {} {}{right}{}",
            quoted(&zone.name),
            own(face),
            groups(&face.redundancy)
        );
        if !face.ports.is_empty() {
            let ports = face.ports.join(", ");
            let _ = writeln!(out, "  ports {} \"{ports}\"", quoted(&zone.name));
        }
    }
    for route in &one.device.routes {
        let via = match route.via {
            NextHop::Via(hop) | NextHop::Interface(_, Some(hop)) => hop,
            NextHop::Interface(_, None) | NextHop::Null => continue,
        };
        let _ = writeln!(out, "  route {} via {via}", route.prefix);
    }
    out.push_str("}\n");
}

/// Virtual addresses; groups of both families with one number are one group.
fn groups(redundancy: &[Redundancy]) -> String {
    let mut all: BTreeMap<(bool, u32), Vec<String>> = BTreeMap::new();
    for group in redundancy {
        let addrs = group
            .addrs
            .iter()
            .filter(|a| !crate::topo::link_local_source(**a));
        all.entry((group.hsrp, group.group))
            .or_default()
            .extend(addrs.map(ToString::to_string));
    }
    let each = all.iter().map(|((hsrp, number), addrs)| {
        let word = if *hsrp { "hsrp" } else { "vrrp" };
        format!(" {word} vrid {number} {}", addrs.join(", "))
    });
    each.collect()
}

pub(super) fn quoted_switch(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && !name.ends_with('-')
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
    match plain {
        true => name.to_owned(),
        false => format!("\"{}\"", text_of(name)),
    }
}
