//! The two questions that are asked of the steps: where packets may get to, and whether packets get where they must.

use crate::document::{Carried, Goal, Origin, Reach, Start};
use crate::network::{Network, Via};
use crate::packets::{self as set, Box, Boxes, SRC, with};
use crate::steps::Place;
use crate::{Done, Reject, at};
use std::collections::BTreeMap;

/// Where packets of an origin may get to.
pub(crate) type Ends<'d> = BTreeMap<Place<'d>, Boxes>;

impl<'d> Network<'d> {
    /// Where packets may get to from an origin, shown by induction: the certificate states, per interface, all packets that
    /// may be presented to it. What starts is in these sets, and so is whatever one step or several make of what is in them.
    pub(crate) fn arrived(&self, reach: &'d Reach) -> Result<Ends<'d>, Reject> {
        let all = vec![self.family.all()];
        let sets = reach.sets.iter().map(|one| (one.interface, &one.cells[..]));
        let sets: BTreeMap<usize, &[Box]> = sets.collect();
        let mut starts: Vec<(Place, Boxes)> = match reach.origin {
            Origin::Link(link) => vec![(Place::Anybody(link), all.clone())],
            // What a device sends itself is from its own addresses.
            Origin::Device(device) => {
                let made = |vrf| with(SRC, self.own(device, vrf));
                let each = self.vrfs(device).into_iter();
                each.map(|vrf| (Place::Routed(device, vrf, true), set::and(&all, &made(vrf))))
                    .collect()
            }
        };
        starts.extend(
            sets.iter()
                .map(|(&number, cells)| (Place::In(number), set::and(cells, &all))),
        );
        let mut ends = Ends::new();
        for (place, packets) in starts {
            self.spread(place, &packets, &sets, &mut ends)?;
        }
        Ok(ends)
    }

    fn spread(
        &self,
        from: Place<'d>,
        packets: &[Box],
        sets: &BTreeMap<usize, &[Box]>,
        ends: &mut Ends<'d>,
    ) -> Done {
        for (place, packets) in self.steps(from, packets) {
            if let Place::In(number) = place {
                let set = sets.get(&number).copied().unwrap_or_default();
                if let Some(packet) = set::outside(&packets, set) {
                    let why = "the set of interface";
                    return Err(format!("{why} {number} is not closed: {packet:?}"));
                }
                continue;
            }
            // What was there already made its steps: so this ends, whoever hands packets back.
            let known = ends.entry(place).or_default();
            let old = matches!(place, Place::Host(..)) && set::outside(&packets, known).is_none();
            known.extend_from_slice(&packets);
            if !old {
                self.spread(place, &packets, sets, ends)?;
            }
        }
        Ok(())
    }

    /// All packets get to their goal from each start, whichever steps they take: none is dropped, ends elsewhere, or goes round.
    pub(crate) fn carried(&self, part: &'d Carried) -> Done {
        let packets = set::and(&part.packets, &[self.family.all()]);
        if packets.is_empty() || part.start.is_empty() {
            return Err("it asks for no packet".to_owned());
        }
        part.start.iter().try_for_each(|start| {
            let mut way = Vec::new();
            let place = match start {
                Start::In(number) => {
                    at(&self.document.interfaces, *number, "interface")?;
                    Place::For(*number)
                }
                Start::Out(number) => {
                    at(&self.document.interfaces, *number, "interface")?;
                    Place::Out(*number, Via::Destination, true)
                }
                Start::Made(device, vrf) => Place::Routed(*device, vrf, true),
            };
            self.follow(place, &packets, &part.goal, &mut way)
        })
    }

    fn follow(&self, from: Place<'d>, packets: &[Box], goal: &Goal, way: &mut Vec<usize>) -> Done {
        for (place, packets) in self.steps(from, packets) {
            match place {
                _ if is_at(goal, place) => {}
                Place::In(number) if way.contains(&number) => {
                    return Err("packets would go round for ever".to_owned());
                }
                Place::In(number) => {
                    way.push(number);
                    self.follow(place, &packets, goal, way)?;
                    way.pop();
                }
                Place::For(_)
                | Place::Entered(_)
                | Place::Routed(..)
                | Place::Out(..)
                | Place::Left(..) => {
                    self.follow(place, &packets, goal, way)?;
                }
                // Told of at the router itself; what else is made of a packet is no matter to who waits for it.
                Place::Owner(_) | Place::Router(_) | Place::Changed(_) => {}
                Place::Anybody(_)
                | Place::Link(_)
                | Place::Host(..)
                | Place::Device(_)
                | Place::Dropped { .. } => {
                    let packet = packets.first();
                    return Err(format!("a packet ends at {place:?}: {packet:?}"));
                }
            }
        }
        Ok(())
    }
}

fn is_at(goal: &Goal, place: Place) -> bool {
    match (goal, place) {
        (Goal::Link(link), Place::Link(at)) => *link == at,
        (Goal::Hosts { link, hosts }, Place::Host(at, host)) => *link == at && hosts.contains(host),
        (Goal::Device(device), Place::Device(at)) => *device == at,
        (Goal::Entered(number), Place::Entered(at)) => *number == at,
        (Goal::Left(number), Place::Left(at, _)) => *number == at,
        _ => false,
    }
}
