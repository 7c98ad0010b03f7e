//! Cisco NX-OS on layer-3 switches (Nexus 9000 family), both ways.
//!
//! What it shares with its kin is in [`super::ios_like`]; here is what differs, as a [`Kin`], and what is written.
//! What the device does is data: `vendors/cisco-nx-os/`. Sources are listed in the README there.

mod change;
mod interface;
mod statement;
#[cfg(test)]
mod tests;
mod write;

use super::ios_like::groups::GroupKind;
use super::ios_like::places::prefix_or_wildcard;
use super::ios_like::{Data, Head, Kin, Named, STYLE, SYNTAX, Style, Syntax, read};
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
pub(super) const ID: &str = "cisco-nx-os";

/// The data files, for the digest.
const DATA: [&str; 3] = [
    include_str!("../../../vendors/cisco-nx-os/profile.toml"),
    include_str!("../../../vendors/cisco-nx-os/names.toml"),
    include_str!("../../../vendors/cisco-nx-os/models.toml"),
];

/// What NX-OS does otherwise than its kin.
pub(super) static KIN: Kin = Kin {
    id: ID,
    data: LazyLock::new(|| Data::new(ID, &DATA)),
    syntax: Syntax {
        heads: &[
            Head::of("ip access-list", Family::V4),
            Head::of("ipv6 access-list", Family::V6),
            Head::of("ip access list", Family::V4).shown(),
            Head::of("ipv6 access list", Family::V6).shown(),
        ],
        list_fragments: &[
            ("fragments permit-all", true),
            ("fragments deny-all", false),
        ],
        address_group: Named::Behind("addrgroup"),
        port_group: Some("portgroup"),
        swaps_range: true,
        groups: &[
            ("object-group ip address", GroupKind::Addresses(Family::V4)),
            (
                "object-group ipv6 address",
                GroupKind::Addresses(Family::V6),
            ),
            ("object-group ip port", GroupKind::Ports),
        ],
        implicit_nd,
        ..SYNTAX
    },
    style: Style {
        indent: "  ",
        // A host prints as a prefix too (N5).
        place: |wildcard| {
            if wildcard.is_any() {
                "any".to_owned()
            } else {
                prefix_or_wildcard(wildcard, false)
            }
        },
        // Neither IPv6 lists nor outbound ones log on this family (N7).
        logs: [true, false],
        logs_outbound: false,
        ..STYLE
    },
    face: interface::face,
    statement: statement::statement,
    interface_line: interface::line,
    routing_per_vrf: false,
    vrf_behind_route: false,
    range: |name| vec![name.to_owned()],
    settle: |_| {},
    relayed: &[],
    replaces: false,
    exact_flags: true,
    nd_first: false,
    svi_is_up: false,
};

/// Nexus 9000 permits none by itself (N7); older guides of other families list these four (sources conflict).
fn implicit_nd(model: Option<&str>) -> &'static [(u8, &'static str)] {
    match model {
        Some(model) if model.starts_with("N9K") || model.starts_with("Nexus9") => &[],
        _ => &[
            (135, "nd-ns"),
            (136, "nd-na"),
            (133, "router-solicitation"),
            (134, "router-advertisement"),
        ],
    }
}

/// The dialect.
#[derive(Debug)]
pub struct CiscoNxOs;

impl Dialect for CiscoNxOs {
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
        crate::vendor::rib::Form::Via
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

/// Points for lines that only NX-OS prints like this, or nearly so: features, VRF contexts, two blanks before sub-lines.
fn score(text: &str) -> u32 {
    let points = |line: &str| {
        let mut words = Words::new(line);
        let indented = line.starts_with(' ');
        let two_blanks = line.starts_with("  ") && !line.starts_with("   ");
        match words.next().unwrap_or_default() {
            "!Command:" => 60,
            "feature" if !indented && words.next().is_some() && words.is_end() => 10,
            "vdc" if !indented => 20,
            "vrf" if words.eat("context") || words.eat("member") => 10,
            "version" if words.rest().contains("Bios:") => 60,
            "object-group" if words.eat_all("ip address") || words.eat_all("ip port") => 10,
            "IP" | "IPv6" if words.eat_all("access list") && line.starts_with("IP") => 8,
            "permit" | "deny" if has_prefix(line) => 3,
            "ip" if !indented && words.eat("access-list") => match words.peek() {
                Some("extended" | "standard") => 0,
                _ => 3,
            },
            "ip" if two_blanks && words.eat("access-group") => 3,
            "ipv6" if two_blanks && words.eat("traffic-filter") => 4,
            "ip" if two_blanks && words.eat_all("dhcp relay address") => 8,
            "interface" if words.rest().starts_with("Ethernet") && line.contains('/') => 2,
            "interface" if words.rest().starts_with("port-channel") => 4,
            word if two_blanks && word.bytes().all(|b| b.is_ascii_digit()) => 1,
            _ if line.contains("addrgroup ") || line.contains("portgroup ") => 4,
            _ if line.trim_end().ends_with(']') && line.contains(" [match=") => 8,
            _ => 0,
        }
    };
    likeness::points(text, points)
}
