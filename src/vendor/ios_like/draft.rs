//! Drafts -> native lists. What the device has no words for is refused with the reason, never approximated.

use super::native::{
    Body, Entry, Flags, Icmp, Item, List, Log, Place, PortOp, Ports, Protocol, Service,
};
use super::{Kin, pick};
use crate::acl::{Draft, DraftEntry, DraftLine};
use crate::base::Text;
use crate::net::proto::{SCTP, TCP, UDP};
use crate::net::{Family, Match, Wildcard};
use crate::text;

/// A list to be written. Entries get 10, 20, ...; a remark has a number of its own, or carries that of the entry behind it where the
/// device prints it so.
pub(in crate::vendor) fn list(draft: &Draft, kin: &'static Kin, refusals: &mut Vec<Text>) -> List {
    let head = super::lists::Headed {
        name: &draft.name,
        family: draft.family,
        standard: false,
        shown: false,
        whole: true,
    };
    let mut list = List::new(head, 0);
    check_name(&draft.name, kin, refusals);
    if draft.entries().next().is_none() {
        // An empty list permits, or perhaps permits, everything.
        refusals.push(text!("ios-refuse-empty", name = &draft.name));
    }
    let mut next = 10;
    for (index, line) in draft.lines.iter().enumerate() {
        let at = index + 1;
        let body = match line {
            DraftLine::Remark(remark) => {
                Body::Remark(check_remark(remark, &draft.name, at, kin, refusals))
            }
            DraftLine::Entry(draft_entry) => match entry(draft_entry, draft.family, kin) {
                Ok(entry) => Body::Entry(Box::new(entry)),
                Err(why) => {
                    refusals.push(text!(
                        "ios-refuse-entry",
                        acl = &draft.name,
                        entry = at,
                        why = why
                    ));
                    continue;
                }
            },
        };
        let shares = pick(kin.style.remark_shares, draft.family) && matches!(body, Body::Remark(_));
        list.items.push(Item {
            seq: Some(next),
            line: 0,
            text: String::new(),
            body,
        });
        if !shares {
            next += 10;
        }
    }
    list
}

/// Letters first, then what no release takes for something else; a number would be a numbered list with its own rules.
fn check_name(name: &str, kin: &'static Kin, refusals: &mut Vec<Text>) {
    let fits = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b));
    let limit = kin.facts().limit("name");
    if !fits {
        refusals.push(text!("ios-refuse-name", name = name));
    } else if name.len() > limit {
        refusals.push(text!("ios-refuse-long-name", name = name, limit = limit));
    }
}

fn check_remark(
    remark: &str,
    acl: &str,
    at: usize,
    kin: &'static Kin,
    refusals: &mut Vec<Text>,
) -> String {
    let text = remark.trim();
    let limit = kin.facts().limit("remark");
    if text.is_empty() || text.bytes().any(|b| !(b' '..=b'~').contains(&b)) {
        refusals.push(text!("ios-refuse-remark", acl = acl, entry = at));
    } else if text.len() > limit {
        refusals.push(text!(
            "ios-refuse-long-remark",
            acl = acl,
            entry = at,
            limit = limit
        ));
    }
    text.to_owned()
}

fn entry(draft: &DraftEntry, family: Family, kin: &'static Kin) -> Result<Entry, Text> {
    if draft.src.family() != family || draft.dst.family() != family {
        return Err(text!("ios-refuse-family"));
    }
    let service = Service {
        protocol: protocol(draft, family)?,
        sport: port_range(draft.sport, draft.protocol)?,
        dport: port_range(draft.dport, draft.protocol)?,
        flags: established(draft)?,
        icmp: icmp(draft, family)?,
    };
    Ok(Entry {
        permit: draft.permit,
        service,
        src: place(draft.src, kin)?,
        dst: place(draft.dst, kin)?,
        fragments: false,
        conditions: Vec::new(),
        log: if draft.log { Log::Plain } else { Log::No },
        unread: None,
    })
}

fn place(wildcard: Wildcard, kin: &'static Kin) -> Result<Place, Text> {
    if pick(kin.style.prefixes_only, wildcard.family()) && wildcard.as_prefix().is_none() {
        return Err(text!("ios-refuse-wildcard6", addr = wildcard.to_string()));
    }
    Ok(Place::Is(wildcard))
}

fn protocol(draft: &DraftEntry, family: Family) -> Result<Protocol, Text> {
    match draft.protocol {
        None if draft.icmp.is_some() => Ok(Protocol::Number(Match::icmp_of(family))),
        None => Ok(Protocol::Any),
        Some(number) if super::boxes::is_next_header(number, family) => {
            Err(text!("ios-refuse-protocol", protocol = number))
        }
        Some(number) => Ok(Protocol::Number(number)),
    }
}

fn port_range(range: Option<(u16, u16)>, protocol: Option<u8>) -> Result<Option<Ports>, Text> {
    let Some((first, last)) = range else {
        return Ok(None);
    };
    if !matches!(protocol, Some(TCP | UDP | SCTP)) {
        return Err(text!("ios-refuse-ports"));
    }
    match first.cmp(&last) {
        std::cmp::Ordering::Greater => Err(text!("ios-refuse-range", first = first, last = last)),
        std::cmp::Ordering::Equal => Ok(Some(Ports::Test(PortOp::Eq, vec![first]))),
        // All ports: without the test, so that a deny takes later fragments too, as the draft says.
        std::cmp::Ordering::Less if (first, last) == (0, u16::MAX) => Ok(None),
        std::cmp::Ordering::Less => Ok(Some(Ports::Test(PortOp::Range, vec![first, last]))),
    }
}

fn established(draft: &DraftEntry) -> Result<Option<Flags>, Text> {
    match (draft.established, draft.protocol) {
        (false, _) => Ok(None),
        (true, Some(TCP)) => Ok(Some(Flags::Established)),
        (true, _) => Err(text!("ios-refuse-established")),
    }
}

fn icmp(draft: &DraftEntry, family: Family) -> Result<Option<Icmp>, Text> {
    let Some((kind, code)) = draft.icmp else {
        return Ok(None);
    };
    if draft
        .protocol
        .is_some_and(|number| number != Match::icmp_of(family))
    {
        return Err(text!("ios-refuse-icmp"));
    }
    Ok(Some(Icmp {
        name: None,
        kind,
        code,
    }))
}
