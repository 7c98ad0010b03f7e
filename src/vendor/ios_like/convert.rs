//! Native lists -> neutral lists (D10, D11, D14).
//!
//! In: [`List`], groups, facts. Out: [`Acl`] whose entries carry certain and possible matches ([`super::boxes`]), and gaps.

use super::boxes::{Part, hang, under};
use super::groups::Groups;
use super::lists::without_place;
use super::native::{Body, Entry, Icmp, Item, List, Log, Protocol, Service};
use super::order::{Unplaced, search_order};
use super::{Kin, pick};
use crate::acl::{Ace, Acl, AclState, Action, Known, Open, Question};
use crate::base::Text;
use crate::base::text::sanitise;
use crate::device::Gap;
use crate::facts::Confidence;
use crate::net::{Family, Match, PositionSet};
use crate::text;
use crate::vendor::redact::{canonical, redact};
use std::collections::{BTreeMap, BTreeSet};

/// What conversion asks and collects.
pub(in crate::vendor) struct Context<'a> {
    pub(in crate::vendor) kin: &'static Kin,
    confirmed_only: bool,
    model: Option<&'a str>,
    pub(in crate::vendor) groups: &'a mut Groups,
    /// Definitions of time ranges, folded, so that the same name with another definition is another question.
    pub(in crate::vendor) time_ranges: &'a BTreeMap<String, String>,
    /// Modelled facts that were asked.
    pub(in crate::vendor) modelled: BTreeSet<&'static str>,
    pub(in crate::vendor) gaps: Vec<Gap>,
    /// Whether an entry leans on an object group.
    pub(in crate::vendor) uses_groups: bool,
    /// Whether the last entry named a group that was not read to its end.
    pub(in crate::vendor) group_unread: bool,
}

impl<'a> Context<'a> {
    pub(in crate::vendor) fn new(
        kin: &'static Kin,
        confirmed_only: bool,
        model: Option<&'a str>,
        groups: &'a mut Groups,
        time_ranges: &'a BTreeMap<String, String>,
    ) -> Context<'a> {
        Context {
            kin,
            confirmed_only,
            model,
            groups,
            time_ranges,
            modelled: BTreeSet::new(),
            gaps: Vec::new(),
            uses_groups: false,
            group_unread: false,
        }
    }

    /// A fact; remembers that it was used if it is a modelled one.
    pub(in crate::vendor) fn ask(&mut self, id: &'static str) -> Known {
        let known = self.kin.facts().known(id, self.confirmed_only);
        let confidence = self.kin.facts().facts.get(id).map(|fact| fact.confidence);
        if confidence == Some(Confidence::Modelled) && !self.confirmed_only {
            self.modelled.insert(id);
        }
        known
    }

    fn gap(&mut self, line: u32, text: &str, why: Text) {
        self.gaps.push(Gap {
            line,
            text: redact(text),
            why,
        });
    }

    /// A list as it stands in the text.
    pub(in crate::vendor) fn acl(&mut self, list: &List) -> Acl {
        let mut entries = Vec::with_capacity(list.items.len());
        if let Some((line, text)) = &list.broken {
            self.gap(*line, text, text!("ios-list-unreadable", name = &list.name));
            let mut all = self.unread(list.family, *line, text);
            for open in &mut all.open {
                // The head says nothing of what the list holds: another list with the same head is another question.
                open.question = Question::Gap {
                    dialect: self.kin.id,
                    text: format!("{} @{line}", redact(text)),
                };
            }
            entries.push(all);
        } else {
            let (first, rest) = search_order(list, self.kin);
            if self.kin.nd_first && !(first.is_empty() && rest.is_empty()) {
                entries.extend(self.all_nd(list.family));
            }
            for (item, unplaced) in first {
                entries.push(self.item(item, list.family, unplaced));
            }
            for item in rest {
                entries.push(self.item(item, list.family, None));
            }
        }
        if let Some(fact) = list.blind_if.filter(|_| !entries.is_empty()) {
            entries.splice(0..0, self.blind(list, fact));
        }
        let state = if entries.is_empty() {
            AclState::Empty
        } else {
            AclState::Defined
        };
        let tail = match state {
            AclState::Defined => self.tail(list),
            AclState::Empty | AclState::Undefined => self.nothing(list.family, state),
        };
        Acl {
            name: list.name.clone(),
            family: list.family,
            state,
            entries,
            tail,
            line: Some(list.line),
        }
    }

    /// An entry before all others that may do anything, if a fact may keep the device from testing what the entries say.
    fn blind(&mut self, list: &List, fact: &'static str) -> Option<Ace> {
        let known = self.ask(fact);
        if !known.may() {
            return None;
        }
        let text = format!("list {}", list.name);
        self.gap(list.line, &text, text!("ios-list-blind", name = &list.name));
        let mut ace = self.unread(list.family, list.line, &text);
        if let (Known::Open(question), [open]) = (known, ace.open.as_mut_slice()) {
            open.question = question;
        }
        Some(ace)
    }

    /// A list that is only named by a binding.
    pub(in crate::vendor) fn undefined(&mut self, name: &str, family: Family) -> Acl {
        Acl {
            name: name.to_owned(),
            family,
            state: AclState::Undefined,
            entries: Vec::new(),
            tail: self.nothing(family, AclState::Undefined),
            line: None,
        }
    }

    /// What an empty or undefined list does (D14).
    fn nothing(&mut self, family: Family, state: AclState) -> Vec<Ace> {
        let fact = match (state, family) {
            (AclState::Undefined, _) => "undefined-list-permits",
            (_, Family::V4) => "empty-list-permits-v4",
            (_, Family::V6) => "empty-list-permits-v6",
        };
        let all = vec![Match::any(family)];
        match self.ask(fact) {
            Known::Yes => vec![Ace::implicit(Action::Permit, all, "(no entries: permit)")],
            Known::No => vec![Ace::implicit(Action::Deny, all, "(no entries: deny)")],
            Known::Open(question) => {
                let mut permit =
                    Ace::implicit(Action::Permit, Vec::new(), "(no entries: perhaps permit)");
                permit.open.push(Open {
                    question,
                    boxes: all.clone(),
                });
                vec![
                    permit,
                    Ace::implicit(Action::Deny, all, "(no entries: deny)"),
                ]
            }
        }
    }

    /// The end of a list that has entries (D11).
    fn tail(&mut self, list: &List) -> Vec<Ace> {
        let family = list.family;
        let mut tail = Vec::new();
        if !self.kin.nd_first {
            tail = self.all_nd(family);
        }
        let (action, word) = match list.permits_rest {
            true => (Action::Permit, "permit"),
            false => (Action::Deny, "deny"),
        };
        let any = pick(self.kin.syntax.any, family);
        tail.push(Ace::implicit(
            action,
            vec![Match::any(family)],
            &format!("(implicit) {word} {any} any any"),
        ));
        tail
    }

    /// The ND permits that a list of a family has by itself.
    fn all_nd(&mut self, family: Family) -> Vec<Ace> {
        let messages = (self.kin.syntax.implicit_nd)(self.model);
        if family == Family::V4 || messages.is_empty() {
            return Vec::new();
        }
        let adds = self.ask("implicit-nd-permit");
        let permit = |(kind, name): &(u8, &str)| self.implicit_nd(*kind, name, &adds);
        messages.iter().filter_map(permit).collect()
    }

    /// A permit of one ND message that the device adds to IPv6 lists, if it may.
    fn implicit_nd(&mut self, kind: u8, name: &str, adds: &Known) -> Option<Ace> {
        let family = Family::V6;
        let mut service = Service::any();
        service.protocol = Protocol::Number(Match::icmp_of(family));
        service.icmp = Some(Icmp {
            name: None,
            kind,
            code: None,
        });
        let entry = Entry {
            service,
            ..Entry::any(true, family)
        };
        let mut parts = self.parts(&entry, family, "");
        if self.kin.nd_first {
            // Rules of the device itself, for messages of neighbour discovery: a fragment is none (RFC 6980).
            let (later, whole): (Vec<Part>, Vec<Part>) = parts
                .into_iter()
                .partition(|(_, m)| m.position == PositionSet::LATER);
            parts = whole;
            parts.extend(hang(later, &self.ask("implicit-nd-matches-later")));
        }
        let parts = hang(parts, adds);
        let text = format!("(implicit) permit icmp any any {name}");
        (!parts.is_empty()).then(|| ace(Action::Permit, parts, &text))
    }

    fn item(&mut self, item: &Item, family: Family, unplaced: Option<Unplaced>) -> Ace {
        let dialect = self.kin.id;
        let canon = || canonical(without_place(&item.text), item.line);
        let question = || Question::Gap {
            dialect,
            text: canon(),
        };
        if let Body::Later { permit } = item.body {
            return self.later(item, family, permit);
        }
        let Body::Entry(entry) = &item.body else {
            self.gap(item.line, &item.text, text!("ios-line-unread"));
            return Ace {
                seq: item.seq,
                ..self.unread(family, item.line, &item.text)
            };
        };
        self.group_unread = false;
        let mut parts = self.parts(entry, family, without_place(&item.text));
        if self.group_unread {
            self.gap(item.line, &item.text, text!("ios-group-unread"));
        }
        let text = if let Some(word) = &entry.unread {
            self.gap(item.line, &item.text, unread_from(word));
            parts = under(parts, &question());
            redact(&item.text)
        } else {
            sanitise(&item.text).into_owned()
        };
        if let Some(unplaced) = unplaced {
            let seq = item.seq.unwrap_or_default();
            let why = match unplaced {
                Unplaced::Twice => text!("ios-sequence-twice", seq = seq),
                Unplaced::Step => text!("ios-sequence-step", seq = seq),
            };
            self.gap(item.line, &item.text, why);
            parts = under(parts, &question());
        }
        let mut action = action(entry.permit);
        if entry.aside {
            self.gap(item.line, &item.text, text!("kin-entry-aside"));
            parts = under(parts, &question());
            action = Action::Unread;
        }
        Ace {
            seq: item.seq,
            line: Some(item.line),
            log: entry.log != Log::No,
            ..ace(action, parts, &text)
        }
    }

    /// A line on all later fragments: where it stands in the search is not known, so it perhaps comes first.
    fn later(&mut self, item: &Item, family: Family, permit: bool) -> Ace {
        let all = Match {
            position: PositionSet::LATER,
            ..Match::any(family)
        };
        let parts = hang(vec![(None, all)], &self.ask("list-fragments-line"));
        Ace {
            line: Some(item.line),
            ..ace(action(permit), parts, &redact(&item.text))
        }
    }

    /// A line not understood at all (D10).
    fn unread(&self, family: Family, line: u32, text: &str) -> Ace {
        let question = Question::Gap {
            dialect: self.kin.id,
            text: canonical(without_place(text), line),
        };
        let mut ace = Ace::implicit(Action::Unread, Vec::new(), &redact(text));
        ace.open.push(Open {
            question,
            boxes: vec![Match::any(family)],
        });
        ace.line = Some(line);
        ace
    }
}

fn action(permit: bool) -> Action {
    if permit { Action::Permit } else { Action::Deny }
}

/// An entry from its parts: boxes on the same question together, in order of first appearance.
fn ace(action: Action, parts: Vec<Part>, text: &str) -> Ace {
    let mut ace = Ace::implicit(action, Vec::new(), text);
    for (question, m) in parts {
        let Some(question) = question else {
            ace.certain.push(m);
            continue;
        };
        match ace.open.iter_mut().find(|open| open.question == question) {
            Some(open) => open.boxes.push(m),
            None => ace.open.push(Open {
                question,
                boxes: vec![m],
            }),
        }
    }
    ace
}

fn unread_from(word: &str) -> Text {
    if word.is_empty() {
        text!("ios-entry-cut")
    } else {
        text!("ios-entry-unread", word = redact(word))
    }
}
