//! `route` of a switch: where it hands packets next (D31).
//!
//! In: the statements, after all interfaces and externals have addresses. Out: static routes per prefix.
//! Must not know: sessions.

use super::Lower;
use super::collect::Parts;
use super::names::Def;
use crate::base::{Diagnostic, Span};
use crate::model::{At, SwitchId};
use crate::net::Family;
use crate::syntax::ast::{self, RouteTo, SwitchItem, Via};
use crate::text;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

impl<'a> Lower<'a> {
    /// The static routes of every switch.
    pub(super) fn routes(&mut self, parts: &Parts<'a>) {
        let mut id = 0;
        for (ast, _) in &parts.switches {
            for _ in 0..1 + usize::from(ast.twin.is_some()) {
                for item in &ast.items {
                    if let SwitchItem::Route { to, via } = &item.node {
                        self.route(SwitchId(id), to, via, item.span);
                    }
                }
                id += 1;
            }
        }
    }

    fn route(&mut self, switch: SwitchId, to: &RouteTo, via: &Via, span: Span) {
        let hops = self.next_hops(switch, via);
        let targets = self.targets(to);
        let (Some(hops), Some(targets)) = (hops, targets) else {
            return;
        };
        let connected: Vec<IpNet> = self
            .network
            .switch(switch)
            .svis
            .iter()
            .flat_map(|svi| &svi.addrs)
            .copied()
            .collect();
        let reached = |net: &IpNet| connected.iter().any(|of| of.contains(net));
        let mut written = Vec::new();
        for net in targets.iter().filter(|net| !reached(net)) {
            let same = hops
                .iter()
                .filter(|hop| Family::of(**hop) == Family::of_net(net));
            written.extend(same.map(|hop| (*net, *hop)));
        }
        if written.is_empty() && !self.poisoned.contains(&true) {
            self.report(
                Diagnostic::error(text!("empty-route"))
                    .at(span)
                    .help(text!("empty-route-help")),
            );
        }
        let routes = &mut self.network.switches[switch.0].routes;
        let known: std::collections::BTreeSet<(IpNet, IpAddr)> = routes.iter().copied().collect();
        routes.extend(written.into_iter().filter(|route| !known.contains(route)));
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
    fn next_hops(&mut self, switch: SwitchId, via: &Via) -> Option<Vec<IpAddr>> {
        let (hops, span) = match via {
            Via::Addr(addr) => (vec![self.one_addr(addr, None)?], addr.span),
            Via::Place(reference) => (self.hops_of(switch, reference)?, reference.span),
        };
        let svis = &self.network.switch(switch).svis;
        let connected = |hop: &IpAddr| {
            svis.iter()
                .flat_map(|svi| &svi.addrs)
                .any(|net| net.contains(hop))
        };
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
    fn hops_of(&mut self, switch: SwitchId, reference: &ast::Ref) -> Option<Vec<IpAddr>> {
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
            Def::Switch(other) => {
                let mine = &self.network.switch(switch).svis;
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
