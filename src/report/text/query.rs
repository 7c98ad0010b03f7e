//! `query` as text: a table of what gets through.

use super::table::aligned;
use super::{Look, Page};
use crate::report::outcome::{Query, QueryFlow};
use crate::text;

/// The report.
#[must_use]
pub fn query(look: Look, outcome: &Query) -> String {
    let mut page = Page::default();
    let rows: Vec<Vec<String>> = outcome.flows.iter().map(|flow| row(look, flow)).collect();
    for line in aligned(&rows) {
        page.line(line);
    }
    if outcome.flows.is_empty() {
        page.line(look.say(&text!("query-nothing")));
    }
    page.gaps(look, &outcome.gaps);
    page.inputs(look, &outcome.inputs);
    page.made(look, outcome.version, outcome.facts);
    page.out
}

fn row(look: Look, flow: &QueryFlow) -> Vec<String> {
    let kind = match flow.kind {
        "reply" => text!("kind-reply"),
        _ => text!("kind-request"),
    };
    let certain = match flow.certain {
        true => String::new(),
        false => look.say(&text!("report-uncertain")),
    };
    vec![
        look.say(&kind),
        flow.from.clone(),
        "->".to_owned(),
        flow.to.clone(),
        flow.protocol.clone(),
        format!("{} -> {}", flow.sport, flow.dport),
        flow.witness.shown.clone(),
        certain,
    ]
}
