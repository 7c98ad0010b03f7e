//! Damaged and large texts.

use super::*;
use std::fmt::Write as _;

#[test]
fn damaged_captures_never_panic() {
    let seed = 11;
    let mut rng = fastrand::Rng::with_seed(seed);
    for round in 0..1500 {
        let (name, text) = CORPUS[round % CORPUS.len()];
        let mut bytes = text.as_bytes().to_vec();
        for _ in 0..rng.usize(1..20) {
            let at = rng.usize(0..bytes.len().max(1));
            if bytes.len() < 20 {
                break;
            }
            match rng.u8(0..4) {
                0 => bytes[at] = rng.u8(..),
                1 => drop(bytes.remove(at)),
                2 => bytes.insert(at, *rng.choice(b" \n!\"09{}:;,.@$#\x08\\").unwrap()),
                _ => bytes.truncate(at + 1),
            }
        }
        let source = Source::capture("test.cfg", &bytes);
        let device = std::panic::catch_unwind(|| LinuxNftables.read(&source, &Hint::default()));
        let device = device.unwrap_or_else(|_| panic!("seed {seed} round {round} {name}"));
        for acl in &device.acls {
            let any = match acl.family {
                Family::V4 => "10.0.0.5 10.0.9.5 tcp 40000 80 syn",
                Family::V6 => "fd00::5 fd00:9::5 tcp 40000 80 syn",
            };
            let _ = decide(acl, &flow(any));
        }
        for interface in &device.interfaces {
            assert!(interface.bindings.iter().all(|b| b.acl < device.acls.len()));
        }
    }
}

#[test]
fn ten_thousand_rules_are_no_trouble() {
    let mut text = String::from("table inet t {\nset s_1 { type ipv4_addr; elements = { ");
    for i in 0..10_000u32 {
        let _ = write!(text, "10.{}.{}.1, ", i / 250, i % 250);
    }
    text += "} }\nchain forward {\ntype filter hook forward priority 0; policy drop;\nip saddr @s_1 accept\n";
    for i in 0..10_000u32 {
        let _ = writeln!(
            text,
            "ip daddr 10.{}.{}.9 tcp dport {} accept",
            i / 250,
            i % 250,
            i % 999
        );
    }
    text += "}\n}\n";
    let device = read(&text);
    let acl = device
        .acls
        .iter()
        .find(|acl| acl.family == Family::V4)
        .unwrap();
    assert_eq!(acl.entries.len(), 10_001);
    assert_eq!(
        fates(
            acl,
            &["10.3.9.1 10.200.0.1 udp 1 2", "10.3.9.2 10.200.0.1 udp 1 2"]
        ),
        "+-"
    );
}

#[test]
fn jumps_without_end_and_returns_without_number_are_one_unknown() {
    let loops = "table inet t {\nchain a_1 { jump b_1\n}\nchain b_1 { jump a_1\n}\n\
        chain forward { type filter hook forward priority 0;\njump a_1\n}\n}\n";
    let mut many = String::from("table inet t {\n");
    for level in 0..12 {
        let _ = writeln!(many, "chain l_{level} {{");
        for port in 0..40 {
            let _ = writeln!(
                many,
                "tcp dport {port} jump l_{}\ntcp sport {port} return",
                level + 1
            );
        }
        many += "drop\n}\n";
    }
    many += "chain l_12 { drop\n}\nchain forward { type filter hook forward priority 0;\njump l_0\n}\n}\n";
    for text in [loops, &many] {
        let device = read(text);
        let acl = &device.acls[0];
        assert_eq!(fates(acl, &["10.0.0.5 10.0.9.5 tcp 4 80 syn"]), "?");
    }
}
