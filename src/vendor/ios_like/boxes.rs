//! What an entry matches, as boxes with the questions they hang on (D7-D9).
//!
//! In: a native entry, groups, facts. Out: [`Part`]s. What the device does with later fragments and extension headers is asked
//! of the facts, never decided here.

use super::convert::Context;
use super::native::{Entry, Flags, Place, PortOp, Ports, Protocol, Service};
use crate::acl::{Known, Question};
use crate::net::proto::{TCP, UDP};
use crate::net::{
    AddrSet, ByteSet, ExtSet, Family, FlagSet, Match, PortSet, PositionSet, TcpFlags, Wildcard,
};
use crate::vendor::redact::redact;

/// Next headers that are extension headers and no upper-layer protocols of D6 (IANA's list without ESP, behind which
/// nothing can be read).
const EXTENSION_HEADERS: [u8; 8] = [0, 43, 44, 51, 60, 135, 139, 140];

/// Whether an entry with this protocol number tests something else than the protocol of D6: in IPv6 a next header that is
/// an extension header, in IPv4 the 0 that IOS itself uses for `ip`.
pub(in crate::vendor) fn is_next_header(number: u8, family: Family) -> bool {
    match family {
        Family::V4 => number == 0,
        Family::V6 => EXTENSION_HEADERS.contains(&number),
    }
}

/// A box and the question on which it hangs, if any.
pub(in crate::vendor) type Part = (Option<Question>, Match);

impl Context<'_> {
    /// All boxes of an entry with the question each hangs on.
    pub(in crate::vendor) fn parts(
        &mut self,
        entry: &Entry,
        family: Family,
        text: &str,
    ) -> Vec<Part> {
        if let Place::Mask(free, fixed) = entry.src {
            return self.mask_parts(entry, [free, fixed], family, text);
        }
        let mut parts = self.unconditioned(entry, family, text);
        if !entry.conditions.is_empty() {
            let text = self.condition_text(&entry.conditions);
            let dialect = self.kin.id;
            parts = also(parts, &Question::Condition { dialect, text });
        }
        parts
    }

    /// The boxes under both readings of a mask, for as long as it is open which of them is right.
    fn mask_parts(
        &mut self,
        entry: &Entry,
        [free, fixed]: [Wildcard; 2],
        family: Family,
        text: &str,
    ) -> Vec<Part> {
        let mut read = |source| {
            let src = Place::Is(source);
            self.parts(
                &Entry {
                    src,
                    ..entry.clone()
                },
                family,
                text,
            )
        };
        let (free, fixed) = (read(free), read(fixed));
        match self.ask("standard-mask-is-wildcard") {
            Known::Yes => free,
            Known::No => fixed,
            Known::Open(question) => under([free, fixed].concat(), &question),
        }
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
            let base = Match {
                sport: self.ports(service.sport.as_ref(), &mut missing),
                dport: self.ports(service.dport.as_ref(), &mut missing),
                ..Match::between(src.clone(), dst.clone())
            };
            if base.is_empty() && !missing.is_empty() {
                continue; // nothing of a group was read: what is left stands in the free part
            }
            self.service_parts(service, entry, base, &mut parts);
        }
        if !missing.is_empty() {
            // What the group may hold besides: its field is free.
            self.group_unread = true;
            let wide = |place: &Place, read: AddrSet| match place {
                Place::Group(_) => AddrSet::any(family),
                Place::Is(_) | Place::Mask(..) => read,
            };
            let mut free = Match::between(wide(&entry.src, src), wide(&entry.dst, dst));
            if !matches!(entry.service.protocol, Protocol::Group(_)) {
                free.protocol = protocols(&entry.service.protocol);
            }
            let question = Question::Gap {
                dialect: self.kin.id,
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
            Place::Mask(..) => AddrSet::any(family),
            Place::Group(name) => {
                self.uses_groups = true;
                let (set, unread) = self.groups.addresses(family, name);
                missing.extend(unread);
                set
            }
        }
    }

    fn ports(&mut self, test: Option<&Ports>, missing: &mut Vec<String>) -> PortSet {
        match test {
            None => PortSet::full(),
            Some(Ports::Test(op, ports)) => port_set(*op, ports),
            Some(Ports::Group(name)) => {
                self.uses_groups = true;
                let (set, unread) = self.groups.ports(name);
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
            let dialect = self.kin.id;
            let question = Question::Condition { dialect, text };
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
        let with = |flags| {
            Match {
                flags,
                ..whole.clone()
            }
            .tidy()
        };
        let mut parts = Vec::with_capacity(3);
        for (fact, set) in flag_sets(flags, self.kin.exact_flags) {
            let part = vec![(None, with(set))];
            match fact {
                Some(fact) => parts.extend(hang(part, &self.ask(fact))),
                None => parts.extend(part),
            }
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

/// The parts under a fact: as they are, not at all, or hanging on it.
pub(in crate::vendor) fn hang(parts: Vec<Part>, known: &Known) -> Vec<Part> {
    match known {
        Known::Yes => parts,
        Known::No => Vec::new(),
        Known::Open(question) => also(parts, question),
    }
}

/// The parts if also `question` is answered yes.
fn also(parts: Vec<Part>, question: &Question) -> Vec<Part> {
    parts
        .into_iter()
        .map(|(q, m)| (Some(both(q, question)), m))
        .collect()
}

/// The parts hanging on `question` alone, whatever they hung on before: it asks whether any of them is matched at all.
pub(in crate::vendor) fn under(parts: Vec<Part>, question: &Question) -> Vec<Part> {
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
        dialect: dialect_of(second),
        text: format!("{} + {}", words(&first), words(second)),
    }
}

fn dialect_of(question: &Question) -> &'static str {
    match question {
        Question::Fact { dialect, .. }
        | Question::Gap { dialect, .. }
        | Question::Condition { dialect, .. } => dialect,
        _ => "",
    }
}

fn protocols(protocol: &Protocol) -> ByteSet {
    match protocol {
        Protocol::Any | Protocol::Group(_) => ByteSet::FULL,
        Protocol::Number(number) => ByteSet::one(*number),
        Protocol::TcpUdp => ByteSet::of([TCP, UDP]),
    }
}

/// The ports of a test.
pub(in crate::vendor) fn port_set(op: PortOp, ports: &[u16]) -> PortSet {
    let listed = || PortSet::from_ranges(ports.iter().map(|&port| (port, port)));
    match (op, ports) {
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

/// Disjoint sets of flag combinations: what is matched for certain, then what else if a fact says so. With `exact`, a flag
/// word perhaps wants all other flags clear.
fn flag_sets(flags: Flags, exact: bool) -> Vec<(Option<&'static str>, FlagSet)> {
    let none = TcpFlags::default();
    let any = |set: TcpFlags, clear: TcpFlags| {
        FlagSet::filter(|f| f.bits() & set.bits() != 0 || !f.bits() & clear.bits() != 0)
    };
    let sets = match flags {
        Flags::Established => {
            let ack = FlagSet::all(TcpFlags::ACK, none);
            let rst = minus(FlagSet::established(), ack);
            vec![(None, ack), (Some("established-matches-rst"), rst)]
        }
        Flags::Words(set) => {
            let all = FlagSet::all(set, none);
            let more = (Some("flag-words-any-of"), minus(any(set, none), all));
            if exact {
                let only = FlagSet::filter(|f| f == set);
                let others = (Some("flag-words-ignore-others"), minus(all, only));
                vec![(None, only), others, more]
            } else {
                vec![(None, all), more]
            }
        }
        Flags::All { set, clear } => vec![(None, FlagSet::all(set, clear))],
        Flags::Any { set, clear } => vec![(None, any(set, clear))],
    };
    let some = |(_, set): &(Option<&str>, FlagSet)| *set != FlagSet::EMPTY;
    sets.into_iter().filter(some).collect()
}

fn minus(a: FlagSet, b: FlagSet) -> FlagSet {
    FlagSet(a.0 & !b.0)
}
