//! The lines of one list -> an ordered [`Acl`].
//!
//! In: lines with their sequence numbers, in file order. Out: entries in search order (ascending numbers, first match), then
//! the implicit discard. Must not know: bindings, other lists.

use super::entry::{self, Form, Line};
use super::native::Entry;
use super::rules::{Rules, gap};
use super::{convert, native};
use crate::acl::{Ace, Acl, AclState, Action, Known, Open};
use crate::base::Text;
use crate::device::Gap;
use crate::net::proto::ICMPV6;
use crate::net::{ByteSet, Family, Match, TcpFlags};
use crate::text;
use crate::vendor::redact::{canonical, redact};
use crate::vendor::words::Words;
use std::collections::BTreeMap;

/// The step between automatic sequence numbers, and the first of them (K17).
const STEP: u32 = 10;

/// A list while it is read.
#[derive(Debug)]
pub(super) struct List {
    name: String,
    form: Form,
    line: u32,
    entries: Vec<(u32, Ace)>,
    highest: u32,
    /// The first entry that sends what it permits elsewhere: line and text.
    pub(super) redirect: Option<(u32, String)>,
    /// Modelled facts that an entry leans on.
    pub(super) modelled: Vec<&'static str>,
}

impl List {
    pub(super) fn new(name: &str, form: Form, line: u32) -> List {
        List {
            name: name.to_owned(),
            form,
            line,
            entries: Vec::new(),
            highest: 0,
            redirect: None,
            modelled: Vec::new(),
        }
    }

    /// Adds a line of the list; a gap if it is not wholly understood.
    pub(super) fn add(&mut self, text: &str, number: u32, rules: &Rules) -> Option<Gap> {
        let mut words = Words::new(text);
        let written = words
            .number::<u32>()
            .filter(|&seq| (1..u32::MAX).contains(&seq));
        let rest = words.rest();
        let (mut ace, why) = match entry::line(words, self.form) {
            Line::Remark => return None,
            Line::Unread => (self.unread(rest, number), Some(text!("ax-gap-line"))),
            Line::Entry(entry) => {
                self.note(&entry);
                if entry.redirect {
                    self.redirect.get_or_insert_with(|| (number, redact(text)));
                }
                let ace = convert::ace(&entry, rules, || canonical(rest, number));
                (ace, why(&entry, self.form.family))
            }
        };
        let seq = written.unwrap_or_else(|| self.highest.saturating_add(STEP));
        self.highest = self.highest.max(seq);
        ace.seq = Some(seq);
        ace.line = Some(number);
        ace.text = redact(text);
        let gap = why.map(|why| Gap {
            line: number,
            text: ace.text.clone(),
            why,
        });
        self.entries.push((seq, ace));
        gap
    }

    /// Whether it is written in this form.
    pub(super) fn has(&self, form: Form) -> bool {
        (self.form.family, self.form.standard) == (form.family, form.standard)
    }

    /// Makes the whole list one entry that was not understood (D10).
    pub(super) fn spoil(&mut self, text: &str, number: u32) {
        let ace = Ace {
            line: Some(number),
            text: redact(text),
            ..self.unread(text, number)
        };
        self.entries = vec![(0, ace)];
    }

    fn unread(&self, text: &str, number: u32) -> Ace {
        let boxes = vec![Match::any(self.form.family)];
        let open = open(&gap(canonical(text, number)), boxes);
        Ace {
            open,
            ..Ace::implicit(Action::Unread, Vec::new(), "")
        }
    }

    fn note(&mut self, entry: &Entry) {
        let v6 = self.form.family == Family::V6;
        for (used, id) in [
            (true, "entry-grammar"),
            (entry.flags != TcpFlags::default(), "flag-word-ack"),
            (entry.sibling_name, "sibling-port-names"),
            (v6, "implicit-nd-permit"),
            (v6 && entry.protocol.is_some(), "l4-entry-matches-first"),
            (v6 && entry.protocol.is_none(), "address-entry-matches-ext"),
        ] {
            if used && !self.modelled.contains(&id) {
                self.modelled.push(id);
            }
        }
    }

    /// The list in search order.
    pub(super) fn finish(self, rules: &Rules, gaps: &mut Vec<Gap>) -> Acl {
        let state = match self.entries.is_empty() {
            true => AclState::Empty,
            false => AclState::Defined,
        };
        Acl {
            name: self.name,
            family: self.form.family,
            state,
            entries: ordered(self.entries, gaps),
            tail: match state {
                AclState::Empty => tail(self.form.family, &rules.empty_permits()),
                AclState::Defined | AclState::Undefined => {
                    let mut all = neighbour_discovery(self.form.family, &rules.nd_permits());
                    all.extend(tail(self.form.family, &rules.rest_permits()));
                    all
                }
            },
            line: Some(self.line),
        }
    }
}

/// A list that is only named by a binding (D14).
pub(super) fn undefined(name: &str, family: Family, rules: &Rules) -> Acl {
    Acl {
        name: name.to_owned(),
        family,
        state: AclState::Undefined,
        entries: Vec::new(),
        tail: tail(family, &rules.undefined_permits()),
        line: None,
    }
}

/// An entry before all others that lets everything through if the list is not applied at all.
pub(super) fn not_applied(family: Family, question: &Known, line: u32, text: &str) -> Ace {
    Ace {
        open: open(question, vec![Match::any(family)]),
        line: Some(line),
        ..Ace::implicit(Action::Permit, Vec::new(), text)
    }
}

/// Neighbour solicitations and advertisements, if an IPv6 list may permit them by itself.
fn neighbour_discovery(family: Family, permits: &Known) -> Vec<Ace> {
    if family == Family::V4 || !permits.may() {
        return Vec::new();
    }
    let boxes = vec![
        Match {
            protocol: ByteSet::one(ICMPV6),
            icmp_type: ByteSet::of([135, 136]),
            ..Match::any(family)
        }
        .tidy(),
    ];
    let (certain, open) = match permits {
        Known::Open(_) => (Vec::new(), open(permits, boxes)),
        Known::Yes | Known::No => (boxes, Vec::new()),
    };
    vec![Ace {
        open,
        ..Ace::implicit(Action::Permit, certain, "neighbour discovery")
    }]
}

/// Perhaps everything goes through, else the implicit discard.
fn tail(family: Family, permits: &Known) -> Vec<Ace> {
    let all = || vec![Match::any(family)];
    let mut out = match permits {
        Known::Yes => vec![Ace::implicit(Action::Permit, all(), "no filter")],
        Known::No => Vec::new(),
        known @ Known::Open(_) => vec![Ace {
            open: open(known, all()),
            ..Ace::implicit(Action::Permit, Vec::new(), "no filter")
        }],
    };
    out.push(Ace::implicit(Action::Deny, all(), "implicit discard"));
    out
}

fn open(known: &Known, boxes: Vec<Match>) -> Vec<Open> {
    let question = known.question().cloned();
    question
        .map(|question| Open { question, boxes })
        .into_iter()
        .collect()
}

/// What there is to say about an entry that was read.
fn why(entry: &Entry, family: Family) -> Option<Text> {
    if entry.redirect {
        Some(text!("ax-gap-redirect"))
    } else if entry.unread {
        Some(text!("ax-gap-entry"))
    } else if family == Family::V4 && entry.protocol == Some(convert::AH) {
        Some(text!("ax-gap-ah"))
    } else {
        None
    }
}

/// Ascending numbers. A number that stands twice in a text says nothing about the place of either entry: both go first with
/// no certain match (D10). The same line twice is one entry.
fn ordered(mut entries: Vec<(u32, Ace)>, gaps: &mut Vec<Gap>) -> Vec<Ace> {
    entries.sort_by_key(|(seq, _)| *seq);
    entries.dedup_by(|b, a| a.0 == b.0 && a.1.text == b.1.text);
    let mut count: BTreeMap<u32, u32> = BTreeMap::new();
    for (seq, _) in &entries {
        *count.entry(*seq).or_default() += 1;
    }
    let twice = |seq: &u32| count.get(seq).is_some_and(|&n| n > 1);
    if count.len() == entries.len() {
        return entries.into_iter().map(|(_, ace)| ace).collect();
    }
    let (first, rest): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(seq, _)| twice(seq));
    let mut out = Vec::with_capacity(first.len() + rest.len());
    for (_, mut ace) in first {
        let line = ace.line.unwrap_or_default();
        let question = gap(canonical(&format!("{} @{line}", ace.text), line));
        let mut boxes = std::mem::take(&mut ace.certain);
        boxes.extend(ace.open.drain(..).flat_map(|open| open.boxes));
        ace.open = open(&question, boxes);
        gaps.push(Gap {
            line,
            text: ace.text.clone(),
            why: text!("ax-gap-sequence"),
        });
        out.push(ace);
    }
    out.extend(rest.into_iter().map(|(_, ace)| ace));
    out
}

/// How a numbered list is written, by its number (K1).
pub(super) fn numbered(number: u16, siblings: bool) -> Option<Form> {
    let standard = match number {
        1..=99 | 1300..=1999 => true,
        100..=199 | 2000..=2699 => false,
        _ => return None,
    };
    Some(Form {
        family: Family::V4,
        standard,
        siblings,
    })
}

/// The word that begins a list header of a family.
pub(super) fn header(acl_family: Family) -> String {
    match acl_family {
        Family::V4 => "ip access-list extended".to_owned(),
        Family::V6 => format!("{} access-list", native::any_word(Family::V6)),
    }
}
