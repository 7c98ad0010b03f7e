//! Places and sessions -> the text of a policy.

use super::Captured;
use super::places::{External, Places, Zone, plain};
use super::services::{Atom, term, words};
use super::sessions::{End, Request, requests};
use crate::device::{Interface, InterfaceKind, NextHop, Redundancy, Route};
use crate::net::{Family, PortSet};
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

/// The notes of a statement.
type Notes = (Option<String>, bool);

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

fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

/// A name as it may stand in a policy. Names of ours are plain; those of others are quoted.
fn quoted(name: &str) -> String {
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
    for external in behind {
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

fn quoted_switch(name: &str) -> String {
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

/// The first word of a remark, if it looks like the number of an application.
fn ticket(remark: &str) -> Option<String> {
    let word = remark.split_whitespace().next()?;
    let good = word.contains('-')
        && word.bytes().any(|b| b.is_ascii_digit())
        && word
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    good.then(|| word.to_owned())
}

/// Statements, folded: services of one pair, then destinations, then sources.
fn allows(places: &mut Places, found: Vec<Request>, unsaid: &mut Vec<String>) -> String {
    // What each pair asks in each family.
    let mut pairs: BTreeMap<(End, End), [BTreeMap<Atom, Notes>; 2]> = BTreeMap::new();
    let mut remarks: BTreeMap<End, BTreeSet<String>> = BTreeMap::new();
    for request in found {
        if let Some(remark) = &request.remark {
            remarks
                .entry(request.to.clone())
                .or_default()
                .insert(remark.clone());
        }
        if is_derived(places, &request) {
            continue;
        }
        if term(&request.atom).is_none() {
            unsaid.push(format!("{:?}", request.atom));
            continue;
        }
        let notes = (request.remark.as_deref().and_then(ticket), request.log);
        let whole = |places: &Places, end: &End| match end {
            End::Zone(vlan, nets) => {
                let all = places
                    .zones
                    .get(vlan)
                    .map(|z| z.addrs(request.family).to_prefixes());
                match all.as_ref() == Some(nets) {
                    true => End::Zone(*vlan, Vec::new()),
                    false => end.clone(),
                }
            }
            End::External(_) | End::Switch(_) => end.clone(),
        };
        let key = (whole(places, &request.from), whole(places, &request.to));
        let side = usize::from(request.family == Family::V6);
        pairs.entry(key).or_default()[side]
            .entry(request.atom)
            .or_insert(notes);
    }
    let mut folded: BTreeMap<(Vec<String>, Notes, String), BTreeSet<String>> = BTreeMap::new();
    for ((from, to), sides) in &pairs {
        for (from, to, atoms) in by_family(places, from, to, sides) {
            let from = name(places, &from, &remarks);
            let to = name(places, &to, &remarks);
            let mut by_notes: BTreeMap<Notes, BTreeSet<Atom>> = BTreeMap::new();
            for (atom, notes) in atoms {
                by_notes.entry(notes).or_default().insert(atom);
            }
            for (notes, atoms) in by_notes {
                let key = (words(&atoms), notes, from.clone());
                folded.entry(key).or_default().insert(to.clone());
            }
        }
    }
    let mut again: BTreeMap<(Notes, Vec<String>, BTreeSet<String>), BTreeSet<String>> =
        BTreeMap::new();
    for ((services, notes, from), to) in folded {
        again.entry((notes, services, to)).or_default().insert(from);
    }
    let mut lines: Vec<String> = again.iter().map(statement).collect();
    lines.sort();
    lines.concat()
}

/// What statements that differ in their sources only have in common: notes, services, destinations.
type Shared = (Notes, Vec<String>, BTreeSet<String>);

fn statement(((notes, services, to), from): (&Shared, &BTreeSet<String>)) -> String {
    let places = |all: &BTreeSet<String>| list(all.iter().cloned());
    let ticket = notes
        .0
        .as_ref()
        .map(|t| format!("  ticket \"{t}\""))
        .unwrap_or_default();
    let log = if notes.1 { "  log" } else { "" };
    format!(
        "allow {} -> {} : {}{ticket}{log}\n",
        places(from),
        places(to),
        services.join(", ")
    )
}

/// What a policy derives by itself: neighbour discovery (D21), the legs of a relay, and the unicast renewal that `dhcp` of a
/// zone implies (D22).
fn is_derived(places: &Places, request: &Request) -> bool {
    let relayed = |nets: &[IpNet]| {
        let helpers = places.zones.values().flat_map(|zone| &zone.helpers);
        let mut helpers = helpers.map(|addr| IpNet::from(IpAddr::V4(*addr)));
        helpers.any(|helper| nets == [helper])
    };
    match (&request.atom, &request.from) {
        (Atom::Icmp(true, 133..=137, _), _) => true,
        (Atom::Ports(17, _, Some(from)), End::Zone(_, nets)) if *from == PortSet::one(67) => {
            relayed(nets)
        }
        _ => is_renewal(places, request),
    }
}

fn is_renewal(places: &Places, request: &Request) -> bool {
    let (End::Zone(client, _), End::Zone(_, server)) = (&request.from, &request.to) else {
        return false;
    };
    let Atom::Ports(17, ports, Some(from)) = &request.atom else {
        return false;
    };
    let helpers = places.zones.get(client).map(|zone| &zone.helpers);
    let relayed = helpers.is_some_and(|all| {
        all.iter()
            .any(|addr| *server == [IpNet::from(IpAddr::V4(*addr))])
    });
    relayed && *ports == PortSet::one(67) && *from == PortSet::one(68)
}

/// What of a pair holds in every family that both have, and what in one only: there an end is named by its addresses of that
/// family.
fn by_family(
    places: &Places,
    from: &End,
    to: &End,
    sides: &[BTreeMap<Atom, Notes>; 2],
) -> Vec<(End, End, BTreeMap<Atom, Notes>)> {
    let has = |end: &End, family: Family| match end {
        End::Zone(_, nets) if !nets.is_empty() => nets.iter().any(|n| Family::of_net(n) == family),
        End::Zone(vlan, _) => places
            .zones
            .get(vlan)
            .is_some_and(|z| !z.addrs(family).is_empty()),
        End::External(index) => {
            let external = places.externals.get(*index);
            external.is_some_and(|e| !places.outside(e, family).is_empty())
        }
        End::Switch(name) => {
            let own = places.own.iter().find(|(device, _)| device == name);
            own.is_some_and(|(_, own)| own.iter().any(|addr| Family::of(*addr) == family))
        }
    };
    let common = Family::BOTH.map(|family| has(from, family) && has(to, family));
    if common != [true, true] {
        let all = sides
            .iter()
            .flatten()
            .map(|(a, n)| (a.clone(), n.clone()))
            .collect();
        return vec![(from.clone(), to.clone(), all)];
    }
    let bound = |atom: &Atom| matches!(atom, Atom::Icmp(..));
    let [v4, v6] = sides;
    let both = v4
        .iter()
        .filter(|(atom, _)| v6.contains_key(atom) || bound(atom));
    let mut shared: BTreeMap<Atom, Notes> = both.map(|(a, n)| (a.clone(), n.clone())).collect();
    shared.extend(
        v6.iter()
            .filter(|(a, _)| bound(a))
            .map(|(a, n)| (a.clone(), n.clone())),
    );
    let mut out = Vec::new();
    for (family, side) in Family::BOTH.into_iter().zip(sides) {
        let rest = side.iter().filter(|(atom, _)| !shared.contains_key(atom));
        let rest: BTreeMap<Atom, Notes> = rest.map(|(a, n)| (a.clone(), n.clone())).collect();
        if rest.is_empty() {
            continue;
        }
        let narrow = |end: &End| match end {
            End::Zone(vlan, nets) if nets.is_empty() => {
                let zone = places.zones.get(vlan);
                End::Zone(
                    *vlan,
                    zone.map(|z| z.addrs(family).to_prefixes())
                        .unwrap_or_default(),
                )
            }
            end => end.clone(),
        };
        out.push((narrow(from), narrow(to), rest));
    }
    if !shared.is_empty() {
        out.push((from.clone(), to.clone(), shared));
    }
    out
}

fn name(places: &mut Places, end: &End, remarks: &BTreeMap<End, BTreeSet<String>>) -> String {
    match end {
        End::Zone(vlan, nets) if nets.is_empty() => {
            let zone = places.zones.get(vlan);
            quoted(&zone.map(|zone| zone.name.clone()).unwrap_or_default())
        }
        End::Zone(vlan, nets) => {
            let family = nets.first().map_or(Family::V4, Family::of_net);
            let part = crate::net::AddrRanges::prefixes(family, nets);
            let all: Vec<String> = remarks.get(end).into_iter().flatten().cloned().collect();
            all.iter().for_each(|remark| {
                places.host(*vlan, &part, Some(remark));
            });
            places.host(*vlan, &part, None)
        }
        End::External(index) => {
            let external = places.externals.get(*index);
            external.map(|e| e.name.clone()).unwrap_or_default()
        }
        End::Switch(name) => quoted_switch(name),
    }
}
