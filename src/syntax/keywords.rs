//! The keyword table, read from the `k_...` lines of the grammar so that there is no second copy to drift.

use super::parse::Rule;
use crate::base::Lang;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The grammar's own text.
pub(crate) const GRAMMAR: &str = include_str!("../../grammar/policy.pest");

/// Both spellings of a keyword; the same text where they are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keyword {
    /// The English spelling.
    pub en: &'static str,
    /// The Japanese spelling.
    pub ja: &'static str,
}

impl Keyword {
    /// The spelling in a language.
    #[must_use]
    pub fn spelt(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Ja => self.ja,
            Lang::En => self.en,
        }
    }
}

/// Rule name (`k_site`) to spellings.
static TABLE: LazyLock<BTreeMap<&'static str, Keyword>> = LazyLock::new(|| {
    let lines = GRAMMAR.lines().filter(|line| line.starts_with("k_"));
    lines.filter_map(entry).collect()
});

/// `k_site = @{ (^"site" | ^"団体") ~ edge }`
fn entry(line: &'static str) -> Option<(&'static str, Keyword)> {
    let (rule, body) = line.split_once('=')?;
    let mut quoted = body.split('"').skip(1).step_by(2);
    let en = quoted.next()?;
    let ja = quoted.next().unwrap_or(en);
    Some((rule.trim(), Keyword { en, ja }))
}

/// All keywords in the order of their rule names.
pub fn all() -> impl Iterator<Item = Keyword> {
    TABLE.values().copied()
}

/// The keyword a rule stands for, if it does.
pub(crate) fn of(rule: Rule) -> Option<Keyword> {
    TABLE.get(format!("{rule:?}").as_str()).copied()
}

/// Whether each rule is a keyword, by its number: asked for each child of each node.
static IS_KEYWORD: LazyLock<Vec<bool>> = LazyLock::new(|| {
    let rules = Rule::all_rules();
    let mut flags = vec![false; rules.len() + 1];
    for &rule in rules {
        if let Some(flag) = flags.get_mut(rule as usize) {
            *flag = of(rule).is_some();
        }
    }
    flags
});

/// Whether a rule is a keyword.
pub(crate) fn is(rule: Rule) -> bool {
    IS_KEYWORD.get(rule as usize).copied().unwrap_or(false)
}

/// How many words of a text are spelt in (English, Japanese); words with one spelling count for neither.
#[must_use]
pub fn spellings(text: &str) -> (usize, usize) {
    static WORDS: LazyLock<BTreeMap<String, Lang>> = LazyLock::new(|| {
        let two = all().filter(|k| !k.en.eq_ignore_ascii_case(k.ja));
        two.flat_map(|k| {
            [
                (k.en.to_owned(), Lang::En),
                (k.ja.to_ascii_lowercase(), Lang::Ja),
            ]
        })
        .collect()
    });
    let mut counts = (0, 0);
    for word in text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '・'))) {
        if word.is_empty() || word.len() > 40 {
            continue;
        }
        match WORDS.get(&word.to_ascii_lowercase()) {
            Some(Lang::En) => counts.0 += 1,
            Some(Lang::Ja) => counts.1 += 1,
            None => {}
        }
    }
    counts
}

/// The language a policy is written in: that of most of its keywords, Japanese if there are none.
#[must_use]
pub fn language_of(text: &str) -> Lang {
    let (en, ja) = spellings(text);
    if en > ja { Lang::En } else { Lang::Ja }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_complete_and_each_spelling_stands_once() {
        assert_eq!(
            of(Rule::k_site),
            Some(Keyword {
                en: "site",
                ja: "団体"
            })
        );
        assert_eq!(of(Rule::k_tcp_udp).unwrap().ja, "TCP+UDP");
        assert_eq!(of(Rule::name), None);
        let rules = Rule::all_rules()
            .iter()
            .filter(|r| format!("{r:?}").starts_with("k_"));
        assert_eq!(rules.count(), all().count());
        let mut seen = std::collections::BTreeSet::new();
        for keyword in all() {
            assert!(seen.insert(keyword.en.to_lowercase()), "{keyword:?}");
            if !keyword.en.eq_ignore_ascii_case(keyword.ja) {
                assert!(seen.insert(keyword.ja.to_lowercase()), "{keyword:?}");
            }
        }
    }

    #[test]
    fn a_file_has_the_language_of_most_of_its_words() {
        assert_eq!(language_of("許可 A -> B : std.ssh 申請 R7 allow"), Lang::Ja);
        assert_eq!(language_of("allow A -> B : std.ssh ticket R7"), Lang::En);
        assert_eq!(language_of("VLAN"), Lang::Ja);
    }
}
