//! What was transcribed of the network, for one family in one case: addresses, lists, routes.

use crate::Reject;
use crate::document::{Direction, Document, Effect, Interface, Known, May};
use crate::lists::Permits;
use crate::packets::{Boxes, DST, Family, SRC, Set, bits, ends, with};
use ipnet::IpNet;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// The network.
pub(crate) struct Network<'d> {
    pub(crate) document: &'d Document,
    pub(crate) family: Family,
    answers: &'d [bool],
    permits: &'d [Option<Permits>],
    pub(crate) rows: Vec<Row<'d>>,
}

/// A prefix of a device and VRF, and where packets to it may go.
pub(crate) struct Row<'d> {
    pub(crate) device: usize,
    pub(crate) vrf: &'d str,
    pub(crate) ends: (u128, u128),
    /// It is the subnet of interfaces.
    connected: bool,
    hops: Vec<Hop>,
    /// `None` drops.
    pub(crate) targets: Vec<Option<(usize, Via)>>,
}

/// As a line says it: out of an interface, to an address.
type Hop = (Option<usize>, Option<IpAddr>);

/// To whom an interface sends packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Via {
    /// To their destination.
    Destination,
    /// To an address.
    Address(u128),
    /// Nobody knows.
    Anyone,
}

impl<'d> Network<'d> {
    pub(crate) fn new(
        document: &'d Document,
        family: Family,
        answers: &'d [bool],
        permits: &'d [Option<Permits>],
    ) -> Result<Network<'d>, Reject> {
        let rows = Vec::new();
        let mut network = Network {
            document,
            family,
            answers,
            permits,
            rows,
        };
        network.rows = network.table()?;
        Ok(network)
    }

    pub(crate) fn interface(&self, number: usize) -> &'d Interface {
        &self.document.interfaces[number]
    }

    pub(crate) fn known(&self, fact: &Known) -> Known {
        fact.under(self.answers)
    }

    pub(crate) fn forwards(&self, device: usize) -> Known {
        self.known(&self.document.devices[device].forwards[usize::from(self.family == Family::V6)])
    }

    /// The list of an interface for one direction.
    pub(crate) fn list(&self, number: usize, way: &Direction) -> Option<&'d Permits> {
        let binding = self.interface(number).binding(self.family, way);
        binding.and_then(|binding| self.permits[binding.list].as_ref())
    }

    /// Lines of a device whose effect is not modelled, of these kinds.
    pub(crate) fn effects(
        &self,
        device: usize,
        may: &'d [May],
    ) -> impl Iterator<Item = &'d Effect> {
        let all = self.document.effects.iter();
        all.filter(move |effect| effect.device == device && may.contains(&effect.may))
    }

    /// Whether a line may drop what passes an interface in one direction.
    pub(crate) fn narrowed(&self, number: usize, way: &Direction) -> bool {
        let one = self.interface(number);
        self.effects(one.device, &[May::Drop]).any(|effect| {
            effect.own.is_none()
                && effect.interface.is_none_or(|interface| interface == number)
                && effect.vrf.as_ref().is_none_or(|vrf| *vrf == one.vrf)
                && effect.direction.as_ref().is_none_or(|one| one == way)
        })
    }

    /// Interfaces by their number.
    pub(crate) fn interfaces(&self) -> impl Iterator<Item = (usize, &'d Interface)> {
        self.document.interfaces.iter().enumerate()
    }

    /// Interfaces of a link that may take packets.
    pub(crate) fn on_link(&self, link: usize) -> impl Iterator<Item = usize> {
        let here = self
            .interfaces()
            .filter(move |(_, one)| one.link == Some(link) && one.families.contains(&self.family));
        here.map(|(number, _)| number)
    }

    /// Addresses of an interface with their subnets.
    pub(crate) fn nets(&self, one: &'d Interface) -> impl Iterator<Item = &'d IpNet> {
        let family = self.family;
        let all = one.addresses.iter();
        all.filter(move |net| Family::of(net) == family)
    }

    /// Virtual addresses of an interface.
    fn shared(&self, one: &'d Interface) -> impl Iterator<Item = u128> {
        let v6 = self.family == Family::V6;
        let mine = one.shared.iter().filter(move |addr| addr.is_ipv6() == v6);
        mine.map(|addr| bits(*addr))
    }

    fn fixed(&self, one: &'d Interface) -> impl Iterator<Item = u128> {
        self.nets(one).map(|net| bits(net.addr()))
    }

    /// The addresses of an interface, virtual ones too.
    pub(crate) fn addressed(&self, number: usize) -> Set {
        let one = self.interface(number);
        Set::each(self.fixed(one).chain(self.shared(one)))
    }

    /// The interfaces of a device in a VRF.
    fn of(&self, device: usize, vrf: &str) -> impl Iterator<Item = &'d Interface> {
        let all = self.document.of(device);
        all.filter(move |one| one.vrf == vrf)
    }

    /// The addresses of a device in a VRF.
    fn addresses(&self, device: usize, vrf: &str) -> Set {
        let all = self.of(device, vrf);
        Set::each(all.flat_map(|one| self.fixed(one).chain(self.shared(one))))
    }

    /// What is for the device itself: its addresses, in IPv6 every link-local one as well.
    pub(crate) fn own(&self, device: usize, vrf: &str) -> Set {
        self.addresses(device, vrf).or(&self.link_local())
    }

    /// Subnets on no link, of a loopback: what is for another address there may end.
    pub(crate) fn linkless(&self, device: usize, vrf: &str) -> Set {
        let alone = self
            .of(device, vrf)
            .filter(|one| one.up && one.link.is_none());
        Set::of(
            alone
                .flat_map(|one| self.nets(one))
                .map(ends)
                .filter(|(low, high)| low < high),
        )
    }

    /// Own addresses without virtual ones and those that are down: packets for these may go on, to the active router or where
    /// a route leads.
    pub(crate) fn always_own(&self, device: usize, vrf: &str) -> Set {
        let up = self.of(device, vrf).filter(|one| one.up);
        Set::each(up.flat_map(|one| self.fixed(one))).or(&self.link_local())
    }

    /// fe80::/10.
    fn link_local(&self) -> Set {
        let some = [(0xfe80 << 112, (0xfec0 << 112) - 1)];
        Set::of(some.into_iter().filter(|_| self.family == Family::V6))
    }

    /// The address of everyone, and of everyone in the subnets of some addresses.
    pub(crate) fn broadcasts(&self, of: impl Iterator<Item = &'d IpNet>) -> Set {
        let last = of.filter(|net| net.addr().is_ipv4() && net.prefix_len() < 31);
        let each = last.map(|net| ends(net).1).chain([u32::MAX.into()]);
        Set::each(each.filter(|_| self.family == Family::V4))
    }

    /// Packets from link-local addresses.
    pub(crate) fn stuck(&self) -> Boxes {
        with(SRC, self.link_local())
    }

    /// Packets that no router forwards: to multicast and broadcast addresses, from link-local ones.
    pub(crate) fn unrouted(&self, device: usize, vrf: &str) -> Boxes {
        let multicast = match self.family {
            Family::V4 => (0xe000_0000, 0xefff_ffff),
            Family::V6 => (0xff00 << 112, u128::MAX),
        };
        let up = self.of(device, vrf).filter(|one| one.up);
        let own = self.broadcasts(up.flat_map(|one| self.nets(one)));
        [with(DST, Set::of([multicast]).or(&own)), self.stuck()].concat()
    }

    /// Every VRF of a device, the global one among them.
    pub(crate) fn vrfs(&self, device: usize) -> BTreeSet<&'d str> {
        let each = self.document.of(device).map(|one| one.vrf.as_str());
        each.chain([""]).collect()
    }

    /// Hosts of a link behind which there are other networks, and whether they hand packets back.
    pub(crate) fn externals(&self, link: usize) -> impl Iterator<Item = (&'d Set, bool)> {
        let (all, family) = (self.document.externals.iter(), self.family);
        let here = all.filter(move |one| (one.family, one.link) == (family, link));
        here.map(|one| (&one.hosts, one.hairpin))
    }

    /// Subnets of the interfaces and what the lines of routes say, each with where it leads.
    fn table(&self) -> Result<Vec<Row<'d>>, Reject> {
        let mut rows: Vec<Row<'d>> = Vec::new();
        let mut add =
            |(device, vrf): (usize, &'d str), net: &IpNet, connected: bool, hops: Vec<Hop>| {
                let ends = ends(net);
                let same = |row: &&mut Row| (row.device, row.vrf, row.ends) == (device, vrf, ends);
                match rows.iter_mut().find(same) {
                    Some(row) if connected => row.hops.extend(hops),
                    Some(_) => return Err(format!("route {net}: it stands twice")),
                    None => rows.push(Row {
                        device,
                        vrf,
                        ends,
                        connected,
                        hops,
                        targets: Vec::new(),
                    }),
                }
                Ok(())
            };
        let up = |one: &&Interface| one.link.is_some() && one.families.contains(&self.family);
        for (number, one) in self.interfaces().filter(|(_, one)| up(one)) {
            for net in self.nets(one) {
                add(
                    (one.device, &one.vrf),
                    net,
                    true,
                    vec![(Some(number), None)],
                )?;
            }
        }
        let mine = |net: &IpNet| Family::of(net) == self.family;
        for route in self
            .document
            .routes
            .iter()
            .filter(|route| mine(&route.prefix))
        {
            let hops = route.hops.iter().map(|hop| (hop.out, hop.via)).collect();
            add((route.device, &route.vrf), &route.prefix, false, hops)?;
        }
        // Longer prefixes first.
        rows.sort_by_key(|row| row.ends.1 - row.ends.0);
        for at in 0..rows.len() {
            let wrong = |why: Reject| format!("route {:x?}: {why}", rows[at].ends);
            let each = rows[at]
                .hops
                .iter()
                .map(|hop| self.leads(&rows, at, hop, 0));
            let targets = each.collect::<Result<Vec<_>, _>>().map_err(wrong)?.concat();
            rows[at].targets = targets;
        }
        Ok(rows)
    }

    /// Where a hop of a row leads: an address that no interface is named for is looked up in the other rows.
    fn leads(
        &self,
        rows: &[Row<'d>],
        at: usize,
        hop: &Hop,
        depth: u32,
    ) -> Result<Vec<Option<(usize, Via)>>, Reject> {
        let (device, vrf) = (rows[at].device, rows[at].vrf);
        let addr = hop.1.map(bits);
        if addr.is_some_and(|addr| self.addresses(device, vrf).contains(addr)) {
            return Err("its next hop is its own address".to_owned());
        }
        let addr = match (hop.0, addr) {
            (None, None) => return Ok(vec![None]),
            (Some(out), addr) => {
                return Ok(vec![Some((
                    out,
                    addr.map_or(Via::Destination, Via::Address),
                ))]);
            }
            (None, Some(addr)) => addr,
        };
        let holds = |row: &Row| {
            (row.device, row.vrf) == (device, vrf) && row.ends.0 <= addr && addr <= row.ends.1
        };
        let near = (0..rows.len()).find(|&other| other != at && holds(&rows[other]));
        let near = near.ok_or("its next hop leads nowhere")?;
        if rows[near].connected {
            let outs = rows[near].hops.iter().filter_map(|hop| hop.0);
            return Ok(outs.map(|out| Some((out, Via::Address(addr)))).collect());
        }
        let mut all = Vec::new();
        for hop in &rows[near].hops {
            if depth > 9 || matches!(hop, (Some(_), None)) {
                return Err("its next hop is not resolved".to_owned());
            }
            all.extend(self.leads(rows, near, hop, depth + 1)?);
        }
        Ok(all)
    }
}
