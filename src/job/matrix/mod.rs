//! 通信要件一覧 back into a policy: its statements, and nothing else of it, are those of the table.
//!
//! In: a policy, its text, and a table as [`super::sheet::flows`] prints one, edited by people. Out: the text of a policy in
//! which every statement that the table still has stands as it was written, those it lacks are gone, and new or changed rows are
//! statements at the end. What a cell says becomes part of a statement only if it is read as that part and no more; whatever is
//! wrong is told at its cell. Must not know: files, encodings, formats of tables.

mod rows;

use super::{Job, sheet};
use crate::base::{Diagnostic, FileId, Lang, Severity, SourceMap, Span};
use crate::model::Policy;
use crate::syntax::ast::{Allow, File, Note, Stmt};
use crate::syntax::keywords::{self, language_of};
use crate::text;
use rows::{
    BECAUSE, COLUMNS, EXCEPTION, FROM, Key, LOG, Line, OWNER, Place, SERVICES, TICKET, TO, UNTIL,
    date, incomplete, lines, plain, titles,
};
use std::collections::BTreeSet;
use std::ops::Range;

/// A policy with the statements of a table.
#[derive(Clone, Debug)]
pub struct Composed {
    /// Its text.
    pub text: String,
    /// Statements that stand as they were.
    pub kept: usize,
    /// Rows that became statements.
    pub added: usize,
    /// Statements that are gone.
    pub removed: usize,
    /// Statements that are gone with notes that no column of a table holds.
    pub lost: Vec<Diagnostic>,
    /// Which cell a part of the text comes from.
    parts: Vec<(Range<usize>, Place)>,
}

/// Puts the rows of a table in place of the statements of a policy.
///
/// # Errors
/// Cells that are no part of a statement, each at its place.
pub fn compose(sources: &SourceMap, policy: &Policy, main: FileId, table: FileId) -> Job<Composed> {
    let lines = lines(table, &sources.get(table).text)?;
    let text = sources.get(main).text.as_str();
    let (tree, _) = crate::syntax::parse(main, text);
    let mut left: Vec<(Key, usize)> = lines.iter().map(Line::key).zip(0..).collect();
    let mut stands: Vec<Range<usize>> = Vec::new();
    let (mut kept, mut errors) = (0, Vec::new());
    for (span, keys) in statements(policy) {
        let found: Option<Vec<usize>> = take(&left, &keys);
        match found {
            Some(taken) => {
                left.retain(|(_, at)| !taken.contains(at));
                kept += 1;
            }
            None if span.file == main => stands.extend(whole(&tree, span)),
            None => errors.push(Diagnostic::error(text!("matrix-imported")).at(span)),
        }
    }
    stands.dedup();
    let mut composed = Composed {
        text: without(text, &stands),
        kept,
        added: left.len(),
        removed: stands.len(),
        lost: lost_notes(&tree, &stands),
        parts: Vec::new(),
    };
    if !composed.text.is_empty() && !composed.text.ends_with('\n') {
        composed.text.push('\n');
    }
    let lang = language_of(text);
    let new: BTreeSet<usize> = left.into_iter().map(|(_, at)| at).collect();
    for line in new.iter().filter_map(|&at| lines.get(at)) {
        errors.extend(composed.add(line, lang, main));
    }
    match errors.is_empty() {
        true => Ok(composed),
        false => Err(errors),
    }
}

/// A note that no column holds is not in the row that takes the statement's place.
fn lost_notes(tree: &File, gone: &[Range<usize>]) -> Vec<Diagnostic> {
    let gone = |span: Span| gone.iter().any(|range| range.start == span.start as usize);
    let notes = tree.items.iter().filter_map(|item| match &item.node {
        Stmt::Allow(allow) if gone(item.span) => Some(&allow.notes),
        _ => None,
    });
    let kept = |note: &Note| !matches!(note, Note::Id(_) | Note::Accept(_));
    let lost = notes.flatten().filter(|note| !kept(&note.node));
    let told = lost.map(|note| Diagnostic::warning(text!("matrix-lost-notes")).at(note.span));
    told.collect()
}

/// The rows that stand for a statement, each once; none unless all are there.
fn take(left: &[(Key, usize)], keys: &[Key]) -> Option<Vec<usize>> {
    let mut taken = Vec::new();
    for key in keys {
        let mut same = left
            .iter()
            .filter(|(known, at)| known == key && !taken.contains(at));
        taken.push(same.next()?.1);
    }
    Some(taken)
}

/// Statements with the rows they are printed as.
fn statements(policy: &Policy) -> Vec<(Span, Vec<Key>)> {
    let spans = policy.allows.iter().filter(|allow| !allow.dhcp);
    let mut all: Vec<(Span, Vec<Key>)> = Vec::new();
    for (allow, flow) in spans.zip(sheet::flows(policy)) {
        let [ticket, owner, because, until] = flow.notes;
        let key: Key = [
            plain(&flow.from),
            plain(&flow.to),
            plain(&flow.services),
            plain(&ticket),
            plain(&owner),
            plain(&because),
            until,
            flow.log.to_string(),
            flow.exception.to_string(),
        ];
        match all.iter_mut().find(|(span, _)| *span == allow.span) {
            Some((_, keys)) => keys.push(key),
            None => all.push((allow.span, vec![key])),
        }
    }
    all
}

/// The whole text of the statement at a place.
fn whole(tree: &File, span: Span) -> Option<Range<usize>> {
    let holds = |of: Span| of.start <= span.start && span.end <= of.end;
    let item = tree.items.iter().find(|item| holds(item.span))?;
    Some(item.span.start as usize..item.span.end as usize)
}

/// The text without some ranges; lines that are left blank go too.
fn without(text: &str, gone: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let (start, end) = (at, at + line.len());
        at = end;
        let touched = gone
            .iter()
            .any(|range| range.start < end && start < range.end);
        let rest: String = line
            .char_indices()
            .filter(|(index, _)| !gone.iter().any(|range| range.contains(&(start + index))))
            .map(|(_, c)| c)
            .collect();
        if !touched || !rest.trim().is_empty() {
            out.push_str(&rest);
        }
    }
    out
}

impl Composed {
    /// Appends the statement of a row, and remembers which cell each part of it comes from.
    fn add(&mut self, line: &Line, lang: Lang, file: FileId) -> Vec<Diagnostic> {
        let errors = incomplete(line);
        if !errors.is_empty() {
            return errors;
        }
        let start = self.text.len();
        let word = |en: &str| keyword(en, lang);
        let quoted =
            |said: &str| format!("\"{}\"", said.replace('\\', "\\\\").replace('"', "\\\""));
        let verb = if line.said(EXCEPTION).is_empty() {
            "allow"
        } else {
            "exception"
        };
        self.text.push_str(&word(verb));
        let until = date(line.said(UNTIL)).unwrap_or_default();
        let parts = [
            (FROM, " ".to_owned(), line.said(FROM).to_owned()),
            (TO, " -> ".to_owned(), line.said(TO).to_owned()),
            (SERVICES, " : ".to_owned(), line.said(SERVICES).to_owned()),
            (
                TICKET,
                format!("  {} ", word("ticket")),
                quoted(line.said(TICKET)),
            ),
            (
                OWNER,
                format!(" {} ", word("owner")),
                quoted(line.said(OWNER)),
            ),
            (
                BECAUSE,
                format!(" {} ", word("because")),
                quoted(line.said(BECAUSE)),
            ),
            (UNTIL, format!(" {} ", word("until")), until),
            (LOG, " ".to_owned(), word("log")),
        ];
        let mut ranges: [Range<usize>; COLUMNS] = Default::default();
        for (column, before, said) in parts {
            if line.said(column).is_empty() {
                continue;
            }
            self.text.push_str(&before);
            let range = self.text.len()..self.text.len() + said.len();
            self.text.push_str(&said);
            self.parts
                .extend(line.place(column).map(|place| (range.clone(), place)));
            if let Some(known) = ranges.get_mut(column) {
                *known = range.start - start..range.end - start;
            }
        }
        let statement = self.text.get(start..).unwrap_or_default();
        let errors = not_one_statement(line, statement, &ranges, file);
        self.text.push('\n');
        errors
    }
}

fn keyword(en: &str, lang: Lang) -> String {
    let mut all = keywords::all();
    let known = all.find(|keyword| keyword.en == en);
    known.map_or(en, |keyword| keyword.spelt(lang)).to_owned()
}

/// Cells that are not read as the part of the statement that they stand for, and nothing else.
fn not_one_statement(
    line: &Line,
    statement: &str,
    ranges: &[Range<usize>; COLUMNS],
    file: FileId,
) -> Vec<Diagnostic> {
    let (tree, _) = crate::syntax::parse(file, statement);
    let allow = match tree.items.as_slice() {
        [item] => match &item.node {
            Stmt::Allow(allow) if item.span.end as usize == statement.len() => Some(allow),
            _ => None,
        },
        _ => None,
    };
    let inside = |span: Span, column: usize| {
        let range = ranges.get(column).cloned().unwrap_or_default();
        range.start <= span.start as usize && span.end as usize <= range.end
    };
    let ends = |allow: &Allow| [inside(allow.from.span, FROM), inside(allow.to.span, TO)];
    let services = |allow: &Allow| {
        allow
            .services
            .iter()
            .all(|term| inside(term.span, SERVICES))
    };
    let notes = |allow: &Allow| {
        let stated = (TICKET..=LOG).filter(|&column| !line.said(column).is_empty());
        let plain = |note: &Note| !matches!(note, Note::Id(_) | Note::Accept(_));
        allow.notes.len() == stated.count() && allow.notes.iter().all(|note| plain(&note.node))
    };
    let good = allow.map_or([false; 3], |allow| {
        let [from, to] = ends(allow);
        [from && !allow.both, to, services(allow) && notes(allow)]
    });
    let wrong = [FROM, TO, SERVICES]
        .into_iter()
        .zip(good)
        .filter(|(_, good)| !good);
    let told = wrong.filter_map(|(column, _)| {
        let place = line.place(column)?;
        let title = titles().into_iter().nth(column)?;
        let said = line.said(column);
        let headline = text!("matrix-cell", cell = place.name, title = title, said = said);
        Some(Diagnostic::error(headline).at(place.span))
    });
    told.collect()
}

/// What is wrong with the policy that was composed, told at the cells it comes from.
///
/// # Errors
/// All findings, if one of them is an error.
pub fn check(sources: &SourceMap, composed: &Composed, file: FileId) -> Job<Vec<Diagnostic>> {
    let (_, found) = super::network::findings(sources, file);
    let told: Vec<Diagnostic> = found
        .into_iter()
        .map(|one| composed.at_cells(one, file))
        .collect();
    match told.iter().any(|one| one.severity == Severity::Error) {
        true => Err(told),
        false => Ok(told),
    }
}

impl Composed {
    fn at_cells(&self, mut found: Diagnostic, file: FileId) -> Diagnostic {
        let mut cells = BTreeSet::new();
        for label in found
            .labels
            .iter_mut()
            .filter(|label| label.span.file == file)
        {
            let (start, end) = (label.span.start as usize, label.span.end as usize);
            let touches =
                |(range, _): &&(Range<usize>, Place)| range.start < end && start < range.end;
            if let Some((_, place)) = self.parts.iter().find(touches) {
                label.span = place.span;
                cells.insert(place.name.clone());
            }
        }
        for cell in cells {
            found = found.note(text!("matrix-at", cell = cell));
        }
        found
    }
}
