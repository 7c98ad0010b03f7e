//! `sheet`: the entries of configurations, or the sessions of a policy, a row each; and whether such a table is still true.

use super::{Capture, Job, Options, read};
use crate::acl::{Ace, Action, Direction};
use crate::base::SourceMap;
use crate::device::Device;
use crate::model::Policy;
use crate::net::{Family, FlagSet, Match, PositionSet};

/// One entry of a list (パラメータシート), or of a list as it is bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Switch.
    pub device: String,
    /// List.
    pub acl: String,
    /// Interfaces and directions.
    pub bound: Vec<(String, Direction)>,
    /// Sequence number.
    pub seq: Option<u32>,
    /// What it does.
    pub action: Action,
    /// What it certainly matches of whole packets; `None` if it was not read, or matches no such packet for certain.
    pub matches: Option<Match>,
    /// `established` or the like.
    pub flags: bool,
    /// The line as read.
    pub text: String,
}

/// One statement (通信要件一覧).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// From, in names.
    pub from: String,
    /// To.
    pub to: String,
    /// Services.
    pub services: String,
    /// Notes: ticket, owner, because, until.
    pub notes: [String; 4],
    /// Matches are logged.
    pub log: bool,
    /// 特定通信.
    pub exception: bool,
}

/// Every entry of every list.
///
/// # Errors
/// Captures whose dialect is unclear.
pub fn entries(sources: &SourceMap, captures: &[Capture], options: &Options) -> Job<Vec<Entry>> {
    let (mut out, mut errors) = (Vec::new(), Vec::new());
    for capture in captures {
        match read::device(sources, capture.file, options) {
            Ok(device) => of_device(&capture.name, &device, &mut out),
            Err(error) => errors.push(*error),
        }
    }
    if errors.is_empty() {
        Ok(out)
    } else {
        Err(errors)
    }
}

fn of_device(name: &str, device: &Device, out: &mut Vec<Entry>) {
    for (index, acl) in device.acls.iter().enumerate() {
        let bound: Vec<(String, Direction)> = device
            .interfaces
            .iter()
            .flat_map(|face| face.bindings.iter().map(move |b| (face, b)))
            .filter(|(_, binding)| binding.acl == index)
            .map(|(face, binding)| (face.name.clone(), binding.direction))
            .collect();
        out.extend(
            acl.entries
                .iter()
                .map(|ace| entry(name, &acl.name, &bound, ace)),
        );
    }
}

fn entry(device: &str, acl: &str, bound: &[(String, Direction)], ace: &Ace) -> Entry {
    let whole = |m: &&Match| m.position.intersect(PositionSet::WHOLE) == PositionSet::WHOLE;
    let matches = ace.certain.iter().find(whole).cloned();
    let tested = matches.as_ref().is_some_and(|m| m.flags != FlagSet::FULL);
    Entry {
        device: device.to_owned(),
        acl: acl.to_owned(),
        bound: bound.to_vec(),
        seq: ace.seq,
        action: ace.action,
        matches: matches.filter(|_| ace.action != Action::Unread),
        flags: tested,
        text: ace.text.clone(),
    }
}

/// Every statement that was written, in order; derived ones are left out.
#[must_use]
pub fn flows(policy: &Policy) -> Vec<Flow> {
    let said = policy.allows.iter().filter(|allow| !allow.dhcp);
    said.map(|allow| {
        let until = allow.until.map(|date| date.to_string());
        let notes = [&allow.ticket, &allow.owner, &allow.because, &until];
        // The statement in names: `allow FROM -> TO : SERVICES`, in the words of its file.
        let (head, services) = allow.text.split_once(" : ").unwrap_or((&allow.text, ""));
        let (from, to) = head.split_once(" -> ").unwrap_or((head, ""));
        let from = from.split_once(' ').map_or(from, |(_, places)| places);
        Flow {
            from: from.to_owned(),
            to: to.to_owned(),
            services: services.to_owned(),
            notes: notes.map(|note| note.clone().unwrap_or_default()),
            log: allow.log,
            exception: allow.exception,
        }
    })
    .collect()
}

/// The family of an entry, for its words.
#[must_use]
pub fn family(entry: &Entry) -> Family {
    entry.matches.as_ref().map_or(Family::V4, |m| m.family)
}
