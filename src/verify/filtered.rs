//! `filtered`: no SVI without a list that exists and is not empty (M01, M08, M17). Read off the text, no packet sets.

use crate::acl::{AclState, Direction};
use crate::device::InterfaceKind;
use crate::model::{At, Policy, Spot};
use crate::net::Family;
use crate::topo::Topo;

/// An interface that is not filtered in a family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unfiltered {
    pub(super) device: String,
    pub(super) interface: String,
    pub(super) family: Family,
    /// Name of the list that is empty or not defined; `None` if nothing is bound.
    pub(super) acl: Option<String>,
}

/// Every interface of the claim that lacks an inbound list, and whether each place has an interface that is up (D44).
pub(super) fn check(policy: &Policy, topo: &Topo, of: &[Spot]) -> (bool, Vec<Unfiltered>) {
    let mut seen = Vec::new();
    let mut all_up = !of.is_empty();
    for spot in of {
        let mut up = false;
        for (port, p) in topo.ports.iter().enumerate() {
            // Nobody writes lists for an opaque router.
            if topo.devices[p.device].device.is_opaque() {
                continue;
            }
            let mine = match spot.at {
                At::Switch(id) => {
                    topo.devices[p.device].name == policy.network.switch(id).label.name
                }
                at => {
                    matches!((policy.network.vlan_of(at), topo.interface(port).kind), (Some(vlan), InterfaceKind::Svi(v)) if vlan == v)
                }
            };
            let carries = |&family: &Family| topo.interface(port).carries(family);
            up |= mine && Family::BOTH.iter().any(carries);
            if mine && !seen.contains(&port) {
                seen.push(port);
            }
        }
        all_up &= up;
    }
    let mut bad = Vec::new();
    for &port in &seen {
        for family in Family::BOTH
            .into_iter()
            .filter(|&family| topo.interface(port).carries(family))
        {
            let binding = topo.interface(port).binding(family, Direction::In);
            let acl = binding.map(|b| &topo.device(port).acls[b.acl]);
            if acl.is_none_or(|acl| acl.state != AclState::Defined) {
                bad.push(Unfiltered {
                    device: topo.device_name(port).to_owned(),
                    interface: topo.interface(port).name.clone(),
                    family,
                    acl: acl.map(|acl| acl.name.clone()),
                });
            }
        }
    }
    (all_up, bad)
}
