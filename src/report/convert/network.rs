//! `trace`, `query`, `lab` and `import`: where packets get to, and what a running network says.

use super::{VERSION, Words, hop, safe, some};
use crate::acl::Fate;
use crate::base::Lang;
use crate::job::import::ImportOutcome;
use crate::job::query::QueryOutcome;
use crate::job::trace_acl::Answer;
use crate::job::trace_network::TraceOutcome;
use crate::net::Flow;
use crate::reach::TraceEnd;
use crate::report::outcome as out;
use crate::report::packet::Packet;
use serde_json::{Map, Value};

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
        facts: crate::facts::digest(),
        version: VERSION,
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
        seed: wrong.seed,
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
        networks: outcome.networks,
        refused: outcome.refused,
        states: outcome.states,
        sent: outcome.sent,
        arrived: outcome.arrived,
        sessions: outcome.sessions,
        opened: outcome.opened,
        differ: outcome.wrong_in_all,
        left_out,
        disagreements: disagreements.collect(),
        witnesses: outcome
            .witnesses
            .iter()
            .map(|witness| out::Witnessed {
                claim: safe(&witness.claim),
                packet: witness.flow.to_string(),
                arrives: witness.arrives,
                kernel: witness.kernel.clone(),
                not_asked: witness.not_asked,
                agrees: witness.agrees,
            })
            .collect(),
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
        facts: crate::facts::digest(),
        version: VERSION,
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
        facts: crate::facts::digest(),
        version: VERSION,
    }
}
