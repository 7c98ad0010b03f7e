//! Interfaces: ports and VLAN interfaces, and what becomes of them when all is read.
//!
//! The lines inside are read in [`super::interface_line`].

use super::FaceName;
use super::read::{ListKey, Reader};
use crate::acl::Direction;
use crate::device::{BroadcastRelay, Effect, EffectClass, Interface, InterfaceKind, Scope};
use crate::net::PortSet;
use crate::vendor::capture::Line;
use crate::vendor::redact::redact;
use crate::vendor::words::number;
use ipnet::IpNet;
use std::net::Ipv4Addr;

/// A list that an interface names, the direction, and the line.
pub(in crate::vendor) type Wanted = (ListKey, Direction, u32);

/// An interface as far as it was read; ports become layer 3 or not when all is read.
pub(in crate::vendor) struct Face {
    pub(in crate::vendor) name: String,
    kind: InterfaceKind,
    is_port: bool,
    pub(in crate::vendor) interface: Interface,
    pub(in crate::vendor) switchport: Option<bool>,
    pub(in crate::vendor) access_vlan: Option<u16>,
    pub(in crate::vendor) trunk: bool,
    /// VLANs besides `access_vlan` whose frames enter here, where the dialect asks; `None`: perhaps any.
    pub(in crate::vendor) carried: Option<Vec<u16>>,
    pub(in crate::vendor) bindings: Vec<(Wanted, String)>,
    effects: Vec<(EffectClass, Option<Direction>, u32, String)>,
    /// Service policies by name: they act if the policy does more than mark and queue.
    pub(in crate::vendor) policies: Vec<(String, Option<Direction>, u32, String)>,
}

/// The kinds of ports and the other words that interfaces are named with.
pub(in crate::vendor) struct FaceWords {
    pub(in crate::vendor) ports: &'static [&'static str],
    pub(in crate::vendor) loopback: &'static str,
    /// Management ports; empty if a VRF tells them.
    pub(in crate::vendor) management: &'static str,
}

/// Names such as `Vlan300`, `Ethernet1/1`, `Ethernet1/1.300`: words in any case, blanks taken out.
pub(in crate::vendor) fn named(name: &str, words: &FaceWords) -> Option<FaceName> {
    let name: String = name.split_whitespace().collect();
    if let Some(vlan) = vlan_of(&name) {
        return Some(FaceName {
            name: format!("Vlan{vlan}"),
            kind: InterfaceKind::Svi(vlan),
            is_port: false,
            sub: false,
        });
    }
    // `GigabitEthernet0/0.300`: a subinterface is layer 3, and on a VLAN as soon as `encapsulation` says so.
    let (port, sub) = match name.rsplit_once('.') {
        Some((port, sub)) if number::<u32>(sub).is_some() => (port, true),
        _ => (name.as_str(), false),
    };
    let stem = port.trim_end_matches(|c: char| c.is_ascii_digit() || c == '/');
    let is =
        |word: &str| !stem.is_empty() && word.eq_ignore_ascii_case(stem) && stem.len() < port.len();
    let kind = if is(words.loopback) {
        InterfaceKind::Loopback
    } else if is(words.management) {
        InterfaceKind::Management
    } else if words.ports.iter().any(|port| is(port)) {
        InterfaceKind::Routed
    } else {
        return None;
    };
    let is_port = kind == InterfaceKind::Routed;
    Some(FaceName {
        name,
        kind,
        is_port,
        sub,
    })
}

fn vlan_of(name: &str) -> Option<u16> {
    let (word, digits) = name.split_at_checked(4)?;
    let vlan = number(digits).filter(|vlan| (1..=4094).contains(vlan))?;
    word.eq_ignore_ascii_case("vlan").then_some(vlan)
}

impl Face {
    /// An interface by its name.
    pub(in crate::vendor) fn new(named: FaceName, line: u32) -> Face {
        let mut interface = Interface::new(&named.name, named.kind);
        interface.line = line;
        Face {
            name: named.name,
            kind: named.kind,
            is_port: named.is_port,
            interface,
            switchport: named.sub.then_some(false),
            access_vlan: None,
            trunk: false,
            carried: Some(Vec::new()),
            bindings: Vec::new(),
            effects: Vec::new(),
            policies: Vec::new(),
        }
    }

    pub(in crate::vendor) fn effect(
        &mut self,
        class: EffectClass,
        direction: Option<Direction>,
        line: &Line<'_>,
    ) {
        self.effects
            .push((class, direction, line.number, redact(&line.text)));
    }

    /// Broadcasts that a relay sends on; of which ports is known when all is read.
    pub(in crate::vendor) fn broadcasts(&mut self, to: Ipv4Addr, line: &Line<'_>) {
        self.interface.broadcasts.push(BroadcastRelay {
            to,
            ports: PortSet::empty(),
            line: line.number,
            text: redact(&line.text),
        });
    }

    /// Whether it is the interface of a VLAN.
    pub(in crate::vendor) fn is_svi(&self) -> bool {
        matches!(self.kind, InterfaceKind::Svi(_))
    }

    /// Whether it is a port or a bundle.
    pub(in crate::vendor) fn is_port(&self) -> bool {
        self.is_port
    }

    /// Whether it is a management port.
    pub(in crate::vendor) fn is_management(&self) -> bool {
        self.kind == InterfaceKind::Management
    }

    /// The VLAN whose frames a subinterface takes.
    pub(in crate::vendor) fn on_vlan(&mut self, vlan: u16) {
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
    pub(in crate::vendor) fn add(&mut self, net: IpNet, primary: bool) {
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
    pub(in crate::vendor) fn layer3(
        &mut self,
        face: Face,
        index: usize,
    ) -> Option<(Interface, Vec<Wanted>)> {
        let mut effects = face.effects.clone();
        for (name, direction, line, text) in &face.policies {
            let classes = self.policy(name).into_iter();
            effects.extend(classes.map(|class| (class, *direction, *line, text.clone())));
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
