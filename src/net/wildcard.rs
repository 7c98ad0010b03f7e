//! Address with don't-care bits.

use super::Family;
use super::addr::bits_of;
use ipnet::IpNet;
use std::fmt;
use std::net::IpAddr;

/// All addresses that agree with `value` outside the free bits. The free bits may be anywhere (non-contiguous).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wildcard {
    family: Family,
    /// INVARIANT: `value & free == 0` and both fit the family's width.
    value: u128,
    free: u128,
}

impl Wildcard {
    /// `value` outside the bits of `free`; 1-bits of `free` are "don't care". Bits of `value` under `free` are cleared.
    #[must_use]
    pub fn new(family: Family, value: u128, free: u128) -> Wildcard {
        let free = free & family.ones();
        Wildcard {
            family,
            value: value & family.ones() & !free,
            free,
        }
    }

    /// Every address.
    #[must_use]
    pub fn any(family: Family) -> Wildcard {
        Wildcard::new(family, 0, family.ones())
    }

    /// One address.
    #[must_use]
    pub fn host(addr: IpAddr) -> Wildcard {
        Wildcard::new(Family::of(addr), bits_of(addr), 0)
    }

    /// The addresses of a prefix.
    #[must_use]
    pub fn from_prefix(net: IpNet) -> Wildcard {
        let family = Family::of_net(&net);
        let host_bits = family.bits() - u32::from(net.prefix_len());
        let free = if host_bits == 128 {
            u128::MAX
        } else {
            (1u128 << host_bits) - 1
        };
        Wildcard::new(family, bits_of(net.addr()), free)
    }

    /// The family.
    #[must_use]
    pub fn family(&self) -> Family {
        self.family
    }

    /// The fixed bits.
    #[must_use]
    pub fn value(&self) -> u128 {
        self.value
    }

    /// The don't-care bits.
    #[must_use]
    pub fn free(&self) -> u128 {
        self.free
    }

    /// Whether every address is in it.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.free == self.family.ones()
    }

    /// Whether the address is in it.
    #[must_use]
    pub fn contains(&self, addr: IpAddr) -> bool {
        Family::of(addr) == self.family && bits_of(addr) & !self.free == self.value
    }

    /// Whether the two share an address.
    #[must_use]
    pub fn overlaps(&self, other: &Wildcard) -> bool {
        self.family == other.family && (self.value ^ other.value) & !self.free & !other.free == 0
    }

    /// The addresses of both.
    #[must_use]
    pub fn intersect(&self, other: &Wildcard) -> Option<Wildcard> {
        let (value, free) = (self.value | other.value, self.free & other.free);
        self.overlaps(other)
            .then(|| Wildcard::new(self.family, value, free))
    }

    /// Whether every address of `other` is in it.
    #[must_use]
    pub fn covers(&self, other: &Wildcard) -> bool {
        self.family == other.family
            && other.free & !self.free == 0
            && (self.value ^ other.value) & !self.free == 0
    }

    /// The prefix, if the free bits are the low ones.
    #[must_use]
    pub fn as_prefix(&self) -> Option<IpNet> {
        let host_bits = self.free.trailing_ones();
        let contiguous = self.free
            == if host_bits == 128 {
                u128::MAX
            } else {
                (1u128 << host_bits) - 1
            };
        if !contiguous {
            return None;
        }
        let length = u8::try_from(self.family.bits() - host_bits).ok()?;
        IpNet::new(self.family.addr(self.value), length).ok()
    }

    /// The lowest address.
    #[must_use]
    pub fn first(&self) -> IpAddr {
        self.family.addr(self.value)
    }
}

/// `any`, an address, a prefix, or `value/free` with the free bits as an address.
impl fmt::Display for Wildcard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_prefix() {
            _ if self.is_any() => f.write_str("any"),
            Some(net) if u32::from(net.prefix_len()) == self.family.bits() => {
                write!(f, "{}", net.addr())
            }
            Some(net) => write!(f, "{net}"),
            None => write!(f, "{} {}", self.first(), self.family.addr(self.free)),
        }
    }
}
