//! Words that several formats share: a verdict, why it is what it is, a hop on one line.

use super::outcome::{Claim, Clause, Diff, Hop, Part, Statement};
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

/// What a proof is worth for a measure.
#[must_use]
pub fn class(class: &str) -> Text {
    match class {
        "proved" => text!("class-proved"),
        "log" => text!("class-log"),
        _ => text!("class-attest"),
    }
}

/// A clause of law or guideline.
#[must_use]
pub fn clause(clause: &Clause) -> Text {
    match clause.confirmed {
        true => text!("guideline-clause", text = &clause.text),
        false => text!("guideline-clause-unconfirmed", text = &clause.text),
    }
}

/// How many classes of packets a proof covers.
#[must_use]
pub fn classes(claim: &Claim) -> Option<Text> {
    let counted = claim
        .packet_classes
        .map(|classes| text!("packet-classes", ipv4 = classes.ipv4, ipv6 = classes.ipv6));
    counted.or_else(|| claim.uncounted.then(|| text!("packet-classes-many")))
}

/// What stands behind a part of a measure; where that is claims alone, their verdict.
///
/// # Errors
/// The verdict of the claims, which has words of its own.
pub fn part(part: &Part) -> Result<Text, &'static str> {
    match (part.class, part.verdict) {
        _ if !part.applies => Ok(text!("guideline-void")),
        ("proved", Some("proved")) if part.attested => Ok(text!("guideline-attested")),
        ("proved", verdict) => Err(verdict.unwrap_or("unknown")),
        ("log", _) => Ok(text!("guideline-log")),
        _ => Ok(text!("guideline-people")),
    }
}

/// A class of packets other than `core`.
#[must_use]
pub fn packet_class(class: &str) -> Option<Text> {
    match class {
        "rst" => Some(text!("class-rst")),
        "later" => Some(text!("class-later")),
        "ext" => Some(text!("class-ext")),
        _ => None,
    }
}

/// A statement behind a change, with its notes.
#[must_use]
pub fn behind(statement: &Statement) -> Text {
    let notes = [&statement.ticket, &statement.owner, &statement.because];
    let notes: Vec<&str> = notes.into_iter().flatten().map(String::as_str).collect();
    let notes = notes.join("  ");
    match statement.reply {
        true => text!(
            "diff-statement-reply",
            text = &statement.text,
            notes = notes
        ),
        false => text!("diff-statement", text = &statement.text, notes = notes),
    }
}

/// What packets have to do with an approval.
#[must_use]
pub fn misfit(matter: &str) -> Text {
    match matter {
        "opened" => text!("approval-opened"),
        "closed" => text!("approval-closed"),
        "not-opened" => text!("approval-not-opened"),
        _ => text!("approval-not-closed"),
    }
}

/// What a difference comes to.
#[must_use]
pub fn changed(outcome: &Diff) -> Text {
    let count = |effect| {
        let changes = outcome.changes.iter();
        changes.filter(|change| change.effect == effect).count()
    };
    match (outcome.verdict, outcome.limited_to) {
        ("equal", Some(_)) => text!("diff-equal-core", others = outcome.changes.len()),
        ("equal", None) if outcome.text_only => text!("diff-text-only"),
        ("equal", None) if outcome.not_compared.is_empty() => text!("diff-equal"),
        ("equal", None) => text!("diff-equal-lists"),
        ("different", None)
            if outcome.network == Some("different") && outcome.changes.is_empty() =>
        {
            text!("diff-network")
        }
        _ if outcome.core == "equal" && !outcome.changes.is_empty() => {
            text!("diff-core-equal", others = outcome.changes.len())
        }
        _ => text!(
            "diff-summary",
            permitted = count("newly-permitted"),
            denied = count("newly-denied")
        ),
    }
}

/// A finding in device text, by its code.
#[must_use]
pub fn finding(code: &str) -> Text {
    match code {
        "unreachable-line" => text!("finding-unreachable-line"),
        "redundant-line" => text!("finding-redundant-line"),
        "unbound-list" => text!("finding-unbound-list"),
        "undefined-list" => text!("finding-undefined-list"),
        "empty-list" => text!("finding-empty-list"),
        "gap" => text!("finding-gap"),
        "permit-any-any" => text!("finding-permit-any-any"),
        "implicit-end" => text!("finding-implicit-end"),
        "ip-only-permit" => text!("finding-ip-only-permit"),
        "wildcard-as-netmask" => text!("finding-wildcard-as-netmask"),
        "misaligned-block" => text!("finding-misaligned-block"),
        "no-ticket" => text!("finding-no-ticket"),
        other => text!("finding-other", code = other),
    }
}

/// Numbers in order, runs of them joined: `1-3, 7`.
#[must_use]
pub fn runs(mut numbers: Vec<usize>) -> String {
    numbers.sort_unstable();
    numbers.dedup();
    let next = |a: &usize, b: &usize| *a + 1 == *b;
    let one = |run: &[usize]| match run {
        [first, .., last] => format!("{first}-{last}"),
        [only] => only.to_string(),
        [] => String::new(),
    };
    let all: Vec<String> = numbers.chunk_by(next).map(one).collect();
    all.join(", ")
}

/// How bad a finding is.
#[must_use]
pub fn severity(severity: &str) -> Text {
    match severity {
        "error" => text!("severity-error"),
        "warning" => text!("severity-warning"),
        _ => text!("severity-info"),
    }
}

/// Words in order, each once, those that say something.
#[must_use]
pub fn once<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut all: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    all.sort_unstable();
    all.dedup();
    all.join(", ")
}
