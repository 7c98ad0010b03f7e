//! GitLab Code Quality: one JSON array of findings, each with a fingerprint that lives as long as the finding does.

use super::format::Outcome;
use super::issue::{Issue, Level, issues};
use super::json;
use crate::base::Lang;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The array.
#[must_use]
pub fn render(outcome: &Outcome<'_>, lang: Lang) -> Vec<u8> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut all = Vec::new();
    for issue in issues(outcome, lang) {
        let file = issue.place.as_ref().map_or("", |place| &place.file);
        let name = super::digest(&[&issue.rule, file, &issue.key]);
        // Two findings that read the same are two findings.
        let nth = seen.entry(name.clone()).or_insert(0);
        let fingerprint = match *nth {
            0 => name,
            nth => super::digest(&[&name, &nth.to_string()]),
        };
        *nth += 1;
        all.push(one(&issue, &fingerprint));
    }
    json::render(&all).into_bytes()
}

fn one(issue: &Issue, fingerprint: &str) -> Value {
    let place = issue.place.as_ref();
    json!({
        "description": issue.message,
        // GitLab reads what it knows; who replays an old verdict finds here by which facts.
        "facts": crate::facts::digest(),
        "check_name": issue.rule,
        "fingerprint": fingerprint,
        "severity": match issue.level {
            Level::Error => "critical",
            Level::Warning => "major",
            Level::Note => "info",
        },
        "location": {
            "path": place.map_or("", |place| &place.file),
            "lines": { "begin": place.and_then(|place| place.line).unwrap_or(1) },
        },
    })
}
