//! What only AlliedWare Plus has, over its corpus: default permit, access maps, what no word of its lists says.

mod ports;

use super::AlliedTelesisAwplus;
use super::interface::range;
use crate::acl::{Direction, Draft, DraftEntry, DraftLine, Fate, decide};
use crate::base::{Lang, Source};
use crate::device::{Binding, Config, Device, EffectClass, Interface, InterfaceKind, Scope};
use crate::net::{Family, Wildcard};
use crate::vendor::suite::packet;
use crate::vendor::{Dialect, Hint};

fn corpus(name: &str) -> Device {
    let root = env!("CARGO_MANIFEST_DIR");
    let path = format!("{root}/tests/corpus/allied-telesis-awplus/{name}");
    let bytes = std::fs::read(path).unwrap();
    AlliedTelesisAwplus.read(&Source::capture("test.cfg", &bytes), &Hint::default())
}

fn fate(device: &Device, list: &str, text: &str) -> (Fate, Option<u32>) {
    let acl = device.acls.iter().find(|acl| acl.name == list).unwrap();
    let decided = decide(acl, &packet(text));
    (decided.fate, acl.ace(decided.index).and_then(|ace| ace.seq))
}

fn bound(device: &Device, vlan: u16) -> Option<String> {
    let kind = InterfaceKind::Svi(vlan);
    let face = device.interfaces.iter().find(|i| i.kind == kind).unwrap();
    let binding = face.binding(Family::V4, Direction::In)?;
    Some(device.acls[binding.acl].name.clone())
}

#[test]
fn maps_with_one_list_are_bindings_of_the_vlan_interface() {
    let device = corpus("core.cfg");
    assert_eq!(bound(&device, 111).as_deref(), Some("V111_IN"));
    assert_eq!(bound(&device, 112).as_deref(), Some("V112_IN"));
    assert_eq!(bound(&device, 300), None);
    let vlan111 = &device.interfaces[1];
    assert_eq!((vlan111.virtuals.len(), vlan111.helpers.len()), (1, 1));
    assert!(device.forwards.v6.must());
    assert_eq!(device.routes.len(), 4);
}

#[test]
fn hardware_lists_permit_the_rest_and_software_lists_do_not() {
    let device = corpus("core.cfg");
    for (list, text, expect) in [
        (
            "V111_IN",
            "tcp 10.10.17.3:1 10.20.0.10:443 syn",
            (Fate::Permit, Some(20)),
        ),
        (
            "V111_IN",
            "tcp 10.10.17.3:1 10.20.1.3:8005 syn",
            (Fate::Permit, Some(30)),
        ),
        (
            "V111_IN",
            "icmp 10.10.17.3 1.1.1.1 8/0",
            (Fate::Permit, Some(60)),
        ),
        ("V111_IN", "89 10.10.17.3 1.1.1.1", (Fate::Permit, Some(70))),
        (
            "V111_IN",
            "tcp 1.1.1.1:23 2.2.2.2:1 syn",
            (Fate::Permit, Some(80)),
        ),
        (
            "V111_IN",
            "tcp 1.1.1.1:22 2.2.2.2:1 syn",
            (Fate::Deny, Some(999)),
        ),
        // No rule is documented for later fragments and entries with ports.
        (
            "V111_IN",
            "tcp 10.10.17.3 10.20.0.10 later",
            (Fate::Unknown, Some(20)),
        ),
        (
            "V112_IN",
            "tcp 10.10.18.3:1 1.1.1.1:23 syn",
            (Fate::Deny, None),
        ),
        (
            "V112_IN",
            "tcp 10.10.18.3:1 1.1.1.1:22 syn",
            (Fate::Permit, None),
        ),
        ("3000", "udp 1.1.1.1:1 2.2.2.2:161", (Fate::Deny, None)),
        ("3000", "udp 1.1.1.1:1 2.2.2.2:162", (Fate::Permit, None)),
        ("10", "udp 10.98.0.1:1 2.2.2.2:162", (Fate::Deny, None)),
    ] {
        assert_eq!(fate(&device, list, text), expect, "{list}: {text}");
    }
    let device = corpus("show-access-list.cfg");
    assert_eq!(
        fate(&device, "V112_IN", "tcp 1.1.1.1:1 2.2.2.2:22 syn").0,
        Fate::Permit
    );
    assert_eq!(
        fate(&device, "2001", "tcp 1.1.1.1:1 2.2.2.2:22 syn").0,
        Fate::Deny
    );
}

#[test]
fn where_several_lists_meet_their_order_is_open() {
    let device = corpus("odd.cfg");
    assert_eq!((bound(&device, 10), bound(&device, 30)), (None, None));
    assert_eq!(bound(&device, 20).as_deref(), Some("ODD"));
    let effects: Vec<_> = device
        .effects
        .iter()
        .map(|e| (e.class, &e.scope, e.line))
        .collect();
    let (n, r, x) = (
        EffectClass::Narrows,
        EffectClass::Redirects,
        EffectClass::Rewrites,
    );
    let of = |at| Scope::Interface(at, None);
    assert_eq!(
        effects,
        [
            (x, &Scope::Device, 34),
            (n, &of(1), 43),
            (x, &Scope::Device, 50),
            (n, &of(0), 55),
            (n, &of(2), 57),
            (n, &Scope::Device, 58),
            (n, &Scope::Device, 60),
            (r, &Scope::Vrf(String::new()), 62),
            (x, &Scope::Device, 63),
        ]
    );
    for (list, text, expect) in [
        ("ODD", "tcp 1.1.1.1:1 2.2.2.2:80 syn", Fate::Unknown),
        ("ODD", "icmp 1.1.1.1 2.2.2.2 8/0", Fate::Unknown),
        ("V6IN", "icmp ::1 ::2 135/0", Fate::Permit),
        ("V6IN", "icmp ::1 ::2 136/0", Fate::Deny),
        ("SOFT", "udp 11.0.0.1:1 1.1.1.1:1", Fate::Deny),
    ] {
        assert_eq!(fate(&device, list, text).0, expect, "{list}: {text}");
    }
}

#[test]
fn heads_name_ranges() {
    assert_eq!(
        range("port1.0.1-1.0.3"),
        ["port1.0.1", "port1.0.2", "port1.0.3"]
    );
    assert_eq!(range("port1.0.9-port1.0.10"), ["port1.0.9", "port1.0.10"]);
    assert_eq!(range("vlan2-3,vlan4090"), ["vlan2", "vlan3", "vlan4090"]);
    assert_eq!(range("vlan10"), ["vlan10"]);
    assert_eq!(range("port1.0.3-1.0.1"), ["port1.0.3-1.0.1"]);
    assert_eq!(range("vlan1-4294967295"), ["vlan1-4294967295"]);
}

#[test]
fn what_its_lists_have_no_words_for_is_refused() {
    let any = Wildcard::any(Family::V4);
    let refuse = |family: Family, direction: Direction, change: &dyn Fn(&mut DraftEntry)| {
        let any = if family == Family::V4 {
            any
        } else {
            Wildcard::any(family)
        };
        let mut entry = DraftEntry::between(true, any, any);
        change(&mut entry);
        let mut face = Interface::new("vlan10", InterfaceKind::Svi(10));
        face.bindings.push(Binding {
            family,
            direction,
            acl: 0,
            line: 0,
        });
        let config = Config {
            hostname: "SW1".to_owned(),
            model: None,
            options: Default::default(),
            interfaces: vec![face],
            routes: Vec::new(),
            acls: vec![Draft {
                name: "V10".to_owned(),
                family,
                lines: vec![DraftLine::Entry(entry)],
            }],
        };
        let refusals = AlliedTelesisAwplus.write(&config).err().unwrap_or_default();
        let texts: Vec<String> = refusals.iter().map(|t| t.render(Lang::En)).collect();
        texts.join("; ")
    };
    let (v4, inward) = (Family::V4, Direction::In);
    assert_eq!(refuse(v4, inward, &|_| {}), "");
    let established = |e: &mut DraftEntry| (e.protocol, e.established) = (Some(6), true);
    assert!(refuse(v4, inward, &established).contains("accept wide-return"));
    let coded = |e: &mut DraftEntry| e.icmp = Some((3, Some(4)));
    assert!(refuse(v4, inward, &coded).contains("code"));
    assert!(refuse(v4, Direction::Out, &|_| {}).contains("inbound lists only"));
    assert!(
        refuse(Family::V6, inward, &|_| {}).contains("state the ports that carry VLAN 10 alone")
    );
}

#[test]
fn ranges_without_end_take_no_time() {
    let text = "interface vlan1-4094\n ip address 10.0.0.1/24\n".repeat(20_000);
    let start = std::time::Instant::now();
    let source = Source::capture("a", text.as_bytes());
    let device = AlliedTelesisAwplus.read(&source, &Hint::default());
    assert!(device.gaps.len() > 19_000 && device.interfaces.len() == 4094);
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}

#[test]
fn virtual_routers_are_written_outside_of_their_interface() {
    let write = |group: u32, hsrp: bool, addrs: &[&str]| {
        let mut face = Interface::new("vlan10", InterfaceKind::Svi(10));
        face.addrs = vec!["10.0.0.2/24".parse().unwrap()];
        for addr in addrs {
            face.share(hsrp, group, addr.parse().unwrap());
        }
        AlliedTelesisAwplus.write(&Config {
            hostname: "SW1".to_owned(),
            model: None,
            options: Default::default(),
            interfaces: vec![face],
            routes: Vec::new(),
            acls: Vec::new(),
        })
    };
    let text = write(10, false, &["10.0.0.1"]).unwrap();
    let source = Source::capture("a", text.as_bytes());
    let device = AlliedTelesisAwplus.read(&source, &Hint::default());
    let face = &device.interfaces[0];
    assert_eq!(
        face.virtuals,
        ["10.0.0.1".parse::<std::net::IpAddr>().unwrap()],
        "{text}"
    );
    assert_eq!(
        (face.redundancy[0].group, face.redundancy[0].hsrp),
        (10, false)
    );
    assert!(device.modelled.contains(&"virtual-router-form".to_owned()));
    assert!(device.gaps.is_empty() && device.effects.is_empty());
    for (group, hsrp, addrs) in [
        (10, true, ["10.0.0.1"].as_slice()),
        (10, false, &["10.0.0.1", "10.0.0.3"]),
        (10, false, &["2001:db8::1"]),
        (256, false, &["10.0.0.1"]),
    ] {
        assert!(
            write(group, hsrp, addrs).is_err(),
            "{group} {hsrp} {addrs:?}"
        );
    }
}
