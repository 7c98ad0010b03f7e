//! A [`Config`] -> text, as `show running-config` prints it: VRFs, lists, interfaces, routes.

use super::KIN;
use crate::base::Text;
use crate::device::{Config, Interface, InterfaceKind, Route};
use crate::net::Family;
use crate::text;
use crate::vendor::ios_like::config::{
    bindings, check_names, finish, lists, nets4, nets6, prefix, put, via, vrfs,
};
use crate::vendor::ios_like::native::List;
use crate::vendor::ios_like::print::list;

/// The whole text, or every refusal.
pub(super) fn config(config: &Config) -> Result<String, Vec<Text>> {
    let mut refusals = Vec::new();
    let lists = lists(config, &KIN, &mut refusals);
    check_names(config, &lists, &mut refusals);
    let mut out = String::new();
    put!(out, "!\nhostname {}", config.hostname);
    for name in vrfs(config) {
        put!(out, "vrf {name}");
    }
    for own in &lists {
        list(own, &KIN, &mut out);
    }
    for face in &config.interfaces {
        interface(face, &lists, &mut out, &mut refusals);
    }
    for own in &config.routes {
        route(own, &mut out, &mut refusals);
    }
    finish(out, refusals)
}

fn interface(face: &Interface, lists: &[List], out: &mut String, refusals: &mut Vec<Text>) {
    match face.kind {
        InterfaceKind::Svi(vlan) => put!(out, "interface vlan {vlan}"),
        InterfaceKind::Routed | InterfaceKind::Loopback | InterfaceKind::Management => {
            if super::interface::face(&face.name).is_none() {
                refusals.push(text!("ios-refuse-word", name = &face.name));
            }
            put!(out, "interface {}", face.name);
        }
    }
    if face.shutdown {
        put!(out, "    shutdown");
    }
    if !face.vrf.is_empty() {
        put!(out, "    vrf attach {}", face.vrf);
    }
    for (index, net) in nets4(face).iter().enumerate() {
        let secondary = if index == 0 { "" } else { " secondary" };
        put!(out, "    ip address {net}{secondary}");
    }
    for net in nets6(face) {
        if net.addr().is_unicast_link_local() {
            put!(out, "    ipv6 address link-local {}/64", net.addr());
        } else {
            put!(out, "    ipv6 address {net}");
        }
    }
    if face.ipv6 && nets6(face).is_empty() {
        put!(out, "    ipv6 address link-local");
    }
    let routed = if matches!(face.kind, InterfaceKind::Svi(_)) {
        "routed-"
    } else {
        ""
    };
    for (family, word) in [(Family::V4, "ip"), (Family::V6, "ipv6")] {
        for (name, direction) in bindings(face, family, lists, refusals) {
            let direction = direction.word();
            put!(
                out,
                "    apply access-list {word} {name} {routed}{direction}"
            );
        }
    }
    for helper in &face.helpers {
        put!(out, "    ip helper-address {helper}");
    }
    if !face.virtuals.is_empty() {
        refusals.push(text!("kin-refuse-redundancy", interface = &face.name));
    }
}

fn route(route: &Route, out: &mut String, refusals: &mut Vec<Text>) {
    let word = match Family::of_net(&route.prefix) {
        Family::V4 => "ip",
        Family::V6 => "ipv6",
    };
    let plain = Route {
        distance: 1,
        ..route.clone()
    };
    let mut via = via(&plain, "nullroute", false, refusals);
    if route.distance != 1 {
        via.push_str(&format!(" distance {}", route.distance));
    }
    if !route.vrf.is_empty() {
        via.push_str(&format!(" vrf {}", route.vrf));
    }
    put!(out, "{word} route {} {via}", prefix(&route.prefix, false));
}
