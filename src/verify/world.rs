//! The network of a policy under one reading: topology, externals, strangers' links.

use super::spec::{Half, halves};
use crate::acl::{Question, Reading};
use crate::model::Policy;
use crate::net::Family;
use crate::reach::Beyond;
use crate::topo::{LinkKey, Named, Topo, build};
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
        let topo = build(devices, named.keys().copied());
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
}

/// A device under a reading.
pub(super) fn under(named: &Arc<Named>, reading: &Reading) -> Arc<Named> {
    if reading.is_empty() {
        return Arc::clone(named);
    }
    let mut named = Named::clone(named);
    let device = &mut named.device;
    device.acls = device.acls.iter().map(|acl| acl.under(reading)).collect();
    device.forwards.v4 = device.forwards.v4.under(reading);
    device.forwards.v6 = device.forwards.v6.under(reading);
    let sees = &mut device.sees;
    for fact in [
        &mut sees.bridged_in,
        &mut sees.bridged_out,
        &mut sees.to_switch,
        &mut sees.from_switch,
    ] {
        *fact = fact.under(reading);
    }
    Arc::new(named)
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
        let device = &named.device;
        let bound: BTreeSet<usize> = device
            .interfaces
            .iter()
            .flat_map(|i| i.bindings.iter().map(|b| b.acl))
            .collect();
        for acl in bound.iter().filter_map(|&index| device.acls.get(index)) {
            facts.extend(
                acl.questions()
                    .into_iter()
                    .filter(|q| matches!(q, Question::Fact { .. })),
            );
        }
        let sees = &device.sees;
        let flags = [
            &sees.bridged_in,
            &sees.bridged_out,
            &sees.to_switch,
            &sees.from_switch,
        ];
        let forwards = [&device.forwards.v4, &device.forwards.v6];
        facts.extend(
            flags
                .into_iter()
                .chain(forwards)
                .filter_map(|known| known.question().cloned()),
        );
    }
    facts.into_iter().collect()
}
