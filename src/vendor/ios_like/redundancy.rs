//! HSRP, VRRP and GLBP lines inside an interface, as IOS and its nearest kin spell them; the addresses of a group to be written.
//!
//! In: the words behind `standby`, `vrrp` or `glbp`. Out: virtual addresses of groups. Who is active is a state (D2), so the lines
//! that decide it are read and mean nothing.

use super::interface::Face;
use super::interface_line::address;
use super::print::shown;
use crate::base::Text;
use crate::device::{Interface, Redundancy};
use crate::text;
use crate::vendor::capture::Line;
use crate::vendor::words::Words;
use std::net::{IpAddr, Ipv6Addr};

/// `[G] ip A [secondary]`, `[G] ipv6 A`; other HSRP lines decide who is active, which is a state in any case.
pub(in crate::vendor) fn standby(face: &mut Face, mut words: Words<'_>) -> bool {
    let group = words.number::<u32>().unwrap_or(0);
    match words.next() {
        Some("ip" | "ipv6") => {
            let addr = words.read(address);
            words.eat("secondary");
            if let Some(addr) = addr {
                face.interface.share(true, group, addr);
            }
            // Without an address it is learnt from the other router, or derived from the MAC address.
            addr.is_some() && words.is_end()
        }
        Some(word) => matches!(
            word,
            "priority"
                | "preempt"
                | "timers"
                | "track"
                | "name"
                | "authentication"
                | "version"
                | "delay"
                | "follow"
                | "mac-address"
                | "mac-refresh"
                | "use-bia"
                | "bfd"
                | "redirect"
        ),
        None => false,
    }
}

/// `G ip A [secondary]`, `G ipv6 A` of GLBP, which is read and never written: every forwarder of the group takes packets for
/// its hosts at the same time, so each of them is a state as well (D2).
pub(in crate::vendor) fn glbp(face: &mut Face, mut words: Words<'_>) -> bool {
    if words.number::<u32>().is_none() {
        return false;
    }
    match words.next() {
        Some("ip" | "ipv6") => {
            let addr = words.read(address);
            words.eat("secondary");
            face.interface.virtuals.extend(addr);
            // Without an address it is learnt from the other routers.
            addr.is_some() && words.is_end()
        }
        Some(word) => matches!(
            word,
            "priority"
                | "preempt"
                | "timers"
                | "load-balancing"
                | "weighting"
                | "authentication"
                | "name"
                | "forwarder"
                | "client-cache"
        ),
        None => false,
    }
}

/// `G ip A [secondary]`, and `G address-family F` with `address A ...` lines.
pub(in crate::vendor) fn vrrp(face: &mut Face, mut words: Words<'_>, inner: &[Line<'_>]) -> bool {
    let group = words.number::<u32>().unwrap_or(1);
    match words.next() {
        Some("ip" | "ipv4" | "ipv6") => {
            let addr = words.parse::<IpAddr>();
            words.eat("secondary");
            if let Some(addr) = addr {
                face.interface.share(false, group, addr);
            }
            addr.is_some() && words.is_end()
        }
        Some("address-family") => inner.iter().all(|line| {
            let mut words = Words::new(&line.text);
            if !words.eat("address") {
                return !line.text.contains("address ");
            }
            let addr = words.read(address);
            if let Some(addr) = addr {
                face.interface.share(false, group, addr);
            }
            addr.is_some()
        }),
        Some(word) => matches!(
            word,
            "priority"
                | "preempt"
                | "timers"
                | "track"
                | "description"
                | "authentication"
                | "shutdown"
                | "delay"
        ),
        None => false,
    }
}

/// What keeps the virtual addresses of an interface from being written.
pub(in crate::vendor) fn refusal(face: &Interface) -> Option<Text> {
    let of_group = |addr: &IpAddr| face.redundancy.iter().any(|g| g.addrs.contains(addr));
    let hsrp6 = |group: &Redundancy| group.hsrp && group.addrs.iter().any(IpAddr::is_ipv6);
    if !face.virtuals.iter().all(of_group) {
        Some(text!("ios-refuse-virtual", interface = &face.name))
    } else if face.redundancy.iter().any(hsrp6) {
        Some(text!("ios-refuse-hsrp6", interface = &face.name))
    } else {
        None
    }
}

/// The addresses of a VRRP version 3 group, by family.
pub(in crate::vendor) fn vrrp_addresses(
    face: &Interface,
    group: &Redundancy,
    capitals: bool,
) -> [Vec<String>; 2] {
    let four = group.addrs.iter().filter(|addr| addr.is_ipv4());
    let six = group.addrs.iter().filter_map(|addr| match addr {
        IpAddr::V6(addr) => Some(*addr),
        IpAddr::V4(_) => None,
    });
    [
        four.map(ToString::to_string).collect(),
        addresses6(face, six.collect(), capitals),
    ]
}

/// The first address of an IPv6 group is link-local (RFC 5798, 5.2.9). Unless one is among them, it is fe80::/64 with the
/// interface part of the first: what hosts learn from router advertisements, and the same on both members.
fn addresses6(face: &Interface, mut addrs: Vec<Ipv6Addr>, capitals: bool) -> Vec<String> {
    addrs.sort_by_key(|addr| !addr.is_unicast_link_local());
    if let Some(first) = addrs.first().filter(|addr| !addr.is_unicast_link_local()) {
        let part = first.to_bits() & u128::from(u64::MAX);
        addrs.insert(0, Ipv6Addr::from_bits(0xfe80 << 112 | part));
    }
    let printed = addrs.iter().map(|addr| {
        let net = face
            .addrs
            .iter()
            .find(|net| net.contains(&IpAddr::V6(*addr)));
        match net.filter(|_| !addr.is_unicast_link_local()) {
            Some(net) => format!(
                "{}/{}",
                shown(IpAddr::V6(*addr), capitals),
                net.prefix_len()
            ),
            None => shown(IpAddr::V6(*addr), capitals),
        }
    });
    printed.collect()
}
