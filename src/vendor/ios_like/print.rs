//! Native lists -> text, in the style of a dialect.
//!
//! Ports and ICMP messages are digits: they are always accepted, and need no table of names to be read back.

use super::native::{Body, Entry, Flags, List, Log, Place, PortOp, Ports, Protocol};
use super::{Kin, Named, pick};
use crate::net::{Family, TcpFlags};
use std::net::{IpAddr, Ipv6Addr};

/// A list with its header.
pub(in crate::vendor) fn list(list: &List, kin: &'static Kin, out: &mut String) {
    let style = &kin.style;
    out.push_str(&(style.head)(list));
    out.push('\n');
    for item in &list.items {
        out.push_str(style.indent);
        if let Some(seq) = item.seq {
            let word = pick(style.sequence, list.family);
            out.push_str(&format!("{word}{seq} "));
        }
        match &item.body {
            Body::Remark(text) => out.push_str(&format!("{} {text}", kin.syntax.remark)),
            Body::Entry(body) => entry(body, list.family, list.standard, kin, out),
            // Only drafts are written, and they have no such lines; kept so that nothing is lost silently.
            Body::Unread { .. } | Body::Later { .. } => out.push_str(&item.text),
        }
        out.push('\n');
    }
}

pub(in crate::vendor) fn entry(
    entry: &Entry,
    family: Family,
    standard: bool,
    kin: &'static Kin,
    out: &mut String,
) {
    out.push_str(if entry.permit {
        "permit"
    } else {
        pick(kin.style.deny, family)
    });
    if standard {
        place(&entry.src, kin, out);
    } else {
        extended(entry, family, kin, out);
    }
    match entry.log {
        Log::No => {}
        Log::Plain => out.push_str(" log"),
        Log::Input => out.push_str(" log-input"),
    }
}

fn extended(entry: &Entry, family: Family, kin: &'static Kin, out: &mut String) {
    let service = &entry.service;
    out.push(' ');
    out.push_str(&protocol(&service.protocol, family, kin));
    place(&entry.src, kin, out);
    ports(service.sport.as_ref(), kin, out);
    place(&entry.dst, kin, out);
    ports(service.dport.as_ref(), kin, out);
    if let Some(icmp) = &service.icmp {
        if kin.style.icmp_type {
            out.push_str(" icmp-type");
        }
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
        out.push_str(&format!(" {}", kin.syntax.fragments));
    }
}

fn protocol(protocol: &Protocol, family: Family, kin: &'static Kin) -> String {
    match protocol {
        Protocol::Any => pick(kin.syntax.any, family).to_owned(),
        Protocol::Number(number) => kin.names().protocol_name(*number, family).map_or_else(
            || behind(kin.syntax.protocol_word, &number.to_string()),
            str::to_owned,
        ),
        Protocol::TcpUdp => "tcp-udp".to_owned(),
        Protocol::Group(name) => behind(kin.syntax.service_group, name),
    }
}

fn behind(word: Option<&str>, name: &str) -> String {
    word.map_or_else(|| name.to_owned(), |word| format!("{word} {name}"))
}

fn place(place: &Place, kin: &'static Kin, out: &mut String) {
    let text = match (place, kin.syntax.address_group) {
        (Place::Group(name), Named::Behind(word)) => behind(Some(word), name),
        (Place::Group(name), Named::Bare | Named::Never) => name.clone(),
        (Place::Is(wildcard), _) => (kin.style.place)(wildcard),
        (Place::Mask(free, fixed), _) => {
            let dotted = |bits: u128| free.family().addr(bits).to_string();
            format!(
                "{} {}",
                dotted(free.value() | fixed.value()),
                dotted(free.free())
            )
        }
    };
    out.push(' ');
    out.push_str(&text);
}

fn ports(test: Option<&Ports>, kin: &'static Kin, out: &mut String) {
    let (op, ports) = match test {
        None => return,
        Some(Ports::Group(name)) => {
            out.push_str(&format!(" {}", behind(kin.syntax.port_group, name)));
            return;
        }
        Some(Ports::Test(op, ports)) => (op, ports),
    };
    out.push(' ');
    out.push_str(match op {
        PortOp::Eq => "eq",
        PortOp::Neq => kin.syntax.neq,
        PortOp::Lt => "lt",
        PortOp::Gt => "gt",
        PortOp::Range => "range",
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

/// An address as printed; IPv6 in capitals or not.
pub(in crate::vendor) fn shown(addr: IpAddr, capitals: bool) -> String {
    match addr {
        IpAddr::V6(addr) if capitals => upper(addr),
        addr => addr.to_string(),
    }
}

/// IOS prints IPv6 in capitals.
pub(in crate::vendor) fn upper(addr: Ipv6Addr) -> String {
    addr.to_string().to_ascii_uppercase()
}
