//! What holds for every dialect of this family: names, entries read and printed again, facts that are asked.

use super::Kin;
use super::entry::read;
use super::lists::{head, item};
use super::native::{Body, Entry, List};
use super::print::list;
use crate::base::Source;
use crate::net::Family;
use crate::vendor::capture::{self, Line};
use crate::vendor::words::Words;
use crate::vendor::{allied_telesis_awplus, arista_eos, aruba_aos_cx, cisco_ios_xe, cisco_nx_os};

/// The dialects of the family.
static KINS: [&Kin; 5] = [
    &cisco_ios_xe::KIN,
    &cisco_nx_os::KIN,
    &arista_eos::KIN,
    &aruba_aos_cx::KIN,
    &allied_telesis_awplus::KIN,
];

fn entry(line: &str, family: Family, kin: &'static Kin) -> Entry {
    let entry = read(Words::new(line), family, false, kin);
    let entry = entry.unwrap_or_else(|| panic!("{}: {line}", kin.id));
    assert_eq!(entry.unread, None, "{}: {line}", kin.id);
    entry
}

#[test]
fn every_name_is_read_as_its_number() {
    for kin in KINS {
        for port in kin.facts().names["port"].keys() {
            for protocol in ["tcp", "udp"] {
                let named = entry(
                    &format!("permit {protocol} any eq {port} any"),
                    Family::V4,
                    kin,
                );
                let number = kin.names().port(port).unwrap();
                let digits = format!("permit {protocol} any eq {number} any");
                assert_eq!(named, entry(&digits, Family::V4, kin));
            }
        }
        for (family, table) in [(Family::V4, "protocol4"), (Family::V6, "protocol6")] {
            for (name, number) in &kin.facts().names[table] {
                let named = entry(&format!("permit {name} any any"), family, kin);
                let word = kin
                    .syntax
                    .protocol_word
                    .map_or(String::new(), |w| format!("{w} "));
                let digits = format!("permit {word}{number} any any");
                assert_eq!(named, entry(&digits, family, kin));
            }
        }
        for (family, table) in [(Family::V4, "icmp4"), (Family::V6, "icmp6")] {
            let icmp = kin
                .names()
                .protocol_name(if family == Family::V4 { 1 } else { 58 }, family);
            for name in kin
                .facts()
                .names
                .get(table)
                .into_iter()
                .flat_map(|t| t.keys())
            {
                let line = format!("permit {} any any {name}", icmp.unwrap());
                let message = entry(&line, family, kin).service.icmp.unwrap();
                let known = kin.names().icmp(name, family);
                assert_eq!(Some((message.kind, message.code)), known, "{name}");
            }
        }
    }
}

/// The lists of a text, without lines and texts.
fn natives(text: &str, kin: &'static Kin) -> Vec<List> {
    let source = Source::capture("a", text.as_bytes());
    let lines = capture::lines(&source);
    let read = |(top, body): (&Line<'_>, &[Line<'_>])| {
        let headed = head(&top.text, kin).filter(|head| !head.shown)?;
        let mut list = List::new(headed, 0);
        body.iter()
            .for_each(|line| list.push(line, &line.text, false, kin));
        for item in &mut list.items {
            (item.line, item.text) = (0, String::new());
        }
        Some(list)
    };
    capture::blocks(&lines).filter_map(read).collect()
}

#[test]
fn lists_print_as_they_are_read() {
    for kin in KINS {
        let path = format!("{}/tests/corpus/{}", env!("CARGO_MANIFEST_DIR"), kin.id);
        let text = std::fs::read_to_string(format!("{path}/core.cfg")).unwrap();
        let read = natives(&text, kin);
        assert!(read.len() > 1, "{}", kin.id);
        let mut printed = String::new();
        for one in &read {
            list(one, kin, &mut printed);
        }
        let twice = natives(&printed, kin);
        assert_eq!(twice, read, "{}\n{printed}", kin.id);
        let mut again = String::new();
        for one in &twice {
            list(one, kin, &mut again);
        }
        assert_eq!(again, printed);
    }
}

#[test]
fn every_fact_is_asked() {
    let code = [
        include_str!("boxes.rs"),
        include_str!("convert.rs"),
        include_str!("read.rs"),
        include_str!("../allied_telesis_awplus/ports.rs"),
        include_str!("../allied_telesis_awplus/settle.rs"),
        // What happens while lists are replaced is asked by plans.
        include_str!("../allied_telesis_awplus/change.rs"),
        include_str!("../arista_eos/change.rs"),
        include_str!("../aruba_aos_cx/change.rs"),
        include_str!("../cisco_ios_xe/change.rs"),
        include_str!("../cisco_nx_os/change.rs"),
    ]
    .concat();
    for kin in KINS {
        for id in kin.facts().facts.keys() {
            assert!(code.contains(&format!("\"{id}\"")), "{}: {id}", kin.id);
        }
    }
}

#[test]
fn no_beginning_in_a_table_is_too_long() {
    for kin in KINS {
        let facts = kin.facts();
        let tables = [
            &facts.irrelevant,
            &facts.narrows,
            &facts.redirects,
            &facts.rewrites,
        ];
        for line in tables.iter().flat_map(|table| table.values().flatten()) {
            let words = Words::new(line).count();
            assert!(words <= super::table::LONGEST, "{}: {line}", kin.id);
        }
    }
}

/// A find of the fuzzer: a counter that the terminal cut off.
#[test]
fn a_counter_without_its_end_is_no_counter() {
    let whole = |text: &str| match item(text, Family::V4, false, true, &cisco_nx_os::KIN).1 {
        Body::Entry(entry) => entry.unread.is_none(),
        _ => false,
    };
    assert!(whole("10 permit tcp any any [match=12]"));
    assert!(!whole("10 permit tcp any any [match"));
    assert!(!whole("10 permit tcp any any [match=1]2"));
}

/// A beginning in two tables of one place would mean two things.
#[test]
fn no_beginning_is_in_two_tables() {
    for kin in KINS {
        let facts = kin.facts();
        let mut seen = std::collections::BTreeSet::new();
        for table in [
            &facts.irrelevant,
            &facts.narrows,
            &facts.redirects,
            &facts.rewrites,
        ] {
            let mut own = std::collections::BTreeSet::new();
            for (place, lines) in table {
                own.extend(lines.iter().map(|line| (place, line)));
            }
            let twice: Vec<_> = seen.intersection(&own).collect();
            assert!(twice.is_empty(), "{}: {twice:?}", kin.id);
            seen.extend(own);
        }
    }
}
