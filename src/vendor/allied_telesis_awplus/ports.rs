//! IPv6 lists of ports as lists of VLANs: AlliedWare Plus binds them to ports only.
//!
//! In: a [`Reader`] at the end of the text. Out: a binding of a VLAN's interface where every port that may carry the VLAN names the
//! same one list: then no frame of the VLAN comes in without meeting it. Else the lists may drop, as those of IPv4 on ports do (D16).
//! Ports that a text does not print are in VLAN 1, so nothing is known of that one. Must not know: what lists say.

use crate::net::Family;
use crate::vendor::ios_like::interface::{Face, Wanted};
use crate::vendor::ios_like::read::{ListKey, Reader};
use crate::vendor::ios_like::vlan::vlan_list;
use crate::vendor::words::Words;
use std::collections::BTreeSet;

/// The VLAN of ports of which nothing is said.
pub(super) const DEFAULT: u16 = 1;
/// One more than the largest VLAN.
const VLANS: usize = 4095;
/// The models whose hardware tests IPv6 addresses only behind `platform hwfilter-size ipv4-full-ipv6` (K6, K14).
const NEED_LINE: [&str; 3] = ["x510", "x610", "x930"];

/// Whether a model is one of those.
pub(super) fn needs_line(model: Option<&str>) -> bool {
    let model = model.unwrap_or_default().to_ascii_lowercase();
    let name = model.strip_prefix("at-").unwrap_or(&model);
    NEED_LINE.iter().any(|start| name.starts_with(start))
}

/// The fact that says whether an IPv6 list tests addresses on a model without that line.
pub(super) fn blindness(model: Option<&str>) -> &'static str {
    match needs_line(model) {
        true => "ipv6-list-blind-without-line",
        false => "ipv6-list-blind-without-line-other-models",
    }
}

/// Notes what a line of a port says of the VLANs whose frames enter there; what is not known may be all.
pub(super) fn carries(face: &mut Face, mut words: Words<'_>) {
    let read = match words.next() {
        Some("switchport") => switchport(words),
        // VLANs that a frame, a login or a bundle decides.
        Some("auth" | "dot1x") if !words.any(|word| word == "dynamic-vlan-creation") => {
            Some(Vec::new())
        }
        Some("auth" | "dot1x" | "channel-group" | "static-channel-group") => None,
        _ => return,
    };
    face.carried = match (face.carried.take(), read) {
        // A text that names more than there are is no device's.
        (Some(mut all), Some(more)) if all.len() + more.len() < VLANS => {
            all.extend(more);
            Some(all)
        }
        _ => None,
    };
}

fn switchport(mut words: Words<'_>) -> Option<Vec<u16>> {
    let none = || Some(Vec::new());
    match words.rest() {
        ""
        | "mode access"
        | "mode trunk"
        | "trunk allowed vlan none"
        | "trunk native vlan none" => {
            return none();
        }
        // Read with the other dialects.
        rest if rest.starts_with("access vlan ") => return none(),
        _ => {}
    }
    let listed = words.eat_all("trunk allowed vlan add") || words.eat_all("trunk native vlan");
    let vlans = listed.then(|| vlan_list(words.rest())).flatten()?;
    // Too many to list.
    (!vlans.is_empty()).then_some(vlans)
}

/// What the ports of a VLAN agree on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Agreed {
    /// No port carries it.
    Nobody,
    /// The list of this number.
    On(usize),
    Nothing,
}

impl Agreed {
    fn and(&mut self, list: Option<usize>) {
        *self = match (*self, list) {
            (Agreed::Nobody, Some(list)) => Agreed::On(list),
            (Agreed::On(known), Some(list)) if known == list => Agreed::On(list),
            _ => Agreed::Nothing,
        };
    }
}

/// Puts IPv6 lists of ports on VLAN interfaces.
pub(super) fn settle(reader: &mut Reader) {
    let ports: Vec<usize> = (0..reader.faces.len())
        .filter(|&at| reader.faces.get(at).is_some_and(is_port))
        .collect();
    let lists: BTreeSet<ListKey> = reader.faces.iter().flat_map(keys).cloned().collect();
    if lists.is_empty() {
        return;
    }
    if !reader.tests_ipv6 {
        let fact = blindness(reader.model.as_deref());
        lists.iter().for_each(|list| reader.blind_if(list, fact));
    }
    let held = held(reader, &ports, &lists);
    let mut bound = BTreeSet::new();
    for at in ports {
        hand_over(reader, at, &held, &mut bound);
    }
}

/// The VLANs with an interface here whose ports all name one list.
fn held(reader: &Reader, ports: &[usize], lists: &BTreeSet<ListKey>) -> BTreeSet<u16> {
    let mut agreed = [Agreed::Nobody; VLANS];
    for face in ports.iter().filter_map(|at| reader.faces.get(*at)) {
        let list = only_list(face).and_then(|key| lists.iter().position(|list| list == key));
        match vlans_of(face) {
            None => agreed.iter_mut().for_each(|agreed| agreed.and(list)),
            Some(vlans) => {
                for vlan in vlans {
                    if let Some(agreed) = agreed.get_mut(usize::from(vlan)) {
                        agreed.and(list);
                    }
                }
            }
        }
    }
    let all = (0u16..).zip(agreed).skip(usize::from(DEFAULT) + 1);
    let agree = all.filter(|(_, agreed)| matches!(agreed, Agreed::On(_)));
    let has_face = |vlan: &u16| reader.face_index.contains_key(&format!("vlan{vlan}"));
    agree.map(|(vlan, _)| vlan).filter(has_face).collect()
}

/// The lists of a port become those of the VLANs held; on others that it carries they may drop.
fn hand_over(reader: &mut Reader, at: usize, held: &BTreeSet<u16>, bound: &mut BTreeSet<u16>) {
    let Some(face) = reader.faces.get_mut(at) else {
        return;
    };
    let Some(vlans) = vlans_of(face).map(BTreeSet::from_iter) else {
        return; // perhaps any VLAN: as every list of a port
    };
    if vlans.is_disjoint(held) {
        return;
    }
    let is_six = |((key, ..), _): &(Wanted, String)| key.0 == Family::V6;
    let (six, rest) = std::mem::take(&mut face.bindings)
        .into_iter()
        .partition(is_six);
    face.bindings = rest;
    let six: Vec<(Wanted, String)> = six;
    let others: Vec<u16> = vlans.difference(held).copied().collect();
    let port = face.name.clone();
    for (wanted, text) in six {
        if !others.is_empty() {
            let effect = (others.clone(), wanted.2, text.clone());
            reader.vlan_filters.push(effect);
        }
        for vlan in vlans.intersection(held) {
            let face = reader.face_index.get(&format!("vlan{vlan}"));
            let Some(face) = face.and_then(|at| reader.faces.get_mut(*at)) else {
                continue;
            };
            if bound.insert(*vlan) {
                face.bindings.push((wanted.clone(), text.clone()));
            }
            if vlans.len() == 1 {
                face.interface.ports.push(port.clone());
            }
        }
    }
}

fn is_port(face: &Face) -> bool {
    let switched = face.switchport != Some(false) && face.interface.addrs.is_empty();
    switched && super::interface::face(&face.name).is_some_and(|named| named.is_port)
}

/// The IPv6 lists that an interface names.
fn keys(face: &Face) -> impl Iterator<Item = &ListKey> {
    let all = face.bindings.iter().map(|((key, ..), _)| key);
    all.filter(|key| key.0 == Family::V6)
}

/// The one IPv6 list of a port. Whether the list of a dynamic bundle (`po1`) holds for its ports was not read.
fn only_list(face: &Face) -> Option<&ListKey> {
    let bundle = face.name.starts_with("po") && !face.name.starts_with("port");
    let mut lists = keys(face).filter(|_| !bundle);
    let list = lists.next();
    list.filter(|_| lists.next().is_none())
}

/// The VLANs whose frames enter by a port; `None`: perhaps any.
fn vlans_of(face: &Face) -> Option<impl Iterator<Item = u16>> {
    let own = match face.trunk {
        true => None,
        false => Some(face.access_vlan.unwrap_or(DEFAULT)),
    };
    let carried = face.carried.as_ref()?;
    Some(carried.iter().copied().chain(own))
}
