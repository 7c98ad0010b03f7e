//! Object groups: text -> native, and what a name stands for.
//!
//! A group is a union, so members that were read match for certain even if others were not. A group that is not defined,
//! not read to its end, or too large to be copied into every entry that names it, leaves its field open.

use super::entry::{icmp, port_test};
use super::names::names;
use super::native::{Group, Member, Protocol, Service};
use crate::net::proto::{ICMP, ICMPV6, SCTP, TCP, UDP};
use crate::net::{AddrSet, Family, Wildcard, addr};
use crate::vendor::capture::Line;
use crate::vendor::redact::redact;
use crate::vendor::words::{Words, ipv4, netmask_length};
use ipnet::{IpNet, Ipv4Net};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// How many members, nested groups included, all entries of a text may take from groups. Past it a group counts as unread:
/// hostile texts of some megabytes would otherwise unfold to gigabytes.
const BUDGET: usize = 300_000;

/// All groups of a text.
#[derive(Default)]
pub(super) struct Groups {
    networks: [BTreeMap<String, Group<Wildcard>>; 2],
    services: BTreeMap<String, Group<Service>>,
    copied: usize,
}

/// What a name stands for: the members that were read, and why there may be more.
pub(super) struct Resolved<T> {
    pub(super) members: Vec<T>,
    /// What was not read, as text of the question; empty if nothing.
    pub(super) unread: Vec<String>,
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
    /// Reads `object-group KIND NAME` with its members; false if the kind is unknown.
    pub(super) fn read(&mut self, head: &str, body: &[Line<'_>]) -> bool {
        let mut words = Words::new(head);
        words.eat("object-group");
        let (Some(kind), Some(name)) = (words.next(), words.next()) else {
            return false;
        };
        let name = name.to_owned();
        match kind {
            "network" => self.network(Family::V4, name, body),
            "v6-network" => self.network(Family::V6, name, body),
            "service" | "v6-service" => {
                let group = self.services.entry(name).or_insert(Group {
                    members: Vec::new(),
                });
                group.members.extend(
                    body.iter()
                        .filter_map(|line| member(line, |w| service(w).map(|s| vec![s])))
                        .flatten(),
                );
            }
            _ => return false,
        }
        true
    }

    fn network(&mut self, family: Family, name: String, body: &[Line<'_>]) {
        let [v4, v6] = &mut self.networks;
        let map = if family == Family::V4 { v4 } else { v6 };
        let group = map.entry(name).or_insert(Group {
            members: Vec::new(),
        });
        let members = body
            .iter()
            .filter_map(|line| member(line, |w| network(w, family)));
        group.members.extend(members.flatten());
    }

    /// The addresses of a network group.
    pub(super) fn addresses(&mut self, family: Family, name: &str) -> (AddrSet, Vec<String>) {
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

    /// The services of a service group.
    pub(super) fn services(&mut self, name: &str) -> Resolved<Service> {
        let resolved = resolve(&self.services, name, BUDGET.saturating_sub(self.copied));
        self.copied += resolved.cost;
        resolved
    }
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
    let values = read(&mut words).filter(|_| words.is_end());
    Some(match values {
        Some(values) => values.into_iter().map(Member::Is).collect(),
        None => vec![Member::Unread(redact(&line.text))],
    })
}

/// `any`, `host A`, `A NETMASK`, `range A B`; IPv6: `any`, `host A`, `P/L`.
fn network(words: &mut Words<'_>, family: Family) -> Option<Vec<Wildcard>> {
    if family == Family::V6 {
        return words.wildcard6().map(|w| vec![w]);
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
fn service(words: &mut Words<'_>) -> Option<Service> {
    let word = words.next()?;
    let protocol = match word {
        "ip" | "ipv6" => Protocol::Any,
        "tcp-udp" => Protocol::TcpUdp,
        word => Protocol::Number(names().protocol(word, Family::V4)?),
    };
    let mut service = Service {
        protocol,
        ..Service::any()
    };
    match service.protocol {
        Protocol::Number(TCP | UDP | SCTP) | Protocol::TcpUdp => {
            if words.eat("source") {
                service.sport = Some(port_test(words).ok()??);
            }
            service.dport = port_test(words).ok()?;
        }
        Protocol::Number(ICMP | ICMPV6) => service.icmp = icmp(words, Family::V4),
        Protocol::Number(_) | Protocol::Any | Protocol::Group(_) => {}
    }
    Some(service)
}
