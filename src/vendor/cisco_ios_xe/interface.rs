//! Interfaces: ports and VLAN interfaces, and what becomes of them when all is read.
//!
//! The lines inside are read in [`super::interface_line`].

use super::read::{ListKey, Reader};
use crate::acl::Direction;
use crate::device::{Effect, EffectClass, Interface, InterfaceKind, Scope};
use crate::vendor::capture::Line;
use crate::vendor::redact::redact;
use crate::vendor::words::number;
use ipnet::IpNet;

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
    pub(super) interface: Interface,
    pub(super) switchport: Option<bool>,
    pub(super) access_vlan: Option<u16>,
    pub(super) trunk: bool,
    pub(super) bindings: Vec<(Wanted, String)>,
    effects: Vec<(EffectClass, Option<Direction>, u32, String)>,
    /// Service policies by name: they act if the policy does more than mark and queue.
    pub(super) policies: Vec<(String, Option<Direction>, u32, String)>,
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
        // `GigabitEthernet0/0.300`: a subinterface is layer 3, and on a VLAN as soon as `encapsulation` says so.
        let (port, sub) = match name.rsplit_once('.') {
            Some((port, sub)) if number::<u32>(sub).is_some() => (port, true),
            _ => (name.as_str(), false),
        };
        let stem = port.trim_end_matches(|c: char| c.is_ascii_digit() || c == '/');
        let is_port = PORTS.contains(&stem) && stem.len() < port.len();
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
            switchport: sub.then_some(false),
            access_vlan: None,
            trunk: false,
            bindings: Vec::new(),
            effects: Vec::new(),
            policies: Vec::new(),
        })
    }

    pub(super) fn effect(
        &mut self,
        class: EffectClass,
        direction: Option<Direction>,
        line: &Line<'_>,
    ) {
        self.effects
            .push((class, direction, line.number, redact(&line.text)));
    }

    /// The VLAN whose frames a subinterface takes.
    pub(super) fn on_vlan(&mut self, vlan: u16) {
        self.kind = InterfaceKind::Svi(vlan);
        self.interface.kind = self.kind;
    }

    /// Whether it has addresses of its own.
    fn is_layer3(&self) -> bool {
        let addressed = !self.interface.addrs.is_empty()
            || self.interface.ipv6
            || !self.interface.vrf.is_empty();
        !self.is_port || self.switchport == Some(false) || (self.switchport.is_none() && addressed)
    }

    /// Adds an address; the primary one of IPv4 stands first, as the writer has it.
    pub(super) fn add(&mut self, net: IpNet, primary: bool) {
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
        self.vlan_filters
            .extend(lists.map(|(line, text)| (vlans.clone(), line, text)));
        for (class, _, line, text) in effects {
            if class == EffectClass::Narrows {
                self.vlan_filters.push((vlans.clone(), line, text));
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
}
