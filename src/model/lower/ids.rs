//! ASCII ids, which devices can print: a flat name space of their own (language section 3).
//!
//! In: names and `as`. Out: [`Label`]s. An id depends on its own line only, so unrelated edits never rename a list.
//! Must not know: what is named.

use super::Lower;
use crate::base::{Diagnostic, Span};
use crate::model::Label;
use crate::syntax::ast::{self, Name, Word};
use crate::text;
use sha2::{Digest, Sha256};

/// What devices call something that has no `as`: its name if that can be an id, else a hash of it.
pub(super) fn short_id(name: &str) -> String {
    if plain(name) && name.len() <= MAX_ID {
        name.to_owned()
    } else {
        format!("X_{}", hash8(name))
    }
}

impl Lower<'_> {
    /// The label of a definition; its id is `as`, else the name if that can be one, else `fallback`.
    pub(super) fn label(
        &mut self,
        name: &Name,
        given: Option<&Word>,
        fallback: Option<String>,
    ) -> Label {
        let (label, span) = derive(name, given, fallback);
        self.claim_id(&label.id, span);
        label
    }

    /// The label of a host. Hosts belong to their zone, and so do their ids.
    pub(super) fn host_label(
        &mut self,
        zone: &str,
        host: &ast::Host,
        fallback: Option<String>,
    ) -> Label {
        let (label, span) = derive(&host.name, host.id.as_ref(), fallback);
        self.claim_id_in(&format!("{zone}."), &label.id, span);
        label
    }

    /// The label of a switch. It has no `as`: a name too long for an id is hashed instead of refused.
    pub(super) fn switch_label(&mut self, name: &Name) -> Label {
        let id = short_id(&name.node);
        self.claim_id(&id, name.span);
        Label {
            name: name.node.clone(),
            id,
            span: name.span,
        }
    }

    /// Takes an id: ASCII, at most 20 characters, unique regardless of case.
    pub(super) fn claim_id(&mut self, id: &str, span: Span) {
        self.claim_id_in("", id, span);
    }

    fn claim_id_in(&mut self, scope: &str, id: &str, span: Span) {
        if !plain(id) {
            let diagnostic = Diagnostic::error(text!("id-not-ascii", id = id)).at(span);
            return self.report(diagnostic.help(text!("id-not-ascii-help")));
        }
        if id.len() > MAX_ID {
            let diagnostic =
                Diagnostic::error(text!("id-too-long", id = id, length = id.len())).at(span);
            return self.report(diagnostic.help(text!("id-too-long-help")));
        }
        let key = format!("{scope}{}", id.to_ascii_lowercase());
        match self.names.ids.get(&key) {
            Some(_) if self.names.twice.contains(&span) => {}
            Some(&first) => self.repeated("repeated-id", id, span, first),
            None => {
                self.names.ids.insert(key, span);
            }
        }
    }
}

/// A label, and what a finding about its id underlines.
fn derive(name: &Name, given: Option<&Word>, fallback: Option<String>) -> (Label, Span) {
    let (id, span) = match given {
        Some(word) => (word.node.clone(), word.span),
        None if plain(&name.node) => (name.node.clone(), name.span),
        None => {
            let fallback = fallback.filter(|id| id.len() <= MAX_ID);
            (
                fallback.unwrap_or_else(|| format!("X_{}", hash8(&name.node))),
                name.span,
            )
        }
    };
    (
        Label {
            name: name.node.clone(),
            id,
            span: name.span,
        },
        span,
    )
}

/// Characters of an id that every device takes.
const MAX_ID: usize = 20;

/// Whether a word can be an id as it stands.
fn plain(word: &str) -> bool {
    !word.is_empty()
        && word
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// The first 8 hexadecimal digits of the SHA-256 of a text.
pub(super) fn hash8(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
