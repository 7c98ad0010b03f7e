//! VLANs: their lines, filters on them, and where these act.
//!
//! In: `vlan ...` blocks, and what other lines say of VLANs. Out: effects of class N on VLAN interfaces, or on the device where the
//! VLAN has none here (D16, D25). Must not know: what lists say.

use super::beside::policy_of;
use super::read::{OnVlans, Reader};
use super::table::Place;
use crate::device::{Effect, EffectClass, Interface, InterfaceKind, Scope};
use crate::text;
use crate::vendor::capture::Line;
use crate::vendor::redact::redact;
use crate::vendor::words::{Words, number};
use std::collections::BTreeMap;

/// More VLANs than this in one filter count as "anywhere".
const MOST_VLANS: usize = 256;

impl Reader {
    pub(super) fn vlan(
        &mut self,
        mut words: Words<'_>,
        head: &Line<'_>,
        body: &[Line<'_>],
    ) -> bool {
        match words.next().unwrap_or_default() {
            "filter" => {
                words.find(|word| *word == "vlan-list");
                let vlans = vlan_list(words.rest()).unwrap_or_default();
                self.vlan_filters
                    .push((vlans, head.number, redact(&head.text)));
            }
            // A definition; `vlan filter` binds it.
            "access-map" => {}
            // Settings of a VLAN that need not exist; the block is that of the VLAN otherwise.
            "configuration" => {
                let vlans = vlan_list(words.rest()).unwrap_or_default();
                for line in body {
                    self.vlan_line(&vlans, line);
                }
            }
            list if vlan_list(list).is_some() => {
                let vlans = vlan_list(list).unwrap_or_default();
                for line in body {
                    self.vlan_line(&vlans, line);
                }
            }
            _ => return false,
        }
        true
    }

    /// A line of a VLAN. A list or policy on it filters what enters or leaves it.
    pub(in crate::vendor) fn vlan_line(&mut self, vlans: &[u16], line: &Line<'_>) {
        let filter = || (vlans.to_vec(), line.number, redact(&line.text));
        if line.text.starts_with("apply ") {
            self.vlan_filters.push(filter());
        } else if line.text.starts_with("service-policy ") {
            if let Some(name) = policy_of(Words::new(&line.text)) {
                self.vlan_policies.push((name.to_owned(), filter()));
            }
        } else if let Some(class) = self.kin.data.tables.class(Place::Vlan, &line.text) {
            self.on_vlans(class, filter());
        } else if !self.is_irrelevant(Place::Vlan, line) {
            self.unknown(line, text!("ios-line-unread"));
        }
    }

    /// What acts on VLANs: it drops there, or sends and rewrites anywhere.
    pub(super) fn on_vlans(&mut self, class: EffectClass, filter: OnVlans) {
        if class == EffectClass::Narrows {
            self.vlan_filters.push(filter);
            return;
        }
        let (_, line, text) = filter;
        let scope = Scope::Device;
        self.effects.push(Effect {
            class,
            scope,
            line,
            text,
        });
    }

    /// VLAN maps act on the VLAN interface, or, if the VLAN has none here, perhaps anywhere.
    pub(super) fn place_effects(&mut self, interfaces: &[Interface]) {
        let svis = svis(interfaces);
        for (policy, filter) in std::mem::take(&mut self.vlan_policies) {
            for class in self.policy(&policy) {
                self.on_vlans(class, filter.clone());
            }
        }
        for (vlans, line, text) in std::mem::take(&mut self.vlan_filters) {
            let at = |vlan: &u16| {
                svis.get(vlan)
                    .map_or(Scope::Device, |at| Scope::Interface(*at, None))
            };
            let mut scopes: Vec<Scope> = vlans.iter().map(at).collect();
            if scopes.is_empty() || scopes.contains(&Scope::Device) {
                scopes = vec![Scope::Device];
            }
            let class = EffectClass::Narrows;
            self.effects.extend(scopes.into_iter().map(|scope| Effect {
                class,
                scope,
                line,
                text: text.clone(),
            }));
        }
    }
}

/// The interfaces of VLANs by number.
fn svis(interfaces: &[Interface]) -> BTreeMap<u16, usize> {
    let svi = |(at, face): (usize, &Interface)| match face.kind {
        InterfaceKind::Svi(vlan) => Some((vlan, at)),
        InterfaceKind::Routed | InterfaceKind::Loopback | InterfaceKind::Management => None,
    };
    interfaces.iter().enumerate().filter_map(svi).collect()
}

/// The VLANs that a line ends in.
pub(super) fn named_vlans(text: &str) -> Option<Vec<u16>> {
    vlan_list(text.rsplit_once(" vlan ")?.1)
}

/// `10,20-22 30`; `None` if it is no list of VLANs, empty if it is a very long one.
pub(in crate::vendor) fn vlan_list(text: &str) -> Option<Vec<u16>> {
    let mut vlans = Vec::new();
    let mut count = 0;
    for part in text.split([',', ' ']).filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (u16, u16) = (number(first)?, number(last)?);
        if first > last || last > 4094 {
            return None;
        }
        count += usize::from(last - first) + 1;
        if count <= MOST_VLANS {
            vlans.extend(first..=last);
        }
    }
    match count {
        0 => None,
        1..=MOST_VLANS => Some(vlans),
        _ => Some(Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_vlans() {
        assert_eq!(vlan_list("10,20-22 30"), Some(vec![10, 20, 21, 22, 30]));
        assert_eq!(vlan_list("2-1000,1002"), Some(vec![]));
        assert_eq!(vlan_list("all"), None);
        assert_eq!(vlan_list(""), None);
        assert_eq!(vlan_list("20-10"), None);
    }
}
