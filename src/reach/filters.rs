//! The packet sets a topology is made of: what each interface lets in and out, what each device owns, its routes.

use crate::acl::{Direction, Known};
use crate::device::{EffectClass, Scope};
use crate::net::{AddrRanges, Family, Match};
use crate::pset::{Bounds, PacketSet, Space};
use crate::topo::{LINK_LOCAL_V6, Target, Topo, interface_addrs, not_routed, subnets};
use std::collections::BTreeMap;

/// One family of a network, ready to be asked.
pub struct Net<'a> {
    pub(super) topo: &'a Topo,
    pub(super) family: Family,
    pub(super) space: &'a Space,
    /// Per port: what its list, or the absence of one, lets in.
    pub(super) inward: Vec<Bounds>,
    /// Per port: what its list lets out.
    pub(super) outward: Vec<Bounds>,
    /// Per port: packets to the addresses of its interface, virtual ones too.
    pub(super) addressed: Vec<PacketSet>,
    /// Per port: packets to its subnets.
    pub(super) near: Vec<PacketSet>,
    /// Per port: its device's table in its VRF.
    tables: BTreeMap<(usize, String), Table>,
}

/// What a device does with destinations in one VRF.
pub(super) struct Table {
    /// Own addresses.
    pub(super) own: PacketSet,
    /// Destinations, and in IPv6 sources, that are not routed (D33).
    pub(super) unrouted: PacketSet,
    /// Sources that are not routed even where an effect sends destinations on that are not.
    pub(super) stuck: PacketSet,
    /// Destinations and their targets, disjoint.
    pub(super) routes: Vec<(PacketSet, Vec<Target>)>,
}

impl<'a> Net<'a> {
    /// Computes the sets of one family. Identical lists are analysed once.
    #[must_use]
    pub fn new(topo: &'a Topo, family: Family, space: &'a Space) -> Net<'a> {
        let mut cache: BTreeMap<(usize, usize), Bounds> = BTreeMap::new();
        let mut side = |direction| -> Vec<Bounds> {
            (0..topo.ports.len())
                .map(|port| filter(topo, family, space, port, direction, &mut cache))
                .collect()
        };
        let addressed = (0..topo.ports.len())
            .map(|port| to_addrs(space, &interface_addrs(topo.interface(port), family)))
            .collect();
        let near = (0..topo.ports.len())
            .map(|port| to_addrs(space, &subnets(topo.interface(port), family)))
            .collect();
        let inward = side(Direction::In);
        let outward = side(Direction::Out);
        let mut tables = BTreeMap::new();
        for port in 0..topo.ports.len() {
            let device = topo.ports[port].device;
            let vrf = topo.interface(port).vrf.clone();
            tables
                .entry((device, vrf.clone()))
                .or_insert_with(|| table(topo, family, space, device, &vrf));
        }
        for device in 0..topo.devices.len() {
            tables
                .entry((device, String::new()))
                .or_insert_with(|| table(topo, family, space, device, ""));
        }
        Net {
            topo,
            family,
            space,
            inward,
            outward,
            addressed,
            near,
            tables,
        }
    }

    /// The topology.
    #[must_use]
    pub fn topo(&self) -> &'a Topo {
        self.topo
    }

    /// The family.
    #[must_use]
    pub fn family(&self) -> Family {
        self.family
    }

    /// Whether every list and fact is settled, so that what may and what must get through are one.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        let exact = |all: &[Bounds]| all.iter().all(Bounds::is_exact);
        let known = |port: usize| {
            let device = self.topo.device(port);
            device.sees.to_switch.question().is_none()
                && device.sees.from_switch.question().is_none()
                && device.forwards.of(self.family).question().is_none()
                && device.effects.is_empty()
                && device.dynamic.is_empty()
        };
        exact(&self.inward) && exact(&self.outward) && (0..self.topo.ports.len()).all(known)
    }

    /// The arena the sets live in.
    #[must_use]
    pub fn space(&self) -> &'a Space {
        self.space
    }

    /// What a port lets in.
    #[must_use]
    pub fn inward(&self, port: usize) -> Bounds {
        self.inward[port]
    }

    pub(super) fn table(&self, port: usize) -> &Table {
        self.table_of(self.topo.ports[port].device, &self.topo.interface(port).vrf)
    }

    /// What of the device's own packets gets out of a port, if the fact says that its list sees them (D18, D20).
    #[must_use]
    pub fn sent(&self, port: usize, sees: &Known, packets: PacketSet) -> Bounds {
        asked(self.space, sees, self.outward[port], packets)
    }

    /// Own addresses of a device in all its VRFs.
    pub(super) fn own_anywhere(&self, device: usize) -> PacketSet {
        let mine = self.tables.iter().filter(|((d, _), _)| *d == device);
        mine.fold(self.space.empty(), |all, (_, table)| {
            self.space.union(all, table.own)
        })
    }

    pub(super) fn table_of(&self, device: usize, vrf: &str) -> &Table {
        self.tables
            .get(&(device, vrf.to_owned()))
            .expect("INVARIANT: every device's VRFs with ports have a table")
    }

    /// What is certain to get across a link past the switches on it whose lists may see bridged frames (D25); the
    /// sender's and the receiver's own port do not count.
    pub(super) fn across(
        &self,
        link: usize,
        sender: Option<usize>,
        receiver: Option<usize>,
    ) -> PacketSet {
        let mut pass = self.space.full();
        for &port in &self.topo.links[link].ports {
            if Some(port) == sender || Some(port) == receiver {
                continue;
            }
            let sees = &self.topo.device(port).sees;
            if sees.bridged_in.may() {
                pass = self.space.intersect(pass, self.inward[port].must);
            }
            if sees.bridged_out.may() {
                pass = self.space.intersect(pass, self.outward[port].must);
            }
        }
        pass
    }
}

/// All packets to some addresses.
pub(super) fn to_addrs(space: &Space, dst: &AddrRanges) -> PacketSet {
    let any = Match::any(dst.family());
    space.of_match(&Match {
        dst: dst.to_set(),
        ..any
    })
}

fn table(topo: &Topo, family: Family, space: &Space, device: usize, vrf: &str) -> Table {
    let own = to_addrs(space, &topo.own(device, vrf, family));
    let dst = not_routed(&topo.devices[device].device, vrf, family);
    let stuck = match family {
        Family::V4 => space.empty(),
        Family::V6 => space.of_match(&Match {
            src: AddrRanges::prefix(ipnet::IpNet::V6(LINK_LOCAL_V6)).to_set(),
            ..Match::any(family)
        }),
    };
    let unrouted = space.union(to_addrs(space, &dst), stuck);
    // Destinations that share their targets are one entry: most tables have far fewer next hops than prefixes.
    let mut grouped: BTreeMap<Vec<Target>, AddrRanges> = BTreeMap::new();
    for entry in topo.fib(device, vrf, family).entries {
        let all = grouped
            .entry(entry.targets)
            .or_insert_with(|| AddrRanges::none(family));
        *all = all.union(&entry.dst);
    }
    let routes = grouped
        .into_iter()
        .map(|(targets, dst)| (to_addrs(space, &dst), targets))
        .collect();
    Table {
        own,
        unrouted,
        stuck,
        routes,
    }
}

/// What a port lets through in one direction. No list: everything (D14). An effect that may drop: nothing is certain
/// (D23, N).
fn filter(
    topo: &Topo,
    family: Family,
    space: &Space,
    port: usize,
    direction: Direction,
    cache: &mut BTreeMap<(usize, usize), Bounds>,
) -> Bounds {
    let device = topo.device(port);
    let mut bounds = match topo.interface(port).binding(family, direction) {
        None => Bounds {
            must: space.full(),
            may: space.full(),
        },
        Some(binding) => {
            let key = (topo.ports[port].device, binding.acl);
            *cache
                .entry(key)
                .or_insert_with(|| space.permitted(&device.acls[binding.acl]))
        }
    };
    let here = |scope: &Scope| match scope {
        Scope::Interface(index, way) => {
            *index == topo.ports[port].interface && way.is_none_or(|way| way == direction)
        }
        Scope::Vrf(vrf) => *vrf == topo.interface(port).vrf,
        Scope::Device => true,
    };
    if device
        .effects
        .iter()
        .any(|e| e.class == EffectClass::Narrows && here(&e.scope))
    {
        bounds.must = space.empty();
    }
    bounds
}

/// What of `all` meets a filter: if the fact says it is asked, the filtered part; if not, everything; if that is open,
/// the filtered part for certain and everything perhaps.
pub(super) fn asked(space: &Space, fact: &Known, filter: Bounds, all: PacketSet) -> Bounds {
    let filtered = |set| space.intersect(all, set);
    match fact {
        Known::Yes => Bounds {
            must: filtered(filter.must),
            may: filtered(filter.may),
        },
        Known::No => Bounds {
            must: all,
            may: all,
        },
        Known::Open(_) => Bounds {
            must: filtered(filter.must),
            may: all,
        },
    }
}
