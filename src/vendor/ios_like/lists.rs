//! Lists: text -> native. Named and numbered, as `show running-config` prints them and as `show access-lists` does.

use super::Kin;
use super::entry;
use super::native::{Body, Item, List};
use super::table::Place;
use crate::net::Family;
use crate::vendor::capture::{Line, without_counter};
use crate::vendor::words::{Words, folded, number};

/// What a head line says of its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vendor) struct Headed<'a> {
    pub(in crate::vendor) name: &'a str,
    pub(in crate::vendor) family: Family,
    pub(in crate::vendor) standard: bool,
    /// From `show access-lists`: a copy of what the configuration says.
    pub(in crate::vendor) shown: bool,
    /// What no entry matches is permitted.
    pub(in crate::vendor) permits_rest: bool,
    /// Nothing stands behind the name.
    pub(in crate::vendor) whole: bool,
}

/// Reads a head line; `None` if it is none.
pub(in crate::vendor) fn head<'a>(text: &'a str, kin: &Kin) -> Option<Headed<'a>> {
    let mut words = Words::new(text);
    let heads = kin.syntax.heads.iter();
    let form = heads.copied().find(|form| words.eat_all(form.words))?;
    let name = words.next()?;
    if form.shown && !words.eat("(per-user)") {
        words.eat("[readonly]");
    }
    Some(Headed {
        name,
        family: form.family,
        standard: form.standard,
        shown: form.shown,
        permits_rest: form.permits_rest,
        whole: words.is_end(),
    })
}

/// The list of an `access-list N ...` line and the rest of the line; `None` if N is of no IP list.
pub(in crate::vendor) fn numbered<'a>(text: &'a str, kin: &Kin) -> Option<(Headed<'a>, &'a str)> {
    let mut words = Words::new(text);
    if !words.eat("access-list") {
        return None;
    }
    let name = words.peek()?;
    let kind = (kin.syntax.numbered)(number(name)?)?;
    words.next();
    let head = Headed {
        name,
        family: Family::V4,
        standard: kind.standard,
        shown: false,
        permits_rest: kind.permits_rest,
        whole: true,
    };
    Some((head, words.rest()))
}

impl List {
    pub(in crate::vendor) fn new(head: Headed<'_>, line: u32) -> List {
        List {
            name: head.name.to_owned(),
            family: head.family,
            standard: head.standard,
            permits_rest: head.permits_rest,
            line,
            items: Vec::new(),
            broken: None,
            blind_if: None,
        }
    }

    /// Adds a line of the list; `text` is what stands behind `access-list N`, or the whole line.
    pub(in crate::vendor) fn push(
        &mut self,
        line: &Line<'_>,
        text: &str,
        shown: bool,
        kin: &'static Kin,
    ) {
        if kin.data.tables.is_irrelevant(Place::List, text) {
            return;
        }
        let (seq, body) = item(text, self.family, self.standard, shown, kin);
        self.items.push(Item {
            seq,
            line: line.number,
            text: folded(&line.text),
            body,
        });
    }
}

/// Whether a line that is not indented can only be a line of the list above it.
pub(in crate::vendor) fn is_item(text: &str, kin: &Kin) -> bool {
    let mut words = Words::new(text);
    if words.eat("sequence") || words.number::<u32>().is_some() {
        return true;
    }
    let word = words.next();
    let acts = |word: &str| kin.syntax.actions.iter().any(|(action, _)| *action == word);
    word.is_some_and(acts) || word == Some(kin.syntax.remark)
}

/// The number of a line and what it is.
pub(in crate::vendor) fn item(
    text: &str,
    family: Family,
    standard: bool,
    shown: bool,
    kin: &'static Kin,
) -> (Option<u32>, Body) {
    let mut words = Words::new(text);
    let mut seq = sequence(&mut words);
    if words.eat(kin.syntax.remark) {
        return (seq, Body::Remark(words.rest().to_owned()));
    }
    let mut rest = words.rest();
    if family == Family::V6 && seq.is_none() {
        (rest, seq) = trailing_sequence(rest);
    }
    if shown {
        rest = without_match(without_counter(rest));
    }
    let of_list = kin.syntax.list_fragments.iter();
    if let Some((_, permit)) = of_list.copied().find(|(line, _)| rest == *line) {
        return (seq, Body::Later { permit });
    }
    let body = match entry::read(Words::new(rest), family, standard, kin) {
        Some(entry) => Body::Entry(Box::new(entry)),
        None => Body::Unread {
            first: matches!(words.peek(), Some("no" | "default" | "ignore")),
        },
    };
    (seq, body)
}

/// Takes `[match=12]`, `[match 12, 0:00:01 ago]` from the end.
fn without_match(text: &str) -> &str {
    match text.rsplit_once(" [match") {
        Some((before, tail))
            if tail
                .split_once(']')
                .is_some_and(|(_, rest)| rest.is_empty()) =>
        {
            before.trim_end()
        }
        _ => text,
    }
}

fn sequence(words: &mut Words<'_>) -> Option<u32> {
    words.attempt(|w| {
        w.eat("sequence");
        w.number()
    })
}

/// `permit ... sequence 30`: IPv6 lists are shown with the number behind the entry (S6, S7).
fn trailing_sequence(text: &str) -> (&str, Option<u32>) {
    let split = text.rsplit_once(" sequence ");
    match split.and_then(|(before, digits)| Some((before, number(digits.trim())?))) {
        Some((before, seq)) => (before.trim_end(), Some(seq)),
        None => (text, None),
    }
}

/// The line without its place in the list: `10`, `sequence 10`, `access-list 102`, and the number at the end.
pub(in crate::vendor) fn without_place(text: &str) -> &str {
    let mut words = Words::new(text);
    if words.eat("access-list") {
        words.next();
    } else {
        sequence(&mut words);
    }
    trailing_sequence(words.rest()).0
}
