//! The lines of a capture that belong to the configuration: without comments, banners and other commands' output.
//!
//! A banner runs from its delimiter to the next one, whatever stands between; but where that next one is the head of another
//! banner, the end of the first was lost, and nothing behind it is taken for its text. What was typed at a prompt says whether
//! the lines behind it are configuration or lists; the output of other commands says nothing here.

use crate::vendor::banner::{self, Absent, End};
use crate::vendor::capture::Line;
use crate::vendor::words::Words;

/// The lines of a capture by what they are.
#[derive(Default)]
pub(in crate::vendor) struct Sorted<'a> {
    /// To be read.
    pub(in crate::vendor) config: Vec<Line<'a>>,
    /// Heads of banners that never end.
    pub(in crate::vendor) unfinished: Vec<Line<'a>>,
    /// Numbers of the lines of banners and of the output of other commands.
    pub(in crate::vendor) asides: Vec<u32>,
}

/// Sorts the lines of a capture.
pub(in crate::vendor) fn of_config(lines: Vec<Line<'_>>) -> Sorted<'_> {
    let mut out = Sorted::default();
    let mut absent = Absent::new();
    let mut reading = true;
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        at += 1;
        if line.prompt {
            reading = shows_config(&line.text);
        } else if let Some(end) = banner(line).filter(|_| reading) {
            let rest = lines.get(at..).unwrap_or_default();
            match banner::length(&end, rest, banner, &mut absent) {
                Some(size) => {
                    out.asides.push(line.number);
                    let text = rest.iter().take(size).map(|line| line.number);
                    out.asides.extend(text);
                    at += size;
                }
                None => out.unfinished.push(line.clone()),
            }
        } else if !reading {
            out.asides.push(line.number);
        } else if !is_comment(&line.text) {
            out.config.push(line.clone());
        }
    }
    out
}

/// A comment, unless the device warns that it does something else than the text says.
fn is_comment(text: &str) -> bool {
    text.starts_with('!')
        && !text.contains("does not match active configuration")
        && !text.contains("configuration currently being processed")
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

/// How the banner of a head ends: `banner motd ^C...`, where the device prints its delimiter as a caret and a C; without a
/// delimiter, at a line `EOF`.
fn banner(line: &Line<'_>) -> Option<End> {
    let mut words = Words::new(&line.text);
    if line.indent > 0 || !words.eat("banner") {
        return None;
    }
    words.next()?;
    let rest = words.rest();
    if rest.is_empty() {
        return Some(End::Is("EOF".to_owned()));
    }
    let delimiter = if rest.starts_with("^C") {
        "^C".to_owned()
    } else {
        // Few are possible, so that looking for each of them takes linear time.
        rest.chars().next().filter(char::is_ascii)?.to_string()
    };
    let closed = rest.strip_prefix(&delimiter)?.contains(&delimiter);
    Some(match closed {
        true => End::Closed,
        false => End::Holds(delimiter),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Source;
    use crate::vendor::capture;

    fn numbers(text: &str) -> (Vec<u32>, usize) {
        let source = Source::capture("a", text.as_bytes());
        let sorted = of_config(capture::lines(&source));
        (
            sorted.config.iter().map(|line| line.number).collect(),
            sorted.unfinished.len(),
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
        assert_eq!(
            numbers("banner login #\na\nbanner exec #\nb"),
            (vec![2, 4], 2),
            "its end was lost"
        );
        assert_eq!(
            numbers("banner login %\na\nbanner exec %x\nb\nbanner motd $\nc"),
            (vec![2, 4, 6], 3)
        );
    }

    #[test]
    fn output_of_other_commands_is_skipped() {
        let text = "sw#show run\na\nsw#show version\nb\nsw#show ip access-lists\nc\nsw#\n!d\n";
        assert_eq!(numbers(text), (vec![2, 6], 0));
    }
}
