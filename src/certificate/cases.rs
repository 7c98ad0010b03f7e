//! What the cases of a certificate are, and each of them: cells, sets and arguments under one answer to some open facts.

use super::{Budget, Questions, Subject, claims, lists};
use crate::acl::{Question, Reading};
use crate::base::Text;
use crate::net::Family;
use crate::pset::Space;
use crate::text;
use crate::verify::Verdict;
use crate::verify::sides::under_reading;
use crate::verify::view::View;
use crate::verify::world::{World, open_facts};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Open facts that cases answer, at most: eight cases beside the one without answers.
const MOST_QUESTIONS: usize = 3;

/// Which claims are argued where.
pub(super) struct Plan {
    /// The facts that the cases answer.
    pub(super) questions: Questions,
    /// Claims that hold however facts are answered.
    certain: BTreeSet<usize>,
    /// Claims that hold in each case.
    by_cases: BTreeSet<usize>,
}

/// Answers to the questions; none for the case that holds however they are answered.
pub(super) struct Case(Vec<bool>);

impl Plan {
    /// The case without answers.
    pub(super) fn open(&self) -> Case {
        Case(Vec::new())
    }

    /// The cases with answers: none if nothing hangs on one.
    pub(super) fn answered(&self) -> impl Iterator<Item = Case> {
        combinations(self.questions.0.len()).map(Case)
    }

    /// The same without what hangs on answers.
    pub(super) fn without_questions(self) -> Plan {
        Plan {
            questions: Questions::default(),
            by_cases: BTreeSet::new(),
            certain: self.certain,
        }
    }

    /// The network with every question open.
    pub(super) fn world<'p>(&self, subject: &Subject<'p>) -> World<'p> {
        let open = Reading::new();
        World::new(subject.policy, subject.at, subject.devices, &open)
    }

    fn reading(&self, case: &Case) -> Reading {
        let answers = self.questions.0.iter().zip(&case.0);
        answers.map(|(fact, yes)| (fact.clone(), *yes)).collect()
    }
}

/// Every combination of answers to so many questions; none to none.
fn combinations(questions: usize) -> impl Iterator<Item = Vec<bool>> {
    let many = if questions == 0 {
        0
    } else {
        1usize << questions
    };
    (0..many).map(move |bits| (0..questions).map(|at| bits >> at & 1 == 1).collect())
}

/// Finds the facts that decide what is proved case by case only: as few as do, those that the answers name before others.
pub(super) fn plan(subject: &Subject<'_>) -> Result<Plan, Text> {
    let under = |reading: &Reading| {
        let (policy, limits) = (subject.policy, subject.limits);
        under_reading(policy, subject.at, subject.devices, reading, limits)
            .map_err(|bug| text!("certificate-not-replayed", claim = &bug.claim))
    };
    let plain = under(&Reading::new())?;
    let results = subject.claims.iter().enumerate();
    let proved = results.filter(|(_, (result, ..))| result.verdict == Verdict::Proved);
    let (certain, unsure): (BTreeSet<usize>, BTreeSet<usize>) = proved
        .map(|(number, _)| number)
        .partition(|&number| plain[number].0 == Verdict::Proved);
    let mut facts = match unsure.is_empty() {
        true => Vec::new(),
        false => open_facts(subject.devices),
    };
    let named: BTreeSet<&Question> = unsure.iter().flat_map(|&n| &plain[n].1).collect();
    facts.sort_by_key(|fact| (!named.contains(fact), fact.clone()));
    let mut plan = Plan {
        questions: Questions::default(),
        certain,
        by_cases: BTreeSet::new(),
    };
    for count in 1..=facts.len().min(MOST_QUESTIONS) {
        let questions = Questions(facts[..count].to_vec());
        let mut left = unsure.clone();
        for answers in combinations(count) {
            let reading = questions.0.iter().cloned().zip(answers).collect();
            let verdicts = under(&reading)?;
            left.retain(|&number| verdicts[number].0 == Verdict::Proved);
        }
        if left.len() > plan.by_cases.len() {
            (plan.questions, plan.by_cases) = (questions, left);
        }
        if plan.by_cases.len() == unsure.len() {
            break;
        }
    }
    Ok(plan)
}

/// A question by its name.
pub(super) fn name(question: &Question) -> String {
    match question {
        Question::Fact { dialect, id } => format!("{dialect}/{id}"),
        _ => unreachable!("INVARIANT: cases answer vendor facts only"),
    }
}

/// A case: cells, sets and arguments.
pub(super) fn write(
    subject: &Subject<'_>,
    case: &Case,
    plan: &Plan,
    budget: &mut Budget,
) -> Result<Value, Text> {
    let open = plan.world(subject);
    let reading = plan.reading(case);
    let world = World::new(subject.policy, subject.at, subject.devices, &reading);
    let spaces = Family::BOTH.map(|family| world.space(family, subject.limits));
    let views: Vec<View<'_>> = Family::BOTH
        .iter()
        .zip(&spaces)
        .map(|(&family, space)| View::in_world(&world, family, space))
        .collect();
    let answered = (!case.0.is_empty()).then_some(&open.topo);
    let cells = lists::cells(&views, answered, &plan.questions, budget)?;
    let argued = if case.0.is_empty() {
        &plan.certain
    } else {
        &plan.by_cases
    };
    let mut reach = claims::Reach::default();
    let mut arguments = Vec::new();
    for (number, claim) in subject.policy.claims.iter().enumerate() {
        arguments.push(match argued.contains(&number) {
            true => claims::argument(&world, &views, claim, &mut reach, budget)?,
            false => Value::Null,
        });
    }
    match spaces.iter().any(Space::exhausted) {
        true => Err(text!("certificate-limit")),
        false => Ok(json!({
            "answers": case.0, "cells": cells, "reach": reach.into_values(), "arguments": arguments,
        })),
    }
}
