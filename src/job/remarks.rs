//! Findings about a policy that need the day or the dialects, and what of all findings is accepted (language, `accept`).
//!
//! In: a policy, the day, findings of every stage. Out: findings; one that is accepted is a remark with the reason.

use super::{Options, attest};
use crate::acl::{Draft, DraftEntry, DraftLine};
use crate::base::{Diagnostic, Severity, Span};
use crate::device::Config;
use crate::model::accept::{ALL_PORTS, WIDE_RETURN};
use crate::model::{Allow, Policy, Session, SwitchId};
use crate::net::proto::TCP;
use crate::text;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// What is wrong with a policy on this day: a widening whose acceptance has lapsed.
#[must_use]
pub(super) fn lapsed(policy: &Policy, at: Date) -> Vec<Diagnostic> {
    let in_force = policy.allows.iter().filter(|allow| allow.in_force(at));
    let lapsed = in_force.filter(|allow| {
        let open = allow.terms.iter().filter(|term| term.session.is_open());
        open.into_iter()
            .any(|term| policy.all_ports(allow, term, at) == Some(false))
    });
    let diagnostic = |allow: &Allow| {
        let headline = text!("accept-lapsed", code = ALL_PORTS, at = at.to_string());
        Diagnostic::error(headline).at(allow.span)
    };
    once(lapsed.map(diagnostic))
}

/// Remarks and warnings on a policy of this day that somebody is writing or building.
#[must_use]
pub(super) fn remarks(policy: &Policy, options: &Options) -> Vec<Diagnostic> {
    let mut found = expired(policy, options.at);
    found.extend(no_log(policy, options));
    found.extend(no_pmtu(policy, options.at));
    found
}

/// Openings past their last day.
#[must_use]
pub(super) fn expired(policy: &Policy, at: Date) -> Vec<Diagnostic> {
    let expired = policy.allows.iter().filter(|allow| !allow.in_force(at));
    let expired = expired.map(|allow| {
        let until = allow.until.map(|day| day.to_string()).unwrap_or_default();
        let headline = text!("allow-expired", until = until);
        Diagnostic::warning(headline)
            .at(allow.span)
            .help(text!("allow-expired-help"))
    });
    once(expired)
}

/// Both ways of `<->` stand at one place.
fn once(all: impl Iterator<Item = Diagnostic>) -> Vec<Diagnostic> {
    let mut seen: BTreeSet<Option<Span>> = BTreeSet::new();
    all.filter(|d| seen.insert(d.labels.first().map(|label| label.span)))
        .collect()
}

/// Matches are to be logged, and the dialect cannot.
fn no_log<'p>(policy: &'p Policy, options: &'p Options) -> impl Iterator<Item = Diagnostic> + 'p {
    let asked = policy.network.site.log_denied
        || policy.forbids.iter().any(|forbid| forbid.log)
        || policy
            .allows
            .iter()
            .any(|allow| allow.log && allow.in_force(options.at));
    let switches = policy.network.switches.iter().enumerate();
    let mute = switches.filter(move |(index, _)| {
        asked && !attest::capabilities(policy, SwitchId(*index), options).log
    });
    let mut seen = BTreeSet::new();
    mute.filter(move |(_, switch)| seen.insert(switch.dialect_span))
        .map(|(_, switch)| {
            let headline = text!(
                "no-log",
                switch = &switch.label.name,
                dialect = &switch.dialect
            );
            Diagnostic::info(headline).at(switch.dialect_span)
        })
}

/// TCP is allowed and no word is said on packets that are too big (D37).
fn no_pmtu(policy: &Policy, at: Date) -> Option<Diagnostic> {
    let in_force = || policy.allows.iter().filter(|allow| allow.in_force(at));
    let has = |allow: &&Allow, wanted: fn(&Session) -> bool| {
        allow.terms.iter().any(|term| wanted(&term.session))
    };
    let too_big = |session: &Session| {
        matches!(
            session,
            Session::Icmp {
                kind: 2 | 3,
                error: true,
                ..
            }
        )
    };
    let tcp = |session: &Session| matches!(session, Session::Ports { protocol: TCP, .. });
    if in_force().any(|allow| has(&allow, too_big)) {
        return None;
    }
    let first = in_force().find(|allow| has(allow, tcp))?;
    let diagnostic = Diagnostic::info(text!("no-pmtu")).at(first.span);
    Some(diagnostic.help(text!("no-pmtu-help")))
}

/// Entries that are shown of a list.
const MOST_SHOWN: usize = 5;

/// Replies whose flags a switch cannot test, and nobody accepts that they are not (D35).
#[must_use]
pub(super) fn wide_returns(
    policy: &Policy,
    switch: SwitchId,
    config: &Config,
    options: &Options,
) -> Option<Diagnostic> {
    if attest::capabilities(policy, switch, options).established {
        return None;
    }
    let tests = |line: &DraftLine| {
        matches!(
            line,
            DraftLine::Entry(DraftEntry {
                established: true,
                ..
            })
        )
    };
    let count = |draft: &Draft| draft.lines.iter().filter(|line| tests(line)).count();
    let lists: Vec<String> = config
        .acls
        .iter()
        .filter(|draft| count(draft) > 0)
        .map(|draft| format!("{} ({})", draft.name, count(draft)))
        .collect();
    if lists.is_empty() {
        return None;
    }
    let of = policy.network.switch(switch);
    let more = if lists.len() > MOST_SHOWN {
        ", ..."
    } else {
        ""
    };
    let shown: Vec<&str> = lists.iter().take(MOST_SHOWN).map(String::as_str).collect();
    let headline = text!(
        "wide-return-needed",
        switch = &of.label.name,
        dialect = &of.dialect,
        lists = format!("{}{more}", shown.join(", "))
    );
    let diagnostic = Diagnostic::error(headline).at(of.dialect_span);
    Some(diagnostic.help(text!("wide-return-needed-help", code = WIDE_RETURN)))
}

/// Turns what is accepted into remarks.
pub(super) fn settle(policy: &Policy, at: Date, findings: &mut [Diagnostic]) {
    for finding in findings.iter_mut() {
        let span = finding.labels.first().map(|label| label.span);
        let accepted = policy.accepts.of(finding.code, span, at);
        if let Some(accept) = accepted.filter(|_| finding.severity != Severity::Error) {
            finding.severity = Severity::Info;
            finding
                .notes
                .push(text!("accepted", because = &accept.because));
        }
    }
}
