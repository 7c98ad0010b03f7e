//! # implicit-end
//!
//! ## What it does
//! Finds lists whose last entry does not match everything, so that the dialect's invisible end decides the rest.
//!
//! ## Why
//! A reader does not see it, it cannot be counted or logged, and it differs between dialects (D11). A remark only: the
//! end is modelled as the dialect has it.
//!
//! ## Example
//! ```text
//! 10 permit tcp any host 10.0.0.5 eq 443
//! ```
//!
//! ## What to write instead
//! A last line `deny ip any any`, with `log` where drops are to be seen.

use super::{Finding, Subject, matches_everything};
use crate::base::Severity;
use crate::text;

pub(super) fn look(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for acl in subject.defined() {
        let explicit = acl.entries.last().is_some_and(matches_everything);
        if !explicit {
            let message = text!("implicit-end", acl = &acl.name);
            findings.push(Finding::list(Severity::Info, acl, message));
        }
    }
}
