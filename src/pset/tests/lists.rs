//! Lists against the first-match interpreter and against brute-force removal.

use super::{layouts, random};
use crate::acl::{Acl, Fate, decide};
use crate::net::Family;
use crate::pset::list::{self, Side};
use crate::pset::{Space, Useless, shards};
use fastrand::Rng;

/// D12, D13: the sets say of every packet what the interpreter says of it, and blame the same entry.
#[test]
fn sets_agree_with_the_interpreter() {
    for family in Family::BOTH {
        for seed in 0..60 {
            println!("{family:?} seed {seed}");
            let rng = &mut Rng::with_seed(seed);
            let entries = rng.usize(1..25);
            let acl = random::acl(rng, family, entries, seed % 2 == 0);
            let flows: Vec<_> = (0..150).map(|_| random::flow(rng, family)).collect();
            let mut spaces: Vec<_> = layouts(family)
                .into_iter()
                .map(Space::with_layout)
                .collect();
            spaces.push(Space::for_acls(family, &[&acl]));
            for space in spaces {
                let (permitted, denied) = (space.permitted(&acl), space.denied(&acl));
                let parts = space.deciding(&acl, space.full());
                for flow in &flows {
                    let said = decide(&acl, flow);
                    let fate = match (
                        space.contains(permitted.must, flow),
                        space.contains(permitted.may, flow),
                    ) {
                        (true, _) => Fate::Permit,
                        (_, false) => Fate::Deny,
                        _ => Fate::Unknown,
                    };
                    assert_eq!(fate, said.fate, "{flow} {acl:?}");
                    assert_eq!(space.contains(denied.must, flow), fate == Fate::Deny);
                    let index = parts
                        .iter()
                        .find(|(_, part)| space.contains(*part, flow))
                        .map(|part| part.0);
                    assert_eq!(index, Some(said.index), "{flow} {acl:?}");
                }
                let all: Vec<_> = parts.iter().map(|part| part.1).collect();
                assert_eq!(space.union_all(&all), space.full());
                assert!(!space.exhausted());
            }
        }
    }
}

fn without(acl: &Acl, removed: impl Fn(usize) -> bool) -> Acl {
    let mut entries = acl.entries.clone();
    let mut index = 0;
    entries.retain(|_| {
        index += 1;
        !removed(index - 1)
    });
    Acl {
        entries,
        ..acl.clone()
    }
}

/// All found entries can go at once; in a settled list no other can; and blockers block, none of them idly.
#[test]
fn useless_lines_are_exactly_those_that_can_go() {
    for (seed, family) in (0..300).zip(Family::BOTH.into_iter().cycle()) {
        println!("{family:?} seed {seed}");
        let rng = &mut Rng::with_seed(seed);
        let entries = rng.usize(1..40);
        let acl = random::acl(rng, family, entries, seed % 3 == 0);
        let space = Space::with_layout(layouts(family)[rng.usize(..4)].clone());
        let before = space.permitted(&acl);
        let found = space.lines(&acl);
        let left = without(&acl, |index| {
            found.iter().any(|finding| finding.index == index)
        });
        assert_eq!(space.permitted(&left), before);
        if acl.is_settled() {
            for index in 0..left.entries.len() {
                assert_ne!(
                    space.permitted(&without(&left, |i| i == index)),
                    before,
                    "{index} {left:?}"
                );
            }
        }
        for (index, ace) in acl.entries.iter().enumerate() {
            let taken = |i: &usize| space.of_ace(&acl.entries[*i]).must;
            let hidden = space.of_ace(ace).may;
            let covers = |by: &[usize]| {
                space.subset(
                    hidden,
                    space.union_all(&by.iter().map(taken).collect::<Vec<_>>()),
                )
            };
            let unreachable = covers(&(0..index).collect::<Vec<_>>());
            match found
                .iter()
                .find(|finding| finding.index == index)
                .map(|finding| &finding.why)
            {
                Some(Useless::Unreachable(by)) => {
                    assert!(covers(by) && by.iter().all(|&i| i < index));
                    for out in by {
                        assert!(!covers(
                            &by.iter().copied().filter(|i| i != out).collect::<Vec<_>>()
                        ));
                    }
                }
                _ => assert!(!unreachable, "{index} of {acl:?}"),
            }
        }
    }
}

/// Cut into pieces or not: the same set, even with pieces that no entry begins in.
#[test]
fn long_lists_in_pieces_are_the_same_lists() {
    for (seed, family) in (0..60).zip(Family::BOTH.into_iter().cycle()) {
        println!("{family:?} seed {seed}");
        let rng = &mut Rng::with_seed(seed);
        let entries = rng.usize(1..60);
        let acl = random::acl(rng, family, entries, true);
        let aces: Vec<_> = acl.all().collect();
        let space = Space::with_layout(layouts(family)[rng.usize(..4)].clone());
        for side in [Side::Must, Side::May] {
            let whole = space.run(|dd, layout| list::permitted(dd, layout, &aces, side));
            let pieces = rng.usize(1..9);
            let cut = space.run(|dd, layout| shards::permitted(dd, layout, &aces, side, pieces));
            assert_eq!(cut, whole);
        }
        let small = Space::new(family).with_limit(10);
        let cut = small.run(|dd, layout| shards::permitted(dd, layout, &aces, Side::Must, 4));
        assert!(small.is_empty(cut) || !small.exhausted());
    }
}
