//! What routers of a link say to each other (D21): VRRP (RFC 9568), HSRP (RFC 2281, version 2 as Cisco documents it), OSPF
//! (RFC 2328, RFC 5340).

use super::proto::UDP;
use super::{AddrRanges, Family};
use ipnet::IpNet;

/// The packets of one protocol in one family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hello {
    /// Protocol number.
    pub protocol: u8,
    /// Source and destination port.
    pub port: Option<u16>,
    /// Groups of the link they are sent to.
    pub groups: &'static [&'static str],
    /// Neighbours also send to each other.
    pub unicast: bool,
}

impl Hello {
    /// Of a redundancy group.
    #[must_use]
    pub fn redundancy(hsrp: bool, family: Family) -> Hello {
        let (protocol, port, groups): (u8, Option<u16>, &[&str]) = match (hsrp, family) {
            (false, Family::V4) => (112, None, &["224.0.0.18/32"]),
            (false, Family::V6) => (112, None, &["ff02::12/128"]),
            (true, Family::V4) => (UDP, Some(1985), &["224.0.0.2/32", "224.0.0.102/32"]),
            (true, Family::V6) => (UDP, Some(2029), &["ff02::66/128"]),
        };
        Hello {
            protocol,
            port,
            groups,
            unicast: false,
        }
    }

    /// Of OSPF: hellos to the groups, database exchange also between neighbours.
    #[must_use]
    pub fn ospf(family: Family) -> Hello {
        Hello {
            protocol: 89,
            port: None,
            groups: match family {
                Family::V4 => &["224.0.0.5/32", "224.0.0.6/32"],
                Family::V6 => &["ff02::5/128", "ff02::6/128"],
            },
            unicast: true,
        }
    }

    /// The groups as prefixes.
    pub fn nets(&self) -> impl Iterator<Item = IpNet> + use<> {
        let groups = self.groups.iter();
        groups.map(|group| group.parse().expect("a constant prefix"))
    }

    /// Where they come from on a link with these prefixes: in IPv6 from link-local addresses.
    #[must_use]
    pub fn sources(link: &AddrRanges) -> AddrRanges {
        match link.family() {
            Family::V4 => link.clone(),
            Family::V6 => AddrRanges::prefix("fe80::/10".parse().expect("a constant prefix")),
        }
    }
}
