//! What is left when all of a text is read: maps on VLANs become bindings, virtual addresses find their interface.
//!
//! In: a [`Reader`] at the end of the text. Out: bindings of VLAN interfaces where one list alone decides. Where more than one
//! list, map or port list meets in a VLAN, or the map holds none, their order is open: an effect that may drop (D16).

use crate::acl::Direction;
use crate::net::Family;
use crate::vendor::ios_like::interface::Face;
use crate::vendor::ios_like::read::{MapFilter, Reader};
use std::collections::BTreeMap;

pub(super) fn settle(reader: &mut Reader) {
    super::ports::settle(reader);
    for (name, group, addr) in std::mem::take(&mut reader.outside_virtuals) {
        if let Some(face) = face(reader, &name) {
            face.interface.share(false, group, addr);
            reader.leant.push("virtual-router-form");
        }
    }
    let filters = std::mem::take(&mut reader.map_filters);
    let mut per_vlan: BTreeMap<u16, u32> = BTreeMap::new();
    for vlan in filters.iter().flat_map(|filter| &filter.vlans) {
        *per_vlan.entry(*vlan).or_default() += 1;
    }
    for filter in &filters {
        let lists = reader.access_maps.get(&filter.map).cloned();
        for vlan in &filter.vlans {
            let alone = per_vlan.get(vlan) == Some(&1);
            match lists.as_deref() {
                Some([list]) if alone && bind(reader, *vlan, list, filter) => {}
                _ => {
                    let effect = (vec![*vlan], filter.line, filter.text.clone());
                    reader.vlan_filters.push(effect);
                }
            }
        }
    }
}

/// Puts a list on the interface of a VLAN; false if there is none, so that only bridged frames meet it.
fn bind(reader: &mut Reader, vlan: u16, list: &str, filter: &MapFilter) -> bool {
    let Some(face) = face(reader, &format!("vlan{vlan}")) else {
        return false;
    };
    let wanted = ((Family::V4, list.to_owned()), Direction::In, filter.line);
    face.bindings.push((wanted, filter.text.clone()));
    true
}

fn face<'r>(reader: &'r mut Reader, name: &str) -> Option<&'r mut Face> {
    let at = *reader.face_index.get(name)?;
    reader.faces.get_mut(at)
}
