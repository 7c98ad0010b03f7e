//! Notes on a statement: who asked, why, until when (M20).
//!
//! In: the notes of an `allow`, `exception` or `forbid`. Out: [`Notes`], each once. Must not know: what they are noted on.

use super::Lower;
use crate::base::Span;
use crate::model::Accept;
use crate::syntax::ast::{Note, Spanned};
use std::collections::BTreeMap;

/// The notes of a statement.
#[derive(Default)]
pub(super) struct Notes {
    pub(super) ticket: Option<String>,
    pub(super) owner: Option<String>,
    pub(super) because: Option<String>,
    pub(super) until: Option<jiff::civil::Date>,
    pub(super) log: bool,
    pub(super) id: Option<String>,
    pub(super) accepts: Vec<Accept>,
}

impl Lower<'_> {
    /// Notes of a statement, each once.
    pub(super) fn notes(&mut self, list: &[Spanned<Note>], whole: Span) -> Notes {
        let mut notes = Notes::default();
        let mut first: BTreeMap<&str, Span> = BTreeMap::new();
        for note in list {
            let word = match &note.node {
                Note::Ticket(_) => "ticket",
                Note::Owner(_) => "owner",
                Note::Because(_) => "because",
                Note::Until(_) => "until",
                Note::Log => "log",
                Note::Id(_) => "as",
                Note::Accept(accept) => accept.code.node.as_str(),
            };
            if let Some(&first) = first.get(word) {
                self.repeated("repeated-note", word, note.span, first);
                continue;
            }
            first.insert(word, note.span);
            match &note.node {
                Note::Ticket(text) => notes.ticket = Some(text.node.clone()),
                Note::Owner(text) => notes.owner = Some(text.node.clone()),
                Note::Because(text) => notes.because = Some(text.node.clone()),
                Note::Until(date) => notes.until = Some(date.node),
                Note::Log => notes.log = true,
                Note::Id(word) => {
                    self.claim_id(&word.node, word.span);
                    notes.id = Some(word.node.clone());
                }
                Note::Accept(accept) => notes.accepts.extend(self.accept(accept, Some(whole))),
            }
        }
        notes
    }
}
