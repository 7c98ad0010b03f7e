//! The formats besides text and JSON: a file per format and a line in [`FORMATS`].
//!
//! In: an outcome that is ready to be printed ([`Outcome`]). Out: bytes, the same for the same outcome. What a format cannot
//! say of a command it does not offer for it.

use super::outcome::{
    Between, Build, Check, Coverage, Diff, Facts, Import, Lab, Lint, Mutate, Plan, Query, Trace,
    Twins, Verify,
};
use super::{codequality, html, junit, markdown, sarif, xlsx};
use crate::base::Lang;
use serde::Serialize;

/// An outcome that some format can show.
#[derive(Clone, Copy, Debug)]
pub enum Outcome<'a> {
    /// `check`.
    Check(&'a Check),
    /// `verify`.
    Verify(&'a Verify),
    /// `build`.
    Build(&'a Build),
    /// `diff`.
    Diff(&'a Diff),
    /// `lint`.
    Lint(&'a Lint),
    /// Text and JSON only.
    Plain,
}

/// What a command prints.
pub trait Report: Serialize {
    /// The outcome as the formats see it.
    fn outcome(&self) -> Outcome<'_> {
        Outcome::Plain
    }
}

macro_rules! reports {
    ($($name:ident),*) => {$(
        impl Report for $name {
            fn outcome(&self) -> Outcome<'_> {
                Outcome::$name(self)
            }
        }
    )*};
}
reports!(Check, Verify, Build, Diff, Lint);
impl Report for Query {}
impl Report for Trace {}
impl Report for Facts {}
impl Report for Lab {}
impl Report for Twins {}
impl Report for Between {}
impl Report for Mutate {}
impl Report for Coverage {}
impl Report for Plan {}
impl Report for Import {}

/// What has to be gathered for a format of `verify`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shows {
    /// The verdicts.
    Verdicts,
    /// Besides, how many classes of packets each proved claim covers.
    Classes,
    /// Besides, all the evidence.
    Evidence,
}

/// A format.
#[derive(Debug)]
pub struct Format {
    /// As typed after `--format`.
    pub name: &'static str,
    /// The commands that have it.
    pub commands: &'static [&'static str],
    /// What it shows besides the verdicts, which costs more.
    pub shows: Shows,
    /// The outcome in this format.
    pub render: fn(&Outcome<'_>, Lang) -> Vec<u8>,
}

impl PartialEq for Format {
    fn eq(&self, other: &Format) -> bool {
        self.name == other.name
    }
}
impl Eq for Format {}

const ALL: &[&str] = &["check", "build", "verify", "diff", "lint"];
const CLAIMS: &[&str] = &["build", "verify"];
const RESULTS: &[&str] = &["build", "verify", "diff", "lint"];

/// Every format but text and JSON, in the order of the help.
#[rustfmt::skip]
pub const FORMATS: &[Format] = &[
    Format { name: "sarif", commands: ALL, shows: Shows::Verdicts, render: sarif::render },
    Format { name: "junit", commands: CLAIMS, shows: Shows::Verdicts, render: junit::render },
    Format { name: "markdown", commands: RESULTS, shows: Shows::Classes, render: markdown::render },
    Format { name: "codequality", commands: ALL, shows: Shows::Verdicts, render: codequality::render },
    Format { name: "html", commands: &["verify", "diff"], shows: Shows::Evidence, render: html::render },
    Format { name: "xlsx", commands: &["verify", "diff"], shows: Shows::Evidence, render: xlsx::render },
];

/// The format of a name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
