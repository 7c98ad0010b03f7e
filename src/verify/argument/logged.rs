//! `logged` (D41): the packets none of which is dropped in silence.

use super::Logged;
use crate::acl::Acl;
use crate::model::{Spot, Term};
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
    let space = view.space();
    let lists = view.topo.devices.iter().flat_map(|d| &d.device.acls);
    let mut lists = lists.filter(|acl| acl.family == view.family);
    let decided = |acl: &Acl| {
        let permitted = space.permitted(acl);
        permitted.must == permitted.may
    };
    if !lists.all(decided) {
        return None;
    }
    let wanted = wanted(view, services);
    let mut all = Vec::new();
    for source in from {
        let Some(Origin::Link(link)) = view.origin(source.at) else {
            continue;
        };
        if view.topo.ports_of(link, view.family).next().is_none() {
            continue;
        }
        for target in to.iter().filter(|spot| apart(view, source, spot)) {
            let named = space.intersect(view.to(target.addrs.of(view.family)), wanted);
            let packets = space.intersect(named, sources(view, source));
            if !space.is_empty(packets) {
                all.push(Logged {
                    family: view.family,
                    origin: Origin::Link(link),
                    packets,
                });
            }
        }
    }
    Some(all)
}
