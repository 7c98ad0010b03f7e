//! Lists and interfaces <-> device text, a folder per dialect, a registry line each.
//!
//! In: text of a capture, or a [`Config`]. Out: a [`Device`], or text. A reader never fails: what it does not understand
//! becomes a gap or an effect (D10, D23). A writer never approximates: it refuses with the reason.
//! Must not know: the policy; it renders filters, not intent. `indexing_slicing` is on: the text is hostile.
#![warn(missing_docs, clippy::indexing_slicing, clippy::string_slice)]

pub mod alaxala_ax;
pub mod allied_telesis_awplus;
pub mod arista_eos;
pub mod aruba_aos_cx;
mod banner;
mod beneath;
pub mod capture;
pub mod cisco_ios_xe;
pub mod cisco_nx_os;
pub mod hpe_comware;
mod ios_like;
pub mod juniper_junos;
mod likeness;
pub mod linux_nftables;
pub mod live;
pub mod parts;
pub mod redact;
pub mod refused;
pub mod rib;
pub mod routes;
mod services;
pub mod stamp;
#[cfg(test)]
mod suite;
#[cfg(test)]
mod testing;
pub mod words;
mod wrapped;

use crate::acl::Known;
use crate::base::{Source, Text};
use crate::device::{Config, Device, Sees};
use crate::facts::Facts;
use std::collections::BTreeMap;

/// What a person told us about a device beside its text.
#[derive(Clone, Debug, Default)]
pub struct Hint {
    /// Model, from the policy.
    pub model: Option<String>,
    /// Dialect options, from the policy.
    pub options: BTreeMap<String, String>,
    /// Treat modelled facts as open (`--facts confirmed`).
    pub confirmed_only: bool,
}

/// What the compiler must know to draft lists that a device can take.
#[derive(Clone, Debug)]
pub struct Capabilities {
    /// What a list on a VLAN interface sees.
    pub sees: Sees,
    /// Can test "ACK (or RST) set".
    pub established: bool,
    /// Can log a match.
    pub log: bool,
    /// IPv6 lists can be bound in this mode.
    pub ipv6_lists: Known,
    /// Outbound lists exist.
    pub outbound: bool,
}

/// All that the rest of aclc knows about a vendor.
pub trait Dialect: Sync {
    /// Its id in policies and files: `cisco-ios-xe`.
    fn id(&self) -> &'static str;
    /// The files of its data folder: profile, names, models.
    fn data(&self) -> [&'static str; 3];
    /// What they say.
    fn facts(&self) -> &'static Facts;
    /// How a comment line starts.
    fn comment(&self) -> &'static str {
        "!"
    }
    /// Keys of `option` in a policy; any other is an error.
    fn options(&self) -> &'static [&'static str] {
        &[]
    }
    /// Whether some of its lists are bound to ports, which `ports` of a policy names; else all are to VLAN interfaces.
    fn binds_to_ports(&self) -> bool {
        false
    }
    /// How much a text looks like this dialect; 0 is not at all. The highest score wins.
    fn score(&self, text: &str) -> u32;
    /// What a list can do on a model in a mode.
    fn capabilities(&self, hint: &Hint) -> Capabilities;
    /// The safest way to change a list on a live device; `None` where no source says one, and then nothing is planned.
    fn mechanism(&self) -> Option<&'static live::Mechanism> {
        None
    }
    /// How a captured routing table looks (D31).
    fn rib(&self) -> rib::Form;
    /// What the lines of a capture say. Never fails.
    fn parse(&self, source: &Source, hint: &Hint) -> Device;
    /// Reads a capture: what its lines say, less what a terminal broke and what leads nowhere. Never fails.
    fn read(&self, source: &Source, hint: &Hint) -> Device {
        let mut device = self.parse(source, hint);
        routes::astray(&mut device);
        wrapped::doubt(&mut device, source);
        beneath::note(&mut device, source);
        device
    }
    /// Writes what the device would be given, or every thing it cannot express. Never a weaker filter.
    ///
    /// # Errors
    /// The refusals, each with the list, the entry and the fact.
    fn write(&self, config: &Config) -> Result<String, Vec<Text>>;
}

/// The vendor data files, in registry order, for the digest.
pub fn data() -> impl Iterator<Item = &'static str> {
    DIALECTS.iter().flat_map(|dialect| dialect.data())
}

/// The registry: every dialect, a line each.
pub static DIALECTS: &[&dyn Dialect] = &[
    &cisco_ios_xe::CiscoIosXe,
    &alaxala_ax::AlaxalaAx,
    &cisco_nx_os::CiscoNxOs,
    &arista_eos::AristaEos,
    &aruba_aos_cx::ArubaAosCx,
    &allied_telesis_awplus::AlliedTelesisAwplus,
    &juniper_junos::JuniperJunos,
    &hpe_comware::HpeComware,
    &linux_nftables::LinuxNftables,
];

/// The dialect of an id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static dyn Dialect> {
    DIALECTS.iter().copied().find(|dialect| dialect.id() == id)
}

/// What the archiver RANCID writes into the first line of a file, and our id for it.
const ARCHIVED: [(&str, &str); 4] = [
    ("arista", "arista-eos"),
    ("cisco", "cisco-ios-xe"),
    ("cisco-nx", "cisco-nx-os"),
    ("juniper", "juniper-junos"),
];

/// The dialect that an archiver noted.
fn archived(text: &str) -> Option<&'static dyn Dialect> {
    let first = text.lines().find(|line| !line.trim().is_empty())?;
    let kind = first.trim_start_matches(['!', '#']).trim();
    let kind = kind.strip_prefix("RANCID-CONTENT-TYPE:")?.trim();
    let (_, id) = ARCHIVED.iter().find(|(name, _)| *name == kind)?;
    by_id(id)
}

/// Less than this is no likeness: a single line that several families have.
const LIKENESS: u32 = 3;

/// The dialect a text looks most like; none if it looks as much like another, or more like a family that is not read: to read
/// a text as what it is not is worse than to ask.
#[must_use]
pub fn detect(text: &str) -> Option<&'static dyn Dialect> {
    if let Some(dialect) = archived(text) {
        let other = refused::recognise(text, dialect.score(text));
        return other.is_none().then_some(dialect);
    }
    let mut scored: Vec<_> = DIALECTS.iter().map(|d| (d.score(text), *d)).collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let (&(score, dialect), others) = scored.split_first()?;
    let alone = others.first().is_none_or(|(second, _)| *second < score);
    let known = score >= LIKENESS && alone && refused::recognise(text, score).is_none();
    known.then_some(dialect)
}
