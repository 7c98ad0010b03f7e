//! Words for numbers, from `vendors/juniper-junos/names.toml`.

use super::FACTS;
use crate::net::{ByteSet, Family, PortSet};
use crate::vendor::words::number;

fn lookup<T: TryFrom<i64>>(table: &str, name: &str) -> Option<T> {
    let value = FACTS.names.get(table)?.get(name)?.as_integer()?;
    T::try_from(value).ok()
}

/// A number, a name, or `A-B`, as an inclusive range.
fn range<T>(word: &str, tables: &[&str]) -> Option<(T, T)>
where
    T: std::str::FromStr + TryFrom<i64> + PartialOrd + Copy,
{
    let named = |word: &str| tables.iter().find_map(|table| lookup(table, word));
    if let Some(value) = number(word)
        .filter(|_| !word.is_empty())
        .or_else(|| named(word))
    {
        return Some((value, value));
    }
    let (first, last) = word.split_once('-')?;
    let filled = !first.is_empty() && !last.is_empty();
    let (first, last): (T, T) = (number(first)?, number(last)?);
    (filled && first <= last).then_some((first, last))
}

/// Ports of a word.
pub(super) fn ports(word: &str) -> Option<PortSet> {
    range::<u16>(word, &["ports"]).map(|(first, last)| PortSet::range(first, last))
}

/// Protocols of a word.
pub(super) fn protocols(word: &str) -> Option<ByteSet> {
    range::<u8>(word, &["protocols"]).map(bytes)
}

/// ICMP types of a word.
pub(super) fn icmp_types(family: Family, word: &str) -> Option<ByteSet> {
    let table = match family {
        Family::V4 => "icmp-types",
        Family::V6 => "icmp6-types",
    };
    range::<u8>(word, &[table]).map(bytes)
}

/// ICMP codes of a word.
pub(super) fn icmp_codes(family: Family, word: &str) -> Option<ByteSet> {
    let tables: &[&str] = match family {
        Family::V4 => &["icmp-codes"],
        Family::V6 => &[],
    };
    range::<u8>(word, tables).map(bytes)
}

/// Fragment offsets of a word.
pub(super) fn offsets(word: &str) -> Option<(u16, u16)> {
    range::<u16>(word, &[]).filter(|(_, last)| *last <= 8191)
}

fn bytes((first, last): (u8, u8)) -> ByteSet {
    ByteSet::of(first..=last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_numbers_names_or_ranges() {
        let shown = |word| ports(word).map_or("-".to_owned(), |set| set.to_string());
        for (word, expect) in [
            ("80", "80"),
            ("0100", "100"),
            ("ftp-data", "20"),
            ("8000-8010", "8000-8010"),
            ("0-65535", "any"),
            ("90-80", "-"),
            ("65536", "-"),
            ("-80", "-"),
            ("", "-"),
            ("http-https", "-"),
        ] {
            assert_eq!(shown(word), expect, "{word}");
        }
        assert_eq!(protocols("icmp6"), Some(ByteSet::one(58)));
        assert_eq!(icmp_types(Family::V4, "unreachable"), Some(ByteSet::one(3)));
        assert_eq!(icmp_types(Family::V6, "unreachable"), None);
        assert_eq!(icmp_codes(Family::V6, "port-unreachable"), None);
        assert_eq!(offsets("1-8191"), Some((1, 8191)));
        assert_eq!(offsets("8192"), None);
    }
}
