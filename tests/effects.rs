//! What changes the fate of packets and is not modelled makes claims unknown, by name, in every dialect (D23): translation,
//! policy routing, tunnels, VLAN and MAC filters, source checks, multicast and broadcast routing, learnt routes.

use crate::support::{AT, aclc, scratch, verified};
use aclc::vendor::DIALECTS;
use std::collections::BTreeSet;

/// Three networks; C is nobody's business.
const POLICY: &str = r#"
site S { ipv4-only }
zone A vlan 10 10.1.0.0/24
zone B vlan 20 10.2.0.0/24 { host b1 .11 }
zone C vlan 40 10.4.0.0/24 { host c1 .11 }
switch SW : DIALECT { OPTIONS; svi A, B, C }
allow A -> b1 : tcp 443 ticket R1
prove A -> c1 none as NONE
prove allows works as WORKS
"#;

/// A dialect: its options, the line that begins the interface of A, and what may stand in a capture: at top level, in that
/// interface, with a word of it that the reason must have.
struct Case {
    dialect: &'static str,
    model: &'static str,
    options: &'static str,
    face: &'static str,
    top: &'static [(&'static str, &'static str)],
    inside: &'static [(&'static str, &'static str)],
}

const CASES: [Case; 9] = [
    Case {
        dialect: "cisco-ios-xe",
        model: "C9300-48T",
        options: "bind in",
        face: "interface Vlan10",
        top: &[
            ("vlan 10\n state suspend", "state suspend"),
            (
                "vlan configuration 10\n ipv6 nd raguard attach-policy P",
                "raguard",
            ),
            (
                "policy-map type epbr P\n class C\n  set ipv4 next-hop 10.4.0.9\ninterface Vlan40\n service-policy type epbr input P",
                "epbr",
            ),
            (
                "interface GigabitEthernet1/0/1\n switchport trunk allowed vlan 10,40\n switchport vlan mapping 10 40",
                "vlan mapping",
            ),
            (
                "ip nat inside source list 1 interface Vlan20 overload",
                "ip nat",
            ),
            ("ip local policy route-map PBR", "ip local policy"),
            ("ip wccp web-cache redirect-list W", "ip wccp"),
            ("ip multicast-routing distributed", "ip multicast-routing"),
            (
                "vlan access-map M 10\n match ip address X\n action drop\n!\nvlan filter M vlan-list 10",
                "vlan filter",
            ),
            (
                "interface Tunnel0\n ip address 10.99.0.1 255.255.255.252\n tunnel source Vlan10",
                "interface Tunnel0",
            ),
            (
                "zone-pair security Z source inside destination outside",
                "zone-pair",
            ),
            (
                "router ospf 1\n network 10.0.0.0 0.255.255.255 area 0",
                "learnt",
            ),
            ("frobnicate all packets", "frobnicate"),
        ],
        inside: &[
            (" ip nat inside", "ip nat"),
            (" ip policy route-map PBR", "ip policy"),
            (" ip verify unicast source reachable-via rx", "ip verify"),
            (" service-policy input DROP", "service-policy"),
            (" mac access-group M in", "mac access-group"),
            (" ip inspect FW in", "ip inspect"),
            (" crypto map VPN", "crypto map"),
            (" ip directed-broadcast", "ip directed-broadcast"),
            (" ip unnumbered Loopback0", "ip unnumbered"),
        ],
    },
    Case {
        dialect: "cisco-nx-os",
        model: "N9K-C93180YC-EX",
        options: "bind in",
        face: "interface Vlan10",
        top: &[
            ("vlan 10\n  state suspend", "state suspend"),
            ("event manager applet E\n  action 1 cli conf t", "conf t"),
            (
                "policy-map type qos P\n  class C\n    police cir 1 mbps\nsystem qos\n  service-policy type qos input P",
                "service-policy",
            ),
            ("ip nat inside source list N pool P", "ip nat"),
            ("ip local policy route-map PBR", "ip local"),
            (
                "vlan access-map M 10\n  match ip address X\n  action drop\nvlan filter M vlan-list 10",
                "vlan filter",
            ),
            ("router ospf 1", "learnt"),
            ("frobnicate all packets", "frobnicate"),
        ],
        inside: &[
            ("  ip pim sparse-mode", "ip pim"),
            ("  ip policy route-map PBR", "ip policy"),
            ("  ip nat inside", "ip nat"),
            ("  ip verify unicast source reachable-via rx", "ip verify"),
            ("  ip directed-broadcast", "ip directed-broadcast"),
        ],
    },
    Case {
        dialect: "arista-eos",
        model: "DCS-7050",
        options: "bind in",
        face: "interface Vlan10",
        top: &[
            (
                "router general\n   vrf default\n      leak routes source-vrf B subscribe-policy P",
                "leak routes",
            ),
            ("vlan 10\n   state suspend", "state suspend"),
            (
                "interface Ethernet1\n   switchport vlan translation 10 40",
                "vlan translation",
            ),
            ("ip nat pool P 10.9.0.1 10.9.0.9 prefix-length 24", "ip nat"),
            ("ip local policy route-map PBR", "ip local"),
            ("traffic-policies\n   traffic-policy T", "traffic-policies"),
            ("interface Tunnel0\n   ip address 10.99.0.1/30", "Tunnel0"),
            (
                "router ospf 1\n   network 10.0.0.0/8 area 0.0.0.0",
                "learnt",
            ),
            ("frobnicate all packets", "frobnicate"),
        ],
        inside: &[
            ("   ip nat source dynamic access-list N overload", "ip nat"),
            ("   service-policy type pbr input PBR", "service-policy"),
            ("   mac access-group M in", "mac access-group"),
            ("   ip verify unicast source reachable-via rx", "ip verify"),
        ],
    },
    Case {
        dialect: "allied-telesis-awplus",
        model: "AT-x950-28XSQ",
        options: "accept wide-return because \"x\"",
        face: "interface vlan10",
        top: &[
            ("vlan database\n vlan 10 state disable", "state disable"),
            (
                "interface port1.0.5\n switchport\n switchport access vlan 10\n auth-mac enable",
                "auth-mac",
            ),
            ("nat\n rule 10 masq any from inside to outside", "nat"),
            ("ip local policy PBR", "ip local"),
            ("ip multicast-routing", "ip multicast-routing"),
            ("router ospf 1\n network 10.0.0.0/8 area 0", "learnt"),
            ("frobnicate all packets", "frobnicate"),
        ],
        inside: &[
            (" ip dhcp snooping", "ip dhcp snooping"),
            (" arp security", "arp security"),
            (" ip policy-route PBR", "ip policy-route"),
            (" ip directed-broadcast", "ip directed-broadcast"),
            (" tunnel mode gre", "tunnel"),
        ],
    },
    Case {
        dialect: "aruba-aos-cx",
        model: "8320",
        options: "bind in",
        face: "interface vlan 10",
        top: &[
            ("vlan 10\n    arp inspection", "arp inspection"),
            (
                "interface 1/1/5\n    no routing\n    vlan access 10\n    port-access port-security",
                "port-security",
            ),
            ("ip nat pool P", "ip nat"),
            ("pbr-action-list P\n    10 nexthop 10.2.0.9", "pbr"),
            ("router ospf 1\n    area 0.0.0.0", "learnt"),
            ("frobnicate all packets", "frobnicate"),
        ],
        inside: &[
            ("    apply policy P routed-in", "apply policy"),
            ("    ip urpf strict", "ip urpf"),
            ("    ip directed-broadcast", "ip directed-broadcast"),
        ],
    },
    Case {
        dialect: "alaxala-ax",
        model: "AX3660S-24T4X",
        options: "option flow-detection-mode layer3-6",
        face: "interface vlan 10",
        top: &[
            ("vlan 10\n  state suspend", "state suspend"),
            ("policy-list PBR default\n  100 permit 10", "policy-list"),
            ("ip multicast routing", "ip multicast"),
            (
                "router ospf 1\n  network 10.0.0.0 0.255.255.255 area 0",
                "learnt",
            ),
            ("frobnicate all packets", "frobnicate"),
        ],
        inside: &[
            ("  ip policy group PBR", "ip policy"),
            ("  ip verify unicast source reachable-via rx", "ip verify"),
            ("  mac access-group M in", "mac access-group"),
            ("  ip subnet-broadcast", "subnet-broadcast"),
        ],
    },
    Case {
        dialect: "hpe-comware",
        model: "S5560",
        options: "bind in",
        face: "interface Vlan-interface10",
        top: &[
            ("vlan 10\n arp detection enable", "arp detection"),
            ("vlan 40\n supervlan\n subvlan 10", "supervlan"),
            (
                "interface GigabitEthernet1/0/5\n port access vlan 10\n vlan mapping 10 translated-vlan 40",
                "vlan mapping",
            ),
            ("nat address-group 1", "nat"),
            (
                "policy-based-route PBR permit node 10",
                "policy-based-route",
            ),
            ("multicast routing", "multicast routing"),
            ("qos vlan-policy P vlan 10 inbound", "qos vlan-policy"),
            ("ospf 1", "learnt"),
            ("frobnicate all packets", "frobnicate"),
        ],
        inside: &[
            (" nat outbound", "nat"),
            (" ip policy-based-route PBR", "policy-based-route"),
            (" ip urpf strict", "urpf"),
            (" qos apply policy P inbound", "qos apply"),
        ],
    },
    Case {
        dialect: "juniper-junos",
        model: "EX4300",
        options: "bind in",
        face: "",
        top: &[
            ("set system scripts commit file x.slax", "scripts commit"),
            (
                "set vlans vlan10 switch-options mac-limit 5 packet-action drop",
                "mac-limit",
            ),
            (
                "set routing-options martians 10.2.0.0/16 orlonger",
                "martians",
            ),
            ("set security nat source rule-set R from zone A", "nat"),
            (
                "set forwarding-options family inet filter input PBR",
                "forwarding-options",
            ),
            (
                "set routing-options instance-import LEAK",
                "instance-import",
            ),
            (
                "set interfaces gr-0/0/0 unit 0 tunnel source 10.1.0.1",
                "gr-0/0/0",
            ),
            (
                "set interfaces irb unit 10 family inet rpf-check",
                "rpf-check",
            ),
            (
                "set interfaces irb unit 10 family inet policer input P",
                "policer",
            ),
            ("set protocols ospf area 0 interface irb.10", "learnt"),
            (
                "set vlans vlan10 forwarding-options filter input F",
                "filter",
            ),
            ("set frobnicate all", "frobnicate"),
        ],
        inside: &[],
    },
    Case {
        dialect: "linux-nftables",
        model: "",
        options: "bind in",
        face: "",
        top: &[
            (
                "#@ sysctl -w net.ipv4.conf.all.accept_source_route=1",
                "accept_source_route",
            ),
            (
                "table inet early {\n	chain c {\n		type filter hook ingress device \"vlan10\" priority filter; policy drop;\n	}\n}",
                "chain c",
            ),
            (
                "table ip nat {\n\tchain post {\n\t\ttype nat hook postrouting priority srcnat; policy accept;\n\t\tmasquerade\n\t}\n}",
                "masquerade",
            ),
            ("#@ ip rule add from 10.1.0.0/24 table 100", "ip rule"),
            (
                "#@ ip tunnel add gre1 mode gre remote 10.4.0.9 local 10.1.0.1",
                "tunnel",
            ),
        ],
        inside: &[],
    },
];

/// The text with lines at top level, or behind the line that begins the interface of A.
fn with(text: &str, case: &Case, lines: &str, inside: bool) -> String {
    match (case.face, inside) {
        ("", _) => format!("{}\n{lines}\n", text.trim_end()),
        (face, true) => text.replacen(&format!("{face}\n"), &format!("{face}\n{lines}\n"), 1),
        (face, false) => {
            let comment = if case.dialect == "hpe-comware" {
                "#"
            } else {
                "!"
            };
            text.replacen(
                &format!("{face}\n"),
                &format!("{lines}\n{comment}\n{face}\n"),
                1,
            )
        }
    }
}

#[test]
fn what_is_not_modelled_is_named_in_every_dialect() {
    let known: BTreeSet<&str> = DIALECTS.iter().map(|dialect| dialect.id()).collect();
    let here: BTreeSet<&str> = CASES.iter().map(|case| case.dialect).collect();
    assert_eq!(here, known, "a case per dialect");
    let mut wrong = Vec::new();
    for case in &CASES {
        let dir = scratch(&format!("effects-{}", case.dialect));
        let (policy, out) = (dir.join("policy.acl"), dir.join("out"));
        let model = match case.model {
            "" => String::new(),
            model => format!(" \"{model}\""),
        };
        let text = POLICY.replace("DIALECT", &format!("{}{model}", case.dialect));
        std::fs::write(&policy, text.replace("OPTIONS", case.options)).unwrap();
        let (policy, to) = (policy.to_str().unwrap(), out.to_str().unwrap());
        let built = aclc(&["build", policy, "-o", to, "--at", AT]);
        let verify = || verified(policy.as_ref(), &["--configs", to]);
        let config = out.join("SW.cfg");
        let Ok(plain) = std::fs::read_to_string(&config) else {
            wrong.push(format!(
                "{}: not built: {}{}",
                case.dialect, built.out, built.err
            ));
            continue;
        };
        let proved = |json: &serde_json::Value| -> BTreeSet<String> {
            let claims = json["claims"].as_array().unwrap().iter();
            let proved = claims.filter(|claim| claim["verdict"] == "proved");
            proved.map(|claim| claim["id"].to_string()).collect()
        };
        let before = proved(&verify().json());
        if before.len() != 2 {
            wrong.push(format!("{}: proved at first: {before:?}", case.dialect));
        }
        let top = case.top.iter().map(|line| (line, false));
        for ((lines, word), inside) in top.chain(case.inside.iter().map(|line| (line, true))) {
            let changed = with(&plain, case, lines, inside);
            assert_ne!(changed, plain, "{} has no `{}`", case.dialect, case.face);
            std::fs::write(&config, changed).unwrap();
            let json = verify().json();
            let because = json["claims"].as_array().unwrap().iter();
            let because: String = because.map(|claim| claim["because"].to_string()).collect();
            if proved(&json) == before {
                wrong.push(format!("{}: nobody minds `{lines}`", case.dialect));
            } else if !because.contains(word) {
                wrong.push(format!(
                    "{}: `{lines}` is not named: {because}",
                    case.dialect
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a line that was not understood does to packets for the switch itself is open as well: neither a broken claim nor one
/// that holds (D23).
#[test]
fn an_unread_line_leaves_open_what_reaches_the_switch_itself() {
    let dir = scratch("effects-own");
    let policy = dir.join("policy.acl");
    let out = dir.join("out");
    let text = r#"
site S { ipv4-only }
zone A vlan 10 10.1.0.0/24
zone B vlan 20 10.2.0.0/24 { host b1 .11 }
switch SW : cisco-ios-xe "C9300-48T" { svi A, B }
allow A -> SW : icmp 13 ticket R1
prove B -> A none as NONE
prove allows works as WORKS
"#;
    std::fs::write(&policy, text).unwrap();
    let (policy, to) = (policy.to_str().unwrap(), out.to_str().unwrap());
    let built = aclc(&["build", policy, "-o", to, "--at", AT]);
    assert_eq!(
        built.exit,
        aclc::cli::Exit::Clean,
        "{}{}",
        built.out,
        built.err
    );
    let config = out.join("SW.cfg");
    let text = std::fs::read_to_string(&config).unwrap();
    let verdicts = |text: &str| {
        std::fs::write(&config, text).unwrap();
        let json = verified(policy.as_ref(), &["--configs", to]).json();
        let claims = json["claims"].as_array().unwrap().iter();
        claims
            .map(|claim| claim["verdict"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(verdicts(&text), ["proved", "proved"]);
    let open = text.replace(" ip access-group V20_IN in\n", " frobnicate\n");
    assert_ne!(open, text);
    assert_eq!(verdicts(&open), ["unknown", "unknown"]);
    let unbound = text.replace(" ip access-group V20_IN in\n", "");
    assert_eq!(verdicts(&unbound), ["refuted", "proved"]);
}

/// A route over an interface that the text does not have may lead out of one that it has under another name.
#[test]
fn a_route_over_an_unknown_interface_leads_anywhere() {
    let texts = [
        (
            "cisco-ios-xe",
            "ip route 10.2.0.0 255.255.255.0 Vl20 10.2.0.9",
            true,
        ),
        (
            "cisco-ios-xe",
            "ip route 10.9.0.0 255.255.255.0 Vlan20 10.2.0.9",
            false,
        ),
    ];
    for (dialect, route, open) in texts {
        let text = format!(
            "hostname SW\nip routing\ninterface Vlan20\n ip address 10.2.0.1 255.255.255.0\n!\n{route}\nend\n"
        );
        let source = aclc::base::Source::capture("SW.cfg", text.as_bytes());
        let dialect = aclc::vendor::by_id(dialect).unwrap();
        let device = dialect.read(&source, &aclc::vendor::Hint::default());
        assert_eq!(
            !device.effects.is_empty(),
            open,
            "{route}: {:?}",
            device.effects
        );
    }
}

/// Martian addresses may be forwarded, and never are for certain (D33): who has only such has no host that anything works for.
#[test]
fn nothing_works_for_a_zone_of_martians() {
    let policy = scratch("effects-martians").join("policy.acl");
    let text = POLICY.replace("10.1.0.0/24", "127.1.0.0/24");
    let text = text.replace("DIALECT { OPTIONS; ", "cisco-ios-xe { ");
    std::fs::write(&policy, text).unwrap();
    let ran = verified(&policy, &[]);
    let json = ran.json();
    assert_eq!(json["claims"][1]["id"], "WORKS", "{json:#}");
    assert_ne!(json["claims"][1]["verdict"], "proved", "{json:#}");
}

/// The legs of a relay are certain only while it relays, from the address of its interface (D22).
#[test]
fn a_relay_that_works_otherwise_is_not_certain() {
    let dir = scratch("effects-relay");
    let (policy, out) = (dir.join("policy.acl"), dir.join("out"));
    let text = r#"
site S { ipv4-only }
zone A vlan 10 10.1.0.0/24 { dhcp b1 }
zone B vlan 20 10.2.0.0/24 { host b1 .11 }
switch SW : cisco-ios-xe "C9300-48T" { svi A, B }
prove allows works as WORKS
"#;
    std::fs::write(&policy, text).unwrap();
    let (policy, to) = (policy.to_str().unwrap(), out.to_str().unwrap());
    let built = aclc(&["build", policy, "-o", to, "--at", AT]);
    assert_eq!(
        built.exit,
        aclc::cli::Exit::Clean,
        "{}{}",
        built.out,
        built.err
    );
    let config = out.join("SW.cfg");
    let plain = std::fs::read_to_string(&config).unwrap();
    let verdict = |text: String| {
        std::fs::write(&config, text).unwrap();
        let json = verified(policy.as_ref(), &["--configs", to]).json();
        json["claims"][0]["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(verdict(plain.clone()), "proved");
    let head = "interface Vlan10\n";
    for (line, behind) in [
        ("no service dhcp\n", false),
        (" ip dhcp relay source-interface Vlan20\n", true),
    ] {
        let lines = if behind {
            format!("{head}{line}")
        } else {
            format!("{line}{head}")
        };
        let changed = plain.replacen(head, &lines, 1);
        assert_ne!(changed, plain);
        assert_eq!(verdict(changed), "unknown", "{line}");
    }
}
