//! # ip-only-permit
//!
//! ## What it does
//! Finds entries that permit every protocol and port between two places (M13).
//!
//! ## Why
//! The guideline asks for communication that is limited by address *and* service. A remark only: some flows need it.
//!
//! ## Example
//! ```text
//! 10 permit ip 10.10.0.0 0.0.0.255 host 10.20.0.5
//! ```
//!
//! ## What to write instead
//! One entry per service, with its port.

use super::{Finding, Subject, matches_everything};
use crate::acl::{Ace, Action};
use crate::base::Severity;
use crate::text;

pub(super) fn look(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for acl in subject.defined() {
        for ace in acl.entries.iter().filter(|ace| is_wide(ace)) {
            let message = text!("ip-only-permit", line = &ace.text);
            findings.push(Finding::entry(Severity::Info, acl, ace, message));
        }
    }
}

fn is_wide(ace: &Ace) -> bool {
    let wide = |m: &crate::net::Match| m.protocol.is_full() && !m.has_l4();
    ace.action == Action::Permit && ace.certain.iter().any(wide) && !matches_everything(ace)
}
