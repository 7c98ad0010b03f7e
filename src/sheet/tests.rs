//! Cells, titles, encodings, broken files.

use super::cells::{reference, rows};
use super::source;
use crate::base::{FileId, Lang, Source, SourceMap};
use crate::syntax::ast::{GroupBody, Stmt};

/// Expands a policy that mentions one table; findings as code, cell text and words.
fn expanded(policy: &str, table: Source) -> (crate::syntax::ast::File, Vec<(String, String)>) {
    let mut sources = SourceMap::default();
    let main = sources.add(Source::capture("a.acl", policy.as_bytes()));
    let (mut tree, findings) = crate::syntax::parse(main, policy);
    assert!(findings.is_empty());
    let text = table.text.clone();
    let file = sources.add(table);
    for reference in crate::syntax::references(&tree) {
        let sheet = reference.sheet.map(|sheet| sheet.node.clone());
        sources.attach(main, &reference.file.node, sheet.as_deref(), file);
    }
    let found = super::expand(&mut tree, main, &sources);
    let shown = found.iter().map(|d| {
        let span = d.labels[0].span;
        let of = if span.file == file { &text } else { policy };
        let marked = of.get(span.start as usize..span.end as usize);
        let marked = marked.unwrap().to_owned();
        (
            format!("{}: {}", d.code, d.message.render(Lang::En)),
            marked,
        )
    });
    (tree, shown.collect())
}

fn listed(policy: &str, csv: &str) -> (usize, Vec<(String, String)>) {
    let (tree, found) = expanded(policy, source("g.csv", csv.as_bytes(), None).unwrap());
    let count = tree.items.iter().map(|item| match &item.node {
        Stmt::Group(group) => match &group.body {
            GroupBody::Listed(addrs) => addrs.len(),
            _ => 0,
        },
        _ => 0,
    });
    (count.sum(), found)
}

#[test]
fn cells_have_their_places() {
    let text = "a,\"b \"\"c\"\"\"\r\n,x\n\n１,\n";
    let rows = rows(FileId(0), text).unwrap();
    let said: Vec<Vec<&str>> = rows
        .iter()
        .map(|r| r.cells.iter().map(|c| c.said.as_str()).collect())
        .collect();
    assert_eq!(
        said,
        [vec!["a", "b \"c\""], vec!["", "x"], vec![""], vec!["1", ""]]
    );
    let cell = &rows[0].cells[1];
    assert_eq!(
        text.get(cell.span.start as usize..cell.span.end as usize)
            .unwrap(),
        "\"b \"\"c\"\"\""
    );
    assert_eq!(
        (reference(7, 1), reference(1, 26), reference(2, 701)),
        ("B7".to_owned(), "AA1".to_owned(), "ZZ2".to_owned())
    );
    assert!(super::cells::rows(FileId(0), "a,\"b").is_err());
}

#[test]
fn a_list_is_found_under_its_titles() {
    let group = "group H \"g.csv\" where \"画面転送\" = \"可\"";
    let csv = "取扱端末一覧(令和8年度),,\n端末名,ＩＰアドレス,画面転送\nPC1,１０.0.0.11,可\nPC2,10.0.0.12,否\n,,\nPC3,10.0.0.21〜10.0.0.23,可\n";
    assert_eq!(listed(group, csv), (2, Vec::new()));
}

#[test]
fn findings_point_at_cells() {
    let group = "group H \"g.csv\"";
    let (count, found) = listed(
        group,
        "名前,IPアドレス\nPC1,10.0.0.256\nPC2,\nPC3,10.0.0.3\n",
    );
    assert_eq!(count, 1);
    assert!(
        found[0].0.starts_with("cell-wrong: cell B2, `10.0.0.256`"),
        "{found:?}"
    );
    assert_eq!(found[0].1, "10.0.0.256");
    assert!(found[1].0.starts_with("cell-wrong: cell B3"), "{found:?}");
    let missing = listed(group, "名前,場所\nPC1,1F\n").1;
    assert!(missing[0].0.starts_with("column-missing"), "{missing:?}");
    let twice = listed(group, "IPアドレス,アドレス\n10.0.0.1,1F\n").1;
    assert_eq!(
        (twice[0].0.split(':').next(), twice[0].1.as_str()),
        (Some("column-twice"), "アドレス")
    );
    let said = listed(
        "group H \"g.csv\" column \"アドレス\" as address",
        "IPアドレス,アドレス\n1F,10.0.0.1\n",
    );
    assert_eq!(said, (1, Vec::new()));
    assert!(
        listed(group, "IPアドレス\n").1[0]
            .0
            .starts_with("table-empty")
    );
    assert!(listed(group, "").1[0].0.starts_with("table-empty"));
}

#[test]
fn hosts_and_zones_become_statements() {
    let policy = "zone A vlan 10 10.0.0.0/24 { hosts \"g.csv\" }";
    let csv = "ホスト名,IP,IPv6アドレス\ndc1,.11,::11\n";
    let (tree, found) = expanded(policy, source("g.csv", csv.as_bytes(), None).unwrap());
    assert_eq!(found, []);
    let Stmt::Zone(zone) = &tree.items[0].node else {
        panic!("a zone")
    };
    assert_eq!(
        (
            zone.hosts[0].node.name.node.as_str(),
            zone.hosts[0].node.addrs.len()
        ),
        ("dc1", 2)
    );
    let csv = "ゾーン,VLAN,ネットワーク,サブネットマスク,IPv6,DHCP\n支所1,11,10.11.1.0,255.255.255.0,なし,dc1\n支所2,12,10.11.2.0/24,,fd00:12::/64,\n";
    let (tree, found) = expanded(
        "segment 支所 { zones \"z.csv\" }",
        source("z.csv", csv.as_bytes(), None).unwrap(),
    );
    assert_eq!(found, []);
    let Stmt::Segment(segment) = &tree.items[0].node else {
        panic!("a segment")
    };
    assert_eq!(segment.items.len(), 2);
}

#[test]
fn encodings_are_read_or_named() {
    let cp932 = encoding_rs::SHIFT_JIS
        .encode("名前,IPアドレス\n窓口,10.0.0.1\n")
        .0;
    assert!(source("g.csv", &cp932, None).unwrap().text.contains("窓口"));
    assert!(
        source("g.csv", b"\xEF\xBB\xBFa", None)
            .unwrap()
            .text
            .starts_with('a')
    );
    let key = |bytes: &[u8]| source("g.csv", bytes, None).unwrap_err().key;
    assert_eq!(key(b"\xFF\xFEa\0"), "table-utf16");
    assert_eq!(key(b"\xD0\xCF\x11\xE0"), "table-old-excel");
    assert_eq!(key(b"\x81\xFF\xFD"), "table-encoding");
    assert_eq!(key(b"PK\x03\x04 and no more"), "xlsx-unreadable");
}

/// A workbook with one sheet of inline strings, written by hand.
fn workbook(cells: &str, more: usize) -> Vec<u8> {
    use std::io::Write as _;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let files = [
        ("[Content_Types].xml", "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>".to_owned()),
        ("_rels/.rels", "<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>".to_owned()),
        ("xl/workbook.xml", "<?xml version=\"1.0\"?><workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"本庁\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>".to_owned()),
        ("xl/_rels/workbook.xml.rels", "<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>".to_owned()),
        ("xl/worksheets/sheet1.xml", format!("<?xml version=\"1.0\"?><worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{cells}</sheetData>{}</worksheet>", " ".repeat(more))),
    ];
    for (name, text) in files {
        zip.start_file(name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn cell(at: &str, text: &str) -> String {
    format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

#[test]
fn a_sheet_keeps_its_row_numbers() {
    let head = format!(
        "<row r=\"3\">{}{}</row>",
        cell("A3", "ゾーン"),
        cell("C3", "VLAN")
    );
    let body = format!(
        "<row r=\"5\">{}<c r=\"C5\"><v>111</v></c></row>",
        cell("A5", "端末, 一般")
    );
    let bytes = workbook(&(head + &body), 0);
    let text = source("z.xlsx", &bytes, Some("本庁")).unwrap().text;
    assert_eq!(
        text.lines().collect::<Vec<_>>(),
        ["", "", "ゾーン,,VLAN", "", "\"端末, 一般\",,111"]
    );
    assert_eq!(
        source("z.xlsx", &bytes, Some("支所")).unwrap_err().key,
        "no-such-sheet"
    );
}

#[test]
fn a_bomb_is_refused() {
    let bytes = workbook("", 65 << 20);
    assert!(bytes.len() < 1 << 20, "it is small outside");
    assert_eq!(
        source("z.xlsx", &bytes, None).unwrap_err().key,
        "xlsx-too-large"
    );
    let far = format!("<row r=\"1048576\">{}</row>", cell("XFD1048576", "x"));
    assert_eq!(
        source("z.xlsx", &workbook(&far, 0), None).unwrap_err().key,
        "cell-far-out"
    );
}

#[test]
fn broken_files_end_in_words() {
    let whole = workbook(
        &format!("<row r=\"1\">{}</row>", cell("A1", "IPアドレス")),
        0,
    );
    let mut rng = fastrand::Rng::with_seed(7);
    for _ in 0..200 {
        let mut bytes = whole.clone();
        for _ in 0..rng.usize(1..20) {
            let at = rng.usize(0..bytes.len());
            bytes[at] = rng.u8(..);
        }
        bytes.truncate(rng.usize(4..=bytes.len()));
        let _ = source("z.xlsx", &bytes, None);
    }
}
