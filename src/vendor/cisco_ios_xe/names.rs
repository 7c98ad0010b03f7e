//! Names of ports, protocols and ICMP messages, from `vendors/cisco-ios-xe/names.toml`.

use crate::facts::Facts;
use crate::net::Family;
use crate::vendor::words::number;
use std::collections::BTreeMap;
use std::sync::LazyLock;

type Bytes = BTreeMap<String, u8>;
type Messages = BTreeMap<String, (u8, Option<u8>)>;

/// The tables, typed.
pub(super) struct Names {
    port: BTreeMap<String, u16>,
    protocol: [Bytes; 2],
    icmp: [Messages; 2],
    igmp: Bytes,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::new(&super::FACTS));

/// The tables of this dialect.
pub(super) fn names() -> &'static Names {
    &NAMES
}

impl Names {
    fn new(facts: &Facts) -> Names {
        let bytes = |table| typed(facts, table, |value| value.try_into().ok());
        Names {
            port: typed(facts, "port", |value| value.try_into().ok()),
            protocol: [bytes("protocol4"), bytes("protocol6")],
            icmp: [
                typed(facts, "icmp4", message),
                typed(facts, "icmp6", message),
            ],
            igmp: bytes("igmp"),
        }
    }

    /// A port, by name or in digits.
    pub(super) fn port(&self, word: &str) -> Option<u16> {
        number(word).or_else(|| self.port.get(word).copied())
    }

    /// A protocol by name or in digits; the word for "any" is not one.
    pub(super) fn protocol(&self, word: &str, family: Family) -> Option<u8> {
        number(word).or_else(|| of(&self.protocol, family).get(word).copied())
    }

    /// The name of a protocol, as the device prints it.
    pub(super) fn protocol_name(&self, protocol: u8, family: Family) -> Option<&str> {
        let mut all = of(&self.protocol, family).iter();
        all.find(|(_, number)| **number == protocol)
            .map(|(name, _)| name.as_str())
    }

    /// Type and code of an ICMP message by name.
    pub(super) fn icmp(&self, word: &str, family: Family) -> Option<(u8, Option<u8>)> {
        of(&self.icmp, family).get(word).copied()
    }

    /// Whether a word is an IGMP type.
    pub(super) fn is_igmp(&self, word: &str) -> bool {
        number::<u8>(word).is_some() || self.igmp.contains_key(word)
    }
}

fn of<T>([v4, v6]: &[T; 2], family: Family) -> &T {
    match family {
        Family::V4 => v4,
        Family::V6 => v6,
    }
}

/// A table with its values as `T`.
///
/// # Panics
/// If the file has another shape: it is part of the program, and a test loads it.
fn typed<T>(
    facts: &Facts,
    table: &str,
    read: impl Fn(toml::Value) -> Option<T>,
) -> BTreeMap<String, T> {
    let rows = facts
        .names
        .get(table)
        .expect("names.toml has every table the code names (tested)");
    rows.iter()
        .map(|(name, value)| {
            let value = read(value.clone()).expect("names.toml holds numbers in range (tested)");
            (name.clone(), value)
        })
        .collect()
}

fn message(value: toml::Value) -> Option<(u8, Option<u8>)> {
    let bytes: Vec<u8> = value.try_into().ok()?;
    match bytes.as_slice() {
        [kind] => Some((*kind, None)),
        [kind, code] => Some((*kind, Some(*code))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_digits_are_read() {
        let names = names();
        assert_eq!(
            (names.port("www"), names.port("443"), names.port("65536")),
            (Some(80), Some(443), None)
        );
        assert_eq!(names.protocol("icmp", Family::V6), Some(58));
        assert_eq!(names.protocol_name(47, Family::V4), Some("gre"));
        assert_eq!(names.icmp("packet-too-big", Family::V4), Some((3, Some(4))));
        assert_eq!(names.icmp("nd-ns", Family::V4), None);
        assert!(names.is_igmp("host-report") && !names.is_igmp("echo"));
    }
}
