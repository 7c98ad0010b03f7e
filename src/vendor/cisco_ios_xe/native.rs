//! Lists as IOS-XE has them: between the text ([`super::entry`], [`super::write`]) and the neutral form
//! ([`super::convert`]). `read(write(n)) == n` holds on these types.

use crate::net::{Family, TcpFlags, Wildcard};

/// A list in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct List {
    pub(super) name: String,
    pub(super) family: Family,
    /// A standard list tests sources only.
    pub(super) standard: bool,
    /// Line of its header.
    pub(super) line: u32,
    pub(super) items: Vec<Item>,
    /// Why the list as a whole cannot be read: the line and the text of the question.
    pub(super) broken: Option<(u32, String)>,
}

/// A line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) seq: Option<u32>,
    pub(super) line: u32,
    /// As printed, blanks folded.
    pub(super) text: String,
    pub(super) body: Body,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Body {
    Remark(String),
    Entry(Box<Entry>),
    /// Not understood at all; with `first`, it may take back what stands above it (`no ...`).
    Unread {
        first: bool,
    },
}

/// `permit` or `deny` with its conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) permit: bool,
    pub(super) service: Service,
    pub(super) src: Place,
    pub(super) dst: Place,
    /// Later fragments only.
    pub(super) fragments: bool,
    /// Conditions on what is not in the header of D6, as printed (`dscp ef`, `time-range NIGHT`).
    pub(super) conditions: Vec<String>,
    pub(super) log: Log,
    /// The word from which on the line was not understood (empty: it ends too early). What was read before still bounds
    /// the entry (D10).
    pub(super) unread: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Log {
    No,
    Plain,
    Input,
}

/// What an entry, or a member of a service group, says of protocol and L4 header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Service {
    pub(super) protocol: Protocol,
    pub(super) sport: Option<Ports>,
    pub(super) dport: Option<Ports>,
    pub(super) flags: Option<Flags>,
    pub(super) icmp: Option<Icmp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// `ip` or `ipv6`; also what an unread protocol is bounded by.
    Any,
    Number(u8),
    /// `tcp-udp` in service groups.
    TcpUdp,
    /// A service group.
    Group(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Is(Wildcard),
    /// A network group.
    Group(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ports {
    pub(super) op: PortOp,
    /// One, two for a range, several for `eq` and `neq`.
    pub(super) ports: Vec<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PortOp {
    Eq,
    Neq,
    Lt,
    Gt,
    Range,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flags {
    Established,
    /// Plain words: `syn`, `ack rst`.
    Words(TcpFlags),
    All {
        set: TcpFlags,
        clear: TcpFlags,
    },
    Any {
        set: TcpFlags,
        clear: TcpFlags,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Icmp {
    /// As printed, if it was a name.
    pub(super) name: Option<String>,
    pub(super) kind: u8,
    pub(super) code: Option<u8>,
}

impl Service {
    /// Every packet.
    pub(super) fn any() -> Service {
        Service {
            protocol: Protocol::Any,
            sport: None,
            dport: None,
            flags: None,
            icmp: None,
        }
    }

    /// Whether it tests more than the protocol. `range 0 65535` does: later fragments have no ports.
    pub(super) fn has_l4(&self) -> bool {
        self.sport.is_some() || self.dport.is_some() || self.flags.is_some() || self.icmp.is_some()
    }
}

impl Entry {
    /// An entry that matches everything.
    pub(super) fn any(permit: bool, family: Family) -> Entry {
        Entry {
            permit,
            service: Service::any(),
            src: Place::Is(Wildcard::any(family)),
            dst: Place::Is(Wildcard::any(family)),
            fragments: false,
            conditions: Vec::new(),
            log: Log::No,
            unread: None,
        }
    }
}

/// A network or service group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group<T> {
    pub(super) members: Vec<Member<T>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Member<T> {
    Is(T),
    Nested(String),
    /// Not understood; the line, masked.
    Unread(String),
}
