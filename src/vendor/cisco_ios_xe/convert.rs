//! Native lists -> neutral lists (D7-D11, D14), and drafts -> native lists.
//!
//! In: [`List`], groups, facts. Out: [`Acl`] whose entries carry certain and possible matches, and gaps. What IOS-XE does
//! with later fragments and extension headers is asked of the facts, never decided here.

use super::ID;
use super::groups::Groups;
use super::lists::without_place;
use super::native::{
    Body, Entry, Flags, Icmp, Item, List, Log, Place, PortOp, Ports, Protocol, Service,
};
use crate::acl::{Ace, Acl, AclState, Action, Known, Open, Question};
use crate::base::Text;
use crate::base::text::sanitise;
use crate::device::Gap;
use crate::facts::{Confidence, Facts};
use crate::net::proto::{TCP, UDP};
use crate::net::{
    AddrSet, ByteSet, ExtSet, Family, FlagSet, Match, PortSet, PositionSet, TcpFlags,
};
use crate::text;
use crate::vendor::redact::{canonical, redact};
use std::collections::{BTreeMap, BTreeSet};

/// Next headers that are extension headers and no upper-layer protocols of D6 (IANA's list without ESP, behind which
/// nothing can be read).
const EXTENSION_HEADERS: [u8; 8] = [0, 43, 44, 51, 60, 135, 139, 140];

/// Whether an entry with this protocol number tests something else than the protocol of D6: in IPv6 a next header that is
/// an extension header, in IPv4 the 0 that IOS itself uses for `ip`.
pub(super) fn is_next_header(number: u8, family: Family) -> bool {
    match family {
        Family::V4 => number == 0,
        Family::V6 => EXTENSION_HEADERS.contains(&number),
    }
}

/// A box and the question on which it hangs, if any.
type Part = (Option<Question>, Match);

/// What conversion asks and collects.
pub(super) struct Context<'a> {
    facts: &'static Facts,
    confirmed_only: bool,
    pub(super) groups: &'a mut Groups,
    /// Definitions of time ranges, folded, so that the same name with another definition is another question.
    pub(super) time_ranges: &'a BTreeMap<String, String>,
    /// Modelled facts that were asked.
    pub(super) modelled: BTreeSet<&'static str>,
    pub(super) gaps: Vec<Gap>,
    /// Whether an entry leans on an object group.
    pub(super) uses_groups: bool,
    /// Whether the last entry named a group that was not read to its end.
    group_unread: bool,
}

impl<'a> Context<'a> {
    pub(super) fn new(
        confirmed_only: bool,
        groups: &'a mut Groups,
        time_ranges: &'a BTreeMap<String, String>,
    ) -> Context<'a> {
        Context {
            facts: &super::FACTS,
            confirmed_only,
            groups,
            time_ranges,
            modelled: BTreeSet::new(),
            gaps: Vec::new(),
            uses_groups: false,
            group_unread: false,
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

    fn gap(&mut self, line: u32, text: &str, why: Text) {
        self.gaps.push(Gap {
            line,
            text: redact(text),
            why,
        });
    }

    /// A list as it stands in the text.
    pub(super) fn acl(&mut self, list: &List) -> Acl {
        let mut entries = Vec::with_capacity(list.items.len());
        if let Some((line, text)) = &list.broken {
            self.gap(*line, text, text!("ios-list-unreadable", name = &list.name));
            entries.push(unread(list.family, *line, text));
        } else {
            let (first, rest) = search_order(list);
            for (item, twice) in first {
                entries.push(self.item(item, list.family, twice));
            }
            for item in rest {
                entries.push(self.item(item, list.family, false));
            }
        }
        let state = if entries.is_empty() {
            AclState::Empty
        } else {
            AclState::Defined
        };
        let tail = match state {
            AclState::Defined => self.tail(list.family),
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

    /// A list that is only named by a binding.
    pub(super) fn undefined(&mut self, name: &str, family: Family) -> Acl {
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
    fn tail(&mut self, family: Family) -> Vec<Ace> {
        let mut tail = Vec::new();
        if family == Family::V6 {
            let nd = self.ask("implicit-nd-permit");
            for (kind, name) in [(136, "nd-na"), (135, "nd-ns")] {
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
                let parts = self.parts(&entry, family, "");
                let parts = hang(parts, &nd);
                if !parts.is_empty() {
                    tail.push(ace(
                        Action::Permit,
                        parts,
                        &format!("(implicit) permit icmp any any {name}"),
                    ));
                }
            }
        }
        let any = match family {
            Family::V4 => "ip",
            Family::V6 => "ipv6",
        };
        tail.push(Ace::implicit(
            Action::Deny,
            vec![Match::any(family)],
            &format!("(implicit) deny {any} any any"),
        ));
        tail
    }

    fn item(&mut self, item: &Item, family: Family, twice: bool) -> Ace {
        let canon = || canonical(without_place(&item.text), item.line);
        let question = || Question::Gap {
            dialect: ID,
            text: canon(),
        };
        let Body::Entry(entry) = &item.body else {
            self.gap(item.line, &item.text, text!("ios-line-unread"));
            return Ace {
                seq: item.seq,
                ..unread(family, item.line, &item.text)
            };
        };
        self.group_unread = false;
        let mut parts = self.parts(entry, family, without_place(&item.text));
        if self.group_unread {
            self.gap(item.line, &item.text, text!("ios-group-unread"));
        }
        let text = if let Some(word) = &entry.unread {
            self.gap(item.line, &item.text, unread_from(word));
            parts = vec_under(parts, &question());
            redact(&item.text)
        } else {
            sanitise(&item.text).into_owned()
        };
        if twice {
            let seq = item.seq.unwrap_or_default();
            self.gap(
                item.line,
                &item.text,
                text!("ios-sequence-twice", seq = seq),
            );
            parts = vec_under(parts, &question());
        }
        let action = if entry.permit {
            Action::Permit
        } else {
            Action::Deny
        };
        Ace {
            seq: item.seq,
            line: Some(item.line),
            log: entry.log != Log::No,
            ..ace(action, parts, &text)
        }
    }

    /// All boxes of an entry with the question each hangs on.
    fn parts(&mut self, entry: &Entry, family: Family, text: &str) -> Vec<Part> {
        let mut parts = self.unconditioned(entry, family, text);
        if !entry.conditions.is_empty() {
            let text = self.condition_text(&entry.conditions);
            parts = vec_and(parts, &Question::Condition { dialect: ID, text });
        }
        parts
    }

    fn condition_text(&self, conditions: &[String]) -> String {
        let mut text = conditions.join(" ");
        for condition in conditions {
            let range = condition
                .strip_prefix("time-range ")
                .and_then(|name| self.time_ranges.get(name));
            if let Some(definition) = range {
                text.push_str(&format!(" ({definition})"));
            }
        }
        redact(&text)
    }

    fn unconditioned(&mut self, entry: &Entry, family: Family, text: &str) -> Vec<Part> {
        let mut missing = Vec::new();
        let src = self.place(&entry.src, family, &mut missing);
        let dst = self.place(&entry.dst, family, &mut missing);
        let services = self.services(&entry.service, &mut missing);
        let mut parts = Vec::with_capacity(4);
        for service in &services {
            let base = Match::between(src.clone(), dst.clone());
            self.service_parts(service, entry, base, &mut parts);
        }
        if !missing.is_empty() {
            // What the group may hold besides: its field is free.
            self.group_unread = true;
            let wide = |place: &Place, read: AddrSet| match place {
                Place::Group(_) => AddrSet::any(family),
                Place::Is(_) => read,
            };
            let mut free = Match::between(wide(&entry.src, src), wide(&entry.dst, dst));
            if !matches!(entry.service.protocol, Protocol::Group(_)) {
                free.protocol = protocols(&entry.service.protocol);
            }
            let question = Question::Gap {
                dialect: ID,
                text: format!("{text} / {}", missing.join(", ")),
            };
            parts.push((Some(question), free));
        }
        parts.retain(|(_, m)| !m.is_empty());
        parts
    }

    fn place(&mut self, place: &Place, family: Family, missing: &mut Vec<String>) -> AddrSet {
        match place {
            Place::Is(wildcard) => AddrSet::from(*wildcard),
            Place::Group(name) => {
                self.uses_groups = true;
                let (set, unread) = self.groups.addresses(family, name);
                missing.extend(unread);
                set
            }
        }
    }

    fn services(&mut self, service: &Service, missing: &mut Vec<String>) -> Vec<Service> {
        let Protocol::Group(name) = &service.protocol else {
            return vec![service.clone()];
        };
        self.uses_groups = true;
        let resolved = self.groups.services(name);
        missing.extend(resolved.unread);
        resolved.members
    }

    /// The boxes of one service: what the fields say, later fragments (D8), extension headers (D9).
    fn service_parts(
        &mut self,
        service: &Service,
        entry: &Entry,
        base: Match,
        out: &mut Vec<Part>,
    ) {
        let family = base.family;
        let l4 = service.has_l4();
        let position = match (entry.fragments, l4) {
            (true, _) => PositionSet::LATER,
            (false, true) => PositionSet::L4,
            (false, false) => PositionSet::FULL,
        };
        let whole = Match {
            protocol: protocols(&service.protocol),
            position,
            ..base
        };
        let mut parts: Vec<Part> = Vec::with_capacity(4);
        if l4 {
            let fact = if entry.permit {
                "permit-matches-later"
            } else {
                "deny-matches-later"
            };
            let later = self.ask(fact);
            parts.extend(hang(
                vec![(None, whole.without_l4(PositionSet::LATER))],
                &later,
            ));
        }
        parts.extend(self.header_parts(service, whole));
        if let Protocol::Number(number) = service.protocol
            && is_next_header(number, family)
        {
            let text = format!("next header {number}");
            let question = Question::Condition { dialect: ID, text };
            let wide = |m: Match| Match {
                protocol: ByteSet::FULL,
                ..m.without_l4(PositionSet::FULL)
            };
            out.extend(
                parts
                    .into_iter()
                    .map(|(_, m)| (Some(question.clone()), wide(m))),
            );
            return;
        }
        match family {
            Family::V4 => out.extend(parts),
            Family::V6 => self.extension_parts(service, l4, parts, out),
        }
    }

    /// Ports, flags and ICMP conditions on a box.
    fn header_parts(&mut self, service: &Service, mut whole: Match) -> Vec<Part> {
        whole.sport = ports(service.sport.as_ref());
        whole.dport = ports(service.dport.as_ref());
        if let Some(icmp) = &service.icmp {
            if icmp.name.is_some()
                && let Known::Open(question) = self.ask("icmp-name-table")
            {
                return vec![(Some(question), whole)];
            }
            whole.icmp_type = ByteSet::one(icmp.kind);
            whole.icmp_code = icmp.code.map_or(ByteSet::FULL, ByteSet::one);
        }
        let Some(flags) = service.flags else {
            return vec![(None, whole.tidy())];
        };
        let (sure, fact, more) = flag_sets(flags);
        let with = |flags| {
            Match {
                flags,
                ..whole.clone()
            }
            .tidy()
        };
        let mut parts = vec![(None, with(sure))];
        if let Some(fact) = fact {
            parts.extend(hang(vec![(None, with(more))], &self.ask(fact)));
        }
        parts
    }

    /// Splits IPv6 boxes by whether the entry matches behind extension headers.
    fn extension_parts(
        &mut self,
        service: &Service,
        l4: bool,
        parts: Vec<Part>,
        out: &mut Vec<Part>,
    ) {
        let fact = match (l4, &service.protocol) {
            (true, _) => "l4-entry-matches-ext",
            (false, Protocol::Any) => "l3-entry-matches-ext",
            (false, _) => "protocol-entry-matches-ext",
        };
        match self.ask(fact) {
            Known::Yes => out.extend(parts),
            Known::No => out.extend(parts.into_iter().map(|(q, m)| {
                (
                    q,
                    Match {
                        ext: ExtSet::ABSENT,
                        ..m
                    },
                )
            })),
            Known::Open(question) => {
                for (q, m) in parts {
                    out.push((
                        q.clone(),
                        Match {
                            ext: ExtSet::ABSENT,
                            ..m.clone()
                        },
                    ));
                    out.push((
                        Some(both(q, &question)),
                        Match {
                            ext: ExtSet::PRESENT,
                            ..m
                        },
                    ));
                }
            }
        }
    }
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

/// A line not understood at all (D10).
fn unread(family: Family, line: u32, text: &str) -> Ace {
    let question = Question::Gap {
        dialect: ID,
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

fn unread_from(word: &str) -> Text {
    if word.is_empty() {
        text!("ios-entry-cut")
    } else {
        text!("ios-entry-unread", word = redact(word))
    }
}

/// Items without remarks in the order in which they are searched; first those whose place is unknown, with whether that
/// is because their number stands twice (D10). A line without a number goes behind all before it.
fn search_order(list: &List) -> (Vec<(&Item, bool)>, Vec<&Item>) {
    let mut last = 0u32;
    let mut numbered: Vec<(u32, &Item)> = Vec::with_capacity(list.items.len());
    let mut first = Vec::new();
    for item in list
        .items
        .iter()
        .filter(|item| !matches!(item.body, Body::Remark(_)))
    {
        if item.body == (Body::Unread { first: true }) {
            first.push((item, false));
            continue;
        }
        let seq = item.seq.unwrap_or(last.saturating_add(10));
        last = last.max(seq);
        numbered.push((seq, item));
    }
    numbered.sort_by_key(|(seq, _)| *seq);
    let mut rest = Vec::with_capacity(numbered.len());
    for same in numbered.chunk_by(|(a, _), (b, _)| a == b) {
        match same {
            [(_, item)] => rest.push(*item),
            several => first.extend(several.iter().map(|(_, item)| (*item, true))),
        }
    }
    (first, rest)
}

/// Whether two lists search for the same in the same order, whatever their numbers and remarks.
pub(super) fn same_entries(a: &List, b: &List) -> bool {
    let bodies = |list| -> Vec<&Body> {
        let (first, rest) = search_order(list);
        first
            .into_iter()
            .map(|(item, _)| item)
            .chain(rest)
            .map(|item| &item.body)
            .collect()
    };
    a.standard == b.standard && bodies(a) == bodies(b)
}

/// The parts under a fact: as they are, not at all, or hanging on it.
fn hang(parts: Vec<Part>, known: &Known) -> Vec<Part> {
    match known {
        Known::Yes => parts,
        Known::No => Vec::new(),
        Known::Open(question) => vec_and(parts, question),
    }
}

/// The parts if also `question` is answered yes.
fn vec_and(parts: Vec<Part>, question: &Question) -> Vec<Part> {
    parts
        .into_iter()
        .map(|(q, m)| (Some(both(q, question)), m))
        .collect()
}

/// The parts hanging on `question` alone, whatever they hung on before: it asks whether any of them is matched at all.
fn vec_under(parts: Vec<Part>, question: &Question) -> Vec<Part> {
    parts
        .into_iter()
        .map(|(_, m)| (Some(question.clone()), m))
        .collect()
}

/// A question that is answered yes only if both are. It is one of its own, so that no reading settles half of it.
fn both(first: Option<Question>, second: &Question) -> Question {
    let Some(first) = first.filter(|first| first != second) else {
        return second.clone();
    };
    let words = |q: &Question| match q {
        Question::Fact { id, .. } => id.clone(),
        Question::Gap { text, .. } | Question::Condition { text, .. } => text.clone(),
        other => format!("{other:?}"),
    };
    Question::Condition {
        dialect: ID,
        text: format!("{} + {}", words(&first), words(second)),
    }
}

fn protocols(protocol: &Protocol) -> ByteSet {
    match protocol {
        Protocol::Any | Protocol::Group(_) => ByteSet::FULL,
        Protocol::Number(number) => ByteSet::one(*number),
        Protocol::TcpUdp => ByteSet::of([TCP, UDP]),
    }
}

fn ports(test: Option<&Ports>) -> PortSet {
    let Some(Ports { op, ports }) = test else {
        return PortSet::full();
    };
    let listed = || PortSet::from_ranges(ports.iter().map(|&port| (port, port)));
    match (op, ports.as_slice()) {
        (PortOp::Eq, _) => listed(),
        (PortOp::Neq, _) => listed().complement(),
        (PortOp::Lt, [port, ..]) => port
            .checked_sub(1)
            .map_or_else(PortSet::empty, |last| PortSet::range(0, last)),
        (PortOp::Gt, [port, ..]) => port
            .checked_add(1)
            .map_or_else(PortSet::empty, |next| PortSet::range(next, u16::MAX)),
        (PortOp::Range, [first, last]) => PortSet::range(*first, *last),
        (PortOp::Lt | PortOp::Gt | PortOp::Range, _) => PortSet::full(),
    }
}

/// What is matched for certain, and what else if a fact says so.
fn flag_sets(flags: Flags) -> (FlagSet, Option<&'static str>, FlagSet) {
    let none = TcpFlags::default();
    let any = |set: TcpFlags, clear: TcpFlags| {
        FlagSet::filter(|f| f.bits() & set.bits() != 0 || !f.bits() & clear.bits() != 0)
    };
    match flags {
        Flags::Established => {
            let sure = FlagSet::all(TcpFlags::ACK, none);
            (
                sure,
                Some("established-matches-rst"),
                minus(FlagSet::established(), sure),
            )
        }
        Flags::Words(set) => {
            let sure = FlagSet::all(set, none);
            let more = minus(any(set, none), sure);
            (
                sure,
                (more != FlagSet::EMPTY).then_some("flag-words-any-of"),
                more,
            )
        }
        Flags::All { set, clear } => (FlagSet::all(set, clear), None, FlagSet::EMPTY),
        Flags::Any { set, clear } => (any(set, clear), None, FlagSet::EMPTY),
    }
}

fn minus(a: FlagSet, b: FlagSet) -> FlagSet {
    FlagSet(a.0 & !b.0)
}
