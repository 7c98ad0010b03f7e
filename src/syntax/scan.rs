//! Small readers of folded text for those who look at it outside the grammar: limits, layout, messages.

/// The characters of a (folded) text that are neither in a text nor in a comment, with their offsets.
pub(super) fn code_chars(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut within = None;
    let mut escaped = false;
    text.char_indices().filter(move |&(_, c)| {
        let Some(close) = within else {
            within = match c {
                '"' => Some('"'),
                '「' => Some('」'),
                '#' => Some('\n'),
                _ => None,
            };
            return within.is_none();
        };
        let ends = (c == close && !escaped) || matches!(c, '\n' | '\r');
        escaped = close == '"' && c == '\\' && !escaped;
        if ends {
            within = None;
        }
        ends && matches!(c, '\n' | '\r')
    })
}

/// What stands at an offset: a quoted text, a run up to a blank or separator, or one sign.
pub(super) fn token_at(text: &str, at: usize) -> &str {
    const LONGEST: usize = 400;
    let rest = text.get(at..).unwrap_or_default();
    let rest = rest.get(..floor(rest, LONGEST)).unwrap_or_default();
    let line = rest.split(['\n', '\r']).next().unwrap_or_default();
    let Some(first) = line.chars().next() else {
        return "";
    };
    if matches!(first, '"' | '「') {
        let close = if first == '「' { '」' } else { '"' };
        let inner = line.get(first.len_utf8()..).unwrap_or_default();
        let length = inner
            .find(close)
            .map_or(line.len(), |end| first.len_utf8() + end + close.len_utf8());
        return line.get(..length).unwrap_or(line);
    }
    let ends = |c: char| {
        c.is_whitespace() || matches!(c, ',' | ';' | '{' | '}' | '#' | '"' | '「' | '=' | '|')
    };
    let length = line.find(ends).unwrap_or(line.len());
    let length = if length == 0 && !first.is_whitespace() && !matches!(first, ';' | '#') {
        first.len_utf8()
    } else {
        length
    };
    line.get(..length).unwrap_or_default()
}

pub(super) fn token_is_open(token: &str) -> bool {
    let close = if token.starts_with('「') { '」' } else { '"' };
    token.chars().count() < 2 || !token.ends_with(close)
}

fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '・')
}

/// The name or word a token begins with.
pub(super) fn bare_word(token: &str) -> &str {
    let length = token.find(|c| !is_name_char(c)).unwrap_or(token.len());
    token.get(..length).unwrap_or_default()
}

/// The name or word a text ends with, blanks at its end aside.
pub(super) fn bare_word_before(text: &str) -> &str {
    let text = text.trim_end_matches([' ', '\t']);
    let start = text
        .rfind(|c| !is_name_char(c))
        .map_or(0, |at| ceil(text, at + 1));
    text.get(start..).unwrap_or_default()
}

pub(super) fn ceil(text: &str, mut at: usize) -> usize {
    while at < text.len() && !text.is_char_boundary(at) {
        at += 1;
    }
    at.min(text.len())
}

fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
