//! # misaligned-block
//!
//! ## What it does
//! Finds addresses that were typed with bits set where the wildcard or prefix length says "don't care" (M07).
//!
//! ## Why
//! `10.10.33.11/31` covers .10 and .11, not .11 and .12. The device clears the bits without a word. A remark only: the
//! set that is matched is the one the device matches.
//!
//! ## Example
//! ```text
//! 10 permit tcp any 10.10.33.11 0.0.0.1 eq 443
//! ```
//!
//! ## What to write instead
//! Two host entries, or the first address of the block.

use super::{Finding, Subject};
use crate::base::Severity;
use crate::net::Family;
use crate::net::addr::bits_of;
use crate::text;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr};

pub(super) fn look(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for acl in subject.defined() {
        for ace in &acl.entries {
            if let Some((typed, first)) = misaligned(&ace.text) {
                let message = text!(
                    "misaligned-block",
                    line = &ace.text,
                    typed = typed,
                    first = first
                );
                findings.push(Finding::entry(Severity::Info, acl, ace, message));
            }
        }
    }
}

/// The address as typed and the first one of the block it stands for.
fn misaligned(line: &str) -> Option<(String, IpAddr)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let prefixes = words.iter().filter_map(|word| prefix(word));
    let pairs = words
        .windows(2)
        .filter_map(|pair| wildcard(pair[0], pair[1]));
    prefixes.chain(pairs).next()
}

fn prefix(word: &str) -> Option<(String, IpAddr)> {
    let net: IpNet = word.parse().ok()?;
    (net.network() != net.addr()).then(|| (word.to_owned(), net.network()))
}

/// An address and a wildcard of low bits; other masks are another lint's.
fn wildcard(addr: &str, mask: &str) -> Option<(String, IpAddr)> {
    let (value, mask): (Ipv4Addr, Ipv4Addr) = (addr.parse().ok()?, mask.parse().ok()?);
    let free = mask.to_bits();
    let low = free & free.wrapping_add(1) == 0 && free != u32::MAX;
    let typed = value.to_bits();
    (low && typed & free != 0).then(|| {
        let first = Family::V4.addr(bits_of(IpAddr::V4(value)) & !u128::from(free));
        (format!("{addr} {mask}"), first)
    })
}
