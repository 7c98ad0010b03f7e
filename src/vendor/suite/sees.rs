//! What lists see besides what is routed, and whether packets are forwarded at all without a line that says so (D18).
//!
//! A fact that changes in a profile changes a letter here, and somebody looks at it.

use crate::acl::Known;
use crate::base::Source;
use crate::vendor::{DIALECTS, Hint, by_id};

/// Dialect, model, interface with addresses of both families; then whether its lists see what is bridged (in, out), what is meant for
/// the switch and what it sends, and whether IPv4 and IPv6 are forwarded: yes, no, open.
const SEES: [(&str, Option<&str>, &str, &str); 11] = [
    (
        "cisco-ios-xe",
        None,
        "interface Vlan10\n ip address 10.0.0.1 255.255.255.0\n ipv6 address 2001:db8::1/64\n",
        "nnyo oo",
    ),
    (
        "cisco-nx-os",
        None,
        "interface Vlan10\n  no shutdown\n  ip address 10.0.0.1/24\n  ipv6 address 2001:db8::1/64\n",
        "nnoo yy",
    ),
    (
        "arista-eos",
        None,
        "interface Vlan10\n   ip address 10.0.0.1/24\n   ipv6 address 2001:db8::1/64\n",
        "oooo oo",
    ),
    (
        "alaxala-ax",
        Some("AX3660S"),
        "interface vlan 10\n  ip address 10.0.0.1 255.255.255.0\n  ipv6 address 2001:db8::1/64\n",
        "yyyy yy",
    ),
    (
        "alaxala-ax",
        None,
        "interface vlan 10\n  ip address 10.0.0.1 255.255.255.0\n  ipv6 address 2001:db8::1/64\n",
        "oooo yy",
    ),
    (
        "allied-telesis-awplus",
        None,
        "interface vlan10\n ip address 10.0.0.1/24\n ipv6 address 2001:db8::1/64\n",
        "ooon yo",
    ),
    (
        "aruba-aos-cx",
        None,
        "interface vlan 10\n    ip address 10.0.0.1/24\n    ipv6 address 2001:db8::1/64\n",
        "nnoo yy",
    ),
    (
        "juniper-junos",
        None,
        "set interfaces irb unit 10 family inet address 10.0.0.1/24\nset interfaces irb unit 10 family inet6 address 2001:db8::1/64\nset vlans V vlan-id 10\nset vlans V l3-interface irb.10\n",
        "nnyn yy",
    ),
    (
        "juniper-junos",
        Some("PTX1000"),
        "set interfaces et-0/0/0 unit 0 family inet address 10.0.0.1/24\n",
        "nnyy yy",
    ),
    (
        "hpe-comware",
        None,
        "interface Vlan-interface10\n ip address 10.0.0.1 255.255.255.0\n ipv6 address 2001:DB8::1/64\n",
        "nooo yy",
    ),
    (
        "linux-nftables",
        None,
        "table inet t {\n\tchain c {\n\t\ttype filter hook forward priority 0; policy drop;\n\t}\n}\n#@ ip address add 10.0.0.1/24 dev vlan10\n",
        "nnnn oo",
    ),
];

fn letter(known: &Known) -> char {
    match known {
        Known::Yes => 'y',
        Known::No => 'n',
        Known::Open(_) => 'o',
    }
}

#[test]
fn lists_see_what_each_vendor_says() {
    for (id, model, text, expect) in SEES {
        let hint = Hint {
            model: model.map(str::to_owned),
            ..Hint::default()
        };
        let device = by_id(id)
            .unwrap()
            .read(&Source::capture("a", text.as_bytes()), &hint);
        let sees = [
            &device.sees.bridged_in,
            &device.sees.bridged_out,
            &device.sees.to_switch,
            &device.sees.from_switch,
        ];
        let sees: String = sees.map(letter).iter().collect();
        let forwards: String = [&device.forwards.v4, &device.forwards.v6]
            .map(letter)
            .iter()
            .collect();
        assert_eq!(format!("{sees} {forwards}"), expect, "{id} {model:?}");
    }
}

#[test]
fn every_dialect_of_the_registry_has_its_row() {
    for dialect in DIALECTS {
        assert!(
            SEES.iter().any(|(id, ..)| *id == dialect.id()),
            "{}",
            dialect.id()
        );
    }
}
