//! Arista EOS on layer-3 switches (7050X, 7280R, 7500R and similar), both ways.
//!
//! What it shares with its kin is in [`super::ios_like`]; here is what differs, as a [`Kin`], and what is written.
//! What the device does is data: `vendors/arista-eos/`. Sources are listed in the README there.

mod change;
mod interface;
mod statement;
#[cfg(test)]
mod tests;
mod write;

use super::ios_like::{Data, Head, Kin, STYLE, SYNTAX, Style, Syntax, read};
use super::likeness;
use super::live::Mechanism;
use super::words::{Words, has_prefix};
use super::{Capabilities, Dialect, Hint};
use crate::acl::Known;
use crate::base::{Source, Text};
use crate::device::{Config, Device};
use crate::facts::Facts;
use crate::net::Family;
use std::sync::LazyLock;

/// Id in policies and files.
pub(super) const ID: &str = "arista-eos";

/// The data files, for the digest.
const DATA: [&str; 3] = [
    include_str!("../../../vendors/arista-eos/profile.toml"),
    include_str!("../../../vendors/arista-eos/names.toml"),
    include_str!("../../../vendors/arista-eos/models.toml"),
];

/// What EOS does otherwise than its kin.
pub(super) static KIN: Kin = Kin {
    id: ID,
    data: LazyLock::new(|| Data::new(ID, &DATA)),
    syntax: Syntax {
        heads: &[
            Head::of("ip access-list standard", Family::V4).standard(),
            Head::of("ip access-list", Family::V4),
            Head::of("ipv6 access-list standard", Family::V6).standard(),
            Head::of("ipv6 access-list", Family::V6),
            Head::of("standard ip access list", Family::V4)
                .standard()
                .shown(),
            Head::of("ip access list", Family::V4).shown(),
            Head::of("standard ipv6 access list", Family::V6)
                .standard()
                .shown(),
            Head::of("ipv6 access list", Family::V6).shown(),
        ],
        many_ports: true,
        // Four rules in every IPv6 list; which, and where, is not stated (A1).
        implicit_nd: |_| {
            &[
                (135, "nd-ns"),
                (136, "nd-na"),
                (133, "router-solicitation"),
                (134, "router-advertisement"),
            ]
        },
        standard_masks: true,
        ..SYNTAX
    },
    style: Style {
        head: |list| {
            let family = match list.family {
                Family::V4 => "ip",
                Family::V6 => "ipv6",
            };
            let kind = if list.standard { "standard " } else { "" };
            format!("{family} access-list {kind}{}", list.name)
        },
        ..STYLE
    },
    face: interface::face,
    statement: statement::statement,
    interface_line: interface::line,
    routing_per_vrf: true,
    vrf_behind_route: false,
    range: |name| vec![name.to_owned()],
    settle: |_| {},
    relayed: &[],
    replaces: false,
    exact_flags: false,
    nd_first: true,
    svi_is_up: true,
};

/// The dialect.
#[derive(Debug)]
pub struct AristaEos;

impl Dialect for AristaEos {
    fn id(&self) -> &'static str {
        ID
    }

    fn data(&self) -> [&'static str; 3] {
        DATA
    }

    fn facts(&self) -> &'static Facts {
        KIN.facts()
    }

    fn score(&self, text: &str) -> u32 {
        score(text)
    }

    fn capabilities(&self, hint: &Hint) -> Capabilities {
        Capabilities {
            sees: read::sees(&KIN, hint.confirmed_only),
            established: true,
            log: true,
            ipv6_lists: Known::Yes,
            outbound: true,
        }
    }

    fn rib(&self) -> crate::vendor::rib::Form {
        crate::vendor::rib::Form::Codes
    }

    fn mechanism(&self) -> Option<&'static Mechanism> {
        Some(&change::MECHANISM)
    }

    fn parse(&self, source: &Source, hint: &Hint) -> Device {
        read::device(source, hint, &KIN)
    }

    fn write(&self, config: &Config) -> Result<String, Vec<Text>> {
        write::config(config)
    }
}

/// Points for lines that only EOS prints like this, or nearly so: its head, VRF instances, three blanks before sub-lines.
fn score(text: &str) -> u32 {
    let points = |line: &str| {
        let mut words = Words::new(line);
        let indented = line.starts_with(' ');
        let three_blanks = line.starts_with("   ") && !line.starts_with("    ");
        match words.next().unwrap_or_default() {
            "!" if words.eat("device:") && words.rest().contains("EOS-") => 100,
            "!" if words.eat_all("Command: show") => 20,
            "!" if words.eat_all("boot system") && words.rest().starts_with("flash") => 20,
            "boot" if words.eat("system") && words.rest().ends_with(".swi") => 20,
            "transceiver" if words.eat_all("qsfp default-mode") => 20,
            "service" if words.eat_all("routing protocols model") => 60,
            "vrf" if !indented && words.eat("instance") => 15,
            "IP" | "IPV6" if words.eat_all("Access List") && line.contains("Access List") => 8,
            "permit" | "deny" if has_prefix(line) => 3,
            "ip" if !indented && words.eat("access-list") => match words.peek() {
                Some("extended") => 0,
                _ => 3,
            },
            "ip" if three_blanks && words.eat("access-group") => 4,
            "ipv6" if three_blanks && words.eat("access-group") => 8,
            "ip" if three_blanks && words.eat("address") => 3,
            "ip" if words.eat("virtual-router") => 20,
            "counters" | "statistics" if three_blanks && words.eat("per-entry") => 4,
            "interface" if is_port(words.rest()) => 2,
            "interface" if words.rest().starts_with("Port-Channel") => 4,
            "interface" if words.rest().starts_with("Management") => 6,
            word if three_blanks && word.bytes().all(|b| b.is_ascii_digit()) => 1,
            _ if line.trim_end().ends_with("ago]") && line.contains(" [match ") => 8,
            _ => 0,
        }
    };
    likeness::points(text, points)
}

/// `Ethernet1`: ports of fixed switches have no slash.
fn is_port(name: &str) -> bool {
    name.strip_prefix("Ethernet")
        .is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()))
}
