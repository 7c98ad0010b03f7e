//! HPE FlexNetwork and H3C switches with Comware 7, both ways. NEC QX is a marked variant: nothing of its manuals could be
//! read, so every fact is open there.
//!
//! ```text
//! read:  text -> read/interface/route -> Device
//!                list -> rule -> boxes -> Acl
//! write: Config -> write -> text
//! ```
//!
//! What the device does is data: `vendors/hpe-comware/`. Sources are listed in the README there.

mod boxes;
mod change;
mod interface;
mod list;
#[cfg(test)]
mod oracle;
mod read;
mod route;
mod rule;
mod shown;
#[cfg(test)]
mod tests;
mod write;

use super::likeness;
use super::live::Mechanism;
use super::words::Words;
use super::{Capabilities, Dialect, Hint};
use crate::acl::{Known, Question};
use crate::base::{Source, Text};
use crate::device::{Config, Device, Sees};
use crate::facts::{Confidence, Facts};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Id in policies and files.
pub(super) const ID: &str = "hpe-comware";

/// The data files, for the digest.
const DATA: [&str; 3] = [
    include_str!("../../../vendors/hpe-comware/profile.toml"),
    include_str!("../../../vendors/hpe-comware/names.toml"),
    include_str!("../../../vendors/hpe-comware/models.toml"),
];

static FACTS: LazyLock<Facts> = LazyLock::new(|| {
    let [profile, names, models] = DATA;
    Facts::load(ID, profile, names, models)
});

/// The dialect.
#[derive(Debug)]
pub struct HpeComware;

impl Dialect for HpeComware {
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
            sees: Asked::new(hint).sees(),
            established: true, // written as the flag `ack 1`
            log: true,
            ipv6_lists: Known::Yes,
            outbound: true,
        }
    }

    fn rib(&self) -> crate::vendor::rib::Form {
        crate::vendor::rib::Form::Columns
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

/// The facts of one device, and which modelled ones were asked (D49).
#[derive(Debug)]
struct Asked {
    confirmed_only: bool,
    /// NEC QX: no manual was read.
    qx: bool,
    modelled: BTreeSet<&'static str>,
}

impl Asked {
    fn new(hint: &Hint) -> Asked {
        Asked {
            confirmed_only: hint.confirmed_only,
            qx: hint
                .model
                .as_deref()
                .is_some_and(|model| model.to_ascii_uppercase().starts_with("QX")),
            modelled: BTreeSet::new(),
        }
    }

    fn ask(&mut self, id: &'static str) -> Known {
        let known = FACTS.known(id, self.confirmed_only);
        if self.qx {
            return Known::Open(Question::Fact {
                dialect: ID,
                id: id.to_owned(),
            });
        }
        let confidence = FACTS.facts.get(id).map(|fact| fact.confidence);
        if confidence == Some(Confidence::Modelled) && !self.confirmed_only {
            self.modelled.insert(id);
        }
        known
    }

    /// What lists on VLAN interfaces see besides routed packets (D18).
    fn sees(&mut self) -> Sees {
        Sees {
            bridged_in: self.ask("list-sees-bridged-in"),
            bridged_out: self.ask("list-sees-bridged-out"),
            to_switch: self.ask("list-sees-to-switch"),
            from_switch: self.ask("list-sees-from-switch"),
        }
    }
}

/// Whether the data say that a line at a place changes no packet's fate.
fn is_irrelevant(place: &str, text: &str) -> bool {
    let heads = FACTS.irrelevant.get(place);
    heads.is_some_and(|heads| heads.iter().any(|head| Words::new(text).eat_all(head)))
}

/// Points for lines that only Comware prints like this.
fn score(text: &str) -> u32 {
    let points = |line: &str| {
        let mut words = Words::new(line);
        match words.next().unwrap_or_default() {
            "sysname" => 10,
            "acl" if words.eat("basic") || words.eat("advanced") || words.eat("number") => 10,
            "acl" if words.eat("ipv6") => 10,
            "interface" if words.rest().starts_with("Vlan-interface") => 10,
            "packet-filter" => 10,
            "Basic" | "Advanced" if shown::head(line).is_some() => 10,
            "rule" if line.starts_with(" rule ") => 3,
            "ip" | "ipv6" if words.eat("route-static") => 6,
            _ => 0,
        }
    };
    likeness::marked(text, points, |line| u32::from(line == "#"))
}
