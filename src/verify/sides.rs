//! The two networks that a reading has where routers without a text stand between the others (`opaque`): as they are for what
//! must not happen, and passing everything by their routes, a printed assumption, for what must work and for equality, which
//! is about lists. Without such routers the two are one.
//!
//! In: devices and questions. Out: answers, kept from look to look by [`Seen`]. Must not know: how sets are made, wording.

use super::Verdict;
use super::evaluate::{Answer, Asked};
use super::replay::OurBug;
use super::seen::Seen;
use super::world::{World, under};
use crate::acl::{Question, Reading};
use crate::model::{ClaimKind, Policy};
use crate::pset::Limits;
use crate::topo::Named;
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Looks at one reading, from both sides.
pub(super) struct Sides {
    limits: Limits,
    as_they_are: Seen,
    passing: Seen,
    /// Numbers of the questions that were asked of passing routers.
    of_passing: BTreeSet<usize>,
}

impl Sides {
    pub(super) fn new(limits: Limits) -> Sides {
        Sides {
            limits,
            as_they_are: Seen::new(limits),
            passing: Seen::new(limits),
            of_passing: BTreeSet::new(),
        }
    }

    /// The answer to a question that was asked in the last look.
    pub(super) fn answer(&self, number: usize) -> &Answer {
        match self.of_passing.contains(&number) {
            true => self.passing.answer(number),
            false => self.as_they_are.answer(number),
        }
    }

    /// Whether little enough is kept that it may be kept beside others.
    pub(super) fn is_small(&self) -> bool {
        self.as_they_are.is_small() && self.passing.is_small()
    }

    /// Answers some questions about devices. The numbers of those whose answer may be another than after the last look.
    pub(super) fn look<'p>(
        &mut self,
        devices: &[Arc<Named>],
        asked: &[(usize, Asked<'_>)],
        world: impl Fn(Vec<Arc<Named>>) -> World<'p>,
    ) -> Result<BTreeSet<usize>, OurBug> {
        let opaque = devices.iter().any(|named| named.device.is_opaque());
        let (require, forbid): (Vec<_>, Vec<_>) = asked
            .iter()
            .copied()
            .partition(|(_, asked)| opaque && leans_on_passing(asked));
        let of_passing: BTreeSet<usize> = require.iter().map(|(number, _)| *number).collect();
        let mut new = BTreeSet::new();
        if of_passing != self.of_passing {
            // What was asked of one side is asked of the other now.
            *self = Sides::new(self.limits);
            new.extend(asked.iter().map(|(number, _)| *number));
            self.of_passing = of_passing;
        }
        new.extend(self.as_they_are.look(world(devices.to_vec()), &forbid)?);
        if !require.is_empty() {
            let assumed = devices.iter().map(passing).collect();
            new.extend(self.passing.look(world(assumed), &require)?);
        }
        Ok(new)
    }
}

/// The answers about some devices under no reading, looked at once.
///
/// # Errors
/// [`OurBug`] if a witness does not replay.
pub(super) fn once(
    (policy, at): (&Policy, Date),
    devices: &[Arc<Named>],
    asked: &[(usize, Asked<'_>)],
    limits: Limits,
) -> Result<Sides, OurBug> {
    let mut sides = Sides::new(limits);
    let none = Reading::new();
    sides.look(devices, asked, |devices| {
        World::new(policy, at, &devices, &none)
    })?;
    Ok(sides)
}

/// The verdict on each claim under a reading, and the questions that what is unknown then hangs on: no case by case.
///
/// # Errors
/// [`OurBug`] if a witness does not replay.
pub fn under_reading(
    policy: &Policy,
    at: Date,
    devices: &[Arc<Named>],
    reading: &Reading,
    limits: Limits,
) -> Result<Vec<(Verdict, Vec<Question>)>, OurBug> {
    let claims = policy.claims.iter().map(Asked::Claim);
    let asked: Vec<(usize, Asked<'_>)> = claims.enumerate().collect();
    let devices: Vec<Arc<Named>> = devices.iter().map(|named| under(named, reading)).collect();
    let seen = once((policy, at), &devices, &asked, limits)?;
    let answers = (0..asked.len()).map(|number| seen.answer(number));
    let told = answers.map(|answer| (answer.verdict, answer.because.clone()));
    Ok(told.collect())
}

fn leans_on_passing(asked: &Asked<'_>) -> bool {
    match asked {
        Asked::Equality => true,
        Asked::Claim(claim) => {
            matches!(claim.kind, ClaimKind::Works { .. } | ClaimKind::AllowsWork)
        }
    }
}

fn passing(named: &Arc<Named>) -> Arc<Named> {
    if !named.device.is_opaque() {
        return Arc::clone(named);
    }
    Arc::new(Named {
        name: named.name.clone(),
        device: named.device.passing(),
    })
}
