//! Single lines of the configuration as the device prints them.
//!
//! In: an [`Entry`], a route, a draft. Out: one line or a part of it. Names where the tables have one, numbers elsewhere.
//! Must not know: what stands around the line.

use super::FACTS;
use super::native::{self, Entry};
use super::rules::Rules;
use crate::acl::{Draft, DraftEntry, DraftLine};
use crate::device::{NextHop, Route};
use crate::net::proto::UDP;
use crate::net::{Family, Wildcard};
use crate::vendor::words::netmask;
use ipnet::IpNet;
use std::fmt::Write as _;
use std::net::IpAddr;

/// The first remark in the device's characters, at most as long as it takes.
pub(super) fn remark(draft: &Draft) -> Option<String> {
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

/// A static route; `None` where its form is not known.
pub(super) fn route_line(route: &Route) -> Option<String> {
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
pub(super) fn shown(entry: &DraftEntry) -> String {
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
