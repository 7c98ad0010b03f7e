//! Cisco IOS-XE on layer-3 switches (Catalyst 9000 family), both ways.
//!
//! What it shares with its kin is in [`super::ios_like`]; here is what differs, as a [`Kin`], and what is written.
//! What the device does is data: `vendors/cisco-ios-xe/`. Sources are listed in the README there.

mod change;
#[cfg(test)]
mod forms;
mod interface;
#[cfg(test)]
mod oracle;
mod redundancy;
mod statement;
#[cfg(test)]
mod tests;
mod write;

use super::ios_like::groups::GroupKind;
use super::ios_like::native::List;
use super::ios_like::places::{host_or, masked, prefix_or_wildcard, wildcard_words};
use super::ios_like::{Data, Head, Kin, Named, Numbered, STYLE, SYNTAX, Style, Syntax, read};
use super::likeness;
use super::live::Mechanism;
use super::words::Words;
use super::{Capabilities, Dialect, Hint};
use crate::acl::Known;
use crate::base::{Source, Text};
use crate::device::{Config, Device};
use crate::facts::Facts;
use crate::net::Family;
use std::sync::LazyLock;

/// Id in policies and files.
pub(super) const ID: &str = "cisco-ios-xe";

/// The data files, for the digest.
const DATA: [&str; 3] = [
    include_str!("../../../vendors/cisco-ios-xe/profile.toml"),
    include_str!("../../../vendors/cisco-ios-xe/names.toml"),
    include_str!("../../../vendors/cisco-ios-xe/models.toml"),
];

/// Time, TACACS, DNS, TFTP, NetBIOS name and datagram service: what `ip helper-address` sends on besides DHCP (67, 68), by the
/// page on `ip forward-protocol` of the IOS IP Application Services Command Reference.
const RELAYED: [u16; 6] = [37, 49, 53, 69, 137, 138];

/// What IOS-XE does otherwise than its kin.
pub(super) static KIN: Kin = Kin {
    id: ID,
    data: LazyLock::new(|| Data::new(ID, &DATA)),
    syntax: Syntax {
        heads: &[
            Head::of("ip access-list extended", Family::V4),
            Head::of("ip access-list standard", Family::V4).standard(),
            Head::of("ipv6 access-list", Family::V6),
            Head::of("extended ip access list", Family::V4).shown(),
            Head::of("standard ip access list", Family::V4)
                .standard()
                .shown(),
            Head::of("ipv6 access list", Family::V6).shown(),
        ],
        numbered,
        place: masked,
        address_group: Named::Behind("object-group"),
        service_group: Some("object-group"),
        port_group: Some("portgroup"),
        many_ports: true,
        groups: &[
            ("object-group network", GroupKind::Addresses(Family::V4)),
            ("object-group v6-network", GroupKind::Addresses(Family::V6)),
            ("object-group service", GroupKind::Services),
            ("object-group v6-service", GroupKind::Services),
            ("object-group ip port", GroupKind::Ports),
        ],
        group_masks: true,
        implicit_nd: |_| &[(136, "nd-na"), (135, "nd-ns")],
        ..SYNTAX
    },
    style: Style {
        indent: " ",
        head: list_head,
        place: |wildcard| {
            host_or(wildcard, true, |wildcard| match wildcard.family() {
                Family::V4 => wildcard_words(wildcard),
                Family::V6 => prefix_or_wildcard(wildcard, true),
            })
        },
        // In IPv4 lists `deny` is padded, so that it lines up with `permit`.
        deny: ["deny  ", "deny"],
        sequence: ["", "sequence "],
        // As the device prints it (S6); what a number used twice does in IPv6 is not known.
        remark_shares: [true, false],
        ..STYLE
    },
    face: interface::face,
    statement: statement::statement,
    interface_line: interface::line,
    routing_per_vrf: false,
    vrf_behind_route: false,
    range: |name| vec![name.to_owned()],
    settle: |_| {},
    relayed: &RELAYED,
    replaces: false,
    exact_flags: false,
    nd_first: false,
    svi_is_up: true,
};

fn numbered(number: u32) -> Option<Numbered> {
    let standard = match number {
        1..=99 | 1300..=1999 => true,
        100..=199 | 2000..=2699 => false,
        _ => return None,
    };
    Some(Numbered {
        standard,
        permits_rest: false,
    })
}

fn list_head(list: &List) -> String {
    let words = match (list.family, list.standard) {
        (Family::V4, false) => "ip access-list extended",
        (Family::V4, true) => "ip access-list standard",
        (Family::V6, _) => "ipv6 access-list",
    };
    format!("{words} {}", list.name)
}

/// The dialect.
#[derive(Debug)]
pub struct CiscoIosXe;

impl Dialect for CiscoIosXe {
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

    fn mechanism(&self) -> Option<&'static Mechanism> {
        Some(&change::MECHANISM)
    }

    fn rib(&self) -> crate::vendor::rib::Form {
        crate::vendor::rib::Form::Codes
    }

    fn parse(&self, source: &Source, hint: &Hint) -> Device {
        read::device(source, hint, &KIN)
    }

    fn write(&self, config: &Config) -> Result<String, Vec<Text>> {
        write::config(config)
    }
}

/// Points for lines that only IOS-XE prints like this, or nearly so. Sub-lines have one blank; kin dialects use two.
fn score(text: &str) -> u32 {
    let mark = |line: &str| {
        let mut words = Words::new(line);
        let indented = line.starts_with(' ');
        match words.next().unwrap_or_default() {
            "ip" if words.eat("access-list") => match words.next() {
                Some("extended" | "standard") => 3,
                _ => 0,
            },
            "ip" if one_blank(line) && words.eat("access-group") => 4,
            "ip" if one_blank(line) && words.eat("address") => 3 * u32::from(has_mask(words)),
            "ip" | "ipv6" if !indented && words.eat("cef") => 6,
            "ipv6" if one_blank(line) && words.eat("traffic-filter") => 6,
            "interface" if words.rest().starts_with("Vlan") => 4,
            "interface"
                if words.rest().contains("GigabitEthernet") || words.rest().contains("GigE") =>
            {
                4
            }
            "ipv6" if words.eat("unicast-routing") => 3,
            "ipv6" if words.eat("access-list") => 1,
            "Building" if words.eat("configuration...") => 3,
            "service" if !indented && words.eat("timestamps") => 10,
            "boot-start-marker" => 20,
            "Extended" | "Standard" if words.eat_all("IP access list") => 6,
            "access-list" if !indented && words.number::<u32>().is_some() => 3,
            "permit" | "deny" if indented && is_shown_ipv6(line) => 8,
            _ => 0,
        }
    };
    let entry = |line: &str| {
        let numbered = likeness::is_numbered(line);
        let word = Words::new(line).next().unwrap_or_default();
        let entry = numbered || matches!(word, "permit" | "deny" | "remark" | "sequence");
        u32::from(entry && one_blank(line))
    };
    likeness::marked(text, mark, entry)
}

fn one_blank(line: &str) -> bool {
    line.starts_with(' ') && !line.starts_with("  ")
}

/// `10.0.0.1 255.255.255.0`: kin dialects print the length, or indent by more.
fn has_mask(mut words: Words) -> bool {
    let mut dotted = || words.next().is_some_and(|w| w.split('.').count() == 4);
    dotted() && dotted()
}

/// Entries of IPv6 lists are shown with their number at the end.
fn is_shown_ipv6(line: &str) -> bool {
    line.rsplit_once(" sequence ")
        .is_some_and(|(_, number)| likeness::is_numbered(number))
}
