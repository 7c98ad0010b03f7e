//! The whole stage: texts in, trees and findings out.

use super::*;
use crate::base::{Diagnostic, FileId, Lang, Span};

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

fn marked(text: &str, span: Span) -> &str {
    text.get(span.start as usize..span.end as usize)
        .expect("a span lies within the text")
}

fn line_of(text: &str, span: Span) -> u32 {
    let before = text.get(..span.start as usize).unwrap();
    u32::try_from(before.matches('\n').count() + 1).unwrap()
}

/// Findings as `line code [underlined]: headline / label / help`, for reading.
fn shown(text: &str, findings: &[Diagnostic]) -> String {
    use crate::base::Lang;
    let mut out = String::new();
    for finding in findings {
        let (line, words) = finding.labels.first().map_or((0, ""), |label| {
            (line_of(text, label.span), marked(text, label.span))
        });
        let said = finding
            .labels
            .first()
            .and_then(|l| l.text.as_ref())
            .map(|t| t.render(Lang::En));
        out += &format!(
            "{line} {} [{words}]: {} / {} / {}\n",
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

/// Line, code, underlined text, and a part of the help in English (empty: none asked for).
type Slip = (u32, &'static str, &'static str, &'static str);

/// Texts with their findings.
const WRONG: &[(&str, &[Slip])] = &[
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
    ("許可 A => B : x", &[(1, "unexpected-text", "=", "`->`")]),
    ("許可 A - > B : x", &[(1, "unexpected-text", "-", "`->`")]),
    ("guideline x { a = b }", &[(1, "unexpected-text", "{", "")]),
    (
        "switch S : d {\n limti in ipv4 1\n own .1 |\n}",
        &[
            (2, "unexpected-text", "limti", ""),
            (3, "unfinished-statement", "|", ""),
        ],
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
    // what other tools and devices taught
    (
        "allow A -> B : x\npermit A -> B : x",
        &[(2, "unknown-statement", "permit", "`allow`")],
    ),
    (
        "allow A -> B : x\ndeny A -> B",
        &[(2, "unknown-statement", "deny", "`prove A -> B none`")],
    ),
    (
        "拒否 A -> B",
        &[(1, "unknown-statement", "拒否", "`禁止 A -> B`")],
    ),
    (
        "host x 10.0.0.9",
        &[(1, "unknown-statement", "host", "of its zone")],
    ),
    (
        "svi A .1",
        &[(1, "unknown-statement", "svi", "of its switch")],
    ),
    (
        "allow A -> B : 443",
        &[(1, "unexpected-text", "443", "`tcp 443`")],
    ),
    (
        "allow A -> B tcp 443",
        &[(1, "unexpected-text", "tcp", "`: tcp`")],
    ),
    (
        "allow A -> B : tcp/443",
        &[(1, "unexpected-text", "/443", "`tcp 443`")],
    ),
    (
        "allow A -> B : tcp 80 443",
        &[(1, "unexpected-text", "443", "`80, 443`")],
    ),
    (
        "allow A -> B : tcp https",
        &[(1, "unexpected-text", "https", "ports are numbers")],
    ),
    (
        "allow A -> 10.0.0.5 : x",
        &[(1, "unexpected-text", "10.0.0.5", "`host NAME 10.0.0.5`")],
    ),
    (
        "prove A -> B deny",
        &[(1, "unexpected-text", "deny", "`none`")],
    ),
    (
        "証明 A -> B 拒否",
        &[(1, "unexpected-text", "拒否", "`なし`")],
    ),
    (
        "zone C 10.0.2.0/24",
        &[(1, "unexpected-text", "10.0.2.0/24", "`vlan 30 10.0.2.0/24`")],
    ),
    (
        "zone C vlan 30 10.0.2.0 255.255.255.0 ipv4-only",
        &[(1, "unexpected-text", "255.255.255.0", "`10.0.2.0/24`")],
    ),
    (
        "zone C vlan 30 10.0.2.0 255.0.255.0 ipv4-only",
        &[(1, "unexpected-text", "255.0.255.0", "")],
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
    // a slip in a head hides nothing in the block
    (
        "segment S az X {\n zone A(1) vlan 1 10.0.0.0/8 {\n  hosst a .1\n  host b .256\n }\n}\nprove A work",
        &[
            (1, "unexpected-text", "az", "`as`"),
            (2, "unexpected-text", "(1)", "「A(1)」"),
            (3, "unexpected-text", "hosst", "`host`"),
            (4, "invalid-address", ".256", ""),
            (7, "unexpected-text", "work", "`works`"),
        ],
    ),
    // several in one run, each block going on after its own
    (
        "zone A ipv4-only {\n hosst a .1\n host b .256\n host c .3\n}\nallow A -> B\nallow A -> B : x ticket\n",
        &[
            (2, "unexpected-text", "hosst", "`host`"),
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
        for (finding, &(line, code, words, help)) in findings.iter().zip(*expected) {
            let span = finding.labels[0].span;
            assert_eq!(finding.code, code, "{text}\n{all}");
            assert_eq!(marked(text, span), words, "{text}\n{all}");
            assert_eq!(line_of(text, span), line, "{text}\n{all}");
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
    let deep = format!("{}{}", "{".repeat(MAX_DEPTH), "}".repeat(MAX_DEPTH));
    assert_eq!(codes(&deep), ["unknown-statement"]);
    assert_eq!(codes(&format!("# {}\n版 1", "{".repeat(10_000))), [""; 0]);
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

#[test]
fn much_of_anything_ends_soon() {
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
        let text = piece.repeat((1 << 18) / piece.len());
        let started = std::time::Instant::now();
        let (_, findings) = parse(FILE, &text);
        let _ = format(&text);
        assert!(findings.len() <= 101);
        assert!(
            started.elapsed().as_secs() < 20,
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

const REFERENCE: &str = include_str!("../../grammar/README.md");

#[test]
fn each_example_of_the_reference_is_right() {
    let blocks: Vec<&str> = REFERENCE
        .split("```aclc\n")
        .skip(1)
        .filter_map(|b| b.split("```").next())
        .collect();
    assert!(blocks.len() > 6);
    for block in blocks {
        let (_, findings) = parse(FILE, block);
        assert!(findings.is_empty(), "{block}\n{}", shown(block, &findings));
        assert_eq!(tree(block), tree(&format(block)), "{block}");
    }
}

#[test]
fn the_reference_lists_the_keywords_of_the_grammar() {
    let table = REFERENCE.split("## キーワード").nth(1).unwrap();
    let rows = table.lines().filter(|line| line.starts_with('|')).skip(2);
    let mut listed = Vec::new();
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        listed.extend(
            cells
                .chunks(2)
                .filter(|pair| !pair[0].is_empty())
                .map(|pair| (pair[0], pair[1])),
        );
    }
    let mut known: Vec<_> = keywords::all()
        .map(|keyword| (keyword.en, keyword.ja))
        .collect();
    listed.sort_unstable();
    known.sort_unstable();
    assert_eq!(listed, known);
}

#[test]
fn the_reference_uses_each_keyword() {
    let used: Vec<&str> = REFERENCE
        .split("## キーワード")
        .next()
        .unwrap()
        .split(|c: char| c.is_whitespace() || "`,;".contains(c))
        .collect();
    for keyword in keywords::all() {
        let found = used.iter().any(|word| {
            word.eq_ignore_ascii_case(keyword.en) || word.eq_ignore_ascii_case(keyword.ja)
        });
        assert!(found, "{keyword:?}");
    }
}

#[test]
fn both_spellings_make_one_tree() {
    for (name, text) in CORPUS {
        for lang in [Lang::Ja, Lang::En] {
            let other = respell(text, lang);
            assert!(tree(text) == tree(&other), "{name}\n{other}");
            assert_eq!(keywords::language_of(&other), lang, "{name}");
            let there_and_back = [Lang::Ja, Lang::En, lang].into_iter();
            let back = there_and_back.fold(other.clone(), |text, lang| respell(&text, lang));
            assert_eq!(other, back, "{name}");
        }
    }
}

/// Names that read like keywords, texts and comments are nobody's keywords.
#[test]
fn only_keywords_are_spelt_anew() {
    let typed = "ゾーン 限定 vlan 5 10.0.0.0/24  # ゾーン 許可\nallow 限定 -> \"許可\" : tcp 80 理由 「申請 許可」 期限 2027-03-31\n";
    let en = "zone 限定 vlan 5 10.0.0.0/24  # ゾーン 許可\nallow 限定 -> \"許可\" : tcp 80 because 「申請 許可」 until 2027-03-31\n";
    assert_eq!(respell(typed, Lang::En), en);
    assert_eq!(
        respell(en, Lang::Ja),
        en.replace("zone", "ゾーン")
            .replace("allow", "許可")
            .replace("because", "理由")
            .replace("until", "期限")
    );
    let wrong = "zone {{{ 許可 A -> ";
    assert_eq!(
        respell(wrong, Lang::En),
        respell(&respell(wrong, Lang::En), Lang::En)
    );
    let deep = "{\n".repeat(50_000);
    assert_eq!(respell(&deep, Lang::En), format(&deep));
}

#[test]
fn the_tree_holds_what_was_typed() {
    use super::ast::*;
    let text = "証明 端末 除く 受付 → 共通基盤．dc1、switches ： tcp 80, 443-445 from 123+ephemeral, std.x 限定 { A → B; 全特定通信 } 厳格 識別 INV-01";
    let (file, findings) = parse(FILE, text);
    assert!(findings.is_empty(), "{}", shown(text, &findings));
    assert_eq!(marked(text, file.items[0].span), text);
    let Stmt::Prove(prove) = &file.items[0].node else {
        panic!("{file:?}");
    };
    let Subject::Places { from, to: Some(to) } = &prove.subject else {
        panic!("{prove:?}");
    };
    assert_eq!(marked(text, from.span), "端末 除く 受付");
    assert_eq!((from.list.len(), from.except.len(), to.both), (1, 1, false));
    let [Place::Ref(dc1), Place::Switches(_)] = to.places.list.as_slice() else {
        panic!("{to:?}");
    };
    assert_eq!(
        (
            dc1.scope.as_ref().unwrap().node.as_str(),
            dc1.name.node.as_str()
        ),
        ("共通基盤", "dc1")
    );
    assert_eq!(marked(text, dc1.span), "共通基盤．dc1");
    let services = to.services.as_ref().unwrap();
    let Term::Ports {
        protocol: PortProto::Tcp,
        ports,
        from,
    } = &services[0].node
    else {
        panic!("{services:?}");
    };
    assert_eq!(
        ports.iter().map(|port| port.node).collect::<Vec<_>>(),
        [(80, 80), (443, 445)]
    );
    assert!(matches!(
        from.as_slice(),
        [
            SourcePorts::Range(Spanned {
                node: (123, 123),
                ..
            }),
            SourcePorts::Ephemeral(_)
        ]
    ));
    assert_eq!(
        marked(text, services[0].span),
        "tcp 80, 443-445 from 123+ephemeral"
    );
    assert!(matches!(&services[1].node, Term::Ref(std) if std.name.node == "x"));
    let Verdict::Only(flows) = &prove.verdict.node else {
        panic!("{prove:?}");
    };
    assert!(matches!(
        flows[0].node,
        FlowItem::Flow {
            from: Some(_),
            services: None,
            ..
        }
    ));
    assert_eq!(flows[1].node, FlowItem::Exceptions);
    assert!(prove.strict);
    assert_eq!(prove.id.as_ref().unwrap().node, "INV-01");
}
