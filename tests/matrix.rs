//! 通信要件一覧 out of a policy and back into it.

use crate::support::{AT, POLICY, Ran, aclc, root, scratch};
use aclc::cli::Exit;
use std::path::{Path, PathBuf};

/// The golden policy in a folder of its own, with its table beside it.
fn matrix(name: &str, table: &str, extra: &[&str]) -> PathBuf {
    let dir = scratch(name);
    std::fs::copy(root().join(POLICY), dir.join("city.acl")).unwrap();
    let (policy, out) = (dir.join("city.acl"), dir.join(table));
    let args = [
        "sheet",
        policy.to_str().unwrap(),
        "--lang",
        "ja",
        "-o",
        out.to_str().unwrap(),
    ];
    let ran = aclc(&[&args[..], extra].concat());
    assert_eq!(ran.exit, Exit::Clean, "{}", ran.err);
    dir
}

fn read(dir: &Path, table: &str) -> Ran {
    let (policy, table) = (dir.join("city.acl"), dir.join(table));
    let args = [
        "sheet",
        policy.to_str().unwrap(),
        "--read",
        table.to_str().unwrap(),
    ];
    aclc(&[&args[..], &["--lang", "ja"]].concat())
}

/// The table with cells changed: each a text and what it becomes.
fn edit(dir: &Path, changes: &[(&str, &str)]) {
    let path = dir.join("flows.csv");
    let mut text = std::fs::read_to_string(&path).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}: {text}");
        text = text.replacen(from, to, 1);
    }
    std::fs::write(path, text).unwrap();
}

#[test]
fn an_unchanged_table_changes_no_byte_of_the_policy() {
    let policy = std::fs::read_to_string(root().join(POLICY)).unwrap();
    for (table, extra) in [
        ("flows.csv", &[][..]),
        ("cp932.csv", &["--charset", "cp932"]),
        ("flows.xlsx", &[]),
    ] {
        let dir = matrix(
            &format!("matrix-same-{}", table.replace('.', "-")),
            table,
            extra,
        );
        let ran = read(&dir, table);
        assert_eq!(ran.exit, Exit::Clean, "{}", ran.err);
        assert!(ran.out == policy, "{table}: {}", ran.out);
    }
}

#[test]
fn rows_that_go_come_and_change_are_statements_that_do() {
    let dir = matrix("matrix-edited", "flows.csv", &[]);
    let path = dir.join("flows.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    let kept: String = text
        .lines()
        .filter(|line| !line.contains("std.print"))
        .map(|line| format!("{line}\r\n"))
        .collect();
    let row = "99,端末_一般,財務,\"tcp 8080, udp 53\",R8-1,=財政課,'-「急ぎ」,2027/3/31,○,\r\n";
    std::fs::write(&path, format!("{kept}{row}")).unwrap();
    let ran = read(&dir, "flows.csv");
    assert_eq!(ran.exit, Exit::Clean, "{}", ran.err);
    let policy = std::fs::read_to_string(dir.join("city.acl")).unwrap();
    let before: Vec<&str> = policy
        .lines()
        .filter(|l| !l.contains("std.print"))
        .collect();
    let after: Vec<&str> = ran.out.lines().collect();
    assert_eq!(
        after[..before.len()],
        before,
        "all else stands as it was written"
    );
    assert_eq!(
        after[before.len()..],
        [
            "許可 端末_一般 -> 財務 : tcp 8080, udp 53  申請 \"R8-1\" 所管 \"=財政課\" 理由 \"-「急ぎ」\" 期限 2027-03-31 記録"
        ]
    );
    std::fs::write(dir.join("new.acl"), &ran.out).unwrap();
    let new = dir.join("new.acl");
    let checked = aclc(&["check", new.to_str().unwrap(), "--at", AT]);
    assert_ne!(checked.exit, Exit::CannotRun, "{}", checked.err);
}

#[test]
fn what_is_wrong_is_told_at_its_cell() {
    for (from, to, cell) in [
        ("財務", "財無", "C"),
        ("R7-0101,", "R7-0101,,,2027-02-30,\r\n", "H"),
        ("std.wsus", "std.wsuss", "D"),
        // A cell is one part of one statement and no more, whatever stands in it.
        ("std.wsus", "\"tcp 1\n許可 すべて -> すべて : ip 47\"", "D"),
        ("std.wsus", "std.wsus 申請 x", "D"),
        ("std.wsus", "std.wsus # x", "D"),
        (
            "端末_取扱,",
            "端末_取扱 -> 財務 : tcp 1 許可 端末_取扱,",
            "B",
        ),
        ("std.wsus", "", "D"),
    ] {
        let dir = matrix("matrix-wrong", "flows.csv", &[]);
        edit(&dir, &[(from, to)]);
        let ran = read(&dir, "flows.csv");
        assert_eq!(ran.exit, Exit::CannotRun, "{to}: {}", ran.out);
        let named = ran.err.split_whitespace().any(|word| {
            let digits = word.strip_prefix(cell);
            digits.is_some_and(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit()))
        });
        assert!(named, "{to}: {}", ran.err);
        assert!(ran.out.is_empty(), "nothing but a whole policy is printed");
    }
}

#[test]
fn a_table_without_titles_and_one_of_entries_are_refused() {
    let dir = matrix("matrix-heads", "flows.csv", &[]);
    std::fs::write(dir.join("flows.csv"), "a,b,c\r\n1,2,3\r\n").unwrap();
    let ran = read(&dir, "flows.csv");
    assert_eq!(ran.exit, Exit::CannotRun);
    assert!(ran.err.contains("送信元"), "{}", ran.err);
    std::fs::write(dir.join("flows.csv"), "\"a").unwrap();
    assert_eq!(read(&dir, "flows.csv").exit, Exit::CannotRun);
}

/// A few kilobytes that unpack to more than any table is.
#[test]
fn a_compressed_bomb_is_refused() {
    use std::io::Write as _;
    let dir = matrix("matrix-bomb", "flows.csv", &[]);
    let mut zip = zip::ZipWriter::new(std::fs::File::create(dir.join("bomb.xlsx")).unwrap());
    let packed = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated);
    zip.start_file("xl/worksheets/sheet1.xml", packed).unwrap();
    let blank = vec![b' '; 1 << 20];
    (0..65).for_each(|_| zip.write_all(&blank).unwrap());
    zip.finish().unwrap();
    for flag in ["--read", "--check"] {
        let (policy, bomb) = (dir.join("city.acl"), dir.join("bomb.xlsx"));
        let ran = aclc(&[
            "sheet",
            policy.to_str().unwrap(),
            flag,
            bomb.to_str().unwrap(),
        ]);
        assert_eq!(ran.exit, Exit::CannotRun, "{}", ran.out);
        assert!(ran.err.contains("64"), "{}", ran.err);
    }
}

#[test]
fn what_cp932_lacks_is_an_error_at_its_cell() {
    let dir = scratch("matrix-cp932");
    let text = std::fs::read_to_string(root().join(POLICY)).unwrap();
    let text = text.replacen("税の画面転送", "税の画面転送\u{1f600}", 1);
    std::fs::write(dir.join("city.acl"), text).unwrap();
    let (policy, out) = (dir.join("city.acl"), dir.join("flows.csv"));
    let args = [
        "sheet",
        policy.to_str().unwrap(),
        "--charset",
        "cp932",
        "-o",
    ];
    let ran = aclc(&[&args[..], &[out.to_str().unwrap()]].concat());
    assert_eq!(ran.exit, Exit::CannotRun);
    assert!(ran.err.contains("G2"), "{}", ran.err);
    assert!(!out.exists());
}

#[test]
fn a_note_that_no_column_holds_is_told_when_its_statement_goes() {
    let dir = scratch("matrix-notes");
    let policy = "language 1\nsite S { ipv4-only }\nzone A vlan 10 10.1.0.0/24\nzone B vlan 20 10.2.0.0/24\n\
        switch W : cisco-ios-xe \"C9300-48T\" { svi A, B }\nallow A -> B : tcp 443 ticket T-1 { accept wide-return because \"x\" }\n";
    std::fs::write(dir.join("city.acl"), policy).unwrap();
    let (path, out) = (dir.join("city.acl"), dir.join("flows.csv"));
    let ran = aclc(&["sheet", path.to_str().unwrap(), "-o", out.to_str().unwrap()]);
    assert_eq!(ran.exit, Exit::Clean, "{}", ran.err);
    assert!(!read(&dir, "flows.csv").err.contains("容認"));
    edit(&dir, &[("T-1", "T-2")]);
    let ran = read(&dir, "flows.csv");
    assert_eq!(ran.exit, Exit::Clean, "{}", ran.err);
    assert!(
        ran.err.contains("容認") && ran.err.contains("wide-return"),
        "{}",
        ran.err
    );
}
