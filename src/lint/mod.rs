//! Findings in device text, a file per lint.
//!
//! In: a device as read, and which entries of its lists are there for nothing. Out: [`Finding`]s.
//! Must not know: output formats, files, policies. A lint's doc comment is its manual page, with fixed headings.
//! Names read as "allow ...". A new lint is a file and a line in [`LINTS`].

mod empty_list;
mod gap;
mod implicit_end;
mod ip_only_permit;
mod misaligned_block;
mod no_ticket;
mod permit_any_any;
mod redundant_line;
mod unbound_list;
mod undefined_list;
mod unreachable_line;
mod wildcard_as_netmask;

#[cfg(test)]
mod tests;

use crate::acl::{Ace, Acl, AclState};
use crate::base::{Severity, Source, Text};
use crate::device::Device;
use crate::net::Family;
use crate::pset::{Limits, LineFinding, Space};
use std::collections::BTreeSet;

/// A finding about a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Name of the lint.
    pub code: &'static str,
    /// How bad.
    pub severity: Severity,
    /// The list, if it is about one.
    pub acl: Option<String>,
    /// The line, if there is one.
    pub line: Option<u32>,
    /// What is the matter.
    pub message: Text,
    /// Lines that take the packets of an unreachable line.
    pub blockers: Vec<u32>,
}

impl Finding {
    /// About a whole list.
    fn list(severity: Severity, acl: &Acl, message: Text) -> Finding {
        Finding {
            code: message.key,
            severity,
            acl: Some(acl.name.clone()),
            line: acl.line,
            message,
            blockers: Vec::new(),
        }
    }

    /// About an entry of a list.
    fn entry(severity: Severity, acl: &Acl, ace: &Ace, message: Text) -> Finding {
        Finding {
            line: ace.line,
            ..Finding::list(severity, acl, message)
        }
    }

    /// Whether it says "not understood" rather than "wrong".
    #[must_use]
    pub fn is_gap(&self) -> bool {
        self.code == gap::CODE
    }

    /// The same under the name of its lint, where one lint has several sentences.
    fn code(self, code: &'static str) -> Finding {
        Finding { code, ..self }
    }
}

/// A device and what every lint may ask of it.
pub struct Subject<'a> {
    /// The capture.
    pub source: &'a Source,
    /// As read.
    pub device: &'a Device,
    /// Per list of the device: the entries that can be removed. `None` if the limit was reached.
    lines: Vec<Option<Vec<LineFinding>>>,
    /// Lists bound to an interface, by index.
    bound: BTreeSet<usize>,
}

impl<'a> Subject<'a> {
    /// Analyses the lists of a device, within limits for each list.
    #[must_use]
    pub fn new(source: &'a Source, device: &'a Device, limits: Limits) -> Subject<'a> {
        let look = |acl: &Acl| match acl.state {
            AclState::Empty | AclState::Undefined => Some(Vec::new()),
            AclState::Defined => {
                let space = Space::for_acls(acl.family, &[acl]).within(limits);
                let lines = space.lines(acl);
                (!space.exhausted()).then_some(lines)
            }
        };
        let bindings = device.interfaces.iter().flat_map(|i| &i.bindings);
        Subject {
            source,
            device,
            lines: device.acls.iter().map(look).collect(),
            bound: bindings.map(|binding| binding.acl).collect(),
        }
    }

    /// Whether a limit left a list without an answer.
    #[must_use]
    pub fn limited(&self) -> bool {
        self.lines.iter().any(Option::is_none)
    }

    /// The lists that are defined with at least one entry.
    fn defined(&self) -> impl Iterator<Item = &'a Acl> {
        self.device
            .acls
            .iter()
            .filter(|acl| acl.state == AclState::Defined)
    }

    /// Each list with the entries that can be removed.
    fn removable(&self) -> impl Iterator<Item = (&'a Acl, &LineFinding)> {
        let lists = self.device.acls.iter().zip(&self.lines);
        lists.flat_map(|(acl, lines)| lines.iter().flatten().map(move |line| (acl, line)))
    }

    /// Whether the list at an index of [`Device::acls`] is bound to an interface.
    fn is_bound(&self, index: usize) -> bool {
        self.bound.contains(&index)
    }
}

/// Looks for one thing.
type Lint = fn(&Subject<'_>, &mut Vec<Finding>);

/// The registry, a line each.
const LINTS: &[Lint] = &[
    unreachable_line::look,
    redundant_line::look,
    unbound_list::look,
    undefined_list::look,
    empty_list::look,
    gap::look,
    permit_any_any::look,
    implicit_end::look,
    wildcard_as_netmask::look,
    ip_only_permit::look,
    misaligned_block::look,
    no_ticket::look,
];

/// All findings in order of lines; what has no line comes first.
#[must_use]
pub fn lint(subject: &Subject<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for look in LINTS {
        look(subject, &mut findings);
    }
    findings.sort_by_key(|finding| (finding.line, finding.severity));
    findings
}

/// How a family is called.
fn ip(family: Family) -> &'static str {
    match family {
        Family::V4 => "IPv4",
        Family::V6 => "IPv6",
    }
}

/// Whether an entry matches every packet of its family, for certain.
fn matches_everything(ace: &Ace) -> bool {
    ace.certain
        .iter()
        .any(|m| *m == crate::net::Match::any(m.family))
}

/// Lines of entries as people read them: `12, 14`.
fn numbers(lines: &[u32]) -> String {
    let words: Vec<String> = lines.iter().map(u32::to_string).collect();
    words.join(", ")
}
