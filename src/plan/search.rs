//! The order of the steps: the first in which every state has every property; else the one with the smallest sacrifice.

use super::changes::{Changes, Swap, Unit, bind, changes, write};
use super::{Judged, Site, Step, What};
use crate::acl::{Ace, Acl, Action};
use crate::device::Device;
use crate::diff::{Effect, compare};
use crate::net::{Family, Match};
use crate::topo::Named;
use crate::vendor::live::{Block, CannotApply, Running, Transient, numbered};
use crate::verify::Limits;
use crate::verify::Verdict;
use crate::verify::replay::OurBug;
use crate::verify::states::{Breach, Judge, Property};
use std::collections::BTreeSet;
use std::sync::Arc;

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

/// What a state takes of the devices' tables: true if it fits, or nobody knows.
pub type Fits<'a> = &'a dyn Fn(&[Arc<Named>]) -> bool;

struct Search<'s, 'a> {
    sites: &'s [Site<'a>],
    judge: &'s Judge<'s>,
    /// Settles a transient fact, by dialect site and id.
    hitless: &'s dyn Fn(usize, &str) -> bool,
    fits: Fits<'s>,
    /// States that may still be judged.
    budget: usize,
    open: BTreeSet<(usize, &'static str)>,
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
    hitless: &dyn Fn(usize, &str) -> bool,
    fits: Fits<'_>,
) -> Outcome {
    let mut search = Search {
        sites,
        judge,
        hitless,
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
        let written = self.typed(&start, &writes)?;
        if !force && let Some(found) = self.try_units(&written, &units, Bar::All)? {
            return self.finish(writes, found, false).map(Some);
        }
        // By way of lists that let through what both let through: everything closes before anything opens.
        let (more, way) = self.by_way(&written, &units, &mut all, false)?;
        let before = self.typed(&written, &more)?;
        let both: Vec<Step> = writes.iter().chain(&more).cloned().collect();
        // No order keeps everything up: rather an outage than a leak, by way of lists that let nothing through.
        let (more, shut) = self.by_way(&written, &units, &mut all, true)?;
        let closed = self.typed(&written, &more)?;
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
    fn typed(&self, from: &[Running], steps: &[Step]) -> Result<Vec<Running>, CannotApply> {
        let mut texts = from.to_vec();
        steps
            .iter()
            .try_for_each(|step| self.type_in(&mut texts, step))?;
        Ok(texts)
    }

    fn type_in(&self, texts: &mut [Running], step: &Step) -> Result<(), CannotApply> {
        let site = &self.sites[step.site];
        texts[step.site].apply(site.mechanism, &step.commands)
    }

    fn devices(&self, texts: &[Running]) -> Vec<Arc<Named>> {
        let each = self.sites.iter().zip(texts);
        let read = |(site, text): (&super::Site<'_>, &Running)| {
            Arc::new(Named {
                name: site.name.clone(),
                device: (site.read)(&text.text()),
            })
        };
        each.map(read).collect()
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

    /// Types a unit and judges every state it goes through.
    fn unit(
        &mut self,
        texts: &mut [Running],
        unit: &Unit,
        unfinished: &[usize],
    ) -> Result<Vec<Judged>, Outcome> {
        let names: Vec<&str> = unfinished
            .iter()
            .map(|&site| self.sites[site].name.as_str())
            .collect();
        let mut out = Vec::new();
        for step in &unit.steps {
            let mut breaches: Vec<Breach> = Vec::new();
            let before = self.devices(texts);
            // Line by line: each takes effect by itself.
            for line in lines(&step.commands) {
                texts[step.site].apply(self.sites[step.site].mechanism, &[line])?;
                self.one_state(&self.devices(texts), &names, &mut breaches)?;
            }
            let after = self.devices(texts);
            let outage = self.transient(step, &before, &after, &names, &mut breaches)?;
            out.push(Judged {
                step: step.clone(),
                breaches,
                outage,
            });
        }
        Ok(out)
    }

    fn one_state(
        &mut self,
        state: &[Arc<Named>],
        unfinished: &[&str],
        breaches: &mut Vec<Breach>,
    ) -> Result<(), Outcome> {
        self.budget = self.budget.saturating_sub(1);
        for breach in self.judge.state(state, unfinished)? {
            if !breaches.contains(&breach) {
                breaches.push(breach);
            }
        }
        if !(self.fits)(state) {
            breaches.push(Breach {
                property: Property::Fits,
                verdict: Verdict::Refuted,
                between: Default::default(),
                flow: None,
            });
        }
        Ok(())
    }

    /// While hardware is rewritten: as the fact says, any entry of the list before or after may decide, or the discard. Both
    /// ends of that are states; the discard is an outage by itself.
    fn transient(
        &mut self,
        step: &Step,
        before: &[Arc<Named>],
        after: &[Arc<Named>],
        unfinished: &[&str],
        breaches: &mut Vec<Breach>,
    ) -> Result<Option<&'static str>, Outcome> {
        let Some((family, list)) = &step.rewrites else {
            return Ok(None);
        };
        let id = match self.sites[step.site].mechanism.transient {
            Transient::None(id) => {
                if !(self.hitless)(step.site, id) {
                    self.open.insert((step.site, id));
                }
                return Ok(None);
            }
            Transient::AnyEntryOrDiscard(id) => id,
        };
        let carries = carries(&after[step.site].device, *family, list);
        let mut leaky = after.to_vec();
        loosen(
            &mut Arc::make_mut(&mut leaky[step.site]).device,
            &before[step.site].device,
            *family,
            list,
        );
        let mut found = Vec::new();
        self.one_state(&leaky, unfinished, &mut found)?;
        breaches.extend(
            found
                .into_iter()
                .filter(|breach| breach.property == Property::Safe),
        );
        Ok(carries.then_some(id))
    }

    /// Lists that permit what both permit, and the units by way of them. With `shut`, lists that permit nothing.
    fn by_way(
        &self,
        written: &[Running],
        units: &[Unit],
        all: &mut [Changes],
        shut: bool,
    ) -> Result<(Vec<Step>, Vec<Unit>), Outcome> {
        let mut writes = Vec::new();
        let mut out = Vec::new();
        for unit in units {
            let Some(swap) = unit.swap.as_ref().filter(|_| shut || unit.rank == 1) else {
                out.push(unit.clone());
                continue;
            };
            let site = &self.sites[swap.site];
            let lines = match shut {
                true => Some(vec![deny_all(site, swap.family)]),
                false => self.between(written, swap),
            };
            let Some(lines) = lines else {
                out.push(unit.clone());
                continue;
            };
            let name = all[swap.site].fresh(&swap.to);
            writes.push(write(swap.site, site, swap.family, &name, lines));
            let step = |from: &str, to: &str| {
                bind(
                    swap.site,
                    site,
                    &swap.interface,
                    swap.family,
                    swap.direction,
                    Some(from),
                    Some(to),
                )
            };
            out.push(Unit {
                steps: vec![step(&swap.from, &name)],
                rank: 0,
                swap: None,
            });
            out.push(Unit {
                steps: vec![step(&name, &swap.to)],
                rank: 3,
                swap: None,
            });
        }
        Ok((writes, out))
    }

    /// The new list without the permits that open something.
    fn between(&self, written: &[Running], swap: &Swap) -> Option<Vec<String>> {
        let site = &self.sites[swap.site];
        let header = |name: &str| format!("{}{name}", (site.mechanism.list)(swap.family));
        let mut text = written[swap.site].clone();
        let device = (site.read)(&text.text());
        let find = |device: &Device, name: &str| {
            let mut lists = device.acls.iter();
            lists
                .find(|acl| acl.family == swap.family && acl.name == name)
                .cloned()
        };
        let old = find(&device, &swap.from)?;
        const ROUNDS: usize = 8;
        for _ in 0..ROUNDS {
            let device = (site.read)(&text.text());
            let acl = find(&device, &swap.to)?;
            let found = compare(&old, &acl, Limits::default());
            let opens = found
                .changes
                .iter()
                .filter(|c| c.effect == Effect::NewlyPermitted);
            let numbers: BTreeSet<u32> = opens.filter_map(|c| acl.ace(c.new)?.seq).collect();
            let block = text
                .blocks
                .iter_mut()
                .find(|block| block.header == header(&swap.to))?;
            if numbers.is_empty() {
                return Some(block.lines.clone());
            }
            block
                .lines
                .retain(|line| numbered(line).is_none_or(|(n, _)| !numbers.contains(&n)));
        }
        None
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
            self.type_in(&mut texts, &one.step)?;
        }
        for (index, site) in self.sites.iter().enumerate() {
            let bound = |text: &Running| {
                let device = (site.read)(&text.text());
                let each = device.interfaces.iter().flat_map(|i| &i.bindings);
                let each = each.filter_map(|b| device.acls.get(b.acl));
                each.map(|acl| (acl.family, acl.name.clone()))
                    .collect::<BTreeSet<_>>()
            };
            let mut were = bound(&site.old);
            let ours = steps.iter().filter(|one| one.step.site == index);
            were.extend(
                ours.filter_map(|one| match (&one.step.what, &one.step.rewrites) {
                    (What::Bind { .. }, Some(list)) => Some(list.clone()),
                    _ => None,
                }),
            );
            for (family, name) in were.difference(&bound(&texts[index])) {
                let header = format!("{}{name}", (site.mechanism.list)(*family));
                let Some(block) = texts[index].block(&header).cloned() else {
                    continue;
                };
                let step = Step {
                    site: index,
                    what: What::Remove(name.clone()),
                    commands: vec![Block::line(&format!("no {header}"))],
                    undo: vec![block],
                    check: ((site.mechanism.show_list)(*family, name), Vec::new()),
                    rewrites: None,
                };
                self.type_in(&mut texts, &step)?;
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

/// Each line of some commands by itself.
fn lines(commands: &[Block]) -> Vec<Block> {
    let each =
        commands.iter().flat_map(
            |block| match block.lines.iter().any(|l| l.starts_with(' ')) {
                // A nested block is typed as one: its inner lines mean nothing by themselves.
                true => vec![block.clone()],
                false if block.lines.is_empty() => vec![block.clone()],
                false => {
                    let one = |line: &String| Block {
                        header: block.header.clone(),
                        lines: vec![line.clone()],
                    };
                    block.lines.iter().map(one).collect()
                }
            },
        );
    each.collect()
}

fn deny_all(site: &Site<'_>, family: Family) -> String {
    let word = (site.mechanism.sequence)(family);
    let all = match family {
        Family::V4 => "ip",
        Family::V6 => "ipv6",
    };
    format!("{word}10 deny {all} any any")
}

fn passes(one: &Judged, bar: Bar) -> bool {
    one.breaches.iter().all(|breach| match bar {
        Bar::All => false,
        Bar::Unknown => breach.verdict == Verdict::Unknown,
        Bar::Outage => breach.property == Property::Live || breach.verdict == Verdict::Unknown,
        Bar::Manager => !matches!(breach.property, Property::Safe | Property::Fits),
    })
}

/// Whether a list is bound to an interface that is up and carries its family.
fn carries(device: &Device, family: Family, list: &str) -> bool {
    device.interfaces.iter().any(|interface| {
        let here = interface.bindings.iter().any(|binding| {
            let acl = device.acls.get(binding.acl);
            acl.is_some_and(|acl| acl.family == family && acl.name == list)
        });
        here && interface.carries(family)
    })
}

/// Puts every permit of a list, before and after, in front of its other entries.
fn loosen(device: &mut Device, before: &Device, family: Family, list: &str) {
    let is = |acl: &&Acl| acl.family == family && acl.name == list;
    let earlier = before.acls.iter().find(is).cloned();
    let mine = device.acls.iter_mut().filter(|acl| is(&&**acl));
    for acl in mine {
        let old = earlier.iter().flat_map(|acl| &acl.entries);
        let all: Vec<Ace> = old.chain(&acl.entries).cloned().collect();
        let (permits, others): (Vec<Ace>, Vec<Ace>) =
            all.into_iter().partition(|ace| ace.action != Action::Deny);
        acl.entries = permits.into_iter().chain(others).collect();
        acl.tail = vec![Ace::implicit(Action::Deny, vec![Match::any(family)], "")];
    }
}
