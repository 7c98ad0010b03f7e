//! The words and marks of nft text.
//!
//! In: lines of a capture. Out: tokens with their line. Comments and line continuations are gone; a line end is a token,
//! because it ends a rule. Must not know: what the words mean.

/// A word, a quoted text, a mark, or the end of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// The word; a quoted text without its quotes; `\n` at the end of a line.
    pub(super) text: String,
    /// Whether it stood in quotes: never a keyword.
    pub(super) quoted: bool,
    /// Line in the file.
    pub(super) line: u32,
}

impl Token {
    /// Whether it is this word or mark.
    pub(super) fn is(&self, word: &str) -> bool {
        !self.quoted && self.text == word
    }
}

/// Adds the tokens of one line, its end last.
pub(super) fn tokens(line: &str, number: u32, out: &mut Vec<Token>) {
    let mut rest = line.trim_start();
    let mut push = |text: &str, quoted: bool| {
        out.push(Token {
            text: text.to_owned(),
            quoted,
            line: number,
        });
    };
    while let Some(first) = rest.chars().next() {
        match first {
            '#' => break,
            // Continued on the next line.
            '\\' if rest.trim_end() == "\\" => return,
            // Escapes and quotes of a shell around an `nft` command.
            '\\' | '\'' => rest = after(rest, 1),
            '"' => {
                let (text, next) = match after(rest, 1).split_once('"') {
                    Some(pair) => pair,
                    None => (after(rest, 1), ""),
                };
                push(text, true);
                rest = next;
            }
            _ => {
                let length = length(rest, first);
                push(rest.get(..length).unwrap_or_default(), false);
                rest = after(rest, length);
            }
        }
        rest = rest.trim_start();
    }
    push("\n", false);
}

fn after(text: &str, bytes: usize) -> &str {
    text.get(bytes..).unwrap_or_default()
}

/// Bytes of the token at the front, which begins with `first`.
fn length(text: &str, first: char) -> usize {
    const MARKS: [&str; 6] = ["!=", "==", "<=", ">=", "<<", ">>"];
    if MARKS.iter().any(|mark| text.starts_with(mark)) {
        return 2;
    }
    if is_mark(first) || (first == ':' && !text.starts_with("::")) {
        return first.len_utf8();
    }
    let ends = |c: char| is_mark(c) || c.is_whitespace() || c == '"' || c == '\'' || c == '#';
    let word = text.split(ends).next().unwrap_or_default();
    // `22: accept` in a map; an address may end with two colons.
    match word.strip_suffix(':') {
        Some(head) if !head.is_empty() && !head.ends_with(':') => head.len(),
        _ => word.len().max(1),
    }
}

fn is_mark(c: char) -> bool {
    "{};,=<>!&|()\\^".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_marks_quotes_and_comments() {
        let texts = |line: &str| {
            let mut out = Vec::new();
            tokens(line, 1, &mut out);
            let texts = out.iter().map(|t| {
                if t.quoted {
                    format!("<{}>", t.text)
                } else {
                    t.text.clone()
                }
            });
            texts.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            texts("\ttcp flags&(fin|syn)!=syn counter # handle 5"),
            "tcp flags & ( fin | syn ) != syn counter \n"
        );
        assert_eq!(
            texts(r#"iifname vmap { "a b":jump x, 22: accept, fe80:: : drop }"#),
            "iifname vmap { <a b> : jump x , 22 : accept , fe80:: : drop } \n"
        );
        assert_eq!(
            texts("nft add chain ip f c '{ type x \\; }' \\"),
            "nft add chain ip f c { type x ; }"
        );
        assert_eq!(texts(r#"comment "open"#), "comment <open> \n");
    }
}
