//! # redundant-line
//!
//! ## What it does
//! Finds entries that can be removed without a change for any packet: what reaches them meets the same fate further down.
//!
//! ## Why
//! They cost table entries, and a reader takes them for a rule. An explicit deny of everything at the end is no finding:
//! it makes the end visible and countable. A redundant deny is only remarked on: people write denies above later permits on
//! purpose, so that a wide permit added below cannot open what must stay closed.
//!
//! ## Example
//! ```text
//! 10 permit tcp any host 10.0.0.5 eq 443
//! 20 permit tcp any host 10.0.0.5
//! ```
//!
//! ## What to write instead
//! Remove the entry, or narrow the later one that makes it unnecessary.

use super::{Finding, Subject, matches_everything};
use crate::acl::Action;
use crate::base::Severity;
use crate::pset::Useless;
use crate::text;

pub(super) fn look(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for (acl, line) in subject.removable() {
        let Some(ace) = acl.ace(line.index) else {
            continue;
        };
        if line.why == Useless::Redundant && !matches_everything(ace) {
            let message = text!("redundant-line", line = &ace.text);
            let severity = match ace.action {
                Action::Deny => Severity::Info,
                Action::Permit | Action::Unread => Severity::Warning,
            };
            findings.push(Finding::entry(severity, acl, ace, message));
        }
    }
}
