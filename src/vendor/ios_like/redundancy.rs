//! HSRP and VRRP lines inside an interface, as IOS and its nearest kin spell them.
//!
//! In: the words behind `standby` or `vrrp`. Out: virtual addresses of groups. Who is active is a state (D2), so the lines
//! that decide it are read and mean nothing.

use super::interface::Face;
use super::interface_line::address;
use crate::vendor::capture::Line;
use crate::vendor::words::Words;
use std::net::IpAddr;

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

/// `G ip A [secondary]`, and `G address-family F` with `address A ...` lines.
pub(in crate::vendor) fn vrrp(face: &mut Face, mut words: Words<'_>, inner: &[Line<'_>]) -> bool {
    let group = words.number::<u32>().unwrap_or(1);
    match words.next() {
        Some("ip" | "ipv6") => {
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
