//! Devices, interfaces and routes as transcribed.

use crate::acl::{Direction, Known};
use crate::base::Text;
use crate::device::{EffectClass, NextHop};
use crate::net::Family;
use crate::text;
use crate::topo::{Fib, Target, Topo};
use crate::verify::world::World;
use ipnet::IpNet;
use serde_json::{Value, json};
use std::net::IpAddr;
use std::sync::Arc;

/// Why these devices can have no certificate.
pub(super) fn refusal(world: &World<'_>) -> Result<(), Text> {
    for named in &world.topo.devices {
        let device = &named.device;
        let effect = device
            .effects
            .iter()
            .find(|effect| effect.class != EffectClass::Narrows);
        let line = effect.map(|effect| effect.line);
        let line = line.or(device.dynamic.first().map(|(_, line)| *line));
        if let Some(line) = line {
            return Err(text!(
                "certificate-unmodelled",
                device = &named.name,
                line = line
            ));
        }
    }
    Ok(())
}

fn known(fact: &Known) -> &'static str {
    match fact {
        Known::Yes => "yes",
        Known::No => "no",
        Known::Open(_) => "open",
    }
}

fn digit(family: Family) -> String {
    family.digit().to_string()
}

/// The devices; the file of device n is file n + 1.
pub(super) fn devices(world: &World<'_>) -> Value {
    let one = |(index, named): (usize, &Arc<crate::topo::Named>)| {
        let device = &named.device;
        let own: Vec<Value> = device
            .interfaces
            .iter()
            .map(|i| {
                let addrs = i.addrs.iter().map(ToString::to_string);
                let shared = i.virtuals.iter().map(ToString::to_string);
                json!({ "vrf": i.vrf, "addresses": addrs.chain(shared).collect::<Vec<_>>() })
            })
            .collect();
        json!({
            "name": named.name,
            "file": index + 1,
            "forwards": { "4": known(&device.forwards.v4), "6": known(&device.forwards.v6) },
            "to_switch": known(&device.sees.to_switch),
            "from_switch": known(&device.sees.from_switch),
            "bridged_in": known(&device.sees.bridged_in),
            "bridged_out": known(&device.sees.bridged_out),
            "own": own,
        })
    };
    world.topo.devices.iter().enumerate().map(one).collect()
}

/// The names of the links.
pub(super) fn links(world: &World<'_>) -> Value {
    let links = 0..world.topo.links.len();
    links
        .map(|link| json!(world.topo.link_name(link)))
        .collect()
}

/// The layer-3 interfaces on links: addresses, families that pass, lists by their place among all lists of the document.
pub(super) fn interfaces(world: &World<'_>) -> Value {
    let topo = &world.topo;
    let one = |port: usize| {
        let interface = topo.interface(port);
        let families = Family::BOTH
            .into_iter()
            .filter(|&f| interface.carries(f))
            .map(digit);
        let bound = |direction| {
            let of = |family| {
                let binding = interface.binding(family, direction);
                json!(binding.map(|b| json!({ "list": place(topo, topo.ports[port].device, b.acl), "line": b.line })))
            };
            json!({ "4": of(Family::V4), "6": of(Family::V6) })
        };
        json!({
            "device": topo.ports[port].device,
            "name": interface.name,
            "line": interface.line,
            "vrf": interface.vrf,
            "link": topo.ports[port].link,
            "families": families.collect::<Vec<_>>(),
            "addresses": interface.addrs.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "virtual": interface.virtuals.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "in": bound(Direction::In),
            "out": bound(Direction::Out),
        })
    };
    (0..topo.ports.len()).map(one).collect()
}

/// Where a list of a device stands among all lists.
pub(super) fn place(topo: &Topo, device: usize, acl: usize) -> usize {
    let before = topo.devices.iter().take(device);
    before.map(|named| named.device.acls.len()).sum::<usize>() + acl
}

/// The forwarding tables, a row per prefix with all its targets and the lines it comes from.
pub(super) fn routes(world: &World<'_>) -> Result<Value, Text> {
    let topo = &world.topo;
    let mut rows = Vec::new();
    for device in 0..topo.devices.len() {
        for vrf in topo.vrfs(device) {
            for family in Family::BOTH {
                let fib = topo.fib(device, vrf, family);
                in_use(topo, device, vrf, family, &fib)?;
                for entry in fib.entries {
                    let lines = lines(topo, device, vrf, &entry)?;
                    let targets: Vec<Value> = entry.targets.iter().map(target).collect();
                    rows.push(json!({
                        "device": device, "vrf": vrf, "prefix": entry.prefix.to_string(),
                        "targets": targets, "lines": lines,
                    }));
                }
            }
        }
    }
    Ok(json!(rows))
}

/// A route that is in no table would have to be argued about; the checker finds its line left out.
fn in_use(topo: &Topo, device: usize, vrf: &str, family: Family, fib: &Fib) -> Result<(), Text> {
    let named = &topo.devices[device];
    let mine = named.device.routes.iter();
    let mut mine = mine.filter(|r| r.vrf == vrf && Family::of_net(&r.prefix) == family);
    let has = |prefix: IpNet| {
        fib.entries
            .iter()
            .any(|entry| entry.prefix == prefix && entry.line.is_some())
    };
    match mine.find(|route| !has(route.prefix.trunc())) {
        None => Ok(()),
        Some(route) => Err(text!(
            "certificate-unmodelled",
            device = &named.name,
            line = route.line
        )),
    }
}

fn target(target: &Target) -> Value {
    match target {
        Target::Connected(out) => json!({ "out": out }),
        Target::Via(out, addr) => json!({ "out": out, "via": addr.to_string() }),
        Target::Null => Value::Null,
    }
}

/// The lines of a row's routes; a next hop that stands in none of them was resolved through another route, which a reader
/// could not follow line by line.
fn lines(
    topo: &Topo,
    device: usize,
    vrf: &str,
    entry: &crate::topo::FibEntry,
) -> Result<Vec<u32>, Text> {
    if entry.line.is_none() {
        return Ok(Vec::new());
    }
    let routes = topo.devices[device].device.routes.iter();
    let mine: Vec<_> = routes
        .filter(|route| route.vrf == vrf && route.prefix.trunc() == entry.prefix)
        .collect();
    let stated = |addr: IpAddr| {
        mine.iter().any(|route| {
            matches!(route.via, NextHop::Via(a) | NextHop::Interface(_, Some(a)) if a == addr)
        })
    };
    for target in &entry.targets {
        if let Target::Via(_, addr) = target
            && !stated(*addr)
        {
            let line = entry.line.unwrap_or_default();
            let name = &topo.devices[device].name;
            return Err(text!("certificate-unmodelled", device = name, line = line));
        }
    }
    Ok(mine.iter().map(|route| route.line).collect())
}

/// The hosts that hand packets back unchanged (D29).
pub(super) fn externals(world: &World<'_>) -> Value {
    let one = |beyond: &crate::reach::Beyond| json!({ "link": beyond.link, "hosts": super::boxes::addrs(&beyond.hosts), "hairpin": beyond.hairpin });
    let some = world
        .beyond
        .iter()
        .filter(|beyond| !beyond.hosts.is_empty());
    some.map(one).collect()
}
