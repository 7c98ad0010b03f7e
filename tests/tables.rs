//! Files a policy mentions: imports and tables, from the command line.

use crate::support::{Ran, scratch, verified};
use aclc::cli::Exit;
use std::path::{Path, PathBuf};

const MAIN: &str = "site CITY { ipv4-only }
import \"支所/b.acl\"
zone A vlan 10 10.0.10.0/24 { hosts \"hosts.csv\" }
group H \"handlers.csv\" where \"可否\" = \"可\"
switch S1 : cisco-ios-xe { svi A, B, C1 }
allow H -> b1 : std.https ticket T1
prove A except H -> B none
prove allows works
";

fn folder(name: &str) -> PathBuf {
    let dir = scratch(&format!("tables-{name}"));
    std::fs::create_dir(dir.join("支所")).unwrap();
    let write = |file: &str, bytes: &[u8]| std::fs::write(dir.join(file), bytes).unwrap();
    write("main.acl", MAIN.as_bytes());
    // A circle of imports is no circle of anything.
    write("支所/b.acl", "import \"../main.acl\"\nzones \"zones.csv\"\nzone B vlan 20 10.0.20.0/24 { host b1 .11 }\n".as_bytes());
    write(
        "支所/zones.csv",
        "\u{feff}ゾーン,VLAN番号,ネットワーク\r\nC1,30,10.0.30.0/24\r\n".as_bytes(),
    );
    write(
        "hosts.csv",
        "ホスト名,IPアドレス\npc1,.11\npc2,.12\n".as_bytes(),
    );
    let cp932 = [
        b"IP\x83A\x83h\x83\x8c\x83X,\x89\xc2\x94\xdb\n10.0.10.11,\x89\xc2\n10.0.10.99,\x94\xdb\n"
            .as_slice(),
    ]
    .concat();
    write("handlers.csv", &cp932);
    dir
}

fn verify(dir: &Path) -> Ran {
    verified(&dir.join("main.acl"), &[])
}

#[test]
fn every_file_is_an_input_and_a_part_of_a_link_is_inseparable() {
    let dir = folder("whole");
    let ran = verify(&dir);
    assert_eq!(ran.exit, Exit::Findings, "{}{}", ran.out, ran.err);
    let json = ran.json();
    let inputs: Vec<&str> = json["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["path"].as_str().unwrap())
        .collect();
    for name in [
        "main.acl",
        "支所/b.acl",
        "hosts.csv",
        "handlers.csv",
        "支所/zones.csv",
    ] {
        assert_eq!(
            inputs.iter().filter(|path| path.ends_with(name)).count(),
            1,
            "{name} in {inputs:?}"
        );
    }
    // Neighbours can take a listed address (D40), unless someone attests that they do not.
    assert_eq!(json["claims"][0]["reason"], "inseparable");
    let attested = format!("{MAIN}assume authentic A because \"DHCP スヌーピング\"\n");
    std::fs::write(dir.join("main.acl"), attested).unwrap();
    let ran = verify(&dir);
    assert_eq!(ran.exit, Exit::Clean, "{}{}", ran.out, ran.err);
}

#[test]
fn what_is_wrong_stands_at_its_cell() {
    let dir = folder("cell");
    std::fs::write(
        dir.join("hosts.csv"),
        "ホスト名,IPアドレス\npc1,10.0.10.300\n",
    )
    .unwrap();
    std::fs::write(dir.join("handlers.csv"), "IPアドレス,可否\n10.0.99.1,可\n").unwrap();
    let ran = verify(&dir);
    assert_eq!(ran.exit, Exit::CannotRun);
    let json = ran.json();
    let found: Vec<(&str, &str, u64, u64)> = json["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| {
            let file = d["file"].as_str().unwrap().rsplit('/').next().unwrap();
            (
                d["code"].as_str().unwrap(),
                file,
                d["line"].as_u64().unwrap(),
                d["column"].as_u64().unwrap(),
            )
        })
        .collect();
    assert!(
        found.contains(&("cell-wrong", "hosts.csv", 2, 5)),
        "{found:?}"
    );
    assert!(
        found.contains(&("listed-outside", "handlers.csv", 2, 1)),
        "{found:?}"
    );
}

#[test]
fn files_outside_and_missing_are_refused() {
    for (from, to, code) in [
        ("支所/b.acl", "../b.acl", "file-outside"),
        ("支所/b.acl", "/etc/hosts", "file-outside"),
        ("支所/b.acl", "c.acl", "file-missing"),
        ("hosts.csv", "gone.csv", "file-missing"),
        (
            "hosts.csv\"",
            "hosts.csv\" sheet \"本庁\"",
            "table-unreadable",
        ),
    ] {
        let dir = folder("refused");
        std::fs::write(dir.join("main.acl"), MAIN.replace(from, to)).unwrap();
        let ran = verify(&dir);
        assert_eq!(ran.exit, Exit::CannotRun, "{to}");
        let json = ran.json();
        let hit = json["diagnostics"]
            .as_array()
            .unwrap()
            .iter()
            .find(|d| d["code"] == code);
        let hit = hit.unwrap_or_else(|| panic!("{to}: {json}"));
        assert!(
            hit["help"].is_string() && hit["file"].as_str().unwrap().ends_with("main.acl"),
            "{hit}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_link_of_the_file_system_does_not_lead_out() {
    let dir = folder("link");
    let secret = scratch("tables-secret").join("hosts.csv");
    std::fs::rename(dir.join("hosts.csv"), &secret).unwrap();
    std::os::unix::fs::symlink(&secret, dir.join("hosts.csv")).unwrap();
    let json = verify(&dir).json();
    assert_eq!(json["diagnostics"][0]["code"], "file-outside");
}
