//! Outcomes as text for people, Japanese first; a file per outcome.
//!
//! In: the types of [`super::outcome`], whose strings are already in the language and safe to print. Out: a string.
//! Colour only where [`Look`] says so; nothing is told by colour alone.

mod between;
mod build;
mod coverage;
mod diff;
mod facts;
mod guideline;
mod import;
mod lab;
mod lint;
mod mutate;
mod plan;
mod query;
mod table;
mod trace;
mod verify;

pub use between::between;
pub use build::{build, configs};
pub use coverage::coverage;
pub use diff::{diff, twins};
pub use facts::facts;
pub use import::import;
pub use lab::lab;
pub use lint::{check, lint};
pub use mutate::mutate;
pub use plan::{plan, procedures};
pub use query::query;
pub use trace::{trace, trace_error, trace_line};
pub use verify::verify;

use super::outcome::{Gap, Input};
use crate::base::{Lang, Text};
use crate::text;

/// How a report looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Language of the words around the data.
    pub lang: Lang,
    /// ANSI colours.
    pub colour: bool,
}

/// What a word is to stand out as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tone {
    Good,
    Bad,
    Doubt,
    Title,
    Quiet,
}

impl Look {
    fn say(self, text: &Text) -> String {
        text.render(self.lang)
    }

    fn paint(self, tone: Tone, text: &str) -> String {
        let code = match tone {
            Tone::Good => "32",
            Tone::Bad => "31",
            Tone::Doubt => "33",
            Tone::Title => "1",
            Tone::Quiet => "2",
        };
        match self.colour {
            true => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            false => text.to_owned(),
        }
    }

    /// ○, × or ？ with its word.
    fn verdict(self, verdict: &str) -> String {
        let (tone, text) = match verdict {
            "proved" => (Tone::Good, text!("verdict-proved")),
            "refuted" => (Tone::Bad, text!("verdict-refuted")),
            "equal" => (Tone::Good, text!("verdict-equal")),
            "different" => (Tone::Bad, text!("verdict-different")),
            "arrives" => (Tone::Good, text!("verdict-arrives")),
            "dropped" => (Tone::Bad, text!("verdict-dropped")),
            "local" => (Tone::Good, text!("verdict-local")),
            "permit" => (Tone::Good, text!("verdict-permit")),
            "deny" => (Tone::Bad, text!("verdict-deny")),
            _ => (Tone::Doubt, text!("verdict-unknown")),
        };
        self.paint(tone, &self.say(&text))
    }
}

/// Lines of a report.
#[derive(Default)]
struct Page {
    out: String,
}

impl Page {
    fn line(&mut self, line: impl AsRef<str>) {
        self.out.push_str(line.as_ref().trim_end());
        self.out.push('\n');
    }

    /// A heading over a list, or nothing if the list is empty.
    fn list(&mut self, look: Look, heading: &Text, items: &[String]) {
        if items.is_empty() {
            return;
        }
        self.line("");
        self.line(look.paint(Tone::Title, &look.say(heading)));
        for item in items {
            self.line(format!("  {item}"));
        }
    }

    fn gaps(&mut self, look: Look, gaps: &[Gap]) {
        let items: Vec<String> = gaps
            .iter()
            .map(|gap| format!("{}:{}  {}  ({})", gap.file, gap.line, gap.text, gap.why))
            .collect();
        self.list(look, &text!("report-gaps"), &items);
    }

    fn inputs(&mut self, look: Look, inputs: &[Input]) {
        let items: Vec<String> = inputs
            .iter()
            .map(|input| format!("{}  {}", input.sha256, input.path))
            .collect();
        self.list(look, &text!("report-inputs"), &items);
    }

    /// By what a run is made again: the program's version and the digest of the vendor facts.
    fn made(&mut self, look: Look, version: &str, facts: &str) {
        let made = text!("report-made", version = version, facts = facts);
        self.line(look.say(&made));
    }
}
