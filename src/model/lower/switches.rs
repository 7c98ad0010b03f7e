//! `switch`: own addresses and options of a switch, or of both members of a pair (M16).
//!
//! In: switch blocks, after the zones. Out: [`Switch`]es without their routes. Must not know: routes, vendors.

use super::collect::Parts;
use super::routes::tables;
use super::zones::bind_sides;
use super::{Lower, Owner, Stated};
use crate::base::{Diagnostic, Span, suggest};
use crate::model::{Label, PortsAt, Switch, SwitchId};
use crate::syntax::ast::{self, Addr, Pair, Spanned, SwitchItem};
use crate::text;
use std::collections::BTreeMap;

/// What `limit` counts: entries of a family, or of the one table that all share.
const LIMITED: [&str; 3] = ["ipv4", "ipv6", "shared"];

impl<'a> Lower<'a> {
    /// All switches; a pair becomes two with the same zones.
    pub(super) fn switches(&mut self, parts: &Parts<'a>) {
        for &(ast, span) in &parts.switches {
            let first = SwitchId(self.network.switches.len());
            let second = SwitchId(first.0 + 1);
            let known = self.dialects.contains(&ast.dialect.node.as_str());
            if !known {
                self.unknown_dialect(&ast.dialect);
            }
            match &ast.twin {
                None => self.member((ast, span), &ast.name, first, None),
                Some(twin) => {
                    self.member((ast, span), &ast.name, first, Some((0, second)));
                    self.member((ast, span), twin, second, Some((1, first)));
                }
            }
        }
        for &(ast, span) in &parts.opaques {
            self.opaque(ast, span, SwitchId(self.network.switches.len()));
        }
    }

    fn unknown_dialect(&mut self, dialect: &ast::Word) {
        let headline = text!("unknown-dialect", name = &dialect.node);
        let diagnostic = Diagnostic::error(headline).at(dialect.span);
        let help = match suggest::nearest(&dialect.node, self.dialects.iter().copied()) {
            Some(near) => text!("nearest-name", name = near),
            None => text!("known-dialects", names = self.dialects.join(", ")),
        };
        self.report(diagnostic.help(help));
    }

    /// One member; `pair` is its side of `|` and the other member.
    fn member(
        &mut self,
        (ast, whole): (&ast::Switch, Span),
        name: &ast::Name,
        id: SwitchId,
        pair: Option<(usize, SwitchId)>,
    ) {
        let label = self.switch_label(name);
        self.svi_trouble |= self.names.twice.contains(&name.span);
        let mut switch = Switch {
            twin: pair.map(|(_, twin)| twin),
            dialect: ast.dialect.node.clone(),
            model: ast.model.as_ref().map(|model| model.node.clone()),
            bind_in: self.bind.0,
            bind_out: self.bind.1,
            ..bare(label, ast.dialect.span)
        };
        let side = pair.map(|(side, _)| side);
        self.items(&mut switch, id, &ast.items, whole, side);
        switch.svis.sort_by_key(|svi| svi.vlan);
        self.network.switches.push(switch);
    }

    /// A router whose filter is not modelled: it passes everything, and nothing is written for it.
    fn opaque(&mut self, ast: &ast::Opaque, whole: Span, id: SwitchId) {
        let label = self.label(&ast.name, ast.id.as_ref(), None);
        let mut switch = Switch {
            opaque: true,
            ..bare(label, ast.name.span)
        };
        self.items(&mut switch, id, &ast.items, whole, None);
        switch.svis.sort_by_key(|svi| svi.vlan);
        self.network.switches.push(switch);
    }

    /// What stands in a block, VRF by VRF.
    fn items(
        &mut self,
        switch: &mut Switch,
        id: SwitchId,
        items: &[Spanned<SwitchItem>],
        whole: Span,
        side: Option<usize>,
    ) {
        let mut vrfs: BTreeMap<&str, Span> = BTreeMap::new();
        for item in items {
            if let SwitchItem::Vrf { name, .. } = &item.node
                && let Some(first) = vrfs.insert(&name.node, name.span)
            {
                self.repeated("repeated-name", &name.node, name.span, first);
            }
        }
        for (vrf, item) in tables(items) {
            self.item(switch, id, (&vrf, item), whole, side);
        }
    }

    fn item(
        &mut self,
        switch: &mut Switch,
        id: SwitchId,
        (vrf, item): (&str, &Spanned<SwitchItem>),
        whole: Span,
        side: Option<usize>,
    ) {
        match &item.node {
            SwitchItem::Svi(svi) => self.svi(switch, id, svi, (side, vrf)),
            SwitchItem::Own(own) => self.own(switch, id, own, item.span, side),
            SwitchItem::Bind(sides) => {
                (switch.bind_in, switch.bind_out) = bind_sides(sides);
                self.check_bind(switch.bind_in, item.span);
            }
            SwitchItem::Limit {
                direction,
                table,
                count,
            } => {
                let direction = match direction {
                    ast::Bind::In => "in",
                    ast::Bind::Out => "out",
                };
                if !LIMITED.contains(&table.node.as_str()) {
                    let headline = text!("unknown-table", name = &table.node);
                    let diagnostic = Diagnostic::error(headline).at(table.span);
                    let names = LIMITED.join(", ");
                    return self.report(diagnostic.help(text!("known-tables", names = names)));
                }
                let table = format!("{}-{direction}", table.node);
                switch.limits.insert(table, count.node);
            }
            SwitchItem::Option { key, value } => {
                switch.option_spans.insert(key.node.clone(), key.span);
                let before = switch.options.insert(key.node.clone(), value.node.clone());
                if before.is_some() {
                    let headline = text!("repeated-option", key = &key.node);
                    self.report(Diagnostic::error(headline).at(key.span));
                }
            }
            SwitchItem::Accept(accept) => {
                switch.accepts.extend(self.accept(accept, Some(whole)));
            }
            SwitchItem::Ports { zone, ports } => {
                if let Some((zone, _)) = self.svi_zone(zone) {
                    switch.ports_at.push(PortsAt {
                        zone,
                        ports: ports.node.clone(),
                        span: ports.span,
                    });
                }
            }
            // Routes need every interface first; a VRF has been taken apart.
            SwitchItem::Route { .. } | SwitchItem::Dynamic { .. } | SwitchItem::Vrf { .. } => {}
        }
    }

    /// Inbound lists alone are complete; outbound ones alone leave what is sent to the switch itself.
    pub(super) fn check_bind(&mut self, inbound: bool, span: Span) {
        if !inbound {
            let diagnostic = Diagnostic::error(text!("bind-in")).at(span);
            self.report(diagnostic.help(text!("bind-in-help")));
        }
    }

    /// This member's side of `a | b`.
    pub(super) fn side<'p>(
        &mut self,
        pair: &'p Pair,
        span: Span,
        side: Option<usize>,
    ) -> &'p [Addr] {
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
}

/// A switch of which only the name is known.
fn bare(label: Label, dialect_span: Span) -> Switch {
    Switch {
        label,
        twin: None,
        dialect: String::new(),
        dialect_span,
        model: None,
        svis: Vec::new(),
        routes: Vec::new(),
        dynamic: Vec::new(),
        opaque: false,
        own: Vec::new(),
        options: BTreeMap::new(),
        option_spans: BTreeMap::new(),
        ports_at: Vec::new(),
        bind_in: false,
        bind_out: false,
        limits: BTreeMap::new(),
        accepts: Vec::new(),
    }
}
