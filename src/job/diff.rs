//! `diff`: what changes for packets between two sets of configurations (D46).

use super::{Capture, FileGap, Job, Options, read};
use crate::base::{Diagnostic, SourceMap};
use crate::device::Device;
use crate::diff::{Change, Comparison, Place, Side, Verdict, compare, places};
use crate::model::{Network, Policy};
use crate::net::{Family, Match};
use crate::topo::Named;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A change and where it takes effect.
#[derive(Clone, Debug)]
pub struct PlacedChange {
    /// Name of the device.
    pub device: String,
    /// Attachment point, if any.
    pub place: Place,
    /// Name of the list, by the new side if it has one; empty if neither has.
    pub acl: String,
    /// The packets.
    pub change: Change,
    /// The entry that decides before.
    pub old: Decider,
    /// The entry that decides after.
    pub new: Decider,
    /// Whether any packet of it now ends elsewhere in the network; needs a policy.
    pub end_to_end: Option<bool>,
}

/// The entry that decides on one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decider {
    /// An entry of a list: its line, and its text.
    Entry(Option<u32>, String),
    /// No list is there.
    NoList,
    /// No interface is there.
    NoInterface,
}

/// The difference.
#[derive(Clone, Debug)]
pub struct DiffOutcome {
    /// Over all places.
    pub verdict: Verdict,
    /// The changes, by device and place.
    pub changes: Vec<PlacedChange>,
    /// Lines of both sides that were not understood, old first.
    pub gaps: Vec<FileGap>,
    /// A limit was reached somewhere.
    pub limited: bool,
    /// Places and owners, if a policy names them.
    pub network: Option<Network>,
}

/// What a side of the comparison is known by.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'p> {
    /// The policy that says models and modes of the old side.
    pub old: Option<&'p Policy>,
    /// The same of the new side.
    pub new: Option<&'p Policy>,
    /// The policy that names zones (`--policy`, else the new side's, else the old side's).
    pub names: Option<&'p Policy>,
}

/// Compares captures. Single files are a pair; otherwise devices are paired by name, then by host name.
///
/// # Errors
/// Captures whose dialect is unclear.
pub fn run(
    sources: &SourceMap,
    old: &[Capture],
    new: &[Capture],
    known: Known<'_>,
    options: &Options,
) -> Job<DiffOutcome> {
    let mut errors = Vec::new();
    let before = devices(
        sources,
        old,
        known.old.or(known.names),
        options,
        &mut errors,
    );
    let after = devices(
        sources,
        new,
        known.new.or(known.names),
        options,
        &mut errors,
    );
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut outcome = DiffOutcome {
        verdict: Verdict::Equal,
        changes: Vec::new(),
        gaps: Vec::new(),
        limited: false,
        network: known.names.map(|policy| policy.network.clone()),
    };
    for (capture, device) in before.iter().chain(&after) {
        outcome.gaps.extend(read::gaps(capture.file, device));
    }
    for (name, old, new) in pair(&before, &after) {
        compare_devices(&name, old, new, options, &mut outcome);
    }
    if let Some(policy) = known.names {
        let regions: Vec<&[Match]> = outcome
            .changes
            .iter()
            .map(|c| c.change.regions.as_slice())
            .collect();
        let sides = [named(&before), named(&after)];
        let ends =
            crate::verify::query::ends_differ(policy, options.at, &sides, &regions, options.limits);
        for (change, differs) in outcome.changes.iter_mut().zip(ends) {
            change.end_to_end = differs;
        }
    }
    Ok(outcome)
}

fn named(read: &[Read<'_>]) -> Vec<Arc<Named>> {
    let one = |(capture, device): &Read<'_>| {
        Arc::new(Named {
            name: capture.name.clone(),
            device: device.clone(),
        })
    };
    read.iter().map(one).collect()
}

type Read<'a> = (&'a Capture, Device);

fn devices<'a>(
    sources: &SourceMap,
    captures: &'a [Capture],
    policy: Option<&Policy>,
    options: &Options,
    errors: &mut Vec<Diagnostic>,
) -> Vec<Read<'a>> {
    let mut out = Vec::new();
    for capture in captures {
        match read::device_of(sources, capture, policy, options) {
            Ok(device) => out.push((capture, device)),
            Err(error) => errors.push(*error),
        }
    }
    out
}

type Pair<'a> = (String, Option<&'a Device>, Option<&'a Device>);

fn pair<'a>(old: &'a [Read<'a>], new: &'a [Read<'a>]) -> Vec<Pair<'a>> {
    if let ([(_, before)], [(capture, after)]) = (old, new) {
        let host = after.hostname.as_ref().or(before.hostname.as_ref());
        let name = host.unwrap_or(&capture.name).clone();
        return vec![(name, Some(before), Some(after))];
    }
    let mut left: BTreeMap<&str, &Device> = new
        .iter()
        .map(|(capture, device)| (capture.name.as_str(), device))
        .collect();
    let mut out: Vec<Pair<'a>> = Vec::new();
    let mut alone: Vec<&Read<'a>> = Vec::new();
    for read in old {
        match left.remove(read.0.name.as_str()) {
            Some(after) => out.push((read.0.name.clone(), Some(&read.1), Some(after))),
            None => alone.push(read),
        }
    }
    for (capture, before) in alone {
        let same = |after: &&Device| before.hostname.is_some() && after.hostname == before.hostname;
        let partner = left
            .iter()
            .find(|(_, after)| same(after))
            .map(|(name, _)| *name);
        let after = partner.and_then(|name| left.remove(name));
        let name = partner.unwrap_or(&capture.name).to_owned();
        out.push((name, Some(before), after));
    }
    let added = left.into_iter();
    out.extend(added.map(|(name, after)| (name.to_owned(), None, Some(after))));
    out.sort_by(|a, b| a.0.cmp(&b.0));
    out
}

fn compare_devices(
    name: &str,
    old: Option<&Device>,
    new: Option<&Device>,
    options: &Options,
    outcome: &mut DiffOutcome,
) {
    let mut known: BTreeMap<(Side, Side, Family), Comparison> = BTreeMap::new();
    for place in places(old, new) {
        let (before, after) = (
            place.old.acl(old, place.family),
            place.new.acl(new, place.family),
        );
        let comparison = known
            .entry((place.old, place.new, place.family))
            .or_insert_with(|| compare(&before, &after, options.limits));
        outcome.verdict = outcome.verdict.max(comparison.verdict);
        outcome.limited |= comparison.limited;
        for change in &comparison.changes {
            let named = [&after.name, &before.name];
            let acl = named.into_iter().find(|name| !name.is_empty());
            outcome.changes.push(PlacedChange {
                device: name.to_owned(),
                place: place.clone(),
                acl: acl.cloned().unwrap_or_default(),
                old: decider(place.old, &before, change.old),
                new: decider(place.new, &after, change.new),
                change: change.clone(),
                end_to_end: None,
            });
        }
    }
}

fn decider(side: Side, acl: &crate::acl::Acl, index: usize) -> Decider {
    match side {
        Side::Open => Decider::NoList,
        Side::Absent => Decider::NoInterface,
        Side::List(_) => {
            let ace = acl.ace(index);
            let text = ace.map(|ace| ace.text.clone()).unwrap_or_default();
            Decider::Entry(ace.and_then(|ace| ace.line), text)
        }
    }
}
