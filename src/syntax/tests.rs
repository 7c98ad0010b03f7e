//! The whole stage: texts in, trees and findings out.

use super::*;
use crate::base::{Diagnostic, FileId};

const FILE: FileId = FileId(0);

const CORPUS: &[(&str, &str)] = &[
    (
        "p1_wired",
        include_str!("../../tests/corpus/policy/p1_wired.acl"),
    ),
    (
        "p1_pair",
        include_str!("../../tests/corpus/policy/p1_pair.acl"),
    ),
    (
        "p2_flat",
        include_str!("../../tests/corpus/policy/p2_flat.acl"),
    ),
    (
        "p2_vlan",
        include_str!("../../tests/corpus/policy/p2_vlan.acl"),
    ),
    (
        "p3_ssid",
        include_str!("../../tests/corpus/policy/p3_ssid.acl"),
    ),
    (
        "p5_maintenance",
        include_str!("../../tests/corpus/policy/p5_maintenance.acl"),
    ),
    (
        "p6_remote",
        include_str!("../../tests/corpus/policy/p6_remote.acl"),
    ),
    ("beta", include_str!("../../tests/corpus/policy/beta.acl")),
    (
        "branch",
        include_str!("../../tests/corpus/policy/branch.acl"),
    ),
    ("push", include_str!("../../tests/corpus/policy/push.acl")),
    (
        "invariants",
        include_str!("../../tests/corpus/policy/invariants.acl"),
    ),
];

/// Findings as `line code [underlined]: headline / label / help`, for reading.
fn shown(text: &str, findings: &[Diagnostic]) -> String {
    use crate::base::Lang;
    let mut out = String::new();
    for finding in findings {
        let (line, marked) = finding.labels.first().map_or((0, ""), |label| {
            let (start, end) = (label.span.start as usize, label.span.end as usize);
            (text[..start].matches('\n').count() + 1, &text[start..end])
        });
        let said = finding
            .labels
            .first()
            .and_then(|l| l.text.as_ref())
            .map(|t| t.render(Lang::En));
        out += &format!(
            "{line} {} [{marked}]: {} / {} / {}\n",
            finding.code,
            finding.message.render(Lang::En),
            said.unwrap_or_default(),
            finding
                .help
                .as_ref()
                .map(|t| t.render(Lang::En))
                .unwrap_or_default(),
        );
    }
    out
}

#[test]
fn the_examples_are_right() {
    for (name, text) in CORPUS {
        let (file, findings) = parse(FILE, text);
        assert!(findings.is_empty(), "{name}:\n{}", shown(text, &findings));
        assert!(!file.items.is_empty(), "{name}");
    }
}

#[test]
fn scratch() {
    let text = include_str!("/tmp/bad.acl");
    let mut sources = crate::base::SourceMap::default();
    let file = sources.add(crate::base::Source::utf8("bad.acl", text.as_bytes()).unwrap());
    let (_, findings) = parse(file, text);
    let ja = crate::report::diagnostics::render(&findings, &sources, crate::base::Lang::Ja, false);
    println!("{ja}\n{}", shown(text, &findings));
}
