//! `allow`, `exception` and `forbid` (D34).
//!
//! In: their statements, after the network. Out: [`Allow`]s and [`Forbid`]s with every place and service spelled out.
//! Must not know: which device carries them.

use super::collect::Parts;
use super::notes::Notes;
use super::{Lower, words};
use crate::base::{Diagnostic, Span};
use crate::model::accept::ALL_PORTS;
use crate::model::{Accept, Allow, At, Forbid, Place, Spot, Term};
use crate::syntax::ast;
use crate::text;
use std::collections::{BTreeMap, BTreeSet};

/// What a forbid comes to, with the id its claim was given.
pub(super) type Forbidden = (Forbid, Option<String>);

impl<'a> Lower<'a> {
    /// The openings that are stated, each with the place of its head.
    pub(super) fn allows(&mut self, parts: &Parts<'a>) -> Vec<(Allow, Span)> {
        let mut out = Vec::new();
        for &(allow, span) in &parts.allows {
            let notes = self.notes(&allow.notes, span);
            let head = head(span, allow.services.last().map(|t| t.span));
            if allow.exception {
                self.check_exception(&notes, head);
            }
            let terms = self.terms(&allow.services);
            if let Some(terms) = &terms {
                self.check_ports(terms, allow, &notes.accepts);
            }
            let forth = self.opening(allow, &allow.from, &allow.to, terms.clone(), head);
            let back = allow
                .both
                .then(|| self.opening(allow, &allow.to, &allow.from, terms, head))
                .flatten();
            for mut allow in [forth, back].into_iter().flatten() {
                allow.ticket.clone_from(&notes.ticket);
                allow.owner.clone_from(&notes.owner);
                allow.because.clone_from(&notes.because);
                allow.id.clone_from(&notes.id);
                (allow.until, allow.log) = (notes.until, notes.log);
                allow.accepts.clone_from(&notes.accepts);
                out.push((allow, head));
            }
        }
        out
    }

    fn opening(
        &mut self,
        ast: &ast::Allow,
        from: &ast::Places,
        to: &ast::Places,
        terms: Option<Vec<Term>>,
        head: Span,
    ) -> Option<Allow> {
        if self.unnamed(from) | self.unnamed(to) {
            return None;
        }
        let (sources, targets) = (self.spots(from, false), self.spots(to, true));
        let (sources, targets) = (sources?, targets?);
        if self.nothing_left(&sources, from) | self.nothing_left(&targets, to) {
            return None;
        }
        // Both ways of `<->` have the same pairs.
        if from.span <= to.span {
            self.check_pairs(&sources, &targets, from, to);
        }
        if ast.exception {
            let wrong = |spot: &&Spot| !matches!(spot.place, Place::Host(..) | Place::External(_));
            let wrong = sources
                .iter()
                .map(|s| (s, from))
                .chain(targets.iter().map(|s| (s, to)))
                .find(|(s, _)| wrong(s));
            if let Some((place, places)) = wrong.map(|(spot, places)| (spot.place, places)) {
                self.not_here(places.span, place, text!("kind-host-or-external"));
            }
        }
        let word = if ast.exception { "exception" } else { "allow" };
        let text = format!("{word} {}", words::pair(from, to, Some(&ast.services)));
        Some(Allow {
            exception: ast.exception,
            ..opening(sources, targets, terms?, text, head)
        })
    }

    /// An opening says its places by name.
    fn unnamed(&mut self, places: &ast::Places) -> bool {
        let set = places.list.iter().find_map(|place| match place {
            ast::Place::Any(span) | ast::Place::Switches(span) | ast::Place::Rest(span) => {
                Some(*span)
            }
            ast::Place::Ref(_) => None,
        });
        let refused = set.map(|span| {
            Diagnostic::error(text!("only-named"))
                .at(span)
                .help(text!("only-named-help"))
        });
        self.diags.extend(refused);
        set.is_some()
    }

    /// `except` took everything, or the places have no address.
    fn nothing_left(&mut self, spots: &[Spot], places: &ast::Places) -> bool {
        let empty = spots.iter().all(|spot| spot.addrs.is_empty());
        if empty && !self.unsure {
            self.report(Diagnostic::error(text!("empty-place")).at(places.span));
        }
        empty
    }

    /// Two places that no packet of this opening can join: no family in common, or both on one link (D25).
    fn check_pairs(&mut self, from: &[Spot], to: &[Spot], left: &ast::Places, right: &ast::Places) {
        let (sources, targets) = (self.sides(from), self.sides(to));
        let at = left.span.to(right.span);
        let named = |place: Place| self.network.name(place).to_owned();
        let links: BTreeMap<u16, Place> = sources
            .iter()
            .filter_map(|(place, side)| Some((side.only_vlan()?, *place)))
            .collect();
        let same = targets.iter().find_map(|(place, side)| {
            let vlan = side.only_vlan()?;
            Some((vlan, *links.get(&vlan)?, *place))
        });
        if let Some((vlan, a, b)) = same {
            let headline = text!("same-link", from = named(a), to = named(b), vlan = vlan);
            return self.report(
                Diagnostic::error(headline)
                    .at(at)
                    .help(text!("same-link-help")),
            );
        }
        let kinds = |sides: &BTreeMap<Place, SideOf>| -> BTreeMap<(bool, bool), Place> {
            sides
                .iter()
                .map(|(place, side)| ((side.v4, side.v6), *place))
                .collect()
        };
        for ((a4, a6), a) in kinds(&sources) {
            for ((b4, b6), b) in kinds(&targets) {
                if !(a4 && b4 || a6 && b6) {
                    let headline = text!("no-common-family", from = named(a), to = named(b));
                    return self.report(
                        Diagnostic::error(headline)
                            .at(at)
                            .help(text!("no-common-family-help")),
                    );
                }
            }
        }
    }

    fn sides(&self, spots: &[Spot]) -> BTreeMap<Place, SideOf> {
        let mut out: BTreeMap<Place, SideOf> = BTreeMap::new();
        for spot in spots {
            let side = out.entry(spot.place).or_default();
            side.vlans.extend(self.network.vlan_of(spot.at));
            side.switch |= matches!(spot.at, At::Switch(_));
            side.v4 |= !spot.addrs.v4.is_empty();
            side.v6 |= !spot.addrs.v6.is_empty();
        }
        out
    }

    fn check_exception(&mut self, notes: &Notes, span: Span) {
        let needed = [
            ("ticket", notes.ticket.is_some()),
            ("owner", notes.owner.is_some()),
            ("because", notes.because.is_some()),
            ("until", notes.until.is_some()),
        ];
        let missing: Vec<&str> = needed
            .iter()
            .filter(|(_, there)| !there)
            .map(|(name, _)| *name)
            .collect();
        if !missing.is_empty() {
            let headline = text!("exception-notes", missing = missing.join(", "));
            self.report(
                Diagnostic::error(headline)
                    .at(span)
                    .help(text!("exception-notes-help")),
            );
        }
    }

    /// Every port at once is no service.
    fn check_ports(&mut self, terms: &[Term], ast: &ast::Allow, noted: &[Accept]) {
        let said = |accepts: &[Accept]| accepts.iter().any(|accept| accept.code == ALL_PORTS);
        let fine = said(noted) || self.accepts.has_on_top(ALL_PORTS);
        let silent = |term: &Term| term.session.is_open() && !fine && !said(&term.accepts);
        let span = ast.services.iter().map(|t| t.span).reduce(Span::to);
        if let Some(span) = span.filter(|_| terms.iter().any(silent)) {
            self.report(
                Diagnostic::error(text!("all-ports"))
                    .at(span)
                    .help(text!("all-ports-help")),
            );
        }
    }

    /// All `forbid` statements; `<->` is two.
    pub(super) fn forbids(&mut self, parts: &Parts<'a>) -> Vec<(Forbid, Option<String>)> {
        let mut out: Vec<Forbidden> = Vec::new();
        for &(forbid, span) in &parts.forbids {
            let notes = self.notes(&forbid.notes, span);
            let services = forbid.services.as_ref().and_then(|s| s.last());
            let head = head(span, services.map(|t| t.span).or(Some(forbid.to.span)));
            let terms = match forbid.services.as_ref().map(|list| self.terms(list)) {
                None => None,
                Some(Some(terms)) => Some(terms),
                Some(None) => continue,
            };
            let ways = [(&forbid.from, &forbid.to), (&forbid.to, &forbid.from)];
            for (from, to) in ways.into_iter().take(1 + usize::from(forbid.both)) {
                let (sources, targets) = (self.spots(from, false), self.spots(to, true));
                let (Some(sources), Some(targets)) = (sources, targets) else {
                    continue;
                };
                if self.nothing_left(&sources, from) | self.nothing_left(&targets, to) {
                    continue;
                }
                let forbid = Forbid {
                    from: sources,
                    to: targets,
                    terms: terms.clone(),
                    log: notes.log,
                    ticket: notes.ticket.clone(),
                    because: notes.because.clone(),
                    text: format!(
                        "forbid {}",
                        words::pair(from, to, forbid.services.as_deref())
                    ),
                    span: head,
                };
                out.push((forbid, notes.id.clone()));
            }
        }
        out
    }
}

/// What a place's spots come to for `check_pairs`.
#[derive(Default)]
struct SideOf {
    vlans: BTreeSet<u16>,
    switch: bool,
    v4: bool,
    v6: bool,
}

impl SideOf {
    /// The one link all of it is on.
    fn only_vlan(&self) -> Option<u16> {
        self.vlans
            .first()
            .copied()
            .filter(|_| self.vlans.len() == 1 && !self.switch)
    }
}

/// A statement up to its services: notes in a block would underline half a page.
fn head(span: Span, last: Option<Span>) -> Span {
    last.map_or(span, |last| Span {
        end: last.end,
        ..span
    })
}

/// An opening without notes.
pub(super) fn opening(
    from: Vec<Spot>,
    to: Vec<Spot>,
    terms: Vec<Term>,
    text: String,
    span: Span,
) -> Allow {
    Allow {
        from,
        to,
        terms,
        exception: false,
        dhcp: false,
        ticket: None,
        owner: None,
        because: None,
        until: None,
        log: false,
        accepts: Vec::new(),
        id: None,
        text,
        span,
    }
}
