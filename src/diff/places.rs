//! What is compared with what: effective filters by attachment point and direction, then lists by name (D46).

use super::Scope;
use crate::acl::{Ace, Acl, AclState, Action, Direction};
use crate::device::{Device, Interface, InterfaceKind};
use crate::net::proto::ICMPV6;
use crate::net::{AddrRanges, ByteSet, Family, Match, PositionSet};
use std::collections::{BTreeMap, BTreeSet};

/// What filters on one side of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The list at this index of [`Device::acls`].
    List(usize),
    /// No list: everything passes.
    Open,
    /// No interface, or one that does not carry the family: nothing passes.
    Absent,
}

impl Side {
    /// The filter as a list.
    #[must_use]
    pub fn acl(self, device: Option<&Device>, family: Family) -> Acl {
        let everything = |action| Acl {
            name: String::new(),
            family,
            state: AclState::Defined,
            entries: Vec::new(),
            tail: vec![Ace::implicit(action, vec![Match::any(family)], "")],
            line: None,
        };
        match self {
            Side::List(index) => device
                .and_then(|device| device.acls.get(index))
                .cloned()
                .unwrap_or_else(|| everything(Action::Unread)),
            Side::Open => everything(Action::Permit),
            Side::Absent => everything(Action::Deny),
        }
    }
}

/// A pair of filters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Interface as printed, by the new side if it has it; `None` for lists compared by name.
    pub attachment: Option<String>,
    /// Direction, if attached.
    pub direction: Option<Direction>,
    /// Family.
    pub family: Family,
    /// Before.
    pub old: Side,
    /// After.
    pub new: Side,
    /// What can be compared.
    pub scope: Scope,
}

/// The places of a device before and after; `None` is a device that is not there.
#[must_use]
pub fn places(old: Option<&Device>, new: Option<&Device>) -> Vec<Place> {
    let mut all = attached(old, new);
    all.extend(by_name(old, new));
    all
}

/// An attachment point under all its spellings.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Vlan(u16),
    Name(String),
}

fn attached(old: Option<&Device>, new: Option<&Device>) -> Vec<Place> {
    let devices = [old, new];
    let same = match devices {
        [Some(old), Some(new)] => old.dialect == new.dialect,
        _ => true,
    };
    let (old, new) = (interfaces(old), interfaces(new));
    let keys: BTreeSet<&Key> = old.keys().chain(new.keys()).collect();
    let mut out = Vec::new();
    for key in keys {
        let (before, after) = (old.get(key).copied(), new.get(key).copied());
        for direction in [Direction::In, Direction::Out] {
            for family in Family::BOTH {
                let (old, new) = sides(before, after, family, direction, same);
                let name = after.or(before).map(|interface| interface.name.clone());
                if old != Side::Absent || new != Side::Absent {
                    out.push(Place {
                        attachment: name,
                        direction: Some(direction),
                        family,
                        old,
                        new,
                        scope: Scope {
                            unseen: unseen(devices, [before, after], family, direction),
                            dialects: !same,
                        },
                    });
                }
            }
        }
    }
    out
}

/// Inner traffic of a link (D25), if one side's lists see bridged frames there and the other's do not, or that is open for
/// one of them: from its prefixes and from nobody yet (DHCP) to its prefixes, its groups and everyone, never to an own
/// address of the switch.
fn unseen(
    devices: [Option<&Device>; 2],
    interfaces: [Option<&Interface>; 2],
    family: Family,
    direction: Direction,
) -> Vec<Match> {
    let ([Some(old), Some(new)], [Some(before), Some(after)]) = (devices, interfaces) else {
        return Vec::new();
    };
    let sees = |device: &Device| match direction {
        Direction::In => device.sees.bridged_in.clone(),
        Direction::Out => device.sees.bridged_out.clone(),
    };
    if old.dialect == new.dialect || sees(old) == sees(new) {
        return Vec::new();
    }
    let own = crate::topo::interface_addrs(before, family)
        .union(&crate::topo::interface_addrs(after, family));
    let nets = |of: &Interface| crate::topo::subnets(of, family);
    let net = |text: &str| AddrRanges::prefix(text.parse().expect("a constant prefix"));
    let link = nets(before).intersect(&nets(after));
    let (nobody, everyone) = match family {
        Family::V4 => (
            net("0.0.0.0/32"),
            net("224.0.0.0/4").union(&net("255.255.255.255/32")),
        ),
        Family::V6 => (net("fe80::/10"), net("ff00::/8")),
    };
    let from = link.union(&nobody);
    let to = link.minus(&own).union(&everyone);
    let inner = Match::between(from.to_set(), to.to_set());
    // ND that crossed a router is thrown away by every receiver (D33), so it is traffic inside the link whoever sent it.
    let discovery = Match {
        protocol: ByteSet::one(ICMPV6),
        icmp_type: ByteSet::of(133..=137),
        position: PositionSet::L4,
        ..Match::between(AddrRanges::any(family).to_set(), to.to_set())
    };
    match family {
        Family::V4 => vec![inner],
        Family::V6 => vec![inner, discovery],
    }
}

fn interfaces(device: Option<&Device>) -> BTreeMap<Key, &Interface> {
    let all = device.into_iter().flat_map(|device| &device.interfaces);
    all.filter(|interface| interface.kind != InterfaceKind::Loopback)
        .map(|interface| (key(interface), interface))
        .collect()
}

/// The two filters. As long as one side has a list, no list is "permit all". Where neither has one, what is compared is
/// whether the family is carried at all: an interface that gains an IPv6 address and has no IPv6 list is a change (D15).
/// Between two dialects that is compared in any case: one binds a list that denies everything to an interface that does
/// not carry the family, the other cannot, and nothing passes on either.
fn sides(
    old: Option<&Interface>,
    new: Option<&Interface>,
    family: Family,
    direction: Direction,
    same: bool,
) -> (Side, Side) {
    let list = |interface: Option<&Interface>| {
        let binding = interface.and_then(|interface| interface.binding(family, direction));
        binding.map(|binding| Side::List(binding.acl))
    };
    let (before, after) = (list(old), list(new));
    let listed = before.is_some() || after.is_some();
    let without = |interface: Option<&Interface>| match interface {
        Some(interface) if (listed && same) || has_family(interface, family) => Side::Open,
        _ => Side::Absent,
    };
    (
        before.unwrap_or_else(|| without(old)),
        after.unwrap_or_else(|| without(new)),
    )
}

/// Whether an interface carries a family, up or not: `shutdown` is an operating state, no filter.
fn has_family(interface: &Interface, family: Family) -> bool {
    let up = Interface {
        shutdown: false,
        ..interface.clone()
    };
    up.carries(family)
}

pub(super) fn key(interface: &Interface) -> Key {
    match interface.kind {
        InterfaceKind::Svi(vlan) => Key::Vlan(vlan),
        InterfaceKind::Routed | InterfaceKind::Loopback | InterfaceKind::Management => {
            Key::Name(normalised(&interface.name))
        }
    }
}

/// Short spellings of interface types that devices accept.
const SHORT: [(&str, &str); 9] = [
    ("eth", "ethernet"),
    ("fa", "fastethernet"),
    ("fo", "fortygigabitethernet"),
    ("gi", "gigabitethernet"),
    ("gig", "gigabitethernet"),
    ("hu", "hundredgige"),
    ("po", "port-channel"),
    ("te", "tengigabitethernet"),
    ("twe", "twentyfivegige"),
];

/// Lower case, no blanks, the type in full.
fn normalised(name: &str) -> String {
    let name: String = name.split_whitespace().collect::<String>().to_lowercase();
    let digits = name
        .find(|c: char| c.is_ascii_digit())
        .unwrap_or(name.len());
    let (kind, number) = name.split_at(digits);
    let full = SHORT.iter().find(|(short, _)| *short == kind);
    format!("{}{number}", full.map_or(kind, |(_, full)| full))
}

/// Lists bound on neither side, if both have them. A list bound nowhere filters nothing (D14), so one that comes or goes
/// is no change.
fn by_name(old: Option<&Device>, new: Option<&Device>) -> Vec<Place> {
    let (Some(old), Some(new)) = (old, new) else {
        return Vec::new();
    };
    let (old_dialect, new_dialect) = (old.dialect, new.dialect);
    let (before, after) = (names(old), names(new));
    let bound: BTreeSet<_> = bound(old).into_iter().chain(bound(new)).collect();
    let both = before
        .iter()
        .filter(|(name, _)| !bound.contains(*name))
        .filter_map(|(name, old)| Some((name, *old, *after.get(name)?)));
    both.map(|((_, family), old, new)| Place {
        attachment: None,
        direction: None,
        family: *family,
        old: Side::List(old),
        new: Side::List(new),
        scope: Scope {
            unseen: Vec::new(),
            dialects: old_dialect != new_dialect,
        },
    })
    .collect()
}

fn names(device: &Device) -> BTreeMap<(&str, Family), usize> {
    let lists = device.acls.iter().enumerate();
    lists
        .map(|(index, acl)| ((acl.name.as_str(), acl.family), index))
        .collect()
}

fn bound(device: &Device) -> BTreeSet<(&str, Family)> {
    let bindings = device.interfaces.iter().flat_map(|i| &i.bindings);
    bindings
        .filter_map(|binding| device.acls.get(binding.acl))
        .map(|acl| (acl.name.as_str(), acl.family))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_port_are_one_key() {
        assert_eq!(normalised("Gi 1/0/1"), normalised("GigabitEthernet1/0/1"));
        assert_ne!(normalised("Gi1/0/1"), normalised("Te1/0/1"));
        assert_eq!(normalised("mgmt0"), "mgmt0");
    }
}
