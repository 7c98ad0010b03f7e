//! `aclc fmt`: a policy in its normal form, line by line, so that comments and what officers aligned stay.
//!
//! In: the text as typed. Out: the same statements with plain punctuation instead of full-width forms, two blanks of
//! indent for each brace (and for what continues a line), no blanks at line ends, at most one empty line in a row.
//! Words keep the spelling they were typed in; the tree of the result is that of the input (tested).

use super::parse::MAX_DEPTH;
use super::{fold, scan};

/// The normal form of a text; a text with errors is laid out as far as its braces go.
#[must_use]
pub fn format(text: &str) -> String {
    let folded = fold::fold(text);
    let plain = folded.text.replace("\r\n", "\n").replace('\r', "\n");
    let mut out = String::with_capacity(plain.len() + plain.len() / 8);
    let mut depth = 0_usize;
    let mut continues = false;
    for line in plain.lines().map(|line| line.trim_matches([' ', '\t'])) {
        if line.is_empty() {
            if !out.is_empty() && !out.ends_with("\n\n") {
                out.push('\n');
            }
            continue;
        }
        let shape = Shape::of(line);
        let level = depth.saturating_sub(shape.closed_first) + usize::from(continues);
        out.extend(std::iter::repeat_n("  ", level.min(MAX_DEPTH)));
        out.push_str(line);
        out.push('\n');
        depth = (depth + shape.opened).saturating_sub(shape.closed);
        // a line with only a comment neither ends nor begins a continuation
        continues = shape.continues.unwrap_or(continues);
    }
    while out.ends_with("\n\n") {
        out.pop();
    }
    out
}

/// What a line does to the lines below it.
#[derive(Default)]
struct Shape {
    opened: usize,
    closed: usize,
    /// Closing braces before anything else.
    closed_first: usize,
    /// Whether the next line belongs to it; `None` if the line has no code.
    continues: Option<bool>,
}

impl Shape {
    fn of(line: &str) -> Shape {
        let closing = line.chars().take_while(|&c| c == '}' || c.is_whitespace());
        let mut shape = Shape {
            closed_first: closing.filter(|&c| c == '}').count(),
            ..Shape::default()
        };
        let mut last = None;
        let mut end = 0;
        for (at, c) in scan::code_chars(line).filter(|(_, c)| !c.is_whitespace()) {
            match c {
                '{' => shape.opened += 1,
                '}' => shape.closed += 1,
                _ => {}
            }
            last = Some(c);
            end = at;
        }
        let arrow = line.get(..=end).is_some_and(|code| code.ends_with("->"));
        let text_after = line
            .get(end + last.map_or(0, char::len_utf8)..)
            .is_some_and(|rest| rest.trim_start().starts_with(['"', '「']));
        shape.continues = match last {
            _ if text_after => Some(false),
            Some(',' | ':' | '=') => Some(true),
            Some('>') => Some(arrow),
            Some(_) => Some(false),
            None if line.starts_with('#') => None,
            None => Some(false),
        };
        shape
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_indent_and_full_width_becomes_plain() {
        let typed = "区分　Ｘ {\r\nゾーン A　VLAN １１１ 10.0.0.0／24 {   \nホスト a ．11、\n．12 # １、２\n}\n\n\n}\n許可 A →\nB ： std.https\n\n";
        let plain = "区分 X {\n  ゾーン A VLAN 111 10.0.0.0/24 {\n    ホスト a .11,\n      .12 # １、２\n  }\n\n}\n許可 A ->\n  B : std.https\n";
        assert_eq!(format(typed), plain);
    }

    #[test]
    fn a_brace_in_a_text_or_comment_indents_nothing() {
        let plain = "許可 A -> B : x 理由 \"{\" # {\n許可 A -> B : x 理由 \"=\"\n許可 A -> B : x\n";
        assert_eq!(format(plain), plain);
    }

    #[test]
    fn unbalanced_braces_cost_no_quadratic_indent() {
        let text = "{\n".repeat(100_000);
        assert!(format(&text).len() < text.len() * (2 * MAX_DEPTH + 4));
        assert_eq!(format("}\n}\na\n"), "}\n}\na\n");
    }
}
