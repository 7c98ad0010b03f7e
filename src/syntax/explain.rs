//! Why a piece of text is no statement: pest's own position and expectation, in the words of the file's language,
//! with what to write instead.
//!
//! Hints are looked for only where parsing failed, so none of them can disturb a text that is right.

use super::build::{Builder, Pair};
use super::parse::{MAX_FINDINGS, PolicyParser, Rule};
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
        let Some(line) = next_start(rest, failed, kind) else {
            break;
        };
        start += line;
        rest = rest.get(line..).unwrap_or_default();
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
    if let Some(help) = hint(&place, token) {
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
fn hint(place: &Place<'_>, token: &str) -> Option<Text> {
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
    let next_line = place.text.get(place.at..).unwrap_or_default().trim_start();
    if token.starts_with('{') || (token.is_empty() && next_line.starts_with('{')) {
        return Some(text!("brace-on-its-line", open = "{"));
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

/// The words that could have stood there.
fn words_of(expected: &[Rule]) -> Vec<Rule> {
    expected
        .iter()
        .flat_map(|&rule| {
            first_words(rule)
                .iter()
                .copied()
                .chain(keywords::is(rule).then_some(rule))
        })
        .collect()
}

/// The keywords an expected node can begin with: pest names the node, not its words.
fn first_words(rule: Rule) -> &'static [Rule] {
    use Rule::*;
    match rule {
        item => &[
            k_language,
            k_import,
            k_site,
            k_segment,
            k_zones,
            k_zone,
            k_group,
            k_external,
            k_opaque,
            k_service,
            k_switch,
            k_allow,
            k_exception,
            k_forbid,
            k_prove,
            k_assume,
            k_accept,
            k_guideline,
        ],
        site_item => &[k_ipv4_only, k_ipv6, k_ephemeral, k_log_denied, k_bind],
        segment_item => &[k_ipv4_only, k_zones, k_zone, k_external],
        zone_item => &[
            k_vlan,
            k_ipv4_only,
            k_ipv6_only,
            k_dhcp,
            k_gateway,
            k_ephemeral,
            k_hosts,
            k_host,
        ],
        zattr => &[k_ipv4_only, k_ipv6_only, k_dhcp, k_gateway, k_ephemeral],
        opaque_item => &[k_svi, k_route, k_own],
        service_item => &[k_accept],
        switch_item => &[
            k_svi, k_vrf, k_route, k_own, k_dynamic, k_ports, k_bind, k_limit, k_option, k_accept,
        ],
        vrf_item => &[k_svi, k_route, k_dynamic],
        note | note_item | notes => &[k_ticket, k_owner, k_because, k_until, k_log, k_as, k_accept],
        verdict => &[
            k_none, k_works, k_no_spoof, k_filtered, k_logged, k_isolated, k_no_relay, k_only,
        ],
        assumed => &[k_authentic, k_no_hairpin, k_irrelevant],
        services | term | ports_term => {
            &[k_tcp, k_udp, k_tcp_udp, k_icmp, k_icmpv6, k_ip, k_encrypted]
        }
        proto => &[k_tcp, k_udp, k_tcp_udp],
        icmp_term => &[k_icmp, k_icmpv6],
        places | list | place => &[k_any, k_switches],
        subject => &[k_any, k_switches, k_allows],
        flow | flow_item => &[k_any, k_switches, k_exceptions],
        redundancy => &[k_vrrp, k_hsrp],
        side => &[k_in, k_out],
        _ => &[],
    }
}

/// What would have fitted, as a list of up to five; `None` if pest had nothing to say.
fn wanted(expected: &[Rule], lang: Lang) -> Option<Text> {
    const MOST: usize = 5;
    let mut parts: Vec<Text> = Vec::new();
    for part in expected.iter().filter_map(|&rule| described(rule, lang)) {
        if !parts.contains(&part) && parts.len() < MOST {
            parts.push(part);
        }
    }
    // a comma can follow any list: it is worth a word only where nothing else is
    let comma = sign(",");
    if parts.len() > 1 {
        parts.retain(|part| *part != comma);
    }
    parts
        .into_iter()
        .reduce(|left, right| text!("expect-or", left = left, right = right))
}

fn sign(sign: &str) -> Text {
    text!("expect-sign", sign = sign)
}

/// An expected rule in words; never its own name.
fn described(rule: Rule, lang: Lang) -> Option<Text> {
    use Rule::*;
    if let Some(keyword) = keywords::of(rule) {
        return Some(sign(keyword.spelt(lang)));
    }
    Some(match rule {
        item => text!("expect-statement"),
        site_item | segment_item | zone_item | opaque_item | service_item | switch_item
        | vrf_item => text!("expect-item"),
        note | note_item | notes => text!("expect-note"),
        verdict => text!("expect-verdict"),
        zattr | link => text!("expect-zone-attribute"),
        assumed => text!("expect-assumption"),
        services | term | ports_term | proto | icmp_term | ip_term => text!("expect-service"),
        places | list | place | subject | flow | flow_item | reference => text!("expect-place"),
        name | role | member => text!("expect-name"),
        addr | addrs | pair => text!("expect-address"),
        num | port | sport | icmp_number => text!("expect-number"),
        range => text!("expect-range"),
        date => text!("expect-date"),
        text | table => text!("expect-text"),
        word | value => text!("expect-word"),
        redundancy => sign("vrrp"),
        side => text!("expect-side"),
        arrow => sign("->"),
        both => sign("<->"),
        colon => sign(":"),
        eq => sign("="),
        comma => sign(","),
        plus => sign("+"),
        bar => sign("|"),
        open => sign("{"),
        close => sign("}"),
        eol | EOI => text!("expect-line-end"),
        id => return described(k_as, lang),
        _ => return None,
    })
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

fn token_is_open(token: &str) -> bool {
    let close = if token.starts_with('「') { '」' } else { '"' };
    token.chars().count() < 2 || !token.ends_with(close)
}

fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '・')
}

/// The name or word a token begins with.
fn bare_word(token: &str) -> &str {
    let length = token.find(|c| !is_name_char(c)).unwrap_or(token.len());
    token.get(..length).unwrap_or_default()
}

/// The name or word a text ends with, blanks at its end aside.
fn bare_word_before(text: &str) -> &str {
    let text = text.trim_end_matches([' ', '\t']);
    let start = text
        .rfind(|c| !is_name_char(c))
        .map_or(0, |at| ceil(text, at + 1));
    text.get(start..).unwrap_or_default()
}

fn shorten(token: &str) -> String {
    const MOST: usize = 60;
    let mut out: String = token.chars().take(MOST).collect();
    if out.len() < token.len() {
        out.push('…');
    }
    out
}

fn ceil(text: &str, mut at: usize) -> usize {
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
