//! `svi` of a switch: its interface on each VLAN of some zones.
//!
//! In: the statements, and which member of a pair is meant. Out: [`Svi`]s with addresses and virtual ones.
//! Must not know: routes, vendors.

use super::names::Def;
use super::{Lower, Owner, Stated};
use crate::base::{Diagnostic, Span};
use crate::model::{Svi, Switch, SwitchId, ZoneId};
use crate::net::Family;
use crate::syntax::ast::{self, Addr, AddrKind};
use crate::text;
use ipnet::IpNet;
use std::net::IpAddr;

impl Lower<'_> {
    /// `svi ZONE, ... [addrs [| addrs] [vrrp addrs]]`
    pub(super) fn svi(
        &mut self,
        switch: &mut Switch,
        id: SwitchId,
        ast: &ast::Svi,
        (side, vrf): (Option<usize>, &str),
    ) {
        let zones: Vec<(ZoneId, Span)> = ast
            .zones
            .iter()
            .filter_map(|zone| self.svi_zone(zone))
            .collect();
        if zones.len() < ast.zones.len() {
            self.svi_trouble = true;
            return;
        }
        let whole = ast.zones.iter().map(|z| z.span).reduce(Span::to);
        let Some(whole) = whole else { return };
        let stated = ast.addrs.as_ref().map(|pair| self.side(pair, whole, side));
        let before = self.diags.len();
        for &(zone, span) in &zones {
            if self.join_svi((switch, vrf), id, zone, span, stated.is_some()) {
                match stated {
                    Some(addrs) => self.stated_addrs(switch, id, zone, addrs, zones.len() > 1),
                    None => self.default_addrs(switch, id, zone, span),
                }
            }
        }
        if let Some(addrs) = stated {
            self.strays(&zones, addrs);
        }
        self.svi_trouble |= self.diags.len() > before;
        if self.diags.len() == before {
            zones
                .iter()
                .for_each(|&(zone, span)| self.complete(switch, zone, span));
        }
        if let Some(redundancy) = &ast.redundancy {
            self.redundancy(switch, &zones, redundancy, whole);
        }
    }

    pub(super) fn svi_zone(&mut self, reference: &ast::Ref) -> Option<(ZoneId, Span)> {
        match self.find(reference)? {
            Def::Zone(zone) => Some((zone, reference.span)),
            def => {
                self.wrong_kind(
                    &reference.name.node,
                    reference.span,
                    def,
                    text!("kind-zone"),
                );
                None
            }
        }
    }

    /// Puts a zone on the SVI of each of its VLANs; false if the switch has it already.
    fn join_svi(
        &mut self,
        (switch, vrf): (&mut Switch, &str),
        id: SwitchId,
        zone: ZoneId,
        span: Span,
        stated: bool,
    ) -> bool {
        let vlans: Vec<u16> = self
            .network
            .zone(zone)
            .links
            .iter()
            .map(|link| link.vlan)
            .collect();
        for vlan in vlans {
            let svi = svi_mut(switch, vlan);
            if svi.zones.contains(&zone) {
                let first = self.svis.get(&(id, vlan)).map_or(span, |&(first, _)| first);
                let name = self.network.zone(zone).label.name.clone();
                self.repeated("repeated-name", &name, span, first);
                return false;
            }
            if svi.zones.is_empty() {
                vrf.clone_into(&mut svi.vrf);
            } else if svi.vrf != vrf {
                let first = self.svis.get(&(id, vlan)).map_or(span, |&(first, _)| first);
                let diagnostic = Diagnostic::error(text!("svi-two-vrfs", vlan = vlan));
                let diagnostic = diagnostic.label(span, text!("again-here"));
                self.report(diagnostic.label(first, text!("first-here")));
                return false;
            }
            svi.zones.push(zone);
            let entry = self.svis.entry((id, vlan)).or_insert((span, true));
            entry.1 &= stated;
        }
        true
    }

    /// `.1` and `::1` of each prefix: one fixed rule, or the addresses must be written.
    fn default_addrs(&mut self, switch: &mut Switch, id: SwitchId, zone: ZoneId, span: Span) {
        let links = self.network.zone(zone).links.clone();
        for link in &links {
            for net in &link.prefixes {
                let one = first_one(*net);
                if net.contains(&one) {
                    self.put(switch, id, link.vlan, one, *net, span);
                } else if !self.is_poisoned(zone) {
                    let diagnostic =
                        Diagnostic::error(text!("svi-default", addr = one, net = *net)).at(span);
                    self.report(diagnostic.help(text!("svi-default-help")));
                }
            }
        }
    }

    fn stated_addrs(
        &mut self,
        switch: &mut Switch,
        id: SwitchId,
        zone: ZoneId,
        addrs: &[Addr],
        several: bool,
    ) {
        for addr in addrs {
            let Some(one) = self.one_addr(addr, Some(zone)) else {
                continue;
            };
            let links = &self.network.zone(zone).links;
            let found = links.iter().find_map(|link| {
                let net = link.prefixes.iter().find(|net| net.contains(&one))?;
                Some((link.vlan, *net))
            });
            match found {
                Some((vlan, net)) => self.put(switch, id, vlan, one, net, addr.span),
                // A whole address belongs to one of the zones; `strays` looks for those of none.
                None if several || matches!(addr.node, AddrKind::Full(_)) => {}
                None => self.svi_outside(one, zone, addr.span),
            }
        }
    }

    /// Whole addresses that lie in none of the zones of the statement.
    fn strays(&mut self, zones: &[(ZoneId, Span)], addrs: &[Addr]) {
        for addr in addrs {
            if let AddrKind::Full(full) = addr.node
                && zones
                    .iter()
                    .all(|&(zone, _)| self.vlan_of_addr(zone, full).is_none())
                && let Some(&(zone, _)) = zones.first()
            {
                self.svi_outside(full, zone, addr.span);
            }
        }
    }

    fn svi_outside(&mut self, addr: IpAddr, zone: ZoneId, span: Span) {
        if !self.is_poisoned(zone) {
            let label = &self.network.zone(zone).label;
            let headline = text!("svi-outside", addr = addr, zone = &label.name);
            let diagnostic = Diagnostic::error(headline)
                .at(span)
                .label(label.span, text!("defined-here"));
            self.report(diagnostic);
        }
    }

    fn put(
        &mut self,
        switch: &mut Switch,
        id: SwitchId,
        vlan: u16,
        addr: IpAddr,
        net: IpNet,
        span: Span,
    ) {
        let Ok(with_length) = IpNet::new(addr, net.prefix_len()) else {
            return;
        };
        self.owned.push(Stated {
            first: addr,
            last: addr,
            owner: Owner::Switch(id),
            span,
        });
        svi_mut(switch, vlan).addrs.push(with_length);
    }

    /// Each VLAN of the zone got an address at all.
    fn complete(&mut self, switch: &Switch, zone: ZoneId, span: Span) {
        if self.is_poisoned(zone) {
            return;
        }
        let bare = self.network.zone(zone).links.iter().find(|link| {
            let has = |net: &IpNet| link.prefixes.iter().any(|of| of.contains(&net.addr()));
            !switch
                .svi(link.vlan)
                .is_some_and(|svi| svi.addrs.iter().any(has))
        });
        if let Some(vlan) = bare.map(|link| link.vlan) {
            let headline = text!(
                "svi-without-address",
                switch = &switch.label.name,
                vlan = vlan
            );
            self.report(
                Diagnostic::error(headline)
                    .at(span)
                    .help(text!("svi-without-address-help")),
            );
        }
    }

    /// `vrrp [vrid N] addrs`: without a number it is group 1 of its VLAN.
    fn redundancy(
        &mut self,
        switch: &mut Switch,
        zones: &[(ZoneId, Span)],
        ast: &ast::Redundancy,
        span: Span,
    ) {
        let group = ast.vrid.as_ref().map_or(1, |vrid| vrid.node);
        let range = if ast.hsrp { 0..=4095 } else { 1..=255 };
        if !range.contains(&group) {
            let at = ast.vrid.as_ref().map_or(span, |vrid| vrid.span);
            self.report(Diagnostic::error(text!("vrid-range", vrid = group)).at(at));
        }
        for &(zone, _) in zones {
            for addr in &ast.addrs {
                let Some(one) = self.one_addr(addr, Some(zone)) else {
                    continue;
                };
                let Some(vlan) = self.vlan_of_addr(zone, one) else {
                    self.svi_outside(one, zone, addr.span);
                    continue;
                };
                let owner = Owner::Group(vlan, ast.hsrp, group);
                self.owned.push(Stated {
                    first: one,
                    last: one,
                    owner,
                    span: addr.span,
                });
                let svi = svi_mut(switch, vlan);
                svi.redundancy = Some((ast.hsrp, group));
                svi.virtuals.push(one);
            }
        }
    }
}

/// The SVI of a VLAN, made on first use.
fn svi_mut(switch: &mut Switch, vlan: u16) -> &mut Svi {
    let index = switch
        .svis
        .iter()
        .position(|svi| svi.vlan == vlan)
        .unwrap_or_else(|| {
            switch.svis.push(Svi {
                vlan,
                vrf: String::new(),
                zones: Vec::new(),
                addrs: Vec::new(),
                virtuals: Vec::new(),
                redundancy: None,
            });
            switch.svis.len() - 1
        });
    &mut switch.svis[index]
}

/// `.1` or `::1` of a prefix, as the short forms read.
fn first_one(net: IpNet) -> IpAddr {
    match net.network() {
        IpAddr::V4(base) => {
            let [a, b, c, _] = base.octets();
            IpAddr::from([a, b, c, 1])
        }
        IpAddr::V6(base) => Family::V6.addr(base.to_bits() | 1),
    }
}
