//! The shapes of the contract, and how a report reads, for outcomes made by hand.

use super::convert::{self, Words};
use super::text::{self, Look};
use crate::acl::Direction;
use crate::base::{FileId, Lang, Source, SourceMap, Span};
use crate::job::build::{BuildOutcome, BuiltFile, TableUse};
use crate::job::evidence::{self, Rollback};
use crate::job::query::{QueryFlow, QueryOutcome};
use crate::job::trace_network::TraceOutcome;
use crate::job::verify::VerifyOutcome;
use crate::job::{FileGap, Limits, Options};
use crate::net::{Flow, L4, PositionSet, TcpFlags};
use crate::reach::{Hop, HopAction, HopKind, Trace, TraceEnd};
use crate::text;
use crate::verify::{ClaimResult, Level, Verdict, Witness, WitnessKind};
use serde_json::Value;

const LOOK: Look = Look {
    lang: Lang::Ja,
    colour: false,
};

fn options() -> Options {
    Options {
        at: jiff::civil::date(2026, 11, 23),
        limits: Limits::default(),
        dialect: None,
        confirmed_only: false,
    }
}

fn flow() -> Flow {
    let l4 = L4::Tcp {
        sport: 49152,
        dport: 443,
        flags: TcpFlags::SYN,
    };
    let (src, dst) = ([10, 1, 0, 1].into(), [10, 2, 0, 5].into());
    Flow::new(src, dst, 6, l4, PositionSet::WHOLE, false).unwrap()
}

fn walk() -> Trace {
    let hop = |kind, interface: &str, direction, acl: Option<&str>, line, action| Hop {
        kind,
        device: "core01".to_owned(),
        interface: interface.to_owned(),
        direction,
        acl: acl.map(str::to_owned),
        line,
        text: acl
            .map(|_| "permit ip any any".to_owned())
            .unwrap_or_default(),
        action,
    };
    let list = |interface, direction, acl: Option<&str>, line| {
        let action = if acl.is_some() {
            HopAction::Permit
        } else {
            HopAction::None
        };
        hop(HopKind::List, interface, Some(direction), acl, line, action)
    };
    Trace {
        hops: vec![
            list("Vlan100", Direction::In, Some("V100_IN"), Some(20)),
            hop(HopKind::Route, "Vlan200", None, None, None, HopAction::None),
            list("Vlan200", Direction::Out, None, None),
        ],
        end: TraceEnd::Arrives,
        because: Vec::new(),
    }
}

fn witness() -> Witness {
    Witness {
        flow: flow(),
        kind: WitnessKind::Request,
        trace: walk(),
        from: "端末".to_owned(),
        to: "業務サーバー".to_owned(),
    }
}

fn claim(id: &str, verdict: Verdict) -> ClaimResult {
    ClaimResult {
        id: id.to_owned(),
        text: "端末 -> 業務サーバー none".to_owned(),
        span: Span::new(FileId(0), 0, 1),
        verdict,
        level: Level {
            connection: verdict,
            packet: verdict,
        },
        reason: None,
        witness: None,
        candidate: None,
        because: Vec::new(),
        questions: Vec::new(),
        holes: Vec::new(),
        assumptions: Vec::new(),
        measures: vec!["⑪".to_owned()],
    }
}

fn sources() -> SourceMap {
    let mut sources = SourceMap::default();
    sources.add(Source::capture("市.acl", b"x"));
    sources
}

fn outcome() -> VerifyOutcome {
    VerifyOutcome {
        open_facts: Vec::new(),
        classes: Vec::new(),
        claims: vec![
            ClaimResult {
                assumptions: vec![text!("question-limit")],
                ..claim("INV-01", Verdict::Proved)
            },
            ClaimResult {
                witness: Some(witness()),
                level: Level {
                    connection: Verdict::Refuted,
                    packet: Verdict::Unknown,
                },
                ..claim("INV-02", Verdict::Refuted)
            },
            ClaimResult {
                candidate: Some(witness()),
                reason: Some("unnamed-link"),
                because: vec![text!("question-limit")],
                ..claim("INV-03", Verdict::Unknown)
            },
        ],
        gaps: vec![FileGap {
            file: FileId(0),
            gap: crate::device::Gap {
                line: 7,
                text: "evaluate \u{1b}[31m".to_owned(),
                why: text!("question-limit"),
            },
        }],
        assumptions: vec![text!("question-limit")],
        guidelines: Vec::new(),
        terms: Vec::new(),
        diagnostics: Vec::new(),
    }
}

fn keys(value: &Value) -> String {
    let keys = value.as_object().unwrap().keys();
    keys.map(String::as_str).collect::<Vec<_>>().join(" ")
}

fn as_json(outcome: &impl serde::Serialize) -> Value {
    serde_json::from_str(&super::json::render(outcome)).unwrap()
}

#[test]
fn verify_has_the_fields_of_the_contract_in_its_order() {
    let sources = sources();
    let words = Words {
        sources: &sources,
        lang: Lang::En,
    };
    let json = as_json(&convert::verify(words, &outcome(), &options()));
    assert_eq!(
        keys(&json),
        "schema verdict claims gaps assumptions inputs at facts version guidelines terms"
    );
    assert_eq!(json["verdict"], "refuted");
    assert_eq!(json["at"], "2026-11-23");
    let claims = &json["claims"];
    assert_eq!(
        keys(&claims[1]),
        "id text verdict level reason witness kind trace candidate because holes assumptions measures class"
    );
    assert_eq!(keys(&claims[1]["level"]), "connection packet");
    assert_eq!(
        keys(&claims[1]["witness"]),
        "protocol src dst sport dport flags"
    );
    assert_eq!(
        keys(&claims[1]["trace"][0]),
        "hop device interface direction acl line action"
    );
    assert_eq!(claims[1]["trace"][1]["direction"], Value::Null);
    assert!(claims[0]["witness"].is_null() && claims[0]["trace"].is_null());
    assert!(claims[2]["witness"].is_null() && claims[2]["candidate"].is_object());
    assert_eq!(keys(&json["gaps"][0]), "file line text why");
    assert_eq!(json["gaps"][0]["text"], "evaluate \u{fffd}[31m");
    assert_eq!(keys(&json["inputs"][0]), "path sha256");
}

#[test]
fn build_query_and_trace_have_theirs() {
    let sources = sources();
    let words = Words {
        sources: &sources,
        lang: Lang::En,
    };
    let build = BuildOutcome {
        open_facts: Vec::new(),
        files: vec![BuiltFile {
            switch: "core01".to_owned(),
            comment: "!",
            text: "end\n".to_owned(),
            entries: vec![TableUse {
                table: "ipv4-in".to_owned(),
                used: 3,
                available: None,
            }],
        }],
        equality: Verdict::Proved,
        claims: Vec::new(),
        diagnostics: Vec::new(),
    };
    let json = as_json(&convert::build(
        words,
        &build,
        &["out/core01.cfg".to_owned()],
        true,
    ));
    assert_eq!(keys(&json), "schema verdict files claims facts version");
    assert_eq!(keys(&json["files"][0]), "path sha256 entries");
    assert_eq!(
        keys(&json["files"][0]["entries"][0]),
        "table used available"
    );
    let query = QueryOutcome {
        verdict: Verdict::Proved,
        flows: vec![QueryFlow {
            from: "a".to_owned(),
            to: "b".to_owned(),
            protocol: "tcp".to_owned(),
            sport: "any".to_owned(),
            dport: "443".to_owned(),
            reply: false,
            certain: true,
            witness: flow(),
        }],
        gaps: Vec::new(),
        diagnostics: Vec::new(),
    };
    let json = as_json(&convert::query(words, &query));
    assert_eq!(
        keys(&json),
        "schema verdict flows gaps inputs facts version"
    );
    assert_eq!(
        keys(&json["flows"][0]),
        "from to protocol sport dport kind certain witness"
    );
    let trace = TraceOutcome {
        trace: walk(),
        zone: None,
        diagnostics: Vec::new(),
    };
    let json = as_json(&convert::trace(words, &flow(), &trace));
    assert_eq!(
        keys(&json),
        "schema verdict zone trace because facts version"
    );
    assert_eq!(json["schema"], "aclc/trace/1");
}

#[test]
fn a_report_of_claims_reads_like_this() {
    let sources = sources();
    let words = Words {
        sources: &sources,
        lang: Lang::Ja,
    };
    let report = convert::verify(words, &outcome(), &options());
    let shown = text::verify(LOOK, &report);
    let shown = shown.replace(report.facts, "FACTS");
    insta::assert_snapshot!(shown);
}

/// The page of a verification whose change, taken back, comes to this.
fn page_of(rollback: Rollback) -> String {
    let evidence = evidence::Evidence {
        rollback: Some(rollback),
        ..evidence::Evidence::default()
    };
    let sources = SourceMap::default();
    let words = Words {
        sources: &sources,
        lang: Lang::Ja,
    };
    let mut report = convert::verify(words, &VerifyOutcome::default(), &options());
    report.evidence = Some(super::evidence::convert(words, &evidence));
    let page = super::html::render(&super::format::Outcome::Verify(&report), Lang::Ja);
    String::from_utf8(page).unwrap()
}

#[test]
fn every_end_of_a_rollback_has_its_verdict_in_the_page() {
    let cases = [
        (Rollback::Restores(3), "good", "3 段", "good"),
        (Rollback::Differs, "bad", "変更前の文言に戻らない", "open"),
        (Rollback::Partial, "doubt", "手順に入らない変更", "open"),
        (
            Rollback::NoPlan(text!("plan-untold", device = "SW")),
            "doubt",
            "切り戻しは確かめていない: 「SW」",
            "open",
        ),
    ];
    for (rollback, tone, words, row) in cases {
        let page = page_of(rollback);
        let said = page.split("<h3>切り戻し</h3>").nth(1).unwrap();
        let said = said.split("</p>").next().unwrap();
        let head = format!("<p data-row=\"{row}\"><span class=\"nowrap {tone}\">");
        assert!(said.starts_with(&head), "{said}");
        assert!(said.contains(words), "{said}");
    }
}
