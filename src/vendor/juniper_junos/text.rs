//! A capture -> one [`Tree`], from curly text, from `set` lines, or from both in one file.
//!
//! In: the lines of a capture. Out: the tree, and the lines that could not be placed in it. Comments go; so does the output
//! of other commands. What was typed at a prompt says where in the tree the printed statements stand.
//! Must not know: what any word of the configuration means.

use super::edit;
use super::tree::{DEEPEST, Id, ROOT, Tree};
use crate::base::{Source, Text};
use crate::text;
use crate::vendor::capture::{self, Line};

/// A line that could not be placed.
pub(super) struct Problem {
    pub(super) line: u32,
    pub(super) text: String,
    pub(super) why: Text,
}

/// One or, in brackets, several words at one place of a path.
pub(super) type Part = Vec<(String, u32)>;

/// Values times words behind them, at most: `[ a b ] c d` is a path per value.
const MOST_PATHS: usize = 100_000;

/// What has been read, and where the next statement goes.
pub(super) struct Text2Tree {
    pub(super) tree: Tree,
    pub(super) problems: Vec<Problem>,
    /// Where `edit` went.
    pub(super) edit: Vec<String>,
    /// Open braces, the outermost first. The first is where the printed part of the configuration stands.
    open: Vec<Id>,
    /// Words of a statement that has not ended.
    pending: Vec<Part>,
    in_bracket: bool,
    in_comment: bool,
    /// No `*/` follows any more.
    no_comment_end: bool,
    reading: bool,
    asides: Vec<u32>,
}

/// Reads a capture. Third: the numbers of the lines that other commands printed.
pub(super) fn tree(source: &Source) -> (Tree, Vec<Problem>, Vec<u32>) {
    let mut reader = Text2Tree {
        tree: Tree::new(),
        problems: Vec::new(),
        edit: Vec::new(),
        open: vec![ROOT],
        pending: Vec::new(),
        in_bracket: false,
        in_comment: false,
        no_comment_end: false,
        reading: true,
        asides: Vec::new(),
    };
    let lines = capture::lines(source);
    let ends = |line: &Line<'_>| line.text.contains("*/");
    let last_end = lines.iter().rfind(|line| ends(line)).map(|l| l.number);
    for line in &lines {
        reader.no_comment_end = last_end.is_none_or(|last| last < line.number);
        reader.line(line);
    }
    if let Some(last) = lines.last() {
        reader.close(last);
    }
    (reader.tree, reader.problems, reader.asides)
}

/// A text as the `set` lines that make it; `None` if a line of it was not placed.
pub(super) fn set_lines(text: &str) -> Option<String> {
    let source = Source::capture("", text.as_bytes());
    let (tree, problems, _) = self::tree(&source);
    let lines = problems.is_empty().then(|| tree.commands())?;
    Some(lines.into_iter().map(|line| line + "\n").collect())
}

/// Words in double quotes lose them; `{`, `}`, `;`, `[` and `]` are tokens of their own where `marks`.
enum Token {
    Word(String),
    Mark(char),
    /// A quotation without an end.
    Unclosed,
}

impl Text2Tree {
    /// One problem a line is enough.
    pub(super) fn problem(&mut self, line: &Line<'_>, why: Text) {
        const SHOWN: usize = 200;
        if self.problems.last().is_none_or(|p| p.line != line.number) {
            self.problems.push(Problem {
                line: line.number,
                text: line.text.chars().take(SHOWN).collect(),
                why,
            });
        }
    }

    fn line(&mut self, line: &Line<'_>) {
        if line.prompt {
            self.prompt(line);
        } else if !self.reading || is_banner(&line.text) {
            self.asides.push(line.number);
            if let Some(path) = line.text.strip_prefix("[edit") {
                self.edit = path
                    .trim_end_matches(']')
                    .split_whitespace()
                    .map(str::to_owned)
                    .collect();
            }
        } else if self.at_top() && !self.in_comment && is_edit(&line.text) {
            let words = self.edit_words(line);
            edit::apply(self, words, line);
        } else {
            self.curly(line);
        }
    }

    fn at_top(&self) -> bool {
        self.open.len() == 1 && self.pending.is_empty()
    }

    /// What was typed: another command ends the output of the last one.
    fn prompt(&mut self, line: &Line<'_>) {
        self.close(line);
        let mark = line.text.find(['#', '>']);
        let typed = mark.and_then(|at| line.text.get(at..)).unwrap_or_default();
        let config_mode = typed.starts_with('#');
        let command = typed.get(1..).unwrap_or_default().trim();
        self.reading = command.is_empty();
        if config_mode && is_edit(command) && !command.starts_with("show") {
            let typed = Line {
                text: command.to_owned().into(),
                ..line.clone()
            };
            let words = self.edit_words(&typed);
            edit::apply(self, words, &typed);
            self.reading = true;
            return;
        }
        let mut words = command
            .split('|')
            .next()
            .unwrap_or_default()
            .split_whitespace();
        if !words.next().is_some_and(|word| word.starts_with("sh")) {
            return;
        }
        let mut path: Vec<String> = Vec::new();
        if config_mode {
            path.clone_from(&self.edit);
        } else if !words.next().is_some_and(|word| word.starts_with("conf")) {
            return;
        }
        self.reading = true;
        path.extend(words.map(str::to_owned));
        path.truncate(DEEPEST);
        let number = line.number;
        let add = |at, word: &String| self.tree.add(at, word, number, false);
        let base = path.iter().fold(ROOT, add);
        self.open = vec![base];
    }

    /// The end of a text: everything that is still open was cut off.
    fn close(&mut self, line: &Line<'_>) {
        if !self.pending.is_empty() || self.open.len() > 1 || self.in_comment {
            self.spoil(line, text!("junos-cut-off"));
        }
        self.open = vec![ROOT];
        self.pending.clear();
        (self.in_bracket, self.in_comment) = (false, false);
    }

    fn curly(&mut self, line: &Line<'_>) {
        let mut rest: &str = &line.text;
        while let Some((token, after)) = self.token(rest, true) {
            rest = after;
            match token {
                Token::Word(word) => self.word(word, line.number),
                Token::Mark('[') => {
                    self.in_bracket = true;
                    self.pending.push(Vec::new());
                }
                Token::Mark(']') => self.in_bracket = false,
                Token::Mark('{') => {
                    let id = self.statement(line);
                    self.open.push(id);
                }
                Token::Mark('}') => self.brace(line),
                Token::Mark(_) => {
                    if !self.pending.is_empty() {
                        self.statement(line);
                    }
                }
                Token::Unclosed => self.spoil(line, text!("junos-quote")),
            }
        }
        if self.open.len() == 1 && !self.pending.is_empty() && !self.in_bracket && !self.in_comment
        {
            // A statement begins and ends on its line unless it has a block.
            self.pending.clear();
            self.problem(line, text!("junos-line-unread"));
        }
    }

    fn word(&mut self, word: String, number: u32) {
        match self.pending.last_mut().filter(|_| self.in_bracket) {
            Some(values) => values.push((word, number)),
            None => self.pending.push(vec![(word, number)]),
        }
    }

    fn brace(&mut self, line: &Line<'_>) {
        if !self.pending.is_empty() {
            self.spoil(line, text!("junos-statement-open"));
            self.statement(line);
        }
        if self.open.len() == 1 {
            self.problem(line, text!("junos-brace"));
        } else if let Some(id) = self.open.pop() {
            self.tree.touch(id, line.number);
        }
    }

    /// Something inside the open blocks was not read.
    fn spoil(&mut self, line: &Line<'_>, why: Text) {
        for &id in self.open.iter().skip(1).rev() {
            if !self.tree.set_broken(id) {
                break; // and so are all around it
            }
        }
        self.problem(line, why);
    }

    /// Places the pending words; gives the node of the last one.
    fn statement(&mut self, line: &Line<'_>) -> Id {
        self.in_bracket = false;
        let mut parts = std::mem::take(&mut self.pending);
        let base = self.open.last().copied().unwrap_or(ROOT);
        let mut inactive = false;
        let mut replace = false;
        let mut delete = false;
        while let Some(first) = parts.first() {
            match first.first().map(|(word, _)| word.as_str()) {
                Some("inactive:") => inactive = true,
                Some("replace:") => replace = true,
                Some("delete:") => delete = true,
                Some("protect:" | "active:") => {}
                _ => break,
            }
            parts.remove(0);
        }
        if replace || delete {
            edit::delete(&mut self.tree, base, &parts);
        }
        if delete {
            return base;
        }
        let ends = self.place(base, &parts, line);
        for &id in &ends {
            self.tree.set_inactive(id, inactive);
        }
        ends.last().copied().unwrap_or(base)
    }

    /// Adds a path, or as many as there are values in brackets. Gives the last nodes.
    pub(super) fn place(&mut self, base: Id, parts: &[Part], line: &Line<'_>) -> Vec<Id> {
        let widest = parts.iter().map(Vec::len).max().unwrap_or(0);
        let several = parts.iter().filter(|part| part.len() > 1).count();
        if several > 1
            || self.tree.depth(base) + parts.len() > DEEPEST
            || (several == 1 && widest * parts.len() > MOST_PATHS)
        {
            self.spoil(line, text!("junos-nesting"));
            return Vec::new();
        }
        let mut ends = vec![base];
        for part in parts {
            ends = ends
                .iter()
                .flat_map(|&at| part.iter().map(move |word| (at, word)))
                .map(|(at, (word, number))| self.tree.add(at, word, *number, false))
                .collect();
        }
        for &id in &ends {
            self.tree.touch(id, line.number);
        }
        ends
    }

    /// The words of an edit command, brackets as one part.
    fn edit_words(&mut self, line: &Line<'_>) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        let mut in_bracket = false;
        let mut rest: &str = &line.text;
        while let Some((token, after)) = self.token(rest, false) {
            rest = after;
            match token {
                Token::Word(word) => match parts.last_mut().filter(|_| in_bracket) {
                    Some(values) => values.push((word, line.number)),
                    None => parts.push(vec![(word, line.number)]),
                },
                Token::Mark('[') => {
                    in_bracket = true;
                    parts.push(Vec::new());
                }
                Token::Mark(_) => in_bracket = false,
                Token::Unclosed => self.problem(line, text!("junos-quote")),
            }
        }
        parts
    }

    /// The next token of a line and what follows it. `curly`: braces and semicolons are marks.
    fn token<'a>(&mut self, text: &'a str, curly: bool) -> Option<(Token, &'a str)> {
        let mut text = text;
        loop {
            if self.in_comment {
                let (_, after) = text.split_once("*/")?;
                self.in_comment = false;
                text = after;
            }
            text = text.trim_start();
            if text.starts_with('#') {
                return None;
            }
            let Some(comment) = text.strip_prefix("/*") else {
                break;
            };
            if self.no_comment_end && !comment.contains("*/") {
                return None; // never closed: a comment on this line only
            }
            self.in_comment = true;
            text = comment;
        }
        if let Some(quoted) = text.strip_prefix('"') {
            return Some(match closing_quote(quoted) {
                Some((word, after)) => (Token::Word(word), after),
                None => (Token::Unclosed, ""),
            });
        }
        let first = text.chars().next()?;
        let is_mark = |c: char| "[]".contains(c) || (curly && "{};".contains(c));
        if is_mark(first) {
            return Some((Token::Mark(first), text.get(1..).unwrap_or_default()));
        }
        let ends = |c: char| {
            c.is_whitespace() || (curly && "{};".contains(c)) || (self.in_bracket && c == ']')
        };
        let end = text.find(ends).unwrap_or(text.len());
        let (word, after) = text.split_at_checked(end)?;
        Some((Token::Word(word.to_owned()), after))
    }
}

/// The text up to the closing quotation mark, and what follows it. `\"` is a quotation mark in the text.
fn closing_quote(text: &str) -> Option<(String, &str)> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => {
                return Some((text.get(..at)?.to_owned(), text.get(at + 1..)?));
            }
            _ => escaped = false,
        }
    }
    None
}

/// `{master:0}`, `[edit firewall]`: lines around a prompt.
fn is_banner(text: &str) -> bool {
    let braces = text.starts_with('{') && text.ends_with('}') && !text.contains(' ');
    braces || (text.starts_with("[edit") && text.ends_with(']'))
}

/// Whether a line is a command of the configuration mode.
fn is_edit(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    edit::VERBS.contains(&first) && !text.ends_with('{') && !text.ends_with(';')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> (String, Vec<u32>) {
        let source = Source::capture("a", text.as_bytes());
        let (tree, problems, _) = tree(&source);
        let lines = problems.iter().map(|problem| problem.line).collect();
        (tree.at(ROOT).text(2000).trim().to_owned(), lines)
    }

    #[test]
    fn both_forms_are_one_tree() {
        let curly = "## Last commit: x\nversion 1;\nfirewall {\n  family inet {\n    /* why\n * more */\n    filter \"A b\" {\n      \
                     term t { from { port [ 22 http ]; } then accept; }\n      inactive: term off { then discard; }\n    }\n  }\n}\n";
        let set = "set version 1\nset firewall family inet filter \"A b\" term t from port [ 22 http ]\n# c\n\
                   set firewall family inet filter \"A b\" term t then accept\nset firewall family inet filter \"A b\" term off then discard\n\
                   deactivate firewall family inet filter \"A b\" term off\n";
        let expect = "{ version 1; firewall family inet filter A b term t { from port { 22; http; }; then accept; }; }";
        assert_eq!(shown(curly), (expect.to_owned(), vec![]));
        assert_eq!(shown(set), (expect.to_owned(), vec![]));
        assert!(shown(&format!("{curly}{set}")).1.is_empty());
    }

    #[test]
    fn edits_move_rename_and_delete() {
        for (text, expect) in [
            ("set a b\nset a c\ninsert a c before a b", "a { c; b; }"),
            (
                "set a t b\nset a t c\ninsert a t c before t b",
                "a t { c; b; }",
            ),
            (
                "set a t b\nset a t c\ninsert a t b after t c",
                "a t { c; b; }",
            ),
            ("set a b c\nset a b d\ndelete a b c", "a b d"),
            ("set a b c\ndelete a\nset a x", "a x"),
            (
                "edit a b\nset c 1\nup\nset d\ntop\nset e",
                "{ a { b c 1; d; }; e; }",
            ),
            ("set a t b x\nrename a t b to t c", "a t c x"),
            ("set a b\ndeactivate a b\nactivate a b", "a b"),
            (
                "a {\n b;\n replace: c { x; }\n}\na {\n replace: c { y; }\n}",
                "a { b; c y; }",
            ),
        ] {
            assert_eq!(shown(text).0, expect, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_placed_is_told() {
        for (text, lines) in [
            ("a {\n b;\n", vec![2]),
            ("a;\n}\nb;", vec![2]),
            ("a {\n b\n}\n", vec![3]),
            ("a \"x;\nb;", vec![1]),
            ("a /* x;\nb;", vec![1]),
            ("--- JUNOS 1\nb;", vec![1]),
            ("set a\nwildcard delete a x\ncopy a to b", vec![2, 3]),
        ] {
            assert_eq!(shown(text).1, lines, "{text}");
        }
    }

    #[test]
    fn prompts_say_what_is_printed() {
        let text = "{master:0}\nme@sw> show version\nHostname: x\nme@sw> show configuration firewall | no-more\nfamily inet { x; }\n\n\
                    me@sw> configure\n[edit]\nme@sw# set a b\n[edit]\nme@sw# show | display set\nset c d\n[edit policy-options]\nme@sw# show\nq;\n";
        let expect = "{ firewall family inet x; a b; c d; policy-options q; }";
        assert_eq!(shown(text), (expect.to_owned(), vec![]));
    }
}
