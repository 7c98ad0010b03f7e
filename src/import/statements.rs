//! Sessions -> `allow` statements: what a policy derives by itself is left out, the rest is folded by services, ends, notes.

use super::places::Places;
use super::print::{list, quoted, quoted_switch};
use super::services::{Atom, term, words};
use super::sessions::{End, Request};
use crate::net::{Family, PortSet};
use ipnet::IpNet;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// The notes of a statement: ticket, `log`, and that its replies are told apart by no flag.
type Notes = (Option<String>, bool, bool);

/// The first word of a remark, if it looks like the number of an application.
fn ticket(remark: &str) -> Option<String> {
    let word = remark.split_whitespace().next()?;
    let good = word.contains('-')
        && word.bytes().any(|b| b.is_ascii_digit())
        && word
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    good.then(|| word.to_owned())
}

/// Statements, folded: services of one pair, then destinations, then sources.
pub(super) fn allows(places: &mut Places, found: Vec<Request>, unsaid: &mut Vec<String>) -> String {
    // What each pair asks in each family.
    let mut pairs: BTreeMap<(End, End), [BTreeMap<Atom, Notes>; 2]> = BTreeMap::new();
    let mut remarks: BTreeMap<End, BTreeSet<String>> = BTreeMap::new();
    for request in found {
        if let Some(remark) = &request.remark {
            remarks
                .entry(request.to.clone())
                .or_default()
                .insert(remark.clone());
        }
        if is_derived(places, &request) {
            continue;
        }
        if term(&request.atom).is_none() {
            unsaid.push(format!("{:?}", request.atom));
            continue;
        }
        let ticket = request.remark.as_deref().and_then(ticket);
        let notes = (ticket, request.log, request.wide);
        let whole = |places: &Places, end: &End| match end {
            End::Zone(vlan, nets) => {
                let all = places
                    .zones
                    .get(vlan)
                    .map(|z| z.addrs(request.family).to_prefixes());
                match all.as_ref() == Some(nets) {
                    true => End::Zone(*vlan, Vec::new()),
                    false => end.clone(),
                }
            }
            End::External(_) | End::Switch(_) => end.clone(),
        };
        let key = (whole(places, &request.from), whole(places, &request.to));
        let side = usize::from(request.family == Family::V6);
        pairs.entry(key).or_default()[side]
            .entry(request.atom)
            .or_insert(notes);
    }
    let mut folded: BTreeMap<(Vec<String>, Notes, String), BTreeSet<String>> = BTreeMap::new();
    for ((from, to), sides) in &pairs {
        for (from, to, atoms) in by_family(places, from, to, sides) {
            let from = name(places, &from, &remarks);
            let to = name(places, &to, &remarks);
            let mut by_notes: BTreeMap<Notes, BTreeSet<Atom>> = BTreeMap::new();
            for (atom, notes) in atoms {
                by_notes.entry(notes).or_default().insert(atom);
            }
            for (notes, atoms) in by_notes {
                let key = (words(&atoms), notes, from.clone());
                folded.entry(key).or_default().insert(to.clone());
            }
        }
    }
    let mut again: BTreeMap<(Notes, Vec<String>, BTreeSet<String>), BTreeSet<String>> =
        BTreeMap::new();
    for ((services, notes, from), to) in folded {
        again.entry((notes, services, to)).or_default().insert(from);
    }
    let mut lines: Vec<String> = again.iter().map(statement).collect();
    lines.sort();
    lines.concat()
}

/// What statements that differ in their sources only have in common: notes, services, destinations.
type Shared = (Notes, Vec<String>, BTreeSet<String>);

fn statement(((notes, services, to), from): (&Shared, &BTreeSet<String>)) -> String {
    let places = |all: &BTreeSet<String>| list(all.iter().cloned());
    let ticket = notes
        .0
        .as_ref()
        .map(|t| format!("  ticket \"{t}\""))
        .unwrap_or_default();
    let log = if notes.1 { "  log" } else { "" };
    let wide = match notes.2 {
        true => "  accept wide-return because \"the lists test no TCP flag\"",
        false => "",
    };
    format!(
        "allow {} -> {} : {}{ticket}{log}{wide}\n",
        places(from),
        places(to),
        services.join(", ")
    )
}

/// What a policy derives by itself: neighbour discovery (D21), the legs of a relay, and the unicast renewal that `dhcp` of a
/// zone implies (D22).
fn is_derived(places: &Places, request: &Request) -> bool {
    let relayed = |nets: &[IpNet]| {
        let helpers = places.zones.values().flat_map(|zone| &zone.helpers);
        let mut helpers = helpers.map(|addr| IpNet::from(IpAddr::V4(*addr)));
        helpers.any(|helper| nets == [helper])
    };
    match (&request.atom, &request.from) {
        (Atom::Icmp(true, 133..=137, _), _) => true,
        (Atom::Ports(17, _, Some(from)), End::Zone(_, nets)) if *from == PortSet::one(67) => {
            relayed(nets)
        }
        _ => is_renewal(places, request),
    }
}

fn is_renewal(places: &Places, request: &Request) -> bool {
    let (End::Zone(client, _), End::Zone(_, server)) = (&request.from, &request.to) else {
        return false;
    };
    let Atom::Ports(17, ports, Some(from)) = &request.atom else {
        return false;
    };
    let helpers = places.zones.get(client).map(|zone| &zone.helpers);
    let relayed = helpers.is_some_and(|all| {
        all.iter()
            .any(|addr| *server == [IpNet::from(IpAddr::V4(*addr))])
    });
    relayed && *ports == PortSet::one(67) && *from == PortSet::one(68)
}

/// What of a pair holds in every family that both have, and what in one only: there an end is named by its addresses of that
/// family.
fn by_family(
    places: &Places,
    from: &End,
    to: &End,
    sides: &[BTreeMap<Atom, Notes>; 2],
) -> Vec<(End, End, BTreeMap<Atom, Notes>)> {
    let has = |end: &End, family: Family| match end {
        End::Zone(_, nets) if !nets.is_empty() => nets.iter().any(|n| Family::of_net(n) == family),
        End::Zone(vlan, _) => places
            .zones
            .get(vlan)
            .is_some_and(|z| !z.addrs(family).is_empty()),
        End::External(index) => {
            let external = places.externals.get(*index);
            external.is_some_and(|e| !places.outside(e, family).is_empty())
        }
        End::Switch(name) => {
            let own = places.own.iter().find(|(device, _)| device == name);
            own.is_some_and(|(_, own)| own.iter().any(|addr| Family::of(*addr) == family))
        }
    };
    let common = Family::BOTH.map(|family| has(from, family) && has(to, family));
    if common != [true, true] {
        let all = sides
            .iter()
            .flatten()
            .map(|(a, n)| (a.clone(), n.clone()))
            .collect();
        return vec![(from.clone(), to.clone(), all)];
    }
    let bound = |atom: &Atom| matches!(atom, Atom::Icmp(..));
    let [v4, v6] = sides;
    let both = v4
        .iter()
        .filter(|(atom, _)| v6.contains_key(atom) || bound(atom));
    let mut shared: BTreeMap<Atom, Notes> = both.map(|(a, n)| (a.clone(), n.clone())).collect();
    shared.extend(
        v6.iter()
            .filter(|(a, _)| bound(a))
            .map(|(a, n)| (a.clone(), n.clone())),
    );
    let mut out = Vec::new();
    for (family, side) in Family::BOTH.into_iter().zip(sides) {
        let rest = side.iter().filter(|(atom, _)| !shared.contains_key(atom));
        let rest: BTreeMap<Atom, Notes> = rest.map(|(a, n)| (a.clone(), n.clone())).collect();
        if rest.is_empty() {
            continue;
        }
        let narrow = |end: &End| match end {
            End::Zone(vlan, nets) if nets.is_empty() => {
                let zone = places.zones.get(vlan);
                End::Zone(
                    *vlan,
                    zone.map(|z| z.addrs(family).to_prefixes())
                        .unwrap_or_default(),
                )
            }
            end => end.clone(),
        };
        out.push((narrow(from), narrow(to), rest));
    }
    if !shared.is_empty() {
        out.push((from.clone(), to.clone(), shared));
    }
    out
}

fn name(places: &mut Places, end: &End, remarks: &BTreeMap<End, BTreeSet<String>>) -> String {
    match end {
        End::Zone(vlan, nets) if nets.is_empty() => {
            let zone = places.zones.get(vlan);
            quoted(&zone.map(|zone| zone.name.clone()).unwrap_or_default())
        }
        End::Zone(vlan, nets) => {
            let family = nets.first().map_or(Family::V4, Family::of_net);
            let part = crate::net::AddrRanges::prefixes(family, nets);
            let all: Vec<String> = remarks.get(end).into_iter().flatten().cloned().collect();
            all.iter().for_each(|remark| {
                places.host(*vlan, &part, Some(remark));
            });
            places.host(*vlan, &part, None)
        }
        End::External(index) => {
            let external = places.externals.get(*index);
            external.map(|e| e.name.clone()).unwrap_or_default()
        }
        End::Switch(name) => quoted_switch(name),
    }
}
