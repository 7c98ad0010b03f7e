//! Titles of columns: which one holds what.
//!
//! A title is compared in NFKC, without blanks and in lower case. What two columns could hold is asked, not guessed.

use super::cells::{Row, reference};
use crate::base::{Diagnostic, Span};
use crate::syntax::ast::{Literal, Table, Word};
use crate::text;
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization as _;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Name,
    Id,
    Address,
    Ipv6,
    Vlan,
    Mask,
    Dhcp,
}

/// What a table is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Hosts,
    Group,
    Zones,
}

/// The word of `column ... as`, and the usual titles of a list of hosts and of one of zones.
const TITLES: [(Field, &str, &[&str], &[&str]); 7] = [
    (
        Field::Name,
        "name",
        &[
            "名前",
            "名称",
            "ホスト名",
            "機器名",
            "端末名",
            "コンピュータ名",
            "コンピューター名",
            "pc名",
            "name",
            "host",
            "hostname",
            "computername",
        ],
        &[
            "ゾーン",
            "ゾーン名",
            "ネットワーク名",
            "セグメント名",
            "vlan名",
            "名前",
            "名称",
            "zone",
            "zonename",
            "name",
        ],
    ),
    (
        Field::Id,
        "id",
        &["識別", "識別名", "id"],
        &["識別", "識別名", "id"],
    ),
    (
        Field::Address,
        "address",
        &[
            "ipアドレス",
            "ipv4アドレス",
            "アドレス",
            "番地",
            "ip",
            "ipv4",
            "address",
            "ipaddress",
            "ipv4address",
        ],
        &[
            "ネットワーク",
            "ネットワークアドレス",
            "サブネット",
            "プレフィックス",
            "ipアドレス",
            "アドレス",
            "ipv4",
            "network",
            "subnet",
            "prefix",
            "address",
        ],
    ),
    (
        Field::Ipv6,
        "ipv6",
        &["ipv6アドレス", "ipv6", "ipv6address"],
        &[
            "ipv6プレフィックス",
            "ipv6ネットワーク",
            "ipv6アドレス",
            "ipv6",
            "ipv6prefix",
        ],
    ),
    (
        Field::Vlan,
        "vlan",
        &[],
        &["vlan", "vlanid", "vlan番号", "vid"],
    ),
    (
        Field::Mask,
        "mask",
        &[],
        &[
            "サブネットマスク",
            "ネットマスク",
            "マスク",
            "netmask",
            "mask",
            "subnetmask",
        ],
    ),
    (
        Field::Dhcp,
        "dhcp",
        &[],
        &["dhcp", "dhcpサーバ", "dhcpサーバー", "dhcpserver"],
    ),
];

/// Rows above the titles at most: sheets have headings.
const ABOVE: usize = 30;

/// Where the columns are.
pub(super) struct Heads {
    pub(super) columns: BTreeMap<Field, usize>,
    /// `where`: column and what must stand there.
    pub(super) only: Option<(usize, String)>,
    /// The row after the titles.
    pub(super) first: usize,
}

fn plain(title: &str) -> String {
    let title: String = title.nfkc().filter(|c| !c.is_whitespace()).collect();
    title.to_lowercase()
}

/// The columns of a table.
///
/// # Errors
/// A title that is missing or stands twice, and an unknown word of `column`.
pub(super) fn find(table: &Table, kind: Kind, rows: &[Row]) -> Result<Heads, Vec<Diagnostic>> {
    let mut stated: BTreeMap<Field, &Literal> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (title, word) in &table.columns {
        match field(word, kind) {
            Some(field) => drop(stated.insert(field, title)),
            None => wrong.push(unknown_word(word, kind)),
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let filled = || rows.iter().enumerate().filter(|(_, row)| !row.is_empty());
    let mut tries = filled()
        .take(ABOVE)
        .map(|(index, row)| (index, heads(table, kind, &stated, index, row)));
    match tries.find(|(_, found)| !matches!(found, Err(Wrong::Missing(_)))) {
        Some((_, Ok(heads))) => Ok(heads),
        Some((_, Err(Wrong::Twice(diagnostic) | Wrong::Missing(diagnostic)))) => {
            Err(vec![*diagnostic])
        }
        None => {
            let first = filled().next();
            let tried = first.map(|(index, row)| heads(table, kind, &stated, index, row));
            match tried {
                Some(Err(Wrong::Missing(diagnostic))) => Err(vec![*diagnostic]),
                _ => Err(vec![
                    Diagnostic::error(text!("table-empty"))
                        .at(table.file.span)
                        .help(text!("table-empty-help")),
                ]),
            }
        }
    }
}

/// Why a row is not that of the titles.
enum Wrong {
    Missing(Box<Diagnostic>),
    Twice(Box<Diagnostic>),
}

fn heads(
    table: &Table,
    kind: Kind,
    stated: &BTreeMap<Field, &Literal>,
    index: usize,
    row: &Row,
) -> Result<Heads, Wrong> {
    let titles: Vec<String> = row.cells.iter().map(|cell| plain(&cell.said)).collect();
    let mut columns = BTreeMap::new();
    for (field, _, hosts, zones) in TITLES {
        let usual = if kind == Kind::Zones { zones } else { hosts };
        let own = stated.get(&field).map(|title| plain(&title.node));
        let is = |title: &str| {
            own.as_deref()
                .map_or_else(|| usual.contains(&title), |own| own == title)
        };
        let found: Vec<usize> = (0..titles.len())
            .filter(|&i| titles.get(i).is_some_and(|t| is(t)))
            .collect();
        match found.as_slice() {
            [] => {
                if let Some(title) = stated.get(&field) {
                    return Err(missing(row, title.span, &title.node));
                }
            }
            [one] => drop(columns.insert(field, *one)),
            [one, other, ..] => return Err(twice(row, field, *one, *other)),
        }
    }
    let only = match &table.only {
        None => None,
        Some((title, value)) => {
            let wanted = plain(&title.node);
            let column = titles.iter().position(|title| *title == wanted);
            let column = column.ok_or_else(|| missing(row, title.span, &title.node))?;
            let value: String = value.node.nfkc().collect();
            Some((column, value.trim().to_owned()))
        }
    };
    let needs: &[&[Field]] = match kind {
        Kind::Hosts | Kind::Group => &[&[Field::Address, Field::Ipv6]],
        Kind::Zones => &[
            &[Field::Name],
            &[Field::Vlan],
            &[Field::Address, Field::Ipv6],
        ],
    };
    for any in needs {
        if !any.iter().any(|field| columns.contains_key(field)) {
            let usual = any.iter().filter_map(|field| usual_title(*field, kind));
            let usual = usual.collect::<Vec<_>>().join(" / ");
            return Err(missing(row, table.file.span, &usual));
        }
    }
    let first = index + 1;
    Ok(Heads {
        columns,
        only,
        first,
    })
}

fn usual_title(field: Field, kind: Kind) -> Option<&'static str> {
    let (.., hosts, zones) = TITLES.iter().find(|(of, ..)| *of == field)?;
    let usual = if kind == Kind::Zones { zones } else { hosts };
    usual.first().copied()
}

fn missing(row: &Row, at: Span, title: &str) -> Wrong {
    let titles: Vec<&str> = row
        .cells
        .iter()
        .map(|c| c.said.as_str())
        .filter(|t| !t.is_empty())
        .collect();
    let diagnostic = Diagnostic::error(text!("column-missing", title = title)).at(at);
    let diagnostic = diagnostic.label(row.span(), text!("column-titles", row = row.number));
    let help = text!("column-missing-help", titles = titles.join(", "));
    Wrong::Missing(Box::new(diagnostic.help(help)))
}

fn twice(row: &Row, field: Field, one: usize, other: usize) -> Wrong {
    let word = TITLES
        .iter()
        .find(|(of, ..)| *of == field)
        .map_or("", |(_, word, ..)| word);
    let (a, b) = (row.cell(one), row.cell(other));
    let headline = text!(
        "column-twice",
        first = reference(row.number, one),
        second = reference(row.number, other),
        word = word
    );
    let help = text!("column-twice-help", title = &a.said, word = word);
    let diagnostic = Diagnostic::error(headline).at(b.span);
    Wrong::Twice(Box::new(
        diagnostic.label(a.span, text!("first-here")).help(help),
    ))
}

fn words_of(kind: Kind) -> impl Iterator<Item = (Field, &'static str)> {
    let known = TITLES.iter().filter(move |(.., hosts, zones)| match kind {
        Kind::Zones => !zones.is_empty(),
        Kind::Hosts | Kind::Group => !hosts.is_empty(),
    });
    known.map(|(field, word, ..)| (*field, *word))
}

fn field(word: &Word, kind: Kind) -> Option<Field> {
    let is = |known: &str| known.eq_ignore_ascii_case(&word.node);
    words_of(kind)
        .find(|(_, known)| is(known))
        .map(|(field, _)| field)
}

fn unknown_word(word: &Word, kind: Kind) -> Diagnostic {
    let known: Vec<&str> = words_of(kind).map(|(_, known)| known).collect();
    let diagnostic = Diagnostic::error(text!("column-word", word = &word.node)).at(word.span);
    diagnostic.help(text!("column-word-help", known = known.join(", ")))
}
