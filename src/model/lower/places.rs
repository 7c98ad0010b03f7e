//! Lists of places -> spots: which addresses at which location (language section 4, "places").
//!
//! In: `p, p except p`. Out: [`Spot`]s, one per place and location; `None` if a name was refused.
//! Must not know: what the list is used for.

use super::names::Def;
use super::{Lazy, Lower};
use crate::base::Diagnostic;
use crate::model::{Addrs, At, ExternalId, Place, Spot, SwitchId, ZoneId};
use crate::net::{AddrRanges, Family};
use crate::syntax::ast::{self, GroupBody};
use crate::text;
use ipnet::IpNet;
use std::collections::BTreeMap;

/// Groups in groups, services in services: no deeper than this.
pub(super) const MAX_DEPTH: usize = 64;
/// Spots of one policy; what a hostile file of lists of everything may cost.
const MAX_SPOTS: usize = 2_000_000;

impl<'a> Lower<'a> {
    /// The spots of a list. `to`: it is a destination, where `any` has the switches in it too.
    pub(super) fn spots(&mut self, places: &ast::Places, to: bool) -> Option<Vec<Spot>> {
        self.spots_at(places, to, 0)
    }

    fn spots_at(&mut self, places: &ast::Places, to: bool, depth: usize) -> Option<Vec<Spot>> {
        let list = self.union(&places.list, to, depth);
        let except = self.union(&places.except, true, depth);
        let (mut list, except) = (list?, except?);
        if !except.is_empty() {
            let gone = all_addrs(&except);
            list.iter_mut()
                .for_each(|spot| spot.addrs = spot.addrs.minus(&gone));
            list.retain(|spot| !spot.addrs.is_empty());
        }
        self.spots += list.len();
        if self.spots > MAX_SPOTS {
            self.report(
                Diagnostic::error(text!("too-many-places", limit = MAX_SPOTS)).at(places.span),
            );
            return None;
        }
        Some(list)
    }

    /// Each place of a list at each location once, in the order they were first named.
    fn union(&mut self, list: &[ast::Place], to: bool, depth: usize) -> Option<Vec<Spot>> {
        let mut out: Vec<Spot> = Vec::new();
        let mut at: BTreeMap<(At, Place), usize> = BTreeMap::new();
        let mut whole = true;
        for place in list {
            let Some(spots) = self.place(place, to, depth) else {
                whole = false;
                continue;
            };
            for spot in spots {
                match at.get(&(spot.at, spot.place)).and_then(|&i| out.get_mut(i)) {
                    Some(old) => old.addrs = old.addrs.union(&spot.addrs),
                    None => {
                        at.insert((spot.at, spot.place), out.len());
                        out.push(spot);
                    }
                }
            }
        }
        whole.then_some(out)
    }

    fn place(&mut self, place: &ast::Place, to: bool, depth: usize) -> Option<Vec<Spot>> {
        match place {
            ast::Place::Any(_) => {
                let zones = (0..self.network.zones.len()).flat_map(|i| self.zone_spots(ZoneId(i)));
                let externals =
                    (0..self.network.externals.len()).map(|i| self.external_spot(ExternalId(i)));
                let mut all: Vec<Spot> = zones.chain(externals).collect();
                if to {
                    all.extend(self.all_switches());
                }
                Some(all)
            }
            ast::Place::Switches(_) => Some(self.all_switches()),
            ast::Place::Rest(span) => {
                let rest = self.network.externals.iter().position(|e| e.rest);
                if rest.is_none() {
                    self.report(
                        Diagnostic::error(text!("no-rest"))
                            .at(*span)
                            .help(text!("no-rest-help")),
                    );
                }
                rest.map(|i| vec![self.external_spot(ExternalId(i))])
            }
            ast::Place::Ref(reference) => self.named(reference, depth),
        }
    }

    fn named(&mut self, reference: &ast::Ref, depth: usize) -> Option<Vec<Spot>> {
        let played = self.played.get(&reference.name.node);
        if let Some(spots) = played.filter(|_| reference.scope.is_none()) {
            return Some(spots.clone());
        }
        match self.find(reference)? {
            Def::Zone(zone) => Some(self.zone_spots(zone)),
            Def::Host(zone, host) => Some(self.host_spots(zone, host)),
            Def::External(id) => {
                (id.0 < self.network.externals.len()).then(|| vec![self.external_spot(id)])
            }
            Def::Switch(id) => Some(vec![self.switch_spot(id)]),
            Def::Segment(index) => Some(self.segment_spots(index)),
            Def::Group(index) => self.group(index, reference, depth),
            Def::Later => None,
        }
    }

    fn group(&mut self, index: usize, reference: &ast::Ref, depth: usize) -> Option<Vec<Spot>> {
        let ast = *self.group_asts.get(index)?;
        match self.groups.get(index)? {
            Lazy::Known(spots) => return spots.clone(),
            Lazy::Running => {
                let diagnostic = Diagnostic::error(text!("group-circle", name = &ast.name.node))
                    .at(reference.span);
                self.report(diagnostic.label(ast.name.span, text!("defined-here")));
                return None;
            }
            Lazy::Waiting if depth >= MAX_DEPTH => {
                self.report(
                    Diagnostic::error(text!("too-deep", limit = MAX_DEPTH)).at(reference.span),
                );
                return None;
            }
            Lazy::Waiting => self.groups[index] = Lazy::Running,
        }
        let spots = match &ast.body {
            GroupBody::Places(places) => self.spots_at(places, false, depth + 1),
            GroupBody::Listed(addrs) => self.listed(addrs),
            // A table that nobody read has been reported.
            GroupBody::Table(_) => None,
        };
        self.groups[index] = Lazy::Known(spots.clone());
        spots
    }

    /// Addresses of a list, which lie in declared zones: a spot for each link they are on.
    fn listed(&mut self, addrs: &[ast::Addr]) -> Option<Vec<Spot>> {
        let mut on: BTreeMap<(ZoneId, u16), Vec<IpNet>> = BTreeMap::new();
        let mut whole = true;
        for addr in addrs {
            let Some((first, last)) = self.whole_range(addr) else {
                whole = false;
                continue;
            };
            match self.link_of(first, last) {
                Some(link) => {
                    let nets = AddrRanges::span(first, last).to_prefixes();
                    on.entry(link).or_default().extend(nets);
                }
                None => {
                    whole = false;
                    let diagnostic = Diagnostic::error(text!("listed-outside", addr = first));
                    let diagnostic = diagnostic.at(addr.span);
                    self.report(diagnostic.help(text!("listed-outside-help")));
                }
            }
        }
        let spots = on.into_iter().map(|((zone, vlan), nets)| Spot {
            at: At::Link(zone, vlan),
            place: Place::Zone(zone),
            addrs: Addrs::prefixes(&nets),
        });
        // What is wrong with an empty table has been reported.
        (whole && !addrs.is_empty()).then(|| spots.collect())
    }

    fn link_of(&self, first: std::net::IpAddr, last: std::net::IpAddr) -> Option<(ZoneId, u16)> {
        let zones = self.network.zones.iter().enumerate();
        let mut links = zones.flat_map(|(i, zone)| zone.links.iter().map(move |l| (ZoneId(i), l)));
        let holds = |net: &IpNet| net.contains(&first) && net.contains(&last);
        let (zone, link) = links.find(|(_, link)| link.prefixes.iter().any(holds))?;
        Some((zone, link.vlan))
    }

    /// Every group is looked at, also those nobody uses.
    pub(super) fn check_groups(&mut self) {
        for ast in self.group_asts.clone() {
            let reference = ast::Ref {
                scope: None,
                name: ast.name.clone(),
                span: ast.name.span,
            };
            if let GroupBody::Places(places) = &ast.body
                && let Some(Def::Group(index)) = self.find(&reference)
                && let Some(spots) = self.group(index, &reference, 0)
                && spots.is_empty()
            {
                self.report(Diagnostic::error(text!("empty-place")).at(places.span));
            }
            self.label(&ast.name, ast.id.as_ref(), None);
        }
    }

    pub(super) fn segment_spots(&self, index: usize) -> Vec<Spot> {
        let Some(segment) = self.segments.get(index) else {
            return Vec::new();
        };
        let zones = segment.zones.iter().flat_map(|&zone| self.zone_spots(zone));
        let externals = segment.externals.iter();
        let externals = externals.map(|&id| self.external_spot(id));
        zones.chain(externals).collect()
    }

    pub(super) fn zone_spots(&self, id: ZoneId) -> Vec<Spot> {
        let links = self.network.zone(id).links.iter();
        let spot = |link: &crate::model::ZoneLink| Spot {
            at: At::Link(id, link.vlan),
            place: Place::Zone(id),
            addrs: Addrs::prefixes(&link.prefixes),
        };
        links.map(spot).collect()
    }

    /// A host's addresses on each link they lie on.
    fn host_spots(&self, zone: ZoneId, host: usize) -> Vec<Spot> {
        let Some(of) = self.network.zone(zone).hosts.get(host) else {
            return Vec::new();
        };
        let on_link = self.zone_spots(zone).into_iter().map(|spot| Spot {
            addrs: Addrs {
                v4: of.addrs.v4.intersect(&spot.addrs.v4),
                v6: of.addrs.v6.intersect(&spot.addrs.v6),
            },
            place: Place::Host(zone, host),
            at: spot.at,
        });
        on_link.filter(|spot| !spot.addrs.is_empty()).collect()
    }

    fn external_spot(&self, id: ExternalId) -> Spot {
        let addrs = self.network.external(id).addrs.clone();
        Spot {
            at: At::External(id),
            place: Place::External(id),
            addrs,
        }
    }

    fn switch_spot(&self, id: SwitchId) -> Spot {
        let addrs = self.network.switch(id).own_addrs();
        Spot {
            at: At::Switch(id),
            place: Place::Switch(id),
            addrs,
        }
    }

    fn all_switches(&self) -> Vec<Spot> {
        (0..self.network.switches.len())
            .map(|i| self.switch_spot(SwitchId(i)))
            .collect()
    }
}

/// The addresses of all spots, united in one go.
pub(super) fn all_addrs(spots: &[Spot]) -> Addrs {
    let side = |family: Family| {
        let nets: Vec<IpNet> = spots
            .iter()
            .flat_map(|spot| spot.addrs.of(family).to_prefixes())
            .collect();
        AddrRanges::prefixes(family, &nets)
    };
    Addrs {
        v4: side(Family::V4),
        v6: side(Family::V6),
    }
}
