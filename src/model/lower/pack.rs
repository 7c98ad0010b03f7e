//! The guideline packs shipped inside, read once.
//!
//! In: the packs of [`crate::prelude`]. Out: [`Pack`]s whose claims are trees with role words for places.
//! Must not know: a policy.

use crate::base::FileId;
use crate::model::guideline::{Bilingual, Class, Clause};
use crate::syntax::ast::{self, Stmt};
use serde::Deserialize;
use std::sync::LazyLock;

/// One edition of a guideline.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pack {
    pub(super) name: String,
    pub(super) alias: String,
    pub(super) edition: String,
    pub(super) title: Bilingual,
    #[serde(rename = "clause")]
    pub(super) clauses: Vec<Clause>,
    #[serde(rename = "role")]
    pub(super) roles: Vec<PackRole>,
    #[serde(rename = "set")]
    pub(super) sets: Vec<PackSet>,
    #[serde(rename = "claim")]
    pub(super) claims: Vec<PackClaim>,
    #[serde(rename = "measure")]
    pub(super) measures: Vec<PackMeasure>,
}

/// A role.
#[derive(Deserialize)]
pub(super) struct PackRole {
    pub(super) id: String,
    pub(super) aliases: Vec<String>,
    pub(super) measures: Vec<String>,
    #[serde(default)]
    pub(super) services: Services,
    #[serde(default)]
    pub(super) optional: bool,
    #[serde(flatten)]
    pub(super) says: Bilingual,
}

/// Whether services belong to a role.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Services {
    #[default]
    None,
    Optional,
    Required,
}

/// Places that several claims speak of.
#[derive(Deserialize)]
pub(super) struct PackSet {
    pub(super) id: String,
    #[serde(deserialize_with = "places")]
    pub(super) places: ast::Places,
}

/// A claim.
#[derive(Deserialize)]
pub(super) struct PackClaim {
    pub(super) id: String,
    pub(super) measures: Vec<String>,
    #[serde(deserialize_with = "prove")]
    pub(super) prove: ast::Prove,
}

/// A measure.
#[derive(Deserialize)]
pub(super) struct PackMeasure {
    pub(super) number: String,
    /// The measure is about this role.
    pub(super) unless: Option<String>,
    #[serde(flatten)]
    pub(super) says: Bilingual,
    #[serde(rename = "part")]
    pub(super) parts: Vec<PackPart>,
}

/// What stands behind a measure.
#[derive(Deserialize)]
pub(super) struct PackPart {
    pub(super) class: Class,
    #[serde(default)]
    pub(super) claims: Vec<String>,
    #[serde(flatten)]
    pub(super) says: Bilingual,
}

/// All packs.
pub(super) static PACKS: LazyLock<Vec<Pack>> = LazyLock::new(|| {
    let read = |text: &&str| toml::from_str(text).expect("packs are valid (tested)");
    crate::prelude::GUIDELINES.iter().map(read).collect()
});

fn prove<'de, D: serde::Deserializer<'de>>(text: D) -> Result<ast::Prove, D::Error> {
    let text = String::deserialize(text)?;
    statement(&text).ok_or_else(|| serde::de::Error::custom(text))
}

fn places<'de, D: serde::Deserializer<'de>>(text: D) -> Result<ast::Places, D::Error> {
    let text = String::deserialize(text)?;
    let claim = statement(&format!("prove {text} filtered"));
    match claim.map(|claim| claim.subject) {
        Some(ast::Subject::Places { from, .. }) => Ok(from),
        _ => Err(serde::de::Error::custom(text)),
    }
}

fn statement(text: &str) -> Option<ast::Prove> {
    let (file, diags) = crate::syntax::parse(FileId(u32::MAX), text);
    let stmt = file.items.into_iter().next()?.node;
    match stmt {
        Stmt::Prove(prove) if diags.is_empty() => Some(prove),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_pack_is_whole() {
        for pack in PACKS.iter() {
            let ids: BTreeSet<&str> = pack.claims.iter().map(|c| c.id.as_str()).collect();
            assert_eq!(ids.len(), pack.claims.len(), "each id once");
            let roles: BTreeSet<&str> = pack.roles.iter().map(|r| r.id.as_str()).collect();
            let numbers: Vec<&str> = pack.measures.iter().map(|m| m.number.as_str()).collect();
            assert_eq!(numbers.concat(), "①②③④⑤⑥⑦⑧⑨⑩⑪⑫");
            for measure in &pack.measures {
                assert!(
                    measure
                        .unless
                        .iter()
                        .all(|role| roles.contains(role.as_str()))
                );
                for part in &measure.parts {
                    assert_eq!(part.class == Class::Proved, !part.claims.is_empty());
                    for claim in &part.claims {
                        let claim = pack.claims.iter().find(|c| c.id == *claim).unwrap();
                        let served = claim.measures.contains(&measure.number);
                        assert!(served, "{} serves {}", claim.id, measure.number);
                    }
                }
            }
            for claim in &pack.claims {
                let shown = |number: &String| {
                    let measure = pack.measures.iter().find(|m| m.number == *number).unwrap();
                    measure
                        .parts
                        .iter()
                        .any(|part| part.claims.contains(&claim.id))
                };
                assert!(claim.measures.iter().all(shown), "{} is shown", claim.id);
            }
            for clause in &pack.clauses {
                assert!(
                    clause
                        .measures
                        .iter()
                        .all(|m| numbers.contains(&m.as_str()))
                );
            }
        }
    }
}
