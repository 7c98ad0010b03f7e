//! `no-relay`: a stepping stone, and a packet on each of its two legs.

use super::{Answer, deaf, hole_text, strangers};
use crate::model::{Addrs, Claim, Spot};
use crate::net::AddrRanges;
use crate::text;
use crate::verify::Verdict;
use crate::verify::relay;
use crate::verify::replay::{OurBug, bridged, pick, through};
use crate::verify::view::{Origin, View};

pub(super) fn no_relay(
    views: &[View<'_>],
    claim: &Claim,
    from: &[Spot],
    to: &[Spot],
    except: &[Spot],
) -> Result<Answer, OurBug> {
    let mut answer = Answer::proved();
    let (mut worst, mut asked) = (None, false);
    for view in views {
        let found = relay::check(view, from, to, except);
        asked |= found.asked;
        answer
            .holes
            .extend(found.holes.iter().map(|&hole| hole_text(view, hole)));
        if found.verdict > answer.verdict {
            answer = Answer {
                holes: answer.holes,
                ..Answer::both(found.verdict)
            };
            worst = found.stone.map(|stone| (view, stone));
        }
    }
    if answer.verdict != Verdict::Refuted && (!asked || deaf(views, from) || deaf(views, to)) {
        return Ok(Answer {
            holes: answer.holes,
            ..Answer::unknown("vacuous")
        });
    }
    if let Some((view, stone)) = worst {
        show_stone(view, claim, &stone, &mut answer)?;
    }
    Ok(answer)
}

/// Both legs of a stepping stone are replayed; the second is the witness, the first is said beside it.
fn show_stone(
    view: &View<'_>,
    claim: &Claim,
    stone: &relay::Stone,
    answer: &mut Answer,
) -> Result<(), OurBug> {
    let here = relay::places(view, stone.inner);
    let at = |addr| here.iter().find(|spot| spot.addrs.contains(addr));
    let Some(second) = pick(view, stone.second, here.first(), &stone.to) else {
        return Ok(());
    };
    let host = AddrRanges::prefix(second.src().into());
    let to_host = view.space().intersect(stone.first, view.to(&host));
    // A host whose address is in no zone of its link is part of every zone there (D28).
    let stranger = Spot {
        addrs: Addrs::prefixes(&[second.src().into()]),
        ..here.first().unwrap_or(&stone.from).clone()
    };
    let via = at(second.src()).unwrap_or(&stranger);
    let Some(first) = pick(view, to_host, Some(&stone.from), via) else {
        return Ok(());
    };
    let possible = !stone.certain;
    let (from, to) = (Some(&stone.from), Some(via));
    let opened = if stone.outer == stone.inner {
        bridged(view, first, &stone.from, via)
    } else {
        through(
            view,
            &claim.id,
            first,
            Origin::Link(stone.outer),
            from,
            via,
            possible,
        )?
    };
    let opens = if view.link_of(stone.to.at) == Some(stone.inner) {
        bridged(view, second, via, &stone.to)
    } else {
        through(
            view,
            &claim.id,
            second,
            Origin::Link(stone.inner),
            to,
            &stone.to,
            possible,
        )?
    };
    answer.notes.push(text!(
        "relay-opened",
        packet = opened.flow.to_string(),
        from = &opened.from,
        to = &opened.to
    ));
    if stone.certain {
        answer.witness = Some(opens);
    } else {
        answer.because = opened.trace.because;
        answer.because.extend(opens.trace.because.clone());
        if here.is_empty() {
            answer.reason = Some("unnamed-link");
            answer.because.extend(strangers(view, stone.inner));
        }
        answer.candidate = Some(opens);
    }
    Ok(())
}
