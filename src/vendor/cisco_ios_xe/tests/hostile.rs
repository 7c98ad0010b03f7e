//! Secrets, damaged texts, and texts made to take long.

use super::{corpus, packet, read};
use crate::acl::decide;
use crate::base::Source;
use crate::net::Family;
use crate::vendor::cisco_ios_xe::CiscoIosXe;
use crate::vendor::{Dialect, Hint};

#[test]
fn no_secret_leaves_the_reader() {
    let mut text = corpus("odd.cfg") + &corpus("core.cfg");
    // Every secret on lines that are not understood, too.
    text = text
        .replace("enable secret", "enabled secret")
        .replace("username", "usrname")
        .replace("snmp-server", "snmpserver");
    let device = read(&text);
    assert!(device.gaps.len() > 15);
    let all = format!("{device:?}");
    for secret in [
        "$9$",
        "hoge",
        "0508571C22431F5B4A",
        "110A1016141D5A5E57",
        "30820321",
    ] {
        assert!(!all.contains(secret), "{secret}");
    }
}

#[test]
fn damaged_texts_never_panic_and_never_hang() {
    const SEED: u64 = 20_261_005;
    let mut rng = fastrand::Rng::with_seed(SEED);
    let files = ["core.cfg", "odd.cfg", "show-access-lists.cfg"].map(corpus);
    for round in 0..300 {
        let mut bytes = files[round % files.len()].clone().into_bytes();
        for _ in 0..rng.usize(1..30) {
            let at = rng.usize(..bytes.len());
            match rng.u8(..4) {
                0 => bytes[at] = rng.u8(..),
                1 => drop(bytes.remove(at)),
                2 => bytes.insert(at, *rng.choice(b" \n\r\t\x08^!/.-,\"0a\x1b\xe3").unwrap()),
                _ => {
                    let end = (at + rng.usize(..200)).min(bytes.len());
                    bytes.drain(at..end);
                }
            }
        }
        let source = Source::capture("fuzz", &bytes);
        let device = CiscoIosXe.read(&source, &Hint::default());
        for acl in &device.acls {
            let flow = match acl.family {
                Family::V4 => packet("tcp 10.0.0.1:1 10.0.0.2:2 syn"),
                Family::V6 => packet("tcp [::1]:1 [::2]:2 syn ext"),
            };
            assert!(decide(acl, &flow).index < acl.all().len());
        }
        assert!(
            CiscoIosXe.score(&source.text) < u32::MAX,
            "seed {SEED} round {round}"
        );
    }
}

#[test]
fn large_and_hostile_texts_take_linear_time() {
    let repeat = |head: &str, line: &dyn Fn(u32) -> String, count: u32| -> String {
        std::iter::once(head.to_owned())
            .chain((0..count).map(line))
            .collect()
    };
    let entry = |n: u32| {
        format!(
            " {} permit tcp 10.{}.{}.0 0.0.0.255 host 10.2.0.10 eq 443\n",
            n + 1,
            n / 250,
            n % 250
        )
    };
    let members = |n: u32| format!(" host 10.0.{}.{}\n", n / 256 % 256, n % 256);
    let texts = [
        repeat("ip access-list extended A\n", &entry, 40_000),
        repeat(
            "",
            &|n| {
                format!(
                    "banner motd {}\n",
                    char::from_u32(0x4e00 + n % 20_000).unwrap_or('#')
                )
            },
            40_000,
        ),
        repeat(
            "",
            &|n| format!("interface Vlan{}\n ip access-group A{n} in\n", n % 4094 + 1),
            40_000,
        ),
        repeat(
            "",
            &|_| "vlan filter M vlan-list 1-200\n".to_owned(),
            20_000,
        ),
        repeat("object-group network G\n", &members, 20_000)
            + &repeat(
                "ip access-list extended A\n",
                &|_| " permit ip object-group G object-group G\n".to_owned(),
                20_000,
            ),
        repeat(
            "",
            &|n| format!("object-group network G{n}\n group-object G{}\n", n + 1),
            20_000,
        ) + &repeat(
            "ip access-list extended A\n",
            &|n| format!(" permit ip object-group G{n} any\n"),
            20_000,
        ),
        "a".repeat(1 << 20) + &" b".repeat(1 << 20),
    ];
    for (index, text) in texts.iter().enumerate() {
        let start = std::time::Instant::now();
        let device = read(text);
        let taken = start.elapsed();
        println!(
            "{index}: {taken:?} for {} bytes, {} gaps",
            text.len(),
            device.gaps.len()
        );
        assert!(taken.as_secs() < 10, "text {index} took {taken:?}");
    }
}
