//! The block of one interface.
//!
//! In: `interface ...` and its lines. Out: an [`Interface`] with addresses, relays and bindings by name; what a MAC list, a
//! port list or an unknown line may do (D15, D16, D23). Must not know: lists.

use super::assemble::Bound;
use super::read::{Reader, is_binding, is_irrelevant};
use crate::acl::Direction;
use crate::base::text::sanitise;
use crate::device::{EffectClass, Interface, InterfaceKind, Scope};
use crate::net::Family;
use crate::text;
use crate::vendor::capture::Line;
use crate::vendor::redact::redact;
use crate::vendor::words::{self, Words};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::IpAddr;

/// Lines of a VLAN interface whose effect has a class (D23).
const EFFECTS: &[(&str, EffectClass)] = &[
    ("ip qos-flow-group", EffectClass::Narrows),
    ("ipv6 qos-flow-group", EffectClass::Narrows),
    ("mac qos-flow-group", EffectClass::Narrows),
    ("advance qos-flow-group", EffectClass::Narrows),
    ("ip verify", EffectClass::Narrows),
    ("ip local-proxy-arp", EffectClass::Narrows),
    ("ip directed-broadcast", EffectClass::Redirects),
    ("ip subnet-broadcast", EffectClass::Redirects),
    ("ip pim", EffectClass::Redirects),
    ("ipv6 pim", EffectClass::Redirects),
    ("ip igmp", EffectClass::Redirects),
    ("ipv6 mld", EffectClass::Redirects),
];

/// Lines of a port whose effect has a class.
const PORT_EFFECTS: &[(&str, EffectClass)] = &[
    ("authentication", EffectClass::Narrows),
    ("dot1x", EffectClass::Narrows),
    ("mac-authentication", EffectClass::Narrows),
    ("web-authentication", EffectClass::Narrows),
    ("storm-control", EffectClass::Narrows),
    ("switchport isolation", EffectClass::Narrows),
    ("switchport vlan", EffectClass::Rewrites),
    ("ip qos-flow-group", EffectClass::Narrows),
    ("ipv6 qos-flow-group", EffectClass::Narrows),
    ("mac qos-flow-group", EffectClass::Narrows),
    ("ip arp inspection", EffectClass::Narrows),
    ("ip dhcp snooping", EffectClass::Narrows),
    ("ip verify", EffectClass::Narrows),
];

/// Words of `interface` that name Ethernet ports and link aggregations.
fn is_port(kind: &str) -> bool {
    kind.ends_with("ethernet") || kind == "port-channel" || kind == "range"
}

impl Reader {
    pub(super) fn interface(&mut self, mut words: Words<'_>, head: &Line<'_>, body: &[Line<'_>]) {
        let rest = words.rest();
        let kind = words.next().unwrap_or_default();
        let number = words.number::<u16>().filter(|_| words.is_end());
        let kind = match (kind, number) {
            ("vlan", Some(id)) => InterfaceKind::Svi(id),
            ("loopback", Some(_)) => InterfaceKind::Loopback,
            ("mgmt", Some(_)) => InterfaceKind::Management,
            (kind, _) if is_port(kind) && !rest.starts_with("range vlan") => {
                for line in body {
                    self.port_line(line);
                }
                return;
            }
            _ => {
                self.unknown(head, text!("ax-gap-interface"));
                return;
            }
        };
        let name = sanitise(&words::folded(rest)).into_owned();
        let next = self.interfaces.len();
        let index = *self.interface_by_name.entry(name.clone()).or_insert(next);
        if index == next {
            let mut interface = Interface::new(&name, kind);
            interface.line = head.number;
            self.interfaces.push(interface);
        }
        for line in body {
            self.interface_line(index, line);
        }
    }

    fn port_line(&mut self, line: &Line<'_>) {
        if is_binding(&line.text) {
            // On AX3660S its entries hide the list of the VLAN; elsewhere the order is open: it may widen too (D16).
            self.unknown(line, text!("ax-gap-port-list"));
        } else if let Some(class) = classed(PORT_EFFECTS, &line.text) {
            self.effect(class, Scope::Device, line);
        } else if !is_irrelevant("port", &line.text) {
            self.unknown(line, text!("ax-gap-interface-line"));
        }
    }

    fn interface_line(&mut self, index: usize, line: &Line<'_>) {
        let Some(interface) = self.interfaces.get_mut(index) else {
            return;
        };
        let text = line.text.as_ref();
        if matches!(text, "shutdown" | "no shutdown") {
            interface.shutdown = text == "shutdown";
        } else if addresses(interface, text).is_some() || relays(interface, text).is_some() {
            // Taken.
        } else if is_binding(text) {
            self.binding(index, line);
        } else if Words::new(text).eat("vrrp") {
            if virtual_address(interface, text).is_none() {
                // An own address that we don't know (D19).
                self.unknown(line, text!("ax-gap-vrrp"));
            }
        } else if speaks_routing(text) {
            self.dynamic.push((String::new(), line.number));
        } else if let Some(class) =
            classed(EFFECTS, text).filter(|_| !is_irrelevant("interface", text))
        {
            self.effect(class, Scope::Interface(index, None), line);
        } else if !is_irrelevant("interface", text) {
            self.unknown(line, text!("ax-gap-interface-line"));
        }
    }

    fn binding(&mut self, index: usize, line: &Line<'_>) {
        let mut words = Words::new(&line.text);
        let family = if words.eat_all("ip access-group") {
            Family::V4
        } else if words.eat_all("ipv6 traffic-filter") {
            Family::V6
        } else {
            // A MAC list is searched first and its permit decides alone: it may drop and it may widen (D15).
            self.unknown(line, text!("ax-gap-mac-list"));
            return;
        };
        let name = words.quoted();
        let direction = match words.next() {
            Some("in") => Some(Direction::In),
            Some("out") => Some(Direction::Out),
            _ => None,
        };
        let (Some(name), Some(direction), true) = (name, direction, words.is_end()) else {
            self.unknown(line, text!("ax-gap-interface-line"));
            return;
        };
        let bound = Bound {
            name: name.to_owned(),
            line: line.number,
            text: redact(&line.text),
        };
        let old = self.bound.insert((index, family, direction), bound);
        if old.is_some_and(|old| old.name != name) {
            // The device refuses a second list, so no device printed this.
            self.unknown(line, text!("ax-gap-second-binding"));
        }
    }
}

fn classed(table: &[(&str, EffectClass)], text: &str) -> Option<EffectClass> {
    let found = table
        .iter()
        .find(|(start, _)| Words::new(text).eat_all(start));
    found.map(|(_, class)| *class)
}

/// Interface lines by which a routing protocol runs here (D31).
fn speaks_routing(text: &str) -> bool {
    const STARTS: [&str; 5] = ["ip ospf", "ip rip", "ipv6 ospf", "ipv6 rip", "isis"];
    STARTS.iter().any(|start| Words::new(text).eat_all(start))
}

/// Takes an address line.
fn addresses(interface: &mut Interface, text: &str) -> Option<()> {
    let mut words = Words::new(text);
    if words.eat_all("ipv6 enable") && words.is_end() {
        interface.ipv6 = true;
        return Some(());
    }
    if words.eat_all("ip address") {
        let addr = words.read(words::ipv4)?;
        let length = match words.read(words::ipv4) {
            Some(mask) => words::netmask_length(mask)?,
            None if interface.kind == InterfaceKind::Loopback => 32,
            None => return None,
        };
        words.eat("secondary");
        words.is_end().then_some(())?;
        let net = IpNet::V4(Ipv4Net::new(addr, length).ok()?);
        interface.addrs.push(net);
        return Some(());
    }
    if !words.eat_all("ipv6 address") {
        return None;
    }
    if let Some(net) = words.parse::<Ipv6Net>() {
        words.is_end().then_some(())?; // `eui-64`: the address is not in the text
        interface.addrs.push(IpNet::V6(net));
    } else {
        let addr = words.read(words::ipv6)?;
        if addr.is_unicast_link_local() {
            // Every link-local destination is an own address anyway (D19).
            words.eat("link-local");
            interface.ipv6 = true;
        } else if interface.kind == InterfaceKind::Loopback {
            interface.addrs.push(IpNet::from(IpAddr::V6(addr)));
        } else {
            return None;
        }
        words.is_end().then_some(())?;
    }
    Some(())
}

/// Takes `ip helper-address A [A ...]`; the VRF form is not read.
fn relays(interface: &mut Interface, text: &str) -> Option<()> {
    let mut words = Words::new(text);
    words.eat_all("ip helper-address").then_some(())?;
    let mut targets = Vec::new();
    while !words.is_end() {
        targets.push(words.read(words::ipv4)?);
    }
    (!targets.is_empty()).then_some(())?;
    for target in targets {
        interface.helpers.push(target);
    }
    Some(())
}

/// Takes `vrrp <vrid> ip A`, or a line that only says which router is active (D2).
fn virtual_address(interface: &mut Interface, text: &str) -> Option<()> {
    let mut words = Words::new(text);
    words.eat("vrrp").then_some(())?;
    let group = words.number::<u8>()?;
    if is_irrelevant("vrrp", words.rest()) {
        return Some(());
    }
    let addr = if words.eat("ip") {
        IpAddr::V4(words.read(words::ipv4)?)
    } else {
        words.eat("ipv6").then_some(())?;
        IpAddr::V6(words.read(words::ipv6)?)
    };
    words.is_end().then_some(())?;
    interface.share(false, u32::from(group), addr);
    Some(())
}
