//! Each list: its entries as transcribed, and the partition of the header space by the entry that decides (D13).

use super::boxes;
use super::{Budget, Questions};
use crate::acl::{Ace, Acl, Action, Open};
use crate::base::Text;
use crate::device::Device;
use crate::net::Family;
use crate::pset::{PacketSet, Space};
use crate::topo::Topo;
use crate::verify::view::View;
use serde_json::{Value, json};

/// All lists of all devices, in their order.
pub(super) fn all(topo: &Topo, questions: &Questions) -> Result<Value, Text> {
    let mut out = Vec::new();
    for (device, acl) in each(topo) {
        let of = &topo.devices[device].device;
        let entries = acl.all().map(|ace| entry(of, ace, questions));
        let entries: Result<Vec<Value>, Text> = entries.collect();
        out.push(json!({
            "device": device, "name": acl.name, "lines": Vec::from_iter(acl.line),
            "family": acl.family.digit().to_string(), "entries": entries?,
        }));
    }
    Ok(json!(out))
}

/// The partitions of the lists that are bound: what is bound nowhere filters nothing (D14). Where questions are answered,
/// only of those that hang on one.
pub(super) fn cells(
    views: &[View<'_>],
    answered: Option<&Topo>,
    questions: &Questions,
    budget: &mut Budget,
) -> Result<Value, Text> {
    let topo = views[0].topo;
    let hangs = |acl: &Acl| {
        acl.questions()
            .iter()
            .any(|one| questions.number(one).is_some())
    };
    let mut out = Vec::new();
    let open = answered.unwrap_or(topo);
    for ((device, acl), (_, as_open)) in each(topo).zip(each(open)) {
        let mut interfaces = topo.devices[device].device.interfaces.iter();
        let bound = interfaces.any(|interface| {
            let mut bound = interface.bindings.iter();
            bound.any(|b| std::ptr::eq(&topo.devices[device].device.acls[b.acl], acl))
        });
        let view = &views[usize::from(acl.family == Family::V6)];
        out.push(match bound && (answered.is_none() || hangs(as_open)) {
            true => partition(view.space(), acl, budget)?,
            false => Value::Null,
        });
    }
    Ok(json!(out))
}

fn each(topo: &Topo) -> impl Iterator<Item = (usize, &Acl)> {
    let devices = topo.devices.iter().enumerate();
    devices.flat_map(|(device, named)| named.device.acls.iter().map(move |acl| (device, acl)))
}

fn entry(device: &Device, ace: &Ace, questions: &Questions) -> Result<Value, Text> {
    let perhaps = |open: &Open| -> Result<Value, Text> {
        Ok(
            json!({ "question": questions.number(&open.question), "boxes": boxes::all(&open.boxes)? }),
        )
    };
    let perhaps: Result<Vec<Value>, Text> = ace.open.iter().map(perhaps).collect();
    Ok(json!({
        "lines": device.lines_of(ace.line.unwrap_or(0)),
        "action": match ace.action {
            Action::Permit => "permit",
            Action::Deny => "deny",
            Action::Unread => "unread",
        },
        "log": ace.log,
        "certain": boxes::all(&ace.certain)?,
        "perhaps": perhaps?,
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
