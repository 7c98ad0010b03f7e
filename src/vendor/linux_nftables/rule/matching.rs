//! Tests of a rule: a field, what it is compared with, and maps from values to verdicts.
//!
//! In: tokens behind the cursor of a rule. Out: the test that the rule goes on with. Must not know: statements.

use super::cursor::Cursor;
use super::elements::{compared, joined, key_and_verdict, split, union};
use super::{Reading, shown};
use crate::net::Family;
use crate::vendor::linux_nftables::cond::{Cond, condition};
use crate::vendor::linux_nftables::fragment;
use crate::vendor::linux_nftables::ruleset::{Iface, Test, Verdict};
use crate::vendor::linux_nftables::token::Token;
use crate::vendor::linux_nftables::value::{Field, Values, conds, number, value};

impl Reading<'_> {
    /// `FIELD VALUE`, `FIELD . FIELD { ... }`, `FIELD vmap { ... }`. False: not understood.
    pub(super) fn test(&mut self) -> bool {
        let mut fields = Vec::new();
        loop {
            match self.field() {
                Some(field) => fields.push(field),
                None => return false,
            }
            if !self.cursor.eat(".") {
                break;
            }
        }
        if let [Field::Outside(words)] = fields.as_slice()
            && self.cursor.eat("set")
        {
            // A mark is no field of the header; anything else that is set is.
            let harmless = ["meta", "ct", "dscp", "ecn", "ttl", "hoplimit", "tcp option"];
            let harmless = harmless.iter().any(|word| words.contains(word));
            // A frame for another host becomes one for this host.
            let harmless = harmless && words != "meta pkttype";
            self.rewrites |= !harmless;
            self.skip_to_verdict();
            return true;
        }
        if self.cursor.eat("set") {
            self.rewrites = true;
            self.skip_to_verdict();
            return true;
        }
        if self.cursor.eat("vmap") {
            return self.verdict_map(&fields);
        }
        match fields.as_slice() {
            [field] => self.compare(field),
            _ => {
                let negated = self.cursor.eat("!=");
                self.cursor.eat("==");
                let elements = self.elements();
                match elements.map(|elements| joined(&fields, &elements)) {
                    Some(Some(test)) if !negated => self.meet(test),
                    Some(_) => return false,
                    None => self.and_question("contents of a set"),
                }
                true
            }
        }
    }

    pub(super) fn meet(&mut self, test: Test) {
        self.and(test.header);
        self.test.ifaces.extend(test.ifaces);
    }

    /// Elements of `{ ... }` or `@set`; `None` where the contents are not in the text.
    pub(super) fn elements(&mut self) -> Option<Vec<Vec<&[Token]>>> {
        if let Some(tokens) = self.cursor.braces() {
            return Some(split(tokens));
        }
        let name = self.cursor.next()?.strip_prefix('@')?;
        let set = self.names.sets.get(name)?;
        (!set.dynamic).then(|| split(&set.elements))
    }

    /// `FIELD [op] VALUE`.
    pub(super) fn compare(&mut self, field: &Field) -> bool {
        if let Field::Outside(words) = field {
            self.narrow(words);
            return true;
        }
        match field {
            Field::Flags => return self.flags(),
            Field::FragmentBits | Field::FragmentOffset => return self.fragment(field),
            _ => {}
        }
        if let (Field::Addr(family, _), true) = (field, self.cursor.eat("&")) {
            return self.masked(field, *family);
        }
        let op = ["!=", "==", "<=", ">=", "<", ">", "!"];
        let op = op
            .into_iter()
            .find(|op| self.cursor.eat(op))
            .unwrap_or("==");
        let by_name = self.cursor.peek().is_some_and(|word| word.starts_with('@'));
        let listed = by_name || self.cursor.peek() == Some("{");
        let values = if listed {
            let Some(elements) = self.elements() else {
                self.and_question("contents of a set");
                return true;
            };
            union(field, &elements)
        } else {
            let word = self.cursor.next().unwrap_or_default();
            match op {
                "<" | ">" | "<=" | ">=" => compared(field, op, word),
                _ => value(field, &[word]),
            }
        };
        let negated = matches!(op, "!=" | "!");
        let Some(values) = values else {
            return false;
        };
        if let (Field::Iface(out), Values::Names(names)) = (field, &values) {
            self.test.ifaces.push(Iface {
                out: *out,
                negated,
                names: names.clone(),
            });
            return true;
        }
        // A negated test of one family's field still asks for that family: `conds` sees to it.
        let values = if negated { values.not() } else { Some(values) };
        match values.and_then(|values| conds(field, &values)) {
            Some(conds) => self.and(conds),
            None => return false,
        }
        true
    }

    /// `ip saddr & MASK == VALUE`.
    pub(super) fn masked(&mut self, field: &Field, family: Family) -> bool {
        let addr = |words: &mut Cursor<'_>| {
            let addr: std::net::IpAddr = words.next()?.parse().ok()?;
            (Family::of(addr) == family).then(|| crate::net::addr::bits_of(addr))
        };
        let Some(mask) = addr(&mut self.cursor) else {
            return false;
        };
        let negated = self.cursor.eat("!=");
        self.cursor.eat("==");
        let Some(bits) = addr(&mut self.cursor) else {
            return false;
        };
        if bits & !mask != 0 {
            return false; // never met, or always: not what was meant
        }
        let free = family.ones() & !mask;
        let set = Values::Addrs(crate::net::Wildcard::new(family, bits, free).into());
        let set = if negated { set.not() } else { Some(set) };
        match set.and_then(|set| conds(field, &set)) {
            Some(conds) => self.and(conds),
            None => return false,
        }
        true
    }

    pub(super) fn number(&mut self) -> Option<u32> {
        number(self.cursor.next()?)
    }

    pub(super) fn fragment(&mut self, field: &Field) -> bool {
        let mask = if self.cursor.eat("&") {
            self.number()
        } else {
            None
        };
        let equal = !self.cursor.eat("!=");
        self.cursor.eat("==");
        let Some(bits) = self.number() else {
            return false;
        };
        let cond = match (field, mask) {
            (Field::FragmentBits, mask) => fragment::bits(mask.unwrap_or(0xffff), bits, equal),
            (_, None | Some(0x1fff)) => fragment::offset(bits, equal),
            _ => None,
        };
        match cond {
            Some(cond) if cond.family == Family::V4 => self.and([cond, Cond::none(Family::V6)]),
            Some(cond) => self.and([Cond::none(Family::V4), cond]),
            None => return false,
        }
        true
    }

    /// `FIELD vmap { VALUE : VERDICT, ... }`.
    pub(super) fn verdict_map(&mut self, fields: &[Field]) -> bool {
        self.tracked |= fields
            .iter()
            .any(|field| matches!(field, Field::Outside(words) if words.starts_with("ct ")));
        let Some(elements) = self.elements().map(|elements| {
            let owned = |parts: &Vec<&[Token]>| parts.iter().map(|part| part.to_vec()).collect();
            elements.iter().map(owned).collect::<Vec<Vec<Vec<Token>>>>()
        }) else {
            self.outcomes.push((Test::any(), Verdict::Unread));
            self.and_question("contents of a map");
            return true;
        };
        for element in &elements {
            let Some((keys, verdict)) = key_and_verdict(element) else {
                return false;
            };
            let outside = fields.iter().find_map(|field| match field {
                Field::Outside(words) => Some(words.clone()),
                _ => None,
            });
            let test = match outside {
                Some(words) => {
                    let question =
                        condition(format!("{words} {}", shown(keys.concat().as_slice())));
                    Test {
                        header: Family::BOTH.map(|f| Cond::maybe(f, question.clone())),
                        ifaces: Vec::new(),
                    }
                }
                None => {
                    let keys: Vec<&[Token]> = keys.iter().map(Vec::as_slice).collect();
                    match joined(fields, &[keys]) {
                        Some(test) => test,
                        None => return false,
                    }
                }
            };
            self.outcomes.push((test, verdict));
        }
        true
    }
}
