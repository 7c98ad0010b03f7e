//! A session that has seen other texts says what a first look says, whatever was changed in between.
//!
//! `ACLC_EDITS=5000 ACLC_SEED=7 cargo test --test main session -- --nocapture` for a longer run.

use crate::support::mutate::draw;
use crate::support::{AT, POLICY, SWITCHES, asked, golden_texts, root};
use aclc::base::{Source, SourceMap};
use aclc::job::{Capture, Options, network};
use aclc::model::Policy;
use aclc::topo::Named;
use aclc::verify::{Report, Session, Verdict, verify};
use fastrand::Rng;
use std::sync::Arc;

fn options() -> Options {
    Options {
        at: AT.parse().unwrap(),
        max_nodes: None,
        dialect: None,
        confirmed_only: false,
    }
}

fn policy() -> Policy {
    let text = std::fs::read(root().join(POLICY)).unwrap();
    let mut sources = SourceMap::default();
    let file = sources.add(Source::utf8(POLICY, &text).unwrap());
    network::policy(&sources, file).unwrap().policy
}

/// The texts as read; `None` if the policy cannot be verified on them.
fn read(policy: &Policy, texts: &[String; 2]) -> Option<Vec<Arc<Named>>> {
    let mut sources = SourceMap::default();
    let capture = |(name, text): (&&str, &String)| Capture {
        name: (*name).to_owned(),
        file: sources.add(Source::capture(&format!("{name}.cfg"), text.as_bytes())),
    };
    let captures: Vec<Capture> = SWITCHES.iter().zip(texts).map(capture).collect();
    let devices = network::read_captures(&sources, policy, &captures, &options());
    devices.ok().map(|devices| devices.named)
}

fn told(report: &Report) -> String {
    let mut all = format!("{:?} {:#?}", report.verdict, report.equality);
    for claim in &report.claims {
        all += &format!("\n{claim:#?}");
    }
    all
}

/// A session that is shown edits of the golden texts one after the other, each beside a first look.
fn run(seed: u64, edits: u64, equality: bool) {
    let policy = policy();
    let how = network::verify_options(&options(), equality);
    let mut session = Session::new(&policy, options().at, how);
    let golden = golden_texts();
    let mut rng = Rng::with_seed(seed);
    let mut texts = golden.clone();
    let mut devices = read(&policy, &texts).unwrap();
    session.verify(&devices).unwrap();
    let (mut done, mut other) = (0, 0);
    while done < edits {
        // Some edits are of the text as it was left, some of the golden one, and some take the last one back.
        let start = if rng.bool() { &texts } else { &golden };
        let (next, what) = match draw(start, &mut rng) {
            Some(edit) if rng.u8(..6) != 0 => (edit.texts, edit.what),
            Some(_) => (golden.clone(), "all taken back".to_owned()),
            None => continue,
        };
        let Some(fresh) = read(&policy, &next) else {
            continue;
        };
        done += 1;
        for (number, device) in fresh.into_iter().enumerate() {
            // Most of what did not change is the same device, some of it only an equal one.
            if next[number] != texts[number] || rng.u8(..8) == 0 {
                devices[number] = device;
            }
        }
        texts = next;
        let first = verify(&policy, options().at, &devices, &how).unwrap();
        let again = session.verify(&devices).unwrap();
        other += u64::from(first.verdict != Verdict::Proved);
        if told(&first) != told(again) {
            let (first, again) = (told(&first), told(again));
            let differs = first.lines().zip(again.lines()).find(|(a, b)| a != b);
            panic!("seed {seed} edit {done}: {what}: {differs:?}");
        }
    }
    println!("seed {seed}: {done} edits, {other} not proved");
    assert!(
        other * 4 > done,
        "the edits do too little: {other} of {done}"
    );
}

#[test]
fn a_session_says_what_a_first_look_says() {
    let seed = asked("ACLC_SEED", 20_261_123);
    run(seed, asked("ACLC_EDITS", 60), false);
}

#[test]
fn a_session_that_compares_says_what_a_first_look_says() {
    let seed = asked("ACLC_SEED", 20_261_123) + 1;
    run(seed, asked("ACLC_EDITS", 60), true);
}
