//! The `from` part of a term.
//!
//! In: the words below `from`. Out: a [`Test`]: sets per field, words on what is not in the header of D6 (D7), and the first
//! word that was not understood. Must not know: what a field means for a packet that does not have it (`boxes`).

use super::addresses::{Places, PrefixLists};
use super::tree::At;
use super::{flags, names};
use crate::net::{ByteSet, Family, FlagSet, PortSet, TcpFlags};

/// Match words on what is not in the header of D6; each may have `-except` behind it.
const NARROWING: [&str; 41] = [
    "ah-spi",
    "destination-class",
    "destination-mac-address",
    "dscp",
    "esp-spi",
    "exp",
    "extension-header",
    "flexible-match-mask",
    "flexible-match-range",
    "flow-label",
    "forwarding-class",
    "fragment-flags",
    "gre-key",
    "hop-limit",
    "interface",
    "interface-group",
    "interface-set",
    "ip-options",
    "ip-precedence",
    "learn-vlan-1p-priority",
    "learn-vlan-id",
    "loss-priority",
    "packet-length",
    "policy-map",
    "precedence",
    "rat-type",
    "redirect-reason",
    "service-filter-hit",
    "source-class",
    "source-mac-address",
    "tos",
    "traffic-class",
    "traffic-type",
    "ttl",
    "tunnel",
    "user-vlan-1p-priority",
    "user-vlan-id",
    "vlan",
    "vxlan",
    "vxlan-id",
    "vlan-ether-type",
];

/// Which fragments an IPv4 test takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fragment {
    /// `is-fragment`.
    Is,
    /// `first-fragment`.
    First,
    /// `fragment-offset`: 0 is among the values, all others are, some others are.
    Offset { zero: bool, all: bool, some: bool },
}

/// What a term tests. `None` tests nothing.
#[derive(Debug)]
pub(super) struct Test {
    pub(super) family: Family,
    pub(super) src: Option<Places>,
    pub(super) dst: Option<Places>,
    /// `address`, `prefix-list`: source or destination.
    pub(super) either: Option<Places>,
    pub(super) sport: Option<PortSet>,
    pub(super) dport: Option<PortSet>,
    /// `port`: source or destination.
    pub(super) port: Option<PortSet>,
    /// `protocol`, `payload-protocol`.
    pub(super) protocol: Option<ByteSet>,
    /// `next-header`.
    pub(super) next_header: Option<ByteSet>,
    pub(super) flags: Option<FlagSet>,
    pub(super) icmp_type: Option<ByteSet>,
    pub(super) icmp_code: Option<ByteSet>,
    pub(super) fragments: Vec<Fragment>,
    /// `extension-header fragment`.
    pub(super) has_fragment_header: bool,
    /// Words that narrow (D7).
    pub(super) conditions: Vec<String>,
    /// A name was used whose number is another project's reading.
    pub(super) named: bool,
    pub(super) unread: Option<String>,
    /// There was a condition.
    any: bool,
}

impl Test {
    /// Tests nothing.
    pub(super) fn none(family: Family) -> Test {
        Test {
            family,
            src: None,
            dst: None,
            either: None,
            sport: None,
            dport: None,
            port: None,
            protocol: None,
            next_header: None,
            flags: None,
            icmp_type: None,
            icmp_code: None,
            fragments: Vec::new(),
            has_fragment_header: false,
            conditions: Vec::new(),
            named: false,
            unread: None,
            any: false,
        }
    }

    /// Whether nothing is tested.
    pub(super) fn is_empty(&self) -> bool {
        !self.any
    }

    /// Whether it looks behind the IP header.
    pub(super) fn has_l4(&self) -> bool {
        self.has_ports() || self.flags.is_some() || self.has_icmp()
    }

    pub(super) fn has_ports(&self) -> bool {
        self.sport.is_some() || self.dport.is_some() || self.port.is_some()
    }

    pub(super) fn has_icmp(&self) -> bool {
        self.icmp_type.is_some() || self.icmp_code.is_some()
    }
}

/// Reads what stands below `from`.
pub(super) fn test(from: Option<At<'_>>, family: Family, lists: &PrefixLists) -> Test {
    let mut test = Test::none(family);
    for at in from.into_iter().flat_map(At::children) {
        test.any = true;
        if one(&mut test, at, lists).is_none() {
            test.unread.get_or_insert_with(|| at.text(200));
        }
    }
    test
}

/// Takes one condition; `None` if it is not understood. What is taken in part is no narrower than the whole.
fn one(test: &mut Test, at: At<'_>, lists: &PrefixLists) -> Option<()> {
    let family = test.family;
    let v4 = family == Family::V4;
    let word = at.word();
    let by_name = ["port", "protocol", "header", "icmp"];
    test.named |= by_name.iter().any(|part| word.contains(part))
        && at.children().any(|value| !is_plain(value.word()));
    match word {
        "source-address" | "ip-source-address" => addresses(&mut test.src, family, at),
        "destination-address" | "ip-destination-address" => addresses(&mut test.dst, family, at),
        "address" => addresses(&mut test.either, family, at),
        "source-prefix-list" => prefix_lists(&mut test.src, family, at, lists),
        "destination-prefix-list" => prefix_lists(&mut test.dst, family, at, lists),
        "prefix-list" => prefix_lists(&mut test.either, family, at, lists),
        "source-port" => narrow_ports(&mut test.sport, union(at, names::ports)?),
        "destination-port" => narrow_ports(&mut test.dport, union(at, names::ports)?),
        "port" => narrow_ports(&mut test.port, union(at, names::ports)?),
        "source-port-except" => {
            narrow_ports(&mut test.sport, union(at, names::ports)?.complement())
        }
        "destination-port-except" => {
            narrow_ports(&mut test.dport, union(at, names::ports)?.complement())
        }
        "port-except" => {
            let others = union(at, names::ports)?.complement();
            narrow_ports(&mut test.sport, others.clone())?;
            narrow_ports(&mut test.dport, others)
        }
        "protocol" | "ip-protocol" if v4 => {
            narrow(&mut test.protocol, bytes(at, names::protocols)?)
        }
        "protocol-except" if v4 => narrow(
            &mut test.protocol,
            bytes(at, names::protocols)?.complement(),
        ),
        "payload-protocol" if !v4 => narrow(&mut test.protocol, bytes(at, names::protocols)?),
        "payload-protocol-except" if !v4 => narrow(
            &mut test.protocol,
            bytes(at, names::protocols)?.complement(),
        ),
        "next-header" if !v4 => narrow(&mut test.next_header, bytes(at, names::protocols)?),
        "next-header-except" if !v4 => narrow(
            &mut test.next_header,
            bytes(at, names::protocols)?.complement(),
        ),
        "tcp-established" if at.is_leaf() => narrow_flags(test, FlagSet::established()),
        "tcp-initial" if at.is_leaf() => {
            narrow_flags(test, FlagSet::all(TcpFlags::SYN, TcpFlags::ACK))
        }
        "tcp-flags" => {
            let value = at.value().filter(|value| value.is_leaf())?;
            narrow_flags(test, flags::expression(value.word())?)
        }
        "icmp-type" => narrow(&mut test.icmp_type, bytes(at, types(family))?),
        "icmp-type-except" => narrow(&mut test.icmp_type, bytes(at, types(family))?.complement()),
        "icmp-code" => narrow(&mut test.icmp_code, bytes(at, codes(family))?),
        "icmp-code-except" => narrow(&mut test.icmp_code, bytes(at, codes(family))?.complement()),
        "is-fragment" if v4 && at.is_leaf() => {
            test.fragments.push(Fragment::Is);
            Some(())
        }
        "first-fragment" if v4 && at.is_leaf() => {
            test.fragments.push(Fragment::First);
            Some(())
        }
        "fragment-offset" | "fragment-offset-except" if v4 => {
            test.fragments.push(offset(at, word.ends_with("except"))?);
            Some(())
        }
        "extension-header" if !v4 && at.text(40) == "extension-header fragment" => {
            test.has_fragment_header = true;
            Some(())
        }
        _ if is_narrowing(word) => {
            test.conditions.push(at.text(200));
            Some(())
        }
        _ => None,
    }
}

/// A number, or a name that needs no table.
fn is_plain(word: &str) -> bool {
    matches!(word, "tcp" | "udp" | "icmp" | "icmp6")
        || word.starts_with(|c: char| c.is_ascii_digit())
}

fn is_narrowing(word: &str) -> bool {
    NARROWING.contains(&word)
        || word
            .strip_suffix("-except")
            .is_some_and(|word| NARROWING.contains(&word))
}

fn types(family: Family) -> impl Fn(&str) -> Option<ByteSet> {
    move |word| names::icmp_types(family, word)
}

fn codes(family: Family) -> impl Fn(&str) -> Option<ByteSet> {
    move |word| names::icmp_codes(family, word)
}

/// Takes the members of an address condition; one that is not understood may be any addresses, with or without `except`.
fn members(
    slot: &mut Option<Places>,
    family: Family,
    at: At<'_>,
    mut take: impl FnMut(&mut Places, At<'_>) -> bool,
) -> Option<()> {
    let mut places = slot.take().unwrap_or_else(|| Places::new(family));
    let mut any = false;
    for member in at.children() {
        any = true;
        if !take(&mut places, member) {
            places.set_unread(&member.text(200));
        }
    }
    *slot = Some(places);
    any.then_some(())
}

fn addresses(slot: &mut Option<Places>, family: Family, at: At<'_>) -> Option<()> {
    members(slot, family, at, Places::address)
}

fn prefix_lists(
    slot: &mut Option<Places>,
    family: Family,
    at: At<'_>,
    lists: &PrefixLists,
) -> Option<()> {
    members(slot, family, at, |places, member| {
        places.list(member, lists)
    })
}

/// The union of the values; `None` if there is none or one is not understood.
fn union(at: At<'_>, read: impl Fn(&str) -> Option<PortSet>) -> Option<PortSet> {
    let ranges = at
        .children()
        .map(|value| read(value.word()).filter(|_| value.is_leaf()))
        .collect::<Option<Vec<PortSet>>>()?;
    let all = ranges.iter().flat_map(|set| set.ranges().iter().copied());
    Some(PortSet::from_ranges(all)).filter(|set| !set.is_empty())
}

fn bytes(at: At<'_>, read: impl Fn(&str) -> Option<ByteSet>) -> Option<ByteSet> {
    let sets = at
        .children()
        .map(|value| read(value.word()).filter(|_| value.is_leaf()))
        .collect::<Option<Vec<ByteSet>>>()?;
    let all = sets.into_iter().fold(ByteSet::EMPTY, ByteSet::union);
    Some(all).filter(|set| !set.is_empty())
}

fn narrow(slot: &mut Option<ByteSet>, set: ByteSet) -> Option<()> {
    *slot = Some(slot.map_or(set, |old| old.intersect(set)));
    Some(())
}

fn narrow_ports(slot: &mut Option<PortSet>, set: PortSet) -> Option<()> {
    let new = match slot.take() {
        None => set,
        Some(old) => old.intersect(&set),
    };
    *slot = Some(new);
    Some(())
}

fn narrow_flags(test: &mut Test, set: FlagSet) -> Option<()> {
    test.flags = Some(test.flags.map_or(set, |old| old.intersect(set)));
    Some(())
}

/// Offsets in units of 8 bytes, 0 to 8191.
fn offset(at: At<'_>, except: bool) -> Option<Fragment> {
    let ranges = at
        .children()
        .map(|value| names::offsets(value.word()).filter(|_| value.is_leaf()))
        .collect::<Option<Vec<(u16, u16)>>>()?;
    let mut set = PortSet::from_ranges(ranges);
    if set.is_empty() {
        return None;
    }
    if except {
        set = set.complement();
    }
    let later = set.intersect(&PortSet::range(1, 8191));
    Some(Fragment::Offset {
        zero: set.contains(0),
        all: later == PortSet::range(1, 8191),
        some: !later.is_empty(),
    })
}
