//! A [`Config`] -> text, as `show running-config` prints it.

use super::{KIN, redundancy};
use crate::acl::Direction;
use crate::base::Text;
use crate::device::{Config, Interface, InterfaceKind, NextHop, Route};
use crate::net::Family;
use crate::text;
use crate::vendor::ios_like::draft;
use crate::vendor::ios_like::native::List;
use crate::vendor::ios_like::print::{list, shown, upper};
use crate::vendor::words::netmask;
use ipnet::IpNet;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Adds a line. Writing to a `String` never fails.
macro_rules! put {
    ($out:expr, $($arg:tt)*) => {
        let _ = writeln!($out, $($arg)*);
    };
}

/// The whole text, or every refusal.
pub(super) fn config(config: &Config) -> Result<String, Vec<Text>> {
    let mut refusals = Vec::new();
    let lists: Vec<List> = config
        .acls
        .iter()
        .map(|acl| draft::list(acl, &KIN, &mut refusals))
        .collect();
    check_names(config, &lists, &mut refusals);
    let mut out = String::new();
    put!(out, "!\nhostname {}\n!", config.hostname);
    if config.interfaces.iter().any(redundancy::has_vrrp) {
        put!(out, "fhrp version vrrp v3\n!");
    }
    vrfs(config, &mut out);
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
    if refusals.is_empty() {
        Ok(out)
    } else {
        Err(refusals)
    }
}

/// Names that would break a line, or stand for two things.
fn check_names(config: &Config, lists: &[List], refusals: &mut Vec<Text>) {
    let word =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic() && b != b'!');
    let vrfs = config
        .interfaces
        .iter()
        .map(|i| &i.vrf)
        .chain(config.routes.iter().map(|r| &r.vrf));
    let words = vrfs.filter(|vrf| !vrf.is_empty()).chain([&config.hostname]);
    for name in words.collect::<BTreeSet<_>>() {
        if !word(name) {
            refusals.push(text!("ios-refuse-word", name = name));
        }
    }
    let mut seen = BTreeSet::new();
    for list in lists {
        if !seen.insert(&list.name) {
            refusals.push(text!("ios-refuse-same-name", name = &list.name));
        }
    }
}

fn vrfs(config: &Config, out: &mut String) {
    let names: BTreeSet<&String> = config
        .interfaces
        .iter()
        .map(|i| &i.vrf)
        .filter(|vrf| !vrf.is_empty())
        .collect();
    for name in names {
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
            let name: String = face.name.split_whitespace().collect();
            let fits = !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic());
            if !fits {
                refusals.push(text!("ios-refuse-word", name = &face.name));
            }
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
    bindings(face, Family::V4, lists, out, refusals);
    redundancy::standby(face, out);
    addresses6(face, out);
    bindings(face, Family::V6, lists, out, refusals);
    redundancy::vrrp(face, out);
    refusals.extend(redundancy::refusal(face));
    if face.shutdown {
        put!(out, " shutdown");
    }
    put!(out, "!");
}

/// The first address is the primary one; the device prints it last.
fn addresses4(face: &Interface, out: &mut String) {
    let nets: Vec<_> = face
        .addrs
        .iter()
        .filter_map(|net| match net {
            IpNet::V4(net) => Some(net),
            IpNet::V6(_) => None,
        })
        .collect();
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
    for net in &face.addrs {
        let IpNet::V6(net) = net else { continue };
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

fn bindings(
    face: &Interface,
    family: Family,
    lists: &[List],
    out: &mut String,
    refusals: &mut Vec<Text>,
) {
    let command = match family {
        Family::V4 => "ip access-group",
        Family::V6 => "ipv6 traffic-filter",
    };
    for direction in [Direction::In, Direction::Out] {
        let Some(binding) = face.binding(family, direction) else {
            continue;
        };
        match lists.get(binding.acl).filter(|list| list.family == family) {
            Some(list) => {
                put!(out, " {command} {} {}", list.name, direction.word());
            }
            None => refusals.push(text!("ios-refuse-binding", interface = &face.name)),
        }
    }
}

fn route(route: &Route, out: &mut String, refusals: &mut Vec<Text>) {
    if route.conditional {
        refusals.push(text!("ios-refuse-track", prefix = route.prefix));
    }
    let vrf = if route.vrf.is_empty() {
        String::new()
    } else {
        format!("vrf {} ", route.vrf)
    };
    let via = match &route.via {
        NextHop::Via(addr) => shown(*addr, true),
        NextHop::Interface(name, None) => name.clone(),
        NextHop::Interface(name, Some(addr)) => format!("{name} {}", shown(*addr, true)),
        NextHop::Null => "Null0".to_owned(),
    };
    let distance = if route.distance == 1 {
        String::new()
    } else {
        format!(" {}", route.distance)
    };
    match route.prefix {
        IpNet::V4(net) => {
            put!(
                out,
                "ip route {vrf}{} {} {via}{distance}",
                net.network(),
                netmask(net.prefix_len())
            );
        }
        IpNet::V6(net) => {
            put!(
                out,
                "ipv6 route {vrf}{}/{} {via}{distance}",
                upper(net.network()),
                net.prefix_len()
            );
        }
    }
}
