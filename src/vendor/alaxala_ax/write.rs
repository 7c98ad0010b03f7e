//! A [`Config`] -> text in the form that the device prints, or every reason why not.
//!
//! In: interfaces, routes, drafts. Out: two-space indentation, `!` between blocks, bindings before lists, sequence numbers in
//! tens. Only the core of the grammar is written: `eq`, `range` inbound, the flag word `ack`, numbers for ICMP; never
//! `established`, never `log` (the device has none), one `remark` per list. Never a weaker filter.
//! Must not know: the policy.

use super::native::{self, Entry};
use super::rules::{self, Rules};
use super::{FACTS, IN_MODE, OUT_MODE, convert, list};
use crate::acl::{Direction, Draft, DraftEntry, DraftLine, Known};
use crate::base::Text;
use crate::device::{Binding, Config, Interface, InterfaceKind, NextHop, Route};
use crate::net::proto::UDP;
use crate::net::{Family, TcpFlags, Wildcard};
use crate::text;
use crate::vendor::words::netmask;
use ipnet::IpNet;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::IpAddr;

/// The step between sequence numbers.
const STEP: usize = 10;

/// Text and refusals on the way.
struct Writer<'a> {
    config: &'a Config,
    out: String,
    refused: Vec<Text>,
}

/// Writes a configuration.
///
/// # Errors
/// Everything that the dialect cannot say.
pub(super) fn text(config: &Config) -> Result<String, Vec<Text>> {
    let mut writer = Writer {
        config,
        out: String::new(),
        refused: Vec::new(),
    };
    writer.hostname();
    writer.modes();
    for interface in &config.interfaces {
        writer.interface(interface);
    }
    writer.routes();
    writer.names();
    for (index, draft) in config.acls.iter().enumerate() {
        let outbound = config.interfaces.iter().any(|i| {
            let out = |b: &&Binding| b.acl == index && b.direction == Direction::Out;
            i.bindings.iter().find(out).is_some()
        });
        writer.list(draft, outbound);
    }
    if writer.refused.is_empty() {
        Ok(writer.out)
    } else {
        Err(writer.refused)
    }
}

/// A word that needs no quotes and no second thought.
fn is_plain(word: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    !word.is_empty() && word.bytes().all(plain)
}

impl Writer<'_> {
    fn line(&mut self, indent: usize, line: &str) {
        let _ = writeln!(self.out, "{:indent$}{line}", ""); // writing to a string cannot fail
    }

    fn end(&mut self) {
        self.line(0, "!");
    }

    fn refuse(&mut self, why: Text) {
        self.refused.push(why);
    }

    fn hostname(&mut self) {
        let name = &self.config.hostname;
        if !is_plain(name) {
            self.refuse(text!("ax-refuse-hostname", name = name));
        }
        self.line(0, &format!("hostname \"{name}\""));
        self.end();
    }

    fn modes(&mut self) {
        let lines = [(IN_MODE, "mode"), (OUT_MODE, "out mode")];
        let mut any = false;
        for (key, word) in lines {
            let Some(mode) = self.config.options.get(key) else {
                continue;
            };
            if !is_plain(mode) {
                self.refuse(text!("ax-refuse-mode", mode = mode));
            }
            self.line(0, &format!("flow detection {word} {mode}"));
            any = true;
        }
        if any {
            self.end();
        }
    }

    fn interface(&mut self, interface: &Interface) {
        let head = match interface.kind {
            InterfaceKind::Svi(id) => format!("vlan {id}"),
            InterfaceKind::Loopback => "loopback 0".to_owned(),
            InterfaceKind::Management => "mgmt 0".to_owned(),
            InterfaceKind::Routed => {
                self.refuse(text!("ax-refuse-routed", name = &interface.name));
                return;
            }
        };
        if !interface.vrf.is_empty() {
            self.refuse(text!("ax-refuse-vrf", name = &interface.name));
        }
        self.line(0, &format!("interface {head}"));
        self.addresses(interface);
        for helper in &interface.helpers {
            self.line(2, &format!("ip helper-address {helper}"));
        }
        for (index, addr) in interface.virtuals.iter().enumerate() {
            let word = if addr.is_ipv4() { "ip" } else { "ipv6" };
            self.line(2, &format!("vrrp {} {word} {addr}", index + 1));
        }
        for (index, binding) in interface.bindings.iter().enumerate() {
            let twice = interface
                .bindings
                .iter()
                .take(index)
                .any(|b| (b.family, b.direction) == (binding.family, binding.direction));
            if twice {
                self.refuse(text!("ax-refuse-second-binding", name = &interface.name));
            }
            self.binding(interface, binding);
        }
        if interface.shutdown {
            self.line(2, "shutdown");
        }
        self.end();
    }

    fn addresses(&mut self, interface: &Interface) {
        let mut secondary = "";
        for net in &interface.addrs {
            match net {
                IpNet::V4(net)
                    if interface.kind == InterfaceKind::Loopback && net.prefix_len() == 32 =>
                {
                    self.line(2, &format!("ip address {}", net.addr()));
                }
                IpNet::V4(net) => {
                    let mask = netmask(net.prefix_len());
                    self.line(2, &format!("ip address {} {mask}{secondary}", net.addr()));
                    secondary = " secondary";
                }
                IpNet::V6(net) => self.line(2, &format!("ipv6 address {net}")),
            }
        }
        let has_v6 = interface.addrs.iter().any(|net| net.addr().is_ipv6());
        if interface.ipv6 && !has_v6 {
            self.line(2, "ipv6 enable");
        }
    }

    fn binding(&mut self, interface: &Interface, binding: &Binding) {
        let Some(draft) = self.config.acls.get(binding.acl) else {
            self.refuse(text!("ax-refuse-binding", name = &interface.name));
            return;
        };
        if draft.family != binding.family {
            self.refuse(text!("ax-refuse-binding", name = &interface.name));
        }
        let command = match binding.family {
            Family::V4 => "ip access-group",
            Family::V6 => "ipv6 traffic-filter",
        };
        if binding.family == Family::V6 {
            self.mode_has_ipv6(&draft.name, binding.direction == Direction::Out);
        }
        let direction = binding.direction.word();
        self.line(2, &format!("{command} {} {direction}", draft.name));
    }

    /// An IPv6 list in a mode without IPv6 filters is a command that the device refuses: a hole.
    fn mode_has_ipv6(&mut self, list: &str, outbound: bool) {
        let key = if outbound { OUT_MODE } else { IN_MODE };
        let mode = self.config.options.get(key).map(String::as_str);
        let rules = Rules::new(self.config.model.as_deref(), false);
        let fits: Vec<_> = rules::modes_with_ipv6(outbound).collect();
        let fits = fits.join(", ");
        match mode {
            None => self.refuse(text!(
                "ax-refuse-no-mode",
                list = list,
                option = key,
                fits = fits,
                fact = "flow-mode-default-lacks-ipv6"
            )),
            Some(mode) if rules.ipv6_lists(outbound, Some(mode)) == Known::No => {
                self.refuse(text!(
                    "ax-refuse-ipv6-mode",
                    list = list,
                    option = key,
                    mode = mode,
                    fits = fits
                ));
            }
            Some(_) => {}
        }
    }

    fn routes(&mut self) {
        for route in &self.config.routes {
            match route_line(route) {
                Some(line) => self.line(0, &line),
                None => self.refuse(text!("ax-refuse-route", prefix = route.prefix)),
            }
        }
        if !self.config.routes.is_empty() {
            self.end();
        }
    }

    /// Names of lists: their form, and each once (one name cannot be used for two kinds of list).
    fn names(&mut self) {
        let limit = FACTS.limit("name");
        let mut count: BTreeMap<&str, u32> = BTreeMap::new();
        for draft in &self.config.acls {
            let name = draft.name.as_str();
            let digits = name.bytes().all(|b| b.is_ascii_digit());
            if !is_plain(name) || digits || name.len() > limit {
                self.refuse(text!("ax-refuse-name", name = name, limit = limit));
            }
            let count = count.entry(name).or_default();
            *count += 1;
            if *count == 2 {
                self.refuse(text!("ax-refuse-name-twice", name = name));
            }
        }
    }

    fn list(&mut self, draft: &Draft, outbound: bool) {
        if draft.entries().next().is_none() {
            self.refuse(text!(
                "ax-refuse-empty",
                name = &draft.name,
                fact = "empty-list-permits"
            ));
        }
        self.line(0, &format!("{} {}", list::header(draft.family), draft.name));
        if let Some(remark) = remark(draft) {
            self.line(2, &format!("remark \"{remark}\""));
        }
        for (index, entry) in draft.entries().enumerate() {
            let seq = (index + 1) * STEP;
            let family = draft.family;
            let whole = entry.src.family() == family && entry.dst.family() == family;
            let native = if whole {
                convert::entry(entry, outbound)
            } else {
                Err(text!("ax-refuse-family"))
            };
            match native {
                Ok(native) => {
                    let line = entry_line(&native, family);
                    self.line(2, &format!("{seq} {line}"));
                }
                Err(why) => self.refuse(text!(
                    "ax-refuse-entry",
                    list = &draft.name,
                    seq = seq,
                    entry = shown(entry),
                    why = why
                )),
            }
        }
        self.end();
    }
}

/// The first remark in the device's characters, at most as long as it takes.
fn remark(draft: &Draft) -> Option<String> {
    let first = draft.lines.iter().find_map(|line| match line {
        DraftLine::Remark(text) => Some(text),
        DraftLine::Entry(_) => None,
    })?;
    let plain = first
        .chars()
        .map(|c| if c == '"' { '\'' } else { c })
        .filter(|c| (' '..='~').contains(c))
        .take(FACTS.limit("remark"));
    Some(plain.collect::<String>().trim().to_owned()).filter(|text| !text.is_empty())
}

fn route_line(route: &Route) -> Option<String> {
    if !route.vrf.is_empty() || route.conditional {
        return None;
    }
    let mut line = match route.prefix {
        IpNet::V4(net) => format!("ip route {} {}", net.network(), netmask(net.prefix_len())),
        IpNet::V6(net) => format!("ipv6 route {}", net.trunc()),
    };
    let v4 = route.prefix.addr().is_ipv4();
    let via = match &route.via {
        NextHop::Via(addr) if addr.is_ipv4() == v4 && !is_link_local(*addr) => addr.to_string(),
        NextHop::Interface(name, Some(addr)) if !v4 && is_link_local(*addr) && is_vlan(name) => {
            format!("{addr} {name}")
        }
        NextHop::Interface(name, None) if is_vlan(name) => name.clone(),
        NextHop::Null => "null 0".to_owned(),
        NextHop::Via(_) | NextHop::Interface(..) => return None,
    };
    line.push(' ');
    line.push_str(&via);
    if route.distance > Rules::default_distance() {
        let _ = write!(line, " {}", route.distance); // writing to a string cannot fail
    }
    Some(line)
}

fn is_link_local(addr: IpAddr) -> bool {
    matches!(addr, IpAddr::V6(addr) if addr.is_unicast_link_local())
}

fn is_vlan(name: &str) -> bool {
    let id = name.strip_prefix("vlan ");
    id.is_some_and(|id| id.parse::<u16>().is_ok())
}

/// An entry behind its sequence number.
pub(super) fn entry_line(entry: &Entry, family: Family) -> String {
    let mut line = String::with_capacity(80);
    line.push_str(if entry.permit { "permit " } else { "deny " });
    match entry.protocol {
        None => line.push_str(native::any_word(family)),
        Some(number) => match native::protocol_name(family, number) {
            Some(name) => line.push_str(name),
            None => line.push_str(&number.to_string()),
        },
    }
    let udp = entry.protocol == Some(UDP);
    for (addr, ports) in [(entry.src, entry.sport), (entry.dst, entry.dport)] {
        line.push(' ');
        line.push_str(&address(addr));
        line.push_str(&port_words(udp, ports));
    }
    for name in entry.flags.names() {
        line.push(' ');
        line.push_str(name);
    }
    if let Some((kind, code)) = entry.icmp {
        let _ = write!(line, " {kind}"); // writing to a string cannot fail
        if let Some(code) = code {
            let _ = write!(line, " {code}");
        }
    }
    debug_assert!(entry.flags == TcpFlags::default() || entry.flags == TcpFlags::ACK);
    line
}

fn address(addr: Wildcard) -> String {
    let family = addr.family();
    match addr.as_prefix() {
        _ if addr.is_any() => "any".to_owned(),
        Some(net) if u32::from(net.prefix_len()) == family.bits() => format!("host {}", net.addr()),
        Some(net) if family == Family::V6 => net.to_string(),
        _ => format!("{} {}", addr.first(), family.addr(addr.free())),
    }
}

fn port_words(udp: bool, ports: Option<(u16, u16)>) -> String {
    let word = |port: u16| match native::port_name(udp, port) {
        Some(name) => name.to_owned(),
        None => port.to_string(),
    };
    match ports {
        None => String::new(),
        Some((first, last)) if first == last => format!(" eq {}", word(first)),
        Some((first, last)) => format!(" range {} {}", word(first), word(last)),
    }
}

/// A draft in words that every vendor has, for a refusal.
fn shown(entry: &DraftEntry) -> String {
    let protocol = entry
        .protocol
        .map_or_else(|| "ip".to_owned(), crate::net::proto::name);
    let ports = |range: Option<(u16, u16)>| match range {
        None => String::new(),
        Some((first, last)) if first == last => format!(":{first}"),
        Some((first, last)) => format!(":{first}-{last}"),
    };
    format!(
        "{} {protocol} {}{} -> {}{}",
        if entry.permit { "permit" } else { "deny" },
        entry.src,
        ports(entry.sport),
        entry.dst,
        ports(entry.dport),
    )
}
