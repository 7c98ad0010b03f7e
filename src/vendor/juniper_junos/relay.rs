//! `forwarding-options`: DHCP relay, and what may change packets.
//!
//! Two forms of relay: `dhcp-relay` with server groups, and `helpers bootp`. Out: targets on interfaces, effects (D22, D23).

use super::is_irrelevant;
use super::read::Reader;
use super::tree::At;
use crate::device::{EffectClass, Scope};
use crate::text;
use std::net::Ipv4Addr;

impl Reader {
    pub(super) fn forwarding_options(&mut self, at: At<'_>) {
        const PLACE: &str = "forwarding-options";
        for child in at.children() {
            match child.word() {
                "dhcp-relay" => self.dhcp_relay(child),
                "helpers" => self.helpers(child),
                "family" => self.effect(EffectClass::Narrows, Scope::Device, child, PLACE),
                "analyzer" | "port-mirroring" => {
                    self.effect(EffectClass::Redirects, Scope::Device, child, PLACE);
                }
                _ if is_irrelevant(PLACE, child) => {}
                _ => self.unknown(child, PLACE, text!("junos-line-unread")),
            }
        }
    }

    fn dhcp_relay(&mut self, at: At<'_>) {
        const ABOVE: &str = "dhcp-relay";
        self.leant.push("dhcp-relay-form");
        let active = |at: At<'_>| {
            let group = at.child("active-server-group").and_then(At::value)?;
            Some(group.word().to_owned())
        };
        let all = active(at);
        for group in at.child("group").into_iter().flat_map(At::children) {
            let servers = active(group).or_else(|| all.clone());
            let servers = servers.and_then(|name| at.child("server-group")?.child(&name));
            for interface in group.child("interface").into_iter().flat_map(At::children) {
                if interface.is_leaf() {
                    self.relays(interface, servers);
                } else {
                    self.unknown(interface, ABOVE, text!("junos-relay"));
                }
            }
            let known = ["interface", "active-server-group"];
            self.rest("dhcp-relay", group, ABOVE, &known);
        }
        let known = ["group", "server-group", "active-server-group"];
        self.rest("dhcp-relay", at, ABOVE, &known);
    }

    fn helpers(&mut self, at: At<'_>) {
        const ABOVE: &str = "helpers bootp";
        for child in at.children() {
            if child.word() != "bootp" {
                self.unknown(child, "helpers", text!("junos-line-unread"));
                continue;
            }
            self.leant.push("dhcp-relay-form");
            for interface in child.child("interface").into_iter().flat_map(At::children) {
                let servers = interface.child("server").or_else(|| child.child("server"));
                self.relays(interface, servers);
                self.rest("dhcp-relay", interface, ABOVE, &["server"]);
            }
            self.rest("dhcp-relay", child, ABOVE, &["server", "interface"]);
        }
    }

    /// Puts the addresses below `servers` on an interface.
    fn relays(&mut self, interface: At<'_>, servers: Option<At<'_>>) {
        let index = self.by_name.get(interface.word()).copied();
        let mut targets: Vec<Ipv4Addr> = Vec::new();
        for server in servers.into_iter().flat_map(At::children) {
            match server.word().parse() {
                Ok(addr) if server.is_leaf() => targets.push(addr),
                _ => self.unknown(server, "dhcp-relay server", text!("junos-relay")),
            }
        }
        match index.and_then(|index| self.interfaces.get_mut(index)) {
            Some(known) if !targets.is_empty() => {
                targets.retain(|target| !known.helpers.contains(target));
                known.helpers.extend(targets);
            }
            _ => self.unknown(interface, "dhcp-relay interface", text!("junos-relay")),
        }
    }
}
