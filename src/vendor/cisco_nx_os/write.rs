//! A [`Config`] -> text, as `show running-config` prints it: features, lists, routes, VRF contexts, interfaces.

use super::KIN;
use crate::base::Text;
use crate::device::{Config, Interface, InterfaceKind, Route};
use crate::net::Family;
use crate::vendor::ios_like::config::{
    bindings, check_names, finish, lists, nets4, nets6, port_name, prefix, put, via, vrfs,
};
use crate::vendor::ios_like::native::List;
use crate::vendor::ios_like::print::list;
use crate::vendor::ios_like::redundancy::{refusal, vrrp_addresses};

/// The whole text, or every refusal.
pub(super) fn config(config: &Config) -> Result<String, Vec<Text>> {
    let mut refusals = Vec::new();
    let lists = lists(config, &KIN, &mut refusals);
    check_names(config, &lists, &mut refusals);
    let mut out = String::new();
    put!(out, "hostname {}\n", config.hostname);
    features(config, &mut out);
    for family in Family::BOTH {
        let own = lists.iter().filter(|list| list.family == family);
        own.for_each(|own| list(own, &KIN, &mut out));
    }
    put!(out, "");
    routes(config, "", "", &mut out, &mut refusals);
    for name in vrfs(config) {
        put!(out, "vrf context {name}");
        routes(config, name, "  ", &mut out, &mut refusals);
    }
    for face in &config.interfaces {
        interface(face, &lists, &mut out, &mut refusals);
    }
    finish(out, refusals)
}

/// What has to be switched on before the lines below are accepted.
fn features(config: &Config, out: &mut String) {
    let any = |test: &dyn Fn(&Interface) -> bool| config.interfaces.iter().any(test);
    let group = |hsrp| any(&|face| face.redundancy.iter().any(|group| group.hsrp == hsrp));
    let wanted = [
        (group(true), "hsrp"),
        (
            any(&|face| matches!(face.kind, InterfaceKind::Svi(_))),
            "interface-vlan",
        ),
        (any(&|face| !face.helpers.is_empty()), "dhcp"),
        (group(false), "vrrpv3"),
    ];
    for (_, name) in wanted.iter().filter(|(wanted, _)| *wanted) {
        put!(out, "feature {name}");
    }
    put!(out, "");
}

fn routes(config: &Config, vrf: &str, indent: &str, out: &mut String, refusals: &mut Vec<Text>) {
    for family in Family::BOTH {
        let word = match family {
            Family::V4 => "ip",
            Family::V6 => "ipv6",
        };
        let of = |route: &&Route| route.vrf == vrf && Family::of_net(&route.prefix) == family;
        for route in config.routes.iter().filter(of) {
            let via = via(route, "Null0", false, refusals);
            put!(
                out,
                "{indent}{word} route {} {via}",
                prefix(&route.prefix, false)
            );
        }
    }
    put!(out, "");
}

fn interface(face: &Interface, lists: &[List], out: &mut String, refusals: &mut Vec<Text>) {
    match face.kind {
        InterfaceKind::Svi(vlan) => put!(out, "interface Vlan{vlan}"),
        InterfaceKind::Routed | InterfaceKind::Loopback | InterfaceKind::Management => {
            put!(out, "interface {}", port_name(face, refusals));
            if face.kind == InterfaceKind::Routed {
                put!(out, "  no switchport");
            }
        }
    }
    if face.shutdown {
        put!(out, "  shutdown");
    } else {
        put!(out, "  no shutdown");
    }
    if !face.vrf.is_empty() {
        put!(out, "  vrf member {}", face.vrf);
    }
    for (name, direction) in bindings(face, Family::V4, lists, refusals) {
        put!(out, "  ip access-group {name} {}", direction.word());
    }
    for (index, net) in nets4(face).iter().enumerate() {
        let secondary = if index == 0 { "" } else { " secondary" };
        put!(out, "  ip address {net}{secondary}");
    }
    addresses6(face, out);
    for (name, direction) in bindings(face, Family::V6, lists, refusals) {
        put!(out, "  ipv6 traffic-filter {name} {}", direction.word());
    }
    groups(face, out);
    refusals.extend(refusal(face));
    for helper in &face.helpers {
        put!(out, "  ip dhcp relay address {helper}");
    }
    put!(out, "");
}

fn addresses6(face: &Interface, out: &mut String) {
    let (local, global): (Vec<_>, Vec<_>) = nets6(face)
        .into_iter()
        .partition(|net| net.addr().is_unicast_link_local());
    for net in global {
        put!(out, "  ipv6 address {net}");
    }
    for net in &local {
        put!(out, "  ipv6 link-local {}", net.addr());
    }
    if face.ipv6 && nets6(face).is_empty() {
        put!(out, "  ipv6 address use-link-local-only");
    }
}

/// HSRP version 2 and VRRP version 3.
fn groups(face: &Interface, out: &mut String) {
    if face.redundancy.iter().any(|group| group.hsrp) {
        put!(out, "  hsrp version 2");
    }
    for group in &face.redundancy {
        let [four, six] = vrrp_addresses(face, group, false);
        if group.hsrp {
            put!(out, "  hsrp {}", group.group);
            for (index, addr) in four.iter().enumerate() {
                let secondary = if index == 0 { "" } else { " secondary" };
                put!(out, "    ip {addr}{secondary}");
            }
            continue;
        }
        for (family, addrs) in [("ipv4", &four), ("ipv6", &six)] {
            if addrs.is_empty() {
                continue;
            }
            put!(out, "  vrrpv3 {} address-family {family}", group.group);
            for (index, addr) in addrs.iter().enumerate() {
                let word = match (index, family) {
                    (0, _) => " primary",
                    (_, "ipv4") => " secondary",
                    _ => "",
                };
                put!(out, "    address {addr}{word}");
            }
        }
    }
}
