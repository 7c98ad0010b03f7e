//! `no-spoof`: a packet that leaves a link with a foreign source.

use super::{Answer, anything_open, deaf};
use crate::model::{Claim, Spot};
use crate::verify::replay::{OurBug, name};
use crate::verify::spoof;
use crate::verify::view::View;
use crate::verify::world::World;
use crate::verify::{Verdict, Witness};

pub(super) fn no_spoof(
    world: &World<'_>,
    views: &[View<'_>],
    claim: &Claim,
    from: &[Spot],
) -> Result<Answer, OurBug> {
    let mut answer = Answer::proved();
    // Nothing is injected at a switch, and nothing leaves a link without a router (D44).
    if from
        .iter()
        .any(|spot| matches!(spot.at, crate::model::At::Switch(_)))
        || deaf(views, from)
    {
        answer = Answer::unknown("vacuous");
    }
    for view in views {
        let (verdict, found) = spoof::check(view, from);
        if verdict <= answer.verdict {
            continue;
        }
        answer = Answer::both(verdict);
        let refuted = verdict == Verdict::Refuted;
        let Some(s) = found
            .iter()
            .find(|s| !refuted || !view.space().is_empty(s.must))
        else {
            continue;
        };
        let set = if refuted { s.must } else { s.may };
        let sets = vec![view.space().complement(view.sets.martian_sources)];
        let Some(flow) = view.space().witness(set, &crate::pset::Prefer { sets }) else {
            continue;
        };
        let (trace, end) = crate::reach::Walker::new(view.topo, view.beyond())
            .arrivals()
            .departures()
            .walk(&flow, s.link, None, !refuted, &|end| matches!(end, crate::reach::End::Delivered(l) | crate::reach::End::Handed(l, _) if *l != s.link));
        if refuted
            && !matches!(
                end,
                crate::reach::End::Delivered(_) | crate::reach::End::Handed(..)
            )
        {
            return Err(OurBug {
                claim: claim.id.clone(),
                flow: flow.to_string(),
            });
        }
        let because = trace.because.clone();
        let witness = Witness {
            flow,
            kind: crate::verify::WitnessKind::Request,
            trace,
            from: name(view, &s.from),
            to: String::new(),
        };
        if refuted {
            answer.witness = Some(witness);
        } else {
            answer.because = because;
            answer.candidate = Some(witness);
        }
        if !refuted && answer.because.is_empty() {
            answer.because = anything_open(world);
        }
    }
    Ok(answer)
}
