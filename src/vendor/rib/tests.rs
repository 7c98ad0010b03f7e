//! Printed tables, a form each; the networks are made up.

use super::{Form, NextHop, Origin, Rib, read};
use crate::base::Source;
use crate::net::Family;

/// `prefix origin hops`, one per row.
fn shown(rib: &Rib) -> Vec<String> {
    let rows = rib.rows.iter().map(|row| {
        let hops = row.hops.iter().map(|hop| match hop {
            NextHop::Via(addr) => addr.to_string(),
            NextHop::Interface(name, None) => name.clone(),
            NextHop::Interface(name, Some(addr)) => format!("{addr}@{name}"),
            NextHop::Null => "null".to_owned(),
        });
        let hops: Vec<String> = hops.collect();
        format!("{} {:?} {}", row.prefix, row.origin, hops.join(" "))
    });
    rows.collect()
}

fn ribs(form: Form, text: &str) -> Vec<Rib> {
    let captured = read(form, &Source::capture("x.routes", text.as_bytes()));
    assert_eq!(captured.unread, None, "{text}");
    captured.ribs
}

const LEARNT: [&str; 4] = [
    "0.0.0.0/0 Static 10.0.0.1@Vlan10",
    "10.0.0.0/24 Connected Vlan10",
    "10.0.0.2/32 Own Vlan10",
    "10.1.0.0/24 Learnt 10.0.0.3@Vlan10 10.0.1.4@Vlan11",
];

#[test]
fn codes_of_ios() {
    let text = "SW#show ip route\n\
Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP\n       \
D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area \n       \
a - application route\n       + - replicated route, % - next hop override\n\n\
Gateway of last resort is 10.0.0.1 to network 0.0.0.0\n\n\
S*    0.0.0.0/0 [1/0] via 10.0.0.1, Vlan10\n      \
10.0.0.0/8 is variably subnetted, 4 subnets, 2 masks\n\
C        10.0.0.0/24 is directly connected, Vlan10\n\
L        10.0.0.2/32 is directly connected, Vlan10\n\
O IA     10.1.0.0/24 [110/2] via 10.0.0.3, 00:01:02, Vlan10\n                     \
[110/2] via 10.0.1.4, 1d02h, Vlan11\nSW#\n";
    let ribs = ribs(Form::Codes, text);
    assert_eq!(shown(&ribs[0]), LEARNT);
    assert_eq!(ribs[0].rows[3].distance, 110);
    // `O*E2 0.0.0.0/0`: who learnt a default route has learnt it.
    let text = "O*E2  0.0.0.0/0 [110/1] via 10.0.0.9, 2w0d, Vlan10\nB 10.9.0.0/16 [200/0] via 10.0.0.8, 00:00:01\nD 10.8.0.0/16 is a summary, 00:00:10, Null0\n";
    let rows = shown(&self::ribs(Form::Codes, text)[0]);
    assert_eq!(rows[0], "0.0.0.0/0 Learnt 10.0.0.9@Vlan10");
    assert_eq!(rows[1], "10.9.0.0/16 Learnt 10.0.0.8");
    assert_eq!(rows[2], "10.8.0.0/16 Learnt null");
}

#[test]
fn codes_of_ios_for_ipv6_and_vrfs() {
    let text = "IPv6 Routing Table - RED - 3 entries\nCodes: C - Connected, L - Local, S - Static\n\
S   ::/0 [1/0]\n     via FD00::1, Vlan10\n\
C   FD00::/64 [0/0]\n     via Vlan10, directly connected\n\
L   FF00::/8 [0/0]\n     via Null0, receive\n";
    let ribs = ribs(Form::Codes, text);
    assert_eq!((ribs[0].vrf.as_str(), ribs[0].family), ("RED", Family::V6));
    assert_eq!(
        shown(&ribs[0]),
        [
            "::/0 Static fd00::1@Vlan10",
            "fd00::/64 Connected Vlan10",
            "ff00::/8 Own null"
        ]
    );
}

#[test]
fn codes_of_eos_and_awplus() {
    let eos = "VRF: default\nCodes: C - connected, S - static, K - kernel,\n       O - OSPF, IA - OSPF inter area\n\n\
Gateway of last resort:\n S        0.0.0.0/0 [1/0] via 10.0.0.1, Vlan10\n\n \
C        10.0.0.0/24 is directly connected, Vlan10\n \
O        10.1.0.0/24 [110/20] via 10.0.0.3, Vlan10\n                              via 10.0.1.4, Vlan11\n";
    let rows = shown(&ribs(Form::Codes, eos)[0]);
    assert_eq!(rows, [LEARNT[0], LEARNT[1], LEARNT[3]]);
    let awplus = "Codes: C - connected, S - static, R - RIP, B - BGP\n       O - OSPF, IA - OSPF inter area\n       * - candidate default\n\n\
Gateway of last resort is 10.0.0.1 to network 0.0.0.0\n\n\
S*      0.0.0.0/0 [1/0] via 10.0.0.1, Vlan10\n\
C       10.0.0.0/24 is directly connected, Vlan10\n\
O       10.1.0.0/24 [110/2] via 10.0.0.3, Vlan10, 00:00:10\n                   [110/2] via 10.0.1.4, Vlan11, 00:00:10\n";
    assert_eq!(shown(&ribs(Form::Codes, awplus)[0]), rows);
}

#[test]
fn via_of_nx_os_and_aos_cx() {
    let nx = "IP Route Table for VRF \"default\"\n'*' denotes best ucast next-hop\n'[x/y]' denotes [preference/metric]\n\n\
0.0.0.0/0, ubest/mbest: 1/0\n    *via 10.0.0.1, Vlan10, [1/0], 2w0d, static\n\
10.0.0.0/24, ubest/mbest: 1/0, attached\n    *via 10.0.0.2, Vlan10, [0/0], 2w0d, direct\n\
10.0.0.2/32, ubest/mbest: 1/0, attached\n    *via 10.0.0.2, Vlan10, [0/0], 2w0d, local\n\
10.1.0.0/24, ubest/mbest: 2/0\n    *via 10.0.0.3, Vlan10, [110/41], 1d02h, ospf-1, intra\n    *via 10.0.1.4, Vlan11, [110/41], 1d02h, ospf-1, intra\n";
    assert_eq!(shown(&ribs(Form::Via, nx)[0]), LEARNT);
    let old = "Displaying ipv4 routes selected for forwarding\n\n'[x/y]' denotes [distance/metric]\n\n\
10.0.0.0/24, vrf default\n\tvia  vlan10,  [0/0],  connected\n\
10.1.0.0/24, vrf default\n\tvia  10.0.0.3,  [110/2],  ospf\n";
    assert_eq!(
        shown(&ribs(Form::Via, old)[0]),
        [
            "10.0.0.0/24 Connected vlan10",
            "10.1.0.0/24 Learnt 10.0.0.3"
        ]
    );
    let new = "Displaying ipv4 routes selected for forwarding\n\nOrigin Codes: C - connected, S - static, L - local\n\
Prefix              Nexthop      Interface     VRF(egress)       Origin/   Distance/    Age\n\
Type      Metric\n-----------------------------\n\
0.0.0.0/0           10.0.0.1     vlan10        -                 S         [1/0]        00h:10m:01s\n\
10.0.0.0/24         -            vlan10        -                 C         [0/0]        -\n\
10.1.0.0/24         10.0.0.3     vlan10        -                 O/IA      [110/2]      00h:10m:01s\n";
    assert_eq!(
        shown(&ribs(Form::Via, new)[0]),
        [
            "0.0.0.0/0 Static 10.0.0.1@vlan10",
            "10.0.0.0/24 Connected vlan10",
            "10.1.0.0/24 Learnt 10.0.0.3@vlan10"
        ]
    );
}

#[test]
fn columns_of_comware_and_alaxala() {
    let comware = "<SW>display ip routing-table\n\nDestinations : 5        Routes : 6\n\n\
Destination/Mask   Proto   Pre Cost        NextHop         Interface\n\
0.0.0.0/0          Static  60  0           10.0.0.1        Vlan10\n\
10.0.0.0/24        Direct  0   0           10.0.0.2        Vlan10\n\
10.0.0.2/32        Direct  0   0           127.0.0.1       InLoop0\n\
10.1.0.0/24        O_INTRA 10  2           10.0.0.3        Vlan10\n                                           \n                   O_INTRA 10  2           10.0.1.4        Vlan11\n";
    let rows = shown(&ribs(Form::Columns, comware)[0]);
    assert_eq!(
        (&*rows[0], &*rows[1], &*rows[3]),
        (LEARNT[0], LEARNT[1], LEARNT[3])
    );
    let six = "Destinations : 2        Routes : 2\n\n\
Destination: ::/0                                           Protocol  : Static\n\
NextHop    : FD00::1                                        Preference: 60\n\
Interface  : Vlan10                                         Cost      : 0\n";
    assert_eq!(
        shown(&ribs(Form::Columns, six)[0]),
        ["::/0 Static fd00::1@Vlan10"]
    );
    let alaxala = "Date 2026/11/20 12:00:00 JST\nTotal: 4routes\n\
Destination        Next Hop         Interface       Metric  Protocol   Age\n\
0/0                10.0.0.1         VLAN0010        0/0     Static     1h  2m\n\
10.0.0/24          10.0.0.2         VLAN0010        0/0     Connected  1h  2m\n\
10.1.0/24          10.0.0.3         VLAN0010        2/-     OSPF intra 5m 3s\n";
    assert_eq!(
        shown(&ribs(Form::Columns, alaxala)[0]),
        [
            "0.0.0.0/0 Static 10.0.0.1@VLAN0010",
            "10.0.0.0/24 Connected VLAN0010",
            "10.1.0.0/24 Learnt 10.0.0.3@VLAN0010"
        ]
    );
}

#[test]
fn junos_and_linux() {
    let junos = "inet.0: 4 destinations, 5 routes (4 active, 0 holddown, 0 hidden)\n+ = Active Route, - = Last Active, * = Both\n\n\
0.0.0.0/0          *[Static/5] 1w0d 00:00:00\n                    >  to 10.0.0.1 via Vlan10\n                    [OSPF/150] 1w0d 00:00:00, metric 1\n                    >  to 10.0.0.9 via Vlan10\n\
10.0.0.0/24        *[Direct/0] 1w0d 00:00:00\n                    >  via Vlan10\n\
10.0.0.2/32        *[Local/0] 1w0d 00:00:00\n                       Local via Vlan10\n\
10.1.0.0/24        *[OSPF/10] 00:10:00, metric 2\n                       to 10.0.0.3 via Vlan10\n                    >  to 10.0.1.4 via Vlan11\n\n\
mpls.0: 1 destinations, 1 routes (1 active, 0 holddown, 0 hidden)\n0                  *[MPLS/0] 1w0d, metric 1\n                       to table inet.0\n";
    assert_eq!(shown(&ribs(Form::Junos, junos)[0]), LEARNT);
    let linux = "default via 10.0.0.1 dev Vlan10 proto static\n10.0.0.0/24 dev Vlan10 proto kernel scope link src 10.0.0.2\n\
10.1.0.0/24 proto ospf metric 20\n\tnexthop via 10.0.0.3 dev Vlan10 weight 1\n\tnexthop via 10.0.1.4 dev Vlan11 weight 1\nblackhole 10.9.0.0/16 proto static\n";
    let rows = shown(&ribs(Form::Linux, linux)[0]);
    assert_eq!(
        rows,
        [LEARNT[0], LEARNT[1], LEARNT[3], "10.9.0.0/16 Static null"]
    );
}

/// A line that was not understood is named: no form takes what another prints, or a leak, for its own.
#[test]
fn what_is_not_understood_is_named() {
    for (form, text) in [
        (
            Form::Codes,
            "O 10.1.0.0/24 [110/2] frobnicated 10.0.0.3, Vlan10",
        ),
        (
            Form::Codes,
            "WARNING: Some of the routes are not programmed in",
        ),
        (
            Form::Via,
            "10.1.0.0/24, ubest/mbest: 1/0\n *via 10.0.0.3%RED, [110/2], 1d, ospf-1",
        ),
        (
            Form::Via,
            "10.1.0.0/24  10.0.0.3  vlan10  RED  O  [110/2]  1d",
        ),
        (Form::Columns, "10.1.0.0/24 O_INTRA many 2 10.0.0.3 Vlan10"),
        (
            Form::Junos,
            "inet.0: 1 destinations, 1 routes (1 active)\n10.1.0.0/24 *[Static/5] 1d\n to table RED.inet.0",
        ),
        (Form::Linux, "10.1.0.0/24 encap mpls 100 via inet 10.0.0.3"),
    ] {
        let captured = read(form, &Source::capture("x.routes", text.as_bytes()));
        assert!(captured.unread.is_some(), "{form:?} {text}");
    }
}

#[test]
fn hostile_tables_end() {
    let rng = &mut fastrand::Rng::with_seed(7);
    let pieces = [
        "10.0.0.0/24",
        "via",
        "[1/0]",
        "*[OSPF/10]",
        ",",
        "Vlan10",
        "is",
        "::/0",
        ":",
        "\u{1b}",
        "C",
        "to",
        "nexthop",
        "/",
    ];
    for _ in 0..2_000 {
        let words = (0..rng.usize(0..12)).map(|_| pieces[rng.usize(0..pieces.len())]);
        let text = words
            .collect::<Vec<_>>()
            .join(if rng.bool() { " " } else { "\n" });
        for form in [
            Form::Codes,
            Form::Via,
            Form::Columns,
            Form::Junos,
            Form::Linux,
        ] {
            let _ = read(form, &Source::capture("x.routes", text.as_bytes()));
        }
    }
    let rows = read(
        Form::Codes,
        &Source::capture("x", b"O 10.0.0.0/8 [1/1] via \x1b[2J"),
    );
    assert!(!rows.unread.unwrap().1.contains('\u{1b}'));
    assert_eq!(rows.ribs[0].rows[0].origin, Origin::Learnt);
    let many: String = (0..5_000)
        .map(|n| format!("VRF: v{n}\nO 10.0.0.0/8 [1/1] via 10.0.0.1, Vlan10\n"))
        .collect();
    let many = read(Form::Codes, &Source::capture("x", many.as_bytes()));
    assert!(many.unread.is_some() && many.ribs.len() < 2_000);
}
