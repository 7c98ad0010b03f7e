//! Running configurations -> a policy that says the same (the way in for a network that has none yet).
//!
//! In: devices as read, with what their texts call VLANs and what stands beside entries. Out: policy text, and every permit
//! that the policy does not explain. The caller proves that the policy equals the devices (D45): nothing here is believed.
//! Must not know: files, dialects' words, output formats.
//!
//! Zones come from VLAN interfaces, hosts from addresses that entries name, services from ports. An entry is a request if it
//! starts in a zone of its own link and its list lets it through; replies, control traffic and entries further along the way
//! are what the sessions of the policy imply, and are looked at only to see whether they do.

mod leftover;
mod places;
mod print;
mod services;
mod sessions;
mod statements;

pub use leftover::{Leftover, leftovers};
pub use print::{Said, propose};

use crate::device::Device;
use std::collections::BTreeMap;

/// One device and what its text says beside its meaning.
#[derive(Clone, Debug)]
pub struct Captured {
    /// Name of the switch.
    pub name: String,
    /// As read.
    pub device: Device,
    /// Names of VLANs.
    pub vlans: BTreeMap<u16, String>,
    /// Remark above an entry, by the entry's line.
    pub remarks: BTreeMap<u32, String>,
    /// Its lists can tell a reply by its TCP flags.
    pub flags: bool,
    /// Dialect options that the text states.
    pub options: BTreeMap<String, String>,
}
