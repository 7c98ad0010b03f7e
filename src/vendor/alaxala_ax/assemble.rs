//! What was read of the blocks -> one [`Device`].
//!
//! In: a [`Reader`] at the end of the text. Out: lists with their tails, bindings by index, what a flow detection mode does to
//! IPv6 lists, the facts leant on. Must not know: text.

use super::ID;
use super::list;
use super::read::Reader;
use super::rules::{Kind, Rules, gap};
use crate::acl::{Ace, Acl, Direction, Known};
use crate::base::text::sanitise;
use crate::device::{Binding, Device, Effect, EffectClass, Gap, Interface, Scope};
use crate::net::Family;
use crate::text;
use crate::vendor::redact::canonical;
use std::collections::{BTreeMap, BTreeSet};

/// Interface, family and direction of a binding.
pub(super) type Place = (usize, Family, Direction);

/// A binding by the name of its list.
#[derive(Clone, Debug)]
pub(super) struct Bound {
    pub(super) name: String,
    pub(super) line: u32,
    pub(super) text: String,
}

impl Reader {
    pub(super) fn finish(mut self) -> Device {
        let mut redirects: Vec<Option<(u32, String)>> = Vec::new();
        let mut acls: Vec<Acl> = Vec::new();
        for list in std::mem::take(&mut self.lists) {
            redirects.push(list.redirect.clone());
            self.modelled.extend(&list.modelled);
            acls.push(list.finish(&self.rules, &mut self.gaps));
        }
        let bound = std::mem::take(&mut self.bound);
        self.bind(&bound, &mut acls, &redirects);
        self.apply_modes(&bound, &mut acls);
        self.float();
        self.enable_ipv6();
        for interface in &mut self.interfaces {
            first_of_each(&mut interface.addrs);
            first_of_each(&mut interface.helpers);
            first_of_each(&mut interface.virtuals);
            for group in &mut interface.redundancy {
                first_of_each(&mut group.addrs);
            }
        }
        self.gaps.sort_by_key(|gap| gap.line);
        self.effects.sort_by_key(|effect| effect.line);
        Device {
            relays_from_either: true,
            modelled: self.leant_on(!bound.is_empty()),
            asides: self.asides,
            beneath: Default::default(),
            parts: BTreeSet::new(),
            hostname: self.hostname,
            dialect: ID,
            model: self.model,
            routes: self.routes.into_iter().map(|(route, _)| route).collect(),
            acls,
            dynamic: self.dynamic,
            settled: Vec::new(),
            effects: self.effects,
            gaps: self.gaps,
            forwards: self.rules.forwards(),
            sees: self.rules.sees(),
            interfaces: self.interfaces,
        }
    }

    /// Resolves the names of bindings; a list that is nowhere defined comes last (D14).
    fn bind(
        &mut self,
        bound: &BTreeMap<Place, Bound>,
        acls: &mut Vec<Acl>,
        redirects: &[Option<(u32, String)>],
    ) {
        for (&(interface, family, direction), bound) in bound {
            let next = acls.len();
            let key = (family, bound.name.clone());
            let index = *self.by_name.entry(key).or_insert(next);
            if index == next {
                let name = sanitise(&bound.name);
                acls.push(list::undefined(&name, family, &self.rules));
            }
            if let Some(Some((line, text))) = redirects.get(index) {
                self.effects.push(Effect {
                    class: EffectClass::Redirects,
                    scope: Scope::Interface(interface, Some(direction)),
                    line: *line,
                    text: text.clone(),
                });
            }
            if let Some(interface) = self.interfaces.get_mut(interface) {
                interface.bindings.push(Binding {
                    family,
                    direction,
                    acl: index,
                    line: bound.line,
                });
            }
        }
    }

    /// An IPv6 list that is bound in a mode without IPv6 filters, or in one of which that is not known, may filter nothing:
    /// an entry before all others that may permit everything.
    fn apply_modes(&mut self, bound: &BTreeMap<Place, Bound>, acls: &mut [Acl]) {
        let mut before: BTreeMap<usize, Vec<Ace>> = BTreeMap::new();
        for (&(_, family, direction), bound) in bound.iter().filter(|(p, _)| p.1 == Family::V6) {
            let outbound = direction == Direction::Out;
            let [inbound_mode, outbound_mode] = &self.modes;
            let mode = if outbound {
                outbound_mode
            } else {
                inbound_mode
            };
            let question = match self.rules.ipv6_lists(outbound, mode.as_deref()) {
                Known::Yes => continue,
                Known::No => {
                    let mode = mode.as_deref().unwrap_or_default();
                    gap(canonical(&format!("{} ({mode})", bound.text), bound.line))
                }
                open @ Known::Open(_) => open,
            };
            self.gaps.push(Gap {
                line: bound.line,
                text: bound.text.clone(),
                why: match mode {
                    Some(mode) => text!("ax-gap-mode", mode = mode),
                    None => text!("ax-gap-no-mode"),
                },
            });
            let Some(&index) = self.by_name.get(&(family, bound.name.clone())) else {
                continue;
            };
            let entry = list::not_applied(family, &question, bound.line, &bound.text);
            let entries = before.entry(index).or_default();
            // At most one question per direction and mode, so this stays short.
            if entries.iter().all(|e| e.open != entry.open) {
                entries.push(entry);
            }
        }
        for (index, entries) in before {
            if let Some(acl) = acls.get_mut(index) {
                acl.entries.splice(0..0, entries);
            }
        }
    }

    /// An IPv6 address makes an interface carry IPv6, with `ipv6 enable` for certain.
    fn enable_ipv6(&mut self) {
        let addressed = |i: &Interface| !i.ipv6 && i.addrs.iter().any(|n| n.addr().is_ipv6());
        for (index, interface) in self.interfaces.iter_mut().enumerate() {
            if !addressed(interface) {
                continue;
            }
            interface.ipv6 = true;
            self.modelled.insert("ipv6-address-enables-ipv6");
            if self.rules.confirmed_only() {
                self.effects.push(Effect {
                    class: EffectClass::Narrows,
                    scope: Scope::Interface(index, None),
                    line: interface.line,
                    text: format!("interface {} (ipv6 address)", interface.name),
                });
            }
        }
    }

    /// The default distance was not read: where a small written one may meet an unwritten one, either may win (D23, class R).
    fn float(&mut self) {
        let small = |distance: u8| distance < 10;
        let mut distances: BTreeMap<_, BTreeSet<u8>> = BTreeMap::new();
        for (route, _) in self.routes.iter().filter(|(r, _)| small(r.distance)) {
            let of_prefix = distances.entry(route.prefix).or_default();
            of_prefix.insert(route.distance);
        }
        let default = Rules::default_distance();
        let unclear = |d: &BTreeSet<u8>| d.len() > 1 && d.first().is_some_and(|d| *d <= default);
        for (route, text) in self.routes.iter().filter(|(r, _)| small(r.distance)) {
            if distances.get(&route.prefix).is_some_and(unclear) {
                self.effects.push(Effect {
                    class: EffectClass::Redirects,
                    scope: Scope::Vrf(String::new()),
                    line: route.line,
                    text: text.clone(),
                });
            }
        }
    }

    /// The modelled facts that this reading leans on (D49); none where they count as open.
    fn leant_on(&mut self, binds: bool) -> Vec<String> {
        if self.rules.confirmed_only() {
            return Vec::new();
        }
        if !self.interfaces.is_empty() {
            self.modelled.insert("forwarding-needs-no-line");
        }
        if self.rules.kind != Kind::Ax3660s {
            self.modelled.remove("flag-word-ack"); // open there
        } else if binds {
            self.modelled.insert("list-sees-to-switch");
        }
        self.modelled.iter().map(|id| (*id).to_owned()).collect()
    }
}

/// Drops repeats and keeps the order.
fn first_of_each<T: Ord + Copy>(all: &mut Vec<T>) {
    let mut seen = BTreeSet::new();
    all.retain(|one| seen.insert(*one));
}
