//! Lists: text -> native. Named and numbered, standard, extended and IPv6, as `show running-config` prints them and as
//! `show access-lists` does.

use super::entry;
use super::native::{Body, Item, List};
use crate::net::Family;
use crate::vendor::capture::{Line, without_counter};
use crate::vendor::words::{Words, folded, number};

/// What a head line says of its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head<'a> {
    pub(super) name: &'a str,
    pub(super) family: Family,
    pub(super) standard: bool,
    /// From `show access-lists`: a copy of what the configuration says.
    pub(super) shown: bool,
    /// Nothing stands behind the name.
    pub(super) whole: bool,
}

/// Reads a head line; `None` if it is none.
pub(super) fn head(text: &str) -> Option<Head<'_>> {
    const FORMS: [(&str, Family, bool, bool); 6] = [
        ("ip access-list extended", Family::V4, false, false),
        ("ip access-list standard", Family::V4, true, false),
        ("ipv6 access-list", Family::V6, false, false),
        ("extended ip access list", Family::V4, false, true),
        ("standard ip access list", Family::V4, true, true),
        ("ipv6 access list", Family::V6, false, true),
    ];
    let mut words = Words::new(text);
    let (_, family, standard, shown) = FORMS.into_iter().find(|(form, ..)| words.eat_all(form))?;
    let name = words.next()?;
    if shown {
        words.eat("(per-user)");
    }
    Some(Head {
        name,
        family,
        standard,
        shown,
        whole: words.is_end(),
    })
}

/// The list of an `access-list N ...` line and the rest of the line; `None` if N is of no IP list.
pub(super) fn numbered(text: &str) -> Option<(Head<'_>, &str)> {
    let mut words = Words::new(text);
    if !words.eat("access-list") {
        return None;
    }
    let name = words.peek()?;
    let standard = match number::<u32>(name)? {
        1..=99 | 1300..=1999 => true,
        100..=199 | 2000..=2699 => false,
        _ => return None,
    };
    words.next();
    let head = Head {
        name,
        family: Family::V4,
        standard,
        shown: false,
        whole: true,
    };
    Some((head, words.rest()))
}

impl List {
    pub(super) fn new(head: Head<'_>, line: u32) -> List {
        List {
            name: head.name.to_owned(),
            family: head.family,
            standard: head.standard,
            line,
            items: Vec::new(),
            broken: None,
        }
    }

    /// Adds a line of the list; `text` is what stands behind `access-list N`, or the whole line.
    pub(super) fn push(&mut self, line: &Line<'_>, text: &str, shown: bool) {
        if matches!(text, "exit" | "exit-address-family") {
            return;
        }
        let (seq, body) = item(text, self.family, self.standard, shown);
        self.items.push(Item {
            seq,
            line: line.number,
            text: folded(&line.text),
            body,
        });
    }
}

/// Whether a line that is not indented can only be a line of the list above it.
pub(super) fn is_item(text: &str) -> bool {
    let mut words = Words::new(text);
    if words.eat("sequence") || words.number::<u32>().is_some() {
        return true;
    }
    matches!(words.next(), Some("permit" | "deny" | "remark"))
}

/// The number of a line and what it is.
fn item(text: &str, family: Family, standard: bool, shown: bool) -> (Option<u32>, Body) {
    let mut words = Words::new(text);
    let mut seq = sequence(&mut words);
    if words.eat("remark") {
        return (seq, Body::Remark(words.rest().to_owned()));
    }
    let mut rest = words.rest();
    if family == Family::V6 && seq.is_none() {
        (rest, seq) = trailing_sequence(rest);
    }
    if shown {
        rest = without_counter(rest);
    }
    let body = match entry::read(Words::new(rest), family, standard) {
        Some(entry) => Body::Entry(Box::new(entry)),
        None => Body::Unread {
            first: matches!(words.peek(), Some("no" | "default")),
        },
    };
    (seq, body)
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
pub(super) fn without_place(text: &str) -> &str {
    let mut words = Words::new(text);
    if words.eat("access-list") {
        words.next();
    } else {
        sequence(&mut words);
    }
    trailing_sequence(words.rest()).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_in_all_forms() {
        let show = |text| head(text).map(|h| (h.name, h.family.digit(), h.standard, h.shown));
        assert_eq!(
            show("ip access-list extended A-IN"),
            Some(("A-IN", '4', false, false))
        );
        assert_eq!(
            show("ip access-list standard 10"),
            Some(("10", '4', true, false))
        );
        assert_eq!(show("ipv6 access-list A6"), Some(("A6", '6', false, false)));
        assert_eq!(
            show("Extended IP access list 102"),
            Some(("102", '4', false, true))
        );
        assert_eq!(
            show("IPv6 access list A6 (per-user)"),
            Some(("A6", '6', false, true))
        );
        assert!(head("ip access-list extended A B").is_some_and(|h| !h.whole));
        assert_eq!(show("ip access-list role-based A"), None);
        assert_eq!(
            numbered("access-list 102 permit ip any any").map(|(_, rest)| rest),
            Some("permit ip any any")
        );
        assert_eq!(numbered("access-list 700 permit 0000.0000.0001"), None);
    }

    #[test]
    fn numbers_stand_before_or_behind() {
        let seq = |text, family| item(text, family, false, true).0;
        assert_eq!(seq("10 permit ip any any", Family::V4), Some(10));
        assert_eq!(seq("sequence 20 permit ipv6 any any", Family::V6), Some(20));
        assert_eq!(
            seq("permit ipv6 any any (3 matches) sequence 30", Family::V6),
            Some(30)
        );
        assert_eq!(seq("permit ipv6 any any", Family::V6), None);
        assert_eq!(
            without_place("access-list 102 permit ip any any"),
            "permit ip any any"
        );
        assert_eq!(without_place("sequence 5 permit x sequence 6"), "permit x");
    }
}
