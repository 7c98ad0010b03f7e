//! `site`, `segment`, `zone` and `host`: who is where (D24).
//!
//! In: their statements. Out: [`Zone`]s with the prefixes of each link, and the addresses of their hosts.
//! Must not know: switches.

use super::addrs::by_vlan;
use super::collect::Parts;
use super::{Lower, Owner, Segment, Stated};
use crate::base::{Diagnostic, Span};
use crate::model::{Addrs, Host, Zone, ZoneId, ZoneLink};
use crate::net::{AddrRanges, Family};
use crate::syntax::ast::{self, SegmentItem, SiteItem, ZoneAttr};
use crate::text;
use ipnet::{IpNet, Ipv6Net};
use std::net::Ipv6Addr;

impl<'a> Lower<'a> {
    /// The site's settings, which zones fall back to.
    pub(super) fn site(&mut self, parts: &Parts<'a>) {
        let Some(site) = parts.site else { return };
        self.network.site.label = Some(self.label(&site.name, site.id.as_ref(), None));
        let mut bind = None;
        for item in &site.items {
            match &item.node {
                SiteItem::Ipv4Only => self.v4_only = Some(item.span),
                SiteItem::Ipv6ByVlan(addr) => self.site_prefix(addr),
                SiteItem::Ephemeral(range) => self.network.site.ephemeral = range.node,
                SiteItem::LogDenied => self.network.site.log_denied = true,
                SiteItem::Bind(sides) => bind = Some((sides, item.span)),
            }
        }
        if let Some((sides, span)) = bind {
            self.bind = bind_sides(sides);
            self.check_bind(self.bind.0, span);
        }
    }

    fn site_prefix(&mut self, addr: &ast::Addr) {
        match self.prefix(addr) {
            Some(IpNet::V6(net)) if net.prefix_len() <= 48 => self.by_vlan = Some(net),
            Some(net) => {
                // What zones would have got from it is no further finding.
                self.by_vlan = Some(Ipv6Net::new_assert(Ipv6Addr::UNSPECIFIED, 48));
                let diagnostic = Diagnostic::error(text!("site-prefix", net = net)).at(addr.span);
                self.report(diagnostic.help(text!("site-prefix-help")));
            }
            None => {}
        }
    }

    /// All zones, then what they contain.
    pub(super) fn zones(&mut self, parts: &Parts<'a>) {
        for segment in &parts.segments {
            self.label(&segment.name, segment.id.as_ref(), None);
            let v4_only = segment
                .items
                .iter()
                .find(|item| item.node == SegmentItem::Ipv4Only);
            let v4_only = v4_only.map(|item| item.span);
            self.segments.push(Segment {
                v4_only,
                ..Segment::default()
            });
        }
        for (index, &(zone, segment)) in parts.zones.iter().enumerate() {
            let id = ZoneId(index);
            let of = segment.and_then(|i| self.segments.get_mut(i));
            let v4_only = of.and_then(|of| {
                of.zones.push(id);
                of.v4_only
            });
            let name = segment
                .and_then(|i| parts.segments.get(i))
                .map(|s| s.name.node.clone());
            self.zone(id, zone, name, v4_only);
        }
    }

    fn zone(
        &mut self,
        id: ZoneId,
        ast: &ast::Zone,
        segment: Option<String>,
        v4_only: Option<Span>,
    ) {
        let before = self.diags.len();
        let fallback = ast
            .links
            .first()
            .map(|link| format!("V{}", link.node.vlan.node));
        let label = self.label(&ast.name, ast.id.as_ref(), fallback);
        let (v4, v6) = self.families(ast, v4_only);
        let mut links: Vec<ZoneLink> = Vec::new();
        for link in &ast.links {
            if let Some(first) = links
                .iter()
                .find(|l| u32::from(l.vlan) == link.node.vlan.node)
            {
                let headline = text!("repeated-vlan", vlan = link.node.vlan.node);
                let diagnostic = Diagnostic::error(headline)
                    .label(link.node.vlan.span, text!("again-here"))
                    .label(first.span, text!("first-here"));
                self.report(diagnostic.help(text!("repeated-vlan-help")));
            } else if let Some(link) = self.link(ast, link, v4.is_none(), v6.is_none()) {
                links.push(link);
            }
        }
        if ast.links.is_empty() {
            let diagnostic =
                Diagnostic::error(text!("zone-without-vlan", name = &label.name)).at(label.span);
            self.report(diagnostic.help(text!("zone-without-vlan-help")));
        }
        let ephemeral = ast.attrs.iter().find_map(|attr| match &attr.node {
            ZoneAttr::Ephemeral(range) => Some(range.node),
            _ => None,
        });
        self.network.zones.push(Zone {
            label,
            segment,
            v4: v4.is_none(),
            v6: v6.is_none(),
            links,
            hosts: Vec::new(),
            dhcp: Vec::new(),
            gateways: Vec::new(),
            ephemeral: ephemeral.unwrap_or(self.network.site.ephemeral),
        });
        self.poisoned.push(self.diags.len() > before);
        for host in &ast.hosts {
            let host = self.host(id, &host.node);
            self.network.zones[id.0].hosts.push(host);
        }
        let twice = self.names.twice.contains(&ast.name.span);
        self.poisoned[id.0] = twice || self.diags.len() > before;
    }

    /// For each family the word that says the zone has no such side: its own, its segment's or the site's.
    fn families(&mut self, ast: &ast::Zone, segment: Option<Span>) -> (Option<Span>, Option<Span>) {
        let word = |wanted: &ZoneAttr| ast.attrs.iter().find(|a| a.node == *wanted).map(|a| a.span);
        let v6_only = word(&ZoneAttr::Ipv6Only);
        let v4_only = word(&ZoneAttr::Ipv4Only).or(segment).or(self.v4_only);
        if let (Some(six), Some(four)) = (v6_only, v4_only) {
            let headline = text!("no-family-left", name = &ast.name.node);
            self.report(
                Diagnostic::error(headline)
                    .label(six, text!("no-ipv4-here"))
                    .label(four, text!("no-ipv6-here")),
            );
            return (v6_only, None);
        }
        (v6_only, v4_only)
    }

    /// One VLAN of a zone; `no4` and `no6` are the words that rule a family out.
    fn link(
        &mut self,
        zone: &ast::Zone,
        link: &ast::Spanned<ast::Link>,
        has4: bool,
        has6: bool,
    ) -> Option<ZoneLink> {
        let vlan = &link.node.vlan;
        let Some(number) = u16::try_from(vlan.node)
            .ok()
            .filter(|n| (1..=4094).contains(n))
        else {
            self.report(Diagnostic::error(text!("vlan-range", vlan = vlan.node)).at(vlan.span));
            return None;
        };
        let owner = || Owner::Place(zone.name.node.clone());
        let mut prefixes: Vec<IpNet> = Vec::new();
        let mut refused = false;
        for addr in &link.node.addrs {
            let Some(net) = self.prefix(addr) else {
                self.poison_family(&mut prefixes, addr);
                continue;
            };
            let family = Family::of_net(&net);
            let wanted = if family == Family::V4 { has4 } else { has6 };
            if !wanted {
                refused = true;
                let headline = text!(
                    "family-ruled-out",
                    name = &zone.name.node,
                    net = net,
                    family = family.digit().to_string()
                );
                self.report(
                    Diagnostic::error(headline)
                        .at(addr.span)
                        .help(text!("family-ruled-out-help")),
                );
            }
            self.prefixes.push(Stated::net(net, owner(), addr.span));
            prefixes.push(net);
        }
        let missing = |family: Family, prefixes: &[IpNet]| {
            !prefixes.iter().any(|net| Family::of_net(net) == family)
        };
        let unread = refused || link.node.addrs.len() > prefixes.len();
        if has6 && !unread && missing(Family::V6, &prefixes) {
            match self.by_vlan.and_then(|site| by_vlan(site, number)) {
                Some(net) => {
                    self.prefixes.push(Stated::net(net, owner(), vlan.span));
                    prefixes.push(net);
                }
                None => self.missing_family(zone, Family::V6, link.span),
            }
        }
        if has4 && !unread && missing(Family::V4, &prefixes) {
            self.missing_family(zone, Family::V4, link.span);
        }
        Some(ZoneLink {
            vlan: number,
            prefixes,
            span: link.span,
        })
    }

    /// A prefix with host bits has been refused; it still stands for its family, so that one slip is one finding.
    fn poison_family(&mut self, prefixes: &mut Vec<IpNet>, addr: &ast::Addr) {
        if let ast::AddrKind::Prefix(net) = addr.node {
            prefixes.push(net.trunc());
        }
    }

    fn missing_family(&mut self, zone: &ast::Zone, family: Family, span: Span) {
        let headline = text!(
            "missing-family",
            name = &zone.name.node,
            family = family.digit().to_string()
        );
        let help = match family {
            Family::V4 => text!("missing-ipv4-help"),
            Family::V6 => text!("missing-ipv6-help"),
        };
        self.report(Diagnostic::error(headline).at(span).help(help));
    }

    fn host(&mut self, zone: ZoneId, ast: &ast::Host) -> Host {
        let mut addrs = Addrs::none();
        let mut first = None;
        for addr in &ast.addrs {
            let Some((from, to)) = self.addr_range(addr, zone) else {
                continue;
            };
            if !self.inside(zone, from, to) {
                self.outside(&ast.name.node, zone, from, addr.span);
                continue;
            }
            first = first.or(Some(from));
            let range = AddrRanges::span(from, to);
            match Family::of(from) {
                Family::V4 => addrs.v4 = addrs.v4.union(&range),
                Family::V6 => addrs.v6 = addrs.v6.union(&range),
            }
            let owner = Owner::Place(format!(
                "{}.{}",
                self.network.zone(zone).label.name,
                ast.name.node
            ));
            self.owned.push(Stated {
                first: from,
                last: to,
                owner,
                span: addr.span,
            });
        }
        let fallback = first.map(|addr| format!("H_{addr}").replace(['.', ':'], "_"));
        let of = self.network.zone(zone).label.name.clone();
        let label = self.host_label(&of, ast, fallback);
        Host { label, addrs }
    }

    /// Whether both ends lie in one prefix of the zone.
    fn inside(&self, zone: ZoneId, from: std::net::IpAddr, to: std::net::IpAddr) -> bool {
        let prefixes = self
            .network
            .zone(zone)
            .links
            .iter()
            .flat_map(|link| &link.prefixes);
        prefixes
            .into_iter()
            .any(|net| net.contains(&from) && net.contains(&to))
    }

    fn outside(&mut self, host: &str, zone: ZoneId, addr: std::net::IpAddr, span: Span) {
        if self.is_poisoned(zone) {
            return;
        }
        let zone = self.network.zone(zone);
        let prefixes = zone
            .links
            .iter()
            .flat_map(|link| &link.prefixes)
            .map(ToString::to_string);
        let prefixes = prefixes.collect::<Vec<_>>().join(", ");
        let headline = text!(
            "host-outside",
            host = host,
            addr = addr,
            zone = &zone.label.name
        );
        let diagnostic = Diagnostic::error(headline)
            .at(span)
            .label(zone.label.span, text!("zone-prefixes", prefixes = prefixes));
        self.report(diagnostic);
    }

    /// Whether an error of the zone's own has been reported.
    pub(super) fn is_poisoned(&self, zone: ZoneId) -> bool {
        self.poisoned.get(zone.0).copied().unwrap_or(true)
    }
}

/// Inbound, outbound.
pub(super) fn bind_sides(sides: &[ast::Spanned<ast::Bind>]) -> (bool, bool) {
    let has = |side| sides.iter().any(|s| s.node == side);
    (has(ast::Bind::In), has(ast::Bind::Out))
}
