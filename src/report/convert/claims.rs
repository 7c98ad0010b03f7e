//! `verify`, `build` and what is asked of claims besides: a claim with its packet and its way, in words.

use super::{VERSION, Words, hop, safe, some};
use crate::job::Options;
use crate::job::attest::OpenFact;
use crate::job::between::BetweenOutcome;
use crate::job::build::BuildOutcome;
use crate::job::mutate::MutateOutcome;
use crate::job::verify::{Term, VerifyOutcome};
use crate::model::guideline::Class as Evidence;
use crate::report::guideline;
use crate::report::outcome as out;
use crate::report::packet::Packet;
use crate::verify::classes::Classes;
use crate::verify::{ClaimResult, Verdict, WitnessKind};
use jiff::civil::Date;

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
        packet_classes: None,
        uncounted: false,
        ends: shown.map(|witness| (safe(&witness.from), safe(&witness.to))),
        place: Some(words.place(claim.span)),
    }
}

/// The claims, with the classes of packets that were counted for them.
fn counted(words: Words<'_>, outcome: &VerifyOutcome) -> Vec<out::Claim> {
    let classes = outcome.classes.iter().copied();
    let classes = classes.chain(std::iter::repeat(None));
    let one = |(result, classes): (&ClaimResult, Option<Classes>)| out::Claim {
        packet_classes: match classes {
            Some(Classes::Counted([ipv4, ipv6])) => Some(out::PacketClasses { ipv4, ipv6 }),
            Some(Classes::Read | Classes::Many) | None => None,
        },
        uncounted: classes == Some(Classes::Many),
        ..claim(words, result)
    };
    outcome.claims.iter().zip(classes).map(one).collect()
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
        claims: counted(words, outcome),
        open_facts: open_facts(words, &outcome.open_facts),
        gaps: words.gaps(&outcome.gaps),
        assumptions: words.all(&outcome.assumptions),
        inputs: words.inputs(),
        at: options.at.to_string(),
        facts: crate::facts::digest(),
        version: VERSION,
        guidelines: guideline::all(words.lang, &outcome.guidelines, &outcome.claims),
        effect: None,
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
        version: VERSION,
    }
}

/// `verify --mutate`.
#[must_use]
pub fn mutate(words: Words<'_>, outcome: &MutateOutcome, options: &Options) -> out::Mutate {
    let unnoticed = outcome.unnoticed.iter().map(|line| out::Unnoticed {
        file: safe(&line.file),
        line: line.line,
        text: safe(&line.text),
        change: line.kind.word(),
        instead: some(line.instead.as_ref()),
    });
    out::Mutate {
        schema: "aclc/mutate/1",
        lines: outcome.lines,
        changes: outcome.changes,
        unnoticed: unnoticed.collect(),
        inputs: words.inputs(),
        at: options.at.to_string(),
        facts: crate::facts::digest(),
        version: VERSION,
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
        facts: crate::facts::digest(),
        version: VERSION,
        written,
    }
}
