//! `prove A -> B logged`: what is dropped is dropped by an entry that logs.

use crate::support::{AT, Ran, aclc, scratch};
use aclc::cli::Exit;

const POLICY: &str = r#"
site S { ipv4-only; log-denied }
zone A vlan 10 10.1.0.0/24
zone B vlan 20 10.2.0.0/24 { host b1 .11 }
zone T vlan 30 10.3.0.0/29 { host fw .5 }
external NET behind fw = rest
switch SW : cisco-ios-xe "C9300" { svi A, B, T; route any via fw }
allow A -> b1 : tcp 443 ticket R1
allow A -> NET : tcp 443 ticket R2
prove A -> B logged as HOSTS
prove A -> NET : tcp 80 logged as WEB
prove A -> SW logged as OWN
prove allows works
"#;

fn build(name: &str, policy: &str) -> (std::path::PathBuf, Ran) {
    let dir = scratch(name);
    std::fs::write(dir.join("policy.acl"), policy).unwrap();
    let path = dir.join("policy.acl");
    let out = dir.join("out");
    let args = [
        "build",
        path.to_str().unwrap(),
        "-o",
        out.to_str().unwrap(),
        "--at",
        AT,
    ];
    let ran = aclc(&args);
    (dir, ran)
}

fn verify(dir: &std::path::Path) -> Ran {
    let (policy, configs) = (dir.join("policy.acl"), dir.join("out"));
    let args = [
        "verify",
        policy.to_str().unwrap(),
        "--configs",
        configs.to_str().unwrap(),
        "--at",
        AT,
        "--format",
        "json",
    ];
    aclc(&args)
}

#[test]
fn what_the_site_logs_is_proved() {
    let (_, ran) = build("logged", POLICY);
    assert_eq!(ran.exit, Exit::Clean, "{}{}", ran.out, ran.err);
}

/// Each deny that loses its `log` is found, with the packet and the line.
#[test]
fn a_deny_that_does_not_log_is_found() {
    let (dir, _) = build("logged-twins", POLICY);
    let file = dir.join("out/SW.cfg");
    let text = std::fs::read_to_string(&file).unwrap();
    let mut found = std::collections::BTreeSet::new();
    for (number, line) in (1..)
        .zip(text.lines())
        .filter(|(_, line)| line.ends_with(" log"))
    {
        let twin: Vec<String> = (1..)
            .zip(text.lines())
            .map(|(at, other)| match at == number {
                true => line.trim_end_matches(" log").to_owned(),
                false => other.to_owned(),
            })
            .collect();
        std::fs::write(&file, twin.join("\n") + "\n").unwrap();
        let json = verify(&dir).json();
        for claim in json["claims"].as_array().unwrap() {
            if claim["verdict"] == "refuted" {
                let hop = claim["trace"].as_array().unwrap().last().unwrap();
                assert_eq!(hop["line"], number, "{line}: {claim}");
                found.insert(claim["id"].as_str().unwrap().to_owned());
            }
        }
    }
    let found: Vec<&str> = found.iter().map(String::as_str).collect();
    assert_eq!(found, ["HOSTS", "OWN", "WEB"]);
    // The end of a list logs nothing.
    let kept: Vec<&str> = text
        .lines()
        .filter(|line| !line.ends_with("ip any any log"))
        .collect();
    std::fs::write(&file, kept.join("\n") + "\n").unwrap();
    assert_eq!(verify(&dir).exit, Exit::Findings);
}

#[test]
fn without_the_word_nothing_is_logged() {
    let (_, ran) = build("logged-not", &POLICY.replace("; log-denied", ""));
    assert_eq!(ran.exit, Exit::Findings, "{}", ran.out);
}

/// No route is no entry that logs.
#[test]
fn what_no_route_takes_is_dropped_in_silence() {
    let far = "zone F vlan 40 10.4.0.0/24\nswitch S2 : cisco-ios-xe \"C9300\" { svi F }\n";
    let policy = format!(
        "{far}{}",
        POLICY
            .replace("route any via fw", "")
            .replace("allow A -> NET : tcp 443 ticket R2", "")
    );
    let policy = format!(
        "{}\nprove A -> F logged as FAR\n",
        policy.replace("prove A -> NET : tcp 80 logged as WEB", "")
    );
    let (_, ran) = build("logged-route", &policy);
    assert!(ran.out.contains("FAR"), "{}", ran.out);
    // The final deny of V10_IN is above any route: it logs, so the claim holds; a permit shows the route.
    assert_eq!(ran.exit, Exit::Clean, "{}{}", ran.out, ran.err);
    let (dir, _) = build("logged-route-open", &policy);
    let file = dir.join("out/SW.cfg");
    let text = std::fs::read_to_string(&file).unwrap();
    let open = text.replacen("deny   ip any any log", "permit ip any any", 1);
    std::fs::write(&file, open).unwrap();
    let ran = verify(&dir);
    let claims = ran.json()["claims"].clone();
    let far = claims
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["id"] == "FAR")
        .unwrap();
    assert_eq!(far["verdict"], "refuted", "{far}");
    assert_eq!(
        far["trace"].as_array().unwrap().last().unwrap()["hop"],
        "route"
    );
}
