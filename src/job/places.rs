//! Places named on the command line, and addresses said in the policy's words.

use crate::base::{Diagnostic, suggest};
use crate::model::{Addrs, At, ExternalId, Network, Place, Spot, SwitchId, ZoneId};
use crate::net::{AddrRanges, AddrSet, Family, Wildcard};
use crate::text;
use ipnet::IpNet;

/// The spots of a zone, segment, host, external or switch, by name or ASCII id.
///
/// # Errors
/// If there is no such place, with the nearest name.
pub fn named(network: &Network, wanted: &str) -> Result<Vec<Spot>, Box<Diagnostic>> {
    let all = spots(network);
    let is = |spot: &Spot| {
        let label = network.label(spot.place);
        label.name == wanted || label.id == wanted
    };
    let mut found: Vec<Spot> = all.iter().filter(|spot| is(spot)).cloned().collect();
    if found.is_empty() {
        found = all
            .iter()
            .filter(|spot| segment(network, spot.place) == Some(wanted))
            .cloned()
            .collect();
    }
    if !found.is_empty() {
        return Ok(found);
    }
    let names = all.iter().map(|spot| network.name(spot.place));
    let diagnostic = Diagnostic::error(text!("unknown-place", name = wanted));
    Err(Box::new(match suggest::nearest(wanted, names) {
        Some(near) => diagnostic.help(text!("did-you-mean-place", name = near)),
        None => diagnostic.help(text!("name-a-place")),
    }))
}

fn segment(network: &Network, place: Place) -> Option<&str> {
    match place {
        Place::Zone(id) => network.zone(id).segment.as_deref(),
        Place::External(id) => network.external(id).segment.as_deref(),
        Place::Host(..) | Place::Switch(_) => None,
    }
}

/// Every place with its addresses: zones per link, hosts, externals, switches.
#[must_use]
pub fn spots(network: &Network) -> Vec<Spot> {
    let mut all = Vec::new();
    for (index, zone) in network.zones.iter().enumerate() {
        let id = ZoneId(index);
        for link in &zone.links {
            let here = Addrs::prefixes(&link.prefixes);
            all.push(Spot {
                at: At::Link(id, link.vlan),
                place: Place::Zone(id),
                addrs: here.clone(),
            });
            for (host, named) in zone.hosts.iter().enumerate() {
                let addrs = Addrs {
                    v4: named.addrs.v4.intersect(&here.v4),
                    v6: named.addrs.v6.intersect(&here.v6),
                };
                if !addrs.is_empty() {
                    all.push(Spot {
                        at: At::Link(id, link.vlan),
                        place: Place::Host(id, host),
                        addrs,
                    });
                }
            }
        }
    }
    for (index, external) in network.externals.iter().enumerate() {
        let id = ExternalId(index);
        all.push(Spot {
            at: At::External(id),
            place: Place::External(id),
            addrs: external.addrs.clone(),
        });
    }
    for (index, switch) in network.switches.iter().enumerate() {
        let id = SwitchId(index);
        all.push(Spot {
            at: At::Switch(id),
            place: Place::Switch(id),
            addrs: switch.own_addrs(),
        });
    }
    all
}

/// The name of the place that has exactly these addresses.
#[must_use]
pub fn exactly(network: &Network, set: &AddrSet) -> Option<String> {
    let family = set.family();
    let nets: Vec<IpNet> = set.parts().iter().filter_map(Wildcard::as_prefix).collect();
    if set.is_any() || nets.len() != set.parts().len() {
        return None;
    }
    let ranges = AddrRanges::prefixes(family, &nets);
    let places = spots(network);
    let same = places.iter().find(|spot| *spot.addrs.of(family) == ranges);
    let exact = same.map(|spot| network.name(spot.place).to_owned());
    exact.or_else(|| all_but_switches(network, &places, &ranges))
}

/// A set of addresses place by place, each with a name if it is all of a place, else with the place and what of it; what is
/// in no place last, as prefixes. `None` for everything, and for wildcards with holes.
#[must_use]
pub fn cut(network: &Network, set: &AddrSet) -> Option<Vec<String>> {
    let family = set.family();
    let nets: Vec<IpNet> = set.parts().iter().filter_map(Wildcard::as_prefix).collect();
    if set.is_any() || nets.len() != set.parts().len() {
        return None;
    }
    let mut left = AddrRanges::prefixes(family, &nets);
    let prefixes = |part: &AddrRanges| {
        let cut = part.to_prefixes();
        cut.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let mut out = Vec::new();
    let holds = |spot: &&Spot| matches!(spot.place, Place::Zone(_) | Place::External(_));
    for spot in spots(network).iter().filter(holds) {
        let part = left.intersect(spot.addrs.of(family));
        if part.is_empty() {
            continue;
        }
        left = left.minus(&part);
        let name = network.name(spot.place);
        let some = || format!("{name} ({})", prefixes(&part).join(", "));
        out.push(exactly(network, &part.to_set()).unwrap_or_else(some));
    }
    out.extend(prefixes(&left));
    Some(out)
}

/// A zone without the own addresses of switches in it, which lists close by themselves.
fn all_but_switches(network: &Network, places: &[Spot], ranges: &AddrRanges) -> Option<String> {
    let family = ranges.family();
    let own = network
        .switches
        .iter()
        .map(|switch| switch.own_addrs().of(family).clone());
    let own = own.fold(AddrRanges::none(family), |all, one| all.union(&one));
    let zone = places
        .iter()
        .filter(|spot| matches!(spot.place, Place::Zone(_)))
        .find(|spot| {
            let all = spot.addrs.of(family);
            all.covers(ranges) && own.covers(&all.minus(ranges))
        })?;
    let missing = zone.addrs.of(family).minus(ranges).to_prefixes();
    let missing: Vec<String> = missing.iter().map(|net| net.addr().to_string()).collect();
    Some(format!(
        "{} except {}",
        network.name(zone.place),
        missing.join(", ")
    ))
}

/// A set of addresses in the policy's words if a place has exactly these, else as prefixes.
#[must_use]
pub fn words(network: &Network, set: &AddrSet) -> String {
    if set.is_any() {
        return "any".to_owned();
    }
    let parts = || {
        set.parts()
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", ")
    };
    exactly(network, set).unwrap_or_else(parts)
}

/// The zones and externals that hold an address; more specific places (declared prefixes) before `rest`.
#[must_use]
pub fn holding(network: &Network, family: Family, addr: std::net::IpAddr) -> Vec<Spot> {
    let holds = |spot: &Spot| {
        matches!(spot.place, Place::Zone(_) | Place::External(_))
            && spot.addrs.of(family).contains(addr)
    };
    spots(network).into_iter().filter(holds).collect()
}
