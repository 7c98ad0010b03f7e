//! VLAN interfaces and addresses -> places: zones, hosts, externals, switches, each with a name.

use super::Captured;
use crate::device::{Interface, InterfaceKind, NextHop};
use crate::net::{AddrRanges, Family};
use ipnet::IpNet;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

/// A VLAN as a zone.
#[derive(Clone, Debug, Default)]
pub(super) struct Zone {
    /// As printed.
    pub(super) name: String,
    /// Without host bits.
    pub(super) prefixes: BTreeSet<IpNet>,
    /// DHCP relays of its interfaces.
    pub(super) helpers: BTreeSet<Ipv4Addr>,
    /// Addresses that entries name, with the name and the remarks next to them.
    pub(super) hosts: BTreeMap<Part, Host>,
}

impl Zone {
    pub(super) fn addrs(&self, family: Family) -> AddrRanges {
        AddrRanges::prefixes(family, &self.prefixes)
    }
}

/// Addresses of one family, in order.
pub(super) type Part = Vec<IpNet>;

/// A host to be.
#[derive(Clone, Debug, Default)]
pub(super) struct Host {
    pub(super) name: String,
    pub(super) remarks: BTreeSet<String>,
}

/// What lies behind a next hop that is none of the devices.
#[derive(Clone, Debug)]
pub(super) struct External {
    pub(super) name: String,
    pub(super) host: String,
    pub(super) vlan: u16,
    pub(super) hops: BTreeSet<IpAddr>,
    /// `None`: the default route, all addresses in no other place.
    pub(super) prefixes: Option<BTreeSet<IpNet>>,
}

/// Everything that can be named.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    pub(super) zones: BTreeMap<u16, Zone>,
    pub(super) externals: Vec<External>,
    /// Own addresses by device.
    pub(super) own: Vec<(String, BTreeSet<IpAddr>)>,
}

impl Places {
    /// Of some devices. Interfaces that are no VLAN are not in the language: they are listed by the caller.
    pub(super) fn of(all: &[Captured]) -> Places {
        let mut places = Places::default();
        for captured in all {
            let interfaces = &captured.device.interfaces;
            let own = interfaces.iter().flat_map(|i| {
                let virtuals = i.virtuals.iter().copied();
                i.addrs.iter().map(IpNet::addr).chain(virtuals)
            });
            places.own.push((captured.name.clone(), own.collect()));
            for interface in interfaces {
                places.zone(captured, interface);
            }
        }
        for captured in all {
            places.externals(captured);
        }
        places
    }

    fn zone(&mut self, captured: &Captured, interface: &Interface) {
        let InterfaceKind::Svi(vlan) = interface.kind else {
            return;
        };
        let routed = |net: &&IpNet| !crate::topo::link_local_source(net.addr());
        let nets: Vec<IpNet> = interface
            .addrs
            .iter()
            .filter(routed)
            .map(IpNet::trunc)
            .collect();
        if nets.is_empty() {
            return;
        }
        let taken: BTreeSet<String> = self.zones.values().map(|z| z.name.clone()).collect();
        let zone = self.zones.entry(vlan).or_default();
        zone.prefixes.extend(nets);
        zone.helpers.extend(&interface.helpers);
        let named = captured
            .vlans
            .get(&vlan)
            .filter(|name| !taken.contains(*name));
        if zone.name.is_empty() || zone.name == plain(vlan) {
            zone.name = named.cloned().unwrap_or_else(|| plain(vlan));
        }
    }

    /// The zone that holds an address.
    pub(super) fn zone_of(&self, addr: IpAddr) -> Option<u16> {
        let holds = |zone: &Zone| zone.prefixes.iter().any(|net| net.contains(&addr));
        let found = self.zones.iter().find(|(_, zone)| holds(zone));
        found.map(|(vlan, _)| *vlan)
    }

    /// The device that owns an address.
    pub(super) fn owner(&self, addr: IpAddr) -> Option<&str> {
        let found = self.own.iter().find(|(_, own)| own.contains(&addr));
        found.map(|(name, _)| name.as_str())
    }

    fn externals(&mut self, captured: &Captured) {
        for route in &captured.device.routes {
            let (NextHop::Via(hop) | NextHop::Interface(_, Some(hop))) = route.via else {
                continue;
            };
            let Some(vlan) = self.zone_of(hop).filter(|_| self.owner(hop).is_none()) else {
                continue;
            };
            let default = route.prefix.prefix_len() == 0;
            let overlaps = |net: &IpNet| net.contains(&route.prefix) || route.prefix.contains(net);
            // What a list may name by itself is an external of its own; prefixes in each other are one.
            let same = |e: &&mut External| match &e.prefixes {
                None => default && e.vlan == vlan,
                Some(_) if default => false,
                Some(all) => {
                    let shared = e.hops.contains(&hop) && all.iter().any(overlaps);
                    e.vlan == vlan && (shared || all.contains(&route.prefix))
                }
            };
            match self.externals.iter_mut().find(same) {
                Some(external) => {
                    external.hops.insert(hop);
                    external
                        .prefixes
                        .as_mut()
                        .map(|all| all.insert(route.prefix));
                }
                None => self.externals.push(External {
                    name: match default {
                        true => format!("OUT_{}", label(&hop.to_string())),
                        false => format!("OUT_{}", label(&route.prefix.to_string())),
                    },
                    host: format!("GW_{}", label(&hop.to_string())),
                    vlan,
                    hops: BTreeSet::from([hop]),
                    prefixes: (!default).then(|| BTreeSet::from([route.prefix])),
                }),
            }
        }
        // One name is one set of addresses.
        let mut seen: BTreeMap<String, BTreeSet<IpAddr>> = BTreeMap::new();
        let mut names = BTreeSet::new();
        for external in &mut self.externals {
            while !names.insert(external.name.clone()) {
                external.name.push_str("_P");
            }
            while *seen
                .entry(external.host.clone())
                .or_insert_with(|| external.hops.clone())
                != external.hops
            {
                external.host.push_str("_P");
            }
        }
    }

    /// Addresses of an external: what it was given, or all others.
    pub(super) fn outside(&self, external: &External, family: Family) -> AddrRanges {
        if let Some(prefixes) = &external.prefixes {
            return AddrRanges::prefixes(family, prefixes);
        }
        if !external.hops.iter().any(|hop| Family::of(*hop) == family) {
            return AddrRanges::none(family);
        }
        let zones = self.zones.values().flat_map(|zone| &zone.prefixes);
        let others = self.externals.iter().filter_map(|e| e.prefixes.as_ref());
        let named: Vec<IpNet> = zones.chain(others.flatten()).copied().collect();
        AddrRanges::any(family).minus(&AddrRanges::prefixes(family, &named))
    }

    /// The name of addresses of a zone: the zone if they are all it has in the family and nobody asks for one family, else
    /// a host, which is made if need be.
    pub(super) fn host(&mut self, vlan: u16, part: &AddrRanges, remark: Option<&String>) -> String {
        let Some(zone) = self.zones.get_mut(&vlan) else {
            return plain(vlan);
        };
        let nets = part.to_prefixes();
        let first = nets.first().map(|net| label(&net.to_string()));
        let name = first.unwrap_or_default();
        let name = match nets.len() {
            1 => format!("H_{name}"),
            more => format!("H_{name}_and_{}", more - 1),
        };
        let host = zone.hosts.entry(nets).or_default();
        host.name = name;
        host.remarks.extend(remark.cloned());
        host.name.clone()
    }
}

/// The name of a VLAN without one.
pub(super) fn plain(vlan: u16) -> String {
    format!("V{vlan}")
}

/// An address or prefix as part of a name.
fn label(addr: &str) -> String {
    let addr = addr.strip_suffix("/32").unwrap_or(addr);
    let addr = addr.strip_suffix("/128").unwrap_or(addr);
    let part = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let all: String = addr.chars().map(part).collect();
    all.trim_end_matches('_').to_owned()
}
