//! Outcomes of the jobs -> what leaves the program. Words are chosen here, data is made safe to print.

mod plan;

pub use plan::plan;

use super::guideline;
use super::issue::Place;
use super::outcome as out;
use super::packet::Packet;
use super::region;
use crate::acl::{Direction, Fate};
use crate::base::{FileId, Lang, SourceMap, Text, text::sanitise};
use crate::diff::{Beside, Class, Effect, Verdict as Difference};
use crate::facts::{Fact, Facts, Table};
use crate::job::approve::ApproveOutcome;
use crate::job::attest::OpenFact;
use crate::job::between::BetweenOutcome;
use crate::job::build::BuildOutcome;
use crate::job::check::CheckOutcome;
use crate::job::coverage::{CoverageOutcome, LineState};
use crate::job::diff::{Decider, DiffOutcome, PlacedChange};
use crate::job::facts::{Counts, FactsOutcome};
use crate::job::import::ImportOutcome;
use crate::job::lint::LintOutcome;
use crate::job::mutate::MutateOutcome;
use crate::job::query::QueryOutcome;
use crate::job::trace_acl::Answer;
use crate::job::trace_network::TraceOutcome;
use crate::job::verify::{Term, VerifyOutcome};
use crate::job::{FileGap, Options};
use crate::model::guideline::Class as Evidence;
use crate::model::{Network, Policy};
use crate::net::Flow;
use crate::reach::{Hop, HopAction, HopKind, TraceEnd};
use crate::text;
use crate::verify::approve::{Matter, Misfit};
use crate::verify::{ClaimResult, Verdict, WitnessKind};
use jiff::civil::Date;
use serde_json::{Map, Value};

/// What every conversion needs to find words.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    /// The files.
    pub sources: &'a SourceMap,
    /// The language.
    pub lang: Lang,
}

impl Words<'_> {
    fn say(&self, text: &Text) -> String {
        text.render(self.lang)
    }

    fn all(&self, texts: &[Text]) -> Vec<String> {
        texts.iter().map(|text| self.say(text)).collect()
    }

    fn path(&self, file: FileId) -> String {
        safe(&self.sources.get(file).path)
    }

    fn gaps(&self, gaps: &[FileGap]) -> Vec<out::Gap> {
        let gap = |gap: &FileGap| out::Gap {
            file: self.path(gap.file),
            line: gap.gap.line,
            text: safe(&gap.gap.text),
            why: self.say(&gap.gap.why),
        };
        gaps.iter().map(gap).collect()
    }

    /// The file of a device: it has the device's name.
    fn file_of(&self, device: &str) -> Option<String> {
        let is_it = |path: &str| {
            let name = path.rsplit('/').next().unwrap_or(path);
            let cut = name.rsplit_once('.');
            cut.is_some_and(|(stem, end)| stem == device && end.eq_ignore_ascii_case("cfg"))
        };
        let mut paths = self.sources.iter().map(|(_, source)| &source.path);
        paths.find(|path| is_it(path)).map(|path| safe(path))
    }

    /// Where a statement stands.
    fn place(&self, span: crate::base::Span) -> Place {
        let source = self.sources.get(span.file);
        let (line, column) = source.position(span.start);
        Place {
            file: safe(&source.path),
            line: Some(line),
            column: Some(column),
        }
    }

    fn inputs(&self) -> Vec<out::Input> {
        let input = |source: &crate::base::Source| out::Input {
            path: safe(&source.path),
            sha256: source.sha256.clone(),
        };
        self.sources
            .iter()
            .map(|(_, source)| input(source))
            .collect()
    }
}

fn safe(data: &str) -> String {
    sanitise(data).into_owned()
}

fn some(data: Option<&String>) -> Option<String> {
    data.map(|data| safe(data))
}

/// `check`.
#[must_use]
pub fn check(words: Words<'_>, outcome: &CheckOutcome) -> out::Check {
    out::Check {
        schema: "aclc/check/1",
        diagnostics: super::diagnostics::to_json(&outcome.diagnostics, words.sources, words.lang),
    }
}

/// `check --coverage`.
#[must_use]
pub fn coverage(words: Words<'_>, outcome: &CoverageOutcome) -> out::Coverage {
    let state = |state: LineState| out::CoverageState {
        state: state.word(),
        count: outcome.count(state),
        lines: outcome.runs(state),
    };
    out::Coverage {
        schema: "aclc/coverage/1",
        file: words.path(outcome.file),
        dialect: outcome.dialect,
        states: LineState::ALL.map(state).to_vec(),
    }
}

/// A line of `trace --acl`.
#[must_use]
pub fn trace_line(
    lang: Lang,
    flow: &Flow,
    object: Map<String, Value>,
    answer: &Answer,
) -> out::TraceLine {
    out::TraceLine {
        packet: object,
        verdict: match answer.fate {
            Fate::Permit => "permit",
            Fate::Deny => "deny",
            Fate::Unknown => "unknown",
        },
        line: answer.line,
        text: safe(&answer.text),
        because: answer
            .because
            .iter()
            .map(|text| text.render(lang))
            .collect(),
        shown: flow.to_string(),
    }
}

/// `trace` of a network.
#[must_use]
pub fn trace(words: Words<'_>, flow: &Flow, outcome: &TraceOutcome) -> out::Trace {
    let because = outcome
        .trace
        .because
        .iter()
        .map(crate::job::question::words);
    out::Trace {
        schema: "aclc/trace/1",
        verdict: match outcome.trace.end {
            TraceEnd::Arrives => "arrives",
            TraceEnd::Dropped => "dropped",
            TraceEnd::Local => "local",
            TraceEnd::Unknown => "unknown",
        },
        zone: some(outcome.zone.as_ref()),
        trace: outcome
            .trace
            .hops
            .iter()
            .map(|one| hop(words, one))
            .collect(),
        because: because.map(|text| words.say(&text)).collect(),
        shown: flow.to_string(),
    }
}

/// `lab test`.
#[must_use]
pub fn lab(
    words: Words<'_>,
    outcome: &crate::lab::outcome::Outcome,
    seed: u64,
    left_out: usize,
) -> out::Lab {
    let disagreements = outcome.wrong.iter().map(|wrong| out::Disagreement {
        packet: wrong.flow.to_string(),
        at: safe(&wrong.at),
        kernel: wrong.kernel.clone(),
        solver: wrong.solver.clone(),
        interpreter: wrong.interpreter.clone(),
        trace: wrong.trace.hops.iter().map(|one| hop(words, one)).collect(),
        rules: wrong.rules.iter().map(|rule| safe(rule)).collect(),
    });
    out::Lab {
        schema: "aclc/lab/1",
        verdict: match (outcome.wrong_in_all, outcome.exhausted) {
            (1.., _) => "different",
            (0, true) => "unknown",
            (0, false) => "equal",
        },
        seed,
        sent: outcome.sent,
        arrived: outcome.arrived,
        differ: outcome.wrong_in_all,
        left_out,
        disagreements: disagreements.collect(),
        witnesses: outcome
            .witnesses
            .iter()
            .map(|witness| out::Witnessed {
                claim: safe(&witness.claim),
                packet: witness.flow.to_string(),
                kernel: witness.kernel.clone(),
            })
            .collect(),
    }
}

fn hop(words: Words<'_>, hop: &Hop) -> out::Hop {
    out::Hop {
        hop: match hop.kind {
            HopKind::List => "list",
            HopKind::Bridged => "bridged",
            HopKind::Route => "route",
            HopKind::Local => "local",
        },
        device: safe(&hop.device),
        interface: safe(&hop.interface),
        direction: hop.direction.map(Direction::word),
        acl: some(hop.acl.as_ref()),
        line: hop.line,
        action: match hop.action {
            HopAction::Permit => "permit",
            HopAction::Deny => "deny",
            HopAction::None => "none",
            HopAction::Unknown => "unknown",
        },
        text: safe(&hop.text),
        file: words.file_of(&hop.device),
    }
}

fn claim(words: Words<'_>, claim: &ClaimResult) -> out::Claim {
    let shown = claim.witness.as_ref().or(claim.candidate.as_ref());
    out::Claim {
        id: safe(&claim.id),
        text: safe(&claim.text),
        verdict: claim.verdict.word(),
        level: out::Level {
            connection: claim.level.connection.word(),
            packet: claim.level.packet.word(),
        },
        reason: claim.reason,
        witness: claim.witness.as_ref().map(|w| Packet::from(&w.flow)),
        kind: shown.map(|witness| match witness.kind {
            WitnessKind::Request => "request",
            WitnessKind::Reply => "reply",
            WitnessKind::Error => "error",
        }),
        trace: shown.map(|witness| {
            witness
                .trace
                .hops
                .iter()
                .map(|one| hop(words, one))
                .collect()
        }),
        candidate: claim.candidate.as_ref().map(|w| Packet::from(&w.flow)),
        because: words.all(&claim.because),
        holes: words.all(&claim.holes),
        assumptions: words.all(&claim.assumptions),
        measures: claim.measures.iter().map(|m| safe(m)).collect(),
        class: class(claim),
        ends: shown.map(|witness| (safe(&witness.from), safe(&witness.to))),
        place: Some(words.place(claim.span)),
    }
}

fn open_facts(words: Words<'_>, facts: &[OpenFact]) -> Vec<out::OpenFact> {
    let all = |ids: &[String]| ids.iter().map(|id| safe(id)).collect();
    let fact = |fact: &OpenFact| out::OpenFact {
        id: safe(&fact.id),
        says: fact.says.render(words.lang).into_owned(),
        settle: fact.settle.clone(),
        decides: all(&fact.decides),
        together: all(&fact.together),
        line: safe(&fact.line),
    };
    facts.iter().map(fact).collect()
}

/// What a proof is worth for the measures it serves: never more than it says.
fn class(claim: &ClaimResult) -> Option<&'static str> {
    let serves = !claim.measures.is_empty() && claim.verdict == Verdict::Proved;
    serves.then(|| match claim.attested() {
        true => Evidence::Attest.word(),
        false => Evidence::Proved.word(),
    })
}

/// `verify`.
#[must_use]
pub fn verify(words: Words<'_>, outcome: &VerifyOutcome, options: &Options) -> out::Verify {
    out::Verify {
        schema: "aclc/verify/1",
        verdict: outcome.verdict().word(),
        claims: outcome.claims.iter().map(|one| claim(words, one)).collect(),
        open_facts: open_facts(words, &outcome.open_facts),
        gaps: words.gaps(&outcome.gaps),
        assumptions: words.all(&outcome.assumptions),
        inputs: words.inputs(),
        at: options.at.to_string(),
        facts: crate::facts::digest(),
        version: env!("CARGO_PKG_VERSION"),
        guidelines: guideline::all(words.lang, &outcome.guidelines, &outcome.claims),
        evidence: None,
        terms: outcome.terms.iter().map(term).collect(),
    }
}

fn term(term: &Term) -> out::Term {
    out::Term {
        text: safe(&term.text),
        exception: term.exception,
        ticket: some(term.ticket.as_ref()),
        owner: some(term.owner.as_ref()),
        because: some(term.because.as_ref()),
        until: term.until.map(|day| day.to_string()),
        in_force: term.in_force,
    }
}

/// `verify --between`.
#[must_use]
pub fn between(
    words: Words<'_>,
    outcome: &BetweenOutcome,
    (first, last): (Date, Date),
) -> out::Between {
    let days = outcome.days.iter().map(|day| out::Day {
        at: day.at.to_string(),
        verdict: day.verdict.word(),
        ended: day.ended.iter().map(|text| safe(text)).collect(),
        changes: day
            .changes
            .iter()
            .map(|change| out::VerdictChange {
                id: safe(&change.id),
                text: safe(&change.text),
                before: change.before.word(),
                after: change.after.word(),
            })
            .collect(),
    });
    out::Between {
        schema: "aclc/between/1",
        verdict: outcome.verdict().word(),
        first: first.to_string(),
        last: last.to_string(),
        days: days.collect(),
        inputs: words.inputs(),
        facts: crate::facts::digest(),
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// `verify --mutate`.
#[must_use]
pub fn mutate(words: Words<'_>, outcome: &MutateOutcome, options: &Options) -> out::Mutate {
    let unnoticed = outcome.unnoticed.iter().map(|line| out::Unnoticed {
        file: safe(&line.file),
        line: line.line,
        text: safe(&line.text),
        instead: some(line.instead.as_ref()),
    });
    out::Mutate {
        schema: "aclc/mutate/1",
        lines: outcome.lines,
        unnoticed: unnoticed.collect(),
        inputs: words.inputs(),
        at: options.at.to_string(),
        facts: crate::facts::digest(),
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// `build`; `paths` are those of the files, in order.
#[must_use]
pub fn build(
    words: Words<'_>,
    outcome: &BuildOutcome,
    paths: &[String],
    written: bool,
) -> out::Build {
    let files = outcome.files.iter().zip(paths);
    let file = |(file, path): (&crate::job::build::BuiltFile, &String)| out::File {
        path: safe(path),
        sha256: crate::base::Source::capture(path, file.text.as_bytes()).sha256,
        entries: file
            .entries
            .iter()
            .map(|table| out::Table {
                table: table.table.clone(),
                used: table.used,
                available: table.available,
            })
            .collect(),
    };
    out::Build {
        schema: "aclc/build/1",
        verdict: outcome.verdict().word(),
        files: files.map(file).collect(),
        claims: outcome.claims.iter().map(|one| claim(words, one)).collect(),
        open_facts: open_facts(words, &outcome.open_facts),
        written,
    }
}

/// `diff`.
#[must_use]
pub fn diff(words: Words<'_>, outcome: &DiffOutcome) -> out::Diff {
    let word = |verdict| match verdict {
        Difference::Equal => "equal",
        Difference::Different => "different",
        Difference::Unknown => "unknown",
    };
    out::Diff {
        schema: "aclc/diff/1",
        verdict: word(outcome.verdict),
        core: word(outcome.core),
        limited_to: outcome.core_only.then_some("core"),
        text_only: outcome.text_only,
        network: outcome.network_verdict.map(word),
        not_compared: words.all(&not_compared(outcome)),
        approval: None,
        changes: outcome
            .changes
            .iter()
            .map(|one| change(words, one, outcome.network.as_ref()))
            .collect(),
        gaps: words.gaps(&outcome.gaps),
        inputs: words.inputs(),
    }
}

/// Boxes of a change that the text shows; the JSON has all.
const MOST_SHOWN: usize = 12;

fn change(words: Words<'_>, placed: &PlacedChange, network: Option<&Network>) -> out::Change {
    let change = &placed.change;
    out::Change {
        device: safe(&placed.device),
        attachment: some(placed.place.attachment.as_ref()),
        direction: placed.place.direction.map(Direction::word),
        acl: safe(&placed.acl),
        effect: match change.effect {
            Effect::NewlyPermitted => "newly-permitted",
            Effect::NewlyDenied => "newly-denied",
        },
        class: match change.class {
            Class::Core => "core",
            Class::Rst => "rst",
            Class::Later => "later",
            Class::Ext => "ext",
        },
        certain: change.certain,
        end_to_end: placed.end_to_end,
        flows: change
            .regions
            .iter()
            .flat_map(|one| region::flows(one, network))
            .collect(),
        witness: Packet::from(&change.witness),
        old: side(words, &placed.old, placed.files[0]),
        new: side(words, &placed.new, placed.files[1]),
        statements: placed.statements.iter().map(statement).collect(),
        unstated: placed.unstated,
        shown: change
            .regions
            .iter()
            .take(MOST_SHOWN)
            .map(|one| region::shown(one, network, words.lang))
            .collect(),
        more: change.regions.len().saturating_sub(MOST_SHOWN),
    }
}

fn statement(statement: &crate::job::diff::Statement) -> out::Statement {
    out::Statement {
        text: safe(&statement.text),
        ticket: some(statement.ticket.as_ref()),
        owner: some(statement.owner.as_ref()),
        because: some(statement.because.as_ref()),
        reply: statement.reply,
    }
}

/// `diff --approved`.
#[must_use]
pub fn approval(words: Words<'_>, outcome: &ApproveOutcome, policy: &Policy) -> out::Approval {
    let network = Some(&policy.network);
    let misfit = |misfit: &Misfit| {
        let regions = misfit.regions.iter().take(MOST_SHOWN);
        out::Misfit {
            matter: match misfit.matter {
                Matter::Opened => "opened",
                Matter::Closed => "closed",
                Matter::NotOpened => "not-opened",
                Matter::NotClosed => "not-closed",
            },
            from: safe(&misfit.from),
            to: safe(&misfit.to),
            certain: misfit.certain,
            flows: regions
                .map(|one| region::shown(one, network, words.lang))
                .collect(),
            witness: Packet::from(&misfit.flow),
            trace: misfit
                .trace
                .hops
                .iter()
                .map(|one| hop(words, one))
                .collect(),
        }
    };
    out::Approval {
        verdict: outcome.verdict.word(),
        opens: outcome.opens.iter().map(|text| safe(text)).collect(),
        closes: outcome.closes.iter().map(|text| safe(text)).collect(),
        misfits: outcome.misfits.iter().map(misfit).collect(),
    }
}

/// What the comparison of lists says nothing about.
fn not_compared(outcome: &DiffOutcome) -> Vec<Text> {
    let beside = outcome.beside.iter().map(|(device, beside)| {
        let what = match beside {
            Beside::Addresses => text!("diff-beside-addresses"),
            Beside::Shutdown => text!("diff-beside-shutdown"),
            Beside::Relays => text!("diff-beside-relays"),
            Beside::Routes => text!("diff-beside-routes"),
            Beside::Unread => text!("diff-beside-unread"),
        };
        text!("diff-beside", device = device, what = what)
    });
    let unseen = outcome.unseen.iter().map(|(device, place)| {
        text!(
            "diff-unseen",
            device = device,
            interface = place.attachment.clone().unwrap_or_default(),
            direction = place.direction.map_or("", Direction::word),
            family = format!("IPv{}", place.family.digit())
        )
    });
    beside.chain(unseen).collect()
}

fn side(words: Words<'_>, decider: &Decider, file: Option<FileId>) -> out::Side {
    let (line, text) = match decider {
        Decider::Entry(line, text) => (*line, safe(text)),
        Decider::NoList => (None, words.say(&text!("diff-no-list"))),
        Decider::NoInterface => (None, words.say(&text!("diff-no-interface"))),
    };
    out::Side {
        line,
        text,
        file: file.map(|file| words.path(file)),
    }
}

/// `query`.
#[must_use]
pub fn query(words: Words<'_>, outcome: &QueryOutcome) -> out::Query {
    let flow = |flow: &crate::job::query::QueryFlow| out::QueryFlow {
        from: safe(&flow.from),
        to: safe(&flow.to),
        protocol: safe(&flow.protocol),
        sport: safe(&flow.sport),
        dport: safe(&flow.dport),
        kind: if flow.reply { "reply" } else { "request" },
        certain: flow.certain,
        witness: Packet::from(&flow.witness),
    };
    out::Query {
        schema: "aclc/query/1",
        verdict: outcome.verdict.word(),
        flows: outcome.flows.iter().map(flow).collect(),
        gaps: words.gaps(&outcome.gaps),
        inputs: words.inputs(),
    }
}

/// `lint`.
#[must_use]
pub fn lint(words: Words<'_>, outcome: &LintOutcome) -> out::Lint {
    let findings = outcome.findings.iter().map(|(file, finding)| out::Finding {
        code: finding.code,
        severity: finding.severity.word(),
        file: words.path(*file),
        acl: some(finding.acl.as_ref()),
        line: finding.line,
        message: words.say(&finding.message),
        blockers: finding.blockers.clone(),
    });
    out::Lint {
        schema: "aclc/lint/1",
        findings: findings.collect(),
    }
}

/// `twins`.
#[must_use]
pub fn twins(words: Words<'_>, outcomes: &[(String, DiffOutcome)]) -> out::Twins {
    let worst = |outcome: &DiffOutcome| match outcome.beside.is_empty() {
        true => outcome.verdict,
        false => outcome.verdict.max(Difference::Unknown),
    };
    let verdict = outcomes.iter().map(|(_, outcome)| worst(outcome)).max();
    let pair = |(name, outcome): &(String, DiffOutcome)| out::Pair {
        pair: safe(name),
        diff: diff(words, outcome),
    };
    out::Twins {
        schema: "aclc/twins/1",
        verdict: match verdict {
            None | Some(Difference::Equal) => "equal",
            Some(Difference::Different) => "different",
            Some(Difference::Unknown) => "unknown",
        },
        pairs: outcomes.iter().map(pair).collect(),
    }
}

/// `import`.
#[must_use]
pub fn import(words: Words<'_>, outcome: &ImportOutcome) -> out::Import {
    let shown = outcome.unequal.as_ref();
    let witness = shown.and_then(|claim| claim.witness.as_ref().or(claim.candidate.as_ref()));
    let unexplained = outcome.leftovers.iter().map(|one| out::Unexplained {
        device: safe(&one.device),
        acl: safe(&one.acl),
        line: one.line,
        text: safe(&one.text),
        risk: match one.risk {
            3 => "high",
            2 => "medium",
            _ => "low",
        },
        witness: Packet::from(&one.witness),
    });
    let ours = |input: &out::Input| input.path != "imported.acl";
    out::Import {
        schema: "aclc/import/1",
        verdict: outcome.equality.word(),
        policy: outcome.policy.clone(),
        claims: outcome.claims,
        unexplained: unexplained.collect(),
        witness: witness.map(|w| Packet::from(&w.flow)),
        because: shown
            .map(|claim| words.all(&claim.because))
            .unwrap_or_default(),
        notes: words.all(&outcome.notes),
        gaps: words.gaps(&outcome.gaps),
        inputs: words.inputs().into_iter().filter(ours).collect(),
    }
}

/// `facts`.
#[must_use]
pub fn facts(lang: Lang, outcome: &FactsOutcome) -> out::Facts {
    let dialect = |facts: &&'static Facts| {
        let counts = Counts::of(facts, outcome.confirmed_only);
        out::Dialect {
            dialect: facts.dialect,
            confirmed: counts.confirmed,
            modelled: counts.modelled,
            open: counts.open,
            open_facts: facts
                .facts
                .iter()
                .filter(|(_, fact)| !fact.confidence.settles(outcome.confirmed_only))
                .map(|(id, _)| format!("{}/{id}", facts.dialect))
                .collect(),
            sheet: outcome
                .whole
                .then(|| sheet(lang, facts, outcome.confirmed_only)),
        }
    };
    out::Facts {
        schema: "aclc/facts/1",
        dialects: outcome.dialects.iter().map(dialect).collect(),
        digest: crate::facts::digest(),
        version: env!("CARGO_PKG_VERSION"),
    }
}

fn sheet(lang: Lang, facts: &Facts, confirmed_only: bool) -> out::Sheet {
    let fact = |(id, fact): (&String, &Fact)| out::Fact {
        id: id.clone(),
        says: fact.words().render(lang).into_owned(),
        value: fact.value,
        confidence: fact.confidence.word(),
        open: !fact.confidence.settles(confirmed_only),
        source: fact.source.clone(),
        settle: fact.settle.clone(),
    };
    let table = |table: &Table| out::EntryTable {
        model: table.model.clone(),
        mode: Some(table.mode.clone()).filter(|mode| !mode.is_empty()),
        table: table.table.clone(),
        available: table.available,
        cost: table.cost,
        source: table.source.clone(),
    };
    out::Sheet {
        facts: facts.facts.iter().map(fact).collect(),
        limits: facts.limits.clone(),
        tables: facts.tables.iter().map(table).collect(),
    }
}

/// A line of `--packets` that is no packet.
#[must_use]
pub fn packet_error(lang: Lang, path: &str, number: u64, why: &Text) -> out::Diagnostic {
    let line = u32::try_from(number).ok();
    out::Diagnostic {
        code: why.key,
        severity: crate::base::Severity::Error.word(),
        message: why.render(lang),
        file: Some(safe(path)),
        line,
        column: None,
        end_line: line,
        end_column: None,
        help: None,
    }
}
