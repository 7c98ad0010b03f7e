//! One entry of a list: text -> native.
//!
//! A line is read to its end or carries [`Entry::unread`]; what was read before that only ever narrows, so it still bounds
//! the entry (D10). A list of ports or flags that breaks off at an unknown word bounds nothing: the word may be one more.

use super::names::Arguments;
use super::native::{Entry, Flags, Icmp, Log, Place, PortOp, Ports, Protocol, Service};
use super::{Deed, Kin, Named, pick};
use crate::net::proto::{ICMP, ICMPV6, SCTP, TCP, UDP};
use crate::net::{Family, TcpFlags};
use crate::vendor::words::{Words, ipv4, wildcard4};
use std::net::IpAddr;

const IGMP: u8 = 2;

/// An entry from `permit` or `deny` on; `None` if there is neither.
pub(in crate::vendor) fn read(
    mut words: Words<'_>,
    family: Family,
    standard: bool,
    kin: &'static Kin,
) -> Option<Entry> {
    let mut actions = kin.syntax.actions.iter();
    let (_, deed) = actions.find(|(word, _)| words.eat(word))?;
    let mut entry = Entry::any(*deed == Deed::Permit, family);
    entry.aside = *deed == Deed::Aside;
    let read = if standard {
        standard_body(&mut words, family, &mut entry, kin)
    } else {
        extended_body(&mut words, family, &mut entry, kin)
    };
    if entry.unread.is_none() && (read.is_none() || !words.is_end()) {
        entry.unread = Some(words.peek().unwrap_or_default().to_owned());
    }
    Some(entry)
}

/// `any`, `host A`, `A`, `A WILDCARD`, `A, wildcard bits W`; then `log`.
fn standard_body(
    words: &mut Words<'_>,
    family: Family,
    entry: &mut Entry,
    kin: &'static Kin,
) -> Option<()> {
    if kin.syntax.standard_masks
        && let Some((addr, mask)) = words.attempt(|w| Some((w.read(ipv4)?, w.read(ipv4)?)))
    {
        let fixed = wildcard4(addr, !mask);
        entry.src = Place::Mask(wildcard4(addr, mask), fixed);
        return standard_tail(words, entry);
    }
    let source = (kin.syntax.place)(words, family).or_else(|| {
        words.attempt(|w| {
            let word = w.next()?;
            let addr = ipv4(word.trim_end_matches(','))?;
            if w.eat_all("wildcard bits") {
                return Some(wildcard4(addr, w.read(ipv4)?));
            }
            Some(crate::net::Wildcard::host(IpAddr::V4(addr)))
        })
    })?;
    entry.src = Place::Is(source);
    standard_tail(words, entry)
}

fn standard_tail(words: &mut Words<'_>, entry: &mut Entry) -> Option<()> {
    if words.eat("log") {
        entry.log = Log::Plain;
    }
    Some(())
}

fn extended_body(
    words: &mut Words<'_>,
    family: Family,
    entry: &mut Entry,
    kin: &'static Kin,
) -> Option<()> {
    leading_vlan(words, entry)?;
    entry.service.protocol = protocol(words, family, kin)?;
    let ports = has_ports(&entry.service.protocol);
    entry.src = place(words, family, kin)?;
    if ports {
        entry.service.sport = port_test(words, kin).ok()?;
    }
    match place(words, family, kin) {
        Some(place) => entry.dst = place,
        None => {
            entry.service.sport = entry.service.sport.take().filter(is_closed);
            return None;
        }
    }
    if ports {
        entry.service.dport = port_test(words, kin).ok()?;
    }
    let start = words.column();
    let read = tail(words, family, entry, kin);
    if read.is_none() {
        if words.column() == start {
            entry.service.dport = entry.service.dport.take().filter(is_closed);
        }
        entry.service.flags = None;
    }
    if entry.fragments && entry.service.has_l4() {
        // Rejected by the device: a later fragment has no L4 header. Bounded by addresses and protocol.
        entry.fragments = false;
        entry.service = Service {
            protocol: entry.service.protocol.clone(),
            ..Service::any()
        };
        entry.unread = Some(kin.syntax.fragments.to_owned());
        return None;
    }
    read
}

/// Whether the test cannot go on behind its last port.
fn is_closed(ports: &Ports) -> bool {
    !matches!(ports, Ports::Test(PortOp::Eq | PortOp::Neq, _))
}

fn has_ports(protocol: &Protocol) -> bool {
    matches!(
        protocol,
        Protocol::Number(TCP | UDP | SCTP) | Protocol::TcpUdp
    )
}

fn protocol(words: &mut Words<'_>, family: Family, kin: &'static Kin) -> Option<Protocol> {
    if kin.syntax.service_group.is_some_and(|word| words.eat(word)) {
        return words.next().map(|name| Protocol::Group(name.to_owned()));
    }
    if words.eat(pick(kin.syntax.any, family)) {
        return Some(Protocol::Any);
    }
    if kin.syntax.protocol_word.is_some_and(|word| words.eat(word)) {
        return words.number().map(Protocol::Number);
    }
    words
        .read(|word| kin.names().protocol(word, family))
        .map(Protocol::Number)
}

fn place(words: &mut Words<'_>, family: Family, kin: &'static Kin) -> Option<Place> {
    match kin.syntax.address_group {
        Named::Behind(word) if words.eat(word) => {
            words.next().map(|name| Place::Group(name.to_owned()))
        }
        Named::Bare => (kin.syntax.place)(words, family)
            .map(Place::Is)
            .or_else(|| words.next().map(|name| Place::Group(name.to_owned()))),
        Named::Behind(_) | Named::Never => (kin.syntax.place)(words, family).map(Place::Is),
    }
}

/// A test of one port field, if one comes next; `Err` if one comes that is not understood.
pub(in crate::vendor) fn port_test(
    words: &mut Words<'_>,
    kin: &'static Kin,
) -> Result<Option<Ports>, ()> {
    let syntax = &kin.syntax;
    if syntax.port_group.is_some_and(|word| words.eat(word)) {
        return words
            .next()
            .map(|name| Some(Ports::Group(name.to_owned())))
            .ok_or(());
    }
    let op = match words.peek() {
        Some("eq") => PortOp::Eq,
        Some(word) if word == syntax.neq => PortOp::Neq,
        Some("lt") => PortOp::Lt,
        Some("gt") => PortOp::Gt,
        Some("range") => PortOp::Range,
        _ => return Ok(None),
    };
    let read = words.attempt(|w| {
        w.next();
        let port = |w: &mut Words<'_>| w.read(|word| kin.names().port(word));
        let mut ports = vec![port(w)?];
        match op {
            PortOp::Range => ports.push(port(w)?),
            PortOp::Eq | PortOp::Neq if syntax.many_ports => {
                ports.extend(std::iter::from_fn(|| port(w)));
            }
            PortOp::Eq | PortOp::Neq | PortOp::Lt | PortOp::Gt => {}
        }
        if op == PortOp::Range && syntax.swaps_range {
            ports.sort_unstable();
        }
        (op != PortOp::Range || ports.is_sorted()).then_some(Ports::Test(op, ports))
    });
    read.map(Some).ok_or(())
}

/// Everything behind the destination, in any order.
fn tail(words: &mut Words<'_>, family: Family, entry: &mut Entry, kin: &'static Kin) -> Option<()> {
    l4_type(words, family, entry, kin);
    while let Some(word) = words.peek() {
        match word {
            "established" if has_flags(entry, kin) && entry.service.flags.is_none() => {
                words.next();
                entry.service.flags = Some(Flags::Established);
            }
            "ack" | "fin" | "psh" | "rst" | "syn" | "urg" if has_flags(entry, kin) => {
                flag_word(words, entry)?
            }
            "match-all" | "match-any" if has_flags(entry, kin) && entry.service.flags.is_none() => {
                entry.service.flags = Some(words.attempt(signed_flags)?);
            }
            word if word == kin.syntax.fragments => {
                words.next();
                entry.fragments = true;
            }
            word if kin.syntax.silent.contains(&word) => drop(words.next()),
            "log" | "log-input" => {
                words.next();
                entry.log = if word == "log" {
                    Log::Plain
                } else {
                    Log::Input
                };
                // A hash that the device adds; a user's own word could as well be a condition.
                words.read(|tag| tag.starts_with("0x").then_some(()));
            }
            _ => entry
                .conditions
                .push(words.attempt(|w| condition(w, family, kin))?),
        }
    }
    Some(())
}

fn has_flags(entry: &Entry, kin: &'static Kin) -> bool {
    kin.syntax.tcp_flags && entry.service.protocol == Protocol::Number(TCP)
}

/// An ICMP message or an IGMP type, which stands first.
fn l4_type(words: &mut Words<'_>, family: Family, entry: &mut Entry, kin: &'static Kin) {
    let own_icmp = match family {
        Family::V4 => ICMP,
        Family::V6 => ICMPV6,
    };
    match entry.service.protocol {
        Protocol::Number(protocol) if protocol == own_icmp => {
            entry.service.icmp = icmp(words, family, kin);
        }
        Protocol::Number(IGMP) => {
            if let Some(kind) = words.read(|word| kin.names().is_igmp(word).then_some(word)) {
                entry.conditions.push(format!("igmp {kind}"));
            }
        }
        _ => {}
    }
}

/// A message by name, or type and perhaps code in digits.
pub(in crate::vendor) fn icmp(
    words: &mut Words<'_>,
    family: Family,
    kin: &'static Kin,
) -> Option<Icmp> {
    if kin.syntax.icmp_words {
        words.eat("icmp-type");
    }
    if let Some(kind) = words.number() {
        if kin.syntax.icmp_words {
            words.eat("icmp-code");
        }
        return Some(Icmp {
            name: None,
            kind,
            code: words.number(),
        });
    }
    words.read(|word| {
        let (kind, code) = kin.names().icmp(word, family)?;
        Some(Icmp {
            name: Some(word.to_owned()),
            kind,
            code,
        })
    })
}

fn flag_word(words: &mut Words<'_>, entry: &mut Entry) -> Option<()> {
    let old = match entry.service.flags {
        None => TcpFlags::default(),
        Some(Flags::Words(old)) => old,
        Some(_) => return None,
    };
    let flag = words.read(TcpFlags::named)?;
    entry.service.flags = Some(Flags::Words(old.with(flag)));
    Some(())
}

/// `match-all +ack -fin`.
fn signed_flags(words: &mut Words<'_>) -> Option<Flags> {
    let all = words.next()? == "match-all";
    let (mut set, mut clear) = (TcpFlags::default(), TcpFlags::default());
    while let Some(word) = words.peek() {
        let (half, name) = match (word.strip_prefix('+'), word.strip_prefix('-')) {
            (Some(name), _) => (&mut set, name),
            (_, Some(name)) => (&mut clear, name),
            (None, None) => break,
        };
        *half = half.with(TcpFlags::named(name)?);
        words.next();
    }
    if set == TcpFlags::default() && clear == TcpFlags::default() {
        return None;
    }
    Some(if all {
        Flags::All { set, clear }
    } else {
        Flags::Any { set, clear }
    })
}

/// A test of what is not in the header of D6 (D7), folded.
fn condition(words: &mut Words<'_>, family: Family, kin: &'static Kin) -> Option<String> {
    let word = words.next()?;
    let arguments = match kin.names().condition(word, family)? {
        Arguments::Count(count) => count,
        Arguments::Comparison => match words.peek()? {
            "range" => 3,
            "eq" | "neq" | "lt" | "gt" => 2,
            _ => return None,
        },
    };
    let mut text = word.to_owned();
    for _ in 0..arguments {
        text.push(' ');
        text.push_str(words.next()?);
    }
    if word == "time-range" && !words.eat("(active)") {
        words.eat("(inactive)");
    }
    Some(text)
}

/// `vlan N MASK` before the protocol.
fn leading_vlan(words: &mut Words<'_>, entry: &mut Entry) -> Option<()> {
    if words.eat("vlan") {
        let text = format!("vlan {} {}", words.next()?, words.next()?);
        entry.conditions.push(text);
    }
    Some(())
}
