//! Packet sets against the solver `z3`: what lists permit, and which entries nothing reaches, judged by a program that
//! shares no line and no idea with ours.

use crate::support::asked;
use crate::support::random::{acl, mutated};
use crate::support::smtlib::{chosen, found, list, solve};
use aclc::acl::{Acl, Fate, decide};
use aclc::net::{Family, Flow};
use aclc::pset::{Prefer, Space, Useless};
use fastrand::Rng;

fn family(case: u64) -> Family {
    if case.is_multiple_of(3) {
        Family::V6
    } else {
        Family::V4
    }
}

/// The fate as the formulas `must` and `may` would say it.
fn bounds(acl: &Acl, flow: &Flow) -> (bool, bool) {
    match decide(acl, flow).fate {
        Fate::Permit => (true, true),
        Fate::Deny => (false, false),
        Fate::Unknown => (false, true),
    }
}

/// Both lists' bounds by both programs: equal where both say so, different with a packet of each that convinces the
/// interpreter.
fn compare(a: &Acl, b: &Acl, seed: u64) -> usize {
    let space = Space::for_acls(a.family, &[a, b]);
    let (ours, theirs) = (space.permitted(a), space.permitted(b));
    assert!(!space.exhausted());
    let formulas = ["must", "may"].map(|side| format!("(xor a-{side} b-{side})"));
    let context = list("a", a) + &list("b", b);
    let answers = solve(a.family, &context, &formulas);
    let mut different = 0;
    for (may, answer) in [false, true].into_iter().zip(&answers) {
        let pick = |acl, flow: &Flow| {
            let (must, possible) = bounds(acl, flow);
            if may { possible } else { must }
        };
        let (x, y) = if may {
            (ours.may, theirs.may)
        } else {
            (ours.must, theirs.must)
        };
        assert_eq!(
            answer.is_none(),
            x == y,
            "seed {seed}, may {may}: {answer:?}"
        );
        if let Some(flow) = answer {
            different += 1;
            assert_ne!(pick(a, flow), pick(b, flow), "seed {seed}: {flow}");
            assert_ne!(
                space.contains(x, flow),
                space.contains(y, flow),
                "seed {seed}: {flow}"
            );
            let apart = space.union(space.minus(x, y), space.minus(y, x));
            let witness = space.witness(apart, &Prefer { sets: Vec::new() });
            let witness = witness.expect("the sets differ");
            assert_ne!(
                pick(a, &witness),
                pick(b, &witness),
                "seed {seed}: {witness}"
            );
        }
    }
    different
}

#[test]
fn z3_agrees_on_equality() {
    if !found() {
        return;
    }
    let rounds = asked("ACLC_SMT_ROUNDS", 40);
    let mut different = 0;
    for seed in 0..rounds {
        let rng = &mut Rng::with_seed(seed);
        let entries = rng.usize(20..60);
        let a = acl(rng, family(seed), entries, false);
        let b = mutated(rng, &a, false);
        different += usize::from(compare(&a, &b, seed) > 0);
    }
    // A comparison that is always equal, or never, would show nothing.
    let rounds = usize::try_from(rounds).expect("few");
    assert!(
        (rounds / 8..rounds * 7 / 8).contains(&different),
        "{different} of {rounds} differ"
    );
}

#[test]
fn z3_agrees_on_the_bounds_of_lists_that_were_not_understood() {
    if !found() {
        return;
    }
    let (mut different, mut undecided) = (0, 0);
    for seed in 1000..1000 + asked("ACLC_SMT_ROUNDS", 40) / 2 {
        let rng = &mut Rng::with_seed(seed);
        let entries = rng.usize(10..30);
        let a = acl(rng, family(seed), entries, true);
        let b = mutated(rng, &a, true);
        different += compare(&a, &b, seed);
        undecided += usize::from(outside(&a, seed));
    }
    assert!(different > 0 && undecided > 0);
}

/// No choice leads out of the bounds, and between them there is a packet both programs call undecided, if there is one.
fn outside(a: &Acl, seed: u64) -> bool {
    let context = list("a", a) + &chosen("a", a);
    let formulas = [
        "(and a-must (not a-chosen))",
        "(and a-chosen (not a-may))",
        "(and a-may (not a-must))",
        "(and a-may (not a-must) a-chosen)",
        "(and a-may (not a-must) (not a-chosen))",
    ]
    .map(str::to_owned);
    let answers = solve(a.family, &context, &formulas);
    assert_eq!(answers[..2], [None, None], "seed {seed}");
    let space = Space::for_acls(a.family, &[a]);
    let permitted = space.permitted(a);
    for answer in &answers[2..] {
        assert_eq!(answer.is_none(), permitted.is_exact(), "seed {seed}");
        if let Some(flow) = answer {
            assert_eq!(bounds(a, flow), (false, true), "seed {seed}: {flow}");
        }
    }
    !permitted.is_exact()
}

#[test]
fn z3_agrees_on_unreachable_entries() {
    if !found() {
        return;
    }
    let mut dead = 0;
    for seed in 2000..2000 + asked("ACLC_SMT_ROUNDS", 40) / 2 {
        let rng = &mut Rng::with_seed(seed);
        let entries = rng.usize(20..50);
        let a = acl(rng, family(seed), entries, seed.is_multiple_of(2));
        let left = |i: usize| {
            let taken: Vec<String> = (0..i).map(|j| format!("a-c{j}")).collect();
            format!("(and a-p{i} (not (or false {})))", taken.join(" "))
        };
        let formulas: Vec<String> = (0..a.entries.len()).map(left).collect();
        let answers = solve(a.family, &list("a", &a), &formulas);
        let found = Space::for_acls(a.family, &[&a]).lines(&a);
        let ours: Vec<usize> = found
            .iter()
            .filter(|finding| matches!(finding.why, Useless::Unreachable(_)))
            .map(|finding| finding.index)
            .collect();
        let theirs: Vec<usize> = (0..a.entries.len())
            .filter(|&i| answers[i].is_none())
            .collect();
        assert_eq!(ours, theirs, "seed {seed}");
        dead += ours.len();
    }
    assert!(dead > 0);
}
