//! Names of ports, protocols and ICMP messages, and the words of conditions, from `names.toml` of a dialect.

use crate::facts::Facts;
use crate::net::Family;
use crate::vendor::words::number;
use std::collections::BTreeMap;

type Bytes = BTreeMap<String, u8>;
type Messages = BTreeMap<String, (u8, Option<u8>)>;

/// The tables, typed.
pub(in crate::vendor) struct Names {
    port: BTreeMap<String, u16>,
    protocol: [Bytes; 2],
    icmp: [Messages; 2],
    igmp: Bytes,
    condition: [BTreeMap<String, Arguments>; 2],
}

/// What stands behind the word of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vendor) enum Arguments {
    /// So many words.
    Count(usize),
    /// `eq N`, `range N N` and the like.
    Comparison,
}

impl Names {
    pub(in crate::vendor) fn new(facts: &Facts) -> Names {
        let bytes = |table| typed(facts, table, |value| value.try_into().ok());
        Names {
            port: typed(facts, "port", |value| value.try_into().ok()),
            protocol: [bytes("protocol4"), bytes("protocol6")],
            icmp: [
                typed(facts, "icmp4", message),
                typed(facts, "icmp6", message),
            ],
            igmp: bytes("igmp"),
            condition: [
                typed(facts, "condition4", arguments),
                typed(facts, "condition6", arguments),
            ],
        }
    }

    /// A port, by name or in digits.
    pub(in crate::vendor) fn port(&self, word: &str) -> Option<u16> {
        number(word).or_else(|| self.port.get(word).copied())
    }

    /// A protocol by name or in digits; the word for "any" is not one.
    pub(in crate::vendor) fn protocol(&self, word: &str, family: Family) -> Option<u8> {
        number(word).or_else(|| super::of(&self.protocol, family).get(word).copied())
    }

    /// The name of a protocol, as the device prints it.
    pub(in crate::vendor) fn protocol_name(&self, protocol: u8, family: Family) -> Option<&str> {
        let mut all = super::of(&self.protocol, family).iter();
        all.find(|(_, number)| **number == protocol)
            .map(|(name, _)| name.as_str())
    }

    /// Type and code of an ICMP message by name.
    pub(in crate::vendor) fn icmp(&self, word: &str, family: Family) -> Option<(u8, Option<u8>)> {
        super::of(&self.icmp, family).get(word).copied()
    }

    /// What stands behind the word of a condition on what is not in the header of D6.
    pub(in crate::vendor) fn condition(&self, word: &str, family: Family) -> Option<Arguments> {
        super::of(&self.condition, family).get(word).copied()
    }

    /// Whether a word is an IGMP type.
    pub(in crate::vendor) fn is_igmp(&self, word: &str) -> bool {
        number::<u8>(word).is_some() || self.igmp.contains_key(word)
    }
}

/// A table with its values as `T`; empty if the dialect has none.
///
/// # Panics
/// If the file has another shape: it is part of the program, and a test loads it.
fn typed<T>(
    facts: &Facts,
    table: &str,
    read: impl Fn(toml::Value) -> Option<T>,
) -> BTreeMap<String, T> {
    let rows = facts.names.get(table).into_iter().flatten();
    rows.map(|(name, value)| {
        let value = read(value.clone()).expect("names.toml holds numbers in range (tested)");
        (name.clone(), value)
    })
    .collect()
}

fn arguments(value: toml::Value) -> Option<Arguments> {
    match value.as_integer() {
        Some(count) => usize::try_from(count).ok().map(Arguments::Count),
        None => (value.as_str() == Some("op")).then_some(Arguments::Comparison),
    }
}

fn message(value: toml::Value) -> Option<(u8, Option<u8>)> {
    let bytes: Vec<u8> = value.try_into().ok()?;
    match bytes.as_slice() {
        [kind] => Some((*kind, None)),
        [kind, code] => Some((*kind, Some(*code))),
        _ => None,
    }
}
