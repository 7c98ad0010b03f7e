//! `aclc verify POLICY [--configs DIR] [--between DATE DATE | --mutate]`

use super::args::{Format, Verify};
use super::session::{Outcome, Session, date};
use super::{Exit, input, output};
use crate::base::{Diagnostic, FileId, Lang};
use crate::job::diff::{DiffOutcome, How, Known};
use crate::job::verify::Verified;
use crate::job::{self, Capture, Options};
use crate::report::convert::Words;
use crate::report::redact::Redactor;
use crate::report::{certificate::sealed, convert, evidence, outcome, text};
use crate::text;
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
    let verified = job::verify::run(&session.sources, policy, configs, options)?;
    let outcome = &verified.outcome;
    session.remark(&outcome.diagnostics);
    let certificate = match &args.certificate {
        Some(path) => certify(session, path, policy, configs, &verified, options)?,
        None => None,
    };
    let redactor = args.redact.then(|| Redactor::new(&verified.policy.network));
    let change = match &args.before {
        Some(old) => Some(change(
            session,
            old,
            &args.policy,
            configs,
            &verified,
            options,
        )?),
        None => None,
    };
    let mut report = convert::verify(session.words(), outcome, options);
    report.effect = change
        .as_ref()
        .map(|change| convert::diff(session.words(), change));
    if matches!(session.format, Format::Other(format) if format.evidence) {
        let mut found = gather(session, configs, &verified, options);
        for (_, evidence) in &mut found {
            evidence.certificate.clone_from(&certificate);
            evidence.redactor.clone_from(&redactor);
            evidence.command = again(args, &report);
        }
        report.evidence = joined(session, outcome, options, found, change.as_ref());
    }
    let mut out = session.rendered(&report, text::verify);
    if let (Some(redactor), Ok(text)) = (&redactor, std::str::from_utf8(&out)) {
        out = redactor.text(text).into_bytes();
    }
    match &args.report_output {
        Some(path) => output::write_file(&session.io.root, path, &out)?,
        None => session.bytes(&out),
    }
    Ok(Exit::of(outcome.verdict()))
}

/// What changes for packets since the state before: from captures or a policy, to what was verified.
fn change(
    session: &mut Session<'_, '_>,
    old: &Path,
    policy: &Path,
    configs: Option<&[Capture]>,
    verified: &Verified,
    options: &Options,
) -> Result<DiffOutcome, Vec<Diagnostic>> {
    let (before, old_policy) = super::diff::side(session, old, options)?;
    let after = match configs {
        Some(configs) => configs.to_vec(),
        None => super::diff::side(session, policy, options)?.0,
    };
    let known = Known {
        old: old_policy.as_ref().map(|(policy, _)| policy),
        new: Some(&verified.policy),
        names: Some(&verified.policy),
    };
    job::diff::run(
        &session.sources,
        &before,
        &after,
        known,
        How::default(),
        options,
    )
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
fn gather(
    session: &Session<'_, '_>,
    configs: Option<&[Capture]>,
    verified: &Verified,
    options: &Options,
) -> Vec<(Lang, evidence::Evidence)> {
    let found = job::evidence::evidence(&session.sources, configs, verified, options);
    let second = match session.lang {
        Lang::Ja => Lang::En,
        Lang::En => Lang::Ja,
    };
    let words = |lang| Words {
        sources: &session.sources,
        lang,
    };
    [session.lang, second]
        .map(|lang| (lang, evidence::convert(words(lang), &found)))
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

/// The command that makes the same verdict again.
fn again(args: &Verify, report: &outcome::Verify) -> String {
    let mut words = vec!["aclc verify".to_owned(), input::shown(&args.policy)];
    if let Some(dir) = &args.configs {
        words.extend(["--configs".to_owned(), input::shown(dir)]);
    }
    if let Some(old) = &args.before {
        words.extend(["--before".to_owned(), input::shown(old)]);
    }
    words.extend(["--at".to_owned(), report.at.clone()]);
    words.join(" ")
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
