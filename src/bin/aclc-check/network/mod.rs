//! Devices, links and routes as transcribed, and how packets move: one step of what may happen, and the whole way of what must.

mod read;
mod step;
mod walk;

pub(crate) use walk::Walk;

use crate::Reject;
use crate::boxes::{self, Box, Boxes, DST, Family, SRC};
use crate::lists::Permits;
use crate::set::Set;
use std::collections::{BTreeMap, BTreeSet};

/// A fact that may be open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Yes,
    No,
    Open,
}

struct Device {
    forwards: [Known; 2],
    to_switch: Known,
    from_switch: Known,
    bridged_in: Known,
    bridged_out: Known,
    /// VRF and address with the ends of its subnet.
    own: Vec<(String, Family, u128, (u128, u128))>,
}

struct Interface {
    device: usize,
    name: String,
    vrf: String,
    link: usize,
    families: Vec<Family>,
    /// Addresses, virtual ones too.
    addresses: Vec<(Family, u128)>,
    subnets: Vec<(Family, u128, u128)>,
    /// Lists, by family.
    inward: [Option<usize>; 2],
    outward: [Option<usize>; 2],
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Connected(usize),
    Via(usize, u128),
    Null,
}

struct Row {
    device: usize,
    vrf: String,
    family: Family,
    range: (u128, u128),
    targets: Vec<Target>,
    /// Destinations, longer prefixes taken out.
    dst: Set,
}

struct External {
    family: Family,
    link: usize,
    hosts: Set,
    hairpin: bool,
}

/// The network.
pub(crate) struct Network {
    devices: Vec<Device>,
    interfaces: Vec<Interface>,
    links: usize,
    rows: Vec<Row>,
    externals: Vec<External>,
    permits: Vec<Option<Permits>>,
}

/// Where packets of an origin may get to.
pub(crate) struct Arrived {
    pub(crate) family: Family,
    pub(crate) delivered: Vec<Boxes>,
    pub(crate) handed: BTreeMap<(usize, u128), Boxes>,
    pub(crate) local: Vec<Boxes>,
}

/// Where packets must get to.
pub(crate) enum Goal {
    Link(usize),
    Hosts(usize, Set),
    Device(usize),
}

fn index(family: Family) -> usize {
    usize::from(family == Family::V6)
}

impl Network {
    /// Longest prefix first: each row keeps the destinations that no longer one takes.
    fn cut(&mut self) {
        let inside = |a: &Row, b: &Row| {
            (a.device, &a.vrf, a.family) == (b.device, &b.vrf, b.family)
                && a.range != b.range
                && a.range.0 >= b.range.0
                && a.range.1 <= b.range.1
        };
        let dst = |row: &Row| {
            let longer = self.rows.iter().filter(|other| inside(other, row));
            let longer = Set::of(longer.map(|other| other.range).collect());
            Set::of(vec![row.range]).minus(&longer)
        };
        let all: Vec<Set> = self.rows.iter().map(dst).collect();
        for (row, dst) in self.rows.iter_mut().zip(all) {
            row.dst = dst;
        }
    }

    fn interface(&self, number: usize) -> Result<&Interface, Reject> {
        self.interfaces
            .get(number)
            .ok_or_else(|| format!("no interface {number}"))
    }

    /// Whether an interface has a list with entries for what comes in.
    pub(crate) fn filtered(&self, number: usize, family: Family) -> Result<Option<usize>, Reject> {
        Ok(self.interface(number)?.inward[index(family)])
    }

    pub(crate) fn has(&self, device: usize) -> bool {
        device < self.devices.len()
    }

    /// The interfaces of a link that may take and forward packets of a family.
    fn on_link(&self, link: usize, family: Family) -> impl Iterator<Item = usize> + '_ {
        let takes = move |one: &Interface| {
            one.link == link
                && one.families.contains(&family)
                && self.devices[one.device].forwards[index(family)] != Known::No
        };
        let all = self.interfaces.iter().enumerate();
        all.filter(move |(_, one)| takes(one))
            .map(|(number, _)| number)
    }

    fn owners(&self, link: usize, family: Family, addr: u128) -> Vec<usize> {
        let has = |&number: &usize| self.interfaces[number].addresses.contains(&(family, addr));
        self.on_link(link, family).filter(has).collect()
    }

    fn addressed(&self, number: usize, family: Family) -> Set {
        let mine = self.interfaces[number]
            .addresses
            .iter()
            .filter(|(f, _)| *f == family);
        Set::of(mine.map(|&(_, addr)| (addr, addr)).collect())
    }

    fn near(&self, number: usize, family: Family) -> Set {
        let mine = self.interfaces[number]
            .subnets
            .iter()
            .filter(|(f, ..)| *f == family);
        Set::of(mine.map(|&(_, low, high)| (low, high)).collect())
    }

    /// fe80::/10.
    /// Whether the external behind a next hop hands packets back (D29); `None` if there is no such external.
    pub(crate) fn hands_back(&self, family: Family, link: usize, host: u128) -> Option<bool> {
        let here = self.externals.iter().filter(|external| {
            (external.family, external.link) == (family, link) && external.hosts.contains(host)
        });
        here.map(|external| external.hairpin).reduce(|a, b| a || b)
    }

    fn link_local() -> (u128, u128) {
        (0xfe80 << 112, (0xfec0 << 112) - 1)
    }

    /// Own addresses of a device in a VRF; in IPv6 every link-local one.
    pub(crate) fn own(&self, device: usize, vrf: &str, family: Family) -> Set {
        let own = self.devices[device].own.iter();
        let mine = own.filter(|(v, f, ..)| v == vrf && *f == family);
        let mut ranges: Vec<(u128, u128)> = mine.map(|&(_, _, addr, _)| (addr, addr)).collect();
        if family == Family::V6 {
            ranges.push(Network::link_local());
        }
        Set::of(ranges)
    }

    /// Packets that no router forwards: to multicast and broadcast addresses, in IPv6 from link-local ones.
    fn unrouted(&self, device: usize, vrf: &str, family: Family) -> Boxes {
        if family == Family::V6 {
            let multicast = Set::of(vec![(0xff00 << 112, u128::MAX)]);
            let link_local = Set::of(vec![Network::link_local()]);
            return [(DST, multicast), (SRC, link_local)]
                .map(|(field, set)| Box::any(family).with(field, set))
                .to_vec();
        }
        let mut ranges = vec![(0xe000_0000, 0xefff_ffff), (0xffff_ffff, 0xffff_ffff)];
        let own = self.devices[device]
            .own
            .iter()
            .filter(|(v, f, ..)| v == vrf && *f == family);
        ranges.extend(
            own.filter(|(.., (low, high))| high - low > 1)
                .map(|(.., (_, high))| (*high, *high)),
        );
        boxes::only(family, DST, &Set::of(ranges))
    }

    /// The part of some packets that passes a list, or all of them where there is none.
    fn pass(&self, list: Option<usize>, packets: &[Box], may: bool) -> Boxes {
        match list.and_then(|list| self.permits[list].as_ref()) {
            None => packets.to_vec(),
            Some(permits) => boxes::and(packets, if may { &permits.may } else { &permits.must }),
        }
    }

    /// Whether all packets pass a list for certain.
    fn passes(&self, list: Option<usize>, packets: &[Box]) -> Result<(), Reject> {
        let Some(permits) = list.and_then(|list| self.permits[list].as_ref()) else {
            return Ok(());
        };
        match boxes::outside(packets, &permits.must) {
            None => Ok(()),
            Some(packet) => Err(format!("a list may drop {packet:?}")),
        }
    }

    /// Every device's VRFs, the global one among them.
    fn vrfs(&self, device: usize) -> BTreeSet<&str> {
        let mine = self.interfaces.iter().filter(|one| one.device == device);
        mine.map(|one| one.vrf.as_str()).chain([""]).collect()
    }
}
