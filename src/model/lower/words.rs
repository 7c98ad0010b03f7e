//! Statements in names, on one line, in the English spelling: what ids are hashed from and what results print.
//!
//! In: trees. Out: text. Must not know: what a name means.

use crate::syntax::ast::{
    self, FlowItem, IcmpKind, Place, Places, PortProto, SourcePorts, Spanned, Subject, Term,
    Verdict,
};

/// `a, b except c`
pub(super) fn places(places: &Places) -> String {
    let mut out = list(&places.list);
    if !places.except.is_empty() {
        out.push_str(" except ");
        out.push_str(&list(&places.except));
    }
    out
}

fn list(places: &[Place]) -> String {
    let word = |place: &Place| match place {
        Place::Any(_) => "any".to_owned(),
        Place::Switches(_) => "switches".to_owned(),
        Place::Rest(_) => "rest".to_owned(),
        Place::Ref(reference) => name(reference),
    };
    places.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// `zone.host`, `host`
pub(super) fn name(reference: &ast::Ref) -> String {
    match &reference.scope {
        Some(scope) => format!("{}.{}", scope.node, reference.name.node),
        None => reference.name.node.clone(),
    }
}

/// `tcp 443, std.dns`
pub(super) fn terms(terms: &[Spanned<Term>]) -> String {
    terms
        .iter()
        .map(|t| term(&t.node))
        .collect::<Vec<_>>()
        .join(", ")
}

/// One term.
pub(super) fn term(term: &Term) -> String {
    match term {
        Term::Ports {
            protocol,
            ports,
            from,
        } => {
            let protocol = match protocol {
                PortProto::Tcp => "tcp",
                PortProto::Udp => "udp",
                PortProto::Both => "tcp+udp",
            };
            let ports = ports
                .iter()
                .map(|p| range(p.node))
                .collect::<Vec<_>>()
                .join(", ");
            let from: Vec<String> = from
                .iter()
                .map(|part| match part {
                    SourcePorts::Range(ports) => range(ports.node),
                    SourcePorts::Ephemeral(_) => "ephemeral".to_owned(),
                })
                .collect();
            match from.as_slice() {
                [] => format!("{protocol} {ports}"),
                from => format!("{protocol} {ports} from {}", from.join("+")),
            }
        }
        Term::Icmp { v6, kind } => {
            let protocol = if *v6 { "icmpv6" } else { "icmp" };
            match kind {
                IcmpKind::Number {
                    kind,
                    code: Some(code),
                } => format!("{protocol} {}/{}", kind.node, code.node),
                IcmpKind::Number { kind, code: None } => format!("{protocol} {}", kind.node),
                IcmpKind::Name(word) => format!("{protocol} {}", word.node),
            }
        }
        Term::Ip(number) => format!("ip {}", number.node),
        Term::Encrypted => "encrypted".to_owned(),
        Term::Ref(reference) => name(reference),
    }
}

fn range((first, last): (u16, u16)) -> String {
    match (first, last) {
        (0, u16::MAX) => "any".to_owned(),
        (first, last) if first == last => first.to_string(),
        (first, last) => format!("{first}-{last}"),
    }
}

/// `A -> B : S`
pub(super) fn pair(from: &Places, to: &Places, services: Option<&[Spanned<Term>]>) -> String {
    let head = format!("{} -> {}", places(from), places(to));
    match services {
        Some(services) => format!("{head} : {}", terms(services)),
        None => head,
    }
}

/// A claim without its id, read from `from` to `to`.
pub(super) fn prove(prove: &ast::Prove, reverse: bool) -> String {
    let subject = match &prove.subject {
        Subject::Allows(_) => "allows".to_owned(),
        Subject::Places { from, to: None } => places(from),
        Subject::Places {
            from,
            to: Some(target),
        } => {
            let (a, b) = if reverse {
                (&target.places, from)
            } else {
                (from, &target.places)
            };
            pair(a, b, target.services.as_deref())
        }
    };
    let strict = if prove.strict { " strict" } else { "" };
    format!("prove {subject} {}{strict}", verdict(&prove.verdict.node))
}

/// The word of a verdict.
pub(super) fn verdict(verdict: &Verdict) -> String {
    match verdict {
        Verdict::None => "none".to_owned(),
        Verdict::Works => "works".to_owned(),
        Verdict::NoSpoof => "no-spoof".to_owned(),
        Verdict::Filtered => "filtered".to_owned(),
        Verdict::Logged => "logged".to_owned(),
        Verdict::Isolated => "isolated".to_owned(),
        Verdict::NoRelay { except } if except.is_empty() => "no-relay".to_owned(),
        Verdict::NoRelay { except } => format!("no-relay except {}", list(except)),
        Verdict::Only(flows) => match flows.as_slice() {
            [one] => format!("only {}", flow(&one.node)),
            several => {
                let flows = several.iter().map(|f| flow(&f.node)).collect::<Vec<_>>();
                format!("only {{ {} }}", flows.join("; "))
            }
        },
    }
}

fn flow(flow: &FlowItem) -> String {
    match flow {
        FlowItem::Exceptions => "exceptions".to_owned(),
        FlowItem::Flow { from, to, services } => {
            let from = from
                .as_ref()
                .map_or(String::new(), |from| format!("{} -> ", places(from)));
            let services = services
                .as_ref()
                .map_or(String::new(), |s| format!(" : {}", terms(s)));
            format!("{from}{}{services}", places(to))
        }
    }
}
