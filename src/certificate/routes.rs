//! Routes as transcribed: what the lines of a configuration, or of a captured table, say of each prefix.
//!
//! What a line says stands here, and the checker finds out where a next hop leads. So only what it can find out is written:
//! lines that all hold at once, whose next hops lead somewhere. A route that waits for another to be lost has no such form.

use super::Subject;
use crate::base::Text;
use crate::device::{NextHop, Route};
use crate::net::Family;
use crate::text;
use crate::topo::{Fib, Target, Topo};
use crate::verify::world::World;
use ipnet::IpNet;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A routing table captured beside a configuration.
pub struct Table {
    /// Its file.
    pub file: usize,
    /// Its rows that were learnt.
    pub lines: Lines,
}

/// The lines of rows by VRF and prefix; the first has the prefix.
pub type Lines = BTreeMap<(String, IpNet), Vec<u32>>;

/// A row per prefix, those of subnets left out.
pub(super) fn all(world: &World<'_>, subject: &Subject<'_>) -> Result<Value, Text> {
    let topo = &world.topo;
    let mut rows = Vec::new();
    for device in 0..topo.devices.len() {
        half_told(topo, device)?;
        let mut prefixes: BTreeMap<(&str, IpNet), Vec<&Route>> = BTreeMap::new();
        for route in &topo.devices[device].device.routes {
            let key = (route.vrf.as_str(), route.prefix.trunc());
            prefixes.entry(key).or_default().push(route);
        }
        let mut fibs: BTreeMap<(&str, Family), Fib> = BTreeMap::new();
        for ((vrf, prefix), routes) in &prefixes {
            let family = Family::of_net(prefix);
            let fib = fibs
                .entry((vrf, family))
                .or_insert_with(|| topo.fib(device, vrf, family));
            let table = subject.tables[device].as_ref();
            let lines = table.and_then(|table| table.lines.get(&((*vrf).to_owned(), *prefix)));
            in_use(topo, device, (*vrf, *prefix), routes, fib)?;
            let stated = routes
                .iter()
                .map(|route| route.line)
                .filter(|line| *line > 0);
            let stated = stated.collect();
            rows.push(json!({
                "device": device, "vrf": vrf, "prefix": prefix.to_string(),
                "hops": routes.iter().map(|route| hop(topo, device, route)).collect::<Vec<_>>(),
                "lines": lines.unwrap_or(&stated),
                "learnt": lines.is_some(),
            }));
        }
    }
    Ok(json!(rows))
}

/// A table of one family leaves open what is learnt in the other one.
fn half_told(topo: &Topo, device: usize) -> Result<(), Text> {
    let named = &topo.devices[device];
    let line = named.device.dynamic.first().map_or(0, |(_, line)| *line);
    match named.device.settled.is_empty() {
        true => Ok(()),
        false => Err(text!(
            "certificate-unmodelled",
            device = &named.name,
            line = line
        )),
    }
}

/// Whether all routes to a prefix are in use, and lead where the checker finds that they lead.
fn in_use(
    topo: &Topo,
    device: usize,
    (vrf, prefix): (&str, IpNet),
    routes: &[&Route],
    fib: &Fib,
) -> Result<(), Text> {
    let named = &topo.devices[device];
    let entry = fib.entries.iter().find(|entry| entry.prefix == prefix);
    let subnet = |port: &usize| {
        let interface = topo.interface(*port);
        let mine = topo.ports[*port].device == device && interface.vrf == vrf;
        mine && interface.carries(Family::of_net(&prefix))
            && interface.addrs.iter().any(|net| net.trunc() == prefix)
    };
    // Longer prefixes may have taken all of it: then it leads nowhere, whatever it says.
    let settled = entry.is_none_or(|entry| entry.line.is_some());
    let one = routes.first().map(|route| route.distance);
    let alike = routes
        .iter()
        .all(|route| !route.conditional && Some(route.distance) == one);
    let told = routes.iter().all(|route| leads(topo, device, route));
    match settled && alike && told && !(0..topo.ports.len()).any(|port| subnet(&port)) {
        true => Ok(()),
        false => Err(text!(
            "certificate-unmodelled",
            device = &named.name,
            line = routes.first().map_or(0, |route| route.line)
        )),
    }
}

/// Whether a route by itself leads out of a port, or drops; what is resolved through another route is told by that one.
fn leads(topo: &Topo, device: usize, route: &Route) -> bool {
    let family = Family::of_net(&route.prefix);
    let own = |addr| {
        let interfaces = topo.devices[device].device.interfaces.iter();
        let mut mine = interfaces.filter(|one| one.vrf == route.vrf);
        mine.any(|one| crate::topo::interface_addrs(one, family).contains(addr))
    };
    match &route.via {
        NextHop::Null => true,
        NextHop::Interface(name, addr) => {
            port(topo, device, route, name).is_some() && !addr.is_some_and(own)
        }
        NextHop::Via(addr) => !own(*addr) && resolved(topo, device, route, *addr),
    }
}

/// The targets of the longest other prefix that holds the next hop lead on from there.
fn resolved(topo: &Topo, device: usize, route: &Route, addr: std::net::IpAddr) -> bool {
    let family = Family::of_net(&route.prefix);
    let fib = topo.fib(device, &route.vrf, family);
    let holds = |entry: &&crate::topo::FibEntry| {
        entry.prefix.contains(&addr) && entry.prefix != route.prefix.trunc()
    };
    let Some(near) = fib.entries.iter().find(holds) else {
        return false;
    };
    // Through a route that names a port only, the next hop would not be the destination.
    let direct = |target: &Target| matches!(target, Target::Connected(_));
    near.targets.iter().any(direct) == near.line.is_none()
}

fn port(topo: &Topo, device: usize, route: &Route, name: &str) -> Option<usize> {
    let family = Family::of_net(&route.prefix);
    (0..topo.ports.len()).find(|&port| {
        let interface = topo.interface(port);
        topo.ports[port].device == device
            && interface.name == name
            && interface.vrf == route.vrf
            && interface.carries(family)
    })
}

fn hop(topo: &Topo, device: usize, route: &Route) -> Value {
    let (out, via) = match &route.via {
        NextHop::Null => (None, None),
        NextHop::Via(addr) => (None, Some(*addr)),
        NextHop::Interface(name, addr) => (port(topo, device, route, name), *addr),
    };
    json!({ "out": out, "via": via.map(|addr| addr.to_string()) })
}
