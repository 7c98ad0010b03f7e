//! One rule: its tests, what it does, and what of it was not understood.
//!
//! In: the tokens of a rule, the sets of its table. Out: a [`Rule`]. Must not know: chains, interfaces of a device.

mod cursor;
mod elements;
mod field;
mod flags;
mod matching;

use super::cond::{Cond, condition, gap};
use super::ruleset::{Rule, Set, Test, Verdict};
use super::token::Token;
use crate::net::Family;
use crate::vendor::redact::redact;
use cursor::Cursor;
use std::collections::BTreeMap;

/// What the reader of rules looks things up in.
pub(super) struct Names<'t> {
    pub(super) sets: &'t BTreeMap<String, Set>,
    /// Family of the table: what `meta l4proto` and the like may meet.
    pub(super) families: [bool; 2],
}

/// A rule being read.
struct Reading<'t> {
    names: &'t Names<'t>,
    cursor: Cursor<'t>,
    test: Test,
    outcomes: Vec<(Test, Verdict)>,
    log: bool,
    rewrites: bool,
    redirects: bool,
    offloads: bool,
    tracked: bool,
    /// Something was not understood.
    unread: bool,
}

/// Reads a rule; also says whether it makes the kernel track connections.
pub(super) fn rule(tokens: &[Token], names: &Names<'_>) -> (Rule, bool) {
    let text = redact(&shown(tokens));
    let mut reading = Reading {
        names,
        cursor: Cursor { tokens, at: 0 },
        test: Test::any(),
        outcomes: Vec::new(),
        log: false,
        rewrites: false,
        redirects: false,
        offloads: false,
        tracked: false,
        unread: false,
    };
    for (header, seen) in reading.test.header.iter_mut().zip(names.families) {
        if !seen {
            *header = Cond::none(header.family);
        }
    }
    while reading.cursor.peek().is_some() {
        let before = reading.cursor.at;
        if !reading.statement() {
            reading.unread = true;
            reading.cursor.at = reading.cursor.at.max(before + 1);
        }
    }
    if reading.unread {
        let question = gap(text.clone());
        reading.test.header = reading.test.header.map(|cond| cond.perhaps(&question));
        if reading.outcomes.is_empty() {
            reading.outcomes.push((Test::any(), Verdict::Unread));
        }
    }
    let rule = Rule {
        line: tokens.first().map_or(0, |token| token.line),
        text,
        test: reading.test,
        outcomes: reading.outcomes,
        log: reading.log,
        rewrites: reading.rewrites,
        redirects: reading.redirects,
        offloads: reading.offloads,
    };
    (rule, reading.tracked)
}

/// Tokens as one line.
pub(super) fn shown(tokens: &[Token]) -> String {
    let mut out = String::new();
    for token in tokens.iter().filter(|token| token.text != "\n") {
        let close = !token.quoted && matches!(token.text.as_str(), "," | ";");
        if !out.is_empty() && !close {
            out.push(' ');
        }
        match token.quoted {
            true => out.extend(["\"", &token.text, "\""]),
            false => out.push_str(&token.text),
        }
    }
    out
}

impl Reading<'_> {
    /// One test or statement. False: not understood.
    fn statement(&mut self) -> bool {
        if self.cursor.is_quoted() {
            self.cursor.next();
            return false;
        }
        let start = self.cursor.at;
        let Some(word) = self.cursor.next() else {
            return true;
        };
        match word {
            "accept" | "drop" | "return" | "continue" | "jump" | "goto" | "reject" | "queue" => {
                let verdict = self.verdict(word);
                self.outcomes.push((Test::any(), verdict));
            }
            "counter" => self.counter(),
            "comment" => drop(self.cursor.next()),
            "log" => self.logged(),
            "notrack" => {}
            "limit" => self.limit(),
            "quota" => self.narrow("quota"),
            "masquerade" | "snat" | "dnat" | "redirect" | "tproxy" | "synproxy" => {
                (self.rewrites, self.tracked) = (true, true);
                self.cursor.at = self.cursor.tokens.len();
                self.outcomes.push((Test::any(), Verdict::Accept));
            }
            "dup" | "fwd" => {
                self.redirects = true;
                self.cursor.at = self.cursor.tokens.len();
                if word == "fwd" {
                    self.outcomes.push((Test::any(), Verdict::Unread));
                }
            }
            "flow" => {
                (self.offloads, self.tracked) = (true, true);
                self.cursor.at = self.cursor.tokens.len();
            }
            // Changes the contents of a set, not the packet; where there is no room, or a limit beside the element says so, the
            // rule ends here.
            "set" | "add" | "update" | "delete" | "meter" => {
                self.skip_to_verdict();
                self.and_question("set");
            }
            _ => {
                self.cursor.at = start;
                return self.test();
            }
        }
        true
    }

    fn verdict(&mut self, word: &str) -> Verdict {
        let mut target = || self.cursor.next().unwrap_or_default().to_owned();
        match word {
            "accept" => Verdict::Accept,
            "drop" => Verdict::Drop,
            "return" => Verdict::Return,
            "continue" => Verdict::Continue,
            "jump" => Verdict::Jump(target()),
            "goto" => Verdict::Goto(target()),
            "reject" => {
                if self.cursor.eat("with") {
                    self.skip_to(&["comment"]);
                }
                Verdict::Drop
            }
            _ => {
                self.skip_to(&["comment"]);
                Verdict::Unread
            }
        }
    }

    fn skip_to(&mut self, words: &[&str]) {
        while self
            .cursor
            .peek()
            .is_some_and(|word| !words.contains(&word))
        {
            self.cursor.next();
        }
    }

    fn skip_to_verdict(&mut self) {
        let verdicts = [
            "accept", "drop", "return", "continue", "jump", "goto", "reject", "queue", "comment",
            "counter", "log",
        ];
        self.skip_to(&verdicts);
    }

    fn counter(&mut self) {
        if self.cursor.eat("name") {
            self.cursor.next();
        }
        for word in ["packets", "bytes"] {
            if self.cursor.eat(word) {
                self.cursor.next();
            }
        }
    }

    fn logged(&mut self) {
        self.log = true;
        let options = [
            "prefix",
            "level",
            "group",
            "snaplen",
            "queue-threshold",
            "flags",
        ];
        while let Some(option) = options.iter().find(|option| self.cursor.eat(option)) {
            self.cursor.next();
            if *option == "flags" {
                // `flags tcp sequence,options`, `flags ip options`, `flags all`
                while [",", "sequence", "options"]
                    .iter()
                    .any(|word| self.cursor.eat(word))
                {}
            }
        }
    }

    fn limit(&mut self) {
        if self.cursor.eat("name") {
            self.cursor.next();
        } else {
            self.cursor.eat("rate");
            self.cursor.eat("over");
            self.cursor.next();
            // `10/second` is one word; `400 kbytes/second` is two.
            let unit = |word: &str| word.contains('/') && !word.starts_with('@');
            if self.cursor.peek().is_some_and(unit) {
                self.cursor.next();
            }
            if self.cursor.eat("burst") {
                self.cursor.next();
                for unit in ["packets", "bytes", "kbytes", "mbytes"] {
                    self.cursor.eat(unit);
                }
            }
        }
        self.and_question("limit");
    }

    fn narrow(&mut self, words: &str) {
        self.cursor.skip_value();
        self.and_question(words);
    }

    /// A test on something that is not in the header of D6 (D7).
    fn and_question(&mut self, words: &str) {
        self.and(Family::BOTH.map(|family| Cond::maybe(family, condition(words))));
    }

    fn and(&mut self, conds: [Cond; 2]) {
        for (mine, cond) in self.test.header.iter_mut().zip(conds) {
            *mine = mine.and(&cond);
        }
    }
}
