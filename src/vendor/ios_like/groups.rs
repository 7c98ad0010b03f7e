//! Object groups: text -> native, and what a name stands for.
//!
//! A group is a union, so members that were read match for certain even if others were not. A group that is not defined,
//! not read to its end, or too large to be copied into every entry that names it, leaves its field open.

use super::Kin;
use super::boxes::port_set;
use super::entry::{icmp, port_test};
use super::native::{Group, Member, Ports, Protocol, Service};
use crate::net::proto::{ICMP, ICMPV6, SCTP, TCP, UDP};
use crate::net::{AddrSet, Family, PortSet, Wildcard, addr};
use crate::vendor::capture::Line;
use crate::vendor::redact::redact;
use crate::vendor::words::{Words, ipv4, netmask_length};
use ipnet::{IpNet, Ipv4Net};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// How many members, nested groups included, all entries of a text may take from groups. Past it a group counts as unread:
/// hostile texts of some megabytes would otherwise unfold to gigabytes.
const BUDGET: usize = 300_000;

/// What a group holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vendor) enum GroupKind {
    Addresses(Family),
    Services,
    Ports,
}

/// All groups of a text.
pub(in crate::vendor) struct Groups {
    kin: &'static Kin,
    networks: [BTreeMap<String, Group<Wildcard>>; 2],
    services: BTreeMap<String, Group<Service>>,
    ports: BTreeMap<String, Group<PortSet>>,
    copied: usize,
}

/// What a name stands for: the members that were read, and why there may be more.
pub(in crate::vendor) struct Resolved<T> {
    pub(in crate::vendor) members: Vec<T>,
    /// What was not read, as text of the question; empty if nothing.
    pub(in crate::vendor) unread: Vec<String>,
    /// How many members were looked at.
    cost: usize,
}

fn index(family: Family) -> usize {
    match family {
        Family::V4 => 0,
        Family::V6 => 1,
    }
}

impl Groups {
    pub(in crate::vendor) fn new(kin: &'static Kin) -> Groups {
        Groups {
            kin,
            networks: Default::default(),
            services: BTreeMap::new(),
            ports: BTreeMap::new(),
            copied: 0,
        }
    }

    /// Reads the head of a group with its members; false if the kind is unknown.
    pub(in crate::vendor) fn read(&mut self, head: &str, body: &[Line<'_>]) -> bool {
        let kin = self.kin;
        let mut words = Words::new(head);
        let known = kin
            .syntax
            .groups
            .iter()
            .find(|(start, _)| words.eat_all(start));
        let (Some((_, kind)), Some(name)) = (known, words.next()) else {
            return false;
        };
        let name = name.to_owned();
        let [v4, v6] = &mut self.networks;
        match kind {
            GroupKind::Addresses(Family::V4) => {
                extend(v4, name, body, |w| network(w, Family::V4, kin));
            }
            GroupKind::Addresses(Family::V6) => {
                extend(v6, name, body, |w| network(w, Family::V6, kin));
            }
            GroupKind::Services => {
                extend(&mut self.services, name, body, |w| {
                    service(w, kin).map(|s| vec![s])
                });
            }
            GroupKind::Ports => {
                extend(&mut self.ports, name, body, |w| {
                    port(w, kin).map(|p| vec![p])
                });
            }
        }
        true
    }

    /// The addresses of a network group.
    pub(in crate::vendor) fn addresses(
        &mut self,
        family: Family,
        name: &str,
    ) -> (AddrSet, Vec<String>) {
        let resolved = self
            .networks
            .get(index(family))
            .map(|map| resolve(map, name, BUDGET.saturating_sub(self.copied)));
        let resolved = resolved.unwrap_or(Resolved {
            members: Vec::new(),
            unread: Vec::new(),
            cost: 0,
        });
        self.copied += resolved.cost;
        (AddrSet::new(family, resolved.members), resolved.unread)
    }

    /// The ports of a group of ports.
    pub(in crate::vendor) fn ports(&mut self, name: &str) -> (PortSet, Vec<String>) {
        let resolved = resolve(&self.ports, name, BUDGET.saturating_sub(self.copied));
        self.copied += resolved.cost;
        let all = resolved
            .members
            .iter()
            .flat_map(|set| set.ranges().iter().copied());
        (PortSet::from_ranges(all), resolved.unread)
    }

    /// The services of a service group.
    pub(in crate::vendor) fn services(&mut self, name: &str) -> Resolved<Service> {
        let resolved = resolve(&self.services, name, BUDGET.saturating_sub(self.copied));
        self.copied += resolved.cost;
        resolved
    }
}

/// Adds the members in `body` to a group.
fn extend<T>(
    groups: &mut BTreeMap<String, Group<T>>,
    name: String,
    body: &[Line<'_>],
    read: impl Fn(&mut Words<'_>) -> Option<Vec<T>>,
) {
    let group = groups.entry(name).or_insert(Group {
        members: Vec::new(),
    });
    let members = body.iter().filter_map(|line| member(line, &read));
    group.members.extend(members.flatten());
}

/// All members of a group and of the groups in it, each once; no more than `limit`.
fn resolve<T: Clone>(groups: &BTreeMap<String, Group<T>>, name: &str, limit: usize) -> Resolved<T> {
    let mut resolved = Resolved {
        members: Vec::new(),
        unread: Vec::new(),
        cost: 0,
    };
    let mut seen = BTreeSet::from([name]);
    let mut waiting = vec![name];
    while let Some(name) = waiting.pop() {
        let Some(group) = groups.get(name) else {
            resolved.unread.push(format!("object-group {name}"));
            continue;
        };
        if resolved.cost + group.members.len() > limit {
            resolved
                .unread
                .push(format!("object-group {name} ({})", group.members.len()));
            continue;
        }
        resolved.cost += group.members.len();
        for member in &group.members {
            match member {
                Member::Is(value) => resolved.members.push(value.clone()),
                Member::Nested(inner) if seen.insert(inner) => waiting.push(inner),
                Member::Nested(_) => {}
                Member::Unread(text) => {
                    resolved.unread.push(format!("object-group {name}: {text}"))
                }
            }
        }
    }
    resolved
}

/// A line of a group; `None` if it is only a description.
fn member<T>(
    line: &Line<'_>,
    read: impl Fn(&mut Words<'_>) -> Option<Vec<T>>,
) -> Option<Vec<Member<T>>> {
    let mut words = Words::new(&line.text);
    if words.eat("description") || words.eat("exit") {
        return None;
    }
    if words.eat("group-object")
        && let (Some(name), true) = (words.next(), words.is_end())
    {
        return Some(vec![Member::Nested(name.to_owned())]);
    }
    let mut words = Words::new(&line.text);
    // The number of a member; one that stands alone is the member.
    words.attempt(|w| w.number::<u32>().filter(|_| !w.is_end()));
    let values = read(&mut words).filter(|_| words.is_end());
    Some(match values {
        Some(values) => values.into_iter().map(Member::Is).collect(),
        None => vec![Member::Unread(redact(&line.text))],
    })
}

/// As in entries, or with netmasks: `any`, `host A`, `A NETMASK`, `range A B`.
fn network(words: &mut Words<'_>, family: Family, kin: &'static Kin) -> Option<Vec<Wildcard>> {
    if family == Family::V6 || !kin.syntax.group_masks {
        return (kin.syntax.place)(words, family).map(|w| vec![w]);
    }
    if words.eat("range") {
        let (first, last) = (words.read(ipv4)?, words.read(ipv4)?);
        let prefixes = addr::range_to_prefixes(IpAddr::V4(first), IpAddr::V4(last));
        return (!prefixes.is_empty())
            .then(|| prefixes.into_iter().map(Wildcard::from_prefix).collect());
    }
    if matches!(words.peek(), Some("any" | "host")) {
        return words.wildcard4().map(|w| vec![w]);
    }
    // Unlike in entries, the second word is a netmask (S6).
    let addr = words.read(ipv4)?;
    let length = netmask_length(words.read(ipv4)?)?;
    let net = Ipv4Net::new(addr, length).ok()?;
    Some(vec![Wildcard::from_prefix(IpNet::V4(net))])
}

/// `tcp [source PORTS] [PORTS]`, `tcp-udp ...`, `icmp [TYPE]`, a protocol by name or number, `ip`.
fn service(words: &mut Words<'_>, kin: &'static Kin) -> Option<Service> {
    let word = words.next()?;
    let protocol = match word {
        "ip" | "ipv6" => Protocol::Any,
        "tcp-udp" => Protocol::TcpUdp,
        word => Protocol::Number(kin.names().protocol(word, Family::V4)?),
    };
    let mut service = Service {
        protocol,
        ..Service::any()
    };
    match service.protocol {
        Protocol::Number(TCP | UDP | SCTP) | Protocol::TcpUdp => {
            if words.eat("source") {
                service.sport = Some(port_test(words, kin).ok()??);
            }
            service.dport = port_test(words, kin).ok()?;
        }
        Protocol::Number(ICMP | ICMPV6) => service.icmp = icmp(words, Family::V4, kin),
        Protocol::Number(_) | Protocol::Any | Protocol::Group(_) => {}
    }
    Some(service)
}

/// `eq P`, `range A B` and the like.
fn port(words: &mut Words<'_>, kin: &'static Kin) -> Option<PortSet> {
    match port_test(words, kin).ok()?? {
        Ports::Test(op, ports) => Some(port_set(op, &ports)),
        Ports::Group(_) => None,
    }
}
