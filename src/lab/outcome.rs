//! What came out of a run, as data.
//!
//! Must not know: formats of output.

use crate::net::Flow;
use crate::reach::Trace;

/// A packet on which opinions differ.
#[derive(Clone, Debug)]
pub struct Disagreement {
    /// The seed of the run that found it.
    pub seed: u64,
    /// The packet.
    pub flow: Flow,
    /// Port it was given to, as `SWITCH INTERFACE`.
    pub at: String,
    /// Where the kernel took it.
    pub kernel: Vec<String>,
    /// Where the solver says it may go.
    pub solver: Vec<String>,
    /// Where the interpreter says it may go.
    pub interpreter: Vec<String>,
    /// The interpreter's way, with the deciding lines.
    pub trace: Trace,
    /// Rules of the kernel that matched it, as printed.
    pub rules: Vec<String>,
}

/// A packet that breaks a claim, given to the kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witnessed {
    /// The claim in names.
    pub claim: String,
    /// The packet.
    pub flow: Flow,
    /// By the proof it arrives somewhere; else it is one that should, and is dropped.
    pub arrives: bool,
    /// Where the kernel took it; nowhere if empty.
    pub kernel: Vec<String>,
    /// The definition by which the kernel cannot be asked.
    pub not_asked: Option<&'static str>,
    /// The kernel took it where the proof says, or was not asked.
    pub agrees: bool,
}

/// What came out.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Networks that were run.
    pub networks: usize,
    /// Networks that were drawn and cannot be run.
    pub refused: usize,
    /// States of a change that were gone through, there and back.
    pub states: usize,
    /// Packets sent, repetitions not counted.
    pub sent: usize,
    /// Of these, those that arrived somewhere.
    pub arrived: usize,
    /// Sessions that machines tried with the kernel's own sockets.
    pub sessions: usize,
    /// Of these, those that got all they wanted.
    pub opened: usize,
    /// Shots that were asked again because the first answer was not the expected one.
    pub asked_again: usize,
    /// Where opinions differ; at most some of them.
    pub wrong: Vec<Disagreement>,
    /// How many differ.
    pub wrong_in_all: usize,
    /// Packets that break claims, in the order of the claims.
    pub witnesses: Vec<Witnessed>,
    /// The packet sets ran out of room: there is no second opinion.
    pub exhausted: bool,
}

/// Disagreements kept in words, at most.
pub(super) const MOST_WRONG: usize = 10;

impl Outcome {
    /// Adds what came out of another network.
    pub fn absorb(&mut self, other: Outcome) {
        self.networks += other.networks;
        self.refused += other.refused;
        self.states += other.states;
        self.sent += other.sent;
        self.arrived += other.arrived;
        self.sessions += other.sessions;
        self.opened += other.opened;
        self.asked_again += other.asked_again;
        self.wrong_in_all += other.wrong_in_all;
        self.exhausted |= other.exhausted;
        self.witnesses.extend(other.witnesses);
        let room = MOST_WRONG.saturating_sub(self.wrong.len());
        self.wrong.extend(other.wrong.into_iter().take(room));
    }
}
