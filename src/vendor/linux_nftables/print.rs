//! Boxes -> rules, in the form that `nft list ruleset` prints.
//!
//! In: a box and what happens to its packets. Out: lines of a chain. Later fragments have a chain of their own, so that no
//! test of upper-layer fields ever looks at their payload. Must not know: where a chain is bound.

use super::FACTS;
use crate::net::proto::{SCTP, TCP, UDP};
use crate::net::{
    AddrRanges, AddrSet, ByteSet, ExtSet, Family, FlagSet, Match, PortSet, PositionSet, TcpFlags,
    Wildcard,
};
use ipnet::IpNet;
use std::fmt::Write as _;

/// What a chain does with some packets.
#[derive(Clone, Debug)]
pub struct Step {
    /// The packets.
    pub boxes: Vec<Match>,
    /// Back to the caller: permitted. Else dropped.
    pub permit: bool,
    /// Written to the kernel log.
    pub log: bool,
    /// Comment at the first rule, or at every rule if they are counted.
    pub comment: Option<String>,
    /// Rules count what they match.
    pub counted: bool,
}

/// Chains for a list: the list itself and, where later fragments need one, theirs. The last step takes everything: what
/// no step takes would go through.
#[must_use]
pub fn chains(name: &str, family: Family, steps: &[Step]) -> String {
    let apart = steps.iter().any(|step| step.boxes.iter().any(looks_behind));
    let mut out = String::new();
    let later_name = format!("{name}_later");
    if apart {
        chain(&mut out, &later_name, None, |out| {
            for step in steps {
                rules(out, name, step, PositionSet::LATER, true);
            }
        });
        out.push('\n');
    }
    let jump = apart.then(|| match family {
        Family::V4 => format!("ip frag-off & 8191 != 0 goto {later_name}"),
        Family::V6 => format!("frag frag-off != 0 goto {later_name}"),
    });
    let rest = if apart {
        PositionSet::L4
    } else {
        PositionSet::FULL
    };
    chain(&mut out, name, jump, |out| {
        for step in steps {
            rules(out, name, step, rest, false);
        }
    });
    out
}

fn chain(out: &mut String, name: &str, first: Option<String>, body: impl FnOnce(&mut String)) {
    let _ = writeln!(out, "\tchain {name} {{"); // writing to a string cannot fail
    if let Some(first) = first {
        let _ = writeln!(out, "\t\t{first}");
    }
    body(out);
    out.push_str("\t}\n");
}

/// Whether a test of the box must not meet later fragments.
fn looks_behind(boxed: &Match) -> bool {
    let boxed = boxed.clone().tidy();
    boxed.position != PositionSet::FULL || boxed.has_l4()
}

/// The rules of a step for some fragment positions; the place says the rest of them.
fn rules(out: &mut String, list: &str, step: &Step, here: PositionSet, later: bool) {
    let mut comment = step.comment.as_deref();
    for boxed in &step.boxes {
        let boxed = boxed.clone().tidy();
        let at = boxed.position.intersect(here);
        let boxed = Match {
            position: at,
            ..boxed
        };
        if boxed.is_empty() {
            continue;
        }
        for tests in alternatives(&boxed, here, later) {
            out.push_str("\t\t");
            if !tests.is_empty() {
                out.push_str(&tests);
                out.push(' ');
            }
            if step.log {
                let _ = write!(out, "log prefix \"{list} \" level info ");
            }
            if step.counted {
                out.push_str("counter ");
                comment = step.comment.as_deref();
            }
            out.push_str(if step.permit { "return" } else { "drop" });
            if let Some(comment) = comment.take() {
                let _ = write!(out, " comment \"{comment}\"");
            }
            out.push('\n');
        }
    }
}

/// The tests of a box; several where one rule cannot say it.
fn alternatives(boxed: &Match, here: PositionSet, later: bool) -> Vec<String> {
    let family = boxed.family;
    let word = if family == Family::V4 { "ip" } else { "ip6" };
    let mut all = vec![String::new()];
    let sides = [("saddr", &boxed.src), ("daddr", &boxed.dst)];
    for (side, set) in sides {
        all = times(&all, &addresses(&format!("{word} {side}"), set));
    }
    if family == Family::V6 {
        all = times(&all, &extension(boxed.ext));
    }
    if !later {
        all = times(&all, &position(family, boxed.position, here));
    }
    times(&all, &upper(boxed))
}

fn times(a: &[String], b: &[String]) -> Vec<String> {
    let join = |a: &String, b: &String| match (a.is_empty(), b.is_empty()) {
        (true, _) => b.clone(),
        (_, true) => a.clone(),
        _ => format!("{a} {b}"),
    };
    a.iter()
        .flat_map(|a| b.iter().map(move |b| join(a, b)))
        .collect()
}

fn addresses(field: &str, set: &AddrSet) -> Vec<String> {
    if set.is_any() {
        return vec![String::new()];
    }
    let family = set.family();
    let (plain, holed): (Vec<Wildcard>, Vec<Wildcard>) = set
        .parts()
        .iter()
        .partition(|part| part.as_prefix().is_some());
    let plain: Vec<IpNet> = plain.iter().filter_map(Wildcard::as_prefix).collect();
    let mut out = Vec::new();
    let shown: Vec<String> = AddrRanges::prefixes(family, &plain)
        .to_prefixes()
        .into_iter()
        .map(|net| {
            let host = u32::from(net.prefix_len()) == family.bits();
            if host {
                net.addr().to_string()
            } else {
                net.to_string()
            }
        })
        .collect();
    match shown.as_slice() {
        [] => {}
        [one] if one.ends_with("/0") => out.push(String::new()),
        [one] => out.push(format!("{field} {one}")),
        many => out.push(format!("{field} {{ {} }}", many.join(", "))),
    }
    for part in holed {
        let mask = family.addr(family.ones() & !part.free());
        out.push(format!("{field} & {mask} == {}", part.first()));
    }
    out
}

/// Which extension headers there are, Fragment aside.
fn extension(ext: ExtSet) -> Vec<String> {
    const HEADERS: [&str; 4] = ["hbh", "rt", "dst", "mh"];
    match ext {
        ExtSet::ABSENT => vec![
            HEADERS
                .map(|header| format!("exthdr {header} missing"))
                .join(" "),
        ],
        ExtSet::PRESENT => HEADERS
            .map(|header| format!("exthdr {header} exists"))
            .to_vec(),
        _ => vec![String::new()],
    }
}

fn position(family: Family, position: PositionSet, here: PositionSet) -> Vec<String> {
    if position == here {
        return vec![String::new()];
    }
    let one = |position: PositionSet| match (family, position) {
        (Family::V4, PositionSet::WHOLE) => "ip frag-off & 16383 == 0",
        (Family::V4, PositionSet::FIRST) => "ip frag-off & 16383 == 8192",
        (Family::V4, _) => "ip frag-off & 8191 != 0",
        (Family::V6, PositionSet::WHOLE) => "exthdr frag missing",
        (Family::V6, PositionSet::FIRST) => "frag frag-off 0",
        (Family::V6, _) => "frag frag-off != 0",
    };
    let each = [PositionSet::WHOLE, PositionSet::FIRST, PositionSet::LATER].into_iter();
    each.filter(|p| p.intersect(position).0 != 0)
        .map(|p| one(p).to_owned())
        .collect()
}

/// Protocol, ports, flags, ICMP.
fn upper(boxed: &Match) -> Vec<String> {
    if !boxed.has_l4() {
        return vec![protocols(boxed.protocol)];
    }
    let mut out = Vec::new();
    for protocol in boxed.protocol.iter() {
        let ports = |word: &str| {
            let sides = [("sport", &boxed.sport), ("dport", &boxed.dport)];
            let tests = sides.map(|(side, set)| ports(&format!("{word} {side}"), set));
            times(&[tests[0].clone()], &[tests[1].clone()])
        };
        let tests = match protocol {
            TCP => times(&ports("tcp"), &[flags(boxed.flags)]),
            UDP => ports("udp"),
            SCTP => ports("sctp"),
            _ => vec![icmp(boxed)],
        };
        for test in tests {
            let bare = test.is_empty();
            out.push(if bare {
                protocols(ByteSet::one(protocol))
            } else {
                test
            });
        }
    }
    out
}

fn protocols(set: ByteSet) -> String {
    if set.is_full() {
        return String::new();
    }
    let name =
        |number: u8| name_of("protocols-written", number).unwrap_or_else(|| number.to_string());
    let ranges = set.ranges();
    match ranges.as_slice() {
        [(a, b)] if a == b => format!("meta l4proto {}", name(*a)),
        _ => format!("meta l4proto {}", listed(&ranges, name)),
    }
}

fn listed<T: Copy + PartialEq>(ranges: &[(T, T)], name: impl Fn(T) -> String) -> String {
    let one = |&(a, b): &(T, T)| match a == b {
        true => name(a),
        false => format!("{}-{}", name(a), name(b)),
    };
    match ranges {
        [range] => one(range),
        _ => format!(
            "{{ {} }}",
            ranges.iter().map(one).collect::<Vec<_>>().join(", ")
        ),
    }
}

fn ports(field: &str, set: &PortSet) -> String {
    match set.is_full() {
        true => String::new(),
        false => format!("{field} {}", listed(set.ranges(), |port| port.to_string())),
    }
}

fn icmp(boxed: &Match) -> String {
    let (word, types, codes) = match boxed.family {
        Family::V4 => ("icmp", "icmp-types", "icmp-codes"),
        Family::V6 => ("icmpv6", "icmpv6-types", "icmpv6-codes"),
    };
    let mut parts = Vec::new();
    for (field, table, set) in [
        ("type", types, boxed.icmp_type),
        ("code", codes, boxed.icmp_code),
    ] {
        if !set.is_full() {
            let name = |byte: u8| name_of(table, byte).unwrap_or_else(|| byte.to_string());
            parts.push(format!("{word} {field} {}", listed(&set.ranges(), name)));
        }
    }
    parts.join(" ")
}

/// A set of flag combinations: "any of", "these of those", or one by one.
fn flags(set: FlagSet) -> String {
    if set == FlagSet::FULL {
        return String::new();
    }
    let names = |bits: u8, mark: &str| {
        let names: Vec<_> = TcpFlags::from_bits(bits).names().collect();
        if names.is_empty() {
            "0x0".to_owned()
        } else {
            names.join(mark)
        }
    };
    let any_of = |mask: u8| FlagSet::filter(|flags| flags.bits() & mask != 0);
    if let Some(mask) = (1..64).find(|mask| any_of(*mask) == set) {
        return format!("tcp flags {}", names(mask, ","));
    }
    let common = (0..64u8).filter(|bits| set.contains(TcpFlags::from_bits(*bits)));
    let (ones, union) = common.fold((63, 0), |(all, any), bits| (all & bits, any | bits));
    let mask = ones | (63 & !union);
    let these = FlagSet::filter(|flags| flags.bits() & mask == ones);
    if these == set && ones != 0 {
        return format!("tcp flags {} / {}", names(ones, ","), names(mask, ","));
    }
    let each = (0..64u8).filter(|bits| set.contains(TcpFlags::from_bits(*bits)));
    let each: Vec<String> = each.map(|bits| names(bits, " | ")).collect();
    format!(
        "tcp flags & ({}) == {{ {} }}",
        names(63, " | "),
        each.join(", ")
    )
}

/// The name that is printed for a number.
fn name_of(table: &str, number: u8) -> Option<String> {
    let table = FACTS.names.get(table)?;
    let found = table
        .iter()
        .find(|(_, value)| value.as_integer() == Some(i64::from(number)));
    found.map(|(name, _)| name.clone())
}
