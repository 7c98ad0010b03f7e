//! The network under one reading, looked at again and again: answers stay for as long as all they hang on is the same.

use super::evaluate::{Answer, Asked, answer};
use super::found::{Found, Grounds, News, Start};
use super::replay::OurBug;
use super::spec::Half;
use super::view::View;
use super::world::World;
use crate::acl::Question;
use crate::model::ClaimKind;
use crate::net::Family;
use crate::pset::{Limits, Space};
use crate::reach::{Made, Net};
use crate::topo::Topo;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

/// Edges that sets of earlier looks may waste, per family, before all is begun anew: 64 MB. Nothing in a space is freed.
const MOST_WASTE: usize = 1 << 23;

/// The same for what answers of earlier looks hung on.
const MOST_GROUNDS: usize = 1 << 12;

/// Looks at one reading.
pub(super) struct Seen {
    limits: Limits,
    state: Option<State>,
    /// By number of the question.
    answers: Vec<Option<Answer>>,
    /// By number of the question: what its answer hangs on, as a number of `grounds`. Apart from the answers, for all of
    /// them are gone through whenever a device changes.
    hangs: Vec<u32>,
    /// What answers hang on, in each family; neighbours often share it.
    grounds: Vec<[Grounds; 2]>,
}

/// For an answer that is asked anew whenever a device changes, and for a question without an answer.
const NOTHING: u32 = u32::MAX;

/// What the last look left behind.
struct State {
    topo: Topo,
    halves: Rc<Vec<Half>>,
    spaces: [Space; 2],
    families: [Left; 2],
    /// Edges after the first look.
    born: [usize; 2],
}

/// The same of one family.
struct Left {
    made: Made,
    found: Found,
    settled: bool,
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

impl Seen {
    pub(super) fn new(limits: Limits) -> Seen {
        Seen {
            limits,
            state: None,
            answers: Vec::new(),
            hangs: Vec::new(),
            grounds: Vec::new(),
        }
    }

    /// The answer to a question that was asked in the last look.
    pub(super) fn answer(&self, number: usize) -> &Answer {
        let answer = self.answers[number].as_ref();
        answer.expect("INVARIANT: it was asked")
    }

    /// Whether little enough is kept that it may be kept beside others.
    pub(super) fn is_small(&self) -> bool {
        let edges = |state: &State| state.spaces.iter().map(|space| space.size().edges).sum();
        self.state.as_ref().map_or(0, edges) < MOST_WASTE / 32
    }

    /// Answers some questions about a world. The numbers of those whose answer may be another than after the last look.
    pub(super) fn look(
        &mut self,
        world: World<'_>,
        asked: &[(usize, Asked<'_>)],
    ) -> Result<BTreeSet<usize>, OurBug> {
        let piled = self.grounds.len() > 2 * self.answers.len() + MOST_GROUNDS;
        let state = self.state.take();
        let state = state.filter(|state| !piled && state.serves(&world));
        let again = state.is_some();
        if !again {
            self.grounds.clear();
        }
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
        let length = asked.iter().map(|(number, _)| number + 1).max();
        let length = length.unwrap_or(0);
        if keep && asked.len() == length && self.answers.len() == length {
            return;
        }
        let mut before = std::mem::replace(&mut self.answers, vec![None; length]);
        let hung = std::mem::replace(&mut self.hangs, vec![NOTHING; length]);
        for &(number, _) in asked.iter().filter(|_| keep) {
            if let Some(answer) = before.get_mut(number).and_then(Option::take) {
                self.answers[number] = Some(answer);
                self.hangs[number] = hung[number];
            }
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
            None => (Family::BOTH.map(|f| world.space(f, self.limits)), None),
        };
        let mut born = before.as_ref().map(|(.., born)| *born);
        let (views, since) = match before {
            Some((topo, families, _)) => again(&world, &spaces, &topo, families),
            None => (first(&world, &spaces), Since::More),
        };
        let mut new = BTreeSet::new();
        let stand = self.standing(&since, &spaces);
        for &(number, ref question) in asked {
            let known = match (&since, self.hangs[number]) {
                (Since::Nothing, _) => self.answers[number].is_some(),
                (_, NOTHING) => false,
                (_, grounds) => stand[grounds as usize],
            };
            if !known {
                self.ask(&world, &views, number, question)?;
                new.insert(number);
            }
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
        let sizes = [0, 1].map(|family: usize| spaces[family].size().edges);
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

    /// For each of the grounds, whether what hangs on them is what it was. Where more than lists changed, none is left.
    fn standing(&mut self, since: &Since, spaces: &[Space; 2]) -> Vec<bool> {
        match since {
            Since::Nothing => Vec::new(),
            Since::Lists(news) => {
                let stand = |grounds: &[Grounds; 2]| {
                    (0..2).all(|family| grounds[family].stand(&spaces[family], &news[family]))
                };
                self.grounds.iter().map(stand).collect()
            }
            Since::More => {
                self.grounds.clear();
                self.hangs.fill(NOTHING);
                Vec::new()
            }
        }
    }

    /// Answers a question, and notes what the answer hangs on.
    fn ask(
        &mut self,
        world: &World<'_>,
        views: &[View<'_>; 2],
        number: usize,
        question: &Asked<'_>,
    ) -> Result<(), OurBug> {
        let work = || answer(world, views, question);
        if always_asked(question) {
            self.answers[number] = Some(work()?);
            self.hangs[number] = NOTHING;
            return Ok(());
        }
        let ((found, v6), v4) = views[0].grounds(|| views[1].grounds(work));
        let (found, grounds) = (found?, [v4, v6]);
        let keep = found.is_plain();
        self.hangs[number] = match self.grounds.last() {
            _ if !keep => NOTHING,
            Some(last) if *last == grounds => number_of(self.grounds.len() - 1),
            _ => {
                self.grounds.push(grounds);
                number_of(self.grounds.len() - 1)
            }
        };
        self.answers[number] = Some(found);
        Ok(())
    }

    fn give_up(&mut self, asked: &[(usize, Asked<'_>)]) -> BTreeSet<usize> {
        for &(number, _) in asked {
            self.hangs[number] = NOTHING;
            self.answers[number] = Some(Answer {
                because: vec![Question::Limit],
                ..Answer::unknown("limit")
            });
        }
        asked.iter().map(|(number, _)| *number).collect()
    }
}

impl State {
    /// Whether a world asks for the same sessions, and the spaces are not too full of what was.
    fn serves(&self, world: &World<'_>) -> bool {
        let full =
            |family: usize| self.spaces[family].size().edges > self.born[family] + MOST_WASTE;
        Rc::ptr_eq(&self.halves, &world.halves) && !full(0) && !full(1)
    }
}

fn number_of(index: usize) -> u32 {
    u32::try_from(index).expect("INVARIANT: fewer grounds than claims, and claims fit into memory")
}

fn first<'w>(world: &'w World<'_>, spaces: &'w [Space; 2]) -> [View<'w>; 2] {
    [0, 1].map(|family: usize| View::in_world(world, Family::BOTH[family], &spaces[family]))
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
        let view =
            |net, found| View::knowing(world.policy, net, &world.halves, &world.beyond, found);
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

/// Whether an answer is read off the text itself, so that nothing tells when it changes, or hangs on so much that to keep
/// account of it is more than to ask again.
fn always_asked(asked: &Asked<'_>) -> bool {
    match asked {
        Asked::Equality => true,
        Asked::Claim(claim) => match claim.kind {
            ClaimKind::Filtered { .. } | ClaimKind::Logged { .. } | ClaimKind::AllowsWork => true,
            ClaimKind::Only { .. }
            | ClaimKind::Works { .. }
            | ClaimKind::NoRelay { .. }
            | ClaimKind::NoSpoof { .. } => false,
        },
    }
}
