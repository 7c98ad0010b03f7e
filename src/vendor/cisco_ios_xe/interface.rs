//! Interface blocks.

use super::read::{ListKey, Reader, direction};
use super::table::{Place, is_irrelevant};
use crate::acl::Direction;
use crate::device::{Effect, EffectClass, Interface, InterfaceKind, Scope};
use crate::net::Family;
use crate::text;
use crate::vendor::capture::Line;
use crate::vendor::redact::redact;
use crate::vendor::words::{Words, ipv4, ipv6, netmask_length, number};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::IpAddr;

/// Names that physical ports and their bundles begin with.
const PORTS: &[&str] = &[
    "Ethernet",
    "FastEthernet",
    "GigabitEthernet",
    "TwoGigabitEthernet",
    "FiveGigabitEthernet",
    "TenGigabitEthernet",
    "TwentyFiveGigE",
    "TwentyFiveGigabitEthernet",
    "FortyGigabitEthernet",
    "FiftyGigE",
    "HundredGigE",
    "HundredGigabitEthernet",
    "TwoHundredGigE",
    "FourHundredGigE",
    "AppGigabitEthernet",
    "Port-channel",
];

/// A list that an interface names, the direction, and the line.
pub(super) type Wanted = (ListKey, Direction, u32);

/// An interface as far as it was read; ports become layer 3 or not when all is read.
pub(super) struct Face {
    pub(super) name: String,
    kind: InterfaceKind,
    is_port: bool,
    interface: Interface,
    switchport: Option<bool>,
    access_vlan: Option<u16>,
    trunk: bool,
    bindings: Vec<(Wanted, String)>,
    effects: Vec<(EffectClass, Option<Direction>, u32, String)>,
    /// Service policies by name: they act if the policy does more than mark and queue.
    policies: Vec<(String, Option<Direction>, u32, String)>,
}

/// `vlan 300` and `Vlan300` as the device prints it; other names with the blanks taken out.
pub(super) fn canonical_name(name: &str) -> String {
    let name: String = name.split_whitespace().collect();
    match vlan_of(&name) {
        Some(vlan) => format!("Vlan{vlan}"),
        None => name,
    }
}

fn vlan_of(name: &str) -> Option<u16> {
    let (word, digits) = name.split_at_checked(4)?;
    let vlan = number(digits).filter(|vlan| (1..=4094).contains(vlan))?;
    word.eq_ignore_ascii_case("vlan").then_some(vlan)
}

impl Face {
    /// An interface by its name; `None` if its kind is not modelled.
    pub(super) fn new(name: &str, line: u32) -> Option<Face> {
        let name = canonical_name(name);
        let stem = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '/');
        let is_port = PORTS.contains(&stem) && stem.len() < name.len();
        let kind = match vlan_of(&name) {
            Some(vlan) => InterfaceKind::Svi(vlan),
            None if stem == "Loopback" => InterfaceKind::Loopback,
            None if is_port => InterfaceKind::Routed,
            None => return None,
        };
        let mut interface = Interface::new(&name, kind);
        interface.line = line;
        Some(Face {
            name,
            kind,
            is_port,
            interface,
            switchport: None,
            access_vlan: None,
            trunk: false,
            bindings: Vec::new(),
            effects: Vec::new(),
            policies: Vec::new(),
        })
    }

    fn effect(&mut self, class: EffectClass, direction: Option<Direction>, line: &Line<'_>) {
        self.effects
            .push((class, direction, line.number, redact(&line.text)));
    }

    /// Whether it has addresses of its own.
    fn is_layer3(&self) -> bool {
        let addressed = !self.interface.addrs.is_empty()
            || self.interface.ipv6
            || !self.interface.vrf.is_empty();
        !self.is_port || self.switchport == Some(false) || (self.switchport.is_none() && addressed)
    }

    /// Adds an address; the primary one of IPv4 stands first, as the writer has it.
    fn add(&mut self, net: IpNet, primary: bool) {
        if self.interface.addrs.contains(&net) {
            return;
        }
        let at = if primary {
            0
        } else {
            self.interface.addrs.len()
        };
        self.interface.addrs.insert(at, net);
    }
}

impl Reader {
    /// The layer-3 interface and the lists it names; `None` for a switched port, whose filters become effects.
    pub(super) fn layer3(&mut self, face: Face, index: usize) -> Option<(Interface, Vec<Wanted>)> {
        let mut effects = face.effects.clone();
        for (name, direction, line, text) in &face.policies {
            if self.policies.get(name) != Some(&true) {
                effects.push((EffectClass::Narrows, *direction, *line, text.clone()));
            }
        }
        if !face.is_layer3() {
            self.switched(&face, effects);
            return None;
        }
        for (class, direction, line, text) in effects {
            self.effects.push(Effect {
                class,
                scope: Scope::Interface(index, direction),
                line,
                text,
            });
        }
        let mut interface = face.interface;
        if face.kind == InterfaceKind::Routed
            && interface.vrf.to_ascii_lowercase().starts_with("mgmt")
        {
            interface.kind = InterfaceKind::Management;
        }
        let bindings = face.bindings.into_iter().map(|(wanted, _)| wanted);
        Some((interface, bindings.collect()))
    }

    /// Port lists and the like filter what enters a VLAN by this port (class N, D16).
    fn switched(
        &mut self,
        face: &Face,
        effects: Vec<(EffectClass, Option<Direction>, u32, String)>,
    ) {
        let vlans: Vec<u16> = face
            .access_vlan
            .filter(|_| !face.trunk)
            .into_iter()
            .collect();
        let lists = face
            .bindings
            .iter()
            .map(|((.., line), text)| (*line, text.clone()));
        self.vlan_maps
            .extend(lists.map(|(line, text)| (vlans.clone(), line, text)));
        for (class, _, line, text) in effects {
            if class == EffectClass::Narrows {
                self.vlan_maps.push((vlans.clone(), line, text));
            } else {
                self.effects.push(Effect {
                    class,
                    scope: Scope::Device,
                    line,
                    text,
                });
            }
        }
    }

    pub(super) fn interface_line(&mut self, face: &mut Face, line: &Line<'_>, inner: &[Line<'_>]) {
        let mut words = Words::new(&line.text);
        let read = match words.next().unwrap_or_default() {
            "no" => {
                no(face, words);
                return;
            }
            "shutdown" => {
                face.interface.shutdown = true;
                words.is_end()
            }
            "switchport" => switchport(face, words, line),
            "ip" => self.ip_line(face, words, line),
            "ipv6" => self.ipv6_line(face, words, line),
            "vrf" => words.eat("forwarding") && vrf(face, words),
            "standby" => standby(face, words),
            "vrrp" => vrrp(face, words, inner),
            "mac" | "zone-member" | "mls" => {
                face.effect(EffectClass::Narrows, None, line);
                true
            }
            "storm-control" => {
                if words.peek() == Some("unicast") {
                    face.effect(EffectClass::Narrows, None, line);
                }
                true
            }
            "service-policy" => service_policy(face, words, line),
            "source" if words.eat("template") => {
                face.effect(EffectClass::Narrows, None, line);
                true
            }
            _ => false,
        };
        if !read && !is_irrelevant(Place::Interface, &line.text) {
            self.unknown(line, text!("ios-line-unread"));
        }
    }

    fn ip_line(&mut self, face: &mut Face, mut words: Words<'_>, line: &Line<'_>) -> bool {
        match words.next().unwrap_or_default() {
            "address" => address4(face, words),
            "access-group" => binding(face, Family::V4, words, line),
            "helper-address" => match words.read(ipv4).filter(|_| words.is_end()) {
                Some(addr) => {
                    face.interface.helpers.push(addr);
                    true
                }
                None => false,
            },
            "vrf" => words.eat("forwarding") && vrf(face, words),
            "policy" => redirects(face, line),
            "directed-broadcast" => redirects(face, line),
            "nat" => {
                face.effect(EffectClass::Rewrites, None, line);
                true
            }
            "verify" => {
                face.effect(EffectClass::Narrows, Some(Direction::In), line);
                true
            }
            // Opens holes in lists for what it has seen.
            "inspect" => {
                face.effect(EffectClass::Rewrites, None, line);
                true
            }
            "ospf" if words.number::<u32>().is_some() && words.eat("area") => {
                self.runs_dynamic(face.interface.vrf.clone(), line.number);
                true
            }
            "router" => {
                self.runs_dynamic(face.interface.vrf.clone(), line.number);
                true
            }
            _ => false,
        }
    }

    fn ipv6_line(&mut self, face: &mut Face, mut words: Words<'_>, line: &Line<'_>) -> bool {
        match words.next().unwrap_or_default() {
            "address" => self.address6(face, words, line),
            "enable" => {
                face.interface.ipv6 = true;
                words.is_end()
            }
            "traffic-filter" => binding(face, Family::V6, words, line),
            "policy" => redirects(face, line),
            "verify" => {
                face.effect(EffectClass::Narrows, Some(Direction::In), line);
                true
            }
            "ospf" | "eigrp" | "rip" | "router" if !is_irrelevant(Place::Interface, &line.text) => {
                self.runs_dynamic(face.interface.vrf.clone(), line.number);
                true
            }
            _ => false,
        }
    }

    /// `P/L [anycast]`, `P/L eui-64`, `A link-local`.
    fn address6(&mut self, face: &mut Face, mut words: Words<'_>, line: &Line<'_>) -> bool {
        face.interface.ipv6 |= matches!(words.peek(), Some("autoconfig" | "dhcp"));
        if let Some(addr) = words.read(ipv6) {
            let known = words.eat("link-local") && words.is_end();
            face.add(IpNet::V6(Ipv6Net::from(addr)), false);
            return known;
        }
        let Some(net) = words.parse::<Ipv6Net>() else {
            return false;
        };
        if words.eat("eui-64") {
            // The network is known, the switch's own address in it is not: a packet to it looks like one to a host.
            face.add(IpNet::V6(net.trunc()), false);
            face.effect(EffectClass::Narrows, None, line);
            self.gap(line, text!("ios-address-unknown"));
        } else {
            words.eat("anycast");
            face.add(IpNet::V6(net), false);
        }
        words.is_end()
    }
}

/// What a `no` line takes back; most of them only say that a default is off.
fn no(face: &mut Face, words: Words<'_>) {
    let mut ahead = words;
    match words.rest() {
        "switchport" => face.switchport = Some(false),
        "shutdown" => face.interface.shutdown = false,
        "ip address" => face.interface.addrs.retain(|net| net.addr().is_ipv6()),
        _ => {
            let family = if ahead.eat_all("ip access-group") {
                Family::V4
            } else if ahead.eat_all("ipv6 traffic-filter") {
                Family::V6
            } else {
                return;
            };
            let taken = ahead.last().and_then(direction);
            face.bindings
                .retain(|(((f, _), d, _), _)| *f != family || taken.is_some_and(|t| t != *d));
        }
    }
}

fn switchport(face: &mut Face, mut words: Words<'_>, line: &Line<'_>) -> bool {
    match words.next() {
        None => face.switchport = Some(true),
        Some("access") if words.eat("vlan") => face.access_vlan = words.number(),
        Some("mode") if words.eat("private-vlan") => face.effect(EffectClass::Narrows, None, line),
        Some("mode") => face.trunk = !words.eat("access"),
        Some("protected" | "private-vlan" | "block") => {
            face.effect(EffectClass::Narrows, None, line)
        }
        Some(_) => {}
    }
    true
}

fn vrf(face: &mut Face, mut words: Words<'_>) -> bool {
    match words.next() {
        Some(name) if words.is_end() => {
            face.interface.vrf = name.to_owned();
            true
        }
        _ => false,
    }
}

fn redirects(face: &mut Face, line: &Line<'_>) -> bool {
    face.effect(EffectClass::Redirects, None, line);
    true
}

/// `A MASK [secondary]`.
fn address4(face: &mut Face, mut words: Words<'_>) -> bool {
    let net = words.attempt(|w| {
        let (addr, mask) = (w.read(ipv4)?, w.read(ipv4)?);
        Ipv4Net::new(addr, netmask_length(mask)?).ok()
    });
    let secondary = words.eat("secondary");
    match net.filter(|_| words.is_end()) {
        Some(net) => {
            face.add(IpNet::V4(net), !secondary);
            true
        }
        None => false,
    }
}

/// `NAME in|out`.
fn binding(face: &mut Face, family: Family, mut words: Words<'_>, line: &Line<'_>) -> bool {
    let read = words.attempt(|w| {
        let name = w.next()?;
        let direction = w.read(direction)?;
        w.is_end().then(|| (name.to_owned(), direction))
    });
    if let Some((name, direction)) = read {
        face.bindings
            .push((((family, name), direction, line.number), redact(&line.text)));
        return true;
    }
    false
}

/// `[G] ip A [secondary]`, `[G] ipv6 A`; other HSRP lines decide who is active, which is a state in any case.
fn standby(face: &mut Face, mut words: Words<'_>) -> bool {
    words.number::<u16>();
    match words.next() {
        Some("ip" | "ipv6") => {
            let addr = words.read(|w| w.split('/').next()?.parse::<IpAddr>().ok());
            words.eat("secondary");
            if let Some(addr) = addr {
                face.interface.virtuals.push(addr);
            }
            // Without an address it is learnt from the other router, or derived from the MAC address.
            addr.is_some() && words.is_end()
        }
        Some(word) => matches!(
            word,
            "priority"
                | "preempt"
                | "timers"
                | "track"
                | "name"
                | "authentication"
                | "version"
                | "delay"
                | "follow"
                | "mac-address"
                | "mac-refresh"
                | "use-bia"
                | "bfd"
                | "redirect"
        ),
        None => false,
    }
}

/// `G ip A [secondary]`, and `G address-family F` with `address A ...` lines.
fn vrrp(face: &mut Face, mut words: Words<'_>, inner: &[Line<'_>]) -> bool {
    words.number::<u16>();
    match words.next() {
        Some("ip" | "ipv6") => {
            let addr = words.parse::<IpAddr>();
            words.eat("secondary");
            face.interface.virtuals.extend(addr);
            addr.is_some() && words.is_end()
        }
        Some("address-family") => inner.iter().all(|line| {
            let mut words = Words::new(&line.text);
            if !words.eat("address") {
                return !line.text.contains("address ");
            }
            let addr = words.read(|w| w.split('/').next()?.parse::<IpAddr>().ok());
            face.interface.virtuals.extend(addr);
            addr.is_some()
        }),
        Some(word) => matches!(
            word,
            "priority"
                | "preempt"
                | "timers"
                | "track"
                | "description"
                | "authentication"
                | "shutdown"
                | "delay"
        ),
        None => false,
    }
}

/// `input|output NAME`.
fn service_policy(face: &mut Face, mut words: Words<'_>, line: &Line<'_>) -> bool {
    let direction = match words.next() {
        Some("input") => Some(Direction::In),
        Some("output") => Some(Direction::Out),
        _ => return false,
    };
    let name = words.last().unwrap_or_default().to_owned();
    face.policies
        .push((name, direction, line.number, redact(&line.text)));
    true
}
