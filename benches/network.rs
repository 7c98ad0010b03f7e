//! How long a policy takes from its text to proved configurations, on networks of our own making.
//!
//! `cargo bench --bench network` runs every case in a process of its own; `-- small` only the first; `-- 200 50 2000 pairs`
//! one of 200 zones on 50 switches with 2,000 allows and a claim for each pair of zones. Switches stand in a star around
//! one that has no zones; every allow is between two hosts of different zones. Shown are the best times in milliseconds,
//! the lines written, and the peak memory of the case.
//!
//! After that lines are changed one by one in a session that has seen the network ([`aclc::verify::Session`]): a permit
//! becomes another, and back; shown are the middle and the worst time to prove again.
//!
//! Measured with `cargo bench --bench network -- 20 1 10000`, `-- 200 50 2000 pairs` and `-- 500 500 2000` on 2 quiet cores of
//! an AMD EPYC, rustc 1.95; milliseconds:
//!
//! | zones, switches, allows | parse | write | read back | claims | with equality | a line changed | build | as a process | peak |
//! |---|---|---|---|---|---|---|---|---|---|
//! | 20, 1, 10,000 | 128 | 49 | 36 (40,228 lines) | 71 | 141 | 7.9, at most 8.9 | 330 | 375 (bar 500) | 239 MB |
//! | 200, 50, 2,000, all pairs | 359 | 36 | 27 (27,115 lines) | 136 (37,849 claims; bar 1,000) | 231 | 2.2 (bar 10), at most 52 | 712 | 744 | 430 MB |
//! | 500, 500, 2,000 | 145 | 786 | 44 (40,019 lines) | 58 | 356 | 5.2, at most 10 | 1,369 | | 131 MB |
//!
//! With equality a changed line takes 17, 19 and 18. The last line was measured before the others, with another allocator, and
//! not again.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod common;

use aclc::base::{FileId, Source, SourceMap};
use aclc::job::network::Written;
use aclc::job::{Limits, Options, build, network, verify};
use aclc::model::Policy;
use aclc::topo::Named;
use aclc::verify::{Session, Verdict};
use common::{best, once, peak};
use fastrand::Rng;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

/// Lines that are changed in a session, each there and back.
const EDITS: usize = 40;

/// Zones, switches, allows, and whether each pair of zones has a claim.
#[derive(Clone, Copy)]
struct Case {
    zones: usize,
    switches: usize,
    allows: usize,
    pairs: bool,
}

const CASES: [Case; 6] = [
    Case::new(20, 1, 1_000, false),
    Case::new(20, 1, 10_000, false),
    Case::new(20, 10, 1_000, true),
    Case::new(200, 50, 2_000, true),
    Case::new(200, 100, 2_000, true),
    Case::new(500, 500, 2_000, false),
];

impl Case {
    const fn new(zones: usize, switches: usize, allows: usize, pairs: bool) -> Case {
        Case {
            zones,
            switches,
            allows,
            pairs,
        }
    }
}

fn main() {
    let args: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| arg != "--bench")
        .collect();
    let number = |at: usize| args.get(at).and_then(|arg| arg.parse().ok());
    match (args.first().map(String::as_str), number(0), number(1)) {
        (Some("small"), ..) => run(CASES[0]),
        (_, Some(zones), Some(switches)) => {
            let pairs = args.last().is_some_and(|last| last == "pairs");
            run(Case::new(
                zones,
                switches,
                number(2).unwrap_or(1_000),
                pairs,
            ));
        }
        (_, Some(case), None) => run(CASES[case % CASES.len()]),
        _ => {
            println!("milliseconds");
            common::each_alone(CASES.len());
        }
    }
}

fn run(case: Case) {
    let text = policy(case);
    let mut sources = SourceMap::default();
    let file = sources.add(Source::utf8("bench.acl", text.as_bytes()).expect("UTF-8"));
    let options = Options {
        at: "2026-11-23".parse().expect("a date"),
        limits: Limits::default(),
        dialect: None,
        confirmed_only: false,
    };
    println!(
        "{} zones on {} switches, {} allows{}",
        case.zones,
        case.switches,
        case.allows,
        if case.pairs { ", all pairs" } else { "" }
    );
    stages(&sources, file, &options);
    whole(&sources, file, &options);
    process(case, &text, &options);
    println!("    peak {} MB", peak());
}

/// What each stage takes.
fn stages(sources: &SourceMap, file: FileId, options: &Options) {
    let (parse, loaded) = best(3, || {
        network::policy(sources, file).expect("a policy without errors")
    });
    let policy = &loaded.policy;
    let (write, written) = best(3, || {
        network::write(policy, options).expect("it can be expressed")
    });
    let (read, devices) = best(3, || network::read_back(policy, &written, options));
    let lines: usize = written.iter().map(|file| file.text.lines().count()).sum();
    println!(
        "    parse {parse:.1}, compile and write {write:.1}, read back {read:.1} ({lines} lines)"
    );
    let prove = |equality| {
        let asked = network::verify_options(options, equality);
        best(3, || {
            let report = aclc::verify::verify(policy, options.at, &devices, &asked);
            report.expect("walks and sets agree").claims.len()
        })
    };
    let ((claims, count), (equal, _)) = (prove(false), prove(true));
    println!("    {count} claims {claims:.1}, with equality {equal:.1}");
    for equality in [false, true] {
        edits(policy, &written, &devices, options, equality);
    }
}

/// Lines changed one after the other in a session that has seen the network: read again, proved again.
fn edits(
    policy: &Policy,
    written: &[Written],
    devices: &[Arc<Named>],
    options: &Options,
    equality: bool,
) {
    let asked = network::verify_options(options, equality);
    let mut session = Session::new(policy, options.at, asked);
    session.verify(devices).expect("walks and sets agree");
    let rng = &mut Rng::with_seed(5);
    let mut times: Vec<[f64; 2]> = Vec::new();
    while times.len() < 2 * EDITS {
        let number = rng.usize(..written.len());
        let mut lines: Vec<&str> = written[number].text.lines().collect();
        let at = rng.usize(..lines.len());
        if !lines[at].contains("permit tcp host") {
            continue;
        }
        lines[at] = " permit tcp host 10.0.0.77 host 10.0.1.77 eq 4711";
        let edited = Written {
            switch: written[number].switch.clone(),
            text: lines.join("\n"),
        };
        let mut now = devices.to_vec();
        // The change, and back.
        for written in [&edited, &written[number]] {
            let (read, device) = once(|| network::read_again(policy, written, options));
            now[number] = device;
            let (prove, _) = once(|| session.verify(&now).expect("walks and sets agree").verdict);
            times.push([read, prove]);
        }
    }
    times.sort_by(|a, b| a[1].total_cmp(&b[1]));
    let (middle, last) = (times[EDITS], times[times.len() - 1]);
    let what = if equality { " with equality" } else { "" };
    println!(
        "    one line changed: read {:.2}, proved again{what} {:.2}, at most {:.2}",
        middle[0], middle[1], last[1]
    );
}

/// What the commands take, and that they prove what they should.
fn whole(sources: &SourceMap, file: FileId, options: &Options) {
    let (time, built) = best(3, || {
        build::build(sources, file, options).expect("a policy")
    });
    assert_eq!(built.equality, Verdict::Proved);
    assert_eq!(built.verdict(), Verdict::Proved);
    let (verified, outcome) = best(3, || {
        verify::verify(sources, file, None, options).expect("a policy")
    });
    assert_eq!(outcome.verdict(), Verdict::Proved);
    println!("    build {time:.1}, verify {verified:.1}");
}

/// What `aclc build -o` takes as a process of its own, from reading the policy to the files on the disk.
fn process(case: Case, text: &str, options: &Options) {
    let name = format!("bench-{}-{}-{}", case.zones, case.switches, case.allows);
    let dir = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&dir).expect("a folder of our own");
    let policy = dir.join("policy.acl");
    std::fs::write(&policy, text).expect("a file of our own");
    let (time, ()) = best(5, || {
        let ran = std::process::Command::new(env!("CARGO_BIN_EXE_aclc"))
            .args(["build", "--at", &options.at.to_string(), "-o"])
            .args([&dir.join("out"), &policy])
            .output();
        assert!(ran.is_ok_and(|ran| ran.status.success()));
    });
    println!("    aclc build as a process {time:.1}");
}

/// Hosts per zone.
const HOSTS: usize = 20;

/// The text of a policy. Zone z is on switch z mod the number of switches.
fn policy(case: Case) -> String {
    let rng = &mut Rng::with_seed(1);
    let mut text = "language 1\nsite Bench as BENCH { ipv4-only }\n".to_owned();
    if case.switches > 1 {
        text.push_str("zone Backbone as BACKBONE vlan 4000 10.255.0.0/16 gateway .0.1\n");
    }
    for z in 0..case.zones {
        let hosts = (0..HOSTS).map(|h| format!("host Z{z}H{h} .{}", 10 + h));
        let hosts = hosts.collect::<Vec<_>>().join("; ");
        let (a, b) = (z / 250, z % 250);
        let _ = writeln!(
            text,
            "zone Z{z} vlan {} 10.{a}.{b}.0/24 {{ {hosts} }}",
            100 + z
        );
    }
    switches(&mut text, case);
    let mut pairs = BTreeSet::new();
    let mut seen = BTreeSet::new();
    while seen.len() < case.allows {
        let (from, to) = (rng.usize(..case.zones), rng.usize(..case.zones));
        let (client, server) = (rng.usize(..HOSTS), rng.usize(..HOSTS));
        let port = [443, 22, 445, 3389, 8080][rng.usize(..5)];
        if from != to && seen.insert((from, client, to, server, port)) {
            pairs.insert((from, to));
            let number = seen.len();
            let _ = writeln!(
                text,
                "allow Z{from}H{client} -> Z{to}H{server} : tcp {port} ticket T-{number}"
            );
        }
    }
    for (from, to) in (0..case.zones).flat_map(|from| (0..case.zones).map(move |to| (from, to))) {
        if case.pairs && from != to && !pairs.contains(&(from, to)) {
            let _ = writeln!(text, "prove Z{from} -> Z{to} none");
        }
    }
    text + "prove switches filtered\n"
}

fn switches(text: &mut String, case: Case) {
    let zones = |s: usize| (s..case.zones).step_by(case.switches);
    if case.switches > 1 {
        text.push_str("switch CORE : cisco-ios-xe {\n  svi Backbone .0.1\n");
        for s in 0..case.switches {
            for z in zones(s) {
                let _ = writeln!(text, "  route Z{z} via S{s}");
            }
        }
        text.push_str("}\n");
    }
    for s in 0..case.switches {
        let _ = writeln!(text, "switch S{s} : cisco-ios-xe {{");
        if case.switches > 1 {
            let _ = writeln!(text, "  svi Backbone .{}.{}", 1 + s / 250, 1 + s % 250);
            text.push_str("  route any via CORE\n");
        }
        for z in zones(s) {
            let _ = writeln!(text, "  svi Z{z}");
        }
        text.push_str("}\n");
    }
}
