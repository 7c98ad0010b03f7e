//! Which statements of a policy stand behind some packets: the sessions they are requests, replies or companions of.
//!
//! In: a policy and sets of boxes. Out: per set the `allow`s that it meets, and whether something of it is in none.
//! Must not know: devices; what a list does with the packets.

use super::spec::{Half, halves};
use crate::model::Policy;
use crate::net::{Family, Match};
use crate::pset::Space;
use jiff::civil::Date;

/// What a policy says of some packets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Behind {
    /// Indices of [`Policy::allows`] that open some of them, in order; `true` if only as replies.
    pub allows: Vec<(usize, bool)>,
    /// Some of them are in no session; `None` past the limit.
    pub unstated: Option<bool>,
}

/// For each set of boxes, the statements behind it.
#[must_use]
pub fn behind(policy: &Policy, at: Date, sets: &[&[Match]], limit: Option<usize>) -> Vec<Behind> {
    let mut found = vec![
        Behind {
            allows: Vec::new(),
            unstated: Some(false),
        };
        sets.len()
    ];
    let halves = halves(policy, at);
    for family in Family::BOTH {
        let space = Space::new(family);
        let space = match limit {
            Some(nodes) => space.with_limit(nodes),
            None => space,
        };
        let sessions: Vec<(&Half, _)> = halves
            .iter()
            .filter(|half| half.family == family)
            .map(|half| (half, space.of_matches(&half.with_companions())))
            .collect();
        let all: Vec<_> = sessions.iter().map(|(_, set)| *set).collect();
        let all = space.union_all(&all);
        for (behind, boxes) in found.iter_mut().zip(sets) {
            let boxes = boxes.iter().filter(|m| m.family == family);
            let set = space.of_matches(boxes);
            let meets = sessions.iter().filter(|(_, s)| !space.disjoint(*s, set));
            meets.for_each(|(half, _)| add(behind, half));
            let rest = !space.subset(set, all);
            behind.unstated = match space.exhausted() {
                true => None,
                false => behind.unstated.map(|known| known || rest),
            };
        }
    }
    found.iter_mut().for_each(|behind| behind.allows.sort());
    found
}

fn add(behind: &mut Behind, half: &Half) {
    match behind.allows.iter_mut().find(|(i, _)| *i == half.allow) {
        Some((_, reply)) => *reply &= half.reply,
        None => behind.allows.push((half.allow, half.reply)),
    }
}
