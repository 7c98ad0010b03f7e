//! What a rule matches, as boxes with the questions they hang on (D7-D9).
//!
//! In: a [`Rule`], facts. Out: [`Part`]s. A rule without `fragment` takes first and later fragments alike; what one with
//! ports, flags or ICMP criteria does with later ones is open.

use super::rule::{Place, Rule};
use super::{Asked, ID};
use crate::acl::{Known, Question};
use crate::net::{
    AddrSet, ByteSet, ExtSet, Family, FlagSet, Match, PortSet, PositionSet, TcpFlags,
};
use crate::vendor::parts::{Part, also, hang};

/// Next headers that are extension headers and no upper-layer protocols of D6.
const EXTENSION_HEADERS: [u8; 8] = [0, 43, 44, 51, 60, 135, 139, 140];

/// All boxes of a rule; `name` is its text in questions.
pub(super) fn of(rule: &Rule, family: Family, name: &str, asked: &mut Asked) -> Vec<Part> {
    let mut group: Option<String> = None;
    let src = addresses(rule.src.as_ref(), family, &mut group);
    let dst = addresses(rule.dst.as_ref(), family, &mut group);
    let base = Match {
        protocol: rule.protocol.map_or(ByteSet::FULL, ByteSet::one),
        ..Match::between(src, dst)
    };
    let mut parts = by_family(rule, base, asked);
    if rule.named {
        parts = hang(ID, parts, &asked.ask("names-table"));
    }
    if !rule.conditions.is_empty() {
        let text = rule.conditions.join(" ");
        parts = also(ID, parts, &Question::Condition { dialect: ID, text });
    }
    if let Some(group) = group {
        let text = format!("{name} / object-group {group}");
        parts = also(ID, parts, &Question::Gap { dialect: ID, text });
    }
    parts.retain(|(_, boxed)| !boxed.is_empty());
    parts
}

/// The addresses of a place; a group may hold any.
fn addresses(place: Option<&Place>, family: Family, group: &mut Option<String>) -> AddrSet {
    match place {
        None => AddrSet::any(family),
        Some(Place::Is(wildcard)) => AddrSet::from(*wildcard),
        Some(Place::Group(name)) => {
            group.get_or_insert_with(|| name.clone());
            AddrSet::any(family)
        }
    }
}

fn by_family(rule: &Rule, base: Match, asked: &mut Asked) -> Vec<Part> {
    if base.family == Family::V4 {
        return by_position(rule, base, asked);
    }
    if let Some(number) = rule.protocol.filter(|p| EXTENSION_HEADERS.contains(p)) {
        let text = format!("next header {number}");
        let wide = Match {
            protocol: ByteSet::FULL,
            ..base
        };
        return vec![(Some(Question::Condition { dialect: ID, text }), wide)];
    }
    let fact = match (rule.has_l4(), rule.protocol) {
        (true, _) => "l4-rule-matches-ext",
        (false, None) => "address-rule-matches-ext",
        (false, Some(_)) => "protocol-rule-matches-ext",
    };
    let with = |ext| Match {
        ext,
        ..base.clone()
    };
    let mut parts = by_position(rule, with(ExtSet::ABSENT), asked);
    let behind = by_position(rule, with(ExtSet::PRESENT), asked);
    parts.extend(hang(ID, behind, &asked.ask(fact)));
    parts
}

fn by_position(rule: &Rule, base: Match, asked: &mut Asked) -> Vec<Part> {
    let wanted = match rule.fragment {
        true => PositionSet::LATER,
        false => PositionSet::FULL,
    };
    let at = |position: PositionSet| Match {
        position: position.intersect(wanted),
        ..base.clone()
    };
    if !rule.has_l4() {
        return vec![(None, at(PositionSet::FULL))];
    }
    let mut parts = hang(
        ID,
        vec![(None, at(PositionSet::LATER))],
        &asked.ask("l4-rule-matches-later"),
    );
    let head = at(PositionSet::L4);
    if head.position.0 != 0 {
        parts.extend(header(rule, head, asked));
    }
    parts
}

/// Ports, flags and ICMP criteria on a box.
fn header(rule: &Rule, head: Match, asked: &mut Asked) -> Vec<Part> {
    let full = |set: &Option<PortSet>| set.clone().unwrap_or_else(PortSet::full);
    let mut whole = Match {
        sport: full(&rule.sport),
        dport: full(&rule.dport),
        ..head
    };
    if let Some((kind, code)) = rule.icmp {
        whole.icmp_type = ByteSet::one(kind);
        whole.icmp_code = code.map_or(ByteSet::FULL, ByteSet::one);
    }
    let with = |set: FlagSet| {
        let flags = Match {
            flags: whole.flags.intersect(set),
            ..whole.clone()
        };
        vec![(None, flags.tidy())]
    };
    if rule.established {
        // What it tests on switches was not read: perhaps ACK or RST, perhaps nothing that is sent.
        return hang(
            ID,
            with(FlagSet::established()),
            &asked.ask("established-is-ack-or-rst"),
        );
    }
    let Some((one, zero)) = rule.flags else {
        return vec![(None, whole.tidy())];
    };
    let all = FlagSet::all(one, zero);
    let any =
        FlagSet::filter(|f: TcpFlags| f.bits() & one.bits() != 0 || !f.bits() & zero.bits() != 0);
    let mut parts = with(all);
    if any != all {
        let more = FlagSet(any.0 & !all.0);
        let known = match asked.ask("flags-all-of") {
            Known::Yes => Known::No,
            Known::No => Known::Yes,
            open @ Known::Open(_) => open,
        };
        parts.extend(hang(ID, with(more), &known));
    }
    parts
}
