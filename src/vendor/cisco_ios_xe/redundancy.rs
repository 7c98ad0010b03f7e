//! HSRP and VRRP lines of an interface.
//!
//! In: the groups of an interface. Out: `standby` and `vrrp` lines as the device prints them. HSRP is version
//! 2 and VRRP version 3, on which both members of a pair must agree. Must not know: which router is active (a state, D2).

use crate::device::Interface;
use crate::vendor::ios_like::redundancy::vrrp_addresses;
use std::fmt::Write as _;

/// Whether a VRRP group is on it, which asks for version 3 of all of them.
pub(super) fn has_vrrp(face: &Interface) -> bool {
    face.redundancy.iter().any(|group| !group.hsrp)
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
        let [four, six] = vrrp_addresses(face, group, true);
        block(out, group.group, "ipv4", &four, " secondary");
        block(out, group.group, "ipv6", &six, "");
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

fn line(out: &mut String, text: &str) {
    // Writing to a `String` cannot fail.
    let _ = writeln!(out, "{text}");
}
