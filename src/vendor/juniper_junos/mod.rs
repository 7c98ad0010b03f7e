//! Juniper Junos on EX and QFX switches, both ways.
//!
//! ```text
//! read:  text -> text/edit (curly or `set`) -> tree -> groups -> read/interface/route/relay -> Device
//!                                              filter/term -> condition/addresses -> boxes -> Acl
//! write: Config -> write -> `set` lines
//! ```
//!
//! What the device does is data: `vendors/juniper-junos/`. Sources are listed in the README there.

mod addresses;
mod boxes;
mod change;
mod condition;
mod edit;
mod effects;
mod filter;
mod flags;
mod groups;
mod interface;
mod names;
#[cfg(test)]
mod oracle;
mod read;
mod relay;
mod route;
mod term;
#[cfg(test)]
mod tests;
mod text;
mod tree;
mod write;

use super::likeness;
use super::live::Mechanism;
use super::words::Words;
use super::{Capabilities, Dialect, Hint};
use crate::acl::Known;
use crate::base::{Source, Text};
use crate::device::{Config, Device};
use crate::facts::Facts;
use std::sync::LazyLock;
use tree::At;

/// Id in policies and files.
pub(super) const ID: &str = "juniper-junos";

/// The data files, for the digest.
const DATA: [&str; 3] = [
    include_str!("../../../vendors/juniper-junos/profile.toml"),
    include_str!("../../../vendors/juniper-junos/names.toml"),
    include_str!("../../../vendors/juniper-junos/models.toml"),
];

static FACTS: LazyLock<Facts> = LazyLock::new(|| {
    let [profile, names, models] = DATA;
    Facts::load(ID, profile, names, models)
});

/// The dialect.
#[derive(Debug)]
pub struct JuniperJunos;

impl Dialect for JuniperJunos {
    fn id(&self) -> &'static str {
        ID
    }

    fn data(&self) -> [&'static str; 3] {
        DATA
    }

    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn comment(&self) -> &'static str {
        "#"
    }

    fn score(&self, text: &str) -> u32 {
        score(text)
    }

    fn capabilities(&self, hint: &Hint) -> Capabilities {
        Capabilities {
            sees: read::sees(hint),
            established: true,
            log: true,
            ipv6_lists: Known::Yes,
            outbound: true,
        }
    }

    fn rib(&self) -> crate::vendor::rib::Form {
        crate::vendor::rib::Form::Junos
    }

    fn mechanism(&self) -> Option<&'static Mechanism> {
        Some(&change::MECHANISM)
    }

    fn parse(&self, source: &Source, hint: &Hint) -> Device {
        read::device(source, hint)
    }

    fn write(&self, config: &Config) -> Result<String, Vec<Text>> {
        write::config(config)
    }
}

/// Whether the data say that a statement at a place changes no packet's fate: by its word, or by its word and every word
/// directly below it.
fn is_irrelevant(place: &str, at: At<'_>) -> bool {
    let Some(table) = FACTS.irrelevant.get(place) else {
        return false;
    };
    let has = |text: &str| table.iter().any(|row| row == text);
    if has(at.word()) {
        return true;
    }
    let mut below = at.children().peekable();
    below.peek().is_some() && below.all(|next| has(&format!("{} {}", at.word(), next.word())))
}

/// Points for lines that only Junos prints like this.
fn score(text: &str) -> u32 {
    const TOPS: [&str; 9] = [
        "system",
        "interfaces",
        "firewall",
        "policy-options",
        "routing-options",
        "protocols",
        "vlans",
        "routing-instances",
        "forwarding-options",
    ];
    let points = |line: &str| {
        let mut words = Words::new(line);
        match words.next().unwrap_or_default() {
            "set" if words.eat_all("system host-name") => 6,
            "set" | "deactivate" | "delete" => {
                let top = words.next().unwrap_or_default();
                2 * u32::from(TOPS.contains(&top) || matches!(top, "groups" | "version"))
            }
            top if TOPS.contains(&top) && words.rest() == "{" => 6,
            "family" | "term" | "filter" | "unit" if line.trim_end().ends_with('{') => 2,
            _ => u32::from(line.trim_end().ends_with(';')),
        }
    };
    likeness::points(text, points)
}
