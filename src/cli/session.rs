//! One run: the surroundings, what was asked for in general, and the files read so far.

use super::args::{Colour, Format, Global, Settled};
use super::{Exit, Io, output};
use crate::base::suggest::nearest;
use crate::base::{Diagnostic, Lang, SourceMap};
use crate::job::{Limits, Options};
use crate::report::convert::Words;
use crate::report::format::Report;
use crate::report::redact::Redactor;
use crate::report::text::Look;
use crate::report::{diagnostics as report, json};
use crate::text;
use crate::vendor::{DIALECTS, Dialect, by_id, refused};
use jiff::civil::Date;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A run.
pub(super) struct Session<'a, 'io> {
    pub(super) io: &'a mut Io<'io>,
    pub(super) sources: SourceMap,
    pub(super) lang: Lang,
    pub(super) format: Format,
    /// Whether standard input was read; it can be read once.
    pub(super) stdin_used: bool,
    /// Whether a result was lost on its way to standard output.
    pub(super) unprinted: bool,
}

/// What a command ends with, or why it could not run.
pub(super) type Outcome = Result<Exit, Vec<Diagnostic>>;

impl<'a, 'io> Session<'a, 'io> {
    pub(super) fn new(io: &'a mut Io<'io>, lang: Lang, format: Format) -> Session<'a, 'io> {
        Session {
            io,
            sources: SourceMap::default(),
            lang,
            format,
            stdin_used: false,
            unprinted: false,
        }
    }

    pub(super) fn set_colour(&mut self, colour: Colour) {
        match colour {
            Colour::Auto => {}
            Colour::Always => self.io.colour = (true, true),
            Colour::Never => self.io.colour = (false, false),
        }
    }

    /// What every job is told.
    pub(super) fn options(&self, global: &Global) -> Result<Options, Box<Diagnostic>> {
        let at = match &global.at {
            None => self.io.today,
            Some(typed) => date(typed)?,
        };
        let dialect = match &global.dialect {
            None => None,
            Some(id) => Some(dialect(id)?),
        };
        Ok(Options {
            at,
            limits: Limits {
                nodes: global.max_nodes.map(|nodes| nodes as usize),
                stop: global.timeout.map(alarm),
            },
            dialect,
            confirmed_only: global.facts == Settled::Confirmed,
        })
    }

    pub(super) fn words(&self) -> Words<'_> {
        Words {
            sources: &self.sources,
            lang: self.lang,
        }
    }

    /// The words of the other language, for a page in both.
    pub(super) fn other_words(&self) -> Words<'_> {
        let lang = match self.lang {
            Lang::Ja => Lang::En,
            Lang::En => Lang::Ja,
        };
        Words {
            lang,
            ..self.words()
        }
    }

    /// How text on standard output looks.
    pub(super) fn look(&self) -> Look {
        Look {
            lang: self.lang,
            colour: self.io.colour.0,
        }
    }

    /// Prints an outcome in the format that was asked for.
    pub(super) fn print<T: Report>(&mut self, outcome: &T, as_text: impl Fn(Look, &T) -> String) {
        let out = self.rendered(outcome, as_text);
        self.bytes(&out);
    }

    /// An outcome in the format that was asked for.
    pub(super) fn rendered<T: Report>(
        &self,
        outcome: &T,
        as_text: impl Fn(Look, &T) -> String,
    ) -> Vec<u8> {
        match self.format {
            Format::Json => json::render(outcome).into_bytes(),
            Format::Text => as_text(self.look(), outcome).into_bytes(),
            Format::Other(format) => (format.render)(&outcome.outcome(), self.lang),
        }
    }

    /// The same without addresses, if they are to be names; into a file, or to standard output.
    pub(super) fn deliver<T: Report>(
        &mut self,
        outcome: &T,
        as_text: impl Fn(Look, &T) -> String,
        redactor: Option<&Redactor>,
        file: Option<&Path>,
    ) -> Result<(), Vec<Diagnostic>> {
        let mut out = self.rendered(outcome, as_text);
        // A workbook is no text: its cells were redacted when they were written.
        if let (Some(redactor), Ok(text)) = (redactor, std::str::from_utf8(&out)) {
            out = redactor.text(text).into_bytes();
        }
        match file {
            Some(path) => output::write_file(&self.io.root, path, &out),
            None => {
                self.bytes(&out);
                Ok(())
            }
        }
    }

    /// Writes to standard output. A reader that has gone away is no error of ours.
    pub(super) fn result(&mut self, out: &str) {
        self.bytes(out.as_bytes());
    }

    pub(super) fn bytes(&mut self, out: &[u8]) {
        let written = self.io.stdout.write_all(out);
        let flushed = written.and_then(|()| self.io.stdout.flush());
        self.printed(flushed);
    }

    /// What came of writing to standard output: a result that is lost is no result.
    pub(super) fn printed(&mut self, written: std::io::Result<()>) {
        if let Err(error) = written
            && error.kind() != ErrorKind::BrokenPipe
        {
            let error = Diagnostic::error(text!("cannot-print", why = error.to_string()));
            self.remark(&[error]);
            self.unprinted = true;
        }
    }

    /// Writes diagnostics to standard error.
    pub(super) fn remark(&mut self, diagnostics: &[Diagnostic]) {
        let colour = self.io.colour.1;
        let out = report::render(diagnostics, &self.sources, self.lang, colour);
        // Nothing is left to tell it to if standard error is gone.
        let _ = self.io.stderr.write_all(out.as_bytes());
        let _ = self.io.stderr.flush();
    }

    /// Says why the command could not run.
    pub(super) fn fail(&mut self, errors: &[Diagnostic]) -> Exit {
        match self.format {
            Format::Text | Format::Other(_) => self.remark(errors),
            Format::Json => {
                let out = report::error_json(errors, &self.sources, self.lang);
                self.result(&json::render(&out));
            }
        }
        Exit::CannotRun
    }
}

/// `2026-11-23` and nothing else.
pub(super) fn date(typed: &str) -> Result<Date, Box<Diagnostic>> {
    let date: Option<Date> = typed.parse().ok();
    date.filter(|date| date.to_string() == typed)
        .ok_or_else(|| Box::new(Diagnostic::error(text!("bad-date", typed = typed))))
}

/// The dialect of an id that was typed.
pub(super) fn dialect(id: &str) -> Result<&'static dyn Dialect, Box<Diagnostic>> {
    by_id(id).ok_or_else(|| Box::new(unknown_dialect(id)))
}

fn unknown_dialect(id: &str) -> Diagnostic {
    let ids: Vec<&str> = DIALECTS.iter().map(|dialect| dialect.id()).collect();
    let error = Diagnostic::error(text!("dialect-unknown", id = id));
    if let Some(family) = refused::by_id(id) {
        return error.help(family.why());
    }
    match nearest(id, ids.iter().copied()) {
        Some(near) => error.help(text!("dialect-unknown-near", near = near)),
        None => error.help(text!("dialect-known", ids = ids.join(", "))),
    }
}

/// A flag that is raised after some seconds.
fn alarm(seconds: u32) -> &'static AtomicBool {
    // One per run of the program.
    let raised: &'static AtomicBool = Box::leak(Box::new(AtomicBool::new(seconds == 0)));
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_secs(seconds.into()));
        raised.store(true, Ordering::Relaxed);
    });
    raised
}
