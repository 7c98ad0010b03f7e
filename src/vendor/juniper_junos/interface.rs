//! `interfaces` and `vlans`: units with addresses, virtual addresses and filters.
//!
//! A unit with `family inet` or `inet6` is a layer-3 interface: on a VLAN if a VLAN names it or if it is tagged, a port of
//! its own otherwise. Filters of switched ports and VLANs are not modelled: they may drop (D16, D25).

use super::is_irrelevant;
use super::read::{Reader, Wanted};
use super::tree::At;
use crate::acl::Direction;
use crate::base::text::sanitise;
use crate::device::{EffectClass, Interface, InterfaceKind, Scope};
use crate::net::Family;
use crate::text;
use crate::vendor::redact::redact;
use crate::vendor::words::number;
use ipnet::IpNet;
use std::net::IpAddr;

/// First letters of ports that carry Ethernet frames.
const PORTS: [&str; 12] = [
    "ge-", "xe-", "et-", "fe-", "mge-", "ae", "reth", "fte-", "ce", "swfab", "fab", "vcp-",
];
/// Management ports.
const MANAGEMENT: [&str; 6] = ["me0", "em0", "em1", "em2", "fxp0", "vme"];
/// Statements of a family that may drop, or send elsewhere.
const FAMILY_EFFECTS: [(&str, EffectClass); 4] = [
    ("rpf-check", EffectClass::Narrows),
    ("policer", EffectClass::Narrows),
    ("simple-filter", EffectClass::Narrows),
    ("targeted-broadcast", EffectClass::Redirects),
];

impl Reader {
    /// `vlans NAME`.
    pub(super) fn vlan(&mut self, vlan: At<'_>) {
        let name = |word| vlan.child(word).and_then(At::value).map(At::word);
        let layer3 = name("l3-interface").or_else(|| name("routing-interface"));
        let id = name("vlan-id").and_then(number::<u16>);
        if let (Some(layer3), Some(id)) = (layer3, id.filter(|id| (1..=4094).contains(id))) {
            self.vlan_of.insert(layer3.to_owned(), id);
        }
        for at in vlan.children() {
            let filter = match at.word() {
                "filter" => Some(at),
                "forwarding-options" => at.child("filter").or_else(|| at.child("dhcp-security")),
                _ => None,
            };
            if let Some(filter) = filter {
                let text = redact(&format!("vlans {} {}", vlan.word(), filter.text(120)));
                self.vlan_filters
                    .push((layer3.map(str::to_owned), filter.line(), text));
                self.gap(filter, "vlans", text!("junos-layer2-filter"));
            } else if !is_irrelevant("vlan", at) {
                self.unknown(at, "vlans", text!("junos-line-unread"));
            }
        }
    }

    pub(super) fn interfaces(&mut self, interfaces: At<'_>) {
        for at in interfaces.children() {
            match at.word() {
                "interface-range" => at.children().for_each(|range| self.range(range)),
                "traceoptions" => {}
                name => self.physical(at, name),
            }
        }
    }

    /// Ports that share statements; only what switched ports have is read for all of them.
    fn range(&mut self, range: At<'_>) {
        let layer3 = range
            .child("unit")
            .into_iter()
            .flat_map(At::children)
            .any(|unit| unit.down("family inet").is_some() || unit.down("family inet6").is_some());
        if layer3 {
            self.unknown(range, "interface-range", text!("junos-range"));
            return;
        }
        self.rest(
            "interface",
            range,
            "interface-range",
            &["member", "member-range", "unit", "disable"],
        );
        for unit in range.child("unit").into_iter().flat_map(At::children) {
            self.switched(unit, range.word());
        }
    }

    fn physical(&mut self, at: At<'_>, name: &str) {
        let above = format!("interfaces {name}");
        let port = PORTS.iter().any(|start| name.starts_with(start));
        let known = port
            || name == "irb"
            || name == "vlan"
            || name.starts_with("lo")
            || MANAGEMENT.contains(&name);
        if !known {
            if !is_irrelevant("port", at) {
                // Tunnels, service and security interfaces.
                self.unknown(at, "interfaces", text!("junos-interface"));
            }
            return;
        }
        let down = at.child("disable").is_some();
        self.rest("interface", at, &above, &["unit", "disable"]);
        for unit in at.child("unit").into_iter().flat_map(At::children) {
            let layer3 = unit.down("family inet").is_some() || unit.down("family inet6").is_some();
            if layer3 {
                self.unit(unit, name, down);
            } else {
                self.switched(unit, name);
            }
        }
    }

    /// A unit without layer 3.
    fn switched(&mut self, unit: At<'_>, name: &str) {
        let above = format!("interfaces {name} unit {}", unit.word());
        self.rest("unit", unit, &above, &["family", "disable", "vlan-id"]);
        for family in unit.child("family").into_iter().flat_map(At::children) {
            self.other_family(family, &above);
        }
    }

    fn other_family(&mut self, family: At<'_>, above: &str) {
        match family.word() {
            "ethernet-switching" | "bridge" => {
                for at in family.children() {
                    if at.word() == "filter" {
                        self.effect(EffectClass::Narrows, Scope::Device, at, above);
                        self.gap(at, above, text!("junos-layer2-filter"));
                    } else if !is_irrelevant("ethernet-switching", at) {
                        self.unknown(at, above, text!("junos-line-unread"));
                    }
                }
            }
            "iso" => {}
            _ => self.unknown(family, above, text!("junos-line-unread")),
        }
    }

    fn unit(&mut self, unit: At<'_>, port: &str, down: bool) {
        let name = sanitise(&format!("{port}.{}", unit.word())).into_owned();
        let above = format!("interfaces {port} unit {}", unit.word());
        let tag = unit
            .child("vlan-id")
            .and_then(At::value)
            .and_then(|value| number::<u16>(value.word()));
        let kind = match self.vlan_of.get(&name).copied().or(tag) {
            _ if port.starts_with("lo") => InterfaceKind::Loopback,
            _ if MANAGEMENT.contains(&port) => InterfaceKind::Management,
            Some(id) => InterfaceKind::Svi(id),
            None => InterfaceKind::Routed,
        };
        if kind == InterfaceKind::Routed && (port == "irb" || port == "vlan") {
            self.unknown(
                unit,
                &format!("interfaces {port} unit"),
                text!("junos-no-vlan"),
            );
        }
        let mut interface = Interface::new(&name, kind);
        interface.line = unit.line();
        interface.shutdown = down || unit.child("disable").is_some();
        let index = self.interfaces.len();
        self.by_name.insert(name, index);
        self.interfaces.push(interface);
        self.rest("unit", unit, &above, &["family", "disable", "vlan-id"]);
        for family in unit.child("family").into_iter().flat_map(At::children) {
            match family.word() {
                "inet" => self.layer3(index, family, Family::V4, &above),
                "inet6" => self.layer3(index, family, Family::V6, &above),
                _ => self.other_family(family, &above),
            }
        }
    }

    fn layer3(&mut self, index: usize, at: At<'_>, family: Family, above: &str) {
        let above = format!("{above} family {}", at.word());
        if let Some(interface) = self.interfaces.get_mut(index) {
            interface.ipv6 |= family == Family::V6;
        }
        for child in at.children() {
            let class = FAMILY_EFFECTS
                .iter()
                .find(|(word, _)| *word == child.word());
            match child.word() {
                "address" => {
                    for addr in child.children() {
                        self.address(index, addr, family, &above);
                    }
                }
                "filter" => self.filter(index, child, family, &above),
                _ if class.is_some() => {
                    if let Some((_, class)) = class {
                        self.effect(*class, Scope::Interface(index, None), child, &above);
                    }
                }
                _ if is_irrelevant("family", child) => {}
                _ => self.unknown(child, &above, text!("junos-line-unread")),
            }
        }
    }

    fn address(&mut self, index: usize, at: At<'_>, family: Family, above: &str) {
        let net = match at.word().parse::<IpNet>() {
            Ok(net) => Some(net),
            // An address alone has the length of a host (loopbacks).
            Err(_) => at.word().parse::<IpAddr>().ok().map(IpNet::from),
        };
        let unread = |reader: &mut Reader| {
            reader.unknown(at, above, text!("junos-address"));
        };
        let (Some(net), Some(interface)) = (
            net.filter(|net| Family::of_net(net) == family),
            self.interfaces.get_mut(index),
        ) else {
            unread(self);
            return;
        };
        let link_local = matches!(net, IpNet::V6(net) if net.addr().is_unicast_link_local());
        if !link_local {
            // Every link-local destination is an own address anyway (D19).
            interface.addrs.push(net);
        }
        for child in at.children() {
            let read = match child.word() {
                "vrrp-group" => self.groups(index, child, "virtual-address", above),
                "vrrp-inet6-group" => self.groups(index, child, "virtual-inet6-address", above),
                "virtual-gateway-address" => self.anycast(index, child),
                _ => is_irrelevant("address", child),
            };
            if !read {
                self.unknown(child, above, text!("junos-line-unread"));
            }
        }
    }

    /// `vrrp-group N { virtual-address A; }`.
    fn groups(&mut self, index: usize, at: At<'_>, word: &str, above: &str) -> bool {
        for group in at.children() {
            let Some(id) = number::<u32>(group.word()) else {
                return false;
            };
            for addr in group.child(word).into_iter().flat_map(At::children) {
                let (Ok(addr), Some(interface)) = (
                    addr.word().parse::<IpAddr>(),
                    self.interfaces.get_mut(index),
                ) else {
                    return false;
                };
                interface.share(false, id, addr);
            }
            self.rest("vrrp", group, &format!("{above} {}", at.word()), &[word]);
        }
        true
    }

    /// `virtual-gateway-address A`: one address on several switches at once.
    fn anycast(&mut self, index: usize, at: At<'_>) -> bool {
        for addr in at.children() {
            let (Ok(addr), Some(interface)) = (
                addr.word().parse::<IpAddr>(),
                self.interfaces.get_mut(index),
            ) else {
                return false;
            };
            interface.virtuals.push(addr);
        }
        true
    }

    fn filter(&mut self, index: usize, at: At<'_>, family: Family, above: &str) {
        let above = format!("{above} filter");
        for (single, list, direction) in [
            ("input", "input-list", Direction::In),
            ("output", "output-list", Direction::Out),
        ] {
            let (single, list) = (at.child(single), at.child(list));
            let names: Vec<String> = match (single, list) {
                (Some(_), Some(list)) => {
                    self.unknown(list, &above, text!("junos-second-filter"));
                    continue;
                }
                (Some(one), None) => one
                    .value()
                    .map(|v| v.word().to_owned())
                    .into_iter()
                    .collect(),
                (None, Some(list)) => list.children().map(|v| v.word().to_owned()).collect(),
                (None, None) => continue,
            };
            let Some(head) = single.or(list) else {
                continue;
            };
            if names.is_empty() || head.children().any(|name| !name.is_leaf()) {
                self.unknown(head, &above, text!("junos-line-unread"));
                continue;
            }
            self.wanted.push(Wanted {
                interface: index,
                family,
                direction,
                names,
                line: head.children().map(At::line).max().unwrap_or(head.line()),
            });
            let loopback = self
                .interfaces
                .get(index)
                .is_some_and(|i| i.kind == InterfaceKind::Loopback);
            if loopback {
                // It filters what is meant for the switch itself, on whatever interface it comes in (D19).
                self.effect(EffectClass::Narrows, Scope::Device, head, &above);
            }
        }
        let known = ["input", "output", "input-list", "output-list"];
        self.rest("binding", at, &above, &known);
    }
}
