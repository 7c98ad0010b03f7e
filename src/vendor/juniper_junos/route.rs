//! Static routes, routing instances and routing protocols.
//!
//! In: `routing-options`, `routing-instances`, `protocols`. Out: [`Route`]s, marks that routes are learnt, effects (D23, D31).
//! Must not know: filters.

use super::read::Reader;
use super::tree::At;
use super::{FACTS, is_irrelevant};
use crate::base::text::sanitise;
use crate::device::{EffectClass, NextHop, Route, Scope};
use crate::net::Family;
use crate::text;
use crate::vendor::words::number;
use ipnet::IpNet;
use std::net::IpAddr;

/// Protocols by which routes are learnt.
const DYNAMIC: [&str; 8] = [
    "bgp", "ospf", "ospf3", "isis", "rip", "ripng", "eigrp", "babel",
];
/// Statements of `routing-options` that may send elsewhere.
const REDIRECTS: [&str; 10] = [
    "aggregate",
    "generate",
    "rib-groups",
    "interface-routes",
    "instance-import",
    "instance-export",
    "auto-export",
    "multicast",
    "maximum-prefixes",
    "dynamic-tunnels",
];

/// The instance of `system management-instance`: it has no type, and nothing but routes of the management ports.
const MANAGEMENT: &str = "mgmt_junos";

/// Preference of a static route that names none (the fact `static-preference`).
fn default_preference() -> u8 {
    u8::try_from(FACTS.limit("static-preference")).unwrap_or(u8::MAX)
}

impl Reader {
    pub(super) fn routing_options(&mut self, at: At<'_>, vrf: &str) {
        for child in at.children() {
            match child.word() {
                "static" => self.static_routes(child, vrf),
                "rib" => child.children().for_each(|rib| self.rib(rib, vrf)),
                word if REDIRECTS.contains(&word) => {
                    let scope = Scope::Vrf(vrf.to_owned());
                    self.effect(EffectClass::Redirects, scope, child, "routing-options");
                }
                _ if is_irrelevant("routing-options", child) => {}
                _ => self.unknown(child, "routing-options", text!("junos-line-unread")),
            }
        }
    }

    /// `rib inet6.0`, in an instance also `rib NAME.inet6.0`.
    fn rib(&mut self, rib: At<'_>, vrf: &str) {
        let own = rib.word().strip_prefix(vrf).unwrap_or(rib.word());
        let own = own.strip_prefix('.').unwrap_or(own);
        let above = format!("routing-options rib {}", rib.word());
        if own != "inet.0" && own != "inet6.0" {
            self.unknown(rib, "routing-options rib", text!("junos-route"));
            return;
        }
        for child in rib.children() {
            match child.word() {
                "static" => self.static_routes(child, vrf),
                "aggregate" | "generate" => {
                    let scope = Scope::Vrf(vrf.to_owned());
                    self.effect(EffectClass::Redirects, scope, child, &above);
                }
                _ if is_irrelevant("routing-options", child) => {}
                _ => self.unknown(child, &above, text!("junos-line-unread")),
            }
        }
    }

    fn static_routes(&mut self, at: At<'_>, vrf: &str) {
        for child in at.children() {
            if child.word() != "route" && child.word() != "iso-route" {
                self.unread_route(child, "static", vrf);
                continue;
            }
            for route in child.children() {
                match routes(route, vrf) {
                    Some(all) => self.routes.extend(all),
                    None => self.unread_route(route, "static route", vrf),
                }
            }
        }
    }

    fn unread_route(&mut self, at: At<'_>, above: &str, vrf: &str) {
        self.effect(
            EffectClass::Redirects,
            Scope::Vrf(vrf.to_owned()),
            at,
            above,
        );
        self.gap(at, above, text!("junos-route"));
    }

    pub(super) fn protocols(&mut self, at: At<'_>, vrf: &str) {
        for child in at.children() {
            match child.word() {
                word if DYNAMIC.contains(&word) => {
                    self.dynamic.push((vrf.to_owned(), child.line()));
                }
                "pim" | "dvmrp" => {
                    let scope = Scope::Vrf(vrf.to_owned());
                    self.effect(EffectClass::Redirects, scope, child, "protocols");
                }
                "dot1x" => self.effect(EffectClass::Narrows, Scope::Device, child, "protocols"),
                _ if is_irrelevant("protocols", child) => {}
                _ => self.unknown(child, "protocols", text!("junos-line-unread")),
            }
        }
    }

    /// `routing-instances NAME`.
    pub(super) fn instance(&mut self, at: At<'_>) {
        let name = sanitise(at.word()).into_owned();
        let above = format!("routing-instances {}", at.word());
        let kind = at.child("instance-type").and_then(At::value);
        let kind = kind.map_or("", At::word);
        let is_management = kind.is_empty() && name == MANAGEMENT;
        if !matches!(kind, "virtual-router" | "vrf") && !is_management {
            self.unknown(at, "routing-instances", text!("junos-instance"));
            return;
        }
        for child in at.children() {
            match child.word() {
                "interface" => {
                    for interface in child.children() {
                        self.in_instance(interface, &name, &above);
                    }
                }
                "routing-options" => self.routing_options(child, &name),
                "protocols" => self.protocols(child, &name),
                "forwarding-options" => self.forwarding_options(child),
                // Routes of a VPN come from elsewhere.
                "vrf-target" | "vrf-import" | "route-distinguisher" => {
                    self.dynamic.push((name.clone(), child.line()));
                }
                "instance-type" => {}
                _ if is_irrelevant("instance", child) => {}
                _ => self.unknown(child, &above, text!("junos-line-unread")),
            }
        }
    }

    fn in_instance(&mut self, at: At<'_>, vrf: &str, above: &str) {
        let name = match at.word().contains('.') {
            true => at.word().to_owned(),
            false => format!("{}.0", at.word()),
        };
        let index = self.by_name.get(&name).copied();
        match index.and_then(|index| self.interfaces.get_mut(index)) {
            Some(interface) => interface.vrf = vrf.to_owned(),
            None if at.is_leaf() => {} // no layer 3 here
            None => self.unknown(at, above, text!("junos-line-unread")),
        }
    }
}

/// A distance that the type holds.
fn distance(at: At<'_>) -> Option<u8> {
    number(at.value()?.word())
}

/// The routes of one destination; `None` if a part is not understood. None at all with `no-install`.
fn routes(at: At<'_>, vrf: &str) -> Option<Vec<Route>> {
    let prefix: IpNet = match at.word().parse::<IpNet>() {
        Ok(net) => net,
        Err(_) if at.word() == "default" => "0.0.0.0/0".parse().ok()?,
        Err(_) => IpNet::from(at.word().parse::<IpAddr>().ok()?),
    };
    if prefix.trunc() != prefix {
        return None;
    }
    let mut common = Route {
        vrf: vrf.to_owned(),
        prefix,
        via: NextHop::Null,
        distance: default_preference(),
        conditional: false,
        line: at.line(),
    };
    if let Some(preference) = at.child("preference") {
        common.distance = distance(preference)?;
    }
    common.conditional = at.child("bfd-liveness-detection").is_some();
    let mut out = Vec::new();
    for child in at.children() {
        match child.word() {
            "next-hop" => {
                for hop in child.children().filter(|hop| hop.word() != "next-hop") {
                    hop.is_leaf().then_some(())?;
                    let via = next_hop(hop.word(), prefix)?;
                    out.push(Route {
                        via,
                        line: hop.line(),
                        ..common.clone()
                    });
                }
            }
            "qualified-next-hop" => {
                for hop in child.children() {
                    out.push(qualified(hop, &common)?);
                }
            }
            "discard" | "reject" => out.push(common.clone()),
            "no-install" => return Some(Vec::new()),
            "preference" | "bfd-liveness-detection" => {}
            _ if is_irrelevant("route", child) => {}
            _ => return None,
        }
    }
    (!out.is_empty()).then_some(out)
}

fn qualified(hop: At<'_>, common: &Route) -> Option<Route> {
    let mut route = Route {
        via: next_hop(hop.word(), common.prefix)?,
        line: hop.line(),
        ..common.clone()
    };
    for child in hop.children() {
        match child.word() {
            "preference" => route.distance = distance(child)?,
            "interface" => {
                let name = child.value()?.word().to_owned();
                let NextHop::Via(addr) = route.via else {
                    return None;
                };
                route.via = NextHop::Interface(name, Some(addr));
            }
            "bfd-liveness-detection" => route.conditional = true,
            "metric" | "tag" | "description" => {}
            _ => return None,
        }
    }
    Some(route)
}

fn next_hop(word: &str, prefix: IpNet) -> Option<NextHop> {
    match word.parse::<IpAddr>() {
        Ok(addr) => (Family::of(addr) == Family::of_net(&prefix)).then_some(NextHop::Via(addr)),
        Err(_) => {
            let interface = word.contains('.') && word.starts_with(|c: char| c.is_alphabetic());
            interface.then(|| NextHop::Interface(word.to_owned(), None))
        }
    }
}
