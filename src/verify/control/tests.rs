//! What a link needs (D21, D25) is missed wherever it is taken out of a list, and so is nothing else.

use crate::base::{Source, SourceMap, Text};
use crate::job::{Options, network};
use crate::model::Policy;
use crate::verify::{Verdict, verify};
use jiff::civil::date;

const OPTIONS: Options = Options {
    at: date(2026, 11, 23),
    max_nodes: None,
    dialect: None,
    confirmed_only: false,
};

fn policy(text: &str) -> Policy {
    let mut sources = SourceMap::default();
    let file = sources.add(Source::utf8("p.acl", text.as_bytes()).unwrap());
    network::policy(&sources, file)
        .unwrap_or_else(|findings| panic!("{findings:?}"))
        .policy
}

/// D45 on these texts: the verdict, and what is said of packets that a link needs and a list drops.
fn equal(policy: &Policy, written: &[network::Written]) -> (Verdict, Vec<Text>) {
    let devices = network::read_back(policy, written, &OPTIONS);
    let asked = network::verify_options(&OPTIONS, true);
    let report = verify(policy, OPTIONS.at, &devices, &asked).unwrap();
    let equality = report.equality.unwrap();
    let said = equality.because.into_iter();
    let blocked = said.filter(|text| text.key == "unequal-blocked").collect();
    (equality.verdict, blocked)
}

/// Takes out each entry below a remark that begins with `section`, one at a time; all of them have to be missed.
fn each_is_missed(policy: &Policy, section: &str) -> usize {
    let written = network::write(policy, &OPTIONS).unwrap();
    let mut count = 0;
    for (file, config) in written.iter().enumerate() {
        let lines: Vec<&str> = config.text.lines().collect();
        let mut inside = false;
        for (number, line) in lines.iter().enumerate() {
            if line.contains(" remark ") {
                inside = line.contains(&format!(" remark {section}"));
                continue;
            }
            inside &= line.contains(" permit ");
            if !inside {
                continue;
            }
            let mut twin = written.clone();
            let kept = lines.iter().enumerate().filter(|(at, _)| *at != number);
            twin[file].text = kept.map(|(_, line)| format!("{line}\n")).collect();
            let (verdict, blocked) = equal(policy, &twin);
            assert!(verdict != Verdict::Proved && !blocked.is_empty(), "{line}");
            count += 1;
        }
    }
    count
}

const PAIR: &str = r#"
site S { ephemeral 49152-65535 }
zone A vlan 10 10.1.0.0/24, fd00:1::/64 dhcp d1
zone B vlan 20 10.2.0.0/24, fd00:2::/64 { host d1 .11, ::11 }
switch S1, S2 : cisco-ios-xe "C9300" {
  svi A .2, ::2 | .3, ::3 vrrp .1, ::1
  svi B .2, ::2 | .3, ::3 hsrp vrid 7 .1
}
allow A -> d1 : tcp 443 ticket R1
"#;

#[test]
fn discovery_hellos_and_dhcp_are_missed() {
    let policy = policy(PAIR);
    let written = network::write(&policy, &OPTIONS).unwrap();
    assert_eq!(equal(&policy, &written), (Verdict::Proved, Vec::new()));
    // VRRP in both families, HSRP to two groups and in IPv6, on both members.
    assert_eq!(each_is_missed(&policy, "control redundancy"), 2 * 5);
    // Four messages to link-local, group and own addresses, per interface and member.
    assert_eq!(each_is_missed(&policy, "control ND"), 2 * (16 + 12));
    let dhcp = written.iter().map(|config| {
        let broadcast = config
            .text
            .lines()
            .filter(|line| line.ends_with("host 255.255.255.255 eq 67"));
        broadcast.count()
    });
    assert_eq!(
        dhcp.sum::<usize>(),
        4,
        "from nobody and from the link, on both members"
    );
}

#[test]
fn a_dhcp_broadcast_is_missed_from_either_source() {
    let policy = policy(PAIR);
    let written = network::write(&policy, &OPTIONS).unwrap();
    for source in ["host 0.0.0.0 eq 68", "10.1.0.0 0.0.0.255 eq 68"] {
        let line = format!("permit udp {source} host 255.255.255.255 eq 67");
        let mut twin = written.clone();
        assert!(twin[0].text.contains(&line), "{}", twin[0].text);
        twin[0].text = twin[0].text.replace(&line, "remark gone");
        let (verdict, blocked) = equal(&policy, &twin);
        assert!(verdict == Verdict::Refuted && !blocked.is_empty(), "{line}");
    }
}

#[test]
fn hellos_of_learnt_routes_are_missed() {
    let text = "site S { ephemeral 49152-65535 }\nzone A vlan 10 10.1.0.0/24, fd00:1::/64\nzone T vlan 30 10.3.0.0/29, fd00:3::/64\n\
        switch SW : cisco-ios-xe \"C9300\" { svi A, T; dynamic ospf on T }\n";
    let policy = policy(text);
    let written = network::write(&policy, &OPTIONS).unwrap();
    // Nothing is allowed, so nothing hangs on routes that nobody knows.
    assert_eq!(equal(&policy, &written), (Verdict::Proved, Vec::new()));
    assert_eq!(each_is_missed(&policy, "control OSPF"), 6);
    assert!(
        !written[0].text.contains("permit 89 10.1.0.0"),
        "only where OSPF is spoken"
    );
}

/// Lists that see frames bridged inside the VLAN let what stays inside pass (D25).
#[test]
fn inner_traffic_is_missed_where_lists_see_it() {
    let text = "site S { ephemeral 49152-65535 }\nzone A vlan 10 10.1.0.0/24, fd00:1::/64\nzone B vlan 20 10.2.0.0/24, fd00:2::/64 { host b1 .11, ::11 }\n\
        switch SW : alaxala-ax \"AX3660S-24T4X\" { option flow-detection-mode layer3-6; svi A, B }\nallow A -> b1 : tcp 443 ticket R1\n";
    let policy = policy(text);
    let written = network::write(&policy, &OPTIONS).unwrap();
    assert_eq!(equal(&policy, &written), (Verdict::Proved, Vec::new()));
    let inner = |line: &&str| {
        let line = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
        [
            "permit ip 10.1.0.0 0.0.0.255 10.1.0.0 0.0.0.255",
            "permit ipv6 fd00:1::/64 fd00:1::/64",
        ]
        .contains(&line)
    };
    let lines: Vec<&str> = written[0].text.lines().filter(inner).collect();
    assert_eq!(lines.len(), 2, "{}", written[0].text);
    for line in lines {
        let mut twin = written.clone();
        twin[0].text = twin[0].text.replace(&format!("{line}\n"), "");
        let (verdict, blocked) = equal(&policy, &twin);
        assert!(verdict == Verdict::Refuted && !blocked.is_empty(), "{line}");
    }
}

/// A list cannot tell what a router puts on a transit link from what somebody there made up: equality is not asked to, the
/// claim sees it (D24, D45).
#[test]
fn forgery_on_a_transit_link_is_a_claims_business() {
    let text = "site S { ipv4-only }\nzone A vlan 10 10.1.0.0/24\nzone T vlan 30 10.3.0.0/29 gateway .1 { host t1 .5 }\nzone C vlan 40 10.4.0.0/24 { host c1 .11 }\n\
        switch S1 : cisco-ios-xe \"C9300\" { svi A; svi T .1; route C via S2 }\nswitch S2 : cisco-ios-xe \"C9300\" { svi C; svi T .2; route any via S1 }\n\
        allow A -> c1 : tcp 443 ticket R1\nprove T -> C none as FORGED\nprove A -> C only c1 : tcp 443 as ONLY\n";
    let policy = policy(text);
    let written = network::write(&policy, &OPTIONS).unwrap();
    assert_eq!(equal(&policy, &written).0, Verdict::Proved);
    let devices = network::read_back(&policy, &written, &OPTIONS);
    let asked = network::verify_options(&OPTIONS, false);
    let report = verify(&policy, OPTIONS.at, &devices, &asked).unwrap();
    let [forged, only] = report.claims.as_slice() else {
        panic!("two claims")
    };
    assert_eq!(
        (forged.verdict, only.verdict),
        (Verdict::Refuted, Verdict::Proved)
    );
    let packet = forged.witness.as_ref().unwrap().flow;
    assert!(
        policy.network.zones[0].addrs().contains(packet.src()),
        "{packet}"
    );
    assert_eq!(packet.dst().to_string(), "10.4.0.11");
}

/// Replies of `rest` get past a forbid of the same link, and what lies behind a host is not the link (language, `forbid`).
#[test]
fn a_forbid_takes_no_replies_and_nobody_elses_requests() {
    let text = "site S { ipv4-only }\nzone A vlan 10 10.1.0.0/24\nzone B vlan 20 10.2.0.0/24 { host b1 .11 }\nzone T vlan 30 10.3.0.0/29 { host fw .5 }\n\
        external NET behind fw = rest\nexternal X behind fw = 10.250.0.0/16\nswitch SW : cisco-ios-xe \"C9300\" { svi A, B, T; route any via fw }\n\
        allow A -> NET : tcp 443 ticket R1\nallow X -> b1 : tcp 22 ticket R2\n";
    for forbid in [
        "forbid T, NET, X -> A",
        "forbid T -> A, B",
        "forbid T, NET -> B",
    ] {
        let policy = policy(&format!("{text}{forbid}\n"));
        let written = network::write(&policy, &OPTIONS).unwrap();
        assert_eq!(
            equal(&policy, &written),
            (Verdict::Proved, Vec::new()),
            "{forbid}"
        );
    }
}

/// Which address and port a relay asks from is not settled for every dialect: all of them must get there (D22).
#[test]
fn a_relay_may_ask_from_either_port() {
    for (dialect, gone, missed) in [
        (
            "alaxala-ax \"AX3660S\"",
            "udp host 10.3.0.1 eq 68 host 10.2.0.11",
            true,
        ),
        (
            "alaxala-ax \"AX3660S\"",
            "udp host 10.3.0.1 eq 67 host 10.2.0.11",
            true,
        ),
        (
            "cisco-ios-xe \"C9300\"",
            "udp host 10.1.0.1 eq 68 host 10.2.0.11",
            false,
        ),
        (
            "cisco-ios-xe \"C9300\"",
            "udp host 10.1.0.1 eq 67 host 10.2.0.11",
            true,
        ),
    ] {
        let option = if dialect.starts_with('a') {
            "; option flow-detection-mode layer3-6"
        } else {
            ""
        };
        let text = format!(
            "site S {{ ipv4-only }}\nzone A vlan 10 10.1.0.0/24 dhcp d1\nzone B vlan 20 10.2.0.0/24 {{ host d1 .11 }}\nzone T vlan 30 10.3.0.0/29\n\
            switch S1 : {dialect} {{ svi A; svi T .1; route any via S2{option} }}\nswitch S2 : cisco-ios-xe \"C9300\" {{ svi B; svi T .2; route any via S1 }}\n"
        );
        let policy = policy(&text);
        let mut written = network::write(&policy, &OPTIONS).unwrap();
        let lines: Vec<&str> = written[1].text.lines().collect();
        let kept: Vec<&str> = lines
            .iter()
            .copied()
            .filter(|line| !line.contains(gone))
            .collect();
        assert!(kept.len() < lines.len(), "{gone}\n{}", written[1].text);
        written[1].text = kept.join("\n") + "\n";
        let (verdict, _) = equal(&policy, &written);
        assert_eq!(verdict != Verdict::Proved, missed, "{dialect} {gone}");
    }
}
