//! Routes held to the lines that say them: those of a configuration, and those of a routing table captured beside it.

use crate::Done;
use crate::bind::{Files, addresses, is_mask, names, nets};
use crate::document::{Document, Hop, Route};
use ipnet::IpNet;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// Every row stands in its lines, and no line of a table is left out.
pub(crate) fn check(document: &Document, files: &Files) -> Done {
    for route in &document.routes {
        bind_route(document, files, route)
            .map_err(|why| format!("route {}: {why}", route.prefix))?;
    }
    (0..document.devices.len()).try_for_each(|device| no_row_left(document, files, device))
}

const NULL: [&str; 4] = ["null", "discard", "reject", "blackhole"];

/// The prefix of a row stands in its lines, each of them has one of its hops and no other next hop, and each hop stands there.
fn bind_route(document: &Document, files: &Files, route: &Route) -> Done {
    let device = &document.devices[route.device];
    let file = match (device.file, device.table) {
        // What a policy declares of a router without a text stands in no line.
        (None, _) if !route.learnt => return Ok(()),
        (_, Some(table)) if route.learnt => table,
        (Some(file), _) if !route.learnt => file,
        _ => return Err("there is no table that tells it".to_owned()),
    };
    let lines = route.lines.iter().map(|&number| files.line(file, number));
    let lines: Vec<&str> = lines.collect();
    let prefix = route.prefix.trunc();
    let mut stood = BTreeSet::new();
    for (at, here) in lines.iter().enumerate() {
        let wrong = |why: &str| Err(format!("{why} `{}`", here.trim()));
        let mut prefixes = nets(here);
        prefixes.retain(|one| one.addr().is_ipv4() == prefix.addr().is_ipv4());
        let listed = addresses(here);
        // Further next hops of a table stand in lines without a prefix; some tables print no length.
        let says = match (route.learnt && prefixes.is_empty(), at) {
            (true, 0) => listed.contains(&prefix.addr()),
            (true, _) => true,
            _ => prefixes.iter().any(|one| one.trunc() == prefix),
        };
        if !says {
            return wrong("its prefix does not stand in");
        }
        let stands = |hop: &Hop| {
            let out = hop.out.map(|out| &document.interfaces[out]);
            match (out, hop.via) {
                (None, None) => NULL.iter().any(|word| here.to_lowercase().contains(word)),
                (None, Some(via)) => listed.contains(&via),
                (Some(out), None) => names(here, &out.name),
                // Some tables do not print the interface: then the next hop is in its subnet.
                (Some(out), Some(via)) => {
                    listed.contains(&via)
                        && (names(here, &out.name)
                            || out.addresses.iter().any(|net| net.contains(&via)))
                }
            }
        };
        let mine: Vec<usize> = (0..route.hops.len())
            .filter(|&hop| stands(&route.hops[hop]))
            .collect();
        let known = |addr: &IpAddr| {
            *addr == prefix.addr()
                || is_mask(addr)
                || route.hops.iter().any(|hop| hop.via == Some(*addr))
        };
        // The first line of a row of a table may have its prefix only.
        let bare = route.learnt && at == 0 && lines.len() > 1;
        if mine.is_empty() && !bare || !listed.iter().all(known) {
            return wrong("a line leads elsewhere:");
        }
        stood.extend(mine);
    }
    match stood.len() == route.hops.len() && !stood.is_empty() {
        true => Ok(()),
        false => Err("a hop stands in none of its lines".to_owned()),
    }
}

/// What a captured table tells in lines that are not transcribed is known otherwise.
fn no_row_left(document: &Document, files: &Files, device: usize) -> Done {
    let Some(table) = document.devices[device].table else {
        return Ok(());
    };
    let learnt = document
        .routes
        .iter()
        .filter(|route| route.device == device && route.learnt);
    let learnt: BTreeSet<usize> = learnt
        .flat_map(|route| route.lines.iter().copied())
        .collect();
    // Whether the row above was learnt, so that lines without a prefix belong to it.
    let mut goes_on = false;
    for (number, line) in files.said(table) {
        let (prefixes, listed) = (nets(line), addresses(line));
        let heading = ["subnetted", "resort"]
            .iter()
            .any(|word| line.contains(word));
        if heading || prefixes.is_empty() && listed.is_empty() {
            continue;
        }
        if learnt.contains(&number) {
            goes_on = true;
            continue;
        }
        let fine = match prefixes.first() {
            Some(net) => is_known(document, device, net.trunc()),
            None => {
                !goes_on
                    && listed
                        .iter()
                        .all(|&addr| is_known(document, device, addr.into()))
            }
        };
        if !fine {
            return Err(format!("a line is left out: {}", line.trim()));
        }
        goes_on &= prefixes.is_empty();
    }
    Ok(())
}

/// What a device's lines say, its subnets and single addresses in them; and what every device has of itself: loopback,
/// multicast, link-local addresses, the addresses of everyone and of nobody.
fn is_known(document: &Document, device: usize, net: IpNet) -> bool {
    let alone = net.prefix_len() == net.max_prefix_len();
    let special = match net {
        IpNet::V4(net) => {
            let addr = net.addr();
            addr.is_loopback()
                || addr.is_multicast()
                || alone && (addr.is_unspecified() || addr.is_broadcast())
        }
        IpNet::V6(net) => {
            let addr = net.addr();
            alone && addr.to_bits() < 2 || addr.is_unicast_link_local() || addr.is_multicast()
        }
    };
    let mut subnets = document.of(device).flat_map(|one| &one.addresses);
    let mut said = document
        .routes
        .iter()
        .filter(|route| route.device == device && !route.learnt);
    special
        || subnets.any(|own| own.trunc() == net || alone && own.contains(&net.addr()))
        || said.any(|route| route.prefix.trunc() == net)
}
