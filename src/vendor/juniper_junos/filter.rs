//! Filters -> lists (D10, D11, D14, D16).
//!
//! In: `firewall family inet|inet6 filter NAME`. Out: [`Acl`]s, gaps, and effects by filter, which act where it is bound.
//! Must not know: interfaces.

use super::addresses::PrefixLists;
use super::condition::Test;
use super::tree::At;
use super::{ID, is_irrelevant, term};
use crate::acl::{Ace, Acl, AclState, Action, Known, Open, Question};
use crate::base::Text;
use crate::base::text::sanitise;
use crate::device::{EffectClass, Gap};
use crate::facts::{Confidence, Facts};
use crate::net::{Family, Match};
use crate::text;
use crate::vendor::parts::{self, not};
use crate::vendor::redact::{canonical, redact};
use std::collections::BTreeSet;

/// What conversion asks and collects.
pub(super) struct Context<'a> {
    facts: &'static Facts,
    confirmed_only: bool,
    pub(super) lists: &'a PrefixLists,
    /// Modelled facts that were asked.
    pub(super) modelled: BTreeSet<&'static str>,
    pub(super) gaps: Vec<Gap>,
    /// Lines of terms that are not settled.
    pub(super) parts: BTreeSet<(u32, u32)>,
}

impl<'a> Context<'a> {
    pub(super) fn new(confirmed_only: bool, lists: &'a PrefixLists) -> Context<'a> {
        Context {
            facts: &super::FACTS,
            confirmed_only,
            lists,
            modelled: BTreeSet::new(),
            gaps: Vec::new(),
            parts: BTreeSet::new(),
        }
    }

    /// A fact; remembers that it was used if it is a modelled one.
    pub(super) fn ask(&mut self, id: &'static str) -> Known {
        let known = self.facts.known(id, self.confirmed_only);
        let confidence = self.facts.facts.get(id).map(|fact| fact.confidence);
        if confidence == Some(Confidence::Modelled) && !self.confirmed_only {
            self.modelled.insert(id);
        }
        known
    }

    /// The facts that the reading of a test leans on, where they are open.
    pub(super) fn lean(&mut self, test: &Test) -> Vec<Question> {
        let mut facts = Vec::new();
        if test.named {
            facts.push("names-table");
        }
        if !test.is_empty() {
            facts.push("values-or-conditions-and");
        }
        facts
            .into_iter()
            .filter_map(|fact| self.ask(fact).question().cloned())
            .collect()
    }

    pub(super) fn gap(&mut self, line: u32, text: &str, why: Text) {
        self.gaps.push(Gap {
            line,
            text: redact(text),
            why,
        });
    }
}

/// A filter as read.
pub(super) struct Filter {
    pub(super) acl: Acl,
    /// What its terms do besides, with line and text.
    pub(super) effects: Vec<(EffectClass, u32, String)>,
}

/// Reads one filter.
pub(super) fn read(filter: At<'_>, family: Family, context: &mut Context<'_>) -> Filter {
    let mut entries: Vec<Ace> = Vec::new();
    let mut unplaced: Vec<Ace> = Vec::new();
    let mut effects = Vec::new();
    let mut either_seen = false;
    let terms = || filter.child("term").into_iter().flat_map(At::children);
    let mixed = terms().any(At::inherited) && terms().any(|term| !term.inherited());
    for other in filter.children().filter(|at| at.word() != "term") {
        if !is_irrelevant("filter", other) {
            let line = other.line();
            context.parts.extend(other.parts());
            unplaced.push(unread(family, &other.text(240), line));
            context.gap(line, &other.text(240), text!("junos-filter-unread"));
        }
    }
    if filter.is_broken() {
        context.parts.extend(filter.parts());
        let text = format!("filter {}", filter.word());
        unplaced.push(unread(
            family,
            &format!("{text} @{}", filter.line()),
            filter.line(),
        ));
        context.gap(filter.line(), &text, text!("junos-filter-cut"));
    }
    let mut count = 0;
    for at in terms() {
        count += 1;
        let term = term::read(at, family, context);
        let text = format!("term {}", at.text(240));
        context.parts.extend(at.parts());
        for class in term.effects {
            effects.push((class, at.line(), redact(&text)));
        }
        if let Some(why) = term.why {
            context.gap(at.line(), &text, why);
        }
        let Some(mut ace) = term.ace else {
            either_seen |= term.either;
            continue;
        };
        let late = either_seen && term.directed && !context.ask("address-keeps-order").must();
        either_seen |= term.either;
        if late || (mixed && at.inherited()) {
            // Where it stands among the others is not known (D10).
            let text = canonical(&format!("place of {}", ace.text), at.line());
            lift(&mut ace, text);
            if !late {
                context.gap(at.line(), &ace.text, text!("junos-group-term"));
            }
            unplaced.push(ace);
        } else {
            entries.push(ace);
        }
    }
    unplaced.append(&mut entries);
    let state = match count {
        0 if unplaced.is_empty() => AclState::Empty,
        _ => AclState::Defined,
    };
    let tail = match state {
        AclState::Empty => ending(family, &not(context.ask("empty-filter-discards"))),
        _ => ending(family, &not(context.ask("end-discards"))),
    };
    Filter {
        acl: Acl {
            name: sanitise(filter.word()).into_owned(),
            family,
            state,
            entries: unplaced,
            tail,
            line: Some(filter.line()),
        },
        effects,
    }
}

/// A filter that is only named (D14).
pub(super) fn undefined(name: &str, family: Family, context: &mut Context<'_>) -> Acl {
    Acl {
        name: sanitise(name).into_owned(),
        family,
        state: AclState::Undefined,
        entries: Vec::new(),
        tail: ending(family, &context.ask("undefined-filter-permits")),
        line: None,
    }
}

/// Several filters of an `input-list`: one long filter with one end (D16).
pub(super) fn chain(
    members: &[(String, Option<&Acl>)],
    family: Family,
    line: u32,
    context: &mut Context<'_>,
) -> Acl {
    let names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
    let mut entries = Vec::new();
    for (name, acl) in members {
        match acl {
            Some(acl) => entries.extend(acl.entries.iter().cloned()),
            None => {
                if let Known::Open(question) = context.ask("undefined-filter-permits") {
                    let all = vec![Match::any(family)];
                    let open = vec![Open {
                        question,
                        boxes: all,
                    }];
                    entries.push(Ace {
                        open,
                        line: Some(line),
                        ..Ace::implicit(Action::Permit, Vec::new(), &sanitise(name))
                    });
                }
            }
        }
    }
    Acl {
        name: sanitise(&names.join(" + ")).into_owned(),
        family,
        state: match entries.is_empty() {
            true => AclState::Empty,
            false => AclState::Defined,
        },
        entries,
        tail: ending(family, &not(context.ask("end-discards"))),
        line: Some(line),
    }
}

/// An entry that may do anything to any packet.
pub(super) fn unread(family: Family, text: &str, line: u32) -> Ace {
    let question = Question::Gap {
        dialect: ID,
        text: canonical(text, line),
    };
    Ace {
        open: vec![Open {
            question,
            boxes: vec![Match::any(family)],
        }],
        line: Some(line),
        ..Ace::implicit(Action::Unread, Vec::new(), &redact(text))
    }
}

/// Makes everything an entry matches hang on where it stands.
fn lift(ace: &mut Ace, text: String) {
    let mut boxes = std::mem::take(&mut ace.certain);
    boxes.extend(ace.open.drain(..).flat_map(|open| open.boxes));
    let question = Question::Gap { dialect: ID, text };
    ace.open = vec![Open { question, boxes }];
}

/// Perhaps everything goes through, else the implicit discard.
fn ending(family: Family, permits: &Known) -> Vec<Ace> {
    parts::ending(family, permits, "no filter", "implicit discard")
}
