//! IPv6 lists of ports: when they are the list of a VLAN, when they only may drop, and in which mode they test addresses.

use super::*;
use crate::acl::{AclState, Known};

const LIST: &str =
    "ipv6 access-list SIX\n 10 permit tcp any 2001:db8::9/128 eq 80\n 20 deny ipv6 any any\n";
const OTHER: &str = "ipv6 access-list SEVEN\n 10 deny ipv6 any any\n";
const FULL: &str = "platform hwfilter-size ipv4-full-ipv6\n";
const FACES: &str = "interface vlan1\n ipv6 address 2001:db8:1::1/64\ninterface vlan10\n ipv6 address 2001:db8:a::1/64\ninterface vlan20\n ipv6 address 2001:db8:b::1/64\n";

fn on(model: Option<&str>, text: &str) -> Device {
    let hint = Hint {
        model: model.map(str::to_owned),
        ..Hint::default()
    };
    AlliedTelesisAwplus.read(&Source::capture("a", text.as_bytes()), &hint)
}

/// The IPv6 list of each of the three VLANs, and the VLANs whose lists may drop.
fn read(ports: &str) -> ([Option<String>; 3], Vec<Scope>) {
    let device = on(None, &format!("{FULL}{LIST}{OTHER}{FACES}{ports}"));
    let bound = [1, 10, 20].map(|vlan| {
        let kind = InterfaceKind::Svi(vlan);
        let face = device.interfaces.iter().find(|i| i.kind == kind).unwrap();
        let binding = face.binding(Family::V6, Direction::In)?;
        Some(device.acls[binding.acl].name.clone())
    });
    let scopes = device.effects.iter().map(|effect| {
        assert_eq!(effect.class, EffectClass::Narrows);
        effect.scope.clone()
    });
    (bound, scopes.collect())
}

/// A port with these lines.
fn port(number: u32, lines: &str) -> String {
    let lines = lines.replace("; ", "\n ");
    format!("interface port1.0.{number}\n {lines}\n")
}

const IN_10: &str =
    "switchport; switchport mode access; switchport access vlan 10; ipv6 traffic-filter SIX";

#[test]
fn a_vlan_has_the_list_that_all_its_ports_name() {
    let six = || Some("SIX".to_owned());
    let all = port(1, IN_10) + &port(2, IN_10);
    assert_eq!(read(&all), ([None, six(), None], vec![]));
    let trunk = "switchport mode trunk; switchport trunk allowed vlan add 10,20; switchport trunk native vlan none; ipv6 traffic-filter SIX";
    assert_eq!(read(&port(1, trunk)), ([None, six(), six()], vec![]));
    // A bundle of ports without a protocol is a port like others.
    let bundle = port(1, IN_10).replace("port1.0.1", "sa1");
    assert_eq!(read(&bundle), ([None, six(), None], vec![]));
}

#[test]
fn where_a_frame_may_come_in_without_it_the_list_only_may_drop() {
    let vlan10 = || vec![Scope::Interface(1, None)];
    let nowhere = [const { None::<String> }; 3];
    for (other, scopes) in [
        ("switchport access vlan 10", vlan10()),
        (
            "switchport access vlan 10; ipv6 traffic-filter SEVEN",
            [vlan10(), vlan10()].concat(),
        ),
        (
            "switchport mode trunk; switchport trunk allowed vlan add 10",
            vlan10(),
        ),
        (
            "switchport mode trunk; switchport trunk native vlan 10",
            vlan10(),
        ),
        // What may carry any VLAN.
        ("switchport voice vlan 10", vlan10()),
        (
            "switchport mode trunk; switchport trunk allowed vlan all",
            vlan10(),
        ),
        ("switchport mode access ingress-filter disable", vlan10()),
        ("auth dynamic-vlan-creation", vlan10()),
        ("channel-group 1 mode active", vlan10()),
    ] {
        let found = read(&(port(1, IN_10) + &port(2, other)));
        assert_eq!(found, (nowhere.clone(), scopes), "{other}");
    }
    // Whether the ports of a dynamic bundle have its list was not read.
    let bundle = port(1, IN_10).replace("port1.0.1", "po1");
    assert_eq!(read(&bundle), (nowhere.clone(), vlan10()));
    // Ports that are not printed are in VLAN 1.
    let first = port(1, "ipv6 traffic-filter SIX");
    assert_eq!(read(&first), (nowhere, vec![Scope::Device]));
}

#[test]
fn a_port_in_two_vlans_holds_one_and_narrows_the_other() {
    let trunk = "switchport mode trunk; switchport trunk allowed vlan add 10,20; switchport trunk native vlan none; ipv6 traffic-filter SIX";
    let found = read(&(port(1, trunk) + &port(2, "switchport access vlan 20")));
    let six = Some("SIX".to_owned());
    assert_eq!(found, ([None, six, None], vec![Scope::Interface(2, None)]));
}

#[test]
fn without_the_line_addresses_are_perhaps_not_tested() {
    let text = format!("{LIST}{FACES}{}", port(1, IN_10));
    let fate_of = |device: &Device| fate(device, "SIX", "tcp [2001:db8::1]:1 [2001:db8::8]:80 syn");
    for (model, line, open) in [
        (Some("AT-x930-28GTX"), FULL, false),
        (Some("AT-x930-28GTX"), "", true),
        (
            Some("x510-52GTX"),
            "platform hwfilter-size ipv4-limited-ipv6\n",
            true,
        ),
        (Some("AT-x950-28XSQ"), "", true),
        (Some("AT-x950-28XSQ"), FULL, false),
        (None, "", true),
    ] {
        let device = on(model, &format!("{line}{text}"));
        let expect = match open {
            true => (Fate::Unknown, None),
            false => (Fate::Deny, Some(20)),
        };
        assert_eq!(fate_of(&device), expect, "{model:?} {line}");
        assert_eq!(device.gaps.len(), usize::from(open), "{model:?} {line}");
    }
    // A list that no port names is what it says.
    let device = on(Some("AT-x930-28GTX"), LIST);
    assert_eq!(fate_of(&device), (Fate::Deny, Some(20)));
    assert_eq!(device.acls[0].state, AclState::Defined);
}

#[test]
fn lists_are_written_on_ports_of_one_vlan_in_a_mode_that_has_them() {
    let any = Wildcard::any(Family::V6);
    let write = |model: &str, option: Option<&str>, ports: [&str; 2]| {
        let options = option.map(|value| ("hwfilter-size".to_owned(), value.to_owned()));
        let faces = [10, 20]
            .iter()
            .zip(ports)
            .enumerate()
            .map(|(acl, (&vlan, ports))| {
                let mut face = Interface::new(&format!("vlan{vlan}"), InterfaceKind::Svi(vlan));
                face.addrs = vec![format!("2001:db8:{vlan}::1/64").parse().unwrap()];
                face.ports = ports
                    .split(' ')
                    .filter(|p| !p.is_empty())
                    .map(str::to_owned)
                    .collect();
                face.bindings.push(Binding {
                    family: Family::V6,
                    direction: Direction::In,
                    acl,
                    line: 0,
                });
                face
            });
        let list = |name: &str| Draft {
            name: name.to_owned(),
            family: Family::V6,
            lines: vec![DraftLine::Entry(DraftEntry::between(false, any, any))],
        };
        let config = Config {
            hostname: "SW1".to_owned(),
            model: Some(model.to_owned()),
            options: options.into_iter().collect(),
            interfaces: faces.collect(),
            routes: Vec::new(),
            acls: vec![list("V10_IN6"), list("V20_IN6")],
        };
        let texts = |refused: Vec<crate::base::Text>| -> Vec<String> {
            refused.iter().map(|t| t.render(Lang::En)).collect()
        };
        AlliedTelesisAwplus
            .write(&config)
            .map_err(|refused| texts(refused).join("; "))
    };
    let full = Some("ipv4-full-ipv6");
    let text = write("AT-x930-28GTX", full, ["port1.0.1-1.0.4", "port1.0.5 sa1"]).unwrap();
    assert!(text.contains("interface sa1\n switchport\n switchport mode access\n switchport access vlan 20\n ipv6 traffic-filter V20_IN6\n"), "{text}");
    let device = on(Some("AT-x930-28GTX"), &text);
    let bound = |at: usize| {
        device.interfaces[at]
            .binding(Family::V6, Direction::In)
            .unwrap()
            .acl
    };
    let ports = |at: usize| device.interfaces[at].ports.join(" ");
    assert_eq!(
        (ports(0).as_str(), ports(1).as_str()),
        ("port1.0.1 port1.0.2 port1.0.3 port1.0.4", "port1.0.5 sa1")
    );
    assert_eq!(
        (bound(0), bound(1), device.gaps.len(), device.effects.len()),
        (0, 1, 0, 0)
    );
    for (model, option, ports, why) in [
        (
            "AT-x930-28GTX",
            full,
            ["port1.0.1", ""],
            "state the ports that carry VLAN 20 alone",
        ),
        (
            "AT-x930-28GTX",
            full,
            ["port1.0.1-1.0.4", "port1.0.4"],
            "stated for two VLANs",
        ),
        (
            "AT-x930-28GTX",
            full,
            ["port1.0.1", "vlan20"],
            "no name of a port",
        ),
        (
            "AT-x930-28GTX",
            full,
            ["port1.0.1", "port1.0.2-x\n9"],
            "no name of a port",
        ),
        (
            "AT-x930-28GTX",
            None,
            ["port1.0.1", "port1.0.2"],
            "platform hwfilter-size",
        ),
        (
            "x510-28GTX",
            Some("ipv4-limited-ipv6"),
            ["port1.0.1", "port1.0.2"],
            "restart",
        ),
    ] {
        let refused = write(model, option, ports).unwrap_err();
        assert!(
            refused.contains(why),
            "{model} {option:?} {ports:?}: {refused}"
        );
    }
    assert!(write("AT-x950-28XSQ", None, ["port1.0.1", "port1.0.2"]).is_ok());
    // There the fact stays open, and so does what the list does.
    let capable = |model: &str| {
        let hint = Hint {
            model: Some(model.to_owned()),
            ..Hint::default()
        };
        AlliedTelesisAwplus.capabilities(&hint).ipv6_lists
    };
    assert!(matches!(
        (capable("x610-24Ts"), capable("x950")),
        (Known::No, Known::Open(_))
    ));
}
