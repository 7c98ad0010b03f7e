//! A [`Config`] -> text as `display current-configuration` prints it, or every reason why not.
//!
//! A rule line adds to the rule of its id, so each list is taken away before it is written. Ports and ICMP messages are
//! digits; `established` is written as the one flag `ack 1`. The end of a list is an explicit deny: `packet-filter default deny`
//! would act on lists that aclc does not own. Never a weaker filter. Must not know: the policy.

use super::FACTS;
use super::route::default_preference;
use crate::acl::{Direction, Draft, DraftEntry, DraftLine};
use crate::base::Text;
use crate::device::{Config, Interface, InterfaceKind, NextHop, Route};
use crate::net::proto::{ICMP, ICMPV6, SCTP, TCP, UDP};
use crate::net::{Family, Match, Wildcard};
use crate::text;
use crate::vendor::words::netmask;
use ipnet::IpNet;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The step between ids.
const STEP: usize = 5;
/// IPv6 extension headers: what a rule with their number tests was not read.
const EXTENSION_HEADERS: [u8; 8] = [0, 43, 44, 51, 60, 135, 139, 140];

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
    writer.line(&format!("#\n sysname {}\n#", config.hostname));
    writer.instances();
    if config.interfaces.iter().any(|i| !i.helpers.is_empty()) {
        writer.line(" dhcp enable\n#");
    }
    for draft in &config.acls {
        writer.list(draft);
    }
    for interface in &config.interfaces {
        writer.interface(interface);
    }
    for route in &config.routes {
        writer.route(route);
    }
    writer.line("#\nreturn");
    if writer.refused.is_empty() {
        Ok(writer.out)
    } else {
        Err(writer.refused)
    }
}

fn is_plain(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(plain)
        && name.len() <= FACTS.limit("name")
}

fn headline(draft: &Draft) -> String {
    let family = match draft.family {
        Family::V4 => "",
        Family::V6 => "ipv6 ",
    };
    format!("acl {family}advanced name {}", draft.name)
}

impl Writer<'_> {
    fn line(&mut self, text: &str) {
        let _ = writeln!(self.out, "{text}"); // writing to a string cannot fail
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
                .push(text!("comware-refuse-word", name = name, limit = limit));
        }
        let mut seen = BTreeSet::new();
        for acl in &self.config.acls {
            if !seen.insert((acl.family, &acl.name)) {
                self.refused
                    .push(text!("comware-refuse-same-name", name = &acl.name));
            }
        }
    }

    fn instances(&mut self) {
        let vrfs = self.config.interfaces.iter().map(|i| &i.vrf);
        let names: BTreeSet<&String> = vrfs.filter(|vrf| !vrf.is_empty()).collect();
        for name in names {
            self.line(&format!("ip vpn-instance {name}\n#"));
        }
    }

    fn list(&mut self, draft: &Draft) {
        if draft.entries().next().is_none() {
            self.refuse(text!("comware-refuse-empty", name = &draft.name));
        }
        let head = headline(draft);
        self.line(&format!("undo {head}\n{head}"));
        let mut remark: Option<&str> = None;
        let mut number = 0;
        for line in &draft.lines {
            let entry = match line {
                DraftLine::Remark(text) => {
                    remark = Some(text);
                    continue;
                }
                DraftLine::Entry(entry) => entry,
            };
            let id = number * STEP;
            number += 1;
            match rule(entry, draft.family) {
                Ok(rule) => {
                    self.line(&format!(" rule {id} {rule}"));
                    if let Some(text) = remark.take().and_then(comment) {
                        self.line(&format!(" rule {id} comment {text}"));
                    }
                }
                Err(why) => self.refuse(text!(
                    "comware-refuse-entry",
                    acl = &draft.name,
                    entry = number,
                    why = why
                )),
            }
        }
        if number * STEP > FACTS.limit("rule-id") {
            self.refuse(text!("comware-refuse-long", name = &draft.name));
        }
        self.line("#");
    }

    fn interface(&mut self, interface: &Interface) {
        let name = match interface.kind {
            InterfaceKind::Svi(vlan) => format!("Vlan-interface{vlan}"),
            _ => interface.name.clone(),
        };
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-/.".contains(&b);
        if !name.starts_with(|c: char| c.is_ascii_uppercase()) || !name.bytes().all(plain) {
            self.refuse(text!("comware-refuse-interface", name = &interface.name));
            return;
        }
        self.line(&format!("interface {name}"));
        if interface.kind == InterfaceKind::Routed && !name.contains('.') {
            self.line(" port link-mode route");
        }
        if !interface.vrf.is_empty() {
            self.line(&format!(" ip binding vpn-instance {}", interface.vrf));
        }
        let mut sub = "";
        for net in &interface.addrs {
            match net {
                IpNet::V4(net) => {
                    let mask = netmask(net.prefix_len());
                    self.line(&format!(" ip address {} {mask}{sub}", net.addr()));
                    sub = " sub";
                }
                IpNet::V6(net) => self.line(&format!(" ipv6 address {net}")),
            }
        }
        if interface.ipv6 && !interface.addrs.iter().any(|n| n.addr().is_ipv6()) {
            self.line(" ipv6 address auto link-local");
        }
        self.redundancy(interface);
        if !interface.helpers.is_empty() {
            self.line(" dhcp select relay");
        }
        for helper in &interface.helpers {
            self.line(&format!(" dhcp relay server-address {helper}"));
        }
        for family in Family::BOTH {
            for direction in [Direction::In, Direction::Out] {
                self.binding(interface, family, direction);
            }
        }
        if interface.shutdown {
            self.line(" shutdown");
        }
        self.line("#");
    }

    fn redundancy(&mut self, interface: &Interface) {
        let mut written = 0;
        for group in &interface.redundancy {
            for addr in &group.addrs {
                // An IPv6 group needs a link-local address first, whose form was not read.
                if group.hsrp || addr.is_ipv6() {
                    continue;
                }
                self.line(&format!(" vrrp vrid {} virtual-ip {addr}", group.group));
                written += 1;
            }
        }
        if written < interface.virtuals.len() {
            self.refuse(text!("comware-refuse-virtual", name = &interface.name));
        }
    }

    fn binding(&mut self, interface: &Interface, family: Family, direction: Direction) {
        let mut here = interface
            .bindings
            .iter()
            .filter(|b| (b.family, b.direction) == (family, direction));
        let Some(binding) = here.next() else {
            return;
        };
        let draft = self.config.acls.get(binding.acl);
        match draft.filter(|draft| draft.family == family && here.next().is_none()) {
            Some(draft) => {
                let word = match family {
                    Family::V4 => "",
                    Family::V6 => "ipv6 ",
                };
                let way = match direction {
                    Direction::In => "inbound",
                    Direction::Out => "outbound",
                };
                self.line(&format!(" packet-filter {word}name {} {way}", draft.name));
            }
            None => self.refuse(text!("comware-refuse-binding", name = &interface.name)),
        }
    }

    fn route(&mut self, route: &Route) {
        let Some(via) = next_hop(&route.via).filter(|_| !route.conditional) else {
            self.refuse(text!("comware-refuse-route", prefix = route.prefix));
            return;
        };
        let vrf = match route.vrf.as_str() {
            "" => String::new(),
            vrf => format!("vpn-instance {vrf} "),
        };
        let (word, to) = match route.prefix.trunc() {
            IpNet::V4(net) => ("ip", format!("{} {}", net.addr(), net.prefix_len())),
            IpNet::V6(net) => ("ipv6", format!("{} {}", net.addr(), net.prefix_len())),
        };
        let preference = match route.distance {
            1 => String::new(),
            distance if distance == default_preference() => String::new(),
            distance => format!(" preference {distance}"),
        };
        self.line(&format!(" {word} route-static {vrf}{to} {via}{preference}"));
    }
}

fn next_hop(via: &NextHop) -> Option<String> {
    match via {
        NextHop::Via(addr) => Some(addr.to_string()),
        NextHop::Interface(name, addr) => {
            let fits = name.starts_with(|c: char| c.is_ascii_uppercase());
            let addr = addr.map_or_else(String::new, |addr| format!(" {addr}"));
            (fits && !name.contains(' ')).then(|| format!("{name}{addr}"))
        }
        NextHop::Null => Some("NULL0".to_owned()),
    }
}

/// The comment of a rule, at most as long as the device takes.
fn comment(remark: &str) -> Option<String> {
    let plain = remark.chars().filter(|c| (' '..='~').contains(c));
    let text: String = plain.take(FACTS.limit("comment")).collect();
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A rule behind its id.
fn rule(entry: &DraftEntry, family: Family) -> Result<String, Text> {
    let own = Match::icmp_of(family);
    let protocol = match (entry.protocol, entry.icmp) {
        (None, Some(_)) => Some(own),
        (Some(number), Some(_)) if number != own => return Err(text!("refuse-icmp")),
        (protocol, _) => protocol,
    };
    let mut out = String::from(if entry.permit { "permit " } else { "deny " });
    out.push_str(&protocol_word(protocol, family)?);
    if entry.established {
        if protocol != Some(TCP) {
            return Err(text!("refuse-established"));
        }
        out.push_str(" ack 1");
    }
    for (word, place, range) in [
        ("source", entry.src, entry.sport),
        ("destination", entry.dst, entry.dport),
    ] {
        if place.family() != family {
            return Err(text!("refuse-family"));
        }
        if !place.is_any() {
            let _ = write!(out, " {word} {}", address(place)?); // writing to a string cannot fail
        }
        if let Some(ports) = ports(range, protocol)? {
            let _ = write!(out, " {word}-port {ports}");
        }
    }
    if let Some((kind, code)) = entry.icmp {
        let word = match family {
            Family::V4 => "icmp-type",
            Family::V6 => "icmp6-type",
        };
        let code = match (code, entry.permit) {
            (Some(code), _) => code,
            // Type and code stand together; a permit may be narrower, a deny may not.
            (None, true) => 0,
            (None, false) => return Err(text!("comware-refuse-icmp-code")),
        };
        let _ = write!(out, " {word} {kind} {code}");
    }
    if entry.log {
        out.push_str(" logging");
    }
    Ok(out)
}

fn protocol_word(protocol: Option<u8>, family: Family) -> Result<String, Text> {
    let word = match (protocol, family) {
        (None, Family::V4) => "ip",
        (None, Family::V6) => "ipv6",
        (Some(TCP), _) => "tcp",
        (Some(UDP), _) => "udp",
        (Some(ICMP), Family::V4) => "icmp",
        (Some(ICMPV6), Family::V6) => "icmpv6",
        (Some(number), Family::V6) if EXTENSION_HEADERS.contains(&number) => {
            return Err(text!("comware-refuse-protocol", protocol = number));
        }
        (Some(number), _) => return Ok(number.to_string()),
    };
    Ok(word.to_owned())
}

fn address(wildcard: Wildcard) -> Result<String, Text> {
    match (wildcard.family(), wildcard.as_prefix()) {
        (Family::V6, Some(net)) => Ok(net.to_string()),
        (Family::V6, None) => Err(text!("refuse-wildcard6", addr = wildcard.to_string())),
        (Family::V4, _) if wildcard.free() == 0 => Ok(format!("{} 0", wildcard.first())),
        (Family::V4, _) => Ok(format!(
            "{} {}",
            wildcard.first(),
            Family::V4.addr(wildcard.free())
        )),
    }
}

fn ports(range: Option<(u16, u16)>, protocol: Option<u8>) -> Result<Option<String>, Text> {
    let Some((first, last)) = range else {
        return Ok(None);
    };
    match protocol {
        Some(TCP | UDP) => {}
        Some(SCTP) => return Err(text!("comware-refuse-sctp")),
        _ => return Err(text!("comware-refuse-ports")),
    }
    if first > last {
        return Err(text!("refuse-range", first = first, last = last));
    }
    Ok(match (first, last) {
        // All ports: without the test, so that later fragments are matched for certain, as the draft says.
        (0, u16::MAX) => None,
        _ if first == last => Some(format!("eq {first}")),
        _ => Some(format!("range {first} {last}")),
    })
}
