//! What is opened and what is forbidden: services, `allow`, `exception`, `forbid`, their notes.

use super::super::ast::{
    Accept, Allow, Forbid, IcmpKind, Literal, Note, PortProto, Service, SourcePorts, Spanned, Term,
};
use super::{Builder, Kids, Pair, Rule, first, kids};
use crate::text;

impl Builder<'_> {
    pub(super) fn service(&mut self, pair: Pair<'_>) -> Service {
        let mut parts = kids(pair);
        let (name, id) = self.named(&mut parts);
        let terms = self.services(parts.one(Rule::services));
        let encrypted = parts.flag(Rule::encrypted);
        let items = self.block(&mut parts, Rule::service_block, Rule::service_item);
        let items = items.into_iter().map(first).collect();
        let accepts = self.spanned(items, Self::accept);
        Service {
            name,
            id,
            terms,
            encrypted,
            accepts,
        }
    }

    pub(super) fn services(&mut self, pair: Pair<'_>) -> Vec<Spanned<Term>> {
        let terms = kids(pair).many(Rule::term);
        self.spanned(terms, |b, term| b.term(first(term)))
    }

    pub(super) fn optional_services(&mut self, parts: &mut Kids<'_>) -> Option<Vec<Spanned<Term>>> {
        parts
            .opt(Rule::services)
            .map(|services| self.services(services))
    }

    fn term(&mut self, pair: Pair<'_>) -> Term {
        match pair.as_rule() {
            Rule::ports_term => self.ports_term(pair),
            Rule::icmp_term => self.icmp_term(pair),
            Rule::ip_term => Term::Ip(self.num_within(
                &kids(pair).one(Rule::num),
                0,
                255,
                text!("what-protocol"),
            )),
            Rule::encrypted => Term::Encrypted,
            _ => Term::Ref(self.reference(pair)),
        }
    }

    fn ports_term(&mut self, pair: Pair<'_>) -> Term {
        let mut parts = kids(pair);
        let protocol = match first(parts.one(Rule::proto)).as_rule() {
            Rule::k_tcp => PortProto::Tcp,
            Rule::k_udp => PortProto::Udp,
            _ => PortProto::Both,
        };
        let ports = parts
            .many(Rule::port)
            .into_iter()
            .map(|port| self.port(first(port)))
            .collect();
        let from = parts.many(Rule::sport).into_iter().map(first);
        let from = from.map(|port| match port.as_rule() {
            Rule::any_reply => SourcePorts::Ephemeral(self.span(&port)),
            _ => SourcePorts::Range(self.port(port)),
        });
        let from = from.collect();
        Term::Ports {
            protocol,
            ports,
            from,
        }
    }

    fn icmp_term(&mut self, pair: Pair<'_>) -> Term {
        let v6 = first(pair.clone()).as_rule() == Rule::k_icmpv6;
        let body = kids(pair).any();
        let kind = match body.as_rule() {
            Rule::icmp_number => {
                let numbers = kids(body).many(Rule::num);
                let mut numbers = numbers
                    .iter()
                    .map(|num| self.num_within(num, 0, 255, text!("what-icmp")));
                IcmpKind::Number {
                    kind: numbers.next().expect("`icmp_number` begins with a number"),
                    code: numbers.next(),
                }
            }
            _ => IcmpKind::Name(self.word(&body)),
        };
        Term::Icmp { v6, kind }
    }

    pub(super) fn allow(&mut self, pair: Pair<'_>) -> Allow {
        let exception = pair.as_rule() == Rule::exception;
        let mut parts = kids(pair);
        Allow {
            exception,
            from: self.places(parts.one(Rule::places)),
            both: parts.flag(Rule::both),
            to: self.places(parts.one(Rule::places)),
            services: self.services(parts.one(Rule::services)),
            notes: self.notes(parts.one(Rule::notes)),
        }
    }

    pub(super) fn forbid(&mut self, pair: Pair<'_>) -> Forbid {
        let mut parts = kids(pair);
        Forbid {
            from: self.places(parts.one(Rule::places)),
            both: parts.flag(Rule::both),
            to: self.places(parts.one(Rule::places)),
            services: self.optional_services(&mut parts),
            notes: self.notes(parts.one(Rule::notes)),
        }
    }

    pub(super) fn notes(&mut self, pair: Pair<'_>) -> Vec<Spanned<Note>> {
        let mut parts = kids(pair);
        let mut notes = parts.many(Rule::note);
        let block = self.block(&mut parts, Rule::note_block, Rule::note_item);
        notes.extend(block.into_iter().map(first));
        self.spanned(notes, |b, note| b.note(first(note)))
    }

    fn note(&mut self, pair: Pair<'_>) -> Note {
        match pair.as_rule() {
            Rule::ticket => Note::Ticket(self.said(pair)),
            Rule::owner => Note::Owner(self.said(pair)),
            Rule::because => Note::Because(self.said(pair)),
            Rule::until => Note::Until(self.date(&kids(pair).one(Rule::date))),
            Rule::log => Note::Log,
            Rule::id => Note::Id(self.id_word(pair)),
            Rule::accept => Note::Accept(self.accept(pair)),
            other => unreachable!("`note` has no {other:?}"),
        }
    }

    /// The text or word after the keyword of a note.
    fn said(&mut self, pair: Pair<'_>) -> Literal {
        let said = kids(pair).any();
        match said.as_rule() {
            Rule::text => self.literal(&said),
            _ => self.word(&said),
        }
    }

    pub(super) fn accept(&mut self, pair: Pair<'_>) -> Accept {
        let mut parts = kids(pair);
        Accept {
            code: self.word(&parts.one(Rule::word)),
            because: self.literal(&parts.one(Rule::text)),
            until: parts
                .opt(Rule::until)
                .map(|until| self.date(&kids(until).one(Rule::date))),
        }
    }
}
