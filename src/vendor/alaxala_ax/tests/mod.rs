//! Tests of the whole dialect, and the packets, corpus and three-valued first match that they share.

mod entries;
mod hostile;
mod reading;
mod writing;

use super::AlaxalaAx;
use crate::acl::{Acl, Fate, decide};
use crate::base::Source;
use crate::device::Device;
use crate::net::proto::{ICMP, ICMPV6, SCTP, TCP, UDP};
use crate::net::{Family, Flow, L4, PositionSet, TcpFlags, Wildcard};
use crate::vendor::{Dialect, Hint};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const CORPUS: [(&str, &[u8]); 5] = [
    (
        "floor-filter",
        include_bytes!("../../../../tests/corpus/alaxala-ax/floor-filter.cfg"),
    ),
    (
        "core",
        include_bytes!("../../../../tests/corpus/alaxala-ax/core.cfg"),
    ),
    (
        "cp932",
        include_bytes!("../../../../tests/corpus/alaxala-ax/cp932.cfg"),
    ),
    (
        "odd",
        include_bytes!("../../../../tests/corpus/alaxala-ax/odd.cfg"),
    ),
    (
        "ax7800r",
        include_bytes!("../../../../tests/corpus/alaxala-ax/ax7800r.cfg"),
    ),
];

fn hint(model: &str) -> Hint {
    Hint {
        model: Some(model.to_owned()).filter(|m| !m.is_empty()),
        ..Hint::default()
    }
}

fn read(bytes: &[u8], model: &str) -> Device {
    AlaxalaAx.read(&Source::capture("test.cfg", bytes), &hint(model))
}

fn corpus(name: &str) -> Device {
    let (_, bytes) = CORPUS.iter().find(|(n, _)| *n == name).unwrap();
    read(bytes, "AX3660S-24T4X")
}

fn list<'a>(device: &'a Device, name: &str) -> &'a Acl {
    device.acls.iter().find(|acl| acl.name == name).unwrap()
}

fn v4(text: &str) -> IpAddr {
    IpAddr::V4(text.parse::<Ipv4Addr>().unwrap())
}

fn tcp(src: &str, sport: u16, dst: &str, dport: u16, flags: TcpFlags) -> Flow {
    let l4 = L4::Tcp {
        sport,
        dport,
        flags,
    };
    let (src, dst): (IpAddr, IpAddr) = (src.parse().unwrap(), dst.parse().unwrap());
    Flow::new(src, dst, TCP, l4, PositionSet::WHOLE, false).unwrap()
}

/// Fate and line of a packet.
fn fate(acl: &Acl, flow: &Flow) -> (Fate, Option<u32>) {
    let decided = decide(acl, flow);
    (decided.fate, acl.ace(decided.index).unwrap().line)
}

fn wild(text: &str) -> Wildcard {
    match text.parse::<ipnet::IpNet>() {
        Ok(net) => Wildcard::from_prefix(net),
        Err(_) => Wildcard::host(text.parse().unwrap()),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hit {
    Yes,
    No,
    Perhaps,
}

/// First match over three values: every outcome that some reading can have.
fn first_match(hits: impl Iterator<Item = (bool, Hit)>) -> Fate {
    let (mut permit, mut deny) = (false, false);
    for (permits, hit) in hits.chain([(false, Hit::Yes)]) {
        if hit != Hit::No {
            permit |= permits;
            deny |= !permits;
        }
        if hit == Hit::Yes {
            break;
        }
    }
    match (permit, deny) {
        (true, false) => Fate::Permit,
        (false, true) => Fate::Deny,
        _ => Fate::Unknown,
    }
}

const POOL4: [u32; 4] = [0x0A00_0001, 0x0A00_0002, 0x0A00_0101, 0x0A01_0001];
const POOL6: [u128; 3] = [0xfd00 << 112 | 1, 0xfd00 << 112 | 2, 0xfd01 << 112 | 1];

fn random_addr(rng: &mut fastrand::Rng, family: Family) -> IpAddr {
    match family {
        Family::V4 => IpAddr::V4(Ipv4Addr::from_bits(*rng.choice(POOL4.iter()).unwrap())),
        Family::V6 => IpAddr::V6(Ipv6Addr::from_bits(*rng.choice(POOL6.iter()).unwrap())),
    }
}

fn random_wildcard(rng: &mut fastrand::Rng, family: Family) -> Wildcard {
    let addr = random_addr(rng, family);
    match rng.u8(0..3) {
        0 => Wildcard::any(family),
        1 => Wildcard::host(addr),
        _ => {
            let length = *rng.choice([8, 15, 24, 31].iter()).unwrap();
            Wildcard::from_prefix(ipnet::IpNet::new(addr, length).unwrap())
        }
    }
}

fn random_flow(rng: &mut fastrand::Rng, family: Family) -> Flow {
    let (src, dst) = (random_addr(rng, family), random_addr(rng, family));
    let protocols = [TCP, TCP, UDP, ICMP, ICMPV6, 47, 51, SCTP];
    let protocol = *rng.choice(protocols.iter()).unwrap();
    let positions = [PositionSet::WHOLE, PositionSet::FIRST, PositionSet::LATER];
    let position = *rng.choice(positions.iter()).unwrap();
    let ext = family == Family::V6 && rng.u8(0..4) == 0;
    let own_icmp = if family == Family::V4 { ICMP } else { ICMPV6 };
    let (sport, dport) = (rng.u16(77..85), rng.u16(77..85));
    let l4 = match protocol {
        _ if position == PositionSet::LATER => L4::None,
        TCP => L4::Tcp {
            sport,
            dport,
            flags: TcpFlags::from_bits(rng.u8(0..64)),
        },
        UDP | SCTP => L4::Ports { sport, dport },
        p if p == own_icmp => L4::Icmp {
            kind: rng.u8(0..3),
            code: rng.u8(0..2),
        },
        _ => L4::None,
    };
    Flow::new(src, dst, protocol, l4, position, ext).unwrap()
}
