//! HPE Aruba Networking AOS-CX (6000 to 10000 series), both ways.
//!
//! What it shares with its kin is in [`super::ios_like`]; here is what differs, as a [`Kin`], and what is written. Lists of
//! VLAN interfaces (`routed-in`, `routed-out`) are bindings; lists of VLANs and ports narrow.
//! What the device does is data: `vendors/aruba-aos-cx/`. Sources are listed in the README there.

mod change;
mod interface;
#[cfg(test)]
mod tests;
mod write;

use super::ios_like::groups::GroupKind;
use super::ios_like::places::{prefix_or_host, slashed};
use super::ios_like::read::Reader;
use super::ios_like::{Data, Head, Kin, Named, STYLE, SYNTAX, Style, Syntax, read};
use super::likeness;
use super::live::Mechanism;
use super::words::Words;
use super::{Capabilities, Dialect, Hint};
use crate::acl::Known;
use crate::base::{Source, Text};
use crate::device::{Config, Device, EffectClass, Scope};
use crate::facts::Facts;
use crate::net::Family;
use crate::vendor::capture::Line;
use std::sync::LazyLock;

/// Id in policies and files.
pub(super) const ID: &str = "aruba-aos-cx";

/// The data files, for the digest.
const DATA: [&str; 3] = [
    include_str!("../../../vendors/aruba-aos-cx/profile.toml"),
    include_str!("../../../vendors/aruba-aos-cx/names.toml"),
    include_str!("../../../vendors/aruba-aos-cx/models.toml"),
];

/// What AOS-CX does otherwise than its kin.
pub(super) static KIN: Kin = Kin {
    id: ID,
    data: LazyLock::new(|| Data::new(ID, &DATA)),
    syntax: Syntax {
        heads: &[
            Head::of("access-list ip", Family::V4),
            Head::of("access-list ipv6", Family::V6),
        ],
        any: ["any", "any"],
        place: slashed,
        address_group: Named::Bare,
        port_group: Some("group"),
        // The device has no such word; this one never stands there.
        neq: "",
        icmp_words: true,
        groups: &[
            ("object-group ip address", GroupKind::Addresses(Family::V4)),
            (
                "object-group ipv6 address",
                GroupKind::Addresses(Family::V6),
            ),
            ("object-group port", GroupKind::Ports),
        ],
        remark: "comment",
        fragments: "fragment",
        silent: &["count"],
        ..SYNTAX
    },
    style: Style {
        indent: "    ",
        head: |list| match list.family {
            Family::V4 => format!("access-list ip {}", list.name),
            Family::V6 => format!("access-list ipv6 {}", list.name),
        },
        place: prefix_or_host,
        prefixes_only: [true, true],
        // An outbound list with `log` is refused by the device (K3).
        logs_outbound: false,
        ..STYLE
    },
    face: interface::face,
    statement,
    interface_line: interface::line,
    routing_per_vrf: false,
    vrf_behind_route: true,
    range: |name| vec![name.to_owned()],
    settle: |_| {},
    relayed: &[],
    replaces: true,
    exact_flags: false,
    nd_first: false,
    svi_is_up: true,
};

/// VRFs, and lists on the control plane, which narrow what is meant for the switch.
fn statement(
    reader: &mut Reader,
    mut words: Words<'_>,
    head: &Line<'_>,
    body: &[Line<'_>],
) -> bool {
    match words.next().unwrap_or_default() {
        "vrf" => reader.vrf(words, body),
        "apply" => reader.effect(EffectClass::Narrows, Scope::Device, head),
        _ => return false,
    }
    true
}

/// The dialect.
#[derive(Debug)]
pub struct ArubaAosCx;

impl Dialect for ArubaAosCx {
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

/// Points for lines that only AOS-CX prints like this: lists and their bindings, slots in port names, four blanks.
fn score(text: &str) -> u32 {
    let points = |line: &str| {
        let mut words = Words::new(line);
        match words.next().unwrap_or_default() {
            "!Version" if words.eat("ArubaOS-CX") || words.eat("AOS-CX") => 100,
            "access-list" if words.eat("ip") || words.eat("ipv6") => 10,
            "apply" if words.eat("access-list") => 20,
            "interface" if words.rest().starts_with("1/1/") => 4,
            "interface" if words.rest().starts_with("lag ") => 6,
            "vrf" if words.eat("attach") => 10,
            _ => 0,
        }
    };
    let entry = |line: &str| u32::from(line.starts_with("    ") && likeness::is_numbered(line));
    likeness::marked(text, points, entry)
}
