//! What must happen: the whole way of packets, whichever state holds.

use super::{Goal, Known, Network, Row, Target, index};
use crate::Reject;
use crate::boxes::{self, Box, DST, Family};

/// The whole way of packets that must get to a goal, whichever state holds.
pub(crate) struct Walk<'n> {
    pub(crate) network: &'n Network,
    pub(crate) family: Family,
    pub(crate) goal: Goal,
}

impl Walk<'_> {
    /// All packets, handed by a host to this interface, get there.
    pub(crate) fn leaves_interface(&self, number: usize, packets: &[Box]) -> Result<(), Reject> {
        self.network.interface(number)?;
        self.enter(number, None, packets, &mut Vec::new())
    }

    /// All packets that a device makes get there.
    pub(crate) fn leaves_device(
        &self,
        device: usize,
        vrf: &str,
        packets: &[Box],
    ) -> Result<(), Reject> {
        match self.network.has(device) {
            true => self.route(device, vrf, packets, true, &mut Vec::new()),
            false => Err(format!("no device {device}")),
        }
    }

    /// Frames on a link may pass switches whose lists see bridged frames.
    fn across(&self, link: usize, ends: [Option<usize>; 2], packets: &[Box]) -> Result<(), Reject> {
        let network = self.network;
        let others = network.interfaces.iter().enumerate();
        for (_, one) in others.filter(|(n, one)| one.link == link && !ends.contains(&Some(*n))) {
            let device = &network.devices[one.device];
            if device.bridged_in != Known::No {
                network.passes(one.inward[index(self.family)], packets)?;
            }
            if device.bridged_out != Known::No {
                network.passes(one.outward[index(self.family)], packets)?;
            }
        }
        Ok(())
    }

    /// The in-list of the interface lets all packets through.
    pub(crate) fn entered(
        network: &Network,
        family: Family,
        number: usize,
        packets: &[Box],
    ) -> Result<(), Reject> {
        network.passes(network.interface(number)?.inward[index(family)], packets)
    }

    /// The out-list of the interface lets all packets through that its device makes.
    pub(crate) fn left(
        network: &Network,
        family: Family,
        number: usize,
        packets: &[Box],
    ) -> Result<(), Reject> {
        let one = network.interface(number)?;
        match network.devices[one.device].from_switch {
            Known::No => Ok(()),
            Known::Yes | Known::Open => network.passes(one.outward[index(family)], packets),
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
        let one = &network.interfaces[number];
        let device = &network.devices[one.device];
        self.across(one.link, [sender, Some(number)], packets)?;
        let own = boxes::only(family, DST, &network.own(one.device, &one.vrf, family));
        let taken = boxes::and(packets, &own);
        if !taken.is_empty() {
            if !matches!(self.goal, Goal::Device(goal) if goal == one.device) {
                return Err(format!("a switch takes {:?} as its own", taken[0]));
            }
            if device.to_switch != Known::No {
                network.passes(one.inward[index(family)], &taken)?;
            }
        }
        let rest = boxes::minus(packets, &own);
        if rest.is_empty() {
            return Ok(());
        }
        network.passes(one.inward[index(family)], &rest)?;
        let unrouted = network.unrouted(one.device, &one.vrf, family);
        if boxes::meet(&rest, &unrouted) || device.forwards[index(family)] != Known::Yes {
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
        let mut left = packets.to_vec();
        let mine =
            |row: &&Row| (row.device, row.vrf.as_str(), row.family) == (device, vrf, self.family);
        for row in self.network.rows.iter().filter(mine) {
            let here = boxes::only(self.family, DST, &row.dst);
            let part = boxes::and(packets, &here);
            if part.is_empty() {
                continue;
            }
            left = boxes::minus(&left, &here);
            // Every target is a state that may hold, so all of them must carry.
            for target in &row.targets {
                self.leave(target, &part, own, way)?;
            }
        }
        match left.first() {
            None => Ok(()),
            Some(packet) => Err(format!("there is no route for {packet:?}")),
        }
    }

    fn leave(
        &self,
        target: &Target,
        packets: &[Box],
        own: bool,
        way: &mut Vec<usize>,
    ) -> Result<(), Reject> {
        let (network, family) = (self.network, self.family);
        let (out, via) = match *target {
            Target::Null => return Err("a route drops packets".to_owned()),
            Target::Connected(out) => (out, None),
            Target::Via(out, via) => (out, Some(via)),
        };
        let one = &network.interfaces[out];
        match own {
            true => Walk::left(network, family, out, packets)?,
            false => network.passes(one.outward[index(family)], packets)?,
        }
        let Some(via) = via else {
            return self.deliver(out, packets, way);
        };
        let owners = network.owners(one.link, family, via);
        if owners.is_empty() {
            return match &self.goal {
                Goal::Hosts(link, hosts) if *link == one.link && hosts.contains(via) => {
                    self.across(one.link, [Some(out), None], packets)
                }
                _ => Err("packets are handed to someone else".to_owned()),
            };
        }
        owners
            .into_iter()
            .try_for_each(|owner| self.enter(owner, Some(out), packets, way))
    }

    fn deliver(&self, out: usize, packets: &[Box], way: &mut Vec<usize>) -> Result<(), Reject> {
        let (network, family) = (self.network, self.family);
        let link = network.interfaces[out].link;
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
        match self.goal {
            Goal::Link(goal) if goal == link => self.across(link, [Some(out), None], &rest),
            _ => Err("packets are delivered elsewhere".to_owned()),
        }
    }
}
