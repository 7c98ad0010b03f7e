//! What dynamic protocols leave open, settled by captured routing tables (D31).
//!
//! In: a device as read and the table captured beside it (`<switch>.routes`, what `show ip route` printed). Out: the device with
//! what was learnt as routes, and no bound for VRFs whose tables are there; or what speaks against the table. A table that
//! contradicts the text, or has a line that was not understood, is not leant on: the bound stays. A table is a snapshot, so
//! every claim that comes out otherwise without it says so (D49). Must not know: how tables are printed.

use crate::base::{Diagnostic, FileId, SourceMap, Text};
use crate::certificate::Lines;
use crate::device::{Device, Interface, InterfaceKind, NextHop, Route};
use crate::net::Family;
use crate::text;
use crate::topo::{interface_addrs, subnets};
use crate::vendor::rib::{self, Origin, Rib, Row};
use crate::vendor::{Dialect, by_id};
use ipnet::IpNet;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// By what name a configuration mentions the table captured beside it.
pub const TABLE: &str = "routes";

/// Rows of all tables of a device, at most: more than a switch of a municipality has by far, and few enough to be compared
/// with its configuration.
const MOST_ROWS: usize = 10_000;

/// A device with its table.
pub(super) struct Settled {
    /// With what was learnt; `None` if the table is not leant on.
    pub(super) device: Option<Device>,
    /// What claims lean on, if it is.
    pub(super) words: Text,
    /// What is to be said of the table otherwise.
    pub(super) remark: Option<Diagnostic>,
}

/// Settles a device by the table captured beside its configuration, if there is one.
pub(super) fn settle(
    sources: &SourceMap,
    (config, name): (FileId, &str),
    dialect: &dyn Dialect,
    device: &Device,
) -> Option<Settled> {
    let file = sources.attached(config, TABLE, None)?;
    let source = sources.get(file);
    let words = text!("assume-routes", switch = name, path = &source.path);
    let captured = rib::read(dialect.rib(), source);
    let unread = captured.unread.as_ref();
    let unread = unread.map(|(line, text)| (text!("routes-unread", text = text), *line));
    let rows: usize = captured.ribs.iter().map(|rib| rib.rows.len()).sum();
    let many = (rows > MOST_ROWS).then(|| (text!("routes-too-many", most = MOST_ROWS), 1));
    let mut ribs = captured.ribs.iter();
    let wrong = unread.or(many);
    if let Some((why, line)) = wrong.or_else(|| ribs.find_map(|rib| against(device, rib))) {
        let headline = text!(
            "routes-refused",
            path = &source.path,
            switch = name,
            why = why
        );
        let finding = Diagnostic::warning(headline).at(source.line_span(file, line));
        return Some(Settled {
            device: None,
            words,
            remark: Some(finding.help(text!("routes-refused-help"))),
        });
    }
    let with = with(device, &captured.ribs);
    let used = with != *device;
    let unused = || Diagnostic::info(text!("routes-unused", path = &source.path, switch = name));
    Some(Settled {
        device: used.then_some(with),
        words,
        remark: (!used).then(unused),
    })
}

/// The device with what its tables say of VRFs in which routes are learnt.
fn with(device: &Device, ribs: &[Rib]) -> Device {
    let mut with = device.clone();
    let learns = |vrf: &str| device.dynamic.iter().any(|(name, _)| name == vrf);
    for rib in ribs.iter().filter(|rib| learns(&rib.vrf)) {
        with.routes.extend(learnt(device, rib));
        with.settled.push((rib.vrf.clone(), rib.family));
    }
    // Nothing is open any more where every family that is routed has its table.
    let settled = with.settled.clone();
    let whole = |vrf: &str| {
        Family::BOTH.into_iter().all(|family| {
            let mut mine = device.interfaces.iter().filter(|i| i.vrf == vrf);
            settled.contains(&(vrf.to_owned(), family)) || !mine.any(|i| i.carries(family))
        })
    };
    with.dynamic.retain(|(vrf, _)| !whole(vrf));
    let open: Vec<String> = with.dynamic.iter().map(|(vrf, _)| vrf.clone()).collect();
    with.settled.retain(|(vrf, _)| open.contains(vrf));
    with
}

/// The rows that were learnt, as routes. They were in use, so they stand before a static route to the same prefix.
fn learnt(device: &Device, rib: &Rib) -> Vec<Route> {
    let rows = rib.rows.iter().filter(|row| row.origin == Origin::Learnt);
    let routes = rows.flat_map(|row| {
        let hops = row.hops.iter();
        hops.map(|hop| Route {
            vrf: rib.vrf.clone(),
            prefix: row.prefix,
            via: match hop {
                NextHop::Interface(name, addr) => {
                    let known = port(device, rib, name).map(|face| face.name.clone());
                    NextHop::Interface(known.unwrap_or_else(|| name.clone()), *addr)
                }
                other => other.clone(),
            },
            distance: 0,
            conditional: false,
            line: 0,
        })
    });
    routes.collect()
}

/// The lines of the rows that a device learnt from its table, by VRF and prefix, with that file; nothing if it leans on none.
pub(super) fn lines(
    sources: &SourceMap,
    config: FileId,
    device: &Device,
) -> Option<(FileId, Lines)> {
    // What was read from the configuration has its line there.
    let learnt: BTreeSet<(&str, IpNet)> = device
        .routes
        .iter()
        .filter(|route| route.line == 0)
        .map(|route| (route.vrf.as_str(), route.prefix.trunc()))
        .collect();
    let file = sources.attached(config, TABLE, None)?;
    let dialect = by_id(device.dialect).filter(|_| !learnt.is_empty())?;
    let mut all = Lines::new();
    for rib in rib::read(dialect.rib(), sources.get(file)).ribs {
        for row in &rib.rows {
            let key = (rib.vrf.clone(), row.prefix);
            if learnt.contains(&(key.0.as_str(), key.1)) {
                let mut lines = vec![row.line];
                lines.extend(&row.hop_lines);
                lines.dedup();
                all.insert(key, lines);
            }
        }
    }
    Some((file, all))
}

/// What in the text of the device speaks against a table, and on which line of the table.
fn against(device: &Device, rib: &Rib) -> Option<(Text, u32)> {
    let faces = || device.interfaces.iter().filter(|face| face.vrf == rib.vrf);
    if faces().next().is_none() && !rib.rows.is_empty() {
        let line = rib.rows.first().map_or(1, |row| row.line);
        return Some((text!("routes-no-vrf", vrf = &rib.vrf), line));
    }
    let rows = rib.rows.iter().filter(|row| !is_special(row.prefix));
    for row in rows {
        let wrong = match row.origin {
            Origin::Connected => not_connected(device, rib, row),
            Origin::Own => not_own(faces(), row),
            Origin::Static => not_stated(device, rib, row),
            Origin::Learnt => not_a_way(device, rib, row),
        };
        if let Some(wrong) = wrong {
            return Some((wrong, row.line));
        }
    }
    lacking(device, rib).map(|text| (text, 1))
}

fn not_connected(device: &Device, rib: &Rib, row: &Row) -> Option<Text> {
    let there = row.hops.iter().any(|hop| match hop {
        NextHop::Interface(name, _) => named(device, rib, name)
            .any(|face| face.addrs.iter().any(|net| net.trunc() == row.prefix)),
        NextHop::Via(_) | NextHop::Null => false,
    });
    (!there).then(|| text!("routes-not-connected", prefix = row.prefix.to_string()))
}

fn not_own<'d>(faces: impl Iterator<Item = &'d Interface>, row: &Row) -> Option<Text> {
    let addr = row.prefix.addr();
    let family = Family::of(addr);
    let edge = |face: &Interface| {
        let nets = face.addrs.iter();
        nets.into_iter()
            .any(|net| addr == net.network() || addr == net.broadcast())
    };
    let mut faces = faces;
    let own = faces.any(|face| {
        interface_addrs(face, family).contains(addr)
            || edge(face)
            || subnets(face, family).contains(addr)
    });
    (!own).then(|| text!("routes-not-own", addr = addr.to_string()))
}

fn not_stated(device: &Device, rib: &Rib, row: &Row) -> Option<Text> {
    let alike = |route: &Route, hop: &NextHop| match (&route.via, hop) {
        (NextHop::Null, NextHop::Null) => true,
        (NextHop::Via(a), NextHop::Via(b) | NextHop::Interface(_, Some(b))) => a == b,
        (NextHop::Interface(_, Some(a)), NextHop::Via(b)) => a == b,
        (NextHop::Interface(name, a), NextHop::Interface(other, b)) => a == b && same(name, other),
        _ => false,
    };
    let mut mine = device.routes.iter();
    let stated = |hop: &NextHop| {
        let prefix = |route: &&Route| route.vrf == rib.vrf && route.prefix.trunc() == row.prefix;
        let mut routes = device.routes.iter().filter(prefix);
        routes.any(|route| alike(route, hop))
    };
    let all = row.hops.iter().all(stated) && mine.any(|route| route.prefix.trunc() == row.prefix);
    (!all).then(|| text!("routes-not-stated", prefix = row.prefix.to_string()))
}

/// A learnt route must lead out of a port of the text, to a next hop that can be told.
fn not_a_way(device: &Device, rib: &Rib, row: &Row) -> Option<Text> {
    let family = Family::of_net(&row.prefix);
    let near = |addr: IpAddr| {
        let mut ports = device.interfaces.iter().filter(|face| is_port(face, rib));
        ports.any(|face| subnets(face, family).contains(addr))
    };
    let local = |addr: IpAddr| matches!(addr, IpAddr::V6(addr) if addr.is_unicast_link_local());
    let leads = |hop: &NextHop| match hop {
        NextHop::Null => true,
        NextHop::Via(addr) => near(*addr),
        // Whose link-local address it is, no text says.
        NextHop::Interface(name, addr) => {
            port(device, rib, name).is_some() && addr.is_none_or(|addr| !local(addr))
        }
    };
    let fine = !row.hops.is_empty() && row.hops.iter().all(leads);
    (!fine).then(|| text!("routes-no-way", prefix = row.prefix.to_string()))
}

/// A subnet or a static route of the text that the table does not show.
fn lacking(device: &Device, rib: &Rib) -> Option<Text> {
    let rows: BTreeSet<IpNet> = rib.rows.iter().map(|row| row.prefix).collect();
    let shown = |net: &IpNet| rows.contains(&net.trunc());
    let of_family = |net: &&IpNet| Family::of_net(net) == rib.family;
    let ports = device.interfaces.iter().filter(|face| is_port(face, rib));
    let mut subnets = ports.flat_map(|face| face.addrs.iter().filter(of_family));
    if let Some(net) = subnets.find(|net| !shown(net)) {
        return Some(text!(
            "routes-lacks-subnet",
            prefix = net.trunc().to_string()
        ));
    }
    let mut fixed = device
        .routes
        .iter()
        .filter(|route| route.vrf == rib.vrf && of_family(&&route.prefix) && !route.conditional);
    let missing = fixed.find(|route| !shown(&route.prefix))?;
    Some(text!(
        "routes-lacks-static",
        prefix = missing.prefix.to_string()
    ))
}

/// Interfaces of the table's VRF by the name a table gives them.
fn named<'d>(device: &'d Device, rib: &Rib, name: &str) -> impl Iterator<Item = &'d Interface> {
    let faces = device.interfaces.iter();
    faces.filter(move |face| face.vrf == rib.vrf && same(&face.name, name))
}

/// The port of that name that packets of the table can leave by.
fn port<'d>(device: &'d Device, rib: &Rib, name: &str) -> Option<&'d Interface> {
    named(device, rib, name).find(|face| is_port(face, rib))
}

fn is_port(face: &Interface, rib: &Rib) -> bool {
    let links = matches!(face.kind, InterfaceKind::Svi(_) | InterfaceKind::Routed);
    links && face.vrf == rib.vrf && face.carries(rib.family)
}

/// `Vlan10`, `vlan 10`, `VLAN0010`, `Vlan-interface10`; `Eth1/1` for `Ethernet1/1`.
fn same(name: &str, shown: &str) -> bool {
    let parts = |name: &str| {
        let plain: String = name.chars().filter(|c| !" -".contains(*c)).collect();
        let plain = plain.to_ascii_lowercase();
        let at = plain
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(plain.len());
        let (word, number) = plain.split_at(at);
        let number = number.trim_start_matches('0').to_owned();
        (word.to_owned(), number)
    };
    let ((a, n), (b, m)) = (parts(name), parts(shown));
    n == m && !a.is_empty() && !b.is_empty() && (a.starts_with(&b) || b.starts_with(&a))
}

/// Loopback, multicast, link-local and all-hosts prefixes, which every device has of itself.
fn is_special(net: IpNet) -> bool {
    match net {
        IpNet::V4(net) => {
            let addr = net.addr();
            let zero = addr.is_unspecified() && net.prefix_len() == 32;
            addr.is_loopback() || addr.is_multicast() || addr.is_broadcast() || zero
        }
        IpNet::V6(net) => {
            let addr = net.addr();
            addr.is_loopback() || addr.is_multicast() || addr.is_unicast_link_local()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn tables_abbreviate_names() {
        for (name, shown) in [
            ("Vlan10", "Vlan10"),
            ("vlan 10", "VLAN0010"),
            ("Vlan-interface10", "Vlan10"),
            ("Ethernet1/1", "Eth1/1"),
            ("irb.10", "irb.10"),
        ] {
            assert!(same(name, shown), "{name} {shown}");
        }
        assert!(!same("Vlan10", "Vlan100") && !same("Vlan10", "GigabitEthernet10"));
    }
}
