//! # undefined-list
//!
//! ## What it does
//! Finds bindings to a list that is not defined.
//!
//! ## Why
//! What a device does then is a matter of its dialect, often "permit everything" (D14, D18). It is never what was meant.
//!
//! ## Example
//! ```text
//! interface Vlan300
//!  ip access-group V300_IN in
//! ```
//!
//! ## What to write instead
//! Define the list, or correct the name.

use super::{Finding, Subject, ip};
use crate::acl::AclState;
use crate::base::{Severity, suggest::nearest};
use crate::text;

/// Findings up to which a similar name is proposed.
const PROPOSALS: usize = 100;

pub(super) fn look(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let defined = || subject.defined().map(|acl| acl.name.as_str());
    for interface in &subject.device.interfaces {
        for binding in &interface.bindings {
            let Some(acl) = subject.device.acls.get(binding.acl) else {
                continue;
            };
            if acl.state != AclState::Undefined {
                continue;
            }
            let (name, family) = (&acl.name, ip(acl.family));
            // A proposal costs a look at every name; the first ones are enough.
            let names = defined().filter(|near| near != name);
            let near = (findings.len() < PROPOSALS).then(|| nearest(name, names));
            let message = match near.flatten() {
                Some(near) => text!(
                    "undefined-list-near",
                    acl = name,
                    family = family,
                    interface = &interface.name,
                    near = near
                ),
                None => text!(
                    "undefined-list",
                    acl = name,
                    family = family,
                    interface = &interface.name
                ),
            };
            findings.push(Finding {
                line: (binding.line > 0).then_some(binding.line),
                ..Finding::list(Severity::Error, acl, message).code("undefined-list")
            });
        }
    }
}
