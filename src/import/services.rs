//! Ports -> services: the words of the `std` catalogue where they fit, terms of the language elsewhere.

use crate::net::PortSet;
use crate::net::proto::{SCTP, TCP, UDP};
use std::collections::BTreeSet;

/// What a client asks for: the smallest piece of a service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Atom {
    /// Protocol, server ports, client ports if they are limited.
    Ports(u8, PortSet, Option<PortSet>),
    /// An ICMP message of IPv4 or IPv6: type and code.
    Icmp(bool, u8, Option<u8>),
    /// Another protocol.
    Protocol(u8),
}

/// Client ports that a service calls ephemeral.
pub(super) fn ephemeral() -> PortSet {
    PortSet::range(1024, 65535)
}

/// Services that cover atoms: names of the catalogue, the widest first, then terms.
pub(super) fn words(atoms: &BTreeSet<Atom>) -> Vec<String> {
    let mut left = clients_joined(atoms);
    let mut out = Vec::new();
    let mut known = catalogue();
    known.sort_by_key(|(name, atoms)| (usize::MAX - atoms.len(), name.clone()));
    for (name, atoms) in known {
        if !atoms.is_empty() && atoms.is_subset(&left) {
            left = &left - &atoms;
            out.push(format!("std.{name}"));
        }
    }
    out.extend(joined(&left).iter().filter_map(term));
    out
}

/// Two lines with the same server ports and different client ports are one service.
fn clients_joined(atoms: &BTreeSet<Atom>) -> BTreeSet<Atom> {
    let mut out = BTreeSet::new();
    let mut clients: Vec<(u8, &PortSet, PortSet)> = Vec::new();
    for atom in atoms {
        let Atom::Ports(protocol, ports, Some(from)) = atom else {
            out.insert(atom.clone());
            continue;
        };
        let same = |known: &&mut (u8, &PortSet, PortSet)| (known.0, known.1) == (*protocol, ports);
        match clients.iter_mut().find(same) {
            Some((.., all)) => *all = all.union(from),
            None => clients.push((*protocol, ports, from.clone())),
        }
    }
    let joined = clients.into_iter();
    out.extend(
        joined.map(|(protocol, ports, from)| Atom::Ports(protocol, ports.clone(), Some(from))),
    );
    out
}

/// Ranges of more ports than this are one atom; shorter ones an atom per port, so that `8530-8531` and two lines fit alike.
const SHORT: u32 = 16;

/// The atoms of some server ports.
pub(super) fn split(protocol: u8, ports: &PortSet, from: Option<&PortSet>) -> Vec<Atom> {
    let atom = |ports| Atom::Ports(protocol, ports, from.cloned());
    let each = ports.ranges().iter().flat_map(|&(low, high)| {
        let short = u32::from(high - low) < SHORT;
        let singles = (low..=high).map(PortSet::one);
        match short {
            true => singles.collect::<Vec<_>>(),
            false => vec![PortSet::range(low, high)],
        }
    });
    each.map(atom).collect()
}

/// Server ports of one protocol and client together again.
fn joined(atoms: &BTreeSet<Atom>) -> Vec<Atom> {
    let mut out: Vec<Atom> = Vec::new();
    let client = |atom: &Atom| match atom {
        Atom::Ports(protocol, _, from) => Some((*protocol, from.clone())),
        Atom::Icmp(..) | Atom::Protocol(_) => None,
    };
    let mut atoms: Vec<&Atom> = atoms.iter().collect();
    atoms.sort_by_key(|atom| client(atom));
    for atom in atoms {
        if let (Some(Atom::Ports(before, all, clients)), Atom::Ports(protocol, ports, from)) =
            (out.last_mut(), atom)
            && before == protocol
            && clients == from
        {
            *all = all.union(ports);
            continue;
        }
        out.push(atom.clone());
    }
    out
}

/// An atom as a term; `None` for one that the language cannot say.
pub(super) fn term(atom: &Atom) -> Option<String> {
    Some(match atom {
        Atom::Ports(protocol, ports, from) => {
            let word = match *protocol {
                TCP => "tcp",
                UDP => "udp",
                _ => return None,
            };
            let from = from.as_ref().map(clients).unwrap_or_default();
            format!("{word} {}{from}", ranges(ports, ", "))
        }
        Atom::Icmp(v6, kind, code) => {
            let word = if *v6 { "icmpv6" } else { "icmp" };
            let code = code.map(|code| format!("/{code}")).unwrap_or_default();
            format!("{word} {kind}{code}")
        }
        Atom::Protocol(number) if ![TCP, UDP, SCTP].contains(number) => format!("ip {number}"),
        Atom::Protocol(_) => return None,
    })
}

fn clients(from: &PortSet) -> String {
    let fixed = from.intersect(&ephemeral().complement());
    match fixed.union(&ephemeral()) == *from && !fixed.is_empty() {
        true => format!(" from {}+ephemeral", ranges(&fixed, "+")),
        false if *from == ephemeral() => " from ephemeral".to_owned(),
        false => format!(" from {}", ranges(from, "+")),
    }
}

fn ranges(ports: &PortSet, between: &str) -> String {
    if ports.is_full() {
        return "any".to_owned();
    }
    let each = ports.ranges().iter().map(|(low, high)| match low == high {
        true => low.to_string(),
        false => format!("{low}-{high}"),
    });
    each.collect::<Vec<_>>().join(between)
}

/// Names and atoms of the `std` catalogue, read off its text: the services whose terms are ports or ping. One that cannot be
/// read here is only not offered as a name.
fn catalogue() -> Vec<(String, BTreeSet<Atom>)> {
    let mut known: Vec<(String, BTreeSet<Atom>)> = Vec::new();
    for line in crate::prelude::SERVICES.lines() {
        let line = line.split('#').next().unwrap_or_default();
        let Some((name, terms)) = line
            .strip_prefix("service ")
            .and_then(|rest| rest.split_once('='))
        else {
            continue;
        };
        if let Some(atoms) = atoms(terms, &known) {
            known.push((name.trim().to_owned(), atoms));
        }
    }
    known
}

fn atoms(terms: &str, known: &[(String, BTreeSet<Atom>)]) -> Option<BTreeSet<Atom>> {
    let mut out = BTreeSet::new();
    let mut protocols: &[u8] = &[];
    for term in terms.split(',').map(str::trim) {
        let words: Vec<&str> = term.split_whitespace().collect();
        let rest = match words.as_slice() {
            ["tcp", rest @ ..] => (protocols = &[TCP], rest).1,
            ["udp", rest @ ..] => (protocols = &[UDP], rest).1,
            ["tcp+udp", rest @ ..] => (protocols = &[TCP, UDP], rest).1,
            ["icmp", "echo"] => {
                out.insert(Atom::Icmp(false, 8, None));
                continue;
            }
            ["icmpv6", "echo"] => {
                out.insert(Atom::Icmp(true, 128, None));
                continue;
            }
            [name] if name.chars().all(|c| c.is_ascii_alphabetic() || c == '-') => {
                let (_, atoms) = known.iter().find(|(known, _)| known == name)?;
                out.extend(atoms.iter().cloned());
                continue;
            }
            rest => rest,
        };
        let (ports, from) = match rest {
            [ports] => (*ports, None),
            [ports, "from", from] => (*ports, Some(*from)),
            _ => return None,
        };
        let from = match from {
            Some(from) => Some(set(from)?),
            None => None,
        };
        for &protocol in protocols {
            out.extend(split(protocol, &set(ports)?, from.as_ref()));
        }
    }
    Some(out)
}

fn set(text: &str) -> Option<PortSet> {
    let mut all = PortSet::empty();
    for part in text.split('+') {
        let one = match part.split_once('-') {
            _ if part == "ephemeral" => ephemeral(),
            Some((low, high)) => PortSet::range(low.parse().ok()?, high.parse().ok()?),
            None => PortSet::one(part.parse().ok()?),
        };
        all = all.union(&one);
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_names_what_it_fits() {
        let tcp = |ports| Atom::Ports(TCP, ports, None);
        let some = BTreeSet::from([tcp(PortSet::one(443)), tcp(PortSet::one(9999))]);
        assert_eq!(words(&some), ["std.https", "tcp 9999"]);
        let ntp = PortSet::one(123).union(&ephemeral());
        let some = BTreeSet::from([Atom::Ports(UDP, PortSet::one(123), Some(ntp))]);
        assert_eq!(words(&some), ["std.ntp"]);
        let ad = catalogue().into_iter().find(|(name, _)| name == "ad");
        assert_eq!(words(&ad.unwrap().1), ["std.ad"]);
    }
}
