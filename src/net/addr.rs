//! Families and sets of addresses.

use super::Wildcard;
use ipnet::{IpNet, Ipv4Subnets, Ipv6Subnets};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 or IPv6. No entry and no set mixes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl Family {
    /// Both, in printing order.
    pub const BOTH: [Family; 2] = [Family::V4, Family::V6];

    /// Width of an address in bits.
    #[must_use]
    pub fn bits(self) -> u32 {
        match self {
            Family::V4 => 32,
            Family::V6 => 128,
        }
    }

    /// All bits of an address set.
    #[must_use]
    pub fn ones(self) -> u128 {
        match self {
            Family::V4 => u128::from(u32::MAX),
            Family::V6 => u128::MAX,
        }
    }

    /// The family of an address.
    #[must_use]
    pub fn of(addr: IpAddr) -> Family {
        match addr {
            IpAddr::V4(_) => Family::V4,
            IpAddr::V6(_) => Family::V6,
        }
    }

    /// The family of a prefix.
    #[must_use]
    pub fn of_net(net: &IpNet) -> Family {
        Family::of(net.addr())
    }

    /// The address with these bits; bits above the family's width are dropped.
    #[must_use]
    pub fn addr(self, bits: u128) -> IpAddr {
        match self {
            #[allow(
                clippy::cast_possible_truncation,
                reason = "the family's width is meant"
            )]
            Family::V4 => IpAddr::V4(Ipv4Addr::from_bits(bits as u32)),
            Family::V6 => IpAddr::V6(Ipv6Addr::from_bits(bits)),
        }
    }

    /// `4` or `6`.
    #[must_use]
    pub fn digit(self) -> char {
        match self {
            Family::V4 => '4',
            Family::V6 => '6',
        }
    }
}

/// The bits of an address, IPv4 in the low 32.
#[must_use]
pub fn bits_of(addr: IpAddr) -> u128 {
    match addr {
        IpAddr::V4(a) => u128::from(a.to_bits()),
        IpAddr::V6(a) => a.to_bits(),
    }
}

/// The fewest prefixes that cover exactly `first..=last` (same family, ordered).
#[must_use]
pub fn range_to_prefixes(first: IpAddr, last: IpAddr) -> Vec<IpNet> {
    match (first, last) {
        (IpAddr::V4(a), IpAddr::V4(b)) if a <= b => {
            Ipv4Subnets::new(a, b, 0).map(IpNet::V4).collect()
        }
        (IpAddr::V6(a), IpAddr::V6(b)) if a <= b => {
            Ipv6Subnets::new(a, b, 0).map(IpNet::V6).collect()
        }
        _ => Vec::new(),
    }
}

/// A union of wildcards of one family; kept sorted and without repeats. Empty means no address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddrSet {
    family: Family,
    parts: Vec<Wildcard>,
}

impl AddrSet {
    /// Every address of the family.
    #[must_use]
    pub fn any(family: Family) -> AddrSet {
        AddrSet {
            family,
            parts: vec![Wildcard::any(family)],
        }
    }

    /// No address.
    #[must_use]
    pub fn none(family: Family) -> AddrSet {
        AddrSet {
            family,
            parts: Vec::new(),
        }
    }

    /// A union; parts of another family are dropped.
    #[must_use]
    pub fn new(family: Family, parts: impl IntoIterator<Item = Wildcard>) -> AddrSet {
        let mut parts: Vec<Wildcard> = parts.into_iter().filter(|w| w.family() == family).collect();
        parts.sort_unstable();
        parts.dedup();
        AddrSet { family, parts }
    }

    /// A union of prefixes; those of another family are dropped.
    #[must_use]
    pub fn from_prefixes<'a>(
        family: Family,
        prefixes: impl IntoIterator<Item = &'a IpNet>,
    ) -> AddrSet {
        AddrSet::new(
            family,
            prefixes.into_iter().map(|net| Wildcard::from_prefix(*net)),
        )
    }

    /// The family.
    #[must_use]
    pub fn family(&self) -> Family {
        self.family
    }

    /// The wildcards of the union, sorted.
    #[must_use]
    pub fn parts(&self) -> &[Wildcard] {
        &self.parts
    }

    /// Whether a part is the whole family. (A union that merely adds up to it is not noticed.)
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.parts.iter().any(Wildcard::is_any)
    }

    /// Whether no address is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Whether an address is in it.
    #[must_use]
    pub fn contains(&self, addr: IpAddr) -> bool {
        self.parts.iter().any(|w| w.contains(addr))
    }

    /// The addresses of both.
    #[must_use]
    pub fn intersect(&self, other: &AddrSet) -> AddrSet {
        if self.is_any() {
            return other.clone();
        }
        if other.is_any() {
            return self.clone();
        }
        let both = |a: &Wildcard| {
            let a = *a;
            other.parts.iter().filter_map(move |b| a.intersect(b))
        };
        AddrSet::new(self.family, self.parts.iter().flat_map(both))
    }

    /// Whether the two share an address.
    #[must_use]
    pub fn overlaps(&self, other: &AddrSet) -> bool {
        self.parts
            .iter()
            .any(|a| other.parts.iter().any(|b| a.overlaps(b)))
    }
}

impl From<Wildcard> for AddrSet {
    fn from(wildcard: Wildcard) -> AddrSet {
        AddrSet {
            family: wildcard.family(),
            parts: vec![wildcard],
        }
    }
}
