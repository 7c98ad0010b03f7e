//! Pairs of the grammar -> tree. The grammar fixes the shape, so a child that is missing here is our bug, not the
//! user's; a value that is out of range is a finding and gets a stand-in, so that the tree stays whole.

mod claim;
mod place;
mod rule;
mod switch;
mod value;

pub use value::address;

use super::ast::{File, Item, Name, Ref, Spanned, Stmt, Word};
use super::explain;
use super::fold::Folded;
use super::keywords;
use super::parse::Rule;
use super::scan;
use crate::base::{Diagnostic, FileId, Lang, Span};
use crate::text;
use pest::iterators::Pairs;
use std::iter::Peekable;

pub(super) type Pair<'i> = pest::iterators::Pair<'i, Rule>;

/// What a tree is built with: the file it lies in and where findings go.
pub(super) struct Builder<'a> {
    pub(super) file: FileId,
    pub(super) folded: &'a Folded,
    /// Where in the folded text the parsed piece begins.
    pub(super) base: usize,
    /// The language in which keywords are shown to the writer of this file.
    pub(super) lang: Lang,
    pub(super) findings: Vec<Diagnostic>,
    /// Pieces skipped after so many findings that nobody reads more.
    pub(super) unexplained: usize,
}

/// The children of a node without keywords and punctuation, in order.
pub(super) struct Kids<'i>(Peekable<Pairs<'i, Rule>>);

impl<'i> Kids<'i> {
    fn skip_noise(&mut self) {
        while self.0.next_if(|pair| is_noise(pair.as_rule())).is_some() {}
    }

    /// The next child if it is of this rule.
    fn opt(&mut self, rule: Rule) -> Option<Pair<'i>> {
        self.skip_noise();
        self.0.next_if(|pair| pair.as_rule() == rule)
    }

    /// The next child, which the grammar requires to be of this rule.
    fn one(&mut self, rule: Rule) -> Pair<'i> {
        self.opt(rule).expect("the grammar puts this child here")
    }

    /// All next children of this rule.
    fn many(&mut self, rule: Rule) -> Vec<Pair<'i>> {
        std::iter::from_fn(|| self.opt(rule)).collect()
    }

    /// The next child, whatever it is.
    fn any(&mut self) -> Pair<'i> {
        self.skip_noise();
        self.0.next().expect("the grammar puts a child here")
    }

    /// Whether the next child is of this rule; it is taken.
    fn flag(&mut self, rule: Rule) -> bool {
        self.opt(rule).is_some()
    }
}

fn is_noise(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::comma
            | Rule::colon
            | Rule::eq
            | Rule::arrow
            | Rule::plus
            | Rule::bar
            | Rule::eol
            | Rule::EOI
    ) || keywords::is(rule)
}

fn kids(pair: Pair<'_>) -> Kids<'_> {
    Kids(pair.into_inner().peekable())
}

/// The first child of a node, keywords included.
fn first(pair: Pair<'_>) -> Pair<'_> {
    pair.into_inner()
        .next()
        .expect("the grammar puts a child here")
}

/// The end of the last token of a node: pest counts the blanks before an absent option in.
fn end_of(pair: &Pair<'_>) -> usize {
    let solid = pair
        .clone()
        .into_inner()
        .rfind(|p| !matches!(p.as_rule(), Rule::eol | Rule::EOI) && !is_empty(p));
    match solid {
        Some(last) => end_of(&last),
        None => pair.as_span().end(),
    }
}

/// Zero-width nodes (`eol`, empty `notes`, an unclosed block's end) are no part of what was typed.
fn is_empty(pair: &Pair<'_>) -> bool {
    let span = pair.as_span();
    span.as_str().trim().is_empty()
}

impl Builder<'_> {
    pub(super) fn file(mut self, file: Pair<'_>) -> (File, Vec<Diagnostic>, usize) {
        let mut items = Vec::new();
        for pair in file.into_inner() {
            match pair.as_rule() {
                Rule::item => items.push(self.item(pair)),
                Rule::junk => explain::junk(&mut self, &pair, Rule::item),
                _ => {}
            }
        }
        (File { items }, self.findings, self.unexplained)
    }

    fn item(&mut self, pair: Pair<'_>) -> Item {
        let body = first(pair);
        let span = self.span(&body);
        let node = match body.as_rule() {
            Rule::language => Stmt::Language(self.num(&kids(body).one(Rule::num))),
            Rule::import => Stmt::Import(self.literal(&kids(body).one(Rule::text))),
            Rule::site => Stmt::Site(self.site(body)),
            Rule::segment => Stmt::Segment(self.segment(body)),
            Rule::zones => Stmt::Zones(self.table(kids(body).one(Rule::table))),
            Rule::zone => Stmt::Zone(self.zone(body)),
            Rule::group => Stmt::Group(self.group(body)),
            Rule::external => Stmt::External(self.external(body)),
            Rule::opaque => Stmt::Opaque(self.opaque(body)),
            Rule::service => Stmt::Service(self.service(body)),
            Rule::switch => Stmt::Switch(self.switch(body)),
            Rule::allow | Rule::exception => Stmt::Allow(self.allow(body)),
            Rule::forbid => Stmt::Forbid(self.forbid(body)),
            Rule::prove => Stmt::Prove(self.prove(body)),
            Rule::assume => self.assume(body),
            Rule::accept => Stmt::Accept(self.accept(body)),
            Rule::guideline => Stmt::Guideline(self.guideline(body)),
            other => unreachable!("`item` has no {other:?}"),
        };
        Spanned { node, span }
    }

    /// What was typed for a node.
    fn span(&self, pair: &Pair<'_>) -> Span {
        self.range(pair.as_span().start(), end_of(pair))
    }

    /// What was typed for a range of the folded text.
    pub(super) fn range(&self, start: usize, end: usize) -> Span {
        let (start, end) = (self.base + start, self.base + end.max(start));
        let (start, end) = self.folded.typed(start, end);
        Span::new(self.file, start, end)
    }

    /// The items of a block if it stands next.
    fn block<'i>(&mut self, kids: &mut Kids<'i>, block: Rule, kind: Rule) -> Vec<Pair<'i>> {
        match kids.opt(block) {
            Some(block) => self.items(block, kind),
            None => Vec::new(),
        }
    }

    /// The items of a block; junk becomes findings, and so does a missing `}`.
    fn items<'i>(&mut self, block: Pair<'i>, kind: Rule) -> Vec<Pair<'i>> {
        let mut kids = kids(block);
        let open = kids.one(Rule::open);
        let mut items = Vec::new();
        for pair in kids.0 {
            match pair.as_rule() {
                Rule::junk_p | Rule::junk_s | Rule::junk_a => explain::junk(self, &pair, kind),
                Rule::close => {
                    if let Some(missing) = pair.into_inner().next() {
                        self.unclosed(&open, &missing);
                    }
                    break;
                }
                rule if rule == kind => items.push(pair),
                _ => {}
            }
        }
        items
    }

    /// The findings inside the block of a statement whose head is wrong; the tree has no place for its items.
    pub(super) fn orphan(&mut self, block: Pair<'_>) {
        let outer = block.as_rule();
        let kind = match outer {
            Rule::site_block => Rule::site_item,
            Rule::segment_block => Rule::segment_item,
            Rule::zone_block => Rule::zone_item,
            Rule::opaque_block => Rule::opaque_item,
            _ => Rule::switch_item,
        };
        let name = Spanned {
            node: String::new(),
            span: self.span(&block),
        };
        let mut zone = place::empty_zone(name, None);
        for item in self.items(block, kind) {
            match outer {
                Rule::site_block => drop(self.site_item(item)),
                Rule::segment_block => drop(self.segment_item(item)),
                Rule::zone_block => self.zone_item(&mut zone, first(item)),
                _ => drop(self.switch_item(first(item))),
            }
        }
    }

    fn unclosed(&mut self, open: &Pair<'_>, missing: &Pair<'_>) {
        let after = missing.as_span().start();
        let rest = self
            .folded
            .text
            .get(self.base + after..)
            .unwrap_or_default();
        let mut code = scan::code_chars(rest);
        let at = code
            .find(|&(_, c)| !c.is_whitespace() && c != ';')
            .map_or(rest.len(), |(at, _)| at);
        let word = scan::token_at(rest, at);
        let at = after + at;
        let mut finding = Diagnostic::error(text!("unclosed-block", open = "{"))
            .label(self.span(open), text!("unclosed-block-open"));
        if !word.is_empty() {
            finding = finding.label(
                self.range(at, at + word.len()),
                text!("unclosed-block-outside", word = word),
            );
        }
        self.findings
            .push(finding.help(text!("unclosed-block-help", close = "}")));
    }

    fn id(&mut self, kids: &mut Kids<'_>) -> Option<Word> {
        kids.opt(Rule::id).map(|id| self.id_word(id))
    }

    fn id_word(&mut self, id: Pair<'_>) -> Word {
        self.word(&kids(id).one(Rule::word))
    }

    fn reference(&mut self, pair: Pair<'_>) -> Ref {
        let span = self.span(&pair);
        let mut parts = kids(pair);
        let name = self.name(&parts.one(Rule::name));
        match parts.opt(Rule::member) {
            Some(member) => Ref {
                scope: Some(name),
                name: self.name(&member),
                span,
            },
            None => Ref {
                scope: None,
                name,
                span,
            },
        }
    }

    fn named(&mut self, kids: &mut Kids<'_>) -> (Name, Option<Word>) {
        let name = self.name(&kids.one(Rule::name));
        (name, self.id(kids))
    }

    /// A list of nodes, each with its span.
    fn spanned<'i, T>(
        &mut self,
        pairs: Vec<Pair<'i>>,
        mut build: impl FnMut(&mut Self, Pair<'i>) -> T,
    ) -> Vec<Spanned<T>> {
        let mut out = Vec::with_capacity(pairs.len());
        for pair in pairs {
            let span = self.span(&pair);
            let node = build(self, pair);
            out.push(Spanned { node, span });
        }
        out
    }
}
