//! The six TCP flags, one combination of them, and sets of combinations.

use std::fmt;

/// One combination of the six flags; bit 0 FIN, 1 SYN, 2 RST, 3 PSH, 4 ACK, 5 URG (RFC 9293 without ECN).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TcpFlags(u8);

impl TcpFlags {
    /// FIN.
    pub const FIN: TcpFlags = TcpFlags(1);
    /// SYN.
    pub const SYN: TcpFlags = TcpFlags(2);
    /// RST.
    pub const RST: TcpFlags = TcpFlags(4);
    /// PSH.
    pub const PSH: TcpFlags = TcpFlags(8);
    /// ACK.
    pub const ACK: TcpFlags = TcpFlags(16);
    /// URG.
    pub const URG: TcpFlags = TcpFlags(32);
    /// Name and value of each flag, in bit order.
    pub const NAMES: [(&'static str, TcpFlags); 6] = [
        ("fin", TcpFlags::FIN),
        ("syn", TcpFlags::SYN),
        ("rst", TcpFlags::RST),
        ("psh", TcpFlags::PSH),
        ("ack", TcpFlags::ACK),
        ("urg", TcpFlags::URG),
    ];

    /// The combination with these six bits; higher bits are dropped.
    #[must_use]
    pub fn from_bits(bits: u8) -> TcpFlags {
        TcpFlags(bits & 63)
    }

    /// The six bits.
    #[must_use]
    pub fn bits(self) -> u8 {
        self.0
    }

    /// Flags of either.
    #[must_use]
    pub fn with(self, other: TcpFlags) -> TcpFlags {
        TcpFlags(self.0 | other.0)
    }

    /// Whether all flags of `other` are set.
    #[must_use]
    pub fn has(self, other: TcpFlags) -> bool {
        self.0 & other.0 == other.0
    }

    /// The flag of a name (lower case).
    #[must_use]
    pub fn named(name: &str) -> Option<TcpFlags> {
        TcpFlags::NAMES
            .iter()
            .find(|(n, _)| *n == name)
            .map(|&(_, flag)| flag)
    }

    /// Names of the flags set, in bit order.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        TcpFlags::NAMES
            .into_iter()
            .filter(move |&(_, flag)| self.has(flag))
            .map(|(name, _)| name)
    }
}

/// A set of the 64 combinations: bit i is combination i. `established` is a union, not a cube, so it needs this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlagSet(pub u64);

impl FlagSet {
    /// Every combination.
    pub const FULL: FlagSet = FlagSet(u64::MAX);
    /// No combination.
    pub const EMPTY: FlagSet = FlagSet(0);

    /// The combinations for which `holds` is true.
    #[must_use]
    pub fn filter(holds: impl Fn(TcpFlags) -> bool) -> FlagSet {
        FlagSet(
            (0..64)
                .filter(|&bits| holds(TcpFlags(bits)))
                .fold(0, |set, bits| set | 1 << bits),
        )
    }

    /// All of `set` are 1 and all of `clear` are 0.
    #[must_use]
    pub fn all(set: TcpFlags, clear: TcpFlags) -> FlagSet {
        FlagSet::filter(|flags| flags.has(set) && flags.0 & clear.0 == 0)
    }

    /// ACK or RST: what `established` means on Cisco devices.
    #[must_use]
    pub fn established() -> FlagSet {
        FlagSet::filter(|flags| flags.has(TcpFlags::ACK) || flags.has(TcpFlags::RST))
    }

    /// SYN without ACK and RST: opens a connection (D35).
    #[must_use]
    pub fn opening() -> FlagSet {
        FlagSet::all(TcpFlags::SYN, TcpFlags::ACK.with(TcpFlags::RST))
    }

    /// Whether a combination is in it.
    #[must_use]
    pub fn contains(self, flags: TcpFlags) -> bool {
        self.0 >> flags.0 & 1 == 1
    }

    /// Combinations of both.
    #[must_use]
    pub fn intersect(self, other: FlagSet) -> FlagSet {
        FlagSet(self.0 & other.0)
    }

    /// Combinations of either.
    #[must_use]
    pub fn union(self, other: FlagSet) -> FlagSet {
        FlagSet(self.0 | other.0)
    }
}

impl fmt::Display for TcpFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.names().collect();
        if names.is_empty() {
            f.write_str("-")
        } else {
            f.write_str(&names.join("+"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn established_and_opening_are_disjoint_and_counted() {
        assert_eq!(FlagSet::established().0.count_ones(), 48);
        assert_eq!(FlagSet::opening().0.count_ones(), 8);
        assert_eq!(
            FlagSet::established().intersect(FlagSet::opening()),
            FlagSet::EMPTY
        );
    }
}
