//! Devices, links and routes as transcribed, in one case: what lists let through, whose an address is, where a route leads.

use crate::boxes::{self, Box, Boxes, DST, Family, SRC};
use crate::document::{
    Address, Binding, Both, Direction, Document, Hop, Interface, Known, List, May,
};
use crate::lists::Permits;
use crate::set::Set;
use crate::{Reject, at};
use std::collections::{BTreeMap, BTreeSet};

/// The network.
pub(crate) struct Network<'d> {
    pub(crate) document: &'d Document,
    answers: &'d [bool],
    permits: Vec<Option<Permits>>,
    rows: Vec<Row<'d>>,
}

/// Destinations of one device and VRF, longer prefixes taken out, and where they may go; `None` drops.
pub(crate) struct Row<'d> {
    of: (usize, &'d str, Family),
    pub(crate) dst: Set,
    pub(crate) targets: Vec<Option<Target>>,
}

/// Out of an interface: to the destination itself, or to another address on its link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) out: usize,
    pub(crate) via: Option<Address>,
}

impl<'d> Network<'d> {
    /// A network whose lists let through what they let through. What refers to a device, link or list that is not there is
    /// refused.
    pub(crate) fn new(
        document: &'d Document,
        answers: &'d [bool],
        permits: Vec<Option<Permits>>,
    ) -> Result<Network<'d>, Reject> {
        for one in &document.interfaces {
            let bound = [&one.inward, &one.outward].map(|both| Family::BOTH.map(|f| both.of(f)));
            let mut bound = bound
                .iter()
                .flatten()
                .filter_map(|binding| binding.as_ref());
            if bound.any(|binding| permits.get(binding.list).is_none_or(Option::is_none)) {
                return Err(format!("`{}`: its list has no cells", one.name));
            }
        }
        Ok(Network {
            document,
            answers,
            permits,
            rows: Table::of(document)?.rows()?,
        })
    }

    pub(crate) fn known(&self, fact: Known) -> Known {
        fact.under(self.answers)
    }

    pub(crate) fn interface(&self, number: usize) -> Result<&'d Interface, Reject> {
        at(&self.document.interfaces, number, "interface")
    }

    /// The list for what comes in at an interface.
    pub(crate) fn filter_of(
        &self,
        number: usize,
        family: Family,
    ) -> Result<Option<&'d List>, Reject> {
        let binding = self.interface(number)?.inward.of(family).as_ref();
        Ok(binding.and_then(|binding| self.document.lists.get(binding.list)))
    }

    pub(crate) fn has_device(&self, number: usize) -> Result<usize, Reject> {
        at(&self.document.devices, number, "device").map(|_| number)
    }

    pub(crate) fn has_link(&self, number: usize) -> Result<usize, Reject> {
        at(&self.document.links, number, "link").map(|_| number)
    }

    pub(crate) fn forwards(&self, device: usize, family: Family) -> Known {
        self.known(*self.document.devices[device].forwards.of(family))
    }

    /// Whether a line of a device may do this in a VRF.
    pub(crate) fn may(&self, device: usize, what: &[May], vrf: Option<&str>) -> bool {
        let mut effects = self.document.devices[device].effects.iter();
        effects.any(|e| {
            what.contains(&e.may)
                && (e.may != May::Learn || vrf.is_none() || e.vrf.as_deref() == vrf)
        })
    }

    /// Whether packets of a VRF may go where no route says.
    pub(crate) fn strays(&self, device: usize, vrf: &str) -> bool {
        let what = [May::Redirect, May::Rewrite, May::Learn];
        self.may(device, &what, Some(vrf))
    }

    /// The interfaces of a link that may take packets of a family.
    pub(crate) fn on_link(&self, link: usize, family: Family) -> Vec<usize> {
        let takes = |one: &Interface| one.link == link && one.families.contains(&family);
        let all = self.document.interfaces.iter().enumerate();
        let here = all.filter(|(_, one)| takes(one));
        here.map(|(number, _)| number).collect()
    }

    /// The interfaces of a link that have an address.
    pub(crate) fn owners(&self, link: usize, via: Address) -> Vec<usize> {
        let mut all = self.on_link(link, via.family);
        all.retain(|&number| self.addressed(number, via.family).contains(via.addr));
        all
    }

    /// The addresses of an interface, virtual ones too.
    pub(crate) fn addressed(&self, number: usize, family: Family) -> Set {
        let one = &self.document.interfaces[number];
        each(one.addresses.iter().chain(&one.shared), family)
    }

    /// The subnets of an interface.
    pub(crate) fn near(&self, number: usize, family: Family) -> Set {
        let mine = self.document.interfaces[number].addresses.iter();
        let mine = mine.filter(|a| a.family == family);
        Set::of(mine.map(|a| a.ends).collect())
    }

    /// The own addresses of a device in a VRF whose interface is up, or is not.
    fn owned(&self, device: usize, vrf: &str, up: bool) -> impl Iterator<Item = &'d Address> {
        let own = self.document.devices[device].own.iter();
        own.filter(move |own| own.vrf == vrf && own.up == up)
            .flat_map(|own| &own.addresses)
    }

    /// Subnets on no link, of a loopback: what is for another address there may end.
    pub(crate) fn linkless(&self, device: usize, vrf: &str, family: Family) -> Set {
        let linked = |a: &Address| {
            let mut all = self.document.interfaces.iter();
            all.any(|one| (one.device, &*one.vrf) == (device, vrf) && one.addresses.contains(a))
        };
        let own = self.owned(device, vrf, true);
        let own = own.filter(|a| a.family == family && a.ends.0 < a.ends.1 && !linked(a));
        Set::of(own.map(|a| a.ends).collect())
    }

    /// Own addresses of a device in a VRF; in IPv6 every link-local one.
    pub(crate) fn own(&self, device: usize, vrf: &str, family: Family) -> Set {
        let all = [true, false].map(|up| each(self.owned(device, vrf, up), family));
        all[0].or(&all[1]).or(&link_local(family))
    }

    /// Own addresses that are virtual, or down: packets for them may go on, to the active router or where a route leads.
    pub(crate) fn shared(&self, device: usize, vrf: &str, family: Family) -> Set {
        let interfaces = self.document.interfaces.iter();
        let mine = || {
            interfaces
                .clone()
                .filter(|one| one.device == device && one.vrf == vrf)
        };
        let shared = each(mine().flat_map(|one| &one.shared), family);
        let shared = shared.or(&each(self.owned(device, vrf, false), family));
        let up = mine().filter(|one| !one.families.is_empty());
        let fixed = each(up.flat_map(|one| &one.addresses), family);
        shared.minus(&fixed).minus(&link_local(family))
    }

    /// Packets that no router forwards: to multicast and broadcast addresses, in IPv6 from link-local ones.
    pub(crate) fn unrouted(&self, device: usize, vrf: &str, family: Family) -> Boxes {
        if family == Family::V6 {
            let multicast = Set::of(vec![(0xff00 << 112, u128::MAX)]);
            return [boxes::only(family, DST, &multicast), stuck(family)].concat();
        }
        let own = broadcasts(self.owned(device, vrf, true));
        let multicast = Set::of(vec![(0xe000_0000, 0xefff_ffff)]);
        boxes::only(family, DST, &multicast.or(&own))
    }

    fn list(&self, both: &Both<Option<Binding>>, family: Family) -> Option<&Permits> {
        let binding = both.of(family).as_ref();
        binding.and_then(|binding| self.permits[binding.list].as_ref())
    }

    /// The list of an interface for one direction.
    pub(crate) fn at(&self, number: usize, way: Direction, family: Family) -> Option<&Permits> {
        let one = &self.document.interfaces[number];
        match way {
            Direction::In => self.list(&one.inward, family),
            Direction::Out => self.list(&one.outward, family),
        }
    }

    /// The part of some packets that may pass an interface in one direction: all of them where there is no list.
    pub(crate) fn pass(
        &self,
        number: usize,
        way: Direction,
        packets: &[Box],
        family: Family,
    ) -> Boxes {
        match self.at(number, way, family) {
            None => packets.to_vec(),
            Some(permits) => boxes::and(packets, &permits.may),
        }
    }

    /// Whether a line may drop what passes an interface in one direction.
    pub(crate) fn narrowed(&self, number: usize, way: Direction) -> bool {
        let one = &self.document.interfaces[number];
        let mut effects = self.document.devices[one.device].effects.iter();
        effects.any(|effect| {
            effect.may == May::Drop
                && effect.own.is_none()
                && effect.interface.is_none_or(|interface| interface == number)
                && effect.vrf.as_ref().is_none_or(|vrf| *vrf == one.vrf)
                && effect.direction.is_none_or(|direction| direction == way)
        })
    }

    /// The routes of a device in a VRF.
    pub(crate) fn rows(
        &self,
        device: usize,
        vrf: &str,
        family: Family,
    ) -> impl Iterator<Item = &Row<'d>> {
        let mine = self.rows.iter();
        mine.filter(move |row| row.of == (device, vrf, family))
    }

    /// Every device's VRFs, the global one among them.
    pub(crate) fn vrfs(&self, device: usize) -> BTreeSet<&'d str> {
        let mine = self.document.interfaces.iter();
        let mine = mine.filter(|one| one.device == device);
        mine.map(|one| one.vrf.as_str()).chain([""]).collect()
    }
}

/// Addresses of a family, without their subnets.
fn each<'a>(all: impl Iterator<Item = &'a Address>, family: Family) -> Set {
    let mine = all.filter(|a| a.family == family);
    Set::of(mine.map(|a| (a.addr, a.addr)).collect())
}

/// The address of everyone, and of everyone in the subnets of some addresses.
pub(crate) fn broadcasts<'a>(of: impl Iterator<Item = &'a Address>) -> Set {
    let mine = of.filter(|a| a.family == Family::V4 && a.ends.1 - a.ends.0 > 1);
    let all = mine.map(|a| a.ends.1).chain([u128::from(u32::MAX)]);
    Set::of(all.map(|addr| (addr, addr)).collect())
}

/// fe80::/10.
fn link_local(family: Family) -> Set {
    match family {
        Family::V4 => Set::of(Vec::new()),
        Family::V6 => Set::of(vec![(0xfe80 << 112, (0xfec0 << 112) - 1)]),
    }
}

/// Packets from link-local addresses.
pub(crate) fn stuck(family: Family) -> Boxes {
    match family {
        Family::V4 => Boxes::new(),
        Family::V6 => boxes::only(family, SRC, &link_local(family)),
    }
}

/// A prefix of a device and VRF.
type Key<'d> = ((usize, &'d str, Family), (u128, u128));

/// What is said of each prefix: it is that of interfaces, or lines say where it leads.
struct Table<'d> {
    document: &'d Document,
    hops: BTreeMap<Key<'d>, (bool, Vec<Hop>)>,
}

impl<'d> Table<'d> {
    /// Subnets of the interfaces, and what the document states besides.
    fn of(document: &'d Document) -> Result<Table<'d>, Reject> {
        let mut hops: BTreeMap<Key<'d>, (bool, Vec<Hop>)> = BTreeMap::new();
        for (number, one) in document.interfaces.iter().enumerate() {
            let carried = |a: &&Address| one.families.contains(&a.family);
            for subnet in one.addresses.iter().filter(carried) {
                let of = (one.device, one.vrf.as_str(), subnet.family);
                let row = hops.entry((of, subnet.ends)).or_insert((true, Vec::new()));
                row.1.push(Hop {
                    out: Some(number),
                    via: None,
                });
            }
        }
        for route in &document.routes {
            let of = (route.device, route.vrf.as_str(), route.prefix.family);
            let stated = (false, route.hops.clone());
            if hops.insert((of, route.prefix.ends), stated).is_some() {
                return Err(format!("route {:x?}: it stands twice", route.prefix.ends));
            }
        }
        Ok(Table { document, hops })
    }

    fn rows(&self) -> Result<Vec<Row<'d>>, Reject> {
        let each = self.hops.iter().map(|(key, (_, hops))| {
            let wrong = |why: Reject| format!("route {:x?}: {why}", key.1);
            let mut targets = Vec::new();
            for hop in hops {
                targets.extend(self.leads(*key, hop, 0).map_err(wrong)?);
            }
            let longer = self
                .hops
                .keys()
                .filter(|other| other.0 == key.0 && other.1 != key.1 && inside(other.1, key.1));
            let longer = Set::of(longer.map(|(_, ends)| *ends).collect());
            let dst = Set::of(vec![key.1]).minus(&longer);
            Ok(Row {
                of: key.0,
                dst,
                targets,
            })
        });
        each.collect()
    }

    /// Where a hop leads: an address that no interface is named for is looked up in the other rows.
    fn leads(&self, key: Key<'d>, hop: &Hop, depth: u32) -> Result<Vec<Option<Target>>, Reject> {
        let (device, vrf, family) = key.0;
        if let Some(via) = hop.via {
            let own = self.document.devices.get(device).ok_or("no such device")?;
            let own = own.own.iter().filter(|own| own.vrf == vrf);
            let mut own = own.flat_map(|own| &own.addresses);
            if via.family != family || own.any(|a| (a.addr, a.family) == (via.addr, family)) {
                return Err("its next hop is its own address".to_owned());
            }
        }
        let via = match (hop.out, hop.via) {
            (None, None) => return Ok(vec![None]),
            (Some(out), via) => {
                let one = self
                    .document
                    .interfaces
                    .get(out)
                    .ok_or("no such interface")?;
                return match (one.device, one.vrf.as_str()) == (device, vrf) {
                    true => Ok(vec![Some(Target { out, via })]),
                    false => Err("its target is not on its device".to_owned()),
                };
            }
            (None, Some(via)) => via,
        };
        let holds = |row: &(&Key<'d>, _)| {
            row.0.0 == key.0 && row.0.1 != key.1 && inside((via.addr, via.addr), row.0.1)
        };
        let near = self
            .hops
            .iter()
            .filter(holds)
            .min_by_key(|((_, ends), _)| ends.1 - ends.0);
        let (near, (connected, hops)) = near.ok_or("its next hop leads nowhere")?;
        if *connected {
            let (outs, via) = (hops.iter().filter_map(|hop| hop.out), Some(via));
            return Ok(outs.map(|out| Some(Target { out, via })).collect());
        }
        let mut all = Vec::new();
        for hop in hops {
            if depth > 64 || (hop.out.is_some() && hop.via.is_none()) {
                return Err("its next hop is not resolved".to_owned());
            }
            all.extend(self.leads(*near, hop, depth + 1)?);
        }
        Ok(all)
    }
}

/// Whether a range lies in another one.
fn inside(inner: (u128, u128), outer: (u128, u128)) -> bool {
    outer.0 <= inner.0 && inner.1 <= outer.1
}
