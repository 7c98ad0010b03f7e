//! Read back equals the policy (D45): Low is inside A-, E+ is inside High.

use super::spec::{Half, companions};
use super::view::View;
use super::{Verdict, control, works};
use crate::model::At;
use crate::net::proto::UDP;
use crate::net::{AddrRanges, ByteSet, Family, Match, PortSet, PositionSet};
use crate::pset::PacketSet;
use crate::reach::{Goal, Side};
use ipnet::IpNet;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Something that arrives and should not, or should and does not.
#[derive(Clone, Debug)]
pub(super) enum Unequal {
    /// Wider than the policy.
    Wider {
        link: usize,
        end: Reached,
        may: PacketSet,
        must: PacketSet,
    },
    /// Narrower than the policy.
    Narrower(works::Missing),
    /// Drops what the link needs.
    Blocked(control::Blocked),
}

/// Where it arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reached {
    /// On a link.
    Link(usize),
    /// At a next hop.
    NextHop(usize, IpAddr),
}

/// Compares one family of the read-back with the policy.
pub(super) fn check(view: &View<'_>, halves: &[Half]) -> (Verdict, Vec<Unequal>) {
    let (mut verdict, missing) = works::check(view, halves);
    let mut unequal: Vec<Unequal> = missing.into_iter().map(Unequal::Narrower).collect();
    for blocked in control::check(view) {
        let certain = !view.space().is_empty(blocked.certain);
        verdict = verdict.max(if certain {
            Verdict::Refuted
        } else {
            Verdict::Unknown
        });
        unequal.push(Unequal::Blocked(blocked));
    }
    let ends = OnceCell::new();
    for link in 0..view.topo.links.len() {
        let known = view.found().borrow().equal.get(&link).cloned();
        if let Some(grounds) = known {
            view.lean_on(&grounds);
            continue;
        }
        let (found, grounds) =
            view.grounds(|| wider(view, ends.get_or_init(|| Ends::of(view)), link));
        if found.is_empty() {
            view.found().borrow_mut().equal.insert(link, grounds);
        }
        for found in found {
            if let Unequal::Wider { must, .. } = &found {
                let one = if view.space().is_empty(*must) {
                    Verdict::Unknown
                } else {
                    Verdict::Refuted
                };
                verdict = verdict.max(one);
            }
            unequal.push(found);
        }
    }
    (verdict, unequal)
}

/// What was injected on a link and arrives elsewhere without a session that says so.
fn wider(view: &View<'_>, ends: &Ends<'_>, link: usize) -> Vec<Unequal> {
    let space = view.space();
    let (may, must) = (view.spread(link, Side::May), view.spread(link, Side::Must));
    let nd = view.sets.neighbour_discovery;
    let mut found = Vec::new();
    // Where people attest that addresses are not forged, only what can lie there is injected (D40).
    let forged = match view.authentic(link) {
        true => space.complement(view.from(&super::spoof::sources_of(view, link))),
        false => space.empty(),
    };
    let mut compare = |end: Reached, may: PacketSet, must: PacketSet| {
        if space.is_empty(may) {
            return;
        }
        let high = space.union(high(view, ends, link, end), forged);
        let may = space.minus(space.minus(may, nd), high);
        if !space.is_empty(may) {
            found.push(Unequal::Wider {
                link,
                end,
                may,
                must: space.minus(space.minus(must, nd), high),
            });
        }
    };
    for (other, &set) in may
        .delivered
        .iter()
        .enumerate()
        .filter(|&(other, &set)| other != link && !space.is_empty(set))
    {
        // What one router puts there for another's own address is left to claims, like all own-address arrivals.
        let own = view.to(&view.routers(other));
        let hosts = |set| space.minus(set, own);
        compare(
            Reached::Link(other),
            hosts(set),
            hosts(must.delivered[other]),
        );
    }
    for (&(other, addr), &set) in may.handed.iter().filter(|((other, _), _)| *other != link) {
        let certain = must
            .handed
            .get(&(other, addr))
            .copied()
            .unwrap_or(space.empty());
        compare(Reached::NextHop(other, addr), set, certain);
    }
    found
}

fn sits_on(view: &View<'_>, at: At, link: usize) -> bool {
    let device = view.device_of(at);
    let ports = &view.topo.links[link].ports;
    device.is_some_and(|device| {
        ports
            .iter()
            .any(|&port| view.topo.ports[port].device == device)
    })
}

/// The sessions by where they end.
pub(super) struct Ends<'v> {
    /// By link: those that arrive there, or are put there on their way to a far switch.
    links: BTreeMap<usize, Vec<&'v Half>>,
    /// Those that are handed to a host before an external.
    beyond: Vec<(&'v Half, Goal)>,
}

impl<'v> Ends<'v> {
    pub(super) fn of(view: &'v View<'_>) -> Ends<'v> {
        let mut ends = Ends {
            links: BTreeMap::new(),
            beyond: Vec::new(),
        };
        for half in view.halves.iter().filter(|half| half.family == view.family) {
            let target = half.target();
            let goal = view.goal(target);
            let mut links = goal.links.clone();
            if matches!(target.at, At::Switch(_)) {
                links.extend(
                    (0..view.topo.links.len()).filter(|&link| sits_on(view, target.at, link)),
                );
            }
            for link in links {
                ends.links.entry(link).or_default().push(half);
            }
            if !goal.handed.is_empty() {
                ends.beyond.push((half, goal));
            }
        }
        ends
    }

    fn at(&self, end: Reached) -> Vec<&'v Half> {
        match end {
            Reached::Link(link) => self.links.get(&link).cloned().unwrap_or_default(),
            Reached::NextHop(link, addr) => {
                let taken = self
                    .beyond
                    .iter()
                    .filter(|(_, goal)| goal.takes(link, addr));
                taken.map(|(half, _)| *half).collect()
            }
        }
    }
}

/// Req, Rep and Com of the sessions between a link and an end (D45): of those that start on the link, and of those that
/// cross it on their way. A list cannot tell a packet that a router put on a transit link from one that somebody there
/// made up, so a build does not fail for it; the claims do see it (D24).
pub(super) fn high(view: &View<'_>, ends: &Ends<'_>, link: usize, end: Reached) -> PacketSet {
    let mut boxes: Vec<Match> = Vec::new();
    for half in ends.at(end) {
        let start = view.link_of(half.source().at);
        // A switch sends from every link that it sits on, as the other routers there see it (D20).
        let starts_here =
            half.anywhere || start == Some(link) || sits_on(view, half.source().at, link);
        if starts_here || start.is_some_and(|start| crosses(view, half, start, link)) {
            boxes.extend(companions(&half.core));
        }
    }
    boxes.extend(relays(view, link));
    view.space().of_matches(&boxes)
}

/// What relays send to DHCP servers over a transit link (D22), from whichever of their addresses. Like a session that crosses
/// the link it is told from nothing that somebody there made up.
fn relays(view: &View<'_>, link: usize) -> Vec<Match> {
    let network = &view.policy.network;
    let devices = view.topo.links[link].ports.iter();
    let devices: BTreeSet<usize> = devices.map(|&port| view.topo.ports[port].device).collect();
    if view.family == Family::V6 || devices.len() < 2 {
        return Vec::new();
    }
    let mut boxes = Vec::new();
    for zone in network.zones.iter().filter(|zone| !zone.dhcp.is_empty()) {
        let servers: Vec<IpNet> = zone
            .dhcp
            .iter()
            .map(|&addr| IpNet::from(IpAddr::V4(addr)))
            .collect();
        let servers = AddrRanges::prefixes(Family::V4, &servers);
        let serves = |vlan: u16| zone.links.iter().any(|link| link.vlan == vlan);
        for switch in network
            .switches
            .iter()
            .filter(|s| s.svis.iter().any(|svi| serves(svi.vlan)))
        {
            let own = switch.own_addrs().v4;
            let request = Match {
                protocol: ByteSet::one(UDP),
                sport: PortSet::from_ranges([(67, 68)]),
                dport: PortSet::one(67),
                position: PositionSet::L4,
                ..Match::between(own.to_set(), servers.to_set())
            };
            boxes.extend(companions(&[request.tidy()]));
        }
    }
    boxes
}

/// Whether packets of a session are put on a link towards a further router.
fn crosses(view: &View<'_>, half: &Half, start: usize, link: usize) -> bool {
    let crossing = view.spread(start, Side::May).crossing[link];
    let space = view.space();
    !space.is_empty(crossing) && !space.disjoint(crossing, space.of_matches(&half.core))
}
