//! The first-match interpreter: one packet, one list, three values (D12, D13).
//!
//! This is the definition that packet sets are tested against, so it is kept too small to be wrong.

use super::{Ace, Acl, Action, Question};
use crate::net::Flow;

/// What a list does with a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// Permitted under every reading.
    Permit,
    /// Denied under every reading.
    Deny,
    /// Readings differ.
    Unknown,
}

/// The fate of a packet and the entry that decides it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The fate.
    pub fate: Fate,
    /// Index of the deciding entry in [`Acl::all`] (D13).
    pub index: usize,
    /// For `Unknown`: the questions met on the way, in order.
    pub because: Vec<Question>,
}

/// Walks down the list: a certain match decides unless an earlier possible match had another effect.
///
/// # Panics
/// If the list has no entry that matches everything at its end, which every reader provides.
#[must_use]
pub fn decide(acl: &Acl, flow: &Flow) -> Decided {
    decide_among(acl.all().enumerate(), flow)
}

/// The same for entries with their indices, some of which may be left out if they certainly do not match.
///
/// # Panics
/// As [`decide`].
#[must_use]
pub fn decide_among<'a>(
    entries: impl IntoIterator<Item = (usize, &'a Ace)>,
    flow: &Flow,
) -> Decided {
    let mut possible: Vec<(usize, Action, Vec<Question>)> = Vec::new();
    for (index, ace) in entries {
        if ace.certain.iter().any(|m| m.contains(flow)) && ace.action != Action::Unread {
            let fate = if ace.action == Action::Permit {
                Fate::Permit
            } else {
                Fate::Deny
            };
            let mut others = possible
                .into_iter()
                .filter(|(_, action, _)| *action != ace.action)
                .peekable();
            return match others.peek() {
                None => Decided {
                    fate,
                    index,
                    because: Vec::new(),
                },
                Some(&(first, ..)) => {
                    let mut because: Vec<Question> =
                        others.flat_map(|(.., questions)| questions).collect();
                    because.dedup();
                    Decided {
                        fate: Fate::Unknown,
                        index: first,
                        because,
                    }
                }
            };
        }
        let hit = ace
            .open
            .iter()
            .filter(|open| open.boxes.iter().any(|m| m.contains(flow)));
        let questions: Vec<Question> = hit.map(|open| open.question.clone()).collect();
        if !questions.is_empty() {
            possible.push((index, ace.action, questions));
        }
    }
    unreachable!("INVARIANT: the tail of a list ends with an entry that matches everything")
}
