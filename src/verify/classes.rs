//! How many classes of packets a claim is about: packets of one class meet the same lists, and each decides them by the
//! same line.
//!
//! In: a network and its claims. Out: per claim and family a number that anybody can count again: packets of the claim (what
//! may be sent from its sources, [`argument`]) that start at one place and meet the same lists at the same interfaces, each of
//! which decides them by the same line (D13), or that meet none, are one class. Where a list may or may not see a packet, or
//! a route may or may not lead there, it counts as met ([`Side::May`]). Must not know: wording. Nothing here changes a
//! verdict: the sets that decide it are not cut into classes.

use super::argument;
use super::logged::asked_of;
use super::view::{Origin, View};
use super::world::World;
use crate::acl::{Action, Direction, Reading};
use crate::model::Policy;
use crate::net::{Family, Match, PositionSet};
use crate::pset::{Deciders, Limits, PacketSet, Space};
use crate::reach::Side;
use crate::topo::Named;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

/// Classes of packets of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Classes {
    /// No packet was reckoned with: the claim is read off the text.
    Read,
    /// So many, of IPv4 and of IPv6.
    Counted([usize; 2]),
    /// Too many to be counted, or a limit was reached.
    Many,
}

/// Steps that are taken to count, over all claims; what is not done then is not counted.
const MOST_STEPS: usize = 3_000_000;

/// Counts the classes of those claims of a policy that are `wanted`.
#[must_use]
pub fn classes(
    policy: &Policy,
    at: Date,
    devices: &[Arc<Named>],
    limits: Limits,
    wanted: &[bool],
) -> Vec<Option<Classes>> {
    let world = World::new(policy, at, devices, &Reading::new());
    let spaces = Family::BOTH.map(|family| world.space(family, limits));
    let views: Vec<View<'_>> = Family::BOTH
        .iter()
        .zip(&spaces)
        .map(|(&family, space)| View::in_world(&world, family, space))
        .collect();
    count(&world, &views, wanted)
}

/// The packets of one claim from one place: which claim, and where they start.
type Part = ((Family, Origin), usize, PacketSet);

/// The same for views that are there.
pub(super) fn count(
    world: &World<'_>,
    views: &[View<'_>],
    wanted: &[bool],
) -> Vec<Option<Classes>> {
    let claims = world.policy.claims.iter().zip(wanted).enumerate();
    let mut counts: Vec<Option<Classes>> = vec![None; world.policy.claims.len()];
    let mut parts: Vec<Part> = Vec::new();
    for (number, (claim, _)) in claims.filter(|(_, (_, wanted))| **wanted) {
        let packets = argument::packets(world, views, claim);
        counts[number] = Some(match packets {
            None => Classes::Read,
            Some(packets) => {
                let part = |(family, origin, set)| ((family, origin), number, set);
                parts.extend(packets.into_iter().map(part));
                Classes::Counted([0, 0])
            }
        });
    }
    parts.sort_by_key(|(start, number, _)| (*start, *number));
    let mut steps = MOST_STEPS;
    let mut lists = Lists::default();
    for here in parts.chunk_by(|a, b| a.0 == b.0) {
        let (family, origin) = here[0].0;
        let view = &views[usize::from(family == Family::V6)];
        if carries(view, origin) {
            add(view, origin, here, (&mut lists, &mut steps), &mut counts);
        }
    }
    if views.iter().any(|view| view.space().exhausted()) {
        let counted = counts.iter_mut().flatten();
        counted
            .filter(|one| **one != Classes::Read)
            .for_each(|one| *one = Classes::Many);
    }
    counts
}

/// Whether anything of the family gets in there at all.
fn carries(view: &View<'_>, origin: Origin) -> bool {
    match origin {
        Origin::Link(link) => view.topo.ports_of(link, view.family).next().is_some(),
        Origin::Device(device) => {
            let mut ports = view.topo.ports.iter().enumerate();
            ports.any(|(port, at)| {
                at.device == device && view.topo.interface(port).carries(view.family)
            })
        }
    }
}

/// Packets that may start there at all: a switch sends with its own addresses (D20), and a position of two bits has a fourth
/// value that no packet has.
fn startable(view: &View<'_>, origin: Origin) -> PacketSet {
    let space = view.space();
    let positions = [PositionSet::L4, PositionSet::LATER];
    let of = |position| Match {
        position,
        ..Match::any(space.family())
    };
    let real = space.of_matches(&positions.map(of));
    match origin {
        Origin::Link(_) => real,
        Origin::Device(device) => {
            let vrfs = view.topo.vrfs(device);
            let own = |vrf: &str| view.from(&view.topo.own(device, vrf, view.family));
            let own: Vec<PacketSet> = vrfs.iter().map(|vrf| own(vrf)).collect();
            space.intersect(space.union_all(&own), real)
        }
    }
}

/// Adds the classes of all that starts at one place to the counts of its claims.
fn add(
    view: &View<'_>,
    origin: Origin,
    parts: &[Part],
    (lists, steps): (&mut Lists, &mut usize),
    counts: &mut [Option<Classes>],
) {
    let space = view.space();
    let startable = startable(view, origin);
    let each: Vec<(usize, PacketSet)> = parts
        .chunk_by(|a, b| a.1 == b.1)
        .map(|mine| {
            let sets: Vec<PacketSet> = mine.iter().map(|(.., set)| *set).collect();
            (
                mine[0].1,
                space.intersect(space.union_all(&sets), startable),
            )
        })
        .collect();
    let sets: Vec<PacketSet> = each.iter().map(|(_, set)| *set).collect();
    let all = space.union_all(&sets);
    let classes = cut(view, origin, all, lists, steps).map(|classes| Tree::new(space, classes));
    for (number, set) in each {
        let met = classes.as_ref().and_then(|classes| match classes {
            Some(classes) => classes.met(space, set, steps),
            None => Some(0),
        });
        let at = usize::from(view.family == Family::V6);
        match (&mut counts[number], met) {
            (Some(Classes::Counted(count)), Some(met)) => count[at] += met,
            (count, _) => *count = Some(Classes::Many),
        }
    }
}

/// A list, prepared, and the lines of its entries with what they do: what a list does without a line may be two things.
struct List {
    deciders: Deciders,
    lines: Vec<(Option<u32>, Action)>,
}

/// Lists that were met, by family, device and number.
#[derive(Default)]
struct Lists(BTreeMap<(Family, usize, usize), Rc<List>>);

impl Lists {
    fn at(&mut self, view: &View<'_>, port: usize, direction: Direction) -> Option<Rc<List>> {
        let interface = view.topo.interface(port);
        let binding = interface.binding(view.family, direction)?;
        let acl = &view.topo.device(port).acls[binding.acl];
        let key = (view.family, view.topo.ports[port].device, binding.acl);
        let list = self.0.entry(key).or_insert_with(|| {
            let space = view.space();
            Rc::new(List {
                deciders: space.deciders(acl, space.full()),
                lines: acl.all().map(|ace| (ace.line, ace.action)).collect(),
            })
        });
        Some(Rc::clone(list))
    }
}

/// Cuts packets from one place into classes; `None` if that took too many steps.
fn cut(
    view: &View<'_>,
    origin: Origin,
    packets: PacketSet,
    lists: &mut Lists,
    steps: &mut usize,
) -> Option<Vec<(PacketSet, ())>> {
    let space = view.space();
    let spread = view.spread_of(origin, Side::May);
    let mut met: Vec<(PacketSet, Rc<List>)> = Vec::new();
    for port in 0..view.topo.ports.len() {
        let came = asked_of(view, port, spread.at[port], Side::May);
        for (set, direction) in [
            (came, Direction::In),
            (spread.leaving[port], Direction::Out),
        ] {
            let set = space.intersect(set, packets);
            if !space.is_empty(set) {
                met.extend(lists.at(view, port, direction).map(|list| (set, list)));
            }
        }
    }
    let mut classes = Vec::new();
    if !space.is_empty(packets) {
        match Tree::new(space, met) {
            Some(tree) => tree.cut(space, packets, steps, &mut classes)?,
            None => classes.push(packets),
        }
    }
    Some(classes.into_iter().map(|class| (class, ())).collect())
}

/// Sets with what belongs to them, in halves: what is disjoint from a half need not be looked at in it.
struct Tree<T> {
    union: PacketSet,
    len: usize,
    node: Node<T>,
}

enum Node<T> {
    Leaf(T),
    Halves(Box<(Tree<T>, Tree<T>)>),
}

impl<T> Tree<T> {
    /// Nothing for no sets.
    fn new(space: &Space, mut sets: Vec<(PacketSet, T)>) -> Option<Tree<T>> {
        if sets.len() > 1 {
            let late = sets.split_off(sets.len() / 2);
            let halves = (Tree::new(space, sets)?, Tree::new(space, late)?);
            return Some(Tree {
                union: space.union(halves.0.union, halves.1.union),
                len: halves.0.len + halves.1.len,
                node: Node::Halves(Box::new(halves)),
            });
        }
        let (union, item) = sets.pop()?;
        Some(Tree {
            union,
            len: 1,
            node: Node::Leaf(item),
        })
    }

    /// How many of the sets, which are disjoint, have a packet in common with one; `None` if that took too many steps.
    fn met(&self, space: &Space, set: PacketSet, steps: &mut usize) -> Option<usize> {
        *steps = steps.checked_sub(1)?;
        if space.disjoint(self.union, set) {
            return Some(0);
        }
        match &self.node {
            Node::Halves(halves) if !space.subset(self.union, set) => {
                Some(halves.0.met(space, set, steps)? + halves.1.met(space, set, steps)?)
            }
            Node::Leaf(_) | Node::Halves(_) => Some(self.len),
        }
    }
}

impl Tree<Rc<List>> {
    /// Cuts a class by every list it meets; `None` if that took too many steps.
    fn cut(
        &self,
        space: &Space,
        class: PacketSet,
        steps: &mut usize,
        classes: &mut Vec<PacketSet>,
    ) -> Option<()> {
        *steps = steps.checked_sub(1)?;
        if space.disjoint(self.union, class) {
            classes.push(class);
            return Some(());
        }
        match &self.node {
            Node::Halves(halves) => {
                let mut parts = Vec::new();
                halves.0.cut(space, class, steps, &mut parts)?;
                for part in parts {
                    halves.1.cut(space, part, steps, classes)?;
                }
            }
            Node::Leaf(list) => {
                let inside = space.intersect(class, self.union);
                let outside = space.minus(class, self.union);
                if !space.is_empty(outside) {
                    classes.push(outside);
                }
                // A line of several entries is one line.
                let mut by_line: BTreeMap<(Option<u32>, Action), PacketSet> = BTreeMap::new();
                for (entry, part) in space.decided_by(&list.deciders, inside) {
                    *steps = steps.checked_sub(1)?;
                    let line = list.lines[entry];
                    let known = by_line.entry(line).or_insert(space.empty());
                    *known = space.union(*known, part);
                }
                classes.extend(by_line.into_values());
            }
        }
        Some(())
    }
}
