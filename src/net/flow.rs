//! The point: one concrete header (D6).

use super::proto::{SCTP, TCP, UDP, name};
use super::{Family, Match, PositionSet, TcpFlags};
use std::fmt;
use std::net::IpAddr;

/// What a packet has behind its IP header, as far as D6 looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum L4 {
    /// TCP, whole or first.
    Tcp {
        /// Source port.
        sport: u16,
        /// Destination port.
        dport: u16,
        /// Flags.
        flags: TcpFlags,
    },
    /// UDP or SCTP, whole or first.
    Ports {
        /// Source port.
        sport: u16,
        /// Destination port.
        dport: u16,
    },
    /// ICMP in IPv4 or ICMPv6 in IPv6, whole or first.
    Icmp {
        /// Type.
        kind: u8,
        /// Code.
        code: u8,
    },
    /// Later fragments and other protocols.
    None,
}

/// One header. Only made through [`Flow::new`], so its fields agree with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Flow {
    src: IpAddr,
    dst: IpAddr,
    protocol: u8,
    position: PositionSet,
    ext: bool,
    l4: L4,
}

/// Why fields do not make a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlowError {
    /// Source and destination are of different families.
    #[error("source and destination are of different families")]
    MixedFamilies,
    /// A field that this protocol or fragment does not have, or one that it lacks.
    #[error(
        "this protocol or fragment position does not go with these ports, flags or ICMP fields"
    )]
    L4,
    /// `position` is not exactly one of whole, first, later.
    #[error("a packet has exactly one fragment position")]
    Position,
    /// Extension headers in IPv4.
    #[error("extension headers exist in IPv6 only")]
    Ext,
}

impl Flow {
    /// A packet.
    ///
    /// # Errors
    /// [`FlowError`] if the fields contradict each other.
    pub fn new(
        src: IpAddr,
        dst: IpAddr,
        protocol: u8,
        l4: L4,
        position: PositionSet,
        ext: bool,
    ) -> Result<Flow, FlowError> {
        let family = Family::of(src);
        if family != Family::of(dst) {
            return Err(FlowError::MixedFamilies);
        }
        if ext && family == Family::V4 {
            return Err(FlowError::Ext);
        }
        if position.0.count_ones() != 1 || position.0 > 4 {
            return Err(FlowError::Position);
        }
        let carries = position != PositionSet::LATER;
        let fits = match l4 {
            L4::Tcp { .. } => carries && protocol == TCP,
            L4::Ports { .. } => carries && (protocol == UDP || protocol == SCTP),
            L4::Icmp { .. } => carries && protocol == Match::icmp_of(family),
            L4::None => !carries || ![TCP, UDP, SCTP, Match::icmp_of(family)].contains(&protocol),
        };
        if fits {
            Ok(Flow {
                src,
                dst,
                protocol,
                position,
                ext,
                l4,
            })
        } else {
            Err(FlowError::L4)
        }
    }

    /// The family.
    #[must_use]
    pub fn family(&self) -> Family {
        Family::of(self.src)
    }
    /// Source address.
    #[must_use]
    pub fn src(&self) -> IpAddr {
        self.src
    }
    /// Destination address.
    #[must_use]
    pub fn dst(&self) -> IpAddr {
        self.dst
    }
    /// Protocol number.
    #[must_use]
    pub fn protocol(&self) -> u8 {
        self.protocol
    }
    /// Ports, flags, ICMP fields.
    #[must_use]
    pub fn l4(&self) -> L4 {
        self.l4
    }
    /// Whole, first or later.
    #[must_use]
    pub fn position(&self) -> PositionSet {
        self.position
    }
    /// Whether an extension header other than Fragment is present.
    #[must_use]
    pub fn ext(&self) -> bool {
        self.ext
    }
}

/// `10.0.0.1:40000 -> 10.0.0.2:443 tcp syn`, `10.0.0.1 -> 10.0.0.2 icmp 8/0`, ` later fragment`, ` +ext`.
impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |addr: IpAddr, port: u16| match addr {
            IpAddr::V4(a) => format!("{a}:{port}"),
            IpAddr::V6(a) => format!("[{a}]:{port}"),
        };
        let protocol = name(self.protocol);
        match self.l4 {
            L4::Tcp {
                sport,
                dport,
                flags,
            } => {
                write!(
                    f,
                    "{} -> {} {protocol} {flags}",
                    end(self.src, sport),
                    end(self.dst, dport)
                )?;
            }
            L4::Ports { sport, dport } => {
                write!(
                    f,
                    "{} -> {} {protocol}",
                    end(self.src, sport),
                    end(self.dst, dport)
                )?;
            }
            L4::Icmp { kind, code } => {
                write!(f, "{} -> {} {protocol} {kind}/{code}", self.src, self.dst)?
            }
            L4::None => write!(f, "{} -> {} {protocol}", self.src, self.dst)?,
        }
        match self.position {
            PositionSet::FIRST => f.write_str(" first-fragment")?,
            PositionSet::LATER => f.write_str(" later-fragment")?,
            _ => {}
        }
        if self.ext {
            f.write_str(" +ext")
        } else {
            Ok(())
        }
    }
}
