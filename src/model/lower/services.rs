//! Services -> terms on the wire; `std.` is the catalogue in [`crate::prelude`] (language section 4).
//!
//! In: service lists. Out: [`Term`]s with the outermost name they came by. Must not know: places.

use super::places::MAX_DEPTH;
use super::{Lazy, Lower, words};
use crate::base::{Diagnostic, FileId, Span, Text, suggest};
use crate::model::{Accept, Session, Term};
use crate::net::proto::{TCP, UDP};
use crate::net::{Family, PortSet};
use crate::syntax::ast::{self, IcmpKind, PortProto, Ref, SourcePorts, Spanned, Stmt};
use crate::text;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// The `std` catalogue by name.
static STD: LazyLock<BTreeMap<String, Vec<Session>>> = LazyLock::new(|| {
    let (file, diags) = crate::syntax::parse(FileId(u32::MAX), crate::prelude::SERVICES);
    assert!(
        diags.is_empty(),
        "the catalogue is a policy without findings (tested)"
    );
    let mut all: BTreeMap<String, Vec<Session>> = BTreeMap::new();
    for item in file.items {
        let Stmt::Service(service) = item.node else {
            continue;
        };
        let mut sessions = Vec::new();
        for term in &service.terms {
            match &term.node {
                // The catalogue defines before it uses.
                ast::Term::Ref(reference) => {
                    sessions.extend(all[&reference.name.node].iter().cloned())
                }
                simple => sessions
                    .extend(simple_sessions(simple).expect("catalogue terms are valid (tested)")),
            }
        }
        all.insert(service.name.node, sessions);
    }
    all
});

impl Lower<'_> {
    /// The terms of a list, each once; `None` if a name was refused.
    pub(super) fn terms(&mut self, list: &[Spanned<ast::Term>]) -> Option<Vec<Term>> {
        let terms = self.terms_at(list, 0)?;
        if terms.is_empty() {
            let span = list.iter().map(|t| t.span).reduce(Span::to)?;
            self.report(
                Diagnostic::error(text!("empty-service"))
                    .at(span)
                    .help(text!("empty-service-help")),
            );
            return None;
        }
        Some(terms)
    }

    fn terms_at(&mut self, list: &[Spanned<ast::Term>], depth: usize) -> Option<Vec<Term>> {
        let mut out = Vec::new();
        let mut seen = BTreeSet::new();
        let mut whole = true;
        for term in list {
            match self.term(term, depth) {
                Some(terms) => out.extend(terms.into_iter().filter(|t| seen.insert(t.clone()))),
                None => whole = false,
            }
        }
        whole.then_some(out)
    }

    fn term(&mut self, term: &Spanned<ast::Term>, depth: usize) -> Option<Vec<Term>> {
        match &term.node {
            ast::Term::Ref(reference) => self.service_ref(reference, depth),
            ast::Term::Encrypted => Some(self.encrypted(depth)),
            simple => match simple_sessions(simple) {
                Ok(sessions) => {
                    let name = words::term(simple);
                    let term = |session| Term {
                        session,
                        name: name.clone(),
                        encrypted: false,
                        accepts: Vec::new(),
                    };
                    Some(sessions.into_iter().map(term).collect())
                }
                Err((headline, span)) => {
                    self.report(Diagnostic::error(headline).at(span));
                    None
                }
            },
        }
    }

    /// All terms of services of the site that are marked `encrypted`.
    fn encrypted(&mut self, depth: usize) -> Vec<Term> {
        let marked: Vec<usize> = (0..self.service_asts.len())
            .filter(|&i| self.service_asts.get(i).is_some_and(|(s, _)| s.encrypted))
            .collect();
        let all = marked.into_iter().filter_map(|index| {
            let span = self.service_asts.get(index)?.0.name.span;
            self.service(index, span, depth)
        });
        all.flatten().collect()
    }

    fn service_ref(&mut self, reference: &Ref, depth: usize) -> Option<Vec<Term>> {
        let name = &reference.name;
        match &reference.scope {
            Some(scope) if scope.node == "std" => match STD.get(&name.node) {
                Some(sessions) => {
                    let called = words::name(reference);
                    let term = |session: &Session| Term {
                        session: session.clone(),
                        name: called.clone(),
                        encrypted: false,
                        accepts: Vec::new(),
                    };
                    Some(sessions.iter().map(term).collect())
                }
                None => {
                    let near = suggest::nearest(&name.node, STD.keys().map(String::as_str));
                    self.unknown(
                        text!("kind-service"),
                        name,
                        near.map(|n| format!("std.{n}")),
                    );
                    None
                }
            },
            Some(scope) => {
                self.unknown(text!("kind-service"), scope, None);
                None
            }
            None => match self.names.services.get(name.node.as_str()) {
                Some(&(index, _)) => self.service(index, reference.span, depth),
                None => {
                    let own = suggest::nearest(&name.node, self.names.services.keys().copied())
                        .map(str::to_owned);
                    let std = || {
                        suggest::nearest(&name.node, STD.keys().map(String::as_str))
                            .map(|n| format!("std.{n}"))
                    };
                    let near = own.or_else(std);
                    self.unknown(text!("kind-service"), name, near);
                    None
                }
            },
        }
    }

    fn service(&mut self, index: usize, used: Span, depth: usize) -> Option<Vec<Term>> {
        let (ast, whole) = *self.service_asts.get(index)?;
        match self.services.get(index)? {
            Lazy::Known(terms) => return terms.clone(),
            Lazy::Running => {
                let diagnostic =
                    Diagnostic::error(text!("service-circle", name = &ast.name.node)).at(used);
                self.report(diagnostic.label(ast.name.span, text!("defined-here")));
                return None;
            }
            Lazy::Waiting if depth >= MAX_DEPTH => {
                self.report(Diagnostic::error(text!("too-deep", limit = MAX_DEPTH)).at(used));
                return None;
            }
            Lazy::Waiting => self.services[index] = Lazy::Running,
        }
        let mut terms = self.terms_at(&ast.terms, depth + 1);
        let accepts = ast.accepts.iter();
        let accepts: Vec<Accept> = accepts
            .filter_map(|accept| self.accept(&accept.node, Some(whole)))
            .collect();
        for term in terms.iter_mut().flatten() {
            term.accepts.extend(accepts.iter().cloned());
            term.name.clone_from(&ast.name.node);
            term.encrypted |= ast.encrypted;
        }
        self.services[index] = Lazy::Known(terms.clone());
        terms
    }

    /// Every service is looked at, also those nobody uses.
    pub(super) fn check_services(&mut self) {
        for (index, (ast, _)) in self.service_asts.clone().into_iter().enumerate() {
            if self
                .service(index, ast.name.span, 0)
                .is_some_and(|terms| terms.is_empty())
            {
                let diagnostic = Diagnostic::error(text!("empty-service")).at(ast.name.span);
                self.report(diagnostic.help(text!("empty-service-help")));
            }
            self.label(&ast.name, ast.id.as_ref(), None);
        }
    }
}

/// The sessions of a term that names no service, or what is wrong with it.
fn simple_sessions(term: &ast::Term) -> Result<Vec<Session>, (Text, Span)> {
    match term {
        ast::Term::Ports {
            protocol,
            ports,
            from,
        } => {
            let dport = PortSet::from_ranges(ports.iter().map(|p| p.node));
            let from = (!from.is_empty()).then(|| source_ports(from));
            let numbers: &[u8] = match protocol {
                PortProto::Tcp => &[TCP],
                PortProto::Udp => &[UDP],
                PortProto::Both => &[TCP, UDP],
            };
            let session = |&protocol: &u8| Session::Ports {
                protocol,
                dport: dport.clone(),
                from: from.clone(),
            };
            Ok(if dport.is_empty() {
                Vec::new()
            } else {
                numbers.iter().map(session).collect()
            })
        }
        ast::Term::Icmp { v6, kind } => icmp(*v6, kind).map(|session| vec![session]),
        ast::Term::Ip(number) => byte(number).map(|number| vec![Session::Protocol(number)]),
        ast::Term::Encrypted | ast::Term::Ref(_) => Ok(Vec::new()),
    }
}

fn source_ports(parts: &[SourcePorts]) -> (PortSet, bool) {
    let fixed = parts.iter().filter_map(|part| match part {
        SourcePorts::Range(range) => Some(range.node),
        SourcePorts::Ephemeral(_) => None,
    });
    let ephemeral = parts
        .iter()
        .any(|part| matches!(part, SourcePorts::Ephemeral(_)));
    (PortSet::from_ranges(fixed), ephemeral)
}

fn byte(number: &ast::Num) -> Result<u8, (Text, Span)> {
    u8::try_from(number.node)
        .map_err(|_| (text!("number-range", number = number.node), number.span))
}

/// Name, type and code in IPv4, type and code in IPv6.
type Message = (
    &'static str,
    Option<(u8, Option<u8>)>,
    Option<(u8, Option<u8>)>,
);

/// ICMP messages by name (RFC 792, RFC 4443). Echo has code 0 only (D34).
const MESSAGES: [Message; 6] = [
    ("echo", Some((8, Some(0))), Some((128, Some(0)))),
    ("echo-reply", Some((0, Some(0))), Some((129, Some(0)))),
    ("unreachable", Some((3, None)), Some((1, None))),
    ("packet-too-big", Some((3, Some(4))), Some((2, None))),
    ("time-exceeded", Some((11, None)), Some((3, None))),
    ("parameter-problem", Some((12, None)), Some((4, None))),
];

fn icmp(v6: bool, kind: &IcmpKind) -> Result<Session, (Text, Span)> {
    let (kind, code) = match kind {
        IcmpKind::Number { kind, code } => (byte(kind)?, code.as_ref().map(byte).transpose()?),
        IcmpKind::Name(word) => {
            let found = MESSAGES
                .iter()
                .find(|(name, ..)| name.eq_ignore_ascii_case(&word.node));
            let found = found.and_then(|(_, four, six)| if v6 { *six } else { *four });
            found.ok_or_else(|| (text!("unknown-icmp", name = &word.node), word.span))?
        }
    };
    let family = if v6 { Family::V6 } else { Family::V4 };
    // D37
    let errors: &[u8] = if v6 { &[1, 2, 3, 4] } else { &[3, 11, 12] };
    Ok(Session::Icmp {
        family,
        kind,
        code,
        error: errors.contains(&kind),
    })
}
