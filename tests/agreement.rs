//! Sets of packets against single packets: on random small networks, what `Net::spread` and `Net::carried` say of a set
//! is what `Walker` finds for its members, one by one, without any set (D27).

use crate::support::asked;
use crate::support::network::{Kind, Network, beyond, flow, network};
use aclc::net::Flow;
use aclc::pset::{PacketSet, Space};
use aclc::reach::{Beyond, End, Goal, Net, Side, Spread, Walker};
use aclc::topo::{Named, Topo};
use fastrand::Rng;
use std::cell::Cell;
use std::collections::BTreeMap;

/// A network with its sets and its walker.
struct Bench<'a> {
    seed: u64,
    network: &'a Network,
    net: &'a Net<'a>,
    space: &'a Space,
    walker: Walker<'a>,
}

/// Everywhere a packet can end in a network.
fn ends(network: &Network) -> Vec<End> {
    let topo = &network.topo;
    let links = 0..topo.links.len();
    let handed = network
        .next_hops
        .iter()
        .map(|&(link, addr)| End::Handed(link, addr));
    let local = (0..topo.devices.len()).map(End::Local);
    links
        .map(End::Delivered)
        .chain(handed)
        .chain(local)
        .collect()
}

fn at(space: &Space, spread: &Spread, end: &End) -> PacketSet {
    match end {
        End::Delivered(link) => spread.delivered[*link],
        End::Handed(link, addr) => {
            let known = spread.handed.get(&(*link, *addr)).copied();
            space.union(known.unwrap_or(space.empty()), spread.strayed[*link])
        }
        End::Local(device) => spread.local[*device],
        End::Dropped => space.empty(),
    }
}

/// Whether the destination is a router's on the link where it is put: it is delivered and presented to the router, and
/// the walk goes on in there.
fn goes_on(topo: &Topo, end: &End, flow: &Flow) -> bool {
    matches!(end, End::Delivered(link) if topo.owners(*link, flow.dst()).next().is_some())
}

impl Bench<'_> {
    /// Any-path reach.
    fn spread(&self, flow: &Flow, link: usize, counts: &mut BTreeMap<String, usize>) {
        let hairpins = &self.network.hairpins;
        let one = self.space.of_flow(flow);
        let [must, may] =
            [Side::Must, Side::May].map(|side| self.net.spread(link, one, hairpins, side));
        // A router that may answer for addresses not on its link is a question even where lists and facts are settled.
        let settled = self.net.is_settled() && !may.open;
        for end in ends(self.network) {
            if goes_on(&self.network.topo, &end, flow) {
                continue;
            }
            let [must, may] =
                [&must, &may].map(|spread| self.space.contains(at(self.space, spread, &end), flow));
            let wanted = |found: &End| *found == end;
            let [certain, possible] = [false, true].map(|possible| {
                let (trace, found) = self.walker.walk(flow, link, None, possible, &wanted);
                (found == end, trace.because.is_empty())
            });
            let said = format!(
                "seed {}: {flow} from {} to {end:?}: must {must}, may {may}, walks {certain:?} {possible:?}",
                self.seed,
                self.network.topo.link_name(link),
            );
            assert!(!must || may, "{said}");
            assert!(!must || possible.0, "{said}");
            assert!(!possible.0 || may, "{said}");
            assert!(certain != (true, true) || must, "{said}");
            if settled {
                assert_eq!((must, may), (possible.0, possible.0), "{said}");
            }
            let kind = format!("{end:?}");
            let kind = kind.split('(').next().expect("a name");
            *counts.entry(format!("{kind} {must} {may}")).or_default() += 1;
        }
    }

    /// All-path reach, from a host to one router and from a switch itself: every way ends in the goal.
    fn carried(&self, flow: &Flow, goal: &Goal, counts: &mut BTreeMap<String, usize>) {
        let topo = &self.network.topo;
        let wrong = |end: &End| !within(goal, end);
        let one = self.space.of_flow(flow);
        for port in
            (0..topo.ports.len()).filter(|&port| topo.interface(port).carries(self.net.family()))
        {
            let link = topo.ports[port].link;
            let sides = [Side::Must, Side::May].map(|side| self.net.carried(port, one, goal, side));
            let ways = [false, true].map(|possible| {
                self.walker
                    .walk(flow, link, Some(&[port]), possible, &wrong)
                    .1
            });
            let place = format!("{} {}", topo.device_name(port), topo.interface(port).name);
            let exact = self.unanswered(flow, |wanted| {
                let _ = self.walker.walk(flow, link, Some(&[port]), true, wanted);
            });
            self.judge(flow, goal, (sides, &ways, exact), &place, counts);
        }
        for device in 0..topo.devices.len() {
            let sides = [Side::Must, Side::May]
                .map(|side| self.net.carried_from(device, "", one, goal, side));
            let ways = [false, true]
                .map(|possible| self.walker.walk_from(flow, device, possible, &wrong).1);
            let place = &topo.devices[device].name;
            let exact = self.unanswered(flow, |wanted| {
                let _ = self.walker.walk_from(flow, device, true, wanted);
            });
            self.judge(flow, goal, (sides, &ways, exact), place, counts);
        }
    }

    /// Whether no router may answer for a packet on any link where some way puts it: where one may, A- gives up.
    fn unanswered(&self, flow: &Flow, walk: impl Fn(&dyn Fn(&End) -> bool)) -> bool {
        let topo = &self.network.topo;
        let met = Cell::new(false);
        walk(&|end| {
            if let End::Delivered(link) = end {
                // Whoever put it there is no other router, but one of several that did.
                let answers = topo.proxies(*link, usize::MAX, flow.dst()).next();
                met.set(met.get() || answers.is_some());
            }
            false
        });
        !met.get()
    }

    fn judge(
        &self,
        flow: &Flow,
        goal: &Goal,
        (sides, ways, exact): ([PacketSet; 2], &[End; 2], bool),
        place: &str,
        counts: &mut BTreeMap<String, usize>,
    ) {
        let [must, may] = sides.map(|set| self.space.contains(set, flow));
        let all = ways.iter().all(|end| within(goal, end));
        let said = format!(
            "seed {}: {flow} from {place} to {goal:?}: must {must}, may {may}, worst ways {ways:?}",
            self.seed
        );
        assert!(!must || all, "{said}");
        assert!(!must || may, "{said}");
        // A router that may answer for addresses not on its link is open even where lists and facts are settled.
        let agreed = within(goal, &ways[0]) == within(goal, &ways[1]);
        let open =
            |named: &std::sync::Arc<Named>| named.device.sees.from_switch.question().is_some();
        if self.net.is_settled() && agreed && !self.network.topo.devices.iter().any(open) {
            assert_eq!(may, all, "{said}");
            assert!(!exact || must == all, "{said}");
            let kind = format!("A- exact {exact} {must}");
            *counts.entry(kind).or_default() += 1;
        }
        *counts.entry(format!("all ways {must} {may}")).or_default() += 1;
    }
}

fn within(goal: &Goal, end: &End) -> bool {
    match end {
        End::Delivered(link) => goal.links.contains(link),
        End::Handed(link, addr) => goal.takes(*link, *addr),
        End::Local(device) => goal.local == Some(*device),
        End::Dropped => false,
    }
}

fn goal(rng: &mut Rng, network: &Network) -> Goal {
    let topo = &network.topo;
    let handed = network.next_hops.iter().copied();
    Goal {
        links: (0..topo.links.len()).filter(|_| rng.u8(..3) > 0).collect(),
        handed: handed
            .filter(|_| rng.bool())
            .map(|hop| beyond(hop, false))
            .collect(),
        local: rng.bool().then(|| rng.usize(..topo.devices.len())),
    }
}

fn compare(kind: Kind, seeds: std::ops::Range<u64>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for seed in seeds {
        let rng = &mut Rng::with_seed(seed);
        let network = network(rng, kind);
        let space = Space::new(network.family);
        let net = Net::new(&network.topo, network.family, &space);
        assert!(kind == Kind::Open || net.is_settled(), "seed {seed}");
        let bench = Bench {
            seed,
            network: &network,
            net: &net,
            space: &space,
            walker: Walker::new(&network.topo, &network.hairpins),
        };
        for _ in 0..12 {
            let flow = flow(rng, &network);
            let link = rng.usize(..network.topo.links.len());
            bench.spread(&flow, link, &mut counts);
        }
        // All ways: who returns packets is not asked (D29 is about what may happen).
        let hops = network.next_hops.iter().copied();
        let keeping: Vec<Beyond> = hops.map(|hop| beyond(hop, false)).collect();
        let bench = Bench {
            walker: Walker::new(&network.topo, &keeping),
            ..bench
        };
        for _ in 0..6 {
            let (flow, goal) = (flow(rng, &network), goal(rng, &network));
            bench.carried(&flow, &goal, &mut counts);
        }
        assert!(!space.exhausted());
    }
    counts
}

/// Every kind of answer must have come up, or nothing was compared.
fn came_up(counts: &BTreeMap<String, usize>, answers: &[&str]) {
    for answer in answers {
        assert!(
            counts.contains_key(*answer),
            "`{answer}` never came up: {counts:?}"
        );
    }
}

#[test]
fn sets_and_single_packets_agree_where_all_is_known() {
    let counts = compare(Kind::Settled, 0..asked("ACLC_NETWORKS", 250));
    came_up(
        &counts,
        &[
            "Delivered true true",
            "Handed true true",
            "Local true true",
            "Delivered false false",
            "all ways true true",
            "all ways false false",
            "A- exact true true",
            "A- exact true false",
        ],
    );
}

#[test]
fn single_packets_stay_within_the_bounds_where_something_is_open() {
    let first = 1_000_000;
    let counts = compare(Kind::Open, first..first + asked("ACLC_NETWORKS", 250));
    came_up(
        &counts,
        &[
            "Delivered true true",
            "Delivered false true",
            "Handed false true",
            "Local false true",
            "all ways true true",
            "all ways false true",
            "all ways false false",
        ],
    );
}
