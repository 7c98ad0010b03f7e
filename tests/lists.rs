//! `trace --acl` against the oracle: the same verdict by the same line, packet by packet, on every list of the golden text.
//!
//! `ACLC_PACKETS=20000 cargo test --test main lists` for a longer run.

use crate::mutation::sample;
use crate::support::oracle::{Packet, read};
use crate::support::p1::VLANS;
use crate::support::{AT, SWITCHES, aclc_with, asked, golden, packet};
use aclc::cli::Exit;
use fastrand::Rng;
use serde_json::Value;

#[test]
fn every_list_answers_like_the_oracle() {
    let seed = asked("ACLC_SEED", 5);
    let mut rng = Rng::with_seed(seed);
    let mut lists = 0;
    for (alaxala, switch) in [false, true].into_iter().zip(SWITCHES) {
        let device = read(&golden(switch), alaxala).unwrap();
        let path = format!("golden/p1_wired/{switch}.cfg");
        for ((v6, name), list) in &device.lists {
            lists += 1;
            let any = |rng: &mut Rng| *rng.choice(&VLANS).unwrap();
            let packets: Vec<Packet> = (0..asked("ACLC_PACKETS", 4000))
                .map(|_| {
                    let (from, to) = (any(&mut rng), any(&mut rng));
                    let mut p = sample(&list.entries, *v6, from, to, &mut rng);
                    p.ext = *v6 && rng.u8(..6) == 0;
                    p
                })
                .collect();
            let lines: String = packets.iter().map(|p| format!("{}\n", packet(p))).collect();
            let args = [
                "trace",
                &path,
                "--acl",
                name,
                "--packets",
                "-",
                "--format",
                "json",
                "--at",
                AT,
            ];
            let ran = aclc_with(&args, &lines);
            assert_eq!(ran.exit, Exit::Clean, "{switch} {name}: {}", ran.err);
            assert_eq!(
                ran.out.lines().count(),
                packets.len(),
                "{switch} {name}: an answer per packet"
            );
            for (p, line) in packets.iter().zip(ran.out.lines()) {
                let answer: Value = serde_json::from_str(line).unwrap();
                let (permit, at, open) = list.decide(p);
                let mine = if permit { "permit" } else { "deny" };
                let same =
                    answer["verdict"] == mine && answer["line"].as_u64() == at.map(u64::from);
                let may = open
                    && answer["verdict"] == "unknown"
                    && !answer["because"].as_array().unwrap().is_empty();
                assert!(
                    same || may,
                    "seed {seed} {switch} {name}: oracle {mine} by line {at:?}, open: {open}; aclc {answer}"
                );
            }
        }
    }
    assert_eq!(lists, 9 + 9 + 5, "lists of the golden text");
}
