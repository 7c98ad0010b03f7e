//! Small networks by hand: where a router may answer for others, and where a walk gives up.

use aclc::acl::{Known, Question};
use aclc::device::{Device, Forwarding, Interface, InterfaceKind, NextHop, Route, Sees};
use aclc::net::proto::UDP;
use aclc::net::{Family, Flow, L4, PositionSet};
use aclc::pset::Space;
use aclc::reach::{End, Goal, Net, Side, TraceEnd, Walker};
use aclc::topo::{Named, Topo, build};
use std::sync::Arc;

/// A router with an interface per VLAN and no list.
fn router(name: &str, vlans: &[(u16, &[&str])]) -> Named {
    let interfaces = vlans.iter().map(|(vlan, addrs)| {
        let mut interface = Interface::new(&format!("Vlan{vlan}"), InterfaceKind::Svi(*vlan));
        interface.addrs = addrs.iter().map(|addr| addr.parse().unwrap()).collect();
        interface
    });
    let device = Device {
        hostname: None,
        dialect: "test",
        model: None,
        interfaces: interfaces.collect(),
        routes: Vec::new(),
        acls: Vec::new(),
        dynamic: Vec::new(),
        settled: Vec::new(),
        effects: Vec::new(),
        gaps: Vec::new(),
        forwards: Forwarding {
            v4: Known::Yes,
            v6: Known::No,
        },
        sees: Sees {
            bridged_in: Known::No,
            bridged_out: Known::No,
            to_switch: Known::Yes,
            from_switch: Known::No,
        },
        parts: Default::default(),
        relays_from_either: false,
        modelled: Vec::new(),
        asides: Vec::new(),
        beneath: Default::default(),
    };
    Named {
        name: name.to_owned(),
        device,
    }
}

fn network(routers: Vec<Named>) -> Topo {
    build(routers.into_iter().map(Arc::new).collect(), [])
}

fn packet(src: &str, dst: &str) -> Flow {
    let l4 = L4::Ports {
        sport: 50_000,
        dport: 53,
    };
    let (src, dst) = (src.parse().unwrap(), dst.parse().unwrap());
    Flow::new(src, dst, UDP, l4, PositionSet::WHOLE, false).unwrap()
}

/// R1 has a second subnet on VLAN 10 that R2 there knows nothing of: R2 may answer for its hosts, and what it gets it drops.
#[test]
fn what_another_router_may_answer_for_is_not_certain_to_arrive() {
    let subnets: &[&str] = &["10.0.10.1/24", "10.0.11.1/24"];
    let alone = || router("R1", &[(10, subnets), (20, &["10.0.20.1/24"])]);
    let beside = router("R2", &[(10, &["10.0.10.2/24"])]);
    let arrive = |topo: &Topo, dst: &str| {
        let space = Space::new(Family::V4);
        let net = Net::new(topo, Family::V4, &space);
        let goal = Goal {
            links: vec![topo.vlan(10).unwrap()],
            ..Goal::default()
        };
        let port = topo.links[topo.vlan(20).unwrap()].ports[0];
        let flow = packet("10.0.20.9", dst);
        let one = space.of_flow(&flow);
        [Side::Must, Side::May].map(|side| {
            let arrived = net.carried(port, one, &goal, side);
            space.contains(arrived, &flow)
        })
    };
    let both = network(vec![alone(), beside]);
    assert_eq!(arrive(&both, "10.0.10.9"), [true, true]);
    assert_eq!(arrive(&both, "10.0.11.9"), [false, true]);
    let single = network(vec![alone()]);
    assert_eq!(arrive(&single, "10.0.11.9"), [true, true]);
}

/// Routers on one link, each of which may send anything anywhere; behind the last one is the way out.
fn meshed(count: u16) -> Topo {
    let routers = (0..count).map(|number| {
        let here = format!("10.{}.{}.1/8", 1 + number / 200, number % 200);
        let mut named = match number + 1 == count {
            false => router(&format!("R{number:03}"), &[(10, &[here.as_str()])]),
            true => router("ZZ", &[(10, &[here.as_str()]), (20, &["192.0.2.1/24"])]),
        };
        if number + 1 < count {
            named.device.dynamic = vec![(String::new(), 1)];
        } else {
            named.device.routes = vec![Route {
                vrf: String::new(),
                prefix: "0.0.0.0/0".parse().unwrap(),
                via: NextHop::Via("192.0.2.2".parse().unwrap()),
                distance: 1,
                conditional: false,
                line: 1,
            }];
        }
        named
    });
    network(routers.collect())
}

/// The first router is entered first, and every router is tried from every other: the way out comes late.
#[test]
fn a_walk_among_too_many_ways_says_that_it_does_not_know() {
    for (count, found) in [(20, true), (400, false)] {
        let topo = meshed(count);
        let walker = Walker::new(&topo, &[]);
        let flow = packet("10.0.0.9", "203.0.113.1");
        let link = topo.vlan(10).unwrap();
        let out = End::Handed(topo.vlan(20).unwrap(), "192.0.2.2".parse().unwrap());
        let first = [topo.links[link].ports[0]];
        let (trace, end) = walker.walk(&flow, link, Some(&first), true, &|end| *end == out);
        assert_eq!(end == out, found, "{count}: {end:?}");
        assert_eq!(trace.end, TraceEnd::Unknown, "{count}");
        let routes = |question: &Question| matches!(question, Question::Routes { .. });
        assert!(trace.because.iter().any(routes), "{count}");
    }
}

/// Three routed ports on one wire: the last has a subnet of either of the others.
#[test]
fn a_port_with_two_subnets_joins_two_links() {
    let port = |name: &str, addrs: &[&str]| {
        let mut named = router(name, &[(10, addrs)]);
        named.device.interfaces[0].kind = InterfaceKind::Routed;
        named
    };
    let [a, b] = [port("A", &["10.0.0.1/30"]), port("B", &["10.0.1.1/30"])];
    let both = port("C", &["10.0.0.2/30", "10.0.1.2/30"]);
    let topo = network(vec![a, b, both]);
    assert_eq!(topo.links.len(), 1);
    assert_eq!(topo.links[0].ports.len(), 3);
    for (port, at) in topo.ports.iter().enumerate() {
        assert!(topo.links[at.link].ports.contains(&port));
    }
}

/// Every VLAN has its own fe80::2: on another interface than the next hop's it is no address of ours there.
#[test]
fn a_link_local_next_hop_is_somebody_elses_on_another_interface() {
    let addrs: &[(u16, &[&str])] = &[
        (10, &["fd00:0:0:10::1/64", "fe80::2/64"]),
        (99, &["fd00:0:0:99::1/64", "fe80::1/64"]),
    ];
    let targets = |hop: &str| {
        let mut named = router("R1", addrs);
        named.device.routes = vec![Route {
            vrf: String::new(),
            prefix: "fd00:0:0:20::/64".parse().unwrap(),
            via: NextHop::Interface("Vlan99".to_owned(), Some(hop.parse().unwrap())),
            distance: 1,
            conditional: false,
            line: 1,
        }];
        let fib = network(vec![named]).fib(0, "", Family::V6);
        let mut entries = fib.entries.into_iter();
        let entry = entries.find(|entry| entry.line == Some(1));
        entry.map_or(0, |entry| entry.targets.len())
    };
    assert_eq!(targets("fe80::2"), 1);
    assert_eq!(targets("fe80::1"), 0);
}

/// An address that two routers share, and one of an interface that is down: neither is certain to be this router's.
#[test]
fn an_address_that_may_be_elsewhere_is_not_certain_to_be_reached() {
    let arrive = |shared: bool, down: bool, dst: &str| {
        let vlans: &[(u16, &[&str])] = &[
            (10, &["10.0.10.1/24"]),
            (20, &["10.0.20.1/24"]),
            (30, &["10.0.30.1/24"]),
        ];
        let mut one = router("R1", vlans);
        let mut two = router("R2", &[(10, &["10.0.10.2/24"])]);
        let addr = "10.0.10.254".parse().unwrap();
        one.device.interfaces[0].virtuals.push(addr);
        if shared {
            two.device.interfaces[0].virtuals.push(addr);
        }
        one.device.interfaces[2].shutdown = down;
        let topo = network(vec![one, two]);
        let space = Space::new(Family::V4);
        let net = Net::new(&topo, Family::V4, &space);
        let goal = Goal {
            local: Some(0),
            ..Goal::default()
        };
        let port = topo.links[topo.vlan(20).unwrap()].ports[0];
        let flow = packet("10.0.20.9", dst);
        let carried = net.carried(port, space.of_flow(&flow), &goal, Side::Must);
        space.contains(carried, &flow)
    };
    assert!(arrive(false, false, "10.0.10.254"));
    assert!(!arrive(true, false, "10.0.10.254"));
    assert!(arrive(true, false, "10.0.10.1"));
    assert!(arrive(false, false, "10.0.30.1"));
    assert!(!arrive(false, true, "10.0.30.1"));
}
