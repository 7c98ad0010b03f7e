//! The lines of a capture that belong to the configuration: without comments, banners and other commands' output.
//!
//! A banner runs from its delimiter to the next one, whatever stands between. What was typed at a prompt says whether the
//! lines behind it are configuration or lists; the output of other commands says nothing here.

use crate::vendor::capture::Line;
use crate::vendor::words::Words;
use std::collections::BTreeSet;

/// The lines to read, and the banner heads that never end.
pub(in crate::vendor) fn of_config<'a>(lines: Vec<Line<'a>>) -> (Vec<Line<'a>>, Vec<Line<'a>>) {
    let mut out = Vec::with_capacity(lines.len());
    let mut unfinished = Vec::new();
    // Whether a delimiter comes again is looked up once per delimiter, not once per banner: no quadratic texts.
    let mut absent: BTreeSet<String> = BTreeSet::new();
    let mut reading = true;
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        at += 1;
        if line.prompt {
            reading = shows_config(&line.text);
        } else if let Some(banner) = banner(&line.text).filter(|_| line.indent == 0 && reading) {
            match end_of(&banner, lines.get(at..).unwrap_or_default(), &mut absent) {
                Some(size) => at += size,
                None => unfinished.push(line.clone()),
            }
        } else if reading && !line.text.starts_with('!') {
            out.push(line.clone());
        }
    }
    (out, unfinished)
}

/// Whether what a command prints is configuration or lists; a bare prompt ends nothing.
fn shows_config(prompt: &str) -> bool {
    let command = prompt
        .split_once(['#', '>'])
        .map_or("", |(_, command)| command)
        .trim();
    command.is_empty()
        || ["run", "conf", "access-l", "startup"]
            .iter()
            .any(|part| command.contains(part))
}

/// A banner whose body begins on this line.
struct Banner {
    delimiter: String,
    /// The delimiter is a line of its own.
    line: bool,
    /// It ends on the same line.
    closed: bool,
}

/// `banner motd ^C...`: the device prints its delimiter as a caret and a C. Without one, the banner ends at a line `EOF`.
fn banner(text: &str) -> Option<Banner> {
    let mut words = Words::new(text);
    if !words.eat("banner") {
        return None;
    }
    words.next()?;
    let rest = words.rest();
    if rest.is_empty() {
        return Some(Banner {
            delimiter: "EOF".to_owned(),
            line: true,
            closed: false,
        });
    }
    let delimiter = if rest.starts_with("^C") {
        "^C".to_owned()
    } else {
        // Few are possible, so that looking for each of them takes linear time.
        rest.chars().next().filter(char::is_ascii)?.to_string()
    };
    let body = rest.strip_prefix(&delimiter)?;
    let closed = body.contains(&delimiter);
    Some(Banner {
        delimiter,
        line: false,
        closed,
    })
}

/// How many of the lines behind its head belong to a banner; `None` if it never ends.
fn end_of(banner: &Banner, rest: &[Line<'_>], absent: &mut BTreeSet<String>) -> Option<usize> {
    if banner.closed {
        return Some(0);
    }
    if absent.contains(&banner.delimiter) {
        return None;
    }
    let ends = |text: &str| match banner.line {
        true => text == banner.delimiter,
        false => text.contains(&banner.delimiter),
    };
    let end = rest.iter().position(|line| ends(&line.text));
    if end.is_none() {
        absent.insert(banner.delimiter.clone());
    }
    end.map(|index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Source;
    use crate::vendor::capture;

    fn numbers(text: &str) -> (Vec<u32>, usize) {
        let source = Source::capture("a", text.as_bytes());
        let (lines, unfinished) = of_config(capture::lines(&source));
        (
            lines.iter().map(|line| line.number).collect(),
            unfinished.len(),
        )
    }

    #[test]
    fn banners_are_skipped_to_their_delimiter() {
        assert_eq!(
            numbers("a\nbanner motd ^C\nip route x\n no ^C\nb"),
            (vec![1, 5], 0)
        );
        assert_eq!(numbers("banner login #one#\nb"), (vec![2], 0));
        assert_eq!(numbers("banner login #\nsw#\nb"), (vec![3], 0));
        assert_eq!(numbers("banner login #\na\nbanner exec #\nb"), (vec![4], 0));
        assert_eq!(
            numbers("banner login %\na\nbanner exec %x\nb\nbanner motd $\nc"),
            (vec![4, 6], 1)
        );
    }

    #[test]
    fn output_of_other_commands_is_skipped() {
        let text = "sw#show run\na\nsw#show version\nb\nsw#show ip access-lists\nc\nsw#\n!d\n";
        assert_eq!(numbers(text), (vec![2, 6], 0));
    }
}
