//! Combinations of TCP flags: `flags & MASK == VALUE`, `flags VALUE / MASK`, lists.
//!
//! In: tokens behind the cursor of a rule. Out: the combinations. Must not know: other fields.

use super::Reading;
use super::elements::{split, union};
use crate::net::FlagSet;
use crate::vendor::linux_nftables::value::{Field, Values, conds, flag_bits};

impl Reading<'_> {
    /// The words of a flag expression up to something else.
    pub(super) fn flag_words(&mut self) -> Option<u32> {
        let mut words = Vec::new();
        while let Some(word) = self.cursor.peek() {
            let mark = matches!(word, "|" | "," | "(" | ")");
            if !mark && flag_bits(&[word]).is_none() {
                break;
            }
            // Two words without a mark between them: the second belongs to something else.
            let last: Option<&&str> = words.last();
            if !mark && last.is_some_and(|last| !matches!(*last, "|" | "," | "(")) {
                break;
            }
            words.push(word);
            self.cursor.next();
        }
        if words.is_empty() {
            None
        } else {
            flag_bits(&words)
        }
    }

    pub(super) fn flags(&mut self) -> bool {
        let values = self.flag_values();
        match values.and_then(|values| conds(&Field::Flags, &values)) {
            Some(conds) => self.and(conds),
            None => return false,
        }
        true
    }

    pub(super) fn flag_values(&mut self) -> Option<Values> {
        let exactly = |mask: u32, value: u32| {
            FlagSet::filter(|flags| u32::from(flags.bits()) & mask == value & mask)
        };
        if self.cursor.eat("&") {
            let mask = self.flag_words()?;
            let negated = self.cursor.eat("!=");
            self.cursor.eat("==");
            if let Some(tokens) = self.cursor.braces() {
                let mut set = FlagSet::EMPTY;
                for element in split(tokens) {
                    let [part] = element.as_slice() else {
                        return None;
                    };
                    let words: Vec<&str> = part.iter().map(|t| t.text.as_str()).collect();
                    set = set.union(exactly(mask, flag_bits(&words)?));
                }
                return settled(set, mask, negated);
            }
            let value = self.flag_words()?;
            return settled(exactly(mask, value), mask, negated);
        }
        let negated = self.cursor.eat("!=") || self.cursor.eat("!");
        let equal = self.cursor.eat("==");
        if self.cursor.peek() == Some("{") || self.cursor.peek().is_some_and(|w| w.starts_with('@'))
        {
            let elements = self.elements()?;
            let set = union(&Field::Flags, &elements)?;
            return if negated { set.not() } else { Some(set) };
        }
        let value = self.flag_words()?;
        if self.cursor.eat("/") {
            let mask = self.flag_words()?;
            return settled(exactly(mask, value), mask, negated);
        }
        if negated && !equal {
            // Of one flag: another combination. Of several: none of them; which one it is differs by release.
            let none = exactly(value, 0);
            let possible = FlagSet::filter(|flags| u32::from(flags.bits()) != value & 63);
            return Some(Values::Flags(none, possible.union(none)));
        }
        if equal {
            let one = exactly(63, value);
            return Some(Values::Flags(FlagSet::EMPTY, one));
        }
        let any = FlagSet::filter(|flags| u32::from(flags.bits()) & value != 0);
        settled(any, value, negated)
    }
}

/// A set of combinations under a mask; bits that are not in the header of D6 leave nothing certain.
fn settled(set: FlagSet, mask: u32, negated: bool) -> Option<Values> {
    let set = if negated { FlagSet(!set.0) } else { set };
    Some(match mask & !63 {
        0 => Values::Flags(set, FlagSet::EMPTY),
        _ => Values::Flags(FlagSet::EMPTY, FlagSet::FULL),
    })
}
