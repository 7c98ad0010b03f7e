//! Adopting a network that has no policy: `import`.

use crate::support::{AT, Ran, aclc, root, scratch};
use aclc::cli::Exit;

const MODELS: [&str; 4] = [
    "--model",
    "L3SW-MYN01=AX3660S-24T4X",
    "--model",
    "L3SW-01=AX3660S-24T4X",
];

fn import(configs: &str, policy: &str) -> Ran {
    let fixed = [
        "import", configs, "-o", policy, "--at", AT, "--format", "json",
    ];
    aclc(&[&fixed[..], &MODELS].concat())
}

/// Every golden network: folders that hold a policy and what `build` writes for it, below `golden/` and one deeper.
fn networks() -> Vec<String> {
    let mut found = Vec::new();
    for top in ["golden", "golden/p1_single"] {
        for entry in std::fs::read_dir(root().join(top)).unwrap() {
            let path = entry.unwrap().path();
            let texts = || std::fs::read_dir(&path).unwrap().flatten();
            let is_text =
                |file: std::fs::DirEntry| file.path().extension().is_some_and(|e| e == "cfg");
            if path.join("policy.acl").is_file() && texts().any(is_text) {
                found.push(format!(
                    "{top}/{}",
                    path.file_name().unwrap().to_str().unwrap()
                ));
            }
        }
    }
    found.sort();
    found
}

/// What `build` wrote comes back as a policy that is proved equal to it, and that builds the same lists again: every pattern,
/// and every dialect.
#[test]
fn what_build_wrote_comes_back_as_the_same_policy_up_to_names() {
    let all = networks();
    let dialects = all
        .iter()
        .filter(|case| case.starts_with("golden/p1_single/"));
    assert_eq!(dialects.count(), aclc::vendor::DIALECTS.len());
    assert!(all.len() >= 20, "{all:?}");
    for configs in all {
        let dir = scratch(&format!("import-{}", configs.replace('/', "-")));
        let policy = dir.join("back.acl");
        let policy = policy.to_str().unwrap();
        let ran = import(&configs, policy);
        assert_eq!(ran.exit, Exit::Clean, "{configs}: {}{}", ran.out, ran.err);
        let json = ran.json();
        assert_eq!(json["verdict"], "proved", "{configs}");
        let left = json["unexplained"].as_array().unwrap();
        assert_eq!(left.len(), 0, "{configs}: {}", ran.out);
        assert!(
            json["claims"].as_u64().unwrap() > 1,
            "{configs}: {}",
            ran.out
        );
        let args = ["diff", &configs, policy, "--at", AT, "--format", "json"];
        let ran = aclc(&args);
        assert_eq!(ran.exit, Exit::Clean, "{configs}: {}", ran.out);
        assert_eq!(ran.json()["text_only"], true, "{configs}");
    }
}

fn edited(name: &str, from: &str, to: &str) -> Ran {
    let dir = scratch(name);
    for switch in ["L3SW-CORE01", "L3SW-MYN01"] {
        let path = format!("golden/p1_wired/{switch}.cfg");
        let text = std::fs::read_to_string(root().join(path)).unwrap();
        if switch == "L3SW-CORE01" {
            assert!(text.contains(from), "{from}");
        }
        std::fs::write(
            dir.join(format!("{switch}.cfg")),
            text.replacen(from, to, 1),
        )
        .unwrap();
    }
    let policy = dir.join("back.acl");
    import(dir.to_str().unwrap(), policy.to_str().unwrap())
}

#[test]
fn what_the_language_cannot_say_is_listed_the_riskiest_first() {
    let header = "ip access-list extended V120_IN\n";
    let ran = edited(
        "import-leftover",
        header,
        &format!(
            "{header} 1 permit ip any any\n 2 permit tcp 10.10.24.0 0.0.0.127 10.0.0.0 0.15.255.255 eq 25\n"
        ),
    );
    let json = ran.json();
    assert_eq!(ran.exit, Exit::Findings, "{}", ran.out);
    assert_ne!(json["verdict"], "proved", "the policy does not say so");
    let first = &json["unexplained"][0];
    assert_eq!(first["risk"], "high", "{}", ran.out);
    assert_eq!(first["text"], "1 permit ip any any");
    assert!(json["witness"].is_object());
}

#[test]
fn a_session_without_its_reply_is_not_proved() {
    let line =
        " 20 permit tcp host 10.20.0.10 eq 443 10.10.17.0 0.0.0.255 range 1024 65535 established\n";
    let ran = edited("import-reply", line, "");
    assert_ne!(ran.json()["verdict"], "proved", "{}", ran.out);
    assert_ne!(ran.exit, Exit::Clean);
}

#[test]
fn names_of_vlans_and_remarks_are_kept_and_cannot_break_out() {
    let ran = edited(
        "import-names",
        "interface Vlan111\n",
        "vlan 111\n name 1F\"市民課 };\\\n!\ninterface Vlan111\n",
    );
    let json = ran.json();
    assert_eq!(json["verdict"], "proved", "{}", ran.out);
    let policy = json["policy"].as_str().unwrap();
    assert!(policy.contains("zone \"1F 市民課 };\" as V111"), "{policy}");
    assert!(
        policy.contains("# R7-0123 TERM_H to H_10_20_0_10"),
        "{policy}"
    );
    assert!(policy.contains("ticket \"R7-0123\""), "{policy}");
}

/// The policy has the keywords of the language that is asked for, and `fmt --words` changes one into the other.
#[test]
fn the_policy_is_spelt_in_the_language_that_is_asked_for() {
    let dir = scratch("import-words");
    let policy = |lang: &str| {
        let path = dir.join(format!("{lang}.acl"));
        let path = path.to_str().unwrap().to_owned();
        let ran = aclc(&[
            "import",
            "golden/p1_wired",
            "-o",
            &path,
            "--at",
            AT,
            "--lang",
            lang,
        ]);
        assert_eq!(ran.exit, Exit::Clean, "{}{}", ran.out, ran.err);
        path
    };
    let (ja, en) = (policy("ja"), policy("en"));
    let text = |path: &str| std::fs::read_to_string(path).unwrap();
    assert!(text(&ja).contains("\n証明 全許可 疎通\n"), "{}", text(&ja));
    assert!(
        text(&en).contains("\nprove allows works\n"),
        "{}",
        text(&en)
    );
    for (from, words, to) in [(&ja, "en", &en), (&en, "ja", &ja)] {
        assert_eq!(aclc(&["fmt", from, "--words", words]).out, text(to));
    }
}
