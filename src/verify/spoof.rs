//! `no-spoof` (INV-12, D40): nothing injected on a link with a source outside it leaves towards another.

use super::Verdict;
use super::view::View;
use crate::model::{At, Spot};
use crate::net::AddrRanges;
use crate::pset::PacketSet;
use crate::reach::{Side, Spread};

/// A link from which foreign sources leave.
pub(super) struct Spoofed {
    pub(super) link: usize,
    pub(super) from: Spot,
    pub(super) may: PacketSet,
    pub(super) must: PacketSet,
}

/// Evaluates the claim in one family.
pub(super) fn check(view: &View<'_>, from: &[Spot]) -> (Verdict, Vec<Spoofed>) {
    let space = view.space();
    let mut found: Vec<Spoofed> = Vec::new();
    for spot in from {
        let Some(link) = view.link_of(spot.at) else {
            continue;
        };
        // Where people attest it, nothing is injected with a source that is not there (D40).
        if view.authentic(link) || found.iter().any(|s| s.link == link) {
            continue;
        }
        let own = view.from(&sources_of(view, link));
        let leaving = |side| space.minus(left(view, &view.spread(link, side), link), own);
        let spoofed = Spoofed {
            link,
            from: spot.clone(),
            may: leaving(Side::May),
            must: leaving(Side::Must),
        };
        if !space.is_empty(spoofed.may) {
            found.push(spoofed);
        }
    }
    let verdicts = found.iter().map(|s| {
        if space.is_empty(s.must) {
            Verdict::Unknown
        } else {
            Verdict::Refuted
        }
    });
    (Verdict::worst(verdicts), found)
}

/// Addresses that can lie on a link: of its zones and of the externals behind its hosts.
pub(super) fn sources_of(view: &View<'_>, link: usize) -> AddrRanges {
    let network = &view.policy.network;
    let on = |at: At| network.vlan_of(at).and_then(|vlan| view.topo.vlan(vlan)) == Some(link);
    let mut all = AddrRanges::none(view.family);
    for (index, zone) in network.zones.iter().enumerate() {
        for part in zone
            .links
            .iter()
            .filter(|part| on(At::Link(crate::model::ZoneId(index), part.vlan)))
        {
            all = all.union(&AddrRanges::prefixes(view.family, &part.prefixes));
        }
    }
    for (index, external) in network.externals.iter().enumerate() {
        if on(At::External(crate::model::ExternalId(index))) {
            all = all.union(external.addrs.of(view.family));
        }
    }
    all
}

/// Everything that was put on, or handed over on, another link: what goes to another router has left as well, whatever that
/// one does with it.
fn left(view: &View<'_>, spread: &Spread, link: usize) -> PacketSet {
    let space = view.space();
    let puts = [&spread.delivered, &spread.crossing].into_iter();
    let delivered = puts
        .flat_map(|links| links.iter().enumerate())
        .filter(|(other, _)| *other != link)
        .map(|(_, &set)| set);
    let handed = spread
        .handed
        .iter()
        .filter(|((other, _), _)| *other != link)
        .map(|(_, &set)| set);
    let all = delivered
        .chain(handed)
        .fold(space.empty(), |all, set| space.union(all, set));
    space.minus(all, view.sets.neighbour_discovery)
}
