//! The machine formats: valid by the schemas of their owners, with findings at the right lines, and hostile text kept text.

use crate::support::{AT, POLICY, Ran, SWITCHES, aclc, golden_texts, scratch};
use aclc::cli::Exit;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The schema as published by OASIS with the standard (`Schemata/sarif-schema-2.1.0.json` of its repository), unchanged.
const SARIF: &str = include_str!("sarif-2.1.0.schema.json");

/// The line that M11 takes the word `established` from.
const REPLY: &str =
    " 20 permit tcp host 10.20.0.10 eq 443 10.10.17.0 0.0.0.255 range 1024 65535 established";

/// The golden captures with a reply that admits openings, and a hostile remark.
fn broken(name: &str) -> PathBuf {
    let dir = scratch(name);
    for (switch, text) in SWITCHES.iter().zip(golden_texts()) {
        let without = REPLY.replace(" established", "");
        let hostile = "hostname <script>alert(1)</script>]]>`|![x](y)\n";
        let text = text.replace(REPLY, &without) + hostile;
        std::fs::write(dir.join(format!("{switch}.cfg")), text).unwrap();
    }
    dir
}

fn verify(dir: &Path, format: &str) -> Ran {
    let dir = dir.to_str().unwrap();
    let args = ["verify", POLICY, "--configs", dir, "--at", AT, "--format"];
    aclc(&[&args[..], &[format]].concat())
}

/// The published text has a stray `]` in one pattern (a language tag), which is no regular expression of ECMA-262.
fn validator() -> jsonschema::Validator {
    let text = SARIF.replace("-[a-zA-Z]{2}]?$", "(-[a-zA-Z]{2})?$");
    assert_ne!(text, SARIF, "the pattern is still there");
    let schema: Value = serde_json::from_str(&text).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

fn valid(ran: &Ran) -> Value {
    let log = ran.json();
    let wrong: Vec<String> = validator()
        .iter_errors(&log)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(wrong.is_empty(), "{}\n{}", wrong.join("\n"), ran.out);
    log
}

#[test]
fn the_schema_of_sarif_refuses_what_is_no_log() {
    let wrong = serde_json::json!({ "version": "2.1.0", "runs": [{ "tool": { "driver": {} } }] });
    assert!(!validator().is_valid(&wrong));
}

#[test]
fn sarif_points_at_the_claim_and_at_each_deciding_line() {
    let dir = broken("formats-sarif");
    let ran = verify(&dir, "sarif");
    assert_eq!(ran.exit, Exit::Findings, "{}", ran.err);
    let log = valid(&ran);
    let run = &log["runs"][0];
    let refuted = run["results"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["ruleId"] == "claim-refuted")
        .expect("a refuted claim");
    let place = &refuted["locations"][0]["physicalLocation"];
    let policy = std::fs::read_to_string(crate::support::root().join(POLICY)).unwrap();
    let line = place["region"]["startLine"].as_u64().unwrap() as usize;
    assert_eq!(place["artifactLocation"]["uri"], POLICY);
    assert!(
        policy
            .lines()
            .nth(line - 1)
            .unwrap()
            .starts_with("証明 マイナンバー利用事務系")
    );
    let step = &refuted["codeFlows"][0]["threadFlows"][0]["locations"][0]["location"];
    let line = step["physicalLocation"]["region"]["startLine"]
        .as_u64()
        .unwrap() as usize;
    let config = std::fs::read_to_string(dir.join("L3SW-CORE01.cfg")).unwrap();
    assert_eq!(
        config.lines().nth(line - 1).unwrap(),
        REPLY.replace(" established", "")
    );
    assert_eq!(run["artifacts"].as_array().unwrap().len(), 3);
}

#[test]
fn sarif_of_every_command_is_valid() {
    let dir = broken("formats-sarif-all");
    let config = dir.join("L3SW-CORE01.cfg");
    let (dir, config) = (dir.to_str().unwrap(), config.to_str().unwrap());
    let held = "golden/p1_wired/L3SW-CORE01.cfg";
    let bad = scratch("formats-bad").join("市 policy.acl");
    std::fs::write(
        &bad,
        "版 1\nゾーン 端末 VLAN 111 10.10.17.0/24\n許可 端末 -> 財無 : std.https\n",
    )
    .unwrap();
    let cases: [(&[&str], usize); 5] = [
        (&["verify", POLICY, "--configs", dir], 1),
        (&["build", POLICY], 0),
        (&["diff", held, config], 1),
        (&["lint", config], 1),
        (&["check", bad.to_str().unwrap()], 1),
    ];
    for (args, least) in cases {
        let args = [args, &["--format", "sarif", "--at", AT]].concat();
        let ran = aclc(&args);
        let log = valid(&ran);
        let results = log["runs"][0]["results"].as_array().unwrap();
        assert!(results.len() >= least, "{args:?}: {}", ran.out);
        assert_eq!(ran, aclc(&args), "same input, same bytes");
        for result in results {
            assert_eq!(
                result["locations"].as_array().unwrap().len(),
                1,
                "{args:?}: {result}"
            );
        }
    }
}

#[test]
fn junit_has_a_test_per_claim() {
    let dir = broken("formats-junit");
    let ran = verify(&dir, "junit");
    assert_eq!(ran.out.matches("<testcase ").count(), 7, "{}", ran.out);
    let json = verify(&dir, "json").json();
    let count = |verdict: &str| {
        let claims = json["claims"].as_array().unwrap().iter();
        claims.filter(|claim| claim["verdict"] == verdict).count()
    };
    assert!(count("refuted") + count("unknown") > 0);
    assert_eq!(ran.out.matches("<failure ").count(), count("refuted"));
    assert_eq!(ran.out.matches("<error ").count(), count("unknown"));
    let elements = ran.out.matches('<').count();
    assert_eq!(elements, ran.out.matches('>').count(), "{}", ran.out);
}

#[test]
fn code_quality_has_the_fields_gitlab_asks_for() {
    let dir = broken("formats-quality");
    let ran = verify(&dir, "codequality");
    let list = ran.json();
    let list = list.as_array().unwrap();
    assert!(!list.is_empty());
    let mut prints: Vec<&str> = list
        .iter()
        .map(|one| one["fingerprint"].as_str().unwrap())
        .collect();
    for one in list {
        assert!(
            one["description"]
                .as_str()
                .is_some_and(|words| !words.is_empty())
        );
        assert!(one["check_name"].is_string() && one["location"]["path"].is_string());
        assert!(
            one["location"]["lines"]["begin"]
                .as_u64()
                .is_some_and(|line| line > 0)
        );
        let severity = one["severity"].as_str().unwrap();
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&severity));
    }
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), list.len(), "fingerprints are unique");
}

#[test]
fn markdown_keeps_hostile_text_text() {
    let dir = broken("formats-markdown");
    let ran = verify(&dir, "markdown");
    assert!(ran.out.starts_with("## × refuted"), "{}", ran.out);
    assert!(!ran.out.contains("<script"), "{}", ran.out);
    assert!(!ran.out.contains("![x]"), "{}", ran.out);
    assert!(ran.out.contains("V300_IN"), "{}", ran.out);
    let config = dir.join("L3SW-CORE01.cfg");
    for args in [
        ["lint", config.to_str().unwrap(), "--format", "markdown"].as_slice(),
        &[
            "diff",
            "golden/p1_wired/L3SW-CORE01.cfg",
            config.to_str().unwrap(),
            "--format",
            "markdown",
        ],
        &["build", POLICY, "--format", "markdown"],
    ] {
        let ran = aclc(args);
        assert!(
            ran.out.starts_with("## ") && !ran.out.contains("<script"),
            "{args:?}: {}",
            ran.out
        );
    }
}

/// How often something stands in a text.
fn times(text: &str, word: &str) -> usize {
    text.matches(word).count()
}

#[test]
fn the_formats_of_one_run_say_the_same() {
    // A permit too many, and a line that nobody understands: claims of all three verdicts.
    let dir = scratch("formats-agree");
    for (switch, text) in SWITCHES.iter().zip(golden_texts()) {
        let wide = "ip access-list extended V112_IN\n";
        let odd = "ip access-list extended V120_IN\n";
        let text = text.replace(wide, &format!("{wide} 1 permit ip any any\n"));
        let text = text.replace(odd, &format!("{odd} 1 frobnicate ip any any\n"));
        std::fs::write(dir.join(format!("{switch}.cfg")), text).unwrap();
    }
    let json = verify(&dir, "json").json();
    let verdicts = json["claims"].as_array().unwrap();
    let count = |verdict| {
        let all = verdicts.iter();
        all.filter(|claim| claim["verdict"] == verdict).count()
    };
    let [proved, refuted, unknown] = ["proved", "refuted", "unknown"].map(count);
    assert!(proved > 0 && refuted > 0 && unknown > 0, "{verdicts:?}");
    let junit = verify(&dir, "junit").out;
    let counts = format!(
        "tests=\"{}\" failures=\"{refuted}\" errors=\"{unknown}\"",
        verdicts.len()
    );
    assert_eq!(times(&junit, &counts), 2, "{junit}");
    let sarif = valid(&verify(&dir, "sarif"));
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let quality = verify(&dir, "codequality").json();
    let quality = quality.as_array().unwrap();
    let rule = |rule: &str| {
        let there = results.iter().filter(|one| one["ruleId"] == rule).count();
        let here = quality.iter().filter(|one| one["check_name"] == rule);
        assert_eq!(there, here.count(), "{rule}");
        there
    };
    assert_eq!(rule("claim-refuted"), refuted);
    assert_eq!(rule("claim-unknown"), unknown);
    let gaps = json["gaps"].as_array().unwrap().len();
    assert_eq!((rule("line-not-understood"), gaps), (1, 1));
    assert_eq!(results.len(), refuted + unknown + gaps);
    let sum = format!("{proved} proved, {refuted} refuted, {unknown} unknown");
    let (markdown, html) = (verify(&dir, "markdown").out, verify(&dir, "html").out);
    let text = verify(&dir, "text").out;
    let heads = [
        text.lines().last().unwrap(),
        markdown.lines().next().unwrap(),
        html.split("<h1>").nth(1).unwrap(),
    ];
    for head in heads {
        assert!(head.contains(&sum), "{sum}: {head}");
    }
    // The packet of each claim, its deciding line and the questions are the same everywhere.
    for claim in verdicts.iter().filter(|claim| claim["verdict"] != "proved") {
        let id = claim["id"].as_str().unwrap();
        let start = html.find(&format!("id=\"en-{id}\"")).unwrap();
        let article = html[start..].split("</article>").next().unwrap();
        let mut all = vec![article.to_owned(), junit.clone(), text.clone()];
        let keyed = results
            .iter()
            .filter_map(|one| one["message"]["text"].as_str());
        let name = claim["text"].as_str().unwrap();
        all.extend(keyed.filter(|said| said.contains(name)).map(str::to_owned));
        let packet = [&claim["witness"], &claim["candidate"]];
        let packet = packet.into_iter().find(|one| !one.is_null()).unwrap();
        let ends = ["src", "dst"].map(|end| packet[end].as_str().unwrap());
        assert!(all.len() > 3, "{id} is in no SARIF result");
        for said in &all {
            for end in ends {
                assert!(said.contains(end), "{id}: {end}: {said}");
            }
        }
        for hop in claim["trace"].as_array().unwrap() {
            if let Some(line) = hop["line"].as_u64() {
                let said = format!("line {line}");
                assert!(
                    article.contains(&said) && junit.contains(&said),
                    "{id}: {said}"
                );
            }
        }
    }
}

#[test]
fn a_format_that_a_command_does_not_have_is_a_usage_error() {
    for args in [
        [
            "query",
            POLICY,
            "--from",
            "端末_取扱",
            "--to",
            "財務",
            "--format",
            "sarif",
        ]
        .as_slice(),
        &[
            "lint",
            "golden/p1_wired/L3SW-CORE01.cfg",
            "--format",
            "junit",
        ],
        &["verify", POLICY, "--format", "sarfi"],
    ] {
        let ran = aclc(args);
        assert_eq!(
            (ran.exit, ran.out.as_str()),
            (Exit::CannotRun, ""),
            "{args:?}"
        );
        assert!(ran.err.contains("[usage]"), "{}", ran.err);
    }
}

/// The commands of the examples in `.github/examples`, as they stand there.
fn example_commands() -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    for file in [
        "github-actions.yml",
        "gitlab-ci.yml",
        "pre-commit-config.yaml",
    ] {
        let path = crate::support::root().join(".github/examples").join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        for line in lines.filter_map(|line| line.split_once("aclc ").map(|(_, rest)| rest)) {
            let words = line
                .split_whitespace()
                .take_while(|word| !word.starts_with('>'));
            let words: Vec<String> = words.map(str::to_owned).collect();
            if words.len() > 1 {
                found.push((file.to_owned(), words));
            }
        }
    }
    found
}

#[test]
fn the_commands_of_the_examples_run() {
    let dir = scratch("formats-examples");
    std::fs::create_dir(dir.join("configs")).unwrap();
    std::fs::copy(crate::support::root().join(POLICY), dir.join("policy.acl")).unwrap();
    for (switch, text) in SWITCHES.iter().zip(golden_texts()) {
        std::fs::write(dir.join(format!("configs/{switch}.cfg")), text).unwrap();
    }
    let here = |word: &str| dir.join(word).to_str().unwrap().to_owned();
    let commands = example_commands();
    assert_eq!(commands.len(), 7, "{commands:?}");
    for (file, words) in commands {
        let args: Vec<String> = words
            .iter()
            .map(|word| match word.as_str() {
                "policy.acl" | "configs" => here(word),
                other => other.to_owned(),
            })
            .collect();
        let ran = aclc(&args);
        assert_eq!(
            ran.exit,
            Exit::Clean,
            "{file}: {words:?}: {}{}",
            ran.out,
            ran.err
        );
    }
}
