//! Lines that change the fate of no packet, and lines whose effect is known by class only (D23), from `profile.toml`.

use crate::device::EffectClass;
use crate::facts::Facts;
use crate::vendor::words::Words;
use std::collections::BTreeMap;

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
    /// Inside a routing process.
    Router,
    /// Anywhere, of a relay for DHCP: it does not work, or sends from or to other addresses than D22 says.
    Relay,
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
            Place::Router => "router",
            Place::Relay => "relay",
        }
    }
}

/// Most words that a beginning in the table has.
pub(in crate::vendor) const LONGEST: usize = 4;

/// What a table says of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Row {
    Irrelevant,
    Known(EffectClass),
}

/// Beginnings of lines by the place where they stand. The longest one that a line begins with counts.
pub(in crate::vendor) struct Tables {
    places: BTreeMap<String, BTreeMap<String, Row>>,
}

impl Tables {
    pub(in crate::vendor) fn new(facts: &Facts) -> Tables {
        let mut places: BTreeMap<String, BTreeMap<String, Row>> = BTreeMap::new();
        for (rows, row) in [
            (&facts.irrelevant, Row::Irrelevant),
            (&facts.rewrites, Row::Known(EffectClass::Rewrites)),
            (&facts.redirects, Row::Known(EffectClass::Redirects)),
            (&facts.narrows, Row::Known(EffectClass::Narrows)),
        ] {
            for (place, lines) in rows {
                let known = places.entry(place.clone()).or_default();
                known.extend(lines.iter().map(|line| (line.clone(), row)));
            }
        }
        Tables { places }
    }

    /// Whether a line at a place begins with words of the table.
    pub(in crate::vendor) fn is_irrelevant(&self, place: Place, text: &str) -> bool {
        self.row(place, text) == Some(Row::Irrelevant)
    }

    /// The class of a line whose effect is known by class only.
    pub(in crate::vendor) fn class(&self, place: Place, text: &str) -> Option<EffectClass> {
        match self.row(place, text)? {
            Row::Irrelevant => None,
            Row::Known(class) => Some(class),
        }
    }

    fn row(&self, place: Place, text: &str) -> Option<Row> {
        let rows = self.places.get(place.key())?;
        let mut start = String::with_capacity(48);
        let mut found = None;
        for word in Words::new(text).take(LONGEST) {
            if !start.is_empty() {
                start.push(' ');
            }
            start.push_str(word);
            found = rows.get(start.as_str()).copied().or(found);
        }
        found
    }
}
