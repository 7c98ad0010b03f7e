//! The packets that a claim is about, whatever is decided of them: all that may be sent from where they start, less what people
//! attest nobody sends (D40) and what the claim itself leaves out by naming services.

use super::{Need, Start, journeys, logged, need};
use crate::model::{Claim, ClaimKind};
use crate::net::{AddrRanges, Family};
use crate::pset::PacketSet;
use crate::verify::only::{self, Only};
use crate::verify::view::{Origin, View};
use crate::verify::world::World;

/// By where they start; `None` for a claim that is read off the text.
#[must_use]
pub(in crate::verify) fn packets(
    world: &World<'_>,
    views: &[View<'_>],
    claim: &Claim,
) -> Option<Vec<(Family, Origin, PacketSet)>> {
    let view = |family: Family| &views[usize::from(family == Family::V6)];
    Some(match &claim.kind {
        ClaimKind::Filtered { .. } => return None,
        ClaimKind::Only { .. } => {
            let only = Only::of(&claim.kind)?;
            let each = views.iter();
            each.flat_map(|view| sent(world, view, &only)).collect()
        }
        ClaimKind::Works { .. } | ClaimKind::AllowsWork => {
            let all = journeys(world, views, &claim.kind).into_iter();
            all.filter_map(|one| Some((one.family, one.start.origin(world)?, one.packets)))
                .collect()
        }
        ClaimKind::Logged { from, to, services } => {
            let each = views.iter();
            let all = each.flat_map(|view| logged::asked(view, from, to, services.as_deref()));
            all.map(|one| (one.family, one.origin, one.packets))
                .collect()
        }
        ClaimKind::NoSpoof { .. } | ClaimKind::NoRelay { .. } => {
            let everything = |family: Family, origin, sources: Option<&AddrRanges>| {
                let view = view(family);
                let sent = sources.map_or(view.space().full(), |sources| view.from(sources));
                (family, origin, sent)
            };
            let mut all = Vec::new();
            match need(world, views, claim)? {
                Need::Nothing(parts) => all.extend(
                    parts
                        .iter()
                        .map(|part| everything(part.family, part.origin, part.sources.as_ref())),
                ),
                Need::NoRelay(parts) => {
                    for part in &parts {
                        // Who opens hosts, and hosts that are opened.
                        let opened = part.opened.as_ref();
                        all.extend(
                            opened.map(|one| {
                                everything(part.family, one.origin, one.sources.as_ref())
                            }),
                        );
                        if !part.onward.is_empty() {
                            all.push(everything(part.family, Origin::Link(part.link), None));
                        }
                    }
                }
                Need::Filtered(_) | Need::Carried(_) | Need::Logged(_) => return None,
            }
            all
        }
    })
}

/// What may be sent from the sources of an `only` claim, and from links that no zone names (D32).
fn sent(world: &World<'_>, view: &View<'_>, claim: &Only<'_>) -> Vec<(Family, Origin, PacketSet)> {
    let space = view.space();
    let requests = only::requests(view, claim);
    let named = claim.from.iter().filter_map(|from| {
        let sources = only::sources(view, from);
        Some((view.origin(from.at)?, space.intersect(sources, requests)))
    });
    let unnamed = world.unnamed.iter();
    let unnamed = unnamed.map(|&link| (Origin::Link(link), requests));
    let all = named.chain(unnamed);
    all.map(|(origin, set)| (view.family, origin, set))
        .collect()
}

impl Start {
    fn origin(&self, world: &World<'_>) -> Option<Origin> {
        match self {
            Start::Ports(ports) => ports
                .first()
                .map(|&port| Origin::Link(world.topo.ports[port].link)),
            Start::Device(device, _) => Some(Origin::Device(*device)),
        }
    }
}
