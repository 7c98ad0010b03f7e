//! `facts`: what is known of the dialects, for a reader with the manual in hand (D49).

use super::Options;
use crate::facts::{Confidence, Facts};
use crate::vendor::{DIALECTS, Dialect};

/// The dialects that were asked for, in registry order.
#[derive(Clone, Debug)]
pub struct FactsOutcome {
    /// What their folders say.
    pub dialects: Vec<&'static Facts>,
    /// One dialect was asked for: all of it is shown, not only how much there is.
    pub whole: bool,
    /// Modelled facts are open.
    pub confirmed_only: bool,
}

/// How many facts of a dialect are known how well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Stated by a source.
    pub confirmed: usize,
    /// Used as settled, and an assumption of what leans on it.
    pub modelled: usize,
    /// Not settled: a verdict must hold for yes and for no.
    pub open: usize,
}

/// All dialects, or one.
#[must_use]
pub fn run(which: Option<&'static dyn Dialect>, options: &Options) -> FactsOutcome {
    let dialects = match which {
        None => DIALECTS.iter().map(|dialect| dialect.facts()).collect(),
        Some(dialect) => vec![dialect.facts()],
    };
    FactsOutcome {
        dialects,
        whole: which.is_some(),
        confirmed_only: options.confirmed_only,
    }
}

impl Counts {
    /// Counts the facts of a dialect.
    #[must_use]
    pub fn of(facts: &Facts, confirmed_only: bool) -> Counts {
        let mut counts = Counts::default();
        for fact in facts.facts.values() {
            let count = match fact.confidence {
                Confidence::Confirmed => &mut counts.confirmed,
                settled if settled.settles(confirmed_only) => &mut counts.modelled,
                _ => &mut counts.open,
            };
            *count += 1;
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands between two backticks and is no placeholder: words that a device prints.
    fn quoted(says: &str) -> impl Iterator<Item = &str> {
        let parts = says.split('`').skip(1).step_by(2);
        parts.filter_map(|word| word.split(" <").next())
    }

    fn is_japanese(text: &str) -> bool {
        text.chars().any(|c| matches!(c, '\u{3041}'..='\u{3096}'))
    }

    #[test]
    fn every_fact_is_said_in_both_languages() {
        let mut words = 0;
        for dialect in DIALECTS {
            for (id, fact) in &dialect.facts().facts {
                let place = format!("{}/{id}", dialect.id());
                let ja = fact.ja.as_deref().unwrap_or_default();
                assert!(is_japanese(ja) && !ja.contains('`'), "{place}: {ja}");
                assert!(fact.says.is_ascii(), "{place}: {}", fact.says);
                for word in quoted(&fact.says) {
                    assert!(ja.contains(word), "{place} does not name {word}: {ja}");
                    words += 1;
                }
                let model = |text: &str| text.contains("AX3660S");
                assert_eq!(model(&fact.says), model(ja), "{place}");
            }
        }
        assert!(words > 10, "the scan finds the words: {words}");
    }

    #[test]
    fn every_open_fact_says_what_would_settle_it() {
        for dialect in DIALECTS {
            for (id, fact) in &dialect.facts().facts {
                let told = fact.settle.is_some() && !fact.source.is_empty();
                let settled = fact.confidence == Confidence::Confirmed;
                assert!(told || settled, "{}/{id}", dialect.id());
            }
        }
    }

    #[test]
    fn counts_add_up_and_modelled_facts_can_be_open() {
        let mut modelled = 0;
        for dialect in DIALECTS {
            let facts = dialect.facts();
            let (usual, strict) = (Counts::of(facts, false), Counts::of(facts, true));
            let all = usual.confirmed + usual.modelled + usual.open;
            assert_eq!(all, facts.facts.len());
            modelled += usual.modelled;
            let open = usual.modelled + usual.open;
            assert_eq!(
                (strict.confirmed, strict.modelled, strict.open),
                (usual.confirmed, 0, open)
            );
        }
        assert!(modelled > 0);
    }
}
