//! Case by case over open questions (D5): the same question gets the same answer on both sides (D46).
//!
//! Fates are judged packet by packet, so three answers are enough for a line that was not understood (it permits, denies,
//! or does not match) and two for every other question, although in truth such a line is a function of packets.

use crate::acl::{Ace, Acl, Action, Question};
use std::collections::BTreeMap;

/// Cases that are looked at one by one; beyond, the bounds decide.
const MOST_CASES: usize = 64;

/// An answer to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The boxes are not matched.
    No,
    /// The boxes are matched; by a line that was not understood, to permit.
    Yes,
    /// As `Yes`, but a line that was not understood denies.
    YesDenying,
}

/// One answer to each question.
pub(super) type Case<'a> = BTreeMap<&'a Question, Answer>;

/// Every combination of answers to the questions, or `None` if there are too many. `true` with a question says that a line
/// of its own that was not understood hangs on it.
pub(super) fn cases<'a>(questions: &BTreeMap<&'a Question, bool>) -> Option<Vec<Case<'a>>> {
    let mut all = vec![Case::new()];
    for (question, unread) in questions {
        let answers = [Answer::No, Answer::Yes, Answer::YesDenying];
        let answers = if *unread { &answers[..] } else { &answers[..2] };
        if all.len() * answers.len() > MOST_CASES {
            return None;
        }
        all = all
            .iter()
            .flat_map(|case| {
                answers.iter().map(move |answer| {
                    let mut case = case.clone();
                    case.insert(question, *answer);
                    case
                })
            })
            .collect();
    }
    Some(all)
}

/// A list in one case. Questions that the case does not answer are answered "no".
pub(super) fn resolve(acl: &Acl, case: &Case<'_>) -> Acl {
    let each = |aces: &[Ace]| aces.iter().flat_map(|ace| entries(ace, case)).collect();
    Acl {
        entries: each(&acl.entries),
        tail: each(&acl.tail),
        ..acl.clone()
    }
}

/// An entry in one case. Of an unread one, each question is a line of its own.
fn entries(ace: &Ace, case: &Case<'_>) -> Vec<Ace> {
    let answer = |question| case.get(question).copied().unwrap_or(Answer::No);
    let met = || {
        ace.open
            .iter()
            .map(|open| (answer(&open.question), &open.boxes))
            .filter(|(answer, _)| *answer != Answer::No)
    };
    let settled = |action, certain| Ace {
        action,
        certain,
        open: Vec::new(),
        ..ace.clone()
    };
    if ace.action != Action::Unread {
        let open = met().flat_map(|(_, boxes)| boxes);
        return vec![settled(
            ace.action,
            ace.certain.iter().chain(open).cloned().collect(),
        )];
    }
    met()
        .map(|(answer, boxes)| match answer {
            Answer::YesDenying => settled(Action::Deny, boxes.clone()),
            Answer::Yes | Answer::No => settled(Action::Permit, boxes.clone()),
        })
        .collect()
}
