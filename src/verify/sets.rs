//! Sets of one family that every claim asks for, made once per view.

use super::spec::martians;
use crate::net::proto::{ICMPV6, TCP};
use crate::net::{AddrRanges, ByteSet, Family, FlagSet, Match, PositionSet};
use crate::pset::{PacketSet, Space};
use crate::topo::{Topo, interface_addrs};

/// Sets that hang on nothing but the family and the addresses of the routers.
pub(super) struct Sets {
    /// Opening packets (D35).
    pub(super) openings: PacketSet,
    /// Those of TCP.
    pub(super) opening_tcp: PacketSet,
    /// ND messages: thrown away by every receiver once they crossed a router (D33).
    pub(super) neighbour_discovery: PacketSet,
    /// Packets from addresses no host has.
    pub(super) martian_sources: PacketSet,
    /// Packets from addresses that a router has by its text, virtual ones too, and that the policy gives to no host.
    pub(super) from_own: PacketSet,
    /// Packets to them.
    pub(super) to_own: PacketSet,
}

impl Sets {
    pub(super) fn new(space: &Space, topo: &Topo, hosts: &AddrRanges) -> Sets {
        let family = hosts.family();
        // An address that a host has as well is asked for: the router that took it is in its way.
        let own = own_addrs(topo, family).minus(hosts);
        let any = Match {
            position: PositionSet::L4,
            ..Match::any(family)
        };
        let tcp = Match {
            protocol: ByteSet::one(TCP),
            flags: FlagSet::opening(),
            ..any.clone()
        };
        let other = Match {
            protocol: ByteSet::one(TCP).complement(),
            ..any.clone()
        };
        let discovery = Match {
            protocol: ByteSet::one(ICMPV6),
            icmp_type: ByteSet::of(133..=137),
            ..any
        };
        let opening_tcp = space.of_match(&tcp);
        Sets {
            openings: space.union(opening_tcp, space.of_match(&other)),
            opening_tcp,
            neighbour_discovery: match family {
                Family::V4 => space.empty(),
                Family::V6 => space.of_match(&discovery),
            },
            martian_sources: from(space, &martians(family)),
            from_own: from(space, &own),
            to_own: to(space, &own),
        }
    }
}

/// Every address that a router has by its text, virtual ones too.
pub(super) fn own_addrs(topo: &Topo, family: Family) -> AddrRanges {
    let interfaces = topo
        .devices
        .iter()
        .flat_map(|named| &named.device.interfaces);
    interfaces.fold(AddrRanges::none(family), |all, interface| {
        all.union(&interface_addrs(interface, family))
    })
}

/// All packets to some addresses.
pub(super) fn to(space: &Space, dst: &AddrRanges) -> PacketSet {
    space.of_match(&Match {
        dst: dst.to_set(),
        ..Match::any(dst.family())
    })
}

/// All packets from some addresses.
pub(super) fn from(space: &Space, src: &AddrRanges) -> PacketSet {
    space.of_match(&Match {
        src: src.to_set(),
        ..Match::any(src.family())
    })
}
