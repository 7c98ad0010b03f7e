//! `switch`: own addresses and options of a switch, or of both members of a pair (M16).
//!
//! In: switch blocks, after the zones. Out: [`Switch`]es without their routes. Must not know: routes, vendors.

use super::collect::{Parts, not_yet};
use super::zones::bind_sides;
use super::{Lower, Owner, Stated};
use crate::base::{Diagnostic, Span, suggest};
use crate::model::{Switch, SwitchId};
use crate::syntax::ast::{self, Addr, Pair, SwitchItem};
use crate::text;
use std::collections::BTreeMap;

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
                SwitchItem::Accept(accept) => {
                    switch.accepts.extend(self.accept(accept, Some(whole)));
                }
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
