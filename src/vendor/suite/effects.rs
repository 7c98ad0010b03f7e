//! Lines that may change what passes, and are easily taken for settings without a meaning: each has its class (D23).
//!
//! A line that was once passed over gets a row here.

use super::read;
use crate::device::EffectClass::{Narrows, Redirects, Rewrites};
use crate::device::Scope;
use crate::vendor::by_id;

#[test]
fn lines_that_may_change_what_passes_are_not_passed_over() {
    for (id, text, class) in [
        (
            "cisco-ios-xe",
            "policy-map P\n class C\n  police 1000000\nvlan configuration 10\n service-policy input P",
            Narrows,
        ),
        (
            "cisco-nx-os",
            "policy-map type qos P\n  class C\n    police cir 1 mbps\nvlan configuration 10\n  service-policy type qos input P",
            Narrows,
        ),
        ("cisco-nx-os", "vlan configuration 10\n  mystery", Rewrites),
        (
            "cisco-nx-os",
            "hardware rate-limiter layer-3 glean 100",
            Narrows,
        ),
        ("cisco-nx-os", "itd S", Redirects),
        (
            "cisco-nx-os",
            "vrf context A\n  address-family ipv4 unicast\n    route-target both 65000:1",
            Redirects,
        ),
        (
            "arista-eos",
            "hardware access-list ipv6 implicit-permit icmpv6 all",
            Rewrites,
        ),
        (
            "arista-eos",
            "interface Vlan10\n   ip address 10.0.0.1/24\n   profile P",
            Rewrites,
        ),
        (
            "arista-eos",
            "interface Ethernet1\n   switchport pvlan mapping 10 20",
            Narrows,
        ),
        (
            "allied-telesis-awplus",
            "interface port1.0.1\n switchport\n switchport port-security",
            Narrows,
        ),
        // Guards of ports and VLANs.
        (
            "cisco-ios-xe",
            "interface GigabitEthernet1/0/2\n switchport access vlan 111\n switchport port-security",
            Narrows,
        ),
        (
            "cisco-ios-xe",
            "interface GigabitEthernet1/0/2\n switchport access vlan 111\n authentication port-control auto",
            Narrows,
        ),
        (
            "cisco-ios-xe",
            "interface GigabitEthernet1/0/2\n switchport access vlan 111\n mab",
            Narrows,
        ),
        (
            "cisco-ios-xe",
            "interface GigabitEthernet1/0/2\n switchport access vlan 111\n dot1x pae authenticator",
            Narrows,
        ),
        (
            "cisco-ios-xe",
            "interface GigabitEthernet1/0/2\n switchport access vlan 111\n storm-control broadcast level 10.00",
            Narrows,
        ),
        (
            "cisco-ios-xe",
            "interface GigabitEthernet1/0/2\n switchport access vlan 111\n ip verify source",
            Narrows,
        ),
        (
            "cisco-ios-xe",
            "interface GigabitEthernet1/0/2\n switchport access vlan 111\n ipv6 nd raguard attach-policy P",
            Narrows,
        ),
        (
            "cisco-nx-os",
            "interface Ethernet1/2\n  switchport access vlan 111\n  switchport port-security",
            Narrows,
        ),
        (
            "cisco-nx-os",
            "interface Ethernet1/2\n  switchport access vlan 111\n  dot1x port-control auto",
            Narrows,
        ),
        (
            "cisco-nx-os",
            "interface Ethernet1/2\n  switchport access vlan 111\n  storm-control multicast level 1",
            Narrows,
        ),
        (
            "cisco-nx-os",
            "interface Ethernet1/2\n  switchport access vlan 111\n  ip verify source dhcp-snooping-vlan",
            Narrows,
        ),
        (
            "arista-eos",
            "interface Ethernet2\n   switchport access vlan 111\n   switchport port-security",
            Narrows,
        ),
        (
            "arista-eos",
            "interface Ethernet2\n   switchport access vlan 111\n   dot1x port-control auto",
            Narrows,
        ),
        (
            "arista-eos",
            "interface Ethernet2\n   switchport access vlan 111\n   storm-control broadcast level 1",
            Narrows,
        ),
        ("cisco-ios-xe", "ip dhcp snooping vlan 111-113", Narrows),
        ("cisco-ios-xe", "ip arp inspection vlan 111-113", Narrows),
        ("cisco-nx-os", "ip dhcp snooping vlan 111-113", Narrows),
        ("cisco-nx-os", "ip arp inspection vlan 111-113", Narrows),
        ("arista-eos", "ip dhcp snooping vlan 111-113", Narrows),
        ("arista-eos", "ip arp inspection vlan 111-113", Narrows),
        // Two maps with a list each on one VLAN: their order is open.
        (
            "allied-telesis-awplus",
            "vlan access-map M\n match access-group A\nvlan access-map N\n match access-group B\ninterface vlan10\n ip address 10.0.0.1/24\nvlan filter M vlan-list 10 input\nvlan filter N vlan-list 10 input",
            Narrows,
        ),
        // A second list where the device takes one; lists of layer 2, of VLANs, of frames.
        (
            "alaxala-ax",
            "interface vlan 10\n  ip access-group A in\n  ip access-group B in",
            Rewrites,
        ),
        (
            "hpe-comware",
            "interface Vlan-interface10\n packet-filter 3000 inbound\n packet-filter 3001 inbound",
            Rewrites,
        ),
        (
            "hpe-comware",
            "interface Vlan-interface10\n packet-filter mac 4000 inbound",
            Narrows,
        ),
        (
            "hpe-comware",
            "vlan 10\n packet-filter 3000 inbound",
            Rewrites,
        ),
        (
            "juniper-junos",
            "set vlans V vlan-id 10\nset vlans V forwarding-options filter input F",
            Narrows,
        ),
        (
            "linux-nftables",
            "table netdev t { chain c { type filter hook ingress device eth0 priority 0; policy drop; } }",
            Narrows,
        ),
        (
            "linux-nftables",
            "table inet t { chain c { type filter hook output priority 0; policy drop; } }",
            Narrows,
        ),
        (
            "hpe-comware",
            "vlan 10\n qos apply policy P inbound",
            Narrows,
        ),
        ("hpe-comware", "vlan 10\n private-vlan isolated", Narrows),
    ] {
        let device = read(by_id(id).unwrap(), text.as_bytes());
        let last = u32::try_from(text.lines().count()).unwrap();
        let found = device.effects.iter().find(|effect| effect.line == last);
        let found = found.map(|effect| effect.class);
        assert_eq!(found, Some(class), "{id}: {text}");
    }
}

#[test]
fn the_same_lines_where_they_change_nothing() {
    for (id, text) in [
        (
            "cisco-nx-os",
            "policy-map type qos P\n  class C\n    set qos-group 1\nvlan configuration 10\n  service-policy type qos input P",
        ),
        (
            "cisco-nx-os",
            "vrf context A\n  address-family ipv4 unicast\n    route-target both auto evpn",
        ),
        (
            "cisco-ios-xe",
            "ip dhcp snooping\ninterface GigabitEthernet1/0/2\n ip dhcp snooping trust\n storm-control action trap",
        ),
        ("arista-eos", "hardware counter feature acl out ipv4"),
        ("hpe-comware", "vlan 10\n name USERS"),
    ] {
        let device = read(by_id(id).unwrap(), text.as_bytes());
        assert_eq!(device.effects, [], "{id}: {text}");
    }
}

/// What may drop in some VLANs does so there, not everywhere.
#[test]
fn guards_of_vlans_act_in_them() {
    let text = "ip dhcp snooping vlan 10\ninterface Vlan10\n ip address 10.0.0.1 255.255.255.0\ninterface Vlan20\n ip address 10.0.1.1 255.255.255.0\n";
    let device = read(by_id("cisco-ios-xe").unwrap(), text.as_bytes());
    let scopes: Vec<&Scope> = device.effects.iter().map(|effect| &effect.scope).collect();
    assert_eq!(scopes, [&Scope::Interface(0, None)]);
}
