//! What two devices differ in besides their lists: a comparison of lists says nothing about it, and must not sound as if.

use crate::acl::Acl;
use crate::device::{Device, Effect, Interface, Scope};
use std::collections::BTreeSet;

/// A part of a configuration that decides where packets go, and is no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Beside {
    /// Addresses of interfaces, their VRF, virtual addresses.
    Addresses,
    /// Interfaces that are down on one side.
    Shutdown,
    /// Relays of DHCP and of other broadcasts.
    Relays,
    /// Static or dynamic routes, or whether a family is routed.
    Routes,
    /// Lines that are not modelled, with what they name, or were not understood.
    Unread,
    /// Which ports carry which VLANs, as far as both texts say.
    Wires,
}

impl Beside {
    /// One word for machines.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Beside::Addresses => "addresses",
            Beside::Shutdown => "shutdown",
            Beside::Relays => "relays",
            Beside::Routes => "routes",
            Beside::Unread => "unread",
            Beside::Wires => "vlans",
        }
    }
}

/// What differs besides lists and bindings. Order and line numbers are no difference.
#[must_use]
pub fn beside(old: &Device, new: &Device) -> Vec<Beside> {
    let sides = [old, new];
    let differs = |of: &dyn Fn(&Device) -> BTreeSet<String>| {
        let [before, after] = sides.map(of);
        before != after
    };
    let interfaces = |of: &dyn Fn(&Interface) -> String| {
        differs(&|device| {
            let each = device.interfaces.iter();
            each.map(|i| format!("{:?} {}", super::places::key(i), of(i)))
                .collect()
        })
    };
    let sorted = |mut all: Vec<String>| {
        all.sort();
        all
    };
    let addresses = |i: &Interface| {
        let own = sorted(i.addrs.iter().map(ToString::to_string).collect());
        let shared = sorted(i.virtuals.iter().map(ToString::to_string).collect());
        let groups = sorted(i.redundancy.iter().map(|r| format!("{r:?}")).collect());
        format!("{} {own:?} {shared:?} {groups:?} {}", i.vrf, i.ipv6)
    };
    let routes = |device: &Device| {
        let fixed = device.routes.iter().map(|r| {
            let via = &r.via;
            format!(
                "{} {} {via:?} {} {}",
                r.vrf, r.prefix, r.distance, r.conditional
            )
        });
        let learnt = device
            .dynamic
            .iter()
            .map(|(vrf, _)| format!("dynamic {vrf}"));
        let forwards = &device.forwards;
        let forwards = format!("{} {}", forwards.v4.may(), forwards.v6.may());
        fixed.chain(learnt).chain([forwards]).collect()
    };
    let unread = |device: &Device| {
        let effects = device.effects.iter().map(|e| unmodelled(device, e));
        let gaps = device.gaps.iter().map(|gap| gap.text.clone());
        let lists = beneath(device);
        let named = device.beneath.named.join("\n");
        effects.chain(gaps).chain([named, lists]).collect()
    };
    let wires = sides.map(|device| &device.beneath.wires);
    let found = [
        (Beside::Addresses, interfaces(&addresses)),
        (Beside::Shutdown, interfaces(&|i| i.shutdown.to_string())),
        (
            Beside::Relays,
            interfaces(&|i| {
                let helpers = i.helpers.iter().map(ToString::to_string).collect();
                let others = i.broadcasts.iter();
                let others = others.map(|b| format!("{} {:?}", b.to, b.ports)).collect();
                format!("{:?} {:?}", sorted(helpers), sorted(others))
            }),
        ),
        (Beside::Routes, differs(&routes)),
        (Beside::Unread, differs(&unread)),
        (
            Beside::Wires,
            wires[0] != wires[1] && wires.iter().all(|wires| !wires.is_empty()),
        ),
    ];
    let differing = found.into_iter().filter(|(_, differs)| *differs);
    differing.map(|(beside, _)| beside).collect()
}

/// A line whose effect is not modelled: where it stands, and what the lists that it names let through.
fn unmodelled(device: &Device, effect: &Effect) -> String {
    let place = match &effect.scope {
        Scope::Interface(index, way) => {
            let face = device.interfaces.get(*index).map(super::places::key);
            format!("{face:?} {way:?}")
        }
        other => format!("{other:?}"),
    };
    let lists = lists_of(device, &effect.text);
    format!("{:?} {place} {} {lists:?}", effect.class, effect.text)
}

/// What the lists let through that stand in blocks which lines of unknown effect name.
fn beneath(device: &Device) -> String {
    let lines = device.beneath.named.iter();
    let lists = lines.flat_map(|line| lists_of(device, line));
    lists.collect::<Vec<String>>().join("\n")
}

/// What the lists that a line names let through.
fn lists_of(device: &Device, line: &str) -> Vec<String> {
    let named = |acl: &&Acl| line.split_whitespace().any(|word| word == acl.name);
    let lists = device.acls.iter().filter(named).map(|acl| {
        let entries: Vec<_> = acl
            .all()
            .map(|ace| (ace.action, &ace.certain, &ace.open))
            .collect();
        format!("{:?} {:?} {entries:?}", acl.family, acl.state)
    });
    lists.collect()
}
