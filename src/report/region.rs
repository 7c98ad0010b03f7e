//! A box of packets as lines of a report: prefixes and a service in the words of the policy language.

use super::outcome::ChangedFlow;
use crate::base::Lang;
use crate::model::Network;
use crate::net::addr::range_to_prefixes;
use crate::net::proto::{self, SCTP, TCP, UDP};
use crate::net::{
    AddrRanges, AddrSet, ExtSet, Family, FlagSet, Match, PositionSet, TcpFlags, Wildcard,
};
use crate::pset::ranges;
use crate::text;

/// Pairs of prefixes up to which a box is written as one flow per pair.
const MOST_PAIRS: usize = 1024;

/// One flow per pair of prefixes; of a very ragged box, one flow with lists of prefixes.
#[must_use]
pub fn flows(region: &Match, network: Option<&Network>) -> Vec<ChangedFlow> {
    let named = |set: &AddrSet| network.and_then(|network| crate::job::places::cut(network, set));
    let side = |set: &AddrSet| named(set).unwrap_or_else(|| prefixes(set));
    let (from, to) = (side(&region.src), side(&region.dst));
    let services = services(region);
    if from.len() * to.len() * services.len() > MOST_PAIRS {
        return vec![ChangedFlow {
            from: from.join(", "),
            to: to.join(", "),
            service: services.join(", "),
        }];
    }
    let mut out = Vec::with_capacity(from.len() * to.len() * services.len());
    for from in &from {
        for to in &to {
            out.extend(services.iter().map(|service| ChangedFlow {
                from: from.clone(),
                to: to.clone(),
                service: service.clone(),
            }));
        }
    }
    out
}

/// A box on one line for a reader: few prefixes, or all but a few.
#[must_use]
pub fn shown(region: &Match, network: Option<&Network>, lang: Lang) -> ChangedFlow {
    let named = |set: &AddrSet| network.and_then(|network| name(network, set));
    ChangedFlow {
        from: named(&region.src).unwrap_or_else(|| place(&region.src, lang)),
        to: named(&region.dst).unwrap_or_else(|| place(&region.dst, lang)),
        service: services(region).join(", "),
    }
}

/// The names of the places whose addresses these are, if they are few.
fn name(network: &Network, set: &AddrSet) -> Option<String> {
    let names = crate::job::places::cut(network, set)?;
    (names.len() <= MOST_SHOWN).then(|| names.join(", "))
}

/// Prefixes that are shown in one cell.
const MOST_SHOWN: usize = 4;

fn place(set: &AddrSet, lang: Lang) -> String {
    let whole = prefixes(set);
    let rest = ranges(set).map(|ranges| complement(set.family(), &ranges));
    match rest.map(|rest| prefixes(&rest)) {
        Some(rest) if rest.is_empty() => "any".to_owned(),
        Some(rest) if rest.len() < whole.len() => {
            text!("region-except", places = few(&rest)).render(lang)
        }
        _ => few(&whole),
    }
}

fn few(prefixes: &[String]) -> String {
    match prefixes.get(..MOST_SHOWN) {
        Some(first) if prefixes.len() > MOST_SHOWN => {
            format!("{} … (+{})", first.join(", "), prefixes.len() - MOST_SHOWN)
        }
        _ => prefixes.join(", "),
    }
}

/// All other addresses of the family; the ranges are sorted and disjoint.
fn complement(family: Family, ranges: &[(u128, u128)]) -> AddrSet {
    let nets: Vec<_> = ranges
        .iter()
        .flat_map(|&(low, high)| range_to_prefixes(family.addr(low), family.addr(high)))
        .collect();
    let taken = AddrRanges::prefixes(family, &nets);
    AddrRanges::any(family).minus(&taken).to_set()
}

/// The fewest prefixes; a wildcard with holes stays as it is.
fn prefixes(set: &AddrSet) -> Vec<String> {
    let family = set.family();
    let cut = ranges(set).map(|ranges| {
        let cut =
            |(low, high)| crate::net::addr::range_to_prefixes(family.addr(low), family.addr(high));
        ranges.into_iter().flat_map(cut).collect::<Vec<_>>()
    });
    match cut {
        Some(nets) => nets.iter().map(ToString::to_string).collect(),
        None => set.parts().iter().map(written).collect(),
    }
}

fn written(wildcard: &Wildcard) -> String {
    wildcard
        .as_prefix()
        .map_or_else(|| wildcard.to_string(), |net| net.to_string())
}

/// A service term per protocol; `any` for all of them.
fn services(region: &Match) -> Vec<String> {
    let note = note(region);
    let with_note = |service: String| match note.is_empty() {
        true => service,
        false => format!("{service} {note}"),
    };
    if region.protocol.is_full() && !region.has_l4() {
        return vec![with_note("any".to_owned())];
    }
    if !region.has_l4() && region.protocol.iter().count() > 8 {
        let others = region.protocol.complement();
        let names: Vec<String> = others.iter().map(proto::name).collect();
        return vec![with_note(match names.len() <= MOST_SHOWN {
            true => format!("ip not {}", names.join(", ")),
            false => format!("ip {}", region.protocol),
        })];
    }
    let protocols = region.protocol.iter();
    protocols
        .map(|protocol| with_note(service(region, protocol)))
        .collect()
}

fn service(region: &Match, protocol: u8) -> String {
    let name = proto::name(protocol);
    let icmp = protocol == Match::icmp_of(region.family);
    if [TCP, UDP, SCTP].contains(&protocol) {
        let from = match region.sport.is_full() {
            true => String::new(),
            false => format!(" from {}", region.sport),
        };
        let flags = match protocol == TCP {
            true => flags(region.flags),
            false => String::new(),
        };
        return format!("{name} {}{from}{flags}", region.dport);
    }
    if !icmp {
        return format!("ip {protocol}");
    }
    match (region.icmp_type.is_full(), region.icmp_code.is_full()) {
        (true, true) => name,
        (_, true) => format!("{name} {}", region.icmp_type),
        (_, false) => format!("{name} {}/{}", region.icmp_type, region.icmp_code),
    }
}

/// Sets of flag combinations that have a name; others by the flags that are always and never set.
fn flags(set: FlagSet) -> String {
    let not = |other: FlagSet| FlagSet(!other.0);
    match set {
        FlagSet::FULL => String::new(),
        _ if set == FlagSet::established() => " established".to_owned(),
        _ if set == not(FlagSet::established()) => " not established".to_owned(),
        _ if set == FlagSet::opening() => " opening".to_owned(),
        _ => format!(" flags {}", combinations(set)),
    }
}

fn combinations(set: FlagSet) -> String {
    let names: Vec<String> = (0..64)
        .map(TcpFlags::from_bits)
        .filter(|flags| set.contains(*flags))
        .map(|flags| flags.to_string())
        .collect();
    const SHOWN: usize = 4;
    match names.get(..SHOWN) {
        Some(first) if names.len() > SHOWN => {
            format!("{} … ({})", first.join("|"), names.len())
        }
        _ => names.join("|"),
    }
}

/// Position and extension headers, where they are limited.
fn note(region: &Match) -> String {
    let mut notes = Vec::new();
    if region.position == PositionSet::LATER {
        notes.push("later-fragment");
    } else if region.position == PositionSet::FIRST {
        notes.push("first-fragment");
    } else if region.position == PositionSet::WHOLE {
        notes.push("unfragmented");
    }
    if region.ext == ExtSet::PRESENT {
        notes.push("+ext");
    }
    notes.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::{ByteSet, Family, PortSet};

    #[test]
    fn a_box_is_its_prefixes_and_services() {
        let net = |text: &str| AddrSet::from(Wildcard::from_prefix(text.parse().unwrap()));
        let region = Match {
            protocol: ByteSet::of([TCP, UDP]),
            dport: PortSet::one(53),
            ..Match::between(net("10.0.0.0/24"), AddrSet::any(Family::V4))
        };
        let shown: Vec<_> = flows(&region.tidy(), None)
            .into_iter()
            .map(|flow| format!("{} {} {}", flow.from, flow.to, flow.service))
            .collect();
        assert_eq!(
            shown,
            [
                "10.0.0.0/24 0.0.0.0/0 tcp 53",
                "10.0.0.0/24 0.0.0.0/0 udp 53"
            ]
        );
    }
}
