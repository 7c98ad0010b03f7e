//! The box: a conjunction of constraints on the header fields of D6.

use super::proto::{ICMP, ICMPV6, TCP};
use super::{AddrSet, ByteSet, Family, FlagSet, Flow, L4, PortSet, Wildcard};

/// Which of whole, first and later fragments (D6, D8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PositionSet(pub u8);

impl PositionSet {
    /// Not a fragment.
    pub const WHOLE: PositionSet = PositionSet(1);
    /// The first fragment; it carries the whole L4 header.
    pub const FIRST: PositionSet = PositionSet(2);
    /// A later fragment: addresses and protocol only.
    pub const LATER: PositionSet = PositionSet(4);
    /// Packets that carry an L4 header: whole or first.
    pub const L4: PositionSet = PositionSet(3);
    /// Every packet.
    pub const FULL: PositionSet = PositionSet(7);

    /// Positions of both.
    #[must_use]
    pub fn intersect(self, other: PositionSet) -> PositionSet {
        PositionSet(self.0 & other.0)
    }
}

/// Which of packets without and with an extension header other than Fragment (D6; IPv6 only).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExtSet(pub u8);

impl ExtSet {
    /// Without.
    pub const ABSENT: ExtSet = ExtSet(1);
    /// With.
    pub const PRESENT: ExtSet = ExtSet(2);
    /// Every packet.
    pub const FULL: ExtSet = ExtSet(3);
}

/// A box of packets of one family.
///
/// INVARIANT (kept by [`Match::tidy`]): a constraint on a field holds only packets that have the field: ports only for
/// TCP, UDP and SCTP, flags only for TCP, ICMP type and code only for ICMP in IPv4 and ICMPv6 in IPv6, all of them only
/// for whole and first. So a set of boxes never constrains a field that does not apply, and equality of sets is equality
/// of packets (D6).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Match {
    /// The family.
    pub family: Family,
    /// Source addresses.
    pub src: AddrSet,
    /// Destination addresses.
    pub dst: AddrSet,
    /// Protocol; in IPv6 the upper-layer protocol behind extension headers.
    pub protocol: ByteSet,
    /// Source ports.
    pub sport: PortSet,
    /// Destination ports.
    pub dport: PortSet,
    /// TCP flag combinations.
    pub flags: FlagSet,
    /// ICMP types.
    pub icmp_type: ByteSet,
    /// ICMP codes.
    pub icmp_code: ByteSet,
    /// Fragment positions.
    pub position: PositionSet,
    /// Extension headers; always full in IPv4.
    pub ext: ExtSet,
}

impl Match {
    /// Every packet of a family.
    #[must_use]
    pub fn any(family: Family) -> Match {
        Match {
            family,
            src: AddrSet::any(family),
            dst: AddrSet::any(family),
            protocol: ByteSet::FULL,
            sport: PortSet::full(),
            dport: PortSet::full(),
            flags: FlagSet::FULL,
            icmp_type: ByteSet::FULL,
            icmp_code: ByteSet::FULL,
            position: PositionSet::FULL,
            ext: ExtSet::FULL,
        }
    }

    /// Every packet between two sets of addresses.
    #[must_use]
    pub fn between(src: AddrSet, dst: AddrSet) -> Match {
        Match {
            src,
            dst: dst.clone(),
            ..Match::any(dst.family())
        }
    }

    /// The ICMP protocol of a family.
    #[must_use]
    pub fn icmp_of(family: Family) -> u8 {
        match family {
            Family::V4 => ICMP,
            Family::V6 => ICMPV6,
        }
    }

    /// Protocols, positions and ext of the box once the invariant is restored: constraining a field excludes packets
    /// without it.
    #[must_use]
    pub fn scope(&self) -> (ByteSet, PositionSet, ExtSet) {
        let ports = !(self.sport.is_full() && self.dport.is_full());
        let flags = self.flags != FlagSet::FULL;
        let icmp = !(self.icmp_type.is_full() && self.icmp_code.is_full());
        let (mut protocol, mut position, mut ext) = (self.protocol, self.position, self.ext);
        if ports {
            protocol = protocol.intersect(ByteSet::with_ports());
        }
        if flags {
            protocol = protocol.intersect(ByteSet::one(TCP));
        }
        if icmp {
            protocol = protocol.intersect(ByteSet::one(Match::icmp_of(self.family)));
        }
        if ports || flags || icmp {
            position = position.intersect(PositionSet::L4);
        }
        if self.family == Family::V4 {
            ext = if ext.0 & 1 == 1 {
                ExtSet::FULL
            } else {
                ExtSet(0)
            };
        }
        (protocol, position, ext)
    }

    /// The same box with the invariant restored.
    #[must_use]
    pub fn tidy(mut self) -> Match {
        (self.protocol, self.position, self.ext) = self.scope();
        self
    }

    /// Whether a field other than addresses, protocol, position and ext is constrained.
    #[must_use]
    pub fn has_l4(&self) -> bool {
        !(self.sport.is_full()
            && self.dport.is_full()
            && self.flags == FlagSet::FULL
            && self.icmp_type.is_full()
            && self.icmp_code.is_full())
    }

    /// The same box without constraints on L4 fields and with `position`: addresses and protocol only.
    #[must_use]
    pub fn without_l4(&self, position: PositionSet) -> Match {
        Match {
            sport: PortSet::full(),
            dport: PortSet::full(),
            flags: FlagSet::FULL,
            icmp_type: ByteSet::FULL,
            icmp_code: ByteSet::FULL,
            position,
            ..self.clone()
        }
    }

    /// The packets of both (same family).
    #[must_use]
    pub fn intersect(&self, other: &Match) -> Match {
        Match {
            family: self.family,
            src: self.src.intersect(&other.src),
            dst: self.dst.intersect(&other.dst),
            protocol: self.protocol.intersect(other.protocol),
            sport: self.sport.intersect(&other.sport),
            dport: self.dport.intersect(&other.dport),
            flags: self.flags.intersect(other.flags),
            icmp_type: self.icmp_type.intersect(other.icmp_type),
            icmp_code: self.icmp_code.intersect(other.icmp_code),
            position: self.position.intersect(other.position),
            ext: ExtSet(self.ext.0 & other.ext.0),
        }
        .tidy()
    }

    /// Whether the box is certainly empty (some field has no value left).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.src.is_empty()
            || self.dst.is_empty()
            || self.protocol.is_empty()
            || self.sport.is_empty()
            || self.dport.is_empty()
            || self.flags == FlagSet::EMPTY
            || self.icmp_type.is_empty()
            || self.icmp_code.is_empty()
            || self.position.0 == 0
            || self.ext.0 == 0
    }

    /// Whether a packet is in the box.
    #[must_use]
    pub fn contains(&self, flow: &Flow) -> bool {
        let l4 = match flow.l4() {
            L4::Tcp {
                sport,
                dport,
                flags,
            } => {
                self.sport.contains(sport)
                    && self.dport.contains(dport)
                    && self.flags.contains(flags)
            }
            L4::Ports { sport, dport } => self.sport.contains(sport) && self.dport.contains(dport),
            L4::Icmp { kind, code } => {
                self.icmp_type.contains(kind) && self.icmp_code.contains(code)
            }
            L4::None => !self.has_l4(),
        };
        l4 && flow.family() == self.family
            && self.protocol.contains(flow.protocol())
            && self.position.0 & flow.position().0 != 0
            && self.ext.0 & (if flow.ext() { 2 } else { 1 }) != 0
            && self.src.contains(flow.src())
            && self.dst.contains(flow.dst())
    }

    /// A one-wildcard source and destination with everything else free.
    #[must_use]
    pub fn pair(src: Wildcard, dst: Wildcard) -> Match {
        Match::between(src.into(), dst.into())
    }
}
