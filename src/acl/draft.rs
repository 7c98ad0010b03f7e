//! Lists that are to be written: entries in words that every vendor has.

use crate::net::{Family, Wildcard};

/// One entry to be written. The dialect decides what its words do with later fragments and extension headers; equality
/// is judged on what is read back (D45).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DraftEntry {
    /// Permit or deny.
    pub permit: bool,
    /// Protocol number; `None` is any.
    pub protocol: Option<u8>,
    /// Source.
    pub src: Wildcard,
    /// Source ports, inclusive; `None` is any.
    pub sport: Option<(u16, u16)>,
    /// Destination.
    pub dst: Wildcard,
    /// Destination ports, inclusive; `None` is any.
    pub dport: Option<(u16, u16)>,
    /// Only segments of a session that is already open: ACK (or RST) set.
    pub established: bool,
    /// ICMP type and code, of the family's own ICMP.
    pub icmp: Option<(u8, Option<u8>)>,
    /// Log what it matches. Changes no fate.
    pub log: bool,
}

impl DraftEntry {
    /// Every packet between two places.
    #[must_use]
    pub fn between(permit: bool, src: Wildcard, dst: Wildcard) -> DraftEntry {
        DraftEntry {
            permit,
            protocol: None,
            src,
            sport: None,
            dst,
            dport: None,
            established: false,
            icmp: None,
            log: false,
        }
    }
}

/// What stands in a list to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DraftLine {
    /// A comment for the people who read the device; printable ASCII. Dialects without one drop it.
    Remark(String),
    /// An entry.
    Entry(DraftEntry),
}

/// A list to be written. It ends with an explicit deny of everything, written by whoever drafts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Name, ASCII, at most 31 characters.
    pub name: String,
    /// Family.
    pub family: Family,
    /// Lines in order.
    pub lines: Vec<DraftLine>,
}

impl Draft {
    /// The entries without the remarks.
    pub fn entries(&self) -> impl Iterator<Item = &DraftEntry> {
        self.lines.iter().filter_map(|line| match line {
            DraftLine::Entry(entry) => Some(entry),
            DraftLine::Remark(_) => None,
        })
    }
}
