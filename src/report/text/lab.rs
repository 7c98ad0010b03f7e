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
    if outcome.left_out > 0 {
        page.line(look.say(&text!("lab-left-out", count = outcome.left_out)));
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

fn one(page: &mut Page, look: Look, wrong: &Disagreement) {
    let ends = |ends: &[String]| match ends {
        [] => look.say(&text!("lab-nowhere")),
        ends => ends.join(", "),
    };
    page.line(format!(
        "{}  {}  {}",
        look.verdict("different"),
        wrong.packet,
        wrong.at
    ));
    for (who, where_to) in [
        (text!("lab-kernel"), &wrong.kernel),
        (text!("lab-solver"), &wrong.solver),
        (text!("lab-interpreter"), &wrong.interpreter),
    ] {
        page.line(format!("    {}: {}", look.say(&who), ends(where_to)));
    }
    for line in hops(look, &wrong.trace) {
        page.line(format!("      {line}"));
    }
    for rule in &wrong.rules {
        page.line(format!("      {}: {rule}", look.say(&text!("lab-rule"))));
    }
}
