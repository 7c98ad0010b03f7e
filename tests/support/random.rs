//! Random lists whose entries meet each other often, with every feature a box has.

use aclc::acl::{Ace, Acl, AclState, Action, Open, Question};
use aclc::net::proto::{SCTP, TCP, UDP};
use aclc::net::{AddrSet, ByteSet, ExtSet, Family, FlagSet, Match, PortSet, PositionSet, Wildcard};
use fastrand::Rng;

const PORTS: [u16; 8] = [0, 22, 53, 443, 1023, 1024, 49152, u16::MAX];
const PROTOCOLS: [u8; 7] = [0, 1, TCP, UDP, 58, SCTP, 255];

fn one_of<T: Copy>(rng: &mut Rng, from: &[T]) -> T {
    from[rng.usize(..from.len())]
}

/// Prefixes of every length around a few nets, hosts, and masks with holes.
fn wildcard(rng: &mut Rng, family: Family) -> Wildcard {
    let base = match family {
        Family::V4 => 0x0a00_0000,
        Family::V6 => 0x2001_0db8 << 96,
    };
    let value = base | one_of(rng, &[0, 1, 7, 128, 255, 256, 511, 512, 65535, 1 << 16]);
    let free = match rng.u8(..8) {
        0 | 1 => 0,
        2 => 0xff,
        3 => 0x1ff,
        4 => 0xffff,
        5 => one_of(rng, &[0x0100, 0xfe, 0x0302, 0xff00, 0x0001_0001]),
        6 => family.ones(),
        _ => (1 << rng.u32(..family.bits())) - 1,
    };
    Wildcard::new(family, value, free)
}

fn addresses(rng: &mut Rng, family: Family) -> AddrSet {
    let parts = if rng.u8(..6) == 0 { 3 } else { 1 };
    let parts: Vec<Wildcard> = (0..parts).map(|_| wildcard(rng, family)).collect();
    AddrSet::new(family, parts)
}

fn ports(rng: &mut Rng) -> PortSet {
    let port = one_of(rng, &PORTS);
    match rng.u8(..8) {
        0 => PortSet::one(port),
        1 => PortSet::one(port).complement(),
        2 => PortSet::range(port, u16::MAX),
        3 => PortSet::from_ranges([(22, 22), (53, 53), (port, port)]),
        _ => PortSet::full(),
    }
}

fn one_box(rng: &mut Rng, family: Family) -> Match {
    let mut m = Match::between(addresses(rng, family), addresses(rng, family));
    let protocol = one_of(rng, &PROTOCOLS);
    match rng.u8(..6) {
        0 => {}
        1 => m.protocol = ByteSet::of([protocol, TCP]),
        2 => m.protocol = ByteSet::one(protocol).complement(),
        _ => m.protocol = ByteSet::one(protocol),
    }
    match rng.u8(..6) {
        0 | 1 => (m.sport, m.dport) = (ports(rng), ports(rng)),
        2 => m.flags = one_of(rng, &[FlagSet::established(), FlagSet::opening()]),
        3 => m.icmp_type = ByteSet::of([8, 0, 128]),
        _ => {}
    }
    if rng.u8(..4) == 0 {
        m.icmp_code = ByteSet::one(0);
    }
    if rng.u8(..3) == 0 {
        m.position = PositionSet(rng.u8(1..8));
    }
    if rng.u8(..3) == 0 {
        m.ext = ExtSet(rng.u8(1..4));
    }
    m.tidy()
}

/// An entry; `open`: one in four is not understood, or not entirely (D10).
pub(crate) fn ace(rng: &mut Rng, family: Family, open: bool) -> Ace {
    let boxes = |rng: &mut Rng| -> Vec<Match> {
        (0..rng.usize(1..3)).map(|_| one_box(rng, family)).collect()
    };
    let action = one_of(rng, &[Action::Permit, Action::Deny]);
    let mut ace = Ace::implicit(action, boxes(rng), "");
    if open && rng.u8(..4) == 0 {
        if rng.bool() {
            ace.certain.clear();
            ace.action = one_of(rng, &[Action::Unread, action]);
        }
        ace.open.push(Open {
            question: Question::Limit,
            boxes: boxes(rng),
        });
    }
    ace
}

/// A list of this many entries.
pub(crate) fn acl(rng: &mut Rng, family: Family, entries: usize, open: bool) -> Acl {
    let last = one_of(
        rng,
        &[Action::Deny, Action::Deny, Action::Deny, Action::Permit],
    );
    Acl {
        name: "T".to_owned(),
        family,
        state: AclState::Defined,
        entries: (0..entries).map(|_| ace(rng, family, open)).collect(),
        tail: vec![Ace::implicit(last, vec![Match::any(family)], "")],
        line: None,
    }
}

/// The list with one entry removed, added, turned round, moved or changed.
pub(crate) fn mutated(rng: &mut Rng, acl: &Acl, open: bool) -> Acl {
    let mut acl = acl.clone();
    let at = rng.usize(..acl.entries.len());
    match rng.u8(..5) {
        0 => drop(acl.entries.remove(at)),
        1 => acl.entries.insert(at, ace(rng, acl.family, open)),
        2 => acl.entries[at] = ace(rng, acl.family, open),
        3 => {
            let entry = acl.entries.remove(at);
            acl.entries.insert(rng.usize(..=acl.entries.len()), entry);
        }
        _ => {
            acl.entries[at].action = match acl.entries[at].action {
                Action::Permit => Action::Deny,
                Action::Deny => Action::Permit,
                Action::Unread => Action::Unread,
            }
        }
    }
    acl
}
