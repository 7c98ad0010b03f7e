//! The command line: the only module that touches files, the clock, the environment and the standard streams.
//!
//! In: arguments. Out: the result on standard output, diagnostics on standard error, an exit code (contract, "Commands").
//! [`run`] is the whole program with its surroundings passed in, so that tests need no processes.

mod args;
mod build;
mod check;
mod diff;
mod facts;
mod fmt;
mod help;
mod import;
mod input;
mod lab;
mod lint;
mod mentioned;
mod output;
mod plan;
mod query;
mod schema;
mod session;
mod sheet;
mod trace;
mod twins;
mod verify;

#[cfg(test)]
mod tests;

use crate::base::{Diagnostic, Lang};
use crate::report::format::FORMATS;
use crate::text;
use args::{Args, Command, Format};
use clap::FromArgMatches as _;
use jiff::civil::Date;
use session::Session;
use std::any::Any;
use std::ffi::OsString;
use std::io::{IsTerminal as _, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// How a run ends. Where several apply: 2, then 1, then 3, then 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: clean, proved, equal.
    Clean,
    /// 1: findings, refuted, different.
    Findings,
    /// 2: could not run.
    CannotRun,
    /// 3: something was not understood or is not known that could change the answer.
    Unknown,
}

impl Exit {
    /// The code.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::CannotRun => 2,
            Exit::Unknown => 3,
        }
    }

    /// The exit of a claim's or a file's verdict.
    fn of(verdict: crate::verify::Verdict) -> Exit {
        match verdict {
            crate::verify::Verdict::Proved => Exit::Clean,
            crate::verify::Verdict::Refuted => Exit::Findings,
            crate::verify::Verdict::Unknown => Exit::Unknown,
        }
    }
}

/// What surrounds a run.
pub struct Io<'a> {
    /// Standard input.
    pub stdin: &'a mut dyn Read,
    /// Standard output: the result and nothing else.
    pub stdout: &'a mut dyn Write,
    /// Standard error: diagnostics.
    pub stderr: &'a mut dyn Write,
    /// Directory that relative paths start from.
    pub root: PathBuf,
    /// Today in Japan.
    pub today: Date,
    /// Language of the environment.
    pub lang: Lang,
    /// Colour on standard output and on standard error, unless `--color` says otherwise.
    pub colour: (bool, bool),
}

/// Stack of the thread that does the work: parsing is recursive within the limit of nesting.
const STACK: usize = 64 << 20;

/// Runs the program in its real surroundings.
pub fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|_| ()));
    let args: Vec<OsString> = std::env::args_os().collect();
    let json = help::asks_for_json(&args);
    let lang = help::asked_language(&args).unwrap_or_else(language);
    let work = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || run(args, &mut surroundings()));
    let outcome = match work {
        Ok(thread) => thread.join(),
        Err(error) => Err(Box::new(error) as Box<dyn Any + Send>),
    };
    let reported = outcome.or_else(|reason| {
        let why = words(reason.as_ref());
        // A bug may lie in what reports bugs.
        std::panic::catch_unwind(move || our_bug(&why, lang, json))
    });
    ExitCode::from(reported.unwrap_or(Exit::CannotRun).code())
}

fn surroundings() -> Io<'static> {
    let quiet = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    Io {
        stdin: Box::leak(Box::new(std::io::stdin())),
        stdout: Box::leak(Box::new(std::io::stdout())),
        stderr: Box::leak(Box::new(std::io::stderr())),
        root: PathBuf::new(),
        today: today(),
        lang: language(),
        colour: (
            !quiet && std::io::stdout().is_terminal(),
            !quiet && std::io::stderr().is_terminal(),
        ),
    }
}

/// The date in Japan, which has no summer time: nine hours ahead of UTC.
fn today() -> Date {
    let offset = jiff::tz::Offset::constant(9);
    offset.to_datetime(jiff::Timestamp::now()).date()
}

/// Japanese for a Japanese locale, and on Windows, where there is none in the environment.
fn language() -> Lang {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    match ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set) {
        Some(locale) if locale.starts_with("ja") => Lang::Ja,
        Some(_) => Lang::En,
        None if cfg!(windows) => Lang::Ja,
        None => Lang::En,
    }
}

/// The message of a panic.
fn words(reason: &(dyn Any + Send)) -> String {
    let owned = reason.downcast_ref::<String>().cloned();
    let fixed = || reason.downcast_ref::<&str>().map(|why| (*why).to_owned());
    owned.or_else(fixed).unwrap_or_default()
}

/// A panic is our bug, and says so.
fn our_bug(why: &str, lang: Lang, json: bool) -> Exit {
    let mut io = surroundings();
    let mut session = Session::new(
        &mut io,
        lang,
        if json { Format::Json } else { Format::Text },
    );
    let bug = Diagnostic::error(text!("our-bug", why = why)).help(text!("our-bug-help"));
    session.fail(&[bug])
}

/// Runs one command.
pub fn run(args: impl IntoIterator<Item = OsString>, io: &mut Io<'_>) -> Exit {
    let args: Vec<OsString> = args.into_iter().collect();
    let lang = help::asked_language(&args).unwrap_or(io.lang);
    let format = match help::asks_for_json(&args) {
        true => Format::Json,
        false => Format::Text,
    };
    let matches = help::command(lang).try_get_matches_from(&args);
    match matches.and_then(|matches| Args::from_arg_matches(&matches)) {
        Ok(parsed) => {
            let mut session = Session::new(io, lang, parsed.global.format);
            session.set_colour(parsed.global.color);
            let exit = command(&mut session, &parsed);
            if session.unprinted {
                Exit::CannotRun
            } else {
                exit
            }
        }
        Err(error) if !error.use_stderr() => {
            let mut session = Session::new(io, lang, Format::Text);
            session.result(&error.render().to_string());
            Exit::Clean
        }
        Err(error) => Session::new(io, lang, format).fail(&[help::usage(&error)]),
    }
}

/// A format that a command does not have is a usage error before anything is read.
fn unfit(format: Format, command: &str) -> Option<Diagnostic> {
    let Format::Other(format) = format else {
        return None;
    };
    let offered = |one: &&crate::report::format::Format| one.commands.contains(&command);
    let names: Vec<&str> = FORMATS.iter().filter(offered).map(|one| one.name).collect();
    let formats = [&["text", "json"], names.as_slice()].concat().join(", ");
    let wrong = text!("format-not-for", format = format.name, command = command);
    let wrong = Diagnostic {
        code: "usage",
        ..Diagnostic::error(wrong)
    };
    (!format.commands.contains(&command))
        .then(|| wrong.help(text!("format-of", command = command, formats = formats)))
}

fn command(session: &mut Session<'_, '_>, args: &Args) -> Exit {
    if let Some(error) = unfit(args.global.format, args.command.name()) {
        return session.fail(&[error]);
    }
    let options = match session.options(&args.global) {
        Ok(options) => options,
        Err(error) => return session.fail(&[*error]),
    };
    let exit = match &args.command {
        Command::Check(args) => check::run(session, args, &options),
        Command::Build(args) => build::run(session, args, &options),
        Command::Verify(args) => verify::run(session, args, &options),
        Command::Diff(args) => diff::run(session, args, &options),
        Command::Trace(args) => trace::run(session, args, &options),
        Command::Query(args) => query::run(session, args, &options),
        Command::Lint(args) => lint::run(session, args, &options),
        Command::Twins(args) => twins::run(session, args, &options),
        Command::Sheet(args) => sheet::run(session, args, &options),
        Command::Plan(args) => plan::run(session, args, &options),
        Command::Import(args) => import::run(session, args, &options),
        Command::Facts(args) => facts::run(session, args, &options),
        Command::Lab(args) => lab::run(session, args, &options),
        Command::Fmt(args) => fmt::run(session, args),
        Command::Schema(args) => schema::run(session, args),
    };
    exit.unwrap_or_else(|errors| session.fail(&errors))
}
