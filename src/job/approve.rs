//! `diff --approved`: the change does what was approved and nothing else.

use super::{Capture, Job, Options, network, read};
use crate::base::{Diagnostic, FileId, SourceMap};
use crate::model::{Policy, lower};
use crate::syntax::ast::Stmt;
use crate::text;
use crate::topo::Named;
use crate::vendor::DIALECTS;
use crate::verify::Verdict;
use crate::verify::approve::{Misfit, State, approve, forbidden};
use crate::verify::spec::{Half, halves};
use std::sync::Arc;

/// What was approved.
#[derive(Clone, Copy, Debug)]
pub enum Approval<'a> {
    /// A file: `allow` is what may be opened, `forbid` what may be closed.
    File(FileId),
    /// A ticket: its `allow`s of the new policy may be opened, those that only the old policy has may be closed.
    Ticket(&'a str),
}

/// Whether the change fits.
#[derive(Clone, Debug)]
pub struct ApproveOutcome {
    /// Proved: exactly what was approved.
    pub verdict: Verdict,
    /// The statements that were approved, in names.
    pub opens: Vec<String>,
    /// The same for what is closed.
    pub closes: Vec<String>,
    /// What does not fit.
    pub misfits: Vec<Misfit>,
}

/// The files of a policy and what it means.
pub struct Known<'p> {
    /// Its file, for the places an approval names.
    pub file: FileId,
    /// Its meaning.
    pub policy: &'p Policy,
}

/// Judges a change.
///
/// # Errors
/// An approval without meaning or about nothing, captures whose dialect is unclear.
pub fn judge(
    sources: &SourceMap,
    old: &[Capture],
    new: &[Capture],
    names: &Known<'_>,
    before: Option<&Policy>,
    approval: Approval<'_>,
    options: &Options,
) -> Job<ApproveOutcome> {
    let sides = [(old, before.unwrap_or(names.policy)), (new, names.policy)];
    let [old, new] = sides.map(|(side, policy)| devices(sources, side, policy, options));
    let (old, new) = (old?, new?);
    let approved = match approval {
        Approval::File(file) => of_file(sources, names, file, options)?,
        Approval::Ticket(ticket) => of_ticket(names.policy, before, ticket, options)?,
    };
    if approved.opens.is_empty() && approved.closes.is_empty() {
        return Err(vec![Diagnostic::error(text!("approval-empty"))]);
    }
    let old = State {
        policy: approved.before.as_ref().unwrap_or(names.policy),
        devices: &old,
        sessions: approved.closed,
    };
    let new = State {
        policy: approved.after.as_ref().unwrap_or(names.policy),
        devices: &new,
        sessions: approved.opened,
    };
    let (verdict, misfits) =
        approve(&old, &new, options.at, options.max_nodes).map_err(|bug| network::our_bug(&bug))?;
    Ok(ApproveOutcome {
        verdict,
        opens: approved.opens,
        closes: approved.closes,
        misfits,
    })
}

fn devices(
    sources: &SourceMap,
    captures: &[Capture],
    policy: &Policy,
    options: &Options,
) -> Job<Vec<Arc<Named>>> {
    let mut errors = Vec::new();
    let mut out = Vec::new();
    for capture in captures {
        match read::device_of(sources, capture, Some(policy), options) {
            Ok(device) => out.push(Arc::new(Named {
                name: capture.name.clone(),
                device,
            })),
            Err(error) => errors.push(*error),
        }
    }
    if errors.is_empty() {
        Ok(out)
    } else {
        Err(errors)
    }
}

/// Sessions, and the policies whose places they name.
#[derive(Default)]
struct Approved {
    opens: Vec<String>,
    closes: Vec<String>,
    opened: Vec<Half>,
    closed: Vec<Half>,
    before: Option<Policy>,
    after: Option<Policy>,
}

/// An approval in the language: the places of the policy, and the statements of the file.
fn of_file(
    sources: &SourceMap,
    names: &Known<'_>,
    file: FileId,
    options: &Options,
) -> Job<Approved> {
    let (mut places, _) = crate::syntax::parse(names.file, &sources.get(names.file).text);
    let said = |stmt: &Stmt| {
        matches!(
            stmt,
            Stmt::Allow(_) | Stmt::Forbid(_) | Stmt::Prove(_) | Stmt::Guideline(_)
        )
    };
    places.items.retain(|item| !said(&item.node));
    let (tree, mut found) = crate::syntax::parse(file, &sources.get(file).text);
    for item in tree
        .items
        .iter()
        .filter(|item| !matches!(item.node, Stmt::Allow(_) | Stmt::Forbid(_)))
    {
        let only = Diagnostic::error(text!("approval-statement")).at(item.span);
        found.push(only.help(text!("approval-statement-help")));
    }
    if !found.is_empty() {
        return Err(found);
    }
    let ids: Vec<&str> = DIALECTS.iter().map(|dialect| dialect.id()).collect();
    let (policy, found) = lower(&[(names.file, places), (file, tree)], &ids);
    let Some(mut policy) = policy else {
        return Err(found);
    };
    policy.allows.retain(|allow| !allow.dhcp);
    Ok(Approved {
        opens: policy
            .allows
            .iter()
            .map(|allow| allow.text.clone())
            .collect(),
        closes: policy
            .forbids
            .iter()
            .map(|forbid| forbid.text.clone())
            .collect(),
        opened: halves(&policy, options.at),
        closed: forbidden(&policy),
        before: Some(policy.clone()),
        after: Some(policy),
    })
}

/// The statements that carry a ticket: those of the new policy are opened, those that only the old one has are closed.
fn of_ticket(
    policy: &Policy,
    before: Option<&Policy>,
    ticket: &str,
    options: &Options,
) -> Job<Approved> {
    let carries = |allow: &crate::model::Allow| allow.ticket.as_deref() == Some(ticket);
    let texts = |policy: &Policy| -> Vec<String> {
        let mine = policy
            .allows
            .iter()
            .filter(|allow| allow.in_force(options.at));
        mine.map(|allow| allow.text.clone()).collect()
    };
    let mut after = policy.clone();
    after.allows.retain(carries);
    let mut old = before.cloned();
    if let Some(old) = &mut old {
        let still = texts(policy);
        old.allows
            .retain(|allow| carries(allow) && !still.contains(&allow.text));
    }
    if after.allows.is_empty() && old.as_ref().is_none_or(|old| old.allows.is_empty()) {
        return Err(vec![Diagnostic::error(text!(
            "approval-no-ticket",
            ticket = ticket
        ))]);
    }
    let closed = old.as_ref().map(|old| halves(old, options.at));
    Ok(Approved {
        opens: texts(&after),
        closes: old.as_ref().map(texts).unwrap_or_default(),
        opened: halves(&after, options.at),
        closed: closed.unwrap_or_default(),
        before: old,
        after: Some(after),
    })
}
