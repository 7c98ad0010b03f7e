//! A Linux machine that routes and filters with nftables (`vendors/linux-nftables`).
//!
//! Text -> [`ruleset`] in `token`, `parse`, `rule` and `value`; rules -> lists in `chains` and `read`; lists -> text in `write`
//! and `print`. Addresses and routes stand around the rules (`system`). What is not understood becomes a gap or an effect
//! (D10, D23).

mod chains;
mod change;
mod cond;
mod fragment;
mod parse;
pub mod print;
mod read;
mod rule;
mod ruleset;
mod system;
#[cfg(test)]
mod tests;
mod token;
mod value;
mod write;

use super::likeness;
use super::live::Mechanism;
use super::{Capabilities, Dialect, Hint};
use crate::acl::Known;
use crate::base::{Source, Text};
use crate::device::{Config, Device, Sees};
use crate::facts::Facts;
use std::sync::LazyLock;

/// Id of the dialect.
pub(super) const ID: &str = "linux-nftables";

/// The data files, for the digest.
const DATA: [&str; 3] = [
    include_str!("../../../vendors/linux-nftables/profile.toml"),
    include_str!("../../../vendors/linux-nftables/names.toml"),
    include_str!("../../../vendors/linux-nftables/models.toml"),
];

static FACTS: LazyLock<Facts> = LazyLock::new(|| {
    let [profile, names, models] = DATA;
    Facts::load(ID, profile, names, models)
});

/// The dialect.
pub struct LinuxNftables;

impl Dialect for LinuxNftables {
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
        let bridged = FACTS.known("forward-chain-sees-bridged", hint.confirmed_only);
        Capabilities {
            sees: Sees {
                bridged_in: bridged.clone(),
                bridged_out: bridged,
                to_switch: Known::Yes, // what is written has an input chain
                from_switch: Known::No,
            },
            established: true,
            log: true,
            ipv6_lists: Known::Yes,
            outbound: true,
        }
    }

    fn rib(&self) -> crate::vendor::rib::Form {
        crate::vendor::rib::Form::Linux
    }

    fn mechanism(&self) -> Option<&'static Mechanism> {
        Some(&change::MECHANISM)
    }

    fn parse(&self, source: &Source, hint: &Hint) -> Device {
        read::device(source, hint)
    }

    fn write(&self, config: &Config) -> Result<String, Vec<Text>> {
        write::text(config)
    }
}

/// Points for lines that only nft prints or takes like this.
fn score(text: &str) -> u32 {
    const FAMILIES: [&str; 6] = ["inet", "ip", "ip6", "arp", "bridge", "netdev"];
    let points = |line: &str| {
        let mut words = line.split_whitespace();
        let (first, second) = (
            words.next().unwrap_or_default(),
            words.next().unwrap_or_default(),
        );
        match first {
            "#!/usr/sbin/nft" => 60,
            "#@" => 5,
            "table" if FAMILIES.contains(&second) => 40,
            "type" if matches!(second, "filter" | "nat" | "route") && line.contains(" hook ") => 40,
            "chain" if line.trim_end().ends_with('{') => 10,
            "nft" if matches!(second, "add" | "insert" | "flush" | "create" | "delete") => 20,
            "add" | "flush" if matches!(second, "rule" | "chain" | "table" | "ruleset") => 20,
            _ => 0,
        }
    };
    likeness::points(text, points)
}
