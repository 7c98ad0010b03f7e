//! Values: names, texts, numbers, ports, dates, addresses. Out of range is a finding with a stand-in value.

use super::super::ast::{Addr, AddrKind, Literal, Name, Num, Range, Spanned, Word};
use super::{Builder, Pair};
use crate::base::{Diagnostic, Span, Text};
use crate::text;
use ipnet::IpNet;
use jiff::civil::Date;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use unicode_normalization::UnicodeNormalization as _;

impl Builder<'_> {
    /// A name as compared: NFKC, quotes removed. An empty one is a finding.
    pub(super) fn name(&mut self, pair: &Pair<'_>) -> Name {
        let span = self.span(pair);
        let node: String = unquoted(pair.as_str()).nfkc().collect();
        if node.trim().is_empty() {
            self.findings
                .push(Diagnostic::error(text!("empty-name")).at(span));
        }
        Spanned { node, span }
    }

    pub(super) fn literal(&mut self, pair: &Pair<'_>) -> Literal {
        Spanned {
            node: unquoted(pair.as_str()),
            span: self.span(pair),
        }
    }

    pub(super) fn word(&mut self, pair: &Pair<'_>) -> Word {
        Spanned {
            node: pair.as_str().to_owned(),
            span: self.span(pair),
        }
    }

    pub(super) fn num(&mut self, pair: &Pair<'_>) -> Num {
        self.num_within(pair, 0, u32::MAX, text!("what-number"))
    }

    /// A number from `low` to `high`; `what` names its kind.
    pub(super) fn num_within(&mut self, pair: &Pair<'_>, low: u32, high: u32, what: Text) -> Num {
        let span = self.span(pair);
        let node = self.number(pair.as_str(), span, (low, high), what);
        Spanned { node, span }
    }

    fn number(&mut self, typed: &str, span: Span, (low, high): (u32, u32), what: Text) -> u32 {
        match typed.parse::<u32>() {
            Ok(number) if (low..=high).contains(&number) => number,
            _ => {
                let finding = Diagnostic::error(text!(
                    "number-out-of-range",
                    what = what,
                    number = shown(typed)
                ))
                .label(
                    span,
                    text!("number-out-of-range-here", low = low, high = high),
                );
                self.findings.push(finding);
                low
            }
        }
    }

    /// A port, a range of ports, or `any`.
    pub(super) fn port(&mut self, pair: Pair<'_>) -> Range {
        let span = self.span(&pair);
        match pair.as_rule() {
            super::Rule::range => self.port_range(&pair),
            super::Rule::num => {
                let number = self.port_number(pair.as_str(), span);
                Spanned {
                    node: (number, number),
                    span,
                }
            }
            _ => Spanned {
                node: (0, u16::MAX),
                span,
            },
        }
    }

    pub(super) fn port_range(&mut self, pair: &Pair<'_>) -> Range {
        let span = self.span(pair);
        let (low, high) = pair.as_str().split_once('-').expect("a range has a hyphen");
        let before = self.findings.len();
        let (low, high) = (self.port_number(low, span), self.port_number(high, span));
        if low > high && self.findings.len() == before {
            let finding = Diagnostic::error(text!("range-backwards"))
                .at(span)
                .help(text!("write-instead", text = format!("{high}-{low}")));
            self.findings.push(finding);
        }
        Spanned {
            node: (low.min(high), low.max(high)),
            span,
        }
    }

    fn port_number(&mut self, typed: &str, span: Span) -> u16 {
        let number = self.number(typed, span, (0, u32::from(u16::MAX)), text!("what-port"));
        u16::try_from(number).expect("the number was held to 65535")
    }

    pub(super) fn date(&mut self, pair: &Pair<'_>) -> Spanned<Date> {
        let span = self.span(pair);
        let typed = pair.as_str();
        let node = civil_date(typed).unwrap_or_else(|| {
            let finding = Diagnostic::error(text!("no-such-date", date = shown(typed)))
                .at(span)
                .help(text!("no-such-date-help"));
            self.findings.push(finding);
            Date::MAX
        });
        Spanned { node, span }
    }

    pub(super) fn addr(&mut self, pair: &Pair<'_>) -> Addr {
        let span = self.span(pair);
        let typed = pair.as_str();
        let node = address(typed).unwrap_or_else(|wrong| {
            let finding = Diagnostic::error(text!("invalid-address", address = shown(typed)))
                .label(span, wrong);
            self.findings.push(finding);
            AddrKind::Full(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
        });
        Spanned { node, span }
    }
}

/// The beginning of what was typed, for a message.
fn shown(typed: &str) -> String {
    typed.chars().take(60).collect()
}

/// A text or quoted name without its quotes; `\"` and `\\` are the only escapes, in `" "` only.
fn unquoted(typed: &str) -> String {
    if let Some(inner) = typed.strip_prefix('「').and_then(|t| t.strip_suffix('」')) {
        return inner.to_owned();
    }
    let Some(inner) = typed.strip_prefix('"').and_then(|t| t.strip_suffix('"')) else {
        return typed.to_owned();
    };
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        let escaped = if c == '\\' {
            chars.next_if(|&next| matches!(next, '"' | '\\'))
        } else {
            None
        };
        out.push(escaped.unwrap_or(c));
    }
    out
}

/// `2026-03-31` or `2026/3/31`; the year has four digits, so that a year of an era is never read as one.
fn civil_date(typed: &str) -> Option<Date> {
    let mut parts = typed.split(['-', '/']);
    let year = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let day = parts.next()?.parse().ok()?;
    Date::new(year, month, day).ok()
}

/// Reads an address token, or says what is the matter with it.
///
/// # Errors
/// What is the matter.
pub fn address(typed: &str) -> Result<AddrKind, Text> {
    if let Some((low, high)) = typed.split_once('-') {
        return span_of(low, high);
    }
    let Some((base, length)) = typed.split_once('/') else {
        return Ok(match half(typed)? {
            Half::V4(octets) => AddrKind::Tail4(octets),
            Half::V6(tail) if typed.starts_with("::") => AddrKind::Tail6(tail),
            Half::V6(whole) => AddrKind::Full(IpAddr::V6(whole)),
            Half::Whole4(whole) => AddrKind::Full(IpAddr::V4(whole)),
        });
    };
    let base = match half(base)? {
        Half::Whole4(whole) => IpAddr::V4(whole),
        Half::V6(whole) => IpAddr::V6(whole),
        Half::V4(_) => return Err(text!("address-tail-with-length")),
    };
    let most: u8 = if base.is_ipv4() { 32 } else { 128 };
    let length = length.parse().ok().filter(|length| *length <= most);
    let net = length.and_then(|length| IpNet::new(base, length).ok());
    net.map(AddrKind::Prefix)
        .ok_or_else(|| text!("address-length", most = most))
}

/// One address without length or range.
enum Half {
    Whole4(Ipv4Addr),
    /// `.11`: last octets.
    V4(Vec<u8>),
    V6(Ipv6Addr),
}

fn half(typed: &str) -> Result<Half, Text> {
    if typed.contains(':') {
        return typed
            .parse()
            .map(Half::V6)
            .map_err(|_| text!("address-not-v6"));
    }
    let mut octets = Vec::new();
    for octet in typed.strip_prefix('.').unwrap_or(typed).split('.') {
        if octet.len() > 1 && octet.starts_with('0') {
            return Err(text!("address-leading-zero", octet = shown(octet)));
        }
        octets.push(
            octet
                .parse::<u8>()
                .map_err(|_| text!("address-octet", octet = shown(octet)))?,
        );
    }
    if typed.starts_with('.') {
        return if octets.len() < 4 {
            Ok(Half::V4(octets))
        } else {
            Err(text!("address-octets"))
        };
    }
    let whole: [u8; 4] = octets.try_into().map_err(|_| text!("address-octets"))?;
    Ok(Half::Whole4(whole.into()))
}

fn span_of(low: &str, high: &str) -> Result<AddrKind, Text> {
    let tail6 = low.starts_with("::") && high.starts_with("::");
    let kind = match (half(low)?, half(high)?) {
        (Half::V4(low), Half::V4(high)) if low.len() == high.len() => {
            AddrKind::TailSpan4(low, high)
        }
        (Half::V6(low), Half::V6(high)) if tail6 => AddrKind::TailSpan6(low, high),
        (Half::V6(low), Half::V6(high)) => AddrKind::Span(low.into(), high.into()),
        (Half::Whole4(low), Half::Whole4(high)) => AddrKind::Span(low.into(), high.into()),
        _ => return Err(text!("address-range-kinds")),
    };
    let backwards = match &kind {
        AddrKind::TailSpan4(low, high) => low > high,
        AddrKind::TailSpan6(low, high) => low > high,
        AddrKind::Span(low, high) => low > high,
        AddrKind::Full(_) | AddrKind::Prefix(_) | AddrKind::Tail4(_) | AddrKind::Tail6(_) => false,
    };
    if backwards {
        Err(text!("range-backwards"))
    } else {
        Ok(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_of_address() {
        let ok = |typed: &str| address(typed).unwrap();
        assert_eq!(ok("10.0.0.1"), AddrKind::Full("10.0.0.1".parse().unwrap()));
        assert_eq!(ok("fd00::1"), AddrKind::Full("fd00::1".parse().unwrap()));
        assert_eq!(
            ok("10.0.0.1/24"),
            AddrKind::Prefix("10.0.0.1/24".parse().unwrap())
        );
        assert_eq!(ok("::/0"), AddrKind::Prefix("::/0".parse().unwrap()));
        assert_eq!(ok(".8.11"), AddrKind::Tail4(vec![8, 11]));
        assert_eq!(ok(".21-.40"), AddrKind::TailSpan4(vec![21], vec![40]));
        assert_eq!(ok("::11"), AddrKind::Tail6("::11".parse().unwrap()));
        assert_eq!(
            ok("::11-::20"),
            AddrKind::TailSpan6("::11".parse().unwrap(), "::20".parse().unwrap())
        );
        assert_eq!(
            ok("10.0.0.1-10.0.0.9"),
            AddrKind::Span("10.0.0.1".parse().unwrap(), "10.0.0.9".parse().unwrap())
        );
    }

    #[test]
    fn each_way_to_be_wrong() {
        let key = |typed: &str| address(typed).unwrap_err().key;
        assert_eq!(key("10.0.0.256"), "address-octet");
        assert_eq!(key("10.0.0.011"), "address-leading-zero");
        assert_eq!(key("10.0.1"), "address-octets");
        assert_eq!(key(".1.2.3.4"), "address-octets");
        assert_eq!(key("10.0.0.0/33"), "address-length");
        assert_eq!(key("fd00::/129"), "address-length");
        assert_eq!(key(".0/24"), "address-tail-with-length");
        assert_eq!(key("fd00:::1"), "address-not-v6");
        assert_eq!(key(".40-.21"), "range-backwards");
        assert_eq!(key("10.0.0.1-.9"), "address-range-kinds");
    }

    #[test]
    fn quotes_and_escapes() {
        assert_eq!(unquoted(r#""a\"b\\c\d""#), r#"a"b\c\d"#);
        assert_eq!(unquoted("「1F 市民課(窓口)」"), "1F 市民課(窓口)");
        assert_eq!(unquoted("端末"), "端末");
    }
}
