//! `aclc facts [DIALECT]`

use super::Exit;
use super::args::Facts;
use super::session::{Outcome, Session, dialect};
use crate::job::Options;
use crate::job::facts::run as look;
use crate::report::{convert, text};

pub(super) fn run(session: &mut Session<'_, '_>, args: &Facts, options: &Options) -> Outcome {
    let typed = args.which.as_deref().map(dialect).transpose();
    let which = typed.map_err(|error| vec![*error])?.or(options.dialect);
    let report = convert::facts(session.lang, &look(which, options));
    session.print(&report, text::facts);
    Ok(Exit::Clean)
}
