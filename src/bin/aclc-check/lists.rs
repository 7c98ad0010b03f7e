//! Each list: its cells are a partition of all packets, and each is decided by the entry stated, first match first (D12).

use crate::document::{Action, Case, Document, Entry, Group, List};
use crate::packets::{self as set, Box, Boxes};
use crate::{Done, Reject};

/// What a list does with which packets; none is left.
#[derive(Clone, Default)]
pub(crate) struct Permits {
    /// It may let them through.
    pub(crate) may: Boxes,
    /// It drops them and says so.
    pub(crate) logged: Boxes,
    /// It drops them, or may drop them, without a word.
    pub(crate) silent: Boxes,
}

/// What each list does in a case; `None` for lists that are bound nowhere. A list that hangs on no question is as in the
/// case without answers.
pub(crate) fn check(
    document: &Document,
    case: &Case,
    open: Option<&[Option<Permits>]>,
) -> Result<Vec<Option<Permits>>, Reject> {
    let one = |(number, list): (usize, &List)| match (&case.cells[number], open) {
        (Some(groups), _) => partition(list, groups, &case.answers)
            .map(Some)
            .map_err(|why| format!("list `{}`: {why}", list.name)),
        (None, None) if document.is_bound(number) => Err(format!(
            "list `{}`: it is bound and has no cells",
            list.name
        )),
        (None, None) => Ok(None),
        (None, Some(open)) if open[number].is_some() && hangs(list) => Err(format!(
            "list `{}`: it has no cells where it hangs on an answer",
            list.name
        )),
        (None, Some(open)) => Ok(open[number].clone()),
    };
    document.lists.iter().enumerate().map(one).collect()
}

fn hangs(list: &List) -> bool {
    let mut perhaps = list.entries.iter().flat_map(|entry| &entry.perhaps);
    perhaps.any(|part| part.question.is_some())
}

/// What an entry matches for certain, and what besides perhaps, where some questions are answered.
fn matches(entry: &Entry, answers: &[bool]) -> (Boxes, Boxes) {
    let (mut certain, mut perhaps) = (entry.certain.clone(), Boxes::new());
    for part in &entry.perhaps {
        match part.question.and_then(|question| answers.get(question)) {
            Some(true) => certain.extend_from_slice(&part.boxes),
            Some(false) => {}
            None => perhaps.extend_from_slice(&part.boxes),
        }
    }
    // What was not understood matches nothing for certain.
    if entry.action == Action::Unread {
        perhaps.append(&mut certain);
    }
    (certain, perhaps)
}

fn partition(list: &List, groups: &[Group], answers: &[bool]) -> Result<Permits, Reject> {
    let entries: Vec<_> = list
        .entries
        .iter()
        .map(|entry| matches(entry, answers))
        .collect();
    let mut out = Permits::default();
    let (mut unsure, mut decided, mut last) = (Boxes::new(), Boxes::new(), None);
    for Group { entry, cells } in groups {
        // Cells of one group are disjoint; those of two are, because each is outside what the earlier entry matches.
        let overlaps = |(at, cell)| set::meet(std::slice::from_ref(cell), &cells[at + 1..]);
        if cells.iter().any(Box::is_empty) || cells.iter().enumerate().any(overlaps) {
            return Err("two cells of an entry overlap".to_owned());
        }
        let Some(number) = *entry else {
            out.may.extend_from_slice(cells);
            out.silent.extend_from_slice(cells);
            unsure.extend_from_slice(cells);
            continue;
        };
        if last.replace(number).is_some_and(|last| last >= number) {
            return Err("entries out of order".to_owned());
        }
        decides(list, &entries, number, cells)
            .map_err(|why| format!("entry {}: {why}", number + 1))?;
        decided.extend_from_slice(cells);
        let entry = &list.entries[number];
        let whither = match entry.action {
            Action::Permit => &mut out.may,
            _ if entry.log => &mut out.logged,
            _ => &mut out.silent,
        };
        whither.extend_from_slice(cells);
    }
    if set::meet(&decided, &unsure) {
        return Err("a cell is decided and is not".to_owned());
    }
    decided.extend(unsure);
    match set::cover(&list.family.all(), &decided) {
        true => Ok(out),
        false => Err("its cells are no partition".to_owned()),
    }
}

/// Cells are inside what their entry matches for certain, outside what any earlier entry matches for certain, and outside
/// what an earlier one with another effect may match.
fn decides(list: &List, entries: &[(Boxes, Boxes)], number: usize, cells: &[Box]) -> Done {
    let (certain, _) = entries.get(number).ok_or("there is none")?;
    let action = &list.entries[number].action;
    if *action == Action::Unread || set::outside(cells, certain).is_some() {
        return Err("a cell is not what it matches".to_owned());
    }
    for (earlier, (certain, perhaps)) in list.entries.iter().zip(entries).take(number) {
        if set::meet(cells, certain) || earlier.action != *action && set::meet(cells, perhaps) {
            return Err("an earlier entry takes a packet of a cell".to_owned());
        }
    }
    Ok(())
}
