//! `gateway` of a zone: the router its hosts hand packets to (D26).
//!
//! In: the statements, after all interfaces and externals have addresses. Out: next hops of hosts, and a warning where a
//! link leaves the choice open. Must not know: routes.

use super::Lower;
use super::collect::Parts;
use crate::base::Diagnostic;
use crate::model::{Gateway, Switch, SwitchId, ZoneId, ZoneLink};
use crate::net::Family;
use crate::syntax::ast::{self, ZoneAttr};
use crate::text;
use ipnet::IpNet;
use std::net::IpAddr;

impl<'a> Lower<'a> {
    /// The next hops that zones state for their hosts.
    pub(super) fn gateways(&mut self, parts: &Parts<'a>) {
        if self.svi_trouble {
            return;
        }
        for (index, (ast, _)) in parts.zones.iter().enumerate() {
            let (zone, before) = (ZoneId(index), self.diags.len());
            for attr in &ast.attrs {
                if let ZoneAttr::Gateway { addr, only_for } = &attr.node {
                    self.gateway(zone, addr, only_for.as_ref());
                }
            }
            if self.diags.len() == before {
                self.missing_gateway(zone);
            }
        }
    }

    fn gateway(&mut self, zone: ZoneId, ast: &ast::Addr, only_for: Option<&ast::Places>) {
        let only_for = match only_for.map(|places| self.spots(places, true)) {
            None => None,
            Some(Some(spots)) => Some(spots),
            Some(None) => return,
        };
        let Some(addr) = self.one_addr(ast, Some(zone)) else {
            return;
        };
        let links = &self.network.zone(zone).links;
        let routers = self.routers(zone, links, Family::of(addr));
        let is_device = self
            .network
            .externals
            .iter()
            .any(|e| e.zone() == Some(zone) && e.behind.contains(addr));
        if !is_device
            && !routers.iter().any(|(_, addrs)| addrs.contains(&addr))
            && !self.is_poisoned(zone)
        {
            let diagnostic = Diagnostic::error(text!(
                "no-such-router",
                addr = addr,
                zone = &self.network.zone(zone).label.name
            ))
            .at(ast.span);
            let list = routers
                .iter()
                .flat_map(|(_, addrs)| addrs)
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(", ");
            let help = if list.is_empty() {
                text!("no-router-help")
            } else {
                text!("routers-help", addrs = list)
            };
            self.report(diagnostic.help(help));
            return;
        }
        self.network.zones[zone.0]
            .gateways
            .push(Gateway { addr, only_for });
    }

    /// The switches with an address of a family on links of a zone, and those addresses with the virtual ones.
    fn routers(
        &self,
        zone: ZoneId,
        links: &[ZoneLink],
        family: Family,
    ) -> Vec<(SwitchId, Vec<IpAddr>)> {
        let on = |switch: &Switch| -> Vec<IpAddr> {
            let svis = links.iter().filter_map(|link| switch.svi(link.vlan));
            let addrs = svis.flat_map(|svi| {
                svi.addrs
                    .iter()
                    .map(IpNet::addr)
                    .chain(svi.virtuals.iter().copied())
            });
            addrs
                .filter(|addr| {
                    Family::of(*addr) == family && self.vlan_of_addr(zone, *addr).is_some()
                })
                .collect()
        };
        let all = self
            .network
            .switches
            .iter()
            .enumerate()
            .map(|(i, switch)| (SwitchId(i), on(switch)));
        all.filter(|(_, addrs)| !addrs.is_empty()).collect()
    }

    /// Several routers on one link, no common virtual address and no word which one hosts use (D26).
    fn missing_gateway(&mut self, zone: ZoneId) {
        let of = self.network.zone(zone);
        let unclear = of
            .links
            .iter()
            .flat_map(|link| Family::BOTH.map(|family| (link, family)))
            .find_map(|(link, family)| {
                let routers = self.routers(zone, std::slice::from_ref(link), family);
                let stated = of
                    .gateways
                    .iter()
                    .any(|g| Family::of(g.addr) == family && g.only_for.is_none());
                let (_, first) = routers.first()?;
                let shared = first
                    .iter()
                    .any(|addr| routers.iter().all(|(_, addrs)| addrs.contains(addr)));
                (routers.len() > 1 && !stated && !shared).then_some(routers)
            });
        if let Some(routers) = unclear {
            let headline = text!(
                "several-routers",
                zone = &of.label.name,
                addrs = listed(&routers)
            );
            let diagnostic = Diagnostic::warning(headline).at(of.label.span);
            self.report(diagnostic.help(text!("several-routers-help")));
        }
    }
}

fn listed(routers: &[(SwitchId, Vec<IpAddr>)]) -> String {
    routers
        .iter()
        .flat_map(|(_, addrs)| addrs)
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}
