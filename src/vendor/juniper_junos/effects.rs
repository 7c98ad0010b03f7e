//! Statements whose effect is known by class only, wherever they stand (D23): the paths of the tables `narrows`, `redirects` and
//! `rewrites` of the profile.
//!
//! In: the tree. Out: effects. A statement above may be irrelevant by its table; what a path finds below it is not. Must not know:
//! what any word means.

use super::FACTS;
use super::read::Reader;
use super::tree::At;
use crate::device::{EffectClass, Scope};

/// Stands for any word, a name most of the time.
const ANY: &str = "*";

/// Notes every statement that a path of the tables leads to.
pub(super) fn read(reader: &mut Reader, root: At<'_>) {
    for (class, table) in [
        (EffectClass::Narrows, &FACTS.narrows),
        (EffectClass::Redirects, &FACTS.redirects),
        (EffectClass::Rewrites, &FACTS.rewrites),
    ] {
        for path in table.values().flatten() {
            let mut found = Vec::new();
            let words: Vec<&str> = path.split(' ').collect();
            walk(root, &words, "", &mut found);
            for (at, above) in found {
                reader.effect(class, Scope::Device, at, &above);
            }
        }
    }
}

/// The statements at the end of a path, with the words above them.
fn walk<'t>(at: At<'t>, path: &[&str], above: &str, found: &mut Vec<(At<'t>, String)>) {
    let [word, rest @ ..] = path else {
        return;
    };
    let any = *word == ANY;
    let named = at.child(word).filter(|_| !any);
    let all = at.children().filter(|_| any);
    for next in named.into_iter().chain(all) {
        if rest.is_empty() {
            found.push((next, above.to_owned()));
        } else {
            let above = format!("{above} {}", next.word());
            walk(next, rest, above.trim_start(), found);
        }
    }
}
