//! Two configurations of a network -> the steps from one to the other, in an order in which every state is proved (D47).
//!
//! In: texts before and after, per switch, and a judge of states. Out: steps with commands, checks and the commands that take
//! them back, each with what is known of the states it goes through. Every state is a text, made by typing the commands
//! ([`crate::vendor::live`]) and read by the dialect like any capture: nothing here says what a command does to a packet.
//! Must not know: files, wording, policies beyond what the judge is asked.

mod by_way;
mod changes;
mod edits;
mod search;
mod states;
mod steps;
mod whole;

pub use search::{Ordered, Outcome, order};
pub use states::{Fits, Room, taking_effect};

use crate::device::Device;
use crate::net::Family;
use crate::vendor::live::{Block, Mechanism, Running};
use crate::verify::states::Breach;

/// A switch that changes.
pub struct Site<'a> {
    /// Name.
    pub name: String,
    /// How its dialect changes lists.
    pub mechanism: &'static Mechanism,
    /// Before.
    pub old: Running,
    /// After.
    pub new: Running,
    /// Reads a text of it.
    pub read: &'a dyn Fn(&str) -> Device,
}

/// What a step is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A list is written, bound nowhere.
    Write(String),
    /// A list is bound, in place of another or of none.
    Bind {
        /// Interface.
        interface: String,
        /// The list.
        list: String,
        /// What was bound.
        before: Option<String>,
    },
    /// A list is taken off an interface.
    Unbind(String, String),
    /// An entry of a bound list is added or taken away.
    Edit(String),
    /// An interface is added, with what is on it.
    Interface(String),
    /// Another line is added or taken away.
    Line(String),
    /// An interface is taken down for the time of the next steps.
    Down(String),
    /// And up again.
    Up(String),
    /// A list that is bound nowhere any more is removed.
    Remove(String),
    /// All changes of a switch are committed together.
    Commit,
    /// Rules are loaded in one transaction.
    Load,
    /// A device is taken out.
    Out,
    /// A device is put in.
    In,
}

/// One step on one switch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Index of the site.
    pub site: usize,
    /// What it is for.
    pub what: What,
    /// Commands.
    pub commands: Vec<Block>,
    /// Commands that take it back.
    pub undo: Vec<Block>,
    /// A command to look with, and lines that must then be seen.
    pub check: (String, Vec<String>),
    /// The lists that hardware rewrites, if any that is bound changes.
    pub rewrites: Vec<(Family, String)>,
}

/// A step with what is known of its states.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The step.
    pub step: Step,
    /// What its states lack.
    pub breaches: Vec<Breach>,
    /// By the dialect's fact of this id, packets may be dropped for a moment.
    pub outage: Option<&'static str>,
}
