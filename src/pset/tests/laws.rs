//! Set algebra, boxes and packets, regions and witnesses, on random sets under several layouts.

use super::{layouts, random};
use crate::net::{Family, Flow, Match};
use crate::pset::{Bounds, PacketSet, Prefer, Space};
use fastrand::Rng;

fn set(space: &Space, rng: &mut Rng) -> PacketSet {
    let boxes: Vec<Match> = (0..rng.usize(1..5))
        .map(|_| random::one_box(rng, space.family()))
        .collect();
    let set = space.of_matches(&boxes);
    if rng.bool() {
        set
    } else {
        space.complement(set)
    }
}

fn each(rounds: u64, test: impl Fn(&Space, &mut Rng)) {
    for family in Family::BOTH {
        for (at, layout) in layouts(family).into_iter().enumerate() {
            for seed in 0..rounds {
                println!("{family:?} layout {at} seed {seed}");
                test(
                    &Space::with_layout(layout.clone()),
                    &mut Rng::with_seed(seed),
                );
            }
        }
    }
}

#[test]
fn boxes_contain_what_the_box_contains() {
    each(40, |space, rng| {
        let m = random::one_box(rng, space.family());
        let set = space.of_match(&m);
        for _ in 0..60 {
            let flow = random::flow(rng, space.family());
            assert_eq!(
                space.contains(set, &flow),
                m.contains(&flow),
                "{m:?} {flow}"
            );
        }
    });
}

#[test]
fn the_laws_of_sets_hold() {
    each(40, |s, rng| {
        let (a, b, c) = (set(s, rng), set(s, rng), set(s, rng));
        assert_eq!(s.union(a, b), s.union(b, a));
        assert_eq!(s.union(a, s.union(b, c)), s.union(s.union(a, b), c));
        assert_eq!(s.union_all(&[a, b, c]), s.union(a, s.union(b, c)));
        assert_eq!(
            s.intersect(a, s.union(b, c)),
            s.union(s.intersect(a, b), s.intersect(a, c))
        );
        assert_eq!(
            s.complement(s.union(a, b)),
            s.intersect(s.complement(a), s.complement(b))
        );
        assert_eq!(s.complement(s.complement(a)), a);
        assert_eq!(s.minus(a, b), s.intersect(a, s.complement(b)));
        assert_eq!(s.subset(a, b), s.is_empty(s.minus(a, b)));
        assert_eq!(s.disjoint(a, b), s.is_empty(s.intersect(a, b)));
        assert!(s.subset(s.intersect(a, b), a) && s.subset(a, s.union(a, b)));
        assert!(s.disjoint(s.minus(a, b), b));
        assert_eq!(s.union(a, s.complement(a)), s.full());
    });
}

#[test]
fn one_packet_is_in_a_set_exactly_if_its_set_is_a_part() {
    each(20, |space, rng| {
        let set = set(space, rng);
        for _ in 0..30 {
            let flow = random::flow(rng, space.family());
            let point = space.of_flow(&flow);
            assert!(space.contains(point, &flow));
            assert_eq!(
                space.subset(point, set),
                space.contains(set, &flow),
                "{flow}"
            );
            assert_eq!(
                space.disjoint(point, set),
                !space.contains(set, &flow),
                "{flow}"
            );
            assert_eq!(space.witness(point, &Prefer::default()), Some(flow));
        }
    });
}

/// D4: negation and the right side of a difference swap the halves, so that must stays a part of may.
#[test]
fn bounds_swap_where_they_negate() {
    each(20, |s, rng| {
        let mut pair = || {
            let may = set(s, rng);
            Bounds {
                must: s.intersect(may, set(s, rng)),
                may,
            }
        };
        let (a, b) = (pair(), pair());
        let not = s.bounds_complement(a);
        assert_eq!(
            (not.must, not.may),
            (s.complement(a.may), s.complement(a.must))
        );
        let minus = s.bounds_minus(a, b);
        assert_eq!(
            (minus.must, minus.may),
            (s.minus(a.must, b.may), s.minus(a.may, b.must))
        );
        assert_eq!(minus, s.bounds_intersect(a, s.bounds_complement(b)));
        for pair in [not, minus, s.bounds_union(a, b), s.bounds_intersect(a, b)] {
            assert!(s.subset(pair.must, pair.may));
        }
    });
}

#[test]
fn regions_are_disjoint_tidy_and_cover() {
    each(25, |space, rng| {
        let set = set(space, rng);
        let regions = space.regions(set, usize::MAX);
        assert!(!regions.cut);
        assert_eq!(space.of_matches(&regions.list), set);
        let mut before = space.empty();
        for region in &regions.list {
            assert_eq!(region.clone().tidy(), *region);
            let here = space.of_match(region);
            assert!(space.disjoint(here, before), "{region:?}");
            before = space.union(before, here);
        }
        if regions.list.len() > 1 {
            let some = space.regions(set, 1);
            assert!(some.cut && some.list[..] == regions.list[..1]);
        }
    });
}

#[test]
fn regions_and_witness_do_not_depend_on_the_layout() {
    for seed in 0..30 {
        for family in Family::BOTH {
            println!("{family:?} seed {seed}");
            let answers: Vec<_> = layouts(family)
                .into_iter()
                .map(|layout| {
                    let space = Space::with_layout(layout);
                    let rng = &mut Rng::with_seed(seed);
                    let m = random::one_box(rng, family);
                    let set = space.minus(space.full(), space.of_match(&m));
                    (
                        space.witness(set, &Prefer::default()),
                        space.of_matches(&space.regions(set, 999).list) == set,
                    )
                })
                .collect();
            assert!(
                answers
                    .iter()
                    .all(|answer| *answer == answers[0] && answer.1),
                "{answers:?}"
            );
        }
    }
}

#[test]
fn a_witness_is_in_the_set_and_reads_well() {
    each(25, |space, rng| {
        let set = set(space, rng);
        let flow = space.witness(set, &Prefer::default());
        assert_eq!(flow.is_none(), space.is_empty(set));
        assert!(flow.is_none_or(|flow| space.contains(set, &flow)));
    });
    let text = |family, set: &dyn Fn(&Space) -> PacketSet| {
        let space = Space::new(family);
        space
            .witness(set(&space), &Prefer::default())
            .map_or(String::new(), |flow: Flow| flow.to_string())
    };
    assert_eq!(
        text(Family::V4, &Space::full),
        "10.0.0.1:49152 -> 10.0.0.1:443 tcp syn"
    );
    assert_eq!(
        text(Family::V6, &Space::full),
        "[2001:db8::1]:49152 -> [2001:db8::1]:443 tcp syn"
    );
    assert_eq!(text(Family::V4, &Space::empty), "");
}

/// D33: a martian source only if there is no other; and the caller's wishes come before the built-in ones.
#[test]
fn wishes_never_lead_to_a_martian() {
    let space = Space::new(Family::V4);
    let from = |text: &str| {
        let net: ipnet::IpNet = text.parse().unwrap();
        let any = crate::net::Wildcard::any(Family::V4);
        space.of_match(&Match::pair(crate::net::Wildcard::from_prefix(net), any))
    };
    let (loopback, public) = (from("127.0.0.0/8"), from("198.51.100.0/24"));
    let prefer = Prefer {
        sets: vec![loopback, public],
    };
    let flow = space
        .witness(space.union(loopback, from("192.0.2.0/24")), &prefer)
        .unwrap();
    assert_eq!(flow.src().to_string(), "192.0.2.1");
    let flow = space.witness(space.full(), &prefer).unwrap();
    assert_eq!(flow.src().to_string(), "198.51.100.1");
    let flow = space.witness(loopback, &prefer).unwrap();
    assert_eq!(flow.src().to_string(), "127.0.0.1");
}

#[test]
fn a_used_up_budget_is_sticky_and_empties_everything() {
    let rng = &mut Rng::with_seed(7);
    let space = Space::new(Family::V4).with_limit(20);
    let sets: Vec<_> = (0..20).map(|_| set(&space, rng)).collect();
    assert!(space.exhausted());
    let full = space.full();
    assert!(space.is_empty(full) && space.is_empty(space.union_all(&sets)));
    assert!(space.is_empty(space.complement(space.empty())));
    assert!(!space.subset(space.empty(), sets[0]) && !space.disjoint(space.empty(), sets[0]));
    assert!(space.regions(sets[0], 9).cut);
    assert!(space.with_limit(1 << 20).exhausted());
}

/// A mask with holes everywhere must not take the machine down.
#[test]
fn hostile_masks_exhaust_the_space_at_worst() {
    let space = Space::new(Family::V4);
    let evil = crate::net::Wildcard::new(Family::V4, 0, 0xffff_fffe);
    let set = space.of_match(&Match::pair(evil, evil));
    assert!(space.exhausted() && space.is_empty(set));
}
