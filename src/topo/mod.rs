//! Devices, links, and the ports between them (D24).
//!
//! In: devices as read from text. Out: which interfaces share a link, which addresses a device owns (D19), and its
//! forwarding tables (D31). Must not know: zones, packet sets.

mod fib;

pub use fib::{Fib, FibEntry, Target};

use crate::acl::Known;
use crate::device::{Device, EffectClass, Interface, InterfaceKind, Scope};
use crate::net::{AddrRanges, Family};
use ipnet::IpNet;
use petgraph::unionfind::UnionFind;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

/// The last VLAN (IEEE 802.1Q). Higher numbers stand for ports that lead out of the network.
pub const MOST_VLAN: u16 = 4094;

/// What identifies a link.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkKey {
    /// One VLAN across all switches (printed assumption).
    Vlan(u16),
    /// A routed port, or several with overlapping subnets; device and interface of the first.
    Routed(String, String),
}

/// A link and the layer-3 interfaces on it.
#[derive(Clone, Debug)]
pub struct Link {
    /// Identity.
    pub key: LinkKey,
    /// Ports on it, by device order.
    pub ports: Vec<usize>,
}

/// A layer-3 interface on a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Port {
    /// Index into [`Topo::devices`].
    pub device: usize,
    /// Index into its interfaces.
    pub interface: usize,
    /// Index into [`Topo::links`].
    pub link: usize,
}

/// A device with the name it is known by (the policy's, or its file's).
#[derive(Clone, Debug)]
pub struct Named {
    /// Name.
    pub name: String,
    /// What was read.
    pub device: Device,
}

/// The network of some devices.
#[derive(Clone, Debug)]
pub struct Topo {
    /// The devices.
    pub devices: Vec<Arc<Named>>,
    /// The links, ascending by key: VLANs first.
    pub links: Vec<Link>,
    /// The ports.
    pub ports: Vec<Port>,
    /// Per link: a number that two links share if a chain of devices and links joins them.
    parts: Vec<usize>,
}

/// Joins devices to a network. VLANs named by `vlans` exist as links even if no device has an interface there.
#[must_use]
pub fn build(devices: Vec<Arc<Named>>, vlans: impl IntoIterator<Item = u16>) -> Topo {
    let mut keys: BTreeMap<LinkKey, Vec<(usize, usize)>> = vlans
        .into_iter()
        .map(|vlan| (LinkKey::Vlan(vlan), Vec::new()))
        .collect();
    for (d, named) in devices.iter().enumerate() {
        for (i, interface) in named.device.interfaces.iter().enumerate() {
            match interface.kind {
                InterfaceKind::Svi(vlan) => {
                    keys.entry(LinkKey::Vlan(vlan)).or_default().push((d, i))
                }
                InterfaceKind::Routed => {
                    let mut shared = shared_routed(&keys, &devices, interface).into_iter();
                    let alone = || LinkKey::Routed(named.name.clone(), interface.name.clone());
                    let key = shared.next().unwrap_or_else(alone);
                    // An interface with several subnets may be what joins two links.
                    let others: Vec<_> = shared.filter_map(|key| keys.remove(&key)).collect();
                    let members = keys.entry(key).or_default();
                    members.extend(others.into_iter().flatten().chain([(d, i)]));
                    members.sort_unstable();
                }
                InterfaceKind::Loopback | InterfaceKind::Management => {}
            }
        }
    }
    let mut topo = Topo {
        devices,
        links: Vec::new(),
        ports: Vec::new(),
        parts: Vec::new(),
    };
    for (key, members) in keys {
        let link = topo.links.len();
        let ports = members.into_iter().map(|(device, interface)| {
            topo.ports.push(Port {
                device,
                interface,
                link,
            });
            topo.ports.len() - 1
        });
        let ports = ports.collect();
        topo.links.push(Link { key, ports });
    }
    topo.parts = parts(&topo);
    topo
}

fn parts(topo: &Topo) -> Vec<usize> {
    let mut joined = UnionFind::new(topo.devices.len() + topo.links.len());
    for port in &topo.ports {
        joined.union(port.device, topo.devices.len() + port.link);
    }
    let links = topo.devices.len()..topo.devices.len() + topo.links.len();
    links.map(|node| joined.find(node)).collect()
}

/// The links of routed ports that already have a member whose subnet overlaps this interface's.
fn shared_routed(
    keys: &BTreeMap<LinkKey, Vec<(usize, usize)>>,
    devices: &[Arc<Named>],
    interface: &Interface,
) -> Vec<LinkKey> {
    keys.iter()
        .filter(|(key, members)| {
            matches!(key, LinkKey::Routed(..))
                && members.iter().any(|&(d, i)| {
                    let other = &devices[d].device.interfaces[i];
                    other.addrs.iter().any(|net| meets(interface, net))
                })
        })
        .map(|(key, _)| key.clone())
        .collect()
}

/// Whether a subnet of an interface and a prefix have an address in common.
#[must_use]
pub fn meets(interface: &Interface, net: &IpNet) -> bool {
    let overlap = |own: &IpNet| own.contains(&net.trunc()) || net.contains(&own.trunc());
    interface.addrs.iter().any(overlap)
}

impl Topo {
    /// The device of a port.
    #[must_use]
    pub fn device(&self, port: usize) -> &Device {
        &self.devices[self.ports[port].device].device
    }

    /// The name of the device of a port.
    #[must_use]
    pub fn device_name(&self, port: usize) -> &str {
        &self.devices[self.ports[port].device].name
    }

    /// The interface of a port.
    #[must_use]
    pub fn interface(&self, port: usize) -> &Interface {
        &self.device(port).interfaces[self.ports[port].interface]
    }

    /// The link of a VLAN.
    #[must_use]
    pub fn vlan(&self, vlan: u16) -> Option<usize> {
        let key = LinkKey::Vlan(vlan);
        self.links.binary_search_by(|link| link.key.cmp(&key)).ok()
    }

    /// Whether it differs from another topology in lists and what is bound where at most: then links, ports and devices
    /// have the same numbers.
    #[must_use]
    pub fn same_frame(&self, other: &Topo) -> bool {
        let keys = |topo: &Topo| {
            topo.links
                .iter()
                .map(|link| &link.key)
                .eq(self.links.iter().map(|link| &link.key))
        };
        let same = |(a, b): (&Arc<Named>, &Arc<Named>)| {
            Arc::ptr_eq(a, b) || (a.name == b.name && a.device.same_frame(&b.device))
        };
        keys(other)
            && self.devices.len() == other.devices.len()
            && self.devices.iter().zip(&other.devices).all(same)
    }

    /// How a link is printed.
    #[must_use]
    pub fn link_name(&self, link: usize) -> String {
        match &self.links[link].key {
            LinkKey::Vlan(vlan) if *vlan > MOST_VLAN => {
                let mut ports = self.links[link].ports.iter();
                let port = ports
                    .next()
                    .map(|&port| (self.device_name(port), self.interface(port)));
                port.map_or_else(String::new, |(device, port)| {
                    format!("{device} {}", port.name)
                })
            }
            LinkKey::Vlan(vlan) => format!("VLAN {vlan}"),
            LinkKey::Routed(device, interface) => format!("{device} {interface}"),
        }
    }

    /// The ports of a link that carry a family. A device that routes nothing still takes what is for itself (D19).
    pub fn ports_of(&self, link: usize, family: Family) -> impl Iterator<Item = usize> + '_ {
        let ports = self.links[link].ports.iter().copied();
        ports.filter(move |&port| self.interface(port).carries(family))
    }

    /// Those of them whose device routes the family, as far as is possible: the ways off the link.
    pub fn routers_of(&self, link: usize, family: Family) -> impl Iterator<Item = usize> + '_ {
        let ports = self.ports_of(link, family);
        ports.filter(move |&port| self.device(port).forwards.of(family).may())
    }

    /// The own unicast addresses of a device in a VRF (D19): every interface's, up or not, virtual ones too; for IPv6
    /// every link-local destination.
    #[must_use]
    pub fn own(&self, device: usize, vrf: &str, family: Family) -> AddrRanges {
        let mut own = match family {
            Family::V4 => AddrRanges::none(family),
            Family::V6 => AddrRanges::prefixes(family, &[IpNet::V6(LINK_LOCAL_V6)]),
        };
        for interface in self.devices[device]
            .device
            .interfaces
            .iter()
            .filter(|i| i.vrf == vrf)
        {
            own = own.union(&interface_addrs(interface, family));
        }
        own
    }

    /// The own addresses of a device in a VRF that may be somebody else's for now (D2): virtual ones that another router on
    /// the link has as well, while that one is active; and those of an interface that is down, for which some answer and
    /// others look up a route.
    #[must_use]
    pub fn shared(&self, device: usize, vrf: &str, family: Family) -> AddrRanges {
        let (mut shared, mut fixed) = (AddrRanges::none(family), unrouted_sources(family));
        let faces = &self.devices[device].device.interfaces;
        for interface in faces.iter().filter(|face| face.vrf == vrf) {
            match interface.shutdown {
                true => shared = shared.union(&interface_addrs(interface, family)),
                false => fixed = fixed.union(&own_addrs(interface, family)),
            }
        }
        let ports = self.ports.iter().enumerate();
        for (port, at) in ports.filter(|(_, at)| at.device == device) {
            let interface = self.interface(port);
            if interface.vrf != vrf {
                continue;
            }
            let elsewhere = |addr: &&IpAddr| {
                let mut owners = self.owners(at.link, **addr);
                owners.any(|owner| self.ports[owner].device != device)
            };
            let virtuals = interface.virtuals.iter().filter(elsewhere);
            let nets: Vec<IpNet> = virtuals.copied().map(IpNet::from).collect();
            shared = shared.union(&AddrRanges::prefixes(family, &nets));
        }
        shared.minus(&fixed)
    }

    /// The VRFs in which a device has interfaces, be it a loopback alone, and the global table.
    #[must_use]
    pub fn vrfs(&self, device: usize) -> std::collections::BTreeSet<&str> {
        let faces = self.devices[device].device.interfaces.iter();
        faces.map(|face| face.vrf.as_str()).chain([""]).collect()
    }

    /// The ports on a link whose interface has an address, virtual ones too.
    pub fn owners(&self, link: usize, addr: IpAddr) -> impl Iterator<Item = usize> + '_ {
        self.ports_of(link, Family::of(addr)).filter(move |&port| {
            let interface = self.interface(port);
            interface.addrs.iter().any(|net| net.addr() == addr)
                || interface.virtuals.contains(&addr)
        })
    }

    /// Whether a device may send packets of a VRF where its table does not say: dynamic routing, or an effect of class
    /// R or X (D23, D31).
    #[must_use]
    pub fn strays(&self, device: usize, vrf: &str, family: Family) -> bool {
        let device = &self.devices[device].device;
        device.learns(vrf, family)
            || device
                .effects
                .iter()
                .any(|effect| effect.class != EffectClass::Narrows)
    }

    /// Whether a device may send packets where neither its tables nor its VRFs say (class R: policy routing, directed
    /// broadcast, multicast routing, leaks).
    #[must_use]
    pub fn redirects(&self, device: usize) -> bool {
        let effects = &self.devices[device].device.effects;
        effects.iter().any(|e| e.class == EffectClass::Redirects)
    }

    /// Whether something that is not modelled may keep hosts of a link apart (D25): a filter that acts on the VLAN, not on
    /// what is routed there.
    #[must_use]
    pub fn may_separate(&self, link: usize) -> bool {
        let on_link = |device: usize, interface: usize| {
            let ports = self.links[link].ports.iter().map(|&port| self.ports[port]);
            ports
                .into_iter()
                .any(|p| (p.device, p.interface) == (device, interface))
        };
        self.devices.iter().enumerate().any(|(device, named)| {
            named.device.effects.iter().any(|effect| {
                effect.class == EffectClass::Narrows
                    && match effect.scope {
                        Scope::Device => true,
                        Scope::Interface(interface, None) => on_link(device, interface),
                        Scope::Interface(_, Some(_)) | Scope::Vrf(_) | Scope::Own(..) => false,
                    }
            })
        })
    }

    /// The routers on a link that may answer for an address that is not on it (proxy ARP): a question to each.
    pub fn proxies(
        &self,
        link: usize,
        out: usize,
        dst: IpAddr,
    ) -> impl Iterator<Item = usize> + '_ {
        self.ports_of(link, Family::of(dst)).filter(move |&port| {
            port != out && !subnets(self.interface(port), Family::of(dst)).contains(dst)
        })
    }

    /// Whether a device may send out changed packets (class X).
    #[must_use]
    pub fn rewrites(&self, device: usize) -> bool {
        self.devices[device]
            .device
            .effects
            .iter()
            .any(|effect| effect.class == EffectClass::Rewrites)
    }

    /// Whether any chain of devices and links joins two links, whatever their lists and routes say.
    #[must_use]
    pub fn joined(&self, a: usize, b: usize) -> bool {
        self.parts[a] == self.parts[b]
    }

    /// Whether a family is forwarded by a device.
    #[must_use]
    pub fn forwards(&self, device: usize, family: Family) -> &Known {
        self.devices[device].device.forwards.of(family)
    }
}

/// fe80::/10.
pub const LINK_LOCAL_V6: ipnet::Ipv6Net =
    ipnet::Ipv6Net::new_assert(std::net::Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10);

/// The subnets of an interface.
#[must_use]
pub fn subnets(interface: &Interface, family: Family) -> AddrRanges {
    AddrRanges::prefixes(family, &interface.addrs)
}

/// Addresses of an interface, virtual ones too.
#[must_use]
pub fn interface_addrs(interface: &Interface, family: Family) -> AddrRanges {
    let virtuals = interface.virtuals.iter().copied().map(IpNet::from);
    let virtuals: Vec<IpNet> = virtuals.collect();
    own_addrs(interface, family).union(&AddrRanges::prefixes(family, &virtuals))
}

/// Addresses of an interface without virtual ones.
fn own_addrs(interface: &Interface, family: Family) -> AddrRanges {
    let nets = interface.addrs.iter().map(|net| net.addr().into());
    AddrRanges::prefixes(family, &nets.collect::<Vec<IpNet>>())
}

/// Sources that are never routed (D33): link-local ones in IPv6.
#[must_use]
pub fn unrouted_sources(family: Family) -> AddrRanges {
    match family {
        Family::V4 => AddrRanges::none(family),
        Family::V6 => AddrRanges::prefixes(family, &[IpNet::V6(LINK_LOCAL_V6)]),
    }
}

/// Whether packets of a source are never routed (D33).
#[must_use]
pub fn link_local_source(src: IpAddr) -> bool {
    matches!(src, IpAddr::V6(addr) if LINK_LOCAL_V6.contains(&addr))
}

/// Destinations that are never routed (D33): multicast, limited broadcast, the broadcast addresses of the device's own
/// subnets, as far as their interface is up; for IPv6 multicast. Link-local destinations are own addresses (D19).
#[must_use]
pub fn not_routed(device: &Device, vrf: &str, family: Family) -> AddrRanges {
    match family {
        Family::V6 => AddrRanges::prefixes(family, &[net("ff00::/8")]),
        Family::V4 => {
            let subnets = device
                .interfaces
                .iter()
                .filter(|i| i.vrf == vrf && !i.shutdown)
                .flat_map(|i| &i.addrs);
            let broadcasts = subnets.filter(|net| net.prefix_len() < 31 && net.addr().is_ipv4());
            let mut nets: Vec<IpNet> = broadcasts.map(|net| IpNet::from(net.broadcast())).collect();
            nets.extend([net("224.0.0.0/4"), net("255.255.255.255/32")]);
            AddrRanges::prefixes(family, &nets)
        }
    }
}

fn net(text: &str) -> IpNet {
    text.parse().expect("a constant prefix")
}
