//! Entries in the dialect's own words: what the reader takes from a line and what the writer puts on one.
//!
//! In and out: [`Entry`]. The tables of names come from `vendors/alaxala-ax/names.toml`.
//! Must not know: what an entry matches (that is `convert`), what stands around it.

use super::FACTS;
use crate::net::{Family, TcpFlags, Wildcard};

/// One `permit` or `deny`. A part that could not be read is wide open, and `unread` says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) permit: bool,
    /// `None` is `ip` or `ipv6`.
    pub(super) protocol: Option<u8>,
    pub(super) src: Wildcard,
    pub(super) sport: Option<(u16, u16)>,
    pub(super) dst: Wildcard,
    pub(super) dport: Option<(u16, u16)>,
    /// Flag words, each a flag that must be 1.
    pub(super) flags: TcpFlags,
    /// `established`: read, never written.
    pub(super) established: bool,
    pub(super) icmp: Option<(u8, Option<u8>)>,
    /// Words on what is not in the header of D6 (`dscp 46 vlan 10`), as printed.
    pub(super) condition: String,
    /// `action`, `policy-list`: what is permitted goes elsewhere.
    pub(super) redirect: bool,
    /// A port was named with a word of the sibling's table.
    pub(super) sibling_name: bool,
    /// Some words were not understood.
    pub(super) unread: bool,
}

impl Entry {
    /// Every packet of a family.
    pub(super) fn any(permit: bool, family: Family) -> Entry {
        Entry {
            permit,
            protocol: None,
            src: Wildcard::any(family),
            sport: None,
            dst: Wildcard::any(family),
            dport: None,
            flags: TcpFlags::default(),
            established: false,
            icmp: None,
            condition: String::new(),
            redirect: false,
            sibling_name: false,
            unread: false,
        }
    }

    /// Whether it tests ports, flags or ICMP fields.
    pub(super) fn has_l4(&self) -> bool {
        self.sport.is_some()
            || self.dport.is_some()
            || self.icmp.is_some()
            || self.established
            || self.flags != TcpFlags::default()
    }
}

/// The word for every protocol of a family.
pub(super) fn any_word(family: Family) -> &'static str {
    match family {
        Family::V4 => "ip",
        Family::V6 => "ipv6",
    }
}

fn protocol_table(family: Family) -> &'static str {
    match family {
        Family::V4 => "ipv4-protocols",
        Family::V6 => "ipv6-protocols",
    }
}

/// The protocol of a name, in one family: `tunnel` is 41 in IPv4 and 4 in IPv6.
pub(super) fn protocol(family: Family, name: &str) -> Option<u8> {
    lookup(protocol_table(family), name)
}

/// The name of a protocol as the device prints it.
pub(super) fn protocol_name(family: Family, number: u8) -> Option<&'static str> {
    name_of(protocol_table(family), i64::from(number))
}

/// The port of a name.
pub(super) fn port(udp: bool, name: &str) -> Option<u16> {
    lookup(if udp { "udp-ports" } else { "tcp-ports" }, name)
}

/// The TCP port of a name in the sibling's table.
pub(super) fn sibling_port(name: &str) -> Option<u16> {
    lookup("tcp-ports-read", name)
}

/// The name of a port as the device prints it.
pub(super) fn port_name(udp: bool, number: u16) -> Option<&'static str> {
    let table = if udp { "udp-ports" } else { "tcp-ports" };
    name_of(table, i64::from(number))
}

/// The type, and the code if it has one, of an ICMP message name.
pub(super) fn icmp(family: Family, name: &str) -> Option<(u8, Option<u8>)> {
    let table = match family {
        Family::V4 => "icmp",
        Family::V6 => "icmpv6",
    };
    let value = FACTS.names.get(table)?.get(name)?;
    let byte = |v: &toml::Value| u8::try_from(v.as_integer()?).ok();
    match value.as_array() {
        Some(pair) => Some((byte(pair.first()?)?, Some(byte(pair.get(1)?)?))),
        None => Some((byte(value)?, None)),
    }
}

fn lookup<T: TryFrom<i64>>(table: &str, name: &str) -> Option<T> {
    let number = FACTS.names.get(table)?.get(name)?.as_integer()?;
    T::try_from(number).ok()
}

fn name_of(table: &str, number: i64) -> Option<&'static str> {
    FACTS
        .names
        .get(table)?
        .iter()
        .find(|(_, value)| value.as_integer() == Some(number))
        .map(|(name, _)| name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_differ_between_the_families() {
        assert_eq!(protocol(Family::V4, "tunnel"), Some(41));
        assert_eq!(protocol(Family::V6, "tunnel"), Some(4));
        assert_eq!(protocol(Family::V6, "ah"), None);
        assert_eq!(protocol_name(Family::V6, 58), Some("icmp"));
        assert_eq!(protocol_name(Family::V4, 58), None);
    }

    #[test]
    fn names_of_the_sibling_are_read_and_not_written() {
        assert_eq!(sibling_port("ssh"), Some(22));
        assert_eq!(port(false, "ssh"), None);
        assert_eq!(port_name(false, 22), None);
        assert_eq!(port_name(false, 80), Some("http"));
        assert_eq!(port(true, "domain"), None);
    }
}
