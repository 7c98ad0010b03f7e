//! Static routes.

use crate::device::{NextHop, Route};
use crate::vendor::words::{Words, ipv4, ipv6, netmask_length};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::IpAddr;

/// A route as read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) route: Route,
    /// Its next hop is in another table (`global`, `nexthop-vrf`).
    pub(super) leaks: bool,
}

/// `[vrf V] PREFIX MASK NEXTHOP ...`. `Ok(None)` for a route that never holds (distance 255); `Err` with the VRF if the
/// line was not understood.
pub(super) fn v4(mut words: Words<'_>, line: u32) -> Result<Option<Read>, String> {
    let vrf = vrf(&mut words);
    let read = words.attempt(|w| {
        let (addr, mask) = (w.read(ipv4)?, w.read(ipv4)?);
        // A device refuses an address with bits beyond the mask; what such a text means is not known.
        let net = Ipv4Net::new(addr, netmask_length(mask)?).ok()?;
        if net.network() != net.addr() {
            return None;
        }
        let address = |w: &mut Words<'_>| w.read(ipv4).map(IpAddr::V4);
        route(w, vrf.clone(), IpNet::V4(net), line, address)
    });
    read.ok_or(vrf)
}

/// `[vrf V] PREFIX/LENGTH NEXTHOP ...`.
pub(super) fn v6(mut words: Words<'_>, line: u32) -> Result<Option<Read>, String> {
    let vrf = vrf(&mut words);
    let read = words.attempt(|w| {
        let net: Ipv6Net = w.parse()?;
        let address = |w: &mut Words<'_>| w.read(ipv6).map(IpAddr::V6);
        route(w, vrf.clone(), IpNet::V6(net.trunc()), line, address)
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
) -> Option<Option<Read>> {
    let via = next_hop(w, address)?;
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
            "global" => read.leaks = true,
            "nexthop-vrf" => {
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
    Some(NextHop::Interface(
        super::interface::canonical_name(&name),
        address(w),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str) -> String {
        let mut words = Words::new(text);
        words.next();
        let read = match words.next() {
            Some("route") if text.starts_with("ipv6") => v6(words, 1),
            _ => v4(words, 1),
        };
        match read {
            Ok(None) => "never".to_owned(),
            Err(vrf) => format!("unread in `{vrf}`"),
            Ok(Some(Read { route: r, leaks })) => {
                let via = match r.via {
                    NextHop::Via(addr) => addr.to_string(),
                    NextHop::Interface(name, None) => name,
                    NextHop::Interface(name, Some(addr)) => format!("{name} {addr}"),
                    NextHop::Null => "null".to_owned(),
                };
                let mark = |on, word: &str| {
                    if on {
                        format!(" {word}")
                    } else {
                        String::new()
                    }
                };
                format!(
                    "{}|{} {via} {}{}{}",
                    r.vrf,
                    r.prefix,
                    r.distance,
                    mark(r.conditional, "if"),
                    mark(leaks, "leaks")
                )
            }
        }
    }

    #[test]
    fn routes_in_all_forms() {
        for (line, expect) in [
            ("ip route 0.0.0.0 0.0.0.0 10.0.0.1", "|0.0.0.0/0 10.0.0.1 1"),
            (
                "ip route 10.1.0.0 255.255.0.0 Null0 250",
                "|10.1.0.0/16 null 250",
            ),
            // Bits beyond the mask: no device prints that.
            ("ip route 10.1.2.3 255.255.0.0 Null0 250", "unread in ``"),
            (
                "ip route vrf BLUE 10.0.0.0 255.0.0.0 Vlan20 10.9.0.1 name x tag 5",
                "BLUE|10.0.0.0/8 Vlan20 10.9.0.1 1",
            ),
            (
                "ip route 10.0.0.0 255.0.0.0 Vlan 20",
                "|10.0.0.0/8 Vlan20 1",
            ),
            (
                "ip route 10.0.0.0 255.0.0.0 10.0.0.1 track 3",
                "|10.0.0.0/8 10.0.0.1 1 if",
            ),
            (
                "ip route vrf A 10.0.0.0 255.0.0.0 10.0.0.1 global",
                "A|10.0.0.0/8 10.0.0.1 1 leaks",
            ),
            ("ip route 10.0.0.0 255.0.0.0 10.0.0.1 255", "never"),
            ("ip route 10.0.0.0 255.0.255.0 10.0.0.1", "unread in ``"),
            ("ip route vrf A 0.0.0.0 0.0.0.0 dhcp", "unread in `A`"),
            ("ip route 10.0.0.0 255.0.0.0 10.0.0.1 foo", "unread in ``"),
            ("ip route static bfd Vlan1 10.0.0.1", "unread in ``"),
            ("ipv6 route ::/0 FD7A::1", "|::/0 fd7a::1 1"),
            (
                "ipv6 route FD7A:1::/32 Vlan300 FE80::1 5",
                "|fd7a:1::/32 Vlan300 fe80::1 5",
            ),
            ("ipv6 route vrf A FD7A::/16 Null0", "A|fd7a::/16 null 1"),
            (
                "ipv6 route ::/0 FD7A::1 nexthop-vrf B",
                "|::/0 fd7a::1 1 leaks",
            ),
        ] {
            assert_eq!(show(line), expect, "{line}");
        }
    }
}
