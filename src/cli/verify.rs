//! `aclc verify POLICY [--configs DIR] [--between DATE DATE | --mutate]`

use super::args::{Format, Verify};
use super::session::{Outcome, Session, date};
use super::{Exit, input, output};
use crate::base::{Diagnostic, FileId, Lang, SourceMap};
use crate::job::diff::{DiffOutcome, How, Known};
use crate::job::evidence::Rollback;
use crate::job::plan::Asked;
use crate::job::verify::Verified;
use crate::job::{self, Capture, Options};
use crate::model::Policy;
use crate::report::convert::Words;
use crate::report::format::Shows;
use crate::report::redact::Redactor;
use crate::report::{certificate::sealed, convert, evidence, outcome, text};
use crate::text;
use std::collections::BTreeMap;
use std::path::Path;

pub(super) fn run(session: &mut Session<'_, '_>, args: &Verify, options: &Options) -> Outcome {
    let policy = input::policy(session, &args.policy)?;
    let configs = configs(session, args.configs.as_deref())?;
    let configs = configs.as_deref();
    if let Some([first, last]) = args.between.as_deref() {
        return between(session, policy, configs, options, (first, last));
    }
    if args.mutate {
        return mutate(session, policy, configs, options);
    }
    let mut verified = job::verify::run(&session.sources, policy, configs, options)?;
    if session.format.shows() >= Shows::Classes {
        job::verify::count(&mut verified, options);
    }
    let outcome = &verified.outcome;
    session.remark(&outcome.diagnostics);
    let certificate = match &args.certificate {
        Some(path) => certify(session, path, policy, configs, &verified, options)?,
        None => None,
    };
    let redactor = args.redact.then(|| Redactor::new(&verified.policy.network));
    let stated = stated(&args.captured, configs)?;
    let before = match &args.before {
        Some(old) => Some(Before::read(session, old, &args.policy, configs, options)?),
        None => None,
    };
    let change = before.as_ref();
    let change = change.map(|one| one.change(&session.sources, &verified, options));
    let change = change.transpose()?;
    let mut report = convert::verify(session.words(), outcome, options);
    report.effect = change
        .as_ref()
        .map(|change| convert::diff(session.words(), change));
    if session.format.shows() == Shows::Evidence {
        let mut found = job::evidence::evidence(&session.sources, configs, &verified, options);
        found.rollback = before.map(|one| one.rollback(&session.sources, &verified, options));
        let mut found = both(session, &found);
        for (_, evidence) in &mut found {
            for one in &mut evidence.captured {
                one.stated = stated.get(&one.switch).cloned();
            }
            evidence.certificate.clone_from(&certificate);
            evidence.redactor.clone_from(&redactor);
            evidence.command = again(session, args, options);
        }
        report.evidence = joined(session, outcome, options, found, change.as_ref());
    }
    let file = args.report_output.as_deref();
    session.deliver(&report, text::verify, redactor.as_ref(), file)?;
    Ok(Exit::of(outcome.verdict()))
}

/// The state before: captures or a policy, and what it was changed to.
struct Before {
    old: Vec<Capture>,
    policy: Option<Policy>,
    new: Vec<Capture>,
}

impl Before {
    fn read(
        session: &mut Session<'_, '_>,
        old: &Path,
        policy: &Path,
        configs: Option<&[Capture]>,
        options: &Options,
    ) -> Result<Before, Vec<Diagnostic>> {
        let (old, meant) = super::diff::side(session, old, options)?;
        let new = match configs {
            Some(configs) => configs.to_vec(),
            None => super::diff::side(session, policy, options)?.0,
        };
        let policy = meant.map(|(policy, _)| policy);
        Ok(Before { old, policy, new })
    }

    /// What changes for packets.
    fn change(
        &self,
        sources: &SourceMap,
        verified: &Verified,
        options: &Options,
    ) -> Result<DiffOutcome, Vec<Diagnostic>> {
        let known = Known {
            old: self.policy.as_ref(),
            new: Some(&verified.policy),
            names: Some(&verified.policy),
        };
        let how = How::default();
        job::diff::run(sources, &self.old, &self.new, known, how, options)
    }

    /// What becomes of it if the change is taken back.
    fn rollback(&self, sources: &SourceMap, verified: &Verified, options: &Options) -> Rollback {
        let asked = Asked {
            old: &self.old,
            new: &self.new,
            old_policy: self.policy.as_ref(),
            policy: &verified.policy,
            attested: &[],
        };
        job::evidence::rollback(sources, &asked, options)
    }
}

/// What people state of the times of captures, by switch: `SWITCH=TIME`, or a time for all that have none of their own.
fn stated(
    typed: &[String],
    configs: Option<&[Capture]>,
) -> Result<BTreeMap<String, String>, Vec<Diagnostic>> {
    let mut all = BTreeMap::new();
    let captures = configs.unwrap_or_default();
    let wrong = |text| vec![Diagnostic::error(text)];
    for one in typed {
        let (switch, time) = match one.split_once('=') {
            Some((switch, time)) => (Some(switch), time),
            None => (None, one.as_str()),
        };
        let parsed: Result<jiff::civil::DateTime, _> = time.parse();
        let time = parsed.map_err(|_| wrong(text!("bad-time", typed = time)))?;
        let shown = time.strftime("%Y-%m-%d %H:%M").to_string();
        let mine = captures.iter();
        let mine = mine.filter(|capture| switch.is_none_or(|switch| capture.name == switch));
        let names: Vec<&str> = mine.map(|capture| capture.name.as_str()).collect();
        match switch {
            Some(switch) if names.is_empty() => {
                return Err(wrong(text!("captured-unknown", switch = switch)));
            }
            Some(switch) => {
                all.insert(switch.to_owned(), shown);
            }
            None => names.into_iter().for_each(|name| {
                all.entry(name.to_owned()).or_insert_with(|| shown.clone());
            }),
        }
    }
    Ok(all)
}

/// Writes the certificate, or says why there is none. Its path and digest.
fn certify(
    session: &mut Session<'_, '_>,
    path: &Path,
    policy: FileId,
    configs: Option<&[Capture]>,
    verified: &Verified,
    options: &Options,
) -> Result<Option<(String, String)>, Vec<Diagnostic>> {
    match job::verify::certificate(&session.sources, policy, configs, verified, options) {
        Ok(certificate) => {
            let text = sealed(certificate);
            output::write_file(&session.io.root, path, text.as_bytes())?;
            let shown = input::shown(path);
            let digest = crate::base::Source::capture(&shown, text.as_bytes()).sha256;
            Ok(Some((shown, digest)))
        }
        Err(why) => {
            session.remark(&[Diagnostic::warning(why)]);
            Ok(None)
        }
    }
}

/// The evidence in the language asked for, then in the other one.
fn both(
    session: &Session<'_, '_>,
    found: &job::evidence::Evidence,
) -> Vec<(Lang, evidence::Evidence)> {
    [session.words(), session.other_words()]
        .map(|words| (words.lang, evidence::convert(words, found)))
        .into()
}

/// The first evidence, with the outcome in the other language in it.
fn joined(
    session: &Session<'_, '_>,
    outcome: &job::verify::VerifyOutcome,
    options: &Options,
    found: Vec<(Lang, evidence::Evidence)>,
    change: Option<&DiffOutcome>,
) -> Option<evidence::Evidence> {
    let mut found = found.into_iter();
    let (_, mut first) = found.next()?;
    first.twin = found.next().map(|(lang, second)| {
        let sources = &session.sources;
        let words = Words { sources, lang };
        let twin = convert::verify(words, outcome, options);
        Box::new(outcome::Verify {
            evidence: Some(second),
            effect: change.map(|change| convert::diff(words, change)),
            ..twin
        })
    });
    Some(first)
}

/// The command that makes the same bytes again, but for where they are written.
fn again(session: &Session<'_, '_>, args: &Verify, options: &Options) -> String {
    let mut words = vec!["aclc".to_owned(), "verify".to_owned()];
    words.push(input::shown(&args.policy));
    let mut option = |name: &str, value: String| words.extend([name.to_owned(), value]);
    for (name, path) in [
        ("--configs", &args.configs),
        ("--before", &args.before),
        ("--certificate", &args.certificate),
    ] {
        if let Some(path) = path {
            option(name, input::shown(path));
        }
    }
    for one in &args.captured {
        option("--captured", one.clone());
    }
    option("--at", options.at.to_string());
    if let Some(dialect) = options.dialect {
        option("--dialect", dialect.id().to_owned());
    }
    if let Some(nodes) = options.limits.nodes {
        option("--max-nodes", nodes.to_string());
    }
    if options.confirmed_only {
        option("--facts", "confirmed".to_owned());
    }
    if let Format::Other(format) = session.format {
        option("--format", format.name.to_owned());
    }
    let lang = if session.lang == Lang::Ja { "ja" } else { "en" };
    option("--lang", lang.to_owned());
    if args.redact {
        words.push("--redact".to_owned());
    }
    let quoted = |word: &String| match word.contains(char::is_whitespace) {
        true => format!("\"{word}\""),
        false => word.clone(),
    };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

fn between(
    session: &mut Session<'_, '_>,
    policy: FileId,
    configs: Option<&[Capture]>,
    options: &Options,
    (first, last): (&str, &str),
) -> Outcome {
    let days = |typed: &str| date(typed).map_err(|error| vec![*error]);
    let days = (days(first)?, days(last)?);
    if days.0 > days.1 {
        let headline = text!("days-backwards", first = first, last = last);
        let help = text!("days-backwards-help", first = first, last = last);
        return Err(vec![Diagnostic::error(headline).help(help)]);
    }
    let outcome = job::between::between(&session.sources, policy, configs, options, days)?;
    session.remark(&outcome.diagnostics);
    let report = convert::between(session.words(), &outcome, days);
    session.print(&report, text::between);
    Ok(Exit::of(outcome.verdict()))
}

fn mutate(
    session: &mut Session<'_, '_>,
    policy: FileId,
    configs: Option<&[Capture]>,
    options: &Options,
) -> Outcome {
    let outcome = job::mutate::mutate(&session.sources, policy, configs, options)?;
    session.remark(&outcome.diagnostics);
    let report = convert::mutate(session.words(), &outcome, options);
    session.print(&report, text::mutate);
    Ok(match outcome.unnoticed.is_empty() {
        true => Exit::Clean,
        false => Exit::Findings,
    })
}

/// The captures of `--configs`, if it was given.
pub(super) fn configs(
    session: &mut Session<'_, '_>,
    dir: Option<&Path>,
) -> Result<Option<Vec<Capture>>, Vec<Diagnostic>> {
    let Some(dir) = dir else { return Ok(None) };
    let captures = input::directory(session, dir)?;
    let tables = input::tables(session, dir, &captures);
    tables
        .map(|()| Some(captures))
        .map_err(|error| vec![*error])
}
