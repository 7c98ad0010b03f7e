//! What a text means.

use super::*;
use crate::device::{EffectClass, InterfaceKind, NextHop};

/// A forward chain with this body; the in-list of `vlan1`.
fn forward(chains: &str, body: &str, policy: &str) -> Device {
    read(&format!(
        "table inet t {{\n{chains}\nchain forward {{\ntype filter hook forward priority 0; policy {policy};\n{body}\n}}\n}}\n\
         #@ ip address add 10.0.0.1/24 dev vlan1\n#@ ip address add 10.0.9.1/24 dev vlan2\n"
    ))
}

fn inward(device: &Device) -> &Acl {
    list(device, "vlan1", Family::V4, Direction::In)
}

const WEB: &str = "10.0.0.5 10.0.9.5 tcp 40000 80 syn";
const SSH: &str = "10.0.0.5 10.0.9.5 tcp 40000 22 syn";
const DNS: &str = "10.0.0.5 10.0.9.5 udp 40000 53";

#[test]
fn the_example_of_a_switch() {
    let device = corpus("switch");
    assert!(device.gaps.is_empty(), "{:?}", device.gaps);
    assert!(device.effects.is_empty(), "{:?}", device.effects);
    assert_eq!(device.hostname.as_deref(), Some("r1"));
    let inward = list(&device, "vlan10", Family::V4, Direction::In);
    assert_eq!(inward.name, "vlan10_in");
    let flows = [
        "10.1.0.5 10.2.0.5 tcp 40000 443 syn",
        "10.1.0.5 10.2.1.6 tcp 40000 22 syn",
        "10.1.0.5 10.2.1.10 tcp 40000 22 syn",
        "10.1.0.5 10.2.0.5 icmp 8 0",
        "10.1.0.5 10.2.0.5 udp 1 2",
    ];
    assert_eq!(fates(inward, &flows), "++-+-");
    let inward = list(&device, "vlan10", Family::V6, Direction::In);
    let flows = [
        "2001:db8:1::5 2001:db8:2::5 tcp 40000 443 syn",
        "2001:db8:1::5 2001:db8:2::5 tcp 40000 443 syn ext",
        "2001:db8:1::5 2001:db8:2::5 tcp 40000 80 syn",
    ];
    assert_eq!(fates(inward, &flows), "++-");
    let outward = list(&device, "vlan10", Family::V4, Direction::Out);
    let flows = [
        "10.2.0.5 10.1.0.5 tcp 443 40000 syn+ack",
        "10.2.0.5 10.1.0.5 tcp 443 40000 rst",
        "10.2.0.5 10.1.0.5 tcp 443 40000 syn",
        "10.2.0.5 10.1.0.5 udp 53 40000",
    ];
    assert_eq!(fates(outward, &flows), "++-+");
    // Neither family has a list on the other interfaces.
    assert!(
        device
            .interfaces
            .iter()
            .all(|i| i.name == "vlan10" || i.bindings.is_empty())
    );
}

#[test]
fn addresses_and_routes_of_a_capture() {
    let device = corpus("switch");
    let shown: Vec<String> = device
        .interfaces
        .iter()
        .map(|i| {
            format!(
                "{} {:?} {:?} v6={} down={}",
                i.name, i.kind, i.addrs, i.ipv6, i.shutdown
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "lo Loopback [127.0.0.1/8, ::1/128] v6=true down=false",
            "eth0 Routed [] v6=false down=false",
            "vlan10 Svi(10) [10.1.0.1/24, 2001:db8:1::1/64] v6=true down=false",
            "eth0.20 Svi(20) [10.2.0.1/24] v6=false down=false",
            "vlan30 Svi(30) [10.3.0.1/24] v6=false down=true",
        ]
    );
    let routes: Vec<String> = device
        .routes
        .iter()
        .map(|r| match &r.via {
            NextHop::Interface(name, addr) => {
                format!("{} {name} {addr:?} {}", r.prefix, r.distance)
            }
            other => format!("{} {other:?} {}", r.prefix, r.distance),
        })
        .collect();
    assert_eq!(
        routes,
        [
            "0.0.0.0/0 eth0.20 Some(10.2.0.254) 3",
            "10.9.0.0/16 Null 1",
            "10.8.0.0/16 eth0.20 Some(10.2.0.2) 2",
            "10.8.0.0/16 eth0.20 Some(10.2.0.3) 2",
        ]
    );
    assert!(device.forwards.v4.must() && device.forwards.v6.must());
}

#[test]
fn interfaces_are_links_by_their_names() {
    let device = read(
        "#@ ip address add 10.0.0.1/24 dev vlan12\n#@ ip address add 10.0.1.1/24 dev eth1\n\
        #@ ip link add link eth0 name office type vlan id 77\n#@ ip address add fd00::1/64 dev office\n",
    );
    let kinds: Vec<InterfaceKind> = device.interfaces.iter().map(|i| i.kind).collect();
    assert_eq!(
        kinds,
        [
            InterfaceKind::Svi(12),
            InterfaceKind::Routed,
            InterfaceKind::Svi(77)
        ]
    );
    // Linux gives every interface a link-local address unless it was told not to; and it may filter by source.
    assert!(device.interfaces.iter().all(|i| i.ipv6));
    assert!(device.forwards.v4.question().is_some());
    assert_eq!(device.effects.len(), 1, "rp_filter: {:?}", device.effects);
}

#[test]
fn verdicts_go_where_they_lead() {
    for (chains, body, policy, expect) in [
        // Of a base chain: the rule, or the policy.
        ("", "tcp dport 80 accept", "drop", "+--"),
        ("", "tcp dport 80 drop", "accept", "-++"),
        (
            "",
            "tcp dport 80 return\ntcp dport { 22, 80 } drop",
            "accept",
            "+-+",
        ),
        ("", "tcp dport 80 return\naccept", "drop", "-++"),
        // Into a chain and back behind the jump.
        (
            "chain c_1 { tcp dport 80 return\ntcp dport 22 drop\n}",
            "jump c_1\ntcp dport 80 drop",
            "accept",
            "--+",
        ),
        (
            "chain c_1 { tcp dport 80 accept\n}",
            "jump c_1\ndrop",
            "accept",
            "+--",
        ),
        // A goto does not come back.
        (
            "chain c_1 { tcp dport 80 return\ntcp dport 22 drop\n}",
            "goto c_1\ndrop",
            "accept",
            "+-+",
        ),
        (
            "chain c_1 { tcp dport 80 return\n}",
            "meta l4proto tcp goto c_1\nudp dport 53 drop",
            "drop",
            "---",
        ),
        // A goto of a chain comes back to where that chain was called.
        (
            "chain c_1 { tcp dport 80 goto c_2\ndrop\n}\nchain c_2 { tcp dport 22 drop\n}",
            "meta l4proto tcp jump c_1\ntcp dport 80 accept",
            "drop",
            "+--",
        ),
        // Maps of verdicts.
        (
            "",
            "tcp dport vmap { 80 : accept, 22 : drop }",
            "accept",
            "+-+",
        ),
        (
            "chain c_1 { drop\n}",
            "meta l4proto vmap { udp : jump c_1, tcp : accept }",
            "drop",
            "++-",
        ),
        // A rule without a verdict does nothing.
        (
            "",
            "tcp dport 80 counter\nlog prefix \"x drop \"\nmeta mark set 0x7\ntcp dport 22 drop",
            "accept",
            "+-+",
        ),
        // A chain that is not there: what stands in the kernel is not this.
        ("", "tcp dport 80 jump nowhere\n", "drop", "?--"),
    ] {
        let device = forward(chains, body, policy);
        assert_eq!(
            fates(inward(&device), &[WEB, SSH, DNS]),
            expect,
            "{chains} / {body} / {policy}"
        );
    }
}

#[test]
fn accept_ends_its_own_chain_only() {
    // The later chain still sees what the earlier accepted; and `accept` above a jump keeps packets out of it.
    let two = read(
        "table ip a { chain x_1 { type filter hook forward priority 0; tcp dport 80 accept\n}\n}\n\
         table ip b { chain x_2 { type filter hook forward priority 10; tcp dport 80 drop\n}\n}\n\
         #@ ip address add 10.0.0.1/24 dev vlan1\n",
    );
    assert_eq!(fates(inward(&two), &[WEB, SSH]), "-+");
    let one = forward(
        "chain out_1 { drop\n}",
        "iifname vlan1 accept\noifname vlan2 jump out_1",
        "accept",
    );
    assert_eq!(fates(inward(&one), &[WEB, SSH]), "++");
    // With `return` in a list and no accept, in-list and out-list are two conditions (as on a switch).
    let both = forward(
        "chain in_1 { tcp dport 80 return\ndrop\n}\nchain out_2 { tcp dport 22 return\ndrop\n}",
        "iifname vlan1 jump in_1\noifname vlan2 jump out_2",
        "accept",
    );
    assert_eq!(fates(inward(&both), &[WEB, SSH]), "+-");
    let outward = list(&both, "vlan2", Family::V4, Direction::Out);
    assert_eq!(
        (outward.name.as_str(), fates(outward, &[WEB, SSH]).as_str()),
        ("out_2", "-+")
    );
}

#[test]
fn pairs_of_interfaces_leave_both_readings() {
    let device = forward(
        "",
        "iifname vlan1 oifname vlan2 accept\noifname vlan1 tcp dport 22 accept",
        "drop",
    );
    assert_eq!(fates(inward(&device), &[WEB, SSH]), "??");
    let other = list(&device, "vlan2", Family::V4, Direction::In);
    assert_eq!(fates(other, &[WEB, SSH]), "-?");
}

#[test]
fn values_of_every_kind() {
    let (a, b) = (
        "10.0.0.5 10.0.9.5 tcp 40000 80 syn",
        "10.0.0.6 10.0.9.5 tcp 40000 8080 syn+ack",
    );
    for (test, expect) in [
        ("ip saddr 10.0.0.5", "+-"),
        ("ip saddr != 10.0.0.5", "-+"),
        ("ip saddr { 10.0.0.0-10.0.0.5 }", "+-"),
        ("ip saddr != { 10.0.0.0/30, 10.0.0.5 }", "-+"),
        ("ip saddr & 255.0.255.1 == 10.0.0.1", "+-"),
        ("ip saddr & 255.0.255.1 != 10.0.0.1", "-+"),
        ("ip6 saddr ::1", "--"),
        ("ip6 saddr != ::1", "--"),
        ("meta nfproto ipv4", "++"),
        ("meta protocol ip6", "--"),
        ("tcp dport http", "+-"),
        ("tcp dport < 1024", "+-"),
        ("tcp dport >= 1024", "-+"),
        ("tcp dport != 80-90", "-+"),
        ("tcp dport { 80, 8000-8100 }", "++"),
        ("meta l4proto { tcp, udp } th dport 80", "+-"),
        ("ip protocol 6 @th,16,16 80", "??"),
        (
            "ip saddr . tcp dport { 10.0.0.5 . 80, 10.0.0.6 . 80-90 }",
            "+-",
        ),
        ("tcp flags syn", "++"),
        ("tcp flags rst,ack", "-+"),
        ("tcp flags & (syn|ack) == syn", "+-"),
        ("tcp flags & (syn | ack) != syn", "-+"),
        ("tcp flags syn / fin,syn,rst,ack", "+-"),
        (
            "tcp flags & (fin | syn | rst | psh | ack | urg) == { syn, 0x0 }",
            "+-",
        ),
        ("tcp flags == syn", "?-"),
        ("tcp flags & (syn | ecn) == syn", "??"),
        ("meta mark 0x1", "??"),
        ("ip dscp ef", "??"),
        ("limit rate over 400 kbytes/second burst 5 packets", "??"),
        ("ct state new", "??"),
        ("wibble 3", "??"),
    ] {
        let device = forward("", &format!("{test} accept"), "drop");
        assert_eq!(fates(inward(&device), &[a, b]), expect, "{test}");
    }
}

#[test]
fn a_test_of_ports_reads_the_payload_of_later_fragments() {
    let later = "10.0.0.5 10.0.9.5 tcp later";
    let first = "10.0.0.5 10.0.9.5 tcp 40000 80 syn first";
    for (body, expect) in [
        ("tcp dport 80 accept", "++?"),
        ("ip frag-off & 0x1fff == 0 tcp dport 80 accept", "++-"),
        ("ip frag-off & 8191 != 0 accept", "--+"),
        ("ip frag-off & 0x3fff == 0 accept", "+--"),
        ("ip frag-off & 0x3fff != 0 accept", "-++"),
        ("ip frag-off & 0x2000 != 0 accept", "-+?"),
        ("meta l4proto tcp accept", "+++"),
        ("tcp dport 80 accept\nct state established accept", "+??"),
    ] {
        let device = forward("", body, "drop");
        assert_eq!(
            fates(inward(&device), &[WEB, first, later]),
            expect,
            "{body}"
        );
    }
    let six = |tail: &str| format!("fd00::5 fd00:9::5 {tail}");
    let flows = [
        "tcp 40000 80 syn",
        "tcp 40000 80 syn first",
        "tcp later",
        "tcp later ext",
    ]
    .map(six);
    for (body, expect) in [
        ("tcp dport 80 accept", "++??"),
        ("frag frag-off != 0 drop\ntcp dport 80 accept", "++--"),
        ("exthdr frag exists accept", "-+++"),
        ("frag frag-off 0 accept", "-+--"),
        ("ip6 nexthdr tcp accept", "+--?"),
        ("meta l4proto tcp accept", "+++?"),
    ] {
        let device = forward("", body, "drop");
        let acl = list(&device, "vlan1", Family::V6, Direction::In);
        assert_eq!(
            fates(acl, &flows.each_ref().map(String::as_str)),
            expect,
            "{body}"
        );
    }
}

#[test]
fn own_addresses_meet_the_input_chain() {
    let text = "table inet t { chain input { type filter hook input priority 0; policy drop; tcp dport 22 accept\n}\n\
        chain forward { type filter hook forward priority 0; policy accept; tcp dport 22 drop\n}\n}\n\
        #@ ip address add 10.0.0.1/24 dev vlan1\n#@ ip address add 10.0.9.1/24 dev vlan2\n";
    let device = read(text);
    assert!(device.sees.to_switch.must());
    let own = "10.0.0.5 10.0.9.1 tcp 40000 22 syn";
    let own_web = "10.0.0.5 10.0.9.1 tcp 40000 80 syn";
    assert_eq!(fates(inward(&device), &[SSH, WEB, own, own_web]), "-++-");
    let without = forward("", "tcp dport 22 drop", "accept");
    assert!(!without.sees.to_switch.may());
}

#[test]
fn a_firewall_written_by_hand() {
    let device = corpus("home");
    let classes: Vec<(EffectClass, u32)> =
        device.effects.iter().map(|e| (e.class, e.line)).collect();
    assert_eq!(classes, [(EffectClass::Rewrites, 44)]);
    assert!(device.gaps.is_empty(), "{:?}", device.gaps);
    let wan = list(&device, "wan0", Family::V4, Direction::In);
    let flows = [
        "198.51.100.9 192.168.7.10 tcp 40000 443 syn",
        "192.0.2.1 192.168.7.10 tcp 40000 443 syn",
        "192.0.2.1 192.168.7.12 tcp 40000 443 syn",
    ];
    // The first is certainly dropped; the others hang on `ct state`.
    assert_eq!(fates(wan, &flows), "-??");
    let lan = list(&device, "lan0", Family::V4, Direction::In);
    assert_eq!(
        fates(lan, &["192.168.1.5 192.0.2.1 tcp 40000 443 syn"]),
        "?"
    );
}

#[test]
fn what_another_generator_emits() {
    let device = corpus("aerleon");
    assert!(device.gaps.is_empty() && device.effects.is_empty());
    let acl = device
        .acls
        .iter()
        .find(|a| a.name == "root0" && a.family == Family::V4)
        .unwrap();
    // `ct state` of the first rule may accept anything; what no rule names is accepted by the policy or dropped before it.
    let flows = [
        "10.1.0.5 10.2.0.10 tcp 40000 443 syn",
        "10.9.0.5 10.2.0.10 tcp 40000 443 syn",
    ];
    assert_eq!(fates(acl, &flows), "??");
    let lines: Vec<u32> = acl.entries.iter().filter_map(|ace| ace.line).collect();
    assert!(lines.contains(&3) && acl.entries.iter().any(|ace| ace.log));
}

#[test]
fn what_is_not_understood_is_said() {
    let device = corpus("odd");
    let gaps: Vec<u32> = device.gaps.iter().map(|gap| gap.line).collect();
    assert_eq!(gaps, [10, 14, 19, 20, 21, 23], "{:?}", device.gaps);
    let acl = list(&device, "vlan7", Family::V4, Direction::In);
    let flows = [
        "10.0.0.1 10.0.9.5 tcp 40000 80 syn",
        "10.0.0.2 10.0.9.5 tcp 40000 80 syn",
        "10.0.0.2 10.0.9.5 tcp 40000 81 syn",
    ];
    assert_eq!(fates(acl, &flows), "-?-");
    let printed = format!("{device:?}");
    assert!(!printed.contains("hunter2"));
}

/// What is routed meets the chains of `prerouting` before those of `forward`; a drop in either is one.
#[test]
fn a_packet_meets_prerouting_first() {
    let early = "chain pre { type filter hook prerouting priority -300; policy accept; tcp dport 22 drop; }";
    let inward_of = |chains: &str| {
        let device = forward(chains, "tcp dport { 22, 80 } accept", "drop");
        fates(inward(&device), &[WEB, SSH, DNS])
    };
    assert_eq!(inward_of(""), "++-");
    assert_eq!(inward_of(early), "+--");
}

/// There is no room, or the limit beside the element is reached: the rule ends before its verdict.
#[test]
fn a_rule_that_changes_a_set_may_end_there() {
    for change in [
        "add @s { ip saddr }",
        "update @s { ip saddr limit rate 10/second }",
        "meter m { ip saddr limit rate over 10/second }",
    ] {
        let sets = "set s { type ipv4_addr; size 9; }";
        for (verdict, policy) in [("accept", "drop"), ("drop", "accept")] {
            let device = forward(sets, &format!("{change} counter {verdict}"), policy);
            assert_eq!(fates(inward(&device), &[WEB]), "?", "{change} {verdict}");
        }
    }
}

#[test]
fn what_rules_put_into_a_set_is_not_in_the_text() {
    let sets = "set s { type ipv4_addr; elements = { 10.0.0.7 }; }";
    let known = forward(sets, "ip saddr @s accept", "drop");
    assert_eq!(fates(inward(&known), &[WEB]), "-");
    let other = "chain other { tcp dport 7 add @s { ip saddr }\n}";
    let changed = forward(&format!("{sets}\n{other}"), "ip saddr @s accept", "drop");
    assert_eq!(fates(inward(&changed), &[WEB]), "?");
}
