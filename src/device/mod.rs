//! What a configuration says besides the entries of its lists, vendor-neutral.
//!
//! A [`Device`] is what a reader makes of a captured configuration; a [`Config`] is what a writer is given.
//! Must not know: vendors, zones, how anything is printed.
#![warn(missing_docs)]

use crate::acl::{Acl, Direction, Draft, Known, Question, Reading};
use crate::base::Text;
use crate::net::{ByteSet, Family, Match, PortSet};
use ipnet::IpNet;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

/// What stands for the dialect of a device that has no text.
pub const OPAQUE: &str = "opaque";

/// One configuration as read. Never fails to exist: what was not understood is in `gaps` and `effects`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// `hostname`, if printed.
    pub hostname: Option<String>,
    /// Dialect id.
    pub dialect: &'static str,
    /// Model as the policy or the capture states it.
    pub model: Option<String>,
    /// Layer-3 interfaces in file order.
    pub interfaces: Vec<Interface>,
    /// Static routes in file order.
    pub routes: Vec<Route>,
    /// Lists in file order, then those that are only named by a binding ([`crate::acl::AclState::Undefined`]).
    pub acls: Vec<Acl>,
    /// VRFs (empty name = global) in which a dynamic routing protocol runs, with the line that says so.
    pub dynamic: Vec<(String, u32)>,
    /// What of them a captured routing table settles (D31): VRF and family.
    pub settled: Vec<(String, Family)>,
    /// Lines whose effect on packets is not modelled (D23).
    pub effects: Vec<Effect>,
    /// Filtering-related lines that were not understood, for the report.
    pub gaps: Vec<Gap>,
    /// Whether each family is forwarded at all (`ip routing` and the like).
    pub forwards: Forwarding,
    /// What lists bound to its interfaces see (D18).
    pub sees: Sees,
    /// Its DHCP relay may ask from the address of either interface and from either port (D22): which is not settled.
    pub relays_from_either: bool,
    /// Ids of facts with status *modelled* that the reading leans on (D49).
    pub modelled: Vec<String>,
    /// Lines of the capture that are no configuration: texts of banners, what other commands printed.
    pub asides: Vec<u32>,
    /// Lines of a statement that begins on another line, entries and what is not wholly understood: the line, and the first one.
    pub parts: BTreeSet<(u32, u32)>,
    /// What only its text says.
    pub beneath: Beneath,
}

impl Device {
    /// A router between modelled links whose filter is not modelled (`opaque`): it may pass everything, and send it anywhere.
    #[must_use]
    pub fn opaque(interfaces: Vec<Interface>, routes: Vec<Route>) -> Device {
        let effect = |class, scope| Effect {
            class,
            scope,
            line: 0,
            text: OPAQUE.to_owned(),
        };
        let narrows = |interface| {
            [Direction::In, Direction::Out].map(|way| {
                let scope = Scope::Interface(interface, Some(way));
                effect(EffectClass::Narrows, scope)
            })
        };
        let mut effects = vec![effect(EffectClass::Redirects, Scope::Device)];
        effects.extend((0..interfaces.len()).flat_map(narrows));
        Device {
            hostname: None,
            dialect: OPAQUE,
            model: None,
            interfaces,
            routes,
            acls: Vec::new(),
            dynamic: Vec::new(),
            settled: Vec::new(),
            effects,
            gaps: Vec::new(),
            forwards: Forwarding {
                v4: Known::Yes,
                v6: Known::Yes,
            },
            sees: Sees {
                bridged_in: Known::No,
                bridged_out: Known::No,
                to_switch: Known::Yes,
                from_switch: Known::Yes,
            },
            relays_from_either: false,
            modelled: Vec::new(),
            asides: Vec::new(),
            beneath: Beneath::default(),
            parts: BTreeSet::new(),
        }
    }

    /// All lines of a statement that begins on a line; none if it was not read from text (0).
    #[must_use]
    pub fn lines_of(&self, line: u32) -> Vec<u32> {
        let parts = self.parts.iter().filter(|(_, head)| *head == line);
        let all: BTreeSet<u32> = parts.map(|(part, _)| *part).chain([line]).collect();
        all.into_iter().filter(|line| *line > 0).collect()
    }

    /// The lines that may drop packets to its own addresses behind the in-list (D19, D23), with what they may drop.
    pub fn guards(&self, family: Family) -> impl Iterator<Item = (&Effect, Match)> {
        let narrows = self.effects.iter();
        let narrows = narrows.filter(|effect| effect.class == EffectClass::Narrows);
        narrows.filter_map(move |effect| match effect.scope {
            Scope::Own(protocol, port) => Some((effect, service(family, protocol, port))),
            Scope::Interface(..) | Scope::Vrf(_) | Scope::Device => None,
        })
    }

    /// Whether routes of a VRF and family are learnt, and no captured table says which (D31).
    #[must_use]
    pub fn learns(&self, vrf: &str, family: Family) -> bool {
        let known = |(name, of): &(String, Family)| name == vrf && *of == family;
        self.dynamic.iter().any(|(name, _)| name == vrf) && !self.settled.iter().any(known)
    }

    /// Whether it is such a router.
    #[must_use]
    pub fn is_opaque(&self) -> bool {
        self.dialect == OPAQUE
    }

    /// As requiring claims take it: an opaque router passes what its routes say, by assumption.
    #[must_use]
    pub fn passing(&self) -> Device {
        let mut device = self.clone();
        if device.is_opaque() {
            device.effects.clear();
        }
        device
    }

    /// The device under a reading (D1): what was answered is open no more.
    #[must_use]
    pub fn under(mut self, reading: &Reading) -> Device {
        if reading.is_empty() {
            return self;
        }
        self.acls = self.acls.iter().map(|acl| acl.under(reading)).collect();
        self.forwards.v4 = self.forwards.v4.under(reading);
        self.forwards.v6 = self.forwards.v6.under(reading);
        self.sees = self.sees.under(reading);
        self
    }

    /// Every question that its bound lists and its facts leave open, sorted, once each.
    #[must_use]
    pub fn questions(&self) -> Vec<Question> {
        let bound = self.interfaces.iter().flat_map(|i| &i.bindings);
        let lists: BTreeSet<usize> = bound.map(|binding| binding.acl).collect();
        let lists = lists.into_iter().filter_map(|index| self.acls.get(index));
        let sees = &self.sees;
        let facts = [
            &sees.bridged_in,
            &sees.bridged_out,
            &sees.to_switch,
            &sees.from_switch,
            &self.forwards.v4,
            &self.forwards.v6,
        ];
        let facts = facts.into_iter().filter_map(|known| known.question());
        let all: BTreeSet<Question> = lists
            .flat_map(Acl::questions)
            .chain(facts.cloned())
            .collect();
        all.into_iter().collect()
    }

    /// Whether another device differs in its lists and what is bound where at most, and in where and how its lines stand.
    #[must_use]
    pub fn same_frame(&self, other: &Device) -> bool {
        // Named one by one, so that whoever adds a field has to say what it is to this.
        let Device {
            hostname: _,
            dialect,
            model: _,
            interfaces,
            routes,
            acls: _,
            dynamic,
            settled,
            effects,
            gaps: _,
            forwards,
            sees,
            relays_from_either,
            modelled: _,
            asides: _,
            beneath: _,
            parts: _,
        } = self;
        let vrfs = |device: &Device| -> Vec<String> {
            let each = device.dynamic.iter().map(|(vrf, _)| vrf.clone());
            each.collect()
        };
        let route = |a: &Route, b: &Route| {
            (&a.vrf, a.prefix, &a.via, a.distance, a.conditional)
                == (&b.vrf, b.prefix, &b.via, b.distance, b.conditional)
        };
        let effect = |a: &Effect, b: &Effect| (a.class, &a.scope) == (b.class, &b.scope);
        *dialect == other.dialect
            && alike(interfaces, &other.interfaces, Interface::same_frame)
            && alike(routes, &other.routes, route)
            && (dynamic.is_empty() && other.dynamic.is_empty() || vrfs(self) == vrfs(other))
            && *settled == other.settled
            && alike(effects, &other.effects, effect)
            && *forwards == other.forwards
            && *sees == other.sees
            && *relays_from_either == other.relays_from_either
    }
}

/// What a configuration says and nothing models: told apart, not understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beneath {
    /// The blocks that lines of unknown effect name (maps, classes, policies), as text; lists are not among them.
    pub named: Vec<String>,
    /// Which ports carry which VLANs.
    pub wires: BTreeSet<String>,
}

/// Packets of a protocol to a port; `None` is any.
fn service(family: Family, protocol: Option<u8>, port: Option<u16>) -> Match {
    let whole = Match {
        protocol: protocol.map_or(ByteSet::FULL, ByteSet::one),
        dport: port.map_or_else(PortSet::full, PortSet::one),
        ..Match::any(family)
    };
    whole.tidy()
}

fn alike<T>(a: &[T], b: &[T], same: impl Fn(&T, &T) -> bool) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
}

/// Whether each family is routed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forwarding {
    /// IPv4.
    pub v4: Known,
    /// IPv6.
    pub v6: Known,
}

impl Forwarding {
    /// The fact of one family.
    #[must_use]
    pub fn of(&self, family: Family) -> &Known {
        match family {
            Family::V4 => &self.v4,
            Family::V6 => &self.v6,
        }
    }
}

/// What a list on an interface sees besides routed packets (D18).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sees {
    /// Frames bridged inside the VLAN, inbound.
    pub bridged_in: Known,
    /// Frames bridged inside the VLAN, outbound.
    pub bridged_out: Known,
    /// Packets to the switch's own addresses (inbound lists).
    pub to_switch: Known,
    /// Packets the switch makes itself (outbound lists).
    pub from_switch: Known,
}

impl Sees {
    /// The facts under a reading.
    #[must_use]
    pub fn under(&self, reading: &Reading) -> Sees {
        Sees {
            bridged_in: self.bridged_in.under(reading),
            bridged_out: self.bridged_out.under(reading),
            to_switch: self.to_switch.under(reading),
            from_switch: self.from_switch.under(reading),
        }
    }
}

/// What an interface is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InterfaceKind {
    /// VLAN interface.
    Svi(u16),
    /// Routed port: a link of its own (D24).
    Routed,
    /// Loopback: addresses only.
    Loopback,
    /// Management port.
    Management,
}

/// A layer-3 interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Name as printed, blanks folded (`Vlan300`, `vlan 300`).
    pub name: String,
    /// What it is.
    pub kind: InterfaceKind,
    /// VRF; empty for the global table.
    pub vrf: String,
    /// Administratively down.
    pub shutdown: bool,
    /// Addresses with their prefix length, secondary ones too.
    pub addrs: Vec<IpNet>,
    /// Virtual addresses (VRRP, HSRP): own addresses of whichever router is active.
    pub virtuals: Vec<IpAddr>,
    /// The groups that `virtuals` belong to. A virtual address of no group was read, but cannot be written.
    pub redundancy: Vec<Redundancy>,
    /// IPv6 is on (an address, or `ipv6 enable`).
    pub ipv6: bool,
    /// DHCP relay targets.
    pub helpers: Vec<Ipv4Addr>,
    /// Broadcasts that it sends on to servers besides those of DHCP clients.
    pub broadcasts: Vec<BroadcastRelay>,
    /// Lists attached.
    pub bindings: Vec<Binding>,
    /// Ports that carry nothing but its VLAN, where lists are bound to ports: as the policy states them, or as read with such a list.
    pub ports: Vec<String>,
    /// Line of the header; 0 if not read from text.
    pub line: u32,
}

impl Interface {
    /// An interface with nothing on it.
    #[must_use]
    pub fn new(name: &str, kind: InterfaceKind) -> Interface {
        Interface {
            name: name.to_owned(),
            kind,
            vrf: String::new(),
            shutdown: false,
            addrs: Vec::new(),
            virtuals: Vec::new(),
            redundancy: Vec::new(),
            ipv6: false,
            helpers: Vec::new(),
            broadcasts: Vec::new(),
            bindings: Vec::new(),
            ports: Vec::new(),
            line: 0,
        }
    }

    /// Whether another interface differs in what is bound to it at most, and in where it stands.
    fn same_frame(&self, other: &Interface) -> bool {
        let Interface {
            name,
            kind,
            vrf,
            shutdown,
            addrs,
            virtuals,
            redundancy,
            ipv6,
            helpers,
            broadcasts,
            bindings: _,
            ports: _,
            line: _,
        } = self;
        *name == other.name
            && *kind == other.kind
            && *vrf == other.vrf
            && *shutdown == other.shutdown
            && *addrs == other.addrs
            && *virtuals == other.virtuals
            && *redundancy == other.redundancy
            && *ipv6 == other.ipv6
            && *helpers == other.helpers
            && alike(broadcasts, &other.broadcasts, |a, b| {
                (a.to, &a.ports) == (b.to, &b.ports)
            })
    }

    /// Adds a virtual address of a group.
    pub fn share(&mut self, hsrp: bool, group: u32, addr: IpAddr) {
        self.virtuals.push(addr);
        let known = self
            .redundancy
            .iter_mut()
            .find(|r| (r.hsrp, r.group) == (hsrp, group));
        match known {
            Some(of) => of.addrs.push(addr),
            None => self.redundancy.push(Redundancy {
                hsrp,
                group,
                addrs: vec![addr],
            }),
        }
    }

    /// Whether packets of a family can enter and leave here (D15).
    #[must_use]
    pub fn carries(&self, family: Family) -> bool {
        !self.shutdown
            && match family {
                Family::V4 => self.addrs.iter().any(|net| net.addr().is_ipv4()),
                Family::V6 => self.ipv6 || self.addrs.iter().any(|net| net.addr().is_ipv6()),
            }
    }

    /// The binding of a family and direction. The last one printed holds.
    #[must_use]
    pub fn binding(&self, family: Family, direction: Direction) -> Option<&Binding> {
        self.bindings
            .iter()
            .rev()
            .find(|b| b.family == family && b.direction == direction)
    }
}

/// UDP broadcasts of some ports that a router sends on as unicasts to a server. Who sent them and from which port stays as it
/// was, so that they are packets of that sender which no route and no in-list has seen with this destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BroadcastRelay {
    /// The server.
    pub to: Ipv4Addr,
    /// Destination ports.
    pub ports: PortSet,
    /// Line in the file.
    pub line: u32,
    /// The line.
    pub text: String,
}

/// A group of routers that share virtual addresses. Which of them is active is a state (D2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redundancy {
    /// HSRP; else VRRP.
    pub hsrp: bool,
    /// Number of the group.
    pub group: u32,
    /// Its virtual addresses, of both families.
    pub addrs: Vec<IpAddr>,
}

/// A list put on an interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Family.
    pub family: Family,
    /// Direction.
    pub direction: Direction,
    /// Index of the list in [`Device::acls`], or of the draft in [`Config::acls`].
    pub acl: usize,
    /// Line; 0 if not read from text.
    pub line: u32,
}

/// Where a route sends packets.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NextHop {
    /// To an address (resolved recursively).
    Via(IpAddr),
    /// To an address on a given interface, or onto it as if connected.
    Interface(String, Option<IpAddr>),
    /// Dropped.
    Null,
}

/// A static route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// VRF; empty for the global table.
    pub vrf: String,
    /// Destination.
    pub prefix: IpNet,
    /// Next hop.
    pub via: NextHop,
    /// Administrative distance; the lowest wins.
    pub distance: u8,
    /// Depends on tracking or the like: a state (D31).
    pub conditional: bool,
    /// Line; 0 if not read from text.
    pub line: u32,
}

/// Class of an unmodelled effect (D23).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EffectClass {
    /// May drop.
    Narrows,
    /// May send elsewhere.
    Redirects,
    /// May rewrite.
    Rewrites,
}

/// Where an effect acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One interface (index into [`Device::interfaces`]), in one direction or both.
    Interface(usize, Option<Direction>),
    /// A VRF.
    Vrf(String),
    /// The device.
    Device,
    /// Packets to its own addresses, behind the in-list (D19): of this protocol, to this port; `None` is any.
    Own(Option<u8>, Option<u16>),
}

/// A line whose effect on packets is not modelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// What it may do.
    pub class: EffectClass,
    /// Where.
    pub scope: Scope,
    /// Line in the file.
    pub line: u32,
    /// The line, secrets masked.
    pub text: String,
}

/// A line that was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Line in the file.
    pub line: u32,
    /// The line, secrets masked, control characters replaced.
    pub text: String,
    /// What is the matter.
    pub why: Text,
}

/// What is to be written for one switch.
#[derive(Clone, Debug)]
pub struct Config {
    /// Host name.
    pub hostname: String,
    /// Model.
    pub model: Option<String>,
    /// Dialect options of the policy (`flow-detection-mode` ...).
    pub options: BTreeMap<String, String>,
    /// VLAN interfaces with addresses, relays and bindings (to `acls`).
    pub interfaces: Vec<Interface>,
    /// Static routes.
    pub routes: Vec<Route>,
    /// Lists.
    pub acls: Vec<Draft>,
}
