//! The states of a change between two networks: safe, live and manageable (D47), on what arrives and not list by list.
//!
//! In: OLD and NEW, and any state between. Out: per property a verdict with a packet. All is asked under one reading at a
//! time; a state is proved if it is under every reading.

use super::arrivals::{Arrivals, End, Pair, arrivals, gained, show};
use super::replay::{self, OurBug};
use super::spec::Half;
use super::view::View;
use super::world::{World, open_facts};
use super::{Verdict, works};
use crate::acl::{Acl, Question, Reading};
use crate::model::{At, ClaimKind, Policy, Spot};
use crate::net::{AddrRanges, Family, Flow};
use crate::pset::Limits;
use crate::pset::{Bounds, PacketSet, Prefer, Space};
use crate::reach::Side;
use crate::topo::Named;
use jiff::civil::Date;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

/// What must hold of every state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Property {
    /// Nothing arrives that neither OLD nor NEW lets arrive: between any two places, which is more than D47 asks; at own
    /// addresses of switches only where a forbidding claim speaks of them, as in D45.
    Safe,
    /// What works in OLD and in NEW works.
    Live,
    /// Sessions to the switches that are not finished work as in OLD.
    Manageable,
    /// The entries fit into the tables of the model; judged by the caller.
    Fits,
}

/// A property that a state does not have for certain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// The property.
    pub property: Property,
    /// Refuted or unknown.
    pub verdict: Verdict,
    /// Where from and to, in names.
    pub between: (String, String),
    /// A packet that arrives and should not, or the other way round.
    pub flow: Option<Flow>,
    /// If unknown: what that packet hangs on, before, now or after.
    pub because: Vec<Question>,
}

/// Cases that one state is split into by its open questions, at most.
const MOST_CASES: usize = 48;

/// OLD and NEW, ready to judge states.
pub struct Judge<'p> {
    policy: &'p Policy,
    at: Date,
    ends: [Vec<Arc<Named>>; 2],
    limits: Limits,
    /// Both ends under each reading that was asked for; the empty one leaves every question open, which is enough if nothing
    /// hangs on one.
    known: RefCell<BTreeMap<Reading, Rc<Envelope>>>,
    /// Facts that have one answer wherever they are asked.
    facts: BTreeSet<Question>,
}

/// OLD and NEW under one reading.
struct Envelope {
    reading: Reading,
    families: Vec<Bound>,
}

/// One family of it.
struct Bound {
    family: Family,
    space: Space,
    old: Arrivals,
    new: Arrivals,
    /// Own addresses of switches on either side.
    routers: AddrRanges,
    /// Per group of sessions: what both carry, and what OLD carries.
    carried: Vec<(Bounds, Bounds)>,
}

/// Sessions between two places.
struct Group<'h> {
    source: &'h Half,
    required: PacketSet,
}

impl<'p> Judge<'p> {
    /// Computes both ends of the change. `limits` hold per family.
    #[must_use]
    pub fn new(
        policy: &'p Policy,
        at: Date,
        old: &[Arc<Named>],
        new: &[Arc<Named>],
        limits: Limits,
    ) -> Judge<'p> {
        let both: Vec<Arc<Named>> = old.iter().chain(new).cloned().collect();
        Judge {
            policy,
            at,
            ends: [old.to_vec(), new.to_vec()],
            limits,
            known: RefCell::default(),
            facts: open_facts(&both).into_iter().collect(),
        }
    }

    fn envelope(&self, reading: &Reading) -> Rc<Envelope> {
        if let Some(known) = self.known.borrow().get(reading) {
            return Rc::clone(known);
        }
        let [old, new] = &self.ends;
        let made = envelope(self.policy, self.at, old, new, reading.clone(), self.limits);
        let made = Rc::new(made);
        let mut known = self.known.borrow_mut();
        known.insert(reading.clone(), Rc::clone(&made));
        made
    }

    /// What a state lacks; nothing is a proof. `unfinished` are the switches that must stay manageable.
    ///
    /// # Errors
    /// [`OurBug`] if a packet that certainly leaks, or is lost, does not do so in the interpreter.
    pub fn state(&self, state: &[Arc<Named>], unfinished: &[&str]) -> Result<Vec<Breach>, OurBug> {
        let mut cases = MOST_CASES;
        let found = self.split(&Reading::new(), state, unfinished, &mut cases)?;
        Ok(one_each(found))
    }

    /// Under a reading, or where that leaves something unknown, under each answer to the first question it hangs on (D5).
    fn split(
        &self,
        reading: &Reading,
        state: &[Arc<Named>],
        unfinished: &[&str],
        cases: &mut usize,
    ) -> Result<Vec<Breach>, OurBug> {
        *cases = cases.saturating_sub(1);
        let found = self.under(&self.envelope(reading), state, unfinished)?;
        let unknown = found.iter().filter(|b| b.verdict == Verdict::Unknown);
        let mut questions = unknown.flat_map(|breach| &breach.because);
        let question = questions.find(|q| self.has_one_answer(q) && !reading.contains_key(*q));
        let Some(question) = question.filter(|_| *cases > 1) else {
            return Ok(found);
        };
        let mut sides = Vec::new();
        for answer in [true, false] {
            let mut more = reading.clone();
            more.insert(question.clone(), answer);
            sides.push(self.split(&more, state, unfinished, cases)?);
        }
        let [yes, no] = [sides.swap_remove(0), sides.swap_remove(0)];
        Ok(joined(yes, no))
    }

    /// Whether the same question has the same answer wherever it is asked (D1).
    fn has_one_answer(&self, question: &Question) -> bool {
        match question {
            Question::Fact { .. } => self.facts.contains(question),
            Question::Gap { .. } | Question::Condition { .. } => true,
            _ => false,
        }
    }

    fn under(
        &self,
        envelope: &Envelope,
        state: &[Arc<Named>],
        unfinished: &[&str],
    ) -> Result<Vec<Breach>, OurBug> {
        let world = |side: &[Arc<Named>]| World::new(self.policy, self.at, side, &envelope.reading);
        let now = world(state);
        let ends: OnceCell<[World<'_>; 2]> = OnceCell::new();
        let mut found = Vec::new();
        for bound in &envelope.families {
            let look = Look {
                view: View::in_world(&now, bound.family, &bound.space),
                bound,
                ends: &|| ends.get_or_init(|| self.ends.each_ref().map(|end| world(end))),
            };
            look.safe(&mut found)?;
            look.carried(unfinished, &mut found)?;
            if bound.space.exhausted() {
                found.push(Breach {
                    property: Property::Safe,
                    verdict: Verdict::Unknown,
                    between: Default::default(),
                    flow: None,
                    because: vec![Question::Limit],
                });
            }
        }
        Ok(found)
    }
}

/// Under either answer to a question: certain is what is certain under both.
fn joined(yes: Vec<Breach>, no: Vec<Breach>) -> Vec<Breach> {
    let refuted = |all: &[Breach], property| {
        let mut mine = all.iter().filter(|b| b.property == property);
        mine.any(|breach| breach.verdict == Verdict::Refuted)
    };
    let properties = [Property::Safe, Property::Live, Property::Manageable];
    let certain = properties.map(|p| refuted(&yes, p) && refuted(&no, p));
    let mut all: Vec<Breach> = yes.into_iter().chain(no).collect();
    for breach in &mut all {
        let at = properties.iter().position(|p| *p == breach.property);
        if !at.is_some_and(|at| certain[at]) {
            breach.verdict = Verdict::Unknown;
        }
    }
    all
}

/// The worst breach of each property.
fn one_each(mut found: Vec<Breach>) -> Vec<Breach> {
    found.sort_by_key(|breach| std::cmp::Reverse(breach.verdict));
    let mut all: Vec<Breach> = Vec::new();
    for breach in found {
        if all.iter().all(|known| known.property != breach.property) {
            all.push(breach);
        }
    }
    all
}

fn envelope(
    policy: &Policy,
    at: Date,
    old: &[Arc<Named>],
    new: &[Arc<Named>],
    reading: Reading,
    limits: Limits,
) -> Envelope {
    let worlds = [old, new].map(|side| World::new(policy, at, side, &reading));
    let families = Family::BOTH.map(|family| {
        let lists = worlds.iter().flat_map(|world| &world.topo.devices);
        let acls: Vec<&Acl> = lists
            .flat_map(|named| &named.device.acls)
            .filter(|acl| acl.family == family)
            .collect();
        let space = Space::for_acls(family, &acls);
        let space = space.within(limits);
        let (before, after, both, routers) = {
            let views = worlds
                .each_ref()
                .map(|world| View::in_world(world, family, &space));
            let sides = views.each_ref().map(arrivals);
            let carried: Vec<Vec<Bounds>> = views.iter().map(all_carried).collect();
            let both = carried[0].iter().zip(&carried[1]);
            let both: Vec<(Bounds, Bounds)> = both
                .map(|(old, new)| (space.bounds_intersect(*old, *new), *old))
                .collect();
            let [before, after] = sides;
            let own = |view: &View<'_>| super::sets::own_addrs(view.topo, family);
            let routers = own(&views[0]).union(&own(&views[1]));
            (before, after, both, routers)
        };
        Bound {
            family,
            space,
            old: before,
            new: after,
            routers,
            carried: both,
        }
    });
    Envelope {
        reading,
        families: families.into(),
    }
}

/// A state of one family beside OLD and NEW.
struct Look<'l, 'w> {
    view: View<'w>,
    bound: &'w Bound,
    /// OLD and NEW, to walk in.
    ends: &'l dyn Fn() -> &'w [World<'w>; 2],
}

impl<'w> Look<'_, 'w> {
    /// What arrives and does in neither OLD nor NEW.
    fn safe(&self, found: &mut Vec<Breach>) -> Result<(), OurBug> {
        let (view, bound, space) = (&self.view, self.bound, &self.bound.space);
        let now = arrivals(view);
        let nothing = Bounds::exactly(space.empty());
        let mut either = bound.old.clone();
        for (pair, set) in &bound.new {
            let known = either.get(pair).copied().unwrap_or(nothing);
            either.insert(pair.clone(), space.bounds_union(known, *set));
        }
        let mut worst: Option<(Pair, PacketSet, bool)> = None;
        for (pair, extra) in gained(space, &either, &now) {
            // Handed to an address that a switch has before or after, and not now: lost on the link, no leak.
            let nobody = matches!(&pair.1, End::NextHop(_, addr) if bound.routers.contains(*addr));
            if nobody {
                continue;
            }
            let spoken = spoken_of(view, &pair);
            let extra = Bounds {
                must: space.intersect(extra.must, spoken),
                may: space.intersect(extra.may, spoken),
            };
            if space.is_empty(extra.may) {
                continue;
            }
            let certain = !space.is_empty(extra.must);
            if worst.as_ref().is_none_or(|(.., known)| certain && !known) {
                let set = if certain { extra.must } else { extra.may };
                worst = Some((pair, set, certain));
            }
        }
        if let Some((pair, set, certain)) = worst {
            let shown = show(view, &pair, set, certain)?;
            let mut because = Vec::new();
            if !certain {
                because.extend(shown.iter().flat_map(|(_, trace)| trace.because.clone()));
                for end in self.ends() {
                    let shown = show(&end, &pair, set, false)?;
                    because.extend(shown.into_iter().flat_map(|(_, trace)| trace.because));
                }
            }
            found.push(Breach {
                property: Property::Safe,
                verdict: of(certain),
                between: (pair.0, pair.1.name()),
                flow: shown.map(|(flow, _)| flow),
                because,
            });
        }
        Ok(())
    }

    /// OLD and NEW as this family sees them.
    fn ends(&self) -> [View<'w>; 2] {
        let (family, space) = (self.bound.family, &self.bound.space);
        let worlds = (self.ends)().each_ref();
        worlds.map(|world| View::in_world(world, family, space))
    }

    /// What works in OLD and NEW and not now, and what manages an unfinished switch in OLD and not now.
    fn carried(&self, unfinished: &[&str], found: &mut Vec<Breach>) -> Result<(), OurBug> {
        let (view, bound, space) = (&self.view, self.bound, &self.bound.space);
        let manages = |half: &Half| {
            [half.source().at, half.target().at].iter().any(|at| {
                matches!(at, At::Switch(id) if {
                    let name = view.policy.network.switch(*id).label.name.as_str();
                    unfinished.contains(&name)
                })
            })
        };
        for (group, (both, old)) in groups(view).iter().zip(&bound.carried) {
            let now = one_carried(view, group);
            let wanted = [
                (Property::Live, Some(both)),
                (Property::Manageable, manages(group.source).then_some(old)),
            ];
            for (property, needed) in wanted {
                let Some(needed) = needed else { continue };
                let missing = space.bounds_minus(*needed, now);
                if space.is_empty(missing.may) {
                    continue;
                }
                let certain = !space.is_empty(missing.must);
                let set = if certain { missing.must } else { missing.may };
                found.push(self.lost(property, group.source, set, certain)?);
            }
        }
        Ok(())
    }

    /// A packet that is not carried any more, walked to where it ends.
    fn lost(
        &self,
        property: Property,
        half: &Half,
        set: PacketSet,
        certain: bool,
    ) -> Result<Breach, OurBug> {
        let (from, to) = (half.source(), half.target());
        let flow = self.bound.space.witness(set, &Prefer::default());
        let name = |spot: &Spot| self.view.policy.network.name(spot.place).to_owned();
        let between = (name(from), name(to));
        let claim = format!("{} -> {}", between.0, between.1);
        let walk = |view: &View<'_>, possible| {
            let walked = |flow| replay::lost(view, &claim, flow, from, to, half.reply, possible);
            flow.map(walked).transpose()
        };
        let mut because = Vec::new();
        let walked = walk(&self.view, !certain)?;
        if !certain {
            because.extend(walked.into_iter().flat_map(|witness| witness.trace.because));
            for end in self.ends() {
                let walked = walk(&end, true)?;
                because.extend(walked.into_iter().flat_map(|witness| witness.trace.because));
            }
        }
        Ok(Breach {
            property,
            verdict: of(certain),
            between,
            flow,
            because,
        })
    }
}

fn of(certain: bool) -> Verdict {
    match certain {
        true => Verdict::Refuted,
        false => Verdict::Unknown,
    }
}

/// What of a pair must be safe: all of it between links; at a switch what forbidding claims of the link speak of.
fn spoken_of(view: &View<'_>, (from, end): &Pair) -> PacketSet {
    let space = view.space();
    if !matches!(end, End::Own(_)) {
        return space.full();
    }
    let claims = view
        .policy
        .claims
        .iter()
        .filter_map(|claim| match &claim.kind {
            ClaimKind::Only { from, to, .. } => Some((from, to)),
            _ => None,
        });
    let mine = claims.filter(|(senders, _)| {
        let mut links = senders.iter().filter_map(|spot| view.link_of(spot.at));
        links.any(|link| view.topo.link_name(link) == *from)
    });
    let targets = mine
        .flat_map(|(_, to)| to)
        .map(|spot| view.to(spot.addrs.of(view.family)));
    space.union_all(&targets.collect::<Vec<_>>())
}

/// The sessions in force, joined by the places between which they run.
fn groups<'h>(view: &'h View<'_>) -> Vec<Group<'h>> {
    let space = view.space();
    let mut keys: Vec<(At, At, bool)> = Vec::new();
    let mut groups: Vec<Group<'h>> = Vec::new();
    let mine = view.halves.iter().filter(|half| half.family == view.family);
    for half in mine.filter(|half| !half.required.is_empty()) {
        let key = (half.source().at, half.target().at, half.reply);
        let required = works::required(view, half);
        match keys.iter().position(|known| *known == key) {
            Some(at) => groups[at].required = space.union(groups[at].required, required),
            None => {
                keys.push(key);
                groups.push(Group {
                    source: half,
                    required,
                });
            }
        }
    }
    groups
}

fn all_carried(view: &View<'_>) -> Vec<Bounds> {
    groups(view)
        .iter()
        .map(|group| one_carried(view, group))
        .collect()
}

fn one_carried(view: &View<'_>, group: &Group<'_>) -> Bounds {
    let (source, goal) = (group.source.source(), view.goal(group.source.target()));
    let side = |side| view.carried(source, &goal, group.required, side);
    Bounds {
        must: side(Side::Must),
        may: side(Side::May),
    }
}
