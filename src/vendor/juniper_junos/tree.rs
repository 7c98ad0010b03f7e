//! The configuration as a tree of words: the curly and the `set` form of one configuration are the same tree.
//!
//! In: paths of words with their line. Out: [`At`], a place in the tree that shows what is in force: deactivated and deleted
//! statements are not there. A value is a word like any other, so `protocol [ tcp udp ]` is two children of `protocol`.
//! Must not know: what any word means.

use std::collections::{BTreeMap, BTreeSet};

/// Words below each other; what is longer is no configuration.
pub(super) const DEEPEST: usize = 64;

/// Words that steer inheritance and macros: no statements of their own.
const STEERING: [&str; 4] = [
    "apply-groups",
    "apply-groups-except",
    "apply-macro",
    "apply-flags",
];

/// Index of a node.
pub(super) type Id = usize;

/// The node above all others.
pub(super) const ROOT: Id = 0;

#[derive(Debug)]
struct Node {
    word: String,
    line: u32,
    depth: usize,
    children: Vec<Id>,
    inactive: bool,
    gone: bool,
    inherited: bool,
}

/// Words below words.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    index: BTreeMap<(Id, String), Id>,
    /// Nodes whose text was not read to its end.
    broken: BTreeSet<Id>,
    /// Further lines of a node: where it is written again, and its closing brace.
    more: BTreeMap<Id, Vec<u32>>,
}

impl Tree {
    pub(super) fn new() -> Tree {
        let mut tree = Tree {
            nodes: Vec::new(),
            index: BTreeMap::new(),
            broken: BTreeSet::new(),
            more: BTreeMap::new(),
        };
        tree.push(String::new(), 0, 0, false);
        tree
    }

    fn push(&mut self, word: String, line: u32, depth: usize, inherited: bool) -> Id {
        self.nodes.push(Node {
            word,
            line,
            depth,
            children: Vec::new(),
            inactive: false,
            gone: false,
            inherited,
        });
        self.nodes.len() - 1
    }

    fn node(&self, id: Id) -> &Node {
        // INVARIANT: ids are made by `push` only, and nothing is ever taken out.
        self.nodes.get(id).expect("an id of this tree")
    }

    fn node_mut(&mut self, id: Id) -> &mut Node {
        self.nodes.get_mut(id).expect("an id of this tree")
    }

    /// How many words stand above and in a node.
    pub(super) fn depth(&self, id: Id) -> usize {
        self.node(id).depth
    }

    /// The child with a word, in force or not.
    pub(super) fn find(&self, parent: Id, word: &str) -> Option<Id> {
        self.index.get(&(parent, word.to_owned())).copied()
    }

    /// The child with a word, made if it is new.
    pub(super) fn add(&mut self, parent: Id, word: &str, line: u32, inherited: bool) -> Id {
        if let Some(id) = self.find(parent, word) {
            return id;
        }
        let depth = self.depth(parent) + 1;
        let id = self.push(word.to_owned(), line, depth, inherited);
        self.node_mut(parent).children.push(id);
        self.index.insert((parent, word.to_owned()), id);
        id
    }

    /// Takes a child away with all below it.
    pub(super) fn delete(&mut self, parent: Id, word: &str) {
        if let Some(id) = self.index.remove(&(parent, word.to_owned())) {
            self.node_mut(id).gone = true;
        }
    }

    /// Gives a child another name in the same place; `false` if there is no such child or the name is taken.
    pub(super) fn rename(&mut self, parent: Id, from: &str, to: &str) -> bool {
        if self.find(parent, to).is_some() {
            return false;
        }
        let Some(id) = self.index.remove(&(parent, from.to_owned())) else {
            return false;
        };
        self.node_mut(id).word = to.to_owned();
        self.index.insert((parent, to.to_owned()), id);
        true
    }

    /// Moves a child directly before or behind another.
    pub(super) fn reorder(&mut self, parent: Id, moved: Id, other: Id, behind: bool) {
        let children = &mut self.node_mut(parent).children;
        children.retain(|id| *id != moved);
        if let Some(at) = children.iter().position(|id| *id == other) {
            children.insert(at + usize::from(behind), moved);
        }
    }

    /// Switches a statement off or on.
    pub(super) fn set_inactive(&mut self, id: Id, inactive: bool) {
        self.node_mut(id).inactive = inactive;
    }

    /// Notes a further line of a node.
    pub(super) fn touch(&mut self, id: Id, line: u32) {
        if id != ROOT && self.node(id).line != line {
            self.more.entry(id).or_default().push(line);
        }
    }

    /// Marks a node as not read to its end; `false` if it is marked already.
    pub(super) fn set_broken(&mut self, id: Id) -> bool {
        self.broken.insert(id)
    }

    /// All children that are in force, steering words too.
    pub(super) fn active(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        let in_force = |id: &Id| {
            let node = self.node(*id);
            !node.inactive && !node.gone
        };
        self.node(id).children.iter().copied().filter(in_force)
    }

    pub(super) fn at(&self, id: Id) -> At<'_> {
        At { tree: self, id }
    }

    /// The tree as commands that make it: `set` for each last word, then `deactivate` for what is switched off.
    pub(super) fn commands(&self) -> Vec<String> {
        let (mut set, mut off) = (Vec::new(), Vec::new());
        // Depth first, without recursion: the tree is as deep as its text says.
        let mut todo: Vec<(Id, String)> = vec![(ROOT, String::new())];
        while let Some((id, path)) = todo.pop() {
            let node = self.node(id);
            let here = |id: &&Id| !self.node(**id).gone;
            let children: Vec<&Id> = node.children.iter().filter(here).collect();
            if node.inactive {
                off.push(format!("deactivate{path}"));
            }
            if children.is_empty() && id != ROOT {
                set.push(format!("set{path}"));
            }
            let below = children.iter().rev();
            todo.extend(below.map(|&&id| (id, format!("{path} {}", quoted(&self.node(id).word)))));
        }
        set.into_iter().chain(off).collect()
    }
}

/// A word as it is typed.
fn quoted(word: &str) -> String {
    let plain = |c: char| !c.is_whitespace() && !"{}[];\"#".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("\"{word}\""),
    }
}

/// A place in the tree.
#[derive(Clone, Copy, Debug)]
pub(super) struct At<'t> {
    tree: &'t Tree,
    pub(super) id: Id,
}

impl<'t> At<'t> {
    pub(super) fn word(self) -> &'t str {
        &self.tree.node(self.id).word
    }

    /// Line on which the word stands first.
    pub(super) fn line(self) -> u32 {
        self.tree.node(self.id).line
    }

    /// Its lines and those of all below it, each with the first.
    pub(super) fn parts(self) -> BTreeSet<(u32, u32)> {
        let head = self.line();
        let mut lines = BTreeSet::new();
        let mut todo = vec![self.id];
        while let Some(id) = todo.pop() {
            lines.insert((self.tree.node(id).line, head));
            let more = self.tree.more.get(&id).into_iter().flatten();
            lines.extend(more.map(|line| (*line, head)));
            todo.extend(self.tree.active(id));
        }
        lines
    }

    /// Whether it comes from a group (`apply-groups`).
    pub(super) fn inherited(self) -> bool {
        self.tree.node(self.id).inherited
    }

    /// Whether it was not read to its end.
    pub(super) fn is_broken(self) -> bool {
        self.tree.broken.contains(&self.id)
    }

    /// What stands directly below, in order.
    pub(super) fn children(self) -> impl Iterator<Item = At<'t>> {
        let tree = self.tree;
        tree.active(self.id)
            .map(|id| tree.at(id))
            .filter(|at| !STEERING.contains(&at.word()))
    }

    /// The child with a word, if it is in force.
    pub(super) fn child(self, word: &str) -> Option<At<'t>> {
        let id = self.tree.find(self.id, word)?;
        let node = self.tree.node(id);
        (!node.inactive && !node.gone).then(|| self.tree.at(id))
    }

    /// Goes down word by word.
    pub(super) fn down(self, path: &str) -> Option<At<'t>> {
        path.split(' ').try_fold(self, |at, word| at.child(word))
    }

    pub(super) fn is_leaf(self) -> bool {
        self.children().next().is_none()
    }

    /// The only value of a statement that has one: an explicit one before an inherited one, the first of several groups.
    /// `None` if there is none or more than one.
    pub(super) fn value(self) -> Option<At<'t>> {
        let mut explicit = self.children().filter(|at| !at.inherited());
        match (explicit.next(), explicit.next()) {
            (Some(one), None) => Some(one),
            (None, _) => self.children().next(),
            (Some(_), Some(_)) => None,
        }
    }

    /// The statement on one line, at most about `limit` bytes.
    pub(super) fn text(self, limit: usize) -> String {
        let mut out = String::new();
        self.print(limit, &mut out);
        if out.len() > limit {
            let mut end = limit;
            while !out.is_char_boundary(end) {
                end -= 1;
            }
            out.truncate(end);
            out.push_str(" ...");
        }
        out
    }

    fn print(self, limit: usize, out: &mut String) {
        out.push_str(self.word());
        let several = self.children().nth(1).is_some();
        if several {
            out.push_str(" {");
        }
        for child in self.children() {
            if out.len() > limit {
                return;
            }
            out.push(' ');
            child.print(limit, out);
            if several {
                out.push(';');
            }
        }
        if several {
            out.push_str(" }");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(tree: &mut Tree, words: &str) -> Id {
        words
            .split(' ')
            .fold(ROOT, |at, word| tree.add(at, word, 1, false))
    }

    #[test]
    fn what_is_switched_off_or_deleted_is_not_there() {
        let mut tree = Tree::new();
        for words in ["a b c", "a b d", "a e"] {
            path(&mut tree, words);
        }
        let b = path(&mut tree, "a b");
        tree.set_inactive(b, true);
        assert!(tree.at(ROOT).down("a b").is_none());
        tree.set_inactive(b, false);
        tree.delete(b, "c");
        assert_eq!(tree.at(ROOT).text(99), " a { b d; e; }");
        assert_eq!(path(&mut tree, "a b c"), tree.find(b, "c").unwrap());
        assert_eq!(tree.at(b).text(99), "b { d; c; }");
    }

    #[test]
    fn children_move_and_change_names() {
        let mut tree = Tree::new();
        let [a, _, c] = ["a", "b", "c"].map(|word| path(&mut tree, word));
        tree.reorder(ROOT, c, a, false);
        assert!(tree.rename(ROOT, "b", "x") && !tree.rename(ROOT, "c", "a"));
        assert_eq!(tree.at(ROOT).text(99), " { c; a; x; }");
        assert_eq!(tree.at(ROOT).text(6), " { c;  ...");
    }
}
