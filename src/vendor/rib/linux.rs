//! `ip route show` and `ip -6 route show` of the main table.

use super::{Origin, Reader, addr, interface, prefix, words};
use ipnet::IpNet;

pub(super) fn line(reader: &mut Reader, line: &str) -> Option<()> {
    let words = words(line.trim());
    if let ["nexthop", rest @ ..] = words.as_slice() {
        return hop(reader, rest);
    }
    let (null, words) = match words.as_slice() {
        ["blackhole" | "unreachable" | "prohibit", rest @ ..] => (true, rest),
        // The kernel's own: addresses of the router, multicast.
        ["local" | "broadcast" | "multicast" | "anycast", ..] => return Some(()),
        ["unicast", rest @ ..] => (false, rest),
        all => (false, all),
    };
    let (first, rest) = words.split_first()?;
    let net = destination(first, rest)?;
    if matches!(net, IpNet::V6(net) if net.addr().is_unicast_link_local()) {
        return Some(());
    }
    let proto = value(rest, "proto");
    let origin = match proto {
        Some("kernel") => Origin::Connected,
        None | Some("static" | "boot") => Origin::Static,
        Some(_) => Origin::Learnt,
    };
    // The lower metric wins; only the order counts.
    let metric = value(rest, "metric").map_or(Some(0), |word| word.parse::<u32>().ok())?;
    reader.begin(net, origin, metric.min(254) as u8);
    match (null, rest.contains(&"via") || rest.contains(&"dev")) {
        (true, _) => reader.hop(None, Some("null")),
        (false, true) => hop(reader, rest),
        (false, false) => Some(()),
    }
}

fn destination(first: &str, rest: &[&str]) -> Option<IpNet> {
    if first == "default" {
        let six = value(rest, "via").is_some_and(|via| via.contains(':'));
        return if six { "::/0" } else { "0.0.0.0/0" }.parse().ok();
    }
    prefix(first, None).or_else(|| Some(IpNet::from(addr(first)?)))
}

fn value<'w>(words: &[&'w str], key: &str) -> Option<&'w str> {
    let at = words.iter().position(|word| *word == key)?;
    words.get(at + 1).copied()
}

fn hop(reader: &mut Reader, words: &[&str]) -> Option<()> {
    let next = match value(words, "via") {
        Some("inet6") | None => None,
        Some(word) => Some(addr(word)?),
    };
    let out = match value(words, "dev") {
        Some(word) => Some(interface(word)?),
        None => None,
    };
    reader.hop(next, out)
}
