//! Random networks and rulesets as devices, and policies drawn as text: kernel, solver and interpreter agree on all of them.

use super::lab;
use crate::support::network::{Kind, network};
use crate::support::{AT, POLICY, asked, root};
use aclc::acl::Direction;
use aclc::base::{Source, SourceMap};
use aclc::lab::draw;
use aclc::lab::plan::plan;
use aclc::lab::run::{Amount, run};
use aclc::lab::shell::{build, clear};
use aclc::topo::Named;
use aclc::vendor::{DIALECTS, Hint, by_id};
use fastrand::Rng;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::Command;
use std::sync::Arc;

/// Random networks and random rulesets: `ACLC_NETWORKS=1000 ACLC_SEED=7 cargo test --release --test main lab::random`.
#[test]
fn random_networks_and_rulesets() {
    if lab(&[POLICY, "--random", "10", "--per-link", "1"]).is_none() {
        return;
    }
    let root = ["--net", "--mount"].as_slice();
    let user = ["--net", "--mount", "--user", "--map-root-user"].as_slice();
    let works = |options: &&&[&str]| {
        let tried = Command::new("unshare").args(**options).arg("true").output();
        tried.is_ok_and(|out| out.status.success())
    };
    let options = [root, user];
    let options = options
        .iter()
        .find(works)
        .expect("the lab ran a moment ago");
    let out = Command::new("unshare")
        .args(*options)
        .arg(std::env::current_exe().unwrap())
        .args([
            "lab::random::inside_a_namespace",
            "--exact",
            "--ignored",
            "--nocapture",
        ])
        .env("ACLC_INSIDE", "1")
        .output()
        .unwrap();
    let said =
        String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{said}");
    let total = said.lines().find(|line| line.starts_with("in all"));
    eprintln!("{}", total.expect("it says how many"));
}

#[test]
#[ignore = "runs inside namespaces that another test makes"]
fn inside_a_namespace() {
    assert!(
        std::env::var_os("ACLC_INSIDE").is_some(),
        "run `cargo test --test main lab::random`: it makes the namespaces first"
    );
    let mut sources = SourceMap::default();
    let text = std::fs::read(root().join(POLICY)).unwrap();
    let file = sources.add(Source::capture(POLICY, &text));
    let policy = aclc::job::network::policy(&sources, file).unwrap().policy;
    let (first, count) = (asked("ACLC_SEED", 1), asked("ACLC_NETWORKS", 30));
    let (mut sent, mut arrived, mut skipped) = (0, 0, 0);
    for seed in first..first + count {
        let mut rng = Rng::with_seed(seed);
        let mut native = BTreeMap::new();
        let devices = if seed % 2 == 0 {
            network(&mut rng, Kind::Settled).topo.devices
        } else {
            let text = ruleset(&mut rng);
            let source = Source::capture("R.cfg", text.as_bytes());
            let device = by_id("linux-nftables")
                .unwrap()
                .read(&source, &Hint::default());
            assert!(
                device.gaps.is_empty(),
                "seed {seed}: {:?}\n{text}",
                device.gaps
            );
            native.insert("R".to_owned(), text);
            vec![Arc::new(Named {
                name: "R".to_owned(),
                device,
            })]
        };
        let plan = plan(&policy, AT.parse().unwrap(), &devices, &native);
        clear().unwrap();
        if let Err(error) = build(&plan) {
            // Tests that contradict each other, and routes, that the kernel's programs do not take.
            let refused = [
                "conflicting protocols",
                "cannot use exthdr",
                "multipath API",
            ];
            let why = error.to_string();
            assert!(
                refused.iter().any(|r| why.contains(r)),
                "seed {seed}: {why}\n{}",
                plan.script
            );
            skipped += 1;
            continue;
        }
        let amount = Amount {
            per_link: 60,
            at_random: asked("ACLC_PACKETS", 400) as usize,
            sessions: 0,
            seed,
            limits: aclc::pset::Limits::default(),
        };
        let outcome = run(&plan, amount, &mut |_, _| true).unwrap();
        assert_eq!(
            outcome.wrong_in_all,
            0,
            "seed {seed}: {:#?}\n{}",
            outcome.wrong.first(),
            plan.script
        );
        sent += outcome.sent;
        arrived += outcome.arrived;
    }
    assert!(skipped < count && 0 < arrived && arrived < sent);
    println!(
        "in all {count} networks, {skipped} of them refused, {sent} packets, {arrived} arrived (seed {first})"
    );
}

/// What is drawn has a meaning often enough, and everything that a policy can say about a network occurs.
#[test]
fn policies_are_drawn_of_every_kind() {
    let options = aclc::job::Options {
        at: AT.parse().unwrap(),
        limits: aclc::pset::Limits::default(),
        dialect: None,
        confirmed_only: false,
    };
    let (mut tried, mut run) = (0, 0);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for seed in 0..400 {
        let mut rng = Rng::with_seed(seed);
        let text = draw::policy(&mut rng);
        tried += 1;
        let mut sources = SourceMap::default();
        let file = sources.add(Source::utf8("policy.acl", text.as_bytes()).unwrap());
        let drawn = aclc::job::lab::drawn(&sources, file, &mut |_, text| text, &options);
        let Ok(subject) = drawn else { continue };
        run += 1;
        let mut saw = |what: &str| *seen.entry(what.to_owned()).or_default() += 1;
        for named in &subject.devices {
            let device = &named.device;
            assert!(
                device.gaps.is_empty(),
                "seed {seed}: {:?}\n{text}",
                device.gaps
            );
            saw(device.dialect);
            let interfaces = || device.interfaces.iter();
            for (what, is) in [
                ("vrf", interfaces().any(|i| !i.vrf.is_empty())),
                (
                    "virtual address",
                    interfaces().any(|i| !i.virtuals.is_empty()),
                ),
                ("second address", interfaces().any(|i| i.addrs.len() > 2)),
                ("IPv6", interfaces().any(|i| i.ipv6)),
                (
                    "default route",
                    device.routes.iter().any(|r| r.prefix.prefix_len() == 0),
                ),
                (
                    "list outwards",
                    interfaces()
                        .flat_map(|i| &i.bindings)
                        .any(|b| b.direction == Direction::Out),
                ),
            ] {
                if is {
                    saw(what);
                }
            }
        }
        saw(&format!("{} devices", subject.devices.len()));
    }
    eprintln!("{run} of {tried} have a meaning: {seen:?}");
    assert!(run * 10 > tried, "{run} of {tried}");
    let ids = DIALECTS.iter().map(|dialect| dialect.id());
    let others = [
        "vrf",
        "virtual address",
        "second address",
        "IPv6",
        "default route",
        "list outwards",
        "3 devices",
    ];
    for what in ids.chain(others) {
        let often = seen.get(what).copied().unwrap_or_default();
        assert!(often >= 10, "{what}: {often} of {run}");
    }
}

/// A ruleset as people write it: chains that jump, go and return, sets, maps, policies; every condition is on the header.
fn ruleset(rng: &mut Rng) -> String {
    let mut out = String::from("#!/usr/sbin/nft -f\n");
    for switch in [
        "sysctl -w net.ipv4.ip_forward=1",
        "sysctl -w net.ipv6.conf.all.forwarding=1",
        "sysctl -w net.ipv4.conf.all.rp_filter=0",
    ] {
        let _ = writeln!(out, "#@ {switch}");
    }
    for number in 0..3 {
        let _ = writeln!(
            out,
            "#@ ip address add 10.0.{number}.1/24 dev vlan{}",
            number + 11
        );
        let _ = writeln!(
            out,
            "#@ ip address add fd00:{number}::1/64 dev vlan{}",
            number + 11
        );
    }
    let tables = 1 + rng.usize(..2);
    for table in 0..tables {
        let family = *rng.choice(&["inet", "inet", "ip", "ip6"]).unwrap();
        let _ = writeln!(out, "table {family} t_{table} {{");
        if family != "ip6" {
            out += "set s_4 {\ntype ipv4_addr\nflags interval\nelements = { 10.0.0.0/28, 10.0.1.5, 10.0.2.2-10.0.2.9 }\n}\n";
        }
        for chain in (0..3).rev() {
            let _ = writeln!(out, "chain c_{chain} {{");
            for _ in 0..rng.usize(..5) {
                rule(&mut out, rng, family, Some(chain));
            }
            out += "}\n";
        }
        for hook in ["forward", "input"] {
            if hook == "input" && rng.bool() {
                continue;
            }
            let policy = *rng.choice(&["accept", "drop"]).unwrap();
            let _ = writeln!(
                out,
                "chain base_{hook} {{\ntype filter hook {hook} priority {}; policy {policy};",
                table * 10
            );
            if family != "ip" {
                out += "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept\n";
            }
            for _ in 0..rng.usize(1..6) {
                rule(&mut out, rng, family, None);
            }
            out += "}\n";
        }
        out += "}\n";
    }
    out
}

/// One rule; chains may go to chains with a higher number.
fn rule(out: &mut String, rng: &mut Rng, family: &str, chain: Option<usize>) {
    let four = family != "ip6";
    let six = family != "ip";
    let mut tests: Vec<&str> = vec![
        "iifname \"vlan11\"",
        "iifname { \"vlan11\", \"vlan13\" }",
        "iifname != \"vlan12\"",
        "meta l4proto tcp",
        "meta l4proto { tcp, udp }",
        "tcp dport 80",
        "tcp dport { 22, 80, 1000-2000 }",
        "udp dport != 53",
        "tcp sport > 1023",
        "tcp flags syn",
        "tcp flags & (syn | ack) == syn",
        "tcp flags rst,ack",
    ];
    if four {
        tests.extend([
            "ip saddr 10.0.0.0/24",
            "ip daddr @s_4",
            "ip saddr != @s_4",
            "ip daddr != { 10.0.1.0/25, 10.0.2.0/24 }",
            "ip saddr & 255.255.255.1 == 10.0.0.1",
            "icmp type echo-request",
            "ip frag-off & 0x1fff != 0",
            "ip protocol udp",
            "ip saddr . tcp dport { 10.0.0.5 . 80, 10.0.0.6 . 22 }",
        ]);
    }
    if six {
        tests.extend([
            "ip6 saddr fd00:0::/64",
            "ip6 daddr { fd00:1::5, fd00:2::/80 }",
            "icmpv6 type { echo-request, echo-reply }",
            "frag frag-off != 0",
            "exthdr frag exists",
        ]);
    }
    let words: Vec<&str> = (0..rng.usize(..3))
        .filter_map(|_| rng.choice(&tests).copied())
        .collect();
    let next = chain.map_or(0, |chain| chain + 1);
    let target = (next < 3).then(|| rng.usize(next..3));
    let mut verdicts = vec![
        "accept".to_owned(),
        "drop".to_owned(),
        "return".to_owned(),
        "counter".to_owned(),
    ];
    if let Some(target) = target {
        verdicts.extend([
            format!("jump c_{target}"),
            format!("jump c_{target}"),
            format!("goto c_{target}"),
        ]);
        verdicts.push(format!(
            "tcp dport vmap {{ 22 : drop, 80 : jump c_{target}, 443 : accept }}"
        ));
    }
    let verdict = rng.choice(&verdicts).unwrap();
    let _ = writeln!(out, "{} {verdict}", words.join(" "));
}
