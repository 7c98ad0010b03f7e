//! Top-level statements that only AlliedWare Plus has.

use crate::device::{EffectClass, Scope};
use crate::text;
use crate::vendor::capture::Line;
use crate::vendor::ios_like::interface_line::address;
use crate::vendor::ios_like::read::{MapFilter, Reader};
use crate::vendor::ios_like::vlan::vlan_list;
use crate::vendor::redact::redact;
use crate::vendor::words::Words;

/// VLAN databases and maps, VRFs, virtual routers, lists on all ports, IPv6 forwarding.
pub(super) fn statement(
    reader: &mut Reader,
    mut words: Words<'_>,
    head: &Line<'_>,
    body: &[Line<'_>],
) -> bool {
    match words.next().unwrap_or_default() {
        "vlan" if words.eat("database") => database(reader, body),
        "vlan" if words.eat("access-map") => map(reader, words, head, body),
        "vlan" if words.eat("filter") => filter(reader, words, head),
        "router" if words.eat("vrrp") || words.eat_all("ipv6 vrrp") => {
            return virtual_router(reader, words, body);
        }
        "platform" => reader.tests_ipv6 |= words.rest() == "hwfilter-size ipv4-full-ipv6",
        "access-group" => reader.effect(EffectClass::Narrows, Scope::Device, head),
        "ipv6" if words.eat("forwarding") => {
            let [_, six] = &mut reader.routing;
            six.insert(String::new(), true);
        }
        "ip" if words.eat("vrf") => reader.vrf(words, body),
        _ => return false,
    }
    true
}

/// ` vlan 2 name X`, ` vlan 2-99 state enable`: nothing that decides the fate of a packet; a VLAN that is off passes none.
fn database(reader: &mut Reader, body: &[Line<'_>]) {
    for line in body {
        let mut words = Words::new(&line.text);
        let vlans = words.eat("vlan").then(|| words.read(vlan_list)).flatten();
        if let Some(vlans) = &vlans
            && words.eat_all("state disable")
        {
            let filter = (vlans.clone(), line.number, redact(&line.text));
            reader.vlan_filters.push(filter);
            continue;
        }
        let known = vlans.is_some()
            && (words.is_end()
                || words.eat("name")
                || words.eat_all("state enable")
                || words.eat("mtu"));
        if !known && !line.text.starts_with("no ") {
            reader.unknown(line, text!("ios-line-unread"));
        }
    }
}

/// ` match access-group NAME`, in order of attachment. An action or a number is another vendor's.
fn map(reader: &mut Reader, mut words: Words<'_>, head: &Line<'_>, body: &[Line<'_>]) {
    let (Some(name), true) = (words.next(), words.is_end()) else {
        reader.unknown(head, text!("ios-line-unread"));
        return;
    };
    let mut lists = Vec::new();
    for line in body {
        let mut words = Words::new(&line.text);
        match words.eat_all("match access-group").then(|| words.next()) {
            Some(Some(list)) if words.is_end() => lists.push(list.to_owned()),
            _ => reader.unknown(line, text!("ios-line-unread")),
        }
    }
    let known = reader.access_maps.entry(name.to_owned()).or_default();
    known.extend(lists);
}

/// `MAP vlan-list IDS input`; any other word is a binding that was not read.
fn filter(reader: &mut Reader, mut words: Words<'_>, head: &Line<'_>) {
    let read = words.attempt(|w| {
        let map = w.next()?.to_owned();
        w.eat("vlan-list").then_some(())?;
        let vlans = w.read(vlan_list)?;
        (w.eat("input") && w.is_end() && !vlans.is_empty()).then_some((map, vlans))
    });
    match read {
        Some((map, vlans)) => reader.map_filters.push(MapFilter {
            map,
            vlans,
            line: head.number,
            text: redact(&head.text),
        }),
        None => {
            reader.effect(EffectClass::Narrows, Scope::Device, head);
            reader.gap(head, text!("ios-line-unread"));
        }
    }
}

/// `router vrrp N vlanN` with ` virtual-ip A backup|master`: the address stands outside of the interface.
fn virtual_router(reader: &mut Reader, mut words: Words<'_>, body: &[Line<'_>]) -> bool {
    let (Some(group), Some(face)) = (words.number::<u32>(), words.next()) else {
        return false;
    };
    for line in body {
        let mut words = Words::new(&line.text);
        if words.eat("virtual-ip") || words.eat("virtual-ipv6") {
            match words.read(address) {
                Some(addr) => reader.outside_virtuals.push((face.to_owned(), group, addr)),
                None => reader.unknown(line, text!("ios-line-unread")),
            }
        }
    }
    true
}
