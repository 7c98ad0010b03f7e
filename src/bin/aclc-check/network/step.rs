//! What may happen: one step of every packet of the sets that the certificate states.

use super::{Arrived, Known, Network, Row, Target, index};
use crate::Reject;
use crate::boxes::{self, Box, Boxes, DST, SRC};
use crate::certificate::{array, fields, get, number, plain};
use crate::set::Set;
use serde_json::Value;
use std::collections::BTreeMap;

impl Network {
    /// Where packets may get to from an origin, if the sets stated per interface are closed under every step.
    pub(crate) fn arrived(&self, value: &Value) -> Result<Arrived, Reject> {
        fields(value, &["family", "origin", "sets"])?;
        let family = crate::certificate::family(value)?;
        let mut sets: BTreeMap<usize, Boxes> = BTreeMap::new();
        for set in array(value, "sets")? {
            fields(set, &["interface", "cells"])?;
            let number = number(set, "interface")?;
            self.interface(number)?;
            let cells = crate::certificate::boxes(family, get(set, "cells")?)?;
            if sets.insert(number, cells).is_some() {
                return Err(format!("interface {number} has two sets"));
            }
        }
        let mut step = Step {
            network: self,
            sets: &sets,
            out: Arrived {
                family,
                delivered: vec![Vec::new(); self.links],
                handed: BTreeMap::new(),
                local: vec![Vec::new(); self.devices.len()],
            },
        };
        let origin = get(value, "origin")?;
        match (origin.get("link"), origin.get("device")) {
            (Some(link), None) => step.inject(plain(link)?, &[Box::any(family)])?,
            (None, Some(device)) => step.send(plain(device)?)?,
            _ => return Err("an origin is a link or a device".to_owned()),
        }
        for (&number, packets) in &sets {
            step.enter(number, packets)?;
        }
        Ok(step.out)
    }
}

/// One step of every packet of some sets; each must end inside the sets again, or it has arrived somewhere.
struct Step<'n> {
    network: &'n Network,
    sets: &'n BTreeMap<usize, Boxes>,
    out: Arrived,
}

impl Step<'_> {
    fn present(&self, number: usize, packets: &[Box]) -> Result<(), Reject> {
        let set = self.sets.get(&number).map_or(&[][..], Vec::as_slice);
        match boxes::outside(packets, set) {
            None => Ok(()),
            Some(packet) => Err(format!(
                "the set of interface {number} is not closed: {packet:?}"
            )),
        }
    }

    /// Whoever sits on a link may send to every router there.
    fn inject(&self, link: usize, packets: &[Box]) -> Result<(), Reject> {
        let mut all = self.network.on_link(link, self.out.family);
        all.try_for_each(|number| self.present(number, packets))
    }

    /// What a device sends itself: from its own addresses.
    fn send(&mut self, device: usize) -> Result<(), Reject> {
        if !self.network.has(device) {
            return Err(format!("no device {device}"));
        }
        for vrf in self.network.vrfs(device) {
            let own = self.network.own(device, vrf, self.out.family);
            let packets = boxes::only(self.out.family, SRC, &own);
            self.route(device, vrf, &packets, true)?;
        }
        Ok(())
    }

    fn enter(&mut self, number: usize, packets: &[Box]) -> Result<(), Reject> {
        let (network, family) = (self.network, self.out.family);
        let one = &network.interfaces[number];
        let device = &network.devices[one.device];
        let own = boxes::only(family, DST, &network.own(one.device, &one.vrf, family));
        let passed = network.pass(one.inward[index(family)], packets, true);
        let taken = match device.to_switch {
            Known::Yes => boxes::and(&passed, &own),
            Known::No | Known::Open => boxes::and(packets, &own),
        };
        self.out.local[one.device].extend(taken);
        if device.forwards[index(family)] == Known::No {
            return Ok(());
        }
        let routed = boxes::minus(&passed, &own);
        let routed = boxes::minus(&routed, &network.unrouted(one.device, &one.vrf, family));
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
        let mine = |row: &&Row| (row.device, row.vrf.as_str(), row.family) == (device, vrf, family);
        for row in network.rows.iter().filter(mine) {
            let part = boxes::and(packets, &boxes::only(family, DST, &row.dst));
            for target in row.targets.iter().filter(|_| !part.is_empty()) {
                self.leave(target, &part, own)?;
            }
        }
        Ok(())
    }

    fn leave(&mut self, target: &Target, packets: &[Box], own: bool) -> Result<(), Reject> {
        let (network, family) = (self.network, self.out.family);
        let (out, via) = match *target {
            Target::Null => return Ok(()),
            Target::Connected(out) => (out, None),
            Target::Via(out, via) => (out, Some(via)),
        };
        let one = &network.interfaces[out];
        let seen = !own || network.devices[one.device].from_switch == Known::Yes;
        let packets = match seen {
            true => network.pass(one.outward[index(family)], packets, true),
            false => packets.to_vec(),
        };
        let Some(via) = via else {
            return self.deliver(out, packets);
        };
        let owners = network.owners(one.link, family, via);
        for &owner in &owners {
            self.present(owner, &packets)?;
        }
        if owners.is_empty() {
            // What a router does that nobody named is open, so it may hand packets back as well (D28).
            if network.hands_back(family, one.link, via).unwrap_or(true) {
                self.inject(one.link, &packets)?;
            }
            self.out
                .handed
                .entry((one.link, via))
                .or_default()
                .extend(packets);
        }
        Ok(())
    }

    /// To the destination itself, or to a router that has its address, or that may answer for an address elsewhere.
    fn deliver(&mut self, out: usize, packets: Boxes) -> Result<(), Reject> {
        let (network, family) = (self.network, self.out.family);
        let link = network.interfaces[out].link;
        for other in network.on_link(link, family).filter(|&other| other != out) {
            let here = network.addressed(other, family);
            let far = Set::upto(family.last(DST)).minus(&network.near(other, family));
            let taken = boxes::only(family, DST, &here.or(&far));
            self.present(other, &boxes::and(&packets, &taken))?;
        }
        self.out.delivered[link].extend(packets);
        Ok(())
    }
}
