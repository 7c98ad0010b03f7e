//! Two filters -> the packets whose fate changed (D46).
//!
//! First the bounds of both lists give what differs under every reading and what differs under some; entries that both
//! lists begin with cancel. What is still open between the two is decided case by case over the questions that touch it.

use super::readings::{cases, resolve};
use crate::acl::{Ace, Acl, Action, Question};
use crate::net::proto::TCP;
use crate::net::{ByteSet, ExtSet, Family, FlagSet, Flow, Match, PositionSet, TcpFlags};
use crate::pset::{Deciders, Limits, PacketSet, Prefer, Space};
use std::collections::BTreeMap;

/// Equal, different, or readings differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The same function under every reading.
    Equal,
    /// Neither is certain.
    Unknown,
    /// Some packet's fate differs under every reading.
    Different,
}

/// What became of packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Denied before, permitted now.
    NewlyPermitted,
    /// Permitted before, denied now.
    NewlyDenied,
}

/// Kinds of packets that dialects treat apart (D8, D9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Whole packets and first fragments without extension headers.
    Core,
    /// Of those, TCP segments with RST and without ACK, where two dialects are compared: what `established` and its
    /// kin do with them differs by nature, and no session needs them (D42). Within one dialect they are `core`.
    Rst,
    /// Later fragments without extension headers.
    Later,
    /// With extension headers.
    Ext,
}

/// Packets of one effect that one pair of entries decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Effect.
    pub effect: Effect,
    /// Class.
    pub class: Class,
    /// Under every reading.
    pub certain: bool,
    /// The packets, as disjoint boxes.
    pub regions: Vec<Match>,
    /// One of them.
    pub witness: Flow,
    /// Index of the entry that decides in the old list (D13).
    pub old: usize,
    /// Index of the entry that decides in the new list.
    pub new: usize,
}

/// The answer about two filters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The verdict.
    pub verdict: Verdict,
    /// The difference, disjoint and complete unless `limited`.
    pub changes: Vec<Change>,
    /// The limit of nodes was reached, or the difference is too ragged to be listed.
    pub limited: bool,
}

/// Boxes of one change that are listed, at most.
const MOST_REGIONS: usize = 1 << 14;

impl Comparison {
    /// The verdict on one class alone: different under every reading if a certain change is of it.
    #[must_use]
    pub fn verdict_of(&self, class: Class) -> Verdict {
        if self.limited {
            return self.verdict;
        }
        let of_class = self.changes.iter().filter(|change| change.class == class);
        let worst = of_class.map(|change| match change.certain {
            true => Verdict::Different,
            // It may differ either way under every reading; then too it is not said to be equal.
            false => Verdict::Unknown,
        });
        worst.max().unwrap_or(Verdict::Equal)
    }
}

/// Compares two lists of one family.
#[must_use]
pub fn compare(old: &Acl, new: &Acl, limits: Limits) -> Comparison {
    compare_in(old, new, &Scope::default(), limits)
}

/// What of two lists can be compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scope {
    /// Packets that only one of both lists may see, by what their dialects say of bridged frames (D18, D25): traffic
    /// inside the link. They are not compared.
    pub unseen: Vec<Match>,
    /// The lists are of two dialects.
    pub dialects: bool,
}

/// The same within a scope.
#[must_use]
pub fn compare_in(old: &Acl, new: &Acl, scope: &Scope, limits: Limits) -> Comparison {
    let equal = Comparison {
        verdict: Verdict::Equal,
        changes: Vec::new(),
        limited: false,
    };
    if old.all().len() == new.all().len() && common(old, new) == old.all().len() {
        return equal;
    }
    let space = Space::for_acls(old.family, &[old, new]).within(limits);
    let fates = fates(&space, old, new).without(&space, space.of_matches(&scope.unseen));
    let verdict = fates.verdict(&space);
    let (changes, cut) = list(&space, old, new, &fates, scope.dialects);
    if space.exhausted() {
        return Comparison {
            verdict: Verdict::Unknown,
            changes: Vec::new(),
            limited: true,
        };
    }
    Comparison {
        verdict,
        changes,
        limited: cut,
    }
}

/// How many entries both lists begin with.
fn common(old: &Acl, new: &Acl) -> usize {
    let same =
        |(a, b): &(&Ace, &Ace)| a.action == b.action && a.certain == b.certain && a.open == b.open;
    old.all().zip(new.all()).take_while(same).count()
}

/// Both effects, each under every reading and under some; and what differs under every reading, whichever way.
struct Fates {
    permitted: (PacketSet, PacketSet),
    denied: (PacketSet, PacketSet),
    always: PacketSet,
}

impl Fates {
    fn without(self, space: &Space, unseen: PacketSet) -> Fates {
        let seen = |set| space.minus(set, unseen);
        let both = |(must, may)| (seen(must), seen(may));
        Fates {
            permitted: both(self.permitted),
            denied: both(self.denied),
            always: seen(self.always),
        }
    }

    fn verdict(&self, space: &Space) -> Verdict {
        let nothing = space.is_empty(self.permitted.1) && space.is_empty(self.denied.1);
        match (space.is_empty(self.always), nothing) {
            (false, _) => Verdict::Different,
            (true, true) => Verdict::Equal,
            (true, false) => Verdict::Unknown,
        }
    }
}

fn fates(space: &Space, old: &Acl, new: &Acl) -> Fates {
    let bounds = by_bounds(space, old, new);
    let open = space.union(
        space.minus(bounds.permitted.1, bounds.permitted.0),
        space.minus(bounds.denied.1, bounds.denied.0),
    );
    if space.is_empty(open) {
        return bounds;
    }
    let questions = questions(space, &[old, new], open);
    match cases(&questions) {
        None => bounds,
        Some(cases) => {
            let cases = cases
                .iter()
                .map(|case| (resolve(old, case), resolve(new, case)));
            by_cases(space, &bounds, open, cases)
        }
    }
}

/// The bounds of both lists behind the entries they share. A packet that the shared entries certainly take has one fate;
/// one that they may take may have.
fn by_bounds(space: &Space, old: &Acl, new: &Acl) -> Fates {
    let shared = common(old, new);
    let taken: Vec<_> = old
        .all()
        .take(shared)
        .map(|ace| space.of_ace(ace))
        .collect();
    let side = |pick: fn(&crate::pset::Bounds) -> PacketSet| {
        space.union_all(&taken.iter().map(pick).collect::<Vec<_>>())
    };
    let (certain, possible) = (side(|b| b.must), side(|b| b.may));
    let before = space.permitted(&behind(old, shared));
    let after = space.permitted(&behind(new, shared));
    let effect = |a, b| {
        let bounds = space.bounds_minus(a, b);
        (
            space.minus(bounds.must, possible),
            space.minus(bounds.may, certain),
        )
    };
    let (permitted, denied) = (effect(after, before), effect(before, after));
    Fates {
        permitted,
        denied,
        always: space.union(permitted.0, denied.0),
    }
}

/// The list without its first entries.
fn behind(acl: &Acl, shared: usize) -> Acl {
    let from_tail = shared.saturating_sub(acl.entries.len());
    Acl {
        entries: acl.entries.iter().skip(shared).cloned().collect(),
        tail: acl.tail.iter().skip(from_tail).cloned().collect(),
        ..acl.clone()
    }
}

/// The questions that touch a set, and whether an unread line hangs on them.
fn questions<'a>(space: &Space, lists: &[&'a Acl], set: PacketSet) -> BTreeMap<&'a Question, bool> {
    let mut out = BTreeMap::new();
    for ace in lists.iter().flat_map(|acl| acl.all()) {
        for open in &ace.open {
            if !space.disjoint(space.of_matches(&open.boxes), set) {
                *out.entry(&open.question).or_insert(false) |= ace.action == Action::Unread;
            }
        }
    }
    out
}

/// What was open, decided case by case.
fn by_cases(
    space: &Space,
    bounds: &Fates,
    open: PacketSet,
    cases: impl Iterator<Item = (Acl, Acl)>,
) -> Fates {
    let (mut permitted, mut denied) = ((open, space.empty()), (open, space.empty()));
    let mut always = open;
    for (old, new) in cases {
        let (before, after) = (space.permitted(&old).must, space.permitted(&new).must);
        let more = space.intersect(open, space.minus(after, before));
        let less = space.intersect(open, space.minus(before, after));
        permitted = (
            space.intersect(permitted.0, more),
            space.union(permitted.1, more),
        );
        denied = (space.intersect(denied.0, less), space.union(denied.1, less));
        always = space.intersect(always, space.union(more, less));
    }
    let with = |bound: PacketSet, pair: (PacketSet, PacketSet)| {
        (space.union(bound, pair.0), space.union(bound, pair.1))
    };
    Fates {
        permitted: with(bounds.permitted.0, permitted),
        denied: with(bounds.denied.0, denied),
        always: space.union(bounds.always, always),
    }
}

/// The difference by effect, certainty, class and pair of entries. A packet whose fate may change either way is listed as
/// newly permitted only, so that changes do not overlap.
fn list(space: &Space, old: &Acl, new: &Acl, fates: &Fates, dialects: bool) -> (Vec<Change>, bool) {
    let maybe_permitted = space.minus(fates.permitted.1, fates.permitted.0);
    let maybe_denied = space.minus(fates.denied.1, fates.denied.0);
    let maybe_denied = space.minus(maybe_denied, maybe_permitted);
    let groups = [
        (Effect::NewlyPermitted, true, fates.permitted.0),
        (Effect::NewlyDenied, true, fates.denied.0),
        (Effect::NewlyPermitted, false, maybe_permitted),
        (Effect::NewlyDenied, false, maybe_denied),
    ];
    let mut changes = Vec::new();
    let mut cut = false;
    let all = space.union_all(&groups.map(|(.., set)| set));
    if space.is_empty(all) {
        return (changes, cut);
    }
    let deciders = [old, new].map(|acl| space.deciders(acl, all));
    for (class, of_class) in classes(space, dialects) {
        for (effect, certain, set) in groups {
            let set = space.intersect(set, of_class);
            for (old, new, part) in pairs(space, &deciders, set) {
                let regions = space.regions(part, MOST_REGIONS);
                cut |= regions.cut;
                changes.extend(
                    space
                        .witness(part, &Prefer::default())
                        .map(|witness| Change {
                            effect,
                            class,
                            certain,
                            regions: regions.list,
                            witness,
                            old,
                            new,
                        }),
                );
            }
        }
    }
    (changes, cut)
}

fn classes(space: &Space, dialects: bool) -> Vec<(Class, PacketSet)> {
    let any = Match::any(space.family());
    let ext = match space.family() {
        Family::V4 => space.empty(),
        Family::V6 => space.of_match(&Match {
            ext: ExtSet::PRESENT,
            ..any.clone()
        }),
    };
    let later = space.of_match(&Match {
        position: PositionSet::LATER,
        ..any
    });
    let later = space.minus(later, ext);
    let core = space.complement(space.union(later, ext));
    let rst = match dialects {
        true => space.intersect(core, space.of_match(&lone_rst(space.family()))),
        false => space.empty(),
    };
    vec![
        (Class::Core, space.minus(core, rst)),
        (Class::Rst, rst),
        (Class::Later, later),
        (Class::Ext, ext),
    ]
}

/// TCP segments with RST and without ACK.
fn lone_rst(family: Family) -> Match {
    Match {
        protocol: ByteSet::one(TCP),
        flags: FlagSet::all(TcpFlags::RST, TcpFlags::ACK),
        position: PositionSet::L4,
        ..Match::any(family)
    }
}

/// A set by the entries that decide its packets on both sides.
fn pairs(
    space: &Space,
    [old, new]: &[Deciders; 2],
    set: PacketSet,
) -> Vec<(usize, usize, PacketSet)> {
    if space.is_empty(set) {
        return Vec::new();
    }
    let mut out = Vec::new();
    for (before, part) in space.decided_by(old, set) {
        let after = space.decided_by(new, part);
        out.extend(after.into_iter().map(|(after, part)| (before, after, part)));
    }
    out
}
