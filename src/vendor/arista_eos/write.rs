//! A [`Config`] -> text, as `show running-config` prints it: VRFs, interfaces, lists, routing, routes.

use super::KIN;
use crate::base::Text;
use crate::device::{Config, Interface, InterfaceKind, Route};
use crate::net::Family;
use crate::text;
use crate::vendor::ios_like::config::{
    bindings, check_names, finish, lists, nets4, nets6, port_name, prefix, put, via, vrfs,
};
use crate::vendor::ios_like::native::List;
use crate::vendor::ios_like::print::list;
use crate::vendor::ios_like::redundancy::{refusal, vrrp_addresses};
use std::collections::BTreeSet;

/// The whole text, or every refusal.
pub(super) fn config(config: &Config) -> Result<String, Vec<Text>> {
    let mut refusals = Vec::new();
    let lists = lists(config, &KIN, &mut refusals);
    check_names(config, &lists, &mut refusals);
    let mut out = String::new();
    put!(out, "!\nhostname {}\n!", config.hostname);
    for name in vrfs(config) {
        put!(out, "vrf instance {name}\n!");
    }
    for face in &config.interfaces {
        interface(face, &lists, &mut out, &mut refusals);
    }
    for own in &lists {
        list(own, &KIN, &mut out);
        put!(out, "!");
    }
    routing(config, &mut out);
    for family in Family::BOTH {
        let of = |route: &&Route| Family::of_net(&route.prefix) == family;
        let routes = config.routes.iter().filter(of);
        routes.for_each(|own| route(own, family, &mut out, &mut refusals));
    }
    put!(out, "!\nend");
    finish(out, refusals)
}

/// Routing is off in every VRF until a line switches it on.
fn routing(config: &Config, out: &mut String) {
    let six = config.interfaces.iter().any(|i| i.carries(Family::V6))
        || config.routes.iter().any(|r| r.prefix.addr().is_ipv6());
    let vrfs: BTreeSet<&str> = config.interfaces.iter().map(|i| i.vrf.as_str()).collect();
    for (wanted, word) in [(true, "ip routing"), (six, "ipv6 unicast-routing")] {
        for vrf in vrfs.iter().filter(|_| wanted) {
            if vrf.is_empty() {
                put!(out, "{word}");
            } else {
                put!(out, "{word} vrf {vrf}");
            }
        }
    }
    put!(out, "!");
}

fn route(route: &Route, family: Family, out: &mut String, refusals: &mut Vec<Text>) {
    let word = match family {
        Family::V4 => "ip",
        Family::V6 => "ipv6",
    };
    let vrf = if route.vrf.is_empty() {
        String::new()
    } else {
        format!("vrf {} ", route.vrf)
    };
    let via = via(route, "Null0", false, refusals);
    put!(
        out,
        "{word} route {vrf}{} {via}",
        prefix(&route.prefix, false)
    );
}

fn interface(face: &Interface, lists: &[List], out: &mut String, refusals: &mut Vec<Text>) {
    match face.kind {
        InterfaceKind::Svi(vlan) => put!(out, "interface Vlan{vlan}"),
        InterfaceKind::Routed | InterfaceKind::Loopback | InterfaceKind::Management => {
            put!(out, "interface {}", port_name(face, refusals));
            if face.kind == InterfaceKind::Routed {
                put!(out, "   no switchport");
            }
        }
    }
    if face.shutdown {
        put!(out, "   shutdown");
    }
    if !face.vrf.is_empty() {
        put!(out, "   vrf {}", face.vrf);
    }
    for (index, net) in nets4(face).iter().enumerate() {
        let secondary = if index == 0 { "" } else { " secondary" };
        put!(out, "   ip address {net}{secondary}");
    }
    for helper in &face.helpers {
        put!(out, "   ip helper-address {helper}");
    }
    for (name, direction) in bindings(face, Family::V4, lists, refusals) {
        put!(out, "   ip access-group {name} {}", direction.word());
    }
    if face.ipv6 {
        put!(out, "   ipv6 enable");
    }
    for net in nets6(face) {
        if net.addr().is_unicast_link_local() {
            put!(out, "   ipv6 address {} link-local", net.addr());
        } else {
            put!(out, "   ipv6 address {net}");
        }
    }
    for (name, direction) in bindings(face, Family::V6, lists, refusals) {
        put!(out, "   ipv6 access-group {name} {}", direction.word());
    }
    groups(face, out, refusals);
    put!(out, "!");
}

/// VRRP version 3; the device has no HSRP.
fn groups(face: &Interface, out: &mut String, refusals: &mut Vec<Text>) {
    refusals.extend(refusal(face));
    for group in &face.redundancy {
        if group.hsrp {
            refusals.push(text!("eos-refuse-hsrp", interface = &face.name));
            continue;
        }
        let [four, six] = vrrp_addresses(face, group, false);
        for (index, addr) in four.iter().enumerate() {
            let secondary = if index == 0 { "" } else { " secondary" };
            put!(out, "   vrrp {} ipv4 {addr}{secondary}", group.group);
        }
        for addr in &six {
            let addr = addr.split('/').next().unwrap_or_default();
            put!(out, "   vrrp {} ipv6 {addr}", group.group);
        }
    }
}
