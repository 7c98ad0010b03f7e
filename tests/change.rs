//! Changes: what `diff` says of two networks, and what it must not say.

use crate::support::{AT, POLICY, Ran, SWITCHES, aclc, golden_texts, root, scratch};
use aclc::cli::Exit;
use std::path::Path;

/// A directory with one text per switch.
pub(crate) fn network(name: &str, texts: &[(&str, &str)]) -> String {
    let dir = scratch(name);
    for (switch, text) in texts {
        std::fs::write(dir.join(format!("{switch}.cfg")), text).unwrap();
    }
    dir.to_str().unwrap().to_owned()
}

/// The golden network with one text edited.
fn edited(name: &str, switch: &str, edit: impl Fn(&str) -> String) -> String {
    let texts = golden_texts();
    let each = SWITCHES.iter().zip(&texts);
    let all: Vec<(&str, String)> = each
        .map(|(s, text)| {
            (
                *s,
                if *s == switch {
                    edit(text)
                } else {
                    text.clone()
                },
            )
        })
        .collect();
    let all: Vec<(&str, &str)> = all.iter().map(|(s, t)| (*s, t.as_str())).collect();
    network(name, &all)
}

fn replaced(name: &str, from: &str, to: &str) -> String {
    edited(name, "L3SW-CORE01", |text| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    })
}

fn diff(new: &str, extra: &[&str]) -> Ran {
    let fixed = [
        "diff",
        "golden/p1_wired",
        new,
        "--at",
        AT,
        "--policy",
        POLICY,
    ];
    aclc(&[&fixed[..], extra].concat())
}

#[test]
fn renumbered_and_renamed_lists_are_text_only() {
    let new = edited("diff-renamed", "L3SW-CORE01", |text| {
        text.replace("V111_IN", "T_111")
            .replace(" 10 permit udp", " 5 permit udp")
    });
    let ran = diff(&new, &["--format", "json"]);
    assert_eq!(ran.exit, Exit::Clean, "{}", ran.out);
    assert_eq!(ran.json()["text_only"], true);
    let ran = diff(&new, &["--lang", "ja"]);
    assert!(ran.out.contains("文言のみの変更"), "{}", ran.out);
    let ran = diff("golden/p1_wired", &["--format", "json"]);
    assert_eq!(ran.json()["text_only"], false, "nothing changes at all");
}

#[test]
fn a_route_is_no_text_only_change() {
    let new = replaced(
        "diff-route",
        "ip route 0.0.0.0 0.0.0.0 10.10.254.2\n",
        "ip route 0.0.0.0 0.0.0.0 10.20.0.2\n",
    );
    let ran = diff(&new, &["--format", "json"]);
    let json = ran.json();
    assert_eq!(json["text_only"], false, "{}", ran.out);
    assert!(
        json["not_compared"].to_string().contains("routes"),
        "{}",
        ran.out
    );
    assert_ne!(json["network"], "equal", "{}", ran.out);
    assert_ne!(ran.exit, Exit::Clean, "packets arrive elsewhere");
}

#[test]
fn a_change_names_its_statement_and_ticket() {
    let line = " 150 permit tcp 10.10.17.0 0.0.0.255 host 10.20.0.10 eq 443 log\n";
    let new = replaced("diff-closed", line, "");
    let json = diff(&new, &["--format", "json"]).json();
    let core: Vec<_> = json["changes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|change| change["class"] == "core")
        .collect();
    assert_eq!(core.len(), 1, "{json:#}");
    assert_eq!(core[0]["effect"], "newly-denied");
    assert_eq!(core[0]["statements"][0]["ticket"], "R7-0123");
    assert_eq!(core[0]["statements"][0]["owner"], "市民課");
    assert_eq!(core[0]["unstated"], false);
    assert_eq!(core[0]["end_to_end"], true);
    // The zone and the host by their names.
    assert_eq!(core[0]["flows"][0]["from"], "端末_取扱");
    assert_eq!(core[0]["flows"][0]["to"], "画面転送GW");
}

#[test]
fn what_no_statement_opens_is_said_so() {
    let line = " 150 permit tcp 10.10.17.0 0.0.0.255 host 10.20.0.10 eq 443 log\n";
    let wider = line.replace("host 10.20.0.10 eq 443", "host 10.20.0.10");
    let new = replaced("diff-wider", line, &wider);
    let json = diff(&new, &["--format", "json"]).json();
    let changes = json["changes"].as_array().unwrap();
    assert!(changes.iter().any(|c| c["unstated"] == true), "{json:#}");
}

#[test]
fn lists_unbound_rebound_or_bound_to_nothing_are_differences() {
    let bound = " ip access-group V111_IN in\n";
    for (name, to) in [
        ("unbound", ""),
        ("rebound", " ip access-group V112_IN in\n"),
        ("nothing", " ip access-group V999_IN in\n"),
    ] {
        let new = replaced(&format!("diff-{name}"), bound, to);
        let ran = diff(&new, &[]);
        assert_eq!(ran.exit, Exit::Findings, "{name}: {}", ran.out);
    }
}

/// The same policy on one switch of either vendor: what differs is what their dialects do with later fragments and
/// extension headers, and what only one of them sees.
#[test]
fn another_vendor_is_equal_in_class_core() {
    let sides = [
        "golden/p1_single/cisco-ios-xe",
        "golden/p1_single/alaxala-ax",
    ];
    let policy = format!("{}/policy.acl", sides[1]);
    for (old, new) in [(sides[0], sides[1]), (sides[1], sides[0])] {
        let cfg = |side: &str| format!("{side}/L3SW-01.cfg");
        let fixed = ["--policy", &policy, "--at", AT, "--format", "json"];
        let (old_cfg, new_cfg) = (cfg(old), cfg(new));
        let args = [&["diff", &old_cfg, &new_cfg][..], &fixed].concat();
        let ran = aclc(&args);
        let json = ran.json();
        assert_eq!(json["core"], "equal", "{old}: {}", ran.out);
        let ran = aclc(&[&args[..], &["--class", "core"]].concat());
        assert_eq!(ran.exit, Exit::Clean, "{}", ran.out);
        let json = ran.json();
        assert_eq!(json["limited_to"], "core");
        let changes = json["changes"].as_array().unwrap();
        assert!(
            changes.iter().any(|c| c["class"] == "later"),
            "listed all the same"
        );
        assert!(!json["not_compared"].as_array().unwrap().is_empty());
    }
    // And a real difference between vendors is seen.
    let text = std::fs::read_to_string(root().join(sides[1]).join("L3SW-01.cfg")).unwrap();
    let line = text
        .lines()
        .find(|l| l.contains("permit tcp") && l.contains("eq 22443"))
        .unwrap();
    let new = network(
        "diff-vendor",
        &[("L3SW-01", &text.replacen(&format!("{line}\n"), "", 1))],
    );
    let old = format!("{}/L3SW-01.cfg", sides[0]);
    let new = Path::new(&new).join("L3SW-01.cfg");
    let args = [
        "diff",
        &old,
        new.to_str().unwrap(),
        "--class",
        "core",
        "--at",
        AT,
    ];
    assert_eq!(aclc(&args).exit, Exit::Findings);
}
