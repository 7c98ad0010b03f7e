//! The lines inside an interface block, as far as the dialects share them.

use super::beside::policy_of;
use super::interface::Face;
use super::read::{Reader, direction};
use super::table::Place;
use crate::acl::Direction;
use crate::device::EffectClass;
use crate::net::Family;
use crate::text;
use crate::vendor::capture::Line;
use crate::vendor::redact::redact;
use crate::vendor::words::{Words, ipv4, ipv6, netmask_length};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::IpAddr;

impl Reader {
    pub(in crate::vendor) fn interface_line(
        &mut self,
        face: &mut Face,
        line: &Line<'_>,
        inner: &[Line<'_>],
    ) {
        if self.relays_otherwise(line) {
            return;
        }
        let words = Words::new(&line.text);
        let read = (self.kin.interface_line)(self, face, words, line, inner)
            || self.shared_line(face, words, line);
        if read {
            return;
        }
        match self.class_of(line) {
            Some(class) => face.effect(class, None, line),
            None if self.is_irrelevant(Place::Interface, line) => {}
            None => self.unknown(line, text!("ios-line-unread")),
        }
    }

    /// The class of a line whose effect is known by class only (D23).
    fn class_of(&self, line: &Line<'_>) -> Option<EffectClass> {
        self.kin.data.tables.class(Place::Interface, &line.text)
    }

    /// What every dialect has.
    fn shared_line(&mut self, face: &mut Face, mut words: Words<'_>, line: &Line<'_>) -> bool {
        match words.next().unwrap_or_default() {
            "no" => {
                no(face, words);
                true
            }
            "shutdown" => {
                face.interface.shutdown = true;
                words.is_end()
            }
            "encapsulation" if face.name.contains('.') => encapsulation(face, words),
            "switchport" if self.class_of(line).is_none() => switchport(face, words, line),
            "ip" => self.ip_line(face, words, line),
            "ipv6" => self.ipv6_line(face, words, line),
            "storm-control" if !matches!(words.peek(), Some("action" | "trap")) => {
                face.effect(EffectClass::Narrows, None, line);
                true
            }
            "service-policy" => service_policy(face, words, line),
            _ => false,
        }
    }

    fn ip_line(&mut self, face: &mut Face, mut words: Words<'_>, line: &Line<'_>) -> bool {
        match words.next().unwrap_or_default() {
            "address" => address4(face, words),
            "access-group" => binding(face, Family::V4, words, line),
            "helper-address" => match words.read(ipv4).filter(|_| words.is_end()) {
                Some(addr) => {
                    face.interface.helpers.push(addr);
                    face.broadcasts(addr, line);
                    true
                }
                None => false,
            },
            "verify" => {
                face.effect(EffectClass::Narrows, Some(Direction::In), line);
                true
            }
            "ospf" if words.number::<u32>().is_some() && words.eat("area") => {
                self.runs_dynamic(face.interface.vrf.clone(), line.number);
                true
            }
            "router" => {
                self.runs_dynamic(face.interface.vrf.clone(), line.number);
                true
            }
            _ => false,
        }
    }

    fn ipv6_line(&mut self, face: &mut Face, mut words: Words<'_>, line: &Line<'_>) -> bool {
        match words.next().unwrap_or_default() {
            "address" => self.address6(face, words, line),
            "enable" => {
                face.interface.ipv6 = true;
                words.is_end()
            }
            "traffic-filter" => binding(face, Family::V6, words, line),
            "verify" => {
                face.effect(EffectClass::Narrows, Some(Direction::In), line);
                true
            }
            "ospf" | "eigrp" | "rip" | "router" if !self.is_irrelevant(Place::Interface, line) => {
                self.runs_dynamic(face.interface.vrf.clone(), line.number);
                true
            }
            _ => false,
        }
    }

    /// `P/L [anycast]`, `P/L eui-64`, `A link-local`.
    fn address6(&mut self, face: &mut Face, mut words: Words<'_>, line: &Line<'_>) -> bool {
        face.interface.ipv6 |= matches!(words.peek(), Some("autoconfig" | "dhcp"));
        if let Some(addr) = words.read(ipv6) {
            let known = words.eat("link-local") && words.is_end();
            face.add(IpNet::V6(Ipv6Net::from(addr)), false);
            return known;
        }
        let Some(net) = words.parse::<Ipv6Net>() else {
            return false;
        };
        if words.eat("eui-64") {
            // The network is known, the switch's own address in it is not: a packet to it looks like one to a host.
            face.add(IpNet::V6(net.trunc()), false);
            face.effect(EffectClass::Narrows, None, line);
            self.gap(line, text!("ios-address-unknown"));
        } else {
            if !words.eat("anycast") {
                words.eat("secondary");
            }
            face.add(IpNet::V6(net), false);
        }
        words.is_end()
    }
}

/// What a `no` line takes back; most of them only say that a default is off.
fn no(face: &mut Face, words: Words<'_>) {
    let mut ahead = words;
    match words.rest() {
        "switchport" => face.switchport = Some(false),
        "shutdown" => face.interface.shutdown = false,
        "ip address" => face.interface.addrs.retain(|net| net.addr().is_ipv6()),
        _ => {
            let family = if ahead.eat_all("ip access-group") {
                Family::V4
            } else if ahead.eat_all("ipv6 traffic-filter") {
                Family::V6
            } else {
                return;
            };
            let taken = ahead.last().and_then(direction);
            face.bindings
                .retain(|(((f, _), d, _), _)| *f != family || taken.is_some_and(|t| t != *d));
        }
    }
}

fn switchport(face: &mut Face, mut words: Words<'_>, line: &Line<'_>) -> bool {
    match words.next() {
        None => face.switchport = Some(true),
        Some("access") if words.eat("vlan") => face.access_vlan = words.number(),
        Some("mode") if words.eat("private-vlan") => face.effect(EffectClass::Narrows, None, line),
        Some("mode") => face.trunk = !words.eat("access"),
        Some("protected" | "private-vlan" | "block") => {
            face.effect(EffectClass::Narrows, None, line)
        }
        Some(_) => {}
    }
    true
}

/// `dot1Q N [native]`.
fn encapsulation(face: &mut Face, mut words: Words<'_>) -> bool {
    let tagged = words.eat("dot1q");
    words.eat("vlan");
    let vlan = words
        .number::<u16>()
        .filter(|vlan| tagged && (1..=4094).contains(vlan));
    words.eat("native");
    match vlan.filter(|_| words.is_end()) {
        Some(vlan) => {
            face.on_vlan(vlan);
            true
        }
        None => false,
    }
}

pub(in crate::vendor) fn vrf(face: &mut Face, mut words: Words<'_>) -> bool {
    match words.next() {
        Some(name) if words.is_end() => {
            face.interface.vrf = name.to_owned();
            true
        }
        _ => false,
    }
}

/// `A MASK [secondary]`, `A/L [secondary]`.
pub(in crate::vendor) fn address4(face: &mut Face, mut words: Words<'_>) -> bool {
    let masked = |w: &mut Words<'_>| {
        let (addr, mask) = (w.read(ipv4)?, w.read(ipv4)?);
        Ipv4Net::new(addr, netmask_length(mask)?).ok()
    };
    let net = words.parse::<Ipv4Net>().or_else(|| words.attempt(masked));
    let secondary = words.eat("secondary");
    match net.filter(|_| words.is_end()) {
        Some(net) => {
            face.add(IpNet::V4(net), !secondary);
            true
        }
        None => false,
    }
}

/// `NAME in|out`.
pub(in crate::vendor) fn binding(
    face: &mut Face,
    family: Family,
    mut words: Words<'_>,
    line: &Line<'_>,
) -> bool {
    let read = words.attempt(|w| {
        let name = w.next()?;
        let direction = w.read(direction)?;
        w.is_end().then(|| (name.to_owned(), direction))
    });
    if let Some((name, direction)) = read {
        face.bindings
            .push((((family, name), direction, line.number), redact(&line.text)));
        return true;
    }
    false
}

/// `A` or `A/L`.
pub(in crate::vendor) fn address(word: &str) -> Option<IpAddr> {
    word.split('/').next()?.parse().ok()
}

/// `[type KIND] input|output NAME`, `type control subscriber NAME`.
fn service_policy(face: &mut Face, mut words: Words<'_>, line: &Line<'_>) -> bool {
    let all = words;
    if words.eat_all("type control subscriber") {
        // What a port does with who is not known there yet.
        face.effect(EffectClass::Narrows, None, line);
        return true;
    }
    if words.eat("type") {
        words.next();
    }
    let direction = match words.next() {
        Some("input") => Some(Direction::In),
        Some("output") => Some(Direction::Out),
        _ => return false,
    };
    if let Some(name) = policy_of(all) {
        let policy = (name.to_owned(), direction, line.number, redact(&line.text));
        face.policies.push(policy);
    }
    true
}
