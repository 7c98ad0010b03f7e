//! A [`Config`] -> text: hardware lists, an access map for each VLAN with an IPv4 list, its ports with an IPv6 list, interfaces,
//! filters, routes.
//!
//! The lists permit what they do not name, so each ends in the `deny ip any any` that its draft ends in.

use super::interface::range;
use super::ports::{DEFAULT, needs_line};
use super::{FULL_IPV6, HWFILTER_SIZE, KIN};
use crate::acl::Direction;
use crate::base::Text;
use crate::device::{Config, Interface, InterfaceKind, Route};
use crate::net::Family;
use crate::text;
use crate::vendor::ios_like::config::{
    bindings, check_names, finish, lists, nets4, nets6, prefix, put, via, vrfs,
};
use crate::vendor::ios_like::native::{Body, List};
use crate::vendor::ios_like::print::list;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// The whole text, or every refusal.
pub(super) fn config(config: &Config) -> Result<String, Vec<Text>> {
    let mut refusals = Vec::new();
    let mut lists = lists(config, &KIN, &mut refusals);
    check_names(config, &lists, &mut refusals);
    lists.iter_mut().for_each(|list| fit(list, &mut refusals));
    let mut out = String::new();
    put!(out, "!\nhostname {}\n!", config.hostname);
    hardware(config, &mut out, &mut refusals);
    for (number, name) in (1u32..).zip(vrfs(config)) {
        put!(out, "ip vrf {name} {number}\n!");
    }
    let mut maps = String::new();
    let mut faces = String::new();
    let mut filters = String::new();
    let mut ports = Ports::default();
    for own in &lists {
        list(own, &KIN, &mut out);
        put!(out, "!");
    }
    for face in &config.interfaces {
        interface(face, &mut faces, &mut refusals);
        filter(face, &lists, [&mut maps, &mut filters], &mut refusals);
        ports.of(face, &lists, &mut refusals);
    }
    out.push_str(&maps);
    out.push_str(&ports.text);
    out.push_str(&faces);
    out.push_str(&filters);
    if config
        .interfaces
        .iter()
        .any(|face| face.carries(Family::V6))
    {
        put!(out, "ipv6 forwarding\n!");
    }
    for face in &config.interfaces {
        virtual_routers(face, &mut out, &mut refusals);
    }
    for own in &config.routes {
        route(own, &mut out, &mut refusals);
    }
    put!(out, "!\nend");
    finish(out, refusals)
}

/// Takes away remarks, which hardware lists do not have, and refuses what no word of theirs says.
fn fit(list: &mut List, refusals: &mut Vec<Text>) {
    list.items
        .retain(|item| matches!(item.body, Body::Entry(_)));
    for (at, item) in (1u32..).zip(&mut list.items) {
        item.seq = Some(at * 10);
        let Body::Entry(entry) = &item.body else {
            continue;
        };
        let coded = entry
            .service
            .icmp
            .as_ref()
            .is_some_and(|icmp| icmp.code.is_some());
        let why = if entry.service.flags.is_some() {
            text!("kin-refuse-no-established")
        } else if coded {
            text!("kin-refuse-icmp-code")
        } else {
            continue;
        };
        refusals.push(text!(
            "ios-refuse-entry",
            acl = &list.name,
            entry = at,
            why = why
        ));
    }
}

fn interface(face: &Interface, out: &mut String, refusals: &mut Vec<Text>) {
    match face.kind {
        InterfaceKind::Svi(vlan) => put!(out, "interface vlan{vlan}"),
        InterfaceKind::Routed | InterfaceKind::Loopback | InterfaceKind::Management => {
            if super::interface::face(&face.name).is_none() {
                refusals.push(text!("ios-refuse-word", name = &face.name));
            }
            put!(out, "interface {}", face.name);
        }
    }
    if face.shutdown {
        put!(out, " shutdown");
    }
    if !face.vrf.is_empty() {
        put!(out, " ip vrf forwarding {}", face.vrf);
    }
    for (index, net) in nets4(face).iter().enumerate() {
        let secondary = if index == 0 { "" } else { " secondary" };
        put!(out, " ip address {net}{secondary}");
    }
    for net in nets6(face) {
        put!(out, " ipv6 address {net}");
    }
    if face.ipv6 && nets6(face).is_empty() {
        put!(out, " ipv6 enable");
    }
    for helper in &face.helpers {
        put!(out, " ip dhcp-relay server-address {helper}");
    }
    put!(out, "!");
}

/// `router vrrp N vlanV`: one IPv4 address to a group; the form is known for VLANs only.
fn virtual_routers(face: &Interface, out: &mut String, refusals: &mut Vec<Text>) {
    let mut written = 0;
    for group in &face.redundancy {
        if let (InterfaceKind::Svi(vlan), false, [IpAddr::V4(addr)], 1..=255) =
            (face.kind, group.hsrp, group.addrs.as_slice(), group.group)
        {
            put!(
                out,
                "router vrrp {} vlan{vlan}\n virtual-ip {addr} backup\n enable\n!",
                group.group
            );
            written += 1;
        }
    }
    if written < face.virtuals.len() {
        refusals.push(text!("awplus-refuse-redundancy", interface = &face.name));
    }
}

/// An access map with one list, put on the VLAN: with several, their order would be open.
fn filter(
    face: &Interface,
    lists: &[List],
    [maps, filters]: [&mut String; 2],
    refusals: &mut Vec<Text>,
) {
    for (name, direction) in bindings(face, Family::V4, lists, refusals) {
        let InterfaceKind::Svi(vlan) = face.kind else {
            refusals.push(text!("ios-refuse-binding", interface = &face.name));
            continue;
        };
        if direction == Direction::Out {
            refusals.push(text!("kin-refuse-outbound", interface = &face.name));
            continue;
        }
        put!(
            maps,
            "vlan access-map {name}\n match access-group {name}\n!"
        );
        put!(filters, "vlan filter {name} vlan-list {vlan} input\n!");
    }
}

/// The line behind which the hardware tests IPv6 addresses, as the policy states it: it acts after a restart.
fn hardware(config: &Config, out: &mut String, refusals: &mut Vec<Text>) {
    if config.acls.iter().all(|list| list.family == Family::V4) {
        return;
    }
    match config.options.get(HWFILTER_SIZE).map(String::as_str) {
        Some(FULL_IPV6) => put!(out, "platform hwfilter-size {FULL_IPV6}\n!"),
        None if !needs_line(config.model.as_deref()) => {}
        _ => refusals.push(text!("awplus-refuse-blind-list")),
    }
}

/// IPv6 lists on ports: there is no source for one on a VLAN.
#[derive(Default)]
struct Ports {
    text: String,
    /// Each stands for one VLAN: on a port of several, one list would hold for all of them.
    taken: BTreeSet<String>,
}

impl Ports {
    fn of(&mut self, face: &Interface, lists: &[List], refusals: &mut Vec<Text>) {
        for (name, direction) in bindings(face, Family::V6, lists, refusals) {
            let InterfaceKind::Svi(vlan) = face.kind else {
                refusals.push(text!("ios-refuse-binding", interface = &face.name));
                continue;
            };
            if direction == Direction::Out {
                refusals.push(text!("kin-refuse-outbound", interface = &face.name));
            } else if face.ports.is_empty() || vlan == DEFAULT {
                refusals.push(text!("awplus-refuse-ipv6-list", name = name, vlan = vlan));
            } else {
                self.write(face, vlan, name, refusals);
            }
        }
    }

    fn write(&mut self, face: &Interface, vlan: u16, list: &str, refusals: &mut Vec<Text>) {
        for ports in &face.ports {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b".-".contains(&b);
            for port in range(ports) {
                let known = super::interface::face(&port).filter(|port| port.is_port);
                if known.is_none() || !ports.bytes().all(plain) {
                    refusals.push(text!("awplus-refuse-port", name = &port));
                } else if !self.taken.insert(port.clone()) {
                    refusals.push(text!("awplus-refuse-shared-port", name = &port));
                }
            }
            put!(
                self.text,
                "interface {ports}\n switchport\n switchport mode access\n switchport access vlan {vlan}\n ipv6 traffic-filter {list}\n!"
            );
        }
    }
}

fn route(route: &Route, out: &mut String, refusals: &mut Vec<Text>) {
    let word = match Family::of_net(&route.prefix) {
        Family::V4 => "ip",
        Family::V6 => "ipv6",
    };
    let vrf = if route.vrf.is_empty() {
        String::new()
    } else {
        format!("vrf {} ", route.vrf)
    };
    let via = via(route, "null", false, refusals);
    put!(
        out,
        "{word} route {vrf}{} {via}",
        prefix(&route.prefix, false)
    );
}
