//! # wildcard-as-netmask
//!
//! ## What it does
//! Finds wildcards whose free bits are the high ones: a netmask where the inverse was meant (M06).
//!
//! ## Why
//! `10.1.1.0 255.255.255.0` as a wildcard is "any address that ends in .0": a strange set that hardly anybody means.
//! Other wildcards with holes are left alone; they are rare and mostly meant.
//!
//! ## Example
//! ```text
//! 10 permit ip 10.1.1.0 255.255.255.0 any
//! ```
//!
//! ## What to write instead
//! The inverse: `10.1.1.0 0.0.0.255`.

use super::{Finding, Subject};
use crate::acl::Ace;
use crate::base::Severity;
use crate::net::Wildcard;
use crate::text;

pub(super) fn look(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for acl in subject.defined() {
        for ace in &acl.entries {
            if let Some(wildcard) = addresses(ace).find(|wildcard| is_netmask(wildcard)) {
                let family = wildcard.family();
                let inverse = family.addr(!wildcard.free());
                let message = text!(
                    "wildcard-as-netmask",
                    line = &ace.text,
                    mask = family.addr(wildcard.free()),
                    inverse = inverse
                );
                findings.push(Finding::entry(Severity::Warning, acl, ace, message));
            }
        }
    }
}

/// The source and destination wildcards of an entry.
pub(super) fn addresses(ace: &Ace) -> impl Iterator<Item = &Wildcard> {
    ace.boxes(true)
        .flat_map(|m| m.src.parts().iter().chain(m.dst.parts()))
}

/// Ones, then zeros, as a netmask has them; not all of either.
fn is_netmask(wildcard: &Wildcard) -> bool {
    let fixed = !wildcard.free() & wildcard.family().ones();
    let low = fixed.trailing_ones();
    low > 0 && wildcard.free() != 0 && fixed == ones(low)
}

fn ones(bits: u32) -> u128 {
    if bits >= 128 {
        u128::MAX
    } else {
        (1 << bits) - 1
    }
}
