//! `lab test` as text: the count, and each packet on which kernel and solver differ.

use super::trace::hops;
use super::{Look, Page};
use crate::report::outcome::{Disagreement, Lab};
use crate::text;

/// The whole result.
#[must_use]
pub fn lab(look: Look, outcome: &Lab) -> String {
    let mut page = Page::default();
    for wrong in &outcome.disagreements {
        one(&mut page, look, wrong);
    }
    for witness in &outcome.witnesses {
        page.line(format!("{}  {}", look.verdict("refuted"), witness.claim));
        let packet = &witness.packet;
        let line = match witness.not_asked {
            Some(by) => text!("lab-witness-not-asked", packet = packet, by = by),
            None => {
                let end = ends(look, &witness.kernel);
                text!("lab-witness", packet = packet, end = end)
            }
        };
        page.line(format!("    {}", look.say(&line)));
        if !witness.agrees {
            let line = look.say(&text!("lab-witness-differs"));
            page.line(format!("    {}  {line}", look.verdict("different")));
        }
    }
    if outcome.left_out > 0 {
        page.line(look.say(&text!("lab-left-out", count = outcome.left_out)));
    }
    if outcome.networks + outcome.refused > 1 {
        let counts = text!(
            "lab-networks",
            networks = outcome.networks,
            refused = outcome.refused
        );
        page.line(look.say(&counts));
    }
    if outcome.states > 0 {
        page.line(look.say(&text!("lab-states", states = outcome.states)));
    }
    if outcome.sessions > 0 {
        let sockets = text!(
            "lab-sessions",
            sessions = outcome.sessions,
            opened = outcome.opened
        );
        page.line(look.say(&sockets));
    }
    let summary = text!(
        "lab-summary",
        sent = outcome.sent,
        arrived = outcome.arrived,
        differ = outcome.differ,
        seed = outcome.seed
    );
    page.line(format!(
        "{}  {}",
        look.verdict(outcome.verdict),
        look.say(&summary)
    ));
    page.out
}

fn ends(look: Look, ends: &[String]) -> String {
    match ends {
        [] => look.say(&text!("lab-nowhere")),
        ends => ends.join(", "),
    }
}

fn one(page: &mut Page, look: Look, wrong: &Disagreement) {
    let seed = look.say(&text!("lab-seed", seed = wrong.seed));
    page.line(format!(
        "{}  {}  {}  {seed}",
        look.verdict("different"),
        wrong.packet,
        wrong.at
    ));
    for (who, where_to) in [
        (text!("lab-kernel"), &wrong.kernel),
        (text!("lab-solver"), &wrong.solver),
        (text!("lab-interpreter"), &wrong.interpreter),
    ] {
        page.line(format!("    {}: {}", look.say(&who), ends(look, where_to)));
    }
    for line in hops(look, &wrong.trace) {
        page.line(format!("      {line}"));
    }
    for rule in &wrong.rules {
        page.line(format!("      {}: {rule}", look.say(&text!("lab-rule"))));
    }
}
