//! Static routes.

use super::Kin;
use crate::device::{NextHop, Route};
use crate::vendor::words::{Words, ipv4, ipv6, netmask_length};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::IpAddr;

/// A route as read.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::vendor) struct Read {
    pub(in crate::vendor) route: Route,
    /// Its next hop is in another table (`global`, `nexthop-vrf`).
    pub(in crate::vendor) leaks: bool,
}

/// `[vrf V] PREFIX MASK NEXTHOP ...`. `Ok(None)` for a route that never holds (distance 255); `Err` with the VRF if the
/// line was not understood.
pub(in crate::vendor) fn v4(
    mut words: Words<'_>,
    line: u32,
    kin: &'static Kin,
) -> Result<Option<Read>, String> {
    let vrf = vrf(&mut words);
    let read = words.attempt(|w| {
        let masked = |w: &mut Words<'_>| {
            let (addr, mask) = (w.read(ipv4)?, w.read(ipv4)?);
            Ipv4Net::new(addr, netmask_length(mask)?).ok()
        };
        // A device refuses an address with bits beyond the mask; what such a text means is not known.
        let net = w.parse::<Ipv4Net>().or_else(|| masked(w))?;
        if net.network() != net.addr() {
            return None;
        }
        let address = |w: &mut Words<'_>| w.read(ipv4).map(IpAddr::V4);
        route(w, vrf.clone(), IpNet::V4(net), line, address, kin)
    });
    read.ok_or(vrf)
}

/// `[vrf V] PREFIX/LENGTH NEXTHOP ...`.
pub(in crate::vendor) fn v6(
    mut words: Words<'_>,
    line: u32,
    kin: &'static Kin,
) -> Result<Option<Read>, String> {
    let vrf = vrf(&mut words);
    let read = words.attempt(|w| {
        let net: Ipv6Net = w.parse()?;
        let address = |w: &mut Words<'_>| w.read(ipv6).map(IpAddr::V6);
        route(w, vrf.clone(), IpNet::V6(net.trunc()), line, address, kin)
    });
    read.ok_or(vrf)
}

fn vrf(words: &mut Words<'_>) -> String {
    let name = if words.eat("vrf") { words.next() } else { None };
    name.unwrap_or_default().to_owned()
}

fn route(
    w: &mut Words<'_>,
    vrf: String,
    prefix: IpNet,
    line: u32,
    address: impl Fn(&mut Words<'_>) -> Option<IpAddr>,
    kin: &'static Kin,
) -> Option<Option<Read>> {
    let via = next_hop(w, address, kin)?;
    let mut read = Read {
        route: Route {
            vrf,
            prefix,
            via,
            distance: 1,
            conditional: false,
            line,
        },
        leaks: false,
    };
    while let Some(word) = w.next() {
        match word {
            "name" => drop(w.quoted()?),
            "tag" => drop(w.number::<u32>()?),
            "track" | "bfd" => {
                w.next()?;
                read.route.conditional = true;
            }
            "permanent" | "unicast" => {}
            "vrf" if kin.vrf_behind_route => read.route.vrf = w.next()?.to_owned(),
            "global" => read.leaks = true,
            "vrf" | "nexthop-vrf" => {
                w.next()?;
                read.leaks = true;
            }
            digits => read.route.distance = crate::vendor::words::number(digits)?,
        }
    }
    match read.route.distance {
        0 => None,
        u8::MAX => Some(None),
        _ => Some(Some(read)),
    }
}

/// An address, `Null0`, or an interface with or without an address.
fn next_hop(
    w: &mut Words<'_>,
    address: impl Fn(&mut Words<'_>) -> Option<IpAddr>,
    kin: &'static Kin,
) -> Option<NextHop> {
    if let Some(addr) = address(w) {
        return Some(NextHop::Via(addr));
    }
    if w.eat("null0") || w.eat_all("null 0") {
        return Some(NextHop::Null);
    }
    let name = w
        .next()
        .filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()))?;
    let name = if name.ends_with(|c: char| c.is_ascii_digit()) {
        name.to_owned()
    } else if name == "dhcp" {
        return None;
    } else {
        // `Vlan 300`, as typed.
        format!(
            "{name}{}",
            w.read(|n| n.starts_with(|c: char| c.is_ascii_digit()).then_some(n))?
        )
    };
    let known = (kin.face)(&name).map(|face| face.name);
    Some(NextHop::Interface(known.unwrap_or(name), address(w)))
}
