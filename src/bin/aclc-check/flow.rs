//! Where packets may go: one mechanism for what may happen and for what must.
//!
//! **What may happen.** The certificate states for an origin, per interface, all packets that may be presented to it. Here
//! every step of these packets is taken once, and what reaches an interface must be in that one's set again ([`Mode::Closed`]).
//! **What must happen.** Packets are followed along every step that they may take; none may be dropped, go round, or end
//! elsewhere than at their goal ([`Mode::Carried`]).

use crate::boxes::{self, Box, Boxes, DPORT, DST, Family, POSITION, PROTOCOL, SRC};
use crate::document::{Carried, Direction, External, Goal, Known, May, Origin, Reach, Start};
use crate::network::{Network, Target, broadcasts, stuck};
use crate::set::Set;
use crate::{Done, Reject};
use std::collections::BTreeMap;

/// Where packets end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// Put on a link for the destination itself.
    Link(usize),
    /// Handed to a next hop on a link that is no router of the document.
    Host(usize, u128),
    /// Put on a link for another router of the document; no end, but it has left.
    Router(usize),
    /// Taken by a device as its own.
    Device(usize),
}

/// Where packets of an origin may get to.
pub(crate) struct Arrived {
    pub(crate) family: Family,
    pub(crate) origin: Origin,
    pub(crate) ends: BTreeMap<Place, Boxes>,
    /// Dropped, or perhaps dropped, without a log; only if somebody asks.
    pub(crate) silent: Boxes,
}

/// What becomes of packets that reach an interface, and of those that are dropped.
enum Mode<'a> {
    /// They are in its set; what is dropped without a log is gathered if somebody asks.
    Closed(&'a BTreeMap<usize, Boxes>, bool),
    /// They are followed, on a way that does not cross itself.
    Carried(&'a Goal, Vec<usize>),
}

struct Flow<'n, 'd> {
    network: &'n Network<'d>,
    family: Family,
    mode: Mode<'n>,
    ends: BTreeMap<Place, Boxes>,
    silent: Boxes,
}

impl Network<'_> {
    /// Whether the external behind a next hop hands packets back (D29); `None` if there is no such external.
    pub(crate) fn hands_back(
        &self,
        family: Family,
        link: usize,
        host: u128,
    ) -> Result<Option<bool>, Reject> {
        let mut here = self.externals(family, link)?;
        here.retain(|(hosts, _)| hosts.contains(host));
        Ok(here.into_iter().map(|(_, back)| back).reduce(|a, b| a || b))
    }

    /// The hosts behind which there are other networks, and whether they hand packets back.
    fn externals(&self, family: Family, link: usize) -> Result<Vec<(Set, bool)>, Reject> {
        let here = |one: &&External| (one.family, one.link) == (family, link);
        let all = self.document.externals.iter().filter(here);
        all.map(|one| Ok((one.hosts.of(family)?, one.hairpin)))
            .collect()
    }

    /// Where packets may get to from an origin, if the sets stated per interface are closed under every step.
    pub(crate) fn arrived(&self, reach: &Reach, silent: bool) -> Result<Arrived, Reject> {
        let mut sets: BTreeMap<usize, Boxes> = BTreeMap::new();
        for set in &reach.sets {
            self.interface(set.interface)?;
            if sets
                .insert(set.interface, set.cells.of(reach.family)?)
                .is_some()
            {
                return Err(format!("interface {} has two sets", set.interface));
            }
        }
        let mut flow = Flow::new(self, reach.family, Mode::Closed(&sets, silent));
        match reach.origin {
            Origin::Link(link) => flow.inject(self.has_link(link)?, &[Box::any(reach.family)])?,
            Origin::Device(device) => flow.made(self.has_device(device)?)?,
        }
        for (&number, packets) in &sets {
            flow.enter(number, None, packets)?;
        }
        Ok(Arrived {
            family: reach.family,
            origin: reach.origin,
            ends: flow.ends,
            silent: flow.silent,
        })
    }

    /// All packets of a journey get to its goal, whichever state holds.
    pub(crate) fn carried(&self, part: &Carried) -> Done {
        let packets = part.packets.of(part.family)?;
        if packets.is_empty() || packets.iter().any(Box::is_empty) {
            return Err("it asks for no packet".to_owned());
        }
        let mut flow = Flow::new(self, part.family, Mode::Carried(&part.goal, Vec::new()));
        match (&part.start, &part.goal) {
            (Start::Interfaces(first), _) if first.is_empty() => {
                Err("it starts nowhere".to_owned())
            }
            (Start::Interfaces(first), Goal::Entered) => first.iter().try_for_each(|&number| {
                self.interface(number)?;
                flow.drop_at(number, Direction::In, &packets)
            }),
            (Start::Interfaces(_), Goal::Left(_)) | (Start::Device { .. }, Goal::Entered) => {
                Err("its goal is not one of its start".to_owned())
            }
            (Start::Interfaces(first), _) => first
                .iter()
                .try_for_each(|&number| flow.present(number, None, packets.clone())),
            (Start::Device { .. }, Goal::Left(port)) => {
                flow.leaves(*port, &packets, true).map(drop)
            }
            (Start::Device { device, vrf }, _) => {
                flow.route(self.has_device(*device)?, vrf, packets, true)
            }
        }
    }
}

impl<'n, 'd> Flow<'n, 'd> {
    fn new(network: &'n Network<'d>, family: Family, mode: Mode<'n>) -> Flow<'n, 'd> {
        Flow {
            network,
            family,
            mode,
            ends: BTreeMap::new(),
            silent: Boxes::new(),
        }
    }

    fn is_followed(&self) -> bool {
        matches!(self.mode, Mode::Carried(..))
    }

    fn to(&self, dst: &Set) -> Boxes {
        boxes::only(self.family, DST, dst)
    }

    /// Packets end here.
    fn arrive(&mut self, place: Place, packets: &[Box]) -> Done {
        let Mode::Carried(goal, _) = &self.mode else {
            self.ends
                .entry(place)
                .or_default()
                .extend_from_slice(packets);
            return Ok(());
        };
        let there = match (place, goal) {
            (Place::Link(link), Goal::Link(goal)) => link == *goal,
            (Place::Device(device), Goal::Device(goal)) => device == *goal,
            (Place::Host(at, host), Goal::Hosts { link, hosts }) => {
                at == *link && hosts.of(self.family)?.contains(host)
            }
            _ => false,
        };
        match packets.first().filter(|_| !there) {
            None => Ok(()),
            Some(packet) => Err(format!("{packet:?} ends at {place:?}")),
        }
    }

    /// Packets are dropped without a log, or perhaps.
    fn lose(&mut self, packets: &[Box], why: &str) -> Done {
        match (&self.mode, packets.first()) {
            (Mode::Closed(_, true), _) => self.silent.extend_from_slice(packets),
            (Mode::Carried(..), Some(packet)) => return Err(format!("{why}: {packet:?}")),
            _ => {}
        }
        Ok(())
    }

    /// What of some packets a list, or a line that may drop anything, drops at an interface.
    fn drop_at(&mut self, number: usize, way: Direction, packets: &[Box]) -> Done {
        if matches!(self.mode, Mode::Closed(_, false)) {
            return Ok(());
        }
        if self.network.narrowed(number, way) {
            return self.lose(packets, "a line may drop");
        }
        let Some(list) = self.network.at(number, way, self.family) else {
            return Ok(());
        };
        match self.is_followed() {
            true => {
                let lost = boxes::outside(packets, &list.must);
                self.lose(lost.as_slice(), "a list may drop")
            }
            false => self.lose(&boxes::and(packets, &list.silent), ""),
        }
    }

    /// Frames on a link may cross a switch whose lists there see bridged frames.
    fn cross(&mut self, link: usize, ends: [Option<usize>; 2], packets: &[Box]) -> Done {
        let network = self.network;
        for (number, one) in network.document.interfaces.iter().enumerate() {
            if one.link != link || (self.is_followed() && ends.contains(&Some(number))) {
                continue;
            }
            let device = &network.document.devices[one.device];
            if network.known(device.bridged_in) != Known::No {
                self.drop_at(number, Direction::In, packets)?;
            }
            if network.known(device.bridged_out) != Known::No {
                self.drop_at(number, Direction::Out, packets)?;
            }
        }
        Ok(())
    }

    /// Packets reach an interface.
    fn present(&mut self, number: usize, sender: Option<usize>, packets: Boxes) -> Done {
        match &mut self.mode {
            _ if packets.is_empty() => return Ok(()),
            Mode::Closed(sets, _) => {
                let set = sets.get(&number).map_or(&[][..], Vec::as_slice);
                return match boxes::outside(&packets, set) {
                    None => Ok(()),
                    Some(packet) => Err(format!(
                        "the set of interface {number} is not closed: {packet:?}"
                    )),
                };
            }
            Mode::Carried(_, way) if way.contains(&number) => {
                return Err("packets would go round for ever".to_owned());
            }
            Mode::Carried(_, way) => way.push(number),
        }
        self.enter(number, sender, &packets)?;
        if let Mode::Carried(_, way) = &mut self.mode {
            way.pop();
        }
        Ok(())
    }

    /// Whoever sits on a link may send to every router there, or broadcast what a router turns into one of these packets.
    fn inject(&mut self, link: usize, packets: &[Box]) -> Done {
        let network = self.network;
        for number in network.on_link(link, self.family) {
            self.present(number, None, packets.to_vec())?;
        }
        let family = self.family;
        let here = network.document.interfaces.iter().enumerate();
        let here = here.filter(|(_, one)| one.link == link && family == Family::V4);
        for (number, one) in here {
            let everyone = broadcasts(one.addresses.iter());
            for relay in &one.relays {
                let heard = Box::any(self.family).with(PROTOCOL, Set::one(17));
                let heard = heard.with(DST, everyone.clone());
                let heard = heard.with(POSITION, Set::upto(1));
                let heard = heard.with(DPORT, relay.ports.ports()?);
                let heard = network.pass(number, Direction::In, &[heard], self.family);
                let server = Set::one(relay.to.addr);
                let sent = heard.into_iter().map(|one| one.with(DST, server.clone()));
                let sent = boxes::and(packets, &sent.collect::<Boxes>());
                self.route(one.device, &one.vrf, sent, false)?;
            }
        }
        Ok(())
    }

    /// What a device sends itself: from its own addresses.
    fn made(&mut self, device: usize) -> Done {
        for vrf in self.network.vrfs(device) {
            let own = self.network.own(device, vrf, self.family);
            let packets = boxes::only(self.family, SRC, &own);
            self.route(device, vrf, packets, true)?;
        }
        Ok(())
    }

    /// Packets at an interface: past its list, to the device itself, or on.
    fn enter(&mut self, number: usize, sender: Option<usize>, packets: &[Box]) -> Done {
        let (network, family) = (self.network, self.family);
        let one = network.interface(number)?;
        let (device, vrf) = (one.device, one.vrf.as_str());
        self.cross(one.link, [sender, Some(number)], packets)?;
        let own = self.to(&network.own(device, vrf, family));
        // A standby router sends packets for a virtual address on to the active one.
        let mine = boxes::minus(&own, &self.to(&network.shared(device, vrf, family)));
        let passed = network.pass(number, Direction::In, packets, family);
        let to_switch = network.known(network.document.devices[device].to_switch);
        let (taken, asked) = match to_switch {
            Known::Yes => (boxes::and(&passed, &own), packets.to_vec()),
            Known::No => (boxes::and(packets, &own), boxes::minus(packets, &mine)),
            _ => (boxes::and(packets, &own), packets.to_vec()),
        };
        self.drop_at(number, Direction::In, &asked)?;
        let effects = network.document.devices[device].effects.iter();
        for effect in effects.filter(|effect| effect.may == May::Drop) {
            if let Some(guarded) = &effect.own {
                self.lose(&boxes::and(&taken, &guarded.of(family)?), "a line may drop")?;
            }
        }
        self.arrive(Place::Device(device), &taken)?;
        let onward = boxes::minus(&passed, &mine);
        if network.may(device, &[May::Rewrite], None) && !(self.is_followed() && onward.is_empty())
        {
            // What was made of a packet may be for the device itself.
            self.lose(&passed, "what becomes of it is not known")?;
            self.arrive(Place::Device(device), &[Box::any(family)])?;
            return self.scatter(device, None, &[Box::any(family)], false);
        }
        self.forward(device, vrf, onward, &passed)
    }

    /// What is not for a device itself; `passed` is all that its list let in.
    fn forward(&mut self, device: usize, vrf: &str, onward: Boxes, passed: &[Box]) -> Done {
        let (network, family) = (self.network, self.family);
        let unrouted = network.unrouted(device, vrf, family);
        if self.is_followed() {
            self.lose(&boxes::and(&onward, &unrouted), "no router forwards")?;
        }
        let forwards = network.forwards(device, family);
        if forwards != Known::Yes {
            self.lose(
                &boxes::minus(&onward, &unrouted),
                "a switch may not forward",
            )?;
        }
        if forwards == Known::No {
            return Ok(());
        }
        if !network.may(device, &[May::Redirect], None) {
            return self.route(device, vrf, boxes::minus(&onward, &unrouted), false);
        }
        // What sends packets elsewhere may send on broadcasts too, and to an address of another VRF.
        for vrf in network.vrfs(device) {
            let own = self.to(&network.own(device, vrf, family));
            self.arrive(Place::Device(device), &boxes::and(passed, &own))?;
        }
        self.route(device, vrf, boxes::minus(&onward, &stuck(family)), false)
    }

    fn route(&mut self, device: usize, vrf: &str, packets: Boxes, own: bool) -> Done {
        let network = self.network;
        if packets.is_empty() {
            return Ok(());
        }
        if network.strays(device, vrf) {
            self.lose(&packets, "it may go where no route says")?;
            let vrf = Some(vrf).filter(|_| !network.may(device, &[May::Redirect], None));
            self.scatter(device, vrf, &packets, true)?;
        }
        let ends = self.to(&network.linkless(device, vrf, self.family));
        self.lose(&boxes::and(&packets, &ends), "a loopback may take")?;
        let mut left = packets.clone();
        for row in network.rows(device, vrf, self.family) {
            let here = self.to(&row.dst);
            let part = boxes::and(&packets, &here);
            if part.is_empty() {
                continue;
            }
            left = boxes::minus(&left, &here);
            // Every target is a state that may hold.
            for target in &row.targets {
                match target {
                    None => self.lose(&part, "a route drops")?,
                    Some(target) => self.leave(*target, &part, own)?,
                }
            }
        }
        self.lose(&left, "there is no route for")
    }

    /// What gets past the out-list of an interface, of packets that its device made or forwards.
    fn leaves(&mut self, out: usize, packets: &[Box], own: bool) -> Result<Boxes, Reject> {
        let (network, device) = (self.network, self.network.interface(out)?.device);
        let sees = match own {
            true => network.known(network.document.devices[device].from_switch),
            false => Known::Yes,
        };
        if sees != Known::No {
            self.drop_at(out, Direction::Out, packets)?;
        }
        Ok(match sees {
            Known::Yes => network.pass(out, Direction::Out, packets, self.family),
            _ => packets.to_vec(),
        })
    }

    fn leave(&mut self, target: Target, packets: &[Box], own: bool) -> Done {
        let packets = self.leaves(target.out, packets, own)?;
        let Some(via) = target.via else {
            return self.deliver(target.out, &packets);
        };
        let link = self.network.interface(target.out)?.link;
        let owners = self.network.owners(link, via);
        for &owner in &owners {
            self.present(owner, Some(target.out), packets.clone())?;
        }
        if !owners.is_empty() && !self.is_followed() {
            self.arrive(Place::Router(link), &packets)?;
        }
        match owners.is_empty() {
            true => self.hand(link, Some(target.out), via.addr, &packets),
            false => Ok(()),
        }
    }

    /// To a next hop that is no router of the document; it may come back.
    fn hand(&mut self, link: usize, sender: Option<usize>, host: u128, packets: &[Box]) -> Done {
        self.cross(link, [sender, None], packets)?;
        self.arrive(Place::Host(link, host), packets)?;
        // What a router does that nobody named is open, so it may hand packets back as well (D28).
        let back = self.network.hands_back(self.family, link, host)?;
        match back.unwrap_or(true) && !self.is_followed() {
            true => self.inject(link, packets),
            false => Ok(()),
        }
    }

    /// To the destination itself, or to a router that has its address, or that may answer for an address elsewhere.
    fn deliver(&mut self, out: usize, packets: &[Box]) -> Done {
        let (network, family) = (self.network, self.family);
        let link = network.interface(out)?.link;
        let mut rest = packets.to_vec();
        let others = network.on_link(link, family);
        for other in others.into_iter().filter(|&other| other != out) {
            let here = network.addressed(other, family);
            let far = Set::upto(family.last(DST)).minus(&network.near(other, family));
            let taken = boxes::and(packets, &self.to(&here.or(&far)));
            self.present(other, Some(out), taken)?;
            if self.is_followed() {
                rest = boxes::minus(&rest, &self.to(&here));
            }
        }
        let far = boxes::minus(packets, &self.to(&network.near(out, family)));
        self.answered(link, out, &far)?;
        self.cross(link, [Some(out), None], &rest)?;
        self.arrive(Place::Link(link), &rest)
    }

    /// Hosts before externals may answer for what is not on the link as well.
    fn answered(&mut self, link: usize, out: usize, packets: &[Box]) -> Done {
        for (hosts, _) in self.network.externals(self.family, link)? {
            if let (Some(&(first, _)), false) = (hosts.ranges().first(), packets.is_empty()) {
                self.hand(link, Some(out), first, packets)?;
            }
        }
        Ok(())
    }

    /// Anywhere the device has an interface (of the VRF): to every host, router and external there.
    fn scatter(
        &mut self,
        device: usize,
        vrf: Option<&str>,
        packets: &[Box],
        filtered: bool,
    ) -> Done {
        let (network, family) = (self.network, self.family);
        for (out, one) in network.document.interfaces.iter().enumerate() {
            if one.device != device || vrf.is_some_and(|vrf| one.vrf != vrf) {
                continue;
            }
            let passed = self.leaves(out, packets, false)?;
            let part = if filtered { passed } else { packets.to_vec() };
            self.deliver(out, &part)?;
            let others = network.on_link(one.link, family);
            for other in others.into_iter().filter(|&other| other != out) {
                self.present(other, Some(out), part.clone())?;
            }
            self.answered(one.link, out, &part)?;
        }
        Ok(())
    }
}
