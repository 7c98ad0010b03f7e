//! What hands write by the habit of device configurations and other tools, and what to write here instead.
//!
//! In: where parsing failed, what would have fitted, and the piece that did not. Out: help, or nothing. Like every hint it is
//! looked for only in a text that is wrong.

use super::keywords;
use super::parse::Rule;
use crate::base::{Lang, Text};
use crate::text;
use std::net::{IpAddr, Ipv4Addr};

/// Where parsing failed, in the spelling of the file.
pub(super) struct Slip<'a> {
    /// The text before, on which the piece follows.
    pub(super) before: &'a str,
    /// The piece that did not fit.
    pub(super) token: &'a str,
    /// What would have fitted.
    pub(super) expected: &'a [Rule],
    /// The language of the keywords to offer.
    pub(super) lang: Lang,
}

/// Words of other tools for a statement, for the end of a claim, and for what stands inside braces only.
const PERMIT: [&str; 6] = ["permit", "pass", "accept-traffic", "許容", "通過", "許す"];
const DENY: [&str; 8] = [
    "deny",
    "drop",
    "reject",
    "block",
    "拒否",
    "遮断",
    "不許可",
    "破棄",
];
const NEVER: [&str; 9] = [
    "deny",
    "denied",
    "cannot",
    "blocked",
    "unreachable",
    "拒否",
    "不可",
    "遮断",
    "到達不可",
];
const IN_ZONES: [&str; 2] = ["host", "ホスト"];
const IN_SWITCHES: [&str; 6] = ["svi", "出入口", "route", "経路", "vrf", "own"];

impl Slip<'_> {
    /// What to write instead.
    pub(super) fn help(&self) -> Option<Text> {
        let statement = || self.expects(&[Rule::item]).then(|| self.statement());
        let service = || {
            let fits = self.expects(&[Rule::services, Rule::term, Rule::ports_term]);
            (fits && is_ports(self.token)).then(|| write(format!("tcp {}", self.token)))
        };
        let place = || {
            const PLACES: [Rule; 6] = [
                Rule::places,
                Rule::place,
                Rule::list,
                Rule::subject,
                Rule::flow,
                Rule::reference,
            ];
            let fits = self.expects(&PLACES) && is_address(self.token);
            fits.then(|| text!("habit-address", address = self.token))
        };
        let claim = || {
            let fits = self.expects(&[Rule::verdict, Rule::k_none]) && is_in(self.token, &NEVER);
            fits.then(|| write(self.spelt(Rule::k_none).to_owned()))
        };
        let vlan = || {
            let fits = self.expects(&[Rule::k_vlan, Rule::link]) && is_address(self.token);
            fits.then(|| text!("habit-vlan", address = self.token))
        };
        statement()
            .flatten()
            .or_else(service)
            .or_else(place)
            .or_else(claim)
            .or_else(vlan)
            .or_else(|| self.mask())
            .or_else(|| self.port())
    }

    fn expects(&self, rules: &[Rule]) -> bool {
        rules.iter().any(|rule| self.expected.contains(rule))
    }

    fn spelt(&self, rule: Rule) -> &'static str {
        keywords::of(rule).map_or("", |keyword| keyword.spelt(self.lang))
    }

    fn last(&self) -> &str {
        let before = self.before.trim_end();
        before.rsplit(char::is_whitespace).next().unwrap_or(before)
    }

    fn statement(&self) -> Option<Text> {
        match self.token {
            word if is_in(word, &PERMIT) => Some(write(self.spelt(Rule::k_allow).to_owned())),
            word if is_in(word, &DENY) => Some(text!(
                "habit-deny",
                forbid = self.spelt(Rule::k_forbid),
                prove = self.spelt(Rule::k_prove),
                none = self.spelt(Rule::k_none)
            )),
            word if is_in(word, &IN_ZONES) => Some(text!("habit-in-zone", word = word, open = "{")),
            word if is_in(word, &IN_SWITCHES) => {
                Some(text!("habit-in-switch", word = word, open = "{"))
            }
            _ => None,
        }
    }

    /// `10.0.2.0 255.255.255.0`.
    fn mask(&self) -> Option<Text> {
        let mask = u32::from(self.token.parse::<Ipv4Addr>().ok()?);
        let addr = self.last().parse::<Ipv4Addr>().ok()?;
        let ones = mask.leading_ones();
        (ones > 0 && mask.count_ones() == ones).then(|| write(format!("{addr}/{ones}")))
    }

    /// `B tcp 443`, `tcp/443`, `tcp 80 443`, `tcp https`.
    fn port(&self) -> Option<Text> {
        let tcp_or_udp = |word: &str| is_in(word, &["tcp", "udp"]);
        let last = self.last();
        if self.expects(&[Rule::colon]) && names_service(self.token) {
            return Some(write(format!(": {}", self.token)));
        }
        if let Some(ports) = self.token.strip_prefix(['/', ':']) {
            return (tcp_or_udp(last) && is_ports(ports)).then(|| write(format!("{last} {ports}")));
        }
        if self.expects(&[Rule::k_from]) && is_ports(self.token) && is_ports(last) {
            return Some(write(format!("{last}, {}", self.token)));
        }
        let named = tcp_or_udp(last) && self.token.starts_with(|c: char| c.is_ascii_alphabetic());
        named.then(|| text!("habit-port-name", name = self.token))
    }
}

fn write(text: String) -> Text {
    text!("write-instead", text = text)
}

fn is_in(word: &str, words: &[&str]) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}

fn is_ports(token: &str) -> bool {
    let mut parts = token.trim_end_matches(',').split('-');
    parts.all(|part| part.parse::<u16>().is_ok())
}

fn is_address(token: &str) -> bool {
    let addr = token.split('/').next().unwrap_or(token);
    addr.parse::<IpAddr>().is_ok()
}

fn names_service(token: &str) -> bool {
    is_in(token, &["tcp", "udp", "icmp", "icmpv6", "ip"]) || token.starts_with("std.")
}
