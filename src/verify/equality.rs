//! Read back equals the policy (D45): Low is inside A-, E+ is inside High.

use super::spec::{Half, companions};
use super::view::View;
use super::{Verdict, control, works};
use crate::model::At;
use crate::net::proto::UDP;
use crate::net::{AddrRanges, ByteSet, Family, Match, PortSet, PositionSet};
use crate::pset::PacketSet;
use crate::reach::{Goal, Side};
use crate::topo::Topo;
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
fn wider(view: &View<'_>, ends: &Ends, link: usize) -> Vec<Unequal> {
    let space = view.space();
    let (may, must) = (view.spread(link, Side::May), view.spread(link, Side::Must));
    let nd = view.sets.neighbour_discovery;
    let mut found = Vec::new();
    // Where people attest that addresses are not forged, only what can lie there is injected (D40).
    let forged = match view.authentic(link) {
        true => space.complement(view.from(&super::spoof::sources_of(view, link))),
        false => space.empty(),
    };
    let beyond_lists = no_list_between(view.topo, link);
    let mut compare = |end: Reached, may: PacketSet, must: PacketSet| {
        let (Reached::Link(other) | Reached::NextHop(other, _)) = end;
        if space.is_empty(may) || beyond_lists.contains(&other) {
            return;
        }
        let high = space.union(high(view, ends, &beyond_lists, end), forged);
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

/// A link and those that routers without lists join to it: no list stands between them, so none can keep them apart, or tell
/// on which of them a packet was made.
pub(super) fn no_list_between(topo: &Topo, link: usize) -> BTreeSet<usize> {
    let opaque = |port: &usize| topo.device(*port).is_opaque();
    let (mut found, mut queue) = (BTreeSet::from([link]), vec![link]);
    while let Some(link) = queue.pop() {
        for port in topo.links[link].ports.iter().copied().filter(opaque) {
            let device = topo.ports[port].device;
            let others = topo.ports.iter().filter(|other| other.device == device);
            queue.extend(others.map(|p| p.link).filter(|&link| found.insert(link)));
        }
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

/// Sessions by where they start, and whether they may start anywhere; as numbers of the policy's halves.
type Starts = BTreeMap<(At, bool), Vec<usize>>;

/// The sessions by where they end.
pub(super) struct Ends {
    /// By link: those that arrive there, or are put there on their way to a far switch.
    links: BTreeMap<usize, Starts>,
    /// Those that are handed to a host before an external.
    beyond: Vec<(Goal, Starts)>,
    /// What relays ask of servers on another link (leg two of D22): the relaying switch, the server's link, the packets.
    relays: Vec<(At, usize, Vec<Match>)>,
}

impl Ends {
    pub(super) fn of(view: &View<'_>) -> Ends {
        let mut by_target: BTreeMap<At, Starts> = BTreeMap::new();
        let halves = view.halves.iter().enumerate();
        for (number, half) in halves.filter(|(_, half)| half.family == view.family) {
            let starts = by_target.entry(half.target().at).or_default();
            let start = (half.source().at, half.anywhere);
            starts.entry(start).or_default().push(number);
        }
        let mut ends = Ends {
            links: BTreeMap::new(),
            beyond: Vec::new(),
            relays: relays(view),
        };
        for (target, starts) in by_target {
            let goal = view.goal_at(target);
            let mut links = goal.links.clone();
            if matches!(target, At::Switch(_)) {
                links
                    .extend((0..view.topo.links.len()).filter(|&link| sits_on(view, target, link)));
            }
            for link in links {
                let here = ends.links.entry(link).or_default();
                for (start, numbers) in &starts {
                    here.entry(*start).or_default().extend(numbers);
                }
            }
            if !goal.handed.is_empty() {
                ends.beyond.push((goal, starts));
            }
        }
        ends
    }

    fn at(&self, end: Reached) -> Vec<&Starts> {
        match end {
            Reached::Link(link) => self.links.get(&link).into_iter().collect(),
            Reached::NextHop(link, addr) => {
                let taken = self
                    .beyond
                    .iter()
                    .filter(|(goal, _)| goal.takes(link, addr));
                taken.map(|(_, starts)| starts).collect()
            }
        }
    }
}

/// Req, Rep and Com of the sessions between a place and an end (D45): of those that start on one of its links, and of those
/// that cross one on their way. A list cannot tell a packet that a router put on a transit link from one that somebody there
/// made up, so a build does not fail for it; the claims do see it (D24). The links of a place are those that no list stands
/// between ([`no_list_between`]).
pub(super) fn high(
    view: &View<'_>,
    ends: &Ends,
    place: &BTreeSet<usize>,
    end: Reached,
) -> PacketSet {
    let sits = |at| place.iter().any(|&link| sits_on(view, at, link));
    let mut numbers: Vec<usize> = Vec::new();
    for (&(source, anywhere), starting) in ends.at(end).into_iter().flatten() {
        let start = view.link_of(source);
        // A switch sends from every link that it sits on, as the other routers there see it (D20).
        if anywhere || start.is_some_and(|start| place.contains(&start)) || sits(source) {
            numbers.extend(starting);
        } else if let Some(start) = start {
            let crossing = starting.iter().copied();
            let crosses = |number| place.iter().any(|&link| crosses(view, number, start, link));
            numbers.extend(crossing.filter(|&number| crosses(number)));
        }
    }
    let mut all = sessions(view, numbers);
    if let Reached::Link(to) = end {
        let relays = ends.relays.iter().filter(|(_, home, _)| *home == to);
        let passing = relays.filter(|(switch, _, asks)| {
            let across = |&link: &usize| sent_across(view, *switch, asks, link);
            sits(*switch) || place.iter().any(across)
        });
        let boxes: Vec<Match> = passing
            .flat_map(|(_, _, asks)| asks.iter().cloned())
            .collect();
        all = view.space().union(all, view.space().of_matches(&boxes));
    }
    all
}

/// Req or Rep, with Com, of some halves.
fn sessions(view: &View<'_>, numbers: Vec<usize>) -> PacketSet {
    if let Some(&known) = view.found().borrow().high.get(&numbers) {
        return known;
    }
    let core = numbers.iter().map(|&number| &view.halves[number].core);
    let boxes: Vec<Match> = core.flat_map(|core| companions(core)).collect();
    let all = view.space().of_matches(&boxes);
    view.found().borrow_mut().high.insert(numbers, all);
    all
}

/// Whether packets that a switch makes are put on a link towards a further router.
fn sent_across(view: &View<'_>, switch: At, packets: &[Match], link: usize) -> bool {
    let Some(origin) = view.origin(switch) else {
        return false;
    };
    let space = view.space();
    let crossing = view.spread_of(origin, Side::May).crossing[link];
    !space.is_empty(crossing) && !space.disjoint(crossing, space.of_matches(packets))
}

/// Which of its addresses and ports a relay asks from differs by vendor (D22): any of them may.
fn relays(view: &View<'_>) -> Vec<(At, usize, Vec<Match>)> {
    let network = &view.policy.network;
    if view.family == Family::V6 {
        return Vec::new();
    }
    let mut found = Vec::new();
    for zone in network.zones.iter().filter(|zone| !zone.dhcp.is_empty()) {
        for (id, switch) in network.managed() {
            for svi in zone.links.iter().filter_map(|link| switch.svi(link.vlan)) {
                let own = switch.own_in(&svi.vrf).v4;
                let asks = zone.dhcp.iter().filter_map(|&server| {
                    let home = home(view, IpAddr::V4(server))?;
                    let server = AddrRanges::prefix(IpNet::from(IpAddr::V4(server)));
                    let ask = Match {
                        protocol: ByteSet::one(UDP),
                        sport: PortSet::range(67, 68),
                        dport: PortSet::one(67),
                        position: PositionSet::L4,
                        ..Match::between(own.to_set(), server.to_set())
                    };
                    Some((At::Switch(id), home, companions(&[ask])))
                });
                found.extend(asks);
            }
        }
    }
    found
}

/// The link of the zone that holds an address.
fn home(view: &View<'_>, addr: IpAddr) -> Option<usize> {
    let zones = view.policy.network.zones.iter();
    let mut links = zones.flat_map(|zone| &zone.links);
    let holds = links.find(|link| link.prefixes.iter().any(|net| net.contains(&addr)))?;
    view.topo.vlan(holds.vlan)
}

/// Whether packets of a session are put on a link towards a further router. Many sessions are asked this of the same
/// crossing packets after a change elsewhere.
fn crosses(view: &View<'_>, number: usize, start: usize, link: usize) -> bool {
    let crossing = view.spread(start, Side::May).crossing[link];
    let space = view.space();
    if space.is_empty(crossing) {
        return false;
    }
    if let Some(&known) = view.found().borrow().crosses.get(&(number, crossing)) {
        return known;
    }
    let core = space.of_matches(&view.halves[number].core);
    let crosses = !space.disjoint(crossing, core);
    let mut found = view.found().borrow_mut();
    found.crosses.insert((number, crossing), crosses);
    crosses
}
