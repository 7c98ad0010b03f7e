//! The lists under construction: blocks of entries by section, put in order at the end.

use super::{Ability, ListKey};
use crate::acl::{Direction, Draft, DraftEntry, DraftLine};
use crate::model::{Addrs, Policy, Switch, SwitchId};
use crate::net::{AddrRanges, Family, Wildcard};
use ipnet::IpNet;
use std::collections::{BTreeMap, BTreeSet};

/// Where in a list a block stands; the order of the variants is the order in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// ND, DHCP, VRRP (D21).
    Control,
    /// Allows and replies that name a switch.
    Switches,
    /// Denies to this switch's own addresses.
    Guard,
    /// Replies.
    Replies,
    /// 特定通信.
    Exceptions,
    /// Explicit denies of forbids.
    Forbids,
    /// Allows.
    Allows,
    /// Traffic inside the link, on lists that see it (D25).
    Inner,
    /// Traffic to or from the `rest` of the addresses, below denies of all declared ones.
    Rest,
}

/// Entries under one remark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Remark: ids, tickets, dates; printable ASCII.
    pub remark: String,
    /// Entries.
    pub entries: Vec<DraftEntry>,
}

/// All lists of all switches.
#[derive(Default)]
pub(super) struct Drafts {
    lists: BTreeMap<ListKey, BTreeMap<Section, Vec<Block>>>,
}

impl Drafts {
    /// Makes sure a list exists, if only to deny everything.
    pub(super) fn touch(&mut self, key: ListKey) {
        self.lists.entry(key).or_default();
    }

    pub(super) fn has(&self, key: ListKey) -> bool {
        self.lists.contains_key(&key)
    }

    /// Adds entries to a list that exists.
    pub(super) fn add(
        &mut self,
        key: ListKey,
        section: Section,
        remark: &str,
        entries: Vec<DraftEntry>,
    ) {
        let Some(list) = self.lists.get_mut(&key) else {
            return;
        };
        if entries.is_empty() {
            return;
        }
        let blocks = list.entry(section).or_default();
        match blocks.iter_mut().find(|block| block.remark == remark) {
            Some(block) => block.entries.extend(entries),
            None => blocks.push(Block {
                remark: remark.to_owned(),
                entries,
            }),
        }
    }

    /// The finished lists of a switch: guard and final deny added, repeated entries dropped.
    pub(super) fn finish(
        &self,
        policy: &Policy,
        switch: SwitchId,
        ability: &Ability,
    ) -> Vec<(ListKey, Draft)> {
        let mine = self.lists.iter().filter(|(key, _)| key.switch == switch);
        mine.map(|(key, sections)| (*key, finish(policy, *key, sections, ability)))
            .collect()
    }
}

fn finish(
    policy: &Policy,
    key: ListKey,
    sections: &BTreeMap<Section, Vec<Block>>,
    ability: &Ability,
) -> Draft {
    // The guard says early what the final deny says last.
    let log = policy.network.site.log_denied && ability.log;
    let mut guard = guard(policy, key, sections);
    guard.entries.iter_mut().for_each(|entry| entry.log = log);
    let mut lines = Vec::new();
    let mut seen: BTreeSet<DraftEntry> = BTreeSet::new();
    let mut push = |block: &Block| {
        let fresh: Vec<&DraftEntry> = block
            .entries
            .iter()
            .filter(|entry| seen.insert((*entry).clone()))
            .collect();
        if !fresh.is_empty() {
            lines.push(DraftLine::Remark(block.remark.clone()));
            lines.extend(
                fresh
                    .into_iter()
                    .map(|entry| DraftLine::Entry(entry.clone())),
            );
        }
    };
    for (section, blocks) in sections {
        if *section > Section::Guard {
            break;
        }
        blocks.iter().for_each(&mut push);
    }
    push(&guard);
    for (_, blocks) in sections.range(Section::Replies..) {
        blocks.iter().for_each(&mut push);
    }
    let any = Wildcard::any(key.family);
    let mut last = DraftEntry::between(false, any, any);
    last.log = log;
    push(&Block {
        remark: "default deny".to_owned(),
        entries: vec![last],
    });
    Draft {
        name: key.name(),
        family: key.family,
        lines,
    }
}

/// A deny to each own address of this switch that a later permit would reach. Of a redundant pair both members guard the
/// addresses of both: either may be active, and their lists are to be the same.
fn guard(policy: &Policy, key: ListKey, sections: &BTreeMap<Section, Vec<Block>>) -> Block {
    let switch = policy.network.switch(key.switch);
    let twin = switch.twin.map(|twin| policy.network.switch(twin));
    let own = twin.map_or_else(Addrs::none, Switch::own_addrs);
    let own = own.union(&switch.own_addrs());
    let own = own.of(key.family);
    let any = Wildcard::any(key.family);
    let mut entries = Vec::new();
    if key.direction == Direction::In {
        let later: Vec<&DraftEntry> = sections
            .range(Section::Replies..)
            .flat_map(|(_, blocks)| blocks)
            .flat_map(|block| &block.entries)
            .filter(|entry| entry.permit)
            .collect();
        for &(first, last) in own.ranges() {
            for bits in first..=last {
                let host = Wildcard::host(key.family.addr(bits));
                if later.iter().any(|entry| entry.dst.overlaps(&host)) {
                    entries.push(DraftEntry::between(false, any, host));
                }
            }
        }
    }
    Block {
        remark: "guard own addresses".to_owned(),
        entries,
    }
}

/// The wildcards that cover a set of addresses.
pub(super) fn wildcards(addrs: &AddrRanges) -> Vec<Wildcard> {
    addrs
        .to_prefixes()
        .into_iter()
        .map(Wildcard::from_prefix)
        .collect()
}

/// The prefixes of a VLAN in a family.
pub(super) fn link_prefixes(policy: &Policy, vlan: u16, family: Family) -> Vec<IpNet> {
    let links = policy
        .network
        .zones
        .iter()
        .flat_map(|zone| &zone.links)
        .filter(|link| link.vlan == vlan);
    let mut nets: Vec<IpNet> = links
        .flat_map(|link| &link.prefixes)
        .filter(|net| Family::of_net(net) == family)
        .copied()
        .collect();
    nets.sort();
    nets.dedup();
    nets
}
