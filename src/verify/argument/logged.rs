//! `logged` (D41): the packets none of which is dropped in silence.

use super::Logged;
use crate::acl::Known;
use crate::model::{Spot, Term};
use crate::pset::{Bounds, PacketSet};
use crate::reach::Side;
use crate::verify::logged::{apart, wanted};
use crate::verify::only::sources;
use crate::verify::view::{Origin, View};

/// The questions of the claim; `None` where lists leave open whether they drop a packet: which entry would drop it is
/// then no matter of cells.
pub(super) fn logged(
    view: &View<'_>,
    from: &[Spot],
    to: &[Spot],
    services: Option<&[Term]>,
) -> Option<Vec<Logged>> {
    let all = asked(view, from, to, services);
    let settled = |part: &Logged| match part.origin {
        Origin::Link(link) => decided(view, link, part.packets),
        Origin::Device(_) => false,
    };
    all.iter().all(settled).then_some(all)
}

/// The packets that are asked about, decided or not.
pub(super) fn asked(
    view: &View<'_>,
    from: &[Spot],
    to: &[Spot],
    services: Option<&[Term]>,
) -> Vec<Logged> {
    let space = view.space();
    let wanted = wanted(view, services);
    let mut all = Vec::new();
    for source in from {
        let Some(Origin::Link(link)) = view.origin(source.at) else {
            continue;
        };
        if view.topo.routers_of(link, view.family).next().is_none() {
            continue;
        }
        for target in to.iter().filter(|spot| apart(view, source, spot)) {
            let named = space.intersect(view.to(target.addrs.of(view.family)), wanted);
            let packets = space.intersect(named, sources(view, source));
            if space.is_empty(packets) {
                continue;
            }
            all.push(Logged {
                family: view.family,
                origin: Origin::Link(link),
                packets,
            });
        }
    }
    all
}

/// Whether every list that some packets from a link may meet either permits or drops each of them.
fn decided(view: &View<'_>, link: usize, packets: PacketSet) -> bool {
    let (space, net) = (view.space(), &view.net);
    let spread = view.spread(link, Side::May);
    let settled = |bounds: Bounds| bounds.must == bounds.may;
    (0..view.topo.ports.len()).all(|port| {
        let enters = space.intersect(spread.at[port], packets);
        let leaves = space.intersect(spread.leaving[port], packets);
        settled(net.entering(port, enters)) && settled(net.sent(port, &Known::Yes, leaves))
    })
}
