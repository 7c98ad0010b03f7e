//! What a term matches, as boxes with the questions they hang on (D7-D9).
//!
//! Junos tests bytes where the header would be, whatever the protocol: a condition on ports, flags or ICMP fields is certain
//! for the protocols that have them and possible for every other, and for later fragments. `next-header` sees the first
//! header only, `payload-protocol` the real one.
//! In: a [`Test`], facts. Out: [`Part`]s. Must not know: text.

use super::ID;
use super::addresses::{Places, intersect};
use super::condition::{Fragment, Test};
use super::filter::Context;
use crate::acl::{Known, Question};
use crate::net::proto::{SCTP, TCP, UDP};
use crate::net::{AddrSet, ByteSet, ExtSet, Family, FlagSet, Match, PortSet, PositionSet};

/// A box and the question on which it hangs, if any.
pub(super) type Part = (Option<Question>, Match);

/// IPv6 extension headers that may come first (RFC 8200, IANA's list without ESP), besides Fragment.
const EXTENSION_HEADERS: [u8; 7] = [0, 43, 51, 60, 135, 139, 140];
/// IPv6 Fragment header.
const FRAGMENT: u8 = 44;
/// First fragments and later ones.
const PIECES: PositionSet = PositionSet(6);

/// All boxes of a test.
pub(super) fn parts(test: Test, context: &mut Context<'_>) -> Vec<Part> {
    let slices = slices(&test, context);
    let positions = positions(&test, context);
    let ports = port_pairs(&test);
    let mut test = test;
    let pairs = address_pairs(&mut test, context);
    let mut parts = Vec::new();
    for (place, src, dst) in &pairs {
        for slice in &slices {
            for (fragment, position) in &positions {
                let base = Match {
                    protocol: slice.protocols,
                    position: slice.position.intersect(*position),
                    ext: slice.ext,
                    ..Match::between(src.clone(), dst.clone())
                };
                let above = [place, &slice.question, fragment];
                for (sport, dport) in &ports {
                    for (own, boxed) in l4(&test, &base, slice.raw, sport, dport, context) {
                        let boxed = boxed.tidy();
                        if boxed.is_empty() {
                            continue;
                        }
                        let all = above.iter().copied().flatten().chain(&own);
                        parts.push((all.cloned().reduce(both), boxed));
                    }
                }
            }
        }
    }
    parts
}

/// A question that is answered yes only if both are. It is one of its own, so that no reading settles half of it.
pub(super) fn both(first: Question, second: Question) -> Question {
    if first == second {
        return first;
    }
    let words = |q: &Question| match q {
        Question::Fact { id, .. } => id.clone(),
        Question::Gap { text, .. } | Question::Condition { text, .. } => text.clone(),
        other => format!("{other:?}"),
    };
    Question::Condition {
        dialect: ID,
        text: format!("{} + {}", words(&first), words(&second)),
    }
}

/// Source and destination sets, each pair with its question.
fn address_pairs(
    test: &mut Test,
    context: &mut Context<'_>,
) -> Vec<(Option<Question>, AddrSet, AddrSet)> {
    let family = test.family;
    let any = || vec![(None, AddrSet::any(family))];
    let mut sets = |places: Option<Places>| match places {
        None => any(),
        Some(places) => {
            let meant = places.meant(context);
            let more = meant.more.map(|(question, set)| (Some(question), set));
            [(None, meant.sure)].into_iter().chain(more).collect()
        }
    };
    let (src, dst) = (sets(test.src.take()), sets(test.dst.take()));
    let either = test.either.take().map(|places| sets(Some(places)));
    let mut pairs = Vec::new();
    for (a, src) in &src {
        for (b, dst) in &dst {
            let asked = [a, b].into_iter().flatten().cloned().reduce(both);
            let Some(either) = &either else {
                pairs.push((asked, src.clone(), dst.clone()));
                continue;
            };
            for (c, set) in either {
                let asked = [&asked, c].into_iter().flatten().cloned().reduce(both);
                // Too many to cross: what the other condition says is certain of nothing and possible for all of it.
                let cut = |one: &AddrSet| match intersect(one, set) {
                    Some(cut) => (asked.clone(), cut),
                    None => (Some(large()), one.clone()),
                };
                let (question, narrowed) = cut(src);
                pairs.push((question, narrowed, dst.clone()));
                let (question, narrowed) = cut(dst);
                pairs.push((question, src.clone(), narrowed));
            }
        }
    }
    pairs
}

fn large() -> Question {
    Question::Condition {
        dialect: ID,
        text: "address conditions too large to cross".to_owned(),
    }
}

/// Source and destination ports; `port` takes either.
fn port_pairs(test: &Test) -> Vec<(PortSet, PortSet)> {
    let full = |set: &Option<PortSet>| set.clone().unwrap_or_else(PortSet::full);
    let (sport, dport) = (full(&test.sport), full(&test.dport));
    match &test.port {
        None => vec![(sport, dport)],
        Some(port) => vec![
            (sport.intersect(port), dport.clone()),
            (sport, dport.intersect(port)),
        ],
    }
}

/// Packets whose protocol fits, and whether the header that it names stands where the test looks.
struct Slice {
    question: Option<Question>,
    protocols: ByteSet,
    position: PositionSet,
    ext: ExtSet,
    /// The test of ports, flags and ICMP fields reads other bytes here.
    raw: bool,
}

fn slices(test: &Test, context: &mut Context<'_>) -> Vec<Slice> {
    let slice = |protocols, position, ext, raw| Slice {
        question: None,
        protocols,
        position,
        ext,
        raw,
    };
    let all = ByteSet::FULL;
    if test.family == Family::V4 {
        let protocols = test.protocol.unwrap_or(all);
        return vec![slice(protocols, PositionSet::FULL, ExtSet::FULL, false)];
    }
    if let Some(protocols) = test.protocol {
        let mut out = vec![slice(protocols, PositionSet::L4, ExtSet::ABSENT, false)];
        for (fact, position, ext) in [
            (
                "payload-protocol-matches-later",
                PositionSet::LATER,
                ExtSet::FULL,
            ),
            (
                "payload-protocol-behind-ext",
                PositionSet::L4,
                ExtSet::PRESENT,
            ),
        ] {
            out.extend(hang(
                slice(protocols, position, ext, false),
                &context.ask(fact),
            ));
        }
        if test.next_header.is_some() {
            // Both in one term: what the two see together was not read.
            for slice in &mut out {
                slice.question = Some(condition("next-header with payload-protocol"));
            }
        }
        return out;
    }
    let Some(headers) = test.next_header else {
        if !test.has_l4() {
            let ext = context.ask("address-term-matches-ext");
            let mut out = vec![slice(all, PositionSet::FULL, ExtSet::ABSENT, false)];
            out.extend(hang(
                slice(all, PositionSet::FULL, ExtSet::PRESENT, false),
                &ext,
            ));
            return out;
        }
        return vec![
            slice(all, PositionSet::WHOLE, ExtSet::ABSENT, false),
            slice(all, PIECES, ExtSet::ABSENT, true),
            slice(all, PositionSet::FULL, ExtSet::PRESENT, true),
        ];
    };
    let mut out = vec![slice(headers, PositionSet::WHOLE, ExtSet::ABSENT, false)];
    if headers.contains(FRAGMENT) {
        out.push(slice(all, PIECES, ExtSet::ABSENT, true));
    }
    let first = |&header: &u8| headers.contains(header);
    let (some, every) = (
        EXTENSION_HEADERS.iter().any(first) || headers.contains(FRAGMENT),
        EXTENSION_HEADERS.iter().all(first) && headers.contains(FRAGMENT),
    );
    if some {
        let mut extended = slice(all, PositionSet::FULL, ExtSet::PRESENT, true);
        if !every {
            extended.question = Some(condition("which extension header comes first"));
        }
        out.push(extended);
    }
    out
}

fn condition(text: &str) -> Question {
    Question::Condition {
        dialect: ID,
        text: text.to_owned(),
    }
}

/// A slice under a fact: as it is, not at all, or hanging on it.
fn hang(slice: Slice, known: &Known) -> Option<Slice> {
    match known {
        Known::Yes => Some(slice),
        Known::No => None,
        Known::Open(question) => Some(Slice {
            question: Some(question.clone()),
            ..slice
        }),
    }
}

/// Which fragments the test takes: disjoint positions, each with its question.
fn positions(test: &Test, context: &mut Context<'_>) -> Vec<(Option<Question>, PositionSet)> {
    let mut all = vec![(None, PositionSet::FULL)];
    if test.has_fragment_header {
        all = vec![(None, PIECES)];
    }
    for fragment in &test.fragments {
        let mut own = Vec::new();
        match *fragment {
            Fragment::Is => {
                own.push((None, PositionSet::LATER));
                let also = context.ask("is-fragment-matches-first");
                own.extend(under(&also, PositionSet::FIRST));
            }
            Fragment::First => {
                own.push((None, PositionSet::FIRST));
                let also = context.ask("first-fragment-matches-whole");
                own.extend(under(&also, PositionSet::WHOLE));
            }
            Fragment::Offset { zero, all, some } => {
                if zero {
                    own.push((None, PositionSet::L4));
                }
                if some {
                    let question = (!all).then(|| condition("fragment offset"));
                    own.push((question, PositionSet::LATER));
                }
            }
        }
        let mut next = Vec::new();
        for (a, x) in &all {
            for (b, y) in &own {
                let asked = [a, b].into_iter().flatten().cloned().reduce(both);
                next.push((asked, x.intersect(*y)));
            }
        }
        next.retain(|(_, position)| position.0 != 0);
        all = next;
    }
    all
}

fn under(known: &Known, position: PositionSet) -> Option<(Option<Question>, PositionSet)> {
    known.may().then(|| (known.question().cloned(), position))
}

/// Splits a box by what the test of ports, flags and ICMP fields reads in it.
fn l4(
    test: &Test,
    base: &Match,
    raw: bool,
    sport: &PortSet,
    dport: &PortSet,
    context: &mut Context<'_>,
) -> Vec<Part> {
    if !test.has_l4() {
        return vec![(None, base.clone())];
    }
    let bytes = || {
        Some(condition(
            "bytes tested where this packet has no such header",
        ))
    };
    if raw {
        return vec![(bytes(), base.clone())];
    }
    let (ports, flags, icmp) = (test.has_ports(), test.flags.is_some(), test.has_icmp());
    let own_icmp = Match::icmp_of(base.family);
    let head = |protocols: ByteSet| Match {
        protocol: base.protocol.intersect(protocols),
        position: base.position.intersect(PositionSet::L4),
        ..base.clone()
    };
    let asked = |others: bool| if others { bytes() } else { None };
    let with_ports = |protocols: ByteSet| Match {
        sport: sport.clone(),
        dport: dport.clone(),
        ..head(protocols)
    };
    let mut parts: Vec<Part> = Vec::with_capacity(5);
    if flags || icmp {
        let tcp = Match {
            flags: test.flags.unwrap_or(FlagSet::FULL),
            ..with_ports(ByteSet::one(TCP))
        };
        parts.push((asked(icmp), tcp));
        parts.push((bytes(), with_ports(ByteSet::of([UDP, SCTP]))));
    } else {
        parts.push((None, with_ports(ByteSet::with_ports())));
    }
    let message = Match {
        icmp_type: test.icmp_type.unwrap_or(ByteSet::FULL),
        icmp_code: test.icmp_code.unwrap_or(ByteSet::FULL),
        ..head(ByteSet::one(own_icmp))
    };
    parts.push((asked(ports || flags), message));
    let known = ByteSet::with_ports().union(ByteSet::one(own_icmp));
    parts.push((bytes(), head(known.complement())));
    let later = Match {
        position: base.position.intersect(PositionSet::LATER),
        ..base.clone()
    };
    match context.ask("condition-matches-later-fragment") {
        Known::Yes => parts.push((None, later)),
        Known::No => {}
        Known::Open(question) => parts.push((Some(question), later)),
    }
    parts
}
