//! Plans: the golden changes, and networks in which the wrong order leaks or cuts.

use crate::change::network;
use crate::support::{AT, Ran, aclc, root, scratch};
use aclc::base::Source;
use aclc::cli::Exit;
use aclc::pset::Limits;
use aclc::topo::Named;
use aclc::vendor::{Hint, by_id};
use aclc::verify::Verdict;
use aclc::verify::states::{Judge, Property};
use serde_json::Value;
use std::sync::Arc;

fn plan(old: &str, new: &str, extra: &[&str]) -> Ran {
    aclc(
        &[
            &["plan", old, new, "--at", AT, "--attest", "rebind-hitless"][..],
            extra,
        ]
        .concat(),
    )
}

/// One side of a golden change: a policy, or captures where people know only these.
fn side(case: &str, name: &str) -> String {
    let path = format!("golden/change/{case}/{name}");
    match root().join(&path).is_dir() {
        true => path,
        false => format!("{path}.acl"),
    }
}

/// Each case: both sides, the plan as people read it, and how it ends.
#[test]
fn the_golden_changes_are_planned_like_this() {
    for (case, exit) in [
        ("emergency", Exit::Clean),
        ("floor", Exit::Clean),
        ("gateway", Exit::Findings),
        ("ipv6", Exit::Clean),
        ("leftover", Exit::Clean),
        ("no_order", Exit::Findings),
        ("renumber", Exit::Clean),
        ("vendor", Exit::Findings),
    ] {
        let (old, new) = (side(case, "old"), side(case, "new"));
        let names = format!("golden/change/{case}/policy.acl");
        let named = match root().join(&names).is_file() {
            true => vec!["--policy", &names],
            false => Vec::new(),
        };
        let ran = plan(&old, &new, &[&named[..], &["--lang", "ja"]].concat());
        assert_eq!(ran.exit, exit, "{case}: {}{}", ran.out, ran.err);
        held(&format!("golden/change/{case}/plan.ja.txt"), &ran.out);
        let json = plan(&old, &new, &[&named[..], &["--format", "json"]].concat()).json();
        assert_eq!(json["end"], "equal", "{case}");
        assert_eq!(json["rollback"], "proved", "{case}");
        for step in json["steps"].as_array().unwrap() {
            assert_eq!(step["safe"], "proved", "{case}: {step}");
            assert!(!step["undo"].as_array().unwrap().is_empty());
            let lacks = ["live", "manageable", "fits"]
                .iter()
                .any(|p| step[*p] != "proved");
            assert_eq!(step["compromise"].is_object(), lacks, "{case}: {step}");
        }
        // What the hardware does while a binding is replaced is not known: without a word of people it is no proof.
        let args = ["plan", &old, &new, "--at", AT, "--lang", "en"];
        let ran = aclc(&[&args[..], &named].concat());
        let unknown = if exit == Exit::Clean {
            Exit::Unknown
        } else {
            exit
        };
        assert_eq!(ran.exit, unknown, "{case}: {}", ran.out);
        if unknown == Exit::Unknown {
            assert!(ran.out.contains("--attest rebind-hitless"), "{}", ran.out);
            assert!(ran.out.contains("assume fact cisco-ios-xe/rebind-hitless"));
        }
    }
}

/// A golden text; `ACLC_UPDATE=1` rewrites it.
fn held(path: &str, out: &str) {
    let path = root().join(path);
    if std::env::var_os("ACLC_UPDATE").is_some() {
        std::fs::write(&path, out).unwrap();
    }
    let held = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        held == out,
        "{}: ACLC_UPDATE=1 rewrites it\n{out}",
        path.display()
    );
}

/// What is attested stands in the policy as well as on the command line.
#[test]
fn a_fact_that_the_policy_states_settles_a_plan() {
    let dir = scratch("plan-stated");
    let stated = "assume fact rebind-hitless = yes because \"packet stream, 2026-10\"\n";
    let sides = ["old", "new"].map(|name| {
        let text = std::fs::read_to_string(root().join(side("emergency", name))).unwrap();
        let path = dir.join(format!("{name}.acl"));
        std::fs::write(&path, format!("{text}{stated}")).unwrap();
        path.to_str().unwrap().to_owned()
    });
    let ran = aclc(&["plan", &sides[0], &sides[1], "--at", AT]);
    assert_eq!(ran.exit, Exit::Clean, "{}{}", ran.out, ran.err);
}

/// The core of another vendor lets through what the old one did, in class `core` (D46); it is exchanged as a whole.
#[test]
fn another_vendor_is_the_same_in_class_core_and_is_exchanged_as_a_whole() {
    let (old, new) = (side("vendor", "old"), side("vendor", "new"));
    let ran = aclc(&["diff", &old, &new, "--class", "core", "--at", AT]);
    assert_eq!(ran.exit, Exit::Clean, "{}", ran.out);
    let json = plan(&old, &new, &["--format", "json"]).json();
    let steps = json["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 2);
    assert_eq!(steps[0]["compromise"]["property"], "live");
    assert!(steps[1]["compromise"].is_null());
    assert!(steps[1]["undo"][0].as_str().unwrap().contains("CORE"));
}

/// A switch that only one side has comes or goes as a whole.
#[test]
fn a_switch_that_comes_or_goes_is_planned_as_a_whole() {
    let (old, _) = (side("floor", "old"), ());
    let built = scratch("plan-one-side");
    let out = built.to_str().unwrap();
    assert_eq!(
        aclc(&["build", &old, "-o", out, "--at", AT]).exit,
        Exit::Clean
    );
    let text = std::fs::read_to_string(built.join("SW1.cfg")).unwrap();
    let alone = network("plan-one-side-alone", &[("SW1", &text)]);
    for (old_side, new_side, safe) in [
        (&alone, out, "proved"),
        (&out.to_owned(), &*alone, "proved"),
    ] {
        let json = plan(old_side, new_side, &["--policy", &old, "--format", "json"]).json();
        let steps = json["steps"].as_array().unwrap();
        assert_eq!(steps.len(), 1, "{json:#}");
        assert_eq!(
            (&steps[0]["device"], &steps[0]["safe"]),
            (&"SW2".into(), &safe.into())
        );
        assert_eq!(json["rollback"], "proved");
    }
}

const NAMES: &str = "golden/change/emergency/old.acl";

/// The texts of the small network, each with lines put in front of a list.
fn built(name: &str, more: &[(&str, &str, &str)]) -> String {
    let dir = scratch(&format!("{name}-built"));
    let out = dir.to_str().unwrap();
    assert_eq!(
        aclc(&["build", NAMES, "-o", out, "--at", AT]).exit,
        Exit::Clean
    );
    let texts = ["SW1", "SW2"].map(|switch| {
        let text = std::fs::read_to_string(dir.join(format!("{switch}.cfg"))).unwrap();
        let mine = more.iter().filter(|(of, ..)| *of == switch);
        mine.fold(text, |text, (_, list, line)| {
            let header = format!("ip access-list extended {list}\n");
            assert!(text.contains(&header));
            text.replace(&header, &format!("{header} {line}\n"))
        })
    });
    network(name, &[("SW1", &texts[0]), ("SW2", &texts[1])])
}

const P: &str = "1 permit tcp 10.0.1.0 0.0.0.255 host 10.0.2.10 eq 9999";
const Q: &str = "2 permit tcp 10.0.1.0 0.0.0.255 host 10.0.2.10 eq 8888";

fn steps(json: &Value) -> Vec<(String, String)> {
    let steps = json["steps"].as_array().unwrap().iter();
    let effect = steps.filter(|step| step["effect"] == true);
    let word = |step: &Value, key: &str| step[key].as_str().unwrap().to_owned();
    effect
        .map(|step| (word(step, "device"), word(step, "what")))
        .collect()
}

fn devices(dir: &str) -> Vec<Arc<Named>> {
    let dialect = by_id("cisco-ios-xe").unwrap();
    let read = |name: &str| {
        let text = std::fs::read(format!("{dir}/{name}.cfg")).unwrap();
        Arc::new(Named {
            name: name.to_owned(),
            device: dialect.read(&Source::capture(name, &text), &Hint::default()),
        })
    };
    vec![read("SW1"), read("SW2")]
}

fn policy() -> aclc::model::Policy {
    let mut sources = aclc::base::SourceMap::default();
    let text = std::fs::read(root().join(NAMES)).unwrap();
    let file = sources.add(Source::utf8(NAMES, &text).unwrap());
    aclc::job::network::policy(&sources, file).unwrap().policy
}

/// D47: L1 permits p in OLD only, L2 in NEW only. Each list is always one of its two versions, and yet p gets through if
/// the second is changed first.
#[test]
fn the_order_of_two_lists_is_proved_on_what_arrives() {
    let old = built("plan-l1l2-old", &[("SW1", "V10_IN", P)]);
    let new = built("plan-l1l2-new", &[("SW2", "V30_IN", P)]);
    let ran = plan(&old, &new, &["--policy", NAMES, "--format", "json"]);
    assert_eq!(ran.exit, Exit::Clean, "{}", ran.out);
    let order = steps(&ran.json());
    let at = |switch: &str| {
        order
            .iter()
            .position(|(device, _)| device == switch)
            .unwrap()
    };
    assert!(
        at("SW1") < at("SW2"),
        "the first list closes first: {order:?}"
    );

    let (before, after) = (devices(&old), devices(&new));
    let policy = policy();
    let judge = Judge::new(
        &policy,
        AT.parse().unwrap(),
        &before,
        &after,
        Limits::default(),
    );
    let mixed =
        |first: &[Arc<Named>], second: &[Arc<Named>]| vec![first[0].clone(), second[1].clone()];
    assert_eq!(judge.state(&before, &[]).unwrap(), []);
    assert_eq!(judge.state(&after, &[]).unwrap(), []);
    assert_eq!(judge.state(&mixed(&after, &before), &[]).unwrap(), []);
    let leaks = judge.state(&mixed(&before, &after), &[]).unwrap();
    assert_eq!(leaks.len(), 1, "{leaks:?}");
    assert_eq!(
        (leaks[0].property, leaks[0].verdict),
        (Property::Safe, Verdict::Refuted)
    );
    let flow = leaks[0].flow.unwrap().to_string();
    assert!(flow.contains(":9999"), "{flow}");
}

/// p asks for the first list before the second, q for the second before the first: whole lists have no order, lists that
/// permit what both permit do.
#[test]
fn where_whole_lists_have_no_order_everything_closes_before_anything_opens() {
    let old = built(
        "plan-way-old",
        &[("SW1", "V10_IN", P), ("SW2", "V30_IN", Q)],
    );
    let new = built(
        "plan-way-new",
        &[("SW2", "V30_IN", P), ("SW1", "V10_IN", Q)],
    );
    let ran = plan(&old, &new, &["--policy", NAMES, "--format", "json"]);
    assert_eq!(ran.exit, Exit::Clean, "{}", ran.out);
    let json = ran.json();
    assert_eq!(json["by_way"], true);
    assert_eq!(steps(&json).len(), 4);
    assert_eq!(json["end"], "equal");
    assert_eq!(json["rollback"], "proved");
}

/// The lines overlap: no whole line can be left out without cutting what works before and after. The plan says so, and
/// rather cuts than leaks.
#[test]
fn where_no_order_is_safe_and_live_the_step_is_named() {
    let line =
        |ports: &str| format!("1 permit tcp 10.0.1.0 0.0.0.255 host 10.0.2.10 range {ports}");
    let reply = |ports: &str| {
        format!("1 permit tcp host 10.0.2.10 range {ports} 10.0.1.0 0.0.0.255 established")
    };
    let (low, high) = (line("8000 8100"), line("8050 8150"));
    let back = reply("8000 8150");
    let both = |first: &str, second: &str, name: &str| {
        let lists = [
            ("SW1", "V10_IN", first.to_owned()),
            ("SW2", "V30_IN", second.to_owned()),
            ("SW2", "V20_IN", back.clone()),
            ("SW1", "V30_IN", back.clone()),
        ];
        let lists: Vec<(&str, &str, &str)> =
            lists.iter().map(|(a, b, c)| (*a, *b, c.as_str())).collect();
        built(name, &lists)
    };
    let old = both(&low, &high, "plan-none-old");
    let new = both(&high, &low, "plan-none-new");
    let names = scratch("plan-none").join("names.acl");
    let text = std::fs::read_to_string(root().join(NAMES)).unwrap();
    std::fs::write(
        &names,
        text.replace(
            "std.https  ticket R8-1",
            "std.https, tcp 8050-8100  ticket R8-1",
        ),
    )
    .unwrap();
    let ran = plan(
        &old,
        &new,
        &["--policy", names.to_str().unwrap(), "--format", "json"],
    );
    assert_eq!(ran.exit, Exit::Findings, "{}", ran.out);
    let json = ran.json();
    let steps = json["steps"].as_array().unwrap();
    assert!(
        steps.iter().all(|step| step["safe"] == "proved"),
        "{}",
        ran.out
    );
    let told: Vec<&Value> = steps
        .iter()
        .filter(|step| step["live"] != "proved")
        .collect();
    assert!(!told.is_empty());
    for step in told {
        assert_eq!(step["compromise"]["property"], "live", "{step}");
        assert!(step["compromise"]["witness"].is_object(), "{step}");
    }
}

/// A list that guards the switch itself stays when it is taken off its interface, or the guard would let in everybody; and
/// where NEW writes another list of its name, the plan does not end in NEW.
#[test]
fn a_list_that_another_line_names_is_not_removed() {
    let guard = |text: &str| {
        text.replace(
            "!\nend\n",
            "!\nline vty 0 4\n access-class V10_IN in\n!\nend\n",
        )
    };
    let sides = [("old", None), ("new", Some(P))].map(|(side, line)| {
        let name = format!("plan-guard-{side}");
        let lines: Vec<_> = line.iter().map(|line| ("SW1", "V10_IN", *line)).collect();
        let dir = built(&name, &lines);
        let text = |switch| std::fs::read_to_string(format!("{dir}/{switch}.cfg")).unwrap();
        let (first, second) = (guard(&text("SW1")), text("SW2"));
        assert!(first.contains("access-class"));
        network(&name, &[("SW1", &first), ("SW2", &second)])
    });
    let ran = plan(
        &sides[0],
        &sides[1],
        &["--policy", NAMES, "--format", "json"],
    );
    assert_eq!(ran.exit, Exit::Unknown, "{}", ran.out);
    assert!(
        !ran.out.contains("no ip access-list extended V10_IN\""),
        "{}",
        ran.out
    );
    assert_eq!(ran.json()["end"], "unknown", "{}", ran.out);
    assert_eq!(ran.json()["rollback"], "proved");
}

/// A list of a dialect that cannot replace a binding is edited entry by entry, only where it differs; by its fact each edit
/// is a short outage, and the plan says so.
#[test]
fn alaxala_lists_are_edited_where_they_differ() {
    let side = "golden/p1_single/alaxala-ax";
    let text = std::fs::read_to_string(root().join(side).join("L3SW-01.cfg")).unwrap();
    let header = "ip access-list extended V350_IN\n";
    let line = "  5 deny tcp 10.20.48.0 0.0.0.15 host 10.20.0.11 eq 22\n";
    assert!(text.contains(header));
    let new = network(
        "plan-ax",
        &[("L3SW-01", &text.replace(header, &format!("{header}{line}")))],
    );
    let policy = format!("{side}/policy.acl");
    let ran = plan(side, &new, &["--policy", &policy, "--format", "json"]);
    assert_eq!(ran.exit, Exit::Findings, "{}", ran.out);
    let json = ran.json();
    let steps = json["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 1, "{}", ran.out);
    assert_eq!(
        steps[0]["commands"][1].as_str().unwrap().trim(),
        line.trim()
    );
    // Here even a leak: until the entry is in place a later permit may take what a guard above it takes, and with the
    // interface down its addresses would be sent to the default route.
    assert_eq!(steps[0]["compromise"]["property"], "safe", "{}", ran.out);
    assert!(steps[0]["compromise"]["witness"].is_object());
    assert_eq!(json["end"], "equal");
    assert_eq!(json["rollback"], "proved");
}

/// A list that is bound in both directions is no list that can be edited for one of them.
#[test]
fn a_list_that_is_bound_both_ways_is_changed_once() {
    let side = "golden/p1_single/alaxala-ax";
    let text = std::fs::read_to_string(root().join(side).join("L3SW-01.cfg")).unwrap();
    let bound = "  ip access-group V350_IN in\n";
    let text = text.replace(bound, &format!("{bound}  ip access-group V350_IN out\n"));
    let header = "ip access-list extended V350_IN\n";
    let line = "  5 deny tcp 10.20.48.0 0.0.0.15 host 10.20.0.11 eq 22\n";
    assert!(text.contains(header) && text.contains("V350_IN out"));
    let new = text.replace(header, &format!("{header}{line}"));
    let [old, new] = [("old", &text), ("new", &new)]
        .map(|(n, t)| network(&format!("plan-ax-both-{n}"), &[("L3SW-01", t)]));
    let policy = format!("{side}/policy.acl");
    let json = plan(&old, &new, &["--policy", &policy, "--format", "json"]).json();
    assert_eq!(json["end"], "equal", "{json:#}");
    assert_eq!(json["rollback"], "proved", "{json:#}");
    let written = json.to_string().matches(line.trim()).count();
    assert!(written > 0);
}

#[test]
fn what_cannot_be_planned_is_refused_with_the_reason() {
    let side = "golden/p1_single/cisco-ios-xe";
    let ran = plan(side, side, &[]);
    assert_eq!(
        ran.exit,
        Exit::CannotRun,
        "without a policy nothing says what must live"
    );
    // Rules that are printed as JSON are nothing that a loader is given.
    let nft = "golden/p1_single/linux-nftables";
    let json = network(
        "plan-nft-json",
        &[("L3SW-01", "{\"nftables\": [{\"metainfo\": {}}]}\n")],
    );
    let policy = format!("{nft}/policy.acl");
    let ran = plan(
        nft,
        &json,
        &[
            "--policy",
            &policy,
            "--dialect",
            "linux-nftables",
            "--lang",
            "en",
        ],
    );
    assert_eq!(ran.exit, Exit::CannotRun, "{}", ran.out);
    assert!(ran.err.contains("told as commands"), "{}", ran.err);
}

/// Both documents, Markdown and XLSX, in either language: what is typed, what is looked at, what must be seen.
#[test]
fn the_procedures_are_written_for_people() {
    let dir = scratch("plan-documents");
    let (old, new) = (side("renumber", "old"), side("renumber", "new"));
    for (lang, titles, sheets, seen) in [
        (
            "ja",
            ["# 作業手順書", "# 切り戻し手順書"],
            ["作業手順書", "切り戻し手順書"],
            "期待する表示",
        ),
        (
            "en",
            ["# Work procedure", "# Rollback procedure"],
            ["Work procedure", "Rollback procedure"],
            "expected",
        ),
    ] {
        let out = dir.join(lang);
        let ran = plan(&old, &new, &["-o", out.to_str().unwrap(), "--lang", lang]);
        assert_eq!(ran.exit, Exit::Clean, "{}", ran.err);
        let read = |name: &str| std::fs::read_to_string(out.join(name)).unwrap();
        let (work, back) = (read("procedure.md"), read("rollback.md"));
        assert!(work.starts_with(titles[0]), "{work}");
        assert!(back.starts_with(titles[1]), "{back}");
        assert!(work.contains("configure terminal"));
        let check = work.find("show running-config interface Vlan10").unwrap();
        assert!(
            work[check..].contains("ip access-group V10_IN_2 in"),
            "{work}"
        );
        // Backwards: the removed list is written again first.
        let first = back.find("ip access-list extended V10_IN\n").unwrap();
        assert!(
            first < back.find("ip access-group V10_IN in").unwrap(),
            "{back}"
        );
        for (file, sheet) in [("procedure.xlsx", sheets[0]), ("rollback.xlsx", sheets[1])] {
            let bytes = std::fs::read(out.join(file)).unwrap();
            let text = aclc::sheet::source(file, &bytes, Some(sheet)).unwrap().text;
            assert!(text.contains("access-group V10_IN"), "{text}");
            assert_eq!(text.contains(seen), sheet == sheets[0], "{file}: {text}");
        }
    }
}
