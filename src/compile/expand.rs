//! Statements to entries, and entries to the lists their packets meet.

use super::draft::{Drafts, Section, link_prefixes, wildcards};
use super::paths::{Leg, Trip, paths_from, paths_from_switch};
use super::shape::{Shape, shapes};
use super::{Ability, ListKey};
use crate::acl::{Direction, DraftEntry};
use crate::model::{Allow, At, Before, Forbid, Place, Policy, Spot, SwitchId, Term};
use crate::net::{AddrRanges, Family, Wildcard};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// All lists of all switches, still in blocks.
pub(super) fn expand(policy: &Policy, at: Date, abilities: &[Ability]) -> Drafts {
    let mut build = Build {
        policy,
        at,
        abilities,
        drafts: Drafts::default(),
    };
    build.lists();
    super::control::control(&mut build);
    for allow in policy.allows.iter().filter(|allow| allow.in_force(at)) {
        build.allow(allow);
    }
    for forbid in &policy.forbids {
        build.forbid(forbid);
    }
    build.drafts
}

pub(super) struct Build<'a> {
    pub(super) policy: &'a Policy,
    pub(super) at: Date,
    pub(super) abilities: &'a [Ability],
    pub(super) drafts: Drafts,
}

/// Traffic of one session term in one direction between two spots.
struct Stream<'a> {
    from: &'a Spot,
    to: &'a Spot,
    family: Family,
    entries: Vec<Shape>,
    section: Section,
    remark: String,
    log: bool,
    /// It answers.
    reply: bool,
    /// Per switch: its lists need not test flags (D35).
    wide: &'a [bool],
}

impl Build<'_> {
    /// Every list that is bound: one per SVI, direction asked for and family the link has; where lists see routed
    /// packets only, also one that denies the family the link does not have.
    fn lists(&mut self) {
        let network = &self.policy.network;
        for (index, switch) in network.switches.iter().enumerate() {
            for svi in switch.svis.iter().filter(|_| !switch.opaque) {
                for family in Family::BOTH {
                    let carried = !link_prefixes(self.policy, svi.vlan, family).is_empty();
                    for direction in [Direction::In, Direction::Out] {
                        let (wanted, bridged) = match direction {
                            Direction::In => {
                                (switch.bind_in, self.abilities[index].bridged_in.may())
                            }
                            Direction::Out => {
                                (switch.bind_out, self.abilities[index].bridged_out.may())
                            }
                        };
                        if wanted && (carried || !bridged) {
                            self.drafts.touch(ListKey {
                                switch: SwitchId(index),
                                vlan: svi.vlan,
                                direction,
                                family,
                            });
                        }
                    }
                }
            }
        }
    }

    fn allow(&mut self, allow: &Allow) {
        for from in &allow.from {
            for to in &allow.to {
                for family in Family::BOTH {
                    if from.addrs.of(family).is_empty() || to.addrs.of(family).is_empty() {
                        continue;
                    }
                    for term in &allow.terms {
                        self.session(allow, from, to, family, term);
                    }
                }
            }
        }
    }

    fn session(&mut self, allow: &Allow, from: &Spot, to: &Spot, family: Family, term: &Term) {
        let (request, reply) = shapes(term, family, self.client_ports(from));
        let switches = (0..self.abilities.len()).map(SwitchId);
        let wide: Vec<bool> = switches
            .map(|switch| self.policy.wide_on(allow, term, switch, self.at))
            .collect();
        let named_switch = matches!(from.at, At::Switch(_)) || matches!(to.at, At::Switch(_));
        let rest = self.is_rest(from) || self.is_rest(to);
        let section = |plain| match () {
            () if named_switch => Section::Switches,
            () if rest => Section::Rest,
            () => plain,
        };
        let title = self.title(allow, from, to);
        let plain = if allow.exception {
            Section::Exceptions
        } else {
            Section::Allows
        };
        self.stream(&Stream {
            from,
            to,
            family,
            entries: request,
            section: section(plain),
            remark: title.clone(),
            log: allow.log,
            reply: false,
            wide: &wide,
        });
        let remark = format!("reply {title}");
        self.stream(&Stream {
            from: to,
            to: from,
            family,
            entries: reply,
            section: section(Section::Replies),
            remark,
            log: false,
            reply: true,
            wide: &wide,
        });
    }

    fn client_ports(&self, client: &Spot) -> (u16, u16) {
        let network = &self.policy.network;
        match client.at {
            At::Link(zone, _) => network.zone(zone).ephemeral,
            At::External(_) | At::Switch(_) => network.site.ephemeral,
        }
    }

    pub(super) fn is_rest(&self, spot: &Spot) -> bool {
        matches!(spot.at, At::External(id) if self.policy.network.external(id).rest)
    }

    /// What a device is told about an entry: ticket, ids, last day.
    fn title(&self, allow: &Allow, from: &Spot, to: &Spot) -> String {
        let id = |place: Place| self.policy.network.label(place).id.clone();
        let mut title = String::new();
        let ticket = allow
            .ticket
            .as_deref()
            .filter(|ticket| ticket.chars().all(|c| c.is_ascii_graphic() || c == ' '));
        for word in [ticket, allow.id.as_deref(), allow.dhcp.then_some("dhcp")]
            .into_iter()
            .flatten()
        {
            title.push_str(word);
            title.push(' ');
        }
        title.push_str(&format!("{} to {}", id(from.place), id(to.place)));
        if let Some(until) = allow.until {
            title.push_str(&format!(" until {until}"));
        }
        if let Some(because) = allow.because.as_deref().filter(|text| text.is_ascii()) {
            title.push_str(&format!(" {because}"));
        }
        title.chars().take(100).collect()
    }

    /// Puts entries on every list their packets meet: the in- and out-lists of each passage, and lists of other
    /// switches that see bridged frames on the links crossed (D25).
    fn stream(&mut self, stream: &Stream<'_>) {
        let At::Switch(id) = stream.from.at else {
            return self.stream_in(stream, "");
        };
        // What a switch sends itself goes by the table that has its source (D20).
        let switch = self.policy.network.switch(id);
        for vrf in switch.vrfs() {
            let addrs = &stream.from.addrs;
            let from = Spot {
                addrs: addrs.minus(&addrs.minus(&switch.own_in(vrf))),
                ..stream.from.clone()
            };
            let part = Stream {
                from: &from,
                to: stream.to,
                entries: stream.entries.clone(),
                remark: stream.remark.clone(),
                ..*stream
            };
            self.stream_in(&part, vrf);
        }
    }

    fn stream_in(&mut self, stream: &Stream<'_>, vrf: &str) {
        let needed = self.policy.network.needed(stream.to, stream.from.at);
        let dst = needed.of(stream.family);
        let to_switch = matches!(stream.to.at, At::Switch(_));
        let legs = self.legs(stream.from, dst, to_switch, vrf);
        for leg in &legs {
            let entries = self.entries(stream, &leg.dst);
            let passed = [(leg.from, Direction::In), (leg.to, Direction::Out)];
            let passed = passed.into_iter().filter_map(|(vlan, direction)| {
                Some(ListKey {
                    switch: leg.switch,
                    vlan: vlan?,
                    direction,
                    family: stream.family,
                })
            });
            let keys: Vec<ListKey> = passed.chain(self.bridging(leg, stream.family)).collect();
            for key in keys {
                let (mut section, mut entries) = (stream.section, entries.clone());
                if self.answers_past_a_forbid(stream, key, &leg.dst) {
                    section = Section::Replies;
                    entries = self.written_out(stream, &leg.dst);
                }
                if stream.wide[key.switch.0] {
                    entries.iter_mut().for_each(|e| e.established = false);
                }
                // A deny of what is declared, above `rest`, is the final deny said early.
                let log = self.policy.network.site.log_denied && self.abilities[key.switch.0].log;
                let denies = entries.iter_mut().filter(|entry| !entry.permit);
                denies.for_each(|entry| entry.log = log);
                self.drafts.add(key, section, &stream.remark, entries);
            }
        }
    }

    /// Replies from `rest` stand at the end, as `any`. Where a forbid of the same link would take them before, they stand with
    /// the other replies instead, their sources written out (language, `external`; `forbid` (b)).
    fn answers_past_a_forbid(&self, stream: &Stream<'_>, key: ListKey, dst: &AddrRanges) -> bool {
        let network = &self.policy.network;
        let takes = |forbid: &Forbid| {
            let enters =
                |spot: &Spot| network.vlan_of(spot.at) == Some(key.vlan) && !self.is_rest(spot);
            let meets = |spot: &Spot| spot.addrs.of(key.family).overlaps(dst);
            forbid.from.iter().any(enters) && forbid.to.iter().any(meets)
        };
        stream.reply
            && stream.section == Section::Rest
            && key.direction == Direction::In
            && self.is_rest(stream.from)
            && self.policy.forbids.iter().any(takes)
    }

    fn written_out(&self, stream: &Stream<'_>, dst: &AddrRanges) -> Vec<DraftEntry> {
        let sources = wildcards(stream.from.addrs.of(stream.family));
        let targets = wildcards(dst);
        let each = stream.entries.iter().flat_map(|shape| {
            let pairs = sources
                .iter()
                .flat_map(|src| targets.iter().map(move |dst| (src, dst)));
            pairs.map(|(src, dst)| shape.entry(*src, *dst, stream.log))
        });
        each.collect()
    }

    pub(super) fn legs(
        &self,
        from: &Spot,
        dst: &AddrRanges,
        to_switch: bool,
        vrf: &str,
    ) -> Vec<Leg> {
        let network = &self.policy.network;
        let trip = &Trip {
            network,
            to_switch,
            vrf,
        };
        match from.at {
            At::Switch(id) => paths_from_switch(trip, id, dst),
            At::External(id) => match network.external(id).before {
                Before::Opaque(router) => paths_from_switch(trip, router, dst),
                Before::Host(_) => paths_from(trip, from.at, dst),
            },
            At::Link(..) => paths_from(trip, from.at, dst),
        }
    }

    /// The lists of switches that do not route this leg but may carry its frames.
    fn bridging(&self, leg: &Leg, family: Family) -> Vec<ListKey> {
        let links: BTreeSet<u16> = leg.from.into_iter().chain(leg.to).collect();
        let mut keys = Vec::new();
        for (index, ability) in self
            .abilities
            .iter()
            .enumerate()
            .filter(|(index, _)| *index != leg.switch.0)
        {
            for &vlan in &links {
                let list = |direction| ListKey {
                    switch: SwitchId(index),
                    vlan,
                    direction,
                    family,
                };
                if ability.bridged_in.may() {
                    keys.push(list(Direction::In));
                }
                if ability.bridged_out.may() {
                    keys.push(list(Direction::Out));
                }
            }
        }
        keys.retain(|key| self.drafts.has(*key));
        keys
    }

    fn entries(&self, stream: &Stream<'_>, dst: &AddrRanges) -> Vec<DraftEntry> {
        let any = vec![Wildcard::any(stream.family)];
        let sources = if self.is_rest(stream.from) {
            any.clone()
        } else {
            let needed = self.policy.network.needed(stream.from, stream.to.at);
            wildcards(needed.of(stream.family))
        };
        let targets = if self.is_rest(stream.to) {
            any
        } else {
            wildcards(dst)
        };
        let mut entries = self.rest_denies(stream, &sources, &targets);
        for shape in &stream.entries {
            for src in &sources {
                for dst in &targets {
                    entries.push(shape.entry(*src, *dst, stream.log));
                }
            }
        }
        entries
    }

    /// `rest` is written `any`, below denies of everything that is declared (language, `external`).
    fn rest_denies(
        &self,
        stream: &Stream<'_>,
        sources: &[Wildcard],
        targets: &[Wildcard],
    ) -> Vec<DraftEntry> {
        if stream.section != Section::Rest || stream.entries.is_empty() {
            return Vec::new();
        }
        let declared = self.declared(stream.family);
        let pairs: Vec<(Wildcard, Wildcard)> = match self.is_rest(stream.to) {
            true => sources
                .iter()
                .flat_map(|&src| declared.iter().map(move |&dst| (src, dst)))
                .collect(),
            false => targets
                .iter()
                .flat_map(|&dst| declared.iter().map(move |&src| (src, dst)))
                .collect(),
        };
        pairs
            .into_iter()
            .map(|(src, dst)| DraftEntry::between(false, src, dst))
            .collect()
    }

    /// Every address that some place declares, as few prefixes as possible.
    fn declared(&self, family: Family) -> Vec<Wildcard> {
        let network = &self.policy.network;
        let zones = network
            .zones
            .iter()
            .map(|zone| zone.addrs().of(family).clone());
        let externals = network
            .externals
            .iter()
            .filter(|e| !e.rest)
            .map(|e| e.addrs.of(family).clone());
        let own = network
            .switches
            .iter()
            .map(|switch| switch.own_addrs().of(family).clone());
        let all = zones
            .chain(externals)
            .chain(own)
            .fold(AddrRanges::none(family), |all, one| all.union(&one));
        wildcards(&all)
    }
}
