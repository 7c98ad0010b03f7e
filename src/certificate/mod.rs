//! A verdict as data that can be checked without the solver (`aclc-check`, whose documentation says what that means).
//!
//! In: a policy, the devices read from text, which claims are proved. Out: one JSON document: what was transcribed from each
//! line, a partition of the header space with the deciding entry per cell for each list, where packets get to from each
//! link as cells per port, and what each claim asks of that. Must not know: files, words.
//!
//! Nothing is decided here that the document does not show. Cells, sets and arguments stand in a case: the first one holds
//! however open facts are answered; a claim that was proved only by looking at their answers (D5) has an argument in each of
//! the cases that follow, one for every combination. A claim that has no such form stands there without an argument, and
//! the checker says that it is not certified.

mod boxes;
mod cases;
mod claims;
mod files;
mod lists;
mod network;
mod routes;

pub use routes::{Lines, Table};

use crate::acl::Question;
use crate::base::Text;
use crate::model::Policy;
use crate::pset::Limits;
use crate::text;
use crate::topo::Named;
use crate::verify::ClaimResult;
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
    /// How many lines it has.
    pub lines: u32,
}

/// What is certified.
pub struct Subject<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// The evaluation date.
    pub at: Date,
    /// The devices.
    pub devices: &'a [Arc<Named>],
    /// The policy's file first, then all others that devices and claims stand in.
    pub files: Vec<File>,
    /// The file of each device; a router without a text has none.
    pub texts: Vec<Option<usize>>,
    /// The routing table that each device was settled by.
    pub tables: Vec<Option<Table>>,
    /// The results, in the order of the policy's claims, with their file and line.
    pub claims: Vec<(&'a ClaimResult, usize, u32)>,
    /// Digest of the vendor facts.
    pub facts: &'a str,
    /// Limit of the packet sets.
    pub limits: Limits,
}

/// The open facts that the cases answer, by their numbers.
#[derive(Default)]
struct Questions(Vec<Question>);

impl Questions {
    fn number(&self, question: &Question) -> Option<usize> {
        self.0.iter().position(|one| one == question)
    }
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
    let plan = cases::plan(subject)?;
    let mut budget = Budget { cells: 0 };
    let mut written = vec![cases::write(subject, &plan.open(), &plan, &mut budget)?];
    // Cases that are too many to look at leave their claims without an argument, and the others as they are.
    let answered: Result<Vec<Value>, Text> = plan
        .answered()
        .map(|case| cases::write(subject, &case, &plan, &mut budget))
        .collect();
    let plan = match answered {
        Ok(answered) => {
            written.extend(answered);
            plan
        }
        Err(_) => plan.without_questions(),
    };
    let world = plan.world(subject);
    let questions = &plan.questions;
    let claim = |(result, file, line): &(&ClaimResult, usize, u32)| {
        json!({
            "id": result.id, "text": result.text, "file": file, "lines": [line],
            "verdict": result.verdict.word(),
        })
    };
    let mut document = json!({
        "schema": "aclc/certificate/4",
        "version": env!("CARGO_PKG_VERSION"),
        "at": subject.at.to_string(),
        "facts": subject.facts,
        "files": [],
        "questions": questions.0.iter().map(cases::name).collect::<Vec<_>>(),
        "devices": network::devices(&world, subject, questions),
        "links": network::links(&world),
        "interfaces": network::interfaces(&world),
        "effects": network::effects(&world)?,
        "routes": routes::all(&world, subject)?,
        "externals": network::externals(&world),
        "lists": lists::all(&world.topo, questions)?,
        "claims": subject.claims.iter().map(claim).collect::<Vec<_>>(),
        "cases": written,
    });
    document["files"] = files::all(subject, &document);
    Ok(document)
}
