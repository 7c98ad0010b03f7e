//! The words of one configuration line, shared by the dialects.
//!
//! In: a line. Out: its words one by one, addresses, masks and wildcards. Never panics and never allocates.
//! Must not know: any dialect, and what the words mean.

use crate::net::{Family, Wildcard};
use ipnet::{IpNet, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A cursor over the words of a line. Copy it to look ahead; assign the copy to accept what was read.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    line: &'a str,
    /// INVARIANT: `at..end` is the next word, empty at the end of the line. Both are character boundaries: words begin and
    /// end at a blank, a tab or an end of the line.
    at: usize,
    end: usize,
}

impl<'a> Words<'a> {
    /// A cursor at the first word.
    #[must_use]
    pub fn new(line: &'a str) -> Words<'a> {
        Words::at(line, 0)
    }

    /// A cursor at the first word that begins at `from` or later. Full-width blanks are part of words.
    fn at(line: &'a str, from: usize) -> Words<'a> {
        let blank = |b: &u8| *b == b' ' || *b == b'\t';
        let bytes = line.as_bytes().get(from..).unwrap_or_default();
        let start = bytes.iter().position(|b| !blank(b)).unwrap_or(bytes.len());
        let word = bytes.get(start..).unwrap_or_default();
        let length = word.iter().position(blank).unwrap_or(word.len());
        Words {
            line,
            at: from + start,
            end: from + start + length,
        }
    }

    /// Everything from the next word on, as printed.
    #[must_use]
    pub fn rest(&self) -> &'a str {
        self.line.get(self.at..).unwrap_or_default()
    }

    /// Byte offset of the next word in the line.
    #[must_use]
    pub fn column(&self) -> usize {
        self.at
    }

    /// Whether no word is left.
    #[must_use]
    pub fn is_end(&self) -> bool {
        self.at == self.end
    }

    /// The next word without taking it.
    #[must_use]
    pub fn peek(&self) -> Option<&'a str> {
        self.line.get(self.at..self.end).filter(|w| !w.is_empty())
    }

    /// Takes the next word if it is this one (ASCII case does not matter).
    pub fn eat(&mut self, word: &str) -> bool {
        let hit = self.peek().is_some_and(|w| w.eq_ignore_ascii_case(word));
        if hit {
            self.next();
        }
        hit
    }

    /// Takes these words if all of them come next, else none.
    pub fn eat_all(&mut self, words: &str) -> bool {
        let mut ahead = *self;
        let hit = words.split(' ').all(|word| ahead.eat(word));
        if hit {
            *self = ahead;
        }
        hit
    }

    /// Takes the next word if it reads as a `T`.
    pub fn parse<T: FromStr>(&mut self) -> Option<T> {
        let value = self.peek()?.parse().ok()?;
        self.next();
        Some(value)
    }

    /// Takes the next word if `read` makes something of it.
    pub fn read<T>(&mut self, read: impl FnOnce(&'a str) -> Option<T>) -> Option<T> {
        let value = read(self.peek()?)?;
        self.next();
        Some(value)
    }

    /// Runs `read`; if it gives nothing, the cursor stays where it was.
    pub fn attempt<T>(&mut self, read: impl FnOnce(&mut Words<'a>) -> Option<T>) -> Option<T> {
        let mut ahead = *self;
        let value = read(&mut ahead)?;
        *self = ahead;
        Some(value)
    }

    /// Takes a decimal number of digits only (`FromStr` of integers would accept `+5`).
    pub fn number<T: FromStr>(&mut self) -> Option<T> {
        self.read(number)
    }

    /// Takes a word, or everything between double quotes (blanks too), without the quotes.
    pub fn quoted(&mut self) -> Option<&'a str> {
        let Some(body) = self.rest().strip_prefix('"') else {
            return self.next();
        };
        let (text, _) = body.split_once('"')?;
        *self = Words::at(self.line, self.at + text.len() + 2);
        Some(text)
    }

    /// Takes `any`, `host A`, or `A WILDCARD` of IPv4.
    pub fn wildcard4(&mut self) -> Option<Wildcard> {
        self.attempt(|w| {
            if w.eat("any") {
                return Some(Wildcard::any(Family::V4));
            }
            if w.eat("host") {
                return w.read(ipv4).map(|a| Wildcard::host(IpAddr::V4(a)));
            }
            let addr = w.read(ipv4)?;
            let free = w.read(ipv4)?;
            Some(wildcard4(addr, free))
        })
    }

    /// Takes `any`, `host A`, or `A/LENGTH` of IPv6. Bits below the length are dropped.
    pub fn wildcard6(&mut self) -> Option<Wildcard> {
        self.attempt(|w| {
            if w.eat("any") {
                return Some(Wildcard::any(Family::V6));
            }
            if w.eat("host") {
                return w.read(ipv6).map(|a| Wildcard::host(IpAddr::V6(a)));
            }
            w.read(|word| word.parse::<Ipv6Net>().ok())
                .map(|net| Wildcard::from_prefix(IpNet::V6(net)))
        })
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let word = self.peek()?;
        *self = Words::at(self.line, self.end);
        Some(word)
    }
}

/// A decimal number of digits only.
#[must_use]
pub fn number<T: FromStr>(word: &str) -> Option<T> {
    if word.bytes().all(|b| b.is_ascii_digit()) {
        word.parse().ok()
    } else {
        None
    }
}

/// An IPv4 address in dotted decimals.
#[must_use]
pub fn ipv4(word: &str) -> Option<Ipv4Addr> {
    word.parse().ok()
}

/// An IPv6 address.
#[must_use]
pub fn ipv6(word: &str) -> Option<Ipv6Addr> {
    word.parse().ok()
}

/// `addr` with the 1-bits of `free` as "don't care".
#[must_use]
pub fn wildcard4(addr: Ipv4Addr, free: Ipv4Addr) -> Wildcard {
    let (addr, free) = (u128::from(addr.to_bits()), u128::from(free.to_bits()));
    Wildcard::new(Family::V4, addr, free)
}

/// The prefix length of a dotted netmask, if its ones are the high bits.
#[must_use]
pub fn netmask_length(mask: Ipv4Addr) -> Option<u8> {
    ipnet::ip_mask_to_prefix(IpAddr::V4(mask)).ok()
}

/// The dotted netmask of a prefix length (32 at most).
#[must_use]
pub fn netmask(length: u8) -> Ipv4Addr {
    let host_bits = 32u32.saturating_sub(u32::from(length));
    Ipv4Addr::from_bits(u32::MAX.checked_shl(host_bits).unwrap_or(0))
}

/// Words joined by single blanks.
#[must_use]
pub fn folded(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for word in Words::new(line) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Whether a word of the line is an IPv4 prefix (`10.0.0.0/8`): some dialects print them in entries, others never.
#[must_use]
pub fn has_prefix(line: &str) -> bool {
    Words::new(line).any(|word| word.contains('/') && word.parse::<ipnet::Ipv4Net>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_on_runs_of_blanks_and_know_their_column() {
        let mut words = Words::new("  deny   tcp\tany ");
        assert_eq!((words.column(), words.next()), (2, Some("deny")));
        assert!(!words.eat("udp") && words.eat("TCP"));
        assert_eq!((words.column(), words.rest()), (13, "any "));
        assert_eq!((words.next(), words.next()), (Some("any"), None));
        assert!(words.is_end());
        assert_eq!(folded("  a  b\t\tc  "), "a b c");
    }

    #[test]
    fn a_reading_that_fails_takes_nothing() {
        let mut words = Words::new("host nowhere");
        assert_eq!(words.wildcard4(), None);
        assert!(!words.eat_all("host somewhere"));
        assert_eq!(words.number::<u16>(), None);
        assert_eq!(words.next(), Some("host"));
        assert_eq!(Words::new("+5").number::<u16>(), None);
        assert_eq!(Words::new("65536").number::<u16>(), None);
    }

    #[test]
    fn addresses_masks_and_wildcards() {
        let show = |text: &str| {
            let mut words = Words::new(text);
            let wildcard = words.wildcard4().or_else(|| words.wildcard6());
            format!(
                "{} {:?}",
                wildcard.map_or("-".to_owned(), |w| w.to_string()),
                words.rest()
            )
        };
        assert_eq!(show("any eq"), r#"any "eq""#);
        assert_eq!(show("host 10.0.0.1"), r#"10.0.0.1 """#);
        assert_eq!(show("10.5.5.5 0.0.0.255 log"), r#"10.5.5.0/24 "log""#);
        assert_eq!(show("10.0.1.1 0.0.254.0"), r#"10.0.1.1 0.0.254.0 """#);
        assert_eq!(show("2001:DB8:1::5/64"), r#"2001:db8:1::/64 """#);
        assert_eq!(show("10.0.0.1"), r#"- "10.0.0.1""#);
        for length in 0..=32 {
            assert_eq!(netmask_length(netmask(length)), Some(length));
        }
        assert_eq!(netmask_length(Ipv4Addr::new(255, 0, 255, 0)), None);
    }

    #[test]
    fn quotes_hold_blanks() {
        let mut words = Words::new(r#""a  b" c "open"#);
        assert_eq!(
            (words.quoted(), words.quoted(), words.quoted()),
            (Some("a  b"), Some("c"), None)
        );
    }
}
