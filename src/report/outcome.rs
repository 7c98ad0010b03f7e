//! What leaves the program: the contract's fields in the contract's order, and nothing else.
//!
//! Fields marked `skip` are for the text report only; a change of what is serialised here is a change of the contract.

use super::evidence::Evidence;
use super::issue::Place;
use super::packet::Packet;
use super::redact::Redactor;
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
    /// Digest of the vendor facts that it leans on.
    pub facts: &'static str,
    pub version: &'static str,
    /// The packet for a line of text.
    #[serde(skip)]
    pub shown: String,
}

/// `lab test`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Lab {
    pub schema: &'static str,
    pub verdict: &'static str,
    pub seed: u64,
    /// Networks that were run.
    pub networks: usize,
    /// Networks that were drawn and cannot be run.
    pub refused: usize,
    /// States of a change that were gone through, there and back.
    pub states: usize,
    /// Packets sent.
    pub sent: usize,
    /// Of these, those that arrived somewhere.
    pub arrived: usize,
    /// Sessions that machines tried with the kernel's own sockets.
    pub sessions: usize,
    /// Of these, those that got all they wanted.
    pub opened: usize,
    /// Packets on which kernel, solver and interpreter differ.
    pub differ: usize,
    /// Lines of configurations with effects that are not modelled, and so were not run.
    pub left_out: usize,
    /// Some of the packets that differ.
    pub disagreements: Vec<Disagreement>,
    /// Packets that break claims, and where the kernel took them.
    pub witnesses: Vec<Witnessed>,
}

/// A packet that breaks a claim, given to the kernel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Witnessed {
    pub claim: String,
    pub packet: String,
    /// By the proof it arrives; else it should, and is dropped.
    pub arrives: bool,
    pub kernel: Vec<String>,
    /// The definition by which the kernel cannot be asked.
    pub not_asked: Option<&'static str>,
    /// The kernel took it where the proof says, or was not asked.
    pub agrees: bool,
}

/// A packet on which they differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Disagreement {
    /// The seed that has it again.
    pub seed: u64,
    pub packet: String,
    /// Switch and interface it was given to.
    pub at: String,
    /// Where the kernel took it; nowhere if empty.
    pub kernel: Vec<String>,
    pub solver: Vec<String>,
    pub interpreter: Vec<String>,
    pub trace: Vec<Hop>,
    /// Rules of the kernel that matched it.
    pub rules: Vec<String>,
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
    /// The device's file.
    #[serde(skip)]
    pub file: Option<String>,
}

/// `verify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Verify {
    pub schema: &'static str,
    pub verdict: &'static str,
    pub claims: Vec<Claim>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub open_facts: Vec<OpenFact>,
    pub gaps: Vec<Gap>,
    pub assumptions: Vec<String>,
    pub inputs: Vec<Input>,
    pub at: String,
    pub facts: &'static str,
    pub version: &'static str,
    pub guidelines: Vec<Guideline>,
    /// What changes for packets since the state that was given as the one before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<Diff>,
    /// What a page or a workbook shows besides.
    #[serde(skip)]
    pub evidence: Option<Evidence>,
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

/// `verify --mutate`: changes of lines that leave every verdict as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Mutate {
    pub schema: &'static str,
    /// Lines that were changed.
    pub lines: usize,
    /// Changes that were made to them.
    pub changes: usize,
    pub unnoticed: Vec<Unnoticed>,
    pub inputs: Vec<Input>,
    pub at: String,
    pub facts: &'static str,
    pub version: &'static str,
}

/// A change that no claim notices; `instead` is null where the line was taken out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Unnoticed {
    pub file: String,
    pub line: u32,
    pub text: String,
    /// `removed`, `action`, `wider`, `narrower` or `port`.
    pub change: &'static str,
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
    /// Classes of packets that a proved claim covers, where they were counted: for reports that people read.
    #[serde(skip)]
    pub packet_classes: Option<PacketClasses>,
    /// They are too many to be counted.
    #[serde(skip)]
    pub uncounted: bool,
    /// Where the witness or candidate starts and where it gets to, in names.
    #[serde(skip)]
    pub ends: Option<(String, String)>,
    /// Where it stands in the policy.
    #[serde(skip)]
    pub place: Option<Place>,
}

/// Packets of one class meet the same lists, each of which decides them by the same line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PacketClasses {
    pub ipv4: usize,
    pub ipv6: usize,
}

/// A vendor fact that is not settled and that claims hang on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OpenFact {
    /// `dialect/fact`.
    pub id: String,
    pub says: String,
    /// What would settle it for good.
    pub settle: Option<String>,
    /// Claims that it alone decides.
    pub decides: Vec<String>,
    /// Claims that hang on more than this.
    pub together: Vec<String>,
    /// The statement with which a site that tested its device settles it.
    pub line: String,
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub open_facts: Vec<OpenFact>,
    /// Digest of the vendor facts that it leans on.
    pub facts: &'static str,
    pub version: &'static str,
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
    /// Digest of the vendor facts that it leans on.
    pub facts: &'static str,
    pub version: &'static str,
    /// The same in the other language, for a page in both.
    #[serde(skip)]
    pub twin: Option<Box<Diff>>,
    /// Names in place of addresses, if that was asked for.
    #[serde(skip)]
    pub redactor: Option<Redactor>,
    /// The verdict on class `core` alone.
    pub core: &'static str,
    /// `core` if the verdict is limited to it.
    pub limited_to: Option<&'static str>,
    /// Nothing changes but text does.
    pub text_only: bool,
    /// Where the text differs: device, lines that only the old and only the new one has.
    #[serde(skip)]
    pub wording: Vec<(String, usize, usize)>,
    /// Whether the same packets arrive everywhere, if something differs besides lists and a policy is given.
    pub network: Option<&'static str>,
    /// What this comparison says nothing about, in words.
    pub not_compared: Vec<String>,
    /// With `--approved`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<Approval>,
}

/// Whether a change does what was approved and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Approval {
    pub verdict: &'static str,
    pub opens: Vec<String>,
    pub closes: Vec<String>,
    pub misfits: Vec<Misfit>,
}

/// Packets that an approval does not fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Misfit {
    /// `opened`, `closed`: without approval; `not-opened`, `not-closed`: approved and not so.
    pub matter: &'static str,
    pub from: String,
    pub to: String,
    pub certain: bool,
    pub flows: Vec<ChangedFlow>,
    pub witness: Packet,
    pub trace: Vec<Hop>,
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
    /// Of the policy, if one is given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<Statement>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unstated: Option<bool>,
    /// The first flows for a reader, a box on a line.
    #[serde(skip)]
    pub shown: Vec<ChangedFlow>,
    /// How many boxes are not shown.
    #[serde(skip)]
    pub more: usize,
}

/// A statement of a policy behind a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Statement {
    pub text: String,
    pub ticket: Option<String>,
    pub owner: Option<String>,
    pub because: Option<String>,
    pub reply: bool,
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
    /// The file.
    #[serde(skip)]
    pub file: Option<String>,
}

/// `query`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Query {
    pub schema: &'static str,
    pub verdict: &'static str,
    pub flows: Vec<QueryFlow>,
    pub gaps: Vec<Gap>,
    pub inputs: Vec<Input>,
    /// Digest of the vendor facts that it leans on.
    pub facts: &'static str,
    pub version: &'static str,
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

/// `check --coverage`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Coverage {
    pub schema: &'static str,
    pub file: String,
    pub dialect: &'static str,
    pub states: Vec<CoverageState>,
}

/// The lines in one state: `understood`, `irrelevant`, `narrows`, `bounded`, `gap`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CoverageState {
    pub state: &'static str,
    pub count: usize,
    /// Runs of lines, first and last.
    pub lines: Vec<(u32, u32)>,
}

/// `lint`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Lint {
    pub schema: &'static str,
    pub findings: Vec<Finding>,
    /// Digest of the vendor facts that it leans on.
    pub facts: &'static str,
    pub version: &'static str,
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

/// `twins`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Twins {
    pub schema: &'static str,
    pub verdict: &'static str,
    pub pairs: Vec<Pair>,
}

/// A redundant pair: what differs between its members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Pair {
    pub pair: String,
    #[serde(flatten)]
    pub diff: Diff,
}

/// `plan`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Plan {
    pub schema: &'static str,
    pub verdict: &'static str,
    pub steps: Vec<PlanStep>,
    /// By way of lists that permit what both the old and the new list permit.
    pub by_way: bool,
    /// Whether the end does what NEW does.
    pub end: &'static str,
    /// Whether taking the steps back restores OLD.
    pub rollback: &'static str,
    pub because: Vec<String>,
    pub notes: Vec<String>,
    pub inputs: Vec<Input>,
    pub at: String,
    /// Digest of the vendor facts that it leans on.
    pub facts: &'static str,
    pub version: &'static str,
}

/// A step of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PlanStep {
    pub number: usize,
    pub device: String,
    pub what: String,
    /// Whether packets can meet it.
    pub effect: bool,
    pub commands: Vec<String>,
    /// A command to look with, and lines that must then be seen.
    pub check: String,
    pub expect: Vec<String>,
    /// Takes this step back; from a later step, the later ones are taken back first.
    pub undo: Vec<String>,
    pub safe: &'static str,
    pub live: &'static str,
    pub manageable: &'static str,
    pub fits: &'static str,
    pub compromise: Option<Compromise>,
    /// With what is typed around the commands.
    #[serde(skip)]
    pub typed: Vec<String>,
    /// Typed when the check was seen; until then the device takes the step back by itself.
    pub confirm: Vec<String>,
    #[serde(skip)]
    pub undo_typed: Vec<String>,
    #[serde(skip)]
    pub undo_confirm: Vec<String>,
}

/// What a step gives up, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Compromise {
    pub property: &'static str,
    pub why: String,
    pub witness: Option<Packet>,
}

/// `import`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Import {
    pub schema: &'static str,
    /// Whether the policy equals the configurations for routed traffic.
    pub verdict: &'static str,
    pub policy: String,
    /// Claims that hold and stand in the policy.
    pub claims: usize,
    /// Permits that no statement explains, the riskiest first.
    pub unexplained: Vec<Unexplained>,
    /// A packet by which policy and configurations differ, if they do.
    pub witness: Option<Packet>,
    pub because: Vec<String>,
    /// What is not in the policy, or was supposed and is to be confirmed.
    pub notes: Vec<String>,
    pub gaps: Vec<Gap>,
    pub inputs: Vec<Input>,
    /// Digest of the vendor facts that it leans on.
    pub facts: &'static str,
    pub version: &'static str,
}

/// A permit that no statement explains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Unexplained {
    pub device: String,
    pub acl: String,
    pub line: Option<u32>,
    pub text: String,
    /// `high`: every protocol; `medium`: very many ports; `low`: few.
    pub risk: &'static str,
    pub witness: Packet,
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
    /// The ids of those, as `assume fact` names them.
    pub open_facts: Vec<String>,
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
