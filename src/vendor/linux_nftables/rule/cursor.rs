//! A place in the tokens of a rule.
//!
//! In: tokens. Out: words, one after the other, and what stands in braces. Must not know: what they mean.

use crate::vendor::linux_nftables::token::Token;

/// Words between two blanks of a rule that is read; a cursor.
pub(super) struct Cursor<'t> {
    pub(super) tokens: &'t [Token],
    pub(super) at: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn peek(&self) -> Option<&'t str> {
        self.tokens.get(self.at).map(|token| token.text.as_str())
    }

    pub(super) fn next(&mut self) -> Option<&'t str> {
        let text = self.peek()?;
        self.at += 1;
        Some(text)
    }

    pub(super) fn eat(&mut self, word: &str) -> bool {
        let hit = self.tokens.get(self.at).is_some_and(|token| token.is(word));
        self.at += usize::from(hit);
        hit
    }

    pub(super) fn is_quoted(&self) -> bool {
        self.tokens.get(self.at).is_some_and(|token| token.quoted)
    }

    /// What stands in the braces that open here, without them.
    pub(super) fn braces(&mut self) -> Option<&'t [Token]> {
        if !self.eat("{") {
            return None;
        }
        let start = self.at;
        let mut depth = 1usize;
        while let Some(token) = self.tokens.get(self.at) {
            self.at += 1;
            depth = match () {
                () if token.is("{") => depth + 1,
                () if token.is("}") => depth - 1,
                () => depth,
            };
            if depth == 0 {
                return self.tokens.get(start..self.at - 1);
            }
        }
        self.tokens.get(start..)
    }

    /// Takes a value that is not looked at: an operator, then words joined by marks.
    pub(super) fn skip_value(&mut self) {
        while ["!=", "==", "<", ">", "<=", ">=", "!"]
            .iter()
            .any(|op| self.eat(op))
        {}
        loop {
            if self.braces().is_none() {
                self.next();
            }
            let joined = [",", "|", "&", ".", "/", "==", "!=", "^", "<<", ">>", ":"];
            if !joined.iter().any(|mark| self.eat(mark)) {
                return;
            }
        }
    }
}
