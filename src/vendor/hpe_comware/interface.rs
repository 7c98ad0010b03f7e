//! `interface ...` and the lines below it.
//!
//! Out: interfaces with addresses, virtual addresses, relays and bindings by name; what a list on a switched port or an
//! unknown line may do (D16, D23). Must not know: lists.

use super::is_irrelevant;
use super::read::{Reader, Wanted};
use super::rule::mask;
use crate::acl::Direction;
use crate::base::text::sanitise;
use crate::device::{EffectClass, Interface, InterfaceKind, Scope};
use crate::net::Family;
use crate::net::proto::UDP;
use crate::text;
use crate::vendor::capture::Line;
use crate::vendor::words::{Words, folded, ipv4, ipv6};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::IpAddr;

/// Lines whose effect has a class (D23).
const EFFECTS: &[(&str, EffectClass)] = &[
    ("qos apply policy", EffectClass::Narrows),
    ("qos car", EffectClass::Narrows),
    ("ip urpf", EffectClass::Narrows),
    ("ipv6 urpf", EffectClass::Narrows),
    ("portal", EffectClass::Narrows),
    ("dot1x", EffectClass::Narrows),
    ("mac-authentication", EffectClass::Narrows),
    ("port-security", EffectClass::Narrows),
    ("ip source binding", EffectClass::Narrows),
    ("ip verify source", EffectClass::Narrows),
    ("ipv6 verify source", EffectClass::Narrows),
    ("port-isolate", EffectClass::Narrows),
    ("port private-vlan", EffectClass::Narrows),
    ("port isolate-user-vlan", EffectClass::Narrows),
    ("am", EffectClass::Narrows),
    ("arp authorized enable", EffectClass::Narrows),
    ("arp filter", EffectClass::Narrows),
    ("broadcast-suppression", EffectClass::Narrows),
    ("dhcp snooping deny", EffectClass::Narrows),
    ("ipv6 nd raguard", EffectClass::Narrows),
    ("multicast-suppression", EffectClass::Narrows),
    ("storm-constrain broadcast", EffectClass::Narrows),
    ("storm-constrain known-unicast", EffectClass::Narrows),
    ("storm-constrain multicast", EffectClass::Narrows),
    ("storm-constrain unicast", EffectClass::Narrows),
    ("unicast-suppression", EffectClass::Narrows),
    ("port service-loopback", EffectClass::Rewrites),
    ("vlan mapping", EffectClass::Rewrites),
    ("ip forward-broadcast", EffectClass::Redirects),
    ("ip policy-based-route", EffectClass::Redirects),
    ("ipv6 policy-based-route", EffectClass::Redirects),
    ("pim", EffectClass::Redirects),
    ("ipv6 pim", EffectClass::Redirects),
    ("igmp", EffectClass::Redirects),
    ("mld", EffectClass::Redirects),
];
/// Lines by which a relay asks from, or is answered at, another address.
const RELAY_OTHERWISE: [&str; 2] = ["dhcp relay source-address", "dhcp relay gateway"];
/// Lines by which a routing protocol runs here (D31).
const ROUTING: [&str; 6] = ["ospf", "ospfv3", "rip", "ripng", "isis", "ospf3"];

/// What the name of an interface says; `None` for a kind that is not modelled.
fn kind(name: &str) -> Option<Kind> {
    let number = |start: &str| name.strip_prefix(start)?.parse::<u16>().ok();
    if let Some(vlan) = number("Vlan-interface") {
        return Some(Kind::Layer3(InterfaceKind::Svi(vlan)));
    }
    if name.starts_with("LoopBack") {
        return Some(Kind::Layer3(InterfaceKind::Loopback));
    }
    if name.starts_with("M-GigabitEthernet") || name.starts_with("M-Ethernet") {
        return Some(Kind::Layer3(InterfaceKind::Management));
    }
    if name.starts_with("Route-Aggregation") {
        return Some(Kind::Layer3(InterfaceKind::Routed));
    }
    if name == "NULL0" {
        return Some(Kind::Nothing);
    }
    if name.contains("Ethernet") || name.contains("GigE") || name.starts_with("Bridge-Aggregation")
    {
        return Some(if name.contains('.') {
            Kind::Layer3(InterfaceKind::Routed)
        } else {
            Kind::Port
        });
    }
    None
}

enum Kind {
    Layer3(InterfaceKind),
    /// Switched unless a line says otherwise.
    Port,
    Nothing,
}

fn name_of(rest: &str) -> String {
    sanitise(&folded(rest)).into_owned()
}

impl Reader {
    pub(super) fn interface(&mut self, rest: &str, line: &Line<'_>) {
        let name = name_of(rest);
        match kind(&name) {
            Some(Kind::Layer3(kind)) => self.open(&name, kind, line.number),
            Some(Kind::Port | Kind::Nothing) => {}
            None => self.unknown(line, text!("comware-interface")),
        }
    }

    fn open(&mut self, name: &str, kind: InterfaceKind, line: u32) {
        if !self.by_name.contains_key(name) {
            self.by_name.insert(name.to_owned(), self.interfaces.len());
            let mut interface = Interface::new(name, kind);
            interface.line = line;
            self.interfaces.push(interface);
        }
    }

    pub(super) fn interface_line(&mut self, rest: &str, line: &Line<'_>) {
        let name = name_of(rest);
        let text = line.text.as_ref();
        let Some(index) = self.by_name.get(&name).copied() else {
            if text == "port link-mode route" {
                self.open(&name, InterfaceKind::Routed, line.number);
            } else if kind(&name).is_some() {
                self.port_line(line);
            }
            return;
        };
        let Some(interface) = self.interfaces.get_mut(index) else {
            return;
        };
        let mut words = Words::new(text);
        if matches!(text, "shutdown" | "undo shutdown") {
            interface.shutdown = text == "shutdown";
        } else if addresses(interface, text).is_some() || virtuals(interface, text).is_some() {
            // Taken.
        } else if words.eat_all("ip binding vpn-instance") && words.peek().is_some() {
            interface.vrf = words.next().unwrap_or_default().to_owned();
        } else if words.eat_all("vlan-type dot1q vid") {
            match words.number::<u16>().filter(|_| words.is_end()) {
                Some(id) => interface.kind = InterfaceKind::Svi(id),
                None => self.unknown(line, text!("comware-line-unread")),
            }
        } else if RELAY_OTHERWISE
            .iter()
            .any(|start| Words::new(text).eat_all(start))
        {
            // Other addresses than those of D22: none of its legs is certain.
            self.effect(EffectClass::Narrows, Scope::Own(Some(UDP), Some(67)), line);
        } else if words.eat_all("dhcp relay server-address") {
            self.relay(index, words, line);
        } else if words.eat("packet-filter") {
            self.binding(index, words, line);
        } else if ROUTING.iter().any(|start| Words::new(text).eat(start)) {
            let vrf = interface.vrf.clone();
            self.dynamic.push((vrf, line.number));
        } else if let Some((_, class)) = EFFECTS.iter().find(|(s, _)| Words::new(text).eat_all(s)) {
            self.effect(*class, Scope::Interface(index, None), line);
        } else if !is_irrelevant("interface", text) {
            self.unknown(line, text!("comware-line-unread"));
        }
    }

    /// A line of a switched port.
    fn port_line(&mut self, line: &Line<'_>) {
        let text = line.text.as_ref();
        let effect = EFFECTS.iter().find(|(s, _)| Words::new(text).eat_all(s));
        if Words::new(text).eat("packet-filter") {
            // A list on a port sees every packet of it.
            self.effect(EffectClass::Narrows, Scope::Device, line);
            self.gap(line, text!("comware-port-list"));
        } else if let Some((_, class)) = effect {
            self.effect(*class, Scope::Device, line);
        } else if !is_irrelevant("port", text) && !is_irrelevant("interface", text) {
            self.unknown(line, text!("comware-line-unread"));
        }
    }

    fn relay(&mut self, index: usize, mut words: Words<'_>, line: &Line<'_>) {
        let target = words.read(ipv4).filter(|_| words.is_end());
        match (target, self.interfaces.get_mut(index)) {
            (Some(target), Some(interface)) => {
                if !interface.helpers.contains(&target) {
                    interface.helpers.push(target);
                }
                self.leant.push("dhcp-relay-form");
            }
            _ => self.unknown(line, text!("comware-line-unread")),
        }
    }

    /// `packet-filter [ipv6|mac] {N | name X} {inbound|outbound} [hardware-count]`.
    fn binding(&mut self, index: usize, mut words: Words<'_>, line: &Line<'_>) {
        if words.eat("filter") {
            match words.rest() {
                "all" => self.filters_all = true,
                "route" => {}
                _ => self.unknown(line, text!("comware-binding")),
            }
            return;
        }
        if words.eat("mac") {
            // A list of layer 2 may drop (D15).
            self.effect(EffectClass::Narrows, Scope::Interface(index, None), line);
            self.gap(line, text!("comware-mac-list"));
            return;
        }
        let family = match words.eat("ipv6") {
            true => Family::V6,
            false => Family::V4,
        };
        words.eat("name");
        let name = words.next();
        let direction = match words.next() {
            Some("inbound") => Some(Direction::In),
            Some("outbound") => Some(Direction::Out),
            _ => None,
        };
        words.eat("hardware-count");
        let layer2 = name.and_then(|n| n.parse::<u16>().ok());
        let (Some(name), Some(direction), true) = (name, direction, words.is_end()) else {
            self.unknown(line, text!("comware-binding"));
            return;
        };
        if layer2.is_some_and(|number| (4000..=5999).contains(&number)) {
            self.effect(EffectClass::Narrows, Scope::Interface(index, None), line);
            self.gap(line, text!("comware-mac-list"));
            return;
        }
        let twice = |w: &Wanted| {
            (w.interface, w.family, w.direction) == (index, family, direction) && w.name != name
        };
        let here = self.wanted.iter().rev();
        if here.take_while(|w| w.interface == index).any(twice) {
            // Whether a second list replaces the first was not read, and no device prints this.
            self.unknown(line, text!("comware-binding"));
        }
        self.wanted.push(Wanted {
            interface: index,
            family,
            direction,
            name: name.to_owned(),
            line: line.number,
        });
    }
}

/// Takes an address line.
fn addresses(interface: &mut Interface, text: &str) -> Option<()> {
    let mut words = Words::new(text);
    if words.eat_all("ip address") {
        let addr = words.read(ipv4)?;
        let length = mask(&mut words)?;
        words.eat("sub");
        words.is_end().then_some(())?;
        interface
            .addrs
            .push(IpNet::V4(Ipv4Net::new(addr, length).ok()?));
        return Some(());
    }
    words.eat_all("ipv6 address").then_some(())?;
    if words.eat_all("auto link-local") {
        interface.ipv6 = true;
        return words.is_end().then_some(());
    }
    let word = words.next()?;
    if let Ok(net) = word.parse::<Ipv6Net>() {
        words.is_end().then_some(())?; // `eui-64`: the address is not in the text
        interface.addrs.push(IpNet::V6(net));
    } else if words.eat("link-local") {
        // Every link-local destination is an own address anyway (D19).
        ipv6(word)?.is_unicast_link_local().then_some(())?;
        words.is_end().then_some(())?;
    } else {
        let length = words.number::<u8>().filter(|_| words.is_end())?;
        let net = Ipv6Net::new(ipv6(word)?, length).ok()?;
        interface.addrs.push(IpNet::V6(net));
    }
    interface.ipv6 = true;
    Some(())
}

/// Takes `vrrp [ipv6] vrid N virtual-ip A`, or a line that only says which router is active (D2).
fn virtuals(interface: &mut Interface, text: &str) -> Option<()> {
    let mut words = Words::new(text);
    words.eat("vrrp").then_some(())?;
    if is_irrelevant("vrrp", words.rest()) {
        return Some(());
    }
    let family = match words.eat("ipv6") {
        true => Family::V6,
        false => Family::V4,
    };
    words.eat("vrid").then_some(())?;
    let group = words.number::<u32>()?;
    if is_irrelevant("vrrp", words.rest()) {
        return Some(());
    }
    words.eat("virtual-ip").then_some(())?;
    let addr = words.parse::<IpAddr>()?;
    let local = words.eat("link-local");
    words.is_end().then_some(())?;
    (Family::of(addr) == family).then_some(())?;
    if !local {
        interface.share(false, group, addr);
    }
    Some(())
}
