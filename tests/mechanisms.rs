//! Each dialect changes its lists as its sources say: the same change planned for all nine.

use crate::change::network;
use crate::support::{AT, Ran, aclc, root, scratch};
use aclc::cli::Exit;
use aclc::vendor::DIALECTS;
use serde_json::Value;

/// What the golden policies of one switch write behind the dialect.
fn model(dialect: &str) -> String {
    let path = format!("golden/p1_single/{dialect}/policy.acl");
    let text = std::fs::read_to_string(root().join(path)).unwrap();
    let mut lines = text.lines().filter(|line| line.starts_with("スイッチ "));
    let line = lines.next().unwrap();
    let after = line.split_once(dialect).unwrap().1;
    after.split('{').next().unwrap().trim().to_owned()
}

/// A golden change with its switches of another dialect.
fn sides(case: &str, dialect: &str) -> [String; 2] {
    let dir = scratch(&format!("mechanism-{case}-{dialect}"));
    ["old", "new"].map(|side| {
        let path = root().join(format!("golden/change/{case}/{side}.acl"));
        let mut text = std::fs::read_to_string(path).unwrap();
        let switch = format!("{dialect} {} {{", model(dialect));
        let mode = match dialect {
            "alaxala-ax" => "\n  option flow-detection-mode layer3-6",
            _ => "",
        };
        text = text.replace("cisco-ios-xe \"C9300-48T\" {", &format!("{switch}{mode}"));
        if dialect == "allied-telesis-awplus" {
            let wide = " accept wide-return because \"no flag tests\"";
            let lines = text.lines().map(|line| match line.starts_with("allow") {
                true => format!("{line}{wide}\n"),
                false => format!("{line}\n"),
            });
            text = lines.collect();
        }
        let path = dir.join(format!("{side}.acl"));
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    })
}

fn plan(sides: &[String; 2], extra: &[&str]) -> Ran {
    aclc(&[&["plan", &sides[0], &sides[1], "--at", AT][..], extra].concat())
}

/// Dialect; facts that nobody has confirmed; how the plan ends when people attest them; lines that its mechanism types.
const KNOWN: [(&str, &[&str], Exit, &[&str]); 9] = [
    (
        "cisco-ios-xe",
        &["rebind-hitless"],
        Exit::Clean,
        &["ip access-group V10_IN_2 in"],
    ),
    ("alaxala-ax", &[], Exit::Findings, &["no 20"]),
    ("cisco-nx-os", &[], Exit::Clean, &["no 20"]),
    (
        "arista-eos",
        &[],
        Exit::Findings,
        &["ip access-group V10_IN_2 in"],
    ),
    (
        "aruba-aos-cx",
        &["release-has-secure-update"],
        Exit::Findings,
        &["apply access-list ip V10_IN_2 routed-in"],
    ),
    // Which of two lists in a map decides is not read off a text: open, and said.
    (
        "allied-telesis-awplus",
        &["map-edit-hitless", "map-match-removable"],
        Exit::Unknown,
        &[
            "match access-group V10_IN_2",
            "no match access-group V10_IN",
        ],
    ),
    (
        "juniper-junos",
        &["commit-hitless"],
        Exit::Clean,
        &["delete firewall family inet filter V10_IN"],
    ),
    (
        "hpe-comware",
        &["rule-edit-hitless"],
        Exit::Clean,
        &["undo rule 0"],
    ),
    ("linux-nftables", &[], Exit::Clean, &["nft -f - <<'EOF'"]),
];

#[test]
fn every_dialect_has_its_mechanism() {
    let known: Vec<&str> = KNOWN.iter().map(|(dialect, ..)| *dialect).collect();
    assert!(DIALECTS.iter().all(|dialect| known.contains(&dialect.id())));
    for (dialect, open, exit, typed) in KNOWN {
        let sides = sides("emergency", dialect);
        let attested: Vec<&str> = open.iter().flat_map(|fact| ["--attest", *fact]).collect();
        let ran = plan(&sides, &[&attested[..], &["--format", "json"]].concat());
        assert_eq!(ran.exit, exit, "{dialect}: {}{}", ran.out, ran.err);
        let json = ran.json();
        assert_eq!(json["end"], "equal", "{dialect}");
        assert_eq!(json["rollback"], "proved", "{dialect}");
        let steps = json["steps"].as_array().unwrap();
        let lines: Vec<&str> = steps
            .iter()
            .flat_map(|step| step["commands"].as_array().unwrap())
            .map(|line| line.as_str().unwrap().trim())
            .collect();
        for line in typed {
            assert!(lines.contains(line), "{dialect}: {line}: {lines:#?}");
        }
        if exit != Exit::Unknown {
            assert!(
                steps.iter().all(|step| step["safe"] == "proved"),
                "{dialect}: {json:#}"
            );
        }
        // Without a word of people an open fact is no proof, and the plan says what would settle it.
        let ran = plan(&sides, &["--lang", "en"]);
        let bare = if open.is_empty() { exit } else { Exit::Unknown };
        assert_eq!(ran.exit, bare, "{dialect}: {}", ran.out);
        for fact in open {
            assert!(ran.out.contains(&format!("--attest {fact}")), "{}", ran.out);
            assert!(
                ran.out.contains(&format!("assume fact {dialect}/{fact}")),
                "{}",
                ran.out
            );
        }
    }
}

/// An interface comes, with its list, its address and the route back; everything is taken back as text.
#[test]
fn a_floor_is_added_in_every_dialect_and_taken_back() {
    for (dialect, ..) in KNOWN
        .iter()
        .filter(|(dialect, ..)| *dialect != "allied-telesis-awplus")
    {
        let ran = plan(&sides("floor", dialect), &["--format", "json"]);
        let json = ran.json();
        assert_eq!(json["end"], "equal", "{dialect}: {}", ran.out);
        assert_eq!(json["rollback"], "proved", "{dialect}");
    }
}

/// A text of a built switch with a line above everything.
fn with_line(name: &str, side: &str, line: &str) -> String {
    let dir = scratch(&format!("{name}-built"));
    let out = dir.to_str().unwrap();
    assert_eq!(
        aclc(&["build", side, "-o", out, "--at", AT]).exit,
        Exit::Clean
    );
    let texts = ["SW1", "SW2"].map(|switch| {
        let text = std::fs::read_to_string(dir.join(format!("{switch}.cfg"))).unwrap();
        format!("{line}\n{text}")
    });
    network(name, &[("SW1", &texts[0]), ("SW2", &texts[1])])
}

/// How the steps that rewrite a bound list are judged, with a line in the text that says what happens meanwhile.
fn meanwhile(dialect: &str, line: &str) -> (Value, Value) {
    let name = format!("meanwhile-{dialect}-{}", line.len());
    let [old, new] = sides("emergency", dialect);
    let texts = [&old, &new].map(|side| {
        let which = if *side == old { "old" } else { "new" };
        with_line(&format!("{name}-{which}"), side, line)
    });
    let args = [
        "plan", &texts[0], &texts[1], "--policy", &new, "--at", AT, "--format", "json",
    ];
    let json = aclc(&args).json();
    let steps = json["steps"].as_array().unwrap();
    let of = |property: &str| {
        let lacks = steps.iter().find(|step| step[property] != "proved");
        lacks.map_or(Value::from("proved"), |step| step[property].clone())
    };
    (of("safe"), of("live"))
}

/// What packets meet while a list is written is told by lines of the text: an outage, a leak, or neither.
#[test]
fn what_happens_while_a_list_is_written_hangs_on_the_text() {
    let permit = "hardware access-list update default-result permit";
    let none = "no hardware access-list update atomic";
    for (dialect, line, safe, live) in [
        ("cisco-nx-os", "", "proved", "proved"),
        ("cisco-nx-os", none, "proved", "refuted"),
        // It would leak: rather the interface goes down.
        (
            "cisco-nx-os",
            &format!("{none}\n{permit}"),
            "proved",
            "refuted",
        ),
        ("arista-eos", "", "proved", "refuted"),
        ("arista-eos", permit, "refuted", "proved"),
        (
            "aruba-aos-cx",
            "!Version ArubaOS-CX FL.10.13.1000",
            "proved",
            "refuted",
        ),
        (
            "aruba-aos-cx",
            "!Version ArubaOS-CX FL.10.12.0006",
            "refuted",
            "proved",
        ),
        (
            "aruba-aos-cx",
            "no access-list secure-update",
            "refuted",
            "proved",
        ),
    ] {
        let found = meanwhile(dialect, line);
        assert_eq!(found, (safe.into(), live.into()), "{dialect}: {line}");
    }
}

/// A session or a candidate takes a step back by itself unless the check was seen.
#[test]
fn what_goes_back_by_itself_is_confirmed_after_the_check() {
    for (dialect, first, last) in [
        (
            "arista-eos",
            "configure session aclc-1",
            "configure session aclc-1 commit",
        ),
        ("juniper-junos", "commit confirmed 10", "commit"),
    ] {
        let dir = scratch(&format!("confirm-{dialect}"));
        let out = dir.to_str().unwrap();
        plan(&sides("emergency", dialect), &["-o", out]);
        let work = std::fs::read_to_string(dir.join("procedure.md")).unwrap();
        let at = |line: &str| work.lines().position(|known| known == line);
        assert!(at(first).unwrap() < at(last).unwrap(), "{work}");
        let back = std::fs::read_to_string(dir.join("rollback.md")).unwrap();
        assert!(back.lines().any(|line| line.ends_with("commit")), "{back}");
    }
    let archive = "archive\n path flash:backup";
    let [old, new] = sides("emergency", "cisco-ios-xe");
    let texts = [("old", &old), ("new", &new)]
        .map(|(name, side)| with_line(&format!("confirm-ios-{name}"), side, archive));
    let dir = scratch("confirm-ios");
    let out = dir.to_str().unwrap();
    aclc(&[
        "plan", &texts[0], &texts[1], "--policy", &new, "--at", AT, "-o", out,
    ]);
    let work = std::fs::read_to_string(dir.join("procedure.md")).unwrap();
    assert!(
        work.contains("configure terminal revert timer 10"),
        "{work}"
    );
    assert!(work.contains("configure confirm"), "{work}");
}

/// The table of a side that takes the most entries, and how many.
fn largest(side: &str) -> (u64, String) {
    let json = aclc(&["build", side, "--at", AT, "--format", "json"]).json();
    let files = json["files"].as_array().unwrap().iter();
    let tables = files.flat_map(|file| file["entries"].as_array().unwrap());
    let named = tables.map(|table| {
        let name = table["table"].as_str().unwrap();
        (
            table["used"].as_u64().unwrap(),
            name.trim_end_matches("-in").to_owned(),
        )
    });
    named.max().unwrap()
}

/// While a list takes the place of another, the table of the model must hold both: here each side fits to the last entry.
#[test]
fn both_lists_must_fit_at_once() {
    for (dialect, verdict, typed) in [
        // Nobody knows whether the hardware holds both.
        ("cisco-ios-xe", "unknown", "ip access-group V10_IN_2 in"),
        // It does: the lists are exchanged while the interface is down, which needs no room.
        ("cisco-nx-os", "proved", "shutdown"),
    ] {
        let sides = sides("emergency", dialect);
        let (most, table) = sides.iter().map(|side| largest(side)).max().unwrap();
        for side in &sides {
            let text = std::fs::read_to_string(side).unwrap();
            let open = format!("{} {{", model(dialect));
            let limit = format!("{open}\n  limit in {table} {most}");
            std::fs::write(side, text.replace(&open, &limit)).unwrap();
        }
        let ran = plan(&sides, &["--format", "json"]);
        let json = ran.json();
        let steps = json["steps"].as_array().unwrap();
        let of = |step: &Value| step["fits"].as_str().unwrap().to_owned();
        let worst = steps.iter().map(of).find(|fits| fits != "proved");
        assert_eq!(
            worst.as_deref().unwrap_or("proved"),
            verdict,
            "{dialect}: {}",
            ran.out
        );
        let lines = steps
            .iter()
            .flat_map(|step| step["commands"].as_array().unwrap());
        let mut lines = lines.map(|line| line.as_str().unwrap().trim());
        assert!(lines.any(|line| line == typed), "{dialect}: {}", ran.out);
    }
}
