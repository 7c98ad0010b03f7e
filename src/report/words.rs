//! Words that several formats share: a verdict, why it is what it is, a hop on one line.

use super::outcome::{Claim, Hop};
use crate::base::{Lang, Text};
use crate::text;
use crate::verify::survey::Opens;

/// ○, × or ？ with its word.
#[must_use]
pub fn verdict(verdict: &str) -> Text {
    match verdict {
        "proved" => text!("verdict-proved"),
        "refuted" => text!("verdict-refuted"),
        "equal" => text!("verdict-equal"),
        "different" => text!("verdict-different"),
        _ => text!("verdict-unknown"),
    }
}

/// What a change does.
#[must_use]
pub fn effect(effect: &str) -> Text {
    match effect {
        "newly-permitted" => text!("diff-newly-permitted"),
        _ => text!("diff-newly-denied"),
    }
}

/// Why a verdict is what it is; a reason without words is shown by its code.
#[must_use]
pub fn reason(code: &'static str) -> Text {
    match code {
        "inseparable" => text!("reason-inseparable"),
        "vacuous" => text!("reason-vacuous"),
        "unnamed-link" => text!("reason-unnamed-link"),
        "limit" => text!("reason-limit"),
        other => text!("report-reason", reason = other),
    }
}

/// What a packet is in its session.
#[must_use]
pub fn kind(kind: Option<&str>) -> Text {
    match kind {
        Some("reply") => text!("kind-reply"),
        Some("error") => text!("kind-error"),
        _ => text!("kind-request"),
    }
}

/// The witness, or the candidate, in words.
#[must_use]
pub fn packet(claim: &Claim) -> Option<Text> {
    let kind = kind(claim.kind);
    match (&claim.witness, &claim.candidate) {
        (Some(packet), _) => Some(text!("report-witness", kind = kind, packet = &packet.shown)),
        (None, Some(packet)) => Some(text!(
            "report-candidate",
            kind = kind,
            packet = &packet.shown
        )),
        (None, None) => None,
    }
}

/// What explains a verdict that is not *proved*: its reason, its packet with both ends, the questions.
#[must_use]
pub fn why(claim: &Claim, lang: Lang) -> Vec<String> {
    let mut all = Vec::new();
    all.extend(claim.reason.map(|code| reason(code).render(lang)));
    if let Some(packet) = packet(claim) {
        let ends = claim.ends.as_ref();
        let ends = ends.map_or(String::new(), |(from, to)| format!("  ({from} -> {to})"));
        all.push(format!("{}{ends}", packet.render(lang)));
    }
    let beside = match claim.verdict {
        "refuted" => text!("report-beside"),
        _ => text!("report-because-one"),
    };
    let beside = beside.render(lang);
    all.extend(claim.because.iter().map(|one| format!("{beside}{one}")));
    all
}

/// A hop on one line: where, which list and line, what happened, the line's text.
#[must_use]
pub fn hop(hop: &Hop, lang: Lang) -> String {
    let mut parts = vec![hop.device.clone(), hop.interface.clone()];
    parts.extend(hop.direction.map(str::to_owned));
    if let Some(acl) = &hop.acl {
        parts.push(format!("{acl} {}", line(hop.line).render(lang)));
    }
    parts.push(action(hop).render(lang));
    if !hop.text.is_empty() {
        parts.push(hop.text.clone());
    }
    parts.retain(|part| !part.is_empty());
    parts.join("  ")
}

/// A line of a list, or its end.
#[must_use]
pub fn line(line: Option<u32>) -> Text {
    match line {
        Some(line) => text!("report-line", line = line),
        None => text!("report-end-of-list"),
    }
}

/// What happened at a hop.
#[must_use]
pub fn action(hop: &Hop) -> Text {
    match (hop.hop, hop.action) {
        ("bridged", "none") => text!("hop-bridged"),
        ("route", "none") => text!("hop-route"),
        ("route", "deny") => text!("hop-no-route"),
        ("local", "none") => text!("hop-local"),
        ("list", "none") => text!("hop-no-list"),
        (_, "permit") => text!("verdict-permit"),
        (_, "deny") => text!("verdict-deny"),
        _ => text!("verdict-unknown"),
    }
}

/// What can be opened from one place to another.
#[must_use]
pub fn opens(opens: Opens) -> Text {
    match opens {
        Opens::Nothing => text!("opens-nothing"),
        Opens::Listed => text!("opens-listed"),
        Opens::Holes => text!("opens-holes"),
        Opens::Unlisted => text!("opens-unlisted"),
        Opens::Neighbours => text!("opens-neighbours"),
    }
}

/// How many claims have a verdict, in words.
#[must_use]
pub fn counts(claims: &[Claim]) -> Text {
    let count = |verdict| claims.iter().filter(|c| c.verdict == verdict).count();
    text!(
        "verify-summary",
        proved = count("proved"),
        refuted = count("refuted"),
        unknown = count("unknown")
    )
}
