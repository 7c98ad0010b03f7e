//! A capture -> [`Device`]: the top-level blocks.
//!
//! Lines are told apart by their first words. What changes no packet's fate is in the tables of the profile; what may, and
//! is not modelled, becomes an effect of class N, R or X; what is in no table is class X for the device, and a gap (D23).

use super::list::{self, Line0, List};
use super::{Asked, ID, is_irrelevant};
use crate::acl::{Acl, Direction};
use crate::base::text::sanitise;
use crate::base::{Source, Text};
use crate::device::{
    Binding, Device, Effect, EffectClass, Forwarding, Gap, Interface, Route, Scope,
};
use crate::net::Family;
use crate::text;
use crate::vendor::Hint;
use crate::vendor::banner::{self, End};
use crate::vendor::capture::{self, Line};
use crate::vendor::redact::redact;
use crate::vendor::routes;
use crate::vendor::services;
use crate::vendor::words::Words;
use std::collections::{BTreeMap, BTreeSet};

/// Top-level lines whose effect has a class (D23); every other unknown line is X.
const EFFECTS: &[(&str, EffectClass)] = &[
    ("dot1x", EffectClass::Narrows),
    ("mac-authentication", EffectClass::Narrows),
    ("port-security", EffectClass::Narrows),
    ("portal", EffectClass::Narrows),
    ("ip urpf", EffectClass::Narrows),
    ("qos apply policy", EffectClass::Narrows),
    ("qos vlan-policy", EffectClass::Narrows),
    ("firewall packet-filter", EffectClass::Narrows),
    ("arp restricted-forwarding enable", EffectClass::Narrows),
    ("dhcp snooping enable", EffectClass::Narrows),
    ("ipv6 dhcp snooping enable", EffectClass::Narrows),
    ("mac-address blackhole", EffectClass::Narrows),
    ("multicast routing", EffectClass::Redirects),
    ("ipv6 multicast routing", EffectClass::Redirects),
    ("policy-based-route", EffectClass::Redirects),
];

/// The same for lines inside a VLAN. A super VLAN is the link of its sub-VLANs, whatever their numbers.
const VLAN_EFFECTS: &[(&str, EffectClass)] = &[
    ("arp detection enable", EffectClass::Narrows),
    ("dhcp snooping enable", EffectClass::Narrows),
    ("ip verify source", EffectClass::Narrows),
    ("ipv6 dhcp snooping enable", EffectClass::Narrows),
    ("ipv6 nd detection enable", EffectClass::Narrows),
    ("ipv6 nd raguard", EffectClass::Narrows),
    ("ipv6 verify source", EffectClass::Narrows),
    ("isolated-vlan", EffectClass::Narrows),
    ("mac-forced-forwarding", EffectClass::Redirects),
    ("subvlan", EffectClass::Rewrites),
    ("supervlan", EffectClass::Rewrites),
    ("qos apply policy", EffectClass::Narrows),
    ("private-vlan", EffectClass::Narrows),
    ("isolate-user-vlan", EffectClass::Narrows),
];

fn class(table: &[(&str, EffectClass)], line: &Line<'_>) -> Option<EffectClass> {
    let starts = |(start, _): &&(&str, EffectClass)| Words::new(&line.text).eat_all(start);
    table.iter().find(starts).map(|(_, class)| *class)
}

/// A list on an interface, by name.
pub(super) struct Wanted {
    pub(super) interface: usize,
    pub(super) family: Family,
    pub(super) direction: Direction,
    pub(super) name: String,
    pub(super) line: u32,
}

/// What has been read so far.
#[derive(Default)]
pub(super) struct Reader {
    hostname: Option<String>,
    pub(super) interfaces: Vec<Interface>,
    pub(super) by_name: BTreeMap<String, usize>,
    pub(super) wanted: Vec<Wanted>,
    pub(super) routes: Vec<Route>,
    pub(super) dynamic: Vec<(String, u32)>,
    pub(super) effects: Vec<Effect>,
    pub(super) gaps: Vec<Gap>,
    /// `packet-filter default deny`.
    denies: bool,
    /// `packet-filter filter all` on an interface.
    pub(super) filters_all: bool,
    /// `dhcp enable`.
    dhcp: bool,
    /// Facts that lines outside lists lean on.
    pub(super) leant: Vec<&'static str>,
    pub(super) asides: Vec<u32>,
    pub(super) lists: Vec<List>,
    pub(super) index: BTreeMap<(Family, String), usize>,
    /// Lists of `display acl`, and, while the last goes on, how many lines its description may still have.
    pub(super) shown: Vec<List>,
    pub(super) showing: Option<u32>,
}

/// Reads a capture.
pub(super) fn device(source: &Source, hint: &Hint) -> Device {
    let mut lines = capture::lines(source);
    lines.retain(|line| !is_noise(line));
    let (lines, asides) = banner::without_texts(&lines, header);
    let mut reader = Reader {
        asides,
        ..Reader::default()
    };
    // Some lines of the system view are printed with a blank (` ip route-static`).
    let mut head: Option<&Line<'_>> = None;
    for line in &lines {
        if line.text.starts_with('#') {
            head = None;
            reader.showing = None;
        } else if reader.shown(line) {
            head = None;
        } else if head.is_none_or(|head| line.indent <= head.indent) {
            reader.top(line);
            head = Some(line);
        } else if let Some(head) = head {
            reader.below(head, line);
        }
    }
    reader.finish(hint)
}

/// Prompts with what was typed behind them, and lines that only end a view.
fn is_noise(line: &Line<'_>) -> bool {
    let view = line.text.starts_with('<') && line.text.contains('>');
    line.prompt || (line.indent == 0 && view) || matches!(line.text.as_ref(), "return" | "quit")
}

/// `header login %...%`: between two marks, perhaps over several lines.
fn header(line: &Line<'_>) -> Option<End> {
    let mut words = Words::new(&line.text);
    if line.indent > 0 || !words.eat("header") {
        return None;
    }
    words.next();
    let rest = words.rest();
    let mark = rest.chars().next().filter(char::is_ascii_punctuation)?;
    Some(match rest.matches(mark).count() {
        1 => End::Holds(mark.to_string()),
        _ => End::Closed,
    })
}

impl Reader {
    pub(super) fn gap(&mut self, line: &Line<'_>, why: Text) {
        self.gaps.push(Gap {
            line: line.number,
            text: redact(&line.text),
            why,
        });
    }

    pub(super) fn effect(&mut self, class: EffectClass, scope: Scope, line: &Line<'_>) {
        self.effects.push(Effect {
            class,
            scope,
            line: line.number,
            text: redact(&line.text),
        });
    }

    /// A line that is not understood: anything may happen on this device (D23).
    pub(super) fn unknown(&mut self, line: &Line<'_>, why: Text) {
        self.effect(EffectClass::Rewrites, Scope::Device, line);
        self.gap(line, why);
    }

    /// Reads a line of the system view.
    fn top(&mut self, line: &Line<'_>) {
        let mut words = Words::new(&line.text);
        match words.next().unwrap_or_default() {
            "sysname" => self.hostname = words.next().map(|name| sanitise(name).into_owned()),
            "acl" if !is_irrelevant("top", &line.text) => self.acl(words, line),
            "undo" if words.eat("acl") => self.forget(words),
            "interface" => self.interface(words.rest(), line),
            "packet-filter" => self.system_filter(words, line),
            "dhcp" if words.eat("enable") => self.dhcp = true,
            "ip" | "ipv6" if words.eat("route-static") => self.route(line),
            "ospf" | "rip" | "isis" | "bgp" | "ospfv3" | "ripng" => self.protocol(words, line),
            "ip" if words.eat("vpn-instance") => {}
            _ => match class(EFFECTS, line) {
                Some(class) => self.effect(class, Scope::Device, line),
                None if is_irrelevant("top", &line.text) => self.guard(line, line),
                None => self.unknown(line, text!("comware-line-unread")),
            },
        }
    }

    /// A list on the switch's own services (D19).
    fn guard(&mut self, head: &Line<'_>, line: &Line<'_>) {
        if let Some((protocol, port)) = services::guard(&head.text, &line.text) {
            let scope = Scope::Own(Some(protocol), port);
            self.effect(EffectClass::Narrows, scope, line);
        }
    }

    /// Reads a line below another.
    fn below(&mut self, head: &Line<'_>, line: &Line<'_>) {
        let mut words = Words::new(&head.text);
        match words.next().unwrap_or_default() {
            "acl" => {
                if let Line0::List(head) = list::head(words)
                    && let Some(index) = self.find(&head)
                    && let Some(list) = self.lists.get_mut(index)
                {
                    list.add(line);
                }
            }
            "interface" => self.interface_line(words.rest(), line),
            "vlan" if Words::new(&line.text).eat("packet-filter") => {
                self.unknown(line, text!("comware-binding"));
            }
            "vlan" => {
                if let Some(class) = class(VLAN_EFFECTS, line) {
                    self.effect(class, Scope::Device, line);
                } else if !is_irrelevant("vlan", &line.text) {
                    self.unknown(line, text!("comware-line-unread"));
                }
            }
            "ip" if words.eat("vpn-instance") => self.vpn_line(words, line),
            "ospf" | "rip" | "isis" | "bgp" | "ospfv3" | "ripng" => {
                let mut inner = Words::new(&line.text);
                if Words::new(inner.rest()).any(|word| word == "flowspec") {
                    // Filters that neighbours send (RFC 8955).
                    self.effect(EffectClass::Redirects, Scope::Device, line);
                }
                if inner.any(|word| word == "vpn-instance")
                    && let Some(name) = inner.next()
                {
                    self.dynamic.push((name.to_owned(), line.number));
                }
            }
            // Scripts and jobs that enter the configuration: what they leave there is not in the text.
            "rtm" | "scheduler" | "event-manager" | "job" if line.text.contains("system-view") => {
                self.unknown(line, text!("comware-line-unread"));
            }
            _ => self.guard(head, line),
        }
    }

    fn acl(&mut self, words: Words<'_>, line: &Line<'_>) {
        match list::head(words) {
            Line0::Other => {}
            Line0::Unread => self.unknown(line, text!("comware-list-header")),
            Line0::List(head) => {
                let index = self.find(&head).unwrap_or(self.lists.len());
                for id in &head.ids {
                    self.index.insert((head.family, id.clone()), index);
                }
                match self.lists.get_mut(index) {
                    // One name is one list: of another kind, no device printed it.
                    Some(list) if head.whole && head.basic != list.head.basic => {
                        list.doubt(line.number, text!("comware-list-header"));
                    }
                    Some(_) => {}
                    None => self.lists.push(List::new(head, line)),
                }
            }
        }
    }

    pub(super) fn find(&self, head: &list::Head) -> Option<usize> {
        let key = |id: &String| self.index.get(&(head.family, id.clone())).copied();
        head.ids.iter().find_map(key)
    }

    /// `undo acl ...`: takes back what was read.
    fn forget(&mut self, words: Words<'_>) {
        if let Line0::List(head) = list::head(words)
            && let Some(index) = self.find(&head)
        {
            let own = self.lists.get(index).map(|list| list.head.ids.clone());
            for id in head.ids.into_iter().chain(own.unwrap_or_default()) {
                self.index.remove(&(head.family, id));
            }
        }
    }

    /// `packet-filter` in the system view.
    fn system_filter(&mut self, mut words: Words<'_>, line: &Line<'_>) {
        if words.eat_all("default deny") {
            self.denies = true;
        } else if !words.eat_all("default permit") {
            // Global lists and lists on several interfaces at once: their order against others is open (D16).
            self.effect(EffectClass::Narrows, Scope::Device, line);
            self.gap(line, text!("comware-global"));
        }
    }

    fn finish(mut self, hint: &Hint) -> Device {
        self.merge_shown();
        let mut asked = Asked::new(hint);
        let mut acls: Vec<Acl> = Vec::new();
        let mut places: BTreeMap<usize, usize> = BTreeMap::new();
        let alive: BTreeSet<usize> = self.index.values().copied().collect();
        for (index, list) in self.lists.iter().enumerate() {
            if alive.contains(&index) {
                places.insert(index, acls.len());
                acls.push(list.finish(self.denies, &mut asked, &mut self.gaps));
            }
        }
        let mut missing: BTreeMap<(Family, String), usize> = BTreeMap::new();
        for wanted in std::mem::take(&mut self.wanted) {
            let key = (wanted.family, wanted.name.clone());
            let known = self.index.get(&key).and_then(|index| places.get(index));
            let acl = known.copied().unwrap_or_else(|| {
                *missing.entry(key).or_insert_with(|| {
                    acls.push(list::undefined(&wanted.name, wanted.family, &mut asked));
                    acls.len() - 1
                })
            });
            if let Some(interface) = self.interfaces.get_mut(wanted.interface) {
                interface.bindings.push(Binding {
                    family: wanted.family,
                    direction: wanted.direction,
                    acl,
                    line: wanted.line,
                });
            }
        }
        if !self.dhcp {
            // Without `dhcp enable` nothing is relayed.
            self.interfaces.iter_mut().for_each(|i| i.helpers.clear());
        }
        let mut sees = asked.sees();
        if self.filters_all {
            sees.bridged_in = asked.ask("filter-all-sees-bridged");
        }
        for fact in std::mem::take(&mut self.leant) {
            asked.ask(fact);
        }
        if asked.ask("static-preference").question().is_some() {
            self.effects.extend(routes::unordered(&self.routes));
        }
        let forwards = asked.ask("forwarding-needs-no-line");
        self.gaps.sort_by_key(|gap| gap.line);
        self.effects.sort_by_key(|effect| effect.line);
        Device {
            hostname: self.hostname,
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
            sees,
            relays_from_either: false,
            modelled: asked.modelled.into_iter().map(str::to_owned).collect(),
            asides: self.asides,
            beneath: Default::default(),
            parts: BTreeSet::new(),
        }
    }
}
