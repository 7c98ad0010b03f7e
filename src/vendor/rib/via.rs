//! A line per prefix and next hops below it: NX-OS and AOS-CX; and the columns of newer AOS-CX.

use super::{Origin, Reader, addr, distance, interface, is_age, prefix, words};

/// Beginnings of lines that explain.
const LEGEND: [&str; 9] = [
    "'",
    "Displaying ipv",
    "Total Route Count",
    "No ip",
    "Origin Codes:",
    "Type Codes:",
    "Prefix ",
    "Type",
    "---",
];

pub(super) fn line(reader: &mut Reader, line: &str) -> Option<()> {
    let trimmed = line.trim();
    let words = words(trimmed);
    let first = *words.first()?;
    if let Some((_, name)) = trimmed.split_once("Table for VRF") {
        reader.enter(name.trim().trim_matches('"'));
        let six = trimmed.starts_with("IPv6");
        let family = if six {
            crate::net::Family::V6
        } else {
            crate::net::Family::V4
        };
        reader.rib(family);
        return Some(());
    }
    if let Some(net) = prefix(first, None) {
        return match words.get(1..)? {
            ["vrf", name] => {
                reader.enter(name);
                reader.begin(net, Origin::Learnt, 1);
                Some(())
            }
            ["ubest/mbest:", ..] => {
                reader.begin(net, Origin::Learnt, 1);
                Some(())
            }
            columns => row(reader, net, columns),
        };
    }
    match first.trim_start_matches('*') {
        "via" => hop(reader, words.get(1..)?),
        _ if LEGEND.iter().any(|start| trimmed.starts_with(start)) => Some(()),
        // The second line of a legend: `B - bgp, V - evpn`.
        _ if reader.current.is_none() && trimmed.contains(" - ") => Some(()),
        _ => None,
    }
}

/// `*via 10.0.0.1, Vlan10, [110/2], 2w0d, ospf-1, intra`.
fn hop(reader: &mut Reader, words: &[&str]) -> Option<()> {
    let (first, rest) = words.split_first()?;
    let next = addr(first);
    let mut out = if next.is_none() {
        Some(interface(first)?)
    } else {
        None
    };
    let mut origin = Origin::Learnt;
    for word in rest.iter().map(|word| word.trim_end_matches(',')) {
        match word {
            "direct" | "connected" => origin = Origin::Connected,
            // The adjacency of a neighbour goes where its subnet goes.
            "local" | "hsrp" | "vrrp" | "glbp" | "am" => origin = Origin::Own,
            "static" => origin = Origin::Static,
            _ if is_age(word) => {}
            _ => match distance(word) {
                Some(known) => reader.row()?.distance = known,
                // An interface stands in front of the distance, the protocol behind it.
                None if out.is_none() && is_port(word) => out = Some(word),
                None => drop(interface(word)?),
            },
        }
    }
    reader.row()?.origin = origin;
    match origin {
        Origin::Connected | Origin::Own => reader.hop(None, out),
        Origin::Static | Origin::Learnt => reader.hop(next, out),
    }
}

/// Protocols have no digit but behind a hyphen: `ospf-1`.
fn is_port(word: &str) -> bool {
    let plain = !word.contains('-') && word.contains(|c: char| c.is_ascii_digit());
    plain && interface(word).is_some()
}

/// `10.1.0.0/24  10.0.0.3  vlan10  -  O  [110/2]  00h:10m`.
fn row(reader: &mut Reader, net: ipnet::IpNet, columns: &[&str]) -> Option<()> {
    let [next, out, egress, origin, cost, ..] = columns else {
        return None;
    };
    let origin = match origin.split('/').next()? {
        "C" => Origin::Connected,
        "L" => Origin::Own,
        "S" => Origin::Static,
        "O" | "R" | "B" => Origin::Learnt,
        _ => return None,
    };
    // Another VRF in the egress column is a leak, which no table settles.
    if *egress != "-" {
        return None;
    }
    reader.begin(net, origin, distance(cost)?);
    let next = if *next == "-" {
        None
    } else {
        Some(addr(next)?)
    };
    reader.hop(next, Some(interface(out)?))
}
