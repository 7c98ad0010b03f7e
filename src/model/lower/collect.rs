//! Statements by kind, in order; what the tool cannot do yet is refused here, by name.
//!
//! In: the trees of all files. Out: [`Parts`], which borrow them. Must not know: what a name means.

use crate::base::{Diagnostic, FileId, Span};
use crate::syntax::ast::{self, SegmentItem, Stmt};
use crate::text;

/// A statement and the whole of its text.
pub(super) type At<'a, T> = (&'a T, Span);

/// All statements by kind.
#[derive(Default)]
pub(super) struct Parts<'a> {
    pub(super) site: Option<&'a ast::Site>,
    pub(super) segments: Vec<&'a ast::Segment>,
    /// Zones with the index of their segment.
    pub(super) zones: Vec<(&'a ast::Zone, Option<usize>)>,
    /// Externals with the index of their segment.
    pub(super) externals: Vec<(&'a ast::External, Option<usize>)>,
    pub(super) groups: Vec<&'a ast::Group>,
    pub(super) services: Vec<At<'a, ast::Service>>,
    pub(super) switches: Vec<At<'a, ast::Switch>>,
    pub(super) allows: Vec<At<'a, ast::Allow>>,
    pub(super) forbids: Vec<At<'a, ast::Forbid>>,
    pub(super) proves: Vec<At<'a, ast::Prove>>,
    pub(super) assumes: Vec<At<'a, ast::Assume>>,
    pub(super) accepts: Vec<&'a ast::Accept>,
    pub(super) facts: Vec<At<'a, ast::AssumeFact>>,
    pub(super) guidelines: Vec<At<'a, ast::Guideline>>,
    /// Names of places whose statements are not understood yet: known, without meaning.
    pub(super) later: Vec<&'a ast::Name>,
}

/// Sorts the statements of all files.
pub(super) fn collect(files: &[(FileId, ast::File)]) -> (Parts<'_>, Vec<Diagnostic>) {
    let mut parts = Parts::default();
    let mut diags = Vec::new();
    for item in files.iter().flat_map(|(_, file)| &file.items) {
        parts.add(&item.node, item.span, &mut diags);
    }
    (parts, diags)
}

impl<'a> Parts<'a> {
    fn add(&mut self, stmt: &'a Stmt, span: Span, diags: &mut Vec<Diagnostic>) {
        match stmt {
            Stmt::Language(version) if version.node == 1 => {}
            Stmt::Language(version) => diags.push(
                Diagnostic::error(text!("language-newer", version = version.node))
                    .at(version.span)
                    .help(text!("language-newer-help")),
            ),
            Stmt::Site(site) => match self.site {
                None => self.site = Some(site),
                Some(first) => diags.push(
                    Diagnostic::error(text!("second-site"))
                        .label(site.name.span, text!("again-here"))
                        .label(first.name.span, text!("first-here")),
                ),
            },
            Stmt::Segment(segment) => self.segment(segment),
            Stmt::Zone(zone) => self.zones.push((zone, None)),
            Stmt::External(external) => self.externals.push((external, None)),
            Stmt::Group(group) => self.groups.push(group),
            Stmt::Service(service) => self.services.push((service, span)),
            Stmt::Switch(switch) => self.switches.push((switch, span)),
            Stmt::Allow(allow) => self.allows.push((allow, span)),
            Stmt::Forbid(forbid) => self.forbids.push((forbid, span)),
            Stmt::Prove(prove) => self.proves.push((prove, span)),
            Stmt::Assume(assume) => self.assumes.push((assume, span)),
            Stmt::AssumeFact(fact) => self.facts.push((fact, span)),
            Stmt::Opaque(opaque) => {
                not_yet("opaque", opaque.name.span, diags);
                self.later.push(&opaque.name);
            }
            // Other files have been read by now, and tables put in place of their statements.
            Stmt::Import(_) | Stmt::Zones(_) => {}
            Stmt::Accept(accept) => self.accepts.push(accept),
            Stmt::Guideline(guideline) => self.guidelines.push((guideline, span)),
        }
    }

    fn segment(&mut self, segment: &'a ast::Segment) {
        let index = Some(self.segments.len());
        self.segments.push(segment);
        for item in &segment.items {
            match &item.node {
                SegmentItem::Ipv4Only | SegmentItem::Zones(_) => {}
                SegmentItem::Zone(zone) => self.zones.push((zone, index)),
                SegmentItem::External(external) => self.externals.push((external, index)),
            }
        }
    }
}

/// Refuses a statement that parses and has no meaning here yet.
pub(super) fn not_yet(word: &str, span: Span, diags: &mut Vec<Diagnostic>) {
    diags.push(
        Diagnostic::error(text!("not-yet", word = word))
            .at(span)
            .help(text!("not-yet-help", word = word)),
    );
}
