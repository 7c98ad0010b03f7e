//! What the command lines descended from IOS have in common, both ways, for the dialects built on it.
//!
//! ```text
//! read:  text -> lines -> read/statement/interface_line/route -> Device
//!                           lists/entry/groups -> native -> convert -> Acl
//! write: Draft -> draft -> native -> print -> text
//! ```
//!
//! In: a [`Kin`], which says as a value what one dialect does otherwise, and the text or the drafts. Out: a device, or text.
//! What a device *does* is data (`vendors/<dialect>/`), asked as facts with the same ids in every dialect.
//! Must not know: any one dialect. A difference is a field of [`Kin`] with a name, never a test for an id.

mod beside;
pub(in crate::vendor) mod boxes;
pub(in crate::vendor) mod config;
pub(in crate::vendor) mod convert;
pub(in crate::vendor) mod draft;
pub(in crate::vendor) mod entry;
pub(in crate::vendor) mod groups;
pub(in crate::vendor) mod interface;
pub(in crate::vendor) mod interface_line;
pub(in crate::vendor) mod lines;
pub(in crate::vendor) mod lists;
pub(in crate::vendor) mod names;
pub(in crate::vendor) mod native;
pub(in crate::vendor) mod order;
pub(in crate::vendor) mod places;
pub(in crate::vendor) mod print;
pub(in crate::vendor) mod read;
pub(in crate::vendor) mod redundancy;
pub(in crate::vendor) mod route;
pub(in crate::vendor) mod statement;
pub(in crate::vendor) mod table;
#[cfg(test)]
mod tests;
pub(in crate::vendor) mod vlan;

use super::capture::Line;
use super::words::Words;
use crate::device::InterfaceKind;
use crate::facts::Facts;
use crate::net::{Family, Wildcard};
use groups::GroupKind;
use interface::Face;
use native::List;
use read::Reader;
use std::sync::LazyLock;

/// What tells one of these dialects from the others.
pub(in crate::vendor) struct Kin {
    /// Id in policies and files.
    pub(in crate::vendor) id: &'static str,
    /// What its data folder says.
    pub(in crate::vendor) data: LazyLock<Data>,
    /// How lists, entries and groups are spelled.
    pub(in crate::vendor) syntax: Syntax,
    /// How lists are printed.
    pub(in crate::vendor) style: Style,
    /// How interfaces are named.
    pub(in crate::vendor) face: fn(&str) -> Option<FaceName>,
    /// What a top-level line of this dialect alone means; false if it is none.
    pub(in crate::vendor) statement: Statement,
    /// What a line inside an interface of this dialect alone means; false if it is none.
    pub(in crate::vendor) interface_line: InterfaceLine,
    /// Whether routing is switched on VRF by VRF.
    pub(in crate::vendor) routing_per_vrf: bool,
    /// Whether the VRF behind a next hop is that of the route, and not another one that the next hop is in.
    pub(in crate::vendor) vrf_behind_route: bool,
    /// Interfaces that one head names; itself where the dialect has no ranges.
    pub(in crate::vendor) range: fn(&str) -> Vec<String>,
    /// What is left to do when all is read.
    pub(in crate::vendor) settle: fn(&mut Reader),
    /// UDP ports whose broadcasts a relay sends on as well unless lines say otherwise; empty: those of DHCP alone.
    pub(in crate::vendor) relayed: &'static [u16],
    /// Whether a number used again takes the place of the entry before.
    pub(in crate::vendor) replaces: bool,
    /// Whether a flag word perhaps wants all other flags clear.
    pub(in crate::vendor) exact_flags: bool,
    /// Whether implicit ND permits stand before all entries.
    pub(in crate::vendor) nd_first: bool,
    /// Whether a VLAN interface that says nothing is up.
    pub(in crate::vendor) svi_is_up: bool,
}

/// Reads a top-level block: the words behind nothing yet, its head, its body.
pub(in crate::vendor) type Statement = fn(&mut Reader, Words<'_>, &Line<'_>, &[Line<'_>]) -> bool;

/// Reads a line inside an interface, with the deeper lines under it.
pub(in crate::vendor) type InterfaceLine =
    fn(&mut Reader, &mut Face, Words<'_>, &Line<'_>, &[Line<'_>]) -> bool;

/// An interface by its name.
pub(in crate::vendor) struct FaceName {
    /// As the device prints it.
    pub(in crate::vendor) name: String,
    /// What it is, as far as the name says.
    pub(in crate::vendor) kind: InterfaceKind,
    /// A port or a bundle of them, which may be switched.
    pub(in crate::vendor) is_port: bool,
    /// A subinterface, which is never switched.
    pub(in crate::vendor) sub: bool,
}

/// How lists, entries and groups are spelled.
pub(in crate::vendor) struct Syntax {
    /// Heads of lists, longer ones before those they begin with.
    pub(in crate::vendor) heads: &'static [Head],
    /// What `access-list N` is; `None` if it is no list of packets.
    pub(in crate::vendor) numbered: fn(u32) -> Option<Numbered>,
    /// Lines of a list on all later fragments, and whether they permit them.
    pub(in crate::vendor) list_fragments: &'static [(&'static str, bool)],
    /// The word for every protocol, by family.
    pub(in crate::vendor) any: [&'static str; 2],
    /// Reads a place other than a group.
    pub(in crate::vendor) place: fn(&mut Words<'_>, Family) -> Option<Wildcard>,
    /// Whether it is a fact of its own what the mask of a standard list is.
    pub(in crate::vendor) standard_masks: bool,
    /// How an entry names a group of addresses.
    pub(in crate::vendor) address_group: Named,
    /// The word that names a group of services in the place of the protocol.
    pub(in crate::vendor) service_group: Option<&'static str>,
    /// Words that an entry begins with, and what they do.
    pub(in crate::vendor) actions: &'static [(&'static str, Deed)],
    /// The word before a protocol number, where there is one.
    pub(in crate::vendor) protocol_word: Option<&'static str>,
    /// Whether entries test TCP flags.
    pub(in crate::vendor) tcp_flags: bool,
    /// Whether ICMP fields stand behind `icmp-type` and `icmp-code`.
    pub(in crate::vendor) icmp_words: bool,
    /// The word that names a group of ports.
    pub(in crate::vendor) port_group: Option<&'static str>,
    /// The word for "not this port".
    pub(in crate::vendor) neq: &'static str,
    /// Whether several ports may stand behind `eq` and the like.
    pub(in crate::vendor) many_ports: bool,
    /// Whether the ends of a range may stand in either order.
    pub(in crate::vendor) swaps_range: bool,
    /// Heads of groups.
    pub(in crate::vendor) groups: &'static [(&'static str, GroupKind)],
    /// Whether groups of addresses are spelled with netmasks and ranges, unlike entries.
    pub(in crate::vendor) group_masks: bool,
    /// Whether the device numbers entries by tens on every release.
    pub(in crate::vendor) steps_by_ten: bool,
    /// The word before a comment.
    pub(in crate::vendor) remark: &'static str,
    /// The word for "later fragments only".
    pub(in crate::vendor) fragments: &'static str,
    /// ND messages that an IPv6 list of a model perhaps permits by itself: type and name.
    pub(in crate::vendor) implicit_nd: fn(Option<&str>) -> &'static [(u8, &'static str)],
    /// Words of an entry that change no fate.
    pub(in crate::vendor) silent: &'static [&'static str],
}

/// How a group is named where an address stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::vendor) enum Named {
    /// Behind this word.
    Behind(&'static str),
    /// By its name alone, where no address stands.
    Bare,
    /// There are none.
    Never,
}

/// A head of lists: words, then a name.
#[derive(Clone, Copy)]
pub(in crate::vendor) struct Head {
    pub(in crate::vendor) words: &'static str,
    pub(in crate::vendor) family: Family,
    /// Its entries test sources only.
    pub(in crate::vendor) standard: bool,
    /// Printed by `show access-lists`: a copy of what the configuration says.
    pub(in crate::vendor) shown: bool,
    /// What no entry matches is permitted.
    pub(in crate::vendor) permits_rest: bool,
}

/// What a number says of a list.
#[derive(Clone, Copy)]
pub(in crate::vendor) struct Numbered {
    pub(in crate::vendor) standard: bool,
    pub(in crate::vendor) permits_rest: bool,
}

/// What an entry does with what it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vendor) enum Deed {
    Permit,
    Deny,
    /// Sends it elsewhere than it would go.
    Aside,
}

/// How lists are printed.
pub(in crate::vendor) struct Style {
    /// Blanks before the lines of a block.
    pub(in crate::vendor) indent: &'static str,
    /// The head of a list.
    pub(in crate::vendor) head: fn(&List) -> String,
    /// A place other than a group.
    pub(in crate::vendor) place: fn(&Wildcard) -> String,
    /// `deny`, padded or not, by family.
    pub(in crate::vendor) deny: [&'static str; 2],
    /// The word before a sequence number, by family.
    pub(in crate::vendor) sequence: [&'static str; 2],
    /// Families whose addresses are prefixes only.
    pub(in crate::vendor) prefixes_only: [bool; 2],
    /// Whether a comment carries the number of the entry behind it, by family.
    pub(in crate::vendor) remark_shares: [bool; 2],
    /// Whether the word `icmp-type` stands before a type.
    pub(in crate::vendor) icmp_type: bool,
    /// Whether lists log, by family.
    pub(in crate::vendor) logs: [bool; 2],
    /// Whether outbound lists log.
    pub(in crate::vendor) logs_outbound: bool,
}

/// The data folder of a dialect, in the forms that readers ask.
pub(in crate::vendor) struct Data {
    pub(in crate::vendor) facts: Facts,
    pub(in crate::vendor) names: names::Names,
    pub(in crate::vendor) tables: table::Tables,
}

impl Data {
    /// Of `profile.toml`, `names.toml`, `models.toml`.
    pub(in crate::vendor) fn new(id: &'static str, files: &[&str; 3]) -> Data {
        let [profile, names, models] = files;
        let facts = Facts::load(id, profile, names, models);
        Data {
            names: names::Names::new(&facts),
            tables: table::Tables::new(&facts),
            facts,
        }
    }
}

impl Kin {
    pub(in crate::vendor) fn facts(&'static self) -> &'static Facts {
        &LazyLock::force(&self.data).facts
    }

    pub(in crate::vendor) fn names(&'static self) -> &'static names::Names {
        &LazyLock::force(&self.data).names
    }
}

/// Of a pair of words or switches by family.
pub(in crate::vendor) fn pick<T: Copy>([v4, v6]: [T; 2], family: Family) -> T {
    match family {
        Family::V4 => v4,
        Family::V6 => v6,
    }
}

/// Of a pair of tables by family.
pub(in crate::vendor) fn of<T>([v4, v6]: &[T; 2], family: Family) -> &T {
    match family {
        Family::V4 => v4,
        Family::V6 => v6,
    }
}

/// What most of these dialects say; each names what it says otherwise.
pub(in crate::vendor) const SYNTAX: Syntax = Syntax {
    heads: &[],
    numbered: |_| None,
    list_fragments: &[],
    any: ["ip", "ipv6"],
    place: places::masked_or_prefix,
    address_group: Named::Never,
    service_group: None,
    actions: &[("permit", Deed::Permit), ("deny", Deed::Deny)],
    protocol_word: None,
    standard_masks: false,
    tcp_flags: true,
    icmp_words: false,
    port_group: None,
    neq: "neq",
    many_ports: false,
    swaps_range: false,
    groups: &[],
    group_masks: false,
    steps_by_ten: true,
    remark: "remark",
    fragments: "fragments",
    implicit_nd: |_| &[],
    silent: &[],
};

/// How most of them print.
pub(in crate::vendor) const STYLE: Style = Style {
    indent: "   ",
    head: |list| match list.family {
        Family::V4 => format!("ip access-list {}", list.name),
        Family::V6 => format!("ipv6 access-list {}", list.name),
    },
    place: |wildcard| {
        places::host_or(wildcard, false, |wildcard| {
            places::prefix_or_wildcard(wildcard, false)
        })
    },
    deny: ["deny", "deny"],
    sequence: ["", ""],
    prefixes_only: [false, true],
    remark_shares: [false, false],
    icmp_type: false,
    logs: [true, true],
    logs_outbound: true,
};

impl Head {
    /// A head of the configuration, extended.
    pub(in crate::vendor) const fn of(words: &'static str, family: Family) -> Head {
        Head {
            words,
            family,
            standard: false,
            shown: false,
            permits_rest: false,
        }
    }

    /// The same for lists that test sources only.
    pub(in crate::vendor) const fn standard(self) -> Head {
        Head {
            standard: true,
            ..self
        }
    }

    /// The same for lists that permit what no entry matches.
    pub(in crate::vendor) const fn permits_rest(self) -> Head {
        Head {
            permits_rest: true,
            ..self
        }
    }

    /// The same where it is printed by `show access-lists`.
    pub(in crate::vendor) const fn shown(self) -> Head {
        Head {
            shown: true,
            ..self
        }
    }
}
