//! Protocol numbers and sets of bytes (protocols, ICMP types and codes).

use std::fmt;

/// ICMP for IPv4.
pub const ICMP: u8 = 1;
/// TCP.
pub const TCP: u8 = 6;
/// UDP.
pub const UDP: u8 = 17;
/// ICMP for IPv6.
pub const ICMPV6: u8 = 58;
/// SCTP.
pub const SCTP: u8 = 132;

/// A set of 8-bit numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ByteSet([u64; 4]);

impl ByteSet {
    /// All 256.
    pub const FULL: ByteSet = ByteSet([u64::MAX; 4]);
    /// None.
    pub const EMPTY: ByteSet = ByteSet([0; 4]);

    /// One number.
    #[must_use]
    pub fn one(byte: u8) -> ByteSet {
        ByteSet::of([byte])
    }

    /// Several numbers.
    #[must_use]
    pub fn of(bytes: impl IntoIterator<Item = u8>) -> ByteSet {
        let mut set = ByteSet::EMPTY;
        for byte in bytes {
            set.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
        }
        set
    }

    /// TCP, UDP and SCTP: the protocols that have ports here (D6).
    #[must_use]
    pub fn with_ports() -> ByteSet {
        ByteSet::of([TCP, UDP, SCTP])
    }

    /// Whether a number is in it.
    #[must_use]
    pub fn contains(self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1
    }

    /// Numbers of both.
    #[must_use]
    pub fn intersect(self, other: ByteSet) -> ByteSet {
        ByteSet(std::array::from_fn(|i| self.0[i] & other.0[i]))
    }

    /// Numbers of either.
    #[must_use]
    pub fn union(self, other: ByteSet) -> ByteSet {
        ByteSet(std::array::from_fn(|i| self.0[i] | other.0[i]))
    }

    /// All other numbers.
    #[must_use]
    pub fn complement(self) -> ByteSet {
        ByteSet(self.0.map(|word| !word))
    }

    /// Whether every number is in it.
    #[must_use]
    pub fn is_full(self) -> bool {
        self == ByteSet::FULL
    }

    /// Whether no number is in it.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == ByteSet::EMPTY
    }

    /// The numbers in order.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (0..=u8::MAX).filter(move |&byte| self.contains(byte))
    }

    /// The set as a mask: number n is bit n % 64 of word n / 64.
    #[must_use]
    pub fn words(self) -> [u64; 4] {
        self.0
    }

    /// The set as sorted, disjoint, non-adjacent ranges.
    #[must_use]
    pub fn ranges(self) -> Vec<(u8, u8)> {
        let mut out: Vec<(u8, u8)> = Vec::new();
        for byte in self.iter() {
            match out.last_mut() {
                Some(last) if last.1 + 1 == byte => last.1 = byte,
                _ => out.push((byte, byte)),
            }
        }
        out
    }
}

/// `any`, `6`, `0-5, 8`.
impl fmt::Display for ByteSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_full() {
            return f.write_str("any");
        }
        for (index, (start, end)) in self.ranges().into_iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            match start == end {
                true => write!(f, "{comma}{start}")?,
                false => write!(f, "{comma}{start}-{end}")?,
            }
        }
        Ok(())
    }
}

/// `tcp`, `udp`, `icmp`, `icmpv6`, `sctp`, else the number.
#[must_use]
pub fn name(protocol: u8) -> String {
    match protocol {
        ICMP => "icmp".to_owned(),
        TCP => "tcp".to_owned(),
        UDP => "udp".to_owned(),
        ICMPV6 => "icmpv6".to_owned(),
        SCTP => "sctp".to_owned(),
        other => other.to_string(),
    }
}
