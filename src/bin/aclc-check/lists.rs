//! Each list: its cells are a partition, and each is decided by the entry stated, first match first.

use crate::Reject;
use crate::boxes::{self, Box, Boxes};
use crate::certificate::{Action, Certificate, List};
use crate::set::Big;

/// What a list lets through.
#[derive(Clone, Debug)]
pub(crate) struct Permits {
    /// For certain.
    pub(crate) must: Boxes,
    /// Perhaps.
    pub(crate) may: Boxes,
}

/// What each list lets through; nothing for lists that are bound nowhere.
pub(crate) fn check(certificate: &Certificate) -> Result<Vec<Option<Permits>>, Reject> {
    certificate.lists.iter().map(one).collect()
}

fn one(list: &List) -> Result<Option<Permits>, Reject> {
    let Some(groups) = &list.groups else {
        return Ok(None);
    };
    let mut permits = Permits {
        must: Vec::new(),
        may: Vec::new(),
    };
    let mut size = Big::zero();
    let mut unsure: Boxes = Vec::new();
    let mut last = None;
    for (entry, cells) in groups {
        let wrong = |what: &str| format!("list `{}`: {what}", list.name);
        for cell in cells {
            size = size.plus(&cell.size());
        }
        // Cells of one group are disjoint; those of two are, because each is outside what the earlier entry matches.
        disjoint(cells).map_err(|()| wrong("two cells of an entry overlap"))?;
        let Some(entry) = *entry else {
            permits.may.extend(cells.iter().cloned());
            unsure.extend(cells.iter().cloned());
            continue;
        };
        if last.replace(entry).is_some_and(|last| last >= entry) {
            return Err(wrong("entries out of order"));
        }
        let decided = decided(list, entry, cells)?;
        if decided == Action::Permit {
            permits.must.extend(cells.iter().cloned());
            permits.may.extend(cells.iter().cloned());
        }
    }
    for (entry, cells) in groups {
        if entry.is_some() && boxes::meet(cells, &unsure) {
            return Err(format!(
                "list `{}`: a cell is decided and is not",
                list.name
            ));
        }
    }
    match size == Box::any(list.family).size() {
        true => Ok(Some(permits)),
        false => Err(format!("list `{}`: its cells are no partition", list.name)),
    }
}

fn disjoint(cells: &[Box]) -> Result<(), ()> {
    for (at, cell) in cells.iter().enumerate() {
        let others = cells.get(at + 1..).unwrap_or_default();
        if cell.is_empty() || boxes::meet(std::slice::from_ref(cell), others) {
            return Err(());
        }
    }
    Ok(())
}

/// The effect of an entry on its cells: they are inside what it matches for certain, outside what any earlier entry matches
/// for certain, and outside what an earlier one with another effect may match.
fn decided(list: &List, index: usize, cells: &[Box]) -> Result<Action, Reject> {
    let wrong = |what: &str| format!("list `{}`, entry {}: {what}", list.name, index + 1);
    let entry = list
        .entries
        .get(index)
        .ok_or_else(|| wrong("there is none"))?;
    if entry.action == Action::Unread || boxes::outside(cells, &entry.certain).is_some() {
        return Err(wrong("a cell is not what it matches"));
    }
    for earlier in list.entries.iter().take(index) {
        let other = earlier.action != entry.action;
        if boxes::meet(cells, &earlier.certain) || (other && boxes::meet(cells, &earlier.perhaps)) {
            return Err(wrong("an earlier entry takes a packet of a cell"));
        }
    }
    Ok(entry.action)
}
