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

/// The interfaces of the claim.
pub(super) fn ports(policy: &Policy, topo: &Topo, of: &[Spot]) -> Vec<usize> {
    let mut seen = Vec::new();
    for spot in of {
        for port in (0..topo.ports.len()).filter(|&port| is_of(policy, topo, spot, port)) {
            if !seen.contains(&port) {
                seen.push(port);
            }
        }
    }
    seen
}

fn is_of(policy: &Policy, topo: &Topo, spot: &Spot, port: usize) -> bool {
    // Nobody writes lists for a router that has no text.
    if topo.device(port).is_opaque() {
        return false;
    }
    match (spot.at, topo.interface(port).kind) {
        (At::Switch(id), _) => topo.device_name(port) == policy.network.switch(id).label.name,
        (at, InterfaceKind::Svi(vlan)) => policy.network.vlan_of(at) == Some(vlan),
        _ => false,
    }
}

/// Every interface of the claim that lacks an inbound list, and whether each place has an interface that is up (D44).
pub(super) fn check(policy: &Policy, topo: &Topo, of: &[Spot]) -> (bool, Vec<Unfiltered>) {
    let carries = |port: usize| {
        let interface = topo.interface(port);
        Family::BOTH.iter().any(|&family| interface.carries(family))
    };
    let up = |spot: &Spot| {
        (0..topo.ports.len()).any(|port| is_of(policy, topo, spot, port) && carries(port))
    };
    let all_up = !of.is_empty() && of.iter().all(up);
    let seen = ports(policy, topo, of);
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
