//! `aclc schema COMMAND`

use super::Exit;
use super::args::Schema;
use super::session::{Outcome, Session};
use crate::base::{Diagnostic, suggest};
use crate::report::schema::{NAMES, of};
use crate::text;

pub(super) fn run(session: &mut Session<'_, '_>, args: &Schema) -> Outcome {
    let Some(schema) = of(&args.command) else {
        let unknown = Diagnostic::error(text!("unknown-schema", name = &args.command));
        let help = match suggest::nearest(&args.command, NAMES) {
            Some(near) => text!("did-you-mean-place", name = near),
            None => text!("schema-names", names = NAMES.join(", ")),
        };
        return Err(vec![unknown.help(help)]);
    };
    let text = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
    session.result(&format!("{text}\n"));
    Ok(Exit::Clean)
}
