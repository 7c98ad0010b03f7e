//! Thousands of small edits: what the oracle sees broken must not be called proved, and what is refuted must be seen.
//!
//! `ACLC_EDITS=5000 ACLC_SEED=7 cargo test --test main mutation -- --nocapture` for a longer run.

use crate::support::mutate::{Edit, draw};
use crate::support::oracle::{ACK, Entry, Packet, Position, RST, SYN, TCP, UDP, show};
use crate::support::p1::{FORBIDDING, Found, HAIRPIN, Half, VLANS, WORKS, plain, prefix, required};
use crate::support::walk::Net;
use crate::support::{asked, golden_texts, packet, scratch, verify};
use aclc::cli::Exit;
use fastrand::Rng;
use serde_json::Value;

const SAMPLES: u64 = 700;

/// An address at an edge of a place, inside or just outside.
fn edge(place: (u128, u128), v6: bool, rng: &mut Rng) -> u128 {
    let all: u128 = if v6 { u128::MAX } else { 0xffff_ffff };
    let wild = place.1 & all;
    let a = match rng.u8(..8) {
        0 => place.0.wrapping_sub(1),
        1 => (place.0 | wild).wrapping_add(1),
        2 => place.0.wrapping_add(1),
        3 => (place.0 | wild).wrapping_sub(1),
        4 => place.0 ^ (1 << rng.u32(..if v6 { 128 } else { 32 })),
        _ => place.0 & !wild | (rng.u128(..) & wild),
    };
    a & all
}

fn port_near(range: Option<(u16, u16)>, rng: &mut Rng) -> u16 {
    match (range, rng.u8(..6)) {
        (Some((lo, hi)), 0..=2) => *rng
            .choice(&[lo, hi, lo.wrapping_sub(1), hi.wrapping_add(1)])
            .unwrap(),
        (Some((lo, hi)), 3 | 4) => rng.u16(lo..=hi),
        _ => *rng
            .choice(&[
                443, 22, 80, 22443, 1024, 49152, 65535, 1023, 53, 67, 68, 445, 0,
            ])
            .unwrap(),
    }
}

/// A host of the policy, or an address of a switch.
fn somewhere(vlan: u16, v6: bool, rng: &mut Rng) -> u128 {
    match prefix(vlan, v6) {
        Some((net, wild)) => match rng.u8(..4) {
            0 => net + u128::from(*rng.choice(&[1u8, 2, 10, 11, 12]).unwrap()),
            _ => net + 1 + rng.u128(..wild - 1),
        },
        None => rng.u128(..),
    }
}

/// A packet like the entries touched, or like nothing in particular.
pub(crate) fn sample(near: &[Entry], v6: bool, from: u16, to: u16, rng: &mut Rng) -> Packet {
    let near: Vec<&Entry> = near.iter().filter(|entry| entry.v6 == v6).collect();
    let like = rng.choice(&near).filter(|_| rng.u8(..5) != 0);
    let wide = |place: (u128, u128)| {
        place.1 & 0xffff_ffff == 0xffff_ffff && place.1 > 1 << 31 && place.0 == 0
    };
    let side = |place: Option<(u128, u128)>, vlan, rng: &mut Rng| match place {
        Some(place) if !wide(place) && rng.u8(..8) != 0 => edge(place, v6, rng),
        _ => somewhere(vlan, v6, rng),
    };
    let proto = match like.and_then(|entry| entry.proto) {
        Some(proto) if rng.u8(..8) != 0 => proto,
        _ => *rng
            .choice(&[TCP, TCP, UDP, if v6 { 58 } else { 1 }, 47])
            .unwrap(),
    };
    let mut p = Packet {
        v6,
        src: side(like.map(|e| e.src), from, rng),
        dst: side(like.map(|e| e.dst), to, rng),
        proto,
        position: *rng
            .choice(&[
                Position::Whole,
                Position::Whole,
                Position::Whole,
                Position::First,
                Position::Later,
            ])
            .unwrap(),
        ..Packet::default()
    };
    if p.position != Position::Later {
        if proto == TCP || proto == UDP {
            p.sport = port_near(like.and_then(|e| e.sport), rng);
            p.dport = port_near(like.and_then(|e| e.dport), rng);
        }
        if proto == TCP {
            p.flags = *rng
                .choice(&[SYN, SYN, SYN, ACK, RST, SYN | ACK, 0, 0x3f, SYN | 1])
                .unwrap();
        }
        if p.icmp_applies() {
            p.icmp = (*rng.choice(&[8u8, 0, 128, 129, 3, 135]).unwrap(), 0);
        }
    }
    p
}

/// What the oracle sees broken, at most one find per claim.
fn look(net: &Net, halves: &[Half], edit: &Edit, rng: &mut Rng) -> Vec<Found> {
    let mut found = plain(net);
    for _ in 0..SAMPLES {
        let v6 = edit.near.iter().any(|entry| entry.v6) == (rng.u8(..8) != 0);
        let claim = rng.choice(&FORBIDDING).unwrap();
        let vlan = match edit
            .vlan
            .filter(|vlan| claim.from.contains(vlan) && rng.u8(..4) != 0)
        {
            Some(vlan) => vlan,
            None => *rng.choice(claim.from).unwrap(),
        };
        let p = sample(&edit.near, v6, vlan, *rng.choice(claim.into).unwrap(), rng);
        if found.iter().all(|f| f.claim != claim.claim) && claim.broken(net, vlan, &p) {
            let why = format!("arrives from VLAN {vlan}: {}", packet(&p));
            found.push(Found {
                claim: claim.claim,
                why,
            });
        }
        if found.iter().all(|f| f.claim != WORKS)
            && let Some(half) = halves.iter().find(|half| half.lost(net, &p, true))
        {
            found.push(Found {
                claim: WORKS,
                why: format!("{}: lost: {}", half.what, packet(&p)),
            });
        }
    }
    for half in halves {
        let p = half.packet(&mut |n| rng.u64(..n));
        if found.iter().all(|f| f.claim != WORKS) && half.lost(net, &p, true) {
            found.push(Found {
                claim: WORKS,
                why: format!("{}: lost: {}", half.what, packet(&p)),
            });
        }
    }
    found
}

/// The claim as the report has it, with what is wrong about it.
fn complaint(claim: &Value, found: &Found) -> Option<String> {
    let open = claim["because"]
        .as_array()
        .is_some_and(|because| !because.is_empty());
    match claim["verdict"].as_str() {
        Some("refuted") => None,
        Some("unknown") if open => None,
        verdict => Some(format!(
            "claim {} is {verdict:?}, but {}",
            found.claim, found.why
        )),
    }
}

/// Whether a refutation is one for the oracle too.
pub(crate) fn replays(net: &Net, claims: &[Value]) -> Vec<String> {
    let mut wrong = Vec::new();
    let halves = required();
    for (index, claim) in claims
        .iter()
        .enumerate()
        .filter(|(_, claim)| claim["verdict"] == "refuted")
    {
        let witness = &claim["witness"];
        if index == WORKS {
            let p = crate::support::read_packet(witness);
            let lost =
                halves.iter().any(|half| half.lost(net, &p, false)) || !plain(net).is_empty();
            if !lost {
                wrong.push(format!(
                    "claim {index}: the oracle carries {witness}, or nobody needs it"
                ));
            }
        } else if let Some(forbidding) = FORBIDDING.iter().find(|f| f.claim == index) {
            let p = crate::support::read_packet(witness);
            if !forbidding
                .from
                .iter()
                .any(|vlan| forbidding.broken(net, *vlan, &p))
            {
                wrong.push(format!(
                    "claim {index}: in the oracle {witness} breaks nothing"
                ));
            }
        } else if plain(net).is_empty() {
            wrong.push(format!("claim {index}: the oracle finds every list"));
        }
    }
    wrong
}

#[test]
fn the_oracle_finds_the_golden_text_sound() {
    let net = Net::read(&golden_texts(), HAIRPIN).unwrap();
    let halves = required();
    let nothing = Edit {
        texts: golden_texts(),
        what: String::new(),
        near: Vec::new(),
        vlan: None,
    };
    let mut rng = Rng::with_seed(1);
    for _ in 0..20 {
        let found = look(&net, &halves, &nothing, &mut rng);
        assert!(found.is_empty(), "{found:?}");
    }
    assert!(halves.len() > 300, "{}", halves.len());
    assert!(
        VLANS
            .iter()
            .all(|vlan| net.devices.iter().any(|d| d.svi(*vlan).is_some()))
    );
    assert_eq!(show((false, 0x0a0a_1101)), "10.10.17.1");
}

/// A share of the edits, so that both cores work.
fn run(share: u64) {
    let seed = asked("ACLC_SEED", 20_261_123) + share;
    let edits = asked("ACLC_EDITS", 300) / 2;
    let dir = scratch(&format!("mutation-{seed}"));
    let golden = golden_texts();
    let mut rng = Rng::with_seed(seed);
    let (mut done, mut judged, mut broken, mut strange, mut failures) = (0, 0, 0, 0, Vec::new());
    while done < edits {
        let Some(mut edit) = draw(&golden, &mut rng) else {
            continue;
        };
        if rng.u8(..5) == 0
            && let Some(more) = draw(&edit.texts, &mut rng)
        {
            edit.near.extend(more.near);
            edit.what += &format!(" AND {}", more.what);
            edit.texts = more.texts;
        }
        done += 1;
        let ran = verify(&dir, &edit.texts);
        let fail = |what: String| format!("seed {seed} edit {done}: {}\n    {what}", edit.what);
        if ran.exit == Exit::CannotRun {
            failures.push(fail(format!("cannot run: {}", ran.out)));
            continue;
        }
        let Ok(net) = Net::read_around(&edit.texts, HAIRPIN) else {
            strange += 1;
            continue;
        };
        judged += 1;
        let report = ran.json();
        let claims = report["claims"].as_array().unwrap();
        let found = look(&net, &required(), &edit, &mut rng);
        broken += u64::from(!found.is_empty());
        failures.extend(
            found
                .iter()
                .filter_map(|f| complaint(&claims[f.claim], f))
                .map(&fail),
        );
        failures.extend(replays(&net, claims).into_iter().map(&fail));
    }
    println!(
        "seed {seed}: {done} edits, {judged} judged, {broken} broken, {strange} not for the oracle"
    );
    assert!(
        failures.is_empty(),
        "{} failures\n{}",
        failures.len(),
        failures.join("\n")
    );
    assert!(
        broken * 3 > done,
        "the edits do too little: {broken} of {done}"
    );
}

#[test]
fn no_broken_edit_is_proved_first_half() {
    run(0);
}

#[test]
fn no_broken_edit_is_proved_second_half() {
    run(1);
}

#[test]
fn a_proof_of_what_the_oracle_breaks_is_complained_about() {
    let mut texts = golden_texts();
    let head = "ip access-list extended V113_IN\n";
    texts[0] = texts[0].replacen(head, &format!("{head} 5 permit ip any any\n"), 1);
    let net = Net::read(&texts, HAIRPIN).unwrap();
    let edit = Edit {
        texts,
        what: String::new(),
        near: Vec::new(),
        vlan: Some(113),
    };
    let found = look(&net, &required(), &edit, &mut Rng::with_seed(3));
    let claims: Vec<usize> = found.iter().map(|f| f.claim).collect();
    assert!(
        [1, 3, 6].iter().all(|claim| claims.contains(claim)),
        "{found:?}"
    );
    let says = |text: &str| complaint(&serde_json::from_str(text).unwrap(), &found[0]).is_some();
    assert!(says(r#"{"verdict":"proved"}"#));
    assert!(says(r#"{"verdict":"unknown","because":[]}"#));
    assert!(!says(r#"{"verdict":"unknown","because":["a gap"]}"#));
    assert!(!says(r#"{"verdict":"refuted"}"#));
    // And what is refuted for no reason does not replay.
    let sound = Net::read(&golden_texts(), HAIRPIN).unwrap();
    let nothing = r#"[{"verdict":"proved"},{"verdict":"refuted","witness":{"protocol":"tcp","src":"10.10.18.2","dst":"10.20.0.3","sport":49152,"dport":443,"flags":["syn"]}}]"#;
    assert_eq!(
        replays(
            &sound,
            &serde_json::from_str::<Vec<Value>>(nothing).unwrap()
        )
        .len(),
        1
    );
}
