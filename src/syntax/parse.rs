//! Text -> tree and findings. Never fails, never panics, reports many findings in one run.
//!
//! Size and nesting are looked at before pest runs, because pest recurses and its stack is ours. The grammar itself
//! resynchronises (`junk`), and [`super::explain`] says what is wrong with what it skipped.

use super::ast::File;
use super::build::Builder;
use super::{fold, keywords, scan};
use crate::base::source::NotUtf8;
use crate::base::{Diagnostic, FileId, Span};
use crate::text;
use pest::Parser as _;

pub(crate) use grammar::{PolicyParser, Rule};

#[allow(unreachable_pub, missing_docs, reason = "generated from the grammar")]
mod grammar {
    /// The grammar of `grammar/policy.pest`.
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/policy.pest"]
    pub struct PolicyParser;
}

/// Bytes of one policy file (language section 3).
pub const MAX_BYTES: usize = 4 << 20;
/// Levels of braces.
pub const MAX_DEPTH: usize = 32;
/// Findings of one file that are kept: beyond them nobody reads.
pub(super) const MAX_FINDINGS: usize = 100;

/// A name as it is typed: in quotes where it needs them.
#[must_use]
pub fn quoted(name: &str) -> String {
    let bare = PolicyParser::parse(Rule::name, name);
    if bare.is_ok_and(|pair| pair.as_str() == name && !name.starts_with(['"', '「'])) {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Reads a policy file. The tree holds every statement that could be read; a value out of range has a stand-in there,
/// so a tree with errors must not be given a meaning. Spans are bytes of `text`.
#[must_use]
pub fn parse(file: FileId, text: &str) -> (File, Vec<Diagnostic>) {
    if text.len() > MAX_BYTES {
        return (File::default(), vec![too_large(file, text.len())]);
    }
    let folded = fold::fold(text);
    let builder = Builder {
        file,
        lang: keywords::language_of(&folded.text),
        folded: &folded,
        base: 0,
        findings: Vec::new(),
        unexplained: 0,
    };
    if let Some(at) = too_deep(&folded.text) {
        let finding = Diagnostic::error(text!("nested-too-deep", most = MAX_DEPTH))
            .at(builder.range(at, at + 1));
        return (File::default(), vec![finding]);
    }
    let pairs = PolicyParser::parse(Rule::file, &folded.text);
    let (tree, mut findings, unexplained) = match pairs.map(|mut pairs| pairs.next()) {
        Ok(Some(pair)) => builder.file(pair),
        Ok(None) | Err(_) => unreachable!("`file` takes any text: what is no item is junk"),
    };
    findings.sort_by_key(|finding| finding.labels.first().map(|label| label.span));
    cut(&mut findings, unexplained);
    (tree, findings)
}

/// The finding for a policy whose bytes are not UTF-8; `path` is what the file is called.
#[must_use]
pub fn not_utf8(path: &str, error: NotUtf8) -> Diagnostic {
    let finding = if error.looks_like_cp932 {
        Diagnostic::error(text!("policy-in-cp932", path = path, line = error.line))
    } else {
        Diagnostic::error(text!("policy-not-utf8", path = path, line = error.line))
    };
    finding.help(text!("policy-not-utf8-help"))
}

fn too_large(file: FileId, bytes: usize) -> Diagnostic {
    Diagnostic::error(text!("policy-too-large", bytes = bytes, most = MAX_BYTES))
        .at(Span::new(file, 0, 0))
}

/// The first brace that nests too deep, outside texts and comments.
pub(super) fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in scan::code_chars(text) {
        match c {
            '{' if depth == MAX_DEPTH => return Some(at),
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

fn cut(findings: &mut Vec<Diagnostic>, unexplained: usize) {
    let more = findings.len().saturating_sub(MAX_FINDINGS) + unexplained;
    findings.truncate(MAX_FINDINGS);
    if let (Some(last), true) = (findings.last_mut(), more > 0) {
        last.notes.push(text!("more-findings", count = more));
    }
}
