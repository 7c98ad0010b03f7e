//! The ports of a router without a text behind which externals lie (D29).
//!
//! In: a network and such a router. Out: its interface to what is not modelled, and the routes that lead there. No zone is on
//! that link and nobody has an address there, so whatever the router sends out by it has arrived in the external.
//! Must not know: lists.

use crate::device::{Config, Interface, InterfaceKind, NextHop, Route};
use crate::model::{Before, External, NEAR_END, Network, Switch, far_end};
use crate::net::Family;

use ipnet::IpNet;
use std::net::IpAddr;

/// Adds the port and the routes, if an external lies behind the router.
pub fn add_externals(network: &Network, router: &Switch, config: &mut Config) {
    let mine = |external: &&External| match external.before {
        Before::Opaque(id) => network.switch(id).label == router.label,
        Before::Host(_) => false,
    };
    let behind: Vec<&External> = network.externals.iter().filter(mine).collect();
    let Some(first) = behind.first() else {
        return;
    };
    let names: Vec<&str> = behind.iter().map(|e| e.label.name.as_str()).collect();
    let mut port = Interface::new(&names.join(", "), InterfaceKind::Svi(first.vlan));
    if !first.behind.v4.is_empty() {
        port.addrs.push(IpNet::from(IpAddr::from(NEAR_END)));
    }
    port.ipv6 = !first.behind.v6.is_empty();
    let routed = behind.iter().flat_map(|external| external.routed());
    config.routes.extend(routed.map(|prefix| Route {
        vrf: String::new(),
        prefix,
        via: NextHop::Interface(port.name.clone(), Some(far_end(Family::of_net(&prefix)))),
        distance: 1,
        conditional: false,
        line: 0,
    }));
    config.interfaces.push(port);
}
