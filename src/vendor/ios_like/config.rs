//! The parts of a whole configuration that the writers share.
//!
//! In: a [`Config`]. Out: native lists, words of routes and bindings, and what cannot be written. Where the blocks stand and
//! how an interface is spelled is the dialect's.

use super::native::{Body, List, Log};
use super::print::shown;
use super::{Kin, draft, pick};
use crate::acl::Direction;
use crate::base::Text;
use crate::device::{Config, Interface, NextHop, Route};
use crate::net::Family;
use crate::text;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::collections::BTreeSet;

/// Adds a line. Writing to a `String` never fails.
macro_rules! put {
    ($out:expr, $($arg:tt)*) => {{
        use std::fmt::Write as _;
        let _ = writeln!($out, $($arg)*);
    }};
}
pub(in crate::vendor) use put;

/// The lists in native form. Where the device cannot log (D18 knows nothing of it: it changes no fate), the word is left out.
pub(in crate::vendor) fn lists(
    config: &Config,
    kin: &'static Kin,
    refusals: &mut Vec<Text>,
) -> Vec<List> {
    let outbound: BTreeSet<usize> = bound(config, Direction::Out);
    let mut lists = Vec::with_capacity(config.acls.len());
    for (index, acl) in config.acls.iter().enumerate() {
        let mut list = draft::list(acl, kin, refusals);
        let logs = pick(kin.style.logs, acl.family);
        if !logs || (outbound.contains(&index) && !kin.style.logs_outbound) {
            list.items.iter_mut().for_each(|item| {
                if let Body::Entry(entry) = &mut item.body {
                    entry.log = Log::No;
                }
            });
        }
        lists.push(list);
    }
    lists
}

fn bound(config: &Config, direction: Direction) -> BTreeSet<usize> {
    let bindings = config.interfaces.iter().flat_map(|face| &face.bindings);
    bindings
        .filter(|binding| binding.direction == direction)
        .map(|binding| binding.acl)
        .collect()
}

/// Names that would break a line, or stand for two things.
pub(in crate::vendor) fn check_names(config: &Config, lists: &[List], refusals: &mut Vec<Text>) {
    let word =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic() && b != b'!');
    let vrfs = config
        .interfaces
        .iter()
        .map(|i| &i.vrf)
        .chain(config.routes.iter().map(|r| &r.vrf));
    let words = vrfs.filter(|vrf| !vrf.is_empty()).chain([&config.hostname]);
    for name in words.collect::<BTreeSet<_>>() {
        if !word(name) {
            refusals.push(text!("ios-refuse-word", name = name));
        }
    }
    let mut seen = BTreeSet::new();
    for list in lists {
        if !seen.insert(&list.name) {
            refusals.push(text!("ios-refuse-same-name", name = &list.name));
        }
    }
}

/// The VRFs that are named, sorted.
pub(in crate::vendor) fn vrfs(config: &Config) -> BTreeSet<&str> {
    let faces = config.interfaces.iter().map(|i| i.vrf.as_str());
    let routes = config.routes.iter().map(|r| r.vrf.as_str());
    faces.chain(routes).filter(|vrf| !vrf.is_empty()).collect()
}

/// The name of an interface that is none of a VLAN, as the device has it.
pub(in crate::vendor) fn port_name(face: &Interface, refusals: &mut Vec<Text>) -> String {
    let name: String = face.name.split_whitespace().collect();
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_graphic()) {
        refusals.push(text!("ios-refuse-word", name = &face.name));
    }
    name
}

/// The IPv4 addresses, the primary one first.
pub(in crate::vendor) fn nets4(face: &Interface) -> Vec<Ipv4Net> {
    let v4 = |net: &IpNet| match net {
        IpNet::V4(net) => Some(*net),
        IpNet::V6(_) => None,
    };
    face.addrs.iter().filter_map(v4).collect()
}

/// The IPv6 addresses.
pub(in crate::vendor) fn nets6(face: &Interface) -> Vec<Ipv6Net> {
    let v6 = |net: &IpNet| match net {
        IpNet::V6(net) => Some(*net),
        IpNet::V4(_) => None,
    };
    face.addrs.iter().filter_map(v6).collect()
}

/// The lists of an interface in one family: name and direction.
pub(in crate::vendor) fn bindings<'l>(
    face: &Interface,
    family: Family,
    lists: &'l [List],
    refusals: &mut Vec<Text>,
) -> Vec<(&'l str, Direction)> {
    let mut found = Vec::new();
    for direction in [Direction::In, Direction::Out] {
        let Some(binding) = face.binding(family, direction) else {
            continue;
        };
        match lists.get(binding.acl).filter(|list| list.family == family) {
            Some(list) => found.push((list.name.as_str(), direction)),
            None => refusals.push(text!("ios-refuse-binding", interface = &face.name)),
        }
    }
    found
}

/// The words behind the prefix of a route: where it leads to and its distance.
pub(in crate::vendor) fn via(
    route: &Route,
    null: &str,
    capitals: bool,
    refusals: &mut Vec<Text>,
) -> String {
    if route.conditional {
        refusals.push(text!("ios-refuse-track", prefix = route.prefix));
    }
    let mut words = match &route.via {
        NextHop::Via(addr) => shown(*addr, capitals),
        NextHop::Interface(name, None) => name.clone(),
        NextHop::Interface(name, Some(addr)) => format!("{name} {}", shown(*addr, capitals)),
        NextHop::Null => null.to_owned(),
    };
    if route.distance != 1 {
        words.push_str(&format!(" {}", route.distance));
    }
    words
}

/// A prefix as `A/L`.
pub(in crate::vendor) fn prefix(net: &IpNet, capitals: bool) -> String {
    let net = net.trunc();
    format!("{}/{}", shown(net.addr(), capitals), net.prefix_len())
}

/// The text, or the refusals.
pub(in crate::vendor) fn finish(text: String, refusals: Vec<Text>) -> Result<String, Vec<Text>> {
    if refusals.is_empty() {
        Ok(text)
    } else {
        Err(refusals)
    }
}
