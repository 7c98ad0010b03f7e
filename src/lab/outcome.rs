//! What came out of a run, as data.
//!
//! Must not know: formats of output.

use crate::net::Flow;
use crate::reach::Trace;

/// A packet on which opinions differ.
#[derive(Clone, Debug)]
pub struct Disagreement {
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

/// What came out.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Packets sent, repetitions not counted.
    pub sent: usize,
    /// Of these, those that arrived somewhere.
    pub arrived: usize,
    /// Shots that were asked again because the first answer was not the expected one.
    pub asked_again: usize,
    /// Where opinions differ; at most some of them.
    pub wrong: Vec<Disagreement>,
    /// How many differ.
    pub wrong_in_all: usize,
    /// The packet sets ran out of room: there is no second opinion.
    pub exhausted: bool,
}
