//! `aclc fmt POLICY`: the plain form on standard output, comments kept, and the spelling unless asked

use super::Exit;
use super::args::Fmt;
use super::input;
use super::session::{Outcome, Session};
use crate::syntax;

pub(super) fn run(session: &mut Session<'_, '_>, args: &Fmt) -> Outcome {
    let file = input::policy_file(session, &args.policy).map_err(|error| vec![*error])?;
    let text = session.sources.get(file).text.clone();
    // A text that does not parse is not moved about: the finding would point at another place than the one typed.
    let (_, findings) = syntax::parse(file, &text);
    if !findings.is_empty() {
        return Err(findings);
    }
    session.result(&match args.words {
        Some(lang) => syntax::respell(&text, lang.of_words()),
        None => syntax::format(&text),
    });
    Ok(Exit::Clean)
}
