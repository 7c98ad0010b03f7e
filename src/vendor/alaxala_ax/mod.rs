//! ALAXALA AX box switches: AX3660S first, its siblings with open facts (`vendors/alaxala-ax`).
//!
//! Text <-> [`native`] entries in `read`, `entry`, `interface`, `route`, `write` and `print`; native <-> [`crate::acl`] in `convert`, by
//! the facts that `rules` settles for one model. What is not understood becomes a gap or an effect (D10, D23).

mod assemble;
mod change;
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

use super::likeness;
use super::live::Mechanism;
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
const DATA: [&str; 3] = [
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

    fn data(&self) -> [&'static str; 3] {
        DATA
    }

    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn options(&self) -> &'static [&'static str] {
        &[IN_MODE, OUT_MODE]
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

    fn mechanism(&self) -> Option<&'static Mechanism> {
        Some(&change::MECHANISM)
    }

    fn rib(&self) -> crate::vendor::rib::Form {
        crate::vendor::rib::Form::Columns
    }

    fn parse(&self, source: &Source, hint: &Hint) -> Device {
        read::device(source, hint)
    }

    fn write(&self, config: &Config) -> Result<String, Vec<Text>> {
        write::text(config)
    }
}

/// Points for lines that only these devices print like this, or nearly so: headers with `#`, quoted host names, `vlan` in lower
/// case apart from its number, sub-lines with two blanks.
fn score(text: &str) -> u32 {
    let points = |line: &str| {
        let mut words = Words::new(line);
        let two_blanks = line.starts_with("  ") && !line.starts_with("   ");
        match words.next().unwrap_or_default() {
            "#Last" if line.contains(" with version ") => 60,
            "#configuration" if words.eat_all("list for") && words.rest().starts_with("AX") => 60,
            "flow" if words.eat_all("detection mode") || words.eat_all("detection out mode") => 60,
            "flow" if words.eat("filter") => 60,
            "hostname" if words.rest().starts_with('"') => 10,
            "interface" if line.starts_with("interface vlan ") => 4,
            "ip" if words.eat_all("access-list extended") => 3,
            "ip" if words.eat_all("access-list standard") => 3,
            "ip" if two_blanks && words.eat("access-group") => 4,
            "ipv6" if two_blanks && words.eat("traffic-filter") => 6,
            word if two_blanks && word.bytes().all(|b| b.is_ascii_digit()) => 1,
            _ => 0,
        }
    };
    likeness::points(text, points)
}
