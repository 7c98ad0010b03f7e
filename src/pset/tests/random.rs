//! Random boxes, lists and packets that meet each other often.

use crate::acl::{Ace, Acl, AclState, Action, Open, Question};
use crate::net::proto::{SCTP, TCP, UDP};
use crate::net::{
    AddrSet, ByteSet, ExtSet, Family, FlagSet, Flow, L4, Match, PortSet, PositionSet, TcpFlags,
    Wildcard,
};
use fastrand::Rng;

const PORTS: [u16; 8] = [0, 22, 53, 443, 1023, 1024, 49152, u16::MAX];
const PROTOCOLS: [u8; 7] = [0, 1, TCP, UDP, 58, SCTP, 255];

fn base(family: Family) -> u128 {
    match family {
        Family::V4 => 0x0a00_0000,
        Family::V6 => 0x2001_0db8 << 96,
    }
}

/// An address near the edges of what [`wildcard`] makes.
fn address(rng: &mut Rng, family: Family) -> u128 {
    let low = [0u128, 1, 7, 127, 128, 254, 255, 256, 257, 511, 512, 65535][rng.usize(..12)];
    let high = match (family, rng.u8(..8)) {
        (_, 0) => return rng.u128(..) & family.ones(),
        (Family::V6, 1) => 1 << 64,
        (Family::V6, 2) => 1 << 32,
        (_, 3) => 1 << 16,
        _ => 0,
    };
    base(family) | high | low
}

fn wildcard(rng: &mut Rng, family: Family) -> Wildcard {
    let value = address(rng, family);
    let free = match rng.u8(..8) {
        0 | 1 => 0,
        2 => 0xff,
        3 => 0x1ff,
        4 => 0xffff,
        5 => [0x0100, 0xfe, 0x0302, 0xff00, 0x0001_0001][rng.usize(..5)],
        6 => family.ones(),
        _ => (1 << rng.u32(..family.bits())) - 1,
    };
    Wildcard::new(family, value, free)
}

fn addresses(rng: &mut Rng, family: Family) -> AddrSet {
    let parts = if rng.u8(..6) == 0 { 3 } else { 1 };
    AddrSet::new(
        family,
        (0..parts)
            .map(|_| wildcard(rng, family))
            .collect::<Vec<_>>(),
    )
}

fn ports(rng: &mut Rng) -> PortSet {
    let port = PORTS[rng.usize(..PORTS.len())];
    match rng.u8(..8) {
        0 => PortSet::one(port),
        1 => PortSet::one(port).complement(),
        2 => PortSet::range(port, u16::MAX),
        3 => PortSet::from_ranges([(22, 22), (53, 53), (port, port)]),
        _ => PortSet::full(),
    }
}

/// A box, not always tidy.
pub(super) fn one_box(rng: &mut Rng, family: Family) -> Match {
    let mut m = Match::between(addresses(rng, family), addresses(rng, family));
    let protocol = PROTOCOLS[rng.usize(..PROTOCOLS.len())];
    match rng.u8(..6) {
        0 => {}
        1 => m.protocol = ByteSet::of([protocol, TCP]),
        2 => m.protocol = ByteSet::one(protocol).complement(),
        _ => m.protocol = ByteSet::one(protocol),
    }
    match rng.u8(..6) {
        0 | 1 => (m.sport, m.dport) = (ports(rng), ports(rng)),
        2 => m.flags = [FlagSet::established(), FlagSet::opening()][rng.usize(..2)],
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

pub(super) fn ace(rng: &mut Rng, family: Family, open: bool) -> Ace {
    let boxes = |rng: &mut Rng| -> Vec<Match> {
        (0..rng.usize(1..3)).map(|_| one_box(rng, family)).collect()
    };
    let action = [Action::Permit, Action::Deny][rng.usize(..2)];
    let mut ace = Ace::implicit(action, boxes(rng), "");
    if open && rng.u8(..4) == 0 {
        if rng.bool() {
            ace.certain.clear();
            ace.action = if rng.bool() { Action::Unread } else { action };
        }
        let question = Question::Limit;
        ace.open.push(Open {
            question,
            boxes: boxes(rng),
        });
    }
    ace
}

pub(super) fn list(family: Family, entries: Vec<Ace>) -> Acl {
    Acl {
        name: "T".to_owned(),
        family,
        state: AclState::Defined,
        entries,
        tail: vec![Ace::implicit(Action::Deny, vec![Match::any(family)], "")],
        line: None,
    }
}

pub(super) fn acl(rng: &mut Rng, family: Family, entries: usize, open: bool) -> Acl {
    let mut acl = list(
        family,
        (0..entries).map(|_| ace(rng, family, open)).collect(),
    );
    if rng.u8(..4) == 0 {
        acl.tail[0].action = Action::Permit;
    }
    acl
}

pub(super) fn flow(rng: &mut Rng, family: Family) -> Flow {
    let (src, dst) = (address(rng, family), address(rng, family));
    let protocol = PROTOCOLS[rng.usize(..PROTOCOLS.len())];
    let position = PositionSet(1 << rng.u8(..3));
    let port = |rng: &mut Rng| PORTS[rng.usize(..PORTS.len())].saturating_add(rng.u16(..2));
    let (sport, dport) = (port(rng), port(rng));
    let l4 = match protocol {
        _ if position == PositionSet::LATER => L4::None,
        TCP => L4::Tcp {
            sport,
            dport,
            flags: TcpFlags::from_bits(rng.u8(..)),
        },
        UDP | SCTP => L4::Ports { sport, dport },
        number if number == Match::icmp_of(family) => L4::Icmp {
            kind: [0, 8, 128, 255][rng.usize(..4)],
            code: rng.u8(..2),
        },
        _ => L4::None,
    };
    let ext = family == Family::V6 && rng.bool();
    Flow::new(
        family.addr(src),
        family.addr(dst),
        protocol,
        l4,
        position,
        ext,
    )
    .unwrap()
}
