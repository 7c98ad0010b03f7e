//! # permit-any-any
//!
//! ## What it does
//! Finds entries that permit every packet of the family (M05).
//!
//! ## Why
//! Mostly a trace of trouble-shooting: everything that no earlier entry denies gets through.
//!
//! ## Example
//! ```text
//! 100 permit ip any any
//! ```
//!
//! ## What to write instead
//! Permit what is needed and end with `deny ip any any`.

use super::{Finding, Subject, matches_everything};
use crate::acl::Action;
use crate::base::Severity;
use crate::text;

pub(super) fn look(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for acl in subject.defined() {
        let open = |ace: &&crate::acl::Ace| ace.action == Action::Permit && matches_everything(ace);
        for ace in acl.entries.iter().filter(open) {
            let message = text!("permit-any-any", line = &ace.text);
            findings.push(Finding::entry(Severity::Warning, acl, ace, message));
        }
    }
}
