//! `works` (D42) and the legs of DHCP (D22): what must arrive, arrives, whichever state holds.

use super::Verdict;
use super::spec::Half;
use super::view::View;
use crate::model::{At, Spot};
use crate::net::proto::UDP;
use crate::net::{AddrRanges, ByteSet, ExtSet, Family, Match, PortSet, PositionSet};
use crate::pset::PacketSet;
use crate::reach::{Goal, Side};
use crate::topo::Target;
use ipnet::IpNet;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;

/// What does not arrive of one half.
#[derive(Clone, Debug)]
pub(super) struct Missing {
    /// Sent from.
    pub(super) source: Spot,
    /// To arrive at.
    pub(super) target: Spot,
    /// It is a reply.
    pub(super) reply: bool,
    /// Under every reading.
    pub(super) certain: PacketSet,
    /// Under some reading.
    pub(super) possible: PacketSet,
}

/// The halves between two places, which are asked about together.
pub(super) struct Group {
    /// Numbers of the halves.
    halves: Vec<usize>,
    goal: Goal,
    /// All that they require.
    required: PacketSet,
}

/// The verdict on some halves, and what is missing.
pub(super) fn check(view: &View<'_>, halves: &[Half]) -> (Verdict, Vec<Missing>) {
    let space = view.space();
    let mut missing = Vec::new();
    for group in groups(view, halves).iter() {
        let first = &halves[group.halves[0]];
        // All sessions between two places at once; only where something is missing each by itself.
        let carried = view.carried(first.source(), &group.goal, group.required, Side::Must);
        if !space.subset(group.required, carried) {
            let each = group.halves.iter().map(|&half| &halves[half]);
            missing.extend(each.filter_map(|half| lacking(view, half, &group.goal)));
        }
    }
    if view.family == Family::V4 {
        let allow = |half: &Half| view.policy.allows.get(half.allow);
        let dhcp = |half: &&Half| allow(half).is_some_and(|allow| allow.dhcp);
        missing.extend(
            halves
                .iter()
                .filter(dhcp)
                .flat_map(|half| relay(view, half)),
        );
    }
    (verdict(view, &missing), missing)
}

/// The halves of the view's family that require anything, by where they start and end, in the order of their first one.
/// Those of the policy are put together once.
fn groups(view: &View<'_>, halves: &[Half]) -> Rc<Vec<Group>> {
    let of_policy = std::ptr::eq(halves, view.halves);
    if let Some(known) = view.found().borrow().groups.as_ref().filter(|_| of_policy) {
        return Rc::clone(known);
    }
    let mut groups: Vec<((At, At), Vec<usize>)> = Vec::new();
    let mut places: BTreeMap<(At, At), usize> = BTreeMap::new();
    for (index, half) in halves.iter().enumerate() {
        let ends = (half.source().at, half.target().at);
        if half.family != view.family || half.required.is_empty() || one_link(view, ends) {
            continue;
        }
        let place = *places.entry(ends).or_insert_with(|| {
            groups.push((ends, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(index);
    }
    let group = |(_, numbers): ((At, At), Vec<usize>)| {
        let each = numbers
            .iter()
            .map(|&number| required(view, &halves[number]));
        let each: Vec<PacketSet> = each.collect();
        Group {
            goal: view.goal(halves[numbers[0]].target()),
            required: view.space().union_all(&each),
            halves: numbers,
        }
    };
    let groups: Rc<Vec<Group>> = Rc::new(groups.into_iter().map(group).collect());
    if of_policy {
        view.found().borrow_mut().groups = Some(Rc::clone(&groups));
    }
    groups
}

fn verdict(view: &View<'_>, missing: &[Missing]) -> Verdict {
    let each = missing.iter().map(|m| {
        if view.space().is_empty(m.certain) {
            Verdict::Unknown
        } else {
            Verdict::Refuted
        }
    });
    Verdict::worst(each)
}

/// Whether there is any packet that a family must carry (D44).
pub(super) fn asks(views: &[View<'_>], halves: &[Half]) -> bool {
    views.iter().any(|view| {
        let mine = halves.iter().filter(|half| half.family == view.family);
        mine.into_iter()
            .any(|half| !view.space().is_empty(required(view, half)))
    })
}

/// What D42 asks of a half, without addresses that routers have by their text (D31): they are no hosts.
pub(super) fn required(view: &View<'_>, half: &Half) -> PacketSet {
    let space = view.space();
    let all = space.of_matches(&half.required);
    let side = |at: At, set: PacketSet| match at {
        At::Switch(_) => space.empty(),
        At::Link(..) | At::External(_) => set,
    };
    let all = space.minus(all, side(half.source().at, view.sets.from_own));
    space.minus(all, side(half.target().at, view.sets.to_own))
}

/// Neighbours on one link reach each other by assumption (D25).
pub(super) fn one_link(view: &View<'_>, (a, b): (At, At)) -> bool {
    let vlan = |at| view.policy.network.vlan_of(at);
    vlan(a).is_some() && vlan(a) == vlan(b)
}

fn lacking(view: &View<'_>, half: &Half, goal: &Goal) -> Option<Missing> {
    let space = view.space();
    let required = required(view, half);
    let possible = space.minus(
        required,
        view.carried(half.source(), goal, required, Side::Must),
    );
    if space.is_empty(possible) {
        return None;
    }
    let certain = space.minus(
        required,
        view.carried(half.source(), goal, required, Side::May),
    );
    Some(Missing {
        source: half.source().clone(),
        target: half.target().clone(),
        reply: half.reply,
        certain,
        possible,
    })
}

pub(super) fn udp(src: AddrRanges, sport: u16, dst: AddrRanges, dport: u16) -> Match {
    Match {
        protocol: ByteSet::one(UDP),
        sport: PortSet::one(sport),
        dport: PortSet::one(dport),
        position: PositionSet::L4,
        ext: ExtSet::FULL,
        ..Match::between(src.to_set(), dst.to_set())
    }
}

pub(super) fn host(addr: IpAddr) -> AddrRanges {
    AddrRanges::prefix(IpNet::from(addr))
}

/// The legs of relay for one client link and server: in at the SVI, on to the server, back to the relay, to the client.
fn relay(view: &View<'_>, half: &Half) -> Vec<Missing> {
    if half.reply {
        return Vec::new();
    }
    let Some(link) = view.link_of(half.from.at) else {
        return Vec::new();
    };
    let mut missing = Vec::new();
    for server in half.to.addrs.v4.addrs() {
        let helping = |&port: &usize| {
            view.topo
                .interface(port)
                .helpers
                .iter()
                .any(|&h| IpAddr::V4(h) == server)
        };
        let ports: Vec<usize> = view
            .topo
            .ports_of(link, Family::V4)
            .filter(helping)
            .collect();
        let broadcast = host(IpAddr::V4(Ipv4Addr::BROADCAST));
        let discover = view.space().of_match(&udp(
            host(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
            68,
            broadcast,
            67,
        ));
        if ports.is_empty() {
            missing.push(leg(half, false, discover, discover));
        }
        for port in ports {
            missing.extend(relay_port(view, half, port, server, discover));
        }
    }
    missing.retain(|m| !view.space().is_empty(m.possible));
    missing
}

fn leg(half: &Half, reply: bool, certain: PacketSet, possible: PacketSet) -> Missing {
    let (source, target) = if reply {
        (&half.to, &half.from)
    } else {
        (&half.from, &half.to)
    };
    Missing {
        source: source.clone(),
        target: target.clone(),
        reply,
        certain,
        possible,
    }
}

/// What a relay sends to a server. Where it is not settled which of its addresses and ports it uses, every one must get
/// there, and only what none can use is certain not to (D22).
fn requests_of_relay(
    view: &View<'_>,
    port: usize,
    address: IpAddr,
    server: IpAddr,
) -> Vec<PacketSet> {
    let device = view.topo.ports[port].device;
    let vrf = &view.topo.interface(port).vrf;
    let asks = |src: AddrRanges, sport| view.space().of_match(&udp(src, sport, host(server), 67));
    if !view.topo.device(port).relays_from_either {
        return vec![asks(host(address), 67)];
    }
    let fib = view.topo.fib(device, vrf, Family::V4);
    let out: Vec<IpAddr> = fib
        .entries
        .iter()
        .filter(|entry| entry.dst.contains(server))
        .flat_map(|entry| &entry.targets)
        .filter_map(|target| match target {
            Target::Connected(out) | Target::Via(out, _) => Some(*out),
            Target::Null => None,
        })
        .filter_map(|out| {
            let addrs = view.topo.interface(out).addrs.iter().map(IpNet::addr);
            addrs.into_iter().find(IpAddr::is_ipv4)
        })
        .collect();
    let sources = std::iter::once(address).chain(out);
    sources
        .flat_map(|src| [67, 68].map(|sport| asks(host(src), sport)))
        .collect()
}

fn relay_port(
    view: &View<'_>,
    half: &Half,
    port: usize,
    server: IpAddr,
    discover: PacketSet,
) -> Vec<Missing> {
    let space = view.space();
    let entering = view.net.entering(port, discover);
    let first = leg(
        half,
        false,
        space.minus(discover, entering.may),
        space.minus(discover, entering.must),
    );
    let address = view
        .topo
        .interface(port)
        .addrs
        .iter()
        .map(IpNet::addr)
        .find(IpAddr::is_ipv4);
    let Some(address) = address else {
        return vec![first];
    };
    let device = view.topo.ports[port].device;
    let vrf = view.topo.interface(port).vrf.clone();
    let ask = requests_of_relay(view, port, address, server);
    let goal = view.goal(&half.to);
    let there = |one, side| view.net.carried_from(device, &vrf, one, &goal, side);
    let lost = |side| {
        ask.iter()
            .map(move |&one| (one, space.minus(one, there(one, side))))
    };
    // One that gets there may be the one it uses.
    let none_may = lost(Side::May).all(|(one, lost)| one == lost);
    let second = leg(
        half,
        false,
        match none_may {
            true => lost(Side::May).fold(space.empty(), |all, (_, lost)| space.union(all, lost)),
            false => space.empty(),
        },
        lost(Side::Must).fold(space.empty(), |all, (_, lost)| space.union(all, lost)),
    );
    let answer = space.of_match(&udp(host(server), 67, host(address), 67));
    let home = Goal {
        local: Some(device),
        ..Goal::default()
    };
    let back = |side| view.carried(&half.to, &home, answer, side);
    let third = leg(
        half,
        true,
        space.minus(answer, back(Side::May)),
        space.minus(answer, back(Side::Must)),
    );
    // The fourth leg: the answer to the client, past the out-list if it sees the switch's own packets (D18, D22).
    let clients = half
        .from
        .addrs
        .v4
        .union(&host(IpAddr::V4(Ipv4Addr::BROADCAST)));
    let offer = space.of_match(&udp(host(address), 67, clients, 68));
    let sees = &view.topo.device(port).sees.from_switch;
    let passed = view.net.sent(port, sees, offer);
    let fourth = leg(
        half,
        true,
        space.minus(offer, passed.may),
        space.minus(offer, passed.must),
    );
    vec![first, second, third, fourth]
}
