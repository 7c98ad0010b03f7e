//! A capture -> [`Device`].
//!
//! Lines are told apart by their first words. What changes no packet's fate is in the table of the profile; what may, and
//! is not modelled, becomes an effect of class N, R or X; what is in no table is class X for the device, and a gap (D23).

use super::Kin;
use super::convert::Context;
use super::groups::Groups;
use super::interface::Face;
use super::lines::of_config;
use super::lists::{self, Headed};
use super::native::List;
use super::order::same_entries;
use super::table::Place;
use crate::acl::{Direction, Known, Question};
use crate::base::{Source, Text};
use crate::device::{
    Binding, Device, Effect, EffectClass, Forwarding, Gap, Interface, InterfaceKind, NextHop,
    Scope, Sees,
};
use crate::net::{Family, PortSet};
use crate::text;
use crate::vendor::Hint;
use crate::vendor::capture::{self, Line, blocks};
use crate::vendor::redact::redact;
use crate::vendor::words::{Words, folded};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// A list by family and name.
pub(in crate::vendor) type ListKey = (Family, String);

/// What has been read so far.
pub(in crate::vendor) struct Reader {
    pub(in crate::vendor) kin: &'static Kin,
    pub(in crate::vendor) hostname: Option<String>,
    pub(in crate::vendor) model: Option<String>,
    pub(in crate::vendor) faces: Vec<Face>,
    pub(in crate::vendor) routes: Vec<crate::device::Route>,
    pub(in crate::vendor) dynamic: Vec<(String, u32)>,
    pub(in crate::vendor) effects: Vec<Effect>,
    pub(in crate::vendor) gaps: Vec<Gap>,
    /// Whether a line switches routing on or off; by family and VRF.
    pub(in crate::vendor) routing: [BTreeMap<String, bool>; 2],
    pub(in crate::vendor) groups: Groups,
    pub(in crate::vendor) time_ranges: BTreeMap<String, String>,
    /// Policy maps by name: what they may do besides marking and queueing.
    pub(in crate::vendor) policies: BTreeMap<String, Vec<EffectClass>>,
    /// Filters on VLANs (maps, lists of access ports): the VLANs, none if they are not known or too many to list.
    pub(in crate::vendor) vlan_filters: Vec<OnVlans>,
    /// Policy maps on VLANs, filters unless they only mark and queue: the map, then as above.
    pub(in crate::vendor) vlan_policies: Vec<(String, OnVlans)>,
    /// Index in `faces` by name.
    pub(in crate::vendor) face_index: BTreeMap<String, usize>,
    /// How many interfaces the heads have named so far.
    pub(in crate::vendor) named_faces: usize,
    /// VLAN access maps: their lists in order of attachment.
    pub(in crate::vendor) access_maps: BTreeMap<String, Vec<String>>,
    /// Maps put on VLANs.
    pub(in crate::vendor) map_filters: Vec<MapFilter>,
    /// A line says that the hardware tests IPv6 addresses.
    pub(in crate::vendor) tests_ipv6: bool,
    /// Virtual addresses that stand outside of interfaces: interface, group, address.
    pub(in crate::vendor) outside_virtuals: Vec<(String, u32, IpAddr)>,
    /// Modelled facts that lines outside lists lean on.
    pub(in crate::vendor) leant: Vec<&'static str>,
    /// Ports whose broadcasts relays send on.
    pub(in crate::vendor) relayed: PortSet,
    /// A port that does not say whether it is up may be down.
    pub(in crate::vendor) ports_are_down: bool,
    /// Lines that are no configuration.
    asides: Vec<u32>,
    lists: Lists,
    shown: Lists,
}

/// VLANs that a line acts on, none if they are not known or too many to list; the line and its text.
pub(in crate::vendor) type OnVlans = (Vec<u16>, u32, String);

/// A VLAN access map put on VLANs.
pub(in crate::vendor) struct MapFilter {
    pub(in crate::vendor) map: String,
    pub(in crate::vendor) vlans: Vec<u16>,
    pub(in crate::vendor) line: u32,
    pub(in crate::vendor) text: String,
}

/// Lists in file order, found by key.
#[derive(Default)]
struct Lists {
    all: Vec<List>,
    index: BTreeMap<ListKey, usize>,
}

impl Lists {
    /// The list of a head, made if it is new; a head of another kind than before, or with
    /// unread words, breaks it.
    fn open(&mut self, head: Headed<'_>, line: &Line<'_>) -> usize {
        let key = (head.family, head.name.to_owned());
        let at = *self.index.entry(key).or_insert_with(|| {
            self.all.push(List::new(head, line.number));
            self.all.len() - 1
        });
        if let Some(list) = self.all.get_mut(at)
            && ((list.standard, list.permits_rest) != (head.standard, head.permits_rest)
                || !head.whole)
        {
            list.broken = Some((line.number, line.text.clone().into_owned()));
        }
        at
    }
}

/// Reads a capture.
pub(in crate::vendor) fn device(source: &Source, hint: &Hint, kin: &'static Kin) -> Device {
    let mut reader = Reader::new(kin);
    let sorted = of_config(capture::lines(source));
    for line in &sorted.unfinished {
        reader.unknown(line, text!("ios-banner-open"));
    }
    reader.asides = sorted.asides;
    let mut open: Option<(bool, usize)> = None;
    for (head, body) in blocks(&sorted.config) {
        if let Some((shown, at)) = open.filter(|_| lists::is_item(&head.text, kin)) {
            // Indentation got lost on the way; the device itself does not need it.
            reader.items(shown, at, std::iter::once(head).chain(body));
            continue;
        }
        open = reader.block(head, body);
    }
    reader.finish(hint)
}

impl Reader {
    fn new(kin: &'static Kin) -> Reader {
        Reader {
            kin,
            hostname: None,
            model: None,
            faces: Vec::new(),
            routes: Vec::new(),
            dynamic: Vec::new(),
            effects: Vec::new(),
            gaps: Vec::new(),
            routing: Default::default(),
            groups: Groups::new(kin),
            time_ranges: BTreeMap::new(),
            policies: BTreeMap::new(),
            vlan_filters: Vec::new(),
            vlan_policies: Vec::new(),
            face_index: BTreeMap::new(),
            named_faces: 0,
            access_maps: BTreeMap::new(),
            map_filters: Vec::new(),
            tests_ipv6: false,
            outside_virtuals: Vec::new(),
            leant: Vec::new(),
            relayed: PortSet::from_ranges(kin.relayed.iter().map(|port| (*port, *port))),
            ports_are_down: false,
            asides: Vec::new(),
            lists: Lists::default(),
            shown: Lists::default(),
        }
    }

    /// Whether the table says that a line changes no packet's fate.
    pub(in crate::vendor) fn is_irrelevant(&self, place: Place, line: &Line<'_>) -> bool {
        self.kin.data.tables.is_irrelevant(place, &line.text)
    }

    /// Reads one block. Gives the list it opened, if any.
    fn block(&mut self, head: &Line<'_>, body: &[Line<'_>]) -> Option<(bool, usize)> {
        let kin = self.kin;
        if self.relays_otherwise(head) {
            return None;
        }
        let settled = kin.data.tables.class(Place::Top, &head.text).is_none();
        if settled && self.is_irrelevant(Place::Top, head) && !lists::is_item(&head.text, kin) {
            self.note(head, body);
            self.guards(head, body);
            self.drops_frames(head);
            self.configures(head, body);
            return None;
        }
        if let Some(list) = lists::head(&head.text, kin) {
            let lists = if list.shown {
                &mut self.shown
            } else {
                &mut self.lists
            };
            let at = lists.open(list, head);
            self.items(list.shown, at, body.iter());
            return Some((list.shown, at));
        }
        if let Some((list, rest)) = lists::numbered(&head.text, kin) {
            let at = self.lists.open(list, head);
            if let Some(list) = self.lists.all.get_mut(at) {
                list.push(head, rest, false, kin);
            }
            self.items(false, at, body.iter());
            return None;
        }
        self.statement(head, body);
        None
    }

    fn items<'l>(&mut self, shown: bool, at: usize, lines: impl Iterator<Item = &'l Line<'l>>) {
        let kin = self.kin;
        let lists = if shown {
            &mut self.shown
        } else {
            &mut self.lists
        };
        if let Some(list) = lists.all.get_mut(at) {
            lines.for_each(|line| list.push(line, &line.text, shown, kin));
        }
    }

    /// `no ip access-list extended NAME`: takes back what was read.
    pub(in crate::vendor) fn forget_list(&mut self, text: &str) -> bool {
        let Some(head) = lists::head(text, self.kin) else {
            return false;
        };
        let key = (head.family, head.name.to_owned());
        if let Some(list) = self
            .lists
            .index
            .remove(&key)
            .and_then(|at| self.lists.all.get_mut(at))
        {
            list.name.clear(); // dropped in `finish`; the indices of the others stay
        }
        true
    }

    /// A list whose entries the device does not test if a fact holds.
    pub(in crate::vendor) fn blind_if(&mut self, key: &ListKey, fact: &'static str) {
        let at = self.lists.index.get(key).copied();
        if let Some(list) = at.and_then(|at| self.lists.all.get_mut(at)) {
            list.blind_if = Some(fact);
        }
    }

    /// A line whose effect is known by class only (D23).
    pub(in crate::vendor) fn effect(&mut self, class: EffectClass, scope: Scope, line: &Line<'_>) {
        self.effects.push(Effect {
            class,
            scope,
            line: line.number,
            text: redact(&line.text),
        });
    }

    /// A line that is not understood where it stands: it may do anything.
    pub(in crate::vendor) fn unknown(&mut self, line: &Line<'_>, why: Text) {
        self.effect(EffectClass::Rewrites, Scope::Device, line);
        self.gap(line, why);
    }

    pub(in crate::vendor) fn gap(&mut self, line: &Line<'_>, why: Text) {
        self.gaps.push(Gap {
            line: line.number,
            text: redact(&line.text),
            why,
        });
    }

    /// Keeps what irrelevant lines say of the device.
    fn note(&mut self, head: &Line<'_>, body: &[Line<'_>]) {
        let mut words = Words::new(&head.text);
        if words.eat_all("license udi pid") {
            self.model = words.next().map(str::to_owned);
        } else if words.eat("time-range")
            && let Some(name) = words.next()
        {
            let lines: Vec<String> = body.iter().map(|line| folded(&line.text)).collect();
            self.time_ranges.insert(name.to_owned(), lines.join(", "));
        } else if words.eat("no") {
            self.no(words, head);
        }
    }

    fn finish(mut self, hint: &Hint) -> Device {
        self.merge_shown();
        self.model = hint.model.clone().or(self.model.take());
        (self.kin.settle)(&mut self);
        let model = self.model.take();
        let mut groups = std::mem::replace(&mut self.groups, Groups::new(self.kin));
        let time_ranges = std::mem::take(&mut self.time_ranges);
        let mut context = Context::new(
            self.kin,
            hint.confirmed_only,
            model.as_deref(),
            &mut groups,
            &time_ranges,
        );
        let mut acls = Vec::new();
        let mut index: BTreeMap<ListKey, usize> = BTreeMap::new();
        for list in self.lists.all.iter().filter(|list| !list.name.is_empty()) {
            index.insert((list.family, list.name.clone()), acls.len());
            acls.push(context.acl(list));
        }
        let mut interfaces = Vec::new();
        for face in std::mem::take(&mut self.faces) {
            let Some((mut interface, wanted)) = self.layer3(face, interfaces.len()) else {
                continue;
            };
            match self.relayed.is_empty() {
                true => interface.broadcasts.clear(),
                false => {
                    for relay in &mut interface.broadcasts {
                        relay.ports = self.relayed.clone();
                    }
                }
            }
            for (key, direction, line) in wanted {
                let acl = *index.entry(key.clone()).or_insert_with(|| {
                    acls.push(context.undefined(&key.1, key.0));
                    acls.len() - 1
                });
                interface.bindings.push(Binding {
                    family: key.0,
                    direction,
                    acl,
                    line,
                });
            }
            interfaces.push(interface);
        }
        self.place_effects(&interfaces);
        self.leaks(&interfaces);
        let forwards = Forwarding {
            v4: self.forwards(Family::V4, &interfaces, &mut context),
            v6: self.forwards(Family::V6, &interfaces, &mut context),
        };
        let mut sees = sees(self.kin, hint.confirmed_only);
        if context.uses_groups && sees.to_switch.must() {
            sees.to_switch = context.ask("object-group-entry-sees-to-switch");
        }
        for fact in std::mem::take(&mut self.leant) {
            context.ask(fact);
        }
        self.gaps.append(&mut context.gaps);
        self.gaps.sort_by_key(|gap| gap.line);
        self.effects.sort_by_key(|effect| effect.line);
        Device {
            hostname: self.hostname,
            dialect: self.kin.id,
            model: model.clone(),
            interfaces,
            routes: self.routes,
            acls,
            dynamic: self.dynamic,
            settled: Vec::new(),
            effects: self.effects,
            gaps: self.gaps,
            forwards,
            sees,
            relays_from_either: false,
            modelled: context.modelled.into_iter().map(str::to_owned).collect(),
            asides: self.asides,
            beneath: Default::default(),
            parts: BTreeSet::new(),
        }
    }

    /// `show access-lists` repeats lists of the configuration; where the two differ, neither is believed.
    fn merge_shown(&mut self) {
        for list in std::mem::take(&mut self.shown).all {
            let key = (list.family, list.name.clone());
            let known = self
                .lists
                .index
                .get(&key)
                .and_then(|at| self.lists.all.get_mut(*at));
            match known {
                Some(known) if same_entries(known, &list, self.kin) => {}
                Some(known) => known.broken = Some((list.line, list.name.clone())),
                None => {
                    self.lists.index.insert(key, self.lists.all.len());
                    self.lists.all.push(list);
                }
            }
        }
    }

    /// A route over an interface of another VRF leaks.
    fn leaks(&mut self, interfaces: &[Interface]) {
        let vrfs: BTreeMap<&str, &str> = interfaces
            .iter()
            .map(|i| (i.name.as_str(), i.vrf.as_str()))
            .collect();
        for route in &self.routes {
            let NextHop::Interface(name, _) = &route.via else {
                continue;
            };
            if vrfs.get(name.as_str()).is_some_and(|vrf| *vrf != route.vrf) {
                let text = format!("route {} over {name}", route.prefix);
                let scope = Scope::Vrf(route.vrf.clone());
                self.effects.push(Effect {
                    class: EffectClass::Redirects,
                    scope,
                    line: route.line,
                    text,
                });
            }
        }
    }

    /// Whether a family is forwarded: a line for every VRF with interfaces, or else the fact.
    fn forwards(&self, family: Family, faces: &[Interface], context: &mut Context<'_>) -> Known {
        let (lines, fact) = match (family, &self.routing) {
            (Family::V4, [lines, _]) => (lines, "routing-on-without-line-v4"),
            (Family::V6, [_, lines]) => (lines, "routing-on-without-line-v6"),
        };
        let mut vrfs: BTreeSet<&str> = BTreeSet::from([""]);
        if self.kin.routing_per_vrf {
            let used = faces
                .iter()
                .filter(|face| matches!(face.kind, InterfaceKind::Svi(_) | InterfaceKind::Routed));
            let used: BTreeSet<&str> = used.map(|face| face.vrf.as_str()).collect();
            vrfs = if used.is_empty() { vrfs } else { used };
        }
        let on: BTreeSet<Option<bool>> = vrfs.iter().map(|vrf| lines.get(*vrf).copied()).collect();
        match on.into_iter().collect::<Vec<_>>().as_slice() {
            [Some(true)] => Known::Yes,
            [Some(false)] => Known::No,
            _ => context.ask(fact),
        }
    }
}

/// What lists see, as far as it does not depend on their entries (D18).
pub(in crate::vendor) fn sees(kin: &'static Kin, confirmed_only: bool) -> Sees {
    let ask = |id| kin.facts().known(id, confirmed_only);
    // One answer for both families: settled only if they agree.
    let (own4, own6) = (ask("out-list-sees-own-v4"), ask("out-list-sees-own-v6"));
    let from_switch = match (&own4, &own6) {
        (a, b) if a == b => own4,
        (Known::Open(_), _) => own4,
        (_, Known::Open(_)) => own6,
        _ => Known::Open(Question::Fact {
            dialect: kin.id,
            id: "out-list-sees-own-v4".to_owned(),
        }),
    };
    let bridged = ask("svi-sees-bridged");
    Sees {
        bridged_in: bridged.clone(),
        bridged_out: bridged,
        to_switch: ask("list-sees-to-switch"),
        from_switch,
    }
}

/// The direction of a binding.
pub(in crate::vendor) fn direction(word: &str) -> Option<Direction> {
    match word {
        "in" => Some(Direction::In),
        "out" => Some(Direction::Out),
        _ => None,
    }
}
