//! # unreachable-line
//!
//! ## What it does
//! Finds entries that no packet can reach: earlier entries, alone or together, take everything they match (M03, M04).
//!
//! ## Why
//! The entry looks as if it were in force and is not. If the earlier entries do the opposite, the list does the opposite
//! of what its author wrote last: that is an error. If they do the same, it is a leftover.
//!
//! ## Example
//! ```text
//! 10 permit tcp any any
//! 20 deny tcp any host 10.0.0.5 eq 22
//! ```
//!
//! ## What to write instead
//! Move the entry above its blockers, or remove it.

use super::{Finding, Subject, numbers};
use crate::acl::Acl;
use crate::base::Severity;
use crate::pset::Useless;
use crate::text;

pub(super) fn look(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for (acl, line) in subject.removable() {
        let Useless::Unreachable(blockers) = &line.why else {
            continue;
        };
        if let Some(finding) = finding(acl, line.index, blockers) {
            findings.push(finding);
        }
    }
}

fn finding(acl: &Acl, index: usize, blockers: &[usize]) -> Option<Finding> {
    let ace = acl.ace(index)?;
    let blocking = || blockers.iter().filter_map(|&blocker| acl.ace(blocker));
    let lines: Vec<u32> = blocking().filter_map(|blocker| blocker.line).collect();
    let opposite = blocking().any(|blocker| blocker.action != ace.action);
    let (severity, message) = match (lines.is_empty(), opposite) {
        (true, _) => (
            Severity::Warning,
            text!("unreachable-line", line = &ace.text),
        ),
        (false, true) => (
            Severity::Error,
            text!(
                "unreachable-line-opposite",
                line = &ace.text,
                blockers = numbers(&lines)
            ),
        ),
        (false, false) => (
            Severity::Warning,
            text!(
                "unreachable-line-same",
                line = &ace.text,
                blockers = numbers(&lines)
            ),
        ),
    };
    let finding = Finding::entry(severity, acl, ace, message).code("unreachable-line");
    Some(Finding {
        blockers: lines,
        ..finding
    })
}
