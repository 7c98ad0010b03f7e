//! A list edited entry by entry: which entries go and come, under which numbers, in an order that closes before it opens.

use super::{Site, Step, What};
use crate::net::Family;
use crate::vendor::live::{Block, is_remark, numbered};
use std::collections::BTreeSet;

/// One edit of a list.
struct Edit {
    number: u32,
    body: String,
    adds: bool,
}

/// The steps from one text of a list to another, each with whether it closes; `None` if the numbers leave no room.
pub(super) fn edits(
    site: usize,
    of: &Site<'_>,
    family: Family,
    name: &str,
    target: &Block,
) -> Option<Vec<(bool, Step)>> {
    let header = of.mechanism.header(family, name);
    let before = of.old.block(&header)?;
    let old = entries(before);
    // Remarks have numbers too.
    let numbers = before
        .lines
        .iter()
        .filter_map(|line| Some(numbered(line)?.0));
    let taken: BTreeSet<u32> = numbers.collect();
    let new: Vec<String> = entries(target).into_iter().map(|(_, body)| body).collect();
    let mut edits = difference(&old, &new, &taken)?;
    edits.sort_by_key(|edit| {
        let permit = edit.body.starts_with("permit");
        // Denies come first, then permits go; then permits come, and denies go.
        let turn = match (permit, edit.adds) {
            (false, true) => 0,
            (true, false) => 1,
            (true, true) => 2,
            (false, false) => 3,
        };
        (turn, edit.number)
    });
    let word = (of.mechanism.sequence)(family);
    let step = |edit: Edit| {
        let line = format!("{word}{} {}", edit.number, edit.body);
        let gone = of.mechanism.without(&format!("{word}{}", edit.number));
        let inside = |lines: Vec<String>| Block {
            header: header.clone(),
            lines,
        };
        let (there, back) = match edit.adds {
            true => (inside(vec![line.clone()]), inside(vec![gone])),
            // What has the number goes and comes back with it: a comment of the entry.
            false => (inside(vec![gone]), inside(with(before, edit.number))),
        };
        let seen = if edit.adds { vec![line] } else { Vec::new() };
        let closes = edit.body.starts_with("permit") != edit.adds;
        let step = Step {
            site,
            what: What::Edit(name.to_owned()),
            commands: vec![there],
            undo: vec![back],
            check: ((of.mechanism.show_list)(family, name), seen),
            rewrites: vec![(family, name.to_owned())],
        };
        (closes, step)
    };
    Some(edits.into_iter().map(step).collect())
}

/// The lines with a number.
fn with(block: &Block, number: u32) -> Vec<String> {
    let is = |line: &&String| numbered(line).is_some_and(|(n, _)| n == number);
    block.lines.iter().filter(is).cloned().collect()
}

/// Numbers and bodies, remarks left out.
fn entries(block: &Block) -> Vec<(u32, String)> {
    let lines = block.lines.iter().filter_map(|line| numbered(line));
    let all = lines.filter(|(_, body)| !is_remark(body));
    all.map(|(number, body)| {
        let words: Vec<&str> = body.split_whitespace().collect();
        (number, words.join(" "))
    })
    .collect()
}

/// What goes and what comes, with free numbers for what comes (longest common subsequence).
fn difference(old: &[(u32, String)], new: &[String], taken: &BTreeSet<u32>) -> Option<Vec<Edit>> {
    let (n, m) = (old.len(), new.len());
    // Quadratic; a list that long is rewritten as a whole.
    const MOST: usize = 2000;
    if n > MOST || m > MOST {
        return None;
    }
    let mut longest = vec![vec![0u16; m + 1]; n + 1];
    for i in (0..n).rev() {
        for j in (0..m).rev() {
            longest[i][j] = match old[i].1 == new[j] {
                true => longest[i + 1][j + 1] + 1,
                false => longest[i + 1][j].max(longest[i][j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut edits = Vec::new();
    let mut kept = 0u32;
    let mut coming: Vec<String> = Vec::new();
    while i < n || j < m {
        if i < n && j < m && old[i].1 == new[j] {
            place(&mut edits, &mut coming, kept, Some(old[i].0), taken)?;
            kept = old[i].0;
            (i, j) = (i + 1, j + 1);
        } else if j < m && (i == n || longest[i][j + 1] >= longest[i + 1][j]) {
            coming.push(new[j].clone());
            j += 1;
        } else {
            edits.push(Edit {
                number: old[i].0,
                body: old[i].1.clone(),
                adds: false,
            });
            i += 1;
        }
    }
    place(&mut edits, &mut coming, kept, None, taken)?;
    Some(edits)
}

/// Gives entries that come between two kept ones numbers that nobody has.
fn place(
    edits: &mut Vec<Edit>,
    coming: &mut Vec<String>,
    after: u32,
    before: Option<u32>,
    taken: &BTreeSet<u32>,
) -> Option<()> {
    let end = before.unwrap_or(after.saturating_add(10 * (coming.len() as u32 + 1) + 100));
    let room: Vec<u32> = (after + 1..end)
        .filter(|number| !taken.contains(number))
        .collect();
    if room.len() < coming.len() {
        return None;
    }
    let gap = (room.len() + 1) / (coming.len() + 1);
    for (index, body) in coming.drain(..).enumerate() {
        let at = (gap * (index + 1)).saturating_sub(1).min(room.len() - 1);
        edits.push(Edit {
            number: room[at],
            body,
            adds: true,
        });
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(lines: &[&str]) -> Vec<(u32, String)> {
        let numbers = (1..).map(|n| n * 10);
        numbers.zip(lines.iter().map(|l| (*l).to_owned())).collect()
    }

    fn taken(list: &[(u32, String)]) -> BTreeSet<u32> {
        list.iter().map(|(number, _)| *number).collect()
    }

    #[test]
    fn only_what_differs_is_touched_and_finds_its_place() {
        let old = list(&["permit a", "deny b", "permit c", "deny all"]);
        let new = ["permit a", "permit x", "permit y", "permit c", "deny all"].map(str::to_owned);
        let edits = difference(&old, &new, &taken(&old)).unwrap();
        let mut lines: Vec<(u32, String)> = old.clone();
        for edit in &edits {
            match edit.adds {
                true => lines.push((edit.number, edit.body.clone())),
                false => lines.retain(|(number, _)| *number != edit.number),
            }
        }
        lines.sort();
        let bodies: Vec<String> = lines.into_iter().map(|(_, body)| body).collect();
        assert_eq!(bodies, new);
        assert_eq!(edits.len(), 3);
    }

    #[test]
    fn without_room_there_is_no_edit() {
        let old = vec![(1, "permit a".to_owned()), (2, "deny all".to_owned())];
        let new = ["permit a", "permit b", "deny all"].map(str::to_owned);
        assert!(difference(&old, &new, &taken(&old)).is_none());
    }
}
