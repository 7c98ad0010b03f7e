//! What must happen: the whole way of packets, whichever state holds.

use super::Network;
use crate::Reject;
use crate::boxes::{self, Box, DST, Family};
use crate::document::{Direction, Goal, Known, Target};

/// The whole way of packets that must get to a goal, whichever state holds.
pub(crate) struct Walk<'n, 'd> {
    pub(crate) network: &'n Network<'d>,
    pub(crate) family: Family,
    pub(crate) goal: &'n Goal,
}

impl Walk<'_, '_> {
    /// All packets, handed by a host to this interface, get there.
    pub(crate) fn leaves_interface(&self, number: usize, packets: &[Box]) -> Result<(), Reject> {
        self.network.interface(number)?;
        match self.goal {
            Goal::Entered => self
                .network
                .passes(number, Direction::In, packets, self.family),
            _ => self.enter(number, None, packets, &mut Vec::new()),
        }
    }

    /// All packets that a device makes get there.
    pub(crate) fn leaves_device(
        &self,
        device: usize,
        vrf: &str,
        packets: &[Box],
    ) -> Result<(), Reject> {
        let device = self.network.has_device(device)?;
        match *self.goal {
            Goal::Left(port) => {
                self.network.interface(port)?;
                self.sent(port, packets)
            }
            _ => self.route(device, vrf, packets, true, &mut Vec::new()),
        }
    }

    /// Frames on a link may pass switches whose lists see bridged frames.
    fn across(&self, link: usize, ends: [Option<usize>; 2], packets: &[Box]) -> Result<(), Reject> {
        let network = self.network;
        let others = network.document.interfaces.iter().enumerate();
        for (number, one) in others.filter(|(n, one)| one.link == link && !ends.contains(&Some(*n)))
        {
            let device = &network.document.devices[one.device];
            if network.known(device.bridged_in) != Known::No {
                network.passes(number, Direction::In, packets, self.family)?;
            }
            if network.known(device.bridged_out) != Known::No {
                network.passes(number, Direction::Out, packets, self.family)?;
            }
        }
        Ok(())
    }

    /// The out-list of the interface lets all packets through that its device makes.
    fn sent(&self, number: usize, packets: &[Box]) -> Result<(), Reject> {
        let device = self.network.interface(number)?.device;
        match self
            .network
            .known(self.network.document.devices[device].from_switch)
        {
            Known::No => Ok(()),
            Known::Yes | Known::Open(_) => {
                self.network
                    .passes(number, Direction::Out, packets, self.family)
            }
        }
    }

    fn enter(
        &self,
        number: usize,
        sender: Option<usize>,
        packets: &[Box],
        way: &mut Vec<usize>,
    ) -> Result<(), Reject> {
        let (network, family) = (self.network, self.family);
        if packets.is_empty() {
            return Ok(());
        }
        if way.contains(&number) {
            return Err("packets would go round for ever".to_owned());
        }
        let one = network.interface(number)?;
        self.across(one.link, [sender, Some(number)], packets)?;
        let own = boxes::only(family, DST, &network.own(one.device, &one.vrf, family));
        let taken = boxes::and(packets, &own);
        if !taken.is_empty() {
            if !matches!(*self.goal, Goal::Device(goal) if goal == one.device) {
                return Err(format!("a switch takes {:?} as its own", taken[0]));
            }
            if network.known(network.document.devices[one.device].to_switch) != Known::No {
                network.passes(number, Direction::In, &taken, family)?;
            }
        }
        // A virtual address is another router's in some state: then packets for it must get there as well.
        let shared = network.shared(one.device, &one.vrf, family);
        let mine = boxes::minus(&own, &boxes::only(family, DST, &shared));
        let rest = boxes::minus(packets, &mine);
        if rest.is_empty() {
            return Ok(());
        }
        network.passes(number, Direction::In, &rest, family)?;
        let unrouted = network.unrouted(one.device, &one.vrf, family);
        if boxes::meet(&rest, &unrouted) || network.forwards(one.device, family) != Known::Yes {
            return Err("a switch does not forward a packet".to_owned());
        }
        way.push(number);
        let done = self.route(one.device, &one.vrf, &rest, false, way);
        way.pop();
        done
    }

    fn route(
        &self,
        device: usize,
        vrf: &str,
        packets: &[Box],
        own: bool,
        way: &mut Vec<usize>,
    ) -> Result<(), Reject> {
        if self.network.strays(device, vrf) {
            return Err("packets may go where no route says".to_owned());
        }
        let mut left = packets.to_vec();
        for (targets, dst) in self.network.rows(device, vrf, self.family) {
            let here = boxes::only(self.family, DST, dst);
            let part = boxes::and(packets, &here);
            if part.is_empty() {
                continue;
            }
            left = boxes::minus(&left, &here);
            // Every target is a state that may hold, so all of them must carry.
            for target in targets {
                self.leave(target.ok_or("a route drops packets")?, &part, own, way)?;
            }
        }
        match left.first() {
            None => Ok(()),
            Some(packet) => Err(format!("there is no route for {packet:?}")),
        }
    }

    fn leave(
        &self,
        target: Target,
        packets: &[Box],
        own: bool,
        way: &mut Vec<usize>,
    ) -> Result<(), Reject> {
        let (network, out) = (self.network, target.out);
        let one = network.interface(out)?;
        match own {
            true => self.sent(out, packets)?,
            false => network.passes(out, Direction::Out, packets, self.family)?,
        }
        let Some(via) = target.via else {
            return self.deliver(out, packets, way);
        };
        let owners = network.owners(one.link, via);
        if !owners.is_empty() {
            return owners
                .into_iter()
                .try_for_each(|owner| self.enter(owner, Some(out), packets, way));
        }
        match self.goal {
            Goal::Hosts { link, hosts }
                if *link == one.link && hosts.of(self.family)?.contains(via.addr) =>
            {
                self.across(one.link, [Some(out), None], packets)
            }
            _ => Err("packets are handed to someone else".to_owned()),
        }
    }

    fn deliver(&self, out: usize, packets: &[Box], way: &mut Vec<usize>) -> Result<(), Reject> {
        let (network, family) = (self.network, self.family);
        let link = network.interface(out)?.link;
        let others: Vec<usize> = network
            .on_link(link, family)
            .filter(|&other| other != out)
            .collect();
        let mut rest = packets.to_vec();
        for &other in &others {
            let here = boxes::only(family, DST, &network.addressed(other, family));
            self.enter(other, Some(out), &boxes::and(packets, &here), way)?;
            rest = boxes::minus(&rest, &here);
        }
        if rest.is_empty() {
            return Ok(());
        }
        for &other in &others {
            let near = boxes::only(family, DST, &network.near(other, family));
            if boxes::outside(&rest, &near).is_some() {
                return Err("another router may answer for an address".to_owned());
            }
        }
        match *self.goal {
            Goal::Link(goal) if goal == link => self.across(link, [Some(out), None], &rest),
            _ => Err("packets are delivered elsewhere".to_owned()),
        }
    }
}
