//! `forbid`: explicit denies on the lists where its sources enter, above all permits but control, replies and exceptions.
//!
//! In: a `forbid` and the lists so far. Out: their denies. Must not know: paths.

use super::ListKey;
use super::draft::{Section, link_prefixes, wildcards};
use super::expand::Build;
use super::shape::{Shape, request_shapes};
use crate::acl::{Direction, DraftEntry};
use crate::model::{At, ExternalId, Forbid, Spot, SwitchId};
use crate::net::{AddrRanges, Family, Wildcard};

impl Build<'_> {
    /// (c) of `forbid`: explicit denies where its sources enter.
    pub(super) fn forbid(&mut self, forbid: &Forbid) {
        for from in &forbid.from {
            let Some(vlan) = self.policy.network.vlan_of(from.at) else {
                continue;
            };
            for to in forbid
                .to
                .iter()
                .filter(|to| self.policy.network.vlan_of(to.at) != Some(vlan))
            {
                for family in Family::BOTH {
                    self.forbid_on(forbid, from, to, vlan, family);
                }
            }
        }
    }

    fn forbid_on(&mut self, forbid: &Forbid, from: &Spot, to: &Spot, vlan: u16, family: Family) {
        if self.is_rest(to) || self.is_rest(from) {
            return;
        }
        let whole = self.covers_link(forbid, vlan, family);
        let sources = if whole {
            vec![Wildcard::any(family)]
        } else {
            wildcards(from.addrs.of(family))
        };
        let remark = format!(
            "forbid {}",
            forbid
                .ticket
                .as_deref()
                .filter(|t| t.is_ascii())
                .unwrap_or("")
        );
        for index in 0..self.policy.network.switches.len() {
            let key = ListKey {
                switch: SwitchId(index),
                vlan,
                direction: Direction::In,
                family,
            };
            let log = forbid.log && self.abilities[index].log;
            let mut entries = Vec::new();
            for dst in wildcards(to.addrs.of(family)) {
                for src in &sources {
                    match &forbid.terms {
                        None => entries.push(DraftEntry {
                            log,
                            ..DraftEntry::between(false, *src, dst)
                        }),
                        Some(terms) => entries.extend(terms.iter().flat_map(|term| {
                            let shapes = request_shapes(term, family, None);
                            let deny = |shape: Shape| DraftEntry {
                                permit: false,
                                ..shape.entry(*src, dst, log)
                            };
                            shapes.into_iter().map(deny).collect::<Vec<_>>()
                        })),
                    }
                }
            }
            self.drafts
                .add(key, Section::Forbids, remark.trim_end(), entries);
        }
    }

    /// Whether all that enters from a VLAN is among the sources of a forbid: its addresses, and what lies behind its hosts.
    fn covers_link(&self, forbid: &Forbid, vlan: u16, family: Family) -> bool {
        let link = AddrRanges::prefixes(family, &link_prefixes(self.policy, vlan, family));
        let network = &self.policy.network;
        let named = |id: usize| {
            let at = At::External(ExternalId(id));
            forbid
                .from
                .iter()
                .any(|spot| spot.at == at && spot.addrs == network.externals[id].addrs)
        };
        let mut behind =
            (0..network.externals.len()).filter(|id| network.externals[*id].vlan == vlan);
        if !behind.all(named) {
            return false;
        }
        let here = forbid
            .from
            .iter()
            .filter(|spot| matches!(spot.at, At::Link(_, v) if v == vlan));
        here.fold(AddrRanges::none(family), |all, spot| {
            all.union(spot.addrs.of(family))
        })
        .covers(&link)
    }
}
