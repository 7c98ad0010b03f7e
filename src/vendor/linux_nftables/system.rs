//! Interfaces, addresses, routes and kernel switches of the machine around the rules.
//!
//! In: lines of `ip address`, `ip route`, `sysctl`, printed or as commands; in a file for `nft -f` such commands stand in
//! comments that begin with `#@`. Out: a [`System`]. Must not know: rules, chains.

use super::FACTS;
use crate::device::{EffectClass, Interface, InterfaceKind, NextHop, Route};
use crate::vendor::redact::redact;
use crate::vendor::words::Words;
use ipnet::IpNet;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// What was read of the machine.
#[derive(Debug, Default)]
pub(super) struct System {
    pub(super) hostname: Option<String>,
    pub(super) interfaces: Vec<Interface>,
    /// Routes with their metric.
    pub(super) routes: Vec<(Route, u32)>,
    /// Kernel switches with the line that sets them.
    pub(super) switches: BTreeMap<String, (String, u32)>,
    /// Interfaces whose addresses were listed, not set: what is not there is not on.
    listed: BTreeSet<String>,
    /// A protocol fills the table.
    pub(super) dynamic: Option<u32>,
    /// The interface whose block is read.
    block: Option<usize>,
    /// The prefix whose further next hops may follow.
    multipath: Option<(IpNet, u32)>,
    /// Lines with an effect that is not modelled.
    pub(super) effects: Vec<(EffectClass, u32, String)>,
}

/// Route protocols that learn.
const LEARNT: [&str; 9] = [
    "zebra", "bird", "bgp", "ospf", "isis", "rip", "eigrp", "babel", "ra",
];

impl System {
    /// Reads a line. False: not understood.
    pub(super) fn line(&mut self, text: &str, indent: usize, number: u32) -> bool {
        let mut words = Words::new(text);
        if indent > 0 {
            if words.peek() == Some("nexthop") {
                return self.next_hop(&mut words, number);
            }
            if let Some(index) = self.block {
                return self.detail(index, &mut words);
            }
        }
        self.block = None;
        if self.heads_interface(text, number) || is_default_rule(text) {
            return true;
        }
        let Some(word) = words.next() else {
            return true;
        };
        match word {
            "hostname" => {
                self.hostname = words.next().map(str::to_owned);
                true
            }
            "hostnamectl" => {
                self.hostname = words.last().map(str::to_owned);
                true
            }
            "sysctl" => {
                words.eat("-w");
                self.switch(words.rest(), number)
            }
            "ip" => self.ip(&mut words, text, number),
            "dhcrelay" => self.relay(&mut words),
            "exit" | "logout" | "#!/usr/sbin/nft" | "#!/bin/sh" | "set" => true,
            word if word.starts_with("net.") || word.starts_with("kernel.") => {
                self.switch(text, number)
            }
            _ => self.route(Words::new(text), number),
        }
    }

    /// The interface of a name, made if it is missing.
    pub(super) fn interface(&mut self, name: &str, line: u32) -> &mut Interface {
        let known = self.interfaces.iter().position(|i| i.name == name);
        let index = known.unwrap_or_else(|| {
            let mut interface = Interface::new(name, kind(name));
            interface.line = line;
            self.interfaces.push(interface);
            self.interfaces.len() - 1
        });
        let interface = self.interfaces.get_mut(index);
        interface.expect("INVARIANT: found, or just pushed")
    }

    /// `2: vlan10@eth0: <BROADCAST,MULTICAST,UP> mtu 1500 ...`
    fn heads_interface(&mut self, text: &str, number: u32) -> bool {
        let mut words = Words::new(text);
        let numbered = |word: &str| {
            let digits = word.strip_suffix(':')?;
            crate::vendor::words::number::<u32>(digits)
        };
        if words.read(numbered).is_none() {
            return false;
        }
        let Some(name) = words.next().and_then(|word| word.strip_suffix(':')) else {
            return false;
        };
        let Some(flags) = words.next().filter(|word| word.starts_with('<')) else {
            return false;
        };
        let name = name.split('@').next().unwrap_or(name).to_owned();
        let up = flags
            .trim_matches(['<', '>'])
            .split(',')
            .any(|flag| flag == "UP");
        let interface = self.interface(&name, number);
        interface.shutdown = !up;
        self.block = self.interfaces.iter().position(|i| i.name == name);
        self.listed.insert(name);
        true
    }

    /// A line under an interface.
    fn detail(&mut self, index: usize, words: &mut Words<'_>) -> bool {
        let Some(interface) = self.interfaces.get_mut(index) else {
            return false;
        };
        let word = words.next().unwrap_or_default();
        match word {
            "inet" | "inet6" => {
                let Some(addr) = words.peek().and_then(prefix) else {
                    return false;
                };
                interface.ipv6 |= addr.addr().is_ipv6();
                if !link_local(addr.addr()) && !interface.addrs.contains(&addr) {
                    interface.addrs.push(addr);
                }
                true
            }
            "vlan" => {
                if let Some(id) = words.skip_while(|word| *word != "id").nth(1)
                    && let Some(id) = crate::vendor::words::number(id)
                {
                    interface.kind = InterfaceKind::Svi(id);
                }
                true
            }
            // `link/ether`, `valid_lft`, `altname`, details of the kind of device
            _ => true,
        }
    }

    fn ip(&mut self, words: &mut Words<'_>, text: &str, number: u32) -> bool {
        while words.eat("-4") || words.eat("-6") || words.eat("-br") || words.eat("-d") {}
        match words.next().unwrap_or_default() {
            "address" | "addr" | "a" => match words.next() {
                Some("add" | "replace") => self.address(words, number),
                None | Some("show" | "list" | "flush") => true,
                _ => false,
            },
            "route" | "r" => match words.next() {
                Some("add" | "replace" | "append") => self.route(*words, number),
                None | Some("show" | "list") => true,
                _ => false,
            },
            "link" => match words.next() {
                Some("set") => self.link_set(words, number),
                Some("add") => self.link_add(words, number),
                _ => true,
            },
            "rule" => {
                let shown = matches!(words.next(), None | Some("show" | "list"));
                if !shown {
                    self.effects
                        .push((EffectClass::Redirects, number, redact(text)));
                }
                true
            }
            "neigh" | "neighbour" | "-s" | "-j" => true,
            _ => false,
        }
    }

    /// `10.0.0.1/24 dev vlan10 ...`
    fn address(&mut self, words: &mut Words<'_>, number: u32) -> bool {
        let Some(addr) = words.next().and_then(prefix) else {
            return false;
        };
        let Some(name) = words.skip_while(|word| *word != "dev").nth(1) else {
            return false;
        };
        let interface = self.interface(name, number);
        if !interface.addrs.contains(&addr) {
            interface.addrs.push(addr);
        }
        true
    }

    fn link_set(&mut self, words: &mut Words<'_>, number: u32) -> bool {
        words.eat("dev");
        let Some(name) = words.next().map(str::to_owned) else {
            return false;
        };
        for word in words {
            match word {
                "up" => self.interface(&name, number).shutdown = false,
                "down" => self.interface(&name, number).shutdown = true,
                "vrf" | "master" | "netns" | "xdp" | "xdpgeneric" | "xdpdrv" | "xdpoffload" => {
                    return false;
                }
                _ => {}
            }
        }
        true
    }

    /// `link eth0 name vlan10 type vlan id 10`
    fn link_add(&mut self, words: &mut Words<'_>, number: u32) -> bool {
        let all: Vec<&str> = words.collect();
        let behind = |key: &str| {
            let at = all.iter().position(|word| *word == key)?;
            all.get(at + 1).copied()
        };
        let first = all
            .first()
            .copied()
            .filter(|word| !matches!(*word, "link" | "name"));
        let Some(name) = behind("name").or(first) else {
            return false;
        };
        let id = behind("id").and_then(crate::vendor::words::number);
        match (behind("type"), id) {
            (Some("vlan"), Some(id)) => self.interface(name, number).kind = InterfaceKind::Svi(id),
            // Further ends of a link of this machine.
            (None | Some("vlan" | "dummy" | "bridge" | "bond" | "macvlan" | "team"), _) => {}
            (Some(_), _) => return false, // a tunnel, another table
        }
        true
    }

    /// `key = value`, `key=value`
    fn switch(&mut self, text: &str, number: u32) -> bool {
        let Some((key, value)) = text.split_once('=') else {
            return false;
        };
        let (key, value) = (key.trim(), value.trim());
        let known = [".forwarding", "ip_forward", ".rp_filter", ".disable_ipv6"];
        let relevant = known.iter().any(|end| key.ends_with(end));
        if relevant {
            self.switches
                .insert(key.to_owned(), (value.to_owned(), number));
        } else if lets_others_route(key, value) {
            let text = redact(text);
            self.effects.push((EffectClass::Redirects, number, text));
            return true;
        }
        relevant || is_harmless(key)
    }

    /// `-4 -i vlan10 10.9.0.5 10.9.0.6`: relays what clients broadcast there.
    fn relay(&mut self, words: &mut Words<'_>) -> bool {
        let (mut names, mut servers) = (Vec::new(), Vec::new());
        while let Some(word) = words.next() {
            match word {
                "-4" | "-q" | "-d" | "--no-pid" => {}
                "-i" | "-id" => names.extend(words.next().map(str::to_owned)),
                addr => match crate::vendor::words::ipv4(addr) {
                    Some(addr) => servers.push(addr),
                    None => return false,
                },
            }
        }
        for name in names {
            let helpers = &mut self.interface(&name, 0).helpers;
            helpers.extend(
                servers
                    .iter()
                    .filter(|server| !helpers.contains(server))
                    .copied()
                    .collect::<Vec<_>>(),
            );
        }
        true
    }

    /// `[TYPE] PREFIX [via A] [dev I] [metric N] ...`
    fn route(&mut self, mut words: Words<'_>, number: u32) -> bool {
        let mut null = false;
        for word in ["blackhole", "unreachable", "prohibit", "throw"] {
            if words.eat(word) {
                null = true;
                if word == "throw" {
                    return false;
                }
            }
        }
        for word in ["local", "broadcast", "anycast", "multicast"] {
            if words.eat(word) {
                return words.next().is_some(); // the kernel's own
            }
        }
        words.eat("unicast");
        let Some(target) = words.next() else {
            return false;
        };
        let rest = Hop::read(words);
        let Some(hop) = rest else {
            return false;
        };
        let Some(prefix) = destination(target, &hop) else {
            return false;
        };
        if hop.kernel {
            return true; // connected; it comes from the address
        }
        self.dynamic = self.dynamic.or(hop.learnt.then_some(number));
        self.multipath = None;
        let via = match (null, hop.via, hop.dev) {
            (true, ..) => NextHop::Null,
            (_, Some(via), Some(dev)) => NextHop::Interface(dev.to_owned(), Some(via)),
            (_, Some(via), None) => NextHop::Via(via),
            (_, None, Some(dev)) => NextHop::Interface(dev.to_owned(), None),
            (_, None, None) => {
                // The next hops follow, a line each.
                self.multipath = Some((prefix, hop.metric));
                return true;
            }
        };
        self.push(prefix, via, hop.metric, number);
        true
    }

    fn next_hop(&mut self, words: &mut Words<'_>, number: u32) -> bool {
        words.next();
        let (Some((prefix, metric)), Some(hop)) = (self.multipath, Hop::read(*words)) else {
            return false;
        };
        let via = match (hop.via, hop.dev) {
            (Some(via), Some(dev)) => NextHop::Interface(dev.to_owned(), Some(via)),
            (Some(via), None) => NextHop::Via(via),
            (None, Some(dev)) => NextHop::Interface(dev.to_owned(), None),
            (None, None) => return false,
        };
        self.push(prefix, via, metric, number);
        true
    }

    fn push(&mut self, prefix: IpNet, via: NextHop, metric: u32, line: u32) {
        let route = Route {
            vrf: String::new(),
            prefix,
            via,
            distance: 1,
            conditional: false,
            line,
        };
        self.routes.push((route, metric));
    }

    /// Routes in file order; metrics become distances by their rank.
    pub(super) fn ranked(&mut self) -> Vec<Route> {
        let metrics: BTreeSet<u32> = self.routes.iter().map(|(_, metric)| *metric).collect();
        let rank = |metric: u32| {
            let place = metrics
                .iter()
                .position(|m| *m == metric)
                .unwrap_or_default();
            u8::try_from(place + 1).unwrap_or(u8::MAX)
        };
        let routes = std::mem::take(&mut self.routes);
        let ranked = routes.into_iter().map(|(route, metric)| Route {
            distance: rank(metric),
            ..route
        });
        ranked.collect()
    }

    /// Whether a kernel switch is on; `None`: not in the text.
    pub(super) fn is_on(&self, key: &str) -> Option<bool> {
        self.switches.get(key).map(|(value, _)| value != "0")
    }

    /// IPv6 is on where it was not switched off: every interface gets a link-local address by itself.
    pub(super) fn enable_ipv6(&mut self) {
        let all_off = self.is_on("net.ipv6.conf.all.disable_ipv6") == Some(true);
        let off = |name: &str| {
            let name = name.replace('.', "/");
            all_off || self.is_on(&format!("net.ipv6.conf.{name}.disable_ipv6")) == Some(true)
        };
        let on: Vec<bool> = self
            .interfaces
            .iter()
            .map(|i| i.ipv6 || (!self.listed.contains(&i.name) && !off(&i.name)))
            .collect();
        for (interface, on) in self.interfaces.iter_mut().zip(on) {
            interface.ipv6 = on;
        }
    }
}

/// Whether a switch lets packets or neighbours say where to go: source routes, ICMP redirects at a router, routes that another
/// router announces (Linux, ip-sysctl).
fn lets_others_route(key: &str, value: &str) -> bool {
    let v4 = key.starts_with("net.ipv4.");
    (key.ends_with(".accept_source_route") && !matches!(value, "0" | "-1"))
        || (key.ends_with(".accept_redirects") && v4 && value != "0")
        || (key.ends_with(".accept_ra") && !matches!(value, "0" | "1"))
}

/// Whether the data say that a switch changes no packet's fate: by its whole name, or by that behind an interface.
fn is_harmless(key: &str) -> bool {
    let has = |place: &str, key: &str| {
        let heads = FACTS.irrelevant.get(place);
        heads.is_some_and(|heads| heads.iter().any(|head| key.starts_with(head)))
    };
    let of_interface = ["net.ipv4.conf.", "net.ipv6.conf."].iter().any(|start| {
        let rest = key
            .strip_prefix(start)
            .and_then(|rest| rest.rsplit_once('.'));
        rest.is_some_and(|(_, name)| has("conf", name))
    });
    has("sysctl", key) || of_interface
}

/// The words behind the destination of a route.
struct Hop<'a> {
    via: Option<IpAddr>,
    dev: Option<&'a str>,
    metric: u32,
    kernel: bool,
    learnt: bool,
    v6: bool,
}

impl<'a> Hop<'a> {
    fn read(mut words: Words<'a>) -> Option<Hop<'a>> {
        let mut hop = Hop {
            via: None,
            dev: None,
            metric: 0,
            kernel: false,
            learnt: false,
            v6: false,
        };
        while let Some(word) = words.next() {
            match word {
                "via" => {
                    words.eat("inet");
                    words.eat("inet6");
                    let addr: IpAddr = words.parse()?;
                    hop.v6 |= addr.is_ipv6();
                    hop.via = Some(addr);
                }
                "dev" => hop.dev = Some(words.next()?),
                "metric" => hop.metric = words.number()?,
                "proto" => {
                    let proto = words.next()?;
                    hop.kernel |= proto == "kernel";
                    hop.learnt |= LEARNT.contains(&proto);
                }
                "scope" | "src" | "pref" | "weight" | "mtu" | "expires" | "error" | "advmss" => {
                    words.next()?;
                }
                "onlink" | "linkdown" | "rt_offload" | "offload" | "dead" => {}
                _ => return None, // another table, an encapsulation
            }
        }
        Some(hop)
    }
}

fn destination(word: &str, hop: &Hop<'_>) -> Option<IpNet> {
    if word == "default" {
        let v6 = hop.v6;
        return (if v6 { "::/0" } else { "0.0.0.0/0" }).parse().ok();
    }
    prefix(word).filter(|net| net.trunc().addr() == net.addr())
}

/// `A/L`, or one address.
fn prefix(word: &str) -> Option<IpNet> {
    let net = word.parse::<IpNet>().ok();
    net.or_else(|| word.parse::<IpAddr>().ok().map(IpNet::from))
}

fn link_local(addr: IpAddr) -> bool {
    matches!(addr, IpAddr::V6(addr) if addr.is_unicast_link_local())
}

/// `32766: from all lookup main`
fn is_default_rule(text: &str) -> bool {
    ["0:", "32766:", "32767:"].iter().any(|number| {
        let mut words = Words::new(text);
        words.eat(number) && words.eat_all("from all lookup")
    })
}

/// `vlan10`, `eth0.10`: the name says which VLAN it is on.
fn kind(name: &str) -> InterfaceKind {
    let id = |digits: &str| {
        let id = crate::vendor::words::number::<u16>(digits);
        id.filter(|id| (1..4095).contains(id))
    };
    let tagged = name.rsplit_once('.').and_then(|(_, digits)| id(digits));
    let named = name.strip_prefix("vlan").and_then(id);
    match named.or(tagged) {
        Some(id) => InterfaceKind::Svi(id),
        None if name == "lo" || name.starts_with("dummy") => InterfaceKind::Loopback,
        None => InterfaceKind::Routed,
    }
}
