//! What rules, lists and bindings mean.

use super::{corpus, fate, list, read};
use crate::acl::{AclState, Fate, Known};
use crate::base::Source;
use crate::device::EffectClass;
use crate::vendor::hpe_comware::HpeComware;
use crate::vendor::{Dialect, Hint};
use Fate::{Deny, Permit, Unknown};

#[test]
fn the_core_switch() {
    let device = read(corpus("core"));
    assert!(
        device.gaps.is_empty() && device.effects.is_empty(),
        "{:?} {:?}",
        device.gaps,
        device.effects
    );
    let kikan = list(&device, "KIKAN-IN");
    for (text, expect) in [
        ("tcp 10.1.10.9 9 10.1.20.5 443 syn", (Permit, Some(0))),
        ("tcp 10.1.10.9 9 10.77.20.9 8005 syn", (Permit, Some(10))),
        ("tcp 10.1.10.9 9 10.77.21.9 8005 syn", (Deny, Some(30))),
        ("tcp 10.9.9.9 9 10.9.9.8 443 ack", (Permit, Some(15))),
        ("tcp 10.9.9.9 9 10.9.9.8 79 syn", (Permit, Some(25))),
        ("tcp 10.9.9.9 9 10.9.9.8 80 syn", (Deny, Some(30))),
        ("udp 10.9.9.9 9 10.9.9.8 54", (Unknown, Some(20))),
        ("udp 10.9.9.9 9 10.9.9.8 53", (Deny, Some(30))),
        ("icmp 10.1.10.9 10.9.9.8 8 0", (Permit, Some(5))),
        ("icmp 10.1.10.9 10.9.9.8 8 1", (Deny, Some(30))),
        ("6 10.1.10.9 10.1.20.5 later", (Unknown, Some(0))),
        ("47 10.1.10.9 10.1.20.5 later", (Deny, Some(30))),
    ] {
        assert_eq!(fate(kikan, text), expect, "{text}");
    }
    let basic = list(&device, "2001");
    assert_eq!(fate(basic, "47 10.1.20.1 10.9.9.9 later").0, Permit);
    assert_eq!(fate(basic, "47 10.1.21.1 10.9.9.9").0, Deny);
    assert_eq!(
        fate(list(&device, "3101"), "tcp 10.0.0.1 1 10.0.0.2 2 ack").0,
        Unknown
    );
    assert_eq!(
        fate(list(&device, "3101"), "tcp 10.0.0.1 1 10.0.0.2 2 syn").0,
        Deny
    );
    let six = list(&device, "KIKAN6-IN");
    assert_eq!(fate(six, "icmp6 2001:db8:10::2 ff02::1 135 0").0, Permit);
    assert_eq!(
        fate(six, "tcp 2001:db8:10::2 1 2001:db8:20::5 443 syn first").0,
        Permit
    );
    assert_eq!(
        fate(six, "tcp 2001:db8:10::2 1 2001:db8:20::5 443 syn ext").0,
        Unknown
    );
}

#[test]
fn what_no_rule_matches_passes_unless_the_device_says_otherwise() {
    let rules = "acl advanced 3000\n rule 0 deny tcp\n#\n";
    let gre = "47 10.0.0.1 10.0.0.2";
    assert_eq!(fate(&read(rules).acls[0], gre), (Permit, None));
    let denies = format!("{rules} packet-filter default deny\n#\n");
    assert_eq!(fate(&read(&denies).acls[0], gre), (Deny, None));
}

#[test]
fn rules_are_searched_by_id_and_added_to() {
    let device = read(corpus("odd"));
    let list = list(&device, "3001");
    // `rule 1` has both criteria.
    assert_eq!(fate(list, "47 10.1.1.1 10.2.2.1").0, Deny);
    let text = "acl advanced 3000\n rule 10 permit ip\n rule 5 deny udp\n rule permit tcp\n#\n";
    let device = read(text);
    let ids: Vec<_> = device.acls[0]
        .entries
        .iter()
        .map(|e| e.seq.unwrap())
        .collect();
    assert_eq!(ids, [5, 10, 15]);
    assert_eq!(
        fate(&device.acls[0], "udp 10.0.0.1 1 10.0.0.2 2"),
        (Deny, Some(5))
    );
    let merged = "acl advanced 3000\n rule 1 deny ip source 10.1.1.1 0\n rule 1 deny ip destination 10.2.2.1 0\n#\n";
    let device = read(merged);
    assert_eq!(
        fate(&device.acls[0], "47 10.1.1.1 10.2.2.1"),
        (Deny, Some(1))
    );
    assert_eq!(fate(&device.acls[0], "47 10.1.1.1 10.2.2.2").0, Permit);
    assert_eq!(device.gaps.len(), 1);
}

#[test]
fn what_is_open_stays_open() {
    let device = read(corpus("odd"));
    let fates = |name: &str, text: &str| fate(list(&device, name), text).0;
    assert_eq!(fates("OLD", "47 10.0.0.1 10.0.0.2"), Unknown); // match-order auto
    assert_eq!(fates("VPN", "47 10.0.0.1 10.0.0.2"), Unknown);
    assert_eq!(fates("EMPTY", "47 10.0.0.1 10.0.0.2"), Unknown);
    assert_eq!(fates("NOWHERE", "47 10.0.0.1 10.0.0.2"), Unknown);
    assert_eq!(fates("3001", "tcp 10.0.0.1 1 10.0.0.2 2 rst"), Unknown);
    assert_eq!(list(&device, "EMPTY").state, AclState::Empty);
    assert!(device.acls.iter().all(|acl| acl.name != "GONE"));
    assert!(device.interfaces.iter().all(|i| i.helpers.is_empty())); // no `dhcp enable`
    assert!(device.sees.bridged_in.question().is_some());
    let classes = |class| device.effects.iter().filter(|e| e.class == class).count();
    assert_eq!(classes(EffectClass::Narrows), 3);
    assert_eq!(classes(EffectClass::Redirects), 1);
    assert_eq!(classes(EffectClass::Rewrites), 3);
    assert_eq!(device.dynamic.len(), 1);
}

#[test]
fn nothing_is_settled_on_a_model_whose_manual_was_not_read() {
    let source = Source::capture("a", b"acl advanced 3000\n rule 0 deny tcp\n#\n");
    let read = |model: &str| {
        let hint = Hint {
            model: Some(model.to_owned()),
            ..Hint::default()
        };
        HpeComware.read(&source, &hint)
    };
    let gre = "47 10.0.0.1 10.0.0.2";
    assert_eq!(fate(&read("5940").acls[0], gre).0, Permit);
    let qx = read("QX-S5200-28GT-4X1");
    assert_eq!(fate(&qx.acls[0], gre).0, Unknown);
    assert!(matches!(qx.sees.bridged_in, Known::Open(_)) && qx.modelled.is_empty());
}

#[test]
fn what_display_acl_prints() {
    let device = read(corpus("display-acl"));
    let web = list(&device, "WEB");
    for (text, expect) in [
        ("tcp 10.1.10.9 9 10.1.20.5 443 syn", (Permit, Some(0))),
        ("tcp 10.9.9.9 9 10.1.20.6 9100 syn", (Permit, Some(5))),
        ("udp 10.1.10.9 9 10.1.20.5 443", (Deny, Some(10))),
    ] {
        assert_eq!(fate(web, text), expect, "{text}");
    }
    let six = list(&device, "WEB6");
    let of_six = |text| fate(six, text).0;
    assert_eq!(
        of_six("tcp 2001:db8:10::2 1 2001:db8:20::5 443 syn"),
        Permit
    );
    // The order of rules that the device sorts is not modelled; a rule that the hardware did not take is not believed.
    let ssh = "tcp 10.9.9.9 9 10.1.20.6 22 syn";
    assert_eq!(fate(list(&device, "3002"), ssh).0, Unknown);
    assert_eq!(fate(list(&device, "3003"), ssh).0, Unknown);
    let lines: Vec<u32> = device.gaps.iter().map(|gap| gap.line).collect();
    assert_eq!(lines, [18, 25]);
}

#[test]
fn a_list_of_the_configuration_that_display_acl_shows_otherwise_is_not_believed() {
    let config = "#\nacl advanced 3001\n rule 0 permit tcp\n rule 5 deny ip\n#\nreturn\n<SW>display acl 3001\n";
    let shown = |rule: &str| {
        let text = "Advanced IPv4 ACL 3001, 2 rules,\nACL's step is 5, start ID is 0\n";
        read(&format!(
            "{config}{text} rule 0 {rule} (3 times matched)\n rule 5 deny ip\n"
        ))
    };
    let packet = "tcp 10.9.9.9 9 10.1.20.6 22 syn";
    let (same, other) = (shown("permit tcp"), shown("permit udp"));
    assert_eq!(same.acls.len(), 1);
    assert_eq!(fate(list(&same, "3001"), packet).0, Permit);
    assert_eq!(fate(list(&other, "3001"), packet).0, Unknown);
}
