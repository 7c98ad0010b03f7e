//! The states of a change between two networks: safe, live and manageable (D47), on what arrives and not list by list.
//!
//! In: OLD and NEW, and any state between. Out: per property a verdict with a packet. All is asked under one reading at a
//! time; a state is proved if it is under every reading.

use super::arrivals::{Arrivals, End, Pair, arrivals, gained, show};
use super::replay::OurBug;
use super::spec::Half;
use super::view::View;
use super::world::{World, open_facts};
use super::{Verdict, works};
use crate::acl::{Acl, Question, Reading};
use crate::model::{At, ClaimKind, Policy};
use crate::net::{Family, Flow};
use crate::pset::{Bounds, PacketSet, Prefer, Space};
use crate::reach::Side;
use crate::topo::Named;
use jiff::civil::Date;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What must hold of every state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Property {
    /// Nothing arrives that neither OLD nor NEW lets arrive: between any two places, which is more than D47 asks; at own
    /// addresses of switches only where a forbidding claim speaks of them, as in D45.
    Safe,
    /// What works in OLD and in NEW works.
    Live,
    /// Sessions to the switches that are not finished work as in OLD.
    Manageable,
    /// The entries fit into the tables of the model; judged by the caller.
    Fits,
}

/// A property that a state does not have for certain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// The property.
    pub property: Property,
    /// Refuted or unknown.
    pub verdict: Verdict,
    /// Where from and to, in names.
    pub between: (String, String),
    /// A packet that arrives and should not, or the other way round.
    pub flow: Option<Flow>,
}

/// Open facts that are split on, at most.
const MOST_FACTS: usize = 3;

/// OLD and NEW, ready to judge states.
pub struct Judge<'p> {
    policy: &'p Policy,
    at: Date,
    ends: [Vec<Arc<Named>>; 2],
    limit: Option<usize>,
    /// Every open fact left open: enough if nothing hangs on one.
    bounds: Envelope,
    /// Fact by fact, made when first needed.
    readings: OnceCell<Vec<Envelope>>,
}

/// OLD and NEW under one reading.
struct Envelope {
    reading: Reading,
    families: Vec<Bound>,
}

/// One family of it.
struct Bound {
    family: Family,
    space: Space,
    old: Arrivals,
    new: Arrivals,
    /// Per group of sessions: what both carry, and what OLD carries.
    carried: Vec<(Bounds, Bounds)>,
}

/// Sessions between two places.
struct Group<'h> {
    source: &'h Half,
    required: PacketSet,
}

impl<'p> Judge<'p> {
    /// Computes both ends of the change. `limit` is the number of diagram nodes per family.
    #[must_use]
    pub fn new(
        policy: &'p Policy,
        at: Date,
        old: &[Arc<Named>],
        new: &[Arc<Named>],
        limit: Option<usize>,
    ) -> Judge<'p> {
        Judge {
            policy,
            at,
            ends: [old.to_vec(), new.to_vec()],
            limit,
            bounds: envelope(policy, at, old, new, Reading::new(), limit),
            readings: OnceCell::new(),
        }
    }

    fn readings(&self) -> &[Envelope] {
        self.readings.get_or_init(|| {
            let [old, new] = &self.ends;
            let both: Vec<Arc<Named>> = old.iter().chain(new).cloned().collect();
            let facts: BTreeSet<Question> = open_facts(&both).into_iter().collect();
            let facts: Vec<Question> = facts.into_iter().take(MOST_FACTS).collect();
            let each = (0u32..1 << facts.len()).map(|bits| {
                let answers = facts.iter().enumerate();
                let reading: Reading = answers
                    .map(|(i, fact)| (fact.clone(), bits >> i & 1 == 1))
                    .collect();
                envelope(self.policy, self.at, old, new, reading, self.limit)
            });
            each.collect()
        })
    }

    /// What a state lacks; nothing is a proof. `unfinished` are the switches that must stay manageable.
    ///
    /// # Errors
    /// [`OurBug`] if a packet that certainly leaks does not do so in the interpreter.
    pub fn state(&self, state: &[Arc<Named>], unfinished: &[&str]) -> Result<Vec<Breach>, OurBug> {
        let found = self.under(&self.bounds, state, unfinished)?;
        if found
            .iter()
            .all(|breach| breach.verdict == Verdict::Refuted)
        {
            return Ok(one_each(found));
        }
        let mut per_reading = Vec::new();
        for envelope in self.readings() {
            per_reading.push(self.under(envelope, state, unfinished)?);
        }
        let mut all: Vec<Breach> = Vec::new();
        let cases = per_reading.len();
        for property in [Property::Safe, Property::Live, Property::Manageable] {
            let mine = |found: &Vec<Breach>| {
                let mine = found.iter().filter(|b| b.property == property);
                mine.max_by_key(|b| b.verdict).cloned()
            };
            let found: Vec<Breach> = per_reading.iter().filter_map(mine).collect();
            let certain = found
                .iter()
                .filter(|b| b.verdict == Verdict::Refuted)
                .count()
                == cases;
            if let Some(worst) = found.into_iter().max_by_key(|b| b.verdict) {
                let verdict = if certain {
                    Verdict::Refuted
                } else {
                    Verdict::Unknown
                };
                all.push(Breach { verdict, ..worst });
            }
        }
        Ok(all)
    }

    fn under(
        &self,
        envelope: &Envelope,
        state: &[Arc<Named>],
        unfinished: &[&str],
    ) -> Result<Vec<Breach>, OurBug> {
        let world = World::new(self.policy, self.at, state, &envelope.reading);
        let mut found = Vec::new();
        for bound in &envelope.families {
            let view = View::in_world(&world, bound.family, &bound.space);
            safe(&view, bound, &mut found)?;
            carried(&view, bound, unfinished, &mut found);
            if bound.space.exhausted() {
                found.push(Breach {
                    property: Property::Safe,
                    verdict: Verdict::Unknown,
                    between: Default::default(),
                    flow: None,
                });
            }
        }
        Ok(found)
    }
}

/// The worst breach of each property.
fn one_each(found: Vec<Breach>) -> Vec<Breach> {
    let mut all: Vec<Breach> = Vec::new();
    for breach in found {
        if all.iter().all(|known| known.property != breach.property) {
            all.push(breach);
        }
    }
    all
}

fn envelope(
    policy: &Policy,
    at: Date,
    old: &[Arc<Named>],
    new: &[Arc<Named>],
    reading: Reading,
    limit: Option<usize>,
) -> Envelope {
    let worlds = [old, new].map(|side| World::new(policy, at, side, &reading));
    let families = Family::BOTH.map(|family| {
        let lists = worlds.iter().flat_map(|world| &world.topo.devices);
        let acls: Vec<&Acl> = lists
            .flat_map(|named| &named.device.acls)
            .filter(|acl| acl.family == family)
            .collect();
        let space = Space::for_acls(family, &acls);
        let space = match limit {
            Some(nodes) => space.with_limit(nodes),
            None => space,
        };
        let (before, after, both) = {
            let views = worlds
                .each_ref()
                .map(|world| View::in_world(world, family, &space));
            let sides = views.each_ref().map(arrivals);
            let carried: Vec<Vec<Bounds>> = views.iter().map(all_carried).collect();
            let both = carried[0].iter().zip(&carried[1]);
            let both: Vec<(Bounds, Bounds)> = both
                .map(|(old, new)| (space.bounds_intersect(*old, *new), *old))
                .collect();
            let [before, after] = sides;
            (before, after, both)
        };
        Bound {
            family,
            space,
            old: before,
            new: after,
            carried: both,
        }
    });
    Envelope {
        reading,
        families: families.into(),
    }
}

/// What arrives and does in neither OLD nor NEW.
fn safe(view: &View<'_>, bound: &Bound, found: &mut Vec<Breach>) -> Result<(), OurBug> {
    let space = &bound.space;
    let now = arrivals(view);
    let nothing = Bounds::exactly(space.empty());
    let mut either = bound.old.clone();
    for (pair, set) in &bound.new {
        let known = either.get(pair).copied().unwrap_or(nothing);
        either.insert(pair.clone(), space.bounds_union(known, *set));
    }
    let mut worst: Option<(Pair, PacketSet, bool)> = None;
    for (pair, extra) in gained(space, &either, &now) {
        let spoken = spoken_of(view, &pair);
        let extra = Bounds {
            must: space.intersect(extra.must, spoken),
            may: space.intersect(extra.may, spoken),
        };
        if space.is_empty(extra.may) {
            continue;
        }
        let certain = !space.is_empty(extra.must);
        if worst.as_ref().is_none_or(|(.., known)| certain && !known) {
            let set = if certain { extra.must } else { extra.may };
            worst = Some((pair, set, certain));
        }
    }
    if let Some((pair, set, certain)) = worst {
        let shown = show(view, &pair, set, certain)?;
        found.push(Breach {
            property: Property::Safe,
            verdict: if certain {
                Verdict::Refuted
            } else {
                Verdict::Unknown
            },
            between: (pair.0, pair.1.name()),
            flow: shown.map(|(flow, _)| flow),
        });
    }
    Ok(())
}

/// What of a pair must be safe: all of it between links; at a switch what forbidding claims of the link speak of.
fn spoken_of(view: &View<'_>, (from, end): &Pair) -> PacketSet {
    let space = view.space();
    if !matches!(end, End::Own(_)) {
        return space.full();
    }
    let claims = view
        .policy
        .claims
        .iter()
        .filter_map(|claim| match &claim.kind {
            ClaimKind::Only { from, to, .. } => Some((from, to)),
            _ => None,
        });
    let mine = claims.filter(|(senders, _)| {
        let mut links = senders.iter().filter_map(|spot| view.link_of(spot.at));
        links.any(|link| view.topo.link_name(link) == *from)
    });
    let targets = mine
        .flat_map(|(_, to)| to)
        .map(|spot| view.to(spot.addrs.of(view.family)));
    space.union_all(&targets.collect::<Vec<_>>())
}

/// The sessions in force, joined by the places between which they run.
fn groups<'h>(view: &'h View<'_>) -> Vec<Group<'h>> {
    let space = view.space();
    let mut keys: Vec<(At, At, bool)> = Vec::new();
    let mut groups: Vec<Group<'h>> = Vec::new();
    let mine = view.halves.iter().filter(|half| half.family == view.family);
    for half in mine.filter(|half| !half.required.is_empty()) {
        let key = (half.source().at, half.target().at, half.reply);
        let required = works::required(view, half);
        match keys.iter().position(|known| *known == key) {
            Some(at) => groups[at].required = space.union(groups[at].required, required),
            None => {
                keys.push(key);
                groups.push(Group {
                    source: half,
                    required,
                });
            }
        }
    }
    groups
}

fn all_carried(view: &View<'_>) -> Vec<Bounds> {
    groups(view)
        .iter()
        .map(|group| one_carried(view, group))
        .collect()
}

fn one_carried(view: &View<'_>, group: &Group<'_>) -> Bounds {
    let (source, goal) = (group.source.source(), view.goal(group.source.target()));
    let side = |side| view.carried(source, &goal, group.required, side);
    Bounds {
        must: side(Side::Must),
        may: side(Side::May),
    }
}

/// What works in OLD and NEW and not now, and what manages an unfinished switch in OLD and not now.
fn carried(view: &View<'_>, bound: &Bound, unfinished: &[&str], found: &mut Vec<Breach>) {
    let space = &bound.space;
    let manages = |half: &Half| {
        [half.source().at, half.target().at].iter().any(|at| {
            matches!(at, At::Switch(id) if {
                let name = view.policy.network.switch(*id).label.name.as_str();
                unfinished.contains(&name)
            })
        })
    };
    for (group, (both, old)) in groups(view).iter().zip(&bound.carried) {
        let now = one_carried(view, group);
        let wanted = [
            (Property::Live, Some(both)),
            (Property::Manageable, manages(group.source).then_some(old)),
        ];
        for (property, needed) in wanted {
            let Some(needed) = needed else { continue };
            let missing = space.bounds_minus(*needed, now);
            if space.is_empty(missing.may) {
                continue;
            }
            let certain = !space.is_empty(missing.must);
            let set = if certain { missing.must } else { missing.may };
            let name = |spot: &crate::model::Spot| view.policy.network.name(spot.place).to_owned();
            let (from, to) = (group.source.source(), group.source.target());
            found.push(Breach {
                property,
                verdict: if certain {
                    Verdict::Refuted
                } else {
                    Verdict::Unknown
                },
                between: (name(from), name(to)),
                flow: space.witness(set, &Prefer::default()),
            });
        }
    }
}
