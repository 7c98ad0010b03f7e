//! The Linux kernel as witness: every golden policy and every broken twin is run as namespaces, with thousands of packets each.
//!
//! Needs root or unprivileged user namespaces, `unshare`, `ip` and `nft`. Elsewhere these tests say that they did not run;
//! in CI they must. `ACLC_PACKETS=100000 ACLC_SEED=7 cargo test --release --test main lab` for a longer run.
#![cfg(target_os = "linux")]

mod random;

use crate::support::{AT, asked, root};
use crate::twins::{broken, edits};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs `lab test`; `None` if this machine cannot.
fn lab(args: &[&str]) -> Option<(i32, Value)> {
    let at: &[&str] = if args.contains(&"--at") {
        &[]
    } else {
        &["--at", AT]
    };
    let out = Command::new(env!("CARGO_BIN_EXE_aclc"))
        .args(["lab", "test", "--format", "json", "--lang", "en"])
        .args(at)
        .args(args)
        .current_dir(root())
        .output()
        .unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    let json: Value = serde_json::from_str(&text)
        .unwrap_or_else(|_| panic!("{text}{}", String::from_utf8_lossy(&out.stderr)));
    let code = json["diagnostics"][0]["code"].as_str().unwrap_or_default();
    if matches!(code, "lab-no-namespace" | "lab-no-tool") {
        let why = json["diagnostics"][0]["message"].as_str().unwrap();
        let ci = std::env::var("CI").is_ok_and(|value| value == "true");
        assert!(!ci, "in CI the lab must run: {why}");
        eprintln!("SKIPPED: no packet was sent: {why}");
        return None;
    }
    Some((out.status.code().unwrap(), json))
}

/// Everything below a folder, in order.
fn below(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        found.extend(if path.is_dir() {
            below(&path)
        } else {
            vec![path]
        });
    }
    found.sort();
    found
}

/// A path as the command line has it.
fn relative(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned()
}

/// Every policy in `golden/` that no other one takes in, with the folder of its configurations if it is kept with some:
/// a new folder is run without a word here.
fn policies() -> Vec<(String, Option<String>)> {
    let files = below(&root().join("golden"));
    let text = |path: &PathBuf| std::fs::read_to_string(path).unwrap();
    let policies = files
        .iter()
        .filter(|path| path.extension().is_some_and(|ext| ext == "acl"));
    let policies: Vec<&PathBuf> = policies.collect();
    let imported = |path: &PathBuf| {
        let name = format!("\"{}\"", path.file_name().unwrap().to_str().unwrap());
        let beside = policies
            .iter()
            .filter(|other| other.parent() == path.parent());
        beside.map(|other| text(other)).any(|text| {
            text.lines()
                .any(|line| line.starts_with("取込 ") && line.contains(&name))
        })
    };
    let configs = |path: &PathBuf| {
        let kept = |file: &&PathBuf| {
            file.parent() == path.parent() && file.extension().is_some_and(|ext| ext == "cfg")
        };
        let main = path.ends_with("policy.acl") && files.iter().any(|file| kept(&file));
        main.then(|| relative(path.parent().unwrap()))
    };
    let mine = policies.iter().filter(|path| !imported(path));
    mine.map(|path| (relative(path), configs(path))).collect()
}

/// Does something with each, a few at a time: the kernel is mostly waited for.
fn each<T: Sync>(all: &[T], work: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while let Some(one) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(one);
                }
            });
        }
    });
}

#[test]
fn the_kernel_does_what_the_proofs_say() {
    let (seed, packets) = (asked("ACLC_SEED", 1), asked("ACLC_PACKETS", 3000));
    let [seed, packets] = [seed, packets].map(|n| n.to_string());
    let policies = policies();
    let kept = policies
        .iter()
        .filter(|(_, configs)| configs.is_some())
        .count();
    assert!(kept >= 21 && policies.len() >= kept + 12, "{policies:?}");
    each(&policies, |(policy, configs)| {
        let mut args = vec![policy.as_str(), "--seed", &seed, "--random", &packets];
        args.extend(configs.iter().flat_map(|dir| ["--configs", dir]));
        let Some((exit, report)) = lab(&args) else {
            return;
        };
        assert_eq!(exit, 0, "{policy}: {report:#}");
        let count = |key: &str| report[key].as_u64().unwrap();
        let little = ["golden/change", "golden/awplus_ipv6"]
            .iter()
            .any(|small| policy.starts_with(small));
        let (sent, arrived, opened) = if little {
            (2000, 50, 0)
        } else {
            (3000, 300, 30)
        };
        assert!(count("sent") > sent, "{policy}: {report:#}");
        // Neither everything nor nothing gets through.
        assert!(count("arrived") > arrived, "{policy}: {report:#}");
        assert!(
            count("arrived") < count("sent") * 2 / 3,
            "{policy}: {report:#}"
        );
        assert!(count("opened") >= opened, "{policy}: {report:#}");
        assert!(count("opened") < count("sessions"), "{policy}: {report:#}");
        assert_eq!(report["left_out"], 0, "{policy}");
    });
}

/// Every golden change to a policy step by step as `plan` says, there and back, with packets under way: nothing gets through
/// that neither state permits, and nothing is lost that both do. (`no_order` leads to captures, in steps that give something up.)
#[test]
fn a_change_loses_nothing_and_lets_nothing_through() {
    let folder = root().join("golden/change");
    let entries = std::fs::read_dir(folder).unwrap();
    let changes: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("new.acl").exists())
        .collect();
    assert!(changes.len() >= 7, "{changes:?}");
    each(&changes, |change| {
        let (policy, captures) = (change.join("old.acl"), change.join("old"));
        let old = relative(if policy.exists() { &policy } else { &captures });
        let new = relative(&change.join("new.acl"));
        let Some((exit, report)) = lab(&[&new, "--from", &old]) else {
            return;
        };
        assert_eq!(exit, 0, "{new}: {report:#}");
        let count = |key: &str| report[key].as_u64().unwrap();
        assert!(count("arrived") > 100, "{new}: {report:#}");
        assert!(count("states") >= 4, "{new}: {report:#}");
    });
}

/// Every twin of every pattern: the packet that breaks a claim goes in the kernel where the proof says, or the definition by
/// which the kernel cannot be asked is told.
#[test]
fn a_broken_twin_shows_its_witness() {
    let golden = root().join("golden");
    let twins: Vec<PathBuf> = below(&golden)
        .into_iter()
        .filter(|path| path.ends_with("edit.toml"))
        .map(|path| path.parent().unwrap().to_owned())
        .collect();
    assert!(twins.len() >= 35, "{}", twins.len());
    let (leaks, lost, not_asked) = Default::default();
    let counts: [&AtomicUsize; 3] = [&leaks, &lost, &not_asked];
    each(&twins, |dir| {
        let pattern = relative(dir.parent().unwrap().parent().unwrap());
        let name = relative(dir);
        let edits = edits(dir);
        if edits.contains_key("command") {
            eprintln!("{name}: another command than `verify` sees it");
            return;
        }
        let configs = broken("lab", pattern.strip_prefix("golden/").unwrap(), dir, &edits);
        let policy = configs.join("policy.acl");
        let at = edits.get("at").and_then(toml::Value::as_str).unwrap_or(AT);
        let args = [
            policy.to_str().unwrap(),
            "--configs",
            configs.to_str().unwrap(),
            "--claims",
            "--at",
            at,
            "--random",
            "200",
            "--per-link",
            "40",
        ];
        let Some((exit, report)) = lab(&args) else {
            return;
        };
        assert_eq!(exit, 0, "{name}: {report:#}");
        let witnesses = report["witnesses"].as_array().unwrap();
        for witness in witnesses {
            assert_eq!(witness["agrees"], true, "{name}: {witness:#}");
            let arrives = witness["arrives"] == true;
            let asked = witness["not_asked"].is_null();
            let nowhere = witness["kernel"].as_array().unwrap().is_empty();
            assert!(!asked || arrives != nowhere, "{name}: {witness:#}");
            let kind = if !asked { 2 } else { usize::from(!arrives) };
            counts[kind].fetch_add(1, Ordering::Relaxed);
        }
        let told = witnesses
            .iter()
            .any(|witness| witness["not_asked"].is_null());
        let by: Vec<&Value> = witnesses
            .iter()
            .map(|witness| &witness["not_asked"])
            .collect();
        if !told {
            eprintln!("{name}: nothing to ask the kernel: {by:?}");
        }
    });
    let counts = counts.map(|count| count.load(Ordering::Relaxed));
    eprintln!("witnesses that arrive, that are lost, that are not asked about: {counts:?}");
}

#[test]
fn what_is_put_up_is_taken_down() {
    let run = |action: &str| {
        let out = Command::new(env!("CARGO_BIN_EXE_aclc"))
            .args([
                "lab",
                action,
                "golden/p1_single/cisco-ios-xe/policy.acl",
                "--lang",
                "en",
            ])
            .current_dir(root())
            .output()
            .unwrap();
        (out.status.code(), String::from_utf8(out.stdout).unwrap())
    };
    if lab(&[
        "golden/p1_single/cisco-ios-xe/policy.acl",
        "--random",
        "10",
        "--per-link",
        "1",
    ])
    .is_none()
    {
        return;
    }
    assert_eq!(run("down"), (Some(0), "no network is up\n".to_owned()));
    let (exit, said) = run("up");
    assert_eq!(exit, Some(0), "{said}");
    let pid = said
        .split("process ")
        .nth(1)
        .and_then(|rest| rest.split(')').next())
        .unwrap();
    let status = |pid: &str| std::fs::read_to_string(format!("/proc/{pid}/comm"));
    assert!(status(pid).is_ok(), "{said}");
    assert_eq!(run("down"), (Some(0), "the network is gone\n".to_owned()));
    assert_eq!(run("down"), (Some(0), "no network is up\n".to_owned()));
}
