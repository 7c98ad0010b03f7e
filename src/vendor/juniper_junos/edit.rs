//! Commands of the configuration mode: `set`, `delete`, `deactivate`, `insert`, `rename`, and moving about with `edit`.
//!
//! In: the words of one command. Out: the tree changed, or a problem. Where a command that is not carried out names nodes,
//! they count as not read to their end.

use super::text::{Part, Text2Tree};
use super::tree::{DEEPEST, Id, ROOT, Tree};
use crate::text;
use crate::vendor::capture::Line;

/// First words of commands.
pub(super) const VERBS: [&str; 26] = [
    "set",
    "delete",
    "deactivate",
    "activate",
    "insert",
    "rename",
    "edit",
    "top",
    "up",
    "exit",
    "quit",
    "protect",
    "unprotect",
    "annotate",
    "commit",
    "configure",
    "run",
    "show",
    "status",
    "copy",
    "replace",
    "rollback",
    "load",
    "save",
    "wildcard",
    "update",
];

/// Carries out one command.
pub(super) fn apply(reader: &mut Text2Tree, mut parts: Vec<Part>, line: &Line<'_>) {
    if parts.is_empty() {
        return;
    }
    let verb = parts.remove(0);
    let verb = verb.first().map_or("", |(word, _)| word.as_str());
    if matches!(verb, "top" | "up" | "exit" | "quit") {
        leave(reader, verb, parts, line);
        return;
    }
    let mut path: Vec<Part> = reader
        .edit
        .iter()
        .map(|word| vec![(word.clone(), line.number)])
        .collect();
    path.append(&mut parts);
    match verb {
        "set" => {
            reader.place(ROOT, &path, line);
        }
        "delete" => delete(&mut reader.tree, ROOT, &path),
        "deactivate" | "activate" => {
            for id in reader.place(ROOT, &path, line) {
                reader.tree.set_inactive(id, verb == "deactivate");
            }
        }
        "edit" => {
            let words = path.iter().filter_map(|part| part.first());
            reader.edit = words.take(DEEPEST).map(|(word, _)| word.clone()).collect();
        }
        "insert" if insert(&mut reader.tree, &path) => {}
        "rename" if rename(&mut reader.tree, &path) => {}
        "protect" | "unprotect" | "annotate" | "commit" | "configure" | "run" | "show"
        | "status" | "save" => {}
        _ => {
            spoil(&mut reader.tree, &path);
            reader.problem(line, text!("junos-edit-unread"));
        }
    }
}

/// `top set ...` is `set ...` at the top.
fn leave(reader: &mut Text2Tree, verb: &str, parts: Vec<Part>, line: &Line<'_>) {
    let levels: Option<usize> = parts
        .first()
        .and_then(|part| part.first()?.0.parse().ok())
        .filter(|_| verb == "up");
    let steps = match verb {
        "up" => levels.unwrap_or(1),
        _ => reader.edit.len(),
    };
    let kept = reader.edit.len().saturating_sub(steps);
    reader.edit.truncate(kept);
    let rest: Vec<Part> = parts
        .into_iter()
        .skip(usize::from(levels.is_some()))
        .collect();
    let more = rest.first().and_then(|part| part.first());
    if more.is_some_and(|(word, _)| VERBS.contains(&word.as_str()))
        && !more.is_some_and(|(word, _)| matches!(word.as_str(), "top" | "up" | "exit" | "quit"))
    {
        apply(reader, rest, line);
    }
}

/// Takes a path away; with values in brackets, each of them.
pub(super) fn delete(tree: &mut Tree, base: Id, path: &[Part]) {
    let Some((last, before)) = path.split_last() else {
        return;
    };
    let down = |at: Id, part: &Part| tree.find(at, &part.first()?.0);
    let Some(parent) = before.iter().try_fold(base, down) else {
        return;
    };
    for (word, _) in last {
        tree.delete(parent, word);
    }
}

/// Words of a path that has one word in each place.
fn single(path: &[Part]) -> Option<Vec<&str>> {
    path.iter()
        .map(|part| match part.as_slice() {
            [(word, _)] => Some(word.as_str()),
            _ => None,
        })
        .collect()
}

/// `insert PATH KIND A before KIND B`.
fn insert(tree: &mut Tree, path: &[Part]) -> bool {
    let Some(words) = single(path) else {
        return false;
    };
    let at = words
        .iter()
        .rposition(|word| matches!(*word, "before" | "after"));
    let Some((before, after)) = at.and_then(|at| Some((words.get(..at)?, words.get(at..)?))) else {
        return false;
    };
    let ([above @ .., moved], [place, kind, other]) = (before, after) else {
        return false;
    };
    let find = |at: Id, word: &&str| tree.find(at, word);
    let Some(parent) = above.iter().try_fold(ROOT, find) else {
        return false;
    };
    let (Some(moved), Some(other)) = (tree.find(parent, moved), tree.find(parent, other)) else {
        return false;
    };
    if above.last() != Some(kind) {
        return false;
    }
    tree.reorder(parent, moved, other, *place == "after");
    true
}

/// `rename PATH KIND A to KIND B`.
fn rename(tree: &mut Tree, path: &[Part]) -> bool {
    let Some(words) = single(path) else {
        return false;
    };
    let [above @ .., from, "to", kind, to] = words.as_slice() else {
        return false;
    };
    let find = |at: Id, word: &&str| tree.find(at, word);
    let parent = above.iter().try_fold(ROOT, find);
    above.last() == Some(kind) && parent.is_some_and(|parent| tree.rename(parent, from, to))
}

/// Every node on the way of a path counts as not read.
fn spoil(tree: &mut Tree, path: &[Part]) {
    let mut at = ROOT;
    for (word, _) in path.iter().filter_map(|part| part.first()) {
        let Some(next) = tree.find(at, word) else {
            return;
        };
        tree.set_broken(next);
        at = next;
    }
}
