//! Damaged, secret and large texts.

use super::*;
use crate::base::Lang;
use std::fmt::Write as _;

/// Everything that the report could print.
fn printed(device: &Device) -> String {
    let mut out = format!("{device:?}");
    for gap in &device.gaps {
        let _ = write!(out, "\n{}", gap.why.render(Lang::Ja));
    }
    out
}

#[test]
fn secrets_never_leave_the_reader() {
    for (name, bytes) in CORPUS {
        let out = printed(&read(bytes, "AX3660S"));
        for secret in ["himitsu", "hoge", "abcdefgh"] {
            assert!(!out.contains(secret), "{name}: {secret}");
        }
    }
}

#[test]
fn damaged_captures_never_panic() {
    let seed = 7;
    let mut rng = fastrand::Rng::with_seed(seed);
    for round in 0..1500 {
        let (name, bytes) = CORPUS[round % CORPUS.len()];
        let mut bytes = bytes.to_vec();
        for _ in 0..rng.usize(1..20) {
            let at = rng.usize(0..bytes.len().max(1));
            if bytes.len() < 20 {
                break;
            }
            match rng.u8(0..4) {
                0 => bytes[at] = rng.u8(..),
                1 => drop(bytes.remove(at)),
                2 => bytes.insert(at, *rng.choice(b" \n!\"09af#\x08\x1b".iter()).unwrap()),
                _ => bytes.truncate(at + 1),
            }
        }
        let device = std::panic::catch_unwind(|| read(&bytes, "AX3660S"));
        let device = device.unwrap_or_else(|_| panic!("seed {seed} round {round} {name}"));
        for acl in &device.acls {
            let flow = random_flow(&mut rng, acl.family);
            let _ = decide(acl, &flow);
        }
        for interface in &device.interfaces {
            assert!(interface.bindings.iter().all(|b| b.acl < device.acls.len()));
        }
    }
}

#[test]
fn ten_thousand_lines_are_no_trouble() {
    let mut text = String::from("ip access-list extended BIG\n");
    for i in 0..10_000u32 {
        let addr = Ipv4Addr::from_bits(0x0A00_0000 + i);
        let _ = writeln!(
            text,
            "  {} permit tcp host {addr} 10.2.0.0 0.0.255.255 eq 443",
            (i + 1) * 10
        );
    }
    let start = std::time::Instant::now();
    let device = read(text.as_bytes(), "AX3660S");
    assert_eq!(device.acls[0].entries.len(), 10_000);
    assert!(start.elapsed().as_millis() < 2000, "{:?}", start.elapsed());
}

#[test]
fn long_texts_take_linear_time() {
    let repeat = |line: fn(u32) -> String| (0..20_000).map(line).collect::<String>();
    let binds =
        |i| format!("interface vlan {i}\n  ip access-group A{i} in\n  ipv6 traffic-filter B out\n");
    let entries = |i| format!("  {} permit {i} x\n", i % 7 + 1);
    let routes = |i| format!("ip route 0.0.0.0 0.0.0.0 10.0.0.1 {}\n", i % 5 + 1);
    for text in [
        repeat(binds),
        repeat(|i| format!("  ip address 10.0.0.1 255.0.0.{}\n", i % 2)),
        repeat(routes),
        format!("ip access-list extended A\n{}", repeat(entries)),
        repeat(|_| "banner a \"\n".to_owned()),
    ] {
        let start = std::time::Instant::now();
        let device = read(text.as_bytes(), "AX3660S");
        assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
        assert!(device.interfaces.len() <= 20_000);
    }
}
