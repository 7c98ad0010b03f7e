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
pub(super) fn devices(world: &World<'_>, subject: &Subject<'_>, questions: &Questions) -> Value {
    let one = |(index, named): (usize, &Arc<crate::topo::Named>)| {
        let device = &named.device;
        let known = |fact| known(fact, questions);
        let table = subject.tables[index].as_ref();
        json!({
            "name": named.name,
            "file": subject.texts[index],
            "table": table.map(|table| table.file),
            "forwards": [known(&device.forwards.v4), known(&device.forwards.v6)],
            "to_switch": known(&device.sees.to_switch),
            "from_switch": known(&device.sees.from_switch),
            "bridged_in": known(&device.sees.bridged_in),
            "bridged_out": known(&device.sees.bridged_out),
        })
    };
    world.topo.devices.iter().enumerate().map(one).collect()
}

/// Lines whose effect on packets is not modelled (D23), and where routes are learnt (D31).
pub(super) fn effects(world: &World<'_>) -> Result<Value, Text> {
    let (topo, numbers) = (&world.topo, numbers(&world.topo));
    let mut all = Vec::new();
    for (device, named) in topo.devices.iter().enumerate() {
        let of = &named.device;
        for effect in &of.effects {
            let may = match effect.class {
                EffectClass::Narrows => "drop",
                EffectClass::Redirects => "redirect",
                EffectClass::Rewrites => "rewrite",
            };
            let (mut interface, mut direction, mut vrf, mut own) = (None, None, None, Value::Null);
            match &effect.scope {
                Scope::Interface(index, way) => {
                    interface = numbers.iter().position(|one| *one == (device, *index));
                    direction = *way;
                }
                Scope::Vrf(name) => vrf = Some(name),
                Scope::Own(..) => {
                    let mut guards = of.guards(Family::V4);
                    let guarded = guards.find(|(one, _)| std::ptr::eq(*one, effect));
                    own = json!(guarded.map(|(_, m)| boxes::all(&[m])).transpose()?);
                }
                Scope::Device => {}
            }
            all.push(json!({
                "device": device, "lines": of.lines_of(effect.line), "may": may,
                "interface": interface, "direction": direction.map(Direction::word), "vrf": vrf,
                "own": own,
            }));
        }
        all.extend(of.dynamic.iter().map(|(vrf, line)| {
            json!({
                "device": device, "lines": of.lines_of(*line), "may": "learn", "interface": null,
                "direction": null, "vrf": vrf, "own": null,
            })
        }));
    }
    Ok(json!(all))
}

/// The names of the links.
pub(super) fn links(world: &World<'_>) -> Value {
    let links = 0..world.topo.links.len();
    links
        .map(|link| json!(world.topo.link_name(link)))
        .collect()
}

/// Every layer-3 interface, by device and its number there: those on links first, in the order of the ports.
fn numbers(topo: &Topo) -> Vec<(usize, usize)> {
    let ports = topo.ports.iter();
    let mut all: Vec<(usize, usize)> = ports.map(|port| (port.device, port.interface)).collect();
    for (device, named) in topo.devices.iter().enumerate() {
        let each = (0..named.device.interfaces.len()).map(|interface| (device, interface));
        let rest: Vec<(usize, usize)> = each.filter(|one| !all.contains(one)).collect();
        all.extend(rest);
    }
    all
}

/// The layer-3 interfaces: addresses, families that pass, lists by their place among all lists of the document.
pub(super) fn interfaces(world: &World<'_>) -> Value {
    let topo = &world.topo;
    let one = |(number, (device, index)): (usize, (usize, usize))| {
        let interface = &topo.devices[device].device.interfaces[index];
        let link = topo.ports.get(number).map(|port| port.link);
        let up = Family::BOTH
            .into_iter()
            .filter(|&f| link.is_some() && interface.carries(f));
        let bound = |(family, direction)| {
            let binding = interface.binding(family, direction);
            json!(
                binding
                    .map(|b| json!({ "list": place(topo, device, b.acl), "lines": some(b.line) }))
            )
        };
        let ways = [Direction::In, Direction::Out];
        let lists = Family::BOTH.map(|family| ways.map(|way| bound((family, way))));
        json!({
            "device": device,
            "name": interface.name,
            "lines": some(interface.line),
            "vrf": interface.vrf,
            "link": link,
            "up": !interface.shutdown,
            "families": up.map(digit).collect::<Vec<_>>(),
            "addresses": interface.addrs.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "virtual": interface.virtuals.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "lists": lists.concat(),
            "relays": interface.broadcasts.iter().map(relay).collect::<Vec<_>>(),
        })
    };
    numbers(topo).into_iter().enumerate().map(one).collect()
}

/// A line; none if it was not read from text.
fn some(line: u32) -> Vec<u32> {
    Vec::from_iter((line > 0).then_some(line))
}

/// Where a list of a device stands among all lists.
pub(super) fn place(topo: &Topo, device: usize, acl: usize) -> usize {
    let before = topo.devices.iter().take(device);
    before.map(|named| named.device.acls.len()).sum::<usize>() + acl
}

fn relay(relay: &BroadcastRelay) -> Value {
    json!({
        "lines": some(relay.line), "to": relay.to.to_string(),
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
