//! Secrets, damaged texts, and texts made to take long.

use super::{corpus, packet, read};
use crate::acl::decide;
use crate::base::Source;
use crate::net::Family;
use crate::vendor::juniper_junos::JuniperJunos;
use crate::vendor::{Dialect, Hint};

#[test]
fn no_secret_leaves_the_reader() {
    let mut text = corpus("odd").to_owned() + "}}}}}}}\n" + corpus("core");
    // Every secret in statements that are not understood, too.
    for word in [
        "root-authentication",
        "login",
        "snmp",
        "authentication-type",
    ] {
        text = text.replace(word, &format!("x-{word}"));
    }
    text = text.replace("system {", "sistem {");
    let device = read(&text);
    assert!(device.gaps.len() > 10);
    let all = format!("{device:?}");
    for secret in [
        "$9$",
        "$6$",
        "hogehoge",
        "secretsecret",
        "vrrpvrrp",
        "himitsu",
    ] {
        assert!(!all.contains(secret), "{secret}");
    }
}

#[test]
fn damaged_texts_never_panic_and_never_hang() {
    const SEED: u64 = 20_261_123;
    let mut rng = fastrand::Rng::with_seed(SEED);
    let files = ["core", "odd", "set"].map(corpus);
    for round in 0..300 {
        let mut bytes = files[round % files.len()].as_bytes().to_vec();
        for _ in 0..rng.usize(1..30) {
            let at = rng.usize(..bytes.len());
            match rng.u8(..4) {
                0 => bytes[at] = rng.u8(..),
                1 => drop(bytes.remove(at)),
                2 => bytes.insert(at, *rng.choice(b" \n\r{};[]\"/*#<>!&|0a-\xe3").unwrap()),
                _ => {
                    let end = (at + rng.usize(..200)).min(bytes.len());
                    bytes.drain(at..end);
                }
            }
        }
        let source = Source::capture("fuzz", &bytes);
        let device = JuniperJunos.read(&source, &Hint::default());
        for acl in &device.acls {
            let flow = match acl.family {
                Family::V4 => packet("tcp 10.0.0.1 1 10.0.0.2 2 syn"),
                Family::V6 => packet("tcp ::1 1 ::2 2 syn ext"),
            };
            assert!(decide(acl, &flow).index < acl.all().len());
        }
        assert!(
            device.gaps.windows(2).all(|w| w[0].line <= w[1].line),
            "round {round}"
        );
    }
}

#[test]
fn texts_made_to_take_long_do_not() {
    let n = 4_000;
    let many = |unit: &str| unit.repeat(n);
    let numbered = |make: fn(usize) -> String| (0..n).map(make).collect::<String>();
    let texts = [
        many("a {\n"),
        many("a { "),
        many("}\n"),
        many("/* \n"),
        many("\"\n"),
        many("[ a "),
        format!("a {};", many("b ")),
        format!("set a [ {} ] {}\n", many("b "), many("c ")),
        format!("set {}\n", many("a ")),
        many("delete a b\nset a b c\n"),
        numbered(|i| format!("set firewall family inet filter F term t{i} from port {i}\n")),
        numbered(|i| {
            format!(
                "set firewall family inet filter F term t from source-address 10.{}.{}.{} except\n",
                i >> 16,
                i >> 8 & 255,
                i & 255
            )
        }),
        numbered(|i| {
            format!(
                "set policy-options prefix-list P{i} apply-path x\nset firewall family inet filter F{i} term a from prefix-list P{i}\n"
            )
        }),
        numbered(|i| format!("set groups G{i} a b\nset a apply-groups G{i}\n")),
        format!(
            "set firewall family inet filter F term t from tcp-flags \"{}\"\n",
            many("(")
        ),
        format!("user@a> {}\n", many("show configuration ")),
        numbered(|i| {
            format!(
                "set firewall family inet filter F term t{i}\ninsert firewall family inet filter F term t{i} before term t0\n"
            )
        }),
    ];
    for (index, text) in texts.iter().enumerate() {
        let start = std::time::Instant::now();
        let device = read(text);
        let took = start.elapsed();
        assert!(took.as_secs() < 20, "text {index} took {took:?}");
        assert!(device.acls.iter().all(|acl| !acl.tail.is_empty()));
    }
}
