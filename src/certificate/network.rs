//! Devices and interfaces as transcribed.

use super::{Questions, Subject, boxes};
use crate::acl::{Direction, Known};
use crate::base::Text;
use crate::device::{BroadcastRelay, EffectClass, Scope};
use crate::net::Family;
use crate::topo::Topo;
use crate::verify::world::World;
use serde_json::{Value, json};
use std::sync::Arc;

/// A fact that may be open, with the number of its question if a case answers it.
fn known(fact: &Known, questions: &Questions) -> Value {
    match fact {
        Known::Yes => json!("yes"),
        Known::No => json!("no"),
        Known::Open(question) => match questions.number(question) {
            None => json!("open"),
            Some(number) => json!({ "question": number }),
        },
    }
}

fn digit(family: Family) -> String {
    family.digit().to_string()
}

/// The devices with their files; a router that the policy declares without a text has none.
pub(super) fn devices(
    world: &World<'_>,
    subject: &Subject<'_>,
    questions: &Questions,
) -> Result<Value, Text> {
    let one = |(index, named): (usize, &Arc<crate::topo::Named>)| {
        let device = &named.device;
        let known = |fact| known(fact, questions);
        let own: Vec<Value> = device
            .interfaces
            .iter()
            .map(|i| {
                let addrs = i.addrs.iter().map(ToString::to_string);
                let shared = i.virtuals.iter().map(ToString::to_string);
                let all: Vec<String> = addrs.chain(shared).collect();
                json!({ "vrf": i.vrf, "up": !i.shutdown, "addresses": all })
            })
            .collect();
        let table = subject.tables[index].as_ref();
        Ok(json!({
            "name": named.name,
            "file": subject.texts[index],
            "table": table.map(|table| table.file),
            "forwards": { "4": known(&device.forwards.v4), "6": known(&device.forwards.v6) },
            "to_switch": known(&device.sees.to_switch),
            "from_switch": known(&device.sees.from_switch),
            "bridged_in": known(&device.sees.bridged_in),
            "bridged_out": known(&device.sees.bridged_out),
            "own": own,
            "effects": effects(&world.topo, index)?,
        }))
    };
    world.topo.devices.iter().enumerate().map(one).collect()
}

/// Lines whose effect on packets is not modelled (D23), and where routes are learnt (D31).
fn effects(topo: &Topo, device: usize) -> Result<Vec<Value>, Text> {
    let of = &topo.devices[device].device;
    let port = |interface: usize| {
        let mut ports = topo.ports.iter();
        ports.position(|port| (port.device, port.interface) == (device, interface))
    };
    let mut all = Vec::new();
    for effect in &of.effects {
        let may = match effect.class {
            EffectClass::Narrows => "drop",
            EffectClass::Redirects => "redirect",
            EffectClass::Rewrites => "rewrite",
        };
        let (mut interface, mut direction, mut vrf, mut own) = (None, None, None, Value::Null);
        match &effect.scope {
            Scope::Interface(index, way) => (interface, direction) = (port(*index), *way),
            Scope::Vrf(name) => vrf = Some(name),
            Scope::Own(..) => {
                let mut guards = of.guards(Family::V4);
                let guarded = guards.find(|(one, _)| std::ptr::eq(*one, effect));
                own = json!(guarded.map(|(_, m)| boxes::all(&[m])).transpose()?);
            }
            Scope::Device => {}
        }
        // What may only drop at an interface without a link drops nothing of what is asked about.
        let nowhere = matches!(effect.scope, Scope::Interface(..)) && interface.is_none();
        if !nowhere || may != "drop" {
            all.push(json!({
                "line": effect.line, "text": effect.text, "may": may, "interface": interface,
                "direction": direction.map(Direction::word), "vrf": vrf, "own": own,
            }));
        }
    }
    all.extend(of.dynamic.iter().map(|(vrf, line)| {
        json!({
            "line": line, "text": "", "may": "learn", "interface": null, "direction": null,
            "vrf": vrf, "own": null,
        })
    }));
    Ok(all)
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
            "relays": interface.broadcasts.iter().map(relay).collect::<Vec<_>>(),
        })
    };
    (0..topo.ports.len()).map(one).collect()
}

/// Where a list of a device stands among all lists.
pub(super) fn place(topo: &Topo, device: usize, acl: usize) -> usize {
    let before = topo.devices.iter().take(device);
    before.map(|named| named.device.acls.len()).sum::<usize>() + acl
}

fn relay(relay: &BroadcastRelay) -> Value {
    json!({
        "line": relay.line, "text": relay.text, "to": relay.to.to_string(),
        "ports": boxes::list(relay.ports.ranges().to_vec()),
    })
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
