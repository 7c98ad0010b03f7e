//! Checks across statements of the network: overlapping prefixes, addresses with two owners, links without a router.
//!
//! In: what zones, externals and switches stated, with its places. Out: findings. Must not know: sessions.

use super::{Lower, Owner, Stated};
use crate::base::Diagnostic;
use crate::model::{SwitchId, ZoneId};
use crate::net::Family;
use crate::text;
use ipnet::IpNet;
use std::collections::BTreeMap;
use std::net::IpAddr;

impl Lower<'_> {
    /// All checks of the network.
    pub(super) fn check_network(&mut self) {
        self.check_overlaps();
        self.check_owners();
        self.check_second_routers();
        for index in 0..self.network.zones.len() {
            self.check_served(ZoneId(index));
        }
        self.check_shared_vlans();
    }

    /// Prefixes of different places do not overlap, or an address would be in two.
    fn check_overlaps(&mut self) {
        let mut all = std::mem::take(&mut self.prefixes);
        all.sort_by(|a, b| (a.first, b.last, a.span).cmp(&(b.first, a.last, b.span)));
        let mut widest: Option<&Stated> = None;
        for stated in &all {
            if let Some(before) =
                widest.filter(|w| same_family(w, stated) && stated.first <= w.last)
            {
                let (early, late) = if before.span <= stated.span {
                    (before, stated)
                } else {
                    (stated, before)
                };
                let name = |s: &Stated| self.owner_name(&s.owner);
                let headline = text!(
                    "overlap",
                    first = name(early),
                    second = name(late),
                    addr = stated.first
                );
                self.diags.push(
                    Diagnostic::error(headline)
                        .label(late.span, text!("overlap-here"))
                        .label(early.span, text!("first-here"))
                        .help(text!("overlap-help")),
                );
            }
            if widest.is_none_or(|w| !same_family(w, stated) || stated.last > w.last) {
                widest = Some(stated);
            }
        }
    }

    fn owner_name(&self, owner: &Owner) -> String {
        match owner {
            Owner::Place(name) => name.clone(),
            Owner::Switch(id) => self.network.switch(*id).label.name.clone(),
            Owner::Group(vlan, hsrp, group) => {
                format!(
                    "{} {group} (VLAN {vlan})",
                    if *hsrp { "HSRP" } else { "VRRP" }
                )
            }
        }
    }

    /// No address is owned by two of hosts, switches and redundancy groups.
    fn check_owners(&mut self) {
        let mut all = std::mem::take(&mut self.owned);
        all.sort_by_key(|s| (s.first, s.last, s.span));
        let mut widest: Option<&Stated> = None;
        for stated in &all {
            let meets = widest.filter(|w| same_family(w, stated) && stated.first <= w.last);
            if let Some(before) = meets.filter(|before| !self.may_share(before, stated)) {
                let (early, late) = if before.span <= stated.span {
                    (before, stated)
                } else {
                    (stated, before)
                };
                let name = |s: &Stated| self.owner_name(&s.owner);
                let headline = text!(
                    "address-collision",
                    addr = stated.first,
                    first = name(early),
                    second = name(late)
                );
                self.diags.push(
                    Diagnostic::error(headline)
                        .label(late.span, text!("again-here"))
                        .label(early.span, text!("first-here")),
                );
            }
            if widest.is_none_or(|w| !same_family(w, stated) || stated.last > w.last) {
                widest = Some(stated);
            }
        }
    }

    /// One owner, or a VRRP group whose address is that of a member (RFC 9568: the address owner).
    fn may_share(&self, a: &Stated, b: &Stated) -> bool {
        let member = |switch: SwitchId, vlan: u16, hsrp: bool, group: u32| {
            let svi = self.network.switch(switch).svi(vlan);
            !hsrp && svi.is_some_and(|svi| svi.redundancy == Some((hsrp, group)))
        };
        match (&a.owner, &b.owner) {
            (Owner::Switch(switch), Owner::Group(vlan, hsrp, group))
            | (Owner::Group(vlan, hsrp, group), Owner::Switch(switch)) => {
                member(*switch, *vlan, *hsrp, *group)
            }
            // A host may say an address twice; both members of a pair by default rule are `check_second_routers`' business.
            (one, other) => one == other || a.span == b.span || self.svi_trouble,
        }
    }

    /// With a second router on a link, `.1` is nobody's by rule: all of them state their addresses.
    fn check_second_routers(&mut self) {
        if self.svi_trouble {
            return;
        }
        let mut on: BTreeMap<u16, Vec<(SwitchId, crate::base::Span, bool)>> = BTreeMap::new();
        for (&(switch, vlan), &(span, stated)) in &self.svis {
            on.entry(vlan).or_default().push((switch, span, stated));
        }
        for (vlan, routers) in on {
            let Some(&(switch, span, _)) = routers.iter().find(|(_, _, stated)| !stated) else {
                continue;
            };
            let Some(&(other, at, _)) = routers.iter().find(|(id, _, _)| *id != switch) else {
                continue;
            };
            let name = |id: SwitchId| self.network.switch(id).label.name.clone();
            let diagnostic = Diagnostic::error(text!(
                "second-router",
                vlan = vlan,
                switch = name(switch),
                other = name(other)
            ))
            .at(span);
            let diagnostic = if at == span {
                diagnostic
            } else {
                diagnostic.label(at, text!("other-router"))
            };
            self.report(diagnostic.help(text!("second-router-help")));
        }
    }

    /// Each link of a zone has an interface of some switch, in each family of the zone.
    fn check_served(&mut self, id: ZoneId) {
        if self.is_poisoned(id) || self.svi_trouble {
            return;
        }
        let zone = self.network.zone(id);
        for link in &zone.links {
            let svis = self
                .network
                .switches
                .iter()
                .filter_map(|switch| switch.svi(link.vlan));
            let addrs: Vec<IpAddr> = svis
                .clone()
                .flat_map(|svi| svi.addrs.iter().map(IpNet::addr))
                .collect();
            if svis.clone().all(|svi| !svi.zones.contains(&id)) {
                let headline = text!(
                    "zone-without-svi",
                    zone = &zone.label.name,
                    vlan = link.vlan
                );
                let diagnostic = Diagnostic::error(headline).at(link.span);
                let help = text!("zone-without-svi-help", zone = &zone.label.name);
                self.diags.push(diagnostic.help(help));
                return;
            }
            let lacks = |family: &Family| {
                zone.has(*family)
                    && !addrs.iter().any(|addr| {
                        Family::of(*addr) == *family
                            && link.prefixes.iter().any(|net| net.contains(addr))
                    })
            };
            if let Some(family) = Family::BOTH.into_iter().find(lacks) {
                let headline = text!(
                    "link-without-family",
                    zone = &zone.label.name,
                    vlan = link.vlan,
                    family = family.digit().to_string()
                );
                let diagnostic = Diagnostic::error(headline).at(link.span);
                let stated = self.svis.iter().find(|((_, vlan), _)| *vlan == link.vlan);
                let diagnostic = stated.into_iter().fold(diagnostic, |d, (_, (span, _))| {
                    d.label(*span, text!("svi-here"))
                });
                self.diags
                    .push(diagnostic.help(text!("link-without-family-help")));
                return;
            }
        }
    }

    /// Zones on one VLAN are legal, and nothing can be proved between them (D25): good to know early.
    fn check_shared_vlans(&mut self) {
        for (vlan, zones) in self.network.links() {
            if let [first, second, ..] = zones.as_slice() {
                let (first, second) = (
                    &self.network.zone(*first).label,
                    &self.network.zone(*second).label,
                );
                let headline = text!(
                    "shared-vlan",
                    vlan = vlan,
                    first = &first.name,
                    second = &second.name
                );
                let diagnostic = Diagnostic::info(headline)
                    .at(second.span)
                    .label(first.span, text!("first-here"));
                self.report(diagnostic);
            }
        }
    }
}

fn same_family(a: &Stated, b: &Stated) -> bool {
    Family::of(a.first) == Family::of(b.first)
}
