//! Native lists and a [`Config`] -> text, as `show running-config` prints it.
//!
//! Ports and ICMP messages are digits: they are always accepted, and need no table of names to be read back.

use super::draft;
use super::names::names;
use super::native::{Body, Entry, Flags, List, Log, Place, PortOp, Ports, Protocol};
use super::redundancy;
use crate::acl::Direction;
use crate::base::Text;
use crate::device::{Config, Interface, InterfaceKind, NextHop, Route};
use crate::net::{Family, TcpFlags, Wildcard};
use crate::text;
use crate::vendor::words::netmask;
use ipnet::IpNet;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv6Addr};

/// Adds a line. Writing to a `String` never fails.
macro_rules! put {
    ($out:expr, $($arg:tt)*) => {
        let _ = writeln!($out, $($arg)*);
    };
}

/// The whole text, or every refusal.
pub(super) fn config(config: &Config) -> Result<String, Vec<Text>> {
    let mut refusals = Vec::new();
    let lists: Vec<List> = config
        .acls
        .iter()
        .map(|acl| draft::list(acl, &mut refusals))
        .collect();
    check_names(config, &lists, &mut refusals);
    let mut out = String::new();
    put!(out, "!\nhostname {}\n!", config.hostname);
    if config.interfaces.iter().any(redundancy::has_vrrp) {
        put!(out, "fhrp version vrrp v3\n!");
    }
    vrfs(config, &mut out);
    if !config.interfaces.is_empty() {
        put!(out, "ip routing\n!");
        if config.interfaces.iter().any(|i| i.carries(Family::V6))
            || config.routes.iter().any(|r| r.prefix.addr().is_ipv6())
        {
            put!(out, "ipv6 unicast-routing\n!");
        }
    }
    for face in &config.interfaces {
        interface(face, &lists, &mut out, &mut refusals);
    }
    for family in Family::BOTH {
        let routes = config
            .routes
            .iter()
            .filter(|r| Family::of_net(&r.prefix) == family);
        routes.for_each(|r| route(r, &mut out, &mut refusals));
        lists
            .iter()
            .filter(|l| l.family == family)
            .for_each(|l| list(l, &mut out));
        put!(out, "!");
    }
    put!(out, "end");
    if refusals.is_empty() {
        Ok(out)
    } else {
        Err(refusals)
    }
}

/// Names that would break a line, or stand for two things.
fn check_names(config: &Config, lists: &[List], refusals: &mut Vec<Text>) {
    let word =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic() && b != b'!');
    let vrfs = config
        .interfaces
        .iter()
        .map(|i| &i.vrf)
        .chain(config.routes.iter().map(|r| &r.vrf));
    let words = vrfs.filter(|vrf| !vrf.is_empty()).chain([&config.hostname]);
    for name in words.collect::<BTreeSet<_>>() {
        if !word(name) {
            refusals.push(text!("ios-refuse-word", name = name));
        }
    }
    let mut seen = BTreeSet::new();
    for list in lists {
        if !seen.insert(&list.name) {
            refusals.push(text!("ios-refuse-same-name", name = &list.name));
        }
    }
}

fn vrfs(config: &Config, out: &mut String) {
    let names: BTreeSet<&String> = config
        .interfaces
        .iter()
        .map(|i| &i.vrf)
        .filter(|vrf| !vrf.is_empty())
        .collect();
    for name in names {
        put!(out, "vrf definition {name}");
        for family in ["ipv4", "ipv6"] {
            put!(out, " !\n address-family {family}\n exit-address-family");
        }
        put!(out, "!");
    }
}

fn interface(face: &Interface, lists: &[List], out: &mut String, refusals: &mut Vec<Text>) {
    match face.kind {
        InterfaceKind::Svi(vlan) => {
            put!(out, "interface Vlan{vlan}");
        }
        InterfaceKind::Routed | InterfaceKind::Loopback | InterfaceKind::Management => {
            let name: String = face.name.split_whitespace().collect();
            let fits = !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic());
            if !fits {
                refusals.push(text!("ios-refuse-word", name = &face.name));
            }
            put!(out, "interface {name}");
            if face.kind == InterfaceKind::Routed {
                put!(out, " no switchport");
            }
        }
    }
    if !face.vrf.is_empty() {
        put!(out, " vrf forwarding {}", face.vrf);
    }
    addresses4(face, out);
    for helper in &face.helpers {
        put!(out, " ip helper-address {helper}");
    }
    bindings(face, Family::V4, lists, out, refusals);
    redundancy::standby(face, out);
    addresses6(face, out);
    bindings(face, Family::V6, lists, out, refusals);
    redundancy::vrrp(face, out);
    refusals.extend(redundancy::refusal(face));
    if face.shutdown {
        put!(out, " shutdown");
    }
    put!(out, "!");
}

/// The first address is the primary one; the device prints it last.
fn addresses4(face: &Interface, out: &mut String) {
    let nets: Vec<_> = face
        .addrs
        .iter()
        .filter_map(|net| match net {
            IpNet::V4(net) => Some(net),
            IpNet::V6(_) => None,
        })
        .collect();
    if let Some((primary, secondary)) = nets.split_first() {
        for net in secondary {
            put!(
                out,
                " ip address {} {} secondary",
                net.addr(),
                netmask(net.prefix_len())
            );
        }
        put!(
            out,
            " ip address {} {}",
            primary.addr(),
            netmask(primary.prefix_len())
        );
    } else {
        put!(out, " no ip address");
    }
}

fn addresses6(face: &Interface, out: &mut String) {
    for net in &face.addrs {
        let IpNet::V6(net) = net else { continue };
        let addr = upper(net.addr());
        if net.addr().is_unicast_link_local() {
            put!(out, " ipv6 address {addr} link-local");
        } else {
            put!(out, " ipv6 address {addr}/{}", net.prefix_len());
        }
    }
    if face.ipv6 {
        put!(out, " ipv6 enable");
    }
}

fn bindings(
    face: &Interface,
    family: Family,
    lists: &[List],
    out: &mut String,
    refusals: &mut Vec<Text>,
) {
    let command = match family {
        Family::V4 => "ip access-group",
        Family::V6 => "ipv6 traffic-filter",
    };
    for direction in [Direction::In, Direction::Out] {
        let Some(binding) = face.binding(family, direction) else {
            continue;
        };
        match lists.get(binding.acl).filter(|list| list.family == family) {
            Some(list) => {
                put!(out, " {command} {} {}", list.name, direction.word());
            }
            None => refusals.push(text!("ios-refuse-binding", interface = &face.name)),
        }
    }
}

fn route(route: &Route, out: &mut String, refusals: &mut Vec<Text>) {
    if route.conditional {
        refusals.push(text!("ios-refuse-track", prefix = route.prefix));
    }
    let vrf = if route.vrf.is_empty() {
        String::new()
    } else {
        format!("vrf {} ", route.vrf)
    };
    let via = match &route.via {
        NextHop::Via(addr) => shown(*addr),
        NextHop::Interface(name, None) => name.clone(),
        NextHop::Interface(name, Some(addr)) => format!("{name} {}", shown(*addr)),
        NextHop::Null => "Null0".to_owned(),
    };
    let distance = if route.distance == 1 {
        String::new()
    } else {
        format!(" {}", route.distance)
    };
    match route.prefix {
        IpNet::V4(net) => {
            put!(
                out,
                "ip route {vrf}{} {} {via}{distance}",
                net.network(),
                netmask(net.prefix_len())
            );
        }
        IpNet::V6(net) => {
            put!(
                out,
                "ipv6 route {vrf}{}/{} {via}{distance}",
                upper(net.network()),
                net.prefix_len()
            );
        }
    }
}

fn shown(addr: IpAddr) -> String {
    match addr {
        IpAddr::V4(addr) => addr.to_string(),
        IpAddr::V6(addr) => upper(addr),
    }
}

/// IOS prints IPv6 in capitals.
pub(super) fn upper(addr: Ipv6Addr) -> String {
    addr.to_string().to_ascii_uppercase()
}

/// A list with its header.
pub(super) fn list(list: &List, out: &mut String) {
    match (list.family, list.standard) {
        (Family::V4, false) => {
            put!(out, "ip access-list extended {}", list.name);
        }
        (Family::V4, true) => {
            put!(out, "ip access-list standard {}", list.name);
        }
        (Family::V6, _) => {
            put!(out, "ipv6 access-list {}", list.name);
        }
    }
    for item in &list.items {
        out.push(' ');
        if let Some(seq) = item.seq {
            let word = if list.family == Family::V6 {
                "sequence "
            } else {
                ""
            };
            let _ = write!(out, "{word}{seq} ");
        }
        match &item.body {
            Body::Remark(text) => {
                put!(out, "remark {text}");
            }
            Body::Entry(body) => {
                entry(body, list.family, list.standard, out);
                out.push('\n');
            }
            // Only drafts are written, and they have no unread lines; kept so that nothing is lost silently.
            Body::Unread { .. } => {
                put!(out, "{}", item.text);
            }
        }
    }
}

pub(super) fn entry(entry: &Entry, family: Family, standard: bool, out: &mut String) {
    // In IPv4 lists `deny` is padded, so that it lines up with `permit`.
    out.push_str(match (entry.permit, family) {
        (true, _) => "permit",
        (false, Family::V4) => "deny  ",
        (false, Family::V6) => "deny",
    });
    if standard {
        place(&entry.src, out);
    } else {
        extended(entry, family, out);
    }
    match entry.log {
        Log::No => {}
        Log::Plain => out.push_str(" log"),
        Log::Input => out.push_str(" log-input"),
    }
}

fn extended(entry: &Entry, family: Family, out: &mut String) {
    let service = &entry.service;
    out.push(' ');
    out.push_str(&protocol(&service.protocol, family));
    place(&entry.src, out);
    ports(service.sport.as_ref(), out);
    place(&entry.dst, out);
    ports(service.dport.as_ref(), out);
    if let Some(icmp) = &service.icmp {
        match (&icmp.name, icmp.code) {
            (Some(name), _) => out.push_str(&format!(" {name}")),
            (None, None) => out.push_str(&format!(" {}", icmp.kind)),
            (None, Some(code)) => out.push_str(&format!(" {} {code}", icmp.kind)),
        }
    }
    if let Some(flags) = service.flags {
        flag_words(flags, out);
    }
    for condition in &entry.conditions {
        let printed = condition.strip_prefix("igmp ").unwrap_or(condition);
        out.push_str(&format!(" {printed}"));
    }
    if entry.fragments {
        out.push_str(" fragments");
    }
}

fn protocol(protocol: &Protocol, family: Family) -> String {
    match protocol {
        Protocol::Any if family == Family::V6 => "ipv6".to_owned(),
        Protocol::Any => "ip".to_owned(),
        Protocol::Number(number) => names()
            .protocol_name(*number, family)
            .map_or_else(|| number.to_string(), str::to_owned),
        Protocol::TcpUdp => "tcp-udp".to_owned(),
        Protocol::Group(name) => format!("object-group {name}"),
    }
}

fn place(place: &Place, out: &mut String) {
    let text = match place {
        Place::Group(name) => format!("object-group {name}"),
        Place::Is(wildcard) => wildcard_words(wildcard),
    };
    out.push(' ');
    out.push_str(&text);
}

fn wildcard_words(wildcard: &Wildcard) -> String {
    let family = wildcard.family();
    if wildcard.is_any() {
        return "any".to_owned();
    }
    if wildcard.free() == 0 {
        return format!("host {}", shown(wildcard.first()));
    }
    match (family, wildcard.as_prefix()) {
        (Family::V6, Some(net)) => format!("{}/{}", shown(net.addr()), net.prefix_len()),
        _ => format!("{} {}", wildcard.first(), family.addr(wildcard.free())),
    }
}

fn ports(test: Option<&Ports>, out: &mut String) {
    let Some(Ports { op, ports }) = test else {
        return;
    };
    out.push_str(match op {
        PortOp::Eq => " eq",
        PortOp::Neq => " neq",
        PortOp::Lt => " lt",
        PortOp::Gt => " gt",
        PortOp::Range => " range",
    });
    for port in ports {
        out.push_str(&format!(" {port}"));
    }
}

fn flag_words(flags: Flags, out: &mut String) {
    let signed = |set: TcpFlags, clear: TcpFlags| {
        let signs = set
            .names()
            .map(|n| ('+', n))
            .chain(clear.names().map(|n| ('-', n)));
        signs.fold(String::new(), |text, (sign, name)| {
            format!("{text} {sign}{name}")
        })
    };
    let text = match flags {
        Flags::Established => " established".to_owned(),
        Flags::Words(set) => set
            .names()
            .fold(String::new(), |text, name| format!("{text} {name}")),
        Flags::All { set, clear } => format!(" match-all{}", signed(set, clear)),
        Flags::Any { set, clear } => format!(" match-any{}", signed(set, clear)),
    };
    out.push_str(&text);
}
