//! Texts that a person reads at login, inside a configuration: where they end, for every dialect that prints them.
//!
//! In: the lines behind the head of a banner. Out: how many of them are its text. Where the end was lost (the capture was cut,
//! the delimiter comes never, or first in the head of another banner) nothing is taken for text, so that no line of the
//! configuration hides behind it. Must not know: how a dialect spells the head.

use super::capture::Line;
use std::collections::BTreeSet;

/// What ends a banner.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    /// It ended on the line of its head.
    Closed,
    /// The next line that holds this.
    Holds(String),
    /// The next line that is this.
    Is(String),
    /// The next line with an odd number of quotation marks.
    OddQuotes,
}

impl End {
    fn is_on(&self, text: &str) -> bool {
        match self {
            End::Closed => false,
            End::Holds(delimiter) => text.contains(delimiter),
            End::Is(line) => text == line,
            End::OddQuotes => has_odd_quotes(text),
        }
    }
}

/// Whether a quotation opens or closes on a line.
pub(super) fn has_odd_quotes(text: &str) -> bool {
    text.matches('"').count() % 2 == 1
}

/// Ends that do not come again: each is looked for once, not once per banner, or a hostile text takes quadratic time.
pub(super) type Absent = BTreeSet<End>;

/// How many of the lines behind a head are the text of its banner; `None` if its end was lost. `head` tells the heads of
/// banners from other lines.
pub(super) fn length(
    end: &End,
    rest: &[Line<'_>],
    head: fn(&Line<'_>) -> Option<End>,
    absent: &mut Absent,
) -> Option<usize> {
    if *end == End::Closed {
        return Some(0);
    }
    if absent.contains(end) {
        return None;
    }
    let Some(at) = rest.iter().position(|line| end.is_on(&line.text)) else {
        absent.insert(end.clone());
        return None;
    };
    let in_head = !matches!(end, End::Is(_)) && rest.get(at).and_then(head).is_some();
    (!in_head).then_some(at + 1)
}

/// Lines without the texts of banners; their heads stay. Second: the numbers of the lines left out.
pub(super) fn without_texts<'a>(
    lines: &[Line<'a>],
    head: fn(&Line<'_>) -> Option<End>,
) -> (Vec<Line<'a>>, Vec<u32>) {
    let mut kept = Vec::with_capacity(lines.len());
    let mut asides = Vec::new();
    let mut absent = Absent::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        at += 1;
        kept.push(line.clone());
        let rest = lines.get(at..).unwrap_or_default();
        if let Some(size) = head(line).and_then(|end| length(&end, rest, head, &mut absent)) {
            asides.extend(rest.iter().take(size).map(|line| line.number));
            at += size;
        }
    }
    (kept, asides)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Source;
    use crate::vendor::capture;

    /// `text X` opens a banner that ends on a line with X.
    fn head(line: &Line<'_>) -> Option<End> {
        let mark = line.text.strip_prefix("text ")?;
        Some(End::Holds(mark.to_owned()))
    }

    fn numbers(text: &str) -> (Vec<u32>, Vec<u32>) {
        let source = Source::capture("a", text.as_bytes());
        let (kept, asides) = without_texts(&capture::lines(&source), head);
        (kept.iter().map(|line| line.number).collect(), asides)
    }

    #[test]
    fn a_text_goes_to_its_end_and_hides_nothing_if_that_was_lost() {
        assert_eq!(numbers("a\ntext %\nb\nc %\nd"), (vec![1, 2, 5], vec![3, 4]));
        assert_eq!(numbers("text %\nb\nd"), (vec![1, 2, 3], vec![]));
        assert_eq!(
            numbers("text %\nb\ntext %\nc\n%\nd"),
            (vec![1, 2, 3, 6], vec![4, 5])
        );
    }
}
