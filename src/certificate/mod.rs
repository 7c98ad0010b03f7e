//! A verdict as data that can be checked without the solver (`aclc-check`, whose documentation says what that means).
//!
//! In: a policy, the devices read from text, which claims are proved. Out: one JSON document: what was transcribed from each
//! line, a partition of the header space with the deciding entry per cell for each list, where packets get to from each
//! link as cells per port, and what each claim asks of that. Must not know: files, words.
//!
//! Nothing is decided here that the document does not show: a claim that was proved only by looking at cases of an open
//! fact (D5), or has no such form, stands in it without an argument, and the checker says that it is not certified.

mod boxes;
mod claims;
mod lists;
mod network;

use crate::acl::{Acl, Reading};
use crate::base::Text;
use crate::model::Policy;
use crate::net::Family;
use crate::pset::{Limits, Space};
use crate::text;
use crate::topo::Named;
use crate::verify::sides::without_cases;
use crate::verify::view::View;
use crate::verify::world::World;
use crate::verify::{ClaimResult, Verdict};
use jiff::civil::Date;
use serde_json::{Value, json};
use std::sync::Arc;

/// Cells of a certificate, at most: more is nothing a person could look at.
pub const MOST_CELLS: usize = 20_000;

/// A file that the certificate is about.
pub struct File {
    /// Path as given.
    pub path: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// What is certified.
pub struct Subject<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// The evaluation date.
    pub at: Date,
    /// The devices.
    pub devices: &'a [Arc<Named>],
    /// The policy's file, then a file per device, in their order.
    pub files: Vec<File>,
    /// The results, in the order of the policy's claims, with their lines in the policy.
    pub claims: Vec<(&'a ClaimResult, u32)>,
    /// Digest of the vendor facts.
    pub facts: &'a str,
    /// Limit of the packet sets.
    pub limits: Limits,
}

/// Counts what is written.
struct Budget {
    cells: usize,
}

impl Budget {
    fn take(&mut self, cells: usize) -> Result<(), Text> {
        self.cells += cells;
        match self.cells > MOST_CELLS {
            true => Err(text!("certificate-too-large", most = MOST_CELLS)),
            false => Ok(()),
        }
    }
}

/// The document, or why there is none.
///
/// # Errors
/// The reason in words: too many cells, a limit, lines whose effect on packets is not modelled.
pub fn write(subject: &Subject<'_>) -> Result<Value, Text> {
    let world = World::new(subject.policy, subject.at, subject.devices, &Reading::new());
    network::refusal(&world)?;
    let plain = without_cases(subject.policy, subject.at, subject.devices, subject.limits)
        .map_err(|bug| text!("certificate-not-replayed", claim = &bug.claim))?;
    let spaces = Family::BOTH.map(|family| space(&world, family, subject.limits));
    let views: Vec<View<'_>> = Family::BOTH
        .iter()
        .zip(&spaces)
        .map(|(&family, space)| View::in_world(&world, family, space))
        .collect();
    let mut budget = Budget { cells: 0 };
    let mut doc = json!({
        "schema": "aclc/certificate/1",
        "version": env!("CARGO_PKG_VERSION"),
        "at": subject.at.to_string(),
        "facts": subject.facts,
        "files": subject.files.iter().map(|file| json!({ "path": file.path, "sha256": file.sha256 })).collect::<Vec<_>>(),
        "devices": network::devices(&world),
        "links": network::links(&world),
        "interfaces": network::interfaces(&world),
        "routes": network::routes(&world)?,
        "externals": network::externals(&world),
        "lists": lists::all(&views, &mut budget)?,
    });
    let certain = |index: usize| plain[index] == Verdict::Proved;
    let mut reach = claims::Reach::default();
    let mut all = Vec::new();
    for (index, ((result, line), claim)) in subject
        .claims
        .iter()
        .zip(&subject.policy.claims)
        .enumerate()
    {
        let proved = result.verdict == Verdict::Proved;
        let shown = match proved && certain(index) {
            true => claims::argument(&world, &views, claim, &mut reach, &mut budget)?,
            false => Value::Null,
        };
        all.push(json!({
            "id": result.id, "text": result.text, "line": line,
            "verdict": result.verdict.word(), "argument": shown,
        }));
    }
    doc["reach"] = json!(reach.into_values());
    doc["claims"] = json!(all);
    if spaces.iter().any(Space::exhausted) {
        return Err(text!("certificate-limit"));
    }
    Ok(doc)
}

fn space(world: &World<'_>, family: Family, limits: Limits) -> Space {
    let all = world
        .topo
        .devices
        .iter()
        .flat_map(|named| &named.device.acls);
    let acls: Vec<&Acl> = all.filter(|acl| acl.family == family).collect();
    Space::for_acls(family, &acls).within(limits)
}
