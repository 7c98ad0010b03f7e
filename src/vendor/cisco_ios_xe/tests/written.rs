//! What is written, read back, and refused.

use super::{fate, read, whys};
use crate::acl::{Direction, Draft, DraftEntry, DraftLine, Fate};
use crate::base::Lang;
use crate::device::{Binding, Config, Interface, InterfaceKind, NextHop, Route};
use crate::net::{Family, Wildcard};
use crate::vendor::Dialect;
use crate::vendor::cisco_ios_xe::CiscoIosXe;
use std::collections::BTreeMap;

fn wildcard(text: &str) -> Wildcard {
    match text {
        "any" => Wildcard::any(Family::V4),
        "any6" => Wildcard::any(Family::V6),
        prefix => Wildcard::from_prefix(prefix.parse().unwrap()),
    }
}

fn config() -> Config {
    let mut web = DraftEntry::between(true, wildcard("10.1.0.0/24"), wildcard("10.2.0.10/32"));
    web.protocol = Some(6);
    web.dport = Some((443, 443));
    let mut reply = DraftEntry::between(true, wildcard("10.2.0.10/32"), wildcard("10.1.0.0/24"));
    reply.protocol = Some(6);
    reply.sport = Some((443, 443));
    reply.dport = Some((49152, 65535));
    reply.established = true;
    let mut ns = DraftEntry::between(true, wildcard("any6"), wildcard("fe80::/10"));
    ns.icmp = Some((135, None));
    let mut deny = DraftEntry::between(false, wildcard("any"), wildcard("any"));
    deny.log = true;
    let deny6 = DraftEntry::between(false, wildcard("any6"), wildcard("any6"));
    let remark = |text: &str| DraftLine::Remark(text.to_owned());
    let list = |name: &str, family, lines| Draft {
        name: name.to_owned(),
        family,
        lines,
    };
    let acls = vec![
        list(
            "V10_IN",
            Family::V4,
            vec![
                remark("2026-041 web"),
                DraftLine::Entry(web),
                DraftLine::Entry(reply),
                DraftLine::Entry(deny),
            ],
        ),
        list(
            "V10_IN6",
            Family::V6,
            vec![remark("nd"), DraftLine::Entry(ns), DraftLine::Entry(deny6)],
        ),
    ];
    let mut face = Interface::new("Vlan10", InterfaceKind::Svi(10));
    face.addrs = ["10.1.0.1/24", "10.1.1.1/24", "2001:db8::1/64"]
        .map(|a| a.parse().unwrap())
        .to_vec();
    face.ipv6 = true;
    face.vrf = "BLUE".to_owned();
    face.helpers = vec!["10.9.0.5".parse().unwrap()];
    let bind = |family, acl| Binding {
        family,
        direction: Direction::In,
        acl,
        line: 0,
    };
    face.bindings = vec![bind(Family::V4, 0), bind(Family::V6, 1)];
    let route = |prefix: &str, via, distance| Route {
        vrf: "BLUE".to_owned(),
        prefix: prefix.parse().unwrap(),
        via,
        distance,
        conditional: false,
        line: 0,
    };
    let routes = vec![
        route("0.0.0.0/0", NextHop::Via("10.1.0.2".parse().unwrap()), 1),
        route("10.66.0.0/16", NextHop::Null, 250),
        route(
            "::/0",
            NextHop::Interface("Vlan10".to_owned(), Some("fe80::2".parse().unwrap())),
            1,
        ),
    ];
    Config {
        hostname: "SW1".to_owned(),
        model: None,
        options: BTreeMap::new(),
        interfaces: vec![face],
        routes,
        acls,
    }
}

#[test]
fn what_is_written_is_what_the_device_prints() {
    let text = CiscoIosXe.write(&config()).unwrap();
    let expect = "!\nhostname SW1\n!\nvrf definition BLUE\n !\n address-family ipv4\n exit-address-family\n !\n \
        address-family ipv6\n exit-address-family\n!\nip routing\n!\nipv6 unicast-routing\n!\ninterface Vlan10\n vrf \
        forwarding BLUE\n ip address 10.1.1.1 255.255.255.0 secondary\n ip address 10.1.0.1 255.255.255.0\n ip \
        helper-address 10.9.0.5\n ip access-group V10_IN in\n ipv6 address 2001:DB8::1/64\n ipv6 enable\n ipv6 \
        traffic-filter V10_IN6 in\n!\nip route vrf BLUE 0.0.0.0 0.0.0.0 10.1.0.2\nip route vrf BLUE 10.66.0.0 \
        255.255.0.0 Null0 250\nip access-list extended V10_IN\n 10 remark 2026-041 web\n 10 permit tcp 10.1.0.0 \
        0.0.0.255 host 10.2.0.10 eq 443\n 20 permit tcp host 10.2.0.10 eq 443 10.1.0.0 0.0.0.255 range 49152 65535 \
        established\n 30 deny   ip any any log\n!\nipv6 route vrf BLUE ::/0 Vlan10 FE80::2\nipv6 access-list \
        V10_IN6\n sequence 10 remark nd\n sequence 20 permit icmp any FE80::/10 135\n sequence 30 deny ipv6 any \
        any\n!\nend\n";
    assert_eq!(text, expect);
}

#[test]
fn what_is_written_reads_back() {
    let config = config();
    let device = read(&CiscoIosXe.write(&config).unwrap());
    assert_eq!((whys(&device), device.effects.len()), (vec![], 0));
    let [read] = &device.interfaces[..] else {
        panic!("one interface")
    };
    let mut read = read.clone();
    read.line = 0;
    read.bindings.iter_mut().for_each(|b| b.line = 0);
    // What the device does unasked is read and not written.
    assert_eq!(std::mem::take(&mut read.broadcasts).len(), 1);
    assert_eq!(read, config.interfaces[0]);
    let routes: Vec<Route> = device
        .routes
        .iter()
        .map(|r| Route {
            line: 0,
            ..r.clone()
        })
        .collect();
    assert_eq!(routes, config.routes);
    assert_eq!(
        fate(&device, "V10_IN", "tcp 10.1.0.5:1 10.2.0.10:443 syn"),
        (Fate::Permit, Some(10))
    );
    assert_eq!(
        fate(&device, "V10_IN", "tcp 10.2.0.10:443 10.1.0.5:50000 ack"),
        (Fate::Permit, Some(20))
    );
    assert_eq!(
        fate(&device, "V10_IN", "tcp 10.2.0.10:443 10.1.0.5:50000 syn"),
        (Fate::Deny, Some(30))
    );
    assert_eq!(
        fate(&device, "V10_IN6", "icmp fe80::5 fe80::6 135/0"),
        (Fate::Permit, Some(20))
    );
    assert_eq!(
        fate(&device, "V10_IN6", "icmp fe80::5 2001:db8::6 135/0"),
        (Fate::Deny, Some(30))
    );
}

#[test]
fn what_cannot_be_written_is_refused() {
    let refuse = |change: &dyn Fn(&mut Config)| {
        let mut config = config();
        change(&mut config);
        let refusals = CiscoIosXe.write(&config).unwrap_err();
        refusals
            .iter()
            .map(|text| text.render(Lang::En))
            .collect::<Vec<_>>()
            .join("; ")
    };
    let entry = |change: fn(&mut DraftEntry)| {
        move |config: &mut Config| {
            if let DraftLine::Entry(entry) = &mut config.acls[0].lines[1] {
                change(entry);
            }
        }
    };
    assert!(refuse(&|c| c.acls[0].name = "10".to_owned()).contains("no list name"));
    assert!(refuse(&|c| c.acls[0].name = "a".repeat(65)).contains("longer than 64"));
    assert!(refuse(&|c| c.acls[1].name = "V10_IN".to_owned()).contains("used twice"));
    assert!(
        refuse(&|c| c.acls[0].lines[0] = DraftLine::Remark("端末".to_owned())).contains("ASCII")
    );
    assert!(refuse(&|c| c.acls[0].lines[0] = DraftLine::Remark("a".repeat(101))).contains("100"));
    assert!(refuse(&|c| c.acls[1].lines.truncate(1)).contains("no entry"));
    assert!(refuse(&|c| c.hostname = "a b".to_owned()).contains("`a b`"));
    assert!(
        refuse(&|c| c.interfaces[0].virtuals.push("10.1.0.9".parse().unwrap())).contains("HSRP")
    );
    assert!(refuse(&|c| c.interfaces[0].bindings[0].acl = 1).contains("other family"));
    assert!(refuse(&|c| c.routes[0].conditional = true).contains("tracking"));
    assert!(refuse(&entry(|e| e.src = wildcard("any6"))).contains("family"));
    assert!(refuse(&entry(|e| e.protocol = Some(47))).contains("ports go"));
    assert!(refuse(&entry(|e| e.protocol = Some(0))).contains("0 would mean"));
    assert!(
        refuse(&entry(|e| (e.established, e.protocol) = (true, Some(17)))).contains("established")
    );
    assert!(refuse(&entry(|e| e.icmp = Some((8, None)))).contains("ICMP"));
    assert!(refuse(&entry(|e| e.dport = Some((9, 8)))).contains("backwards"));
}

#[test]
fn groups_are_written_as_the_device_prints_them_and_read_back() {
    let mut config = config();
    let face = &mut config.interfaces[0];
    for addr in ["10.1.0.9", "10.1.1.9", "2001:db8::9"] {
        face.share(false, 30, addr.parse().unwrap());
    }
    face.share(true, 300, "10.1.0.8".parse().unwrap());
    let text = CiscoIosXe.write(&config).unwrap();
    let lines = [
        "fhrp version vrrp v3\n",
        " standby version 2\n standby 300 ip 10.1.0.8\n",
        " vrrp 30 address-family ipv4\n  address 10.1.0.9 primary\n  address 10.1.1.9 secondary\n  exit-vrrp\n",
        " vrrp 30 address-family ipv6\n  address FE80::9 primary\n  address 2001:DB8::9/64\n  exit-vrrp\n",
    ];
    for line in lines {
        assert!(text.contains(line), "{line}\n{text}");
    }
    let device = read(&text);
    assert_eq!(whys(&device), []);
    let face = &device.interfaces[0];
    let found: Vec<String> = face
        .redundancy
        .iter()
        .map(|r| format!("{} {} {:?}", r.hsrp, r.group, r.addrs))
        .collect();
    assert_eq!(
        found,
        [
            "true 300 [10.1.0.8]",
            "false 30 [10.1.0.9, 10.1.1.9, fe80::9, 2001:db8::9]"
        ]
    );
    assert_eq!(face.virtuals.len(), 5);
}

#[test]
fn a_group_of_hsrp_with_ipv6_is_refused() {
    let mut config = config();
    config.interfaces[0].share(true, 1, "2001:db8::9".parse().unwrap());
    let refusals = CiscoIosXe.write(&config).unwrap_err();
    assert!(refusals[0].render(Lang::En).contains("use VRRP"));
}
