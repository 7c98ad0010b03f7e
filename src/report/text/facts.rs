//! `facts` as text: a line per dialect, or each fact of one with its source, the limits and the entry tables.

use super::table::aligned;
use super::{Look, Page, Tone};
use crate::base::Text;
use crate::report::outcome::{Dialect, EntryTable, Fact, Facts, Sheet};
use crate::text;

/// The report.
#[must_use]
pub fn facts(look: Look, outcome: &Facts) -> String {
    let mut page = Page::default();
    let rows: Vec<Vec<String>> = outcome
        .dialects
        .iter()
        .map(|one| counts(look, one))
        .collect();
    for row in aligned(&rows) {
        page.line(row);
    }
    for dialect in &outcome.dialects {
        if dialect.sheet.is_none() {
            let heading = text!("facts-open-ids", dialect = dialect.dialect);
            page.list(look, &heading, &dialect.open_facts);
        }
        if let Some(sheet) = &dialect.sheet {
            whole(&mut page, look, dialect.dialect, sheet);
        }
    }
    page.line(look.say(&text!("facts-digest", digest = outcome.digest)));
    page.out
}

fn counts(look: Look, dialect: &Dialect) -> Vec<String> {
    vec![
        dialect.dialect.to_owned(),
        look.say(&text!("facts-confirmed", count = dialect.confirmed)),
        look.say(&text!("facts-modelled", count = dialect.modelled)),
        look.say(&text!("facts-open", count = dialect.open)),
    ]
}

fn whole(page: &mut Page, look: Look, dialect: &str, sheet: &Sheet) {
    page.line(look.say(&text!("facts-legend")));
    page.line(look.say(&text!("facts-sources", dialect = dialect)));
    for fact in &sheet.facts {
        one(page, look, fact);
    }
    let limits = sheet.limits.iter();
    let rows: Vec<Vec<String>> = limits
        .map(|(name, limit)| vec![name.clone(), limit.to_string()])
        .collect();
    page.list(look, &text!("facts-limits"), &aligned(&rows));
    let rows: Vec<Vec<String>> = sheet.tables.iter().map(|table| row(look, table)).collect();
    page.list(look, &text!("facts-tables"), &aligned(&rows));
    page.line("");
}

fn one(page: &mut Page, look: Look, fact: &Fact) {
    let tone = match (fact.open, fact.confidence) {
        (true, _) => Tone::Doubt,
        (false, "confirmed") => Tone::Good,
        (false, _) => Tone::Quiet,
    };
    let known = look.paint(tone, &look.say(&confidence(fact.confidence)));
    let value = match (fact.open, fact.value) {
        (false, true) => text!("facts-yes"),
        (false, false) => text!("facts-no"),
        (true, true) => text!("facts-tentative-yes"),
        (true, false) => text!("facts-tentative-no"),
    };
    page.line("");
    let id = look.paint(Tone::Title, &fact.id);
    page.line(format!("{id}  {}  {known}", look.say(&value)));
    page.line(format!("  {}", fact.says));
    let source = text!("facts-source", source = &fact.source);
    page.line(format!("  {}", look.say(&source)));
    if let Some(settle) = &fact.settle {
        let settle = text!("facts-settle", settle = settle);
        page.line(format!("  {}", look.say(&settle)));
    }
}

fn confidence(word: &str) -> Text {
    match word {
        "confirmed" => text!("confidence-confirmed"),
        "modelled" => text!("confidence-modelled"),
        "sibling" => text!("confidence-sibling"),
        "conflict" => text!("confidence-conflict"),
        _ => text!("confidence-unconfirmed"),
    }
}

/// A number that is not known is `?`.
fn row(look: Look, table: &EntryTable) -> Vec<String> {
    let all = || look.say(&text!("facts-all-modes"));
    let available = table.available.map(|count| count.to_string());
    vec![
        table.model.clone(),
        table.mode.clone().unwrap_or_else(all),
        table.table.clone(),
        available.unwrap_or_else(|| "?".to_owned()),
        format!("x{}", table.cost),
        table.source.clone(),
    ]
}
