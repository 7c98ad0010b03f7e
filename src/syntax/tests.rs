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

/// The tree without its places.
fn tree(text: &str) -> String {
    let debug = format!("{:?}", parse(FILE, text).0);
    let mut parts = debug.split("Span { file:");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out += part.split_once('}').map_or("", |(_, rest)| rest);
    }
    out
}

#[test]
fn the_normal_form_has_the_same_tree_and_is_its_own_normal_form() {
    for (name, text) in CORPUS {
        let plain = format(text);
        assert_eq!(tree(text), tree(&plain), "{name}");
        assert_eq!(plain, format(&plain), "{name}");
        // without indent, with full-width blanks and commas, it is still the same policy
        let typed = plain
            .replace("\n  ", "\n　")
            .replace(", ", "、")
            .replace("->", "→");
        assert_eq!(tree(text), tree(&typed), "{name}");
    }
}

/// A text with its findings: line, code, underlined text, and a part of the help in English (empty: none asked for).
const WRONG: &[(&str, &[(u32, &str, &str, &str)])] = &[
    // the statement
    (
        "版 1\nalow A -> B : x",
        &[(2, "unknown-statement", "alow", "`allow`")],
    ),
    (
        "許可端末 -> B : x",
        &[(1, "unknown-statement", "許可端末", "`許可 端末`")],
    ),
    (
        "prove A -> 端末なし",
        &[(1, "unfinished-statement", "端末なし", "`端末 なし`")],
    ),
    (
        "許可 A -> B : x 申請R7-1",
        &[(1, "unexpected-text", "申請R7-1", "`申請 R7-1`")],
    ),
    ("allow A -> B : tcp443", &[]),
    ("許可 A B : x", &[(1, "unexpected-text", "B", "")]),
    ("allow A -> B", &[(1, "unfinished-statement", "B", "")]),
    ("allow A ->\n  B :\n  x", &[]),
    (
        "allow A\n  -> B : x",
        &[(1, "unfinished-statement", "A", "")],
    ),
    (
        "allow A -> B : x allow C -> D : x",
        &[(1, "unexpected-text", "allow", "")],
    ),
    (
        "prove A -> B nonee",
        &[(1, "unexpected-text", "nonee", "`none`")],
    ),
    (
        "prove A works strct",
        &[(1, "unexpected-text", "strct", "`strict`")],
    ),
    (
        "assume autentic A because \"x\"",
        &[(1, "unexpected-text", "autentic", "`authentic`")],
    ),
    // names
    (
        "許可 なし -> B : x",
        &[(1, "unexpected-text", "なし", "「なし」")],
    ),
    ("group 1F = A", &[(1, "unexpected-text", "1F", "「1F」")]),
    (
        "group 窓口(北) = A",
        &[(1, "unexpected-text", "(北)", "「窓口(北)」")],
    ),
    ("group 「」 = A", &[(1, "empty-name", "「」", "")]),
    (
        "group A = B。",
        &[(1, "unexpected-text", "。", "delete the `。`")],
    ),
    (
        "group A\u{200B} = B",
        &[(1, "unexpected-text", "\u{200B}", "U+200B")],
    ),
    // numbers, addresses, dates
    (
        "zone A vlan 4095 10.0.0.0/24",
        &[(1, "number-out-of-range", "4095", "")],
    ),
    (
        "zone A vlan 0 10.0.0.0/24",
        &[(1, "number-out-of-range", "0", "")],
    ),
    (
        "zone A vlan 99999999999 10.0.0.0/24",
        &[(1, "number-out-of-range", "99999999999", "")],
    ),
    (
        "zone A vlan １２３４５ 10.0.0.0/24",
        &[(1, "number-out-of-range", "１２３４５", "")],
    ),
    (
        "zone A vlan 1 10.0.0.0/33",
        &[(1, "invalid-address", "10.0.0.0/33", "")],
    ),
    (
        "zone A vlan 1 10.0.0.0/99999",
        &[(1, "invalid-address", "10.0.0.0/99999", "")],
    ),
    (
        "zone A vlan 1 10.0.0.01/24",
        &[(1, "invalid-address", "10.0.0.01/24", "")],
    ),
    (
        "zone A vlan 1 10.0.O.0/24",
        &[(1, "unexpected-text", "10.0.O.0/24", "`10.0.0.0/24`")],
    ),
    (
        "zone A vlan 1 10.0.0.0/24 { host a .4O-.21 }",
        &[(1, "unexpected-text", ".4O-.21", "`.40-.21`")],
    ),
    (
        "zone A vlan 1 10.0.0.0/24 { host a .40-.21 }",
        &[(1, "invalid-address", ".40-.21", "")],
    ),
    (
        "service s = tcp 8530ー8531",
        &[(1, "unexpected-text", "8530ー8531", "`8530-8531`")],
    ),
    (
        "service s = tcp 8530一8531",
        &[(1, "unexpected-text", "8530一8531", "`8530-8531`")],
    ),
    (
        "service s = tcp 四四三",
        &[(1, "unexpected-text", "四四三", "`443`")],
    ),
    (
        "service s = tcp 65536",
        &[(1, "number-out-of-range", "65536", "")],
    ),
    (
        "service s = tcp 9-8",
        &[(1, "range-backwards", "9-8", "`8-9`")],
    ),
    (
        "service s = ip 256",
        &[(1, "number-out-of-range", "256", "")],
    ),
    (
        "service s = icmp 8/300",
        &[(1, "number-out-of-range", "300", "")],
    ),
    (
        "accept x because \"y\" until 2026-02-30",
        &[(1, "no-such-date", "2026-02-30", "2026-03-31")],
    ),
    (
        "accept x because \"y\" until 26-02-03",
        &[(1, "no-such-date", "26-02-03", "")],
    ),
    (
        "accept x because \"y\" until R8.3.31",
        &[(1, "unexpected-text", "R8.3.31", "`2026-03-31`")],
    ),
    (
        "容認 x 理由 \"y\" 期限 令和8年3月31日",
        &[(1, "unexpected-text", "令和8年3月31日", "`2026-03-31`")],
    ),
    // texts and blocks
    (
        "import \"a.acl",
        &[(1, "unclosed-text", "\"a.acl", "close it")],
    ),
    (
        "import 「a.acl\n版 1",
        &[(1, "unclosed-text", "「a.acl", "close it")],
    ),
    (
        "site A\n{\n ipv4-only\n}\nversion",
        &[(2, "unknown-statement", "{", "end of the line")],
    ),
    (
        "switch A : d\n{\n}",
        &[(1, "unfinished-statement", "d", "end of the line")],
    ),
    ("}\n版 1", &[(1, "unmatched-close", "}", "")]),
    (
        "segment S {\n zone A ipv4-only {\n  host a .1\n zone B ipv4-only\n}\nprove A works",
        &[(2, "unclosed-block", "{", "put `}`")],
    ),
    (
        "site A {\n bind in\n\n# x\nprove A works\nprove A work",
        &[
            (1, "unclosed-block", "{", ""),
            (6, "unexpected-text", "work", "`works`"),
        ],
    ),
    // several in one run, each block going on after its own
    (
        "zone A ipv4-only {\n hots a .1\n host b .256\n host c .3\n}\nallow A -> B\nallow A -> B : x ticket\n",
        &[
            (2, "unexpected-text", "hots", "`host`"),
            (3, "invalid-address", ".256", ""),
            (6, "unfinished-statement", "B", ""),
            (7, "unfinished-statement", "ticket", ""),
        ],
    ),
    (
        "alow A -> B : x\nalow A -> B : x\nforbidd A -> B",
        &[
            (1, "unknown-statement", "alow", "`allow`"),
            (2, "unknown-statement", "alow", "`allow`"),
            (3, "unknown-statement", "forbidd", "`forbid`"),
        ],
    ),
];

#[test]
fn each_slip_is_found_where_it_is_with_what_to_write_instead() {
    use crate::base::Lang;
    for (text, expected) in WRONG {
        let findings = parse(FILE, text).1;
        let all = shown(text, &findings);
        assert_eq!(findings.len(), expected.len(), "{text}\n{all}");
        for (finding, &(line, code, marked, help)) in findings.iter().zip(*expected) {
            let span = finding.labels[0].span;
            let (start, end) = (span.start as usize, span.end as usize);
            assert_eq!(finding.code, code, "{text}\n{all}");
            assert_eq!(&text[start..end], marked, "{text}\n{all}");
            assert_eq!(
                text[..start].matches('\n').count() as u32 + 1,
                line,
                "{text}\n{all}"
            );
            let said = finding
                .help
                .as_ref()
                .map(|t| t.render(Lang::En))
                .unwrap_or_default();
            assert!(said.contains(help), "{text}\n{all}");
        }
    }
}

#[test]
fn no_message_shows_a_rule_of_the_grammar() {
    use crate::base::Lang;
    let rules = telling_rule_names();
    for (text, _) in WRONG {
        for finding in parse(FILE, text).1 {
            for said in finding
                .labels
                .iter()
                .filter_map(|label| label.text.as_ref())
                .chain([&finding.message])
            {
                let said = said.render(Lang::Ja);
                for rule in &rules {
                    assert!(!said.contains(rule.as_str()), "{rule} in {said}");
                }
            }
        }
    }
}

/// Rule names that no sentence contains by chance.
fn telling_rule_names() -> Vec<String> {
    let names = super::parse::Rule::all_rules()
        .iter()
        .map(|rule| format!("{rule:?}"));
    names.filter(|name| name.contains('_')).collect()
}

#[test]
fn size_and_nesting_are_looked_at_first() {
    let codes = |text: &str| {
        parse(FILE, text)
            .1
            .iter()
            .map(|d| d.code)
            .collect::<Vec<_>>()
    };
    let started = std::time::Instant::now();
    assert_eq!(codes(&"a".repeat(20 << 20)), ["policy-too-large"]);
    assert_eq!(codes(&"{".repeat(10_000)), ["nested-too-deep"]);
    assert_eq!(codes(&format!("# {}\n版 1", "{".repeat(10_000))), [""; 0]);
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

#[test]
fn a_mebibyte_of_anything_ends_soon() {
    for piece in [
        "\n",
        ";",
        " ",
        "{}",
        "}",
        "\"",
        "「",
        "# {\n",
        "zone ",
        "x\n",
        "allow A -> ",
        "a,",
        "1.",
        "-",
        "端",
        "\n allow\n",
        "x {\n}\n",
        ":a",
    ] {
        let text = piece.repeat((1 << 20) / piece.len());
        let started = std::time::Instant::now();
        let (_, findings) = parse(FILE, &text);
        let _ = format(&text);
        assert!(findings.len() <= 101);
        assert!(
            started.elapsed().as_secs() < 10,
            "{piece:?}: {:?}",
            started.elapsed()
        );
    }
}

#[test]
fn any_edit_of_an_example_ends_with_findings_inside_the_text() {
    const SEED: u64 = 20_260_801;
    const ROUNDS: usize = 3_000;
    const SNIPPETS: &[&str] = &[
        "{",
        "}",
        "\"",
        "「",
        "」",
        "#",
        "\n",
        ";",
        ",",
        "->",
        "<->",
        ":",
        "=",
        "|",
        "allow",
        "許可",
        "zone",
        "ゾーン",
        "なし",
        "1",
        ".",
        "::",
        "-",
        "/",
        "　",
        "、",
        "→",
        "ｶﾞ",
        "ー",
        "。",
        "\u{FEFF}",
        "\u{0}",
        "\r",
        "99999999999",
        "10.0.0.0/8",
        "tcp",
        "any",
        "\\",
    ];
    let mut rng = fastrand::Rng::with_seed(SEED);
    for round in 0..ROUNDS {
        let (name, text) = CORPUS[rng.usize(..CORPUS.len())];
        let mut chars: Vec<char> = text.chars().take(1_500).collect();
        for _ in 0..rng.usize(1..6) {
            let at = rng.usize(..=chars.len());
            let to = (at + rng.usize(..12)).min(chars.len());
            let put = if rng.bool() {
                SNIPPETS[rng.usize(..SNIPPETS.len())]
            } else {
                ""
            };
            let cut = if rng.bool() { at..to } else { at..at };
            chars.splice(cut, put.chars());
        }
        let text: String = chars.into_iter().collect();
        let (_, findings) = parse(FILE, &text);
        for finding in &findings {
            assert!(
                !finding.labels.is_empty(),
                "seed {SEED} round {round} {name}: {finding:?}\n{text}"
            );
            for label in &finding.labels {
                let range = label.span.start as usize..label.span.end as usize;
                assert!(
                    text.get(range).is_some(),
                    "seed {SEED} round {round} {name}: {finding:?}\n{text}"
                );
            }
        }
        let plain = format(&text);
        if findings.is_empty() {
            assert_eq!(
                tree(&text),
                tree(&plain),
                "seed {SEED} round {round} {name}\n{text}"
            );
            assert_eq!(
                plain,
                format(&plain),
                "seed {SEED} round {round} {name}\n{text}"
            );
        }
    }
}

#[test]
fn a_policy_in_cp932_is_refused_with_that_word() {
    use crate::base::{Lang, Source};
    let error = Source::utf8("a.acl", b"# ok\n\x92\x5b\x96\x96").unwrap_err();
    let said = not_utf8("a.acl", error).message.render(Lang::Ja);
    assert!(said.contains("CP932") && said.contains("2 行目"), "{said}");
    let error = Source::utf8("a.acl", b"\xff\xff").unwrap_err();
    assert_eq!(not_utf8("a.acl", error).code, "policy-not-utf8");
}
