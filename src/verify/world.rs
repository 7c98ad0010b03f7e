//! The network of a policy under one reading: topology, externals, strangers' links.

use super::spec::{Half, halves};
use crate::acl::{Acl, Direction, Question, Reading};
use crate::device::{Device, Effect, EffectClass, Interface, InterfaceKind, Scope};
use crate::model::Policy;
use crate::net::Family;
use crate::pset::{Limits, Space};
use crate::reach::Beyond;
use crate::topo::{LinkKey, Named, Topo, build, meets};
use ipnet::IpNet;
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

/// Everything the claims are asked of.
pub struct World<'p> {
    /// The policy.
    pub policy: &'p Policy,
    /// Devices and links.
    pub topo: Topo,
    /// The hosts behind which externals lie (D29).
    pub beyond: Vec<Beyond>,
    /// Links with an address that no zone names (D32).
    pub unnamed: Vec<usize>,
    /// Sessions in force.
    pub halves: Rc<Vec<Half>>,
}

impl<'p> World<'p> {
    /// Joins the devices under a reading.
    #[must_use]
    pub fn new(
        policy: &'p Policy,
        at: Date,
        devices: &[Arc<Named>],
        reading: &Reading,
    ) -> World<'p> {
        let devices = devices.iter().map(|named| under(named, reading));
        World::of(policy, devices.collect(), Rc::new(halves(policy, at)))
    }

    /// Joins devices as they are; the sessions are given.
    pub(super) fn of(
        policy: &'p Policy,
        devices: Vec<Arc<Named>>,
        halves: Rc<Vec<Half>>,
    ) -> World<'p> {
        let named = policy.network.links();
        let topo = build(plugged(policy, devices), named.keys().copied());
        let mut beyond = Vec::new();
        for external in &policy.network.externals {
            let Some(link) = topo.vlan(external.vlan) else {
                continue;
            };
            beyond.extend(Family::BOTH.map(|family| Beyond {
                link,
                hosts: external.behind.of(family).clone(),
                hairpin: !external.no_hairpin,
            }));
        }
        let stranger = |key: &LinkKey| match key {
            LinkKey::Vlan(vlan) => !named.contains_key(vlan),
            LinkKey::Routed(..) => true,
        };
        let unnamed = (0..topo.links.len())
            .filter(|&link| stranger(&topo.links[link].key))
            .collect();
        World {
            policy,
            topo,
            beyond,
            unnamed,
            halves,
        }
    }

    /// A space for the sets of one family of it.
    #[must_use]
    pub fn space(&self, family: Family, limits: Limits) -> Space {
        let lists = self
            .topo
            .devices
            .iter()
            .flat_map(|named| &named.device.acls);
        let acls: Vec<&Acl> = lists.filter(|acl| acl.family == family).collect();
        Space::for_acls(family, &acls).within(limits)
    }
}

/// Routed ports of a subnet that lies on a VLAN, by a zone or by an interface of another device: they may be cabled to it,
/// and what could be a way there must not be left out (D32). That nothing certain leads over such a port is an effect on it.
fn plugged(policy: &Policy, devices: Vec<Arc<Named>>) -> Vec<Arc<Named>> {
    let routed = |interface: &&Interface| interface.kind == InterfaceKind::Routed;
    let some = |named: &Arc<Named>| named.device.interfaces.iter().any(|i| routed(&i));
    if !devices.iter().any(some) {
        return devices;
    }
    let zones = policy.network.zones.iter().flat_map(|zone| &zone.links);
    let zones = zones.flat_map(|link| link.prefixes.iter().map(|net| (link.vlan, *net)));
    let faces = devices.iter().flat_map(|named| &named.device.interfaces);
    let faces = faces.filter_map(|face| match face.kind {
        InterfaceKind::Svi(vlan) if !face.shutdown => {
            Some(face.addrs.iter().map(move |net| (vlan, *net)))
        }
        _ => None,
    });
    let nets: Vec<(u16, IpNet)> = zones.chain(faces.flatten()).collect();
    let each = devices.iter().map(|named| {
        let mut named = Arc::clone(named);
        let ports = named.device.interfaces.iter().enumerate();
        let found: Vec<(usize, u16)> = ports
            .filter(|(_, face)| routed(face))
            .filter_map(|(index, face)| {
                let (vlan, _) = nets.iter().find(|(_, net)| meets(face, net))?;
                Some((index, *vlan))
            })
            .collect();
        for (index, vlan) in found {
            plug(&mut Arc::make_mut(&mut named).device, index, vlan);
        }
        named
    });
    each.collect()
}

fn plug(device: &mut Device, index: usize, vlan: u16) {
    let face = &mut device.interfaces[index];
    face.kind = InterfaceKind::Svi(vlan);
    let effects = [Direction::In, Direction::Out].map(|way| Effect {
        class: EffectClass::Narrows,
        scope: Scope::Interface(index, Some(way)),
        line: face.line,
        text: face.name.clone(),
    });
    device.effects.extend(effects);
}

/// A device under a reading.
pub(super) fn under(named: &Arc<Named>, reading: &Reading) -> Arc<Named> {
    if reading.is_empty() {
        return Arc::clone(named);
    }
    Arc::new(Named {
        name: named.name.clone(),
        device: named.device.clone().under(reading),
    })
}

/// The open vendor facts that the devices' texts bring up, sorted. A fact is one question per model (D1), but its name has
/// the dialect only: where models of a dialect differ, one answer for all would tie what is independent, so its facts are
/// left open.
#[must_use]
pub fn open_facts(devices: &[Arc<Named>]) -> Vec<Question> {
    let mut facts = BTreeSet::new();
    let one_model = |dialect: &str| {
        let same = devices
            .iter()
            .filter(|named| named.device.dialect == dialect);
        let models: BTreeSet<&Option<String>> = same.map(|named| &named.device.model).collect();
        models.len() <= 1
    };
    for named in devices
        .iter()
        .filter(|named| one_model(named.device.dialect))
    {
        let questions = named.device.questions().into_iter();
        facts.extend(questions.filter(|q| matches!(q, Question::Fact { .. })));
    }
    facts.into_iter().collect()
}
