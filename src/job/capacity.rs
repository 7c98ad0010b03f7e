//! What a configuration takes of its device's tables, as far as the tables are known.
//!
//! Counted are the entries of bound lists, and where the vendor's facts say so the implicit entry per bound interface.

use super::build::TableUse;
use crate::acl::Direction;
use crate::device::Device;
use crate::model::Switch;
use crate::net::Family;
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
        let entries = u32::try_from(device.acls[binding.acl].entries.len()).unwrap_or(u32::MAX);
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
        return vec![TableUse {
            table: "shared".to_owned(),
            used,
            available: stated(switch, "shared").or(shared.available),
        }];
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

/// Entries that the device adds to every binding of a list of a family, as its facts say.
fn implicit(switch: &Switch, family: Family) -> u32 {
    let limit = match family {
        Family::V4 => "implicit-entries-v4",
        Family::V6 => "implicit-entries-v6",
    };
    let facts = by_id(&switch.dialect).map(crate::vendor::Dialect::facts);
    facts
        .and_then(|facts| facts.limits.get(limit).copied())
        .unwrap_or(0)
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
