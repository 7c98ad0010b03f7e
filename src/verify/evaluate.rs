//! One claim in one world: what the sets of both families say of it, and the packet that shows it (D43). The folder has a
//! file for each kind of claim that shows one.

mod equal;
mod only;
mod relay;
mod spoof;
mod works;

use super::filtered;
use super::only::Only;
use super::replay::{OurBug, name};
use super::view::View;
use super::world::World;
use super::{Level, Verdict, Witness, logged};
use crate::acl::Question;
use crate::base::Text;
use crate::model::{Claim, ClaimKind, Spot};
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
        Asked::Equality => equal::equal(world, views),
    }
}

fn one(world: &World<'_>, views: &[View<'_>], claim: &Claim) -> Result<Answer, OurBug> {
    match &claim.kind {
        ClaimKind::Only { from, to, .. } => {
            let parts = Only::of(&claim.kind).expect("INVARIANT: this is an only claim");
            only::forbidding(world, views, claim, &parts, from, to)
        }
        ClaimKind::Works { from, to, terms } => {
            let halves = super::spec::halves_of(world.policy, from, to, terms);
            works::requiring(world, views, &claim.id, &halves)
        }
        ClaimKind::AllowsWork => works::requiring(world, views, &claim.id, &world.halves),
        ClaimKind::Filtered { of } => Ok(filter_claim(world, of)),
        ClaimKind::NoRelay { from, to, except } => relay::no_relay(views, claim, from, to, except),
        ClaimKind::NoSpoof { from } => spoof::no_spoof(world, views, claim, from),
        ClaimKind::Logged { from, to, services } => {
            let mut answer = logged::answer(views, &claim.id, from, to, services.as_deref())?;
            if answer.verdict == Verdict::Unknown && answer.because.is_empty() {
                answer.because = anything_open(world);
            }
            Ok(answer)
        }
    }
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
                    .is_some_and(|link| view.topo.routers_of(link, view.family).next().is_some())
            }),
        })
}

/// Who sits on a link that no zone names (D32).
fn strangers(view: &View<'_>, link: usize) -> impl Iterator<Item = Question> {
    let ports = view.topo.links[link].ports.iter();
    ports.map(|&port| Question::UnnamedLink {
        device: view.topo.device_name(port).to_owned(),
        interface: view.topo.interface(port).name.clone(),
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
