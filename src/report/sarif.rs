//! SARIF 2.1.0 (OASIS Standard, 2020): findings at policy and configuration lines, for code hosts and editors.
//!
//! The witness of a refuted claim is a code flow: its steps are the lines that decide, hop by hop.

use super::format::Outcome;
use super::issue::{Issue, Level, Place, issues};
use super::json;
use super::outcome::Input;
use crate::base::Lang;
use serde_json::{Map, Value, json};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The log.
#[must_use]
pub fn render(outcome: &Outcome<'_>, lang: Lang) -> Vec<u8> {
    let found = issues(outcome, lang);
    let mut rules: Vec<&str> = found.iter().map(|issue| issue.rule.as_str()).collect();
    rules.sort_unstable();
    rules.dedup();
    let results: Vec<Value> = found.iter().map(|issue| result(issue, &rules)).collect();
    let rule = |id: &&str| json!({ "id": id });
    let mut run = json!({
        "tool": { "driver": {
            "name": "aclc",
            "version": env!("CARGO_PKG_VERSION"),
            "rules": rules.iter().map(rule).collect::<Vec<_>>(),
        }},
        "columnKind": "unicodeCodePoints",
        "results": results,
    });
    if let Some(run) = run.as_object_mut() {
        describe(run, outcome, lang);
    }
    json::render(&json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run] })).into_bytes()
}

/// The language, the files with their hashes, and what a re-run needs to know.
fn describe(run: &mut Map<String, Value>, outcome: &Outcome<'_>, lang: Lang) {
    let language = if lang == Lang::Ja { "ja" } else { "en" };
    run.insert("language".to_owned(), json!(language));
    let inputs: &[Input] = match outcome {
        Outcome::Verify(verify) => &verify.inputs,
        Outcome::Diff(diff) => &diff.inputs,
        _ => &[],
    };
    if !inputs.is_empty() {
        let artifact = |input: &Input| json!({ "location": { "uri": uri(&input.path) }, "hashes": { "sha-256": input.sha256 } });
        let all: Vec<Value> = inputs.iter().map(artifact).collect();
        run.insert("artifacts".to_owned(), json!(all));
    }
    let facts = crate::facts::digest();
    let of = match outcome {
        Outcome::Verify(verify) => {
            json!({ "verdict": verify.verdict, "at": verify.at, "facts": facts, "assumptions": verify.assumptions })
        }
        _ => json!({ "facts": facts }),
    };
    run.insert("properties".to_owned(), of);
}

fn result(issue: &Issue, rules: &[&str]) -> Value {
    let mut out = json!({
        "ruleId": issue.rule,
        "ruleIndex": rules.iter().position(|rule| *rule == issue.rule),
        "level": match issue.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        },
        "message": { "text": issue.message },
        "locations": issue.place.iter().map(|place| location(place, None)).collect::<Vec<_>>(),
        "partialFingerprints": { "aclc/v1": super::digest(&[&issue.rule, &issue.key]) },
    });
    let step = |(place, words): &(Option<Place>, String)| match place {
        Some(place) => json!({ "location": location(place, Some(words)) }),
        None => json!({ "location": { "message": { "text": words } } }),
    };
    let steps: Vec<Value> = issue.steps.iter().map(step).collect();
    if let (Some(out), false) = (out.as_object_mut(), steps.is_empty()) {
        let flow = json!([{ "threadFlows": [{ "locations": steps }] }]);
        out.insert("codeFlows".to_owned(), flow);
    }
    out
}

fn location(place: &Place, words: Option<&str>) -> Value {
    let mut physical = json!({ "artifactLocation": { "uri": uri(&place.file) } });
    if let (Some(physical), Some(line)) = (physical.as_object_mut(), place.line.filter(|&n| n > 0))
    {
        let mut region = json!({ "startLine": line });
        if let (Some(region), Some(column)) = (region.as_object_mut(), place.column) {
            region.insert("startColumn".to_owned(), json!(column));
        }
        physical.insert("region".to_owned(), region);
    }
    match words {
        Some(words) => json!({ "physicalLocation": physical, "message": { "text": words } }),
        None => json!({ "physicalLocation": physical }),
    }
}

/// A path as a URI reference (RFC 3986): what is not unreserved is percent-encoded, a drive letter becomes a `file` URI.
fn uri(path: &str) -> String {
    let mut out = String::new();
    let drive = path.as_bytes().get(1) == Some(&b':');
    if drive {
        out.push_str("file:///");
    }
    for (at, byte) in path.bytes().enumerate() {
        let plain = byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) || (drive && at == 1);
        match plain {
            true => out.push(char::from(byte)),
            false => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_references() {
        assert_eq!(uri("a/b-1.cfg"), "a/b-1.cfg");
        assert_eq!(uri("市 x.acl"), "%E5%B8%82%20x.acl");
        assert_eq!(uri("C:/a#b.cfg"), "file:///C:/a%23b.cfg");
    }
}
