//! Every list of up to three entries over a header of three bits, against bitmasks.
//!
//! The bits lie in three fields: the lowest of the source, the ninth of the destination, and whole or later. A set of the
//! eight packets is a `u8`; [`bounds`] is D12 and [`decider`] is D13, word by word.

use crate::acl::{Ace, Acl, Action, Open, Question};
use crate::net::proto::TCP;
use crate::net::{ByteSet, Family, Match, PositionSet, Wildcard};
use crate::pset::{Bounds, Field, Layout, PacketSet, Space, Useless};

use super::random::list;

/// Cubes over three bits: a wanted value per bit, or none.
const CUBES: [[Option<bool>; 3]; 9] = {
    const N: Option<bool> = None;
    const F: Option<bool> = Some(false);
    const T: Option<bool> = Some(true);
    [
        [N, N, N],
        [F, N, N],
        [N, T, N],
        [N, N, F],
        [F, T, N],
        [T, N, F],
        [N, T, T],
        [T, F, T],
        [F, F, F],
    ]
};

fn cube_box(cube: [Option<bool>; 3]) -> Match {
    let address = |bit: u32, want: Option<bool>| {
        let value = 0x0a00_0000 | u128::from(want == Some(true)) << bit;
        Wildcard::new(Family::V4, value, u128::from(want.is_none()) << bit)
    };
    let position = match cube[2] {
        None => PositionSet(PositionSet::WHOLE.0 | PositionSet::LATER.0),
        Some(false) => PositionSet::WHOLE,
        Some(true) => PositionSet::LATER,
    };
    let pair = Match::pair(address(0, cube[0]), address(8, cube[1]));
    Match {
        protocol: ByteSet::one(TCP),
        position,
        ..pair
    }
}

fn cube_mask(cube: [Option<bool>; 3]) -> u8 {
    let holds = |packet: u8| {
        (0..3).all(|bit| cube[bit].is_none_or(|want| want == (packet >> bit & 1 == 1)))
    };
    (0..8)
        .filter(|&packet| holds(packet))
        .fold(0, |mask, packet| mask | 1 << packet)
}

struct Choice {
    ace: Ace,
    certain: u8,
    possible: u8,
}

/// Settled and merely possible entries, entries that match a part for certain, unread entries.
fn choices() -> Vec<Choice> {
    let make = |action, certain: Option<usize>, open: Option<usize>| {
        let mask = |cube: Option<usize>| cube.map_or(0, |cube| cube_mask(CUBES[cube]));
        let boxes = |cube: Option<usize>| {
            cube.map(|cube| cube_box(CUBES[cube]))
                .into_iter()
                .collect::<Vec<_>>()
        };
        let mut ace = Ace::implicit(action, boxes(certain), "");
        if open.is_some() {
            ace.open.push(Open {
                question: Question::Limit,
                boxes: boxes(open),
            });
        }
        Choice {
            ace,
            certain: mask(certain),
            possible: mask(certain) | mask(open),
        }
    };
    let mut all = Vec::new();
    for action in [Action::Permit, Action::Deny] {
        all.extend((0..9).map(|cube| make(action, Some(cube), None)));
        all.extend((0..9).map(|cube| make(action, None, Some(cube))));
        all.extend([(1, 2), (4, 6), (8, 3), (5, 7)].map(|(c, p)| make(action, Some(c), Some(p))));
    }
    all.extend((0..9).map(|cube| make(Action::Unread, None, Some(cube))));
    all
}

/// D12: (must-permit, may-permit).
fn bounds(entries: &[&Choice]) -> (u8, u8) {
    let (mut must, mut may, mut blocked, mut denied) = (0, 0, 0u8, 0u8);
    for choice in entries {
        match choice.ace.action {
            Action::Permit => {
                must |= choice.certain & !blocked;
                may |= choice.possible & !denied;
            }
            Action::Deny => {
                blocked |= choice.possible;
                denied |= choice.certain;
            }
            Action::Unread => {
                may |= choice.possible & !denied;
                blocked |= choice.possible;
            }
        }
    }
    (must, may)
}

/// D13 for one packet; the tail has the index behind the entries.
fn decider(entries: &[&Choice], packet: u8) -> usize {
    let has = |mask: u8| mask >> packet & 1 == 1;
    let certain = |choice: &&Choice| choice.ace.action != Action::Unread && has(choice.certain);
    let first = entries.iter().position(certain).unwrap_or(entries.len());
    let action = entries
        .get(first)
        .map_or(Action::Deny, |choice| choice.ace.action);
    let other = |choice: &&Choice| choice.ace.action != action && has(choice.possible);
    entries[..first].iter().position(other).unwrap_or(first)
}

/// Entries whose packets, all of them and under every reading, earlier entries take.
fn unreachable(entries: &[&Choice]) -> Vec<usize> {
    let mut taken = 0;
    let mut out = Vec::new();
    for (index, choice) in entries.iter().enumerate() {
        if choice.possible & !taken == 0 {
            out.push(index);
        }
        if choice.ace.action != Action::Unread {
            taken |= choice.certain;
        }
    }
    out
}

/// A space and the sets of all bitmasks in it.
struct Bench {
    space: Space,
    table: Vec<PacketSet>,
}

impl Bench {
    fn new(layout: Layout) -> Bench {
        let space = Space::with_layout(layout);
        let point = |packet: u8| {
            space.of_match(&cube_box([0, 1, 2].map(|bit| Some(packet >> bit & 1 == 1))))
        };
        let table = (0..=u8::MAX)
            .map(|mask| {
                let chosen: Vec<_> = (0..8)
                    .filter(|packet| mask >> packet & 1 == 1)
                    .map(point)
                    .collect();
                space.union_all(&chosen)
            })
            .collect();
        Bench { space, table }
    }

    fn set(&self, mask: u8) -> PacketSet {
        self.table[usize::from(mask)]
    }

    fn check(&self, entries: &[&Choice]) {
        let acl = list(
            Family::V4,
            entries.iter().map(|choice| choice.ace.clone()).collect(),
        );
        let (must, may) = bounds(entries);
        let expected = Bounds {
            must: self.set(must),
            may: self.set(may),
        };
        assert_eq!(self.space.permitted(&acl), expected, "{acl:?}");

        let mut masks = vec![0u8; entries.len() + 1];
        (0..8).for_each(|packet| masks[decider(entries, packet)] |= 1 << packet);
        let parts = masks.into_iter().enumerate().filter(|part| part.1 != 0);
        let expected: Vec<_> = parts.map(|(index, mask)| (index, self.set(mask))).collect();
        assert_eq!(
            self.space.deciding(&acl, self.set(255)),
            expected,
            "{acl:?}"
        );

        self.check_lines(&acl, entries);
    }

    fn check_lines(&self, acl: &Acl, entries: &[&Choice]) {
        let found = self.space.lines(acl);
        let dead = found
            .iter()
            .filter(|finding| finding.why != Useless::Redundant);
        let dead: Vec<usize> = dead.map(|finding| finding.index).collect();
        assert_eq!(dead, unreachable(entries), "{acl:?}");
        assert_eq!(dead, self.space.unreachable(acl), "{acl:?}");
        let without = |out: &dyn Fn(usize) -> bool| {
            let each = entries.iter().enumerate().filter(|entry| !out(entry.0));
            bounds(&each.map(|(_, choice)| *choice).collect::<Vec<_>>())
        };
        let removed = |index: usize| found.iter().any(|finding| finding.index == index);
        assert_eq!(without(&removed), bounds(entries), "{acl:?}");
        if acl.is_settled() {
            for one in (0..entries.len()).filter(|&one| !removed(one)) {
                let fewer = without(&|index| index == one || removed(index));
                assert_ne!(fewer, bounds(entries), "{one} of {acl:?}");
            }
        }
    }
}

#[test]
fn every_short_list_means_what_d12_and_d13_say() {
    let choices = choices();
    assert_eq!(choices.len(), 53);
    let order = [Field::Position, Field::Dst, Field::Src];
    for layout in [
        Layout::usual(Family::V4),
        Layout::new(Family::V4, &order, 4),
    ] {
        let bench = Bench::new(layout);
        for first in &choices {
            bench.check(&[first]);
            for second in &choices {
                bench.check(&[first, second]);
                for third in &choices {
                    bench.check(&[first, second, third]);
                }
            }
        }
        assert!(!bench.space.exhausted());
    }
}
