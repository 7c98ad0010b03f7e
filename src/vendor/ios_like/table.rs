//! Lines that change the fate of no packet, and lines whose effect is known by class only (D23), from `profile.toml`.

use crate::device::EffectClass;
use crate::facts::Facts;
use crate::vendor::words::Words;
use std::collections::{BTreeMap, BTreeSet};

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::vendor) enum Place {
    Top,
    Interface,
    Vrf,
    Vlan,
    Policy,
    /// Inside a list.
    List,
}

impl Place {
    pub(in crate::vendor) fn key(self) -> &'static str {
        match self {
            Place::Top => "top",
            Place::Interface => "interface",
            Place::Vrf => "vrf",
            Place::Vlan => "vlan",
            Place::Policy => "policy",
            Place::List => "list",
        }
    }
}

/// Most words that a beginning in the table has.
pub(in crate::vendor) const LONGEST: usize = 4;

/// Beginnings of lines by the place where they stand.
pub(in crate::vendor) struct Tables {
    irrelevant: Beginnings,
    effects: [(EffectClass, Beginnings); 3],
}

impl Tables {
    pub(in crate::vendor) fn new(facts: &Facts) -> Tables {
        Tables {
            irrelevant: sets(&facts.irrelevant),
            effects: [
                (EffectClass::Narrows, sets(&facts.narrows)),
                (EffectClass::Redirects, sets(&facts.redirects)),
                (EffectClass::Rewrites, sets(&facts.rewrites)),
            ],
        }
    }

    /// Whether a line at a place begins with words of the table.
    pub(in crate::vendor) fn is_irrelevant(&self, place: Place, text: &str) -> bool {
        begins(&self.irrelevant, place, text)
    }

    /// The class of a line whose effect is known by class only.
    pub(in crate::vendor) fn class(&self, place: Place, text: &str) -> Option<EffectClass> {
        let of_line = |(_, table): &&(EffectClass, _)| begins(table, place, text);
        self.effects.iter().find(of_line).map(|(class, _)| *class)
    }
}

type Beginnings = BTreeMap<String, BTreeSet<String>>;

fn sets(rows: &BTreeMap<String, Vec<String>>) -> Beginnings {
    rows.iter()
        .map(|(place, lines)| (place.clone(), lines.iter().cloned().collect()))
        .collect()
}

fn begins(table: &Beginnings, place: Place, text: &str) -> bool {
    let Some(lines) = table.get(place.key()) else {
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
