//! A policy proved again and again while its devices change.
//!
//! ```text
//! let mut session = Session::new(&policy, at, options);
//! session.verify(&devices)?;          // everything
//! devices[3] = Arc::new(changed);
//! let report = session.verify(&devices)?;   // what hangs on the change
//! ```
//!
//! A device is taken as it was if it is the same `Arc`; another is compared list by list, and a list packet by packet. Then
//! only what offered changed packets to a changed list is worked out again: spreads, all-path questions, and the claims
//! that look at a spread which came out otherwise. A change of addresses, routes or effects renews everything but the sets
//! of lists. **The report is the one that a first look at the same devices gives, byte for byte** (a limit on nodes may be
//! reached earlier by one than by the other; then all is done anew).

use super::Verdict;
use super::check::{Options, Report, equality_result, modelled, result, settle, worth_splitting};
use super::evaluate::{Answer, Asked};
use super::replay::OurBug;
use super::sides::Sides;
use super::spec::{Half, halves};
use super::world::{World, open_facts, under};
use crate::acl::{Question, Reading};
use crate::base::Text;
use crate::model::Policy;
use crate::topo::Named;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

/// Open facts that are split on, at most: 2^5 worlds. Lines that were not understood are not split on: such a line may match
/// any part of what it could match, so that two packets of one session may fare differently by one reading, and no few cases
/// cover that. For one packet the bounds are exact already, and `because` names the lines that it meets.
const MOST_FACTS: usize = 5;

/// A policy and what is known of the devices it was last proved on.
pub struct Session<'p> {
    policy: &'p Policy,
    at: Date,
    options: Options,
    halves: Rc<Vec<Half>>,
    /// With every question open.
    base: Sides,
    /// With answers to some open facts, and the devices under them.
    cases: BTreeMap<Reading, (Sides, Vec<Pair>)>,
    /// The questions that were split last time.
    split: BTreeSet<usize>,
    /// The questions whose answer, before the split, is unknown.
    unsure: BTreeSet<usize>,
    /// How many claims have each verdict.
    tally: BTreeMap<Verdict, usize>,
    asked: Vec<(usize, Asked<'p>)>,
    modelled: Vec<Text>,
    report: Option<Report>,
}

/// A device, and the same under a reading.
type Pair = (Arc<Named>, Arc<Named>);

impl<'p> Session<'p> {
    /// A policy on a day.
    #[must_use]
    pub fn new(policy: &'p Policy, at: Date, options: Options) -> Session<'p> {
        let claims = policy.claims.iter().map(Asked::Claim);
        let equality = options.equality.then_some(Asked::Equality);
        Session {
            policy,
            at,
            options,
            asked: claims.chain(equality).enumerate().collect(),
            unsure: BTreeSet::new(),
            tally: BTreeMap::new(),
            halves: Rc::new(halves(policy, at)),
            base: Sides::new(options.limits),
            cases: BTreeMap::new(),
            split: BTreeSet::new(),
            modelled: Vec::new(),
            report: None,
        }
    }

    /// Every claim on some devices.
    ///
    /// # Errors
    /// [`OurBug`] if a witness does not replay: then there is no verdict at all, and the session begins anew.
    pub fn verify(&mut self, devices: &[Arc<Named>]) -> Result<&Report, OurBug> {
        match self.update(devices) {
            Ok(()) => Ok(self
                .report
                .as_ref()
                .expect("INVARIANT: an update leaves a report")),
            Err(bug) => {
                *self = Session::new(self.policy, self.at, self.options);
                Err(bug)
            }
        }
    }

    /// The report, if there is one, and the session's end.
    #[must_use]
    pub fn into_report(self) -> Option<Report> {
        self.report
    }

    fn world(&self, devices: Vec<Arc<Named>>) -> World<'p> {
        World::of(self.policy, devices, Rc::clone(&self.halves))
    }

    fn update(&mut self, devices: &[Arc<Named>]) -> Result<(), OurBug> {
        let (policy, halves) = (self.policy, Rc::clone(&self.halves));
        let world = |devices| World::of(policy, devices, Rc::clone(&halves));
        let mut new = self.base.look(devices, &self.asked, world)?;
        for &number in &new {
            match worth_splitting(self.base.answer(number)) {
                true => self.unsure.insert(number),
                false => self.unsure.remove(&number),
            };
        }
        let open: Vec<usize> = self.unsure.iter().copied().collect();
        let split = self.split(devices, &open)?;
        let modelled = modelled(devices, &self.options);
        if self.report.is_none() || modelled != self.modelled {
            new = (0..self.asked.len()).collect();
        }
        self.modelled = modelled;
        // What was split may have changed with an answer that it had in one case only.
        new.append(&mut self.split);
        new.extend(split.keys());
        self.split = split.keys().copied().collect();
        self.write(&new, &split);
        Ok(())
    }

    /// Looks again at what came out unknown, under each combination of answers to the open facts: the bounds treat them as
    /// independent, the truth gives each one answer everywhere.
    fn split(
        &mut self,
        devices: &[Arc<Named>],
        open: &[usize],
    ) -> Result<BTreeMap<usize, Answer>, OurBug> {
        let facts = if open.is_empty() {
            Vec::new()
        } else {
            self.facts(devices, open)
        };
        let mut before = std::mem::take(&mut self.cases);
        if facts.is_empty() {
            return Ok(BTreeMap::new());
        }
        let questions: Vec<(usize, Asked<'p>)> = open.iter().map(|&i| self.asked[i]).collect();
        let mut table: Vec<Vec<Answer>> = Vec::with_capacity(1 << facts.len());
        for bits in 0u32..1 << facts.len() {
            let answers = (0..).zip(&facts);
            let reading: Reading = answers
                .map(|(i, fact)| (fact.clone(), bits >> i & 1 == 1))
                .collect();
            let known = before.remove(&reading);
            let (mut seen, pairs) =
                known.unwrap_or_else(|| (Sides::new(self.options.limits), Vec::new()));
            let pairs = under_all(devices, &reading, &pairs);
            let read: Vec<_> = pairs.iter().map(|(_, read)| Arc::clone(read)).collect();
            seen.look(&read, &questions, |devices| self.world(devices))?;
            let row = open.iter().map(|&number| seen.answer(number).clone());
            table.push(row.collect());
            if seen.is_small() {
                self.cases.insert(reading, (seen, pairs));
            }
        }
        let settled = open.iter().enumerate().map(|(column, &number)| {
            let cases: Vec<&Answer> = table.iter().map(|row| &row[column]).collect();
            let mut answer = self.base.answer(number).clone();
            settle(&facts, &cases, &mut answer);
            (number, answer)
        });
        Ok(settled.collect())
    }

    /// The open facts to split on: those that the answers name before others.
    fn facts(&self, devices: &[Arc<Named>], open: &[usize]) -> Vec<Question> {
        let facts = open_facts(devices);
        let because = open.iter().flat_map(|&i| &self.base.answer(i).because);
        let mentioned: BTreeSet<&Question> = because.collect();
        let mut order: Vec<&Question> = facts.iter().collect();
        order.sort_by_key(|fact| (!mentioned.contains(fact), *fact));
        order.into_iter().take(MOST_FACTS).cloned().collect()
    }

    /// Puts new answers into the report.
    fn write(&mut self, new: &BTreeSet<usize>, split: &BTreeMap<usize, Answer>) {
        let answer = |number: usize| {
            let answer = split.get(&number);
            answer.unwrap_or_else(|| self.base.answer(number)).clone()
        };
        let claims = &self.policy.claims;
        let mut report = self.report.take().unwrap_or_else(|| Report {
            claims: Vec::with_capacity(claims.len()),
            equality: None,
            verdict: Verdict::Proved,
        });
        for &number in new {
            let Some(claim) = claims.get(number) else {
                let answer = answer(number);
                let result = equality_result(self.policy, &self.modelled, answer, &self.options);
                report.equality = Some(result);
                continue;
            };
            let (modelled, answer) = (&self.modelled, answer(number));
            let result = result(self.policy, modelled, claim, answer, &self.options);
            *self.tally.entry(result.verdict).or_default() += 1;
            match report.claims.get_mut(number) {
                Some(old) => {
                    *self.tally.entry(old.verdict).or_default() -= 1;
                    *old = result;
                }
                None => report.claims.push(result),
            }
        }
        let some = self.tally.iter().filter(|(_, count)| **count > 0);
        report.verdict = Verdict::worst(some.map(|(verdict, _)| *verdict));
        self.report = Some(report);
    }
}

/// The devices under a reading; those that were the same before are taken from there.
fn under_all(devices: &[Arc<Named>], reading: &Reading, before: &[Pair]) -> Vec<Pair> {
    let pair = |(number, named): (usize, &Arc<Named>)| match before.get(number) {
        Some(pair) if Arc::ptr_eq(&pair.0, named) => pair.clone(),
        _ => (Arc::clone(named), under(named, reading)),
    };
    devices.iter().enumerate().map(pair).collect()
}
