//! Diagnostics as text, a headline each.

use super::{Look, Tone};
use crate::report::outcome::Diagnostic;
use crate::text;

/// All of them, for standard error.
#[must_use]
pub fn diagnostics(look: Look, all: &[Diagnostic]) -> String {
    all.iter().map(|one| diagnostic(look, one)).collect()
}

fn diagnostic(look: Look, one: &Diagnostic) -> String {
    let (tone, word) = match one.severity {
        "error" => (Tone::Bad, text!("severity-error")),
        "warning" => (Tone::Doubt, text!("severity-warning")),
        _ => (Tone::Quiet, text!("severity-info")),
    };
    let word = look.paint(tone, &look.say(&word));
    let mut out = format!("{word}[{}]: {}\n", one.code, one.message);
    if let (Some(file), Some(line), Some(column)) = (&one.file, one.line, one.column) {
        out.push_str(&format!("  --> {file}:{line}:{column}\n"));
    }
    if let Some(help) = &one.help {
        out.push_str(&format!(
            "  = {}\n",
            look.say(&text!("report-help", help = help))
        ));
    }
    out
}
