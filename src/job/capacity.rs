//! What a configuration takes of its device's tables, as far as the tables are known.
//!
//! Counted are the entries of bound lists, and where the vendor's facts say so the implicit entry per bound interface and the
//! entries that a range of ports becomes.

use super::build::TableUse;
use crate::acl::{Ace, Direction};
use crate::base::Diagnostic;
use crate::device::Device;
use crate::model::Switch;
use crate::net::{Family, Match};
use crate::text;
use crate::vendor::by_id;
use std::collections::BTreeMap;

/// Entries used and available, per table of the model. Models that share one table for everything have one row.
#[must_use]
pub fn used(switch: &Switch, device: &Device) -> Vec<TableUse> {
    let mut rows: BTreeMap<&'static str, u32> = BTreeMap::new();
    let mut largest = 0;
    for binding in device
        .interfaces
        .iter()
        .flat_map(|interface| &interface.bindings)
    {
        let taken = device.acls[binding.acl].entries.iter();
        let entries = taken
            .map(|ace| cost(&switch.dialect, ace, binding.direction))
            .fold(0, u32::saturating_add);
        *rows
            .entry(table(binding.family, binding.direction))
            .or_default() += entries + implicit(switch, binding.family);
        largest = largest.max(entries + implicit(switch, binding.family));
    }
    let find = |name: &str| {
        let facts = by_id(&switch.dialect)?.facts();
        let mode = switch
            .options
            .get("flow-detection-mode")
            .map_or("", String::as_str);
        let model = switch.model.as_deref()?;
        let fits = |t: &&crate::facts::Table| {
            t.table == name && model.starts_with(&t.model) && (t.mode.is_empty() || t.mode == mode)
        };
        facts.tables.iter().find(fits)
    };
    if let Some(shared) = find("shared") {
        let cost =
            |table: &str| find(table.split('-').next().unwrap_or(table)).map_or(1, |t| t.cost);
        let used = rows
            .iter()
            .map(|(table, entries)| entries * cost(table))
            .sum();
        let all = TableUse {
            table: "shared".to_owned(),
            used,
            available: stated(switch, "shared-in").or(shared.available),
        };
        // A limit that the site states of a part of it holds as well.
        let parts = rows.into_iter().filter_map(|(table, used)| {
            Some(TableUse {
                table: table.to_owned(),
                used,
                available: Some(stated(switch, table)?),
            })
        });
        return std::iter::once(all).chain(parts).collect();
    }
    if find("in").is_some() || find("out").is_some() {
        rows = by_direction(&rows);
    } else if find("filter").is_some() {
        // A limit of each filter, not of all together.
        rows = BTreeMap::from([("filter", largest)]);
    }
    let row = |(table, used): (&'static str, u32)| TableUse {
        table: table.to_owned(),
        used: used.saturating_mul(find(table).map_or(1, |t| t.cost)),
        available: stated(switch, table).or_else(|| find(table).and_then(|t| t.available)),
    };
    rows.into_iter().map(row).collect()
}

/// What one entry takes: one, or, where a table has no test of ranges, as many as its ports need.
fn cost(dialect: &str, ace: &Ace, direction: Direction) -> u32 {
    if direction == Direction::In || limit(dialect, "range-expands-out") == 0 {
        return 1;
    }
    let ports = |m: &Match| m.sport.masked().saturating_mul(m.dport.masked());
    ace.boxes(true).map(ports).max().unwrap_or(1).max(1)
}

fn limit(dialect: &str, name: &str) -> u32 {
    let facts = by_id(dialect).map(crate::vendor::Dialect::facts);
    let limit = facts.and_then(|facts| facts.limits.get(name).copied());
    limit.unwrap_or(0)
}

/// Entries that the device adds to every binding of a list of a family, as its facts say.
fn implicit(switch: &Switch, family: Family) -> u32 {
    let name = match family {
        Family::V4 => "implicit-entries-v4",
        Family::V6 => "implicit-entries-v6",
    };
    limit(&switch.dialect, name)
}

/// Both families share the table of a direction.
fn by_direction(rows: &BTreeMap<&'static str, u32>) -> BTreeMap<&'static str, u32> {
    let mut out = BTreeMap::new();
    for (table, used) in rows {
        let direction = if table.ends_with("-in") { "in" } else { "out" };
        *out.entry(direction).or_default() += used;
    }
    out
}

/// What the policy's `limit` says of a table.
fn stated(switch: &Switch, table: &str) -> Option<u32> {
    switch.limits.get(table).copied()
}

fn table(family: Family, direction: Direction) -> &'static str {
    match (family, direction) {
        (Family::V4, Direction::In) => "ipv4-in",
        (Family::V6, Direction::In) => "ipv6-in",
        (Family::V4, Direction::Out) => "ipv4-out",
        (Family::V6, Direction::Out) => "ipv6-out",
    }
}

/// The tables that do not hold what is to be written.
#[must_use]
pub fn exceeded(switch: &Switch, tables: &[TableUse]) -> Vec<Diagnostic> {
    let over = tables.iter().filter_map(|table| {
        let available = table
            .available
            .filter(|available| table.used > *available)?;
        let headline = text!(
            "over-capacity",
            switch = &switch.label.name,
            table = &table.table,
            used = table.used,
            available = available
        );
        Some(Diagnostic::error(headline).at(switch.dialect_span))
    });
    over.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Source;
    use crate::vendor::Hint;

    #[test]
    fn a_range_takes_what_its_table_makes_of_it() {
        for (id, text, outbound) in [
            (
                "cisco-nx-os",
                "ip access-list L\n  10 permit tcp any eq 443 any gt 1023\n",
                6,
            ),
            (
                "cisco-nx-os",
                "ip access-list L\n  10 permit tcp any any eq 443\n",
                1,
            ),
            (
                "cisco-ios-xe",
                "ip access-list extended L\n 10 permit tcp any eq 443 any gt 1023\n",
                1,
            ),
        ] {
            let dialect = by_id(id).expect("in the registry");
            let source = Source::capture("a", text.as_bytes());
            let ace = dialect.read(&source, &Hint::default()).acls[0].entries[0].clone();
            assert_eq!(cost(id, &ace, Direction::Out), outbound, "{text}");
            assert_eq!(cost(id, &ace, Direction::In), 1, "{text}");
        }
    }
}
