//! A captured routing table settles what a dynamic protocol leaves open (D31), and is not leant on where it contradicts the
//! configuration.

use crate::support::{AT, Ran, aclc, scratch, verified};
use aclc::cli::Exit;
use std::path::PathBuf;

const POLICY: &str = r#"
site S { ipv4-only; log-denied }
zone A vlan 10 10.1.0.0/24
zone B vlan 20 10.2.0.0/24 { host b1 .11 }
zone T vlan 30 10.3.0.0/29
switch R1 : cisco-ios-xe "C9300" { svi A; svi T .1; dynamic ospf on T }
switch R2 : cisco-ios-xe "C9300" { svi B; svi T .2; route A via R1 }
allow A -> b1 : tcp 443 ticket R1
prove A -> B only b1 : tcp 443 as ONLY
prove A -> T none as TRANSIT
prove allows works as WORKS
"#;

const TABLE: &str = "R1#show ip route
Codes: L - local, C - connected, S - static, O - OSPF

Gateway of last resort is not set

      10.0.0.0/8 is variably subnetted, 5 subnets, 3 masks
C        10.1.0.0/24 is directly connected, Vlan10
L        10.1.0.1/32 is directly connected, Vlan10
O        10.2.0.0/24 [110/2] via 10.3.0.2, 00:10:00, Vlan30
C        10.3.0.0/29 is directly connected, Vlan30
L        10.3.0.1/32 is directly connected, Vlan30
";

/// The folder of a network that a captured table settles: `policy.acl`, and `out` with the captures.
/// `more` stands at the end of the table.
pub(crate) fn settled(name: &str, more: &str) -> PathBuf {
    written(name, Some(&format!("{TABLE}{more}")))
}

/// What `build` writes, with OSPF running on R1, and a table beside it.
fn written(name: &str, table: Option<&str>) -> PathBuf {
    let dir = scratch(&format!("routes-{name}"));
    let file = dir.join("policy.acl");
    let policy = file.to_str().unwrap();
    let out = dir.join("out");
    std::fs::write(policy, POLICY).unwrap();
    let to = out.to_str().unwrap();
    let built = aclc(&["build", policy, "-o", to, "--at", AT, "--allow-unproved"]);
    // Equality cannot be proved while the routes are open, so the text is taken from standard output of a policy without it.
    let _ = built;
    std::fs::create_dir_all(&out).unwrap();
    let fixed = POLICY.replace("dynamic ospf on T", "route B via R2");
    std::fs::write(policy, fixed).unwrap();
    let built = aclc(&["build", policy, "-o", to, "--at", AT]);
    assert_eq!(built.exit, Exit::Clean, "{}{}", built.out, built.err);
    std::fs::write(policy, POLICY).unwrap();
    let config = out.join("R1.cfg");
    let text = std::fs::read_to_string(&config).unwrap();
    let line = "ip route 10.2.0.0 255.255.255.0 10.3.0.2";
    assert!(text.contains(line), "{text}");
    let ospf = "router ospf 1\n network 10.0.0.0 0.255.255.255 area 0\n!";
    std::fs::write(&config, text.replace(line, ospf)).unwrap();
    if let Some(table) = table {
        std::fs::write(out.join("R1.routes"), table).unwrap();
    }
    dir
}

fn verify(name: &str, table: Option<&str>) -> Ran {
    let dir = written(name, table);
    let (policy, out) = (dir.join("policy.acl"), dir.join("out"));
    let (policy, to) = (policy.to_str().unwrap(), out.to_str().unwrap());
    verified(policy.as_ref(), &["--configs", to, "--lang", "en"])
}

fn verdict(ran: &Ran, id: &str) -> (String, Vec<String>) {
    let json = ran.json();
    let claims = json["claims"].as_array().unwrap();
    let claim = claims.iter().find(|claim| claim["id"] == id).unwrap();
    let texts = claim["assumptions"].as_array().unwrap().iter();
    let texts = texts.map(|text| text.as_str().unwrap().to_owned());
    (
        claim["verdict"].as_str().unwrap().to_owned(),
        texts.collect(),
    )
}

#[test]
fn a_table_settles_what_is_learnt_and_is_named() {
    let open = verify("open", None);
    assert_eq!(open.exit, Exit::Unknown, "{}", open.out);
    assert_eq!(verdict(&open, "WORKS").0, "unknown");
    let settled = verify("settled", Some(TABLE));
    assert_eq!(settled.exit, Exit::Clean, "{}{}", settled.out, settled.err);
    let (verdict, assumptions) = verdict(&settled, "WORKS");
    assert_eq!(verdict, "proved");
    let leans = |text: &String| text.contains("R1.routes") && text.contains("R1");
    assert!(assumptions.iter().any(leans), "{assumptions:?}");
    // The table is an input of the verdict.
    let inputs = settled.json()["inputs"].to_string();
    assert!(inputs.contains("R1.routes"), "{inputs}");
}

#[test]
fn another_table_is_another_verdict() {
    let lost = TABLE.replace(
        "[110/2] via 10.3.0.2, 00:10:00, Vlan30",
        "is a summary, 00:10:00, Null0",
    );
    let ran = verify("null", Some(&lost));
    assert_eq!(verdict(&ran, "WORKS").0, "refuted", "{}", ran.out);
    // A next hop that nobody named is an arrival of its own.
    let strange = TABLE.replace("10.3.0.2, 00", "10.3.0.5, 00");
    let ran = verify("strange", Some(&strange));
    assert_eq!(verdict(&ran, "TRANSIT").0, "refuted", "{}", ran.out);
}

#[test]
fn a_table_that_contradicts_the_configuration_is_not_leant_on() {
    for (name, table, says) in [
        (
            "unread",
            TABLE.replace("[110/2] via", "frobnicates"),
            "not understood",
        ),
        (
            "port",
            TABLE.replace("00:10:00, Vlan30", "00:10:00, Vlan99"),
            "does not tell",
        ),
        (
            "subnet",
            TABLE.replace("C        10.1.0.0/24 is directly connected, Vlan10\n", ""),
            "lacks",
        ),
        (
            "connected",
            TABLE.replace("C        10.1.0.0/24", "C        10.7.0.0/24"),
            "no interface",
        ),
        (
            "own",
            TABLE.replace("10.1.0.1/32", "10.77.0.9/32"),
            "no own address",
        ),
        (
            "static",
            TABLE.replace(
                "O        10.2.0.0/24 [110/2] via 10.3.0.2, 00:10:00, Vlan30",
                "S        10.2.0.0/24 [1/0] via 10.3.0.2",
            ),
            "not the configuration's",
        ),
        (
            "part",
            TABLE.replace("R1#show ip route", "R1#show ip route | exclude 10.9."),
            "not understood",
        ),
        (
            "protocol",
            TABLE.replace("R1#show ip route", "R1#show ip route ospf"),
            "not understood",
        ),
    ] {
        let ran = verify(&format!("bad-{name}"), Some(&table));
        assert_eq!(verdict(&ran, "WORKS").0, "unknown", "{name}: {}", ran.out);
        assert!(
            ran.err.contains("R1.routes") && ran.err.contains(says),
            "{name}: {}",
            ran.err
        );
    }
}
