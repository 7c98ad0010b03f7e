//! The values of a packet header: small, total, ordered.
//!
//! A [`Flow`] is a point (one concrete header, D6), a [`Match`] a box (a conjunction of field constraints). Any union of
//! boxes is a packet set and lives in `pset`.
//! Must not know: lists, names, vendors, text of configurations.
#![warn(missing_docs)]

pub mod addr;
pub mod flow;
pub mod hello;
pub mod matching;
pub mod port;
pub mod proto;
pub mod ranges;
pub mod tcp_flags;
pub mod wildcard;

pub use addr::{AddrSet, Family};
pub use flow::{Flow, FlowError, L4};
pub use matching::{ExtSet, Match, PositionSet};
pub use port::PortSet;
pub use proto::ByteSet;
pub use ranges::AddrRanges;
pub use tcp_flags::{FlagSet, TcpFlags};
pub use wildcard::Wildcard;
