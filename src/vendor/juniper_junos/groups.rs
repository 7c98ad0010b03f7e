//! `groups` and `apply-groups`: what a statement inherits is put below it.
//!
//! In: the tree as printed. Out: the same tree with the inherited statements in it, marked as such; explicit ones stay first.
//! A group that is not defined, or that holds only under a condition (`when`), is told, not guessed.

use super::text::Problem;
use super::tree::{Id, ROOT, Tree};
use crate::text;
use std::collections::{BTreeMap, BTreeSet};

/// Statements that inheritance may add, and steps it may take; past that the rest is told as not read.
const MOST: usize = 400_000;

/// Groups in force at a place, in order of preference, and what of each matches the place.
#[derive(Clone, Default)]
struct Sources {
    groups: Vec<Id>,
    matched: BTreeMap<Id, Vec<Id>>,
}

struct Inheritance<'t> {
    tree: &'t mut Tree,
    problems: &'t mut Vec<Problem>,
    /// Group by name.
    defined: BTreeMap<String, Id>,
    /// Children with `<...>` in their name, per node of a group.
    wild: BTreeMap<Id, Vec<Id>>,
    told: BTreeSet<String>,
    left: usize,
}

/// Expands every `apply-groups`.
pub(super) fn expand(tree: &mut Tree, problems: &mut Vec<Problem>) {
    let Some(groups) = tree.at(ROOT).child("groups") else {
        undefined_everywhere(tree, problems);
        return;
    };
    let defined: BTreeMap<String, Id> = groups
        .children()
        .map(|group| (group.word().to_owned(), group.id))
        .collect();
    let mut wild: BTreeMap<Id, Vec<Id>> = BTreeMap::new();
    let mut todo = vec![groups.id];
    while let Some(id) = todo.pop() {
        for child in tree.active(id) {
            if tree.at(child).word().starts_with('<') {
                wild.entry(id).or_default().push(child);
            }
            todo.push(child);
        }
    }
    let skip = groups.id;
    let mut work = Inheritance {
        tree,
        problems,
        defined,
        wild,
        told: BTreeSet::new(),
        left: MOST,
    };
    let mut top = work.here(ROOT, &Sources::default());
    top.matched = work.defined.values().map(|&g| (g, vec![g])).collect();
    work.inherit(ROOT, &top, skip);
    if work.left == 0 {
        let line = work.tree.at(skip).line();
        work.problems.push(Problem {
            line,
            text: "groups".to_owned(),
            why: text!("junos-groups-size"),
        });
    }
}

/// A configuration without groups that applies some.
fn undefined_everywhere(tree: &Tree, problems: &mut Vec<Problem>) {
    let mut todo = vec![ROOT];
    while let Some(id) = todo.pop() {
        for child in tree.active(id) {
            let at = tree.at(child);
            if at.word() == "apply-groups" {
                problems.push(Problem {
                    line: at.line(),
                    text: at.text(200),
                    why: text!("junos-group-undefined"),
                });
            } else {
                todo.push(child);
            }
        }
    }
}

impl Inheritance<'_> {
    /// The groups in force at a node, with those that it names itself.
    fn here(&mut self, id: Id, above: &Sources) -> Sources {
        let mut sources = above.clone();
        let names = |tree: &Tree, word: &str| -> Vec<(String, u32)> {
            let Some(list) = tree
                .find(id, word)
                .filter(|&l| tree.active(id).any(|c| c == l))
            else {
                return Vec::new();
            };
            let value = |child| (tree.at(child).word().to_owned(), tree.at(child).line());
            tree.active(list).map(value).collect()
        };
        for (name, _) in names(self.tree, "apply-groups-except") {
            if let Some(&group) = self.defined.get(&name) {
                sources.groups.retain(|&g| g != group);
            }
        }
        let mut own = Vec::new();
        for (name, line) in names(self.tree, "apply-groups") {
            match self.defined.get(&name).copied() {
                Some(group) if self.tree.find(group, "when").is_none() => own.push(group),
                _ => self.tell(&name, line),
            }
        }
        if !own.is_empty() {
            // What is applied nearer is preferred.
            sources.groups.retain(|group| !own.contains(group));
            own.extend(&sources.groups);
            sources.groups = own;
        }
        sources
    }

    fn tell(&mut self, name: &str, line: u32) {
        if self.told.insert(name.to_owned()) {
            self.problems.push(Problem {
                line,
                text: format!("apply-groups {name}"),
                why: text!("junos-group-undefined"),
            });
        }
    }

    fn inherit(&mut self, id: Id, sources: &Sources, skip: Id) {
        for &group in &sources.groups {
            for &from in sources.matched.get(&group).into_iter().flatten() {
                self.copy_children(from, id);
            }
        }
        let children: Vec<Id> = self.tree.active(id).filter(|&c| c != skip).collect();
        for child in children {
            let below = Sources {
                groups: sources.groups.clone(),
                matched: self.matched(child, &sources.matched),
            };
            let below = self.here(child, &below);
            // A group named further down has been matched on the way: an empty match stays empty.
            if !below.matched.is_empty() {
                self.inherit(child, &below, skip);
            }
        }
    }

    /// What of each group matches a child, by name or by wildcard.
    fn matched(&mut self, child: Id, above: &BTreeMap<Id, Vec<Id>>) -> BTreeMap<Id, Vec<Id>> {
        let word = self.tree.at(child).word().to_owned();
        let mut out = BTreeMap::new();
        for (&group, nodes) in above {
            let mut found = Vec::new();
            for &node in nodes {
                let wild = self.wild.get(&node).into_iter().flatten();
                let wild = wild.filter(|&&w| fits(self.tree.at(w).word(), &word));
                found.extend(self.tree.at(node).child(&word).map(|at| at.id));
                found.extend(wild);
                self.left = self.left.saturating_sub(1);
            }
            if !found.is_empty() && self.left > 0 {
                out.insert(group, found);
            }
        }
        out
    }

    /// Copies what the target does not have; what it has is visited later.
    fn copy_children(&mut self, from: Id, to: Id) {
        let children: Vec<Id> = self.tree.at(from).children().map(|at| at.id).collect();
        for child in children {
            let at = self.tree.at(child);
            let (word, line) = (at.word().to_owned(), at.line());
            if word.starts_with('<') || self.tree.find(to, &word).is_some() || self.left == 0 {
                continue;
            }
            self.left -= 1;
            self.tree.add(to, &word, line, true);
        }
    }
}

/// Whether a word is what `<...>` stands for; `*` is any text, `?` a letter, `[...]` one of some letters.
fn fits(pattern: &str, word: &str) -> bool {
    let inner = pattern.trim_start_matches('<').trim_end_matches('>');
    let pattern: Vec<char> = inner.chars().collect();
    let word: Vec<char> = word.chars().collect();
    // Places in the pattern that the letters so far may have led to.
    let mut places: BTreeSet<usize> = closure(&pattern, [0].into());
    for c in word {
        let mut next = BTreeSet::new();
        for at in places {
            match pattern.get(at) {
                Some('*') => {
                    next.insert(at);
                }
                Some('[') => {
                    let class = pattern.get(at + 1..).unwrap_or_default();
                    let end = class.iter().position(|&c| c == ']').unwrap_or(0);
                    if class_has(class.get(..end).unwrap_or_default(), c) {
                        next.insert(at + end + 2);
                    }
                }
                Some('?') => {
                    next.insert(at + 1);
                }
                Some(&p) if p == c => {
                    next.insert(at + 1);
                }
                _ => {}
            }
        }
        places = closure(&pattern, next);
    }
    places.contains(&pattern.len())
}

/// `*` may stand for nothing.
fn closure(pattern: &[char], mut places: BTreeSet<usize>) -> BTreeSet<usize> {
    let mut todo: Vec<usize> = places.iter().copied().collect();
    while let Some(at) = todo.pop() {
        if pattern.get(at) == Some(&'*') && places.insert(at + 1) {
            todo.push(at + 1);
        }
    }
    places
}

fn class_has(class: &[char], c: char) -> bool {
    let mut rest = class;
    loop {
        match rest {
            [a, '-', b, after @ ..] => {
                if (*a..=*b).contains(&c) {
                    return true;
                }
                rest = after;
            }
            [a, after @ ..] => {
                if *a == c {
                    return true;
                }
                rest = after;
            }
            [] => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Source;
    use crate::vendor::juniper_junos::text;

    fn shown(text: &str) -> (String, usize) {
        let source = Source::capture("a", text.as_bytes());
        let (mut tree, mut problems, _) = text::tree(&source);
        expand(&mut tree, &mut problems);
        let all = tree.at(ROOT).children();
        let all: Vec<String> = all
            .filter(|at| at.word() != "groups")
            .map(|at| at.text(500))
            .collect();
        (all.join(" | "), problems.len())
    }

    #[test]
    fn wildcards_fit_words() {
        for (pattern, word, expect) in [
            ("<*>", "", true),
            ("<*>", "ge-0/0/1", true),
            ("<ge-*>", "xe-0/0/1", false),
            ("<*-0/0/[0-3]>", "ge-0/0/2", true),
            ("<*-0/0/[0-3]>", "ge-0/0/4", false),
            ("<?e-*/1>", "xe-0/0/1", true),
            ("<a*b*c>", "abcbc", true),
            ("<a[>", "a[", false),
        ] {
            assert_eq!(fits(pattern, word), expect, "{pattern} {word}");
        }
    }

    #[test]
    fn statements_are_inherited_where_they_fit() {
        let text = "set groups G interfaces <ge-*> unit 0 family inet filter input F\nset groups G system x\n\
                    set interfaces ge-0/0/0 unit 0 family inet address 10.0.0.1/24\nset interfaces ge-0/0/1 unit 0 family inet filter input H\n\
                    set interfaces xe-0/0/0 unit 0\nset interfaces ge-0/0/2 apply-groups-except G\nset interfaces ge-0/0/2 unit 0\n\
                    set apply-groups G\n";
        let expect = "interfaces { ge-0/0/0 unit 0 family inet { address 10.0.0.1/24; filter input F; }; ge-0/0/1 unit 0 family \
                      inet filter input { H; F; }; xe-0/0/0 unit 0; ge-0/0/2 unit 0; } | system x";
        assert_eq!(shown(text), (expect.to_owned(), 0));
    }

    #[test]
    fn a_group_applied_below_acts_there() {
        let text = "set groups G a <*> x 1\nset groups H a b y 2\nset a b apply-groups [ G H ]\nset a c z\n";
        assert_eq!(shown(text).0, "a { b { x 1; y 2; }; c z; }");
        let undefined =
            "set a apply-groups Q\nset groups W when x\nset groups W a q\nset a apply-groups W\n";
        assert_eq!(shown(undefined), ("a".to_owned(), 2));
        assert_eq!(shown("set apply-groups Q").1, 1);
    }

    #[test]
    fn what_blows_up_is_cut() {
        let mut text = String::from("set apply-groups G\n");
        for i in 0..700 {
            text.push_str(&format!("set groups G a <*> x{i}\nset a y{i}\n"));
        }
        let (_, problems) = shown(&text);
        assert_eq!(problems, 1);
    }
}
