//! What a device cannot hold or say is refused before anything is written.

use crate::support::{AT, Ran, aclc, scratch};
use aclc::cli::Exit;

const POLICY: &str = r#"
site S { ipv4-only }
zone A vlan 10 10.1.0.0/24
zone B vlan 20 10.2.0.0/24 { host b1 .11 }
switch SW : alaxala-ax "AX3660S-24T4X" {
  svi A, B
  option flow-detection-mode layer3-6
  @
}
allow A -> b1 : tcp 443 ticket R1
"#;

fn build(name: &str, line: &str) -> Ran {
    let path = scratch(name).join("policy.acl");
    std::fs::write(&path, POLICY.replace('@', line)).unwrap();
    aclc(&[
        "build",
        path.to_str().unwrap(),
        "--at",
        AT,
        "--format",
        "json",
    ])
}

#[test]
fn what_a_dialect_cannot_say_is_refused_by_name() {
    for (line, code) in [
        ("option flow-detection-mod layer3-6", "unknown-option"),
        ("option filter port", "unknown-option"),
        ("ports A \"0/1-8\"", "ports-unused"),
    ] {
        let ran = build("fit-refused", line);
        assert!(
            ran.exit == Exit::CannotRun && ran.out.contains(code),
            "{line}: {}",
            ran.out
        );
    }
}

#[test]
fn tables_are_counted_and_held_to() {
    let ran = build("fit", "");
    assert_eq!(ran.exit, Exit::Clean, "{}{}", ran.out, ran.err);
    let table = ran.json()["files"][0]["entries"][0].clone();
    let used = table["used"].as_u64().unwrap();
    assert_eq!(
        (&table["table"], &table["available"]),
        (&"ipv4-in".into(), &2048.into())
    );
    let ran = build("fit-just", &format!("limit in ipv4 {used}"));
    assert_eq!(ran.exit, Exit::Clean, "{}", ran.out);
    assert_eq!(ran.json()["files"][0]["entries"][0]["available"], used);
    let ran = build("fit-over", &format!("limit in ipv4 {}", used - 1));
    assert_eq!(ran.exit, Exit::CannotRun);
    let said = format!("{used} of {} entries of table ipv4-in", used - 1);
    assert!(
        ran.out.contains("over-capacity") && ran.out.contains(&said),
        "{}",
        ran.out
    );
}
