//! Lists as the device has them: between the text ([`super::entry`], [`super::print`]) and the neutral form
//! ([`super::convert`]). `read(write(n)) == n` holds on these types.

use crate::net::{Family, TcpFlags, Wildcard};

/// A list in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::vendor) struct List {
    pub(in crate::vendor) name: String,
    pub(in crate::vendor) family: Family,
    /// A standard list tests sources only.
    pub(in crate::vendor) standard: bool,
    /// What no entry matches is permitted.
    pub(in crate::vendor) permits_rest: bool,
    /// Line of its header.
    pub(in crate::vendor) line: u32,
    pub(in crate::vendor) items: Vec<Item>,
    /// Why the list as a whole cannot be read: the line and the text of the question.
    pub(in crate::vendor) broken: Option<(u32, String)>,
    /// A fact under which the device does not test what the entries say.
    pub(in crate::vendor) blind_if: Option<&'static str>,
}

/// A line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::vendor) struct Item {
    pub(in crate::vendor) seq: Option<u32>,
    pub(in crate::vendor) line: u32,
    /// As printed, blanks folded.
    pub(in crate::vendor) text: String,
    pub(in crate::vendor) body: Body,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::vendor) enum Body {
    Remark(String),
    Entry(Box<Entry>),
    /// What the list does with later fragments that no entry names.
    Later {
        permit: bool,
    },
    /// Not understood at all; with `first`, it may take back what stands above it (`no ...`).
    Unread {
        first: bool,
    },
}

/// `permit` or `deny` with its conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::vendor) struct Entry {
    pub(in crate::vendor) permit: bool,
    /// Sends what it matches elsewhere: neither permit nor deny is certain.
    pub(in crate::vendor) aside: bool,
    pub(in crate::vendor) service: Service,
    pub(in crate::vendor) src: Place,
    pub(in crate::vendor) dst: Place,
    /// Later fragments only.
    pub(in crate::vendor) fragments: bool,
    /// Conditions on what is not in the header of D6, as printed (`dscp ef`, `time-range NIGHT`).
    pub(in crate::vendor) conditions: Vec<String>,
    pub(in crate::vendor) log: Log,
    /// The word from which on the line was not understood (empty: it ends too early). What was read before still bounds
    /// the entry (D10).
    pub(in crate::vendor) unread: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vendor) enum Log {
    No,
    Plain,
    Input,
}

/// What an entry, or a member of a service group, says of protocol and L4 header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::vendor) struct Service {
    pub(in crate::vendor) protocol: Protocol,
    pub(in crate::vendor) sport: Option<Ports>,
    pub(in crate::vendor) dport: Option<Ports>,
    pub(in crate::vendor) flags: Option<Flags>,
    pub(in crate::vendor) icmp: Option<Icmp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::vendor) enum Protocol {
    /// `ip` or `ipv6`; also what an unread protocol is bounded by.
    Any,
    Number(u8),
    /// `tcp-udp` in service groups.
    TcpUdp,
    /// A service group.
    Group(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::vendor) enum Place {
    Is(Wildcard),
    /// An address with a mask, of which it is open whether its ones are free or fixed: the set if they are free, if fixed.
    Mask(Wildcard, Wildcard),
    /// A network group.
    Group(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::vendor) enum Ports {
    /// One port, two for a range, several for `eq` and `neq`.
    Test(PortOp, Vec<u16>),
    /// A group of ports.
    Group(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vendor) enum PortOp {
    Eq,
    Neq,
    Lt,
    Gt,
    Range,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vendor) enum Flags {
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
pub(in crate::vendor) struct Icmp {
    /// As printed, if it was a name.
    pub(in crate::vendor) name: Option<String>,
    pub(in crate::vendor) kind: u8,
    pub(in crate::vendor) code: Option<u8>,
}

impl Service {
    /// Every packet.
    pub(in crate::vendor) fn any() -> Service {
        Service {
            protocol: Protocol::Any,
            sport: None,
            dport: None,
            flags: None,
            icmp: None,
        }
    }

    /// Whether it tests more than the protocol. `range 0 65535` does: later fragments have no ports.
    pub(in crate::vendor) fn has_l4(&self) -> bool {
        self.sport.is_some() || self.dport.is_some() || self.flags.is_some() || self.icmp.is_some()
    }
}

impl Entry {
    /// An entry that matches everything.
    pub(in crate::vendor) fn any(permit: bool, family: Family) -> Entry {
        Entry {
            permit,
            aside: false,
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
pub(in crate::vendor) struct Group<T> {
    pub(in crate::vendor) members: Vec<Member<T>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::vendor) enum Member<T> {
    Is(T),
    Nested(String),
    /// Not understood; the line, masked.
    Unread(String),
}
