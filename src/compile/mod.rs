//! From a policy to the lists and interfaces of each switch.
//!
//! In: a [`Policy`], the day, what each switch's lists can do. Out: a [`Config`] per switch.
//! Entry order in a list: control, allows and replies that name a switch, guard, replies, exceptions, forbids, allows,
//! inner traffic, rest, final deny (language section 4). Nothing here is believed: what a writer makes of it is read
//! back and compared with the policy (D45). Must not know: packet sets, device text.

mod beyond;
mod control;
mod draft;
mod expand;
mod forbid;
mod paths;
mod shape;

pub use beyond::add_externals;
pub use draft::{Block, Section};
pub use paths::{Leg, Trip, paths_from, paths_from_switch};

use crate::acl::{Direction, Known};
use crate::device::{Binding, Config, Interface, InterfaceKind, NextHop, Redundancy, Route};
use crate::model::{Network, Policy, Switch, SwitchId};
use crate::net::Family;
use jiff::civil::Date;

/// What the compiler must know of each switch (from its dialect).
#[derive(Clone, Debug)]
pub struct Ability {
    /// Its lists see frames bridged inside a VLAN: certain or possible.
    pub bridged_in: Known,
    /// The same outbound.
    pub bridged_out: Known,
    /// Outbound lists see the switch's own packets.
    pub from_switch: Known,
    /// Lists can log.
    pub log: bool,
}

/// The configuration of each switch, in the order of the policy.
#[must_use]
pub fn compile(policy: &Policy, at: Date, abilities: &[Ability]) -> Vec<Config> {
    let drafts = expand::expand(policy, at, abilities);
    let network = &policy.network;
    let configs = network.switches.iter().enumerate().map(|(index, switch)| {
        let mut config = skeleton(network, switch);
        for (key, draft) in drafts.finish(policy, SwitchId(index), &abilities[index]) {
            let acl = config.acls.len();
            config.acls.push(draft);
            let interface = config
                .interfaces
                .iter_mut()
                .find(|i| i.kind == InterfaceKind::Svi(key.vlan));
            let interface =
                interface.expect("INVARIANT: lists are only drafted for the switch's own SVIs");
            interface.bindings.push(Binding {
                family: key.family,
                direction: key.direction,
                acl,
                line: 0,
            });
        }
        config
    });
    configs.collect()
}

/// Host name, interfaces, relays and routes, without lists.
#[must_use]
pub fn skeleton(network: &Network, switch: &Switch) -> Config {
    let interfaces = switch.svis.iter().map(|svi| {
        let mut interface =
            Interface::new(&format!("vlan {}", svi.vlan), InterfaceKind::Svi(svi.vlan));
        interface.vrf.clone_from(&svi.vrf);
        interface.addrs.clone_from(&svi.addrs);
        interface.virtuals.clone_from(&svi.virtuals);
        if let Some((hsrp, group)) = svi.redundancy {
            let addrs = svi.virtuals.clone();
            interface.redundancy.push(Redundancy { hsrp, group, addrs });
        }
        interface.ipv6 = svi.addrs.iter().any(|net| net.addr().is_ipv6());
        let stated = switch
            .ports_at
            .iter()
            .filter(|at| svi.zones.contains(&at.zone));
        let ports = stated.flat_map(|at| at.ports.split(','));
        interface.ports = ports.map(|port| port.trim().to_owned()).collect();
        for zone in &svi.zones {
            for &server in &network.zone(*zone).dhcp {
                if !interface.helpers.contains(&server) {
                    interface.helpers.push(server);
                }
            }
        }
        interface
    });
    let routes = switch.routes.iter().map(|route| Route {
        vrf: route.vrf.clone(),
        prefix: route.prefix,
        via: NextHop::Via(route.via),
        distance: 1,
        conditional: false,
        line: 0,
    });
    Config {
        hostname: switch.label.name.clone(),
        model: switch.model.clone(),
        options: switch.options.clone(),
        interfaces: interfaces.collect(),
        routes: routes.collect(),
        acls: Vec::new(),
    }
}

/// One list of a switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListKey {
    /// Switch.
    pub switch: SwitchId,
    /// VLAN of the interface.
    pub vlan: u16,
    /// Direction.
    pub direction: Direction,
    /// Family.
    pub family: Family,
}

impl ListKey {
    /// `V300_IN`, `V300_IN6`, `V300_OUT`, `V300_OUT6`: the list belongs to the SVI, not to a zone.
    #[must_use]
    pub fn name(&self) -> String {
        let direction = match self.direction {
            Direction::In => "IN",
            Direction::Out => "OUT",
        };
        let six = if self.family == Family::V6 { "6" } else { "" };
        format!("V{}_{direction}{six}", self.vlan)
    }
}
