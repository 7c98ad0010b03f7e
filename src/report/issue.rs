//! Outcomes as findings at places: what SARIF and Code Quality have in common.
//!
//! In: an outcome. Out: a list of [`Issue`]s in the order of the outcome. What is proved or equal is no issue.

use super::format::Outcome;
use super::outcome::{Change, Check, Claim, Diff, Finding, Gap, Hop};
use super::words;
use crate::base::{Lang, Text};
use crate::text;
use serde_json::Value;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Something is wrong.
    Error,
    /// Something is or may be wrong.
    Warning,
    /// Worth a look.
    Note,
}

impl Level {
    fn of(severity: &str) -> Level {
        match severity {
            "error" => Level::Error,
            "warning" => Level::Warning,
            _ => Level::Note,
        }
    }
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Path as given.
    pub file: String,
    /// 1-based line, if a line is meant.
    pub line: Option<u32>,
    /// 1-based column in characters.
    pub column: Option<u32>,
}

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// What kind it is; the same kind has the same name in every run.
    pub rule: String,
    /// How bad it is.
    pub level: Level,
    /// In words.
    pub message: String,
    /// Where.
    pub place: Option<Place>,
    /// What else has to do with it, in order: the hops of a witness, the lines that block a line.
    pub steps: Vec<(Option<Place>, String)>,
    /// What stays the same when lines move.
    pub key: String,
}

/// The findings of an outcome.
#[must_use]
pub fn issues(outcome: &Outcome<'_>, lang: Lang) -> Vec<Issue> {
    let claims = |claims: &[Claim]| -> Vec<Issue> {
        let open = claims.iter().filter(|claim| claim.verdict != "proved");
        open.map(|claim| of_claim(claim, lang)).collect()
    };
    match outcome {
        Outcome::Check(check) => of_check(check),
        Outcome::Verify(verify) => {
            let mut all = claims(&verify.claims);
            all.extend(verify.gaps.iter().map(|gap| of_gap(gap, lang)));
            all
        }
        Outcome::Build(build) => claims(&build.claims),
        Outcome::Diff(diff) => of_diff(diff, lang),
        Outcome::Lint(lint) => lint
            .findings
            .iter()
            .map(|one| of_finding(one, lang))
            .collect(),
        Outcome::Plain => Vec::new(),
    }
}

fn of_check(check: &Check) -> Vec<Issue> {
    let each = check.diagnostics.iter().map(|one| {
        let text = |name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default();
        let number = |name: &str| {
            let number = one.get(name).and_then(Value::as_u64);
            number.and_then(|n| u32::try_from(n).ok())
        };
        let file = one.get("file").and_then(Value::as_str);
        Issue {
            rule: text("code").to_owned(),
            level: Level::of(text("severity")),
            message: text("message").to_owned(),
            place: file.map(|file| Place {
                file: file.to_owned(),
                line: number("line"),
                column: number("column"),
            }),
            steps: Vec::new(),
            key: text("message").to_owned(),
        }
    });
    each.collect()
}

fn of_claim(claim: &Claim, lang: Lang) -> Issue {
    let say = |text: &Text| text.render(lang);
    let refuted = claim.verdict == "refuted";
    let mut message = format!("{}: {}", say(&words::verdict(claim.verdict)), claim.text);
    for part in words::why(claim, lang) {
        message.push('\n');
        message.push_str(&part);
    }
    let hops = claim.trace.as_deref().unwrap_or_default();
    Issue {
        rule: if refuted {
            "claim-refuted"
        } else {
            "claim-unknown"
        }
        .to_owned(),
        level: if refuted {
            Level::Error
        } else {
            Level::Warning
        },
        message,
        place: claim.place.clone(),
        steps: hops.iter().map(|hop| of_hop(hop, lang)).collect(),
        key: claim.id.clone(),
    }
}

fn of_hop(hop: &Hop, lang: Lang) -> (Option<Place>, String) {
    let place = hop.file.clone().map(|file| Place {
        file,
        line: hop.line,
        column: None,
    });
    (place, words::hop(hop, lang))
}

fn of_gap(gap: &Gap, lang: Lang) -> Issue {
    Issue {
        rule: "line-not-understood".to_owned(),
        level: Level::Note,
        message: text!("issue-gap", line = &gap.text, why = &gap.why).render(lang),
        place: Some(Place {
            file: gap.file.clone(),
            line: Some(gap.line),
            column: None,
        }),
        steps: Vec::new(),
        key: gap.text.clone(),
    }
}

fn of_diff(diff: &Diff, lang: Lang) -> Vec<Issue> {
    let changes = diff.changes.iter().map(|change| of_change(change, lang));
    let gaps = diff.gaps.iter().map(|gap| of_gap(gap, lang));
    changes.chain(gaps).collect()
}

fn of_change(change: &Change, lang: Lang) -> Issue {
    let side = |side: &super::outcome::Side| {
        let place = side.file.clone().map(|file| Place {
            file,
            line: side.line,
            column: None,
        });
        (place, side.text.clone())
    };
    let message = text!(
        "issue-change",
        effect = words::effect(change.effect),
        device = &change.device,
        acl = &change.acl,
        packet = &change.witness.shown
    );
    Issue {
        rule: change.effect.to_owned(),
        level: match (change.effect, change.certain) {
            ("newly-permitted", true) => Level::Error,
            _ => Level::Warning,
        },
        message: message.render(lang),
        place: side(&change.new).0.or_else(|| side(&change.old).0),
        steps: vec![side(&change.old), side(&change.new)],
        key: format!(
            "{} {} {} {}",
            change.device, change.acl, change.effect, change.class
        ),
    }
}

fn of_finding(finding: &Finding, lang: Lang) -> Issue {
    let at = |line| Place {
        file: finding.file.clone(),
        line,
        column: None,
    };
    let acl = finding.acl.clone().unwrap_or_default();
    let blocker = |&line: &u32| {
        let words = text!("issue-blocker", line = line).render(lang);
        (Some(at(Some(line))), words)
    };
    Issue {
        rule: finding.code.to_owned(),
        level: Level::of(finding.severity),
        message: match acl.is_empty() {
            true => finding.message.clone(),
            false => format!("{acl}: {}", finding.message),
        },
        place: Some(at(finding.line)),
        steps: finding.blockers.iter().map(blocker).collect(),
        key: format!("{acl} {}", finding.message),
    }
}
