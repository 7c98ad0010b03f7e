//! One policy through every dialect of the registry: what is written, read back, equals the policy (D45).

use crate::support::{AT, aclc, root, scratch};
use aclc::cli::Exit;
use aclc::vendor::DIALECTS;

/// The policy of the golden case with its switch in another dialect. What a dialect cannot say at all, the policy must say.
fn policy(dialect: &str) -> String {
    let path = root().join("golden/p1_single/cisco-ios-xe/policy.acl");
    let text = std::fs::read_to_string(path).unwrap();
    let (model, options) = match dialect {
        "cisco-ios-xe" => (" \"C9300-48T\"", ""),
        "alaxala-ax" => (
            " \"AX3660S-24T4X\"",
            "  設定 flow-detection-mode layer3-6\n",
        ),
        "cisco-nx-os" => (" \"N9K-C93180YC-FX\"", ""),
        _ => ("", ""),
    };
    let head = format!("{dialect}{model} {{\n{options}");
    let text = text.replace("cisco-ios-xe \"C9300-48T\" {\n", &head);
    assert!(text.contains(&head), "the policy names its switch");
    if dialect == "allied-telesis-awplus" {
        without_flags_and_ipv6(&text)
    } else {
        text
    }
}

/// For lists that know no TCP flags: replies are accepted without them, and what that breaks is not asked. IPv4 only.
fn without_flags_and_ipv6(text: &str) -> String {
    let mut out = String::new();
    let mut pack = false; // the guideline asks for what such lists break
    for line in text.lines() {
        pack |= line.starts_with("指針 ");
        if pack {
            pack = line != "}";
            continue;
        }
        let line = line.replace("IPv6 fd7a:1c2b::/48 VLAN連番", "IPv4のみ");
        let line = line.replace(", ::11", "").replace(", ::12", "");
        if line == "証明 マイナンバー利用事務系 -> LGWAN接続系 なし" {
            continue;
        }
        out.push_str(&line);
        if line.starts_with("許可 ") {
            out.push_str(" 容認 wide-return 理由 \"フラグがない\"");
        }
        out.push('\n');
    }
    out
}

#[test]
fn one_policy_equals_what_every_dialect_writes() {
    for dialect in DIALECTS {
        let dir = scratch(&format!("dialects-{}", dialect.id()));
        let file = dir.join("policy.acl");
        std::fs::write(&file, policy(dialect.id())).unwrap();
        let out = dir.join("out");
        std::fs::create_dir(&out).unwrap();
        let (file, out) = (file.to_str().unwrap(), out.to_str().unwrap());
        // Claims may be unknown where open facts leave them so; text that does not equal the policy is never written.
        let args = [
            "build",
            file,
            "-o",
            out,
            "--at",
            AT,
            "--allow-unproved",
            "--lang",
            "en",
        ];
        let ran = aclc(&args);
        let id = dialect.id();
        assert!(
            matches!(ran.exit, Exit::Clean | Exit::Unknown),
            "{id}: {}{}",
            ran.out,
            ran.err
        );
        let written = std::fs::read_to_string(format!("{out}/L3SW-01.cfg"));
        assert!(
            written.is_ok_and(|text| text.contains("10.20.0.10")),
            "{id}: {}",
            ran.out
        );
    }
}
