//! A capture -> a [`Device`]: the top-level blocks.
//!
//! In: a source and what a person said about the device. Out: everything that was read, and a gap or an effect for each line
//! that was not (D10, D23). Bindings precede their lists in the text, so names are resolved at the end
//! (`assemble`). Must not know: what an entry matches.

use super::FACTS;
use super::assemble::{Bound, Place};
use super::entry::Form;
use super::list::{self, List};
use super::rules::{Rules, option_mode};
use crate::base::text::sanitise;
use crate::base::{Source, Text};
use crate::device::{Device, Effect, EffectClass, Gap, Interface, Route, Scope};
use crate::net::Family;
use crate::text;
use crate::vendor::Hint;
use crate::vendor::banner::{self, End};
use crate::vendor::capture::{self, Line};
use crate::vendor::redact::redact;
use crate::vendor::services;
use crate::vendor::words::Words;
use std::collections::{BTreeMap, BTreeSet};

/// Top-level lines whose effect has a class (D23); every other unknown line is X.
const EFFECTS: &[(&str, EffectClass)] = &[
    ("authentication", EffectClass::Narrows),
    ("dot1x", EffectClass::Narrows),
    ("mac-authentication", EffectClass::Narrows),
    ("web-authentication", EffectClass::Narrows),
    ("ip arp inspection", EffectClass::Narrows),
    ("ip dhcp snooping", EffectClass::Narrows),
    ("ip source binding", EffectClass::Narrows),
    ("ip multicast-routing", EffectClass::Redirects),
    ("ip multicast routing", EffectClass::Redirects),
    ("ipv6 multicast-routing", EffectClass::Redirects),
    ("ip pim", EffectClass::Redirects),
    ("ipv6 pim", EffectClass::Redirects),
    ("monitor session", EffectClass::Redirects),
    ("policy-list", EffectClass::Redirects),
];

/// All that was read so far.
pub(super) struct Reader {
    pub(super) rules: Rules,
    pub(super) hostname: Option<String>,
    pub(super) model: Option<String>,
    /// Flow detection modes, inbound and outbound.
    pub(super) modes: [Option<String>; 2],
    pub(super) interfaces: Vec<Interface>,
    pub(super) interface_by_name: BTreeMap<String, usize>,
    pub(super) bound: BTreeMap<Place, Bound>,
    /// With the line, secrets masked.
    pub(super) routes: Vec<(Route, String)>,
    pub(super) dynamic: Vec<(String, u32)>,
    pub(super) lists: Vec<List>,
    pub(super) by_name: BTreeMap<(Family, String), usize>,
    pub(super) effects: Vec<Effect>,
    pub(super) gaps: Vec<Gap>,
    pub(super) modelled: BTreeSet<&'static str>,
    pub(super) asides: Vec<u32>,
}

/// Reads a capture.
pub(super) fn device(source: &Source, hint: &Hint) -> Device {
    let mut lines = capture::lines(source);
    lines.retain(|line| !is_noise(line));
    let (lines, asides) = banner::without_texts(&lines, banner);
    let model = hint.model.clone().or_else(|| model_of(&lines));
    let mut reader = Reader {
        rules: Rules::new(model.as_deref(), hint.confirmed_only),
        hostname: None,
        model,
        modes: [false, true].map(|outbound| option_mode(hint, outbound).map(str::to_owned)),
        interfaces: Vec::new(),
        interface_by_name: BTreeMap::new(),
        bound: BTreeMap::new(),
        routes: Vec::new(),
        dynamic: Vec::new(),
        lists: Vec::new(),
        by_name: BTreeMap::new(),
        effects: Vec::new(),
        gaps: Vec::new(),
        modelled: BTreeSet::new(),
        asides,
    };
    for (head, body) in capture::blocks(&lines) {
        reader.block(head, body);
    }
    reader.finish()
}

/// Prompts, and `!` with anything behind it that is not a prompt of the configuration mode (what was typed there is not what
/// the device prints, so it stays and is not understood).
fn is_noise(line: &Line<'_>) -> bool {
    let typed = |rest: &str| rest.contains("(config") && rest.contains('#');
    line.prompt || line.text.strip_prefix('!').is_some_and(|rest| !typed(rest))
}

/// `banner login plain-text "...`: a quotation, perhaps over several lines.
fn banner(line: &Line<'_>) -> Option<End> {
    let is_banner = line.indent == 0 && Words::new(&line.text).eat("banner");
    let end = match banner::has_odd_quotes(&line.text) {
        true => End::OddQuotes,
        false => End::Closed,
    };
    is_banner.then_some(end)
}

/// The model in the header of AX2500S texts.
fn model_of(lines: &[Line<'_>]) -> Option<String> {
    lines.iter().take(50).find_map(|line| {
        let mut words = Words::new(&line.text);
        words.eat_all("#configuration list for").then_some(())?;
        words.next().map(|word| sanitise(word).into_owned())
    })
}

/// Whether the data say that a line in this place changes no packet's fate.
pub(super) fn is_irrelevant(place: &str, text: &str) -> bool {
    let heads = FACTS.irrelevant.get(place);
    heads.is_some_and(|heads| heads.iter().any(|head| Words::new(text).eat_all(head)))
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

    fn block(&mut self, head: &Line<'_>, body: &[Line<'_>]) {
        let text = &head.text;
        let mut words = Words::new(text);
        if words.eat_all("ip access-list") {
            self.list4(words, head, body);
        } else if words.eat_all("ipv6 access-list") {
            self.named(words, Family::V6, false, head, body);
        } else if words.eat("access-list") {
            self.numbered(words, head, body);
        } else if words.eat_all("mac access-list") || words.eat_all("advance access-list") {
            // Recognised; it acts only where it is bound.
        } else if words.eat("interface") && !is_irrelevant("top", text) {
            self.interface(words, head, body);
        } else if words.eat_all("ip route") || words.eat_all("ipv6 route") {
            self.route(head);
        } else if words.eat("router") || words.eat_all("ipv6 router") {
            self.routing_protocol(words, head);
        } else if words.eat_all("flow detection mode") {
            self.mode(words, 0, head);
        } else if words.eat_all("flow detection out mode") {
            self.mode(words, 1, head);
        } else if words.eat_all("flow filter") {
            self.unknown(head, text!("ax-gap-old-software"));
        } else if words.eat("hostname") {
            self.hostname = words.quoted().map(|name| sanitise(name).into_owned());
        } else {
            self.other(head, body);
        }
    }

    fn other(&mut self, head: &Line<'_>, body: &[Line<'_>]) {
        let known = EFFECTS
            .iter()
            .find(|(start, _)| Words::new(&head.text).eat_all(start));
        if let Some((_, class)) = known {
            self.effect(*class, Scope::Device, head);
        } else if Words::new(&head.text).eat("vlan") {
            self.vlan(head, body);
        } else if drops_frames(&head.text) {
            self.effect(EffectClass::Narrows, Scope::Device, head);
        } else if is_irrelevant("top", &head.text) {
            for line in std::iter::once(head).chain(body) {
                if let Some((protocol, port)) = services::guard(&head.text, &line.text) {
                    let scope = Scope::Own(Some(protocol), port);
                    self.effect(EffectClass::Narrows, scope, line);
                } else if is_binding(&line.text) {
                    self.gap(line, text!("ax-gap-vty"));
                }
            }
        } else {
            self.unknown(head, text!("ax-gap-unknown-line"));
        }
    }

    /// `vlan 10 [protocol-based|mac-based]`. A VLAN that is suspended passes nothing.
    fn vlan(&mut self, head: &Line<'_>, body: &[Line<'_>]) {
        if !is_irrelevant("top", &head.text) {
            self.unknown(head, text!("ax-gap-unknown-line"));
        }
        for line in body {
            if Words::new(&line.text).eat_all("state suspend") {
                self.effect(EffectClass::Narrows, Scope::Device, line);
            } else if !is_irrelevant("vlan", &line.text) {
                self.unknown(line, text!("ax-gap-unknown-line"));
            }
        }
    }

    fn mode(&mut self, mut words: Words<'_>, index: usize, head: &Line<'_>) {
        let mode = words.next().map(str::to_owned);
        if mode.is_none() {
            self.unknown(head, text!("ax-gap-unknown-line"));
        }
        if let Some(slot) = self.modes.get_mut(index) {
            *slot = mode;
        }
    }

    fn list4(&mut self, mut words: Words<'_>, head: &Line<'_>, body: &[Line<'_>]) {
        let standard = words.eat("standard");
        if standard || words.eat("extended") {
            self.named(words, Family::V4, standard, head, body);
        } else {
            self.unknown(head, text!("ax-gap-list-header"));
        }
    }

    fn named(
        &mut self,
        mut words: Words<'_>,
        family: Family,
        standard: bool,
        head: &Line<'_>,
        body: &[Line<'_>],
    ) {
        let Some(name) = words.quoted() else {
            self.unknown(head, text!("ax-gap-list-header"));
            return;
        };
        let form = Form {
            family,
            standard,
            siblings: self.rules.siblings(),
        };
        let index = self.list(name, form, head.number);
        let Some(list) = self.lists.get_mut(index) else {
            return;
        };
        // One name is one list: of another kind, no device printed it.
        if !words.is_end() || !list.has(form) {
            list.spoil(&head.text, head.number);
            self.gap(head, text!("ax-gap-list-header"));
            return;
        }
        for line in body.iter().filter(|line| line.text != "exit") {
            let gap = list.add(&line.text, line.number, &self.rules);
            self.gaps.extend(gap);
        }
    }

    /// `access-list 100 permit ...`: one entry a line.
    fn numbered(&mut self, mut words: Words<'_>, head: &Line<'_>, body: &[Line<'_>]) {
        let number = words.peek();
        let form = words
            .number()
            .and_then(|n| list::numbered(n, self.rules.siblings()));
        let (Some(name), Some(form), true) = (number, form, body.is_empty()) else {
            self.unknown(head, text!("ax-gap-list-header"));
            return;
        };
        let index = self.list(name, form, head.number);
        if let Some(list) = self.lists.get_mut(index) {
            let gap = list.add(words.rest(), head.number, &self.rules);
            self.gaps.extend(gap);
        }
    }

    fn list(&mut self, name: &str, form: Form, line: u32) -> usize {
        let next = self.lists.len();
        let key = (form.family, name.to_owned());
        let index = *self.by_name.entry(key).or_insert(next);
        if index == next {
            let name = sanitise(name);
            self.lists.push(List::new(&name, form, line));
        }
        index
    }
}

/// Frames of a MAC address that the switch throws away.
fn drops_frames(text: &str) -> bool {
    let mut words = Words::new(text);
    words.eat_all("mac-address-table static") && words.any(|word| word == "drop")
}

/// Whether a line binds a list.
pub(super) fn is_binding(text: &str) -> bool {
    const WORDS: [&str; 4] = [
        "ip access-group",
        "ipv6 traffic-filter",
        "mac access-group",
        "advance access-group",
    ];
    let starts = |start: &&str| Words::new(text).eat_all(start);
    WORDS.iter().any(starts) || starts(&"ipv6 access-class")
}
