//! What a guideline asks of a policy, and with what: roles that were filled, measures and what stands behind each.
//!
//! In: nothing; data only. Must not know: how a claim is checked, which words are printed.

/// A guideline pack applied to a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guideline {
    /// Name.
    pub name: String,
    /// Edition of the pack.
    pub edition: String,
    /// The document it puts into claims.
    pub title: Bilingual,
    /// Clauses it answers to.
    pub clauses: Vec<Clause>,
    /// Each role of the pack.
    pub roles: Vec<Role>,
    /// The measures in order.
    pub measures: Vec<Measure>,
}

/// A sentence of a pack.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct Bilingual {
    /// Japanese.
    pub ja: String,
    /// English.
    pub en: String,
}

impl Bilingual {
    /// As an argument of a sentence.
    #[must_use]
    pub fn arg(&self) -> crate::base::text::Arg {
        crate::base::text::Arg::Both {
            ja: self.ja.clone(),
            en: self.en.clone(),
        }
    }

    /// In a language.
    #[must_use]
    pub fn say(&self, lang: crate::base::Lang) -> String {
        self.arg().render(lang).into_owned()
    }
}

/// A clause of law or guideline.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct Clause {
    /// The measures that come from it.
    pub measures: Vec<String>,
    /// Its number was read in the primary text.
    pub confirmed: bool,
    /// What it is called.
    #[serde(flatten)]
    pub says: Bilingual,
}

/// A role and who plays it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its word in policies.
    pub id: String,
    /// What the role is.
    pub says: Bilingual,
    /// The places in names; `None` is the answer `none`, or that an optional role was not given.
    pub places: Option<String>,
}

/// A measure ①-⑫.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// `①`
    pub number: String,
    /// Its title in the document.
    pub says: Bilingual,
    /// What stands behind it.
    pub parts: Vec<Part>,
}

/// One thing that stands behind a measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Who can say so.
    pub class: Class,
    /// What is said.
    pub says: Bilingual,
    /// For [`Class::Proved`]: the claims that say it.
    pub claims: Vec<String>,
    /// The roles it is about are `none`.
    pub void: bool,
}

/// Who can say that a measure is in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// A proof on the configurations.
    Proved,
    /// Evidence from logs.
    Log,
    /// People.
    Attest,
}

impl Class {
    /// The word of the contract.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Class::Proved => "proved",
            Class::Log => "log",
            Class::Attest => "attest",
        }
    }
}
