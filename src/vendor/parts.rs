//! Boxes and the questions they hang on, put together to entries (D10-D12); for every dialect.
//!
//! In: boxes, facts. Out: [`Ace`]s. Must not know: any dialect but its id, and what a box means.

use crate::acl::{Ace, Action, Known, Open, Question};
use crate::net::{Family, Match};

/// A box and the question on which it hangs, if any.
pub type Part = (Option<Question>, Match);

/// A question that is answered yes only if both are. It is one of its own, so that no reading settles half of it.
#[must_use]
pub fn both(dialect: &'static str, first: Question, second: Question) -> Question {
    if first == second {
        return first;
    }
    let words = |q: &Question| match q {
        Question::Fact { id, .. } => id.clone(),
        Question::Gap { text, .. } | Question::Condition { text, .. } => text.clone(),
        other => format!("{other:?}"),
    };
    Question::Condition {
        dialect,
        text: format!("{} + {}", words(&first), words(&second)),
    }
}

/// The parts if also `question` is answered yes.
#[must_use]
pub fn also(dialect: &'static str, parts: Vec<Part>, question: &Question) -> Vec<Part> {
    let with = |own: Option<Question>| match own {
        Some(own) => both(dialect, own, question.clone()),
        None => question.clone(),
    };
    parts
        .into_iter()
        .map(|(own, boxed)| (Some(with(own)), boxed))
        .collect()
}

/// The parts under a fact: as they are, not at all, or hanging on it.
#[must_use]
pub fn hang(dialect: &'static str, parts: Vec<Part>, known: &Known) -> Vec<Part> {
    match known {
        Known::Yes => parts,
        Known::No => Vec::new(),
        Known::Open(question) => also(dialect, parts, question),
    }
}

/// The parts hanging on `question` alone, whatever they hung on before: it asks whether any of them is matched at all.
#[must_use]
pub fn under(parts: Vec<Part>, question: &Question) -> Vec<Part> {
    parts
        .into_iter()
        .map(|(_, boxed)| (Some(question.clone()), boxed))
        .collect()
}

/// An entry of parts, sorted by question.
#[must_use]
pub fn ace(action: Action, parts: Vec<Part>) -> Ace {
    let mut certain: Vec<Match> = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    for (question, boxed) in parts {
        let Some(question) = question else {
            certain.push(boxed);
            continue;
        };
        match open.iter_mut().find(|o| o.question == question) {
            Some(open) => open.boxes.push(boxed),
            None => open.push(Open {
                question,
                boxes: vec![boxed],
            }),
        }
    }
    Ace {
        open,
        ..Ace::implicit(action, certain, "")
    }
}

/// The end of a list, where everything goes through if the fact says so: the last entry matches everything.
#[must_use]
pub fn ending(family: Family, permits: &Known, no_filter: &str, end: &str) -> Vec<Ace> {
    let all = || vec![Match::any(family)];
    let first = match permits {
        Known::Yes => return vec![Ace::implicit(Action::Permit, all(), no_filter)],
        Known::No => None,
        Known::Open(question) => Some(Ace {
            open: vec![Open {
                question: question.clone(),
                boxes: all(),
            }],
            ..Ace::implicit(Action::Permit, Vec::new(), no_filter)
        }),
    };
    let last = Ace::implicit(Action::Deny, all(), end);
    first.into_iter().chain([last]).collect()
}

/// The opposite fact.
#[must_use]
pub fn not(known: Known) -> Known {
    match known {
        Known::Yes => Known::No,
        Known::No => Known::Yes,
        open @ Known::Open(_) => open,
    }
}
