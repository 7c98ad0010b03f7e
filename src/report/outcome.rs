//! What leaves the program: the contract's fields in the contract's order, and nothing else.
//!
//! Fields marked `skip` are for the text report only; a change of what is serialised here is a change of the contract.

use super::packet::Packet;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What is the matter with a line of `--packets`, in the fields of `aclc/error/1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Diagnostic {
    pub code: &'static str,
    pub severity: &'static str,
    pub message: String,
    pub file: Option<String>,
    pub line: Option<u32>,
    pub column: Option<u32>,
    pub end_line: Option<u32>,
    pub end_column: Option<u32>,
    pub help: Option<String>,
}

/// `check`; the diagnostics are those of `aclc/error/1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Check {
    pub schema: &'static str,
    pub diagnostics: Vec<Value>,
}

/// A line of `trace --acl`.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TraceLine {
    pub packet: Map<String, Value>,
    pub verdict: &'static str,
    pub line: Option<u32>,
    pub text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<String>,
    /// The packet for a line of text.
    #[serde(skip)]
    pub shown: String,
}

/// A packet of `trace --acl` that is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TraceError {
    pub error: Diagnostic,
}

/// `trace` of a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Trace {
    pub schema: &'static str,
    pub verdict: &'static str,
    pub zone: Option<String>,
    pub trace: Vec<Hop>,
    pub because: Vec<String>,
    /// The packet for a line of text.
    #[serde(skip)]
    pub shown: String,
}

/// A hop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Hop {
    pub hop: &'static str,
    pub device: String,
    pub interface: String,
    pub direction: Option<&'static str>,
    pub acl: Option<String>,
    pub line: Option<u32>,
    pub action: &'static str,
    /// The deciding line's text.
    #[serde(skip)]
    pub text: String,
}

/// `verify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Verify {
    pub schema: &'static str,
    pub verdict: &'static str,
    pub claims: Vec<Claim>,
    pub gaps: Vec<Gap>,
    pub assumptions: Vec<String>,
    pub inputs: Vec<Input>,
    pub at: String,
    pub facts: &'static str,
    pub version: &'static str,
    pub guidelines: Vec<Guideline>,
    pub terms: Vec<Term>,
}

/// An exception, or an opening with a last day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Term {
    pub text: String,
    pub exception: bool,
    pub ticket: Option<String>,
    pub owner: Option<String>,
    pub because: Option<String>,
    pub until: Option<String>,
    pub in_force: bool,
}

/// `verify --between`: the first day, then each on which a statement has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Between {
    pub schema: &'static str,
    pub verdict: &'static str,
    pub first: String,
    pub last: String,
    pub days: Vec<Day>,
    pub inputs: Vec<Input>,
    pub facts: &'static str,
    pub version: &'static str,
}

/// A day, with the claims whose verdict is another than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Day {
    pub at: String,
    pub verdict: &'static str,
    pub ended: Vec<String>,
    pub changes: Vec<VerdictChange>,
}

/// A claim with another verdict than the day before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VerdictChange {
    pub id: String,
    pub text: String,
    pub before: &'static str,
    pub after: &'static str,
}

/// `verify --mutate`: lines whose change leaves every verdict as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Mutate {
    pub schema: &'static str,
    pub lines: usize,
    pub unnoticed: Vec<Unnoticed>,
    pub inputs: Vec<Input>,
    pub at: String,
    pub facts: &'static str,
    pub version: &'static str,
}

/// A line that no claim notices; `instead` is null where the line was taken out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Unnoticed {
    pub file: String,
    pub line: u32,
    pub text: String,
    pub instead: Option<String>,
}

/// A guideline of the policy: its roles, and its measures with what stands behind each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Guideline {
    pub name: String,
    pub edition: String,
    pub title: String,
    pub clauses: Vec<Clause>,
    pub roles: Vec<Role>,
    /// Zones and externals that play no role: outside, for every claim.
    pub others: Vec<String>,
    pub measures: Vec<Measure>,
}

/// A clause of law or guideline; one that is not confirmed may have another number in the primary text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Clause {
    pub text: String,
    pub confirmed: bool,
    pub measures: Vec<String>,
}

/// A role; no places is the answer `none`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Role {
    pub role: String,
    pub text: String,
    pub places: Option<String>,
}

/// A measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Measure {
    pub measure: String,
    pub title: String,
    pub parts: Vec<Part>,
}

/// One thing that stands behind a measure. `verdict` is that of its claims; a part that does not apply has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Part {
    pub class: &'static str,
    pub applies: bool,
    pub verdict: Option<&'static str>,
    pub text: String,
    pub claims: Vec<String>,
    /// A claim of it leans on what people attest.
    #[serde(skip)]
    pub attested: bool,
}

/// A claim of `verify` and `build`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Claim {
    pub id: String,
    pub text: String,
    pub verdict: &'static str,
    pub level: Level,
    pub reason: Option<&'static str>,
    pub witness: Option<Packet>,
    pub kind: Option<&'static str>,
    pub trace: Option<Vec<Hop>>,
    pub candidate: Option<Packet>,
    pub because: Vec<String>,
    pub holes: Vec<String>,
    pub assumptions: Vec<String>,
    pub measures: Vec<String>,
    pub class: Option<&'static str>,
    /// Where the witness or candidate starts and where it gets to, in names.
    #[serde(skip)]
    pub ends: Option<(String, String)>,
}

/// Both levels of a claim (D38).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Level {
    pub connection: &'static str,
    pub packet: &'static str,
}

/// A line that was not understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Gap {
    pub file: String,
    pub line: u32,
    pub text: String,
    pub why: String,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Input {
    pub path: String,
    pub sha256: String,
}

/// `build`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Build {
    pub schema: &'static str,
    pub verdict: &'static str,
    pub files: Vec<File>,
    pub claims: Vec<Claim>,
    /// Whether the files were written.
    #[serde(skip)]
    pub written: bool,
}

/// A file of `build`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct File {
    pub path: String,
    pub sha256: String,
    pub entries: Vec<Table>,
}

/// What a file takes of a table of the device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Table {
    pub table: String,
    pub used: u32,
    pub available: Option<u32>,
}

/// `diff`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Diff {
    pub schema: &'static str,
    pub verdict: &'static str,
    pub changes: Vec<Change>,
    pub gaps: Vec<Gap>,
    pub inputs: Vec<Input>,
}

/// A change of what gets through at one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Change {
    pub device: String,
    pub attachment: Option<String>,
    pub direction: Option<&'static str>,
    pub acl: String,
    pub effect: &'static str,
    pub class: &'static str,
    pub certain: bool,
    pub end_to_end: Option<bool>,
    pub flows: Vec<ChangedFlow>,
    pub witness: Packet,
    pub old: Side,
    pub new: Side,
    /// The first flows for a reader, a box on a line.
    #[serde(skip)]
    pub shown: Vec<ChangedFlow>,
    /// How many boxes are not shown.
    #[serde(skip)]
    pub more: usize,
}

/// Packets of a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ChangedFlow {
    pub from: String,
    pub to: String,
    pub service: String,
}

/// The line that decides on one side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Side {
    pub line: Option<u32>,
    pub text: String,
}

/// `query`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Query {
    pub schema: &'static str,
    pub verdict: &'static str,
    pub flows: Vec<QueryFlow>,
    pub gaps: Vec<Gap>,
    pub inputs: Vec<Input>,
}

/// Packets that get through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct QueryFlow {
    pub from: String,
    pub to: String,
    pub protocol: String,
    pub sport: String,
    pub dport: String,
    pub kind: &'static str,
    pub certain: bool,
    pub witness: Packet,
}

/// `lint`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Lint {
    pub schema: &'static str,
    pub findings: Vec<Finding>,
}

/// A finding of `lint`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding {
    pub code: &'static str,
    pub severity: &'static str,
    pub file: String,
    pub acl: Option<String>,
    pub line: Option<u32>,
    pub message: String,
    pub blockers: Vec<u32>,
}

/// `facts`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Facts {
    pub schema: &'static str,
    pub dialects: Vec<Dialect>,
    pub digest: &'static str,
    pub version: &'static str,
}

/// How much is known of a dialect; if it was asked for, all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Dialect {
    pub dialect: &'static str,
    pub confirmed: usize,
    pub modelled: usize,
    pub open: usize,
    #[serde(flatten)]
    pub sheet: Option<Sheet>,
}

/// All that is known of a dialect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Sheet {
    pub facts: Vec<Fact>,
    pub limits: BTreeMap<String, u32>,
    pub tables: Vec<EntryTable>,
}

/// A yes-or-no fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Fact {
    pub id: String,
    pub says: String,
    pub value: bool,
    pub confidence: &'static str,
    pub open: bool,
    pub source: String,
    pub settle: Option<String>,
}

/// Entries that a model has; no mode means all modes, no number that it is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EntryTable {
    pub model: String,
    pub mode: Option<String>,
    pub table: String,
    pub available: Option<u32>,
    pub cost: u32,
    pub source: String,
}
