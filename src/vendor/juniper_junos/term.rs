//! One term -> one entry, or none (`next term`).
//!
//! In: the tree of a term. Out: an [`Ace`], and the effects that its action has besides (D23): a policer may drop, a routing
//! instance sends elsewhere. Must not know: bindings, other terms.

use super::ID;
use super::boxes::{Part, both, parts};
use super::condition;
use super::filter::Context;
use super::tree::At;
use crate::acl::{Ace, Action, Open, Question};
use crate::base::Text;
use crate::device::EffectClass;
use crate::net::{Family, Match};
use crate::text;
use crate::vendor::redact::{canonical, redact};

/// Longest text of a term that is shown.
const SHOWN: usize = 240;
/// Longest text of a term that names a question; behind it the line tells terms apart.
const NAMED: usize = 2000;

/// Modifiers that change no packet's fate.
const MODIFIERS: [&str; 23] = [
    "accounting",
    "analyzer",
    "clear-policy-map",
    "count",
    "count-and-classify",
    "dscp",
    "force-premium",
    "forwarding-class",
    "ip-precedence",
    "log",
    "loss-priority",
    "no-decrement-ttl",
    "packet-mode",
    "policy-map",
    "port-mirror",
    "port-mirror-instance",
    "sample",
    "service-accounting",
    "service-accounting-deferred",
    "service-filter-hit",
    "syslog",
    "traffic-class",
    "traffic-class-count",
];
/// Modifiers that may drop.
const POLICERS: [&str; 5] = [
    "policer",
    "three-color-policer",
    "hierarchical-policer",
    "prefix-action",
    "shared-bandwidth-policer",
];
/// Actions that send elsewhere.
const REDIRECTS: [&str; 8] = [
    "routing-instance",
    "next-ip",
    "next-ip6",
    "next-interface",
    "logical-system",
    "topology",
    "next-hop-group",
    "load-balance",
];

/// What a term does with what it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Accept,
    Discard,
    Next,
    Unread,
}

/// A term as read.
pub(super) struct Term {
    /// `None`: it decides nothing.
    pub(super) ace: Option<Ace>,
    pub(super) effects: Vec<EffectClass>,
    pub(super) why: Option<Text>,
    /// It tests `address` or `prefix-list`: source or destination.
    pub(super) either: bool,
    /// It tests source or destination addresses.
    pub(super) directed: bool,
}

/// Reads a term.
pub(super) fn read(term: At<'_>, family: Family, context: &mut Context<'_>) -> Term {
    let mut unread: Option<String> = None;
    let mut log = false;
    let mut effects = Vec::new();
    let mut then = action(term.child("then"), &mut log, &mut effects, &mut unread);
    for other in term.children() {
        match other.word() {
            "from" | "then" => {}
            // A nested filter decides what it decides; what is left goes on to the next term.
            "filter" => {
                unread.get_or_insert_with(|| other.text(SHOWN));
                then = Then::Unread;
            }
            _ => {
                unread.get_or_insert_with(|| other.text(SHOWN));
            }
        }
    }
    if then == Then::Discard {
        effects.retain(|class| *class != EffectClass::Narrows);
    }
    let mut test = condition::test(term.child("from"), family, context.lists);
    let structure = unread.is_some() || term.is_broken();
    let gap = test.unread.take().or(unread);
    let (either, directed) = (
        test.either.is_some(),
        test.src.is_some() || test.dst.is_some(),
    );
    let places = [&test.src, &test.dst, &test.either];
    let blind = places.into_iter().flatten().any(|p| p.is_unread());
    let leant = context.lean(&test);
    let conditions = test.conditions.join(", ");
    let full = format!("term {}", term.text(NAMED));
    let mut parts = parts(test, context);
    if !conditions.is_empty() {
        let text = redact(&conditions);
        parts = also(parts, &Question::Condition { dialect: ID, text });
    }
    for question in leant {
        parts = also(parts, &question);
    }
    if structure || gap.is_some() || then == Then::Unread {
        let mut text = canonical(&full, term.line());
        if full.len() > NAMED {
            text = format!("{text} @{}", term.line());
        }
        let question = Question::Gap { dialect: ID, text };
        parts = parts
            .into_iter()
            .map(|(_, boxed)| (Some(question.clone()), boxed))
            .collect();
    }
    let why = match then {
        _ if term.is_broken() => Some(text!("junos-term-cut")),
        Then::Unread if effects.contains(&EffectClass::Redirects) => Some(text!("junos-redirect")),
        Then::Unread => Some(text!("junos-action-unread")),
        _ => match gap {
            Some(word) => Some(text!("junos-condition-unread", word = redact(&word))),
            None => blind.then(|| text!("junos-prefix-unread")),
        },
    };
    Term {
        ace: (then != Then::Next || structure).then(|| Ace {
            line: Some(term.line()),
            text: redact(&format!("term {}", term.text(SHOWN))),
            log,
            ..entry(
                match then {
                    Then::Accept => Action::Permit,
                    Then::Discard => Action::Deny,
                    Then::Next | Then::Unread => Action::Unread,
                },
                parts,
            )
        }),
        effects,
        why,
        either,
        directed,
    }
}

/// Boxes sorted by the question that they hang on.
fn entry(action: Action, parts: Vec<Part>) -> Ace {
    let mut certain: Vec<Match> = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    for (question, boxed) in parts {
        let Some(question) = question else {
            certain.push(boxed);
            continue;
        };
        match open.iter_mut().find(|o| o.question == question) {
            Some(open) => open.boxes.push(boxed),
            None => open.push(Open {
                question,
                boxes: vec![boxed],
            }),
        }
    }
    Ace {
        open,
        ..Ace::implicit(action, certain, "")
    }
}

fn also(parts: Vec<Part>, question: &Question) -> Vec<Part> {
    let with = |own: Option<Question>| match own {
        Some(own) => both(own, question.clone()),
        None => question.clone(),
    };
    parts
        .into_iter()
        .map(|(own, boxed)| (Some(with(own)), boxed))
        .collect()
}

/// Reads `then`. No action at all, or only modifiers, accepts.
fn action(
    then: Option<At<'_>>,
    log: &mut bool,
    effects: &mut Vec<EffectClass>,
    unread: &mut Option<String>,
) -> Then {
    let mut found: Vec<Then> = Vec::new();
    for at in then.into_iter().flat_map(At::children) {
        match at.word() {
            "accept" if at.is_leaf() => found.push(Then::Accept),
            "discard" | "reject" => found.push(Then::Discard),
            "next" if at.text(20) == "next term" => found.push(Then::Next),
            word if MODIFIERS.contains(&word) => *log |= matches!(word, "log" | "syslog"),
            word if POLICERS.contains(&word) => effects.push(EffectClass::Narrows),
            word if REDIRECTS.contains(&word) => {
                effects.push(EffectClass::Redirects);
                found.push(Then::Unread);
            }
            _ => {
                // `decapsulate gre` and what is not known at all may rewrite.
                effects.push(EffectClass::Rewrites);
                unread.get_or_insert_with(|| at.text(SHOWN));
                found.push(Then::Unread);
            }
        }
    }
    match found.as_slice() {
        [] => Then::Accept,
        [one] => *one,
        // The device keeps one of them; which is not in the text.
        _ => Then::Unread,
    }
}
