//! How fast packet sets are, on lists of our own making.
//!
//! `cargo bench --bench pset` runs every kind of list at 100, 1,000, 10,000 and 50,000 lines, each in a process of its own;
//! `-- nested 10000` runs one kind and length. Shown are the best times in milliseconds with their share of the bar, how large
//! the permitted set is and how much was made on the way, how many lines are dead (a list of dead lines flatters everyone), and
//! the peak memory of the case. A list that is past the budget of nodes is shown as unknown.
//!
//! Measured on 2 cores of an AMD EPYC, rustc 1.95, the quietest of several runs; other jobs on the same cores
//! doubled most figures in the others, and more where two threads work (20,000 lines and up):
//!
//! | list | lines | permitted set | useless lines | difference to 20 changed lines, as boxes | peak |
//! |---|---|---|---|---|---|
//! | municipal | 1,000 | 1.5 ms | 4.6 ms | 1.8 ms | 7 MB |
//! | municipal | 10,000 | 16 ms (bar 30) | 66 ms (bar 150) | 30 ms | 51 MB (bar 100) |
//! | municipal | 15,000 | 27 ms | 112 ms | 56 ms (bar 300) | 154 MB |
//! | holes (5 % masks with holes) | 10,000 | 350 ms | 1.6 s | 620 ms | 319 MB |
//! | firewall (45 % dead) | 10,000 | 28 ms | 164 ms | 44 ms | 53 MB |
//! | nested (44 % dead) | 10,000 | 260 ms | 2.5 s | 410 ms | 642 MB |
//! | alternating permits and denies | 10,000 | 25 ms | 162 ms | 38 ms | 76 MB |
//! | ports (dense ranges) | 10,000 | 29 ms | 154 ms | 32 ms | 55 MB |
//! | cross (as large a set as a list can make) | 2,000 | 124 ms | 2.1 s | 284 ms | 453 MB |
//! | firewall | 50,000 | 0.21 s (bar 3 s) | | | 226 MB |
//! | nested | 50,000 | 2.8 s (bar 3 s) | | | 1,111 MB |
//!
//! Two municipal lists compared with their deciding lines, 4 % of the lines changed: 10,000 lines 144 ms (696 changes), 15,000
//! lines 159 ms (968 changes; bar 300). The peaks of 10,000 lines and less are from before the program had its own allocator;
//! `aclc lint` of 10,000 such lines as a process stays at 74 MB.
//!
//! Beside them the same lists as bit diagrams of `oxidd` (up to 10,000 lines; its share of the peak is not in the table), and
//! equivalence by `z3` at 1,000 lines, as factors of ours in the same run. `oxidd`: permitted set of 10,000 municipal lines 41
//! times ours (goal 8), unreachable lines 29 times (goal 5); firewall 27 and 24 times. `z3` on 1,000 municipal lines: two equal
//! lists 192 times ours (goal 100), a list and the same with a line less 85 times; on firewall lists (goal 20) 177 and 66 times
//! with a choice of layout that took three times as long as it does now.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod common;
#[path = "../tests/support/smtlib.rs"]
#[allow(dead_code, reason = "the tests ask more of it")]
mod smtlib;

use aclc::acl::{Ace, Acl, AclState, Action};
use aclc::diff::compare;
use aclc::net::proto::{TCP, UDP};
use aclc::net::{ByteSet, Family, FlagSet, Match, PortSet, PositionSet, Wildcard};
use aclc::pset::{Layout, Limits, Space, Useless};
use common::bdd::with_bits;
use common::{best, on_clock, once, peak};
use fastrand::Rng;
use std::collections::BTreeSet;

/// What lists are like: two that people write, and five that hurt.
const KINDS: [&str; 7] = [
    "municipal",
    "firewall",
    "nested",
    "holes",
    "cross",
    "alternating",
    "ports",
];
const LINES: [usize; 4] = [100, 1_000, 10_000, 50_000];

/// What a list may take, in milliseconds: permitted set, useless lines, difference.
const BARS: [(&str, usize, [Option<u32>; 3]); 4] = [
    ("municipal", 10_000, [Some(30), Some(150), None]),
    ("municipal", 15_000, [None, None, Some(300)]),
    ("firewall", 50_000, [Some(3000), None, None]),
    ("nested", 50_000, [Some(3000), None, None]),
];

fn cases() -> Vec<(&'static str, usize)> {
    let all = KINDS
        .iter()
        .flat_map(|kind| LINES.iter().map(move |lines| (*kind, *lines)));
    all.chain([("municipal", 15_000)]).collect()
}

fn main() {
    let mut args = std::env::args().skip(1).filter(|arg| arg != "--bench");
    match (args.next(), args.next()) {
        (Some(kind), Some(lines)) => case(&kind, lines.parse().unwrap_or(1000)),
        (Some(number), None) => {
            let cases = cases();
            let (kind, lines) = cases[number.parse().unwrap_or(0) % cases.len()];
            case(kind, lines);
        }
        _ => {
            println!("milliseconds; x% is the share of the bar that was used");
            common::each_alone(cases().len());
        }
    }
}

fn case(kind: &str, lines: usize) {
    let acl = list(kind, lines, 1);
    let known = BARS.iter().find(|bar| (bar.0, bar.1) == (kind, lines));
    let bars = known.map_or([None; 3], |bar| bar.2);
    let repeats = if lines <= 15_000 { 7 } else { 3 };
    let choose = || Space::for_acls(Family::V4, &[&acl]).layout().clone();
    let (choice, layout) = best(repeats, choose);
    let space = || Space::with_layout(layout.clone());
    let (build, (sizes, gave_up)) = best(repeats, || {
        let space = space();
        let permitted = space.permitted(&acl).must;
        ((space.size(), space.size_of(permitted)), space.exhausted())
    });
    if gave_up {
        println!(
            "{kind} {lines}: unknown, the budget of nodes is spent after {build:.0}, peak {} MB",
            peak()
        );
        return;
    }
    let permits = acl
        .entries
        .iter()
        .filter(|ace| ace.action == Action::Permit)
        .count();
    let runs = acl.entries.chunk_by(|a, b| a.action == b.action).count();
    println!(
        "{kind} {lines}: {permits} permits, {runs} runs of one action; {:?}",
        layout.order()
    );
    println!(
        "    layout {choice:.2}, permitted set {}: {} nodes, {} edges of {} made",
        figure(build, bars[0]),
        sizes.1.nodes,
        sizes.1.edges,
        sizes.0.edges,
    );
    if lines <= 15_000 {
        let (sweep, found) = best(repeats, || space().lines(&acl));
        let dead = found
            .iter()
            .filter(|finding| finding.why != Useless::Redundant)
            .count();
        let percent = |count: usize| 100.0 * count as f64 / lines as f64;
        let (dead, redundant) = (percent(dead), percent(found.len() - dead));
        println!(
            "    useless lines {}: {dead:.1}% dead, {redundant:.1}% redundant",
            figure(sweep, bars[1])
        );
        let other = mutated(kind, lines, 20);
        let (diff, boxes) = best(repeats, || {
            let space = space();
            let (old, new) = (space.permitted(&acl).must, space.permitted(&other).must);
            let regions = |part| space.regions(part, 100_000);
            let (less, more) = (
                regions(space.minus(old, new)),
                regions(space.minus(new, old)),
            );
            let cut = less.cut || more.cut || space.exhausted();
            (less.list.len(), more.list.len(), cut)
        });
        println!(
            "    difference {}: -{} +{} boxes{}",
            figure(diff, bars[2]),
            boxes.0,
            boxes.1,
            if boxes.2 { ", and more" } else { "" }
        );
        let other = mutated(kind, lines, lines / 25);
        let (pairs, found) = once(|| compare(&acl, &other, Limits::default()));
        println!(
            "    compared with the deciding lines, {} lines changed {}: {} changes{}",
            lines / 25,
            figure(pairs, bars[2]),
            found.changes.len(),
            if found.limited { ", and more" } else { "" }
        );
    }
    if lines <= 10_000 && ["municipal", "firewall", "nested"].contains(&kind) {
        beside_bits(&acl, &layout, build);
    }
    if lines == 1_000 {
        beside_solver(&acl);
    }
    println!("    peak {} MB", peak());
}

/// The same list as bits, in a process that has just made it as intervals.
fn beside_bits(acl: &Acl, layout: &Layout, ours: f64) {
    // To make room is not counted.
    let (order, lines) = (layout.order(), acl.entries.len());
    let builds = (0..3).map(|_| with_bits(order, lines, |bits| once(|| bits.permitted(acl)).0));
    let build = builds.fold(f64::INFINITY, f64::min);
    let space = || Space::with_layout(layout.clone());
    let (dead, found) = best(3, || space().unreachable(acl));
    let (linear, count) = with_bits(order, lines, |bits| once(|| bits.unreachable(acl)));
    assert_eq!(count, found.len(), "unreachable lines");
    println!(
        "    oxidd: permitted set {build:.1} = {:.1}x ours, unreachable lines {linear:.1} = {:.1}x ours ({dead:.1})",
        build / ours,
        linear / dead
    );
}

/// Equivalence with the same list without its useless lines, and with one that has other lines, by us and by z3; both from
/// the entries to the answer.
fn beside_solver(acl: &Acl) {
    if !smtlib::found() {
        return;
    }
    let useless: BTreeSet<usize> = {
        let found = Space::for_acls(Family::V4, &[acl]).lines(acl);
        found.into_iter().map(|finding| finding.index).collect()
    };
    let mut shorter = acl.clone();
    shorter.entries = (0..)
        .zip(&acl.entries)
        .filter(|(index, _)| !useless.contains(index))
        .map(|(_, ace)| ace.clone())
        .collect();
    let mut other = acl.clone();
    let last = other
        .entries
        .iter()
        .rposition(|ace| ace.action == Action::Permit);
    other
        .entries
        .remove(last.expect("a list permits something"));
    for (what, other) in [("equal", &shorter), ("one line less", &other)] {
        let (ours, same) = best(3, || {
            let space = Space::for_acls(Family::V4, &[acl, other]);
            space.permitted(acl).must == space.permitted(other).must
        });
        // Another process: only a clock sees it.
        let (theirs, answers) = on_clock(|| {
            let context = smtlib::list("a", acl) + &smtlib::list("b", other);
            smtlib::solve(Family::V4, &context, &["(xor a-must b-must)".to_owned()])
        });
        assert_eq!(same, answers[0].is_none(), "{what}");
        println!(
            "    z3, {what}: {theirs:.0} = {:.0}x ours ({ours:.2})",
            theirs / ours
        );
    }
}

fn figure(took: f64, bar: Option<u32>) -> String {
    match bar {
        None => format!("{took:.2}"),
        Some(bar) => format!("{took:.2} ({:.0}%)", took / f64::from(bar) * 100.0),
    }
}

fn list(kind: &str, lines: usize, seed: u64) -> Acl {
    let rng = &mut Rng::with_seed(seed);
    let entries = (0..lines)
        .map(|index| match kind {
            "firewall" | "nested" => firewall(rng, kind == "nested"),
            "cross" => cross(index),
            "alternating" => alternating(rng, index),
            "ports" => ports(rng),
            _ => municipal(rng, lines, kind == "holes"),
        })
        .collect();
    Acl {
        name: kind.to_owned(),
        family: Family::V4,
        state: AclState::Defined,
        entries,
        tail: vec![Ace::implicit(
            Action::Deny,
            vec![Match::any(Family::V4)],
            "",
        )],
        line: None,
    }
}

/// The list with so many changes: an entry removed, or one from another list put in.
fn mutated(kind: &str, lines: usize, changes: usize) -> Acl {
    let (mut acl, donor) = (list(kind, lines, 1), list(kind, lines, 2));
    let rng = &mut Rng::with_seed(3);
    for _ in 0..changes / 2 {
        acl.entries.remove(rng.usize(..acl.entries.len()));
        acl.entries.insert(
            rng.usize(..acl.entries.len()),
            donor.entries[rng.usize(..lines)].clone(),
        );
    }
    acl
}

fn prefix(value: u32, length: u32) -> Wildcard {
    Wildcard::new(Family::V4, value.into(), u128::from(u32::MAX) >> length)
}

/// Permits with ports take later fragments of the same addresses as well, as IOS does (D8).
fn entry(permit: bool, m: Match) -> Ace {
    let m = m.tidy();
    let mut boxes = vec![m.clone()];
    if permit && m.has_l4() {
        boxes.push(m.without_l4(PositionSet::LATER));
    }
    Ace::implicit(
        if permit { Action::Permit } else { Action::Deny },
        boxes,
        "",
    )
}

/// Zones of /24 and hosts in them, some twenty services, every seventh entry a deny.
fn municipal(rng: &mut Rng, lines: usize, holes: bool) -> Ace {
    let zones = u32::try_from(lines / 20).unwrap_or(0).clamp(8, 2000);
    let place = |rng: &mut Rng| {
        let zone = rng.u32(..zones);
        let net = 0x0a00_0000 | zone << 8;
        match rng.u8(..20) {
            _ if holes && rng.u8(..20) == 0 => {
                let free = [
                    0x0000_ff00,
                    0x0000_00fe,
                    0x0000_fe03,
                    0x0000_0ff0,
                    0x00ff_ff00,
                ][rng.usize(..5)];
                Wildcard::new(Family::V4, (net | rng.u32(1..255)).into(), free)
            }
            0..=8 => prefix(net, 24),
            9 => prefix(net & !0xfff, 20),
            _ => prefix(net | rng.u32(1..40), 32),
        }
    };
    let mut m = Match::pair(place(rng), place(rng));
    const PORTS: [u16; 12] = [22, 25, 53, 80, 123, 161, 389, 443, 445, 1433, 3389, 8080];
    let port = PORTS[rng.usize(..12)];
    match rng.u8(..20) {
        0..=10 => (m.protocol, m.dport) = (ByteSet::one(TCP), PortSet::one(port)),
        11..=13 => (m.protocol, m.dport) = (ByteSet::one(UDP), PortSet::one(port)),
        14 => m.dport = PortSet::from_ranges([(port, port), (8443, 8443), (49152, 49155)]),
        15 => m.dport = PortSet::range(5000, 5000 + rng.u16(1..200)),
        16 | 17 => (m.sport, m.flags) = (PortSet::one(port), FlagSet::established()),
        18 => m.icmp_type = ByteSet::one([0, 3, 8, 11][rng.usize(..4)]),
        _ => {}
    }
    if rng.u8(..20) < 16 && m.icmp_type.is_full() && m.protocol.is_full() {
        m.protocol = ByteSet::one(TCP);
    }
    entry(rng.u8(..100) >= 15, m)
}

/// Prefixes of every length that contain each other, port ranges, every fourth entry a deny. Sources are often anything,
/// or (`nested`) both sides sometimes are.
fn firewall(rng: &mut Rng, nested: bool) -> Ace {
    let place = |rng: &mut Rng, wide: u8, length: u32| {
        let value = 0x0a00_0000 | rng.u32(..) & [0x00ff_ffff, 0x0003_3fff][rng.usize(..2)];
        match rng.u8(..100) {
            number if number < wide => prefix(0, 0),
            number if number < wide + 4 => prefix(value, rng.u32(length..20)),
            number if number < wide + 20 => prefix(value, rng.u32(20..28)),
            number if number < wide + 40 => prefix(value, 24),
            _ => prefix(value, 32),
        }
    };
    let mut m = match nested {
        false => Match::pair(place(rng, 40, 14), place(rng, 0, 14)),
        true => {
            let (a, b) = (place(rng, 30, 12), place(rng, 0, 14));
            if rng.bool() {
                Match::pair(a, b)
            } else {
                Match::pair(b, a)
            }
        }
    };
    let some_ports = |rng: &mut Rng, full: u8| match rng.u8(..100) {
        number if number < full => PortSet::full(),
        number if number < full + 10 => PortSet::range(1024, u16::MAX),
        number if number < full + 25 => PortSet::range(rng.u16(..2000), rng.u16(2000..9000)),
        _ => PortSet::one(rng.u16(1..60) * 37),
    };
    match rng.u8(..40) {
        0 => {}
        1..=3 => m.icmp_type = ByteSet::one(rng.u8(..16)),
        number => {
            m.protocol = ByteSet::one(if number < 30 { TCP } else { UDP });
            (m.sport, m.dport) = (some_ports(rng, 65), some_ports(rng, 10));
        }
    }
    entry(rng.u8(..4) > 0, m)
}

/// Sources and destinations by turns, each over the whole of the other: as large a set as a list can make.
fn cross(index: usize) -> Ace {
    let number = u32::try_from(index).unwrap_or(0);
    let (host, any) = (
        prefix(0x0a00_0000 | number.wrapping_mul(7919) & 0xffff, 32),
        prefix(0, 0),
    );
    let mut m = if index.is_multiple_of(2) {
        Match::pair(host, any)
    } else {
        Match::pair(any, host)
    };
    m.protocol = ByteSet::one(TCP);
    m.dport = PortSet::range(0, 1 + u16::try_from(index % 60_000).unwrap_or(0));
    entry(!index.is_multiple_of(3), m)
}

/// Permits and denies in turn, of prefixes that contain each other on both sides.
fn alternating(rng: &mut Rng, index: usize) -> Ace {
    let place = |rng: &mut Rng| prefix(0x0a00_0000 | rng.u32(..0x0100_0000), rng.u32(12..30));
    let mut m = Match::pair(place(rng), place(rng));
    m.protocol = ByteSet::one(TCP);
    if rng.bool() {
        m.dport = PortSet::range(0, rng.u16(1..));
    }
    entry(index.is_multiple_of(2), m)
}

/// A few dozen hosts, and ranges of ports of every length on both sides.
fn ports(rng: &mut Rng) -> Ace {
    let place = |rng: &mut Rng| prefix(0x0a00_0000 | rng.u32(..24), 32);
    let range = |rng: &mut Rng| {
        let (a, b) = (rng.u16(..), rng.u16(..));
        PortSet::range(a.min(b), a.max(b))
    };
    let mut m = Match::pair(place(rng), place(rng));
    m.protocol = ByteSet::one([TCP, UDP][rng.usize(..2)]);
    (m.sport, m.dport) = (range(rng), range(rng));
    entry(rng.u8(..4) > 0, m)
}
