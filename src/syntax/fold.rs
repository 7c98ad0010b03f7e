//! What an IME types, read as what was meant: full width to ASCII, half-width kana to full (language section 3).
//!
//! In: the text as typed. Out: the text the grammar sees, and the way back to where each byte was typed.
//! Strings and comments stay as they are. Nothing is folded here that could be an address read two ways: `ー` or `一`
//! between digits, `l` in a number and the like are left alone and explained when they fail to parse.

/// Folded text with its way back.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    /// What the grammar reads.
    pub(crate) text: String,
    /// Replaced pieces in order; between them both texts run alike.
    pieces: Vec<Piece>,
}

/// A stretch of folded text that was typed differently.
#[derive(Clone, Copy, Debug)]
struct Piece {
    folded: (usize, usize),
    typed: (usize, usize),
}

impl Folded {
    /// The typed range of a folded one: a piece is taken whole.
    pub(crate) fn typed(&self, start: usize, end: usize) -> (usize, usize) {
        (self.offset(start, false), self.offset(end, true))
    }

    /// Where an offset of the folded text was typed; inside a piece its start, or its end if asked for the end of a range.
    fn offset(&self, at: usize, is_end: bool) -> usize {
        let after = self.pieces.partition_point(|piece| piece.folded.0 < at);
        let Some(piece) = after.checked_sub(1).and_then(|i| self.pieces.get(i)) else {
            return at;
        };
        match at.checked_sub(piece.folded.1) {
            Some(beyond) => piece.typed.1 + beyond,
            None if is_end => piece.typed.1,
            None => piece.typed.0,
        }
    }

    fn push(&mut self, typed: (usize, usize), plain: &str) {
        let start = self.text.len();
        self.text.push_str(plain);
        self.pieces.push(Piece {
            folded: (start, self.text.len()),
            typed,
        });
    }
}

/// Where the reader stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Code,
    Comment,
    /// In a text that the character closes; `true` while the last character was an odd backslash.
    Text(char, bool),
}

/// Folds a text. Linear; never fails.
pub(crate) fn fold(typed: &str) -> Folded {
    let mut out = Folded::default();
    out.text.reserve(typed.len());
    let mut mode = Mode::Code;
    let mut before = ' ';
    let mut chars = typed.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|&(_, next)| next);
        let mut end = at + c.len_utf8();
        if c == '\u{FEFF}' && at == 0 {
            out.push((at, end), "");
            continue;
        }
        if mode != Mode::Code {
            let (plain, then) = in_text(c, mode);
            mode = then;
            if plain == c {
                out.text.push(c);
            } else {
                out.push((at, end), plain.encode_utf8(&mut [0; 4]));
            }
            before = c;
            continue;
        }
        let plain = match voiced(c, next) {
            Some(kana) => {
                chars.next();
                end += next.map_or(0, char::len_utf8);
                Plain::Char(kana)
            }
            None => plain(c, before, next),
        };
        mode = opened(c, plain);
        match plain {
            Plain::Char(same) if same == c => out.text.push(c),
            Plain::Char(other) => out.push((at, end), other.encode_utf8(&mut [0; 4])),
            Plain::Str(other) => out.push((at, end), other),
        }
        before = c;
    }
    out
}

/// The mode after a character of code.
fn opened(typed: char, plain: Plain) -> Mode {
    match plain {
        Plain::Char('#') => Mode::Comment,
        Plain::Char('「') => Mode::Text('」', false),
        Plain::Char('"') => Mode::Text(typed, false),
        Plain::Char(_) | Plain::Str(_) => Mode::Code,
    }
}

/// A character inside a comment or text, and the mode after it. Only the closing quotation mark is ever changed:
/// a text opened with `”` closes with any of its kind.
fn in_text(c: char, mode: Mode) -> (char, Mode) {
    if matches!(c, '\n' | '\r') {
        return (c, Mode::Code);
    }
    let Mode::Text(close, escaped) = mode else {
        return (c, mode);
    };
    if escaped {
        return (c, Mode::Text(close, false));
    }
    let closes = match close {
        '"' | '」' => c == close,
        '＂' => matches!(c, '"' | '＂'),
        _ => matches!(c, '"' | '“' | '”'),
    };
    if !closes {
        return (c, Mode::Text(close, c == '\\' && close != '」'));
    }
    (if close == '」' { c } else { '"' }, Mode::Code)
}

/// What a character stands for.
#[derive(Clone, Copy)]
enum Plain {
    Char(char),
    Str(&'static str),
}

fn plain(c: char, before: char, next: Option<char>) -> Plain {
    let beside_digit = || is_digit(before) || next.is_some_and(is_digit);
    match c {
        '　' => Plain::Char(' '),
        '、' => Plain::Char(','),
        '→' | '⇒' => Plain::Str("->"),
        '⇔' | '↔' => Plain::Str("<->"),
        '～' | '〜' | '−' | '–' if beside_digit() || before_address(c, next) => {
            Plain::Char('-')
        }
        '”' | '“' => Plain::Char('"'),
        // the block of full-width forms runs parallel to ASCII
        '！'..='～' => Plain::Char(
            char::from_u32(u32::from(c) - 0xFF01 + 0x21).expect("the block maps onto ASCII"),
        ),
        '･'..='ﾟ' => Plain::Char(full_kana(c)),
        _ => Plain::Char(c),
    }
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || ('０'..='９').contains(&c)
}

/// `.21～.40`, `fd00::a～::b`: the mark stands before the next address.
fn before_address(c: char, next: Option<char>) -> bool {
    c != '–' && matches!(next, Some('.' | ':' | '．' | '：'))
}

/// The full forms of U+FF65 to U+FF9F, in order.
const FULL_KANA: &str = "・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜";

fn full_kana(c: char) -> char {
    let index = u32::from(c) - 0xFF65;
    FULL_KANA.chars().nth(index as usize).unwrap_or(c)
}

/// A kana and the voicing mark after it as one character: `ｶ` `ﾞ`, also the combining marks that macOS writes.
fn voiced(c: char, mark: Option<char>) -> Option<char> {
    let combining = match mark? {
        'ﾞ' | '\u{3099}' => '\u{3099}',
        'ﾟ' | '\u{309A}' => '\u{309A}',
        _ => return None,
    };
    let base = if ('･'..='ﾟ').contains(&c) {
        full_kana(c)
    } else {
        c
    };
    unicode_normalization::char::compose(base, combining)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str, plain: &str) {
        assert_eq!(fold(typed).text, plain, "{typed}");
    }

    #[test]
    fn an_ime_is_not_an_error() {
        check(
            "ＶＬＡＮ　１１１　１０．０．０．０／２４",
            "VLAN 111 10.0.0.0/24",
        );
        check("許可 A、B → C ： tcp ４４３", "許可 A,B -> C : tcp 443");
        check("A ⇔ B", "A <-> B");
        check("．２１～．４０", ".21-.40");
        check(
            "8530〜8531 8530－8531 8530–8531",
            "8530-8531 8530-8531 8530-8531",
        );
        check("ｿﾞｰﾝ ﾎｽﾄ ﾌﾟﾛｷｼ･1", "ゾーン ホスト プロキシ・1");
        check("ソ\u{3099}ーン", "ゾーン");
        check("理由 “立会い”", "理由 \"立会い\"");
        check("\u{FEFF}版 1", "版 1");
    }

    #[test]
    fn strings_and_comments_stay() {
        check(
            "理由 \"１～２“は”\" ＃ １、２",
            "理由 \"１～２“は”\" # １、２",
        );
        check("「１Ｆ（窓口）」、", "「１Ｆ（窓口）」,");
        check("\"a\\\"１\"１", "\"a\\\"１\"1");
        check("\"open１\n１", "\"open１\n1");
    }

    #[test]
    fn a_long_mark_is_no_hyphen() {
        check("8530ー8531 サーバー", "8530ー8531 サーバー");
        check("A〜B", "A〜B");
    }

    #[test]
    fn positions_point_at_what_was_typed() {
        let typed = "Ａ　→ ｶﾞB";
        let folded = fold(typed);
        assert_eq!(folded.text, "A -> ガB");
        let word = |w: &str| {
            let at = folded.text.find(w).unwrap();
            let (start, end) = folded.typed(at, at + w.len());
            typed.get(start..end).unwrap()
        };
        assert_eq!(word("A"), "Ａ");
        assert_eq!(word("->"), "→");
        assert_eq!(word(">"), "→");
        assert_eq!(word("ガ"), "ｶﾞ");
        assert_eq!(word("ガB"), "ｶﾞB");
        assert_eq!(word("B"), "B");
    }
}
