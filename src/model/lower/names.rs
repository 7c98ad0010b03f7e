//! Flat name spaces of places and services (language section 3). Nothing shadows; a second definition is an error.
//!
//! In: the names of all statements. Out: [`Def`] for a reference.
//! Must not know: addresses.

use super::Lower;
use super::collect::Parts;
use crate::base::{Diagnostic, Span, Text, suggest};
use crate::model::{ExternalId, SwitchId, ZoneId};
use crate::syntax::ast::{self, Name, Ref};
use crate::text;
use std::collections::{BTreeMap, BTreeSet};

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Def {
    Segment(usize),
    Zone(ZoneId),
    Host(ZoneId, usize),
    Group(usize),
    External(ExternalId),
    Switch(SwitchId),
    /// Of a statement that is not understood yet.
    Later,
}

/// The name spaces.
#[derive(Default)]
pub(super) struct Names<'a> {
    places: BTreeMap<&'a str, (Def, Span)>,
    /// Hosts by bare name, with the name of their zone.
    hosts: BTreeMap<&'a str, Vec<(ZoneId, usize, Span)>>,
    /// Names of the hosts of each zone.
    of_zone: Vec<BTreeMap<&'a str, usize>>,
    pub(super) services: BTreeMap<&'a str, (usize, Span)>,
    /// Ids, in lower case.
    pub(super) ids: BTreeMap<String, Span>,
    /// Names that were refused as repeated: their ids clash for the same reason.
    pub(super) twice: BTreeSet<Span>,
}

impl Names<'_> {
    /// Every place that is not a host, by name.
    pub(super) fn places(&self) -> impl Iterator<Item = (&str, Def)> {
        self.places.iter().map(|(name, (def, _))| (*name, *def))
    }
}

impl<'a> Lower<'a> {
    /// Enters every name that is defined.
    pub(super) fn declare(&mut self, parts: &Parts<'a>) {
        let segments = parts.segments.iter().enumerate();
        segments.for_each(|(i, s)| self.declare_place(&s.name, Def::Segment(i)));
        for (index, (zone, _)) in parts.zones.iter().enumerate() {
            self.declare_place(&zone.name, Def::Zone(ZoneId(index)));
        }
        for (index, (external, _)) in parts.externals.iter().enumerate() {
            self.declare_place(&external.name, Def::External(ExternalId(index)));
        }
        for (index, group) in parts.groups.iter().enumerate() {
            self.declare_place(&group.name, Def::Group(index));
        }
        let members = parts
            .switches
            .iter()
            .flat_map(|(s, _)| std::iter::once(&s.name).chain(&s.twin));
        for (index, name) in members.enumerate() {
            self.declare_place(name, Def::Switch(SwitchId(index)));
        }
        parts
            .later
            .iter()
            .for_each(|name| self.declare_place(name, Def::Later));
        for (index, (zone, _)) in parts.zones.iter().enumerate() {
            self.declare_hosts(ZoneId(index), zone);
        }
        for (index, (service, _)) in parts.services.iter().enumerate() {
            match self.names.services.get(service.name.node.as_str()) {
                Some(&(_, first)) => self.repeated(
                    "repeated-name",
                    &service.name.node,
                    service.name.span,
                    first,
                ),
                None => {
                    let entry = (index, service.name.span);
                    self.names.services.insert(&service.name.node, entry);
                }
            }
        }
    }

    fn declare_place(&mut self, name: &'a Name, def: Def) {
        match self.names.places.get(name.node.as_str()) {
            Some(&(_, first)) => self.repeated("repeated-name", &name.node, name.span, first),
            None => {
                self.names.places.insert(&name.node, (def, name.span));
            }
        }
    }

    /// Hosts belong to their zone; the bare name of a host may not be that of a place, or nobody could tell them apart.
    fn declare_hosts(&mut self, zone: ZoneId, ast: &'a ast::Zone) {
        let mut own: BTreeMap<&'a str, usize> = BTreeMap::new();
        for (index, host) in ast.hosts.iter().enumerate() {
            let name = &host.node.name;
            let first = own
                .get(name.node.as_str())
                .and_then(|&i| ast.hosts.get(i))
                .map(|h| h.node.name.span);
            let place = self
                .names
                .places
                .get(name.node.as_str())
                .map(|&(_, span)| span);
            match first.or(place) {
                Some(first) => self.repeated("repeated-name", &name.node, name.span, first),
                None => {
                    own.insert(&name.node, index);
                    let same = self.names.hosts.entry(&name.node).or_default();
                    same.push((zone, index, name.span));
                }
            }
        }
        self.names.of_zone.push(own);
    }

    /// Something stands twice.
    pub(super) fn repeated(&mut self, code: &'static str, what: &str, again: Span, first: Span) {
        let headline = match code {
            "repeated-id" => text!("repeated-id", id = what),
            "repeated-note" => text!("repeated-note", note = what),
            _ => text!("repeated-name", name = what),
        };
        self.names.twice.extend([again, first]);
        self.report(
            Diagnostic::error(headline)
                .label(again, text!("again-here"))
                .label(first, text!("first-here"))
                .help(text!("repeated-help")),
        );
    }

    /// What a reference to a place stands for; `None` is reported.
    pub(super) fn find(&mut self, reference: &Ref) -> Option<Def> {
        match &reference.scope {
            Some(scope) => self.find_in_zone(scope, reference),
            None => self.find_bare(&reference.name),
        }
    }

    fn find_in_zone(&mut self, scope: &Name, reference: &Ref) -> Option<Def> {
        let name = &reference.name;
        let zone = match self.names.places.get(scope.node.as_str()) {
            Some(&(Def::Zone(zone), _)) => zone,
            Some(&(def, _)) => {
                self.wrong_kind(&scope.node, scope.span, def, text!("kind-zone"));
                return None;
            }
            None => {
                let zones = self
                    .names
                    .places
                    .iter()
                    .filter(|(_, (def, _))| matches!(def, Def::Zone(_)));
                let near =
                    suggest::nearest(&scope.node, zones.map(|(name, _)| *name)).map(str::to_owned);
                self.unknown(text!("kind-zone"), scope, near);
                return None;
            }
        };
        let hosts = self.names.of_zone.get(zone.0)?;
        match hosts.get(name.node.as_str()) {
            Some(&host) => Some(Def::Host(zone, host)),
            None => {
                let near = suggest::nearest(&name.node, hosts.keys().copied()).map(str::to_owned);
                self.unknown(text!("kind-host"), name, near);
                None
            }
        }
    }

    fn find_bare(&mut self, name: &Name) -> Option<Def> {
        if let Some(&(def, _)) = self.names.places.get(name.node.as_str()) {
            return Some(def);
        }
        match self.names.hosts.get(name.node.as_str()).map(Vec::as_slice) {
            Some([(zone, host, _)]) => Some(Def::Host(*zone, *host)),
            Some(several) => {
                let diagnostic = several.iter().fold(
                    Diagnostic::error(text!("ambiguous-host", name = &name.node)).at(name.span),
                    |d, &(_, _, span)| d.label(span, text!("candidate")),
                );
                let candidates = several.iter().map(|&(zone, _, _)| {
                    format!("{}.{}", self.network.zone(zone).label.name, name.node)
                });
                let candidates = candidates.collect::<Vec<_>>().join(", ");
                self.report(diagnostic.help(text!("ambiguous-host-help", candidates = candidates)));
                None
            }
            None => {
                self.unknown_place(name);
                None
            }
        }
    }

    fn unknown_place(&mut self, name: &Name) {
        if let Some(&(_, span)) = self.names.services.get(name.node.as_str()) {
            let headline = text!("service-not-place", name = &name.node);
            self.report(
                Diagnostic::error(headline)
                    .at(name.span)
                    .label(span, text!("defined-here")),
            );
            return;
        }
        let known = || {
            self.names
                .places
                .keys()
                .chain(self.names.hosts.keys())
                .copied()
        };
        if let Some(near) = suggest::nearest(&name.node, known()) {
            let near = near.to_owned();
            return self.unknown(text!("kind-place"), name, Some(near));
        }
        // Japanese has no spaces: `端末なし` is one name (language section 3).
        let glued = known()
            .filter(|known| name.node.starts_with(known))
            .max_by_key(|known| known.len());
        let help = glued.and_then(|known| {
            let rest = name.node.strip_prefix(known)?;
            Some(text!("glued-help", first = known, rest = rest))
        });
        let diagnostic = Diagnostic::error(text!(
            "unknown-name",
            kind = text!("kind-place"),
            name = &name.node
        ))
        .at(name.span);
        self.report(diagnostic.help(help.unwrap_or_else(|| text!("unknown-name-help"))));
    }

    /// A name that is not there, with the nearest one that is.
    pub(super) fn unknown(&mut self, kind: Text, name: &Name, near: Option<String>) {
        let diagnostic =
            Diagnostic::error(text!("unknown-name", kind = kind, name = &name.node)).at(name.span);
        self.report(diagnostic.help(match near {
            Some(near) => text!("nearest-name", name = near),
            None => text!("unknown-name-help"),
        }));
    }

    /// A name of the wrong kind, where it was defined, and what belongs here.
    pub(super) fn wrong_kind(&mut self, name: &str, span: Span, def: Def, wanted: Text) {
        let kind = match def {
            Def::Segment(_) => text!("kind-segment"),
            Def::Zone(_) => text!("kind-zone"),
            Def::Host(..) => text!("kind-host"),
            Def::Group(_) => text!("kind-group"),
            Def::External(_) => text!("kind-external"),
            Def::Switch(_) => text!("kind-switch"),
            // Its own statement has been refused already.
            Def::Later => return,
        };
        let diagnostic = Diagnostic::error(text!(
            "wrong-kind",
            name = name,
            kind = kind,
            wanted = wanted
        ))
        .at(span);
        let defined = self.names.places.get(name).map(|&(_, span)| span);
        self.report(
            defined
                .into_iter()
                .fold(diagnostic, |d, at| d.label(at, text!("defined-here"))),
        );
    }
}
