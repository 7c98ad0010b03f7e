//! One packet through the network, hop by hop, with the interpreter: no packet set is asked.
//!
//! A walk explores every state (which router the host uses, equal-cost paths, a hairpin) and returns the first way that
//! ends as wanted; where none does, the way that got furthest by the first choices. Used to replay witnesses (D43) and
//! by `trace`.

use super::Beyond;
use super::trace::{Hop, HopAction, HopKind, Trace, TraceEnd};
use crate::acl::{Direction, Fate, Known, Question, decide};
use crate::device::{Effect, EffectClass, Scope};
use crate::net::{Family, Flow, L4, proto};
use crate::topo::{Fib, Target, Topo, link_local_source, not_routed, subnets};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::rc::Rc;

/// Where a walk ended.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// Put on a link with the destination itself as next hop.
    Delivered(usize),
    /// Handed to a next hop on a link that is no modelled router.
    Handed(usize, IpAddr),
    /// At an own address of a device.
    Local(usize),
    /// Dropped.
    Dropped,
}

/// Walks packets over a topology. Tables are computed once.
pub struct Walker<'a> {
    topo: &'a Topo,
    beyond: &'a [Beyond],
    own_arrives: bool,
    leaving_ends: bool,
    fibs: RefCell<BTreeMap<(usize, String, Family), Rc<Fib>>>,
}

/// One way under way.
#[derive(Clone, Default)]
struct Way {
    hops: Vec<Hop>,
    because: Vec<Question>,
    seen: Vec<usize>,
}

/// Ports entered in one search, at most. Ways that hang on questions multiply; past this the search shows what it has.
const MOST_STEPS: usize = 20_000;

struct Search<'s> {
    steps: usize,
    flow: &'s Flow,
    wanted: &'s dyn Fn(&End) -> bool,
    /// Follow hops that are only possible.
    possible: bool,
    /// Ports that were gone through, with all that lies behind them. Without it the ways of a few switches that may send
    /// anywhere are too many to end.
    done: BTreeSet<usize>,
    found: Option<(Way, End)>,
    fallback: Option<(Way, End)>,
}

impl<'a> Walker<'a> {
    /// A walker; `beyond` are the hosts that may hand packets back (D29).
    #[must_use]
    pub fn new(topo: &'a Topo, beyond: &'a [Beyond]) -> Walker<'a> {
        Walker {
            topo,
            beyond,
            own_arrives: false,
            leaving_ends: false,
            fibs: RefCell::default(),
        }
    }

    /// For witnesses of leaving a link: a packet that was put on a link for another router has been handed over there.
    #[must_use]
    pub fn departures(self) -> Walker<'a> {
        Walker {
            leaving_ends: true,
            ..self
        }
    }

    /// For witnesses of arrival: a packet for another router's own address has also arrived on the link (D27).
    #[must_use]
    pub fn arrivals(self) -> Walker<'a> {
        Walker {
            own_arrives: true,
            ..self
        }
    }

    /// From a host on a link to a router port (`None`: any router on it), until an end is `wanted`. With `possible`,
    /// hops that hang on a question are followed and named.
    #[must_use]
    pub fn walk(
        &self,
        flow: &Flow,
        link: usize,
        first: Option<&[usize]>,
        possible: bool,
        wanted: &dyn Fn(&End) -> bool,
    ) -> (Trace, End) {
        let mut search = Search {
            steps: 0,
            flow,
            wanted,
            possible,
            done: BTreeSet::new(),
            found: None,
            fallback: None,
        };
        let ports: Vec<usize> = match first {
            Some(ports) => ports.to_vec(),
            None => self.topo.ports_of(link, flow.family()).collect(),
        };
        for &port in &ports {
            self.enter(&mut search, Way::default(), port);
        }
        for &port in ports.iter().filter(|_| possible) {
            self.relayed(&mut search, port);
        }
        Self::finish(search)
    }

    /// Out of a router that may have got the packet as a broadcast, which it sends on to a server.
    fn relayed(&self, search: &mut Search<'_>, port: usize) {
        let flow = search.flow;
        let interface = self.topo.interface(port);
        let mut relays = interface.broadcasts.iter();
        let relay = relays.find(|relay| {
            flow.protocol() == proto::UDP
                && flow.dst() == IpAddr::V4(relay.to)
                && matches!(flow.l4(), L4::Ports { dport, .. } if relay.ports.contains(dport))
        });
        let Some(relay) = relay else { return };
        let device = self.topo.ports[port].device;
        let mut way = Way::default();
        way.because.push(Question::Effect {
            device: self.topo.device_name(port).to_owned(),
            line: relay.line,
            text: relay.text.clone(),
        });
        self.route(search, way, device, &interface.vrf, false);
    }

    /// From a switch itself (D20).
    #[must_use]
    pub fn walk_from(
        &self,
        flow: &Flow,
        device: usize,
        possible: bool,
        wanted: &dyn Fn(&End) -> bool,
    ) -> (Trace, End) {
        let mut search = Search {
            steps: 0,
            flow,
            wanted,
            possible,
            done: BTreeSet::new(),
            found: None,
            fallback: None,
        };
        let family = flow.family();
        let vrfs = self.topo.vrfs(device);
        let mine = |vrf: &&&str| self.topo.own(device, vrf, family).contains(flow.src());
        let vrf = vrfs.iter().find(mine).copied().unwrap_or_default();
        self.route(&mut search, Way::default(), device, vrf, true);
        Self::finish(search)
    }

    fn finish(search: Search<'_>) -> (Trace, End) {
        let nowhere = || (Way::default(), End::Dropped);
        let (way, end) = search.found.or(search.fallback).unwrap_or_else(nowhere);
        let outcome = match end {
            _ if !way.because.is_empty() => TraceEnd::Unknown,
            End::Delivered(_) | End::Handed(..) => TraceEnd::Arrives,
            End::Local(_) => TraceEnd::Local,
            End::Dropped => TraceEnd::Dropped,
        };
        (
            Trace {
                hops: way.hops,
                end: outcome,
                because: way.because,
            },
            end,
        )
    }

    fn fib(&self, device: usize, vrf: &str, family: Family) -> Rc<Fib> {
        let mut fibs = self.fibs.borrow_mut();
        let key = (device, vrf.to_owned(), family);
        Rc::clone(
            fibs.entry(key)
                .or_insert_with(|| Rc::new(self.topo.fib(device, vrf, family))),
        )
    }

    fn end(&self, search: &mut Search<'_>, way: Way, end: End) {
        if search.found.is_none() && (search.wanted)(&end) {
            search.found = Some((way, end));
        } else if search.fallback.is_none() {
            search.fallback = Some((way, end));
        }
    }

    /// Past a list, or the absence of one. `None`: dropped there.
    fn pass(&self, search: &Search<'_>, way: &mut Way, port: usize, direction: Direction) -> bool {
        let interface = self.topo.interface(port);
        let device = self.topo.device(port);
        let mut hop = Hop {
            kind: HopKind::List,
            device: self.topo.device_name(port).to_owned(),
            interface: interface.name.clone(),
            direction: Some(direction),
            acl: None,
            line: None,
            text: String::new(),
            action: HopAction::None,
        };
        if let Some(binding) = interface.binding(search.flow.family(), direction) {
            let acl = &device.acls[binding.acl];
            let decided = decide(acl, search.flow);
            let ace = acl.ace(decided.index);
            hop.acl = Some(acl.name.clone());
            hop.line = ace.and_then(|ace| ace.line);
            hop.text = ace.map(|ace| ace.text.clone()).unwrap_or_default();
            hop.action = match decided.fate {
                Fate::Permit => HopAction::Permit,
                Fate::Deny => HopAction::Deny,
                Fate::Unknown => HopAction::Unknown,
            };
            way.because.extend(decided.because);
        }
        let narrowed = device.effects.iter().find(|effect| {
            let here = match &effect.scope {
                Scope::Interface(index, way) => {
                    *index == self.topo.ports[port].interface
                        && way.is_none_or(|way| way == direction)
                }
                Scope::Vrf(vrf) => *vrf == interface.vrf,
                Scope::Device => true,
                Scope::Own(..) => false,
            };
            here && effect.class == EffectClass::Narrows
        });
        if let Some(effect) = narrowed.filter(|_| hop.action != HopAction::Deny) {
            hop.action = HopAction::Unknown;
            let device = self.topo.ports[port].device;
            way.because.push(self.effect_question(device, effect));
        }
        let action = hop.action;
        way.hops.push(hop);
        match action {
            HopAction::Permit | HopAction::None => true,
            HopAction::Unknown => search.possible,
            HopAction::Deny => false,
        }
    }

    /// Past a list that sees the packet as far as a fact says (D18). False: the way ended here.
    fn sees(
        &self,
        search: &mut Search<'_>,
        way: &mut Way,
        port: usize,
        direction: Direction,
        fact: &Known,
    ) -> bool {
        if !fact.may() || self.pass(search, way, port, direction) {
            return true;
        }
        // If that is open, the packet may go on as though the list were not there.
        way.because.extend(fact.question().cloned());
        self.end(search, way.clone(), End::Dropped);
        search.possible && fact.question().is_some()
    }

    fn enter(&self, search: &mut Search<'_>, mut way: Way, port: usize) {
        search.steps += 1;
        if search.found.is_some() || search.steps > MOST_STEPS {
            return;
        }
        let device_index = self.topo.ports[port].device;
        let device = self.topo.device(port);
        let vrf = self.topo.interface(port).vrf.clone();
        let family = search.flow.family();
        let local = self
            .topo
            .own(device_index, &vrf, family)
            .contains(search.flow.dst());
        if way.seen.contains(&port) {
            return self.end(search, way, End::Dropped);
        }
        if !search.done.insert(port) {
            return;
        }
        if local {
            let mut way = way.clone();
            if self.sees(
                search,
                &mut way,
                port,
                Direction::In,
                &device.sees.to_switch,
            ) {
                self.local(search, way, port);
            }
            // The standby router of a virtual address sends packets for it on to the active one (D19).
            let shared = self.topo.shared(device_index, &vrf, family);
            if !shared.contains(search.flow.dst()) {
                return;
            }
        }
        if !self.sees(search, &mut way, port, Direction::In, &Known::Yes) {
            return;
        }
        way.seen.push(port);
        let redirected = search.possible && self.topo.redirects(device_index);
        let kept = not_routed(device, &vrf, family).contains(search.flow.dst());
        if link_local_source(search.flow.src()) || (kept && !redirected) {
            return self.end(search, way, End::Dropped);
        }
        match self.topo.forwards(device_index, family) {
            Known::Yes => {}
            Known::No => return self.end(search, way, End::Dropped),
            Known::Open(question) => way.because.push(question.clone()),
        }
        self.route(search, way, device_index, &vrf, false);
    }

    /// At an own address, past what its services are guarded with (D19).
    fn local(&self, search: &mut Search<'_>, mut way: Way, port: usize) {
        let device = self.topo.ports[port].device;
        let name = self.topo.interface(port).name.clone();
        let effects = self.topo.device(port).effects.iter();
        let mut rewriting = effects.filter(|effect| effect.class == EffectClass::Rewrites);
        let mut guards = self.topo.device(port).guards(search.flow.family());
        let guard = guards.find(|(_, packets)| packets.contains(search.flow));
        let open = guard.map(|(effect, _)| effect).or_else(|| rewriting.next());
        if let Some(effect) = open {
            way.because.push(self.effect_question(device, effect));
        }
        way.hops.push(self.plain(HopKind::Local, device, name));
        let end = match open.is_some() && !search.possible {
            true => End::Dropped,
            false => End::Local(device),
        };
        self.end(search, way, end);
    }

    fn effect_question(&self, device: usize, effect: &Effect) -> Question {
        Question::Effect {
            device: self.topo.devices[device].name.clone(),
            line: effect.line,
            text: effect.text.clone(),
        }
    }

    fn plain(&self, kind: HopKind, device: usize, interface: String) -> Hop {
        Hop {
            kind,
            device: self.topo.devices[device].name.clone(),
            interface,
            direction: None,
            acl: None,
            line: None,
            text: String::new(),
            action: HopAction::None,
        }
    }

    fn route(
        &self,
        search: &mut Search<'_>,
        mut way: Way,
        device: usize,
        vrf: &str,
        from_switch: bool,
    ) {
        if self.topo.strays(device, vrf, search.flow.family()) {
            way.because.push(self.stray_question(device, vrf));
            if !search.possible {
                return self.end(search, way, End::Dropped);
            }
            self.stray(search, &way, device);
        }
        let fib = self.fib(device, vrf, search.flow.family());
        let entry = fib
            .entries
            .iter()
            .find(|entry| entry.dst.contains(search.flow.dst()));
        let Some(entry) = entry else {
            way.hops
                .push(self.plain(HopKind::Route, device, String::new()));
            return self.end(search, way, End::Dropped);
        };
        for target in &entry.targets {
            let mut way = way.clone();
            let (out, next_hop) = match *target {
                Target::Null => {
                    way.hops.push(Hop {
                        line: entry.line,
                        ..self.plain(HopKind::Route, device, "Null".to_owned())
                    });
                    self.end(search, way, End::Dropped);
                    continue;
                }
                Target::Connected(out) => (out, None),
                Target::Via(out, addr) => (out, Some(addr)),
            };
            let name = self.topo.interface(out).name.clone();
            way.hops.push(Hop {
                line: entry.line,
                ..self.plain(HopKind::Route, device, name)
            });
            self.leave(search, way, out, next_hop, from_switch);
        }
    }

    fn leave(
        &self,
        search: &mut Search<'_>,
        mut way: Way,
        out: usize,
        next_hop: Option<IpAddr>,
        from_switch: bool,
    ) {
        let own = &self.topo.device(out).sees.from_switch;
        let seen = if from_switch { own } else { &Known::Yes };
        if self.sees(search, &mut way, out, Direction::Out, seen) {
            self.put(search, way, out, next_hop);
        }
    }

    /// Onto the link of a port.
    fn put(&self, search: &mut Search<'_>, way: Way, out: usize, next_hop: Option<IpAddr>) {
        let link = self.topo.ports[out].link;
        let target = next_hop.unwrap_or_else(|| search.flow.dst());
        let owners: Vec<usize> = self
            .topo
            .owners(link, target)
            .filter(|&port| port != out)
            .collect();
        for &port in &owners {
            self.enter(search, way.clone(), port);
        }
        match next_hop {
            // Put on its link with itself as next hop (D27), whatever the router that has the address does with it.
            None if !owners.is_empty() && self.own_arrives => {
                self.end(search, way, End::Delivered(link));
            }
            Some(addr) if !owners.is_empty() && self.leaving_ends => {
                self.end(search, way, End::Handed(link, addr));
            }
            _ if !owners.is_empty() => {}
            None => {
                self.end(search, way.clone(), End::Delivered(link));
                if search.possible {
                    self.proxied(search, &way, out);
                }
            }
            Some(addr) => {
                self.end(search, way.clone(), End::Handed(link, addr));
                let mut way = way;
                let named = super::named(self.beyond, link, addr);
                if !named && search.possible {
                    let link = self.topo.link_name(link);
                    way.because.push(Question::NextHop { link, addr });
                }
                let back = |b: &Beyond| b.hairpin && b.is(link, addr);
                if self.beyond.iter().any(back) || (!named && search.possible) {
                    for port in self
                        .topo
                        .ports_of(link, search.flow.family())
                        .collect::<Vec<_>>()
                    {
                        self.enter(search, way.clone(), port);
                    }
                }
            }
        }
    }

    /// Into the routers on a link that may answer for an address that is not there, and to the hosts before externals.
    fn proxied(&self, search: &mut Search<'_>, way: &Way, out: usize) {
        let link = self.topo.ports[out].link;
        let dst = search.flow.dst();
        let near = subnets(self.topo.interface(out), search.flow.family());
        let hosts = self.beyond.iter().filter(|beyond| beyond.link == link);
        let hosts = hosts.filter_map(|beyond| beyond.hosts.first());
        for addr in hosts.filter(|&addr| Family::of(addr) == near.family() && !near.contains(dst)) {
            let mut way = way.clone();
            way.because.push(Question::Proxy {
                device: addr.to_string(),
                interface: self.topo.link_name(link),
            });
            self.put(search, way, out, Some(addr));
        }
        for port in self.topo.proxies(link, out, dst) {
            let mut way = way.clone();
            way.because.push(Question::Proxy {
                device: self.topo.device_name(port).to_owned(),
                interface: self.topo.interface(port).name.clone(),
            });
            self.enter(search, way, port);
        }
    }

    /// Out of every port of a device whose routing is not known.
    fn stray(&self, search: &mut Search<'_>, way: &Way, device: usize) {
        if self.topo.rewrites(device) {
            // What was rewritten may be for the device itself.
            self.end(search, way.clone(), End::Local(device));
        }
        for (out, port) in self
            .topo
            .ports
            .iter()
            .enumerate()
            .filter(|(_, port)| port.device == device)
        {
            let mut way = way.clone();
            way.hops.push(self.plain(
                HopKind::Route,
                device,
                self.topo.interface(out).name.clone(),
            ));
            if !self.pass(search, &mut way, out, Direction::Out) {
                self.end(search, way, End::Dropped);
                continue;
            }
            self.put(search, way.clone(), out, None);
            let others: Vec<usize> = self
                .topo
                .ports_of(port.link, search.flow.family())
                .collect();
            for other in others.into_iter().filter(|&other| other != out) {
                self.enter(search, way.clone(), other);
            }
        }
    }

    fn stray_question(&self, device: usize, vrf: &str) -> Question {
        let named = &self.topo.devices[device];
        match named
            .device
            .effects
            .iter()
            .find(|effect| effect.class != EffectClass::Narrows)
        {
            Some(effect) => self.effect_question(device, effect),
            None => Question::Routes {
                device: named.name.clone(),
                vrf: vrf.to_owned(),
            },
        }
    }
}
