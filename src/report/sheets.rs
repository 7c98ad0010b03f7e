//! The documents that people keep in spreadsheets, as [`Grid`]s: パラメータシート, 通信要件一覧, 作業手順書, 切り戻し手順書.

use super::grid::{Grid, cell_name};
use super::outcome::{Plan, PlanStep};
use crate::acl::Action;
use crate::base::{Lang, text::sanitise};
use crate::job::sheet::{Entry, Flow};
use crate::net::{AddrSet, Match, PortSet, proto};
use crate::text;
use unicode_normalization::UnicodeNormalization as _;

/// Titles of the parameter sheet (domain: one row per entry).
fn entry_heads(lang: Lang) -> Vec<String> {
    [
        text!("sheet-number"),
        text!("sheet-device"),
        text!("sheet-acl"),
        text!("sheet-interface"),
        text!("sheet-direction"),
        text!("sheet-seq"),
        text!("sheet-action"),
        text!("sheet-protocol"),
        text!("sheet-source"),
        text!("sheet-source-port"),
        text!("sheet-destination"),
        text!("sheet-destination-port"),
        text!("sheet-remark"),
    ]
    .iter()
    .map(|head| head.render(lang))
    .collect()
}

/// パラメータシート.
#[must_use]
pub fn entries(lang: Lang, all: &[Entry]) -> Grid {
    let rows = (1..).zip(all).map(|(number, entry): (usize, &Entry)| {
        let bound = |pick: fn(&(String, crate::acl::Direction)) -> String| {
            entry.bound.iter().map(pick).collect::<Vec<_>>().join("; ")
        };
        let action = match entry.action {
            Action::Permit => "permit",
            Action::Deny => "deny",
            Action::Unread => "?",
        };
        let of =
            |pick: &dyn Fn(&Match) -> String| entry.matches.as_ref().map(pick).unwrap_or_default();
        let remark = match (&entry.matches, entry.flags) {
            (None, _) => text!("sheet-unread", line = &entry.text).render(lang),
            (Some(_), true) => "established".to_owned(),
            (Some(_), false) => String::new(),
        };
        vec![
            number.to_string(),
            entry.device.clone(),
            entry.acl.clone(),
            bound(|(face, _)| face.clone()),
            bound(|(_, direction)| direction.word().to_owned()),
            entry.seq.map(|seq| seq.to_string()).unwrap_or_default(),
            action.to_owned(),
            of(&|m| protocols(m)),
            of(&|m| places(&m.src)),
            of(&|m| ports(m, &m.sport)),
            of(&|m| places(&m.dst)),
            of(&|m| destination(m)),
            remark,
        ]
    });
    Grid {
        name: text!("sheet-entries").render(lang),
        heads: entry_heads(lang),
        rows: rows.map(clean).collect(),
    }
}

fn clean(row: Vec<String>) -> Vec<String> {
    row.iter().map(|cell| sanitise(cell).into_owned()).collect()
}

fn protocols(m: &Match) -> String {
    match m.protocol.is_full() {
        true => "ip".to_owned(),
        false => m
            .protocol
            .iter()
            .map(proto::name)
            .collect::<Vec<_>>()
            .join(", "),
    }
}

fn places(set: &AddrSet) -> String {
    if set.is_any() {
        return "any".to_owned();
    }
    let one = |w: &crate::net::Wildcard| {
        w.as_prefix()
            .map_or_else(|| w.to_string(), |net| net.to_string())
    };
    set.parts().iter().map(one).collect::<Vec<_>>().join(", ")
}

fn ports(m: &Match, ports: &PortSet) -> String {
    match m.has_l4() && !ports.is_full() {
        true => ports.to_string(),
        false => String::new(),
    }
}

/// Destination ports, or type and code of an ICMP message.
fn destination(m: &Match) -> String {
    let icmp = m.protocol.iter().eq([Match::icmp_of(m.family)]);
    match (icmp, m.icmp_type.is_full(), m.icmp_code.is_full()) {
        (true, false, true) => m.icmp_type.to_string(),
        (true, false, false) => format!("{}/{}", m.icmp_type, m.icmp_code),
        _ => ports(m, &m.dport),
    }
}

/// 通信要件一覧.
#[must_use]
pub fn flows(lang: Lang, all: &[Flow]) -> Grid {
    let heads = [
        text!("sheet-number"),
        text!("sheet-source"),
        text!("sheet-destination"),
        text!("sheet-service"),
        text!("sheet-ticket"),
        text!("sheet-owner"),
        text!("sheet-because"),
        text!("sheet-until"),
        text!("sheet-log"),
        text!("sheet-exception"),
    ];
    let rows = (1..).zip(all).map(|(number, flow): (usize, &Flow)| {
        let mark = |set: bool| if set { "○".to_owned() } else { String::new() };
        let mut row = vec![
            number.to_string(),
            flow.from.clone(),
            flow.to.clone(),
            flow.services.clone(),
        ];
        row.extend(flow.notes.iter().cloned());
        row.extend([mark(flow.log), mark(flow.exception)]);
        row
    });
    Grid {
        name: text!("sheet-flows").render(lang),
        heads: heads.iter().map(|head| head.render(lang)).collect(),
        rows: rows.map(clean).collect(),
    }
}

/// 作業手順書 and 切り戻し手順書: a row per line that is typed or looked at.
#[must_use]
pub fn procedures(lang: Lang, plan: &Plan) -> [Grid; 2] {
    let heads = [
        text!("sheet-number"),
        text!("sheet-device"),
        text!("sheet-what"),
        text!("sheet-kind"),
        text!("sheet-line"),
        text!("sheet-done"),
    ];
    let heads: Vec<String> = heads.iter().map(|head| head.render(lang)).collect();
    let row = |step: &PlanStep, kind: &crate::base::Text, line: &str| {
        clean(vec![
            step.number.to_string(),
            step.device.clone(),
            step.what.clone(),
            kind.render(lang),
            line.to_owned(),
            "□".to_owned(),
        ])
    };
    let (mut work, mut back) = (Vec::new(), Vec::new());
    for step in &plan.steps {
        if let Some(compromise) = &step.compromise {
            work.push(row(step, &text!("sheet-kind-notice"), &compromise.why));
        }
        work.extend(
            step.typed
                .iter()
                .map(|line| row(step, &text!("sheet-kind-command"), line)),
        );
        if !step.check.is_empty() {
            work.push(row(step, &text!("sheet-kind-check"), &step.check));
        }
        work.extend(
            step.expect
                .iter()
                .map(|line| row(step, &text!("sheet-kind-expect"), line)),
        );
        let confirm = text!("sheet-kind-confirm");
        work.extend(step.confirm.iter().map(|line| row(step, &confirm, line)));
    }
    for step in plan.steps.iter().rev() {
        back.extend(
            step.undo_typed
                .iter()
                .map(|line| row(step, &text!("sheet-kind-command"), line)),
        );
        let confirm = text!("sheet-kind-confirm");
        back.extend(
            step.undo_confirm
                .iter()
                .map(|line| row(step, &confirm, line)),
        );
    }
    let grid = |name: crate::base::Text, rows| Grid {
        name: name.render(lang),
        heads: heads.clone(),
        rows,
    };
    [
        grid(text!("plan-title-work"), work),
        grid(text!("plan-title-back"), back),
    ]
}

/// Cells of a table that people kept, where they differ from what is so now: the cell, what it holds, what is so. Rows are
/// matched in order; the number column is theirs.
#[must_use]
pub fn differences(kept: &[Vec<String>], now: &Grid) -> Vec<(String, String, String)> {
    let mut out = Vec::new();
    let all = std::iter::once(&now.heads).chain(&now.rows);
    let all: Vec<&Vec<String>> = all.collect();
    let none = Vec::new();
    for row in 0..kept.len().max(all.len()) {
        let held = kept.get(row).unwrap_or(&none);
        let so = all.get(row).copied().unwrap_or(&none);
        for column in 0..held.len().max(so.len()) {
            let cell = |cells: &[String]| -> String {
                let cell = cells.get(column).map_or("", |cell| cell.trim());
                cell.nfkc().collect()
            };
            let (held, so) = (cell(held), cell(so));
            if held != so && (column > 0 || row == 0) {
                out.push((cell_name(row + 1, column), held, so));
            }
        }
    }
    out
}
