//! The guideline pack on the tour: every measure has its line, claims say which measures they serve, and nothing is called
//! proved that is not.

use crate::support::{AT, POLICY, Ran, aclc, root, scratch};
use aclc::cli::Exit;
use serde_json::Value;

const PACK: &str = "指針 画面転送 \"R7.1\" {
  terminals = 端末_取扱; others = 端末_一般
  gateway = 画面転送GW : 画面転送; desktops = 仮想化端末; systems = 業務システム
  dedicated = 専用端末; maintenance = 保守端末; remote = なし; wireless = なし
}
";

/// Verifies the golden policy with something added.
fn verify(name: &str, more: &str, format: &str, lang: &str) -> Ran {
    let policy = std::fs::read_to_string(root().join(POLICY)).unwrap() + more;
    let path = scratch(&format!("guideline-{name}")).join("policy.acl");
    std::fs::write(&path, policy).unwrap();
    let path = path.to_str().unwrap();
    let args = [
        "verify", path, "--at", AT, "--format", format, "--lang", lang,
    ];
    aclc(&args)
}

fn claim<'j>(json: &'j Value, id: &str) -> &'j Value {
    let claims = json["claims"].as_array().unwrap();
    claims.iter().find(|claim| claim["id"] == id).unwrap()
}

#[test]
fn the_tour_is_proved_for_its_measures() {
    let ran = verify("tour", PACK, "json", "ja");
    assert_eq!(ran.exit, Exit::Clean, "{}{}", ran.out, ran.err);
    let json = ran.json();
    assert_eq!(claim(&json, "INV-01")["measures"], serde_json::json!(["⑪"]));
    assert_eq!(claim(&json, "INV-01")["class"], "proved");
    assert!(
        json["claims"][0]["class"].is_null(),
        "a claim of the site's own serves no measure"
    );
    let measures = json["guidelines"][0]["measures"].as_array().unwrap();
    assert_eq!(measures.len(), 12);
    for measure in measures {
        for part in measure["parts"].as_array().unwrap() {
            let proved = part["class"] == "proved";
            assert_eq!(
                part["verdict"] == "proved",
                proved && part["applies"] == true,
                "{part}"
            );
        }
    }
}

#[test]
fn the_report_has_a_line_per_measure_and_class() {
    let ran = verify("text", PACK, "text", "ja");
    for words in [
        "④ 事務取扱担当者と他部門の分離",
        "□ 要確認(人)",
        "□ ログ確認",
        "○ 証明済",
        "－ 該当なし",
        "確認者:",
        "条番号は原典で未確認",
    ] {
        assert!(ran.out.contains(words), "{words}: {}", ran.out);
    }
    let attested = ran.out.lines().filter(|line| line.contains("要確認(人)"));
    assert!(attested.clone().count() >= 11 && attested.clone().all(|line| !line.contains('○')));
}

#[test]
fn a_broken_promise_takes_the_word_proved_away() {
    let open = "許可 端末_一般 -> GWノード : std.ssh 申請 R7-0999\n";
    let policy = std::fs::read_to_string(root().join(POLICY)).unwrap();
    let policy: String = policy
        .lines()
        .filter(|line| !line.starts_with("禁止"))
        .map(|line| format!("{line}\n"))
        .collect();
    let path = scratch("guideline-broken").join("policy.acl");
    std::fs::write(&path, policy + PACK + open).unwrap();
    let ran = aclc(&[
        "verify",
        path.to_str().unwrap(),
        "--at",
        AT,
        "--format",
        "json",
    ]);
    assert_eq!(ran.exit, Exit::Findings);
    let json = ran.json();
    for id in ["INV-03", "INV-06-GATEWAY", "INV-01-GATEWAY"] {
        assert_eq!(claim(&json, id)["verdict"], "refuted", "{id}");
        assert!(claim(&json, id)["class"].is_null(), "{id}");
    }
    for measure in json["guidelines"][0]["measures"].as_array().unwrap() {
        for part in measure["parts"].as_array().unwrap() {
            let hit = part["claims"]
                .as_array()
                .unwrap()
                .iter()
                .any(|id| id == "INV-03");
            assert!(!hit || part["verdict"] == "refuted", "{part}");
        }
    }
}

/// ③: what is denied is logged, where that is asked and the lists say so.
#[test]
fn denied_traffic_is_logged_where_it_is_asked() {
    let asked = PACK.replace("terminals =", "記録対象 = 端末; terminals =");
    let tour = std::fs::read_to_string(root().join(POLICY)).unwrap();
    let logging = tour.replace("除く 画面転送GW   理由", "除く 画面転送GW 記録 理由") + &asked;
    let path = scratch("guideline-recorded").join("policy.acl");
    let run = |policy: &str| {
        std::fs::write(&path, policy).unwrap();
        let args = [
            "verify",
            path.to_str().unwrap(),
            "--at",
            AT,
            "--format",
            "json",
        ];
        aclc(&args)
    };
    let ran = run(&logging);
    let json = ran.json();
    assert_eq!(ran.exit, Exit::Clean, "{}", claim(&json, "LOGGED"));
    let logged = claim(&json, "LOGGED");
    assert_eq!(logged["measures"], serde_json::json!(["③"]));
    assert_eq!(logged["class"], "proved");
    let parts = |json: &Value| {
        let measures = json["guidelines"][0]["measures"]
            .as_array()
            .unwrap()
            .clone();
        let third = measures.into_iter().find(|m| m["measure"] == "③").unwrap();
        third["parts"].as_array().unwrap().clone()
    };
    let classes = parts(&json)
        .iter()
        .map(|part| part["class"].clone())
        .collect::<Vec<_>>();
    assert_eq!(classes, ["proved", "log", "log", "attest"]);
    // A `forbid` that is not noted `log` drops in silence, and so does a site that does not say it wants to log.
    for silent in [tour.clone() + &asked, logging.replace("  拒否を記録\n", "")] {
        let ran = run(&silent);
        assert_eq!(ran.exit, Exit::Findings);
        assert_eq!(claim(&ran.json(), "LOGGED")["verdict"], "refuted");
        assert_eq!(parts(&ran.json())[0]["verdict"], "refuted");
    }
    // Where nobody asks for it, there is nothing to prove.
    let plain = verify("unrecorded", PACK, "json", "ja").json();
    assert_eq!(parts(&plain)[0]["applies"], false);
}
