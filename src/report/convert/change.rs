//! `diff` and `twins`: what a change does to packets, the lines that decide, the statements behind it, its approval.

use super::{VERSION, Words, hop, safe, some};
use crate::acl::Direction;
use crate::base::{FileId, Text};
use crate::diff::{Beside, Class, Effect, Verdict as Difference};
use crate::job::approve::ApproveOutcome;
use crate::job::diff::{Decider, DiffOutcome, PlacedChange};
use crate::model::{Network, Policy};
use crate::report::outcome as out;
use crate::report::packet::Packet;
use crate::report::region;
use crate::text;
use crate::verify::approve::{Matter, Misfit};

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
        wording: outcome
            .wording
            .iter()
            .map(|one| (safe(&one.device), one.gone, one.come))
            .collect(),
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
        facts: crate::facts::digest(),
        version: VERSION,
        twin: None,
        redactor: None,
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
            Beside::Wires => text!("diff-beside-wires"),
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
