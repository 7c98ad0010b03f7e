//! D45: what is wider or narrower than the policy, with a packet each.

use super::Answer;
use super::works::show_missing;
use crate::text;
use crate::verify::equality;
use crate::verify::replay::OurBug;
use crate::verify::view::View;
use crate::verify::world::World;
use crate::verify::{Verdict, Witness};

pub(super) fn equal(world: &World<'_>, views: &[View<'_>]) -> Result<Answer, OurBug> {
    let mut answer = Answer::proved();
    for view in views {
        let (verdict, unequal) = equality::check(view, &world.halves);
        if verdict <= answer.verdict {
            continue;
        }
        answer = Answer {
            notes: answer.notes,
            ..Answer::both(verdict)
        };
        for found in unequal {
            match found {
                equality::Unequal::Narrower(missing) => {
                    let one = if view.space().is_empty(missing.certain) {
                        Verdict::Unknown
                    } else {
                        Verdict::Refuted
                    };
                    let mut shown = Answer::proved();
                    show_missing(view, "D45", &missing, one, &mut shown)?;
                    answer.because.extend(shown.because);
                    if let Some(w) = shown.witness.as_ref().or(shown.candidate.as_ref()) {
                        answer.notes.push(text!(
                            "unequal-narrower",
                            packet = w.flow.to_string(),
                            from = &w.from,
                            to = &w.to
                        ));
                    }
                    answer.witness = answer.witness.or(shown.witness);
                    answer.candidate = answer.candidate.or(shown.candidate);
                }
                equality::Unequal::Blocked(blocked) => {
                    let certain = !view.space().is_empty(blocked.certain);
                    let set = if certain {
                        blocked.certain
                    } else {
                        blocked.possible
                    };
                    let packet = view.space().witness(set, &crate::pset::Prefer::default());
                    answer.notes.push(text!(
                        "unequal-blocked",
                        packet = packet.map(|flow| flow.to_string()).unwrap_or_default(),
                        device = view.topo.device_name(blocked.port),
                        interface = &view.topo.interface(blocked.port).name
                    ));
                }
                equality::Unequal::Wider {
                    link,
                    end,
                    may,
                    must,
                } => wider(view, link, end, may, must, &mut answer),
            }
        }
    }
    Ok(answer)
}

fn wider(
    view: &View<'_>,
    link: usize,
    end: equality::Reached,
    may: crate::pset::PacketSet,
    must: crate::pset::PacketSet,
    answer: &mut Answer,
) {
    let certain = !view.space().is_empty(must);
    let set = if certain { must } else { may };
    let sets = vec![view.space().complement(view.sets.martian_sources)];
    let Some(flow) = view.space().witness(set, &crate::pset::Prefer { sets }) else {
        return;
    };
    let wanted = |e: &crate::reach::End| match (e, end) {
        (crate::reach::End::Delivered(l), equality::Reached::Link(other)) => *l == other,
        (crate::reach::End::Handed(l, a), equality::Reached::NextHop(other, addr)) => {
            (*l, *a) == (other, addr)
        }
        _ => false,
    };
    let (trace, _) = crate::reach::Walker::new(view.topo, view.beyond())
        .arrivals()
        .walk(&flow, link, None, !certain, &wanted);
    let to = match end {
        equality::Reached::Link(other) => view.topo.link_name(other),
        equality::Reached::NextHop(other, addr) => format!("{} {addr}", view.topo.link_name(other)),
    };
    let from = view.topo.link_name(link);
    answer.notes.push(text!(
        "unequal-wider",
        packet = flow.to_string(),
        from = &from,
        to = &to
    ));
    answer.because.extend(trace.because.clone());
    let witness = Witness {
        flow,
        kind: crate::verify::WitnessKind::Request,
        trace,
        from,
        to,
    };
    if certain {
        answer.witness.get_or_insert(witness);
    } else {
        answer.candidate.get_or_insert(witness);
    }
}
