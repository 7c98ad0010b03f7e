//! Allied Telesis AlliedWare Plus (x230 to x950, SBx908, SBx8100), both ways.
//!
//! What it shares with its kin is in [`super::ios_like`]; here is what differs, as a [`Kin`], and what is written. Only
//! hardware lists filter what is forwarded, they end in *permit*, and they are bound to ports, those of IPv4 by access maps to
//! VLANs too, inbound only. What the device does is data: `vendors/allied-telesis-awplus/`. Sources are listed in the README there.

mod change;
mod interface;
mod ports;
mod settle;
mod statement;
#[cfg(test)]
mod tests;
mod write;

use super::ios_like::places::{host_or, masked_or_prefix, prefix_or_wildcard};
use super::ios_like::{Data, Deed, Head, Kin, Numbered, STYLE, SYNTAX, Style, Syntax, read};
use super::likeness;
use super::live::Mechanism;
use super::parts::not;
use super::words::Words;
use super::{Capabilities, Dialect, Hint};
use crate::acl::Known;
use crate::base::{Source, Text};
use crate::device::{Config, Device};
use crate::facts::Facts;
use crate::net::Family;
use std::sync::LazyLock;

/// Id in policies and files.
pub(super) const ID: &str = "allied-telesis-awplus";

/// The option that says how much of an IPv6 packet the hardware tests, and the value with which that is addresses too.
const HWFILTER_SIZE: &str = "hwfilter-size";
const FULL_IPV6: &str = "ipv4-full-ipv6";

/// The data files, for the digest.
const DATA: [&str; 3] = [
    include_str!("../../../vendors/allied-telesis-awplus/profile.toml"),
    include_str!("../../../vendors/allied-telesis-awplus/names.toml"),
    include_str!("../../../vendors/allied-telesis-awplus/models.toml"),
];

/// What AlliedWare Plus does otherwise than its kin.
pub(super) static KIN: Kin = Kin {
    id: ID,
    data: LazyLock::new(|| Data::new(ID, &DATA)),
    syntax: Syntax {
        heads: &[
            Head::of("access-list hardware", Family::V4).permits_rest(),
            Head::of("access-list standard", Family::V4).standard(),
            Head::of("access-list extended", Family::V4),
            Head::of("ipv6 access-list standard", Family::V6).standard(),
            Head::of("ipv6 access-list extended", Family::V6),
            Head::of("ipv6 access-list", Family::V6).permits_rest(),
            Head::of("hardware ip access list", Family::V4)
                .permits_rest()
                .shown(),
            Head::of("extended ip access list", Family::V4).shown(),
            Head::of("standard ip access list", Family::V4)
                .standard()
                .shown(),
        ],
        numbered,
        actions: &[
            ("permit", Deed::Permit),
            ("deny", Deed::Deny),
            ("copy-to-cpu", Deed::Permit),
            ("copy-to-mirror", Deed::Permit),
            ("send-to-cpu", Deed::Aside),
            ("send-to-mirror", Deed::Aside),
            ("send-to-vlan-port", Deed::Aside),
        ],
        place: masked_or_prefix,
        protocol_word: Some("proto"),
        tcp_flags: false,
        icmp_words: true,
        neq: "ne",
        // By fours on 5.5 (K1, K20).
        steps_by_ten: false,
        // No word for later fragments in hardware lists.
        fragments: "",
        ..SYNTAX
    },
    style: Style {
        indent: " ",
        head: |list| match list.family {
            Family::V4 => format!("access-list hardware {}", list.name),
            Family::V6 => format!("ipv6 access-list {}", list.name),
        },
        place: |wildcard| match wildcard.family() {
            Family::V4 => host_or(wildcard, false, |wildcard| {
                prefix_or_wildcard(wildcard, false)
            }),
            // Hosts stand as `A/128` in the one example (K7).
            Family::V6 if wildcard.is_any() => "any".to_owned(),
            Family::V6 => prefix_or_wildcard(wildcard, false),
        },
        icmp_type: true,
        logs: [false, false],
        ..STYLE
    },
    face: interface::face,
    statement: statement::statement,
    interface_line: interface::line,
    routing_per_vrf: false,
    vrf_behind_route: false,
    range: interface::range,
    settle: settle::settle,
    relayed: &[],
    replaces: false,
    exact_flags: false,
    nd_first: false,
    svi_is_up: true,
};

/// Hardware lists of one entry permit the rest; the others are software lists and filter nothing that is forwarded (K5).
fn numbered(number: u32) -> Option<Numbered> {
    let (standard, permits_rest) = match number {
        3000..=3699 => (false, true),
        1..=99 | 1300..=1999 => (true, false),
        100..=199 | 2000..=2699 => (false, false),
        _ => return None,
    };
    Some(Numbered {
        standard,
        permits_rest,
    })
}

/// The dialect.
#[derive(Debug)]
pub struct AlliedTelesisAwplus;

impl Dialect for AlliedTelesisAwplus {
    fn id(&self) -> &'static str {
        ID
    }

    fn data(&self) -> [&'static str; 3] {
        DATA
    }

    fn facts(&self) -> &'static Facts {
        KIN.facts()
    }

    fn options(&self) -> &'static [&'static str] {
        &[HWFILTER_SIZE]
    }

    fn binds_to_ports(&self) -> bool {
        true // those of IPv6
    }

    fn score(&self, text: &str) -> u32 {
        score(text)
    }

    fn capabilities(&self, hint: &Hint) -> Capabilities {
        Capabilities {
            sees: read::sees(&KIN, hint.confirmed_only),
            established: false,
            log: false,
            ipv6_lists: ipv6_lists(hint),
            outbound: false,
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

/// Whether IPv6 lists test addresses in the mode that the policy states.
fn ipv6_lists(hint: &Hint) -> Known {
    if hint
        .options
        .get(HWFILTER_SIZE)
        .is_some_and(|size| size == FULL_IPV6)
    {
        return Known::Yes;
    }
    let blind = ports::blindness(hint.model.as_deref());
    not(KIN.facts().known(blind, hint.confirmed_only))
}

/// Points for lines that only AlliedWare Plus prints like this: hardware lists, VLAN databases, names of ports.
fn score(text: &str) -> u32 {
    let points = |line: &str| {
        let mut words = Words::new(line);
        match words.next().unwrap_or_default() {
            "access-list" if words.eat("hardware") => 30,
            "Hardware" if words.eat_all("IP access list") => 30,
            "vlan" if words.eat("database") && words.is_end() => 20,
            "vlan" if words.eat("filter") && words.rest().ends_with(" input") => 20,
            "match" if line.starts_with(" ") && words.eat("access-group") => 2,
            "access-group" if line.starts_with(" ") => 2,
            "interface" if words.rest().starts_with("port") && line.contains('.') => 20,
            "interface" if words.rest().starts_with("vlan") => 3,
            "platform" if words.eat("hwfilter-size") => 40,
            "service" if words.eat("ssh") || words.eat("dhcp-relay") => 2,
            "ip" if words.eat_all("dhcp-relay server-address") => 20,
            _ => 0,
        }
    };
    likeness::points(text, points)
}
