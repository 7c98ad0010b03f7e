//! `tcp-flags "(syn & !ack) | rst"` as a set of the 64 combinations.
//!
//! Junos documents `!`, `&` or `+` for "and", `|` or `,` for "or", brackets, flag names and hexadecimal values.

use crate::net::{FlagSet, TcpFlags};

/// The combinations that an expression means; `None` if it is not understood.
pub(super) fn expression(text: &str) -> Option<FlagSet> {
    let mut tokens = Tokens { rest: text };
    let set = tokens.any_of(0)?;
    tokens.peek().is_none().then_some(set)
}

/// Deepest brackets.
const DEEPEST: usize = 16;

struct Tokens<'a> {
    rest: &'a str,
}

impl Tokens<'_> {
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    fn eat(&mut self, marks: &str) -> bool {
        let hit = self.peek().is_some_and(|c| marks.contains(c));
        if hit {
            self.rest = self.rest.get(1..).unwrap_or_default();
        }
        hit
    }

    fn any_of(&mut self, depth: usize) -> Option<FlagSet> {
        let mut set = self.all_of(depth)?;
        while self.eat("|,") {
            set = set.union(self.all_of(depth)?);
        }
        Some(set)
    }

    fn all_of(&mut self, depth: usize) -> Option<FlagSet> {
        let mut set = self.one(depth)?;
        while self.eat("&+") {
            set = set.intersect(self.one(depth)?);
        }
        Some(set)
    }

    fn one(&mut self, depth: usize) -> Option<FlagSet> {
        if self.eat("!") {
            return (depth < DEEPEST)
                .then(|| self.one(depth + 1))?
                .map(|set| FlagSet(!set.0));
        }
        if self.eat("(") {
            let set = (depth < DEEPEST).then(|| self.any_of(depth + 1))??;
            return self.eat(")").then_some(set);
        }
        self.peek()?;
        let end = self
            .rest
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        let flag = match word.strip_prefix("0x") {
            Some(hex) => u8::from_str_radix(hex, 16)
                .ok()
                .filter(|bits| (1..64).contains(bits))
                .map(TcpFlags::from_bits)?,
            None => TcpFlags::named(word)?,
        };
        Some(FlagSet::all(flag, TcpFlags::default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions() {
        let all = |set: &[&str], clear: &[&str]| {
            let flags = |names: &[&str]| {
                let named = names.iter().map(|name| TcpFlags::named(name).unwrap());
                named.fold(TcpFlags::default(), TcpFlags::with)
            };
            FlagSet::all(flags(set), flags(clear))
        };
        assert_eq!(expression("syn & !ack"), Some(all(&["syn"], &["ack"])));
        assert_eq!(expression("(syn+ack)"), Some(all(&["syn", "ack"], &[])));
        assert_eq!(expression("(ack | rst)"), Some(FlagSet::established()));
        assert_eq!(expression("ack,rst"), Some(FlagSet::established()));
        assert_eq!(
            expression("!(ack | rst)"),
            Some(FlagSet(!FlagSet::established().0))
        );
        assert_eq!(expression("0x12"), Some(all(&["syn", "ack"], &[])));
        for bad in ["", "syn &", "(syn", "syn ack", "foo", "0x80", "syn)", "!"] {
            assert_eq!(expression(bad), None, "{bad}");
        }
        assert_eq!(expression(&"(".repeat(1000)), None);
        assert_eq!(expression(&"!".repeat(1000)), None);
    }
}
