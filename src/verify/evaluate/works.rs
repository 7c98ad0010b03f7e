//! `works`: what is missing, and a packet that shows it.

use super::{Answer, anything_open};
use crate::acl::Question;
use crate::model::Spot;
use crate::verify::replay::{OurBug, lost, pick};
use crate::verify::spec::Half;
use crate::verify::view::View;
use crate::verify::works::{self, Missing};
use crate::verify::world::World;
use crate::verify::{Level, Verdict};

pub(super) fn requiring(
    world: &World<'_>,
    views: &[View<'_>],
    claim: &str,
    halves: &[Half],
) -> Result<Answer, OurBug> {
    if halves.is_empty() {
        return Ok(Answer::unknown("vacuous"));
    }
    let mut answer = Answer::proved();
    let mut chosen: Option<(usize, Missing, Verdict)> = None;
    for (index, view) in views.iter().enumerate() {
        let (verdict, missing) = works::check(view, halves);
        answer.verdict = answer.verdict.max(verdict);
        for m in missing {
            let one = if view.space().is_empty(m.certain) {
                Verdict::Unknown
            } else {
                Verdict::Refuted
            };
            if chosen.as_ref().is_none_or(|(.., best)| one > *best) {
                chosen = Some((index, m, one));
            }
        }
    }
    answer.level = Level {
        connection: answer.verdict,
        packet: answer.verdict,
    };
    if let Some((index, missing, verdict)) = chosen {
        show_missing(&views[index], claim, &missing, verdict, &mut answer)?;
    }
    if answer.verdict == Verdict::Proved && !works::asks(views, halves) {
        return Ok(Answer::unknown("vacuous"));
    }
    if answer.verdict == Verdict::Unknown && answer.because.is_empty() {
        answer.because = anything_open(world);
    }
    Ok(answer)
}

pub(super) fn show_missing(
    view: &View<'_>,
    claim: &str,
    m: &Missing,
    verdict: Verdict,
    answer: &mut Answer,
) -> Result<(), OurBug> {
    let refuted = verdict == Verdict::Refuted;
    let set = if refuted { m.certain } else { m.possible };
    let Some(flow) = pick(view, set, Some(&m.source), &m.target) else {
        return Ok(());
    };
    let witness = lost(view, claim, flow, &m.source, &m.target, m.reply, !refuted)?;
    if refuted {
        answer.witness = Some(witness);
    } else {
        answer.because.clone_from(&witness.trace.because);
        answer.because.extend(gateway_question(view, &m.source));
        answer.candidate = Some(witness);
    }
    Ok(())
}

/// Several routers on the sender's link and nobody said which one hosts use (D26).
fn gateway_question(view: &View<'_>, source: &Spot) -> Option<Question> {
    let crate::model::At::Link(_, vlan) = source.at else {
        return None;
    };
    view.first_hops(source.at)
        .iter()
        .any(|(.., ambiguous)| *ambiguous)
        .then_some(Question::Gateway { vlan })
}
