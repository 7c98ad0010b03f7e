//! Names of interfaces, and the lines inside them that only AOS-CX has.

use crate::acl::Direction;
use crate::device::{EffectClass, InterfaceKind};
use crate::net::Family;
use crate::vendor::capture::Line;
use crate::vendor::ios_like::FaceName;
use crate::vendor::ios_like::interface::Face;
use crate::vendor::ios_like::interface_line::{address, vrf};
use crate::vendor::ios_like::read::Reader;
use crate::vendor::ios_like::redundancy::vrrp;
use crate::vendor::redact::redact;
use crate::vendor::words::{Words, ipv4, number};
use ipnet::{IpNet, Ipv6Net};

/// `vlan 10`, `1/1/1`, `lag 10`, `loopback 0`, `mgmt`.
pub(super) fn face(name: &str) -> Option<FaceName> {
    let mut words = Words::new(name);
    let word = words.next()?;
    let (stem, digits) = word.split_at(
        word.find(|c: char| c.is_ascii_digit())
            .unwrap_or(word.len()),
    );
    let digits = if digits.is_empty() {
        words.next().unwrap_or_default()
    } else {
        digits
    };
    // `lag 10 multi-chassis [static]`: both members of a pair have it.
    if stem == "lag" && words.eat("multi-chassis") {
        words.eat("static");
    }
    if !words.is_end() {
        return None;
    }
    let (name, kind) = match stem {
        "vlan" => {
            let vlan = number(digits).filter(|vlan| (1..=4094).contains(vlan))?;
            (format!("vlan {vlan}"), InterfaceKind::Svi(vlan))
        }
        "loopback" => (format!("loopback {digits}"), InterfaceKind::Loopback),
        "lag" => (format!("lag {digits}"), InterfaceKind::Routed),
        "mgmt" if digits.is_empty() => ("mgmt".to_owned(), InterfaceKind::Management),
        "" if digits.contains('/') => (digits.to_owned(), InterfaceKind::Routed),
        _ => return None,
    };
    Some(FaceName {
        is_port: kind == InterfaceKind::Routed,
        sub: name.contains('.'),
        name,
        kind,
    })
}

/// Lists, policies, VLANs of ports, VRF, relay, active gateways, VRRP.
pub(super) fn line(
    reader: &mut Reader,
    face: &mut Face,
    mut words: Words<'_>,
    line: &Line<'_>,
    inner: &[Line<'_>],
) -> bool {
    match words.next().unwrap_or_default() {
        "apply" => apply(face, words, line),
        "vrf" => words.eat("attach") && vrf(face, words),
        "vrrp" => vrrp(face, words, inner),
        "active-gateway" => active_gateway(face, words),
        "routing" => {
            face.switchport = Some(false);
            words.is_end()
        }
        "no" if words.eat("routing") => {
            face.switchport = Some(true);
            words.is_end()
        }
        "no" if words.eat_all("apply access-list") => {
            face.bindings.clear();
            true
        }
        "vlan" => vlan(face, words),
        "ip" if face.is_management() => words.eat("dhcp") || words.eat("static"),
        "ipv6" if face.is_management() => words.eat("dhcp") || words.eat("static"),
        "ip" if words.eat("helper-address") => relay(face, words),
        "ip" if words.eat("rip") && words.number::<u32>().is_some() => {
            reader.runs_dynamic(face.interface.vrf.clone(), line.number);
            true
        }
        "ipv6" if runs_protocol(words) => {
            reader.runs_dynamic(face.interface.vrf.clone(), line.number);
            true
        }
        "ipv6" if words.eat_all("address link-local") => link_local(face, words),
        "default-gateway" | "nameserver" => face.is_management(),
        _ => false,
    }
}

/// `ospfv3 1 area 0.0.0.0`, `ripng 1`.
fn runs_protocol(mut words: Words<'_>) -> bool {
    (words.eat("ospfv3") || words.eat("ripng")) && words.number::<u32>().is_some()
}

/// `access-list ip|ipv6|mac NAME in|out|routed-in|routed-out`, `policy NAME ...`.
fn apply(face: &mut Face, mut words: Words<'_>, line: &Line<'_>) -> bool {
    if words.eat("policy") {
        face.effect(EffectClass::Narrows, None, line);
        face.effect(EffectClass::Redirects, None, line);
        return true;
    }
    if !words.eat("access-list") {
        return false;
    }
    let family = match words.next() {
        Some("ip") => Family::V4,
        Some("ipv6") => Family::V6,
        Some("mac") => {
            face.effect(EffectClass::Narrows, None, line);
            return true;
        }
        _ => return false,
    };
    let Some(name) = words.next() else {
        return false;
    };
    let direction = match (words.next(), face.is_svi()) {
        (Some("routed-in"), true) | (Some("in"), false) => Direction::In,
        (Some("routed-out"), true) | (Some("out"), false) => Direction::Out,
        _ => return false,
    };
    let wanted = ((family, name.to_owned()), direction, line.number);
    face.bindings.push((wanted, redact(&line.text)));
    words.is_end()
}

/// `access N`, `trunk native N`, `trunk allowed ...`: a switched port.
fn vlan(face: &mut Face, mut words: Words<'_>) -> bool {
    face.switchport = Some(true);
    if words.eat("access") {
        face.access_vlan = words.number();
        return face.access_vlan.is_some();
    }
    face.trunk = true;
    words.eat("trunk")
}

/// Both members of a pair answer for the address: it belongs to no group. `ip mac A` says only by which MAC address.
fn active_gateway(face: &mut Face, mut words: Words<'_>) -> bool {
    if !words.eat("ip") && !words.eat("ipv6") {
        return false;
    }
    if words.eat("mac") {
        return true;
    }
    let addr = words.read(address);
    face.interface.virtuals.extend(addr);
    if words.eat("mac") {
        words.next();
    }
    addr.is_some() && words.is_end()
}

/// `A [vrf V]`: where the server is sought does not change who sends.
fn relay(face: &mut Face, mut words: Words<'_>) -> bool {
    let Some(addr) = words.read(ipv4) else {
        return false;
    };
    face.interface.helpers.push(addr);
    if words.eat("vrf") {
        words.next();
    }
    words.is_end()
}

/// `[A/L]`: derived from the MAC address where none stands.
fn link_local(face: &mut Face, mut words: Words<'_>) -> bool {
    face.interface.ipv6 = true;
    if let Some(net) = words.parse::<Ipv6Net>() {
        face.add(IpNet::V6(Ipv6Net::from(net.addr())), false);
    }
    words.is_end()
}
