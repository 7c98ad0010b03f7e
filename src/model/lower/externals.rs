//! `external`: what lies behind a device and is not modelled (D29).
//!
//! In: their statements, after zones and switches have their addresses. Out: [`External`]s; `rest` is computed last.
//! Must not know: routes.
//!
//! Behind a router without a text there is no host that a packet could be handed to, so the router gets a port of its own
//! ([`crate::compile::skeleton`]) with a number past all VLANs, and the addresses of DS-Lite's far end (RFC 6333: they mean
//! something on that one link only, and nobody routes to them) stand for whatever it leads to.

use super::collect::Parts;
use super::names::Def;
use super::{Lower, Owner, Stated};
use crate::base::{Diagnostic, Span};
use crate::model::{Addrs, Before, External, Place, STUBS, SwitchId, ZoneId, far_end};
use crate::net::{AddrRanges, Family};
use crate::syntax::ast;
use crate::text;
use ipnet::IpNet;
use std::collections::BTreeMap;
use std::net::IpAddr;

impl<'a> Lower<'a> {
    /// All externals.
    pub(super) fn externals(&mut self, parts: &Parts<'a>) {
        let mut rests: BTreeMap<Option<(SwitchId, String)>, Span> = BTreeMap::new();
        for (index, &(ast, segment)) in parts.externals.iter().enumerate() {
            let id = crate::model::ExternalId(index);
            if let Some(of) = segment.and_then(|i| self.segments.get_mut(i)) {
                of.externals.push(id);
            }
            let segment = segment
                .and_then(|i| parts.segments.get(i))
                .map(|s| s.name.node.clone());
            let external = self.external(ast, segment);
            self.network.externals.push(external);
            if ast.addrs.is_none() {
                let vlan = self.network.external(id).vlan;
                let taken = self
                    .tables_on(vlan)
                    .into_iter()
                    .find_map(|table| rests.insert(table, ast.name.span));
                if let Some(first) = taken {
                    let diagnostic = Diagnostic::error(text!("second-rest"))
                        .label(ast.name.span, text!("again-here"))
                        .label(first, text!("first-here"));
                    self.report(diagnostic.help(text!("second-rest-help")));
                }
            }
        }
        self.compute_rest();
    }

    /// The routing tables with an interface on a VLAN; a link without one counts as a table of all such.
    fn tables_on(&self, vlan: u16) -> Vec<Option<(SwitchId, String)>> {
        let switches = self.network.switches.iter().enumerate();
        let on = switches.filter_map(|(index, switch)| {
            let svi = switch.svi(vlan)?;
            Some(Some((SwitchId(index), svi.vrf.clone())))
        });
        let tables: Vec<_> = on.collect();
        if tables.is_empty() {
            vec![None]
        } else {
            tables
        }
    }

    fn external(&mut self, ast: &ast::External, segment: Option<String>) -> External {
        let label = self.label(&ast.name, ast.id.as_ref(), None);
        // Behind an unknown host the external still has its name; the policy is refused anyway.
        let (before, vlan, behind) =
            self.behind(&ast.behind)
                .unwrap_or((Before::Host(ZoneId(0)), 0, Addrs::none()));
        let mut addrs = Addrs::none();
        for addr in ast.addrs.iter().flatten() {
            let Some(net) = self.external_prefix(addr) else {
                continue;
            };
            let owner = Owner::Place(label.name.clone());
            self.prefixes.push(Stated::net(net, owner, addr.span));
            addrs = addrs.union(&Addrs::prefixes(&[net]));
            if vlan != 0 && behind.of(Family::of_net(&net)).is_empty() {
                let headline = text!("external-family", name = &label.name, net = net);
                let diagnostic = Diagnostic::error(headline).at(addr.span);
                self.report(diagnostic.label(ast.behind.span, text!("device-without-family")));
            }
        }
        External {
            label,
            segment,
            before,
            vlan,
            behind,
            rest: ast.addrs.is_none(),
            addrs,
            no_hairpin: false,
        }
    }

    fn external_prefix(&mut self, addr: &ast::Addr) -> Option<IpNet> {
        match addr.node {
            ast::AddrKind::Full(full) => Some(IpNet::from(full)),
            _ => self.prefix(addr),
        }
    }

    /// The device an external is behind, its VLAN and its addresses.
    fn behind(&mut self, reference: &ast::Ref) -> Option<(Before, u16, Addrs)> {
        let (zone, host) = match self.find(reference)? {
            Def::Host(zone, host) => (zone, host),
            Def::Opaque(router) => return self.behind_router(router, reference.span),
            def => {
                self.wrong_kind(
                    &reference.name.node,
                    reference.span,
                    def,
                    text!("kind-host-or-opaque"),
                );
                return None;
            }
        };
        let addrs = self.network.zone(zone).hosts.get(host)?.addrs.clone();
        let first = addrs.v4.first().or(addrs.v6.first())?;
        let vlan = self.vlan_of_addr(zone, first)?;
        // What lies behind it would be entered and left on either link.
        let links = self.network.zone(zone).links.iter();
        let on = |link: &&crate::model::ZoneLink| {
            let here = Addrs::prefixes(&link.prefixes);
            here.v4.overlaps(&addrs.v4) || here.v6.overlaps(&addrs.v6)
        };
        if links.filter(on).count() > 1 {
            let diagnostic = Diagnostic::error(text!("behind-two-links")).at(reference.span);
            self.report(diagnostic.help(text!("behind-two-links-help")));
        }
        Some((Before::Host(zone), vlan, addrs))
    }

    /// The port of a router without a text behind which nothing is modelled.
    fn behind_router(&mut self, id: SwitchId, span: Span) -> Option<(Before, u16, Addrs)> {
        let router = self.network.switches.get(id.0)?;
        let carries = |family| !router.own_addrs().of(family).is_empty();
        let side = |family| match carries(family) {
            true => AddrRanges::prefix(far_end(family).into()),
            false => AddrRanges::none(family),
        };
        let behind = Addrs {
            v4: side(Family::V4),
            v6: side(Family::V6),
        };
        let Some(vlan) = u16::try_from(id.0)
            .ok()
            .and_then(|at| STUBS.checked_add(at))
        else {
            self.report(Diagnostic::error(text!("too-many-routers")).at(span));
            return None;
        };
        Some((Before::Opaque(id), vlan, behind))
    }

    /// A router without a text has no other route to what lies behind it.
    pub(super) fn check_externals(&mut self, parts: &Parts<'a>) {
        for (external, (ast, _)) in self.network.externals.clone().iter().zip(&parts.externals) {
            let Before::Opaque(id) = external.before else {
                continue;
            };
            let router = self.network.switch(id);
            let theirs = external.routed();
            let other = router
                .routes
                .iter()
                .find(|route| theirs.contains(&route.prefix));
            if let Some(route) = other {
                let headline = text!(
                    "behind-routed-elsewhere",
                    router = &router.label.name,
                    name = &external.label.name,
                    net = route.prefix,
                    via = route.via
                );
                let diagnostic = Diagnostic::error(headline).at(ast.behind.span);
                self.report(diagnostic.help(text!("behind-routed-elsewhere-help")));
            }
        }
    }

    /// The VLAN of the zone whose prefix holds an address.
    pub(super) fn vlan_of_addr(&self, zone: ZoneId, addr: IpAddr) -> Option<u16> {
        let links = &self.network.zone(zone).links;
        let holds =
            |link: &&crate::model::ZoneLink| link.prefixes.iter().any(|net| net.contains(&addr));
        links.iter().find(holds).map(|link| link.vlan)
    }

    /// `rest`: every address that is in no zone, no other external and on no switch, in the families its device has.
    fn compute_rest(&mut self) {
        let stated: Vec<IpNet> = self
            .prefixes
            .iter()
            .flat_map(|s| crate::net::addr::range_to_prefixes(s.first, s.last))
            .collect();
        let own = self
            .network
            .switches
            .iter()
            .fold(Addrs::none(), |all, s| all.union(&s.own_addrs()));
        let taken = Addrs::prefixes(&stated).union(&own);
        for external in self.network.externals.iter_mut().filter(|e| e.rest) {
            let side = |family| match external.behind.of(family).is_empty() {
                true => AddrRanges::none(family),
                false => AddrRanges::any(family).minus(taken.of(family)),
            };
            external.addrs = Addrs {
                v4: side(Family::V4),
                v6: side(Family::V6),
            };
        }
    }

    /// A place that cannot stand in a list.
    pub(super) fn not_here(&mut self, span: Span, place: Place, wanted: crate::base::Text) {
        let kind = match place {
            Place::Zone(_) => text!("kind-zone"),
            Place::Host(..) => text!("kind-host"),
            Place::External(_) => text!("kind-external"),
            Place::Switch(_) => text!("kind-switch"),
        };
        let name = self.network.name(place).to_owned();
        self.report(
            Diagnostic::error(text!(
                "wrong-kind",
                name = name,
                kind = kind,
                wanted = wanted
            ))
            .at(span),
        );
    }
}
