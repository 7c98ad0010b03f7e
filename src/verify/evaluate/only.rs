//! `only` and `none`: which break is shown, and its packet.

use super::{Answer, anything_open, deaf, hole_text, strangers};
use crate::model::{Claim, Spot};
use crate::verify::Verdict;
use crate::verify::only::{self, Broken, Only};
use crate::verify::replay::{OurBug, bridged, pick, through};
use crate::verify::view::{Origin, View};
use crate::verify::world::World;

pub(super) fn forbidding(
    world: &World<'_>,
    views: &[View<'_>],
    claim: &Claim,
    parts: &Only<'_>,
    from: &[Spot],
    to: &[Spot],
) -> Result<Answer, OurBug> {
    let mut answer = Answer::proved();
    let mut chosen: Option<(usize, Broken, Verdict)> = None;
    let mut asked = false;
    for (index, view) in views.iter().enumerate() {
        let found = only::check(view, parts, &world.unnamed);
        asked |= found.asked;
        answer.level.connection = answer.level.connection.max(found.level.connection);
        answer.level.packet = answer.level.packet.max(found.level.packet);
        answer
            .holes
            .extend(found.holes.iter().map(|&hole| hole_text(view, hole)));
        for broken in found
            .broken
            .into_iter()
            .filter(|b| claim.strict || b.opening)
        {
            let verdict = if view.space().is_empty(broken.must) {
                Verdict::Unknown
            } else {
                Verdict::Refuted
            };
            if chosen.as_ref().is_none_or(|(.., best)| verdict > *best) {
                chosen = Some((index, broken, verdict));
            }
        }
    }
    answer.verdict = if claim.strict {
        answer.level.packet
    } else {
        answer.level.connection
    };
    if answer.verdict != Verdict::Refuted && (!asked || deaf(views, from) || deaf(views, to)) {
        // What the sets said of nothing is no level of proof (D44).
        return Ok(Answer {
            holes: answer.holes,
            ..Answer::unknown("vacuous")
        });
    }
    if let Some((index, broken, verdict)) = chosen.filter(|_| answer.verdict != Verdict::Proved) {
        show(&views[index], claim, &broken, verdict, &mut answer)?;
    }
    if answer.verdict == Verdict::Unknown && answer.because.is_empty() {
        answer.because = anything_open(world);
    }
    Ok(answer)
}

/// The packet behind a verdict.
fn show(
    view: &View<'_>,
    claim: &Claim,
    broken: &Broken,
    verdict: Verdict,
    answer: &mut Answer,
) -> Result<(), OurBug> {
    let set = if verdict == Verdict::Refuted {
        broken.must
    } else {
        broken.may
    };
    let Some(flow) = pick(view, set, broken.from.as_ref(), &broken.to) else {
        return Ok(());
    };
    let own = broken
        .from
        .as_ref()
        .is_some_and(|from| from.addrs.contains(flow.src()));
    let witness = match &broken.from {
        Some(from) if broken.inseparable => bridged(view, flow, from, &broken.to),
        from => through(
            view,
            &claim.id,
            flow,
            broken.origin,
            from.as_ref(),
            &broken.to,
            verdict != Verdict::Refuted,
        )?,
    };
    if verdict == Verdict::Refuted {
        let part = broken
            .from
            .as_ref()
            .is_some_and(|from| is_part_of_link(view, from));
        answer.reason = (broken.inseparable || (part && !own)).then_some("inseparable");
        answer.witness = Some(witness);
        return Ok(());
    }
    answer.because.clone_from(&witness.trace.because);
    if let (None, Origin::Link(link)) = (&broken.from, broken.origin) {
        answer.reason = Some("unnamed-link");
        answer.because.extend(strangers(view, link));
    }
    answer.candidate = Some(witness);
    Ok(())
}

/// A spot that is not all the addresses of its link (D40).
fn is_part_of_link(view: &View<'_>, spot: &Spot) -> bool {
    !matches!(spot.place, crate::model::Place::Zone(id) if view.policy.network.zone(id).addrs().of(view.family).minus(spot.addrs.of(view.family)).is_empty())
        && matches!(spot.at, crate::model::At::Link(..))
        && !matches!(spot.at, crate::model::At::Link(id, vlan) if {
            let nets: Vec<_> = view.policy.network.zone(id).links.iter().filter(|l| l.vlan == vlan).flat_map(|l| l.prefixes.clone()).collect();
            spot.addrs.of(view.family).covers(&crate::net::AddrRanges::prefixes(view.family, &nets))
        })
}
