//! # gap
//!
//! ## What it does
//! Lists the lines that were not understood and may belong to a filter.
//!
//! ## Why
//! Whatever else is found or not found, these lines could change it: a run without other findings is not clean but
//! unknown (exit 3).
//!
//! ## Example
//! ```text
//! ip access-list extended V300_IN
//!  evaluate MIRROR
//! ```
//!
//! ## What to write instead
//! Usually nothing: report the line to the authors of `aclc`, or check by hand what it does.

use super::{Finding, Subject};
use crate::base::Severity;
use crate::text;
use std::collections::BTreeMap;

/// Code of the findings that mean "unknown", not "wrong".
pub(super) const CODE: &str = "gap";

pub(super) fn look(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let owners = owners(subject);
    for gap in &subject.device.gaps {
        findings.push(Finding {
            code: CODE,
            severity: Severity::Warning,
            acl: owners.get(&gap.line).map(|&name| name.to_owned()),
            line: Some(gap.line),
            message: text!("gap", line = &gap.text, why = gap.why.clone()),
            blockers: Vec::new(),
        });
    }
}

/// The list that has an entry on a line.
fn owners<'a>(subject: &Subject<'a>) -> BTreeMap<u32, &'a str> {
    let lists = subject.device.acls.iter();
    lists
        .flat_map(|acl| {
            let lines = acl.entries.iter().filter_map(|ace| ace.line);
            lines.map(|line| (line, acl.name.as_str()))
        })
        .collect()
}
