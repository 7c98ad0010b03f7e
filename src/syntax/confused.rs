//! What looks like a number, an address or a date and is none (language section 3, "not folded"): an exact replacement
//! to offer, never to assume.

use crate::base::Text;
use crate::text;
use jiff::civil::Date;

/// A sign that has no business in a policy: a full stop, something invisible.
pub(super) fn sign(token: &str) -> Option<Text> {
    let first = token.chars().next()?;
    match first {
        '。' | '｡' if token.chars().count() == 1 => Some(text!("delete-sign", sign = "。")),
        '\u{A0}'
        | '\u{AD}'
        | '\u{200B}'..='\u{200F}'
        | '\u{2028}'..='\u{202F}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}' => Some(text!(
            "delete-invisible",
            code = format!("U+{:04X}", u32::from(first))
        )),
        _ => None,
    }
}

/// A number, range or address with letters or kanji where digits and signs belong, written plainly.
pub(super) fn number(token: &str) -> Option<String> {
    if token.len() > 200
        || !token
            .chars()
            .all(|c| c.is_ascii_hexdigit() || plain(c).is_some() || "-./:".contains(c))
    {
        return None;
    }
    let chars: Vec<char> = token.chars().collect();
    let digit = |at: Option<usize>| {
        at.and_then(|at| chars.get(at))
            .is_some_and(char::is_ascii_digit)
    };
    let mut out = String::new();
    for (at, &c) in chars.iter().enumerate() {
        // between digits a stroke is a hyphen, whatever it is elsewhere
        let stroke = matches!(c, '一' | 'ー') && digit(at.checked_sub(1)) && digit(Some(at + 1));
        out.push(if stroke { '-' } else { plain(c).unwrap_or(c) });
    }
    let out = out.trim_end_matches('.');
    (out != token && is_number(out)).then(|| out.to_owned())
}

/// What a sign was meant to be in a number.
fn plain(c: char) -> Option<char> {
    Some(match c {
        'o' | 'O' | 'ο' | 'о' | '〇' | '○' | '零' => '0',
        'l' | 'I' | 'ｌ' | '一' => '1',
        '二' => '2',
        '三' => '3',
        '四' => '4',
        '五' => '5',
        '六' => '6',
        '七' => '7',
        '八' => '8',
        '九' => '9',
        'ー' | '―' | '—' | '‐' | '‑' | '─' | '〜' | '～' | '~' | '−' | '–' => '-',
        '。' | '｡' | '・' => '.',
        _ => return None,
    })
}

/// A port, a range, or an address in one of the forms of the language.
fn is_number(text: &str) -> bool {
    let parts = text.split('-').count();
    let whole = |part: &str| {
        let (base, length) = part.split_once('/').unwrap_or((part, "0"));
        let octets = base.strip_prefix('.').unwrap_or(base);
        let v4 = octets.split('.').all(|octet| octet.parse::<u8>().is_ok());
        let number = base.parse::<u16>().is_ok();
        let v6 = base.parse::<std::net::Ipv6Addr>().is_ok();
        (v4 || v6 || number) && length.parse::<u8>().is_ok_and(|length| length <= 128)
    };
    (parts <= 2 && text.split('-').all(whole))
        || (parts == 3 && text.split('-').all(|part| part.parse::<u16>().is_ok()))
}

/// A date of the Japanese calendar, or one with 年月日, as the language writes it.
pub(super) fn era_date(token: &str) -> Option<String> {
    const ERAS: [(&str, i16); 9] = [
        ("令和", 2018),
        ("平成", 1988),
        ("昭和", 1925),
        ("R", 2018),
        ("H", 1988),
        ("S", 1925),
        ("r", 2018),
        ("h", 1988),
        ("", 0),
    ];
    let (before, rest) = ERAS
        .iter()
        .find_map(|(era, before)| Some((before, token.strip_prefix(era)?)))?;
    let rest = rest.replacen('元', "1", 1);
    let mut parts = rest
        .split(['.', '/', '-', '年', '月', '日'])
        .filter(|part| !part.is_empty());
    let mut part = || parts.next()?.parse::<i16>().ok();
    let (year, month, day) = (part()?, part()?, part()?);
    if parts.next().is_some() || (*before == 0 && year < 1000) {
        return None;
    }
    let date = Date::new(
        before.checked_add(year)?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()?;
    Some(date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_none() {
        let ok =
            |typed: &str, plain: &str| assert_eq!(number(typed).as_deref(), Some(plain), "{typed}");
        ok("8530ー8531", "8530-8531");
        ok("8530一8531", "8530-8531");
        ok("10.1O.17.l", "10.10.17.1");
        ok("四四三", "443");
        ok("192。168。1。1", "192.168.1.1");
        ok(".21〜.40", ".21-.40");
        ok("2026ー03ー31", "2026-03-31");
        assert_eq!(number("443"), None);
        assert_eq!(number("端末"), None);
        assert_eq!(number("lo"), Some("10".to_owned()));
    }

    #[test]
    fn dates_of_an_era() {
        assert_eq!(era_date("R8.3.31").as_deref(), Some("2026-03-31"));
        assert_eq!(era_date("令和8年3月31日").as_deref(), Some("2026-03-31"));
        assert_eq!(era_date("令和元年5月1日").as_deref(), Some("2019-05-01"));
        assert_eq!(era_date("H31/4/1").as_deref(), Some("2019-04-01"));
        assert_eq!(era_date("2026年3月31日").as_deref(), Some("2026-03-31"));
        assert_eq!(era_date("R8.13.31"), None);
        assert_eq!(era_date("8.3.31"), None);
    }
}
