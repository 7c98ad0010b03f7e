//! Texts whose last line may change what passes, with its class; texts none of whose lines does.

use crate::device::EffectClass::{self, Narrows, Redirects, Rewrites};

/// Dialect, text, the class of its last line.
pub(super) const LOUD: &[(&str, &str, EffectClass)] = &[
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
    // Rows that were wider than what they were meant for.
    (
        "arista-eos",
        "router bgp 1\n   vrf A\n      route-target import vpn-ipv4 1:1",
        Redirects,
    ),
    (
        "arista-eos",
        "router general\n   vrf A\n      leak routes source-vrf B subscribe-policy P",
        Redirects,
    ),
    (
        "arista-eos",
        "router bgp 1\n   address-family flow-spec ipv4",
        Redirects,
    ),
    (
        "cisco-ios-xe",
        "router bgp 1\n address-family ipv4 flowspec",
        Redirects,
    ),
    (
        "hpe-comware",
        "bgp 1\n address-family ipv4 flowspec",
        Redirects,
    ),
    (
        "juniper-junos",
        "set protocols bgp group G family inet flow",
        Redirects,
    ),
    ("alaxala-ax", "vlan 10\n  state suspend", Narrows),
    (
        "alaxala-ax",
        "mac-address-table static 0012.e200.0001 vlan 10 drop",
        Narrows,
    ),
    ("alaxala-ax", "vlan 10\n  mystery", Rewrites),
    ("hpe-comware", "vlan 10\n arp detection enable", Narrows),
    (
        "hpe-comware",
        "vlan 10\n ipv6 nd raguard apply policy P",
        Narrows,
    ),
    (
        "hpe-comware",
        "vlan 10\n ip verify source ip-address",
        Narrows,
    ),
    ("hpe-comware", "vlan 10\n isolated-vlan 5", Narrows),
    ("hpe-comware", "dhcp snooping enable", Narrows),
    (
        "hpe-comware",
        "mac-address blackhole 1-1-1 vlan 10",
        Narrows,
    ),
    (
        "hpe-comware",
        "interface GigabitEthernet1/0/2\n port access vlan 111\n arp filter source 10.0.0.1",
        Narrows,
    ),
    (
        "hpe-comware",
        "interface GigabitEthernet1/0/2\n port access vlan 111\n broadcast-suppression 10",
        Narrows,
    ),
    (
        "hpe-comware",
        "interface GigabitEthernet1/0/2\n port access vlan 111\n storm-constrain broadcast pps 100 50",
        Narrows,
    ),
    (
        "hpe-comware",
        "interface GigabitEthernet1/0/2\n port access vlan 111\n port private-vlan host",
        Narrows,
    ),
    (
        "hpe-comware",
        "interface GigabitEthernet1/0/2\n port access vlan 111\n am user-bind",
        Narrows,
    ),
    (
        "hpe-comware",
        "interface Vlan-interface10\n ip address 10.0.0.1 255.255.255.0\n dhcp relay gateway 10.0.0.2",
        Narrows,
    ),
    (
        "hpe-comware",
        "vlan 10\n mac-forced-forwarding default-gateway 10.0.0.1",
        Redirects,
    ),
    ("hpe-comware", "vlan 10\n supervlan", Rewrites),
    ("hpe-comware", "vlan 10\n mystery", Rewrites),
    (
        "hpe-comware",
        "interface GigabitEthernet1/0/2\n port access vlan 111\n vlan mapping 10 translated-vlan 20",
        Rewrites,
    ),
    (
        "hpe-comware",
        "scheduler job X\n command 1 system-view",
        Rewrites,
    ),
    (
        "juniper-junos",
        "set ethernet-switching-options storm-control interface all",
        Narrows,
    ),
    (
        "juniper-junos",
        "set interfaces ge-0/0/1 unit 0 family ethernet-switching storm-control default",
        Narrows,
    ),
    (
        "juniper-junos",
        "set interfaces ge-0/0/1 unit 0 family ethernet-switching interface-mac-limit 5",
        Narrows,
    ),
    (
        "juniper-junos",
        "set interfaces ge-0/0/1 gigether-options source-filtering",
        Narrows,
    ),
    (
        "juniper-junos",
        "set switch-options interface ge-0/0/1.0 interface-mac-limit 5",
        Narrows,
    ),
    (
        "juniper-junos",
        "set vlans V switch-options mac-move-limit 1 packet-action drop",
        Narrows,
    ),
    (
        "juniper-junos",
        "set protocols l2-learning global-mac-limit 5 packet-action drop",
        Narrows,
    ),
    (
        "juniper-junos",
        "set vlans V interface ge-0/0/1.0 isolated",
        Narrows,
    ),
    (
        "juniper-junos",
        "set routing-options martians 10.0.0.0/8 orlonger",
        Redirects,
    ),
    (
        "juniper-junos",
        "set system scripts commit file x.slax",
        Rewrites,
    ),
    (
        "juniper-junos",
        "set system configuration-database ephemeral instance X",
        Rewrites,
    ),
    (
        "juniper-junos",
        "set event-options policy P then change-configuration commands \"set x\"",
        Rewrites,
    ),
    (
        "juniper-junos",
        "set vlans V interface ge-0/0/1.0 mapping swap",
        Rewrites,
    ),
    (
        "linux-nftables",
        "table inet t { chain c { type filter hook ingress device eth0 priority 0; policy drop; } }",
        Narrows,
    ),
    (
        "linux-nftables",
        "table ip t { chain c { type nat hook prerouting priority 0; ip daddr 10.0.0.1 drop } }",
        Narrows,
    ),
    (
        "linux-nftables",
        "sysctl net.ipv4.conf.all.accept_source_route=1",
        Redirects,
    ),
    (
        "linux-nftables",
        "sysctl net.ipv6.conf.eth0.accept_ra=2",
        Redirects,
    ),
    (
        "linux-nftables",
        "sysctl -w net.ipv4.conf.all.accept_redirects=1",
        Redirects,
    ),
    (
        "linux-nftables",
        "table inet t { flags dormant; }",
        Rewrites,
    ),
    (
        "linux-nftables",
        "ip link set dev eth0 xdp obj x.o",
        Rewrites,
    ),
    (
        "linux-nftables",
        "ip link add gre1 type gre remote 10.0.0.9",
        Rewrites,
    ),
    (
        "linux-nftables",
        "table bridge t { chain c { type filter hook prerouting priority 0\n meta pkttype set host; } }",
        Rewrites,
    ),
    ("cisco-ios-xe", "ip tcp intercept list 101", Narrows),
    ("cisco-ios-xe", "no service dhcp", Narrows),
    (
        "cisco-ios-xe",
        "vlan configuration 10\n ipv6 nd raguard attach-policy P",
        Narrows,
    ),
    (
        "cisco-ios-xe",
        "vlan configuration 10\n ipv6 snooping attach-policy P",
        Narrows,
    ),
    (
        "cisco-ios-xe",
        "vlan configuration 10\n device-tracking attach-policy P",
        Narrows,
    ),
    ("cisco-ios-xe", "vlan 10\n state suspend", Narrows),
    ("cisco-ios-xe", "vlan 10\n shutdown", Narrows),
    (
        "cisco-ios-xe",
        "ip arp inspection filter A vlan 10",
        Narrows,
    ),
    (
        "cisco-ios-xe",
        "mac address-table static 0000.0000.0001 vlan 10 drop",
        Narrows,
    ),
    (
        "cisco-ios-xe",
        "interface GigabitEthernet1/0/2\n switchport access vlan 111\n ipv6 nd inspection attach-policy P",
        Narrows,
    ),
    (
        "cisco-ios-xe",
        "interface GigabitEthernet1/0/2\n switchport access vlan 111\n service-policy type control subscriber P",
        Narrows,
    ),
    (
        "cisco-ios-xe",
        "interface Vlan10\n ip address 10.0.0.1 255.255.255.0\n ip security dedicated secret genser",
        Narrows,
    ),
    (
        "cisco-ios-xe",
        "interface Vlan10\n ip address 10.0.0.1 255.255.255.0\n ip dhcp relay source-interface Loopback0",
        Narrows,
    ),
    (
        "cisco-ios-xe",
        "interface GigabitEthernet1/0/2\n switchport access vlan 111\n switchport vlan mapping 10 20",
        Rewrites,
    ),
    (
        "cisco-ios-xe",
        "policy-map type epbr P\n class C\n  set ipv4 next-hop 10.0.0.1\ninterface Vlan10\n ip address 10.0.0.1 255.255.255.0\n service-policy type epbr input P",
        Redirects,
    ),
    (
        "cisco-nx-os",
        "policy-map type qos P\n  class C\n    police cir 1 mbps\nsystem qos\n  service-policy type qos input P",
        Narrows,
    ),
    ("cisco-nx-os", "no ip dhcp relay", Narrows),
    ("cisco-nx-os", "vrf context A\n  shutdown", Narrows),
    ("cisco-nx-os", "vlan 10\n  shutdown", Narrows),
    ("cisco-nx-os", "vlan 10\n  state suspend", Narrows),
    (
        "cisco-nx-os",
        "mac address-table static 0000.0000.0001 vlan 10 drop",
        Narrows,
    ),
    (
        "cisco-nx-os",
        "interface Vlan10\n  no shutdown\n  ip address 10.0.0.1/24\n  ip dhcp relay source-interface loopback0",
        Narrows,
    ),
    (
        "cisco-nx-os",
        "interface Ethernet1/2\n  switchport access vlan 111\n  switchport isolated",
        Narrows,
    ),
    (
        "cisco-nx-os",
        "event manager applet A\n  action 1 cli conf t",
        Rewrites,
    ),
    (
        "cisco-nx-os",
        "hardware access-list allow deny ace",
        Rewrites,
    ),
    (
        "cisco-nx-os",
        "interface Ethernet1/2\n  switchport access vlan 111\n  switchport vlan mapping 10 20",
        Rewrites,
    ),
    (
        "cisco-nx-os",
        "interface Vlan10\n  no shutdown\n  ip address 10.0.0.1/24\n  ip pim sparse-mode",
        Redirects,
    ),
    (
        "cisco-nx-os",
        "interface Vlan10\n  no shutdown\n  ip address 10.0.0.1/24\n  ipv6 pim sparse-mode",
        Redirects,
    ),
    ("arista-eos", "vlan 10\n   state suspend", Narrows),
    (
        "arista-eos",
        "mac address-table static 0000.0000.0001 vlan 10 drop",
        Narrows,
    ),
    (
        "arista-eos",
        "interface Vlan10\n   ip address 10.0.0.1/24\n   ip helper-address 10.0.0.9 source-interface Loopback0",
        Narrows,
    ),
    (
        "arista-eos",
        "qos profile P\n   service-policy type qos input Q\ninterface Ethernet2\n   switchport access vlan 111\n   service-profile P",
        Narrows,
    ),
    (
        "arista-eos",
        "interface Ethernet2\n   switchport access vlan 111\n   switchport vlan translation 10 20",
        Rewrites,
    ),
    (
        "arista-eos",
        "event-handler H\n   action bash FastCli -p 15 -c \"configure\"",
        Rewrites,
    ),
    (
        "aruba-aos-cx",
        "interface 1/1/2\n    no shutdown\n    no routing\n    vlan access 111\n    aaa authentication port-access dot1x authenticator",
        Narrows,
    ),
    (
        "aruba-aos-cx",
        "interface 1/1/2\n    no shutdown\n    no routing\n    vlan access 111\n    aaa authentication port-access mac-auth",
        Narrows,
    ),
    (
        "aruba-aos-cx",
        "interface 1/1/2\n    no shutdown\n    no routing\n    vlan access 111\n    port-access port-security",
        Narrows,
    ),
    (
        "aruba-aos-cx",
        "interface 1/1/2\n    no shutdown\n    no routing\n    vlan access 111\n    ip source-lockdown",
        Narrows,
    ),
    ("aruba-aos-cx", "vlan 10\n    dhcpv4-snooping", Narrows),
    ("aruba-aos-cx", "vlan 10\n    arp inspection", Narrows),
    ("aruba-aos-cx", "vlan 10\n    nd-snooping", Narrows),
    ("aruba-aos-cx", "vlan 10\n    shutdown", Narrows),
    ("aruba-aos-cx", "mac-lockout 00:00:00:00:00:01", Narrows),
    ("aruba-aos-cx", "port-access policy P", Narrows),
    ("aruba-aos-cx", "no dhcp-relay", Narrows),
    (
        "aruba-aos-cx",
        "interface 1/1/2\n    no shutdown\n    no routing\n    vlan access 111\n    user-based-tunnel x",
        Rewrites,
    ),
    (
        "aruba-aos-cx",
        "interface 1/1/2\n    no shutdown\n    no routing\n    vlan access 111\n    vlan translate 10 20",
        Rewrites,
    ),
    (
        "allied-telesis-awplus",
        "interface port1.0.2\n switchport\n switchport mode access\n switchport access vlan 111\n dot1x port-control auto",
        Narrows,
    ),
    (
        "allied-telesis-awplus",
        "interface port1.0.2\n switchport\n switchport mode access\n switchport access vlan 111\n auth-mac enable",
        Narrows,
    ),
    (
        "allied-telesis-awplus",
        "interface port1.0.2\n switchport\n switchport mode access\n switchport access vlan 111\n auth-web enable",
        Narrows,
    ),
    (
        "allied-telesis-awplus",
        "interface port1.0.2\n switchport\n switchport mode access\n switchport access vlan 111\n auth profile P",
        Narrows,
    ),
    (
        "allied-telesis-awplus",
        "interface vlan10\n ip address 10.0.0.1/24\n ip dhcp snooping",
        Narrows,
    ),
    (
        "allied-telesis-awplus",
        "interface vlan10\n ip address 10.0.0.1/24\n arp security",
        Narrows,
    ),
    (
        "allied-telesis-awplus",
        "vlan database\n vlan 10 state disable",
        Narrows,
    ),
    (
        "allied-telesis-awplus",
        "mac address-table static 0000.0000.0001 discard interface port1.0.1 vlan 10",
        Narrows,
    ),
    ("allied-telesis-awplus", "no service dhcp-relay", Narrows),
    (
        "allied-telesis-awplus",
        "interface port1.0.2\n switchport\n switchport mode access\n switchport access vlan 111\n switchport vlan translation vlan 1 vlan 2",
        Rewrites,
    ),
    (
        "allied-telesis-awplus",
        "policy-map P\n class C\n  set ip next-hop 10.0.0.9\ninterface port1.0.2\n switchport\n switchport mode access\n switchport access vlan 111\n service-policy input P",
        Redirects,
    ),
];

/// Dialect and text.
pub(super) const QUIET: &[(&str, &str)] = &[
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
    (
        "alaxala-ax",
        "vlan 10 protocol-based\n  name \"A\"\n  state active",
    ),
    (
        "hpe-comware",
        "vlan 10\n name A\n igmp-snooping enable\ninterface GigabitEthernet1/0/2\n storm-constrain control block\n dhcp snooping trust",
    ),
    (
        "juniper-junos",
        "set system scripts op file x.slax\nset interfaces ge-0/0/1 ether-options 802.3ad ae0\nset forwarding-options storm-control-profiles default all\nset event-options policy P then raise-trap",
    ),
    (
        "linux-nftables",
        "sysctl net.ipv4.conf.eth0.accept_redirects=0\nsysctl net.ipv4.conf.all.accept_source_route=0\nsysctl net.ipv6.conf.all.accept_ra=0",
    ),
    (
        "cisco-ios-xe",
        "vlan configuration 10\n ip igmp snooping version 2",
    ),
    (
        "cisco-ios-xe",
        "mac address-table static 0000.0000.0001 vlan 10 interface GigabitEthernet1/0/1",
    ),
    (
        "cisco-ios-xe",
        "interface GigabitEthernet1/0/2\n mls qos trust dscp",
    ),
    (
        "cisco-nx-os",
        "event manager applet A\n  action 1 syslog msg down\nvlan 10\n  state active\n  no shutdown",
    ),
    (
        "cisco-nx-os",
        "system qos\n  service-policy type network-qos N\n  service-policy type queuing output default-out-policy",
    ),
    (
        "arista-eos",
        "qos profile P\n   qos trust dscp\ninterface Ethernet2\n   switchport access vlan 111\n   service-profile P",
    ),
    (
        "aruba-aos-cx",
        "interface 1/1/2\n    no routing\n    vlan access 10\n    aaa authentication port-access client-limit 3",
    ),
    (
        "allied-telesis-awplus",
        "vlan database\n vlan 10 state enable\ninterface port1.0.2\n switchport\n switchport access vlan 10\n ip dhcp snooping trust\n auth-mac method pap",
    ),
];
