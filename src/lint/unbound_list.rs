//! # unbound-list
//!
//! ## What it does
//! Finds lists that no interface uses (M01).
//!
//! ## Why
//! A list bound nowhere filters nothing (D14). Either it was forgotten, or it is a leftover that will be bound by mistake.
//! If its name stands elsewhere in the file (management access, routing, a port), the finding is a remark.
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
use std::collections::BTreeSet;

pub(super) fn look(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let lists = subject.device.acls.iter().enumerate();
    let unbound: Vec<_> = lists
        .filter(|(index, acl)| acl.state != AclState::Undefined && !subject.is_bound(*index))
        .map(|(_, acl)| acl)
        .collect();
    if unbound.is_empty() {
        return;
    }
    let elsewhere = names_elsewhere(subject);
    for acl in unbound {
        let (name, family) = (&acl.name, ip(acl.family));
        let finding = match elsewhere.contains(name.as_str()) {
            true => {
                let message = text!("unbound-list-elsewhere", acl = name, family = family);
                Finding::list(Severity::Info, acl, message).code("unbound-list")
            }
            false => {
                let message = text!("unbound-list", acl = name, family = family);
                Finding::list(Severity::Warning, acl, message)
            }
        };
        findings.push(finding);
    }
}

/// Words that may be the name of a list, on lines that belong to no list. A number counts on lines about access only.
fn names_elsewhere<'a>(subject: &Subject<'a>) -> BTreeSet<&'a str> {
    let lists = subject.device.acls.iter();
    let own: BTreeSet<u32> = lists
        .flat_map(|acl| {
            let entries = acl.entries.iter().filter_map(|ace| ace.line);
            entries.chain(acl.line)
        })
        .collect();
    let others = subject
        .source
        .lines()
        .filter(|(line, _)| !own.contains(line));
    others
        .filter(|(_, line)| !line.trim_start().starts_with("remark"))
        .flat_map(|(_, line)| {
            let access = line.contains("access") || line.contains("filter");
            let number = |word: &str| word.bytes().all(|b| b.is_ascii_digit());
            line.split_whitespace()
                .filter(move |word| access || !number(word))
        })
        .collect()
}
