//! The files a policy mentions: imports and tables.
//!
//! In: a tree. Out: each mention. Must not know: files.

use super::ast::{File, GroupBody, Literal, SegmentItem, Stmt, Table, Zone};

/// A file by the name a policy gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference<'a> {
    /// Its name and where it stands.
    pub file: &'a Literal,
    /// The sheet, if one is named.
    pub sheet: Option<&'a Literal>,
    /// It is a policy, not a table.
    pub policy: bool,
}

/// Every mention in order.
#[must_use]
pub fn references(tree: &File) -> Vec<Reference<'_>> {
    let mut out = Vec::new();
    for item in &tree.items {
        match &item.node {
            Stmt::Import(file) => out.push(Reference {
                file,
                sheet: None,
                policy: true,
            }),
            Stmt::Zones(zones) => out.push(table(zones)),
            Stmt::Zone(zone) => out.extend(hosts(zone)),
            Stmt::Segment(segment) => {
                for item in &segment.items {
                    match &item.node {
                        SegmentItem::Zones(zones) => out.push(table(zones)),
                        SegmentItem::Zone(zone) => out.extend(hosts(zone)),
                        SegmentItem::Ipv4Only | SegmentItem::External(_) => {}
                    }
                }
            }
            Stmt::Group(group) => {
                if let GroupBody::Table(list) = &group.body {
                    out.push(table(list));
                }
            }
            _ => {}
        }
    }
    out
}

fn hosts(zone: &Zone) -> impl Iterator<Item = Reference<'_>> {
    zone.tables.iter().map(|list| table(&list.node))
}

fn table(table: &Table) -> Reference<'_> {
    Reference {
        file: &table.file,
        sheet: table.sheet.as_ref(),
        policy: false,
    }
}
