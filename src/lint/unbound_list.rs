//! # unbound-list
//!
//! ## What it does
//! Finds lists that no interface uses (M01).
//!
//! ## Why
//! A list bound nowhere filters nothing (D14). Either it was forgotten, or it is a leftover that will be bound by mistake.
//! Uses outside of interfaces (management access, routing) are not looked at: then the finding is a remark.
//!
//! ## Example
//! ```text
//! ip access-list extended V300_IN
//!  permit ip any any
//! interface Vlan300
//!  ip address 10.0.0.1 255.255.255.0
//! ```
//!
//! ## What to write instead
//! Bind the list, or remove it.

use super::{Finding, Subject, ip};
use crate::acl::AclState;
use crate::base::Severity;
use crate::text;

pub(super) fn look(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for (index, acl) in subject.device.acls.iter().enumerate() {
        if acl.state != AclState::Undefined && !subject.is_bound(index) {
            let message = text!("unbound-list", acl = &acl.name, family = ip(acl.family));
            findings.push(Finding::list(Severity::Warning, acl, message));
        }
    }
}
