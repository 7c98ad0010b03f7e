//! HSRP and VRRP lines of an interface.
//!
//! In: the groups of an interface. Out: `standby` and `vrrp` lines as the device prints them, or why not. HSRP is version
//! 2 and VRRP version 3, on which both members of a pair must agree. Must not know: which router is active (a state, D2).

use crate::base::Text;
use crate::device::{Interface, Redundancy};
use crate::text;
use crate::vendor::ios_like::print::upper;
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv6Addr};

/// Whether a VRRP group is on it, which asks for version 3 of all of them.
pub(super) fn has_vrrp(face: &Interface) -> bool {
    face.redundancy.iter().any(|group| !group.hsrp)
}

/// What keeps the virtual addresses of an interface from being written.
pub(super) fn refusal(face: &Interface) -> Option<Text> {
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

/// `standby G ip A [secondary]`.
pub(super) fn standby(face: &Interface, out: &mut String) {
    let mut groups = face.redundancy.iter().filter(|g| g.hsrp).peekable();
    if groups.peek().is_some() {
        out.push_str(" standby version 2\n");
    }
    for group in groups {
        let own = group.addrs.iter().filter(|addr| addr.is_ipv4());
        for (index, addr) in own.enumerate() {
            let secondary = if index == 0 { "" } else { " secondary" };
            line(
                out,
                &format!(" standby {} ip {addr}{secondary}", group.group),
            );
        }
    }
}

/// `vrrp G address-family F`: a block per family.
pub(super) fn vrrp(face: &Interface, out: &mut String) {
    for group in face.redundancy.iter().filter(|g| !g.hsrp) {
        let four: Vec<String> = group
            .addrs
            .iter()
            .filter(|addr| addr.is_ipv4())
            .map(ToString::to_string)
            .collect();
        block(out, group.group, "ipv4", &four, " secondary");
        let six = group.addrs.iter().filter_map(|addr| match addr {
            IpAddr::V6(addr) => Some(*addr),
            IpAddr::V4(_) => None,
        });
        block(
            out,
            group.group,
            "ipv6",
            &addresses6(face, six.collect()),
            "",
        );
    }
}

fn block(out: &mut String, group: u32, family: &str, addrs: &[String], further: &str) {
    if addrs.is_empty() {
        return;
    }
    line(out, &format!(" vrrp {group} address-family {family}"));
    for (index, addr) in addrs.iter().enumerate() {
        let word = if index == 0 { " primary" } else { further };
        line(out, &format!("  address {addr}{word}"));
    }
    out.push_str("  exit-vrrp\n");
}

/// The first address of an IPv6 group is link-local (RFC 5798, 5.2.9). Unless one is among them, it is fe80::/64 with the
/// interface part of the first: what hosts learn from router advertisements, and the same on both members.
fn addresses6(face: &Interface, mut addrs: Vec<Ipv6Addr>) -> Vec<String> {
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
            Some(net) => format!("{}/{}", upper(*addr), net.prefix_len()),
            None => upper(*addr),
        }
    });
    printed.collect()
}

fn line(out: &mut String, text: &str) {
    // Writing to a `String` cannot fail.
    let _ = writeln!(out, "{text}");
}
