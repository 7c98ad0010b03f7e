//! `facts`: what is known of each dialect, and how well.

use crate::base::Lang;
use crate::facts::{Fact, Facts, Table};
use crate::job::facts::{Counts, FactsOutcome};
use crate::report::outcome as out;

/// `facts`.
#[must_use]
pub fn facts(lang: Lang, outcome: &FactsOutcome) -> out::Facts {
    let dialect = |facts: &&'static Facts| {
        let counts = Counts::of(facts, outcome.confirmed_only);
        out::Dialect {
            dialect: facts.dialect,
            confirmed: counts.confirmed,
            modelled: counts.modelled,
            open: counts.open,
            open_facts: facts
                .facts
                .iter()
                .filter(|(_, fact)| !fact.confidence.settles(outcome.confirmed_only))
                .map(|(id, _)| format!("{}/{id}", facts.dialect))
                .collect(),
            sheet: outcome
                .whole
                .then(|| sheet(lang, facts, outcome.confirmed_only)),
        }
    };
    out::Facts {
        schema: "aclc/facts/1",
        dialects: outcome.dialects.iter().map(dialect).collect(),
        digest: crate::facts::digest(),
        version: env!("CARGO_PKG_VERSION"),
    }
}

fn sheet(lang: Lang, facts: &Facts, confirmed_only: bool) -> out::Sheet {
    let fact = |(id, fact): (&String, &Fact)| out::Fact {
        id: id.clone(),
        says: fact.words().render(lang).into_owned(),
        value: fact.value,
        confidence: fact.confidence.word(),
        open: !fact.confidence.settles(confirmed_only),
        source: fact.source.clone(),
        settle: fact.settle.clone(),
    };
    let table = |table: &Table| out::EntryTable {
        model: table.model.clone(),
        mode: Some(table.mode.clone()).filter(|mode| !mode.is_empty()),
        table: table.table.clone(),
        available: table.available,
        cost: table.cost,
        source: table.source.clone(),
    };
    out::Sheet {
        facts: facts.facts.iter().map(fact).collect(),
        limits: facts.limits.clone(),
        tables: facts.tables.iter().map(table).collect(),
    }
}
