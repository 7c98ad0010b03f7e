//! What may happen: one step of every packet of the sets that the certificate states.

use super::{Network, stuck};
use crate::Reject;
use crate::boxes::{self, Box, Boxes, DST, Family, SRC};
use crate::document::{Address, Direction, External, Known, May, Origin, Reach, Target};
use crate::set::Set;
use std::collections::BTreeMap;

/// Where packets of an origin may get to.
pub(crate) struct Arrived {
    pub(crate) family: Family,
    pub(crate) origin: Origin,
    /// Per link: put there for the destination itself.
    pub(crate) delivered: Vec<Boxes>,
    /// Per link: put there for another router.
    pub(crate) crossing: Vec<Boxes>,
    /// By link and next hop that is no router of the document.
    pub(crate) handed: BTreeMap<(usize, u128), Boxes>,
    /// Per device: taken as its own.
    pub(crate) local: Vec<Boxes>,
    /// Dropped, or perhaps dropped, without a log; only if somebody asks.
    pub(crate) silent: Boxes,
}

impl Network<'_> {
    /// The hosts behind which there are other networks, and whether they hand packets back.
    fn externals(&self, family: Family, link: usize) -> Result<Vec<(Set, bool)>, Reject> {
        let here = |one: &&External| (one.family, one.link) == (family, link);
        let all = self.document.externals.iter().filter(here);
        all.map(|one| Ok((one.hosts.of(family)?, one.hairpin)))
            .collect()
    }

    /// Whether the external behind a next hop hands packets back (D29); `None` if there is no such external.
    pub(crate) fn hands_back(
        &self,
        family: Family,
        link: usize,
        host: u128,
    ) -> Result<Option<bool>, Reject> {
        let here = self.externals(family, link)?.into_iter();
        let here = here.filter(|(hosts, _)| hosts.contains(host));
        Ok(here.map(|(_, hairpin)| hairpin).reduce(|a, b| a || b))
    }

    /// Where packets may get to from an origin, if the sets stated per interface are closed under every step.
    pub(crate) fn arrived(&self, reach: &Reach, silent: bool) -> Result<Arrived, Reject> {
        let family = reach.family;
        let mut sets: BTreeMap<usize, Boxes> = BTreeMap::new();
        for set in &reach.sets {
            self.interface(set.interface)?;
            if sets.insert(set.interface, set.cells.of(family)?).is_some() {
                return Err(format!("interface {} has two sets", set.interface));
            }
        }
        let out = Arrived {
            family,
            origin: reach.origin,
            delivered: vec![Vec::new(); self.document.links.len()],
            crossing: vec![Vec::new(); self.document.links.len()],
            handed: BTreeMap::new(),
            local: vec![Vec::new(); self.document.devices.len()],
            silent: Vec::new(),
        };
        let mut step = Step {
            network: self,
            sets: &sets,
            silent,
            out,
        };
        match reach.origin {
            Origin::Link(link) => step.inject(self.has_link(link)?, &[Box::any(family)])?,
            Origin::Device(device) => step.send(self.has_device(device)?)?,
        }
        for (&number, packets) in &sets {
            step.enter(number, packets)?;
        }
        if silent {
            step.bridged();
        }
        Ok(step.out)
    }
}

/// One step of every packet of some sets; each must end inside the sets again, or it has arrived somewhere.
struct Step<'n, 'd> {
    network: &'n Network<'d>,
    sets: &'n BTreeMap<usize, Boxes>,
    /// Whether what is dropped without a log is gathered.
    silent: bool,
    out: Arrived,
}

impl Step<'_, '_> {
    fn present(&self, number: usize, packets: &[Box]) -> Result<(), Reject> {
        let set = self.sets.get(&number).map_or(&[][..], Vec::as_slice);
        match boxes::outside(packets, set) {
            None => Ok(()),
            Some(packet) => Err(format!(
                "the set of interface {number} is not closed: {packet:?}"
            )),
        }
    }

    /// No route leads these on, or perhaps none.
    fn strand(&mut self, packets: &[Box]) {
        if self.silent {
            self.out.silent.extend_from_slice(packets);
        }
    }

    /// What of some packets a list, or a line that may drop anything, drops without a log.
    fn drop_at(&mut self, number: usize, direction: Direction, packets: &[Box]) {
        if !self.silent {
            return;
        }
        if self.network.narrowed(number, direction) {
            self.out.silent.extend_from_slice(packets);
        } else if let Some(list) = self.network.at(number, direction, self.out.family) {
            self.out.silent.extend(boxes::and(packets, &list.silent));
        }
    }

    /// Whoever sits on a link may send to every router there.
    fn inject(&self, link: usize, packets: &[Box]) -> Result<(), Reject> {
        let mut all = self.network.on_link(link, self.out.family);
        all.try_for_each(|number| self.present(number, packets))
    }

    /// What a device sends itself: from its own addresses.
    fn send(&mut self, device: usize) -> Result<(), Reject> {
        for vrf in self.network.vrfs(device) {
            let own = self.network.own(device, vrf, self.out.family);
            let packets = boxes::only(self.out.family, SRC, &own);
            self.route(device, vrf, &packets, true)?;
        }
        Ok(())
    }

    fn enter(&mut self, number: usize, packets: &[Box]) -> Result<(), Reject> {
        let (network, family) = (self.network, self.out.family);
        let one = network.interface(number)?;
        let device = &network.document.devices[one.device];
        let own = boxes::only(family, DST, &network.own(one.device, &one.vrf, family));
        let passed = network.pass(number, Direction::In, packets, family);
        let to_switch = network.known(device.to_switch);
        let taken = match to_switch {
            Known::Yes => boxes::and(&passed, &own),
            Known::No | Known::Open(_) => boxes::and(packets, &own),
        };
        let asked = if to_switch == Known::No {
            boxes::minus(packets, &own)
        } else {
            packets.to_vec()
        };
        self.drop_at(number, Direction::In, &asked);
        self.out.local[one.device].extend(taken);
        if network.may(one.device, &[May::Rewrite], None) {
            // What was made of a packet may be for the device itself.
            self.out.local[one.device].push(Box::any(family));
            self.strand(&passed);
            return self.scatter(one.device, None, &[Box::any(family)], false);
        }
        let unrouted = network.unrouted(one.device, &one.vrf, family);
        if network.forwards(one.device, family) != Known::Yes {
            self.strand(&boxes::minus(&boxes::minus(&passed, &own), &unrouted));
        }
        if network.forwards(one.device, family) == Known::No {
            return Ok(());
        }
        // What sends packets elsewhere may send on broadcasts too, and to an address of another VRF.
        let redirected = network.may(one.device, &[May::Redirect], None);
        if redirected {
            for vrf in network.vrfs(one.device) {
                let own = boxes::only(family, DST, &network.own(one.device, vrf, family));
                self.out.local[one.device].extend(boxes::and(&passed, &own));
            }
        }
        let kept = if redirected { stuck(family) } else { unrouted };
        // A standby router sends packets for a virtual address on to the active one.
        let shared = boxes::only(family, DST, &network.shared(one.device, &one.vrf, family));
        let mine = boxes::minus(&own, &shared);
        let routed = boxes::minus(&boxes::minus(&passed, &mine), &kept);
        self.route(one.device, &one.vrf, &routed, false)
    }

    fn route(
        &mut self,
        device: usize,
        vrf: &str,
        packets: &[Box],
        own: bool,
    ) -> Result<(), Reject> {
        let (network, family) = (self.network, self.out.family);
        if packets.is_empty() {
            return Ok(());
        }
        if network.strays(device, vrf) {
            let vrf = Some(vrf).filter(|_| !network.may(device, &[May::Redirect], None));
            self.scatter(device, vrf, packets, true)?;
            self.strand(packets);
        }
        let mut left = if self.silent {
            packets.to_vec()
        } else {
            Vec::new()
        };
        for (targets, dst) in network.rows(device, vrf, family) {
            let here = boxes::only(family, DST, dst);
            let part = boxes::and(packets, &here);
            if part.is_empty() {
                continue;
            }
            left = boxes::minus(&left, &here);
            for target in targets {
                match *target {
                    None => self.strand(&part),
                    Some(Target { out, via }) => self.leave(out, via, &part, own)?,
                }
            }
        }
        self.strand(&left);
        Ok(())
    }

    fn leave(
        &mut self,
        out: usize,
        via: Option<Address>,
        packets: &[Box],
        own: bool,
    ) -> Result<(), Reject> {
        let (network, family) = (self.network, self.out.family);
        let one = network.interface(out)?;
        if !own {
            self.drop_at(out, Direction::Out, packets);
        }
        let from_switch = network.known(network.document.devices[one.device].from_switch);
        let packets = match !own || from_switch == Known::Yes {
            true => network.pass(out, Direction::Out, packets, family),
            false => packets.to_vec(),
        };
        let Some(via) = via else {
            return self.deliver(out, &packets);
        };
        let owners = network.owners(one.link, via);
        for &owner in &owners {
            self.present(owner, &packets)?;
        }
        match owners.is_empty() {
            true => self.hand(one.link, via.addr, packets),
            false => {
                self.out.crossing[one.link].extend(packets);
                Ok(())
            }
        }
    }

    /// To a next hop that is no router of the document; it may come back.
    fn hand(&mut self, link: usize, via: u128, packets: Boxes) -> Result<(), Reject> {
        // What a router does that nobody named is open, so it may hand packets back as well (D28).
        let back = self.network.hands_back(self.out.family, link, via)?;
        if back.unwrap_or(true) {
            self.inject(link, &packets)?;
        }
        self.out
            .handed
            .entry((link, via))
            .or_default()
            .extend(packets);
        Ok(())
    }

    /// To the destination itself, or to a router that has its address, or that may answer for an address elsewhere.
    fn deliver(&mut self, out: usize, packets: &[Box]) -> Result<(), Reject> {
        let (network, family) = (self.network, self.out.family);
        let link = network.interface(out)?.link;
        for other in network.on_link(link, family).filter(|&other| other != out) {
            let here = network.addressed(other, family);
            let far = Set::upto(family.last(DST)).minus(&network.near(other, family));
            let taken = boxes::only(family, DST, &here.or(&far));
            self.present(other, &boxes::and(packets, &taken))?;
        }
        self.out.delivered[link].extend_from_slice(packets);
        Ok(())
    }

    /// Anywhere the device has an interface (of the VRF): to every host, router and external there.
    fn scatter(
        &mut self,
        device: usize,
        vrf: Option<&str>,
        packets: &[Box],
        filtered: bool,
    ) -> Result<(), Reject> {
        let (network, family) = (self.network, self.out.family);
        for (out, one) in network.document.interfaces.iter().enumerate() {
            if one.device != device || vrf.is_some_and(|vrf| one.vrf != vrf) {
                continue;
            }
            self.drop_at(out, Direction::Out, packets);
            let part = match filtered {
                true => network.pass(out, Direction::Out, packets, family),
                false => packets.to_vec(),
            };
            self.deliver(out, &part)?;
            for other in network
                .on_link(one.link, family)
                .filter(|&other| other != out)
            {
                self.present(other, &part)?;
            }
            for (hosts, _) in network.externals(family, one.link)? {
                if let Some(first) = hosts.first() {
                    self.hand(one.link, first, part.clone())?;
                }
            }
        }
        Ok(())
    }

    /// A frame on a link may cross a switch whose lists there see bridged frames.
    fn bridged(&mut self) {
        let network = self.network;
        for (number, one) in network.document.interfaces.iter().enumerate() {
            let device = &network.document.devices[one.device];
            let ways = [
                (Direction::In, device.bridged_in),
                (Direction::Out, device.bridged_out),
            ];
            for (direction, fact) in ways {
                if network.known(fact) == Known::No {
                    continue;
                }
                let mut frames = [
                    self.out.delivered[one.link].clone(),
                    self.out.crossing[one.link].clone(),
                ]
                .concat();
                let handed = self
                    .out
                    .handed
                    .iter()
                    .filter(|((link, _), _)| *link == one.link);
                frames.extend(handed.flat_map(|(_, packets)| packets.iter().cloned()));
                let here = |number: &usize| network.document.interfaces[*number].link == one.link;
                let sets = self.sets.iter().filter(|(number, _)| here(number));
                frames.extend(sets.flat_map(|(_, packets)| packets.iter().cloned()));
                self.drop_at(number, direction, &frames);
            }
        }
    }
}
