//! The golden policy said a second time, by hand: who needs what, and what each claim forbids.

use super::oracle::{ACK, Packet, Place, Position, SYN, TCP, UDP, addr};
use super::walk::{End, Net};
use std::collections::BTreeSet;

pub(crate) const HAIRPIN: &str = "10.10.254.2";
/// VLAN, IPv4 prefix, whether IPv6 runs there (`fd7a:1c2b:0:<vlan>::/64`), first hop switch.
const LINKS: [(u16, &str, u32, bool, usize); 13] = [
    (111, "10.10.17.0", 24, true, 0),
    (112, "10.10.18.0", 24, true, 0),
    (113, "10.10.19.0", 24, true, 0),
    (120, "10.10.24.0", 25, false, 0),
    (200, "10.10.32.0", 24, false, 0),
    (210, "10.10.33.0", 24, true, 0),
    (290, "10.10.254.0", 29, false, 0),
    (300, "10.20.0.0", 27, false, 1),
    (310, "10.20.8.0", 22, false, 1),
    (320, "10.20.32.0", 24, false, 1),
    (340, "10.20.16.0", 24, false, 1),
    (350, "10.20.48.0", 28, false, 1),
    (900, "10.99.0.0", 24, false, 0),
];
pub(crate) const VLANS: [u16; 13] = [
    111, 112, 113, 120, 200, 210, 290, 300, 310, 320, 340, 350, 900,
];
const LGW: &[u16] = &[111, 112, 113, 120, 200, 210, 290];
const MYN: &[u16] = &[300, 310, 320, 340, 350];

/// The prefix of a VLAN.
pub(crate) fn prefix(vlan: u16, v6: bool) -> Option<Place> {
    let (_, net, len, dual, _) = *LINKS
        .iter()
        .find(|link| link.0 == vlan)
        .expect("a VLAN of the policy");
    match v6 {
        false => Some((addr(net).1, (1 << (32 - len)) - 1)),
        true => dual.then(|| {
            (
                addr(&format!("fd7a:1c2b:0:{vlan}::")).1,
                u128::from(u64::MAX),
            )
        }),
    }
}

/// A claim by its place in the results.
pub(crate) struct Forbidding {
    pub(crate) claim: usize,
    pub(crate) from: &'static [u16],
    pub(crate) into: &'static [u16],
}

pub(crate) const WORKS: usize = 5;
pub(crate) const FILTERED: usize = 4;
pub(crate) const FORBIDDING: [Forbidding; 5] = [
    Forbidding {
        claim: 0,
        from: &[111],
        into: MYN,
    },
    Forbidding {
        claim: 1,
        from: &[112, 113],
        into: MYN,
    },
    Forbidding {
        claim: 2,
        from: MYN,
        into: LGW,
    },
    Forbidding {
        claim: 3,
        from: &[112, 113],
        into: &[111],
    },
    Forbidding {
        claim: 6,
        from: LGW,
        into: MYN,
    },
];

impl Forbidding {
    /// Whether a packet put on `vlan` breaks the claim.
    pub(crate) fn broken(&self, net: &Net, vlan: u16, p: &Packet) -> bool {
        let counted = if self.claim == 1 { true } else { p.opens() };
        counted
            && !noise(p)
            && net
                .spread(vlan, p)
                .iter()
                .any(|end| self.arrived(*end, p) && !self.excused(vlan, p, *end))
    }

    fn arrived(&self, end: End, p: &Packet) -> bool {
        let within =
            |vlan: &u16| prefix(*vlan, p.v6).is_some_and(|place| (place.0 ^ p.dst) & !place.1 == 0);
        match end {
            // What is put on the link for an address of no zone is in every zone there (D28).
            End::Link(vlan) => self.into.contains(&vlan),
            End::Local(_, vlan) => self.into.contains(&vlan) || self.into.iter().any(within),
            End::Handed(vlan, hop) => {
                vlan == 290 && hop == addr(HAIRPIN).1 && self.into.contains(&290)
            }
            End::Dropped => false,
        }
    }

    fn excused(&self, vlan: u16, p: &Packet, end: End) -> bool {
        let gateway = addr("10.20.0.10").1;
        match self.claim {
            0 => !p.v6 && p.dst == gateway && (p.proto == TCP || p.proto == UDP) && p.dport == 443,
            2 => {
                let reply = !p.v6 && p.proto == UDP && p.src == gateway && p.sport == 443;
                let client = p.dport >= 1024 && p.dst >> 8 == addr("10.10.17.0").1 >> 8;
                let there = matches!(end, End::Link(111) | End::Local(_, 111));
                vlan == 300 && reply && client && there
            }
            6 => !p.v6 && p.dst == gateway,
            _ => false,
        }
    }
}

/// Never routed or thrown away by every receiver (D33), or a destination that is no host of its subnet.
fn noise(p: &Packet) -> bool {
    let edge = VLANS
        .iter()
        .filter_map(|vlan| prefix(*vlan, p.v6))
        .any(|(net, wild)| p.dst == net || !p.v6 && p.dst == net | wild);
    let martian = |a: u128| {
        if p.v6 {
            a >> 118 == 0x3fa || a >> 120 == 0xff || a < 2
        } else {
            a >> 28 >= 14 || a >> 24 == 127 || a >> 24 == 0
        }
    };
    edge || martian(p.dst)
        || martian(p.src)
        || (p.icmp_applies() && p.v6 && (133..138).contains(&p.icmp.0))
}

/// One direction of one session that must work (D42).
#[derive(Clone, Debug)]
pub(crate) struct Half {
    pub(crate) what: String,
    v6: bool,
    src: Place,
    dst: Place,
    proto: u8,
    pub(crate) sport: (u16, u16),
    pub(crate) dport: (u16, u16),
    reply: bool,
    /// VLAN of the sender; 0 if it is a switch.
    from: u16,
    first: usize,
    to: Goal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goal {
    Host(u16),
    Outside,
    Switch(usize),
}

const ANY_CLIENT: (u16, u16) = (1024, 65535);

/// Everything that must work.
pub(crate) fn required() -> Vec<Half> {
    let mut all = Vec::new();
    let tcp = |ports: &[(u16, u16)]| ports.iter().map(|p| (TCP, *p)).collect::<Vec<_>>();
    let udp = |ports: &[(u16, u16)]| ports.iter().map(|p| (UDP, *p)).collect::<Vec<_>>();
    let one = |n: u16| (n, n);
    let screen = [tcp(&[one(443)]), udp(&[one(443)])].concat();
    let display = tcp(&[one(22443)]);
    let https = tcp(&[one(443)]);
    let web = tcp(&[one(443), one(445)]);
    let ad = [
        tcp(&[53, 88, 464, 389, 636, 3268, 3269, 445, 135].map(one)),
        tcp(&[(49152, 65535)]),
        udp(&[53, 123, 88, 464, 389].map(one)),
    ]
    .concat();
    let print = [tcp(&[9100, 515, 631].map(one)), udp(&[one(161)])].concat();
    let host = |a: &str| (addr(a).1, 0);
    let net4 = |vlan| prefix(vlan, false).expect("every VLAN has IPv4");
    let mut add =
        |from: (u16, Place), to: (u16, Place), v6: bool, services: &[(u8, (u16, u16))]| {
            all.extend(
                services
                    .iter()
                    .flat_map(|s| session(from, Goal::Host(to.0), to, v6, *s)),
            );
        };
    add((111, net4(111)), (300, host("10.20.0.10")), false, &screen);
    for node in ["10.20.0.11", "10.20.0.12"] {
        add((300, host(node)), (310, net4(310)), false, &display);
        add((350, net4(350)), (300, host(node)), false, &tcp(&[one(22)]));
    }
    for desk in [310, 340] {
        add((desk, net4(desk)), (320, net4(320)), false, &https);
    }
    for term in [111, 112, 113] {
        let me = (term, net4(term));
        for n in ["11", "12"] {
            add(me, (200, host(&format!("10.10.32.{n}"))), false, &web);
            let dc = (210, host(&format!("10.10.33.{n}")));
            add(me, dc, false, &ad);
            add(me, dc, false, &udp(&[one(67)]));
            let dc6 = (210, host(&format!("fd7a:1c2b:0:210::{n}")));
            add(
                (term, prefix(term, true).expect("dual stack")),
                dc6,
                true,
                &ad,
            );
        }
        add(me, (210, host("10.10.33.21")), false, &tcp(&[(8530, 8531)]));
        add(me, (120, net4(120)), false, &print);
        add(me, (210, host("10.10.33.31")), false, &tcp(&[one(8080)]));
    }
    let proxy = (210, host("10.10.33.31"));
    all.extend(session(
        proxy,
        Goal::Outside,
        (290, (0, 0xffff_ffff)),
        false,
        (TCP, one(443)),
    ));
    for (d, from, services) in [
        (1, 350, tcp(&[one(22)])),
        (0, 900, [tcp(&[one(22)]), udp(&[one(161)])].concat()),
    ] {
        // What the policy gives the switch; a text that lacks it fails the claim.
        let own = LINKS
            .iter()
            .filter(|link| link.4 == d || link.0 == 300)
            .map(|link| {
                let nth = if link.0 == 300 && d == 1 { 2 } else { 1 };
                addr(link.1).1 + nth
            });
        for a in own {
            for service in &services {
                all.extend(session(
                    (from, net4(from)),
                    Goal::Switch(d),
                    (0, (a, 0)),
                    false,
                    *service,
                ));
            }
        }
    }
    all
}

/// Request and reply.
fn session(
    from: (u16, Place),
    goal: Goal,
    to: (u16, Place),
    v6: bool,
    (proto, ports): (u8, (u16, u16)),
) -> Vec<Half> {
    let first = |vlan: u16, towards: u16| match vlan {
        300 if LGW.contains(&towards) => 0,
        _ => LINKS
            .iter()
            .find(|link| link.0 == vlan)
            .map_or(0, |link| link.4),
    };
    let clients = match (proto, ports.0) {
        (UDP, 123) => vec![(123, 123), ANY_CLIENT],
        (UDP, 67) => vec![(68, 68)],
        _ => vec![ANY_CLIENT],
    };
    let mut halves = Vec::new();
    for client in clients {
        let what = format!(
            "VLAN {} -> {goal:?} protocol {proto} port {}-{}",
            from.0, ports.0, ports.1
        );
        let answers = match goal {
            Goal::Switch(d) => d,
            _ => first(to.0, from.0),
        };
        halves.push(Half {
            what: what.clone(),
            v6,
            src: from.1,
            dst: to.1,
            proto,
            sport: client,
            dport: ports,
            reply: false,
            from: from.0,
            first: first(from.0, to.0),
            to: goal,
        });
        halves.push(Half {
            what,
            v6,
            src: to.1,
            dst: from.1,
            proto,
            sport: ports,
            dport: client,
            reply: true,
            from: to.0,
            first: answers,
            to: Goal::Host(from.0),
        });
    }
    halves
}

impl Half {
    /// Whether D42 demands this packet.
    ///
    /// `own`: not of addresses that the text gives to a switch, besides those of the policy.
    fn demands(&self, net: &Net, p: &Packet, own: bool) -> bool {
        let inside = |place: Place, a: u128| (place.0 ^ a) & !place.1 == 0;
        let port = |range: (u16, u16), n: u16| (range.0..=range.1).contains(&n);
        let host = |place: Place, a: u128| {
            let edge = place.1 != 0 && (a == place.0 || !self.v6 && a == place.0 | place.1);
            !edge
                && (place.1 == 0
                    || (!own || net.devices.iter().all(|d| d.owner(self.v6, a).is_none()))
                        && !declared(self.v6, a))
        };
        // Behind the external connection is every address of no zone.
        let outside = |place: Place, a: u128| place != (0, 0xffff_ffff) || unnamed(a);
        let flags = self.proto != TCP || p.flags & ACK != 0 || !self.reply && p.opens();
        (p.v6, p.proto, p.position, p.ext) == (self.v6, self.proto, Position::Whole, false)
            && inside(self.src, p.src)
            && inside(self.dst, p.dst)
            && outside(self.src, p.src)
            && outside(self.dst, p.dst)
            && host(self.src, p.src)
            && host(self.dst, p.dst)
            && port(self.sport, p.sport)
            && port(self.dport, p.dport)
            && flags
    }

    /// Whether it demands the packet and the network loses it; `crossing`: the cables at their worst.
    pub(crate) fn lost(&self, net: &Net, p: &Packet, crossing: bool) -> bool {
        if !self.demands(net, p, crossing) {
            return false;
        }
        // The declared gateways of VLAN 300 are addresses: they must be there.
        let gateway = addr(if self.first == 0 {
            "10.20.0.1"
        } else {
            "10.20.0.2"
        })
        .1;
        if self.from == 300 && net.devices[self.first].owner(false, gateway) != Some(300) {
            return true;
        }
        let end = net.walk(self.first, self.from, p, crossing);
        let there = match self.to {
            Goal::Host(vlan) => end == End::Link(vlan),
            Goal::Outside => end == End::Handed(290, addr(HAIRPIN).1),
            Goal::Switch(d) => matches!(end, End::Local(at, _) if at == d),
        };
        !there
    }

    /// A packet of this half; `pick` chooses a number below its argument.
    pub(crate) fn packet(&self, pick: &mut impl FnMut(u64) -> u64) -> Packet {
        let host = |place: Place, pick: &mut dyn FnMut(u64) -> u64| match place.1 {
            0 => place.0,
            wild => place.0 + 2 + u128::from(pick((wild - 3).min(1 << 40) as u64)),
        };
        let port = |range: (u16, u16), pick: &mut dyn FnMut(u64) -> u64| match pick(4) {
            0 => range.0,
            1 => range.1,
            _ => range.0 + pick(u64::from(range.1 - range.0) + 1) as u16,
        };
        let flags = match (self.proto, self.reply) {
            (TCP, true) => ACK | if pick(2) == 0 { SYN } else { 0 },
            (TCP, false) => {
                if pick(2) == 0 {
                    SYN
                } else {
                    ACK
                }
            }
            _ => 0,
        };
        Packet {
            v6: self.v6,
            src: host(self.src, pick),
            dst: host(self.dst, pick),
            proto: self.proto,
            sport: port(self.sport, pick),
            dport: port(self.dport, pick),
            flags,
            ..Packet::default()
        }
    }
}

/// An IPv4 unicast address of no zone.
fn unnamed(a: u128) -> bool {
    let zone = |vlan: &u16| prefix(*vlan, false).is_some_and(|(net, wild)| (a ^ net) & !wild == 0);
    let top = a >> 24;
    !VLANS.iter().any(zone) && top != 0 && top != 127 && top < 224 && a >> 16 != 0xa9fe
}

/// Addresses the policy gives to switches.
fn declared(v6: bool, a: u128) -> bool {
    let first = |vlan: &u16| prefix(*vlan, v6).is_some_and(|place| a == place.0 + 1);
    VLANS.iter().any(first) || (v6, a) == addr("10.20.0.2")
}

/// The legs of a DHCP relay that are no session between hosts (D22), where they fail.
pub(crate) fn relay_gaps(net: &Net) -> Vec<String> {
    let core = &net.devices[0];
    let servers = ["10.10.33.11", "10.10.33.12"].map(|a| addr(a).1);
    let mut gaps = Vec::new();
    for vlan in [111u16, 112, 113] {
        let relay = prefix(vlan, false).expect("IPv4").0 + 1;
        let Some(svi) = core.svi(vlan) else { continue };
        let ask = Packet {
            dst: 0xffff_ffff,
            proto: UDP,
            sport: 68,
            dport: 67,
            ..Packet::default()
        };
        if !core.passes(svi, false, &ask) {
            gaps.push(format!("VLAN {vlan}: the client's broadcast"));
        }
        for server in servers {
            if !svi.helpers.contains(&server) {
                gaps.push(format!("VLAN {vlan}: no relay to a server"));
            }
            let answer = Packet {
                src: server,
                dst: relay,
                proto: UDP,
                sport: 67,
                dport: 67,
                ..Packet::default()
            };
            let arrives = matches!(net.walk(0, 210, &answer, true), End::Local(0, _));
            if core.owner(false, relay).is_some() && !arrives {
                gaps.push(format!("VLAN {vlan}: the server's answer to the relay"));
            }
        }
    }
    gaps
}

/// VLAN interfaces of both switches without a list in a family they carry (the `filtered` claim).
pub(crate) fn unfiltered(net: &Net) -> BTreeSet<(usize, u16)> {
    let mut bad = BTreeSet::new();
    for (d, device) in net.devices.iter().enumerate() {
        for svi in &device.svis {
            for v6 in [false, true] {
                let carries = v6 && svi.enable6 || svi.addrs.iter().any(|a| a.0 == v6);
                let list = svi
                    .bound
                    .get(&(v6, false))
                    .and_then(|name| device.lists.get(&(v6, name.clone())));
                if carries && list.is_none_or(|list| list.entries.is_empty()) {
                    bad.insert((d, svi.vlan));
                }
            }
        }
    }
    bad
}

/// What the oracle found: the claim and why.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) claim: usize,
    pub(crate) why: String,
}

/// Everything that can be said without a packet.
pub(crate) fn plain(net: &Net) -> Vec<Found> {
    let found = |claim, why: String| Found { claim, why };
    let filtered = unfiltered(net)
        .into_iter()
        .map(|(d, vlan)| found(FILTERED, format!("switch {d} VLAN {vlan} has no list")));
    let relay = relay_gaps(net).into_iter().map(|why| found(WORKS, why));
    filtered.chain(relay).collect()
}
