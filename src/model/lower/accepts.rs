//! `accept CODE because "..." [until D]`, wherever it stands.
//!
//! In: the statement and the scope it is in. Out: an [`Accept`], kept with its scope and for the whole policy; a code that
//! means nothing is refused, or a typo would accept nothing in silence. Must not know: what is found elsewhere.

use super::Lower;
use crate::base::{Diagnostic, Span, suggest};
use crate::model::Accept;
use crate::model::accept::{ALL_PORTS, WIDE_RETURN};
use crate::syntax::ast;
use crate::text;

/// Widenings first, then warnings and remarks about a policy.
pub(super) const CODES: [&str; 10] = [
    WIDE_RETURN,
    ALL_PORTS,
    "shared-vlan",
    "several-routers",
    "allow-expired",
    "no-log",
    "no-pmtu",
    "assume-unused",
    "fact-confirmed-anyway",
    "other-dialect",
];

impl Lower<'_> {
    /// What a statement accepts within a scope; `None` is the whole policy.
    pub(super) fn accept(&mut self, ast: &ast::Accept, scope: Option<Span>) -> Option<Accept> {
        let code = ast.code.node.as_str();
        if !CODES.contains(&code) {
            let diagnostic = Diagnostic::error(text!("unknown-accept", code = code));
            let help = match suggest::nearest(code, CODES) {
                Some(near) => text!("nearest-name", name = near),
                None => text!("known-accepts", codes = CODES.join(", ")),
            };
            self.report(diagnostic.at(ast.code.span).help(help));
            return None;
        }
        let accept = Accept {
            code: code.to_owned(),
            because: ast.because.node.clone(),
            until: ast.until.as_ref().map(|until| until.node),
            scope,
            span: ast.code.span,
        };
        let known = self.accepts.add(&accept).map(|known| known.span);
        if let Some(first) = known.filter(|first| *first != accept.span) {
            self.repeated("repeated-note", code, ast.code.span, first);
            return None;
        }
        Some(accept)
    }
}
