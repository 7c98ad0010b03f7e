//! Devices, interfaces and routes as transcribed.

use super::Questions;
use crate::acl::{Direction, Known};
use crate::base::Text;
use crate::device::{Effect, EffectClass, NextHop, Scope};
use crate::net::Family;
use crate::text;
use crate::topo::{Fib, Target, Topo};
use crate::verify::world::World;
use ipnet::IpNet;
use serde_json::{Value, json};
use std::net::IpAddr;
use std::sync::Arc;

/// A fact that may be open, with the number of its question if a case answers it.
fn known(fact: &Known, questions: &Questions) -> String {
    match fact {
        Known::Yes => "yes".to_owned(),
        Known::No => "no".to_owned(),
        Known::Open(question) => match questions.number(question) {
            None => "open".to_owned(),
            Some(number) => format!("open {number}"),
        },
    }
}

fn digit(family: Family) -> String {
    family.digit().to_string()
}

/// The devices with their files; a router that the policy declares without a text has none.
pub(super) fn devices(world: &World<'_>, files: &[Option<usize>], questions: &Questions) -> Value {
    let one = |(index, named): (usize, &Arc<crate::topo::Named>)| {
        let device = &named.device;
        let known = |fact| known(fact, questions);
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
            "file": files[index],
            "forwards": { "4": known(&device.forwards.v4), "6": known(&device.forwards.v6) },
            "to_switch": known(&device.sees.to_switch),
            "from_switch": known(&device.sees.from_switch),
            "bridged_in": known(&device.sees.bridged_in),
            "bridged_out": known(&device.sees.bridged_out),
            "own": own,
            "effects": effects(&world.topo, index),
        })
    };
    world.topo.devices.iter().enumerate().map(one).collect()
}

/// Lines whose effect on packets is not modelled (D23), and where routes are learnt (D31).
fn effects(topo: &Topo, device: usize) -> Vec<Value> {
    let of = &topo.devices[device].device;
    let port = |interface: usize| {
        let mut ports = topo.ports.iter();
        ports.position(|port| (port.device, port.interface) == (device, interface))
    };
    let effect = |effect: &Effect| {
        let may = match effect.class {
            EffectClass::Narrows => "drop",
            EffectClass::Redirects => "redirect",
            EffectClass::Rewrites => "rewrite",
        };
        let (interface, direction, vrf) = match &effect.scope {
            Scope::Interface(index, direction) => (port(*index), *direction, None),
            Scope::Vrf(vrf) => (None, None, Some(vrf)),
            Scope::Device | Scope::Own(..) => (None, None, None),
        };
        // What may only drop at an interface without a link drops nothing of what is asked about; nor does what drops packets
        // that have arrived at the switch itself, about which no argument is made where such a line stands.
        let nowhere = match effect.scope {
            Scope::Interface(..) => interface.is_none(),
            Scope::Own(..) => true,
            Scope::Vrf(_) | Scope::Device => false,
        };
        (!nowhere || may != "drop").then(|| {
            json!({
                "line": effect.line, "text": effect.text, "may": may, "interface": interface,
                "direction": direction.map(Direction::word), "vrf": vrf,
            })
        })
    };
    let learnt = |(vrf, line): &(String, u32)| {
        json!({
            "line": line, "text": "", "may": "learn", "interface": null, "direction": null, "vrf": vrf,
        })
    };
    let effects = of.effects.iter().filter_map(effect);
    effects.chain(of.dynamic.iter().map(learnt)).collect()
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
        told_elsewhere(topo, device)?;
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

/// Routes that a captured table states stand in no line of a configuration, so nothing could be held to one.
fn told_elsewhere(topo: &Topo, device: usize) -> Result<(), Text> {
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
    let one = |beyond: &crate::reach::Beyond| {
        json!({
            "family": digit(beyond.hosts.family()), "link": beyond.link,
            "hosts": super::boxes::addrs(&beyond.hosts), "hairpin": beyond.hairpin,
        })
    };
    let some = world
        .beyond
        .iter()
        .filter(|beyond| !beyond.hosts.is_empty());
    some.map(one).collect()
}
