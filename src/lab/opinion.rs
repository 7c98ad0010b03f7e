//! What the solver and the interpreter say of a packet, and which packets the kernel can be asked about.
//!
//! In: the network under one reading. Out: the ends that a packet may come to. Must not know: how packets are sent.

use super::plan::{Plan, own_prefixes};
use crate::acl::{Fate, decide};
use crate::model::{Before, External, far_end};
use crate::net::{Family, Flow, L4, PositionSet};
use crate::pset::Space;
use crate::reach::{End, Net, Side, Spread, Trace, Walker};
use crate::topo::{Topo, not_routed};
use crate::verify::spec::martians;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Ends of a packet. For the solver and the kernel none is "dropped".
pub type Ends = BTreeSet<End>;

/// Both opinions of one family.
pub struct Opinions<'a> {
    topo: &'a Topo,
    net: Net<'a>,
    walker: Walker<'a>,
    spreads: RefCell<BTreeMap<usize, Spread>>,
}

impl<'a> Opinions<'a> {
    /// Prepares them; lists are turned into sets here.
    #[must_use]
    pub fn new(topo: &'a Topo, family: Family, space: &'a Space) -> Opinions<'a> {
        Opinions {
            topo,
            net: Net::new(topo, family, space),
            walker: Walker::new(topo, &[]),
            spreads: RefCell::default(),
        }
    }

    /// The sets.
    #[must_use]
    pub fn space(&self) -> &'a Space {
        self.net.space()
    }

    /// Where packets from a link get to, by the solver: what is certain under the reading that is run (no router answers
    /// for addresses that are not its own), in whatever state.
    pub fn spread<T>(&self, link: usize, ask: impl FnOnce(&Spread) -> T) -> T {
        let mut spreads = self.spreads.borrow_mut();
        let full = self.space().full();
        let spread = spreads
            .entry(link)
            .or_insert_with(|| self.net.spread(link, full, &[], Side::Must));
        ask(spread)
    }

    /// The ends of a packet that anyone on a link sends, through any router on it, by the solver.
    #[must_use]
    pub fn solver(&self, link: usize, flow: &Flow) -> Ends {
        let space = self.space();
        self.spread(link, |spread| {
            let mut ends = Ends::new();
            for (other, set) in spread.delivered.iter().enumerate() {
                // Put before another router that has the address: it ends there, or goes on.
                let router = self.topo.owners(other, flow.dst()).next().is_some();
                if !router && space.contains(*set, flow) {
                    ends.insert(End::Delivered(other));
                }
            }
            for (&(other, addr), set) in &spread.handed {
                if space.contains(*set, flow) {
                    ends.insert(End::Handed(other, addr));
                }
            }
            for (device, set) in spread.local.iter().enumerate() {
                if space.contains(*set, flow) {
                    ends.insert(End::Local(device));
                }
            }
            ends
        })
    }

    /// The ends of a packet that is given to one port, by the interpreter, [`End::Dropped`] among them; and its way.
    #[must_use]
    pub fn interpreter(&self, port: usize, flow: &Flow) -> (Ends, Trace) {
        let ends = RefCell::new(Ends::new());
        let collect = |end: &End| {
            ends.borrow_mut().insert(end.clone());
            false
        };
        let link = self.topo.ports[port].link;
        let (trace, _) = self.walker.walk(flow, link, Some(&[port]), false, &collect);
        (ends.into_inner(), trace)
    }
}

/// Why the kernel cannot be asked about a packet, by the definition that says so; `None`: it can.
#[must_use]
pub fn excluded(plan: &Plan<'_>, flow: &Flow) -> Option<&'static str> {
    let topo = &plan.world.topo;
    let unsure = plan.unsure.iter().filter(|acl| acl.family == flow.family());
    if unsure
        .into_iter()
        .any(|acl| decide(acl, flow).fate == Fate::Unknown)
    {
        return Some("D1");
    }
    // IPv6 extension headers are no upper-layer protocols, "no next header" among them.
    const HEADERS: [u8; 9] = [0, 43, 44, 51, 59, 60, 135, 139, 140];
    const DISCOVERY: std::ops::RangeInclusive<u8> = 133..=137;
    let family = flow.family();
    if family == Family::V6 && HEADERS.contains(&flow.protocol()) {
        return Some("D6");
    }
    let martian = martians(family);
    if martian.contains(flow.src()) || martian.contains(flow.dst()) {
        return Some("D33");
    }
    if family == Family::V6
        && let L4::Icmp { kind, .. } = flow.l4()
        && DISCOVERY.contains(&kind)
    {
        return Some("D33");
    }
    // What stands for whatever lies behind a router has no address of its own there.
    let beyond = &plan.world.policy.network.externals;
    let stands = |external: &External| matches!(external.before, Before::Opaque(_));
    if flow.dst() == far_end(family) && beyond.iter().any(stands) {
        return Some("D29");
    }
    let lab = own_prefixes(family);
    if lab.contains(&flow.src()) || lab.contains(&flow.dst()) {
        return Some("D33");
    }
    // Who of several is active is a state; here it is always the first that is up.
    let interfaces = topo
        .devices
        .iter()
        .flat_map(|named| &named.device.interfaces);
    let shared: Vec<_> = interfaces
        .filter(|i| i.virtuals.contains(&flow.dst()))
        .collect();
    if shared.len() > 1 || shared.iter().any(|interface| interface.shutdown) {
        return Some("D2");
    }
    for (device, named) in topo.devices.iter().enumerate() {
        for vrf in topo.vrfs(device) {
            if not_routed(&named.device, vrf, family).contains(flow.dst()) {
                return Some("D33");
            }
            // The lowest address of an IPv6 subnet is every router's own (RFC 4291, 2.6.1); a host never has it.
            let interfaces = named.device.interfaces.iter();
            let mut nets = interfaces.flat_map(|interface| &interface.addrs);
            if family == Family::V6 && nets.any(|net| net.network() == flow.dst()) {
                return Some("D19");
            }
            let own = topo.own(device, vrf, family).contains(flow.dst());
            if own && flow.position() != PositionSet::WHOLE {
                // A host puts fragments together before it looks at them.
                return Some("D8");
            }
        }
    }
    None
}
