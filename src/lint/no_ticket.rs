//! # no-ticket
//!
//! ## What it does
//! Finds lists with permits and no remark that carries a number (M20).
//!
//! ## Why
//! Who asked for an entry, and when, is what every review begins with; a remark such as `REQ2025-0123` links it. A remark
//! only, one per list.
//!
//! ## Example
//! ```text
//! ip access-list extended V300_IN
//!  permit tcp any host 10.0.0.5 eq 443
//! ```
//!
//! ## What to write instead
//! A remark with the request number above the entries it is about.

use super::{Finding, Subject};
use crate::acl::{Acl, Action};
use crate::base::{FileId, Severity};
use crate::text;

pub(super) fn look(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for acl in subject.defined() {
        let permits = acl.entries.iter().any(|ace| ace.action == Action::Permit);
        if permits && !has_ticket(subject, acl) {
            let message = text!("no-ticket", acl = &acl.name);
            findings.push(Finding::list(Severity::Info, acl, message));
        }
    }
}

/// Remarks are not part of a list as read, so the lines from its header to its last entry are looked at.
fn has_ticket(subject: &Subject<'_>, acl: &Acl) -> bool {
    let lines = || acl.entries.iter().filter_map(|ace| ace.line);
    let first = acl.line.into_iter().chain(lines()).min();
    let (Some(first), Some(last)) = (first, lines().max()) else {
        return true;
    };
    let line = |number| {
        let span = subject.source.line_span(FileId(0), number);
        let range = span.start as usize..span.end as usize;
        subject.source.text.get(range).unwrap_or_default()
    };
    (first..=last).any(|number| is_ticket(line(number)))
}

fn is_ticket(line: &str) -> bool {
    let mut words = line.split_whitespace();
    words.any(|word| word.eq_ignore_ascii_case("remark"))
        && words.any(|word| word.contains(|c: char| c.is_ascii_digit()))
}
