//! Certain and possible matches of one family, and their conjunction (D10).
//!
//! In: boxes and questions. Out: the same. Must not know: text, chains.

use super::ID;
use crate::acl::{Open, Question};
use crate::net::{Family, Match};

/// Boxes of one condition at most; past it only a bound is kept.
const MOST_BOXES: usize = 4096;

/// A condition on packets of one family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cond {
    pub(super) family: Family,
    pub(super) certain: Vec<Match>,
    pub(super) open: Vec<Open>,
}

impl Cond {
    /// Met by every packet.
    pub(super) fn all(family: Family) -> Cond {
        Cond::exact(family, vec![Match::any(family)])
    }

    /// Met by no packet.
    pub(super) fn none(family: Family) -> Cond {
        Cond::exact(family, Vec::new())
    }

    /// Met by exactly these.
    pub(super) fn exact(family: Family, boxes: Vec<Match>) -> Cond {
        let mut cond = Cond {
            family,
            certain: Vec::new(),
            open: Vec::new(),
        };
        let boxes = boxes.into_iter().map(Match::tidy);
        cond.certain.extend(boxes.filter(|boxed| !boxed.is_empty()));
        cond
    }

    /// Met if a question is answered with yes, by any packet of a family.
    pub(super) fn maybe(family: Family, question: Question) -> Cond {
        Cond::none(family).or_open(question, vec![Match::any(family)])
    }

    /// With more boxes that hang on a question.
    pub(super) fn or_open(mut self, question: Question, boxes: Vec<Match>) -> Cond {
        self.add_open(question, boxes);
        self
    }

    fn add_open(&mut self, question: Question, boxes: Vec<Match>) {
        let boxes = boxes.into_iter().map(Match::tidy);
        let boxes: Vec<Match> = boxes.filter(|boxed| !boxed.is_empty()).collect();
        if boxes.is_empty() {
            return;
        }
        match self.open.iter_mut().find(|open| open.question == question) {
            Some(open) => open.boxes.extend(boxes),
            None => self.open.push(Open { question, boxes }),
        }
    }

    /// Whether no packet can meet it.
    pub(super) fn is_none(&self) -> bool {
        self.certain.is_empty() && self.open.is_empty()
    }

    /// Whether every packet certainly meets it.
    pub(super) fn is_all(&self) -> bool {
        self.certain.iter().any(|m| *m == Match::any(self.family))
    }

    /// How many boxes it has.
    pub(super) fn size(&self) -> usize {
        let open: usize = self.open.iter().map(|open| open.boxes.len()).sum();
        self.certain.len() + open
    }

    /// Both conditions.
    pub(super) fn and(&self, other: &Cond) -> Cond {
        if self.is_all() && self.open.is_empty() {
            return other.clone();
        }
        if other.is_all() && other.open.is_empty() {
            return self.clone();
        }
        if self.size().saturating_mul(other.size()) > MOST_BOXES {
            // The smaller of the two, met perhaps: a bound that is cheap.
            let smaller = if self.size() < other.size() {
                self
            } else {
                other
            };
            return smaller
                .clone()
                .perhaps(&gap("too many combinations".to_owned()));
        }
        let mut both = Cond::exact(self.family, products(&self.certain, &other.certain));
        for open in &other.open {
            both.add_open(open.question.clone(), products(&self.certain, &open.boxes));
        }
        for open in &self.open {
            both.add_open(open.question.clone(), products(&open.boxes, &other.certain));
            for with in &other.open {
                let question = join(&open.question, &with.question);
                both.add_open(question, products(&open.boxes, &with.boxes));
            }
        }
        both
    }

    /// The same, but nothing is certain.
    pub(super) fn perhaps(mut self, question: &Question) -> Cond {
        let certain = std::mem::take(&mut self.certain);
        for open in std::mem::take(&mut self.open) {
            self.add_open(join(&open.question, question), open.boxes);
        }
        self.add_open(question.clone(), certain);
        self
    }
}

fn products(a: &[Match], b: &[Match]) -> Vec<Match> {
    let each = a.iter().flat_map(|a| b.iter().map(|b| a.intersect(b)));
    each.filter(|boxed| !boxed.is_empty()).collect()
}

/// A condition on something outside the header (D7).
pub(super) fn condition(text: impl Into<String>) -> Question {
    Question::Condition {
        dialect: ID,
        text: text.into(),
    }
}

/// What was not understood (D10).
pub(super) fn gap(text: String) -> Question {
    Question::Gap { dialect: ID, text }
}

/// Both must be answered with yes: a question of its own.
fn join(a: &Question, b: &Question) -> Question {
    if a == b {
        return a.clone();
    }
    let words = |question: &Question| match question {
        Question::Condition { text, .. } | Question::Gap { text, .. } => text.clone(),
        Question::Fact { id, .. } => id.clone(),
        other => format!("{other:?}"),
    };
    let text = format!("{} + {}", words(a), words(b));
    match (a, b) {
        (Question::Gap { .. }, _) | (_, Question::Gap { .. }) => gap(text),
        _ => condition(text),
    }
}
