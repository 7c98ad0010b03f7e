//! Packets of the tour, and laws that hold for random ones.

use super::*;
use crate::base::FileId;
use crate::net::proto::{ICMP, UDP};

const TOUR: &str = include_str!("../../../golden/p1_wired/policy.acl");

fn tour(more: &str) -> Policy {
    let (file, _) = crate::syntax::parse(FileId(0), &format!("{TOUR}\n{more}\n"));
    let (policy, diags) =
        crate::model::lower(&[(FileId(0), file)], &["cisco-ios-xe", "alaxala-ax"]);
    assert!(diags.is_empty(), "{diags:?}");
    policy.unwrap()
}

fn tcp(src: &str, dst: &str, sport: u16, dport: u16, flags: TcpFlags) -> Flow {
    let l4 = L4::Tcp {
        sport,
        dport,
        flags,
    };
    Flow::new(
        src.parse().unwrap(),
        dst.parse().unwrap(),
        TCP,
        l4,
        PositionSet::WHOLE,
        false,
    )
    .unwrap()
}

fn bare(src: &str, dst: &str, protocol: u8, l4: L4, position: PositionSet, ext: bool) -> Flow {
    Flow::new(
        src.parse().unwrap(),
        dst.parse().unwrap(),
        protocol,
        l4,
        position,
        ext,
    )
    .unwrap()
}

/// The arrival at a zone of the tour by VLAN.
fn link(policy: &Policy, vlan: u16) -> At {
    At::Link(policy.network.links()[&vlan][0], vlan)
}

const DAY: Date = jiff::civil::date(2026, 12, 1);

/// Word of the kind, and whether it is required.
fn ask(policy: &Policy, vlan: u16, flow: &Flow, to: At) -> (&'static str, bool) {
    let word = match allowed(policy, DAY, vlan, flow, to) {
        Some(Kind::Request(_)) => "request",
        Some(Kind::Reply(_)) => "reply",
        Some(Kind::Companion(_)) => "companion",
        None => "no",
    };
    let needed = required(policy, DAY, vlan, flow, to);
    assert!(
        !needed || word != "no",
        "what is required is allowed: {flow}"
    );
    (word, needed)
}

#[test]
fn sessions_of_the_tour() {
    let policy = tour("");
    let (sxfer, term) = (link(&policy, 300), link(&policy, 111));
    let (syn, ack) = (TcpFlags::SYN, TcpFlags::ACK);
    let (pc, gateway, node) = ("10.10.17.5", "10.20.0.10", "10.20.0.11");
    for (vlan, flow, to, expect) in [
        (
            111,
            tcp(pc, gateway, 50000, 443, syn),
            sxfer,
            ("request", true),
        ),
        // Requests come from any port; only those from `ephemeral` are promised an answer.
        (
            111,
            tcp(pc, gateway, 80, 443, syn),
            sxfer,
            ("request", false),
        ),
        (
            111,
            tcp(pc, gateway, 50000, 443, TcpFlags::default()),
            sxfer,
            ("request", false),
        ),
        (111, tcp(pc, gateway, 50000, 444, syn), sxfer, ("no", false)),
        (111, tcp(pc, node, 50000, 443, syn), sxfer, ("no", false)),
        // From the other terminals' link, or with an address that is not the link's own.
        (112, tcp(pc, gateway, 50000, 443, syn), sxfer, ("no", false)),
        (
            111,
            tcp("10.10.18.5", gateway, 50000, 443, syn),
            sxfer,
            ("no", false),
        ),
        // Network and own addresses may, and need not.
        (
            111,
            tcp("10.10.17.0", gateway, 50000, 443, syn),
            sxfer,
            ("request", false),
        ),
        (
            111,
            tcp("10.10.17.1", gateway, 50000, 443, syn),
            sxfer,
            ("request", false),
        ),
        (
            300,
            tcp(gateway, pc, 443, 50000, ack),
            term,
            ("reply", true),
        ),
        (
            300,
            tcp(gateway, pc, 443, 50000, TcpFlags::RST),
            term,
            ("reply", false),
        ),
        (300, tcp(gateway, pc, 443, 50000, syn), term, ("no", false)),
        (300, tcp(gateway, pc, 443, 80, ack), term, ("no", false)),
    ] {
        assert_eq!(
            ask(&policy, vlan, &flow, to),
            expect,
            "{flow} from VLAN {vlan}"
        );
    }
}

#[test]
fn companions_are_fragments_and_extension_headers() {
    let policy = tour("");
    let infra = link(&policy, 210);
    let (pc, dc1) = ("fd7a:1c2b:0:111::5", "fd7a:1c2b:0:210::11");
    let later = bare(pc, dc1, UDP, L4::None, PositionSet::LATER, false);
    assert_eq!(ask(&policy, 111, &later, infra), ("companion", false));
    let ext = |dport| {
        bare(
            pc,
            dc1,
            UDP,
            L4::Ports {
                sport: 50000,
                dport,
            },
            PositionSet::WHOLE,
            true,
        )
    };
    assert_eq!(ask(&policy, 111, &ext(53), infra), ("companion", false));
    assert_eq!(ask(&policy, 111, &ext(54), infra), ("no", false));
    let sctp = bare(pc, dc1, 132, L4::None, PositionSet::LATER, false);
    assert_eq!(ask(&policy, 111, &sctp, infra), ("no", false));
}

#[test]
fn fixed_client_ports_hold_both_ways() {
    let policy = tour("");
    let (infra, term) = (link(&policy, 210), link(&policy, 111));
    let udp = |src, dst, sport, dport| {
        bare(
            src,
            dst,
            UDP,
            L4::Ports { sport, dport },
            PositionSet::WHOLE,
            false,
        )
    };
    let (pc, dc1) = ("10.10.17.5", "10.10.33.11");
    // ntp: udp 123 from 123+ephemeral; dhcp: udp 67 from 68
    assert_eq!(
        ask(&policy, 111, &udp(pc, dc1, 123, 123), infra),
        ("request", true)
    );
    assert_eq!(
        ask(&policy, 111, &udp(pc, dc1, 124, 123), infra),
        ("no", false)
    );
    assert_eq!(
        ask(&policy, 210, &udp(dc1, pc, 123, 123), term),
        ("reply", true)
    );
    assert_eq!(
        ask(&policy, 111, &udp(pc, dc1, 68, 67), infra),
        ("request", true)
    );
    assert_eq!(
        ask(&policy, 111, &udp(pc, dc1, 50000, 67), infra),
        ("no", false)
    );
}

#[test]
fn dates_externals_and_switches() {
    let policy = tour("");
    let syn = TcpFlags::SYN;
    let wsus = tcp("10.10.17.5", "10.10.33.21", 50000, 8530, syn);
    let infra = link(&policy, 210);
    let day = |y, m, d| allowed(&policy, jiff::civil::date(y, m, d), 111, &wsus, infra).is_some();
    assert!(day(2027, 3, 31) && !day(2027, 4, 1));
    let lgwan = At::External(crate::model::ExternalId(0));
    let out = |dst| tcp("10.10.33.31", dst, 50000, 443, syn);
    assert_eq!(
        ask(&policy, 210, &out("203.0.113.9"), lgwan),
        ("request", true)
    );
    assert_eq!(
        ask(&policy, 210, &out("127.0.0.1"), lgwan),
        ("request", false)
    );
    assert_eq!(ask(&policy, 210, &out("10.20.8.9"), lgwan), ("no", false));
    // What lies behind the firewall enters on the firewall's link.
    let back = tcp("203.0.113.9", "10.10.33.31", 443, 50000, TcpFlags::ACK);
    assert_eq!(ask(&policy, 290, &back, infra), ("reply", true));
    let myn = At::Switch(crate::model::SwitchId(1));
    let ssh = |dst| tcp("10.20.48.5", dst, 50000, 22, syn);
    assert_eq!(
        ask(&policy, 350, &ssh("10.20.48.1"), myn),
        ("request", true)
    );
    assert_eq!(ask(&policy, 350, &ssh("10.20.0.1"), myn), ("no", false));
}

#[test]
fn errors_come_from_any_source_and_echo_is_answered() {
    let policy = tour("allow 複合機 -> 業務サーバ : std.ping, std.pmtu");
    let (print, biz) = (link(&policy, 120), link(&policy, 200));
    let icmp = |src, dst, kind, code| {
        bare(
            src,
            dst,
            ICMP,
            L4::Icmp { kind, code },
            PositionSet::WHOLE,
            false,
        )
    };
    let (pr, srv) = ("10.10.24.5", "10.10.32.11");
    assert_eq!(
        ask(&policy, 120, &icmp(pr, srv, 8, 0), biz),
        ("request", true)
    );
    assert_eq!(
        ask(&policy, 200, &icmp(srv, pr, 0, 0), print),
        ("reply", true)
    );
    assert_eq!(
        ask(&policy, 200, &icmp(srv, pr, 8, 0), print),
        ("no", false)
    );
    assert_eq!(
        ask(&policy, 300, &icmp("192.0.2.1", pr, 3, 4), print),
        ("reply", false)
    );
    assert_eq!(
        ask(&policy, 300, &icmp("192.0.2.1", srv, 3, 4), biz),
        ("reply", false)
    );
    assert_eq!(
        ask(&policy, 300, &icmp("192.0.2.1", srv, 3, 3), biz),
        ("no", false)
    );
}

#[test]
fn a_wide_return_is_an_opening() {
    let policy = tour("allow 複合機 -> 財務 : tcp 445 accept wide-return because \"AW+\"");
    let print = link(&policy, 120);
    let syn = tcp("10.10.32.11", "10.10.24.5", 445, 50000, TcpFlags::SYN);
    assert_eq!(ask(&policy, 200, &syn, print), ("reply", false));
}

#[test]
fn what_is_demanded_is_allowed_and_every_reply_has_its_request() {
    let policy = tour("allow 複合機 <-> 業務サーバ : std.ping, tcp+udp 52300-52314");
    let seed = 34;
    let mut rng = fastrand::Rng::with_seed(seed);
    let network = &policy.network;
    let links = network.zones.iter().enumerate().flat_map(|(i, zone)| {
        zone.links
            .iter()
            .map(move |link| At::Link(crate::model::ZoneId(i), link.vlan))
    });
    let places: Vec<At> = links
        .chain([At::External(crate::model::ExternalId(0))])
        .collect();
    let home = |addr: IpAddr| {
        let holds = |at: &&At| match **at {
            At::Link(zone, vlan) => network.zone(zone).links.iter().any(|link| {
                link.vlan == vlan && link.prefixes.iter().any(|net| net.contains(&addr))
            }),
            At::External(id) => network.external(id).addrs.contains(addr),
            At::Switch(_) => false,
        };
        *places.iter().find(holds).unwrap()
    };
    let addrs = [
        "10.10.17.5",
        "10.10.18.9",
        "10.10.24.5",
        "10.10.32.11",
        "10.10.33.11",
        "10.10.33.31",
        "10.20.0.10",
        "10.20.0.11",
        "10.20.8.3",
        "10.20.32.3",
        "203.0.113.9",
    ];
    let port = [53, 68, 67, 80, 123, 443, 445, 22443, 50000, 52300];
    let mut counts = [0usize; 3];
    for _ in 0..20_000 {
        let mut addr = || addrs[rng.usize(..addrs.len())].parse::<IpAddr>().unwrap();
        let (src, dst) = (addr(), addr());
        let (sport, dport) = (port[rng.usize(..port.len())], port[rng.usize(..port.len())]);
        let tcp = rng.bool();
        let make = |src, dst, sport, dport, flags| match tcp {
            true => Flow::new(
                src,
                dst,
                TCP,
                L4::Tcp {
                    sport,
                    dport,
                    flags,
                },
                PositionSet::WHOLE,
                false,
            )
            .unwrap(),
            false => Flow::new(
                src,
                dst,
                UDP,
                L4::Ports { sport, dport },
                PositionSet::WHOLE,
                false,
            )
            .unwrap(),
        };
        let flow = make(src, dst, sport, dport, TcpFlags::from_bits(rng.u8(..)));
        // Mostly where the addresses live, sometimes anywhere.
        let mut place = |addr| match rng.u8(..8) {
            0 => places[rng.usize(..places.len())],
            _ => home(addr),
        };
        let (from, to) = (place(src), place(dst));
        let vlan = network.vlan_of(from).unwrap();
        let (kind, needed) = (
            allowed(&policy, DAY, vlan, &flow, to),
            required(&policy, DAY, vlan, &flow, to),
        );
        assert!(!needed || kind.is_some(), "seed {seed}: {flow}");
        counts[0] += usize::from(kind.is_some());
        counts[1] += usize::from(needed);
        if let Some(Kind::Reply(index)) = kind {
            counts[2] += 1;
            let request = make(dst, src, dport, sport, TcpFlags::SYN);
            let there = places
                .iter()
                .filter(|at| network.vlan_of(**at) == Some(vlan));
            let back = network.vlan_of(to).unwrap();
            let asked = there.into_iter().any(|at| {
                matches!(
                    allowed(&policy, DAY, back, &request, *at),
                    Some(Kind::Request(_))
                )
            });
            assert!(
                asked,
                "seed {seed}: {flow} answers nothing of {}",
                policy.allows[index].text
            );
        }
    }
    assert!(counts.iter().all(|n| *n > 10), "{counts:?}");
}
