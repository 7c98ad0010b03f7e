//! `aclc fmt --words`: a policy with its keywords in one language, for teams that read both.
//!
//! In: the text as typed. Out: its normal form ([`super::format`]) with each keyword in that language's spelling; names,
//! texts and comments stay, so that the tree is the same (tested). What has one spelling (`tcp`, `VLAN`) stays as typed.

use super::parse::{PolicyParser, Rule, too_deep};
use super::{format, keywords};
use crate::base::Lang;
use pest::Parser as _;

/// The text with its keywords in a language. A text that does not parse keeps those words that are not understood.
#[must_use]
pub fn respell(text: &str, lang: Lang) -> String {
    let plain = format(text);
    if too_deep(&plain).is_some() {
        return plain;
    }
    let mut out = String::with_capacity(plain.len());
    let mut rest = 0;
    let Ok(pairs) = PolicyParser::parse(Rule::file, &plain) else {
        return plain;
    };
    for pair in pairs.flatten() {
        let Some(keyword) = keywords::of(pair.as_rule()) else {
            continue;
        };
        if keyword.en.eq_ignore_ascii_case(keyword.ja) {
            continue;
        }
        let word = pair.as_span();
        out.push_str(plain.get(rest..word.start()).unwrap_or_default());
        out.push_str(keyword.spelt(lang));
        rest = word.end();
    }
    out.push_str(plain.get(rest..).unwrap_or_default());
    out
}
