//! What `display acl` prints: the lists of the configuration once more, with counters.
//!
//! ```text
//! Advanced IPv4 ACL 3001, named WEB, 2 rules, match-order is config,
//! (the description, if there is one)
//! ACL's step is 5, start ID is 0
//!  rule 0 permit tcp destination-port eq www (12 times matched)
//! ```
//!
//! In: those lines. Out: lists; one that the configuration has as well, and differently, is not believed. Must not know:
//! what a rule means. Form: H3C Comware 7 command reference, "display acl"; Comware 5 leaves `IPv4` out and indents.

use super::list::{Head, List};
use super::read::Reader;
use crate::net::Family;
use crate::text;
use crate::vendor::capture::Line;
use crate::vendor::words::Words;

/// How many lines a description may have between the headline and the step.
const DESCRIPTION: u32 = 2;

/// The headline: `None` if it is none.
pub(super) fn head(text: &str) -> Option<Head> {
    let text = text.replace(',', " , ");
    let mut words = Words::new(&text);
    let basic = words.eat("Basic");
    if !basic && !words.eat("Advanced") {
        return None;
    }
    words.eat("IPv4");
    let family = match words.eat("IPv6") {
        true => Family::V6,
        false => Family::V4,
    };
    words.eat("ACL").then_some(())?;
    let number = words.number::<u32>();
    words.eat(",");
    let name = words.attempt(|w| w.eat("named").then(|| w.next()).flatten());
    let name = name.filter(|name| *name != "-none-"); // so Comware 5 says of a list without a name
    let ids: Vec<String> = number.map(|n| n.to_string()).into_iter().collect();
    let ids: Vec<String> = ids.into_iter().chain(name.map(str::to_owned)).collect();
    if ids.is_empty() {
        return None;
    }
    words.eat(",");
    let counted = words.number::<u32>().is_some() && (words.eat("rule") || words.eat("rules"));
    words.eat(",");
    let auto = words.eat_all("match-order is auto");
    if !auto {
        words.eat_all("match-order is config");
    }
    words.eat(",");
    Some(Head {
        family,
        basic,
        ids,
        auto,
        whole: counted && words.is_end(),
    })
}

/// The rule without `(12 times matched)`.
fn without_counter(text: &str) -> &str {
    let counter = |tail: &str| {
        let count = tail.trim_end().strip_suffix("matched)")?.trim_end();
        let count = count.strip_suffix("times").or(count.strip_suffix("time"))?;
        count.trim_end().parse::<u64>().ok()
    };
    match text.rsplit_once('(') {
        Some((rule, tail)) if counter(tail).is_some() => rule.trim_end(),
        _ => text,
    }
}

impl Reader {
    /// Reads a line of what `display acl` prints; false if it is none.
    pub(super) fn shown(&mut self, line: &Line<'_>) -> bool {
        if let Some(head) = head(&line.text) {
            self.shown.push(List::new(head, line));
            self.showing = Some(DESCRIPTION);
            return true;
        }
        let (Some(left), Some(list)) = (self.showing, self.shown.last_mut()) else {
            return false;
        };
        let mut words = Words::new(&line.text);
        self.showing = if words.eat_all("ACL's step is") {
            list.steps(words.rest(), line);
            Some(0)
        } else if line.indent > 0 && words.peek() == Some("rule") {
            list.add(&Line {
                text: without_counter(&line.text).to_owned().into(),
                ..line.clone()
            });
            Some(0)
        } else {
            if left > 0 {
                self.asides.push(line.number);
            }
            left.checked_sub(1)
        };
        self.showing.is_some()
    }

    /// Takes over the lists that only `display acl` has.
    pub(super) fn merge_shown(&mut self) {
        for mut list in std::mem::take(&mut self.shown) {
            let known = self.find(&list.head);
            match known.and_then(|index| self.lists.get_mut(index)) {
                Some(known) if known.says_the_same(&list) => {}
                Some(known) => known.doubt(list.line(), text!("comware-shown-otherwise")),
                None => {
                    for id in std::mem::take(&mut list.head.ids) {
                        self.index
                            .insert((list.head.family, id.clone()), self.lists.len());
                        list.head.ids.push(id);
                    }
                    self.lists.push(list);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headlines() {
        let of = |text: &str| {
            let head = head(text)?;
            Some((
                head.family,
                head.basic,
                head.ids.join(" "),
                head.auto,
                head.whole,
            ))
        };
        for (text, expect) in [
            (
                "Advanced IPv4 ACL 3001, 2 rules,",
                Some((Family::V4, false, "3001".to_owned(), false, true)),
            ),
            (
                "Basic IPv4 ACL 2001, named flow, 1 rule, match-order is auto,",
                Some((Family::V4, true, "2001 flow".to_owned(), true, true)),
            ),
            (
                "Advanced IPv6 ACL named WEB6, 0 rule,",
                Some((Family::V6, false, "WEB6".to_owned(), false, true)),
            ),
            (
                "Basic ACL  2000, named -none-, 1 rule,",
                Some((Family::V4, true, "2000".to_owned(), false, true)),
            ),
            (
                "Advanced IPv4 ACL 3001, 2 rules, mystery,",
                Some((Family::V4, false, "3001".to_owned(), false, false)),
            ),
            ("Basic settings", None),
        ] {
            assert_eq!(of(text), expect, "{text}");
        }
    }

    #[test]
    fn counters() {
        assert_eq!(
            without_counter("rule 0 permit ip (12 times matched)"),
            "rule 0 permit ip"
        );
        assert_eq!(
            without_counter("rule 0 permit ip (Dynamic)"),
            "rule 0 permit ip (Dynamic)"
        );
    }
}
