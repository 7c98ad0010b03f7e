//! Why a piece of text is no statement: pest's own position and expectation, in the words of the file's language,
//! with what to write instead.
//!
//! Hints are looked for only where parsing failed, so none of them can disturb a text that is right.

use super::build::{Builder, Pair};
use super::expect::{first_words, wanted, words_of};
use super::habits::Slip;
use super::parse::{MAX_FINDINGS, PolicyParser, Rule};
use super::scan::{bare_word, bare_word_before, ceil, code_chars, token_at, token_is_open};
use super::{confused, keywords};
use crate::base::{Diagnostic, Lang, Text, suggest};
use crate::text;
use pest::Parser as _;
use pest::error::{ErrorVariant, InputLocation};

/// Reports what is wrong with a piece that was skipped; `kind` is the rule that it should have been.
pub(super) fn junk(builder: &mut Builder<'_>, pair: &Pair<'_>, kind: Rule) {
    if builder.findings.len() >= MAX_FINDINGS {
        builder.unexplained += 1;
        return;
    }
    let mut start = pair.as_span().start();
    let mut rest = pair.as_str().trim_end();
    // a misspelt statement word does not stop the skipping, so each line that begins with one is looked at again
    loop {
        let failed = one(builder, rest, start, kind);
        orphan(builder, rest, start, failed);
        let Some(line) = next_start(rest, failed, kind) else {
            break;
        };
        start += line;
        rest = rest.get(line..).unwrap_or_default();
    }
}

/// Looks into the block of a statement whose head failed, so that a slip in a head hides nothing below it.
fn orphan(builder: &mut Builder<'_>, text: &str, start: usize, failed: usize) {
    let word = bare_word(text);
    let is = |rule: Rule| {
        keywords::of(rule).is_some_and(|k| k.en.eq_ignore_ascii_case(word) || k.ja == word)
    };
    let blocks = [
        (Rule::k_site, Rule::site_block),
        (Rule::k_segment, Rule::segment_block),
        (Rule::k_zone, Rule::zone_block),
        (Rule::k_opaque, Rule::opaque_block),
        (Rule::k_switch, Rule::switch_block),
    ];
    let Some(&(_, block)) = blocks.iter().find(|(keyword, _)| is(*keyword)) else {
        return;
    };
    let Some((at, _)) = code_chars(text)
        .find(|&(_, c)| c == '{')
        .filter(|&(at, _)| failed <= at)
    else {
        return;
    };
    let pairs = PolicyParser::parse(block, text.get(at..).unwrap_or_default());
    if let Some(pair) = pairs.ok().and_then(|mut pairs| pairs.next()) {
        let base = builder.base;
        builder.base += start + at;
        builder.orphan(pair);
        builder.base = base;
    }
}

/// Reports one finding; gives back where in `text` it was.
fn one(builder: &mut Builder<'_>, text: &str, start: usize, kind: Rule) -> usize {
    if text.starts_with('}') {
        let finding = Diagnostic::error(text!("unmatched-close", close = "}"))
            .at(builder.range(start, start + 1));
        builder.findings.push(finding);
        return 1;
    }
    let (at, expected) = failure(text, kind);
    let place = Place {
        text,
        at,
        expected: &expected,
    };
    let token = token_at(text, at);
    // at the end of a line there is no token to underline: take the last one
    let (from, to) = if token.is_empty() {
        let before = text.get(..at).unwrap_or_default().trim_end();
        let last = before
            .rfind(|c: char| c.is_whitespace())
            .map_or(0, |space| space + 1);
        (ceil(text, last), before.len())
    } else {
        (at, at + token.len())
    };
    let span = builder.range(start + from, start + to);
    let mut finding = Diagnostic::error(headline(&place, token));
    finding = match wanted(&expected, builder.lang) {
        Some(wanted) => finding.label(span, text!("expected-here", wanted = wanted)),
        None => finding.at(span),
    };
    if let Some(help) = hint(&place, token, builder.lang) {
        finding = finding.help(help);
    }
    builder.findings.push(finding);
    at.max(1)
}

/// Where and of what parsing `text` as an item fails.
fn failure(text: &str, kind: Rule) -> (usize, Vec<Rule>) {
    let Err(error) = PolicyParser::parse(kind, text) else {
        return (0, Vec::new());
    };
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let expected = match error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives,
        ErrorVariant::CustomError { .. } => Vec::new(),
    };
    (at, expected)
}

/// Where parsing failed, and what would have fitted.
struct Place<'a> {
    text: &'a str,
    at: usize,
    expected: &'a [Rule],
}

impl Place<'_> {
    fn expects(&self, rules: &[Rule]) -> bool {
        rules.iter().any(|rule| self.expected.contains(rule))
    }

    fn begins(&self) -> bool {
        self.at == 0
    }
}

fn headline(place: &Place<'_>, token: &str) -> Text {
    if token.is_empty() {
        return text!("unfinished-statement");
    }
    if token.starts_with(['"', '「']) && token_is_open(token) {
        return text!(
            "unclosed-text",
            mark = token.chars().next().map(String::from).unwrap_or_default()
        );
    }
    let shown = shorten(token);
    if place.begins() && place.expects(&[Rule::item]) {
        return text!("unknown-statement", word = shown);
    }
    text!("unexpected-text", text = shown)
}

/// What to write instead, the most exact first.
fn hint(place: &Place<'_>, token: &str, lang: Lang) -> Option<Text> {
    if token.starts_with(['"', '「']) && token_is_open(token) {
        return Some(text!("unclosed-text-help"));
    }
    if place.expects(&[Rule::date])
        && let Some(date) = confused::era_date(token)
    {
        return Some(text!("write-instead", text = date));
    }
    if let Some(help) = confused::sign(token) {
        return Some(help);
    }
    if let Some(plain) = confused::number(token) {
        return Some(text!("write-instead", text = plain));
    }
    let rest = place.text.get(place.at..).unwrap_or_default();
    let arrow_like = ["- >", "=>", "= >", "~>", "--", ">"]
        .iter()
        .any(|sign| rest.starts_with(sign));
    if arrow_like && place.expects(&[Rule::arrow]) {
        return Some(text!("write-instead", text = "->"));
    }
    if rest.trim_start().starts_with('{') && (token.is_empty() || place.begins()) {
        return Some(text!("brace-on-its-line", open = "{"));
    }
    let slip = Slip {
        before: place.text.get(..place.at).unwrap_or_default(),
        token,
        expected: place.expected,
        lang,
    };
    if let Some(help) = slip.help() {
        return Some(help);
    }
    let words = words_of(place.expected);
    if let Some(parted) = parted(place, token, &words) {
        return Some(text!("write-instead", text = parted));
    }
    if let Some(quoted) = to_quote(place, token) {
        return Some(text!("quote-the-name", name = quoted));
    }
    let word = bare_word(token);
    let spellings = words
        .iter()
        .filter_map(|&rule| keywords::of(rule))
        .flat_map(|k| [k.en, k.ja]);
    let near = suggest::nearest(word, spellings).filter(|_| word.chars().count() > 1)?;
    Some(text!("did-you-mean", word = near))
}

/// `端末なし` is one name: offers `端末 なし` if a keyword that fits stands at its end, `許可 端末` if at its beginning.
fn parted(place: &Place<'_>, token: &str, words: &[Rule]) -> Option<String> {
    let spellings = || {
        words
            .iter()
            .filter_map(|&rule| keywords::of(rule))
            .flat_map(|k| [k.ja, k.en])
    };
    let token = bare_word(token);
    let before = bare_word_before(place.text.get(..place.at).unwrap_or_default());
    // English words have blanks around them; only `tcp443` and `VLAN111` are glued
    let fits = |keyword: &str, rest: &str| {
        !rest.is_empty() && (!keyword.is_ascii() || rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    let mut best: Option<(usize, String)> = None;
    for keyword in spellings() {
        let glued = if let Some(rest) = strip_prefix_ignore_case(token, keyword) {
            fits(keyword, rest).then(|| format!("{keyword} {rest}"))
        } else if let Some(rest) = before.strip_suffix(keyword) {
            (!keyword.is_ascii() && !rest.is_empty()).then(|| format!("{rest} {keyword}"))
        } else {
            None
        };
        if let Some(glued) = glued
            && best
                .as_ref()
                .is_none_or(|(length, _)| *length < keyword.len())
        {
            best = Some((keyword.len(), glued));
        }
    }
    best.map(|(_, glued)| glued)
}

fn strip_prefix_ignore_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix)
        .then(|| text.get(prefix.len()..))?
}

/// A name that must stand in quotes: a reserved word, one that begins with a digit, one with other signs in it.
fn to_quote(place: &Place<'_>, token: &str) -> Option<String> {
    const NAMES: [Rule; 8] = [
        Rule::name,
        Rule::reference,
        Rule::places,
        Rule::place,
        Rule::list,
        Rule::subject,
        Rule::flow,
        Rule::member,
    ];
    let short = |name: &str| (name.chars().count() <= 40).then(|| format!("「{name}」"));
    let word = bare_word(token);
    if place.expects(&NAMES) && !word.is_empty() {
        let reserved = keywords::all()
            .any(|k| k.en.eq_ignore_ascii_case(word) || k.ja.eq_ignore_ascii_case(word));
        let digit_first = word.starts_with(|c: char| c.is_ascii_digit())
            && !word.chars().all(|c| c.is_ascii_digit());
        return (reserved || digit_first).then(|| short(word)).flatten();
    }
    let before = bare_word_before(place.text.get(..place.at).unwrap_or_default());
    let glued = place
        .text
        .get(..place.at)
        .is_some_and(|text| text.ends_with(before))
        && !before.is_empty();
    let sign = token.starts_with(['(', '/', '.', '[', '&', '\'', '\\', '@'])
        || token.starts_with(|c: char| c > '\u{7F}');
    (glued && sign && bare_word(token).is_empty())
        .then(|| short(&format!("{before}{token}")))
        .flatten()
}

/// The start of the next line after `failed`, outside braces, whose first word is nearly one that begins an item.
fn next_start(text: &str, failed: usize, kind: Rule) -> Option<usize> {
    let mut depth = 0_usize;
    let tail = text.get(ceil(text, failed)..)?;
    let offset = text.len() - tail.len();
    let spellings: Vec<&str> = first_words(kind)
        .iter()
        .filter_map(|&rule| keywords::of(rule))
        .flat_map(|k| [k.en, k.ja])
        .collect();
    for (at, c) in code_chars(tail) {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '\n' | '\r' | ';' if depth == 0 => {
                let line = tail.get(at + 1..)?;
                let start = line.len() - line.trim_start_matches([' ', '\t']).len();
                let word = bare_word(line.get(start..)?);
                if word.len() < 40 && nearly_begins(word, &spellings) {
                    return Some(offset + at + 1 + start);
                }
            }
            _ => {}
        }
    }
    None
}

/// Whether a word is a slip of a word that begins an item, or such a Japanese word with the next one glued to it.
fn nearly_begins(word: &str, spellings: &[&str]) -> bool {
    let glued = spellings
        .iter()
        .any(|keyword| !keyword.is_ascii() && word.starts_with(keyword));
    glued
        || (word.chars().count() > 2 && suggest::nearest(word, spellings.iter().copied()).is_some())
}

fn shorten(token: &str) -> String {
    const MOST: usize = 60;
    let mut out: String = token.chars().take(MOST).collect();
    if out.len() < token.len() {
        out.push('…');
    }
    out
}
