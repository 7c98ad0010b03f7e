//! The second opinion on the network: where packets go by the oracle's reading of the texts.

use super::oracle::{Device, Packet, Svi, addr, mask, read};
use std::collections::BTreeSet;

/// Where a packet ends up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum End {
    /// Put on a VLAN for its destination.
    Link(u16),
    /// Handed to a neighbour that is no switch, on a VLAN.
    Handed(u16, u128),
    /// To an own address of a switch: the device and the VLAN of that address.
    Local(usize, u16),
    Dropped,
}

impl Device {
    pub(crate) fn svi(&self, vlan: u16) -> Option<&Svi> {
        self.svis.iter().find(|svi| svi.vlan == vlan)
    }

    pub(crate) fn passes(&self, svi: &Svi, out: bool, p: &Packet) -> bool {
        let list = svi
            .bound
            .get(&(p.v6, out))
            .and_then(|name| self.lists.get(&(p.v6, name.clone())));
        list.is_none_or(|list| list.decide(p).0)
    }

    fn carries(svi: &Svi, v6: bool) -> bool {
        v6 && svi.enable6 || svi.addrs.iter().any(|a| a.0 == v6)
    }

    /// The VLAN of an own address; the broadcasts of its subnets are the switch's too (D19).
    pub(crate) fn owner(&self, v6: bool, a: u128) -> Option<u16> {
        let broadcast = |addr: u128, len| (addr | !mask(false, len)) & 0xffff_ffff;
        let own = |svi: &&Svi| {
            let mut addrs = svi.addrs.iter().filter(|x| x.0 == v6);
            addrs.any(|x| x.1 == a || !v6 && x.2 < 31 && broadcast(x.1, x.2) == a)
        };
        self.svis.iter().find(own).map(|svi| svi.vlan)
    }

    /// VLAN and next hop.
    pub(crate) fn route(&self, v6: bool, dst: u128, depth: u8) -> Option<(u16, u128)> {
        let connected = self.svis.iter().flat_map(|svi| {
            svi.addrs
                .iter()
                .filter(|x| x.0 == v6)
                .map(move |x| (x.1 & mask(v6, x.2), x.2, None, svi.vlan))
        });
        let statics = self
            .statics
            .iter()
            .filter(|_| !v6)
            .map(|r| (r.0, r.1, Some(r.2), 0));
        let hits = connected
            .chain(statics)
            .filter(|(net, len, ..)| dst & mask(v6, *len) == *net);
        let (.., hop, vlan) = hits.max_by_key(|(_, len, hop, _)| (*len, hop.is_none()))?;
        match hop {
            None => Some((vlan, dst)),
            Some(hop) if depth < 4 => self.route(v6, hop, depth + 1),
            Some(_) => None,
        }
    }

    /// From the in-list of `vlan` to the link it is put on; `vlan` 0 is the switch itself.
    pub(crate) fn step(&self, me: usize, vlan: u16, p: &Packet) -> Result<(u16, u128), End> {
        if vlan != 0 {
            let svi = self.svi(vlan).ok_or(End::Dropped)?;
            if !Device::carries(svi, p.v6) || !self.passes(svi, false, p) {
                return Err(End::Dropped);
            }
            if let Some(at) = self.owner(p.v6, p.dst) {
                return Err(End::Local(me, at));
            }
        }
        let (out, hop) = self.route(p.v6, p.dst, 0).ok_or(End::Dropped)?;
        let exit = self.svi(out).expect("routes lead to interfaces");
        let seen = vlan != 0 || self.alaxala;
        let through = Device::carries(exit, p.v6) && (!seen || self.passes(exit, true, p));
        if through {
            Ok((out, hop))
        } else {
            Err(End::Dropped)
        }
    }
}

/// Both switches and the device behind the external connection.
pub(crate) struct Net {
    pub(crate) devices: [Device; 2],
    /// The neighbour that may return what it is handed (D29).
    pub(crate) hairpin: u128,
}

impl Net {
    pub(crate) fn read(texts: &[String; 2], hairpin: &str) -> Result<Net, String> {
        let devices = [read(&texts[0], false), read(&texts[1], true)];
        let [Ok(core), Ok(myn)] = devices else {
            let errors = devices.into_iter().filter_map(|device| device.err());
            return Err(errors
                .map(|(line, why)| format!("line {line}: {why}"))
                .collect());
        };
        Ok(Net {
            devices: [core, myn],
            hairpin: addr(hairpin).1,
        })
    }

    /// As [`Net::read`], where a line or two that cannot be read match nothing: one of the readings of D10.
    pub(crate) fn read_around(texts: &[String; 2], hairpin: &str) -> Result<Net, String> {
        let mut texts = texts.clone();
        for _ in 0..2 {
            for (text, alaxala) in texts.iter_mut().zip([false, true]) {
                if let Err((line, _)) = read(text, alaxala) {
                    let kept = (1..)
                        .zip(text.lines())
                        .map(|(n, l)| if n == line { "!" } else { l });
                    *text = kept.map(|line| format!("{line}\n")).collect();
                }
            }
        }
        Net::read(&texts, hairpin)
    }

    /// Everywhere a packet can end that someone on `vlan` puts there, by any router (D26, D27).
    pub(crate) fn spread(&self, vlan: u16, p: &Packet) -> BTreeSet<End> {
        let mut ends = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let enter = |vlan: u16| {
            (0..2)
                .filter(move |d| self.devices[*d].svi(vlan).is_some())
                .map(move |d| (d, vlan))
        };
        let mut todo: Vec<(usize, u16)> = enter(vlan).collect();
        while let Some((d, vlan)) = todo.pop() {
            if !seen.insert((d, vlan)) {
                continue;
            }
            match self.devices[d].step(d, vlan, p) {
                Err(end) => {
                    ends.insert(end);
                }
                Ok((out, hop)) => {
                    let router = (0..2).find(|o| {
                        self.devices[*o]
                            .svi(out)
                            .is_some_and(|svi| svi.addrs.iter().any(|a| (a.0, a.1) == (p.v6, hop)))
                    });
                    todo.extend(router.map(|o| (o, out)));
                    if hop == p.dst {
                        ends.insert(End::Link(out));
                    } else if router.is_none() {
                        ends.insert(End::Handed(out, hop));
                        if hop == self.hairpin && !p.v6 {
                            todo.extend(enter(out));
                        }
                    }
                }
            }
        }
        ends
    }

    /// Where a packet ends that a host on `vlan` hands to switch `first`, or that the switch makes itself (`vlan` 0).
    /// With `crossing`, every frame crosses the switches of its link that filter bridged frames (D25).
    pub(crate) fn walk(&self, first: usize, vlan: u16, p: &Packet, crossing: bool) -> End {
        let (mut d, mut at, mut sender) = (first, vlan, if vlan == 0 { Some(first) } else { None });
        for _ in 0..8 {
            if at != 0 && crossing && self.stopped(at, Some(d), sender, p) {
                return End::Dropped;
            }
            if at != 0
                && crossing
                && !self.devices[d].routes_v4
                && !p.v6
                && self.devices[d].owner(false, p.dst).is_none()
            {
                return End::Dropped;
            }
            let (out, hop) = match self.devices[d].step(d, at, p) {
                Err(end) => return end,
                Ok(next) => next,
            };
            let router = (0..2).find(|o| {
                *o != d
                    && self.devices[*o]
                        .svi(out)
                        .is_some_and(|svi| svi.addrs.iter().any(|a| (a.0, a.1) == (p.v6, hop)))
            });
            match router {
                Some(next) => (sender, d, at) = (Some(d), next, out),
                None if crossing && self.stopped(out, None, Some(d), p) => return End::Dropped,
                None if hop == p.dst => return End::Link(out),
                None => return End::Handed(out, hop),
            }
        }
        End::Dropped
    }

    /// A switch on the link that filters bridged frames, and is neither sender nor receiver, drops it.
    fn stopped(&self, vlan: u16, to: Option<usize>, from: Option<usize>, p: &Packet) -> bool {
        (0..2)
            .filter(|d| self.devices[*d].alaxala && Some(*d) != from && Some(*d) != to)
            .any(|d| {
                let device = &self.devices[d];
                device.svi(vlan).is_some_and(|svi| {
                    !device.passes(svi, false, p) || !device.passes(svi, true, p)
                })
            })
    }
}
