//! # empty-list
//!
//! ## What it does
//! Finds lists that are defined without an entry.
//!
//! ## Why
//! What a device does with a binding to one is a matter of its dialect, often the opposite of the deny at the end of other
//! lists (D14, D18).
//!
//! ## Example
//! ```text
//! ip access-list extended V300_IN
//! interface Vlan300
//!  ip access-group V300_IN in
//! ```
//!
//! ## What to write instead
//! Write the entries, with an explicit end; or remove the list and its binding.

use super::{Finding, Subject, ip};
use crate::acl::AclState;
use crate::base::Severity;
use crate::text;

pub(super) fn look(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for acl in &subject.device.acls {
        if acl.state == AclState::Empty {
            let message = text!("empty-list", acl = &acl.name, family = ip(acl.family));
            findings.push(Finding::list(Severity::Warning, acl, message));
        }
    }
}
