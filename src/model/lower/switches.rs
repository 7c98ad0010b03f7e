//! `switch`: interfaces, own addresses and options of a switch, or of both members of a pair (M16).
//!
//! In: switch blocks, after the zones. Out: [`Switch`]es without their routes. Must not know: routes, vendors.

use super::collect::{Parts, not_yet};
use super::names::Def;
use super::zones::bind_sides;
use super::{Lower, Owner, Stated};
use crate::base::{Diagnostic, Span, suggest};
use crate::model::{Svi, Switch, SwitchId, ZoneId};
use crate::net::Family;
use crate::syntax::ast::{self, Addr, AddrKind, Pair, SwitchItem};
use crate::text;
use ipnet::IpNet;
use std::collections::BTreeMap;
use std::net::IpAddr;

impl<'a> Lower<'a> {
    /// All switches; a pair becomes two with the same zones.
    pub(super) fn switches(&mut self, parts: &Parts<'a>) {
        for ast in &parts.switches {
            let first = SwitchId(self.network.switches.len());
            let second = SwitchId(first.0 + 1);
            let known = self.dialects.contains(&ast.dialect.node.as_str());
            if !known {
                self.unknown_dialect(&ast.dialect);
            }
            match &ast.twin {
                None => self.member(ast, &ast.name, first, None),
                Some(twin) => {
                    self.member(ast, &ast.name, first, Some((0, second)));
                    self.member(ast, twin, second, Some((1, first)));
                }
            }
        }
    }

    fn unknown_dialect(&mut self, dialect: &ast::Word) {
        let headline = text!("unknown-dialect", name = &dialect.node);
        let diagnostic = Diagnostic::error(headline).at(dialect.span);
        let help = match suggest::nearest(&dialect.node, self.dialects.iter().copied()) {
            Some(near) => text!("did-you-mean-name", name = near),
            None => text!("known-dialects", names = self.dialects.join(", ")),
        };
        self.report(diagnostic.help(help));
    }

    /// One member; `pair` is its side of `|` and the other member.
    fn member(
        &mut self,
        ast: &ast::Switch,
        name: &ast::Name,
        id: SwitchId,
        pair: Option<(usize, SwitchId)>,
    ) {
        let label = self.switch_label(name);
        let mut switch = Switch {
            label,
            twin: pair.map(|(_, twin)| twin),
            dialect: ast.dialect.node.clone(),
            dialect_span: ast.dialect.span,
            model: ast.model.as_ref().map(|model| model.node.clone()),
            svis: Vec::new(),
            routes: Vec::new(),
            own: Vec::new(),
            options: BTreeMap::new(),
            bind_in: self.bind.0,
            bind_out: self.bind.1,
            limits: BTreeMap::new(),
            accepts: Vec::new(),
        };
        let side = pair.map(|(side, _)| side);
        for item in &ast.items {
            match &item.node {
                SwitchItem::Svi(svi) => self.svi(&mut switch, id, svi, side),
                SwitchItem::Own(own) => self.own(&mut switch, id, own, item.span, side),
                SwitchItem::Bind(sides) => (switch.bind_in, switch.bind_out) = bind_sides(sides),
                SwitchItem::Limit {
                    direction,
                    table,
                    count,
                } => {
                    let direction = if *direction == ast::Bind::In {
                        "in"
                    } else {
                        "out"
                    };
                    switch
                        .limits
                        .insert(format!("{}-{direction}", table.node), count.node);
                }
                SwitchItem::Option { key, value } => {
                    if switch
                        .options
                        .insert(key.node.clone(), value.node.clone())
                        .is_some()
                    {
                        let headline = text!("repeated-option", key = &key.node);
                        self.report(Diagnostic::error(headline).at(key.span));
                    }
                }
                SwitchItem::Route { .. } => {}
                SwitchItem::Accept(accept) => not_yet("accept", accept.code.span, &mut self.diags),
                SwitchItem::Vrf { name, .. } => not_yet("vrf", name.span, &mut self.diags),
                SwitchItem::Dynamic { protocol, .. } => {
                    not_yet("dynamic", protocol.span, &mut self.diags)
                }
                SwitchItem::Ports { ports, .. } => not_yet("ports", ports.span, &mut self.diags),
            }
        }
        switch.svis.sort_by_key(|svi| svi.vlan);
        self.network.switches.push(switch);
    }

    /// This member's side of `a | b`.
    fn side<'p>(&mut self, pair: &'p Pair, span: Span, side: Option<usize>) -> &'p [Addr] {
        match (side, &pair.right) {
            (None, None) | (Some(0), Some(_)) => &pair.left,
            (Some(_), Some(right)) => right,
            (Some(_), None) => {
                self.report(
                    Diagnostic::error(text!("pair-one-side"))
                        .at(span)
                        .help(text!("pair-one-side-help")),
                );
                &pair.left
            }
            (None, Some(_)) => {
                self.report(
                    Diagnostic::error(text!("no-pair"))
                        .at(span)
                        .help(text!("no-pair-help")),
                );
                &pair.left
            }
        }
    }

    fn own(
        &mut self,
        switch: &mut Switch,
        id: SwitchId,
        own: &Pair,
        span: Span,
        side: Option<usize>,
    ) {
        for addr in self.side(own, span, side) {
            if let Some(one) = self.one_addr(addr, None) {
                self.owned.push(Stated {
                    first: one,
                    last: one,
                    owner: Owner::Switch(id),
                    span: addr.span,
                });
                switch.own.push(one);
            }
        }
    }

    /// `svi ZONE, ... [addrs [| addrs] [vrrp addrs]]`
    fn svi(&mut self, switch: &mut Switch, id: SwitchId, ast: &ast::Svi, side: Option<usize>) {
        let zones: Vec<(ZoneId, Span)> = ast
            .zones
            .iter()
            .filter_map(|zone| self.svi_zone(zone))
            .collect();
        if zones.len() < ast.zones.len() {
            return;
        }
        let whole = ast.zones.iter().map(|z| z.span).reduce(Span::to);
        let Some(whole) = whole else { return };
        let stated = ast.addrs.as_ref().map(|pair| self.side(pair, whole, side));
        let before = self.diags.len();
        for &(zone, span) in &zones {
            if self.join_svi(switch, id, zone, span, stated.is_some()) {
                match stated {
                    Some(addrs) => self.stated_addrs(switch, id, zone, addrs, zones.len() > 1),
                    None => self.default_addrs(switch, id, zone, span),
                }
            }
        }
        if let Some(addrs) = stated {
            self.strays(&zones, addrs);
        }
        if self.diags.len() == before {
            zones
                .iter()
                .for_each(|&(zone, span)| self.complete(switch, zone, span));
        }
        if let Some(redundancy) = &ast.redundancy {
            self.redundancy(switch, &zones, redundancy, whole);
        }
    }

    fn svi_zone(&mut self, reference: &ast::Ref) -> Option<(ZoneId, Span)> {
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
        switch: &mut Switch,
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
