//! The order in which the entries of a list are searched.
//!
//! In: a [`List`] in the order of the text. Out: its items by number, and apart those whose place is not known. Must not know: what
//! entries match.

use super::Kin;
use super::native::{Body, Item, List};

/// Why the place of an entry in the search is not known (D10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vendor) enum Unplaced {
    /// Another has its number.
    Twice,
    /// One without a number stands above, and what number the device gave that one depends on the release.
    Step,
}

/// Items that are searched at a place that is not known, if numbers are why with the reason; then the others in order.
pub(in crate::vendor) type Order<'l> = (Vec<(&'l Item, Option<Unplaced>)>, Vec<&'l Item>);

/// Items without remarks in the order in which they are searched. A line without a number goes behind all before it.
pub(in crate::vendor) fn search_order<'l>(list: &'l List, kin: &Kin) -> Order<'l> {
    let mut last = 0u32;
    // The largest number above the first line without one, where what follows may stand before or behind it.
    let mut floor: Option<u32> = None;
    let mut numbered: Vec<(u32, &Item)> = Vec::with_capacity(list.items.len());
    let mut first = Vec::new();
    for item in list
        .items
        .iter()
        .filter(|item| !matches!(item.body, Body::Remark(_)))
    {
        if matches!(item.body, Body::Unread { first: true } | Body::Later { .. }) {
            first.push((item, None));
            continue;
        }
        if item
            .seq
            .is_some_and(|seq| floor.is_some_and(|floor| seq > floor))
        {
            first.push((item, Some(Unplaced::Step)));
            continue;
        }
        if item.seq.is_none() && !kin.syntax.steps_by_ten {
            floor = floor.or(Some(last));
        }
        let seq = item.seq.unwrap_or(last.saturating_add(10));
        last = last.max(seq);
        numbered.push((seq, item));
    }
    numbered.sort_by_key(|(seq, _)| *seq);
    let mut rest = Vec::with_capacity(numbered.len());
    for same in numbered.chunk_by(|(a, _), (b, _)| a == b) {
        match same {
            [(_, item)] => rest.push(*item),
            [.., (_, last)] if kin.replaces => rest.push(*last),
            several => {
                let twice = |(_, item): &(u32, &'l Item)| (*item, Some(Unplaced::Twice));
                first.extend(several.iter().map(twice));
            }
        }
    }
    (first, rest)
}

/// Whether two lists search for the same in the same order, whatever their numbers and remarks.
pub(in crate::vendor) fn same_entries(a: &List, b: &List, kin: &Kin) -> bool {
    let bodies = |list| -> Vec<&Body> {
        let (first, rest) = search_order(list, kin);
        first
            .into_iter()
            .map(|(item, _)| item)
            .chain(rest)
            .map(|item| &item.body)
            .collect()
    };
    a.standard == b.standard && bodies(a) == bodies(b)
}
