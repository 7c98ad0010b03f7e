//! Lines of a capture without the noise of the terminal, for every dialect.
//!
//! In: a [`Source`]. Out: its lines with number, indentation and text; nesting by indentation. What goes away: pager
//! prompts (`--More--`) and what overwrote them, backspaces, escape sequences, form feeds, trailing blanks, blank lines.
//! Prompts with the command typed behind them are marked. Nothing else goes: a line that only looks odd must become a gap
//! of its dialect (D10).
//! Must not know: any dialect.

use crate::base::Source;
use std::borrow::Cow;

/// One line of a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// 1-based number in the file.
    pub number: u32,
    /// Blanks before the text; a tab counts as one.
    pub indent: usize,
    /// The text without blanks at its ends; never empty.
    pub text: Cow<'a, str>,
    /// Whether it is a prompt with what was typed behind it ([`is_prompt`]): no line of the configuration, unless it stands
    /// in a banner, which may end on it.
    pub prompt: bool,
}

/// The lines that are not blank.
#[must_use]
pub fn lines(source: &Source) -> Vec<Line<'_>> {
    source
        .lines()
        .filter_map(|(number, raw)| {
            let clean = clean(raw);
            let indent = indent_of(&clean);
            let text = match clean {
                Cow::Borrowed(s) => Cow::Borrowed(s.trim_matches(BLANKS)),
                Cow::Owned(s) => Cow::Owned(s.trim_matches(BLANKS).to_owned()),
            };
            let prompt = indent == 0 && is_prompt(&text);
            (!text.is_empty()).then_some(Line {
                number,
                indent,
                text,
                prompt,
            })
        })
        .collect()
}

const BLANKS: [char; 2] = [' ', '\t'];

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(BLANKS).len()
}

/// A line without what only moved the cursor.
fn clean(raw: &str) -> Cow<'_, str> {
    let line = unpaged(raw);
    if line.bytes().all(|b| b >= b' ' || b == b'\t') {
        return Cow::Borrowed(line);
    }
    let mut out = String::with_capacity(line.len());
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{8}' => drop(out.pop()),
            '\u{c}' | '\0' | '\u{7}' => {}
            '\u{1b}' if chars.next_if_eq(&'[').is_some() => {
                // CSI sequence: parameters, then one final letter (ECMA-48).
                while chars.next_if(|c| matches!(c, ' '..='?')).is_some() {}
                chars.next_if(|c| matches!(c, '@'..='~'));
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// The line behind a pager prompt. The device wipes the prompt with backspaces and blanks; some terminals log only the
/// blanks. The indentation of what follows must survive, so no more than the wiping is taken away.
fn unpaged(raw: &str) -> &str {
    const PROMPTS: [&str; 6] = [
        "--More--",
        "-- More --",
        "--more--",
        "<--- More --->",
        "---- More ----",
        "---(more)---",
    ];
    let head = raw.trim_start_matches(['\0', '\u{c}', ' ', '\t', '\u{8}']);
    let Some(after) = PROMPTS.iter().find_map(|prompt| head.strip_prefix(prompt)) else {
        return raw;
    };
    if let Some(wiped) = after.rfind('\u{8}') {
        return after.get(wiped + 1..).unwrap_or_default();
    }
    if let Some((_, line)) = after.split_once("\u{1b}[K") {
        return line;
    }
    // Comware goes back to the left edge, writes blanks, and goes back again.
    if let Some(back) = after.rfind("\u{1b}[42D") {
        return after.get(back + "\u{1b}[42D".len()..).unwrap_or_default();
    }
    let wiping = after.bytes().take(9).take_while(|&b| b == b' ').count();
    after.get(wiping..).unwrap_or_default()
}

/// `HOST#show running-config`, `HOST>enable`: the prompt of a mode that cannot change the configuration. A prompt of a
/// configuration mode is none: what was typed there is not what the device prints.
#[must_use]
pub fn is_prompt(text: &str) -> bool {
    let name = |c: char| c.is_ascii_alphanumeric() || "._-@/:".contains(c);
    let tail = text.trim_start_matches(name);
    tail.len() < text.len()
        && tail.starts_with(['#', '>'])
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// Takes `(12 matches)` or `(1 match)` from the end of an entry of a `show` command.
#[must_use]
pub fn without_counter(text: &str) -> &str {
    let counter = |body: &str| {
        let (digits, word) = body.split_once(' ')?;
        let number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        (number && matches!(word.trim(), "match" | "matches" | "match)" | "matches)")).then_some(())
    };
    let Some((before, tail)) = text.rsplit_once('(') else {
        return text;
    };
    let stripped = tail.trim_end().strip_suffix(')').and_then(counter);
    if stripped.is_some() {
        before.trim_end()
    } else {
        text
    }
}

/// Each line that is not deeper than the first, with the deeper lines under it. Call it again on those for the next level.
pub fn blocks<'s, 'a>(
    lines: &'s [Line<'a>],
) -> impl Iterator<Item = (&'s Line<'a>, &'s [Line<'a>])> {
    let mut rest = lines;
    std::iter::from_fn(move || {
        let (head, tail) = rest.split_first()?;
        let size = tail
            .iter()
            .take_while(|line| line.indent > head.indent)
            .count();
        let (body, next) = tail.split_at_checked(size).unwrap_or((tail, &[]));
        rest = next;
        Some((head, body))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<(u32, usize, String)> {
        let source = Source::capture("a", text.as_bytes());
        lines(&source)
            .into_iter()
            .filter(|l| !l.prompt)
            .map(|l| (l.number, l.indent, l.text.into_owned()))
            .collect()
    }

    #[test]
    fn noise_goes_and_lines_keep_their_numbers_and_indentation() {
        let bs = "\u{8}".repeat(9);
        let text = format!(
            "sw1#show running-config\r\n\r\nvlan 10\r\n --More-- {bs}        {bs} name A  \r\n \
             --More--          ip x\r\n\u{c}end\r\nsw1>exit"
        );
        assert_eq!(
            texts(&text),
            [
                (3, 0, "vlan 10".to_owned()),
                (4, 1, "name A".to_owned()),
                (5, 1, "ip x".to_owned()),
                (6, 0, "end".to_owned())
            ]
        );
        assert_eq!(texts("a\u{1b}[1;31mb\u{8}c"), [(1, 0, "ac".to_owned())]);
        let back = "\u{1b}[42D";
        let text = format!("  ---- More ----{back}      {back} rule 5\n---(more)---\u{1b}[K  a;");
        assert_eq!(
            texts(&text),
            [(1, 1, "rule 5".to_owned()), (2, 2, "a;".to_owned())]
        );
        assert_eq!(
            texts(" remark see --More-- b"),
            [(1, 1, "remark see --More-- b".to_owned())]
        );
        assert_eq!(texts("sw1(config)#no ip x").len(), 1);
    }

    #[test]
    fn counters_are_taken_from_the_end_only() {
        for (text, expect) in [
            ("permit ip any any (12 matches)", "permit ip any any"),
            ("permit ip any any (1 match)", "permit ip any any"),
            ("remark (12 matches) a", "remark (12 matches) a"),
            ("remark (a)", "remark (a)"),
        ] {
            assert_eq!(without_counter(text), expect);
        }
    }

    #[test]
    fn blocks_nest_by_indentation() {
        let source = Source::capture("a", b" odd\na\n b\n  c\n d\ne");
        let lines = lines(&source);
        let shape: Vec<_> = blocks(&lines)
            .map(|(head, body)| (head.number, body.len()))
            .collect();
        assert_eq!(shape, [(1, 0), (2, 3), (6, 0)]);
        let (_, body) = blocks(&lines).nth(1).unwrap();
        let inner: Vec<_> = blocks(body)
            .map(|(head, body)| (head.number, body.len()))
            .collect();
        assert_eq!(inner, [(3, 1), (5, 0)]);
    }
}
