//! The comparison against its definition: every packet of a small set, every reading (D46).

use super::*;
use crate::acl::{Ace, Acl, AclState, Action, Fate, Open, Question, decide};
use crate::net::{ByteSet, Family, Flow, L4, Match, PortSet, PositionSet, Wildcard};
use crate::pset::Limits;
use std::net::IpAddr;

fn addr(last: u8) -> IpAddr {
    IpAddr::from([10, 0, 0, last])
}

fn flow(last: u8, dport: u16) -> Flow {
    let l4 = L4::Ports { sport: 1, dport };
    Flow::new(addr(last), addr(9), 17, l4, PositionSet::WHOLE, false).unwrap()
}

/// UDP to some ports from one address or any.
fn boxed(from: Option<u8>, ports: (u16, u16)) -> Match {
    let src = from.map_or(Wildcard::any(Family::V4), |last| Wildcard::host(addr(last)));
    Match {
        protocol: ByteSet::one(17),
        dport: PortSet::range(ports.0, ports.1),
        ..Match::pair(src, Wildcard::any(Family::V4))
    }
    .tidy()
}

fn question(name: u8) -> Question {
    Question::Gap {
        dialect: "test",
        text: name.to_string(),
    }
}

fn ace(action: Action, certain: Vec<Match>, open: Vec<Open>, line: u32) -> Ace {
    Ace {
        open,
        line: Some(line),
        ..Ace::implicit(action, certain, "line")
    }
}

fn list(entries: Vec<Ace>) -> Acl {
    Acl {
        name: "L".to_owned(),
        family: Family::V4,
        state: AclState::Defined,
        entries,
        tail: vec![Ace::implicit(
            Action::Deny,
            vec![Match::any(Family::V4)],
            "end",
        )],
        line: Some(1),
    }
}

fn unread(name: u8, line: u32) -> Ace {
    let open = Open {
        question: question(name),
        boxes: vec![Match::any(Family::V4)],
    };
    ace(Action::Unread, Vec::new(), vec![open], line)
}

fn permit(ports: (u16, u16), line: u32) -> Ace {
    ace(Action::Permit, vec![boxed(None, ports)], Vec::new(), line)
}

#[test]
fn the_same_unread_line_cancels_and_another_does_not() {
    let with = |name, extra: Vec<Ace>| {
        let mut entries = vec![permit((1, 1), 1)];
        entries.extend(extra);
        entries.extend([unread(name, 5), permit((2, 2), 6)]);
        list(entries)
    };
    let verdict = |old: &Acl, new: &Acl| compare(old, new, Limits::default()).verdict;
    assert_eq!(verdict(&with(1, vec![]), &with(1, vec![])), Verdict::Equal);
    // A repetition in front of it changes nothing under any reading, although the lists are not the same.
    let repeated = with(1, vec![permit((1, 1), 2)]);
    assert_eq!(verdict(&with(1, vec![]), &repeated), Verdict::Equal);
    assert_eq!(
        verdict(&with(1, vec![]), &with(2, vec![])),
        Verdict::Unknown
    );
    // Port 1 is taken away above the gap: certain, for a packet that the gap would deny is not denied by it.
    let without = list(vec![unread(1, 5), permit((2, 2), 6)]);
    assert_eq!(verdict(&with(1, vec![]), &without), Verdict::Unknown);
    let denied = list(vec![
        ace(Action::Deny, vec![boxed(None, (1, 1))], Vec::new(), 1),
        unread(1, 5),
        permit((2, 2), 6),
    ]);
    assert_eq!(verdict(&with(1, vec![]), &denied), Verdict::Different);
}

#[test]
fn changes_name_both_lines_and_a_packet() {
    let old = list(vec![permit((1, 4), 10)]);
    let new = list(vec![
        ace(Action::Deny, vec![boxed(None, (2, 2))], Vec::new(), 20),
        permit((1, 5), 30),
    ]);
    let comparison = compare(&old, &new, Limits::default());
    assert_eq!(comparison.verdict, Verdict::Different);
    let shown: Vec<_> = comparison
        .changes
        .iter()
        .map(|c| (c.effect, c.class, c.certain, c.old, c.new))
        .collect();
    assert_eq!(
        shown,
        [
            (Effect::NewlyPermitted, Class::Core, true, 1, 1),
            (Effect::NewlyDenied, Class::Core, true, 0, 0)
        ]
    );
}

#[test]
fn a_limit_is_no_answer() {
    let old = list((1..40).map(|p| permit((p * 3, p * 3), 1)).collect());
    let new = list((1..40).map(|p| permit((p * 5, p * 5), 1)).collect());
    let few = Limits {
        nodes: Some(2),
        stop: None,
    };
    let comparison = compare(&old, &new, few);
    assert_eq!(comparison.verdict, Verdict::Unknown);
    assert!(comparison.limited);
}

/// A random list over two questions, three ports and two sources.
fn random_list(rng: &mut fastrand::Rng) -> Acl {
    let entries = (0..rng.u32(0..5)).map(|line| {
        let one = |rng: &mut fastrand::Rng| {
            let low = rng.u16(1..4);
            boxed(
                [None, Some(1), Some(2)][rng.usize(0..3)],
                (low, rng.u16(low..4)),
            )
        };
        let action = [Action::Permit, Action::Deny, Action::Unread][rng.usize(0..3)];
        let certain = match action {
            Action::Unread => Vec::new(),
            Action::Permit | Action::Deny if rng.bool() => vec![one(rng)],
            Action::Permit | Action::Deny => Vec::new(),
        };
        let open = if certain.is_empty() || rng.u8(0..4) == 0 {
            vec![Open {
                question: question(rng.u8(0..2)),
                boxes: vec![one(rng)],
            }]
        } else {
            Vec::new()
        };
        ace(action, certain, open, line + 1)
    });
    list(entries.collect())
}

/// Whether a list permits a packet if the questions are answered so: 0 no, 1 yes (permit), 2 yes (deny).
fn permits(acl: &Acl, flow: &Flow, answers: [u8; 2]) -> bool {
    for ace in acl.all() {
        if ace.certain.iter().any(|m| m.contains(flow)) {
            return ace.action == Action::Permit;
        }
        for open in &ace.open {
            let answer = (0..2).find(|&name| open.question == question(name));
            let answer = answers[usize::from(answer.unwrap())];
            if answer > 0 && open.boxes.iter().any(|m| m.contains(flow)) {
                return match ace.action {
                    Action::Permit => true,
                    Action::Deny => false,
                    Action::Unread => answer == 1,
                };
            }
        }
    }
    unreachable!("the tail matches everything")
}

#[test]
fn agrees_with_every_packet_under_every_reading() {
    const SEED: u64 = 46;
    let mut rng = fastrand::Rng::with_seed(SEED);
    let flows: Vec<Flow> = (1..4)
        .flat_map(|last| (1..5).map(move |port| flow(last, port)))
        .collect();
    let readings: Vec<[u8; 2]> = (0..9).map(|n| [n % 3, n / 3]).collect();
    let mut verdicts = [0; 3];
    for round in 0..3000 {
        let (old, new) = (random_list(&mut rng), random_list(&mut rng));
        let comparison = compare(&old, &new, Limits::default());
        let context = format!("seed {SEED} round {round}\n{old:#?}\n{new:#?}\n{comparison:#?}");
        let (mut always, mut ever) = (false, false);
        for flow in &flows {
            let fate =
                |answers: &[u8; 2]| (permits(&old, flow, *answers), permits(&new, flow, *answers));
            let differs = |(before, after): &(bool, bool)| before != after;
            let fates: Vec<_> = readings.iter().map(fate).collect();
            let here = fates.iter().any(differs);
            always |= fates.iter().all(differs);
            ever |= here;
            let listed: Vec<&Change> = comparison
                .changes
                .iter()
                .filter(|change| change.regions.iter().any(|m| m.contains(flow)))
                .collect();
            assert_eq!(listed.len(), usize::from(here), "{flow}: {context}");
            for change in listed {
                assert_eq!(decide(&old, flow).index, change.old, "{flow}: {context}");
                assert_eq!(decide(&new, flow).index, change.new, "{flow}: {context}");
                let effect = (
                    change.effect == Effect::NewlyDenied,
                    change.effect == Effect::NewlyPermitted,
                );
                let certain = fates.iter().all(|fate| *fate == effect);
                assert_eq!(change.certain, certain, "{flow}: {context}");
                assert!(fates.contains(&effect), "{flow}: {context}");
            }
        }
        let expect = match (always, ever) {
            (true, _) => Verdict::Different,
            (false, true) => Verdict::Unknown,
            (false, false) => Verdict::Equal,
        };
        assert_eq!(comparison.verdict, expect, "{context}");
        verdicts[expect as usize] += 1;
        for change in &comparison.changes {
            assert_ne!(
                (
                    decide(&old, &change.witness).fate,
                    decide(&new, &change.witness).fate
                ),
                (Fate::Permit, Fate::Permit),
                "{context}"
            );
        }
    }
    assert!(verdicts.iter().all(|&n| n > 100), "{verdicts:?}");
}
