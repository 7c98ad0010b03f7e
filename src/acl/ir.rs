//! Lists as read from devices.

use super::{Question, Reading};
use crate::net::{Family, Match};
use std::hash::{DefaultHasher, Hash, Hasher};

/// What an entry does with a packet it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Lets it through.
    Permit,
    /// Drops it.
    Deny,
    /// Not understood (⊤ of D10): permits, denies, or passes on to later entries.
    Unread,
}

/// In from the link into the device, or out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// From the link into the device.
    In,
    /// From the device onto the link.
    Out,
}

impl Direction {
    /// `in` or `out`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Direction::In => "in",
            Direction::Out => "out",
        }
    }
}

/// Boxes that an entry matches too if the question is answered "yes".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// The question.
    pub question: Question,
    /// What is matched in addition.
    pub boxes: Vec<Match>,
}

/// One entry: certain match C = union of `certain`, possible match P = C and the boxes of `open` (D10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ace {
    /// What it does.
    pub action: Action,
    /// What it matches under every reading.
    pub certain: Vec<Match>,
    /// What it matches under some readings.
    pub open: Vec<Open>,
    /// Sequence number as the device prints it.
    pub seq: Option<u32>,
    /// Line in the file; `None` for implicit entries and the tail.
    pub line: Option<u32>,
    /// The line as read, blanks folded, secrets masked, control characters replaced.
    pub text: String,
    /// Whether a match is logged.
    pub log: bool,
}

impl Ace {
    /// An understood entry without a line (for tails and tests).
    #[must_use]
    pub fn implicit(action: Action, certain: Vec<Match>, text: &str) -> Ace {
        Ace {
            action,
            certain,
            open: Vec::new(),
            seq: None,
            line: None,
            text: text.to_owned(),
            log: false,
        }
    }

    /// The boxes of C or, if `possible`, of P.
    pub fn boxes(&self, possible: bool) -> impl Iterator<Item = &Match> {
        let open = self
            .open
            .iter()
            .filter(move |_| possible)
            .flat_map(|open| &open.boxes);
        self.certain.iter().chain(open)
    }

    /// Whether C = P.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.open.is_empty()
    }

    /// The entry under a reading: answered questions move their boxes into C or away.
    #[must_use]
    pub fn under(&self, reading: &Reading) -> Ace {
        let mut ace = self.clone();
        ace.open.retain(|open| match reading.get(&open.question) {
            Some(true) => {
                ace.certain.extend(open.boxes.iter().cloned());
                false
            }
            Some(false) => false,
            None => true,
        });
        ace
    }
}

/// What stands behind the name of a list (D14).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AclState {
    /// Defined with at least one entry.
    Defined,
    /// Defined without entries.
    Empty,
    /// Only named by a binding. The vendor layer gives it the entries its facts say.
    Undefined,
}

/// An ordered filter of one family: first match wins (D12). The tail always ends with an entry that matches everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acl {
    /// Name or number as the device prints it.
    pub name: String,
    /// The packets it sees (D15).
    pub family: Family,
    /// Whether it is defined at all.
    pub state: AclState,
    /// Entries in the order in which they are searched.
    pub entries: Vec<Ace>,
    /// Implicit entries and the end of the list (D11).
    pub tail: Vec<Ace>,
    /// Line of its header; `None` if undefined.
    pub line: Option<u32>,
}

impl Acl {
    /// All entries in search order, the tail last.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Ace> + ExactSizeIterator {
        // `Chain` is no ExactSizeIterator; the two slices are joined by index instead.
        let n = self.entries.len();
        (0..n + self.tail.len()).map(move |i| {
            if i < n {
                &self.entries[i]
            } else {
                &self.tail[i - n]
            }
        })
    }

    /// The entry at an index of [`Acl::all`].
    #[must_use]
    pub fn ace(&self, index: usize) -> Option<&Ace> {
        self.entries
            .get(index)
            .or_else(|| self.tail.get(index.checked_sub(self.entries.len())?))
    }

    /// Whether every entry is understood.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.all().all(Ace::is_settled)
    }

    /// Whether another list does the same with every packet, entry by entry, whatever its lines are called.
    #[must_use]
    pub fn same_filter(&self, other: &Acl) -> bool {
        let same = |(a, b): (&Ace, &Ace)| {
            (a.action, &a.certain, &a.open) == (b.action, &b.certain, &b.open)
        };
        self.family == other.family
            && self.all().len() == other.all().len()
            && self.all().zip(other.all()).all(same)
    }

    /// A number that lists which are the [`Acl::same_filter`] share.
    #[must_use]
    pub fn filter_digest(&self) -> u64 {
        let mut digest = DefaultHasher::new();
        for ace in self.all() {
            (ace.action, &ace.certain, ace.open.len()).hash(&mut digest);
        }
        digest.finish()
    }

    /// The list under a reading.
    #[must_use]
    pub fn under(&self, reading: &Reading) -> Acl {
        Acl {
            entries: self.entries.iter().map(|ace| ace.under(reading)).collect(),
            tail: self.tail.iter().map(|ace| ace.under(reading)).collect(),
            ..self.clone()
        }
    }

    /// Every open question of the list, sorted, once each.
    #[must_use]
    pub fn questions(&self) -> Vec<Question> {
        let mut all: Vec<_> = self
            .all()
            .flat_map(|ace| ace.open.iter().map(|open| open.question.clone()))
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}
