//! All claims in one world: packet sets of both families are made once, each claim asked of them.

use super::only::{self, Broken, Only};
use super::replay::{OurBug, bridged, lost, name, pick, through};
use super::view::{Origin, View};
use super::works::Missing;
use super::world::World;
use super::{Level, Verdict, Witness, equality, filtered, logged, relay, spoof, works};
use crate::acl::Question;
use crate::base::Text;
use crate::model::{Addrs, Claim, ClaimKind, Spot};
use crate::net::AddrRanges;
use crate::text;

/// The answer to one claim in one world, without anything that lives in the arena.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Both levels.
    pub level: Level,
    /// The verdict that counts.
    pub verdict: Verdict,
    /// `inseparable`, `vacuous`, `unnamed-link`, `limit`.
    pub reason: Option<&'static str>,
    /// If refuted.
    pub witness: Option<Witness>,
    /// If unknown.
    pub candidate: Option<Witness>,
    /// If unknown: what it hangs on, as far as this packet shows.
    pub because: Vec<Question>,
    /// Facts beside a packet, in words.
    pub notes: Vec<Text>,
    /// Standing holes.
    pub holes: Vec<Text>,
}

impl Answer {
    pub(super) fn proved() -> Answer {
        Answer {
            level: Level {
                connection: Verdict::Proved,
                packet: Verdict::Proved,
            },
            verdict: Verdict::Proved,
            reason: None,
            witness: None,
            candidate: None,
            because: Vec::new(),
            notes: Vec::new(),
            holes: Vec::new(),
        }
    }

    /// Whether nothing in it is read off a text: no packet's way, no question, no remark.
    pub(super) fn is_plain(&self) -> bool {
        self.witness.is_none()
            && self.candidate.is_none()
            && self.because.is_empty()
            && self.notes.is_empty()
    }

    pub(super) fn both(verdict: Verdict) -> Answer {
        Answer {
            level: Level {
                connection: verdict,
                packet: verdict,
            },
            verdict,
            ..Answer::proved()
        }
    }

    pub(super) fn unknown(reason: &'static str) -> Answer {
        Answer {
            reason: Some(reason),
            ..Answer::both(Verdict::Unknown)
        }
    }
}

/// What is asked of a world.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'c> {
    /// A claim.
    Claim(&'c Claim),
    /// D45.
    Equality,
}

/// Answers one question in one world; `views` are of both families.
///
/// # Errors
/// [`OurBug`] if a witness does not replay.
pub(super) fn answer(
    world: &World<'_>,
    views: &[View<'_>],
    asked: &Asked<'_>,
) -> Result<Answer, OurBug> {
    match asked {
        Asked::Claim(claim) => one(world, views, claim),
        Asked::Equality => equal(world, views),
    }
}

fn one(world: &World<'_>, views: &[View<'_>], claim: &Claim) -> Result<Answer, OurBug> {
    match &claim.kind {
        ClaimKind::Only { from, to, .. } => {
            let parts = Only::of(&claim.kind).expect("INVARIANT: this is an only claim");
            forbidding(world, views, claim, &parts, from, to)
        }
        ClaimKind::Works { from, to, terms } => {
            let halves = super::spec::halves_of(world.policy, from, to, terms);
            requiring(world, views, &claim.id, &halves)
        }
        ClaimKind::AllowsWork => requiring(world, views, &claim.id, &world.halves),
        ClaimKind::Filtered { of } => Ok(filter_claim(world, of)),
        ClaimKind::NoRelay { from, to, except } => no_relay(views, claim, from, to, except),
        ClaimKind::NoSpoof { from } => no_spoof(world, views, claim, from),
        ClaimKind::Logged { from, to, services } => {
            let mut answer = logged::answer(views, &claim.id, from, to, services.as_deref())?;
            if answer.verdict == Verdict::Unknown && answer.because.is_empty() {
                answer.because = anything_open(world);
            }
            Ok(answer)
        }
    }
}

fn forbidding(
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

/// Every question that the texts bring up: where a packet's way does not show which of them matters.
fn anything_open(world: &World<'_>) -> Vec<Question> {
    let mut all = Vec::new();
    for named in &world.topo.devices {
        let device = &named.device;
        all.extend(device.effects.iter().map(|effect| Question::Effect {
            device: named.name.clone(),
            line: effect.line,
            text: effect.text.clone(),
        }));
        all.extend(device.dynamic.iter().map(|(vrf, _)| Question::Routes {
            device: named.name.clone(),
            vrf: vrf.clone(),
        }));
    }
    if !all.is_empty() {
        return all;
    }
    for named in &world.topo.devices {
        let device = &named.device;
        let bound = device.interfaces.iter().flat_map(|i| &i.bindings);
        all.extend(bound.flat_map(|b| device.acls[b.acl].questions()));
        let sees = &device.sees;
        let flags = [
            &sees.to_switch,
            &sees.from_switch,
            &device.forwards.v4,
            &device.forwards.v6,
        ];
        all.extend(
            flags
                .into_iter()
                .filter_map(|known| known.question().cloned()),
        );
    }
    all.sort();
    all.dedup();
    all
}

/// Some place of a list has no interface up in any family it has addresses in (D44).
fn deaf(views: &[View<'_>], spots: &[Spot]) -> bool {
    spots
        .iter()
        .any(|spot| match views[0].policy.network.vlan_of(spot.at) {
            None => views[0].device_of(spot.at).is_none(),
            Some(_) => !views.iter().any(|view| {
                view.link_of(spot.at)
                    .is_some_and(|link| view.topo.ports_of(link, view.family).next().is_some())
            }),
        })
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

/// Who sits on a link that no zone names (D32).
fn strangers(view: &View<'_>, link: usize) -> impl Iterator<Item = Question> {
    let ports = view.topo.links[link].ports.iter();
    ports.map(|&port| Question::UnnamedLink {
        device: view.topo.device_name(port).to_owned(),
        interface: view.topo.interface(port).name.clone(),
    })
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

fn hole_text(view: &View<'_>, half: usize) -> Text {
    let half = &view.halves[half];
    let protocols = half
        .protocol
        .iter()
        .map(crate::net::proto::name)
        .collect::<Vec<_>>()
        .join(", ");
    let ports = half
        .core
        .first()
        .map(|m| m.sport.to_string())
        .unwrap_or_default();
    text!(
        "standing-hole",
        from = name(view, half.source()),
        to = name(view, half.target()),
        protocol = protocols,
        ports = ports,
        allow = view.policy.allows[half.allow].text.as_str()
    )
}

fn requiring(
    world: &World<'_>,
    views: &[View<'_>],
    claim: &str,
    halves: &[super::spec::Half],
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

fn show_missing(
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
    let crate::model::At::Link(zone, vlan) = source.at else {
        return None;
    };
    view.first_hops(zone, vlan)
        .iter()
        .any(|(.., ambiguous)| *ambiguous)
        .then_some(Question::Gateway { vlan })
}

fn filter_claim(world: &World<'_>, of: &[Spot]) -> Answer {
    let (all_up, bad) = filtered::check(world.policy, &world.topo, of);
    if bad.is_empty() && !all_up {
        return Answer::unknown("vacuous");
    }
    let notes = bad.iter().map(|u| {
        let family = format!("IPv{}", u.family.digit());
        match &u.acl {
            None => text!(
                "unfiltered-no-list",
                device = &u.device,
                interface = &u.interface,
                family = family
            ),
            Some(acl) => text!(
                "unfiltered-empty-list",
                device = &u.device,
                interface = &u.interface,
                family = family,
                acl = acl
            ),
        }
    });
    let notes: Vec<Text> = notes.collect();
    let verdict = if bad.is_empty() {
        Verdict::Proved
    } else {
        Verdict::Refuted
    };
    Answer {
        notes,
        ..Answer::both(verdict)
    }
}

fn no_relay(
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
    let stranger = Spot {
        addrs: Addrs::prefixes(&[second.src().into()]),
        ..stone.from.clone()
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

fn no_spoof(
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
            kind: super::WitnessKind::Request,
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

fn equal(world: &World<'_>, views: &[View<'_>]) -> Result<Answer, OurBug> {
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
        kind: super::WitnessKind::Request,
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
