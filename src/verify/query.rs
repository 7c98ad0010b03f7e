//! Questions without a claim: what gets through between places, and where one packet goes.

use super::view::{Origin, View};
use super::world::World;
use crate::acl::{Acl, Reading};
use crate::model::{At, Place, Policy, Spot};
use crate::net::{Family, Flow, Match};
use crate::pset::{Limits, PacketSet, Prefer, Space};
use crate::reach::{End, Hop, HopAction, HopKind, Side, Trace, TraceEnd, Walker};
use crate::topo::{LinkKey, Named};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Packets of one kind that get through.
#[derive(Clone, Debug)]
pub struct Through {
    /// The packets.
    pub region: Match,
    /// They are replies of an `allow` in the other direction.
    pub reply: bool,
    /// Under every reading.
    pub certain: bool,
    /// One of them.
    pub witness: Flow,
}

/// What gets through.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Disjoint.
    pub flows: Vec<Through>,
    /// There is more: a limit was reached.
    pub cut: bool,
}

/// Everything that gets from the links of some spots to others, with any source address.
#[must_use]
pub fn flows(
    policy: &Policy,
    at: Date,
    devices: &[Arc<Named>],
    from: &[Spot],
    to: &[Spot],
    limits: Limits,
    most: usize,
) -> Found {
    let world = World::new(policy, at, devices, &Reading::new());
    let mut found = Found::default();
    for family in Family::BOTH {
        let space = world.space(family, limits);
        let view = View::new(
            policy,
            &world.topo,
            &world.halves,
            &world.beyond,
            family,
            &space,
        );
        one_family(&view, from, to, most, &mut found);
        found.cut |= space.exhausted();
    }
    found
}

fn one_family(view: &View<'_>, from: &[Spot], to: &[Spot], most: usize, found: &mut Found) {
    let space = view.space();
    let mut links: Vec<usize> = from
        .iter()
        .filter_map(|spot| view.link_of(spot.at))
        .collect();
    links.sort_unstable();
    links.dedup();
    let (mut may, mut must, mut replies) = (space.empty(), space.empty(), space.empty());
    for &link in &links {
        for target in to
            .iter()
            .filter(|target| view.link_of(target.at) != Some(link))
        {
            may = space.union(may, view.arrivals(&view.spread(link, Side::May), target));
            must = space.union(must, view.arrivals(&view.spread(link, Side::Must), target));
            replies = space.union(
                replies,
                super::only::replies(view, Origin::Link(link), target),
            );
        }
    }
    for (part, certain) in [(must, true), (space.minus(may, must), false)] {
        for (set, reply) in [
            (space.minus(part, replies), false),
            (space.intersect(part, replies), true),
        ] {
            let regions = space.regions(set, most);
            found.cut |= regions.cut;
            for region in regions.list {
                let here = space.intersect(set, space.of_match(&region));
                if let Some(witness) = space.witness(here, &Prefer::default()) {
                    found.flows.push(Through {
                        region,
                        reply,
                        certain,
                        witness,
                    });
                }
            }
        }
    }
}

/// The way of one packet from a spot, by the routers its hosts use, and the name of where it arrives.
#[must_use]
pub fn follow(
    policy: &Policy,
    at: Date,
    devices: &[Arc<Named>],
    from: &Spot,
    flow: &Flow,
) -> (Trace, Option<String>) {
    let world = World::new(policy, at, devices, &Reading::new());
    let network = &policy.network;
    let walker = Walker::new(&world.topo, &[]);
    if let At::Switch(id) = from.at {
        let name = &network.switch(id).label.name;
        let device = world
            .topo
            .devices
            .iter()
            .position(|named| named.name == *name);
        let Some(device) = device else {
            return (nothing(), None);
        };
        let (trace, end) = walker.walk_from(flow, device, true, &|end| *end != End::Dropped);
        return named(policy, &world, trace, &end, flow);
    }
    let Some(link) = network
        .vlan_of(from.at)
        .and_then(|vlan| world.topo.vlan(vlan))
    else {
        return (nothing(), None);
    };
    if let Some(neighbour) = on_link(policy, &world, link, flow) {
        let hop = Hop {
            kind: HopKind::Bridged,
            device: String::new(),
            interface: world.topo.link_name(link),
            direction: None,
            acl: None,
            line: None,
            text: String::new(),
            action: HopAction::None,
        };
        return (
            Trace {
                hops: vec![hop],
                end: TraceEnd::Arrives,
                because: Vec::new(),
            },
            Some(neighbour),
        );
    }
    let ports = first_ports(policy, &world, from, link, flow);
    let (trace, end) = walker.walk(flow, link, ports.as_deref(), true, &|end| {
        *end != End::Dropped
    });
    named(policy, &world, trace, &end, flow)
}

fn nothing() -> Trace {
    Trace {
        hops: Vec::new(),
        end: TraceEnd::Dropped,
        because: Vec::new(),
    }
}

/// The zone on the same link that holds the destination: no router is asked (D25).
fn on_link(policy: &Policy, world: &World<'_>, link: usize, flow: &Flow) -> Option<String> {
    let LinkKey::Vlan(vlan) = world.topo.links[link].key else {
        return None;
    };
    let own = world.topo.owners(link, flow.dst()).next().is_some();
    let here = |zone: &&crate::model::Zone| {
        zone.links.iter().any(|part| {
            part.vlan == vlan && part.prefixes.iter().any(|net| net.contains(&flow.dst()))
        })
    };
    (!own)
        .then(|| policy.network.zones.iter().find(here))
        .flatten()
        .map(|zone| zone.label.name.clone())
}

/// The declared next hops of the sender for this destination; `None`: any router on the link.
fn first_ports(
    policy: &Policy,
    world: &World<'_>,
    from: &Spot,
    link: usize,
    flow: &Flow,
) -> Option<Vec<usize>> {
    let gateways = policy.network.gateways_at(from.at);
    let mine = gateways
        .iter()
        .filter(|g| Family::of(g.addr) == flow.family());
    let covers = |spots: &Vec<Spot>| spots.iter().any(|spot| spot.addrs.contains(flow.dst()));
    let (special, general): (Vec<_>, Vec<_>) = mine.partition(|gateway| gateway.only_for.is_some());
    let fitting = special
        .iter()
        .find(|gateway| gateway.only_for.as_ref().is_some_and(covers))
        .or(general.first());
    fitting.map(|gateway| world.topo.owners(link, gateway.addr).collect())
}

fn named(
    policy: &Policy,
    world: &World<'_>,
    trace: Trace,
    end: &End,
    flow: &Flow,
) -> (Trace, Option<String>) {
    let network = &policy.network;
    let zone = match end {
        End::Dropped => None,
        End::Local(device) => Some(world.topo.devices[*device].name.clone()),
        End::Delivered(link) => {
            let LinkKey::Vlan(vlan) = world.topo.links[*link].key else {
                return (trace, None);
            };
            let here = |zone: &&crate::model::Zone| {
                zone.links.iter().any(|l| {
                    l.vlan == vlan && l.prefixes.iter().any(|net| net.contains(&flow.dst()))
                })
            };
            let zone = network
                .zones
                .iter()
                .find(here)
                .map(|zone| zone.label.name.clone());
            Some(zone.unwrap_or_else(|| format!("rest({})", world.topo.link_name(*link))))
        }
        End::Handed(link, addr) => {
            let behind = |index: usize| {
                let external = &network.externals[index];
                external.behind.contains(*addr) && world.topo.vlan(external.vlan) == Some(*link)
            };
            let mut fitting = (0..network.externals.len()).filter(|&index| behind(index));
            let by_address = |&index: &usize| network.externals[index].addrs.contains(flow.dst());
            let any = fitting.clone().find(by_address).or_else(|| fitting.next());
            let name = any.map(|index| {
                network
                    .name(Place::External(crate::model::ExternalId(index)))
                    .to_owned()
            });
            Some(name.unwrap_or_else(|| format!("unnamed({addr})")))
        }
    };
    (trace, zone)
}

/// For each change of a list, whether any of its packets ends elsewhere in the network now (D46): arrivals of every link
/// are compared. `None` past the limit.
#[must_use]
pub fn ends_differ(
    policy: &Policy,
    at: Date,
    sides: &[Vec<Arc<Named>>; 2],
    changes: &[&[Match]],
    limits: Limits,
) -> Vec<Option<bool>> {
    let worlds = [0, 1].map(|side| World::new(policy, at, &sides[side], &Reading::new()));
    let mut differs: Vec<Option<bool>> = vec![Some(false); changes.len()];
    for family in Family::BOTH {
        let lists = worlds
            .iter()
            .flat_map(|world| &world.topo.devices)
            .flat_map(|n| &n.device.acls);
        let acls: Vec<&Acl> = lists.filter(|acl| acl.family == family).collect();
        let space = Space::for_acls(family, &acls).within(limits);
        let ends = worlds
            .each_ref()
            .map(|world| ends(policy, world, family, &space));
        let keys: BTreeSet<&EndKey> = ends.iter().flat_map(BTreeMap::keys).collect();
        let changed = keys.into_iter().fold(space.empty(), |all, key| {
            let [old, new] = ends
                .each_ref()
                .map(|ends| ends.get(key).copied().unwrap_or(space.empty()));
            space.union(
                all,
                space.union(space.minus(old, new), space.minus(new, old)),
            )
        });
        for (slot, regions) in differs.iter_mut().zip(changes) {
            let here: Vec<Match> = regions
                .iter()
                .filter(|m| m.family == family)
                .cloned()
                .collect();
            let meets = !space.disjoint(changed, space.of_matches(&here));
            *slot = if space.exhausted() {
                None
            } else {
                slot.map(|known| known || meets)
            };
        }
    }
    differs
}

/// Link of injection, and where: on a link, at a next hop of it, or at a device.
type EndKey = (String, String);

/// Everything that may arrive anywhere, by link of injection and end.
fn ends(
    policy: &Policy,
    world: &World<'_>,
    family: Family,
    space: &Space,
) -> BTreeMap<EndKey, PacketSet> {
    let view = View::new(
        policy,
        &world.topo,
        &world.halves,
        &world.beyond,
        family,
        space,
    );
    let mut ends = BTreeMap::new();
    for link in 0..world.topo.links.len() {
        let from = world.topo.link_name(link);
        let spread = view.spread(link, Side::May);
        for (other, &set) in spread.delivered.iter().enumerate() {
            ends.insert((from.clone(), world.topo.link_name(other)), set);
        }
        for (&(other, addr), &set) in &spread.handed {
            ends.insert(
                (
                    from.clone(),
                    format!("{} {addr}", world.topo.link_name(other)),
                ),
                set,
            );
        }
        for (device, &set) in spread.local.iter().enumerate() {
            ends.insert((from.clone(), world.topo.devices[device].name.clone()), set);
        }
    }
    ends
}
