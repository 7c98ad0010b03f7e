//! How much a text looks like what one family prints.
//!
//! In: a text, and what a line of it is worth. Out: points. Must not know: the families.

/// Lines looked at: a family shows itself early, and the text may be huge.
const LINES: usize = 20_000;

/// The points of all lines.
pub(in crate::vendor) fn points(text: &str, of_line: impl Fn(&str) -> u32) -> u32 {
    text.lines().take(LINES).map(of_line).sum()
}

/// As [`points`], and hints beside them: lines that other families print as well count only where a mark was seen.
pub(in crate::vendor) fn marked(
    text: &str,
    mark: impl Fn(&str) -> u32,
    hint: impl Fn(&str) -> u32,
) -> u32 {
    match points(text, mark) {
        0 => 0,
        marks => marks + points(text, hint),
    }
}

/// Whether the line begins with a number: an entry as lists are printed.
pub(in crate::vendor) fn is_numbered(line: &str) -> bool {
    let first = line.split_whitespace().next().unwrap_or_default();
    !first.is_empty() && first.bytes().all(|b| b.is_ascii_digit())
}
