//! Devices, links and routes as transcribed, in one case, and how packets move: one step of what may happen ([`step`]), and
//! the whole way of what must ([`walk`]).

mod step;
mod walk;

pub(crate) use step::Arrived;
pub(crate) use walk::Walk;

use crate::Reject;
use crate::boxes::{self, Box, Boxes, DST, Family, SRC};
use crate::document::{
    Address, Binding, Both, Direction, Document, Interface, Known, List, May, Route, Target,
};
use crate::lists::Permits;
use crate::set::Set;
use std::collections::BTreeSet;

/// The network.
pub(crate) struct Network<'d> {
    document: &'d Document,
    answers: &'d [bool],
    permits: Vec<Option<Permits>>,
    /// Routes with their destinations, longer prefixes taken out.
    rows: Vec<(&'d Route, Set)>,
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
            for binding in [&one.inward, &one.outward]
                .into_iter()
                .flat_map(|both| Family::BOTH.map(|f| both.of(f)))
            {
                if binding
                    .as_ref()
                    .is_some_and(|binding| permits.get(binding.list).is_none_or(Option::is_none))
                {
                    return Err(format!("`{}`: its list has no cells", one.name));
                }
            }
        }
        let rows = document
            .routes
            .iter()
            .map(|row| (row, cut(&document.routes, row)));
        Ok(Network {
            document,
            answers,
            permits,
            rows: rows.collect(),
        })
    }

    fn known(&self, fact: Known) -> Known {
        fact.under(self.answers)
    }

    pub(crate) fn interface(&self, number: usize) -> Result<&'d Interface, Reject> {
        self.document
            .interfaces
            .get(number)
            .ok_or_else(|| format!("no interface {number}"))
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

    pub(crate) fn has_device(&self, device: usize) -> Result<usize, Reject> {
        (device < self.document.devices.len())
            .then_some(device)
            .ok_or_else(|| format!("no device {device}"))
    }

    pub(crate) fn has_link(&self, link: usize) -> Result<usize, Reject> {
        (link < self.document.links.len())
            .then_some(link)
            .ok_or_else(|| format!("no link {link}"))
    }

    fn forwards(&self, device: usize, family: Family) -> Known {
        self.known(*self.document.devices[device].forwards.of(family))
    }

    /// Whether a line of a device may do this in a VRF.
    fn may(&self, device: usize, what: &[May], vrf: Option<&str>) -> bool {
        let mut effects = self.document.devices[device].effects.iter();
        effects.any(|e| {
            what.contains(&e.may)
                && (e.may != May::Learn || vrf.is_none() || e.vrf.as_deref() == vrf)
        })
    }

    /// Whether packets of a VRF may go where no route says.
    fn strays(&self, device: usize, vrf: &str) -> bool {
        self.may(
            device,
            &[May::Redirect, May::Rewrite, May::Learn],
            Some(vrf),
        )
    }

    /// The interfaces of a link that may take and forward packets of a family.
    fn on_link(&self, link: usize, family: Family) -> impl Iterator<Item = usize> + '_ {
        let takes = move |one: &Interface| {
            one.link == link
                && one.families.contains(&family)
                && self.forwards(one.device, family) != Known::No
        };
        let all = self.document.interfaces.iter().enumerate();
        all.filter(move |(_, one)| takes(one))
            .map(|(number, _)| number)
    }

    fn owners(&self, link: usize, via: Address) -> Vec<usize> {
        let has = |&number: &usize| self.addressed(number, via.family).contains(via.addr);
        self.on_link(link, via.family).filter(has).collect()
    }

    /// The addresses of an interface, virtual ones too.
    fn addressed(&self, number: usize, family: Family) -> Set {
        let one = &self.document.interfaces[number];
        let mine = one
            .addresses
            .iter()
            .chain(&one.shared)
            .filter(|a| a.family == family);
        Set::of(mine.map(|a| (a.addr, a.addr)).collect())
    }

    /// The subnets of an interface.
    fn near(&self, number: usize, family: Family) -> Set {
        let mine = self.document.interfaces[number]
            .addresses
            .iter()
            .filter(|a| a.family == family);
        Set::of(mine.map(|a| a.ends).collect())
    }

    fn own_addresses(
        &self,
        device: usize,
        vrf: &str,
        family: Family,
    ) -> impl Iterator<Item = &'d Address> {
        let own = self.document.devices[device]
            .own
            .iter()
            .filter(move |own| own.vrf == vrf);
        own.flat_map(|own| &own.addresses)
            .filter(move |a| a.family == family)
    }

    /// Own addresses of a device in a VRF; in IPv6 every link-local one.
    fn own(&self, device: usize, vrf: &str, family: Family) -> Set {
        let mut ranges: Vec<_> = self
            .own_addresses(device, vrf, family)
            .map(|a| (a.addr, a.addr))
            .collect();
        ranges.extend((family == Family::V6).then_some(LINK_LOCAL));
        Set::of(ranges)
    }

    /// Own addresses that are virtual: while another router is active they are that one's, and packets for them go there.
    fn shared(&self, device: usize, vrf: &str, family: Family) -> Set {
        let interfaces = self.document.interfaces.iter();
        let mine = interfaces.filter(|one| one.device == device && one.vrf == vrf);
        let (mut shared, mut fixed) = (Vec::new(), vec![LINK_LOCAL]);
        for one in mine {
            let of = |all: &[Address]| -> Vec<(u128, u128)> {
                let mine = all.iter().filter(|a| a.family == family);
                mine.map(|a| (a.addr, a.addr)).collect()
            };
            shared.extend(of(&one.shared));
            fixed.extend(of(&one.addresses));
        }
        Set::of(shared).minus(&Set::of(fixed))
    }

    /// Packets that no router forwards: to multicast and broadcast addresses, in IPv6 from link-local ones.
    fn unrouted(&self, device: usize, vrf: &str, family: Family) -> Boxes {
        if family == Family::V6 {
            let multicast = Set::of(vec![(0xff00 << 112, u128::MAX)]);
            return [boxes::only(family, DST, &multicast), stuck(family)].concat();
        }
        let mut ranges = vec![(0xe000_0000, 0xefff_ffff), (0xffff_ffff, 0xffff_ffff)];
        let own = self.own_addresses(device, vrf, family).map(|a| a.ends);
        ranges.extend(
            own.filter(|(low, high)| high - low > 1)
                .map(|(_, high)| (high, high)),
        );
        boxes::only(family, DST, &Set::of(ranges))
    }

    fn list(&self, both: &Both<Option<Binding>>, family: Family) -> Option<&Permits> {
        both.of(family)
            .as_ref()
            .and_then(|binding| self.permits[binding.list].as_ref())
    }

    fn at(&self, number: usize, direction: Direction, family: Family) -> Option<&Permits> {
        let one = &self.document.interfaces[number];
        match direction {
            Direction::In => self.list(&one.inward, family),
            Direction::Out => self.list(&one.outward, family),
        }
    }

    /// The part of some packets that may pass an interface in one direction: all of them where there is no list.
    fn pass(&self, number: usize, direction: Direction, packets: &[Box], family: Family) -> Boxes {
        match self.at(number, direction, family) {
            None => packets.to_vec(),
            Some(permits) => boxes::and(packets, &permits.may),
        }
    }

    /// Whether a line may drop what passes an interface in one direction.
    fn narrowed(&self, number: usize, direction: Direction) -> bool {
        let one = &self.document.interfaces[number];
        let mut effects = self.document.devices[one.device].effects.iter();
        effects.any(|effect| {
            effect.may == May::Drop
                && effect.interface.is_none_or(|interface| interface == number)
                && effect.vrf.as_ref().is_none_or(|vrf| *vrf == one.vrf)
                && effect.direction.is_none_or(|way| way == direction)
        })
    }

    /// All packets pass an interface in one direction for certain.
    fn passes(
        &self,
        number: usize,
        direction: Direction,
        packets: &[Box],
        family: Family,
    ) -> Result<(), Reject> {
        if !packets.is_empty() && self.narrowed(number, direction) {
            return Err(format!("a line may drop what passes interface {number}"));
        }
        let must = self
            .at(number, direction, family)
            .map(|permits| &permits.must);
        match must.and_then(|must| boxes::outside(packets, must)) {
            None => Ok(()),
            Some(packet) => Err(format!("a list may drop {packet:?}")),
        }
    }

    /// The routes of a device in a VRF.
    fn rows(
        &self,
        device: usize,
        vrf: &str,
        family: Family,
    ) -> impl Iterator<Item = (&'d [Option<Target>], &Set)> {
        let mine = self.rows.iter().filter(move |(row, _)| {
            (row.device, row.vrf.as_str(), row.prefix.family) == (device, vrf, family)
        });
        mine.map(|(row, dst)| (row.targets.as_slice(), dst))
    }

    /// Every device's VRFs, the global one among them.
    fn vrfs(&self, device: usize) -> BTreeSet<&'d str> {
        let mine = self
            .document
            .interfaces
            .iter()
            .filter(|one| one.device == device);
        mine.map(|one| one.vrf.as_str()).chain([""]).collect()
    }
}

/// fe80::/10.
const LINK_LOCAL: (u128, u128) = (0xfe80 << 112, (0xfec0 << 112) - 1);

/// Packets from link-local addresses.
fn stuck(family: Family) -> Boxes {
    match family {
        Family::V4 => Boxes::new(),
        Family::V6 => boxes::only(family, SRC, &Set::of(vec![LINK_LOCAL])),
    }
}

/// The destinations of a route that no longer prefix takes.
fn cut(all: &[Route], row: &Route) -> Set {
    let of = |row: &Route| (row.device, row.vrf.clone(), row.prefix.family);
    let (low, high) = row.prefix.ends;
    let inside = |other: &&Route| {
        let ends = other.prefix.ends;
        of(other) == of(row) && ends != (low, high) && ends.0 >= low && ends.1 <= high
    };
    let longer = all.iter().filter(inside).map(|other| other.prefix.ends);
    Set::of(vec![(low, high)]).minus(&Set::of(longer.collect()))
}
