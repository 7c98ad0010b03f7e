//! The lines of one list -> an ordered [`Acl`].
//!
//! In: the headline and the lines below it. Out: rules in ascending order of their ids, first match, then the end: permit,
//! unless `packet-filter default deny`. A rule line with an id that is there adds to that rule. `match-order auto` is not
//! modelled. Must not know: bindings, other lists.

use super::rule::{self, Read, Rule};
use super::{Asked, ID, boxes};
use crate::acl::{Ace, Acl, AclState, Action, Known, Question};
use crate::base::Text;
use crate::base::text::sanitise;
use crate::device::Gap;
use crate::net::{Family, Match};
use crate::text;
use crate::vendor::capture::Line;
use crate::vendor::parts::{ace, ending, not, under};
use crate::vendor::redact::{canonical, redact};
use crate::vendor::words::Words;
use std::collections::BTreeMap;

/// The step between ids that the device gives itself, unless the list says otherwise.
const STEP: u32 = 5;

/// The headline of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) family: Family,
    pub(super) basic: bool,
    /// Number and name: either or both.
    pub(super) ids: Vec<String>,
    /// `match-order auto`.
    pub(super) auto: bool,
    /// Every word was understood.
    pub(super) whole: bool,
}

/// What a line that begins with `acl` is.
pub(super) enum Line0 {
    /// A list of IPv4 or IPv6.
    List(Head),
    /// A list of layer 2, or one that looks at bytes; it acts where it is bound.
    Other,
    Unread,
}

/// Reads `acl ...`.
pub(super) fn head(mut words: Words<'_>) -> Line0 {
    if words.eat("mac") || words.eat("user-defined") || words.eat("wlan") {
        return Line0::Other;
    }
    let family = match words.eat("ipv6") {
        true => Family::V6,
        false => Family::V4,
    };
    let kind = words.peek().unwrap_or_default();
    let mut basic = None;
    if matches!(kind, "basic" | "advanced") {
        basic = Some(kind == "basic");
        words.next();
    } else {
        words.eat("number");
    }
    let mut ids = Vec::new();
    if let Some(number) = words.number::<u32>() {
        match number {
            2000..=2999 => basic = basic.or(Some(true)),
            3000..=3999 => basic = basic.or(Some(false)),
            4000..=5999 if family == Family::V4 => return Line0::Other,
            _ => return Line0::Unread,
        }
        ids.push(number.to_string());
    }
    if words.eat("name") {
        match words.next() {
            Some(name) => ids.push(name.to_owned()),
            None => return Line0::Unread,
        }
    }
    let mut auto = false;
    if words.eat("match-order") {
        auto = !words.eat("config");
        if auto && !words.eat("auto") {
            return Line0::Unread;
        }
    }
    if ids.is_empty() {
        return Line0::Unread;
    }
    Line0::List(Head {
        family,
        basic: basic.unwrap_or(false),
        ids,
        auto,
        whole: words.is_end() && basic.is_some(),
    })
}

/// A rule with where it stands.
#[derive(Debug)]
struct Item {
    /// `None`: the line is no rule that is known.
    rule: Option<Rule>,
    line: u32,
    text: String,
    /// The words without the id, for questions.
    name: String,
    merged: bool,
}

/// A list while it is read.
#[derive(Debug)]
pub(super) struct List {
    pub(super) head: Head,
    line: u32,
    step: u32,
    items: BTreeMap<u32, Item>,
    /// Lines that make the whole list unreadable.
    broken: Option<(u32, String, Text)>,
}

impl List {
    pub(super) fn new(head: Head, line: &Line<'_>) -> List {
        let broken = if head.auto {
            Some(text!("comware-match-order"))
        } else if !head.whole {
            Some(text!("comware-list-header"))
        } else {
            None
        };
        List {
            line: line.number,
            step: STEP,
            items: BTreeMap::new(),
            broken: broken.map(|why| (line.number, line.text.clone().into_owned(), why)),
            head,
        }
    }

    /// Adds a line of the list.
    pub(super) fn add(&mut self, line: &Line<'_>) {
        let mut words = Words::new(&line.text);
        if words.eat("rule") {
            self.rule(words, line);
        } else if words.eat("step") {
            self.step = words.number().filter(|step| *step > 0).unwrap_or(STEP);
        } else if words.eat_all("undo rule") {
            // What it takes away is not printed by any device.
            self.spoil(line, text!("comware-line-unread"));
        } else if !super::is_irrelevant("list", &line.text) {
            self.spoil(line, text!("comware-line-unread"));
        }
    }

    /// `5, start ID is 0`, behind `ACL's step is`.
    pub(super) fn steps(&mut self, text: &str, line: &Line<'_>) {
        let text = text.replace(',', " ");
        let mut words = Words::new(&text);
        self.step = words.number().filter(|step| *step > 0).unwrap_or(STEP);
        if words.eat_all("start ID is") {
            words.number::<u32>();
        }
        if !words.is_end() {
            self.spoil(line, text!("comware-line-unread"));
        }
    }

    pub(super) fn line(&self) -> u32 {
        self.line
    }

    /// Whether another list has the same rules under the same ids.
    pub(super) fn says_the_same(&self, other: &List) -> bool {
        let rules = |list: &List| -> Option<Vec<(u32, Rule)>> {
            let each = list
                .items
                .iter()
                .map(|(id, item)| Some((*id, item.rule.clone()?)));
            each.collect()
        };
        let ours = rules(self);
        self.head.auto == other.head.auto && ours.is_some() && ours == rules(other)
    }

    /// The list stands on this line too, and says something else.
    pub(super) fn doubt(&mut self, line: u32, why: Text) {
        let name = self.name().to_owned();
        self.broken.get_or_insert((line, name, why));
    }

    fn spoil(&mut self, line: &Line<'_>, why: Text) {
        let text = line.text.clone().into_owned();
        self.broken.get_or_insert((line.number, text, why));
    }

    fn rule(&mut self, mut words: Words<'_>, line: &Line<'_>) {
        let id = words.number::<u32>();
        let next = self.items.keys().next_back().map_or(0, |last| {
            (last / self.step)
                .saturating_add(1)
                .saturating_mul(self.step)
        });
        let known = id.and_then(|id| self.items.get(&id));
        let merged = known.is_some();
        let known = known.and_then(|item| item.rule.as_ref());
        let name = words.rest().to_owned();
        let read = rule::read(words, self.head.family, self.head.basic, known);
        let rule = match read {
            Read::Remark => return,
            Read::Rule(rule) => Some(*rule),
            Read::Unread => None,
        };
        let item = Item {
            rule,
            line: line.number,
            text: redact(&line.text),
            name: canonical(&name, line.number),
            merged,
        };
        self.items.insert(id.unwrap_or(next), item);
    }

    /// The list in search order.
    pub(super) fn finish(&self, denies: bool, asked: &mut Asked, gaps: &mut Vec<Gap>) -> Acl {
        let family = self.head.family;
        let mut entries = Vec::with_capacity(self.items.len());
        if let Some((line, text, why)) = &self.broken {
            // A structure that was not read: one entry that may do anything (D10).
            entries.push(unread(family, text, *line));
            gaps.push(gap(*line, text, why.clone()));
        }
        for (id, item) in &self.items {
            let mut entry = self.entry(item, asked, gaps);
            entry.seq = Some(*id);
            entry.line = Some(item.line);
            entry.text.clone_from(&item.text);
            entries.push(entry);
        }
        if self
            .items
            .values()
            .any(|i| i.rule.as_ref().is_some_and(|r| r.vpn))
        {
            let text = format!("vpn-instance in a rule of {}", self.name());
            entries.insert(0, unread(family, &text, self.line));
            gaps.push(gap(self.line, &text, text!("comware-rule-vpn")));
        }
        let state = match entries.is_empty() {
            true => AclState::Empty,
            false => AclState::Defined,
        };
        Acl {
            name: sanitise(self.name()).into_owned(),
            family,
            state,
            entries,
            tail: match state {
                AclState::Empty => end(family, &asked.ask("empty-list-permits"), denies),
                _ => end(family, &asked.ask("end-permits"), denies),
            },
            line: Some(self.line),
        }
    }

    /// The name, or else the number.
    fn name(&self) -> &str {
        self.head.ids.last().map_or("", String::as_str)
    }

    fn entry(&self, item: &Item, asked: &mut Asked, gaps: &mut Vec<Gap>) -> Ace {
        let Some(rule) = &item.rule else {
            gaps.push(gap(item.line, &item.text, text!("comware-rule-unread")));
            return unread(self.head.family, &item.name, item.line);
        };
        let mut parts = boxes::of(rule, self.head.family, &item.name, asked);
        if let Some(word) = &rule.unread {
            let why = text!("comware-rule-word", word = redact(word));
            gaps.push(gap(item.line, &item.text, why));
            let text = item.name.clone();
            parts = under(parts, &Question::Gap { dialect: ID, text });
        } else if item.merged {
            gaps.push(gap(item.line, &item.text, text!("comware-rule-merged")));
            let merges = asked.ask("rule-edits-merge");
            parts = crate::vendor::parts::hang(ID, parts, &merges);
        }
        let action = match (rule.permit, &rule.unread) {
            (_, Some(word)) if word == "permit, deny" => Action::Unread,
            (true, _) => Action::Permit,
            (false, _) => Action::Deny,
        };
        Ace {
            log: rule.log,
            ..ace(action, parts)
        }
    }
}

/// A list that is only named by a binding (D14).
pub(super) fn undefined(name: &str, family: Family, asked: &mut Asked) -> Acl {
    Acl {
        name: sanitise(name).into_owned(),
        family,
        state: AclState::Undefined,
        entries: Vec::new(),
        tail: ending(
            family,
            &asked.ask("undefined-list-permits"),
            "no filter",
            "no list",
        ),
        line: None,
    }
}

/// The end of a list; `packet-filter default deny` turns it round.
fn end(family: Family, permits: &Known, denies: bool) -> Vec<Ace> {
    let permits = match denies {
        true => not(permits.clone()),
        false => permits.clone(),
    };
    ending(
        family,
        &permits,
        "packet-filter default permit",
        "packet-filter default deny",
    )
}

/// An entry that may do anything to any packet.
fn unread(family: Family, text: &str, line: u32) -> Ace {
    let question = Question::Gap {
        dialect: ID,
        text: canonical(&format!("{text} @{line}"), line),
    };
    Ace {
        line: Some(line),
        text: redact(text),
        ..ace(Action::Unread, vec![(Some(question), Match::any(family))])
    }
}

fn gap(line: u32, text: &str, why: Text) -> Gap {
    Gap {
        line,
        text: redact(text),
        why,
    }
}
