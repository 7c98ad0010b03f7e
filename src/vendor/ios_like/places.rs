//! How dialects spell addresses in entries.
//!
//! In: words, a family. Out: a [`Wildcard`], or back. Bits under the mask or wildcard are dropped, as the devices do.

use super::print::shown;
use crate::net::{Family, Wildcard};
use crate::vendor::words::Words;
use ipnet::{IpNet, Ipv4Net};

/// `any`, `host A`, `A WILDCARD`; IPv6 `P/L`.
pub(in crate::vendor) fn masked(words: &mut Words<'_>, family: Family) -> Option<Wildcard> {
    match family {
        Family::V4 => words.wildcard4(),
        Family::V6 => words.wildcard6(),
    }
}

/// `any`, `host A`, `A WILDCARD`, `A/L`.
pub(in crate::vendor) fn masked_or_prefix(
    words: &mut Words<'_>,
    family: Family,
) -> Option<Wildcard> {
    match family {
        Family::V4 => words.wildcard4().or_else(|| {
            words
                .parse::<Ipv4Net>()
                .map(|net| Wildcard::from_prefix(IpNet::V4(net)))
        }),
        Family::V6 => words.wildcard6(),
    }
}

/// `any`, `host A`, then the other forms as `rest` spells them.
pub(in crate::vendor) fn host_or(
    wildcard: &Wildcard,
    capitals: bool,
    rest: impl FnOnce(&Wildcard) -> String,
) -> String {
    if wildcard.is_any() {
        "any".to_owned()
    } else if wildcard.free() == 0 {
        format!("host {}", shown(wildcard.first(), capitals))
    } else {
        rest(wildcard)
    }
}

/// `A/L`, or `A WILDCARD` where the free bits are not the low ones.
pub(in crate::vendor) fn prefix_or_wildcard(wildcard: &Wildcard, capitals: bool) -> String {
    match wildcard.as_prefix() {
        Some(net) => format!("{}/{}", shown(net.addr(), capitals), net.prefix_len()),
        None => wildcard_words(wildcard),
    }
}

/// `A WILDCARD`.
pub(in crate::vendor) fn wildcard_words(wildcard: &Wildcard) -> String {
    let free = wildcard.family().addr(wildcard.free());
    format!("{} {free}", wildcard.first())
}
