//! `external`: what lies behind a host that is not modelled (D29).
//!
//! In: their statements, after zones and switches have their addresses. Out: [`External`]s; `rest` is computed last.
//! Must not know: routes.

use super::collect::Parts;
use super::names::Def;
use super::{Lower, Owner, Stated};
use crate::base::{Diagnostic, Span};
use crate::model::{Addrs, External, Place, ZoneId};
use crate::net::{AddrRanges, Family};
use crate::syntax::ast;
use crate::text;
use ipnet::IpNet;
use std::net::IpAddr;

impl<'a> Lower<'a> {
    /// All externals.
    pub(super) fn externals(&mut self, parts: &Parts<'a>) {
        let mut rest: Option<Span> = None;
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
                match rest {
                    None => rest = Some(ast.name.span),
                    Some(first) => {
                        let diagnostic = Diagnostic::error(text!("second-rest"))
                            .label(ast.name.span, text!("again-here"))
                            .label(first, text!("first-here"));
                        self.report(diagnostic.help(text!("second-rest-help")));
                    }
                }
            }
        }
        self.compute_rest();
    }

    fn external(&mut self, ast: &ast::External, segment: Option<String>) -> External {
        let label = self.label(&ast.name, ast.id.as_ref(), None);
        // Behind an unknown host the external still has its name; the policy is refused anyway.
        let (zone, vlan, behind) =
            self.behind(&ast.behind)
                .unwrap_or((ZoneId(0), 0, Addrs::none()));
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
            zone,
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

    /// Zone, VLAN and addresses of the host an external is behind.
    fn behind(&mut self, reference: &ast::Ref) -> Option<(ZoneId, u16, Addrs)> {
        let (zone, host) = match self.find(reference)? {
            Def::Host(zone, host) => (zone, host),
            def => {
                self.wrong_kind(
                    &reference.name.node,
                    reference.span,
                    def,
                    text!("kind-host"),
                );
                return None;
            }
        };
        let addrs = self.network.zone(zone).hosts.get(host)?.addrs.clone();
        let first = addrs.v4.first().or(addrs.v6.first())?;
        let vlan = self.vlan_of_addr(zone, first)?;
        Some((zone, vlan, addrs))
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
