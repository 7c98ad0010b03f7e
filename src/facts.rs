//! Typed view of `vendors/`: what is known of each device family, with source and confidence.
//!
//! In: the TOML files embedded at build time. Out: [`Facts`] per dialect, and one digest over all of them.
//! Must not know: printing, zones, lists as read.

use crate::acl::{Known, Question};
use crate::base::text::Arg;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// How well a fact is known (the words of the vendor sheets).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Stated by, or visible in, a source.
    Confirmed,
    /// Another project's or the family's reading: used as settled, an assumption of every verdict that leans on it.
    Modelled,
    /// Read for a sibling model: open.
    Sibling,
    /// General knowledge: open.
    Unconfirmed,
    /// Sources contradict each other: open.
    Conflict,
}

impl Confidence {
    /// The reading is used as it stands; if not, a verdict must hold for yes and for no. With `confirmed_only`, a modelled
    /// fact settles nothing.
    #[must_use]
    pub fn settles(self, confirmed_only: bool) -> bool {
        match self {
            Confidence::Confirmed => true,
            Confidence::Modelled => !confirmed_only,
            Confidence::Sibling | Confidence::Unconfirmed | Confidence::Conflict => false,
        }
    }

    /// The word of the data files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Confidence::Confirmed => "confirmed",
            Confidence::Modelled => "modelled",
            Confidence::Sibling => "sibling",
            Confidence::Unconfirmed => "unconfirmed",
            Confidence::Conflict => "conflict",
        }
    }
}

/// One fact.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Yes or no; the reading that is used if the confidence settles it, else the likely one.
    pub value: bool,
    /// How well it is known.
    pub confidence: Confidence,
    /// The question in words, in English.
    pub says: String,
    /// The same in Japanese.
    #[serde(default)]
    pub ja: Option<String>,
    /// Where it was read.
    pub source: String,
    /// What would settle it, if it is open.
    #[serde(default)]
    pub settle: Option<String>,
}

impl Fact {
    /// The question in words, in the language of the sentence that it becomes part of.
    #[must_use]
    pub fn words(&self) -> Arg {
        match &self.ja {
            None => Arg::from(&self.says),
            Some(ja) => Arg::Both {
                ja: ja.clone(),
                en: self.says.clone(),
            },
        }
    }
}

/// The entry limits of one model and mode.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Model prefix it holds for (`C9300`), `*` for all.
    pub model: String,
    /// Mode (ALAXALA flow detection mode), empty for all.
    #[serde(default)]
    pub mode: String,
    /// What is counted: `ipv4-in`, `ipv6-in`, `shared` ...
    pub table: String,
    /// Entries available; absent = unknown.
    pub available: Option<u32>,
    /// Entries one ACE costs in this table (IPv6 on UADP: 2).
    #[serde(default = "one")]
    pub cost: u32,
    /// Where it was read.
    pub source: String,
}

fn one() -> u32 {
    1
}

/// All that `vendors/<dialect>/` says.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Dialect id.
    pub dialect: &'static str,
    /// Yes-or-no facts by id.
    pub facts: BTreeMap<String, Fact>,
    /// Names of TCP ports, UDP ports, protocols, ICMP messages as the device prints or accepts them, by table name.
    pub names: BTreeMap<String, BTreeMap<String, toml::Value>>,
    /// Entry limits.
    pub tables: Vec<Table>,
    /// Lengths and counts by name (`name`, `remark` ...).
    pub limits: BTreeMap<String, u32>,
    /// Beginnings of lines that change the fate of no packet, by the place where they stand (D23).
    pub irrelevant: BTreeMap<String, Vec<String>>,
    /// Beginnings of lines that may drop packets (class N of D23), by place.
    pub narrows: BTreeMap<String, Vec<String>>,
    /// Beginnings of lines that may send packets elsewhere (class R), by place.
    pub redirects: BTreeMap<String, Vec<String>>,
    /// Beginnings of lines that may rewrite packets (class X), by place.
    pub rewrites: BTreeMap<String, Vec<String>>,
}

/// `profile.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    facts: BTreeMap<String, Fact>,
    #[serde(default)]
    limits: BTreeMap<String, u32>,
    #[serde(default)]
    irrelevant: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    narrows: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    redirects: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    rewrites: BTreeMap<String, Vec<String>>,
}

/// `models.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Models {
    #[serde(default)]
    table: Vec<Table>,
}

impl Facts {
    /// The facts of a dialect from its three files.
    ///
    /// # Panics
    /// If a file is not as described in [`Facts`]: the files are part of the program, and a test loads each folder.
    #[must_use]
    pub fn load(dialect: &'static str, profile: &str, names: &str, models: &str) -> Facts {
        Facts::parse(dialect, profile, names, models)
            .unwrap_or_else(|error| panic!("vendors/{dialect} is valid: {error}"))
    }

    fn parse(
        dialect: &'static str,
        profile: &str,
        names: &str,
        models: &str,
    ) -> Result<Facts, toml::de::Error> {
        let profile: Profile = toml::from_str(profile)?;
        let models: Models = toml::from_str(models)?;
        Ok(Facts {
            dialect,
            facts: profile.facts,
            names: toml::from_str(names)?,
            tables: models.table,
            limits: profile.limits,
            irrelevant: profile.irrelevant,
            narrows: profile.narrows,
            redirects: profile.redirects,
            rewrites: profile.rewrites,
        })
    }

    /// A limit by name.
    ///
    /// # Panics
    /// If there is no such limit: names are constants of the code, and a test asks each once.
    #[must_use]
    pub fn limit(&self, name: &str) -> usize {
        let limit = self.limits.get(name);
        *limit.unwrap_or_else(|| panic!("vendors/{} has no limit `{name}`", self.dialect)) as usize
    }

    /// A fact by id, as yes, no or open. With `confirmed_only`, modelled facts are open too.
    ///
    /// # Panics
    /// If there is no such fact: ids are constants of the code, and a test asks each once.
    #[must_use]
    pub fn known(&self, id: &str, confirmed_only: bool) -> Known {
        let fact = self
            .facts
            .get(id)
            .unwrap_or_else(|| panic!("vendors/{} has no fact `{id}`", self.dialect));
        match (fact.confidence.settles(confirmed_only), fact.value) {
            (true, true) => Known::Yes,
            (true, false) => Known::No,
            (false, _) => Known::Open(Question::Fact {
                dialect: self.dialect,
                id: id.to_owned(),
            }),
        }
    }
}

/// The digest of all vendor data, lower-case hexadecimal SHA-256 (D49).
#[must_use]
pub fn digest() -> &'static str {
    static DIGEST: LazyLock<String> = LazyLock::new(|| {
        let mut hash = Sha256::new();
        for text in crate::vendor::data() {
            hash.update(text.as_bytes());
        }
        hash.finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    });
    &DIGEST
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROFILE: &str = r#"
        [facts.a]
        value = true
        confidence = "modelled"
        says = "it is"
        source = "S1"
        [limits]
        name = 31
        [irrelevant]
        top = ["logging"]
    "#;
    const NAMES: &str = "[tcp]\nwww = 80\n[icmp]\necho = [8, 0]";
    const MODELS: &str = "[[table]]\nmodel = \"*\"\ntable = \"shared\"\nsource = \"S2\"";

    #[test]
    fn three_files_make_facts() {
        let facts = Facts::load("x", PROFILE, NAMES, MODELS);
        assert_eq!(facts.known("a", false), Known::Yes);
        assert!(facts.known("a", true).question().is_some());
        assert_eq!((facts.limit("name"), facts.tables[0].cost), (31, 1));
        assert_eq!(facts.names["tcp"]["www"].as_integer(), Some(80));
    }

    #[test]
    fn unknown_fields_are_refused() {
        let parse = |p: &str, m: &str| Facts::parse("x", p, NAMES, m).is_ok();
        assert!(parse(PROFILE, MODELS));
        assert!(!parse(&format!("{PROFILE}\n[more]"), MODELS));
        assert!(!parse(&PROFILE.replace("says", "sais"), MODELS));
        assert!(!parse(PROFILE, &format!("{MODELS}\ncosts = 2")));
    }
}
