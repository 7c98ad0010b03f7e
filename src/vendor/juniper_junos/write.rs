//! A [`Config`] -> `set` lines, as `show configuration | display set` prints them, or every reason why not.
//!
//! `set` adds to what is there, so each filter is deleted before it is written; the commit is all or nothing. Ports and ICMP
//! messages are digits; IPv6 terms use `payload-protocol`, since `next-header` matches no fragment. A remark becomes a part of
//! the names of the terms behind it. Never a weaker filter. Must not know: the policy.

use super::FACTS;
use crate::acl::{Direction, Draft, DraftEntry, DraftLine};
use crate::base::Text;
use crate::device::{Config, Interface, InterfaceKind, NextHop, Route};
use crate::net::proto::{ICMP, ICMPV6, SCTP, TCP, UDP};
use crate::net::{Family, Match, Wildcard};
use crate::text;
use ipnet::IpNet;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv6 extension headers: `payload-protocol` looks behind them.
const EXTENSION_HEADERS: [u8; 8] = [0, 43, 44, 51, 60, 135, 139, 140];

/// Text and refusals on the way.
struct Writer<'a> {
    config: &'a Config,
    out: String,
    refused: Vec<Text>,
}

/// The whole text, or every refusal.
pub(super) fn config(config: &Config) -> Result<String, Vec<Text>> {
    let mut writer = Writer {
        config,
        out: String::new(),
        refused: Vec::new(),
    };
    writer.names();
    writer.set(&format!("system host-name {}", config.hostname));
    for interface in &config.interfaces {
        writer.interface(interface);
    }
    writer.relays();
    for draft in &config.acls {
        writer.filter(draft);
    }
    writer.instances();
    for route in &config.routes {
        writer.route(route);
    }
    writer.vlans();
    if writer.refused.is_empty() {
        Ok(writer.out)
    } else {
        Err(writer.refused)
    }
}

/// A name that needs no quotation marks on any release.
fn is_plain(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(plain)
        && name.len() <= FACTS.limit("name")
}

fn family_word(family: Family) -> &'static str {
    match family {
        Family::V4 => "inet",
        Family::V6 => "inet6",
    }
}

/// Port and unit of an interface.
fn unit_of(interface: &Interface) -> Option<(String, String)> {
    if let InterfaceKind::Svi(vlan) = interface.kind {
        return Some(("irb".to_owned(), vlan.to_string()));
    }
    let (port, unit) = interface.name.rsplit_once('.')?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-/:".contains(&b);
    let fits = port.starts_with(|c: char| c.is_ascii_lowercase())
        && port.bytes().all(plain)
        && !unit.is_empty()
        && unit.bytes().all(|b| b.is_ascii_digit());
    let loopback = (interface.kind == InterfaceKind::Loopback) == port.starts_with("lo");
    (fits && loopback).then(|| (port.to_owned(), unit.to_owned()))
}

impl Writer<'_> {
    fn set(&mut self, path: &str) {
        let _ = writeln!(self.out, "set {path}"); // writing to a string cannot fail
    }

    fn refuse(&mut self, why: Text) {
        self.refused.push(why);
    }

    fn names(&mut self) {
        let vrfs = self.config.interfaces.iter().map(|i| &i.vrf);
        let vrfs = vrfs.chain(self.config.routes.iter().map(|r| &r.vrf));
        let names: BTreeSet<&String> = vrfs
            .filter(|vrf| !vrf.is_empty())
            .chain([&self.config.hostname])
            .chain(self.config.acls.iter().map(|acl| &acl.name))
            .collect();
        let limit = FACTS.limit("name");
        for name in names.into_iter().filter(|name| !is_plain(name)) {
            self.refused
                .push(text!("junos-refuse-word", name = name, limit = limit));
        }
        let mut seen = BTreeSet::new();
        for acl in &self.config.acls {
            if !seen.insert((acl.family, &acl.name)) {
                self.refused
                    .push(text!("junos-refuse-same-name", name = &acl.name));
            }
        }
    }

    fn interface(&mut self, interface: &Interface) {
        let Some((port, unit)) = unit_of(interface) else {
            self.refuse(text!("junos-refuse-interface", name = &interface.name));
            return;
        };
        let base = format!("interfaces {port} unit {unit}");
        if interface.shutdown {
            self.set(&format!("{base} disable"));
        }
        for family in Family::BOTH {
            let mut written = false;
            let base = format!("{base} family {}", family_word(family));
            for direction in [Direction::In, Direction::Out] {
                written |= self.binding(interface, family, direction, &base);
            }
            for net in interface
                .addrs
                .iter()
                .filter(|n| Family::of_net(n) == family)
            {
                self.set(&format!("{base} address {net}"));
                written = true;
            }
            self.redundancy(interface, family, &base);
            if family == Family::V6 && interface.ipv6 && !written {
                self.set(&base);
            }
        }
        let of_group = |addr: &IpAddr| interface.redundancy.iter().any(|g| g.addrs.contains(addr));
        if !interface.virtuals.iter().all(of_group) {
            self.refuse(text!("junos-refuse-virtual", name = &interface.name));
        }
    }

    fn binding(
        &mut self,
        interface: &Interface,
        family: Family,
        direction: Direction,
        base: &str,
    ) -> bool {
        let mut here = interface
            .bindings
            .iter()
            .filter(|b| (b.family, b.direction) == (family, direction));
        let Some(binding) = here.next() else {
            return false;
        };
        let draft = self.config.acls.get(binding.acl);
        match draft.filter(|draft| draft.family == family && here.next().is_none()) {
            Some(draft) => {
                let word = match direction {
                    Direction::In => "input",
                    Direction::Out => "output",
                };
                self.set(&format!("{base} filter {word} {}", draft.name));
            }
            None => self.refuse(text!("junos-refuse-binding", name = &interface.name)),
        }
        true
    }

    /// A virtual address stands below the address whose subnet holds it; an IPv6 group needs a link-local one besides.
    fn redundancy(&mut self, interface: &Interface, family: Family, base: &str) {
        for group in &interface.redundancy {
            let own = |addr: &&IpAddr| Family::of(**addr) == family;
            for addr in group.addrs.iter().filter(own) {
                let net = interface.addrs.iter().find(|net| net.contains(addr));
                let (Some(net), false) = (net, group.hsrp) else {
                    self.refuse(text!("junos-refuse-virtual", name = &interface.name));
                    continue;
                };
                let (kind, word) = match family {
                    Family::V4 => ("vrrp-group", "virtual-address"),
                    Family::V6 => ("vrrp-inet6-group", "virtual-inet6-address"),
                };
                let base = format!("{base} address {net} {kind} {}", group.group);
                self.set(&format!("{base} {word} {addr}"));
                if let IpAddr::V6(addr) = addr {
                    let part = addr.to_bits() & u128::from(u64::MAX);
                    let local = Ipv6Addr::from_bits(0xfe80 << 112 | part);
                    self.set(&format!("{base} virtual-link-local-address {local}"));
                }
            }
        }
    }

    /// A server group for each set of targets.
    fn relays(&mut self) {
        let mut groups: BTreeMap<(&str, &[Ipv4Addr]), Vec<String>> = BTreeMap::new();
        for interface in self
            .config
            .interfaces
            .iter()
            .filter(|i| !i.helpers.is_empty())
        {
            if let Some((port, unit)) = unit_of(interface) {
                let key = (interface.vrf.as_str(), interface.helpers.as_slice());
                groups
                    .entry(key)
                    .or_default()
                    .push(format!("{port}.{unit}"));
            }
        }
        for (index, ((vrf, targets), interfaces)) in groups.into_iter().enumerate() {
            let name = format!("relay{}", index + 1);
            let base = format!("{}forwarding-options dhcp-relay", within(vrf));
            for target in targets {
                self.set(&format!("{base} server-group {name} {target}"));
            }
            self.set(&format!("{base} group {name} active-server-group {name}"));
            for interface in interfaces {
                self.set(&format!("{base} group {name} interface {interface}"));
            }
        }
    }

    fn filter(&mut self, draft: &Draft) {
        if draft.entries().next().is_none() {
            self.refuse(text!("junos-refuse-empty", name = &draft.name));
            return;
        }
        let path = format!(
            "firewall family {} filter {}",
            family_word(draft.family),
            draft.name
        );
        let _ = writeln!(self.out, "delete {path}"); // writing to a string cannot fail
        let mut remark = "";
        let mut number = 0;
        for line in &draft.lines {
            match line {
                DraftLine::Remark(text) => remark = text,
                DraftLine::Entry(entry) => {
                    number += 1;
                    let name = term_name(number, remark);
                    match conditions(entry, draft.family) {
                        Ok(all) => self.term(&format!("{path} term {name}"), entry, &all),
                        Err(why) => self.refuse(text!(
                            "junos-refuse-entry",
                            acl = &draft.name,
                            entry = number,
                            why = why
                        )),
                    }
                }
            }
        }
    }

    fn term(&mut self, path: &str, entry: &DraftEntry, conditions: &[String]) {
        for condition in conditions {
            self.set(&format!("{path} from {condition}"));
        }
        if entry.log {
            self.set(&format!("{path} then syslog"));
        }
        let action = if entry.permit { "accept" } else { "discard" };
        self.set(&format!("{path} then {action}"));
    }

    fn instances(&mut self) {
        let mut known = BTreeSet::new();
        for interface in self.config.interfaces.iter().filter(|i| !i.vrf.is_empty()) {
            let Some((port, unit)) = unit_of(interface) else {
                continue;
            };
            if known.insert(&interface.vrf) {
                let vrf = &interface.vrf;
                self.set(&format!(
                    "routing-instances {vrf} instance-type virtual-router"
                ));
            }
            let vrf = &interface.vrf;
            self.set(&format!("routing-instances {vrf} interface {port}.{unit}"));
        }
    }

    fn route(&mut self, route: &Route) {
        let has_vrf = |i: &Interface| i.vrf == route.vrf;
        let known = route.vrf.is_empty() || self.config.interfaces.iter().any(has_vrf);
        // A distance of 1 is written as the device's own default; a route that has just that one would become its equal.
        let twin = self.config.routes.iter().any(|other| {
            (&other.vrf, other.prefix) == (&route.vrf, route.prefix)
                && other.distance != route.distance
                && is_default(other)
        });
        let fits = known && !route.conditional && !(twin && is_default(route));
        let Some(path) = route_path(route).filter(|_| fits) else {
            self.refuse(text!("junos-refuse-route", prefix = route.prefix));
            return;
        };
        for line in path {
            self.set(&line);
        }
    }

    /// The VLANs of the IRB interfaces; without them the interfaces are on no link.
    fn vlans(&mut self) {
        for interface in &self.config.interfaces {
            if let InterfaceKind::Svi(id) = interface.kind {
                self.set(&format!("vlans vlan{id} vlan-id {id}"));
                self.set(&format!("vlans vlan{id} l3-interface irb.{id}"));
            }
        }
    }
}

fn within(vrf: &str) -> String {
    match vrf {
        "" => String::new(),
        vrf => format!("routing-instances {vrf} "),
    }
}

/// `t20-web-servers`: a number, and the letters of the remark.
fn term_name(number: usize, remark: &str) -> String {
    const LONGEST: usize = 48;
    let mut name = format!("t{}", number * 10);
    let words = remark.split(|c: char| !c.is_ascii_alphanumeric());
    for word in words.filter(|word| !word.is_empty()) {
        if name.len() + 1 + word.len() > LONGEST {
            break;
        }
        name.push('-');
        name.push_str(word);
    }
    name
}

/// The lines below `from`.
fn conditions(entry: &DraftEntry, family: Family) -> Result<Vec<String>, Text> {
    let mut out = Vec::new();
    for (word, wildcard) in [
        ("source-address", entry.src),
        ("destination-address", entry.dst),
    ] {
        if wildcard.family() != family {
            return Err(text!("junos-refuse-family"));
        }
        if !wildcard.is_any() {
            out.push(format!("{word} {}", address(wildcard)?));
        }
    }
    let own = Match::icmp_of(family);
    let protocol = match (entry.protocol, entry.icmp) {
        (None, Some(_)) => Some(own),
        (Some(number), Some(_)) if number != own => return Err(text!("junos-refuse-icmp")),
        (protocol, _) => protocol,
    };
    if let Some(number) = protocol {
        let word = match family {
            Family::V4 => "protocol",
            Family::V6 if EXTENSION_HEADERS.contains(&number) => {
                return Err(text!("junos-refuse-protocol", protocol = number));
            }
            Family::V6 => "payload-protocol",
        };
        out.push(format!("{word} {}", protocol_name(number)));
    }
    for (word, range) in [
        ("source-port", entry.sport),
        ("destination-port", entry.dport),
    ] {
        out.extend(port(word, range, protocol)?);
    }
    if entry.established {
        if protocol != Some(TCP) {
            return Err(text!("junos-refuse-established"));
        }
        out.push("tcp-established".to_owned());
    }
    if let Some((kind, code)) = entry.icmp {
        out.push(format!("icmp-type {kind}"));
        out.extend(code.map(|code| format!("icmp-code {code}")));
    }
    Ok(out)
}

fn address(wildcard: Wildcard) -> Result<String, Text> {
    match wildcard.as_prefix() {
        Some(net) => Ok(net.to_string()),
        None if wildcard.family() == Family::V6 => {
            Err(text!("junos-refuse-wildcard6", addr = wildcard.to_string()))
        }
        None => {
            let care = !wildcard.free() & Family::V4.ones();
            Ok(format!("{}/{}", wildcard.first(), Family::V4.addr(care)))
        }
    }
}

fn protocol_name(number: u8) -> String {
    match number {
        ICMP => "icmp".to_owned(),
        TCP => "tcp".to_owned(),
        UDP => "udp".to_owned(),
        ICMPV6 => "icmp6".to_owned(),
        other => other.to_string(),
    }
}

fn port(
    word: &str,
    range: Option<(u16, u16)>,
    protocol: Option<u8>,
) -> Result<Option<String>, Text> {
    let Some((first, last)) = range else {
        return Ok(None);
    };
    if !matches!(protocol, Some(TCP | UDP | SCTP)) {
        return Err(text!("junos-refuse-ports"));
    }
    if first > last {
        return Err(text!("junos-refuse-range", first = first, last = last));
    }
    Ok(match (first, last) {
        // All ports: without the test, so that later fragments are matched for certain, as the draft says.
        (0, u16::MAX) => None,
        _ if first == last => Some(format!("{word} {first}")),
        _ => Some(format!("{word} {first}-{last}")),
    })
}

/// Whether a route is written without `preference`.
fn is_default(route: &Route) -> bool {
    route.distance == 1 || usize::from(route.distance) == FACTS.limit("static-preference")
}

/// The lines of a route; `None` where it has no form.
fn route_path(route: &Route) -> Option<Vec<String>> {
    let rib = match (route.prefix, route.vrf.as_str()) {
        (IpNet::V4(_), _) => "routing-options static".to_owned(),
        (IpNet::V6(_), "") => "routing-options rib inet6.0 static".to_owned(),
        (IpNet::V6(_), vrf) => format!("routing-options rib {vrf}.inet6.0 static"),
    };
    let base = format!("{}{rib} route {}", within(&route.vrf), route.prefix.trunc());
    let default = is_default(route);
    Some(match &route.via {
        NextHop::Via(addr) if default => vec![format!("{base} next-hop {addr}")],
        NextHop::Via(addr) => {
            let preference = route.distance;
            vec![format!(
                "{base} qualified-next-hop {addr} preference {preference}"
            )]
        }
        NextHop::Interface(name, None) if default && name.contains('.') => {
            vec![format!("{base} next-hop {name}")]
        }
        NextHop::Interface(name, Some(addr)) if name.contains('.') => {
            let hop = format!("{base} qualified-next-hop {addr}");
            let mut lines = vec![format!("{hop} interface {name}")];
            if !default {
                lines.push(format!("{hop} preference {}", route.distance));
            }
            lines
        }
        NextHop::Interface(..) => return None,
        NextHop::Null => {
            let mut lines = vec![format!("{base} discard")];
            if !default {
                lines.push(format!("{base} preference {}", route.distance));
            }
            lines
        }
    })
}
