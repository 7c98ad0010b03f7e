//! The lines that change the fate of no packet (D23), from `vendors/cisco-ios-xe/profile.toml`.

use crate::vendor::words::Words;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Top,
    Interface,
    Vrf,
    Vlan,
    Policy,
}

impl Place {
    fn key(self) -> &'static str {
        match self {
            Place::Top => "top",
            Place::Interface => "interface",
            Place::Vrf => "vrf",
            Place::Vlan => "vlan",
            Place::Policy => "policy",
        }
    }
}

/// Most words that a beginning in the table has.
const LONGEST: usize = 3;

static TABLE: LazyLock<BTreeMap<&'static str, BTreeSet<&'static str>>> = LazyLock::new(|| {
    let rows = super::FACTS.irrelevant.iter();
    rows.map(|(place, lines)| (place.as_str(), lines.iter().map(String::as_str).collect()))
        .collect()
});

/// Whether a line at a place begins with words of the table.
pub(super) fn is_irrelevant(place: Place, text: &str) -> bool {
    let Some(lines) = TABLE.get(place.key()) else {
        return false;
    };
    let mut start = String::with_capacity(48);
    Words::new(text).take(LONGEST).any(|word| {
        if !start.is_empty() {
            start.push(' ');
        }
        start.push_str(word);
        lines.contains(start.as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_count() {
        assert!(is_irrelevant(Place::Top, "logging host 10.0.0.1"));
        assert!(!is_irrelevant(Place::Top, "loggings"));
        assert!(
            is_irrelevant(Place::Top, "ip ssh version 2")
                && !is_irrelevant(Place::Top, "ip nat inside")
        );
        assert!(is_irrelevant(Place::Interface, "ip ospf cost 10"));
        assert!(!is_irrelevant(Place::Interface, "ip ospf 1 area 0"));
    }

    #[test]
    fn every_place_has_a_table_and_no_beginning_is_too_long() {
        for place in [
            Place::Top,
            Place::Interface,
            Place::Vrf,
            Place::Vlan,
            Place::Policy,
        ] {
            let lines = &TABLE[place.key()];
            assert!(
                lines.iter().all(|line| Words::new(line).count() <= LONGEST),
                "{place:?}"
            );
        }
        assert_eq!(TABLE.len(), 5);
    }
}
