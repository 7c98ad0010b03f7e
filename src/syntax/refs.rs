//! The files a policy mentions: imports and tables.
//!
//! In: a tree. Out: each mention. Must not know: files.

use super::ast::{File, GroupBody, Literal, SegmentItem, Stmt, Table, Zone};
use super::keywords;
use super::parse::Rule;

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

/// Whether a text may mention files at all: without the words for it there is no need to parse it.
#[must_use]
pub fn may_refer(text: &str) -> bool {
    let folded = super::fold::fold(text).text.to_ascii_lowercase();
    let rules = [Rule::k_import, Rule::k_zones, Rule::k_hosts, Rule::k_group];
    let mut words = rules.into_iter().filter_map(keywords::of);
    words.any(|word| folded.contains(word.en) || folded.contains(word.ja))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::FileId;

    #[test]
    fn a_text_that_mentions_files_is_never_taken_for_one_that_does_not() {
        for text in [
            "import \"a.acl\"",
            "ＩＭＰＯＲＴ \"a.acl\"",
            "取込 \"a.acl\"",
            "zones \"a.csv\" column \"n\" as name",
            "ゾーン表 \"a.csv\"",
            "zone A vlan 1 10.0.0.0/24 { hosts \"a.csv\" }",
            "ゾーン A VLAN 1 10.0.0.0/24 { ホスト表 \"a.csv\" }",
            "group G \"a.csv\"",
            "グループ G \"a.csv\"",
            "segment S { zones \"a.csv\" }",
        ] {
            let (tree, _) = super::super::parse(FileId(0), text);
            assert!(!references(&tree).is_empty(), "{text}");
            assert!(may_refer(text), "{text}");
        }
        assert!(!may_refer("zone A vlan 1 10.0.0.0/24"));
    }
}
