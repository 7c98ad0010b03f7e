//! The order of the steps: the first in which every state has every property; else the one with the smallest sacrifice.

use super::by_way::by_way;
use super::changes::{Changes, Unit, changes};
use super::states::Fits;
use super::{Judged, Site, Step, What};
use crate::vendor::live::{Block, CannotApply, Form, Running};
use crate::verify::Verdict;
use crate::verify::replay::OurBug;
use crate::verify::states::{Judge, Property};
use std::collections::BTreeSet;

/// Steps in order.
#[derive(Clone, Debug, Default)]
pub struct Ordered {
    /// The steps with what is known of them.
    pub steps: Vec<Judged>,
    /// Facts that are open, and on which the transient of a step hangs: dialect's site and id.
    pub open: BTreeSet<(usize, &'static str)>,
    /// By way of lists that permit what both the old and the new one permit.
    pub by_way: bool,
    /// The texts at the end.
    pub last: Vec<Running>,
}

/// What came of it.
pub enum Outcome {
    /// An order; its steps may have breaches.
    Order(Ordered),
    /// Our own plan cannot be typed.
    Wrong(CannotApply),
    /// Our own proof is wrong.
    Bug(OurBug),
}

impl From<CannotApply> for Outcome {
    fn from(error: CannotApply) -> Outcome {
        Outcome::Wrong(error)
    }
}

impl From<OurBug> for Outcome {
    fn from(error: OurBug) -> Outcome {
        Outcome::Bug(error)
    }
}

pub(super) struct Search<'s, 'a> {
    pub(super) sites: &'s [Site<'a>],
    pub(super) judge: &'s Judge<'s>,
    /// Settles a fact of a site's dialect, by id.
    pub(super) settled: &'s dyn Fn(usize, &str) -> bool,
    pub(super) fits: Fits<'s>,
    /// States that may still be judged.
    pub(super) budget: usize,
    pub(super) open: BTreeSet<(usize, &'static str)>,
}

/// States that are judged, at most.
const MOST_STATES: usize = 200;

/// What is put up with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bar {
    /// Nothing.
    All,
    /// What is not known.
    Unknown,
    /// An outage, never a leak or the loss of a switch.
    Outage,
    /// An outage, also of what manages a switch.
    Manager,
}

/// Orders the changes of all sites.
pub fn order(
    sites: &[Site<'_>],
    judge: &Judge<'_>,
    settled: &dyn Fn(usize, &str) -> bool,
    fits: Fits<'_>,
) -> Outcome {
    let mut search = Search {
        sites,
        judge,
        settled,
        fits,
        budget: MOST_STATES,
        open: BTreeSet::new(),
    };
    match search.run() {
        Ok(ordered) => Outcome::Order(ordered),
        Err(outcome) => outcome,
    }
}

impl Search<'_, '_> {
    /// First with bound lists edited where a binding cannot be replaced, then with the interface down meanwhile.
    fn run(&mut self) -> Result<Ordered, Outcome> {
        if let Some(found) = self.attempt(false, false)? {
            return Ok(found);
        }
        if let Some(found) = self.attempt(true, false)? {
            return Ok(found);
        }
        let forced = self.attempt(false, true)?;
        Ok(forced.expect("INVARIANT: an order that is forced exists"))
    }

    fn attempt(&mut self, window: bool, force: bool) -> Result<Option<Ordered>, Outcome> {
        self.open.clear();
        let sites = self.sites.iter().enumerate();
        let mut all: Vec<Changes> = sites.map(|(i, site)| changes(i, site, window)).collect();
        let start: Vec<Running> = self.sites.iter().map(|site| site.old.clone()).collect();
        let writes: Vec<Step> = all.iter().flat_map(|c| c.write.clone()).collect();
        let units: Vec<Unit> = all.iter().flat_map(|c| c.units.clone()).collect();
        let written = Self::typed(&start, &writes)?;
        if !force && let Some(found) = self.try_units(&written, &units, Bar::All)? {
            return self.finish(writes, found, false).map(Some);
        }
        // By way of lists that let through what both let through: everything closes before anything opens.
        let (more, way) = by_way(self.sites, &written, &units, &mut all, false);
        let before = Self::typed(&written, &more)?;
        let both: Vec<Step> = writes.iter().chain(&more).cloned().collect();
        // No order keeps everything up: rather an outage than a leak, by way of lists that let nothing through.
        let (more, shut) = by_way(self.sites, &written, &units, &mut all, true);
        let closed = Self::typed(&written, &more)?;
        let all_shut: Vec<Step> = writes.iter().chain(&more).cloned().collect();
        if force {
            let mut units = units;
            units.sort_by_key(|unit| unit.rank);
            let found = self.forced(&written, &units)?;
            return self.finish(writes, found, false).map(Some);
        }
        let attempts = [
            (&both, &before, &way, Bar::All),
            (&both, &before, &way, Bar::Unknown),
            (&writes, &written, &units, Bar::Unknown),
            (&writes, &written, &units, Bar::Outage),
            (&both, &before, &way, Bar::Outage),
            (&all_shut, &closed, &shut, Bar::Outage),
            (&writes, &written, &units, Bar::Manager),
            (&all_shut, &closed, &shut, Bar::Manager),
        ];
        for (writes, from, units, bar) in attempts {
            if let Some(found) = self.try_units(from, units, bar)? {
                let by_way = writes.len() == both.len() && !more.is_empty();
                return self.finish(writes.clone(), found, by_way).map(Some);
            }
        }
        Ok(None)
    }

    /// Texts after some steps.
    fn typed(from: &[Running], steps: &[Step]) -> Result<Vec<Running>, CannotApply> {
        let mut texts = from.to_vec();
        steps
            .iter()
            .try_for_each(|step| Self::type_in(&mut texts, step))?;
        Ok(texts)
    }

    fn type_in(texts: &mut [Running], step: &Step) -> Result<(), CannotApply> {
        texts[step.site].apply(&step.commands)
    }

    /// Every order of the units is looked at, likely ones first, until one passes or the budget is spent.
    fn try_units(
        &mut self,
        from: &[Running],
        units: &[Unit],
        bar: Bar,
    ) -> Result<Option<Vec<Judged>>, Outcome> {
        let mut order: Vec<usize> = (0..units.len()).collect();
        order.sort_by_key(|&unit| (units[unit].rank, unit));
        self.budget = MOST_STATES;
        let mut dead = BTreeSet::new();
        let mut done = Vec::new();
        let mut path = Vec::new();
        let found = self.descend(from, units, &order, bar, &mut done, &mut dead, &mut path)?;
        Ok(found.then_some(path))
    }

    #[allow(
        clippy::too_many_arguments,
        reason = "the state of one search; a struct would only rename it"
    )]
    fn descend(
        &mut self,
        from: &[Running],
        units: &[Unit],
        order: &[usize],
        bar: Bar,
        done: &mut Vec<usize>,
        dead: &mut BTreeSet<BTreeSet<usize>>,
        path: &mut Vec<Judged>,
    ) -> Result<bool, Outcome> {
        if done.len() == units.len() {
            return Ok(true);
        }
        for &unit in order {
            if done.contains(&unit) {
                continue;
            }
            let key: BTreeSet<usize> = done.iter().copied().chain([unit]).collect();
            if dead.contains(&key) || self.budget == 0 {
                continue;
            }
            let unfinished = self.unfinished(units, done, unit);
            let mut texts = from.to_vec();
            let judged = self.unit(&mut texts, &units[unit], &unfinished)?;
            if !judged.iter().all(|one| passes(one, bar)) {
                // Another way to the same set may pass, because the states on the way are others: only this step is dead
                // from here.
                continue;
            }
            done.push(unit);
            let before = path.len();
            path.extend(judged);
            if self.descend(&texts, units, order, bar, done, dead, path)? {
                return Ok(true);
            }
            path.truncate(before);
            done.pop();
            dead.insert(key);
        }
        Ok(false)
    }

    /// The units in their order, whatever they breach.
    fn forced(&mut self, from: &[Running], units: &[Unit]) -> Result<Vec<Judged>, Outcome> {
        let mut texts = from.to_vec();
        let mut path = Vec::new();
        let mut done: Vec<usize> = Vec::new();
        self.budget = MOST_STATES;
        for (index, unit) in units.iter().enumerate() {
            let unfinished = self.unfinished(units, &done, index);
            path.extend(self.unit(&mut texts, unit, &unfinished)?);
            done.push(index);
        }
        Ok(path)
    }

    /// Switches with changes to come, after the one that is made now: their managers must get in.
    fn unfinished(&self, units: &[Unit], done: &[usize], now: usize) -> Vec<usize> {
        let left = (0..units.len()).filter(|unit| !done.contains(unit) && *unit != now);
        let sites = left
            .flat_map(|unit| &units[unit].steps)
            .map(|step| step.site);
        // In the middle of a unit its own switch is not finished either.
        let own = units[now].steps.iter().map(|step| step.site);
        let sites: BTreeSet<usize> = match units[now].steps.len() {
            1 => sites.collect(),
            _ => sites.chain(own).collect(),
        };
        sites.into_iter().collect()
    }

    /// What is bound nowhere any more goes last.
    fn finish(
        &mut self,
        writes: Vec<Step>,
        found: Vec<Judged>,
        by_way: bool,
    ) -> Result<Ordered, Outcome> {
        let quiet = |step: Step| Judged {
            step,
            breaches: Vec::new(),
            outage: None,
        };
        let mut steps: Vec<Judged> = writes.into_iter().map(quiet).collect();
        steps.extend(found);
        let mut texts: Vec<Running> = self.sites.iter().map(|site| site.old.clone()).collect();
        for one in &steps {
            Self::type_in(&mut texts, &one.step)?;
        }
        let lines = |site: &Site<'_>| site.mechanism.form == Form::Lines;
        for (index, site) in self.sites.iter().enumerate().filter(|(_, s)| lines(s)) {
            let bound = |text: &Running| {
                let device = (site.read)(&text.text());
                let each = device.interfaces.iter().flat_map(|i| &i.bindings);
                let each = each.filter_map(|b| device.acls.get(b.acl));
                each.map(|acl| (acl.family, acl.name.clone()))
                    .collect::<BTreeSet<_>>()
            };
            let mut were = bound(&site.old);
            let ours = steps.iter().filter(|one| one.step.site == index);
            let binds = ours.filter(|one| matches!(one.step.what, What::Bind { .. }));
            were.extend(binds.flat_map(|one| one.step.rewrites.clone()));
            for (family, name) in were.difference(&bound(&texts[index])) {
                let header = site.mechanism.header(*family, name);
                let Some(block) = texts[index].block(&header).cloned() else {
                    continue;
                };
                // What guards the switch itself, or chooses packets for something else, names it too.
                if texts[index].names(&header, name) {
                    continue;
                }
                let step = Step {
                    site: index,
                    what: What::Remove(name.clone()),
                    commands: vec![Block::line(&site.mechanism.without(&header))],
                    undo: vec![block],
                    check: ((site.mechanism.show_list)(*family, name), Vec::new()),
                    rewrites: Vec::new(),
                };
                Self::type_in(&mut texts, &step)?;
                steps.push(quiet(step));
            }
        }
        Ok(Ordered {
            steps,
            open: self.open.clone(),
            by_way,
            last: texts,
        })
    }
}

fn passes(one: &Judged, bar: Bar) -> bool {
    one.breaches.iter().all(|breach| match bar {
        Bar::All => false,
        Bar::Unknown => breach.verdict == Verdict::Unknown,
        Bar::Outage => breach.property == Property::Live || breach.verdict == Verdict::Unknown,
        Bar::Manager => !matches!(breach.property, Property::Safe | Property::Fits),
    })
}
