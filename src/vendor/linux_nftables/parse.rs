//! Commands and blocks of nft text, as `nft list ruleset` prints them and as `nft -f` takes them.
//!
//! In: tokens. Out: a [`Ruleset`], and what was not understood. Must not know: interfaces, routes, lists.

use super::rule::{self, Names, shown};
use super::ruleset::{Base, Ruleset, Table, TableKey};
use super::token::Token;
use crate::vendor::redact::redact;
use std::collections::BTreeMap;

/// Something that may change what the whole ruleset does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unread {
    pub(super) line: u32,
    pub(super) text: String,
}

/// A rule whose chain is known, not read yet: sets may be defined behind it.
struct Raw {
    table: TableKey,
    chain: String,
    front: bool,
    tokens: Vec<Token>,
}

/// Reads tokens.
pub(super) struct Parser {
    tokens: Vec<Token>,
    at: usize,
    pub(super) ruleset: Ruleset,
    pub(super) unread: Vec<Unread>,
    /// `define NAME = ...`
    defines: BTreeMap<String, Vec<Token>>,
    raw: Vec<Raw>,
}

/// Tokens that a definition may grow to.
const MOST_DEFINED: usize = 100_000;

const FAMILIES: [&str; 6] = ["ip", "ip6", "inet", "arp", "bridge", "netdev"];

impl Parser {
    pub(super) fn new(tokens: Vec<Token>) -> Parser {
        Parser {
            tokens,
            at: 0,
            ruleset: Ruleset::default(),
            unread: Vec::new(),
            defines: BTreeMap::new(),
            raw: Vec::new(),
        }
    }

    /// Reads everything.
    pub(super) fn run(&mut self) {
        while self.at < self.tokens.len() {
            let before = self.at;
            self.command();
            self.at = self.at.max(before + 1);
        }
        let raw = std::mem::take(&mut self.raw);
        for raw in &raw {
            self.note_changed_sets(raw);
        }
        for raw in raw {
            self.finish(&raw);
        }
    }

    /// Sets that a rule puts elements into, or takes them from: what is in them is not in the text, whatever their flags say.
    fn note_changed_sets(&mut self, raw: &Raw) {
        let Some(table) = self.ruleset.tables.get_mut(&raw.table) else {
            return;
        };
        for pair in raw.tokens.windows(2) {
            if let [verb, name] = pair
                && ["add", "update", "delete"].iter().any(|word| verb.is(word))
                && let Some(set) = name.text.strip_prefix('@')
                && let Some(set) = table.sets.get_mut(set)
            {
                set.dynamic = true;
            }
        }
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn is(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.is(word))
    }

    fn eat(&mut self, word: &str) -> bool {
        let hit = self.is(word);
        self.at += usize::from(hit);
        hit
    }

    fn word(&mut self) -> Option<String> {
        let token = self.peek()?;
        if !token.quoted && matches!(token.text.as_str(), "\n" | ";" | "{" | "}") {
            return None;
        }
        let text = token.text.clone();
        self.at += 1;
        Some(text)
    }

    fn line(&self) -> u32 {
        let last = || self.tokens.last().map(|token| token.line);
        self.peek()
            .map(|token| token.line)
            .or_else(last)
            .unwrap_or(0)
    }

    fn skip_ends(&mut self) {
        while self.is("\n") || self.is(";") {
            self.at += 1;
        }
    }

    /// The tokens up to the end of the statement, line ends inside braces left out, definitions put in.
    fn statement(&mut self) -> Vec<Token> {
        let mut out = Vec::new();
        let mut depth = 0usize;
        while let Some(token) = self.peek() {
            let mark = (!token.quoted).then_some(token.text.as_str());
            match mark {
                Some("\n" | ";") if depth == 0 => break,
                Some("}") if depth == 0 => break,
                Some("{") => depth += 1,
                Some("}") => depth -= 1,
                _ => {}
            }
            let token = token.clone();
            self.at += 1;
            let defined = token.text.strip_prefix('$').filter(|_| !token.quoted);
            match defined.and_then(|name| self.defines.get(name)) {
                Some(value) if out.len() < MOST_DEFINED => {
                    let line = token.line;
                    out.extend(value.iter().map(|t| Token { line, ..t.clone() }));
                }
                _ if token.text == "\n" => {}
                _ => out.push(token),
            }
        }
        out
    }

    /// Skips a block whose `{` comes next.
    fn skip_block(&mut self) {
        let mut depth = 0usize;
        while let Some(token) = self.peek() {
            depth = match () {
                () if token.is("{") => depth + 1,
                () if token.is("}") => depth.saturating_sub(1),
                () => depth,
            };
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }

    fn give_up(&mut self, start: usize) {
        let line = self.tokens.get(start).map_or(0, |token| token.line);
        self.at = start;
        let statement = self.statement();
        self.unread.push(Unread {
            line,
            text: redact(&shown(&statement)),
        });
    }

    fn command(&mut self) {
        self.skip_ends();
        self.eat("nft");
        let start = self.at;
        let Some(word) = self.word() else {
            return;
        };
        let understood = match word.as_str() {
            "table" => self.table(),
            "add" | "create" => self.add(false),
            "insert" => self.add(true),
            "flush" | "delete" | "destroy" => self.remove(&word),
            "define" | "redefine" => self.define(),
            "chain" | "rule" | "set" | "map" | "element" => {
                self.at = start;
                self.add(false)
            }
            "list" | "reset" | "monitor" | "-f" => {
                self.statement();
                true
            }
            _ => false,
        };
        if !understood {
            self.give_up(start);
        }
    }

    fn define(&mut self) -> bool {
        let Some(name) = self.word() else {
            return false;
        };
        if !self.eat("=") {
            return false;
        }
        let value = self.statement();
        self.defines.insert(name, value);
        true
    }

    /// `[FAMILY] NAME`; without a family it is `ip`.
    fn table_key(&mut self) -> Option<TableKey> {
        let first = self.word()?;
        if FAMILIES.contains(&first.as_str()) {
            return Some((first, self.word()?));
        }
        Some(("ip".to_owned(), first))
    }

    fn of(&mut self, key: &TableKey) -> &mut Table {
        self.ruleset.tables.entry(key.clone()).or_default()
    }

    fn table(&mut self) -> bool {
        let Some(key) = self.table_key() else {
            return false;
        };
        self.of(&key);
        if !self.eat("{") {
            return true;
        }
        loop {
            self.skip_ends();
            if self.eat("}") || self.peek().is_none() {
                return true;
            }
            let start = self.at;
            let word = self.word().unwrap_or_default();
            let understood = match word.as_str() {
                "chain" => self.word().is_some_and(|name| self.chain(&key, &name)),
                "set" | "map" => self.word().is_some_and(|name| self.set(&key, &name)),
                // A dormant table filters nothing.
                "flags" | "comment" => !self.statement().iter().any(|token| token.is("dormant")),
                // Objects that do nothing until a rule names them.
                "counter" | "quota" | "limit" | "ct" | "secmark" | "synproxy" | "flowtable" => {
                    while self.word().is_some() {}
                    self.skip_block();
                    true
                }
                _ => false,
            };
            if !understood {
                self.give_up(start);
                self.at = self.at.max(start + 1);
            }
        }
    }

    fn chain(&mut self, key: &TableKey, name: &str) -> bool {
        let line = self.line();
        self.of(key).chain(name, line);
        if !self.eat("{") {
            return true;
        }
        loop {
            self.skip_ends();
            if self.eat("}") || self.peek().is_none() {
                return true;
            }
            let start = self.at;
            let statement = self.statement();
            match statement.first().map(|token| token.text.as_str()) {
                Some("type") => self.base(key, name, &statement),
                Some("policy") => {
                    let accept = statement
                        .get(1)
                        .and_then(|token| match token.text.as_str() {
                            "accept" => Some(true),
                            "drop" => Some(false),
                            _ => None,
                        });
                    if let Some(base) = &mut self.of(key).chain(name, line).base {
                        base.accept = accept;
                    }
                }
                Some("comment" | "devices" | "device") => {}
                Some(_) => self.raw.push(Raw {
                    table: key.clone(),
                    chain: name.to_owned(),
                    front: false,
                    tokens: statement,
                }),
                None => self.at = self.at.max(start + 1),
            }
        }
    }

    /// `type filter hook forward [device D] priority filter - 10`
    fn base(&mut self, key: &TableKey, name: &str, statement: &[Token]) {
        let words: Vec<&str> = statement.iter().map(|token| token.text.as_str()).collect();
        let behind = |word: &str| {
            let at = words.iter().position(|w| *w == word)?;
            words.get(at + 1).copied()
        };
        let at = words.iter().position(|w| *w == "priority");
        let priority = at.and_then(|at| words.get(at + 1..)).and_then(priority);
        let line = statement.first().map_or(0, |token| token.line);
        if priority.is_none() {
            self.unread.push(Unread {
                line,
                text: redact(&shown(statement)),
            });
        }
        let base = Base {
            kind: behind("type").unwrap_or_default().to_owned(),
            hook: behind("hook").unwrap_or_default().to_owned(),
            priority: priority.unwrap_or_default(),
            accept: Some(true),
        };
        self.of(key).chain(name, line).base = Some(base);
    }

    fn set(&mut self, key: &TableKey, name: &str) -> bool {
        self.of(key).sets.entry(name.to_owned()).or_default();
        if !self.eat("{") {
            return true;
        }
        loop {
            self.skip_ends();
            if self.eat("}") || self.peek().is_none() {
                return true;
            }
            let start = self.at;
            let statement = self.statement();
            let set = self
                .ruleset
                .tables
                .get_mut(key)
                .and_then(|t| t.sets.get_mut(name));
            let words = || statement.iter().map(|token| token.text.as_str());
            match (set, words().next()) {
                (Some(set), Some("flags")) => {
                    set.dynamic |= words().any(|word| matches!(word, "dynamic" | "timeout"));
                }
                (Some(set), Some("timeout")) => set.dynamic = true,
                (Some(set), Some("elements")) => add_elements(&mut set.elements, &statement),
                (_, None) => self.at = self.at.max(start + 1),
                _ => {}
            }
        }
    }

    /// `add chain ...`, `add rule ...`, `add element ...`
    fn add(&mut self, front: bool) -> bool {
        let Some(what) = self.word() else {
            return false;
        };
        if what == "table" {
            return self.table();
        }
        let (Some(key), Some(name)) = (self.table_key(), self.word()) else {
            return false;
        };
        match what.as_str() {
            "chain" => self.chain(&key, &name),
            "set" | "map" => self.set(&key, &name),
            "element" => {
                let statement = self.statement();
                let set = self.of(&key).sets.entry(name).or_default();
                add_elements(&mut set.elements, &statement);
                true
            }
            "rule" => {
                // Where exactly it goes would need the handles.
                let placed = self.is("position") || self.is("handle") || self.is("index");
                let statement = self.statement();
                self.raw.push(Raw {
                    table: key,
                    chain: name,
                    front,
                    tokens: statement,
                });
                !placed
            }
            "counter" | "quota" | "limit" | "ct" | "flowtable" => {
                self.statement();
                true
            }
            _ => false,
        }
    }

    /// `flush ruleset`, `delete table T`, `flush chain T C`: what comes before does not count.
    fn remove(&mut self, word: &str) -> bool {
        let Some(what) = self.word() else {
            return false;
        };
        if what == "ruleset" {
            let family = self.word();
            let of = |key: &TableKey| family.as_ref().is_none_or(|family| key.0 == *family);
            self.ruleset.tables.retain(|key, _| !of(key));
            self.raw.retain(|raw| !of(&raw.table));
            return true;
        }
        let Some(key) = self.table_key() else {
            return false;
        };
        if what == "table" {
            self.raw.retain(|raw| raw.table != key);
            if word != "flush" {
                self.ruleset.tables.remove(&key);
            }
            return true;
        }
        let Some(name) = self.word() else {
            return false;
        };
        match what.as_str() {
            "chain" => {
                self.raw.retain(|raw| raw.table != key || raw.chain != name);
                if word != "flush" {
                    self.of(&key).chains.retain(|chain| chain.name != name);
                }
                true
            }
            "set" | "map" => {
                self.of(&key).sets.remove(&name);
                true
            }
            _ => false,
        }
    }

    fn finish(&mut self, raw: &Raw) {
        let Some(table) = self.ruleset.tables.get_mut(&raw.table) else {
            return;
        };
        let families = match raw.table.0.as_str() {
            "ip" => [true, false],
            "ip6" => [false, true],
            _ => [true, true],
        };
        let names = Names {
            sets: &table.sets,
            families,
        };
        let (rule, tracked) = rule::rule(&raw.tokens, &names);
        self.ruleset.tracked |= tracked;
        let line = rule.line;
        let rules = &mut table.chain(&raw.chain, line).rules;
        if raw.front {
            rules.insert(0, rule);
        } else {
            rules.push(rule);
        }
    }
}

/// `= { A, B }` or `{ A, B }`: the tokens between the outer braces.
fn add_elements(elements: &mut Vec<Token>, statement: &[Token]) {
    let open = statement.iter().position(|token| token.is("{"));
    let Some(inner) = open.and_then(|open| statement.get(open + 1..)) else {
        return;
    };
    let inner = inner.split_last().map_or(inner, |(_, inner)| inner);
    if let Some(last) = elements.last() {
        let comma = Token {
            text: ",".to_owned(),
            quoted: false,
            line: last.line,
        };
        elements.push(comma);
    }
    elements.extend(inner.iter().cloned());
}

/// `0`, `-10`, `filter`, `filter - 10`.
fn priority(words: &[&str]) -> Option<i64> {
    let (first, rest) = words.split_first()?;
    let named = match *first {
        "raw" => -300,
        "mangle" => -150,
        "dstnat" => -100,
        "filter" => 0,
        "security" => 50,
        "srcnat" => 100,
        "out" => 100,
        number => number.parse::<i64>().ok()?,
    };
    match rest {
        ["+", number, ..] => Some(named + number.parse::<i64>().ok()?),
        ["-", number, ..] => Some(named - number.parse::<i64>().ok()?),
        _ => Some(named),
    }
}
