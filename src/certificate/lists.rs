//! Each list: its entries as transcribed, and the partition of the header space by the entry that decides (D13).

use super::Budget;
use super::boxes;
use crate::acl::{Ace, Acl, Action};
use crate::base::Text;
use crate::net::{Family, Match};
use crate::pset::{PacketSet, Space};
use crate::verify::view::View;
use serde_json::{Value, json};

/// All lists of all devices, in their order.
pub(super) fn all(views: &[View<'_>], budget: &mut Budget) -> Result<Value, Text> {
    let mut out = Vec::new();
    let topo = views[0].topo;
    for (device, named) in topo.devices.iter().enumerate() {
        let bound: Vec<usize> = named
            .device
            .interfaces
            .iter()
            .flat_map(|interface| interface.bindings.iter().map(|b| b.acl))
            .collect();
        for (index, acl) in named.device.acls.iter().enumerate() {
            let view = &views[usize::from(acl.family == Family::V6)];
            // What is bound nowhere filters nothing (D14): it stands there without a partition.
            let cells = match bound.contains(&index) {
                true => partition(view.space(), acl, budget)?,
                false => Value::Null,
            };
            let entries: Result<Vec<Value>, Text> = acl.all().map(entry).collect();
            out.push(json!({
                "device": device, "name": acl.name, "line": acl.line,
                "family": acl.family.digit().to_string(), "entries": entries?, "cells": cells,
            }));
        }
    }
    Ok(json!(out))
}

fn entry(ace: &Ace) -> Result<Value, Text> {
    let mut open: Vec<Match> = ace
        .open
        .iter()
        .flat_map(|open| open.boxes.clone())
        .collect();
    // What was not understood matches nothing for certain (D10).
    let mut certain = ace.certain.clone();
    if ace.action == Action::Unread {
        open.append(&mut certain);
    }
    Ok(json!({
        "line": ace.line,
        "text": ace.text,
        "action": match ace.action {
            Action::Permit => "permit",
            Action::Deny => "deny",
            Action::Unread => "unread",
        },
        "certain": boxes::all(&certain)?,
        "perhaps": boxes::all(&open)?,
    }))
}

/// Who decides what: a group of cells per entry, and one that no entry decides for certain.
fn partition(space: &Space, acl: &Acl, budget: &mut Budget) -> Result<Value, Text> {
    let mut left = space.full();
    let mut unsure = space.empty();
    // What some earlier entry may have done otherwise: permitted what is denied here, or the reverse.
    let (mut not_permit, mut not_deny) = (space.empty(), space.empty());
    let mut groups = Vec::new();
    for (index, ace) in acl.all().enumerate() {
        let both = space.of_ace(ace);
        let certain: PacketSet = match ace.action {
            Action::Unread => space.empty(),
            Action::Permit | Action::Deny => both.must,
        };
        let hit = space.intersect(left, certain);
        let doubt = match ace.action {
            Action::Permit => not_permit,
            Action::Deny | Action::Unread => not_deny,
        };
        let mine = space.minus(hit, doubt);
        unsure = space.union(unsure, space.intersect(hit, doubt));
        if !space.is_empty(mine) {
            groups.push(json!({ "entry": index, "cells": boxes::cells(space, mine, budget)? }));
        }
        left = space.minus(left, certain);
        if ace.action != Action::Permit {
            not_permit = space.union(not_permit, both.may);
        }
        if ace.action != Action::Deny {
            not_deny = space.union(not_deny, both.may);
        }
    }
    let unsure = space.union(unsure, left);
    if !space.is_empty(unsure) {
        groups.push(json!({ "entry": null, "cells": boxes::cells(space, unsure, budget)? }));
    }
    Ok(json!(groups))
}
