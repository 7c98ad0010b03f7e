//! Routes held to the lines that say them: those of a configuration, and those of a routing table captured beside it.

use crate::bind::{Files, addresses, is_mask, line, names, prefixes};
use crate::boxes::Family;
use crate::document::{Address, Device, Document, Hop, Route};
use crate::{Done, Reject, at};
use std::collections::BTreeSet;

/// Every row stands in its lines, and no line is left out.
pub(crate) fn check(document: &Document, files: &Files) -> Done {
    for route in &document.routes {
        bind_route(document, files, route)
            .map_err(|why| format!("route {:x?}: {why}", route.prefix.ends))?;
    }
    let devices = document.devices.iter().enumerate();
    devices.into_iter().try_for_each(|(number, device)| {
        let mine: Vec<&Route> = document
            .routes
            .iter()
            .filter(|route| route.device == number)
            .collect();
        let (learnt, stated): (Vec<&Route>, Vec<&Route>) =
            mine.into_iter().partition(|route| route.learnt);
        nothing_left(files, device, &stated)?;
        let interfaces = document
            .interfaces
            .iter()
            .filter(|one| one.device == number);
        let subnets: Vec<&Address> = interfaces.flat_map(|one| &one.addresses).collect();
        no_row_left(files, device, &learnt, &|family, ends| {
            let says = |route: &&Route| (route.prefix.family, route.prefix.ends) == (family, ends);
            is_own(&subnets, family, ends) || stated.iter().any(says)
        })
    })
}

const NULL: [&str; 4] = ["null", "discard", "reject", "blackhole"];

/// The prefix of a row stands in its lines, each of them has one of its hops and no other next hop, and each hop stands there.
fn bind_route(document: &Document, files: &Files, route: &Route) -> Done {
    let device = at(&document.devices, route.device, "device")?;
    let text = match (device.file, device.table) {
        // What a policy declares of a router without a text stands in no line.
        (None, _) if !route.learnt => return Ok(()),
        (_, Some(table)) if route.learnt => files.of(table)?,
        (Some(file), _) if !route.learnt => files.of(file)?,
        _ => return Err("there is no table that tells it".to_owned()),
    };
    let (family, ends) = (route.prefix.family, route.prefix.ends);
    let lines = route.lines.iter().map(|&number| line(text, number));
    let lines = lines.collect::<Result<Vec<&str>, Reject>>()?;
    let mut stood = BTreeSet::new();
    for (at, here) in lines.iter().enumerate() {
        let wrong = |why: &str| Err(format!("{why} `{}`", here.trim()));
        let mut prefixes = prefixes(here);
        prefixes.retain(|one| one.family == family);
        let listed = addresses(here);
        // Further next hops of a table stand in lines without a prefix; some tables print no length.
        let says = match (route.learnt, at) {
            (true, 0) if prefixes.is_empty() => listed.contains(&(family, ends.0)),
            (true, 1..) if prefixes.is_empty() => true,
            _ => prefixes.iter().any(|one| one.ends == ends),
        };
        if !says {
            return wrong("its prefix does not stand in");
        }
        let is = |hop: &Hop, addr| hop.via.is_some_and(|via| (via.family, via.addr) == addr);
        let near = |out: usize, via: &Address| {
            let mut subnets = document.interfaces[out].addresses.iter();
            subnets.any(|a| a.family == via.family && a.ends.0 <= via.addr && via.addr <= a.ends.1)
        };
        let stands = |hop: &Hop| match (hop.out, &hop.via) {
            (None, None) => NULL.iter().any(|word| here.to_lowercase().contains(word)),
            (Some(out), None) => names(here, &document.interfaces[out].name),
            (None, Some(via)) => listed.contains(&(via.family, via.addr)),
            (Some(out), Some(via)) => {
                listed.contains(&(via.family, via.addr))
                    && (near(out, via) || names(here, &document.interfaces[out].name))
            }
        };
        let known = |&addr: &(Family, u128)| {
            let hop = route.hops.iter().any(|hop| is(hop, addr));
            addr == (family, ends.0) || is_mask(addr) || hop
        };
        if route
            .hops
            .iter()
            .filter_map(|hop| hop.out)
            .any(|out| out >= document.interfaces.len())
        {
            return wrong("no such interface for");
        }
        let mine: Vec<usize> = (0..route.hops.len())
            .filter(|&at| stands(&route.hops[at]))
            .collect();
        // The first line of a row of a table may have its prefix only.
        let bare = route.learnt && at == 0 && lines.len() > 1;
        if (mine.is_empty() && !bare) || !listed.iter().all(known) {
            return wrong("a line leads elsewhere:");
        }
        stood.extend(mine);
    }
    match stood.len() == route.hops.len() && !stood.is_empty() {
        true => Ok(()),
        false => Err("a hop stands in none of its lines".to_owned()),
    }
}

/// No line of a configuration that begins with `ip route` or `ipv6 route` is left out.
fn nothing_left(files: &Files, device: &Device, stated: &[&Route]) -> Done {
    let stated: BTreeSet<usize> = stated
        .iter()
        .flat_map(|route| route.lines.iter().copied())
        .collect();
    let Some(file) = device.file else {
        return Ok(());
    };
    for (number, line) in (1..).zip(files.of(file)?) {
        let mut words = line.split_whitespace();
        let says = matches!(
            (words.next(), words.next()),
            (Some("ip" | "ipv6"), Some("route"))
        );
        if says && !stated.contains(&number) {
            return Err(format!("a line is left out: {}", line.trim()));
        }
    }
    Ok(())
}

/// No line of a captured table is left out that tells of a prefix, or of a further next hop, which is not known otherwise.
fn no_row_left(
    files: &Files,
    device: &Device,
    learnt: &[&Route],
    known: &dyn Fn(Family, (u128, u128)) -> bool,
) -> Done {
    let Some(table) = device.table else {
        return Ok(());
    };
    let learnt: BTreeSet<usize> = learnt
        .iter()
        .flat_map(|route| route.lines.iter().copied())
        .collect();
    // Whether the row above was learnt, so that lines without a prefix belong to it.
    let mut goes_on = false;
    for (number, line) in (1..).zip(files.of(table)?) {
        let heading = ["subnetted", "resort"]
            .iter()
            .any(|word| line.contains(word));
        let (nets, addresses) = (prefixes(line), addresses(line));
        if heading || addresses.is_empty() && nets.is_empty() {
            continue;
        }
        if learnt.contains(&number) {
            goes_on = true;
            continue;
        }
        let fine = match nets.first() {
            Some(net) => known(net.family, net.ends),
            None => !goes_on && addresses.iter().all(|&(f, addr)| known(f, (addr, addr))),
        };
        if !fine {
            return Err(format!("a line is left out: {}", line.trim()));
        }
        goes_on &= nets.is_empty();
    }
    Ok(())
}

/// What every device has of itself: its subnets, single addresses in them, loopback, multicast, link-local addresses, the
/// addresses of everyone and of nobody.
fn is_own(subnets: &[&Address], family: Family, (low, high): (u128, u128)) -> bool {
    let mut mine = subnets.iter().filter(|a| a.family == family);
    let special = match family {
        Family::V4 => {
            low >> 24 == 127
                || low >> 28 == 14
                || low == high && [0, u128::from(u32::MAX)].contains(&low)
        }
        Family::V6 => low == high && low < 2 || low >> 118 == 0x3fa || low >> 120 == 0xff,
    };
    special
        || mine.any(|a| a.ends == (low, high) || low == high && a.ends.0 <= low && low <= a.ends.1)
}
