//! `aclc import CONFIG... [-o FILE]`

use super::args::{Format, Import};
use super::session::{Outcome, Session};
use super::{Exit, input, output};
use crate::base::Diagnostic;
use crate::job::{self, Options};
use crate::report::{convert, json, text};
use crate::text;
use std::collections::BTreeMap;

pub(super) fn run(session: &mut Session<'_, '_>, args: &Import, options: &Options) -> Outcome {
    let models = models(&args.models)?;
    let mut captures = Vec::new();
    for path in &args.configs {
        captures.extend(input::captures(session, path)?);
    }
    let lang = session.lang;
    let outcome = job::import::import(&mut session.sources, &captures, &models, lang, options)?;
    session.remark(&outcome.diagnostics);
    if let Some(path) = &args.policy_out {
        output::write_file(&session.io.root, path, outcome.policy.as_bytes())?;
    }
    let report = convert::import(session.words(), &outcome);
    let out = match (session.format, &args.policy_out) {
        (Format::Json, _) => json::render(&report),
        (Format::Text | Format::Other(_), Some(_)) => text::import(session.look(), &report),
        // A policy to pipe on: what is known of it stands in it as comments.
        (Format::Text | Format::Other(_), None) => {
            let known = text::import(session.look(), &report);
            let comments = known
                .lines()
                .map(|line| format!("# {line}").trim_end().to_owned() + "\n");
            format!("{}\n{}", report.policy, comments.collect::<String>())
        }
    };
    session.result(&out);
    let found = !outcome.leftovers.is_empty() && outcome.equality == crate::verify::Verdict::Proved;
    Ok(match Exit::of(outcome.equality) {
        Exit::Clean if outcome.limited => Exit::Unknown,
        Exit::Clean if found => Exit::Findings,
        exit => exit,
    })
}

/// `SWITCH=MODEL` each.
fn models(typed: &[String]) -> Result<BTreeMap<String, String>, Vec<Diagnostic>> {
    let split = |one: &String| {
        let pair = one
            .split_once('=')
            .filter(|(a, b)| !a.is_empty() && !b.is_empty());
        let wrong = || vec![Diagnostic::error(text!("bad-model", typed = one))];
        let (switch, model) = pair.ok_or_else(wrong)?;
        Ok((switch.to_owned(), model.to_owned()))
    };
    typed.iter().map(split).collect()
}
