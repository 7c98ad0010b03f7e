//! What can be typed. The words of `--help` are in the catalogue, see [`super::help`].

use crate::base::Lang;
use crate::report::format::{self, FORMATS, Shows};
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Everything that was typed.
#[derive(Debug, Parser)]
#[command(name = "aclc", version)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Options of every command.
#[derive(Debug, clap::Args)]
pub(super) struct Global {
    #[arg(long, global = true, value_parser = Format::parser(), default_value = "text")]
    pub(super) format: Format,
    #[arg(long, global = true, value_enum)]
    pub(super) lang: Option<Language>,
    #[arg(long, global = true, value_enum, default_value = "auto")]
    pub(super) color: Colour,
    #[arg(long, global = true, value_name = "DATE")]
    pub(super) at: Option<String>,
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) max_nodes: Option<u32>,
    #[arg(long, global = true, value_name = "SECONDS")]
    pub(super) timeout: Option<u32>,
    #[arg(long, global = true, value_name = "ID")]
    pub(super) dialect: Option<String>,
    #[arg(long, global = true, value_enum, default_value = "modelled")]
    pub(super) facts: Settled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Text,
    Json,
    /// One of the registry.
    Other(&'static format::Format),
}

impl Format {
    /// What `verify` gathers for it.
    pub(super) fn shows(self) -> Shows {
        match self {
            Format::Text | Format::Json => Shows::Verdicts,
            Format::Other(format) => format.shows,
        }
    }

    fn parser() -> impl clap::builder::TypedValueParser<Value = Format> {
        let names = ["text", "json"].into_iter();
        let names = names.chain(FORMATS.iter().map(|format| format.name));
        PossibleValuesParser::new(names).map(|name| match format::by_name(&name) {
            Some(format) => Format::Other(format),
            None if name == "json" => Format::Json,
            None => Format::Text,
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Language {
    Ja,
    En,
}

impl Language {
    pub(super) fn of_words(self) -> Lang {
        match self {
            Language::Ja => Lang::Ja,
            Language::En => Lang::En,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    Auto,
    Always,
    Never,
}

/// Which vendor facts count as settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Settled {
    Modelled,
    Confirmed,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Check(Check),
    Build(Build),
    Verify(Verify),
    Diff(Diff),
    Trace(Trace),
    Query(Query),
    Lint(Lint),
    Twins(Verify),
    Plan(Plan),
    Sheet(Sheet),
    Import(Import),
    Facts(Facts),
    Lab(Lab),
    Fmt(Fmt),
    Schema(Schema),
}

impl Command {
    /// As it is typed.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Command::Check(_) => "check",
            Command::Build(_) => "build",
            Command::Verify(_) => "verify",
            Command::Diff(_) => "diff",
            Command::Trace(_) => "trace",
            Command::Query(_) => "query",
            Command::Lint(_) => "lint",
            Command::Facts(_) => "facts",
            Command::Lab(_) => "lab",
            Command::Plan(_) => "plan",
            Command::Import(_) => "import",
            Command::Twins(_) => "twins",
            Command::Sheet(_) => "sheet",
            Command::Fmt(_) => "fmt",
            Command::Schema(_) => "schema",
        }
    }
}

#[derive(Debug, clap::Args)]
pub(super) struct Check {
    #[arg(required_unless_present = "coverage")]
    pub(super) policy: Option<PathBuf>,
    /// Instead of a policy: how much of a configuration is understood.
    #[arg(long, value_name = "CONFIG", conflicts_with = "policy")]
    pub(super) coverage: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Build {
    pub(super) policy: PathBuf,
    #[arg(short, long = "output", value_name = "DIR")]
    pub(super) output: Option<PathBuf>,
    #[arg(long)]
    pub(super) allow_unproved: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Verify {
    pub(super) policy: PathBuf,
    #[arg(long, value_name = "DIR")]
    pub(super) configs: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub(super) certificate: Option<PathBuf>,
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub(super) report_output: Option<PathBuf>,
    #[arg(long, value_names = ["DATE", "DATE"], num_args = 2, conflicts_with = "mutate")]
    pub(super) between: Option<Vec<String>>,
    #[arg(long)]
    pub(super) mutate: bool,
    #[arg(long, conflicts_with = "certificate")]
    pub(super) redact: bool,
    #[arg(long, value_name = "OLD", conflicts_with_all = ["between", "mutate"])]
    pub(super) before: Option<PathBuf>,
    #[arg(long, value_name = "[SWITCH=]TIME", requires = "configs")]
    pub(super) captured: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Diff {
    pub(super) old: PathBuf,
    pub(super) new: PathBuf,
    #[arg(long, value_name = "POLICY")]
    pub(super) policy: Option<PathBuf>,
    #[arg(long, value_name = "FILE|TICKET")]
    pub(super) approved: Option<String>,
    #[arg(long)]
    pub(super) redact: bool,
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub(super) report_output: Option<PathBuf>,
    #[arg(long, value_enum, default_value = "all")]
    pub(super) class: Classes,
}

/// Which classes of packets decide (D46).
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Classes {
    All,
    Core,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["acl", "packet"]))]
pub(super) struct Trace {
    /// A configuration with `--acl`, a policy with `--packet`.
    pub(super) file: PathBuf,
    #[arg(long, value_name = "NAME", requires = "packets")]
    pub(super) acl: Option<String>,
    #[arg(long, value_name = "FILE", requires = "acl")]
    pub(super) packets: Option<PathBuf>,
    #[arg(long, value_name = "JSON")]
    pub(super) packet: Option<String>,
    #[arg(long, value_name = "ZONE", requires = "packet")]
    pub(super) from: Option<String>,
    #[arg(long, value_name = "DIR", requires = "packet")]
    pub(super) configs: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Query {
    pub(super) policy: PathBuf,
    #[arg(long, value_name = "ZONE")]
    pub(super) from: String,
    #[arg(long, value_name = "ZONE")]
    pub(super) to: String,
    #[arg(long, value_name = "DIR")]
    pub(super) configs: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Lint {
    #[arg(required = true, value_name = "CONFIG")]
    pub(super) configs: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Plan {
    pub(super) old: PathBuf,
    pub(super) new: PathBuf,
    #[arg(long, value_name = "POLICY")]
    pub(super) policy: Option<PathBuf>,
    #[arg(long, value_name = "FACT")]
    pub(super) attest: Vec<String>,
    #[arg(short = 'o', long = "output", value_name = "DIR")]
    pub(super) documents: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Sheet {
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    #[arg(short = 'o', long = "output", value_name = "TABLE")]
    pub(super) table: Option<PathBuf>,
    #[arg(long, value_name = "TABLE", conflicts_with = "table")]
    pub(super) check: Option<PathBuf>,
    #[arg(long, value_name = "TABLE", conflicts_with = "check")]
    pub(super) read: Option<PathBuf>,
    #[arg(long, value_enum, default_value = "utf8")]
    pub(super) charset: Charset,
}

/// How a CSV is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Charset {
    Utf8,
    Cp932,
}

#[derive(Debug, clap::Args)]
pub(super) struct Import {
    #[arg(required = true, value_name = "CONFIG")]
    pub(super) configs: Vec<PathBuf>,
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub(super) policy_out: Option<PathBuf>,
    #[arg(long = "model", value_name = "SWITCH=MODEL")]
    pub(super) models: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Facts {
    #[arg(value_name = "DIALECT")]
    pub(super) which: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Lab {
    #[arg(value_enum)]
    pub(super) action: Action,
    /// Without it, policies and networks are drawn at random.
    #[arg(required_unless_present = "random")]
    pub(super) policy: Option<PathBuf>,
    #[arg(long, value_name = "DIR", requires = "policy")]
    pub(super) configs: Option<PathBuf>,
    /// Packets at random: by family, or without a policy in all.
    #[arg(long, value_name = "N")]
    pub(super) random: Option<usize>,
    /// Packets of the solver's regions, by link and family.
    #[arg(long, value_name = "N")]
    pub(super) per_link: Option<usize>,
    #[arg(long, value_name = "S", default_value = "1")]
    pub(super) seed: u64,
    #[arg(long, requires = "policy")]
    pub(super) claims: bool,
    /// Go from this one to the policy as `plan` says, and back, with packets under way.
    #[arg(long, value_name = "OLD", requires = "policy", conflicts_with_all = ["configs", "claims"])]
    pub(super) from: Option<PathBuf>,
    /// Where the policy and texts of a drawn network go on which opinions differ.
    #[arg(short, long = "output", value_name = "DIR", conflicts_with = "policy")]
    pub(super) output: Option<PathBuf>,
    /// The process is inside its namespaces already.
    #[arg(long, hide = true)]
    pub(super) inside: bool,
}

/// What to do with the network of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Action {
    Up,
    Test,
    Down,
}

#[derive(Debug, clap::Args)]
pub(super) struct Fmt {
    pub(super) policy: PathBuf,
    /// Spells the keywords in a language.
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    pub(super) words: Option<Language>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Schema {
    #[arg(value_name = "COMMAND")]
    pub(super) command: String,
}
