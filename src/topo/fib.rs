//! The forwarding table of one VRF: longest prefix first, next hops resolved (D31).

use super::{Topo, interface_addrs, link_local_source};
use crate::device::{InterfaceKind, NextHop, Route};
use crate::net::{AddrRanges, Family};
use ipnet::IpNet;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Where a packet goes from here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// Out of a port, to the destination itself.
    Connected(usize),
    /// Out of a port, to another address on its link.
    Via(usize, IpAddr),
    /// Dropped.
    Null,
}

/// All packets of some destinations, and where they may go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FibEntry {
    /// Destinations, longer prefixes already taken out.
    pub dst: AddrRanges,
    /// The prefix of the route.
    pub prefix: IpNet,
    /// Several are a state (D2): equal cost, or a route that depends on tracking.
    pub targets: Vec<Target>,
    /// Line of the route; `None` for connected ones.
    pub line: Option<u32>,
}

/// The entries, longest prefix first; together with the rest (no route: dropped) they cover everything once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fib {
    /// Entries.
    pub entries: Vec<FibEntry>,
}

/// Rounds in which next hops are resolved through other static routes.
const MOST_ROUNDS: usize = 64;

/// Targets, line, and whether every route to the prefix may be withdrawn (tracking).
type Row = (Vec<Target>, Option<u32>, bool);
type Table = BTreeMap<IpNet, Row>;

impl Topo {
    /// The table of a device's VRF for one family.
    #[must_use]
    pub fn fib(&self, device: usize, vrf: &str, family: Family) -> Fib {
        let mut table: Table = self.connected(device, vrf, family);
        let routes = &self.devices[device].device.routes;
        let mut by_prefix: BTreeMap<IpNet, Vec<&Route>> = BTreeMap::new();
        for route in routes
            .iter()
            .filter(|r| r.vrf == vrf && Family::of_net(&r.prefix) == family)
        {
            by_prefix
                .entry(route.prefix.trunc())
                .or_default()
                .push(route);
        }
        // A next hop may be resolved through another static route: each round settles one more of a chain.
        let mut statics: Table = BTreeMap::new();
        let mut settled = false;
        for _ in 0..MOST_ROUNDS {
            let mut next = BTreeMap::new();
            for (prefix, routes) in &by_prefix {
                if let Some(found) = self.best(device, vrf, routes, &table, &statics) {
                    next.insert(*prefix, found);
                }
            }
            settled = next == statics;
            if settled {
                break;
            }
            statics = next;
        }
        if !settled {
            // Routes that lean on each other in a circle, or in a chain nobody writes: where they lead is left open.
            let anywhere = self.anywhere(device, vrf, family);
            for prefix in by_prefix.keys() {
                statics.insert(*prefix, (anywhere.clone(), None, false));
            }
        }
        for (prefix, found) in statics {
            table.entry(prefix).or_insert(found);
        }
        Fib {
            entries: cut(table, family),
        }
    }

    /// Out of every port of a VRF, or nowhere.
    fn anywhere(&self, device: usize, vrf: &str, family: Family) -> Vec<Target> {
        let ports = self.ports.iter().enumerate();
        let mine = ports.filter(|(port, p)| {
            let interface = self.interface(*port);
            p.device == device && interface.vrf == vrf && interface.carries(family)
        });
        mine.map(|(port, _)| Target::Connected(port))
            .chain([Target::Null])
            .collect()
    }

    fn connected(&self, device: usize, vrf: &str, family: Family) -> Table {
        let mut table = Table::new();
        for (port, p) in self
            .ports
            .iter()
            .enumerate()
            .filter(|(_, p)| p.device == device)
        {
            let interface = &self.devices[device].device.interfaces[p.interface];
            if interface.vrf != vrf || !interface.carries(family) {
                continue;
            }
            for net in interface
                .addrs
                .iter()
                .filter(|net| Family::of_net(net) == family)
            {
                table
                    .entry(net.trunc())
                    .or_default()
                    .0
                    .push(Target::Connected(port));
            }
        }
        for net in self.linkless(device, vrf, family) {
            let row = (vec![Target::Null], None, true);
            table.entry(net.trunc()).or_insert(row);
        }
        table
    }

    /// The subnets of interfaces without a link (loopback, management port): what is for another address there ends, or
    /// goes on as if the subnet were not there, where an interface of this kind has its own address only.
    fn linkless(&self, device: usize, vrf: &str, family: Family) -> impl Iterator<Item = &IpNet> {
        let faces = self.devices[device].device.interfaces.iter();
        let linkless = faces.filter(move |face| {
            matches!(
                face.kind,
                InterfaceKind::Loopback | InterfaceKind::Management
            ) && face.vrf == vrf
                && face.carries(family)
        });
        linkless.flat_map(|face| &face.addrs).filter(move |net| {
            Family::of_net(net) == family && net.prefix_len() < net.max_prefix_len()
        })
    }

    /// The targets of the best routes to one prefix: lowest distance, equal ones together; while the best depend on
    /// tracking, the next best may be in use as well.
    fn best(
        &self,
        device: usize,
        vrf: &str,
        routes: &[&Route],
        connected: &Table,
        statics: &Table,
    ) -> Option<Row> {
        let mut order: Vec<&&Route> = routes.iter().collect();
        order.sort_by_key(|route| route.distance);
        let mut targets = Vec::new();
        let mut line = None;
        let mut settled_at = None;
        for route in order {
            if settled_at.is_some_and(|distance| route.distance > distance) {
                break;
            }
            let resolved = self.resolve(device, vrf, &route.via, route.prefix, connected, statics);
            if resolved.is_empty() {
                continue;
            }
            line = line.or(Some(route.line));
            targets.extend(resolved);
            if !route.conditional {
                settled_at = Some(route.distance);
            }
        }
        targets.sort();
        targets.dedup();
        if targets.is_empty() {
            None
        } else {
            Some((targets, line, settled_at.is_none()))
        }
    }

    /// Whether an address is configured on the device itself. A link-local one is known on its link only: on another
    /// interface it is somebody else's.
    fn configured(&self, device: usize, vrf: &str, name: &str, addr: IpAddr) -> bool {
        let anywhere = !link_local_source(addr);
        self.devices[device]
            .device
            .interfaces
            .iter()
            .filter(|interface| interface.vrf == vrf && (anywhere || interface.name == name))
            .any(|interface| interface_addrs(interface, Family::of(addr)).contains(addr))
    }

    fn resolve(
        &self,
        device: usize,
        vrf: &str,
        via: &NextHop,
        prefix: IpNet,
        connected: &Table,
        statics: &Table,
    ) -> Vec<Target> {
        match via {
            NextHop::Null => vec![Target::Null],
            // A router's own address is no next hop.
            NextHop::Interface(name, Some(addr)) if self.configured(device, vrf, name, *addr) => {
                Vec::new()
            }
            NextHop::Interface(name, addr) => self
                .ports
                .iter()
                .enumerate()
                .filter(|(_, p)| p.device == device)
                .filter(|(_, p)| {
                    let interface = &self.devices[device].device.interfaces[p.interface];
                    interface.name == *name
                        && interface.vrf == vrf
                        && interface.carries(Family::of_net(&prefix))
                })
                .map(|(port, _)| {
                    addr.map_or(Target::Connected(port), |addr| Target::Via(port, addr))
                })
                .collect(),
            NextHop::Via(addr) => {
                let own = self.own(device, vrf, Family::of(*addr));
                if own.contains(*addr) {
                    return Vec::new();
                }
                let lookup = |table: &Table| {
                    table
                        .iter()
                        .filter(|(net, _)| net.contains(addr) && **net != prefix)
                        .max_by_key(|(net, _)| net.prefix_len())
                        .map(|(net, (targets, ..))| (net.prefix_len(), targets.clone()))
                };
                let (near, far) = (lookup(connected), lookup(statics));
                match (near, far) {
                    (Some((a, targets)), far) if far.as_ref().is_none_or(|(b, _)| a >= *b) => {
                        targets
                            .into_iter()
                            .map(|target| match target {
                                Target::Connected(port) => Target::Via(port, *addr),
                                other => other,
                            })
                            .collect()
                    }
                    (_, Some((_, targets))) => targets,
                    _ => Vec::new(),
                }
            }
        }
    }
}

/// Gives routes that may be withdrawn what then takes their place: the next shorter prefix, or nothing (a state, D31).
fn fall_back(rows: &mut [(IpNet, Row)]) {
    // Longest first, so what a row falls back to stands behind it and is settled already.
    for at in (0..rows.len()).rev() {
        let (head, shorter) = rows.split_at_mut(at + 1);
        let Some((prefix, (targets, _, true))) = head.last_mut() else {
            continue;
        };
        match shorter.iter().find(|(net, _)| net.contains(&*prefix)) {
            Some((_, (others, ..))) => targets.extend(others.iter().cloned()),
            None => targets.push(Target::Null),
        }
        targets.sort();
        targets.dedup();
    }
}

/// Takes longer prefixes out of shorter ones.
fn cut(table: Table, family: Family) -> Vec<FibEntry> {
    let mut rows: Vec<(IpNet, Row)> = table.into_iter().collect();
    rows.sort_by_key(|(net, _)| std::cmp::Reverse(net.prefix_len()));
    fall_back(&mut rows);
    let mut taken = AddrRanges::none(family);
    let mut entries = Vec::with_capacity(rows.len());
    for (prefix, (targets, line, _)) in rows {
        let all = AddrRanges::prefix(prefix);
        let dst = all.minus(&taken);
        taken = taken.union(&all);
        if !dst.is_empty() {
            entries.push(FibEntry {
                dst,
                prefix,
                targets,
                line,
            });
        }
    }
    entries
}
