//! A [`Config`] -> text, as `show running-config` prints it.

use super::{KIN, redundancy};
use crate::base::Text;
use crate::device::{Config, Interface, InterfaceKind, Route};
use crate::net::Family;
use crate::vendor::ios_like::config::{
    bindings, check_names, finish, lists, nets4, nets6, port_name, prefix, put, via,
};
use crate::vendor::ios_like::native::List;
use crate::vendor::ios_like::print::{list, upper};
use crate::vendor::ios_like::redundancy::refusal;
use crate::vendor::words::netmask;
use ipnet::IpNet;
use std::collections::BTreeSet;

/// The whole text, or every refusal.
pub(super) fn config(config: &Config) -> Result<String, Vec<Text>> {
    let mut refusals = Vec::new();
    let lists = lists(config, &KIN, &mut refusals);
    check_names(config, &lists, &mut refusals);
    let mut out = String::new();
    put!(out, "!\nhostname {}\n!", config.hostname);
    if config.interfaces.iter().any(redundancy::has_vrrp) {
        put!(out, "fhrp version vrrp v3\n!");
    }
    vrf_definitions(config, &mut out);
    if !config.interfaces.is_empty() {
        put!(out, "ip routing\n!");
        if config.interfaces.iter().any(|i| i.carries(Family::V6))
            || config.routes.iter().any(|r| r.prefix.addr().is_ipv6())
        {
            put!(out, "ipv6 unicast-routing\n!");
        }
    }
    for face in &config.interfaces {
        interface(face, &lists, &mut out, &mut refusals);
    }
    for family in Family::BOTH {
        let routes = config
            .routes
            .iter()
            .filter(|r| Family::of_net(&r.prefix) == family);
        routes.for_each(|r| route(r, &mut out, &mut refusals));
        lists
            .iter()
            .filter(|l| l.family == family)
            .for_each(|l| list(l, &KIN, &mut out));
        put!(out, "!");
    }
    put!(out, "end");
    finish(out, refusals)
}

fn vrf_definitions(config: &Config, out: &mut String) {
    let faces = config.interfaces.iter().map(|i| &i.vrf);
    for name in faces.filter(|vrf| !vrf.is_empty()).collect::<BTreeSet<_>>() {
        put!(out, "vrf definition {name}");
        for family in ["ipv4", "ipv6"] {
            put!(out, " !\n address-family {family}\n exit-address-family");
        }
        put!(out, "!");
    }
}

fn interface(face: &Interface, lists: &[List], out: &mut String, refusals: &mut Vec<Text>) {
    match face.kind {
        InterfaceKind::Svi(vlan) => {
            put!(out, "interface Vlan{vlan}");
        }
        InterfaceKind::Routed | InterfaceKind::Loopback | InterfaceKind::Management => {
            let name = port_name(face, refusals);
            put!(out, "interface {name}");
            if face.kind == InterfaceKind::Routed {
                put!(out, " no switchport");
            }
        }
    }
    if !face.vrf.is_empty() {
        put!(out, " vrf forwarding {}", face.vrf);
    }
    addresses4(face, out);
    for helper in &face.helpers {
        put!(out, " ip helper-address {helper}");
    }
    for (name, direction) in bindings(face, Family::V4, lists, refusals) {
        put!(out, " ip access-group {name} {}", direction.word());
    }
    redundancy::standby(face, out);
    addresses6(face, out);
    for (name, direction) in bindings(face, Family::V6, lists, refusals) {
        put!(out, " ipv6 traffic-filter {name} {}", direction.word());
    }
    redundancy::vrrp(face, out);
    refusals.extend(refusal(face));
    if face.shutdown {
        put!(out, " shutdown");
    }
    put!(out, "!");
}

/// The first address is the primary one; the device prints it last.
fn addresses4(face: &Interface, out: &mut String) {
    let nets = nets4(face);
    if let Some((primary, secondary)) = nets.split_first() {
        for net in secondary {
            put!(
                out,
                " ip address {} {} secondary",
                net.addr(),
                netmask(net.prefix_len())
            );
        }
        put!(
            out,
            " ip address {} {}",
            primary.addr(),
            netmask(primary.prefix_len())
        );
    } else {
        put!(out, " no ip address");
    }
}

fn addresses6(face: &Interface, out: &mut String) {
    for net in nets6(face) {
        let addr = upper(net.addr());
        if net.addr().is_unicast_link_local() {
            put!(out, " ipv6 address {addr} link-local");
        } else {
            put!(out, " ipv6 address {addr}/{}", net.prefix_len());
        }
    }
    if face.ipv6 {
        put!(out, " ipv6 enable");
    }
}

fn route(route: &Route, out: &mut String, refusals: &mut Vec<Text>) {
    let vrf = if route.vrf.is_empty() {
        String::new()
    } else {
        format!("vrf {} ", route.vrf)
    };
    let via = via(route, "Null0", true, refusals);
    match &route.prefix {
        IpNet::V4(net) => {
            let (net, mask) = (net.network(), netmask(net.prefix_len()));
            put!(out, "ip route {vrf}{net} {mask} {via}");
        }
        net @ IpNet::V6(_) => put!(out, "ipv6 route {vrf}{} {via}", prefix(net, true)),
    }
}
