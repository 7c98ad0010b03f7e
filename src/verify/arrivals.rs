//! Everything that arrives anywhere, comparable between states of one network: what a change opens and closes end to end.
//!
//! In: two or more [`View`]s that share a space. Out: per link of injection and end, the packets that arrive in one state
//! and not in the other (D27, D46). Links and devices are compared by name, because states may differ in both.

use super::Verdict;
use super::replay::OurBug;
use super::view::View;
use super::world::World;
use crate::acl::Acl;
use crate::net::{AddrRanges, Family, Flow, Match, PositionSet};
use crate::pset::{Bounds, PacketSet, Prefer, Space};
use crate::reach::{End as Arrived, Side, Trace, Walker};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Where packets arrive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// On a link.
    Link(String),
    /// Handed to a next hop on a link.
    NextHop(String, IpAddr),
    /// At own addresses of a device: those that are routed to.
    Own(String),
}

impl End {
    /// As it is called.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            End::Link(name) | End::Own(name) => name.clone(),
            End::NextHop(name, addr) => format!("{name} {addr}"),
        }
    }
}

/// Link of injection, and end.
pub type Pair = (String, End);

/// What arrives, E- as must and E+ as may, for every pair that is reached at all.
pub type Arrivals = BTreeMap<Pair, Bounds>;

/// All arrivals of a state. What stays on its link, and ND that crossed a router, does not count (D25, D33).
#[must_use]
pub fn arrivals(view: &View<'_>) -> Arrivals {
    let space = view.space();
    let topo = view.topo;
    let mut all = Arrivals::new();
    let nd = view.sets.neighbour_discovery;
    let unrouted = view.to(&not_unicast(view.family));
    for link in 0..topo.links.len() {
        let from = topo.link_name(link);
        let (may, must) = (view.spread(link, Side::May), view.spread(link, Side::Must));
        let mut put = |end: End, may: PacketSet, must: PacketSet| {
            let bounds = Bounds {
                must: space.minus(must, nd),
                may: space.minus(may, nd),
            };
            if !space.is_empty(bounds.may) {
                all.insert((from.clone(), end), bounds);
            }
        };
        for other in (0..topo.links.len()).filter(|&other| other != link) {
            let end = End::Link(topo.link_name(other));
            put(end, may.delivered[other], must.delivered[other]);
        }
        for (&(other, addr), &set) in may.handed.iter().filter(|((other, _), _)| *other != link) {
            let certain = must.handed.get(&(other, addr)).copied();
            let end = End::NextHop(topo.link_name(other), addr);
            put(end, set, certain.unwrap_or(space.empty()));
        }
        for device in 0..topo.devices.len() {
            let routed = |set| space.minus(set, unrouted);
            let end = End::Own(topo.devices[device].name.clone());
            put(end, routed(may.local[device]), routed(must.local[device]));
        }
    }
    all
}

/// Link-local, multicast and broadcast destinations: control traffic of the link itself (D21, D33).
fn not_unicast(family: Family) -> AddrRanges {
    let texts: &[&str] = match family {
        Family::V4 => &["224.0.0.0/4", "255.255.255.255/32", "169.254.0.0/16"],
        Family::V6 => &["fe80::/10", "ff00::/8"],
    };
    let nets = texts
        .iter()
        .map(|text| text.parse().expect("a constant prefix"));
    AddrRanges::prefixes(family, &nets.collect::<Vec<_>>())
}

/// Packets that arrive in `new` and did not in `old`: must under every reading, may under some.
#[must_use]
pub fn gained(space: &Space, old: &Arrivals, new: &Arrivals) -> Vec<(Pair, Bounds)> {
    let nothing = Bounds::exactly(space.empty());
    let pairs: BTreeSet<&Pair> = new.keys().collect();
    let mut out = Vec::new();
    for pair in pairs {
        let before = old.get(pair).copied().unwrap_or(nothing);
        let after = new.get(pair).copied().unwrap_or(nothing);
        let more = space.bounds_minus(after, before);
        if !space.is_empty(more.may) {
            out.push((pair.clone(), more));
        }
    }
    out
}

/// Asks something of several states in one space per family. `None`: the limit was reached, and no set means anything.
pub fn in_each_family<T>(
    worlds: &[World<'_>],
    limit: Option<usize>,
    mut ask: impl FnMut(&[View<'_>]) -> T,
) -> Vec<Option<T>> {
    Family::BOTH
        .into_iter()
        .map(|family| {
            let lists = worlds.iter().flat_map(|world| &world.topo.devices);
            let acls: Vec<&Acl> = lists
                .flat_map(|named| &named.device.acls)
                .filter(|acl| acl.family == family)
                .collect();
            let space = Space::for_acls(family, &acls);
            let space = match limit {
                Some(nodes) => space.with_limit(nodes),
                None => space,
            };
            let view = |world| View::in_world(world, family, &space);
            let views: Vec<View<'_>> = worlds.iter().map(view).collect();
            let answer = ask(&views);
            (!space.exhausted()).then_some(answer)
        })
        .collect()
}

/// Whether anything arrives in one of two states and not in the other: refuted for certain, unknown perhaps.
#[must_use]
pub fn same(worlds: &[World<'_>; 2], limit: Option<usize>) -> Verdict {
    let verdicts = in_each_family(worlds, limit, |views| {
        let space = views[0].space();
        let [old, new] = [arrivals(&views[0]), arrivals(&views[1])];
        let more = gained(space, &old, &new);
        let less = gained(space, &new, &old);
        let each = more
            .iter()
            .chain(&less)
            .map(|(_, bounds)| match space.is_empty(bounds.must) {
                true => Verdict::Unknown,
                false => Verdict::Refuted,
            });
        Verdict::worst(each)
    });
    Verdict::worst(verdicts.into_iter().map(|v| v.unwrap_or(Verdict::Unknown)))
}

/// The most readable packet of what arrives at an end, walked there first (D43). `certain`: it must get there under every
/// reading.
///
/// # Errors
/// [`OurBug`] if the interpreter does not bring it there.
pub fn show(
    view: &View<'_>,
    (from, end): &Pair,
    set: PacketSet,
    certain: bool,
) -> Result<Option<(Flow, Trace)>, OurBug> {
    let (space, topo) = (view.space(), view.topo);
    let whole = Match {
        position: PositionSet::WHOLE,
        ..Match::any(view.family)
    };
    let mut sets = vec![view.sets.openings];
    let link = (0..topo.links.len()).find(|&link| topo.link_name(link) == *from);
    sets.extend(link.map(|link| view.from(&super::spoof::sources_of(view, link))));
    sets.push(space.complement(view.sets.martian_sources));
    sets.push(space.of_match(&whole));
    let flow = space.witness(set, &Prefer { sets });
    let (Some(flow), Some(link)) = (flow, link) else {
        return Ok(None);
    };
    let there = |found: &Arrived| match (found, end) {
        (Arrived::Delivered(link), End::Link(name)) => topo.link_name(*link) == *name,
        (Arrived::Handed(link, addr), End::NextHop(name, hop)) => {
            topo.link_name(*link) == *name && addr == hop
        }
        (Arrived::Local(device), End::Own(name)) => topo.devices[*device].name == *name,
        // A packet for another router's own address has also arrived on the link (D27).
        _ => false,
    };
    let walker = Walker::new(topo, view.beyond());
    let walker = match end {
        End::Link(_) => walker.arrivals(),
        End::NextHop(..) | End::Own(_) => walker,
    };
    let (trace, found) = walker.walk(&flow, link, None, !certain, &there);
    if certain && !there(&found) {
        return Err(OurBug {
            claim: format!("{from} -> {end:?}"),
            flow: flow.to_string(),
        });
    }
    Ok(Some((flow, trace)))
}
