//! The packet sets a topology is made of: what each interface lets in and out, what each device owns, its routes.

use super::trail::{Changes, Trail};
use crate::acl::{Acl, Direction, Known};
use crate::device::{EffectClass, Scope};
use crate::net::{AddrRanges, AddrSet, ByteSet, Family, Match, PortSet, proto};
use crate::pset::{Bounds, PacketSet, Space};
use crate::topo::{LINK_LOCAL_V6, Named, Target, Topo, interface_addrs, not_routed, subnets};
use ipnet::IpNet;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;
use std::sync::Arc;

/// One family of a network, ready to be asked.
pub struct Net<'a> {
    pub(super) topo: &'a Topo,
    pub(super) family: Family,
    pub(super) space: &'a Space,
    lists: Rc<Lists>,
    pub(super) frame: Rc<Frame>,
    /// What is being asked of lists, if somebody wants to know.
    trail: RefCell<Option<Trail>>,
}

/// What lists let through: all that a change of lists changes.
struct Lists {
    /// By device and number of the list.
    permitted: BTreeMap<(usize, usize), Bounds>,
    /// Per port: what its list, or the absence of one, lets in.
    inward: Vec<Bounds>,
    /// Per port: what its list lets out.
    outward: Vec<Bounds>,
}

/// Everything else: it hangs on addresses, routes and effects only.
pub(super) struct Frame {
    /// Per port: packets to the addresses of its interface, virtual ones too.
    pub(super) addressed: Vec<PacketSet>,
    /// Per port: packets to its subnets.
    pub(super) near: Vec<PacketSet>,
    /// Per device: packets that lines about its own services may drop behind the in-list (D19).
    guarded: Vec<PacketSet>,
    /// Broadcasts that routers send on as unicasts.
    pub(super) relays: Vec<Relay>,
    /// By device and VRF: its table.
    tables: BTreeMap<(usize, String), Table>,
}

/// Boxes of broadcasts that are told apart; of more only the ports are.
const MOST_BOXES: usize = 1000;

/// A broadcast of some UDP ports that a port sends on to a server ([`BroadcastRelay`]).
pub(super) struct Relay {
    pub(super) port: usize,
    /// The broadcasts, as the in-list sees them.
    pub(super) heard: PacketSet,
    /// What becomes of them: packets to the server, from whomever.
    pub(super) sent: PacketSet,
}

/// What a network of the same space was made of; see [`Net::again`].
#[derive(Clone)]
pub struct Made {
    lists: Rc<Lists>,
    frame: Rc<Frame>,
}

/// What a device does with destinations in one VRF.
pub(super) struct Table {
    /// Own addresses.
    pub(super) own: PacketSet,
    /// Those of them that another router may be the active owner of (VRRP, HSRP, GLBP: a state, D2).
    pub(super) shared: PacketSet,
    /// Destinations, and in IPv6 sources, that are not routed (D33).
    pub(super) unrouted: PacketSet,
    /// Sources that are not routed even where an effect sends destinations on that are not.
    pub(super) stuck: PacketSet,
    /// Destinations and their targets, disjoint.
    pub(super) routes: Vec<(PacketSet, Vec<Target>)>,
}

impl<'a> Net<'a> {
    /// Computes the sets of one family.
    #[must_use]
    pub fn new(topo: &'a Topo, family: Family, space: &'a Space) -> Net<'a> {
        let lists = Lists::new(topo, family, space, None);
        Net::of(
            topo,
            family,
            space,
            lists,
            Rc::new(Frame::new(topo, family, space)),
        )
    }

    /// The same after a change of some devices, and which packets lists treat otherwise now. `None` for the changes: more
    /// than lists changed, so nothing that was found out about the network before stands.
    #[must_use]
    pub fn again(
        topo: &'a Topo,
        family: Family,
        space: &'a Space,
        (old, made): (&Topo, &Made),
    ) -> (Net<'a>, Option<Changes>) {
        let lists = Lists::new(topo, family, space, Some((old, &made.lists)));
        if !topo.same_frame(old) {
            let frame = Rc::new(Frame::new(topo, family, space));
            return (Net::of(topo, family, space, lists, frame), None);
        }
        let changes = lists.changes(space, &made.lists);
        let frame = Rc::clone(&made.frame);
        (Net::of(topo, family, space, lists, frame), Some(changes))
    }

    fn of(
        topo: &'a Topo,
        family: Family,
        space: &'a Space,
        lists: Lists,
        frame: Rc<Frame>,
    ) -> Net<'a> {
        Net {
            topo,
            family,
            space,
            lists: Rc::new(lists),
            frame,
            trail: RefCell::default(),
        }
    }

    /// What it is made of, for [`Net::again`].
    #[must_use]
    pub fn made(&self) -> Made {
        Made {
            lists: Rc::clone(&self.lists),
            frame: Rc::clone(&self.frame),
        }
    }

    /// What a list does with packets; the question is noted.
    pub(super) fn ask(&self, port: usize, direction: Direction, packets: PacketSet) -> Bounds {
        if let Some(trail) = &mut *self.trail.borrow_mut() {
            trail.note(self.space, (port, direction), packets);
        }
        self.lists.at(port, direction)
    }

    /// A computation, and what it asked of lists. Who surrounds it has asked the same.
    pub fn followed<T>(&self, work: impl FnOnce() -> T) -> (T, Trail) {
        let (result, trail) = self.apart(work);
        self.asked_again(&trail);
        (result, trail)
    }

    /// A computation, and what it asked of lists. Its questions are nobody else's.
    pub fn apart<T>(&self, work: impl FnOnce() -> T) -> (T, Trail) {
        let outer = self.trail.replace(Some(Trail::default()));
        let result = work();
        (result, self.trail.replace(outer).unwrap_or_default())
    }

    /// Notes the questions of a computation whose result was remembered.
    pub fn asked_again(&self, trail: &Trail) {
        if let Some(outer) = &mut *self.trail.borrow_mut() {
            outer.join(self.space, trail);
        }
    }

    /// The topology.
    #[must_use]
    pub fn topo(&self) -> &'a Topo {
        self.topo
    }

    /// The family.
    #[must_use]
    pub fn family(&self) -> Family {
        self.family
    }

    /// Whether every list and fact is settled, so that what may and what must get through are one.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        let exact = |all: &[Bounds]| all.iter().all(Bounds::is_exact);
        let known = |port: usize| {
            let device = self.topo.device(port);
            device.sees.to_switch.question().is_none()
                && device.sees.from_switch.question().is_none()
                && device.forwards.of(self.family).question().is_none()
                && device.effects.is_empty()
                && !device
                    .dynamic
                    .iter()
                    .any(|(vrf, _)| device.learns(vrf, self.family))
        };
        exact(&self.lists.inward)
            && exact(&self.lists.outward)
            && self.relaying().is_none()
            && (0..self.topo.ports.len()).all(known)
    }

    /// The arena the sets live in.
    #[must_use]
    pub fn space(&self) -> &'a Space {
        self.space
    }

    /// A port that may send broadcasts on: its list lets some in.
    #[must_use]
    pub fn relaying(&self) -> Option<usize> {
        let heard = |relay: &&Relay| {
            let let_in = self.lists.inward[relay.port].may;
            !self.space.disjoint(let_in, relay.heard)
        };
        self.frame.relays.iter().find(heard).map(|relay| relay.port)
    }

    /// What a relay may send on: the broadcasts that its list may let in, with the server as destination.
    pub(super) fn relayed(&self, relay: &Relay) -> PacketSet {
        let heard = self.entering(relay.port, relay.heard).may;
        let boxes = self.space.regions(heard, MOST_BOXES);
        if boxes.cut {
            return relay.sent;
        }
        let any = AddrSet::any(Family::V4);
        let sent: Vec<Match> = boxes
            .list
            .into_iter()
            .map(|m| Match {
                dst: any.clone(),
                ..m
            })
            .collect();
        self.space
            .intersect(self.space.of_matches(&sent), relay.sent)
    }

    /// What of some packets a port lets in.
    #[must_use]
    pub fn entering(&self, port: usize, packets: PacketSet) -> Bounds {
        let filter = self.ask(port, Direction::In, packets);
        asked(self.space, &Known::Yes, filter, packets)
    }

    pub(super) fn table(&self, port: usize) -> &Table {
        self.table_of(self.topo.ports[port].device, &self.topo.interface(port).vrf)
    }

    /// What of the device's own packets gets out of a port, if the fact says that its list sees them (D18, D20).
    #[must_use]
    pub fn sent(&self, port: usize, sees: &Known, packets: PacketSet) -> Bounds {
        let filter = self.ask(port, Direction::Out, packets);
        asked(self.space, sees, filter, packets)
    }

    /// What of the packets at a port is handed to the switch itself: past the in-list as the fact says (D18), and past what
    /// its services are guarded with besides. Where the switch may rewrite packets, or a line was not understood at all, that
    /// is certain of none (D23).
    pub(super) fn to_own(&self, port: usize, filter: Bounds, packets: PacketSet) -> Bounds {
        let space = self.space;
        let sees = &self.topo.device(port).sees.to_switch;
        let mine = space.intersect(packets, self.table(port).own);
        let own = asked(space, sees, filter, mine);
        let device = self.topo.ports[port].device;
        let certain = match self.topo.rewrites(device) {
            true => space.empty(),
            false => space.minus(own.must, self.frame.guarded[device]),
        };
        Bounds {
            must: certain,
            may: own.may,
        }
    }

    /// Own addresses of a device in all its VRFs.
    pub(super) fn own_anywhere(&self, device: usize) -> PacketSet {
        let mine = self.frame.tables.iter().filter(|((d, _), _)| *d == device);
        mine.fold(self.space.empty(), |all, (_, table)| {
            self.space.union(all, table.own)
        })
    }

    pub(super) fn table_of(&self, device: usize, vrf: &str) -> &Table {
        self.frame
            .tables
            .get(&(device, vrf.to_owned()))
            .expect("INVARIANT: every VRF of a device has a table")
    }

    /// What of some packets is certain to get across a link past the switches on it whose lists may see bridged frames
    /// (D25); the sender's and the receiver's own port do not count.
    pub(super) fn across(
        &self,
        link: usize,
        packets: PacketSet,
        sender: Option<usize>,
        receiver: Option<usize>,
    ) -> PacketSet {
        let mut left = packets;
        for &port in &self.topo.links[link].ports {
            if Some(port) == sender || Some(port) == receiver {
                continue;
            }
            let sees = &self.topo.device(port).sees;
            let ways = [
                (Direction::In, &sees.bridged_in),
                (Direction::Out, &sees.bridged_out),
            ];
            for (direction, _) in ways.into_iter().filter(|(_, fact)| fact.may()) {
                let filter = self.ask(port, direction, left);
                left = self.space.intersect(left, filter.must);
            }
        }
        left
    }
}

impl Lists {
    /// Each list is worked out once, and not at all if the network before had it.
    fn new(topo: &Topo, family: Family, space: &Space, old: Option<(&Topo, &Lists)>) -> Lists {
        let mut permitted = BTreeMap::new();
        let mut known: HashMap<u64, Vec<(&Acl, Bounds)>> = HashMap::new();
        for (d, named) in topo.devices.iter().enumerate() {
            let bindings = named.device.interfaces.iter().flat_map(|i| &i.bindings);
            for binding in bindings.filter(|binding| binding.family == family) {
                let key = (d, binding.acl);
                if permitted.contains_key(&key) {
                    continue;
                }
                let bounds = old
                    .and_then(|old| known_before(old, named, key))
                    .unwrap_or_else(|| once(space, &named.device.acls[binding.acl], &mut known));
                permitted.insert(key, bounds);
            }
        }
        let side = |direction| -> Vec<Bounds> {
            (0..topo.ports.len())
                .map(|port| filter(topo, family, space, port, direction, &permitted))
                .collect()
        };
        let (inward, outward) = (side(Direction::In), side(Direction::Out));
        Lists {
            permitted,
            inward,
            outward,
        }
    }

    fn at(&self, port: usize, direction: Direction) -> Bounds {
        match direction {
            Direction::In => self.inward[port],
            Direction::Out => self.outward[port],
        }
    }

    /// The packets that the same ports treat otherwise than those of `old`.
    fn changes(&self, space: &Space, old: &Lists) -> Changes {
        let both = |a, b| space.union(space.minus(a, b), space.minus(b, a));
        let gates = [Direction::In, Direction::Out].into_iter();
        let gates = gates.flat_map(|way| (0..self.inward.len()).map(move |port| (port, way)));
        let changed = gates.filter_map(|gate| {
            let (new, old) = (self.at(gate.0, gate.1), old.at(gate.0, gate.1));
            (new != old).then(|| {
                let changed = space.union(both(new.must, old.must), both(new.may, old.may));
                (gate, changed)
            })
        });
        Changes(changed.collect())
    }
}

/// What a list permits, if it was a list of the network before: one of the same device, or of one that has not changed.
fn known_before(old: (&Topo, &Lists), named: &Arc<Named>, key: (usize, usize)) -> Option<Bounds> {
    let (topo, lists) = old;
    let before = topo.devices.get(key.0)?;
    let mine = &named.device.acls[key.1];
    let same = |number: usize| {
        let acls = &before.device.acls;
        acls.get(number).is_some_and(|acl| acl.same_filter(mine))
    };
    if Arc::ptr_eq(before, named) || same(key.1) {
        return lists.permitted.get(&key).copied();
    }
    let number = before
        .device
        .acls
        .iter()
        .position(|acl| acl.name == mine.name && acl.family == mine.family)?;
    let found = lists.permitted.get(&(key.0, number));
    found.copied().filter(|_| same(number))
}

/// What a list permits; those that filter alike are worked out once.
fn once<'t>(
    space: &Space,
    acl: &'t Acl,
    known: &mut HashMap<u64, Vec<(&'t Acl, Bounds)>>,
) -> Bounds {
    let alike = known.entry(acl.filter_digest()).or_default();
    if let Some((_, bounds)) = alike.iter().find(|(other, _)| other.same_filter(acl)) {
        return *bounds;
    }
    let bounds = space.permitted(acl);
    alike.push((acl, bounds));
    bounds
}

impl Frame {
    fn new(topo: &Topo, family: Family, space: &Space) -> Frame {
        let ports = || 0..topo.ports.len();
        let to = |addrs: AddrRanges| to_addrs(space, &addrs);
        let mut tables = BTreeMap::new();
        for device in 0..topo.devices.len() {
            for vrf in topo.vrfs(device) {
                let table = table(topo, family, space, device, vrf);
                tables.insert((device, vrf.to_owned()), table);
            }
        }
        Frame {
            addressed: ports()
                .map(|port| to(interface_addrs(topo.interface(port), family)))
                .collect(),
            near: ports()
                .map(|port| to(subnets(topo.interface(port), family)))
                .collect(),
            guarded: topo
                .devices
                .iter()
                .map(|named| {
                    let guards: Vec<Match> = named.device.guards(family).map(|(_, m)| m).collect();
                    space.of_matches(&guards)
                })
                .collect(),
            relays: match family {
                Family::V4 => ports().flat_map(|port| relays(topo, space, port)).collect(),
                Family::V6 => Vec::new(),
            },
            tables,
        }
    }
}

fn relays(topo: &Topo, space: &Space, port: usize) -> Vec<Relay> {
    let interface = topo.interface(port);
    let nets = interface.addrs.iter().filter_map(|net| match net {
        IpNet::V4(net) => Some(net.broadcast()),
        IpNet::V6(_) => None,
    });
    let one = |addr: Ipv4Addr| AddrRanges::span(IpAddr::V4(addr), IpAddr::V4(addr));
    let everyone = nets.fold(one(Ipv4Addr::BROADCAST), |all, addr| all.union(&one(addr)));
    let udp = |dst: &AddrRanges, ports: &PortSet| {
        space.of_match(&Match {
            protocol: ByteSet::one(proto::UDP),
            dst: dst.to_set(),
            dport: ports.clone(),
            ..Match::any(Family::V4)
        })
    };
    let each = interface.broadcasts.iter().map(|relay| Relay {
        port,
        heard: udp(&everyone, &relay.ports),
        sent: udp(&one(relay.to), &relay.ports),
    });
    each.collect()
}

/// All packets to some addresses.
pub(super) fn to_addrs(space: &Space, dst: &AddrRanges) -> PacketSet {
    let any = Match::any(dst.family());
    space.of_match(&Match {
        dst: dst.to_set(),
        ..any
    })
}

fn table(topo: &Topo, family: Family, space: &Space, device: usize, vrf: &str) -> Table {
    let own = to_addrs(space, &topo.own(device, vrf, family));
    let dst = not_routed(&topo.devices[device].device, vrf, family);
    let stuck = match family {
        Family::V4 => space.empty(),
        Family::V6 => space.of_match(&Match {
            src: AddrRanges::prefix(ipnet::IpNet::V6(LINK_LOCAL_V6)).to_set(),
            ..Match::any(family)
        }),
    };
    let unrouted = space.union(to_addrs(space, &dst), stuck);
    // Destinations that share their targets are one entry: most tables have far fewer next hops than prefixes.
    let mut grouped: BTreeMap<Vec<Target>, AddrRanges> = BTreeMap::new();
    for entry in topo.fib(device, vrf, family).entries {
        let all = grouped
            .entry(entry.targets)
            .or_insert_with(|| AddrRanges::none(family));
        *all = all.union(&entry.dst);
    }
    let routes = grouped
        .into_iter()
        .map(|(targets, dst)| (to_addrs(space, &dst), targets))
        .collect();
    Table {
        own,
        shared: to_addrs(space, &topo.shared(device, vrf, family)),
        unrouted,
        stuck,
        routes,
    }
}

/// What a port lets through in one direction. No list: everything (D14). An effect that may drop: nothing is certain
/// (D23, N).
fn filter(
    topo: &Topo,
    family: Family,
    space: &Space,
    port: usize,
    direction: Direction,
    permitted: &BTreeMap<(usize, usize), Bounds>,
) -> Bounds {
    let device = topo.device(port);
    let mut bounds = match topo.interface(port).binding(family, direction) {
        None => Bounds {
            must: space.full(),
            may: space.full(),
        },
        Some(binding) => permitted[&(topo.ports[port].device, binding.acl)],
    };
    let here = |scope: &Scope| match scope {
        Scope::Interface(index, way) => {
            *index == topo.ports[port].interface && way.is_none_or(|way| way == direction)
        }
        Scope::Vrf(vrf) => *vrf == topo.interface(port).vrf,
        Scope::Device => true,
        Scope::Own(..) => false,
    };
    if device
        .effects
        .iter()
        .any(|e| e.class == EffectClass::Narrows && here(&e.scope))
    {
        bounds.must = space.empty();
    }
    bounds
}

/// What of `all` meets a filter: if the fact says it is asked, the filtered part; if not, everything; if that is open,
/// the filtered part for certain and everything perhaps.
pub(super) fn asked(space: &Space, fact: &Known, filter: Bounds, all: PacketSet) -> Bounds {
    let filtered = |set| space.intersect(all, set);
    match fact {
        Known::Yes => Bounds {
            must: filtered(filter.must),
            may: filtered(filter.may),
        },
        Known::No => Bounds {
            must: all,
            may: all,
        },
        Known::Open(_) => Bounds {
            must: filtered(filter.must),
            may: all,
        },
    }
}
