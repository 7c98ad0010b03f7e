//! ALAXALA AX box switches: AX3660S first, its siblings with open facts (`vendors/alaxala-ax`).
//!
//! Text <-> [`native`] entries in `read`, `entry`, `interface`, `route`, `write` and `print`; native <-> [`crate::acl`] in `convert`, by
//! the facts that `rules` settles for one model. What is not understood becomes a gap or an effect (D10, D23).

mod assemble;
mod convert;
mod entry;
mod interface;
mod list;
mod native;
mod print;
mod read;
mod route;
mod rules;
#[cfg(test)]
mod tests;
mod write;

use super::words::Words;
use super::{Capabilities, Dialect, Hint};
use crate::base::{Source, Text};
use crate::device::{Config, Device};
use crate::facts::Facts;
use std::sync::LazyLock;

/// Id of the dialect.
pub(super) const ID: &str = "alaxala-ax";
/// Option and line of the inbound flow detection mode.
const IN_MODE: &str = "flow-detection-mode";
/// Option and line of the outbound flow detection mode.
const OUT_MODE: &str = "flow-detection-out-mode";

/// The data files, for the digest.
pub(super) const DATA: [&str; 3] = [
    include_str!("../../../vendors/alaxala-ax/profile.toml"),
    include_str!("../../../vendors/alaxala-ax/names.toml"),
    include_str!("../../../vendors/alaxala-ax/models.toml"),
];

static FACTS: LazyLock<Facts> = LazyLock::new(|| {
    let [profile, names, models] = DATA;
    Facts::load(ID, profile, names, models)
});

/// The dialect.
pub struct AlaxalaAx;

impl Dialect for AlaxalaAx {
    fn id(&self) -> &'static str {
        ID
    }

    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn score(&self, text: &str) -> u32 {
        score(text)
    }

    fn capabilities(&self, hint: &Hint) -> Capabilities {
        let rules = rules::Rules::new(hint.model.as_deref(), hint.confirmed_only);
        Capabilities {
            sees: rules.sees(),
            established: true, // written as the flag word `ack`
            log: false,
            ipv6_lists: rules.ipv6_lists(false, rules::option_mode(hint, false)),
            outbound: true,
        }
    }

    fn read(&self, source: &Source, hint: &Hint) -> Device {
        read::device(source, hint)
    }

    fn write(&self, config: &Config) -> Result<String, Vec<Text>> {
        write::text(config)
    }
}

/// Points for what only these devices print; each kind counts once.
fn score(text: &str) -> u32 {
    const SIGNS: [(&str, u32); 7] = [
        ("#last modified by", 60),
        ("#configuration list for ax", 60),
        ("flow detection mode", 60),
        ("flow detection out mode", 60),
        ("flow filter", 60),
        ("interface vlan", 10),
        ("hostname", 10),
    ];
    let mut seen = [false; SIGNS.len()];
    for line in text.lines() {
        for ((sign, _), seen) in SIGNS.iter().zip(&mut seen) {
            let mut words = Words::new(line);
            if *seen || !words.eat_all(sign.trim_end_matches(" ax")) {
                continue;
            }
            *seen = match *sign {
                // A host name in quotes, and `vlan` in lower case apart from its number: not the Cisco way.
                "hostname" => words.rest().starts_with('"'),
                "interface vlan" => line.starts_with("interface vlan ") && !words.is_end(),
                "#last modified by" => line.contains(" with version "),
                "#configuration list for ax" => words.rest().starts_with("AX"),
                _ => !words.is_end(),
            };
        }
    }
    SIGNS
        .iter()
        .zip(seen)
        .filter(|(_, seen)| *seen)
        .map(|((_, points), _)| points)
        .sum()
}
