//! `route` and `dynamic` of a switch: where it hands packets next (D31).
//!
//! In: the statements, after all interfaces and externals have addresses. Out: static routes per prefix.
//! Must not know: sessions.

use super::Lower;
use super::collect::Parts;
use super::ids::short_id;
use super::names::Def;
use crate::base::{Diagnostic, Span};
use crate::model::{At, Dynamic, StaticRoute, Svi, SwitchId};
use crate::net::Family;
use crate::syntax::ast::{self, RouteTo, Spanned, SwitchItem, Via};
use crate::text;
use ipnet::IpNet;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What stands in a block, with the VRF it is said of as devices call it.
pub(super) fn tables(items: &[Spanned<SwitchItem>]) -> Vec<(String, &Spanned<SwitchItem>)> {
    let each = items.iter().flat_map(|item| match &item.node {
        SwitchItem::Vrf { name, items } => {
            let vrf = short_id(&name.node);
            items.iter().map(|item| (vrf.clone(), item)).collect()
        }
        _ => vec![(String::new(), item)],
    });
    each.collect()
}

impl<'a> Lower<'a> {
    /// The static routes of every switch, and where it learns others.
    pub(super) fn routes(&mut self, parts: &Parts<'a>) {
        let switches = parts.switches.iter().flat_map(|(ast, _)| {
            std::iter::repeat_n(&ast.items, 1 + usize::from(ast.twin.is_some()))
        });
        let opaques = parts.opaques.iter().map(|(ast, _)| &ast.items);
        for (id, items) in switches.chain(opaques).enumerate() {
            for (vrf, item) in tables(items) {
                match &item.node {
                    SwitchItem::Route { to, via } => {
                        self.route(SwitchId(id), &vrf, (to, via), item.span);
                    }
                    SwitchItem::Dynamic { protocol, on } => {
                        self.dynamic(SwitchId(id), vrf, protocol, on, item.span);
                    }
                    _ => {}
                }
            }
        }
    }

    fn route(&mut self, switch: SwitchId, vrf: &str, (to, via): (&RouteTo, &Via), span: Span) {
        let hops = self.next_hops(switch, vrf, via);
        let targets = self.targets(to);
        let (Some(hops), Some(targets)) = (hops, targets) else {
            return;
        };
        let connected = self.connected(switch, vrf);
        let reached = |net: &IpNet| connected.iter().any(|of| of.contains(net));
        let mut written = Vec::new();
        for net in targets.iter().filter(|net| !reached(net)) {
            let same = hops
                .iter()
                .filter(|hop| Family::of(**hop) == Family::of_net(net));
            written.extend(same.map(|hop| StaticRoute {
                vrf: vrf.to_owned(),
                prefix: *net,
                via: *hop,
            }));
        }
        if written.is_empty() && !self.poisoned.contains(&true) {
            self.report(
                Diagnostic::error(text!("empty-route"))
                    .at(span)
                    .help(text!("empty-route-help")),
            );
        }
        let routes = &mut self.network.switches[switch.0].routes;
        let known: BTreeSet<StaticRoute> = routes.iter().cloned().collect();
        routes.extend(written.into_iter().filter(|route| !known.contains(route)));
    }

    /// The subnets of a switch's interfaces in a VRF.
    fn connected(&self, switch: SwitchId, vrf: &str) -> Vec<IpNet> {
        let svis = self.network.switch(switch).svis.iter();
        svis.filter(|svi| svi.vrf == vrf)
            .flat_map(|svi| svi.addrs.iter().copied())
            .collect()
    }

    /// `dynamic ospf on ZONES`: which routes are learnt there is not known (D31).
    fn dynamic(
        &mut self,
        switch: SwitchId,
        vrf: String,
        protocol: &ast::Word,
        on: &ast::Places,
        span: Span,
    ) {
        if !protocol.node.eq_ignore_ascii_case("ospf") {
            let headline = text!("unknown-protocol", name = &protocol.node);
            return self.report(
                Diagnostic::error(headline)
                    .at(protocol.span)
                    .help(text!("unknown-protocol-help")),
            );
        }
        let mut vlans = BTreeSet::new();
        for spot in self.spots(on, false).unwrap_or_default() {
            let At::Link(_, vlan) = spot.at else {
                self.not_here(on.span, spot.place, text!("kind-zone"));
                continue;
            };
            let svi = self.network.switch(switch).svi(vlan);
            if svi.is_some_and(|svi| svi.vrf == vrf) {
                vlans.insert(vlan);
            } else if !self.svi_trouble {
                let switch = &self.network.switch(switch).label.name;
                let headline = text!("dynamic-no-svi", switch = switch, vlan = vlan);
                self.report(Diagnostic::error(headline).at(on.span));
            }
        }
        let dynamic = Dynamic { vrf, vlans, span };
        self.network.switches[switch.0].dynamic.push(dynamic);
    }

    /// The prefixes of a destination; `any` and `rest` are the default routes.
    fn targets(&mut self, to: &RouteTo) -> Option<Vec<IpNet>> {
        let defaults = [
            IpNet::from(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
            IpNet::from(IpAddr::V6(Ipv6Addr::UNSPECIFIED)),
        ]
        .map(|net| IpNet::new_assert(net.addr(), 0));
        let places = match to {
            RouteTo::Addrs(addrs) => {
                let nets: Vec<Option<IpNet>> = addrs.iter().map(|addr| self.target(addr)).collect();
                return nets.into_iter().collect();
            }
            RouteTo::Places(places) => places,
        };
        let is_default =
            |place: &ast::Place| matches!(place, ast::Place::Any(_) | ast::Place::Rest(_));
        let mut out: Vec<IpNet> = Vec::new();
        if places.list.iter().any(is_default) {
            if !places.except.is_empty() {
                self.report(
                    Diagnostic::error(text!("route-any-except"))
                        .at(places.span)
                        .help(text!("route-any-except-help")),
                );
                return None;
            }
            out.extend(defaults);
        }
        let list: Vec<ast::Place> = places
            .list
            .iter()
            .filter(|place| !is_default(place))
            .cloned()
            .collect();
        let named = ast::Places {
            list,
            except: places.except.clone(),
            span: places.span,
        };
        for spot in self.spots(&named, true)? {
            match spot.at {
                At::External(id) if self.network.external(id).rest => out.extend(defaults),
                _ => out.extend(
                    Family::BOTH
                        .iter()
                        .flat_map(|family| spot.addrs.of(*family).to_prefixes()),
                ),
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        out.retain(|net| seen.insert(*net));
        Some(out)
    }

    fn target(&mut self, addr: &ast::Addr) -> Option<IpNet> {
        match addr.node {
            ast::AddrKind::Full(full) => Some(IpNet::from(full)),
            _ => self.prefix(addr),
        }
    }

    /// At most one next hop per family, on a link of the switch.
    fn next_hops(&mut self, switch: SwitchId, vrf: &str, via: &Via) -> Option<Vec<IpAddr>> {
        let (hops, span) = match via {
            Via::Addr(addr) => (vec![self.one_addr(addr, None)?], addr.span),
            Via::Place(reference) => (self.hops_of(switch, vrf, reference)?, reference.span),
        };
        let subnets = self.connected(switch, vrf);
        let connected = |hop: &IpAddr| subnets.iter().any(|net| net.contains(hop));
        let near: Vec<IpAddr> = hops.iter().filter(|hop| connected(hop)).copied().collect();
        if near.is_empty() {
            self.far_hop(switch, &hops, span);
            return None;
        }
        let twice = Family::BOTH
            .iter()
            .any(|f| near.iter().filter(|hop| Family::of(**hop) == *f).count() > 1);
        if twice {
            let list = near
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(", ");
            let diagnostic = Diagnostic::error(text!("several-next-hops", addrs = list)).at(span);
            self.report(diagnostic.help(text!("several-next-hops-help")));
            return None;
        }
        Some(near)
    }

    fn far_hop(&mut self, switch: SwitchId, hops: &[IpAddr], span: Span) {
        if self.svi_trouble {
            return;
        }
        let label = &self.network.switch(switch).label;
        let mut diagnostic =
            Diagnostic::error(text!("far-next-hop", switch = &label.name)).at(span);
        // The zone of the next hop is the one the switch lacks an interface for.
        let zone = self
            .network
            .zones
            .iter()
            .find(|zone| hops.iter().any(|hop| zone.addrs().contains(*hop)));
        if let Some(zone) = zone {
            diagnostic = diagnostic
                .label(zone.label.span, text!("next-hop-zone"))
                .help(text!("far-next-hop-help", zone = &zone.label.name));
        }
        self.report(diagnostic);
    }

    /// Addresses a place can be handed packets at: a host's own, a switch's on the shared link (its VRRP address if any).
    fn hops_of(
        &mut self,
        switch: SwitchId,
        vrf: &str,
        reference: &ast::Ref,
    ) -> Option<Vec<IpAddr>> {
        match self.find(reference)? {
            Def::Host(zone, host) => {
                let addrs = &self.network.zone(zone).hosts.get(host)?.addrs;
                let ranges = Family::BOTH.iter().flat_map(|f| addrs.of(*f).to_prefixes());
                let hops: Vec<IpAddr> = ranges
                    .flat_map(|net| [net.network(), net.broadcast()])
                    .collect();
                let mut seen = std::collections::BTreeSet::new();
                Some(hops.into_iter().filter(|hop| seen.insert(*hop)).collect())
                    .filter(|h: &Vec<_>| !h.is_empty())
            }
            Def::Switch(other) | Def::Opaque(other) => {
                let mine = self.network.switch(switch).svis.iter();
                let mine: Vec<&Svi> = mine.filter(|svi| svi.vrf == vrf).collect();
                let theirs = self.network.switch(other);
                let shared = mine.iter().filter_map(|svi| theirs.svi(svi.vlan));
                let hops = shared.flat_map(|svi| Family::BOTH.map(|family| (svi, family)));
                let hops = hops.flat_map(|(svi, family)| {
                    let virtuals: Vec<IpAddr> = svi
                        .virtuals
                        .iter()
                        .filter(|a| Family::of(**a) == family)
                        .copied()
                        .collect();
                    if virtuals.is_empty() {
                        svi.addrs
                            .iter()
                            .map(IpNet::addr)
                            .filter(|a| Family::of(*a) == family)
                            .collect()
                    } else {
                        virtuals
                    }
                });
                let hops: Vec<IpAddr> = hops.collect();
                let own_link = switch == other;
                if own_link || hops.is_empty() {
                    self.no_shared_link(switch, other, reference.span);
                    return None;
                }
                Some(hops)
            }
            def => {
                self.wrong_kind(
                    &reference.name.node,
                    reference.span,
                    def,
                    text!("kind-next-hop"),
                );
                None
            }
        }
    }

    fn no_shared_link(&mut self, switch: SwitchId, other: SwitchId, span: Span) {
        if self.svi_trouble {
            return;
        }
        let label = &self.network.switch(switch).label;
        let other = &self.network.switch(other).label;
        let headline = text!("no-shared-link", switch = &label.name, other = &other.name);
        let diagnostic = Diagnostic::error(headline)
            .at(span)
            .label(other.span, text!("defined-here"));
        self.report(diagnostic.help(text!("no-shared-link-help")));
    }
}
