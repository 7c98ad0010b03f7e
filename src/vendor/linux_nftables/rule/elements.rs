//! Elements of sets and maps.
//!
//! In: what stands in braces or in a named set. Out: values and tests of it. Must not know: rules.

use crate::net::Family;
use crate::vendor::linux_nftables::cond::Cond;
use crate::vendor::linux_nftables::ruleset::{Iface, Test, Verdict};
use crate::vendor::linux_nftables::token::Token;
use crate::vendor::linux_nftables::value::{Field, Values, conds, number, value};

/// Elements, each split into the parts between dots. What follows a value (timeout, comment) is left out.
pub(super) fn split(tokens: &[Token]) -> Vec<Vec<&[Token]>> {
    let mut depth = 0usize;
    let parts = tokens.split(move |token| {
        depth = match () {
            () if token.is("{") => depth + 1,
            () if token.is("}") => depth.saturating_sub(1),
            () => depth,
        };
        token.is(",") && depth == 0
    });
    let mut out = Vec::new();
    for part in parts {
        let part = trimmed(part);
        if part.is_empty() {
            continue;
        }
        // A set inside a set, from a definition.
        if let [open, inner @ .., close] = part
            && open.is("{")
            && close.is("}")
        {
            out.extend(split(inner));
            continue;
        }
        out.push(part.split(|token| token.is(".")).map(trimmed).collect());
    }
    out
}

pub(super) fn trimmed(mut tokens: &[Token]) -> &[Token] {
    while let [first, rest @ ..] = tokens
        && first.text == "\n"
    {
        tokens = rest;
    }
    while let [rest @ .., last] = tokens
        && last.text == "\n"
    {
        tokens = rest;
    }
    tokens
}

/// The words of one value, without what may follow it.
pub(super) fn value_words(tokens: &[Token]) -> Vec<&str> {
    let ends = ["timeout", "expires", "comment", "counter"];
    tokens
        .iter()
        .take_while(|token| token.quoted || !ends.contains(&token.text.as_str()))
        .filter(|token| token.text != "\n")
        .map(|token| token.text.as_str())
        .collect()
}

/// All values of a list; `None` if one of them was not understood.
pub(super) fn union(field: &Field, elements: &[Vec<&[Token]>]) -> Option<Values> {
    let mut all = Values::none(field)?;
    let mut addrs = Vec::new();
    for element in elements {
        let [part] = element.as_slice() else {
            return None;
        };
        match value(field, &value_words(part))? {
            // Sets of thousands of addresses are joined once.
            Values::Addrs(set) => addrs.extend(set.parts().iter().copied()),
            other => all = all.or(other)?,
        }
    }
    match (field, addrs.is_empty()) {
        (Field::Addr(family, _), false) => {
            Some(Values::Addrs(crate::net::AddrSet::new(*family, addrs)))
        }
        _ => Some(all),
    }
}

/// `< 1024` and the like.
pub(super) fn compared(field: &Field, op: &str, word: &str) -> Option<Values> {
    let last = match field {
        Field::Port(..) => u64::from(u16::MAX),
        Field::Icmp(..) | Field::Protocol(_) | Field::NextHeader => 255,
        _ => return None,
    };
    let bound: u64 = number(word)?;
    let (low, high) = match op {
        "<" => (0, bound.checked_sub(1)?),
        "<=" => (0, bound),
        ">" => (bound.checked_add(1)?, last),
        _ => (bound, last),
    };
    value(field, &[&format!("{low}-{}", high.min(last))])
}

/// Elements of several fields: any of them, each with all its parts.
pub(super) fn joined(fields: &[Field], elements: &[Vec<&[Token]>]) -> Option<Test> {
    let mut any = Family::BOTH.map(Cond::none);
    let mut ifaces = Vec::new();
    for element in elements {
        if element.len() != fields.len() {
            return None;
        }
        let mut one = Family::BOTH.map(Cond::all);
        for (field, part) in fields.iter().zip(element) {
            let values = value(field, &value_words(part))?;
            if let (Field::Iface(out), Values::Names(names)) = (field, &values) {
                ifaces.push(Iface {
                    out: *out,
                    negated: false,
                    names: names.clone(),
                });
                continue;
            }
            for (mine, cond) in one.iter_mut().zip(conds(field, &values)?) {
                *mine = mine.and(&cond);
            }
        }
        for (all, cond) in any.iter_mut().zip(one) {
            all.certain.extend(cond.certain);
            for open in cond.open {
                *all = all.clone().or_open(open.question, open.boxes);
            }
        }
    }
    // Several interfaces in one list of pairs cannot be told apart here.
    (ifaces.is_empty() || elements.len() == 1).then_some(Test {
        header: any,
        ifaces,
    })
}

/// `KEY . KEY : VERDICT`, split at dots before.
pub(super) fn key_and_verdict(element: &[Vec<Token>]) -> Option<(Vec<Vec<Token>>, Verdict)> {
    let (last, first) = element.split_last()?;
    let colon = last.iter().position(|token| token.is(":"))?;
    let mut keys = first.to_vec();
    keys.push(last.get(..colon)?.to_vec());
    let words: Vec<&str> = last
        .get(colon + 1..)?
        .iter()
        .map(|t| t.text.as_str())
        .collect();
    let verdict = match words.as_slice() {
        ["accept", ..] => Verdict::Accept,
        ["drop", ..] => Verdict::Drop,
        ["return", ..] => Verdict::Return,
        ["continue", ..] => Verdict::Continue,
        ["jump", target, ..] => Verdict::Jump((*target).to_owned()),
        ["goto", target, ..] => Verdict::Goto((*target).to_owned()),
        _ => return None,
    };
    Some((keys, verdict))
}
