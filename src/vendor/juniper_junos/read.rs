//! A capture -> [`Device`]: the top of the tree.
//!
//! Statements are told apart by their words. What changes no packet's fate is in the tables of the profile; what may, and is
//! not modelled, becomes an effect of class N, R or X; what is in no table is class X for the device, and a gap (D23).

use super::addresses::{PrefixLists, prefix_lists};
use super::effects;
use super::filter::{self, Context};
use super::text::{self, Problem};
use super::tree::{At, ROOT};
use super::{FACTS, ID, groups, is_irrelevant};
use crate::acl::{Acl, Direction};
use crate::base::text::sanitise;
use crate::base::{Source, Text};
use crate::device::{
    Binding, Device, Effect, EffectClass, Forwarding, Gap, Interface, Route, Scope, Sees,
};
use crate::net::Family;
use crate::text;
use crate::vendor::Hint;
use crate::vendor::redact::redact;
use crate::vendor::routes;
use std::collections::{BTreeMap, BTreeSet};

/// Longest text of a statement that is shown.
const SHOWN: usize = 200;

/// Filters that an interface names, resolved at the end.
pub(super) struct Wanted {
    pub(super) interface: usize,
    pub(super) family: Family,
    pub(super) direction: Direction,
    /// More than one: an `input-list`.
    pub(super) names: Vec<String>,
    pub(super) line: u32,
}

/// What has been read so far.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) interfaces: Vec<Interface>,
    pub(super) by_name: BTreeMap<String, usize>,
    /// VLAN id of a layer-3 interface, by its name.
    pub(super) vlan_of: BTreeMap<String, u16>,
    /// Layer-3 interface and line of each VLAN with a filter.
    pub(super) vlan_filters: Vec<(Option<String>, u32, String)>,
    pub(super) wanted: Vec<Wanted>,
    pub(super) routes: Vec<Route>,
    pub(super) dynamic: Vec<(String, u32)>,
    pub(super) effects: Vec<Effect>,
    pub(super) gaps: Vec<Gap>,
    /// Modelled facts that statements outside filters lean on.
    pub(super) leant: Vec<&'static str>,
    /// Lines that are no configuration.
    asides: Vec<u32>,
    /// Lines of statements that are not wholly understood.
    parts: BTreeSet<(u32, u32)>,
}

/// Reads a capture.
pub(super) fn device(source: &Source, hint: &Hint) -> Device {
    let (mut tree, mut problems, asides) = text::tree(source);
    groups::expand(&mut tree, &mut problems);
    let root = tree.at(ROOT);
    let mut reader = Reader {
        asides,
        ..Reader::default()
    };
    for problem in problems {
        reader.problem(problem);
    }
    let mut lists = PrefixLists::new();
    prefix_lists(root, &mut lists); // the output of `show configuration policy-options`
    if let Some(options) = root.child("policy-options") {
        prefix_lists(options, &mut lists);
    }
    let mut context = Context::new(hint.confirmed_only, &lists);
    let mut filters = Filters::default();
    reader.filters(root, true, &mut filters, &mut context);
    if let Some(firewall) = root.child("firewall") {
        reader.filters(firewall, false, &mut filters, &mut context);
    }
    for word in ["vlans", "bridge-domains"] {
        root.child(word)
            .into_iter()
            .flat_map(At::children)
            .for_each(|vlan| reader.vlan(vlan));
    }
    if let Some(interfaces) = root.child("interfaces") {
        reader.interfaces(interfaces);
    }
    for at in root.children() {
        reader.top(at);
    }
    effects::read(&mut reader, root);
    if context.ask("static-preference").question().is_some() {
        reader.effects.extend(routes::unordered(&reader.routes));
    }
    reader.finish(root, hint, filters, context)
}

/// Filters in file order, found by family and name.
#[derive(Default)]
pub(super) struct Filters {
    all: Vec<filter::Filter>,
    index: BTreeMap<(Family, String), usize>,
}

/// Protocol and port of SNMP.
const UDP: u8 = 17;
const SNMP: u16 = 161;

impl Reader {
    /// A statement whose effect is known by class only (D23).
    pub(super) fn effect(&mut self, class: EffectClass, scope: Scope, at: At<'_>, above: &str) {
        self.parts.extend(at.parts());
        self.effects.push(Effect {
            class,
            scope,
            line: at.line(),
            text: shown(above, at),
        });
    }

    /// A statement that is not understood where it stands: it may do anything.
    pub(super) fn unknown(&mut self, at: At<'_>, above: &str, why: Text) {
        self.effect(EffectClass::Rewrites, Scope::Device, at, above);
        self.gap(at, above, why);
    }

    pub(super) fn gap(&mut self, at: At<'_>, above: &str, why: Text) {
        self.parts.extend(at.parts());
        self.gaps.push(Gap {
            line: at.line(),
            text: shown(above, at),
            why,
        });
    }

    fn problem(&mut self, problem: Problem) {
        let text = redact(&problem.text);
        self.effects.push(Effect {
            class: EffectClass::Rewrites,
            scope: Scope::Device,
            line: problem.line,
            text: text.clone(),
        });
        self.gaps.push(Gap {
            line: problem.line,
            text,
            why: problem.why,
        });
    }

    /// Everything at a place that is in no table is class X.
    pub(super) fn rest(&mut self, place: &str, at: At<'_>, above: &str, known: &[&str]) {
        for child in at.children() {
            if !known.contains(&child.word()) && !is_irrelevant(place, child) {
                self.unknown(child, above, text!("junos-line-unread"));
            }
        }
    }

    /// `firewall`, or, without the word, what `show configuration firewall` prints.
    fn filters(
        &mut self,
        firewall: At<'_>,
        top: bool,
        filters: &mut Filters,
        context: &mut Context<'_>,
    ) {
        for at in firewall.children() {
            match at.word() {
                "filter" => self.family(firewall, Family::V4, filters, context),
                "family" => {
                    for family in at.children() {
                        match family.word() {
                            "inet" => self.family(family, Family::V4, filters, context),
                            "inet6" => self.family(family, Family::V6, filters, context),
                            _ => self.gap(family, "family", text!("junos-layer2-filter")),
                        }
                    }
                }
                _ if top || is_irrelevant("firewall", at) => {}
                _ => self.unknown(at, "firewall", text!("junos-line-unread")),
            }
        }
    }

    fn family(
        &mut self,
        at: At<'_>,
        family: Family,
        filters: &mut Filters,
        context: &mut Context<'_>,
    ) {
        for named in at.child("filter").into_iter().flat_map(At::children) {
            let read = filter::read(named, family, context);
            let key = (family, named.word().to_owned());
            let known = filters.index.get(&key).copied();
            if let Some(known) = known.and_then(|index| filters.all.get_mut(index)) {
                // `filter X` and `family inet filter X` are the same filter; what the two make together was not read.
                let entry = filter::unread(family, &format!("filter {}", key.1), named.line());
                known.acl.entries.insert(0, entry);
                context.gap(named.line(), named.word(), text!("junos-filter-twice"));
                continue;
            }
            filters.index.insert(key, filters.all.len());
            filters.all.push(read);
        }
        if at.word() != "firewall" {
            for other in at.children().filter(|other| other.word() != "filter") {
                if !is_irrelevant("firewall", other) && at.word().starts_with("inet") {
                    self.unknown(other, "firewall family", text!("junos-line-unread"));
                }
            }
        }
    }

    fn top(&mut self, at: At<'_>) {
        match at.word() {
            // Read before, or in `filters`.
            "firewall" | "interfaces" | "groups" | "family" | "filter" | "prefix-list" => {}
            "vlans" | "bridge-domains" => {}
            "routing-options" => self.routing_options(at, ""),
            "routing-instances" => at.children().for_each(|vrf| self.instance(vrf)),
            "protocols" => self.protocols(at, ""),
            "forwarding-options" => self.forwarding_options(at),
            word @ "ethernet-switching-options" => {
                if let Some(secure) = at.child("secure-access-port") {
                    self.effect(EffectClass::Narrows, Scope::Device, secure, word);
                }
                self.rest(word, at, word, &["secure-access-port"]);
            }
            word @ "snmp" => self.snmp(at, word),
            _ if is_irrelevant("top", at) => {}
            _ => self.unknown(at, "", text!("junos-line-unread")),
        }
    }

    /// `snmp community NAME { clients ...; client-list-name ...; }` may drop what is meant for the device (D19).
    fn snmp(&mut self, at: At<'_>, above: &str) {
        let communities = at.children().filter(|child| child.word() == "community");
        let inner = communities.flat_map(|community| community.children());
        for guard in inner.filter(|child| child.word().starts_with("client")) {
            let scope = Scope::Own(Some(UDP), Some(SNMP));
            self.effect(EffectClass::Narrows, scope, guard, above);
        }
    }

    fn finish(
        mut self,
        root: At<'_>,
        hint: &Hint,
        filters: Filters,
        mut context: Context<'_>,
    ) -> Device {
        let mut acls: Vec<Acl> = filters.all.iter().map(|f| f.acl.clone()).collect();
        let mut undefined: BTreeMap<(Family, String), usize> = BTreeMap::new();
        let mut chains: BTreeMap<(Family, Vec<String>), usize> = BTreeMap::new();
        for wanted in std::mem::take(&mut self.wanted) {
            let indices: Vec<Option<usize>> = wanted
                .names
                .iter()
                .map(|name| filters.index.get(&(wanted.family, name.clone())).copied())
                .collect();
            for (class, line, text) in indices
                .iter()
                .flatten()
                .filter_map(|index| filters.all.get(*index))
                .flat_map(|filter| &filter.effects)
            {
                self.effects.push(Effect {
                    class: *class,
                    scope: match class {
                        EffectClass::Narrows | EffectClass::Redirects => {
                            Scope::Interface(wanted.interface, Some(wanted.direction))
                        }
                        EffectClass::Rewrites => Scope::Device,
                    },
                    line: *line,
                    text: text.clone(),
                });
            }
            let acl = match (indices.as_slice(), wanted.names.as_slice()) {
                ([Some(index)], _) => *index,
                ([None], [name]) => {
                    let key = (wanted.family, name.clone());
                    *undefined.entry(key).or_insert_with(|| {
                        acls.push(filter::undefined(name, wanted.family, &mut context));
                        acls.len() - 1
                    })
                }
                _ => {
                    let key = (wanted.family, wanted.names.clone());
                    *chains.entry(key).or_insert_with(|| {
                        let member = |(name, index): (&String, &Option<usize>)| {
                            let acl = index.and_then(|index| acls.get(index));
                            (name.clone(), acl)
                        };
                        let members: Vec<_> =
                            wanted.names.iter().zip(&indices).map(member).collect();
                        let chain =
                            filter::chain(&members, wanted.family, wanted.line, &mut context);
                        acls.push(chain);
                        acls.len() - 1
                    })
                }
            };
            if let Some(interface) = self.interfaces.get_mut(wanted.interface) {
                interface.bindings.push(Binding {
                    family: wanted.family,
                    direction: wanted.direction,
                    acl,
                    line: wanted.line,
                });
            }
        }
        self.place_vlan_filters();
        for fact in std::mem::take(&mut self.leant) {
            context.ask(fact);
        }
        let forwards = context.ask("forwarding-needs-no-line");
        self.gaps.append(&mut context.gaps);
        self.parts.append(&mut context.parts);
        self.gaps.sort_by_key(|gap| gap.line);
        self.effects.sort_by_key(|effect| effect.line);
        let hostname = root.down("system host-name").and_then(At::value);
        Device {
            hostname: hostname.map(|name| sanitise(name.word()).into_owned()),
            dialect: ID,
            model: hint.model.clone(),
            interfaces: self.interfaces,
            routes: self.routes,
            acls,
            dynamic: self.dynamic,
            settled: Vec::new(),
            effects: self.effects,
            gaps: self.gaps,
            forwards: Forwarding {
                v4: forwards.clone(),
                v6: forwards,
            },
            sees: sees(hint),
            relays_from_either: false,
            modelled: context.modelled.into_iter().map(str::to_owned).collect(),
            asides: self.asides,
            beneath: Default::default(),
            parts: self.parts,
        }
    }

    /// A filter on a VLAN acts on its layer-3 interface, or, if it has none here, perhaps anywhere.
    fn place_vlan_filters(&mut self) {
        for (interface, line, text) in std::mem::take(&mut self.vlan_filters) {
            let index = interface.and_then(|name| self.by_name.get(&name).copied());
            self.effects.push(Effect {
                class: EffectClass::Narrows,
                scope: index.map_or(Scope::Device, |index| Scope::Interface(index, None)),
                line,
                text,
            });
        }
    }
}

fn shown(above: &str, at: At<'_>) -> String {
    redact(format!("{above} {}", at.text(SHOWN)).trim_start())
}

/// What filters on layer-3 interfaces see besides routed packets (D18).
pub(super) fn sees(hint: &Hint) -> Sees {
    let known = |id| FACTS.known(id, hint.confirmed_only);
    // Models that run the code of PTX routers see what the switch sends itself.
    let ptx = |model: &str| model.starts_with("QFX10002-60C") || model.starts_with("PTX");
    let own = match hint.model.as_deref() {
        Some(model) if ptx(model) => "ptx-out-sees-own",
        _ => "out-sees-own",
    };
    Sees {
        bridged_in: known("filter-sees-bridged"),
        bridged_out: known("filter-sees-bridged"),
        to_switch: known("filter-sees-to-switch"),
        from_switch: known(own),
    }
}
