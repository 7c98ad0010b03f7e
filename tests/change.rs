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

/// What is not modelled has changed although its lines read the same: a list that guards the switch itself, the interface on
/// which packets are sent elsewhere, the broadcasts of a relay, the protocol of a shared address.
#[test]
fn what_stands_behind_lines_that_read_the_same_is_no_text_only_change() {
    let text = |list: &str, bound: &str, faces: [&str; 2], top: &str| {
        format!(
            "hostname SW1\n{top}ip routing\nip access-list extended A\n 10 permit tcp any any eq {list}\n\
             ip access-list extended B\n 10 permit tcp any any eq 443\n\
             interface Vlan10\n ip address 10.0.10.1 255.255.255.0\n ip access-group {bound} in\n{}\
             interface Vlan20\n ip address 10.0.20.1 255.255.255.0\n{}\
             line vty 0 4\n access-class A in\nend\n",
            faces[0], faces[1]
        )
    };
    let pbr = " ip policy route-map X\n";
    let helper = [" ip helper-address 10.0.20.5\n", ""];
    let [hsrp, vrrp] = ["standby 1 ip", "vrrp 1 ip"].map(|w| format!(" {w} 10.0.10.254\n"));
    for (name, old, new) in [
        (
            "guard",
            text("443", "A", ["", ""], ""),
            text("23", "B", ["", ""], ""),
        ),
        (
            "moved",
            text("443", "A", [pbr, ""], ""),
            text("443", "A", ["", pbr], ""),
        ),
        (
            "broadcasts",
            text("443", "A", helper, ""),
            text("443", "A", helper, "no ip forward-protocol udp tftp\n"),
        ),
        (
            "group",
            text("443", "A", [&hsrp, ""], ""),
            text("443", "A", [&vrrp, ""], ""),
        ),
    ] {
        let sides = [("old", old), ("new", new)]
            .map(|(side, text)| network(&format!("diff-behind-{name}-{side}"), &[("SW1", &text)]));
        let json = aclc(&["diff", &sides[0], &sides[1], "--format", "json"]).json();
        assert_eq!(json["text_only"], false, "{name}: {json:#}");
        assert_ne!(
            json["not_compared"].as_array().unwrap().len(),
            0,
            "{name}: {json:#}"
        );
    }
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

/// The golden policy with lines taken out and added.
fn policy(name: &str, without: &str, with: &str) -> String {
    let text = std::fs::read_to_string(root().join(POLICY)).unwrap();
    let kept: String = text
        .lines()
        .filter(|line| without.is_empty() || !line.contains(without))
        .map(|line| format!("{line}\n"))
        .collect();
    assert!(without.is_empty() || kept.len() < text.len(), "{without}");
    let path = scratch(name).join("policy.acl");
    std::fs::write(&path, format!("{kept}{with}\n")).unwrap();
    path.to_str().unwrap().to_owned()
}

fn approved(old: &str, new: &str, names: &str, approval: &str) -> (Exit, Vec<String>) {
    let args = ["diff", old, new, "--policy", names, "--approved", approval];
    let ran = aclc(&[&args[..], &["--at", AT, "--format", "json"]].concat());
    assert_ne!(ran.exit, Exit::CannotRun, "{}{}", ran.out, ran.err);
    let misfits = ran.json()["approval"]["misfits"].clone();
    let matters = misfits.as_array().unwrap().iter();
    let mut matters: Vec<String> = matters
        .map(|m| m["matter"].as_str().unwrap().to_owned())
        .collect();
    matters.sort();
    matters.dedup();
    (ran.exit, matters)
}

const MORE: &str = "許可 端末_一般 -> 財務 : tcp 8080  申請 R8-0001";

#[test]
fn a_change_that_is_its_ticket_is_approved() {
    let new = policy("approve-ticket", "", MORE);
    let found = approved(POLICY, &new, &new, "R8-0001");
    assert_eq!(found, (Exit::Clean, vec![]));
}

#[test]
fn what_else_a_change_opens_or_closes_is_not_approved() {
    let new = policy(
        "approve-else",
        "",
        &format!("{MORE}\n許可 端末_一般 -> 文書 : tcp 25  申請 R8-0002"),
    );
    let (exit, matters) = approved(POLICY, &new, &new, "R8-0001");
    assert_eq!((exit, matters), (Exit::Findings, vec!["opened".to_owned()]));
    let new = policy("approve-less", "std.print", MORE);
    let (exit, matters) = approved(POLICY, &new, &new, "R8-0001");
    assert_eq!((exit, matters), (Exit::Findings, vec!["closed".to_owned()]));
}

#[test]
fn an_approval_says_what_is_closed() {
    let new = policy("approve-close", "std.print", "");
    let file = Path::new(&new).with_file_name("approval.acl");
    std::fs::write(&file, "禁止 端末 -> 複合機 : std.print\n").unwrap();
    let file = file.to_str().unwrap();
    assert_eq!(approved(POLICY, &new, POLICY, file), (Exit::Clean, vec![]));
    // Nothing was closed.
    let found = approved(POLICY, POLICY, POLICY, file);
    assert_eq!(found, (Exit::Findings, vec!["not-closed".to_owned()]));
    // By ticket: what only the old policy has.
    assert_eq!(
        approved(POLICY, &new, &new, "R7-0103"),
        (Exit::Clean, vec![])
    );
}

#[test]
fn what_was_approved_must_work() {
    let dir = scratch("approve-works");
    let file = dir.join("approval.acl");
    std::fs::write(&file, "allow 端末_一般 -> 財務 : tcp 8080\n").unwrap();
    let found = approved(POLICY, POLICY, POLICY, file.to_str().unwrap());
    assert_eq!(found, (Exit::Findings, vec!["not-opened".to_owned()]));
}

/// The line stands in the list of another VLAN as well: there it lets through who forges the address.
#[test]
fn the_right_line_in_the_wrong_list_is_not_approved() {
    let new = policy("approve-wrong", "", MORE);
    let dir = scratch("approve-wrong-out");
    let out = dir.to_str().unwrap();
    assert_eq!(
        aclc(&["build", &new, "-o", out, "--at", AT]).exit,
        Exit::Clean
    );
    assert_eq!(
        approved("golden/p1_wired", out, &new, "R8-0001"),
        (Exit::Clean, vec![])
    );
    let path = dir.join("L3SW-CORE01.cfg");
    let text = std::fs::read_to_string(&path).unwrap();
    let header = "ip access-list extended V120_IN\n";
    let line = " 1 permit tcp 10.10.18.0 0.0.0.255 host 10.10.32.11 eq 8080\n";
    assert!(text.contains(header));
    std::fs::write(&path, text.replace(header, &format!("{header}{line}"))).unwrap();
    let found = approved("golden/p1_wired", out, &new, "R8-0001");
    assert_eq!(found, (Exit::Findings, vec!["opened".to_owned()]));
}

#[test]
fn an_approval_about_nothing_is_wrong_input() {
    for approval in ["R9-9999", "golden/p1_wired/policy.acl"] {
        let args = ["diff", POLICY, POLICY, "--approved", approval, "--at", AT];
        assert_eq!(aclc(&args).exit, Exit::CannotRun, "{approval}");
    }
}

/// M16: primary and stand-by differ. M24: what runs is not what was saved.
#[test]
fn members_of_a_pair_do_the_same_up_to_their_own_addresses() {
    let policy = "golden/p1_one_switch/policy.acl";
    let golden = "golden/p1_one_switch";
    let ran = aclc(&["twins", policy, "--configs", golden, "--at", AT]);
    assert_eq!(ran.exit, Exit::Clean, "{}", ran.out);
    let texts = ["L3SW-CORE01", "L3SW-CORE02"].map(|switch| {
        std::fs::read_to_string(root().join(golden).join(format!("{switch}.cfg"))).unwrap()
    });
    let header = "ip access-list extended V120_IN\n";
    let edited = texts[1].replace(header, &format!("{header} 1 permit tcp any any eq 23\n"));
    let dir = network(
        "twins",
        &[("L3SW-CORE01", &texts[0]), ("L3SW-CORE02", &edited)],
    );
    let ran = aclc(&["twins", policy, "--configs", &dir, "--at", AT]);
    assert_eq!(ran.exit, Exit::Findings, "{}", ran.out);
    assert!(ran.out.contains("L3SW-CORE01 | L3SW-CORE02"), "{}", ran.out);
    let ran = aclc(&["verify", policy, "--configs", &dir, "--at", AT]);
    assert!(ran.err.contains("L3SW-CORE01 | L3SW-CORE02"), "{}", ran.err);
    // Startup against running.
    let startup = format!("{golden}/L3SW-CORE02.cfg");
    let running = format!("{dir}/L3SW-CORE02.cfg");
    assert_eq!(
        aclc(&["diff", &startup, &running, "--at", AT]).exit,
        Exit::Findings
    );
}

#[test]
fn sheets_go_out_and_are_held_against_what_is_so() {
    let dir = scratch("sheets");
    let path = |name: &str| dir.join(name).to_str().unwrap().to_owned();
    let config = "golden/p1_single/alaxala-ax/L3SW-01.cfg";
    for (name, charset) in [("utf8.csv", "utf8"), ("cp932.csv", "cp932")] {
        let out = path(name);
        let fixed = ["sheet", config, "--lang", "ja"];
        let ran = aclc(&[&fixed[..], &["-o", &out, "--charset", charset]].concat());
        assert_eq!(ran.exit, Exit::Clean, "{}", ran.err);
        let ran = aclc(&[&fixed[..], &["--check", &out]].concat());
        assert_eq!(ran.exit, Exit::Clean, "{}", ran.out);
    }
    let book = path("parameters.xlsx");
    let fixed = ["sheet", config, "--lang", "ja"];
    assert_eq!(
        aclc(&[&fixed[..], &["-o", &book]].concat()).exit,
        Exit::Clean
    );
    let ran = aclc(&[&fixed[..], &["--check", &book]].concat());
    assert_eq!(ran.exit, Exit::Clean, "XLSX comes back: {}", ran.out);
    let text = std::fs::read_to_string(path("utf8.csv")).unwrap();
    assert!(
        text.starts_with("\u{feff}No.,機器名,ACL名,適用IF,方向,Seq,動作"),
        "{text}"
    );
    std::fs::write(path("edited.csv"), text.replacen("deny", "permit", 1)).unwrap();
    let ran = aclc(&[
        "sheet",
        config,
        "--lang",
        "ja",
        "--check",
        &path("edited.csv"),
    ]);
    assert_eq!(ran.exit, Exit::Findings);
    assert!(
        ran.out.contains("edited.csv G"),
        "the cell by its name: {}",
        ran.out
    );
    let ran = aclc(&["sheet", POLICY, "-o", &path("flows.xlsx")]);
    assert_eq!(ran.exit, Exit::Clean, "{}", ran.err);
    assert!(
        std::fs::read(path("flows.xlsx"))
            .unwrap()
            .starts_with(b"PK")
    );
}
