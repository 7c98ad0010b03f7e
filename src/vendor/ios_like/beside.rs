//! Lines beside interfaces and lists that may act on packets: policies, guards of the switch's own services, relays that work
//! otherwise, dropped MAC addresses, scripts that configure.
//!
//! In: blocks that the tables know or take for irrelevant. Out: effects (D19, D22, D23). Must not know: any dialect; what is a row
//! of `vendors/` stays there.

use super::read::Reader;
use super::table::Place;
use super::vlan::named_vlans;
use crate::device::{EffectClass, Scope};
use crate::net::proto::UDP;
use crate::text;
use crate::vendor::capture::Line;
use crate::vendor::redact::redact;
use crate::vendor::services;
use crate::vendor::words::Words;

/// The port of DHCP servers and relays.
const DHCP: u16 = 67;

impl Reader {
    /// A line that only the tables know, or nobody (D23).
    pub(super) fn by_class(&mut self, line: &Line<'_>) {
        let class = self.kin.data.tables.class(Place::Top, &line.text);
        match (class, named_vlans(&line.text)) {
            // `ip arp inspection vlan 10-12`: what may drop does so there.
            (Some(EffectClass::Narrows), Some(vlans)) => {
                let effect = (vlans, line.number, redact(&line.text));
                self.vlan_filters.push(effect);
            }
            (Some(class), _) => self.effect(class, Scope::Device, line),
            (None, _) => self.unknown(line, text!("ios-line-unread")),
        }
    }

    /// Whether a policy map only marks and queues, or what its lines may do.
    pub(super) fn policy_map(&mut self, words: Words<'_>, body: &[Line<'_>]) {
        let mut classes = Vec::new();
        for line in body {
            let class = self.kin.data.tables.class(Place::Policy, &line.text);
            if class.is_some() || !self.is_irrelevant(Place::Policy, line) {
                classes.push(class.unwrap_or(EffectClass::Narrows));
            }
        }
        classes.sort_unstable();
        classes.dedup();
        if let Some(name) = words.last() {
            self.policies.insert(name.to_owned(), classes);
        }
    }

    /// What a policy map may do; one that is not there may drop.
    pub(super) fn policy(&self, name: &str) -> Vec<EffectClass> {
        let known = self.policies.get(name).cloned();
        known.unwrap_or_else(|| vec![EffectClass::Narrows])
    }

    /// Lists on the switch's own services (D19).
    pub(super) fn guards(&mut self, head: &Line<'_>, body: &[Line<'_>]) {
        for line in std::iter::once(head).chain(body) {
            if let Some((protocol, port)) = services::guard(&head.text, &line.text) {
                let scope = Scope::Own(Some(protocol), port);
                self.effect(EffectClass::Narrows, scope, line);
            }
        }
    }

    /// A line by which the relay for DHCP does not work, or uses other addresses than those of D22: none of its legs is certain.
    pub(super) fn relays_otherwise(&mut self, line: &Line<'_>) -> bool {
        let otherwise = self
            .kin
            .data
            .tables
            .class(Place::Relay, &line.text)
            .is_some();
        if otherwise {
            self.relay_uncertain(line);
        }
        otherwise
    }

    /// None of the legs of a relay is certain.
    pub(in crate::vendor) fn relay_uncertain(&mut self, line: &Line<'_>) {
        let scope = Scope::Own(Some(UDP), Some(DHCP));
        self.effect(EffectClass::Narrows, scope, line);
    }

    /// Frames of a MAC address that the switch throws away in a VLAN.
    pub(super) fn drops_frames(&mut self, head: &Line<'_>) {
        let mut words = Words::new(&head.text);
        let is_static =
            words.eat_all("mac address-table static") || words.eat_all("mac-address-table static");
        if !is_static || !Words::new(words.rest()).any(|word| matches!(word, "drop" | "discard")) {
            return;
        }
        let vlan = words
            .find(|word| *word == "vlan")
            .and_then(|_| words.number());
        let vlans = vlan.into_iter().collect();
        self.vlan_filters
            .push((vlans, head.number, redact(&head.text)));
    }

    /// A script or a job of the device that enters the configuration: what it leaves there is not in the text.
    pub(super) fn configures(&mut self, head: &Line<'_>, body: &[Line<'_>]) {
        const HEADS: [&str; 5] = ["event", "event-handler", "schedule", "scheduler", "trigger"];
        let Some(first) = Words::new(&head.text).next() else {
            return;
        };
        if !HEADS.contains(&first) {
            return;
        }
        for line in body.iter().filter(|line| enters_configuration(&line.text)) {
            self.unknown(line, text!("ios-line-unread"));
        }
    }
}

/// `cli command "conf t"`: any form of `configure`.
fn enters_configuration(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    words.any(|word| word.len() >= 4 && "configure".starts_with(word))
}

/// The policy that a `service-policy` line names; none where it is of a kind that orders queues, which drop at most what is too much
/// for a wire.
pub(super) fn policy_of(mut words: Words<'_>) -> Option<&str> {
    words.eat("service-policy");
    let queues = words.eat("type") && matches!(words.next(), Some("queuing" | "network-qos"));
    words.last().filter(|_| !queues)
}
