//! Secrets, damaged texts, and texts made to take long.

use super::{corpus, read};
use crate::acl::decide;
use crate::base::Source;
use crate::net::Family;
use crate::vendor::hpe_comware::HpeComware;
use crate::vendor::testing::packet;
use crate::vendor::{Dialect, Hint};

#[test]
fn no_secret_leaves_the_reader() {
    let mut text = corpus("odd").to_owned() + corpus("core");
    // Every secret on lines that are not understood, too.
    for (word, unknown) in [
        ("local-user", "lxocal-user"),
        ("snmp-agent", "sxnmp-agent"),
        ("vrrp vrid 10 auth", "vxrrp vrid 10 auth"),
        (" password", " xpassword"),
        ("dhcp", "dxhcp"),
    ] {
        text = text.replace(word, unknown);
    }
    let device = read(&text);
    assert!(device.gaps.len() > 10);
    let all = format!("{device:?}");
    for secret in ["$c$3$", "$h$6$", "himitsu", "hogehoge"] {
        assert!(!all.contains(secret), "{secret}");
    }
}

#[test]
fn damaged_texts_never_panic_and_never_hang() {
    const SEED: u64 = 20_261_124;
    let mut rng = fastrand::Rng::with_seed(SEED);
    let files = ["core", "odd"].map(corpus);
    for round in 0..300 {
        let mut bytes = files[round % files.len()].as_bytes().to_vec();
        for _ in 0..rng.usize(1..30) {
            let at = rng.usize(..bytes.len());
            match rng.u8(..4) {
                0 => bytes[at] = rng.u8(..),
                1 => drop(bytes.remove(at)),
                2 => bytes.insert(at, *rng.choice(b" \n\r#%<>.-,/0a\x1b\xe3".iter()).unwrap()),
                _ => {
                    let end = (at + rng.usize(..200)).min(bytes.len());
                    bytes.drain(at..end);
                }
            }
        }
        let device = HpeComware.read(&Source::capture("fuzz", &bytes), &Hint::default());
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
    let numbered = |make: fn(usize) -> String| (0..n).map(make).collect::<String>();
    let texts = [
        numbered(|i| format!("header login {}\n", char::from(33 + (i % 14) as u8))),
        numbered(|i| format!("acl advanced name A{i}\nundo acl advanced name A{i}\n")),
        format!(
            "acl advanced 3000\n{}",
            numbered(|i| format!(" rule {i} permit tcp ack 1\n"))
        ),
        format!(
            "acl advanced 3000\n{}",
            " rule 1 permit ip dscp ef\n".repeat(n)
        ),
        format!(
            "acl advanced 3000\n rule 0 permit ip {}\n",
            "counting ".repeat(n)
        ),
        numbered(|i| format!("interface Vlan-interface{i}\n packet-filter name L{i} inbound\n")),
    ];
    for (index, text) in texts.iter().enumerate() {
        let start = std::time::Instant::now();
        let device = read(text);
        let took = start.elapsed();
        assert!(took.as_secs() < 20, "text {index} took {took:?}");
        assert!(device.acls.iter().all(|acl| !acl.tail.is_empty()));
    }
}
