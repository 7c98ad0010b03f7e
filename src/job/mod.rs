//! Whole jobs as functions: sources in, outcome out.
//!
//! In: files that were already read ([`SourceMap`]) and [`Options`]. Out: an outcome as data, or the diagnostics that say
//! why there is none (exit 2). Must not know: files, the clock, the environment, terminals, formats.

mod abilities;
pub mod approve;
pub mod attest;
pub mod between;
pub mod build;
pub mod capacity;
pub mod check;
pub mod coverage;
pub mod diff;
pub mod evidence;
pub mod facts;
pub mod import;
pub mod lab;
mod learnt;
pub mod lint;
pub mod matrix;
pub mod mutate;
pub mod network;
pub mod places;
pub mod plan;
pub mod query;
pub mod question;
pub mod read;
mod remarks;
mod sentence;
pub mod sheet;
pub mod trace_acl;
pub mod trace_network;
pub mod verify;

use crate::base::{Diagnostic, FileId};
use crate::device::Gap;
use crate::vendor::Dialect;
pub use crate::verify::Limits;
use jiff::civil::Date;
pub use learnt::TABLE;

/// What every job is told beside its files.
#[derive(Clone, Copy)]
pub struct Options {
    /// The evaluation date (D48).
    pub at: Date,
    /// Limits of the packet sets; past them the answer is unknown.
    pub limits: Limits,
    /// The dialect of all device text, if it is not to be detected.
    pub dialect: Option<&'static dyn Dialect>,
    /// Modelled facts are open (`--facts confirmed`).
    pub confirmed_only: bool,
}

/// A captured configuration: the switch's name (`<switch>.cfg`) and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// File name without `.cfg`.
    pub name: String,
    /// Its text.
    pub file: FileId,
}

/// A line that was not understood, with its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileGap {
    /// The file.
    pub file: FileId,
    /// The line.
    pub gap: Gap,
}

/// Result of a job: an outcome, or why it could not run.
pub type Job<T> = Result<T, Vec<Diagnostic>>;
