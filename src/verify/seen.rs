//! The network under one reading, looked at again and again: answers stay for as long as all they hang on is the same.

use super::Verdict;
use super::evaluate::{Answer, Asked, answer};
use super::found::{Found, Grounds, News, Start};
use super::replay::OurBug;
use super::spec::Half;
use super::view::View;
use super::world::World;
use crate::acl::{Acl, Question, Reading};
use crate::model::{ClaimKind, Policy};
use crate::net::Family;
use crate::pset::Space;
use crate::reach::{Made, Net};
use crate::topo::{Named, Topo};
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

/// Nodes that sets of earlier looks may waste, per family, before all is begun anew. Nothing in a space is freed.
const MOST_WASTE: usize = 1 << 20;

/// Looks at one reading.
pub(super) struct Seen {
    limit: Option<usize>,
    state: Option<State>,
    /// By number of the question.
    answers: Vec<Option<Kept>>,
}

/// What the last look left behind.
struct State {
    topo: Topo,
    halves: Rc<Vec<Half>>,
    spaces: [Space; 2],
    families: [Left; 2],
    /// Nodes after the first look.
    born: [usize; 2],
}

/// The same of one family.
struct Left {
    made: Made,
    found: Found,
    settled: bool,
}

struct Kept {
    answer: Answer,
    /// What it hangs on, in each family; `None` if it is asked anew whenever a device changes.
    grounds: Option<Rc<[Grounds; 2]>>,
}

/// What has changed since the last look.
enum Since {
    /// Nothing in any text.
    Nothing,
    /// Lists, per family.
    Lists([News; 2]),
    /// More.
    More,
}

/// The verdict on each claim with every question open: what needed no case by case.
///
/// # Errors
/// [`OurBug`] if a witness does not replay.
pub fn without_cases(
    policy: &Policy,
    at: Date,
    devices: &[Arc<Named>],
    limit: Option<usize>,
) -> Result<Vec<Verdict>, OurBug> {
    let claims = policy.claims.iter().map(Asked::Claim);
    let asked: Vec<(usize, Asked<'_>)> = claims.enumerate().collect();
    let mut seen = Seen::new(limit);
    seen.look(World::new(policy, at, devices, &Reading::new()), &asked)?;
    Ok((0..asked.len())
        .map(|number| seen.answer(number).verdict)
        .collect())
}

impl Seen {
    pub(super) fn new(limit: Option<usize>) -> Seen {
        Seen {
            limit,
            state: None,
            answers: Vec::new(),
        }
    }

    /// The answer to a question that was asked in the last look.
    pub(super) fn answer(&self, number: usize) -> &Answer {
        let kept = self.answers[number].as_ref();
        &kept.expect("INVARIANT: it was asked").answer
    }

    /// Whether little enough is kept that it may be kept beside others.
    pub(super) fn is_small(&self) -> bool {
        let nodes = |state: &State| state.spaces.iter().map(|space| space.size().nodes).sum();
        self.state.as_ref().map_or(0, nodes) < MOST_WASTE / 16
    }

    /// Answers some questions about a world. The numbers of those whose answer may be another than after the last look.
    pub(super) fn look(
        &mut self,
        world: World<'_>,
        asked: &[(usize, Asked<'_>)],
    ) -> Result<BTreeSet<usize>, OurBug> {
        let state = self.state.take().filter(|state| state.serves(&world));
        let again = state.is_some();
        self.forget_but(asked, again);
        let (world, new) = self.look_from(state, world, asked)?;
        match (self.state.is_some(), again) {
            // The waste of earlier looks may have been too much: what counts is what a first look says.
            (false, true) => self.look(world, asked),
            _ => Ok(new),
        }
    }

    /// Keeps the answers to these questions only, or makes room for them: what was not asked in a look is not known to
    /// have outlived it.
    fn forget_but(&mut self, asked: &[(usize, Asked<'_>)], keep: bool) {
        let mut before = std::mem::take(&mut self.answers);
        let most = asked.iter().map(|(number, _)| number + 1).max();
        self.answers.resize_with(most.unwrap_or(0), || None);
        for &(number, _) in asked.iter().filter(|_| keep) {
            self.answers[number] = before.get_mut(number).and_then(Option::take);
        }
    }

    fn look_from<'p>(
        &mut self,
        state: Option<State>,
        world: World<'p>,
        asked: &[(usize, Asked<'_>)],
    ) -> Result<(World<'p>, BTreeSet<usize>), OurBug> {
        let (spaces, before) = match state {
            Some(state) => {
                let State {
                    topo,
                    spaces,
                    families,
                    born,
                    ..
                } = state;
                (spaces, Some((topo, families, born)))
            }
            None => (Family::BOTH.map(|f| space(&world, f, self.limit)), None),
        };
        let mut born = before.as_ref().map(|(.., born)| *born);
        let (views, since) = match before {
            Some((topo, families, _)) => again(&world, &spaces, &topo, families),
            None => (first(&world, &spaces), Since::More),
        };
        let mut new = BTreeSet::new();
        let mut last: Option<Rc<[Grounds; 2]>> = None;
        let mut judged: Option<(Rc<[Grounds; 2]>, bool)> = None;
        for &(number, ref question) in asked {
            if let Some(kept) = &self.answers[number]
                && kept.stands(&since, &spaces, &mut judged)
            {
                continue;
            }
            let ((found, v6), v4) =
                views[0].grounds(|| views[1].grounds(|| answer(&world, &views, question)));
            let grounds = [v4, v6];
            let found = found?;
            let keep = found.is_plain() && !reads_text(question);
            let grounds = keep.then(|| match &last {
                Some(last) if **last == grounds => Rc::clone(last),
                _ => Rc::new(grounds),
            });
            last.clone_from(&grounds);
            self.answers[number] = Some(Kept {
                answer: found,
                grounds,
            });
            new.insert(number);
        }
        let families = views.map(|view| Left {
            made: view.net.made(),
            settled: view.settled(),
            found: view.into_found(),
        });
        // INVARIANT: past the limit every set is empty, so no answer that was computed may stand.
        if spaces.iter().any(Space::exhausted) {
            new = self.give_up(asked);
            return Ok((world, new));
        }
        let sizes = [0, 1].map(|family: usize| spaces[family].size().nodes);
        let born = *born.get_or_insert(sizes);
        let state = State {
            topo: world.topo.clone(),
            halves: Rc::clone(&world.halves),
            spaces,
            families,
            born,
        };
        self.state = Some(state);
        Ok((world, new))
    }

    fn give_up(&mut self, asked: &[(usize, Asked<'_>)]) -> BTreeSet<usize> {
        let limit = || Kept {
            answer: Answer {
                because: vec![Question::Limit],
                ..Answer::unknown("limit")
            },
            grounds: None,
        };
        for &(number, _) in asked {
            self.answers[number] = Some(limit());
        }
        asked.iter().map(|(number, _)| *number).collect()
    }
}

impl State {
    /// Whether a world asks for the same sessions, and the spaces are not too full of what was.
    fn serves(&self, world: &World<'_>) -> bool {
        let full =
            |family: usize| self.spaces[family].size().nodes > 2 * self.born[family] + MOST_WASTE;
        Rc::ptr_eq(&self.halves, &world.halves) && !full(0) && !full(1)
    }
}

impl Kept {
    /// Whether the answer is what it was. `judged` is the judgement on the grounds that were asked about last: neighbours
    /// often share them.
    fn stands(
        &self,
        since: &Since,
        spaces: &[Space; 2],
        judged: &mut Option<(Rc<[Grounds; 2]>, bool)>,
    ) -> bool {
        match (since, &self.grounds) {
            (Since::Nothing, _) => true,
            (Since::More, _) | (Since::Lists(_), None) => false,
            (Since::Lists(news), Some(grounds)) => match judged {
                Some((last, stand)) if Rc::ptr_eq(last, grounds) => *stand,
                _ => {
                    let stand = (0..2).all(|f| grounds[f].stand(&spaces[f], &news[f]));
                    *judged = Some((Rc::clone(grounds), stand));
                    stand
                }
            },
        }
    }
}

fn first<'w>(world: &'w World<'_>, spaces: &'w [Space; 2]) -> [View<'w>; 2] {
    [0, 1].map(|family: usize| {
        let (beyond, space) = (&world.beyond, &spaces[family]);
        let of = Family::BOTH[family];
        View::new(world.policy, &world.topo, &world.halves, beyond, of, space)
    })
}

/// Views that know what was found out before, as far as it stands.
fn again<'w>(
    world: &'w World<'_>,
    spaces: &'w [Space; 2],
    topo: &Topo,
    left: [Left; 2],
) -> ([View<'w>; 2], Since) {
    let mut news = Vec::new();
    let mut more = false;
    let mut left = left.into_iter();
    let views = [0, 1].map(|family: usize| {
        let Left {
            made,
            mut found,
            settled,
        } = left.next().expect("INVARIANT: one per family");
        let (space, of) = (&spaces[family], Family::BOTH[family]);
        let (net, changes) = Net::again(&world.topo, of, space, (topo, &made));
        let view = |net, found| View::of(world.policy, net, &world.halves, &world.beyond, found);
        let Some(lists) = changes else {
            more = true;
            return view(net, Found::default());
        };
        let fallen = found.drop_changed(space, &lists);
        let view = view(net, found);
        let spreads: BTreeSet<Start> = view.renew(fallen);
        let fresh = News { lists, spreads };
        view.found()
            .borrow_mut()
            .equal
            .retain(|_, grounds| grounds.stand(space, &fresh));
        more |= view.settled() != settled;
        news.push(fresh);
        view
    });
    let devices = world.topo.devices.iter().zip(&topo.devices);
    let untouched = devices.into_iter().all(|(a, b)| Arc::ptr_eq(a, b));
    let since = match <[News; 2]>::try_from(news) {
        Ok(news) if !more && untouched && news.iter().all(News::is_empty) => Since::Nothing,
        Ok(news) if !more => Since::Lists(news),
        _ => Since::More,
    };
    (views, since)
}

/// Whether an answer is read off the text itself, so that nothing tells when it changes.
fn reads_text(asked: &Asked<'_>) -> bool {
    match asked {
        Asked::Equality => false,
        Asked::Claim(claim) => match claim.kind {
            ClaimKind::Filtered { .. } | ClaimKind::Logged { .. } => true,
            ClaimKind::Only { .. }
            | ClaimKind::Works { .. }
            | ClaimKind::AllowsWork
            | ClaimKind::NoRelay { .. }
            | ClaimKind::NoSpoof { .. } => false,
        },
    }
}

fn space(world: &World<'_>, family: Family, limit: Option<usize>) -> Space {
    let devices = world.topo.devices.iter();
    let acls: Vec<&Acl> = devices
        .flat_map(|named: &Arc<Named>| &named.device.acls)
        .filter(|acl| acl.family == family)
        .collect();
    let space = Space::for_acls(family, &acls);
    match limit {
        Some(nodes) => space.with_limit(nodes),
        None => space,
    }
}
