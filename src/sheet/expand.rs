//! A tree with tables -> the tree with what stands in them: hosts of a zone, zones, addresses of a group.
//!
//! In: the tree and the texts of its tables. Out: findings, each at its cell. A row counts if the `where` column says so; empty
//! rows do not. Must not know: what a name means; whether an address lies in its zone is a later question.

use super::cells::{Cell, Row, reference, rows};
use super::heads::{Field, Heads, Kind, find};
use crate::base::{Diagnostic, FileId, SourceMap, Span, Text};
use crate::syntax::ast::{
    Addr, AddrKind, File, GroupBody, Host, Item, Link, Name, Place, Places, Ref, SegmentItem,
    Spanned, Stmt, Table, Zone, ZoneAttr,
};
use crate::text;
use ipnet::{IpNet, Ipv4Net};
use std::net::{IpAddr, Ipv4Addr};

/// Puts the rows of all tables into a tree.
pub fn expand(tree: &mut File, by: FileId, sources: &SourceMap) -> Vec<Diagnostic> {
    let mut expander = Expander {
        by,
        sources,
        findings: Vec::new(),
    };
    for item in std::mem::take(&mut tree.items) {
        expander.item(item, &mut tree.items);
    }
    expander.findings
}

struct Expander<'a> {
    by: FileId,
    sources: &'a SourceMap,
    findings: Vec<Diagnostic>,
}

/// A table that was read.
struct Read {
    heads: Heads,
    rows: Vec<Row>,
}

impl Read {
    /// The cell of a field, if the table has such a column, and its number as spreadsheets say it.
    fn cell(&self, row: &Row, field: Field) -> Option<(Cell, String)> {
        let column = *self.heads.columns.get(&field)?;
        Some((row.cell(column), reference(row.number, column)))
    }
}

impl Expander<'_> {
    fn item(&mut self, mut item: Item, out: &mut Vec<Item>) {
        match &mut item.node {
            Stmt::Zones(table) => {
                let zones = self.zones(table).into_iter();
                out.extend(zones.map(|(zone, span)| Spanned {
                    node: Stmt::Zone(zone),
                    span,
                }));
                return;
            }
            Stmt::Zone(zone) => self.hosts(zone),
            Stmt::Segment(segment) => {
                for mut item in std::mem::take(&mut segment.items) {
                    match &mut item.node {
                        SegmentItem::Zones(table) => {
                            let zones = self.zones(table).into_iter();
                            segment.items.extend(zones.map(|(zone, span)| Spanned {
                                node: SegmentItem::Zone(zone),
                                span,
                            }));
                            continue;
                        }
                        SegmentItem::Zone(zone) => self.hosts(zone),
                        SegmentItem::Ipv4Only | SegmentItem::External(_) => {}
                    }
                    segment.items.push(item);
                }
            }
            Stmt::Group(group) => {
                if let GroupBody::Table(table) = &group.body {
                    group.body = GroupBody::Listed(self.listed(table));
                }
            }
            _ => {}
        }
        out.push(item);
    }

    /// The rows of a table that count; none with a finding if it cannot be read.
    fn read(&mut self, table: &Table, kind: Kind) -> Option<Read> {
        let sheet = table.sheet.as_ref().map(|sheet| sheet.node.as_str());
        let Some(file) = self.sources.attached(self.by, &table.file.node, sheet) else {
            let headline = text!("table-not-read", path = &table.file.node);
            self.findings
                .push(Diagnostic::error(headline).at(table.file.span));
            return None;
        };
        let mut rows = match rows(file, &self.sources.get(file).text) {
            Ok(rows) => rows,
            Err((headline, span)) => {
                let diagnostic = Diagnostic::error(headline).at(span);
                self.findings
                    .push(diagnostic.help(text!("quote-not-closed-help")));
                return None;
            }
        };
        let heads = match find(table, kind, &rows) {
            Ok(heads) => heads,
            Err(findings) => {
                self.findings.extend(findings);
                return None;
            }
        };
        rows.drain(..heads.first.min(rows.len()));
        let counts = |row: &Row| {
            let only = heads.only.as_ref();
            !row.is_empty() && only.is_none_or(|(column, value)| row.cell(*column).said == *value)
        };
        rows.retain(counts);
        if rows.is_empty() {
            let diagnostic = Diagnostic::error(text!("table-empty")).at(table.file.span);
            self.findings
                .push(diagnostic.help(text!("table-empty-help")));
            return None;
        }
        Some(Read { heads, rows })
    }

    fn wrong(&mut self, cell: &Cell, at: String, why: Text) {
        let headline = text!(
            "cell-wrong",
            cell = at,
            value = shown(&cell.said),
            why = why
        );
        let diagnostic = Diagnostic::error(headline).at(cell.span);
        self.findings
            .push(diagnostic.help(text!("cell-wrong-help")));
    }

    /// Addresses of the address columns of a row; a row without any is a finding.
    fn addrs(&mut self, read: &Read, row: &Row) -> Vec<Addr> {
        let mut out = Vec::new();
        let mut first = None;
        let mut refused = false;
        for field in [Field::Address, Field::Ipv6] {
            let Some((cell, at)) = read.cell(row, field) else {
                continue;
            };
            for word in addresses(&cell.said) {
                match crate::syntax::address(&word) {
                    Ok(node) => out.push(Spanned {
                        node,
                        span: cell.span,
                    }),
                    Err(why) => {
                        refused = true;
                        self.wrong(&cell, at.clone(), why);
                    }
                }
            }
            first = first.or(Some((cell, at)));
        }
        if let (true, Some((cell, at))) = (out.is_empty() && !refused, first) {
            self.wrong(&cell, at, text!("cell-no-address"));
        }
        out
    }

    /// The name and id of a row.
    fn name(&mut self, read: &Read, row: &Row) -> Option<(Name, Option<Name>)> {
        let word = |(cell, _): (Cell, String)| Spanned {
            node: cell.said,
            span: cell.span,
        };
        let id = read.cell(row, Field::Id).map(word);
        let id = id.filter(|id| !id.node.is_empty());
        let (cell, at) = read.cell(row, Field::Name)?;
        if cell.said.is_empty() {
            self.wrong(&cell, at, text!("cell-no-name"));
            return None;
        }
        Some((word((cell, at)), id))
    }

    fn hosts(&mut self, zone: &mut Zone) {
        for table in std::mem::take(&mut zone.tables) {
            let Some(read) = self.read(&table.node, Kind::Hosts) else {
                continue;
            };
            for row in &read.rows {
                let addrs = self.addrs(&read, row);
                let Some(addr) = addrs.first() else { continue };
                let named = match read.heads.columns.contains_key(&Field::Name) {
                    true => self.name(&read, row),
                    false => Some((by_address(row, &read, addr.span), None)),
                };
                if let Some((name, id)) = named {
                    let node = Host { name, id, addrs };
                    let span = row.span();
                    zone.hosts.push(Spanned { node, span });
                }
            }
        }
    }

    fn listed(&mut self, table: &Table) -> Vec<Addr> {
        let Some(read) = self.read(table, Kind::Group) else {
            return Vec::new();
        };
        let mut out = Vec::new();
        for row in &read.rows {
            out.extend(self.addrs(&read, row));
        }
        out
    }

    fn zones(&mut self, table: &Table) -> Vec<(Zone, Span)> {
        let Some(read) = self.read(table, Kind::Zones) else {
            return Vec::new();
        };
        let mut out = Vec::new();
        for row in &read.rows {
            let (named, link) = (self.name(&read, row), self.link(&read, row));
            if let (Some((name, id)), Some((link, mut attrs))) = (named, link) {
                attrs.extend(dhcp(&read, row));
                let zone = Zone {
                    name,
                    id,
                    links: vec![link],
                    attrs,
                    hosts: Vec::new(),
                    tables: Vec::new(),
                };
                out.push((zone, row.span()));
            }
        }
        out
    }

    /// VLAN and prefixes of a row, and `ipv4-only` if it says so.
    fn link(&mut self, read: &Read, row: &Row) -> Option<(Spanned<Link>, Vec<Spanned<ZoneAttr>>)> {
        let (cell, at) = read.cell(row, Field::Vlan)?;
        let number: Option<u32> = cell.said.parse().ok();
        let Some(number) = number.filter(|number| (1..=4094).contains(number)) else {
            self.wrong(&cell, at, text!("cell-no-vlan"));
            return None;
        };
        let vlan = Spanned {
            node: number,
            span: cell.span,
        };
        let mut attrs = Vec::new();
        let mut addrs = Vec::new();
        let mut whole = true;
        for field in [Field::Address, Field::Ipv6] {
            let Some((cell, at)) = read.cell(row, field) else {
                continue;
            };
            if field == Field::Ipv6 && NO_IPV6.contains(&cell.said.to_lowercase().as_str()) {
                attrs.push(Spanned {
                    node: ZoneAttr::Ipv4Only,
                    span: cell.span,
                });
                continue;
            }
            let mask = read
                .cell(row, Field::Mask)
                .filter(|_| field == Field::Address);
            for word in parts(&cell.said) {
                match prefix(word, mask.as_ref().map(|(mask, _)| mask.said.as_str())) {
                    Ok(node) => addrs.push(Spanned {
                        node,
                        span: cell.span,
                    }),
                    Err(why) => {
                        whole = false;
                        self.wrong(&cell, at.clone(), why);
                    }
                }
            }
        }
        if addrs.is_empty() && whole {
            let (cell, at) = read.cell(row, Field::Address).unwrap_or((cell, at));
            self.wrong(&cell, at, text!("cell-no-address"));
            return None;
        }
        let node = Link { vlan, addrs };
        let span = row.span();
        whole.then_some((Spanned { node, span }, attrs))
    }
}

/// What people write where there is no IPv6.
const NO_IPV6: [&str; 6] = ["なし", "無し", "-", "none", "ipv4のみ", "ipv4-only"];

/// A prefix, with its mask in a column of its own if it has no length.
fn prefix(word: &str, mask: Option<&str>) -> Result<AddrKind, Text> {
    let kind = crate::syntax::address(word)?;
    match (&kind, mask.filter(|mask| !mask.is_empty())) {
        (AddrKind::Full(IpAddr::V4(addr)), Some(mask)) => {
            let mask: Option<Ipv4Addr> = mask.parse().ok();
            let net = mask.and_then(|mask| Ipv4Net::with_netmask(*addr, mask).ok());
            let net = net.ok_or_else(|| text!("cell-no-mask"))?;
            Ok(AddrKind::Prefix(IpNet::V4(net)))
        }
        (AddrKind::Prefix(_), _) => Ok(kind),
        _ => Err(text!("cell-no-prefix")),
    }
}

fn dhcp(read: &Read, row: &Row) -> Option<Spanned<ZoneAttr>> {
    let (cell, _) = read.cell(row, Field::Dhcp)?;
    let span = cell.span;
    let word = |node: &str| Spanned {
        node: node.to_owned(),
        span,
    };
    let place = |name: &str| {
        let (scope, name) = match name.split_once('.') {
            Some((zone, host)) => (Some(word(zone)), word(host)),
            None => (None, word(name)),
        };
        Place::Ref(Ref { scope, name, span })
    };
    let list: Vec<Place> = parts(&cell.said).map(place).collect();
    let except = Vec::new();
    (!list.is_empty()).then_some(Spanned {
        node: ZoneAttr::Dhcp(Places { list, except, span }),
        span,
    })
}

/// A host without a name is called by its address.
fn by_address(row: &Row, read: &Read, span: Span) -> Name {
    let fields = [Field::Address, Field::Ipv6];
    let said = fields.into_iter().find_map(|field| {
        let (cell, _) = read.cell(row, field)?;
        parts(&cell.said).next().map(str::to_owned)
    });
    Spanned {
        node: said.unwrap_or_default(),
        span,
    }
}

/// The addresses of a cell, with the dashes people type between them made plain.
fn addresses(said: &str) -> Vec<String> {
    let plain = said.replace(['~', '\u{301c}', '\u{2212}', '\u{2013}'], "-");
    let sides = plain.split('-').map(str::trim).collect::<Vec<_>>();
    parts(&sides.join("-")).map(str::to_owned).collect()
}

/// Several values in one cell.
fn parts(said: &str) -> impl Iterator<Item = &str> {
    said.split([',', '、', ';', ' ', '\n', '\r'])
        .filter(|part| !part.is_empty())
}

/// The beginning of what was typed, for a message.
fn shown(said: &str) -> String {
    said.chars().take(60).collect()
}
