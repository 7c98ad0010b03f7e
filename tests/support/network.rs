//! Random small networks, built as devices directly: VLAN interfaces, static routes with loops, null and equal cost,
//! virtual addresses, short lists; and packets that have business there.

use super::random;
use aclc::acl::{Ace, Acl, AclState, Action, Direction, Known, Open, Question};
use aclc::device::{
    Binding, Device, Effect, EffectClass, Forwarding, Interface, InterfaceKind, NextHop, Route,
    Scope, Sees,
};
use aclc::net::proto::{TCP, UDP};
use aclc::net::{
    AddrRanges, ByteSet, Family, Flow, L4, Match, PortSet, PositionSet, TcpFlags, Wildcard,
};
use aclc::reach::Beyond;
use aclc::topo::{Named, Topo, build};
use fastrand::Rng;
use ipnet::IpNet;
use std::net::IpAddr;
use std::sync::Arc;

const VLANS: u16 = 5;
/// The last parts of addresses: one per device, hosts, a next hop that is no router, a virtual address, the broadcast.
const HOSTS: [u8; 2] = [50, 51];
const OTHER: u8 = 200;
const VIRTUAL: u8 = 254;

/// How much is known of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Everything.
    Settled,
    /// Entries, facts and lines may be open.
    Open,
}

/// A network and what its packets may end at besides links and devices.
pub(crate) struct Network {
    pub(crate) family: Family,
    pub(crate) topo: Topo,
    pub(crate) hairpins: Vec<Beyond>,
    pub(crate) next_hops: Vec<(usize, IpAddr)>,
}

fn addr(family: Family, vlan: u16, host: u8) -> IpAddr {
    let bits = match family {
        Family::V4 => 0x0a00_0000 | u128::from(vlan) << 8,
        Family::V6 => 0xfd00 << 112 | u128::from(vlan) << 64,
    };
    family.addr(bits | u128::from(host))
}

fn net_of(family: Family, vlan: u16) -> IpNet {
    let length = match family {
        Family::V4 => 24,
        Family::V6 => 64,
    };
    IpNet::new(addr(family, vlan, 0), length).unwrap().trunc()
}

fn outside(family: Family) -> IpAddr {
    match family {
        Family::V4 => "192.0.2.1".parse().unwrap(),
        Family::V6 => "2001:db8::1".parse().unwrap(),
    }
}

/// A network of two to four devices.
pub(crate) fn network(rng: &mut Rng, kind: Kind) -> Network {
    let family = if rng.u8(..3) == 0 {
        Family::V6
    } else {
        Family::V4
    };
    let devices = (0..rng.u8(2..5)).map(|number| {
        Arc::new(Named {
            name: format!("R{number}"),
            device: device(rng, family, kind, number),
        })
    });
    let devices: Vec<Arc<Named>> = devices.collect();
    let topo = build(devices, 10..10 + VLANS);
    let mut next_hops = Vec::new();
    for vlan in 10..10 + VLANS {
        let link = topo.vlan(vlan).unwrap();
        // Every address that a route may name; where a router has it nothing is handed over.
        next_hops.extend((0..=u8::MAX).map(|host| (link, addr(family, vlan, host))));
    }
    let named = |hop: &(usize, IpAddr)| {
        topo.devices.iter().any(|named| {
            named.device.routes.iter().any(|route| match &route.via {
                NextHop::Via(addr) | NextHop::Interface(_, Some(addr)) => *addr == hop.1,
                _ => false,
            })
        })
    };
    next_hops.retain(named);
    let hairpins = next_hops.iter().copied().filter(|_| rng.u8(..4) == 0);
    Network {
        family,
        hairpins: hairpins.map(|hop| beyond(hop, true)).collect(),
        next_hops,
        topo,
    }
}

/// A host on a link that packets are handed to.
pub(crate) fn beyond((link, addr): (usize, IpAddr), hairpin: bool) -> Beyond {
    Beyond {
        link,
        hosts: AddrRanges::prefix(IpNet::from(addr)),
        hairpin,
    }
}

fn known(rng: &mut Rng, kind: Kind, yes: bool) -> Known {
    match (kind, rng.u8(..5)) {
        (Kind::Open, 0) => Known::Open(Question::Limit),
        _ if yes => Known::Yes,
        _ => Known::No,
    }
}

fn device(rng: &mut Rng, family: Family, kind: Kind, number: u8) -> Device {
    let acls: Vec<Acl> = (0..3).map(|_| list(rng, family, kind)).collect();
    let mut vlans: Vec<u16> = (10..10 + VLANS).collect();
    rng.shuffle(&mut vlans);
    vlans.truncate(rng.usize(2..5));
    let interfaces: Vec<Interface> = vlans
        .iter()
        .map(|&vlan| interface(rng, family, vlan, number, acls.len()))
        .collect();
    let routes = (0..rng.usize(1..6))
        .map(|_| route(rng, family, &vlans))
        .collect();
    let (forwards, to_switch) = (rng.u8(..12) > 0, rng.bool());
    let forwards = known(rng, kind, forwards);
    let odd = kind == Kind::Open && rng.u8(..4) == 0;
    let effect = |class| Effect {
        class,
        scope: Scope::Device,
        line: 1,
        text: String::new(),
    };
    let class = [
        EffectClass::Narrows,
        EffectClass::Redirects,
        EffectClass::Rewrites,
    ][rng.usize(..3)];
    Device {
        hostname: None,
        dialect: "test",
        model: None,
        interfaces,
        routes,
        acls,
        dynamic: Vec::from_iter((odd && rng.bool()).then(|| (String::new(), 1))),
        settled: Vec::new(),
        effects: Vec::from_iter((odd && rng.bool()).then(|| effect(class))),
        gaps: Vec::new(),
        forwards: Forwarding {
            v4: forwards.clone(),
            v6: forwards,
        },
        sees: Sees {
            bridged_in: Known::No,
            bridged_out: Known::No,
            to_switch: known(rng, kind, to_switch),
            from_switch: known(rng, kind, !to_switch),
        },
        parts: Default::default(),
        relays_from_either: false,
        modelled: Vec::new(),
        asides: Vec::new(),
        beneath: Default::default(),
    }
}

fn interface(rng: &mut Rng, family: Family, vlan: u16, number: u8, lists: usize) -> Interface {
    let mut interface = Interface::new(&format!("Vlan{vlan}"), InterfaceKind::Svi(vlan));
    let length = net_of(family, vlan).prefix_len();
    let with = |vlan, host| IpNet::new(addr(family, vlan, host), length).unwrap();
    interface.addrs.push(with(vlan, number + 1));
    if rng.u8(..6) == 0 {
        // A second subnet on the link.
        interface.addrs.push(with(vlan + 20, number + 1));
    }
    if rng.u8(..5) == 0 {
        interface.virtuals.push(addr(family, vlan, VIRTUAL));
    }
    interface.shutdown = rng.u8(..12) == 0;
    for direction in [Direction::In, Direction::Out] {
        if rng.u8(..3) == 0 {
            let acl = rng.usize(..lists);
            interface.bindings.push(Binding {
                family,
                direction,
                acl,
                line: 0,
            });
        }
    }
    interface
}

fn route(rng: &mut Rng, family: Family, vlans: &[u16]) -> Route {
    let any = |rng: &mut Rng| 10 + rng.u16(..VLANS);
    let prefix = match rng.u8(..4) {
        0 => IpNet::new(family.addr(0), 0).unwrap(),
        1 => IpNet::from(addr(family, any(rng), HOSTS[rng.usize(..2)])),
        _ => net_of(family, any(rng)),
    };
    let near = vlans[rng.usize(..vlans.len())];
    let vlan = if rng.u8(..5) == 0 { any(rng) } else { near };
    let host = [1, 2, 3, 4, OTHER, VIRTUAL][rng.usize(..6)];
    let via = match rng.u8(..8) {
        0 => NextHop::Null,
        1 => NextHop::Interface(format!("Vlan{near}"), None),
        2 => NextHop::Interface(format!("Vlan{near}"), Some(addr(family, near, host))),
        _ => NextHop::Via(addr(family, vlan, host)),
    };
    Route {
        vrf: String::new(),
        prefix,
        via,
        distance: [1, 1, 1, 5][rng.usize(..4)],
        conditional: rng.u8(..6) == 0,
        line: 0,
    }
}

/// A short list about these nets, which lets most packets through.
fn list(rng: &mut Rng, family: Family, kind: Kind) -> Acl {
    let entries = (0..rng.usize(1..5)).map(|_| entry(rng, family, kind));
    let entries = entries.collect();
    let last = [Action::Permit, Action::Deny][rng.usize(..2)];
    Acl {
        name: "L".to_owned(),
        family,
        state: AclState::Defined,
        entries,
        tail: vec![Ace::implicit(last, vec![Match::any(family)], "")],
        line: None,
    }
}

fn entry(rng: &mut Rng, family: Family, kind: Kind) -> Ace {
    if rng.u8(..6) == 0 {
        return random::ace(rng, family, kind == Kind::Open);
    }
    let side = |rng: &mut Rng| {
        let vlan = 10 + rng.u16(..VLANS);
        match rng.u8(..4) {
            0 => Wildcard::any(family),
            1 => Wildcard::host(addr(family, vlan, HOSTS[rng.usize(..2)])),
            _ => Wildcard::from_prefix(net_of(family, vlan)),
        }
    };
    let mut m = Match::pair(side(rng), side(rng));
    if rng.bool() {
        m.protocol = ByteSet::one(TCP);
        m.dport = PortSet::one([22, 443][rng.usize(..2)]);
    }
    let action = [Action::Permit, Action::Permit, Action::Deny][rng.usize(..3)];
    let mut ace = Ace::implicit(action, vec![m.tidy()], "");
    if kind == Kind::Open && rng.u8(..5) == 0 {
        let boxes = std::mem::take(&mut ace.certain);
        ace.open.push(Open {
            question: Question::Limit,
            boxes,
        });
        ace.action = [ace.action, Action::Unread][rng.usize(..2)];
    }
    ace
}

/// A packet between hosts, routers and the outside, sometimes to where nothing is routed.
pub(crate) fn flow(rng: &mut Rng, network: &Network) -> Flow {
    let family = network.family;
    let mut end = |dst: bool| {
        let vlan = 10 + rng.u16(..VLANS) + if rng.u8(..8) == 0 { 20 } else { 0 };
        let host = [
            1, 2, 3, 4, HOSTS[0], HOSTS[0], HOSTS[1], OTHER, VIRTUAL, 255,
        ];
        match rng.u8(..12) {
            0 => outside(family),
            1 if dst && family == Family::V4 => "224.0.0.5".parse().unwrap(),
            1 if dst => "ff02::5".parse().unwrap(),
            2 if family == Family::V6 => "fe80::7".parse().unwrap(),
            _ => addr(family, vlan, host[rng.usize(..host.len())]),
        }
    };
    let (src, dst) = (end(false), end(true));
    let (sport, dport) = (50_000, [22, 443][rng.usize(..2)]);
    let (protocol, l4) = match rng.u8(..3) {
        0 => (UDP, L4::Ports { sport, dport }),
        _ => {
            let flags = TcpFlags::SYN;
            (
                TCP,
                L4::Tcp {
                    sport,
                    dport,
                    flags,
                },
            )
        }
    };
    Flow::new(src, dst, protocol, l4, PositionSet::WHOLE, false).unwrap()
}
