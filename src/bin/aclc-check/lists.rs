//! Each list: its cells are a partition, and each is decided by the entry stated, first match first.

use crate::boxes::{self, Box, Boxes, Family};
use crate::document::{Action, Case, Document, Entry, Group, List};
use crate::{Done, Reject};

/// What a list lets through.
#[derive(Clone, Default)]
pub(crate) struct Permits {
    /// For certain.
    pub(crate) must: Boxes,
    /// Perhaps.
    pub(crate) may: Boxes,
    /// What it drops, or may drop, without a log.
    pub(crate) silent: Boxes,
}

/// What each list lets through in a case; `None` for lists that are bound nowhere. A list that hangs on no question is as in
/// the case without answers.
pub(crate) fn check(
    document: &Document,
    case: &Case,
    open: Option<&[Option<Permits>]>,
) -> Result<Vec<Option<Permits>>, Reject> {
    if case.cells.len() != document.lists.len() {
        return Err("the cells are not those of the lists".to_owned());
    }
    let lists = document.lists.iter().zip(&case.cells).enumerate();
    let one = |(number, (list, groups)): (usize, (&List, &Option<Vec<Group>>))| {
        let hangs = list
            .entries
            .iter()
            .flat_map(|entry| &entry.perhaps)
            .any(|part| part.question.is_some());
        match (groups, open) {
            (Some(groups), _) => partition(list, groups, &case.answers).map(Some),
            (None, Some(open)) if !hangs || open[number].is_none() => Ok(open[number].clone()),
            (None, None) => Ok(None),
            (None, Some(_)) => Err(format!(
                "list `{}`: it has no cells where it hangs on an answer",
                list.name
            )),
        }
    };
    lists.map(one).collect()
}

/// What an entry matches for certain, and what besides perhaps, where some questions are answered.
fn matches(family: Family, entry: &Entry, answers: &[bool]) -> Result<(Boxes, Boxes), Reject> {
    let (mut certain, mut perhaps) = (entry.certain.of(family)?, Boxes::new());
    for part in &entry.perhaps {
        match part.question.and_then(|question| answers.get(question)) {
            Some(true) => certain.extend(part.boxes.of(family)?),
            Some(false) => {}
            None => perhaps.extend(part.boxes.of(family)?),
        }
    }
    // What was not understood matches nothing for certain.
    if entry.action == Action::Unread {
        perhaps.append(&mut certain);
    }
    Ok((certain, perhaps))
}

fn partition(list: &List, groups: &[Group], answers: &[bool]) -> Result<Permits, Reject> {
    let wrong = |what: &str| format!("list `{}`: {what}", list.name);
    let entries = list.entries.iter();
    let entries = entries.map(|entry| matches(list.family, entry, answers));
    let entries = entries.collect::<Result<Vec<_>, Reject>>()?;
    let mut out = Permits::default();
    let (mut unsure, mut decided, mut last) = (Boxes::new(), Boxes::new(), None);
    for group in groups {
        let cells = group.cells.of(list.family)?;
        // Cells of one group are disjoint; those of two are, because each is outside what the earlier entry matches.
        let overlaps = |(at, cell)| boxes::meet(std::slice::from_ref(cell), &cells[at + 1..]);
        if cells.iter().any(Box::is_empty) || cells.iter().enumerate().any(overlaps) {
            return Err(wrong("two cells of an entry overlap"));
        }
        let Some(entry) = group.entry else {
            out.may.extend(cells.iter().cloned());
            out.silent.extend(cells.iter().cloned());
            unsure.extend(cells);
            continue;
        };
        if last.replace(entry).is_some_and(|last| last >= entry) {
            return Err(wrong("entries out of order"));
        }
        decides(list, &entries, entry, &cells)
            .map_err(|why| wrong(&format!("entry {}: {why}", entry + 1)))?;
        decided.extend(cells.iter().cloned());
        match list.entries[entry].action {
            Action::Permit => {
                out.must.extend(cells.iter().cloned());
                out.may.extend(cells);
            }
            _ if !list.entries[entry].log => out.silent.extend(cells),
            _ => {}
        }
    }
    if boxes::meet(&decided, &unsure) {
        return Err(wrong("a cell is decided and is not"));
    }
    decided.extend(unsure);
    match boxes::cover(list.family, &decided) {
        true => Ok(out),
        false => Err(wrong("its cells are no partition")),
    }
}

/// Cells are inside what their entry matches for certain, outside what any earlier entry matches for certain, and outside
/// what an earlier one with another effect may match.
fn decides(list: &List, entries: &[(Boxes, Boxes)], index: usize, cells: &[Box]) -> Done {
    let (certain, _) = entries.get(index).ok_or("there is none")?;
    let action = list.entries[index].action;
    if action == Action::Unread || boxes::outside(cells, certain).is_some() {
        return Err("a cell is not what it matches".to_owned());
    }
    for (earlier, (certain, perhaps)) in list.entries.iter().zip(entries).take(index) {
        if boxes::meet(cells, certain) || (earlier.action != action && boxes::meet(cells, perhaps))
        {
            return Err("an earlier entry takes a packet of a cell".to_owned());
        }
    }
    Ok(())
}
