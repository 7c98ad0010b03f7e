//! The answers.

use crate::acl::Question;
use crate::base::{Span, Text};
use crate::net::Flow;
use crate::reach::Trace;

/// Proved under every reading, refuted under every reading, or readings differ (D3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// For every packet the model can express, under every reading.
    Proved,
    /// Something that was not understood or is not known could change the answer. Never a pass.
    Unknown,
    /// Under every reading some packet breaks it.
    Refuted,
}

impl Verdict {
    /// The word of the contract.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Proved => "proved",
            Verdict::Refuted => "refuted",
            Verdict::Unknown => "unknown",
        }
    }

    /// Refuted before unknown before proved (D43).
    #[must_use]
    pub fn worst(all: impl IntoIterator<Item = Verdict>) -> Verdict {
        all.into_iter().max().unwrap_or(Verdict::Proved)
    }
}

/// What a witness packet is in its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WitnessKind {
    /// From the one who opens.
    Request,
    /// The answer.
    Reply,
    /// An ICMP error.
    Error,
}

/// A packet and its way, replayed with the interpreter before it is shown (D43).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The packet.
    pub flow: Flow,
    /// Request or reply.
    pub kind: WitnessKind,
    /// Hop by hop.
    pub trace: Trace,
    /// Name of the zone (or external, or switch) it starts in.
    pub from: String,
    /// Name of the place it reaches, or was to reach.
    pub to: String,
}

/// Both levels of D38.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// Opening packets only.
    pub connection: Verdict,
    /// Every packet.
    pub packet: Verdict,
}

/// The answer to one claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimResult {
    /// Id of the claim.
    pub id: String,
    /// The claim in names.
    pub text: String,
    /// Where it stands in the policy.
    pub span: Span,
    /// The verdict that counts.
    pub verdict: Verdict,
    /// Both levels, where the claim has them.
    pub level: Level,
    /// `inseparable`, `vacuous`, `unnamed-link`, `limit` ...
    pub reason: Option<&'static str>,
    /// For refuted claims.
    pub witness: Option<Witness>,
    /// For unknown claims: a packet that breaks it under some reading.
    pub candidate: Option<Witness>,
    /// For unknown claims: the questions, in words.
    pub because: Vec<Text>,
    /// The same as data.
    pub questions: Vec<Question>,
    /// Standing holes (D36).
    pub holes: Vec<Text>,
    /// Assumptions it leans on (D49).
    pub assumptions: Vec<Text>,
    /// Measures ①-⑫.
    pub measures: Vec<String>,
}

impl ClaimResult {
    /// Whether it leans on what people attest and no text shows (D40, D29): such a proof is theirs as well.
    #[must_use]
    pub fn attested(&self) -> bool {
        let by_people = |text: &Text| ATTESTED.contains(&text.key);
        self.assumptions.iter().any(by_people)
    }
}

/// Assumptions that a policy states: what no text shows, and what people say of a device or a line.
const ATTESTED: [&str; 6] = [
    "assume-authentic",
    "assume-no-hairpin",
    "assume-opaque-passes",
    "assume-opaque-unchanged",
    "assume-tested",
    "assume-irrelevant",
];

#[cfg(test)]
mod tests {
    use super::ATTESTED;

    /// Assumptions of the definitions themselves (D49), and what is said of others.
    const OURS: [&str; 11] = [
        "assume-links",
        "assume-hosts",
        "assume-fragments",
        "assume-unrouted",
        "assume-broadcasts",
        "assume-neighbours",
        "assume-wires",
        "assume-routes",
        "assume-fact",
        "assume-fact-not",
        "assume-unused",
    ];

    #[test]
    fn every_assumption_is_ours_or_somebody_attests_it() {
        let catalogue = include_str!("../base/text/verify.toml");
        let keys = catalogue.lines().filter_map(|line| line.strip_prefix('['));
        let keys = keys.filter_map(|key| key.strip_suffix(']'));
        let all: Vec<&str> = keys.filter(|key| key.starts_with("assume-")).collect();
        assert_eq!(all.len(), OURS.len() + ATTESTED.len(), "{all:?}");
        for key in all {
            assert_ne!(OURS.contains(&key), ATTESTED.contains(&key), "{key}");
        }
    }
}
