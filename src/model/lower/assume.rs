//! `assume`: what people attest (D23, D29, D40), and vendor facts that a site has tested (D1).
//!
//! In: the statements, after all places. Out: [`Assumption`]s; `no-hairpin` is kept with its external. Whether a fact exists
//! is not judged here. Must not know: facts, device text.

use super::Lower;
use super::collect::Parts;
use super::names::Def;
use crate::base::{Diagnostic, Span, suggest};
use crate::model::{Assumption, At, Spot, SwitchId};
use crate::syntax::ast::{self, AssumeKind, Note, Spanned};
use crate::text;

impl<'a> Lower<'a> {
    /// Everything that is assumed.
    pub(super) fn assumptions(&mut self, parts: &Parts<'a>) -> Vec<Assumption> {
        let mut out: Vec<Assumption> = Vec::new();
        for &(assume, span) in &parts.assumes {
            let Some(because) = self.reason(&assume.notes, assume.kind.span) else {
                continue;
            };
            self.surplus_text(assume);
            match assume.kind.node {
                AssumeKind::Authentic => self.authentic(assume, &because, &mut out),
                AssumeKind::NoHairpin => self.no_hairpin(assume),
                AssumeKind::Irrelevant => self.irrelevant(assume, &because, span, &mut out),
            }
        }
        for &(fact, _) in &parts.facts {
            let because = self.reason(&fact.notes, fact.id.span);
            let switches = self.fact_switches(fact);
            let dialect = self.fact_dialect(&fact.id);
            if let (Some(because), Some(switches), Some((dialect, id))) =
                (because, switches, dialect)
            {
                out.push(Assumption::Fact {
                    dialect,
                    id,
                    switches,
                    value: fact.value.node,
                    because,
                    span: fact.id.span,
                });
            }
        }
        out
    }

    /// The reason, which every assumption has. Who attests may be noted; a day after which it would not hold may not: no
    /// verdict could then say on which day it is one.
    fn reason(&mut self, notes: &[Spanned<Note>], at: Span) -> Option<String> {
        let mut because = None;
        for note in notes {
            match &note.node {
                Note::Because(text) => because = Some(text.node.clone()),
                Note::Ticket(_) | Note::Owner(_) => {}
                Note::Until(_) | Note::Log | Note::Id(_) | Note::Accept(_) => {
                    let diagnostic = Diagnostic::error(text!("assume-note")).at(note.span);
                    self.report(diagnostic.help(text!("assume-note-help")));
                }
            }
        }
        if because.is_none() {
            let diagnostic = Diagnostic::error(text!("assume-because")).at(at);
            self.report(diagnostic.help(text!("assume-because-help")));
        }
        because
    }

    /// Only `irrelevant` quotes a line.
    fn surplus_text(&mut self, assume: &ast::Assume) {
        if let (Some(text), AssumeKind::Authentic | AssumeKind::NoHairpin) =
            (&assume.text, assume.kind.node)
        {
            let diagnostic = Diagnostic::error(text!("assume-text")).at(text.span);
            self.report(diagnostic.help(text!("assume-text-help")));
        }
    }

    fn authentic(&mut self, assume: &ast::Assume, because: &str, out: &mut Vec<Assumption>) {
        for spot in self.spots(&assume.places, false).unwrap_or_default() {
            match spot.at {
                At::Link(_, vlan) => {
                    let new = Assumption::Authentic {
                        vlan,
                        because: because.to_owned(),
                    };
                    if !out.contains(&new) {
                        out.push(new);
                    }
                }
                At::External(_) | At::Switch(_) => {
                    self.not_here(assume.places.span, spot.place, text!("kind-zone"))
                }
            }
        }
    }

    fn no_hairpin(&mut self, assume: &ast::Assume) {
        for spot in self.spots(&assume.places, false).unwrap_or_default() {
            match spot.at {
                At::External(id) => self.network.externals[id.0].no_hairpin = true,
                At::Link(..) | At::Switch(_) => {
                    self.not_here(assume.places.span, spot.place, text!("kind-external"))
                }
            }
        }
    }

    fn irrelevant(
        &mut self,
        assume: &ast::Assume,
        because: &str,
        span: Span,
        out: &mut Vec<Assumption>,
    ) {
        let Some(line) = &assume.text else {
            let diagnostic = Diagnostic::error(text!("irrelevant-line")).at(assume.kind.span);
            return self.report(diagnostic.help(text!("irrelevant-line-help")));
        };
        let folded: Vec<&str> = line.node.split_whitespace().collect();
        for Spot { at, place, .. } in self.spots(&assume.places, true).unwrap_or_default() {
            match at {
                At::Switch(switch) => out.push(Assumption::Irrelevant {
                    switch,
                    line: folded.join(" "),
                    because: because.to_owned(),
                    span,
                }),
                At::Link(..) | At::External(_) => {
                    self.not_here(assume.places.span, place, text!("kind-switch"))
                }
            }
        }
    }

    fn fact_switches(&mut self, fact: &ast::AssumeFact) -> Option<Vec<SwitchId>> {
        let mut out = Vec::new();
        for name in &fact.switches {
            match self.find(name)? {
                Def::Switch(id) => out.push(id),
                def => {
                    self.wrong_kind(&name.name.node, name.span, def, text!("kind-switch"));
                    return None;
                }
            }
        }
        Some(out)
    }

    /// `dialect/fact`, or the fact alone.
    fn fact_dialect(&mut self, id: &ast::Word) -> Option<(Option<String>, String)> {
        let Some((dialect, fact)) = id.node.split_once('/') else {
            return Some((None, id.node.clone()));
        };
        if self.dialects.contains(&dialect) {
            return Some((Some(dialect.to_owned()), fact.to_owned()));
        }
        let diagnostic = Diagnostic::error(text!("unknown-dialect", name = dialect)).at(id.span);
        let help = match suggest::nearest(dialect, self.dialects.iter().copied()) {
            Some(near) => text!("nearest-name", name = near),
            None => text!("known-dialects", names = self.dialects.join(", ")),
        };
        self.report(diagnostic.help(help));
        None
    }
}
