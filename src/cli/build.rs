//! `aclc build POLICY [-o DIR]`

use super::args::{Build, Format};
use super::session::{Outcome, Session};
use super::{Exit, input, output};
use crate::job::build::BuildOutcome;
use crate::job::{self, Options};
use crate::report::{convert, text};
use std::path::Path;

pub(super) fn run(session: &mut Session<'_, '_>, args: &Build, options: &Options) -> Outcome {
    let policy = input::policy(session, &args.policy)?;
    let outcome = job::build::build(&session.sources, policy, options)?;
    session.remark(&outcome.diagnostics);
    let may_write = outcome.may_write(args.allow_unproved);
    if let (Some(dir), true) = (&args.output, may_write) {
        write(session, dir, &outcome)?;
    }
    print(session, args, &outcome, may_write);
    // Unproved claims that were waived are still unproved.
    Ok(Exit::of(outcome.verdict()))
}

fn name(switch: &str) -> String {
    format!("{switch}.cfg")
}

fn write(
    session: &Session<'_, '_>,
    dir: &Path,
    outcome: &BuildOutcome,
) -> Result<(), Vec<crate::base::Diagnostic>> {
    let files = outcome.files.iter();
    let files: Vec<_> = files
        .map(|file| (name(&file.switch), file.text.as_str()))
        .collect();
    output::write_all(&session.io.root, dir, &files).map_err(|error| vec![*error])
}

/// With `-o` or as JSON: the report. Else the texts, if they may be had, and the report only where they may not.
fn print(session: &mut Session<'_, '_>, args: &Build, outcome: &BuildOutcome, may_write: bool) {
    let names: Vec<String> = outcome
        .files
        .iter()
        .map(|file| name(&file.switch))
        .collect();
    let path = |name: &String| match &args.output {
        Some(dir) => input::shown(&dir.join(name)),
        None => name.clone(),
    };
    let paths: Vec<String> = names.iter().map(path).collect();
    let written = may_write && args.output.is_some();
    let report = convert::build(session.words(), outcome, &paths, written);
    match (session.format, &args.output) {
        (Format::Text, None) if may_write => {
            let files = outcome.files.iter().zip(&names);
            let files = files.map(|(file, name)| (name.as_str(), file.comment, &*file.text));
            session.result(&text::configs(files));
        }
        _ => session.print(&report, text::build),
    }
}
