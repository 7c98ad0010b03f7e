//! Entries of lists -> sessions: who asks whom for what, where the list they enter by lets it through.

use super::Captured;
use super::places::Places;
use super::services::{Atom, split};
use crate::acl::{Ace, Acl, Action, Direction};
use crate::device::{Interface, InterfaceKind};
use crate::net::proto::{SCTP, TCP, UDP};
use crate::net::{AddrRanges, AddrSet, Family, FlagSet, Match, PortSet, PositionSet};
use crate::pset::{PacketSet, Space, ranges};
use std::collections::BTreeMap;

/// One end of a session.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    /// All or some addresses of a VLAN's zone.
    Zone(u16, Vec<ipnet::IpNet>),
    /// An external, by index.
    External(usize),
    /// A switch, by name.
    Switch(String),
}

/// What an entry lets a client ask for.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) family: Family,
    pub(super) from: End,
    pub(super) to: End,
    pub(super) atom: Atom,
    pub(super) log: bool,
    pub(super) remark: Option<String>,
    /// Its replies are let through without a look at their flags, by lists that have no such test.
    pub(super) wide: bool,
    /// The list can test flags.
    flags: bool,
}

/// All requests, replies among them: a stateless reply looks like a request the other way round.
pub(super) fn requests(all: &[Captured], places: &Places) -> Vec<Request> {
    let mut found = Vec::new();
    for captured in all {
        for interface in &captured.device.interfaces {
            for family in Family::BOTH {
                let Some(binding) = interface.binding(family, Direction::In) else {
                    continue;
                };
                let acl = &captured.device.acls[binding.acl];
                of_list(captured, interface, acl, places, &mut found);
            }
        }
    }
    without_replies(found)
}

fn of_list(
    captured: &Captured,
    interface: &Interface,
    acl: &Acl,
    places: &Places,
    found: &mut Vec<Request>,
) {
    let InterfaceKind::Svi(vlan) = interface.kind else {
        return;
    };
    let space = Space::for_acls(acl.family, &[acl]);
    let passes = space.permitted(acl).must;
    let permits = acl.all().filter(|ace| ace.action == Action::Permit);
    for ace in permits {
        for m in ace.certain.iter().filter(|m| is_whole(m)) {
            let one = Entry {
                captured,
                ace,
                m,
                places,
                vlan,
                space: &space,
                passes,
            };
            one.requests(found);
        }
    }
}

/// Boxes that say something of whole packets. `established` is a reply by its own word.
fn is_whole(m: &Match) -> bool {
    let whole = m.position.intersect(PositionSet::WHOLE) == PositionSet::WHOLE;
    let tcp = m.protocol.iter().collect::<Vec<_>>() == [TCP];
    whole && !(tcp && m.flags != FlagSet::FULL)
}

struct Entry<'a> {
    captured: &'a Captured,
    ace: &'a Ace,
    m: &'a Match,
    places: &'a Places,
    vlan: u16,
    space: &'a Space,
    passes: PacketSet,
}

impl Entry<'_> {
    fn requests(&self, found: &mut Vec<Request>) {
        let atoms = atoms(self.m);
        let (Some(src), Some(dst)) = (addrs(&self.m.src), addrs(&self.m.dst)) else {
            return;
        };
        let ends = |set: &AddrRanges, here: bool| self.ends(set, here);
        for (from, src) in ends(&src, true) {
            for (to, dst) in ends(&dst, false) {
                let part = self.space.of_match(&Match {
                    src: src.to_set(),
                    dst: dst.to_set(),
                    position: PositionSet::WHOLE,
                    ..self.m.clone()
                });
                // What earlier lines take is not asked for here; what they take in part is looked at as a leftover.
                if self.space.is_empty(part) || !self.space.subset(part, self.passes) {
                    continue;
                }
                found.extend(atoms.iter().map(|atom| Request {
                    family: self.m.family,
                    from: from.clone(),
                    to: to.clone(),
                    atom: atom.clone(),
                    log: self.ace.log,
                    remark: self.remark(),
                    wide: false,
                    flags: self.captured.flags,
                }));
            }
        }
    }

    fn remark(&self) -> Option<String> {
        let line = self.ace.line?;
        self.captured.remarks.get(&line).cloned()
    }

    /// A set cut into places: on this link and behind it for a source, everywhere else for a destination. Own addresses of
    /// switches belong to no zone here; as a destination they are the switch, if all of them are meant.
    fn ends(&self, set: &AddrRanges, here: bool) -> Vec<(End, AddrRanges)> {
        let family = set.family();
        let mut out = Vec::new();
        let own = |name: Option<&str>| {
            let mine = self.places.own.iter();
            let mine = mine.filter(|(device, _)| name.is_none_or(|name| name == device));
            let addrs = mine.flat_map(|(_, own)| own).copied();
            let nets: Vec<ipnet::IpNet> = addrs.map(ipnet::IpNet::from).collect();
            AddrRanges::prefixes(family, &nets)
        };
        let routers = own(None);
        for (&vlan, zone) in &self.places.zones {
            if (vlan == self.vlan) != here {
                continue;
            }
            let all = zone.addrs(family);
            let part = all.intersect(set);
            // Own addresses in it are closed by the guard and opened by naming the switch.
            let hosts = part.minus(&routers);
            if !hosts.is_empty() && (!here || !part.is_empty()) {
                let named = match all.minus(&routers) == hosts {
                    true => all.clone(),
                    false => hosts.clone(),
                };
                out.push((End::Zone(vlan, named.to_prefixes()), hosts));
            }
        }
        for (index, external) in self.places.externals.iter().enumerate() {
            if (external.vlan == self.vlan) != here {
                continue;
            }
            let all = self.places.outside(external, family);
            let part = all.intersect(set);
            if !all.is_empty() && part == all {
                out.push((End::External(index), part));
            }
        }
        if !here {
            let wide = set == &AddrRanges::any(family);
            for (name, _) in self.places.own.iter().filter(|_| !wide) {
                let all = own(Some(name)).minus(&crate::topo::unrouted_sources(family));
                let near = self.captured.name == *name;
                let part = all.intersect(set);
                if near && !part.is_empty() {
                    out.push((End::Switch(name.clone()), part));
                }
            }
        }
        out
    }
}

/// The addresses of a set; `None` for a wildcard with holes.
fn addrs(set: &AddrSet) -> Option<AddrRanges> {
    let family = set.family();
    let ranges = ranges(set)?;
    let each = ranges
        .into_iter()
        .map(|(low, high)| AddrRanges::span(family.addr(low), family.addr(high)));
    Some(each.fold(AddrRanges::none(family), |all, one| all.union(&one)))
}

/// What a box asks for; nothing for "every protocol", which the language has no word for.
fn atoms(m: &Match) -> Vec<Atom> {
    if m.protocol.is_full() {
        return Vec::new();
    }
    let from = (!m.sport.is_full()).then_some(&m.sport);
    let each = m.protocol.iter().flat_map(|protocol| match protocol {
        TCP | UDP => split(protocol, &m.dport, from),
        SCTP => Vec::new(),
        icmp if icmp == Match::icmp_of(m.family) => messages(m),
        other => vec![Atom::Protocol(other)],
    });
    each.collect()
}

fn messages(m: &Match) -> Vec<Atom> {
    let v6 = m.family == Family::V6;
    if m.icmp_type.is_full() {
        return Vec::new();
    }
    let codes: Vec<Option<u8>> = match m.icmp_code.is_full() {
        true => vec![None],
        false => m.icmp_code.iter().map(Some).collect(),
    };
    let kinds = m.icmp_type.iter();
    kinds
        .flat_map(|kind| codes.iter().map(move |&code| Atom::Icmp(v6, kind, code)))
        .collect()
}

/// Takes out what answers another request: the ports the other way round, an echo reply.
fn without_replies(found: Vec<Request>) -> Vec<Request> {
    /// Client ports as wide as this are a client's choice.
    const WIDE: u32 = 1024;
    let wide = |ports: &PortSet| ports.count() >= WIDE;
    let opens = |request: &Request| match &request.atom {
        Atom::Ports(_, ports, None) => !ports.is_empty(),
        Atom::Ports(_, ports, Some(from)) => wide(from) && !wide(ports),
        Atom::Icmp(false, kind, _) => *kind == 8,
        Atom::Icmp(true, kind, _) => *kind == 128,
        Atom::Protocol(_) => false,
    };
    // Server ports by client, server and protocol.
    let mut served: BTreeMap<(Family, &End, &End, u8), PortSet> = BTreeMap::new();
    for request in found.iter().filter(|request| opens(request)) {
        let (protocol, ports) = match &request.atom {
            Atom::Ports(protocol, ports, _) => (*protocol, ports.clone()),
            Atom::Icmp(..) | Atom::Protocol(_) => (1, PortSet::empty()),
        };
        let key = (request.family, &request.from, &request.to, protocol);
        let all = served.entry(key).or_insert_with(PortSet::empty);
        *all = all.union(&ports);
    }
    let answers = |request: &Request| {
        let asked = |protocol| served.get(&(request.family, &request.to, &request.from, protocol));
        match &request.atom {
            Atom::Ports(protocol, _, Some(from)) if !opens(request) => {
                let mine = served.get(&(request.family, &request.from, &request.to, *protocol));
                // From 123 to 123 is a request where the client also asks from elsewhere, and its answer here.
                let asks = |all: &PortSet| from.count() == 1 && all.intersect(from) == *from;
                !mine.is_some_and(asks)
                    && asked(*protocol).is_some_and(|all| all.intersect(from) == *from)
            }
            Atom::Icmp(_, 0 | 129, _) => asked(1).is_some(),
            _ => false,
        }
    };
    let keep: Vec<bool> = found.iter().map(|request| !answers(request)).collect();
    let bare: Vec<(Family, End, End, PortSet)> = found
        .iter()
        .zip(&keep)
        .filter(|(request, keep)| !**keep && !request.flags)
        .filter_map(|(request, _)| match &request.atom {
            Atom::Ports(TCP, _, Some(from)) => {
                let ends = (request.to.clone(), request.from.clone());
                Some((request.family, ends.0, ends.1, from.clone()))
            }
            _ => None,
        })
        .collect();
    let kept = found.into_iter().zip(keep).filter(|(_, keep)| *keep);
    let wide = |request: &Request| match &request.atom {
        Atom::Ports(TCP, ports, _) => bare.iter().any(|(family, from, to, all)| {
            (*family, from, to) == (request.family, &request.from, &request.to)
                && all.intersect(ports) == *ports
        }),
        _ => false,
    };
    let marked = kept.map(|(request, _)| Request {
        wide: wide(&request),
        ..request
    });
    marked.collect()
}
