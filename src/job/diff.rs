//! `diff`: what changes for packets between two sets of configurations (D46).

use super::{Capture, FileGap, Job, Options, read};
use crate::acl::Reading;
use crate::base::{Diagnostic, FileId, SourceMap};
use crate::device::Device;
use crate::diff::{
    Beside, Change, Class, Comparison, Effect, Place, Scope, Side, Verdict, beside, compare_in,
    places,
};
use crate::model::{Network, Policy};
use crate::net::{AddrRanges, Family, Match};
use crate::topo::Named;
use crate::verify::arrivals;
use crate::verify::world::World;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A change and where it takes effect.
#[derive(Clone, Debug)]
pub struct PlacedChange {
    /// Name of the device.
    pub device: String,
    /// Its file before and after.
    pub files: [Option<FileId>; 2],
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
    /// The statements behind it, of the new policy for what is opened, of the old one for what is closed.
    pub statements: Vec<Statement>,
    /// Some of it is in no session of that policy; `None` without one, or past the limit.
    pub unstated: Option<bool>,
}

/// A statement behind a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// In names.
    pub text: String,
    /// `ticket`.
    pub ticket: Option<String>,
    /// `owner`.
    pub owner: Option<String>,
    /// `because`.
    pub because: Option<String>,
    /// The change has only replies of it.
    pub reply: bool,
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

/// How the text of a device differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    /// The device.
    pub device: String,
    /// Lines of the old text that the new one does not have, as often as it does not.
    pub gone: usize,
    /// The reverse.
    pub come: usize,
}

/// The difference.
#[derive(Clone, Debug)]
pub struct DiffOutcome {
    /// Over all places, or over class `core` alone if the comparison is limited to it.
    pub verdict: Verdict,
    /// The same of class `core`.
    pub core: Verdict,
    /// Only class `core` counts.
    pub core_only: bool,
    /// Nothing changes but text does: lists, addresses, routes and all else that was read are the same.
    pub text_only: bool,
    /// Where the text differs, whether or not any packet's fate does.
    pub wording: Vec<Wording>,
    /// What differs besides lists, per device; no comparison of lists speaks of it.
    pub beside: Vec<(String, Beside)>,
    /// Whether the same packets arrive everywhere, if a policy names the zones and something differs besides lists.
    pub network_verdict: Option<Verdict>,
    /// Places where traffic inside the link is not compared, because only one of both lists sees it.
    pub unseen: Vec<(String, Place)>,
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

/// What counts.
#[derive(Clone, Copy, Debug, Default)]
pub struct How {
    /// Only class `core` decides.
    pub core_only: bool,
    /// Members of a redundant pair: their own addresses differ, and are left out.
    pub twins: bool,
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
    how: How,
    options: &Options,
) -> Job<DiffOutcome> {
    let core_only = how.core_only;
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
        core: Verdict::Equal,
        core_only,
        text_only: false,
        wording: wording(sources, old, new),
        beside: Vec::new(),
        network_verdict: None,
        unseen: Vec::new(),
        changes: Vec::new(),
        gaps: Vec::new(),
        limited: false,
        network: known.names.map(|policy| policy.network.clone()),
    };
    for (capture, device) in before.iter().chain(&after) {
        outcome.gaps.extend(read::gaps(capture.file, device));
    }
    for (name, old, new) in pair(&before, &after) {
        compare_devices(&name, old, new, how, options, &mut outcome);
    }
    if core_only {
        outcome.verdict = outcome.core;
    }
    if let Some(policy) = known.names {
        end_to_end(policy, &before, &after, options, &mut outcome);
    }
    let sides = [
        (Effect::NewlyPermitted, known.new.or(known.names)),
        (Effect::NewlyDenied, known.old.or(known.names)),
    ];
    for (effect, policy) in sides {
        if let Some(policy) = policy {
            statements(policy, effect, options, &mut outcome.changes);
        }
    }
    let nothing = outcome.verdict == Verdict::Equal
        && outcome.changes.is_empty()
        && outcome.beside.is_empty()
        && outcome.unseen.is_empty();
    outcome.text_only = nothing && texts(sources, old) != texts(sources, new);
    Ok(outcome)
}

/// The devices whose text is another, with the lines that one side has and the other has not; lines in another order are
/// the same lines.
fn wording(sources: &SourceMap, old: &[Capture], new: &[Capture]) -> Vec<Wording> {
    let mut texts: BTreeMap<&str, [&str; 2]> = BTreeMap::new();
    for (side, captures) in [old, new].into_iter().enumerate() {
        for capture in captures {
            texts.entry(&capture.name).or_default()[side] = &sources.get(capture.file).text;
        }
    }
    let different = texts.into_iter().filter(|(_, [old, new])| old != new);
    let one = |(device, sides): (&str, [&str; 2])| {
        let mut lines: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
        for (side, text) in sides.into_iter().enumerate() {
            for line in text.lines() {
                lines.entry(line.trim_end()).or_default()[side] += 1;
            }
        }
        let counts = || lines.values();
        Wording {
            device: device.to_owned(),
            gone: counts().map(|[old, new]| old.saturating_sub(*new)).sum(),
            come: counts().map(|[old, new]| new.saturating_sub(*old)).sum(),
        }
    };
    different.map(one).collect()
}

/// The texts by name.
fn texts<'s>(sources: &'s SourceMap, captures: &[Capture]) -> Vec<&'s str> {
    let mut all: Vec<&str> = captures
        .iter()
        .map(|capture| sources.get(capture.file).sha256.as_str())
        .collect();
    all.sort_unstable();
    all
}

/// What the changes of lists, and of all else, come to from end to end.
fn end_to_end(
    policy: &Policy,
    before: &[Read<'_>],
    after: &[Read<'_>],
    options: &Options,
    outcome: &mut DiffOutcome,
) {
    // Routers without a text stand between the others on both sides.
    let whole = |read: &[Read<'_>]| -> Vec<Arc<Named>> {
        let opaque = super::network::opaques(&policy.network);
        named(read).into_iter().chain(opaque).collect()
    };
    let sides = [whole(before), whole(after)];
    let regions: Vec<&[Match]> = outcome
        .changes
        .iter()
        .map(|c| c.change.regions.as_slice())
        .collect();
    let limit = options.limits;
    let ends = crate::verify::query::ends_differ(policy, options.at, &sides, &regions, limit);
    for (change, differs) in outcome.changes.iter_mut().zip(ends) {
        change.end_to_end = differs;
    }
    // Links are VLANs (D24): which ports carry them is no part of the network.
    if outcome.beside.iter().all(|(_, one)| *one == Beside::Wires) {
        return;
    }
    let worlds = sides
        .each_ref()
        .map(|side| World::new(policy, options.at, side, &Reading::new()));
    let verdict = match arrivals::same(&worlds, limit) {
        crate::verify::Verdict::Proved => Verdict::Equal,
        crate::verify::Verdict::Refuted => Verdict::Different,
        crate::verify::Verdict::Unknown => Verdict::Unknown,
    };
    outcome.network_verdict = Some(verdict);
    if !outcome.core_only {
        outcome.verdict = outcome.verdict.max(verdict);
    }
}

/// The statements behind the changes of one effect.
fn statements(policy: &Policy, effect: Effect, options: &Options, changes: &mut [PlacedChange]) {
    let mut mine: Vec<&mut PlacedChange> = changes
        .iter_mut()
        .filter(|change| change.change.effect == effect)
        .collect();
    let boxes: Vec<Vec<Match>> = mine.iter().map(|c| c.change.regions.clone()).collect();
    let sets: Vec<&[Match]> = boxes.iter().map(Vec::as_slice).collect();
    let found = crate::verify::behind::behind(policy, options.at, &sets, options.limits);
    for (change, behind) in mine.iter_mut().zip(found) {
        let statement = |(index, reply): (usize, bool)| {
            let allow = &policy.allows[index];
            Statement {
                text: allow.text.clone(),
                ticket: allow.ticket.clone(),
                owner: allow.owner.clone(),
                because: allow.because.clone(),
                reply,
            }
        };
        change.statements = behind.allows.into_iter().map(statement).collect();
        change.unstated = behind.unstated;
    }
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

type Pair<'a> = (String, Option<&'a Read<'a>>, Option<&'a Read<'a>>);

fn pair<'a>(old: &'a [Read<'a>], new: &'a [Read<'a>]) -> Vec<Pair<'a>> {
    if let ([before], [after]) = (old, new) {
        let host = after.1.hostname.as_ref().or(before.1.hostname.as_ref());
        let name = host.unwrap_or(&after.0.name).clone();
        return vec![(name, Some(before), Some(after))];
    }
    let mut left: BTreeMap<&str, &Read<'a>> = new
        .iter()
        .map(|read| (read.0.name.as_str(), read))
        .collect();
    let mut out: Vec<Pair<'a>> = Vec::new();
    let mut alone: Vec<&Read<'a>> = Vec::new();
    for read in old {
        match left.remove(read.0.name.as_str()) {
            Some(after) => out.push((read.0.name.clone(), Some(read), Some(after))),
            None => alone.push(read),
        }
    }
    for before in alone {
        let host = &before.1.hostname;
        let same = |after: &&Read<'_>| host.is_some() && after.1.hostname == *host;
        let partner = left
            .iter()
            .find(|(_, after)| same(after))
            .map(|(name, _)| *name);
        let after = partner.and_then(|name| left.remove(name));
        let name = partner.unwrap_or(&before.0.name).to_owned();
        out.push((name, Some(before), after));
    }
    let added = left.into_iter();
    out.extend(added.map(|(name, after)| (name.to_owned(), None, Some(after))));
    out.sort_by(|a, b| a.0.cmp(&b.0));
    out
}

fn compare_devices(
    name: &str,
    old: Option<&Read<'_>>,
    new: Option<&Read<'_>>,
    how: How,
    options: &Options,
    outcome: &mut DiffOutcome,
) {
    let files = [old, new].map(|read| read.map(|(capture, _)| capture.file));
    let [old, new] = [old, new].map(|read| read.map(|(_, device)| device));
    let mut known: BTreeMap<(Side, Side, Family, Scope), Comparison> = BTreeMap::new();
    if let (Some(old), Some(new)) = (old, new) {
        let found = beside(old, new).into_iter();
        let found =
            found.filter(|one| !(how.twins && matches!(one, Beside::Addresses | Beside::Wires)));
        outcome
            .beside
            .extend(found.map(|one| (name.to_owned(), one)));
    }
    let own = match (how.twins, old, new) {
        (true, Some(old), Some(new)) => own_traffic(old, new),
        _ => Vec::new(),
    };
    for mut place in places(old, new) {
        let own = own.iter().filter(|m| m.family == place.family);
        place.scope.unseen.extend(own.cloned());
        let (before, after) = (
            place.old.acl(old, place.family),
            place.new.acl(new, place.family),
        );
        let comparison = known
            .entry((place.old, place.new, place.family, place.scope.clone()))
            .or_insert_with(|| compare_in(&before, &after, &place.scope, options.limits));
        let lists = [place.old, place.new]
            .iter()
            .any(|side| matches!(side, Side::List(_)));
        if lists && !place.scope.unseen.is_empty() && !how.twins {
            outcome.unseen.push((name.to_owned(), place.clone()));
        }
        outcome.core = outcome.core.max(comparison.verdict_of(Class::Core));
        outcome.verdict = outcome.verdict.max(comparison.verdict);
        outcome.limited |= comparison.limited;
        for change in &comparison.changes {
            let named = [&after.name, &before.name];
            let acl = named.into_iter().find(|name| !name.is_empty());
            outcome.changes.push(PlacedChange {
                device: name.to_owned(),
                files,
                place: place.clone(),
                acl: acl.cloned().unwrap_or_default(),
                old: decider(place.old, &before, change.old),
                new: decider(place.new, &after, change.new),
                change: change.clone(),
                end_to_end: None,
                statements: Vec::new(),
                unstated: None,
            });
        }
    }
}

/// Packets to and from own addresses of either member: each has its own (M16).
fn own_traffic(old: &Device, new: &Device) -> Vec<Match> {
    let both = |family| {
        let faces = old.interfaces.iter().chain(&new.interfaces);
        faces.fold(AddrRanges::none(family), |all, face| {
            all.union(&crate::topo::interface_addrs(face, family))
        })
    };
    let each = Family::BOTH.into_iter().flat_map(|family| {
        let (own, any) = (both(family), AddrRanges::any(family));
        [
            Match::between(any.to_set(), own.to_set()),
            Match::between(own.to_set(), any.to_set()),
        ]
    });
    each.collect()
}

/// Compares the members of every redundant pair of a policy, up to their own addresses.
///
/// # Errors
/// Captures whose dialect is unclear.
pub fn twins(
    sources: &SourceMap,
    policy: &Policy,
    captures: &[Capture],
    options: &Options,
) -> Job<Vec<(String, DiffOutcome)>> {
    let how = How {
        core_only: false,
        twins: true,
    };
    let mut out = Vec::new();
    for (index, switch) in policy.network.switches.iter().enumerate() {
        let Some(twin) = switch.twin.filter(|twin| twin.0 > index) else {
            continue;
        };
        let twin = policy.network.switch(twin);
        let find = |name: &str| captures.iter().find(|c| c.name == name).cloned();
        let (Some(one), Some(other)) = (find(&switch.label.name), find(&twin.label.name)) else {
            continue;
        };
        let known = Known {
            old: Some(policy),
            new: Some(policy),
            names: None,
        };
        let outcome = run(sources, &[one], &[other], known, how, options)?;
        let name = format!("{} | {}", switch.label.name, twin.label.name);
        out.push((name, outcome));
    }
    Ok(out)
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
