//! A [`Config`] -> a file for `nft -f`, or every reason why not.
//!
//! In: interfaces, routes, drafts. Out: one table `inet aclc` that replaces itself in one transaction; a chain per list, a
//! forward chain that gives packets to the in-list, then to the out-list, and an input chain for packets to own addresses.
//! A permit is `return`, since `accept` would leave out the out-list. Addresses, routes and kernel switches stand in front,
//! in comments that begin with `#@`. Must not know: the policy.

use super::FACTS;
use super::print::{Step, chains};
use crate::acl::{Direction, Draft, DraftEntry, DraftLine};
use crate::base::Text;
use crate::device::{Binding, Config, Interface, InterfaceKind, NextHop, Route};
use crate::net::proto::{SCTP, TCP, UDP};
use crate::net::{ByteSet, Family, FlagSet, Match, PortSet, PositionSet};
use crate::text;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Writes a configuration.
///
/// # Errors
/// Everything that the dialect cannot say.
pub(super) fn text(config: &Config) -> Result<String, Vec<Text>> {
    let mut writer = Writer {
        config,
        out: String::from("#!/usr/sbin/nft -f\n"),
        refused: Vec::new(),
    };
    writer.system();
    writer
        .out
        .push_str("table inet aclc\ndelete table inet aclc\ntable inet aclc {\n");
    writer.names();
    for draft in &config.acls {
        writer.list(draft);
    }
    writer.hook("forward", &[Direction::In, Direction::Out]);
    writer.out.push('\n');
    writer.hook("input", &[Direction::In]);
    writer.out.push_str("}\n");
    match writer.refused.is_empty() {
        true => Ok(writer.out),
        false => Err(writer.refused),
    }
}

struct Writer<'a> {
    config: &'a Config,
    out: String,
    refused: Vec<Text>,
}

/// A word that needs no quotes anywhere.
fn is_plain(word: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    !word.is_empty() && word.bytes().all(plain)
}

/// The name of an interface on this system: `vlan 10` is `vlan10`.
fn device_name(interface: &Interface) -> String {
    match interface.kind {
        InterfaceKind::Svi(id) => format!("vlan{id}"),
        InterfaceKind::Loopback => "lo".to_owned(),
        InterfaceKind::Routed | InterfaceKind::Management => interface.name.clone(),
    }
}

impl Writer<'_> {
    fn say(&mut self, line: &str) {
        let _ = writeln!(self.out, "#@ {line}"); // writing to a string cannot fail
    }

    /// What the machine needs besides rules.
    fn system(&mut self) {
        let name = &self.config.hostname;
        if !is_plain(name) {
            self.refused.push(text!("nft-refuse-hostname", name = name));
        }
        self.say(&format!("hostname {name}"));
        for switch in [
            "net.ipv4.ip_forward=1",
            "net.ipv6.conf.all.forwarding=1",
            "net.ipv4.conf.all.rp_filter=0",
            "net.ipv4.conf.default.rp_filter=0",
        ] {
            self.say(&format!("sysctl -w {switch}"));
        }
        for interface in &self.config.interfaces {
            self.interface(interface);
        }
        for route in &self.config.routes {
            self.route(route);
        }
    }

    fn interface(&mut self, interface: &Interface) {
        let name = device_name(interface);
        let named = is_plain(&name) && name.len() <= FACTS.limit("interface-name");
        if !named {
            self.refused
                .push(text!("nft-refuse-interface", name = &interface.name));
        }
        if !interface.vrf.is_empty() {
            self.refused
                .push(text!("nft-refuse-vrf", name = &interface.name));
        }
        if !interface.virtuals.is_empty() {
            self.refused
                .push(text!("nft-refuse-virtual", name = &interface.name));
        }
        let has_v6 = interface.addrs.iter().any(|net| net.addr().is_ipv6());
        let off = u8::from(!interface.ipv6 && !has_v6);
        self.say(&format!(
            "sysctl -w net.ipv6.conf.{name}.disable_ipv6={off}"
        ));
        for addr in &interface.addrs {
            self.say(&format!("ip address add {addr} dev {name}"));
        }
        if !interface.helpers.is_empty() {
            let servers: Vec<String> = interface.helpers.iter().map(ToString::to_string).collect();
            self.say(&format!("dhcrelay -4 -i {name} {}", servers.join(" ")));
        }
        if interface.shutdown {
            self.say(&format!("ip link set dev {name} down"));
        }
    }

    fn route(&mut self, route: &Route) {
        let device = |name: &str| {
            let known = self.config.interfaces.iter().find(|i| i.name == name);
            known.map(device_name)
        };
        let prefix = route.prefix.trunc();
        let line = match &route.via {
            NextHop::Via(addr) => Some(format!("{prefix} via {addr}")),
            NextHop::Interface(name, addr) => device(name).map(|name| match addr {
                Some(addr) => format!("{prefix} via {addr} dev {name}"),
                None => format!("{prefix} dev {name}"),
            }),
            NextHop::Null => Some(format!("blackhole {prefix}")),
        };
        let plain = route.vrf.is_empty() && !route.conditional;
        match line.filter(|_| plain) {
            Some(line) if route.distance > 1 => {
                self.say(&format!("ip route add {line} metric {}", route.distance));
            }
            Some(line) => self.say(&format!("ip route add {line}")),
            None => self
                .refused
                .push(text!("nft-refuse-route", prefix = route.prefix)),
        }
    }

    /// Names of chains: no word of the language, each once. A blank line of the language has no underscore.
    fn names(&mut self) {
        let mut seen = BTreeSet::from(["forward", "input"]);
        for draft in &self.config.acls {
            let name = draft.name.as_str();
            let letter = name.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
            let form = is_plain(name) && letter && name.contains('_') && !name.ends_with("_later");
            if !form || name.len() > FACTS.limit("name") {
                self.refused.push(text!("nft-refuse-name", name = name));
            }
            if !seen.insert(name) {
                self.refused
                    .push(text!("nft-refuse-name-twice", name = name));
            }
        }
    }

    fn list(&mut self, draft: &Draft) {
        let mut steps = Vec::new();
        let mut remark = None;
        for line in &draft.lines {
            let entry = match line {
                DraftLine::Remark(text) => {
                    remark = comment(text);
                    continue;
                }
                DraftLine::Entry(entry) => entry,
            };
            match boxes(entry, draft.family) {
                Some(boxes) => steps.push(Step {
                    boxes,
                    permit: entry.permit,
                    log: entry.log,
                    comment: remark.take(),
                    counted: false,
                }),
                None => self
                    .refused
                    .push(text!("nft-refuse-entry", list = &draft.name)),
            }
        }
        if steps.is_empty() {
            self.refused
                .push(text!("nft-refuse-empty", name = &draft.name));
        }
        self.out
            .push_str(&chains(&draft.name, draft.family, &steps));
        self.out.push('\n');
    }

    /// A base chain that gives packets to the lists of some directions.
    fn hook(&mut self, hook: &str, directions: &[Direction]) {
        let _ = write!(
            self.out,
            "\tchain {hook} {{\n\t\ttype filter hook {hook} priority filter; policy accept;\n"
        );
        for direction in directions {
            for interface in &self.config.interfaces {
                for binding in &interface.bindings {
                    if binding.direction == *direction {
                        self.dispatch(interface, binding);
                    }
                }
            }
        }
        self.out.push_str("\t}\n");
    }

    fn dispatch(&mut self, interface: &Interface, binding: &Binding) {
        let Some(draft) = self.config.acls.get(binding.acl) else {
            self.refused
                .push(text!("nft-refuse-interface", name = &interface.name));
            return;
        };
        let family = match binding.family {
            Family::V4 => "ipv4",
            Family::V6 => "ipv6",
        };
        let word = match binding.direction {
            Direction::In => "iifname",
            Direction::Out => "oifname",
        };
        let _ = writeln!(
            self.out,
            "\t\tmeta nfproto {family} {word} \"{}\" jump {}",
            device_name(interface),
            draft.name
        );
    }
}

/// A comment in characters that need no escape, at most as long as the kernel keeps.
fn comment(text: &str) -> Option<String> {
    let plain = text.chars().map(|c| if c == '"' { '\'' } else { c });
    let plain: String = plain
        .filter(|c| (' '..='~').contains(c))
        .take(FACTS.limit("comment"))
        .collect();
    Some(plain.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The packets of an entry. A permit takes along later fragments of its addresses and protocol, a deny does not (D8): what
/// follows decides about them.
fn boxes(entry: &DraftEntry, family: Family) -> Option<Vec<Match>> {
    if entry.src.family() != family || entry.dst.family() != family {
        return None;
    }
    let ports = |range: Option<(u16, u16)>| {
        range.map_or_else(PortSet::full, |(first, last)| PortSet::range(first, last))
    };
    let ported = entry.sport.is_some() || entry.dport.is_some();
    let fits = match entry.protocol {
        Some(TCP) => entry.icmp.is_none(),
        Some(UDP | SCTP) => entry.icmp.is_none() && !entry.established,
        Some(number) if number == Match::icmp_of(family) => !ported && !entry.established,
        Some(_) | None => !ported && !entry.established && entry.icmp.is_none(),
    };
    if !fits {
        return None;
    }
    let base = Match {
        protocol: entry.protocol.map_or(ByteSet::FULL, ByteSet::one),
        ..Match::pair(entry.src, entry.dst)
    };
    let behind = ported || entry.established || entry.icmp.is_some();
    if !behind {
        return Some(vec![base]);
    }
    let one = |byte: Option<u8>| byte.map_or(ByteSet::FULL, ByteSet::one);
    let with = Match {
        sport: ports(entry.sport),
        dport: ports(entry.dport),
        flags: if entry.established {
            FlagSet::established()
        } else {
            FlagSet::FULL
        },
        icmp_type: one(entry.icmp.map(|(kind, _)| kind)),
        icmp_code: one(entry.icmp.and_then(|(_, code)| code)),
        position: PositionSet::L4,
        ..base.clone()
    };
    let mut all = vec![with];
    if entry.permit {
        all.push(base.without_l4(PositionSet::LATER));
    }
    Some(all)
}
